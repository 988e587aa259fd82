/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * AF_RSERPOOL: sockets addressed by pool handle (RFC 5351 - 5356).
 *
 * Rules of this interface: reserved fields have to be zero and unknown flags
 * are refused with EINVAL, so that they can get a meaning later; structs grow
 * only at their end, and every option returns how much of one the kernel
 * knows; 64-bit fields are aligned to 8.  All fields are in host byte order.
 */
#ifndef _UAPI_LINUX_RSERPOOL_H
#define _UAPI_LINUX_RSERPOOL_H

#include <linux/types.h>
#include <linux/socket.h>

/*
 * A module cannot add a family above 45, so a slot below is used that no
 * kernel ever implemented (AF_ASH).  The number is private to this project;
 * rspctl reads the one in use back over netlink.
 */
#ifndef AF_RSERPOOL
#define AF_RSERPOOL		18
#endif
#define PF_RSERPOOL		AF_RSERPOOL

#define SOL_RSERPOOL		21072

/* Octets of a pool handle that fit into an address. */
#define RSP_HANDLE_MAX		112

/* Identifiers of RSP_BUSINESS_CARD. */
#define RSP_CARD_MAX		32

/**
 * struct sockaddr_rserpool - a pool, or one pool element of it
 * @srp_family: AF_RSERPOOL
 * @srp_handle_len: octets of @srp_handle in use, 1 to RSP_HANDLE_MAX
 * @srp_pe_id: PE identifier.  bind(): the identifier to register with, 0 for
 *	a random one.  connect(): 0, or the one pool element to use.
 *	getsockname(), getpeername(): the identifier, 0 when there is none.
 * @srp_flags: 0
 * @srp_reserved: 0
 * @srp_handle: pool handle: octets, zero bytes and non-text allowed
 *
 * The address length may be anything from the end of the handle's last octet
 * in use to the size of the struct.
 */
struct sockaddr_rserpool {
	__kernel_sa_family_t	srp_family;
	__u16			srp_handle_len;
	__u32			srp_pe_id;
	__u32			srp_flags;
	__u32			srp_reserved;
	__u8			srp_handle[RSP_HANDLE_MAX];
};

/**
 * enum rsp_option - options of level SOL_RSERPOOL
 * @RSP_UNSPEC: none
 * @RSP_INFO: get: struct rsp_info
 * @RSP_EVENT: set, get: struct rsp_event
 * @RSP_POLICY: set, get: struct rsp_policy, before or after listen()
 * @RSP_REG_LIFE: set, get: __u32, registration life in seconds, 2 to 2^31-1;
 *	also after listen()
 * @RSP_REPLAY: set, get: __u32, enum rsp_replay
 * @RSP_FAILOVER_LIMIT: set, get: __u32, milliseconds without any PE, 0: for
 *	ever
 * @RSP_COOKIE: set: the cookie, 0 to 65527 octets; get: see below
 * @RSP_STALE: set, get: __u32, enum rsp_stale
 * @RSP_SUBSCRIBE: set, get: __u32, enum rsp_subscribe, before or after
 *	connect()
 * @RSP_LIVENESS: set, get: __u32, milliseconds, 0 (off, default) to 3600000:
 *	how long the program may take to show, on its listening socket, that it
 *	runs, before a keep-alive of the registrar stays unanswered
 * @RSP_BUSINESS_CARD: set, get: up to RSP_CARD_MAX of __u32; see below
 * @__RSP_OPT_MAX: one more than the last
 *
 * RSP_COOKIE, set: a server hands its state to the client's kernel, which
 * keeps the newest one and echoes it to the next server on failover.  Sent in
 * order with the data.  EOPNOTSUPP on a client's socket.
 * Get: on a client's socket the newest cookie received; on a server's the
 * newest one echoed.  Truncates like recv(): at most *optlen octets are
 * copied, *optlen returns the length of the cookie.  ENOENT: none yet.
 *
 * RSP_BUSINESS_CARD, set: which pool elements are to take a server's sessions
 * over, the best one first (RFC 5352 section 3.9): identifiers, each once.  On
 * a bound or listening socket for sessions to come (none: no card), on a
 * session for this one, at any time.  May ask the registrar, and waits for it.
 * ENOENT: not all of them are in the pool.  EOPNOTSUPP on a client's socket.
 * Get: what was set, on a client's socket what has come last; ENOENT: nothing.
 * A client's kernel follows it in a failover; those that are not in the pool
 * or do not answer are passed over, and then the pool's policy decides.
 */
