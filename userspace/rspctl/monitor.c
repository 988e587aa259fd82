// SPDX-License-Identifier: GPL-2.0-only
/* rspctl monitor: events as they happen. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include "rspctl.h"

/* Enough for a burst that comes faster than a terminal shows it */
#define MONITOR_RCVBUF	(4 * 1024 * 1024)

struct monitor {
	const struct ctl *ctl;
	bool registrar;
	bool pe;
	bool session;
	int err;
};

static void print_time(void)
{
	struct timeval now;
	char text[64];
	struct tm tm;
	size_t len;

	gettimeofday(&now, NULL);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(text) - len, ".%06ld", (long)now.tv_usec);
	out_string("time", NULL, text);
}

static bool is_wanted(const struct monitor *monitor, const struct nlattr **tb)
{
	return (tb[RSERPOOL_A_EVENT_REGISTRAR] && monitor->registrar) ||
	       (tb[RSERPOOL_A_EVENT_PE] && monitor->pe) ||
	       (tb[RSERPOOL_A_EVENT_SESSION] && monitor->session);
}

/* What the event is about */
static void print_object(const struct nlattr **tb)
{
	const struct nlattr *registrar[RSERPOOL_A_REGISTRAR_MAX + 1];
	const struct nlattr *session[RSERPOOL_A_SESSION_MAX + 1];
	const struct nlattr *pe[RSERPOOL_A_PE_MAX + 1];

	if (tb[RSERPOOL_A_EVENT_REGISTRAR]) {
		rsp_nl_parse_nested(tb[RSERPOOL_A_EVENT_REGISTRAR], registrar,
				    RSERPOOL_A_REGISTRAR_MAX);
		print_registrar(registrar);
	}
	if (tb[RSERPOOL_A_EVENT_PE]) {
		rsp_nl_parse_nested(tb[RSERPOOL_A_EVENT_PE], pe,
				    RSERPOOL_A_PE_MAX);
		print_pe(pe);
	}
	if (tb[RSERPOOL_A_EVENT_SESSION]) {
		rsp_nl_parse_nested(tb[RSERPOOL_A_EVENT_SESSION], session,
				    RSERPOOL_A_SESSION_MAX);
		print_session(session);
	}
}

static int show_event(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_EVENT_MAX + 1];
	struct monitor *monitor = data;

	if (rsp_nl_cmd(nlh) != RSERPOOL_CMD_EVENT_NTF)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_EVENT_MAX);
	if (!is_wanted(monitor, tb))
		return 0;

	out_event_begin();
	if (monitor->ctl->timestamp)
		print_time();
	out_name("event", NULL, RSP_NAMES_EVENT,
		 rsp_nl_u32(tb[RSERPOOL_A_EVENT_TYPE]));
	print_object(tb);
	/* Nobody reads any more, or the disk is full */
	monitor->err = out_event_end();
	return monitor->err;
}

static int parse(struct ctl_args *args, struct monitor *monitor)
{
	bool all = !ctl_peek(args);

	while (ctl_peek(args)) {
		if (ctl_keyword(args, "all"))
			all = true;
		else if (ctl_keyword(args, "registrar"))
			monitor->registrar = true;
		else if (ctl_keyword(args, "pe"))
			monitor->pe = true;
		else if (ctl_keyword(args, "session"))
			monitor->session = true;
		else
			return ctl_end(args);
	}
	monitor->registrar |= all;
	monitor->pe |= all;
	monitor->session |= all;
	return CTL_OK;
}

static int monitor_run(struct ctl *ctl, struct ctl_args *args)
{
	struct monitor monitor = { .ctl = ctl };
	int err;

	if (parse(args, &monitor))
		return CTL_USAGE;
	if (ctl_open(ctl))
		return CTL_FAILED;
	rsp_nl_set_rcvbuf(ctl->nl, MONITOR_RCVBUF);
	rsp_nl_set_handler(ctl->nl, show_event, NULL, &monitor);
	err = rsp_nl_subscribe(ctl->nl, RSERPOOL_MCGRP_EVENTS);
	if (err)
		return ctl_error(ctl, err);

	for (;;) {
		err = rsp_nl_wait(ctl->nl);
		if (monitor.err) {
			fprintf(stderr, "Error: standard output: %s.\n",
				strerror(-monitor.err));
			return CTL_FAILED;
		}
		if (err == -ENOBUFS)
			fputs("Warning: events were lost.\n", stderr);
		else if (err && err != -EINTR)
			return ctl_error(ctl, err);
	}
}

static const struct ctl_command commands[] = {
	{ "", monitor_run, RSERPOOL_CMD_EVENT_NTF },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_monitor = {
	.name = "monitor",
	.usage =
		"Usage: rspctl monitor [ all ] [ pe ] [ session ] [ registrar ]\n",
	.commands = commands,
};
