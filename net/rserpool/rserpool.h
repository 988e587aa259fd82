/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internal header of rserpool.ko: the objects and who may call what, one
 * banner for each .c file.  A room includes only what stands below it; see
 * Documentation/networking/rserpool/internals.rst for the map.
 *
 * Names with a fixed meaning throughout: sk is the user's socket (the upper)
 * as struct sock, rsk the same as struct rsp_sock, low the SCTP socket below
 * it, lsk that one as struct sock, rn the state of the network namespace.
 *
 * Locks, in the order in which they may be taken:
 *
 *   rsk->rx_mutex	one reader of the lower at a time
 *   rsk->tx_mutex	one writer of the lower at a time
 *   rsk->lock		state of the session
 *   lock_sock(lsk)	SCTP's own, taken by its operations
 *   keys->lock		spinlock, leaf: keys of a pool's cookies
 *   rn->*_lock		spinlocks, leaves: lists of the namespace
 *   many->lock		spinlock, leaf: a one-to-many socket's lists; below
 *			rn->sessions_lock
 *
 * A one-to-many socket has mutexes and a lock of its own, which serve its pool
 * element.  Those of its sessions come after them, and no two sessions' are
 * ever held together.
 *
 * Callbacks of the lower run with lsk's lock held, in softirq or from its
 * backlog: they set bits, wake and queue work, nothing else.  sctp_recvmsg()
 * and sctp_sendmsg() hold lsk's lock while they copy from and to user memory,
 * which a user can stall for ever (as some SOL_SOCKET options do under
 * lock_sock(sk), which is therefore not used for anything of ours).  So
 * nothing but a system call on the same socket ever waits for rx_mutex,
 * tx_mutex or lsk: the session's work takes both mutexes with a trylock, and
 * leaves a bit when it cannot have them; the system call that holds one looks
 * at the bit after it has let go.
 */
#ifndef _RSERPOOL_H
#define _RSERPOOL_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <linux/rserpool.h>
#include <linux/rserpool_netlink.h>

#include "fault.h"
#include "mib.h"
#include "race.h"
#include "wire.h"

struct netlink_ext_ack;
struct rsp_asap;
struct rsp_announce;
struct rsp_pe;
struct rsp_registrar_info;
struct rsp_sock;
struct rsp_user;

/* A pool handle by value; longer ones are refused where they come in. */
struct rsp_handle {
	u16 len;
	u8 octets[RSP_HANDLE_MAX];
};

/**
 * rsp_handle_equal() - are these the same handle?
 * @a: one
 * @b: the other
 *
 * Context: Any.
 * Return: true if they are, octet by octet.
 */
static inline bool rsp_handle_equal(const struct rsp_handle *a,
				    const struct rsp_handle *b)
{
	return a->len == b->len && !memcmp(a->octets, b->octets, a->len);
}

/* ---- net.c: state of one network namespace, module init ---------------- */

/* Settings, /proc/sys/net/rserpool/; times in ms unless the name says so. */
struct rsp_settings {
	unsigned int t1_enrprequest_ms;		/* RFC 5352 section 7.1 */
	unsigned int t2_registration_ms;
	unsigned int t3_deregistration_ms;
	unsigned int t4_reregistration_s;
	unsigned int t5_serverhunt_ms;
	unsigned int t6_serverannounce_ms;
	unsigned int t7_enrpoutdate_ms;
	unsigned int max_reg_attempt;		/* section 7.2 */
	unsigned int max_request_retransmit;
	unsigned int retran_max_ms;
	unsigned int stale_cache_ms;
	unsigned int negative_cache_ms;
	unsigned int subscribe;			/* RSP_SUBSCRIBE_* */
	unsigned int resolution_items;		/* asap-hropt, 0: not said */
	unsigned int registration_life_s;
	unsigned int connect_timeout_ms;	/* one attempt at one PE */
	unsigned int failover_limit_ms;		/* without any PE; 0: for ever */
	unsigned int sctp_rto_initial_ms;	/* of sessions */
	unsigned int sctp_rto_min_ms;
	unsigned int sctp_rto_max_ms;
	unsigned int sctp_max_retrans;
	unsigned int sctp_heartbeat_ms;
	unsigned int rsplib_sessions;		/* profile rsplib, of sessions */
	unsigned int max_pools;			/* cache entries */
	unsigned int max_pes;			/* local pool elements */
	unsigned int max_sessions;
	unsigned int max_user_sessions;		/* of one user: see user.c */
	unsigned int max_user_cookie_bytes;
	unsigned int max_user_replay_bytes;
};

