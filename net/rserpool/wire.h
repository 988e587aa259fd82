/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ASAP (RFC 5352) and ENRP (RFC 5353) messages, in the form of RFC 5354:
 * octets to structs and back.
 *
 * Pure: memory and integers only, no allocation, no lock, no global state.
 * The same two files are compiled into rserpool.ko, rspd, rspctl, the unit
 * tests and the fuzzers.  Everything that a parsed message points to lies in
 * the caller's buffer and lives as long as that does.
 *
 * All fields of the structs below are in host byte order; addresses are octet
 * strings in network order.
 */
#ifndef _RSERPOOL_WIRE_H
#define _RSERPOOL_WIRE_H

#include <linux/types.h>
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#endif

/* IANA numbers: RFC 5352 section 8, RFC 5353 section 5. */
#define RSP_ASAP_PORT		3863
#define RSP_ENRP_PORT		9901
#define RSP_ASAP_PPID		11
#define RSP_ENRP_PPID		12

#define RSP_MSG_MAX		65535	/* WIRE-40, what Message Length can say */
#define RSP_MSG_SPACE		65536	/* a buffer for any message, padded */
#define RSP_HANDLE_MAX_WIRE	65531	/* what a 16-bit TLV length leaves */
#define RSP_COOKIE_MAX		65527	/* message 65535 - header 4 - TLV 4 */
#define RSP_ADDRS_MAX		16	/* addresses kept of one transport */
#define RSP_CAUSES_MAX		8	/* error causes kept of one message */

enum rsp_proto {
	RSP_PROTO_ASAP,
	RSP_PROTO_ENRP,
};

/* RFC 5352 section 2.2 */
enum rsp_asap_type {
	RSP_ASAP_REGISTRATION			= 0x01,
	RSP_ASAP_DEREGISTRATION			= 0x02,
	RSP_ASAP_REGISTRATION_RESPONSE		= 0x03,
	RSP_ASAP_DEREGISTRATION_RESPONSE	= 0x04,
	RSP_ASAP_HANDLE_RESOLUTION		= 0x05,
	RSP_ASAP_HANDLE_RESOLUTION_RESPONSE	= 0x06,
	RSP_ASAP_ENDPOINT_KEEP_ALIVE		= 0x07,
	RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK	= 0x08,
	RSP_ASAP_ENDPOINT_UNREACHABLE		= 0x09,
	RSP_ASAP_SERVER_ANNOUNCE		= 0x0a,
	RSP_ASAP_COOKIE				= 0x0b,
	RSP_ASAP_COOKIE_ECHO			= 0x0c,
	RSP_ASAP_BUSINESS_CARD			= 0x0d,
	RSP_ASAP_ERROR				= 0x0e,
};

/* RFC 5353 section 2 */
enum rsp_enrp_type {
	RSP_ENRP_PRESENCE			= 0x01,
	RSP_ENRP_HANDLE_TABLE_REQUEST		= 0x02,
	RSP_ENRP_HANDLE_TABLE_RESPONSE		= 0x03,
	RSP_ENRP_HANDLE_UPDATE			= 0x04,
	RSP_ENRP_LIST_REQUEST			= 0x05,
	RSP_ENRP_LIST_RESPONSE			= 0x06,
	RSP_ENRP_INIT_TAKEOVER			= 0x07,
	RSP_ENRP_INIT_TAKEOVER_ACK		= 0x08,
	RSP_ENRP_TAKEOVER_SERVER		= 0x09,
	RSP_ENRP_ERROR				= 0x0a,
};

/* Message flags, by message (RFC 5352 section 2.2, RFC 5353 section 2). */
#define RSP_FLAG_REJECT		0x01	/* R: both (de)registration responses */
#define RSP_FLAG_SUBSCRIBE	0x01	/* S: handle resolution */
#define RSP_FLAG_ACCEPTED	0x01	/* A: handle resolution response */
#define RSP_FLAG_HOME		0x01	/* H: endpoint keep-alive */
#define RSP_FLAG_REPLY_REQUIRED	0x01	/* presence, WIRE-35 */
#define RSP_FLAG_SUGGESTED	0x01	/* handle update, ENRP-UPD-12 */
#define RSP_FLAG_OWN_ONLY	0x01	/* W: handle table request */
#define RSP_FLAG_TABLE_MORE	0x02	/* M: handle table response */
#define RSP_FLAG_TABLE_REJECT	0x01	/* R: handle table, list response */

