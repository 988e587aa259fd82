// SPDX-License-Identifier: GPL-2.0-only
/*
 *	checksum differs --> all elements of the peer marked, table asked for
 *	                     --> those in it: replaced, not marked any more
 *	                     --> table complete: those still marked are removed
 *
 * The checksum covers handles and identifiers only (AUD-10): for the rest the
 * table is read every now and then in any case.
 */
#include "audit.h"

#include "enrp_send.h"
#include "home.h"
#include "log.h"

/*
 * Milliseconds.  A difference right after a change may be one between this
 * message and another one's on its way to us (AUD-16).
 */
#define AUDIT_SETTLE		1000
#define AUDIT_BACKOFF_MIN	2000
#define AUDIT_BACKOFF_MAX	60000

static uint64_t audit_refresh(const struct registrar *r)
{
	if (!r->config.enrp.refresh)
		return DEADLINE_NEVER;
	return r->now + r->config.enrp.refresh;
}

void audit_reset(const struct registrar *r, struct enrp_peer *p)
{
	p->audit = (struct peer_audit){
		.due = DEADLINE_NEVER,
		.refresh = audit_refresh(r),
	};
}

/* 0 has two forms in one's complement, and incremental sums reach either. */
static bool audit_same(uint16_t a, uint16_t b)
{
	return a == b || (!(uint16_t)(a + 1) && !b) ||
	       (!a && !(uint16_t)(b + 1));
}

static void audit_ask_at(struct enrp_peer *p, uint64_t when)
{
	if (when < p->audit.due)
		p->audit.due = when;
}

void audit_checksum(struct registrar *r, struct enrp_peer *p,
		    uint16_t checksum)
{
	struct peer_audit *audit = &p->audit;

	if (audit->running)
		return;
	audit->due = DEADLINE_NEVER;
	if (audit_same(checksum, peer_checksum(p))) {
		audit->backoff = 0;
		audit->not_before = 0;
		return;
	}
	if (r->now - p->changed < AUDIT_SETTLE)
		audit_ask_at(p, r->now + AUDIT_SETTLE);
	else if (r->now < audit->not_before)
		audit_ask_at(p, audit->not_before);
	else
		audit_begin(r, p);
}

void audit_begin(struct registrar *r, struct enrp_peer *p)
{
	struct peer_audit *audit = &p->audit;
	struct hs_pe *pe;

	if (!p->assoc)
		return;
	r->stats.audits++;
	log_debug("peer 0x%08x: its table is read", p->id);
	LIST_FOREACH(pe, &p->pes, in_home)
		pe->marked = true;
	audit->running = true;
	audit->due = r->now + r->config.enrp.no_response;
	audit->refresh = audit_refresh(r);
	/* AUD-13: next time, if this does not help */
	audit->backoff *= 2;
	if (audit->backoff < AUDIT_BACKOFF_MIN)
		audit->backoff = AUDIT_BACKOFF_MIN;
	if (audit->backoff > AUDIT_BACKOFF_MAX)
		audit->backoff = AUDIT_BACKOFF_MAX;
	audit->not_before = r->now + audit->backoff;
	enrp_send_table_request(r, p, true);
}

void audit_abort(struct registrar *r, struct enrp_peer *p)
{
	struct hs_pe *pe;

	if (!p->audit.running)
		return;
	LIST_FOREACH(pe, &p->pes, in_home)
		pe->marked = false;
	p->audit.running = false;
	p->audit.due = r->now + p->audit.backoff;
}

static void audit_sweep(struct registrar *r, struct enrp_peer *p)
{
	struct hs_pe *pe, *next;

	for (pe = LIST_FIRST(&p->pes); pe; pe = next) {
		next = LIST_NEXT(pe, in_home);
		if (pe->marked)
			home_forget(r, pe);
	}
	p->audit.running = false;
	p->audit.due = DEADLINE_NEVER;
}

void audit_table(struct registrar *r, struct enrp_peer *p,
		 const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_pe_param param;
	struct rsp_octets handle;

	if (msg->flags & RSP_FLAG_TABLE_REJECT) {
		audit_abort(r, p);
		return;
	}
	while (rsp_next_pool(&it, &handle)) {
		while (rsp_next_pe(&it, &param)) {
			param.life = assoc_life_in(p->assoc, param.life);
			if (param.home_id == p->id)
				home_claimed(r, p, handle, &param, false);
			else
				r->stats.strange_homes++;
		}
	}
	if (msg->flags & RSP_FLAG_TABLE_MORE) {
		p->audit.due = r->now + r->config.enrp.no_response;
		enrp_send_table_request(r, p, true);
	} else {
		audit_sweep(r, p);
	}
}

uint64_t audit_next(const struct enrp_peer *p)
{
	if (p->audit.running || p->audit.due < p->audit.refresh)
		return p->audit.due;
	return p->audit.refresh;
}

void audit_tick(struct registrar *r, struct enrp_peer *p)
{
	if (p->audit.running) {
		audit_abort(r, p);
		return;
	}
	if (p->audit.due <= r->now) {
		p->audit.due = DEADLINE_NEVER;
		if (p->state == PEER_ACTIVE)
			enrp_send_presence(r, p, true);
	}
	if (p->audit.refresh <= r->now) {
		p->audit.refresh = audit_refresh(r);
		if (p->state == PEER_ACTIVE)
			audit_begin(r, p);
	}
}
