// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: commands of administrators and of the registrar
 * in this namespace, ASAP messages to it, events.  Described in
 * Documentation/netlink/specs/rserpool.yaml, from which netlink_gen.c has the
 * table of operations, with the privileges that they need, and their policies.
 *
 * Process context.  The lists below have locks of their own, so that commands
 * need not wait for those of other families.
 */
#include <linux/in.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "netlink.h"
#include "netlink_gen.h"
#include "session.h"

/* ---- commands ---------------------------------------------------------- */

static struct sk_buff *rsp_reply_new(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *skb;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &rsp_netlink_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

int rserpool_nl_module_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;

	reply = rsp_reply_new(info, RSERPOOL_CMD_MODULE_GET, &hdr);
	if (!reply)
		return -ENOMEM;
	if (nla_put_u32(reply, RSERPOOL_A_MODULE_ADDRESS_FAMILY, AF_RSERPOOL) ||
	    nla_put_string(reply, RSERPOOL_A_MODULE_VERSION,
			   THIS_MODULE->version)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int rsp_get_ipv4(struct genl_info *info, struct rsp_addr *addr)
{
	struct nlattr *attr = info->attrs[RSERPOOL_A_REGISTRAR_IPV4];
	__be32 ip = nla_get_in_addr(attr);

	if (ipv4_is_zeronet(ip) || ipv4_is_multicast(ip) ||
	    ipv4_is_lbcast(ip)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "not a unicast address");
		return -EINVAL;
	}
	addr->family = 4;
	memcpy(addr->octets, &ip, sizeof(ip));
	return 0;
}

static int rsp_get_ipv6(struct genl_info *info, struct rsp_addr *addr)
{
	struct nlattr *attr = info->attrs[RSERPOOL_A_REGISTRAR_IPV6];
	struct in6_addr ip = nla_get_in6_addr(attr);

	if (ipv6_addr_any(&ip) || ipv6_addr_is_multicast(&ip)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "not a unicast address");
		return -EINVAL;
	}
	/* The same host would be in the list twice */
	if (ipv6_addr_v4mapped(&ip)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "give an IPv4 address as such");
		return -EINVAL;
	}
	/* There is no attribute for the device */
	if (ipv6_addr_type(&ip) & IPV6_ADDR_LINKLOCAL) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "link-local addresses are not supported");
		return -EINVAL;
	}
	addr->family = 6;
	memcpy(addr->octets, &ip, sizeof(ip));
	return 0;
}

static int rsp_get_registrar(struct genl_info *info, struct rsp_addr *addr,
			     u16 *port)
{
	struct nlattr *attr = info->attrs[RSERPOOL_A_REGISTRAR_PORT];

	*port = attr ? nla_get_u16(attr) : RSP_ASAP_PORT;
	if (!*port) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "port is zero");
		return -EINVAL;
	}

	memset(addr, 0, sizeof(*addr));
	if (!info->attrs[RSERPOOL_A_REGISTRAR_IPV4] ==
	    !info->attrs[RSERPOOL_A_REGISTRAR_IPV6]) {
		GENL_SET_ERR_MSG(info, "needs an IPv4 or an IPv6 address");
		return -EINVAL;
	}
	if (info->attrs[RSERPOOL_A_REGISTRAR_IPV4])
		return rsp_get_ipv4(info, addr);
	return rsp_get_ipv6(info, addr);
}

int rserpool_nl_registrar_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[RSERPOOL_A_REGISTRAR_PROFILE];
	struct rsp_addr addr;
	u16 port;
	int err;

	err = rsp_get_registrar(info, &addr, &port);
	if (err)
		return err;
	return rsp_registrar_add(rsp_net(genl_info_net(info)), &addr, port,
				 attr ? nla_get_u32(attr) : 0, info->extack);
}

int rserpool_nl_registrar_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsp_addr addr;
	u16 port;
	int err;

	err = rsp_get_registrar(info, &addr, &port);
	if (err)
		return err;
	return rsp_registrar_del(rsp_net(genl_info_net(info)), &addr, port,
				 info->extack);
}

/* Of IPv6's scopes those in which an address says which network is meant. */
static bool rsp_is_group(const struct rsp_addr *addr)
{
	struct in6_addr v6;
	__be32 v4;

	if (addr->family == 4) {
		memcpy(&v4, addr->octets, sizeof(v4));
		return ipv4_is_multicast(v4);
	}
	memcpy(&v6, addr->octets, sizeof(v6));
	return ipv6_addr_is_multicast(&v6) &&
	       IPV6_ADDR_MC_SCOPE(&v6) > IPV6_ADDR_SCOPE_LINKLOCAL;
}

