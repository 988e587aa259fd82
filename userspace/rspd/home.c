// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool element has one home, which it knows from whom it registered with, or
 * from a keep-alive with the H bit.  Two registrars may take it for their own
 * after they could not see each other for a while (RFC 5353 says nothing about
 * it).  They find out when they read each other's table:
 *
 *	in the table of a greater one: that one is going to ask the element
 *	in the table of a smaller one: keep-alive with H
 *	   --> answered: it is ours, all are told so
 *	   --> not answered: given away, as an update with the other's identifier
 *	update of another one: the element itself has been there: it is his
 *
 * One that has many offers some to others (home_better()), who ask them
 *
 * so that in the end it has one home, that can reach it.  An update may have
 * crossed one of ours: then the tables decide.
 */
#include "home.h"

#include <errno.h>

#include "asap_send.h"
#include "enrp_send.h"
#include "log.h"
#include "mentor.h"
#include "random.h"
#include "subscription.h"

/* Milliseconds in which the elements that two registrars claim are asked. */
#define HOME_CONTEST	1000

/* And that an update is on its way at most. */
#define HOME_CROSSING	2000

static bool home_is_ours(const struct registrar *r, const struct hs_pe *pe)
{
	return pe->home == &r->enrp.self;
}

/*
 * On a line that loses packets SCTP takes its time: the update that tells of
 * another home may be older than it looks, and our keep-alive with H may still
 * come to the element.  One that is at home elsewhere does not listen to us;
 * one that thinks it is at home here registers again, and is from then on.
 */
static void home_let_go(struct registrar *r, const struct hs_pe *pe)
{
	struct asap_to to = { .assoc = pe->owner };

	if (pe->owner && (pe->claim || home_is_ours(r, pe)))
		asap_send_deregistered(r, to, hs_pool_handle(pe->pool), pe->id,
				       0);
}

void home_forget(struct registrar *r, struct hs_pe *pe)
{
	struct hs_pool *pool = pe->pool;
	bool last = pool->npes == 1;
	struct enrp_peer *p;

	peers_each(r, p)
		if (p->table.next == pe)
			p->table.next = hs_next_pe(&r->hs, pe);
	deadline_clear(&r->deadlines, &pe->deadline);
	if (!home_is_ours(r, pe))
		home_let_go(r, pe);	/* it is being asked */
	assoc_disown(pe);
	peer_disown(r, pe);
	if (last)
		subscription_pool_gone(r, pool);
	hs_remove(&r->hs, pe);
	if (!last)
		subscription_changed(r, pool);
}

/* The same but for its home: the parameter says that, too. */
static void home_rewrite(struct registrar *r, struct hs_pe *pe, uint32_t id)
{
	struct rsp_pe_param param;
	bool changed;

	hs_pe_param(pe, &param);
	param.home_id = id;
	/* as long as before: the copy may fail, then the old one stays */
	assoc_replace(r, pe, &param, SIZE_MAX, &changed);
}

static void home_move(struct registrar *r, struct hs_pe *pe,
		      struct enrp_peer *to)
{
	peer_disown(r, pe);
	peer_own(r, pe, to);
	home_rewrite(r, pe, to->id);
	pe->rival = 0;
	pe->marked = false;
}

/* Nobody here asks it any more. */
static void home_rest(struct registrar *r, struct hs_pe *pe)
{
	assoc_disown(pe);
	pe->claim = false;
	pe->life_end = DEADLINE_NEVER;
	pe->ka_next = DEADLINE_NEVER;
	pe->ka_timeout = DEADLINE_NEVER;
	registrar_arm(r, pe);
}

void home_concede(struct registrar *r, struct hs_pe *pe, struct enrp_peer *to)
{
	home_let_go(r, pe);
	home_move(r, pe, to);
	home_rest(r, pe);
}

/* A keep-alive with H, soon after @when. */
static void home_claim_after(struct registrar *r, struct hs_pe *pe,
			     uint64_t when, uint32_t within)
{
	pe->claim = true;
	pe->ka_timeout = DEADLINE_NEVER;
	pe->ka_next = when + random_below(&r->random, within + 1);
	registrar_arm(r, pe);
}

static void home_claim(struct registrar *r, struct hs_pe *pe, uint32_t within)
{
	home_claim_after(r, pe, r->now, within);
}

void home_adopt(struct registrar *r, struct hs_pe *pe, uint32_t within)
{
	struct rsp_pe_param param;

	home_move(r, pe, &r->enrp.self);
	hs_pe_param(pe, &param);
	pe->life_end = registrar_life_end(r, param.life);
	home_claim(r, pe, within);
}

/* Its registration life begins anew: it has just spoken with us. */
static void home_take(struct registrar *r, struct hs_pe *pe)
{
	struct rsp_pe_param param;

	home_move(r, pe, &r->enrp.self);
	hs_pe_param(pe, &param);
	pe->life_end = registrar_life_end(r, param.life);
	pe->proved = r->now;
	pe->claim = false;
	r->stats.suggestions_taken++;
	enrp_send_update(r, pe, RSP_UPDATE_ADD_PE);
}

/* Twice as many as theirs and the one that would be on its way. */
const struct enrp_peer *home_better(struct registrar *r, const struct hs_pe *pe)
{
	const struct enrp_peer *p, *best = NULL;

	if (!r->config.enrp.suggest || !home_is_ours(r, pe))
		return NULL;
	peers_each(r, p)
		if (p->assoc && p->state == PEER_ACTIVE &&
		    (!best || p->npes < best->npes))
			best = p;
	return best && r->enrp.self.npes >= 2 * (best->npes + 1) ? best : NULL;
}

/*
 * Its home believes us only when it has not just heard from the element
 * itself (home_is_proved()).
 */