struct rsp_net {
	struct net *net;
	struct rsp_settings set;
	struct ctl_table_header *sysctl;
	DEFINE_SNMP_STAT(struct rsp_mib, mib);
	bool dying;			/* set once by pre_exit, READ_ONCE */

	spinlock_t sessions_lock;	/* protects the next 3; BH-safe */
	struct rb_root sessions;	/* rsp_sock.node by id */
	unsigned int nsessions;
	u64 last_session_id;

	spinlock_t turns_lock;		/* protects the next 3; BH-safe */
	struct list_head turns;		/* rsp_sock.turn_node: who waits */
	unsigned int nturns;		/* given and not back yet */
	unsigned long turns_until;	/* jiffies, READ_ONCE: turn.c */

	spinlock_t users_lock;		/* protects the next; BH-safe */
	struct rb_root users;		/* rsp_user.node by uid */

	spinlock_t pes_lock;		/* protects the next 3; BH-safe */
	struct list_head pes;		/* rsp_pe.node, by rsp_pe.serial */
	unsigned int npes;
	u64 pes_serial;			/* the last one given out */

	spinlock_t pools_lock;		/* protects the cache of pool.c */
	struct hlist_head *pools;	/* rsp_pool.node, by handle */
	struct list_head pools_age;	/* rsp_pool.age, oldest first */
	u64 pools_id;			/* last rsp_pool.id given out */
	unsigned int npools;
	unsigned int npools_pes;	/* elements of all of them */
	u32 pools_gen;			/* changes with each insert or removal */

	struct rsp_asap *asap;		/* asap.c, links: their own state */
	atomic_t nasks;			/* netlink_pool.c: waiting */
	struct rsp_announce *announce;	/* announce.c: the same */

	spinlock_t access_lock;		/* protects access.c's list */
	struct list_head access;
};

extern unsigned int rsp_net_id;
extern struct workqueue_struct *rsp_wq;

/**
 * rsp_delay() - the delay of a delayed work that looks at the clock itself
 * @when: when it is due, in jiffies
 *
 * The kernel's timers are late by up to an eighth of their time; for T4 that
 * is more than what is left of the registration's life.  So the work comes
 * early, and then there is less to be late by.
 *
 * Context: Any.
 * Return: jiffies from now, 0 if it is due.
 */
static inline unsigned long rsp_delay(unsigned long when)
{
	unsigned long now = jiffies;
	unsigned long delay = time_after(when, now) ? when - now : 0;

	return delay - delay / 8;
}

/**
 * rsp_net() - the state of a network namespace
 * @net: namespace
 *
 * Context: Any.
 * Return: its state, which lives as long as the namespace.
 */
struct rsp_net *rsp_net(const struct net *net);

/* ---- sysctl.c, mib.c, access.c ----------------------------------------- */

/**
 * rsp_sysctl_net_init() - settings and their files for a new namespace
 * @rn: namespace
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int rsp_sysctl_net_init(struct rsp_net *rn);

/**
 * rsp_sysctl_net_exit() - take the files away
 * @rn: namespace
 *
 * Context: Process.
 */
void rsp_sysctl_net_exit(struct rsp_net *rn);

