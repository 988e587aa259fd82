// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool-user side of the member selection policies (RFC 5356, "Pool User
 * Considerations").
 *
 * The RFC's pool user goes through the registrar's list in its order, or draws
 * from it uniformly: the registrar decides anew for each resolution.  A cached
 * list serves many sessions, and most lists are the whole pool, in which the
 * weights have shaped nothing but the order.  So they count here, too:
 *
 *	turns	RR, WRR, PRIO, unknown ones: each has its share, evenly spread
 *	draw	RAND, WRAND, RLU: at random, each by its share
 *	least	LU, LUD, PLU: in the order of the list; with LUD, what has been
 *		selected here adds to the load
 *
 * A list that is only a sample of its pool has been shaped by the weights: there
 * all have the same share.  The first selection from a new list by turns or load
 * is its first element, so that those who ask for each session get what the
 * registrar decided.
 */
#include "policy.h"

#ifdef __KERNEL__
#include <linux/math64.h>
#else
static inline __u64 div_u64(__u64 dividend, __u32 divisor)
{
	return dividend / divisor;
}
#endif

static __u32 rsp_policy_weight(__u32 type, const struct rsp_policy_cand *cand)
{
	switch (type) {
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
		return cand->weight;
	case RSP_POLICY_RANDOM_LEAST_USED:
		return 0xffffffff - cand->load;
	default:
		return 1;
	}
}

/* How good a candidate is; only the best of a list are selected from. */
static __u32 rsp_policy_rank(__u32 type, const struct rsp_policy_cand *cand)
{
	if (type == RSP_POLICY_PRIORITY)
		return cand->priority;
	return rsp_policy_weight(type, cand) != 0;
}

/* Who is not of the best rank is out of the question; false: all are. */
static bool rsp_policy_narrow(__u32 type, struct rsp_policy_cand *cand,
			      unsigned int n)
{
	bool any = false;
	__u32 best = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (cand[i].excluded)
			continue;
		any = true;
		if (rsp_policy_rank(type, &cand[i]) > best)
			best = rsp_policy_rank(type, &cand[i]);
	}
	for (i = 0; i < n; i++)
		if (rsp_policy_rank(type, &cand[i]) != best)
			cand[i].excluded = true;
	return any;
}

/*
 * What the sums below stay within.  Those that cannot serve share alike when
 * nobody else is there (POL-05).
 */
static void rsp_policy_set_shares(__u32 type, struct rsp_policy_cand *cand,
				  unsigned int n, bool sample)
{
	unsigned int shift = 0;
	__u64 sum = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		cand[i].share = sample ? 1 : rsp_policy_weight(type, &cand[i]);
		sum += cand[i].share;
	}
	while (sum >> shift >= RSP_POLICY_SHARES)
		shift++;
	for (i = 0; i < n; i++) {
		cand[i].share >>= shift;
		if (!cand[i].share)
			cand[i].share = 1;
	}
}

/* Of those that can be selected: all shares, all selections */
struct rsp_policy_sums {
	__u32 share;
	__u32 used;
};

static struct rsp_policy_sums
rsp_policy_sum(const struct rsp_policy_cand *cand, unsigned int n)
{
	struct rsp_policy_sums sums = { 0 };
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (cand[i].excluded)
			continue;
		sums.share += cand[i].share;
		sums.used += cand[i].used;
	}
	return sums;
}

/*
 * Of the turns that may begin, because nobody is ahead of its share, the one
 * that has to end first: as rspd's policy.c does it.  All are Round Robin when
 * the shares are the same (POL-WRR-03).
 */
static int rsp_policy_turn(const struct rsp_policy_cand *cand, unsigned int n)
{
	struct rsp_policy_sums sums = rsp_policy_sum(cand, n);
	unsigned int i;
	int next = -1;

	for (i = 0; i < n; i++) {
		if (cand[i].excluded ||
		    (__u64)cand[i].used * sums.share >
		    (__u64)sums.used * cand[i].share)
			continue;
		if (next < 0 || (cand[i].used + 1ULL) * cand[next].share <
				(cand[next].used + 1ULL) * cand[i].share)
			next = i;
	}
	return next;
}

/* The registrar knows whose turn it is; what it says first is the first. */
static int rsp_policy_first(const struct rsp_policy_cand *cand, unsigned int n)
{
	unsigned int i;
	int first = -1;

	for (i = 0; i < n; i++) {
		if (cand[i].used)
			return rsp_policy_turn(cand, n);
		if (first < 0 && !cand[i].excluded)
			first = i;
	}
	return first;
}

static int rsp_policy_draw(const struct rsp_policy_cand *cand, unsigned int n,
			   __u32 random)
{
	__u32 at = (__u64)random * rsp_policy_sum(cand, n).share >> 32;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (cand[i].excluded)
			continue;
		if (at < cand[i].share)
			return i;
		at -= cand[i].share;
	}
	return -1;
}

/*
 * The list rises by loads that only the registrar knows in full: nobody's is
 * below that of the one before.
 */
static int rsp_policy_least(__u32 type, const struct rsp_policy_cand *cand,
			    unsigned int n)
{
	bool degrades = type == RSP_POLICY_LEAST_USED_DEGRADATION;
	__u64 least = 0;
	__u32 load = 0;
	unsigned int i;
	int first = -1;
	__u64 sum;

	for (i = 0; i < n; i++) {
		if (cand[i].load > load)
			load = cand[i].load;
		if (cand[i].excluded)
			continue;
		sum = load;
		if (degrades)
			sum += (__u64)cand[i].used * cand[i].degradation;
		if (first < 0 || sum < least) {
			first = i;
			least = sum;
		}
	}
	return first;
}

int rsp_policy_select(__u32 type, struct rsp_policy_cand *cand, unsigned int n,
		      bool sample, __u32 random)
{
	if (!rsp_policy_narrow(type, cand, n))
		return -1;
	rsp_policy_set_shares(type, cand, n, sample);
	switch (type) {
	case RSP_POLICY_RANDOM:
	case RSP_POLICY_WEIGHTED_RANDOM:
	case RSP_POLICY_RANDOM_LEAST_USED:
		return rsp_policy_draw(cand, n, random);
	case RSP_POLICY_LEAST_USED:
	case RSP_POLICY_LEAST_USED_DEGRADATION:
	case RSP_POLICY_PRIORITY_LEAST_USED:
		return rsp_policy_least(type, cand, n);
	default:
		return rsp_policy_first(cand, n);
	}
}

void rsp_policy_join(__u32 type, struct rsp_policy_cand *cand, unsigned int n,
		     bool sample)
{
	struct rsp_policy_sums sums;
	unsigned int i;

	rsp_policy_set_shares(type, cand, n, sample);
	sums = rsp_policy_sum(cand, n);
	if (!sums.share || type == RSP_POLICY_LEAST_USED_DEGRADATION)
		sums = (struct rsp_policy_sums) { .share = 1 };
	for (i = 0; i < n; i++) {
		__u64 used;

		if (!cand[i].excluded)
			continue;
		used = div_u64((__u64)sums.used * cand[i].share, sums.share);
		cand[i].used = used < RSP_POLICY_USED_MAX ?
			       used : RSP_POLICY_USED_MAX;
	}
}
