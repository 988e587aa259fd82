/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A parsed message written again from what the codec gave, in the order of
 * the RFCs' figures.
 */
#ifndef _RSERPOOL_REWRITE_H
#define _RSERPOOL_REWRITE_H

#include "wire.h"

static inline bool is_asap(enum rsp_proto proto, const struct rsp_msg *msg,
			   enum rsp_asap_type type)
{
	return proto == RSP_PROTO_ASAP && msg->type == type;
}

static inline bool is_enrp(enum rsp_proto proto, const struct rsp_msg *msg,
			   enum rsp_enrp_type type)
{
	return proto == RSP_PROTO_ENRP && msg->type == type;
}

static inline void rewrite_fixed(struct rsp_writer *w, enum rsp_proto proto,
				 const struct rsp_msg *msg)
{
	if (is_asap(proto, msg, RSP_ASAP_ENDPOINT_KEEP_ALIVE) ||
	    is_asap(proto, msg, RSP_ASAP_SERVER_ANNOUNCE))
		rsp_put_u32(w, msg->server_id);
	if (proto != RSP_PROTO_ENRP)
		return;
	rsp_put_u32(w, msg->sender_id);
	rsp_put_u32(w, msg->receiver_id);
	if (msg->type == RSP_ENRP_INIT_TAKEOVER ||
	    msg->type == RSP_ENRP_INIT_TAKEOVER_ACK ||
	    msg->type == RSP_ENRP_TAKEOVER_SERVER)
		rsp_put_u32(w, msg->target_id);
	if (msg->type == RSP_ENRP_HANDLE_UPDATE) {
		rsp_put_u16(w, msg->update);
		rsp_put_u16(w, 0);
	}
}

static inline void rewrite_pools(struct rsp_writer *w,
				 const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_octets handle;
	struct rsp_pe_param pe;

	while (rsp_next_pool(&it, &handle)) {
		rsp_put_handle(w, handle.data, handle.len);
		while (rsp_next_pe(&it, &pe))
			rsp_put_pe(w, &pe);
	}
}

static inline void rewrite_pool(struct rsp_writer *w, enum rsp_proto proto,
				const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_pe_param pe;
	__u32 pe_id;

	if (msg->handle.data)
		rsp_put_handle(w, msg->handle.data, msg->handle.len);
	if (is_asap(proto, msg, RSP_ASAP_ENDPOINT_KEEP_ALIVE))
		while (rsp_next_pe_id(&it, &pe_id))
			rsp_put_pe_id(w, pe_id);
	else if (msg->has_pe_id)
		rsp_put_pe_id(w, msg->pe_id);
	if (msg->has_items)
		rsp_put_items(w, msg->items);
	if (msg->policy.type)
		rsp_put_policy(w, &msg->policy);
	it = msg->body;
	if (is_asap(proto, msg, RSP_ASAP_REGISTRATION) ||
	    is_enrp(proto, msg, RSP_ENRP_HANDLE_UPDATE)) {
		if (rsp_next_pe(&it, &pe))
			rsp_put_pe(w, &pe);
	} else if (is_asap(proto, msg, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE) ||
		   is_asap(proto, msg, RSP_ASAP_BUSINESS_CARD)) {
		while (rsp_next_pe(&it, &pe))
			rsp_put_pe(w, &pe);
	}
}

static inline void rewrite_servers(struct rsp_writer *w, enum rsp_proto proto,
				   const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_transport transport;
	__u32 server_id;

	if (is_enrp(proto, msg, RSP_ENRP_PRESENCE) &&
	    rsp_next_server(&it, &server_id, &transport))
		rsp_put_server_info(w, server_id, &transport);
	if (is_enrp(proto, msg, RSP_ENRP_LIST_RESPONSE))
		while (rsp_next_server(&it, &server_id, &transport))
			rsp_put_server_info(w, server_id, &transport);
	if (is_asap(proto, msg, RSP_ASAP_SERVER_ANNOUNCE))
		while (rsp_next_transport(&it, &transport))
			rsp_put_transport(w, &transport);
}

/* Returns what rsp_msg_end() returns. */
static inline int rewrite(enum rsp_proto proto, const struct rsp_msg *msg,
			  void *buf, size_t size)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, buf, size, msg->type, msg->flags);
	rewrite_fixed(&w, proto, msg);
	if (is_enrp(proto, msg, RSP_ENRP_HANDLE_TABLE_RESPONSE))
		rewrite_pools(&w, msg);
	else
		rewrite_pool(&w, proto, msg);
	if (msg->has_checksum)
		rsp_put_pe_checksum(&w, msg->checksum);
	rewrite_servers(&w, proto, msg);
	if (msg->cookie.data)
		rsp_put_cookie(&w, msg->cookie.data, msg->cookie.len);
	if (msg->has_error)
		rsp_put_error(&w, &msg->causes);
	return rsp_msg_end(&w);
}

#endif /* _RSERPOOL_REWRITE_H */
