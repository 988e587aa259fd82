// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keep-alives of registrars (RFC 5352 section 3.4, KA1 and KA2).  One is
 * acknowledged for the element that it names, over the association that it came
 * by, whoever sent it.
 *
 * It asks for a server, and that there is a kernel says little about that: with
 * RSP_LIVENESS the program is asked first, and without an answer in time there
 * is none for the registrar either.  Such an element is not registered again
 * before its program runs (KAL-12).
 *
 * All runs in the namespace's work, in which the list of acknowledgements is.
 */
#include <linux/slab.h>

#include "asap.h"

#define RSP_ACKS_MAX		4096
#define RSP_KEEP_ALIVES_MAX	10	/* per second and element (KAL-11) */

/* A keep-alive that is to be acknowledged. */
struct rsp_ack {
	struct list_head node;		/* asap->acks */
	struct rsp_pe *pe;		/* a reference */
	struct rsp_registrar *to;	/* a reference */
	u32 number;
	bool asked;			/* whether the program runs */
	unsigned long until;		/* jiffies: for its answer */
};

static void rsp_ack_free(struct rsp_asap *asap, struct rsp_ack *ack)
{
	struct rsp_pe *pe = ack->pe;

	list_del(&ack->node);
	asap->nacks--;
	rsp_registrar_put(ack->to);
	if (!pe->ack_spare)
		swap(pe->ack_spare, ack);
	kfree(ack);
	rsp_pe_put(pe);
}

struct rsp_ack *rsp_ack_new(gfp_t gfp)
{
	return kmalloc(sizeof(struct rsp_ack), gfp);
}

/* Whoever does not answer is taken out of its pool: one can, without memory. */
static struct rsp_ack *rsp_ack_get(struct rsp_pe *pe)
{
	struct rsp_ack *ack = rsp_ack_new(GFP_ATOMIC);

	if (!ack)
		swap(pe->ack_spare, ack);
	return ack;
}

/* Return: false if the link is full and it has to wait. */
static bool rsp_ack_send(struct rsp_asap *asap, const struct rsp_ack *ack)
{
	const struct rsp_pe *pe = ack->pe;
	struct rsp_writer w;
	int len, err;

	rsp_msg_begin(&w, asap->tx, sizeof(asap->tx),
		      RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, 0);
	rsp_put_handle(&w, pe->handle.octets, pe->handle.len);
	rsp_put_pe_id(&w, pe->pe_id);
	len = rsp_msg_end(&w);
	err = len;
	if (len > 0)
		err = rsp_asap_send(asap, ack->to, asap->tx, len, ack->number);
	if (!err)
		RSP_INC(asap->rn, KEEPALIVE_ACK_TX);
	return err != -EAGAIN && err != -ENOMEM;
}

void rsp_asap_alive(struct rsp_net *rn)
{
	rsp_asap_kick(rn->asap);
}

/* As rsp_pe_tell() does: no call once rsp_asap_deregister() has returned. */
static bool rsp_pe_runs(struct rsp_asap *asap, struct rsp_pe *pe, bool knock)
{
	struct rsp_net *rn = asap->rn;
	bool runs;

	spin_lock_bh(&rn->pes_lock);
	if (pe->state == RSP_PE_LEAVING || pe->state == RSP_PE_GONE) {
		spin_unlock_bh(&rn->pes_lock);
		return false;
	}
	WRITE_ONCE(asap->telling, pe);
	spin_unlock_bh(&rn->pes_lock);

	runs = pe->alive(pe, knock);

	spin_lock_bh(&rn->pes_lock);
	WRITE_ONCE(asap->telling, NULL);
	spin_unlock_bh(&rn->pes_lock);
	wake_up_all(&asap->idle);
	return runs;
}

/* Neither answered for nor registered again until it runs. */
static void rsp_pe_stall(struct rsp_asap *asap, struct rsp_pe *pe)
{
	RSP_INC(asap->rn, KEEPALIVE_WITHHELD);
	if (!pe->stalled)
		asap->nstalled++;
	pe->stalled = true;
}

/* KAL-12.  Return: whether it is known now if the program runs. */
static bool rsp_ack_settled(struct rsp_asap *asap, struct rsp_ack *ack,
			    bool *runs)
{
	unsigned int ms = READ_ONCE(ack->pe->liveness_ms);
	bool knock = !ack->asked;

	*runs = true;
	if (!ms)
		return true;
	if (knock)
		ack->until = jiffies + msecs_to_jiffies(ms);
	ack->asked = true;
	*runs = rsp_pe_runs(asap, ack->pe, knock);
	if (*runs || time_after_eq(jiffies, ack->until))
		return true;
	rsp_asap_wake_at(asap, ack->until);
	return false;
}

static void rsp_ack_run(struct rsp_asap *asap, struct rsp_ack *ack)
{
	u8 state = READ_ONCE(ack->pe->state);
	bool runs;

	if (!rsp_registrar_up(ack->to) || state == RSP_PE_LEAVING ||
	    state == RSP_PE_GONE) {
		rsp_ack_free(asap, ack);
		return;
	}
	if (!rsp_ack_settled(asap, ack, &runs))
		return;
	if (!runs)
		rsp_pe_stall(asap, ack->pe);
	else if (!rsp_ack_send(asap, ack))
		return;
	rsp_ack_free(asap, ack);
}

