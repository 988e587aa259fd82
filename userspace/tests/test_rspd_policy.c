// SPDX-License-Identifier: GPL-2.0-only
/* rspd: which elements of a pool are selected, policy by policy (RFC 5356). */
#include "harness.h"
#include "policy_tree.h"

#include "../rspd/random.h"

#define MANY	100000
#define FULL	0xffffffff

static const __u32 every_policy[] = {
	RSP_POLICY_ROUND_ROBIN, RSP_POLICY_WEIGHTED_ROUND_ROBIN,
	RSP_POLICY_RANDOM, RSP_POLICY_WEIGHTED_RANDOM, RSP_POLICY_PRIORITY,
	RSP_POLICY_LEAST_USED, RSP_POLICY_LEAST_USED_DEGRADATION,
	RSP_POLICY_PRIORITY_LEAST_USED, RSP_POLICY_RANDOM_LEAST_USED,
	0x00000006, 0x40000005, 0x80000007, 0xb0001001,
};

static struct handlespace *hs;
static uint64_t seed;

static int setup(void **state)
{
	static const uint8_t key[TABLE_KEY_LEN] = { 1, 2, 3 };
	static const struct hs_limits limits = {
		.pes = 4 * MANY, .octets = 1 << 30,
	};

	(void)state;
	seed = 4711;
	hs = malloc(sizeof(*hs));
	assert_non_null(hs);
	return hs_init(hs, key, &limits);
}

static int teardown(void **state)
{
	(void)state;
	hs_free(hs);
	free(hs);
	return 0;
}

/* ---- a pool and what it selects -------------------------------------------------------- */

static struct rsp_policy_param weight(__u32 type, __u32 w)
{
	return (struct rsp_policy_param){ .type = type, .weight = w };
}

static struct rsp_policy_param load(__u32 type, __u32 l, __u32 degradation)
{
	return (struct rsp_policy_param){
		.type = type, .load = l, .degradation = degradation,
	};
}

static struct rsp_policy_param priority(__u32 p)
{
	return (struct rsp_policy_param){
		.type = RSP_POLICY_PRIORITY, .priority = p,
	};
}

static struct rsp_policy_param any(__u32 type)
{
	return (struct rsp_policy_param){
		.type = type,
		.weight = random_below(&seed, 100),
		.priority = random_below(&seed, 100),
		.load = random_below(&seed, 100),
		.degradation = random_below(&seed, 10),
	};
}

static struct rsp_pe_param pe_param(uint32_t id,
				    struct rsp_policy_param policy)
{
	return (struct rsp_pe_param){
		.pe_id = id,
		.life = 300,
		.user = {
			.type = RSP_PARAM_SCTP_TRANSPORT,
			.port = 7,
			.naddrs = 1,
			.addrs = { { 4, { 192, 0, 2, 1 } } },
		},
		.policy = policy,
	};
}

static struct hs_pe *add_to(const char *handle, uint32_t id,
			    struct rsp_policy_param policy)
{
	struct rsp_octets octets = { (const __u8 *)handle, strlen(handle) };
	struct rsp_pe_param param = pe_param(id, policy);
	struct hs_pe *pe = NULL;

	assert_int_equal(hs_add(hs, octets, &param, &pe), 0);
	return pe;
}

static struct hs_pe *add(uint32_t id, struct rsp_policy_param policy)
{
	return add_to("p", id, policy);
}

static void again(struct hs_pe *pe, struct rsp_policy_param policy)
{
	struct rsp_pe_param param = pe_param(pe->id, policy);
	bool changed;

	assert_int_equal(hs_replace(hs, pe, &param, 0, &changed), 0);
}

static struct hs_pool *pool_named(const char *handle)
{
	struct rsp_octets octets = { (const __u8 *)handle, strlen(handle) };
	struct hs_pool *pool = hs_find_pool(hs, octets);

	assert_non_null(pool);
	return pool;
}

static struct hs_pool *pool(void)
{
	return pool_named("p");
}

