/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pool-user side of the member selection policies (RFC 5356): which Pool
 * Element of a resolved list is the next one.  Pure, like wire.h.
 */
#ifndef _RSERPOOL_POLICY_H
#define _RSERPOOL_POLICY_H

#include "wire.h"

/**
 * struct rsp_policy_cand - one Pool Element of a resolved list
 * @pe_id: PE identifier; for the caller, not looked at
 * @weight: of weighted policies
 * @priority: of the priority policy, larger is higher
 * @load: of adaptive policies
 * @excluded: not to be selected: it failed, it is the caller itself ...
 */
struct rsp_policy_cand {
	__u32 pe_id;
	__u32 weight;
	__u32 priority;
	__u32 load;
	bool excluded;
};

/**
 * rsp_policy_select() - next Pool Element according to the pool's policy
 * @type: overall policy of the pool (RSP_POLICY_ROUND_ROBIN when the
 *	resolution response had none); unknown ones are taken for Round Robin
 * @cand: the list, in the order of the registrar
 * @n: its length
 * @cursor: index to begin looking at, for policies that take turns; begins as
 *	0 with a new list and is advanced by each call.  Any value is safe.
 * @random: 32 random bits
 *
 * Candidates that "cannot serve" (weight 0 of a weighted policy, load 100 % of
 * Randomized Least Used) are selected only when there is no other (POL-05).
 *
 * Return: index into @cand, or -1 when all are excluded.
 */
int rsp_policy_select(__u32 type, const struct rsp_policy_cand *cand,
		      unsigned int n, __u32 *cursor, __u32 random);

#endif /* _RSERPOOL_POLICY_H */
