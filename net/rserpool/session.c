// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a session: its place in the namespace, its state, its work, and
 * the items in line for its reader.
 *
 * The work is the single serialising context of a session's protocol.  It
 * runs with both mutexes, taken by trylock: see rserpool.h for why.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "session.h"

#define RSP_HELPS_MAX	4	/* runs of the work in a row */

/* ---- items --------------------------------------------------------------- */

struct rsp_item *rsp_item_alloc(struct rsp_sock *rsk, u32 len, gfp_t gfp)
{
	struct rsp_item *item;

	item = kvmalloc(struct_size(item, data, len), gfp | __GFP_ACCOUNT);
	if (!item)
		return NULL;
	INIT_LIST_HEAD(&item->node);
	item->flags = 0;
	item->len = len;
	item->off = 0;
	item->mark = (struct rsp_sctp_mark) {};
	item->pe_id = rsk->role == RSP_ROLE_POOL_USER ? READ_ONCE(rsk->pe_id) :
							0;
	atomic_add(struct_size(item, data, len), &rsk->sk.sk_rmem_alloc);
	return item;
}

void rsp_item_free(struct rsp_sock *rsk, struct rsp_item *item)
{
	if (!item)
		return;
	atomic_sub(struct_size(item, data, item->len), &rsk->sk.sk_rmem_alloc);
	kvfree(item);
}

void rsp_item_queue(struct rsp_sock *rsk, struct rsp_item *item)
{
	spin_lock_bh(&rsk->items_lock);
	list_add_tail(&item->node, &rsk->items);
	WRITE_ONCE(rsk->items_octets,
		   rsk->items_octets + struct_size(item, data, item->len));
	spin_unlock_bh(&rsk->items_lock);
}

void rsp_item_unlink(struct rsp_sock *rsk, struct rsp_item *item)
{
	lockdep_assert_held(&rsk->items_lock);

	list_del_init(&item->node);
	WRITE_ONCE(rsk->items_octets,
		   rsk->items_octets - struct_size(item, data, item->len));
}

struct rsp_item *rsp_item_first(struct rsp_sock *rsk)
{
	struct rsp_item *item;

	lockdep_assert_held(&rsk->rx_mutex);

	if (list_empty_careful(&rsk->items))
		return NULL;
	spin_lock_bh(&rsk->items_lock);
	item = list_first_entry_or_null(&rsk->items, struct rsp_item, node);
	spin_unlock_bh(&rsk->items_lock);
	return item;
}

bool rsp_items_full(const struct rsp_sock *rsk)
{
	return READ_ONCE(rsk->items_octets) >
	       2U * READ_ONCE(rsk->face->sk.sk_rcvbuf);
}

static void rsp_items_purge(struct rsp_sock *rsk)
{
	struct rsp_item *item, *tmp;
	LIST_HEAD(list);

	spin_lock_bh(&rsk->items_lock);
	list_splice_init(&rsk->items, &list);
	WRITE_ONCE(rsk->items_octets, 0);
	spin_unlock_bh(&rsk->items_lock);
	list_for_each_entry_safe(item, tmp, &list, node)
		rsp_item_free(rsk, item);
}

void rsp_notify(struct rsp_sock *rsk, const struct rsp_notification *n)
{
	struct rsp_item *item;

	if (!rsp_wants(rsk, n->type))
		return;
	/* what else would a program know of its session's end by, or of its
	 * own turn in a failover?  There is no more than one of each.
	 */
	if (n->type != RSP_NOTIFY_SESSION_CHANGE &&
	    n->type != RSP_NOTIFY_FAILOVER && rsp_items_full(rsk)) {
		RSP_INC(rsp_sock_net(rsk), NOTIFY_DROPPED);
		return;
	}
	/* some ten octets, for which a reader may wait */
	item = rsp_item_alloc(rsk, n->length, GFP_KERNEL | __GFP_NOFAIL);
	memcpy(item->data, n, n->length);
	item->flags = RSP_ITEM_NOTIFICATION | RSP_ITEM_EOR;
	rsp_item_queue(rsk, item);
	rsp_session_wake(rsk);
}

/* ---- the namespace's list ------------------------------------------------- */

static struct rsp_sock *rsp_session_of_node(const struct rb_node *node)
{
	return rb_entry_safe(node, struct rsp_sock, node);
}

/* Return: the first session from @id on, or NULL. */
static struct rsp_sock *rsp_session_from(struct rsp_net *rn, u64 id)
{
	struct rb_node *node = rn->sessions.rb_node;
	struct rsp_sock *rsk, *found = NULL;

	lockdep_assert_held(&rn->sessions_lock);

