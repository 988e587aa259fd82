// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules for the writer: causes, the largest message, what it refuses.
 */

#include "made.h"

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

/* Octets of one Pool Element in a message of its own */
static size_t put_pe(struct rsp_writer *w, __u8 *out, size_t size,
		     const struct rsp_pe_param *pe)
{
	rsp_msg_begin(w, out, size, RSP_ASAP_REGISTRATION, 0);
	rsp_put_pe(w, pe);
	assert_int_equal(w->failed, 0);
	return w->len;
}

/*
 * WIRE-31: what was written once, for pool users: as if it had been written
 * without its ASAP transport, whatever the lengths are.
 */
static void test_pe_again(void **state)
{
	static const char *const elements[] = {
		SCTP RR,
		SCTP RR SCTP,
		UDP "0008 0009 00000099 61 ______" SCTP,
		"0010 0005 61 ______" "0008 000a 00000099 6162 ____",
		"0010 0005 61 ______" "0008 000a 00000099 6162 ____" SCTP,
		"0010 0007 616263 __" "0008 000c 00000004 00000007" SCTP,
	};
	__u8 kept[256], expected[256], again[256];
	struct rsp_pe_param pe;
	struct rsp_writer w;
	size_t len;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(elements); i++) {
		pe = first_pe(parse_pe(elements[i]));
		put_pe(&w, kept, sizeof(kept), &pe);
		assert_int_equal(rsp_pe_life(kept + 4), 300);
		pe.asap.type = 0;
		pe.life = -1;
		len = put_pe(&w, expected, sizeof(expected), &pe);
		rsp_msg_begin(&w, again, sizeof(again), RSP_ASAP_REGISTRATION, 0);
		rsp_put_pe_again(&w, kept + 4, -1);
		assert_int_equal(w.failed, 0);
		assert_int_equal(w.len, len);
		assert_memory_equal(again, expected, len);
		/* with no room for its last octet nothing is written */
		rsp_msg_begin(&w, again, (len - 1) & ~3UL, RSP_ASAP_REGISTRATION, 0);
		rsp_put_pe_again(&w, kept + 4, -1);
		assert_int_equal(w.failed, -EMSGSIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_causes_bare),
		cmocka_unit_test(test_causes_with_param),
		cmocka_unit_test(test_many_causes),
		cmocka_unit_test(test_causes_cut),
		cmocka_unit_test(test_report_too_large),
		cmocka_unit_test(test_largest_message),
		cmocka_unit_test(test_rewind),
		cmocka_unit_test(test_write_bad_transport),
		cmocka_unit_test(test_write_bad_params),
		cmocka_unit_test(test_pe_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
