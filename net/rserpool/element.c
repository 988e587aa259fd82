// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool elements: a listening socket and its registration live and die
 * together (RFC 5352 sections 3.1, 3.2).
 *
 * Associations that nobody has accepted yet stay in SCTP's own accept queue,
 * and the listener's wake-ups go to the upper's waiters: no queue of ours.
 */
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/tcp_states.h>

#include "session.h"

/* Associations that one run of the work makes sessions of. */
#define RSP_GATHER_BUDGET	64

/* From the namespace's ASAP work; rsp_asap_deregister() waits for it. */
static void rsp_element_changed(struct rsp_pe *pe)
{
	struct rsp_sock *rsk = pe->owner;
	bool registered = READ_ONCE(pe->state) == RSP_PE_REGISTERED;
	struct rsp_registration n = {
		.hdr = {
			.type = RSP_NOTIFY_REGISTRATION,
			.flags = registered ? RSP_REGISTERED : 0,
			.length = sizeof(n),
		},
		.cause = READ_ONCE(pe->cause),
		.registrar_id = READ_ONCE(pe->home_id),
		.pe_id = pe->pe_id,
	};

	rsp_race(element_changed);
	rsp_notify(rsk, &n.hdr);
	rsp_session_wake(rsk);
}

/*
 * Does the program run (RSP_LIVENESS)?  Whoever waits for the socket is woken,
 * by which somebody in accept(), poll(), select() or epoll_wait() comes along
 * here again, finds nothing new, and goes back to sleep: the program itself
 * does not notice.  One that has been stopped is in none of them.
 */
static bool rsp_element_alive(struct rsp_pe *pe, bool knock)
{
	struct rsp_sock *rsk = pe->owner;

	if (knock) {
		WRITE_ONCE(rsk->knocked, true);
		rsp_race(element_knock);
		rsp_session_wake(rsk);
	}
	return !READ_ONCE(rsk->knocked);
}

void rsp_element_answer(struct rsp_sock *rsk)
{
	if (likely(!READ_ONCE(rsk->knocked)))
		return;
	WRITE_ONCE(rsk->knocked, false);
	rsp_asap_alive(rsp_sock_net(rsk));
}

static struct rsp_pe *rsp_element_alloc(struct rsp_sock *rsk,
					const struct rsp_lower *low)
{
	struct rsp_pe *pe = kzalloc(sizeof(*pe), GFP_KERNEL_ACCOUNT);

	if (!pe)
		return NULL;
	pe->ack_spare = rsp_ack_new(GFP_KERNEL_ACCOUNT);
	if (!pe->ack_spare) {
		kfree(pe);
		return NULL;
	}
	INIT_LIST_HEAD(&pe->node);
	refcount_set(&pe->ref, 1);
	pe->rn = rsp_sock_net(rsk);
	pe->handle = rsk->handle;
	pe->pe_id = rsk->want_pe_id;
	while (!pe->pe_id)	/* REG-05: random, never 0 */
		pe->pe_id = get_random_u32();
	if (low)
		pe->user = (struct rsp_service) {
			.type = RSP_PARAM_SCTP_TRANSPORT,
			.port = rsp_lower_port(low),
			.use = RSP_USE_DATA_CONTROL,
		};
	pe->uid = sock_i_uid(&rsk->sk);
	pe->ino = sock_i_ino(&rsk->sk);
	pe->changed = rsp_element_changed;
	pe->alive = rsp_element_alive;
	pe->owner = rsk;
	return pe;
}

static bool rsp_element_settled(const struct rsp_pe *pe, int *err)
{
	switch (READ_ONCE(pe->state)) {
	case RSP_PE_REGISTERED:
		*err = 0;
		return true;
	case RSP_PE_REFUSED:
		*err = READ_ONCE(pe->error) ?: -EPROTO;
		return true;
	default:
		*err = READ_ONCE(pe->error);
		return *err;
	}
}

