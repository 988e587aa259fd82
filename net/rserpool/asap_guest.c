// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests: associations that others made with the ASAP endpoint, to ask for
 * pool elements by keep-alive and maybe to take them over (RFC 5352 section
 * 3.4, RFC 5353 section 3.5).
 *
 * Who they are cannot be known, so they are kept apart from the registrars and
 * each costs a bounded amount: of associations, in all and of one address; of
 * time, unless there are elements that it asks for; of messages, those of no
 * use in particular.  A guest becomes a registrar when it becomes home.
 *
 * All runs in the namespace's work, in which the list is.
 */
#include "asap.h"

#define RSP_GUEST_TRIAL		(30 * HZ)	/* to say something useful */
#define RSP_GUEST_STAY		(600 * HZ)	/* after that */
#define RSP_GUEST_MESSAGES_MAX	5000		/* per second */
#define RSP_GUEST_BAD_MAX	20		/* per second */

static bool rsp_is_guest(const struct rsp_registrar *reg)
{
	return reg->origin == RSERPOOL_REGISTRAR_ORIGIN_KEEP_ALIVE;
}

struct rsp_registrar *rsp_guest_find(struct rsp_asap *asap, s32 assoc_id)
{
	struct rsp_registrar *reg;

	list_for_each_entry(reg, &asap->guests, node)
		if (reg->assoc_id == assoc_id)
			return reg;
	return NULL;
}

struct rsp_registrar *rsp_guest_of(struct rsp_asap *asap,
				   const struct rsp_registrar *reg)
{
	struct rsp_registrar *guest;

	list_for_each_entry(guest, &asap->guests, node)
		if (guest->port == reg->port &&
		    !memcmp(&guest->addr, &reg->addr, sizeof(reg->addr)))
			return guest;
	return NULL;
}

void rsp_guest_leave(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	list_del_init(&reg->node);
	asap->nguests--;
}

/* Messages of it that wait for an answer find it gone. */
static void rsp_guest_turn_out(struct rsp_asap *asap, struct rsp_registrar *reg,
			       u32 state)
{
	rsp_guest_leave(asap, reg);
	WRITE_ONCE(reg->gone, true);
	rsp_registrar_close(asap, reg, state);
}

/* Is there room for one more of this address, or can there be? */
static bool rsp_guest_room(struct rsp_asap *asap, const struct rsp_addr *addr)
{
	struct rsp_registrar *reg, *oldest = NULL;
	unsigned int same = 0;

	list_for_each_entry(reg, &asap->guests, node) {
		if (!memcmp(&reg->addr, addr, sizeof(*addr)))
			same++;
		if (!oldest && !reg->useful)
			oldest = reg;
	}
	if (same >= RSP_GUESTS_HOST_MAX)
		return false;
	if (asap->nguests < RSP_GUESTS_MAX)
		return true;
	if (!oldest)
		return false;
	WRITE_ONCE(oldest->state, RSERPOOL_REGISTRAR_STATE_FAILED);
	rsp_guest_turn_out(asap, oldest, RSERPOOL_REGISTRAR_STATE_FAILED);
	RSP_INC(asap->rn, GUESTS_REFUSED);
	return true;
}

struct rsp_registrar *rsp_guest_come(struct rsp_asap *asap, s32 assoc_id)
{
	struct rsp_registrar *reg = NULL;
	struct rsp_addr addr;
	u16 port;

	if (!rsp_link_sctp_peer(asap, assoc_id, &addr, &port))
		return NULL;
	if (rsp_guest_room(asap, &addr))
		reg = rsp_registrar_alloc(&rsp_link_sctp);
	if (!reg) {
		rsp_link_sctp_abort(asap, assoc_id);
		RSP_INC(asap->rn, GUESTS_REFUSED);
		return NULL;
	}
	reg->origin = RSERPOOL_REGISTRAR_ORIGIN_KEEP_ALIVE;
	reg->addr = addr;
	reg->port = port;
	reg->assoc_id = assoc_id;
	reg->state = RSERPOOL_REGISTRAR_STATE_UP;
	reg->until = jiffies + RSP_GUEST_TRIAL;
	reg->messages.since = jiffies - HZ;
	reg->bad.since = jiffies - HZ;
	list_add_tail(&reg->node, &asap->guests);
	asap->nguests++;
	RSP_INC(asap->rn, GUESTS);
	return reg;
}

bool rsp_guest_message(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	if (!rsp_is_guest(reg) || reg == asap->home)
		return true;
	if (!rsp_bucket_take(&reg->messages, RSP_GUEST_MESSAGES_MAX))
		WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_FAILED);
	return rsp_registrar_up(reg);
}

void rsp_guest_bad(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	if (!rsp_is_guest(reg) || reg == asap->home)
		return;
	if (!rsp_bucket_take(&reg->bad, RSP_GUEST_BAD_MAX))
		WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_FAILED);
}

void rsp_guest_useful(struct rsp_asap *asap, struct rsp_registrar *reg)
{
	reg->useful = true;
	reg->until = jiffies + RSP_GUEST_STAY;
}

/* One that failed is aborted, one that has been idle gets a SHUTDOWN. */
void rsp_guests_run(struct rsp_asap *asap)
{
	struct rsp_registrar *reg, *tmp;

	list_for_each_entry_safe(reg, tmp, &asap->guests, node) {
		if (reg->state == RSERPOOL_REGISTRAR_STATE_UP &&
		    time_before(jiffies, reg->until)) {
			rsp_asap_wake_at(asap, reg->until);
			continue;
		}
		if (reg->state != RSERPOOL_REGISTRAR_STATE_UP && reg->assoc_id)
			RSP_INC(asap->rn, GUESTS_REFUSED);
		rsp_guest_turn_out(asap, reg, RSERPOOL_REGISTRAR_STATE_IDLE);
	}
}

void rsp_guests_exit(struct rsp_asap *asap)
{
	struct rsp_registrar *reg, *tmp;

	list_for_each_entry_safe(reg, tmp, &asap->guests, node) {
		rsp_guest_leave(asap, reg);
		rsp_registrar_put(reg);
	}
}
