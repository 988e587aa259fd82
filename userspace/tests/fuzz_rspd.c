// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd's protocol core, libFuzzer.  Corpus: selftests/corpus/rspd/
 *
 * An input is a configuration and a sequence of what can happen to a
 * registrar: messages of several associations, well-formed ones and octets as
 * they come, time, associations that end, links that cannot send.  After each
 * the core's tables have to agree with each other, and whatever it said has to
 * be a message that our own reader finds nothing wrong with.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../selftests/fuzz/input.h"
#include "../rspd/asap.h"
#include "../rspd/log.h"
#include "../rspd/subscription.h"

#define ASSOCS	4
#define DIALS	4	/* associations that the core makes */

/* A handle takes all the room of an answer, and so there is none. */
#define ANSWERED_MAX	65000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct assoc {
	struct asap_assoc assoc;
	struct rsp_transport source;
	bool there;		/* it has begun and not ended */
	bool closed;		/* the core wants it to end */
	int err;		/* what sending to it gives */
	uint8_t type;		/* the last answer that was sent to it */
	uint32_t request;	/* and the request that it answers */
};

static struct assoc assocs[ASSOCS], dials[DIALS];
static struct registrar *r;
static uint64_t now;
static uint8_t message[RSP_MSG_SPACE];

#define must(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "FAILED: %s, line %d\n",	\
				#condition, __LINE__);			\
			abort();					\
		}							\
	} while (0)

/* ---- the other end of each association --------------------------------------------- */

static int link_send(struct asap_assoc *to, uint32_t request, const void *msg,
		     size_t len)
{
	struct assoc *a = container_of(to, struct assoc, assoc);
	struct rsp_causes report;
	struct rsp_msg parsed;

	must(len <= to->link->msg_max);
	must(!rsp_msg_parse(msg, len, RSP_PROTO_ASAP, &parsed, &report));
	must(!report.count && !parsed.ignored);
	if (a->err)
		return a->err;
	/* What nobody has asked for may follow an answer, or come before it */
	if (request) {
		a->type = parsed.type;
		a->request = request;
	}
	return 0;
}

static const struct rsp_transport *link_source(struct asap_assoc *from)
{
	struct assoc *a = container_of(from, struct assoc, assoc);

	return a->source.naddrs ? &a->source : NULL;
}

static void link_close(struct asap_assoc *assoc)
{
	struct assoc *a = container_of(assoc, struct assoc, assoc);

	a->closed = true;
	a->err = -ENOTCONN;
}

static const struct asap_link links[] = {
	{ "sctp", RSP_MSG_SPACE, false, true, link_send, link_source, link_close },
	{ "netlink", 65531, true, true, link_send, link_source, NULL },
	{ "tcp", RSP_MSG_SPACE, false, false, link_send, link_source, link_close },
	{ "sctp", RSP_MSG_SPACE, false, true, link_send, link_source, link_close },
};

/* The core may make one, if there is one left. */
static struct asap_assoc *dial(void *arg, const struct rsp_transport *to)
{
	unsigned int i;

	(void)arg;
	must(to->type == RSP_PARAM_SCTP_TRANSPORT && to->naddrs);
	for (i = 0; i < DIALS && dials[i].there; i++)
		;
	if (i == DIALS)
		return NULL;
	memset(&dials[i], 0, sizeof(dials[i]));
	dials[i].there = true;
	dials[i].source = *to;
	registrar_found(r, &dials[i].assoc, &links[0]);
	dials[i].assoc.dialed = true;
	return &dials[i].assoc;
}

static void lost(struct assoc *a)
{
	registrar_lost(r, &a->assoc, now);
	must(LIST_EMPTY(&a->assoc.pes) && LIST_EMPTY(&a->assoc.subs));
	must(!a->assoc.npes && !a->assoc.nsubs && !a->assoc.octets);
	a->there = false;
}

/* Those that the core has closed end a little later. */
static void bury(void)
{
	unsigned int i;

	for (i = 0; i < DIALS; i++)
		if (dials[i].there && dials[i].closed)
			lost(&dials[i]);
}

