// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: answers to handle resolutions.
 */

#include "rspd_core.h"

/* ASAP-RES-28 ASAP-RES-10 ERR-12: octets checked */
static void resolve_unknown(void **state)
{
	static const __u8 answer[] = {
		6, 0, 0, 20, 0, 9, 0, 5, 'p', 0, 0, 0,
		0, 0xc, 0, 8, 0, 9, 0, 4,
	};

	(void)state;
	resolve_items(&pu, "p", false, 0);
	assert_memory_equal(pu.buf, answer, sizeof(answer));
	assert_int_equal(pu.last.msg.npes, 0);
}

/* ASAP-RES-26 ASAP-RES-11 WIRE-31: no Round Robin policy, no ASAP transport */
static void resolve_round_robin(void **state)
{
	struct rsp_pe_param pe;

	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_b, "p", 2);
	pe = resolved(&pu, "p");
	assert_int_equal(pu.last.msg.npes, 2);
	assert_int_equal(pu.last.msg.policy.type, 0);
	assert_int_equal(pe.asap.type, 0);
	assert_int_equal(pe.home_id, ID);
	assert_int_equal(resolve(&pu, "p"), 2);	/* POL-RR-01 */
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-RES-26: any other policy is told */
static void resolve_other_policy(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	pe.policy.type = RSP_POLICY_PRIORITY;
	pe.policy.priority = 5;
	register_pe(&pe_a, "p", &pe);
	assert_int_equal(resolve(&pu, "p"), 1);
	assert_int_equal(pu.last.msg.policy.type, RSP_POLICY_PRIORITY);
}

/* The rsplib profile: its clients want a policy in any case. */
static void resolve_for_rsplib(void **state)
{
	struct registrar_config config = standard();

	(void)state;
	config.rsplib = true;
	restart(&config);
	register_id(&pe_a, "p", 1);
	assert_int_equal(resolve(&pu, "p"), 1);
	assert_int_equal(pu.last.msg.policy.type, RSP_POLICY_ROUND_ROBIN);
}

/* ASAP-RES-27: the item count, and the configured maximum */
static void resolve_counted(void **state)
{
	struct registrar_config config = standard();
	uint32_t id;

	(void)state;
	config.max_items = 7;
	restart(&config);
	for (id = 1; id <= 20; id++)
		register_id(&pe_a, "p", id);
	resolve_items(&pu, "p", true, 3);
	assert_int_equal(pu.last.msg.npes, 3);
	resolve_items(&pu, "p", true, RSP_ITEMS_ALL);
	assert_int_equal(pu.last.msg.npes, 7);
	resolve_items(&pu, "p", true, 0);
	assert_int_equal(pu.last.msg.npes, 7);
	resolve_items(&pu, "p", false, 0);
	assert_int_equal(pu.last.msg.npes, 7);
}

/* WIRE-40 ASAP-RES-26: as many as fit, over either link */
static void resolve_cut_short(void **state)
{
	static struct assoc mod;
	uint32_t id;

	(void)state;
	for (id = 1; id <= 2000; id++)
		register_id(&pe_a, "p", id);
	resolve_items(&pu, "p", false, 0);
	assert_int_equal(pu.last.msg.npes, (65535 - 4 - 8) / 40);
	found(&mod, &module, host_a);
	resolve_items(&mod, "p", false, 0);
	assert_in_range(mod.last.msg.npes, 1600, (65531 - 4 - 8) / 40);
}

/* WIRE-28 WIRE-40: a handle that leaves hardly any room for an answer */
static void longest_handle(void **state)
{
	static char handle[65536 - 60];
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	memset(handle, 'x', sizeof(handle) - 1);
	pe.policy.type = RSP_POLICY_PRIORITY;
	register_pe(&pe_a, handle, &pe);
	assert_granted(&pe_a);
	resolve_items(&pu, handle, false, 0);
	assert_cause(&pu, RSP_CAUSE_LACK_OF_RESOURCES);
	advance(2 * KA_INTERVAL);
	assert_int_equal(r->hs.pes.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(resolve_unknown),
		TEST(resolve_round_robin),
		TEST(resolve_other_policy),
		TEST(resolve_for_rsplib),
		TEST(resolve_counted),
		TEST(resolve_cut_short),
		TEST(longest_handle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
