/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several registrars and hosts with pool elements in one process, under one
 * fake clock: each registrar is rspd's protocol core, associations are queues
 * with a delay, that end when the network between two places is cut or one of
 * them dies.  All that is random comes from one seed.
 *
 * Places are numbered: registrars from 0, hosts from HOST0.
 */
#ifndef _RSERPOOL_TESTS_ENRP_WORLD_H
#define _RSERPOOL_TESTS_ENRP_WORLD_H

#include <stdio.h>

#include "harness.h"

#include "../rspd/asap.h"
#include "../rspd/enrp.h"
#include "../rspd/log.h"

#define REGISTRARS	9
#define HOSTS		6
#define PES		5	/* of each host */
#define HOST0		REGISTRARS
#define PLACES		(REGISTRARS + HOSTS)
#define CONNS		1024
#define ENRP_PORT	9901
#define HOST_PORT	4000

/* Milliseconds: what SCTP takes to give up; a host to look for another one. */
#define GIVE_UP		3000
#define HUNT		1000

/* What a message takes at most that SCTP has to send again and again */
#define AGAIN		10000

/* An association; side 0 has called side 1.  Hosts have no core on their side. */
struct conn {
	bool used;
	bool up;
	bool enrp;
	uint32_t serial;
	int place[2];
	bool there[2];		/* this side has not heard of its end */
	struct asap_assoc assoc[2];
	struct rsp_transport source[2];	/* what this side sees of the other */
	uint64_t last[2];	/* arrival of the last message at this side */
};

enum event_type {
	EV_MESSAGE,
	EV_LOST,
	EV_HOST,		/* a pool element has something to do */
	EV_GROUP,		/* a datagram, by multicast */
};

struct event {
	struct deadline deadline;
	enum event_type type;
	struct conn *conn;
	uint32_t serial;
	int side;
	int pe;
	int place[2];		/* EV_GROUP: from, to */
	size_t len;
	uint8_t msg[];
};

/* A pool element as it is: @home is who it believes in, -1: nobody */
struct pe {
	bool alive;
	uint32_t id;
	int host;
	int home;
	bool out;		/* was told so, and is about to register */
	int tried;
	char handle[8];
	uint32_t turn;		/* of the last EV_HOST, older ones do not count */
};

static struct world {
	struct registrar *r[REGISTRARS];
	uint32_t ids[REGISTRARS];
	bool ready[REGISTRARS];
	int nregistrars;
	bool suggest;		/* elements are shared: UPD-12 */
	bool multicast;		/* nobody is named: all find each other */
	bool cut[PLACES][PLACES];
	bool lossy[PLACES][PLACES];
	struct conn conns[CONNS];
	struct pe pes[HOSTS * PES];
	int npes;
	struct deadlines events;
	uint64_t now;
	uint64_t sequence;
	uint64_t random;
	uint32_t serials;
	uint32_t reregister;	/* milliseconds between registrations */
	unsigned int delay;	/* of a message, at most */
	unsigned long messages;
	unsigned long lost_pes;	/* elements that were told to be out */
} w;

static inline uint32_t rnd(uint32_t below)
{
	w.random ^= w.random << 13;
	w.random ^= w.random >> 7;
	w.random ^= w.random << 17;
	return below ? (w.random >> 11) % below : 0;
}

static inline struct event *event_new(enum event_type type, uint64_t at,
				      size_t len)
{
	struct event *e = calloc(1, sizeof(*e) + len);

	assert_non_null(e);
	e->type = type;
	e->len = len;
	assert_int_equal(deadlines_reserve(&w.events, w.events.count + 1), 0);
	/* those of one moment in the order of their making */
	deadline_set(&w.events, &e->deadline,
		     at << 24 | (w.sequence++ & 0xffffff));
	return e;
}

static inline void put_addr(struct rsp_transport *t, int place)
{
	memset(t, 0, sizeof(*t));
	t->type = RSP_PARAM_SCTP_TRANSPORT;
	t->port = place < HOST0 ? ENRP_PORT : HOST_PORT;
	t->naddrs = 1;
	t->addrs[0].family = 4;
	t->addrs[0].octets[0] = 10;
	t->addrs[0].octets[3] = place + 1;
}

