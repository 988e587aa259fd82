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

/* Octets of an opaque transport, and addresses of any other one. */
#define RSP_OPAQUE_MAX		256
#define RSP_TRANSPORT_ADDRS_MAX	16

/* Octets of a key of RSP_COOKIE_KEY, and keys of one pool element. */
#define RSP_COOKIE_KEY_MIN	16
#define RSP_COOKIE_KEY_MAX	64
#define RSP_COOKIE_KEYS_MAX	4

/* Octets by which a signed cookie is longer on the wire. */
#define RSP_COOKIE_SIGNATURE	48

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
 * @RSP_FAILOVER_LIMIT: set, get: __u32, milliseconds that a failover may take,
 *	the program's time included (RSP_FAILOVER_MODE), 0: for ever
 * @RSP_COOKIE: set: the cookie, 0 to 65527 octets; get: see below
 * @RSP_STALE: set, get: __u32, enum rsp_stale
 * @RSP_SUBSCRIBE: set, get: __u32, enum rsp_subscribe, before or after
 *	connect()
 * @RSP_LIVENESS: set, get: __u32, milliseconds, 0 (off, default) to 3600000:
 *	how long the program may take to show, on its listening socket, that it
 *	runs, before a keep-alive of the registrar stays unanswered
 * @RSP_BUSINESS_CARD: set, get: up to RSP_CARD_MAX of __u32; see below
 * @RSP_CARD_OF: set: int, the descriptor of a listening socket; see below
 * @RSP_SYMMETRIC: set, get: __u32, 0 or 1: a server's session whose client has
 *	presented a business card goes on, when that client is lost, with
 *	another element of the client's pool; before accept(), or in a session
 * @RSP_PEELOFF: get: struct rsp_peeloff, from a one-to-many socket
 * @RSP_AUTOCLOSE: set, get: __u32, seconds, 0 (off, default) to 2^20: a
 *	one-to-many socket ends sessions that are idle for that long
 * @RSP_BASIC: set, get: __u32, 0 (default) or 1: basic mode; see below
 * @RSP_TRANSPORT: set: struct rsp_transport_addrs: what a server in basic mode
 *	registers, before or after listen(); get: that, or what another pool
 *	element has registered; ENOENT: nothing
 * @RSP_PEER_ADDRS: get: struct rsp_transport_addrs: how the server of this
 *	moment is reached; ENOTCONN: there is none
 * @RSP_PROFILE: set, get: __u32, enum rsp_timing: how soon the loss of the peer is
 *	noticed; holds for the next association, on a listening socket for
 *	clients to come
 * @RSP_COOKIE_KEY: set: struct rsp_cookie_key, of a pool element, before or
 *	after listen()
 * @RSP_FAILOVER_MODE: set, get: __u32, enum rsp_failover_mode; from the next
 *	loss of a server on
 * @RSP_RELEASE: set: __u64, a session, 0: that of a one-to-one socket; see
 *	below
 * @RSP_NEXT: set: __u64, the same; see below
 * @RSP_DEFAULT_PRINFO: set, get: struct rsp_prinfo: of messages that have no
 *	RSP_CMSG_PRINFO
 * @RSP_RECVNXTINFO: set, get: __u32, 0 (default) or 1: recvmsg() gives
 *	RSP_CMSG_NXTINFO
 * @RSP_RECVRCVINFO: set, get: __u32, 0 (default) or 1: recvmsg() gives
 *	RSP_CMSG_RCVINFO from a one-to-one socket, too
 * @__RSP_OPT_MAX: one more than the last
 *
 * RSP_COOKIE, set: a server hands its state to the client's kernel, which
 * keeps the newest one and echoes it to the next server on failover.  Sent in
 * order with the data.  A client that has presented a card (RSP_CARD_OF) may do
 * the same, for an element that takes its place.  EOPNOTSUPP on other clients'
 * sockets.
 * Get: on a client's socket the newest cookie received; on a server's the
 * newest one echoed.  Truncates like recv(): at most *optlen octets are
 * copied, *optlen returns the length of the cookie.  ENOENT: none yet.  EDQUOT:
 * the newest one was more than the socket's user may have
 * (max_user_cookie_bytes), so that there is none.
 *
 * RSP_BUSINESS_CARD, set: which pool elements are to take a server's sessions
 * over, the best one first (RFC 5352 section 3.9): identifiers, each once.  On
 * a bound or listening socket for sessions to come (none: no card), on a
 * session for this one, at any time.  May ask the registrar, and waits for it.
 * ENOENT: not all of them are in the pool.  EOPNOTSUPP on a client's socket.
 * Get: what was set, on a client's socket what has come last; ENOENT: nothing.
 * A client's kernel follows it in a failover; those that are not in the pool
 * or do not answer are passed over, and then the pool's policy decides.
 *
 * RSP_CARD_OF, set: the client is a pool element, too (RFC 5351 section 4.2):
 * its servers get a card with the elements that RSP_BUSINESS_CARD names on that
 * descriptor, and the one that listens there as the last.  Before connect() or in a
 * session; a negative value: not to servers to come.  EINVAL: no listening
 * socket of this family and namespace.  EOPNOTSUPP: not a client's socket.
 *
 * RSP_BASIC, set: the pool only, for programs with a transport of their own
 * (RFC 5351 section 4.1): no session, no send() or recv() of data.  On a new
 * one-to-one socket, for good (EBUSY: too late; EOPNOTSUPP: one-to-many).
 * A client's connect() to a pool handle chooses a server (GETPRIMARYSERVER),
 * RSP_PEER_ADDRS tells how to reach it.  connect() to the same handle again says
 * that it could not be reached, which is reported to the registrar, and chooses
 * another one (GETNEXTSERVER); EHOSTUNREACH: there is none.  After a connect()
 * that did not wait this holds once RSP_PEER_ADDRS has been read: before, it asks
 * how the first one went.  connect() to AF_UNSPEC, or to another handle, lets
 * go of the server without a report, and so does close().
 * A server says with RSP_TRANSPORT how it is reached (EDESTADDRREQ from
 * listen(): it has not) and is registered from listen() to close(); the kernel
 * answers the registrar.  accept() gives EOPNOTSUPP.
 *
 * RSP_RELEASE: a session that is held (RSP_MODE_HOLD) goes on: its server gets
 * the messages that are sent again, behind all that the program has sent to it.
 * EBUSY: not held; or not any more: that server is lost, too.  ENOMEM, EAGAIN:
 * still held, there is no memory; EAGAIN, too: the server has not got its cookie
 * yet, which one of them could overtake.
 *
 * RSP_NEXT: to another server.  A session that waits for it (RSP_MODE_MANUAL)
 * looks for one, any other client's gives its server up (RSP_REASON_PROGRAM).
 * EALREADY: it is looking for one.
 *
 * Both: ENOTCONN: no session, or its end has begun.  ENOENT: not of this socket;
 * EINVAL: one-to-many and no session named.  EOPNOTSUPP: a server's session, or
 * one that has no failover (RSP_SEND_TO_ALL).
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
	RSP_CARD_OF,
	RSP_SYMMETRIC,
	RSP_PEELOFF,
	RSP_AUTOCLOSE,
	RSP_BASIC,
	RSP_TRANSPORT,
	RSP_PEER_ADDRS,
	RSP_PROFILE,
	RSP_COOKIE_KEY,
	RSP_FAILOVER_MODE,
	RSP_RELEASE,
	RSP_NEXT,
	RSP_DEFAULT_PRINFO,
	RSP_RECVNXTINFO,
	RSP_RECVRCVINFO,
	__RSP_OPT_MAX,
};

