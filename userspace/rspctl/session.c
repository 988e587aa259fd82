// SPDX-License-Identifier: GPL-2.0-only
/* rspctl session: sockets of the address family in this namespace. */
#include "rspctl.h"

void print_session(const struct nlattr **tb)
{
	const void *octets;
	size_t len;

	octets = rsp_nl_octets(tb[RSERPOOL_A_SESSION_HANDLE], &len);
	out_uint("id", "id", rsp_nl_u64(tb[RSERPOOL_A_SESSION_ID]));
	if (octets)
		out_handle("handle", "handle", octets, len);
	out_name("role", "role", RSP_NAMES_ROLE,
		 rsp_nl_u32(tb[RSERPOOL_A_SESSION_ROLE]));
	out_name("state", "state", RSP_NAMES_SESSION_STATE,
		 rsp_nl_u32(tb[RSERPOOL_A_SESSION_STATE]));
	if (tb[RSERPOOL_A_SESSION_OLD_PE_ID])
		out_id("old_pe_id", "old-pe",
		       rsp_nl_u32(tb[RSERPOOL_A_SESSION_OLD_PE_ID]));
	out_id("pe_id", "pe", rsp_nl_u32(tb[RSERPOOL_A_SESSION_PE_ID]));
	if (tb[RSERPOOL_A_SESSION_FAILOVER_MODE])
		out_name("failover_mode", "mode", RSP_NAMES_FAILOVER_MODE,
			 rsp_nl_u32(tb[RSERPOOL_A_SESSION_FAILOVER_MODE]));
	if (tb[RSERPOOL_A_SESSION_WAITS])
		out_name("waits", "waits", RSP_NAMES_WAITS,
			 rsp_nl_u32(tb[RSERPOOL_A_SESSION_WAITS]));
	out_uint("failovers", "failovers",
		 rsp_nl_u32(tb[RSERPOOL_A_SESSION_FAILOVERS]));
	if (tb[RSERPOOL_A_SESSION_LAST_REASON]) {
		out_name("last_reason", "last", RSP_NAMES_REASON,
			 rsp_nl_u32(tb[RSERPOOL_A_SESSION_LAST_REASON]));
		out_us("last_us", NULL,
		       rsp_nl_u64(tb[RSERPOOL_A_SESSION_LAST_US]));
	}
	out_uint("replayed", "replayed",
		 rsp_nl_u64(tb[RSERPOOL_A_SESSION_REPLAYED]));
	out_uint("lost", "lost", rsp_nl_u64(tb[RSERPOOL_A_SESSION_LOST]));
	if (tb[RSERPOOL_A_SESSION_ABANDONED])
		out_uint("abandoned", "abandoned",
			 rsp_nl_u64(tb[RSERPOOL_A_SESSION_ABANDONED]));
	out_uint("cookie_len", "cookie",
		 rsp_nl_u32(tb[RSERPOOL_A_SESSION_COOKIE_LEN]));
	out_uint("uid", "uid", rsp_nl_u32(tb[RSERPOOL_A_SESSION_UID]));
	out_uint("inode", "inode", rsp_nl_u64(tb[RSERPOOL_A_SESSION_INODE]));
}

struct session_filter {
	bool has_id;
	uint64_t id;
	struct ctl_handle handle;
};

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_SESSION_MAX + 1];
	const struct session_filter *filter = data;

	rsp_nl_parse(nlh, tb, RSERPOOL_A_SESSION_MAX);
	if (filter->has_id &&
	    rsp_nl_u64(tb[RSERPOOL_A_SESSION_ID]) != filter->id)
		return 0;
	if (!ctl_handle_is(&filter->handle, tb[RSERPOOL_A_SESSION_HANDLE]))
		return 0;
	out_record_begin();
	print_session(tb);
	out_record_end();
	return 0;
}

static int get_id(struct ctl_args *args, uint64_t *id)
{
	ctl_keyword(args, "id");
	return ctl_get_uint(args, "session number", UINT64_MAX, id);
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	struct session_filter filter = { 0 };
	int err = CTL_OK;

	while (!err && ctl_peek(args)) {
		if (ctl_keyword(args, "handle")) {
			err = ctl_get_handle(args, "handle", &filter.handle);
		} else {
			err = get_id(args, &filter.id);
			filter.has_id = true;
		}
	}
	if (err)
		return err;
	return ctl_dump(ctl, args, show_message, NULL, &filter);
}

static int failover(struct ctl *ctl, struct ctl_args *args)
{
	struct nlmsghdr *nlh;
	uint64_t id;

	if (get_id(args, &id) || ctl_end(args))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	mnl_attr_put_u64(nlh, RSERPOOL_A_SESSION_ID, id);
	return ctl_do(ctl, nlh);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_SESSION_GET },
	{ "failover", failover, RSERPOOL_CMD_SESSION_FAILOVER },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_session = {
	.name = "session",
	.usage =
		"Usage: rspctl session [ show [ [ id ] ID ] [ handle HANDLE ] ]\n"
		"       rspctl session failover [ id ] ID\n"
		"ID:     number of a session, as shown\n"
		"HANDLE: pool handle as text, or 0x and hexadecimal digits\n",
	.commands = commands,
};
