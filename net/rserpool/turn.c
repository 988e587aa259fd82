// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions of one server that dies all want another one at the same moment
 * (REQ-05).  So only some of a namespace are on their way to the next server
 * at a time, each of the others has its turn as soon as one of them is there,
 * first come, first served.  Thus servers and links say themselves how fast
 * they can be had, and queues on the way (of packets, of associations that a
 * server has not accepted yet) are not flooded.
 *
 * Who gets no answer gives its turn away after a while, so that servers that
 * are gone do not keep sessions of other pools waiting; later while others get
 * theirs: then answers are only slow, and more questions would make them
 * slower.  connect() waits for nobody.
 */
#include "session.h"

#define RSP_TURNS_MAX	128		/* at a time, in a namespace */
#define RSP_TURN_LIFE	(HZ / 10)	/* jiffies: for an answer */

/* rsp_sock.turn */
enum {
	RSP_TURN_NONE,
	RSP_TURN_WAITS,
	RSP_TURN_HAS,
};

unsigned long rsp_turn_until(const struct rsp_sock *rsk)
{
	unsigned long until = READ_ONCE(rsp_sock_net(rsk)->turns_until);

	return time_after(until, rsk->turn_until) ? until : rsk->turn_until;
}

static void rsp_turn_give(struct rsp_sock *rsk)
{
	rsk->turn_until = jiffies + RSP_TURN_LIFE;
	WRITE_ONCE(rsk->turn, RSP_TURN_HAS);
}

bool rsp_turn_has(const struct rsp_sock *rsk)
{
	return READ_ONCE(rsk->turn) == RSP_TURN_HAS;
}

bool rsp_turn_begin(struct rsp_sock *rsk)
{
	struct rsp_net *rn = rsp_sock_net(rsk);

	lockdep_assert_held(&rsk->rx_mutex);
	lockdep_assert_held(&rsk->tx_mutex);

	if (rsp_turn_has(rsk))
		return true;
	spin_lock_bh(&rn->turns_lock);
	if (!rn->nturns)
		WRITE_ONCE(rn->turns_until, jiffies);
	if (rn->nturns < RSP_TURNS_MAX) {
		rn->nturns++;
		rsp_turn_give(rsk);
	} else {
		list_add_tail(&rsk->turn_node, &rn->turns);
		WRITE_ONCE(rsk->turn, RSP_TURN_WAITS);
		RSP_INC(rn, FAILOVER_WAITED);
	}
	spin_unlock_bh(&rn->turns_lock);
	return rsp_turn_has(rsk);
}

/* Under the lock: who is on the list has not been through rsp_turn_end(). */
static void rsp_turn_pass_on(struct rsp_net *rn)
{
	struct rsp_sock *next;

	lockdep_assert_held(&rn->turns_lock);

	next = list_first_entry_or_null(&rn->turns, struct rsp_sock, turn_node);
	if (!next) {
		rn->nturns--;
		return;
	}
	list_del(&next->turn_node);
	rsp_turn_give(next);
	rsp_session_kick(next);
}

void rsp_turn_end(struct rsp_sock *rsk)
{
	struct rsp_net *rn = rsp_sock_net(rsk);

	if (READ_ONCE(rsk->turn) == RSP_TURN_NONE)
		return;
	spin_lock_bh(&rn->turns_lock);
	if (rsk->turn == RSP_TURN_WAITS) {
		list_del(&rsk->turn_node);
	} else {
		if (time_before(jiffies, rsp_turn_until(rsk)))
			WRITE_ONCE(rn->turns_until, jiffies + RSP_TURN_LIFE);
		rsp_turn_pass_on(rn);
	}
	WRITE_ONCE(rsk->turn, RSP_TURN_NONE);
	spin_unlock_bh(&rn->turns_lock);
}