#define RSP_UPDATE_ADD_PE	0x0000	/* RFC 5353 section 2.4 */
#define RSP_UPDATE_DEL_PE	0x0001

/* RFC 5354 section 3, table 1 */
enum rsp_param {
	RSP_PARAM_IPV4			= 0x0001,
	RSP_PARAM_IPV6			= 0x0002,
	RSP_PARAM_DCCP_TRANSPORT	= 0x0003,
	RSP_PARAM_SCTP_TRANSPORT	= 0x0004,
	RSP_PARAM_TCP_TRANSPORT		= 0x0005,
	RSP_PARAM_UDP_TRANSPORT		= 0x0006,
	RSP_PARAM_UDPLITE_TRANSPORT	= 0x0007,
	RSP_PARAM_POLICY		= 0x0008,
	RSP_PARAM_POOL_HANDLE		= 0x0009,
	RSP_PARAM_POOL_ELEMENT		= 0x000a,
	RSP_PARAM_SERVER_INFO		= 0x000b,
	RSP_PARAM_OPERATION_ERROR	= 0x000c,
	RSP_PARAM_COOKIE		= 0x000d,
	RSP_PARAM_PE_ID			= 0x000e,
	RSP_PARAM_PE_CHECKSUM		= 0x000f,
	RSP_PARAM_OPAQUE_TRANSPORT	= 0x0010,
	/* draft-dreibholz-rserpool-asap-hropt; skipped by who knows it not */
	RSP_PARAM_HR_ITEMS		= 0x803f,
};

#define RSP_ITEMS_ALL		0xffffffffU

/* Transport Use of an SCTP Transport, RFC 5354 section 3.4 */
#define RSP_USE_DATA_ONLY	0
#define RSP_USE_DATA_CONTROL	1

/* RFC 5354 section 3.12 */
enum rsp_cause_code {
	RSP_CAUSE_UNSPECIFIED		= 0x0,
	RSP_CAUSE_UNKNOWN_PARAM		= 0x1,
	RSP_CAUSE_UNKNOWN_MESSAGE	= 0x2,
	RSP_CAUSE_INVALID_VALUES	= 0x3,
	RSP_CAUSE_NON_UNIQUE_PE_ID	= 0x4,
	RSP_CAUSE_INCONSISTENT_POLICY	= 0x5,
	RSP_CAUSE_LACK_OF_RESOURCES	= 0x6,
	RSP_CAUSE_INCONSISTENT_TRANSPORT = 0x7,
	RSP_CAUSE_INCONSISTENT_CONTROL	= 0x8,
	RSP_CAUSE_UNKNOWN_POOL_HANDLE	= 0x9,
	RSP_CAUSE_SECURITY		= 0xa,
};

/* RFC 5356 */
enum rsp_policy_type {
	RSP_POLICY_ROUND_ROBIN		= 0x00000001,
	RSP_POLICY_WEIGHTED_ROUND_ROBIN	= 0x00000002,
	RSP_POLICY_RANDOM		= 0x00000003,
	RSP_POLICY_WEIGHTED_RANDOM	= 0x00000004,
	RSP_POLICY_PRIORITY		= 0x00000005,
	RSP_POLICY_LEAST_USED		= 0x40000001,
	RSP_POLICY_LEAST_USED_DEGRADATION = 0x40000002,
	RSP_POLICY_PRIORITY_LEAST_USED	= 0x40000003,
	RSP_POLICY_RANDOM_LEAST_USED	= 0x40000004,
};

#define RSP_LIFE_INFINITE	(-1)	/* WIRE-32 */

