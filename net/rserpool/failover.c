// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a pool handle to a server, and from a lost server to the next one: the
 * same way for connect() and for each failover (RFC 5352 sections 3.7, 6.5.1).
 *
 *	SELECT --> CONNECT --> UP	(a failover: when it is its TURN)
 *	  |  ^        |
 *	  v  +--------+ refused, timed out: next PE
 *	RESOLVE ------> SELECT once more with the registrar's answer
 *	  |
 *	  v nobody there: connect() fails, a failover waits and begins anew
 *	PAUSE
 *
 * The program may have a say (RSP_FAILOVER_MODE): before it begins (WAIT), or
 * with a server that is UP and does not get yet what is sent again.
 *
 * Runs in the session's work, or where that is said in system calls, always
 * with both mutexes of the session.
 */
#include <linux/slab.h>

#include "session.h"

#define RSP_PAUSE_MIN_MS	50
#define RSP_PAUSE_MAX_MS	2000
#define RSP_BRIEF		(HZ / 10)	/* jiffies: hardly a session */
#define RSP_BRIEFS_MAX		3		/* in a row without a pause */

static void rsp_failover_set_phase(struct rsp_sock *rsk, enum rsp_phase phase)
{
	lockdep_assert_held(&rsk->rx_mutex);
	lockdep_assert_held(&rsk->tx_mutex);
	rsk->phase = phase;
	if (phase != RSP_PHASE_SELECT && phase != RSP_PHASE_TURN &&
	    phase != RSP_PHASE_CONNECT)
		rsp_turn_end(rsk);
}

static bool rsp_failing_over(const struct rsp_sock *rsk)
{
	return rsk->state == RSP_STATE_FAILOVER;
}

/* From the namespace's ASAP work. */
static void rsp_failover_resolved(struct rsp_waiter *w, int err)
{
	struct rsp_sock *rsk = container_of(w, struct rsp_sock, waiter);

	WRITE_ONCE(rsk->resolve_err, err);
	set_bit(RSP_SES_RESOLVED, &rsk->ses_flags);
	rsp_session_kick(rsk);
}

static void rsp_failover_new_round(struct rsp_sock *rsk)
{
	rsk->ntried = 0;
	rsk->asked = false;
	rsp_failover_set_phase(rsk, RSP_PHASE_SELECT);
}

/* An attempt or a pause: not longer than the failover may take. */
static void rsp_failover_set_deadline(struct rsp_sock *rsk, unsigned int ms)
{
	rsk->deadline = jiffies + msecs_to_jiffies(ms);
	if (rsp_failing_over(rsk) && rsk->has_give_up &&
	    time_before(rsk->give_up, rsk->deadline))
		rsk->deadline = rsk->give_up;
}

static void rsp_failover_pause(struct rsp_sock *rsk)
{
	rsp_failover_set_deadline(rsk, rsk->pause_ms);
	rsk->pause_ms = min(2 * rsk->pause_ms, RSP_PAUSE_MAX_MS);
	rsp_failover_set_phase(rsk, RSP_PHASE_PAUSE);
	rsp_session_kick_at(rsk, rsk->deadline);
}

/* Servers that take us only to drop us are none. */
static void rsp_failover_begin(struct rsp_sock *rsk)
{
	rsp_failover_set_phase(rsk, RSP_PHASE_SELECT);
	if (rsk->briefs > RSP_BRIEFS_MAX)
		rsp_failover_pause(rsk);
	else
		rsk->pause_ms = RSP_PAUSE_MIN_MS;
}

void rsp_failover_start(struct rsp_sock *rsk)
{
	u32 limit = READ_ONCE(rsk->failover_limit_ms);

	rsk->waiter.done = rsp_failover_resolved;
	rsk->connect_err = 0;
	rsk->has_give_up = limit;
	rsk->give_up = jiffies + msecs_to_jiffies(limit);
	rsp_failover_new_round(rsk);
	if (!rsp_failing_over(rsk) ||
	    time_after(jiffies, rsk->up_at + RSP_BRIEF))
		rsk->briefs = 0;
	else
		rsk->briefs++;
	rsp_failover_begin(rsk);
}

