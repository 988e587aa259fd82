/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ASAP endpoint of a network namespace: what asap*.c and the links share,
 * and nobody else sees.
 *
 * All protocol work is done by one delayed work per namespace; "the work's"
 * below means that nothing else touches a field, so it needs no lock.  Other
 * contexts leave what they want in lists under asap->lock or rn->pes_lock and
 * kick the work.  Neither lock is taken inside the other.  Only the work takes
 * requests off asap->requests and elements off rn->pes, so it may let go of
 * the lock at an entry of theirs and go on from there.
 */
#ifndef _RSERPOOL_ASAP_H
#define _RSERPOOL_ASAP_H

#include <linux/sizes.h>
#include <linux/wait.h>

#include "rserpool.h"

#define RSP_ASAP_WINDOW		32	/* (de-)registrations in flight */
#define RSP_ASAP_REQUESTS_MAX	4096	/* in all */
#define RSP_ASAP_RX_MAX		256	/* messages waiting for the work */
#define RSP_ASAP_RX_OCTETS_MAX	SZ_1M
#define RSP_ASAP_BUDGET		64	/* messages taken in at a time */
#define RSP_ASAP_ERRORS_MAX	10	/* ASAP_ERROR per second */
#define RSP_ASAP_REPORTS_MAX	20	/* unreachable reports per second */
#define RSP_ASAP_REPORTED_MAX	64	/* of them remembered */
#define RSP_SUB_BUCKETS		256
/* A link was full: again after */
#define RSP_ASAP_RETRY		msecs_to_jiffies(20)
#define RSP_REGISTRARS_MAX	32	/* configured, and attached */
#define RSP_LEARNED_MAX		32	/* heard of */
#define RSP_LEARNED_FROM_MAX	4	/* ... from one address */
#define RSP_REGISTRAR_ADDRS	4	/* of one that is announced */
#define RSP_HUNT_MAX		3	/* attempts at a time (SH1) */
#define RSP_GUESTS_MAX		32	/* associations that others made */
#define RSP_GUESTS_HOST_MAX	4	/* of one address */
#define RSP_ASAP_TX_LEN		1024	/* more than any request */

/**
 * rsp_bucket_take() - take one event out of a second's allowance
 * @bucket: counts them
 * @max: events allowed per second
 *
 * Context: Any; the caller keeps others off @bucket.
 * Return: true, or false when the allowance of this second is used up.
 */
bool rsp_bucket_take(struct rsp_bucket *bucket, unsigned int max);

/* A PE that was reported unreachable, which is nothing to repeat. */
struct rsp_reported {
	u32 pool;			/* hash of its handle */
	struct rsp_pe_life life;	/* .pe_id 0: none */
	unsigned long at;		/* jiffies */
};

/*
 * How messages get to a registrar.  All called by the work.
 *
 * @send: 0; -EAGAIN, -ENOMEM: full, again soon; -EPIPE, -ECONNREFUSED: link is
 *	gone, the request may go to another registrar; anything else: this
 *	message cannot be sent at all
 * @addrs: local addresses that this registrar may be told (REG-02, REG-03)
 * @connect: NULL when the link is up from the start
 * @close: @reg is not in use any more
 */
struct rsp_link_ops {
	u32 link;			/* enum rserpool_link */
	int (*connect)(struct rsp_asap *asap, struct rsp_registrar *reg);
	int (*send)(struct rsp_asap *asap, struct rsp_registrar *reg,
		    const void *buf, size_t len, u32 request);
	unsigned int (*addrs)(struct rsp_asap *asap, struct rsp_registrar *reg,
			      struct rsp_addr *addrs, unsigned int max);
	void (*close)(struct rsp_asap *asap, struct rsp_registrar *reg);
};

struct rsp_registrar {
	struct list_head node;		/* asap->registrars, or ->guests */
	refcount_t ref;
	const struct rsp_link_ops *ops;
	u32 origin;			/* enum rserpool_registrar_origin */
	u32 profile;			/* enum rserpool_registrar_profile */
	bool gone;			/* asap->lock: taken off the list */
	u32 state;			/* the work's once it is UP */
	u32 id;				/* the same; 0: not known yet */
	u64 tx;				/* the same */
	u64 rx;
	unsigned long heard;		/* asap->lock: last announcement */
	unsigned long expires;		/* asap->lock: T7 */
	struct rsp_addr from;		/* constant: who announced it */