/**
 * struct rsp_octets - a run of octets inside a message
 * @data: first octet, NULL when the field is absent
 * @len: octets; may be 0 for a present, empty field
 */
struct rsp_octets {
	const __u8 *data;
	__u16 len;
};

/**
 * struct rsp_addr - an IP address
 * @family: 4 or 6 (not AF_INET: the codec knows no socket families)
 * @octets: 4 or 16 octets in network order, the rest zero
 */
struct rsp_addr {
	__u8 family;
	__u8 octets[16];
};

/**
 * struct rsp_transport - any transport parameter (RFC 5354 s3.3 - 3.7, 3.16)
 * @type: RSP_PARAM_*_TRANSPORT, 0 when absent
 * @port: port
 * @use: RSP_USE_*; always RSP_USE_DATA_ONLY but for SCTP
 * @service_code: DCCP only
 * @naddrs: addresses in @addrs, 1 for all but SCTP; 0 for opaque
 * @addrs: addresses in the order of the message
 * @raw: the whole TLV without its padding as received.  The writer copies
 *	it verbatim for RSP_PARAM_OPAQUE_TRANSPORT and ignores it otherwise.
 */
struct rsp_transport {
	__u16 type;
	__u16 port;
	__u16 use;
	__u8 naddrs;
	__u32 service_code;
	struct rsp_addr addrs[RSP_ADDRS_MAX];
	struct rsp_octets raw;
};

/**
 * struct rsp_policy_param - member selection policy (RFC 5354 s3.8, RFC 5356)
 * @type: enum rsp_policy_type or any other number; 0 when absent
 * @weight: WRR, WRAND
 * @priority: PRIO
 * @load: the adaptive ones, 0 to 0xffffffff = 0 to 100 %
 * @degradation: LUD: load degradation; PLU: load increment
 * @raw: what follows the policy type, kept unchanged for policies unknown
 *	here (WIRE-27); the writer copies it when @type is none of RFC 5356's
 */
struct rsp_policy_param {
	__u32 type;
	__u32 weight;
	__u32 priority;
	__u32 load;
	__u32 degradation;
	struct rsp_octets raw;
};

/**
 * struct rsp_pe_param - Pool Element parameter (RFC 5354 s3.10)
 * @pe_id: PE identifier
 * @home_id: home registrar's identifier, 0 when not known
 * @life: registration life in seconds, RSP_LIFE_INFINITE
 * @user: user transport
 * @policy: member selection policy
 * @asap: ASAP transport, @asap.type 0 when absent
 */
struct rsp_pe_param {
	__u32 pe_id;
	__u32 home_id;
	__s32 life;
	struct rsp_transport user;
	struct rsp_policy_param policy;
	struct rsp_transport asap;
};

/**
 * struct rsp_cause - one error cause (RFC 5354 s3.12)
 * @code: enum rsp_cause_code or any other number
 * @data: cause-specific information, without padding
 */
struct rsp_cause {
	__u16 code;
	struct rsp_octets data;
};

/**
 * struct rsp_causes - the causes of one Operation Error
 * @count: causes in @cause
 * @dropped: further causes for which there was no room
 * @cause: in the order of the message
 */
struct rsp_causes {
	__u8 count;
	__u16 dropped;
	struct rsp_cause cause[RSP_CAUSES_MAX];
};

/**
 * struct rsp_iter - where the repeated parameters of a message are
 * @p: next octet
 * @end: one past the last octet
 * @in_pool: a handle or Pool Element was returned: the next handle is a border
 *
 * Initialised by rsp_msg_parse(), consumed by the rsp_next_*() functions.
 * A copy can be walked again.
 */
struct rsp_iter {
	const __u8 *p;
	const __u8 *end;
	bool in_pool;
};

