// SPDX-License-Identifier: GPL-2.0-only
/*
 * ASAP and ENRP messages: octets to structs (RFC 5352 s2.2, RFC 5353 s2,
 * RFC 5354, the policies' layouts of RFC 5356).  The way back: wire_write.c.
 *
 * Lengths off the wire become pointers in one place, rsp_tlv_next(); unknown
 * parameters and lengths that a type forbids are dealt with in one place,
 * rsp_param_next(), for parameters of a message and nested ones alike.  What
 * a message may hold stands in tables.
 *
 * Every rsp_read_*() function checks a parameter whole and stores it where the
 * caller says, which may be nowhere: rsp_msg_parse() checks that way what the
 * rsp_next_*() functions will store later, without a large struct on the stack.
 */
#include "wire.h"

#define RSP_HDR_LEN	4	/* of a message, parameter or error cause */
#define RSP_PE_FIXED	16	/* in front of what is nested */
#define RSP_SERVER_FIXED	8
#define RSP_POLICY_FIXED	8
#define RSP_PORT_FIXED	8
#define RSP_DCCP_FIXED	12

/* The longest that an ENRP_ERROR with one cause can send back. */
#define RSP_CAUSE_DATA_MAX	(RSP_MSG_MAX - 12 - 2 * RSP_HDR_LEN)

/* Parameter types fold into slots 1 to 31: one bit each. */
#define RSP_SLOT_HR_ITEMS	0x11

enum {
	P_IPV4		= 1U << RSP_PARAM_IPV4,
	P_IPV6		= 1U << RSP_PARAM_IPV6,
	P_DCCP		= 1U << RSP_PARAM_DCCP_TRANSPORT,
	P_SCTP		= 1U << RSP_PARAM_SCTP_TRANSPORT,
	P_TCP		= 1U << RSP_PARAM_TCP_TRANSPORT,
	P_UDP		= 1U << RSP_PARAM_UDP_TRANSPORT,
	P_UDPLITE	= 1U << RSP_PARAM_UDPLITE_TRANSPORT,
	P_POLICY	= 1U << RSP_PARAM_POLICY,
	P_HANDLE	= 1U << RSP_PARAM_POOL_HANDLE,
	P_PE		= 1U << RSP_PARAM_POOL_ELEMENT,
	P_SERVER	= 1U << RSP_PARAM_SERVER_INFO,
	P_ERROR		= 1U << RSP_PARAM_OPERATION_ERROR,
	P_COOKIE	= 1U << RSP_PARAM_COOKIE,
	P_PE_ID		= 1U << RSP_PARAM_PE_ID,
	P_CHECKSUM	= 1U << RSP_PARAM_PE_CHECKSUM,
	P_OPAQUE	= 1U << RSP_PARAM_OPAQUE_TRANSPORT,
	P_ITEMS		= 1U << RSP_SLOT_HR_ITEMS,

	P_ADDRESS	= P_IPV4 | P_IPV6,
	P_TRANSPORT	= P_DCCP | P_SCTP | P_TCP | P_UDP | P_UDPLITE |
			  P_OPAQUE,
	P_ANNOUNCED	= P_SCTP | P_TCP,
};

/* A parameter, error cause, or message: @data is its header, @len its length,
 * header included; @bit (P_*) and @rule are of known parameters only; @wanted:
 * the message asks for this parameter (rsp_read_params()).
 */
struct rsp_tlv {
	const __u8 *data;
	const struct rsp_param_rule *rule;
	__u32 bit;
	__u16 type;
	__u16 len;
	bool wanted;
};

/* Where the findings go; both may be NULL. */
struct rsp_reader {
	struct rsp_msg *msg;
	struct rsp_causes *report;
};

static const struct rsp_reader rsp_quiet;

