// SPDX-License-Identifier: GPL-2.0-only
/* rspctl registrar: where this namespace registers and asks. */
#include <arpa/inet.h>
#include "rspctl.h"

void print_registrar(const struct nlattr **tb)
{
	const struct nlattr *ipv4 = tb[RSERPOOL_A_REGISTRAR_IPV4];
	const struct nlattr *ipv6 = tb[RSERPOOL_A_REGISTRAR_IPV6];
	char address[INET6_ADDRSTRLEN] = "";

	if (ipv4 && mnl_attr_get_payload_len(ipv4) == 4)
		inet_ntop(AF_INET, mnl_attr_get_payload(ipv4), address,
			  sizeof(address));
	else if (ipv6 && mnl_attr_get_payload_len(ipv6) == 16)
		inet_ntop(AF_INET6, mnl_attr_get_payload(ipv6), address,
			  sizeof(address));

	/* First what "registrar add" takes */
	if (*address) {
		out_string("address", "address", address);
		out_uint("port", "port",
			 rsp_nl_u16(tb[RSERPOOL_A_REGISTRAR_PORT]));
		if (tb[RSERPOOL_A_REGISTRAR_PROFILE])
			out_name("profile", "profile", RSP_NAMES_PROFILE,
				 rsp_nl_u32(tb[RSERPOOL_A_REGISTRAR_PROFILE]));
	}
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
	if (ctl_end(args))
		return CTL_USAGE;
	return ctl_dump(ctl, args, show_message, NULL, NULL);
}

struct registrar {
	struct rsp_addr addr;
	uint64_t port;			/* 0: not given */
	uint32_t profile;		/* 0: the RFCs' */
};

static int parse(struct ctl_args *args, struct registrar *reg)
{
	bool add = args->cmd == RSERPOOL_CMD_REGISTRAR_ADD;
	int err;

	reg->port = 0;
	reg->profile = 0;
	ctl_keyword(args, "address");
	err = ctl_get_address(args, &reg->addr);
	if (!err)
		err = ctl_get_port(args, &reg->port);
	if (!err && add)
		err = ctl_get_profile(args, &reg->profile);
	return err ? err : ctl_end(args);
}

static int change(struct ctl *ctl, struct ctl_args *args)
{
	struct registrar reg;
	struct nlmsghdr *nlh;

	if (parse(args, &reg))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	if (reg.addr.family == 4)
		mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV4, 4,
			     reg.addr.octets);
	else
		mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV6, 16,
			     reg.addr.octets);
	if (reg.port)
		mnl_attr_put_u16(nlh, RSERPOOL_A_REGISTRAR_PORT, reg.port);
	if (reg.profile)
		mnl_attr_put_u32(nlh, RSERPOOL_A_REGISTRAR_PROFILE,
				 reg.profile);
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
