// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd's protocol core under a fake clock: messages in, messages out.
 *
 * An "assoc" is a pool element's or pool user's association; what the core
 * sends to it is kept, parsed, until the next message.
 */
#include <stdio.h>

#include "harness.h"

#include "../rspd/asap.h"

#define ID		0x1111
#define START		1000000
#define KA_INTERVAL	10000
#define KA_TIMEOUT	2000

static const __u8 host_a[] = { 192, 0, 2, 1 };
static const __u8 host_b[] = { 192, 0, 2, 2 };
static const __u8 host_c[] = { 192, 0, 2, 3 };

struct assoc {
	struct asap_assoc assoc;
	struct rsp_transport source;
	unsigned int sent;	/* messages so far */
	uint32_t request;	/* of the last one */
	int err;		/* for the next ones */
	struct parsed last;
	__u8 buf[RSP_MSG_SPACE];
};

static struct registrar *r;
static struct assoc pe_a, pe_b, pu;
static uint64_t now;

static int fake_send(struct asap_assoc *to, uint32_t request, const void *msg,
		     size_t len)
{
	struct assoc *a = container_of(to, struct assoc, assoc);

	if (a->err)
		return a->err;
	assert_true(len <= to->link->msg_max);
	memcpy(a->buf, msg, len);
	a->sent++;
	a->request = request;
	a->last.err = rsp_msg_parse(a->buf, len, RSP_PROTO_ASAP, &a->last.msg,
				    &a->last.report);
	assert_int_equal(a->last.err, 0);
	return 0;
}

static const struct rsp_transport *fake_source(struct asap_assoc *from)
{
	struct assoc *a = container_of(from, struct assoc, assoc);

	return a->source.naddrs ? &a->source : NULL;
}

static const struct asap_link sctp = {
	.name = "sctp",
	.msg_max = RSP_MSG_SPACE,
	.send = fake_send,
	.source = fake_source,
};

static const struct asap_link module = {
	.name = "netlink",
	.msg_max = 65531,
	.vouches = true,
	.send = fake_send,
	.source = fake_source,
};

static void add_addr(struct rsp_transport *t, const __u8 *addr)
{
	t->addrs[t->naddrs].family = 4;
	memcpy(t->addrs[t->naddrs++].octets, addr, 4);
}

static void found(struct assoc *a, const struct asap_link *link,
		  const __u8 *addr)
{
	memset(a, 0, sizeof(*a));
	a->source.type = RSP_PARAM_SCTP_TRANSPORT;
	a->source.port = 4711;
	add_addr(&a->source, addr);
	registrar_found(r, &a->assoc, link);
}

static struct registrar_config standard(void)
{
	struct registrar_config config = {
		.id = ID,
		.ka_interval = KA_INTERVAL,
		.ka_timeout = KA_TIMEOUT,
		.limits = { .pes = 10000, .octets = 1 << 24 },
	};

	return config;
}

static void start(const struct registrar_config *config)
{
	static const uint8_t seed[TABLE_KEY_LEN] = { 7, 8, 9 };

	now = START;
	r = registrar_new(config, seed, now);
	assert_non_null(r);
	found(&pe_a, &sctp, host_a);
	found(&pe_b, &sctp, host_b);
	found(&pu, &sctp, host_c);
}

static int setup(void **state)
{
	struct registrar_config config = standard();

	(void)state;
	start(&config);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	registrar_free(r);
	return 0;
}

static void restart(const struct registrar_config *config)
{
	registrar_free(r);
	start(config);
}

/* All deadlines up to a later time, each at its own. */
static void advance(uint64_t ms)
{
	uint64_t end = now + ms;

	while (registrar_next(r) <= end) {
		if (registrar_next(r) > now)
			now = registrar_next(r);
		registrar_tick(r, now);
	}
	now = end;
}

static void input(struct assoc *from, const void *buf, size_t len)
{
	/* an allocation of its own size, for the sanitizer */
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, buf, len);
	asap_input(r, &from->assoc, from->request, copy, len, now);
	free(copy);
}

