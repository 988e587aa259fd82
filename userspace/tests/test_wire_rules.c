// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about single parameters, fields and the writer, on messages made for
 * the purpose.  What holds for all messages alike: test_wire.c.
 */
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
static void make(const char *head, const char *body)
{
	bytes.len = 0;
	add_hex(&bytes, head);
	add_hex(&bytes, "0000");
	add_hex(&bytes, body);
	fix_length(&bytes);
}

static const struct parsed *parse_made(enum rsp_proto proto, const char *head,
				       const char *body)
{
	make(head, body);
	return parse(proto, &bytes);
}

/* A registration of a Pool Element of which only @nested is given */
static const struct parsed *parse_pe(const char *nested)
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

static void assert_pe_ok(const char *nested)
{
	const struct parsed *p = parse_pe(nested);

	assert_int_equal(p->err, 0);
	assert_int_equal(p->report.count, 0);
	assert_int_equal(p->msg.npes, 1);
}

/* @offending is what the report sends back; NULL: the whole Pool Element */
static void assert_pe_bad(const char *nested, const char *offending)
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

static struct rsp_pe_param first_pe(const struct parsed *p)
{
	struct rsp_iter it = p->msg.body;
	struct rsp_pe_param pe;

	assert_int_equal(p->err, 0);
	assert_true(rsp_next_pe(&it, &pe));
	return pe;
}

/* WIRE-06 WIRE-07 WIRE-08 WIRE-09 ERR-05: message types nobody knows */
static void test_unknown_messages(void **state)
{
	unsigned int type, last;
	const struct parsed *p;
	int proto;

	(void)state;
	for (proto = ASAP; proto <= ENRP; proto++) {
		last = proto == ASAP ? RSP_ASAP_ERROR : RSP_ENRP_ERROR;
		for (type = 0; type < 256; type++) {
			if (type && type <= last)
				continue;
			make("00 ff", "12345678 9a");
			bytes.data[0] = type;
			p = parse(proto, &bytes);
			assert_int_equal(p->err, -ENOMSG);
			if (type >> 6 != 1) {
				assert_int_equal(p->report.count, 0);
				continue;
			}
			assert_int_equal(p->report.count, 1);
			assert_int_equal(p->report.cause[0].code,
					 RSP_CAUSE_UNKNOWN_MESSAGE);
			assert_octets(&p->report.cause[0].data, bytes.data, 9);
			/* one that is cut off is not worth an answer */
			bytes.len--;
			p = parse(proto, &bytes);
			assert_int_equal(p->err, -EBADMSG);
			assert_int_equal(p->report.count, 0);
		}
	}
}

/* WIRE-02 WIRE-07: the shortest message there can be */
static void test_shortest(void **state)
{
	const struct parsed *p;

	(void)state;
	p = parse_hex(ASAP, "40 00 0004");
	assert_int_equal(p->err, -ENOMSG);
	assert_report(p, RSP_CAUSE_UNKNOWN_MESSAGE, "40 00 0004");
	p = parse_hex(ASAP, "40 00 0003");
	assert_int_equal(p->err, -EBADMSG);
}

/* ENRP has no types 0x0b to 0x0e, ASAP has */
static void test_protocols_differ(void **state)
{
	(void)state;
	assert_int_equal(parse_hex(ASAP, "0b 00 0008 000d 0004")->err, 0);
	assert_int_equal(parse_hex(ENRP, "0b 00 0008 000d 0004")->err, -ENOMSG);
}

/* WIRE-14 WIRE-16 WIRE-17: several causes, in the order of the message */
static void test_several_unknown(void **state)
{
	const struct parsed *p;

	(void)state;
	p = parse_made(ASAP, "05 00", "c001 0005 aa ______" H "8001 0004"
		       AND "c002 0004 4003 0006 bbbb ____ c004 0004");
	assert_int_equal(p->err, -EPROTO);
	assert_int_equal(p->report.count, 3);
	assert_octets(&p->report.cause[0].data, "\xc0\x01\0\5\xaa", 5);
	assert_octets(&p->report.cause[1].data, "\xc0\x02\0\4", 4);
	assert_octets(&p->report.cause[2].data, "\x40\x03\0\6\xbb\xbb", 6);
	/* WIRE-13: none for the one that stops */
	p = parse_made(ASAP, "05 00", H "0100 0004 c002 0004");
	assert_int_equal(p->err, -EPROTO);
	assert_int_equal(p->report.count, 0);
	/* a report can become longer than there is room */
	p = parse_made(ASAP, "05 00", H
		       "c001 0004 c001 0004 c001 0004 c001 0004 c001 0004"
		       AND "c001 0004 c001 0004 c001 0004 c001 0004 c001 0004");
	assert_int_equal(p->err, 0);
	assert_int_equal(p->report.count, RSP_CAUSES_MAX);
	assert_int_equal(p->report.dropped, 2);
}

/* WIRE-17 ERR-01 ERR-02 ERR-04: the report goes out as one Operation Error */
static void test_report_written(void **state)
{
	const struct parsed *p;
	struct rsp_writer w;
	__u8 out[64];
	int len;

	(void)state;
	p = parse_made(ASAP, "05 00", H "c001 0005 aa ______ c002 0004");
	assert_int_equal(p->err, 0);
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_ERROR, 0);
	rsp_put_error(&w, &p->report);
	len = rsp_msg_end(&w);
	bytes.len = 0;
	add_hex(&bytes, "0e 00 001c 000c 0018 0001 0009 c001 0005 aa ______"
			AND "0001 0008 c002 0004");
	assert_int_equal(len, bytes.len);
	assert_memory_equal(out, bytes.data, len);
	/* and is never answered itself */
	bytes.len = 0;
	add_hex(&bytes, "0e 00 0010 c001 0004 000c 0008 0000 0004");
	p = parse(ASAP, &bytes);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->report.count, 0);
}