enum rsp_option {
	RSP_UNSPEC,
	RSP_INFO,
	RSP_EVENT,
	RSP_POLICY,
	RSP_REG_LIFE,
	RSP_REPLAY,
	RSP_FAILOVER_LIMIT,
	RSP_COOKIE,
	RSP_STALE,
	RSP_SUBSCRIBE,
	RSP_LIVENESS,
	RSP_BUSINESS_CARD,
	__RSP_OPT_MAX,
};

/**
 * struct rsp_policy - member selection policy of a pool element (RFC 5356)
 * @type: RSP_POL_*
 * @weight: weighted round robin, weighted random; at least 1 to be used
 * @priority: priority: larger is higher
 * @load: adaptive policies: 0 to 0xffffffff is 0 to 100 %
 * @degradation: load added by each new session
 * @reserved: 0
 */
struct rsp_policy {
	__u32	type;
	__u32	weight;
	__u32	priority;
	__u32	load;
	__u32	degradation;
	__u32	reserved;
};

#define RSP_POL_ROUND_ROBIN		0x00000001
#define RSP_POL_WEIGHTED_ROUND_ROBIN	0x00000002
#define RSP_POL_RANDOM			0x00000003
#define RSP_POL_WEIGHTED_RANDOM		0x00000004
#define RSP_POL_PRIORITY		0x00000005
#define RSP_POL_LEAST_USED		0x40000001
#define RSP_POL_LEAST_USED_DEGRADATION	0x40000002
#define RSP_POL_PRIORITY_LEAST_USED	0x40000003
#define RSP_POL_RANDOM_LEAST_USED	0x40000004

/**
 * enum rsp_replay - what is sent again to the next server
 * @RSP_REPLAY_NONE: nothing
 * @RSP_REPLAY_UNSENT: what was never put on the wire (default)
 * @RSP_REPLAY_UNACKED: and what was, but not acknowledged: a message may reach
 *	both servers
 */
enum rsp_replay {
	RSP_REPLAY_NONE,
	RSP_REPLAY_UNSENT,
	RSP_REPLAY_UNACKED,
};

/**
 * enum rsp_stale - when the cache has an old answer of the registrar
 * @RSP_STALE_FAILOVER: a failover uses it while the registrar is asked,
 *	connect() waits for the new answer (default)
 * @RSP_STALE_USE: both use it
 * @RSP_STALE_WAIT: both wait; without an answer the old one has to do
 *
 * Without an entry in the cache both wait.
 */
enum rsp_stale {
	RSP_STALE_FAILOVER,
	RSP_STALE_USE,
	RSP_STALE_WAIT,
};

/**
 * enum rsp_subscribe - is the registrar to tell of changes to the pool?
 * @RSP_SUBSCRIBE_OFF: no; it is asked when the cache is stale
 * @RSP_SUBSCRIBE_ON: yes, so that the cache is up to date at all times
 * @RSP_SUBSCRIBE_FOLLOW: and when it takes the session's server out of the
 *	pool while there are others, the session moves at once
 *	(RSP_REASON_REMOVED)
 *
 * The default is the setting net.rserpool.subscribe.  All sessions of a network
 * namespace share what the cache has.  A registrar may refuse, or not know
 * how to: then it is as with RSP_SUBSCRIBE_OFF.
 */
enum rsp_subscribe {
	RSP_SUBSCRIBE_OFF,
	RSP_SUBSCRIBE_ON,
	RSP_SUBSCRIBE_FOLLOW,
};

