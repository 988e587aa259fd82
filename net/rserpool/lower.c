// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SCTP socket under a session: make it, connect it, send on it, let go.
 *
 * Clients use one-to-many sockets with one association, because only there an
 * association can be aborted with its socket open, so that what the peer had
 * not acknowledged comes back as SCTP_SEND_FAILED_EVENT.  Servers use a
 * one-to-one listener.  Each attempt at a server gets a fresh lower, since old
 * events need a queue of their own.
 *
 * The lower's sk_wq is pointed at the upper's wait queue while it is the
 * session's, as sock_graft() would do it: whatever SCTP wakes are the upper's
 * waiters.  That is also the only way to hear of freed send space, for which
 * SCTP never calls a replaced sk_write_space.
 */
#include <linux/ipv6.h>
#include <linux/uio.h>
#include <net/ipv6.h>

#include "compat.h"
#include "session.h"

/* The lower's read side of sk_user_data; callbacks only. */
static struct rsp_lower *rsp_lower_of(const struct sock *lsk)
{
	return rcu_dereference_sk_user_data(lsk);
}

/* Each lower has one association, or has had it.  Return: it or NULL. */
static struct sctp_association *rsp_lower_asoc(const struct rsp_lower *low)
{
	struct sctp_endpoint *ep = sctp_sk(low->lsk)->ep;

	sock_owned_by_me(low->lsk);
	return list_first_entry_or_null(&ep->asocs, struct sctp_association,
					asocs);
}

static bool rsp_outq_empty(const struct sctp_outq *q)
{
	return !q->out_qlen && !q->outstanding_bytes &&
	       list_empty(&q->retransmit);
}

/*
 * A peer's SHUTDOWN acknowledges what its program has read; SCTP takes that
 * in right after the event.  What is acknowledged later, by a SACK, came after
 * the program's close() and will never be read: remember how many there were.
 */
static void rsp_lower_note_unacked(struct rsp_lower *low, struct sk_buff *skb)
{
	const struct sctp_association *asoc = sctp_skb2event(skb)->asoc;

	if (asoc && asoc->state <= SCTP_STATE_ESTABLISHED) {
		low->unacked = !rsp_outq_empty(&asoc->outqueue);
		low->sacks = asoc->stats.isacks;
	}
}

/*
 * Softirq or backlog, lsk's lock held: the queue cannot change under us.
 * User data only wakes the reader; anything else is the work's.  A callback
 * that SCTP leaves out (one per packet) is made up for by whoever reads,
 * writes or polls next.
 */
static void rsp_lower_data_ready(struct sock *lsk)
{
	struct rsp_lower *low;
	struct sk_buff *skb;

	rcu_read_lock();
	low = rsp_lower_of(lsk);
	if (!low)
		goto out;
	skb = skb_peek_tail(&lsk->sk_receive_queue);
	if (skb && rsp_demux_class(skb) != RSP_HEAD_DATA) {
		low->control_at = ktime_get();
		rsp_lower_note_unacked(low, skb);
		rsp_session_kick(low->up);
	}
	rsp_many_ready(low->up);
	low->saved_data_ready(lsk);
	sk_wake_async(&READ_ONCE(low->up->face)->sk, SOCK_WAKE_WAITD, POLL_IN);
out:
	rcu_read_unlock();
}

/* One-to-one only: closed, or the peer's shutdown; same context. */
static void rsp_lower_state_change(struct sock *lsk)
{
	struct rsp_lower *low;

	rcu_read_lock();
	low = rsp_lower_of(lsk);
	if (low) {
		rsp_session_kick(low->up);
		low->saved_state_change(lsk);
	}
	rcu_read_unlock();
}

void rsp_lower_sync_buffers(struct rsp_lower *low)
{
	const struct sock *sk = &low->up->face->sk;

	if (sk->sk_userlocks & SOCK_SNDBUF_LOCK)
		WRITE_ONCE(low->lsk->sk_sndbuf, READ_ONCE(sk->sk_sndbuf));
	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK)
		WRITE_ONCE(low->lsk->sk_rcvbuf, READ_ONCE(sk->sk_rcvbuf));
}

