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
			       ctl_monitor, ctl_resolve, ctl_peer;

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

/* Of a registrar, or of a group in which registrars announce themselves */
struct ctl_place {
	struct rsp_addr addr;
	uint64_t port;			/* 0: not given */
	uint32_t profile;		/* 0: the RFCs' */
};

struct ctl_place_attrs {
	uint16_t ipv4, ipv6, port, profile;	/* RSERPOOL_A_* */
};

/* [ address ] ADDRESS [ port PORT ], with @add [ profile PROFILE ], and nothing else */
int ctl_get_place(struct ctl_args *args, bool add, struct ctl_place *place);
void ctl_put_place(struct nlmsghdr *nlh, const struct ctl_place_attrs *attrs,
		   const struct ctl_place *place);

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

/* The same for a command without words: each message is a record. */
int ctl_show(struct ctl *ctl, struct ctl_args *args, rsp_nl_message_fn *print);

/* ---- choose.c ---------------------------------------------------------- */

/* [ failed ID ]... [ as FORMAT ]: ask for one server, and show it */
int ctl_choose(struct ctl_args *args, const struct ctl_handle *handle);

/* ---- objects within others (pool, events) ------------------------------ */

void print_transport(const struct nlattr *attr);
void print_transport_param(const struct rsp_transport *transport);
void print_policy_param(const struct rsp_policy_param *policy);
void print_policy(const struct nlattr **tb);
void print_pe(const struct nlattr **tb);
void print_session(const struct nlattr **tb);
void print_registrar(const struct nlattr **tb);
/* Nothing, if there is no address. */
void print_place(const struct nlattr **tb, const struct ctl_place_attrs *attrs);

#endif /* RSPCTL_H */
