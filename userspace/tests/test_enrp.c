// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd as one registrar among others, message by message.  The peers A, B, C
 * are what this test says; their identifiers are above and below ours.
 */

#include "rspd_core.h"

#include "../rspd/enrp.h"
#include "../rspd/log.h"
#include "../rspd/status.h"

#define ID_A	0x0aaa		/* below ours, 0x1111 */
#define ID_B	0x2bbb
#define ID_C	0x3ccc
#define LOG_MAX	64

#define HEARTBEAT	30000
#define LAST_HEARD	61000
#define NO_RESPONSE	5000

static const __u8 at_a[] = { 198, 51, 100, 1 };
static const __u8 at_b[] = { 198, 51, 100, 2 };
static const __u8 at_c[] = { 198, 51, 100, 3 };

/* A peer's association; all that was sent to it since clear() */
struct peer {
	struct asap_assoc assoc;
	struct rsp_transport source;
	uint32_t id;
	bool refuses;		/* calls */
	unsigned int calls;
	unsigned int closed;
	unsigned int sent;
	struct {
		struct rsp_msg msg;
		__u8 buf[2048];
	} log[LOG_MAX];
};

static struct peer a, b, c;
static unsigned int readies;

static int peer_send(struct asap_assoc *to, uint32_t request, const void *msg,
		     size_t len)
{
	struct peer *p = container_of(to, struct peer, assoc);
	unsigned int i = p->sent++;

	(void)request;
	assert_true(i < LOG_MAX && len <= sizeof(p->log[i].buf));
	memcpy(p->log[i].buf, msg, len);
	assert_int_equal(rsp_msg_parse(p->log[i].buf, len, RSP_PROTO_ENRP,
				       &p->log[i].msg, NULL), 0);
	assert_int_equal(p->log[i].msg.sender_id, ID);
	return 0;
}

static const struct rsp_transport *peer_source(struct asap_assoc *from)
{
	return &container_of(from, struct peer, assoc)->source;
}

static void peer_close(struct asap_assoc *assoc)
{
	container_of(assoc, struct peer, assoc)->closed++;
}

static const struct asap_link enrp_link = {
	.name = "enrp",
	.enrp = true,
	.msg_max = RSP_MSG_SPACE,
	.send = peer_send,
	.source = peer_source,
	.close = peer_close,
};

static struct rsp_transport place(const __u8 *addr)
{
	struct rsp_transport t = { .type = RSP_PARAM_SCTP_TRANSPORT };

	t.port = RSP_ENRP_PORT;
	t.use = RSP_USE_DATA_CONTROL;
	add_addr(&t, addr);
	return t;
}

static void peer_init(struct peer *p, uint32_t id, const __u8 *addr)
{
	memset(p, 0, sizeof(*p));
	p->id = id;
	p->source = place(addr);
}

static int dial(void *arg, const struct rsp_transport *to,
		struct asap_assoc **assoc)
{
	struct peer *all[] = { &a, &b, &c };
	size_t i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (memcmp(&all[i]->source.addrs[0], &to->addrs[0],
			   sizeof(to->addrs[0])) != 0)
			continue;
		all[i]->calls++;
		if (all[i]->refuses)
			return -ECONNREFUSED;
		registrar_found(r, &all[i]->assoc, &enrp_link);
		all[i]->assoc.dialed = true;
		*assoc = &all[i]->assoc;
		return 0;
	}
	return -EHOSTUNREACH;
}

static bool our_place(void *arg, struct rsp_transport *t)
{
	static const __u8 us[] = { 198, 51, 100, 9 };

	(void)arg;
	*t = place(us);
	return true;
}

static void ready(void *arg)
{
	(void)arg;
	readies++;
}

/* With @n of the peers A, B, C known from the start */
static void begin(size_t n)
{
	const struct enrp_link link = {
		.dialer = { .dial = dial },
		.place = our_place,
		.ready = ready,
	};
	struct registrar_config config = standard();
	const __u8 *const addrs[] = { at_a, at_b, at_c };
	size_t i;

	config.ka_interval = 0;
	config.enrp.heartbeat = HEARTBEAT;
	config.enrp.last_heard = LAST_HEARD;
	config.enrp.no_response = NO_RESPONSE;
	for (i = 0; i < n; i++)
		config.enrp.peers[config.enrp.npeers++] = place(addrs[i]);
	if (r)
		registrar_free(r);
	start(&config);
	peer_init(&a, ID_A, at_a);
	peer_init(&b, ID_B, at_b);
	peer_init(&c, ID_C, at_c);
	readies = 0;
	enrp_start(r, &link, now);
}

static int setup_enrp(void **state)
{
	(void)state;
	r = NULL;
	begin(0);
	return 0;
}

static void clear(void)
{
	a.sent = 0;
	b.sent = 0;
	c.sent = 0;
}

/* The only message since clear(), of that type */
static const struct rsp_msg *only(const struct peer *p, uint8_t type)
{
	assert_int_equal(p->sent, 1);
	assert_int_equal(p->log[0].msg.type, type);
	return &p->log[0].msg;
}

/* The first of that type, NULL: none */
static const struct rsp_msg *got(const struct peer *p, uint8_t type)
{
	unsigned int i;

	for (i = 0; i < p->sent; i++)
		if (p->log[i].msg.type == type)
			return &p->log[i].msg;
	return NULL;
}

static void put(struct peer *from, struct rsp_writer *w)
{
	int len = rsp_msg_end(w);
	void *copy;

	assert_true(len > 0);
	copy = malloc(len);
	assert_non_null(copy);
	memcpy(copy, out, len);
	if (!from->assoc.link)
		registrar_found(r, &from->assoc, &enrp_link);
	enrp_input(r, &from->assoc, copy, len, now);
	free(copy);
}

static void begin_msg(struct rsp_writer *w, const struct peer *from,
		      uint8_t type, uint8_t flags, uint32_t receiver)
{
	rsp_msg_begin(w, out, sizeof(out), type, flags);
	rsp_put_u32(w, from->id);
	rsp_put_u32(w, receiver);
}

static void say(struct peer *from, uint8_t type, uint8_t flags)
{
	struct rsp_writer w;

	begin_msg(&w, from, type, flags, ID);
	put(from, &w);
}

static void say_target(struct peer *from, uint8_t type, uint32_t target)
{
	struct rsp_writer w;

	begin_msg(&w, from, type, 0, ID);
	rsp_put_u32(&w, target);
	put(from, &w);
}

static void presence(struct peer *from, uint8_t flags, uint16_t checksum)
{
	struct rsp_writer w;

	begin_msg(&w, from, RSP_ENRP_PRESENCE, flags, ID);
	rsp_put_pe_checksum(&w, checksum);
	put(from, &w);
}

static struct rsp_pe_param foreign(uint32_t id, uint32_t home)
{
	struct rsp_pe_param pe = pe_param(id, host_a);

	pe.home_id = home;
	pe.asap = pe.user;
	return pe;
}

static void update_flags(struct peer *from, uint8_t flags, uint16_t action,
			 const char *handle, const struct rsp_pe_param *pe)
{
	struct rsp_writer w;

	begin_msg(&w, from, RSP_ENRP_HANDLE_UPDATE, flags, 0);
	rsp_put_u16(&w, action);
	rsp_put_u16(&w, 0xffff);	/* reserved: UPD-09 */
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe(&w, pe);
	put(from, &w);
}

