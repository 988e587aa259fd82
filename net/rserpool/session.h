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
	struct rsp_pe_life peer;	/* 0: a pool user */
	sctp_assoc_t assoc_id;		/* one-to-many, from COMM_UP */
	bool unacked;			/* before the last notification: */
	u64 sacks;			/* see rsp_lower_note_unacked() */

	/* rx_mutex: what is left to do once there is memory */
	unsigned int found;		/* RSP_FOUND_*: told, not acted upon */
	u32 reason;			/* enum rsp_failover_reason: given up */
	bool connected;			/* client's next one: COMM_UP has come */
	bool echoed;			/* and the cookie is sent */
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
	bool again;			/* sent to the next server */
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
	RSP_SES_REMOVED,	/* the registrar may have taken its PE out */
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
	u32 stale;			/* RSP_STALE_* */
	u32 subscribe;			/* RSP_SUBSCRIBE_* */
	u32 reg_life;			/* seconds */
	u32 liveness_ms;
	struct rsp_policy_param policy;
	bool nodelay;

	bool knocked;			/* pool element: does the program run? */
	bool listed;			/* in rn->sessions under id */
	struct mutex rx_mutex;		/* one reader of the lower */
	struct mutex tx_mutex;		/* one writer of the lower */
	struct mutex lock;		/* state; see rserpool.h */
	unsigned long ses_flags;
	struct delayed_work work;	/* runs with both mutexes */

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
	struct rsp_member member;
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
	struct rsp_card *card;		/* lock; a client's: and rx_mutex */

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
	return rsp_net(sock_net(&rsk->sk));
}

/* ---- af_rserpool.c ------------------------------------------------------ */

/**
 * rsp_sock_alloc() - a socket of the family, in its first state
 * @net: namespace
 * @sock: what it is for; @sock->sk is set
 *
 * Context: Process.
 * Return: socket or NULL.
 */
struct rsp_sock *rsp_sock_alloc(struct net *net, struct socket *sock);

/**
 * rsp_sock_free() - undo rsp_sock_alloc()
 * @rsk: upper; no session and no lower is left in it
 * @sock: what it was for; @sock->sk is cleared
 *
 * Context: Process; waits for the work.
 */
void rsp_sock_free(struct rsp_sock *rsk, struct socket *sock);

/* ---- ancillary.c -------------------------------------------------------- */

/* What sendmsg() was asked for beside the data; points into the msghdr. */
struct rsp_send_args {
	const void *cookie;		/* NULL: none */
	size_t cookie_len;
};

/**
 * rsp_ancillary_parse() - read the control messages of a sendmsg()
 * @msg: user's; its control buffer has been copied to kernel memory
 * @args: result, points into that buffer
 *
 * Other levels are left to whoever they are for; unknown types of ours are
 * refused.
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int rsp_ancillary_parse(struct msghdr *msg, struct rsp_send_args *args);

/* ---- io.c ---------------------------------------------------------------- */

/**
 * rsp_wait() - sleep until the socket is woken
 * @sk: upper; not locked
 * @wait: entry made by DEFINE_WAIT_FUNC(wait, woken_wake_function) and added to
 *	sk_sleep(sk) before the condition was last checked
 * @timeo: time left in jiffies
 *
 * Context: Process, may sleep; no lock held.
 * Return: 0, -EAGAIN (no time left), or what a signal calls for: -ERESTARTSYS,
 * -EINTR.
 */
int rsp_wait(struct sock *sk, struct wait_queue_entry *wait, long *timeo);

/**
 * rsp_send() - send a message, a cookie, or both, and wait for room
 * @rsk: upper
 * @msg: data; its control fields are overwritten
 * @len: octets of data, 0 for a cookie alone
 * @args: what else; the cookie goes first
 *
 * Context: Process, may sleep; no lock held.
 * Return: @len, 0 for a cookie alone, -EAGAIN (no room and not to wait), -EPIPE
 * (a signal that is due has not been sent), -ENOTCONN, -EMSGSIZE, -ENOMEM,
 * -EFAULT, -EINTR or -ERESTARTSYS, or what ended the session.
 */