void rsp_lower_set_nodelay(struct rsp_lower *low, bool on)
{
	lock_sock(low->lsk);
	rsp_sctp_set_nodelay(low->lsk, on);
	release_sock(low->lsk);
}

void rsp_lower_set_timing(struct rsp_lower *low)
{
	lockdep_assert_held(&low->up->lock);

	lock_sock(low->lsk);
	rsp_sctp_set_timing(low->lsk, rsp_sock_timing(low->up));
	release_sock(low->lsk);
	/* SCTP has taken them before */
	rsp_sctp_options_apply(low->up->sctp, low->sock);
}

/*
 * SCTP adds up what goes wrong on all paths until something gets through on
 * one.  With the limit of a single path the failure of one can be taken for the
 * peer's before the next heartbeat of another; so there is a share for each one
 * that is known to lead there, and the time until all have used it up is that of
 * one.
 */
void rsp_lower_note_paths(struct rsp_lower *low)
{
	const struct sctp_sock *sp = sctp_sk(low->lsk);
	const struct sctp_transport *t;
	struct sctp_association *asoc;
	unsigned int n = 0;

	lock_sock(low->lsk);
	list_for_each_entry(asoc, &sp->ep->asocs, asocs) {
		list_for_each_entry(t, &asoc->peer.transport_addr_list,
				    transports)
			n += t->state != SCTP_UNCONFIRMED;
		asoc->max_retrans = max(n, 1U) *
				    sp->assocparams.sasoc_asocmaxrxt;
		break;
	}
	release_sock(low->lsk);
}

static int rsp_lower_configure(struct rsp_lower *low)
{
	static const u16 events[] = {
		SCTP_ASSOC_CHANGE, SCTP_SHUTDOWN_EVENT,
		SCTP_PARTIAL_DELIVERY_EVENT, SCTP_PEER_ADDR_CHANGE,
		SCTP_SEND_FAILED_EVENT,
	};
	struct rsp_sock *rsk = low->up;
	struct rsp_sctp_options *set;
	struct sock *lsk = low->lsk;
	int err;

	lsk->sk_mark = READ_ONCE(rsk->sk.sk_mark);
	lsk->sk_priority = READ_ONCE(rsk->sk.sk_priority);
	lsk->sk_bound_dev_if = READ_ONCE(rsk->sk.sk_bound_dev_if);
	sock_set_flag(lsk, SOCK_RCU_FREE);	/* poll() looks without a lock */
	rsp_lower_sync_buffers(low);
	lock_sock(lsk);
	rsp_sctp_set_timing(lsk, rsp_sock_timing(rsk));
	/* a server replays nothing: not the last one */
	rsp_sctp_subscribe(lsk, events, ARRAY_SIZE(events) - !low->to_many);
	rsp_sctp_set_nodelay(lsk, READ_ONCE(rsk->nodelay));
	release_sock(lsk);
	set = rsp_sctp_options_get(rsk);
	err = rsp_sctp_options_apply(set, low->sock);
	rsp_sctp_options_put(set);
	return err;
}

static struct rsp_lower *rsp_lower_alloc(struct rsp_sock *rsk, bool to_many)
{
	struct rsp_lower *low = kzalloc(sizeof(*low), GFP_KERNEL_ACCOUNT);

	if (!low)
		return ERR_PTR(-ENOMEM);
	low->up = rsk;
	low->to_many = to_many;
	return low;
}

/*
 * The lower may outlive its owner's close (SHUTDOWN handshake, timers), so it
 * has to pin the namespace as a user's socket does.
 */
static void rsp_lower_own(struct rsp_lower *low, struct socket *sock)
{
	rsp_sk_net_refcnt_upgrade(sock->sk);
	low->sock = sock;
	low->lsk = sock->sk;
}

