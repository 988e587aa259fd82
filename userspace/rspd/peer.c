// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of peers is short, so that it is looked through rather than
 * indexed.  What comes from outside can fill it, but drives out nobody who is
 * configured, has an association, or has pool elements.
 */
#include "peer.h"

#include <string.h>

#include "audit.h"
#include "enrp_send.h"
#include "home.h"
#include "log.h"
#include "mentor.h"
#include "takeover.h"

struct enrp_peer *peer_find(struct registrar *r, uint32_t id)
{
	struct enrp_peer *p;

	peers_each(r, p)
		if (p->id == id && id)
			return p;
	return NULL;
}

static void peer_init(const struct registrar *r, struct enrp_peer *p,
		      uint32_t id)
{
	memset(p, 0, sizeof(*p));
	p->used = true;
	p->id = id;
	p->heard = r->now;
	p->due = DEADLINE_NEVER;
	LIST_INIT(&p->pes);
	audit_reset(r, p);
}

static struct enrp_peer *peer_new(struct registrar *r, uint32_t id)
{
	struct enrp_peer *p;

	for (p = r->enrp.peers; p < r->enrp.peers + PEERS_MAX; p++) {
		if (p->used)
			continue;
		peer_init(r, p, id);
		if (p - r->enrp.peers >= (ptrdiff_t)r->enrp.highest)
			r->enrp.highest = p - r->enrp.peers + 1;
		return p;
	}
	r->stats.peers_refused++;
	return NULL;
}

struct enrp_peer *peer_get(struct registrar *r, uint32_t id)
{
	struct enrp_peer *p = peer_find(r, id);

	if (p)
		return p;
	p = peer_new(r, id);
	if (!p)
		return NULL;
	/* Who is named by others only has to show that it is there. */
	p->state = PEER_ASKED;
	p->due = r->now + r->config.enrp.no_response;
	return p;
}

void peer_configure(struct registrar *r, const struct rsp_transport *place)
{
	struct enrp_peer *p = peer_new(r, 0);

	if (!p)
		return;
	p->configured = true;
	p->place = *place;
	p->due = r->now + r->config.enrp.no_response;
}

bool peer_same_place(const struct rsp_transport *a,
		     const struct rsp_transport *b)
{
	unsigned int i, k;

	if (a->port != b->port)
		return false;
	for (i = 0; i < a->naddrs; i++)
		for (k = 0; k < b->naddrs; k++)
			if (!memcmp(&a->addrs[i], &b->addrs[k],
				    sizeof(b->addrs[k])))
				return true;
	return false;
}

static bool peer_is_at(const struct enrp_peer *p,
		       const struct rsp_transport *place)
{
	return peer_same_place(&p->place, place);
}

/* Those not named any more stay as long as they are there. */
void peers_reconfigure(struct registrar *r)
{
	const struct enrp_config *config = &r->config.enrp;
	struct enrp_peer *p, *named;
	size_t i;

	peers_each(r, p)
		p->configured = false;
	for (i = 0; i < config->npeers; i++) {
		named = NULL;
		peers_each(r, p)
			if (peer_is_at(p, &config->peers[i]))
				named = p;
		if (named)
			named->configured = true;
		else
			peer_configure(r, &config->peers[i]);
	}
	peers_each(r, p) {
		if (!p->configured && !p->id)
			peer_forget(r, p);
		else if (p->state == PEER_UNKNOWN)
			p->due = r->now;
		else if (p->state == PEER_ACTIVE)
			p->due = p->heard + config->last_heard;
	}
	if (r->enrp.presence > r->now + config->heartbeat &&
	    r->enrp.phase == ENRP_READY)
		r->enrp.presence = r->now + config->heartbeat;
}

void peer_learn(struct registrar *r, uint32_t id,
		const struct rsp_transport *place)
{
	struct enrp_peer *p;

	if (!id || id == r->config.id || peer_find(r, id))
		return;
	peers_each(r, p)
		if (!p->id && peer_is_at(p, place))
			return;		/* it will tell its id itself */
	p = peer_get(r, id);
	if (!p)
		return;
	p->place = *place;
	if (peer_dial(r, p))
		enrp_send_presence(r, p, true);
}

bool peer_dial(struct registrar *r, struct enrp_peer *p)
{
	struct asap_dialer *dialer = &r->enrp.link.dialer;
	struct asap_assoc *assoc = NULL;

	if (p->assoc)
		return true;
	if (!dialer->dial || !p->place.naddrs ||
	    dialer->dial(dialer->arg, &p->place, &assoc))
		return false;
	/* or another registrar is there now */
	if (assoc->peer && assoc->peer != p)
		return false;
	p->assoc = assoc;
	assoc->peer = p;
	return true;
}

static void peer_unlink(struct enrp_peer *p)
{
	if (p->assoc)
		p->assoc->peer = NULL;
	p->assoc = NULL;
	p->table.open = false;
}

static void peer_dead(struct registrar *r, struct enrp_peer *p)
{
	log_info("peer 0x%08x: dead, %zu elements", p->id, p->npes);
	r->stats.peers_dead++;
	audit_abort(r, p);
	takeover_without(r, p);
	if (p->npes)
		takeover_begin(r, p);
	else
		peer_forget(r, p);	/* TKO-15 */
}

void peer_forget(struct registrar *r, struct enrp_peer *p)
{
	struct asap_assoc *assoc = p->assoc;
	bool configured = p->configured;
	struct rsp_transport place = p->place;

	if (r->enrp.mentor == p)
		mentor_failed(r);
	peer_unlink(p);
	memset(p, 0, sizeof(*p));
	if (assoc && assoc->link->close)
		assoc->link->close(assoc);
	if (!configured)
		return;
	/* in its old place: a mentor's turn depends on it */
	peer_init(r, p, 0);
	p->configured = true;
	p->place = place;
	p->due = r->now + r->config.enrp.no_response;
}