int rsp_send(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
	     struct rsp_send_args *args);

/**
 * rsp_sendmsg() - sendmsg() of a socket of the family
 * @sock: socket
 * @msg: user's
 * @len: octets of data
 *
 * Context: Process, may sleep.
 * Return: octets sent or a negative errno: see socket-api.rst.
 */
int rsp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);

/**
 * rsp_recvmsg() - recvmsg() of a socket of the family
 * @sock: socket
 * @msg: user's
 * @len: room
 * @flags: MSG_*
 *
 * Context: Process, may sleep.
 * Return: octets, 0 at the end, or a negative errno: see socket-api.rst.
 */
int rsp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags);

/* ---- sockopt.c ---------------------------------------------------------- */

/**
 * rsp_setsockopt() - setsockopt() of a socket of the family
 * @sock: socket
 * @level: SOL_*
 * @optname: option
 * @optval: value
 * @optlen: its octets
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno: see socket-api.rst.
 */
int rsp_setsockopt(struct socket *sock, int level, int optname,
		   sockptr_t optval, unsigned int optlen);

/**
 * rsp_getsockopt() - getsockopt() of a socket of the family
 * @sock: socket
 * @level: SOL_*
 * @optname: option
 * @optval: user's buffer
 * @optlen: its octets; the value's afterwards
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno: see socket-api.rst.
 */
int rsp_getsockopt(struct socket *sock, int level, int optname,
		   char __user *optval, int __user *optlen);

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
 * Return: 0, -ENOBUFS (max_sessions), -ENOMEM.
 */
int rsp_session_add(struct rsp_sock *rsk);

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
 * rsp_session_subscribe() - subscribe the session's pool, or not any more, as
 * its option and its state say
 * @rsk: upper; the caller holds its lock
 *
 * Context: Process.
 */
void rsp_session_subscribe(struct rsp_sock *rsk);

/**
 * rsp_session_stop() - from release(): no more work
 * @rsk: upper, in which no system call is any more
 *
 * Context: Process; waits for the work.
 */
void rsp_session_stop(struct rsp_sock *rsk);

/**
 * rsp_session_settle() - take in control messages that have come, so that they
 * are not unread
 * @rsk: upper, stopped
 *
 * Context: Process; takes rx_mutex.
 */
void rsp_session_settle(struct rsp_sock *rsk);

/**
 * rsp_session_close() - from release(): let go of everything
 * @rsk: upper, stopped
 * @orderly: SHUTDOWN, otherwise ABORT
 *
 * Context: Process, may sleep.
 */
void rsp_session_close(struct rsp_sock *rsk, bool orderly);

/**
 * rsp_session_info() - what there is to tell about a session
 * @rsk: upper
 * @info: result
 *
 * Context: Any.
 */
void rsp_session_info(struct rsp_sock *rsk, struct rsp_session_info *info);

/**
 * rsp_session_event() - tell listeners of what happened to a session
 * @rsk: upper
 * @type: what happened
 *
 * Context: Process.
 */
void rsp_session_event(struct rsp_sock *rsk, enum rserpool_event_type type);

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
	return READ_ONCE(rsk->events) & BIT(type);
}

/* ---- failover.c: from a handle to a server, and to the next one ---------- */

/**
 * rsp_failover_start() - begin to look for a server
 * @rsk: client, both mutexes held
 *
 * For connect() and for each failover; the work goes on from here.
 *
 * Context: Process.
 */
void rsp_failover_start(struct rsp_sock *rsk);

/**
 * rsp_failover_lost() - the server is gone: start anew
 * @rsk: client, both mutexes held; all that its lower had is taken in, and what
 *	came back is joined
 * @reason: enum rsp_failover_reason
 *
 * Context: The session's work.
 */
void rsp_failover_lost(struct rsp_sock *rsk, u32 reason);

/**
 * rsp_failover_removed() - has the registrar taken the server out of the pool,
 * and would another one do?
 * @rsk: client, both mutexes held
 * @low: its lower
 *
 * Context: The session's work.
 * Return: true if the session is to move.
 */
