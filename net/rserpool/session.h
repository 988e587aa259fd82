/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions: the user's socket (upper), the SCTP socket under it (lower), and
 * what the rooms of the socket face ask of each other.  The lock order stands
 * in rserpool.h.
 */
#ifndef _RSERPOOL_SESSION_H
#define _RSERPOOL_SESSION_H

#include "rserpool.h"
#include "sctp.h"

/* Jiffies after which the work tries again what there was no memory for. */
#define RSP_RETRY		(HZ / 10)

/* Lives of PEs that one round of attempts remembers as tried. */
#define RSP_TRIED_MAX		16

/*
 * One SCTP socket under a session or a listener.  Made by lower.c; published
 * in rsk->low; readers without a mutex of the session hold rcu_read_lock().
 */
struct rsp_lower {
	struct socket *sock;
	struct sock *lsk;
	struct rsp_sock *up;		/* set once, before the callbacks */
	bool to_many;			/* one-to-many: a client's */
	bool data_only;			/* no control channel, by the element */
	struct rsp_pe_life peer;	/* 0: a pool user */
	sctp_assoc_t assoc_id;		/* one-to-many, from COMM_UP */
	bool unacked;			/* before the last notification: */
	u64 sacks;			/* see rsp_lower_note_unacked() */

	/* rx_mutex: what is left to do once there is memory */
	unsigned int found;		/* RSP_FOUND_*: told, not acted upon */
	u32 reason;			/* enum rsp_failover_reason: given up */
	bool connected;			/* client's next one: COMM_UP has come */
	bool echoed;			/* and the cookie is sent */

	/* tx_mutex: what could overtake that cookie waits until it is there */
	u32 echo_tsns;			/* at most those of it; 0: it is */
	bool gated;			/* something waits; READ_ONCE */
	ktime_t control_at;		/* last word of SCTP or control message */
	void (*saved_data_ready)(struct sock *lsk);
	void (*saved_state_change)(struct sock *lsk);
	struct rcu_head rcu;
};

/* What SCTP knows of user data, for struct rsp_rcvinfo and rsp_nxtinfo. */
struct rsp_sctp_mark {
	u32 len;			/* octets of this piece */
	u32 ppid;			/* host byte order */
	u16 stream;
	bool unordered;
	bool end;			/* last piece of a message */
};

/* rsp_item.flags */
enum {
	RSP_ITEM_NOTIFICATION	= BIT(0),
	RSP_ITEM_EOR		= BIT(1),	/* last piece of a message */
	RSP_ITEM_BROKEN		= BIT(2),	/* -EBADMSG: no such last piece */
};

/*
 * What is in line before the lower's own queue: notifications, and user data
 * saved from a lower that died.  Also holds cookies.  Memory is charged to the
 * upper's receive buffer.
 */
struct rsp_item {
	struct list_head node;		/* rsk->items */
	unsigned int flags;
	u32 len;
	u32 off;			/* already read */
	u32 pe_id;			/* of the server at that time, or 0 */
	struct rsp_sctp_mark mark;	/* user data's */
	u8 data[];
};

/* How long a message is worth sending: struct rsp_prinfo, begun. */
struct rsp_worth {
	u16 policy;			/* RSP_PR_* */
	u32 value;
	unsigned long until;		/* jiffies, RSP_PR_TTL */
};

/* How a message is sent, to the next server, too. */
struct rsp_terms {
	u32 options;			/* RSP_SEND_* */
	u32 ppid;			/* host byte order */
	u16 stream;
	struct rsp_worth worth;
};

/*
 * A message that SCTP handed back (SCTP_SEND_FAILED_EVENT), or a part of one.
 * Each notification is received into one of these, so that there is nothing
 * to allocate any more once it has been taken off the queue.
 */
struct rsp_returned {
	struct list_head node;		/* rsk->returned, rsk->resend */
	u32 context;			/* order of sending */
	u16 frag;			/* SCTP_DATA_*_FRAG bits */
	bool sent;			/* was on the wire */
	bool again;			/* sent to the next server */
	bool held;			/* never sent: there was no server */
	bool partial;			/* has a number of partial.c's */
	bool recalled;			/* so @order and @worth are known */
	u32 order;			/* as @context, of all messages */
	struct rsp_terms terms;
	u32 off;			/* in @buf: where the message is */
	u32 len;			/* of the message */
	u8 buf[] __aligned(8);
};

