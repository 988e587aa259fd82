// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd's protocol core, libFuzzer.  Corpus: selftests/corpus/rspd/
 *
 * An input is a configuration and a sequence of what can happen to a
 * registrar: messages of several associations, well-formed ones and octets as
 * they come, messages of other registrars, time, associations that end, links that cannot send.  After each
 * the core's tables have to agree with each other, and whatever it said has to
 * be a message that our own reader finds nothing wrong with.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../selftests/fuzz/input.h"
#include "../rspd/asap.h"
#include "../rspd/enrp.h"
#include "../rspd/log.h"
#include "../rspd/subscription.h"
#include "policy_tree.h"

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

static struct assoc assocs[ASSOCS], dials[DIALS], peers[ASSOCS];
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
	must(!rsp_msg_parse(msg, len, to->link->enrp ? RSP_PROTO_ENRP :
			    RSP_PROTO_ASAP, &parsed, &report));
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

#define LINK(what, octets, ...)						\
	{ .name = (what), .msg_max = (octets), .send = link_send,	\
	  .source = link_source, .close = link_close, __VA_ARGS__ }

static const struct asap_link links[] = {
	LINK("sctp", RSP_MSG_SPACE, .registers = true),
	{
		.name = "netlink",
		.msg_max = 65531,
		.vouches = true,
		.registers = true,
		.send = link_send,
		.source = link_source,
	},
	LINK("tcp", RSP_MSG_SPACE, .registers = false),
	LINK("sctp", RSP_MSG_SPACE, .registers = true),
};

static const struct asap_link peer_link =
	LINK("enrp", RSP_MSG_SPACE, .enrp = true);

/* The core may make one, if there is one left. */
static bool is_at(const struct assoc *a, const struct rsp_transport *to)
{
	return a->there && !a->closed && a->source.port == to->port &&
	       !memcmp(a->source.addrs, to->addrs, sizeof(to->addrs));
}

static int dial(void *arg, const struct rsp_transport *to,
		struct asap_assoc **assoc)
{
	unsigned int i;

	(void)arg;
	must(to->type == RSP_PARAM_SCTP_TRANSPORT && to->naddrs);
	for (i = 0; i < DIALS && !is_at(&dials[i], to); i++)
		;
	if (i < DIALS) {
		*assoc = &dials[i].assoc;
		return 0;
	}
	for (i = 0; i < DIALS && dials[i].there; i++)
		;
	if (i == DIALS)
		return -EAGAIN;
	memset(&dials[i], 0, sizeof(dials[i]));
	dials[i].there = true;
	dials[i].source = *to;
	registrar_found(r, &dials[i].assoc, &links[0]);
	dials[i].assoc.dialed = true;
	*assoc = &dials[i].assoc;
	return 0;
}

/* A peer can be called at 198.51.100.N; it is there, or not. */
static int dial_peer(void *arg, const struct rsp_transport *to,
		     struct asap_assoc **assoc)
{
	struct assoc *p = &peers[to->addrs[0].octets[3] % ASSOCS];

	(void)arg;
	if (p->closed)
		return -EAGAIN;
	if (!p->there) {
		memset(p, 0, sizeof(*p));
		p->there = true;
		p->source = *to;
		registrar_found(r, &p->assoc, &peer_link);
		p->assoc.dialed = true;
	}
	*assoc = &p->assoc;
	return 0;
}

static bool peer_place(void *arg, struct rsp_transport *place)
{
	(void)arg;
	memset(place, 0, sizeof(*place));
	place->type = RSP_PARAM_SCTP_TRANSPORT;
	place->port = RSP_ENRP_PORT;
	place->naddrs = 1;
	place->addrs[0] = (struct rsp_addr){ 4, { 198, 51, 100, 9 } };
	return true;
}

static void lost(struct assoc *a)
{
	a->closed = true;
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
	for (i = 0; i < ASSOCS; i++) {
		if (peers[i].there && peers[i].closed)
			lost(&peers[i]);
		peers[i].closed = false;
	}
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
	must(n && n == pool->npes && policy_agrees(pool));
	return n;
}