/**
 * rsp_profile_settings() - the settings that a profile has
 * @rn: namespace
 * @profile: enum rsp_timing
 *
 * Context: Any.
 * Return: settings, of which only those that belong to profiles are to be used.
 */
const struct rsp_settings *rsp_profile_settings(const struct rsp_net *rn,
						u32 profile);

/**
 * rsp_mib_net_init() - counters for a new namespace
 * @rn: namespace
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int rsp_mib_net_init(struct rsp_net *rn);

/**
 * rsp_mib_net_exit() - free the counters; nobody counts any more
 * @rn: namespace
 *
 * Context: Process.
 */
void rsp_mib_net_exit(struct rsp_net *rn);

/**
 * rsp_mib_name() - name of a counter
 * @item: enum rsp_mib_item
 *
 * Context: Any.
 * Return: name, or NULL behind the last one.
 */
const char *rsp_mib_name(unsigned int item);

/**
 * rsp_mib_value() - a counter's sum over all processors
 * @rn: namespace
 * @item: enum rsp_mib_item
 *
 * Context: Any.
 * Return: value of the moment.
 */
unsigned long rsp_mib_value(struct rsp_net *rn, unsigned int item);

/**
 * rsp_access_may_bind() - may current register under this handle?
 * @rn: namespace
 * @handle: pool handle
 *
 * CAP_NET_BIND_SERVICE in the namespace's owner, or an entry of the list.
 * Context: Process.
 * Return: 0 or -EACCES.
 */
int rsp_access_may_bind(struct rsp_net *rn, const struct rsp_handle *handle);

/* What an access list entry says; uid or gid is the invalid id if not given. */
struct rsp_access_rule {
	struct rsp_handle pattern;
	kuid_t uid;
	kgid_t gid;
};

/**
 * rsp_access_add() - add an entry to the access list
 * @rn: namespace
 * @rule: entry
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0, -ENOMEM, -EEXIST, -ENOSPC (too many).
 */
int rsp_access_add(struct rsp_net *rn, const struct rsp_access_rule *rule,
		   struct netlink_ext_ack *extack);

/**
 * rsp_access_del() - take an entry off the access list
 * @rn: namespace
 * @rule: the same as it was added with
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0 or -ENOENT.
 */
int rsp_access_del(struct rsp_net *rn, const struct rsp_access_rule *rule,
		   struct netlink_ext_ack *extack);

/**
 * rsp_access_nth() - for dumps: n-th entry of the access list
 * @rn: namespace
 * @n: from 0
 * @rule: result
 *
 * Context: Process.
 * Return: true and @rule, or false behind the last one.
 */
bool rsp_access_nth(struct rsp_net *rn, unsigned int n,
		    struct rsp_access_rule *rule);

/**
 * rsp_access_net_exit() - free the access list
 * @rn: namespace
 *
 * Context: Process; no socket of the namespace is left.
 */
void rsp_access_net_exit(struct rsp_net *rn);

/* ---- transport.c: user transports, by value ----------------------------- */

#define RSP_OPAQUE_HEAD	4		/* TLV header, kept with opaque ones */

/*
 * How a service is reached (RFC 5354 sections 3.3 to 3.7, 3.16).  Opaque ones
 * longer than the space for addresses are not kept.
 */
struct rsp_service {
	u16 type;			/* RSP_PARAM_*_TRANSPORT, 0: none */
	u16 port;
	u16 use;			/* RSP_USE_* */
	u16 raw_len;			/* opaque: of raw, 0: not kept */
	u32 service_code;		/* DCCP */
	u8 naddrs;			/* 0: not opaque: all of this host */
	union {
		struct rsp_addr addrs[RSP_ADDRS_MAX];
		u8 raw[RSP_OPAQUE_HEAD + RSP_OPAQUE_MAX];
	};
};

/**
 * rsp_service_read() - keep a transport of a message
 * @user: result
 * @from: transport of a parsed message
 *
 * Context: Any.
 */