/* listen() on a blocking socket returns with the registrar's answer. */
static int rsp_element_wait(struct sock *sk, const struct rsp_pe *pe)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	long timeo = sock_sndtimeo(sk, 0);
	int err = 0;

	add_wait_queue(sk_sleep(sk), &wait);
	while (!rsp_element_settled(pe, &err)) {
		if (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN)
			break;		/* publishing will refuse */
		err = rsp_wait(sk, &wait, &timeo);
		if (err) {
			if (err == -EAGAIN)
				err = -ETIMEDOUT;
			break;
		}
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	return err;
}

/* The options, as they are now. */
static int rsp_element_wish(struct rsp_sock *rsk, struct rsp_pe *pe)
{
	struct rsp_service user = pe->user;

	lockdep_assert_held(&rsk->lock);

	if (rsp_is_basic(rsk))
		rsp_basic_transport(rsk, &user);
	rsk->wish_changed = false;
	WRITE_ONCE(pe->liveness_ms, rsk->liveness_ms);
	return rsp_asap_register(pe, rsk->reg_life, &rsk->policy, &user);
}

static int rsp_element_register(struct rsp_sock *rsk, struct rsp_pe *pe,
				bool nonblock)
{
	int err;

	mutex_lock(&rsk->lock);
	err = rsp_element_wish(rsk, pe);
	mutex_unlock(&rsk->lock);
	if (err == -EHOSTUNREACH && nonblock)
		return 0;	/* with the first registrar that comes */
	if (err || nonblock)
		return err;
	return rsp_element_wait(&rsk->sk, pe);
}

/* The socket is ours to set up: nobody else gets past this check. */
static int rsp_element_claim(struct rsp_sock *rsk)
{
	struct rsp_service user;
	int err = 0;

	mutex_lock(&rsk->lock);
	if (!rsk->bound ||
	    (rsp_is_basic(rsk) && !rsp_basic_transport(rsk, &user)))
		err = -EDESTADDRREQ;
	else if (rsk->role != RSP_ROLE_NONE || rsk->state != RSP_STATE_IDLE)
		err = rsk->state == RSP_STATE_IDLE ? -EALREADY : -EINVAL;
	else
		WRITE_ONCE(rsk->role, RSP_ROLE_POOL_ELEMENT);
	mutex_unlock(&rsk->lock);
	return err;
}

/*
 * Return: 0; -EINVAL: shutdown() came while we were waiting.  Options that
 * were set meanwhile have found neither pe nor low.
 */
static int rsp_element_publish(struct rsp_sock *rsk, struct rsp_lower *low,
			       struct rsp_pe *pe)
{
	int err = -EINVAL;

	mutex_lock(&rsk->tx_mutex);
	mutex_lock(&rsk->lock);
	if (rsk->sk.sk_shutdown & RCV_SHUTDOWN)
		goto out;
	rsk->pe = pe;
	if (rsk->wish_changed)
		rsp_element_wish(rsk, pe);
	WRITE_ONCE(rsk->pe_id, pe->pe_id);
	if (low) {
		rsp_lower_set_nodelay(low, rsk->nodelay);
		rsp_lower_set_timing(low);
		rcu_assign_pointer(rsk->low, low);
		WRITE_ONCE(rsk->sk.sk_state, TCP_LISTEN); /* SO_ACCEPTCONN */
	}
	rsp_session_set_state(rsk, RSP_STATE_LISTENING);
	if (rsk->many)
		rsp_session_kick(rsk);	/* who has come already */
	err = 0;
out:
	mutex_unlock(&rsk->lock);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	return err;
}

static int rsp_element_relisten(struct rsp_sock *rsk, int backlog)
{
	struct rsp_lower *low;
	int err = -EINVAL;	/* shutdown() has been called */

	mutex_lock(&rsk->lock);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->lock));
	if (low)
		err = rsp_sctp_listen(low->sock, backlog);
	else if (rsk->pe)		/* basic mode */
		err = 0;
	mutex_unlock(&rsk->lock);
	return err;
}

