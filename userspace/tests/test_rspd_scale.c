// SPDX-License-Identifier: GPL-2.0-only
/*
 * One registrar with 100,000 pool elements in 1,000 pools.
 *
 * Built without sanitizers, since memory is measured.  Nothing here is judged
 * by a clock: what is counted are tree nodes, table entries and octets.
 */
#include <malloc.h>

#include "rspd_core.h"

#include "../rspd/log.h"

#define POOLS		1000
#define POOL_SIZE	100
#define ELEMENTS	(POOLS * POOL_SIZE)
#define HOSTS		100	/* associations, 1,000 elements each */
#define HALF_KIB	512

static struct assoc *hosts;
static size_t empty;		/* octets of the heap before the first element */

/* Elements that owe an acknowledgement, by number */
static uint32_t asked[ELEMENTS];
static size_t nasked;

static int host_send(struct asap_assoc *to, uint32_t request, const void *msg,
		     size_t len)
{
	struct assoc *a = container_of(to, struct assoc, assoc);
	int err = fake_send(to, request, msg, len);

	if (a->last.msg.type == RSP_ASAP_ENDPOINT_KEEP_ALIVE)
		asked[nasked++] = a->last.msg.pe_id - 1;
	return err;
}

static const struct asap_link host_link = {
	.name = "sctp",
	.msg_max = RSP_MSG_SPACE,
	.registers = true,
	.send = host_send,
	.source = fake_source,
	.close = fake_close,
};

static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static const char *handle_of(uint32_t i)
{
	static char handle[16];

	snprintf(handle, sizeof(handle), "pool-%03u", i % POOLS);
	return handle;
}

static struct assoc *host_of(uint32_t i)
{
	return &hosts[i / POOLS % HOSTS];
}

static void enter(uint32_t i)
{
	register_id(host_of(i), handle_of(i), i + 1);
	assert_granted(host_of(i));
}

static void answer_all(void)
{
	uint32_t i;

	while (nasked) {
		i = asked[--nasked];
		ack(host_of(i), handle_of(i), i + 1);
	}
}

static int fill(void **state)
{
	struct registrar_config config = standard();
	uint32_t i;

	(void)state;
	log_init(LOG_LEVEL_ERROR);
	config.limits.pes = 2 * ELEMENTS;
	config.limits.octets = 1 << 30;
	start(&config);
	hosts = calloc(HOSTS, sizeof(*hosts));
	assert_non_null(hosts);
	for (i = 0; i < HOSTS; i++)
		found(&hosts[i], &host_link, host_a);
	empty = heap();
	for (i = 0; i < ELEMENTS; i++)
		enter(i);
	return 0;
}

static int empty_again(void **state)
{
	registrar_free(r);
	free(hosts);
	(void)state;
	return 0;
}

/* REQ-04, REQ-11: under 0.5 KiB each, with all tables, as the allocator counts */
static void memory(void **state)
{
	(void)state;
	assert_int_equal(r->hs.pes.count, ELEMENTS);
	assert_int_equal(r->hs.pools.count, POOLS);
	print_message("%zu octets of memory for each element\n",
		      (heap() - empty) / ELEMENTS);
	assert_in_range((heap() - empty) / ELEMENTS, 1, HALF_KIB - 1);
}

/* The longest chain of a table whose hashes are random: log n, not n. */
static void tables_are_flat(void **state)
{
	const struct table *t = &r->hs.pes;
	size_t i, len, longest = 0;
	struct table_node *node;

	(void)state;
	assert_true(t->size >= t->count);
	for (i = 0; i < t->size; i++) {
		len = 0;
		for (node = t->buckets[i]; node; node = node->next)
			len++;
		if (len > longest)
			longest = len;
	}
	assert_in_range(longest, 1, 12);
}

/* Nodes of a policy's tree that @n resolutions look at; each gets all. */
static unsigned long resolutions(uint32_t n)
{
	unsigned long before = policy_steps;
	uint32_t i;

	for (i = 0; i < n; i++)
		assert_int_not_equal(resolve(&pu, handle_of(i)), 0);
	return policy_steps - before;
}

/* REQ-10: all pools answer, in turn, and by their own size alone. */
static void resolution(void **state)
{
	uint32_t first, second;

	(void)state;
	first = resolve(&pu, handle_of(7));
	second = resolve(&pu, handle_of(7));
	assert_int_not_equal(first, second);
	assert_int_equal(pu.last.msg.npes, POOL_SIZE);
	assert_in_range(resolutions(POOLS), 1, POOLS * 4UL * POOL_SIZE);
}

