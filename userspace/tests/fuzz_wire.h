/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parse, walk everything, write it again, parse that, write it again: the two
 * writings are the same.  Once more with too little room, and with something
 * wrong in it.  The input is copied to where its end is the end of
 * an allocation, so that the address sanitizer sees the first octet read too
 * much.
 */
#ifndef _RSERPOOL_FUZZ_WIRE_H
#define _RSERPOOL_FUZZ_WIRE_H

#include <stdlib.h>

#include "rewrite.h"

/* ---- inputs ------------------------------------------------------------ */

size_t LLVMFuzzerMutate(__u8 *data, size_t len, size_t room);
size_t LLVMFuzzerCustomMutator(__u8 *data, size_t len, size_t room,
			       unsigned int seed);

/* Octets of a parameter before those that it contains, 0: it contains none. */
static size_t outside(__u16 type)
{
	switch (type) {
	case RSP_PARAM_OPERATION_ERROR:
		return 4;
	case RSP_PARAM_SCTP_TRANSPORT:
	case RSP_PARAM_TCP_TRANSPORT:
	case RSP_PARAM_UDP_TRANSPORT:
	case RSP_PARAM_UDPLITE_TRANSPORT:
	case RSP_PARAM_SERVER_INFO:
		return 8;
	case RSP_PARAM_DCCP_TRANSPORT:
		return 12;
	case RSP_PARAM_POOL_ELEMENT:
		return 16;
	}
	return 0;
}

/* The last parameter of each list, however deep, ends where the list does. */
static void repair(__u8 *p, size_t room)
{
	size_t len, skip;

	while (room >= 4) {
		len = p[2] << 8 | p[3];
		if (len < 4 || ((len + 3) & ~3UL) + 4 > room) {
			len = room;
			p[2] = len >> 8;
			p[3] = len & 0xff;
		}
		skip = outside(p[0] << 8 | p[1]);
		if (skip && skip < len)
			repair(p + skip, len - skip);
		len = (len + 3) & ~3UL;
		if (len >= room)
			break;
		p += len;
		room -= len;
	}
}

/*
 * Lengths stand inside of lengths: no chance would set all of them right that
 * an octet more or less makes wrong.  Behind the last octet is where a reader
 * that goes too far is found out, so something is often missing there.
 */
static size_t mutate(enum rsp_proto proto, __u8 *data, size_t len, size_t room,
		     unsigned int seed)
{
	size_t fixed = 4, cut = 1 + (seed >> 8) % 16;

	if (seed % 4 == 1 && len > cut)
		len -= cut;
	else
		len = LLVMFuzzerMutate(data, len, room);
	if (seed % 4 == 0 || len < 4 || len > RSP_MSG_MAX)
		return len;
	data[2] = len >> 8;
	data[3] = len & 0xff;
	if (proto == RSP_PROTO_ENRP)
		fixed = data[0] >= RSP_ENRP_INIT_TAKEOVER ||
			data[0] == RSP_ENRP_HANDLE_UPDATE ? 16 : 12;
	else if (data[0] == RSP_ASAP_ENDPOINT_KEEP_ALIVE ||
		 data[0] == RSP_ASAP_SERVER_ANNOUNCE)
		fixed = 8;
	if (len > fixed)
		repair(data + fixed, len - fixed);
	return len;
}

/* ---- what is asked of the codec ---------------------------------------- */

static void must(bool condition)
{
	if (!condition)
		abort();
}

static unsigned int walk_pools(struct rsp_iter it, unsigned int *pes)
{
	struct rsp_octets handle;
	struct rsp_pe_param pe;
	unsigned int n = 0;

	for (*pes = 0; rsp_next_pool(&it, &handle); n++)
		while (rsp_next_pe(&it, &pe))
			++*pes;
	return n;
}

static void walk(const struct rsp_msg *msg)
{
	struct rsp_transport transport;
	struct rsp_iter it;
	unsigned int n, pes;
	__u32 id;

	n = walk_pools(msg->body, &pes);
	must(n == msg->npools && pes <= msg->npes);
	for (n = 0, it = msg->body; rsp_next_pe_id(&it, &id); n++)
		;
	must(n == msg->npe_ids);
	for (n = 0, it = msg->body; rsp_next_server(&it, &id, &transport); n++)
		;
	must(n == msg->nservers);
	for (n = 0, it = msg->body; rsp_next_transport(&it, &transport); n++)
		;
	must(n == msg->ntransports);
}