/**
 * struct rsp_event - switch a notification on or off
 * @type: enum rsp_notification_type
 * @on: 0 or 1
 * @reserved: 0
 *
 * All are off at first.  Accepted sockets inherit the listener's.
 */
struct rsp_event {
	__u16	type;
	__u8	on;
	__u8	reserved;
};

/*
 * Notifications are read with recvmsg() like a message, with this bit in
 * msg_flags, and stand in the stream of messages where they happened.  It is
 * SCTP's MSG_NOTIFICATION, whose headers do not bear a second definition.
 */
#define RSP_MSG_NOTIFICATION	0x8000

/**
 * enum rsp_notification_type - what a notification tells
 * @RSP_NOTIFY_UNSPEC: none
 * @RSP_NOTIFY_FAILOVER: struct rsp_failover
 * @RSP_NOTIFY_COOKIE_ECHO: struct rsp_cookie_echo
 * @RSP_NOTIFY_PARTIAL_ABORT: struct rsp_partial_abort
 * @RSP_NOTIFY_REGISTRATION: struct rsp_registration
 * @__RSP_NOTIFY_MAX: one more than the last
 */
enum rsp_notification_type {
	RSP_NOTIFY_UNSPEC,
	RSP_NOTIFY_FAILOVER,
	RSP_NOTIFY_COOKIE_ECHO,
	RSP_NOTIFY_PARTIAL_ABORT,
	RSP_NOTIFY_REGISTRATION,
	__RSP_NOTIFY_MAX,
};

/**
 * struct rsp_notification - what each notification begins with
 * @type: enum rsp_notification_type
 * @flags: by type
 * @length: octets of the whole notification, this header included
 */
struct rsp_notification {
	__u16	type;
	__u16	flags;
	__u32	length;
};

/**
 * struct rsp_failover - RSP_NOTIFY_FAILOVER: another server took over
 * @hdr: flags: RSP_FAILOVER_COOKIE if a cookie was echoed
 * @reason: enum rsp_failover_reason
 * @count: failovers of this session so far, this one included
 * @old_pe_id: the server that was lost
 * @new_pe_id: the one that goes on
 * @duration_us: from the loss noticed to the new server ready, microseconds
 * @replayed: messages sent again
 * @lost: messages that SCTP had not acknowledged and that were not sent again
 * @session_id: never used again in this namespace
 *
 * Stands behind the last message of the old server and before the first one
 * of the new.
 */
struct rsp_failover {
	struct rsp_notification hdr;
	__u32	reason;
	__u32	count;
	__u32	old_pe_id;
	__u32	new_pe_id;
	__u64	duration_us;
	__u32	replayed;
	__u32	lost;
	__u64	session_id;
};

#define RSP_FAILOVER_COOKIE	0x0001

/**
 * enum rsp_failover_reason - why a server was given up
 * @RSP_REASON_UNSPEC: there was no failover
 * @RSP_REASON_ABORT: the server aborted the association
 * @RSP_REASON_TIMEOUT: the server cannot be reached any more
 * @RSP_REASON_RESTART: the server restarted and lost its state
 * @RSP_REASON_INCOMPLETE: it said goodbye with our data in flight, or at all
 *	where the setting rsplib_sessions takes no goodbyes
 * @RSP_REASON_ADMIN: asked for by an administrator
 * @RSP_REASON_REMOVED: the registrar took it out of the pool
 *	(RSP_SUBSCRIBE_FOLLOW)
 * @__RSP_REASON_MAX: one more than the last
 */
enum rsp_failover_reason {
	RSP_REASON_UNSPEC,
	RSP_REASON_ABORT,
	RSP_REASON_TIMEOUT,
	RSP_REASON_RESTART,
	RSP_REASON_INCOMPLETE,
	RSP_REASON_ADMIN,
	RSP_REASON_REMOVED,
	__RSP_REASON_MAX,
};

/**
 * struct rsp_cookie_echo - RSP_NOTIFY_COOKIE_ECHO: state of a taken-over session
 * @hdr: length includes the cookie; flags 0
 * @cookie: what a server of this pool sent last as RSP_COOKIE
 *
 * Comes before the client's first message.
 */
