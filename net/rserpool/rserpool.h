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
struct rsp_access;
struct rsp_announce;
struct rsp_registrar;
struct rsp_request;
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

/* ---- pool.c: what the registrar said about a handle -------------------- */

/*
 * One life of a pool element: an element that comes back under its old
 * identifier has another port, and is worth a try again.
 */
struct rsp_pe_life {
	u32 pe_id;
	u16 port;
};

/* One pool element of a resolved pool. */
struct rsp_pool_pe {
	struct rsp_policy_param policy;	/* .raw is never set here */
	u32 pe_id;
	u32 home_id;
	s32 life;
	u32 used;			/* selections, READ/WRITE_ONCE */
	bool suspect;			/* WRITE_ONCE: a session just lost it */
	struct rsp_service user;
};

/* How an answer came. */
enum rsp_answer {
	RSP_ANSWER_ASKED,
	RSP_ANSWER_SUBSCRIBED,	/* asked; changes will come by themselves */
	RSP_ANSWER_PUSHED,	/* one of those */
};

/*
 * A resolved pool.  Never changed after it has been published but for what is
 * marked; a new answer makes a new one.
 */
struct rsp_pool {
	struct hlist_node node;		/* rn->pools */
	struct list_head age;		/* rn->pools_age */
	refcount_t ref;
	struct rcu_head rcu;
	u64 id;				/* of this handle while it is cached */
	struct rsp_handle handle;
	u32 policy;
	bool negative;			/* the registrar knows no such pool */
	bool cut;			/* it may have more PEs than it said */
	bool sample;			/* ... or was asked for fewer */
	bool subscribed;		/* pools_lock, WRITE_ONCE: kept up to
					 * date by the registrar
					 */
	unsigned long updated;		/* jiffies */
	unsigned long stale;		/* jiffies; the same */
	unsigned int npes;
	struct rsp_pool_pe pes[];
};

/**
 * rsp_pool_net_init() - an empty cache for a new namespace
 * @rn: namespace
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int rsp_pool_net_init(struct rsp_net *rn);

/**
 * rsp_pool_net_exit() - free the cache
 * @rn: namespace
 *
 * Context: Process; nobody uses the namespace any more.
 */
void rsp_pool_net_exit(struct rsp_net *rn);

/**
 * rsp_pool_find() - cached answer for a handle, however old
 * @rn: namespace
 * @handle: pool handle
 *
 * Context: Any.
 * Return: a reference, or NULL.
 */
struct rsp_pool *rsp_pool_find(struct rsp_net *rn,
			       const struct rsp_handle *handle);

/**
 * rsp_pool_put() - let go of a reference
 * @pool: pool or NULL
 *
 * Context: Any.
 */
void rsp_pool_put(struct rsp_pool *pool);

/**
 * rsp_pool_fresh() - need the registrar not be asked again yet?
 * @pool: pool
 *
 * Context: Any.
 * Return: true while the registrar tells of changes, and until the answer is
 * older than the setting says.
 */
static inline bool rsp_pool_fresh(const struct rsp_pool *pool)
{
	return READ_ONCE(pool->subscribed) ||
	       time_before(jiffies, READ_ONCE(pool->stale));
}

/**
 * rsp_pool_store() - take in a valid handle resolution response
 * @rn: namespace
 * @msg: the parsed response, positive or negative
 * @how: asked for or not
 *
 * Context: Process.
 * Return: 0, -ENOMEM, -EINVAL (handle too long for us).
 */
int rsp_pool_store(struct rsp_net *rn, const struct rsp_msg *msg,
		   enum rsp_answer how);

/**
 * rsp_pool_unsubscribe() - the registrar tells of no more changes
 * @rn: namespace
 * @handle: pool handle
 *
 * What is in the cache is stale from now on.
 *
 * Context: Any.
 */
void rsp_pool_unsubscribe(struct rsp_net *rn, const struct rsp_handle *handle);

/**
 * rsp_pool_unsubscribe_all() - the same for all pools
 * @rn: namespace
 *
 * Context: Any.
 */
void rsp_pool_unsubscribe_all(struct rsp_net *rn);

/**
 * rsp_pool_purge() - forget what is cached for a handle (RFC 5352 section 6.4)
 * @rn: namespace
 * @handle: pool handle
 *
 * Context: Any.
 * Return: false if there was nothing.
 */
