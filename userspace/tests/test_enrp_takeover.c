// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers that die, and peers that do not say the same as we do.
 */

#include "enrp_peers.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
