// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about what else a message has: its fixed fields and lists.
 */

#include "made.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handle_first),
		cmocka_unit_test(test_resolution_response),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_server_info),
		cmocka_unit_test(test_fixed_sizes),
		cmocka_unit_test(test_enrp_fields),
		cmocka_unit_test(test_announce),
		cmocka_unit_test(test_iterate_pools),
		cmocka_unit_test(test_transport_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
