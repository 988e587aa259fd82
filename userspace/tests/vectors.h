/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages in hexadecimal, drawn up by hand from the figures of RFC 5352 s2.2,
 * RFC 5353 s2, RFC 5354 s3 and RFC 5356, and what they mean.  "__" is an octet
 * of padding.
 */
#ifndef _RSERPOOL_VECTORS_H
#define _RSERPOOL_VECTORS_H

#include "wire.h"

#define AND		""	/* parameters one after the other */
#define OCTETS(s)	{ .data = (const __u8 *)(s), .len = sizeof(s) - 1 }

/* Addresses: 192.0.2.1, 192.0.2.2, 2001:db8::1 */
#define X_IPV4_1	"0001 0008 c0000201"
#define X_IPV4_2	"0001 0008 c0000202"
#define X_IPV6_1	"0002 0014 20010db8 00000000 00000000 00000001"
#define IPV4_1	{ .family = 4, .octets = { 192, 0, 2, 1 } }
#define IPV4_2	{ .family = 4, .octets = { 192, 0, 2, 2 } }
#define IPV6_1	{ .family = 6, .octets = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } }

/* Transports */
#define X_SCTP		"0004 0010 1092 0000" X_IPV4_1
#define X_SCTP_MIXED	"0004 002c 1092 0001" X_IPV4_1 X_IPV6_1 X_IPV4_2
#define X_SCTP_ASAP	"0004 0024 9c40 0000" X_IPV6_1 X_IPV4_1
#define X_SCTP_SERVER	"0004 0018 0f17 0000" X_IPV4_1 X_IPV4_2
#define X_TCP		"0005 0010 0050 0000" X_IPV4_2
#define X_UDP		"0006 001c 0035 0000" X_IPV6_1
#define X_UDPLITE	"0007 0010 ffff 0000" X_IPV4_1
#define X_DCCP		"0003 0014 0001 0000 64636370" X_IPV4_1
#define X_OPAQUE	"0010 0009 6f70617175 ______"

#define TRANSPORT(number, t, ...)					\
	{								\
		.type = RSP_PARAM_##t##_TRANSPORT, .port = (number),	\
		__VA_ARGS__						\
	}
#define SCTP		TRANSPORT(4242, SCTP, .naddrs = 1, .addrs = { IPV4_1 })
#define SCTP_MIXED	TRANSPORT(4242, SCTP, .use = RSP_USE_DATA_CONTROL, \
				  .naddrs = 3,				\
				  .addrs = { IPV4_1, IPV6_1, IPV4_2 })
#define SCTP_ASAP	TRANSPORT(40000, SCTP, .naddrs = 2,		\
				  .addrs = { IPV6_1, IPV4_1 })
#define SCTP_SERVER	TRANSPORT(RSP_ASAP_PORT, SCTP, .naddrs = 2,	\
				  .addrs = { IPV4_1, IPV4_2 })
#define TCP		TRANSPORT(80, TCP, .naddrs = 1, .addrs = { IPV4_2 })
#define UDP		TRANSPORT(53, UDP, .naddrs = 1, .addrs = { IPV6_1 })
#define UDPLITE		TRANSPORT(65535, UDPLITE, .naddrs = 1,		\
				  .addrs = { IPV4_1 })
#define DCCP		TRANSPORT(1, DCCP, .service_code = 0x64636370,	\
				  .naddrs = 1, .addrs = { IPV4_1 })
#define OPAQUE		TRANSPORT(0, OPAQUE,				\
				  .raw = OCTETS("\0\x10\0\x09opaqu"))

static const struct rsp_transport sctp_server = SCTP_SERVER;
static const struct rsp_transport tcp = TCP;

/* Pool Elements: every transport, every policy, with and without ASAP */
#define X_PE_RR		"000a 0028 00000001 00000000 ffffffff" X_TCP	\
			"0008 0008 00000001"
#define X_PE_WRR	"000a 006c 11223344 a1b2c3d4 0000012c"		\
			X_SCTP_MIXED "0008 000c 00000002 00000005"	\
			X_SCTP_ASAP
#define X_PE_RAND	"000a 0034 00000003 00000000 00000001" X_UDP	\
			"0008 0008 00000003"
