// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: subscriptions to pools, and what is sent because of them.
 */

#include "rspd_core.h"

#include "../rspd/subscription.h"

/* The last message is a positive answer with the A bit and so many elements. */
static void assert_update(const struct assoc *a, unsigned int npes)
{
	assert_type(a, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	assert_int_equal(a->last.msg.flags, RSP_FLAG_ACCEPTED);
	assert_int_equal(a->request, 0);
	assert_int_equal(a->last.msg.npes, npes);
}

/* ASAP-RES-18 ASAP-RES-19 ASAP-RES-20: asked, accepted, told at once */
static void updates(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	pu.request = 17;
	assert_true(subscribe(&pu, "p"));
	assert_int_equal(pu.request, 17);
	assert_int_equal(pu.last.msg.npes, 1);
	advance(1000);
	assert_int_equal(pu.sent, 1);
	register_id(&pe_b, "p", 2);
	assert_int_equal(pu.sent, 2);
	assert_update(&pu, 2);
	advance(1000);
	deregister(&pe_a, "p", 1);
	assert_int_equal(pu.sent, 3);
	assert_update(&pu, 1);
	/* other pools are others' business */
	advance(1000);
	register_id(&pe_a, "q", 3);
	advance(1000);
	assert_int_equal(pu.sent, 3);
}

/* ASAP-RES-20: a changed policy value is a change, to register again is none */
static void changed_values(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	pe.policy.type = RSP_POLICY_LEAST_USED;
	register_pe(&pe_a, "p", &pe);
	assert_true(subscribe(&pu, "p"));
	advance(1000);
	register_pe(&pe_a, "p", &pe);
	advance(1000);
	assert_int_equal(pu.sent, 1);
	pe.policy.load = 0x80000000;
	register_pe(&pe_a, "p", &pe);
	assert_int_equal(pu.sent, 2);
	assert_update(&pu, 1);
	assert_int_equal(pu.last.msg.policy.type, RSP_POLICY_LEAST_USED);
}

/* ASAP-RES-24: the first change at once, the others 100 ms later, together */
static void coalesced(void **state)
{
	uint32_t id;

	(void)state;
	register_id(&pe_a, "p", 1);
	assert_true(subscribe(&pu, "p"));
	advance(SUBSCRIPTION_PAUSE);
	for (id = 2; id < 10; id++)
		register_id(&pe_a, "p", id);
	assert_int_equal(pu.sent, 2);
	assert_update(&pu, 2);
	advance(SUBSCRIPTION_PAUSE - 1);
	assert_int_equal(pu.sent, 2);
	advance(1);
	assert_int_equal(pu.sent, 3);
	assert_update(&pu, 9);
	advance(1000);
	assert_int_equal(pu.sent, 3);
}

/* All that goes with an association is one change, and a change at once. */
static void many_at_once(void **state)
{
	uint32_t id;

	(void)state;
	register_id(&pe_b, "p", 100);
	for (id = 1; id <= 50; id++)
		register_id(&pe_a, "p", id);
	assert_true(subscribe(&pu, "p"));
	advance(SUBSCRIPTION_PAUSE);
	registrar_lost(r, &pe_a.assoc, now);
	assert_int_equal(pu.sent, 2);
	assert_update(&pu, 1);
}

/* An answer that was asked for is as good as an update. */
static void asked_meanwhile(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	assert_true(subscribe(&pu, "p"));
	register_id(&pe_a, "p", 2);
	assert_int_equal(pu.sent, 1);
	assert_true(subscribe(&pu, "p"));
	assert_int_equal(pu.last.msg.npes, 2);
	advance(1000);
	assert_int_equal(pu.sent, 2);
	assert_int_equal(r->subs.count, 1);
}

/* ASAP-RES-23: a request without the S bit ends it */
static void ended_by_request(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "q", 1);
	assert_true(subscribe(&pu, "p"));
	assert_true(subscribe(&pu, "q"));
	assert_int_equal(resolve(&pu, "p"), 1);
	assert_int_equal(pu.last.msg.flags, 0);
	advance(1000);
	register_id(&pe_a, "p", 2);
	assert_int_equal(pu.sent, 3);
	register_id(&pe_a, "q", 2);
	assert_int_equal(pu.sent, 4);
	assert_int_equal(r->subs.count, 1);
}

/* ASAP-RES-22: the pool is gone: one negative answer, then nothing any more */
static void ended_with_pool(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	assert_true(subscribe(&pu, "p"));
	register_id(&pe_a, "p", 2);	/* an update is owed */
	deregister(&pe_a, "p", 2);
	deregister(&pe_a, "p", 1);
	assert_int_equal(pu.sent, 2);
	assert_type(&pu, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	assert_int_equal(pu.last.msg.flags, 0);
	assert_int_equal(pu.last.msg.npes, 0);
	assert_cause(&pu, RSP_CAUSE_UNKNOWN_POOL_HANDLE);
	register_id(&pe_a, "p", 1);
	advance(1000);
	assert_int_equal(pu.sent, 2);
	assert_int_equal(r->subs.count, 0);
}

/* ASAP-RES-22 ASAP-RES-19: none of a pool that is not there */
static void unknown_pool(void **state)
{
	(void)state;
	assert_false(subscribe(&pu, "p"));
	assert_cause(&pu, RSP_CAUSE_UNKNOWN_POOL_HANDLE);
	register_id(&pe_a, "p", 1);
	advance(1000);
	assert_int_equal(pu.sent, 1);
}

/* ASAP-RES-18: for the lifetime of the association */
static void ended_with_association(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "q", 1);
	assert_true(subscribe(&pu, "p"));
	assert_true(subscribe(&pu, "q"));
	register_id(&pe_a, "p", 2);
	registrar_lost(r, &pu.assoc, now);
	advance(1000);
	assert_int_equal(pu.sent, 2);
	assert_int_equal(r->subs.count, 0);
	found(&pu, &sctp, host_c);
	assert_true(subscribe(&pu, "p"));
	registrar_restarted(r, &pu.assoc, now);
	assert_int_equal(r->subs.count, 0);
}

