/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the registrar said about a handle: the cache, and the choice from it.
 * Part of rserpool.h, which includes it.
 */
#ifndef _RSERPOOL_POOL_H
#define _RSERPOOL_POOL_H

/* ---- pool.c: what the registrar said about a handle -------------------- */

/*
 * One life of a pool element: an element that comes back under its old
 * identifier has another port, and is worth a try again.
 */
struct rsp_pe_life {
	u32 pe_id;
	u16 port;
};

/* One pool element of a resolved pool. */
struct rsp_pool_pe {
	struct rsp_policy_param policy;	/* .raw is never set here */
	u32 pe_id;
	u32 home_id;
	s32 life;
	u32 used;			/* selections, READ/WRITE_ONCE */
	bool suspect;			/* WRITE_ONCE: a session just lost it */
	struct rsp_service user;
};

/* How an answer came. */
enum rsp_answer {
	RSP_ANSWER_ASKED,
	RSP_ANSWER_SUBSCRIBED,	/* asked; changes will come by themselves */
	RSP_ANSWER_PUSHED,	/* one of those */
};

/*
 * A resolved pool.  Never changed after it has been published but for what is
 * marked; a new answer makes a new one.
 */
struct rsp_pool {
	struct hlist_node node;		/* rn->pools */
	struct list_head age;		/* rn->pools_age */
	refcount_t ref;
	struct rcu_head rcu;
	u64 id;				/* of this handle while it is cached */
	struct rsp_handle handle;
	u32 policy;
	bool negative;			/* the registrar knows no such pool */
	bool cut;			/* it may have more PEs than it said */
	bool sample;			/* ... or was asked for fewer */
	bool subscribed;		/* pools_lock, WRITE_ONCE: kept up to
					 * date by the registrar
					 */
	unsigned long updated;		/* jiffies */
	unsigned long stale;		/* jiffies; the same */
	unsigned int npes;
	struct rsp_pool_pe pes[];
};

/**
 * rsp_pool_net_init() - an empty cache for a new namespace
 * @rn: namespace
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int rsp_pool_net_init(struct rsp_net *rn);

/**
 * rsp_pool_net_exit() - free the cache
 * @rn: namespace
 *
 * Context: Process; nobody uses the namespace any more.
 */
void rsp_pool_net_exit(struct rsp_net *rn);

/**
 * rsp_pool_find() - cached answer for a handle, however old
 * @rn: namespace
 * @handle: pool handle
 *
 * Context: Any.
 * Return: a reference, or NULL.
 */
struct rsp_pool *rsp_pool_find(struct rsp_net *rn,
			       const struct rsp_handle *handle);

/**
 * rsp_pool_put() - let go of a reference
 * @pool: pool or NULL
 *
 * Context: Any.
 */
void rsp_pool_put(struct rsp_pool *pool);

/**
 * rsp_pool_fresh() - need the registrar not be asked again yet?
 * @pool: pool
 *
 * Context: Any.
 * Return: true while the registrar tells of changes, and until the answer is
 * older than the setting says.
 */
static inline bool rsp_pool_fresh(const struct rsp_pool *pool)
{
	return READ_ONCE(pool->subscribed) ||
	       time_before(jiffies, READ_ONCE(pool->stale));
}

/**
 * rsp_pool_store() - take in a valid handle resolution response
 * @rn: namespace
 * @msg: the parsed response, positive or negative
 * @how: asked for or not
 *
 * Context: Process.
 * Return: 0, -ENOMEM, -EINVAL (handle too long for us).
 */
int rsp_pool_store(struct rsp_net *rn, const struct rsp_msg *msg,
		   enum rsp_answer how);

/**
 * rsp_pool_unsubscribe() - the registrar tells of no more changes
 * @rn: namespace
 * @handle: pool handle
 *
 * What is in the cache is stale from now on.
 *
 * Context: Any.
 */
void rsp_pool_unsubscribe(struct rsp_net *rn, const struct rsp_handle *handle);

/**
 * rsp_pool_unsubscribe_all() - the same for all pools
 * @rn: namespace
 *
 * Context: Any.
 */
