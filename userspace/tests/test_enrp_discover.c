// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registrars that nobody has named find each other by multicast: presences,
 * true ones and forged ones.
 */

#include "enrp_world.h"

#define ID(i)		(0x1000u * ((i) + 1))
#define NO_RESPONSE	5000
#define HEARTBEAT	30000

static void begin(int nregistrars)
{
	world_begin(nregistrars, 1);
	w.multicast = true;
}

static unsigned int peers(int i, enum peer_state state)
{
	const struct enrp_peer *p;
	unsigned int n = 0;

	peers_each(w.r[i], p)
		n += p->state == state;
	return n;
}

static unsigned int all_peers(int i)
{
	const struct enrp_peer *p;
	unsigned int n = 0;

	peers_each(w.r[i], p)
		n++;
	return n;
}

static unsigned int associations(int i)
{
	const struct conn *c;
	unsigned int n = 0;

	for (c = w.conns; c < w.conns + CONNS; c++)
		n += c->used && ((c->place[0] == i && c->there[0]) ||
				 (c->place[1] == i && c->there[1]));
	return n;
}

static bool all_know(int pes)
{
	int i, k;

	for (i = 0; i < w.nregistrars; i++)
		for (k = 0; k < pes; k++)
			if (!entry(i, &w.pes[k]))
				return false;
	return true;
}

/* A presence from @id that says it were at @place, sent by @source */
static void hear(int i, uint32_t id, int place, uint32_t source, uint8_t flags)
{
	struct rsp_addr from = { .family = 4, .octets = { 172, 16 } };
	uint8_t buf[256];
	struct rsp_transport t;
	struct rsp_writer msg;

	from.octets[2] = source >> 8;
	from.octets[3] = source;
	rsp_msg_begin(&msg, buf, sizeof(buf), RSP_ENRP_PRESENCE, flags);
	rsp_put_u32(&msg, id);
	rsp_put_u32(&msg, 0);
	rsp_put_pe_checksum(&msg, 0x1234);
	put_addr(&t, place);
	rsp_put_server_info(&msg, id, &t);
	discover_input(w.r[i], &from, buf, rsp_msg_end(&msg), w.now);
}

/* INI-03: it looks for others first, and then begins alone */
static void alone(void **state)
{
	(void)state;
	begin(1);
	registrar_up(0, ID(0));
	run(NO_RESPONSE - 1);
	assert_false(w.ready[0]);
	run(1);
	assert_true(w.ready[0]);
	world_end();
}

/* INI-03, INI-15, PRS-02: who answers is the mentor */
static void found(void **state)
{
	(void)state;
	begin(2);
	registrar_up(0, ID(0));
	run(NO_RESPONSE);
	pe_up(HOST0, "pool");
	w.pes[0].tried = 1;	/* so that it begins with 0 */
	run(2 * HUNT);
	assert_int_equal(w.pes[0].home, 0);
	registrar_up(1, ID(1));
	run(100);
	assert_true(w.ready[1]);
	assert_non_null(entry(1, &w.pes[0]));
	assert_int_equal(peers(0, PEER_ACTIVE), 1);
	assert_int_equal(peers(1, PEER_ACTIVE), 1);
	world_end();
}

/* All begin at once: nobody has anything to tell, and in the end all know all */
static void together(void **state)
{
	int i;

	(void)state;
	begin(REGISTRARS);
	for (i = 0; i < REGISTRARS; i++)
		registrar_up(i, ID(i));
	for (i = 0; i < HOSTS; i++)
		pe_up(HOST0 + i, "pool");
	run(3 * NO_RESPONSE);
	for (i = 0; i < REGISTRARS; i++) {
		assert_true(w.ready[i]);
		assert_int_equal(peers(i, PEER_ACTIVE), REGISTRARS - 1);
	}
	run(HEARTBEAT);
	assert_true(all_know(HOSTS));
	world_end();
}

/* Those that could not hear each other do so with the next presence. */
static void heals(void **state)
{
	(void)state;
	begin(2);
	cut(0, 1, true);
	registrar_up(0, ID(0));
	registrar_up(1, ID(1));
	run(2 * NO_RESPONSE);
	assert_true(w.ready[0] && w.ready[1]);
	assert_int_equal(all_peers(0) + all_peers(1), 0);
	pe_up(HOST0, "pool");
	run(2 * HUNT);
	cut(0, 1, false);
	run(HEARTBEAT + NO_RESPONSE);
	assert_int_equal(peers(0, PEER_ACTIVE), 1);
	assert_true(all_know(1));
	world_end();
}

/* Its peers have not noticed yet that it was away, and know it therefore. */
static void restarted(void **state)
{
	(void)state;
	begin(2);
	registrar_up(0, ID(0));
	run(NO_RESPONSE);
	registrar_up(1, ID(1));
	pe_up(HOST0, "pool");
	run(NO_RESPONSE);
	registrar_down(1);
	registrar_up(1, ID(1));
	run(500);
	assert_true(w.ready[1]);
	assert_true(all_know(1));
	world_end();
}

/* PRS-05, PRS-07: how often, and to whom */
static void heartbeat(void **state)
{
	unsigned long before;

	(void)state;
	begin(2);
	registrar_up(0, ID(0));
	run(NO_RESPONSE + DISCOVER_SEARCH);
	registrar_up(1, ID(1));
	run(HEARTBEAT);
	before = w.r[1]->stats.discover_heard;
	run(10 * HEARTBEAT);
	assert_int_equal(w.r[1]->stats.discover_heard - before, 10);
	assert_int_equal(w.r[1]->stats.discover_bad, 0);
	assert_int_equal(w.r[1]->stats.discover_calls, 1);
	world_end();
}

/*
 * PRS-14: whatever forged ones say, few are called, nobody becomes a peer
 * because of them, and who is a peer is asked nothing.
 */