	while (node) {
		rsk = rsp_session_of_node(node);
		if (rsk->id >= id) {
			found = rsk;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

struct rsp_sock *rsp_session_find(struct rsp_net *rn, u64 id)
{
	struct rsp_sock *rsk = rsp_session_from(rn, id);

	return rsk && rsk->id == id ? rsk : NULL;
}

static bool rsp_session_less(struct rb_node *a, const struct rb_node *b)
{
	return rsp_session_of_node(a)->id < rsp_session_of_node(b)->id;
}

int rsp_session_add(struct rsp_sock *rsk)
{
	struct rsp_net *rn = rsp_sock_net(rsk);

	if (!rsk->user)
		rsk->user = rsp_user_get(rn, rsk->sk.sk_uid);
	if (!rsk->user)
		return -ENOMEM;
	if (!rsp_user_charge(rsk->user, RSP_QUOTA_SESSIONS, 1))
		return -EDQUOT;
	spin_lock_bh(&rn->sessions_lock);
	if (rn->nsessions < READ_ONCE(rn->set.max_sessions)) {
		rn->nsessions++;
		WRITE_ONCE(rsk->id, ++rn->last_session_id);
		rb_add(&rsk->node, &rn->sessions, rsp_session_less);
		rsk->listed = true;
	}
	spin_unlock_bh(&rn->sessions_lock);
	if (!rsk->listed) {
		rsp_user_uncharge(rsk->user, RSP_QUOTA_SESSIONS, 1);
		return -ENOBUFS;
	}
	RSP_INC(rn, CURR_SESSIONS);
	return 0;
}

void rsp_session_del(struct rsp_sock *rsk)
{
	struct rsp_net *rn = rsp_sock_net(rsk);

	if (!rsk->listed)
		return;
	rsk->listed = false;
	spin_lock_bh(&rn->sessions_lock);
	rb_erase(&rsk->node, &rn->sessions);
	rn->nsessions--;
	spin_unlock_bh(&rn->sessions_lock);
	rsp_user_uncharge(rsk->user, RSP_QUOTA_SESSIONS, 1);
	RSP_DEC(rn, CURR_SESSIONS);
}

/* Without rsk->lock: figures of one moment, each whole by itself. */
void rsp_session_info(struct rsp_sock *rsk, struct rsp_session_info *info)
{
	const struct rsp_item *cookie;

	*info = (struct rsp_session_info) {
		.id = READ_ONCE(rsk->id),
		.role = READ_ONCE(rsk->role),
		.state = READ_ONCE(rsk->state),
		.pe_id = READ_ONCE(rsk->pe_id),
		.ino = sock_i_ino(&rsk->sk),
		.uid = sock_i_uid(&rsk->sk),
		.failovers = READ_ONCE(rsk->failovers),
		.last_reason = READ_ONCE(rsk->last_reason),
		.last_us = READ_ONCE(rsk->last_us),
		.replayed = READ_ONCE(rsk->replayed),
		.lost = READ_ONCE(rsk->lost),
		.abandoned = READ_ONCE(rsk->abandoned),
		.failover_mode = READ_ONCE(rsk->failover_mode),
		.waits = READ_ONCE(rsk->waits),
	};
	spin_lock_bh(&rsk->items_lock);
	info->handle = rsk->handle;
	cookie = rsk->cookie;
	info->cookie_len = cookie ? cookie->len : 0;
	spin_unlock_bh(&rsk->items_lock);
}

bool rsp_session_next(struct rsp_net *rn, u64 after,
		      struct rsp_session_info *info)
{
	struct rsp_sock *rsk;

	/* who is listed has not been released: see rsp_session_stop() */
	spin_lock_bh(&rn->sessions_lock);
	rsk = after == U64_MAX ? NULL : rsp_session_from(rn, after + 1);
	if (rsk)
		sock_hold(&rsk->sk);
	spin_unlock_bh(&rn->sessions_lock);
	if (!rsk)
		return false;
	rsp_race(dump_session);
	rsp_session_info(rsk, info);
	sock_put(&rsk->sk);
	return true;
}

int rsp_session_failover_id(struct rsp_net *rn, u64 id)
{
	struct rsp_sock *rsk;
	int err = 0;

	spin_lock_bh(&rn->sessions_lock);
	rsk = rsp_session_find(rn, id);
	if (!rsk) {
		err = -ENOENT;
	} else if (READ_ONCE(rsk->role) != RSP_ROLE_POOL_USER) {
		err = -EOPNOTSUPP;
	} else if (READ_ONCE(rsk->state) != RSP_STATE_ESTABLISHED ||
		   (READ_ONCE(rsk->sk.sk_shutdown) & SEND_SHUTDOWN)) {
		err = -ENOTCONN;
	} else {
		/* under the lock: release() takes us off the list first */
		set_bit(RSP_SES_ADMIN, &rsk->ses_flags);
		rsp_session_kick(rsk);
	}
	spin_unlock_bh(&rn->sessions_lock);
	return err;
}

/* ---- state ----------------------------------------------------------------- */

void rsp_session_wake(struct rsp_sock *rsk)
{
	struct socket_wq *wq;
	struct sock *sk;

	rsp_many_ready(rsk);
	rcu_read_lock();
	sk = &READ_ONCE(rsk->face)->sk;
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_all(&wq->wait);
	/* every change that is told of here may be one to read or to write */
	sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
	sk_wake_async(sk, SOCK_WAKE_SPACE, POLL_OUT);
	rcu_read_unlock();
}

void rsp_session_set_state(struct rsp_sock *rsk, u8 state)
{
	WRITE_ONCE(rsk->state, state);
	rsp_session_wake(rsk);
}

static void rsp_session_change(struct rsp_sock *rsk, u32 state, int err)
{
	struct rsp_session_change n = {
		.hdr = {
			.type = RSP_NOTIFY_SESSION_CHANGE,
			.length = sizeof(n),
		},
		.state = state,
		.error = -err,
		.session_id = rsk->id,
		.pe_id = READ_ONCE(rsk->pe_id),
		.role = rsk->role,
		.lost = rsk->unsent,
	};

	if (rsk->face != rsk && !test_bit(RSP_SES_CLOSING, &rsk->ses_flags))
		rsp_notify(rsk, &n.hdr);
}

void rsp_session_tell(struct rsp_sock *rsk)
{
	rsp_session_change(rsk, RSP_STATE_ESTABLISHED, 0);
}

void rsp_session_end(struct rsp_sock *rsk, int err)
{
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct sock *sk = &rsk->sk;

	mutex_lock(&rsk->lock);
	if (rsk->state == RSP_STATE_ENDED) {
		mutex_unlock(&rsk->lock);
		return;
	}
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	WRITE_ONCE(rsk->waits, RSP_WAITS_NOTHING);
	if (err)
		WRITE_ONCE(sk->sk_err, -err);
	/* first: a reader that sees the state and nothing in line is done */
	rsp_session_change(rsk, RSP_STATE_ENDED, err);
	rsp_session_set_state(rsk, RSP_STATE_ENDED);
	rsp_session_subscribe(rsk);
	mutex_unlock(&rsk->lock);
	rsp_race(session_ended);
	if (rsk->face != rsk && list_empty_careful(&rsk->items))
		rsp_many_over(rsk);	/* nobody has to hear of it */
	if (err)
		RSP_INC(rn, SESSIONS_FAILED);
	else
		RSP_INC(rn, SESSIONS_ENDED);
	rsp_event_session(rsk, RSERPOOL_EVENT_TYPE_SESSION_ENDED);
}

/* ---- the work -------------------------------------------------------------- */

static void rsp_session_wake_helper(struct rsp_sock *rsk)
{
	struct socket_wq *wq;

	rcu_read_lock();
	wq = rcu_dereference(rsk->sk.sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_all(&wq->wait);
	rcu_read_unlock();
}

void rsp_session_kick(struct rsp_sock *rsk)
{
	/* Full barrier, pairs with those of rsp_session_wait() and
	 * rsp_session_help(): either they are seen here, or the bit is there.
	 */
	if (test_and_set_bit(RSP_SES_KICKED, &rsk->ses_flags))
		return;
	if (atomic_read(&rsk->helpers))
		rsp_session_wake_helper(rsk);
	else if (!atomic_read(&rsk->helping))
		mod_delayed_work(rsp_wq, &rsk->work, 0);
}

void rsp_session_kick_at(struct rsp_sock *rsk, unsigned long when)
{
	/* never puts off what is due earlier: then it is not pending */
	queue_delayed_work(rsp_wq, &rsk->work, rsp_delay(when));
}

void rsp_session_unlock(struct rsp_sock *rsk, struct mutex *mutex)
{
	mutex_unlock(mutex);
	rsp_race(unlocked);
	/* Pairs with the barrier in rsp_session_work(): either the work gets
	 * the mutex, or the bit is seen here.
	 */
	smp_mb();
	if (test_bit(RSP_SES_DEFERRED, &rsk->ses_flags) &&
	    test_and_clear_bit(RSP_SES_DEFERRED, &rsk->ses_flags))
		rsp_session_kick(rsk);
}

void rsp_session_abort(struct rsp_sock *rsk, int err)
{
	struct rsp_lower *low;

	lockdep_assert_held(&rsk->rx_mutex);
	lockdep_assert_held(&rsk->tx_mutex);

	mutex_lock(&rsk->lock);
	low = rcu_dereference_protected(rsk->low, true);
	rcu_assign_pointer(rsk->low, NULL);
	mutex_unlock(&rsk->lock);
	if (low) {
		rsp_demux_cut(rsk);
		rsp_lower_release(low, true);
	}
	rsk->unsent += rsp_returned_fail(rsk);
	rsp_session_end(rsk, err);
}

int rsp_session_cut(struct rsp_sock *rsk)
{
	int err = 0;

	if (mutex_lock_interruptible(&rsk->rx_mutex))
		return -ERESTARTSYS;
	if (mutex_lock_interruptible(&rsk->tx_mutex)) {
		rsp_session_unlock(rsk, &rsk->rx_mutex);
		return -ERESTARTSYS;
	}
	if (rsk->face == rsk && rsk->state < RSP_STATE_ESTABLISHED)
		err = -ENOTCONN;
	else if (rsk->state != RSP_STATE_ENDED)
		rsp_session_abort(rsk, -ECONNABORTED);
	rsp_session_kick(rsk);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	return err;
}

/*
 * Between two servers there is nobody to say goodbye to.  One of many sessions
 * may have messages that wait for the next one: it is said behind them, see
 * rsp_failover_done().
 */
static int rsp_session_goodbye_now(struct rsp_sock *rsk, int how)
{
	bool end = how & SEND_SHUTDOWN;
	struct sock *sk = &rsk->sk;
	struct rsp_lower *low;
	int err = 0;

	lockdep_assert_held(&rsk->tx_mutex);

	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->tx_mutex));
	if (low && end && !(sk->sk_shutdown & SEND_SHUTDOWN))
		err = rsp_lower_shutdown(low);
	if (err == -ENOMEM && !rsp_lower_stuck(low))
		return err;	/* it may be tried again */
	/* an association that is gone is no error */
	if (end)
		rsp_failover_drop_held(rsk);
	rsp_race(shutdown_sent);
	mutex_lock(&rsk->lock);
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | how);
	rsp_session_wake(rsk);
	mutex_unlock(&rsk->lock);
	if (!low && end && (rsk->face == rsk || list_empty(&rsk->resend) ||
			    rsk->waits == RSP_WAITS_NEXT)) {
		rsk->unsent += rsp_returned_fail(rsk);
		rsp_session_end(rsk, 0);
	}
	if (end)
		rsp_session_kick(rsk);
	return err == -ENOMEM ? err : 0;
}

int rsp_session_shutdown(struct rsp_sock *rsk, int how)
{
	int err = -ENOTCONN;

	if (mutex_lock_interruptible(&rsk->tx_mutex))
		return -ERESTARTSYS;
	if (rsk->face != rsk || READ_ONCE(rsk->state) >= RSP_STATE_ESTABLISHED)
		err = rsp_session_goodbye_now(rsk, how);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	return err;
}

/*
 * A client's server is to be given up.  If that is not because the association
 * is gone, it is aborted with its socket open, so that what is unacknowledged
 * comes back.  All of it, and what the server said last, is taken in before
 * anything else: without memory for that the work comes again, and until then
 * the lower stays where it is.
 */
static void rsp_session_lose(struct rsp_sock *rsk, struct rsp_lower *low,
			     u32 reason)
{
	int err = 0;

	if (!low->reason)
		rsk->lost_at = ktime_get();
	low->reason = reason;
	if (reason != RSP_REASON_ABORT && reason != RSP_REASON_TIMEOUT)
		err = rsp_lower_abort(low);
	if (err == -ENOMEM ||
	    (rsp_demux_drain(rsk, low) & RSP_FOUND_MORE) ||
	    !rsp_returned_join(rsk)) {
		rsp_session_kick_at(rsk, jiffies + RSP_RETRY);
		return;
	}
	if (rsk->pinned)
		rsp_failover_forgo(rsk, reason);
	else
		rsp_failover_lost(rsk, reason);
}

/* A server's side: its client is gone, or has said goodbye. */
static void rsp_session_run_server(struct rsp_sock *rsk, unsigned int found)
{
	struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);
	bool late = found & RSP_FOUND_TIMEOUT;

