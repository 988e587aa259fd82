// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool elements of a network namespace as the registrar should know them:
 * registration (RFC 5352 section 3.1) and de-registration (3.2).
 *
 * asap->todo lists the elements that have something to say; at most
 * RSP_ASAP_WINDOW of them wait for an answer at a time, so that a registrar
 * that comes back is not flooded (REQ-05).  All is sent to the home; when that
 * changes, everything starts anew.
 *
 * An element leaves rn->pes in the work only.  rn->pes_lock protects the list
 * and the elements' state; nothing else is locked inside it.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "asap.h"

/* The registrar took an element out: not again at once, whatever it says. */
#define RSP_PE_PAUSE		HZ
#define RSP_PE_NEVER		(3600 * HZ)

void rsp_pe_put(struct rsp_pe *pe)
{
	if (!refcount_dec_and_test(&pe->ref))
		return;
	kfree(pe->ack_spare);
	kfree(pe);
}

unsigned int rsp_pes_above(struct rsp_net *rn, u64 serial, struct rsp_pe **pes,
			   unsigned int max)
{
	unsigned int n = 0;
	struct rsp_pe *pe;

	spin_lock_bh(&rn->pes_lock);
	list_for_each_entry(pe, &rn->pes, node) {
		if (pe->serial <= serial)
			continue;
		if (n == max)
			break;
		refcount_inc(&pe->ref);
		pes[n++] = pe;
	}
	spin_unlock_bh(&rn->pes_lock);
	return n;
}

/* ---- marks; all with pes_lock held ----------------------------------- */

static void rsp_pe_todo(struct rsp_asap *asap, struct rsp_pe *pe)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	if (list_empty(&pe->todo))
		list_add_tail(&pe->todo, &asap->todo);
}

void rsp_pe_want(struct rsp_asap *asap, struct rsp_pe *pe)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	pe->want = true;
	rsp_pe_todo(asap, pe);
}

static void rsp_pe_set_due(struct rsp_asap *asap, struct rsp_pe *pe,
			   unsigned long delay)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	pe->due = jiffies + delay;
	if (time_before(pe->due, asap->pes_due))
		asap->pes_due = pe->due;
}

/* To be forgotten without a word, before anything else is done. */
static void rsp_pe_forget(struct rsp_asap *asap, struct rsp_pe *pe)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	pe->known = false;
	list_move(&pe->todo, &asap->todo);
}

static void rsp_pe_set_state(struct rsp_asap *asap, struct rsp_pe *pe,
			     enum rsp_pe_state state)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	if (pe->state == state || pe->state == RSP_PE_LEAVING)
		return;
	if (state != RSP_PE_ASKED) {
		pe->tell = true;
		asap->tell = true;
	}
	WRITE_ONCE(pe->state, state);
}

/* No registrar took the element (REG-16).  It goes on being wanted. */
static void rsp_pe_unreachable(struct rsp_asap *asap, struct rsp_pe *pe)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	WRITE_ONCE(pe->error, -EHOSTUNREACH);
	pe->tell = true;
	asap->tell = true;
}

static unsigned long rsp_pe_t2(const struct rsp_net *rn)
{
	return msecs_to_jiffies(READ_ONCE(rn->set.t2_registration_ms));
}

/* ---- what element.c calls -------------------------------------------- */

/*
 * Room for @pe, and nobody else under its name.  One that is leaving under
 * that name needs not say so any more: the new registration replaces its.
 */
static int rsp_pe_check(struct rsp_asap *asap, const struct rsp_pe *pe)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_pe *other;

	lockdep_assert_held(&rn->pes_lock);

	if (rn->npes >= READ_ONCE(rn->set.max_pes))
		return -ENOBUFS;
	list_for_each_entry(other, &rn->pes, node) {
		if (other->pe_id != pe->pe_id ||
		    !rsp_handle_equal(&other->handle, &pe->handle))
			continue;
		if (other->state != RSP_PE_LEAVING)
			return -EADDRINUSE;
		rsp_pe_forget(asap, other);
	}
	return 0;
}

