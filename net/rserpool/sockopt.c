// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of level SOL_RSERPOOL, and of SOL_SCTP.
 *
 * User memory is read before any lock is taken and written after the last one
 * is let go: a user can stall such a copy for ever.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "session.h"

#define RSP_LIFE_MIN	2
#define RSP_LIFE_MAX	INT_MAX
#define RSP_LIVENESS_MAX	3600000
#define RSP_AUTOCLOSE_MAX	1048576

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

/* A session's next association gets it; a listener's are made by SCTP. */
static void rsp_set_timing(struct rsp_sock *rsk)
{
	struct rsp_lower *low;

	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->lock));
	if (low && rsk->role == RSP_ROLE_POOL_ELEMENT)
		rsp_lower_set_timing(low);
}

/* Where an option stands that is only looked at; its @last value. */
static u32 *rsp_opt_choice(struct rsp_sock *rsk, int optname, u32 *last)
{
	switch (optname) {
	case RSP_REPLAY:
		*last = RSP_REPLAY_UNACKED;
		return &rsk->replay;
	case RSP_FAILOVER_MODE:
		*last = RSP_MODE_MANUAL;
		return &rsk->failover_mode;
	case RSP_STALE:
		*last = RSP_STALE_WAIT;
		return &rsk->stale;
	case RSP_RECVNXTINFO:
		*last = 1;
		return &rsk->nxtinfo;
	case RSP_RECVRCVINFO:
		*last = 1;
		return &rsk->rcvinfo;
	default:
		*last = U32_MAX;
		return &rsk->failover_limit_ms;
	}
}

static int rsp_set_u32(struct rsp_sock *rsk, int optname, sockptr_t optval,
		       unsigned int optlen)
{
	u32 val, last, *field;
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
	case RSP_SUBSCRIBE:
		err = -EINVAL;
		if (val > RSP_SUBSCRIBE_FOLLOW)
			break;
		WRITE_ONCE(rsk->subscribe, val);
		rsp_session_subscribe(rsk);
		err = 0;
		break;
	case RSP_PROFILE:
		err = -EINVAL;
		if (val > RSP_PROFILE_FAST)
			break;
		WRITE_ONCE(rsk->profile, val);
		rsp_set_timing(rsk);
		err = 0;
		break;
	case RSP_SYMMETRIC:
		err = -EOPNOTSUPP;	/* its sessions stay servers' */
		if (rsk->many)
			break;
		err = -EINVAL;
		if (val > 1)
			break;
		WRITE_ONCE(rsk->symmetric, val);
		err = 0;
		break;
	case RSP_LIVENESS:
		err = -EINVAL;
		if (val > RSP_LIVENESS_MAX)
			break;
		WRITE_ONCE(rsk->liveness_ms, val);
		err = rsp_element_update(rsk);
		break;
	default:
		field = rsp_opt_choice(rsk, optname, &last);
		err = -EINVAL;
		if (val > last)
			break;
		WRITE_ONCE(*field, val);
		err = 0;
		break;
	}
	mutex_unlock(&rsk->lock);
	return err;
}

static int rsp_set_prinfo(struct rsp_sock *rsk, sockptr_t optval,
			  unsigned int optlen)
{
	struct rsp_prinfo info;
	int err;

	err = rsp_opt_in(&info, sizeof(info), optval, optlen);
	if (err)
		return err;
	if (!rsp_prinfo_valid(&info))
		return -EINVAL;
	if (info.policy == RSP_PR_NONE)
		info.value = 0;
	mutex_lock(&rsk->lock);
	WRITE_ONCE(rsk->prinfo.policy, info.policy);
	rsk->prinfo.value = info.value;
	mutex_unlock(&rsk->lock);
	return 0;
}

static int rsp_set_autoclose(struct rsp_sock *rsk, sockptr_t optval,
			     unsigned int optlen)
{
	u32 val;
	int err;

	if (!rsk->many)
		return -EOPNOTSUPP;
	err = rsp_opt_in(&val, sizeof(val), optval, optlen);
	if (err)
		return err;
	if (val > RSP_AUTOCLOSE_MAX)
		return -EINVAL;
	WRITE_ONCE(rsk->autoclose, val);
	rsp_many_kick(rsk);
	return 0;
}

static int rsp_turn(struct rsp_sock *rsk, int optname)
{
	return optname == RSP_RELEASE ? rsp_failover_release(rsk) :
					rsp_failover_next(rsk);
}

