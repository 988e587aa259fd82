// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket face: what each system call means for a session or a pool
 * element.  Reading and writing are in io.c, options in sockopt.c.
 */
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/sockios.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "session.h"

static struct proto rsp_proto = {
	.name		= "RSERPOOL",
	.owner		= THIS_MODULE,
	.obj_size	= sizeof(struct rsp_sock),
};

static const struct proto_ops rsp_stream_ops, rsp_many_ops;

/* ---- socket(), close() ----------------------------------------------------------- */

/* The borrowed family number must not lend its name to lockdep's reports. */
static struct lock_class_key rsp_slock_key, rsp_lock_key;

static void rsp_sock_destruct(struct sock *sk)
{
	WARN_ON_ONCE(atomic_read(&sk->sk_rmem_alloc));
	WARN_ON_ONCE(rsp_sk(sk)->items_octets || rsp_sk(sk)->held_octets);
	WARN_ON_ONCE(rsp_sk(sk)->npartials);
	rsp_card_put(rsp_sk(sk)->card);
	rsp_card_put(rsp_sk(sk)->peer_card);
	rsp_sctp_options_put(rsp_sk(sk)->sctp);
	rsp_many_free(rsp_sk(sk)->many);
	kfree(rsp_sk(sk)->basic);
	rsp_user_put(rsp_sk(sk)->user);
	sock_prot_inuse_add(sock_net(sk), &rsp_proto, -1);
}

struct rsp_sock *rsp_sock_alloc(struct net *net, struct socket *sock)
{
	struct rsp_net *rn = rsp_net(net);
	const struct rsp_settings *set = &rn->set;
	struct rsp_sock *rsk;
	struct sock *sk;

	sk = sk_alloc(net, PF_RSERPOOL, GFP_KERNEL_ACCOUNT, &rsp_proto, 0);
	if (!sk)
		return NULL;
	sock_init_data(sock, sk);
	sock_lock_init_class_and_name(sk, "slock-AF_RSERPOOL", &rsp_slock_key,
				      "sk_lock-AF_RSERPOOL", &rsp_lock_key);
	sk->sk_destruct = rsp_sock_destruct;
	sk->sk_protocol = 0;
	sock_prot_inuse_add(net, &rsp_proto, 1);

	rsk = rsp_sk(sk);
	rsk->rn = rn;
	rsk->face = rsk;
	rsk->nodelay = true;
	rsk->replay = RSP_REPLAY_UNSENT;
	rsk->failover_limit_ms = READ_ONCE(set->failover_limit_ms);
	rsk->subscribe = READ_ONCE(set->subscribe);
	rsk->reg_life = READ_ONCE(set->registration_life_s);
	rsk->policy.type = RSP_POLICY_ROUND_ROBIN;
	rsp_session_setup(rsk);
	return rsk;
}

void rsp_sock_inherit(struct rsp_sock *rsk, struct rsp_sock *from)
{
	struct sock *sk = &rsk->sk;

	rsk->events = READ_ONCE(from->events);
	rsk->replay = READ_ONCE(from->replay);
	rsk->failover_limit_ms = READ_ONCE(from->failover_limit_ms);
	rsk->failover_mode = READ_ONCE(from->failover_mode);
	rsk->stale = READ_ONCE(from->stale);
	rsk->subscribe = READ_ONCE(from->subscribe);
	rsk->profile = READ_ONCE(from->profile);
	rsk->nodelay = READ_ONCE(from->nodelay);
	rsk->nxtinfo = READ_ONCE(from->nxtinfo);
	rsk->rcvinfo = READ_ONCE(from->rcvinfo);
	rsp_prinfo_of(from, &rsk->prinfo);
	rsk->sctp = rsp_sctp_options_get(from);
	security_sk_clone(&from->sk, sk);
	sk->sk_mark = READ_ONCE(from->sk.sk_mark);
	sk->sk_priority = READ_ONCE(from->sk.sk_priority);
	sk->sk_userlocks = from->sk.sk_userlocks;
	sk->sk_sndbuf = READ_ONCE(from->sk.sk_sndbuf);
	sk->sk_rcvbuf = READ_ONCE(from->sk.sk_rcvbuf);
	sk->sk_sndtimeo = READ_ONCE(from->sk.sk_sndtimeo);
	sk->sk_rcvtimeo = READ_ONCE(from->sk.sk_rcvtimeo);
}