static struct rsp_lower *rsp_lower_create(struct rsp_sock *rsk, int family,
					  bool to_many)
{
	struct rsp_lower *low;
	struct socket *sock;
	int err;

	low = rsp_lower_alloc(rsk, to_many);
	if (IS_ERR(low))
		return low;
	err = rsp_sctp_create(sock_net(&rsk->sk), family,
			      to_many ? SOCK_SEQPACKET : SOCK_STREAM, &sock);
	if (err) {
		kfree(low);
		return ERR_PTR(err);
	}
	rsp_lower_own(low, sock);
	low->lsk->sk_ipv6only = 0;	/* whatever bindv6only says */
	err = rsp_lower_configure(low);
	if (err) {
		rsp_lower_release(low, true);
		return ERR_PTR(err);
	}
	return low;
}

/* Callbacks in; a second time would save our own as the original. */
static void rsp_lower_hook(struct rsp_lower *low)
{
	struct sock *lsk = low->lsk;

	write_lock_bh(&lsk->sk_callback_lock);
	if (!WARN_ON_ONCE(low->saved_data_ready)) {
		low->saved_data_ready = lsk->sk_data_ready;
		low->saved_state_change = lsk->sk_state_change;
		rcu_assign_sk_user_data(lsk, low);
		WRITE_ONCE(lsk->sk_data_ready, rsp_lower_data_ready);
		WRITE_ONCE(lsk->sk_state_change, rsp_lower_state_change);
	}
	write_unlock_bh(&lsk->sk_callback_lock);
}

void rsp_lower_attach(struct rsp_lower *low)
{
	struct sock *sk = &low->up->sk;
	struct sock *lsk = low->lsk;

	write_lock_bh(&lsk->sk_callback_lock);
	rcu_assign_pointer(lsk->sk_wq, rcu_access_pointer(sk->sk_wq));
	write_unlock_bh(&lsk->sk_callback_lock);
}

/*
 * Callbacks run with lsk's lock held, so owning that lock while they are
 * taken out rules out one that is still under way.
 */
static void rsp_lower_detach(struct rsp_lower *low)
{
	struct sock *lsk = low->lsk;

	lock_sock(lsk);
	write_lock_bh(&lsk->sk_callback_lock);
	if (low->saved_data_ready) {
		WRITE_ONCE(lsk->sk_data_ready, low->saved_data_ready);
		WRITE_ONCE(lsk->sk_state_change, low->saved_state_change);
		rcu_assign_sk_user_data(lsk, NULL);
		low->saved_data_ready = NULL;
	}
	rcu_assign_pointer(lsk->sk_wq, &low->sock->wq);
	write_unlock_bh(&lsk->sk_callback_lock);
	rsp_sctp_unsubscribe(lsk);
	release_sock(lsk);
}

void rsp_lower_release(struct rsp_lower *low, bool abort)
{
	rsp_lower_detach(low);
	rsp_race(lower_detached);
	/* with something unread sctp_close() aborts anyway */
	if (!abort && skb_queue_empty_lockless(&low->lsk->sk_receive_queue))
		abort = rsp_lower_shutdown(low) == -ENOMEM;
	if (abort)
		sock_no_linger(low->lsk);
	sock_release(low->sock);
	kfree_rcu(low, rcu);
}

/* One that SCTP would refuse makes it refuse all of them. */
static bool rsp_lower_usable(const struct rsp_addr *a, int family)
{
	return (a->family == 4 || family == PF_INET6) && rsp_addr_is_unicast(a);
}

/* Pack the PE's addresses as SCTP_SOCKOPT_CONNECTX wants them. */
static unsigned int rsp_lower_pack(const struct rsp_pool_pe *pe, int family,
				   u8 *buf)
{
	unsigned int i, len = 0;

	for (i = 0; i < pe->user.naddrs; i++)
		if (rsp_lower_usable(&pe->user.addrs[i], family))
			len += rsp_sctp_pack_addr(&pe->user.addrs[i],
						  pe->user.port, buf + len);
	return len;
}

static int rsp_lower_family(const struct rsp_pool_pe *pe)
{
	unsigned int i;

	for (i = 0; i < pe->user.naddrs; i++)
		if (pe->user.addrs[i].family == 6 && ipv6_mod_enabled())
			return PF_INET6;
	return PF_INET;
}

