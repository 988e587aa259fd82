// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that SCTP handed back when an association died
 * (SCTP_SEND_FAILED_EVENT): order them, put their pieces together, and send
 * those again that the socket's contract (RSP_REPLAY) names.  As SCTP gave
 * them they stand in rsk->returned; once that is settled, in rsk->resend.
 *
 * SCTP returns one event for each fragment, not in the order of sending where
 * retransmissions are involved; the context that each message was sent with
 * tells the order.  What was cumulatively acknowledged never comes back.
 */
#include <linux/list_sort.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "session.h"

static u32 rsp_returned_octets(const struct rsp_returned *r)
{
	return struct_size(r, buf, r->off + r->len);
}

static void rsp_returned_free(struct rsp_sock *rsk, struct rsp_returned *r)
{
	u32 octets = rsp_returned_octets(r);

	list_del(&r->node);
	if (r->held)
		WRITE_ONCE(rsk->held_octets, rsk->held_octets - octets);
	rsp_user_uncharge(rsk->user, RSP_QUOTA_REPLAY, octets);
	kvfree(r);
}

static u32 rsp_returned_free_all(struct rsp_sock *rsk, struct list_head *list)
{
	struct rsp_returned *r, *tmp;
	u32 n = 0;

	list_for_each_entry_safe(r, tmp, list, node) {
		rsp_returned_free(rsk, r);
		n++;
	}
	return n;
}

u32 rsp_returned_purge(struct rsp_sock *rsk)
{
	rsk->has_oldest = false;
	rsk->refused = false;
	return rsp_returned_free_all(rsk, &rsk->returned) +
	       rsp_returned_free_all(rsk, &rsk->resend);
}

/*
 * Behind what came back, if there is any: the next server gets all of it in
 * the order of sending.
 */
int rsp_returned_hold(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		      const struct rsp_terms *terms)
{
	u32 limit = READ_ONCE(rsk->face->sk.sk_sndbuf);
	struct rsp_returned *r;
	int err;

	lockdep_assert_held(&rsk->tx_mutex);

	if (len > limit)
		return -EMSGSIZE;
	if (rsk->held_octets >= limit)
		rsp_returned_expire(rsk);
	if (rsk->held_octets >= limit)
		return -EAGAIN;
	if (!rsp_user_charge(rsk->user, RSP_QUOTA_REPLAY,
			     struct_size(r, buf, len)))
		return -EDQUOT;
	err = -ENOMEM;
	r = kvmalloc(struct_size(r, buf, len), GFP_KERNEL_ACCOUNT);
	if (!r)
		goto err_charge;
	*r = (struct rsp_returned) {
		.frag = SCTP_DATA_NOT_FRAG,
		.held = true,
		.terms = *terms,
		.len = len,
	};
	r->terms.options &= RSP_CONTEXT_OPTIONS | RSP_SEND_UNORDERED;
	err = -EFAULT;
	if (!copy_from_iter_full(r->buf, len, &msg->msg_iter))
		goto err_message;
	list_add_tail(&r->node, &rsk->resend);
	WRITE_ONCE(rsk->held_octets,
		   rsk->held_octets + rsp_returned_octets(r));
	return len;

err_message:
	kvfree(r);
err_charge:
	rsp_user_uncharge(rsk->user, RSP_QUOTA_REPLAY, struct_size(r, buf, len));
	return err;
}

/* Contexts are serial numbers of RSP_CONTEXT_BITS. */
static bool rsp_context_before(u32 a, u32 b)
{
	return (s32)((a - b) << (32 - RSP_CONTEXT_BITS)) < 0;
}

/* rsp_returned_missing() begins to count there. */
static void rsp_returned_note(struct rsp_sock *rsk, u32 context)
{
	if (!rsk->has_oldest || rsp_context_before(context, rsk->oldest))
		rsk->oldest = context;
	rsk->has_oldest = true;
}

/*
 * Bounded by the lower's send buffer, in which all of it was until now, and by
 * what the user may have: what is above that is missing in the end.
 */
