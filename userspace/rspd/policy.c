// SPDX-License-Identifier: GPL-2.0-only
/*
 * Member selection by the registrar (RFC 5356 sections 4 and 5).  The pool
 * user's side is net/rserpool/policy.c.
 *
 * A pool's elements are in one balanced tree, whose nodes know the sum of the
 * weights below them and the lowest start.  A policy uses it in one of three
 * ways:
 *
 *	turns	Round Robin and Weighted Round Robin
 *	draw	Random, Weighted Random, Randomized Least Used
 *	sorted	Priority, Least Used, ... with Degradation, Priority Least Used
 *
 * An answer of n elements takes O(n log N).  Elements of weight 0 cannot serve:
 * they are in a tree of their own, where all have the same weight, and are
 * selected when there are no others (POL-05, POL-RLU-01).
 *
 * Turns.  Each element is to have its share of all turns, evenly spread.  In a
 * round of virtual time an element of weight w has w turns, the k-th of them
 * between k / w and (k + 1) / w.  Virtual time is the mean of the starts of all
 * next turns, so that nobody gains or loses by who else joins, leaves or changes
 * its weight.  Of the turns that may begin, the one that has to end first is
 * next: an element is never more than one turn ahead of its share or behind it
 * (Stoica and Abdel-Wahab, "Earliest Eligible Virtual Deadline First", 1995).
 * With equal weights that is Round Robin.  Times wrap around; all times of a
 * line are within a few rounds.
 */
#include "policy.h"

#include "handlespace.h"
#include "random.h"

/* Virtual time of one turn of an element of weight 1. */
#define POLICY_ROUND	(1ULL << 58)

/* A difference of virtual times multiplied with a weight. */
typedef __int128 policy_lead;

/**
 * struct policy_kind - a policy
 * @type: enum rsp_policy_type
 * @number: the number that counts: for turns and draw a weight, else what is
 *	sorted by
 * @sorted: sorted by it
 * @degrades: selections add to it
 * @select: see policy_select()
 * @returned: see policy_returned(); NULL: no state
 */
struct policy_kind {
	uint32_t type;
	uint32_t (*number)(const struct rsp_policy_param *param);
	bool sorted;
	bool degrades;
	size_t (*select)(struct policy_line *line, struct hs_pe **pes,
			 size_t max, uint64_t *random);
	void (*returned)(struct policy_pool *pool, struct policy_line *line,
			 struct hs_pe *const *pes, size_t n, size_t counted);
};

unsigned long policy_steps;

/* ---- the tree ------------------------------------------------------------------------ */

static bool policy_before(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) < 0;
}

static int policy_cmp(const struct policy_pe *a, const struct policy_pe *b)
{
	policy_steps++;
	if (a->key != b->key)
		return policy_before(a->key, b->key) ? -1 : 1;
	return a->turn < b->turn ? -1 : a->turn > b->turn;
}

static void policy_add_child(struct policy_pe *pe, const struct policy_pe *child)
{
	if (!child)
		return;
	pe->sum += child->sum;
	if (policy_before(child->low, pe->low))
		pe->low = child->low;
}

static void policy_sum(struct policy_pe *pe)
{
	policy_steps++;
	pe->sum = pe->weight;
	pe->low = pe->start;
	policy_add_child(pe, RB_LEFT(pe, entry));
	policy_add_child(pe, RB_RIGHT(pe, entry));
}

/* @pe or what is below it has changed. */
static void policy_sum_up(struct policy_pe *pe)
{
	for (; pe; pe = RB_PARENT(pe, entry))
		policy_sum(pe);
}

/*
 * For the nodes that change places.  Those above the place of an insertion or
 * removal stay above it, and are done afterwards.
 */
#undef RB_AUGMENT
#define RB_AUGMENT(pe)	policy_sum(pe)

RB_GENERATE_INTERNAL(policy_tree, policy_pe, entry, policy_cmp,
		     __attribute__((unused)) static)

static struct hs_pe *policy_owner(struct policy_pe *pe)
{
	return container_of(pe, struct hs_pe, selection);
}

static void line_add(struct policy_line *line, struct policy_pe *pe)
{
	pe->sum = pe->weight;
	pe->low = pe->start;
	RB_INSERT(policy_tree, &line->tree, pe);
	policy_sum_up(pe);
}