struct rsp_lower *rsp_lower_connect(struct rsp_sock *rsk,
				    const struct rsp_pool_pe *pe)
{
	int err, family = rsp_lower_family(pe);
	struct rsp_lower *low;
	unsigned int len;
	u8 *addrs;

	addrs = kmalloc_array(pe->user.naddrs ?: 1, sizeof(struct sockaddr_in6),
			      GFP_KERNEL);
	if (!addrs)
		return ERR_PTR(-ENOMEM);
	len = rsp_lower_pack(pe, family, addrs);
	low = ERR_PTR(-EADDRNOTAVAIL);
	if (!len)
		goto out;
	low = rsp_lower_create(rsk, family, true);
	if (IS_ERR(low))
		goto out;
	low->peer.pe_id = pe->pe_id;
	low->peer.port = pe->user.port;
	low->data_only = pe->user.use != RSP_USE_DATA_CONTROL;
	rsp_lower_hook(low);
	low->lsk->sk_sndtimeo = 0;	/* or the connect would wait */
	err = rsp_sctp_setopt(low->sock, SCTP_SOCKOPT_CONNECTX, addrs, len);
	low->lsk->sk_sndtimeo = MAX_SCHEDULE_TIMEOUT;
	if (err == -EAGAIN)	/* no port is left, or no memory for one */
		err = -ENOBUFS;
	if (err < 0 && err != -EINPROGRESS) {
		rsp_lower_release(low, true);
		low = ERR_PTR(err);
	}
out:
	kfree(addrs);
	return low;
}

void rsp_lower_peer(const struct rsp_lower *low, struct rsp_service *user)
{
	const struct sctp_association *asoc;
	const struct sctp_transport *t;
	struct sctp_endpoint *ep;

	*user = (struct rsp_service) {
		.type = RSP_PARAM_SCTP_TRANSPORT,
		.use = low->data_only ? RSP_USE_DATA_ONLY :
					RSP_USE_DATA_CONTROL,
	};
	lock_sock(low->lsk);
	ep = sctp_sk(low->lsk)->ep;
	if (list_empty(&ep->asocs))
		goto out;
	asoc = list_first_entry(&ep->asocs, struct sctp_association, asocs);
	user->port = asoc->peer.port;
	list_for_each_entry(t, &asoc->peer.transport_addr_list, transports) {
		if (user->naddrs == RSP_ADDRS_MAX)
			break;
		rsp_sctp_unpack_addr(&user->addrs[user->naddrs++], &t->ipaddr);
	}
out:
	release_sock(low->lsk);
}

struct rsp_lower *rsp_lower_listen(struct rsp_sock *rsk, int backlog)
{
	int family = ipv6_mod_enabled() ? PF_INET6 : PF_INET;
	struct rsp_lower *low;
	int err;

	low = rsp_lower_create(rsk, family, false);
	if (IS_ERR(low))
		return low;
	err = rsp_sctp_bind_any(low->sock, family);
	if (!err)
		err = rsp_sctp_listen(low->sock, backlog);
	if (err) {
		rsp_lower_release(low, true);
		return ERR_PTR(err);
	}
	if (rsk->many)		/* nobody calls accept() */
		rsp_lower_hook(low);
	rsp_lower_attach(low);
	return low;
}

u16 rsp_lower_port(const struct rsp_lower *low)
{
	return inet_sk(low->lsk)->inet_num;
}

struct rsp_lower *rsp_lower_accept(struct rsp_lower *listener,
				   struct rsp_sock *child)
{
	struct rsp_lower *low;
	struct socket *sock;
	int err;

	/* first, so that nothing can fail once the association is taken */
	low = rsp_lower_alloc(child, false);
	if (IS_ERR(low))
		return low;
	err = kernel_accept(listener->sock, &sock, O_NONBLOCK);
	if (err) {
		kfree(low);
		return ERR_PTR(err);
	}
	rsp_lower_own(low, sock);
	sock_set_flag(low->lsk, SOCK_RCU_FREE);
	rsp_lower_sync_buffers(low);
	rsp_lower_hook(low);
	return low;
}