/**
 * struct rsp_msg - a message that was parsed and found valid as a whole
 * @type: enum rsp_asap_type or rsp_enrp_type
 * @flags: as received; mask with RSP_FLAG_*
 * @handle: pool handle; .data NULL when the message has none
 * @pe_id: PE Identifier parameter (first one)
 * @has_pe_id: @pe_id is there
 * @npe_ids: PE Identifier parameters in all
 * @npes: Pool Element parameters (in a handle table response: of all pools)
 * @npools: Pool Handle parameters (1 but in a handle table response)
 * @nservers: Server Information parameters
 * @ntransports: top-level SCTP and TCP Transports (server announce)
 * @body: all parameters, for rsp_next_*()
 * @policy: overall policy of a handle resolution response; .type 0 if absent
 * @cookie: cookie of a Cookie or Cookie Echo; .data NULL if absent
 * @has_error: an Operation Error parameter is there
 * @causes: its causes
 * @items: item count of a handle resolution (draft asap-hropt)
 * @has_items: @items is there
 * @server_id: the registrar's id of an ASAP keep-alive or announce
 * @sender_id: ENRP: sender's registrar id
 * @receiver_id: ENRP: receiver's registrar id, 0 for group-cast
 * @target_id: ENRP takeover messages
 * @update: ENRP handle update: RSP_UPDATE_*
 * @checksum: ENRP presence: PE checksum
 * @has_checksum: @checksum is there
 * @ignored: known parameters in a place of their own choice, skipped (WIRE-39)
 *
 * The counts take in the ignored ones, too: no rsp_next_*() function returns
 * more than these.
 */
struct rsp_msg {
	__u8 type;
	__u8 flags;
	struct rsp_octets handle;
	__u32 pe_id;
	bool has_pe_id;
	__u16 npe_ids;
	__u16 npes;
	__u16 npools;
	__u16 nservers;
	__u16 ntransports;
	struct rsp_iter body;
	struct rsp_policy_param policy;
	struct rsp_octets cookie;
	bool has_error;
	struct rsp_causes causes;
	__u32 items;
	bool has_items;
	__u32 server_id;
	__u32 sender_id;
	__u32 receiver_id;
	__u32 target_id;
	__u16 update;
	__u16 checksum;
	bool has_checksum;
	__u16 ignored;
};

/**
 * rsp_msg_parse() - check one message whole, and take its single fields out
 * @buf: the SCTP user message, datagram, or one message cut from a stream
 * @len: its octets
 * @proto: which protocol's message types apply
 * @msg: result; undefined unless 0 is returned
 * @report: causes that the sender is owed (WIRE-07, -14, -16, -17, -19), with
 *	data that points into @buf; count is 0 when there is nothing to send,
 *	as always for an error message (ERR-01).  A message or parameter that
 *	is too large to be sent back is reported without data.  Filled in
 *	whatever is returned; may be NULL.
 *
 * Every length of the message and of everything nested in it is checked here,
 * so that the rsp_next_*() functions cannot fail on what they walk, and no
 * caller acts on half a message (WIRE-13, SEC-06).
 *
 * Return: 0; -EBADMSG: malformed or a value that the RFC forbids; -EPROTO:
 * an unknown parameter that says "stop"; -ENOMSG: unknown message type.
 * In all three the message has to be dropped and counted.  Too many addresses
 * or causes are no error: the first RSP_ADDRS_MAX, RSP_CAUSES_MAX are kept.
 */
int rsp_msg_parse(const void *buf, size_t len, enum rsp_proto proto,
		  struct rsp_msg *msg, struct rsp_causes *report);

/**
 * rsp_msg_stream_len() - octets of the first message in a TCP stream (WIRE-38)
 * @buf: what has been received so far
 * @len: its octets
 *
 * Return: padded length of the message (it may be more than @len: read on),
 * 0 when fewer than 4 octets are there, -EBADMSG for a length below 4.
 */
int rsp_msg_stream_len(const void *buf, size_t len);

/**
 * rsp_next_pe() - next Pool Element of the current pool
 * @it: a copy of rsp_msg.body
 * @pe: result
 *
 * Stops in front of the next Pool Handle (handle table response) once a Pool
 * Element of the current pool has been returned or a handle was consumed by
 * rsp_next_pool().
 *
 * Return: true and @pe, or false at the end of this pool.
 */
bool rsp_next_pe(struct rsp_iter *it, struct rsp_pe_param *pe);

