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
	struct rsp_pe_life peer;	/* 0: a pool user */
	sctp_assoc_t assoc_id;		/* one-to-many, from COMM_UP */
	bool unacked;			/* before the last notification: */
	u64 sacks;			/* see rsp_lower_note_unacked() */
	ktime_t control_at;		/* last word of SCTP or control message */
	void (*saved_data_ready)(struct sock *lsk);
	void (*saved_state_change)(struct sock *lsk);
	struct rcu_head rcu;
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
	u8 data[];
};

/*
 * A message that SCTP handed back (SCTP_SEND_FAILED_EVENT), or a part of one.
 * Each notification is received into one of these, so that there is nothing
 * to allocate any more once it has been taken off the queue.
 */
struct rsp_returned {
	struct list_head node;		/* rsk->returned */
	u32 context;			/* order of sending */
	u16 frag;			/* SCTP_DATA_*_FRAG bits */
	bool sent;			/* was on the wire */
	u32 off;			/* in @buf: where the message is */
	u32 len;			/* of the message */
	u8 buf[] __aligned(8);
};

/* Where the session's work is; the user sees enum rsp_session_state. */
enum rsp_phase {
	RSP_PHASE_IDLE,
	RSP_PHASE_SELECT,		/* choose a PE and try it */
	RSP_PHASE_RESOLVE,		/* the registrar has been asked */
	RSP_PHASE_PAUSE,		/* nobody there: again later */
	RSP_PHASE_CONNECT,		/* rsk->next is being connected */
	RSP_PHASE_UP,
};

/* rsp_sock.ses_flags */
enum {
	RSP_SES_DEFERRED,	/* the work could not have a mutex: kick it */
	RSP_SES_CLOSING,	/* release() has begun */
	RSP_SES_ADMIN,		/* an administrator asks for a failover */
	RSP_SES_RESOLVED,	/* the waiter has been called */
};

struct rsp_sock {
	struct sock sk;			/* first */

	/* set before the socket is used, or under lock */
	u8 role;			/* enum rsp_role */
	u8 state;			/* enum rsp_session_state, READ_ONCE */
	bool bound;
	struct rsp_handle handle;
	u32 want_pe_id;			/* bind(), connect(): the one asked for */
	u64 id;				/* of the session */

	/* options, lock; READ_ONCE elsewhere */
	u32 events;			/* BIT(enum rsp_notification_type) */
	u32 replay;			/* RSP_REPLAY_* */
	u32 failover_limit_ms;
	u32 reg_life;			/* seconds */
	struct rsp_policy_param policy;
	bool nodelay;

	bool listed;			/* in rn->sessions under id */
	struct mutex rx_mutex;		/* one reader of the lower */
	struct mutex tx_mutex;		/* one writer of the lower */
	struct mutex lock;		/* state; see rserpool.h */
	unsigned long ses_flags;
	struct delayed_work work;	/* runs with both mutexes */

	/* Written with both mutexes held and under lock. */
	struct rsp_lower __rcu *low;

	spinlock_t items_lock;		/* protects the next; BH-safe */
	struct list_head items;

	bool rx_partial;		/* rx_mutex: a message was begun */
	struct rsp_item *control;	/* rx_mutex: ASAP message in pieces */
	u32 tx_seq;			/* tx_mutex: context of the last message */

	/* both mutexes: the work's own */
	enum rsp_phase phase;
	struct rsp_lower *next;		/* being connected */
	unsigned long deadline;		/* jiffies: of the attempt or the pause */
	unsigned long give_up;		/* jiffies: of the failover */
	bool has_give_up;
	bool asked;			/* the registrar, in this round */
	unsigned int pause_ms;
	unsigned int briefs;		/* servers lost at once, in a row */
	unsigned long up_at;		/* jiffies: last server found */
	struct rsp_waiter waiter;
	int resolve_err;		/* of the waiter, under RSP_SES_RESOLVED */
	int connect_err;		/* best reason to fail connect() with */
	struct rsp_pe_life tried[RSP_TRIED_MAX];
	unsigned int ntried;
	struct list_head returned;	/* rsp_returned.node */
	ktime_t lost_at;
	u32 reason;			/* enum rsp_failover_reason */
	u32 old_pe_id;
	u32 round_lost;			/* messages lost in this failover */