bool rsp_returned_add(struct rsp_sock *rsk, struct rsp_returned *r, u32 len)
{
	const struct sctp_send_failed_event *ev = (const void *)r->buf;

	lockdep_assert_held(&rsk->rx_mutex);

	if (len < sizeof(*ev) || !rsp_session_moves(rsk) ||
	    ev->ssfe_info.snd_ppid == (__force u32)cpu_to_be32(RSP_ASAP_PPID))
		return false;
	r->context = ev->ssfe_info.snd_context;
	r->terms = (struct rsp_terms) {
		.options = r->context >> RSP_CONTEXT_SHIFT,
		.ppid = be32_to_cpu((__force __be32)ev->ssfe_info.snd_ppid),
		.stream = ev->ssfe_info.snd_sid,
	};
	if (ev->ssfe_info.snd_flags & SCTP_DATA_UNORDERED)
		r->terms.options |= RSP_SEND_UNORDERED;
	r->frag = ev->ssfe_info.snd_flags & SCTP_DATA_FRAG_MASK;
	r->sent = ev->ssf_flags == SCTP_DATA_SENT;
	r->again = false;
	r->held = false;
	r->partial = r->context & RSP_CONTEXT_PARTIAL;
	r->recalled = false;
	r->order = r->context & RSP_CONTEXT_SEQ;
	r->off = sizeof(*ev);
	r->len = len - sizeof(*ev);
	if (!r->partial)
		rsp_returned_note(rsk, r->context);
	/* nothing behind the first one: no message is to have a hole */
	if (!rsk->refused)
		rsk->refused = !rsp_user_charge(rsk->user, RSP_QUOTA_REPLAY,
						rsp_returned_octets(r));
	if (rsk->refused)
		return false;
	list_add_tail(&r->node, &rsk->returned);
	return true;
}

/*
 * list_sort() is stable, so pieces stay in their order.  Partially reliable
 * messages stand behind the one that they were sent behind.
 */
static int rsp_returned_cmp(void *priv, const struct list_head *a,
			    const struct list_head *b)
{
	const struct rsp_returned *x = list_entry(a, struct rsp_returned, node);
	const struct rsp_returned *y = list_entry(b, struct rsp_returned, node);

	if (x->order != y->order)
		return rsp_context_before(y->order, x->order);
	if (x->partial != y->partial)
		return x->partial;
	return x->partial && rsp_context_before(y->context, x->context);
}

/* Room for a message, and the pieces of it that stand first in @from. */
static struct rsp_returned *rsp_returned_whole(const struct list_head *from)
{
	const struct rsp_returned *first, *r;
	struct rsp_returned *whole;
	u32 len = 0;

	first = list_first_entry(from, struct rsp_returned, node);
	list_for_each_entry(r, from, node) {
		if (r->context != first->context)
			break;
		len += r->len;
	}
	whole = kvmalloc(struct_size(whole, buf, len), GFP_KERNEL_ACCOUNT);
	if (!whole)
		return NULL;
	*whole = (struct rsp_returned) {
		.context = first->context,
		.partial = first->partial,
		.recalled = first->recalled,
		.order = first->order,
		.terms = first->terms,
	};
	return whole;
}

/*
 * Take the pieces of the first message off @from and join them.
 * Return: message, of which pieces are missing if so its frag says; NULL: no
 * memory, all are still there.
 */
static struct rsp_returned *rsp_returned_take(struct rsp_sock *rsk,
					      struct list_head *from)
{
	struct rsp_returned *r, *tmp, *whole;

	r = list_first_entry(from, struct rsp_returned, node);
	if (r->frag == SCTP_DATA_NOT_FRAG) {
		list_del(&r->node);
		return r;
	}
	whole = rsp_returned_whole(from);
	if (!whole)
		return NULL;
	list_for_each_entry_safe(r, tmp, from, node) {
		if (r->context != whole->context)
			break;
		memcpy(whole->buf + whole->len, r->buf + r->off, r->len);
		whole->len += r->len;
		whole->frag |= r->frag;
		whole->sent |= r->sent;
		rsp_returned_free(rsk, r);
	}
	rsp_user_charge_more(rsk->user, RSP_QUOTA_REPLAY,
			     rsp_returned_octets(whole));
	return whole;
}

