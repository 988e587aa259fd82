// SPDX-License-Identifier: GPL-2.0-only
/*
 * A change costs as much as there are subscribers that did not have one
 * waiting: those move from the pool's idle list to its due list, with a
 * deadline, and back when the update is sent.  However often a pool changes,
 * each of them gets at most ten updates a second, each with the pool as it is
 * then.
 */
#include "subscription.h"

#include <errno.h>
#include <stdlib.h>

#include "asap_send.h"

/* Updates sent in one go, so that messages and deadlines get their turn. */
#define SUBSCRIPTION_TURN	64

static uint32_t subscription_hash(const struct registrar *r,
				  const struct asap_assoc *assoc,
				  const struct hs_pool *pool)
{
	uint32_t name[] = { pool->node.hash, assoc->serial };

	return table_hash(r->hs.key, name, sizeof(name));
}

static struct subscription *subscription_find(const struct registrar *r,
					      const struct asap_assoc *assoc,
					      const struct hs_pool *pool)
{
	struct subscription *sub;
	struct table_node *node;

	if (!assoc->nsubs)
		return NULL;
	node = table_first(&r->subs, subscription_hash(r, assoc, pool));
	for (; node; node = table_next(node)) {
		sub = container_of(node, struct subscription, node);
		if (sub->assoc == assoc && sub->pool == pool)
			return sub;
	}
	return NULL;
}

static void subscription_free(struct registrar *r, struct subscription *sub)
{
	deadline_clear(&r->updates, &sub->deadline);
	table_del(&r->subs, &sub->node);
	LIST_REMOVE(sub, in_pool);
	LIST_REMOVE(sub, in_assoc);
	sub->assoc->nsubs--;
	free(sub);
}

/* The link to the module carries the pool users of a whole namespace. */
static bool subscription_allowed(const struct registrar *r,
				 const struct asap_assoc *assoc)
{
	if (r->subs.count >= r->config.max_subs)
		return false;
	return assoc->link->vouches || assoc->nsubs < r->config.max_peer_subs;
}

static struct subscription *subscription_new(struct registrar *r,
					     struct asap_assoc *assoc,
					     struct hs_pool *pool)
{
	struct subscription *sub;

	if (!subscription_allowed(r, assoc) ||
	    deadlines_reserve(&r->updates, r->subs.count + 1))
		return NULL;
	sub = calloc(1, sizeof(*sub));
	if (!sub)
		return NULL;
	sub->assoc = assoc;
	sub->pool = pool;
	table_add(&r->subs, &sub->node, subscription_hash(r, assoc, pool));
	LIST_INSERT_HEAD(&assoc->subs, sub, in_assoc);
	LIST_INSERT_HEAD(&pool->idle, sub, in_pool);
	assoc->nsubs++;
	return sub;
}

/* It knows the pool as it is now. */
static void subscription_told(struct registrar *r, struct subscription *sub)
{
	deadline_clear(&r->updates, &sub->deadline);
	LIST_REMOVE(sub, in_pool);
	LIST_INSERT_HEAD(&sub->pool->idle, sub, in_pool);
	sub->sent = r->now;
}

bool subscription_ask(struct registrar *r, struct asap_assoc *assoc,
		      struct hs_pool *pool, uint32_t items)
{
	struct subscription *sub = subscription_find(r, assoc, pool);

	if (!sub)
		sub = subscription_new(r, assoc, pool);
	if (!sub) {
		r->stats.subs_refused++;
		return false;
	}
	sub->items = items;
	subscription_told(r, sub);
	return true;
}

void subscription_cancel(struct registrar *r, struct asap_assoc *assoc,
			 struct hs_pool *pool)
{
	struct subscription *sub = subscription_find(r, assoc, pool);

	if (sub)
		subscription_free(r, sub);
}

void subscription_lost(struct registrar *r, struct asap_assoc *assoc)
{
	struct subscription *sub, *next;

	for (sub = LIST_FIRST(&assoc->subs); sub; sub = next) {
		next = LIST_NEXT(sub, in_assoc);
		subscription_free(r, sub);
	}
}

void subscription_free_all(struct registrar *r)
{
	struct table_walk walk = { 0 };
	struct table_node *node;

	while ((node = table_walk(&r->subs, &walk)))
		subscription_free(r, container_of(node, struct subscription,
						  node));
	table_free(&r->subs);
	deadlines_free(&r->updates);
}

void subscription_changed(struct registrar *r, struct hs_pool *pool)
{
	struct subscription *sub;
	uint64_t when;

	while ((sub = LIST_FIRST(&pool->idle))) {
		when = sub->sent + SUBSCRIPTION_PAUSE;
		if (when < r->now)
			when = r->now;
		LIST_REMOVE(sub, in_pool);
		LIST_INSERT_HEAD(&pool->due, sub, in_pool);
		deadline_set(&r->updates, &sub->deadline, when);
	}
}

/* The last word has to arrive: else the end of the association says it. */
static void subscription_end(struct registrar *r, struct subscription *sub)
{
	struct asap_to to = { .assoc = sub->assoc };
	int err;

	r->stats.updates++;
	err = asap_send_no_pool(r, to, hs_pool_handle(sub->pool),
				RSP_CAUSE_UNKNOWN_POOL_HANDLE);
	if (err == -EAGAIN && to.assoc->link->close)
		to.assoc->link->close(to.assoc);
	subscription_free(r, sub);
}

static void subscription_end_all(struct registrar *r, struct hs_subs *subs)
{
	struct subscription *sub, *next;

	for (sub = LIST_FIRST(subs); sub; sub = next) {
		next = LIST_NEXT(sub, in_pool);
		subscription_end(r, sub);
	}
}

void subscription_pool_gone(struct registrar *r, struct hs_pool *pool)
{
	subscription_end_all(r, &pool->idle);
	subscription_end_all(r, &pool->due);
}

/*
 * When there is no room for it now, it is written anew after a pause.  What an
 * association that does not work any more is owed ends with it.
 */
static void subscription_update(struct registrar *r, struct subscription *sub)
{
	struct asap_to to = { .assoc = sub->assoc };
	int err;

	r->stats.updates++;
	err = asap_send_pool(r, to, sub->pool, sub->items, true);
	if (err == -ENOSPC)	/* was answered negatively */
		subscription_free(r, sub);
	else if (err == -EAGAIN)
		deadline_set(&r->updates, &sub->deadline,
			     r->now + SUBSCRIPTION_PAUSE);
	else
		subscription_told(r, sub);
}

void subscription_run(struct registrar *r)
{
	struct deadline *d;
	unsigned int i;

	for (i = 0; i < SUBSCRIPTION_TURN; i++) {
		d = deadlines_pop(&r->updates, r->now);
		if (!d)
			break;
		subscription_update(r, container_of(d, struct subscription,
						    deadline));
	}
}
