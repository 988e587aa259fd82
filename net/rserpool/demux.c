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
#include <linux/uio.h>

#include "session.h"

enum rsp_head rsp_demux_class(struct sk_buff *skb)
{
	const struct sctp_ulpevent *ev = sctp_skb2event(skb);

	if (ev->msg_flags & MSG_NOTIFICATION)
		return RSP_HEAD_NOTIFICATION;
	if (ev->ppid == (__force u32)cpu_to_be32(RSP_ASAP_PPID))
		return RSP_HEAD_CONTROL;
	return RSP_HEAD_DATA;
}

enum rsp_head rsp_demux_peek(const struct rsp_lower *low, u32 *len)
{
	enum rsp_head head = RSP_HEAD_NONE;
	struct sock *lsk = low->lsk;
	struct sk_buff *skb;
	bool slow;

	slow = lock_sock_fast(lsk);
	skb = skb_peek(&lsk->sk_receive_queue);
	if (skb) {
		head = rsp_demux_class(skb);
		if (len)
			*len = skb->len;
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
	bh_lock_sock(lsk);
	skb = skb_peek(&lsk->sk_receive_queue);
	readable = skb && (sock_owned_by_user(lsk) ||
			   rsp_demux_class(skb) == RSP_HEAD_DATA);
	bh_unlock_sock(lsk);
	return readable;
}

/* Receive into kernel memory; the head is at least @len octets long. */
static int rsp_demux_read(struct rsp_lower *low, void *buf, size_t len,
			  unsigned int *flags)
{
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	struct msghdr msg = {};
	int ret;

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &vec, 1, len);
	ret = READ_ONCE(low->sock->ops)->recvmsg(low->sock, &msg, len,
						 MSG_DONTWAIT);
	*flags = msg.msg_flags;
	return ret;
}