/* The same over each link, at most one per peer and in all: ASAP-RES-24 */
static void limits(void **state)
{
	struct registrar_config config = standard();
	static struct assoc mod, other;
	char handle[2] = "a";

	(void)state;
	config.max_subs = 10;
	config.max_peer_subs = 4;
	restart(&config);
	found(&other, &tcp, host_b);
	found(&mod, &module, host_a);
	for (; *handle < 'a' + 12; ++*handle)
		register_id(&pe_a, handle, 1);
	for (*handle = 'a'; *handle < 'a' + 6; ++*handle)
		assert_int_equal(subscribe(&pu, handle), *handle < 'a' + 4);
	assert_int_equal(r->stats.subs_refused, 2);
	assert_true(subscribe(&pu, "b"));	/* one that it has */
	assert_true(subscribe(&other, "a"));
	/* the module stands for many */
	for (*handle = 'a'; *handle < 'a' + 6; ++*handle)
		assert_int_equal(subscribe(&mod, handle), *handle < 'a' + 5);
	assert_int_equal(r->subs.count, 10);
	assert_false(subscribe(&other, "b"));
	assert_int_equal(resolve(&pu, "a"), 1);
	assert_true(subscribe(&other, "b"));
	advance(1000);
	register_id(&pe_a, "b", 2);
	assert_update(&pu, 2);
	assert_update(&mod, 2);
	assert_update(&other, 2);
}

/* ASAP-RES-27: a subscriber gets as many as it asked for */
static void counted(void **state)
{
	uint32_t id;

	(void)state;
	for (id = 1; id <= 10; id++)
		register_id(&pe_a, "p", id);
	subscribe_items(&pu, "p", 3);
	assert_int_equal(pu.last.msg.npes, 3);
	advance(1000);
	register_id(&pe_a, "p", 11);
	assert_update(&pu, 3);
}

/* No room to send: later, and then the pool as it is then */
static void no_room(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	assert_true(subscribe(&pu, "p"));
	advance(1000);
	pu.err = -EAGAIN;
	register_id(&pe_a, "p", 2);
	advance(10 * SUBSCRIPTION_PAUSE);
	register_id(&pe_a, "p", 3);
	pu.err = 0;
	advance(SUBSCRIPTION_PAUSE);
	assert_int_equal(pu.sent, 2);
	assert_update(&pu, 3);
	/* the last word: then the association has to say it */
	pu.err = -EAGAIN;
	deregister(&pe_a, "p", 1);
	deregister(&pe_a, "p", 2);
	deregister(&pe_a, "p", 3);
	assert_int_equal(pu.closed, 1);
	assert_int_equal(r->subs.count, 0);
}

/*
 * ASAP-RES-24: 100 elements that come and go 50 times a second, 100
 * subscribers: not more than ten updates a second to each, and what each one
 * knows is never older than 200 ms.
 */
static void bounded(void **state)
{
	enum { PES = 100, SUBS = 100, RATE = 50, SECONDS = 10 };
	static struct assoc subs[SUBS];
	unsigned int i, step, changes = 0;
	uint32_t id;

	(void)state;
	for (id = 1; id <= PES; id++)
		register_id(&pe_a, "p", id);
	for (i = 0; i < SUBS; i++) {
		found(&subs[i], i % 2 ? &sctp : &tcp, host_c);
		assert_true(subscribe(&subs[i], "p"));
		subs[i].sent = 0;
	}
	for (step = 0; step < SECONDS * RATE; step++) {
		advance(1000 / RATE);
		id = 1 + step / 2 * 7 % PES;
		if (step % 2)
			register_id(&pe_a, "p", id);
		else
			deregister(&pe_a, "p", id);
		changes++;
		if (step % RATE != RATE - 1)
			continue;
		/* stop, to see how long the news takes */
		advance(SUBSCRIPTION_PAUSE);
		for (i = 0; i < SUBS; i++)
			assert_int_equal(subs[i].last.msg.npes, PES);
	}
	assert_int_equal(changes, SECONDS * RATE);
	for (i = 0; i < SUBS; i++)
		assert_in_range(subs[i].sent, 9 * SECONDS,
				11 * SECONDS + 1);
	assert_int_equal(r->stats.updates, SUBS * subs[0].sent);
}

/* What is owed to very many goes out in parts, others get their turn. */
static void in_parts(void **state)
{
	enum { SUBS = 500 };
	static struct assoc subs[SUBS];
	unsigned int i, told = 0;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < SUBS; i++) {
		found(&subs[i], &sctp, host_c);
		assert_true(subscribe(&subs[i], "p"));
	}
	advance(SUBSCRIPTION_PAUSE);
	register_id(&pe_a, "p", 2);
	for (i = 0; i < SUBS; i++)
		told += subs[i].sent == 2;
	assert_in_range(told, 1, SUBS / 2);
	assert_true(registrar_next(r) <= now);
	advance(0);
	for (i = 0; i < SUBS; i++)
		assert_int_equal(subs[i].sent, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(updates),
		TEST(changed_values),
		TEST(coalesced),
		TEST(many_at_once),
		TEST(asked_meanwhile),
		TEST(ended_by_request),
		TEST(ended_with_pool),
		TEST(unknown_pool),
		TEST(ended_with_association),
		TEST(limits),
		TEST(counted),
		TEST(no_room),
		TEST(bounded),
		TEST(in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
