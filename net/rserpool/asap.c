// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ASAP endpoint of a network namespace (RFC 5352): its work, and the
 * requests to the home registrar - registration (section 3.1), deregistration
 * (3.2) and handle resolution (3.3) - with timers T1 to T3 and repetition.
 *
 * A request is built anew each time it is sent: nothing of it depends on the
 * registrar that had it first (section 3.7.1).  Requests of elements exist
 * while there is a home only and are made again by asap_pe.c at the next one;
 * resolutions wait for a home as long as their timer runs.
 *
 * Contexts and locks: see asap.h.
 */
#include <linux/completion.h>
#include <linux/slab.h>

#include "asap.h"

bool rsp_bucket_take(struct rsp_bucket *bucket, unsigned int max)
{
	if (time_after_eq(jiffies, bucket->since + HZ)) {
		bucket->since = jiffies;
		bucket->used = 0;
	}
	if (bucket->used >= max)
		return false;
	bucket->used++;
	return true;
}

/* Once the namespace is dying, pre_exit runs the work for the last time. */
void rsp_asap_kick(struct rsp_asap *asap)
{
	if (!READ_ONCE(asap->rn->dying))
		mod_delayed_work(rsp_wq, &asap->work, 0);
}

void rsp_asap_wake_at(struct rsp_asap *asap, unsigned long when)
{
	if (!asap->armed || time_before(when, asap->next))
		asap->next = when;
	asap->armed = true;
}

int rsp_asap_send(struct rsp_asap *asap, struct rsp_registrar *reg,
		  const void *buf, size_t len, u32 number)
{
	int err = reg->ops->send(asap, reg, buf, len, number);

	if (!err) {
		reg->tx++;
		RSP_INC(asap->rn, ASAP_TX);
	} else if (err == -EAGAIN || err == -ENOMEM) {
		asap->full = true;
		rsp_asap_wake_at(asap, jiffies + RSP_ASAP_RETRY);
	} else {
		RSP_INC(asap->rn, ASAP_TX_FAILED);
	}
	if (err == -EPIPE || err == -ECONNREFUSED) {
		WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_FAILED);
		rsp_asap_wake_at(asap, jiffies);
	}
	return err;
}

/* ---- one request ----------------------------------------------------- */

static unsigned int rsp_request_ms(const struct rsp_settings *set, u8 type)
{
	switch (type) {
	case RSP_ASAP_REGISTRATION:
		return READ_ONCE(set->t2_registration_ms);
	case RSP_ASAP_DEREGISTRATION:
		return READ_ONCE(set->t3_deregistration_ms);
	default:
		return READ_ONCE(set->t1_enrprequest_ms);
	}
}

/* The timer doubles up to RETRAN-MAX (RFC 5352 section 7.2). */
static void rsp_request_arm(struct rsp_asap *asap, struct rsp_request *req)
{
	const struct rsp_settings *set = &asap->rn->set;
	u64 ms = rsp_request_ms(set, req->type);
	u64 max = max_t(u64, ms, READ_ONCE(set->retran_max_ms));

	if (req->sends > 1)
		ms = min(ms << min(req->sends - 1, 8U), max);
	req->expires = jiffies + msecs_to_jiffies(min_t(u64, ms, INT_MAX));
}

static struct rsp_request *rsp_request_alloc(struct rsp_asap *asap, u8 type,
					     const struct rsp_handle *handle)
{
	struct rsp_request *req = kzalloc(sizeof(*req), GFP_KERNEL);

	if (!req)
		return NULL;
	INIT_LIST_HEAD(&req->waiters);
	req->type = type;
	req->handle = *handle;
	rsp_request_arm(asap, req);
	return req;
}

static void rsp_request_queue(struct rsp_asap *asap, struct rsp_request *req)
{
	lockdep_assert_held(&asap->lock);

	asap->next_number = asap->next_number + 1 ?: 1;
	req->number = asap->next_number;
	list_add_tail(&req->node, &asap->requests);
	asap->nrequests++;
}

static void rsp_request_unlink(struct rsp_asap *asap, struct rsp_request *req)
{
	spin_lock(&asap->lock);
	list_del(&req->node);
	asap->nrequests--;
	spin_unlock(&asap->lock);
}

