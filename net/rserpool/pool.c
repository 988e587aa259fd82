// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cache of resolved pools (RFC 5352 section 3.3, C1 - C4): what the
 * registrar said about a handle last, and which element is next.
 *
 * Readers take a reference under RCU from any context.  A pool that has been
 * published does not change but for its cursor and its suspect marks; a new
 * answer replaces it.  Writers hold rn->pools_lock.  The cache is bounded in
 * entries (max_pools) and in elements; the oldest answer makes room.
 */
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/once.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "policy.h"
#include "rserpool.h"

#define RSP_POOL_BUCKETS	256
#define RSP_POOL_PES_MAX	1024	/* kept of one answer */
#define RSP_POOL_ALL_PES_MAX	(64 * RSP_POOL_PES_MAX)
#define RSP_POOL_ADAPTIVE	0x40000000	/* RFC 5356 s7.1: bit A */

static u32 rsp_pool_seed __read_mostly;

static struct hlist_head *rsp_pool_bucket(struct rsp_net *rn,
					  const struct rsp_handle *handle)
{
	u32 hash = jhash(handle->octets, handle->len, rsp_pool_seed);

	return &rn->pools[hash % RSP_POOL_BUCKETS];
}

int rsp_pool_net_init(struct rsp_net *rn)
{
	get_random_once(&rsp_pool_seed, sizeof(rsp_pool_seed));
	INIT_LIST_HEAD(&rn->pools_age);
	rn->pools = kcalloc(RSP_POOL_BUCKETS, sizeof(*rn->pools), GFP_KERNEL);
	return rn->pools ? 0 : -ENOMEM;
}

static void rsp_pool_unlink(struct rsp_net *rn, struct rsp_pool *pool)
{
	lockdep_assert_held(&rn->pools_lock);

	hlist_del_rcu(&pool->node);
	list_del(&pool->age);
	rn->npools--;
	rn->npools_pes -= pool->npes;
	rn->pools_gen++;
	rsp_pool_put(pool);
}

/* No user of the namespace is left. */
void rsp_pool_net_exit(struct rsp_net *rn)
{
	struct hlist_node *tmp;
	struct rsp_pool *pool;
	unsigned int i;

	spin_lock_bh(&rn->pools_lock);
	for (i = 0; i < RSP_POOL_BUCKETS; i++)
		hlist_for_each_entry_safe(pool, tmp, &rn->pools[i], node)
			rsp_pool_unlink(rn, pool);
	spin_unlock_bh(&rn->pools_lock);
	kfree(rn->pools);
	rn->pools = NULL;
}

static struct rsp_pool *rsp_pool_lookup(struct rsp_net *rn,
					const struct rsp_handle *handle)
{
	struct hlist_head *bucket = rsp_pool_bucket(rn, handle);
	struct rsp_pool *pool;

	hlist_for_each_entry_rcu(pool, bucket, node,
				 lockdep_is_held(&rn->pools_lock))
		if (rsp_handle_equal(&pool->handle, handle))
			return pool;
	return NULL;
}

struct rsp_pool *rsp_pool_find(struct rsp_net *rn,
			       const struct rsp_handle *handle)
{
	struct rsp_pool *pool;

	rcu_read_lock();
	do {	/* one without a reference has just been replaced or evicted */
		pool = rsp_pool_lookup(rn, handle);
	} while (pool && !refcount_inc_not_zero(&pool->ref));
	rcu_read_unlock();
	return pool;
}

void rsp_pool_put(struct rsp_pool *pool)
{
	if (pool && refcount_dec_and_test(&pool->ref))
		kvfree_rcu(pool, rcu);
}

/* ---- taking an answer in --------------------------------------------- */

static bool rsp_pool_has(const struct rsp_pool *pool, u32 pe_id)
{
	unsigned int i;

	for (i = 0; i < pool->npes; i++)
		if (pool->pes[i].pe_id == pe_id)
			return true;
	return false;
}

/*
 * Identifier 0 stands for "none" everywhere here, and one that came twice
 * would be selected twice as often (POL-06).
 */
