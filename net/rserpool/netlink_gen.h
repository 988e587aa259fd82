/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/rserpool.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_RSERPOOL_GEN_H
#define _LINUX_RSERPOOL_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <linux/rserpool_netlink.h>

/* Ops table for rserpool */
extern const struct genl_ops rserpool_nl_ops[19];

int rserpool_nl_module_get_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_registrar_add_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_registrar_del_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_registrar_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb);
int rserpool_nl_pool_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int rserpool_nl_pe_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int rserpool_nl_session_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int rserpool_nl_session_failover_doit(struct sk_buff *skb,
				      struct genl_info *info);
int rserpool_nl_counter_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int rserpool_nl_access_add_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_access_del_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_access_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int rserpool_nl_attach_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_asap_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_pool_flush_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_pool_resolve_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_group_add_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info);
int rserpool_nl_group_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);

extern const struct genl_multicast_group rserpool_nl_mcgrps[1];

enum {
	RSERPOOL_NLGRP_EVENTS,
};

#endif /* _LINUX_RSERPOOL_GEN_H */