	/* the work's */
	unsigned int round;		/* of the hunt that tried it last */
	bool last;			/* the lost home: comes last in this round */
	bool first;			/* to be tried before all others */
	struct list_head attempt;	/* asap->attempts */
	unsigned long until;		/* jiffies: an attempt's, a guest's end */

	struct rsp_addr addr;		/* SCTP */
	u16 port;
	unsigned int nothers;		/* asap->lock, as others */
	struct rsp_addr others[RSP_REGISTRAR_ADDRS - 1];	/* of the same */
	s32 assoc_id;			/* the work's, 0: none */

	/* the work's, of a guest */
	struct rsp_bucket messages;
	struct rsp_bucket bad;
	bool useful;			/* asked for an element of ours */

	u32 portid;			/* netlink */
	u64 cookie;
};

/* One request to the home registrar, kept until answered or given up. */
struct rsp_request {
	struct list_head node;		/* asap->requests */
	struct list_head waiters;	/* asap->lock: rsp_waiter.node */
	u8 type;			/* enum rsp_asap_type */
	bool sent;			/* the work's: to the present home */
	unsigned int sends;		/* the work's */
	unsigned long expires;		/* the work's: T1, T2, T3 */
	bool subscribe;			/* the work's: sent with S = 1 */
	u32 number;			/* in the netlink envelope */
	u32 pe_id;
	struct rsp_handle handle;
	struct rsp_pe *pe;		/* a reference; NULL: resolution */
};

struct rsp_asap {
	struct rsp_net *rn;
	struct delayed_work work;
	wait_queue_head_t idle;		/* a callback has returned */

	spinlock_t lock;		/* process context; down to reports */
	struct list_head registrars;	/* attached one first, then as added */
	unsigned int nregistrars;	/* without those of the next line */
	unsigned int nlearned;
	bool added;			/* one that no hunt has tried yet */
	bool demand;			/* somebody new waits for a home */
	struct rsp_registrar *home;	/* written by the work only */
	struct list_head requests;
	unsigned int nrequests;
	u32 next_number;
	struct rsp_waiter *completing;	/* its done() is running */
	struct list_head rx;
	unsigned int nrx;
	unsigned int rx_octets;
	struct hlist_head subs[RSP_SUB_BUCKETS];	/* rsp_sub.node */
	unsigned int nsubs;
	struct list_head subs_todo;	/* rsp_sub.todo: to be asked for */
	struct list_head subs_later;	/* the same: at rsp_sub.due */
	unsigned long subs_due;		/* jiffies: the first of those */
	struct rsp_bucket reports_rate;
	struct list_head reports;	/* unreachable reports */
	struct rsp_reported reported[RSP_ASAP_REPORTED_MAX];
	unsigned int next_reported;

	/* rn->pes_lock */
	struct list_head todo;		/* rsp_pe.todo */
	struct rsp_pe *telling;		/* its changed() is running */
	unsigned long pes_due;		/* jiffies: first rsp_pe.due */

	/* the work's */
	bool armed;			/* run again at @next */
	unsigned long next;		/* jiffies */
	bool full;			/* a link took no more in this run */
	struct list_head attempts;	/* rsp_registrar.attempt */
	unsigned int nattempts;
	unsigned int round;		/* once through the list */
	unsigned long hunt_at;		/* jiffies: not before */
	unsigned long paused_at;	/* jiffies: when the last round ended */
	unsigned int hunt_ms;		/* the last pause; 0: none since success */
	bool hunting;			/* T5 is running */
	unsigned long t5_at;		/* jiffies: it ends */
	unsigned int t5_ms;		/* it lasts; 0: as set */
	struct list_head guests;	/* rsp_registrar.node */
	unsigned int nguests;
	struct rsp_registrar *adopt;	/* guest that wants to be home */
	unsigned long adopt_at;		/* jiffies: not before */
	bool addrs_changed;		/* set by anybody */
	bool addrs_looking;
	unsigned int addrs_look;	/* the next one */
	unsigned long addrs_since;	/* jiffies */
	struct rsp_addr addrs[RSP_ADDRS_MAX];	/* as the home knows them */
	unsigned int naddrs;
	unsigned int window;		/* (de-)registrations in flight */
	bool tell;			/* some rsp_pe.tell is set */
	struct list_head acks;		/* rsp_ack.node, asap_alive.c */
	unsigned int nacks;
	unsigned int nstalled;		/* elements: rsp_pe.stalled */
	struct rsp_bucket errors_rate;
	u8 tx[RSP_ASAP_TX_LEN];