bool rsp_returned_join(struct rsp_sock *rsk)
{
	struct rsp_returned *r;
	LIST_HEAD(raw);

	lockdep_assert_held(&rsk->tx_mutex);

	list_for_each_entry(r, &rsk->returned, node)
		if (r->partial && !r->recalled)
			rsp_partial_recall(rsk, r);
	list_splice_init(&rsk->returned, &raw);
	list_sort(NULL, &raw, rsp_returned_cmp);
	while (!list_empty(&raw)) {
		r = rsp_returned_take(rsk, &raw);
		if (!r)
			break;
		list_add_tail(&r->node, &rsk->returned);
	}
	if (list_empty(&raw))
		return true;
	list_splice_tail(&raw, &rsk->returned);
	return false;
}

static bool rsp_returned_wanted(const struct rsp_sock *rsk,
				const struct rsp_returned *r)
{
	if (r->terms.options & RSP_SEND_NO_FAILOVER)
		return false;
	if (r->terms.options & RSP_SEND_FAILOVER)
		return true;
	switch (READ_ONCE(rsk->replay)) {
	case RSP_REPLAY_NONE:
		return false;
	case RSP_REPLAY_UNSENT:
		return !r->sent;
	}
	return true;
}

/*
 * What SCTP had no memory to give back, or the user no room to keep: all
 * messages behind the first one that came back were sent over the same
 * association, with contexts one by one.
 */
static u32 rsp_returned_missing(struct rsp_sock *rsk)
{
	const struct rsp_returned *r;
	u32 n = 0;

	if (!rsk->has_oldest)
		return 0;
	list_for_each_entry(r, &rsk->returned, node)
		n += !r->partial;
	return (rsk->tx_seq - rsk->oldest + 1 - n) & RSP_CONTEXT_SEQ;
}

/* Without memory, or too many for the socket: as if it were not wanted. */
static void rsp_returned_tell(struct rsp_sock *rsk,
			      const struct rsp_returned *r, u16 flags)
{
	struct rsp_item *item = NULL;
	struct rsp_send_failed *n;

	if (!rsp_wants(rsk, RSP_NOTIFY_SEND_FAILED))
		return;
	if (!rsp_items_full(rsk))
		item = rsp_item_alloc(rsk, sizeof(*n) + r->len, GFP_KERNEL);
	if (!item) {
		RSP_INC(rsp_sock_net(rsk), NOTIFY_DROPPED);
		return;
	}
	n = (struct rsp_send_failed *)item->data;
	*n = (struct rsp_send_failed) {
		.hdr = {
			.type = RSP_NOTIFY_SEND_FAILED,
			.flags = flags | (r->sent ? RSP_SEND_FAILED_SENT : 0),
			.length = item->len,
		},
		.options = r->terms.options,
		.ppid = r->terms.ppid,
		.session_id = rsk->id,
		.stream = r->terms.stream,
	};
	memcpy(n->data, r->buf + r->off, r->len);
	item->flags = RSP_ITEM_NOTIFICATION | RSP_ITEM_EOR;
	rsp_item_queue(rsk, item);
}

static void rsp_returned_abandon(struct rsp_sock *rsk, struct rsp_returned *r)
{
	rsp_returned_tell(rsk, r, RSP_SEND_FAILED_ABANDONED);
	rsp_returned_free(rsk, r);
	mutex_lock(&rsk->lock);
	rsk->abandoned++;
	mutex_unlock(&rsk->lock);
	RSP_INC(rsp_sock_net(rsk), MSGS_ABANDONED);
}