/* WIRE-18: nested unknown parameters, also behind the last known one */
static void test_nested_unknown(void **state)
{
	const struct parsed *p;

	(void)state;
	p = parse_pe(SCTP RR "c001 0005 aa");
	assert_int_equal(p->err, 0);
	assert_report(p, RSP_CAUSE_UNKNOWN_PARAM, "c001 0005 aa");
	p = parse_pe("0004 0015 0001 0000" IPV4 "4001 0005 aa ______" RR);
	assert_int_equal(p->err, -EPROTO);
	assert_report(p, RSP_CAUSE_UNKNOWN_PARAM, "4001 0005 aa");
	p = parse_pe("0004 0014 0001 0000" IPV4 "3001 0004" RR);
	assert_int_equal(p->err, -EPROTO);
	assert_int_equal(p->report.count, 0);
	p = parse_pe("0006 0014 0001 0000" IPV4 "8001 0004" RR);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->report.count, 0);
	/* causes have numbers of their own: no rule for them */
	p = parse_made(ASAP, "04 00", H PE_ID "000c 0008 4001 0004");
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.causes.cause[0].code, 0x4001);
}

/* WIRE-21 ERR-06: address lengths */
static void test_address_lengths(void **state)
{
	(void)state;
	assert_pe_bad("0006 0010 0001 0000 0001 0007 c0000201" RR,
		      "0001 0007 c00002");
	assert_pe_bad("0006 0014 0001 0000 0001 0009 c0000201 01 ______" RR,
		      "0001 0009 c0000201 01");
	assert_pe_bad("0006 0010 0001 0000 0002 0008 20010db8" RR,
		      "0002 0008 20010db8");
	assert_pe_bad("0004 001c 0001 0000 0002 0013 20010db8 00000000 00000000"
		      AND "00000001" RR,
		      "0002 0013 20010db8 00000000 00000000 000000");
	assert_pe_bad("0004 0014 0001 0000 0001 000c c0000201 00000000" RR,
		      "0001 000c c0000201 00000000");
}

/* WIRE-22: SCTP: port, use, at least one address */
static void test_sctp_transport(void **state)
{
	struct rsp_pe_param pe;

	(void)state;
	assert_pe_ok("0004 0010 ffff 0001" IPV4 RR);
	assert_pe_bad("0004 0010 0001 0002" IPV4 RR,
		      "0004 0010 0001 0002" IPV4);
	assert_pe_bad("0004 0010 0001 ffff" IPV4 RR,
		      "0004 0010 0001 ffff" IPV4);
	assert_pe_bad("0004 0008 0001 0000" RR, "0004 0008 0001 0000");
	/* an address is needed, not just something */
	assert_pe_bad("0004 0010 0001 0000 8001 0008 c0000201" RR,
		      "0004 0010 0001 0000 8001 0008 c0000201");
	assert_pe_bad("0004 0010 0001 0000" RR RR, "0004 0010 0001 0000" RR);
	pe = first_pe(parse_pe("0004 0024 1234 0000" IPV6 IPV4 RR));
	assert_int_equal(pe.user.port, 0x1234);
	assert_int_equal(pe.user.naddrs, 2);
	assert_int_equal(pe.user.addrs[0].family, 6);
	assert_int_equal(pe.user.addrs[1].family, 4);
	assert_int_equal(pe.user.addrs[1].octets[4], 0);
}

/* WIRE-22: more addresses than are kept, all of them checked */
static void test_many_addresses(void **state)
{
	struct rsp_pe_param pe;
	char hex[512] = "0004 0090 0001 0000";
	unsigned int i;

	(void)state;
	for (i = 0; i < RSP_ADDRS_MAX + 1; i++)
		strcat(hex, IPV4);
	strcat(hex, RR);
	pe = first_pe(parse_pe(hex));
	assert_int_equal(pe.user.naddrs, RSP_ADDRS_MAX);
	assert_int_equal(pe.user.raw.len, 0x90);
	hex[strlen(hex) - strlen(IPV4 RR) + 3] = '2';	/* IPv6 of 8 octets */
	assert_pe_bad(hex, "0002 0008 c0000201");
}

/* WIRE-23 WIRE-24: one address, a reserved field, no use */
static void test_other_transports(void **state)
{
	static const char *const types[] = { "0005", "0006", "0007" };
	struct rsp_pe_param pe;
	unsigned int i;
	char good[256], two[256], none[256];

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(good, sizeof(good), "%s%s", types[i],
			 "0010 0050 0001" IPV4 RR);	/* RSPLIB: use */
		snprintf(two, sizeof(two), "%s%s", types[i],
			 "0018 0050 0000" IPV4 IPV4);
		snprintf(none, sizeof(none), "%s%s", types[i],
			 "0010 0050 0000 8001 0008 00000000");
		pe = first_pe(parse_pe(good));
		assert_int_equal(pe.user.use, RSP_USE_DATA_ONLY);
		assert_int_equal(pe.user.port, 80);
		assert_pe_bad(two, two);
		assert_pe_bad(none, none);
	}
}

