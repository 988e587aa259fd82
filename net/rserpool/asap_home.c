// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registrars of a network namespace, and which of them is home
 * (RFC 5352 section 3.6).
 *
 * The attached one is home as long as it is attached.  Without it, the
 * configured ones are tried one after the other in the order of the list, from
 * the time that somebody needs one; after a round without success there is a
 * pause, which doubles.  One that failed as home comes last in the next round.
 *
 * The list is read and changed from process context under asap->lock; one
 * taken off it is marked gone, and the work, which holds references of its
 * own to the home and the one being tried, lets go of it.
 */
#include <linux/netlink.h>
#include <linux/slab.h>

#include "asap.h"

#define RSP_HUNT_PAUSE_MS	1000	/* after the first round; doubles */

struct rsp_registrar *rsp_registrar_alloc(const struct rsp_link_ops *ops)
{
	struct rsp_registrar *reg = kzalloc(sizeof(*reg), GFP_KERNEL);

	if (!reg)
		return NULL;
	INIT_LIST_HEAD(&reg->node);
	refcount_set(&reg->ref, 1);
	reg->ops = ops;
	reg->state = RSERPOOL_REGISTRAR_STATE_IDLE;
	return reg;
}

void rsp_registrar_put(struct rsp_registrar *reg)
{
	if (reg && refcount_dec_and_test(&reg->ref))
		kfree(reg);
}

static void rsp_registrar_info(const struct rsp_asap *asap,
			       const struct rsp_registrar *reg,
			       struct rsp_registrar_info *info)
{
	*info = (struct rsp_registrar_info) {
		.link = reg->ops->link,
		.state = READ_ONCE(reg->state),
		.home = READ_ONCE(asap->home) == reg,
		.id = READ_ONCE(reg->id),
		.addr = reg->addr,
		.port = reg->port,
		.portid = reg->portid,
		.tx = READ_ONCE(reg->tx),
		.rx = READ_ONCE(reg->rx),
	};
}

static void rsp_registrar_event(struct rsp_asap *asap,
				struct rsp_registrar *reg,
				enum rserpool_event_type type)
{
	struct rsp_registrar_info info;

	rsp_registrar_info(asap, reg, &info);
	rsp_event_registrar(asap->rn, type, &info);
}

static void rsp_registrar_set_state(struct rsp_registrar *reg, u32 state)
{
	WRITE_ONCE(reg->state, state);
}

/* ---- the list -------------------------------------------------------- */

bool rsp_registrar_nth(struct rsp_net *rn, unsigned int n,
		       struct rsp_registrar_info *info)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;
	bool found = false;

	spin_lock(&asap->lock);
	list_for_each_entry(reg, &asap->registrars, node) {
		if (n--)
			continue;
		rsp_registrar_info(asap, reg, info);
		found = true;
		break;
	}
	spin_unlock(&asap->lock);
	return found;
}

static struct rsp_registrar *
rsp_registrar_find(struct rsp_asap *asap, const struct rsp_addr *addr, u16 port)
{
	struct rsp_registrar *reg;

	lockdep_assert_held(&asap->lock);

	list_for_each_entry(reg, &asap->registrars, node)
		if (reg->ops == &rsp_link_sctp && reg->port == port &&
		    reg->addr.family == addr->family &&
		    !memcmp(reg->addr.octets, addr->octets,
			    sizeof(addr->octets)))
			return reg;
	return NULL;
}

/* The address is one of a single host: netlink.c has looked. */
int rsp_registrar_add(struct rsp_net *rn, const struct rsp_addr *addr,
		      u16 port, struct netlink_ext_ack *extack)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;
	int err = 0;

	reg = rsp_registrar_alloc(&rsp_link_sctp);
	if (!reg)
		return -ENOMEM;
	reg->addr = *addr;
	reg->port = port;

	spin_lock(&asap->lock);
	if (rsp_registrar_find(asap, addr, port)) {
		NL_SET_ERR_MSG(extack, "registrar is in the list");
		err = -EEXIST;
	} else if (asap->nregistrars >= RSP_REGISTRARS_MAX) {
		NL_SET_ERR_MSG(extack, "too many registrars");
		err = -ENOSPC;
	} else {
		list_add_tail(&reg->node, &asap->registrars);
		asap->nregistrars++;
		asap->added = true;
	}
	spin_unlock(&asap->lock);

	if (err) {
		rsp_registrar_put(reg);
		return err;
	}
	rsp_asap_kick(asap);
	return 0;
}