/* The program's turn in a failover: in which session? */
static int rsp_set_turn(struct rsp_sock *rsk, int optname, sockptr_t optval,
			unsigned int optlen)
{
	struct rsp_sock *ses;
	u64 id;
	int err;

	err = rsp_opt_in(&id, sizeof(id), optval, optlen);
	if (err)
		return err;
	if (!rsk->many)
		return id && id != READ_ONCE(rsk->id) ? -ENOENT :
							rsp_turn(rsk, optname);
	if (!id)
		return -EINVAL;
	ses = rsp_many_by_id(rsk, id);
	if (!ses)
		return -ENOENT;
	err = rsp_turn(ses, optname);
	rsp_many_put(ses);
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

	if (!rsp_gives_cookies(rsk))
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

static int rsp_set_card_of(struct rsp_sock *rsk, sockptr_t optval,
			   unsigned int optlen)
{
	int fd, err;

	err = rsp_opt_in(&fd, sizeof(fd), optval, optlen);
	return err ?: rsp_card_present(rsk, fd);
}

static int rsp_set_basic(struct rsp_sock *rsk, sockptr_t optval,
			 unsigned int optlen)
{
	u32 val;
	int err;

	err = rsp_opt_in(&val, sizeof(val), optval, optlen);
	if (err)
		return err;
	return val > 1 ? -EINVAL : rsp_basic_set(rsk, val);
}

static int rsp_set_transport(struct rsp_sock *rsk, sockptr_t optval,
			     unsigned int optlen)
{
	const unsigned int head = offsetof(struct rsp_transport_addrs, addrs);
	struct rsp_transport_addrs *t;
	struct rsp_service user;
	int err;

	if (optlen < head || optlen > sizeof(*t))
		return -EINVAL;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	err = -EFAULT;
	if (copy_from_sockptr(t, optval, optlen))
		goto out;
	err = rsp_transport_from_user(&user, t);
	if (!err && optlen != rsp_transport_size(t))
		err = -EINVAL;
	if (!err)
		err = rsp_basic_set_transport(rsk, &user);
out:
	kfree(t);
	return err;
}

static int rsp_cookie_key_check(const struct rsp_cookie_key *opt)
{
	if (opt->flags & ~RSP_COOKIE_KEY_SIGN || opt->reserved ||
	    opt->len > RSP_COOKIE_KEY_MAX)
		return -EINVAL;
	if (!opt->len)
		return opt->flags || opt->max_age ? -EINVAL : 0;
	return opt->len < RSP_COOKIE_KEY_MIN ? -EINVAL : 0;
}

static int rsp_set_cookie_key(struct rsp_sock *rsk, sockptr_t optval,
			      unsigned int optlen)
{
	struct rsp_cookie_key opt;
	u8 role = READ_ONCE(rsk->role);
	int err;

	if (role != RSP_ROLE_NONE && role != RSP_ROLE_POOL_ELEMENT)
		return -EOPNOTSUPP;
	err = rsp_opt_in(&opt, sizeof(opt), optval, optlen);
	err = err ?: rsp_cookie_key_check(&opt);
	err = err ?: rsp_keys_set(rsk, &opt);
	memzero_explicit(&opt, sizeof(opt));
	return err;
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
		rsp_lower_set_nodelay(low, val);
	if (rsk->next)		/* a connect() or a failover is under way */
		rsp_lower_set_nodelay(rsk->next, val);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	return 0;
}

static int rsp_set_sctp(struct rsp_sock *rsk, int optname, sockptr_t optval,
			unsigned int optlen)
{
	const struct rsp_sctp_option *o = rsp_sctp_option_find(optname);
	u8 val[RSP_SCTP_OPTION_MAX] __aligned(4);
	int err;

	if (optname == SCTP_NODELAY)
		return rsp_set_nodelay(rsk, optval, optlen);
	if (!o)
		return -ENOPROTOOPT;
	err = rsp_opt_in(val, rsp_sctp_option_len(o), optval, optlen);
	err = err ?: rsp_sctp_option_set(rsk, o, val);
	if (err)
		return err;
	mutex_lock(&rsk->lock);
	rsp_set_timing(rsk);
	mutex_unlock(&rsk->lock);
	return 0;
}

int rsp_setsockopt(struct socket *sock, int level, int optname,
		   sockptr_t optval, unsigned int optlen)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);

	rsp_element_answer(rsk);
	if (level == SOL_SCTP)
		return rsp_set_sctp(rsk, optname, optval, optlen);
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
	case RSP_FAILOVER_MODE:
	case RSP_STALE:
	case RSP_SUBSCRIBE:
	case RSP_LIVENESS:
	case RSP_SYMMETRIC:
	case RSP_PROFILE:
	case RSP_RECVNXTINFO:
	case RSP_RECVRCVINFO:
		return rsp_set_u32(rsk, optname, optval, optlen);
	case RSP_COOKIE:
		return rsp_set_cookie(rsk, optval, optlen);
	case RSP_BASIC:
		return rsp_set_basic(rsk, optval, optlen);
	case RSP_TRANSPORT:
		return rsp_set_transport(rsk, optval, optlen);
	case RSP_BUSINESS_CARD:
	case RSP_CARD_OF:
		if (rsp_is_basic(rsk))
			return -EOPNOTSUPP;
		return optname == RSP_CARD_OF ?
		       rsp_set_card_of(rsk, optval, optlen) :
		       rsp_set_card(rsk, optval, optlen);
	case RSP_AUTOCLOSE:
		return rsp_set_autoclose(rsk, optval, optlen);
	case RSP_COOKIE_KEY:
		return rsp_set_cookie_key(rsk, optval, optlen);
	case RSP_DEFAULT_PRINFO:
		return rsp_set_prinfo(rsk, optval, optlen);
	case RSP_RELEASE:
	case RSP_NEXT:
		return rsp_set_turn(rsk, optname, optval, optlen);
	}
	return -ENOPROTOOPT;
}

