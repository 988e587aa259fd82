// SPDX-License-Identifier: GPL-2.0-only
/* rspctl pool: what the registrar said about pools that were asked for. */
#include <string.h>
#include "rspctl.h"

/* A large pool comes in several messages, one behind the other */
struct pool_show {
	struct ctl_handle wanted;
	bool open;
	struct ctl_handle shown;	/* the one that is open */
};

static void pool_close(void *data)
{
	struct pool_show *show = data;

	if (!show->open)
		return;
	out_sublist_end();
	out_record_end();
	show->open = false;
}

static void pool_open(struct pool_show *show, const struct nlattr **tb)
{
	const void *octets;
	size_t len;

	octets = rsp_nl_octets(tb[RSERPOOL_A_POOL_HANDLE], &len);
	if (len > sizeof(show->shown.octets))
		len = sizeof(show->shown.octets);
	show->shown.len = len;
	if (len)
		memcpy(show->shown.octets, octets, len);
	show->open = true;

	out_record_begin();
	out_handle("handle", "handle", octets, len);
	out_flag("negative", "unknown", tb[RSERPOOL_A_POOL_NEGATIVE]);
	out_name("policy", tb[RSERPOOL_A_POOL_NEGATIVE] ? "" : "policy",
		 RSP_NAMES_POLICY, rsp_nl_u32(tb[RSERPOOL_A_POOL_POLICY]));
	out_flag("subscribed", "subscribed", tb[RSERPOOL_A_POOL_SUBSCRIBED]);
	out_ms("age_ms", "age", rsp_nl_u64(tb[RSERPOOL_A_POOL_AGE_MS]));
	out_ms("stale_ms", "stale", rsp_nl_u64(tb[RSERPOOL_A_POOL_STALE_MS]));
	out_sublist_begin("pe");
}

static void pool_print_pe(const struct nlattr *nest)
{
	const struct nlattr *tb[RSERPOOL_A_PE_MAX + 1];

	rsp_nl_parse_nested(nest, tb, RSERPOOL_A_PE_MAX);
	out_record_begin();
	out_id("id", "id", rsp_nl_u32(tb[RSERPOOL_A_PE_ID]));
	out_id("home_id", "home", rsp_nl_u32(tb[RSERPOOL_A_PE_HOME_ID]));
	print_policy(tb);
	out_int("life_s", "life",
		(int32_t)rsp_nl_u32(tb[RSERPOOL_A_PE_LIFE_S]));
	out_flag("suspect", "suspect", tb[RSERPOOL_A_PE_SUSPECT]);
	print_transport(tb[RSERPOOL_A_PE_TRANSPORT]);
	out_record_end();
}

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_POOL_MAX + 1];
	const struct nlattr *attr;
	struct pool_show *show = data;

	rsp_nl_parse(nlh, tb, RSERPOOL_A_POOL_MAX);
	if (!ctl_handle_is(&show->wanted, tb[RSERPOOL_A_POOL_HANDLE]))
		return 0;
	if (!show->open ||
	    !ctl_handle_is(&show->shown, tb[RSERPOOL_A_POOL_HANDLE])) {
		pool_close(show);
		pool_open(show, tb);
	}
	rsp_nl_for_each(attr, nlh) {
		if (mnl_attr_get_type(attr) == RSERPOOL_A_POOL_PE)
			pool_print_pe(attr);
	}
	return 0;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	struct pool_show show = { 0 };

	if (ctl_get_wanted(args, &show.wanted))
		return CTL_USAGE;
	return ctl_dump(ctl, args, show_message, pool_close, &show);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_POOL_GET },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_pool = {
	.name = "pool",
	.usage =
		"Usage: rspctl pool [ show [ [ handle ] HANDLE ] ]\n"
		"HANDLE: pool handle as text, or 0x and hexadecimal digits\n",
	.commands = commands,
};
