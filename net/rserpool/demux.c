// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is at the head of a lower's receive queue: user data goes straight
 * into the reader's buffer, everything else is taken in here.
 *
 * SCTP puts user data, ASAP control messages (PPID 11, RFC 5352 section 5) and
 * its own notifications into one queue.  The head is looked at before each
 * piece that is received, also in the middle of a message: when an association
 * dies during partial delivery the next head is a notification.  Only a reader
 * takes from the head, and rx_mutex makes it the only one, so what was seen
 * stays true until it is received.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "session.h"

/* Control messages taken in at a time: others want the mutexes too. */
#define RSP_DEMUX_BUDGET	64

enum rsp_head rsp_demux_class(struct sk_buff *skb)
{
	const struct sctp_ulpevent *ev = sctp_skb2event(skb);

	if (ev->msg_flags & MSG_NOTIFICATION)
		return RSP_HEAD_NOTIFICATION;
	if (ev->ppid == (__force u32)cpu_to_be32(RSP_ASAP_PPID))
		return RSP_HEAD_CONTROL;
	return RSP_HEAD_DATA;
}

static struct rsp_sctp_mark rsp_demux_mark(struct sk_buff *skb)
{
	const struct sctp_ulpevent *ev = sctp_skb2event(skb);

	return (struct rsp_sctp_mark) {
		.len = skb->len,
		.ppid = be32_to_cpu((__force __be32)ev->ppid),
		.stream = ev->stream,
		.unordered = ev->flags & SCTP_UNORDERED,
		.end = ev->msg_flags & MSG_EOR,
	};
}

enum rsp_head rsp_demux_peek(const struct rsp_lower *low,
			     struct rsp_sctp_mark *mark)
{
	enum rsp_head head = RSP_HEAD_NONE;
	struct sock *lsk = low->lsk;
	struct sk_buff *skb;
	bool slow;

	if (skb_queue_empty_lockless(&lsk->sk_receive_queue))
		return RSP_HEAD_NONE;
	slow = lock_sock_fast(lsk);
	skb = skb_peek(&lsk->sk_receive_queue);
	if (skb) {
		head = rsp_demux_class(skb);
		if (mark)
			*mark = rsp_demux_mark(skb);
	}
	unlock_sock_fast(lsk, slow);
	return head;
}

/*
 * While another thread is inside the lower, "something is there" has to do:
 * that thread may be stalled, and poll() must not be.
 */
bool rsp_demux_readable(const struct rsp_lower *low)
{
	struct sock *lsk = low->lsk;
	struct sk_buff *skb;
	bool readable;

	if (skb_queue_empty_lockless(&lsk->sk_receive_queue))
		return false;
	spin_lock_bh(&lsk->sk_lock.slock);
	skb = skb_peek(&lsk->sk_receive_queue);
	readable = skb && (sock_owned_by_user(lsk) ||
			   rsp_demux_class(skb) == RSP_HEAD_DATA);
	spin_unlock_bh(&lsk->sk_lock.slock);
	return readable;
}

/*
 * User data that stands first when control messages before it are taken in.
 * What a notification will mean for the session nobody knows yet.
 */
static struct sk_buff *rsp_demux_first_data(struct sock *lsk)
{
	struct sk_buff *skb;

	skb_queue_walk(&lsk->sk_receive_queue, skb) {
		switch (rsp_demux_class(skb)) {
		case RSP_HEAD_DATA:
			return skb;
		case RSP_HEAD_CONTROL:
			continue;
		default:
			return NULL;
		}
	}
	return NULL;
}

/* The data that is next in the lower; @mark stays: none, or not known */
static void rsp_demux_next(const struct rsp_lower *low,
			   struct rsp_sctp_mark *mark)
{
	struct sock *lsk = low->lsk;
	struct sk_buff *skb;
	bool slow;

