// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: announcements.
 */

#include "rspd_core.h"

static struct parsed said;
static __u8 said_octets[RSP_MSG_SPACE];
static unsigned int announced;

/* What only RSPLIB gets has one transport and is counted apart. */
static unsigned int announced_rsplib;

static size_t fake_transports(void *arg, bool rsplib,
			      struct rsp_transport *transports)
{
	struct rsp_transport t = {
		.type = RSP_PARAM_SCTP_TRANSPORT, .port = 3863,
		.use = RSP_USE_DATA_CONTROL,
	};

	(void)arg;
	add_addr(&t, host_a);
	add_addr(&t, host_b);
	transports[0] = t;
	t.type = RSP_PARAM_TCP_TRANSPORT;
	t.use = 0;
	t.naddrs = 1;
	transports[1] = t;
	return rsplib ? 1 : 2;
}

static void fake_announce(void *arg, bool rsplib, const void *msg, size_t len)
{
	(void)arg;
	if (rsplib) {
		struct parsed other;

		other.err = rsp_msg_parse(msg, len, RSP_PROTO_ASAP, &other.msg,
					  &other.report);
		assert_int_equal(other.err, 0);
		assert_int_equal(other.msg.ntransports, 1);
		announced_rsplib++;
		return;
	}
	memcpy(said_octets, msg, len);
	said.err = rsp_msg_parse(said_octets, len, RSP_PROTO_ASAP, &said.msg,
				 &said.report);
	assert_int_equal(said.err, 0);
	announced++;
}

static void begin(void)
{
	const struct announce_link link = {
		.transports = fake_transports, .send = fake_announce,
	};

	announced = 0;
	announced_rsplib = 0;
	announce_start(r, &link, now);
}

static void hear(uint32_t id)
{
	struct rsp_writer w;
	int len;

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_SERVER_ANNOUNCE, 0);
	rsp_put_u32(&w, id);
	len = rsp_msg_end(&w);
	announce_input(r, out, len, now);
}

/* ASAP-HNT-02 ASAP-HNT-03 TMR-01: id and all transports, every second */
static void alone(void **state)
{
	struct rsp_transport t;
	struct rsp_iter it;

	(void)state;
	assert_true(registrar_next(r) == DEADLINE_NEVER);
	begin();
	advance(0);
	assert_int_equal(announced, 1);
	assert_int_equal(said.msg.type, RSP_ASAP_SERVER_ANNOUNCE);
	assert_int_equal(said.msg.server_id, ID);
	assert_int_equal(said.msg.ntransports, 2);
	it = said.msg.body;
	assert_true(rsp_next_transport(&it, &t));
	assert_int_equal(t.type, RSP_PARAM_SCTP_TRANSPORT);
	assert_int_equal(t.naddrs, 2);
	assert_true(rsp_next_transport(&it, &t));
	assert_int_equal(t.type, RSP_PARAM_TCP_TRANSPORT);
	advance(999);
	assert_int_equal(announced, 1);
	advance(9001);
	assert_int_equal(announced, 11);
	assert_int_equal(announced_rsplib, 11);
}

/* ASAP-HNT-02: (N+1) * T6; one that falls silent does not count any more */
static void with_others(void **state)
{
	unsigned int second;

	(void)state;
	begin();
	for (second = 0; second < 60; second++) {
		hear(7);
		if (second % 3 == 0)
			hear(8);
		hear(ID);	/* our own comes back */
		advance(1000);
	}
	assert_in_range(announced, 60 / 3, 60 / 3 + 2);
	advance(20000);		/* they are forgotten: three rounds of 3 s */
	announced = 0;
	advance(10000);
	assert_int_equal(announced, 10);
}

/* ASAP-HNT-17: forged ones change how often we speak, within bounds */
static void forged(void **state)
{
	uint32_t id;

	(void)state;
	begin();
	advance(0);
	for (id = 1; id <= 100000; id++)
		hear(id);
	announce_input(r, "GET / HTTP/1.1", 14, now);
	announce_input(r, out, 0, now);
	assert_int_equal(r->stats.announces_bad, 2);
	assert_int_equal(r->announce.nothers, ANNOUNCE_OTHERS_MAX);
	announced = 0;
	advance(ANNOUNCE_INTERVAL * (ANNOUNCE_OTHERS_MAX + 1));
	assert_in_range(announced, 1, 2);
	/* they end, and all is as before */
	advance(4 * ANNOUNCE_INTERVAL * (ANNOUNCE_OTHERS_MAX + 1));
	announced = 0;
	advance(10000);
	assert_int_equal(announced, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(alone),
		TEST(with_others),
		TEST(forged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