/**
 * enum rsp_timing - profile of a socket's associations
 * @RSP_PROFILE_NAMESPACE: the settings of the namespace (default)
 * @RSP_PROFILE_DEFAULT: a host that is gone is noticed within 5 s
 * @RSP_PROFILE_FAST: within 1 s; for networks on which nobody is silent for
 *	0.1 s without being dead
 *
 * The values, and what they cost, are those of the setting
 * net.rserpool.profile; timers of registrars stay the namespace's.
 */
enum rsp_timing {
	RSP_PROFILE_NAMESPACE,
	RSP_PROFILE_DEFAULT,
	RSP_PROFILE_FAST,
};

/**
 * struct rsp_transport_addrs - RSP_TRANSPORT, RSP_PEER_ADDRS: how a service is
 * reached (RFC 5354 sections 3.3 to 3.7, 3.16)
 * @session_id: RSP_PEER_ADDRS from a one-to-many socket: the session to tell of;
 *	else 0
 * @protocol: IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_DCCP,
 *	IPPROTO_SCTP, or RSP_PROTO_OPAQUE
 * @pe_id: RSP_PEER_ADDRS: pool element, 0 for a client; else 0
 * @service_code: DCCP; else 0
 * @port: host byte order, not 0; opaque: 0
 * @use: SCTP: 1 if the program there speaks ASAP on the same association, as the
 *	servers of sessions do; else 0
 * @naddrs: addresses.  RSP_TRANSPORT: 0 for all addresses of this host, the
 *	first of them where the protocol has but one (all but SCTP)
 * @opaque_len: octets of @opaque, 1 to RSP_OPAQUE_MAX if it is opaque; else 0
 * @reserved: 0
 * @addrs: AF_INET and AF_INET6, as connect() wants them, @port included;
 *	RSP_TRANSPORT: their port is that or 0
 * @opaque: what only the programs of the pool know the meaning of
 *
 * setsockopt() wants the length of what is in use.  getsockopt() copies what fits
 * and returns the full size in *optlen.
 */
