// SPDX-License-Identifier: GPL-2.0-only
/* rspctl pe: the pool elements that programs of this namespace registered. */
#include <arpa/inet.h>
#include "rspctl.h"

void print_transport_param(const struct rsp_transport *transport)
{
	char text[RSP_ADDRS_MAX][INET6_ADDRSTRLEN];
	const char *addresses[RSP_ADDRS_MAX];
	int i;

	for (i = 0; i < transport->naddrs; i++)
		addresses[i] = inet_ntop(transport->addrs[i].family == 4 ?
					 AF_INET : AF_INET6,
					 transport->addrs[i].octets, text[i],
					 sizeof(text[i]));

	out_object_begin("transport");
	out_name("protocol", "transport", RSP_NAMES_TRANSPORT, transport->type);
	if (transport->type != RSP_PARAM_OPAQUE_TRANSPORT) {
		out_strings("addresses", "address", addresses,
			    transport->naddrs);
		out_uint("port", "port", transport->port);
	}
	if (transport->type == RSP_PARAM_SCTP_TRANSPORT)
		out_string("use", "use",
			   transport->use == RSP_USE_DATA_CONTROL ?
			   "data+control" : "data");
	out_object_end();
}

void print_transport(const struct nlattr *attr)
{
	struct rsp_transport transport;
	const void *octets;
	size_t len;

	octets = rsp_nl_octets(attr, &len);
	if (octets && !rsp_transport_parse(octets, len, &transport))
		print_transport_param(&transport);
}

void print_policy(const struct nlattr **tb)
{
	out_name("policy", "policy", RSP_NAMES_POLICY,
		 rsp_nl_u32(tb[RSERPOOL_A_PE_POLICY]));
	if (tb[RSERPOOL_A_PE_WEIGHT])
		out_uint("weight", "weight",
			 rsp_nl_u32(tb[RSERPOOL_A_PE_WEIGHT]));
	if (tb[RSERPOOL_A_PE_PRIORITY])
		out_uint("priority", "priority",
			 rsp_nl_u32(tb[RSERPOOL_A_PE_PRIORITY]));
	if (tb[RSERPOOL_A_PE_LOAD])
		out_uint("load", "load", rsp_nl_u32(tb[RSERPOOL_A_PE_LOAD]));
	if (tb[RSERPOOL_A_PE_DEGRADATION])
		out_uint("degradation", "degradation",
			 rsp_nl_u32(tb[RSERPOOL_A_PE_DEGRADATION]));
}

/* What the type has, as the kernel tells it. */
void print_policy_param(const struct rsp_policy_param *policy)
{
	out_name("policy", "policy", RSP_NAMES_POLICY, policy->type);
	switch (policy->type) {
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
		out_uint("weight", "weight", policy->weight);
		break;
	case RSP_POLICY_PRIORITY:
		out_uint("priority", "priority", policy->priority);
		break;
	case RSP_POLICY_LEAST_USED_DEGRADATION:
	case RSP_POLICY_PRIORITY_LEAST_USED:
		out_uint("load", "load", policy->load);
		out_uint("degradation", "degradation", policy->degradation);
		break;
	case RSP_POLICY_LEAST_USED:
	case RSP_POLICY_RANDOM_LEAST_USED:
		out_uint("load", "load", policy->load);
		break;
	}
}

void print_pe(const struct nlattr **tb)
{
	const void *octets;
	size_t len;

	octets = rsp_nl_octets(tb[RSERPOOL_A_PE_HANDLE], &len);
	out_handle("handle", "handle", octets, len);
	out_id("id", "id", rsp_nl_u32(tb[RSERPOOL_A_PE_ID]));
	out_flag("registered", "registered", tb[RSERPOOL_A_PE_REGISTERED]);
	if (tb[RSERPOOL_A_PE_CAUSE])
		out_name("cause", "refused", RSP_NAMES_CAUSE,
			 rsp_nl_u32(tb[RSERPOOL_A_PE_CAUSE]));
	out_id("home_id", "home", rsp_nl_u32(tb[RSERPOOL_A_PE_HOME_ID]));
	print_policy(tb);
	out_int("life_s", "life",
		(int32_t)rsp_nl_u32(tb[RSERPOOL_A_PE_LIFE_S]));
	print_transport(tb[RSERPOOL_A_PE_TRANSPORT]);
	out_uint("sessions", "sessions",
		 rsp_nl_u32(tb[RSERPOOL_A_PE_SESSIONS]));
	out_uint("uid", "uid", rsp_nl_u32(tb[RSERPOOL_A_PE_UID]));
	out_uint("inode", "inode", rsp_nl_u64(tb[RSERPOOL_A_PE_INODE]));
}

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_PE_MAX + 1];
	const struct ctl_handle *wanted = data;

	rsp_nl_parse(nlh, tb, RSERPOOL_A_PE_MAX);
	if (!ctl_handle_is(wanted, tb[RSERPOOL_A_PE_HANDLE]))
		return 0;
	out_record_begin();
	print_pe(tb);
	out_record_end();
	return 0;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	struct ctl_handle handle = { 0 };

	if (ctl_get_wanted(args, &handle))
		return CTL_USAGE;
	return ctl_dump(ctl, args, show_message, NULL, &handle);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_PE_GET },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_pe = {
	.name = "pe",
	.usage =
		"Usage: rspctl pe [ show [ [ handle ] HANDLE ] ]\n"
		"HANDLE: pool handle as text, or 0x and hexadecimal digits\n",
	.commands = commands,
};
