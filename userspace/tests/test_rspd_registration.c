// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: what is registered, refused, replaced and taken back, and for how long
 * it stays.
 */

#include "rspd_core.h"

/* ASAP-REG-18 ASAP-REG-25: the first one makes the pool; octets checked */
static void reg_first(void **state)
{
	static const char request[] =
		"01000034"
		"0009000548000000"
		"000a002812345678000000000000012c"
		"000400100007000000010008c0000201"
		"0008000800000001";
	static const __u8 answer[] = {
		3, 0, 0, 20, 0, 9, 0, 5, 'H', 0, 0, 0,
		0, 0xe, 0, 8, 0x12, 0x34, 0x56, 0x78,
	};

	(void)state;
	input_hex(&pe_a, request);
	assert_granted(&pe_a);
	assert_memory_equal(pe_a.buf, answer, sizeof(answer));
	assert_int_equal(resolve(&pu, "H"), 0x12345678);
}

/* ASAP-REG-23 ASAP-REG-24: home and ASAP transport are filled in */
static void reg_fills_in(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a), kept;
	struct rsp_octets handle = { (const __u8 *)"p", 1 };

	(void)state;
	pe.home_id = 0xdead;
	register_pe(&pe_a, "p", &pe);
	assert_granted(&pe_a);
	hs_pe_param(hs_find_pe(&r->hs, hs_find_pool(&r->hs, handle), 1),
		    &kept);
	assert_int_equal(kept.home_id, ID);
	assert_int_equal(kept.asap.type, RSP_PARAM_SCTP_TRANSPORT);
	assert_int_equal(kept.asap.port, 4711);
	assert_memory_equal(kept.asap.addrs[0].octets, host_a, 4);
}

/* ASAP-REG-19 ASAP-REG-20 ERR-08: 0x5 with the pool's policy */
static void reg_policy_differs(void **state)
{
	static const __u8 tlv[] = { 0, 8, 0, 12, 0, 0, 0, 2, 0, 0, 0, 9 };
	struct rsp_pe_param pe = pe_param(1, host_a);
	const struct rsp_cause *cause;

	(void)state;
	pe.policy.type = RSP_POLICY_WEIGHTED_ROUND_ROBIN;
	pe.policy.weight = 9;
	register_pe(&pe_a, "p", &pe);
	assert_granted(&pe_a);
	register_id(&pe_b, "p", 2);
	cause = assert_refused(&pe_b, RSP_CAUSE_INCONSISTENT_POLICY);
	assert_octets(&cause->data, tlv, sizeof(tlv));
	assert_int_equal(r->hs.pes.count, 1);
}

/* ASAP-REG-20 ERR-10: 0x7 with a transport of the pool's type */
static void reg_transport_differs(void **state)
{
	static const __u8 tlv[] = {
		0, 4, 0, 16, 0, 7, 0, 0, 0, 1, 0, 8, 192, 0, 2, 1
	};
	struct rsp_pe_param pe = pe_param(2, host_b);
	const struct rsp_cause *cause;

	(void)state;
	register_id(&pe_a, "p", 1);
	pe.user.type = RSP_PARAM_TCP_TRANSPORT;
	register_pe(&pe_b, "p", &pe);
	cause = assert_refused(&pe_b, RSP_CAUSE_INCONSISTENT_TRANSPORT);
	assert_octets(&cause->data, tlv, sizeof(tlv));
}

/* ASAP-REG-20 ERR-11 */
static void reg_use_differs(void **state)
{
	struct rsp_pe_param pe = pe_param(2, host_b);

	(void)state;
	register_id(&pe_a, "p", 1);
	pe.user.use = RSP_USE_DATA_CONTROL;
	register_pe(&pe_b, "p", &pe);
	assert_refused(&pe_b, RSP_CAUSE_INCONSISTENT_CONTROL);
}

/* ASAP-REG-21 ASAP-REG-17: everything is replaced */
static void reg_again(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	register_pe(&pe_a, "p", &pe);
	pe.life = 77;
	pe.user.port = 8;
	register_pe(&pe_a, "p", &pe);
	assert_granted(&pe_a);
	assert_int_equal(r->hs.pes.count, 1);
	pe = resolved(&pu, "p");
	assert_int_equal(pe.life, 77);
	assert_int_equal(pe.user.port, 8);
}