static int rsp_pe_wish(struct rsp_asap *asap, struct rsp_pe *pe, s32 life,
		       const struct rsp_policy_param *policy,
		       const struct rsp_service *user)
{
	struct rsp_net *rn = asap->rn;
	int err;

	lockdep_assert_held(&rn->pes_lock);

	if (pe->state == RSP_PE_NEW) {
		err = rsp_pe_check(asap, pe);
		if (err)
			return err;
		INIT_LIST_HEAD(&pe->todo);
		pe->alive_home.since = jiffies - HZ;
		pe->alive_other.since = jiffies - HZ;
		refcount_inc(&pe->ref);
		pe->serial = ++rn->pes_serial;
		list_add_tail(&pe->node, &rn->pes);
		WRITE_ONCE(rn->npes, rn->npes + 1);
	}
	pe->life = life;
	pe->policy = *policy;
	if (pe->state == RSP_PE_NEW || pe->state == RSP_PE_REFUSED ||
	    pe->user.use != user->use) {
		WRITE_ONCE(pe->use, user->use);
		pe->followed = false;
	}
	pe->user = *user;
	if (pe->state == RSP_PE_NEW || pe->state == RSP_PE_REFUSED) {
		WRITE_ONCE(pe->error, 0);
		WRITE_ONCE(pe->state, RSP_PE_WANTED);
		rsp_pe_set_due(asap, pe, rsp_pe_t2(rn));
	}
	rsp_pe_want(asap, pe);
	return 0;
}

int rsp_asap_register(struct rsp_pe *pe, s32 life,
		      const struct rsp_policy_param *policy,
		      const struct rsp_service *user)
{
	struct rsp_asap *asap = pe->rn->asap;
	unsigned long until;
	int err;

	if (READ_ONCE(pe->rn->dying))
		return -ENOBUFS;
	rsp_announce_want(pe->rn);
	spin_lock_bh(&pe->rn->pes_lock);
	err = rsp_pe_wish(asap, pe, life, policy, user);
	spin_unlock_bh(&pe->rn->pes_lock);
	if (err)
		return err;

	spin_lock(&asap->lock);
	asap->demand = true;
	if (list_empty(&asap->registrars) &&
	    !rsp_announce_expected(pe->rn, &until))
		err = -EHOSTUNREACH;
	spin_unlock(&asap->lock);
	rsp_asap_kick(asap);
	return err;
}

/* Without a registrar for T3 it is forgotten: with each one that is lost, anew. */
static void rsp_pe_leave_soon(struct rsp_asap *asap, struct rsp_pe *pe)
{
	unsigned int ms = READ_ONCE(pe->rn->set.t3_deregistration_ms);

	rsp_pe_set_due(asap, pe, msecs_to_jiffies(ms));
}

void rsp_asap_deregister(struct rsp_pe *pe)
{
	struct rsp_asap *asap = pe->rn->asap;

	spin_lock_bh(&pe->rn->pes_lock);
	if (pe->state == RSP_PE_NEW) {
		spin_unlock_bh(&pe->rn->pes_lock);
		return;
	}
	WRITE_ONCE(pe->state, RSP_PE_LEAVING);
	rsp_pe_leave_soon(asap, pe);
	if (pe->known)
		rsp_pe_todo(asap, pe);
	else
		rsp_pe_forget(asap, pe);
	spin_unlock_bh(&pe->rn->pes_lock);

	rsp_race(pe_leaving);
	rsp_asap_kick(asap);
	wait_event(asap->idle, READ_ONCE(asap->telling) != pe);
}

/* ---- the work: telling ----------------------------------------------- */

static void rsp_pe_tell(struct rsp_asap *asap, struct rsp_pe *pe)
{
	struct rsp_net *rn = asap->rn;
	bool registered;

	spin_lock_bh(&rn->pes_lock);
	pe->tell = false;
	if (pe->state == RSP_PE_LEAVING) {
		spin_unlock_bh(&rn->pes_lock);
		return;
	}
	registered = pe->state == RSP_PE_REGISTERED;
	WRITE_ONCE(asap->telling, pe);
	spin_unlock_bh(&rn->pes_lock);

	if (pe->told != registered) {
		pe->told = registered;
		rsp_event_pe(rn, registered ?
			     RSERPOOL_EVENT_TYPE_PE_REGISTERED :
			     RSERPOOL_EVENT_TYPE_PE_UNREGISTERED, pe);
	}
	if (pe->changed)
		pe->changed(pe);

	spin_lock_bh(&rn->pes_lock);
	WRITE_ONCE(asap->telling, NULL);
	spin_unlock_bh(&rn->pes_lock);
	wake_up_all(&asap->idle);
}

