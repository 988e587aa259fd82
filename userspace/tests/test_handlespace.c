// SPDX-License-Identifier: GPL-2.0-only
/* rspd: tables, deadlines, the handlespace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../rspd/handlespace.h"

static const uint8_t key[TABLE_KEY_LEN] = { 1, 2, 3 };
static const struct hs_limits limits = { .pes = 200000, .octets = 1 << 28 };

static struct rsp_octets octets(const char *text)
{
	return (struct rsp_octets){ (const __u8 *)text, strlen(text) };
}

static struct rsp_pe_param sctp_pe(uint32_t id)
{
	struct rsp_pe_param pe = {
		.pe_id = id,
		.life = 300,
		.user = {
			.type = RSP_PARAM_SCTP_TRANSPORT,
			.port = 7,
			.naddrs = 1,
			.addrs = { { 4, { 192, 0, 2, 1 } } },
		},
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};

	return pe;
}

static struct handlespace *hs_make(const struct hs_limits *l)
{
	struct handlespace *hs = malloc(sizeof(*hs));

	assert_non_null(hs);
	assert_int_equal(hs_init(hs, key, l), 0);
	return hs;
}

static void hs_drop(struct handlespace *hs)
{
	hs_free(hs);
	free(hs);
}

static struct hs_pe *add(struct handlespace *hs, struct rsp_octets handle,
			 uint32_t id)
{
	struct rsp_pe_param param = sctp_pe(id);
	struct hs_pe *pe = NULL;

	assert_int_equal(hs_add(hs, handle, &param, &pe), 0);
	assert_non_null(pe);
	return pe;
}

static void hash_spreads_and_depends_on_key(void **state)
{
	uint8_t other[TABLE_KEY_LEN] = { 1, 2, 4 };
	unsigned int bins[64] = { 0 };
	uint32_t i;

	(void)state;
	assert_int_not_equal(table_hash(key, "pool", 4),
			     table_hash(other, "pool", 4));
	assert_int_not_equal(table_hash(key, "pool", 4),
			     table_hash(key, "pool\0", 5));
	for (i = 0; i < 64000; i++)
		bins[table_hash(key, &i, sizeof(i)) % 64]++;
	for (i = 0; i < 64; i++)
		assert_in_range(bins[i], 850, 1150);
}

static void deadlines_come_in_order(void **state)
{
	struct deadline d[500] = { 0 }, *next;
	struct deadlines all = { 0 };
	uint64_t last = 0;
	unsigned int i, left = 0;

	(void)state;
	srandom(1);
	assert_int_equal(deadlines_reserve(&all, 500), 0);
	assert_true(deadlines_next(&all) == DEADLINE_NEVER);
	assert_null(deadlines_pop(&all, DEADLINE_NEVER));
	for (i = 0; i < 500; i++)
		deadline_set(&all, &d[i], random() % 1000);
	for (i = 0; i < 500; i += 3)
		deadline_set(&all, &d[i], random() % 1000);
	for (i = 0; i < 500; i += 5)
		deadline_set(&all, &d[i], DEADLINE_NEVER);
	for (i = 0; i < 500; i++)
		left += d[i].slot != 0;
	assert_int_equal(left, 400);
	while ((next = deadlines_pop(&all, 1000))) {
		assert_true(next->when >= last);
		assert_int_equal(next->slot, 0);
		last = next->when;
		left--;
	}
	assert_int_equal(left, 0);
	deadlines_free(&all);
}

static void deadline_waits_for_its_time(void **state)
{
	struct deadlines all = { 0 };
	struct deadline d = { 0 };

	(void)state;
	assert_int_equal(deadlines_reserve(&all, 1), 0);
	deadline_set(&all, &d, 10);
	assert_null(deadlines_pop(&all, 9));
	assert_ptr_equal(deadlines_pop(&all, 10), &d);
	deadlines_free(&all);
}

/* WIRE-28: any octets, compared octet by octet */
static void handles_are_octets(void **state)
{
	struct handlespace *hs = hs_make(&limits);
	const struct rsp_octets a = { (const __u8 *)"a\0b", 3 };
	const struct rsp_octets b = { (const __u8 *)"a\0c", 3 };
	const struct rsp_octets shorter = { (const __u8 *)"a\0b", 2 };
	const struct rsp_octets empty = { (const __u8 *)"", 0 };

	(void)state;
	add(hs, a, 1);
	assert_non_null(hs_find_pool(hs, a));
	assert_null(hs_find_pool(hs, b));
	assert_null(hs_find_pool(hs, shorter));
	assert_null(hs_find_pool(hs, empty));
	add(hs, empty, 1);
	assert_non_null(hs_find_pool(hs, empty));
	assert_int_equal(hs->pools.count, 2);
	hs_drop(hs);
}

/* WIRE-28: as long as the wire allows */
static void handle_of_65000_octets(void **state)
{
	struct handlespace *hs = hs_make(&limits);
	struct rsp_octets handle = { NULL, 65000 };
	__u8 *data = calloc(1, handle.len);

	(void)state;
	assert_non_null(data);
	handle.data = data;
	add(hs, handle, 1);
	data[64999] = 1;
	assert_null(hs_find_pool(hs, handle));
	data[64999] = 0;
	assert_non_null(hs_find_pool(hs, handle));
	free(data);
	hs_drop(hs);
}

/* ASAP-DRG-06: the pool goes with its last element */
static void pool_ends_with_last_element(void **state)
{
	struct handlespace *hs = hs_make(&limits);
	struct hs_pe *one = add(hs, octets("p"), 1);
	struct hs_pe *two = add(hs, octets("p"), 2);

	(void)state;
	assert_ptr_equal(one->pool, two->pool);
	hs_remove(hs, one);
	assert_non_null(hs_find_pool(hs, octets("p")));
	hs_remove(hs, two);
	assert_null(hs_find_pool(hs, octets("p")));
	assert_int_equal(hs->octets, 0);
	assert_int_equal(hs->pes.count, 0);
	hs_drop(hs);
}