int rsp_request_pe(struct rsp_asap *asap, u8 type, struct rsp_pe *pe)
{
	struct rsp_request *req;

	req = rsp_request_alloc(asap, type, &pe->handle);
	if (!req)
		return -ENOMEM;
	req->pe_id = pe->pe_id;
	refcount_inc(&pe->ref);
	req->pe = pe;
	pe->req = req;
	asap->window++;
	spin_lock(&asap->lock);
	rsp_request_queue(asap, req);
	spin_unlock(&asap->lock);
	return 0;
}

void rsp_request_cancel(struct rsp_asap *asap, struct rsp_request *req)
{
	rsp_request_unlink(asap, req);
	asap->window--;
	req->pe->req = NULL;
	rsp_pe_put(req->pe);
	kfree(req);
}

/* Off the list already, so nobody joins any more; some may still leave. */
static void rsp_waiters_done(struct rsp_asap *asap, struct list_head *waiters,
			     int err)
{
	struct rsp_waiter *w;

	spin_lock(&asap->lock);
	while (!list_empty(waiters)) {
		w = list_first_entry(waiters, struct rsp_waiter, node);
		list_del_init(&w->node);
		asap->completing = w;
		spin_unlock(&asap->lock);

		rsp_race(resolve_done);
		w->done(w, err);

		spin_lock(&asap->lock);
		asap->completing = NULL;
		wake_up_all(&asap->idle);
	}
	spin_unlock(&asap->lock);
}

void rsp_request_done(struct rsp_asap *asap, struct rsp_request *req,
		      const struct rsp_msg *msg, int err)
{
	struct rsp_pe *pe = req->pe;
	u8 type = req->type;

	if (err)
		RSP_INC(asap->rn, REQUEST_FAILED);
	if (!pe) {
		rsp_request_unlink(asap, req);
		rsp_sub_done(asap, req, msg, err);
		rsp_waiters_done(asap, &req->waiters, err);
		kfree(req);
		return;
	}
	refcount_inc(&pe->ref);
	rsp_request_cancel(asap, req);
	if (type == RSP_ASAP_REGISTRATION)
		rsp_pe_registered(asap, pe, msg, err);
	else
		rsp_pe_gone(asap, pe);
	rsp_pe_put(pe);
}

static bool rsp_request_matches(const struct rsp_request *req, u8 type,
				const struct rsp_msg *msg, u32 number)
{
	return req->sent && req->type == type &&
	       (!number || req->number == number) &&
	       req->handle.len == msg->handle.len &&
	       !memcmp(req->handle.octets, msg->handle.data,
		       req->handle.len) &&
	       (!req->pe || (msg->has_pe_id && req->pe_id == msg->pe_id));
}

struct rsp_request *rsp_request_match(struct rsp_asap *asap, u8 type,
				      const struct rsp_msg *msg, u32 number)
{
	struct rsp_request *req;

	spin_lock(&asap->lock);
	list_for_each_entry(req, &asap->requests, node)
		if (rsp_request_matches(req, type, msg, number))
			goto out;
	req = NULL;
out:
	spin_unlock(&asap->lock);
	return req;
}

/* ---- sending requests ------------------------------------------------ */

/* Whoever is told of changes wants to know the whole pool. */
static int rsp_resolution_build(struct rsp_asap *asap, struct rsp_request *req)
{
	u32 items = READ_ONCE(asap->rn->set.resolution_items);
	struct rsp_writer w;

	req->subscribe = rsp_sub_wanted(asap, &req->handle);
	rsp_msg_begin(&w, asap->tx, sizeof(asap->tx), req->type,
		      req->subscribe ? RSP_FLAG_SUBSCRIBE : 0);
	rsp_put_handle(&w, req->handle.octets, req->handle.len);
	if (items && !req->subscribe)
		rsp_put_items(&w, items);
	return rsp_msg_end(&w);
}

static int rsp_request_build(struct rsp_asap *asap, struct rsp_request *req)
{
	struct rsp_writer w;

	if (req->type == RSP_ASAP_REGISTRATION)
		return rsp_pe_build(asap, req->pe);
	if (!req->pe)
		return rsp_resolution_build(asap, req);
	rsp_msg_begin(&w, asap->tx, sizeof(asap->tx), req->type, 0);
	rsp_put_handle(&w, req->handle.octets, req->handle.len);
	rsp_put_pe_id(&w, req->pe_id);
	return rsp_msg_end(&w);
}