struct rsp_transport_addrs {
	__u64	session_id;
	__u32	protocol;
	__u32	pe_id;
	__u32	service_code;
	__u16	port;
	__u16	use;
	__u16	naddrs;
	__u16	opaque_len;
	__u32	reserved;
	union {
		struct __kernel_sockaddr_storage addrs[RSP_TRANSPORT_ADDRS_MAX];
		__u8	opaque[RSP_OPAQUE_MAX];
	};
};

/* An address of a kind that IP does not know. */
#define RSP_PROTO_OPAQUE	0

/**
 * struct rsp_cookie_key - RSP_COOKIE_KEY: a key that the servers of a pool share
 * @id: its number, which goes with the cookies signed with it
 * @flags: RSP_COOKIE_KEY_SIGN: cookies are signed with it from now on, instead
 *	of another one
 * @max_age: seconds after which a cookie signed with it is too old; 0: never
 * @len: octets of @key, RSP_COOKIE_KEY_MIN to RSP_COOKIE_KEY_MAX; 0: forget the
 *	key of that number
 * @reserved: 0
 * @key: random octets; nothing gives them back
 *
 * Once a pool element has a key, echoed cookies that no key of it has signed, for
 * this pool, are refused (RSP_NOTIFY_COOKIE_REFUSED): its servers never see
 * them.  Holds at once for all its sessions; those of a client's with
 * RSP_CARD_OF, too, as to what they sign.  The signature is HMAC-SHA-256.
 *
 * A change of keys: give all servers the new one without RSP_COOKIE_KEY_SIGN,
 * then with it, and when no old cookie can be left forget the old one.
 *
 * A client can still give back an older cookie of its own, or another client's
 * that it has seen: @max_age bounds for how long (the servers' clocks have to
 * agree that far), what is in the cookie has to do the rest.
 *
 * A cookie of a server with keys of which none signs: ENOKEY.  ENOENT: no key
 * to forget.  ENOSPC: RSP_COOKIE_KEYS_MAX.  EOPNOTSUPP: no pool element's
 * socket, or this kernel has no hmac(sha256).
 */
struct rsp_cookie_key {
	__u16	id;
	__u16	flags;
	__u32	max_age;
	__u16	len;
	__u16	reserved;
	__u8	key[RSP_COOKIE_KEY_MAX];
};