bool rsp_pool_purge(struct rsp_net *rn, const struct rsp_handle *handle);

/**
 * rsp_pool_flush() - forget all that is cached
 * @rn: namespace
 *
 * Context: Any.
 * Return: how many pools that were.
 */
unsigned int rsp_pool_flush(struct rsp_net *rn);

/**
 * rsp_pool_life() - look for a pool element
 * @pool: pool
 * @life: what to look for
 *
 * Context: Any.
 * Return: element of @pool->pes, or NULL.
 */
const struct rsp_pool_pe *rsp_pool_life(const struct rsp_pool *pool,
					const struct rsp_pe_life *life);

/**
 * rsp_pool_left_behind() - has the registrar taken an element out?
 * @pool: pool
 * @life: element that was in it
 *
 * Context: Any.
 * Return: true if it is known not to be in the pool any more, while another
 * one is.
 */
bool rsp_pool_left_behind(const struct rsp_pool *pool,
			  const struct rsp_pe_life *life);

/**
 * rsp_pool_select() - choose a pool element by the pool's policy
 * @pool: resolved pool
 * @basic: with any transport, not only one for sessions (SCTP)
 * @tried: lives of PEs not to use
 * @ntried: how many
 *
 * Suspects only when nothing else is left.
 *
 * Context: Any.
 * Return: element of @pool->pes; NULL when there is none, or no memory.
 */
const struct rsp_pool_pe *rsp_pool_select(struct rsp_pool *pool, bool basic,
					  const struct rsp_pe_life *tried,
					  unsigned int ntried);

/**
 * rsp_pool_by_id() - look for a pool element that can be a server
 * @pool: pool
 * @basic: with any transport, not only one for sessions (SCTP)
 * @pe_id: its identifier
 *
 * Context: Any.
 * Return: element of @pool->pes, or NULL.
 */
const struct rsp_pool_pe *rsp_pool_by_id(const struct rsp_pool *pool,
					 bool basic, u32 pe_id);

/**
 * rsp_pool_foreign() - are there only elements that no session can use?
 * @pool: pool
 *
 * Context: Any.
 * Return: true if so.
 */
bool rsp_pool_foreign(const struct rsp_pool *pool);

/**
 * rsp_pool_prefer() - choose a pool element by a list
 * @pool: resolved pool
 * @order: identifiers, the best one first
 * @n: how many
 * @tried: lives of PEs not to use
 * @ntried: how many
 *
 * Context: Any.
 * Return: element of @pool->pes, no suspect one; NULL when none of @order is
 * left.
 */
const struct rsp_pool_pe *rsp_pool_prefer(const struct rsp_pool *pool,
					  const u32 *order, unsigned int n,
					  const struct rsp_pe_life *tried,
					  unsigned int ntried);

/**
 * rsp_pool_suspect() - a session lost this PE
 * @rn: namespace
 * @handle: its pool
 * @life: the PE
 *
 * It is the last choice until the registrar's next answer.
 *
 * Context: Any.
 */
void rsp_pool_suspect(struct rsp_net *rn, const struct rsp_handle *handle,
		      const struct rsp_pe_life *life);

/* Where a walk through the cache is; all zero to begin. */
struct rsp_pool_pos {
	u64 below;		/* rsp_pool.id: those below come next, 0: all */
	u32 bucket;
};

/**
 * rsp_pool_next() - for dumps: the next pool of the cache
 * @rn: namespace
 * @pos: where the walk is; with @pos->below put up by one the same pool comes
 *	again, if it is still there
 *
 * Context: Any.
 * Return: a reference, or NULL behind the last one.
 */
struct rsp_pool *rsp_pool_next(struct rsp_net *rn, struct rsp_pool_pos *pos);

/* ---- asap.c: requests to the registrar, and what it asks of us ---------- */

/* Events allowed per second. */
struct rsp_bucket {
	unsigned long since;
	unsigned int used;
};

/*
 * Somebody who waits for a resolution.  @done is called exactly once after
 * rsp_asap_resolve() returned -EINPROGRESS, unless rsp_asap_resolve_cancel()
 * came first; from the namespace's ASAP work, which is process context; it
 * must not block on a socket lock: queue work.
 */
struct rsp_waiter {
	struct list_head node;
	void (*done)(struct rsp_waiter *w, int err);
};