static void rsp_failover_count(struct rsp_sock *rsk, u32 reason)
{
	static const u8 mib[__RSP_REASON_MAX] = {
		[RSP_REASON_ABORT] = RSP_MIB_FAILOVER_ABORT,
		[RSP_REASON_TIMEOUT] = RSP_MIB_FAILOVER_TIMEOUT,
		[RSP_REASON_RESTART] = RSP_MIB_FAILOVER_RESTART,
		[RSP_REASON_INCOMPLETE] = RSP_MIB_FAILOVER_INCOMPLETE,
		[RSP_REASON_ADMIN] = RSP_MIB_FAILOVER_ADMIN,
		[RSP_REASON_REMOVED] = RSP_MIB_FAILOVER_REMOVED,
		[RSP_REASON_PROGRAM] = RSP_MIB_FAILOVER_PROGRAM,
	};
	struct rsp_net *rn = rsp_sock_net(rsk);

	RSP_INC(rn, FAILOVERS);
	SNMP_INC_STATS(rn->mib, mib[reason]);
}

/* Put the lower out of everybody's reach; the caller releases it. */
static struct rsp_lower *rsp_failover_unpublish(struct rsp_sock *rsk, u8 state)
{
	struct rsp_lower *low;

	mutex_lock(&rsk->lock);
	low = rcu_dereference_protected(rsk->low, true);
	rcu_assign_pointer(rsk->low, NULL);
	WRITE_ONCE(rsk->state, state);
	mutex_unlock(&rsk->lock);
	return low;
}

/*
 * Who was lost is not tried at once.  It is suspect, and reported, unless it
 * was a client that called from somewhere else than its element listens.
 */
void rsp_failover_blame(struct rsp_sock *rsk, const struct rsp_pe_life *peer,
			bool called, u32 reason)
{
	struct rsp_net *rn = rsp_sock_net(rsk);

	rsk->tried[rsk->ntried++] = *peer;
	if (!called)
		return;

	/* others are to find out for themselves what is a matter of opinion */
	if (reason != RSP_REASON_ADMIN && reason != RSP_REASON_REMOVED &&
	    reason != RSP_REASON_PROGRAM)
		rsp_pool_suspect(rn, &rsk->handle, peer);
	if (reason == RSP_REASON_ABORT || reason == RSP_REASON_TIMEOUT)
		rsp_asap_unreachable(rn, &rsk->handle, peer);
}

static void rsp_failover_tell(struct rsp_sock *rsk, u16 flags, u32 replayed)
{
	bool lost = flags & RSP_FAILOVER_LOST;
	struct rsp_failover n = {
		.hdr = {
			.type = RSP_NOTIFY_FAILOVER,
			.flags = flags,
			.length = sizeof(n),
		},
		.reason = rsk->reason,
		.count = rsk->failovers,
		.old_pe_id = rsk->old_pe_id,
		.new_pe_id = lost ? 0 : rsk->pe_id,
		.duration_us = lost ? 0 : rsk->last_us,
		.replayed = replayed,
		.lost = rsk->round_lost,
		.session_id = rsk->id,
	};

	rsp_notify(rsk, &n.hdr);
}

/* A manual one stops here, unless the program has spoken already. */
static void rsp_failover_ask_program(struct rsp_sock *rsk, u32 reason)
{
	bool spoken = test_and_clear_bit(RSP_SES_NEXT, &rsk->ses_flags) ||
		      reason == RSP_REASON_PROGRAM;

	WRITE_ONCE(rsk->waits, RSP_WAITS_NOTHING);
	if (spoken || READ_ONCE(rsk->failover_mode) != RSP_MODE_MANUAL)
		return;
	rsp_failover_set_phase(rsk, RSP_PHASE_WAIT);
	WRITE_ONCE(rsk->waits, RSP_WAITS_NEXT);
	rsp_failover_tell(rsk, RSP_FAILOVER_LOST, rsp_returned_waiting(rsk));
}