/* ASAP-REG-21: the checks hold also for the only element of a pool */
static void reg_again_inconsistent(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	register_pe(&pe_a, "p", &pe);
	pe.policy.type = RSP_POLICY_RANDOM;
	register_pe(&pe_a, "p", &pe);
	assert_refused(&pe_a, RSP_CAUSE_INCONSISTENT_POLICY);
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-REG-22 ERR-07: an identifier in use elsewhere */
static void reg_clash(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_b, "p", 1);
	assert_refused(&pe_b, RSP_CAUSE_NON_UNIQUE_PE_ID);
	registrar_lost(r, &pe_a.assoc, now);
	register_id(&pe_b, "p", 1);
	assert_granted(&pe_b);
}

/* ASAP-REG-22 ASAP-REG-30: a new association of the same host takes over */
static void reg_from_new_association(void **state)
{
	static struct assoc again;

	(void)state;
	register_id(&pe_a, "p", 1);
	found(&again, &sctp, host_a);
	register_id(&again, "p", 1);
	assert_granted(&again);
	registrar_lost(r, &pe_a.assoc, now);
	assert_int_equal(resolve(&pu, "p"), 1);
	registrar_lost(r, &again.assoc, now);
	assert_int_equal(resolve(&pu, "p"), 0);
}

/* ASAP-REG-03 SEC-07: addresses of others are taken out */
static void reg_foreign_address(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_b);
	const struct rsp_cause *cause;

	(void)state;
	add_addr(&pe.user, host_a);
	register_pe(&pe_a, "p", &pe);
	/* ASAP-REG-26: granted, with a warning that shows what was changed */
	assert_type(&pe_a, RSP_ASAP_REGISTRATION_RESPONSE);
	assert_int_equal(pe_a.last.msg.flags, 0);
	cause = assert_cause(&pe_a, RSP_CAUSE_INVALID_VALUES);
	assert_int_equal(cause->data.len, 24);
	pe = resolved(&pu, "p");
	assert_int_equal(pe.user.naddrs, 1);
	assert_memory_equal(pe.user.addrs[0].octets, host_a, 4);

	pe = pe_param(2, host_b);
	register_pe(&pe_a, "p", &pe);
	cause = assert_refused(&pe_a, RSP_CAUSE_INVALID_VALUES);
	assert_int_equal(cause->data.len, 16);
	assert_int_equal(r->hs.pes.count, 1);
}

/* ASAP-REG-26: RSPLIB would take the warning for a refusal */
static void reg_no_warning(void **state)
{
	struct registrar_config config = standard();
	struct rsp_pe_param pe = pe_param(1, host_b);

	(void)state;
	config.rsplib = true;
	restart(&config);
	add_addr(&pe.user, host_a);
	register_pe(&pe_a, "p", &pe);
	assert_granted(&pe_a);
}

/* ASAP-REG-03 ASAP-REG-25: no addresses known: refused, not unanswered */
static void reg_source_unknown(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	pe_a.source.naddrs = 0;
	register_pe(&pe_a, "p", &pe);
	assert_refused(&pe_a, RSP_CAUSE_INVALID_VALUES);
}

/* ASAP-REG-03: the module has checked what it sends */
static void reg_by_module(void **state)
{
	static struct assoc mod;
	struct rsp_pe_param pe = pe_param(1, host_b);

	(void)state;
	found(&mod, &module, host_a);
	mod.request = 42;
	register_pe(&mod, "p", &pe);
	assert_granted(&mod);
	assert_int_equal(mod.request, 42);
}

/* ASAP-REG-05 ASAP-REG-06 ERR-06: values that nobody may have */
static void reg_invalid(void **state)
{
	struct rsp_pe_param pe = pe_param(0, host_a);

	(void)state;
	register_pe(&pe_a, "p", &pe);
	assert_refused(&pe_a, RSP_CAUSE_INVALID_VALUES);
	pe = pe_param(1, host_a);
	pe.life = 0;
	register_pe(&pe_a, "p", &pe);
	assert_refused(&pe_a, RSP_CAUSE_INVALID_VALUES);
	pe.life = -2;
	register_pe(&pe_a, "p", &pe);
	assert_refused(&pe_a, RSP_CAUSE_INVALID_VALUES);
	assert_int_equal(r->hs.pools.count, 0);
}