static void update_pe(struct peer *from, uint16_t action, const char *handle,
		      const struct rsp_pe_param *pe)
{
	update_flags(from, 0, action, handle, pe);
}

static void update(struct peer *from, uint16_t action, const char *handle,
		   uint32_t id)
{
	struct rsp_pe_param pe = foreign(id, from->id);

	update_pe(from, action, handle, &pe);
}

/* A table with up to two elements of pool "p", owned by the sender */
static void table(struct peer *from, uint8_t flags, uint32_t id1, uint32_t id2)
{
	struct rsp_pe_param pe;
	struct rsp_writer w;

	begin_msg(&w, from, RSP_ENRP_HANDLE_TABLE_RESPONSE, flags, ID);
	if (id1)
		rsp_put_handle(&w, "p", 1);
	pe = foreign(id1, from->id);
	if (id1)
		rsp_put_pe(&w, &pe);
	pe = foreign(id2, from->id);
	if (id2)
		rsp_put_pe(&w, &pe);
	put(from, &w);
}

static void list(struct peer *from, uint8_t flags, const struct peer *other)
{
	struct rsp_writer w;

	begin_msg(&w, from, RSP_ENRP_LIST_RESPONSE, flags, ID);
	if (other)
		rsp_put_server_info(&w, other->id, &other->source);
	put(from, &w);
}

static struct hs_pool *pool_of(const char *handle)
{
	return hs_find_pool(&r->hs, (struct rsp_octets){ (const __u8 *)handle,
							 strlen(handle) });
}

static uint32_t home_of(const char *handle, uint32_t id)
{
	struct hs_pool *pool = pool_of(handle);
	struct hs_pe *pe = pool ? hs_find_pe(&r->hs, pool, id) : NULL;

	return pe ? pe->home->id : 0;
}

/* A, B and C are there, and we have been told so. */
static void cluster(void)
{
	begin(0);
	presence(&a, 0, 0xffff);
	presence(&b, 0, 0xffff);
	presence(&c, 0, 0xffff);
	clear();
}

/* ---- the list of peers ------------------------------------------------------------- */

static struct status_peer peers[STATUS_MAX];

/* What is said of this one; @id 0: of one that is not known yet */
static const struct status_peer *status_of(uint32_t id)
{
	size_t i, n = registrar_status(r, peers, now);

	for (i = 0; i < n; i++) {
		assert_int_equal(peers[i].size, sizeof(peers[i]));
		if (peers[i].id == id)
			return &peers[i];
	}
	return NULL;
}

static void assert_status(uint32_t id, uint32_t state, uint32_t flags,
			  uint64_t heard_ms, uint64_t elements)
{
	const struct status_peer *s = status_of(id);

	assert_non_null(s);
	assert_int_equal(s->state, state);
	assert_int_equal(s->flags, flags);
	assert_int_equal(s->heard_ms, heard_ms);
	assert_int_equal(s->elements, elements);
}

/* ENRP-PRS-01: from one that was only named to one that is taken over */
static void peer_list(void **state)
{
	(void)state;
	begin(1);
	assert_status(ID, PEER_UNKNOWN, STATUS_SELF, 0, 0);
	assert_status(0, PEER_UNKNOWN, STATUS_CONFIGURED | STATUS_MENTOR, 0, 0);
	list(&a, 0, NULL);
	table(&a, 0, 1, 2);
	assert_status(ID, PEER_ACTIVE, STATUS_SELF, 0, 0);
	assert_null(status_of(0));
	assert_status(ID_A, PEER_ACTIVE, STATUS_CONFIGURED | STATUS_ASSOCIATED,
		      0, 2);
	assert_int_equal(status_of(ID_A)->port, RSP_ENRP_PORT);
	assert_int_equal(status_of(ID_A)->naddrs, 1);
	assert_memory_equal(status_of(ID_A)->addrs[0].octets, at_a, 4);
	register_id(&pe_a, "p", 3);
	assert_status(ID, PEER_ACTIVE, STATUS_SELF, 0, 1);
	presence(&b, 0, 0xffff);
	assert_status(ID_B, PEER_ACTIVE, STATUS_ASSOCIATED, 0, 0);
	advance(LAST_HEARD - 1000);
	presence(&b, 0, 0xffff);
	advance(1000);
	assert_status(ID_A, PEER_ASKED, STATUS_CONFIGURED | STATUS_ASSOCIATED,
		      LAST_HEARD, 2);
	advance(NO_RESPONSE);
	assert_status(ID_A, PEER_TAKEN, STATUS_CONFIGURED | STATUS_ASSOCIATED,
		      LAST_HEARD + NO_RESPONSE, 2);
	assert_status(ID_B, PEER_ACTIVE, STATUS_ASSOCIATED,
		      1000 + NO_RESPONSE, 0);
	/* B would rather do that itself */
	say_target(&b, RSP_ENRP_INIT_TAKEOVER, ID_A);
	assert_status(ID_A, PEER_CEDED, STATUS_CONFIGURED | STATUS_ASSOCIATED,
		      LAST_HEARD + NO_RESPONSE, 2);
	say_target(&b, RSP_ENRP_TAKEOVER_SERVER, ID_A);
	assert_null(status_of(ID_A));
	assert_int_equal(status_of(0)->flags, STATUS_CONFIGURED);
	assert_int_equal(status_of(ID_B)->elements, 2);
}

/* ---- start ----------------------------------------------------------------------- */

/* ENRP-INI-03 */
static void nobody(void **state)
{
	(void)state;
	assert_int_equal(readies, 1);
	assert_int_equal(enrp_next(r), now + HEARTBEAT);
}

/* ENRP-INI-02 ENRP-INI-04 ENRP-INI-10 ENRP-INI-12 ENRP-INI-15 ENRP-INI-07 */
static void mentor(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	begin(2);
	assert_int_equal(a.log[0].msg.type, RSP_ENRP_PRESENCE);
	msg = got(&a, RSP_ENRP_LIST_REQUEST);
	assert_non_null(msg);
	assert_int_equal(msg->receiver_id, 0);
	assert_int_equal(b.calls, 0);
	clear();
	list(&a, 0, &c);
	/* the request comes only now, and C is called */
	msg = got(&a, RSP_ENRP_HANDLE_TABLE_REQUEST);
	assert_non_null(msg);
	assert_int_equal(msg->flags, 0);
	assert_int_equal(c.calls, 1);
	clear();
	table(&a, RSP_FLAG_TABLE_MORE, 1, 2);
	only(&a, RSP_ENRP_HANDLE_TABLE_REQUEST);
	assert_int_equal(readies, 0);
	clear();
	table(&a, 0, 3, 0);
	assert_int_equal(readies, 1);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(home_of("p", 2), ID_A);
	assert_int_equal(home_of("p", 3), ID_A);
	/* all are asked for a sign of life */
	msg = only(&a, RSP_ENRP_PRESENCE);
	assert_int_equal(msg->flags, RSP_FLAG_REPLY_REQUIRED);
	only(&c, RSP_ENRP_PRESENCE);
}

/* A's table, with the elements of one pool */
static void table_of(const char *handle, const struct rsp_pe_param *pes,
		     size_t n)
{
	struct rsp_writer w;
	size_t i;

	begin_msg(&w, &a, RSP_ENRP_HANDLE_TABLE_RESPONSE, 0, ID);
	rsp_put_handle(&w, handle, strlen(handle));
	for (i = 0; i < n; i++)
		rsp_put_pe(&w, &pes[i]);
	put(&a, &w);
}

