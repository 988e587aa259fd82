// SPDX-License-Identifier: GPL-2.0-only
/* rspctl access: who may be a pool element without CAP_NET_BIND_SERVICE. */
#include <grp.h>
#include <pwd.h>
#include "rspctl.h"

struct access_rule {
	struct ctl_handle pattern;
	bool has_uid;
	bool has_gid;
	uint64_t uid;
	uint64_t gid;
};

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ACCESS_MAX + 1];
	const void *octets;
	size_t len;

	(void)data;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_ACCESS_MAX);
	octets = rsp_nl_octets(tb[RSERPOOL_A_ACCESS_PATTERN], &len);
	out_record_begin();
	out_handle("pattern", "pattern", octets, len);
	if (tb[RSERPOOL_A_ACCESS_UID])
		out_uint("uid", "uid", rsp_nl_u32(tb[RSERPOOL_A_ACCESS_UID]));
	if (tb[RSERPOOL_A_ACCESS_GID])
		out_uint("gid", "gid", rsp_nl_u32(tb[RSERPOOL_A_ACCESS_GID]));
	out_record_end();
	return 0;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	return ctl_show(ctl, args, show_message);
}

/* The invalid id, all ones, is left out */
static int get_uid(struct ctl_args *args, uint64_t *uid)
{
	const char *word = ctl_peek(args);
	struct passwd *user = word ? getpwnam(word) : NULL;

	if (!user)
		return ctl_get_uint(args, "user", UINT32_MAX - 1, uid);
	*uid = user->pw_uid;
	ctl_next(args);
	return CTL_OK;
}

static int get_gid(struct ctl_args *args, uint64_t *gid)
{
	const char *word = ctl_peek(args);
	struct group *group = word ? getgrnam(word) : NULL;

	if (!group)
		return ctl_get_uint(args, "group", UINT32_MAX - 1, gid);
	*gid = group->gr_gid;
	ctl_next(args);
	return CTL_OK;
}

static int parse(struct ctl_args *args, struct access_rule *rule)
{
	int err;

	ctl_keyword(args, "pattern");
	err = ctl_get_handle(args, "pattern", &rule->pattern);
	while (!err && ctl_peek(args)) {
		if (ctl_keyword(args, "uid")) {
			err = get_uid(args, &rule->uid);
			rule->has_uid = true;
		} else if (ctl_keyword(args, "gid")) {
			err = get_gid(args, &rule->gid);
			rule->has_gid = true;
		} else {
			return ctl_end(args);
		}
	}
	if (!err && !rule->has_uid && !rule->has_gid)
		err = ctl_usage(args, "uid or gid is missing");
	return err;
}

static int change(struct ctl *ctl, struct ctl_args *args)
{
	struct access_rule rule = { 0 };
	struct nlmsghdr *nlh;

	if (parse(args, &rule))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	nlh = rsp_nl_begin(ctl->nl, args->cmd, 0);
	mnl_attr_put(nlh, RSERPOOL_A_ACCESS_PATTERN, rule.pattern.len,
		     rule.pattern.octets);
	if (rule.has_uid)
		mnl_attr_put_u32(nlh, RSERPOOL_A_ACCESS_UID, rule.uid);
	if (rule.has_gid)
		mnl_attr_put_u32(nlh, RSERPOOL_A_ACCESS_GID, rule.gid);
	return ctl_do(ctl, nlh);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_ACCESS_GET },
	{ "add", change, RSERPOOL_CMD_ACCESS_ADD },
	{ "del", change, RSERPOOL_CMD_ACCESS_DEL },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_access = {
	.name = "access",
	.usage =
		"Usage: rspctl access [ show ]\n"
		"       rspctl access { add | del } [ pattern ] PATTERN [ uid USER ] [ gid GROUP ]\n"
		"PATTERN: pool handle as text, or 0x and hexadecimal digits; a last octet\n"
		"         '*' stands for any rest\n"
		"Who matches all that an entry says may bind to the handle.\n",
	.commands = commands,
};
