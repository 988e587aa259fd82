// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registrars of a network namespace, and which of them is home
 * (RFC 5352 section 3.6).
 *
 * The attached one is home as long as it is attached.  Without it, asap_hunt.c
 * looks for one, or one makes itself home: a registrar that has taken elements
 * over says so in a keep-alive with H=1.
 *
 * The list is read and changed from process context under asap->lock; one
 * taken off it is marked gone, and the work, which holds references of its
 * own to the home and those being tried, lets go of it.
 */
#include <linux/netlink.h>
#include <linux/slab.h>

#include "asap.h"

#define RSP_ADOPT_PAUSE		HZ	/* from one to the next */

struct rsp_registrar *rsp_registrar_alloc(const struct rsp_link_ops *ops)
{
	struct rsp_registrar *reg = kzalloc(sizeof(*reg), GFP_KERNEL);

	if (!reg)
		return NULL;
	INIT_LIST_HEAD(&reg->node);
	INIT_LIST_HEAD(&reg->attempt);
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
		.origin = READ_ONCE(reg->origin),
		.profile = READ_ONCE(reg->profile),
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

struct rsp_registrar *rsp_registrar_find(struct rsp_asap *asap,
					 const struct rsp_addr *addr, u16 port)
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

/* A learned one that is added is configured from now on. */
static int rsp_registrar_insert(struct rsp_asap *asap,
				struct rsp_registrar *reg,
				struct netlink_ext_ack *extack)
{
	struct rsp_registrar *old;

	lockdep_assert_held(&asap->lock);

	old = rsp_registrar_find(asap, &reg->addr, reg->port);
	if (old && old->origin == RSERPOOL_REGISTRAR_ORIGIN_CONFIGURED) {
		NL_SET_ERR_MSG(extack, "registrar is in the list");
		return -EEXIST;
	}
	if (asap->nregistrars >= RSP_REGISTRARS_MAX) {
		NL_SET_ERR_MSG(extack, "too many registrars");
		return -ENOSPC;
	}
	asap->nregistrars++;
	asap->added = true;
	if (!old) {
		list_add_tail(&rsp_registrar_get(reg)->node, &asap->registrars);
		return 0;
	}
	asap->nlearned--;
	WRITE_ONCE(old->origin, RSERPOOL_REGISTRAR_ORIGIN_CONFIGURED);
	WRITE_ONCE(old->profile, reg->profile);
	return 0;
}

/* The address is one of a single host: netlink.c has looked. */
int rsp_registrar_add(struct rsp_net *rn, const struct rsp_addr *addr,
		      u16 port, u32 profile, struct netlink_ext_ack *extack)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;
	int err;

	reg = rsp_registrar_alloc(&rsp_link_sctp);
	if (!reg)
		return -ENOMEM;
	reg->addr = *addr;
	reg->port = port;
	reg->profile = profile;

	spin_lock(&asap->lock);
	err = rsp_registrar_insert(asap, reg, extack);
	spin_unlock(&asap->lock);
	rsp_registrar_put(reg);
	if (!err)
		rsp_asap_kick(asap);
	return err;
}

void rsp_registrar_unlist(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	lockdep_assert_held(&asap->lock);

	list_del_init(&reg->node);
	if (reg->origin == RSERPOOL_REGISTRAR_ORIGIN_CONFIGURED)
		asap->nregistrars--;
	else
		asap->nlearned--;
	WRITE_ONCE(reg->gone, true);
}

int rsp_registrar_del(struct rsp_net *rn, const struct rsp_addr *addr,
		      u16 port, struct netlink_ext_ack *extack)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;

	spin_lock(&asap->lock);
	reg = rsp_registrar_find(asap, addr, port);
	if (reg)
		rsp_registrar_unlist(asap, reg);
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

void rsp_registrar_close(struct rsp_asap *asap, struct rsp_registrar *reg,
			 u32 state)
{
	reg->ops->close(asap, reg);
	rsp_registrar_set_state(reg, state);
	rsp_registrar_put(reg);
}

void rsp_home_gain(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	spin_lock(&asap->lock);
	WRITE_ONCE(asap->home, reg);
	spin_unlock(&asap->lock);
	rsp_addrs_home(asap);
	RSP_INC(asap->rn, REGISTRAR_UP);
	rsp_race(home_gained);
	rsp_registrar_event(asap, reg, RSERPOOL_EVENT_TYPE_REGISTRAR_UP);
	rsp_requests_restart(asap);
	rsp_pes_restart(asap);
}

/*
 * A lost home that was never configured is not looked for again: its port may
 * have been that of one association only.
 */