/* Elements with that home.  Some of others have an association, too. */
static unsigned int check_home(const struct enrp_peer *p)
{
	unsigned int n = 0, unowned = 0;
	const struct hs_pe *pe;
	uint64_t sum = 0;

	LIST_FOREACH(pe, &p->pes, in_home) {
		must(pe->home == p);
		sum += hs_pe_sum(pe);
		unowned += !pe->owner;
		n++;
	}
	must(n == p->npes && sum == p->sum);
	return unowned;
}

static unsigned int check_peers(void)
{
	const struct enrp_peer *p;
	unsigned int unowned = check_home(&r->enrp.self);

	peers_each(r, p) {
		must(!p->assoc || p->assoc->peer == p);
		must(!p->table.next || p->table.next->pool);
		unowned += check_home(p);
	}
	return unowned;
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
	must(pes == owned() + check_peers() && r->deadlines.count <= pes);
	must(subs == r->subs.count && subs <= r->config.max_subs);
	for (i = 0; i < ASSOCS; i++)
		subs -= check_subs_of(&assocs[i]);
	for (i = 0; i < DIALS; i++)
		if (dials[i].there)
			subs -= check_subs_of(&dials[i]);
	must(!subs);
	must(pes <= r->config.limits.pes);
	must(r->hs.octets <= r->config.limits.octets && !pes == !r->hs.octets);
	must(r->stats.rx_bad <= r->stats.rx);
}

/* ---- what happens ------------------------------------------------------------------------ */

