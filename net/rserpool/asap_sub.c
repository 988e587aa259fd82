// SPDX-License-Identifier: GPL-2.0-only
/*
 * Subscriptions: pools of which the home registrar tells every change by
 * itself (the S and A bits, RFC 5352 sections 2.2.5 and 2.2.6), so that what
 * the cache has of them needs not be asked for again.
 *
 *	first member --> asked, S = 1 --> A = 1: accepted
 *	                     ^   |           |
 *	   another home -----'   '- A = 0:   +- negative answer: over
 *	                            none     '- last member gone: S = 0, in the
 *	                                        end
 *
 * There is no message of its own for any of this: each resolution of a handle
 * that has members says S = 1, whoever wants it, and its answer counts.
 *
 * The members, sessions as a rule, come and go in any context; only the work
 * frees a subscription, so it may let go of asap->lock while it looks at one.
 */
#include <linux/bsearch.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "asap.h"

/* Taken in of one pool per second; a registrar should send 10 (RES-24). */
#define RSP_SUB_PUSHES_MAX	50
/* Until asked again when that was too much, or memory was short, or the
 * registrar does not know the pool; then this doubles.
 */
#define RSP_SUB_PAUSE_MS	1000

struct rsp_sub {
	struct hlist_node node;		/* asap->subs; all: asap->lock */
	struct list_head todo;		/* asap->subs_todo, subs_later or none */
	struct list_head members;	/* rsp_member.node */
	struct rsp_handle handle;
	bool accepted;			/* by the present home */
	bool ending;			/* S = 0 is to be sent, or has been */
	unsigned long due;		/* jiffies, on subs_later: looked at */
	unsigned int pause_ms;		/* after the last negative answer */
	struct rsp_bucket rate;		/* of what was taken in */
};

static struct hlist_head *rsp_sub_bucket(struct rsp_asap *asap,
					 const struct rsp_handle *handle)
{
	u32 hash = jhash(handle->octets, handle->len, 0);

	return &asap->subs[hash % RSP_SUB_BUCKETS];
}

static struct rsp_sub *rsp_sub_find(struct rsp_asap *asap,
				    const struct rsp_handle *handle)
{
	struct rsp_sub *sub;

	lockdep_assert_held(&asap->lock);

	hlist_for_each_entry(sub, rsp_sub_bucket(asap, handle), node)
		if (rsp_handle_equal(&sub->handle, handle))
			return sub;
	return NULL;
}

static struct rsp_sub *rsp_sub_alloc(const struct rsp_handle *handle)
{
	struct rsp_sub *sub = kzalloc(sizeof(*sub), GFP_KERNEL_ACCOUNT);

	if (!sub)
		return NULL;
	INIT_LIST_HEAD(&sub->todo);
	INIT_LIST_HEAD(&sub->members);
	sub->handle = *handle;
	sub->pause_ms = RSP_SUB_PAUSE_MS;
	sub->rate.since = jiffies - HZ;
	return sub;
}

static void rsp_sub_free(struct rsp_asap *asap, struct rsp_sub *sub)
{
	lockdep_assert_held(&asap->lock);

	hlist_del(&sub->node);
	list_del(&sub->todo);
	asap->nsubs--;
	kfree(sub);
}

static void rsp_sub_set_accepted(struct rsp_asap *asap, struct rsp_sub *sub,
				 bool accepted)
{
	lockdep_assert_held(&asap->lock);

	if (sub->accepted == accepted)
		return;
	sub->accepted = accepted;
	if (accepted)
		RSP_INC(asap->rn, CURR_SUBSCRIPTIONS);
	else
		RSP_DEC(asap->rn, CURR_SUBSCRIPTIONS);
}

static void rsp_sub_later(struct rsp_asap *asap, struct rsp_sub *sub,
			  unsigned int ms)
{
	lockdep_assert_held(&asap->lock);

	sub->due = jiffies + msecs_to_jiffies(ms);
	if (list_empty(&asap->subs_later) ||
	    time_before(sub->due, asap->subs_due))
		asap->subs_due = sub->due;
	list_move_tail(&sub->todo, &asap->subs_later);
}

/*
 * Nobody needs it.  One that the registrar has stays for as long as an answer
 * would be good; somebody new is spared the question.
 */
static void rsp_sub_idle(struct rsp_asap *asap, struct rsp_sub *sub)
{
	unsigned int ms = READ_ONCE(asap->rn->set.stale_cache_ms);

	rsp_sub_later(asap, sub, sub->accepted && !sub->ending ? ms : 0);
}

/* ---- members --------------------------------------------------------- */

