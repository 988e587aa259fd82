/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rspd as one registrar among others, message by message.  The peers A, B, C
 * are what a test says; their identifiers are above and below ours.
 */
#ifndef ENRP_PEERS_H
#define ENRP_PEERS_H

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

static inline int peer_send(struct asap_assoc *to, uint32_t request,
			    const void *msg, size_t len)
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

static inline const struct rsp_transport *peer_source(struct asap_assoc *from)
{
	return &container_of(from, struct peer, assoc)->source;
}

static inline void peer_close(struct asap_assoc *assoc)
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

static inline struct rsp_transport place(const __u8 *addr)
{
	struct rsp_transport t = { .type = RSP_PARAM_SCTP_TRANSPORT };

	t.port = RSP_ENRP_PORT;
	t.use = RSP_USE_DATA_CONTROL;
	add_addr(&t, addr);
	return t;
}

static inline void peer_init(struct peer *p, uint32_t id, const __u8 *addr)
{
	memset(p, 0, sizeof(*p));
	p->id = id;
	p->source = place(addr);
}

static inline int dial(void *arg, const struct rsp_transport *to,
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

static inline bool our_place(void *arg, struct rsp_transport *t)
{
	static const __u8 us[] = { 198, 51, 100, 9 };

	(void)arg;
	*t = place(us);
	return true;
}

static inline void ready(void *arg)
{
	(void)arg;
	readies++;
}

/* With @n of the peers A, B, C known from the start */
static inline void begin(size_t n)
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

static inline int setup_enrp(void **state)
{
	(void)state;
	r = NULL;
	begin(0);
	return 0;
}

static inline void clear(void)
{
	a.sent = 0;
	b.sent = 0;
	c.sent = 0;
}

/* The only message since clear(), of that type */
static inline const struct rsp_msg *only(const struct peer *p, uint8_t type)
{
	assert_int_equal(p->sent, 1);
	assert_int_equal(p->log[0].msg.type, type);
	return &p->log[0].msg;
}

/* The first of that type, NULL: none */
static inline const struct rsp_msg *got(const struct peer *p, uint8_t type)
{
	unsigned int i;

	for (i = 0; i < p->sent; i++)
		if (p->log[i].msg.type == type)
			return &p->log[i].msg;
	return NULL;
}

static inline void put(struct peer *from, struct rsp_writer *w)
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

static inline void begin_msg(struct rsp_writer *w, const struct peer *from,
			     uint8_t type, uint8_t flags, uint32_t receiver)
{
	rsp_msg_begin(w, out, sizeof(out), type, flags);
	rsp_put_u32(w, from->id);
	rsp_put_u32(w, receiver);
}

static inline void say(struct peer *from, uint8_t type, uint8_t flags)
{
	struct rsp_writer w;

	begin_msg(&w, from, type, flags, ID);
	put(from, &w);
}

static inline void say_target(struct peer *from, uint8_t type, uint32_t target)
{
	struct rsp_writer w;

	begin_msg(&w, from, type, 0, ID);
	rsp_put_u32(&w, target);
	put(from, &w);
}

static inline void presence(struct peer *from, uint8_t flags, uint16_t checksum)
{
	struct rsp_writer w;

	begin_msg(&w, from, RSP_ENRP_PRESENCE, flags, ID);
	rsp_put_pe_checksum(&w, checksum);
	put(from, &w);
}

static inline struct rsp_pe_param foreign(uint32_t id, uint32_t home)
{
	struct rsp_pe_param pe = pe_param(id, host_a);

	pe.home_id = home;
	pe.asap = pe.user;
	return pe;
}

static inline void update_flags(struct peer *from, uint8_t flags,
				uint16_t action, const char *handle,
				const struct rsp_pe_param *pe)
{
	struct rsp_writer w;

	begin_msg(&w, from, RSP_ENRP_HANDLE_UPDATE, flags, 0);
	rsp_put_u16(&w, action);
	rsp_put_u16(&w, 0xffff);	/* reserved: UPD-09 */
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe(&w, pe);
	put(from, &w);
}

static inline void update_pe(struct peer *from, uint16_t action,
			     const char *handle, const struct rsp_pe_param *pe)
{
	update_flags(from, 0, action, handle, pe);
}

static inline void update(struct peer *from, uint16_t action,
			  const char *handle, uint32_t id)
{
	struct rsp_pe_param pe = foreign(id, from->id);

	update_pe(from, action, handle, &pe);
}

/* A table with up to two elements of pool "p", owned by the sender */
static inline void table(struct peer *from, uint8_t flags, uint32_t id1,
			 uint32_t id2)
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

static inline void list(struct peer *from, uint8_t flags,
			const struct peer *other)
{
	struct rsp_writer w;

	begin_msg(&w, from, RSP_ENRP_LIST_RESPONSE, flags, ID);
	if (other)
		rsp_put_server_info(&w, other->id, &other->source);
	put(from, &w);
}

static inline struct hs_pool *pool_of(const char *handle)
{
	return hs_find_pool(&r->hs, (struct rsp_octets){ (const __u8 *)handle,
							 strlen(handle) });
}

static inline uint32_t home_of(const char *handle, uint32_t id)
{
	struct hs_pool *pool = pool_of(handle);
	struct hs_pe *pe = pool ? hs_find_pe(&r->hs, pool, id) : NULL;

	return pe ? pe->home->id : 0;
}

/* A, B and C are there, and we have been told so. */
static inline void cluster(void)
{
	begin(0);
	presence(&a, 0, 0xffff);
	presence(&b, 0, 0xffff);
	presence(&c, 0, 0xffff);
	clear();
}

#define ENRP_TEST(name)							\
	cmocka_unit_test_setup_teardown(name, setup_enrp, teardown)

#endif /* ENRP_PEERS_H */