void rsp_sock_free(struct rsp_sock *rsk, struct socket *sock)
{
	cancel_delayed_work_sync(&rsk->work);
	rsp_keys_keep(rsk, NULL);
	sock_orphan(&rsk->sk);
	if (sock)
		sock->sk = NULL;
	sock_put(&rsk->sk);
}

int rsp_sock_shell(struct socket **sock)
{
	int err = sock_create_lite(PF_RSERPOOL, SOCK_STREAM, 0, sock);

	if (err)
		return err;
	(*sock)->ops = &rsp_stream_ops;
	__module_get(rsp_stream_ops.owner);
	return 0;
}

static int rsp_create(struct net *net, struct socket *sock, int protocol,
		      int kern)
{
	bool many = sock->type == SOCK_SEQPACKET;
	struct rsp_sock *rsk;
	int err = 0;

	if (sock->type != SOCK_STREAM && !many)
		return -ESOCKTNOSUPPORT;
	if (protocol)
		return -EPROTONOSUPPORT;
	rsk = rsp_sock_alloc(net, sock);
	if (!rsk)
		return -ENOMEM;
	if (many)
		err = rsp_many_setup(rsk);
	if (err)
		rsp_sock_free(rsk, sock);
	else
		sock->ops = many ? &rsp_many_ops : &rsp_stream_ops;
	return err;
}

static int rsp_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct rsp_sock *rsk;

	if (!sk)
		return 0;
	rsk = rsp_sk(sk);
	rsp_race(release);
	if (rsk->role == RSP_ROLE_POOL_ELEMENT)
		rsp_element_close(rsk);
	rsp_session_release(rsk);
	sock_orphan(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}

/* ---- addresses -------------------------------------------------------------------- */

int rsp_addr_check(const struct sockaddr *uaddr, int len,
		   struct rsp_handle *handle, u32 *pe_id)
{
	const struct sockaddr_rserpool *a = (const void *)uaddr;
	const int head = offsetof(struct sockaddr_rserpool, srp_handle);

	if (len < (int)sizeof(a->srp_family))
		return -EINVAL;
	if (a->srp_family != AF_RSERPOOL)
		return -EAFNOSUPPORT;
	if (len < head || a->srp_flags || a->srp_reserved || !a->srp_handle_len)
		return -EINVAL;
	if (a->srp_handle_len > RSP_HANDLE_MAX)
		return -ENAMETOOLONG;
	if (len < head + a->srp_handle_len || len > (int)sizeof(*a))
		return -EINVAL;
	handle->len = a->srp_handle_len;
	memcpy(handle->octets, a->srp_handle, handle->len);
	*pe_id = a->srp_pe_id;
	return 0;
}

static int rsp_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct sockaddr_rserpool *a = (struct sockaddr_rserpool *)uaddr;
	struct rsp_sock *rsk = rsp_sk(sock->sk);
	const struct rsp_handle *handle;
	bool client, session;
	int err = 0;

	BUILD_BUG_ON(sizeof(*a) > sizeof(struct sockaddr_storage));
	memset(a, 0, sizeof(*a));
	a->srp_family = AF_RSERPOOL;

	mutex_lock(&rsk->lock);
	client = rsk->role == RSP_ROLE_POOL_USER;
	session = client || rsk->role == RSP_ROLE_SERVER;
	if (peer && (!session || rsk->state < RSP_STATE_ESTABLISHED)) {
		err = -ENOTCONN;
	} else if (peer ? client : !client) {
		/* a pool user has no name of its own */
		a->srp_handle_len = rsk->handle.len;
		memcpy(a->srp_handle, rsk->handle.octets, rsk->handle.len);
		a->srp_pe_id = rsk->pe_id ?: rsk->want_pe_id;
	} else if (peer ? rsk->peer_card : rsk->card) {
		/* but the pool of which it has said that it is in */
		handle = peer ? &rsk->peer_card->handle : &rsk->card->handle;
		a->srp_handle_len = handle->len;
		memcpy(a->srp_handle, handle->octets, handle->len);
	}
	mutex_unlock(&rsk->lock);
	return err ?: (int)sizeof(*a);
}

