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

#define SAMPLE	true
#define WHOLE	false

/* One selection; the list is as before but for what was used */
static int select_one(__u32 type, struct rsp_policy_cand *cand, unsigned int n,
		      bool sample, __u32 random)
{
	struct rsp_policy_cand copy[16];
	int i;

	assert_in_range(n, 0, ARRAY_SIZE(copy));
	if (n)
		memcpy(copy, cand, n * sizeof(*cand));
	i = rsp_policy_select(type, copy, n, sample, random);
	assert_true(i < (int)n);
	if (i >= 0) {
		assert_false(cand[i].excluded);
		cand[i].used++;
	}
	return i;
}

static void forget(struct rsp_policy_cand *cand, unsigned int n)
{
	while (n--)
		cand[n].used = 0;
}

/* Calls in a row select @want, indices up to a negative one */
static void assert_next(__u32 type, struct rsp_policy_cand *cand, unsigned int n,
			bool sample, const int *want)
{
	for (; *want >= 0; want++)
		assert_int_equal(select_one(type, cand, n, sample,
					    UNUSED_RANDOM), *want);
}

static void assert_sequence(__u32 type, struct rsp_policy_cand *cand,
			    unsigned int n, bool sample, const int *want)
{
	forget(cand, n);
	assert_next(type, cand, n, sample, want);
}

/* POL-RR-02 POL-RR-03 POL-WRR-03 POL-WRR-04 POL-03: in turn, from the first */
static void test_round_robin(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .weight = 9, .priority = 1, .load = 5 },
		{ .weight = 1, .priority = 9, .load = 0 },
		{ .weight = 5, .priority = 5, .load = 9 },
	};
	struct rsp_policy_cand alike[] = {
		{ .weight = 7 }, { .weight = 7 }, { .weight = 7 },
	};
	static const __u32 types[] = {
		RSP_POLICY_ROUND_ROBIN, 0x00000006, 0x40000005, 0xb0001001,
		0xffffffff,
	};
	static const int turns[] = { 0, 1, 2, 0, 1, 2, 0, -1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		assert_sequence(types[i], cand, 3, WHOLE, turns);
		assert_sequence(types[i], cand, 3, SAMPLE, turns);
	}
	assert_sequence(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 3, SAMPLE, turns);
	assert_sequence(RSP_POLICY_WEIGHTED_ROUND_ROBIN, alike, 3, WHOLE, turns);
}

/* POL-RR-02: some cannot be had for a while */
static void test_round_robin_without(void **state)
{
	struct rsp_policy_cand cand[4] = { { .excluded = true } };
	static const int turns[] = { 1, 2, 3, 1, 2, 3, -1 };
	static const int again[] = { 0, 0, 0, 1, 2, 3, 0, -1 };

	(void)state;
	assert_sequence(RSP_POLICY_ROUND_ROBIN, cand, 4, WHOLE, turns);
	cand[0].excluded = false;
	assert_next(RSP_POLICY_ROUND_ROBIN, cand, 4, WHOLE, again);
}

/* POL-WRR-04: each by its weight, evenly spread, whoever is first */
static void test_weighted_round_robin(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .weight = 1 }, { .weight = 5 }, { .weight = 1 },
	};
	static const int turns[] = {
		0, 1, 1, 1, 2, 1, 1, 1, 0, 1, 1, 2, 1, 1, -1
	};
	static struct rsp_policy_cand heavy[RSP_POLICY_CANDS_MAX];
	unsigned int i;

	(void)state;
	assert_sequence(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 3, WHOLE, turns);
	forget(cand, 3);
	for (i = 0; i < 7000; i++)
		select_one(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 3, WHOLE, 0);
	assert_int_equal(cand[0].used, 1000);
	assert_int_equal(cand[1].used, 5000);
	assert_int_equal(cand[2].used, 1000);
	for (i = 0; i < RSP_POLICY_CANDS_MAX; i++) {
		heavy[i].weight = 0xffffffff - i % 2;
		heavy[i].used = RSP_POLICY_USED_MAX - (i == 777);
	}
	assert_int_equal(rsp_policy_select(RSP_POLICY_WEIGHTED_ROUND_ROBIN,
					   heavy, RSP_POLICY_CANDS_MAX, WHOLE, 0),
			 777);
}