static void input_hex(struct assoc *from, const char *hex)
{
	static struct bytes b;

	b.len = 0;
	add_hex(&b, hex);
	input(from, b.data, b.len);
}

static __u8 out[RSP_MSG_SPACE];

static void finish(struct assoc *from, struct rsp_writer *w)
{
	int len = rsp_msg_end(w);

	assert_true(len > 0);
	input(from, out, len);
}

static struct rsp_pe_param pe_param(uint32_t id, const __u8 *addr)
{
	struct rsp_pe_param pe = {
		.pe_id = id,
		.life = 300,
		.user = { .type = RSP_PARAM_SCTP_TRANSPORT, .port = 7 },
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};

	add_addr(&pe.user, addr);
	return pe;
}

static void register_pe(struct assoc *from, const char *handle,
			const struct rsp_pe_param *pe)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_REGISTRATION, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe(&w, pe);
	finish(from, &w);
}

/* One with the association's own address */
static void register_id(struct assoc *from, const char *handle, uint32_t id)
{
	struct rsp_pe_param pe = pe_param(id, from->source.addrs[0].octets);

	register_pe(from, handle, &pe);
}

static void put_pe(struct assoc *from, uint8_t type, const char *handle,
		   uint32_t id)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), type, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe_id(&w, id);
	finish(from, &w);
}

static void deregister(struct assoc *from, const char *handle, uint32_t id)
{
	put_pe(from, RSP_ASAP_DEREGISTRATION, handle, id);
}

static void ack(struct assoc *from, const char *handle, uint32_t id)
{
	put_pe(from, RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, handle, id);
}

static void report(struct assoc *from, const char *handle, uint32_t id)
{
	put_pe(from, RSP_ASAP_ENDPOINT_UNREACHABLE, handle, id);
}

static void resolve_items(struct assoc *from, const char *handle, bool count,
			  uint32_t items)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_HANDLE_RESOLUTION, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	if (count)
		rsp_put_items(&w, items);
	finish(from, &w);
}