/* WIRE-23 WIRE-24 WIRE-25: and a service code */
static void test_dccp_transport(void **state)
{
	struct rsp_pe_param pe;

	(void)state;
	pe = first_pe(parse_pe("0003 0014 0050 ffff 01020304" IPV4 RR));
	assert_int_equal(pe.user.use, RSP_USE_DATA_ONLY);
	assert_int_equal(pe.user.service_code, 0x01020304);
	assert_pe_bad("0003 0010 0050 0000" IPV4 RR, "0003 0010 0050 0000" IPV4);
	assert_pe_bad("0003 000c 0050 0000 01020304" RR,
		      "0003 000c 0050 0000 01020304");
	assert_pe_bad("0003 001c 0050 0000 01020304" IPV4 IPV4 RR,
		      "0003 001c 0050 0000 01020304" IPV4 IPV4);
}

/* WIRE-23 WIRE-24: what is written says 0 whatever the struct says */
static void test_reserved_written(void **state)
{
	struct rsp_transport t = {
		.type = RSP_PARAM_TCP_TRANSPORT, .port = 80,
		.use = RSP_USE_DATA_CONTROL, .naddrs = 1,
		.addrs = { { .family = 4, .octets = { 192, 0, 2, 1 } } },
	};
	struct rsp_writer w;
	__u8 out[64];

	(void)state;
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_SERVER_ANNOUNCE, 0);
	rsp_put_u32(&w, 1);
	rsp_put_transport(&w, &t);
	bytes.len = 0;
	add_hex(&bytes, "0a 00 0018 00000001 0005 0010 0050 0000" IPV4);
	assert_int_equal(rsp_msg_end(&w), bytes.len);
	assert_memory_equal(out, bytes.data, bytes.len);
}

/* WIRE-26: opaque transports, even empty ones, are somebody else's matter */
static void test_opaque_transport(void **state)
{
	struct rsp_pe_param pe;

	(void)state;
	pe = first_pe(parse_pe("0010 0004" RR));
	assert_int_equal(pe.user.type, RSP_PARAM_OPAQUE_TRANSPORT);
	assert_octets(&pe.user.raw, "\0\x10\0\4", 4);
	pe = first_pe(parse_pe("0010 0006 ffff ffff" RR));	/* WIRE-11 */
	assert_octets(&pe.user.raw, "\0\x10\0\6\xff\xff", 6);
}

/* WIRE-27 POL-01 POL-03: policy types */
static void test_policy_types(void **state)
{
	struct rsp_pe_param pe;

	(void)state;
	assert_pe_bad(SCTP "0008 0008 00000000", "0008 0008 00000000");
	assert_pe_bad(SCTP "0008 0008 40000000", "0008 0008 40000000");
	assert_pe_bad(SCTP "0008 0004", "0008 0004");
	assert_pe_bad(SCTP "0008 0007 000001 __", "0008 0007 000001");
	pe = first_pe(parse_pe(SCTP "0008 0008 80000000"));
	assert_int_equal(pe.policy.type, 0x80000000);
	assert_octets(&pe.policy.raw, "", 0);
	pe = first_pe(parse_pe(SCTP "0008 000b 00000006 010203 __"));
	assert_int_equal(pe.policy.type, 6);
	assert_octets(&pe.policy.raw, "\1\2\3", 3);
	assert_int_equal(pe.policy.load, 0);
	assert_true(rsp_policy_valid(RSP_POLICY_ROUND_ROBIN));
	assert_false(rsp_policy_valid(0x40000000));
}

/* RFC 5356: the size of each policy */
static void test_policy_lengths(void **state)
{
	static const struct {
		const char *type;
		unsigned int len;
	} policies[] = {
		{ "00000001", 8 }, { "00000002", 12 }, { "00000003", 8 },
		{ "00000004", 12 }, { "00000005", 12 }, { "40000001", 12 },
		{ "40000002", 16 }, { "40000003", 16 }, { "40000004", 12 },
	};
	static const char data[] = "000000000000000000000000000000000000000000";
	unsigned int i, len;
	char hex[128];

	(void)state;
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		for (len = 8; len <= 20; len++) {
			snprintf(hex, sizeof(hex), SCTP "0008 00%02x %s%.*s",
				 len, policies[i].type, 2 * (len - 8), data);
			if (len == policies[i].len)
				assert_pe_ok(hex);
			else
				assert_pe_bad(hex, hex + strlen(SCTP));
		}
	}
}

/* WIRE-28 WIRE-29: any octets, any number of them */
static void test_handles(void **state)
{
	const struct parsed *p;
	size_t len;

	(void)state;
	p = parse_made(ASAP, "05 00", "0009 0004");
	assert_int_equal(p->err, 0);
	assert_octets(&p->msg.handle, "", 0);
	p = parse_made(ASAP, "05 00", "0009 0007 000000 __");
	assert_octets(&p->msg.handle, "\0\0", 3);
	/* longer than RSPLIB's 32, and the longest of all */
	for (len = 33; len <= 65527; len += 65527 - 33) {
		make("05 00", "0009 0000");
		memset(bytes.data + 8, 0xee, len);
		set_u16(&bytes, 6, len + 4);
		bytes.len += len;
		fix_length(&bytes);
		p = parse(ASAP, &bytes);
		assert_int_equal(p->err, 0);
		assert_octets(&p->msg.handle, bytes.data + 8, len);
	}
}