/* ERR-09 */
static void reg_no_room(void **state)
{
	struct registrar_config config = standard();

	(void)state;
	config.limits.pes = 2;
	restart(&config);
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "q", 1);
	register_id(&pe_a, "r", 1);
	assert_refused(&pe_a, RSP_CAUSE_LACK_OF_RESOURCES);
	register_id(&pe_a, "q", 1);
	assert_granted(&pe_a);
}

/* ASAP-REG-31: several pools, several elements of one pool, one association */
static void reg_many(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "p", 2);
	register_id(&pe_a, "q", 1);
	assert_int_equal(r->hs.pes.count, 3);
	assert_int_equal(r->hs.pools.count, 2);
}

/* ASAP-REG-28: the end of the life, and word of it */
static void life_ends(void **state)
{
	struct registrar_config config = standard();
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	config.ka_interval = 0;
	restart(&config);
	pe.life = 30;
	register_pe(&pe_a, "p", &pe);
	advance(29999);
	assert_int_equal(resolve(&pu, "p"), 1);
	assert_int_equal(pe_a.sent, 1);
	advance(1);
	assert_int_equal(resolve(&pu, "p"), 0);
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
	assert_int_equal(pe_a.last.msg.pe_id, 1);
	assert_false(pe_a.last.msg.has_error);
}

/* ASAP-REG-17 WIRE-32: registering again makes it longer; -1 is for ever */
static void life_goes_on(void **state)
{
	struct registrar_config config = standard();
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	config.ka_interval = 0;
	restart(&config);
	pe.life = 30;
	register_pe(&pe_a, "p", &pe);
	advance(20000);
	register_pe(&pe_a, "p", &pe);
	advance(20000);
	assert_int_equal(resolve(&pu, "p"), 1);
	pe.life = RSP_LIFE_INFINITE;
	register_pe(&pe_a, "p", &pe);
	advance(1000000000);
	assert_int_equal(resolve(&pu, "p"), 1);
	pe.life = INT32_MAX;
	register_pe(&pe_a, "p", &pe);
	advance(1000000000);
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-REG-29: with its association an element goes */
static void association_lost(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_a, "q", 2);
	register_id(&pe_b, "p", 3);
	registrar_lost(r, &pe_a.assoc, now);
	assert_int_equal(r->hs.pes.count, 1);
	assert_int_equal(resolve(&pu, "p"), 3);
	assert_int_equal(resolve(&pu, "q"), 0);
}

/* ASAP-DRG-06 ASAP-DRG-08 */
static void dereg(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	deregister(&pe_a, "p", 1);
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
	assert_int_equal(pe_a.last.msg.flags, 0);
	assert_false(pe_a.last.msg.has_error);
	assert_int_equal(r->hs.pools.count, 0);
	assert_true(registrar_next(r) == DEADLINE_NEVER);
}

/* ASAP-DRG-07: unknown: granted */
static void dereg_unknown(void **state)
{
	(void)state;
	deregister(&pe_a, "p", 1);
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
	assert_false(pe_a.last.msg.has_error);
	register_id(&pe_a, "p", 1);
	deregister(&pe_b, "p", 2);
	assert_false(pe_b.last.msg.has_error);
}

/* ASAP-DRG-10 ASAP-DRG-08 SEC-07 ERR-13: not by others */
static void dereg_by_other(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	deregister(&pe_b, "p", 1);
	assert_type(&pe_b, RSP_ASAP_DEREGISTRATION_RESPONSE);
	assert_cause(&pe_b, RSP_CAUSE_SECURITY);
	assert_int_equal(resolve(&pu, "p"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reg_first),
		TEST(reg_fills_in),
		TEST(reg_policy_differs),
		TEST(reg_transport_differs),
		TEST(reg_use_differs),
		TEST(reg_again),
		TEST(reg_again_inconsistent),
		TEST(reg_clash),
		TEST(reg_from_new_association),
		TEST(reg_foreign_address),
		TEST(reg_no_warning),
		TEST(reg_source_unknown),
		TEST(reg_by_module),
		TEST(reg_invalid),
		TEST(reg_no_room),
		TEST(reg_many),
		TEST(life_ends),
		TEST(life_goes_on),
		TEST(association_lost),
		TEST(dereg),
		TEST(dereg_unknown),
		TEST(dereg_by_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