/* An allocation of its own size, for the sanitizer */
static void receive(struct assoc *from, const void *octets, size_t len)
{
	void *copy = malloc(len ? len : 1);

	must(copy);
	memcpy(copy, octets, len);
	if (from->assoc.link->enrp)
		enrp_input(r, &from->assoc, copy, len, now);
	else
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

static void put_pe(struct rsp_writer *w, struct input *in, uint32_t home)
{
	static const uint32_t policies[] = {
		1, 1, 1, 3, 2, 0x40000002, 4711, 4, 5, 0x40000001, 0x40000003,
		0x40000004,
	};
	static const uint32_t values[] = { 1, 0, 2, 5, UINT32_MAX, 0x80000000 };
	static const int32_t lives[] = {
		300, 30, RSP_LIFE_INFINITE, 1, 0, -2, INT32_MAX,
	};
	static const uint16_t transports[] = {
		RSP_PARAM_SCTP_TRANSPORT, RSP_PARAM_SCTP_TRANSPORT,
		RSP_PARAM_TCP_TRANSPORT, RSP_PARAM_DCCP_TRANSPORT,
	};
	struct rsp_pe_param pe = {
		.pe_id = in_u8(in) % 8,
		.home_id = home,
		.life = in_of(in, lives),
		.policy = { .type = in_of(in, policies) },
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
	pe.policy.weight = in_of(in, values);
	pe.policy.priority = pe.policy.weight;
	pe.policy.load = pe.policy.weight;
	pe.policy.degradation = in_of(in, values);
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
	put_pe(&w, in, 0);
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

/* ---- other registrars ---------------------------------------------------------------------- */

/* Of the identifiers, 1 is ours, and more than one may be at one place. */
static uint32_t in_id(struct input *in)
{
	return in_u8(in) % 6;
}

static void put_table(struct rsp_writer *w, struct input *in)
{
	unsigned int n = in_u8(in) % 8;

	while (n--) {
		if (in_u8(in) % 2)
			put_handle(w, in);
		put_pe(w, in, in_id(in));
	}
}

static void put_enrp(struct rsp_writer *w, struct input *in, uint8_t type)
{
	struct rsp_transport place;

	switch (type) {
	case RSP_ENRP_PRESENCE:
		rsp_put_pe_checksum(w, in_u16(in));
		break;
	case RSP_ENRP_HANDLE_TABLE_RESPONSE:
		put_table(w, in);
		break;
	case RSP_ENRP_HANDLE_UPDATE:
		rsp_put_u16(w, in_u8(in) % 3);
		rsp_put_u16(w, 0);
		put_handle(w, in);
		put_pe(w, in, in_id(in));
		break;
	case RSP_ENRP_LIST_RESPONSE:
		peer_place(NULL, &place);
		place.addrs[0].octets[3] = in_u8(in) % ASSOCS;
		rsp_put_server_info(w, in_id(in), &place);
		break;
	case RSP_ENRP_INIT_TAKEOVER:
	case RSP_ENRP_INIT_TAKEOVER_ACK:
	case RSP_ENRP_TAKEOVER_SERVER:
		rsp_put_u32(w, in_id(in));
		break;
	}
}

static void do_enrp(struct assoc *a, struct input *in)
{
	struct assoc *p = &peers[a - assocs];
	uint8_t type = 1 + in_u8(in) % RSP_ENRP_ERROR;
	struct asap_assoc *assoc;
	struct rsp_transport place;
	struct rsp_writer w;

	peer_place(NULL, &place);
	place.addrs[0].octets[3] = a - assocs;
	if (dial_peer(NULL, &place, &assoc))
		return;
	rsp_msg_begin(&w, message, sizeof(message), type, in_u8(in) % 4);
	rsp_put_u32(&w, in_id(in));
	rsp_put_u32(&w, in_id(in));
	put_enrp(&w, in, type);
	if (!w.failed)
		receive(p, message, rsp_msg_end(&w));
}

/* A presence by multicast, of one who is there or not; or any octets */
static void do_discover(struct assoc *a, struct input *in)
{
	struct rsp_transport place;
	struct rsp_writer w;
	uint32_t id;

	peer_place(NULL, &place);
	place.addrs[0].octets[3] = a - assocs;
	if (in_u8(in) % 4 == 0) {
		discover_input(r, &place.addrs[0], in->at, in_left(in), now);
		return;
	}
	id = in_id(in);
	rsp_msg_begin(&w, message, sizeof(message), RSP_ENRP_PRESENCE,
		      in_u8(in) % 2);
	rsp_put_u32(&w, id);
	rsp_put_u32(&w, 0);
	rsp_put_pe_checksum(&w, in_u16(in));
	if (in_u8(in) % 4)
		rsp_put_server_info(&w, id, &place);
	place.addrs[0].octets[2] = in_u8(in);
	discover_input(r, &place.addrs[0], message, rsp_msg_end(&w), now);
}

/* The association with a registrar ends, begins anew, or bears octets */
static void do_peer(struct assoc *a, struct input *in)
{
	static const int errors[] = { 0, -EAGAIN, -ENOTCONN };
	struct assoc *p = &peers[a - assocs];

	if (!p->there)
		return;
	switch (in_u8(in) % 4) {
	case 0:
		lost(p);
		break;
	case 1:
		registrar_restarted(r, &p->assoc, now);
		break;
	case 2:
		p->err = in_of(in, errors);
		break;
	default:
		receive(p, in->at, in_left(in));
	}
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
		.degrade_items = small >> 7,
		.rsplib = small & 1,
		.enrp = {
			.npeers = small & 128 ? 2 : 0,
			.heartbeat = 30000,
			.last_heard = 61000,
			.no_response = 5000,
			.refresh = 600000,
		},
		.prefixes = { { { 4, { 192, 0, 2, 1 } }, 31, small & 8 } },
		.nprefixes = 1,
		.max_subs = small & 16 ? 3 : 1000,
		.max_peer_subs = small & 32 ? 2 : 1000,
		.limits = {
			.pes = small & 2 ? 4 : 1000,
			.octets = small & 4 ? 1000 : 1 << 20,
		},
	};
	const struct enrp_link enrp = {
		.dialer = { .dial = dial_peer },
		.place = peer_place,
	};
	unsigned int i;

	for (i = 0; i < config.enrp.npeers; i++) {
		peer_place(NULL, &config.enrp.peers[i]);
		config.enrp.peers[i].addrs[0].octets[3] = i;
	}
	now = 1000000;
	r = registrar_new(&config, seed, now);
	must(r);
	r->dialer.dial = small & 64 ? dial : NULL;
	memset(dials, 0, sizeof(dials));
	memset(peers, 0, sizeof(peers));
	enrp_start(r, &enrp, now);
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
		/* the last of these have come later than the corpus */
		if ((what & 63) == 63)
			do_discover(&assocs[what >> 6], &one);
		else if ((what & 63) >= 56)
			(what & 4 ? do_peer : do_enrp)(&assocs[what >> 6], &one);
		else
			happens[what % ARRAY_LEN(happens)](&assocs[what >> 6],
							   &one);
		bury();
		check();
	}
	registrar_free(r);
	return 0;
}
