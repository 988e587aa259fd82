// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects as netlink attributes, for dumps and events.  Process context; takes
 * nothing but pes_lock, for as long as it copies a few numbers.
 */
#include <net/netlink.h>
#include "netlink.h"

static int rsp_fill_handle(struct sk_buff *skb, int attr,
			   const struct rsp_handle *handle)
{
	return nla_put(skb, attr, handle->len, handle->octets);
}

int rsp_fill_registrar(struct sk_buff *skb,
		       const struct rsp_registrar_info *info)
{
	if (nla_put_u32(skb, RSERPOOL_A_REGISTRAR_LINK, info->link) ||
	    nla_put_u32(skb, RSERPOOL_A_REGISTRAR_STATE, info->state) ||
	    nla_put_u32(skb, RSERPOOL_A_REGISTRAR_ID, info->id) ||
	    nla_put_u32(skb, RSERPOOL_A_REGISTRAR_ORIGIN, info->origin) ||
	    nla_put_u32(skb, RSERPOOL_A_REGISTRAR_PROFILE, info->profile) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_REGISTRAR_TX, info->tx,
			      RSERPOOL_A_REGISTRAR_PAD) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_REGISTRAR_RX, info->rx,
			      RSERPOOL_A_REGISTRAR_PAD))
		return -EMSGSIZE;
	if (info->home && nla_put_flag(skb, RSERPOOL_A_REGISTRAR_HOME))
		return -EMSGSIZE;

	if (info->link == RSERPOOL_LINK_NETLINK)
		return nla_put_u32(skb, RSERPOOL_A_REGISTRAR_PORTID,
				   info->portid);

	if (nla_put_u16(skb, RSERPOOL_A_REGISTRAR_PORT, info->port))
		return -EMSGSIZE;
	if (info->addr.family == 6)
		return nla_put(skb, RSERPOOL_A_REGISTRAR_IPV6, 16,
			       info->addr.octets);
	return nla_put(skb, RSERPOOL_A_REGISTRAR_IPV4, 4, info->addr.octets);
}

/* Only the numbers that mean something under this policy */
static int rsp_fill_policy(struct sk_buff *skb,
			   const struct rsp_policy_param *policy)
{
	if (nla_put_u32(skb, RSERPOOL_A_PE_POLICY, policy->type))
		return -EMSGSIZE;

	switch (policy->type) {
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
		return nla_put_u32(skb, RSERPOOL_A_PE_WEIGHT, policy->weight);
	case RSP_POLICY_PRIORITY:
		return nla_put_u32(skb, RSERPOOL_A_PE_PRIORITY,
				   policy->priority);
	case RSP_POLICY_LEAST_USED_DEGRADATION:
	case RSP_POLICY_PRIORITY_LEAST_USED:
		if (nla_put_u32(skb, RSERPOOL_A_PE_DEGRADATION,
				policy->degradation))
			return -EMSGSIZE;
		fallthrough;
	case RSP_POLICY_LEAST_USED:
	case RSP_POLICY_RANDOM_LEAST_USED:
		return nla_put_u32(skb, RSERPOOL_A_PE_LOAD, policy->load);
	}
	return 0;
}

/* As the registrar gets it, so that a reader needs one parser for both */
static int rsp_fill_transport(struct sk_buff *skb, const struct rsp_service *user)
{
	u8 buf[12 + RSP_ADDRS_MAX * (4 + 16)];
	struct rsp_transport transport;
	struct rsp_writer w = { .buf = buf, .size = sizeof(buf) };

	/* Without an address there is no valid transport, and nothing to say */
	if (!rsp_service_known(user))
		return 0;
	rsp_service_write(user, &transport);
	rsp_put_transport(&w, &transport);
	if (w.failed)
		return 0;
	return nla_put(skb, RSERPOOL_A_PE_TRANSPORT, w.len, buf);
}

