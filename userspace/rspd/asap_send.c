// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes each message into the registrar's one buffer and hands it to the
 * link.  A message that is too long for the link is not sent: of a resolution
 * fewer pool elements are (WIRE-40), of a refusal the cause without its data.
 */
#include "asap_send.h"

#include <errno.h>

#include "log.h"
#include "policy.h"

/* More than fit into a message: a Pool Element has at least 40 octets. */
#define ASAP_ITEMS_MAX	(RSP_MSG_SPACE / 40)

static void asap_begin(struct registrar *r, struct rsp_writer *w,
		       struct asap_to to, uint8_t type, uint8_t flags)
{
	size_t room = sizeof(r->out);

	if (to.assoc->link->msg_max < room)
		room = to.assoc->link->msg_max;
	rsp_msg_begin(w, r->out, room, type, flags);
}

static int asap_end(struct registrar *r, struct rsp_writer *w,
		    struct asap_to to)
{
	int len = rsp_msg_end(w);
	int err = len;

	r->stats.tx++;
	if (len > 0)
		err = to.assoc->link->send(to.assoc, to.request, r->out, len);
	if (err) {
		r->stats.tx_failed++;
		log_debug("message type %u not sent over %s: error %d",
			  r->out[0], to.assoc->link->name, -err);
	}
	return err;
}

/* The pool's own parameter, which causes 0x5 and 0x7 show (ERR-08, ERR-10). */
static void asap_put_difference(struct rsp_writer *w, const struct hs_pool *pool,
				int cause)
{
	struct rsp_pe_param first;

	hs_pe_param(TAILQ_FIRST(&pool->pes), &first);
	if (cause == RSP_CAUSE_INCONSISTENT_POLICY)
		rsp_put_cause_policy(w, &first.policy);
	else
		rsp_put_cause_transport(w, &first.user);
}

static void asap_put_refusal(struct registrar *r, struct rsp_writer *w,
			     struct rsp_octets handle, int cause,
			     struct rsp_octets culprit)
{
	struct rsp_mark mark = rsp_mark(w);
	struct hs_pool *pool = NULL;

	if (cause == RSP_CAUSE_INCONSISTENT_POLICY ||
	    cause == RSP_CAUSE_INCONSISTENT_TRANSPORT)
		pool = hs_find_pool(&r->hs, handle);
	if (pool)
		asap_put_difference(w, pool, cause);
	else
		rsp_put_cause(w, cause, culprit.data, culprit.len);
	if (!w->failed)
		return;
	rsp_rewind(w, mark);
	rsp_put_cause(w, cause, NULL, 0);
}

void asap_send_registered(struct registrar *r, struct asap_to to,
			  struct rsp_octets handle, uint32_t pe_id, int cause,
			  struct rsp_octets culprit)
{
	struct rsp_writer w;
	struct rsp_mark mark;

	asap_begin(r, &w, to, RSP_ASAP_REGISTRATION_RESPONSE,
		   cause ? RSP_FLAG_REJECT : 0);
	rsp_put_handle(&w, handle.data, handle.len);
	rsp_put_pe_id(&w, pe_id);
	mark = rsp_mark(&w);
	/* RSPLIB takes any error for a refusal, whatever the flag says */
	if (cause)
		asap_put_refusal(r, &w, handle, cause, culprit);
	else if (culprit.len && !to.assoc->rsplib)
		rsp_put_cause(&w, RSP_CAUSE_INVALID_VALUES, culprit.data,
			      culprit.len);
	if (w.failed)
		rsp_rewind(&w, mark);	/* the flag has to do */
	asap_end(r, &w, to);
}

void asap_send_deregistered(struct registrar *r, struct asap_to to,
			    struct rsp_octets handle, uint32_t pe_id,
			    int cause)
{
	const struct rsp_octets none = { 0 };
	struct rsp_writer w;

	/* No R flag here: the cause alone says that it was refused. */
	asap_begin(r, &w, to, RSP_ASAP_DEREGISTRATION_RESPONSE, 0);
	rsp_put_handle(&w, handle.data, handle.len);
	rsp_put_pe_id(&w, pe_id);
	if (cause)
		asap_put_refusal(r, &w, handle, cause, none);
	asap_end(r, &w, to);
}