/* Return: true if the work has something to do. */
static bool rsp_sub_join(struct rsp_asap *asap, struct rsp_sub *sub,
			 struct rsp_member *m)
{
	lockdep_assert_held(&asap->lock);

	m->sub = sub;
	list_add_tail(&m->node, &sub->members);
	if (!list_is_singular(&sub->members))
		return false;
	sub->ending = false;
	if (sub->accepted)
		list_del_init(&sub->todo);
	else
		list_move_tail(&sub->todo, &asap->subs_todo);
	return !sub->accepted;
}

void rsp_subscribe(struct rsp_net *rn, const struct rsp_handle *handle,
		   struct rsp_member *m)
{
	struct rsp_sub *sub, *new = rsp_sub_alloc(handle);
	struct rsp_asap *asap = rn->asap;
	bool kick = false;

	spin_lock(&asap->lock);
	if (m->sub) {
		sub = NULL;
		goto out;
	}
	sub = rsp_sub_find(asap, handle);
	if (!sub && new && asap->nsubs < READ_ONCE(rn->set.max_pools)) {
		sub = new;
		new = NULL;
		hlist_add_head(&sub->node, rsp_sub_bucket(asap, handle));
		asap->nsubs++;
	}
	if (sub)
		kick = rsp_sub_join(asap, sub, m);
	else
		RSP_INC(rn, SUBSCRIPTION_FAILED);
out:
	spin_unlock(&asap->lock);

	kfree(new);
	if (kick)
		rsp_asap_kick(asap);
}

void rsp_unsubscribe(struct rsp_net *rn, struct rsp_member *m)
{
	struct rsp_asap *asap = rn->asap;
	bool last = false;

	spin_lock(&asap->lock);
	if (m->sub) {
		list_del_init(&m->node);
		last = list_empty(&m->sub->members);
		if (last)
			rsp_sub_idle(asap, m->sub);
		m->sub = NULL;
	}
	spin_unlock(&asap->lock);
	if (last)
		rsp_asap_kick(asap);
}

void rsp_member_set(struct rsp_net *rn, struct rsp_member *m,
		    const struct rsp_pe_life *at)
{
	spin_lock(&rn->asap->lock);
	m->at = *at;
	spin_unlock(&rn->asap->lock);
}

/* ---- asking ---------------------------------------------------------- */

bool rsp_sub_wanted(struct rsp_asap *asap, const struct rsp_handle *handle)
{
	struct rsp_sub *sub;
	bool wanted;

	spin_lock(&asap->lock);
	sub = rsp_sub_find(asap, handle);
	wanted = sub && !sub->ending &&
		 (sub->accepted || !list_empty(&sub->members));
	spin_unlock(&asap->lock);
	return wanted;
}

bool rsp_subs_waiting(struct rsp_asap *asap)
{
	lockdep_assert_held(&asap->lock);

	return !list_empty(&asap->subs_todo);
}

/* A positive answer only begins one, a negative one ends it (RES-22). */
enum rsp_answer rsp_sub_answer(const struct rsp_request *req,
			       const struct rsp_msg *msg)
{
	return req->subscribe && !msg->has_error &&
	       msg->flags & RSP_FLAG_ACCEPTED ? RSP_ANSWER_SUBSCRIBED :
						RSP_ANSWER_ASKED;
}

static void rsp_sub_take_answer(struct rsp_asap *asap, struct rsp_sub *sub,
				const struct rsp_request *req,
				const struct rsp_msg *msg)
{
	bool accepted = rsp_sub_answer(req, msg) == RSP_ANSWER_SUBSCRIBED;

	lockdep_assert_held(&asap->lock);

	if (accepted)
		RSP_INC(asap->rn, SUBSCRIPTION_OK);
	else if (req->subscribe && !msg->has_error)
		RSP_INC(asap->rn, SUBSCRIPTION_REFUSED);
	rsp_sub_set_accepted(asap, sub, accepted);
}

/*
 * When to ask again.  Without an S bit, because the question was under way
 * when the first member came: at once.  A registrar that has just become home
 * may not know the pool yet, so a negative answer is not the last word, while
 * a refused subscription is.
 */
static void rsp_sub_plan(struct rsp_asap *asap, struct rsp_sub *sub,
			 const struct rsp_request *req,
			 const struct rsp_msg *msg, int err)
{
	unsigned int max = READ_ONCE(asap->rn->set.retran_max_ms);

	lockdep_assert_held(&asap->lock);

	if (list_empty(&sub->members)) {
		rsp_sub_idle(asap, sub);
	} else if (err) {
		rsp_sub_later(asap, sub, RSP_SUB_PAUSE_MS);
	} else if (msg->has_error) {
		rsp_sub_later(asap, sub, sub->pause_ms);
		sub->pause_ms = min(2 * sub->pause_ms, max);
	} else {
		sub->pause_ms = RSP_SUB_PAUSE_MS;
		if (req->subscribe)
			list_del_init(&sub->todo);
		else
			list_move_tail(&sub->todo, &asap->subs_todo);
	}
}

