// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hunt for a home registrar (RFC 5352 section 3.6, SH1 to SH6), from the
 * time that somebody needs one.
 *
 * Up to three registrars are tried at a time.  The first one that answers is
 * home, and the other attempts end.  One that refuses, or has not answered
 * after connect_timeout_ms, makes room for the next one: configured ones
 * before those only heard of, at random among equals, so that many hosts do
 * not all go to the same one; the lost home comes last.  A round is once
 * through the list; after a round in vain whoever waits is told, and there is a
 * pause, of a few seconds at most.  Section 3.6 has none and would go on until
 * T5 ends: it is for those who refuse.  However long a registrar was away, its
 * pools are to be back soon after it.
 *
 * T5 runs as long as the hunt does.  When it ends, the attempts of the moment
 * are given up for others, without a pause, and it is doubled up to
 * RETRAN-MAX.  Success sets it back, and the pauses.
 *
 * All runs in the namespace's work.
 */
#include <linux/random.h>

#include "asap.h"

#define RSP_HUNT_PAUSE_MS	1000	/* after the first round; doubles */
#define RSP_HUNT_PAUSE_MAX_MS	4000

/* ---- who is next ------------------------------------------------------- */

/* The smaller the sooner; negative: not in this round any more. */
static int rsp_hunt_rank(const struct rsp_asap *asap,
			 const struct rsp_registrar *reg)
{
	if (!reg->ops->connect || reg->assoc_id || !list_empty(&reg->attempt))
		return -1;
	if (reg->first)
		return 0;
	if (reg->last)
		return 3;
	if (reg->round == asap->round)
		return -1;
	return reg->origin == RSERPOOL_REGISTRAR_ORIGIN_CONFIGURED ? 1 : 2;
}

/* Of the best rank one at random.  A reference. */
static struct rsp_registrar *rsp_hunt_next(struct rsp_asap *asap)
{
	struct rsp_registrar *reg, *next = NULL;
	int rank, best = INT_MAX;
	unsigned int equals = 0;

	spin_lock(&asap->lock);
	list_for_each_entry(reg, &asap->registrars, node) {
		rank = rsp_hunt_rank(asap, reg);
		if (rank < 0 || rank > best)
			continue;
		if (rank < best)
			equals = 0;
		best = rank;
		if (!get_random_u32_below(++equals))
			next = reg;
	}
	if (next) {
		next->round = asap->round;
		next->first = false;
		next->last = false;
		rsp_registrar_get(next);
	}
	spin_unlock(&asap->lock);
	return next;
}

static bool rsp_hunt_round_over(struct rsp_asap *asap)
{
	struct rsp_registrar *reg;
	bool over = true;

	spin_lock(&asap->lock);
	list_for_each_entry(reg, &asap->registrars, node)
		if (rsp_hunt_rank(asap, reg) >= 0)
			over = false;
	spin_unlock(&asap->lock);
	return over;
}

/* ---- attempts ---------------------------------------------------------- */

static void rsp_hunt_close(struct rsp_asap *asap, struct rsp_registrar *reg,
			   u32 state)
{
	list_del_init(&reg->attempt);
	asap->nattempts--;
	rsp_registrar_close(asap, reg, state);
}

static void rsp_hunt_close_all(struct rsp_asap *asap, u32 state)
{
	struct rsp_registrar *reg, *tmp;

	list_for_each_entry_safe(reg, tmp, &asap->attempts, attempt)
		rsp_hunt_close(asap, reg, state);
}

/* SH4: refused, or not there.  Return: one that is up, with its reference. */
static struct rsp_registrar *rsp_hunt_look(struct rsp_asap *asap)
{
	struct rsp_registrar *reg, *tmp;

	list_for_each_entry_safe(reg, tmp, &asap->attempts, attempt) {
		if (rsp_registrar_up(reg)) {
			list_del_init(&reg->attempt);
			asap->nattempts--;
			return reg;
		}
		if (READ_ONCE(reg->gone) ||
		    reg->state != RSERPOOL_REGISTRAR_STATE_CONNECTING ||
		    time_after_eq(jiffies, reg->until))
			rsp_hunt_close(asap, reg,
				       RSERPOOL_REGISTRAR_STATE_FAILED);
		else
			rsp_asap_wake_at(asap, reg->until);
	}
	return NULL;
}

/*
 * Between two endpoints there is one association: a registrar that has called
 * us cannot be called, and becomes home by the one that there is.
 */
static bool rsp_hunt_called(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	struct rsp_registrar *guest = rsp_guest_of(asap, reg);

	if (!guest || !rsp_registrar_up(guest))
		return false;
	rsp_home_adopt(asap, guest, 0);
	asap->hunt_at = jiffies + HZ;
	rsp_asap_wake_at(asap, jiffies);
	return true;
}

/* Takes the caller's reference over. */
static void rsp_hunt_try(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	unsigned int ms = READ_ONCE(asap->rn->set.connect_timeout_ms);
	int err;

	if (rsp_hunt_called(asap, reg)) {
		rsp_registrar_put(reg);
		return;
	}
	list_add_tail(&reg->attempt, &asap->attempts);
	asap->nattempts++;
	reg->until = jiffies + msecs_to_jiffies(ms);
	WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_CONNECTING);
	RSP_INC(asap->rn, HUNT_ATTEMPTS);
	err = reg->ops->connect(asap, reg);
	if (!err) {
		rsp_asap_wake_at(asap, reg->until);
		return;
	}
	if (err == -ENOMEM || err == -EAGAIN) {	/* that was no try */
		reg->round--;
		asap->hunt_at = jiffies + RSP_ASAP_RETRY;
	}
	rsp_hunt_close(asap, reg, RSERPOOL_REGISTRAR_STATE_FAILED);
}