/* Each in its share when the random numbers are spread equally */
static void assert_shares(__u32 type, struct rsp_policy_cand *cand,
			  unsigned int n, bool sample, const unsigned int *share)
{
	const unsigned int draws = 1 << 16;
	unsigned int sum = 0;
	unsigned int i;

	forget(cand, n);
	for (i = 0; i < n; i++)
		sum += share[i];
	for (i = 0; i < draws; i++)
		assert_in_range(select_one(type, cand, n, sample, i << 16), 0,
				n - 1);
	for (i = 0; i < n; i++) {
		unsigned int want = (unsigned long)draws * share[i] / sum;

		if (share[i])
			assert_in_range(cand[i].used, want - 1, want + 1);
		else
			assert_int_equal(cand[i].used, 0);
	}
	assert_int_equal(select_one(type, cand + n - 1, 1, sample, 0xffffffff), 0);
}

/* POL-RAND-02: uniform, whatever else is said; the others when others chose */
static void test_random(void **state)
{
	struct rsp_policy_cand cand[5] = {
		{ .weight = 1000, .load = 1 }, { .weight = 1, .load = 2 },
		{ .weight = 7, .load = 0xfffffffe }, { .weight = 1 },
		{ .weight = 1 },
	};
	static const unsigned int all[] = { 1, 1, 1, 1, 1 };
	static const unsigned int some[] = { 1, 0, 1, 1, 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		const unsigned int *share = i ? some : all;

		cand[1].excluded = i;
		cand[4].excluded = false;
		assert_int_equal(select_one(RSP_POLICY_RANDOM, cand, 5, WHOLE,
					    0xffffffff), 4);
		cand[4].excluded = i;
		assert_shares(RSP_POLICY_RANDOM, cand, 5 - i, WHOLE, share);
		assert_shares(RSP_POLICY_RANDOM, cand, 5 - i, SAMPLE, share);
		assert_shares(RSP_POLICY_WEIGHTED_RANDOM, cand, 5 - i, SAMPLE,
			      share);
		assert_shares(RSP_POLICY_RANDOM_LEAST_USED, cand, 5 - i, SAMPLE,
			      share);
	}
}

/* POL-WRAND-02 POL-RLU-02: by weight, or by what the load leaves */
static void test_weighted_random(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .weight = 1, .load = 0x7fffffff },
		{ .weight = 9, .load = 0xbfffffff },
		{ .weight = 0, .load = 0xffffffff },
		{ .weight = 22, .load = 0xffffff },
	};
	static const unsigned int weights[] = { 1, 9, 0, 22 };
	static const unsigned int unloads[] = { 128, 64, 0, 255 };
	struct rsp_policy_cand heavy[16];
	static const unsigned int alike[] = {
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
	};
	unsigned int i;

	(void)state;
	assert_shares(RSP_POLICY_WEIGHTED_RANDOM, cand, 4, WHOLE, weights);
	assert_shares(RSP_POLICY_RANDOM_LEAST_USED, cand, 4, WHOLE, unloads);
	for (i = 0; i < ARRAY_SIZE(heavy); i++)
		heavy[i] = (struct rsp_policy_cand) { .weight = 0xffffffff };
	assert_shares(RSP_POLICY_WEIGHTED_RANDOM, heavy, 16, WHOLE, alike);
	assert_int_equal(select_one(RSP_POLICY_WEIGHTED_RANDOM, heavy, 16, WHOLE,
				    0xffffffff), 15);
}

/* POL-05 POL-RLU-01: who cannot serve is asked only when nobody else is left */
static void test_cannot_serve(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .weight = 0, .load = 0xffffffff },
		{ .weight = 3, .load = 0 },
		{ .weight = 0, .load = 0xffffffff },
		{ .weight = 3, .load = 0 },
	};
	static const unsigned int able[] = { 0, 1, 0, 1 };
	static const unsigned int unable[] = { 1, 0, 1, 0 };
	static const int able_turns[] = { 1, 3, 1, 3, -1 };
	static const int unable_turns[] = { 0, 2, 0, 2, -1 };
	static const int every_turn[] = { 0, 1, 2, 3, 0, -1 };
	unsigned int sample;

	(void)state;
	for (sample = 0; sample < 2; sample++) {
		cand[1].excluded = false;
		cand[3].excluded = false;
		assert_shares(RSP_POLICY_WEIGHTED_RANDOM, cand, 4, sample, able);
		assert_shares(RSP_POLICY_RANDOM_LEAST_USED, cand, 4, sample, able);
		cand[0].load = 0;	/* says nothing about weighted policies */
		assert_shares(RSP_POLICY_WEIGHTED_RANDOM, cand, 4, sample, able);
		cand[0].load = 0xffffffff;
		assert_sequence(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 4, sample,
				able_turns);
		assert_sequence(RSP_POLICY_ROUND_ROBIN, cand, 4, sample,
				every_turn);
		cand[1].excluded = true;
		cand[3].excluded = true;
		assert_shares(RSP_POLICY_WEIGHTED_RANDOM, cand, 3, sample, unable);
		assert_shares(RSP_POLICY_RANDOM_LEAST_USED, cand, 3, sample,
			      unable);
		assert_sequence(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 4, sample,
				unable_turns);
	}
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
	assert_sequence(RSP_POLICY_PRIORITY, cand, 4, WHOLE, highest);
	cand[1].excluded = true;
	assert_sequence(RSP_POLICY_PRIORITY, cand, 4, WHOLE, ties);
	cand[0].excluded = true;
	cand[2].excluded = true;
	assert_sequence(RSP_POLICY_PRIORITY, cand, 4, WHOLE, lowest);
}

