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

/* Take the pieces of the first message off @from and join them. */
static struct rsp_returned *rsp_returned_join(struct list_head *from)
{
	struct rsp_returned *r, *tmp, *whole;
	u32 context, len = 0;
	LIST_HEAD(pieces);
	u16 frag = 0;
	bool sent = false;

	r = list_first_entry(from, struct rsp_returned, node);
	if (r->frag == SCTP_DATA_NOT_FRAG) {
		list_del(&r->node);
		return r;
	}
	context = r->context;
	list_for_each_entry_safe(r, tmp, from, node) {
		if (r->context != context)
			break;
		list_move_tail(&r->node, &pieces);
		frag |= r->frag;
		len += r->len;
		sent |= r->sent;
	}
	whole = NULL;
	if (frag == SCTP_DATA_NOT_FRAG)
		whole = kvmalloc(struct_size(whole, buf, len),
				 GFP_KERNEL_ACCOUNT);
	if (whole) {
		whole->context = context;
		whole->frag = frag;
		whole->sent = sent;
		whole->off = 0;
		whole->len = 0;
	}
	list_for_each_entry_safe(r, tmp, &pieces, node) {
		if (whole) {
			memcpy(whole->buf + whole->len, r->buf + r->off,
			       r->len);
			whole->len += r->len;
		}
		kvfree(r);
	}
	return whole;
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

void rsp_returned_settle(struct rsp_sock *rsk)
{
	struct rsp_returned *r;
	LIST_HEAD(raw);

	lockdep_assert_held(&rsk->tx_mutex);

	list_splice_init(&rsk->returned, &raw);
	list_sort(NULL, &raw, rsp_returned_cmp);
	while (!list_empty(&raw)) {
		r = rsp_returned_join(&raw);
		if (!r) {
			RSP_INC(rsp_sock_net(rsk), RETURNED_INCOMPLETE);
			rsk->round_lost++;
		} else if (rsp_returned_wanted(rsk, r)) {
			list_add_tail(&r->node, &rsk->returned);
		} else {
			kvfree(r);
			rsk->round_lost++;
		}
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

		iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, r->len);
		ret = rsp_lower_send(low, &msg, r->len, rsk->tx_seq + 1);
		if (ret < 0)
			return ret;	/* all of them are tried again */
		rsk->tx_seq++;
		n++;
	}
	list_for_each_entry_safe(r, tmp, &rsk->returned, node) {
		list_del(&r->node);
		kvfree(r);
	}
	return n;
}
