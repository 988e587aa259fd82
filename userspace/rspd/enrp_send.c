// SPDX-License-Identifier: GPL-2.0-only
/*
 * Written into the registrar's one buffer, as asap_send.c does.  Copies of a
 * group-cast differ by the profile of the receiver alone.
 */
#include "enrp_send.h"

#include "home.h"
#include "log.h"

/* Octets of a part of the handle table; RSPLIB sends no longer ones. */
#define TABLE_OCTETS		32768
#define TABLE_OCTETS_RSPLIB	1400

/* RSPLIB's registrar ends itself when it sees a longer one. */
#define HANDLE_OCTETS_RSPLIB	32

static bool enrp_is_for(const struct hs_pe *pe, bool rsplib)
{
	return !rsplib || pe->pool->handle_len <= HANDLE_OCTETS_RSPLIB;
}

static void enrp_begin(struct registrar *r, struct rsp_writer *w, uint8_t type,
		       uint8_t flags, uint32_t receiver)
{
	rsp_msg_begin(w, r->out, sizeof(r->out), type, flags);
	rsp_put_u32(w, r->config.id);
	rsp_put_u32(w, receiver);
}

/* @len: what rsp_msg_end() has returned */
static void enrp_put(struct registrar *r, struct asap_assoc *to, int len)
{
	int err = len;

	r->stats.tx++;
	if (len > 0)
		err = to->link->send(to, 0, r->out, len);
	if (!err)
		return;
	r->stats.tx_failed++;
	log_debug("enrp: message type %u not sent: error %d", r->out[0], -err);
}

static void enrp_end(struct registrar *r, struct rsp_writer *w,
		     const struct enrp_peer *to)
{
	if (to->assoc)
		enrp_put(r, to->assoc, rsp_msg_end(w));
}

/*
 * To all who have this profile; to @favoured (or NULL) with the flag that
 * suggests to take the element.
 */
static void enrp_end_favoured(struct registrar *r, struct rsp_writer *w,
			      bool rsplib, const struct enrp_peer *favoured)
{
	int len = rsp_msg_end(w);
	uint8_t flags = r->out[1];
	struct enrp_peer *p;

	peers_each(r, p) {
		if (!p->assoc || p->assoc->rsplib != rsplib)
			continue;
		r->out[1] = p == favoured ? flags | RSP_FLAG_SUGGESTED : flags;
		enrp_put(r, p->assoc, len);
	}
}

static void enrp_end_all(struct registrar *r, struct rsp_writer *w, bool rsplib)
{
	enrp_end_favoured(r, w, rsplib, NULL);
}

static bool enrp_has_profile(const struct registrar *r, bool rsplib)
{
	const struct enrp_peer *p;

	peers_each(r, p)
		if (p->assoc && p->assoc->rsplib == rsplib)
			return true;
	return false;
}

/* PRS-04, PRS-06 */
static void enrp_put_presence(struct registrar *r, struct rsp_writer *w,
			      uint32_t receiver, bool reply)
{
	struct rsp_transport place = { 0 };
	const struct enrp_link *link = &r->enrp.link;

	enrp_begin(r, w, RSP_ENRP_PRESENCE,
		   reply ? RSP_FLAG_REPLY_REQUIRED : 0, receiver);
	rsp_put_pe_checksum(w, peer_checksum(&r->enrp.self));
	if (link->place && link->place(link->arg, &place))
		rsp_put_server_info(w, r->config.id, &place);
}

void enrp_send_presence(struct registrar *r, struct enrp_peer *to, bool reply)
{
	struct rsp_writer w;

	enrp_put_presence(r, &w, to->id, reply);
	enrp_end(r, &w, to);
}

void enrp_send_presence_all(struct registrar *r, bool reply)
{
	struct rsp_writer w;

	enrp_put_presence(r, &w, 0, reply);
	enrp_end_all(r, &w, false);
	enrp_end_all(r, &w, true);
}

void enrp_send_presence_group(struct registrar *r, bool reply)
{
	struct rsp_writer w;
	int len;

	enrp_put_presence(r, &w, 0, reply);
	len = rsp_msg_end(&w);
	if (len > 0)
		r->discover.link.send(r->discover.link.arg, r->out, len);
}

void enrp_send_presence_call(struct registrar *r, struct asap_assoc *to)
{
	struct rsp_writer w;

	enrp_put_presence(r, &w, 0, true);
	enrp_put(r, to, rsp_msg_end(&w));
}

static void enrp_send_update_to(struct registrar *r, const struct hs_pe *pe,
				uint16_t action, bool rsplib,
				const struct enrp_peer *favoured)
{
	struct rsp_pe_param param;
	struct rsp_writer w;

	if (!enrp_has_profile(r, rsplib) || !enrp_is_for(pe, rsplib))
		return;
	hs_pe_param(pe, &param);
	param.life = assoc_life_out(rsplib, param.life);
	enrp_begin(r, &w, RSP_ENRP_HANDLE_UPDATE, 0, 0);
	rsp_put_u16(&w, action);
	rsp_put_u16(&w, 0);
	rsp_put_handle(&w, pe->pool->handle, pe->pool->handle_len);
	rsp_put_pe(&w, &param);
	enrp_end_favoured(r, &w, rsplib, favoured);
}

static void enrp_send_update_all(struct registrar *r, const struct hs_pe *pe,
				 uint16_t action,
				 const struct enrp_peer *favoured)
{
	r->stats.enrp_updates++;
	enrp_send_update_to(r, pe, action, false, favoured);
	enrp_send_update_to(r, pe, action, true, favoured);
}

