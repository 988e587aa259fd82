// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of level SOL_RSERPOOL, and SCTP_NODELAY of level SOL_SCTP.
 *
 * User memory is read before any lock is taken and written after the last one
 * is let go: a user can stall such a copy for ever.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "session.h"

#define RSP_LIFE_MIN	2
#define RSP_LIFE_MAX	INT_MAX
#define RSP_LIVENESS_MAX	3600000

/* What a newer program has beyond our struct has to be zero: not asked for. */
static int rsp_opt_in(void *val, size_t size, sockptr_t optval,
		      unsigned int optlen)
{
	int zero;

	if (optlen < size)
		return -EINVAL;
	if (optlen > PAGE_SIZE)
		return -E2BIG;
	if (optlen > size) {
		zero = check_zeroed_sockptr(optval, size, optlen - size);
		if (zero <= 0)
			return zero ?: -E2BIG;
	}
	return copy_from_sockptr(val, optval, size) ? -EFAULT : 0;
}

/* Truncates; @optlen returns what the kernel has. */
static int rsp_opt_out(const void *val, int size, char __user *optval,
		       int __user *optlen)
{
	int len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (put_user(size, optlen))
		return -EFAULT;
	return copy_to_user(optval, val, min(len, size)) ? -EFAULT : 0;
}

/* ---- set ------------------------------------------------------------------------- */

static int rsp_set_event(struct rsp_sock *rsk, sockptr_t optval,
			 unsigned int optlen)
{
	struct rsp_event ev;
	int err;

	err = rsp_opt_in(&ev, sizeof(ev), optval, optlen);
	if (err)
		return err;
	if (!ev.type || ev.type >= __RSP_NOTIFY_MAX || ev.on > 1 || ev.reserved)
		return -EINVAL;
	mutex_lock(&rsk->lock);
	if (ev.on)
		WRITE_ONCE(rsk->events, rsk->events | BIT(ev.type));
	else
		WRITE_ONCE(rsk->events, rsk->events & ~BIT(ev.type));
	mutex_unlock(&rsk->lock);
	return 0;
}

static bool rsp_policy_known(u32 type)
{
	switch (type) {
	case RSP_POL_ROUND_ROBIN:
	case RSP_POL_WEIGHTED_ROUND_ROBIN:
	case RSP_POL_RANDOM:
	case RSP_POL_WEIGHTED_RANDOM:
	case RSP_POL_PRIORITY:
	case RSP_POL_LEAST_USED:
	case RSP_POL_LEAST_USED_DEGRADATION:
	case RSP_POL_PRIORITY_LEAST_USED:
	case RSP_POL_RANDOM_LEAST_USED:
		return true;
	}
	return false;
}

static int rsp_set_policy(struct rsp_sock *rsk, sockptr_t optval,
			  unsigned int optlen)
{
	struct rsp_policy p;
	int err;

	err = rsp_opt_in(&p, sizeof(p), optval, optlen);
	if (err)
		return err;
	if (!rsp_policy_known(p.type) || p.reserved)
		return -EINVAL;
	mutex_lock(&rsk->lock);
	rsk->policy = (struct rsp_policy_param) {
		.type = p.type,
		.weight = p.weight,
		.priority = p.priority,
		.load = p.load,
		.degradation = p.degradation,
	};
	err = rsp_element_update(rsk);
	mutex_unlock(&rsk->lock);
	return err;
}

static int rsp_set_u32(struct rsp_sock *rsk, int optname, sockptr_t optval,
		       unsigned int optlen)
{
	u32 val;
	int err;

	err = rsp_opt_in(&val, sizeof(val), optval, optlen);
	if (err)
		return err;
	mutex_lock(&rsk->lock);
	switch (optname) {
	case RSP_REG_LIFE:
		err = -EINVAL;
		if (val < RSP_LIFE_MIN || val > RSP_LIFE_MAX)
			break;
		WRITE_ONCE(rsk->reg_life, val);
		err = rsp_element_update(rsk);
		break;
	case RSP_REPLAY:
		err = -EINVAL;
		if (val > RSP_REPLAY_UNACKED)
			break;
		WRITE_ONCE(rsk->replay, val);
		err = 0;
		break;
	case RSP_FAILOVER_LIMIT:
		WRITE_ONCE(rsk->failover_limit_ms, val);
		break;
	case RSP_STALE:
		err = -EINVAL;
		if (val > RSP_STALE_WAIT)
			break;
		WRITE_ONCE(rsk->stale, val);
		err = 0;
		break;
	case RSP_SUBSCRIBE:
		err = -EINVAL;
		if (val > RSP_SUBSCRIBE_FOLLOW)
			break;
		WRITE_ONCE(rsk->subscribe, val);
		rsp_session_subscribe(rsk);
		err = 0;
		break;
	case RSP_LIVENESS:
		err = -EINVAL;
		if (val > RSP_LIVENESS_MAX)
			break;
		WRITE_ONCE(rsk->liveness_ms, val);
		err = rsp_element_update(rsk);
		break;
	}
	mutex_unlock(&rsk->lock);
	return err;
}