/**
 * rsp_asap_resolve() - ask the registrar for a handle
 * @rn: namespace
 * @handle: pool handle
 * @w: told when the cache has a new answer; NULL: refresh in the background
 *
 * Requests for one handle are joined.  On success the answer (negative ones
 * included) is in the cache by the time @w->done(w, 0) runs; otherwise err is
 * -EHOSTUNREACH (no registrar), -ETIMEDOUT, -ENOMEM, or -ESHUTDOWN (the
 * namespace goes away).
 *
 * Context: Process.
 * Return: -EINPROGRESS, or an error as above at once.
 */
int rsp_asap_resolve(struct rsp_net *rn, const struct rsp_handle *handle,
		     struct rsp_waiter *w);

/**
 * rsp_asap_resolve_cancel() - do not wait for a resolution any more
 * @rn: namespace
 * @w: what rsp_asap_resolve() was given, or zeroed and never used
 *
 * @w->done() does not run any more once this has returned.
 *
 * Context: Process; waits for a running @w->done().
 */
void rsp_asap_resolve_cancel(struct rsp_net *rn, struct rsp_waiter *w);

/**
 * rsp_asap_ask() - ask the registrar for a handle and wait
 * @rn: namespace
 * @handle: pool handle
 * @timeo: jiffies; 0: ask, and do not wait
 *
 * Context: Process, may sleep; no lock held.
 * Return: what the registrar says, as rsp_asap_resolve() has it; -EAGAIN (no
 * time left), or what a signal calls for: -ERESTARTSYS, -EINTR.
 */
int rsp_asap_ask(struct rsp_net *rn, const struct rsp_handle *handle,
		 long timeo);

/* ---- asap_report.c ---------------------------------------------------------- */

/**
 * rsp_asap_unreachable() - report a PE to the registrar (RFC 5352 s3.5)
 * @rn: namespace
 * @handle: its pool
 * @life: the PE, with which somebody here has had a session
 *
 * Once for all sessions that lose it at about the same time, and rate limited
 * per namespace.  Lost without memory or a home.
 *
 * Context: Process, does not wait.
 */
void rsp_asap_unreachable(struct rsp_net *rn, const struct rsp_handle *handle,
			  const struct rsp_pe_life *life);

/* ---- asap_sub.c ------------------------------------------------------------- */

struct rsp_sub;

/* Somebody who wants the cache to follow the changes of a pool; zero at first. */
struct rsp_member {
	struct list_head node;		/* asap->lock, as all below */
	struct rsp_sub *sub;		/* NULL: not subscribed */
	struct rsp_pe_life at;		/* PE that it uses */

	/*
	 * Told when the registrar has taken @at out of the pool; with a
	 * spinlock held, not after rsp_unsubscribe() has returned.
	 */
	void (*removed)(struct rsp_member *m);
};

/**
 * rsp_subscribe() - have the registrar tell of a pool's changes
 * @rn: namespace
 * @handle: pool handle
 * @m: filled in but for @m->sub; nothing happens if it is subscribed
 *
 * Goes on by itself: with the next registrar, too.  Without memory, or if too
 * many pools are subscribed (max_pools), nothing comes of it but a count.
 *
 * Context: Process.
 */
void rsp_subscribe(struct rsp_net *rn, const struct rsp_handle *handle,
		   struct rsp_member *m);

/**
 * rsp_unsubscribe() - not any more
 * @rn: namespace
 * @m: what rsp_subscribe() was given, or zeroed and never used
 *
 * Context: Process.
 */
void rsp_unsubscribe(struct rsp_net *rn, struct rsp_member *m);

/**
 * rsp_member_set() - say which pool element is used
 * @rn: namespace
 * @m: subscribed or not
 * @at: the element
 *
 * Context: Process.
 */
void rsp_member_set(struct rsp_net *rn, struct rsp_member *m,
		    const struct rsp_pe_life *at);

/* ---- asap_pe.c ------------------------------------------------------------------ */

enum rsp_pe_state {
	RSP_PE_NEW,		/* not handed to asap.c yet */
	RSP_PE_WANTED,		/* to be registered, or again with a new home */
	RSP_PE_ASKED,		/* registration sent */
	RSP_PE_REGISTERED,
	RSP_PE_REFUSED,		/* not asked again until changed (REG-12) */
	RSP_PE_LEAVING,		/* de-registration under way */
	RSP_PE_GONE,
};