/* The answer's first pool element, or 0. */
static uint32_t resolve(struct assoc *from, const char *handle)
{
	struct rsp_pe_param pe;
	struct rsp_iter it;

	resolve_items(from, handle, false, 0);
	assert_int_equal(from->last.msg.type,
			 RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	it = from->last.msg.body;
	return rsp_next_pe(&it, &pe) ? pe.pe_id : 0;
}

static struct rsp_pe_param resolved(struct assoc *from, const char *handle)
{
	struct rsp_pe_param pe;
	struct rsp_iter it;

	resolve_items(from, handle, false, 0);
	it = from->last.msg.body;
	assert_true(rsp_next_pe(&it, &pe));
	return pe;
}

static void assert_type(const struct assoc *a, uint8_t type)
{
	assert_int_equal(a->last.msg.type, type);
}

static void assert_granted(const struct assoc *a)
{
	assert_type(a, RSP_ASAP_REGISTRATION_RESPONSE);
	assert_int_equal(a->last.msg.flags, 0);
	assert_false(a->last.msg.has_error);
}

/* The one cause of the last message */
static const struct rsp_cause *assert_cause(const struct assoc *a, int code)
{
	assert_true(a->last.msg.has_error);
	assert_int_equal(a->last.msg.causes.count, 1);
	assert_int_equal(a->last.msg.causes.cause[0].code, code);
	return &a->last.msg.causes.cause[0];
}

static const struct rsp_cause *assert_refused(const struct assoc *a, int code)
{
	assert_type(a, RSP_ASAP_REGISTRATION_RESPONSE);
	assert_int_equal(a->last.msg.flags, RSP_FLAG_REJECT);
	return assert_cause(a, code);
}

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
	assert_granted(&pe_a);
	pe = resolved(&pu, "p");
	assert_int_equal(pe.user.naddrs, 1);
	assert_memory_equal(pe.user.addrs[0].octets, host_a, 4);

	pe = pe_param(2, host_b);
	register_pe(&pe_a, "p", &pe);
	cause = assert_refused(&pe_a, RSP_CAUSE_INVALID_VALUES);
	assert_int_equal(cause->data.len, 16);
	assert_int_equal(r->hs.pes.count, 1);
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

/* ASAP-RES-26: any other policy is told; ASAP-RES-19: no updates */
static void resolve_other_policy(void **state)
{
	struct rsp_pe_param pe = pe_param(1, host_a);

	(void)state;
	pe.policy.type = RSP_POLICY_PRIORITY;
	pe.policy.priority = 5;
	register_pe(&pe_a, "p", &pe);
	input_hex(&pu, "0501000c 0009000570000000");	/* S=1 */
	assert_int_equal(pu.last.msg.policy.type, RSP_POLICY_PRIORITY);
	assert_int_equal(pu.last.msg.flags & RSP_FLAG_ACCEPTED, 0);
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

/* ASAP-KAL-07 ASAP-KAL-06: H=0, our id, the element's id; then the answer */
static void keep_alive(void **state)
{
	unsigned int i, n;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 50; i++) {
		n = pe_a.sent;
		now = registrar_next(r);
		registrar_tick(r, now);
		assert_int_equal(pe_a.sent, n + 1);
		assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
		assert_int_equal(pe_a.last.msg.flags & RSP_FLAG_HOME, 0);
		assert_int_equal(pe_a.last.msg.server_id, ID);
		assert_int_equal(pe_a.last.msg.pe_id, 1);
		advance(KA_TIMEOUT - 1);
		ack(&pe_a, "p", 1);
		register_id(&pe_a, "p", 1);
	}
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-KAL-09 ASAP-KAL-10 ASAP-RES-32: no answer */
static void keep_alive_unanswered(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	now = registrar_next(r);
	registrar_tick(r, now);
	advance(KA_TIMEOUT - 1);
	assert_int_equal(resolve(&pu, "p"), 1);
	advance(1);
	assert_int_equal(resolve(&pu, "p"), 0);
	assert_type(&pe_a, RSP_ASAP_DEREGISTRATION_RESPONSE);
}

/* An answer of somebody else, or for another one, is none. */
static void keep_alive_foreign_answer(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	now = registrar_next(r);
	registrar_tick(r, now);
	ack(&pe_b, "p", 1);
	ack(&pe_a, "p", 2);
	ack(&pe_a, "q", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 0);
}

/* ASAP-KAL-09: it cannot even be sent; no room for it now is no failure */
static void keep_alive_unsendable(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	register_id(&pe_b, "p", 2);
	pe_a.err = -EPIPE;
	pe_b.err = -EAGAIN;
	advance(10 * KA_INTERVAL);
	assert_null(LIST_FIRST(&pe_a.assoc.pes));
	assert_int_equal(resolve(&pu, "p"), 2);
	pe_b.err = 0;
	advance(1000);
	assert_type(&pe_b, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	ack(&pe_b, "p", 2);
	assert_int_equal(resolve(&pu, "p"), 2);
}

/* ASAP-KAL-08: no bin above twice the mean, intervals of 50 to 150 % */
static void keep_alives_are_spread(void **state)
{
	enum { PES = 1000, BINS = 20, WIDTH = KA_INTERVAL / BINS };
	unsigned int bins[BINS] = { 0 }, before, i;
	uint64_t first;
	uint32_t id;

	(void)state;
	for (id = 1; id <= PES; id++)
		register_id(&pe_a, "p", id);
	first = now + KA_INTERVAL / 2;
	assert_true(registrar_next(r) >= first);
	before = pe_a.sent;
	while (registrar_next(r) < first + KA_INTERVAL &&
	       pe_a.sent < before + PES) {
		now = registrar_next(r);
		i = (now - first) / WIDTH;
		before = pe_a.sent;
		registrar_tick(r, now);
		if (pe_a.last.msg.type != RSP_ASAP_ENDPOINT_KEEP_ALIVE)
			continue;
		bins[i] += pe_a.sent - before;
		ack(&pe_a, "p", pe_a.last.msg.pe_id);
		before = 0;
	}
	for (i = 0; i < BINS; i++)
		assert_true(bins[i] <= 2 * PES / BINS);
}

/* The daemon slept: waiting answers count, and the rest is spread again. */
static void asleep(void **state)
{
	unsigned int sent;
	uint32_t id;

	(void)state;
	for (id = 1; id <= 100; id++)
		register_id(&pe_a, "p", id);
	now = registrar_next(r);
	registrar_tick(r, now);
	sent = pe_a.sent;
	now += 60000;
	registrar_tick(r, now);
	assert_int_equal(r->hs.pes.count, 100);
	assert_in_range(pe_a.sent - sent, 0, 5);
	advance(10000);
	assert_int_equal(r->hs.pes.count, 0);
}

/* ASAP-UNR-05: keep-alive at once; ASAP-UNR-07: answered, kept */
static void reported_and_alive(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	advance(100);
	report(&pu, "p", 1);
	assert_type(&pe_a, RSP_ASAP_ENDPOINT_KEEP_ALIVE);
	assert_int_equal(pe_a.last.msg.flags, 0);
	ack(&pe_a, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 1);
}

/* ASAP-UNR-06: not answered, removed */
static void reported_and_dead(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	report(&pu, "p", 1);
	advance(KA_TIMEOUT);
	assert_int_equal(resolve(&pu, "p"), 0);
}

static void reported_unknown(void **state)
{
	(void)state;
	report(&pu, "p", 1);
	register_id(&pe_a, "p", 1);
	report(&pu, "p", 2);
	assert_int_equal(pe_a.sent, 1);
	assert_int_equal(pu.sent, 0);
}

/* ASAP-UNR-08 ASAP-UNR-09 ASAP-UNR-10: more than three reporters */
static void reported_by_many(void **state)
{
	static struct assoc pus[4];
	unsigned int i;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 4; i++)
		found(&pus[i], &sctp, host_c);
	for (i = 0; i < 3; i++) {
		report(&pus[i], "p", 1);
		report(&pus[i], "p", 1);
	}
	assert_int_equal(r->hs.pes.count, 1);
	report(&pus[3], "p", 1);
	assert_int_equal(r->hs.pes.count, 0);
}

/* ASAP-UNR-10: answer, re-registration and time clear the count */
static void reports_are_forgotten(void **state)
{
	static struct assoc pus[4];
	unsigned int i;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 4; i++)
		found(&pus[i], &sctp, host_c);
	for (i = 0; i < 3; i++)
		report(&pus[i], "p", 1);
	ack(&pe_a, "p", 1);
	for (i = 0; i < 3; i++)
		report(&pus[i], "p", 1);
	register_id(&pe_a, "p", 1);
	report(&pus[3], "p", 1);
	assert_int_equal(r->hs.pes.count, 1);
}

/* ASAP-KAL-11 ASAP-UNR-12 SEC-16 SEC-17: a flood makes few keep-alives */
static void reports_are_limited(void **state)
{
	unsigned int i, acked = 0;

	(void)state;
	register_id(&pe_a, "p", 1);
	for (i = 0; i < 1000; i++) {
		report(&pu, "p", 1);
		if (pe_a.sent > acked + 1) {
			ack(&pe_a, "p", 1);
			acked++;
		}
		advance(10);
	}
	assert_in_range(pe_a.sent, 9, 12);
	assert_in_range(r->stats.reports, 90, 120);
	assert_int_equal(r->hs.pes.count, 1);
}

/* WIRE-07 ERR-05 ERR-01: unknown message */
static void unknown_message(void **state)
{
	static const __u8 msg[] = { 0x41, 0, 0, 4 };

	(void)state;
	input_hex(&pe_a, "41000004");
	assert_type(&pe_a, RSP_ASAP_ERROR);
	assert_octets(&assert_cause(&pe_a, RSP_CAUSE_UNKNOWN_MESSAGE)->data,
		      msg, sizeof(msg));
	input_hex(&pe_a, "3f000004");	/* WIRE-06 */
	input_hex(&pe_a, "81000004");	/* WIRE-08 */
	input_hex(&pe_a, "c1000004");
	input_hex(&pe_a, "ff000004");	/* WIRE-09 */
	input_hex(&pe_a, "");
	assert_int_equal(pe_a.sent, 1);
}

/* WIRE-13 to WIRE-16: unknown parameters */
static void unknown_parameter(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	input_hex(&pu, "05000010 0009000570000000 3fff0004");	/* WIRE-13 */
	assert_int_equal(pu.sent, 0);
	input_hex(&pu, "05000010 0009000570000000 7fff0004");	/* WIRE-14 */
	assert_type(&pu, RSP_ASAP_ERROR);
	assert_cause(&pu, RSP_CAUSE_UNKNOWN_PARAM);
	assert_int_equal(pu.sent, 1);
	input_hex(&pu, "05000010 0009000570000000 bfff0004");	/* WIRE-15 */
	assert_type(&pu, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	assert_int_equal(pu.sent, 2);
	input_hex(&pu, "05000010 0009000570000000 ffff0004");	/* WIRE-16 */
	assert_type(&pu, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	assert_int_equal(pu.sent, 4);
}

/* ERR-01: never in answer to an error, and not too many */
static void errors_are_limited(void **state)
{
	unsigned int i;

	(void)state;
	input_hex(&pe_a, "0e000010 000c000c 0001000800010002");
	input_hex(&pe_a, "0e000008 7fff0004");
	input_hex(&pe_a, "0e000003");
	assert_int_equal(pe_a.sent, 0);
	for (i = 0; i < 1000; i++) {
		input_hex(&pe_a, "41000004");
		now += 10;
	}
	assert_in_range(pe_a.sent, 100, 110);
}

/* ROLE-03: what is not for a registrar is dropped without a word */
static void not_for_us(void **state)
{
	(void)state;
	register_id(&pe_a, "p", 1);
	put_pe(&pe_b, RSP_ASAP_REGISTRATION_RESPONSE, "p", 1);
	put_pe(&pe_b, RSP_ASAP_DEREGISTRATION_RESPONSE, "p", 1);
	input_hex(&pe_b, "0b000008 000d0004");
	assert_int_equal(pe_b.sent, 0);
	assert_int_equal(r->stats.rx_bad, 3);
}

/* WIRE-19: no truncation of a registration changes anything */
static void truncated(void **state)
{
	static __u8 copy[RSP_MSG_SPACE];
	struct rsp_pe_param pe = pe_param(1, host_a);
	struct rsp_writer w;
	int len, i;

	(void)state;
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_REGISTRATION, 0);
	rsp_put_handle(&w, "pool", 4);
	rsp_put_pe(&w, &pe);
	len = rsp_msg_end(&w);
	for (i = 0; i < len; i++) {
		input(&pe_a, out, i);
		memcpy(copy, out, i);
		if (i >= 4) {
			copy[2] = i >> 8;
			copy[3] = i & 0xff;
		}
		input(&pe_a, copy, i);
	}
	assert_int_equal(r->hs.pools.count, 0);
	assert_int_equal(r->stats.registered, 0);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

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
		TEST(resolve_unknown),
		TEST(resolve_round_robin),
		TEST(resolve_other_policy),
		TEST(resolve_for_rsplib),
		TEST(resolve_counted),
		TEST(resolve_cut_short),
		TEST(longest_handle),
		TEST(keep_alive),
		TEST(keep_alive_unanswered),
		TEST(keep_alive_foreign_answer),
		TEST(keep_alive_unsendable),
		TEST(keep_alives_are_spread),
		TEST(asleep),
		TEST(reported_and_alive),
		TEST(reported_and_dead),
		TEST(reported_unknown),
		TEST(reported_by_many),
		TEST(reports_are_forgotten),
		TEST(reports_are_limited),
		TEST(unknown_message),
		TEST(unknown_parameter),
		TEST(errors_are_limited),
		TEST(not_for_us),
		TEST(truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
