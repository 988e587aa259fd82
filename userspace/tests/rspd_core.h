/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rspd's protocol core under a fake clock: messages in, messages out.
 *
 * An "assoc" is a pool element's or pool user's association; what the core
 * sends to it is kept, parsed, until the next message.
 */
#ifndef _RSERPOOL_TESTS_RSPD_CORE_H
#define _RSERPOOL_TESTS_RSPD_CORE_H

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
	unsigned int closed;	/* by the core */
	struct parsed last;
	__u8 buf[RSP_MSG_SPACE];
};

static struct registrar *r;
static struct assoc pe_a, pe_b, pu;
static uint64_t now;

static inline int fake_send(struct asap_assoc *to, uint32_t request,
			    const void *msg, size_t len)
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

static inline const struct rsp_transport *fake_source(struct asap_assoc *from)
{
	struct assoc *a = container_of(from, struct assoc, assoc);

	return a->source.naddrs ? &a->source : NULL;
}

static inline void fake_close(struct asap_assoc *assoc)
{
	container_of(assoc, struct assoc, assoc)->closed++;
}

static const struct asap_link sctp = {
	.name = "sctp",
	.msg_max = RSP_MSG_SPACE,
	.registers = true,
	.send = fake_send,
	.source = fake_source,
	.close = fake_close,
};

/* Pool users only */
static const struct asap_link tcp = {
	.name = "tcp",
	.msg_max = RSP_MSG_SPACE,
	.send = fake_send,
	.source = fake_source,
	.close = fake_close,
};

static const struct asap_link module = {
	.name = "netlink",
	.msg_max = 65531,
	.vouches = true,
	.registers = true,
	.send = fake_send,
	.source = fake_source,
};

static inline void add_addr(struct rsp_transport *t, const __u8 *addr)
{
	t->addrs[t->naddrs].family = 4;
	memcpy(t->addrs[t->naddrs++].octets, addr, 4);
}

static inline void found(struct assoc *a, const struct asap_link *link,
			 const __u8 *addr)
{
	memset(a, 0, sizeof(*a));
	a->source.type = RSP_PARAM_SCTP_TRANSPORT;
	a->source.port = 4711;
	add_addr(&a->source, addr);
	registrar_found(r, &a->assoc, link);
}

static inline struct registrar_config standard(void)
{
	struct registrar_config config = {
		.id = ID,
		.ka_interval = KA_INTERVAL,
		.ka_timeout = KA_TIMEOUT,
		.max_subs = 1000,
		.max_peer_subs = 100,
		.limits = { .pes = 10000, .octets = 1 << 24 },
	};

	return config;
}

static inline void start(const struct registrar_config *config)
{
	static const uint8_t seed[TABLE_KEY_LEN] = { 7, 8, 9 };

	now = START;
	r = registrar_new(config, seed, now);
	assert_non_null(r);
	found(&pe_a, &sctp, host_a);
	found(&pe_b, &sctp, host_b);
	found(&pu, &sctp, host_c);
}

static inline int setup(void **state)
{
	struct registrar_config config = standard();

	(void)state;
	start(&config);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	registrar_free(r);
	return 0;
}

static inline void restart(const struct registrar_config *config)
{
	registrar_free(r);
	start(config);
}

/* All deadlines up to a later time, each at its own. */
static inline void advance(uint64_t ms)
{
	uint64_t end = now + ms;

	while (registrar_next(r) <= end) {
		if (registrar_next(r) > now)
			now = registrar_next(r);
		registrar_tick(r, now);
	}
	now = end;
}

static inline void input(struct assoc *from, const void *buf, size_t len)
{
	/* an allocation of its own size, for the sanitizer */
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, buf, len);
	asap_input(r, &from->assoc, from->request, copy, len, now);
	free(copy);
}

static inline void input_hex(struct assoc *from, const char *hex)
{
	static struct bytes b;

	b.len = 0;
	add_hex(&b, hex);
	input(from, b.data, b.len);
}

static __u8 out[RSP_MSG_SPACE];

static inline void finish(struct assoc *from, struct rsp_writer *w)
{
	int len = rsp_msg_end(w);

	assert_true(len > 0);
	input(from, out, len);
}

static inline struct rsp_pe_param pe_param(uint32_t id, const __u8 *addr)
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