static int rsp_get_group(struct genl_info *info, struct rsp_group_info *group)
{
	struct nlattr *v4 = info->attrs[RSERPOOL_A_GROUP_IPV4];
	struct nlattr *v6 = info->attrs[RSERPOOL_A_GROUP_IPV6];
	struct nlattr *port = info->attrs[RSERPOOL_A_GROUP_PORT];

	memset(group, 0, sizeof(*group));
	group->port = port ? nla_get_u16(port) : RSP_ASAP_PORT;
	if (!group->port) {
		NL_SET_ERR_MSG_ATTR(info->extack, port, "port is zero");
		return -EINVAL;
	}
	if (!v4 == !v6) {
		GENL_SET_ERR_MSG(info, "needs an IPv4 or an IPv6 address");
		return -EINVAL;
	}
	group->addr.family = v6 ? 6 : 4;
	memcpy(group->addr.octets, nla_data(v6 ?: v4), v6 ? 16 : 4);
	if (!rsp_is_group(&group->addr)) {
		NL_SET_ERR_MSG_ATTR(info->extack, v6 ?: v4,
				    "not a multicast address of more than a link");
		return -EINVAL;
	}
	return 0;
}

int rserpool_nl_group_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[RSERPOOL_A_GROUP_PROFILE];
	struct rsp_group_info group;
	int err;

	err = rsp_get_group(info, &group);
	if (err)
		return err;
	if (attr)
		group.profile = nla_get_u32(attr);
	return rsp_group_add(rsp_net(genl_info_net(info)), &group,
			     info->extack);
}

int rserpool_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsp_group_info group;
	int err;

	err = rsp_get_group(info, &group);
	if (err)
		return err;
	return rsp_group_del(rsp_net(genl_info_net(info)), &group,
			     info->extack);
}

int rserpool_nl_session_failover_doit(struct sk_buff *skb,
				      struct genl_info *info)
{
	u64 id;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, RSERPOOL_A_SESSION_ID)) {
		GENL_SET_ERR_MSG(info, "needs the number of a session");
		return -EINVAL;
	}
	id = nla_get_u64(info->attrs[RSERPOOL_A_SESSION_ID]);
	err = rsp_session_failover_id(rsp_net(genl_info_net(info)), id);
	switch (err) {
	case -ENOENT:
		GENL_SET_ERR_MSG(info, "no such session");
		break;
	case -EOPNOTSUPP:
		GENL_SET_ERR_MSG(info, "only a client's session can be moved");
		break;
	case -ENOTCONN:
		GENL_SET_ERR_MSG(info, "session is not established");
		break;
	}
	return err;
}

/* Numbers of users and groups as the sender's user namespace has them */
static int rsp_get_access_ids(struct sk_buff *skb, struct genl_info *info,
			      struct rsp_access_rule *rule)
{
	struct user_namespace *ns = sk_user_ns(NETLINK_CB(skb).sk);
	struct nlattr *uid = info->attrs[RSERPOOL_A_ACCESS_UID];
	struct nlattr *gid = info->attrs[RSERPOOL_A_ACCESS_GID];

	if (!uid && !gid) {
		GENL_SET_ERR_MSG(info, "needs a uid or a gid");
		return -EINVAL;
	}
	rule->uid = INVALID_UID;
	rule->gid = INVALID_GID;
	if (uid)
		rule->uid = make_kuid(ns, nla_get_u32(uid));
	if (uid && !uid_valid(rule->uid)) {
		NL_SET_ERR_MSG_ATTR(info->extack, uid,
				    "no such user in this user namespace");
		return -EINVAL;
	}
	if (gid)
		rule->gid = make_kgid(ns, nla_get_u32(gid));
	if (gid && !gid_valid(rule->gid)) {
		NL_SET_ERR_MSG_ATTR(info->extack, gid,
				    "no such group in this user namespace");
		return -EINVAL;
	}
	return 0;
}

static int rsp_get_access(struct sk_buff *skb, struct genl_info *info,
			  struct rsp_access_rule *rule)
{
	struct nlattr *attr;