#define RSP_COOKIE_KEY_SIGN	0x0001

/**
 * struct rsp_peeloff - RSP_PEELOFF: a session gets a descriptor of its own
 * @session_id: session of the one-to-many socket
 * @flags: SOCK_CLOEXEC, SOCK_NONBLOCK
 * @fd: result: a one-to-one socket, as connect() or accept() would have made
 *	it, with all that has not been read; it keeps the session's identifier
 *
 * ENOENT: no such session.  EBUSY: another thread is in a call for it.
 */
struct rsp_peeloff {
	__u64	session_id;
	__u32	flags;
	__s32	fd;
};

/**
 * struct rsp_policy - member selection policy of a pool element (RFC 5356)
 * @type: RSP_POL_*; no other one, EINVAL: what the values of a private policy
 *	(RFC 5356 section 7) are, only who has made it knows
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
 * enum rsp_failover_mode - what happens when a server is lost
 * @RSP_MODE_AUTOMATIC: the next one gets the cookie, what is sent again, and
 *	what the program sends from then on (default)
 * @RSP_MODE_HOLD: it gets the cookie, and what the program sends; what is sent
 *	again is held back until RSP_RELEASE (RFC 5351 section 4.2: the callback
 *	that makes special messages for the new server)
 * @RSP_MODE_MANUAL: there is none until RSP_NEXT
 *
 * RSP_NOTIFY_FAILOVER says when the program's turn has come.  Nothing but
 * RSP_RELEASE lets go of what is held: with the session's end it is lost.
 */
enum rsp_failover_mode {
	RSP_MODE_AUTOMATIC,
	RSP_MODE_HOLD,
	RSP_MODE_MANUAL,
};

/**
 * enum rsp_waits - what a session waits for from its program
 * @RSP_WAITS_NOTHING: nothing
 * @RSP_WAITS_RELEASE: RSP_RELEASE; it has a server
 * @RSP_WAITS_NEXT: RSP_NEXT; it has none
 */