void rsp_service_read(struct rsp_service *user, const struct rsp_transport *from);

/**
 * rsp_service_write() - a transport for a message to be written
 * @user: what it is made of; has to live as long as @to
 * @to: result
 *
 * Context: Any.
 */
void rsp_service_write(const struct rsp_service *user, struct rsp_transport *to);

/**
 * rsp_addr_is_unicast() - is this an address of one host, wherever one is?
 * @addr: address
 *
 * Context: Any.
 * Return: false for wildcards, groups, broadcasts, and addresses that mean
 * something on one link only.
 */
bool rsp_addr_is_unicast(const struct rsp_addr *addr);

/**
 * rsp_service_known() - can somebody use it who brings a transport of his own?
 * @user: transport
 *
 * Context: Any.
 * Return: true if it is known where it leads to.
 */
static inline bool rsp_service_known(const struct rsp_service *user)
{
	return user->type == RSP_PARAM_OPAQUE_TRANSPORT ? user->raw_len :
							  user->naddrs;
}

/**
 * rsp_service_is_single() - a protocol with one address only (RFC 5354 s3.3 - 3.7)
 * @user: transport
 *
 * Context: Any.
 * Return: true if it is one.
 */
static inline bool rsp_service_is_single(const struct rsp_service *user)
{
	return user->type != RSP_PARAM_SCTP_TRANSPORT;
}

/* ---- user.c: what one user may have ------------------------------------- */

enum rsp_quota {
	RSP_QUOTA_SESSIONS,		/* max_user_sessions */
	RSP_QUOTA_COOKIES,		/* octets: max_user_cookie_bytes */
	RSP_QUOTA_REPLAY,		/* octets: max_user_replay_bytes */
	__RSP_QUOTA_MAX,
};

/**
 * rsp_user_get() - what a user has in a namespace
 * @rn: namespace
 * @uid: user
 *
 * Context: Process.
 * Return: with a reference, or NULL: no memory.
 */
struct rsp_user *rsp_user_get(struct rsp_net *rn, kuid_t uid);

/**
 * rsp_user_put() - let go of it
 * @user: what rsp_user_get() returned; may be NULL
 *
 * Context: Any.
 */
void rsp_user_put(struct rsp_user *user);

/**
 * rsp_user_charge() - may a user have more?  Then it has.
 * @user: user
 * @what: of this
 * @n: how much more
 *
 * Context: Any.
 * Return: true; false: above the limit, which is counted.
 */
bool rsp_user_charge(struct rsp_user *user, enum rsp_quota what, u32 n);

/**
 * rsp_user_charge_more() - a user has more, whatever the limit is
 * @user: user
 * @what: of this
 * @n: how much more
 *
 * Context: Any.
 */
void rsp_user_charge_more(struct rsp_user *user, enum rsp_quota what, u32 n);

/**
 * rsp_user_uncharge() - a user has less
 * @user: user
 * @what: of this
 * @n: how much less
 *
 * Context: Any.
 */
void rsp_user_uncharge(struct rsp_user *user, enum rsp_quota what, u32 n);

/* ---- netlink.c: the family, dumps and events ----------------------------- */

/**
 * rsp_netlink_init() - register the family
 *
 * Context: Process.
 * Return: 0 or what genl_register_family() says.
 */
int rsp_netlink_init(void);

/**
 * rsp_netlink_exit() - take the family away
 *
 * Context: Process.
 */
void rsp_netlink_exit(void);

/**
 * rsp_netlink_send_asap() - one ASAP message to the attached registrar
 * @rn: namespace
 * @portid: where to
 * @cookie: of this attachment
 * @request: number of the request, 0 for none
 * @transport: SCTP Transport parameter of the ASAP endpoint, or NULL
 * @tlen: its octets
 * @data: message
 * @len: its octets
 * Context: Process.
 * Return: 0, -EMSGSIZE, -ENOMEM, -ECONNREFUSED (gone), -EAGAIN (its queue is full).
 */