	if ((found & RSP_FOUND_LOST) && rsp_card_turn(rsk)) {
		rsp_session_lose(rsk, low, late ? RSP_REASON_TIMEOUT :
						  RSP_REASON_ABORT);
	} else if (found & (RSP_FOUND_LOST | RSP_FOUND_RESTART)) {
		RSP_INC(rsp_sock_net(rsk), SESSIONS_ABORTED);
		rsp_session_end(rsk, late ? -ETIMEDOUT : -ECONNRESET);
	} else if ((found & RSP_FOUND_SHUTDOWN) || rsp_lower_dead(low)) {
		rsp_session_end(rsk, 0);
	}
}

/*
 * Is a SHUTDOWN that we have not asked for a goodbye of the server?  One that
 * comes while messages of ours are not acknowledged is none: the server cannot
 * have read them.  With RSPLIB none is: it is what a crash of its servers
 * sends, and its clients go elsewhere.  Neither is reported: who sends a
 * SHUTDOWN can be reached.  Nor is one while messages are held back for it, or
 * behind the program's wish for another server.
 */
static bool rsp_session_goodbye(const struct rsp_sock *rsk,
				const struct rsp_lower *low, unsigned int found)
{
	return !(found & RSP_FOUND_CROSSED) && rsp_lower_idle(low) &&
	       list_empty(&rsk->resend) &&
	       !test_bit(RSP_SES_NEXT, &rsk->ses_flags) &&
	       !READ_ONCE(rsp_sock_net(rsk)->set.rsplib_sessions);
}