/* One registrar that does not read does not keep others from their answers. */
static void rsp_acks_send(struct rsp_asap *asap)
{
	struct rsp_ack *ack, *tmp;

	list_for_each_entry_safe(ack, tmp, &asap->acks, node)
		rsp_ack_run(asap, ack);
}

/*
 * Those that run again are registered anew, since they may be out of the pool.
 * Elements are taken off rn->pes by this work only: the next one stays.
 */
static void rsp_stalled_run(struct rsp_asap *asap)
{
	struct rsp_net *rn = asap->rn;
	struct rsp_pe *pe;

	if (!asap->nstalled)
		return;
	spin_lock_bh(&rn->pes_lock);
	list_for_each_entry(pe, &rn->pes, node) {
		if (!pe->stalled)
			continue;
		spin_unlock_bh(&rn->pes_lock);
		if (rsp_pe_runs(asap, pe, false)) {
			pe->stalled = false;
			asap->nstalled--;
		}
		spin_lock_bh(&rn->pes_lock);
		if (!pe->stalled && pe->state != RSP_PE_LEAVING &&
		    pe->state != RSP_PE_REFUSED)
			rsp_pe_want(asap, pe);
	}
	spin_unlock_bh(&rn->pes_lock);
}

void rsp_acks_move(struct rsp_asap *asap, struct rsp_registrar *from,
		   struct rsp_registrar *to)
{
	struct rsp_ack *ack;

	list_for_each_entry(ack, &asap->acks, node) {
		if (ack->to != from)
			continue;
		ack->to = rsp_registrar_get(to);
		rsp_registrar_put(from);
	}
}

/* KAL-11: whatever others ask, the home finds its own keep-alives answered. */
static void rsp_pe_alive(struct rsp_asap *asap, struct rsp_pe *pe,
			 struct rsp_registrar *from, u32 number)
{
	struct rsp_bucket *bucket = from == asap->home ? &pe->alive_home :
							 &pe->alive_other;
	struct rsp_ack *ack = NULL;

	lockdep_assert_held(&asap->rn->pes_lock);

	if (asap->nacks < RSP_ACKS_MAX &&
	    rsp_bucket_take(bucket, RSP_KEEP_ALIVES_MAX))
		ack = rsp_ack_get(pe);
	if (!ack) {
		RSP_INC(asap->rn, KEEPALIVE_LIMITED);
		return;
	}
	refcount_inc(&pe->ref);
	ack->pe = pe;
	ack->to = rsp_registrar_get(from);
	ack->number = number;
	list_add_tail(&ack->node, &asap->acks);
	asap->nacks++;
}

static void rsp_pe_set_home_id(struct rsp_asap *asap, struct rsp_pe *pe,
			       u32 home_id)
{
	lockdep_assert_held(&asap->rn->pes_lock);

	if (!home_id || home_id == pe->home_id)
		return;
	pe->home_id = home_id;
	pe->tell = true;
	asap->tell = true;
}

/*
 * KA1, KA2: for the element named, or for each one of the handle (KAL-06),
 * over the association that it came by.  What is for nobody here is dropped
 * without a word.  With H=1 the sender is home from now on (KA2.4).
 */
void rsp_pe_keep_alive(struct rsp_asap *asap, struct rsp_registrar *from,
		       const struct rsp_msg *msg, u32 number)
{
	bool takeover = msg->flags & RSP_FLAG_HOME, home = from == asap->home;
	u32 home_id = takeover || home ? msg->server_id : 0;
	struct rsp_net *rn = asap->rn;
	struct rsp_handle handle;
	bool found = false;
	struct rsp_pe *pe;

	RSP_INC(rn, KEEPALIVE_RX);
	if (!rsp_handle_read(&handle, &msg->handle))
		goto out;
	spin_lock_bh(&rn->pes_lock);
	list_for_each_entry(pe, &rn->pes, node) {
		if (!rsp_handle_equal(&pe->handle, &handle) ||
		    (msg->has_pe_id && pe->pe_id != msg->pe_id) ||
		    !pe->known || pe->state == RSP_PE_LEAVING)
			continue;
		rsp_pe_set_home_id(asap, pe, home_id);
		rsp_pe_alive(asap, pe, from, number);
		found = true;
	}
	spin_unlock_bh(&rn->pes_lock);
out:
	if (!found) {
		RSP_INC(rn, KEEPALIVE_UNKNOWN);
		rsp_guest_bad(asap, from);
	}
	if (msg->server_id && (found || home))
		WRITE_ONCE(from->id, msg->server_id);
	if (found)
		rsp_guest_useful(asap, from);
	if (found && takeover)
		rsp_home_adopt(asap, from, msg->server_id);
}

void rsp_alive_run(struct rsp_asap *asap)
{
	rsp_acks_send(asap);
	rsp_stalled_run(asap);
}

void rsp_alive_exit(struct rsp_asap *asap)
{
	struct rsp_ack *ack, *tmp;

	list_for_each_entry_safe(ack, tmp, &asap->acks, node)
		rsp_ack_free(asap, ack);
}
