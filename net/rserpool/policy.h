/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pool-user side of the member selection policies (RFC 5356): which Pool
 * Element of a resolved list is the next one.  Pure, like wire.h.
 */
#ifndef _RSERPOOL_POLICY_H
#define _RSERPOOL_POLICY_H

#include "wire.h"

/* Their products have 64 bits. */
#define RSP_POLICY_CANDS_MAX	1024
#define RSP_POLICY_USED_MAX	((1U << 20) - 1)
#define RSP_POLICY_SHARES	0x80000000

/**
 * struct rsp_policy_cand - one Pool Element of a resolved list
 * @weight: of weighted policies
 * @priority: of the priority policy, larger is higher
 * @load: of adaptive policies
 * @degradation: Least Used with Degradation: what a selection adds to @load
 * @used: how often it has been selected from this list, at most
 *	RSP_POLICY_USED_MAX
 * @share: set here: its part of all selections
 * @excluded: not to be selected: it failed, it is the caller itself ...
 */
struct rsp_policy_cand {
	__u32 weight;
	__u32 priority;
	__u32 load;
	__u32 degradation;
	__u32 used;
	__u32 share;
	bool excluded;
};

/**
 * rsp_policy_select() - next Pool Element according to the pool's policy
 * @type: overall policy of the pool (RSP_POLICY_ROUND_ROBIN when the
 *	resolution response had none); unknown ones are taken for Round Robin
 * @cand: the list, in the order of the registrar; used up by this
 * @n: its length, at most RSP_POLICY_CANDS_MAX
 * @sample: the pool has more, and the weights decided who is in the list
 * @random: 32 random bits
 *
 * Candidates that "cannot serve" (weight 0 of a weighted policy, load 100 % of
 * Randomized Least Used) are selected only when there is no other (POL-05).
 * The caller counts the selection.
 *
 * Return: index into @cand, or -1 when all are excluded.
 */
int rsp_policy_select(__u32 type, struct rsp_policy_cand *cand, unsigned int n,
		      bool sample, __u32 random);

/**
 * rsp_policy_join() - selections that newcomers of a list are taken to have had
 * @type: as above
 * @cand: the list; @excluded are those that are new in it
 * @n: its length
 * @sample: as above
 *
 * Sets their @used, so that they neither wait for a turn longer than others nor
 * make up for all turns that were taken before they came.
 */
void rsp_policy_join(__u32 type, struct rsp_policy_cand *cand, unsigned int n,
		     bool sample);

#endif /* _RSERPOOL_POLICY_H */
