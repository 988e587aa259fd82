// SPDX-License-Identifier: GPL-2.0-only
/*
 * sendmsg() and recvmsg(): try, and where that gives EAGAIN wait for the
 * session to be woken and try again.
 *
 * A mutex is held for one try only, never while waiting for the session.
 */
#include <linux/sched/signal.h>
#include <linux/uio.h>

#include "session.h"

int rsp_wait(struct sock *sk, struct wait_queue_entry *wait, long *timeo)
{
	if (!*timeo)
		return -EAGAIN;
	if (signal_pending(current))
		return sock_intr_errno(*timeo);
	rsp_race(wait);
	*timeo = wait_woken(wait, TASK_INTERRUPTIBLE, *timeo);
	return 0;
}

/* ---- sending ---------------------------------------------------------------- */

/* May this session send now?  0, -EAGAIN (later), or why it never will. */
static int rsp_send_state(struct rsp_sock *rsk)
{
	struct sock *sk = &rsk->sk;
	int err;

	err = sock_error(sk);	/* to one caller only: the others go on */
	if (err)
		return err;
	if (READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN)
		return -EPIPE;
	switch (READ_ONCE(rsk->state)) {
	case RSP_STATE_ESTABLISHED:
		return 0;
	case RSP_STATE_RESOLVING:
	case RSP_STATE_CONNECTING:
	case RSP_STATE_FAILOVER:
		return rsk->face == rsk ? -EAGAIN : 0;
	}
	return -ENOTCONN;
}

static int rsp_send_locked(struct rsp_sock *rsk, struct msghdr *msg,
			   size_t len, struct rsp_send_args *args)
{
	struct rsp_terms terms = {
		.options = args->info.options,
		.ppid = args->info.ppid,
		.stream = args->info.stream,
	};
	struct rsp_lower *low;
	int ret;

	lockdep_assert_held(&rsk->tx_mutex);

	ret = rsp_send_state(rsk);
	if (ret)
		return ret;
	rsp_worth_begin(&terms.worth, &args->prinfo);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->tx_mutex));
	if (!low)	/* one of many: no reason for the others to wait */
		return rsk->face == rsk ? -EAGAIN :
					  rsp_returned_hold(rsk, msg, len,
							    &terms);
	rsp_race(send_allowed);
	if (args->cookie) {
		ret = rsp_cookie_send(rsk, low, args->cookie, args->cookie_len);
		if (!ret)
			args->cookie = NULL;	/* once is enough */
	}
	if (!ret && len) {
		/* what SO_SNDBUF has become since is not known below */
		if (unlikely(len > READ_ONCE(low->lsk->sk_sndbuf)))
			rsp_lower_sync_buffers(low);
		ret = rsp_send_numbered(rsk, low, msg, len, &terms);
	}
	if (ret == -EAGAIN) {
		rsp_lower_sync_buffers(low);
	} else if (ret == -EPIPE) {
		/* SCTP knows already, the session is about to learn */
		rsp_session_kick(rsk);
		ret = -EAGAIN;
	}
	return ret;
}

static int rsp_send_try(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
			struct rsp_send_args *args)
{
	struct iov_iter iter = msg->msg_iter;
	int ret;

	if (mutex_lock_interruptible(&rsk->tx_mutex))
		return -ERESTARTSYS;
	ret = rsp_send_locked(rsk, msg, len, args);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	if (ret < 0)
		msg->msg_iter = iter;
	return ret;
}

int rsp_send(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
	     struct rsp_send_args *args)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct sock *sk = &rsk->face->sk;
	long timeo;
	int ret;

	timeo = sock_sndtimeo(sk, msg->msg_flags & MSG_DONTWAIT);
	ret = rsp_send_try(rsk, msg, len, args);
	if (ret != -EAGAIN || !timeo)
		return ret;
	add_wait_queue(sk_sleep(sk), &wait);
	for (;;) {
		ret = rsp_send_try(rsk, msg, len, args);
		/* who waits here might be who is waited for */
		if (ret != -EAGAIN || READ_ONCE(rsk->waits) == RSP_WAITS_NEXT)
			break;
		ret = rsp_wait(sk, &wait, &timeo);
		if (ret)
			break;
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	return ret;
}