bool rsp_failover_removed(struct rsp_sock *rsk, const struct rsp_lower *low);

/**
 * rsp_failover_run() - one step of the work while no server is there
 * @rsk: client, both mutexes held
 *
 * Context: The session's work.
 */
void rsp_failover_run(struct rsp_sock *rsk);

/**
 * rsp_failover_cancel() - let go of an attempt under way
 * @rsk: upper
 *
 * Context: The session's work, or process when that is over.
 */
void rsp_failover_cancel(struct rsp_sock *rsk);

/* ---- replay.c: messages that SCTP handed back ---------------------------- */

/**
 * rsp_returned_add() - a message came back
 * @rsk: upper, rx_mutex held
 * @r: holds the notification; taken over if true is returned
 * @len: its octets
 *
 * Context: Process.
 * Return: true if @r is kept, false if it is none for replay.
 */
bool rsp_returned_add(struct rsp_sock *rsk, struct rsp_returned *r, u32 len);

/**
 * rsp_returned_join() - order what came back, put pieces together
 * @rsk: client, both mutexes held
 *
 * Context: The session's work.
 * Return: false if there is no memory; nothing is lost, and it can go on later.
 */
bool rsp_returned_join(struct rsp_sock *rsk);

/**
 * rsp_returned_settle() - drop what is not to be sent again
 * @rsk: client, both mutexes held; all is joined
 *
 * That is what the socket's contract (RSP_REPLAY) does not name, and messages
 * of which a piece is missing; counts them.
 *
 * Context: The session's work.
 */
void rsp_returned_settle(struct rsp_sock *rsk);

/**
 * rsp_returned_replay() - send what is left to the next server
 * @rsk: client, both mutexes held
 * @low: the next server's lower
 *
 * Context: The session's work.
 * Return: messages sent, or a negative errno of rsp_lower_send(); then all of
 * them are still there, and the next call goes on behind those that were sent.
 */
int rsp_returned_replay(struct rsp_sock *rsk, struct rsp_lower *low);

/**
 * rsp_returned_rewind() - that server is not to be: the next one gets them all
 * @rsk: client, both mutexes held
 *
 * Context: The session's work.
 */
void rsp_returned_rewind(struct rsp_sock *rsk);

/**
 * rsp_returned_purge() - drop what came back
 * @rsk: upper; nobody else is in it
 *
 * Context: Process.
 */
void rsp_returned_purge(struct rsp_sock *rsk);

/* ---- card.c: business cards -------------------------------------------------- */

/* A Pool Element parameter with all the addresses that there can be. */
#define RSP_CARD_PE_ROOM	512

/* Octets of a message about @n elements. */
#define RSP_CARD_ROOM(n)	(RSP_HANDLE_MAX + 16 + (n) * RSP_CARD_PE_ROOM)

/* Never changed once it is in a socket. */
struct rsp_card {
	refcount_t ref;
	unsigned int n;
	u32 order[RSP_CARD_MAX];	/* PE identifiers, the best one first */
	size_t len;
	u8 msg[];			/* a server's: what it sends */
};

/**
 * rsp_card_set() - the order in which others take a server's sessions over
 * @rsk: bound or listening: of sessions to come; a server's session: of this
 * @order: PE identifiers, the best one first
 * @n: how many, up to RSP_CARD_MAX; 0: sessions to come get no card
 *
 * Asks the registrar about those that the cache does not know.
 *
 * Context: Process; waits for the registrar, interruptible.
 * Return: 0, -EOPNOTSUPP (a client's or an unbound socket), -EINVAL (0 in a
 * session), -ENOENT (not all of them are in the pool), -EPIPE, -EAGAIN (no
 * room), -ENOMEM, -ERESTARTSYS, or what rsp_asap_resolve() says.
 */
int rsp_card_set(struct rsp_sock *rsk, const u32 *order, unsigned int n);

/**
 * rsp_card_of() - what a socket has
 * @rsk: upper
 *
 * Context: Process.
 * Return: card with a reference, or NULL.
 */