	/* results; lock to write, READ_ONCE to look */
	u32 pe_id;			/* at the other end */
	u32 failovers;
	u32 last_reason;
	u64 last_us;
	u64 replayed;
	u64 lost;
	struct rsp_item *cookie;	/* newest; lock */

	/* listener, lock */
	struct rsp_pe *pe;
};

static inline struct rsp_sock *rsp_sk(const struct sock *sk)
{
	return (struct rsp_sock *)sk;
}

static inline struct rsp_net *rsp_sock_net(const struct rsp_sock *rsk)
{
	return rsp_net(sock_net(&rsk->sk));
}

/* ---- af_rserpool.c ------------------------------------------------------ */

/**
 * rsp_sock_alloc() - a socket of the family, in its first state
 * @net: namespace
 * @sock: what it is for; @sock->sk is set
 * Return: socket or NULL.
 */
struct rsp_sock *rsp_sock_alloc(struct net *net, struct socket *sock);
/* Undo that; no session and no lower is left in it. */
void rsp_sock_free(struct rsp_sock *rsk, struct socket *sock);

/* ---- ancillary.c -------------------------------------------------------- */

/* What sendmsg() was asked for beside the data; points into the msghdr. */
struct rsp_send_args {
	const void *cookie;		/* NULL: none */
	size_t cookie_len;
};

int rsp_ancillary_parse(struct msghdr *msg, struct rsp_send_args *args);

/* ---- io.c ---------------------------------------------------------------- */

/**
 * rsp_wait() - sleep until the socket is woken
 * @sk: upper; not locked
 * @wait: entry made by DEFINE_WAIT_FUNC(wait, woken_wake_function) and added
 *	to sk_sleep(sk) before the condition was last checked
 * @timeo: time left in jiffies
 * Return: 0, -EAGAIN (no time left), or what a signal calls for.
 */
int rsp_wait(struct sock *sk, struct wait_queue_entry *wait, long *timeo);

/**
 * rsp_send() - send a message, a cookie, or both, and wait for room
 * @rsk: upper
 * @msg: data; its control fields are overwritten
 * @len: octets of data, 0 for a cookie alone
 * @args: what else; the cookie goes first
 * Return: @len or an errno; a signal that is due has not been sent.
 */
int rsp_send(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
	     struct rsp_send_args *args);
int rsp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
int rsp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags);

/* ---- sockopt.c ---------------------------------------------------------- */

int rsp_setsockopt(struct socket *sock, int level, int optname,
		   sockptr_t optval, unsigned int optlen);
int rsp_getsockopt(struct socket *sock, int level, int optname,
		   char __user *optval, int __user *optlen);

/* ---- session.c ---------------------------------------------------------- */

void rsp_session_setup(struct rsp_sock *rsk);

/* Have the session's work run.  Context: any. */
void rsp_session_kick(struct rsp_sock *rsk);
void rsp_session_kick_at(struct rsp_sock *rsk, unsigned long when);

/* Let go of a mutex of the session, and of work that waited for it. */
void rsp_session_unlock(struct rsp_sock *rsk, struct mutex *mutex);

/* Give the session an id and a place in the dump.  Return: 0 or -ENOBUFS. */
int rsp_session_add(struct rsp_sock *rsk);
void rsp_session_del(struct rsp_sock *rsk);

/* State, with a wake-up of whoever waits.  Caller holds lock. */
void rsp_session_set_state(struct rsp_sock *rsk, u8 state);
void rsp_session_wake(struct rsp_sock *rsk);

/* The session is over: @err 0 for an orderly end.  Takes lock. */
void rsp_session_end(struct rsp_sock *rsk, int err);

/*
 * From release(), when no system call is in the socket: first no more work,
 * then let go of everything; @orderly: SHUTDOWN, otherwise ABORT.
 */
void rsp_session_stop(struct rsp_sock *rsk);
/* Take in control messages that have come, so that they are not unread. */
void rsp_session_settle(struct rsp_sock *rsk);
void rsp_session_close(struct rsp_sock *rsk, bool orderly);

void rsp_session_info(struct rsp_sock *rsk, struct rsp_session_info *info);
void rsp_session_event(struct rsp_sock *rsk, enum rserpool_event_type type);