int rsp_send_all(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		 struct rsp_send_args *args)
{
	bool data = args->cookie || len;
	int ret = 0, err = 0;

	if (args->info.options & RSP_SEND_ABORT)
		return data ? -EINVAL : rsp_session_cut(rsk);
	if (!data && !(args->info.options & RSP_SEND_END))
		return -EINVAL;
	if (args->cookie && !rsp_gives_cookies(rsk))
		return -EOPNOTSUPP;
	if (data)
		ret = rsp_send(rsk, msg, len, args);
	if (ret >= 0 && (args->info.options & RSP_SEND_END))
		err = rsp_session_shutdown(rsk, SEND_SHUTDOWN);
	return err ?: ret;
}

int rsp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);
	unsigned int flags = msg->msg_flags;
	struct rsp_send_args args;
	int ret;

	if ((flags & MSG_OOB) || rsp_is_basic(rsk))
		return -EOPNOTSUPP;
	if (msg->msg_namelen)
		return READ_ONCE(rsk->state) == RSP_STATE_IDLE ? -ENOTCONN :
								 -EISCONN;
	ret = rsp_ancillary_parse(rsk, msg, &args);
	if (ret)
		return ret;
	if (args.info.options & (RSP_SEND_TO_ALL | RSP_SEND_SELECT))
		return -EOPNOTSUPP;
	if (args.info.session_id && args.info.session_id != READ_ONCE(rsk->id))
		return -ENOENT;
	ret = rsp_send_all(rsk, msg, len, &args);
	if (ret == -EPIPE && !(flags & MSG_NOSIGNAL))
		send_sig(SIGPIPE, current, 0);
	return ret;
}

/* ---- receiving --------------------------------------------------------------- */

/*
 * Nothing to read now: -EAGAIN if there may be later, 0 at the end, or why
 * not.  With rx_mutex held since the queue was seen empty: the work, which
 * saves the last data and then ends the session, has it too.
 */
static int rsp_recv_state(struct rsp_sock *rsk)
{
	struct sock *sk = &rsk->sk;
	int err;

	lockdep_assert_held(&rsk->rx_mutex);

	err = sock_error(sk);	/* to one caller only: the others go on */
	if (err)
		return err;
	if (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN)
		return 0;
	switch (READ_ONCE(rsk->state)) {
	case RSP_STATE_IDLE:
		return -ENOTCONN;
	case RSP_STATE_LISTENING:
		return READ_ONCE(rsk->events) ? -EAGAIN : -ENOTCONN;
	}
	return -EAGAIN;
}

/* Where a piece came from. */
static void rsp_recv_source(const struct rsp_sock *rsk, struct msghdr *msg)
{
	bool member = rsk->face != rsk;
	struct rsp_rcvinfo info;

	lockdep_assert_held(&rsk->rx_mutex);

	if (member)
		rsp_many_put_name(rsk, msg);
	if (!msg->msg_controllen ||
	    (!member && (!READ_ONCE(rsk->rcvinfo) || rsk->many)))
		return;
	info = (struct rsp_rcvinfo) {
		.session_id = rsk->id,
		.pe_id = rsk->rx_pe_id,
		.failovers = READ_ONCE(rsk->failovers),
		.ppid = rsk->rx_mark.ppid,
		.stream = rsk->rx_mark.stream,
		.flags = rsk->rx_mark.unordered ? RSP_RCV_UNORDERED : 0,
	};
	put_cmsg(msg, SOL_RSERPOOL, RSP_CMSG_RCVINFO, sizeof(info), &info);
}

