// SPDX-License-Identifier: GPL-2.0
/*
 * Results: what the command that runs has to say.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

char answer[ANSWER_MAX];

void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	size_t used = strlen(answer);
	va_list args;

	va_start(args, fmt);
	vsnprintf(answer + used, sizeof(answer) - used, fmt, args);
	va_end(args);
}

void say_errno(void)
{
	const char *name = strerrorname_np(errno);

	say("%s", name ? name : "unknown errno");
}

/* The result of a call that has nothing else to tell. */
void say_done(int rc)
{
	if (rc < 0)
		say_errno();
	else
		say("ok");
}

void __attribute__((noreturn, format(printf, 1, 2)))
usage(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "rsp_peer: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(2);
}