int rsp_fill_pe(struct sk_buff *skb, struct user_namespace *ns,
		const struct rsp_fill_addrs *addrs, struct rsp_pe *pe)
{
	struct rsp_policy_param policy;
	struct rsp_service user;
	u32 home_id, cause;
	bool registered;
	s32 life;

	spin_lock_bh(&pe->rn->pes_lock);
	user = pe->user;
	user.use = pe->use;
	policy = pe->policy;
	life = pe->life;
	home_id = pe->home_id;
	cause = pe->cause;
	registered = pe->state == RSP_PE_REGISTERED;
	spin_unlock_bh(&pe->rn->pes_lock);

	if (rsp_fill_handle(skb, RSERPOOL_A_PE_HANDLE, &pe->handle) ||
	    nla_put_u32(skb, RSERPOOL_A_PE_ID, pe->pe_id) ||
	    nla_put_u32(skb, RSERPOOL_A_PE_HOME_ID, home_id) ||
	    nla_put_s32(skb, RSERPOOL_A_PE_LIFE_S, life) ||
	    rsp_fill_policy(skb, &policy) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_PE_INODE, pe->ino,
			      RSERPOOL_A_PE_PAD) ||
	    nla_put_u32(skb, RSERPOOL_A_PE_UID,
			from_kuid_munged(ns, pe->uid)) ||
	    nla_put_u32(skb, RSERPOOL_A_PE_SESSIONS,
			atomic_read(&pe->sessions)))
		return -EMSGSIZE;
	if (registered && nla_put_flag(skb, RSERPOOL_A_PE_REGISTERED))
		return -EMSGSIZE;
	if (cause && nla_put_u32(skb, RSERPOOL_A_PE_CAUSE, cause))
		return -EMSGSIZE;
	if (!rsp_service_known(&user)) {		/* as rsp_pe_build() does it */
		user.naddrs = min_t(unsigned int, addrs->n,
				    rsp_service_is_single(&user) ? 1 :
				    RSP_ADDRS_MAX);
		memcpy(user.addrs, addrs->addr,
		       user.naddrs * sizeof(user.addrs[0]));
	}
	return rsp_fill_transport(skb, &user);
}

int rsp_fill_session(struct sk_buff *skb, struct user_namespace *ns,
		     const struct rsp_session_info *info)
{
	if (nla_put_u64_64bit(skb, RSERPOOL_A_SESSION_ID, info->id,
			      RSERPOOL_A_SESSION_PAD) ||
	    nla_put_u32(skb, RSERPOOL_A_SESSION_ROLE, info->role) ||
	    nla_put_u32(skb, RSERPOOL_A_SESSION_STATE, info->state) ||
	    nla_put_u32(skb, RSERPOOL_A_SESSION_PE_ID, info->pe_id) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_SESSION_INODE, info->ino,
			      RSERPOOL_A_SESSION_PAD) ||
	    nla_put_u32(skb, RSERPOOL_A_SESSION_UID,
			from_kuid_munged(ns, info->uid)) ||
	    nla_put_u32(skb, RSERPOOL_A_SESSION_FAILOVERS, info->failovers) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_SESSION_REPLAYED, info->replayed,
			      RSERPOOL_A_SESSION_PAD) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_SESSION_LOST, info->lost,
			      RSERPOOL_A_SESSION_PAD) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_SESSION_ABANDONED,
			      info->abandoned, RSERPOOL_A_SESSION_PAD) ||
	    nla_put_u32(skb, RSERPOOL_A_SESSION_COOKIE_LEN, info->cookie_len))
		return -EMSGSIZE;
	if (info->handle.len &&
	    rsp_fill_handle(skb, RSERPOOL_A_SESSION_HANDLE, &info->handle))
		return -EMSGSIZE;
	if (nla_put_u32(skb, RSERPOOL_A_SESSION_FAILOVER_MODE,
			info->failover_mode) ||
	    nla_put_u32(skb, RSERPOOL_A_SESSION_WAITS, info->waits))
		return -EMSGSIZE;
	if (info->old_pe_id &&
	    nla_put_u32(skb, RSERPOOL_A_SESSION_OLD_PE_ID, info->old_pe_id))
		return -EMSGSIZE;

	if (!info->failovers)
		return 0;
	if (nla_put_u32(skb, RSERPOOL_A_SESSION_LAST_REASON,
			info->last_reason))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, RSERPOOL_A_SESSION_LAST_US, info->last_us,
				 RSERPOOL_A_SESSION_PAD);
}