/* Whoever asked: it is an answer about this pool. */
void rsp_sub_done(struct rsp_asap *asap, const struct rsp_request *req,
		  const struct rsp_msg *msg, int err)
{
	struct rsp_sub *sub;

	spin_lock(&asap->lock);
	sub = rsp_sub_find(asap, &req->handle);
	if (sub) {
		if (msg)
			rsp_sub_take_answer(asap, sub, req, msg);
		else if (!req->subscribe)
			rsp_sub_set_accepted(asap, sub, false);
		rsp_sub_plan(asap, sub, req, msg, err);
	}
	spin_unlock(&asap->lock);
}

/* Its time has come: ask again; or, without members, let go of it. */
static void rsp_sub_wake(struct rsp_asap *asap, struct rsp_sub *sub)
{
	lockdep_assert_held(&asap->lock);

	if (!list_empty(&sub->members)) {
		list_move_tail(&sub->todo, &asap->subs_todo);
	} else if (sub->accepted) {
		sub->ending = true;
		list_move_tail(&sub->todo, &asap->subs_todo);
	} else if (rsp_resolution_find(asap, &sub->handle)) {
		/* its answer may begin what is to be ended: rsp_sub_done() */
		list_del_init(&sub->todo);
	} else {
		rsp_sub_free(asap, sub);
	}
}

static void rsp_subs_run_later(struct rsp_asap *asap)
{
	struct rsp_sub *sub, *tmp;
	unsigned long next = 0;
	bool more = false;

	lockdep_assert_held(&asap->lock);

	if (list_empty(&asap->subs_later))
		return;
	if (time_before(jiffies, asap->subs_due)) {
		rsp_asap_wake_at(asap, asap->subs_due);
		return;
	}
	list_for_each_entry_safe(sub, tmp, &asap->subs_later, todo) {
		if (time_after_eq(jiffies, sub->due)) {
			rsp_sub_wake(asap, sub);
		} else if (!more || time_before(sub->due, next)) {
			next = sub->due;
			more = true;
		}
	}
	asap->subs_due = next;
	if (more)
		rsp_asap_wake_at(asap, next);
}

/* The next one to be asked for, off the list; not too many at a time. */
static struct rsp_sub *rsp_sub_next(struct rsp_asap *asap)
{
	struct rsp_sub *sub = NULL;

	spin_lock(&asap->lock);
	rsp_subs_run_later(asap);
	/* when there is no place, an answer or a time-out runs the work again */
	if (!list_empty(&asap->subs_todo) && rsp_registrar_up(asap->home) &&
	    asap->nrequests < RSP_ASAP_WINDOW) {
		sub = list_first_entry(&asap->subs_todo, struct rsp_sub, todo);
		list_del_init(&sub->todo);
	}
	spin_unlock(&asap->lock);
	return sub;
}

void rsp_subs_run(struct rsp_asap *asap)
{
	struct rsp_sub *sub;
	int err;

	while ((sub = rsp_sub_next(asap))) {
		rsp_race(sub_ask);
		err = rsp_asap_resolve(asap->rn, &sub->handle, NULL);
		if (err == -EINPROGRESS)
			continue;
		spin_lock(&asap->lock);
		rsp_sub_later(asap, sub, RSP_SUB_PAUSE_MS);
		spin_unlock(&asap->lock);
	}
}

/* Registrars do not tell each other of their subscribers (RES-21). */
void rsp_subs_restart(struct rsp_asap *asap)
{
	struct rsp_sub *sub;
	unsigned int i;

	spin_lock(&asap->lock);
	for (i = 0; i < RSP_SUB_BUCKETS; i++) {
		hlist_for_each_entry(sub, &asap->subs[i], node) {
			rsp_sub_set_accepted(asap, sub, false);
			if (list_empty(&sub->members))
				rsp_sub_idle(asap, sub);
			else
				list_move_tail(&sub->todo, &asap->subs_todo);
		}
	}
	spin_unlock(&asap->lock);
	rsp_pool_unsubscribe_all(asap->rn);
}