/*
 * The context of a message: its place in the order of sending, and what is to
 * become of it in a failover.  Partially reliable ones have numbers of their
 * own, so that whoever counts those that are missing need not know of them.
 */
#define RSP_CONTEXT_BITS	29
#define RSP_CONTEXT_SEQ		(BIT(RSP_CONTEXT_BITS) - 1)
#define RSP_CONTEXT_PARTIAL	BIT(RSP_CONTEXT_BITS)
#define RSP_CONTEXT_SHIFT	(RSP_CONTEXT_BITS + 1)	/* of the options */
#define RSP_CONTEXT_OPTIONS	(RSP_SEND_FAILOVER | RSP_SEND_NO_FAILOVER)

/* Where the session's work is; the user sees enum rsp_session_state. */
enum rsp_phase {
	RSP_PHASE_IDLE,
	RSP_PHASE_SELECT,		/* choose a PE and try it */
	RSP_PHASE_TURN,			/* a failover: others come first */
	RSP_PHASE_RESOLVE,		/* the registrar has been asked */
	RSP_PHASE_PAUSE,		/* nobody there: again later */
	RSP_PHASE_WAIT,			/* until the program says so */
	RSP_PHASE_CONNECT,		/* rsk->next is being connected */
	RSP_PHASE_UP,
};

/* rsp_sock.ses_flags */
enum {
	RSP_SES_DEFERRED,	/* the work could not have a mutex: kick it */
	RSP_SES_CLOSING,	/* release() has begun */
	RSP_SES_ADMIN,		/* an administrator asks for a failover */
	RSP_SES_RESOLVED,	/* the waiter has been called */
	RSP_SES_REMOVED,	/* the registrar may have taken its PE out */
	RSP_SES_NEXT,		/* the program wants another server */
	RSP_SES_KICKED,		/* the work is to run, and has not begun */
};

struct rsp_basic;
struct rsp_sctp_option;
struct rsp_sctp_options;

/* A transport address instead of a pool; port 0: none. */
struct rsp_direct {
	struct rsp_addr addr;
	u16 port;
};

struct rsp_sock {
	struct sock sk;			/* first */
	struct rsp_net *rn;		/* its namespace, which sk holds */

	/* The socket that the user has: itself, or a one-to-many socket; what
	 * is the user's and not the session's is asked there.  Changes with
	 * both mutexes held and no call in it; READ_ONCE under RCU.
	 */
	struct rsp_sock *face;
	struct rsp_many *many;		/* of a one-to-many socket; set once */
	struct rsp_basic *basic;	/* in basic mode; set once, READ_ONCE */

	/* session of a one-to-many socket: face->many's lock */
	struct list_head many_node;
	struct list_head ready_node;	/* perhaps something to read */
	struct list_head full_node;	/* had no room for a message */
	struct hlist_node peer_node;	/* a client's, by address */
	bool over;			/* no member (any more) */
	unsigned long used_at;		/* jiffies, READ_ONCE: last message */
	u32 readies;			/* times it was put in line */
	u32 run;			/* pieces read of one message */
	refcount_t users;		/* one is the membership's */

	/* set before the socket is used, or under lock */
	u8 role;			/* enum rsp_role */
	u8 state;			/* enum rsp_session_state, READ_ONCE */
	bool bound;
	bool pinned;			/* client: this server or none */
	bool selected;			/* want_pe_id was the policy's choice */
	struct rsp_handle handle;	/* of length 0: see direct */
	struct rsp_direct direct;	/* client, no pool: pinned */
	u32 want_pe_id;			/* bind(), connect(): the one asked for */
	struct rb_node node;		/* rn->sessions, by id */
	u64 id;				/* of the session */
	struct rsp_user *user;		/* of the session; stays */

	/* options, lock; READ_ONCE elsewhere */
	u32 events;			/* BIT(enum rsp_notification_type) */
	u32 replay;			/* RSP_REPLAY_* */
	u32 failover_limit_ms;
	u32 failover_mode;		/* RSP_MODE_* */
	u32 stale;			/* RSP_STALE_* */
	u32 subscribe;			/* RSP_SUBSCRIBE_* */
	u32 reg_life;			/* seconds */
	u32 liveness_ms;
	u32 autoclose;			/* seconds */
	u32 profile;			/* enum rsp_timing */
	u32 nxtinfo;			/* 1: recvmsg() tells what is next */
	u32 rcvinfo;			/* 1: one-to-one: where from, too */
	struct rsp_prinfo prinfo;	/* of messages without one */
	struct rsp_policy_param policy;
	bool nodelay;
	u32 symmetric;			/* 1: follow the card of a lost client */

