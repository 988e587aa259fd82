// SPDX-License-Identifier: GPL-2.0-only
/*
 * Business cards (RFC 5352 section 3.9): a server tells its clients which pool
 * elements are to take a session over when it is gone, the best one first.  So
 * does a client that is a pool element, too, for a server that wants to go on
 * without it (RFC 5351 section 4.2): that session turns into one with the
 * client's pool, as if the server had called.
 *
 * The message is made once, of what the registrar says about these elements,
 * and goes to each peer before anything else.  The peer's kernel needs of it
 * only the handle and the identifiers: where they are, it knows from the
 * registrar.
 */
#include <linux/net.h>
#include <linux/slab.h>

#include "session.h"

void rsp_card_put(struct rsp_card *card)
{
	if (card && refcount_dec_and_test(&card->ref))
		kfree(card);
}

static struct rsp_card *rsp_card_alloc(size_t len)
{
	struct rsp_card *card;

	card = kzalloc(struct_size(card, msg, len), GFP_KERNEL_ACCOUNT);
	if (card)
		refcount_set(&card->ref, 1);
	return card;
}

/* Takes the caller's reference over; @place: in @rsk. */
static void rsp_card_keep(struct rsp_sock *rsk, struct rsp_card **place,
			  struct rsp_card *card)
{
	struct rsp_card *old;

	mutex_lock(&rsk->lock);
	old = *place;
	*place = card;
	mutex_unlock(&rsk->lock);
	rsp_card_put(old);
}

static struct rsp_card *rsp_card_get(struct rsp_card *card)
{
	if (card)
		refcount_inc(&card->ref);
	return card;
}

struct rsp_card *rsp_card_of(struct rsp_sock *rsk)
{
	struct rsp_card *card;

	mutex_lock(&rsk->lock);
	card = rsp_card_get(rsk->card);
	mutex_unlock(&rsk->lock);
	return card;
}

struct rsp_card *rsp_card_shown(struct rsp_sock *rsk)
{
	bool client;
	struct rsp_card *card;

	mutex_lock(&rsk->lock);
	client = rsk->role == RSP_ROLE_POOL_USER;
	card = rsp_card_get(client ? rsk->peer_card : rsk->card);
	mutex_unlock(&rsk->lock);
	return card;
}

/* ---- one's own ----------------------------------------------------------------- */

static void rsp_card_param(struct rsp_pe_param *param,
			   const struct rsp_pool_pe *pe)
{
	*param = (struct rsp_pe_param) {
		.pe_id = pe->pe_id,
		.home_id = pe->home_id,
		.life = pe->life,
		.policy = pe->policy,
	};
	rsp_service_write(&pe->user, &param->user);
}

/* Return: octets; -ENOENT: one of @card is not in @pool; -ENOMEM. */
static int rsp_card_write(void *buf, size_t room, const struct rsp_card *card,
			  const struct rsp_pool *pool,
			  const struct rsp_handle *handle)
{
	const struct rsp_pool_pe *pe;
	struct rsp_pe_param *param;
	struct rsp_writer w;
	unsigned int i;
	int ret;

	param = kmalloc(sizeof(*param), GFP_KERNEL);
	if (!param)
		return -ENOMEM;
	rsp_msg_begin(&w, buf, room, RSP_ASAP_BUSINESS_CARD, 0);
	rsp_put_handle(&w, handle->octets, handle->len);
	for (i = 0; i < card->n; i++) {
		pe = rsp_pool_by_id(pool, false, card->order[i]);
		if (!pe)
			break;
		rsp_card_param(param, pe);
		rsp_put_pe(&w, param);
	}
	kfree(param);
	ret = rsp_msg_end(&w);
	return i < card->n ? -ENOENT : ret;
}

/* From the cache, whatever is in it. */
static int rsp_card_make(struct rsp_net *rn, const struct rsp_handle *handle,
			 struct rsp_card *card)
{
	struct rsp_pool *pool = rsp_pool_find(rn, handle);
	int ret = -ENOENT;

	if (pool)
		ret = rsp_card_write(card->msg, RSP_CARD_ROOM(card->n), card,
				     pool, handle);
	rsp_pool_put(pool);
	if (ret < 0)
		return ret;
	card->len = ret;
	return 0;
}

/* From the cache, or with what the registrar says about new ones. */
static struct rsp_card *rsp_card_build(struct rsp_net *rn,
				       const struct rsp_handle *handle,
				       const u32 *order, unsigned int n)
{
	struct rsp_card *card = rsp_card_alloc(RSP_CARD_ROOM(n));
	int err;

	if (!card)
		return ERR_PTR(-ENOMEM);
	card->handle = *handle;
	card->n = n;
	memcpy(card->order, order, n * sizeof(*order));
	err = rsp_card_make(rn, handle, card);
	if (err == -ENOENT)
		err = rsp_asap_ask(rn, handle, MAX_SCHEDULE_TIMEOUT) ?:
		      rsp_card_make(rn, handle, card);
	if (!err)
		return card;
	rsp_card_put(card);
	return ERR_PTR(err);
}