#define X_PE_WRAND	"000a 002c 00000004 00000000 7fffffff" X_UDPLITE \
			"0008 000c 00000004 ffffffff"
#define X_PE_PRIO	"000a 0030 00000005 00000000 0000012c" X_DCCP	\
			"0008 000c 00000005 0000000a"
#define X_PE_LU		"000a 002c 00000006 00000000 0000012c" X_SCTP	\
			"0008 000c 40000001 80000000"
#define X_PE_LUD	"000a 0030 00000007 00000000 0000012c" X_SCTP	\
			"0008 0010 40000002 80000000 01000000"
#define X_PE_PLU	"000a 0054 00000008 a1b2c3d4 0000012c" X_SCTP	\
			"0008 0010 40000003 20000000 00100000" X_SCTP_ASAP
#define X_PE_RLU	"000a 002c 00000009 00000000 0000012c" X_SCTP	\
			"0008 000c 40000004 00000000"
#define X_PE_OPAQUE	"000a 0024 0000000a 00000000 0000012c" X_OPAQUE	\
			"0008 0008 00000001"
/* WIRE-12, WIRE-27: the last one nested has an odd length */
#define X_PE_PRIVATE	"000a 002d 0000000b 00000000 0000012c" X_SCTP	\
			"0008 000d b0001001 0102030405 ______"

#define PE(name, number, seconds, transport, policy_type, ...)		\
	static const struct rsp_pe_param name = {			\
		.pe_id = (number), .life = (seconds),			\
		.user = transport, .policy.type = RSP_POLICY_##policy_type, \
		__VA_ARGS__						\
	}

PE(pe_rr, 1, RSP_LIFE_INFINITE, TCP, ROUND_ROBIN);
PE(pe_rand, 3, 1, UDP, RANDOM);
PE(pe_wrand, 4, 0x7fffffff, UDPLITE, WEIGHTED_RANDOM, .policy.weight = ~0U);
PE(pe_prio, 5, 300, DCCP, PRIORITY, .policy.priority = 10);
PE(pe_lu, 6, 300, SCTP, LEAST_USED, .policy.load = 0x80000000);
PE(pe_rlu, 9, 300, SCTP, RANDOM_LEAST_USED);
PE(pe_opaque, 10, 300, OPAQUE, ROUND_ROBIN);

static const struct rsp_pe_param pe_lud = {
	.pe_id = 7, .life = 300,
	.user = SCTP,
	.policy = {
		.type = RSP_POLICY_LEAST_USED_DEGRADATION,
		.load = 0x80000000, .degradation = 0x01000000,
	},
};

static const struct rsp_pe_param pe_private = {
	.pe_id = 11, .life = 300,
	.user = SCTP,
	.policy = { .type = 0xb0001001, .raw = OCTETS("\1\2\3\4\5") },
};

static const struct rsp_pe_param pe_wrr = {
	.pe_id = 0x11223344, .home_id = 0xa1b2c3d4, .life = 300,
	.user = SCTP_MIXED,
	.policy = { .type = RSP_POLICY_WEIGHTED_ROUND_ROBIN, .weight = 5 },
	.asap = SCTP_ASAP,
};

static const struct rsp_pe_param pe_plu = {
	.pe_id = 8, .home_id = 0xa1b2c3d4, .life = 300,
	.user = SCTP,
	.policy = {
		.type = RSP_POLICY_PRIORITY_LEAST_USED,
		.load = 0x20000000, .degradation = 0x00100000,
	},
	.asap = SCTP_ASAP,
};

/* What is often in front */
#define X_HANDLE	"0009 000a 706f6f6c2d61 ____"	/* "pool-a" */
#define X_HANDLE_B	"0009 0007 610062 __"		/* "a\0b" */
#define X_PE_ID		"000e 0008 11223344"
#define X_PEERS		"a1b2c3d4 00000000"
#define X_PEERS_2	"a1b2c3d4 0badcafe"
#define HANDLE		OCTETS("pool-a")
#define HANDLE_B	OCTETS("a\0b")

#define PES_MAX		12
#define LIST_MAX	4	/* the last entry ends the list */

struct pool {
	struct rsp_octets handle;
	const struct rsp_pe_param *pe[PES_MAX];
};