/* A client's side. */
static void rsp_session_run_client(struct rsp_sock *rsk, unsigned int found)
{
	struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);
	bool own_end = rsk->sk.sk_shutdown & SEND_SHUTDOWN;

	if (low->reason && !own_end) {
		rsp_session_lose(rsk, low, low->reason);
	} else if ((found & (RSP_FOUND_LOST | RSP_FOUND_RESTART)) ||
		   (rsp_lower_dead(low) && !(found & RSP_FOUND_SHUTDOWN))) {
		if (own_end)	/* nothing to go on for */
			rsp_session_end(rsk, -ECONNRESET);
		else if (found & RSP_FOUND_RESTART)
			rsp_session_lose(rsk, low, RSP_REASON_RESTART);
		else
			rsp_session_lose(rsk, low, found & RSP_FOUND_TIMEOUT ?
					 RSP_REASON_TIMEOUT :
					 RSP_REASON_ABORT);
	} else if (found & RSP_FOUND_SHUTDOWN) {
		if (own_end || rsp_session_goodbye(rsk, low, found))
			rsp_session_end(rsk, 0);
		else
			rsp_session_lose(rsk, low, RSP_REASON_INCOMPLETE);
	} else if (test_and_clear_bit(RSP_SES_ADMIN, &rsk->ses_flags) &&
		   !own_end) {
		rsp_session_lose(rsk, low, RSP_REASON_ADMIN);
	} else if (test_and_clear_bit(RSP_SES_REMOVED, &rsk->ses_flags) &&
		   !own_end && rsp_failover_removed(rsk, low)) {
		rsp_session_lose(rsk, low, RSP_REASON_REMOVED);
	} else if (test_and_clear_bit(RSP_SES_NEXT, &rsk->ses_flags) &&
		   !own_end) {
		rsp_session_lose(rsk, low, RSP_REASON_PROGRAM);
	}
}