void rsp_failover_await(struct rsp_sock *rsk)
{
	if (rsk->waits == RSP_WAITS_NEXT &&
	    test_and_clear_bit(RSP_SES_NEXT, &rsk->ses_flags)) {
		WRITE_ONCE(rsk->waits, RSP_WAITS_NOTHING);
		rsp_failover_begin(rsk);
		rsp_session_kick(rsk);
	}
	if (rsk->waits == RSP_WAITS_NOTHING || !rsk->has_give_up)
		return;
	if (time_before(jiffies, rsk->give_up))
		rsp_session_kick_at(rsk, rsk->give_up);
	else
		rsp_session_abort(rsk, -ETIMEDOUT);
}

void rsp_failover_lost(struct rsp_sock *rsk, u32 reason)
{
	struct rsp_pe_life peer;
	struct rsp_lower *low;
	bool called;

	low = rsp_failover_unpublish(rsk, RSP_STATE_FAILOVER);
	rsp_race(lost);
	if ((reason == RSP_REASON_ABORT || reason == RSP_REASON_TIMEOUT) &&
	    low->control_at)
		rsk->lost_at = low->control_at;
	rsk->reason = reason;
	peer = low->peer;
	called = low->to_many;
	rsk->old_pe_id = peer.pe_id;
	rsk->round_lost = 0;
	rsp_demux_cut(rsk);
	rsp_returned_settle(rsk);
	rsp_race(lost_saved);
	rsp_lower_release(low, true);
	clear_bit(RSP_SES_ADMIN, &rsk->ses_flags);
	clear_bit(RSP_SES_REMOVED, &rsk->ses_flags);
	rsp_failover_count(rsk, reason);

	rsp_failover_start(rsk);
	rsp_failover_ask_program(rsk, reason);
	rsp_session_wake(rsk);		/* there may be something to read */
	if (reason == RSP_REASON_RESTART)
		return;		/* the same PE will do */
	rsp_failover_blame(rsk, &peer, called, reason);
	/* for the failover after this one, or this one if all else fails */
	rsp_asap_resolve(rsp_sock_net(rsk), &rsk->handle, NULL);
}

void rsp_failover_forgo(struct rsp_sock *rsk, u32 reason)
{
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_pe_life peer;
	struct rsp_lower *low;

	low = rsp_failover_unpublish(rsk, rsk->state);
	peer = low->peer;
	rsk->round_lost = 0;
	rsp_demux_cut(rsk);
	rsp_returned_settle(rsk);
	rsk->unsent = rsk->round_lost + rsp_returned_fail(rsk);
	rsp_lower_release(low, true);
	if (!rsk->direct.port &&
	    (reason == RSP_REASON_ABORT || reason == RSP_REASON_TIMEOUT)) {
		rsp_pool_suspect(rn, &rsk->handle, &peer);
		rsp_asap_unreachable(rn, &rsk->handle, &peer);
	}
	rsp_session_end(rsk, reason == RSP_REASON_TIMEOUT ? -ETIMEDOUT :
							     -ECONNRESET);
}

bool rsp_failover_removed(struct rsp_sock *rsk, const struct rsp_lower *low)
{
	struct rsp_pool *pool;
	bool removed;

	pool = rsp_pool_find(rsp_sock_net(rsk), &rsk->handle);
	removed = pool && rsp_pool_left_behind(pool, &low->peer);
	rsp_pool_put(pool);
	return removed;
}

static void rsp_failover_give_up(struct rsp_sock *rsk, int err)
{
	rsp_failover_set_phase(rsk, RSP_PHASE_IDLE);
	rsk->unsent += rsp_returned_fail(rsk);
	rsp_session_end(rsk, err);
}

/* connect() failed for good: as if it had never been called. */
static void rsp_failover_fail_connect(struct rsp_sock *rsk, int err)
{
	struct sock *sk = &rsk->sk;

	if (rsk->face != rsk) {		/* one of many: there is no socket */
		rsp_failover_give_up(rsk, err);
		return;
	}
	rsp_failover_set_phase(rsk, RSP_PHASE_IDLE);
	rsp_returned_purge(rsk);	/* of one that was peeled off */
	rsp_session_del(rsk);
	if (!rsp_is_basic(rsk))
		RSP_INC(rsp_sock_net(rsk), SESSIONS_FAILED);
	mutex_lock(&rsk->lock);
	WRITE_ONCE(sk->sk_err, -err);
	WRITE_ONCE(rsk->role, RSP_ROLE_NONE);
	rsp_session_set_state(rsk, RSP_STATE_IDLE);
	rsp_session_subscribe(rsk);
	mutex_unlock(&rsk->lock);
}

