/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by netlink.c, netlink_dump.c, netlink_fill.c: objects to attributes. */
#ifndef _RSERPOOL_NETLINK_H
#define _RSERPOOL_NETLINK_H

#include "rserpool.h"

struct genl_family;

extern struct genl_family rsp_netlink_family;

/* Addresses of this namespace, looked up once for a whole dump message */
struct rsp_fill_addrs {
	unsigned int n;
	struct rsp_addr addr[RSP_ADDRS_MAX];
};

/**
 * rsp_fill_registrar() - put the attributes of a registrar, without a nest
 * @skb: message
 * @info: registrar
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_registrar(struct sk_buff *skb,
		       const struct rsp_registrar_info *info);

/**
 * rsp_fill_group() - put the attributes of a multicast group, without a nest
 * @skb: message
 * @info: group
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_group(struct sk_buff *skb, const struct rsp_group_info *info);

/**
 * rsp_fill_pe() - put the attributes of a local pool element, without a nest
 * @skb: message
 * @ns: user namespace in which the reader understands user numbers
 * @addrs: addresses of this namespace
 * @pe: element
 *
 * Context: Process; takes pes_lock.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_pe(struct sk_buff *skb, struct user_namespace *ns,
		const struct rsp_fill_addrs *addrs, struct rsp_pe *pe);

/**
 * rsp_fill_session() - put the attributes of a session, without a nest
 * @skb: message
 * @ns: user namespace in which the reader understands user numbers
 * @info: session
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_session(struct sk_buff *skb, struct user_namespace *ns,
		     const struct rsp_session_info *info);

/**
 * rsp_fill_pool() - put the attributes of a cached pool, without its elements
 * @skb: message
 * @pool: pool
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_pool(struct sk_buff *skb, const struct rsp_pool *pool);

/**
 * rsp_fill_pool_pe() - put the attributes of a cached pool's element
 * @skb: message
 * @pe: element
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_pool_pe(struct sk_buff *skb, const struct rsp_pool_pe *pe);

/**
 * rsp_fill_access() - put the attributes of an access list entry
 * @skb: message
 * @ns: user namespace in which the reader understands user numbers
 * @rule: entry
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_access(struct sk_buff *skb, struct user_namespace *ns,
		    const struct rsp_access_rule *rule);

#endif /* _RSERPOOL_NETLINK_H */
