/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parse, walk everything, write it again, parse that, write it again: the two
 * writings are the same.  The input is copied to where its end is the end of
 * an allocation, so that the address sanitizer sees the first octet read too
 * much.
 */
#ifndef _RSERPOOL_FUZZ_WIRE_H
#define _RSERPOOL_FUZZ_WIRE_H

#include <stdlib.h>

#include "rewrite.h"

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
	}
	answer(proto, &report);
	rsp_transport_parse(copy, len, &transport);
	free(copy);
	return 0;
}

#endif /* _RSERPOOL_FUZZ_WIRE_H */