static void rsp_pool_add_pe(struct rsp_pool *pool,
			    const struct rsp_pe_param *from)
{
	struct rsp_pool_pe *pe = &pool->pes[pool->npes];

	if (!from->pe_id || rsp_pool_has(pool, from->pe_id))
		return;
	pe->policy = from->policy;
	pe->policy.raw = (struct rsp_octets){};	/* in the message's buffer */
	pe->pe_id = from->pe_id;
	pe->home_id = from->home_id;
	pe->life = from->life;
	pe->transport = from->user.type;
	pe->port = from->user.port;
	pe->use = from->user.use;
	pe->naddrs = from->user.naddrs;
	memcpy(pe->addrs, from->user.addrs,
	       from->user.naddrs * sizeof(pe->addrs[0]));
	pool->npes++;
}

/* An adaptive policy is as good as its last answer only (RES-17). */
static void rsp_pool_set_times(const struct rsp_net *rn, struct rsp_pool *pool)
{
	unsigned int ms = READ_ONCE(rn->set.stale_cache_ms);

	if (pool->negative)
		ms = READ_ONCE(rn->set.negative_cache_ms);
	else if (pool->policy & RSP_POOL_ADAPTIVE)
		ms = 0;
	pool->updated = jiffies;
	pool->stale = pool->updated + msecs_to_jiffies(ms);
}

static struct rsp_pool *rsp_pool_make(const struct rsp_net *rn,
				      const struct rsp_msg *msg)
{
	unsigned int max = min_t(unsigned int, msg->npes, RSP_POOL_PES_MAX);
	struct rsp_iter it = msg->body;
	struct rsp_pe_param *pe;
	struct rsp_pool *pool;

	if (msg->has_error)
		max = 0;
	pe = kmalloc(sizeof(*pe), GFP_KERNEL);
	pool = kvzalloc(struct_size(pool, pes, max), GFP_KERNEL);
	if (!pe || !pool) {
		kfree(pe);
		kvfree(pool);
		return NULL;
	}
	refcount_set(&pool->ref, 1);
	pool->handle.len = msg->handle.len;
	memcpy(pool->handle.octets, msg->handle.data, msg->handle.len);
	pool->negative = msg->has_error;
	/* the elements' own policies do not decide (RES-11, RES-12) */
	pool->policy = msg->policy.type ?: RSP_POLICY_ROUND_ROBIN;
	while (pool->npes < max && rsp_next_pe(&it, pe))
		rsp_pool_add_pe(pool, pe);
	rsp_pool_set_times(rn, pool);
	kfree(pe);
	return pool;
}

/* Back to the limits; the newest answer, for which somebody waits, stays. */
static void rsp_pool_evict(struct rsp_net *rn)
{
	unsigned int max = READ_ONCE(rn->set.max_pools);

	lockdep_assert_held(&rn->pools_lock);

	while (rn->npools > 1 && (rn->npools > max ||
				  rn->npools_pes > RSP_POOL_ALL_PES_MAX))
		rsp_pool_unlink(rn, list_first_entry(&rn->pools_age,
						     struct rsp_pool, age));
}

/* An old answer's successor takes its place, so that readers miss neither. */
static void rsp_pool_publish(struct rsp_net *rn, struct rsp_pool *pool)
{
	struct rsp_pool *old = rsp_pool_lookup(rn, &pool->handle);

	lockdep_assert_held(&rn->pools_lock);

	if (old) {
		pool->id = old->id;
		hlist_add_before_rcu(&pool->node, &old->node);
		rsp_pool_unlink(rn, old);
	} else {
		pool->id = ++rn->pools_id;
		hlist_add_head_rcu(&pool->node,
				   rsp_pool_bucket(rn, &pool->handle));
	}
	list_add_tail(&pool->age, &rn->pools_age);
	rn->npools++;
	rn->npools_pes += pool->npes;
	rn->pools_gen++;
}

int rsp_pool_store(struct rsp_net *rn, const struct rsp_msg *msg)
{
	struct rsp_pool *pool;

	if (!msg->handle.data || !msg->handle.len ||
	    msg->handle.len > RSP_HANDLE_MAX)
		return -EINVAL;
	pool = rsp_pool_make(rn, msg);
	if (!pool)
		return -ENOMEM;

	spin_lock_bh(&rn->pools_lock);
	rsp_pool_publish(rn, pool);
	rsp_pool_evict(rn);
	spin_unlock_bh(&rn->pools_lock);
	return 0;
}

