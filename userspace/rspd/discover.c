// SPDX-License-Identifier: GPL-2.0-only
/*
 * A presence by multicast tells where a registrar is, and nothing else: it is
 * forged easily (RFC 5353 section 6.2).  Whoever is heard for the first time is
 * called, and who answers over SCTP is a peer (peer_heard()):
 *
 *	heard --> call --> answered: peer, mentor, ...
 *	            '----> not answered in time, or refused: nothing has happened
 *
 * There are few calls at a time, and one for each source of datagrams.  A call
 * that has failed keeps its place until its time is over, so that this limits
 * their rate as well.
 */
#include "discover.h"

#include <string.h>

#include "deadline.h"
#include "enrp_send.h"
#include "registrar.h"

void discover_start(struct registrar *r, const struct discover_link *link,
		    uint64_t now)
{
	r->discover.link = *link;
	r->discover.next = now;
}

bool discover_is_on(const struct registrar *r)
{
	return r->discover.link.send;
}

void discover_reconfigure(struct registrar *r)
{
	uint64_t latest = r->now + r->config.enrp.heartbeat;

	if (r->discover.next > latest)
		r->discover.next = latest;
}

/* Not by its own words here: an old association may be dead (PRS-12). */
static bool discover_is_news(struct registrar *r, const struct rsp_msg *msg)
{
	const struct enrp_peer *p = peer_find(r, msg->sender_id);

	return !p || !p->assoc || msg->flags & RSP_FLAG_REPLY_REQUIRED;
}

/* The Server Information parameter is optional (RFC 5353 section 2.1). */
static void discover_place(const struct rsp_msg *msg,
			   const struct rsp_addr *source,
			   struct rsp_transport *place)
{
	struct rsp_iter it = msg->body;
	uint32_t id;

	if (rsp_next_server(&it, &id, place) && id == msg->sender_id)
		return;
	memset(place, 0, sizeof(*place));
	place->type = RSP_PARAM_SCTP_TRANSPORT;
	place->port = RSP_ENRP_PORT;
	place->naddrs = 1;
	place->addrs[0] = *source;
}

static bool discover_is_ours(const struct registrar *r,
			     const struct rsp_transport *place)
{
	const struct enrp_link *link = &r->enrp.link;
	struct rsp_transport ours;

	return link->place && link->place(link->arg, &ours) &&
	       peer_same_place(&ours, place);
}

static struct discover_call *discover_slot(struct registrar *r,
					   const struct rsp_addr *source)
{
	struct discover_call *call, *unused = NULL;
	size_t i;

	for (i = 0; i < DISCOVER_CALLS_MAX; i++) {
		call = &r->discover.calls[i];
		if (call->until <= r->now)
			unused = call;
		else if (!memcmp(&call->source, source, sizeof(*source)))
			return NULL;
	}
	return unused;
}

static void discover_call(struct registrar *r, struct discover_call *call,
			  const struct rsp_addr *source,
			  const struct rsp_transport *place)
{
	struct asap_dialer *dialer = &r->enrp.link.dialer;

	r->stats.discover_calls++;
	call->until = r->now + r->config.enrp.no_response;
	call->source = *source;
	call->assoc = NULL;
	if (!dialer->dial || dialer->dial(dialer->arg, place, &call->assoc))
		return;
	enrp_send_presence_call(r, call->assoc);
}

/* Was it one that we have not heard of before, or that has lost us? */
void discover_input(struct registrar *r, const struct rsp_addr *source,
		    const void *buf, size_t len, uint64_t now)
{
	struct discover_call *call;
	struct rsp_transport place;
	struct rsp_msg msg;

	r->now = now;
	if (rsp_msg_parse(buf, len, RSP_PROTO_ENRP, &msg, NULL) ||
	    msg.type != RSP_ENRP_PRESENCE || !msg.sender_id) {
		r->stats.discover_bad++;
		return;
	}
	if (msg.sender_id == r->config.id)
		return;		/* our own: multicast comes back */
	r->stats.discover_heard++;
	if (!discover_is_news(r, &msg))
		return;
	discover_place(&msg, source, &place);
	if (discover_is_ours(r, &place))
		return;
	call = discover_slot(r, source);
	if (call)
		discover_call(r, call, source, &place);
	else
		r->stats.discover_limited++;
}

void discover_lost(struct registrar *r, const struct asap_assoc *assoc)
{
	size_t i;

	for (i = 0; i < DISCOVER_CALLS_MAX; i++)
		if (r->discover.calls[i].assoc == assoc)
			r->discover.calls[i].assoc = NULL;
}

uint64_t discover_next(const struct registrar *r)
{
	uint64_t next = discover_is_on(r) ? r->discover.next : DEADLINE_NEVER;
	const struct discover_call *call = r->discover.calls;
	size_t i;

	for (i = 0; i < DISCOVER_CALLS_MAX; i++)
		if (call[i].assoc && call[i].until < next)
			next = call[i].until;
	return next;
}

/* Nobody was there who would talk to us, or we have no room for him. */
static void discover_give_up(struct discover_call *call)
{
	struct asap_assoc *assoc = call->assoc;

	call->assoc = NULL;
	if (!assoc->peer && assoc->link->close)
		assoc->link->close(assoc);
}

void discover_tick(struct registrar *r)
{
	bool searching = r->enrp.phase != ENRP_READY;
	struct discover_call *call = r->discover.calls;
	size_t i;

	for (i = 0; i < DISCOVER_CALLS_MAX; i++)
		if (call[i].assoc && call[i].until <= r->now)
			discover_give_up(&call[i]);
	if (!discover_is_on(r) || r->discover.next > r->now)
		return;
	r->discover.next = r->now + (searching ? DISCOVER_SEARCH :
				     r->config.enrp.heartbeat);
	enrp_send_presence_group(r, searching);
}
