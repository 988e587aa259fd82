// SPDX-License-Identifier: GPL-2.0-only
/*
 * Member selection by the registrar (RFC 5356 sections 4 and 5).  The pool
 * user's side is net/rserpool/policy.c.
 *
 * A table says which policy selects how.  Those that are not in it, unknown
 * and private ones among them, take turns like Round Robin (POL-02, POL-03).
 */
#include "policy.h"

typedef size_t (*policy_fn)(struct hs_pool *pool, struct hs_pe **pes,
			    size_t max);

static struct hs_pe *policy_after(const struct hs_pool *pool,
				  const struct hs_pe *pe)
{
	struct hs_pe *next = TAILQ_NEXT(pe, in_pool);

	return next ? next : TAILQ_FIRST(&pool->pes);
}

/*
 * POL-RR-01: the list is a circle, the answer begins at the head, and the head
 * moves on by one, whatever the length of the answer.
 */
static size_t policy_round_robin(struct hs_pool *pool, struct hs_pe **pes,
				 size_t max)
{
	struct hs_pe *pe = pool->head;
	size_t n;

	for (n = 0; n < max && n < pool->npes; n++) {
		pes[n] = pe;
		pe = policy_after(pool, pe);
	}
	pool->head = policy_after(pool, pool->head);
	return n;
}

static const struct {
	uint32_t type;
	policy_fn select;
} policies[] = {
	{ RSP_POLICY_ROUND_ROBIN, policy_round_robin },
};

size_t policy_select(struct hs_pool *pool, struct hs_pe **pes, size_t max)
{
	size_t i;

	for (i = 0; i < sizeof(policies) / sizeof(*policies); i++)
		if (policies[i].type == pool->policy)
			return policies[i].select(pool, pes, max);
	return policy_round_robin(pool, pes, max);
}