/* Waits for room as send() does. */
static int rsp_set_cookie(struct rsp_sock *rsk, sockptr_t optval,
			  unsigned int optlen)
{
	struct rsp_send_args args = { .cookie_len = optlen };
	struct msghdr msg = {};
	void *buf;
	int ret;

	if (READ_ONCE(rsk->role) != RSP_ROLE_SERVER)
		return -EOPNOTSUPP;
	if (optlen > RSP_COOKIE_MAX)
		return -EMSGSIZE;
	buf = kvmalloc(max(optlen, 1U), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	ret = -EFAULT;
	if (!copy_from_sockptr(buf, optval, optlen)) {
		struct file *file = rsk->sk.sk_socket->file;

		if (file && (file->f_flags & O_NONBLOCK))
			msg.msg_flags |= MSG_DONTWAIT;
		args.cookie = buf;
		iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, NULL, 0, 0);
		ret = rsp_send(rsk, &msg, 0, &args);
	}
	kvfree(buf);
	return ret;
}

static int rsp_set_card(struct rsp_sock *rsk, sockptr_t optval,
			unsigned int optlen)
{
	u32 order[RSP_CARD_MAX];
	unsigned int i, k, n = optlen / sizeof(order[0]);

	if (optlen % sizeof(order[0]))
		return -EINVAL;
	if (n > RSP_CARD_MAX)
		return -E2BIG;
	if (copy_from_sockptr(order, optval, optlen))
		return -EFAULT;
	for (i = 0; i < n; i++) {
		if (!order[i])
			return -EINVAL;
		for (k = 0; k < i; k++)
			if (order[k] == order[i])
				return -EINVAL;
	}
	return rsp_card_set(rsk, order, n);
}

static int rsp_set_nodelay(struct rsp_sock *rsk, sockptr_t optval,
			   unsigned int optlen)
{
	struct rsp_lower *low;
	int val, err;

	err = rsp_opt_in(&val, sizeof(val), optval, optlen);
	if (err)
		return err;
	if (mutex_lock_interruptible(&rsk->tx_mutex))
		return -ERESTARTSYS;
	WRITE_ONCE(rsk->nodelay, !!val);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->tx_mutex));
	if (low)
		err = rsp_lower_set_nodelay(low, val);
	if (rsk->next)		/* a connect() or a failover is under way */
		err = err ?: rsp_lower_set_nodelay(rsk->next, val);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	return err;
}

int rsp_setsockopt(struct socket *sock, int level, int optname,
		   sockptr_t optval, unsigned int optlen)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);

	rsp_element_answer(rsk);
	if (level == SOL_SCTP && optname == SCTP_NODELAY)
		return rsp_set_nodelay(rsk, optval, optlen);
	if (level != SOL_RSERPOOL)
		return -ENOPROTOOPT;
	switch (optname) {
	case RSP_EVENT:
		return rsp_set_event(rsk, optval, optlen);
	case RSP_POLICY:
		return rsp_set_policy(rsk, optval, optlen);
	case RSP_REG_LIFE:
	case RSP_REPLAY:
	case RSP_FAILOVER_LIMIT:
	case RSP_STALE:
	case RSP_SUBSCRIBE:
	case RSP_LIVENESS:
		return rsp_set_u32(rsk, optname, optval, optlen);
	case RSP_COOKIE:
		return rsp_set_cookie(rsk, optval, optlen);
	case RSP_BUSINESS_CARD:
		return rsp_set_card(rsk, optval, optlen);
	}
	return -ENOPROTOOPT;
}

/* ---- get --------------------------------------------------------------------------- */