static inline void register_pe(struct assoc *from, const char *handle,
			       const struct rsp_pe_param *pe)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_REGISTRATION, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe(&w, pe);
	finish(from, &w);
}

/* Who has RSPLIB's habits, or has not */
static inline void profile(struct registrar_config *config, const __u8 *addr,
			   unsigned int bits, bool rsplib)
{
	struct registrar_prefix *p = &config->prefixes[config->nprefixes++];

	p->addr.family = 4;
	memcpy(p->addr.octets, addr, 4);
	p->bits = bits;
	p->rsplib = rsplib;
}

/* One with the association's own address */
static inline void register_id(struct assoc *from, const char *handle,
			       uint32_t id)
{
	struct rsp_pe_param pe = pe_param(id, from->source.addrs[0].octets);

	register_pe(from, handle, &pe);
}

static inline void put_pe(struct assoc *from, uint8_t type, const char *handle,
			  uint32_t id)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), type, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe_id(&w, id);
	finish(from, &w);
}

static inline void deregister(struct assoc *from, const char *handle,
			      uint32_t id)
{
	put_pe(from, RSP_ASAP_DEREGISTRATION, handle, id);
}

static inline void ack(struct assoc *from, const char *handle, uint32_t id)
{
	put_pe(from, RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, handle, id);
}

static inline void report(struct assoc *from, const char *handle, uint32_t id)
{
	put_pe(from, RSP_ASAP_ENDPOINT_UNREACHABLE, handle, id);
}

static inline void resolve_items(struct assoc *from, const char *handle,
				 bool count, uint32_t items)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_HANDLE_RESOLUTION, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	if (count)
		rsp_put_items(&w, items);
	finish(from, &w);
}

static inline void subscribe_items(struct assoc *from, const char *handle,
				   uint32_t items)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_HANDLE_RESOLUTION,
		      RSP_FLAG_SUBSCRIBE);
	rsp_put_handle(&w, handle, strlen(handle));
	if (items)
		rsp_put_items(&w, items);
	finish(from, &w);
}

/* Return: the A bit of the answer. */
static inline bool subscribe(struct assoc *from, const char *handle)
{
	subscribe_items(from, handle, 0);
	assert_int_equal(from->last.msg.type,
			 RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	return from->last.msg.flags & RSP_FLAG_ACCEPTED;
}

/* The answer's first pool element, or 0. */
static inline uint32_t resolve(struct assoc *from, const char *handle)
{
	struct rsp_pe_param pe;
	struct rsp_iter it;

	resolve_items(from, handle, false, 0);
	assert_int_equal(from->last.msg.type,
			 RSP_ASAP_HANDLE_RESOLUTION_RESPONSE);
	it = from->last.msg.body;
	return rsp_next_pe(&it, &pe) ? pe.pe_id : 0;
}

static inline struct rsp_pe_param resolved(struct assoc *from,
					   const char *handle)
{
	struct rsp_pe_param pe;
	struct rsp_iter it;

	resolve_items(from, handle, false, 0);
	it = from->last.msg.body;
	assert_true(rsp_next_pe(&it, &pe));
	return pe;
}

static inline void assert_type(const struct assoc *a, uint8_t type)
{
	assert_int_equal(a->last.msg.type, type);
}

static inline void assert_granted(const struct assoc *a)
{
	assert_type(a, RSP_ASAP_REGISTRATION_RESPONSE);
	assert_int_equal(a->last.msg.flags, 0);
	assert_false(a->last.msg.has_error);
}

/* The one cause of the last message */
static inline const struct rsp_cause *assert_cause(const struct assoc *a,
						   int code)
{
	assert_true(a->last.msg.has_error);
	assert_int_equal(a->last.msg.causes.count, 1);
	assert_int_equal(a->last.msg.causes.cause[0].code, code);
	return &a->last.msg.causes.cause[0];
}

static inline const struct rsp_cause *assert_refused(const struct assoc *a,
						     int code)
{
	assert_type(a, RSP_ASAP_REGISTRATION_RESPONSE);
	assert_int_equal(a->last.msg.flags, RSP_FLAG_REJECT);
	return assert_cause(a, code);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif /* _RSERPOOL_TESTS_RSPD_CORE_H */
