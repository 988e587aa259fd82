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
		return -EAGAIN;
	}
	return -ENOTCONN;
}

static int rsp_send_locked(struct rsp_sock *rsk, struct msghdr *msg,
			   size_t len, struct rsp_send_args *args)
{
	struct rsp_lower *low;
	int ret;

	lockdep_assert_held(&rsk->tx_mutex);

	ret = rsp_send_state(rsk);
	if (ret)
		return ret;
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->tx_mutex));
	if (!low)
		return -EAGAIN;
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
		ret = rsp_lower_send(low, msg, len, rsk->tx_seq + 1);
		if (ret >= 0)
			rsk->tx_seq++;
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
	struct sock *sk = &rsk->sk;
	long timeo;
	int ret;

	timeo = sock_sndtimeo(sk, msg->msg_flags & MSG_DONTWAIT);
	ret = rsp_send_try(rsk, msg, len, args);
	if (ret != -EAGAIN || !timeo)
		return ret;
	add_wait_queue(sk_sleep(sk), &wait);
	for (;;) {
		ret = rsp_send_try(rsk, msg, len, args);
		if (ret != -EAGAIN)
			break;
		ret = rsp_wait(sk, &wait, &timeo);
		if (ret)
			break;
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	return ret;
}

int rsp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);
	unsigned int flags = msg->msg_flags;
	struct rsp_send_args args;
	int ret;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (msg->msg_namelen)
		return READ_ONCE(rsk->state) == RSP_STATE_IDLE ? -ENOTCONN :
								 -EISCONN;
	ret = rsp_ancillary_parse(msg, &args);
	if (ret)
		return ret;
	if (args.cookie && rsk->role != RSP_ROLE_SERVER)
		return -EOPNOTSUPP;
	if (!args.cookie && !len)
		return -EINVAL;
	ret = rsp_send(rsk, msg, len, &args);
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

static int rsp_recv_try(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
			int flags)
{
	int ret;

	if (mutex_lock_interruptible(&rsk->rx_mutex))
		return -ERESTARTSYS;
	ret = rsp_demux_recv(rsk, msg, len, flags);
	if (ret == -EAGAIN) {
		rsp_race(recv_empty);
		ret = rsp_recv_state(rsk);
	}
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	return ret;
}

int rsp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct sock *sk = sock->sk;
	struct rsp_sock *rsk = rsp_sk(sk);
	bool waiting = false;
	long timeo;
	int ret;

	if (flags & (MSG_OOB | MSG_ERRQUEUE))
		return flags & MSG_OOB ? -EINVAL : -EAGAIN;
	msg->msg_namelen = 0;
	timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	for (;;) {
		ret = rsp_recv_try(rsk, msg, len, flags);
		if (ret != -EAGAIN)
			break;
		if (!waiting && timeo) {
			/* be in line before the last look */
			add_wait_queue(sk_sleep(sk), &wait);
			waiting = true;
			continue;
		}
		ret = rsp_wait(sk, &wait, &timeo);
		if (ret)
			break;
	}
	if (waiting)
		remove_wait_queue(sk_sleep(sk), &wait);
	return ret;
}
