/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * policy.c: which pool elements a resolution returns, in which order
 * (the registrar's side of RFC 5356).
 */
#ifndef RSPD_POLICY_H
#define RSPD_POLICY_H

#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

struct hs_pe;
struct hs_pool;
struct policy_kind;

/**
 * struct policy_pe - a pool element as its pool's policy sees it
 * @entry: in policy_line.tree, sorted by @key and then by @turn
 * @key: what the policy sorts by; Round Robin and Weighted Round Robin: the
 *	virtual time by which its next turn has to end
 * @turn: of those with the same @key, the one with the lowest is first
 * @start: virtual time at which its next turn may begin
 * @low: lowest @start of the subtree below
 * @sum: sum of @weight of the subtree below
 * @weight: share in its line; 0 while it is drawn already
 * @number: what it registered: weight, unload, load ..., see policy_kind
 * @degradation: Least Used with Degradation: load that a selection adds
 * @selected: and how many there were since the last registration
 * @unable: is in policy_pool.unable
 */
struct policy_pe {
	RB_ENTRY(policy_pe) entry;
	uint64_t key;
	uint64_t turn;
	uint64_t start;
	uint64_t low;
	uint64_t sum;
	uint32_t weight;
	uint32_t number;
	uint32_t degradation;
	uint32_t selected;
	bool unable;
};

/**
 * struct policy_line - pool elements that are selected from together
 * @tree: struct policy_pe
 * @now: virtual time: the mean of policy_pe.start, by weight, rounded down
 * @rest: what rounding took from it, multiplied with the sum of the weights
 */
struct policy_line {
	RB_HEAD(policy_tree, policy_pe) tree;
	uint64_t now;
	uint64_t rest;
};

/**
 * struct policy_pool - state of a pool's policy
 * @kind: which policy
 * @able: those that can serve
 * @unable: those that cannot: a weight of 0 (POL-05)
 * @turns: last policy_pe.turn given out
 */
struct policy_pool {
	const struct policy_kind *kind;
	struct policy_line able;
	struct policy_line unable;
	uint64_t turns;
};

/* A pool without elements; @pool is zero. */
void policy_init(struct policy_pool *pool, uint32_t type);

void policy_join(struct policy_pool *pool, struct policy_pe *pe,
		 const struct rsp_policy_param *param);
void policy_leave(struct policy_pool *pool, struct policy_pe *pe);

/* It registered again: what counts selections begins anew. */
void policy_update(struct policy_pool *pool, struct policy_pe *pe,
		   const struct rsp_policy_param *param);

/**
 * policy_select() - pool elements for an answer
 * @pool: pool, is the same afterwards
 * @pes: result
 * @max: room in @pes
 * @random: state for random_below()
 * Return: pool elements in @pes, none of them twice (POL-06).
 */
size_t policy_select(struct hs_pool *pool, struct hs_pe **pes, size_t max,
		     uint64_t *random);

/**
 * policy_returned() - the pool's state moves on, once per answer
 * @pool: pool
 * @pes: what policy_select() said, since when nothing else has happened
 * @n: how many of these are in the answer
 * @counted: how many of these count as selected where the policy counts that
 *	(POL-LUD-02), 0: all
 */
void policy_returned(struct hs_pool *pool, struct hs_pe *const *pes, size_t n,
		     size_t counted);

/* Tree nodes looked at or written since the start: what tests measure. */
extern unsigned long policy_steps;

#endif /* RSPD_POLICY_H */