void rsp_subs_exit(struct rsp_asap *asap)
{
	struct hlist_node *tmp;
	struct rsp_sub *sub;
	unsigned int i;

	spin_lock(&asap->lock);
	for (i = 0; i < RSP_SUB_BUCKETS; i++)
		hlist_for_each_entry_safe(sub, tmp, &asap->subs[i], node)
			rsp_sub_free(asap, sub);
	spin_unlock(&asap->lock);
}

/* ---- what the registrar tells by itself ------------------------------ */

static int rsp_life_cmp(const void *a, const void *b)
{
	const struct rsp_pe_life *x = a, *y = b;

	if (x->pe_id != y->pe_id)
		return x->pe_id < y->pe_id ? -1 : 1;
	return (int)x->port - (int)y->port;
}

/* Sorted, in @lives with room for all of @old. */
static unsigned int rsp_sub_removed(const struct rsp_pool *old,
				    const struct rsp_pool *new,
				    struct rsp_pe_life *lives)
{
	unsigned int i, n = 0;

	for (i = 0; i < old->npes; i++) {
		lives[n].pe_id = old->pes[i].pe_id;
		lives[n].port = old->pes[i].user.port;
		if (!rsp_pool_life(new, &lives[n]))
			n++;
	}
	sort(lives, n, sizeof(*lives), rsp_life_cmp, NULL);
	return n;
}

/*
 * Who is with an element that was there a moment ago is told.  An element
 * that was not in the last answer is none that "has been removed": another
 * registrar may only not know it yet.
 */
static void rsp_sub_tell(struct rsp_asap *asap, const struct rsp_pool *old,
			 const struct rsp_pool *new)
{
	struct rsp_pe_life *lives;
	struct rsp_member *m;
	struct rsp_sub *sub;
	unsigned int n;

	lives = kvmalloc_array(old->npes, sizeof(*lives), GFP_KERNEL);
	if (!lives)
		return;
	n = rsp_sub_removed(old, new, lives);
	spin_lock(&asap->lock);
	sub = n ? rsp_sub_find(asap, &new->handle) : NULL;
	if (sub)
		list_for_each_entry(m, &sub->members, node)
			if (bsearch(&m->at, lives, n, sizeof(*lives),
				    rsp_life_cmp))
				m->removed(m);
	spin_unlock(&asap->lock);
	kvfree(lives);
}

/* What is not taken in is lost, so the registrar has to be asked, later. */
static void rsp_sub_limit(struct rsp_asap *asap, struct rsp_sub *sub)
{
	lockdep_assert_held(&asap->lock);

	RSP_INC(asap->rn, PUSH_LIMITED);
	if (!list_empty(&sub->members) && list_empty(&sub->todo))
		rsp_sub_later(asap, sub, RSP_SUB_PAUSE_MS);
}

/* Return: is it one that was asked for, and is it to be taken in? */
static bool rsp_sub_takes(struct rsp_asap *asap,
			  const struct rsp_handle *handle,
			  const struct rsp_msg *msg, bool *take)
{
	struct rsp_sub *sub;
	bool ours;

	spin_lock(&asap->lock);
	sub = rsp_sub_find(asap, handle);
	ours = sub && sub->accepted;
	*take = ours && rsp_bucket_take(&sub->rate, RSP_SUB_PUSHES_MAX);
	if (*take && msg->has_error) {
		RSP_INC(asap->rn, SUBSCRIPTION_ENDED);
		rsp_sub_set_accepted(asap, sub, false);
		if (list_empty(&sub->members))
			rsp_sub_idle(asap, sub);
		else
			rsp_sub_later(asap, sub, sub->pause_ms);
	} else if (ours && !*take) {
		rsp_sub_limit(asap, sub);
	}
	spin_unlock(&asap->lock);
	return ours;
}

bool rsp_sub_push(struct rsp_asap *asap, const struct rsp_msg *msg)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_pool *old, *new;
	struct rsp_handle handle;
	bool take;

	if (!rsp_handle_read(&handle, &msg->handle) ||
	    !rsp_sub_takes(asap, &handle, msg, &take))
		return false;
	if (!take) {
		rsp_pool_unsubscribe(rn, &handle);
		return true;
	}
	RSP_INC(rn, PUSH_RX);
	old = rsp_pool_find(rn, &handle);
	if (rsp_pool_store(rn, msg, RSP_ANSWER_PUSHED))
		rsp_pool_unsubscribe(rn, &handle);
	rsp_race(sub_pushed);
	new = rsp_pool_find(rn, &handle);
	if (old && new && old != new && READ_ONCE(old->subscribed))
		rsp_sub_tell(asap, old, new);
	rsp_pool_put(new);
	rsp_pool_put(old);
	return true;
}