/* One answer of at most @max, of which @counted are counted as selected. */
static size_t answer_of(struct hs_pool *from, struct hs_pe **pes, size_t max,
			size_t counted)
{
	size_t n = policy_select(from, pes, max, &seed);

	policy_returned(from, pes, n, counted);
	return n;
}

/* The identifiers of the next answer, up to a 0 */
static void expect_counted(size_t max, size_t counted, const uint32_t *ids)
{
	struct hs_pe *pes[16];
	size_t n, i;

	assert_in_range(max, 0, ARRAY_SIZE(pes));
	n = answer_of(pool(), pes, max, counted);
	for (i = 0; i < n; i++)
		assert_int_equal(pes[i]->id, ids[i]);
	assert_int_equal(ids[n], 0);
}

#define EXPECT(max, ...) \
	expect_counted(max, 1, (const uint32_t[]){ __VA_ARGS__, 0 })
#define EXPECT_ALL_COUNTED(max, ...) \
	expect_counted(max, 0, (const uint32_t[]){ __VA_ARGS__, 0 })

static uint32_t next(void)
{
	struct hs_pe *pe;

	assert_int_equal(answer_of(pool(), &pe, 1, 1), 1);
	return pe->id;
}

/* ---- Round Robin, Weighted Round Robin ------------------------------------------------- */

/* POL-RR-01: the head moves by one whatever the answer's length */
static void round_robin(void **state)
{
	(void)state;
	add(1, weight(RSP_POLICY_ROUND_ROBIN, 0));
	EXPECT(8, 1);
	add(2, weight(RSP_POLICY_ROUND_ROBIN, 0));
	add(3, weight(RSP_POLICY_ROUND_ROBIN, 0));
	EXPECT(8, 1, 2, 3);
	EXPECT(1, 2);
	EXPECT(2, 3, 1);
	EXPECT(3, 1, 2, 3);
}

/* POL-RR-01: removal of the head, of the last one */
static void round_robin_with_removals(void **state)
{
	struct hs_pe *two, *three;

	(void)state;
	add(1, weight(RSP_POLICY_ROUND_ROBIN, 0));
	two = add(2, weight(RSP_POLICY_ROUND_ROBIN, 0));
	three = add(3, weight(RSP_POLICY_ROUND_ROBIN, 0));
	EXPECT(1, 1);
	hs_remove(hs, two);
	EXPECT(2, 3, 1);
	EXPECT(2, 1, 3);
	hs_remove(hs, three);
	EXPECT(2, 1);
}

/* POL-02 POL-03 POL-PRIV-01: unknown and private policies take turns */
static void unknown_policies_take_turns(void **state)
{
	static const __u32 types[] = { 0x00000006, 0x40000005, 0x80000007,
				       0xb0001001, 0xffffffff };
	char handle[2] = "a";
	struct hs_pe *pes[4];
	unsigned int i, turn;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++, handle[0]++) {
		add_to(handle, 1, weight(types[i], 0));
		add_to(handle, 2, load(types[i], FULL, FULL));
		add_to(handle, 3, priority(5))->pool->policy = types[i];
		for (turn = 0; turn < 7; turn++) {
			assert_int_equal(answer_of(pool_named(handle), pes, 4,
						   1), 3);
			assert_int_equal(pes[0]->id, turn % 3 + 1);
			assert_int_equal(pes[1]->id, (turn + 1) % 3 + 1);
			assert_int_equal(pes[2]->id, (turn + 2) % 3 + 1);
		}
	}
}

/* A list that is a circle with a head: what Round Robin is by RFC 5356 */
struct circle {
	uint32_t ids[64];
	unsigned int n;
	unsigned int head;
};

static void circle_expect(const struct circle *c, struct hs_pool *of)
{
	struct hs_pe *pes[64];
	unsigned int i;

	assert_int_equal(answer_of(of, pes, 64, 1), c->n);
	for (i = 0; i < c->n; i++)
		assert_int_equal(pes[i]->id, c->ids[(c->head + i) % c->n]);
}

