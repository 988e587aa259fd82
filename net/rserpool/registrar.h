/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all others may ask of the ASAP endpoint: resolutions, registrations,
 * and the registrars behind it.  Its own rooms share asap.h.
 * Part of rserpool.h, which includes it.
 */
#ifndef _RSERPOOL_REGISTRAR_H
#define _RSERPOOL_REGISTRAR_H

struct rsp_ack;
struct rsp_registrar;
struct rsp_request;

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

#endif /* _RSERPOOL_REGISTRAR_H */