void peer_active(struct registrar *r, struct enrp_peer *p)
{
	if (p->state != PEER_ACTIVE)
		log_info("peer 0x%08x: active", p->id);
	p->state = PEER_ACTIVE;
	p->due = p->heard + r->config.enrp.last_heard;
}

/*
 * One of the configured, who had not told its identifier yet.  Or a registrar
 * with another identifier has been there (PRS-12): it is no more.
 */
static struct enrp_peer *peer_at(struct registrar *r, uint32_t id,
				 struct asap_assoc *assoc)
{
	const struct rsp_transport *source = assoc->link->source(assoc);
	struct enrp_peer *p, *fresh = NULL;

	if (assoc->peer && !assoc->peer->id)
		return assoc->peer;
	peers_each(r, p) {
		if (!source || !peer_is_at(p, source))
			continue;
		if (!p->id)
			return p;
		log_info("peer 0x%08x: is 0x%08x now", p->id, id);
		fresh = peer_new(r, id);
		if (!fresh)
			break;
		fresh->place = p->place;
		fresh->configured = p->configured;
		p->configured = false;
		peer_unlink(p);
		if (p->state != PEER_TAKEN && p->state != PEER_CEDED)
			peer_dead(r, p);
		break;
	}
	return fresh;
}

static struct enrp_peer *peer_identify(struct registrar *r, uint32_t id,
				       struct asap_assoc *assoc)
{
	const struct rsp_transport *source;
	struct enrp_peer *p = peer_find(r, id);

	if (p)
		return p;
	p = peer_at(r, id, assoc);
	if (!p)
		p = peer_new(r, id);
	if (!p)
		return NULL;
	p->id = id;
	source = assoc->link->source(assoc);
	if (source && !p->place.naddrs)
		p->place = *source;
	return p;
}

struct enrp_peer *peer_heard(struct registrar *r, uint32_t id,
			     struct asap_assoc *assoc)
{
	struct enrp_peer *p = peer_identify(r, id, assoc);
	bool fresh;

	if (!p)
		return NULL;
	fresh = p->state == PEER_UNKNOWN || p->assoc != assoc;
	if (p->assoc != assoc) {
		if (assoc->peer)
			assoc->peer->assoc = NULL;
		peer_unlink(p);
		p->assoc = assoc;
		assoc->peer = p;
	}
	p->heard = r->now;
	/* one that is being taken over has to say that it is present: TKO-04 */
	if (p->state != PEER_TAKEN && p->state != PEER_CEDED)
		peer_active(r, p);
	if (fresh && r->enrp.phase == ENRP_READY)
		enrp_send_presence(r, p, true);		/* PRS-03 */
	else if (r->enrp.phase == ENRP_SEARCH)
		mentor_found(r, p);
	return p;
}

void peer_lost(struct registrar *r, struct asap_assoc *assoc)
{
	struct enrp_peer *p = assoc->peer;
	bool refused = !assoc->heard;

	if (!p)
		return;
	peer_unlink(p);
	audit_abort(r, p);
	if (r->enrp.mentor == p)
		mentor_failed(r);
	if (p->state != PEER_ACTIVE && p->state != PEER_ASKED)
		return;
	/* PRS-10: it could not be called, or has no chance to answer */
	if (refused || !peer_dial(r, p)) {
		peer_dead(r, p);
		return;
	}
	p->state = PEER_ASKED;
	p->due = r->now + r->config.enrp.no_response;
	enrp_send_presence(r, p, true);
}

void peer_own(struct registrar *r, struct hs_pe *pe, struct enrp_peer *p)
{
	pe->home = p;
	LIST_INSERT_HEAD(&p->pes, pe, in_home);
	p->npes++;
	p->sum += hs_pe_sum(pe);
	p->changed = r->now;
}

void peer_disown(struct registrar *r, struct hs_pe *pe)
{
	struct enrp_peer *p = pe->home;

	LIST_REMOVE(pe, in_home);
	p->npes--;
	p->sum -= hs_pe_sum(pe);
	p->changed = r->now;
	pe->home = NULL;
}

uint16_t peer_checksum(const struct enrp_peer *p)
{
	uint64_t sum = p->sum;

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void peer_due(struct registrar *r, struct enrp_peer *p)
{
	p->due = DEADLINE_NEVER;
	switch (p->state) {
	case PEER_UNKNOWN:
		p->due = r->now + r->config.enrp.no_response;
		if (peer_dial(r, p) && r->enrp.phase == ENRP_READY)
			enrp_send_presence(r, p, true);
		break;
	case PEER_ACTIVE:
		p->state = PEER_ASKED;		/* PRS-09 */
		p->due = r->now + r->config.enrp.no_response;
		if (peer_dial(r, p))
			enrp_send_presence(r, p, true);
		break;
	case PEER_ASKED:
		peer_dead(r, p);
		break;
	case PEER_TAKEN:
	case PEER_CEDED:
		takeover_late(r, p);
		break;
	}
}

uint64_t peers_next(const struct registrar *r)
{
	const struct enrp_peer *p;
	uint64_t next = DEADLINE_NEVER;

	peers_each(r, p) {
		if (p->due < next)
			next = p->due;
		if (audit_next(p) < next)
			next = audit_next(p);
	}
	return next;
}

void peers_tick(struct registrar *r)
{
	struct enrp_peer *p;

	peers_each(r, p) {
		if (p->due <= r->now)
			peer_due(r, p);
		if (p->used && audit_next(p) <= r->now)
			audit_tick(r, p);
	}
}