/* WIRE-30 WIRE-31: one user transport, a policy, maybe an ASAP transport */
static void test_pool_element(void **state)
{
	struct rsp_pe_param pe;

	(void)state;
	assert_pe_ok(TCP RR);
	assert_pe_ok(TCP RR SCTP);
	assert_pe_ok(TCP RR H);
	assert_pe_ok(TCP RR H SCTP);
	assert_pe_bad("", NULL);
	assert_pe_bad(TCP, NULL);
	assert_pe_bad(RR RR, NULL);
	assert_pe_bad(RR TCP, NULL);
	assert_pe_bad(RR SCTP, NULL);
	assert_pe_bad(SCTP SCTP RR, NULL);
	assert_pe_bad(UDP TCP RR, NULL);
	assert_pe_bad(SCTP RR TCP, NULL);
	assert_pe_bad(SCTP RR "0010 0004", NULL);
	assert_pe_bad(SCTP RR SCTP SCTP, NULL);
	assert_pe_bad(SCTP RR SCTP UDP, NULL);
	assert_pe_bad(TCP RR "0004 0010 0001 0002" IPV4,
		      "0004 0010 0001 0002" IPV4);
	assert_pe_bad(H TCP RR, NULL);
	assert_pe_bad(TCP PE_ID RR, NULL);
	pe = first_pe(parse_pe(TCP RR));
	assert_int_equal(pe.asap.type, 0);
	pe = first_pe(parse_pe(TCP RR SCTP));
	assert_int_equal(pe.asap.type, RSP_PARAM_SCTP_TRANSPORT);
}

/* WIRE-19: a Pool Element with an octet too many */
static void test_pe_leftover(void **state)
{
	(void)state;
	assert_pe_bad(TCP RR "00", NULL);
	assert_pe_bad(TCP RR "000000", NULL);
	assert_pe_bad(TCP RR "8000 0003", NULL);
	assert_pe_bad(TCP RR "8000 0005", NULL);
	/* padding inside the length: all of it or none */
	assert_pe_ok(TCP "0008 0009 80000000 01");
	assert_pe_ok(TCP "0008 0009 80000000 01000000");
	assert_pe_bad(TCP "0008 0009 80000000 010000", NULL);
}

/* WIRE-39: known parameters behind the expected ones, nested */
static void test_stray_nested(void **state)
{
	const struct parsed *p;

	(void)state;
	p = parse_pe(TCP RR SCTP RR H IPV4);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ignored, 3);
	assert_int_equal(p->msg.npools, 1);
	p = parse_pe("0004 0018 0001 0000" IPV4 RR RR);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ignored, 1);
	p = parse_made(ENRP, "06 00", PEERS "000b 0020 00000007" SCTP RR);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ignored, 1);
}

/* WIRE-39: duplicates count as unexpected, the first one holds */
static void test_duplicates(void **state)
{
	const struct parsed *p;

	(void)state;
	p = parse_made(ASAP, "02 00", H PE_ID "000e 0008 00000002"
		       AND "0009 0005 62 ______");
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ignored, 2);
	assert_int_equal(p->msg.pe_id, 1);
	assert_octets(&p->msg.handle, "a", 1);
	p = parse_made(ASAP, "0b 00", "000d 0006 6161 ____ 000d 0005 62 ______");
	assert_int_equal(p->err, 0);
	assert_octets(&p->msg.cookie, "aa", 2);
	assert_int_equal(p->msg.ignored, 1);
	p = parse_made(ASAP, "0e 00", "000c 0008 0001 0004 000c 0008 0002 0004");
	assert_int_equal(p->msg.causes.count, 1);
	assert_int_equal(p->msg.causes.cause[0].code, 1);
	p = parse_made(ENRP, "01 00", PEERS "000f 0006 0001 ____ 000f 0006 0002");
	assert_int_equal(p->msg.checksum, 1);
	assert_int_equal(p->msg.ignored, 1);
}

/* WIRE-39: RSPLIB's policy in a business card; one of no sense is refused */
static void test_stray_policy(void **state)
{
	const struct parsed *p;
	struct rsp_iter it;
	struct rsp_pe_param pe;

	(void)state;
	p = parse_made(ASAP, "0d 00", H RR
		       "000a 0028 00000001 00000000 0000012c" TCP RR);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ignored, 1);
	assert_int_equal(p->msg.policy.type, 0);
	it = p->msg.body;
	assert_true(rsp_next_pe(&it, &pe));
	assert_false(rsp_next_pe(&it, &pe));
	p = parse_made(ASAP, "05 00", H "0008 0008 00000000");
	assert_int_equal(p->err, -EBADMSG);
}

/* ASAP-REG-04: the handle comes first */
static void test_handle_first(void **state)
{
	const struct parsed *p;

	(void)state;
	p = parse_made(ASAP, "02 00", PE_ID H);
	assert_int_equal(p->err, -EBADMSG);
	assert_int_equal(p->report.cause[0].code, RSP_CAUSE_INVALID_VALUES);
	p = parse_made(ENRP, "03 00", PEERS
		       "000a 0028 00000001 00000000 0000012c" TCP RR);
	assert_int_equal(p->err, -EBADMSG);
	/* what nobody asked for may be in front */
	p = parse_made(ASAP, "02 00", "8001 0004" TCP H PE_ID);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ignored, 1);
}