void rsp_returned_abandoned(struct rsp_sock *rsk)
{
	struct rsp_returned *r, *tmp;

	lockdep_assert_held(&rsk->rx_mutex);

	if (!rsp_returned_join(rsk))
		return;
	list_for_each_entry_safe(r, tmp, &rsk->returned, node) {
		if (!r->partial || r->frag != SCTP_DATA_NOT_FRAG)
			continue;
		rsp_partial_done(rsk, r);
		rsp_returned_abandon(rsk, r);
	}
	if (list_empty(&rsk->returned))
		rsk->refused = false;
	rsp_session_wake(rsk);
}

void rsp_returned_expire(struct rsp_sock *rsk)
{
	struct rsp_returned *r, *tmp;

	lockdep_assert_held(&rsk->tx_mutex);

	list_for_each_entry_safe(r, tmp, &rsk->resend, node)
		if (!r->again && rsp_worth_expired(&r->terms.worth))
			rsp_returned_abandon(rsk, r);
}

u32 rsp_returned_fail(struct rsp_sock *rsk)
{
	const struct rsp_returned *r;

	lockdep_assert_held(&rsk->tx_mutex);

	rsp_returned_expire(rsk);
	list_for_each_entry(r, &rsk->resend, node)
		rsp_returned_tell(rsk, r, 0);
	return rsp_returned_purge(rsk);
}

void rsp_returned_settle(struct rsp_sock *rsk)
{
	struct rsp_returned *r, *tmp;

	lockdep_assert_held(&rsk->tx_mutex);

	rsk->round_lost += rsp_returned_missing(rsk);
	rsk->has_oldest = false;
	rsk->refused = false;

	list_for_each_entry_safe(r, tmp, &rsk->returned, node) {
		if (rsp_partial_over(r)) {
			rsp_returned_abandon(rsk, r);
			continue;
		} else if (r->frag != SCTP_DATA_NOT_FRAG) {
			RSP_INC(rsp_sock_net(rsk), RETURNED_INCOMPLETE);
		} else if (rsp_returned_wanted(rsk, r)) {
			list_move_tail(&r->node, &rsk->resend);
			continue;
		} else {
			rsp_returned_tell(rsk, r, 0);
		}
		rsp_returned_free(rsk, r);
		rsk->round_lost++;
	}
	rsp_partial_purge(rsk);
}

static int rsp_returned_resend(struct rsp_sock *rsk, struct rsp_lower *low,
			       struct rsp_returned *r)
{
	struct kvec vec = { .iov_base = r->buf + r->off, .iov_len = r->len };
	struct msghdr msg = {};

	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, r->len);
	return rsp_send_numbered(rsk, low, &msg, r->len, &r->terms);
}

int rsp_returned_replay(struct rsp_sock *rsk, struct rsp_lower *low, u32 *lost)
{
	struct rsp_returned *r, *tmp;
	int ret, n = 0;

	rsp_returned_expire(rsk);
	list_for_each_entry_safe(r, tmp, &rsk->resend, node) {
		ret = r->again ? 0 : rsp_returned_resend(rsk, low, r);
		if (ret == -EINVAL) {
			rsp_returned_tell(rsk, r, 0);
			rsp_returned_free(rsk, r);
			++*lost;
			continue;
		}
		if (ret < 0)
			return ret;
		r->again = true;
		n += !r->held;
	}
	rsp_returned_free_all(rsk, &rsk->resend);
	return n;
}

int rsp_returned_release(struct rsp_sock *rsk, struct rsp_lower *low, u32 *lost)
{
	int ret = rsp_returned_replay(rsk, low, lost);
	struct rsp_returned *r, *tmp;

	list_for_each_entry_safe(r, tmp, &rsk->resend, node)
		if (r->again)
			rsp_returned_free(rsk, r);
	return ret;
}

u32 rsp_returned_waiting(const struct rsp_sock *rsk)
{
	const struct rsp_returned *r;
	u32 n = 0;

	lockdep_assert_held(&rsk->tx_mutex);

	list_for_each_entry(r, &rsk->resend, node)
		n += !r->held;
	return n;
}

void rsp_returned_rewind(struct rsp_sock *rsk)
{
	struct rsp_returned *r;

	list_for_each_entry(r, &rsk->resend, node)
		r->again = false;
}