	bool knocked;			/* pool element: does the program run? */
	bool listed;			/* in rn->sessions */
	struct mutex rx_mutex;		/* one reader of the lower */
	struct mutex tx_mutex;		/* one writer of the lower */
	struct mutex lock;		/* state; see rserpool.h */
	unsigned long ses_flags;
	struct delayed_work work;	/* runs with both mutexes */
	atomic_t helpers;		/* asleep, and would do the work */
	atomic_t helping;		/* do it, and look again afterwards */

	/* Written with both mutexes held and under lock. */
	struct rsp_lower __rcu *low;

	spinlock_t items_lock;		/* protects the next 2; BH-safe */
	struct list_head items;
	u32 items_octets;		/* of all of them; READ_ONCE to look */

	bool rx_partial;		/* rx_mutex: a message was begun */
	struct rsp_item *control;	/* rx_mutex: ASAP message in pieces, or
					 * all of it (RSP_ITEM_EOR), not taken
					 * in yet for lack of memory
					 */
	u32 rx_pe_id;			/* rx_mutex: whose piece was the last */
	struct rsp_sctp_mark rx_mark;	/* rx_mutex: of that; 0: notification */
	u32 tx_seq;			/* tx_mutex: context of the last message */
	u32 tx_partial;			/* tx_mutex: of the last one of those */
	struct list_head partials;	/* tx_mutex: rsp_partial.node */
	u32 npartials;			/* tx_mutex */
	struct list_head resend;	/* tx_mutex: rsp_returned.node: for the
					 * next server, in this order
					 */
	u8 waits;			/* tx_mutex: RSP_WAITS_*; READ_ONCE */
	u32 held_octets;		/* tx_mutex: of those of them that never
					 * had a server; READ_ONCE
					 */

	/* both mutexes: the work's own */
	enum rsp_phase phase;
	struct rsp_lower *next;		/* being connected */
	unsigned long deadline;		/* jiffies: of the attempt or the pause */
	unsigned long turn_until;	/* jiffies: turn.c */
	unsigned long give_up;		/* jiffies: of the failover */
	bool has_give_up;
	bool asked;			/* the registrar, in this round */
	unsigned int pause_ms;
	unsigned int briefs;		/* servers lost at once, in a row */
	unsigned long up_at;		/* jiffies: last server found */
	u8 turn;			/* rn->turns_lock to change; READ_ONCE */
	struct list_head turn_node;	/* the same */
	struct rsp_waiter waiter;
	struct rsp_member member;
	int resolve_err;		/* of the waiter, under RSP_SES_RESOLVED */
	int connect_err;		/* best reason to fail connect() with */
	struct rsp_pe_life tried[RSP_TRIED_MAX];
	unsigned int ntried;
	struct list_head returned;	/* rsp_returned.node: as SCTP gave it */
	bool has_oldest;		/* anything was given back: */
	u32 oldest;			/* context of the first message of it */
	bool refused;			/* the user may have no more of it */
	ktime_t lost_at;
	u32 reason;			/* enum rsp_failover_reason */
	u32 old_pe_id;
	u32 round_lost;			/* messages lost in this failover */
	u32 unsent;			/* when there was no server for them */

	/* results; lock to write, READ_ONCE to look */
	u32 pe_id;			/* at the other end */
	u32 failovers;
	u32 last_reason;
	u64 last_us;
	u64 replayed;
	u64 lost;
	u64 abandoned;
	struct rsp_item *cookie;	/* newest; lock */
	bool cookie_refused;		/* lock: it was more than may be kept */
	struct rsp_card *card;		/* lock: our own */
	struct rsp_card *peer_card;	/* lock and rx_mutex */
	struct rsp_item *peer_cookie;	/* lock: a client's, for its pool */
	struct rsp_keys *keys;		/* lock: of our own pool's cookies */
	struct rsp_sctp_options *sctp;	/* lock: NULL: none has been set */

	/* listener, lock */
	struct rsp_pe *pe;
	bool wish_changed;		/* reg_life, policy: not passed on yet */
};

/**
 * rsp_sk() - a socket of the family as what it is
 * @sk: upper
 *
 * Context: Any.
 * Return: @sk as struct rsp_sock.
 */