/* ---- sending ------------------------------------------------------------- */

/* @c, if any: @clen octets of control messages */
static int rsp_lower_sendmsg(const struct rsp_lower *low, struct msghdr *msg,
			     void *c, size_t clen, size_t len)
{
	/* io_uring uses it again */
	void *name = msg->msg_name, *control = msg->msg_control;
	size_t controllen = msg->msg_controllen;
	bool is_user = msg->msg_control_is_user;
	unsigned int flags = msg->msg_flags;
	int namelen = msg->msg_namelen;
	int ret;

	msg->msg_name = NULL;
	msg->msg_namelen = 0;
	msg->msg_control = c;
	msg->msg_controllen = clen;
	msg->msg_control_is_user = false;
	msg->msg_flags = (flags & MSG_MORE) | MSG_DONTWAIT | MSG_NOSIGNAL;
	ret = rsp_sctp_sendmsg(low->lsk, msg, len);
	msg->msg_name = name;
	msg->msg_namelen = namelen;
	msg->msg_control = control;
	msg->msg_controllen = controllen;
	msg->msg_control_is_user = is_user;
	msg->msg_flags = flags;
	return rsp_sctp_is_gone(ret) ? -EPIPE : ret;
}

bool rsp_lower_settled(struct rsp_lower *low)
{
	const struct sctp_association *asoc;
	bool settled;

	if (!low->echo_tsns)
		return true;
	lock_sock(low->lsk);
	asoc = rsp_lower_asoc(low);
	settled = !asoc || rsp_outq_empty(&asoc->outqueue) ||
		  asoc->ctsn_ack_point + 1 - asoc->c.initial_tsn >=
			  low->echo_tsns;
	release_sock(low->lsk);
	if (!settled)
		return false;
	low->echo_tsns = 0;
	WRITE_ONCE(low->gated, false);
	return true;
}

/* Would it overtake the cookie?  Then it waits, and poll() does. */
static bool rsp_lower_gate(struct rsp_lower *low, const struct rsp_terms *terms)
{
	bool loose = terms->stream || (terms->options & RSP_SEND_UNORDERED);

	/* as long as one waits the others look, too */
	if ((!loose && !low->gated) || rsp_lower_settled(low) || !loose)
		return false;
	WRITE_ONCE(low->gated, true);
	rsp_session_kick_at(low->up, jiffies + 1);
	return true;
}

int rsp_lower_send(struct rsp_lower *low, struct msghdr *msg, size_t len,
		   u32 number, const struct rsp_terms *terms)
{
	bool unordered = terms->options & RSP_SEND_UNORDERED;
	u32 context = number |
		(terms->options & RSP_CONTEXT_OPTIONS) << RSP_CONTEXT_SHIFT;
	struct {
		struct rsp_sctp_sndinfo snd;
		struct rsp_sctp_prinfo pr;
	} c;
	size_t clen = sizeof(c.snd);

	/* one association, nothing comes back: SCTP's defaults say as much */
	if (!low->to_many && !unordered && !terms->ppid && !terms->stream &&
	    !terms->worth.policy)
		return rsp_lower_sendmsg(low, msg, NULL, 0, len);
	if (unlikely(low->echo_tsns) && rsp_lower_gate(low, terms))
		return -EAGAIN;
	rsp_sctp_sndinfo(&c.snd, terms->ppid, context,
			 unordered ? SCTP_UNORDERED : 0, low->assoc_id);
	c.snd.info.snd_sid = terms->stream;
	if (terms->worth.policy) {
		rsp_sctp_prinfo(&c.pr);
		rsp_worth_left(&terms->worth, &c.pr.info);
		clen = sizeof(c);
	}
	return rsp_lower_sendmsg(low, msg, &c, clen, len);
}