/* Entries are taken off rn->pes by this work only: the next one stays. */
void rsp_pes_tell(struct rsp_asap *asap)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_pe *pe;

	spin_lock_bh(&rn->pes_lock);
	if (!asap->tell)
		goto out;
	asap->tell = false;
	list_for_each_entry(pe, &rn->pes, node) {
		if (!pe->tell)
			continue;
		spin_unlock_bh(&rn->pes_lock);
		rsp_pe_tell(asap, pe);
		spin_lock_bh(&rn->pes_lock);
	}
out:
	spin_unlock_bh(&rn->pes_lock);
}

/* ---- the work: what there is to do ----------------------------------- */

/* Off everything; gives up the reference that rsp_asap_register() took. */
void rsp_pe_gone(struct rsp_asap *asap, struct rsp_pe *pe)
{
	struct rsp_net *rn = asap->rn;

	if (pe->req)
		rsp_request_cancel(asap, pe->req);
	if (pe->stalled)
		asap->nstalled--;
	pe->stalled = false;
	spin_lock_bh(&rn->pes_lock);
	list_del_init(&pe->todo);
	list_del(&pe->node);
	WRITE_ONCE(rn->npes, rn->npes - 1);
	WRITE_ONCE(pe->state, RSP_PE_GONE);
	spin_unlock_bh(&rn->pes_lock);
	if (pe->told)
		rsp_event_pe(rn, RSERPOOL_EVENT_TYPE_PE_UNREGISTERED, pe);
	rsp_pe_put(pe);
}

/*
 * Return: false if memory was short, and @pe has to be looked at again.  With
 * a registration in flight a leaving element still sends both, in order; a
 * changed one waits for the answer.
 */
static bool rsp_pe_step(struct rsp_asap *asap, struct rsp_pe *pe)
{
	bool leaving, known, want;

	spin_lock_bh(&asap->rn->pes_lock);
	leaving = pe->state == RSP_PE_LEAVING;
	known = pe->known;
	want = pe->want;
	spin_unlock_bh(&asap->rn->pes_lock);

	if (leaving && !known) {
		rsp_pe_gone(asap, pe);
		return true;
	}
	if (leaving) {
		if (pe->req && pe->req->type == RSP_ASAP_DEREGISTRATION)
			return true;
		if (pe->req)
			rsp_request_cancel(asap, pe->req);
		return !rsp_request_pe(asap, RSP_ASAP_DEREGISTRATION, pe);
	}
	if (!want || pe->req || pe->stalled)
		return true;
	return !rsp_request_pe(asap, RSP_ASAP_REGISTRATION, pe);
}

/* Without a home or a place in the window, only what needs neither. */
static struct rsp_pe *rsp_pe_next_todo(struct rsp_asap *asap)
{
	struct rsp_pe *pe;

	spin_lock_bh(&asap->rn->pes_lock);
	pe = list_first_entry_or_null(&asap->todo, struct rsp_pe, todo);
	if (pe && (asap->window >= RSP_ASAP_WINDOW ||
		   !rsp_registrar_up(asap->home)) &&
	    (pe->state != RSP_PE_LEAVING || pe->known))
		pe = NULL;
	if (pe) {
		list_del_init(&pe->todo);
		refcount_inc(&pe->ref);
	}
	spin_unlock_bh(&asap->rn->pes_lock);
	return pe;
}