/*
 * A pool element of this namespace.  Made by element.c, on rn->pes while it
 * is registered or wants to be; what is below @state belongs to asap.c.
 */
struct rsp_pe {
	struct list_head node;		/* rn->pes */
	refcount_t ref;
	struct rsp_net *rn;
	u64 serial;			/* never used again */
	struct rsp_handle handle;
	u32 pe_id;
	kuid_t uid;
	u64 ino;
	atomic_t sessions;		/* accepted so far */

	/* pes_lock: the wish; set through rsp_asap_register() */
	s32 life;			/* seconds */
	struct rsp_policy_param policy;
	struct rsp_service user;

	/*
	 * Told of a change of state, registrar or cause.  Called by asap.c's
	 * work in process context with no lock held; not after
	 * rsp_asap_deregister() has returned.  Must not wait.
	 */
	void (*changed)(struct rsp_pe *pe);

	/*
	 * Does the program run?  Asked on the same terms as changed(), where
	 * liveness_ms is set: @knock: a new question, whose answer may take
	 * until rsp_asap_alive().
	 */
	bool (*alive)(struct rsp_pe *pe, bool knock);
	u32 liveness_ms;		/* READ_ONCE, 0: not asked */
	void *owner;

	enum rsp_pe_state state;	/* pes_lock; READ_ONCE to look */
	u32 home_id;			/* registrar that confirmed */
	u32 cause;			/* of the last refusal */
	u16 use;			/* RSP_USE_*, as registered; READ_ONCE */
	bool followed;			/* @use has been changed for the pool */
	int error;			/* negative errno, 0 when registered */
	bool want;			/* to be registered (again) */
	bool known;			/* a registrar may have it */
	bool tell;			/* changed() is to be called */
	unsigned int attempts;		/* since the last success */
	unsigned int leaves;		/* de-registrations sent */
	unsigned long due;		/* jiffies: T4; LEAVING: give up */
	struct list_head todo;		/* asap->todo */

	/* the ASAP work's own */
	struct rsp_request *req;	/* (de-)registration in flight */
	bool told;			/* registered, by the last event */
	bool stalled;			/* the program did not answer */
	struct rsp_bucket alive_home;	/* keep-alives of the home */
	struct rsp_bucket alive_other;	/* and of all others */
	struct rsp_ack *ack_spare;	/* for when memory is short; NULL: in use */
};

/**
 * rsp_asap_register() - register a PE, or again after a change
 * @pe: its fields up to @owner are filled in; holds a reference of its own
 *	until it is gone
 * @life: registration life in seconds
 * @policy: member selection policy
 * @user: how it is reached
 *
 * Does not wait: pe->changed() tells.  Goes on by itself: T4, T2, another
 * registrar.
 * Context: Process.
 * Return: 0, -ENOBUFS (max_pes), -EADDRINUSE (identifier taken in this pool),
 * -EHOSTUNREACH (no registrar configured or attached; the PE is still taken
 * and will be registered with the first one that comes).
 */
int rsp_asap_register(struct rsp_pe *pe, s32 life,
		      const struct rsp_policy_param *policy,
		      const struct rsp_service *user);

/**
 * rsp_asap_deregister() - take a PE back
 * @pe: registered or not
 *
 * Sends the de-registration, lets go of asap.c's reference when it has been
 * answered or given up.  pe->changed is not called any more once this has
 * returned.
 * Context: Process; may wait for a running pe->changed(), not for the wire.
 */
void rsp_asap_deregister(struct rsp_pe *pe);

/**
 * rsp_asap_alive() - some element's program has shown that it runs
 * @rn: namespace
 *
 * Context: Any.
 */
void rsp_asap_alive(struct rsp_net *rn);

/**
 * rsp_ack_new() - the record of a keep-alive that is to be acknowledged
 * @gfp: how to allocate
 *
 * Each element has one in reserve, rsp_pe.ack_spare.
 *
 * Context: As @gfp allows.
 * Return: uninitialised, for kfree(); NULL without memory.
 */
struct rsp_ack *rsp_ack_new(gfp_t gfp);

/**
 * rsp_pe_put() - let go of a reference
 * @pe: pool element; freed with the last one
 *
 * Context: Any.
 */
void rsp_pe_put(struct rsp_pe *pe);