static int rsp_bind(struct socket *sock, struct sockaddr *uaddr, int len)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);
	struct rsp_handle handle = {};
	u32 pe_id;
	int err;

	err = rsp_addr_check(uaddr, len, &handle, &pe_id);
	if (!err)
		err = rsp_access_may_bind(rsp_sock_net(rsk), &handle);
	if (err)
		return err;
	mutex_lock(&rsk->lock);
	if (rsk->bound || rsk->role != RSP_ROLE_NONE) {
		err = -EINVAL;
	} else {
		rsk->bound = true;
		rsk->handle = handle;
		rsk->want_pe_id = pe_id;
	}
	mutex_unlock(&rsk->lock);
	return err;
}

static int rsp_listen(struct socket *sock, int backlog)
{
	return rsp_element_listen(rsp_sk(sock->sk), backlog);
}

static int rsp_accept(struct socket *sock, struct socket *newsock,
		      RSP_ACCEPT_ARGS)
{
	if (rsp_is_basic(rsp_sk(sock->sk)))
		return -EOPNOTSUPP;
	return rsp_element_accept(sock->sk, newsock, RSP_ACCEPT_FLAGS);
}

/* ---- connect() --------------------------------------------------------------------- */

/* Return: 0: begin; 1: done; -EALREADY: under way; else an error. */
static int rsp_connect_claim(struct socket *sock,
			     const struct rsp_handle *handle, u32 pe_id)
{
	struct sock *sk = sock->sk;
	struct rsp_sock *rsk = rsp_sk(sk);
	int err;

	lockdep_assert_held(&rsk->lock);

	switch (rsk->state) {
	case RSP_STATE_IDLE:
		break;
	case RSP_STATE_RESOLVING:
	case RSP_STATE_CONNECTING:
		return -EALREADY;
	case RSP_STATE_LISTENING:
		return -EOPNOTSUPP;
	default:
		/* begun by a call that a signal or O_NONBLOCK cut short */
		if (sock->state == SS_CONNECTING) {
			sock->state = SS_CONNECTED;
			return 1;
		}
		if (!rsp_basic_again(rsk, handle))
			return -EISCONN;
	}
	if (rsk->bound || rsk->role != RSP_ROLE_NONE)
		return -EOPNOTSUPP;
	err = sock_error(sk);	/* of an earlier attempt */
	if (err)
		return err;
	rsk->handle = *handle;
	rsk->want_pe_id = pe_id;
	/* it may have been one of many, and never had a server */
	rsk->pinned = false;
	rsk->selected = false;
	rsk->direct.port = 0;
	rsk->role = RSP_ROLE_POOL_USER;
	err = rsp_is_basic(rsk) ? 0 : rsp_session_add(rsk);
	if (err) {
		rsk->role = RSP_ROLE_NONE;
		return err;
	}
	sock->state = SS_CONNECTING;
	WRITE_ONCE(rsk->state, RSP_STATE_RESOLVING);
	rsp_session_subscribe(rsk);
	return 0;
}

void rsp_connect_begin(struct rsp_sock *rsk)
{
	rsp_race(connect_claimed);
	mutex_lock(&rsk->rx_mutex);
	mutex_lock(&rsk->tx_mutex);
	rsp_failover_start(rsk);
	if (rsp_is_basic(rsk))
		rsp_basic_report(rsk);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	rsp_session_help(rsk);		/* as far as it goes without waiting */
}