static void found(struct assoc *a, struct input *in)
{
	memset(a, 0, sizeof(*a));
	a->there = true;
	a->source.type = RSP_PARAM_SCTP_TRANSPORT;
	a->source.port = 4711;
	a->source.naddrs = in_u8(in) % 3;
	a->source.addrs[0] = (struct rsp_addr){ 4, { 192, 0, 2, a - assocs } };
	a->source.addrs[1] = (struct rsp_addr){ 6, { 0xfd, 1 } };
	registrar_found(r, &a->assoc, &links[in_u8(in) & 3]);
}

/* ---- the tables agree ------------------------------------------------------------------ */

static unsigned int owned_by(const struct assoc *a)
{
	size_t n = 0, octets = 0;
	struct hs_pe *pe;

	LIST_FOREACH(pe, &a->assoc.pes, in_owner) {
		must(pe->owner == &a->assoc);
		octets += hs_pe_weight(pe);
		n++;
	}
	must(n == a->assoc.npes && octets == a->assoc.octets);
	must(!n || a->assoc.link->registers);
	return n;
}

static unsigned int owned(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < ASSOCS; i++)
		n += owned_by(&assocs[i]);
	for (i = 0; i < DIALS; i++)
		if (dials[i].there)
			n += owned_by(&dials[i]);
	return n;
}

static unsigned int check_subs_of(struct assoc *a)
{
	struct subscription *sub;
	unsigned int n = 0;

	LIST_FOREACH(sub, &a->assoc.subs, in_assoc) {
		must(sub->assoc == &a->assoc);
		must(hs_find_pool(&r->hs, hs_pool_handle(sub->pool)) == sub->pool);
		n++;
	}
	must(n == a->assoc.nsubs);
	return n;
}

static unsigned int check_subs_in(struct hs_pool *pool)
{
	struct subscription *sub;
	unsigned int n = 0;

	LIST_FOREACH(sub, &pool->idle, in_pool) {
		must(sub->pool == pool && !sub->deadline.slot);
		n++;
	}
	LIST_FOREACH(sub, &pool->due, in_pool) {
		must(sub->pool == pool && sub->deadline.slot);
		must(sub->deadline.when <= now + SUBSCRIPTION_PAUSE);
		n++;
	}
	return n;
}

static unsigned int check_pool(struct hs_pool *pool)
{
	struct rsp_pe_param param;
	unsigned int n = 0;
	struct hs_pe *pe;

	must(hs_find_pool(&r->hs, hs_pool_handle(pool)) == pool);
	TAILQ_FOREACH(pe, &pool->pes, in_pool) {
		must(pe->pool == pool);
		must(hs_find_pe(&r->hs, pool, pe->id) == pe);
		must(pe->deadline.slot || pe->deadline.when == DEADLINE_NEVER ||
		     pe->life_end == DEADLINE_NEVER);
		hs_pe_param(pe, &param);
		must(param.pe_id == pe->id && param.policy.type == pool->policy);
		n++;
	}
	must(n && n == pool->npes);
	return n;
}

static void check(void)
{
	struct table_walk walk = { 0 };
	struct table_node *node;
	unsigned int pools = 0, pes = 0, subs = 0, i;

	while ((node = table_walk(&r->hs.pools, &walk))) {
		subs += check_subs_in(container_of(node, struct hs_pool, node));
		pes += check_pool(container_of(node, struct hs_pool, node));
		pools++;
	}
	must(pools == r->hs.pools.count && pes == r->hs.pes.count);
	must(pes == owned() && r->deadlines.count <= pes);
	must(subs == r->subs.count && subs <= r->config.max_subs);
	for (i = 0; i < ASSOCS; i++)
		subs -= check_subs_of(&assocs[i]);
	for (i = 0; i < DIALS; i++)
		if (dials[i].there)
			subs -= check_subs_of(&dials[i]);
	must(!subs);
	must(pes <= r->config.limits.pes);
	must(r->hs.octets <= r->config.limits.octets && !pes == !r->hs.octets);
	must(r->stats.registered >= pes && r->stats.rx_bad <= r->stats.rx);
}