	if (skb_queue_empty_lockless(&lsk->sk_receive_queue))
		return;
	slow = lock_sock_fast(lsk);
	skb = rsp_demux_first_data(lsk);
	if (skb)
		*mark = rsp_demux_mark(skb);
	unlock_sock_fast(lsk, slow);
}

/* Receive into kernel memory; the head is at least @len octets long. */
static int rsp_demux_read(struct rsp_lower *low, void *buf, size_t len,
			  unsigned int *flags)
{
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	struct msghdr msg = {};
	int ret;

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &vec, 1, len);
	ret = rsp_sctp_recvmsg(low->lsk, &msg, len, MSG_DONTWAIT);
	*flags = msg.msg_flags;
	return ret;
}

/* A control message without a place yet is in front of the queue. */
static enum rsp_head rsp_demux_head(const struct rsp_sock *rsk,
				    const struct rsp_lower *low,
				    struct rsp_sctp_mark *mark)
{
	if (rsk->control && (rsk->control->flags & RSP_ITEM_EOR))
		return RSP_HEAD_CONTROL;
	return rsp_demux_peek(low, mark);
}

/*
 * An ASAP message may come in pieces, with pauses between them (partial
 * delivery): they are put together in rsk->control until the last one.
 */
static int rsp_demux_control_piece(struct rsp_item *c, struct rsp_lower *low,
				   u32 room)
{
	unsigned int flags;
	int ret;

	if (c->off == room)	/* too long: swallow the rest */
		ret = rsp_demux_read(low, c->data, room - 1, &flags);
	else
		ret = rsp_demux_read(low, c->data + c->off, room - c->off,
				     &flags);
	if (ret < 0)
		return ret;
	if (c->off != room)
		c->off += ret;
	if (flags & MSG_EOR)
		c->flags = RSP_ITEM_EOR;
	return 0;
}