static int rsp_card_send(struct rsp_sock *rsk, struct rsp_lower *low,
			 struct rsp_card *card)
{
	int err = -EPIPE;

	lockdep_assert_held(&rsk->tx_mutex);

	if (low && low->data_only)
		return 0;	/* BCD-02: no channel for it */
	if (low)
		err = rsp_lower_send_control(low, card->msg, card->len);
	if (!err)
		RSP_INC(rsp_sock_net(rsk), CARD_TX);
	return err;
}

/* One that does not find room is not sent: the pool's policy decides then. */
void rsp_card_introduce(struct rsp_sock *rsk, struct rsp_lower *low)
{
	struct rsp_card *card = rsp_card_of(rsk);

	if (card)
		rsp_card_send(rsk, low, card);
	rsp_card_put(card);
}

void rsp_card_begin(struct rsp_sock *rsk)
{
	mutex_lock(&rsk->tx_mutex);
	rsp_card_introduce(rsk, rcu_dereference_protected(rsk->low, true));
	rsp_session_unlock(rsk, &rsk->tx_mutex);
}

/* What was said cannot be taken back: no card is none to be sent. */
static int rsp_card_renew(struct rsp_sock *rsk, struct rsp_card *card)
{
	int err;

	if (!card)
		return -EINVAL;
	if (mutex_lock_interruptible(&rsk->tx_mutex))
		return -ERESTARTSYS;
	err = rsp_card_send(rsk, rcu_dereference_protected(rsk->low, true),
			    card);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	/* a client's next server gets it */
	return err == -EPIPE && rsk->role == RSP_ROLE_POOL_USER ? 0 : err;
}

/* @now: there is a session that the card is for.  Takes the reference over. */
static int rsp_card_change(struct rsp_sock *rsk, struct rsp_card *card,
			   bool now)
{
	int err = now ? rsp_card_renew(rsk, card) : 0;

	if (err)
		rsp_card_put(card);
	else
		rsp_card_keep(rsk, &rsk->card, card);
	return err;
}

/* Return: 1: a session's; 0: for those to come; or why there can be none. */
static int rsp_card_owner(struct rsp_sock *rsk, struct rsp_handle *handle)
{
	int ret;

	mutex_lock(&rsk->lock);
	ret = rsk->role == RSP_ROLE_SERVER;
	if (rsk->role == RSP_ROLE_POOL_USER || (!ret && !rsk->bound))
		ret = -EOPNOTSUPP;
	*handle = rsk->handle;
	mutex_unlock(&rsk->lock);
	return ret;
}

int rsp_card_set(struct rsp_sock *rsk, const u32 *order, unsigned int n)
{
	struct rsp_card *card = NULL;
	struct rsp_handle handle;
	int ret;

	ret = rsp_card_owner(rsk, &handle);
	if (ret < 0)
		return ret;
	if (n)
		card = rsp_card_build(rsp_sock_net(rsk), &handle, order, n);
	if (IS_ERR(card))
		return PTR_ERR(card);
	return rsp_card_change(rsk, card, ret);
}

/*
 * Which element is behind it, and whom would it rather have take over?  Itself
 * comes last, by which the peer knows whom it has lost.  It is those who are to
 * know our cookies by their signature, too.
 * Return: length of @order; -EINVAL: no element of this namespace.
 */
static int rsp_card_element(struct rsp_sock *rsk, struct socket *sock,
			    struct rsp_handle *handle, u32 *order)
{
	struct rsp_keys *keys = NULL;
	const struct rsp_card *card;
	unsigned int i, n = 0;
	struct rsp_sock *element;

	if (!sock->sk || READ_ONCE(sock->sk->sk_prot) != rsk->sk.sk_prot ||
	    !net_eq(sock_net(sock->sk), sock_net(&rsk->sk)))
		return -EINVAL;
	element = rsp_sk(sock->sk);
	mutex_lock(&element->lock);
	if (element->state == RSP_STATE_LISTENING) {
		*handle = element->handle;
		card = element->card;
		for (i = 0; card && i < card->n && n < RSP_CARD_MAX - 1; i++)
			if (card->order[i] != element->pe_id)
				order[n++] = card->order[i];
		order[n++] = element->pe_id;
		keys = rsp_keys_get(element->keys);
	}
	mutex_unlock(&element->lock);
	if (!n)
		return -EINVAL;
	rsp_keys_keep(rsk, keys);
	return n;
}

static struct rsp_card *rsp_card_from(struct rsp_sock *rsk, int fd)
{
	struct rsp_handle handle;
	u32 order[RSP_CARD_MAX];
	struct socket *sock;
	int n;

	sock = sockfd_lookup(fd, &n);
	if (!sock)
		return ERR_PTR(n);
	n = rsp_card_element(rsk, sock, &handle, order);
	sockfd_put(sock);
	if (n < 0)
		return ERR_PTR(n);
	return rsp_card_build(rsp_sock_net(rsk), &handle, order, n);
}