	/* link_sctp.c; the work's */
	struct socket *sock;
	void (*saved_data_ready)(struct sock *sk);
	u8 *rx_buf;
	size_t rx_len;			/* of a message not complete yet */
	bool rx_skip;			/* the rest of it is to be dropped */
	bool rx_note;			/* inside a notification */
	s32 rx_assoc;
};

/**
 * rsp_registrar_up() - can messages be sent to this one?
 * @reg: registrar or NULL
 *
 * Context: Any; outside of the work it is a hint.
 * Return: true while its link is up and it is in the list.
 */
static inline bool rsp_registrar_up(const struct rsp_registrar *reg)
{
	return reg && !READ_ONCE(reg->gone) &&
	       READ_ONCE(reg->state) == RSERPOOL_REGISTRAR_STATE_UP;
}

/* ---- asap.c: the work and the requests ------------------------------- */

/**
 * rsp_asap_kick() - have the work run at once
 * @asap: ASAP endpoint
 *
 * Does nothing once the namespace is dying.
 *
 * Context: Any.
 */
void rsp_asap_kick(struct rsp_asap *asap);

/**
 * rsp_asap_wake_at() - have the work run again, at that time at the latest
 * @asap: ASAP endpoint
 * @when: time in jiffies
 *
 * Context: The namespace's ASAP work.
 */
void rsp_asap_wake_at(struct rsp_asap *asap, unsigned long when);

/**
 * rsp_request_pe() - make a request for a pool element
 * @asap: ASAP endpoint
 * @type: RSP_ASAP_REGISTRATION or RSP_ASAP_DEREGISTRATION
 * @pe: element without a request in flight; the request takes a reference
 *
 * Context: The namespace's ASAP work.
 * Return: 0 or -ENOMEM.
 */
int rsp_request_pe(struct rsp_asap *asap, u8 type, struct rsp_pe *pe);

/**
 * rsp_request_cancel() - take a request of an element back, without a word
 * @asap: ASAP endpoint
 * @req: request of an element; freed
 *
 * Context: The namespace's ASAP work; pes_lock not held.
 */
void rsp_request_cancel(struct rsp_asap *asap, struct rsp_request *req);

/**
 * rsp_request_match() - the request that a response answers
 * @asap: ASAP endpoint
 * @type: enum rsp_asap_type of the request
 * @msg: response
 * @number: of the request in the netlink envelope, 0 if the link has none
 *
 * Context: The namespace's ASAP work.
 * Return: a request that has been sent to the present home, or NULL.
 */
struct rsp_request *rsp_request_match(struct rsp_asap *asap, u8 type,
				      const struct rsp_msg *msg, u32 number);

/**
 * rsp_resolution_find() - the resolution of a handle that is under way
 * @asap: ASAP endpoint
 * @handle: pool handle
 *
 * Context: asap->lock held.
 * Return: request, sent or not, or NULL.
 */
struct rsp_request *rsp_resolution_find(struct rsp_asap *asap,
					const struct rsp_handle *handle);

/**
 * rsp_request_done() - a request has been answered or given up
 * @asap: ASAP endpoint
 * @req: request; freed
 * @msg: response, NULL if there is none
 * @err: 0 or why there is none: -ETIMEDOUT, -EHOSTUNREACH, -ENOMEM, -ESHUTDOWN
 *	or what the link said
 *
 * Tells the waiters, or the element's code.
 *
 * Context: The namespace's ASAP work; no lock held.
 */
void rsp_request_done(struct rsp_asap *asap, struct rsp_request *req,
		      const struct rsp_msg *msg, int err);

