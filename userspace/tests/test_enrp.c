// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the handlespace and the peers come from, at the start and later.
 */

#include "enrp_peers.h"

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
	};

	log_init(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
