// SPDX-License-Identifier: GPL-2.0-only
/* rspctl pool, resolve: what the registrar says about pools that are asked for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "rspctl.h"
#include "select.h"

/* A large pool comes in several messages, one behind the other */
struct pool_show {
	struct ctl_handle wanted;
	bool one_pe;
	uint64_t pe_id;			/* that one only */
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

static void pool_print_pe(const struct pool_show *show,
			  const struct nlattr *nest)
{
	const struct nlattr *tb[RSERPOOL_A_PE_MAX + 1];

	rsp_nl_parse_nested(nest, tb, RSERPOOL_A_PE_MAX);
	if (show->one_pe && rsp_nl_u32(tb[RSERPOOL_A_PE_ID]) != show->pe_id)
		return;
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
			pool_print_pe(show, attr);
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

static int flush(struct ctl *ctl, struct ctl_args *args)
{
	struct ctl_handle handle = { 0 };
	struct nlmsghdr *nlh;

	if (ctl_get_wanted(args, &handle))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	if (handle.len)
		mnl_attr_put(nlh, RSERPOOL_A_POOL_HANDLE, handle.len,
			     handle.octets);
	return ctl_do(ctl, nlh);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_POOL_GET },
	{ "flush", flush, RSERPOOL_CMD_POOL_FLUSH },
	{ "select", pool_select, 0 },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_pool = {
	.name = "pool",
	.usage =
		"Usage: rspctl pool [ show [ [ handle ] HANDLE ] ]\n"
		"       rspctl pool flush [ [ handle ] HANDLE ]\n"
		"       rspctl pool select [ handle ] HANDLE [ count N ]\n"
		"                          [ registrar ADDRESS ] [ port PORT ]\n"
		"HANDLE:  pool handle as text, or 0x and hexadecimal digits\n"
		"N:       selections to try, default 1\n"
		"ADDRESS: of any registrar, which is asked over SCTP, default 127.0.0.1\n"
		"PORT:    its port for other registrars, default 9901\n",
	.commands = commands,
};

/* ---- rspctl resolve ---------------------------------------------------- */

struct resolve {
	struct pool_show show;		/* .wanted: the handle */
	bool refresh;
	bool answered;
	uint32_t error;			/* errno */
};

static int resolve_answer(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_POOL_MAX + 1];
	struct resolve *resolve = data;

	if (rsp_nl_cmd(nlh) != RSERPOOL_CMD_POOL_RESOLVED)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_POOL_MAX);
	resolve->answered = true;
	resolve->error = rsp_nl_u32(tb[RSERPOOL_A_POOL_ERROR]);
	return 0;
}

/* The kernel always tells the end, after minutes if the registrar is silent. */
static int resolve_ask(struct ctl *ctl, const struct ctl_args *args,
		       struct resolve *resolve)
{
	struct nlmsghdr *nlh;
	int err;

	rsp_nl_set_handler(ctl->nl, resolve_answer, NULL, resolve);
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	mnl_attr_put(nlh, RSERPOOL_A_POOL_HANDLE, resolve->show.wanted.len,
		     resolve->show.wanted.octets);
	if (resolve->refresh)
		mnl_attr_put(nlh, RSERPOOL_A_POOL_REFRESH, 0, NULL);
	err = rsp_nl_request(ctl->nl, nlh, NULL, NULL);
	while (!err && !resolve->answered) {
		err = rsp_nl_wait(ctl->nl);
		if (err == -EINTR)
			err = 0;
	}
	return err ? ctl_error(ctl, err) : CTL_OK;
}

static int resolve_run(struct ctl *ctl, struct ctl_args *args)
{
	struct ctl_args dump = *args;
	struct resolve resolve = { 0 };

	ctl_keyword(args, "handle");
	if (ctl_get_handle(args, "handle", &resolve.show.wanted))
		return CTL_USAGE;
	if (ctl_keyword(args, "server"))
		return ctl_choose(args, &resolve.show.wanted);
	if (ctl_keyword(args, "pe")) {
		if (ctl_get_uint(args, "PE identifier", UINT32_MAX,
				 &resolve.show.pe_id))
			return CTL_USAGE;
		resolve.show.one_pe = true;
	}
	resolve.refresh = ctl_keyword(args, "refresh");
	if (ctl_end(args))
		return CTL_USAGE;
	if (ctl_open(ctl) || resolve_ask(ctl, args, &resolve))
		return CTL_FAILED;
	if (resolve.error) {
		fprintf(stderr, "Error: not resolved: %s.\n",
			resolve.error == ENOENT ? "no such pool" :
						  strerror(resolve.error));
		return CTL_FAILED;
	}
	dump.argc = 0;
	dump.cmd = RSERPOOL_CMD_POOL_GET;
	return ctl_dump(ctl, &dump, show_message, pool_close, &resolve.show);
}

static const struct ctl_command resolve_commands[] = {
	{ "", resolve_run, RSERPOOL_CMD_POOL_RESOLVE },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_resolve = {
	.name = "resolve",
	.usage =
		"Usage: rspctl resolve [ handle ] HANDLE [ pe ID ] [ refresh ]\n"
		"       rspctl resolve [ handle ] HANDLE server [ failed ID ]... [ as FORMAT ]\n"
		"HANDLE: pool handle as text, or 0x and hexadecimal digits\n"
		"ID:     identifier of one pool element\n"
		"FORMAT: %i identifier, %t transport, %a address, %p port, %e ADDRESS:PORT\n",
	.commands = resolve_commands,
};