/*
 * ENRP-INI-13 ENRP-INI-14: the first element makes the pool; those that do not
 * fit are counted, and keep out nobody behind them
 */
static void mentor_makes_pools(void **state)
{
	struct rsp_pe_param pes[] = {
		foreign(1, ID_A), foreign(2, ID_A), foreign(3, ID_A),
		foreign(4, ID_A), foreign(5, ID_A),
	};
	struct hs_pool *pool;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pes); i++) {
		pes[i].policy = (struct rsp_policy_param){
			.type = RSP_POLICY_PRIORITY, .priority = 9,
		};
		pes[i].user.use = RSP_USE_DATA_CONTROL;
	}
	pes[1].policy.type = RSP_POLICY_ROUND_ROBIN;
	pes[2].user.type = RSP_PARAM_TCP_TRANSPORT;
	pes[3].user.use = RSP_USE_DATA_ONLY;
	begin(1);
	list(&a, 0, NULL);
	table_of("p", pes, ARRAY_SIZE(pes));
	assert_int_equal(readies, 1);
	pool = pool_of("p");
	assert_non_null(pool);
	assert_int_equal(pool->policy, RSP_POLICY_PRIORITY);
	assert_int_equal(pool->transport, RSP_PARAM_SCTP_TRANSPORT);
	assert_int_equal(pool->use, RSP_USE_DATA_CONTROL);
	assert_int_equal(pool->npes, 2);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(home_of("p", 5), ID_A);
	assert_int_equal(r->stats.inconsistent, 3);
}

/* ENRP-INI-13: what was known of an element is replaced (step 4 C) */
static void mentor_replaces(void **state)
{
	struct rsp_pe_param pes[] = { foreign(1, ID_A), foreign(1, ID_A) };
	struct rsp_pe_param now_known;
	struct hs_pe *pe;

	(void)state;
	pes[1].user.port = 8;
	begin(1);
	list(&a, 0, NULL);
	table_of("p", pes, ARRAY_SIZE(pes));
	pe = hs_find_pe(&r->hs, pool_of("p"), 1);
	assert_non_null(pe);
	hs_pe_param(pe, &now_known);
	assert_int_equal(now_known.user.port, 8);
	assert_int_equal(r->hs.pes.count, 1);
}

/* An element of a policy that nobody here knows, with values of its own */
static void assert_novel(const struct rsp_policy_param *policy)
{
	assert_int_equal(policy->type, 0x40001234);
	assert_int_equal(policy->raw.len, 6);
	assert_memory_equal(policy->raw.data, "\1\2\3\4\5\6", 6);
}

/*
 * REQ-08: a policy that is invented later goes through registration, update,
 * handle table and resolution as it is, and so does one a peer tells of
 */
static void novel_policy(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a), theirs = foreign(2, ID_A);
	const struct rsp_msg *msg;
	struct rsp_octets handle;
	struct rsp_iter it;

	(void)state;
	pe.policy.type = 0x40001234;
	pe.policy.raw = (struct rsp_octets){ (const __u8 *)"\1\2\3\4\5\6", 6 };
	theirs.policy = pe.policy;
	cluster();
	register_pe(&pe_a, "p", &pe);
	assert_granted(&pe_a);
	it = only(&a, RSP_ENRP_HANDLE_UPDATE)->body;
	assert_true(rsp_next_pe(&it, &pe));
	assert_novel(&pe.policy);
	update_pe(&a, RSP_UPDATE_ADD_PE, "p", &theirs);
	assert_int_equal(home_of("p", 2), ID_A);
	clear();
	say(&b, RSP_ENRP_HANDLE_TABLE_REQUEST, 0);
	msg = only(&b, RSP_ENRP_HANDLE_TABLE_RESPONSE);
	assert_int_equal(msg->npes, 2);
	it = msg->body;
	assert_true(rsp_next_pool(&it, &handle));
	while (rsp_next_pe(&it, &pe))
		assert_novel(&pe.policy);
	resolve_items(&pu, "p", false, 0);
	assert_int_equal(pu.last.msg.npes, 2);
	assert_int_equal(pu.last.msg.policy.type, 0x40001234);
	it = pu.last.msg.body;
	while (rsp_next_pe(&it, &pe))
		assert_novel(&pe.policy);
}

/* ENRP-INI-05 ENRP-INI-09 ENRP-INI-16 ENRP-INI-17 */
static void mentors_fail(void **state)
{
	(void)state;
	begin(3);
	advance(NO_RESPONSE - 1);
	assert_int_equal(b.sent, 0);
	advance(1);
	assert_non_null(got(&b, RSP_ENRP_LIST_REQUEST));
	list(&b, RSP_FLAG_TABLE_REJECT, NULL);
	assert_non_null(got(&c, RSP_ENRP_LIST_REQUEST));
	list(&c, 0, NULL);
	clear();
	table(&c, RSP_FLAG_TABLE_REJECT, 0, 0);
	/* a pause, then from the beginning */
	assert_int_equal(a.sent, 0);
	assert_int_equal(readies, 0);
	advance(2000);
	assert_non_null(got(&a, RSP_ENRP_LIST_REQUEST));
	assert_int_equal(readies, 0);
}

static void mentors_are_not_there(void **state)
{
	(void)state;
	r->config.enrp.npeers = 0;
	begin(0);
	a.refuses = true;
	b.refuses = true;
	r->config.enrp.peers[0] = place(at_a);
	r->config.enrp.peers[1] = place(at_b);
	r->config.enrp.npeers = 2;
	readies = 0;
	enrp_start(r, &(const struct enrp_link){
		.dialer = { .dial = dial }, .place = our_place, .ready = ready,
	}, now);
	assert_int_equal(readies, 0);
	advance(3000);
	assert_int_equal(readies, 1);
	/* and they are called again, now and then */
	a.refuses = false;
	clear();
	advance(2 * NO_RESPONSE);
	assert_non_null(got(&a, RSP_ENRP_PRESENCE));
}

/* ENRP-INI-08 ENRP-INI-16 */
static void asked_too_early(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	begin(1);
	say(&b, RSP_ENRP_LIST_REQUEST, 0);
	msg = got(&b, RSP_ENRP_LIST_RESPONSE);
	assert_non_null(msg);
	assert_int_equal(msg->flags, RSP_FLAG_TABLE_REJECT);
	assert_int_equal(msg->nservers, 0);
	say(&b, RSP_ENRP_HANDLE_TABLE_REQUEST, 0);
	msg = got(&b, RSP_ENRP_HANDLE_TABLE_RESPONSE);
	assert_int_equal(msg->flags, RSP_FLAG_TABLE_REJECT);
	assert_int_equal(msg->npools, 0);
}

/* ENRP-INI-19 */
static void news_while_learning(void **state)
{
	struct rsp_pe_param pe = foreign(1, ID_B);

	(void)state;
	begin(1);
	list(&a, 0, &b);
	pe.life = 77;
	update_pe(&b, RSP_UPDATE_ADD_PE, "p", &pe);
	update(&b, RSP_UPDATE_DEL_PE, "p", 2);
	update(&a, RSP_UPDATE_DEL_PE, "p", 2);
	table(&a, 0, 1, 2);
	assert_int_equal(readies, 1);
	assert_int_equal(home_of("p", 1), ID_B);
	assert_int_equal(home_of("p", 2), 0);
	assert_int_equal(resolved(&pu, "p").life, 77);
}