static void circle_remove(struct circle *c, unsigned int at)
{
	memmove(&c->ids[at], &c->ids[at + 1],
		(--c->n - at) * sizeof(c->ids[0]));
	if (c->head > at)
		c->head--;
	if (c->head == c->n)
		c->head = 0;
}

/*
 * POL-RR-01 POL-WRR-03: Round Robin, and Weighted Round Robin with weights of
 * 1, are that circle, whoever comes and goes.  (One that comes is served when
 * the head comes to the end of the list: compared as long as nobody has been
 * added, for where the circle is cut is nobody's matter.)
 */
static void equal_weights_are_round_robin(void **state)
{
	static const __u32 types[] = { RSP_POLICY_ROUND_ROBIN,
				       RSP_POLICY_WEIGHTED_ROUND_ROBIN };
	char handle[2] = "a";
	struct circle c;
	unsigned int i, step;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++, handle[0]++) {
		memset(&c, 0, sizeof(c));
		for (c.n = 0; c.n < 40; c.n++) {
			c.ids[c.n] = c.n + 1;
			add_to(handle, c.n + 1, weight(types[i], 1));
		}
		for (step = 0; step < 1000; step++) {
			circle_expect(&c, pool_named(handle));
			c.head = (c.head + 1) % c.n;
			if (step % 27 == 26) {
				unsigned int at = random_below(&seed, c.n);

				hs_remove(hs, hs_find_pe(hs, pool_named(handle),
							 c.ids[at]));
				circle_remove(&c, at);
			}
		}
	}
}

/* POL-WRR-03: the two are the same also with those that come */
static void weights_of_1_are_like_none(void **state)
{
	struct hs_pe *rr[64], *wrr[64];
	uint32_t id = 2, victim;
	unsigned int step;
	size_t n, i;

	(void)state;
	add_to("rr", 1, weight(RSP_POLICY_ROUND_ROBIN, 0));
	add_to("wrr", 1, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN, 1));
	for (step = 0; step < 5000; step++) {
		n = answer_of(pool_named("rr"), rr, 64, 1);
		assert_int_equal(answer_of(pool_named("wrr"), wrr, 64, 1), n);
		for (i = 0; i < n; i++)
			assert_int_equal(rr[i]->id, wrr[i]->id);
		if (n < 64 && random_below(&seed, 3) == 0) {
			add_to("rr", id, weight(RSP_POLICY_ROUND_ROBIN, 0));
			add_to("wrr", id++,
			       weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN, 1));
		} else if (n > 1 && random_below(&seed, 3) == 0) {
			victim = random_below(&seed, n);
			hs_remove(hs, rr[victim]);
			hs_remove(hs, wrr[victim]);
		}
	}
}

/* One that comes has its turn before anybody has two. */
static void round_robin_newcomers(void **state)
{
	unsigned int turns[200] = { 0 }, i, n;

	(void)state;
	for (n = 1; n < 100; n++) {
		add(n, weight(RSP_POLICY_ROUND_ROBIN, 0));
		memset(turns, 0, sizeof(turns));
		for (i = 0; i < n; i++)
			turns[next()]++;
		for (i = 1; i <= n; i++)
			assert_int_equal(turns[i], 1);
		next();
	}
}

/* POL-WRR-02: as even as it can be */
static void weights_5_1_1(void **state)
{
	unsigned int since = 0, heavy = 0, i;

	(void)state;
	add(1, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN, 5));
	add(2, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN, 1));
	add(3, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN, 1));
	for (i = 0; i < 700; i++) {
		if (next() != 1) {
			assert_int_equal(++since, 1);	/* never two others */
			continue;
		}
		since = 0;
		heavy++;
	}
	assert_int_equal(heavy, 500);
}

/*
 * POL-WRR-01 POL-WRR-02: after any number of turns, each element has had its
 * share of them but for one turn; after a round exactly.
 */
