// SPDX-License-Identifier: GPL-2.0-only
/*
 * ASAP and ENRP messages: structs to octets (RFC 5354).  See wire.c.
 *
 * Nothing is sent that wire.c would refuse, nothing that is cut off: a writer
 * that once failed stays failed until rsp_rewind().  Every parameter begins
 * at a multiple of 4; the padding of the one before is written then, or by
 * rsp_msg_end(), so that no length counts padding at its own end (RFC 5354 s2).
 */
#include "wire.h"

static void rsp_set_u16(__u8 *p, __u16 value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
}

static void rsp_set_u32(__u8 *p, __u32 value)
{
	rsp_set_u16(p, value >> 16);
	rsp_set_u16(p + 2, value & 0xffff);
}

static void rsp_fail(struct rsp_writer *w, int err)
{
	if (!w->failed)
		w->failed = err;
}

/* Room for @len octets; NULL when there is none. */
static __u8 *rsp_room(struct rsp_writer *w, size_t len)
{
	__u8 *p;

	if (w->failed)
		return NULL;
	if (len > w->size - w->len || len > RSP_MSG_MAX - w->len) {
		rsp_fail(w, -EMSGSIZE);
		return NULL;
	}
	p = w->buf + w->len;
	w->len += len;
	return p;
}

static void rsp_put_octets(struct rsp_writer *w, const void *data, size_t len)
{
	__u8 *p = rsp_room(w, len);

	if (p && len)
		memcpy(p, data, len);
}

static void rsp_put_padding(struct rsp_writer *w)
{
	size_t pad = -w->len & 3;
	__u8 *p = rsp_room(w, pad);

	if (p)
		memset(p, 0, pad);
}

/* A TLV from here to rsp_tlv_end(), which gets what this returns. */
static size_t rsp_tlv_begin(struct rsp_writer *w, __u16 type)
{
	size_t start;

	rsp_put_padding(w);
	start = w->len;
	rsp_put_u16(w, type);
	rsp_put_u16(w, 0);
	return start;
}

static void rsp_tlv_end(struct rsp_writer *w, size_t start)
{
	if (!w->failed)
		rsp_set_u16(w->buf + start + 2, w->len - start);
}

void rsp_msg_begin(struct rsp_writer *w, void *buf, size_t size, __u8 type,
		   __u8 flags)
{
	__u8 *p;

	w->buf = buf;
	w->size = size < RSP_MSG_SPACE ? size & ~(size_t)3 : RSP_MSG_SPACE;
	w->len = 0;
	w->failed = 0;
	p = rsp_room(w, 4);
	if (!p)
		return;
	p[0] = type;
	p[1] = flags;
	rsp_set_u16(p + 2, 0);
}

int rsp_msg_end(struct rsp_writer *w)
{
	size_t pad = -w->len & 3;

	if (w->failed)
		return w->failed;
	rsp_set_u16(w->buf + 2, w->len);
	memset(w->buf + w->len, 0, pad);
	return w->len + pad;
}

struct rsp_mark rsp_mark(const struct rsp_writer *w)
{
	struct rsp_mark mark = { .len = w->len, .failed = w->failed };

	return mark;
}

void rsp_rewind(struct rsp_writer *w, struct rsp_mark mark)
{
	w->len = mark.len;
	w->failed = mark.failed;
}

void rsp_put_u16(struct rsp_writer *w, __u16 value)
{
	__u8 *p = rsp_room(w, 2);

	if (p)
		rsp_set_u16(p, value);
}

void rsp_put_u32(struct rsp_writer *w, __u32 value)
{
	__u8 *p = rsp_room(w, 4);

	if (p)
		rsp_set_u32(p, value);
}

static void rsp_put_tlv(struct rsp_writer *w, __u16 type, const void *data,
			size_t len)
{
	size_t start = rsp_tlv_begin(w, type);

	rsp_put_octets(w, data, len);
	rsp_tlv_end(w, start);
}

void rsp_put_handle(struct rsp_writer *w, const void *handle, size_t len)
{
	rsp_put_tlv(w, RSP_PARAM_POOL_HANDLE, handle, len);
}