/* An identifier belongs to its pool only. */
static void same_identifier_in_two_pools(void **state)
{
	struct handlespace *hs = hs_make(&limits);
	struct hs_pe *p = add(hs, octets("p"), 1);
	struct hs_pe *q = add(hs, octets("q"), 1);

	(void)state;
	assert_ptr_equal(hs_find_pe(hs, p->pool, 1), p);
	assert_ptr_equal(hs_find_pe(hs, q->pool, 1), q);
	assert_null(hs_find_pe(hs, q->pool, 2));
	hs_drop(hs);
}

/* WIRE-27, WIRE-26: what is unknown here is kept octet by octet */
static void unknown_parts_are_kept(void **state)
{
	static const __u8 opaque[] = { 0, 0x10, 0, 7, 'a', 'b', 'c' };
	static const __u8 values[] = { 1, 2, 3, 4, 5 };
	struct handlespace *hs = hs_make(&limits);
	struct rsp_pe_param in = sctp_pe(1), out;
	struct hs_pe *pe;

	(void)state;
	memset(&in.user, 0, sizeof(in.user));
	in.user.type = RSP_PARAM_OPAQUE_TRANSPORT;
	in.user.raw = (struct rsp_octets){ opaque, sizeof(opaque) };
	in.policy.type = 0x80001234;
	in.policy.raw = (struct rsp_octets){ values, sizeof(values) };
	assert_int_equal(hs_add(hs, octets("p"), &in, &pe), 0);
	hs_pe_param(pe, &out);
	assert_int_equal(out.user.raw.len, sizeof(opaque));
	assert_memory_equal(out.user.raw.data, opaque, sizeof(opaque));
	assert_int_equal(out.policy.type, 0x80001234);
	assert_int_equal(out.policy.raw.len, sizeof(values));
	assert_memory_equal(out.policy.raw.data, values, sizeof(values));
	hs_drop(hs);
}

static void replace_changes_everything(void **state)
{
	struct handlespace *hs = hs_make(&limits);
	struct hs_pe *pe = add(hs, octets("p"), 1);
	struct rsp_pe_param in = sctp_pe(1), out;
	size_t before = hs->octets;
	bool changed;

	(void)state;
	assert_int_equal(hs_replace(hs, pe, &in, 0, &changed), 0);
	assert_false(changed);
	in.life = 20;
	in.user.port = 8;
	in.user.naddrs = 2;
	in.user.addrs[1].family = 6;
	in.user.addrs[1].octets[15] = 1;
	assert_int_equal(hs_replace(hs, pe, &in, 19, &changed), -ENOSPC);
	assert_int_equal(hs_replace(hs, pe, &in, 20, &changed), 0);
	assert_true(changed);
	hs_pe_param(pe, &out);
	assert_int_equal(out.life, 20);
	assert_int_equal(out.user.port, 8);
	assert_int_equal(out.user.naddrs, 2);
	assert_int_equal(hs->octets, before + 20);
	hs_drop(hs);
}

/* ERR-09: limits of number and memory; what is refused leaves no trace */
static void limits_hold(void **state)
{
	const struct hs_limits two = { .pes = 2, .octets = 1 << 20 };
	const struct hs_limits small = { .pes = 100, .octets = 700 };
	struct handlespace *hs = hs_make(&two);
	struct rsp_pe_param param = sctp_pe(3);
	struct hs_pe *pe;
	uint32_t id;

	(void)state;
	add(hs, octets("p"), 1);
	add(hs, octets("p"), 2);
	assert_int_equal(hs_add(hs, octets("q"), &param, &pe), -ENOSPC);
	assert_null(hs_find_pool(hs, octets("q")));
	hs_drop(hs);

	hs = hs_make(&small);
	for (id = 1; id < 100; id++) {
		param = sctp_pe(id);
		if (hs_add(hs, octets("p"), &param, &pe))
			break;
		assert_true(hs->octets <= 700);
	}
	assert_in_range(id, 2, 10);
	hs_drop(hs);
}

/* A hundred thousand in a thousand pools: found, counted, removed. */
static void many(void **state)
{
	struct handlespace *hs = hs_make(&limits);
	struct hs_pool *pool;
	struct hs_pe *pe;
	char handle[16];
	uint32_t i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		snprintf(handle, sizeof(handle), "pool-%u", i % 1000);
		add(hs, octets(handle), i + 1);
	}
	assert_int_equal(hs->pools.count, 1000);
	assert_int_equal(hs->pes.count, 100000);
	assert_true(hs->octets / 100000 < 512);
	for (i = 0; i < 100000; i++) {
		snprintf(handle, sizeof(handle), "pool-%u", i % 1000);
		pool = hs_find_pool(hs, octets(handle));
		assert_non_null(pool);
		pe = hs_find_pe(hs, pool, i + 1);
		assert_non_null(pe);
		hs_remove(hs, pe);
	}
	assert_int_equal(hs->pools.count, 0);
	assert_int_equal(hs->octets, 0);
	hs_drop(hs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_spreads_and_depends_on_key),
		cmocka_unit_test(deadlines_come_in_order),
		cmocka_unit_test(deadline_waits_for_its_time),
		cmocka_unit_test(handles_are_octets),
		cmocka_unit_test(handle_of_65000_octets),
		cmocka_unit_test(pool_ends_with_last_element),
		cmocka_unit_test(same_identifier_in_two_pools),
		cmocka_unit_test(unknown_parts_are_kept),
		cmocka_unit_test(replace_changes_everything),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