static void rsp_request_sent(struct rsp_asap *asap, struct rsp_request *req)
{
	if (req->sends++)
		RSP_INC(asap->rn, REQUEST_RETRANS);
	req->sent = true;
	rsp_request_arm(asap, req);
	switch (req->type) {
	case RSP_ASAP_REGISTRATION:
		RSP_INC(asap->rn, REGISTRATION_TX);
		rsp_pe_sent(asap, req->pe);
		break;
	case RSP_ASAP_DEREGISTRATION:
		RSP_INC(asap->rn, DEREGISTRATION_TX);
		req->pe->leaves++;
		break;
	default:
		RSP_INC(asap->rn, RESOLUTION_TX);
	}
}

/*
 * Without an answer.  The elements have had their turn in this run: this one
 * may be due for another try, and there is a place in the window for others.
 */
static void rsp_request_give_up(struct rsp_asap *asap, struct rsp_request *req,
				int err)
{
	rsp_request_done(asap, req, NULL, err);
	rsp_asap_wake_at(asap, jiffies);
}

/*
 * A broken link is not the request's end, nor is a moment without memory: it
 * is sent again once there is another home, or soon, and given up when its
 * timer runs out before.
 */
static void rsp_request_send(struct rsp_asap *asap, struct rsp_request *req)
{
	int len = rsp_request_build(asap, req);
	int err = len;

	if (len > 0)
		err = rsp_asap_send(asap, asap->home, asap->tx, len,
				    req->number);
	else if (len == -ENOMEM)
		rsp_asap_wake_at(asap, jiffies + RSP_ASAP_RETRY);
	if (!err)
		rsp_request_sent(asap, req);
	else if (err != -EAGAIN && err != -ENOMEM && err != -EPIPE &&
		 err != -ECONNREFUSED)
		rsp_request_give_up(asap, req, err);
}

/* What elements ask is counted over all registrars that were asked (REG-16). */
static bool rsp_request_exhausted(struct rsp_asap *asap,
				  const struct rsp_request *req)
{
	const struct rsp_settings *set = &asap->rn->set;

	if (req->type == RSP_ASAP_REGISTRATION)
		return req->pe->attempts > READ_ONCE(set->max_reg_attempt);
	return (req->pe ? req->pe->leaves : req->sends) >
	       READ_ONCE(set->max_request_retransmit);
}

/* May take off and free @req; no other one. */
static void rsp_request_step(struct rsp_asap *asap, struct rsp_request *req)
{
	if (time_after_eq(jiffies, req->expires)) {
		RSP_INC(asap->rn, REQUEST_TIMEOUT);
		if (req->sent)
			rsp_home_suspect(asap);
		if (!req->sent || rsp_request_exhausted(asap, req)) {
			rsp_request_give_up(asap, req, req->sends ?
					    -ETIMEDOUT : -EHOSTUNREACH);
			return;
		}
		req->sent = false;
		rsp_request_arm(asap, req);
	}
	if (!req->sent && !asap->full && rsp_registrar_up(asap->home))
		rsp_request_send(asap, req);
}

/*
 * Requests are taken off here only, and a step takes off no other one: the
 * next one stays valid while the lock is not held.  One that is added behind
 * the last one is seen in the run that its adder has kicked.
 */
static void rsp_requests_run(struct rsp_asap *asap)
{
	struct rsp_request *req, *tmp;

	spin_lock(&asap->lock);
	list_for_each_entry_safe(req, tmp, &asap->requests, node) {
		spin_unlock(&asap->lock);
		rsp_race(request_step);
		rsp_request_step(asap, req);
		spin_lock(&asap->lock);
	}
	list_for_each_entry(req, &asap->requests, node)
		rsp_asap_wake_at(asap, req->expires);
	spin_unlock(&asap->lock);
}

void rsp_requests_restart(struct rsp_asap *asap)
{
	struct rsp_request *req, *tmp;

	spin_lock(&asap->lock);
	list_for_each_entry_safe(req, tmp, &asap->requests, node) {
		spin_unlock(&asap->lock);
		if (req->pe) {
			rsp_request_cancel(asap, req);
		} else if (req->sent) {
			req->sent = false;
			rsp_request_arm(asap, req);
		}
		spin_lock(&asap->lock);
	}
	spin_unlock(&asap->lock);
	rsp_subs_restart(asap);
}

