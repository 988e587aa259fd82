// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: keep-alives, and reports of elements that cannot be reached.
 */

#include "rspd_core.h"

/* ASAP-KAL-07 ASAP-KAL-06: H=0, our id, the element's id; then the answer */
static void keep_alive(void **state)
{
	unsigned int i, n;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 50; i++) {
		n = pe_a.sent;
		now = registrar_next(r);
		registrar_tick(r, now);
		assert_int_equal(pe_a.sent, n + 1);
		assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
		assert_int_equal(pe_a.last.msg.flags & RSP_FLAG_HOME, 0);
		assert_int_equal(pe_a.last.msg.server_id, ID);
		assert_int_equal(pe_a.last.msg.pe_id, 1);
		advance(KA_TIMEOUT - 1);
		ack(&pe_a, "p", 1);
		register_id(&pe_a, "p", 1);
	}
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-KAL-09 ASAP-KAL-10 ASAP-RES-32: no answer */
static void keep_alive_unanswered(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	now = registrar_next(r);
	registrar_tick(r, now);
	advance(KA_TIMEOUT - 1);
	assert_int_equal(resolve(&pu, "p"), 1);
	advance(1);
	assert_int_equal(resolve(&pu, "p"), 0);
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
}

/* An answer of somebody else, or for another one, is none. */
static void keep_alive_foreign_answer(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	now = registrar_next(r);
	registrar_tick(r, now);
	ack(&pe_b, "p", 1);
	ack(&pe_a, "p", 2);
	ack(&pe_a, "q", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 0);
}

/* ASAP-KAL-09: it cannot even be sent; no room for it now is no failure */
static void keep_alive_unsendable(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_b, "p", 2);
	pe_a.err = -EPIPE;
	pe_b.err = -EAGAIN;
	advance(10 * KA_INTERVAL);
	assert_null(LIST_FIRST(&pe_a.assoc.pes));
	assert_int_equal(resolve(&pu, "p"), 2);
	pe_b.err = 0;
	advance(1000);
	assert_type(&pe_b, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	ack(&pe_b, "p", 2);
	assert_int_equal(resolve(&pu, "p"), 2);
}

/* ASAP-KAL-08: no bin above twice the mean, intervals of 50 to 150 % */
static void keep_alives_are_spread(void **state)
{
	enum { PES = 1000, BINS = 20, WIDTH = KA_INTERVAL / BINS };
	unsigned int bins[BINS] = { 0 }, before, i;
	uint64_t first;
	uint32_t id;

	(void)state;
	for (id = 1; id <= PES; id++)
		register_id(&pe_a, "p", id);
	first = now + KA_INTERVAL / 2;
	assert_true(registrar_next(r) >= first);
	before = pe_a.sent;
	while (registrar_next(r) < first + KA_INTERVAL &&
	       pe_a.sent < before + PES) {
		now = registrar_next(r);
		i = (now - first) / WIDTH;
		before = pe_a.sent;
		registrar_tick(r, now);
		if (pe_a.last.msg.type != RSP_ASAP_ENDPOINT_KEEP_ALIVE)
			continue;
		bins[i] += pe_a.sent - before;
		ack(&pe_a, "p", pe_a.last.msg.pe_id);
		before = 0;
	}
	for (i = 0; i < BINS; i++)
		assert_true(bins[i] <= 2 * PES / BINS);
}

/* The daemon slept: waiting answers count, and the rest is spread again. */
static void asleep(void **state)
{
	unsigned int sent;
	uint32_t id;

	(void)state;
	for (id = 1; id <= 100; id++)
		register_id(&pe_a, "p", id);
	now = registrar_next(r);
	registrar_tick(r, now);
	sent = pe_a.sent;
	now += 60000;
	registrar_tick(r, now);
	assert_int_equal(r->hs.pes.count, 100);
	assert_in_range(pe_a.sent - sent, 0, 5);
	advance(10000);
	assert_int_equal(r->hs.pes.count, 0);
}

/* ASAP-UNR-05: keep-alive at once; ASAP-UNR-07: answered, kept */
static void reported_and_alive(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	advance(100);
	report(&pu, "p", 1);
	assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	assert_int_equal(pe_a.last.msg.flags, 0);
	ack(&pe_a, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-UNR-06: not answered, removed */
static void reported_and_dead(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	report(&pu, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 0);
}

static void reported_unknown(void **state)
{
	(void)state;
	report(&pu, "p", 1);
	register_id(&pe_a, "p", 1);
	report(&pu, "p", 2);
	assert_int_equal(pe_a.sent, 1);
	assert_int_equal(pu.sent, 0);
}

/* ASAP-UNR-08 ASAP-UNR-09 ASAP-UNR-10: more than three reporters */
static void reported_by_many(void **state)
{
	static struct assoc pus[4];
	unsigned int i;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 4; i++)
		found(&pus[i], &sctp, host_c);
	for (i = 0; i < 3; i++) {
		report(&pus[i], "p", 1);
		report(&pus[i], "p", 1);
	}
	assert_int_equal(r->hs.pes.count, 1);
	report(&pus[3], "p", 1);
	assert_int_equal(r->hs.pes.count, 0);
}

/* ASAP-UNR-10: answer, re-registration and time clear the count */
static void reports_are_forgotten(void **state)
{
	static struct assoc pus[4];
	unsigned int i;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 4; i++)
		found(&pus[i], &sctp, host_c);
	for (i = 0; i < 3; i++)
		report(&pus[i], "p", 1);
	ack(&pe_a, "p", 1);
	for (i = 0; i < 3; i++)
		report(&pus[i], "p", 1);
	register_id(&pe_a, "p", 1);
	report(&pus[3], "p", 1);
	assert_int_equal(r->hs.pes.count, 1);
}

/* ASAP-KAL-11 ASAP-UNR-12 SEC-16 SEC-17: a flood makes few keep-alives */
static void reports_are_limited(void **state)
{
	unsigned int i, acked = 0;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 1000; i++) {
		report(&pu, "p", 1);
		if (pe_a.sent > acked + 1) {
			ack(&pe_a, "p", 1);
			acked++;
		}
		advance(10);
	}
	assert_in_range(pe_a.sent, 9, 12);
	assert_in_range(r->stats.reports, 90, 120);
	assert_int_equal(r->hs.pes.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keep_alive),
		TEST(keep_alive_unanswered),
		TEST(keep_alive_foreign_answer),
		TEST(keep_alive_unsendable),
		TEST(keep_alives_are_spread),
		TEST(asleep),
		TEST(reported_and_alive),
		TEST(reported_and_dead),
		TEST(reported_unknown),
		TEST(reported_by_many),
		TEST(reports_are_forgotten),
		TEST(reports_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