static int rsp_get_info(struct rsp_sock *rsk, char __user *optval,
			int __user *optlen)
{
	struct rsp_session_info s;
	struct rsp_info info;

	rsp_session_info(rsk, &s);
	info = (struct rsp_info) {
		.session_id = s.id,
		.state = s.state,
		.role = s.role,
		.pe_id = s.pe_id,
		.failovers = s.failovers,
		.last_failover_reason = s.last_reason,
		.last_failover_us = s.last_us,
		.messages_replayed = s.replayed,
		.messages_lost = s.lost,
		.cookie_len = s.cookie_len,
	};
	mutex_lock(&rsk->lock);
	if (rsk->pe && READ_ONCE(rsk->pe->state) == RSP_PE_REGISTERED)
		info.registrar_id = READ_ONCE(rsk->pe->home_id);
	mutex_unlock(&rsk->lock);
	return rsp_opt_out(&info, sizeof(info), optval, optlen);
}

static int rsp_get_event(struct rsp_sock *rsk, char __user *optval,
			 int __user *optlen)
{
	struct rsp_event ev;
	int len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < (int)sizeof(ev))
		return -EINVAL;
	if (copy_from_user(&ev, optval, sizeof(ev)))
		return -EFAULT;
	if (!ev.type || ev.type >= __RSP_NOTIFY_MAX)
		return -EINVAL;
	ev.on = rsp_wants(rsk, ev.type);
	ev.reserved = 0;
	return rsp_opt_out(&ev, sizeof(ev), optval, optlen);
}

static int rsp_get_policy(struct rsp_sock *rsk, char __user *optval,
			  int __user *optlen)
{
	struct rsp_policy p;

	mutex_lock(&rsk->lock);
	p = (struct rsp_policy) {
		.type = rsk->policy.type,
		.weight = rsk->policy.weight,
		.priority = rsk->policy.priority,
		.load = rsk->policy.load,
		.degradation = rsk->policy.degradation,
	};
	mutex_unlock(&rsk->lock);
	return rsp_opt_out(&p, sizeof(p), optval, optlen);
}

static int rsp_get_cookie(struct rsp_sock *rsk, char __user *optval,
			  int __user *optlen)
{
	u32 len = 0;
	void *buf;
	int err;

	buf = kvmalloc(RSP_COOKIE_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	mutex_lock(&rsk->lock);
	err = rsk->cookie ? 0 : -ENOENT;
	if (!err) {
		len = rsk->cookie->len;
		memcpy(buf, rsk->cookie->data, len);
	}
	mutex_unlock(&rsk->lock);
	if (!err)
		err = rsp_opt_out(buf, len, optval, optlen);
	kvfree(buf);
	return err;
}

static int rsp_get_card(struct rsp_sock *rsk, char __user *optval,
			int __user *optlen)
{
	struct rsp_card *card = rsp_card_of(rsk);
	int err = -ENOENT;

	if (card)
		err = rsp_opt_out(card->order,
				  card->n * sizeof(card->order[0]), optval,
				  optlen);
	rsp_card_put(card);
	return err;
}

static int rsp_get_u32(struct rsp_sock *rsk, int optname, char __user *optval,
		       int __user *optlen)
{
	u32 val;

	switch (optname) {
	case RSP_REG_LIFE:
		val = READ_ONCE(rsk->reg_life);
		break;
	case RSP_REPLAY:
		val = READ_ONCE(rsk->replay);
		break;
	case RSP_FAILOVER_LIMIT:
		val = READ_ONCE(rsk->failover_limit_ms);
		break;
	case RSP_STALE:
		val = READ_ONCE(rsk->stale);
		break;
	case RSP_SUBSCRIBE:
		val = READ_ONCE(rsk->subscribe);
		break;
	case RSP_LIVENESS:
		val = READ_ONCE(rsk->liveness_ms);
		break;
	default:
		return -ENOPROTOOPT;
	}
	return rsp_opt_out(&val, sizeof(val), optval, optlen);
}

int rsp_getsockopt(struct socket *sock, int level, int optname,
		   char __user *optval, int __user *optlen)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);

	rsp_element_answer(rsk);
	if (level == SOL_SCTP && optname == SCTP_NODELAY) {
		int val = READ_ONCE(rsk->nodelay);

		return rsp_opt_out(&val, sizeof(val), optval, optlen);
	}
	if (level != SOL_RSERPOOL)
		return -ENOPROTOOPT;
	switch (optname) {
	case RSP_INFO:
		return rsp_get_info(rsk, optval, optlen);
	case RSP_EVENT:
		return rsp_get_event(rsk, optval, optlen);
	case RSP_POLICY:
		return rsp_get_policy(rsk, optval, optlen);
	case RSP_COOKIE:
		return rsp_get_cookie(rsk, optval, optlen);
	case RSP_BUSINESS_CARD:
		return rsp_get_card(rsk, optval, optlen);
	}
	return rsp_get_u32(rsk, optname, optval, optlen);
}