static inline bool place_is_up(int place)
{
	return place >= HOST0 || w.r[place];
}

static inline struct conn *conn_of(struct asap_assoc *assoc, int *side)
{
	struct conn *c;

	for (c = w.conns; c < w.conns + CONNS; c++)
		for (*side = 0; *side < 2; ++*side)
			if (&c->assoc[*side] == assoc)
				return c;
	abort();
}

static inline void conn_put(struct conn *c, int from, const void *msg,
			    size_t len)
{
	int to = !from;
	bool lossy = w.lossy[c->place[0]][c->place[1]];
	uint64_t at = w.now + 1 + rnd(lossy ? AGAIN : w.delay);
	struct event *e;

	if (at < c->last[to])
		at = c->last[to];
	c->last[to] = at;
	e = event_new(EV_MESSAGE, at, len);
	memcpy(e->msg, msg, len);
	e->conn = c;
	e->serial = c->serial;
	e->side = to;
}

static inline int world_send(struct asap_assoc *to, uint32_t request,
			     const void *msg, size_t len)
{
	int side;
	struct conn *c = conn_of(to, &side);

	(void)request;
	if (!c->used || !c->there[side])
		return -ENOTCONN;
	conn_put(c, side, msg, len);
	return 0;
}

static inline const struct rsp_transport *world_source(struct asap_assoc *from)
{
	int side;
	struct conn *c = conn_of(from, &side);

	return &c->source[side];
}

static inline void conn_break(struct conn *c, int side, uint64_t at)
{
	struct event *e = event_new(EV_LOST, at, 0);

	e->conn = c;
	e->serial = c->serial;
	e->side = side;
}

/* The core has no use for it any more. */
static inline void world_close(struct asap_assoc *assoc)
{
	int side;
	struct conn *c = conn_of(assoc, &side);

	conn_break(c, side, w.now);
	conn_break(c, !side, w.now + 1);
}

static const struct asap_link world_asap = {
	.name = "asap", .msg_max = RSP_MSG_SPACE, .registers = true,
	.send = world_send, .source = world_source, .close = world_close,
};

static const struct asap_link world_enrp = {
	.name = "enrp", .enrp = true, .msg_max = RSP_MSG_SPACE,
	.send = world_send, .source = world_source, .close = world_close,
};

static inline bool conn_is(const struct conn *c, int a, int b, bool enrp)
{
	return c->used && c->enrp == enrp && c->there[0] && c->there[1] &&
	       ((c->place[0] == a && c->place[1] == b) ||
		(c->place[0] == b && c->place[1] == a));
}

static inline void conn_join(struct conn *c, int side)
{
	int place = c->place[side];

	c->there[side] = true;
	put_addr(&c->source[side], c->place[!side]);
	if (place < HOST0)
		registrar_found(w.r[place], &c->assoc[side],
				c->enrp ? &world_enrp : &world_asap);
}

/* Return: there is one, or soon an error. */
static inline struct conn *conn_make(int from, int to, bool enrp)
{
	bool there = place_is_up(to) && (to >= HOST0 || enrp || w.ready[to]);
	struct conn *c;

	for (c = w.conns; c < w.conns + CONNS; c++)
		if (conn_is(c, from, to, enrp))
			return c;
	for (c = w.conns; c < w.conns + CONNS && c->used; c++)
		;
	assert_true(c < w.conns + CONNS);
	memset(c, 0, sizeof(*c));
	c->used = true;
	c->enrp = enrp;
	c->serial = ++w.serials;
	c->place[0] = from;
	c->place[1] = to;
	conn_join(c, 0);
	if (there && !w.cut[from][to])
		conn_join(c, 1);
	else	/* refused, or no answer */
		conn_break(c, 0, w.now + (w.cut[from][to] ? GIVE_UP : 1));
	return c;
}

static inline int world_dial(void *arg, const struct rsp_transport *to,
			     struct asap_assoc **assoc, bool enrp)
{
	int from = (struct registrar **)arg - w.r;
	int place = to->addrs[0].octets[3] - 1;
	struct conn *c;
	int side;

