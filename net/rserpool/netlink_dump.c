// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of objects for administrators.  A dump is taken up again by number, or
 * by identifier where there is one; nothing is held between two calls of it.
 */
#include <net/genetlink.h>
#include <net/sock.h>
#include "netlink.h"
#include "netlink_gen.h"

#define RSP_DUMP_PES	32	/* looked up at a time */

/* Where a dump goes on; cb->ctx is zero at first */
struct rsp_dump {
	u64 id;			/* sessions, elements: the last one shown;
				 * pools: the one that is shown
				 */
	struct rsp_pool_pos pos;	/* pools */
	unsigned int pe;	/* pools: the next of its elements */
	unsigned int n;		/* all others: the next one to show */
};

static struct rsp_dump *rsp_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct rsp_dump) > sizeof(cb->ctx));

	return (struct rsp_dump *)cb->ctx;
}

static struct rsp_net *rsp_dump_net(const struct sk_buff *skb)
{
	return rsp_net(sock_net(skb->sk));
}

static struct user_namespace *rsp_dump_user_ns(struct netlink_callback *cb)
{
	return sk_user_ns(NETLINK_CB(cb->skb).sk);
}

static void *rsp_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
			    u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &rsp_netlink_family, NLM_F_MULTI, cmd);
}

/*
 * Ends or takes back one object's message.
 * Return: whether there may be room for another one.
 */
static bool rsp_dump_end(struct sk_buff *skb, struct netlink_callback *cb,
			 void *hdr, int err)
{
	if (err) {
		genlmsg_cancel(skb, hdr);
		return false;
	}
	if (cb->seq)
		genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return true;
}

/*
 * What a dump callback returns: more, nothing left, or an error when one object
 * does not even fit into an empty message.
 */
static int rsp_dump_return(const struct sk_buff *skb, bool full)
{
	if (full && !skb->len)
		return -EMSGSIZE;
	return skb->len;
}

int rserpool_nl_registrar_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb)
{
	struct rsp_net *rn = rsp_dump_net(skb);
	struct rsp_dump *dump = rsp_dump(cb);
	struct rsp_registrar_info info;
	bool full = false;
	void *hdr;
	int err;

	while (rsp_registrar_nth(rn, dump->n, &info)) {
		full = true;
		hdr = rsp_dump_begin(skb, cb, RSERPOOL_CMD_REGISTRAR_GET);
		if (!hdr)
			break;
		err = rsp_fill_registrar(skb, &info);
		if (!rsp_dump_end(skb, cb, hdr, err))
			break;
		full = false;
		dump->n++;
	}
	return rsp_dump_return(skb, full);
}

int rserpool_nl_group_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct rsp_net *rn = rsp_dump_net(skb);
	struct rsp_dump *dump = rsp_dump(cb);
	struct rsp_group_info info;
	bool full = false;
	void *hdr;
	int err;

	while (rsp_group_nth(rn, dump->n, &info)) {
		full = true;
		hdr = rsp_dump_begin(skb, cb, RSERPOOL_CMD_GROUP_GET);
		if (!hdr)
			break;
		err = rsp_fill_group(skb, &info);
		if (!rsp_dump_end(skb, cb, hdr, err))
			break;
		full = false;
		dump->n++;
	}
	return rsp_dump_return(skb, full);
}

/*
 * One message of a pool, with as many of its elements as there is room for: a
 * large pool comes in several, which all begin with the handle.
 * Return: whether it is complete.
 */
static bool rsp_dump_pool(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct rsp_pool *pool)
{
	struct rsp_dump *dump = rsp_dump(cb);
	unsigned int first = dump->pe;
	struct nlattr *nest;
	void *hdr;
	int err;

	hdr = rsp_dump_begin(skb, cb, RSERPOOL_CMD_POOL_GET);
	if (!hdr)
		return false;
	err = rsp_fill_pool(skb, pool);
	while (!err && dump->pe < pool->npes) {
		err = -EMSGSIZE;
		nest = nla_nest_start(skb, RSERPOOL_A_POOL_PE);
		if (!nest)
			break;
		err = rsp_fill_pool_pe(skb, &pool->pes[dump->pe]);
		if (err) {
			nla_nest_cancel(skb, nest);
			break;
		}
		nla_nest_end(skb, nest);
		dump->pe++;
	}

	/* Cut short is good enough if there is something in it */
	if (err && dump->pe > first) {
		rsp_dump_end(skb, cb, hdr, 0);
		return false;
	}
	return rsp_dump_end(skb, cb, hdr, err);
}