static void check_shares(const uint32_t *weights, unsigned int n,
			 unsigned int rounds)
{
	uint64_t had[64] = { 0 }, sum = 0, t, i;
	int64_t off;

	for (i = 0; i < n; i++) {
		add(i + 1, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN,
				  weights[i]));
		sum += weights[i];
	}
	for (t = 1; t <= rounds * sum; t++) {
		had[next() - 1]++;
		for (i = 0; i < n; i++) {
			off = had[i] * sum - t * weights[i];
			assert_in_range(off + sum, 0, 2 * sum);
			if (t % sum == 0)
				assert_int_equal(off, 0);
		}
	}
	while (n)
		hs_remove(hs, hs_find_pe(hs, pool(), n--));
}

static void shares_are_even(void **state)
{
	static const uint32_t few[] = { 1, 2, 3, 4 };
	static const uint32_t steep[] = { 1000, 1, 1, 1, 30, 500 };
	uint32_t weights[64];
	unsigned int round, i;

	(void)state;
	check_shares(few, ARRAY_SIZE(few), 50);
	check_shares(steep, ARRAY_SIZE(steep), 3);
	for (round = 0; round < 10; round++) {
		for (i = 0; i < ARRAY_SIZE(weights); i++)
			weights[i] = 1 + random_below(&seed, 1 + 10 * round);
		check_shares(weights, ARRAY_SIZE(weights), 2);
	}
}

/* POL-WRR-01: weights as large as there are, beside the smallest */
static void shares_of_extreme_weights(void **state)
{
	static const uint32_t weights[] = { FULL, FULL / 2, FULL / 4, 1, 1 };
	unsigned int had[6] = { 0 }, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(weights); i++)
		add(i + 1, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN,
				  weights[i]));
	for (i = 0; i < 70000; i++)
		had[next()]++;
	assert_in_range(had[1], 39998, 40002);
	assert_in_range(had[2], 19998, 20002);
	assert_in_range(had[3], 9998, 10002);
	assert_in_range(had[4] + had[5], 0, 2);
}

/* Times can be compared: all are within a few rounds. */
static void check_times(const struct hs_pool *of)
{
	const int64_t round = 1LL << 58;
	const struct hs_pe *pe;
	int64_t off;

	TAILQ_FOREACH(pe, &of->pes, in_pool) {
		if (pe->selection.unable)
			continue;
		off = pe->selection.start - of->selection.able.now;
		assert_true(off >= -4 * round && off <= 4 * round);
	}
}

/* Nobody's share suffers from others that come, go and change. */
static void shares_survive_changes(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 10, 1000, FULL / 2 };
	struct hs_pe *others[50] = { 0 };
	unsigned int had[3] = { 0 };
	unsigned int i, which;
	uint32_t id;

	(void)state;
	add(1, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN, 300));
	add(2, weight(RSP_POLICY_WEIGHTED_ROUND_ROBIN, 100));
	for (i = 0; i < 20000; i++) {
		which = random_below(&seed, ARRAY_SIZE(others));
		if (!others[which])
			others[which] = add(which + 3, any(2));
		else if (random_below(&seed, 2))
			again(others[which],
			      weight(2, sizes[random_below(&seed, 6)]));
		else {
			hs_remove(hs, others[which]);
			others[which] = NULL;
		}
		id = next();
		if (id < 3)
			had[id]++;
		check_times(pool());
		if (i % 1000 == 0)
			assert_true(policy_agrees(pool()));
	}
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i])
			hs_remove(hs, others[i]);
	for (i = 0; i < 4000; i++)
		had[next()]++;
	assert_in_range(had[1], 3000, 30000);
	assert_in_range(had[1] - 3 * had[2] + 300, 0, 600);
}

/* ---- who cannot serve ------------------------------------------------------------------ */