/**
 * rsp_pes_above() - for dumps: the next local pool elements
 * @rn: namespace
 * @serial: of the last one, 0 to begin
 * @pes: result, a reference each
 * @max: room
 *
 * Several at a time, since each call looks for its place in the list.
 *
 * Context: Any.
 * Return: how many, 0 behind the last one.
 */
unsigned int rsp_pes_above(struct rsp_net *rn, u64 serial, struct rsp_pe **pes,
			   unsigned int max);

/**
 * rsp_asap_net_init() - the ASAP endpoint of a new namespace
 * @rn: namespace
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int rsp_asap_net_init(struct rsp_net *rn);

/**
 * rsp_asap_net_pre_exit() - stop: waiters told -ESHUTDOWN, sockets aborted,
 * work over
 * @rn: namespace; no user socket exists any more
 *
 * Context: Process; from .pre_exit, while the devices are up.
 */
void rsp_asap_net_pre_exit(struct rsp_net *rn);

/**
 * rsp_asap_net_exit() - free the ASAP endpoint
 * @rn: namespace, after rsp_asap_net_pre_exit()
 *
 * Context: Process.
 */
void rsp_asap_net_exit(struct rsp_net *rn);

/**
 * rsp_asap_receive() - a message from a registrar came in over a link
 * @rn: namespace
 * @from: link's registrar
 * @data: the message; copied
 * @len: octets, at most RSP_MSG_MAX
 * @request: number from the envelope, 0 if the link has none
 *
 * Queued (bounded) for the ASAP work.
 *
 * Context: Process.
 */
void rsp_asap_receive(struct rsp_net *rn, struct rsp_registrar *from,
		      const void *data, size_t len, u32 request);

/* What there is to tell about a registrar. */
struct rsp_registrar_info {
	u32 link;		/* enum rserpool_link */
	u32 state;		/* enum rserpool_registrar_state */
	u32 origin;		/* enum rserpool_registrar_origin */
	u32 profile;		/* enum rserpool_registrar_profile */
	bool home;
	u32 id;
	struct rsp_addr addr;	/* SCTP */
	u16 port;
	u32 portid;		/* netlink */
	u64 tx;
	u64 rx;
};

/**
 * rsp_registrar_add() - add an SCTP registrar to the list
 * @rn: namespace
 * @addr: address of a single host
 * @port: SCTP port, host order
 * @profile: enum rserpool_registrar_profile
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0, -ENOMEM, -EEXIST, -ENOSPC (too many).
 */
int rsp_registrar_add(struct rsp_net *rn, const struct rsp_addr *addr,
		      u16 port, u32 profile, struct netlink_ext_ack *extack);

/**
 * rsp_registrar_del() - take an SCTP registrar off the list
 * @rn: namespace
 * @addr: as it was added
 * @port: SCTP port, host order
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0 or -ENOENT.
 */
int rsp_registrar_del(struct rsp_net *rn, const struct rsp_addr *addr,
		      u16 port, struct netlink_ext_ack *extack);

/**
 * rsp_registrar_nth() - for dumps: n-th registrar of the list
 * @rn: namespace
 * @n: from 0
 * @info: result
 *
 * Context: Process.
 * Return: true and @info, or false behind the last one.
 */
bool rsp_registrar_nth(struct rsp_net *rn, unsigned int n,
		       struct rsp_registrar_info *info);

/**
 * rsp_cause_errno() - errno for an error cause of a refused registration
 * (ERR-15)
 * @cause: enum rsp_cause_code or any other number
 *
 * Context: Any.
 * Return: a negative errno; -EPROTO for what has none of its own.
 */
int rsp_cause_errno(u32 cause);

/* ---- announce.c: registrars heard of by multicast ------------------------ */

/* A group in which announcements are heard. */
struct rsp_group_info {
	struct rsp_addr addr;
	u16 port;		/* UDP, host order */
	u32 profile;		/* enum rserpool_registrar_profile of those heard */
	unsigned int devices;	/* that have joined it; to be told only */
};

/**
 * rsp_announce_init() - watch the devices of all namespaces
 *
 * Context: Process; after the pernet operations are registered.
 * Return: 0 or what register_netdevice_notifier() says.
 */
int rsp_announce_init(void);

/**
 * rsp_announce_exit() - watch no longer
 *
 * Context: Process.
 */