	assert_true(place >= 0 && place < PLACES && place != from);
	c = conn_make(from, place, enrp);
	side = c->place[1] == from;
	*assoc = &c->assoc[side];
	if (!(*assoc)->heard && !c->there[!side])
		(*assoc)->dialed = true;
	return 0;
}

static inline int dial_asap(void *arg, const struct rsp_transport *to,
			    struct asap_assoc **assoc)
{
	return world_dial(arg, to, assoc, false);
}

static inline int dial_enrp(void *arg, const struct rsp_transport *to,
			    struct asap_assoc **assoc)
{
	return world_dial(arg, to, assoc, true);
}

static inline bool world_place(void *arg, struct rsp_transport *place)
{
	put_addr(place, (struct registrar **)arg - w.r);
	return true;
}

static inline void world_ready(void *arg)
{
	w.ready[(struct registrar **)arg - w.r] = true;
}

static inline void world_group(void *arg, const void *msg, size_t len)
{
	int i, from = (struct registrar **)arg - w.r;
	struct event *e;

	for (i = 0; i < w.nregistrars; i++) {
		e = event_new(EV_GROUP, w.now + 1 + rnd(w.delay), len);
		memcpy(e->msg, msg, len);
		e->place[0] = from;
		e->place[1] = i;
	}
}

static inline void registrar_up(int i, uint32_t id)
{
	const struct discover_link group = {
		.send = world_group,
		.arg = &w.r[i],
	};
	struct registrar_config config = {
		.id = id,
		.ka_interval = 5000,
		.ka_timeout = 5000,
		.max_subs = 100,
		.max_peer_subs = 100,
		.limits = { .pes = 10000, .octets = 1 << 24 },
		.enrp = {
			.heartbeat = 30000,
			.last_heard = 61000,
			.no_response = 5000,
			.refresh = 600000,
			.suggest = w.suggest,
		},
	};
	struct enrp_link link = {
		.dialer = { .dial = dial_enrp, .arg = &w.r[i] },
		.place = world_place,
		.ready = world_ready,
		.arg = &w.r[i],
	};
	uint8_t seed[TABLE_KEY_LEN];
	int k;

	for (k = 0; k < TABLE_KEY_LEN; k++)
		seed[k] = rnd(256);
	for (k = 0; k < w.nregistrars && !w.multicast; k++)
		if (k != i)
			put_addr(&config.enrp.peers[config.enrp.npeers++], k);
	w.ids[i] = id;
	w.ready[i] = false;
	w.r[i] = registrar_new(&config, seed, w.now);
	assert_non_null(w.r[i]);
	w.r[i]->dialer.dial = dial_asap;
	w.r[i]->dialer.arg = &w.r[i];
	if (w.multicast)
		discover_start(w.r[i], &group, w.now);
	enrp_start(w.r[i], &link, w.now);
}

/* Killed: the others' SCTP sees it at once. */
static inline void registrar_down(int i)
{
	struct conn *c;
	int side;

	registrar_free(w.r[i]);
	w.r[i] = NULL;
	for (c = w.conns; c < w.conns + CONNS; c++) {
		for (side = 0; side < 2; side++) {
			if (!c->used || c->place[side] != i)
				continue;
			c->there[side] = false;
			if (c->there[!side])
				conn_break(c, !side, w.now + 1);
			else
				c->used = false;
		}
	}
}

static inline void cut(int a, int b, bool yes)
{
	struct conn *c;
	int side;

	w.cut[a][b] = yes;
	w.cut[b][a] = yes;
	for (c = w.conns; yes && c < w.conns + CONNS; c++) {
		if (!conn_is(c, a, b, c->enrp))
			continue;
		c->serial = ++w.serials;	/* what is on its way is gone */
		for (side = 0; side < 2; side++)
			conn_break(c, side, w.now + GIVE_UP + rnd(GIVE_UP));
	}
}

static inline void lossy(int a, int b, bool yes)
{
	w.lossy[a][b] = yes;
	w.lossy[b][a] = yes;
}

/* ---- hosts -------------------------------------------------------------------- */

static inline void pe_later(struct pe *pe, uint32_t ms)
{
	struct event *e = event_new(EV_HOST, w.now + ms, 0);

	e->pe = pe - w.pes;
	e->serial = ++pe->turn;
}