/**
 * rsp_next_pool() - next Pool Handle (ENRP handle table response)
 * @it: a copy of rsp_msg.body, or where rsp_next_pe() left it
 * @handle: result
 *
 * Return: true and @handle, or false at the end of the message.
 */
bool rsp_next_pool(struct rsp_iter *it, struct rsp_octets *handle);

/**
 * rsp_next_pe_id() - next PE Identifier parameter
 * @it: a copy of rsp_msg.body
 * @pe_id: result
 * Return: true and @pe_id, or false at the end of the message.
 */
bool rsp_next_pe_id(struct rsp_iter *it, __u32 *pe_id);

/**
 * rsp_next_server() - next Server Information parameter
 * @it: a copy of rsp_msg.body
 * @server_id: result
 * @transport: result, an SCTP Transport
 * Return: true and the results, or false at the end of the message.
 */
bool rsp_next_server(struct rsp_iter *it, __u32 *server_id,
		     struct rsp_transport *transport);

/**
 * rsp_next_transport() - next top-level SCTP or TCP Transport (announce)
 * @it: a copy of rsp_msg.body
 * @transport: result
 * Return: true and @transport, or false at the end of the message.
 */
bool rsp_next_transport(struct rsp_iter *it, struct rsp_transport *transport);

/**
 * rsp_policy_valid() - may a Pool Element have this policy (POL-01)?
 * @type: policy type
 *
 * Return: false for the two numbers that are reserved.
 */
static inline bool rsp_policy_valid(__u32 type)
{
	return type != 0x00000000 && type != 0x40000000;
}

/**
 * rsp_policy_words() - size of a policy's specific data
 * @type: policy type
 * Return: 32-bit words after the type (RFC 5356), -1 for an unknown policy.
 */
int rsp_policy_words(__u32 type);

/**
 * rsp_transport_parse() - one transport TLV by itself (netlink attributes)
 * @buf: the TLV
 * @len: its octets, padding allowed
 * @transport: result
 * Return: 0 or -EBADMSG.
 */
int rsp_transport_parse(const void *buf, size_t len,
			struct rsp_transport *transport);

/**
 * struct rsp_writer - a message in the making
 * @buf: where it goes
 * @size: room
 * @len: octets written so far, without the padding of the last parameter
 * @failed: 0; -EMSGSIZE: did not fit; -EINVAL: asked for what the RFC forbids.
 *	Every later call does nothing.
 */
struct rsp_writer {
	__u8 *buf;
	size_t size;
	size_t len;
	int failed;
};

/**
 * rsp_msg_begin() - begin a message
 * @w: writer; initialised here
 * @buf: where it goes
 * @size: octets of @buf; RSP_MSG_SPACE is enough for any message
 * @type: enum rsp_asap_type or rsp_enrp_type
 * @flags: RSP_FLAG_*
 */
void rsp_msg_begin(struct rsp_writer *w, void *buf, size_t size, __u8 type,
		   __u8 flags);

/**
 * rsp_msg_end() - set the length, pad to 4 octets
 * @w: writer
 * Return: octets to send, padding included, or rsp_writer.failed.
 */
int rsp_msg_end(struct rsp_writer *w);

/* rsp_mark()/rsp_rewind(): take back what did not fit, for lists that are cut
 * short rather than refused (WIRE-40).  What fits when it is put fits in the
 * end, padding included.
 */
struct rsp_mark {
	size_t len;
	int failed;
};

/**
 * rsp_mark() - remember where a message is, to come back to
 * @w: writer
 *
 * Return: the place, for rsp_rewind().
 */
struct rsp_mark rsp_mark(const struct rsp_writer *w);

/**
 * rsp_rewind() - take back what has been written since
 * @w: writer
 * @mark: from rsp_mark()
 */
void rsp_rewind(struct rsp_writer *w, struct rsp_mark mark);

/**
 * rsp_put_u16() - a fixed field behind the message header
 * @w: writer
 * @value: host byte order
 */
void rsp_put_u16(struct rsp_writer *w, __u16 value);

