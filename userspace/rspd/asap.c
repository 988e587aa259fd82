// SPDX-License-Identifier: GPL-2.0-only
/*
 * A message is checked whole by the codec (SEC-06, WIRE-13), then handled by
 * the function that a table names for its type.  Decisions are registrar.c's.
 */
#include "asap.h"

#include <errno.h>

#include "asap_send.h"
#include "log.h"
#include "subscription.h"

/* ASAP_ERROR messages per second and association (ERR-01). */
#define ASAP_ERRORS_RATE	10

/* A received message and where the answer goes. */
struct asap_rx {
	struct registrar *r;
	struct rsp_msg msg;
	struct asap_to to;
};

static void asap_registration(const struct asap_rx *rx)
{
	struct rsp_iter body = rx->msg.body;
	struct rsp_octets culprit = { 0 };
	struct rsp_pe_param param;
	uint32_t pe_id;
	int cause;

	if (!rsp_next_pe(&body, &param))
		return;
	pe_id = param.pe_id;
	param.life = assoc_life_in(rx->to.assoc, param.life);
	cause = registrar_register(rx->r, rx->msg.handle, &param, rx->to.assoc,
				   &culprit);
	asap_send_registered(rx->r, rx->to, rx->msg.handle, pe_id, cause,
			     culprit);
}

static void asap_deregistration(const struct asap_rx *rx)
{
	int cause = registrar_deregister(rx->r, rx->msg.handle, rx->msg.pe_id,
					 rx->to.assoc);

	asap_send_deregistered(rx->r, rx->to, rx->msg.handle, rx->msg.pe_id,
			       cause);
}

/* Return: the A bit (RES-19). */
static bool asap_subscription(const struct asap_rx *rx, struct hs_pool *pool,
			      uint32_t items)
{
	if (rx->msg.flags & RSP_FLAG_SUBSCRIBE)
		return subscription_ask(rx->r, rx->to.assoc, pool, items);
	subscription_cancel(rx->r, rx->to.assoc, pool);
	return false;
}

static void asap_resolve(const struct asap_rx *rx, struct hs_pool *pool)
{
	uint32_t items = RSP_ITEMS_ALL;
	bool accepted;

	/* a count of 0 is nobody's wish: taken for none */
	if (rx->msg.has_items && rx->msg.items)
		items = rx->msg.items;
	accepted = asap_subscription(rx, pool, items);
	if (asap_send_pool(rx->r, rx->to, pool, items, accepted) != -ENOSPC) {
		rx->r->stats.resolved++;
		return;
	}
	subscription_cancel(rx->r, rx->to.assoc, pool);
	rx->r->stats.unresolved++;
}

static void asap_resolution(const struct asap_rx *rx)
{
	struct hs_pool *pool = hs_find_pool(&rx->r->hs, rx->msg.handle);

	if (pool) {
		asap_resolve(rx, pool);
		return;
	}
	asap_send_no_pool(rx->r, rx->to, rx->msg.handle,
			  RSP_CAUSE_UNKNOWN_POOL_HANDLE);
	rx->r->stats.unresolved++;
}

static void asap_keep_alive_ack(const struct asap_rx *rx)
{
	registrar_alive(rx->r, rx->msg.handle, rx->msg.pe_id, rx->to.assoc);
}

static void asap_unreachable(const struct asap_rx *rx)
{
	registrar_report(rx->r, rx->msg.handle, rx->msg.pe_id, rx->to.assoc);
}

static void asap_error(const struct asap_rx *rx)
{
	unsigned int i;

	for (i = 0; i < rx->msg.causes.count; i++)
		log_debug("error report over %s: cause 0x%x",
			  rx->to.assoc->link->name,
			  rx->msg.causes.cause[i].code);
}

/* Those not here are never sent to a registrar (ROLE-03). */
static void (*const asap_handlers[])(const struct asap_rx *rx) = {
	[RSP_ASAP_REGISTRATION]			= asap_registration,
	[RSP_ASAP_DEREGISTRATION]		= asap_deregistration,
	[RSP_ASAP_HANDLE_RESOLUTION]		= asap_resolution,
	[RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK]	= asap_keep_alive_ack,
	[RSP_ASAP_ENDPOINT_UNREACHABLE]		= asap_unreachable,
	[RSP_ASAP_ERROR]			= asap_error,
};

/* The codec reports nothing about an error message (ERR-01). */
static void asap_report(const struct asap_rx *rx,
			const struct rsp_causes *report)
{
	struct asap_assoc *from = rx->to.assoc;

	if (!report->count)
		return;
	if (bucket_take(&from->errors, ASAP_ERRORS_RATE, rx->r->now))
		asap_send_error(rx->r, rx->to, report);
}

/* What comes over an association that we made for a keep-alive */
static void asap_heard(const struct asap_rx *rx)
{
	struct asap_assoc *from = rx->to.assoc;

	from->heard = true;
	if (rx->msg.type != RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK)
		from->dialed = false;	/* the other end has use for it, too */
	assoc_profile(rx->r, from);
}

static void asap_handle(const struct asap_rx *rx)
{
	struct registrar *r = rx->r;

	if (rx->msg.type >= sizeof(asap_handlers) / sizeof(*asap_handlers) ||
	    !asap_handlers[rx->msg.type]) {
		r->stats.rx_bad++;
		return;
	}
	asap_heard(rx);
	asap_handlers[rx->msg.type](rx);
	subscription_run(r);
}

int asap_input(struct registrar *r, struct asap_assoc *from, uint32_t request,
	       const void *buf, size_t len, uint64_t now)
{
	struct rsp_causes report;
	struct asap_rx rx;	/* large: rsp_msg_parse() clears its part */
	int err;

	rx.r = r;
	rx.to.assoc = from;
	rx.to.request = request;
	r->now = now;
	r->stats.rx++;
	err = rsp_msg_parse(buf, len, RSP_PROTO_ASAP, &rx.msg, &report);
	asap_report(&rx, &report);
	if (err) {
		r->stats.rx_bad++;
		log_debug("bad message over %s: error %d", from->link->name,
			  -err);
		return err;
	}
	asap_handle(&rx);
	return 0;
}
