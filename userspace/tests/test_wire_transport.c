// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about addresses and transports.
 */

#include "made.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_lengths),
		cmocka_unit_test(test_sctp_transport),
		cmocka_unit_test(test_many_addresses),
		cmocka_unit_test(test_other_transports),
		cmocka_unit_test(test_dccp_transport),
		cmocka_unit_test(test_reserved_written),
		cmocka_unit_test(test_opaque_transport),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