void rsp_requests_unreachable(struct rsp_asap *asap)
{
	struct rsp_request *req, *tmp;

	spin_lock(&asap->lock);
	list_for_each_entry_safe(req, tmp, &asap->requests, node) {
		spin_unlock(&asap->lock);
		if (!req->pe)
			rsp_request_done(asap, req, NULL, -EHOSTUNREACH);
		spin_lock(&asap->lock);
	}
	spin_unlock(&asap->lock);
}

/* ---- handle resolution ----------------------------------------------- */

struct rsp_request *rsp_resolution_find(struct rsp_asap *asap,
					const struct rsp_handle *handle)
{
	struct rsp_request *req;

	lockdep_assert_held(&asap->lock);

	list_for_each_entry(req, &asap->requests, node)
		if (!req->pe && rsp_handle_equal(&req->handle, handle))
			return req;
	return NULL;
}

int rsp_asap_resolve(struct rsp_net *rn, const struct rsp_handle *handle,
		     struct rsp_waiter *w)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_request *req, *new;
	int err = -EINPROGRESS;
	unsigned long until;

	if (w)
		INIT_LIST_HEAD(&w->node);
	if (READ_ONCE(rn->dying))
		return -ESHUTDOWN;
	rsp_announce_want(rn);
	new = rsp_request_alloc(asap, RSP_ASAP_HANDLE_RESOLUTION, handle);
	if (!new)
		return -ENOMEM;

	spin_lock(&asap->lock);
	req = rsp_resolution_find(asap, handle);
	if (!req && list_empty(&asap->registrars) &&
	    !rsp_announce_expected(rn, &until)) {
		err = -EHOSTUNREACH;
	} else if (!req && asap->nrequests >= RSP_ASAP_REQUESTS_MAX) {
		err = -ENOMEM;
	} else {
		if (!req) {
			req = new;
			new = NULL;
			rsp_request_queue(asap, req);
			asap->demand = true;
		}
		if (w)
			list_add_tail(&w->node, &req->waiters);
	}
	spin_unlock(&asap->lock);

	rsp_race(resolve_queued);
	if (!new)
		rsp_asap_kick(asap);
	kfree(new);
	return err;
}

void rsp_asap_resolve_cancel(struct rsp_net *rn, struct rsp_waiter *w)
{
	struct rsp_asap *asap = rn->asap;

	spin_lock(&asap->lock);
	if (w->node.next)		/* else it never waited */
		list_del_init(&w->node);
	spin_unlock(&asap->lock);
	rsp_race(resolve_cancelled);
	wait_event(asap->idle, READ_ONCE(asap->completing) != w);
}

struct rsp_asker {
	struct rsp_waiter waiter;
	struct completion done;
	int err;
};

static void rsp_asap_told(struct rsp_waiter *w, int err)
{
	struct rsp_asker *asker = container_of(w, struct rsp_asker, waiter);

	asker->err = err;
	complete(&asker->done);
}

int rsp_asap_ask(struct rsp_net *rn, const struct rsp_handle *handle,
		 long timeo)
{
	struct rsp_asker asker = { .waiter.done = rsp_asap_told };
	long left;
	int err;

	if (!timeo) {
		rsp_asap_resolve(rn, handle, NULL);	/* for the next time */
		return -EAGAIN;
	}
	init_completion(&asker.done);
	err = rsp_asap_resolve(rn, handle, &asker.waiter);
	if (err != -EINPROGRESS)
		return err;
	left = wait_for_completion_interruptible_timeout(&asker.done, timeo);
	if (left > 0)
		return asker.err;
	rsp_asap_resolve_cancel(rn, &asker.waiter);
	return left ? sock_intr_errno(timeo) : -EAGAIN;
}

/* ---- the work -------------------------------------------------------- */

/*
 * In this order: what came in, what that means for the home, what elements,
 * subscriptions and requests have to say to it, and at last, with everything settled, who
 * wants to hear of it.
 */