/* ---- what happens ------------------------------------------------------------------------ */

/* An allocation of its own size, for the sanitizer */
static void receive(struct assoc *from, const void *octets, size_t len)
{
	void *copy = malloc(len ? len : 1);

	must(copy);
	memcpy(copy, octets, len);
	asap_input(r, &from->assoc, from->request + 1, copy, len, now);
	free(copy);
}

static void put_handle(struct rsp_writer *w, struct input *in)
{
	static const uint8_t longest[RSP_HANDLE_MAX_WIRE];
	uint8_t which = in_u8(in);

	if (which < 0xf0)
		rsp_put_handle(w, &"abcdefgh"[which % 4], 1 + which % 3);
	else
		rsp_put_handle(w, longest, in_u16(in) % RSP_HANDLE_MAX_WIRE + 1);
}

static void put_pe(struct rsp_writer *w, struct input *in)
{
	static const uint32_t policies[] = { 1, 1, 1, 3, 2, 0x40000002, 4711 };
	static const int32_t lives[] = {
		300, 30, RSP_LIFE_INFINITE, 1, 0, -2, INT32_MAX,
	};
	static const uint16_t transports[] = {
		RSP_PARAM_SCTP_TRANSPORT, RSP_PARAM_SCTP_TRANSPORT,
		RSP_PARAM_TCP_TRANSPORT, RSP_PARAM_DCCP_TRANSPORT,
	};
	struct rsp_pe_param pe = {
		.pe_id = in_u8(in) % 8,
		.life = in_of(in, lives),
		.policy = { .type = in_of(in, policies), .weight = 1 },
		.user = {
			.type = in_of(in, transports),
			.port = 7,
			.naddrs = 1,
			.addrs = { { 4, { 192, 0, 2, in_u8(in) % ASSOCS } } },
		},
	};

	if (pe.user.type == RSP_PARAM_SCTP_TRANSPORT) {
		pe.user.use = in_u8(in) & 1;
		pe.user.naddrs = 2;
		pe.user.addrs[1] = (struct rsp_addr){ 6, { 0xfd, 1 } };
	}
	rsp_put_pe(w, &pe);
}

/* A message, and its answer */
static void receive_request(struct assoc *a, int len, uint8_t answer)
{
	uint32_t request = a->request + 1;

	if (len < 0)
		return;
	receive(a, message, len);
	if (len <= ANSWERED_MAX && !a->err)
		must(a->type == answer && a->request == request);
}

static void do_registration(struct assoc *a, struct input *in)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, message, sizeof(message), RSP_ASAP_REGISTRATION, 0);
	put_handle(&w, in);
	put_pe(&w, in);
	receive_request(a, rsp_msg_end(&w), RSP_ASAP_REGISTRATION_RESPONSE);
}

