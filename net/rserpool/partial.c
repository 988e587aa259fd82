// SPDX-License-Identifier: GPL-2.0-only
/*
 * Partial reliability (RFC 3758, RFC 7496): messages that are not worth
 * sending for ever, and what a failover has to know of them.
 *
 * What SCTP hands back says neither what a message was worth nor since when.
 * So each of a client's that SCTP may still have is remembered here, under the
 * number that it was sent with.  One that is not is taken for abandoned.
 */
#include <linux/slab.h>

#include "session.h"

/* One of rsk->partials, in the order of sending. */
struct rsp_partial {
	struct list_head node;
	u32 number;			/* its context */
	u32 order;			/* context of the message before it */
	struct rsp_worth worth;
};

/* Remembered beyond those that can be in the lower's send buffer. */
#define RSP_PARTIALS_SPARE	64

/* Not later than SCTP thinks so, which began to count later. */
bool rsp_worth_expired(const struct rsp_worth *worth)
{
	return worth->policy == RSP_PR_TTL &&
	       time_after_eq(jiffies, worth->until);
}

void rsp_worth_left(const struct rsp_worth *worth, struct sctp_prinfo *info)
{
	*info = (struct sctp_prinfo) {
		.pr_policy = worth->policy,
		.pr_value = worth->value,
	};
	/* 0 would mean for ever, or not at all */
	if (worth->policy == RSP_PR_TTL)
		info->pr_value = rsp_worth_expired(worth) ? 1 :
			max(jiffies_to_msecs(worth->until - jiffies), 1U);
}

static void rsp_partial_drop(struct rsp_sock *rsk, struct rsp_partial *p)
{
	list_del(&p->node);
	rsk->npartials--;
	kfree(p);
}

void rsp_partial_purge(struct rsp_sock *rsk)
{
	struct rsp_partial *p, *tmp;

	list_for_each_entry_safe(p, tmp, &rsk->partials, node)
		rsp_partial_drop(rsk, p);
}

/*
 * The oldest ones beyond what fits into the send buffer have been acknowledged.
 * (Where others were given up unseen it may be one more that has not.)
 */
static void rsp_partial_forget(struct rsp_sock *rsk,
			       const struct rsp_lower *low)
{
	const u32 least = sizeof(struct sctp_chunk) + SKB_TRUESIZE(0);
	u32 most = READ_ONCE(low->lsk->sk_wmem_queued) / least +
		   RSP_PARTIALS_SPARE;

	while (rsk->npartials > most)
		rsp_partial_drop(rsk, list_first_entry(&rsk->partials,
						       struct rsp_partial,
						       node));
}

int rsp_partial_send(struct rsp_sock *rsk, struct rsp_lower *low,
		     struct msghdr *msg, size_t len,
		     const struct rsp_terms *terms)
{
	struct rsp_partial *p;
	int ret;

	lockdep_assert_held(&rsk->tx_mutex);

	p = kmalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return -ENOMEM;
	*p = (struct rsp_partial) {
		.number = (rsk->tx_partial + 1) & RSP_CONTEXT_SEQ,
		.order = rsk->tx_seq & RSP_CONTEXT_SEQ,
		.worth = terms->worth,
	};
	ret = rsp_lower_send(low, msg, len, RSP_CONTEXT_PARTIAL | p->number,
			     terms);
	if (ret < 0) {
		kfree(p);
		return ret;
	}
	rsk->tx_partial++;
	rsk->npartials++;
	list_add_tail(&p->node, &rsk->partials);
	rsp_partial_forget(rsk, low);
	return ret;
}

static struct rsp_partial *rsp_partial_find(struct rsp_sock *rsk, u32 context)
{
	struct rsp_partial *p;

	lockdep_assert_held(&rsk->tx_mutex);

	list_for_each_entry(p, &rsk->partials, node)
		if (p->number == (context & RSP_CONTEXT_SEQ))
			return p;
	return NULL;
}

void rsp_partial_recall(struct rsp_sock *rsk, struct rsp_returned *r)
{
	const struct rsp_partial *p = rsp_partial_find(rsk, r->context);

	r->recalled = true;
	r->order = p ? p->order : rsk->tx_seq & RSP_CONTEXT_SEQ;
	if (p)
		r->terms.worth = p->worth;
}

void rsp_partial_done(struct rsp_sock *rsk, const struct rsp_returned *r)
{
	struct rsp_partial *p = rsp_partial_find(rsk, r->context);

	if (p)
		rsp_partial_drop(rsk, p);
}

/* Has SCTP given it up, or would it be sent more often than it is worth? */
bool rsp_partial_over(const struct rsp_returned *r)
{
	const struct rsp_worth *worth = &r->terms.worth;

	if (r->partial && !worth->policy)
		return true;		/* not remembered */
	if (worth->policy == RSP_PR_TTL)
		return rsp_worth_expired(worth);
	return worth->policy && r->sent;
}