/* ASAP-RES-10 ASAP-RES-11 ASAP-RES-12: positive and negative answers */
static void test_resolution_response(void **state)
{
	const struct parsed *p;

	(void)state;
	assert_int_equal(parse_made(ASAP, "06 00", H)->err, -EBADMSG);
	assert_int_equal(parse_made(ASAP, "06 00", H RR)->err, -EBADMSG);
	p = parse_made(ASAP, "06 00", H
		       "000a 0028 00000001 00000000 0000012c" TCP
		       "0008 0008 00000003");
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.policy.type, 0);
	assert_false(p->msg.has_error);
	p = parse_made(ASAP, "06 00", H "0008 000c 00000005 00000001"
		       AND "000a 0028 00000001 00000000 0000012c" TCP
		       "0008 0008 00000003");
	assert_int_equal(p->msg.policy.type, RSP_POLICY_PRIORITY);
}

/* WIRE-32: seconds, signed */
static void test_life(void **state)
{
	struct rsp_pe_param pe;

	(void)state;
	make("01 00", H "000a 0028 00000001 00000000 ffffffff" TCP RR);
	pe = first_pe(parse(ASAP, &bytes));
	assert_int_equal(pe.life, RSP_LIFE_INFINITE);
	make("01 00", H "000a 0028 00000001 00000000 80000000" TCP RR);
	pe = first_pe(parse(ASAP, &bytes));
	assert_true(pe.life < 0);
}

/* WIRE-33: an id and one SCTP transport */
static void test_server_info(void **state)
{
	static const char *const bad[] = {
		"000b 0018 00000007" TCP,
		"000b 0028 00000007" SCTP SCTP,
		"000b 0028 00000007" SCTP TCP,
		"000b 0028 00000007" TCP SCTP,
		"000b 0008 00000007",
		"000b 0018 00000007 8001 0010 00000000 00000000 00000000",
		"000b 0019 00000007" SCTP "00 ______",
	};
	const struct parsed *p;
	unsigned int i;
	char hex[512];

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(hex, sizeof(hex), "%s%s", PEERS, bad[i]);
		p = parse_made(ENRP, "06 00", hex);
		assert_int_equal(p->err, -EBADMSG);
		assert_int_equal(p->report.count, 1);
		assert_memory_equal(p->report.cause[0].data.data,
				    bytes.data + 12, 8);
	}
}

/* WIRE-34 and the other sizes that are fixed */
static void test_fixed_sizes(void **state)
{
	static const struct {
		enum rsp_proto proto;
		const char *head;
		const char *body;
		const char *offending;
	} bad[] = {
		{ ENRP, "01 00", PEERS "000f 0008 00010000",
		  "000f 0008 00010000" },
		{ ENRP, "01 00", PEERS "000f 0005 00 ______", "000f 0005 00" },
		{ ENRP, "01 00", PEERS "000f 0004", "000f 0004" },
		{ ASAP, "02 00", H "000e 0007 000000 __", "000e 0007 000000" },
		{ ASAP, "02 00", H "000e 0009 00000001 00 ______",
		  "000e 0009 00000001 00" },
		{ ASAP, "05 00", H "803f 0004", "803f 0004" },
		{ ASAP, "05 00", H "803f 000c 00000001 00000001",
		  "803f 000c 00000001 00000001" },
		{ ASAP, "04 00", H PE_ID "000c 0004", "000c 0004" },
		{ ASAP, "04 00", H PE_ID "000c 000a 0000 0004 0000 ____",
		  "000c 000a 0000 0004 0000" },
		{ ASAP, "04 00", H PE_ID "000c 0008 0000 0003",
		  "000c 0008 0000 0003" },
		{ ASAP, "04 00", H PE_ID "000c 0008 0000 0005",
		  "000c 0008 0000 0005" },
		{ ASAP, "01 00", H "000a 0010 00000001 00000000 0000012c",
		  "000a 0010 00000001 00000000 0000012c" },
	};
	const struct parsed *p;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		p = parse_made(bad[i].proto, bad[i].head, bad[i].body);
		assert_int_equal(p->err, -EBADMSG);
		assert_report(p, RSP_CAUSE_INVALID_VALUES, bad[i].offending);
	}
}

/* ENRP-UPD-03 ENRP-UPD-09 WIRE-35: actions, reserved field, reply required */
static void test_enrp_fields(void **state)
{
	static const char pe[] = H "000a 0028 00000001 00000000 ffffffff" TCP RR;
	const struct parsed *p;
	char hex[512];

	(void)state;
	snprintf(hex, sizeof(hex), PEERS "0001 ffff %s", pe);
	p = parse_made(ENRP, "04 00", hex);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.update, RSP_UPDATE_DEL_PE);
	snprintf(hex, sizeof(hex), PEERS "0002 0000 %s", pe);
	p = parse_made(ENRP, "04 00", hex);
	assert_int_equal(p->err, -EBADMSG);
	assert_int_equal(p->report.cause[0].code, RSP_CAUSE_INVALID_VALUES);
	p = parse_made(ENRP, "01 01", PEERS);
	assert_int_equal(p->err, 0);
	assert_true(p->msg.flags & RSP_FLAG_REPLY_REQUIRED);
	assert_false(p->msg.has_checksum);
}

/* ASAP-HNT-03: only SCTP and TCP in an announce */
static void test_announce(void **state)
{
	const struct parsed *p;
	struct rsp_transport t;
	struct rsp_iter it;

	(void)state;
	p = parse_made(ASAP, "0a 00", "00000001" UDP TCP "0010 0004" SCTP);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ntransports, 2);
	assert_int_equal(p->msg.ignored, 2);
	it = p->msg.body;
	assert_true(rsp_next_transport(&it, &t));
	assert_int_equal(t.type, RSP_PARAM_TCP_TRANSPORT);
	assert_true(rsp_next_transport(&it, &t));
	assert_int_equal(t.type, RSP_PARAM_SCTP_TRANSPORT);
	assert_false(rsp_next_transport(&it, &t));
}