/*
 * Is there nothing that could be the reason for what SCTP has given back, but
 * that it was abandoned?  All that an end gives back comes in one go, with the
 * word of that end; so all of it has to have been taken in.
 */
static bool rsp_session_goes_on(const struct rsp_lower *low, unsigned int found)
{
	return !low->reason && !(found & ~RSP_FOUND_DATA) &&
	       ((found & RSP_FOUND_DATA) ||
		rsp_demux_peek(low, NULL) == RSP_HEAD_NONE) &&
	       !rsp_lower_ending(low);
}

/* What the lower has to tell. */
static void rsp_session_look(struct rsp_sock *rsk, struct rsp_lower *low)
{
	bool stuck = (rsk->sk.sk_shutdown & SEND_SHUTDOWN) &&
		     rsp_lower_stuck(low);
	bool gone = rsp_lower_dead(low);	/* nothing comes any more */
	unsigned int found = rsp_demux_control(rsk, low) | low->found;

	low->found = 0;
	rsp_race(work_control);
	if (low->gated && rsp_lower_settled(low))
		rsp_session_wake(rsk);
	else if (low->gated)
		rsp_session_kick_at(rsk, jiffies + 1);
	if (!list_empty(&rsk->returned) && rsp_session_goes_on(low, found))
		rsp_returned_abandoned(rsk);
	/* The end stands behind all else, also behind data that nobody has
	 * read yet, and a writer may wait to hear of it.
	 */
	if (stuck || rsp_lower_ending(low))
		found = (found & ~RSP_FOUND_DATA) | rsp_demux_drain(rsk, low);
	if (found & RSP_FOUND_MORE) {
		low->found = found & ~RSP_FOUND_MORE;
		rsp_session_wake(rsk);
		rsp_session_kick_at(rsk, jiffies + RSP_RETRY);
		return;
	}
	/* All is saved: what has no end will not have one.  The program is
	 * to hear of that even if another call takes the error.
	 */
	if (gone)
		rsp_demux_cut(rsk);
	/* our own goodbye cannot be said: the peer is not to wait for ever */
	if (stuck)
		rsp_session_abort(rsk, -ENOMEM);
	else if (rsk->role == RSP_ROLE_POOL_USER)
		rsp_session_run_client(rsk, found);
	else
		rsp_session_run_server(rsk, found);
	if (found & RSP_FOUND_DATA)
		rsp_session_wake(rsk);
}

