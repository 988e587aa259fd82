// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about what a Pool Element is made of: policies, handles, transports.
 */

#include "made.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy_types),
		cmocka_unit_test(test_policy_lengths),
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_pool_element),
		cmocka_unit_test(test_pe_leftover),
		cmocka_unit_test(test_stray_nested),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_stray_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
