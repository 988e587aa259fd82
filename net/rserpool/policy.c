// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool-user side of the member selection policies (RFC 5356, "Pool User
 * Considerations").  What the registrar decided stands in the order of its
 * list; here it is only used up: in turn (RR, WRR, unknown policies), at
 * random (RAND, WRAND, RLU), from the best (PRIO) or from the top (the other
 * adaptive ones).  Weights are not applied a second time.
 */
#include "policy.h"

/* How good a candidate is; only the best of a list are selected from. */
static __u32 rsp_policy_rank(__u32 type, const struct rsp_policy_cand *cand)
{
	switch (type) {
	case RSP_POLICY_PRIORITY:
		return cand->priority;
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
		return cand->weight != 0;
	case RSP_POLICY_RANDOM_LEAST_USED:
		return cand->load != 0xffffffff;
	default:
		return 0;
	}
}

/* How many candidates share the best rank; 0 when all are excluded. */
static unsigned int rsp_policy_best(__u32 type,
				    const struct rsp_policy_cand *cand,
				    unsigned int n, __u32 *best)
{
	unsigned int count = 0;
	unsigned int i;
	__u32 rank;

	for (i = 0; i < n; i++) {
		if (cand[i].excluded)
			continue;
		rank = rsp_policy_rank(type, &cand[i]);
		if (!count || rank > *best) {
			*best = rank;
			count = 0;
		}
		count += rank == *best;
	}
	return count;
}

int rsp_policy_select(__u32 type, const struct rsp_policy_cand *cand,
		      unsigned int n, __u32 *cursor, __u32 random)
{
	unsigned int count, i;
	unsigned int skip = 0;
	unsigned int pos = 0;
	bool turns = false;
	__u32 best = 0;

	count = rsp_policy_best(type, cand, n, &best);
	if (!count)
		return -1;
	switch (type) {
	case RSP_POLICY_RANDOM:
	case RSP_POLICY_WEIGHTED_RANDOM:
	case RSP_POLICY_RANDOM_LEAST_USED:
		skip = (__u64)random * count >> 32;
		break;
	case RSP_POLICY_LEAST_USED:
	case RSP_POLICY_LEAST_USED_DEGRADATION:
	case RSP_POLICY_PRIORITY_LEAST_USED:
		break;
	default:
		turns = true;
		pos = *cursor < n ? *cursor : 0;
	}
	for (i = 0; i < n; i++, pos = pos + 1 < n ? pos + 1 : 0) {
		if (cand[pos].excluded ||
		    rsp_policy_rank(type, &cand[pos]) != best || skip--)
			continue;
		if (turns)
			*cursor = pos + 1;
		return pos;
	}
	return -1;
}