static inline struct rsp_sock *rsp_sk(const struct sock *sk)
{
	return (struct rsp_sock *)sk;
}

/**
 * rsp_sock_net() - state of a socket's namespace
 * @rsk: upper
 *
 * Context: Any.
 * Return: its state.
 */
static inline struct rsp_net *rsp_sock_net(const struct rsp_sock *rsk)
{
	return rsk->rn;
}

/**
 * rsp_is_basic() - is a socket in basic mode, without sessions?
 * @rsk: upper
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool rsp_is_basic(const struct rsp_sock *rsk)
{
	return READ_ONCE(rsk->basic);
}

/**
 * rsp_sock_timing() - the settings that a socket's associations get
 * @rsk: upper
 *
 * Context: Any.
 * Return: as rsp_profile_settings().
 */
static inline const struct rsp_settings *
rsp_sock_timing(const struct rsp_sock *rsk)
{
	return rsp_profile_settings(rsp_sock_net(rsk),
				    READ_ONCE(rsk->profile));
}

/* ---- session.c ---------------------------------------------------------- */

/**
 * rsp_session_setup() - the session's part of a new socket
 * @rsk: upper
 *
 * Context: Process.
 */
void rsp_session_setup(struct rsp_sock *rsk);

/**
 * rsp_session_kick() - have the session's work run at once
 * @rsk: upper
 *
 * Context: Any.
 */
void rsp_session_kick(struct rsp_sock *rsk);

/**
 * rsp_session_help() - do the session's work here and now
 * @rsk: upper, none of whose mutexes the caller holds
 *
 * If somebody else holds them it is done later.  What comes up meanwhile is
 * done, too, within a limit.
 *
 * Context: Process.
 */
void rsp_session_help(struct rsp_sock *rsk);

/**
 * rsp_session_wait() - rsp_wait() of one who does the session's work meanwhile
 * @rsk: upper with a socket of its own
 * @wait: in its wait queue
 * @timeo: jiffies left, updated
 *
 * Somebody who sleeps until the work is done had better do it: that saves two
 * changes of context.
 *
 * Context: Process, no mutex of the session held.
 * Return: as rsp_wait(); 0 also after work.
 */
int rsp_session_wait(struct rsp_sock *rsk, struct wait_queue_entry *wait,
		     long *timeo);

/**
 * rsp_session_kick_at() - have the session's work run at that time at the
 * latest
 * @rsk: upper
 * @when: time in jiffies
 *
 * One that is due earlier already stays as it is.
 *
 * Context: Any.
 */
void rsp_session_kick_at(struct rsp_sock *rsk, unsigned long when);

/**
 * rsp_session_unlock() - let go of a mutex of the session, and of work that
 * waited for it
 * @rsk: upper
 * @mutex: its rx_mutex or tx_mutex, held
 *
 * Context: Process.
 */
void rsp_session_unlock(struct rsp_sock *rsk, struct mutex *mutex);

/**
 * rsp_session_add() - give the session an id and a place in the dump
 * @rsk: upper, not listed
 *
 * Context: Process.
 * Return: 0, -ENOBUFS (max_sessions), -EDQUOT (max_user_sessions), -ENOMEM.
 */
int rsp_session_add(struct rsp_sock *rsk);

/**
 * rsp_session_find() - the session with an id
 * @rn: namespace
 * @id: session id
 *
 * Context: Any; with rn->sessions_lock held, under which it stays.
 * Return: session or NULL.
 */
struct rsp_sock *rsp_session_find(struct rsp_net *rn, u64 id);

/**
 * rsp_session_del() - take the session's place in the dump back
 * @rsk: upper, listed or not
 *
 * Context: Process.
 */
void rsp_session_del(struct rsp_sock *rsk);

/**
 * rsp_session_set_state() - set the state, and wake whoever waits
 * @rsk: upper; the caller holds its lock
 * @state: enum rsp_session_state
 *
 * Context: Process.
 */
void rsp_session_set_state(struct rsp_sock *rsk, u8 state);

/**
 * rsp_session_wake() - wake whoever waits for the socket
 * @rsk: upper
 *
 * Context: Any.
 */
void rsp_session_wake(struct rsp_sock *rsk);

/**
 * rsp_session_end() - the session is over
 * @rsk: upper
 * @err: 0 for an orderly end, or the negative errno that users get once
 *
 * Does nothing the second time.
 *
 * Context: Process; takes @rsk->lock.
 */