static void rsp_home_forget(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	if (reg->origin != RSERPOOL_REGISTRAR_ORIGIN_KEEP_ALIVE)
		return;
	spin_lock(&asap->lock);
	if (!list_empty(&reg->node))
		rsp_learned_drop(asap, reg);
	spin_unlock(&asap->lock);
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
	rsp_hunt_again(asap, reg);
	rsp_registrar_get(reg);
	rsp_registrar_close(asap, reg, state);
	rsp_home_forget(asap, reg);
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
 * An association never learns of a new address without an extension that few
 * have: it is aborted, and the same registrar is asked first for another one.
 * Sessions have associations of their own.
 */
void rsp_home_moved(struct rsp_asap *asap)
{
	struct rsp_registrar *home = asap->home;

	/* one that came by itself may not be reached anew */
	if (!home->ops->connect ||
	    home->origin == RSERPOOL_REGISTRAR_ORIGIN_KEEP_ALIVE ||
	    !rsp_link_sctp_lacks(asap, home->assoc_id, asap->addrs,
				 asap->naddrs)) {
		rsp_pes_renew(asap);
		return;
	}
	RSP_INC(asap->rn, REGISTRAR_RENEWED);
	home->first = true;
	rsp_registrar_set_state(home, RSERPOOL_REGISTRAR_STATE_FAILED);
	rsp_home_lose(asap);
}

/* ---- a home that comes by itself ------------------------------------- */

void rsp_home_adopt(struct rsp_asap *asap, struct rsp_registrar *from,
		    u32 server_id)
{
	const struct rsp_registrar *home = asap->home;

	if (from == home || asap->adopt == from ||
	    rsp_guest_find(asap, from->assoc_id) != from)
		return;
	if (home && (!home->ops->connect ||
		     (server_id && server_id == home->id &&
		      rsp_registrar_up(home))))
		return;
	rsp_registrar_put(asap->adopt);
	asap->adopt = rsp_registrar_get(from);
}

/* If the list has it already, that entry gets the association. */
static struct rsp_registrar *rsp_home_known(struct rsp_asap *asap,
					    struct rsp_registrar *guest)
{
	struct rsp_registrar *reg;

	spin_lock(&asap->lock);
	reg = rsp_registrar_find(asap, &guest->addr, guest->port);
	if (reg && !reg->assoc_id)
		rsp_registrar_get(reg);
	else
		reg = NULL;
	spin_unlock(&asap->lock);
	if (!reg)
		return NULL;
	reg->assoc_id = guest->assoc_id;
	reg->id = guest->id;
	rsp_registrar_set_state(reg, RSERPOOL_REGISTRAR_STATE_UP);
	guest->assoc_id = 0;
	WRITE_ONCE(guest->gone, true);
	rsp_acks_move(asap, guest, reg);
	return reg;
}

/* A guest becomes home, as asked by rsp_home_adopt(). */
static void rsp_home_change(struct rsp_asap *asap, struct rsp_registrar *guest)
{
	struct rsp_registrar *known;

	if (!rsp_registrar_up(guest) ||
	    rsp_guest_find(asap, guest->assoc_id) != guest)
		return;
	rsp_guest_leave(asap, guest);
	known = rsp_home_known(asap, guest);
	if (known) {
		rsp_registrar_put(guest);
		guest = known;
	} else if (rsp_learned_add(asap, guest)) {
		rsp_registrar_get(guest);
	} else {
		rsp_registrar_close(asap, guest,
				    RSERPOOL_REGISTRAR_STATE_IDLE);
		return;
	}
	if (asap->home)
		rsp_home_lose(asap);
	rsp_hunt_stop(asap);
	RSP_INC(asap->rn, REGISTRAR_ADOPTED);
	asap->adopt_at = jiffies + RSP_ADOPT_PAUSE;
	rsp_home_gain(asap, guest);
}

/*
 * Two that quarrel over the elements have them move once in a second.  Whoever
 * has no home does not wait for one.
 */
static void rsp_home_adopt_run(struct rsp_asap *asap, bool attached)
{
	struct rsp_registrar *guest = asap->adopt;

	if (!guest)
		return;
	if (!attached && asap->home && time_before(jiffies, asap->adopt_at)) {
		rsp_asap_wake_at(asap, asap->adopt_at);
		return;
	}
	asap->adopt = NULL;
	if (!attached)
		rsp_home_change(asap, guest);
	rsp_registrar_put(guest);
}

/* ---- the work -------------------------------------------------------- */

void rsp_home_run(struct rsp_asap *asap)
{
	struct rsp_registrar *attached = rsp_home_attached(asap);

	rsp_home_adopt_run(asap, attached);
	if (asap->home && (!rsp_registrar_up(asap->home) ||
			   (attached && attached != asap->home)))
		rsp_home_lose(asap);
	if (attached && !asap->home) {
		rsp_hunt_stop(asap);
		rsp_home_gain(asap, attached);
		return;
	}
	rsp_registrar_put(attached);
	if (!asap->home)
		rsp_hunt_run(asap);
}

/* T1 - T3 ran out: hunt (RFC 5352 section 3.7.2), if that can find another. */
void rsp_home_suspect(struct rsp_asap *asap)
{
	bool others;

	if (!asap->home || !asap->home->ops->connect)
		return;
	spin_lock(&asap->lock);
	others = asap->nregistrars + asap->nlearned > 1;
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

	list_for_each_entry_safe(reg, tmp, &asap->attempts, attempt) {
		list_del_init(&reg->attempt);
		asap->nattempts--;
		rsp_registrar_put(reg);
	}
	rsp_guests_exit(asap);
	rsp_registrar_put(asap->adopt);
	rsp_registrar_put(asap->home);
	asap->adopt = NULL;
	asap->home = NULL;
	spin_lock(&asap->lock);
	list_for_each_entry_safe(reg, tmp, &asap->registrars, node) {
		rsp_registrar_unlist(asap, reg);
		rsp_registrar_put(reg);
	}
	spin_unlock(&asap->lock);
}
