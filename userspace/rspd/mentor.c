// SPDX-License-Identifier: GPL-2.0-only
/*
 *	search, by multicast: nobody --> alone and ready
 *	  |
 *	list --> table --> ready
 *	  |  ^     |
 *	  v  |     | refused, or silent
 *	next mentor <'  --> none left: pause, or alone and ready
 *
 * Several registrars that start together refuse each other: after a few rounds
 * there is nothing to be learnt.  What they get to know later, audits bring.
 */
#include "mentor.h"

#include <stdlib.h>
#include <string.h>

#include "enrp_send.h"
#include "home.h"
#include "log.h"

#define MENTOR_ROUNDS	3
#define MENTOR_PAUSE	1000	/* milliseconds; RFC 5353: "a few seconds" */

/* Elements gone meanwhile; more of them: audits will tell. */
#define MENTOR_GRAVES	4096

struct enrp_grave {
	SLIST_ENTRY(enrp_grave) next;
	uint32_t pe_id;
	size_t len;
	uint8_t handle[];
};

void mentor_free(struct registrar *r)
{
	struct enrp_grave *grave;

	while ((grave = SLIST_FIRST(&r->enrp.graves))) {
		SLIST_REMOVE_HEAD(&r->enrp.graves, next);
		free(grave);
	}
	r->enrp.ngraves = 0;
}

void mentor_remember_gone(struct registrar *r, struct rsp_octets handle,
			  uint32_t pe_id)
{
	struct enrp_grave *grave;

	if (r->enrp.phase != ENRP_TABLE || r->enrp.ngraves == MENTOR_GRAVES)
		return;
	grave = malloc(sizeof(*grave) + handle.len);
	if (!grave)
		return;
	grave->pe_id = pe_id;
	grave->len = handle.len;
	memcpy(grave->handle, handle.data, handle.len);
	SLIST_INSERT_HEAD(&r->enrp.graves, grave, next);
	r->enrp.ngraves++;
}

static bool mentor_is_gone(const struct registrar *r, struct rsp_octets handle,
			   uint32_t pe_id)
{
	const struct enrp_grave *grave;

	SLIST_FOREACH(grave, &r->enrp.graves, next)
		if (grave->pe_id == pe_id && grave->len == handle.len &&
		    !memcmp(grave->handle, handle.data, handle.len))
			return true;
	return false;
}

static void mentor_ready(struct registrar *r)
{
	struct enrp *enrp = &r->enrp;

	enrp->phase = ENRP_READY;
	enrp->mentor = NULL;
	enrp->due = DEADLINE_NEVER;
	enrp->presence = r->now + r->config.enrp.heartbeat;
	mentor_free(r);
	log_info("handlespace: %zu elements in %zu pools", r->hs.pes.count,
		 r->hs.pools.count);
	enrp_send_presence_all(r, true);
	if (enrp->link.ready)
		enrp->link.ready(enrp->link.arg);
}

/* One who was named, or has spoken with us: not who was only heard of. */
static bool mentor_is_fit(const struct enrp_peer *p)
{
	return p->used && (p->configured || p->state == PEER_ACTIVE);
}

/* Ask the next one from @p on. */
static void mentor_try(struct registrar *r, struct enrp_peer *p)
{
	struct enrp *enrp = &r->enrp;

	enrp->phase = ENRP_LIST;
	for (; p < enrp->peers + PEERS_MAX; p++) {
		if (!mentor_is_fit(p) || !peer_dial(r, p))
			continue;
		enrp->mentor = p;
		enrp->due = r->now + r->config.enrp.no_response;
		/* who knows us tells us what happens meanwhile: INI-19 */
		enrp_send_presence(r, p, false);
		enrp_send_list_request(r, p);
		return;
	}
	enrp->mentor = NULL;
	if (++enrp->rounds == MENTOR_ROUNDS) {
		if (r->config.enrp.npeers || discover_is_on(r))
			log_info("no peer has a handlespace: we begin with an empty one");
		mentor_ready(r);
		return;
	}
	enrp->phase = ENRP_PAUSE;
	enrp->due = r->now + MENTOR_PAUSE;
}