/* A SHUTDOWN is due once all data is acknowledged: see rsp_lower_stuck(). */
static void rsp_session_watch(struct rsp_sock *rsk)
{
	struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);

	if (low && (rsk->sk.sk_shutdown & SEND_SHUTDOWN) &&
	    rsk->state != RSP_STATE_ENDED && !rsp_lower_idle(low))
		rsp_session_kick_at(rsk, jiffies + HZ);
}

/* One of many, and nothing has been sent or read for long: goodbye. */
static void rsp_session_autoclose(struct rsp_sock *rsk)
{
	struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);
	unsigned long life = READ_ONCE(rsk->face->autoclose) * HZ;
	unsigned long when = READ_ONCE(rsk->used_at) + life;
	bool busy;

	if (!life || !low || rsk->face == rsk ||
	    rsk->state != RSP_STATE_ESTABLISHED || rsk->waits ||
	    (rsk->sk.sk_shutdown & SEND_SHUTDOWN))
		return;
	rcu_read_lock();
	busy = rsp_session_readable(rsk);
	rcu_read_unlock();
	if (time_before(jiffies, when))
		rsp_session_kick_at(rsk, when);
	else if (busy || !rsp_lower_idle(low) ||
		 rsp_session_goodbye_now(rsk, SEND_SHUTDOWN))
		rsp_session_kick_at(rsk, jiffies + HZ);
}

static void rsp_session_run(struct rsp_sock *rsk)
{
	struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);

	lockdep_assert_held(&rsk->rx_mutex);
	lockdep_assert_held(&rsk->tx_mutex);

	if (test_bit(RSP_SES_CLOSING, &rsk->ses_flags))
		return;
	if (rsk->state == RSP_STATE_ENDED) {
		rsp_failover_cancel(rsk);
		return;
	}
	if (rsk->role == RSP_ROLE_POOL_ELEMENT) {
		rsp_element_gather(rsk);
		return;
	}
	if (low) {
		rsp_session_look(rsk, low);
		rsp_session_watch(rsk);
	}
	rsp_failover_await(rsk);
	if (rsk->phase != RSP_PHASE_IDLE && rsk->phase != RSP_PHASE_UP)
		rsp_failover_run(rsk);
	rsp_session_autoclose(rsk);
}

static void rsp_session_help_once(struct rsp_sock *rsk)
{
	bool fault;

	/* Each run says anew when the next one is due, which
	 * rsp_session_kick_at() could not bring forward.  Before the bit is
	 * cleared: a kick that this takes away is what we are about to do.
	 */
	if (delayed_work_pending(&rsk->work))
		cancel_delayed_work(&rsk->work);
	clear_bit(RSP_SES_KICKED, &rsk->ses_flags);
	set_bit(RSP_SES_DEFERRED, &rsk->ses_flags);
	smp_mb__after_atomic();		/* see rsp_session_unlock() */
	rsp_race(work);
	if (!mutex_trylock(&rsk->rx_mutex))
		return;
	rsp_race(work_rx);
	if (!mutex_trylock(&rsk->tx_mutex)) {
		mutex_unlock(&rsk->rx_mutex);
		return;
	}
	clear_bit(RSP_SES_DEFERRED, &rsk->ses_flags);
	fault = rsp_fault_begin(RSP_FAULT_session);
	rsp_session_run(rsk);
	rsp_fault_end(RSP_FAULT_session, fault);
	/* a second one of us may not have had them */
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	rsp_session_unlock(rsk, &rsk->rx_mutex);
}

void rsp_session_help(struct rsp_sock *rsk)
{
	unsigned int runs = 0;
	bool again;

	do {
		atomic_inc(&rsk->helping);
		rsp_session_help_once(rsk);
		atomic_dec(&rsk->helping);
		smp_mb__after_atomic();	/* see rsp_session_kick() */
		again = test_bit(RSP_SES_KICKED, &rsk->ses_flags);
	} while (again && ++runs < RSP_HELPS_MAX);
	if (again)	/* others want the processor, too */
		mod_delayed_work(rsp_wq, &rsk->work, 0);
}

static void rsp_session_work(struct work_struct *work)
{
	rsp_session_help(container_of(to_delayed_work(work), struct rsp_sock,
				      work));
}

