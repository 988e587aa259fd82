// SPDX-License-Identifier: GPL-2.0-only
/*
 * RSP_SEND_TO_ALL: a copy of a message to each element of a pool (RFC 5352
 * section 6.5.5).
 *
 * Each copy goes through a session with that element alone, which has no
 * failover: its next server would get a message twice.  Nobody waits for one
 * of them: a copy that its session has no room for is not sent.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "session.h"

/* Return: reference to a pool that has anybody in it, or an ERR_PTR. */
static struct rsp_pool *rsp_many_pool(struct rsp_net *rn,
				      const struct rsp_handle *handle,
				      long timeo)
{
	struct rsp_pool *pool = rsp_pool_find(rn, handle);
	int err = 0;

	if (!pool || !rsp_pool_fresh(pool)) {
		err = rsp_asap_ask(rn, handle, timeo);
		/* without an answer an old entry has to do */
		if (!err || !pool || pool->negative) {
			rsp_pool_put(pool);
			pool = err ? NULL : rsp_pool_find(rn, handle);
		}
	}
	if (!pool)
		return ERR_PTR(err ?: -ENOENT);
	if (pool->negative || !pool->npes) {
		err = pool->negative ? -ENOENT : -EHOSTUNREACH;
		rsp_pool_put(pool);
		return ERR_PTR(err);
	}
	return pool;
}

static bool rsp_many_is_self(struct rsp_sock *face, const struct rsp_dest *dest)
{
	bool self;

	mutex_lock(&face->lock);
	self = face->pe && face->pe->pe_id == dest->pe_id &&
	       rsp_handle_equal(&face->pe->handle, &dest->handle);
	mutex_unlock(&face->lock);
	return self;
}

static int rsp_many_copy(struct rsp_sock *face, const struct rsp_dest *dest,
			 void *data, size_t len,
			 const struct rsp_send_args *args)
{
	struct kvec vec = { .iov_base = data, .iov_len = len };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	struct rsp_send_args copy = {
		.info = args->info,
		.prinfo = args->prinfo,
	};
	struct rsp_sock *ses;
	bool opened;
	int ret;

	ses = rsp_many_open(face, dest, &opened);
	if (IS_ERR(ses))
		return PTR_ERR(ses);
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, len);
	ret = rsp_many_send(ses, &msg, len, &copy);
	rsp_many_put(ses);
	return ret;
}

static int rsp_many_copies(struct rsp_sock *face, struct rsp_dest *dest,
			   const struct rsp_pool *pool, void *data, size_t len,
			   const struct rsp_send_args *args)
{
	int ret, result = -EHOSTUNREACH;
	unsigned int i;

	for (i = 0; i < pool->npes; i++) {
		dest->pe_id = pool->pes[i].pe_id;
		if (!rsp_pool_by_id(pool, false, dest->pe_id))
			continue;	/* has no SCTP transport */
		if (!(args->info.options & RSP_SEND_TO_SELF) &&
		    rsp_many_is_self(face, dest))
			continue;
		ret = rsp_many_copy(face, dest, data, len, args);
		if (ret > 0 || result < 0)
			result = ret;
	}
	return result;
}

int rsp_many_send_all(struct rsp_sock *face, struct msghdr *msg, size_t len,
		      const struct rsp_send_args *args)
{
	struct rsp_dest dest = { .pinned = true };
	struct rsp_pool *pool;
	void *data;
	int ret;

	if (args->cookie)
		return -EOPNOTSUPP;
	if (!len || args->info.session_id)
		return -EINVAL;
	if (!msg->msg_namelen)
		return -EDESTADDRREQ;
	if (len > READ_ONCE(face->sk.sk_sndbuf))
		return -EMSGSIZE;
	ret = rsp_addr_check(msg->msg_name, msg->msg_namelen, &dest.handle,
			     &dest.pe_id);
	if (ret)
		return ret;
	if (dest.pe_id)
		return -EINVAL;
	data = kvmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!data)
		return -ENOMEM;
	ret = -EFAULT;
	if (!copy_from_iter_full(data, len, &msg->msg_iter))
		goto out;
	pool = rsp_many_pool(rsp_sock_net(face), &dest.handle,
			     sock_sndtimeo(&face->sk,
					   msg->msg_flags & MSG_DONTWAIT));
	ret = PTR_ERR_OR_ZERO(pool);
	if (ret)
		goto out;
	ret = rsp_many_copies(face, &dest, pool, data, len, args);
	rsp_pool_put(pool);
out:
	kvfree(data);
	return ret;
}
