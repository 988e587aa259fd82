// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/rserpool.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <linux/rserpool_netlink.h>

/* RSERPOOL_CMD_REGISTRAR_ADD - do */
static const struct nla_policy rserpool_registrar_add_nl_policy[RSERPOOL_A_REGISTRAR_PROFILE + 1] = {
	[RSERPOOL_A_REGISTRAR_IPV4] = NLA_POLICY_EXACT_LEN(4),
	[RSERPOOL_A_REGISTRAR_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[RSERPOOL_A_REGISTRAR_PORT] = { .type = NLA_U16, },
	[RSERPOOL_A_REGISTRAR_PROFILE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* RSERPOOL_CMD_REGISTRAR_DEL - do */
static const struct nla_policy rserpool_registrar_del_nl_policy[RSERPOOL_A_REGISTRAR_PORT + 1] = {
	[RSERPOOL_A_REGISTRAR_IPV4] = NLA_POLICY_EXACT_LEN(4),
	[RSERPOOL_A_REGISTRAR_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[RSERPOOL_A_REGISTRAR_PORT] = { .type = NLA_U16, },
};

/* RSERPOOL_CMD_SESSION_FAILOVER - do */
static const struct nla_policy rserpool_session_failover_nl_policy[RSERPOOL_A_SESSION_ID + 1] = {
	[RSERPOOL_A_SESSION_ID] = { .type = NLA_U64, },
};

/* RSERPOOL_CMD_ACCESS_ADD - do */
static const struct nla_policy rserpool_access_add_nl_policy[RSERPOOL_A_ACCESS_GID + 1] = {
	[RSERPOOL_A_ACCESS_PATTERN] = { .type = NLA_BINARY, },
	[RSERPOOL_A_ACCESS_UID] = { .type = NLA_U32, },
	[RSERPOOL_A_ACCESS_GID] = { .type = NLA_U32, },
};

/* RSERPOOL_CMD_ACCESS_DEL - do */
static const struct nla_policy rserpool_access_del_nl_policy[RSERPOOL_A_ACCESS_GID + 1] = {
	[RSERPOOL_A_ACCESS_PATTERN] = { .type = NLA_BINARY, },
	[RSERPOOL_A_ACCESS_UID] = { .type = NLA_U32, },
	[RSERPOOL_A_ACCESS_GID] = { .type = NLA_U32, },
};

/* RSERPOOL_CMD_ATTACH - do */
static const struct nla_policy rserpool_attach_nl_policy[RSERPOOL_A_ASAP_SERVER_ID + 1] = {
	[RSERPOOL_A_ASAP_SERVER_ID] = { .type = NLA_U32, },
};

/* RSERPOOL_CMD_ASAP - do */
static const struct nla_policy rserpool_asap_nl_policy[RSERPOOL_A_ASAP_MESSAGE + 1] = {
	[RSERPOOL_A_ASAP_REQUEST] = { .type = NLA_U32, },
	[RSERPOOL_A_ASAP_BIND_COOKIE] = { .type = NLA_U64, },
	[RSERPOOL_A_ASAP_TRANSPORT] = { .type = NLA_BINARY, },
	[RSERPOOL_A_ASAP_MESSAGE] = { .type = NLA_BINARY, },
};

/* RSERPOOL_CMD_POOL_FLUSH - do */
static const struct nla_policy rserpool_pool_flush_nl_policy[RSERPOOL_A_POOL_HANDLE + 1] = {
	[RSERPOOL_A_POOL_HANDLE] = { .type = NLA_BINARY, },
};

/* RSERPOOL_CMD_POOL_RESOLVE - do */
static const struct nla_policy rserpool_pool_resolve_nl_policy[RSERPOOL_A_POOL_REFRESH + 1] = {
	[RSERPOOL_A_POOL_HANDLE] = { .type = NLA_BINARY, },
	[RSERPOOL_A_POOL_REFRESH] = { .type = NLA_FLAG, },
};

/* RSERPOOL_CMD_GROUP_ADD - do */
static const struct nla_policy rserpool_group_add_nl_policy[RSERPOOL_A_GROUP_PROFILE + 1] = {
	[RSERPOOL_A_GROUP_IPV4] = NLA_POLICY_EXACT_LEN(4),
	[RSERPOOL_A_GROUP_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[RSERPOOL_A_GROUP_PORT] = { .type = NLA_U16, },
	[RSERPOOL_A_GROUP_PROFILE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* RSERPOOL_CMD_GROUP_DEL - do */
static const struct nla_policy rserpool_group_del_nl_policy[RSERPOOL_A_GROUP_PORT + 1] = {
	[RSERPOOL_A_GROUP_IPV4] = NLA_POLICY_EXACT_LEN(4),
	[RSERPOOL_A_GROUP_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[RSERPOOL_A_GROUP_PORT] = { .type = NLA_U16, },
};

/* Ops table for rserpool */
const struct genl_ops rserpool_nl_ops[19] = {
	{
		.cmd	= RSERPOOL_CMD_MODULE_GET,
		.doit	= rserpool_nl_module_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_REGISTRAR_ADD,
		.doit		= rserpool_nl_registrar_add_doit,
		.policy		= rserpool_registrar_add_nl_policy,
		.maxattr	= RSERPOOL_A_REGISTRAR_PROFILE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_REGISTRAR_DEL,
		.doit		= rserpool_nl_registrar_del_doit,
		.policy		= rserpool_registrar_del_nl_policy,
		.maxattr	= RSERPOOL_A_REGISTRAR_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSERPOOL_CMD_REGISTRAR_GET,
		.dumpit	= rserpool_nl_registrar_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= RSERPOOL_CMD_POOL_GET,
		.dumpit	= rserpool_nl_pool_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= RSERPOOL_CMD_PE_GET,
		.dumpit	= rserpool_nl_pe_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= RSERPOOL_CMD_SESSION_GET,
		.dumpit	= rserpool_nl_session_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= RSERPOOL_CMD_SESSION_FAILOVER,
		.doit		= rserpool_nl_session_failover_doit,
		.policy		= rserpool_session_failover_nl_policy,
		.maxattr	= RSERPOOL_A_SESSION_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSERPOOL_CMD_COUNTER_GET,
		.dumpit	= rserpool_nl_counter_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= RSERPOOL_CMD_ACCESS_ADD,
		.doit		= rserpool_nl_access_add_doit,
		.policy		= rserpool_access_add_nl_policy,
		.maxattr	= RSERPOOL_A_ACCESS_GID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_ACCESS_DEL,
		.doit		= rserpool_nl_access_del_doit,
		.policy		= rserpool_access_del_nl_policy,
		.maxattr	= RSERPOOL_A_ACCESS_GID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSERPOOL_CMD_ACCESS_GET,
		.dumpit	= rserpool_nl_access_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= RSERPOOL_CMD_ATTACH,
		.doit		= rserpool_nl_attach_doit,
		.policy		= rserpool_attach_nl_policy,
		.maxattr	= RSERPOOL_A_ASAP_SERVER_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_ASAP,
		.doit		= rserpool_nl_asap_doit,
		.policy		= rserpool_asap_nl_policy,
		.maxattr	= RSERPOOL_A_ASAP_MESSAGE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_POOL_FLUSH,
		.doit		= rserpool_nl_pool_flush_doit,
		.policy		= rserpool_pool_flush_nl_policy,
		.maxattr	= RSERPOOL_A_POOL_HANDLE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_POOL_RESOLVE,
		.doit		= rserpool_nl_pool_resolve_doit,
		.policy		= rserpool_pool_resolve_nl_policy,
		.maxattr	= RSERPOOL_A_POOL_REFRESH,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_GROUP_ADD,
		.doit		= rserpool_nl_group_add_doit,
		.policy		= rserpool_group_add_nl_policy,
		.maxattr	= RSERPOOL_A_GROUP_PROFILE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= RSERPOOL_CMD_GROUP_DEL,
		.doit		= rserpool_nl_group_del_doit,
		.policy		= rserpool_group_del_nl_policy,
		.maxattr	= RSERPOOL_A_GROUP_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= RSERPOOL_CMD_GROUP_GET,
		.dumpit	= rserpool_nl_group_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
};

const struct genl_multicast_group rserpool_nl_mcgrps[] = {
	[RSERPOOL_NLGRP_EVENTS] = { "events", GENL_MCAST_CAP_NET_ADMIN },
};

