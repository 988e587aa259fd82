// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: what the end of an association means, whose habits the other end has,
 * how much it may have.
 */

#include "rspd_core.h"

static struct assoc called, called_again;	/* by the core */
static struct rsp_transport called_at;
static unsigned int calls;
static bool unreachable;

/* There is one already for the second element of the same place. */
static int fake_dial(void *arg, const struct rsp_transport *to,
		     struct asap_assoc **assoc)
{
	struct assoc *to_call = calls > 1 ? &called_again : &called;

	assert_ptr_equal(arg, &called);
	*assoc = &to_call->assoc;
	if (calls && to_call->assoc.npes)
		return 0;
	calls++;
	called_at = *to;
	if (unreachable)
		return -EHOSTUNREACH;
	to_call = calls > 1 ? &called_again : &called;
	*assoc = &to_call->assoc;
	found(to_call, &sctp, to->addrs[0].octets);
	to_call->assoc.dialed = true;
	return 0;
}

static int setup_dialer(void **state)
{
	setup(state);
	r->dialer.dial = fake_dial;
	r->dialer.arg = &called;
	calls = 0;
	unreachable = false;
	memset(&called, 0, sizeof(called));
	return 0;
}

/* ASAP-REG-29 ASAP-REG-24 ASAP-UNR-05: asked at its ASAP transport; answers */
static void lost_and_alive(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "q", 2);
	registrar_lost(r, &pe_a.assoc, now);
	assert_int_equal(calls, 1);
	assert_int_equal(called_at.type, RSP_PARAM_SCTP_TRANSPORT);
	assert_int_equal(called_at.port, 4711);
	assert_memory_equal(called_at.addrs[0].octets, host_a, 4);
	assert_int_equal(called.sent, 2);
	assert_type(&called, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	assert_int_equal(called.last.msg.flags, 0);	/* H=0: it is ours */
	assert_int_equal(called.last.msg.server_id, ID);
	ack(&called, "p", 1);
	ack(&called, "q", 2);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 1);
	assert_int_equal(resolve(&pu, "q"), 2);
	assert_int_equal(called.closed, 0);
}

/* ASAP-KAL-09 ASAP-RES-32: the association does not even come up */
static void lost_and_dead(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	registrar_lost(r, &pe_a.assoc, now);
	assert_int_equal(resolve(&pu, "p"), 1);
	registrar_lost(r, &called.assoc, now);
	assert_int_equal(calls, 1);
	assert_int_equal(resolve(&pu, "p"), 0);
}

/* ASAP-KAL-10: it comes up, but nobody answers */
static void lost_and_mute(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	registrar_lost(r, &pe_a.assoc, now);
	advance(KA_TIMEOUT - 1);
	assert_int_equal(resolve(&pu, "p"), 1);
	advance(1);
	assert_int_equal(resolve(&pu, "p"), 0);
	assert_int_equal(called.closed, 1);
}

static void lost_and_unreachable(void **state)
{
	(void)state;
	unreachable = true;
	register_id(&pe_a, "p", 1);
	registrar_lost(r, &pe_a.assoc, now);
	assert_int_equal(calls, 1);
	assert_int_equal(resolve(&pu, "p"), 0);
}

