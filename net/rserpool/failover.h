/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a handle to a server, and to the next one with what was not acknowledged:
 * failover.c and replay.c.
 *
 * Included by session.h, whose structs it is about.
 */
#ifndef _RSERPOOL_FAILOVER_H
#define _RSERPOOL_FAILOVER_H

/* ---- turn.c: not all of them at once -------------------------------------- */

/**
 * rsp_turn_begin() - may a failover try the next server now?
 * @rsk: client, both mutexes held
 *
 * Context: The session's work; takes rn->turns_lock.
 * Return: true if so; else its work is kicked when it may.
 */
bool rsp_turn_begin(struct rsp_sock *rsk);

/**
 * rsp_turn_has() - is it this session's turn, until rsp_turn_end()?
 * @rsk: client
 *
 * Context: Any.
 * Return: true if so, until rsp_turn_until().
 */
bool rsp_turn_has(const struct rsp_sock *rsk);

/**
 * rsp_turn_until() - how long may it wait for an answer, while it has its turn?
 * @rsk: session
 *
 * Context: Any; a hint.
 * Return: jiffies; later when another session has had its answer.
 */
unsigned long rsp_turn_until(const struct rsp_sock *rsk);

/**
 * rsp_turn_end() - another one's turn, and no wish for one any more
 * @rsk: any session
 *
 * Context: Process; takes rn->turns_lock.
 */
void rsp_turn_end(struct rsp_sock *rsk);

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
 * rsp_failover_blame() - a server that was lost is not to be tried at once
 * @rsk: client that has just begun anew, both mutexes held
 * @peer: who was lost
 * @called: it was found in the pool, and is suspect and reported; else it has
 *	called itself
 * @reason: enum rsp_failover_reason
 *
 * Context: Process.
 */
void rsp_failover_blame(struct rsp_sock *rsk, const struct rsp_pe_life *peer,
			bool called, u32 reason);

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
 * rsp_failover_forgo() - the server is gone, and no other one will do
 * @rsk: as for rsp_failover_lost()
 * @reason: enum rsp_failover_reason
 *
 * Context: The session's work.
 */
void rsp_failover_forgo(struct rsp_sock *rsk, u32 reason);

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
 * rsp_failover_next() - the program wants another server
 * @rsk: any session
 *
 * Context: Process.
 * Return: 0: the work sees to it; -EALREADY (it does so already), -ENOTCONN,
 * -EOPNOTSUPP (has no failover).
 */
int rsp_failover_next(struct rsp_sock *rsk);

/**
 * rsp_failover_release() - the server gets what was held back for it
 * @rsk: any session
 *
 * Context: Process; takes tx_mutex.
 * Return: 0, -EBUSY (not held, or that server is lost), -ENOMEM or -EAGAIN
 * (still held, SCTP has no memory), -ERESTARTSYS, or as rsp_failover_next().
 */
int rsp_failover_release(struct rsp_sock *rsk);

/**
 * rsp_failover_drop_held() - the server will not get what was held back for it
 * @rsk: session, tx_mutex held
 *
 * Does nothing if the session is not held.
 *
 * Context: Process.
 */
void rsp_failover_drop_held(struct rsp_sock *rsk);

/**
 * rsp_failover_await() - a session waits for its program, but not for ever
 * @rsk: client, both mutexes held
 *
 * Context: The session's work.
 */
void rsp_failover_await(struct rsp_sock *rsk);

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
 * Return: true if @r is kept, false if it is none for replay, or more than the
 * user may have.
 */
bool rsp_returned_add(struct rsp_sock *rsk, struct rsp_returned *r, u32 len);

/**
 * rsp_returned_hold() - keep a message until there is a server
 * @rsk: client of a one-to-many socket without one, tx_mutex held
 * @msg: user's
 * @len: octets
 * @terms: how it is to be sent
 *
 * Context: Process; copies from user memory.
 * Return: @len, -EAGAIN (no room: SO_SNDBUF), -EDQUOT (max_user_replay_bytes),
 * -EMSGSIZE, -ENOMEM, -EFAULT.
 */
int rsp_returned_hold(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		      const struct rsp_terms *terms);

/**
 * rsp_returned_abandoned() - what came back while its association goes on
 * @rsk: client, both mutexes held
 *
 * SCTP has given it up: it is told of and counted, and that is all.  Without
 * memory it stays until the next time.
 *
 * Context: The session's work.
 */
void rsp_returned_abandoned(struct rsp_sock *rsk);

/**
 * rsp_returned_expire() - what waits for the next server, but not for so long
 * @rsk: client, tx_mutex held
 *
 * Context: Process.
 */
void rsp_returned_expire(struct rsp_sock *rsk);

/**
 * rsp_returned_join() - order what came back, put pieces together
 * @rsk: client, both mutexes held
 *
 * Context: The session's work.
 * Return: false if there is no memory; nothing is lost, and it can go on later.
 */
bool rsp_returned_join(struct rsp_sock *rsk);

/**
 * rsp_returned_settle() - keep for the next server what is to be sent again
 * @rsk: client, both mutexes held; all is joined
 *
 * What the socket's contract (RSP_REPLAY) does not name is dropped, and
 * messages of which a piece is missing; counts them.
 *
 * Context: The session's work.
 */
void rsp_returned_settle(struct rsp_sock *rsk);

/**
 * rsp_returned_replay() - send what is left to the next server
 * @rsk: client, both mutexes held
 * @low: the next server's lower
 * @lost: counts those for which the server has no stream
 *
 * Context: The session's work.
 * Return: messages sent again, which those that had to wait for a server do
 * not count as, or a negative errno of rsp_lower_send(); then all of
 * them are still there, and the next call goes on behind those that were sent.
 */