static void rsp_asap_run(struct rsp_asap *asap)
{
	rsp_race(asap_work);
	asap->armed = false;
	asap->full = false;
	if (rsp_link_sctp_poll(asap))
		rsp_asap_wake_at(asap, jiffies);
	if (rsp_input_run(asap))
		rsp_asap_wake_at(asap, jiffies);
	rsp_guests_run(asap);
	rsp_addrs_run(asap);
	rsp_home_run(asap);
	rsp_learned_run(asap);
	rsp_alive_run(asap);
	rsp_pes_run(asap);
	rsp_subs_run(asap);
	rsp_requests_run(asap);
	rsp_reports_run(asap);
	rsp_pes_tell(asap);
}

static void rsp_asap_work(struct work_struct *work)
{
	struct rsp_asap *asap;
	bool fault;

	asap = container_of(to_delayed_work(work), struct rsp_asap, work);
	fault = rsp_fault_begin(RSP_FAULT_asap);
	rsp_asap_run(asap);
	rsp_fault_end(RSP_FAULT_asap, fault);
	if (!asap->armed || READ_ONCE(asap->rn->dying))
		return;
	/* does nothing if there was a kick meanwhile, which is sooner */
	queue_delayed_work(rsp_wq, &asap->work, rsp_delay(asap->next));
}

int rsp_asap_net_init(struct rsp_net *rn)
{
	struct rsp_asap *asap = kzalloc(sizeof(*asap), GFP_KERNEL);

	if (!asap)
		return -ENOMEM;
	asap->rn = rn;
	INIT_DELAYED_WORK(&asap->work, rsp_asap_work);
	init_waitqueue_head(&asap->idle);
	spin_lock_init(&asap->lock);
	INIT_LIST_HEAD(&asap->registrars);
	INIT_LIST_HEAD(&asap->requests);
	INIT_LIST_HEAD(&asap->rx);
	INIT_LIST_HEAD(&asap->subs_todo);
	INIT_LIST_HEAD(&asap->subs_later);
	INIT_LIST_HEAD(&asap->reports);
	INIT_LIST_HEAD(&asap->todo);
	INIT_LIST_HEAD(&asap->acks);
	INIT_LIST_HEAD(&asap->attempts);
	INIT_LIST_HEAD(&asap->guests);
	asap->reports_rate.since = jiffies - HZ;
	asap->errors_rate.since = jiffies - HZ;
	asap->adopt_at = jiffies;
	asap->hunt_at = jiffies;
	asap->pes_due = jiffies;
	asap->round = 1;		/* 0: in no round yet */
	rn->asap = asap;
	return 0;
}

/*
 * The last run puts the last de-registrations on the wire before the
 * association is aborted, as far as its window allows: the ABORT says enough
 * to a registrar, and nothing here may wait for one.  It is the work's, since
 * the socket's callback may be about to queue that, and cancelled afterwards
 * for the same reason.
 */
void rsp_asap_net_pre_exit(struct rsp_net *rn)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_request *req, *tmp;

	WRITE_ONCE(rn->dying, true);
	rsp_race(net_dying);
	mod_delayed_work(rsp_wq, &asap->work, 0);
	flush_delayed_work(&asap->work);
	rsp_link_sctp_unhook(asap);
	cancel_delayed_work_sync(&asap->work);
	rsp_race(net_stopped);

	list_for_each_entry_safe(req, tmp, &asap->requests, node) {
		if (req->pe)
			rsp_request_cancel(asap, req);
		else
			rsp_request_done(asap, req, NULL, -ESHUTDOWN);
	}
	rsp_subs_exit(asap);
	rsp_alive_exit(asap);
	rsp_pes_exit(asap);
	rsp_input_exit(asap);
	rsp_home_exit(asap);
	rsp_link_sctp_exit(asap);
	rsp_reports_run(asap);		/* no home: frees them */
}

void rsp_asap_net_exit(struct rsp_net *rn)
{
	const struct rsp_asap *asap = rn->asap;

	/* as in net.c: what was counted is gone */
	WARN_ON_ONCE(asap->nrequests || asap->window);
	WARN_ON_ONCE(asap->nrx || asap->rx_octets);
	WARN_ON_ONCE(asap->nsubs || asap->nacks || asap->nstalled);
	WARN_ON_ONCE(asap->nregistrars || asap->nlearned);
	WARN_ON_ONCE(asap->nattempts || asap->nguests);
	kfree(asap);
	rn->asap = NULL;
}