/* One that was alive when it was asked is asked again when that ends. */
static void lost_again(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	registrar_lost(r, &pe_a.assoc, now);
	ack(&called, "p", 1);
	registrar_lost(r, &called.assoc, now);
	assert_int_equal(calls, 2);
	assert_type(&called_again, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	ack(&called_again, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* The element makes ours its own: we do not end it then. */
static void adopted(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	registrar_lost(r, &pe_a.assoc, now);
	ack(&called, "p", 1);
	deregister(&called, "p", 1);
	assert_int_equal(r->hs.pes.count, 0);
	assert_int_equal(called.closed, 0);
}

/* It has come back by itself: ours is not needed any more. */
static void comes_back(void **state)
{
	static struct assoc again;

	(void)state;
	register_id(&pe_a, "p", 1);
	registrar_lost(r, &pe_a.assoc, now);
	found(&again, &sctp, host_a);
	register_id(&again, "p", 1);
	assert_granted(&again);
	assert_int_equal(called.closed, 1);
	registrar_lost(r, &called.assoc, now);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 1);
	assert_int_equal(calls, 1);
}

/* Only the pool users of an association are lost: nobody to be asked. */
static void lost_pool_user(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	assert_int_equal(resolve(&pu, "p"), 1);
	registrar_lost(r, &pu.assoc, now);
	assert_int_equal(calls, 0);
}

/* The module says for itself what is registered. */
static void lost_module(void **state)
{
	static struct assoc mod;

	(void)state;
	found(&mod, &module, host_a);
	register_id(&mod, "p", 1);
	registrar_lost(r, &mod.assoc, now);
	assert_int_equal(calls, 0);
	assert_int_equal(r->hs.pes.count, 0);
}

/* Another process at the same place: it knows the element, or does not. */
static void restarted(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "p", 2);
	registrar_restarted(r, &pe_a.assoc, now);
	advance(1000);
	assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	ack(&pe_a, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(r->hs.pes.count, 1);
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-REG-01 ASAP-DRG-10 ERR-13: pool users only, over TCP */
static void over_tcp(void **state)
{
	static struct assoc user;

	(void)state;
	found(&user, &tcp, host_a);
	register_id(&user, "p", 1);
	assert_refused(&user, RSP_CAUSE_SECURITY);
	assert_int_equal(r->hs.pes.count, 0);
	register_id(&pe_a, "p", 1);
	deregister(&user, "p", 1);
	assert_cause(&user, RSP_CAUSE_SECURITY);
	deregister(&user, "p", 2);
	assert_cause(&user, RSP_CAUSE_SECURITY);
	/* ASAP-RES-25 */
	assert_int_equal(resolve(&user, "p"), 1);
	report(&user, "p", 1);
	assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
}

/* WIRE-32: milliseconds of those that mean milliseconds, by longest prefix */
static void profiles(void **state)
{
	struct registrar_config config = standard();
	struct rsp_pe_param pe = pe_param(1, host_a), kept;

	(void)state;
	config.ka_interval = 0;
	profile(&config, host_a, 32, true);
	profile(&config, host_a, 24, false);
	profile(&config, (const __u8[]){ 192, 0, 0, 0 }, 8, true);
	restart(&config);
	pe.life = 2500;
	register_pe(&pe_a, "p", &pe);
	assert_granted(&pe_a);
	kept = resolved(&pu, "p");
	assert_int_equal(kept.life, 3);		/* seconds, to an RFC peer */
	assert_int_equal(pu.last.msg.policy.type, 0);
	kept = resolved(&pe_a, "p");
	assert_int_equal(kept.life, 3000);
	assert_int_equal(pe_a.last.msg.policy.type, RSP_POLICY_ROUND_ROBIN);
	pe = pe_param(2, host_b);
	pe.life = 100;				/* seconds, of an RFC peer */
	register_pe(&pe_b, "p", &pe);
	advance(2999);
	assert_int_equal(r->hs.pes.count, 2);
	advance(1);
	assert_int_equal(r->hs.pes.count, 1);
	advance(96000);
	assert_int_equal(r->hs.pes.count, 1);
	/* -1 is for ever for both; too much for them is as much as they know */
	pe.life = INT32_MAX;
	register_pe(&pe_b, "p", &pe);
	kept = resolved(&pe_a, "p");
	assert_int_equal(kept.life, INT32_MAX);
	pe.life = RSP_LIFE_INFINITE;
	register_pe(&pe_b, "p", &pe);
	kept = resolved(&pe_a, "p");
	assert_int_equal(kept.life, RSP_LIFE_INFINITE);
}

/* The module of this host is none of RSPLIB's, whatever the others are. */
static void profile_of_module(void **state)
{
	struct registrar_config config = standard();
	static struct assoc mod;
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	config.rsplib = true;
	restart(&config);
	found(&mod, &module, host_a);
	pe.life = 300;
	register_pe(&mod, "p", &pe);
	pe = resolved(&mod, "p");
	assert_int_equal(pe.life, 300);
	pe = resolved(&pu, "p");
	assert_int_equal(pe.life, 300000);
}

/* SEC-20: who wants everything gets half, and the next one is served */
static void quota(void **state)
{
	struct registrar_config config = standard();
	uint32_t id;

	(void)state;
	config.limits.pes = 1000;
	restart(&config);
	for (id = 1; id <= 2000; id++)
		register_id(&pe_a, "p", id);
	assert_refused(&pe_a, RSP_CAUSE_LACK_OF_RESOURCES);
	assert_int_equal(r->hs.pes.count, 500);
	assert_int_equal(r->stats.quota, 1500);
	for (id = 2001; id <= 2100; id++) {
		register_id(&pe_b, "p", id);
		assert_granted(&pe_b);
	}
	/* it has more than its share now, and keeps it */
	register_id(&pe_a, "p", 1);
	assert_granted(&pe_a);
	deregister(&pe_a, "p", 1);
	register_id(&pe_a, "p", 1);
	assert_refused(&pe_a, RSP_CAUSE_LACK_OF_RESOURCES);
}

/* SEC-20: the same of memory, also by making elements larger */
static void quota_of_memory(void **state)
{
	struct registrar_config config = standard();
	static __u8 large[16000];
	struct rsp_pe_param pe = pe_param(1, host_a);
	uint32_t id;

	(void)state;
	config.limits.octets = 1 << 20;
	restart(&config);
	for (id = 1; id <= 64; id++)
		register_id(&pe_a, "p", id);
	large[1] = RSP_PARAM_OPAQUE_TRANSPORT;
	large[2] = sizeof(large) >> 8;
	large[3] = sizeof(large) & 0xff;
	pe.user.type = RSP_PARAM_OPAQUE_TRANSPORT;
	pe.user.naddrs = 0;
	pe.user.raw = (struct rsp_octets){ large, sizeof(large) };
	for (id = 1; id <= 128; id++) {
		pe.pe_id = id;
		register_pe(&pe_a, "q", &pe);
		assert_true(r->hs.octets <= (1 << 19) + (1 << 16));
		assert_true(r->hs.octets == pe_a.assoc.octets -
			    64 * strlen("p") - r->hs.pes.count + 64 +
			    2 * sizeof(struct hs_pool) + 2);
	}
	assert_refused(&pe_a, RSP_CAUSE_LACK_OF_RESOURCES);
	register_id(&pe_b, "p", 1000);
	assert_granted(&pe_b);
}

/* ASAP-KAL-11 SEC-17: answers that nobody asked for change nothing */
static void acks_unasked(void **state)
{
	uint64_t next;
	unsigned int i;

	(void)state;
	register_id(&pe_a, "p", 1);
	next = registrar_next(r);
	for (i = 0; i < 1000; i++) {
		ack(&pe_a, "p", 1);
		ack(&pe_b, "p", 1);
	}
	assert_int_equal(r->stats.acks_unasked, 2000);
	assert_true(registrar_next(r) == next);
	assert_int_equal(pe_a.sent, 1);
	assert_int_equal(pe_b.sent, 0);
}

#define DIALER_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup_dialer, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIALER_TEST(lost_and_alive),
		DIALER_TEST(lost_and_dead),
		DIALER_TEST(lost_and_mute),
		DIALER_TEST(lost_and_unreachable),
		DIALER_TEST(lost_again),
		DIALER_TEST(adopted),
		DIALER_TEST(comes_back),
		DIALER_TEST(lost_pool_user),
		DIALER_TEST(lost_module),
		TEST(restarted),
		TEST(over_tcp),
		TEST(profiles),
		TEST(profile_of_module),
		TEST(quota),
		TEST(quota_of_memory),
		TEST(acks_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