/* ---- get --------------------------------------------------------------------------- */

static int rsp_get_info_of(struct rsp_sock *rsk, char __user *optval,
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
		.failover_mode = s.failover_mode,
		.waits = s.waits,
		.messages_abandoned = s.abandoned,
	};
	mutex_lock(&rsk->lock);
	if (rsk->pe && READ_ONCE(rsk->pe->state) == RSP_PE_REGISTERED)
		info.registrar_id = READ_ONCE(rsk->pe->home_id);
	mutex_unlock(&rsk->lock);
	return rsp_opt_out(&info, sizeof(info), optval, optlen);
}

/* A one-to-many socket's are told apart by what the first field holds. */
static int rsp_get_session_id(u64 *id, const char __user *optval,
			      const int __user *optlen)
{
	int len;

	*id = 0;
	if (get_user(len, optlen))
		return -EFAULT;
	if (len >= (int)sizeof(*id) && copy_from_user(id, optval, sizeof(*id)))
		return -EFAULT;
	return 0;
}

static int rsp_get_info(struct rsp_sock *rsk, char __user *optval,
			int __user *optlen)
{
	struct rsp_sock *ses;
	u64 id = 0;
	int ret = 0;

	if (rsk->many)
		ret = rsp_get_session_id(&id, optval, optlen);
	if (ret)
		return ret;
	if (!id)
		return rsp_get_info_of(rsk, optval, optlen);
	ses = rsp_many_by_id(rsk, id);
	if (!ses)
		return -ENOENT;
	ret = rsp_get_info_of(ses, optval, optlen);
	rsp_many_put(ses);
	return ret;
}

/* All that can fail comes before the session moves. */
static int rsp_peeloff(struct rsp_sock *rsk, struct rsp_peeloff *p,
		       char __user *optval, int __user *optlen)
{
	struct socket *sock;
	struct file *file;
	int err;

	p->fd = get_unused_fd_flags(p->flags & SOCK_CLOEXEC ? O_CLOEXEC : 0);
	if (p->fd < 0)
		return p->fd;
	err = rsp_sock_shell(&sock);
	if (err)
		goto err_fd;
	file = sock_alloc_file(sock, p->flags & SOCK_NONBLOCK ? O_NONBLOCK : 0,
			       NULL);
	if (IS_ERR(file)) {		/* and the socket is gone */
		err = PTR_ERR(file);
		goto err_fd;
	}
	err = rsp_opt_out(p, sizeof(*p), optval, optlen);
	if (!err)
		err = rsp_many_peel(rsk, p->session_id, sock);
	if (err)
		goto err_file;
	fd_install(p->fd, file);
	return 0;

err_file:
	fput(file);
err_fd:
	put_unused_fd(p->fd);
	return err;
}

