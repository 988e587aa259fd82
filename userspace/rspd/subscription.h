/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * subscription.c: who is told when a pool changes (RFC 5352 section 2.2.5).
 *
 * A resolution with the S bit makes one, for the association it came over.
 * It ends with the association, with a resolution of the same handle without
 * the S bit (RES-23), and with a negative answer (RES-22).
 */
#ifndef RSPD_SUBSCRIPTION_H
#define RSPD_SUBSCRIPTION_H

#include "registrar.h"

/* Milliseconds between two updates to one subscriber of one pool: RES-24. */
#define SUBSCRIPTION_PAUSE	100

/**
 * struct subscription - one subscriber of one pool
 * @assoc: the subscriber
 * @pool: the pool, which lives at least as long
 * @node: in registrar.subs, by both
 * @in_assoc: in asap_assoc.subs
 * @in_pool: in hs_pool.idle or, with a deadline, in hs_pool.due
 * @deadline: time of the update that it is owed
 * @sent: time of the last answer or update
 * @items: most pool elements that it wants to see
 */
struct subscription {
	struct asap_assoc *assoc;
	struct hs_pool *pool;
	struct table_node node;
	LIST_ENTRY(subscription) in_assoc;
	LIST_ENTRY(subscription) in_pool;
	struct deadline deadline;
	uint64_t sent;
	uint32_t items;
};

/**
 * subscription_ask() - a resolution with the S bit, about to be answered
 * @r: registrar
 * @assoc: who asks
 * @pool: what for
 * @items: most pool elements that it wants to see
 * Return: the A bit of the answer; false when a limit is reached.
 */
bool subscription_ask(struct registrar *r, struct asap_assoc *assoc,
		      struct hs_pool *pool, uint32_t items);

/* A resolution without the S bit, or a negative answer. */
void subscription_cancel(struct registrar *r, struct asap_assoc *assoc,
			 struct hs_pool *pool);

/* All there are, without a word. */
void subscription_free_all(struct registrar *r);

/* All of an association that has ended. */
void subscription_lost(struct registrar *r, struct asap_assoc *assoc);

/* Pool elements of @pool came, went or changed: updates are owed. */
void subscription_changed(struct registrar *r, struct hs_pool *pool);

/* @pool is about to go with its last pool element: say so, and that was it. */
void subscription_pool_gone(struct registrar *r, struct hs_pool *pool);

/*
 * Send what is owed by now, or a part of it when it is a lot: then
 * registrar_next() is not later than now.
 */
void subscription_run(struct registrar *r);

#endif /* RSPD_SUBSCRIPTION_H */