int rsp_session_wait(struct rsp_sock *rsk, struct wait_queue_entry *wait,
		     long *timeo)
{
	int err = 0;

	atomic_inc(&rsk->helpers);
	smp_mb__after_atomic();		/* see rsp_session_kick() */
	if (!test_bit(RSP_SES_KICKED, &rsk->ses_flags))
		err = rsp_wait(&rsk->sk, wait, timeo);
	atomic_dec(&rsk->helpers);
	smp_mb__after_atomic();		/* the same */
	if (test_bit(RSP_SES_KICKED, &rsk->ses_flags))
		rsp_session_help(rsk);
	return err;
}

/* ---- looking --------------------------------------------------------------- */

/* Never waits for a lower: under RCU, which keeps lsk alive (lower.c). */
bool rsp_session_readable(const struct rsp_sock *rsk)
{
	const struct rsp_lower *low = rcu_dereference(rsk->low);

	return !list_empty_careful(&rsk->items) ||
	       (low && rsp_demux_readable(low));
}

bool rsp_session_writable(const struct rsp_sock *rsk)
{
	const struct rsp_lower *low;
	bool writable;

	if (READ_ONCE(rsk->state) == RSP_STATE_ENDED)
		return true;
	rcu_read_lock();
	low = rcu_dereference(rsk->low);
	writable = low ? rsp_lower_writable(low) :
			 READ_ONCE(rsk->held_octets) <
			 READ_ONCE(rsk->face->sk.sk_sndbuf);
	rcu_read_unlock();
	return writable;
}

bool rsp_session_pending(const struct rsp_sock *rsk)
{
	const struct rsp_lower *low;
	bool pending;

	rcu_read_lock();
	low = rcu_dereference(rsk->low);
	pending = low && rsp_lower_pending(low);
	rcu_read_unlock();
	return pending;
}

int rsp_session_inq(struct rsp_sock *rsk)
{
	struct rsp_sctp_mark mark;
	const struct rsp_item *item;
	struct rsp_lower *low;
	u32 len = 0;

	if (mutex_lock_interruptible(&rsk->rx_mutex))
		return -ERESTARTSYS;
	item = rsp_item_first(rsk);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->rx_mutex));
	if (item)
		len = item->len - item->off;
	else if (low && rsk->role != RSP_ROLE_POOL_ELEMENT &&
		 rsp_demux_peek(low, &mark) == RSP_HEAD_DATA)
		len = mark.len;
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	return min_t(u32, len, INT_MAX);
}

int rsp_session_nxtinfo(struct rsp_sock *rsk, struct rsp_nxtinfo *info)
{
	bool found;

	if (!mutex_trylock(&rsk->rx_mutex))
		return -EAGAIN;
	found = rsp_demux_nxtinfo(rsk, info);
	info->session_id = READ_ONCE(rsk->id);
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	return found;
}

/* ---- subscription ----------------------------------------------------------- */

/* With the namespace's ASAP lock held: the work looks at what is left to do. */
static void rsp_session_removed(struct rsp_member *m)
{
	struct rsp_sock *rsk = container_of(m, struct rsp_sock, member);

	if (READ_ONCE(rsk->subscribe) != RSP_SUBSCRIBE_FOLLOW)
		return;
	set_bit(RSP_SES_REMOVED, &rsk->ses_flags);
	rsp_session_kick(rsk);
}

void rsp_session_subscribe(struct rsp_sock *rsk)
{
	struct rsp_net *rn = rsp_sock_net(rsk);

	lockdep_assert_held(&rsk->lock);

	if (rsk->subscribe != RSP_SUBSCRIBE_OFF && !rsk->direct.port &&
	    rsk->role == RSP_ROLE_POOL_USER &&
	    rsk->state != RSP_STATE_IDLE && rsk->state != RSP_STATE_ENDED)
		rsp_subscribe(rn, &rsk->handle, &rsk->member);
	else
		rsp_unsubscribe(rn, &rsk->member);
}

/* ---- begin and end ---------------------------------------------------------- */

void rsp_session_setup(struct rsp_sock *rsk)
{
	mutex_init(&rsk->rx_mutex);
	mutex_init(&rsk->tx_mutex);
	mutex_init(&rsk->lock);
	spin_lock_init(&rsk->items_lock);
	INIT_LIST_HEAD(&rsk->items);
	INIT_LIST_HEAD(&rsk->returned);
	INIT_LIST_HEAD(&rsk->resend);
	INIT_LIST_HEAD(&rsk->partials);
	INIT_LIST_HEAD(&rsk->waiter.node);
	INIT_LIST_HEAD(&rsk->many_node);
	INIT_LIST_HEAD(&rsk->ready_node);
	INIT_LIST_HEAD(&rsk->full_node);
	INIT_HLIST_NODE(&rsk->peer_node);
	rsk->member.removed = rsp_session_removed;
	INIT_DELAYED_WORK(&rsk->work, rsp_session_work);
}