int rsp_netlink_send_asap(struct rsp_net *rn, u32 portid, u64 cookie,
			  u32 request, const void *transport, size_t tlen,
			  const void *data, size_t len);

/**
 * rsp_event_registrar() - tell of a registrar; costs nothing without a listener
 * @rn: namespace
 * @type: what happened
 * @info: registrar
 *
 * Context: Process.
 */
void rsp_event_registrar(struct rsp_net *rn, enum rserpool_event_type type,
			 const struct rsp_registrar_info *info);

/**
 * rsp_event_pe() - tell of a pool element; costs nothing without a listener
 * @rn: namespace
 * @type: what happened
 * @pe: element
 *
 * Context: Process; pes_lock not held.
 */
void rsp_event_pe(struct rsp_net *rn, enum rserpool_event_type type,
		  struct rsp_pe *pe);

/* What there is to tell about a session; filled in by session.c. */
struct rsp_session_info {
	u64 id;
	u32 role;
	u32 state;
	struct rsp_handle handle;
	u32 pe_id;
	u32 old_pe_id;		/* failover event only */
	u64 ino;
	kuid_t uid;
	u32 failovers;
	u32 last_reason;
	u64 last_us;
	u64 replayed;
	u64 lost;
	u64 abandoned;
	u32 cookie_len;
	u32 failover_mode;
	u32 waits;
};

/**
 * rsp_event_session() - tell of a session; costs nothing without a listener
 * @rsk: session
 * @type: what happened
 *
 * Context: Process.
 */
void rsp_event_session(struct rsp_sock *rsk, enum rserpool_event_type type);

/* ---- af_rserpool.c (for net.c) -------------------------------------------- */

/**
 * rsp_family_init() - register the socket family: from here on there are users
 *
 * Context: Process.
 * Return: 0 or an errno of proto_register() or sock_register().
 */
int rsp_family_init(void);

/**
 * rsp_family_exit() - take the socket family away; no socket is left
 *
 * Context: Process.
 */
void rsp_family_exit(void);

/* ---- session.c (for netlink.c) ------------------------------------------- */

/**
 * rsp_session_next() - for dumps: the session with the smallest id above
 * another
 * @rn: namespace
 * @after: id, 0 to begin
 * @info: result
 *
 * Context: Process.
 * Return: true and @info, or false when there is no more.
 */
bool rsp_session_next(struct rsp_net *rn, u64 after,
		      struct rsp_session_info *info);

/**
 * rsp_session_failover_id() - move a client's session to another server
 * @rn: namespace
 * @id: of the session
 *
 * Context: Process; does not wait for the failover.
 * Return: 0, -ENOENT, -EOPNOTSUPP (not a client's), -ENOTCONN.
 */
int rsp_session_failover_id(struct rsp_net *rn, u64 id);

/* ---- addrs.c: addresses of this host -------------------------------------- */

/**
 * rsp_local_addrs() - addresses under which others reach this namespace
 * @net: namespace
 * @addrs: result
 * @max: room
 *
 * Global ones of devices that are up; loopback only when there is no other.
 *
 * Context: Process.
 * Return: how many.
 */
unsigned int rsp_local_addrs(struct net *net, struct rsp_addr *addrs,
			     unsigned int max);

/**
 * rsp_addrs_init() - watch the addresses of all namespaces
 *
 * Context: Process; after the pernet operations are registered.
 * Return: 0 or an errno of the notifiers.
 */
int rsp_addrs_init(void);

/**
 * rsp_addrs_exit() - watch no longer
 *
 * Context: Process.
 */
void rsp_addrs_exit(void);

/* ---- the other rooms that all use ----------------------------------------- */

#include "pool.h"
#include "registrar.h"

#endif /* _RSERPOOL_H */