/* One whose time has come; those that are due for nothing wait for ever. */
static unsigned long rsp_pe_look(struct rsp_asap *asap, struct rsp_pe *pe)
{
	bool due = time_after_eq(jiffies, pe->due);

	lockdep_assert_held(&asap->rn->pes_lock);

	switch (pe->state) {
	case RSP_PE_LEAVING:
		if (rsp_registrar_up(asap->home))
			break;
		if (!due)
			return pe->due;
		rsp_pe_forget(asap, pe);
		break;
	case RSP_PE_REGISTERED:
	case RSP_PE_WANTED:
		if (pe->req || (pe->want && (pe->error ||
					     rsp_registrar_up(asap->home))))
			break;
		if (!due)
			return pe->due;
		if (pe->want)
			rsp_pe_unreachable(asap, pe);
		else
			rsp_pe_want(asap, pe);
		break;
	default:
		break;
	}
	return jiffies + RSP_PE_NEVER;
}

static void rsp_pes_look(struct rsp_asap *asap)
{
	struct rsp_net *rn = asap->rn;
	unsigned long first = jiffies + RSP_PE_NEVER;
	struct rsp_pe *pe;

	spin_lock_bh(&rn->pes_lock);
	if (time_after_eq(jiffies, asap->pes_due)) {
		list_for_each_entry(pe, &rn->pes, node) {
			unsigned long due = rsp_pe_look(asap, pe);

			if (time_before(due, first))
				first = due;
		}
		asap->pes_due = first;
	}
	if (rn->npes)
		rsp_asap_wake_at(asap, asap->pes_due);
	spin_unlock_bh(&rn->pes_lock);
}

void rsp_pes_run(struct rsp_asap *asap)
{
	struct rsp_pe *pe;
	bool done;

	rsp_pes_look(asap);
	while ((pe = rsp_pe_next_todo(asap))) {
		rsp_race(pe_todo);
		done = rsp_pe_step(asap, pe);
		if (!done) {
			spin_lock_bh(&asap->rn->pes_lock);
			rsp_pe_todo(asap, pe);
			spin_unlock_bh(&asap->rn->pes_lock);
			rsp_asap_wake_at(asap, jiffies + HZ);
		}
		rsp_pe_put(pe);
		if (!done)
			break;
	}
}

/* The requests of elements have been cancelled. */
void rsp_pes_restart(struct rsp_asap *asap)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_pe *pe;

	spin_lock_bh(&rn->pes_lock);
	list_for_each_entry(pe, &rn->pes, node) {
		if (pe->state == RSP_PE_LEAVING) {
			/* DRG-04: T3 has run out with the old home */
			rsp_pe_leave_soon(asap, pe);
			rsp_pe_todo(asap, pe);
			continue;
		}
		/* one that the last home refused may be welcome here */
		if (pe->state != RSP_PE_REFUSED || asap->home)
			rsp_pe_set_state(asap, pe, RSP_PE_WANTED);
		pe->home_id = 0;
		rsp_pe_want(asap, pe);
		rsp_pe_set_due(asap, pe, rsp_pe_t2(rn));
	}
	asap->pes_due = jiffies;
	spin_unlock_bh(&rn->pes_lock);
}

void rsp_pes_renew(struct rsp_asap *asap)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_pe *pe;

	spin_lock_bh(&rn->pes_lock);
	list_for_each_entry(pe, &rn->pes, node)
		if (pe->state == RSP_PE_REGISTERED ||
		    pe->state == RSP_PE_ASKED)
			rsp_pe_want(asap, pe);
	spin_unlock_bh(&rn->pes_lock);
}

void rsp_pes_unreachable(struct rsp_asap *asap)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_pe *pe;

	spin_lock_bh(&rn->pes_lock);
	list_for_each_entry(pe, &rn->pes, node)
		if (pe->state == RSP_PE_WANTED && !pe->error)
			rsp_pe_unreachable(asap, pe);
	spin_unlock_bh(&rn->pes_lock);
}

void rsp_pes_exit(struct rsp_asap *asap)
{
	struct rsp_pe *pe, *tmp;

	list_for_each_entry_safe(pe, tmp, &asap->rn->pes, node)
		rsp_pe_gone(asap, pe);
}

/* ---- the work: registration ------------------------------------------ */

/* Seconds, as RFC 5354 section 3.10 says; RSPLIB takes milliseconds (WIRE-32). */
static s32 rsp_pe_wire_life(const struct rsp_registrar *home, s32 life)
{
	if (READ_ONCE(home->profile) != RSERPOOL_REGISTRAR_PROFILE_RSPLIB ||
	    life < 0)
		return life;
	return min_t(s64, 1000LL * life, INT_MAX);
}