static inline struct rsp_pe_param pe_param(const struct pe *pe)
{
	struct rsp_pe_param param = {
		.pe_id = pe->id,
		.life = w.reregister ? 300 : RSP_LIFE_INFINITE,
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};

	put_addr(&param.user, pe->host);
	return param;
}

static inline void pe_say(struct pe *pe, int to, uint8_t type, uint8_t flags)
{
	struct conn *c = conn_make(pe->host, to, false);
	struct rsp_pe_param param = pe_param(pe);
	static uint8_t buf[RSP_MSG_SPACE];
	struct rsp_writer msg;
	int len;

	rsp_msg_begin(&msg, buf, sizeof(buf), type, flags);
	rsp_put_handle(&msg, pe->handle, strlen(pe->handle));
	if (type == RSP_ASAP_REGISTRATION)
		rsp_put_pe(&msg, &param);
	else
		rsp_put_pe_id(&msg, pe->id);
	len = rsp_msg_end(&msg);
	assert_true(len > 0);
	conn_put(c, c->place[1] == pe->host, buf, len);
}

/* Registers, with its home if it has one: RFC 5352 section 3.1. */
static inline void pe_turn(struct pe *pe)
{
	int to = pe->home;

	if (!pe->alive)
		return;
	if (to < 0) {
		pe->tried = (pe->tried + 1) % w.nregistrars;
		to = pe->tried;
		pe_later(pe, GIVE_UP + rnd(HUNT));
	} else if (w.reregister) {
		pe_later(pe, w.reregister / 2 + rnd(w.reregister));
	}
	pe_say(pe, to, RSP_ASAP_REGISTRATION, 0);
}

/* Nothing is to be done before its life is half over. */
static inline void pe_registered(struct pe *pe)
{
	pe->turn++;
	if (w.reregister)
		pe_later(pe, w.reregister / 2 + rnd(w.reregister));
}

static inline struct pe *pe_find(uint32_t id)
{
	int i;

	for (i = 0; i < w.npes; i++)
		if (w.pes[i].id == id)
			return &w.pes[i];
	return NULL;
}

static inline void host_input(int host, int from, const void *buf, size_t len)
{
	struct rsp_msg msg;
	struct pe *pe;

	assert_int_equal(rsp_msg_parse(buf, len, RSP_PROTO_ASAP, &msg, NULL), 0);
	pe = msg.has_pe_id ? pe_find(msg.pe_id) : NULL;
	if (!pe || pe->host != host || !pe->alive)
		return;
	switch (msg.type) {
	case RSP_ASAP_REGISTRATION_RESPONSE:
		if (msg.flags & RSP_FLAG_REJECT) {
			pe->home = -1;
			break;
		}
		pe->home = from;
		pe->out = false;
		pe_registered(pe);
		break;
	case RSP_ASAP_DEREGISTRATION_RESPONSE:
		w.lost_pes++;
		if (pe->home != from)
			break;
		pe->out = true;
		pe_later(pe, rnd(HUNT));
		break;
	case RSP_ASAP_ENDPOINT_KEEP_ALIVE:
		if (msg.flags & RSP_FLAG_HOME) {
			pe->home = from;
			if (!pe->out)
				pe_registered(pe);
		}
		pe_say(pe, from, RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, 0);
		break;
	}
}

static inline void host_lost(int host, int other)
{
	int i;

	for (i = 0; i < w.npes; i++) {
		if (w.pes[i].host != host || w.pes[i].home != other)
			continue;
		w.pes[i].home = -1;
		pe_later(&w.pes[i], rnd(HUNT));
	}
}

static inline void pe_up(int host, const char *handle)
{
	struct pe *pe = &w.pes[w.npes++];

	assert_true(w.npes <= HOSTS * PES);
	memset(pe, 0, sizeof(*pe));
	pe->alive = true;
	pe->id = 0x1000 + w.npes;
	pe->host = host;
	pe->home = -1;
	pe->tried = rnd(w.nregistrars);
	snprintf(pe->handle, sizeof(pe->handle), "%s", handle);
	pe_later(pe, rnd(HUNT));
}