int rsp_lower_send_control(struct rsp_lower *low, void *data, size_t len)
{
	struct kvec vec = { .iov_base = data, .iov_len = len };
	struct rsp_sctp_sndinfo c;
	struct msghdr msg = {};
	int ret;

	rsp_sctp_sndinfo(&c, RSP_ASAP_PPID, 0, 0, low->assoc_id);
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, len);
	ret = rsp_lower_sendmsg(low, &msg, &c, sizeof(c), len);
	return ret < 0 ? ret : 0;
}

static int rsp_lower_send_flag(struct rsp_lower *low, u16 flag)
{
	struct rsp_sctp_sndinfo c;
	struct msghdr msg = {};
	int ret;

	rsp_sctp_sndinfo(&c, 0, 0, flag, low->assoc_id);
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, NULL, 0, 0);
	ret = rsp_lower_sendmsg(low, &msg, &c, sizeof(c), 0);
	return ret < 0 ? ret : 0;
}

int rsp_lower_abort(struct rsp_lower *low)
{
	return rsp_lower_send_flag(low, SCTP_ABORT);
}

int rsp_lower_shutdown(struct rsp_lower *low)
{
	int err;

	if (low->to_many)
		err = rsp_lower_send_flag(low, SCTP_EOF);
	else
		err = kernel_sock_shutdown(low->sock, SHUT_WR);
	return rsp_lower_stuck(low) ? -ENOMEM : err;
}

/* ---- looking -------------------------------------------------------------- */

/* No association any more; a hint without lsk's lock. */
bool rsp_lower_dead(const struct rsp_lower *low)
{
	return list_empty(&sctp_sk(low->lsk)->ep->asocs);
}

/* Something is in the queue, or there is nothing more to come. */
bool rsp_lower_pending(const struct rsp_lower *low)
{
	return !skb_queue_empty_lockless(&low->lsk->sk_receive_queue) ||
	       rsp_lower_dead(low);
}

bool rsp_lower_writable(const struct rsp_lower *low)
{
	const struct sock *lsk = low->lsk;

	return READ_ONCE(lsk->sk_sndbuf) > READ_ONCE(lsk->sk_wmem_queued) &&
	       !READ_ONCE(low->gated);
}

bool rsp_lower_ending(const struct rsp_lower *low)
{
	const struct sctp_association *asoc;
	bool ending;

	lock_sock(low->lsk);
	asoc = rsp_lower_asoc(low);
	ending = !asoc || asoc->state == SCTP_STATE_CLOSED ||
		 asoc->state == SCTP_STATE_SHUTDOWN_RECEIVED ||
		 asoc->state == SCTP_STATE_SHUTDOWN_ACK_SENT;
	release_sock(low->lsk);
	return ending;
}

/* An event that SCTP has no memory for never comes, COMM_UP included. */
bool rsp_lower_up(struct rsp_lower *low)
{
	const struct sctp_association *asoc;
	bool up;

	lock_sock(low->lsk);
	asoc = rsp_lower_asoc(low);
	up = asoc && asoc->state == SCTP_STATE_ESTABLISHED;
	if (asoc)
		low->assoc_id = sctp_assoc2id(asoc);
	release_sock(low->lsk);
	return up;
}

/*
 * SCTP sends a SHUTDOWN in the moment in which all data is acknowledged.  If it
 * has no memory for that chunk nothing makes it try again, and the association
 * would stay for ever.
 */
bool rsp_lower_stuck(const struct rsp_lower *low)
{
	const struct sctp_association *asoc;
	bool stuck;

	if (rsp_lower_dead(low))	/* and none will come */
		return false;
	lock_sock(low->lsk);
	asoc = rsp_lower_asoc(low);
	stuck = asoc && asoc->state == SCTP_STATE_SHUTDOWN_PENDING &&
		rsp_outq_empty(&asoc->outqueue);
	release_sock(low->lsk);
	return stuck;
}

bool rsp_lower_idle(const struct rsp_lower *low)
{
	const struct sctp_association *asoc;
	bool idle;

	lock_sock(low->lsk);
	asoc = rsp_lower_asoc(low);
	idle = !asoc || rsp_outq_empty(&asoc->outqueue);
	release_sock(low->lsk);
	return idle;
}