/* POL-05 POL-RLU-01: never beside one that can; all of them if there is none */
static void unable(void **state)
{
	static const struct {
		__u32 type;
		struct rsp_policy_param cannot, can;
	} kinds[] = {
		{ RSP_POLICY_WEIGHTED_ROUND_ROBIN, { .weight = 0 },
		  { .weight = 3 } },
		{ RSP_POLICY_WEIGHTED_RANDOM, { .weight = 0 },
		  { .weight = 3 } },
		{ RSP_POLICY_RANDOM_LEAST_USED, { .load = FULL },
		  { .load = FULL - 1 } },
	};
	struct rsp_policy_param cannot, can;
	unsigned int i, turn, had[4];
	char handle[2] = "a";
	struct hs_pe *pes[4], *one;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++, handle[0]++) {
		cannot = kinds[i].cannot;
		can = kinds[i].can;
		cannot.type = kinds[i].type;
		can.type = kinds[i].type;
		one = add_to(handle, 1, cannot);
		add_to(handle, 2, cannot);
		add_to(handle, 3, cannot);
		memset(had, 0, sizeof(had));
		for (turn = 0; turn < 3000; turn++) {
			assert_int_equal(answer_of(one->pool, pes, 4, 1), 3);
			had[pes[0]->id]++;
		}
		assert_in_range(had[1], 900, 1100);
		assert_in_range(had[2], 900, 1100);
		again(one, can);
		for (turn = 0; turn < 100; turn++) {
			assert_int_equal(answer_of(one->pool, pes, 4, 1), 1);
			assert_ptr_equal(pes[0], one);
		}
		assert_true(policy_agrees(one->pool));
		again(one, cannot);
		assert_int_equal(answer_of(one->pool, pes, 4, 1), 3);
		assert_true(policy_agrees(one->pool));
	}
}

/* ---- Random, Weighted Random, Randomized Least Used ------------------------------------ */

/* Of chi-square, for 4, 9 and 19 degrees of freedom: exceeded once in 1000 */
#define CHI2_4	18.47
#define CHI2_9	27.88
#define CHI2_19	43.82

static double chi2(const unsigned int *had, const double *share,
		   unsigned int n, unsigned int draws)
{
	double sum = 0, expected;
	unsigned int i;

	for (i = 0; i < n; i++) {
		expected = share[i] * draws;
		sum += (had[i] - expected) * (had[i] - expected) / expected;
	}
	return sum;
}

/* POL-RAND-01: each of ten is in three tenths of answers of three, evenly */
static void random_is_uniform(void **state)
{
	unsigned int first[10] = { 0 }, third[10] = { 0 };
	const unsigned int draws = 100000;
	double share[10];
	struct hs_pe *pes[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		share[i] = 0.1;
		add(i + 1, any(RSP_POLICY_RANDOM));
	}
	for (i = 0; i < draws; i++) {
		assert_int_equal(answer_of(pool(), pes, 3, 1), 3);
		first[pes[0]->id - 1]++;
		third[pes[2]->id - 1]++;
	}
	assert_true(chi2(first, share, 10, draws) < CHI2_9);
	assert_true(chi2(third, share, 10, draws) < CHI2_9);
	assert_true(policy_agrees(pool()));
}

/* Pairs: the first by its weight, the second by its own of what is left */
static void check_pairs(const double *w)
{
	const unsigned int draws = 100000;
	unsigned int had[20] = { 0 }, firsts[5] = { 0 };
	double share[20], sum = 0, first[5];
	struct hs_pe *pes[2];
	unsigned int i, j, n = 0;

	for (i = 0; i < 5; i++)
		sum += w[i];
	for (i = 0; i < 5; i++) {
		first[i] = w[i] / sum;
		for (j = 0; j < 5; j++)
			if (j != i)
				share[n++] = first[i] * w[j] / (sum - w[i]);
	}
	for (n = 0; n < draws; n++) {
		assert_int_equal(answer_of(pool(), pes, 2, 1), 2);
		i = pes[0]->id - 1;
		j = pes[1]->id - 1;
		had[4 * i + j - (j > i)]++;
		firsts[i]++;
	}
	assert_true(chi2(firsts, first, 5, draws) < CHI2_4);
	assert_true(chi2(had, share, 20, draws) < CHI2_19);
	assert_true(policy_agrees(pool()));
}