/*
 * A crash is no goodbye.  Whoever ends by a signal or with an exit status
 * other than 0 has not closed the socket on purpose, and a last reference
 * that a kernel thread drops was nobody's to close.
 */
static bool rsp_closer_is_dying(void)
{
	if (current->flags & PF_KTHREAD)
		return true;
	return (current->flags & PF_EXITING) && current->exit_code;
}

/* Something has come in that will never be read. */
static bool rsp_unread(struct rsp_sock *rsk, const struct rsp_lower *low)
{
	const struct rsp_item *item;
	bool unread = false;

	spin_lock_bh(&rsk->items_lock);
	list_for_each_entry(item, &rsk->items, node)
		unread |= !(item->flags & RSP_ITEM_NOTIFICATION);
	spin_unlock_bh(&rsk->items_lock);
	return unread || rsp_demux_readable(low);
}

/* SHUTDOWN (end of session) or ABORT (the session goes on elsewhere)? */
static bool rsp_close_is_orderly(struct rsp_sock *rsk)
{
	const struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);
	const struct sock *user = &rsk->face->sk;

	if (!low || rsk->role == RSP_ROLE_POOL_ELEMENT)
		return false;
	if (rsk->state == RSP_STATE_ENDED ||
	    (rsk->sk.sk_shutdown & SEND_SHUTDOWN))
		return true;
	if (sock_flag(user, SOCK_LINGER) && !user->sk_lingertime)
		return false;
	if (rsp_closer_is_dying())
		return false;
	/* what a client has sent goes before its SHUTDOWN; that is enough */
	if (rsk->role == RSP_ROLE_POOL_USER)
		return true;
	return !rsp_unread(rsk, low) && rsp_lower_idle(low);
}

/*
 * The work can put us in line with the registrar: so the run that may be under
 * way ends first, then the wait.  An answer, what the registrar tells by itself,
 * who was before us in a failover and callbacks of a lower can still queue the
 * work: it sees RSP_SES_CLOSING and does nothing, and rsp_session_close() takes
 * it away.
 */
static void rsp_session_stop(struct rsp_sock *rsk)
{
	set_bit(RSP_SES_CLOSING, &rsk->ses_flags);
	rsp_race(release_marked);
	rsp_session_del(rsk);
	rsp_unsubscribe(rsp_sock_net(rsk), &rsk->member);
	mutex_lock(&rsk->rx_mutex);	/* which a run holds */
	mutex_unlock(&rsk->rx_mutex);
	rsp_asap_resolve_cancel(rsp_sock_net(rsk), &rsk->waiter);
	rsp_turn_end(rsk);
}

/* Take in control messages that have come, so that they are not unread. */
static void rsp_session_settle(struct rsp_sock *rsk)
{
	struct rsp_lower *low;

	mutex_lock(&rsk->rx_mutex);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->rx_mutex));
	if (low && rsk->role != RSP_ROLE_POOL_ELEMENT)
		rsp_demux_control(rsk, low);
	mutex_unlock(&rsk->rx_mutex);
}

/* A dump may be looking at the cookie's length. */
static void rsp_session_drop_cookies(struct rsp_sock *rsk)
{
	struct rsp_item *cookie = rsk->cookie;

	if (cookie) {
		spin_lock_bh(&rsk->items_lock);
		rsk->cookie = NULL;
		spin_unlock_bh(&rsk->items_lock);
		rsp_cookie_free(rsk, cookie);
	}
	rsp_cookie_free(rsk, rsk->peer_cookie);
	rsk->peer_cookie = NULL;
}

static void rsp_session_close(struct rsp_sock *rsk, bool orderly)
{
	struct rsp_lower *low;

	rsp_failover_cancel(rsk);
	low = rcu_dereference_protected(rsk->low, true);
	RCU_INIT_POINTER(rsk->low, NULL);
	if (low)
		rsp_lower_release(low, !orderly);
	/* no callback is left that could queue it */
	cancel_delayed_work_sync(&rsk->work);

	rsp_items_purge(rsk);
	rsp_returned_purge(rsk);
	rsp_partial_purge(rsk);
	rsp_item_free(rsk, rsk->control);
	rsk->control = NULL;
	rsp_session_drop_cookies(rsk);
	if (rsk->keys)
		rsp_keys_keep(rsk, NULL);
}

void rsp_session_release(struct rsp_sock *rsk)
{
	bool orderly;

	rsp_session_stop(rsk);
	rsp_race(release_stopped);
	if (rsk->many)
		rsp_many_end(rsk);
	rsp_session_settle(rsk);
	orderly = rsp_close_is_orderly(rsk);
	if (rsk->state >= RSP_STATE_ESTABLISHED && !rsp_is_basic(rsk))
		rsp_session_end(rsk, 0);
	rsp_session_close(rsk, orderly);
}