/* Pools of a handle table response, left early and without elements */
static void test_iterate_pools(void **state)
{
	static const char pe1[] = "000a 0028 00000001 00000000 0000012c" TCP RR;
	static const char pe2[] = "000a 0028 00000002 00000000 0000012c" TCP RR;
	struct rsp_octets handle;
	struct rsp_pe_param pe;
	const struct parsed *p;
	struct rsp_iter it;
	char hex[1024];

	(void)state;
	snprintf(hex, sizeof(hex), PEERS H "%s%s 8001 0004"
		 AND "0009 0005 62 ______ 0009 0005 63 ______ 8001 0004 %s",
		 pe1, pe2, pe2);
	p = parse_made(ENRP, "03 00", hex);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.npools, 3);
	assert_int_equal(p->msg.npes, 3);
	it = p->msg.body;
	assert_true(rsp_next_pool(&it, &handle));
	assert_octets(&handle, "a", 1);
	assert_true(rsp_next_pool(&it, &handle));
	assert_false(rsp_next_pe(&it, &pe));
	it = p->msg.body;
	assert_true(rsp_next_pool(&it, &handle));
	assert_true(rsp_next_pe(&it, &pe));
	assert_int_equal(pe.pe_id, 1);
	assert_true(rsp_next_pool(&it, &handle));	/* one element is left */
	assert_octets(&handle, "b", 1);
	assert_false(rsp_next_pe(&it, &pe));
	assert_false(rsp_next_pe(&it, &pe));
	assert_true(rsp_next_pool(&it, &handle));
	assert_octets(&handle, "c", 1);
	assert_true(rsp_next_pe(&it, &pe));
	assert_int_equal(pe.pe_id, 2);
	assert_false(rsp_next_pe(&it, &pe));
	assert_false(rsp_next_pool(&it, &handle));
}

/* A transport by itself */
static void test_transport_parse(void **state)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ SCTP, 0 },
		{ "0010 0005 61 ______", 0 },
		{ "0010 0005 61", 0 },
		{ "0010 0005 61 00", -EBADMSG },
		{ SCTP SCTP, -EBADMSG },
		{ SCTP "00", -EBADMSG },
		{ RR, -EBADMSG },
		{ IPV4, -EBADMSG },
		{ "", -EBADMSG },
		{ "0004", -EBADMSG },
		{ "0004 0011 0001 0000" IPV4, -EBADMSG },
		{ "0004 0014 0001 0000" IPV4 "0100 0004", -EBADMSG },
		{ "8001 0004" SCTP, 0 },
		{ "0004 0010 0001 0003" IPV4, -EBADMSG },
	};
	struct rsp_transport t;
	unsigned int i;
	__u8 *buf;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bytes.len = 0;
		add_hex(&bytes, cases[i].hex);
		buf = malloc(bytes.len ? bytes.len : 1);
		assert_non_null(buf);
		memcpy(buf, bytes.data, bytes.len);
		assert_int_equal(rsp_transport_parse(buf, bytes.len, &t),
				 cases[i].err);
		free(buf);
	}
	assert_int_equal(rsp_transport_parse(bytes.data, 70000, &t), -EBADMSG);
}

/* ERR-03 ERR-07 ERR-09 ERR-11 ERR-12 ERR-13 without data, ERR-14 unknown */
static void test_causes_bare(void **state)
{
	static const __u16 codes[] = { 0x0, 0x4, 0x6, 0x8, 0x9, 0xa, 0xf008 };
	const struct parsed *p;
	struct rsp_writer w;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		rsp_msg_begin(&w, bytes.data, sizeof(bytes.data),
			      RSP_ASAP_ERROR, 0);
		rsp_put_cause(&w, codes[i], NULL, 0);
		bytes.len = rsp_msg_end(&w);
		assert_int_equal(bytes.len, 12);
		p = parse(ASAP, &bytes);
		assert_int_equal(p->err, 0);
		assert_int_equal(p->msg.causes.count, 1);
		assert_int_equal(p->msg.causes.cause[0].code, codes[i]);
		assert_octets(&p->msg.causes.cause[0].data, "", 0);
	}
}

/* ERR-08 ERR-10: causes that carry a parameter */
static void test_causes_with_param(void **state)
{
	static const struct rsp_policy_param policy = {
		.type = RSP_POLICY_PRIORITY, .priority = 7,
	};
	struct rsp_transport t;
	struct rsp_writer w;
	__u8 out[128];
	int len;

	(void)state;
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_ERROR, 0);
	rsp_put_cause_policy(&w, &policy);
	len = rsp_msg_end(&w);
	make("0e 00", "000c 0014 0005 0010 0008 000c 00000005 00000007");
	assert_int_equal(len, bytes.len);
	assert_memory_equal(out, bytes.data, len);

	bytes.len = 0;
	add_hex(&bytes, "0010 0005 61");	/* WIRE-12 */
	assert_int_equal(rsp_transport_parse(bytes.data, bytes.len, &t), 0);
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_ERROR, 0);
	rsp_put_cause_transport(&w, &t);
	len = rsp_msg_end(&w);
	bytes.len = 0;
	add_hex(&bytes, "0e 00 0011 000c 000d 0007 0009 0010 0005 61 ______");
	assert_int_equal(len, bytes.len);
	assert_memory_equal(out, bytes.data, len);
}