void home_suggested(struct registrar *r, struct hs_pe *pe)
{
	if (r->config.enrp.suggest && r->enrp.phase == ENRP_READY &&
	    !home_is_ours(r, pe))
		home_claim_after(r, pe, r->now + HOME_CROSSING, HOME_CONTEST);
}

/* What is known of it is replaced. */
static void home_replace(struct registrar *r, struct hs_pe *pe,
			 struct enrp_peer *by,
			 const struct rsp_pe_param *param)
{
	bool changed = false;

	if (assoc_replace(r, pe, param, SIZE_MAX, &changed))
		r->stats.foreign_refused++;
	if (pe->home != by)
		home_concede(r, pe, by);
	pe->marked = false;
	if (changed)
		subscription_changed(r, pe->pool);
}

static struct hs_pe *home_enter(struct registrar *r, struct enrp_peer *by,
				struct rsp_octets handle,
				const struct rsp_pe_param *param)
{
	struct hs_pe *pe;

	if (deadlines_reserve(&r->deadlines, r->hs.pes.count + 1) ||
	    hs_add(&r->hs, handle, param, &pe)) {
		r->stats.foreign_refused++;
		return NULL;
	}
	peer_own(r, pe, by);
	home_rest(r, pe);
	subscription_changed(r, pe->pool);
	return pe;
}

/* The lowest identifier of those who have elements in the pool */
static uint32_t home_lowest(const struct hs_pool *pool)
{
	uint32_t lowest = UINT32_MAX;
	const struct hs_pe *pe;

	TAILQ_FOREACH(pe, &pool->pes, in_pool)
		if (pe->home->id < lowest)
			lowest = pe->home->id;
	return lowest;
}

/*
 * UPD-11: two registrars have made the same pool in different ways.  The
 * lowest identifier's stays.  Return: is there room for the other now?
 */
static bool home_gives_way(struct registrar *r, struct hs_pool *pool,
			   const struct enrp_peer *by)
{
	struct hs_pe *pe;
	bool last;

	r->stats.inconsistent++;
	if (home_lowest(pool) <= by->id)
		return false;
	do {
		pe = TAILQ_FIRST(&pool->pes);
		last = pool->npes == 1;
		if (home_is_ours(r, pe))
			registrar_evict(r, pe, "removed: its pool is another one elsewhere");
		else
			home_forget(r, pe);
	} while (!last);
	return true;
}

/* See the top of this file. */
static void home_contest(struct registrar *r, struct hs_pe *pe,
			 const struct enrp_peer *by)
{
	if (pe->rival || by->id > r->config.id)
		return;
	r->stats.contests++;
	pe->rival = by->id;
	home_claim(r, pe, HOME_CONTEST);
}

/* It has agreed to us, or is about to, and not later than to somebody else. */
static bool home_is_proved(const struct registrar *r, const struct hs_pe *pe)
{
	return home_is_ours(r, pe) &&
	       (r->now - pe->proved <= HOME_CROSSING ||
		(pe->claim && pe->ka_timeout != DEADLINE_NEVER));
}

struct hs_pe *home_claimed(struct registrar *r, struct enrp_peer *by,
			   struct rsp_octets handle,
			   struct rsp_pe_param *param, bool proved)
{
	struct hs_pool *pool = hs_find_pool(&r->hs, handle);
	struct hs_pe *pe = pool ? hs_find_pe(&r->hs, pool, param->pe_id) : NULL;

	if (!param->pe_id) {
		r->stats.foreign_refused++;
		return NULL;
	}
	if (pool && registrar_check_pool(pool, param)) {
		if (!home_gives_way(r, pool, by))
			return NULL;
		pe = NULL;
	}
	if (!pe)
		return home_enter(r, by, handle, param);
	if (!home_is_ours(r, pe) || (proved && !home_is_proved(r, pe)))
		home_replace(r, pe, by, param);
	else
		home_contest(r, pe, by);
	return pe;
}

void home_dropped(struct registrar *r, struct enrp_peer *by,
		  struct rsp_octets handle, uint32_t pe_id)
{
	struct hs_pool *pool = hs_find_pool(&r->hs, handle);
	struct hs_pe *pe = pool ? hs_find_pe(&r->hs, pool, pe_id) : NULL;

	mentor_remember_gone(r, handle, pe_id);
	if (!pe)
		return;
	if (pe->home == by)
		home_forget(r, pe);
	else if (home_is_ours(r, pe))
		registrar_verify(r, pe);	/* UNR-11: he cannot reach it */
	/* else the audit decides: UPD-08 */
}

void home_silent(struct registrar *r, struct hs_pe *pe, const char *why)
{
	struct enrp_peer *rival = peer_find(r, pe->rival);

	if (!home_is_ours(r, pe)) {
		/* one that was offered is as it was */
		if (!pe->claim)
			enrp_send_update(r, pe, RSP_UPDATE_DEL_PE);
		home_let_go(r, pe);
		home_rest(r, pe);
	} else if (rival) {
		home_concede(r, pe, rival);
		enrp_send_update(r, pe, RSP_UPDATE_ADD_PE);
	} else {
		registrar_evict(r, pe, why);
	}
}

bool home_alive(struct registrar *r, struct hs_pe *pe)
{
	if (!home_is_ours(r, pe) && !pe->claim) {
		home_rest(r, pe);
		return false;
	}
	if (!home_is_ours(r, pe))
		home_take(r, pe);
	if (pe->claim)
		pe->proved = r->now;
	if (pe->claim && pe->rival)
		enrp_send_update(r, pe, RSP_UPDATE_ADD_PE);
	pe->claim = false;
	pe->rival = 0;
	return true;
}