	memset(rule, 0, sizeof(*rule));
	if (GENL_REQ_ATTR_CHECK(info, RSERPOOL_A_ACCESS_PATTERN)) {
		GENL_SET_ERR_MSG(info, "needs a pattern");
		return -EINVAL;
	}
	attr = info->attrs[RSERPOOL_A_ACCESS_PATTERN];
	if (!nla_len(attr) || nla_len(attr) > RSP_HANDLE_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "pattern is empty or too long");
		return -EINVAL;
	}
	rule->pattern.len = nla_len(attr);
	memcpy(rule->pattern.octets, nla_data(attr), nla_len(attr));
	return rsp_get_access_ids(skb, info, rule);
}

static int rsp_change_access(struct sk_buff *skb, struct genl_info *info,
			     int (*change)(struct rsp_net *rn,
					   const struct rsp_access_rule *rule,
					   struct netlink_ext_ack *extack))
{
	struct rsp_access_rule rule;
	int err;

	err = rsp_get_access(skb, info, &rule);
	if (err)
		return err;
	return change(rsp_net(genl_info_net(info)), &rule, info->extack);
}

int rserpool_nl_access_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return rsp_change_access(skb, info, rsp_access_add);
}

int rserpool_nl_access_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return rsp_change_access(skb, info, rsp_access_del);
}

int rserpool_nl_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct rsp_net *rn = rsp_net(genl_info_net(info));
	struct sk_buff *reply;
	u32 server_id;
	u64 cookie;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, RSERPOOL_A_ASAP_SERVER_ID)) {
		GENL_SET_ERR_MSG(info, "needs a server identifier");
		return -EINVAL;
	}
	server_id = nla_get_u32(info->attrs[RSERPOOL_A_ASAP_SERVER_ID]);
	/* First, so that nothing has to be taken back for lack of memory */
	reply = rsp_reply_new(info, RSERPOOL_CMD_ATTACH, &hdr);
	if (!reply)
		return -ENOMEM;

	err = rsp_link_netlink_attach(rn, info->snd_portid, server_id, &cookie,
				      info->extack);
	if (err)
		goto err_reply;
	err = nla_put_u64_64bit(reply, RSERPOOL_A_ASAP_BIND_COOKIE, cookie,
				RSERPOOL_A_ASAP_PAD);
	if (err)
		goto err_detach;
	genlmsg_end(reply, hdr);
	err = genlmsg_reply(reply, info);
	reply = NULL;
	if (err)
		goto err_detach;
	/* Not sooner, or the first message could overtake the reply */
	rsp_link_netlink_start(rn, cookie);
	return 0;

err_detach:
	rsp_link_netlink_detach(rn, info->snd_portid);
err_reply:
	nlmsg_free(reply);
	return err;
}

int rserpool_nl_asap_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct nlattr *message;
	u32 request = 0;
	u64 cookie;

	if (GENL_REQ_ATTR_CHECK(info, RSERPOOL_A_ASAP_BIND_COOKIE) ||
	    GENL_REQ_ATTR_CHECK(info, RSERPOOL_A_ASAP_MESSAGE)) {
		GENL_SET_ERR_MSG(info, "needs a message and a bind cookie");
		return -EINVAL;
	}
	cookie = nla_get_u64(attrs[RSERPOOL_A_ASAP_BIND_COOKIE]);
	message = attrs[RSERPOOL_A_ASAP_MESSAGE];
	if (attrs[RSERPOOL_A_ASAP_REQUEST])
		request = nla_get_u32(attrs[RSERPOOL_A_ASAP_REQUEST]);
	return rsp_link_netlink_receive(rsp_net(genl_info_net(info)),
					info->snd_portid, cookie, request,
					nla_data(message), nla_len(message),
					info->extack);
}

/* ---- to the registrar -------------------------------------------------- */