/**
 * rsp_put_u32() - a fixed field behind the message header
 * @w: writer
 * @value: host byte order
 */
void rsp_put_u32(struct rsp_writer *w, __u32 value);

/**
 * rsp_put_handle() - a Pool Handle parameter
 * @w: writer
 * @handle: octets
 * @len: how many
 */
void rsp_put_handle(struct rsp_writer *w, const void *handle, size_t len);

/**
 * rsp_put_pe() - a Pool Element parameter
 * @w: writer
 * @pe: what it says
 */
void rsp_put_pe(struct rsp_writer *w, const struct rsp_pe_param *pe);

/**
 * rsp_put_pe_again() - a Pool Element parameter that rsp_put_pe() has written
 *	once, without its ASAP Transport, which is for registrars alone (WIRE-31)
 * @w: writer
 * @pe: what rsp_put_pe() wrote
 * @life: registration life, instead of the one there
 */
void rsp_put_pe_again(struct rsp_writer *w, const __u8 *pe, __s32 life);

/**
 * rsp_pe_life() - registration life of a Pool Element parameter
 * @pe: what rsp_put_pe() wrote
 * Return: seconds, or RSP_LIFE_INFINITE.
 */
__s32 rsp_pe_life(const __u8 *pe);

/**
 * rsp_put_policy() - a Member Selection Policy parameter
 * @w: writer
 * @p: what it says
 */
void rsp_put_policy(struct rsp_writer *w, const struct rsp_policy_param *p);

/**
 * rsp_put_transport() - a transport parameter
 * @w: writer
 * @t: what it says
 */
void rsp_put_transport(struct rsp_writer *w, const struct rsp_transport *t);

/**
 * rsp_put_pe_id() - a PE Identifier parameter
 * @w: writer
 * @pe_id: identifier
 */
void rsp_put_pe_id(struct rsp_writer *w, __u32 pe_id);

/**
 * rsp_put_pe_checksum() - a PE Checksum parameter
 * @w: writer
 * @checksum: host byte order
 */
void rsp_put_pe_checksum(struct rsp_writer *w, __u16 checksum);

/**
 * rsp_put_server_info() - a Server Information parameter
 * @w: writer
 * @server_id: registrar's identifier
 * @t: its SCTP Transport
 */
void rsp_put_server_info(struct rsp_writer *w, __u32 server_id,
			 const struct rsp_transport *t);

/**
 * rsp_put_cookie() - a Cookie parameter
 * @w: writer
 * @cookie: octets
 * @len: how many, up to RSP_COOKIE_MAX
 */
void rsp_put_cookie(struct rsp_writer *w, const void *cookie, size_t len);

/**
 * rsp_put_items() - the item count of a handle resolution (draft asap-hropt)
 * @w: writer
 * @items: how many, or RSP_ITEMS_ALL
 */
void rsp_put_items(struct rsp_writer *w, __u32 items);

/**
 * rsp_put_error() - an Operation Error with as many of the causes as fit, at
 * least one
 * @w: writer
 * @causes: at least one
 */
void rsp_put_error(struct rsp_writer *w, const struct rsp_causes *causes);

/**
 * rsp_put_cause() - an Operation Error with one cause
 * @w: writer
 * @code: enum rsp_cause_code
 * @data: cause-specific information
 * @len: its octets
 */
void rsp_put_cause(struct rsp_writer *w, __u16 code, const void *data,
		   size_t len);

/**
 * rsp_put_cause_policy() - an Operation Error: inconsistent policy (ERR-08)
 * @w: writer
 * @p: the policy that would be right
 */
void rsp_put_cause_policy(struct rsp_writer *w,
			  const struct rsp_policy_param *p);

/**
 * rsp_put_cause_transport() - an Operation Error: inconsistent transport
 * (ERR-10)
 * @w: writer
 * @t: the transport that would be right
 */
void rsp_put_cause_transport(struct rsp_writer *w,
			     const struct rsp_transport *t);

#endif /* _RSERPOOL_WIRE_H */