int rsp_connect_wait(struct sock *sk, long timeo)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct rsp_sock *rsk = rsp_sk(sk);
	int err = 0;

	if (!timeo)
		return -EINPROGRESS;
	add_wait_queue(sk_sleep(sk), &wait);
	for (;;) {
		u8 state = READ_ONCE(rsk->state);

		if (state != RSP_STATE_RESOLVING &&
		    state != RSP_STATE_CONNECTING)
			break;
		if (rsk->face == rsk)
			err = rsp_session_wait(rsk, &wait, &timeo);
		else
			err = rsp_wait(sk, &wait, &timeo);
		if (err)
			break;
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	rsp_race(connect_woken);
	if (err)
		return err == -EAGAIN ? -EINPROGRESS : err;
	switch (READ_ONCE(rsk->state)) {
	case RSP_STATE_IDLE:
		return sock_error(sk) ?: -ECONNABORTED;
	case RSP_STATE_ENDED:
		return rsk->face == rsk ? 0 : sock_error(sk);
	case RSP_STATE_RESOLVING:
	case RSP_STATE_CONNECTING:
		return -ECONNABORTED;	/* another thread has begun anew */
	}
	return 0;
}

static int rsp_connect(struct socket *sock, struct sockaddr *uaddr, int len,
		       int flags)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);
	struct rsp_handle handle = {};
	long timeo;
	u32 pe_id;
	int err;

	if (rsp_is_basic(rsk) && len >= (int)sizeof(uaddr->sa_family) &&
	    uaddr->sa_family == AF_UNSPEC)
		return rsp_basic_disconnect(rsk);
	err = rsp_addr_check(uaddr, len, &handle, &pe_id);
	if (err)
		return err;
	timeo = sock_sndtimeo(sock->sk, flags & O_NONBLOCK);
	mutex_lock(&rsk->lock);
	err = rsp_connect_claim(sock, &handle, pe_id);
	mutex_unlock(&rsk->lock);
	if (err == 1)
		return 0;
	if (!err)
		rsp_connect_begin(rsk);
	else if (err != -EALREADY || !timeo)
		return err;
	err = rsp_connect_wait(sock->sk, timeo);
	mutex_lock(&rsk->lock);		/* another thread may begin anew */
	if (!err)
		sock->state = SS_CONNECTED;
	else if (rsk->state == RSP_STATE_IDLE)
		sock->state = SS_UNCONNECTED;
	mutex_unlock(&rsk->lock);
	return err;
}

/* ---- shutdown() ---------------------------------------------------------------------- */

static int rsp_shutdown(struct socket *sock, int how)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);

	how++;		/* SHUT_RD, WR, RDWR to RCV_SHUTDOWN, SEND_SHUTDOWN */
	if ((how & ~SHUTDOWN_MASK) || !how)
		return -EINVAL;
	/* the end of one of many sessions is a message's business */
	if (rsk->many && (how & SEND_SHUTDOWN))
		return -EOPNOTSUPP;
	switch (READ_ONCE(rsk->role)) {
	case RSP_ROLE_NONE:
		return -ENOTCONN;
	case RSP_ROLE_POOL_ELEMENT:
		if (how & RCV_SHUTDOWN)		/* drain: no new sessions */
			rsp_element_close(rsk);
		return 0;
	}
	if (rsp_is_basic(rsk))
		return -EOPNOTSUPP;
	return rsp_session_shutdown(rsk, how);
}

/* ---- poll(), ioctl() ------------------------------------------------------------------ */

/* Never waits for a lower: under RCU, which keeps lsk alive (lower.c). */
static __poll_t rsp_poll_lower(struct rsp_sock *rsk, u8 state)
{
	const struct rsp_lower *low;
	__poll_t mask = 0;

	rcu_read_lock();
	low = rcu_dereference(rsk->low);
	if (low && state == RSP_STATE_LISTENING) {
		if (!rsp_lower_dead(low))
			mask |= EPOLLIN | EPOLLRDNORM;
	} else if (low) {
		if (rsp_demux_readable(low))
			mask |= EPOLLIN | EPOLLRDNORM;
		else if (rsp_lower_pending(low))
			rsp_session_kick(rsk);	/* control, or its end */
		if (state == RSP_STATE_ESTABLISHED &&
		    !(rsk->sk.sk_shutdown & SEND_SHUTDOWN) &&
		    rsp_lower_writable(low))
			mask |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
	}
	rcu_read_unlock();
	return mask;
}