/* The lowest node that will have less below it, when @pe is not there */
static struct policy_pe *line_above(struct policy_pe *pe)
{
	struct policy_pe *heir;

	if (!RB_LEFT(pe, entry) || !RB_RIGHT(pe, entry))
		return RB_PARENT(pe, entry);
	heir = RB_NEXT(policy_tree, NULL, pe);
	return RB_PARENT(heir, entry) == pe ? heir : RB_PARENT(heir, entry);
}

static void line_del(struct policy_line *line, struct policy_pe *pe)
{
	struct policy_pe *above = line_above(pe);

	RB_REMOVE(policy_tree, &line->tree, pe);
	policy_sum_up(above);
}

static uint64_t line_weight(const struct policy_line *line)
{
	const struct policy_pe *root = RB_ROOT(&line->tree);

	return root ? root->sum : 0;
}

/* Elements in their order, @first (or NULL) before the others. */
static size_t line_list(struct policy_line *line, struct policy_pe *first,
			struct hs_pe **pes, size_t max)
{
	struct policy_pe *pe;
	size_t n = 0;

	if (first && max)
		pes[n++] = policy_owner(first);
	pe = RB_MIN(policy_tree, &line->tree);
	for (; pe && n < max; pe = RB_NEXT(policy_tree, &line->tree, pe)) {
		policy_steps++;
		if (pe != first)
			pes[n++] = policy_owner(pe);
	}
	return n;
}

/* ---- turns --------------------------------------------------------------------------- */

/*
 * How much @pe is ahead of its share: 0 for all of a line together.  Of a
 * heavy element that can be many turns, when light ones have left.
 */
static policy_lead turns_lead(const struct policy_line *line,
			      const struct policy_pe *pe)
{
	return (policy_lead)(int64_t)(pe->start - line->now) * pe->weight;
}

/* Whose lead was @lead together has come; the mean goes there. */
static void turns_settle(struct policy_line *line, policy_lead lead)
{
	uint64_t weight = line_weight(line);
	policy_lead whole;

	lead += line->rest;
	line->rest = 0;
	if (!weight)
		return;
	whole = lead / weight;
	if (lead % weight < 0)
		whole--;
	line->now += whole;
	line->rest = lead - whole * weight;
}

static void turns_add(struct policy_line *line, struct policy_pe *pe,
		      uint64_t start)
{
	pe->start = start;
	pe->key = start + POLICY_ROUND / pe->weight;
	line_add(line, pe);
	turns_settle(line, turns_lead(line, pe));
}

static void turns_del(struct policy_line *line, struct policy_pe *pe)
{
	policy_lead lead = turns_lead(line, pe);

	line_del(line, pe);
	turns_settle(line, -lead);
}

/* It keeps its lead, of one turn at most: heavy ones can have many. */
static void turns_change(struct policy_line *line, struct policy_pe *pe,
			 uint32_t weight)
{
	policy_lead lead = turns_lead(line, pe);

	if (lead > (policy_lead)POLICY_ROUND)
		lead = POLICY_ROUND;
	if (lead < -(policy_lead)POLICY_ROUND)
		lead = -(policy_lead)POLICY_ROUND;
	lead = line->now + lead / weight;
	turns_del(line, pe);
	pe->weight = weight;
	turns_add(line, pe, lead);
}

/* The next one: there is one that may begin, since no mean is below all. */
static struct policy_pe *turns_first(const struct policy_line *line)
{
	struct policy_pe *pe = RB_ROOT(&line->tree);
	struct policy_pe *left;

	while (pe) {
		policy_steps++;
		left = RB_LEFT(pe, entry);
		if (left && !policy_before(line->now, left->low))
			pe = left;
		else if (!policy_before(line->now, pe->start))
			return pe;
		else
			pe = RB_RIGHT(pe, entry);
	}
	return NULL;
}

static size_t turns_select(struct policy_line *line, struct hs_pe **pes,
			   size_t max, uint64_t *random)
{
	(void)random;
	return line_list(line, turns_first(line), pes, max);
}

/* POL-RR-01: one turn, whatever the length of the answer. */
static void turns_returned(struct policy_pool *pool, struct policy_line *line,
			   struct hs_pe *const *pes, size_t n, size_t counted)
{
	struct policy_pe *pe = &pes[0]->selection;

