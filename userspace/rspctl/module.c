// SPDX-License-Identifier: GPL-2.0-only
/* rspctl module: the kernel module that answers. */
#include <stdio.h>
#include "rspctl.h"

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_MODULE_MAX + 1];

	(void)data;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_MODULE_MAX);
	out_record_begin();
	out_string("version", "version",
		   rsp_nl_string(tb[RSERPOOL_A_MODULE_VERSION]));
	out_uint("address_family", "family",
		 rsp_nl_u32(tb[RSERPOOL_A_MODULE_ADDRESS_FAMILY]));
	out_record_end();
	return 0;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	int err;

	if (ctl_end(args))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	out_list_begin();
	err = rsp_nl_request(ctl->nl,
			     rsp_nl_begin(ctl->nl, args->cmd, 0),
			     show_message, NULL);
	if (err)
		return ctl_error(ctl, err);
	if (out_list_end()) {
		perror("Error: standard output");
		return CTL_FAILED;
	}
	return CTL_OK;
}

static const struct ctl_command commands[] = {
	{ "show", show, RSERPOOL_CMD_MODULE_GET },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_module = {
	.name = "module",
	.usage = "Usage: rspctl module [ show ]\n",
	.commands = commands,
};