/* RES-26; RSPLIB's clients want to see a policy in any case. */
static void asap_put_pool_policy(struct rsp_writer *w, struct asap_to to,
				 const struct hs_pool *pool)
{
	struct rsp_pe_param first;

	if (pool->policy == RSP_POLICY_ROUND_ROBIN && !to.assoc->rsplib)
		return;
	hs_pe_param(TAILQ_FIRST(&pool->pes), &first);
	rsp_put_policy(w, &first.policy);
}

/* Return: pool elements that fitted. */
static size_t asap_put_pes(struct rsp_writer *w, struct asap_to to,
			   struct hs_pe **pes, size_t n)
{
	struct rsp_mark mark;
	__s32 life;
	size_t i;

	for (i = 0; i < n; i++) {
		life = assoc_life_out(to.assoc->rsplib,
				      rsp_pe_life(pes[i]->param));
		mark = rsp_mark(w);
		rsp_put_pe_again(w, pes[i]->param, life);
		if (!w->failed)
			continue;
		rsp_rewind(w, mark);
		break;
	}
	return i;
}

int asap_send_pool(struct registrar *r, struct asap_to to,
		   struct hs_pool *pool, uint32_t items, bool accepted)
{
	struct hs_pe *pes[ASAP_ITEMS_MAX];
	struct rsp_writer w;
	size_t n, fitted;

	if (r->config.max_items && items > r->config.max_items)
		items = r->config.max_items;
	if (items > ASAP_ITEMS_MAX)
		items = ASAP_ITEMS_MAX;
	n = policy_select(pool, pes, items, &r->random);
	asap_begin(r, &w, to, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE,
		   accepted ? RSP_FLAG_ACCEPTED : 0);
	rsp_put_handle(&w, pool->handle, pool->handle_len);
	asap_put_pool_policy(&w, to, pool);
	fitted = asap_put_pes(&w, to, pes, n);
	/* also the one that is too long: the next time it is another one's turn */
	policy_returned(pool, pes, fitted ? fitted : 1, r->config.degrade_items);
	if (fitted)
		return asap_end(r, &w, to);
	/* RES-10: a positive answer has at least one */
	asap_send_no_pool(r, to, hs_pool_handle(pool),
			  RSP_CAUSE_LACK_OF_RESOURCES);
	return -ENOSPC;
}

int asap_send_no_pool(struct registrar *r, struct asap_to to,
		      struct rsp_octets handle, int cause)
{
	struct rsp_writer w;

	asap_begin(r, &w, to, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE, 0);
	rsp_put_handle(&w, handle.data, handle.len);
	rsp_put_cause(&w, cause, NULL, 0);
	return asap_end(r, &w, to);
}

/* H=0: who registered here, or belongs elsewhere, knows its home already. */
int asap_send_keep_alive(struct registrar *r, const struct hs_pe *pe)
{
	struct asap_to to = { .assoc = pe->owner };
	struct rsp_writer w;

	r->stats.keep_alives++;
	asap_begin(r, &w, to, RSP_ASAP_ENDPOINT_KEEP_ALIVE,
		   pe->claim ? RSP_FLAG_HOME : 0);
	rsp_put_u32(&w, r->config.id);
	rsp_put_handle(&w, pe->pool->handle, pe->pool->handle_len);
	rsp_put_pe_id(&w, pe->id);	/* KAL-06 */
	return asap_end(r, &w, to);
}

void asap_send_error(struct registrar *r, struct asap_to to,
		     const struct rsp_causes *causes)
{
	struct rsp_writer w;

	asap_begin(r, &w, to, RSP_ASAP_ERROR, 0);
	rsp_put_error(&w, causes);
	asap_end(r, &w, to);
}