/* INI-03 */
static void mentor_alone(struct registrar *r)
{
	r->enrp.rounds = MENTOR_ROUNDS - 1;
	mentor_try(r, r->enrp.peers);
}

void mentor_start(struct registrar *r)
{
	size_t i;

	r->enrp.rounds = 0;
	for (i = 0; i < r->config.enrp.npeers; i++)
		peer_configure(r, &r->config.enrp.peers[i]);
	if (i) {
		mentor_try(r, r->enrp.peers);
	} else if (discover_is_on(r)) {
		r->enrp.phase = ENRP_SEARCH;
		r->enrp.due = r->now + r->config.enrp.no_response;
	} else {
		mentor_alone(r);
	}
}

void mentor_found(struct registrar *r, struct enrp_peer *p)
{
	mentor_try(r, p);
}

void mentor_failed(struct registrar *r)
{
	struct enrp_peer *p = r->enrp.mentor;

	r->enrp.mentor = NULL;
	mentor_try(r, p + 1);
}

void mentor_list(struct registrar *r, const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_transport place;
	uint32_t id;

	if (msg->flags & RSP_FLAG_TABLE_REJECT) {
		mentor_failed(r);
		return;
	}
	while (rsp_next_server(&it, &id, &place))
		peer_learn(r, id, &place);
	r->enrp.phase = ENRP_TABLE;
	r->enrp.due = r->now + r->config.enrp.no_response;
	enrp_send_table_request(r, r->enrp.mentor, false);
}

/*
 * One that says it were ours is from an earlier life with this identifier: it
 * lives there still, as far as anybody knows.
 */
static void mentor_element(struct registrar *r, struct rsp_octets handle,
			   struct rsp_pe_param *param)
{
	bool ours = param->home_id == r->config.id;
	struct enrp_peer *home = ours ? r->enrp.mentor :
				 peer_get(r, param->home_id);
	struct hs_pool *pool = hs_find_pool(&r->hs, handle);
	struct hs_pe *pe = pool ? hs_find_pe(&r->hs, pool, param->pe_id) : NULL;

	/* INI-19: its home has been heard since */
	if (!home || (pe && pe->fresh) ||
	    mentor_is_gone(r, handle, param->pe_id))
		return;
	pe = home_claimed(r, home, handle, param, false);
	if (!pe)
		return;
	pe->fresh = false;
	if (ours)
		home_adopt(r, pe, r->hs.pes.count);
}

void mentor_table(struct registrar *r, const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_pe_param param;
	struct rsp_octets handle;

	if (msg->flags & RSP_FLAG_TABLE_REJECT) {
		mentor_failed(r);
		return;
	}
	while (rsp_next_pool(&it, &handle)) {
		while (rsp_next_pe(&it, &param)) {
			param.life = assoc_life_in(r->enrp.mentor->assoc,
						   param.life);
			mentor_element(r, handle, &param);
		}
	}
	if (!(msg->flags & RSP_FLAG_TABLE_MORE)) {
		mentor_ready(r);
		return;
	}
	r->enrp.due = r->now + r->config.enrp.no_response;
	enrp_send_table_request(r, r->enrp.mentor, false);
}

uint64_t mentor_next(const struct registrar *r)
{
	return r->enrp.due;
}

void mentor_tick(struct registrar *r)
{
	if (r->enrp.due > r->now)
		return;
	r->enrp.due = DEADLINE_NEVER;
	if (r->enrp.phase == ENRP_SEARCH)
		mentor_alone(r);
	else if (r->enrp.phase == ENRP_PAUSE)
		mentor_try(r, r->enrp.peers);
	else if (r->enrp.mentor)
		mentor_failed(r);
}