static int rsp_get_peeloff(struct rsp_sock *rsk, char __user *optval,
			   int __user *optlen)
{
	struct rsp_peeloff p;
	int len;

	if (!rsk->many)
		return -EOPNOTSUPP;
	if (get_user(len, optlen))
		return -EFAULT;
	if (len < (int)sizeof(p))
		return -EINVAL;
	if (copy_from_user(&p, optval, sizeof(p)))
		return -EFAULT;
	if (p.flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	return rsp_peeloff(rsk, &p, optval, optlen);
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
	err = rsk->cookie ? 0 : rsk->cookie_refused ? -EDQUOT : -ENOENT;
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
	struct rsp_card *card = rsp_card_shown(rsk);
	int err = -ENOENT;

	if (card)
		err = rsp_opt_out(card->order,
				  card->n * sizeof(card->order[0]), optval,
				  optlen);
	rsp_card_put(card);
	return err;
}

static int rsp_put_transport_opt(const struct rsp_service *user, u64 session_id,
				 u32 pe_id, char __user *optval,
				 int __user *optlen)
{
	struct rsp_transport_addrs *t = kmalloc(sizeof(*t), GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	rsp_transport_to_user(t, user);
	t->session_id = session_id;
	t->pe_id = pe_id;
	err = rsp_opt_out(t, rsp_transport_size(t), optval, optlen);
	kfree(t);
	return err;
}

static int rsp_get_transport(struct rsp_sock *rsk, char __user *optval,
			     int __user *optlen)
{
	struct rsp_service user;
	bool set = false;

	mutex_lock(&rsk->lock);
	if (rsp_is_basic(rsk)) {
		set = rsp_basic_transport(rsk, &user);
	} else if (rsk->pe) {
		user = rsk->pe->user;
		set = true;
	}
	mutex_unlock(&rsk->lock);
	return set ? rsp_put_transport_opt(&user, 0, 0, optval, optlen) :
		     -ENOENT;
}

/* Between two servers there is none. */
static int rsp_session_peer(struct rsp_sock *rsk, struct rsp_service *user,
			    u32 *pe_id)
{
	const struct rsp_lower *low;
	int err = -ENOTCONN;

	if (mutex_lock_interruptible(&rsk->tx_mutex))
		return -ERESTARTSYS;
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->tx_mutex));
	if (low && rsk->role != RSP_ROLE_POOL_ELEMENT) {
		rsp_lower_peer(low, user);
		*pe_id = low->peer.pe_id;
		err = user->naddrs ? 0 : -ENOTCONN;
	}
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	return err;
}

static int rsp_get_peer_addrs(struct rsp_sock *rsk, char __user *optval,
			      int __user *optlen)
{
	struct rsp_sock *ses = rsk;
	struct rsp_service user;
	u32 pe_id;
	int err;
	u64 id;

	if (rsk->many) {
		err = rsp_get_session_id(&id, optval, optlen);
		if (err)
			return err;
		ses = rsp_many_by_id(rsk, id);
		if (!ses)
			return -ENOENT;
	}
	err = rsp_is_basic(ses) ? rsp_basic_server(ses, &user, &pe_id) :
				  rsp_session_peer(ses, &user, &pe_id);
	id = READ_ONCE(ses->id);
	if (rsk->many)
		rsp_many_put(ses);
	return err ?: rsp_put_transport_opt(&user, id, pe_id, optval, optlen);
}

static int rsp_get_prinfo(struct rsp_sock *rsk, char __user *optval,
			  int __user *optlen)
{
	struct rsp_prinfo info;

	mutex_lock(&rsk->lock);
	info = rsk->prinfo;
	mutex_unlock(&rsk->lock);
	return rsp_opt_out(&info, sizeof(info), optval, optlen);
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
	case RSP_FAILOVER_MODE:
		val = READ_ONCE(rsk->failover_mode);
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
	case RSP_SYMMETRIC:
		val = READ_ONCE(rsk->symmetric);
		break;
	case RSP_AUTOCLOSE:
		val = READ_ONCE(rsk->autoclose);
		break;
	case RSP_BASIC:
		val = rsp_is_basic(rsk);
		break;
	case RSP_PROFILE:
		val = READ_ONCE(rsk->profile);
		break;
	case RSP_RECVNXTINFO:
		val = READ_ONCE(rsk->nxtinfo);
		break;
	case RSP_RECVRCVINFO:
		val = READ_ONCE(rsk->rcvinfo);
		break;
	default:
		return -ENOPROTOOPT;
	}
	return rsp_opt_out(&val, sizeof(val), optval, optlen);
}

static int rsp_get_sctp(struct rsp_sock *rsk, int optname, char __user *optval,
			int __user *optlen)
{
	const struct rsp_sctp_option *o = rsp_sctp_option_find(optname);
	u8 val[RSP_SCTP_OPTION_MAX];
	int err, on = READ_ONCE(rsk->nodelay);

	if (optname == SCTP_NODELAY)
		return rsp_opt_out(&on, sizeof(on), optval, optlen);
	if (!o)
		return -ENOPROTOOPT;
	err = rsp_sctp_option_get(rsk, o, val);
	return err ?: rsp_opt_out(val, rsp_sctp_option_len(o), optval, optlen);
}

int rsp_getsockopt(struct socket *sock, int level, int optname,
		   char __user *optval, int __user *optlen)
{
	struct rsp_sock *rsk = rsp_sk(sock->sk);

	rsp_element_answer(rsk);
	if (level == SOL_SCTP)
		return rsp_get_sctp(rsk, optname, optval, optlen);
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
	case RSP_PEELOFF:
		return rsp_get_peeloff(rsk, optval, optlen);
	case RSP_TRANSPORT:
		return rsp_get_transport(rsk, optval, optlen);
	case RSP_PEER_ADDRS:
		return rsp_get_peer_addrs(rsk, optval, optlen);
	case RSP_DEFAULT_PRINFO:
		return rsp_get_prinfo(rsk, optval, optlen);
	}
	return rsp_get_u32(rsk, optname, optval, optlen);
}