/* Nobody in the pool took us, and the registrar has no other answer. */
static void rsp_failover_nobody(struct rsp_sock *rsk, int err)
{
	if (!rsp_failing_over(rsk)) {
		rsp_failover_fail_connect(rsk, rsk->connect_err ?: err);
		return;
	}
	RSP_INC(rsp_sock_net(rsk), FAILOVER_NO_PE);
	if (rsk->has_give_up && time_after_eq(jiffies, rsk->give_up)) {
		rsp_failover_give_up(rsk, -ETIMEDOUT);
		return;
	}
	rsp_failover_pause(rsk);
}

static void rsp_failover_ask(struct rsp_sock *rsk)
{
	int err;

	if (rsk->asked) {
		rsp_failover_nobody(rsk, -EHOSTUNREACH);
		return;
	}
	rsk->asked = true;
	clear_bit(RSP_SES_RESOLVED, &rsk->ses_flags);
	err = rsp_asap_resolve(rsp_sock_net(rsk), &rsk->handle, &rsk->waiter);
	if (err == -EINPROGRESS)
		rsp_failover_set_phase(rsk, RSP_PHASE_RESOLVE);
	else if (!rsk->connect_err)
		rsk->connect_err = err;
	/* without an answer an old entry of the cache has to do: SELECT */
}

/* T1 and its repetitions may take longer than the failover may. */
static void rsp_failover_unanswered(struct rsp_sock *rsk)
{
	if (!rsp_failing_over(rsk) || !rsk->has_give_up)
		return;
	if (time_before(jiffies, rsk->give_up)) {
		rsp_session_kick_at(rsk, rsk->give_up);
		return;
	}
	rsp_asap_resolve_cancel(rsp_sock_net(rsk), &rsk->waiter);
	rsp_failover_nobody(rsk, -ETIMEDOUT);
}

static void rsp_failover_answered(struct rsp_sock *rsk)
{
	if (!test_and_clear_bit(RSP_SES_RESOLVED, &rsk->ses_flags)) {
		rsp_failover_unanswered(rsk);
		return;
	}
	if (!rsk->connect_err)
		rsk->connect_err = READ_ONCE(rsk->resolve_err);
	rsp_failover_set_phase(rsk, RSP_PHASE_SELECT);
}

/* Many wait: not longer than the failover may take either. */
static void rsp_failover_turn(struct rsp_sock *rsk)
{
	if (rsp_turn_has(rsk))
		rsp_failover_set_phase(rsk, RSP_PHASE_SELECT);
	else if (rsk->has_give_up && time_after_eq(jiffies, rsk->give_up))
		rsp_failover_nobody(rsk, -ETIMEDOUT);
	else if (rsk->has_give_up)
		rsp_session_kick_at(rsk, rsk->give_up);
}

/* connect() to one PE: it or nothing, a dead one included (SND-20). */
static const struct rsp_pool_pe *rsp_failover_wanted(struct rsp_sock *rsk,
						     struct rsp_pool *pool)
{
	unsigned int i;

	for (i = 0; i < rsk->ntried; i++)
		if (rsk->tried[i].pe_id == rsk->want_pe_id)
			return NULL;
	return rsp_pool_by_id(pool, rsp_is_basic(rsk), rsk->want_pe_id);
}

/* In a failover the lost server's word first, then the pool's policy. */
static const struct rsp_pool_pe *rsp_failover_choose(struct rsp_sock *rsk,
						     struct rsp_pool *pool)
{
	const struct rsp_card *card = rsk->peer_card;
	const struct rsp_pool_pe *pe = NULL;

	lockdep_assert_held(&rsk->rx_mutex);	/* nobody replaces it */

