// SPDX-License-Identifier: GPL-2.0-only
/*
 *	takeover_begin(): INIT_TAKEOVER to all
 *	   --> the target speaks: it was not dead
 *	   --> another one wants the same, and comes before us: ceded
 *	   --> all others have agreed, have been asked in vain, or are dead:
 *	       TAKEOVER_SERVER to all, its elements are ours
 *
 * RFC 5353 does not say what happens when an answer does not come: TKO-12.
 */
#include "takeover.h"

#include "audit.h"
#include "enrp_send.h"
#include "home.h"
#include "log.h"

/* The others are asked so often. */
#define TAKEOVER_TRIES	2

/* Others have so many answer times for a takeover, and then it is our turn. */
#define TAKEOVER_PATIENCE	3

static uint64_t takeover_bit(const struct registrar *r,
			     const struct enrp_peer *p)
{
	return 1ULL << (p - r->enrp.peers);
}

static void takeover_complete(struct registrar *r, struct enrp_peer *target)
{
	uint32_t within = target->npes;
	struct hs_pe *pe;

	log_info("peer 0x%08x: taken over, %zu elements", target->id,
		 target->npes);
	r->stats.takeovers++;
	enrp_send_takeover_all(r, RSP_ENRP_TAKEOVER_SERVER, target->id);
	while ((pe = LIST_FIRST(&target->pes)))
		home_adopt(r, pe, within);
	peer_forget(r, target);
}

static void takeover_ask(struct registrar *r, struct enrp_peer *target)
{
	struct enrp_peer *p;

	target->takeover.tries++;
	target->due = r->now + r->config.enrp.no_response;
	enrp_send_takeover(r, target, RSP_ENRP_INIT_TAKEOVER, target->id);
	peers_each(r, p)
		if (target->takeover.waiting & takeover_bit(r, p))
			enrp_send_takeover(r, p, RSP_ENRP_INIT_TAKEOVER,
					   target->id);
}

void takeover_begin(struct registrar *r, struct enrp_peer *target)
{
	struct enrp_peer *p;

	target->state = PEER_TAKEN;
	target->takeover = (struct peer_takeover){ 0 };
	peers_each(r, p)
		if (p != target && p->assoc && p->state == PEER_ACTIVE)
			target->takeover.waiting |= takeover_bit(r, p);
	takeover_ask(r, target);
	if (!target->takeover.waiting)
		takeover_complete(r, target);		/* TKO-14 */
}

void takeover_late(struct registrar *r, struct enrp_peer *target)
{
	if (target->state == PEER_CEDED)
		takeover_begin(r, target);
	else if (target->takeover.tries < TAKEOVER_TRIES)
		takeover_ask(r, target);
	else
		takeover_complete(r, target);
}

static void takeover_strike(struct registrar *r, const struct enrp_peer *p,
			    struct enrp_peer *target)
{
	uint64_t before = target->takeover.waiting;

	target->takeover.waiting &= ~takeover_bit(r, p);
	if (before && !target->takeover.waiting)
		takeover_complete(r, target);
}

void takeover_without(struct registrar *r, const struct enrp_peer *p)
{
	struct enrp_peer *target;

	peers_each(r, target)
		if (target->state == PEER_TAKEN)
			takeover_strike(r, p, target);
}

static void takeover_cede(struct registrar *r, struct enrp_peer *to,
			  struct enrp_peer *target)
{
	log_info("peer 0x%08x: taken over by 0x%08x", target->id, to->id);
	target->state = PEER_CEDED;
	target->due = r->now +
		      TAKEOVER_PATIENCE * r->config.enrp.no_response;
	enrp_send_takeover(r, to, RSP_ENRP_INIT_TAKEOVER_ACK, target->id);
}

/* TKO-05; RSPLIB lets the lower identifier win: TKO-06. */
static bool takeover_is_theirs(const struct registrar *r,
			       const struct enrp_peer *from)
{
	if (from->assoc->rsplib)
		return from->id < r->config.id;
	return from->id > r->config.id;
}

void takeover_asked(struct registrar *r, struct enrp_peer *from,
		    uint32_t target_id)
{
	struct enrp_peer *target = peer_find(r, target_id);

	if (target_id == r->config.id) {
		log_info("peer 0x%08x: takes us for dead", from->id);
		enrp_send_presence_all(r, false);	/* TKO-03 */
	} else if (!target || target == from) {
		/* TKO-08 */
		enrp_send_takeover(r, from, RSP_ENRP_INIT_TAKEOVER_ACK,
				   target_id);
	} else if (target->state != PEER_TAKEN ||
		   takeover_is_theirs(r, from)) {
		takeover_cede(r, from, target);
	}
}

void takeover_agreed(struct registrar *r, struct enrp_peer *from,
		     uint32_t target_id)
{
	struct enrp_peer *target = peer_find(r, target_id);

	if (target && target->state == PEER_TAKEN)
		takeover_strike(r, from, target);
}

/*
 * The RFC says "each PE in its local copy" where only the target's can be
 * meant: TKO-13.  Of us: we have been away, and our elements have got another
 * home.  They may have been told so: his table says what he thinks is his.
 */
void takeover_done(struct registrar *r, struct enrp_peer *from,
		   uint32_t target_id)
{
	struct enrp_peer *target = peer_find(r, target_id);
	struct hs_pe *pe;

	if (target_id == r->config.id) {
		log_warn("peer 0x%08x: has taken us over", from->id);
		enrp_send_presence_all(r, false);
		audit_begin(r, from);
		return;
	}
	if (!target || target == from)
		return;
	while ((pe = LIST_FIRST(&target->pes)))
		home_concede(r, pe, from);
	peer_forget(r, target);
}