struct rsp_card *rsp_card_of(struct rsp_sock *rsk);

/**
 * rsp_card_put() - let go of a card
 * @card: card or NULL
 *
 * Context: Any.
 */
void rsp_card_put(struct rsp_card *card);

/**
 * rsp_card_begin() - send a new session's card, if it has one
 * @rsk: server's session, just accepted
 *
 * Context: Process.
 */
void rsp_card_begin(struct rsp_sock *rsk);

/**
 * rsp_card_receive() - a card has come from the server
 * @rsk: client's session; rx_mutex held
 * @msg: about its pool
 *
 * Context: Process.
 * Return: 0, or -ENOMEM: not taken in yet.
 */
int rsp_card_receive(struct rsp_sock *rsk, const struct rsp_msg *msg);

/* ---- cookie.c: the control channel of a session --------------------------- */

/**
 * rsp_cookie_send() - a server hands its state out
 * @rsk: server's session, tx_mutex held
 * @low: its lower
 * @cookie: octets
 * @len: 0 to RSP_COOKIE_MAX
 *
 * Context: Process; @low is not locked.
 * Return: 0, -EAGAIN, -EMSGSIZE, -EPIPE, -ENOMEM.
 */
int rsp_cookie_send(struct rsp_sock *rsk, struct rsp_lower *low,
		    const void *cookie, size_t len);

/**
 * rsp_cookie_echo() - echo the newest cookie, if there is one
 * @rsk: client, both mutexes held
 * @low: the next server's lower
 *
 * Context: The session's work.
 * Return: 1, 0 (there is none), -EAGAIN, -EPIPE, -ENOMEM.
 */
int rsp_cookie_echo(struct rsp_sock *rsk, struct rsp_lower *low);

/**
 * rsp_cookie_receive() - a control message (PPID 11) came in
 * @rsk: upper, rx_mutex held
 * @data: ASAP message
 * @len: its octets
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0, also for one that is of no use; -ENOMEM: to be taken in again.
 */
int rsp_cookie_receive(struct rsp_sock *rsk, const void *data, size_t len);

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
	RSP_FOUND_MORE		= BIT(8),	/* stopped for want of memory */
};

/**
 * rsp_demux_class() - what an element of a lower's receive queue is
 * @skb: element
 *
 * Context: Any; the lower's lock held, by spinlock or owned.
 * Return: what it is, never RSP_HEAD_NONE.
 */
enum rsp_head rsp_demux_class(struct sk_buff *skb);

/**
 * rsp_demux_peek() - look at the head of a lower's queue
 * @low: lower; rx_mutex held, so that it stays what it is
 * @len: result: octets of the head; may be NULL
 *
 * Context: Process; takes the lower's lock.
 * Return: what it is.
 */
enum rsp_head rsp_demux_peek(const struct rsp_lower *low, u32 *len);

/**
 * rsp_demux_readable() - is user data at the head? For poll(), without a mutex
 * @low: lower
 *
 * Context: Any, under rcu_read_lock(); never sleeps.
 * Return: true if so, or if another thread is inside the lower.
 */
bool rsp_demux_readable(const struct rsp_lower *low);

/**
 * rsp_demux_control() - take in all that is in front of user data
 * @rsk: upper, rx_mutex held
 * @low: its lower, or the next one
 *
 * Context: Process; takes @rsk->lock and the lower's.
 * Return: RSP_FOUND_* bits.
 */
unsigned int rsp_demux_control(struct rsp_sock *rsk, struct rsp_lower *low);

/**
 * rsp_demux_drain() - save all user data of a lower whose peer has ended, and
 * take in the rest
 * @rsk: upper, rx_mutex held
 * @low: its lower
 *
 * Context: Process; takes @rsk->lock and the lower's.
 * Return: RSP_FOUND_* bits without RSP_FOUND_DATA; with RSP_FOUND_MORE the rest
 * is still in the lower, in its order.
 */
unsigned int rsp_demux_drain(struct rsp_sock *rsk, struct rsp_lower *low);

