/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family "rserpool" for rspctl and rspd: a thin layer over
 * libmnl.  One struct rsp_nl is one socket, used by one thread.
 *
 * A program that only asks:
 *
 *	int err = rsp_nl_open(&nl);
 *	struct nlmsghdr *nlh;
 *
 *	nlh = rsp_nl_begin(nl, RSERPOOL_CMD_PE_GET, NLM_F_DUMP);
 *	mnl_attr_put_u32(nlh, ...);
 *	err = rsp_nl_request(nl, nlh, print_pe, NULL);
 *	if (err)
 *		fprintf(stderr, "Error: %s.\n", rsp_nl_error(nl));
 *
 * A program with an event loop of its own waits until rsp_nl_fd() can be read
 * and then calls rsp_nl_process(), which hands each message to the handler:
 *
 *	rsp_nl_set_handler(nl, got_message, got_error, data);
 *	rsp_nl_send(nl, nlh);			(never waits)
 *	... poll(rsp_nl_fd(nl), POLLIN) ...	rsp_nl_process(nl);
 *
 * Both can be mixed on one socket: what comes in during rsp_nl_request() and
 * does not belong to it goes to the handler before rsp_nl_request() returns.
 *
 * Functions return 0 or a negative errno; rsp_nl_error() has the words.
 */
#ifndef _RSP_NL_H
#define _RSP_NL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/rserpool_netlink.h>

/* Room for attributes in a request: an ASAP message and what goes with it. */
#define RSP_NL_REQUEST_MAX	(RSERPOOL_MESSAGE_MAX + 4096)

struct rsp_nl;

/* A message of the family.  Return: 0, or a negative errno to stop with. */
typedef int rsp_nl_message_fn(const struct nlmsghdr *nlh, void *data);

/*
 * The kernel refused the message that rsp_nl_send() gave this number; err is a
 * negative errno, text never NULL.
 */
typedef void rsp_nl_error_fn(uint32_t seq, int err, const char *text,
			     void *data);

/**
 * rsp_nl_open() - socket to the module in the namespace of the caller
 * @nl: result, to be closed also when this fails, so that rsp_nl_error() works;
 *	NULL only for -ENOMEM
 * Return: 0, -ENOENT (no such family: the module is not loaded), or another.
 */
int rsp_nl_open(struct rsp_nl **nl);
void rsp_nl_close(struct rsp_nl *nl);

/* What went wrong last, in words: the kernel's own if it gave some. */
const char *rsp_nl_error(const struct rsp_nl *nl);

/* For poll() and the like: the socket, never blocking in rsp_nl_process(). */
int rsp_nl_fd(const struct rsp_nl *nl);
uint32_t rsp_nl_portid(const struct rsp_nl *nl);

/* Receive buffer in octets; beyond the system's limit with CAP_NET_ADMIN. */
int rsp_nl_set_rcvbuf(struct rsp_nl *nl, int octets);

/* Join a multicast group of the family, RSERPOOL_MCGRP_*. */
int rsp_nl_subscribe(struct rsp_nl *nl, const char *group);

/**
 * rsp_nl_begin() - a request in the making
 * @nl: socket
 * @cmd: RSERPOOL_CMD_*
 * @flags: NLM_F_DUMP or 0
 *
 * There is one buffer, so the last one begun is the one to send.  Attributes
 * are added with mnl_attr_put*(), RSP_NL_REQUEST_MAX octets of them fit.
 * Return: the message, never NULL.
 */
struct nlmsghdr *rsp_nl_begin(struct rsp_nl *nl, uint8_t cmd, uint16_t flags);

/**
 * rsp_nl_request() - send and wait for the end of the answer
 * @nl: socket
 * @nlh: from rsp_nl_begin()
 * @answer: called for each message of the answer, may be NULL
 * @data: for @answer
 *
 * A dump that the kernel found changed under it is done again: then @answer is
 * called with nlh = NULL to say that what it was told so far is void.
 * Return: 0, the kernel's or @answer's error, -EINTR (it would not keep still).
 */
int rsp_nl_request(struct rsp_nl *nl, struct nlmsghdr *nlh,
		   rsp_nl_message_fn *answer, void *data);

/**
 * rsp_nl_send() - send, do not wait
 * @nl: socket
 * @nlh: from rsp_nl_begin()
 * @seq: number of the message for rsp_nl_error_fn, may be NULL
 * Return: 0, or the error of the system call.  The kernel's refusal comes
 * later, to the handler of errors.
 */
int rsp_nl_send(struct rsp_nl *nl, struct nlmsghdr *nlh, uint32_t *seq);

/* What unasked messages and refusals are given to; either may be NULL. */
void rsp_nl_set_handler(struct rsp_nl *nl, rsp_nl_message_fn *message,
			rsp_nl_error_fn *error, void *data);

/**
 * rsp_nl_process() - hand everything that is there to the handler
 * @nl: socket
 * Never blocks.  Return: 0, the handler's error (what was not looked at yet
 * comes with the next call), -ENOBUFS: the kernel dropped messages, read on.
 */
int rsp_nl_process(struct rsp_nl *nl);

/* As rsp_nl_process(), but waits for something to come; -EINTR by a signal. */
int rsp_nl_wait(struct rsp_nl *nl);

/* ---- looking into messages --------------------------------------------- */

static inline uint8_t rsp_nl_cmd(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	return genl->cmd;
}

/*
 * Attributes by number: tb has max + 1 entries, NULL for what is not there.
 * Unknown ones are left out; of several the first one is taken (walk lists with
 * rsp_nl_for_each()).
 */
void rsp_nl_parse(const struct nlmsghdr *nlh, const struct nlattr **tb,
		  unsigned int max);
void rsp_nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb,
			 unsigned int max);

#define rsp_nl_for_each(attr, nlh) \
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))

/* Values; 0 when the attribute is NULL or shorter than it should be. */
static inline uint16_t rsp_nl_u16(const struct nlattr *attr)
{
	uint16_t v = 0;

	if (attr && mnl_attr_get_payload_len(attr) >= sizeof(v))
		memcpy(&v, mnl_attr_get_payload(attr), sizeof(v));
	return v;
}

static inline uint32_t rsp_nl_u32(const struct nlattr *attr)
{
	uint32_t v = 0;

	if (attr && mnl_attr_get_payload_len(attr) >= sizeof(v))
		memcpy(&v, mnl_attr_get_payload(attr), sizeof(v));
	return v;
}

static inline uint64_t rsp_nl_u64(const struct nlattr *attr)
{
	uint64_t v = 0;

	if (attr && mnl_attr_get_payload_len(attr) >= sizeof(v))
		memcpy(&v, mnl_attr_get_payload(attr), sizeof(v));
	return v;
}

/* Octets of a binary attribute; NULL and 0 when it is not there. */
static inline const void *rsp_nl_octets(const struct nlattr *attr, size_t *len)
{
	*len = attr ? mnl_attr_get_payload_len(attr) : 0;
	return attr ? mnl_attr_get_payload(attr) : NULL;
}

/* A string, "" when it is not there or does not end. */
static inline const char *rsp_nl_string(const struct nlattr *attr)
{
	if (!attr || !memchr(mnl_attr_get_payload(attr), '\0',
			     mnl_attr_get_payload_len(attr)))
		return "";
	return mnl_attr_get_str(attr);
}

#endif /* _RSP_NL_H */