	(void)n;
	(void)counted;
	turns_del(line, pe);
	pe->turn = ++pool->turns;
	turns_add(line, pe, pe->key);
}

/* ---- draw ---------------------------------------------------------------------------- */

static struct policy_pe *draw_one(const struct policy_line *line, uint64_t at)
{
	struct policy_pe *pe = RB_ROOT(&line->tree);
	const struct policy_pe *left;
	uint64_t before;

	for (;;) {
		policy_steps++;
		left = RB_LEFT(pe, entry);
		before = left ? left->sum : 0;
		if (at < before) {
			pe = RB_LEFT(pe, entry);
		} else if (at - before < pe->weight) {
			return pe;
		} else {
			at -= before + pe->weight;
			pe = RB_RIGHT(pe, entry);
		}
	}
}

static void draw_weight(struct policy_pe *pe, uint32_t weight)
{
	pe->weight = weight;
	policy_sum_up(pe);
}

static uint32_t policy_weight(const struct policy_pe *pe)
{
	return pe->unable ? 1 : pe->number;
}

/* One after the other; whoever is drawn weighs nothing until all are. */
static size_t draw_select(struct policy_line *line, struct hs_pe **pes,
			  size_t max, uint64_t *random)
{
	struct policy_pe *pe;
	uint64_t sum;
	size_t n, i;

	for (n = 0; n < max && (sum = line_weight(line)); n++) {
		pe = draw_one(line, random_below(random, sum));
		draw_weight(pe, 0);
		pes[n] = policy_owner(pe);
	}
	for (i = 0; i < n; i++)
		draw_weight(&pes[i]->selection, policy_weight(&pes[i]->selection));
	return n;
}

/* ---- sorted -------------------------------------------------------------------------- */

/* POL-LUD-02, POL-07 */
static uint64_t sorted_key(const struct policy_pe *pe)
{
	uint64_t key = pe->number + (uint64_t)pe->selected * pe->degradation;

	return key < UINT32_MAX ? key : UINT32_MAX;
}

static void sorted_move(struct policy_line *line, struct policy_pe *pe,
			uint64_t turn)
{
	line_del(line, pe);
	pe->key = sorted_key(pe);
	pe->turn = turn;
	line_add(line, pe);
}

static size_t sorted_select(struct policy_line *line, struct hs_pe **pes,
			    size_t max, uint64_t *random)
{
	(void)random;
	return line_list(line, NULL, pes, max);
}

/* Is anybody behind @pe who would have to wait for it? */
static bool sorted_shares(struct policy_pe *pe)
{
	const struct policy_pe *next = RB_NEXT(policy_tree, NULL, pe);

	return next && next->key == pe->key;
}

/*
 * Those that are equal take turns: of each group the first one goes to its
 * end.  From the last to the first, so that neither has moved when they are
 * compared.
 */
static void sorted_returned(struct policy_pool *pool, struct policy_line *line,
			    struct hs_pe *const *pes, size_t n, size_t counted)
{
	struct policy_pe *pe;
	bool leads, counts;
	size_t i;

	for (i = n; i-- > 0; ) {
		pe = &pes[i]->selection;
		leads = !i || pes[i - 1]->selection.key != pe->key;
		counts = pool->kind->degrades && (!counted || i < counted);
		if (counts && pe->selected < UINT32_MAX)
			pe->selected++;
		if (counts || (leads && sorted_shares(pe)))
			sorted_move(line, pe, ++pool->turns);
	}
}

/* ---- the policies -------------------------------------------------------------------- */

static uint32_t number_one(const struct rsp_policy_param *param)
{
	(void)param;
	return 1;
}

static uint32_t number_weight(const struct rsp_policy_param *param)
{
	return param->weight;
}

static uint32_t number_unload(const struct rsp_policy_param *param)
{
	return UINT32_MAX - param->load;
}

/* The highest priority is first. */
static uint32_t number_priority(const struct rsp_policy_param *param)
{
	return UINT32_MAX - param->priority;
}

static uint32_t number_load(const struct rsp_policy_param *param)
{
	return param->load;
}

/* The load that it would have (POL-PLU-01), saturated (POL-07) */
static uint32_t number_load_then(const struct rsp_policy_param *param)
{
	return param->degradation > UINT32_MAX - param->load ?
		UINT32_MAX : param->load + param->degradation;
}