int rsp_returned_replay(struct rsp_sock *rsk, struct rsp_lower *low, u32 *lost);

/**
 * rsp_returned_release() - send what is left to the server that there is
 * @rsk: client, tx_mutex held
 * @low: its lower
 * @lost: as for rsp_returned_replay()
 *
 * As rsp_returned_replay(), but if that fails only those are still there that
 * were not sent: the others are SCTP's, which gives them back if need be.
 *
 * Context: Process.
 * Return: as rsp_returned_replay().
 */
int rsp_returned_release(struct rsp_sock *rsk, struct rsp_lower *low,
			 u32 *lost);

/**
 * rsp_returned_waiting() - how many are to be sent again
 * @rsk: client, tx_mutex held
 *
 * Context: Process.
 * Return: messages, without those that never had a server.
 */
u32 rsp_returned_waiting(const struct rsp_sock *rsk);

/**
 * rsp_returned_rewind() - that server is not to be: the next one gets them all
 * @rsk: client, both mutexes held
 *
 * Context: The session's work.
 */
void rsp_returned_rewind(struct rsp_sock *rsk);

/**
 * rsp_returned_fail() - drop what came back, and tell of it
 * @rsk: client, both mutexes held
 *
 * Context: Process.
 * Return: messages dropped.
 */
u32 rsp_returned_fail(struct rsp_sock *rsk);

/**
 * rsp_returned_purge() - drop what came back
 * @rsk: upper; nobody else is in it
 *
 * Context: Process.
 * Return: messages dropped.
 */
u32 rsp_returned_purge(struct rsp_sock *rsk);

/* ---- partial.c: messages that are not worth sending for ever --------------- */

/**
 * rsp_worth_begin() - a message is taken: its lifetime begins
 * @worth: result
 * @info: what the program says, rsp_prinfo_valid()
 *
 * Context: Any.
 */
static inline void rsp_worth_begin(struct rsp_worth *worth,
				   const struct rsp_prinfo *info)
{
	worth->policy = info->policy;
	worth->value = info->value;
	worth->until = 0;
	if (info->policy == RSP_PR_TTL)
		worth->until = jiffies + msecs_to_jiffies(info->value);
}

/**
 * rsp_worth_expired() - has a lifetime ended?
 * @worth: begun
 *
 * Context: Any.
 * Return: true if so; SCTP may not think so yet.
 */
bool rsp_worth_expired(const struct rsp_worth *worth);

/**
 * rsp_worth_left() - what SCTP is to make of it
 * @worth: begun
 * @info: result: of a lifetime what is left of it
 *
 * Context: Any.
 */
void rsp_worth_left(const struct rsp_worth *worth, struct sctp_prinfo *info);

/**
 * rsp_partial_send() - send a client's message that may be given up
 * @rsk: session, tx_mutex held
 * @low: its lower, or the next one
 * @msg: user's; not touched when this fails, but for its iterator
 * @len: octets
 * @terms: how; it may be given up
 *
 * Context: Process; as rsp_lower_send().
 * Return: as rsp_lower_send().
 */
int rsp_partial_send(struct rsp_sock *rsk, struct rsp_lower *low,
		     struct msghdr *msg, size_t len,
		     const struct rsp_terms *terms);

/**
 * rsp_send_numbered() - send a message with the next number
 * @rsk: session, tx_mutex held
 * @low: its lower, or the next one
 * @msg: user's; not touched when this fails, but for its iterator
 * @len: octets
 * @terms: how
 *
 * Context: Process; copies from user memory with the lower's lock held, does
 * not wait for room.
 * Return: as rsp_lower_send().
 */
static inline int rsp_send_numbered(struct rsp_sock *rsk, struct rsp_lower *low,
				    struct msghdr *msg, size_t len,
				    const struct rsp_terms *terms)
{
	int ret;

	lockdep_assert_held(&rsk->tx_mutex);

	if (terms->worth.policy && low->to_many)
		return rsp_partial_send(rsk, low, msg, len, terms);
	ret = rsp_lower_send(low, msg, len,
			     (rsk->tx_seq + 1) & RSP_CONTEXT_SEQ, terms);
	if (ret >= 0)
		rsk->tx_seq++;
	return ret;
}

/**
 * rsp_partial_recall() - a message came back: its place, and what it is worth
 * @rsk: client, both mutexes held
 * @r: message with a number of its own
 *
 * Context: The session's work.
 */
void rsp_partial_recall(struct rsp_sock *rsk, struct rsp_returned *r);

/**
 * rsp_partial_done() - there is nothing to remember of a message any more
 * @rsk: client, both mutexes held
 * @r: message with a number of its own
 *
 * Context: The session's work.
 */
void rsp_partial_done(struct rsp_sock *rsk, const struct rsp_returned *r);

/**
 * rsp_partial_over() - is a message abandoned, now that its server is lost?
 * @r: message, recalled if it has a number of its own
 *
 * Context: Any.
 * Return: true if it is not to be sent again.
 */
bool rsp_partial_over(const struct rsp_returned *r);

/**
 * rsp_partial_purge() - no association has any of the messages any more
 * @rsk: session, tx_mutex held, or nobody else is in it
 *
 * Context: Process.
 */
void rsp_partial_purge(struct rsp_sock *rsk);

#endif /* _RSERPOOL_FAILOVER_H */