/* ---- items (session.c): what is in line before the lower's queue --------- */

struct rsp_item *rsp_item_alloc(struct rsp_sock *rsk, u32 len, gfp_t gfp);
void rsp_item_free(struct rsp_sock *rsk, struct rsp_item *item);
void rsp_item_queue(struct rsp_sock *rsk, struct rsp_item *item);
/* First in line; rx_mutex held, so that nobody else takes it off. */
struct rsp_item *rsp_item_first(struct rsp_sock *rsk);
/* More is in line than the socket is meant to hold. */
bool rsp_items_full(const struct rsp_sock *rsk);

/**
 * rsp_notify() - queue a notification if the user wants it
 * @rsk: upper
 * @n: the notification, n->length octets
 * Context: process.
 */
void rsp_notify(struct rsp_sock *rsk, const struct rsp_notification *n);
static inline bool rsp_wants(const struct rsp_sock *rsk, u16 type)
{
	return READ_ONCE(rsk->events) & BIT(type);
}

/* ---- failover.c: from a handle to a server, and to the next one ---------- */

/**
 * rsp_failover_start() - begin to look for a server
 * @rsk: client, both mutexes held
 *
 * For connect() and for each failover; the work goes on from here.
 */
void rsp_failover_start(struct rsp_sock *rsk);

/**
 * rsp_failover_lost() - the server is gone: save what there is, start anew
 * @rsk: client, both mutexes held
 * @reason: enum rsp_failover_reason
 */
void rsp_failover_lost(struct rsp_sock *rsk, u32 reason);

/* One step of the work while no server is there.  Both mutexes held. */
void rsp_failover_run(struct rsp_sock *rsk);

/* Let go of an attempt under way; in the work, or when it is over. */
void rsp_failover_cancel(struct rsp_sock *rsk);

/* ---- replay.c: messages that SCTP handed back ---------------------------- */

/* Takes over @r, which holds a notification of @len octets.  Return: it did. */
bool rsp_returned_add(struct rsp_sock *rsk, struct rsp_returned *r, u32 len);
/* Order them, put pieces together, drop what the contract does not replay. */
void rsp_returned_settle(struct rsp_sock *rsk);
/* Send them on @low.  Return: how many, or a negative errno. */
int rsp_returned_replay(struct rsp_sock *rsk, struct rsp_lower *low);
void rsp_returned_purge(struct rsp_sock *rsk);

/* ---- cookie.c: the control channel of a session --------------------------- */

/**
 * rsp_cookie_send() - a server hands its state out
 * @rsk: server's session, tx_mutex held
 * @low: its lower
 * @cookie: octets
 * @len: 0 to RSP_COOKIE_MAX
 * Return: 0, -EAGAIN, -EMSGSIZE, -EPIPE, -ENOMEM.
 */
int rsp_cookie_send(struct rsp_sock *rsk, struct rsp_lower *low,
		    const void *cookie, size_t len);
/* Echo the newest cookie, if there is one.  Return: 1, 0 or an errno. */
int rsp_cookie_echo(struct rsp_sock *rsk, struct rsp_lower *low);
/* A control message (PPID 11) came in; rx_mutex held. */
void rsp_cookie_receive(struct rsp_sock *rsk, const void *data, size_t len);

/* ---- demux.c: what is at the head of the lower's queue -------------------- */

/* What the head of a lower's receive queue is. */
enum rsp_head {
	RSP_HEAD_NONE,
	RSP_HEAD_DATA,		/* user data */
	RSP_HEAD_CONTROL,	/* ASAP message, PPID 11 */
	RSP_HEAD_NOTIFICATION,	/* of SCTP */
};

/* What rsp_demux_control() found out. */
enum {
	RSP_FOUND_UP		= BIT(0),
	RSP_FOUND_LOST		= BIT(1),
	RSP_FOUND_TIMEOUT	= BIT(2),	/* with LOST: not an ABORT */
	RSP_FOUND_CANT_START	= BIT(3),
	RSP_FOUND_RESTART	= BIT(4),
	RSP_FOUND_SHUTDOWN	= BIT(5),	/* peer's goodbye came in */
	RSP_FOUND_CROSSED	= BIT(6),	/* with SHUTDOWN: data of ours, too */
	RSP_FOUND_DATA		= BIT(7),	/* stopped at user data */
};