static __u16 rsp_get_u16(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

static __u32 rsp_get_u32(const __u8 *p)
{
	return (__u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static size_t rsp_padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

static void rsp_set_octets(struct rsp_octets *octets,
			   const struct rsp_tlv *tlv, __u16 skip)
{
	octets->data = tlv->data + skip;
	octets->len = tlv->len - skip;
}

static void rsp_report(const struct rsp_reader *r, __u16 code,
		       const struct rsp_tlv *tlv)
{
	struct rsp_causes *report = r->report;
	struct rsp_cause *cause;

	if (!report)
		return;
	if (report->count == RSP_CAUSES_MAX) {
		report->dropped++;
		return;
	}
	cause = &report->cause[report->count++];
	cause->code = code;
	cause->data.data = NULL;
	cause->data.len = 0;
	if (tlv->len <= RSP_CAUSE_DATA_MAX)
		rsp_set_octets(&cause->data, tlv, 0);
}

static int rsp_invalid(const struct rsp_reader *r, const struct rsp_tlv *tlv)
{
	rsp_report(r, RSP_CAUSE_INVALID_VALUES, tlv);
	return -EBADMSG;
}

/* A known parameter where nobody looks for it (WIRE-39). */
static void rsp_ignore(const struct rsp_reader *r)
{
	if (r->msg)
		r->msg->ignored++;
}

/* The bounded reader.  The padding of the last parameter may be outside of
 * what encloses it (RFC 5354 s2) or inside (RSPLIB's messages).
 * Return: 1 and @tlv; 0 at the end; -EBADMSG, @it stays where it is.
 */
static int rsp_tlv_next(struct rsp_iter *it, struct rsp_tlv *tlv)
{
	size_t room = it->end - it->p;
	size_t step;

	if (!room)
		return 0;
	if (room < RSP_HDR_LEN)
		return -EBADMSG;
	tlv->data = it->p;
	tlv->type = rsp_get_u16(it->p);
	tlv->len = rsp_get_u16(it->p + 2);
	if (tlv->len < RSP_HDR_LEN || tlv->len > room)
		return -EBADMSG;
	step = rsp_padded(tlv->len);
	if (step > room) {
		if (tlv->len != room)
			return -EBADMSG;
		step = room;
	}
	it->p += step;
	return 1;
}

/* What @outer has after @fixed octets. */
static struct rsp_iter rsp_inside(const struct rsp_tlv *outer, __u16 fixed)
{
	struct rsp_iter it = {
		.p = outer->data + fixed,
		.end = outer->data + outer->len,
	};

	return it;
}

/* RFC 5354 section 3: the two highest bits of a type say what to do. */
static int rsp_unknown_param(const struct rsp_reader *r,
			     const struct rsp_tlv *tlv)
{
	bool skip = tlv->type & 0x8000;

	if (tlv->type & 0x4000)
		rsp_report(r, RSP_CAUSE_UNKNOWN_PARAM, tlv);
	return skip ? 0 : -EPROTO;
}

struct rsp_param_rule {
	__u16 min;
	__u16 max;
	/* check it and keep in the message what @wanted says */
	int (*take)(const struct rsp_reader *r, const struct rsp_tlv *tlv);
};

static const struct rsp_param_rule rsp_param_rules[RSP_SLOT_HR_ITEMS + 1];

static unsigned int rsp_param_slot(__u16 type)
{
	if (type <= RSP_PARAM_OPAQUE_TRANSPORT)
		return type;
	return type == RSP_PARAM_HR_ITEMS ? RSP_SLOT_HR_ITEMS : 0;
}

/* Next known parameter inside @outer, its length within what its type allows.
 * Return: 1 and @tlv; 0 at the end; -EBADMSG or -EPROTO for the whole message.
 */
static int rsp_param_next(const struct rsp_reader *r, struct rsp_iter *it,
			  const struct rsp_tlv *outer, struct rsp_tlv *tlv)
{
	unsigned int slot;
	int err;

	while ((err = rsp_tlv_next(it, tlv)) > 0) {
		slot = rsp_param_slot(tlv->type);
		if (slot) {
			tlv->bit = 1U << slot;
			tlv->rule = &rsp_param_rules[slot];
			if (tlv->len < tlv->rule->min ||
			    tlv->len > tlv->rule->max)
				return rsp_invalid(r, tlv);
			return 1;
		}
		err = rsp_unknown_param(r, tlv);
		if (err)
			return err;
	}
	return err ? rsp_invalid(r, outer) : 0;
}

static void rsp_add_addr(struct rsp_transport *t, const struct rsp_tlv *tlv)
{
	struct rsp_addr *addr;

	if (t->naddrs == RSP_ADDRS_MAX)
		return;
	addr = &t->addrs[t->naddrs++];
	addr->family = tlv->bit == P_IPV4 ? 4 : 6;
	memcpy(addr->octets, tlv->data + RSP_HDR_LEN, tlv->len - RSP_HDR_LEN);
}

static int rsp_read_addrs(const struct rsp_reader *r,
			  const struct rsp_tlv *tlv, __u16 fixed,
			  struct rsp_transport *t)
{
	struct rsp_iter it = rsp_inside(tlv, fixed);
	struct rsp_tlv addr;
	unsigned int n = 0;
	int err;

	while ((err = rsp_param_next(r, &it, tlv, &addr)) > 0) {
		if (!(addr.bit & P_ADDRESS)) {
			rsp_ignore(r);
			continue;
		}
		n++;
		if (t)
			rsp_add_addr(t, &addr);
	}
	if (err)
		return err;
	if (!n || (n > 1 && tlv->bit != P_SCTP))
		return rsp_invalid(r, tlv);
	return 0;
}

static int rsp_read_transport(const struct rsp_reader *r,
			      const struct rsp_tlv *tlv,
			      struct rsp_transport *t)
{
	__u16 fixed = RSP_PORT_FIXED;
	__u16 use = 0;

	if (t) {
		memset(t, 0, sizeof(*t));
		t->type = tlv->type;
		rsp_set_octets(&t->raw, tlv, 0);
	}
	if (tlv->bit == P_OPAQUE)
		return 0;
	if (tlv->bit == P_SCTP) {
		use = rsp_get_u16(tlv->data + 6);
		if (use > RSP_USE_DATA_CONTROL)
			return rsp_invalid(r, tlv);
	}
	if (tlv->bit == P_DCCP)
		fixed = RSP_DCCP_FIXED;
	if (t) {
		t->port = rsp_get_u16(tlv->data + 4);
		t->use = use;
		if (tlv->bit == P_DCCP)
			t->service_code = rsp_get_u32(tlv->data + 8);
	}
	return rsp_read_addrs(r, tlv, fixed, t);
}

int rsp_policy_words(__u32 type)
{
	switch (type) {
	case RSP_POLICY_ROUND_ROBIN:
	case RSP_POLICY_RANDOM:
		return 0;
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
	case RSP_POLICY_PRIORITY:
	case RSP_POLICY_LEAST_USED:
	case RSP_POLICY_RANDOM_LEAST_USED:
		return 1;
	case RSP_POLICY_LEAST_USED_DEGRADATION:
	case RSP_POLICY_PRIORITY_LEAST_USED:
		return 2;
	default:
		return -1;
	}
}

static void rsp_store_policy(const struct rsp_tlv *tlv, __u32 type, int words,
			     struct rsp_policy_param *p)
{
	const __u8 *data = tlv->data + RSP_POLICY_FIXED;

	memset(p, 0, sizeof(*p));
	p->type = type;
	rsp_set_octets(&p->raw, tlv, RSP_POLICY_FIXED);
	if (words <= 0)
		return;
	switch (type) {
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
		p->weight = rsp_get_u32(data);
		break;
	case RSP_POLICY_PRIORITY:
		p->priority = rsp_get_u32(data);
		break;
	default:
		p->load = rsp_get_u32(data);
		if (words == 2)
			p->degradation = rsp_get_u32(data + 4);
	}
}

static int rsp_read_policy(const struct rsp_reader *r,
			   const struct rsp_tlv *tlv,
			   struct rsp_policy_param *p)
{
	__u32 type = rsp_get_u32(tlv->data + RSP_HDR_LEN);
	int words = rsp_policy_words(type);

	if (!rsp_policy_valid(type))
		return rsp_invalid(r, tlv);
	if (words >= 0 && tlv->len != RSP_POLICY_FIXED + 4 * words)
		return rsp_invalid(r, tlv);
	if (p)
		rsp_store_policy(tlv, type, words, p);
	return 0;
}

/* User Transport, policy and, if there, ASAP Transport, in this order. */
static int rsp_read_pe_params(const struct rsp_reader *r,
			      const struct rsp_tlv *tlv,
			      struct rsp_pe_param *pe)
{
	enum { USER, POLICY, ASAP, DONE } next = USER;
	struct rsp_iter it = rsp_inside(tlv, RSP_PE_FIXED);
	struct rsp_tlv sub;
	int err;

	while ((err = rsp_param_next(r, &it, tlv, &sub)) > 0) {
		if (next == USER && sub.bit & P_TRANSPORT) {
			err = rsp_read_transport(r, &sub,
						 pe ? &pe->user : NULL);
		} else if (next == POLICY && sub.bit == P_POLICY) {
			err = rsp_read_policy(r, &sub, pe ? &pe->policy : NULL);
		} else if (next == ASAP && sub.bit == P_SCTP) {
			err = rsp_read_transport(r, &sub,
						 pe ? &pe->asap : NULL);
		} else if (next < ASAP || sub.bit & P_TRANSPORT) {
			err = rsp_invalid(r, tlv);
		} else {
			rsp_ignore(r);
			continue;
		}
		if (err)
			return err;
		next++;
	}
	if (!err && next < ASAP)
		err = rsp_invalid(r, tlv);
	return err;
}

static int rsp_read_pe(const struct rsp_reader *r, const struct rsp_tlv *tlv,
		       struct rsp_pe_param *pe)
{
	if (pe) {
		pe->pe_id = rsp_get_u32(tlv->data + 4);
		pe->home_id = rsp_get_u32(tlv->data + 8);
		pe->life = (__s32)rsp_get_u32(tlv->data + 12);
		memset(&pe->asap, 0, sizeof(pe->asap));
	}
	return rsp_read_pe_params(r, tlv, pe);
}

static int rsp_read_server(const struct rsp_reader *r,
			   const struct rsp_tlv *tlv, __u32 *server_id,
			   struct rsp_transport *t)
{
	struct rsp_iter it = rsp_inside(tlv, RSP_SERVER_FIXED);
	bool found = false;
	struct rsp_tlv sub;
	int err;

	if (server_id)
		*server_id = rsp_get_u32(tlv->data + RSP_HDR_LEN);
	while ((err = rsp_param_next(r, &it, tlv, &sub)) > 0) {
		if (!(sub.bit & P_TRANSPORT)) {
			rsp_ignore(r);
			continue;
		}
		if (found || sub.bit != P_SCTP)
			return rsp_invalid(r, tlv);
		err = rsp_read_transport(r, &sub, t);
		if (err)
			return err;
		found = true;
	}
	if (!err && !found)
		err = rsp_invalid(r, tlv);
	return err;
}

/* Causes are TLVs with a numbering of their own. */
static int rsp_read_causes(const struct rsp_reader *r,
			   const struct rsp_tlv *tlv, struct rsp_causes *causes)
{
	struct rsp_iter it = rsp_inside(tlv, RSP_HDR_LEN);
	struct rsp_cause *cause;
	struct rsp_tlv sub;
	int err;

	while ((err = rsp_tlv_next(&it, &sub)) > 0) {
		if (!causes)
			continue;
		if (causes->count == RSP_CAUSES_MAX) {
			causes->dropped++;
			continue;
		}
		cause = &causes->cause[causes->count++];
		cause->code = sub.type;
		rsp_set_octets(&cause->data, &sub, RSP_HDR_LEN);
	}
	return err ? rsp_invalid(r, tlv) : 0;
}

static int rsp_take_transport(const struct rsp_reader *r,
			      const struct rsp_tlv *tlv)
{
	if (tlv->bit & P_ANNOUNCED)
		r->msg->ntransports++;
	return rsp_read_transport(r, tlv, NULL);
}

static int rsp_take_policy(const struct rsp_reader *r,
			   const struct rsp_tlv *tlv)
{
	return rsp_read_policy(r, tlv, tlv->wanted ? &r->msg->policy : NULL);
}

static int rsp_take_handle(const struct rsp_reader *r,
			   const struct rsp_tlv *tlv)
{
	if (tlv->wanted && !r->msg->handle.data)
		rsp_set_octets(&r->msg->handle, tlv, RSP_HDR_LEN);
	r->msg->npools++;
	return 0;
}

static int rsp_take_pe(const struct rsp_reader *r, const struct rsp_tlv *tlv)
{
	r->msg->npes++;
	return rsp_read_pe(r, tlv, NULL);
}

static int rsp_take_server(const struct rsp_reader *r,
			   const struct rsp_tlv *tlv)
{
	r->msg->nservers++;
	return rsp_read_server(r, tlv, NULL, NULL);
}

static int rsp_take_error(const struct rsp_reader *r, const struct rsp_tlv *tlv)
{
	if (tlv->wanted)
		r->msg->has_error = true;
	return rsp_read_causes(r, tlv, tlv->wanted ? &r->msg->causes : NULL);
}

static int rsp_take_cookie(const struct rsp_reader *r,
			   const struct rsp_tlv *tlv)
{
	if (tlv->wanted)
		rsp_set_octets(&r->msg->cookie, tlv, RSP_HDR_LEN);
	return 0;
}

static int rsp_take_pe_id(const struct rsp_reader *r, const struct rsp_tlv *tlv)
{
	if (tlv->wanted && !r->msg->has_pe_id) {
		r->msg->pe_id = rsp_get_u32(tlv->data + RSP_HDR_LEN);
		r->msg->has_pe_id = true;
	}
	r->msg->npe_ids++;
	return 0;
}

static int rsp_take_checksum(const struct rsp_reader *r,
			     const struct rsp_tlv *tlv)
{
	if (tlv->wanted) {
		r->msg->checksum = rsp_get_u16(tlv->data + RSP_HDR_LEN);
		r->msg->has_checksum = true;
	}
	return 0;
}

static int rsp_take_items(const struct rsp_reader *r, const struct rsp_tlv *tlv)
{
	if (tlv->wanted) {
		r->msg->items = rsp_get_u32(tlv->data + RSP_HDR_LEN);
		r->msg->has_items = true;
	}
	return 0;
}

/* Lengths without padding, RFC 5354 section 3. */
static const struct rsp_param_rule rsp_param_rules[RSP_SLOT_HR_ITEMS + 1] = {
	[RSP_PARAM_IPV4]		= { 8, 8, NULL },
	[RSP_PARAM_IPV6]		= { 20, 20, NULL },
	[RSP_PARAM_DCCP_TRANSPORT]	= { 20, 65535, rsp_take_transport },
	[RSP_PARAM_SCTP_TRANSPORT]	= { 16, 65535, rsp_take_transport },
	[RSP_PARAM_TCP_TRANSPORT]	= { 16, 65535, rsp_take_transport },
	[RSP_PARAM_UDP_TRANSPORT]	= { 16, 65535, rsp_take_transport },
	[RSP_PARAM_UDPLITE_TRANSPORT]	= { 16, 65535, rsp_take_transport },
	[RSP_PARAM_POLICY]		= { 8, 65535, rsp_take_policy },
	[RSP_PARAM_POOL_HANDLE]		= { 4, 65535, rsp_take_handle },
	[RSP_PARAM_POOL_ELEMENT]	= { 28, 65535, rsp_take_pe },
	[RSP_PARAM_SERVER_INFO]		= { 24, 65535, rsp_take_server },
	[RSP_PARAM_OPERATION_ERROR]	= { 8, 65535, rsp_take_error },
	[RSP_PARAM_COOKIE]		= { 4, 65535, rsp_take_cookie },
	[RSP_PARAM_PE_ID]		= { 8, 8, rsp_take_pe_id },
	[RSP_PARAM_PE_CHECKSUM]		= { 6, 6, rsp_take_checksum },
	[RSP_PARAM_OPAQUE_TRANSPORT]	= { 4, 65535, rsp_take_transport },
	[RSP_SLOT_HR_ITEMS]		= { 8, 8, rsp_take_items },
};

/* Fields between the header and the parameters. */
enum rsp_fixed {
	RSP_FIXED_NONE,
	RSP_FIXED_SERVER,	/* ASAP: server id */
	RSP_FIXED_PEERS,	/* ENRP: sender's and receiver's id */
	RSP_FIXED_TARGET,	/* ... and target's id */
	RSP_FIXED_UPDATE,	/* ... and update action, reserved */
};

static const __u8 rsp_fixed_len[] = {
	[RSP_FIXED_NONE]	= 0,
	[RSP_FIXED_SERVER]	= 4,
	[RSP_FIXED_PEERS]	= 8,
	[RSP_FIXED_TARGET]	= 12,
	[RSP_FIXED_UPDATE]	= 12,
};

/* What a message is made of.  Sets of P_*: @need: these have to be there;
 * @any: at least one of these; @may: these can be; @many: any number of these.
 * Where a handle is part of a message, it is the first part.
 */
struct rsp_msg_rule {
	enum rsp_fixed fixed;
	__u32 need;
	__u32 any;
	__u32 may;
	__u32 many;
};

/* RFC 5352 section 2.2; @many of keep-alive: KAL-06 */
static const struct rsp_msg_rule rsp_asap_rules[RSP_ASAP_ERROR + 1] = {
	[RSP_ASAP_REGISTRATION] = { .need = P_HANDLE | P_PE },
	[RSP_ASAP_DEREGISTRATION] = { .need = P_HANDLE | P_PE_ID },
	[RSP_ASAP_REGISTRATION_RESPONSE] = {
		.need = P_HANDLE | P_PE_ID,
		.may = P_ERROR,
	},
	[RSP_ASAP_DEREGISTRATION_RESPONSE] = {
		.need = P_HANDLE | P_PE_ID,
		.may = P_ERROR,
	},
	[RSP_ASAP_HANDLE_RESOLUTION] = { .need = P_HANDLE, .may = P_ITEMS },
	[RSP_ASAP_HANDLE_RESOLUTION_RESPONSE] = {
		.need = P_HANDLE,
		.any = P_PE | P_ERROR,
		.may = P_POLICY,
		.many = P_PE,
	},
	[RSP_ASAP_ENDPOINT_KEEP_ALIVE] = {
		.fixed = RSP_FIXED_SERVER,
		.need = P_HANDLE,
		.may = P_PE_ID,
		.many = P_PE_ID,
	},
	[RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK] = { .need = P_HANDLE | P_PE_ID },
	[RSP_ASAP_ENDPOINT_UNREACHABLE] = { .need = P_HANDLE | P_PE_ID },
	[RSP_ASAP_SERVER_ANNOUNCE] = {
		.fixed = RSP_FIXED_SERVER,
		.may = P_ANNOUNCED,
		.many = P_ANNOUNCED,
	},
	[RSP_ASAP_COOKIE] = { .need = P_COOKIE },
	[RSP_ASAP_COOKIE_ECHO] = { .need = P_COOKIE },
	[RSP_ASAP_BUSINESS_CARD] = { .need = P_HANDLE | P_PE, .many = P_PE },
	[RSP_ASAP_ERROR] = { .need = P_ERROR },
};

/* RFC 5353 section 2; a checksum in presences is a SHOULD there */
static const struct rsp_msg_rule rsp_enrp_rules[RSP_ENRP_ERROR + 1] = {
	[RSP_ENRP_PRESENCE] = {
		.fixed = RSP_FIXED_PEERS,
		.may = P_CHECKSUM | P_SERVER,
	},
	[RSP_ENRP_HANDLE_TABLE_REQUEST] = { .fixed = RSP_FIXED_PEERS },
	[RSP_ENRP_HANDLE_TABLE_RESPONSE] = {
		.fixed = RSP_FIXED_PEERS,
		.may = P_HANDLE | P_PE,
		.many = P_HANDLE | P_PE,
	},
	[RSP_ENRP_HANDLE_UPDATE] = {
		.fixed = RSP_FIXED_UPDATE,
		.need = P_HANDLE | P_PE,
	},
	[RSP_ENRP_LIST_REQUEST] = { .fixed = RSP_FIXED_PEERS },
	[RSP_ENRP_LIST_RESPONSE] = {
		.fixed = RSP_FIXED_PEERS,
		.may = P_SERVER,
		.many = P_SERVER,
	},
	[RSP_ENRP_INIT_TAKEOVER] = { .fixed = RSP_FIXED_TARGET },
	[RSP_ENRP_INIT_TAKEOVER_ACK] = { .fixed = RSP_FIXED_TARGET },
	[RSP_ENRP_TAKEOVER_SERVER] = { .fixed = RSP_FIXED_TARGET },
	[RSP_ENRP_ERROR] = { .fixed = RSP_FIXED_PEERS, .need = P_ERROR },
};

static const struct rsp_msg_rule *rsp_msg_rule(enum rsp_proto proto, __u8 type)
{
	if (!type)
		return NULL;
	if (proto == RSP_PROTO_ASAP)
		return type <= RSP_ASAP_ERROR ? &rsp_asap_rules[type] : NULL;
	return type <= RSP_ENRP_ERROR ? &rsp_enrp_rules[type] : NULL;
}

/* One message fills its buffer, but for padding, which may be missing.
 * @tlv is the message, or what of it is there.
 */
static int rsp_read_header(const void *buf, size_t len, struct rsp_tlv *tlv)
{
	size_t claim;

	tlv->data = buf;
	tlv->len = len < RSP_MSG_MAX ? len : RSP_MSG_MAX;
	if (len < RSP_HDR_LEN)
		return -EBADMSG;
	claim = rsp_get_u16(tlv->data + 2);
	if (claim < RSP_HDR_LEN || claim > len || len > rsp_padded(claim))
		return -EBADMSG;
	tlv->len = claim;
	return 0;
}

static int rsp_read_fixed(const struct rsp_reader *r, const struct rsp_tlv *tlv,
			  enum rsp_fixed fixed)
{
	const __u8 *p = tlv->data + RSP_HDR_LEN;
	struct rsp_msg *msg = r->msg;

	if (tlv->len < RSP_HDR_LEN + rsp_fixed_len[fixed])
		return rsp_invalid(r, tlv);
	if (fixed == RSP_FIXED_SERVER)
		msg->server_id = rsp_get_u32(p);
	if (fixed < RSP_FIXED_PEERS)
		return 0;
	msg->sender_id = rsp_get_u32(p);
	msg->receiver_id = rsp_get_u32(p + 4);
	if (fixed == RSP_FIXED_TARGET)
		msg->target_id = rsp_get_u32(p + 8);
	if (fixed == RSP_FIXED_UPDATE) {
		msg->update = rsp_get_u16(p + 8);
		if (msg->update > RSP_UPDATE_DEL_PE)
			return rsp_invalid(r, tlv);
	}
	return 0;
}

static int rsp_read_params(const struct rsp_reader *r,
			   const struct rsp_tlv *msg,
			   const struct rsp_msg_rule *rule)
{
	__u32 asked = rule->need | rule->any | rule->may;
	struct rsp_iter it = r->msg->body;
	struct rsp_tlv tlv;
	__u32 seen = 0;
	int err;

	while ((err = rsp_param_next(r, &it, msg, &tlv)) > 0) {
		tlv.wanted = tlv.bit & asked & (~seen | rule->many);
		if (tlv.wanted)
			seen |= tlv.bit;
		else
			rsp_ignore(r);
		if (tlv.wanted && asked & P_HANDLE & ~seen)
			return rsp_invalid(r, msg);
		err = tlv.rule->take ? tlv.rule->take(r, &tlv) : 0;
		if (err)
			return err;
	}
	if (err)
		return err;
	if (rule->need & ~seen || (rule->any && !(rule->any & seen)))
		return rsp_invalid(r, msg);
	return 0;
}

static int rsp_read_msg(const struct rsp_reader *r, const void *buf, size_t len,
			enum rsp_proto proto)
{
	const struct rsp_msg_rule *rule = NULL;
	struct rsp_tlv tlv;
	int bad, err;

	bad = rsp_read_header(buf, len, &tlv);
	if (len)
		rule = rsp_msg_rule(proto, tlv.data[0]);
	if (!rule) {
		if (bad)
			return bad;
		if (tlv.data[0] >> 6 == 1)
			rsp_report(r, RSP_CAUSE_UNKNOWN_MESSAGE, &tlv);
		return -ENOMSG;
	}
	if (bad)
		return rsp_invalid(r, &tlv);
	r->msg->type = tlv.data[0];
	r->msg->flags = tlv.data[1];
	err = rsp_read_fixed(r, &tlv, rule->fixed);
	if (err)
		return err;
	r->msg->body = rsp_inside(&tlv, RSP_HDR_LEN +
				  rsp_fixed_len[rule->fixed]);
	return rsp_read_params(r, &tlv, rule);
}

int rsp_msg_parse(const void *buf, size_t len, enum rsp_proto proto,
		  struct rsp_msg *msg, struct rsp_causes *report)
{
	__u8 error = proto == RSP_PROTO_ASAP ? RSP_ASAP_ERROR : RSP_ENRP_ERROR;
	struct rsp_reader r = { .msg = msg, .report = report };

	memset(msg, 0, sizeof(*msg));
	if (report) {
		report->count = 0;
		report->dropped = 0;
	}
	if (len && *(const __u8 *)buf == error)
		r.report = NULL;
	return rsp_read_msg(&r, buf, len, proto);
}

int rsp_msg_stream_len(const void *buf, size_t len)
{
	__u16 claim;

	if (len < RSP_HDR_LEN)
		return 0;
	claim = rsp_get_u16((const __u8 *)buf + 2);
	if (claim < RSP_HDR_LEN)
		return -EBADMSG;
	return rsp_padded(claim);
}

/* The next parameter out of @wanted in what rsp_msg_parse() found valid. */
static bool rsp_find(struct rsp_iter *it, __u32 wanted, struct rsp_tlv *tlv)
{
	struct rsp_tlv outer = { .data = it->p };

	while (rsp_param_next(&rsp_quiet, it, &outer, tlv) > 0)
		if (tlv->bit & wanted)
			return true;
	return false;
}

bool rsp_next_pe(struct rsp_iter *it, struct rsp_pe_param *pe)
{
	struct rsp_iter ahead = *it;
	struct rsp_tlv tlv;

	while (rsp_find(&ahead, P_PE | P_HANDLE, &tlv)) {
		if (tlv.bit == P_HANDLE) {
			if (it->in_pool)
				return false;
			continue;
		}
		*it = ahead;
		it->in_pool = true;
		return !rsp_read_pe(&rsp_quiet, &tlv, pe);
	}
	return false;
}

bool rsp_next_pool(struct rsp_iter *it, struct rsp_octets *handle)
{
	struct rsp_tlv tlv;

	if (!rsp_find(it, P_HANDLE, &tlv))
		return false;
	rsp_set_octets(handle, &tlv, RSP_HDR_LEN);
	it->in_pool = true;
	return true;
}

bool rsp_next_pe_id(struct rsp_iter *it, __u32 *pe_id)
{
	struct rsp_tlv tlv;

	if (!rsp_find(it, P_PE_ID, &tlv))
		return false;
	*pe_id = rsp_get_u32(tlv.data + RSP_HDR_LEN);
	return true;
}

bool rsp_next_server(struct rsp_iter *it, __u32 *server_id,
		     struct rsp_transport *transport)
{
	struct rsp_tlv tlv;

	return rsp_find(it, P_SERVER, &tlv) &&
	       !rsp_read_server(&rsp_quiet, &tlv, server_id, transport);
}

bool rsp_next_transport(struct rsp_iter *it, struct rsp_transport *transport)
{
	struct rsp_tlv tlv;

	return rsp_find(it, P_ANNOUNCED, &tlv) &&
	       !rsp_read_transport(&rsp_quiet, &tlv, transport);
}

int rsp_transport_parse(const void *buf, size_t len,
			struct rsp_transport *transport)
{
	struct rsp_tlv outer = { .data = buf };
	struct rsp_iter it = { .p = buf, .end = outer.data + len };
	struct rsp_tlv tlv;
	int err;

	if (rsp_param_next(&rsp_quiet, &it, &outer, &tlv) != 1 ||
	    !(tlv.bit & P_TRANSPORT) || it.p != it.end)
		return -EBADMSG;
	err = rsp_read_transport(&rsp_quiet, &tlv, transport);
	return err ? -EBADMSG : 0;
}