struct rsp_cookie_echo {
	struct rsp_notification hdr;
	__u8	cookie[];
};

/**
 * struct rsp_partial_abort - RSP_NOTIFY_PARTIAL_ABORT
 * @hdr: flags 0
 *
 * The message whose first part has been read will not be completed.
 */
struct rsp_partial_abort {
	struct rsp_notification hdr;
};

/**
 * struct rsp_registration - RSP_NOTIFY_REGISTRATION: on a listening socket
 * @hdr: flags: RSP_REGISTERED if the registrar has this pool element
 * @cause: error cause of a refusal (RFC 5354 section 3.12), 0 for none
 * @registrar_id: the home registrar, 0 when there is none
 * @pe_id: this pool element
 * @reserved: 0
 */
struct rsp_registration {
	struct rsp_notification hdr;
	__u32	cause;
	__u32	registrar_id;
	__u32	pe_id;
	__u32	reserved;
};

#define RSP_REGISTERED		0x0001

/**
 * enum rsp_cmsg - ancillary data of level SOL_RSERPOOL
 * @RSP_CMSG_UNSPEC: none
 * @RSP_CMSG_COOKIE: sendmsg() of a server: as RSP_COOKIE, before the data
 */
enum rsp_cmsg {
	RSP_CMSG_UNSPEC,
	RSP_CMSG_COOKIE,
};

/**
 * enum rsp_session_state - where a session is
 * @RSP_STATE_IDLE: socket()
 * @RSP_STATE_LISTENING: a pool element
 * @RSP_STATE_RESOLVING: waiting for the pool elements of the handle
 * @RSP_STATE_CONNECTING: waiting for a server
 * @RSP_STATE_ESTABLISHED: there is a server
 * @RSP_STATE_FAILOVER: between two servers
 * @RSP_STATE_ENDED: orderly end, or the final error taken
 * @__RSP_STATE_MAX: one more than the last
 */
enum rsp_session_state {
	RSP_STATE_IDLE,
	RSP_STATE_LISTENING,
	RSP_STATE_RESOLVING,
	RSP_STATE_CONNECTING,
	RSP_STATE_ESTABLISHED,
	RSP_STATE_FAILOVER,
	RSP_STATE_ENDED,
	__RSP_STATE_MAX,
};

/**
 * enum rsp_role - what a socket is used for
 * @RSP_ROLE_NONE: nothing yet
 * @RSP_ROLE_POOL_USER: connect()
 * @RSP_ROLE_POOL_ELEMENT: bind(), listen()
 * @RSP_ROLE_SERVER: accept()
 */
enum rsp_role {
	RSP_ROLE_NONE,
	RSP_ROLE_POOL_USER,
	RSP_ROLE_POOL_ELEMENT,
	RSP_ROLE_SERVER,
};

/**
 * struct rsp_info - RSP_INFO
 * @session_id: never used again in this namespace
 * @state: enum rsp_session_state
 * @role: enum rsp_role
 * @pe_id: server that the session is with; a pool element's own
 * @registrar_id: home registrar of a pool element, 0 when not registered
 * @failovers: failovers so far
 * @last_failover_reason: enum rsp_failover_reason
 * @last_failover_us: length of the last one in microseconds
 * @messages_replayed: in all failovers
 * @messages_lost: in all failovers
 * @cookie_len: octets of the newest cookie
 * @reserved: 0
 *
 * getsockopt() copies what fits and returns the kernel's full size in *optlen.
 */
struct rsp_info {
	__u64	session_id;
	__u32	state;
	__u32	role;
	__u32	pe_id;
	__u32	registrar_id;
	__u32	failovers;
	__u32	last_failover_reason;
	__u64	last_failover_us;
	__u64	messages_replayed;
	__u64	messages_lost;
	__u32	cookie_len;
	__u32	reserved;
};

#endif /* _UAPI_LINUX_RSERPOOL_H */