/* ---- time -------------------------------------------------------------- */

static unsigned long rsp_hunt_soon(const struct rsp_asap *asap)
{
	unsigned long soon = asap->paused_at +
			     msecs_to_jiffies(RSP_HUNT_PAUSE_MS);

	return time_before(soon, asap->hunt_at) ? soon : asap->hunt_at;
}

/* The one who waits is told that it takes time. */
static void rsp_hunt_in_vain(struct rsp_asap *asap)
{
	rsp_requests_unreachable(asap);
	rsp_pes_unreachable(asap);
}

/* Nobody to be tried.  Right at the start somebody may still be heard of. */
static void rsp_hunt_nobody(struct rsp_asap *asap)
{
	unsigned long until;

	if (rsp_announce_expected(asap->rn, &until))
		rsp_asap_wake_at(asap, until);
	else
		rsp_hunt_in_vain(asap);
}

/* On demand: requests wait, or there are elements to be registered. */
static bool rsp_hunt_needed(struct rsp_asap *asap)
{
	bool needed, nobody;

	spin_lock(&asap->lock);
	if (asap->added)		/* not tried yet: no pause */
		asap->hunt_at = jiffies;
	else if (asap->demand)		/* nor a long one for who has just come */
		asap->hunt_at = rsp_hunt_soon(asap);
	asap->added = false;
	asap->demand = false;
	nobody = list_empty(&asap->registrars);
	needed = !list_empty(&asap->requests) || rsp_subs_waiting(asap) ||
		 READ_ONCE(asap->rn->npes);
	spin_unlock(&asap->lock);
	if (needed && nobody)
		rsp_hunt_nobody(asap);
	return needed && !nobody;
}

/* A round is over.  Longer pauses vary, so that hosts do not stay in step. */
static void rsp_hunt_pause(struct rsp_asap *asap)
{
	unsigned int max = READ_ONCE(asap->rn->set.retran_max_ms), ms;

	max = min_t(unsigned int, max, RSP_HUNT_PAUSE_MAX_MS);
	asap->hunt_ms = min(asap->hunt_ms ? asap->hunt_ms * 2 :
			    RSP_HUNT_PAUSE_MS, max(max, 1U));
	ms = asap->hunt_ms;
	if (ms > RSP_HUNT_PAUSE_MS)
		ms -= get_random_u32_below(ms / 4 + 1);
	asap->paused_at = jiffies;
	asap->hunt_at = jiffies + msecs_to_jiffies(ms);
	asap->round++;
	rsp_hunt_in_vain(asap);
}

static void rsp_hunt_start_t5(struct rsp_asap *asap)
{
	if (!asap->t5_ms)
		asap->t5_ms = READ_ONCE(asap->rn->set.t5_serverhunt_ms);
	asap->t5_at = jiffies + msecs_to_jiffies(asap->t5_ms);
	asap->hunting = true;
}

/* SH5: others, and more time for them. */
static void rsp_hunt_end_t5(struct rsp_asap *asap)
{
	unsigned int max = READ_ONCE(asap->rn->set.retran_max_ms);

	RSP_INC(asap->rn, HUNT_TIMEOUT);
	asap->t5_ms = max(asap->t5_ms, min(2 * asap->t5_ms, max));
	rsp_hunt_start_t5(asap);
	rsp_hunt_close_all(asap, RSERPOOL_REGISTRAR_STATE_FAILED);
	rsp_hunt_in_vain(asap);
	if (rsp_hunt_round_over(asap))
		asap->round++;
	asap->hunt_at = jiffies;
}

void rsp_hunt_stop(struct rsp_asap *asap)
{
	rsp_hunt_close_all(asap, RSERPOOL_REGISTRAR_STATE_IDLE);
	asap->hunting = false;
	asap->t5_ms = 0;
	asap->hunt_ms = 0;
}

void rsp_hunt_again(struct rsp_asap *asap, struct rsp_registrar *lost)
{
	asap->round++;
	lost->round = asap->round;
	lost->last = !lost->first;
	asap->hunt_at = jiffies;
}

/* ---- the hunt ---------------------------------------------------------- */

static void rsp_hunt_fill(struct rsp_asap *asap)
{
	struct rsp_registrar *reg;

	while (asap->nattempts < RSP_HUNT_MAX) {
		if (time_before(jiffies, asap->hunt_at))
			break;
		reg = rsp_hunt_next(asap);
		if (!reg && asap->nattempts)
			break;
		if (reg)
			rsp_hunt_try(asap, reg);
		else
			rsp_hunt_pause(asap);
	}
	if (time_before(jiffies, asap->hunt_at))
		rsp_asap_wake_at(asap, asap->hunt_at);
	rsp_asap_wake_at(asap, asap->t5_at);
}

void rsp_hunt_run(struct rsp_asap *asap)
{
	struct rsp_registrar *reg = rsp_hunt_look(asap);

	if (reg) {
		rsp_hunt_stop(asap);
		rsp_home_gain(asap, reg);
		return;
	}
	if (READ_ONCE(asap->rn->dying))
		return;
	if (!rsp_hunt_needed(asap)) {
		asap->hunting = asap->nattempts;
		return;
	}
	if (!asap->hunting)
		rsp_hunt_start_t5(asap);
	else if (time_after_eq(jiffies, asap->t5_at))
		rsp_hunt_end_t5(asap);
	rsp_hunt_fill(asap);
}
