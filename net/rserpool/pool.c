// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cache of resolved pools (RFC 5352 section 3.3, C1 - C4): what the
 * registrar said about a handle last, and which element is next.
 *
 * Readers take a reference under RCU from any context.  A pool that has been
 * published does not change but for its marks (who is suspect, how often it was
 * selected) and how long it is good; a new answer replaces it.  Writers hold rn->pools_lock.  The
 * cache is bounded in entries (max_pools) and in elements; the oldest answer
 * makes room.
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
#define RSP_POOL_PES_MAX	RSP_POLICY_CANDS_MAX	/* kept of one answer */
#define RSP_POOL_ALL_PES_MAX	(64 * RSP_POOL_PES_MAX)
#define RSP_POOL_ADAPTIVE	0x40000000	/* RFC 5356 s7.1: bit A */
/* A registrar's longer message may have had no room for more (WIRE-40). */
#define RSP_POOL_OCTETS_MAX	(RSP_MSG_MAX - 1024)

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

unsigned int rsp_pool_flush(struct rsp_net *rn)
{
	struct rsp_pool *pool, *tmp;
	unsigned int n;

	spin_lock_bh(&rn->pools_lock);
	n = rn->npools;
	list_for_each_entry_safe(pool, tmp, &rn->pools_age, age)
		rsp_pool_unlink(rn, pool);
	spin_unlock_bh(&rn->pools_lock);
	return n;
}

/* No user of the namespace is left. */
void rsp_pool_net_exit(struct rsp_net *rn)
{
	rsp_pool_flush(rn);
	kfree(rn->pools);
	rn->pools = NULL;
}

static struct rsp_pool *rsp_pool_lookup(struct rsp_net *rn,
					const struct rsp_handle *handle)
{
	struct hlist_head *bucket = rsp_pool_bucket(rn, handle);
	struct rsp_pool *pool;

	/* asked here, too: few kernels have CONFIG_PROVE_RCU_LIST */
	RCU_LOCKDEP_WARN(!rcu_read_lock_held() &&
			 !lockdep_is_held(&rn->pools_lock),
			 "pool looked up without protection");
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

bool rsp_pool_purge(struct rsp_net *rn, const struct rsp_handle *handle)
{
	struct rsp_pool *pool;

	spin_lock_bh(&rn->pools_lock);
	pool = rsp_pool_lookup(rn, handle);
	if (pool)
		rsp_pool_unlink(rn, pool);
	spin_unlock_bh(&rn->pools_lock);
	return pool;
}

/* What was kept up to date until now is as old as it gets. */
static void rsp_pool_end_subscription(struct rsp_pool *pool)
{
	if (!pool->subscribed)
		return;
	WRITE_ONCE(pool->stale, jiffies);
	WRITE_ONCE(pool->subscribed, false);
}

void rsp_pool_unsubscribe(struct rsp_net *rn, const struct rsp_handle *handle)
{
	struct rsp_pool *pool;

	spin_lock_bh(&rn->pools_lock);
	pool = rsp_pool_lookup(rn, handle);
	if (pool)
		rsp_pool_end_subscription(pool);
	spin_unlock_bh(&rn->pools_lock);
}

void rsp_pool_unsubscribe_all(struct rsp_net *rn)
{
	struct rsp_pool *pool;

	spin_lock_bh(&rn->pools_lock);
	list_for_each_entry(pool, &rn->pools_age, age)
		rsp_pool_end_subscription(pool);
	spin_unlock_bh(&rn->pools_lock);
}

/* ---- taking an answer in --------------------------------------------- */

static bool rsp_pool_is_life(const struct rsp_pool_pe *pe,
			     const struct rsp_pe_life *life)
{
	return pe->pe_id == life->pe_id && pe->user.port == life->port;
}

const struct rsp_pool_pe *rsp_pool_life(const struct rsp_pool *pool,
					const struct rsp_pe_life *life)
{
	unsigned int i;

	for (i = 0; i < pool->npes; i++)
		if (rsp_pool_is_life(&pool->pes[i], life))
			return &pool->pes[i];
	return NULL;
}

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
	rsp_service_read(&pe->user, &from->user);
	pool->npes++;
}