enum rsp_waits {
	RSP_WAITS_NOTHING,
	RSP_WAITS_RELEASE,
	RSP_WAITS_NEXT,
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
 * All are off at first.  Accepted sockets inherit the listener's.  Those of a
 * one-to-many socket hold for all its sessions, and RSP_NOTIFY_PARTIAL_ABORT
 * is always on.
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
 * @RSP_NOTIFY_SESSION_CHANGE: struct rsp_session_change
 * @RSP_NOTIFY_SEND_FAILED: struct rsp_send_failed
 * @RSP_NOTIFY_COOKIE_REFUSED: struct rsp_cookie_refused
 * @__RSP_NOTIFY_MAX: one more than the last
 */
enum rsp_notification_type {
	RSP_NOTIFY_UNSPEC,
	RSP_NOTIFY_FAILOVER,
	RSP_NOTIFY_COOKIE_ECHO,
	RSP_NOTIFY_PARTIAL_ABORT,
	RSP_NOTIFY_REGISTRATION,
	RSP_NOTIFY_SESSION_CHANGE,
	RSP_NOTIFY_SEND_FAILED,
	RSP_NOTIFY_COOKIE_REFUSED,
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
 * struct rsp_failover - RSP_NOTIFY_FAILOVER: another server took over, or is to
 * be asked for
 * @hdr: flags: RSP_FAILOVER_*
 * @reason: enum rsp_failover_reason
 * @count: failovers of this session so far, this one included
 * @old_pe_id: the server that was lost
 * @new_pe_id: the one that goes on
 * @duration_us: from the loss noticed to the new server ready, microseconds
 * @replayed: messages sent again; with HELD or LOST: that will be
 * @lost: messages that SCTP had not acknowledged and that were not sent again
 * @session_id: never used again in this namespace
 *
 * Stands behind the last message of the old server and before the first one
 * of the new.  With RSP_FAILOVER_LOST there is no new one yet: @new_pe_id and
 * @duration_us are 0, @count is what it was, and a second notification comes
 * with the new server.
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

#define RSP_FAILOVER_COOKIE	0x0001	/* a cookie was echoed */
#define RSP_FAILOVER_HELD	0x0002	/* RSP_MODE_HOLD: until RSP_RELEASE */
#define RSP_FAILOVER_LOST	0x0004	/* RSP_MODE_MANUAL: until RSP_NEXT */

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
 * @RSP_REASON_PROGRAM: asked for by the program (RSP_NEXT)
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
	RSP_REASON_PROGRAM,
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
 * enum rsp_cookie_refusal - why an echoed cookie is refused (RSP_COOKIE_KEY)
 * @RSP_COOKIE_FINE: it is not
 * @RSP_COOKIE_UNSIGNED: it bears no signature
 * @RSP_COOKIE_UNKNOWN_KEY: signed with a key that is not, or no longer, known
 * @RSP_COOKIE_FORGED: not what was signed, signed with another key of that
 *	number, or for another pool
 * @RSP_COOKIE_EXPIRED: genuine, but too old, or from as far in the future
 */
enum rsp_cookie_refusal {
	RSP_COOKIE_FINE,
	RSP_COOKIE_UNSIGNED,
	RSP_COOKIE_UNKNOWN_KEY,
	RSP_COOKIE_FORGED,
	RSP_COOKIE_EXPIRED,
};

/**
 * struct rsp_cookie_refused - RSP_NOTIFY_COOKIE_REFUSED: a client has come with
 * a cookie that is not one of this pool's servers
 * @hdr: flags 0
 * @reason: enum rsp_cookie_refusal
 * @key_id: number of the key that it names, 0 with RSP_COOKIE_UNSIGNED
 *
 * Comes where the cookie would have.  The session goes on without one, unless
 * the server ends it.
 */
struct rsp_cookie_refused {
	struct rsp_notification hdr;
	__u32	reason;
	__u32	key_id;
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
 * struct rsp_session_change - RSP_NOTIFY_SESSION_CHANGE: a session of a
 * one-to-many socket begins or ends
 * @hdr: flags 0
 * @state: RSP_STATE_ESTABLISHED or RSP_STATE_ENDED
 * @error: why it ended, an errno; 0: by a goodbye
 * @session_id: never used again in this namespace
 * @pe_id: the server that a client's is with, 0 if there was none; a server's
 *	own
 * @role: enum rsp_role
 * @lost: with ENDED: messages that had to wait for a server
 * @reserved: 0
 *
 * Stands before its first message, or behind its last one.
 */
struct rsp_session_change {
	struct rsp_notification hdr;
	__u32	state;
	__u32	error;
	__u64	session_id;
	__u32	pe_id;
	__u32	role;
	__u32	lost;
	__u32	reserved;
};

/**
 * struct rsp_send_failed - RSP_NOTIFY_SEND_FAILED: a message that no server got
 * for certain, and that is not sent again
 * @hdr: length includes the message; flags: RSP_SEND_FAILED_SENT if it was on
 *	the wire, so that a server may have got it; RSP_SEND_FAILED_ABANDONED if
 *	it was given up for its struct rsp_prinfo
 * @options: RSP_SEND_* that it was sent with
 * @ppid: payload protocol identifier that it was sent with
 * @session_id: session that it was for
 * @stream: stream that it was sent on
 * @reserved: 0
 * @reserved2: 0
 * @data: message
 *
 * A client's.  Stands before the notification of the failover, or of the
 * session's end, that counts it as lost.  What was abandoned is not counted as
 * lost, and stands where that was noticed.
 */
struct rsp_send_failed {
	struct rsp_notification hdr;
	__u32	options;
	__u32	ppid;
	__u64	session_id;
	__u16	stream;
	__u16	reserved;
	__u32	reserved2;
	__u8	data[];
};

#define RSP_SEND_FAILED_SENT		0x0001
#define RSP_SEND_FAILED_ABANDONED	0x0002

/**
 * enum rsp_cmsg - ancillary data of level SOL_RSERPOOL
 * @RSP_CMSG_UNSPEC: none
 * @RSP_CMSG_COOKIE: sendmsg() of a server: as RSP_COOKIE, before the data
 * @RSP_CMSG_SNDINFO: sendmsg(): struct rsp_sndinfo
 * @RSP_CMSG_RCVINFO: recvmsg(): struct rsp_rcvinfo, from a one-to-many socket
 *	with each message and notification of a session, from a one-to-one
 *	socket with RSP_RECVRCVINFO; if there is room
 * @RSP_CMSG_PRINFO: sendmsg(): struct rsp_prinfo
 * @RSP_CMSG_NXTINFO: recvmsg(): struct rsp_nxtinfo, with RSP_RECVNXTINFO, if
 *	something more is there already, and room
 */
enum rsp_cmsg {
	RSP_CMSG_UNSPEC,
	RSP_CMSG_COOKIE,
	RSP_CMSG_SNDINFO,
	RSP_CMSG_RCVINFO,
	RSP_CMSG_PRINFO,
	RSP_CMSG_NXTINFO,
};

/**
 * struct rsp_sndinfo - RSP_CMSG_SNDINFO: how a message is to be sent
 * @session_id: session of a one-to-many socket, instead of an address; 0: none
 * @options: RSP_SEND_*
 * @ppid: SCTP's payload protocol identifier, for the peer's program to see; not
 *	11, which is ASAP's (RFC 5352 section 5)
 * @stream: stream of SCTP to send it on: messages of one stream keep their
 *	order, and do not wait for those of another one
 * @reserved: 0
 * @reserved2: 0
 *
 * EINVAL: the association has no such stream.  There are 10, from 0 on, unless
 * SCTP_INITMSG asks for another number (sinit_num_ostreams) or the peer takes
 * fewer.  A message that is sent again goes on its stream; the next server has
 * no such one: it is lost (RSP_NOTIFY_SEND_FAILED).
 */
struct rsp_sndinfo {
	__u64	session_id;
	__u32	options;
	__u32	ppid;
	__u16	stream;
	__u16	reserved;
	__u32	reserved2;
};

/*
 * What RFC 5352 section 6.5.5 has, with its numbers.
 *
 * RSP_SEND_FAILOVER, RSP_SEND_NO_FAILOVER: after a failover this message is
 * sent again, or is not, whatever RSP_REPLAY says; see RSP_NOTIFY_SEND_FAILED.
 * RSP_SEND_TO_LAST: by the session that had the last message to that pool
 * handle; by the session of that address, as without it, unless RSP_SEND_SELECT
 * is in use.
 * RSP_SEND_TO_ALL: a copy to each element of the pool, in sessions of their own
 * that have no failover; a pool element's own socket gets one only with
 * RSP_SEND_TO_SELF, too.  One-to-many sockets, and a pool handle.
 * RSP_SEND_UNORDERED: it may overtake others, but not the cookie that a new
 * server gets first.
 */
#define RSP_SEND_FAILOVER	0x00000001
#define RSP_SEND_NO_FAILOVER	0x00000002
#define RSP_SEND_TO_LAST	0x00000004
#define RSP_SEND_TO_ALL		0x00000008
#define RSP_SEND_TO_SELF	0x00000010
#define RSP_SEND_UNORDERED	0x00001000

/*
 * RSP_SEND_END: a goodbye, behind the data if there is any, as by
 * shutdown(SHUT_WR); the session ends when the peer has agreed.
 * RSP_SEND_ABORT: the session ends at once, unsent messages are dropped and
 * there is no data; of a server's the client goes elsewhere.
 */
#define RSP_SEND_END		0x00010000
#define RSP_SEND_ABORT		0x00020000

/*
 * RSP_SEND_SELECT: the pool's policy chooses an element for this message (RFC
 * 5352 section 6.5.2); it goes in a session with that element, which is opened
 * if there is none.  One-to-many sockets, and a pool handle.
 */
#define RSP_SEND_SELECT		0x00040000

/**
 * struct rsp_rcvinfo - RSP_CMSG_RCVINFO: where a message came from
 * @session_id: its session; never used again in this namespace
 * @pe_id: the server that sent it; 0: a client
 * @failovers: of the session so far
 * @ppid: SCTP's payload protocol identifier, as the peer has set it
 * @stream: stream of SCTP that it came on
 * @flags: RSP_RCV_UNORDERED if it was sent with RSP_SEND_UNORDERED
 *
 * The last three are 0 with a notification.
 *
 * The address that recvmsg() of a one-to-many socket returns has the pool handle
 * and @pe_id, or it is the transport address (sockaddr_in, sockaddr_in6) that the
 * session was opened with; a client has none, then the handle's length is 0.
 */
struct rsp_rcvinfo {
	__u64	session_id;
	__u32	pe_id;
	__u32	failovers;
	__u32	ppid;
	__u16	stream;
	__u16	flags;
};

#define RSP_RCV_UNORDERED	0x0001

/**
 * struct rsp_prinfo - RSP_CMSG_PRINFO, RSP_DEFAULT_PRINFO: how long a message is
 * worth sending (RFC 3758, RFC 7496)
 * @policy: RSP_PR_*, which are SCTP's
 * @reserved: 0
 * @value: RSP_PR_NONE: not looked at; RSP_PR_TTL: milliseconds, at least 1;
 *	RSP_PR_RTX: how often it may be sent again; RSP_PR_PRIO: the less, the
 *	more important
 *
 * What SCTP gives up is abandoned for good, no server gets it any more:
 * RSP_PR_TTL: a lifetime begins when the call takes the message, and goes on
 * while there is no server and with the next one; what has not expired is sent
 * again as RSP_REPLAY says.
 * RSP_PR_RTX, RSP_PR_PRIO: what was on the wire when its server was lost is
 * abandoned, what never was is sent again as RSP_REPLAY says.
 *
 * Between two hosts of which one has switched the extension off
 * (net.sctp.prsctp_enable) SCTP abandons nothing, a failover does.  Cookies are
 * always reliable.
 */
struct rsp_prinfo {
	__u16	policy;
	__u16	reserved;
	__u32	value;
};

#define RSP_PR_NONE	0x0000	/* reliable */
#define RSP_PR_TTL	0x0010
#define RSP_PR_RTX	0x0020
#define RSP_PR_PRIO	0x0030

/**
 * struct rsp_nxtinfo - RSP_CMSG_NXTINFO: what the next recvmsg() will give, as
 * far as that is known: the rest of this message if it has not all been read
 * @session_id: its session
 * @length: octets, of what is there already unless RSP_NXT_COMPLETE
 * @ppid: SCTP's payload protocol identifier, as the peer has set it
 * @stream: stream of SCTP
 * @flags: RSP_NXT_*
 * @pe_id: the server that sent it; 0: a client
 */
struct rsp_nxtinfo {
	__u64	session_id;
	__u32	length;
	__u32	ppid;
	__u16	stream;
	__u16	flags;
	__u32	pe_id;
};

#define RSP_NXT_UNORDERED	0x0001	/* sent with RSP_SEND_UNORDERED */
#define RSP_NXT_COMPLETE	0x0002	/* its end is there */
#define RSP_NXT_NOTIFICATION	0x8000

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
 * @session_id: never used again in this namespace; get from a one-to-many
 *	socket: the session to tell of, 0: the socket itself
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
 * @failover_mode: enum rsp_failover_mode
 * @waits: enum rsp_waits
 * @messages_abandoned: given up for their struct rsp_prinfo, as far as SCTP
 *	says so: not those that it gave up after they had been on the wire, while
 *	their server was there
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
	__u32	failover_mode;
	__u32	waits;
	__u64	messages_abandoned;
};

#endif /* _UAPI_LINUX_RSERPOOL_H */
