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

/* No chunk of SCTP that is not the last one of a message has less of it. */
#define RSP_COOKIE_PIECE	256

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

/* The pool whose servers are to get it back: that of the card, or our own. */
static void rsp_cookie_pool(struct rsp_sock *rsk, struct rsp_handle *handle)
{
	mutex_lock(&rsk->lock);
	if (rsk->role == RSP_ROLE_POOL_USER && rsk->card)
		*handle = rsk->card->handle;
	else
		*handle = rsk->handle;
	mutex_unlock(&rsk->lock);
}

int rsp_cookie_send(struct rsp_sock *rsk, struct rsp_lower *low,
		    const void *cookie, size_t len)
{
	struct rsp_handle handle;
	struct rsp_keys *keys;
	void *sealed;
	int err;

	lockdep_assert_held(&rsk->tx_mutex);

	if (low->data_only)
		return -EOPNOTSUPP;
	rsp_cookie_pool(rsk, &handle);
	keys = rsp_keys_of(rsk);
	sealed = rsp_cookie_sign(keys, &handle, cookie, &len);
	rsp_keys_put(keys);
	if (IS_ERR(sealed))
		return PTR_ERR(sealed);
	err = rsp_cookie_put(low, RSP_ASAP_COOKIE, sealed ?: cookie, len);
	kvfree(sealed);
	if (!err)
		RSP_INC(rsp_sock_net(rsk), COOKIE_TX);
	return err;
}

int rsp_cookie_echo(struct rsp_sock *rsk, struct rsp_lower *low)
{
	int err;

	lockdep_assert_held(&rsk->rx_mutex);	/* nobody replaces it */

	if (!rsk->cookie || low->data_only)
		return 0;
	err = rsp_cookie_put(low, RSP_ASAP_COOKIE_ECHO, rsk->cookie->data,
			     rsk->cookie->len);
	if (err)
		return err;
	low->echo_tsns = rsk->cookie->len / RSP_COOKIE_PIECE + 1;
	RSP_INC(rsp_sock_net(rsk), COOKIE_ECHO_TX);
	return 1;
}

void rsp_cookie_free(struct rsp_sock *rsk, struct rsp_item *cookie)
{
	if (cookie)
		rsp_user_uncharge(rsk->user, RSP_QUOTA_COOKIES, cookie->len);
	rsp_item_free(rsk, cookie);
}

/*
 * Replace the one that is kept.  If the new one is more than the user may have
 * none is: the next server is to know nothing rather than what was once so.
 * The spinlock is for those who only look.
 */
static int rsp_cookie_store(struct rsp_sock *rsk, struct rsp_item **place,
			    const struct rsp_octets *c)
{
	struct rsp_item *item, *old = *place;

	lockdep_assert_held(&rsk->rx_mutex);	/* nobody else replaces it */

	item = rsp_item_alloc(rsk, c->len, GFP_KERNEL);
	if (!item)
		return -ENOMEM;
	memcpy(item->data, c->data, c->len);
	if (old)
		rsp_user_uncharge(rsk->user, RSP_QUOTA_COOKIES, old->len);
	if (!rsp_user_charge(rsk->user, RSP_QUOTA_COOKIES, c->len)) {
		rsp_item_free(rsk, item);
		item = NULL;
	}
	mutex_lock(&rsk->lock);
	spin_lock_bh(&rsk->items_lock);
	*place = item;
	spin_unlock_bh(&rsk->items_lock);
	rsk->cookie_refused = !item && place == &rsk->cookie;
	mutex_unlock(&rsk->lock);
	rsp_item_free(rsk, old);
	return 0;
}

static int rsp_cookie_newest(struct rsp_sock *rsk, struct rsp_item **place,
			     const struct rsp_octets *c)
{
	int err = rsp_cookie_store(rsk, place, c);

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

static void rsp_cookie_refuse(struct rsp_sock *rsk, u32 reason, u32 key_id)
{
	struct rsp_cookie_refused n = {
		.hdr = {
			.type = RSP_NOTIFY_COOKIE_REFUSED,
			.length = sizeof(n),
		},
		.reason = reason,
		.key_id = key_id,
	};

	RSP_INC(rsp_sock_net(rsk), COOKIE_REFUSED);
	rsp_notify(rsk, &n.hdr);
}

/* Both or neither: it is taken in again when memory was short. */
static int rsp_cookie_accept(struct rsp_sock *rsk, const struct rsp_octets *c)
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
	if (rsp_cookie_store(rsk, &rsk->cookie, c)) {
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

static int rsp_cookie_echoed(struct rsp_sock *rsk, const struct rsp_octets *c)
{
	struct rsp_keys *keys = rsp_keys_of(rsk);
	enum rsp_cookie_refusal reason;
	struct rsp_octets cookie = *c;
	u32 key_id;

	reason = rsp_cookie_check(keys, &rsk->handle, &cookie, &key_id);
	rsp_keys_put(keys);
	if (reason == RSP_COOKIE_FINE)
		return rsp_cookie_accept(rsk, &cookie);
	rsp_cookie_refuse(rsk, reason, key_id);
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
	bool server;

	lockdep_assert_held(&rsk->rx_mutex);

	if (rsp_msg_parse(data, len, RSP_PROTO_ASAP, &msg, &report)) {
		RSP_INC(rn, ASAP_RX_MALFORMED);
		return 0;
	}
	server = rsk->role == RSP_ROLE_SERVER;
	if (msg.type == RSP_ASAP_COOKIE && !server)
		return rsp_cookie_newest(rsk, &rsk->cookie, &msg.cookie);
	/* from a client that is a pool element */
	if (msg.type == RSP_ASAP_COOKIE && rsk->peer_card)
		return rsp_cookie_newest(rsk, &rsk->peer_cookie, &msg.cookie);
	if (msg.type == RSP_ASAP_COOKIE_ECHO && server)
		return rsp_cookie_echoed(rsk, &msg.cookie);
	if (msg.type == RSP_ASAP_BUSINESS_CARD &&
	    (server ? msg.handle.len <= RSP_HANDLE_MAX :
		      rsp_is_handle(rsk, &msg.handle)))
		return rsp_card_receive(rsk, &msg);
	RSP_INC(rn, CONTROL_UNEXPECTED);
	return 0;
}
