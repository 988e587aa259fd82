// SPDX-License-Identifier: GPL-2.0-only
/* Requests to the kernel and their failures in words, see rspctl.h. */
#include <errno.h>
#include <stdio.h>
#include "rspctl.h"

int ctl_error(const struct ctl *ctl, int err)
{
	const char *cure = "";

	if (err == -EPERM)
		cure = " (needs CAP_NET_ADMIN in this network namespace)";
	fprintf(stderr, "Error: %s%s.\n", rsp_nl_error(ctl->nl), cure);
	return CTL_FAILED;
}

int ctl_open(struct ctl *ctl)
{
	int err = rsp_nl_open(&ctl->nl);

	return err ? ctl_error(ctl, err) : CTL_OK;
}

int ctl_do(struct ctl *ctl, struct nlmsghdr *nlh)
{
	int err = rsp_nl_request(ctl->nl, nlh, NULL, NULL);

	return err ? ctl_error(ctl, err) : CTL_OK;
}

struct ctl_dump {
	rsp_nl_message_fn *print;
	void (*done)(void *data);
	void *data;
};

static int dump_message(const struct nlmsghdr *nlh, void *data)
{
	struct ctl_dump *dump = data;

	if (nlh)
		return dump->print(nlh, dump->data);

	/* The list changed while it was read, and is read again */
	if (dump->done)
		dump->done(dump->data);
	out_list_begin();
	return 0;
}

int ctl_dump(struct ctl *ctl, const struct ctl_args *args,
	     rsp_nl_message_fn *print, void (*done)(void *data), void *data)
{
	struct ctl_dump dump = { .print = print, .done = done, .data = data };
	int err;

	if (ctl_open(ctl))
		return CTL_FAILED;
	out_list_begin();
	err = rsp_nl_request(ctl->nl,
			     rsp_nl_begin(ctl->nl, args->cmd, NLM_F_DUMP),
			     dump_message, &dump);
	if (err)
		return ctl_error(ctl, err);
	if (done)
		done(data);
	if (out_list_end()) {
		perror("Error: standard output");
		return CTL_FAILED;
	}
	return CTL_OK;
}

int ctl_show(struct ctl *ctl, struct ctl_args *args, rsp_nl_message_fn *print)
{
	if (ctl_end(args))
		return CTL_USAGE;
	return ctl_dump(ctl, args, print, NULL, NULL);
}