/* POL-WRAND-01; and after all weights have changed */
static void weighted_random_is_by_weight(void **state)
{
	double w[5] = { 1, 2, 3, 10, 4 };
	struct hs_pe *pes[5];
	uint32_t steep[5];
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++)
		pes[i] = add(i + 1, weight(RSP_POLICY_WEIGHTED_RANDOM, w[i]));
	check_pairs(w);
	for (i = 0; i < 5; i++) {
		steep[i] = FULL / (i + 1);
		w[i] = steep[i];
		again(pes[i], weight(RSP_POLICY_WEIGHTED_RANDOM, steep[i]));
	}
	check_pairs(w);
}

/* POL-RLU-01 POL-04: by what is left of 0xffffffff = 100 % */
static void randomized_least_used_is_by_unload(void **state)
{
	static const __u32 loads[] = {
		0, FULL / 2, FULL / 4 * 3, FULL / 10 * 9, FULL / 10,
	};
	double w[5];
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		w[i] = FULL - loads[i];
		add(i + 1, load(RSP_POLICY_RANDOM_LEAST_USED, loads[i], 0));
	}
	check_pairs(w);
}

/* ---- Priority, the Least Used ones ----------------------------------------------------- */

/* POL-PRIO-01 */
static void priority_is_falling(void **state)
{
	struct hs_pe *pe;

	(void)state;
	add(1, priority(5));
	pe = add(2, priority(FULL));
	add(3, priority(0));
	add(4, priority(5));
	add(5, priority(6));
	EXPECT(8, 2, 5, 1, 4, 3);
	EXPECT(8, 2, 5, 4, 1, 3);
	EXPECT(1, 2);
	again(pe, priority(1));
	EXPECT(8, 5, 1, 4, 2, 3);
	hs_remove(hs, pe);
	EXPECT(3, 5, 4, 1);
}

/* POL-LU-01 POL-04 */
static void least_used_is_rising(void **state)
{
	const __u32 lu = RSP_POLICY_LEAST_USED;
	struct hs_pe *pe;

	(void)state;
	add(1, load(lu, FULL, 0));
	add(2, load(lu, 7, 0));
	pe = add(3, load(lu, FULL - 1, 0));
	add(4, load(lu, 0, 0));
	EXPECT(8, 4, 2, 3, 1);
	EXPECT(8, 4, 2, 3, 1);
	EXPECT(2, 4, 2);
	again(pe, load(lu, 0x80000000, 0));
	EXPECT(8, 4, 2, 3, 1);
	again(pe, load(lu, 6, 0));
	EXPECT(8, 4, 3, 2, 1);
}

/* POL-LU-01: those that are equal take turns, at any place of the list */
static void equal_loads_take_turns(void **state)
{
	const __u32 lu = RSP_POLICY_LEAST_USED;
	struct hs_pe *pe;

	(void)state;
	add(1, load(lu, 1, 0));
	add(2, load(lu, 5, 0));
	add(3, load(lu, 5, 0));
	pe = add(4, load(lu, 5, 0));
	add(5, load(lu, 9, 0));
	add(6, load(lu, 9, 0));
	EXPECT(6, 1, 2, 3, 4, 5, 6);
	EXPECT(6, 1, 3, 4, 2, 6, 5);
	EXPECT(1, 1);			/* nobody else was asked */
	EXPECT(2, 1, 4);
	EXPECT(6, 1, 2, 3, 4, 5, 6);
	/* the same load again: it keeps its place */
	again(pe, load(lu, 5, 0));
	EXPECT(4, 1, 3, 4, 2);
	again(pe, load(lu, 1, 0));
	EXPECT(2, 1, 4);
	EXPECT(2, 4, 1);
}

/* POL-LUD-01 POL-LUD-02: the first of each answer gets heavier */
static void degradation_counts_selections(void **state)
{
	const __u32 lud = RSP_POLICY_LEAST_USED_DEGRADATION;
	struct hs_pe *one;

	(void)state;
	one = add(1, load(lud, 10, 10));
	add(2, load(lud, 25, 1));
	EXPECT(2, 1, 2);	/* 10 25 */
	EXPECT(2, 1, 2);	/* 20 25 */
	EXPECT(2, 2, 1);	/* 30 25 */
	EXPECT(2, 2, 1);	/* 30 26 */
	EXPECT(1, 2);		/* 30 27 */
	EXPECT(1, 2);		/* 30 28 */
	EXPECT(1, 2);		/* 30 29 */
	EXPECT(2, 1, 2);	/* 30 30: the one not used for longer */
	EXPECT(2, 2, 1);	/* 40 30 */
	assert_int_equal(one->selection.selected, 3);
	again(one, load(lud, 10, 10));
	assert_int_equal(one->selection.selected, 0);
	EXPECT(2, 1, 2);	/* 10 31 */
	again(one, load(lud, 10, 0));
	EXPECT(2, 1, 2);
	EXPECT(2, 1, 2);
}