#define TURNS	.select = turns_select, .returned = turns_returned
#define DRAW	.select = draw_select
#define SORTED	.sorted = true, .select = sorted_select, \
		.returned = sorted_returned

/* The first one is for all that are not here (POL-02, POL-03). */
static const struct policy_kind policy_kinds[] = {
	{ RSP_POLICY_ROUND_ROBIN, number_one, TURNS },
	{ RSP_POLICY_WEIGHTED_ROUND_ROBIN, number_weight, TURNS },
	{ RSP_POLICY_RANDOM, number_one, DRAW },
	{ RSP_POLICY_WEIGHTED_RANDOM, number_weight, DRAW },
	{ RSP_POLICY_RANDOM_LEAST_USED, number_unload, DRAW },
	{ RSP_POLICY_PRIORITY, number_priority, SORTED },
	{ RSP_POLICY_LEAST_USED, number_load, SORTED },
	{ RSP_POLICY_LEAST_USED_DEGRADATION, number_load, SORTED,
	  .degrades = true },
	{ RSP_POLICY_PRIORITY_LEAST_USED, number_load_then, SORTED },
};

#define POLICY_KINDS	(sizeof(policy_kinds) / sizeof(*policy_kinds))

void policy_init(struct policy_pool *pool, uint32_t type)
{
	size_t i;

	RB_INIT(&pool->able.tree);
	RB_INIT(&pool->unable.tree);
	pool->kind = &policy_kinds[0];
	for (i = 0; i < POLICY_KINDS; i++)
		if (policy_kinds[i].type == type)
			pool->kind = &policy_kinds[i];
}

static struct policy_line *policy_line(struct policy_pool *pool,
				       const struct policy_pe *pe)
{
	return pe->unable ? &pool->unable : &pool->able;
}

void policy_join(struct policy_pool *pool, struct policy_pe *pe,
		 const struct rsp_policy_param *param)
{
	const struct policy_kind *kind = pool->kind;
	struct policy_line *line;

	pe->number = kind->number(param);
	pe->degradation = kind->degrades ? param->degradation : 0;
	pe->selected = 0;
	pe->unable = !kind->sorted && !pe->number;
	pe->turn = ++pool->turns;
	line = policy_line(pool, pe);
	if (kind->sorted) {
		pe->key = sorted_key(pe);
		line_add(line, pe);
	} else {
		pe->weight = policy_weight(pe);
		turns_add(line, pe, line->now);
	}
}

void policy_leave(struct policy_pool *pool, struct policy_pe *pe)
{
	if (pool->kind->sorted)
		line_del(policy_line(pool, pe), pe);
	else
		turns_del(policy_line(pool, pe), pe);
}

/* Whose place in the order is the same keeps its turn. */
void policy_update(struct policy_pool *pool, struct policy_pe *pe,
		   const struct rsp_policy_param *param)
{
	const struct policy_kind *kind = pool->kind;
	uint32_t number = kind->number(param);

	if (!kind->sorted && !number != pe->unable) {
		policy_leave(pool, pe);
		policy_join(pool, pe, param);
		return;
	}
	pe->number = number;
	pe->degradation = kind->degrades ? param->degradation : 0;
	pe->selected = 0;
	if (kind->sorted && pe->key != sorted_key(pe))
		sorted_move(&pool->able, pe, pe->turn);
	else if (!kind->sorted && pe->weight != policy_weight(pe))
		turns_change(policy_line(pool, pe), pe, policy_weight(pe));
}

static struct policy_line *policy_best(struct policy_pool *pool)
{
	return RB_EMPTY(&pool->able.tree) ? &pool->unable : &pool->able;
}

size_t policy_select(struct hs_pool *pool, struct hs_pe **pes, size_t max,
		     uint64_t *random)
{
	struct policy_pool *policy = &pool->selection;

	return policy->kind->select(policy_best(policy), pes, max, random);
}

void policy_returned(struct hs_pool *pool, struct hs_pe *const *pes, size_t n,
		     size_t counted)
{
	struct policy_pool *policy = &pool->selection;

	if (n && policy->kind->returned)
		policy->kind->returned(policy, policy_best(policy), pes, n,
				       counted);
}