int rsp_fill_pool(struct sk_buff *skb, const struct rsp_pool *pool)
{
	unsigned long now = jiffies;
	unsigned long stale = READ_ONCE(pool->stale);
	u64 age_ms, stale_ms = 0;

	age_ms = jiffies_to_msecs(now - pool->updated);
	if (time_before(now, stale))
		stale_ms = jiffies_to_msecs(stale - now);

	if (rsp_fill_handle(skb, RSERPOOL_A_POOL_HANDLE, &pool->handle) ||
	    nla_put_u32(skb, RSERPOOL_A_POOL_POLICY, pool->policy) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_POOL_AGE_MS, age_ms,
			      RSERPOOL_A_POOL_PAD) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_POOL_STALE_MS, stale_ms,
			      RSERPOOL_A_POOL_PAD))
		return -EMSGSIZE;
	if (READ_ONCE(pool->subscribed) &&
	    nla_put_flag(skb, RSERPOOL_A_POOL_SUBSCRIBED))
		return -EMSGSIZE;
	if (pool->negative)
		return nla_put_flag(skb, RSERPOOL_A_POOL_NEGATIVE);
	return 0;
}

int rsp_fill_pool_pe(struct sk_buff *skb, const struct rsp_pool_pe *pe)
{
	if (nla_put_u32(skb, RSERPOOL_A_PE_ID, pe->pe_id) ||
	    nla_put_u32(skb, RSERPOOL_A_PE_HOME_ID, pe->home_id) ||
	    nla_put_s32(skb, RSERPOOL_A_PE_LIFE_S, pe->life) ||
	    rsp_fill_policy(skb, &pe->policy))
		return -EMSGSIZE;
	if (READ_ONCE(pe->suspect) && nla_put_flag(skb, RSERPOOL_A_PE_SUSPECT))
		return -EMSGSIZE;
	return rsp_fill_transport(skb, &pe->user);
}

int rsp_fill_group(struct sk_buff *skb, const struct rsp_group_info *info)
{
	if (nla_put_u16(skb, RSERPOOL_A_GROUP_PORT, info->port) ||
	    nla_put_u32(skb, RSERPOOL_A_GROUP_PROFILE, info->profile) ||
	    nla_put_u32(skb, RSERPOOL_A_GROUP_DEVICES, info->devices))
		return -EMSGSIZE;
	if (info->addr.family == 6)
		return nla_put(skb, RSERPOOL_A_GROUP_IPV6, 16,
			       info->addr.octets);
	return nla_put(skb, RSERPOOL_A_GROUP_IPV4, 4, info->addr.octets);
}

int rsp_fill_access(struct sk_buff *skb, struct user_namespace *ns,
		    const struct rsp_access_rule *rule)
{
	if (rsp_fill_handle(skb, RSERPOOL_A_ACCESS_PATTERN, &rule->pattern))
		return -EMSGSIZE;
	if (uid_valid(rule->uid) &&
	    nla_put_u32(skb, RSERPOOL_A_ACCESS_UID,
			from_kuid_munged(ns, rule->uid)))
		return -EMSGSIZE;
	if (gid_valid(rule->gid) &&
	    nla_put_u32(skb, RSERPOOL_A_ACCESS_GID,
			from_kgid_munged(ns, rule->gid)))
		return -EMSGSIZE;
	return 0;
}