void rsp_pool_unsubscribe_all(struct rsp_net *rn);

/**
 * rsp_pool_purge() - forget what is cached for a handle (RFC 5352 section 6.4)
 * @rn: namespace
 * @handle: pool handle
 *
 * Context: Any.
 * Return: false if there was nothing.
 */
bool rsp_pool_purge(struct rsp_net *rn, const struct rsp_handle *handle);

/**
 * rsp_pool_flush() - forget all that is cached
 * @rn: namespace
 *
 * Context: Any.
 * Return: how many pools that were.
 */
unsigned int rsp_pool_flush(struct rsp_net *rn);

/**
 * rsp_pool_life() - look for a pool element
 * @pool: pool
 * @life: what to look for
 *
 * Context: Any.
 * Return: element of @pool->pes, or NULL.
 */
const struct rsp_pool_pe *rsp_pool_life(const struct rsp_pool *pool,
					const struct rsp_pe_life *life);

/**
 * rsp_pool_left_behind() - has the registrar taken an element out?
 * @pool: pool
 * @life: element that was in it
 *
 * Context: Any.
 * Return: true if it is known not to be in the pool any more, while another
 * one is.
 */
bool rsp_pool_left_behind(const struct rsp_pool *pool,
			  const struct rsp_pe_life *life);

/**
 * rsp_pool_select() - choose a pool element by the pool's policy
 * @pool: resolved pool
 * @basic: with any transport, not only one for sessions (SCTP)
 * @tried: lives of PEs not to use
 * @ntried: how many
 *
 * Suspects only when nothing else is left.
 *
 * Context: Any.
 * Return: element of @pool->pes; NULL when there is none, or no memory.
 */
const struct rsp_pool_pe *rsp_pool_select(struct rsp_pool *pool, bool basic,
					  const struct rsp_pe_life *tried,
					  unsigned int ntried);

/**
 * rsp_pool_by_id() - look for a pool element that can be a server
 * @pool: pool
 * @basic: with any transport, not only one for sessions (SCTP)
 * @pe_id: its identifier
 *
 * Context: Any.
 * Return: element of @pool->pes, or NULL.
 */
const struct rsp_pool_pe *rsp_pool_by_id(const struct rsp_pool *pool,
					 bool basic, u32 pe_id);

/**
 * rsp_pool_foreign() - are there only elements that no session can use?
 * @pool: pool
 *
 * Context: Any.
 * Return: true if so.
 */
bool rsp_pool_foreign(const struct rsp_pool *pool);

/**
 * rsp_pool_prefer() - choose a pool element by a list
 * @pool: resolved pool
 * @order: identifiers, the best one first
 * @n: how many
 * @tried: lives of PEs not to use
 * @ntried: how many
 *
 * Context: Any.
 * Return: element of @pool->pes, no suspect one; NULL when none of @order is
 * left.
 */
const struct rsp_pool_pe *rsp_pool_prefer(const struct rsp_pool *pool,
					  const u32 *order, unsigned int n,
					  const struct rsp_pe_life *tried,
					  unsigned int ntried);

/**
 * rsp_pool_suspect() - a session lost this PE
 * @rn: namespace
 * @handle: its pool
 * @life: the PE
 *
 * It is the last choice until the registrar's next answer.
 *
 * Context: Any.
 */
void rsp_pool_suspect(struct rsp_net *rn, const struct rsp_handle *handle,
		      const struct rsp_pe_life *life);

/* Where a walk through the cache is; all zero to begin. */
struct rsp_pool_pos {
	u64 below;		/* rsp_pool.id: those below come next, 0: all */
	u32 bucket;
};

/**
 * rsp_pool_next() - for dumps: the next pool of the cache
 * @rn: namespace
 * @pos: where the walk is; with @pos->below put up by one the same pool comes
 *	again, if it is still there
 *
 * Context: Any.
 * Return: a reference, or NULL behind the last one.
 */
struct rsp_pool *rsp_pool_next(struct rsp_net *rn, struct rsp_pool_pos *pos);

#endif /* _RSERPOOL_POOL_H */
