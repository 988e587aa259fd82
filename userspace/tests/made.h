/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages made for the purpose: what is around a parameter is the same for
 * all, only what a rule is about is given.
 */
#ifndef _RSERPOOL_TESTS_MADE_H
#define _RSERPOOL_TESTS_MADE_H

#include <errno.h>
#include <stdio.h>

#include "harness.h"

#define ASAP	RSP_PROTO_ASAP
#define ENRP	RSP_PROTO_ENRP

#define AND	""	/* parameters one after the other */
#define H	"0009 0005 61 ______"	/* pool handle "a" */
#define PE_ID	"000e 0008 00000001"
#define IPV4	"0001 0008 c0000201"
#define IPV6	"0002 0014 20010db8 00000000 00000000 00000001"
#define SCTP	"0004 0010 0001 0000" IPV4
#define TCP	"0005 0010 0001 0000" IPV4
#define UDP	"0006 0010 0001 0000" IPV4
#define RR	"0008 0008 00000001"
#define PEERS	"00000001 00000002"

static struct bytes bytes;

/* A message around @body: type and flags, what follows the header */
static inline void make(const char *head, const char *body)
{
	bytes.len = 0;
	add_hex(&bytes, head);
	add_hex(&bytes, "0000");
	add_hex(&bytes, body);
	fix_length(&bytes);
}

static inline const struct parsed *parse_made(enum rsp_proto proto,
					      const char *head,
					      const char *body)
{
	make(head, body);
	return parse(proto, &bytes);
}

/* A registration of a Pool Element of which only @nested is given */
static inline const struct parsed *parse_pe(const char *nested)
{
	size_t at;

	bytes.len = 0;
	add_hex(&bytes, "01 00 0000" H);
	at = bytes.len;
	add_hex(&bytes, "000a 0000 00000001 00000000 0000012c");
	add_hex(&bytes, nested);
	set_u16(&bytes, at + 2, bytes.len - at);
	fix_length(&bytes);
	return parse(ASAP, &bytes);
}

static inline void assert_pe_ok(const char *nested)
{
	const struct parsed *p = parse_pe(nested);

	assert_int_equal(p->err, 0);
	assert_int_equal(p->report.count, 0);
	assert_int_equal(p->msg.npes, 1);
}

/* @offending is what the report sends back; NULL: the whole Pool Element */
static inline void assert_pe_bad(const char *nested, const char *offending)
{
	const struct parsed *p = parse_pe(nested);

	assert_int_equal(p->err, -EBADMSG);
	if (offending) {
		assert_report(p, RSP_CAUSE_INVALID_VALUES, offending);
		return;
	}
	assert_int_equal(p->report.count, 1);
	assert_int_equal(p->report.cause[0].code, RSP_CAUSE_INVALID_VALUES);
	assert_octets(&p->report.cause[0].data, bytes.data + 12,
		      bytes.len - 12);
}

static inline struct rsp_pe_param first_pe(const struct parsed *p)
{
	struct rsp_iter it = p->msg.body;
	struct rsp_pe_param pe;

	assert_int_equal(p->err, 0);
	assert_true(rsp_next_pe(&it, &pe));
	return pe;
}

#endif /* _RSERPOOL_TESTS_MADE_H */