/* The operator names other peers while we are running. */
static void other_peers(void **state)
{
	struct registrar_config config;

	(void)state;
	begin(1);
	list(&a, 0, NULL);
	table(&a, 0, 0, 0);
	clear();
	config = r->config;
	config.id = 99;
	config.max_items = 7;
	config.enrp.heartbeat = 1000;
	config.enrp.peers[0] = place(at_b);
	registrar_reconfigure(r, &config, now);
	assert_int_equal(r->config.id, ID);
	assert_int_equal(r->config.max_items, 7);
	advance(1000);
	assert_int_equal(b.calls, 1);
	assert_non_null(got(&b, RSP_ENRP_PRESENCE));
	/* A is there still, and not called once it is not */
	assert_non_null(got(&a, RSP_ENRP_PRESENCE));
	a.calls = 0;
	a.refuses = true;
	enrp_lost(r, &a.assoc, now);
	a.assoc.link = NULL;
	advance(20000);
	assert_in_range(a.calls, 0, 1);
}

/* ENRP-INI-06 */
static void list_of_all(void **state)
{
	struct rsp_iter it;
	struct rsp_transport t;
	const struct rsp_msg *msg;
	uint32_t id;

	(void)state;
	cluster();
	say(&a, RSP_ENRP_LIST_REQUEST, 0);
	msg = only(&a, RSP_ENRP_LIST_RESPONSE);
	assert_int_equal(msg->flags, 0);
	assert_int_equal(msg->nservers, 3);
	it = msg->body;
	assert_true(rsp_next_server(&it, &id, &t));
	assert_int_equal(id, ID);
	assert_true(rsp_next_server(&it, &id, &t));
	assert_int_equal(id, ID_B);
	assert_memory_equal(t.addrs[0].octets, at_b, 4);
	assert_true(rsp_next_server(&it, &id, &t));
	assert_int_equal(id, ID_C);
}

/* ENRP-INI-11 ENRP-INI-18 ENRP-INI-20 ENRP-AUD-12 */
static void table_of_all(void **state)
{
	struct rsp_octets handle;
	const struct rsp_msg *msg;
	struct rsp_pe_param pe;
	struct rsp_iter it;

	(void)state;
	cluster();
	say(&a, RSP_ENRP_HANDLE_TABLE_REQUEST, 0);
	msg = only(&a, RSP_ENRP_HANDLE_TABLE_RESPONSE);
	assert_int_equal(msg->flags, 0);
	assert_int_equal(msg->npools, 0);
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "p", 2);
	update(&b, RSP_UPDATE_ADD_PE, "q", 3);
	clear();
	say(&a, RSP_ENRP_HANDLE_TABLE_REQUEST, 0);
	msg = only(&a, RSP_ENRP_HANDLE_TABLE_RESPONSE);
	assert_int_equal(msg->npools, 2);
	assert_int_equal(msg->npes, 3);
	clear();
	say(&a, RSP_ENRP_HANDLE_TABLE_REQUEST, RSP_FLAG_OWN_ONLY);
	msg = only(&a, RSP_ENRP_HANDLE_TABLE_RESPONSE);
	assert_int_equal(msg->npools, 1);
	assert_int_equal(msg->npes, 2);
	it = msg->body;
	assert_true(rsp_next_pool(&it, &handle));
	assert_octets(&handle, "p", 1);
	assert_true(rsp_next_pe(&it, &pe));
	assert_int_equal(pe.home_id, ID);
	assert_int_equal(pe.asap.type, RSP_PARAM_SCTP_TRANSPORT);
}

/* ENRP-INI-11 ENRP-INI-20: to RSPLIB, in parts, of which elements go meanwhile */
static void table_in_parts(void **state)
{
	const struct rsp_msg *msg;
	unsigned int i, n = 0, parts = 0;
	bool more;

	(void)state;
	cluster();
	a.assoc.rsplib = true;
	for (i = 1; i <= 100; i++) {
		register_id(&pe_a, i % 2 ? "odd" : "even", i);
		clear();
	}
	do {
		clear();
		say(&a, RSP_ENRP_HANDLE_TABLE_REQUEST, RSP_FLAG_OWN_ONLY);
		msg = only(&a, RSP_ENRP_HANDLE_TABLE_RESPONSE);
		more = msg->flags & RSP_FLAG_TABLE_MORE;
		n += msg->npes;
		parts++;
		if (parts == 1) {
			deregister(&pe_a, "even", 100);
			deregister(&pe_a, "odd", 1);
			/* the very next one */
			registrar_evict(r, r->enrp.peers[0].table.next, "test");
		}
		assert_true(parts < 50);
	} while (more);
	assert_true(parts > 3);
	assert_in_range(n, 97, 99);
}

/* ---- updates ---------------------------------------------------------------------- */

/* ENRP-UPD-01 ENRP-UPD-02 ENRP-UPD-04 ENRP-UPD-09 ENRP-UPD-10 ASAP-REG-27 */
static void updates(void **state)
{
	const struct rsp_msg *msg;
	struct rsp_pe_param pe;
	struct rsp_iter it;

	(void)state;
	cluster();
	register_id(&pe_a, "p", 1);
	only(&b, RSP_ENRP_HANDLE_UPDATE);
	only(&c, RSP_ENRP_HANDLE_UPDATE);
	msg = only(&a, RSP_ENRP_HANDLE_UPDATE);
	assert_int_equal(msg->update, RSP_UPDATE_ADD_PE);
	assert_int_equal(msg->receiver_id, 0);
	assert_octets(&msg->handle, "p", 1);
	it = msg->body;
	assert_true(rsp_next_pe(&it, &pe));
	assert_int_equal(pe.pe_id, 1);
	assert_int_equal(pe.home_id, ID);
	assert_int_equal(pe.life, 300);
	assert_int_equal(pe.asap.port, 4711);
	clear();
	register_id(&pe_a, "p", 1);	/* nothing new about it */
	assert_int_equal(a.sent, 0);
	pe = pe_param(1, host_a);
	pe.life = 200;
	register_pe(&pe_a, "p", &pe);
	assert_int_equal(only(&a, RSP_ENRP_HANDLE_UPDATE)->update,
			 RSP_UPDATE_ADD_PE);
	clear();
	deregister(&pe_a, "p", 1);
	assert_int_equal(only(&a, RSP_ENRP_HANDLE_UPDATE)->update,
			 RSP_UPDATE_DEL_PE);
	clear();
	/* refused: nobody hears of it */
	deregister(&pe_b, "p", 1);
	pe = pe_param(0, host_a);
	register_pe(&pe_a, "p", &pe);
	assert_int_equal(a.sent, 0);
}

/* ENRP-UPD-02 ASAP-REG-28: the end of a registration life */
static void update_of_the_end(void **state)
{
	(void)state;
	cluster();
	register_id(&pe_a, "p", 1);
	clear();
	advance(299000);
	assert_null(got(&a, RSP_ENRP_HANDLE_UPDATE));
	clear();
	presence(&a, 0, 0xffff);
	advance(1000);
	assert_int_equal(got(&a, RSP_ENRP_HANDLE_UPDATE)->update,
			 RSP_UPDATE_DEL_PE);
}