/* ERR-02: more causes than are kept */
static void test_many_causes(void **state)
{
	const struct parsed *p;

	(void)state;
	p = parse_made(ASAP, "0e 00", "000c 002c 0001 0004 0002 0004 0003 0004"
		       AND "0004 0004 0005 0004 0006 0004 0007 0004 0008 0004"
		       AND "0009 0004 000a 0004");
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.causes.count, RSP_CAUSES_MAX);
	assert_int_equal(p->msg.causes.dropped, 2);
	assert_int_equal(p->msg.causes.cause[7].code, 8);
}

/* WIRE-17 WIRE-40: as many causes as fit, unless not even one does */
static void test_causes_cut(void **state)
{
	static const struct rsp_causes causes = {
		.count = 3,
		.cause = { { .code = 1 }, { .code = 2 }, { .code = 3 } },
	};
	const struct parsed *p;
	struct rsp_writer w;
	size_t room;

	(void)state;
	for (room = 8; room < 24; room++) {
		rsp_msg_begin(&w, bytes.data, room, RSP_ASAP_ERROR, 0);
		rsp_put_error(&w, &causes);
		if (room < 12) {
			assert_int_equal(rsp_msg_end(&w), -EMSGSIZE);
			continue;
		}
		bytes.len = rsp_msg_end(&w);
		assert_int_equal(bytes.len, room < 20 ? room & ~3UL : 20);
		p = parse(ASAP, &bytes);
		assert_int_equal(p->err, 0);
		assert_int_equal(p->msg.causes.count, (bytes.len - 8) / 4);
	}
}

/* WIRE-40 ERR-05: a message too large to be sent back is reported bare */
static void test_report_too_large(void **state)
{
	const struct parsed *p;
	struct rsp_writer w;
	unsigned int over;
	static __u8 out[RSP_MSG_SPACE];

	(void)state;
	for (over = 0; over < 2; over++) {
		make("7f 00", "");
		bytes.len = 65515 + over;
		fix_length(&bytes);
		p = parse(ENRP, &bytes);
		assert_int_equal(p->err, -ENOMSG);
		assert_int_equal(p->report.count, 1);
		assert_int_equal(p->report.cause[0].data.len, over ? 0 : 65515);
		assert_int_equal(!p->report.cause[0].data.data, over);
		rsp_msg_begin(&w, out, sizeof(out), RSP_ENRP_ERROR, 0);
		rsp_put_u32(&w, 1);
		rsp_put_u32(&w, 2);
		rsp_put_error(&w, &p->report);
		assert_int_equal(rsp_msg_end(&w), over ? 20 : 65536);
	}
}

/* WIRE-40 CKI-04: the largest message, and one octet more */
static void test_largest_message(void **state)
{
	static __u8 cookie[RSP_COOKIE_MAX + 1], out[RSP_MSG_SPACE];
	const struct parsed *p;
	struct rsp_writer w;

	(void)state;
	memset(cookie, 0x5a, sizeof(cookie));
	rsp_msg_begin(&w, bytes.data, sizeof(bytes.data), RSP_ASAP_COOKIE, 0);
	rsp_put_cookie(&w, cookie, RSP_COOKIE_MAX);
	bytes.len = rsp_msg_end(&w);
	assert_int_equal(bytes.len, RSP_MSG_SPACE);
	assert_int_equal(rsp_msg_stream_len(bytes.data, 4), RSP_MSG_SPACE);
	p = parse(ASAP, &bytes);
	assert_int_equal(p->err, 0);
	assert_octets(&p->msg.cookie, cookie, RSP_COOKIE_MAX);
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_COOKIE, 0);
	rsp_put_cookie(&w, cookie, RSP_COOKIE_MAX + 1);
	assert_int_equal(rsp_msg_end(&w), -EMSGSIZE);
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_COOKIE, 0);
	rsp_put_cookie(&w, cookie, (size_t)-4);
	assert_int_equal(rsp_msg_end(&w), -EMSGSIZE);
	/* what a buffer larger than any message is good for */
	rsp_msg_begin(&w, out, (size_t)-1, RSP_ASAP_COOKIE, 0);
	assert_int_equal(rsp_msg_end(&w), 4);
}

/* WIRE-40: a list cut short where it stops to fit */
static void test_rewind(void **state)
{
	static const struct rsp_pe_param pe = {
		.pe_id = 1, .policy = { .type = RSP_POLICY_ROUND_ROBIN },
		.user = {
			.type = RSP_PARAM_UDP_TRANSPORT, .naddrs = 1,
			.addrs = { { .family = 4 } },
		},
	};
	const struct parsed *p;
	struct rsp_writer w;
	struct rsp_mark mark;
	unsigned int n;

	(void)state;
	rsp_msg_begin(&w, bytes.data, 1001, RSP_ASAP_BUSINESS_CARD, 0);
	rsp_put_handle(&w, "a", 1);
	for (n = 0;; n++) {
		mark = rsp_mark(&w);
		rsp_put_pe(&w, &pe);
		if (w.failed)
			break;
	}
	assert_int_equal(w.failed, -EMSGSIZE);
	rsp_put_pe_id(&w, 1);		/* does nothing */
	rsp_rewind(&w, mark);
	bytes.len = rsp_msg_end(&w);
	assert_int_equal(bytes.len, 12 + 40 * n);
	assert_int_equal(n, (1000 - 12) / 40);
	p = parse(ASAP, &bytes);
	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.npes, n);
	/* a failure before the mark stays one */
	rsp_msg_begin(&w, bytes.data, 4, RSP_ASAP_COOKIE, 0);
	rsp_put_pe_id(&w, 1);
	mark = rsp_mark(&w);
	rsp_rewind(&w, mark);
	assert_int_equal(rsp_msg_end(&w), -EMSGSIZE);
}