void enrp_send_update(struct registrar *r, const struct hs_pe *pe,
		      uint16_t action)
{
	enrp_send_update_all(r, pe, action, NULL);
}

void enrp_send_new(struct registrar *r, const struct hs_pe *pe)
{
	enrp_send_update_all(r, pe, RSP_UPDATE_ADD_PE, home_better(r, pe));
}

void enrp_send_list_request(struct registrar *r, struct enrp_peer *to)
{
	struct rsp_writer w;

	enrp_begin(r, &w, RSP_ENRP_LIST_REQUEST, 0, to->id);
	enrp_end(r, &w, to);
}

/* INI-06: all but the one who asks, and us too. */
void enrp_send_list(struct registrar *r, struct enrp_peer *to, bool reject)
{
	const struct enrp_link *link = &r->enrp.link;
	struct rsp_transport place = { 0 };
	struct rsp_writer w;
	struct enrp_peer *p;

	enrp_begin(r, &w, RSP_ENRP_LIST_RESPONSE,
		   reject ? RSP_FLAG_TABLE_REJECT : 0, to->id);
	if (!reject && link->place && link->place(link->arg, &place))
		rsp_put_server_info(&w, r->config.id, &place);
	peers_each(r, p)
		if (!reject && p != to && p->state == PEER_ACTIVE &&
		    p->place.naddrs)
			rsp_put_server_info(&w, p->id, &p->place);
	enrp_end(r, &w, to);
}

void enrp_send_table_request(struct registrar *r, struct enrp_peer *to,
			     bool own_only)
{
	struct rsp_writer w;

	enrp_begin(r, &w, RSP_ENRP_HANDLE_TABLE_REQUEST,
		   own_only ? RSP_FLAG_OWN_ONLY : 0, to->id);
	enrp_end(r, &w, to);
}

void enrp_send_table_reject(struct registrar *r, struct enrp_peer *to)
{
	struct rsp_writer w;

	enrp_begin(r, &w, RSP_ENRP_HANDLE_TABLE_RESPONSE,
		   RSP_FLAG_TABLE_REJECT, to->id);
	enrp_end(r, &w, to);
}

/* The handle, unless it is the one of the element before, and the element. */
static void enrp_put_entry(struct rsp_writer *w, const struct hs_pe *pe,
			   const struct hs_pool **pool, bool rsplib)
{
	struct rsp_mark mark = rsp_mark(w);
	struct rsp_pe_param param;

	hs_pe_param(pe, &param);
	param.life = assoc_life_out(rsplib, param.life);
	if (*pool != pe->pool)
		rsp_put_handle(w, pe->pool->handle, pe->pool->handle_len);
	rsp_put_pe(w, &param);
	if (w->failed)
		rsp_rewind(w, mark);
	else
		*pool = pe->pool;
}

/* Return: elements written. */
static size_t enrp_put_table(struct registrar *r, struct rsp_writer *w,
			     struct peer_table *table, bool rsplib)
{
	size_t most = rsplib ? TABLE_OCTETS_RSPLIB : TABLE_OCTETS;
	const struct hs_pool *pool = NULL;
	size_t before, n = 0;

	while (table->next) {
		before = w->len;
		/* a long one by itself, the others together */
		if (enrp_is_for(table->next, rsplib) &&
		    (!table->own_only || table->next->home == &r->enrp.self)) {
			enrp_put_entry(w, table->next, &pool, rsplib);
			if (w->len == before && n)
				return n;	/* does not fit any more */
			n += w->len != before;
		}
		table->next = hs_next_pe(&r->hs, table->next);
		if (w->len > most)
			return n;
	}
	return n;
}

/* INI-11, INI-20: M as long as there is more, then it is forgotten. */
void enrp_send_table(struct registrar *r, struct enrp_peer *to)
{
	struct rsp_writer w;

	if (!to->assoc)
		return;
	enrp_begin(r, &w, RSP_ENRP_HANDLE_TABLE_RESPONSE, 0, to->id);
	enrp_put_table(r, &w, &to->table, to->assoc->rsplib);
	to->table.open = to->table.next;
	if (to->table.open)
		r->out[1] |= RSP_FLAG_TABLE_MORE;
	enrp_end(r, &w, to);
}

static void enrp_put_takeover(struct registrar *r, struct rsp_writer *w,
			      uint8_t type, uint32_t receiver, uint32_t target)
{
	enrp_begin(r, w, type, 0, receiver);
	rsp_put_u32(w, target);
}

void enrp_send_takeover(struct registrar *r, struct enrp_peer *to, uint8_t type,
			uint32_t target)
{
	struct rsp_writer w;

	enrp_put_takeover(r, &w, type, to->id, target);
	enrp_end(r, &w, to);
}

void enrp_send_takeover_all(struct registrar *r, uint8_t type, uint32_t target)
{
	struct rsp_writer w;

	enrp_put_takeover(r, &w, type, 0, target);
	enrp_end_all(r, &w, false);
	enrp_end_all(r, &w, true);
}

void enrp_send_error(struct registrar *r, struct asap_assoc *to,
		     uint32_t receiver, const struct rsp_causes *causes)
{
	struct rsp_writer w;

	enrp_begin(r, &w, RSP_ENRP_ERROR, 0, receiver);
	rsp_put_error(&w, causes);
	enrp_put(r, to, rsp_msg_end(&w));
}
