// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two registrars and 100,000 pool elements: what one learns from the other, in
 * how many messages, and that a difference of a few is found and mended.
 */
#include "enrp_world.h"

#include "../rspd/handlespace.h"
#include "../rspd/home.h"

#define POOLS		1000
#define ELEMENTS	100000

/* What 24 elements in each message would take, as RSPLIB sends them */
#define SMALL_MESSAGES	(ELEMENTS / 24)

static void add(struct registrar *r, struct asap_assoc *from, uint32_t i)
{
	struct rsp_octets culprit;
	struct rsp_pe_param param = {
		.pe_id = i + 1,
		.life = RSP_LIFE_INFINITE,
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};
	char handle[16];
	struct rsp_octets octets = { .data = (const void *)handle };

	octets.len = snprintf(handle, sizeof(handle), "pool-%03u", i % POOLS);
	put_addr(&param.user, HOST0);
	assert_int_equal(registrar_register(r, octets, &param, from, &culprit),
			 0);
}

/* Nobody is asked whether it is alive: that is not what this is about. */
static void grow(int i)
{
	struct registrar_config config = w.r[i]->config;

	config.ka_interval = 0;
	config.limits.pes = 2 * ELEMENTS;
	config.limits.octets = 1 << 30;
	registrar_reconfigure(w.r[i], &config, w.now);
}

/* What @of has, as @by sees it */
static const struct enrp_peer *view(int by, int of)
{
	return peer_find(w.r[by], w.ids[of]);
}

static void assert_same(void)
{
	assert_int_equal(w.r[1]->hs.pes.count, ELEMENTS);
	assert_int_equal(w.r[1]->hs.pools.count, POOLS);
	assert_int_equal(view(1, 0)->npes, ELEMENTS);
	assert_int_equal(peer_checksum(view(1, 0)),
			 peer_checksum(&w.r[0]->enrp.self));
}

static int begin(void **state)
{
	struct asap_assoc *host;
	uint32_t i;

	(void)state;
	log_init(LOG_LEVEL_ERROR);
	world_begin(2, 1);
	registrar_up(0, 0x1000);
	run(20000);
	assert_true(w.ready[0]);
	grow(0);
	host = &conn_make(HOST0, 0, false)->assoc[1];
	for (i = 0; i < ELEMENTS; i++)
		add(w.r[0], host, i);
	return 0;
}

static int end(void **state)
{
	(void)state;
	world_end();
	return 0;
}

/* INI-11: the table comes in few, large messages, one request each. */
static void transfer(void **state)
{
	unsigned long before = w.messages;

	(void)state;
	registrar_up(1, 0x2000);
	grow(1);
	run(20000);
	assert_true(w.ready[1]);
	print_message("%lu messages both ways\n", w.messages - before);
	assert_same();
	assert_in_range(w.messages - before, 1, SMALL_MESSAGES / 5);
}

/* AUD: a hundred elements more or less are seen by the checksum alone. */
static void audit(void **state)
{
	struct enrp_peer *peer = peer_find(w.r[1], w.ids[0]);
	uint64_t audits = w.r[1]->stats.audits;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		home_forget(w.r[1], LIST_FIRST(&peer->pes));
	assert_int_equal(w.r[1]->hs.pes.count, ELEMENTS - 100);
	run(60000);
	assert_same();
	assert_in_range(w.r[1]->stats.audits - audits, 1, 2);
}

/* What is the same as before is told to nobody, what is not in one message. */
static void updates(void **state)
{
	struct asap_assoc *host = &conn_make(HOST0, 0, false)->assoc[1];
	unsigned long before;
	uint32_t i;

	(void)state;
	before = w.messages;
	for (i = 0; i < 1000; i++)
		add(w.r[0], host, i);
	run(100);
	assert_int_equal(w.messages, before);
	for (i = 0; i < 1000; i++)
		registrar_evict(w.r[0], LIST_FIRST(&w.r[0]->enrp.self.pes), "");
	run(100);
	assert_in_range(w.messages - before, 1000, 2100);
	assert_int_equal(w.r[1]->hs.pes.count, ELEMENTS - 1000);
	assert_int_equal(peer_checksum(view(1, 0)),
			 peer_checksum(&w.r[0]->enrp.self));
}

int main(void)
{
	/* one after the other with the same registrars */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transfer),
		cmocka_unit_test(audit),
		cmocka_unit_test(updates),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
