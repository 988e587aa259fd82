// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about the cache of resolved pools: to forget (cache_purge, RFC 5352
 * section 6.4) and to ask (cache_populate, section 6.3; translation.request,
 * section 6.9.1, is that and a look at the cache).
 *
 * A registrar may take minutes to answer, and a netlink command that waits
 * keeps families from being registered.  So the one who asks is told later.
 */
#include <linux/slab.h>
#include <net/genetlink.h>
#include "netlink.h"
#include "netlink_gen.h"

#define RSP_ASKS_MAX	256	/* of one namespace, at a time */

/* A pool-resolve that waits for its answer. */
struct rsp_ask {
	struct rsp_waiter waiter;
	struct rsp_net *rn;
	u32 portid;
	struct rsp_handle handle;
};

static int rsp_get_pool_handle(struct genl_info *info,
			       struct rsp_handle *handle)
{
	struct nlattr *attr = info->attrs[RSERPOOL_A_POOL_HANDLE];

	memset(handle, 0, sizeof(*handle));
	if (!nla_len(attr) || nla_len(attr) > RSP_HANDLE_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "pool handle is empty or too long");
		return -EINVAL;
	}
	handle->len = nla_len(attr);
	memcpy(handle->octets, nla_data(attr), nla_len(attr));
	return 0;
}

int rserpool_nl_pool_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsp_net *rn = rsp_net(genl_info_net(info));
	struct rsp_handle handle;
	int err;

	if (!info->attrs[RSERPOOL_A_POOL_HANDLE]) {
		rsp_pool_flush(rn);
		return 0;
	}
	err = rsp_get_pool_handle(info, &handle);
	if (err)
		return err;
	if (!rsp_pool_purge(rn, &handle)) {
		GENL_SET_ERR_MSG(info, "pool is not in the cache");
		return -ENOENT;
	}
	return 0;
}

/* Without memory, or without anybody there, nobody is told. */
static void rsp_ask_tell(const struct rsp_ask *ask, int err)
{
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(nla_total_size(RSP_HANDLE_MAX) +
			  nla_total_size(sizeof(u32)), GFP_KERNEL);
	if (!skb)
		return;
	hdr = genlmsg_put(skb, ask->portid, 0, &rsp_netlink_family, 0,
			  RSERPOOL_CMD_POOL_RESOLVED);
	if (!hdr ||
	    nla_put(skb, RSERPOOL_A_POOL_HANDLE, ask->handle.len,
		    ask->handle.octets) ||
	    nla_put_u32(skb, RSERPOOL_A_POOL_ERROR, -err)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_unicast(ask->rn->net, skb, ask->portid);
}

/* The answer is in the cache; it may say that there is no such pool. */
static void rsp_ask_done(struct rsp_waiter *w, int err)
{
	struct rsp_ask *ask = container_of(w, struct rsp_ask, waiter);
	struct rsp_net *rn = ask->rn;
	struct rsp_pool *pool;

	if (!err) {
		pool = rsp_pool_find(rn, &ask->handle);
		if (!pool || pool->negative)
			err = -ENOENT;
		rsp_pool_put(pool);
	}
	rsp_ask_tell(ask, err);
	kfree(ask);
	atomic_dec(&rn->nasks);
}

static bool rsp_ask_fresh(const struct rsp_ask *ask)
{
	struct rsp_pool *pool = rsp_pool_find(ask->rn, &ask->handle);
	bool fresh = pool && rsp_pool_fresh(pool);

	rsp_pool_put(pool);
	return fresh;
}

int rserpool_nl_pool_resolve_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsp_net *rn = rsp_net(genl_info_net(info));
	struct rsp_ask *ask;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, RSERPOOL_A_POOL_HANDLE)) {
		GENL_SET_ERR_MSG(info, "needs a pool handle");
		return -EINVAL;
	}
	if (atomic_inc_return(&rn->nasks) > RSP_ASKS_MAX) {
		GENL_SET_ERR_MSG(info, "too many questions at a time");
		err = -EBUSY;
		goto err_count;
	}
	err = -ENOMEM;
	ask = kzalloc(sizeof(*ask), GFP_KERNEL_ACCOUNT);
	if (!ask)
		goto err_count;
	ask->waiter.done = rsp_ask_done;
	ask->rn = rn;
	ask->portid = info->snd_portid;
	err = rsp_get_pool_handle(info, &ask->handle);
	if (err)
		goto err_ask;
	if (!info->attrs[RSERPOOL_A_POOL_REFRESH] && rsp_ask_fresh(ask)) {
		rsp_ask_done(&ask->waiter, 0);
		return 0;
	}
	err = rsp_asap_resolve(rn, &ask->handle, &ask->waiter);
	if (err == -EINPROGRESS)
		return 0;	/* it is rsp_ask_done()'s now */
	if (err == -EHOSTUNREACH)
		GENL_SET_ERR_MSG(info, "no registrar");

err_ask:
	kfree(ask);
err_count:
	atomic_dec(&rn->nasks);
	return err;
}