static void do_resolution(struct assoc *a, struct input *in)
{
	struct rsp_writer w;

	uint8_t how = in_u8(in);

	rsp_msg_begin(&w, message, sizeof(message), RSP_ASAP_HANDLE_RESOLUTION,
		      how & 2 ? RSP_FLAG_SUBSCRIBE : 0);
	put_handle(&w, in);
	if (how & 1)
		rsp_put_items(&w, in_u32(in));
	receive_request(a, rsp_msg_end(&w), RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
}

/* De-registration, acknowledgement, report: a handle and an identifier */
static void do_about_one(struct assoc *a, struct input *in)
{
	static const uint8_t types[] = {
		RSP_ASAP_DEREGISTRATION, RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK,
		RSP_ASAP_ENDPOINT_UNREACHABLE, RSP_ASAP_ENDPOINT_UNREACHABLE,
	};
	struct rsp_writer w;

	rsp_msg_begin(&w, message, sizeof(message), in_of(in, types), 0);
	put_handle(&w, in);
	rsp_put_pe_id(&w, in_u8(in) % 8);
	if (!w.failed)
		receive(a, message, rsp_msg_end(&w));
}

static void do_octets(struct assoc *a, struct input *in)
{
	receive(a, in->at, in_left(in));
}

/* To the next deadline, up to it, or past many */
static void do_time(struct assoc *a, struct input *in)
{
	static const uint32_t steps[] = { 0, 1, 999, 1001, 10000, 61000, 3600000 };
	uint8_t how = in_u8(in);
	uint64_t next = registrar_next(r);
	unsigned int rounds = 0;

	(void)a;
	if (how >= 0x80 && next != DEADLINE_NEVER && next > now)
		now = next;
	else
		now += steps[how % ARRAY_LEN(steps)];
	/* updates go out in parts */
	do {
		registrar_tick(r, now);
		bury();
	} while (registrar_next(r) <= now && rounds++ < 10);
	must(registrar_next(r) > now);
}

static void do_lost(struct assoc *a, struct input *in)
{
	lost(a);
	found(a, in);
}

static void do_restart(struct assoc *a, struct input *in)
{
	(void)in;
	registrar_restarted(r, &a->assoc, now);
	must(LIST_EMPTY(&a->assoc.subs));
}

/* What happens to one that the core made: it answers, ends, or does not work */
static void do_dialed(struct assoc *a, struct input *in)
{
	struct assoc *dialed = &dials[a - assocs];
	struct rsp_writer w;

	if (!dialed->there)
		return;
	switch (in_u8(in) % 4) {
	case 0:
		lost(dialed);
		break;
	case 1:
		dialed->err = -EAGAIN;
		break;
	default:
		rsp_msg_begin(&w, message, sizeof(message),
			      RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, 0);
		put_handle(&w, in);
		rsp_put_pe_id(&w, in_u8(in) % 8);
		if (!w.failed)
			receive(dialed, message, rsp_msg_end(&w));
	}
}

static void do_announce(struct assoc *a, struct input *in)
{
	(void)a;
	announce_input(r, in->at, in_left(in), now);
	must(r->announce.nothers <= ANNOUNCE_OTHERS_MAX);
}

static void do_link(struct assoc *a, struct input *in)
{
	static const int errors[] = { 0, 0, -EAGAIN, -ENOTCONN };

	a->err = in_of(in, errors);
}

static void (*const happens[])(struct assoc *a, struct input *in) = {
	do_registration, do_resolution, do_about_one, do_octets, do_time, do_lost,
	do_link, do_registration, do_resolution, do_restart, do_dialed,
	do_announce,
};

static void start(struct input *in)
{
	static const uint8_t seed[TABLE_KEY_LEN] = { 1 };
	uint8_t small = in_u8(in);
	struct registrar_config config = {
		.id = 1,
		.ka_interval = in_u8(in) * 1000,
		.ka_timeout = 1 + in_u8(in) * 100,
		.max_items = in_u8(in) % 4,
		.rsplib = small & 1,
		.prefixes = { { { 4, { 192, 0, 2, 1 } }, 31, small & 8 } },
		.nprefixes = 1,
		.max_subs = small & 16 ? 3 : 1000,
		.max_peer_subs = small & 32 ? 2 : 1000,
		.limits = {
			.pes = small & 2 ? 4 : 1000,
			.octets = small & 4 ? 1000 : 1 << 20,
		},
	};
	unsigned int i;

	now = 1000000;
	r = registrar_new(&config, seed, now);
	must(r);
	r->dialer.dial = small & 64 ? dial : NULL;
	memset(dials, 0, sizeof(dials));
	for (i = 0; i < ASSOCS; i++)
		found(&assocs[i], in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, data + len }, one;
	uint8_t what;

	log_init(LOG_LEVEL_ERROR);
	one = in_call(&in);
	start(&one);
	while (in_left(&in)) {
		one = in_call(&in);
		what = in_u8(&one);
		happens[what % ARRAY_LEN(happens)](&assocs[what >> 6], &one);
		bury();
		check();
	}
	registrar_free(r);
	return 0;
}
