// SPDX-License-Identifier: GPL-2.0-only
/* rspctl registrar: where this namespace registers and asks. */
#include "rspctl.h"

static const struct ctl_place_attrs place_attrs = {
	.ipv4 = RSERPOOL_A_REGISTRAR_IPV4,
	.ipv6 = RSERPOOL_A_REGISTRAR_IPV6,
	.port = RSERPOOL_A_REGISTRAR_PORT,
	.profile = RSERPOOL_A_REGISTRAR_PROFILE,
};

void print_registrar(const struct nlattr **tb)
{
	/* First what "registrar add" takes */
	print_place(tb, &place_attrs);
	if (tb[RSERPOOL_A_REGISTRAR_ORIGIN])
		out_name("origin", "origin", RSP_NAMES_ORIGIN,
			 rsp_nl_u32(tb[RSERPOOL_A_REGISTRAR_ORIGIN]));
	out_name("link", "link", RSP_NAMES_LINK,
		 rsp_nl_u32(tb[RSERPOOL_A_REGISTRAR_LINK]));
	if (tb[RSERPOOL_A_REGISTRAR_PORTID])
		out_uint("portid", "portid",
			 rsp_nl_u32(tb[RSERPOOL_A_REGISTRAR_PORTID]));
	out_name("state", "state", RSP_NAMES_REGISTRAR_STATE,
		 rsp_nl_u32(tb[RSERPOOL_A_REGISTRAR_STATE]));
	out_flag("home", "home", tb[RSERPOOL_A_REGISTRAR_HOME]);
	out_id("id", "id", rsp_nl_u32(tb[RSERPOOL_A_REGISTRAR_ID]));
	out_uint("tx", "tx", rsp_nl_u64(tb[RSERPOOL_A_REGISTRAR_TX]));
	out_uint("rx", "rx", rsp_nl_u64(tb[RSERPOOL_A_REGISTRAR_RX]));
}

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_REGISTRAR_MAX + 1];

	(void)data;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_REGISTRAR_MAX);
	out_record_begin();
	print_registrar(tb);
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

	if (ctl_get_place(args, args->cmd == RSERPOOL_CMD_REGISTRAR_ADD, &place))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	ctl_put_place(nlh, &place_attrs, &place);
	return ctl_do(ctl, nlh);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_REGISTRAR_GET },
	{ "add", change, RSERPOOL_CMD_REGISTRAR_ADD },
	{ "del", change, RSERPOOL_CMD_REGISTRAR_DEL },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_registrar = {
	.name = "registrar",
	.usage =
		"Usage: rspctl registrar [ show ]\n"
		"       rspctl registrar add [ address ] ADDRESS [ port PORT ] [ profile PROFILE ]\n"
		"       rspctl registrar del [ address ] ADDRESS [ port PORT ]\n"
		"ADDRESS: IPv4 or IPv6 address of a registrar that speaks ASAP over SCTP\n"
		"PORT:    SCTP port, default 3863\n"
		"PROFILE: rfc (default), or rsplib: it takes lives for milliseconds\n",
	.commands = commands,
};