void rsp_session_end(struct rsp_sock *rsk, int err);

/**
 * rsp_session_shutdown() - end one direction of a session, or both
 * @rsk: session
 * @how: SEND_SHUTDOWN, RCV_SHUTDOWN
 *
 * Context: Process; takes tx_mutex.
 * Return: 0, -ENOTCONN, -ENOMEM (it may be tried again), -ERESTARTSYS.
 */
int rsp_session_shutdown(struct rsp_sock *rsk, int how);

/**
 * rsp_session_abort() - end a session without a goodbye, in its work
 * @rsk: session, both mutexes held; an attempt under way is the work's to let
 *	go of
 * @err: negative errno that users get once
 *
 * Context: Process.
 */
void rsp_session_abort(struct rsp_sock *rsk, int err);

/**
 * rsp_session_cut() - end a session without a goodbye
 * @rsk: session
 *
 * Context: Process; takes both mutexes.
 * Return: 0 or -ERESTARTSYS.
 */
int rsp_session_cut(struct rsp_sock *rsk);

/**
 * rsp_session_inq() - octets of the next message or notification
 * @rsk: session
 *
 * Context: Process; takes rx_mutex.
 * Return: octets, 0 if there is none, -ERESTARTSYS.
 */
int rsp_session_inq(struct rsp_sock *rsk);

/**
 * rsp_session_tell() - a one-to-many socket's user is told that a session
 * begins
 * @rsk: any session; does nothing for one of a one-to-one socket
 *
 * Of its end rsp_session_end() tells.
 *
 * Context: Process.
 */
void rsp_session_tell(struct rsp_sock *rsk);

/**
 * rsp_session_nxtinfo() - what would be read next in a session?
 * @rsk: session
 * @info: result
 *
 * Context: Process; does not wait for rx_mutex.
 * Return: 1, 0 (nothing, or nothing that could be told yet), -EAGAIN (another
 * thread reads).
 */
int rsp_session_nxtinfo(struct rsp_sock *rsk, struct rsp_nxtinfo *info);

/**
 * rsp_session_readable() - is there a message or a notification?
 * @rsk: session
 *
 * Context: Any, under rcu_read_lock(); never sleeps.
 * Return: true if so, or if another thread is inside the lower.
 */
bool rsp_session_readable(const struct rsp_sock *rsk);

/**
 * rsp_session_writable() - would a message be taken?
 * @rsk: session
 *
 * Context: Any.
 * Return: true if so, or if the session is over.
 */
bool rsp_session_writable(const struct rsp_sock *rsk);

/**
 * rsp_session_pending() - is there something for its work to do?
 * @rsk: session
 *
 * Context: Any; a hint.
 * Return: true if so.
 */
bool rsp_session_pending(const struct rsp_sock *rsk);

/**
 * rsp_session_subscribe() - subscribe the session's pool, or not any more, as
 * its option and its state say
 * @rsk: upper; the caller holds its lock
 *
 * Context: Process.
 */
void rsp_session_subscribe(struct rsp_sock *rsk);

/**
 * rsp_session_release() - the user has let go of the session: end it
 * @rsk: upper, in which no system call is any more
 *
 * Context: Process, may sleep; no lock held.
 */
void rsp_session_release(struct rsp_sock *rsk);

/**
 * rsp_session_info() - what there is to tell about a session
 * @rsk: upper
 * @info: result
 *
 * Context: Any.
 */
void rsp_session_info(struct rsp_sock *rsk, struct rsp_session_info *info);

/* ---- items (session.c): what is in line before the lower's queue --------- */

/**
 * rsp_item_alloc() - an item, charged to the socket's receive memory
 * @rsk: upper
 * @len: octets of data
 * @gfp: GFP_KERNEL, with __GFP_NOFAIL only for a few octets
 *
 * The charge itself refuses nothing: callers look at rsp_items_full() first
 * where it is others who decide how much comes.
 *
 * Context: Process.
 * Return: item or NULL.
 */
struct rsp_item *rsp_item_alloc(struct rsp_sock *rsk, u32 len, gfp_t gfp);

/**
 * rsp_item_free() - free an item that is in no list
 * @rsk: upper that it is charged to
 * @item: item or NULL
 *
 * Context: Process.
 */
void rsp_item_free(struct rsp_sock *rsk, struct rsp_item *item);