struct server {
	__u32 id;
	const struct rsp_transport *transport;
};

/*
 * @name: file name in the corpus
 * @required: how many of the first parameters the message cannot do without
 * @msg: what rsp_msg_parse() makes of it, but for .handle and .body
 * @pool, @server, @transport, @pe_id: what the rsp_next_*() functions return
 */
struct vector {
	const char *name;
	enum rsp_proto proto;
	const char *hex;
	unsigned int required;
	struct rsp_msg msg;
	struct pool pool[LIST_MAX];
	struct server server[LIST_MAX];
	const struct rsp_transport *transport[LIST_MAX];
	__u32 pe_id[LIST_MAX];
};

#define ASAP(symbol)	.proto = RSP_PROTO_ASAP, .msg.type = RSP_ASAP_##symbol
#define ENRP(symbol)	.proto = RSP_PROTO_ENRP, .msg.type = RSP_ENRP_##symbol, \
			.msg.sender_id = 0xa1b2c3d4
#define ONE_PE_ID	.msg.has_pe_id = true, .msg.pe_id = 0x11223344,	\
			.msg.npe_ids = 1, .pe_id = { 0x11223344 }
#define ONE_HANDLE	.msg.npools = 1, .pool = { { .handle = HANDLE } }
#define CAUSES(n, ...)	.msg.has_error = true,				\
			.msg.causes = { .count = (n), .cause = { __VA_ARGS__ } }

