// SPDX-License-Identifier: GPL-2.0-only
/* rspctl counter: what happened in this namespace so far. */
#include <stdio.h>
#include <string.h>
#include "rspctl.h"

struct counter_filter {
	const char *name;
	bool nonzero;
};

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_COUNTER_MAX + 1];
	const struct counter_filter *filter = data;
	const char *name;
	uint64_t value;

	rsp_nl_parse(nlh, tb, RSERPOOL_A_COUNTER_MAX);
	name = rsp_nl_string(tb[RSERPOOL_A_COUNTER_NAME]);
	value = rsp_nl_u64(tb[RSERPOOL_A_COUNTER_VALUE]);
	if (filter->name && strcmp(name, filter->name))
		return 0;
	if (filter->nonzero && !value)
		return 0;
	out_record_begin();
	out_string("name", NULL, name);
	out_uint("value", NULL, value);
	out_record_end();
	return 0;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	struct counter_filter filter = { 0 };

	if (ctl_keyword(args, "nonzero"))
		filter.nonzero = true;
	filter.name = ctl_next(args);
	if (ctl_end(args))
		return CTL_USAGE;
	return ctl_dump(ctl, args, show_message, NULL, &filter);
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_COUNTER_GET },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_counter = {
	.name = "counter",
	.usage =
		"Usage: rspctl counter [ show [ nonzero ] [ NAME ] ]\n"
		"NAME: of one counter, as shown\n",
	.commands = commands,
};