void rsp_put_cookie(struct rsp_writer *w, const void *cookie, size_t len)
{
	rsp_put_tlv(w, RSP_PARAM_COOKIE, cookie, len);
}

static void rsp_put_tlv_u32(struct rsp_writer *w, __u16 type, __u32 value)
{
	size_t start = rsp_tlv_begin(w, type);

	rsp_put_u32(w, value);
	rsp_tlv_end(w, start);
}

void rsp_put_pe_id(struct rsp_writer *w, __u32 pe_id)
{
	rsp_put_tlv_u32(w, RSP_PARAM_PE_ID, pe_id);
}

void rsp_put_items(struct rsp_writer *w, __u32 items)
{
	rsp_put_tlv_u32(w, RSP_PARAM_HR_ITEMS, items);
}

void rsp_put_pe_checksum(struct rsp_writer *w, __u16 checksum)
{
	size_t start = rsp_tlv_begin(w, RSP_PARAM_PE_CHECKSUM);

	rsp_put_u16(w, checksum);
	rsp_tlv_end(w, start);
}

static void rsp_put_addr(struct rsp_writer *w, const struct rsp_addr *addr)
{
	if (addr->family == 4)
		rsp_put_tlv(w, RSP_PARAM_IPV4, addr->octets, 4);
	else if (addr->family == 6)
		rsp_put_tlv(w, RSP_PARAM_IPV6, addr->octets, 16);
	else
		rsp_fail(w, -EINVAL);
}

static bool rsp_transport_valid(const struct rsp_transport *t)
{
	switch (t->type) {
	case RSP_PARAM_SCTP_TRANSPORT:
		return t->naddrs >= 1 && t->naddrs <= RSP_ADDRS_MAX &&
		       t->use <= RSP_USE_DATA_CONTROL;
	case RSP_PARAM_DCCP_TRANSPORT:
	case RSP_PARAM_TCP_TRANSPORT:
	case RSP_PARAM_UDP_TRANSPORT:
	case RSP_PARAM_UDPLITE_TRANSPORT:
		return t->naddrs == 1;
	case RSP_PARAM_OPAQUE_TRANSPORT:
		return t->raw.len >= 4;
	default:
		return false;
	}
}

void rsp_put_transport(struct rsp_writer *w, const struct rsp_transport *t)
{
	unsigned int i;
	size_t start;

	if (!rsp_transport_valid(t)) {
		rsp_fail(w, -EINVAL);
		return;
	}
	if (t->type == RSP_PARAM_OPAQUE_TRANSPORT) {
		rsp_put_tlv(w, t->type, t->raw.data + 4, t->raw.len - 4);
		return;
	}
	start = rsp_tlv_begin(w, t->type);
	rsp_put_u16(w, t->port);
	rsp_put_u16(w, t->type == RSP_PARAM_SCTP_TRANSPORT ? t->use : 0);
	if (t->type == RSP_PARAM_DCCP_TRANSPORT)
		rsp_put_u32(w, t->service_code);
	for (i = 0; i < t->naddrs; i++)
		rsp_put_addr(w, &t->addrs[i]);
	rsp_tlv_end(w, start);
}

static void rsp_put_policy_data(struct rsp_writer *w,
				const struct rsp_policy_param *p)
{
	switch (p->type) {
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
		rsp_put_u32(w, p->weight);
		break;
	case RSP_POLICY_PRIORITY:
		rsp_put_u32(w, p->priority);
		break;
	default:
		rsp_put_u32(w, p->load);
		if (rsp_policy_words(p->type) == 2)
			rsp_put_u32(w, p->degradation);
	}
}

void rsp_put_policy(struct rsp_writer *w, const struct rsp_policy_param *p)
{
	int words = rsp_policy_words(p->type);
	size_t start;

	if (!rsp_policy_valid(p->type)) {
		rsp_fail(w, -EINVAL);
		return;
	}
	start = rsp_tlv_begin(w, RSP_PARAM_POLICY);
	rsp_put_u32(w, p->type);
	if (words < 0)
		rsp_put_octets(w, p->raw.data, p->raw.len);
	else if (words > 0)
		rsp_put_policy_data(w, p);
	rsp_tlv_end(w, start);
}