/* POL-LU-02 POL-PLU-02: from the top of the registrar's list */
static void test_least_used(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .load = 9, .degradation = 1 }, { .load = 1, .degradation = 1 },
		{ .load = 0, .degradation = 1 },
	};
	static const int first[] = { 0, 0, 0, -1 };
	static const int second[] = { 1, 1, -1 };
	static const __u32 types[] = {
		RSP_POLICY_LEAST_USED, RSP_POLICY_PRIORITY_LEAST_USED,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		cand[0].excluded = false;
		assert_sequence(types[i], cand, 3, WHOLE, first);
		cand[0].excluded = true;
		assert_sequence(types[i], cand, 3, WHOLE, second);
	}
}

/*
 * POL-LU-02 POL-07: what was selected here adds to the load; who stands behind
 * another one has at least its load, whatever was registered
 */
static void test_degradation(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .load = 25, .degradation = 10 },
		{ .load = 10, .degradation = 10 },
		{ .load = 40, .degradation = 1 },
	};
	static const int turns[] = { 0, 1, 0, 1, 2, 2, 2, 2, 2, 0, -1 };
	struct rsp_policy_cand heavy[] = {
		{ .load = 0xffffffff, .degradation = 0xffffffff },
		{ .load = 0xffffffff, .degradation = 0xffffffff },
	};
	static const int each[] = { 0, 1, 0, 1, -1 };

	(void)state;
	assert_sequence(RSP_POLICY_LEAST_USED_DEGRADATION, cand, 3, WHOLE, turns);
	assert_sequence(RSP_POLICY_LEAST_USED_DEGRADATION, heavy, 2, WHOLE, each);
}

/* Newcomers have their share from now on, not of what was before. */
static void test_join(void **state)
{
	struct rsp_policy_cand cand[] = {
		{ .weight = 2, .excluded = true }, { .weight = 1, .used = 1000 },
		{ .weight = 3, .used = 3000 }, { .weight = 7, .excluded = true },
		{ .weight = 0xfffffff, .excluded = true },
	};

	(void)state;
	rsp_policy_join(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 5, WHOLE);
	assert_int_equal(cand[0].used, 2000);
	assert_int_equal(cand[1].used, 1000);
	assert_int_equal(cand[2].used, 3000);
	assert_int_equal(cand[3].used, 7000);
	assert_int_equal(cand[4].used, RSP_POLICY_USED_MAX);
	rsp_policy_join(RSP_POLICY_WEIGHTED_ROUND_ROBIN, cand, 5, SAMPLE);
	assert_int_equal(cand[0].used, 2000);
	assert_int_equal(cand[4].used, 2000);
	rsp_policy_join(RSP_POLICY_LEAST_USED_DEGRADATION, cand, 5, WHOLE);
	assert_int_equal(cand[0].used, 0);
	assert_int_equal(cand[2].used, 3000);
	cand[1].excluded = true;
	cand[2].excluded = true;
	rsp_policy_join(RSP_POLICY_ROUND_ROBIN, cand, 5, WHOLE);
	assert_int_equal(cand[1].used, 0);
	assert_int_equal(cand[2].used, 0);
}

/* Nobody, and only one */
static void test_edges(void **state)
{
	struct rsp_policy_cand cand[3] = {
		{ .excluded = true }, { .excluded = true }, { .excluded = true },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 2 * ARRAY_SIZE(every_policy); i++) {
		__u32 type = every_policy[i / 2];

		assert_int_equal(select_one(type, NULL, 0, i % 2, 1), -1);
		cand[2].excluded = true;
		assert_int_equal(select_one(type, cand, 3, i % 2, 1), -1);
		cand[2].excluded = false;
		assert_int_equal(select_one(type, cand, 3, i % 2, 0xffffffff), 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_robin),
		cmocka_unit_test(test_round_robin_without),
		cmocka_unit_test(test_weighted_round_robin),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_weighted_random),
		cmocka_unit_test(test_cannot_serve),
		cmocka_unit_test(test_priority),
		cmocka_unit_test(test_least_used),
		cmocka_unit_test(test_degradation),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