	if (rsk->want_pe_id && !rsp_failing_over(rsk)) {
		pe = rsp_failover_wanted(rsk, pool);
		if (pe || !rsk->selected)
			return pe;
	}
	if (card && rsp_failing_over(rsk))
		pe = rsp_pool_prefer(pool, card->order, card->n, rsk->tried,
				     rsk->ntried);
	return pe ?: rsp_pool_select(pool, rsp_is_basic(rsk), rsk->tried,
				     rsk->ntried);
}

static void rsp_failover_tried(struct rsp_sock *rsk,
			       const struct rsp_pool_pe *pe)
{
	if (rsk->ntried < RSP_TRIED_MAX)
		rsk->tried[rsk->ntried++] = (struct rsp_pe_life) {
			.pe_id = pe->pe_id,
			.port = pe->user.port,
		};
	else	/* very many dead ones: enough for this round */
		rsk->asked = true;
}

static void rsp_failover_try(struct rsp_sock *rsk, const struct rsp_pool_pe *pe)
{
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_lower *low;

	rsp_race(selected);
	rsp_failover_tried(rsk, pe);
	RSP_INC(rn, CONNECT_ATTEMPTS);
	low = rsp_lower_connect(rsk, pe);
	rsp_race(connecting);
	if (IS_ERR(low)) {
		RSP_INC(rn, CONNECT_FAILED);
		rsk->connect_err = PTR_ERR(low);
		return;		/* still SELECT: the next one */
	}
	rsk->next = low;
	/* from now on, so that no word of the registrar is missed */
	rsp_member_set(rn, &rsk->member, &low->peer);
	rsp_failover_set_deadline(rsk,
				  READ_ONCE(rsp_sock_timing(rsk)->connect_timeout_ms));
	rsp_failover_set_phase(rsk, RSP_PHASE_CONNECT);
	if (!rsp_failing_over(rsk))
		WRITE_ONCE(rsk->state, RSP_STATE_CONNECTING);
}

/* A stale entry: ask and wait, or ask and go on (C3, RES-15)? */
static bool rsp_failover_waits(const struct rsp_sock *rsk)
{
	switch (READ_ONCE(rsk->stale)) {
	case RSP_STALE_USE:
		return false;
	case RSP_STALE_WAIT:
		return true;
	default:	/* who has failed with one is in a hurry, too */
		return !rsp_failing_over(rsk) && !rsk->ntried;
	}
}

/* Return: true if the registrar's answer is to be waited for. */
static bool rsp_failover_consult(struct rsp_sock *rsk,
				 const struct rsp_pool *pool)
{
	struct rsp_net *rn = rsp_sock_net(rsk);

	if (!pool) {
		RSP_INC(rn, CACHE_MISS);
		return true;
	}
	if (rsk->asked || rsp_pool_fresh(pool))
		return false;
	RSP_INC(rn, CACHE_STALE);
	if (rsp_failover_waits(rsk))
		return true;
	rsp_asap_resolve(rn, &rsk->handle, NULL);
	return false;
}

/* No pool, no policy, no second one (RFC 5352 section 6.5.4). */
static void rsp_failover_direct(struct rsp_sock *rsk)
{
	struct rsp_pool_pe *pe = NULL;

	if (!rsk->ntried)
		pe = kzalloc(sizeof(*pe), GFP_KERNEL);
	if (!pe) {
		rsp_failover_nobody(rsk, rsk->ntried ? -EHOSTUNREACH : -ENOMEM);
		return;
	}
	pe->user.type = RSP_PARAM_SCTP_TRANSPORT;
	pe->user.port = rsk->direct.port;
	pe->user.use = RSP_USE_DATA_ONLY;
	pe->user.addrs[0] = rsk->direct.addr;
	pe->user.naddrs = 1;
	rsp_failover_try(rsk, pe);
	kfree(pe);
}