int rsp_registrar_del(struct rsp_net *rn, const struct rsp_addr *addr,
		      u16 port, struct netlink_ext_ack *extack)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;

	spin_lock(&asap->lock);
	reg = rsp_registrar_find(asap, addr, port);
	if (reg) {
		list_del_init(&reg->node);
		asap->nregistrars--;
		WRITE_ONCE(reg->gone, true);
	}
	spin_unlock(&asap->lock);

	if (!reg) {
		NL_SET_ERR_MSG(extack, "registrar is not in the list");
		return -ENOENT;
	}
	rsp_asap_kick(asap);
	rsp_registrar_put(reg);
	return 0;
}

/* ---- the home -------------------------------------------------------- */

static void rsp_registrar_close(struct rsp_asap *asap,
				struct rsp_registrar *reg, u32 state)
{
	reg->ops->close(asap, reg);
	rsp_registrar_set_state(reg, state);
	rsp_registrar_put(reg);
}

/* Takes the caller's reference over. */
static void rsp_home_gain(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	spin_lock(&asap->lock);
	WRITE_ONCE(asap->home, reg);
	spin_unlock(&asap->lock);
	asap->hunt_ms = 0;
	RSP_INC(asap->rn, REGISTRAR_UP);
	rsp_race(home_gained);
	rsp_registrar_event(asap, reg, RSERPOOL_EVENT_TYPE_REGISTRAR_UP);
	rsp_requests_restart(asap);
	rsp_pes_restart(asap);
}

static void rsp_home_lose(struct rsp_asap *asap)
{
	struct rsp_registrar *reg = asap->home;
	u32 state = RSERPOOL_REGISTRAR_STATE_FAILED;

	if (reg->state == RSERPOOL_REGISTRAR_STATE_UP)
		state = RSERPOOL_REGISTRAR_STATE_IDLE;
	spin_lock(&asap->lock);
	WRITE_ONCE(asap->home, NULL);
	spin_unlock(&asap->lock);
	asap->round++;
	reg->round = asap->round;
	reg->last = true;
	asap->hunt_at = jiffies;
	refcount_inc(&reg->ref);
	rsp_registrar_close(asap, reg, state);
	RSP_INC(asap->rn, REGISTRAR_DOWN);
	rsp_race(home_lost);
	rsp_registrar_event(asap, reg, RSERPOOL_EVENT_TYPE_REGISTRAR_DOWN);
	rsp_registrar_put(reg);
	rsp_requests_restart(asap);
	rsp_pes_restart(asap);
}

/* The attached registrar stands first in the list.  A reference. */
static struct rsp_registrar *rsp_home_attached(struct rsp_asap *asap)
{
	struct rsp_registrar *reg;

	spin_lock(&asap->lock);
	reg = list_first_entry_or_null(&asap->registrars,
				       struct rsp_registrar, node);
	if (reg && !reg->ops->connect && rsp_registrar_up(reg))
		rsp_registrar_get(reg);
	else
		reg = NULL;
	spin_unlock(&asap->lock);
	return reg;
}

/*
 * The next one that this hunt has not tried yet; the one that was home until
 * now comes last.  A reference.
 */
static struct rsp_registrar *rsp_home_candidate(struct rsp_asap *asap)
{
	struct rsp_registrar *reg, *next = NULL;

	spin_lock(&asap->lock);
	list_for_each_entry(reg, &asap->registrars, node) {
		if (!reg->ops->connect)
			continue;
		if (reg->round != asap->round) {
			next = reg;
			break;
		}
		if (reg->last && !next)
			next = reg;
	}
	if (next) {
		next->round = asap->round;
		next->last = false;
		rsp_registrar_get(next);
	}
	spin_unlock(&asap->lock);
	return next;
}

static unsigned long rsp_home_earlier(unsigned long hunt_at,
				      unsigned long paused_at)
{
	unsigned long soon = paused_at + msecs_to_jiffies(RSP_HUNT_PAUSE_MS);

	return time_before(soon, hunt_at) ? soon : hunt_at;
}

/* On demand: requests wait, or there are elements or subscriptions. */
static bool rsp_home_needed(struct rsp_asap *asap)
{
	bool needed;

	spin_lock(&asap->lock);
	if (asap->added)		/* not tried yet: no pause */
		asap->hunt_at = jiffies;
	else if (asap->demand)		/* nor a long one for who has just come */
		asap->hunt_at = rsp_home_earlier(asap->hunt_at,
						 asap->paused_at);
	asap->added = false;
	asap->demand = false;
	needed = !list_empty(&asap->registrars) &&
		 (!list_empty(&asap->requests) || rsp_subs_waiting(asap) ||
		  READ_ONCE(asap->rn->npes));
	spin_unlock(&asap->lock);
	return needed;
}