int rsp_recv_try(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		 int flags, bool *over)
{
	bool work = false;
	int ret;

	*over = false;
	if (mutex_lock_interruptible(&rsk->rx_mutex))
		return -ERESTARTSYS;
	ret = rsp_demux_recv(rsk, msg, len, flags);
	if (ret == -EAGAIN) {
		/* What SCTP has to tell is the work's, which takes both
		 * mutexes; and an association that is gone may have nothing
		 * left to tell.
		 */
		work = rsk->role != RSP_ROLE_POOL_ELEMENT &&
		       rsp_session_pending(rsk);
		rsp_race(recv_empty);
		ret = rsp_recv_state(rsk);
		*over = ret != -EAGAIN;
	} else if (ret >= 0) {
		rsp_recv_source(rsk, msg);
	}
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	if (work && rsk->face == rsk)
		rsp_session_help(rsk);
	else if (work)
		rsp_session_kick(rsk);
	return ret;
}

/*
 * Is there nothing to do but wait?  A look without locks, so that who has to
 * wait need not try first.  Whatever changes the answer wakes the reader.
 */
static bool rsp_recv_idle(const struct rsp_sock *rsk)
{
	const struct sock *sk = &rsk->sk;
	const struct rsp_lower *low;
	bool idle;

	if (rsk->many || READ_ONCE(rsk->state) != RSP_STATE_ESTABLISHED ||
	    READ_ONCE(sk->sk_err) ||
	    READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN ||
	    READ_ONCE(rsk->control) || !list_empty_careful(&rsk->items))
		return false;
	rcu_read_lock();
	low = rcu_dereference(rsk->low);
	idle = low && !rsp_lower_pending(low);
	rcu_read_unlock();
	return idle;
}

static int rsp_recv_once(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
			 int flags)
{
	bool over;

	if (rsk->many)
		return rsp_many_recv(rsk, msg, len, flags);
	return rsp_recv_try(rsk, msg, len, flags, &over);
}

/*
 * Out of the line with the first wake-up: a packet often brings two, for room
 * to send and for data.
 */
static int rsp_recv_wake(struct wait_queue_entry *wait, unsigned int mode,
			 int sync, void *key)
{
	int ret = woken_wake_function(wait, mode, sync, key);

	list_del_init_careful(&wait->entry);
	return ret;
}

/* What the next call will give: a look, of which nobody is kept waiting. */
static void rsp_recv_nxtinfo(struct rsp_sock *rsk, struct msghdr *msg)
{
	struct rsp_nxtinfo info = {};
	int found;

	if (!READ_ONCE(rsk->nxtinfo) || !msg->msg_controllen)
		return;
	found = rsk->many ? rsp_many_nxtinfo(rsk, &info) :
			    rsp_session_nxtinfo(rsk, &info);
	if (found > 0)
		put_cmsg(msg, SOL_RSERPOOL, RSP_CMSG_NXTINFO, sizeof(info),
			 &info);
}

int rsp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags)
{
	DEFINE_WAIT_FUNC(wait, rsp_recv_wake);
	struct sock *sk = sock->sk;
	struct rsp_sock *rsk = rsp_sk(sk);
	bool woken = false;
	long timeo;
	int ret;

	if (flags & (MSG_OOB | MSG_ERRQUEUE))
		return flags & MSG_OOB ? -EINVAL : -EAGAIN;
	if (rsp_is_basic(rsk) && READ_ONCE(rsk->role) == RSP_ROLE_POOL_USER)
		return -EOPNOTSUPP;
	msg->msg_namelen = 0;
	timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	for (;;) {
		if (!timeo || woken || !rsp_recv_idle(rsk)) {
			ret = rsp_recv_once(rsk, msg, len, flags);
			if (ret != -EAGAIN)
				break;
			woken = false;
		}
		if (timeo && list_empty_careful(&wait.entry)) {
			/* be in line before the last look */
			add_wait_queue(sk_sleep(sk), &wait);
			smp_mb();	/* skwq_has_sleeper() of who wakes */
			continue;
		}
		ret = rsk->many ? rsp_wait(sk, &wait, &timeo) :
				  rsp_session_wait(rsk, &wait, &timeo);
		/* not behind the back of a waker who is about to */
		finish_wait(sk_sleep(sk), &wait);
		if (ret)
			break;
		woken = true;	/* mostly by what is wanted: no look first */
	}
	finish_wait(sk_sleep(sk), &wait);
	if (ret > 0)
		rsp_recv_nxtinfo(rsk, msg);
	return ret;
}