static int try_transport(const struct rsp_transport *t)
{
	struct rsp_writer w;
	__u8 out[512];

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_SERVER_ANNOUNCE, 0);
	rsp_put_transport(&w, t);
	return rsp_msg_end(&w);
}

/* WIRE-22 WIRE-23: what may not be received is not written either */
static void test_write_bad_transport(void **state)
{
	struct rsp_transport good = {
		.type = RSP_PARAM_SCTP_TRANSPORT, .naddrs = 1,
		.addrs = { { .family = 4 } },
	};
	struct rsp_transport t = good;

	(void)state;
	assert_int_equal(try_transport(&t), 20);
	t.naddrs = RSP_ADDRS_MAX;
	memset(t.addrs, 4, sizeof(t.addrs));
	assert_int_equal(try_transport(&t), 12 + 8 * RSP_ADDRS_MAX);
	t = good;
	t.use = 2;
	assert_int_equal(try_transport(&t), -EINVAL);
	t = good;
	t.naddrs = 0;
	assert_int_equal(try_transport(&t), -EINVAL);
	t.naddrs = RSP_ADDRS_MAX + 1;
	assert_int_equal(try_transport(&t), -EINVAL);
	t = good;
	t.addrs[0].family = 2;
	assert_int_equal(try_transport(&t), -EINVAL);
	t = good;
	t.type = RSP_PARAM_UDP_TRANSPORT;
	t.naddrs = 2;
	assert_int_equal(try_transport(&t), -EINVAL);
	t.type = 0;
	assert_int_equal(try_transport(&t), -EINVAL);
	t.type = RSP_PARAM_OPAQUE_TRANSPORT;
	assert_int_equal(try_transport(&t), -EINVAL);
	t.raw.data = (const __u8 *)"\0\x10\0\4";
	t.raw.len = 4;
	assert_int_equal(try_transport(&t), 8);
}

static int try_pe(const struct rsp_pe_param *pe)
{
	struct rsp_writer w;
	__u8 out[512];

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_REGISTRATION, 0);
	rsp_put_pe(&w, pe);
	return rsp_msg_end(&w);
}

/* WIRE-30 WIRE-33 POL-01 */
static void test_write_bad_params(void **state)
{
	struct rsp_pe_param good = {
		.user = {
			.type = RSP_PARAM_TCP_TRANSPORT, .naddrs = 1,
			.addrs = { { .family = 4 } },
		},
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};
	static const struct rsp_causes none;
	struct rsp_pe_param pe = good;
	struct rsp_writer w;
	__u8 out[512];

	(void)state;
	assert_int_equal(try_pe(&pe), 44);
	pe.user.type = 0;
	assert_int_equal(try_pe(&pe), -EINVAL);
	pe = good;
	pe.policy.type = 0;
	assert_int_equal(try_pe(&pe), -EINVAL);
	pe.policy.type = 0x40000000;
	assert_int_equal(try_pe(&pe), -EINVAL);
	pe = good;
	pe.asap = pe.user;
	assert_int_equal(try_pe(&pe), -EINVAL);
	rsp_msg_begin(&w, out, sizeof(out), RSP_ENRP_LIST_RESPONSE, 0);
	rsp_put_server_info(&w, 1, &good.user);
	assert_int_equal(rsp_msg_end(&w), -EINVAL);
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_ERROR, 0);
	rsp_put_error(&w, &none);
	assert_int_equal(rsp_msg_end(&w), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_messages),
		cmocka_unit_test(test_shortest),
		cmocka_unit_test(test_protocols_differ),
		cmocka_unit_test(test_several_unknown),
		cmocka_unit_test(test_report_written),
		cmocka_unit_test(test_nested_unknown),
		cmocka_unit_test(test_address_lengths),
		cmocka_unit_test(test_sctp_transport),
		cmocka_unit_test(test_many_addresses),
		cmocka_unit_test(test_other_transports),
		cmocka_unit_test(test_dccp_transport),
		cmocka_unit_test(test_reserved_written),
		cmocka_unit_test(test_opaque_transport),
		cmocka_unit_test(test_policy_types),
		cmocka_unit_test(test_policy_lengths),
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_pool_element),
		cmocka_unit_test(test_pe_leftover),
		cmocka_unit_test(test_stray_nested),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_stray_policy),
		cmocka_unit_test(test_handle_first),
		cmocka_unit_test(test_resolution_response),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_server_info),
		cmocka_unit_test(test_fixed_sizes),
		cmocka_unit_test(test_enrp_fields),
		cmocka_unit_test(test_announce),
		cmocka_unit_test(test_iterate_pools),
		cmocka_unit_test(test_transport_parse),
		cmocka_unit_test(test_causes_bare),
		cmocka_unit_test(test_causes_with_param),
		cmocka_unit_test(test_many_causes),
		cmocka_unit_test(test_causes_cut),
		cmocka_unit_test(test_report_too_large),
		cmocka_unit_test(test_largest_message),
		cmocka_unit_test(test_rewind),
		cmocka_unit_test(test_write_bad_transport),
		cmocka_unit_test(test_write_bad_params),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