/**
 * rsp_requests_restart() - the home is another one, or gone
 * @asap: ASAP endpoint
 *
 * Nothing has been sent to the new one: requests of elements are dropped
 * (asap_pe.c makes them again), resolutions wait to be sent.
 *
 * Context: The namespace's ASAP work.
 */
void rsp_requests_restart(struct rsp_asap *asap);

/**
 * rsp_requests_unreachable() - a whole hunt found nobody
 * @asap: ASAP endpoint
 *
 * Resolutions end with -EHOSTUNREACH.
 *
 * Context: The namespace's ASAP work; no lock held.
 */
void rsp_requests_unreachable(struct rsp_asap *asap);

/**
 * rsp_asap_send() - one message to a registrar
 * @asap: ASAP endpoint
 * @reg: registrar; marked as failed if its link turns out to be broken
 * @buf: message
 * @len: its octets
 * @number: of the request, 0 for none
 *
 * Context: The namespace's ASAP work.
 * Return: 0; -EAGAIN, -ENOMEM: full, the work comes again soon; -EPIPE,
 * -ECONNREFUSED: the link is gone; another errno: this message cannot be sent.
 */
int rsp_asap_send(struct rsp_asap *asap, struct rsp_registrar *reg,
		  const void *buf, size_t len, u32 number);

/* ---- asap_home.c: registrars, and which of them is home -------------- */

/**
 * rsp_registrar_alloc() - a registrar that is in no list yet
 * @ops: its link
 *
 * Context: Process.
 * Return: registrar with one reference, or NULL without memory.
 */
struct rsp_registrar *rsp_registrar_alloc(const struct rsp_link_ops *ops);

/**
 * rsp_registrar_put() - let go of a reference
 * @reg: registrar or NULL; freed with the last one
 *
 * Context: Any.
 */
void rsp_registrar_put(struct rsp_registrar *reg);

/**
 * rsp_registrar_get() - take another reference
 * @reg: registrar
 *
 * Context: Any; the caller has a reference or holds asap->lock.
 * Return: @reg.
 */
static inline struct rsp_registrar *rsp_registrar_get(struct rsp_registrar *reg)
{
	refcount_inc(&reg->ref);
	return reg;
}

/**
 * rsp_home_run() - keep a home, as far as anybody needs one
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_home_run(struct rsp_asap *asap);

/**
 * rsp_home_gain() - a registrar has become home
 * @asap: ASAP endpoint without one
 * @reg: registrar; the caller's reference is taken over
 *
 * Context: The namespace's ASAP work.
 */
