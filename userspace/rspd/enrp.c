// SPDX-License-Identifier: GPL-2.0-only
/*
 * A message is checked whole by the codec, its sender found in the list of
 * peers, then it is handled by the function that a table names for its type.
 * Decisions are those of the files named there.
 */
#include "enrp.h"

#include <errno.h>

#include "audit.h"
#include "enrp_send.h"
#include "home.h"
#include "log.h"
#include "mentor.h"
#include "subscription.h"
#include "takeover.h"

/* ENRP_ERROR messages per second and association */
#define ENRP_ERRORS_RATE	10

/* A received message and who sent it. */
struct enrp_rx {
	struct registrar *r;
	struct rsp_msg msg;
	struct enrp_peer *from;
};

static void enrp_presence(const struct enrp_rx *rx)
{
	struct enrp_peer *from = rx->from;
	struct rsp_iter it = rx->msg.body;
	struct rsp_transport place;
	uint32_t id;

	peer_active(rx->r, from);		/* TKO-04 */
	if (rsp_next_server(&it, &id, &place) && id == from->id)
		from->place = place;
	/* PRS-11: meant for one who is no more, and so is the checksum */
	if (rx->msg.receiver_id && rx->msg.receiver_id != rx->r->config.id)
		return;
	if (rx->msg.flags & RSP_FLAG_REPLY_REQUIRED)
		enrp_send_presence(rx->r, from, false);
	if (rx->msg.has_checksum && rx->r->enrp.phase == ENRP_READY)
		audit_checksum(rx->r, from, rx->msg.checksum);
}

static void enrp_list_request(const struct enrp_rx *rx)
{
	enrp_send_list(rx->r, rx->from, rx->r->enrp.phase != ENRP_READY);
}

static void enrp_list_response(const struct enrp_rx *rx)
{
	if (rx->r->enrp.phase == ENRP_LIST && rx->r->enrp.mentor == rx->from)
		mentor_list(rx->r, &rx->msg);
	else
		rx->r->stats.acks_unasked++;
}

static void enrp_table_request(const struct enrp_rx *rx)
{
	bool own_only = rx->msg.flags & RSP_FLAG_OWN_ONLY;
	struct peer_table *table = &rx->from->table;
	struct registrar *r = rx->r;

	if (r->enrp.phase != ENRP_READY) {
		enrp_send_table_reject(r, rx->from);
		return;
	}
	if (!table->open || table->own_only != own_only ||
	    table->until <= r->now) {
		table->open = true;
		table->own_only = own_only;
		table->next = hs_next_pe(&r->hs, NULL);
	}
	table->until = r->now + r->config.enrp.no_response;
	enrp_send_table(r, rx->from);
}

static void enrp_table_response(const struct enrp_rx *rx)
{
	if (rx->r->enrp.phase == ENRP_TABLE && rx->r->enrp.mentor == rx->from)
		mentor_table(rx->r, &rx->msg);
	else if (rx->from->audit.running)
		audit_table(rx->r, rx->from, &rx->msg);
	else
		rx->r->stats.acks_unasked++;
}

/*
 * An element that belongs to somebody else than the sender: he gives it away,
 * perhaps to us (home.c).
 */
static void enrp_given(const struct enrp_rx *rx, struct rsp_pe_param *param)
{
	struct registrar *r = rx->r;
	struct enrp_peer *home;
	struct hs_pe *pe;

	if (param->home_id != r->config.id) {
		home = peer_find(r, param->home_id);
		if (home)
			home_claimed(r, home, rx->msg.handle, param, false);
		else
			r->stats.strange_homes++;
		return;
	}
	param->home_id = rx->from->id;
	pe = home_claimed(r, rx->from, rx->msg.handle, param, false);
	if (pe && pe->home != &r->enrp.self)
		home_adopt(r, pe, 0);
}

static void enrp_add_pe(const struct enrp_rx *rx, struct rsp_pe_param *param)
{
	struct hs_pe *pe;

	if (param->home_id != rx->from->id) {
		enrp_given(rx, param);
		return;
	}
	pe = home_claimed(rx->r, rx->from, rx->msg.handle, param, true);
	if (pe && rx->r->enrp.phase != ENRP_READY)
		pe->fresh = true;
	if (pe && rx->msg.flags & RSP_FLAG_SUGGESTED)
		home_suggested(rx->r, pe);
}

static void enrp_update(const struct enrp_rx *rx)
{
	struct rsp_causes causes = {
		.count = 1,
		.cause[0] = { .code = RSP_CAUSE_INVALID_VALUES },
	};
	struct rsp_iter it = rx->msg.body;
	struct rsp_pe_param param;

	if (!rsp_next_pe(&it, &param))
		return;
	param.life = assoc_life_in(rx->from->assoc, param.life);
	if (rx->msg.update == RSP_UPDATE_ADD_PE)
		enrp_add_pe(rx, &param);
	else if (rx->msg.update == RSP_UPDATE_DEL_PE)
		home_dropped(rx->r, rx->from, rx->msg.handle, param.pe_id);
	else if (bucket_take(&rx->from->assoc->errors, ENRP_ERRORS_RATE,
			     rx->r->now))
		enrp_send_error(rx->r, rx->from->assoc, rx->from->id, &causes);
}

