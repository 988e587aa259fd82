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

/*
 * Each puts the attributes of one object, without a nest.  @ns is the user
 * namespace in which the reader understands user numbers.
 * Return: 0 or -EMSGSIZE.
 */
int rsp_fill_registrar(struct sk_buff *skb,
		       const struct rsp_registrar_info *info);
int rsp_fill_pe(struct sk_buff *skb, struct user_namespace *ns,
		const struct rsp_fill_addrs *addrs, struct rsp_pe *pe);
int rsp_fill_session(struct sk_buff *skb, struct user_namespace *ns,
		     const struct rsp_session_info *info);
int rsp_fill_pool(struct sk_buff *skb, const struct rsp_pool *pool);
int rsp_fill_pool_pe(struct sk_buff *skb, const struct rsp_pool_pe *pe);
int rsp_fill_access(struct sk_buff *skb, struct user_namespace *ns,
		    const struct rsp_access_rule *rule);

#endif /* _RSERPOOL_NETLINK_H */