void rsp_home_gain(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_home_adopt() - a guest's keep-alive has H=1 (RFC 5352 KA2.4)
 * @asap: ASAP endpoint
 * @from: its sender
 * @server_id: who that is
 *
 * An attached registrar stays home whoever says so; others change in the next
 * rsp_home_run(), at a bounded rate.
 *
 * Context: The namespace's ASAP work.
 */
void rsp_home_adopt(struct rsp_asap *asap, struct rsp_registrar *from,
		    u32 server_id);

/**
 * rsp_home_moved() - this namespace has other addresses than the home knows
 * @asap: ASAP endpoint with a home
 *
 * The association is made anew, if it lacks one, and all elements are
 * registered again.
 *
 * Context: The namespace's ASAP work.
 */
void rsp_home_moved(struct rsp_asap *asap);

/**
 * rsp_registrar_close() - let go of a registrar's association
 * @asap: ASAP endpoint
 * @reg: registrar; the caller's reference is given up
 * @state: what it is from now on
 *
 * Context: The namespace's ASAP work.
 */
void rsp_registrar_close(struct rsp_asap *asap, struct rsp_registrar *reg,
			 u32 state);

/**
 * rsp_home_suspect() - a request to the home timed out
 * @asap: ASAP endpoint
 *
 * Has another registrar tried, if there is one.
 *
 * Context: The namespace's ASAP work.
 */
void rsp_home_suspect(struct rsp_asap *asap);

/**
 * rsp_home_exit() - let go of all registrars
 * @asap: ASAP endpoint
 *
 * Context: Process; the work is over.
 */
void rsp_home_exit(struct rsp_asap *asap);

/**
 * rsp_registrar_unlist() - take a registrar off the list
 * @asap: ASAP endpoint
 * @reg: registrar; the list's reference is the caller's from now on
 *
 * Context: Any; asap->lock held.
 */
void rsp_registrar_unlist(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_registrar_find() - the registrar of an address
 * @asap: ASAP endpoint
 * @addr: address
 * @port: SCTP port, host order
 *
 * Context: Any; asap->lock held.
 * Return: entry of the list, without a reference of its own, or NULL.
 */
struct rsp_registrar *rsp_registrar_find(struct rsp_asap *asap,
					 const struct rsp_addr *addr, u16 port);

/* ---- asap_learn.c: registrars that were not configured --------------- */

/* One address of an announcement. */
struct rsp_heard {
	u32 id;
	u32 profile;
	struct rsp_addr from;		/* who says so */
	u16 port;
	unsigned int naddrs;
	struct rsp_addr addrs[RSP_REGISTRAR_ADDRS];
};

/**
 * rsp_learn() - a registrar has been announced
 * @asap: ASAP endpoint
 * @heard: what was said
 *
 * Context: Process; not the namespace's ASAP work.
 * Return: whether it is in the list now.
 */
bool rsp_learn(struct rsp_asap *asap, const struct rsp_heard *heard);

/**
 * rsp_learned_add() - keep a registrar that has become known otherwise
 * @asap: ASAP endpoint
 * @reg: registrar in no list, not CONFIGURED; the caller's reference is the
 *	list's if there is room
 *
 * Context: The namespace's ASAP work.
 * Return: whether there is room.
 */
bool rsp_learned_add(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_learned_drop() - take a learned registrar off the list
 * @asap: ASAP endpoint
 * @reg: registrar; the list's reference is given up
 *
 * Context: Process; asap->lock held.
 */
void rsp_learned_drop(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_learned_run() - drop those that were not heard of for too long
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_learned_run(struct rsp_asap *asap);

/* ---- asap_hunt.c: looking for a home --------------------------------- */

/**
 * rsp_hunt_run() - go on with the hunt, as far as somebody needs a home
 * @asap: ASAP endpoint without a home
 *
 * Context: The namespace's ASAP work.
 */
void rsp_hunt_run(struct rsp_asap *asap);

/**
 * rsp_hunt_again() - the home was lost: hunt at once, that one comes last
 * @asap: ASAP endpoint
 * @lost: registrar that was home
 *
 * Context: The namespace's ASAP work.
 */
void rsp_hunt_again(struct rsp_asap *asap, struct rsp_registrar *lost);

/**
 * rsp_hunt_stop() - there is a home: all attempts and T5 end
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_hunt_stop(struct rsp_asap *asap);

/* ---- asap_guest.c: associations that others made --------------------- */

/**
 * rsp_guest_find() - the guest of an association
 * @asap: ASAP endpoint
 * @assoc_id: SCTP's number, not 0
 *
 * Context: The namespace's ASAP work.
 * Return: guest, or NULL.
 */
struct rsp_registrar *rsp_guest_find(struct rsp_asap *asap, s32 assoc_id);

/**
 * rsp_guest_come() - an association that we did not make is up
 * @asap: ASAP endpoint
 * @assoc_id: SCTP's number
 *
 * If there are too many, it or one of less use is aborted.
 *
 * Context: The namespace's ASAP work.
 * Return: guest, or NULL when it is gone or was not let in.
 */
struct rsp_registrar *rsp_guest_come(struct rsp_asap *asap, s32 assoc_id);

/**
 * rsp_guest_message() - a guest said something
 * @asap: ASAP endpoint
 * @reg: sender, a guest or another registrar
 *
 * Context: The namespace's ASAP work.
 * Return: false if this one says too much, and is not listened to any more.
 */
bool rsp_guest_message(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_guest_bad() - what a guest said was of no use
 * @asap: ASAP endpoint
 * @reg: sender, a guest or another registrar
 *
 * Context: The namespace's ASAP work.
 */
void rsp_guest_bad(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_guest_useful() - a guest asked for an element of ours
 * @asap: ASAP endpoint
 * @reg: sender, a guest or another registrar
 *
 * Context: The namespace's ASAP work.
 */
void rsp_guest_useful(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_guest_of() - has this registrar called us?
 * @asap: ASAP endpoint
 * @reg: registrar of the list
 *
 * Context: The namespace's ASAP work.
 * Return: the guest with its address and port, or NULL.
 */
struct rsp_registrar *rsp_guest_of(struct rsp_asap *asap,
				   const struct rsp_registrar *reg);

/**
 * rsp_guest_leave() - a guest is none any more
 * @asap: ASAP endpoint
 * @reg: guest; the list's reference is the caller's now
 *
 * Context: The namespace's ASAP work.
 */
void rsp_guest_leave(struct rsp_asap *asap, struct rsp_registrar *reg);

/**
 * rsp_guests_run() - see out those that are done, or have outstayed
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_guests_run(struct rsp_asap *asap);

/**
 * rsp_guests_exit() - let go of all guests
 * @asap: ASAP endpoint
 *
 * Context: Process; the work is over.
 */
void rsp_guests_exit(struct rsp_asap *asap);

/* ---- asap_pe.c: the local pool elements ------------------------------ */

/**
 * rsp_pes_run() - whatever elements have to be told to or by the registrar
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_pes_run(struct rsp_asap *asap);

/**
 * rsp_pes_tell() - call those that want to hear of changes
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work; no lock held.
 */
void rsp_pes_tell(struct rsp_asap *asap);

/**
 * rsp_pes_restart() - all have to be registered again
 * @asap: ASAP endpoint; with @asap->home if there is one
 *
 * Context: The namespace's ASAP work.
 */
void rsp_pes_restart(struct rsp_asap *asap);

/**
 * rsp_pes_renew() - all that the home has are registered again
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_pes_renew(struct rsp_asap *asap);

/**
 * rsp_pes_unreachable() - a whole hunt found nobody
 * @asap: ASAP endpoint
 *
 * Who waits for a registration is told -EHOSTUNREACH; the element goes on being
 * wanted.
 *
 * Context: The namespace's ASAP work.
 */
void rsp_pes_unreachable(struct rsp_asap *asap);

/**
 * rsp_pe_sent() - the registration of an element has been sent
 * @asap: ASAP endpoint
 * @pe: element
 *
 * Context: The namespace's ASAP work.
 */
void rsp_pe_sent(struct rsp_asap *asap, struct rsp_pe *pe);

/**
 * rsp_pe_registered() - a registration has been answered, or given up
 * @asap: ASAP endpoint
 * @pe: element
 * @msg: response; NULL with @err
 * @err: 0 or why there is no response
 *
 * Context: The namespace's ASAP work.
 */
void rsp_pe_registered(struct rsp_asap *asap, struct rsp_pe *pe,
		       const struct rsp_msg *msg, int err);

/**
 * rsp_pe_gone() - an element is de-registered, whatever the answer was
 * @asap: ASAP endpoint
 * @pe: element; the reference of rsp_asap_register() is given up
 *
 * Context: The namespace's ASAP work; no lock held.
 */
void rsp_pe_gone(struct rsp_asap *asap, struct rsp_pe *pe);

/**
 * rsp_pe_expired() - the registrar took an element out on its own account
 * @asap: ASAP endpoint
 * @msg: an unasked de-registration response (REG-28)
 *
 * Context: The namespace's ASAP work.
 * Return: true if there is such an element, which is registered again after a
 * pause.
 */
bool rsp_pe_expired(struct rsp_asap *asap, const struct rsp_msg *msg);

/**
 * rsp_pe_build() - write the registration of an element into @asap->tx
 * @asap: ASAP endpoint with a home
 * @pe: element
 *
 * Context: The namespace's ASAP work.
 * Return: octets; -ENOMEM, -EADDRNOTAVAIL (no address to be told), -EPIPE (the
 * link has just gone), -EMSGSIZE.
 */
int rsp_pe_build(struct rsp_asap *asap, struct rsp_pe *pe);

/**
 * rsp_pes_exit() - let go of all elements
 * @asap: ASAP endpoint
 *
 * Context: Process; the work is over.
 */
void rsp_pes_exit(struct rsp_asap *asap);

/**
 * rsp_pe_want() - an element is to be registered, or again
 * @asap: ASAP endpoint
 * @pe: element that is not leaving
 *
 * Context: Process; pes_lock held.
 */
void rsp_pe_want(struct rsp_asap *asap, struct rsp_pe *pe);

/* ---- asap_alive.c: keep-alives --------------------------------------- */

/**
 * rsp_pe_keep_alive() - a keep-alive came in (RFC 5352 section 3.4)
 * @asap: ASAP endpoint
 * @from: its sender
 * @msg: keep-alive
 * @number: to repeat in the acknowledgements, 0 for none
 *
 * Acknowledged for the element named, or for each one of the handle, in the
 * next rsp_alive_run().
 *
 * Context: The namespace's ASAP work.
 */
void rsp_pe_keep_alive(struct rsp_asap *asap, struct rsp_registrar *from,
		       const struct rsp_msg *msg, u32 number);

/**
 * rsp_acks_move() - acknowledgements go to the same registrar by another name
 * @asap: ASAP endpoint
 * @from: whom they were for
 * @to: whom they are for
 *
 * Context: The namespace's ASAP work.
 */
void rsp_acks_move(struct rsp_asap *asap, struct rsp_registrar *from,
		   struct rsp_registrar *to);

/**
 * rsp_alive_run() - acknowledge what can be, register those that run again
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_alive_run(struct rsp_asap *asap);

/**
 * rsp_alive_exit() - acknowledge nothing any more
 * @asap: ASAP endpoint
 *
 * Context: Process; the work is over.
 */
void rsp_alive_exit(struct rsp_asap *asap);

/* ---- asap_sub.c: subscriptions --------------------------------------- */

/**
 * rsp_subs_run() - ask for what is to be subscribed, or not any more
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_subs_run(struct rsp_asap *asap);

/**
 * rsp_subs_restart() - the home is another one, or gone
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_subs_restart(struct rsp_asap *asap);

/**
 * rsp_subs_waiting() - does any subscription need a home?
 * @asap: ASAP endpoint
 *
 * Context: asap->lock held.
 * Return: true if one is to be asked for.
 */
bool rsp_subs_waiting(struct rsp_asap *asap);

/**
 * rsp_subs_exit() - forget all subscriptions
 * @asap: ASAP endpoint
 *
 * Context: Process; the work is over and no socket is left.
 */
void rsp_subs_exit(struct rsp_asap *asap);

/**
 * rsp_sub_wanted() - is a resolution to say S = 1?
 * @asap: ASAP endpoint
 * @handle: pool handle
 *
 * Context: The namespace's ASAP work.
 * Return: true if changes of the pool are to be told.
 */
bool rsp_sub_wanted(struct rsp_asap *asap, const struct rsp_handle *handle);

/**
 * rsp_sub_answer() - what a response says about the subscription
 * @req: resolution that it answers
 * @msg: response
 *
 * Context: Any.
 * Return: RSP_ANSWER_SUBSCRIBED if changes will be told, RSP_ANSWER_ASKED.
 */
enum rsp_answer rsp_sub_answer(const struct rsp_request *req,
			       const struct rsp_msg *msg);

/**
 * rsp_sub_done() - a resolution has been answered or given up
 * @asap: ASAP endpoint
 * @req: resolution
 * @msg: response, NULL if there is none
 * @err: 0, or why its answer is not in the cache
 *
 * Context: The namespace's ASAP work.
 */
void rsp_sub_done(struct rsp_asap *asap, const struct rsp_request *req,
		  const struct rsp_msg *msg, int err);

/**
 * rsp_sub_push() - take in a response that answers no request
 * @asap: ASAP endpoint
 * @msg: response from the home registrar
 *
 * Context: The namespace's ASAP work.
 * Return: false if nobody asked to be told of this pool.
 */
bool rsp_sub_push(struct rsp_asap *asap, const struct rsp_msg *msg);

/* ---- asap_report.c: unreachable pool elements ------------------------ */

/**
 * rsp_reports_run() - send the reports that wait, or drop them without a home
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work; or process, with the work over.
 */
void rsp_reports_run(struct rsp_asap *asap);

/* ---- asap_input.c: messages that come in ----------------------------- */

/**
 * rsp_input_run() - take in the messages that are queued
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 * Return: true if there may be more.
 */
bool rsp_input_run(struct rsp_asap *asap);

/**
 * rsp_asap_input() - take in one message
 * @asap: ASAP endpoint
 * @from: its sender
 * @data: message
 * @len: its octets
 * @number: of the request in the netlink envelope, 0 if the link has none
 *
 * Context: The namespace's ASAP work; no lock held.
 */
void rsp_asap_input(struct rsp_asap *asap, struct rsp_registrar *from,
		    const void *data, size_t len, u32 number);

/**
 * rsp_input_exit() - drop what is queued
 * @asap: ASAP endpoint
 *
 * Context: Process; the work is over.
 */
void rsp_input_exit(struct rsp_asap *asap);

/**
 * rsp_handle_read() - a handle off the wire
 * @handle: result
 * @from: octets of the message
 *
 * Context: Any.
 * Return: false if there is none, or it is empty or longer than we take.
 */
bool rsp_handle_read(struct rsp_handle *handle, const struct rsp_octets *from);

/* ---- addrs.c --------------------------------------------------------- */

/**
 * rsp_addrs_home() - a new home knows of all addresses that there are
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_addrs_home(struct rsp_asap *asap);

/**
 * rsp_addrs_run() - have addresses changed?
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 */
void rsp_addrs_run(struct rsp_asap *asap);

/* ---- link_sctp.c ----------------------------------------------------- */

extern const struct rsp_link_ops rsp_link_sctp;

/**
 * rsp_link_sctp_poll() - take in messages and events of the SCTP socket
 * @asap: ASAP endpoint
 *
 * Context: The namespace's ASAP work.
 * Return: true if there may be more.
 */
bool rsp_link_sctp_poll(struct rsp_asap *asap);

/**
 * rsp_link_sctp_peer() - who is at the other end of an association?
 * @asap: ASAP endpoint
 * @assoc_id: SCTP's number
 * @addr: result: its primary address
 * @port: result: host order
 *
 * Context: The namespace's ASAP work.
 * Return: false if there is no such association, or it is about to end.
 */
bool rsp_link_sctp_peer(struct rsp_asap *asap, s32 assoc_id,
			struct rsp_addr *addr, u16 *port);

/**
 * rsp_link_sctp_lacks() - is one of these no address of an association?
 * @asap: ASAP endpoint
 * @assoc_id: SCTP's number
 * @addrs: local addresses
 * @n: how many
 *
 * Context: The namespace's ASAP work.
 * Return: true if so; false also if there is no such association.
 */
bool rsp_link_sctp_lacks(struct rsp_asap *asap, s32 assoc_id,
			 const struct rsp_addr *addrs, unsigned int n);

/**
 * rsp_link_sctp_abort() - end an association that is nobody's
 * @asap: ASAP endpoint
 * @assoc_id: SCTP's number
 *
 * Context: The namespace's ASAP work.
 */
void rsp_link_sctp_abort(struct rsp_asap *asap, s32 assoc_id);

/**
 * rsp_link_sctp_port() - SCTP port of the ASAP endpoint
 * @asap: ASAP endpoint; its socket is made if need be
 *
 * Context: The namespace's ASAP work.
 * Return: port in host order, 0 without a socket.
 */
u16 rsp_link_sctp_port(struct rsp_asap *asap);

/**
 * rsp_link_sctp_unhook() - no callback of the socket runs any more
 * @asap: ASAP endpoint
 *
 * Context: Process, in pre_exit; may run beside the work's last queueing.
 */
void rsp_link_sctp_unhook(struct rsp_asap *asap);

/**
 * rsp_link_sctp_exit() - close the socket, with an ABORT of all associations
 * @asap: ASAP endpoint; unhooked
 *
 * Context: Process; the work is over.
 */
void rsp_link_sctp_exit(struct rsp_asap *asap);

#endif /* _RSERPOOL_ASAP_H */