int rsp_element_listen(struct rsp_sock *rsk, int backlog)
{
	bool nonblock = rsk->sk.sk_socket->file &&
			(rsk->sk.sk_socket->file->f_flags & O_NONBLOCK);
	struct rsp_lower *low = NULL;	/* basic mode needs none */
	struct rsp_pe *pe;
	int err;

	backlog = max(backlog, 1);	/* to SCTP 0 means: do not listen */
	if (READ_ONCE(rsk->state) == RSP_STATE_LISTENING)
		return rsp_element_relisten(rsk, backlog);
	err = rsp_keys_need(rsk) ?: rsp_element_claim(rsk);
	if (err)
		return err;
	rsp_race(listen_claimed);
	if (!rsp_is_basic(rsk))
		low = rsp_lower_listen(rsk, backlog);
	if (IS_ERR(low)) {
		err = PTR_ERR(low);
		goto err_claim;
	}
	pe = rsp_element_alloc(rsk, low);
	if (!pe) {
		err = -ENOMEM;
		goto err_low;
	}
	err = rsp_element_register(rsk, pe, nonblock);
	rsp_race(listen_registered);
	if (!err)
		err = rsp_element_publish(rsk, low, pe);
	if (err)
		goto err_pe;
	return 0;

err_pe:
	rsp_asap_deregister(pe);
	rsp_pe_put(pe);
err_low:
	if (low)
		rsp_lower_release(low, true);
err_claim:
	WRITE_ONCE(rsk->role, RSP_ROLE_NONE);
	return err;
}

int rsp_element_update(struct rsp_sock *rsk)
{
	int err;

	lockdep_assert_held(&rsk->lock);

	rsk->wish_changed = true;
	if (!rsk->pe)
		return 0;	/* listen() will look */
	err = rsp_element_wish(rsk, rsk->pe);
	return err == -EHOSTUNREACH ? 0 : err;
}

/*
 * Out of the pool; the sessions go on.  No more accept(), and whoever still
 * comes by an old answer of the registrar is refused and tries the next one.
 */
void rsp_element_close(struct rsp_sock *rsk)
{
	struct rsp_lower *low;
	struct rsp_pe *pe;

	mutex_lock(&rsk->rx_mutex);
	mutex_lock(&rsk->lock);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->lock));
	rcu_assign_pointer(rsk->low, NULL);
	pe = rsk->pe;
	rsk->pe = NULL;
	WRITE_ONCE(rsk->sk.sk_shutdown, rsk->sk.sk_shutdown | RCV_SHUTDOWN);
	rsp_session_wake(rsk);
	mutex_unlock(&rsk->lock);
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	rsp_race(element_unpublished);
	if (pe) {
		rsp_asap_deregister(pe);
		rsp_pe_put(pe);
	}
	rsp_race(element_left);
	if (low)
		rsp_lower_release(low, true);
}

/* ---- accept() ------------------------------------------------------------------ */

/*
 * No session can be made of it: its client is to try another element.
 * Return: @err, or why none was taken: -EAGAIN if none waits any more.
 */
static int rsp_element_refuse(struct rsp_lower *listener,
			      struct rsp_sock *child, int err)
{
	struct rsp_lower *low = rsp_lower_accept(listener, child);

	if (IS_ERR(low))
		return PTR_ERR(low);
	rsp_lower_release(low, true);
	return err;
}

/*
 * One association that waits, made a session of @newsock, or one of the
 * one-to-many socket.
 * Return: session, ERR_PTR(-EAGAIN) if none waits, or another ERR_PTR.
 */