static int rsp_demux_control_msg(struct rsp_sock *rsk, struct rsp_lower *low)
{
	const u32 room = RSP_MSG_SPACE + 1;
	struct rsp_item *c = rsk->control;
	int err = 0;

	if (!c)
		c = rsp_item_alloc(rsk, room, GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	rsk->control = c;
	if (!(c->flags & RSP_ITEM_EOR))
		err = rsp_demux_control_piece(c, low, room);
	if (err || !(c->flags & RSP_ITEM_EOR))
		return err;
	if (c->off == room)
		RSP_INC(rsp_sock_net(rsk), CONTROL_TOO_LONG);
	else
		err = rsp_cookie_receive(rsk, c->data, c->off);
	if (err)
		return err;	/* all that follows has to wait */
	rsk->control = NULL;
	rsp_item_free(rsk, c);
	return 0;
}

/*
 * What a notification does not say but its association knows, which it holds:
 * did it run out of retransmissions (a notification of that has no error
 * cause, but an ABORT may come without one too)?  Has data of ours been
 * acknowledged after the peer's SHUTDOWN (lower.c, rsp_lower_note_unacked())?
 */
static unsigned int rsp_demux_ask_assoc(const struct rsp_lower *low)
{
	const struct sctp_association *asoc = NULL;
	struct sock *lsk = low->lsk;
	unsigned int known = 0;
	struct sk_buff *skb;
	bool slow;

	slow = lock_sock_fast(lsk);
	skb = skb_peek(&lsk->sk_receive_queue);
	if (skb)
		asoc = sctp_skb2event(skb)->asoc;
	if (asoc && asoc->overall_error_count >= asoc->max_retrans)
		known |= RSP_FOUND_TIMEOUT;
	if (asoc && low->unacked && low->sacks != asoc->stats.isacks)
		known |= RSP_FOUND_CROSSED;
	unlock_sock_fast(lsk, slow);
	return known;
}

static unsigned int rsp_demux_assoc_change(struct rsp_lower *low,
					   const struct sctp_assoc_change *ev,
					   unsigned int known)
{
	switch (ev->sac_state) {
	case SCTP_COMM_UP:
		low->assoc_id = ev->sac_assoc_id;
		return RSP_FOUND_UP;
	case SCTP_COMM_LOST:
		return RSP_FOUND_LOST | (known & RSP_FOUND_TIMEOUT);
	case SCTP_RESTART:
		return RSP_FOUND_RESTART;
	case SCTP_SHUTDOWN_COMP:
		return RSP_FOUND_SHUTDOWN;
	case SCTP_CANT_STR_ASSOC:
		return RSP_FOUND_CANT_START;
	}
	return 0;
}

static int rsp_demux_notification(struct rsp_sock *rsk, struct rsp_lower *low,
				  u32 len, unsigned int *found)
{
	unsigned int flags, known = rsp_demux_ask_assoc(low);
	union sctp_notification *ev;
	struct rsp_returned *r;
	int ret;

	r = kvmalloc(struct_size(r, buf, max_t(u32, len, sizeof(*ev))),
		     GFP_KERNEL_ACCOUNT);
	if (!r)
		return -ENOMEM;
	ev = (union sctp_notification *)r->buf;
	ret = rsp_demux_read(low, ev, len, &flags);
	if (ret < (int)sizeof(ev->sn_header))
		goto out;
	switch (ev->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		*found |= rsp_demux_assoc_change(low, &ev->sn_assoc_change,
						 known);
		break;
	case SCTP_SHUTDOWN_EVENT:
		*found |= RSP_FOUND_SHUTDOWN | (known & RSP_FOUND_CROSSED);
		break;
	case SCTP_PEER_ADDR_CHANGE:
		rsp_lower_note_paths(low);
		break;
	case SCTP_SEND_FAILED_EVENT:
		if (rsp_returned_add(rsk, r, ret))
			return 0;
		break;
	}
out:
	kvfree(r);
	return ret < 0 ? ret : 0;
}

/* Take in up to @budget heads that are not user data. */
static unsigned int rsp_demux_take(struct rsp_sock *rsk, struct rsp_lower *low,
				   unsigned int budget, int *err)
{
	struct rsp_sctp_mark mark;
	unsigned int found = 0;
	enum rsp_head head;

	*err = 0;
	while (!*err && budget--) {
		head = rsp_demux_head(rsk, low, &mark);
		if (head == RSP_HEAD_NONE)
			break;
		if (head == RSP_HEAD_DATA) {
			found |= RSP_FOUND_DATA;
			break;
		}
		if (head == RSP_HEAD_CONTROL)
			*err = rsp_demux_control_msg(rsk, low);
		else
			*err = rsp_demux_notification(rsk, low, mark.len,
						      &found);
	}
	return found;
}

unsigned int rsp_demux_control(struct rsp_sock *rsk, struct rsp_lower *low)
{
	unsigned int found;
	int err;

	lockdep_assert_held(&rsk->rx_mutex);

	found = rsp_demux_take(rsk, low, RSP_DEMUX_BUDGET, &err);
	if (err == -ENOMEM)	/* still at the head: try again */
		rsp_session_kick_at(rsk, jiffies + RSP_RETRY);
	else if (!err && !(found & RSP_FOUND_DATA) &&
		 rsp_demux_peek(low, NULL) != RSP_HEAD_NONE)
		rsp_session_kick(rsk);	/* more than the budget */
	return found;
}

/* ---- saving what a dead lower still holds ---------------------------------- */

static int rsp_demux_save(struct rsp_sock *rsk, struct rsp_lower *low,
			  const struct rsp_sctp_mark *mark)
{
	struct rsp_item *item;
	unsigned int flags;
	int ret;

	item = rsp_item_alloc(rsk, mark->len, GFP_KERNEL);
	if (!item)
		return -ENOMEM;
	item->mark = *mark;
	ret = rsp_demux_read(low, item->data, mark->len, &flags);
	if (ret < 0 || ret != mark->len) {
		rsp_item_free(rsk, item);
		return ret < 0 ? ret : -EIO;
	}
	if (flags & MSG_EOR)
		item->flags = RSP_ITEM_EOR;
	rsp_item_queue(rsk, item);
	RSP_INC(rsp_sock_net(rsk), MSGS_KEPT);
	return 0;
}

unsigned int rsp_demux_drain(struct rsp_sock *rsk, struct rsp_lower *low)
{
	struct rsp_sctp_mark mark;
	unsigned int found = 0;
	enum rsp_head head;
	int err;

	lockdep_assert_held(&rsk->rx_mutex);

	/* The peer has ended: nothing is added while this runs. */
	do {
		found |= rsp_demux_take(rsk, low, UINT_MAX, &err);
		head = rsp_demux_head(rsk, low, &mark);
		if (!err && head == RSP_HEAD_DATA)
			err = rsp_demux_save(rsk, low, &mark);
	} while (!err && head != RSP_HEAD_NONE);
	if (err == -ENOMEM)
		found |= RSP_FOUND_MORE;
	else if (err)		/* never seen: it goes with the lower */
		RSP_INC(rsp_sock_net(rsk), RETURNED_INCOMPLETE);
	return found & ~RSP_FOUND_DATA;
}

/* Take pieces without an end off the end of the line.  Return: any begun? */
static bool rsp_demux_cut_items(struct rsp_sock *rsk)
{
	struct rsp_item *item, *tmp;
	bool begun = rsk->rx_partial;
	LIST_HEAD(cut);

	spin_lock_bh(&rsk->items_lock);
	list_for_each_entry_safe_reverse(item, tmp, &rsk->items, node) {
		if (item->flags) {
			begun = false;
			break;
		}
		begun |= item->off;
		rsp_item_unlink(rsk, item);
		list_add(&item->node, &cut);
	}
	spin_unlock_bh(&rsk->items_lock);
	list_for_each_entry_safe(item, tmp, &cut, node)
		rsp_item_free(rsk, item);
	return begun;
}

/*
 * A message whose end never came: what nobody has seen of it is dropped, and
 * a reader who has seen some of it is told.
 */
void rsp_demux_cut(struct rsp_sock *rsk)
{
	struct rsp_partial_abort abort = { .hdr = {
		.type = RSP_NOTIFY_PARTIAL_ABORT, .length = sizeof(abort),
	} };
	struct rsp_item *item;
	u32 len = 0;

	lockdep_assert_held(&rsk->rx_mutex);

	rsp_item_free(rsk, rsk->control);
	rsk->control = NULL;
	if (!rsp_demux_cut_items(rsk))
		return;
	/* an errno could not say which of many sessions it is about */
	if (rsp_wants(rsk, RSP_NOTIFY_PARTIAL_ABORT) || rsk->face != rsk)
		len = sizeof(abort);
	item = rsp_item_alloc(rsk, len, GFP_KERNEL | __GFP_NOFAIL);
	item->flags = RSP_ITEM_BROKEN;
	if (len) {
		memcpy(item->data, &abort, len);
		item->flags = RSP_ITEM_NOTIFICATION | RSP_ITEM_EOR;
	}
	rsp_item_queue(rsk, item);
	rsk->rx_partial = false;
}

/* ---- to the user ------------------------------------------------------------ */

static void rsp_demux_item_done(struct rsp_sock *rsk, struct rsp_item *item)
{
	spin_lock_bh(&rsk->items_lock);
	rsp_item_unlink(rsk, item);
	spin_unlock_bh(&rsk->items_lock);
	rsp_item_free(rsk, item);
}

static int rsp_demux_recv_item(struct rsp_sock *rsk, struct rsp_item *item,
			       struct msghdr *msg, size_t len, int flags)
{
	size_t left = item->len - item->off;
	size_t n = min(len, left);

	if (item->flags & RSP_ITEM_BROKEN) {
		if (!(flags & MSG_PEEK))
			rsp_demux_item_done(rsk, item);
		return -EBADMSG;
	}
	if (copy_to_iter(item->data + item->off, n, &msg->msg_iter) != n)
		return -EFAULT;
	rsk->rx_pe_id = item->pe_id;
	rsk->rx_mark = item->mark;
	BUILD_BUG_ON(RSP_MSG_NOTIFICATION != MSG_NOTIFICATION);
	if (item->flags & RSP_ITEM_NOTIFICATION)
		msg->msg_flags |= MSG_NOTIFICATION;
	if (n == left && (item->flags & RSP_ITEM_EOR))
		msg->msg_flags |= MSG_EOR;
	if (flags & MSG_PEEK)
		return n;
	if (!(item->flags & RSP_ITEM_NOTIFICATION))
		rsk->rx_partial = !(msg->msg_flags & MSG_EOR);
	item->off += n;
	if (n == left)
		rsp_demux_item_done(rsk, item);
	return n;
}

/* User data stands at the head: SCTP copies it, once, to where it belongs. */
static int rsp_demux_recv_data(struct rsp_sock *rsk, struct rsp_lower *low,
			       struct msghdr *msg, size_t len, int flags)
{
	void *control = msg->msg_control;
	size_t controllen = msg->msg_controllen;
	bool is_user = msg->msg_control_is_user;
	void *name = msg->msg_name;
	int ret;

	msg->msg_name = NULL;
	msg->msg_control = NULL;
	msg->msg_controllen = 0;
	ret = rsp_sctp_recvmsg(low->lsk, msg, len,
			       (flags & MSG_PEEK) | MSG_DONTWAIT);
	msg->msg_name = name;
	msg->msg_namelen = 0;
	msg->msg_control = control;
	msg->msg_controllen = controllen;
	msg->msg_control_is_user = is_user;
	msg->msg_flags &= MSG_EOR;
	rsk->rx_pe_id = low->peer.pe_id;
	if (ret >= 0 && !(flags & MSG_PEEK))
		rsk->rx_partial = !(msg->msg_flags & MSG_EOR);
	return ret;
}

bool rsp_demux_nxtinfo(struct rsp_sock *rsk, struct rsp_nxtinfo *info)
{
	const struct rsp_item *item = rsp_item_first(rsk);
	const struct rsp_lower *low;
	struct rsp_sctp_mark mark = {};

	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->rx_mutex));
	if (item) {
		mark = item->mark;
		mark.end = item->flags & RSP_ITEM_EOR;
		info->length = item->len - item->off;
		info->pe_id = item->pe_id;
		if (item->flags & RSP_ITEM_NOTIFICATION)
			info->flags |= RSP_NXT_NOTIFICATION;
	} else if (low && rsk->role != RSP_ROLE_POOL_ELEMENT) {
		rsp_demux_next(low, &mark);
		info->length = mark.len;
		info->pe_id = low->peer.pe_id;
	}
	info->ppid = mark.ppid;
	info->stream = mark.stream;
	info->flags |= mark.unordered ? RSP_NXT_UNORDERED : 0;
	info->flags |= mark.end ? RSP_NXT_COMPLETE : 0;
	return info->length;
}

int rsp_demux_recv(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		   int flags)
{
	struct rsp_lower *low;
	struct rsp_item *item;
	unsigned int budget = RSP_DEMUX_BUDGET;
	enum rsp_head head;

	lockdep_assert_held(&rsk->rx_mutex);
again:
	item = rsp_item_first(rsk);
	if (item)
		return rsp_demux_recv_item(rsk, item, msg, len, flags);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->rx_mutex));
	if (!low || rsk->role == RSP_ROLE_POOL_ELEMENT)
		return -EAGAIN;
	head = rsp_demux_head(rsk, low, &rsk->rx_mark);
	rsp_race(recv_peeked);
	if (head == RSP_HEAD_DATA)
		return rsp_demux_recv_data(rsk, low, msg, len, flags);
	if (head == RSP_HEAD_CONTROL && budget-- &&
	    !rsp_demux_control_msg(rsk, low))
		goto again;
	return -EAGAIN;
}