/* POL-LUD-02: as a setting, all of an answer, or the first ones */
static void degradation_of_all_returned(void **state)
{
	const __u32 lud = RSP_POLICY_LEAST_USED_DEGRADATION;

	(void)state;
	add(1, load(lud, 10, 30));
	add(2, load(lud, 20, 30));
	add(3, load(lud, 30, 30));
	add(4, load(lud, 45, 30));
	EXPECT_ALL_COUNTED(2, 1, 2);		/* 10 20 30 45 */
	EXPECT_ALL_COUNTED(3, 3, 1, 4);		/* 40 50 30 45 */
	EXPECT_ALL_COUNTED(4, 2, 3, 1, 4);	/* 70 50 60 75 */
	expect_counted(3, 2, (const uint32_t[]){ 2, 3, 1, 0 });
	EXPECT(4, 1, 4, 2, 3);			/* 100 110 120 105 */
}

/* POL-07: sums end at 100 %, and those that are there take turns */
static void degradation_saturates(void **state)
{
	const __u32 lud = RSP_POLICY_LEAST_USED_DEGRADATION;
	struct hs_pe *pes[3];
	unsigned int i, turn;

	(void)state;
	for (i = 0; i < 3; i++)
		pes[i] = add(i + 1, load(lud, FULL - i, FULL));
	EXPECT(3, 3, 2, 1);
	EXPECT(3, 2, 1, 3);
	for (turn = 2; turn < 11; turn++)
		EXPECT(1, turn % 3 + 1);
	for (i = 0; i < 3; i++) {
		pes[i]->selection.selected = FULL;
		assert_int_equal(pes[i]->selection.key, FULL);
	}
	for (turn = 2; turn < 11; turn++)
		EXPECT(1, turn % 3 + 1);
	assert_int_equal(pes[0]->selection.selected, FULL);
}

/* POL-PLU-01 POL-07: the RFC's example, ties, sums above 100 % */
static void priority_least_used(void **state)
{
	const __u32 plu = RSP_POLICY_PRIORITY_LEAST_USED;
	const __u32 half = FULL / 2, tenth = FULL / 10;

	(void)state;
	add(2, load(plu, half, half));
	add(1, load(plu, half, tenth));
	EXPECT(2, 1, 2);
	EXPECT(2, 1, 2);
	add(3, load(plu, half + tenth, 0));
	add(4, load(plu, FULL, FULL));
	add(5, load(plu, FULL, 0));
	EXPECT(5, 1, 3, 2, 4, 5);
	EXPECT(5, 3, 1, 2, 5, 4);
}

/* ---- all of them ----------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
	uint32_t x = (*(struct hs_pe *const *)a)->id;
	uint32_t y = (*(struct hs_pe *const *)b)->id;

	return x < y ? -1 : x > y;
}

static void assert_all_different(struct hs_pe **pes, size_t n)
{
	size_t i;

	qsort(pes, n, sizeof(*pes), ascending);
	for (i = 1; i < n; i++)
		assert_true(pes[i - 1]->id < pes[i]->id);
}

/* POL-06, while elements come, go and change; the tree stays one */
static void nobody_twice(void **state)
{
	struct hs_pe *pes[80], *others[64];
	char handle[2] = "a";
	unsigned int i, step, which;
	struct hs_pool *of;
	size_t n, max;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(every_policy); i++, handle[0]++) {
		memset(others, 0, sizeof(others));
		of = add_to(handle, 100, any(every_policy[i]))->pool;
		for (step = 0; step < 2000; step++) {
			which = random_below(&seed, ARRAY_SIZE(others));
			if (!others[which]) {
				others[which] = add_to(handle, which + 1,
						       any(every_policy[i]));
			} else if (step % 3) {
				again(others[which], any(every_policy[i]));
			} else {
				hs_remove(hs, others[which]);
				others[which] = NULL;
			}
			max = random_below(&seed, ARRAY_SIZE(pes) + 1);
			n = answer_of(of, pes, max, step & 1);
			assert_true(n <= max && n <= of->npes);
			assert_true(n || !max);
			assert_all_different(pes, n);
			assert_true(policy_agrees(of));
		}
	}
}