int rsp_card_present(struct rsp_sock *rsk, int fd)
{
	struct rsp_card *card = NULL;
	bool client, now;

	mutex_lock(&rsk->lock);
	client = rsk->role == RSP_ROLE_POOL_USER ||
		 (rsk->role == RSP_ROLE_NONE && !rsk->bound);
	now = rsk->state >= RSP_STATE_ESTABLISHED;
	mutex_unlock(&rsk->lock);
	if (!client)
		return -EOPNOTSUPP;
	if (fd >= 0)
		card = rsp_card_from(rsk, fd);
	if (IS_ERR(card))
		return PTR_ERR(card);
	return rsp_card_change(rsk, card, now);
}

/* ---- the peer's ---------------------------------------------------------------- */

static void rsp_card_read(struct rsp_card *card, const struct rsp_msg *msg,
			  struct rsp_pe_param *param)
{
	struct rsp_iter it = msg->body;

	while (card->n < RSP_CARD_MAX && rsp_next_pe(&it, param))
		card->order[card->n++] = param->pe_id;
}

/*
 * A client's card: from now on SCTP is to give back what the client has not
 * acknowledged.
 */
static void rsp_card_watch(struct rsp_sock *rsk)
{
	static const u16 event = SCTP_SEND_FAILED_EVENT;
	struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);

	if (rsk->role != RSP_ROLE_SERVER || !low || rsk->peer_card)
		return;
	lock_sock(low->lsk);
	rsp_sctp_subscribe(low->lsk, &event, 1);
	release_sock(low->lsk);
}

int rsp_card_receive(struct rsp_sock *rsk, const struct rsp_msg *msg)
{
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_card *card = rsp_card_alloc(0);
	struct rsp_pe_param *param;
	struct rsp_pool *pool;

	lockdep_assert_held(&rsk->rx_mutex);

	param = kmalloc(sizeof(*param), GFP_KERNEL);
	if (!card || !param) {
		rsp_card_put(card);
		kfree(param);
		return -ENOMEM;
	}
	card->handle.len = msg->handle.len;
	memcpy(card->handle.octets, msg->handle.data, msg->handle.len);
	rsp_card_read(card, msg, param);
	kfree(param);
	rsp_card_watch(rsk);
	RSP_INC(rn, CARD_RX);
	/* section 3.9 step 1: where they are has to be known by then */
	pool = rsp_pool_find(rn, &card->handle);
	if (!pool && (rsk->role == RSP_ROLE_POOL_USER || rsk->symmetric))
		rsp_asap_resolve(rn, &card->handle, NULL);
	rsp_pool_put(pool);
	rsp_card_keep(rsk, &rsk->peer_card, card);
	return 0;
}

/* What it was handed as a server, it has used; what its client gave, is next. */
static void rsp_card_turn_cookie(struct rsp_sock *rsk)
{
	struct rsp_item *old;

	lockdep_assert_held(&rsk->lock);

	spin_lock_bh(&rsk->items_lock);
	rsk->handle = rsk->peer_card->handle;
	old = rsk->cookie;
	rsk->cookie = rsk->peer_cookie;
	rsk->peer_cookie = NULL;
	spin_unlock_bh(&rsk->items_lock);
	rsk->cookie_refused = false;
	rsp_cookie_free(rsk, old);
}

/* Who it was, by its own word: not the one to be tried first. */
static void rsp_card_turn_peer(struct rsp_sock *rsk)
{
	struct rsp_lower *low = rcu_dereference_protected(rsk->low, true);
	const struct rsp_card *card = rsk->peer_card;
	const struct rsp_pool_pe *pe = NULL;
	struct rsp_pool *pool;

	if (!card->n)
		return;
	low->peer.pe_id = card->order[card->n - 1];
	pool = rsp_pool_find(rsp_sock_net(rsk), &card->handle);
	if (pool)
		pe = rsp_pool_by_id(pool, false, low->peer.pe_id);
	if (pe)
		low->peer.port = pe->user.port;
	rsp_pool_put(pool);
}

bool rsp_card_turn(struct rsp_sock *rsk)
{
	lockdep_assert_held(&rsk->rx_mutex);
	lockdep_assert_held(&rsk->tx_mutex);

	if (!rsp_session_moves(rsk) ||
	    (READ_ONCE(rsk->sk.sk_shutdown) & SEND_SHUTDOWN))
		return false;
	rsp_card_turn_peer(rsk);
	mutex_lock(&rsk->lock);
	rsp_card_turn_cookie(rsk);
	WRITE_ONCE(rsk->role, RSP_ROLE_POOL_USER);
	WRITE_ONCE(rsk->pe_id, 0);
	rsk->want_pe_id = 0;
	rsp_session_subscribe(rsk);
	mutex_unlock(&rsk->lock);
	RSP_INC(rsp_sock_net(rsk), SESSIONS_TURNED);
	return true;
}
