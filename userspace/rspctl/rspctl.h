/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rspctl: objects, their commands and what they share.
 *
 * main.c finds the object and the command in tables and calls it with the words
 * that follow; the command parses them into a struct, asks the kernel over
 * lib/nl.c and shows the answer through out.c.
 */
#ifndef RSPCTL_H
#define RSPCTL_H

#include <stdbool.h>
#include <stdint.h>
#include "nl.h"
#include "out.h"
#include "wire.h"

/* Exit codes, and what a command returns */
enum {
	CTL_OK,
	CTL_USAGE,		/* the words make no sense */
	CTL_FAILED,		/* the kernel or the system refused */
};

struct ctl {
	bool timestamp;
	struct rsp_nl *nl;	/* opened by ctl_open() */
};

/* The words of a command that have not been used yet */
struct ctl_args {
	int argc;
	char **argv;
	const struct ctl_object *object;
	uint8_t cmd;		/* of the command's table entry */
};

struct ctl_command {
	const char *name;
	int (*run)(struct ctl *ctl, struct ctl_args *args);
	uint8_t cmd;		/* RSERPOOL_CMD_* */
};

struct ctl_object {
	const char *name;
	const char *usage;		/* its whole grammar, lines */
	const struct ctl_command *commands;	/* the first is the default */
};

extern const struct ctl_object ctl_pool, ctl_pe, ctl_session, ctl_registrar,
			       ctl_counter, ctl_access, ctl_group, ctl_module,
			       ctl_monitor, ctl_resolve;

/* ---- words ------------------------------------------------------------- */

/* The next word, NULL at the end; ctl_next() takes it. */
const char *ctl_peek(const struct ctl_args *args);
const char *ctl_next(struct ctl_args *args);

/* Is the next word this keyword (or a beginning of it)?  Then it is taken. */
bool ctl_keyword(struct ctl_args *args, const char *keyword);

/* Say what is wrong and show the object's grammar.  Return: CTL_USAGE. */
__attribute__((format(printf, 2, 3)))
int ctl_usage(const struct ctl_args *args, const char *format, ...);

/* Values; a bad one is told with ctl_usage().  Return: CTL_OK or that. */
int ctl_get_uint(struct ctl_args *args, const char *what, uint64_t max,
		 uint64_t *value);
int ctl_get_address(struct ctl_args *args, struct rsp_addr *addr);
/* [ port PORT ], [ profile PROFILE ]; what is not there is not touched */
int ctl_get_port(struct ctl_args *args, uint64_t *port);
int ctl_get_profile(struct ctl_args *args, uint32_t *profile);

struct ctl_handle {
	int len;			/* 0: not given */
	uint8_t octets[RSERPOOL_HANDLE_MAX];
};

int ctl_get_handle(struct ctl_args *args, const char *what,
		   struct ctl_handle *handle);
/* [ [ handle ] HANDLE ] and nothing else */
int ctl_get_wanted(struct ctl_args *args, struct ctl_handle *handle);
/* Does an attribute have this handle?  Always, if none was given. */
bool ctl_handle_is(const struct ctl_handle *handle, const struct nlattr *attr);

/* Nothing may follow.  Return: CTL_OK or CTL_USAGE. */
int ctl_end(struct ctl_args *args);

/* ---- kernel ------------------------------------------------------------ */

int ctl_open(struct ctl *ctl);
/* Says what went wrong.  Return: CTL_FAILED. */
int ctl_error(const struct ctl *ctl, int err);
/* A request whose answer is only success or not */
int ctl_do(struct ctl *ctl, struct nlmsghdr *nlh);
/*
 * Opens the socket and shows the command's dump.  @print gets each message and begins and
 * ends the records itself, so that it can leave out some; @done, if not NULL,
 * ends the one that is still open when there are no more.
 */
int ctl_dump(struct ctl *ctl, const struct ctl_args *args,
	     rsp_nl_message_fn *print, void (*done)(void *data), void *data);

/* ---- objects within others (pool, events) ------------------------------ */

void print_transport(const struct nlattr *attr);
void print_policy(const struct nlattr **tb);
void print_pe(const struct nlattr **tb);
void print_session(const struct nlattr **tb);
void print_registrar(const struct nlattr **tb);

#endif /* RSPCTL_H */