int rsp_netlink_send_asap(struct rsp_net *rn, u32 portid, u64 cookie,
			  u32 request, const void *transport, size_t tlen,
			  const void *data, size_t len)
{
	struct sk_buff *skb;
	void *hdr;

	if (len > RSERPOOL_MESSAGE_MAX || tlen > RSERPOOL_MESSAGE_MAX)
		return -EMSGSIZE;
	skb = genlmsg_new(nla_total_size(sizeof(u32)) +
			  nla_total_size_64bit(sizeof(u64)) +
			  nla_total_size(tlen) + nla_total_size(len),
			  GFP_KERNEL);
	if (!skb)
		return -ENOMEM;

	hdr = genlmsg_put(skb, portid, 0, &rsp_netlink_family, 0,
			  RSERPOOL_CMD_ASAP);
	if (!hdr ||
	    nla_put_u32(skb, RSERPOOL_A_ASAP_REQUEST, request) ||
	    nla_put_u64_64bit(skb, RSERPOOL_A_ASAP_BIND_COOKIE, cookie,
			      RSERPOOL_A_ASAP_PAD) ||
	    (transport &&
	     nla_put(skb, RSERPOOL_A_ASAP_TRANSPORT, tlen, transport)) ||
	    nla_put(skb, RSERPOOL_A_ASAP_MESSAGE, len, data)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_unicast(rn->net, skb, portid);
}

/* ---- events ------------------------------------------------------------ */

/* As netlink does it itself: who listens is told that something was lost. */
static void rsp_event_lost(struct rsp_net *rn)
{
	genl_set_err(&rsp_netlink_family, rn->net, 0, RSERPOOL_NLGRP_EVENTS,
		     -ENOBUFS);
}

/*
 * Begins an event and the nest of the object that it is about.
 * Return: NULL when there is nobody to tell, or no memory.
 */
static struct sk_buff *rsp_event_begin(struct rsp_net *rn,
				       enum rserpool_event_type type, int attr,
				       void **hdr, struct nlattr **nest)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&rsp_netlink_family, rn->net,
				RSERPOOL_NLGRP_EVENTS))
		return NULL;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb) {
		rsp_event_lost(rn);
		return NULL;
	}

	*hdr = genlmsg_put(skb, 0, 0, &rsp_netlink_family, 0,
			   RSERPOOL_CMD_EVENT_NTF);
	if (!*hdr || nla_put_u32(skb, RSERPOOL_A_EVENT_TYPE, type))
		goto err_free;
	*nest = nla_nest_start(skb, attr);
	if (!*nest)
		goto err_free;
	return skb;

err_free:
	nlmsg_free(skb);
	return NULL;
}

static void rsp_event_end(struct rsp_net *rn, struct sk_buff *skb, void *hdr,
			  struct nlattr *nest, int err)
{
	if (WARN_ON_ONCE(err)) {
		nlmsg_free(skb);
		return;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&rsp_netlink_family, rn->net, skb, 0,
				RSERPOOL_NLGRP_EVENTS, GFP_KERNEL);
}

void rsp_event_registrar(struct rsp_net *rn, enum rserpool_event_type type,
			 const struct rsp_registrar_info *info)
{
	struct nlattr *nest;
	struct sk_buff *skb;
	void *hdr;

	skb = rsp_event_begin(rn, type, RSERPOOL_A_EVENT_REGISTRAR, &hdr,
			      &nest);
	if (skb)
		rsp_event_end(rn, skb, hdr, nest,
			      rsp_fill_registrar(skb, info));
}

void rsp_event_pe(struct rsp_net *rn, enum rserpool_event_type type,
		  struct rsp_pe *pe)
{
	struct rsp_fill_addrs addrs;
	struct nlattr *nest;
	struct sk_buff *skb;
	void *hdr;

	skb = rsp_event_begin(rn, type, RSERPOOL_A_EVENT_PE, &hdr, &nest);
	if (!skb)
		return;
	addrs.n = rsp_local_addrs(rn->net, addrs.addr, RSP_ADDRS_MAX);
	rsp_event_end(rn, skb, hdr, nest,
		      rsp_fill_pe(skb, rn->net->user_ns, &addrs, pe));
}

void rsp_event_session(struct rsp_sock *rsk, enum rserpool_event_type type)
{
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_session_info info;
	struct nlattr *nest;
	struct sk_buff *skb;
	void *hdr;

	skb = rsp_event_begin(rn, type, RSERPOOL_A_EVENT_SESSION, &hdr, &nest);
	if (!skb)
		return;
	rsp_session_info(rsk, &info);
	info.old_pe_id = rsk->old_pe_id;
	rsp_event_end(rn, skb, hdr, nest,
		      rsp_fill_session(skb, rn->net->user_ns, &info));
}

/* ---- the family -------------------------------------------------------- */

/* No resv_start_op: headers and attributes are strict from the first command */
struct genl_family rsp_netlink_family __ro_after_init = {
	.name		= RSERPOOL_FAMILY_NAME,
	.version	= RSERPOOL_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= rserpool_nl_ops,
	.n_ops		= ARRAY_SIZE(rserpool_nl_ops),
	.mcgrps		= rserpool_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(rserpool_nl_mcgrps),
};

int __init rsp_netlink_init(void)
{
	return genl_register_family(&rsp_netlink_family);
}

void rsp_netlink_exit(void)
{
	genl_unregister_family(&rsp_netlink_family);
}