static void rsp_failover_select(struct rsp_sock *rsk)
{
	const struct rsp_pool_pe *pe = NULL;
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_pool *pool;

	if (rsk->direct.port) {
		rsp_failover_direct(rsk);
		return;
	}
	if (rsp_failing_over(rsk) && rsp_items_full(rsk)) {
		rsp_failover_pause(rsk);	/* until it is read */
		return;
	}
	if (rsp_failing_over(rsk) && !rsp_turn_begin(rsk)) {
		rsp_failover_set_phase(rsk, RSP_PHASE_TURN);
		return;
	}
	pool = rsp_pool_find(rn, &rsk->handle);
	if (rsp_failover_consult(rsk, pool)) {
		rsp_pool_put(pool);
		rsp_failover_ask(rsk);
		return;
	}
	if (pool->negative && (rsk->asked || rsp_pool_fresh(pool)) &&
	    !rsp_failing_over(rsk)) {
		RSP_INC(rn, CACHE_NEGATIVE);
		rsp_failover_nobody(rsk, -ENOENT);
	} else if (rsk->ntried < RSP_TRIED_MAX) {
		pe = rsp_failover_choose(rsk, pool);
	}
	if (pe) {
		if (!rsk->asked)
			RSP_INC(rn, CACHE_HIT);
		if (rsp_is_basic(rsk))
			rsp_basic_found(rsk, pe);
		else
			rsp_failover_try(rsk, pe);
	} else if (rsk->phase == RSP_PHASE_SELECT) {
		if (!rsp_is_basic(rsk) && rsp_pool_foreign(pool))
			rsk->connect_err = -EPROTOTYPE;
		rsp_failover_ask(rsk);
	}
	rsp_pool_put(pool);
}

static void rsp_failover_drop_next(struct rsp_sock *rsk, int err)
{
	struct rsp_lower *low = rsk->next;

	RSP_INC(rsp_sock_net(rsk), CONNECT_FAILED);
	rsk->connect_err = err;
	rsk->next = NULL;
	rsp_returned_rewind(rsk);
	rsp_partial_purge(rsk);
	rsp_pool_suspect(rsp_sock_net(rsk), &rsk->handle, &low->peer);
	rsp_lower_release(low, true);
	rsp_failover_set_phase(rsk, RSP_PHASE_SELECT);
}

/*
 * Cookie echo, then what is replayed: SCTP keeps that order on one stream, and
 * rsp_lower_send() on the others (RFC 5352 section 3.8).  The send buffer is
 * opened for it: the replayed messages have been in one of that size before, the
 * cookie has not.
 */
static int rsp_failover_hand_over(struct rsp_sock *rsk, struct rsp_lower *low,
				  bool hold)
{
	int sndbuf = READ_ONCE(low->lsk->sk_sndbuf);
	int ret = 0;

	WRITE_ONCE(low->lsk->sk_sndbuf, INT_MAX / 2);
	if (!low->echoed)
		ret = rsp_cookie_echo(rsk, low);
	low->echoed |= ret > 0;
	if (ret >= 0)
		ret = hold ? 0 :
			     rsp_returned_replay(rsk, low, &rsk->round_lost);
	WRITE_ONCE(low->lsk->sk_sndbuf, sndbuf);
	return ret;
}

static void rsp_failover_replayed(struct rsp_sock *rsk, u32 n)
{
	mutex_lock(&rsk->lock);
	rsk->replayed += n;
	mutex_unlock(&rsk->lock);
	RSP_ADD(rsp_sock_net(rsk), MSGS_REPLAYED, n);
}

/* Is it a session in which the program can have a say?  A hint. */
static int rsp_failover_check(const struct rsp_sock *rsk)
{
	u8 role = READ_ONCE(rsk->role), state = READ_ONCE(rsk->state);

	if (role == RSP_ROLE_NONE || state == RSP_STATE_ENDED)
		return -ENOTCONN;
	if (role != RSP_ROLE_POOL_USER || rsk->pinned)
		return -EOPNOTSUPP;
	if (READ_ONCE(rsk->sk.sk_shutdown) & SEND_SHUTDOWN)
		return -ENOTCONN;
	return 0;
}

int rsp_failover_next(struct rsp_sock *rsk)
{
	int err = rsp_failover_check(rsk);

	if (err)
		return err;
	if (READ_ONCE(rsk->state) != RSP_STATE_ESTABLISHED &&
	    READ_ONCE(rsk->waits) != RSP_WAITS_NEXT)
		return -EALREADY;
	set_bit(RSP_SES_NEXT, &rsk->ses_flags);
	rsp_session_kick(rsk);
	return 0;
}

