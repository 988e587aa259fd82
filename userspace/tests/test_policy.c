// SPDX-License-Identifier: GPL-2.0-only
/* Pool-user side of the member selection policies. */
#include "harness.h"
#include "policy.h"

#define UNUSED_RANDOM	0xdeadbeef

static const __u32 every_policy[] = {
	RSP_POLICY_ROUND_ROBIN, RSP_POLICY_WEIGHTED_ROUND_ROBIN,
	RSP_POLICY_RANDOM, RSP_POLICY_WEIGHTED_RANDOM, RSP_POLICY_PRIORITY,
	RSP_POLICY_LEAST_USED, RSP_POLICY_LEAST_USED_DEGRADATION,
	RSP_POLICY_PRIORITY_LEAST_USED, RSP_POLICY_RANDOM_LEAST_USED,
	0, 0x40000000, 0x00000006, 0xb0001001,
};

/* Calls in a row select @want, indices up to a negative one */
static void assert_sequence(__u32 type, const struct rsp_policy_cand *cand,
			    unsigned int n, const int *want)
{
	__u32 cursor = 0;

	for (; *want >= 0; want++)
		assert_int_equal(rsp_policy_select(type, cand, n, &cursor,
						   UNUSED_RANDOM), *want);
}

/* POL-RR-02 POL-RR-03 POL-WRR-04 POL-03: in turn, from the first */
static void test_round_robin(void **state)
{
	static const struct rsp_policy_cand cand[] = {
		{ .weight = 9, .priority = 1, .load = 5 },
		{ .weight = 1, .priority = 9, .load = 0 },
		{ .weight = 5, .priority = 5, .load = 9 },
	};
	static const __u32 types[] = {
		RSP_POLICY_ROUND_ROBIN, RSP_POLICY_WEIGHTED_ROUND_ROBIN,
		0x00000006, 0x40000005, 0xb0001001, 0xffffffff,
	};
	static const int turns[] = { 0, 1, 2, 0, 1, 2, 0, -1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++)
		assert_sequence(types[i], cand, ARRAY_SIZE(cand), turns);
}

/* POL-RR-02: some cannot be had, or the list has changed */
static void test_round_robin_cursor(void **state)
{
	struct rsp_policy_cand cand[4] = { { .excluded = true } };
	static const int turns[] = { 1, 2, 3, 1, 2, 3, -1 };
	__u32 cursor;

	(void)state;
	assert_sequence(RSP_POLICY_ROUND_ROBIN, cand, 4, turns);
	cursor = 2;
	assert_int_equal(rsp_policy_select(RSP_POLICY_ROUND_ROBIN, cand, 4,
					   &cursor, 0), 2);
	assert_int_equal(cursor, 3);
	cursor = 0xffffffff;
	assert_int_equal(rsp_policy_select(RSP_POLICY_ROUND_ROBIN, cand, 4,
					   &cursor, 0), 1);
	cursor = 4;
	assert_int_equal(rsp_policy_select(RSP_POLICY_ROUND_ROBIN, cand, 2,
					   &cursor, 0), 1);
}

/* Every one equally often when the random numbers are spread equally */
static void assert_uniform(__u32 type, const struct rsp_policy_cand *cand,
			   unsigned int n, const unsigned int *share)
{
	unsigned int hits[8] = { 0 };
	const unsigned int draws = 1 << 16;
	__u32 cursor = 2;
	unsigned int i;
	int got;

	for (i = 0; i < draws; i++) {
		got = rsp_policy_select(type, cand, n, &cursor, i << 16);
		assert_in_range(got, 0, n - 1);
		hits[got]++;
	}
	for (i = 0; i < n; i++) {
		if (share[i])
			assert_in_range(hits[i], draws / share[i] - 1,
					draws / share[i] + 1);
		else
			assert_int_equal(hits[i], 0);
	}
	assert_int_equal(cursor, 2);
}

/* POL-RAND-02 POL-WRAND-02 POL-RLU-02: uniform, whatever the weights */
static void test_random(void **state)
{
	struct rsp_policy_cand cand[5] = {
		{ .weight = 1000, .load = 1 }, { .weight = 1, .load = 2 },
		{ .weight = 7, .load = 0xfffffffe }, { .weight = 1 },
		{ .weight = 1 },
	};
	static const unsigned int all[] = { 5, 5, 5, 5, 5 };
	static const unsigned int some[] = { 3, 0, 3, 3, 0 };
	static const __u32 types[] = {
		RSP_POLICY_RANDOM, RSP_POLICY_WEIGHTED_RANDOM,
		RSP_POLICY_RANDOM_LEAST_USED,
	};
	__u32 cursor = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		cand[1].excluded = false;
		cand[4].excluded = false;
		assert_uniform(types[i], cand, ARRAY_SIZE(cand), all);
		assert_int_equal(rsp_policy_select(types[i], cand, ARRAY_SIZE(cand),
						   &cursor, 0xffffffff), 4);
		cand[1].excluded = true;
		cand[4].excluded = true;
		assert_uniform(types[i], cand, ARRAY_SIZE(cand), some);
	}
}