static const struct vector vectors[] = {
	/* RFC 5352 section 2.2.1 */
	{
		.name = "registration", ASAP(REGISTRATION),
		.hex = "01 00 007c" X_HANDLE X_PE_WRR, .required = 2,
		.msg.npools = 1, .msg.npes = 1,
		.pool = { { HANDLE, { &pe_wrr } } },
	}, {
		.name = "registration_odd_end", ASAP(REGISTRATION),
		.hex = "01 00 003d" X_HANDLE X_PE_PRIVATE, .required = 2,
		.msg.npools = 1, .msg.npes = 1,
		.pool = { { HANDLE, { &pe_private } } },
	},
	/* section 2.2.2 */
	{
		.name = "deregistration", ASAP(DEREGISTRATION),
		.hex = "02 00 0018" X_HANDLE X_PE_ID, .required = 2,
		ONE_HANDLE, ONE_PE_ID,
	},
	/* section 2.2.3 */
	{
		.name = "registration_response", ASAP(REGISTRATION_RESPONSE),
		.hex = "03 00 0018" X_HANDLE X_PE_ID, .required = 2,
		ONE_HANDLE, ONE_PE_ID,
	}, {
		.name = "registration_response_policy",
		ASAP(REGISTRATION_RESPONSE), .msg.flags = RSP_FLAG_REJECT,
		.hex = "03 01 002c" X_HANDLE X_PE_ID
		       "000c 0014 0005 0010 0008 000c 00000002 00000001",
		.required = 2, ONE_HANDLE, ONE_PE_ID,
		CAUSES(1, {
			RSP_CAUSE_INCONSISTENT_POLICY,
			OCTETS("\0\x08\0\x0c\0\0\0\x02\0\0\0\x01"),
		}),
	}, {
		.name = "registration_response_transport",
		ASAP(REGISTRATION_RESPONSE), .msg.flags = RSP_FLAG_REJECT,
		.hex = "03 01 0029" X_HANDLE X_PE_ID
		       "000c 0011 0007 000d" X_OPAQUE,
		.required = 2, ONE_HANDLE, ONE_PE_ID,
		CAUSES(1, {
			RSP_CAUSE_INCONSISTENT_TRANSPORT,
			OCTETS("\0\x10\0\x09opaqu"),
		}),
	},
	/* section 2.2.4 */
	{
		.name = "deregistration_response",
		ASAP(DEREGISTRATION_RESPONSE),
		.hex = "04 00 0018" X_HANDLE X_PE_ID, .required = 2,
		ONE_HANDLE, ONE_PE_ID,
	}, {
		.name = "deregistration_response_rejected",
		ASAP(DEREGISTRATION_RESPONSE), .msg.flags = RSP_FLAG_REJECT,
		.hex = "04 01 0020" X_HANDLE X_PE_ID "000c 0008 000a 0004",
		.required = 2, ONE_HANDLE, ONE_PE_ID,
		CAUSES(1, { RSP_CAUSE_SECURITY, OCTETS("") }),
	},
	/* section 2.2.5 */
	{
		.name = "handle_resolution", ASAP(HANDLE_RESOLUTION),
		.hex = "05 00 000e" X_HANDLE, .required = 1,
		ONE_HANDLE,
	}, {
		.name = "handle_resolution_items", ASAP(HANDLE_RESOLUTION),
		.hex = "05 01 0014 0009 0007 610062 __ 803f 0008 00000003",
		.required = 1, .msg.flags = RSP_FLAG_SUBSCRIBE,
		.msg.npools = 1, .pool = { { .handle = HANDLE_B } },
		.msg.has_items = true, .msg.items = 3,
	}, {
		.name = "handle_resolution_empty_handle",
		ASAP(HANDLE_RESOLUTION),
		.hex = "05 00 0010 0009 0004 803f 0008 ffffffff",
		.required = 1, .msg.npools = 1,
		.pool = { { .handle = OCTETS("") } },
		.msg.has_items = true, .msg.items = RSP_ITEMS_ALL,
	},
	/* section 2.2.6 */
	{
		.name = "handle_resolution_response",
		ASAP(HANDLE_RESOLUTION_RESPONSE),
		.hex = "06 01 00b4" X_HANDLE "0008 000c 00000002 00000001"
		       X_PE_WRR X_PE_WRAND,
		.required = 1, .msg.flags = RSP_FLAG_ACCEPTED,
		.msg.npools = 1, .msg.npes = 2,
		.msg.policy = { .type = RSP_POLICY_WEIGHTED_ROUND_ROBIN,
				.weight = 1 },
		.pool = { { HANDLE, { &pe_wrr, &pe_wrand } } },
	}, {
		.name = "handle_resolution_response_every_pe",
		ASAP(HANDLE_RESOLUTION_RESPONSE),
		.hex = "06 00 0261" X_HANDLE X_PE_RR X_PE_WRR X_PE_RAND
		       X_PE_WRAND X_PE_PRIO X_PE_LU X_PE_LUD X_PE_PLU X_PE_RLU
		       X_PE_OPAQUE X_PE_PRIVATE,
		.required = 1, .msg.npools = 1, .msg.npes = 11,
		.pool = { { HANDLE, { &pe_rr, &pe_wrr, &pe_rand, &pe_wrand,
				      &pe_prio, &pe_lu, &pe_lud, &pe_plu,
				      &pe_rlu, &pe_opaque, &pe_private } } },
	}, {
		.name = "handle_resolution_response_unknown",
		ASAP(HANDLE_RESOLUTION_RESPONSE),
		.hex = "06 00 0018" X_HANDLE "000c 0008 0009 0004",
		.required = 2, ONE_HANDLE,
		CAUSES(1, { RSP_CAUSE_UNKNOWN_POOL_HANDLE, OCTETS("") }),
	},
	/* section 2.2.7 */
	{
		.name = "endpoint_keep_alive", ASAP(ENDPOINT_KEEP_ALIVE),
		.hex = "07 00 0012 a1b2c3d4" X_HANDLE, .required = 1,
		.msg.server_id = 0xa1b2c3d4, ONE_HANDLE,
	}, {
		.name = "endpoint_keep_alive_pe_ids", ASAP(ENDPOINT_KEEP_ALIVE),
		.hex = "07 01 0024 a1b2c3d4" X_HANDLE X_PE_ID
		       "000e 0008 00000001",
		.required = 1, .msg.flags = RSP_FLAG_HOME,
		.msg.server_id = 0xa1b2c3d4, ONE_HANDLE,
		.msg.has_pe_id = true, .msg.pe_id = 0x11223344,
		.msg.npe_ids = 2, .pe_id = { 0x11223344, 1 },
	},
	/* section 2.2.8 */
	{
		.name = "endpoint_keep_alive_ack",
		ASAP(ENDPOINT_KEEP_ALIVE_ACK),
		.hex = "08 00 0018" X_HANDLE X_PE_ID, .required = 2,
		ONE_HANDLE, ONE_PE_ID,
	},
	/* section 2.2.9 */
	{
		.name = "endpoint_unreachable", ASAP(ENDPOINT_UNREACHABLE),
		.hex = "09 00 0018" X_HANDLE X_PE_ID, .required = 2,
		ONE_HANDLE, ONE_PE_ID,
	},
	/* section 2.2.10 */
	{
		.name = "server_announce", ASAP(SERVER_ANNOUNCE),
		.hex = "0a 00 0008 a1b2c3d4",
		.msg.server_id = 0xa1b2c3d4,
	}, {
		.name = "server_announce_transports", ASAP(SERVER_ANNOUNCE),
		.hex = "0a 00 0030 a1b2c3d4" X_SCTP_SERVER X_TCP,
		.msg.server_id = 0xa1b2c3d4, .msg.ntransports = 2,
		.transport = { &sctp_server, &tcp },
	},
	/* sections 2.2.11, 2.2.12 */
	{
		.name = "cookie", ASAP(COOKIE),
		.hex = "0b 00 000d 000d 0009 00ff00aa55 ______",
		.required = 1, .msg.cookie = OCTETS("\0\xff\0\xaa\x55"),
	}, {
		.name = "cookie_empty", ASAP(COOKIE),
		.hex = "0b 00 0008 000d 0004",
		.required = 1, .msg.cookie = OCTETS(""),
	}, {
		.name = "cookie_echo", ASAP(COOKIE_ECHO),
		.hex = "0c 00 000c 000d 0008 636f6f6b",
		.required = 1, .msg.cookie = OCTETS("cook"),
	},
	/* section 2.2.13 */
	{
		.name = "business_card", ASAP(BUSINESS_CARD),
		.hex = "0d 00 0088" X_HANDLE X_PE_PLU X_PE_OPAQUE,
		.required = 1, .msg.npools = 1, .msg.npes = 2,
		.pool = { { HANDLE, { &pe_plu, &pe_opaque } } },
	},
	/* section 2.2.14; RFC 5354 section 3.12 */
	{
		.name = "error", ASAP(ERROR),
		.hex = "0e 00 0034 000c 0030"
		       AND "0000 0004"
		       AND "0001 000b 4123 0007 78797a __"
		       AND "0002 0008 7f000004"
		       AND "0003 000c 0001 0007 01020300"
		       AND "0006 0004"
		       AND "beef 0004",
		.required = 1,
		CAUSES(6, { RSP_CAUSE_UNSPECIFIED, OCTETS("") },
		       { RSP_CAUSE_UNKNOWN_PARAM, OCTETS("\x41\x23\0\x07xyz") },
		       { RSP_CAUSE_UNKNOWN_MESSAGE, OCTETS("\x7f\0\0\x04") },
		       { RSP_CAUSE_INVALID_VALUES,
			 OCTETS("\0\x01\0\x07\1\2\3\0") },
		       { RSP_CAUSE_LACK_OF_RESOURCES, OCTETS("") },
		       { 0xbeef, OCTETS("") }),
	},
	/* RFC 5353 section 2.1 */
	{
		.name = "presence", ENRP(PRESENCE),
		.hex = "01 00 0012" X_PEERS "000f 0006 1234 ____",
		.msg.has_checksum = true, .msg.checksum = 0x1234,
	}, {
		.name = "presence_bare", ENRP(PRESENCE),
		.hex = "01 01 000c" X_PEERS_2,
		.msg.flags = RSP_FLAG_REPLY_REQUIRED,
		.msg.receiver_id = 0x0badcafe,
	}, {
		.name = "presence_server", ENRP(PRESENCE),
		.hex = "01 01 0034" X_PEERS_2 "000f 0006 ffff ____"
		       AND "000b 0020 a1b2c3d4" X_SCTP_SERVER,
		.msg.flags = RSP_FLAG_REPLY_REQUIRED,
		.msg.receiver_id = 0x0badcafe,
		.msg.has_checksum = true, .msg.checksum = 0xffff,
		.msg.nservers = 1,
		.server = { { 0xa1b2c3d4, &sctp_server } },
	},
	/* section 2.2 */
	{
		.name = "handle_table_request", ENRP(HANDLE_TABLE_REQUEST),
		.hex = "02 01 000c" X_PEERS_2,
		.msg.flags = RSP_FLAG_OWN_ONLY, .msg.receiver_id = 0x0badcafe,
	},
	/* section 2.3 */
	{
		.name = "handle_table_response", ENRP(HANDLE_TABLE_RESPONSE),
		.hex = "03 02 0115" X_PEERS_2 X_HANDLE X_PE_WRR X_PE_LU
		       X_HANDLE_B X_PE_LUD X_PE_PRIVATE,
		.msg.flags = RSP_FLAG_TABLE_MORE,
		.msg.receiver_id = 0x0badcafe, .msg.npools = 2, .msg.npes = 4,
		.pool = { { HANDLE, { &pe_wrr, &pe_lu } },
			  { HANDLE_B, { &pe_lud, &pe_private } } },
	}, {
		.name = "handle_table_response_rejected",
		ENRP(HANDLE_TABLE_RESPONSE),
		.hex = "03 01 000c" X_PEERS_2,
		.msg.flags = RSP_FLAG_TABLE_REJECT,
		.msg.receiver_id = 0x0badcafe,
	},
	/* section 2.4 */
	{
		.name = "handle_update_add", ENRP(HANDLE_UPDATE),
		.hex = "04 00 0088" X_PEERS "0000 0000" X_HANDLE X_PE_WRR,
		.required = 2, .msg.update = RSP_UPDATE_ADD_PE,
		.msg.npools = 1, .msg.npes = 1,
		.pool = { { HANDLE, { &pe_wrr } } },
	}, {
		.name = "handle_update_del", ENRP(HANDLE_UPDATE),
		.hex = "04 00 0040" X_PEERS "0001 0000" X_HANDLE X_PE_OPAQUE,
		.required = 2, .msg.update = RSP_UPDATE_DEL_PE,
		.msg.npools = 1, .msg.npes = 1,
		.pool = { { HANDLE, { &pe_opaque } } },
	},
	/* section 2.5 */
	{
		.name = "list_request", ENRP(LIST_REQUEST),
		.hex = "05 00 000c" X_PEERS_2, .msg.receiver_id = 0x0badcafe,
	},
	/* section 2.6 */
	{
		.name = "list_response", ENRP(LIST_RESPONSE),
		.hex = "06 00 0044" X_PEERS_2
		       "000b 0020 a1b2c3d4" X_SCTP_SERVER
		       "000b 0018 00000001" X_SCTP,
		.msg.receiver_id = 0x0badcafe, .msg.nservers = 2,
		.server = { { 0xa1b2c3d4, &sctp_server },
			    { 1, &pe_lu.user } },
	}, {
		.name = "list_response_rejected", ENRP(LIST_RESPONSE),
		.hex = "06 01 000c" X_PEERS_2,
		.msg.flags = RSP_FLAG_TABLE_REJECT,
		.msg.receiver_id = 0x0badcafe,
	},
	/* sections 2.7 to 2.9 */
	{
		.name = "init_takeover", ENRP(INIT_TAKEOVER),
		.hex = "07 00 0010" X_PEERS "00c0ffee",
		.msg.target_id = 0x00c0ffee,
	}, {
		.name = "init_takeover_ack", ENRP(INIT_TAKEOVER_ACK),
		.hex = "08 00 0010" X_PEERS_2 "00c0ffee",
		.msg.receiver_id = 0x0badcafe, .msg.target_id = 0x00c0ffee,
	}, {
		.name = "takeover_server", ENRP(TAKEOVER_SERVER),
		.hex = "09 00 0010" X_PEERS "00c0ffee",
		.msg.target_id = 0x00c0ffee,
	},
	/* section 2.10 */
	{
		.name = "error", ENRP(ERROR),
		.hex = "0a 00 0014" X_PEERS_2 "000c 0008 0000 0004",
		.required = 1, .msg.receiver_id = 0x0badcafe,
		CAUSES(1, { RSP_CAUSE_UNSPECIFIED, OCTETS("") }),
	},
};

#endif /* _RSERPOOL_VECTORS_H */