/* Selecting changes nothing; only what is returned does. */
static void selecting_is_no_use(void **state)
{
	struct hs_pe *one[8], *two[8];
	char handle[2] = "a";
	struct hs_pool *of;
	unsigned int i, j;
	uint64_t same;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(every_policy); i++, handle[0]++) {
		for (j = 1; j <= 20; j++)
			add_to(handle, j, any(every_policy[i]));
		of = pool_named(handle);
		for (j = 0; j < 50; j++) {
			same = seed;
			assert_int_equal(policy_select(of, one, 8, &seed), 8);
			seed = same;
			assert_int_equal(policy_select(of, two, 8, &seed), 8);
			assert_memory_equal(one, two, sizeof(one));
			policy_returned(of, one, 8, 1);
		}
	}
}

/* ---- how much work it is --------------------------------------------------------------- */

/* Tree nodes of a thousand answers of @max and as many re-registrations */
static unsigned long work(struct hs_pool *of, __u32 type, size_t max)
{
	unsigned long before = policy_steps;
	struct hs_pe *pes[10];
	struct hs_pe *pe;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		assert_int_equal(answer_of(of, pes, max, 0), max);
		pe = hs_find_pe(hs, of, 1 + random_below(&seed, of->npes));
		again(pe, any(type));
	}
	return policy_steps - before;
}

/*
 * A few paths through the tree for each element of the answer, and for the
 * change: log2(100) is 6.6, log2(100,000) is 16.6.
 */
static void check_work(const char *handle, __u32 type, unsigned int n,
		       unsigned int log2)
{
	struct hs_pool *of;
	unsigned int i;

	for (i = 1; i <= n; i++)
		add_to(handle, i, any(type));
	of = pool_named(handle);
	assert_in_range(work(of, type, 1), 1000, 1000 * 12 * log2);
	assert_in_range(work(of, type, 10), 1000, 10 * 1000 * 12 * log2);
	for (i = 1; i <= n; i++)
		hs_remove(hs, hs_find_pe(hs, of, i));
}

static void work_is_logarithmic(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(every_policy); i++) {
		check_work("small", every_policy[i], 100, 7);
		check_work("large", every_policy[i], MANY, 17);
	}
}

/* Half a KiB per element, all in one pool */
static void memory_is_bounded(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 1000; i++)
		add(i, any(RSP_POLICY_WEIGHTED_RANDOM));
	assert_in_range(hs->octets / 1000, 1, 384);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(round_robin),
		TEST(round_robin_with_removals),
		TEST(unknown_policies_take_turns),
		TEST(equal_weights_are_round_robin),
		TEST(weights_of_1_are_like_none),
		TEST(round_robin_newcomers),
		TEST(weights_5_1_1),
		TEST(shares_are_even),
		TEST(shares_of_extreme_weights),
		TEST(shares_survive_changes),
		TEST(unable),
		TEST(random_is_uniform),
		TEST(weighted_random_is_by_weight),
		TEST(randomized_least_used_is_by_unload),
		TEST(priority_is_falling),
		TEST(least_used_is_rising),
		TEST(equal_loads_take_turns),
		TEST(degradation_counts_selections),
		TEST(degradation_of_all_returned),
		TEST(degradation_saturates),
		TEST(priority_least_used),
		TEST(nobody_twice),
		TEST(selecting_is_no_use),
		TEST(work_is_logarithmic),
		TEST(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