static __poll_t rsp_poll(struct file *file, struct socket *sock,
			 poll_table *wait)
{
	struct sock *sk = sock->sk;
	struct rsp_sock *rsk = rsp_sk(sk);
	__poll_t mask = 0;
	u8 state, shut;

	sock_poll_wait(file, sock, wait);
	rsp_element_answer(rsk);
	state = READ_ONCE(rsk->state);
	shut = READ_ONCE(sk->sk_shutdown);
	if (READ_ONCE(sk->sk_err))
		mask |= EPOLLERR;
	if (state == RSP_STATE_IDLE)
		mask |= EPOLLOUT | EPOLLHUP;
	if (!list_empty_careful(&rsk->items))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (shut & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (shut == SHUTDOWN_MASK || state == RSP_STATE_ENDED)
		mask |= EPOLLHUP | EPOLLOUT | EPOLLWRNORM;
	if (state == RSP_STATE_ESTABLISHED && rsp_is_basic(rsk))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask | rsp_poll_lower(rsk, state);
}

static int rsp_ioctl_outq(struct rsp_sock *rsk)
{
	const struct rsp_lower *low;
	int len = 0;

	rcu_read_lock();
	low = rcu_dereference(rsk->low);
	if (low)
		len = READ_ONCE(low->lsk->sk_wmem_queued);
	rcu_read_unlock();
	return len;
}

/* SIOCINQ: octets of the next message or notification; SIOCOUTQ: unsent and
 * unacknowledged, with SCTP's overhead.
 */
static int rsp_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);
	int val;

	switch (cmd) {
	case SIOCINQ:
		val = rsk->many ? rsp_many_inq(rsk) : rsp_session_inq(rsk);
		break;
	case SIOCOUTQ:
		if (rsk->many)		/* of which session? */
			return -EOPNOTSUPP;
		val = rsp_ioctl_outq(rsk);
		break;
	default:
		return -ENOIOCTLCMD;
	}
	return val < 0 ? val : put_user(val, (int __user *)arg);
}

/* ---- the family ------------------------------------------------------------------------ */

static const struct proto_ops rsp_stream_ops = {
	.family		= PF_RSERPOOL,
	.owner		= THIS_MODULE,
	.release	= rsp_release,
	.bind		= rsp_bind,
	.connect	= rsp_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= rsp_accept,
	.getname	= rsp_getname,
	.poll		= rsp_poll,
	.ioctl		= rsp_ioctl,
	.listen		= rsp_listen,
	.shutdown	= rsp_shutdown,
	.setsockopt	= rsp_setsockopt,
	.getsockopt	= rsp_getsockopt,
	.sendmsg	= rsp_sendmsg,
	.recvmsg	= rsp_recvmsg,
	.mmap		= sock_no_mmap,
};

static const struct proto_ops rsp_many_ops = {
	.family		= PF_RSERPOOL,
	.owner		= THIS_MODULE,
	.release	= rsp_release,
	.bind		= rsp_bind,
	.connect	= rsp_many_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= rsp_getname,
	.poll		= rsp_many_poll,
	.ioctl		= rsp_ioctl,
	.listen		= rsp_listen,
	.shutdown	= rsp_shutdown,
	.setsockopt	= rsp_setsockopt,
	.getsockopt	= rsp_getsockopt,
	.sendmsg	= rsp_many_sendmsg,
	.recvmsg	= rsp_recvmsg,
	.mmap		= sock_no_mmap,
};

static const struct net_proto_family rsp_family = {
	.family	= PF_RSERPOOL,
	.create	= rsp_create,
	.owner	= THIS_MODULE,
};

int rsp_family_init(void)
{
	int err;

	/* no slab of its own: such sockets are cleared twice where the kernel
	 * clears what it allocates, and there is a size for them already
	 */
	err = proto_register(&rsp_proto, 0);
	if (err)
		return err;
	err = sock_register(&rsp_family);
	if (err)
		proto_unregister(&rsp_proto);
	return err;
}

void rsp_family_exit(void)
{
	sock_unregister(PF_RSERPOOL);
	proto_unregister(&rsp_proto);
}
