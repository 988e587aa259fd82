// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about messages and parameters that nobody knows, and what is reported
 * of them.
 */

#include "made.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_messages),
		cmocka_unit_test(test_shortest),
		cmocka_unit_test(test_protocols_differ),
		cmocka_unit_test(test_several_unknown),
		cmocka_unit_test(test_report_written),
		cmocka_unit_test(test_nested_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