/* What an element of a lower's receive queue is; lsk's lock held. */
enum rsp_head rsp_demux_class(struct sk_buff *skb);
/* Peek, one reader; rx_mutex held.  @len: octets of the head, may be NULL. */
enum rsp_head rsp_demux_peek(const struct rsp_lower *low, u32 *len);
/* The same for poll(): no mutex, under rcu_read_lock(), never sleeps. */
bool rsp_demux_readable(const struct rsp_lower *low);

/**
 * rsp_demux_control() - take in all that is in front of user data
 * @rsk: upper, rx_mutex held
 * @low: its lower, or the next one
 * Return: RSP_FOUND_* bits.
 */
unsigned int rsp_demux_control(struct rsp_sock *rsk, struct rsp_lower *low);

/*
 * Save all user data of a lower whose peer has ended, and take in the rest;
 * rx_mutex held.  Return: RSP_FOUND_* bits without RSP_FOUND_DATA.
 */
unsigned int rsp_demux_drain(struct rsp_sock *rsk, struct rsp_lower *low);
/* Nothing more comes: a message without its end is dropped or told of. */
void rsp_demux_cut(struct rsp_sock *rsk);

/**
 * rsp_demux_recv() - one message, or a piece, to the user
 * @rsk: upper, rx_mutex held
 * @msg: user's
 * @len: room
 * @flags: MSG_PEEK
 * Return: octets (0 for an empty notification never occurs), -EAGAIN, or
 * another errno.
 */
int rsp_demux_recv(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		   int flags);

/* ---- lower.c: SCTP sockets ------------------------------------------------ */

/* A lower on its way to a PE, not connected yet when this returns. */
struct rsp_lower *rsp_lower_connect(struct rsp_sock *rsk,
				    const struct rsp_pool_pe *pe);
struct rsp_lower *rsp_lower_listen(struct rsp_sock *rsk, int backlog);
/* Next association of a listener, for @child; -EAGAIN: none there. */
struct rsp_lower *rsp_lower_accept(struct rsp_lower *listener,
				   struct rsp_sock *child);

/* Let its wake-ups go to the upper's waiters, or no longer. */
void rsp_lower_attach(struct rsp_lower *low);
/* Apart from the upper for good; afterwards no callback runs any more. */
void rsp_lower_detach(struct rsp_lower *low);
/* Detach and close; @abort: ABORT instead of SHUTDOWN.  May sleep. */
void rsp_lower_release(struct rsp_lower *low, bool abort);

/* ABORT with the socket open, so that what was not delivered comes back. */
int rsp_lower_abort(struct rsp_lower *low);
/* Orderly end of sending. */
int rsp_lower_shutdown(struct rsp_lower *low);

/* Send a control message from kernel memory.  tx_mutex held. */
int rsp_lower_send_control(struct rsp_lower *low, void *data, size_t len);
/* Send user data; @msg's iterator is not touched when it fails. */
int rsp_lower_send(struct rsp_lower *low, struct msghdr *msg, size_t len,
		   u32 context);

bool rsp_lower_dead(const struct rsp_lower *low);
/* The peer has said goodbye or is gone; takes lsk's lock. */
bool rsp_lower_ending(const struct rsp_lower *low);
bool rsp_lower_pending(const struct rsp_lower *low);
bool rsp_lower_writable(const struct rsp_lower *low);
/* Everything sent has been acknowledged. */
bool rsp_lower_idle(const struct rsp_lower *low);
/* The upper's buffer sizes, which its user may have changed. */
void rsp_lower_sync_buffers(struct rsp_lower *low);
int rsp_lower_set_nodelay(struct rsp_lower *low, bool on);
/* Port that a listener got. */
u16 rsp_lower_port(const struct rsp_lower *low);

/* ---- element.c: pool elements --------------------------------------------- */

int rsp_element_listen(struct rsp_sock *rsk, int backlog);
/* The options changed: register again with the new values. */
int rsp_element_update(struct rsp_sock *rsk);
void rsp_element_close(struct rsp_sock *rsk);
int rsp_element_accept(struct sock *sk, struct socket *newsock, int flags);

#endif /* _RSERPOOL_SESSION_H */