static void enrp_init_takeover(const struct enrp_rx *rx)
{
	takeover_asked(rx->r, rx->from, rx->msg.target_id);
}

static void enrp_init_takeover_ack(const struct enrp_rx *rx)
{
	takeover_agreed(rx->r, rx->from, rx->msg.target_id);
}

static void enrp_takeover_server(const struct enrp_rx *rx)
{
	takeover_done(rx->r, rx->from, rx->msg.target_id);
}

static void enrp_error(const struct enrp_rx *rx)
{
	unsigned int i;

	for (i = 0; i < rx->msg.causes.count; i++)
		log_debug("peer 0x%08x reports error: cause 0x%x",
			  rx->from->id, rx->msg.causes.cause[i].code);
}

static void (*const enrp_handlers[])(const struct enrp_rx *rx) = {
	[RSP_ENRP_PRESENCE]			= enrp_presence,
	[RSP_ENRP_HANDLE_TABLE_REQUEST]		= enrp_table_request,
	[RSP_ENRP_HANDLE_TABLE_RESPONSE]	= enrp_table_response,
	[RSP_ENRP_HANDLE_UPDATE]		= enrp_update,
	[RSP_ENRP_LIST_REQUEST]			= enrp_list_request,
	[RSP_ENRP_LIST_RESPONSE]		= enrp_list_response,
	[RSP_ENRP_INIT_TAKEOVER]		= enrp_init_takeover,
	[RSP_ENRP_INIT_TAKEOVER_ACK]		= enrp_init_takeover_ack,
	[RSP_ENRP_TAKEOVER_SERVER]		= enrp_takeover_server,
	[RSP_ENRP_ERROR]			= enrp_error,
};

static void enrp_report(struct registrar *r, struct asap_assoc *from,
			const struct rsp_causes *report)
{
	uint32_t id = from->peer ? from->peer->id : 0;

	if (report->count && bucket_take(&from->errors, ENRP_ERRORS_RATE, r->now))
		enrp_send_error(r, from, id, report);
}

/*
 * PRS-13: somebody else has our identifier, or we talk to ourselves.  Error
 * reports of RSPLIB have sender and receiver the wrong way round.
 */
static bool enrp_is_strange(const struct registrar *r, const struct rsp_msg *msg)
{
	if (msg->sender_id == r->config.id && msg->type != RSP_ENRP_ERROR)
		log_warn("a peer has our identifier, 0x%08x", r->config.id);
	return !msg->sender_id || msg->sender_id == r->config.id;
}

int enrp_input(struct registrar *r, struct asap_assoc *from,
	       const void *buf, size_t len, uint64_t now)
{
	struct enrp_rx rx = { .r = r };
	struct rsp_causes report;
	int err;

	r->now = now;
	r->stats.rx++;
	err = rsp_msg_parse(buf, len, RSP_PROTO_ENRP, &rx.msg, &report);
	enrp_report(r, from, &report);
	if (err || enrp_is_strange(r, &rx.msg)) {
		r->stats.rx_bad++;
		return err;
	}
	from->heard = true;
	from->dialed = false;
	assoc_profile(r, from);
	rx.from = peer_heard(r, rx.msg.sender_id, from);
	if (!rx.from)
		return 0;
	enrp_handlers[rx.msg.type](&rx);
	subscription_run(r);
	return 0;
}

void enrp_stop(struct registrar *r)
{
	struct enrp_peer *p;

	peers_each(r, p) {
		if (p->assoc)
			p->assoc->peer = NULL;
		p->assoc = NULL;
	}
	r->enrp.phase = ENRP_OFF;
	r->enrp.link = (struct enrp_link){ 0 };
}

void enrp_lost(struct registrar *r, struct asap_assoc *assoc, uint64_t now)
{
	r->now = now;
	discover_lost(r, assoc);
	peer_lost(r, assoc);
	subscription_run(r);
}

/* It may have got another identifier: PRS-12. */
void enrp_restarted(struct registrar *r, struct asap_assoc *assoc,
		    uint64_t now)
{
	r->now = now;
	if (!assoc->peer)
		return;
	assoc->peer->table.open = false;
	audit_abort(r, assoc->peer);
	enrp_send_presence(r, assoc->peer, true);
}

void enrp_start(struct registrar *r, const struct enrp_link *link,
		uint64_t now)
{
	r->now = now;
	r->enrp.link = *link;
	r->enrp.presence = DEADLINE_NEVER;
	mentor_start(r);
}

uint64_t enrp_next(const struct registrar *r)
{
	uint64_t next = peers_next(r);

	if (r->enrp.presence < next)
		next = r->enrp.presence;
	if (discover_next(r) < next)
		next = discover_next(r);
	return mentor_next(r) < next ? mentor_next(r) : next;
}

void enrp_tick(struct registrar *r)
{
	discover_tick(r);
	mentor_tick(r);
	peers_tick(r);
	if (r->enrp.presence > r->now)
		return;
	r->enrp.presence = r->now + r->config.enrp.heartbeat;
	enrp_send_presence_all(r, false);	/* PRS-05 */
}