/**
 * rsp_item_queue() - put an item at the end of the line
 * @rsk: upper
 * @item: item
 *
 * Context: Any.
 */
void rsp_item_queue(struct rsp_sock *rsk, struct rsp_item *item);

/**
 * rsp_item_unlink() - take an item out of the line
 * @rsk: upper, its items_lock held
 * @item: one in line
 *
 * Context: Any.
 */
void rsp_item_unlink(struct rsp_sock *rsk, struct rsp_item *item);

/**
 * rsp_item_first() - first item in line
 * @rsk: upper, rx_mutex held, so that nobody else takes it off
 *
 * Context: Process.
 * Return: item, which stays in line, or NULL.
 */
struct rsp_item *rsp_item_first(struct rsp_sock *rsk);

/**
 * rsp_items_full() - is more in line than the socket is meant to hold?
 * @rsk: upper
 *
 * The cookie that is kept and the message that is being put together are not
 * in line: reading would not make them less.
 *
 * Context: Any.
 * Return: true above twice SO_RCVBUF, as for any socket.
 */
bool rsp_items_full(const struct rsp_sock *rsk);

/**
 * rsp_notify() - queue a notification if the user wants it
 * @rsk: upper
 * @n: the notification, n->length octets
 * Context: Process.
 */
void rsp_notify(struct rsp_sock *rsk, const struct rsp_notification *n);

/**
 * rsp_wants() - has the user switched a notification on?
 * @rsk: upper
 * @type: enum rsp_notification_type
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool rsp_wants(const struct rsp_sock *rsk, u16 type)
{
	return READ_ONCE(rsk->face->events) & BIT(type);
}

/* ---- element.c: pool elements --------------------------------------------- */

/**
 * rsp_element_listen() - become a registered pool element
 * @rsk: bound socket
 * @backlog: associations waiting for accept()
 *
 * A blocking socket waits for the registrar's answer (SO_SNDTIMEO), a
 * non-blocking one is told by RSP_NOTIFY_REGISTRATION.
 *
 * Context: Process, may sleep; no lock held.
 * Return: 0; -EDESTADDRREQ (not bound, or no transport named), -EALREADY (being
 * done), -EINVAL (shut down, or a session), -EHOSTUNREACH (no registrar),
 * -ETIMEDOUT, -ENOBUFS, -EADDRINUSE, -ENOMEM, what rsp_cause_errno() makes of a
 * refusal, what a signal calls for, and what SCTP says.
 */
int rsp_element_listen(struct rsp_sock *rsk, int backlog);

/**
 * rsp_element_answer() - the program is in a call on its socket: it runs
 * @rsk: upper
 *
 * Context: Process; may be inside poll().
 */
void rsp_element_answer(struct rsp_sock *rsk);

/**
 * rsp_element_update() - the options changed: register again with the new
 * values
 * @rsk: upper, its lock held
 *
 * Context: Process; does not wait for the registrar.
 * Return: 0, also if there is nothing to register or no registrar; -ENOBUFS.
 */
int rsp_element_update(struct rsp_sock *rsk);

/**
 * rsp_element_close() - out of the pool; the sessions go on
 * @rsk: pool element
 *
 * Context: Process, may sleep; takes rx_mutex and @rsk->lock.
 */
void rsp_element_close(struct rsp_sock *rsk);

/**
 * rsp_element_gather() - make sessions of all associations that wait
 * @rsk: pool element with a one-to-many socket, both mutexes held
 *
 * Context: The socket's work.
 */
void rsp_element_gather(struct rsp_sock *rsk);

/**
 * rsp_element_accept() - make a session of the next association
 * @sk: pool element's socket
 * @newsock: what becomes the session's
 * @flags: O_NONBLOCK
 *
 * Context: Process, may sleep; no lock held.
 * Return: 0, -EAGAIN (none, and not to wait), -EINVAL (not listening any more),
 * -ENOMEM, -ENOBUFS (max_sessions), -EDQUOT (max_user_sessions), -EINTR or
 * -ERESTARTSYS.
 */
int rsp_element_accept(struct sock *sk, struct socket *newsock, int flags);

/* ---- the other rooms of a session ------------------------------------------ */

#include "calls.h"
#include "lower.h"
#include "cookie.h"
#include "failover.h"
#include "basic.h"
#include "many.h"

#endif /* _RSERPOOL_SESSION_H */