/**
 * rsp_demux_cut() - nothing more comes: a message without its end is dropped or
 * told of
 * @rsk: upper, rx_mutex held
 *
 * Context: Process.
 */
void rsp_demux_cut(struct rsp_sock *rsk);

/**
 * rsp_demux_recv() - one message, or a piece, to the user
 * @rsk: upper, rx_mutex held
 * @msg: user's
 * @len: room
 * @flags: MSG_PEEK
 *
 * Context: Process; copies to user memory with the lower's lock held.
 * Return: octets (0 for an empty notification never occurs), -EAGAIN (nothing
 * there), -EFAULT, -EBADMSG (the message begun has no end), or another errno of
 * SCTP's.
 */
int rsp_demux_recv(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		   int flags);

/* ---- lower.c: SCTP sockets ------------------------------------------------ */

/**
 * rsp_lower_connect() - begin an association with a PE
 * @rsk: client
 * @pe: where to
 *
 * The addresses come from a registrar: those that SCTP would refuse (multicast,
 * broadcast, link-local) are left out.
 *
 * Context: Process, may sleep, does not wait for the peer.
 * Return: lower whose events tell the outcome, or an ERR_PTR: -EADDRNOTAVAIL
 * (no usable address), -ENOMEM, or what SCTP says.
 */
struct rsp_lower *rsp_lower_connect(struct rsp_sock *rsk,
				    const struct rsp_pool_pe *pe);

/**
 * rsp_lower_listen() - a listener on the wildcard address, any free port
 * @rsk: pool element
 * @backlog: associations waiting for accept()
 *
 * Context: Process, may sleep.
 * Return: lower or an ERR_PTR.
 */
struct rsp_lower *rsp_lower_listen(struct rsp_sock *rsk, int backlog);

/**
 * rsp_lower_accept() - next association of a listener
 * @listener: lower listener
 * @child: upper of the new session
 *
 * The child's data may have come before its callbacks were in: the caller kicks
 * the session once.
 *
 * Context: Process, may sleep.
 * Return: lower, ERR_PTR(-EAGAIN) if none is waiting, another ERR_PTR.
 */
struct rsp_lower *rsp_lower_accept(struct rsp_lower *listener,
				   struct rsp_sock *child);

/**
 * rsp_lower_attach() - let a lower's wake-ups go to the upper's waiters
 * @low: lower; until rsp_lower_detach()
 *
 * Context: Process.
 */
void rsp_lower_attach(struct rsp_lower *low);

/**
 * rsp_lower_detach() - apart from the upper for good
 * @low: lower; afterwards no callback of it runs any more
 *
 * Context: Process; takes the lower's lock.
 */
void rsp_lower_detach(struct rsp_lower *low);

/**
 * rsp_lower_release() - detach and close
 * @low: lower; freed after a grace period
 * @abort: ABORT instead of SHUTDOWN; also if there is no memory for that
 *
 * Context: Process, may sleep; no lock held but the session's mutexes.
 */
void rsp_lower_release(struct rsp_lower *low, bool abort);

/**
 * rsp_lower_abort() - ABORT with the socket open, so that what was not
 * delivered comes back
 * @low: one-to-many lower
 *
 * Context: Process; takes the lower's lock.
 * Return: 0, -EPIPE (there is no association any more), another negative errno.
 */
int rsp_lower_abort(struct rsp_lower *low);

/**
 * rsp_lower_shutdown() - orderly end of sending
 * @low: lower
 *
 * Context: Process; takes the lower's lock.
 * Return: 0, -ENOMEM (if rsp_lower_stuck() it never comes), or another negative
 * errno.
 */
int rsp_lower_shutdown(struct rsp_lower *low);

/**
 * rsp_lower_send_control() - send a control message from kernel memory
 * @low: lower; tx_mutex held
 * @data: ASAP message
 * @len: its octets
 *
 * Context: Process; takes the lower's lock, does not wait for room.
 * Return: 0, -EAGAIN (no room), -EPIPE (gone), -EMSGSIZE, -ENOMEM.
 */
int rsp_lower_send_control(struct rsp_lower *low, void *data, size_t len);

