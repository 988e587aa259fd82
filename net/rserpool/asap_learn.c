// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registrars that were not configured (RFC 5352 section 3.6): those whose
 * announcements are heard, and those that made themselves home.
 *
 * They are few, whoever announces whatever (HNT-17): a new one needs a free
 * place, or that of one that was tried in vain, or of one whose announcer has
 * others.  From one address come at most four.  Configured ones have places of
 * their own, and a hunt tries them first.  An entry lives for T7, renewed by
 * each announcement, or three times what has passed between its last two, since
 * many registrars announce more rarely than T7 allows (HNT-05).  Home stays
 * home, announced or not.
 *
 * All under asap->lock; announcements come from their own work, the rest is the
 * namespace's.
 */
#include "asap.h"

#define RSP_T7_FACTOR_MAX	20	/* an entry's life at most, in T7 */

static bool rsp_is_learned(const struct rsp_registrar *reg)
{
	return reg->origin != RSERPOOL_REGISTRAR_ORIGIN_CONFIGURED;
}

void rsp_learned_drop(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	lockdep_assert_held(&asap->lock);

	rsp_registrar_unlist(asap, reg);
	rsp_registrar_put(reg);
}

static bool rsp_is_from(const struct rsp_registrar *reg,
			const struct rsp_addr *from)
{
	return reg->origin == RSERPOOL_REGISTRAR_ORIGIN_ANNOUNCED &&
	       !memcmp(&reg->from, from, sizeof(*from));
}

/* How many has this address announced? */
static unsigned int rsp_learned_from(struct rsp_asap *asap,
				     const struct rsp_addr *from)
{
	struct rsp_registrar *reg;
	unsigned int n = 0;

	lockdep_assert_held(&asap->lock);

	list_for_each_entry(reg, &asap->registrars, node)
		n += rsp_is_from(reg, from);
	return n;
}

/*
 * Who makes room: one that was tried in vain, with @from one of its; else one
 * whose announcer has others.
 */
static struct rsp_registrar *rsp_learned_spare(struct rsp_asap *asap,
					       const struct rsp_addr *from)
{
	struct rsp_registrar *reg, *spare = NULL;

	lockdep_assert_held(&asap->lock);

	list_for_each_entry(reg, &asap->registrars, node) {
		if (!rsp_is_learned(reg) || reg == asap->home ||
		    (from && !rsp_is_from(reg, from)))
			continue;
		if (READ_ONCE(reg->state) == RSERPOOL_REGISTRAR_STATE_FAILED)
			return reg;
		if (!from && !spare &&
		    READ_ONCE(reg->state) == RSERPOOL_REGISTRAR_STATE_IDLE &&
		    rsp_learned_from(asap, &reg->from) > 1)
			spare = reg;
	}
	return spare;
}

/* Return: whether there is a place now, for one announced by @from or NULL. */
static bool rsp_learned_room(struct rsp_asap *asap, const struct rsp_addr *from)
{
	struct rsp_registrar *spare;

	lockdep_assert_held(&asap->lock);

	if (from && rsp_learned_from(asap, from) >= RSP_LEARNED_FROM_MAX)
		spare = rsp_learned_spare(asap, from);
	else if (asap->nlearned >= RSP_LEARNED_MAX)
		spare = rsp_learned_spare(asap, NULL);
	else
		return true;
	if (spare)
		rsp_learned_drop(asap, spare);
	return spare;
}

bool rsp_learned_add(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	bool room;

	spin_lock(&asap->lock);
	room = rsp_learned_room(asap, NULL);
	if (room) {
		list_add_tail(&reg->node, &asap->registrars);
		asap->nlearned++;
	}
	spin_unlock(&asap->lock);
	return room;
}

/* As many as are known announce in turn, T6 apart. */
static unsigned long rsp_learned_life(struct rsp_asap *asap,
				      unsigned long interval)
{
	const struct rsp_settings *set = &asap->rn->set;
	unsigned long t7 = msecs_to_jiffies(READ_ONCE(set->t7_enrpoutdate_ms));
	unsigned long t6;

	lockdep_assert_held(&asap->lock);

	t6 = msecs_to_jiffies(READ_ONCE(set->t6_serverannounce_ms));
	interval = max(interval, t6 * (asap->nlearned + 1));
	return clamp(3 * interval, t7, RSP_T7_FACTOR_MAX * t7);
}

static void rsp_learn_others(struct rsp_registrar *reg,
			     const struct rsp_heard *heard)
{
	reg->nothers = heard->naddrs - 1;
	memcpy(reg->others, &heard->addrs[1],
	       reg->nothers * sizeof(reg->others[0]));
}

/* Heard again.  A configured one needs no announcement, but is there again. */
static void rsp_learn_known(struct rsp_asap *asap, struct rsp_registrar *reg,
			    const struct rsp_heard *heard)
{
	unsigned long now = jiffies;

	lockdep_assert_held(&asap->lock);

	if (READ_ONCE(reg->state) == RSERPOOL_REGISTRAR_STATE_FAILED)
		asap->demand = true;
	if (!rsp_is_learned(reg))
		return;
	reg->expires = now + rsp_learned_life(asap, now - reg->heard);
	reg->heard = now;
	rsp_learn_others(reg, heard);
}

static bool rsp_learn_new(struct rsp_asap *asap, struct rsp_registrar *reg,
			  const struct rsp_heard *heard)
{
	lockdep_assert_held(&asap->lock);

	if (!rsp_learned_room(asap, &heard->from))
		return false;
	reg->origin = RSERPOOL_REGISTRAR_ORIGIN_ANNOUNCED;
	reg->profile = heard->profile;
	reg->id = heard->id;
	reg->from = heard->from;
	reg->addr = heard->addrs[0];
	reg->port = heard->port;
	rsp_learn_others(reg, heard);
	reg->heard = jiffies;
	reg->expires = jiffies + rsp_learned_life(asap, 0);
	list_add_tail(&reg->node, &asap->registrars);
	asap->nlearned++;
	asap->demand = true;
	return true;
}

bool rsp_learn(struct rsp_asap *asap, const struct rsp_heard *heard)
{
	struct rsp_registrar *new, *reg;
	bool kick, good = true;

	new = rsp_registrar_alloc(&rsp_link_sctp);
	if (!new)
		return false;
	spin_lock(&asap->lock);
	reg = rsp_registrar_find(asap, &heard->addrs[0], heard->port);
	if (reg)
		rsp_learn_known(asap, reg, heard);
	else
		good = rsp_learn_new(asap, new, heard);
	kick = asap->demand && !asap->home;
	spin_unlock(&asap->lock);
	if (reg || !good)
		rsp_registrar_put(new);
	if (kick)
		rsp_asap_kick(asap);
	return good;
}

/* T7.  One that is being tried has its chance first. */
void rsp_learned_run(struct rsp_asap *asap)
{
	struct rsp_registrar *reg, *tmp;

	spin_lock(&asap->lock);
	list_for_each_entry_safe(reg, tmp, &asap->registrars, node) {
		if (reg->origin != RSERPOOL_REGISTRAR_ORIGIN_ANNOUNCED ||
		    reg == asap->home || !list_empty(&reg->attempt))
			continue;
		if (time_before(jiffies, reg->expires)) {
			rsp_asap_wake_at(asap, reg->expires);
			continue;
		}
		RSP_INC(asap->rn, ANNOUNCE_EXPIRED);
		rsp_learned_drop(asap, reg);
	}
	spin_unlock(&asap->lock);
}
