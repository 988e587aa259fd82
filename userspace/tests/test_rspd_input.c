// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: messages that are unknown, malformed or for others.
 */

#include "rspd_core.h"

/* WIRE-07 ERR-05 ERR-01: unknown message */
static void unknown_message(void **state)
{
	static const __u8 msg[] = { 0x41, 0, 0, 4 };

	(void)state;
	input_hex(&pe_a, "41000004");
	assert_type(&pe_a, RSP_ASAP_ERROR);
	assert_octets(&assert_cause(&pe_a, RSP_CAUSE_UNKNOWN_MESSAGE)->data,
		      msg, sizeof(msg));
	input_hex(&pe_a, "3f000004");	/* WIRE-06 */
	input_hex(&pe_a, "81000004");	/* WIRE-08 */
	input_hex(&pe_a, "c1000004");
	input_hex(&pe_a, "ff000004");	/* WIRE-09 */
	input_hex(&pe_a, "");
	assert_int_equal(pe_a.sent, 1);
}

/* WIRE-13 to WIRE-16: unknown parameters */
static void unknown_parameter(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	input_hex(&pu, "05000010 0009000570000000 3fff0004");	/* WIRE-13 */
	assert_int_equal(pu.sent, 0);
	input_hex(&pu, "05000010 0009000570000000 7fff0004");	/* WIRE-14 */
	assert_type(&pu, RSP_ASAP_ERROR);
	assert_cause(&pu, RSP_CAUSE_UNKNOWN_PARAM);
	assert_int_equal(pu.sent, 1);
	input_hex(&pu, "05000010 0009000570000000 bfff0004");	/* WIRE-15 */
	assert_type(&pu, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	assert_int_equal(pu.sent, 2);
	input_hex(&pu, "05000010 0009000570000000 ffff0004");	/* WIRE-16 */
	assert_type(&pu, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	assert_int_equal(pu.sent, 4);
}

/* ERR-01: never in answer to an error, and not too many */
static void errors_are_limited(void **state)
{
	unsigned int i;

	(void)state;
	input_hex(&pe_a, "0e000010 000c000c 0001000800010002");
	input_hex(&pe_a, "0e000008 7fff0004");
	input_hex(&pe_a, "0e000003");
	assert_int_equal(pe_a.sent, 0);
	for (i = 0; i < 1000; i++) {
		input_hex(&pe_a, "41000004");
		now += 10;
	}
	assert_in_range(pe_a.sent, 100, 110);
}

/* ROLE-03: what is not for a registrar is dropped without a word */
static void not_for_us(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	put_pe(&pe_b, RSP_ASAP_REGISTRATION_RESPONSE, "p", 1);
	put_pe(&pe_b, RSP_ASAP_DEREGISTRATION_RESPONSE, "p", 1);
	input_hex(&pe_b, "0b000008 000d0004");
	assert_int_equal(pe_b.sent, 0);
	assert_int_equal(r->stats.rx_bad, 3);
}

/* WIRE-19: no truncation of a registration changes anything */
static void truncated(void **state)
{
	static __u8 copy[RSP_MSG_SPACE];
	struct rsp_pe_param pe = pe_param(1, host_a);
	struct rsp_writer w;
	int len, i;

	(void)state;
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_REGISTRATION, 0);
	rsp_put_handle(&w, "pool", 4);
	rsp_put_pe(&w, &pe);
	len = rsp_msg_end(&w);
	for (i = 0; i < len; i++) {
		input(&pe_a, out, i);
		memcpy(copy, out, i);
		if (i >= 4) {
			copy[2] = i >> 8;
			copy[3] = i & 0xff;
		}
		input(&pe_a, copy, i);
	}
	assert_int_equal(r->hs.pools.count, 0);
	assert_int_equal(r->stats.registered, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_message),
		TEST(unknown_parameter),
		TEST(errors_are_limited),
		TEST(not_for_us),
		TEST(truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
