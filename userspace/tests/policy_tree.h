/* SPDX-License-Identifier: GPL-2.0-only */
/* What has to be so in the trees of policy.c. */
#ifndef _RSERPOOL_TESTS_POLICY_TREE_H
#define _RSERPOOL_TESTS_POLICY_TREE_H

#include "../rspd/handlespace.h"

static inline bool policy_in_order(const struct policy_pe *a,
				   const struct policy_pe *b)
{
	int64_t diff = a->key - b->key;

	return diff ? diff < 0 : a->turn < b->turn;
}

/* Elements in and below @pe, added to *n.  Return: do the nodes agree? */
static inline bool policy_tree_agrees(const struct policy_pe *pe,
				      unsigned int *n)
{
	const struct policy_pe *left = pe->entry.rbe_left;
	const struct policy_pe *right = pe->entry.rbe_right;
	uint64_t sum = pe->weight;
	int64_t low = 0;	/* before its own start */

	++*n;
	if (left) {
		sum += left->sum;
		low = left->low - pe->start;
		if (!policy_in_order(left, pe) || !policy_tree_agrees(left, n))
			return false;
	}
	if (right) {
		sum += right->sum;
		if ((int64_t)(right->low - pe->start) < low)
			low = right->low - pe->start;
		if (!policy_in_order(pe, right) ||
		    !policy_tree_agrees(right, n))
			return false;
	}
	return sum == pe->sum && pe->start + (low < 0 ? low : 0) == pe->low;
}

/* All of @pool are in one of its two trees. */
static inline bool policy_agrees(const struct hs_pool *pool)
{
	const struct policy_pe *able = pool->selection.able.tree.rbh_root;
	const struct policy_pe *unable = pool->selection.unable.tree.rbh_root;
	unsigned int n = 0;

	return (!able || policy_tree_agrees(able, &n)) &&
	       (!unable || policy_tree_agrees(unable, &n)) && n == pool->npes;
}

#endif /* _RSERPOOL_TESTS_POLICY_TREE_H */
