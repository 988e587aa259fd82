/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SCTP socket under a session, and what is at the head of its queue: lower.c
 * and demux.c.
 *
 * Included by session.h, whose structs it is about.
 */
#ifndef _RSERPOOL_LOWER_H
#define _RSERPOOL_LOWER_H

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
 * rsp_lower_set_timing() - the socket's profile, and what its program has set
 * of SCTP's options, for associations to come
 * @low: lower; the upper's lock is held
 *
 * Context: Process; takes the lower's lock.
 */
void rsp_lower_set_timing(struct rsp_lower *low);

/**
 * rsp_lower_note_paths() - paths of an association have come, or are confirmed
 * @low: lower
 *
 * Context: Process; takes the lower's lock.
 */
void rsp_lower_note_paths(struct rsp_lower *low);

/**
 * rsp_lower_peer() - how the peer is reached
 * @low: lower with an association
 * @user: result; without an association any more it has no address
 *
 * Context: Process; takes the lower's lock.
 */
void rsp_lower_peer(const struct rsp_lower *low, struct rsp_service *user);

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
 * @low: lower; until rsp_lower_release()
 *
 * Context: Process.
 */
void rsp_lower_attach(struct rsp_lower *low);

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
 * @number: of the message, up to RSP_CONTEXT_PARTIAL
 * @terms: how; of the options RSP_CONTEXT_OPTIONS come back with it
 *
 * Context: Process; copies from user memory with the lower's lock held, does
 * not wait for room.
 * Return: @len, -EAGAIN (no room, or it would overtake the cookie), -EPIPE
 * (gone), -EMSGSIZE, -EINVAL (no such stream), -ENOMEM, -EFAULT.
 */
int rsp_lower_send(struct rsp_lower *low, struct msghdr *msg, size_t len,
		   u32 number, const struct rsp_terms *terms);

/**
 * rsp_lower_settled() - may messages on all streams be sent?
 * @low: client's lower; tx_mutex held
 *
 * The first message to a new server is the cookie (RFC 5352 section 3.8): those
 * that could overtake it wait until it is there.
 *
 * Context: Process; takes the lower's lock.
 * Return: true if so.
 */
bool rsp_lower_settled(struct rsp_lower *low);

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
 */
void rsp_lower_set_nodelay(struct rsp_lower *low, bool on);

/**
 * rsp_lower_port() - port that a listener got
 * @low: lower listener
 *
 * Context: Any.
 * Return: port in host order.
 */
u16 rsp_lower_port(const struct rsp_lower *low);

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
 * @mark: result: what SCTP knows of it; may be NULL
 *
 * Context: Process; takes the lower's lock.
 * Return: what it is.
 */
enum rsp_head rsp_demux_peek(const struct rsp_lower *low,
			     struct rsp_sctp_mark *mark);

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
 * rsp_demux_nxtinfo() - what would be read next?
 * @rsk: session, rx_mutex held
 * @info: result, but for the session's id
 *
 * Context: Process; takes the lower's lock.
 * Return: false: nothing, or nothing that could be told yet.
 */
bool rsp_demux_nxtinfo(struct rsp_sock *rsk, struct rsp_nxtinfo *info);

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

#endif /* _RSERPOOL_LOWER_H */
