// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every (N+1) * T6, with N other registrars heard, so that all together make
 * about one announcement per T6 (HNT-02).  What is heard is nothing but that:
 * it is forged easily, and so it changes only how often we speak, within
 * bounds (HNT-17).
 */
#include "announce.h"

#include "deadline.h"
#include "registrar.h"

static uint64_t announce_pause(const struct registrar *r)
{
	return ANNOUNCE_INTERVAL * (r->announce.nothers + 1);
}

void announce_start(struct registrar *r, const struct announce_link *link,
		    uint64_t now)
{
	r->announce.link = *link;
	r->announce.next = now;
}

uint64_t announce_next(const struct registrar *r)
{
	return r->announce.link.send ? r->announce.next : DEADLINE_NEVER;
}

static void announce_forget(struct announce *a, uint64_t now)
{
	size_t i = 0;

	while (i < a->nothers) {
		if (a->others[i].until <= now)
			a->others[i] = a->others[--a->nothers];
		else
			i++;
	}
}

static int announce_write(struct registrar *r, bool rsplib)
{
	struct rsp_transport transports[ANNOUNCE_TRANSPORTS_MAX];
	const struct announce_link *link = &r->announce.link;
	struct rsp_writer w;
	size_t i, n;

	n = link->transports(link->arg, rsplib, transports);
	rsp_msg_begin(&w, r->out, sizeof(r->out), RSP_ASAP_SERVER_ANNOUNCE, 0);
	rsp_put_u32(&w, r->config.id);
	for (i = 0; i < n; i++)
		rsp_put_transport(&w, &transports[i]);
	return rsp_msg_end(&w);
}

static void announce_say(struct registrar *r, bool rsplib)
{
	const struct announce_link *link = &r->announce.link;
	int len = announce_write(r, rsplib);

	if (len > 0)
		link->send(link->arg, rsplib, r->out, len);
}

void announce_tick(struct registrar *r)
{
	struct announce *a = &r->announce;

	if (announce_next(r) > r->now)
		return;
	announce_forget(a, r->now);
	a->next = r->now + announce_pause(r);
	r->stats.announced++;
	announce_say(r, false);
	announce_say(r, true);
}

/*
 * HNT-05: with many registrars each speaks rarely, so that what was heard of
 * one lasts for three rounds.
 */
static void announce_heard(struct registrar *r, uint32_t id)
{
	struct announce *a = &r->announce;
	uint64_t lasts = 3 * announce_pause(r);
	size_t i;

	for (i = 0; i < a->nothers && a->others[i].id != id; i++)
		;
	if (i == ANNOUNCE_OTHERS_MAX)
		return;
	if (lasts < ANNOUNCE_OUTDATED)
		lasts = ANNOUNCE_OUTDATED;
	a->others[i].id = id;
	a->others[i].until = r->now + lasts;
	if (i == a->nothers)
		a->nothers++;
}

void announce_input(struct registrar *r, const void *buf, size_t len,
		    uint64_t now)
{
	struct rsp_msg msg;

	r->now = now;
	if (rsp_msg_parse(buf, len, RSP_PROTO_ASAP, &msg, NULL) ||
	    msg.type != RSP_ASAP_SERVER_ANNOUNCE) {
		r->stats.announces_bad++;
		return;
	}
	if (msg.server_id == r->config.id)
		return;		/* our own: multicast comes back */
	r->stats.announces_heard++;
	announce_forget(&r->announce, now);
	announce_heard(r, msg.server_id);
}