static void forged(void **state)
{
	const int nowhere = HOST0, nobody = 5;
	struct registrar_stats before;
	unsigned long messages;
	uint32_t i;

	(void)state;
	begin(2);
	registrar_up(0, ID(0));
	run(NO_RESPONSE);
	cut(0, nowhere, true);
	for (i = 0; i < 100000; i++)
		hear(0, 0x10000 + i, i & 1 ? nowhere : nobody, i, 1);
	assert_int_equal(w.r[0]->stats.discover_calls, DISCOVER_CALLS_MAX);
	assert_int_equal(w.r[0]->stats.discover_limited,
			 100000 - DISCOVER_CALLS_MAX);
	assert_in_range(associations(0), 1, DISCOVER_CALLS_MAX);
	assert_int_equal(all_peers(0), 0);
	run(NO_RESPONSE - 1);
	hear(0, 1, nowhere, 1, 1);
	assert_int_equal(w.r[0]->stats.discover_calls, DISCOVER_CALLS_MAX);
	run(GIVE_UP);
	assert_int_equal(associations(0), 0);

	/* A true one is found nevertheless. */
	registrar_up(1, ID(1));
	run(NO_RESPONSE);
	assert_int_equal(peers(0, PEER_ACTIVE), 1);
	assert_true(w.ready[1]);

	/* Its identifier, another checksum, another place: nothing happens */
	before = w.r[0]->stats;
	messages = w.messages;
	hear(0, ID(1), 1, 1, 0);
	hear(0, ID(1), nowhere, 2, 0);
	run(1000);
	assert_int_equal(w.messages, messages);
	assert_int_equal(w.r[0]->stats.audits, before.audits);
	assert_int_equal(w.r[0]->stats.discover_calls, before.discover_calls);
	assert_int_equal(peer_find(w.r[0], ID(1))->place.addrs[0].octets[3], 2);
	world_end();
}

/* PRS-14: nor do they make anybody a mentor */
static void forged_mentor(void **state)
{
	(void)state;
	begin(2);
	registrar_up(0, ID(0));
	hear(0, ID(7), 1, 1, 0);	/* nobody is there */
	run(NO_RESPONSE - 1);
	assert_null(w.r[0]->enrp.mentor);
	assert_int_equal(w.r[0]->enrp.phase, ENRP_SEARCH);
	run(1);
	assert_true(w.ready[0]);
	world_end();
}

/* One that does not forge its address takes nothing from others. */
static void one_source(void **state)
{
	uint32_t i;

	(void)state;
	begin(1);
	registrar_up(0, ID(0));
	run(NO_RESPONSE);
	for (i = 0; i < 100; i++)
		hear(0, 0x10000 + i, 5, 1, 0);
	assert_int_equal(w.r[0]->stats.discover_calls, 1);
	run(NO_RESPONSE);
	hear(0, 0x10000, 5, 1, 0);
	assert_int_equal(w.r[0]->stats.discover_calls, 2);
	world_end();
}

static void hear_octets(const void *octets, size_t len)
{
	const struct rsp_addr from = { .family = 4, .octets = { 10, 0, 0, 2 } };
	void *copy = malloc(len);

	memcpy(copy, octets, len);
	discover_input(w.r[0], &from, copy, len, w.now);
	free(copy);
}

/* What is no presence is counted; one without an address comes from there. */
static void odd(void **state)
{
	uint8_t buf[64];
	struct rsp_writer msg;
	int len;

	(void)state;
	begin(2);
	registrar_up(0, ID(0));
	registrar_up(1, ID(1));
	cut(0, 1, true);
	run(NO_RESPONSE);
	cut(0, 1, false);
	rsp_msg_begin(&msg, buf, sizeof(buf), RSP_ENRP_LIST_REQUEST, 0);
	rsp_put_u32(&msg, ID(1));
	rsp_put_u32(&msg, 0);
	len = rsp_msg_end(&msg);
	hear_octets(buf, len);
	hear_octets(buf, len - 1);
	hear_octets(buf, 1);
	rsp_msg_begin(&msg, buf, sizeof(buf), RSP_ENRP_PRESENCE, 0);
	rsp_put_u32(&msg, 0);
	rsp_put_u32(&msg, 0);
	rsp_put_pe_checksum(&msg, 0);
	hear_octets(buf, rsp_msg_end(&msg));
	assert_int_equal(w.r[0]->stats.discover_bad, 4);
	assert_int_equal(w.r[0]->stats.discover_calls, 0);

	rsp_msg_begin(&msg, buf, sizeof(buf), RSP_ENRP_PRESENCE, 0);
	rsp_put_u32(&msg, ID(1));
	rsp_put_u32(&msg, 0);
	rsp_put_pe_checksum(&msg, 0);
	hear_octets(buf, rsp_msg_end(&msg));
	run(100);
	assert_int_equal(peers(0, PEER_ACTIVE), 1);
	world_end();
}

/* Our own come back, also under another name. */
static void own(void **state)
{
	(void)state;
	begin(1);
	registrar_up(0, ID(0));
	run(NO_RESPONSE);
	assert_int_equal(w.r[0]->stats.discover_heard, 0);
	hear(0, ID(1), 0, 1, 1);
	assert_int_equal(w.r[0]->stats.discover_calls, 0);
	world_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone),
		cmocka_unit_test(found),
		cmocka_unit_test(together),
		cmocka_unit_test(heals),
		cmocka_unit_test(restarted),
		cmocka_unit_test(heartbeat),
		cmocka_unit_test(forged),
		cmocka_unit_test(forged_mentor),
		cmocka_unit_test(one_source),
		cmocka_unit_test(odd),
		cmocka_unit_test(own),
	};

	log_init(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