void rsp_put_pe(struct rsp_writer *w, const struct rsp_pe_param *pe)
{
	size_t start = rsp_tlv_begin(w, RSP_PARAM_POOL_ELEMENT);

	rsp_put_u32(w, pe->pe_id);
	rsp_put_u32(w, pe->home_id);
	rsp_put_u32(w, pe->life);
	rsp_put_transport(w, &pe->user);
	rsp_put_policy(w, &pe->policy);
	if (pe->asap.type == RSP_PARAM_SCTP_TRANSPORT)
		rsp_put_transport(w, &pe->asap);
	else if (pe->asap.type)
		rsp_fail(w, -EINVAL);
	rsp_tlv_end(w, start);
}

static __u16 rsp_written_u16(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

__s32 rsp_pe_life(const __u8 *pe)
{
	return (__u32)rsp_written_u16(pe + 12) << 16 | rsp_written_u16(pe + 14);
}

/* Two parameters follow the fixed part: user transport, policy. */
static size_t rsp_pe_public_len(const __u8 *pe)
{
	size_t end = 16 + rsp_written_u16(pe + 16 + 2);

	end += -end & 3;
	return end + rsp_written_u16(pe + end + 2);
}

void rsp_put_pe_again(struct rsp_writer *w, const __u8 *pe, __s32 life)
{
	size_t len = rsp_pe_public_len(pe);
	size_t start;

	rsp_put_padding(w);
	start = w->len;
	rsp_put_octets(w, pe, len);
	if (w->failed)
		return;
	rsp_set_u32(w->buf + start + 12, life);
	rsp_tlv_end(w, start);
}

void rsp_put_server_info(struct rsp_writer *w, __u32 server_id,
			 const struct rsp_transport *t)
{
	size_t start = rsp_tlv_begin(w, RSP_PARAM_SERVER_INFO);

	if (t->type != RSP_PARAM_SCTP_TRANSPORT)
		rsp_fail(w, -EINVAL);
	rsp_put_u32(w, server_id);
	rsp_put_transport(w, t);
	rsp_tlv_end(w, start);
}

void rsp_put_error(struct rsp_writer *w, const struct rsp_causes *causes)
{
	size_t start = rsp_tlv_begin(w, RSP_PARAM_OPERATION_ERROR);
	const struct rsp_cause *cause = causes->cause;
	struct rsp_mark mark;
	unsigned int i;

	if (!causes->count)
		rsp_fail(w, -EINVAL);
	for (i = 0; i < causes->count && !w->failed; i++, cause++) {
		mark = rsp_mark(w);
		rsp_put_tlv(w, cause->code, cause->data.data, cause->data.len);
		if (w->failed && i) {
			rsp_rewind(w, mark);
			break;
		}
	}
	rsp_tlv_end(w, start);
}

void rsp_put_cause(struct rsp_writer *w, __u16 code, const void *data,
		   size_t len)
{
	size_t start = rsp_tlv_begin(w, RSP_PARAM_OPERATION_ERROR);

	rsp_put_tlv(w, code, data, len);
	rsp_tlv_end(w, start);
}

void rsp_put_cause_policy(struct rsp_writer *w,
			  const struct rsp_policy_param *p)
{
	size_t start = rsp_tlv_begin(w, RSP_PARAM_OPERATION_ERROR);
	size_t cause = rsp_tlv_begin(w, RSP_CAUSE_INCONSISTENT_POLICY);

	rsp_put_policy(w, p);
	rsp_tlv_end(w, cause);
	rsp_tlv_end(w, start);
}

void rsp_put_cause_transport(struct rsp_writer *w,
			     const struct rsp_transport *t)
{
	size_t start = rsp_tlv_begin(w, RSP_PARAM_OPERATION_ERROR);
	size_t cause = rsp_tlv_begin(w, RSP_CAUSE_INCONSISTENT_TRANSPORT);

	rsp_put_transport(w, t);
	rsp_tlv_end(w, cause);
	rsp_tlv_end(w, start);
}
