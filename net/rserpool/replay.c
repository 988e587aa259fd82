// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that SCTP handed back when an association died
 * (SCTP_SEND_FAILED_EVENT): order them, put their pieces together, and send
 * those again that the socket's contract (RSP_REPLAY) names.
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

void rsp_returned_purge(struct rsp_sock *rsk)
{
	struct rsp_returned *r, *tmp;

	list_for_each_entry_safe(r, tmp, &rsk->returned, node) {
		list_del(&r->node);
		kvfree(r);
	}
}

/* Bounded by the lower's send buffer, in which all of it was until now. */
bool rsp_returned_add(struct rsp_sock *rsk, struct rsp_returned *r, u32 len)
{
	const struct sctp_send_failed_event *ev = (const void *)r->buf;

	lockdep_assert_held(&rsk->rx_mutex);

	if (len < sizeof(*ev) || rsk->role != RSP_ROLE_POOL_USER ||
	    ev->ssfe_info.snd_ppid == (__force u32)cpu_to_be32(RSP_ASAP_PPID))
		return false;
	r->context = ev->ssfe_info.snd_context;
	r->frag = ev->ssfe_info.snd_flags & SCTP_DATA_FRAG_MASK;
	r->sent = ev->ssf_flags == SCTP_DATA_SENT;
	r->again = false;
	r->off = sizeof(*ev);
	r->len = len - sizeof(*ev);
	list_add_tail(&r->node, &rsk->returned);
	return true;
}

/* Serial numbers; list_sort() is stable, so pieces stay in their order. */
static int rsp_returned_cmp(void *priv, const struct list_head *a,
			    const struct list_head *b)
{
	const struct rsp_returned *x = list_entry(a, struct rsp_returned, node);
	const struct rsp_returned *y = list_entry(b, struct rsp_returned, node);

	return (s32)(x->context - y->context) > 0;
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
	*whole = (struct rsp_returned) { .context = first->context };
	return whole;
}

/*
 * Take the pieces of the first message off @from and join them.
 * Return: message, of which pieces are missing if so its frag says; NULL: no
 * memory, all are still there.
 */
static struct rsp_returned *rsp_returned_take(struct list_head *from)
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
		list_del(&r->node);
		kvfree(r);
	}
	return whole;
}

bool rsp_returned_join(struct rsp_sock *rsk)
{
	struct rsp_returned *r;
	LIST_HEAD(raw);

	lockdep_assert_held(&rsk->tx_mutex);

	list_splice_init(&rsk->returned, &raw);
	list_sort(NULL, &raw, rsp_returned_cmp);
	while (!list_empty(&raw)) {
		r = rsp_returned_take(&raw);
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
	switch (READ_ONCE(rsk->replay)) {
	case RSP_REPLAY_NONE:
		return false;
	case RSP_REPLAY_UNSENT:
		return !r->sent;
	}
	return true;
}

/*
 * What SCTP had no memory to give back: all messages behind the first one that
 * came back were sent over the same association, with contexts one by one.
 */
static u32 rsp_returned_missing(struct rsp_sock *rsk)
{
	const struct rsp_returned *first, *r;
	u32 n = 0;

	first = list_first_entry_or_null(&rsk->returned, struct rsp_returned,
					 node);
	if (!first)
		return 0;
	list_for_each_entry(r, &rsk->returned, node)
		n++;
	return rsk->tx_seq - first->context + 1 - n;
}

void rsp_returned_settle(struct rsp_sock *rsk)
{
	struct rsp_returned *r, *tmp;

	lockdep_assert_held(&rsk->tx_mutex);

	rsk->round_lost += rsp_returned_missing(rsk);

	list_for_each_entry_safe(r, tmp, &rsk->returned, node) {
		if (r->frag != SCTP_DATA_NOT_FRAG)
			RSP_INC(rsp_sock_net(rsk), RETURNED_INCOMPLETE);
		else if (rsp_returned_wanted(rsk, r))
			continue;
		list_del(&r->node);
		kvfree(r);
		rsk->round_lost++;
	}
}

int rsp_returned_replay(struct rsp_sock *rsk, struct rsp_lower *low)
{
	struct rsp_returned *r, *tmp;
	int ret, n = 0;

	lockdep_assert_held(&rsk->tx_mutex);

	list_for_each_entry(r, &rsk->returned, node) {
		struct kvec vec = { .iov_base = r->buf + r->off,
				    .iov_len = r->len };
		struct msghdr msg = {};

		n++;
		if (r->again)
			continue;
		iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, r->len);
		ret = rsp_lower_send(low, &msg, r->len, rsk->tx_seq + 1);
		if (ret < 0)
			return ret;
		r->again = true;
		rsk->tx_seq++;
	}
	list_for_each_entry_safe(r, tmp, &rsk->returned, node) {
		list_del(&r->node);
		kvfree(r);
	}
	return n;
}

void rsp_returned_rewind(struct rsp_sock *rsk)
{
	struct rsp_returned *r;

	list_for_each_entry(r, &rsk->returned, node)
		r->again = false;
}