void rsp_announce_exit(void);

/**
 * rsp_announce_net_init() - the groups of a new namespace: RFC 5352's
 * @rn: namespace
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int rsp_announce_net_init(struct rsp_net *rn);

/**
 * rsp_announce_net_pre_exit() - hear nothing any more
 * @rn: namespace that is dying
 *
 * Context: Process.
 */
void rsp_announce_net_pre_exit(struct rsp_net *rn);

/**
 * rsp_announce_net_exit() - free the groups
 * @rn: namespace, after rsp_announce_net_pre_exit()
 *
 * Context: Process.
 */
void rsp_announce_net_exit(struct rsp_net *rn);

/**
 * rsp_announce_want() - somebody needs a registrar: listen from now on
 * @rn: namespace
 *
 * Context: Any.
 */
void rsp_announce_want(struct rsp_net *rn);

/**
 * rsp_announce_expected() - may a first announcement still come?
 * @rn: namespace
 * @until: result: when that will be over, in jiffies
 *
 * Registrars announce about every T6, so after three times that there is none.
 *
 * Context: Any.
 * Return: true and @until, or false.
 */
bool rsp_announce_expected(struct rsp_net *rn, unsigned long *until);

/**
 * rsp_group_add() - hear announcements in another group
 * @rn: namespace
 * @info: group
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0, -ENOMEM, -EEXIST, -ENOSPC (too many).
 */
int rsp_group_add(struct rsp_net *rn, const struct rsp_group_info *info,
		  struct netlink_ext_ack *extack);

/**
 * rsp_group_del() - do not hear a group any more
 * @rn: namespace
 * @info: group, its address and port
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0 or -ENOENT.
 */
int rsp_group_del(struct rsp_net *rn, const struct rsp_group_info *info,
		  struct netlink_ext_ack *extack);

/**
 * rsp_group_nth() - for dumps: n-th group of the list
 * @rn: namespace
 * @n: from 0
 * @info: result
 *
 * Context: Process.
 * Return: true and @info, or false behind the last one.
 */
bool rsp_group_nth(struct rsp_net *rn, unsigned int n,
		   struct rsp_group_info *info);

/* ---- link_netlink.c: the registrar in this namespace -------------------- */

/**
 * rsp_link_netlink_init() - watch all namespaces for netlink sockets that are
 * closed
 *
 * Context: Process; after the pernet operations are registered.
 * Return: 0 or what netlink_register_notifier() says.
 */
int rsp_link_netlink_init(void);

/**
 * rsp_link_netlink_exit() - watch no longer
 *
 * Context: Process.
 */
void rsp_link_netlink_exit(void);

/**
 * rsp_link_netlink_attach() - the attach command
 * @rn: namespace
 * @portid: netlink port of the registrar
 * @server_id: its ENRP identifier
 * @cookie: result: what each message of this attachment has to carry
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0, -EBUSY (another one is attached), -ENOMEM.
 */
int rsp_link_netlink_attach(struct rsp_net *rn, u32 portid, u32 server_id,
			    u64 *cookie, struct netlink_ext_ack *extack);

/**
 * rsp_link_netlink_start() - the reply with the cookie is on its way: messages
 * may follow it
 * @rn: namespace
 * @cookie: of the attachment
 *
 * Context: Process.
 */
void rsp_link_netlink_start(struct rsp_net *rn, u64 cookie);

/**
 * rsp_link_netlink_detach() - a port is gone, or never got the reply
 * @rn: namespace
 * @portid: netlink port, whether a registrar's or not
 *
 * Context: Process.
 */
void rsp_link_netlink_detach(struct rsp_net *rn, u32 portid);

/**
 * rsp_link_netlink_receive() - the asap command
 * @rn: namespace
 * @portid: sender
 * @cookie: of its attachment
 * @request: number of the request that is answered, 0 for none
 * @data: ASAP message; copied
 * @len: its octets
 * @extack: told of a refusal
 *
 * Context: Process.
 * Return: 0 (also if the message is dropped), -ESTALE (not the attached one),
 * -EINVAL (not the length of a message).
 */
int rsp_link_netlink_receive(struct rsp_net *rn, u32 portid, u64 cookie,
			     u32 request, const void *data, size_t len,
			     struct netlink_ext_ack *extack);

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

#endif /* _RSERPOOL_H */
