// SPDX-License-Identifier: GPL-2.0-only
/* rspctl group: multicast groups in which registrars' announcements are heard. */
#include <arpa/inet.h>
#include "rspctl.h"

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_GROUP_MAX + 1];
	char address[INET6_ADDRSTRLEN] = "";
	const struct nlattr *ipv4, *ipv6;

	(void)data;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_GROUP_MAX);
	ipv4 = tb[RSERPOOL_A_GROUP_IPV4];
	ipv6 = tb[RSERPOOL_A_GROUP_IPV6];
	if (ipv4 && mnl_attr_get_payload_len(ipv4) == 4)
		inet_ntop(AF_INET, mnl_attr_get_payload(ipv4), address,
			  sizeof(address));
	else if (ipv6 && mnl_attr_get_payload_len(ipv6) == 16)
		inet_ntop(AF_INET6, mnl_attr_get_payload(ipv6), address,
			  sizeof(address));
	out_record_begin();
	out_string("address", "address", address);
	out_uint("port", "port", rsp_nl_u16(tb[RSERPOOL_A_GROUP_PORT]));
	out_name("profile", "profile", RSP_NAMES_PROFILE,
		 rsp_nl_u32(tb[RSERPOOL_A_GROUP_PROFILE]));
	out_uint("devices", "devices",
		 rsp_nl_u32(tb[RSERPOOL_A_GROUP_DEVICES]));
	out_record_end();
	return 0;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	if (ctl_end(args))
		return CTL_USAGE;
	return ctl_dump(ctl, args, show_message, NULL, NULL);
}

static int change(struct ctl *ctl, struct ctl_args *args)
{
	uint32_t profile = 0;
	struct rsp_addr addr;
	struct nlmsghdr *nlh;
	uint64_t port = 0;
	int err;

	ctl_keyword(args, "address");
	err = ctl_get_address(args, &addr);
	if (!err)
		err = ctl_get_port(args, &port);
	if (!err && args->cmd == RSERPOOL_CMD_GROUP_ADD)
		err = ctl_get_profile(args, &profile);
	if (err || ctl_end(args))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	if (addr.family == 4)
		mnl_attr_put(nlh, RSERPOOL_A_GROUP_IPV4, 4, addr.octets);
	else
		mnl_attr_put(nlh, RSERPOOL_A_GROUP_IPV6, 16, addr.octets);
	if (port)
		mnl_attr_put_u16(nlh, RSERPOOL_A_GROUP_PORT, port);
	if (profile)
		mnl_attr_put_u32(nlh, RSERPOOL_A_GROUP_PROFILE, profile);
	return ctl_do(ctl, nlh);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_GROUP_GET },
	{ "add", change, RSERPOOL_CMD_GROUP_ADD },
	{ "del", change, RSERPOOL_CMD_GROUP_DEL },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_group = {
	.name = "group",
	.usage =
		"Usage: rspctl group [ show ]\n"
		"       rspctl group add [ address ] ADDRESS [ port PORT ] [ profile PROFILE ]\n"
		"       rspctl group del [ address ] ADDRESS [ port PORT ]\n"
		"ADDRESS: IPv4 or IPv6 multicast address in which registrars announce themselves\n"
		"PORT:    UDP port, default 3863\n"
		"PROFILE: rfc (default) or rsplib, of the registrars that are heard there\n",
	.commands = commands,
};