/**
 * rsp_lower_send() - send user data
 * @low: lower; tx_mutex held
 * @msg: user's; not touched when this fails, but for its iterator
 * @len: octets
 * @context: number of the message, comes back with it
 *
 * Context: Process; copies from user memory with the lower's lock held, does
 * not wait for room.
 * Return: @len, -EAGAIN (no room), -EPIPE (gone), -EMSGSIZE, -ENOMEM, -EFAULT.
 */
int rsp_lower_send(struct rsp_lower *low, struct msghdr *msg, size_t len,
		   u32 context);

/**
 * rsp_lower_dead() - has it no association any more?
 * @low: lower
 *
 * Context: Any; without the lower's lock, so a hint.
 * Return: true if it has none; of a listener: none waits.
 */
bool rsp_lower_dead(const struct rsp_lower *low);

/**
 * rsp_lower_ending() - has the peer said goodbye, or is it gone?
 * @low: lower
 *
 * Context: Process; takes the lower's lock.
 * Return: true if nothing more comes from it.
 */
bool rsp_lower_ending(const struct rsp_lower *low);

/**
 * rsp_lower_pending() - is something in the queue, or nothing more to come?
 * @low: lower
 *
 * Context: Any; a hint.
 * Return: true if a reader or the work has something to do.
 */
bool rsp_lower_pending(const struct rsp_lower *low);

/**
 * rsp_lower_writable() - is there room to send?
 * @low: lower
 *
 * Context: Any; a hint.
 * Return: true if so.
 */
bool rsp_lower_writable(const struct rsp_lower *low);

/**
 * rsp_lower_up() - is there an association, whatever SCTP has told?
 * @low: client's lower; gets the association's id
 *
 * Context: Process; takes the lower's lock.
 * Return: true if it is established.
 */
bool rsp_lower_up(struct rsp_lower *low);

/**
 * rsp_lower_stuck() - has SCTP failed to send the SHUTDOWN that is due?
 * @low: lower
 *
 * Context: Process; takes the lower's lock.
 * Return: true if so: only an ABORT ends the association.
 */
bool rsp_lower_stuck(const struct rsp_lower *low);

/**
 * rsp_lower_idle() - has everything sent been acknowledged?
 * @low: lower
 *
 * Context: Process; takes the lower's lock.
 * Return: true if so, or if there is no association any more.
 */
bool rsp_lower_idle(const struct rsp_lower *low);

/**
 * rsp_lower_sync_buffers() - take over the upper's buffer sizes, which its user
 * may have changed
 * @low: lower
 *
 * Context: Process.
 */
void rsp_lower_sync_buffers(struct rsp_lower *low);

/**
 * rsp_lower_set_nodelay() - send small messages at once, or collect them
 * @low: lower
 * @on: at once
 *
 * Context: Process; takes the lower's lock.
 * Return: 0 or a negative errno.
 */
int rsp_lower_set_nodelay(struct rsp_lower *low, bool on);

/**
 * rsp_lower_port() - port that a listener got
 * @low: lower listener
 *
 * Context: Any.
 * Return: port in host order.
 */
u16 rsp_lower_port(const struct rsp_lower *low);

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
 * Return: 0; -EDESTADDRREQ (not bound), -EALREADY (being done), -EINVAL (shut
 * down, or a session), -EHOSTUNREACH (no registrar), -ETIMEDOUT, -ENOBUFS,
 * -EADDRINUSE, -ENOMEM, what rsp_cause_errno() makes of a refusal, what a
 * signal calls for, and what SCTP says.
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
 * rsp_element_accept() - make a session of the next association
 * @sk: pool element's socket
 * @newsock: what becomes the session's
 * @flags: O_NONBLOCK
 *
 * Context: Process, may sleep; no lock held.
 * Return: 0, -EAGAIN (none, and not to wait), -EINVAL (not listening any more),
 * -ENOMEM, -ENOBUFS (max_sessions), -EINTR or -ERESTARTSYS.
 */
int rsp_element_accept(struct sock *sk, struct socket *newsock, int flags);

#endif /* _RSERPOOL_SESSION_H */