/* An ASAP message may come in pieces (partial delivery); put it together. */
static int rsp_demux_control_msg(struct rsp_sock *rsk, struct rsp_lower *low)
{
	const size_t room = RSP_MSG_SPACE + 1;
	unsigned int flags = 0;
	bool too_long = false;
	size_t have = 0;
	u8 *buf;
	int ret;

	buf = kvmalloc(room, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	do {
		if (have == room) {	/* swallow the rest */
			too_long = true;
			have = 0;
		}
		ret = rsp_demux_read(low, buf + have, room - have, &flags);
		if (ret <= 0)
			break;
		have += ret;
	} while (!(flags & MSG_EOR) &&
		 rsp_demux_peek(low, NULL) == RSP_HEAD_CONTROL);

	if (too_long || have == room)
		RSP_INC(rsp_sock_net(rsk), CONTROL_TOO_LONG);
	else if (flags & MSG_EOR)
		rsp_cookie_receive(rsk, buf, have);
	else
		RSP_INC(rsp_sock_net(rsk), CONTROL_UNEXPECTED);
	kvfree(buf);
	return ret < 0 ? ret : 0;
}

/*
 * Did the association of the notification at the head run out of
 * retransmissions?  The notification does not say: it has no error cause
 * then, but an ABORT may come without one too.  It holds its association.
 */
static bool rsp_demux_timed_out(const struct rsp_lower *low)
{
	struct sock *lsk = low->lsk;
	struct sctp_association *asoc;
	struct sk_buff *skb;
	bool timed_out;
	bool slow;

	slow = lock_sock_fast(lsk);
	skb = skb_peek(&lsk->sk_receive_queue);
	asoc = skb ? sctp_skb2event(skb)->asoc : NULL;
	timed_out = asoc && asoc->overall_error_count >= asoc->max_retrans;
	unlock_sock_fast(lsk, slow);
	return timed_out;
}

static unsigned int rsp_demux_assoc_change(struct rsp_lower *low,
					   const struct sctp_assoc_change *ev,
					   bool timed_out)
{
	switch (ev->sac_state) {
	case SCTP_COMM_UP:
		low->assoc_id = ev->sac_assoc_id;
		return RSP_FOUND_UP;
	case SCTP_COMM_LOST:
		return RSP_FOUND_LOST | (timed_out ? RSP_FOUND_TIMEOUT : 0);
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
	bool timed_out = rsp_demux_timed_out(low);
	union sctp_notification *ev;
	unsigned int flags;
	int ret;

	ev = kvmalloc(max_t(u32, len, sizeof(*ev)), GFP_KERNEL);
	if (!ev)
		return -ENOMEM;
	ret = rsp_demux_read(low, ev, len, &flags);
	if (ret < (int)sizeof(ev->sn_header))
		goto out;
	switch (ev->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		*found |= rsp_demux_assoc_change(low, &ev->sn_assoc_change,
						 timed_out);
		break;
	case SCTP_SHUTDOWN_EVENT:
		*found |= RSP_FOUND_SHUTDOWN;
		break;
	case SCTP_SEND_FAILED_EVENT:
		rsp_returned_add(rsk, &ev->sn_send_failed_event, ret);
		break;
	}
out:
	kvfree(ev);
	return ret < 0 ? ret : 0;
}

unsigned int rsp_demux_control(struct rsp_sock *rsk, struct rsp_lower *low)
{
	unsigned int found = 0;
	enum rsp_head head;
	int err = 0;
	u32 len;

	lockdep_assert_held(&rsk->rx_mutex);

	while (!err) {
		head = rsp_demux_peek(low, &len);
		if (head == RSP_HEAD_NONE)
			break;
		if (head == RSP_HEAD_DATA) {
			found |= RSP_FOUND_DATA;
			break;
		}
		if (head == RSP_HEAD_CONTROL)
			err = rsp_demux_control_msg(rsk, low);
		else
			err = rsp_demux_notification(rsk, low, len, &found);
	}
	if (err == -ENOMEM)	/* still at the head: try again */
		rsp_session_kick_at(rsk, jiffies + HZ / 10);
	return found;
}

/* ---- saving what a dead lower still holds ---------------------------------- */

static bool rsp_demux_save(struct rsp_sock *rsk, struct rsp_lower *low, u32 len,
			   struct list_head *kept)
{
	struct rsp_item *item;
	unsigned int flags;
	int ret;

	item = rsp_item_alloc(rsk, len, GFP_KERNEL);
	if (!item)
		return false;
	ret = rsp_demux_read(low, item->data, len, &flags);
	if (ret < 0 || ret != len) {
		rsp_item_free(rsk, item);
		return false;
	}
	if (flags & MSG_EOR)
		item->flags = RSP_ITEM_EOR;
	list_add_tail(&item->node, kept);
	return true;
}

/*
 * A message whose end never came: what nobody has seen of it is dropped, and
 * a reader who has seen some of it is told.
 */
static void rsp_demux_cut(struct rsp_sock *rsk, struct list_head *kept)
{
	struct rsp_partial_abort abort = { .hdr = {
		.type = RSP_NOTIFY_PARTIAL_ABORT, .length = sizeof(abort),
	} };
	struct rsp_item *item, *tmp;
	bool begun = rsk->rx_partial;
	u32 len = 0;

	list_for_each_entry_safe_reverse(item, tmp, kept, node) {
		if (item->flags & RSP_ITEM_EOR) {
			begun = false;
			break;
		}
		list_del(&item->node);
		rsp_item_free(rsk, item);
	}
	if (!begun)
		return;
	if (rsp_wants(rsk, RSP_NOTIFY_PARTIAL_ABORT))
		len = sizeof(abort);
	item = rsp_item_alloc(rsk, len, GFP_KERNEL | __GFP_NOFAIL);
	if (len) {
		memcpy(item->data, &abort, len);
		item->flags = RSP_ITEM_NOTIFICATION | RSP_ITEM_EOR;
	} else {
		item->flags = RSP_ITEM_BROKEN;
	}
	list_add_tail(&item->node, kept);
	rsk->rx_partial = false;
}

unsigned int rsp_demux_drain(struct rsp_sock *rsk, struct rsp_lower *low)
{
	struct rsp_item *item, *tmp;
	unsigned int found = 0;
	enum rsp_head head;
	unsigned int n = 0;
	LIST_HEAD(kept);
	u32 len;

	lockdep_assert_held(&rsk->rx_mutex);

	/* The peer has ended: nothing is added while this runs. */
	for (;;) {
		found |= rsp_demux_control(rsk, low);
		head = rsp_demux_peek(low, &len);
		if (head != RSP_HEAD_DATA || !rsp_demux_save(rsk, low, len,
							     &kept))
			break;
	}
	if (!list_empty(&kept) || rsk->rx_partial)
		rsp_demux_cut(rsk, &kept);
	list_for_each_entry_safe(item, tmp, &kept, node) {
		list_del(&item->node);
		rsp_item_queue(rsk, item);
		n++;
	}
	if (n)
		RSP_ADD(rsp_sock_net(rsk), MSGS_KEPT, n);
	return found & ~RSP_FOUND_DATA;
}

/* ---- to the user ------------------------------------------------------------ */

static struct rsp_item *rsp_demux_first_item(struct rsp_sock *rsk)
{
	struct rsp_item *item;

	if (list_empty_careful(&rsk->items))
		return NULL;
	spin_lock_bh(&rsk->items_lock);
	item = list_first_entry_or_null(&rsk->items, struct rsp_item, node);
	spin_unlock_bh(&rsk->items_lock);
	return item;	/* only a reader, under rx_mutex, takes it off */
}

static void rsp_demux_item_done(struct rsp_sock *rsk, struct rsp_item *item)
{
	spin_lock_bh(&rsk->items_lock);
	list_del(&item->node);
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
	int ret;

	msg->msg_name = NULL;
	msg->msg_control = NULL;
	msg->msg_controllen = 0;
	ret = READ_ONCE(low->sock->ops)->recvmsg(low->sock, msg, len,
						 (flags & MSG_PEEK) |
						 MSG_DONTWAIT);
	msg->msg_control = control;
	msg->msg_controllen = controllen;
	msg->msg_control_is_user = is_user;
	msg->msg_flags &= MSG_EOR;
	if (ret >= 0 && !(flags & MSG_PEEK))
		rsk->rx_partial = !(msg->msg_flags & MSG_EOR);
	return ret;
}

int rsp_demux_recv(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		   int flags)
{
	struct rsp_lower *low;
	struct rsp_item *item;
	enum rsp_head head;

	lockdep_assert_held(&rsk->rx_mutex);
again:
	item = rsp_demux_first_item(rsk);
	if (item)
		return rsp_demux_recv_item(rsk, item, msg, len, flags);
	low = rcu_dereference_protected(rsk->low,
					lockdep_is_held(&rsk->rx_mutex));
	if (!low || rsk->role == RSP_ROLE_POOL_ELEMENT)
		return -EAGAIN;
	head = rsp_demux_peek(low, NULL);
	if (head == RSP_HEAD_DATA)
		return rsp_demux_recv_data(rsk, low, msg, len, flags);
	if (head == RSP_HEAD_CONTROL &&
	    !rsp_demux_control_msg(rsk, low))
		goto again;
	/* What SCTP has to tell is the work's, which takes both mutexes; and
	 * an association that is gone may have nothing left to tell.
	 */
	if (head != RSP_HEAD_NONE || rsp_lower_dead(low))
		rsp_session_kick(rsk);
	return -EAGAIN;
}