/* A registration as it is put together. */
struct rsp_pe_draft {
	struct rsp_pe_param param;
	struct rsp_service user;
	unsigned int nhome;
	struct rsp_addr home[RSP_ADDRS_MAX];	/* of ours, as the home takes them */
};

/* All of ours, or the first where there is room for one only. */
static void rsp_pe_draft_addrs(struct rsp_pe_draft *draft)
{
	struct rsp_service *user = &draft->user;

	if (rsp_service_known(user))
		return;
	user->naddrs = rsp_service_is_single(user) ? min(draft->nhome, 1U) :
						  draft->nhome;
	memcpy(user->addrs, draft->home, user->naddrs * sizeof(user->addrs[0]));
}

/* Return: false if there is no address to be told; then it is still wanted. */
static bool rsp_pe_draft(struct rsp_asap *asap, struct rsp_pe *pe,
			 struct rsp_pe_draft *draft)
{
	bool known;

	draft->nhome = asap->home->ops->addrs(asap, asap->home, draft->home,
					      RSP_ADDRS_MAX);
	draft->param.pe_id = pe->pe_id;
	spin_lock_bh(&asap->rn->pes_lock);
	draft->param.life = rsp_pe_wire_life(asap->home, pe->life);
	draft->param.policy = pe->policy;
	draft->user = pe->user;
	draft->user.use = pe->use;
	rsp_pe_draft_addrs(draft);
	known = rsp_service_known(&draft->user);
	if (known)
		pe->want = false;
	spin_unlock_bh(&asap->rn->pes_lock);
	return known;
}

int rsp_pe_build(struct rsp_asap *asap, struct rsp_pe *pe)
{
	struct rsp_pe_draft *draft;
	struct rsp_writer w;
	int len;

	draft = kzalloc(sizeof(*draft), GFP_KERNEL);
	if (!draft)
		return -ENOMEM;
	len = rsp_registrar_up(asap->home) ? -EADDRNOTAVAIL : -EPIPE;
	if (!rsp_pe_draft(asap, pe, draft))
		goto out;
	rsp_service_write(&draft->user, &draft->param.user);
	rsp_msg_begin(&w, asap->tx, sizeof(asap->tx), RSP_ASAP_REGISTRATION, 0);
	rsp_put_handle(&w, pe->handle.octets, pe->handle.len);
	rsp_put_pe(&w, &draft->param);
	len = rsp_msg_end(&w);
out:
	kfree(draft);
	return len;
}

void rsp_pe_sent(struct rsp_asap *asap, struct rsp_pe *pe)
{
	spin_lock_bh(&asap->rn->pes_lock);
	pe->known = true;
	pe->attempts++;
	if (pe->state == RSP_PE_WANTED)
		rsp_pe_set_state(asap, pe, RSP_PE_ASKED);
	spin_unlock_bh(&asap->rn->pes_lock);
}

/*
 * T4 = min(setting, life - 20 s) (RFC 5352 section 3.1); half the life if that
 * leaves no slack (REG-15).  Up to a sixteenth less, so that elements that
 * were registered together do not stay together.
 */
static unsigned long rsp_pe_t4(const struct rsp_net *rn, s32 life)
{
	u64 ms = 1000ULL * READ_ONCE(rn->set.t4_reregistration_s);

	if (life >= 0)
		ms = min(ms, life <= 40 ? life * 500ULL :
			 (life - 20) * 1000ULL);
	ms = clamp_t(u64, ms, 100, INT_MAX);
	ms -= get_random_u32_below((u32)ms / 16 + 1);
	return msecs_to_jiffies(ms);
}