int rsp_failover_release(struct rsp_sock *rsk)
{
	int sndbuf, ret = rsp_failover_check(rsk);
	struct rsp_lower *low;
	u32 waiting, lost = 0;

	if (ret)
		return ret;
	if (mutex_lock_interruptible(&rsk->tx_mutex))
		return -ERESTARTSYS;
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->tx_mutex));
	ret = -EBUSY;
	if (rsk->waits != RSP_WAITS_RELEASE || !low)
		goto out;
	rsp_returned_expire(rsk);
	waiting = rsp_returned_waiting(rsk);
	sndbuf = READ_ONCE(low->lsk->sk_sndbuf);
	WRITE_ONCE(low->lsk->sk_sndbuf, INT_MAX / 2);
	ret = rsp_returned_release(rsk, low, &lost);
	WRITE_ONCE(low->lsk->sk_sndbuf, sndbuf);
	waiting -= lost + rsp_returned_waiting(rsk);
	rsp_failover_replayed(rsk, waiting);
	rsk->unsent += lost;
	if (ret >= 0) {
		WRITE_ONCE(rsk->waits, RSP_WAITS_NOTHING);
		ret = 0;
	} else if (ret == -EPIPE) {
		rsp_session_kick(rsk);	/* SCTP knows, the session will */
		ret = -EBUSY;
	}
out:
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	return ret;
}

void rsp_failover_drop_held(struct rsp_sock *rsk)
{
	lockdep_assert_held(&rsk->tx_mutex);

	if (rsk->waits != RSP_WAITS_RELEASE)
		return;
	WRITE_ONCE(rsk->waits, RSP_WAITS_NOTHING);
	rsk->unsent += rsp_returned_fail(rsk);
}

static void rsp_failover_publish(struct rsp_sock *rsk, struct rsp_lower *low)
{
	bool again = rsp_failing_over(rsk);

	rsp_lower_note_paths(low);	/* those that we named are known */
	mutex_lock(&rsk->lock);
	rsp_lower_attach(low);
	WRITE_ONCE(rsk->pe_id, low->peer.pe_id);
	if (again) {
		clear_bit(RSP_SES_NEXT, &rsk->ses_flags);	/* that is it */
		rsk->failovers++;
		rsk->last_reason = rsk->reason;
		rsk->last_us = ktime_us_delta(ktime_get(), rsk->lost_at);
		rsk->lost += rsk->round_lost;
	}
	rsk->up_at = jiffies;
	rcu_assign_pointer(rsk->low, low);
	WRITE_ONCE(rsk->state, RSP_STATE_ESTABLISHED);
	mutex_unlock(&rsk->lock);
	if (again)
		RSP_ADD(rsp_sock_net(rsk), MSGS_LOST, rsk->round_lost);
}

/* The next server is there and knows what it has to. */
static void rsp_failover_moved(struct rsp_sock *rsk, bool echoed, bool hold,
			       u32 replayed)
{
	u16 flags = echoed ? RSP_FAILOVER_COOKIE : 0;

	if (hold) {
		flags |= RSP_FAILOVER_HELD;
		replayed = rsp_returned_waiting(rsk);
		WRITE_ONCE(rsk->waits, RSP_WAITS_RELEASE);
	} else {
		rsp_failover_replayed(rsk, replayed);
	}
	rsp_failover_tell(rsk, flags, replayed);
	rsp_event_session(rsk, RSERPOOL_EVENT_TYPE_SESSION_FAILOVER);
}