int rserpool_nl_pool_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct rsp_net *rn = rsp_dump_net(skb);
	struct rsp_dump *dump = rsp_dump(cb);
	struct rsp_pool *pool;
	bool full = false;

	cb->seq = READ_ONCE(rn->pools_gen) ?: 1;
	while (!full) {
		pool = rsp_pool_next(rn, &dump->pos);
		if (!pool)
			break;
		rsp_race(dump_pool);
		if (dump->id != pool->id)
			dump->pe = 0;
		dump->id = pool->id;
		full = !rsp_dump_pool(skb, cb, pool);
		if (full)
			dump->pos.below++;
		rsp_pool_put(pool);
	}
	return rsp_dump_return(skb, full);
}

/* Return: whether there was room for it. */
static bool rsp_dump_pe(struct sk_buff *skb, struct netlink_callback *cb,
			const struct rsp_fill_addrs *addrs, struct rsp_pe *pe)
{
	void *hdr = rsp_dump_begin(skb, cb, RSERPOOL_CMD_PE_GET);

	if (!hdr)
		return false;
	return rsp_dump_end(skb, cb, hdr,
			    rsp_fill_pe(skb, rsp_dump_user_ns(cb), addrs, pe));
}

int rserpool_nl_pe_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct rsp_net *rn = rsp_dump_net(skb);
	struct rsp_dump *dump = rsp_dump(cb);
	struct rsp_pe *pes[RSP_DUMP_PES];
	struct rsp_fill_addrs addrs;
	unsigned int i, n = 0;
	bool full = false;

	/* Tells of nearly every change for which an element could be missed */
	cb->seq = READ_ONCE(rn->npes) + 1;
	addrs.n = rsp_local_addrs(rn->net, addrs.addr, RSP_ADDRS_MAX);

	do {
		n = rsp_pes_above(rn, dump->id, pes, RSP_DUMP_PES);
		rsp_race(dump_pe);
		for (i = 0; i < n; i++) {
			full = full || !rsp_dump_pe(skb, cb, &addrs, pes[i]);
			if (!full)
				dump->id = pes[i]->serial;
			rsp_pe_put(pes[i]);
		}
	} while (n && !full);
	return rsp_dump_return(skb, full);
}

int rserpool_nl_session_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct user_namespace *ns = rsp_dump_user_ns(cb);
	struct rsp_net *rn = rsp_dump_net(skb);
	struct rsp_dump *dump = rsp_dump(cb);
	struct rsp_session_info info;
	bool full = false;
	void *hdr;
	int err;

	while (rsp_session_next(rn, dump->id, &info)) {
		full = true;
		hdr = rsp_dump_begin(skb, cb, RSERPOOL_CMD_SESSION_GET);
		if (!hdr)
			break;
		err = rsp_fill_session(skb, ns, &info);
		if (!rsp_dump_end(skb, cb, hdr, err))
			break;
		full = false;
		dump->id = info.id;
	}
	return rsp_dump_return(skb, full);
}

static int rsp_fill_counter(struct sk_buff *skb, struct rsp_net *rn,
			    unsigned int item)
{
	if (nla_put_string(skb, RSERPOOL_A_COUNTER_NAME, rsp_mib_name(item)))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, RSERPOOL_A_COUNTER_VALUE,
				 rsp_mib_value(rn, item),
				 RSERPOOL_A_COUNTER_PAD);
}

int rserpool_nl_counter_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct rsp_net *rn = rsp_dump_net(skb);
	struct rsp_dump *dump = rsp_dump(cb);
	bool full = false;
	void *hdr;
	int err;

	while (dump->n < __RSP_MIB_MAX) {
		full = true;
		hdr = rsp_dump_begin(skb, cb, RSERPOOL_CMD_COUNTER_GET);
		if (!hdr)
			break;
		err = rsp_fill_counter(skb, rn, dump->n);
		if (!rsp_dump_end(skb, cb, hdr, err))
			break;
		full = false;
		dump->n++;
	}
	return rsp_dump_return(skb, full);
}

int rserpool_nl_access_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct user_namespace *ns = rsp_dump_user_ns(cb);
	struct rsp_net *rn = rsp_dump_net(skb);
	struct rsp_dump *dump = rsp_dump(cb);
	struct rsp_access_rule rule;
	bool full = false;
	void *hdr;
	int err;

	while (rsp_access_nth(rn, dump->n, &rule)) {
		full = true;
		hdr = rsp_dump_begin(skb, cb, RSERPOOL_CMD_ACCESS_GET);
		if (!hdr)
			break;
		err = rsp_fill_access(skb, ns, &rule);
		if (!rsp_dump_end(skb, cb, hdr, err))
			break;
		full = false;
		dump->n++;
	}
	return rsp_dump_return(skb, full);
}