/*
 * An adaptive policy is as good as its last answer only (RES-17), as long as
 * the registrar does not tell of changes by itself.
 */
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
				      const struct rsp_msg *msg,
				      enum rsp_answer how)
{
	unsigned int max = min_t(unsigned int, msg->npes, RSP_POOL_PES_MAX);
	u32 items = READ_ONCE(rn->set.resolution_items);
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
	pool->subscribed = how != RSP_ANSWER_ASKED && !pool->negative;
	pool->cut = msg->npes > max ||
		    msg->body.end - msg->body.p > RSP_POOL_OCTETS_MAX;
	pool->sample = pool->cut || (how == RSP_ANSWER_ASKED && items &&
				     msg->npes >= items);
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

/* What the policy looks at; who may not be selected is the caller's to say. */
static void rsp_pool_cand(const struct rsp_pool_pe *pe,
			  struct rsp_policy_cand *cand)
{
	*cand = (struct rsp_policy_cand) {
		.weight = pe->policy.weight,
		.priority = pe->policy.priority,
		.load = pe->policy.load,
		.degradation = pe->policy.degradation,
		.used = READ_ONCE(pe->used),
	};
}

/* Another load or weight is a new beginning (RFC 5356 section 5.2.2). */
static bool rsp_pool_inherit_pe(struct rsp_pool_pe *pe,
				const struct rsp_pool *pool)
{
	const struct rsp_pool_pe *old;

	old = rsp_pool_life(pool, &(struct rsp_pe_life) {
		.pe_id = pe->pe_id,
		.port = pe->user.port,
	});
	if (!old)
		return false;
	pe->suspect = READ_ONCE(old->suspect);
	pe->used = READ_ONCE(old->used);
	return pe->policy.weight == old->policy.weight &&
	       pe->policy.load == old->policy.load &&
	       pe->policy.degradation == old->policy.degradation;
}

/*
 * News about others: whoever was lost by a session still is, and whose turn it
 * is does not change.  The answer to a question is new in all respects.
 */
static int rsp_pool_inherit(struct rsp_pool *pool, const struct rsp_pool *old)
{
	struct rsp_policy_cand *cand;
	unsigned int i;
	bool known;

	if (!pool->npes)
		return 0;
	cand = kvmalloc_array(pool->npes, sizeof(*cand), GFP_KERNEL);
	if (!cand)
		return -ENOMEM;
	for (i = 0; i < pool->npes; i++) {
		known = rsp_pool_inherit_pe(&pool->pes[i], old);
		rsp_pool_cand(&pool->pes[i], &cand[i]);
		cand[i].excluded = !known;
	}
	rsp_policy_join(pool->policy, cand, pool->npes, pool->sample);
	for (i = 0; i < pool->npes; i++)
		pool->pes[i].used = cand[i].used;
	kvfree(cand);
	return 0;
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

int rsp_pool_store(struct rsp_net *rn, const struct rsp_msg *msg,
		   enum rsp_answer how)
{
	struct rsp_pool *pool, *old;
	int err;

	if (!msg->handle.data || !msg->handle.len ||
	    msg->handle.len > RSP_HANDLE_MAX)
		return -EINVAL;
	pool = rsp_pool_make(rn, msg, how);
	if (!pool)
		return -ENOMEM;
	old = how == RSP_ANSWER_PUSHED ? rsp_pool_find(rn, &pool->handle) :
					 NULL;
	err = old ? rsp_pool_inherit(pool, old) : 0;
	rsp_pool_put(old);
	if (err) {
		rsp_pool_put(pool);
		return err;
	}

	spin_lock_bh(&rn->pools_lock);
	rsp_pool_publish(rn, pool);
	rsp_pool_evict(rn);
	spin_unlock_bh(&rn->pools_lock);
	return 0;
}

/* ---- choosing -------------------------------------------------------- */

/* Sessions need SCTP; in basic mode the transport is the program's business. */
static bool rsp_pool_usable(const struct rsp_pool_pe *pe, bool basic)
{
	return rsp_service_known(&pe->user) &&
	       (basic || pe->user.type == RSP_PARAM_SCTP_TRANSPORT);
}

bool rsp_pool_foreign(const struct rsp_pool *pool)
{
	unsigned int i;

	for (i = 0; i < pool->npes; i++)
		if (pool->pes[i].user.type == RSP_PARAM_SCTP_TRANSPORT)
			return false;
	return pool->npes;
}

bool rsp_pool_left_behind(const struct rsp_pool *pool,
			  const struct rsp_pe_life *life)
{
	unsigned int i;

	if (!READ_ONCE(pool->subscribed) || pool->cut ||
	    rsp_pool_life(pool, life))
		return false;
	for (i = 0; i < pool->npes; i++)
		if (rsp_pool_usable(&pool->pes[i], false) &&
		    !READ_ONCE(pool->pes[i].suspect))
			return true;
	return false;
}

const struct rsp_pool_pe *rsp_pool_by_id(const struct rsp_pool *pool,
					 bool basic, u32 pe_id)
{
	unsigned int i;

	for (i = 0; i < pool->npes; i++)
		if (pool->pes[i].pe_id == pe_id &&
		    rsp_pool_usable(&pool->pes[i], basic))
			return &pool->pes[i];
	return NULL;
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

const struct rsp_pool_pe *rsp_pool_prefer(const struct rsp_pool *pool,
					  const u32 *order, unsigned int n,
					  const struct rsp_pe_life *tried,
					  unsigned int ntried)
{
	const struct rsp_pool_pe *pe;

	while (n--) {
		pe = rsp_pool_by_id(pool, false, *order++);
		if (pe && !READ_ONCE(pe->suspect) &&
		    !rsp_pool_was_tried(pe, tried, ntried))
			return pe;
	}
	return NULL;
}

static int rsp_pool_choose(const struct rsp_pool *pool, bool basic,
			   struct rsp_policy_cand *cand,
			   const struct rsp_pe_life *tried,
			   unsigned int ntried, bool suspects)
{
	unsigned int i;

	for (i = 0; i < pool->npes; i++) {
		const struct rsp_pool_pe *pe = &pool->pes[i];

		rsp_pool_cand(pe, &cand[i]);
		cand[i].excluded = !rsp_pool_usable(pe, basic) ||
				   READ_ONCE(pe->suspect) != suspects ||
				   rsp_pool_was_tried(pe, tried, ntried);
	}
	return rsp_policy_select(pool->policy, cand, pool->npes, pool->sample,
				 get_random_u32());
}

/*
 * Two sessions that select at the same time may both get the same element:
 * the counts are hints, no promises.
 */
static void rsp_pool_count(struct rsp_pool *pool, struct rsp_pool_pe *pe)
{
	u32 used = READ_ONCE(pe->used) + 1;
	unsigned int i;

	if (used <= RSP_POLICY_USED_MAX) {
		WRITE_ONCE(pe->used, used);
		return;
	}
	for (i = 0; i < pool->npes; i++)
		WRITE_ONCE(pool->pes[i].used, 0);
}

const struct rsp_pool_pe *rsp_pool_select(struct rsp_pool *pool, bool basic,
					  const struct rsp_pe_life *tried,
					  unsigned int ntried)
{
	struct rsp_policy_cand *cand;
	int i;

	if (!pool->npes)
		return NULL;
	cand = kmalloc_array(pool->npes, sizeof(*cand), GFP_ATOMIC);
	if (!cand)
		return NULL;
	i = rsp_pool_choose(pool, basic, cand, tried, ntried, false);
	if (i < 0)
		i = rsp_pool_choose(pool, basic, cand, tried, ntried, true);
	kfree(cand);
	if (i < 0)
		return NULL;
	rsp_pool_count(pool, &pool->pes[i]);
	return &pool->pes[i];
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