/* ---- time ---------------------------------------------------------------------- */

static inline void event_message(const struct event *e)
{
	int place = e->conn->place[e->side];
	void *copy;

	if (!e->conn->there[e->side] || !e->conn->there[!e->side])
		return;
	w.messages++;
	copy = malloc(e->len);		/* of its own size, for the sanitizer */
	assert_non_null(copy);
	memcpy(copy, e->msg, e->len);
	if (place >= HOST0)
		host_input(place, e->conn->place[!e->side], copy, e->len);
	else if (e->conn->enrp)
		assert_int_equal(enrp_input(w.r[place], &e->conn->assoc[e->side],
					    copy, e->len, w.now), 0);
	else
		assert_int_equal(asap_input(w.r[place], &e->conn->assoc[e->side],
					    0, copy, e->len, w.now), 0);
	free(copy);
}

static inline void event_lost(const struct event *e)
{
	struct conn *c = e->conn;
	int place = c->place[e->side];

	if (!c->there[e->side])
		return;
	c->there[e->side] = false;
	if (place >= HOST0)
		host_lost(place, c->place[!e->side]);
	else
		registrar_lost(w.r[place], &c->assoc[e->side], w.now);
	c->used = c->there[0] || c->there[1];
}

static inline void event_group(const struct event *e)
{
	struct registrar *r = w.r[e->place[1]];
	struct rsp_transport source;

	if (!r || w.cut[e->place[0]][e->place[1]])
		return;
	put_addr(&source, e->place[0]);
	discover_input(r, &source.addrs[0], e->msg, e->len, w.now);
}

static inline void event_run(const struct event *e)
{
	if (e->type == EV_GROUP) {
		event_group(e);
		return;
	}
	if (e->type == EV_HOST) {
		if (e->serial == w.pes[e->pe].turn)
			pe_turn(&w.pes[e->pe]);
		return;
	}
	if (!e->conn->used || e->conn->serial != e->serial)
		return;
	if (e->type == EV_MESSAGE)
		event_message(e);
	else
		event_lost(e);
}

static inline uint64_t world_next(void)
{
	uint64_t next = deadlines_next(&w.events) >> 24;
	int i;

	for (i = 0; i < w.nregistrars; i++)
		if (w.r[i] && registrar_next(w.r[i]) < next)
			next = registrar_next(w.r[i]);
	return next;
}

static inline void run(uint64_t ms)
{
	uint64_t end = w.now + ms;
	struct deadline *d;
	int i;

	while (world_next() <= end) {
		if (world_next() > w.now)
			w.now = world_next();
		while ((d = deadlines_pop(&w.events, w.now << 24 | 0xffffff))) {
			struct event *e = container_of(d, struct event, deadline);

			event_run(e);
			free(e);
		}
		for (i = 0; i < w.nregistrars; i++)
			if (w.r[i] && registrar_next(w.r[i]) <= w.now)
				registrar_tick(w.r[i], w.now);
	}
	w.now = end;
}

static inline void world_begin(int nregistrars, uint64_t seed)
{
	memset(&w, 0, sizeof(w));
	w.nregistrars = nregistrars;
	w.now = 1000000;
	w.random = seed * 0x9e3779b97f4a7c15ULL + 0x1234567;
	w.delay = 5;
	w.reregister = 60000;
}

static inline void world_end(void)
{
	struct deadline *d;
	int i;

	while ((d = deadlines_pop(&w.events, DEADLINE_NEVER)))
		free(container_of(d, struct event, deadline));
	deadlines_free(&w.events);
	for (i = 0; i < w.nregistrars; i++)
		if (w.r[i])
			registrar_free(w.r[i]);
}

static inline struct hs_pe *entry(int i, const struct pe *pe)
{
	struct rsp_octets handle = { (const void *)pe->handle,
				     strlen(pe->handle) };
	struct hs_pool *pool = hs_find_pool(&w.r[i]->hs, handle);

	return pool ? hs_find_pe(&w.r[i]->hs, pool, pe->id) : NULL;
}

#endif /* _RSERPOOL_TESTS_ENRP_WORLD_H */