static void rsp_failover_done(struct rsp_sock *rsk)
{
	struct rsp_lower *low = rsk->next;
	bool again = rsp_failing_over(rsk);
	bool end = rsk->sk.sk_shutdown & SEND_SHUTDOWN;
	bool hold = again && !end &&
		    READ_ONCE(rsk->failover_mode) == RSP_MODE_HOLD;
	bool echoed;
	int ret = 0;

	if (again || !list_empty(&rsk->resend))
		ret = rsp_failover_hand_over(rsk, low, hold);
	echoed = low->echoed;
	/* what it has already would come to another one a second time */
	if ((ret == -ENOMEM || ret == -EAGAIN) &&
	    time_before(jiffies, rsk->deadline)) {
		rsp_session_kick_at(rsk, ret == -EAGAIN ? jiffies + 1 :
						jiffies + RSP_RETRY);
		return;
	}
	if (ret < 0) {
		rsp_failover_drop_next(rsk, ret);
		return;
	}
	rsp_card_introduce(rsk, low);
	rsk->next = NULL;
	rsp_race(handed_over);
	rsp_failover_set_phase(rsk, RSP_PHASE_UP);
	rsp_failover_publish(rsk, low);
	rsp_race(published);
	if (again) {
		rsp_failover_moved(rsk, echoed, hold, ret);
	} else {
		RSP_INC(rsp_sock_net(rsk), SESSIONS_OPENED);
		rsp_session_tell(rsk);
		rsp_event_session(rsk, RSERPOOL_EVENT_TYPE_SESSION_ESTABLISHED);
	}
	if (end)
		rsp_lower_shutdown(low);	/* behind what waited for it */
	rsp_session_wake(rsk);
	/* what came behind COMM_UP in the meantime */
	rsp_session_kick(rsk);
}

/* Who does not answer soon is not to keep others waiting. */
static void rsp_failover_expect(struct rsp_sock *rsk)
{
	unsigned long when = rsk->deadline, turn = rsp_turn_until(rsk);

	if (rsp_turn_has(rsk) && time_after_eq(jiffies, turn))
		rsp_turn_end(rsk);
	else if (rsp_turn_has(rsk) && time_before(turn, when))
		when = turn;
	rsp_session_kick_at(rsk, when);
}

static void rsp_failover_attempt(struct rsp_sock *rsk)
{
	unsigned int found = rsp_demux_control(rsk, rsk->next);
	bool late = time_after_eq(jiffies, rsk->deadline);

	rsk->next->connected |= (found & RSP_FOUND_UP) ||
				(late && rsp_lower_up(rsk->next));
	if (found & (RSP_FOUND_CANT_START | RSP_FOUND_LOST |
		     RSP_FOUND_SHUTDOWN))
		rsp_failover_drop_next(rsk, -ECONNREFUSED);
	else if (rsk->next->connected)
		rsp_failover_done(rsk);
	else if (late)
		rsp_failover_drop_next(rsk, -EHOSTUNREACH);
	else
		rsp_failover_expect(rsk);
}

static void rsp_failover_paused(struct rsp_sock *rsk)
{
	if (!time_after_eq(jiffies, rsk->deadline))
		rsp_session_kick_at(rsk, rsk->deadline);
	else if (rsk->asked)		/* that round was over */
		rsp_failover_new_round(rsk);
	else
		rsp_failover_set_phase(rsk, RSP_PHASE_SELECT);
}

void rsp_failover_run(struct rsp_sock *rsk)
{
	enum rsp_phase before;

	do {
		before = rsk->phase;
		switch (rsk->phase) {
		case RSP_PHASE_SELECT:
			rsp_failover_select(rsk);
			break;
		case RSP_PHASE_TURN:
			rsp_failover_turn(rsk);
			break;
		case RSP_PHASE_RESOLVE:
			rsp_failover_answered(rsk);
			break;
		case RSP_PHASE_CONNECT:
			rsp_failover_attempt(rsk);
			break;
		case RSP_PHASE_PAUSE:
			rsp_failover_paused(rsk);
			break;
		default:
			return;
		}
	} while (rsk->phase != before || rsk->phase == RSP_PHASE_SELECT);
}

/* In the work of a session that has ended, or when there is no work any more. */
void rsp_failover_cancel(struct rsp_sock *rsk)
{
	struct rsp_lower *low = rsk->next;

	rsk->next = NULL;
	rsk->phase = RSP_PHASE_IDLE;
	rsp_turn_end(rsk);
	if (low)
		rsp_lower_release(low, true);
}