static void rsp_pe_accepted(struct rsp_asap *asap, struct rsp_pe *pe)
{
	u32 home_id = READ_ONCE(asap->home->id);

	lockdep_assert_held(&asap->rn->pes_lock);

	RSP_INC(asap->rn, REGISTRATION_OK);
	WRITE_ONCE(pe->error, 0);
	pe->cause = 0;
	pe->attempts = 0;
	pe->followed = false;
	if (pe->home_id != home_id) {
		pe->home_id = home_id;
		pe->tell = true;
		asap->tell = true;
	}
	rsp_pe_set_state(asap, pe, RSP_PE_REGISTERED);
	rsp_pe_set_due(asap, pe, rsp_pe_t4(asap->rn, pe->life));
}

/*
 * A pool whose elements have no control channel, or one again, is joined as it
 * is (REG-07): said once with the other use, which corrects the error.  A program
 * with a transport of its own may not know of control channels.
 */
static void rsp_pe_follow(struct rsp_asap *asap, struct rsp_pe *pe)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	if (pe->cause != RSP_CAUSE_INCONSISTENT_CONTROL || pe->followed ||
	    pe->user.use != RSP_USE_DATA_CONTROL)
		return;
	pe->followed = true;
	WRITE_ONCE(pe->use, pe->use == RSP_USE_DATA_CONTROL ?
		   RSP_USE_DATA_ONLY : RSP_USE_DATA_CONTROL);
	rsp_pe_want(asap, pe);
}

/*
 * Not asked again until something changes (REG-12).  An entry of an earlier
 * registration lives on at the registrar, and is taken back in the end.
 */
static void rsp_pe_refused(struct rsp_asap *asap, struct rsp_pe *pe,
			   const struct rsp_msg *msg)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	RSP_INC(asap->rn, REGISTRATION_REFUSED);
	pe->cause = msg->causes.count ? msg->causes.cause[0].code :
					RSP_CAUSE_UNSPECIFIED;
	WRITE_ONCE(pe->error, rsp_cause_errno(pe->cause));
	pe->attempts = 0;
	pe->known = pe->state == RSP_PE_REGISTERED;
	rsp_pe_follow(asap, pe);
	if (pe->want)		/* it has changed meanwhile */
		return;
	rsp_pe_set_state(asap, pe, RSP_PE_REFUSED);
}

/* MAX-REG-ATTEMPT (REG-16): said, and tried again at a slow pace. */
static void rsp_pe_failed(struct rsp_asap *asap, struct rsp_pe *pe, int err)
{
	unsigned int ms = READ_ONCE(asap->rn->set.retran_max_ms);

	lockdep_assert_held(&asap->rn->pes_lock);

	WRITE_ONCE(pe->error, err);
	pe->want = false;
	pe->tell = true;
	asap->tell = true;
	rsp_pe_set_state(asap, pe, RSP_PE_WANTED);
	rsp_pe_set_due(asap, pe, msecs_to_jiffies(ms));
}

void rsp_pe_registered(struct rsp_asap *asap, struct rsp_pe *pe,
		       const struct rsp_msg *msg, int err)
{
	spin_lock_bh(&asap->rn->pes_lock);
	if (pe->state != RSP_PE_LEAVING) {
		if (err)
			rsp_pe_failed(asap, pe, err);
		else if (msg->flags & RSP_FLAG_REJECT)
			rsp_pe_refused(asap, pe, msg);
		else
			rsp_pe_accepted(asap, pe);
		if (pe->want)
			rsp_pe_todo(asap, pe);
	}
	spin_unlock_bh(&asap->rn->pes_lock);
}

/* ---- the work: what the registrar says of its own -------------------- */

bool rsp_pe_expired(struct rsp_asap *asap, const struct rsp_msg *msg)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_handle handle;
	bool found = false;
	struct rsp_pe *pe;

	if (!msg->has_pe_id || !rsp_handle_read(&handle, &msg->handle))
		return false;
	spin_lock_bh(&rn->pes_lock);
	list_for_each_entry(pe, &rn->pes, node) {
		if (pe->pe_id != msg->pe_id ||
		    pe->state != RSP_PE_REGISTERED ||
		    !rsp_handle_equal(&pe->handle, &handle))
			continue;
		rsp_pe_set_state(asap, pe, RSP_PE_WANTED);
		rsp_pe_set_due(asap, pe, RSP_PE_PAUSE);
		found = true;
	}
	spin_unlock_bh(&rn->pes_lock);
	return found;
}