/* ENRP-UPD-05 ENRP-UPD-06 ENRP-UPD-08 */
static void updated(void **state)
{
	(void)state;
	cluster();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	update(&b, RSP_UPDATE_ADD_PE, "p", 2);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(home_of("p", 2), ID_B);
	assert_int_equal(r->hs.pools.count, 1);
	update(&b, RSP_UPDATE_ADD_PE, "p", 1);
	assert_int_equal(home_of("p", 1), ID_B);
	update(&a, RSP_UPDATE_DEL_PE, "p", 1);	/* not his any more */
	assert_int_equal(home_of("p", 1), ID_B);
	update(&b, RSP_UPDATE_DEL_PE, "p", 1);
	update(&b, RSP_UPDATE_DEL_PE, "p", 7);
	update(&b, RSP_UPDATE_DEL_PE, "p", 2);
	assert_int_equal(r->hs.pools.count, 0);
	/* nothing of this goes on to others */
	assert_int_equal(a.sent + b.sent + c.sent, 0);
}

/* POL-LUD-03: a registration seen from afar */
static void update_resets_degradation(void **state)
{
	struct rsp_pe_param param = foreign(1, ID_A);
	struct hs_pool *pool;
	struct hs_pe *pe;

	(void)state;
	cluster();
	param.policy = (struct rsp_policy_param){
		.type = RSP_POLICY_LEAST_USED_DEGRADATION,
		.load = 10,
		.degradation = 5,
	};
	update_pe(&a, RSP_UPDATE_ADD_PE, "p", &param);
	pool = pool_of("p");
	assert_int_equal(policy_select(pool, &pe, 1, &r->random), 1);
	policy_returned(pool, &pe, 1, 1);
	assert_int_equal(pe->selection.selected, 1);
	update_pe(&b, RSP_UPDATE_DEL_PE, "p", &param);	/* he says nothing */
	assert_int_equal(pe->selection.selected, 1);
	update_pe(&a, RSP_UPDATE_ADD_PE, "p", &param);
	assert_int_equal(pe->selection.selected, 0);
	assert_int_equal(pe->selection.key, 10);
}

/* ENRP-UPD-03 */
static void update_unknown(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	cluster();
	update(&a, 7, "p", 1);
	msg = only(&a, RSP_ENRP_ERROR);
	assert_int_equal(msg->causes.cause[0].code, RSP_CAUSE_INVALID_VALUES);
	assert_int_equal(r->hs.pools.count, 0);
}

/* ENRP-UPD-07 ASAP-REG-23: it has registered there since */
static void update_of_ours(void **state)
{
	(void)state;
	cluster();
	register_id(&pe_a, "p", 1);
	advance(5000);
	clear();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(a.sent, 0);
	/* it is told, and comes back if it knows better: that was an old one */
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
	register_id(&pe_a, "p", 1);
	assert_int_equal(home_of("p", 1), ID);
	only(&a, RSP_ENRP_HANDLE_UPDATE);
}

/* ENRP-UPD-11: the lowest identifier's pool stays */
static void update_of_another_policy(void **state)
{
	struct rsp_pe_param pe = foreign(9, ID_B);

	(void)state;
	cluster();
	register_id(&pe_a, "p", 1);
	pe.policy.type = RSP_POLICY_RANDOM;
	update_pe(&b, RSP_UPDATE_ADD_PE, "p", &pe);
	assert_int_equal(home_of("p", 1), ID);
	assert_int_equal(home_of("p", 9), 0);
	clear();
	pe.home_id = ID_A;
	update_pe(&a, RSP_UPDATE_ADD_PE, "p", &pe);
	assert_int_equal(home_of("p", 1), 0);
	assert_int_equal(home_of("p", 9), ID_A);
	assert_int_equal(only(&a, RSP_ENRP_HANDLE_UPDATE)->update,
			 RSP_UPDATE_DEL_PE);
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
}

