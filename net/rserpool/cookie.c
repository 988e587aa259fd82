// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control channel of a session: ASAP messages with PPID 11 on the data
 * association (RFC 5352 sections 3.8 and 5).  A server hands out its state as
 * a cookie; the client's kernel keeps the newest one, and after a failover it
 * is the first message to the next server.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "session.h"

/* Message header, parameter header, padding. */
#define RSP_COOKIE_OVERHEAD	12

static int rsp_cookie_put(struct rsp_lower *low, u8 type, const void *cookie,
			  size_t len)
{
	struct rsp_writer w;
	u8 *buf;
	int ret;

	if (len > RSP_COOKIE_MAX)
		return -EMSGSIZE;
	buf = kvmalloc(len + RSP_COOKIE_OVERHEAD, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	rsp_msg_begin(&w, buf, len + RSP_COOKIE_OVERHEAD, type, 0);
	rsp_put_cookie(&w, cookie, len);
	ret = rsp_msg_end(&w);
	if (ret > 0)
		ret = rsp_lower_send_control(low, buf, ret);
	kvfree(buf);
	return ret;
}

int rsp_cookie_send(struct rsp_sock *rsk, struct rsp_lower *low,
		    const void *cookie, size_t len)
{
	int err;

	lockdep_assert_held(&rsk->tx_mutex);

	err = rsp_cookie_put(low, RSP_ASAP_COOKIE, cookie, len);
	if (!err)
		RSP_INC(rsp_sock_net(rsk), COOKIE_TX);
	return err;
}

int rsp_cookie_echo(struct rsp_sock *rsk, struct rsp_lower *low)
{
	int err;

	lockdep_assert_held(&rsk->rx_mutex);	/* nobody replaces it */

	if (!rsk->cookie)
		return 0;
	err = rsp_cookie_put(low, RSP_ASAP_COOKIE_ECHO, rsk->cookie->data,
			     rsk->cookie->len);
	if (err)
		return err;
	RSP_INC(rsp_sock_net(rsk), COOKIE_ECHO_TX);
	return 1;
}

/* Replace the one that is kept.  The spinlock is for those who only look. */
static int rsp_cookie_store(struct rsp_sock *rsk, const struct rsp_octets *c)
{
	struct rsp_item *item, *old;

	item = rsp_item_alloc(rsk, c->len, GFP_KERNEL);
	if (!item)
		return -ENOMEM;
	memcpy(item->data, c->data, c->len);
	mutex_lock(&rsk->lock);
	spin_lock_bh(&rsk->items_lock);
	old = rsk->cookie;
	rsk->cookie = item;
	spin_unlock_bh(&rsk->items_lock);
	mutex_unlock(&rsk->lock);
	rsp_item_free(rsk, old);
	return 0;
}

static int rsp_cookie_newest(struct rsp_sock *rsk, const struct rsp_octets *c)
{
	int err = rsp_cookie_store(rsk, c);

	if (!err)
		RSP_INC(rsp_sock_net(rsk), COOKIE_RX);
	return err;
}

static void rsp_cookie_tell(struct rsp_sock *rsk, struct rsp_item *item,
			    const struct rsp_octets *c)
{
	struct rsp_cookie_echo *echo = (struct rsp_cookie_echo *)item->data;

	echo->hdr.type = RSP_NOTIFY_COOKIE_ECHO;
	echo->hdr.flags = 0;
	echo->hdr.length = item->len;
	memcpy(echo->cookie, c->data, c->len);
	item->flags = RSP_ITEM_NOTIFICATION | RSP_ITEM_EOR;
	rsp_item_queue(rsk, item);
	rsp_session_wake(rsk);
}

/* Both or neither: it is taken in again when memory was short. */
static int rsp_cookie_echoed(struct rsp_sock *rsk, const struct rsp_octets *c)
{
	u32 len = sizeof(struct rsp_cookie_echo) + c->len;
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_item *item = NULL;
	bool again = rsk->cookie;

	if (rsp_wants(rsk, RSP_NOTIFY_COOKIE_ECHO) && !rsp_items_full(rsk)) {
		item = rsp_item_alloc(rsk, len, GFP_KERNEL);
		if (!item)
			return -ENOMEM;
	}
	if (rsp_cookie_store(rsk, c)) {
		rsp_item_free(rsk, item);
		return -ENOMEM;
	}
	RSP_INC(rn, COOKIE_ECHO_RX);
	if (again)
		RSP_INC(rn, COOKIE_ECHO_AGAIN);
	if (item)
		rsp_cookie_tell(rsk, item, c);
	else if (rsp_wants(rsk, RSP_NOTIFY_COOKIE_ECHO))
		RSP_INC(rn, NOTIFY_DROPPED);
	return 0;
}

static bool rsp_is_handle(const struct rsp_sock *rsk,
			  const struct rsp_octets *handle)
{
	return handle->len == rsk->handle.len &&
	       !memcmp(handle->data, rsk->handle.octets, handle->len);
}

int rsp_cookie_receive(struct rsp_sock *rsk, const void *data, size_t len)
{
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_causes report;
	struct rsp_msg msg;

	lockdep_assert_held(&rsk->rx_mutex);

	if (rsp_msg_parse(data, len, RSP_PROTO_ASAP, &msg, &report)) {
		RSP_INC(rn, ASAP_RX_MALFORMED);
		return 0;
	}
	if (msg.type == RSP_ASAP_COOKIE && rsk->role == RSP_ROLE_POOL_USER)
		return rsp_cookie_newest(rsk, &msg.cookie);
	if (msg.type == RSP_ASAP_COOKIE_ECHO && rsk->role == RSP_ROLE_SERVER)
		return rsp_cookie_echoed(rsk, &msg.cookie);
	if (msg.type == RSP_ASAP_BUSINESS_CARD &&
	    rsk->role == RSP_ROLE_POOL_USER && rsp_is_handle(rsk, &msg.handle))
		return rsp_card_receive(rsk, &msg);
	RSP_INC(rn, CONTROL_UNEXPECTED);
	return 0;
}