/*
 * What is known already costs no memory, no update to anybody, and finds its
 * way without a walk.
 */
static void registration_again(void **state)
{
	uint64_t updates = r->stats.enrp_updates;
	unsigned long steps = policy_steps;
	size_t before = heap();
	uint32_t i;

	(void)state;
	for (i = 0; i < ELEMENTS; i += 7)
		enter(i);
	assert_int_equal(r->stats.enrp_updates, updates);
	assert_int_equal(policy_steps, steps);
	assert_int_equal(heap(), before);
	assert_int_equal(r->hs.pes.count, ELEMENTS);
}

/*
 * KAL-08: keep-alives of elements that registered together come one by one.
 * With a mean of 10 s plus or minus 50 percent that is at most twice as many
 * in a tenth of a second as with perfect spacing, once all have had one.
 */
static void keep_alives_are_spread(void **state)
{
	const uint64_t mean = ELEMENTS * 100ULL / KA_INTERVAL;
	uint64_t before, most = 0;
	uint32_t i;

	(void)state;
	for (i = 0; i < 300; i++) {
		before = r->stats.keep_alives;
		advance(100);
		if (r->stats.keep_alives - before > most)
			most = r->stats.keep_alives - before;
		answer_all();
	}
	assert_int_equal(r->hs.pes.count, ELEMENTS);
	assert_in_range(r->stats.keep_alives, 2 * ELEMENTS, 4 * ELEMENTS);
	assert_in_range(most, 1, 2 * mean);
}

/* RFC 1071 over the whole handlespace, as RFC 5353 section 3.6.2 has it. */
static uint16_t checksum_anew(void)
{
	const struct hs_pe *pe = NULL;
	uint64_t sum = 0;
	uint16_t i;

	while ((pe = hs_next_pe(&r->hs, pe))) {
		for (i = 0; i < pe->pool->handle_len; i++)
			sum += i % 2 ? pe->pool->handle[i] :
			       pe->pool->handle[i] << 8;
		sum += (pe->id >> 16) + (pe->id & 0xffff);
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* The checksum follows each change, and is the one that all would compute. */
static void removal(void **state)
{
	uint32_t i;

	(void)state;
	assert_int_equal(peer_checksum(&r->enrp.self), checksum_anew());
	for (i = 0; i < ELEMENTS; i++) {
		if (i % 10 == 3)
			continue;
		deregister(host_of(i), handle_of(i), i + 1);
		assert_type(host_of(i), RSP_ASAP_DEREGISTRATION_RESPONSE);
		assert_false(host_of(i)->last.msg.has_error);
		if (i % 5000 == 0)
			assert_int_equal(peer_checksum(&r->enrp.self),
					 checksum_anew());
	}
	assert_int_equal(peer_checksum(&r->enrp.self), checksum_anew());
	assert_int_equal(r->hs.pes.count, ELEMENTS / 10);
	for (i = 0; i < ELEMENTS; i++)
		if (i % 10 != 3)
			enter(i);
	assert_int_equal(r->hs.pes.count, ELEMENTS);
	assert_int_equal(peer_checksum(&r->enrp.self), checksum_anew());
}

/* Hosts end one after the other; nothing of them is left. */
static void loss(void **state)
{
	size_t before = heap();
	uint32_t i;

	(void)state;
	for (i = 0; i < HOSTS; i++)
		registrar_lost(r, &hosts[i].assoc, now);
	/* nobody can be called here: they are removed by their keep-alives */
	advance(3 * KA_INTERVAL);
	assert_int_equal(r->hs.pes.count, 0);
	assert_int_equal(r->hs.pools.count, 0);
	assert_int_equal(r->hs.octets, 0);
	assert_int_equal(r->deadlines.count, 0);
	assert_true(before - heap() > 300UL * ELEMENTS);
}

int main(void)
{
	/* one after the other with the same registrar */
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory),
		cmocka_unit_test(tables_are_flat),
		cmocka_unit_test(resolution),
		cmocka_unit_test(registration_again),
		cmocka_unit_test(keep_alives_are_spread),
		cmocka_unit_test(removal),
		cmocka_unit_test(loss),
	};

	return cmocka_run_group_tests(tests, fill, empty_again);
}