/* SH5.1: a pause that doubles; the one who waits is told that it takes time. */
static void rsp_home_pause(struct rsp_asap *asap)
{
	unsigned int max = READ_ONCE(asap->rn->set.retran_max_ms);

	asap->hunt_ms = min(asap->hunt_ms ? asap->hunt_ms * 2 :
			    RSP_HUNT_PAUSE_MS, max(max, 1U));
	asap->paused_at = jiffies;
	asap->hunt_at = jiffies + msecs_to_jiffies(asap->hunt_ms);
	asap->round++;
	rsp_asap_wake_at(asap, asap->hunt_at);
	rsp_requests_unreachable(asap);
	rsp_pes_unreachable(asap);
}

static void rsp_home_try(struct rsp_asap *asap)
{
	unsigned int ms = READ_ONCE(asap->rn->set.connect_timeout_ms);
	struct rsp_registrar *reg;

	reg = rsp_home_candidate(asap);
	if (!reg) {
		rsp_home_pause(asap);
		return;
	}
	asap->trying = reg;
	asap->try_until = jiffies + msecs_to_jiffies(ms);
	rsp_registrar_set_state(reg, RSERPOOL_REGISTRAR_STATE_CONNECTING);
	if (reg->ops->connect(asap, reg))
		rsp_registrar_set_state(reg, RSERPOOL_REGISTRAR_STATE_FAILED);
	rsp_asap_wake_at(asap, asap->try_until);
}

/* Return: the one being tried has become home, or is not out yet. */
static bool rsp_home_trying(struct rsp_asap *asap)
{
	struct rsp_registrar *reg = asap->trying;

	if (!reg)
		return false;
	if (rsp_registrar_up(reg)) {
		asap->trying = NULL;
		rsp_home_gain(asap, reg);
		return true;
	}
	if (!READ_ONCE(reg->gone) &&
	    reg->state == RSERPOOL_REGISTRAR_STATE_CONNECTING &&
	    time_before(jiffies, asap->try_until)) {
		rsp_asap_wake_at(asap, asap->try_until);
		return true;
	}
	asap->trying = NULL;
	rsp_registrar_close(asap, reg, RSERPOOL_REGISTRAR_STATE_FAILED);
	return false;
}

void rsp_home_run(struct rsp_asap *asap)
{
	struct rsp_registrar *attached = rsp_home_attached(asap);

	if (asap->home && (!rsp_registrar_up(asap->home) ||
			   (attached && attached != asap->home)))
		rsp_home_lose(asap);
	if (attached && !asap->home) {
		if (asap->trying)
			rsp_registrar_close(asap, asap->trying,
					    RSERPOOL_REGISTRAR_STATE_IDLE);
		asap->trying = NULL;
		rsp_home_gain(asap, attached);
		return;
	}
	rsp_registrar_put(attached);
	while (!asap->home && !rsp_home_trying(asap) &&
	       !READ_ONCE(asap->rn->dying) && rsp_home_needed(asap)) {
		if (time_before(jiffies, asap->hunt_at)) {
			rsp_asap_wake_at(asap, asap->hunt_at);
			break;
		}
		rsp_home_try(asap);
	}
}

/* T1 - T3 ran out: hunt (RFC 5352 section 3.7.2), if that can find another. */
void rsp_home_suspect(struct rsp_asap *asap)
{
	bool others;

	if (!asap->home || !asap->home->ops->connect)
		return;
	spin_lock(&asap->lock);
	others = asap->nregistrars > 1;
	spin_unlock(&asap->lock);
	if (!others)
		return;
	rsp_registrar_set_state(asap->home, RSERPOOL_REGISTRAR_STATE_FAILED);
	rsp_asap_wake_at(asap, jiffies);
}

/* The work is over. */
void rsp_home_exit(struct rsp_asap *asap)
{
	struct rsp_registrar *reg, *tmp;

	rsp_registrar_put(asap->home);
	rsp_registrar_put(asap->trying);
	asap->home = NULL;
	asap->trying = NULL;
	list_for_each_entry_safe(reg, tmp, &asap->registrars, node) {
		list_del(&reg->node);
		rsp_registrar_put(reg);
	}
}