/* What is owed to the sender can be sent. */
static void answer(enum rsp_proto proto, const struct rsp_causes *report)
{
	static __u8 buf[RSP_MSG_SPACE];
	struct rsp_causes none;
	struct rsp_writer w;
	struct rsp_msg msg;
	int len;

	if (!report->count)
		return;
	if (proto == RSP_PROTO_ASAP) {
		rsp_msg_begin(&w, buf, sizeof(buf), RSP_ASAP_ERROR, 0);
	} else {
		rsp_msg_begin(&w, buf, sizeof(buf), RSP_ENRP_ERROR, 0);
		rsp_put_u32(&w, 1);
		rsp_put_u32(&w, 2);
	}
	rsp_put_error(&w, report);
	len = rsp_msg_end(&w);
	must(len > 0);
	must(!rsp_msg_parse(buf, len, proto, &msg, &none));
	must(msg.has_error && msg.causes.count && !none.count);
}

static void rewrite_twice(enum rsp_proto proto, const struct rsp_msg *msg)
{
	static __u8 first[RSP_MSG_SPACE], second[RSP_MSG_SPACE];
	struct rsp_causes report;
	struct rsp_msg again;
	int len;

	len = rewrite(proto, msg, first, sizeof(first));
	must(len > 0 && len % 4 == 0);
	must(rsp_msg_stream_len(first, len) == len);
	must(!rsp_msg_parse(first, len, proto, &again, &report));
	must(!report.count && !again.ignored);
	walk(&again);
	must(rewrite(proto, &again, second, sizeof(second)) == len);
	must(!memcmp(first, second, len));
}

/* What is written parses, or nothing was. */
static void must_parse(enum rsp_proto proto, const void *buf, int len)
{
	struct rsp_causes report;
	struct rsp_msg msg;

	if (len < 0)
		return;
	must(!rsp_msg_parse(buf, len, proto, &msg, &report));
	must(!report.count && !msg.ignored);
}

/* Whatever the room: it suffices or not, and is not exceeded. */
static void rewrite_into(enum rsp_proto proto, const struct rsp_msg *msg,
			 size_t room)
{
	__u8 *buf = malloc(room ? room : 1);
	int len;

	must(buf);
	len = rewrite(proto, msg, buf, room);
	must(len == -EMSGSIZE || (len > 0 && (size_t)len <= room));
	must_parse(proto, buf, len);
	free(buf);
}

/* A pool element with something wrong in it, by numbers from the input */
static void spoil(struct rsp_pe_param *pe, __u8 what, __u8 value)
{
	struct rsp_transport *t = what & 0x80 ? &pe->asap : &pe->user;

	switch (what % 6) {
	case 0:
		t->type = value % 20;
		break;
	case 1:
		t->naddrs = value;
		break;
	case 2:
		t->addrs[0].family = value % 8;
		break;
	case 3:
		t->use = value % 4;
		break;
	case 4:
		pe->policy.type = (value & 0x80) << 23 | value % 8;
		break;
	case 5:
		t->raw.len = value < t->raw.len ? value : t->raw.len;
		break;
	}
}

/* The writer refuses what the parser would: it need not trust its callers. */
static void rewrite_spoilt(const struct rsp_msg *msg, __u8 what, __u8 value)
{
	static __u8 buf[RSP_MSG_SPACE];
	struct rsp_iter it = msg->body;
	struct rsp_octets handle;
	struct rsp_pe_param pe;
	struct rsp_writer w;

	if (!rsp_next_pool(&it, &handle) || !rsp_next_pe(&it, &pe))
		return;
	spoil(&pe, what, value);
	rsp_msg_begin(&w, buf, sizeof(buf), RSP_ASAP_REGISTRATION, 0);
	rsp_put_handle(&w, handle.data, handle.len);
	rsp_put_pe(&w, &pe);
	must_parse(RSP_PROTO_ASAP, buf, rsp_msg_end(&w));

	rsp_msg_begin(&w, buf, sizeof(buf), RSP_ASAP_ERROR, 0);
	if (what & 0x40)
		rsp_put_cause_policy(&w, &pe.policy);
	else if (value & 1)
		rsp_put_cause_transport(&w, &pe.user);
	else
		rsp_put_cause(&w, value, handle.data, handle.len);
	must_parse(RSP_PROTO_ASAP, buf, rsp_msg_end(&w));
}

static int fuzz_wire(enum rsp_proto proto, const __u8 *data, size_t len)
{
	struct rsp_transport transport;
	struct rsp_causes report;
	struct rsp_msg msg;
	__u8 *copy;

	copy = malloc(len ? len : 1);
	must(copy);
	memcpy(copy, data, len);
	if (!rsp_msg_parse(copy, len, proto, &msg, &report)) {
		walk(&msg);
		rewrite_twice(proto, &msg);
		/* The octets are random enough to choose by */
		rewrite_into(proto, &msg, data[len / 2] * len / 128);
		rewrite_spoilt(&msg, data[len - 1], data[len / 3]);
	}
	answer(proto, &report);
	rsp_transport_parse(copy, len, &transport);
	must(rsp_msg_stream_len(copy, len) != 0 || len < 4);
	free(copy);
	return 0;
}

#endif /* _RSERPOOL_FUZZ_WIRE_H */