/* ---- choosing -------------------------------------------------------- */

static bool rsp_pool_is_life(const struct rsp_pool_pe *pe,
			     const struct rsp_pe_life *life)
{
	return pe->pe_id == life->pe_id && pe->port == life->port;
}

static bool rsp_pool_was_tried(const struct rsp_pool_pe *pe,
			       const struct rsp_pe_life *tried,
			       unsigned int ntried)
{
	unsigned int i;

	for (i = 0; i < ntried; i++)
		if (rsp_pool_is_life(pe, &tried[i]))
			return true;
	return false;
}

static void rsp_pool_candidates(const struct rsp_pool *pool,
				struct rsp_policy_cand *cand,
				const struct rsp_pe_life *tried,
				unsigned int ntried, bool suspects)
{
	unsigned int i;

	for (i = 0; i < pool->npes; i++) {
		const struct rsp_pool_pe *pe = &pool->pes[i];

		cand[i] = (struct rsp_policy_cand) {
			.pe_id = pe->pe_id,
			.weight = pe->policy.weight,
			.priority = pe->policy.priority,
			.load = pe->policy.load,
			.excluded = pe->transport != RSP_PARAM_SCTP_TRANSPORT ||
				    !pe->naddrs ||
				    READ_ONCE(pe->suspect) != suspects ||
				    rsp_pool_was_tried(pe, tried, ntried),
		};
	}
}

/*
 * Two sessions that select at the same time may both get the same element:
 * the cursor is a hint, not a promise.
 */
const struct rsp_pool_pe *rsp_pool_select(struct rsp_pool *pool,
					  const struct rsp_pe_life *tried,
					  unsigned int ntried)
{
	u32 cursor = READ_ONCE(pool->cursor);
	struct rsp_policy_cand *cand;
	int i;

	if (!pool->npes)
		return NULL;
	cand = kmalloc_array(pool->npes, sizeof(*cand), GFP_ATOMIC);
	if (!cand)
		return NULL;
	rsp_pool_candidates(pool, cand, tried, ntried, false);
	i = rsp_policy_select(pool->policy, cand, pool->npes, &cursor,
			      get_random_u32());
	if (i < 0) {
		rsp_pool_candidates(pool, cand, tried, ntried, true);
		i = rsp_policy_select(pool->policy, cand, pool->npes, &cursor,
				      get_random_u32());
	}
	WRITE_ONCE(pool->cursor, cursor);
	kfree(cand);
	return i < 0 ? NULL : &pool->pes[i];
}

void rsp_pool_suspect(struct rsp_net *rn, const struct rsp_handle *handle,
		      const struct rsp_pe_life *life)
{
	struct rsp_pool *pool = rsp_pool_find(rn, handle);
	unsigned int i;

	if (!pool)
		return;
	for (i = 0; i < pool->npes; i++)
		if (rsp_pool_is_life(&pool->pes[i], life))
			WRITE_ONCE(pool->pes[i].suspect, true);
	rsp_pool_put(pool);
}

/* ---- for dumps ------------------------------------------------------- */

/*
 * New entries are put in front of a bucket and have the highest number; that
 * of one with a new answer stays.  So numbers fall from there on, and the place
 * is found again whatever came or went.
 */
struct rsp_pool *rsp_pool_next(struct rsp_net *rn, struct rsp_pool_pos *pos)
{
	struct rsp_pool *pool;

	spin_lock_bh(&rn->pools_lock);
	for (; pos->bucket < RSP_POOL_BUCKETS; pos->bucket++, pos->below = 0) {
		hlist_for_each_entry(pool, &rn->pools[pos->bucket], node) {
			if (pos->below && pool->id >= pos->below)
				continue;
			pos->below = pool->id;
			refcount_inc(&pool->ref);
			goto out;
		}
	}
	pool = NULL;
out:
	spin_unlock_bh(&rn->pools_lock);
	return pool;
}
