// SPDX-License-Identifier: GPL-2.0-only
/* rspctl group: multicast groups in which registrars' announcements are heard. */
#include "rspctl.h"

static const struct ctl_place_attrs place_attrs = {
	.ipv4 = RSERPOOL_A_GROUP_IPV4,
	.ipv6 = RSERPOOL_A_GROUP_IPV6,
	.port = RSERPOOL_A_GROUP_PORT,
	.profile = RSERPOOL_A_GROUP_PROFILE,
};

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_GROUP_MAX + 1];

	(void)data;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_GROUP_MAX);
	out_record_begin();
	print_place(tb, &place_attrs);
	out_uint("devices", "devices",
		 rsp_nl_u32(tb[RSERPOOL_A_GROUP_DEVICES]));
	out_record_end();
	return 0;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	return ctl_show(ctl, args, show_message);
}

static int change(struct ctl *ctl, struct ctl_args *args)
{
	struct ctl_place place;
	struct nlmsghdr *nlh;

	if (ctl_get_place(args, args->cmd == RSERPOOL_CMD_GROUP_ADD, &place))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	ctl_put_place(nlh, &place_attrs, &place);
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
