// SPDX-License-Identifier: GPL-2.0-only
/*
 * What peers say of their elements, and that they are there.
 */

#include "enrp_peers.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	log_init(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