/* ASAP-UNR-11: somebody cannot reach an element of ours */
static void update_unreachable(void **state)
{
	unsigned int sent;

	(void)state;
	cluster();
	register_id(&pe_a, "p", 1);
	sent = pe_a.sent;
	update(&a, RSP_UPDATE_DEL_PE, "p", 1);
	assert_int_equal(pe_a.sent, sent + 1);
	assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	ack(&pe_a, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(home_of("p", 1), ID);
}

/* ---- presence --------------------------------------------------------------------- */

/* ENRP-PRS-02 ENRP-PRS-03 ENRP-PRS-04 ENRP-PRS-06 ENRP-AUD-02 ENRP-AUD-07 */
static void presences(void **state)
{
	struct rsp_transport t;
	const struct rsp_msg *msg;
	struct rsp_iter it;
	uint32_t id;

	(void)state;
	say(&a, RSP_ENRP_LIST_REQUEST, 0);
	msg = got(&a, RSP_ENRP_PRESENCE);
	assert_non_null(msg);
	assert_int_equal(msg->flags, RSP_FLAG_REPLY_REQUIRED);
	clear();
	presence(&a, RSP_FLAG_REPLY_REQUIRED, 0xffff);
	msg = only(&a, RSP_ENRP_PRESENCE);
	assert_int_equal(msg->flags, 0);
	assert_int_equal(msg->receiver_id, ID_A);
	assert_true(msg->has_checksum);
	assert_int_equal(msg->checksum, 0xffff);
	it = msg->body;
	assert_true(rsp_next_server(&it, &id, &t));
	assert_int_equal(id, ID);
	assert_int_equal(t.port, RSP_ENRP_PORT);
}

/* ENRP-PRS-05 ENRP-PRS-07 */
static void heartbeat(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	cluster();
	advance(HEARTBEAT - 1);
	assert_int_equal(a.sent, 0);
	advance(1);
	msg = only(&a, RSP_ENRP_PRESENCE);
	assert_int_equal(msg->flags, 0);
	assert_int_equal(msg->receiver_id, 0);
	only(&b, RSP_ENRP_PRESENCE);
}

/* ENRP-PRS-08 ENRP-PRS-09 ENRP-PRS-10 ENRP-TKO-01 */
static void silence(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	cluster();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	advance(20000);
	presence(&b, 0, 0xffff);
	presence(&c, 0, 0xffff);
	say(&a, RSP_ENRP_LIST_REQUEST, 0);	/* any message counts */
	advance(LAST_HEARD - 1);
	presence(&b, 0, 0xffff);
	presence(&c, 0, 0xffff);
	clear();
	advance(1);
	msg = only(&a, RSP_ENRP_PRESENCE);
	assert_int_equal(msg->flags, RSP_FLAG_REPLY_REQUIRED);
	clear();
	advance(NO_RESPONSE);
	msg = only(&b, RSP_ENRP_INIT_TAKEOVER);
	assert_int_equal(msg->target_id, ID_A);
	assert_int_equal(msg->receiver_id, ID_B);
	only(&c, RSP_ENRP_INIT_TAKEOVER);
	only(&a, RSP_ENRP_INIT_TAKEOVER);
}

/* ENRP-PRS-11 ENRP-PRS-13 */
static void presence_of_others(void **state)
{
	struct rsp_writer w;

	(void)state;
	cluster();
	begin_msg(&w, &a, RSP_ENRP_PRESENCE, RSP_FLAG_REPLY_REQUIRED, 0x777);
	rsp_put_pe_checksum(&w, 0x1234);
	put(&a, &w);
	assert_int_equal(a.sent, 0);	/* no answer, no audit */
	a.id = ID;
	presence(&a, RSP_FLAG_REPLY_REQUIRED, 0);
	assert_int_equal(a.sent, 0);
	assert_int_equal(r->stats.rx_bad, 1);
}

/* ENRP-PRS-12 */
static void restarted_with_another_id(void **state)
{
	(void)state;
	cluster();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	clear();
	a.id = 0x4ddd;
	presence(&a, 0, 0xffff);
	assert_int_equal(only(&b, RSP_ENRP_INIT_TAKEOVER)->target_id, ID_A);
}

/* ---- takeover ----------------------------------------------------------------------- */

/* A has an element and does not answer: takeovers by us begin. */
static void a_dies(void)
{
	cluster();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	a.refuses = true;
	clear();
	enrp_lost(r, &a.assoc, now);
	a.assoc.link = NULL;
}

/* ENRP-TKO-02 ENRP-TKO-09 ENRP-TKO-10 ENRP-TKO-11 */
static void takeover(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	a_dies();
	assert_int_equal(only(&b, RSP_ENRP_INIT_TAKEOVER)->target_id, ID_A);
	say_target(&b, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	assert_int_equal(home_of("p", 1), ID_A);
	clear();
	say_target(&c, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	msg = got(&b, RSP_ENRP_TAKEOVER_SERVER);
	assert_non_null(msg);
	assert_int_equal(msg->target_id, ID_A);
	assert_non_null(got(&c, RSP_ENRP_TAKEOVER_SERVER));
	assert_int_equal(home_of("p", 1), ID);
	assert_null(peer_find(r, ID_A));
}

static struct assoc element;

static int dial_element(void *arg, const struct rsp_transport *to,
			struct asap_assoc **assoc)
{
	(void)arg;
	if (element.err)
		return element.err;
	if (!element.assoc.npes)
		found(&element, &sctp, to->addrs[0].octets);
	element.assoc.dialed = true;
	*assoc = &element.assoc;
	return 0;
}

static void finish_takeover(void)
{
	memset(&element, 0, sizeof(element));
	r->dialer.dial = dial_element;
	a_dies();
	r->dialer.dial = dial_element;
	say_target(&b, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	say_target(&c, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
}

/* ENRP-TKO-11 ENRP-TKO-16 */
static void takeover_tells_elements(void **state)
{
	(void)state;
	finish_takeover();
	advance(10);
	assert_int_equal(element.sent, 1);
	assert_type(&element, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	assert_int_equal(element.last.msg.flags, RSP_FLAG_HOME);
	assert_int_equal(element.last.msg.server_id, ID);
	ack(&element, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(home_of("p", 1), ID);
	finish_takeover();
	advance(10);
	clear();
	advance(KA_TIMEOUT);
	assert_int_equal(home_of("p", 1), 0);
	assert_int_equal(got(&b, RSP_ENRP_HANDLE_UPDATE)->update,
			 RSP_UPDATE_DEL_PE);
}

/* A has an element and offers it to us. */
static void offer(bool accept)
{
	struct rsp_pe_param pe = foreign(1, ID_A);

	cluster();
	r->config.enrp.suggest = accept;
	memset(&element, 0, sizeof(element));
	r->dialer.dial = dial_element;
	update_flags(&a, RSP_FLAG_SUGGESTED, RSP_UPDATE_ADD_PE, "p", &pe);
	advance(1900);
	/* A would not believe us that early */
	assert_int_equal(element.sent, 0);
	advance(1200);
}

/* ENRP-UPD-12 */
static void suggestion_taken(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	offer(true);
	assert_type(&element, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	assert_int_equal(element.last.msg.flags, RSP_FLAG_HOME);
	assert_int_equal(home_of("p", 1), ID_A);
	clear();
	ack(&element, "p", 1);
	assert_int_equal(home_of("p", 1), ID);
	msg = only(&a, RSP_ENRP_HANDLE_UPDATE);
	assert_int_equal(msg->update, RSP_UPDATE_ADD_PE);
	assert_int_equal(msg->flags, 0);
	only(&b, RSP_ENRP_HANDLE_UPDATE);
	/* from now on its life is ours to watch */
	advance(300 * 1000 + 1);
	assert_int_equal(home_of("p", 1), 0);
}

/* It is asked already when its home says that there is more of it. */
static void suggestion_grows(void **state)
{
	struct rsp_pe_param pe = foreign(1, ID_A);
	const struct hs_pe *known;

	(void)state;
	offer(true);
	assert_type(&element, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	add_addr(&pe.user, host_b);
	update_pe(&a, RSP_UPDATE_ADD_PE, "p", &pe);
	known = hs_find_pe(&r->hs, pool_of("p"), 1);
	assert_ptr_equal(known->owner, &element.assoc);
	assert_int_equal(element.assoc.octets, hs_pe_weight(known));
	ack(&element, "p", 1);
	assert_int_equal(home_of("p", 1), ID);
	advance(300 * 1000 + 1);
	assert_int_equal(home_of("p", 1), 0);
	assert_int_equal(element.assoc.octets, 0);
}

/* ENRP-UPD-12: one that does not answer stays what it is */
static void suggestion_silent(void **state)
{
	(void)state;
	offer(true);
	clear();
	advance(KA_TIMEOUT + 1);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(a.sent + b.sent + c.sent, 0);
	/* the question may still come to it, and make us its home */
	assert_type(&element, RSP_ASAP_DEREGISTRATION_RESPONSE);
	offer(true);
	assert_type(&element, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	update(&a, RSP_UPDATE_DEL_PE, "p", 1);
	assert_int_equal(home_of("p", 1), 0);
	assert_type(&element, RSP_ASAP_DEREGISTRATION_RESPONSE);
	offer(true);
	clear();
	registrar_lost(r, &element.assoc, now);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(a.sent + b.sent + c.sent, 0);
}

/* ENRP-UPD-12: not without the option */
static void suggestion_ignored(void **state)
{
	(void)state;
	offer(false);
	assert_int_equal(element.sent, 0);
	assert_int_equal(home_of("p", 1), ID_A);
}

static uint8_t flags_of_update(struct peer *p)
{
	return only(p, RSP_ENRP_HANDLE_UPDATE)->flags;
}

/* ENRP-UPD-12: to who has the fewest, if we have twice as many */
static void suggestion_made(void **state)
{
	(void)state;
	cluster();
	r->config.enrp.suggest = true;
	update(&a, RSP_UPDATE_ADD_PE, "p", 21);
	update(&b, RSP_UPDATE_ADD_PE, "p", 22);
	register_id(&pe_a, "p", 1);
	assert_int_equal(flags_of_update(&c), 0);
	clear();
	register_id(&pe_a, "p", 2);
	assert_int_equal(flags_of_update(&a), 0);
	assert_int_equal(flags_of_update(&b), 0);
	assert_int_equal(flags_of_update(&c), RSP_FLAG_SUGGESTED);
	update(&c, RSP_UPDATE_ADD_PE, "p", 23);
	clear();
	register_id(&pe_a, "p", 3);
	assert_int_equal(flags_of_update(&c), 0);
	r->config.enrp.suggest = false;
	register_id(&pe_a, "p", 4);
	register_id(&pe_a, "p", 5);
	clear();
	register_id(&pe_a, "p", 6);
	assert_int_equal(flags_of_update(&a), 0);
	/* one that has changed, or come from elsewhere, is not offered */
	r->config.enrp.suggest = true;
	clear();
	register_id(&pe_a, "p", 21);
	assert_int_equal(home_of("p", 21), ID);
	assert_int_equal(flags_of_update(&a), 0);
	r->config.enrp.suggest = false;
	/* what leaves is nobody's */
	r->config.enrp.suggest = true;
	clear();
	deregister(&pe_a, "p", 6);
	assert_int_equal(flags_of_update(&a), 0);
}

/* ENRP-TKO-12 */
static void takeover_without_answers(void **state)
{
	(void)state;
	a_dies();
	say_target(&b, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	clear();
	advance(NO_RESPONSE);
	/* who has not answered is asked again, then it goes on without */
	assert_int_equal(b.sent, 0);
	only(&c, RSP_ENRP_INIT_TAKEOVER);
	advance(NO_RESPONSE);
	assert_int_equal(home_of("p", 1), ID);
}

/* ENRP-TKO-12: the last one that we wait for dies, too */
static void takeover_of_two(void **state)
{
	(void)state;
	a_dies();
	update(&c, RSP_UPDATE_ADD_PE, "p", 2);
	say_target(&b, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	c.refuses = true;
	enrp_lost(r, &c.assoc, now);
	assert_int_equal(home_of("p", 1), ID);
	assert_int_equal(home_of("p", 2), ID_C);
	say_target(&b, RSP_ENRP_INIT_TAKEOVER_ACK, ID_C);
	assert_int_equal(home_of("p", 2), ID);
}

/* ENRP-TKO-14 ENRP-TKO-15 */
static void takeover_alone(void **state)
{
	(void)state;
	presence(&a, 0, 0xffff);
	presence(&b, 0, 0xffff);
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	b.refuses = true;
	clear();
	enrp_lost(r, &b.assoc, now);
	assert_int_equal(a.sent, 0);	/* B had nothing */
	a.refuses = true;
	enrp_lost(r, &a.assoc, now);
	assert_int_equal(home_of("p", 1), ID);
}

/* ENRP-TKO-03 */
static void takeover_of_us(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	cluster();
	say_target(&a, RSP_ENRP_INIT_TAKEOVER, ID);
	msg = only(&a, RSP_ENRP_PRESENCE);
	assert_int_equal(msg->receiver_id, 0);
	only(&b, RSP_ENRP_PRESENCE);
	only(&c, RSP_ENRP_PRESENCE);
}

/* ENRP-TKO-04 */
static void takeover_target_lives(void **state)
{
	(void)state;
	a_dies();
	presence(&a, 0, 0);
	say_target(&b, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	say_target(&c, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	advance(2 * NO_RESPONSE);
	assert_int_equal(home_of("p", 1), ID_A);
}

/* ENRP-TKO-05 ENRP-TKO-13: B's identifier is greater */
static void takeover_given_up(void **state)
{
	(void)state;
	a_dies();
	clear();
	say_target(&b, RSP_ENRP_INIT_TAKEOVER, ID_A);
	assert_int_equal(only(&b, RSP_ENRP_INIT_TAKEOVER_ACK)->target_id, ID_A);
	say_target(&b, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	say_target(&c, RSP_ENRP_INIT_TAKEOVER_ACK, ID_A);
	assert_int_equal(home_of("p", 1), ID_A);
	say_target(&b, RSP_ENRP_TAKEOVER_SERVER, ID_A);
	assert_int_equal(home_of("p", 1), ID_B);
	assert_null(peer_find(r, ID_A));
}

/* ENRP-TKO-06 ENRP-TKO-12: ours is greater than A's; but not for RSPLIB */
static void takeover_not_given_up(void **state)
{
	(void)state;
	cluster();
	update(&b, RSP_UPDATE_ADD_PE, "p", 1);
	b.refuses = true;
	enrp_lost(r, &b.assoc, now);
	clear();
	say_target(&a, RSP_ENRP_INIT_TAKEOVER, ID_B);
	assert_int_equal(a.sent, 0);
	a.assoc.rsplib = true;
	say_target(&a, RSP_ENRP_INIT_TAKEOVER, ID_B);
	only(&a, RSP_ENRP_INIT_TAKEOVER_ACK);
	assert_int_equal(home_of("p", 1), ID_B);
}

/* ENRP-TKO-07 ENRP-TKO-08 ENRP-TKO-12: and he does not do it */
static void takeover_of_another(void **state)
{
	(void)state;
	cluster();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	say_target(&b, RSP_ENRP_INIT_TAKEOVER, ID_A);
	only(&b, RSP_ENRP_INIT_TAKEOVER_ACK);
	clear();
	say_target(&b, RSP_ENRP_INIT_TAKEOVER, 0x999);	/* never heard of */
	only(&b, RSP_ENRP_INIT_TAKEOVER_ACK);
	clear();
	advance(3 * NO_RESPONSE - 1);
	assert_int_equal(b.sent, 0);
	advance(1);
	only(&b, RSP_ENRP_INIT_TAKEOVER);
}

/* ENRP-TKO-17 */
static void takeover_of_us_done(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	cluster();
	register_id(&pe_a, "p", 1);
	clear();
	say_target(&b, RSP_ENRP_TAKEOVER_SERVER, ID);
	assert_non_null(got(&c, RSP_ENRP_PRESENCE));
	msg = got(&b, RSP_ENRP_HANDLE_TABLE_REQUEST);
	assert_non_null(msg);
	assert_int_equal(msg->flags, RSP_FLAG_OWN_ONLY);
	advance(3000);
	clear();
	/* it is greater: he asks the element, and says what that says */
	table(&b, 0, 1, 0);
	assert_int_equal(home_of("p", 1), ID);
	update(&b, RSP_UPDATE_ADD_PE, "p", 1);
	assert_int_equal(home_of("p", 1), ID_B);
	assert_null(got(&a, RSP_ENRP_HANDLE_UPDATE));	/* no DEL_PE */
}

/* ---- audit -------------------------------------------------------------------------- */

/* ENRP-AUD-01 ENRP-AUD-04 ENRP-AUD-05 ENRP-AUD-06 ENRP-AUD-09 */
static void checksums(void **state)
{
	struct enrp_peer *self = &r->enrp.self;
	unsigned int i;

	(void)state;
	assert_int_equal(peer_checksum(self), 0xffff);
	register_id(&pe_a, "abc", 0x12345678);
	/* 0x6162 + 0x6300 + 0x1234 + 0x5678 = 0x12d0e -> 0x2d0f */
	assert_int_equal(peer_checksum(self), 0xd2f0);
	register_id(&pe_a, "a", 1);
	/* 0x6100 + 0x0001 */
	assert_int_equal(peer_checksum(self), (uint16_t)~0x8e10);
	deregister(&pe_a, "abc", 0x12345678);
	assert_int_equal(peer_checksum(self), (uint16_t)~0x6101);
	deregister(&pe_a, "a", 1);
	assert_int_equal(peer_checksum(self), 0xffff);
	r->hs.limits.pes = 20000;
	for (i = 1; i <= 9000; i++)
		register_id(&pe_a, "ffffffffffffffffffffffffffffffff", i);
	/* 9000 * 16 * 0x6666 + 9000 * 9001 / 2 */
	assert_int_equal(self->sum, 9000ULL * 16 * 0x6666 + 40504500);
}

/* ENRP-AUD-03 ENRP-AUD-11 ENRP-AUD-12 */
static void audit(void **state)
{
	const struct rsp_msg *msg;

	(void)state;
	cluster();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	update(&a, RSP_UPDATE_ADD_PE, "p", 2);
	update(&b, RSP_UPDATE_ADD_PE, "p", 3);
	advance(2000);
	clear();
	presence(&a, 0, peer_checksum(peer_find(r, ID_A)));
	assert_int_equal(a.sent, 0);
	presence(&a, 0, 0x1234);
	msg = only(&a, RSP_ENRP_HANDLE_TABLE_REQUEST);
	assert_int_equal(msg->flags, RSP_FLAG_OWN_ONLY);
	assert_int_equal(msg->receiver_id, ID_A);
	clear();
	table(&a, RSP_FLAG_TABLE_MORE, 4, 0);	/* ENRP-AUD-15 */
	only(&a, RSP_ENRP_HANDLE_TABLE_REQUEST);
	assert_int_equal(home_of("p", 1), ID_A);
	clear();
	table(&a, 0, 2, 0);
	assert_int_equal(home_of("p", 1), 0);
	assert_int_equal(home_of("p", 2), ID_A);
	assert_int_equal(home_of("p", 3), ID_B);
	assert_int_equal(home_of("p", 4), ID_A);
	assert_int_equal(a.sent + b.sent + c.sent, 0);
}

/* ENRP-AUD-08 */
static void two_zeros(void **state)
{
	(void)state;
	cluster();
	advance(2000);
	presence(&a, 0, 0x0000);
	presence(&a, 0, 0xffff);
	assert_int_equal(a.sent, 0);
}

/* ENRP-AUD-14 ENRP-AUD-15 */
static void audit_refused(void **state)
{
	(void)state;
	cluster();
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	advance(2000);
	presence(&a, 0, 0x1234);
	table(&a, RSP_FLAG_TABLE_REJECT, 0, 0);
	assert_int_equal(home_of("p", 1), ID_A);
	/* an update while the table is on its way */
	advance(3000);
	presence(&a, 0, 0x1234);
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	update(&a, RSP_UPDATE_ADD_PE, "p", 5);
	table(&a, 0, 0, 0);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(home_of("p", 5), ID_A);
}

/* ENRP-AUD-13: less and less often when it does not help */
static void audit_in_vain(void **state)
{
	unsigned int i, asked = 0;

	(void)state;
	cluster();
	for (i = 0; i < 600; i++) {
		advance(1000);
		clear();
		presence(&a, 0, 0x1234);
		if (!got(&a, RSP_ENRP_HANDLE_TABLE_REQUEST))
			continue;
		asked++;
		table(&a, 0, 0, 0);
	}
	assert_in_range(asked, 5, 20);
}

/* ENRP-AUD-16 */
static void audit_crossing(void **state)
{
	(void)state;
	cluster();
	advance(5000);
	update(&a, RSP_UPDATE_ADD_PE, "p", 1);
	clear();
	presence(&a, 0, 0xffff);	/* said before that */
	assert_int_equal(a.sent, 0);
	advance(1000);
	assert_int_equal(only(&a, RSP_ENRP_PRESENCE)->flags,
			 RSP_FLAG_REPLY_REQUIRED);
	clear();
	presence(&a, 0, peer_checksum(peer_find(r, ID_A)));
	assert_int_equal(a.sent, 0);
}

/* ENRP-AUD-10 */
static void audit_anyway(void **state)
{
	unsigned int i;

	(void)state;
	cluster();
	r->config.enrp.refresh = 600000;
	a.id = 0x5eee;
	presence(&a, 0, 0xffff);
	for (i = 0; i < 600; i++) {
		clear();
		presence(&a, 0, 0xffff);
		advance(1000);
	}
	assert_non_null(got(&a, RSP_ENRP_HANDLE_TABLE_REQUEST));
}

/* Both took it for their own while they could not see each other. */
static void contested(void **state)
{
	(void)state;
	cluster();
	register_id(&pe_a, "p", 1);
	advance(5000);
	presence(&a, 0, 0x1234);
	clear();
	table(&a, 0, 1, 0);
	advance(1001);
	/* A is below us: the element is asked */
	assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	assert_int_equal(pe_a.last.msg.flags, RSP_FLAG_HOME);
	ack(&pe_a, "p", 1);
	assert_int_equal(home_of("p", 1), ID);
	assert_int_equal(only(&a, RSP_ENRP_HANDLE_UPDATE)->update,
			 RSP_UPDATE_ADD_PE);
	/* and once more, and it does not answer: it is A's */
	advance(20000);
	presence(&a, 0, 0x1234);
	table(&a, 0, 1, 0);
	advance(1001);
	clear();
	advance(KA_TIMEOUT);
	assert_int_equal(home_of("p", 1), ID_A);
	assert_int_equal(got(&b, RSP_ENRP_HANDLE_UPDATE)->update,
			 RSP_UPDATE_ADD_PE);
	/* the keep-alive may be late, and make us its home */
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
}

#define ENRP_TEST(name)							\
	cmocka_unit_test_setup_teardown(name, setup_enrp, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENRP_TEST(peer_list),
		ENRP_TEST(nobody),
		ENRP_TEST(mentor),
		ENRP_TEST(mentor_makes_pools),
		ENRP_TEST(mentor_replaces),
		ENRP_TEST(novel_policy),
		ENRP_TEST(mentors_fail),
		ENRP_TEST(mentors_are_not_there),
		ENRP_TEST(asked_too_early),
		ENRP_TEST(news_while_learning),
		ENRP_TEST(other_peers),
		ENRP_TEST(list_of_all),
		ENRP_TEST(table_of_all),
		ENRP_TEST(table_in_parts),
		ENRP_TEST(updates),
		ENRP_TEST(update_of_the_end),
		ENRP_TEST(updated),
		ENRP_TEST(update_resets_degradation),
		ENRP_TEST(update_unknown),
		ENRP_TEST(update_of_ours),
		ENRP_TEST(update_of_another_policy),
		ENRP_TEST(update_unreachable),
		ENRP_TEST(presences),
		ENRP_TEST(heartbeat),
		ENRP_TEST(silence),
		ENRP_TEST(presence_of_others),
		ENRP_TEST(restarted_with_another_id),
		ENRP_TEST(takeover),
		ENRP_TEST(takeover_tells_elements),
		ENRP_TEST(suggestion_taken),
		ENRP_TEST(suggestion_grows),
		ENRP_TEST(suggestion_silent),
		ENRP_TEST(suggestion_ignored),
		ENRP_TEST(suggestion_made),
		ENRP_TEST(takeover_without_answers),
		ENRP_TEST(takeover_of_two),
		ENRP_TEST(takeover_alone),
		ENRP_TEST(takeover_of_us),
		ENRP_TEST(takeover_target_lives),
		ENRP_TEST(takeover_given_up),
		ENRP_TEST(takeover_not_given_up),
		ENRP_TEST(takeover_of_another),
		ENRP_TEST(takeover_of_us_done),
		ENRP_TEST(checksums),
		ENRP_TEST(audit),
		ENRP_TEST(two_zeros),
		ENRP_TEST(audit_refused),
		ENRP_TEST(audit_in_vain),
		ENRP_TEST(audit_crossing),
		ENRP_TEST(audit_anyway),
		ENRP_TEST(contested),
	};

	log_init(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