static struct rsp_sock *rsp_element_take(struct rsp_sock *rsk,
					 struct socket *newsock)
{
	struct rsp_sock *child;
	struct rsp_lower *low;
	int err;

	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->rx_mutex));
	if (!low)
		return ERR_PTR(-EINVAL);
	if (rsp_lower_dead(low))	/* no association waits */
		return ERR_PTR(-EAGAIN);
	child = newsock ? rsp_sock_alloc(sock_net(&rsk->sk), newsock) :
			  rsp_many_alloc(rsk);
	if (!child)
		return ERR_PTR(-ENOMEM);
	rsp_sock_inherit(child, rsk);
	child->role = RSP_ROLE_SERVER;
	child->handle = rsk->handle;
	child->pe_id = READ_ONCE(rsk->pe_id);
	child->symmetric = READ_ONCE(rsk->symmetric);
	child->card = rsp_card_of(rsk);
	child->keys = rsp_keys_of(rsk);
	/* until nothing is left that could fail the association waits on */
	err = rsp_session_add(child);
	if (err == -ENOBUFS || err == -EDQUOT)
		err = rsp_element_refuse(low, child, err);
	if (err)
		goto err_child;
	low = rsp_lower_accept(low, child);
	if (IS_ERR(low)) {
		err = PTR_ERR(low);
		goto err_session;
	}
	rsp_race(accept_taken);
	/* rx_mutex keeps the element: its pool may have no control channel */
	low->data_only = rsk->pe &&
			 READ_ONCE(rsk->pe->use) != RSP_USE_DATA_CONTROL;
	rsp_lower_attach(low);
	child->phase = RSP_PHASE_UP;
	child->state = RSP_STATE_ESTABLISHED;
	if (newsock)
		newsock->state = SS_CONNECTED;
	rcu_assign_pointer(child->low, low);	/* now its work may run */
	rsp_race(accept_published);
	RSP_INC(rsp_sock_net(rsk), SESSIONS_ACCEPTED);
	rsp_session_tell(child);
	rsp_event_session(child, RSERPOOL_EVENT_TYPE_SESSION_ESTABLISHED);
	return child;

err_session:
	rsp_session_del(child);
err_child:
	rsp_sock_free(child, newsock);
	return ERR_PTR(err);
}

/* What a new session has to do with its pool element, before anybody uses it. */
static void rsp_element_welcome(struct rsp_sock *rsk, struct rsp_sock *child)
{
	struct rsp_pe *pe;

	rsp_card_begin(child);
	mutex_lock(&rsk->lock);
	pe = rsk->pe;
	if (pe)
		atomic_inc(&pe->sessions);
	mutex_unlock(&rsk->lock);
}

static int rsp_element_try_accept(struct rsp_sock *rsk, struct socket *newsock)
{
	struct rsp_sock *child;

	if (READ_ONCE(rsk->state) != RSP_STATE_LISTENING ||
	    (READ_ONCE(rsk->sk.sk_shutdown) & RCV_SHUTDOWN))
		return -EINVAL;
	rsp_race(accept_allowed);
	if (mutex_lock_interruptible(&rsk->rx_mutex))
		return -ERESTARTSYS;
	child = rsp_element_take(rsk, newsock);
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	if (IS_ERR(child))
		return PTR_ERR(child);
	rsp_element_welcome(rsk, child);
	/* what came in before the callbacks were there */
	rsp_session_help(child);
	return 0;
}

/*
 * Without memory the associations wait on; one that there may be no session
 * for has been refused.
 */
void rsp_element_gather(struct rsp_sock *rsk)
{
	unsigned int budget = RSP_GATHER_BUDGET;
	struct rsp_sock *child;

	lockdep_assert_held(&rsk->rx_mutex);

	while (rsk->many && budget--) {
		child = rsp_element_take(rsk, NULL);
		if (child == ERR_PTR(-ENOBUFS) || child == ERR_PTR(-EDQUOT))
			continue;
		if (child == ERR_PTR(-EAGAIN) || child == ERR_PTR(-EINVAL))
			return;
		if (IS_ERR(child)) {
			rsp_session_kick_at(rsk, jiffies + RSP_RETRY);
			return;
		}
		/* what came in before the callbacks were there */
		rsp_session_kick(child);
		rsp_element_welcome(rsk, child);
		rsp_many_join(child);
	}
	if (rsk->many)
		rsp_session_kick(rsk);	/* others want to work, too */
}

int rsp_element_accept(struct sock *sk, struct socket *newsock, int flags)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	long timeo = sock_rcvtimeo(sk, flags & O_NONBLOCK);
	int err;

	add_wait_queue(sk_sleep(sk), &wait);
	for (;;) {
		rsp_element_answer(rsp_sk(sk));
		err = rsp_element_try_accept(rsp_sk(sk), newsock);
		if (err != -EAGAIN)
			break;
		err = rsp_wait(sk, &wait, &timeo);
		if (err)
			break;
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	return err;
}