/* POL-05 POL-RLU-01: who cannot serve is asked only when nobody else is left */
static void test_cannot_serve(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .weight = 0, .load = 0xffffffff },
		{ .weight = 3, .load = 0 },
		{ .weight = 0, .load = 0xffffffff },
		{ .weight = 1, .load = 7 },
	};
	static const unsigned int able[] = { 0, 2, 0, 2 };
	static const unsigned int unable[] = { 2, 0, 2, 0 };
	static const int able_turns[] = { 1, 3, 1, 3, -1 };
	static const int unable_turns[] = { 0, 2, 0, 2, -1 };
	static const int every_turn[] = { 0, 1, 2, 3, 0, -1 };

	(void)state;
	assert_uniform(RSP_POLICY_WEIGHTED_RANDOM, cand, 4, able);
	assert_uniform(RSP_POLICY_RANDOM_LEAST_USED, cand, 4, able);
	cand[0].load = 0;	/* says nothing about weighted policies */
	assert_uniform(RSP_POLICY_WEIGHTED_RANDOM, cand, 4, able);
	cand[0].load = 0xffffffff;
	assert_sequence(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 4, able_turns);
	assert_sequence(RSP_POLICY_ROUND_ROBIN, cand, 4, every_turn);
	cand[1].excluded = true;
	cand[3].excluded = true;
	assert_uniform(RSP_POLICY_WEIGHTED_RANDOM, cand, 4, unable);
	assert_uniform(RSP_POLICY_RANDOM_LEAST_USED, cand, 4, unable);
	assert_sequence(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 4, unable_turns);
}

/* POL-PRIO-02: the highest priority, ties in turn */
static void test_priority(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .priority = 5 }, { .priority = 0xffffffff },
		{ .priority = 5 }, { .priority = 0 },
	};
	static const int highest[] = { 1, 1, 1, -1 };
	static const int ties[] = { 0, 2, 0, 2, -1 };
	static const int lowest[] = { 3, 3, -1 };

	(void)state;
	assert_sequence(RSP_POLICY_PRIORITY, cand, 4, highest);
	cand[1].excluded = true;
	assert_sequence(RSP_POLICY_PRIORITY, cand, 4, ties);
	cand[0].excluded = true;
	cand[2].excluded = true;
	assert_sequence(RSP_POLICY_PRIORITY, cand, 4, lowest);
}

/* POL-LU-02 POL-PLU-02: from the top of the registrar's list */
static void test_least_used(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .load = 9 }, { .load = 1 }, { .load = 0 },
	};
	static const int first[] = { 0, 0, 0, -1 };
	static const int second[] = { 1, 1, -1 };
	static const __u32 types[] = {
		RSP_POLICY_LEAST_USED, RSP_POLICY_LEAST_USED_DEGRADATION,
		RSP_POLICY_PRIORITY_LEAST_USED,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		cand[0].excluded = false;
		assert_sequence(types[i], cand, 3, first);
		cand[0].excluded = true;
		assert_sequence(types[i], cand, 3, second);
	}
}

/* Nobody, and only one */
static void test_edges(void **state)
{
	struct rsp_policy_cand cand[3] = {
		{ .excluded = true }, { .excluded = true }, { .excluded = true },
	};
	__u32 cursor = 1;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(every_policy); i++) {
		assert_int_equal(rsp_policy_select(every_policy[i], NULL, 0,
						   &cursor, 1), -1);
		cand[2].excluded = true;
		assert_int_equal(rsp_policy_select(every_policy[i], cand, 3,
						   &cursor, 1), -1);
		assert_int_equal(cursor, 1);
		cand[2].excluded = false;
		assert_int_equal(rsp_policy_select(every_policy[i], cand, 3,
						   &cursor, 0xffffffff), 2);
		cursor = 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_robin),
		cmocka_unit_test(test_round_robin_cursor),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_cannot_serve),
		cmocka_unit_test(test_priority),
		cmocka_unit_test(test_least_used),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
