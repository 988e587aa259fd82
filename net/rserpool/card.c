// SPDX-License-Identifier: GPL-2.0-only
/*
 * Business cards (RFC 5352 section 3.9): a server tells its clients which pool
 * elements are to take a session over when it is gone, the best one first.
 *
 * The message is made once, of what the registrar says about these elements,
 * and goes to each client before anything else.  The client's kernel needs of
 * it only the identifiers: where they are, it knows from the registrar.
 */
#include <linux/completion.h>
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

/* Takes the caller's reference over. */
static void rsp_card_keep(struct rsp_sock *rsk, struct rsp_card *card)
{
	struct rsp_card *old;

	mutex_lock(&rsk->lock);
	old = rsk->card;
	rsk->card = card;
	mutex_unlock(&rsk->lock);
	rsp_card_put(old);
}

struct rsp_card *rsp_card_of(struct rsp_sock *rsk)
{
	struct rsp_card *card;

	mutex_lock(&rsk->lock);
	card = rsk->card;
	if (card)
		refcount_inc(&card->ref);
	mutex_unlock(&rsk->lock);
	return card;
}

/* ---- a server's --------------------------------------------------------------- */

static void rsp_card_param(struct rsp_pe_param *param,
			   const struct rsp_pool_pe *pe)
{
	*param = (struct rsp_pe_param) {
		.pe_id = pe->pe_id,
		.home_id = pe->home_id,
		.life = pe->life,
		.user = {
			.type = pe->transport,
			.port = pe->port,
			.use = pe->use,
			.naddrs = pe->naddrs,
		},
		.policy = pe->policy,
	};
	memcpy(param->user.addrs, pe->addrs,
	       pe->naddrs * sizeof(pe->addrs[0]));
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
		pe = rsp_pool_by_id(pool, card->order[i]);
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

struct rsp_card_ask {
	struct rsp_waiter waiter;
	struct completion done;
	int err;
};

static void rsp_card_answered(struct rsp_waiter *w, int err)
{
	struct rsp_card_ask *ask = container_of(w, struct rsp_card_ask, waiter);

	ask->err = err;
	complete(&ask->done);
}

/* The registrar may know of elements that are new. */
static int rsp_card_ask(struct rsp_net *rn, const struct rsp_handle *handle)
{
	struct rsp_card_ask ask = { .waiter.done = rsp_card_answered };
	int err;

	init_completion(&ask.done);
	err = rsp_asap_resolve(rn, handle, &ask.waiter);
	if (err != -EINPROGRESS)
		return err;
	if (!wait_for_completion_interruptible(&ask.done))
		return ask.err;
	rsp_asap_resolve_cancel(rn, &ask.waiter);
	return -ERESTARTSYS;
}

static int rsp_card_send(struct rsp_sock *rsk, struct rsp_card *card)
{
	struct rsp_lower *low;
	int err = -EPIPE;

	lockdep_assert_held(&rsk->tx_mutex);

	low = rcu_dereference_protected(rsk->low, true);
	if (low)
		err = rsp_lower_send_control(low, card->msg, card->len);
	if (!err)
		RSP_INC(rsp_sock_net(rsk), CARD_TX);
	return err;
}

/* One that does not find room is not sent: the pool's policy decides then. */
void rsp_card_begin(struct rsp_sock *rsk)
{
	struct rsp_card *card = rsp_card_of(rsk);

	if (!card)
		return;
	mutex_lock(&rsk->tx_mutex);
	rsp_card_send(rsk, card);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	rsp_card_put(card);
}

/* What was said cannot be taken back: no card is none to be sent. */
static int rsp_card_renew(struct rsp_sock *rsk, struct rsp_card *card)
{
	int err;

	if (!card)
		return -EINVAL;
	if (mutex_lock_interruptible(&rsk->tx_mutex))
		return -ERESTARTSYS;
	err = rsp_card_send(rsk, card);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
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
	struct rsp_net *rn = rsp_sock_net(rsk);
	struct rsp_card *card = NULL;
	struct rsp_handle handle;
	int ret, err = 0;

	ret = rsp_card_owner(rsk, &handle);
	if (ret < 0)
		return ret;
	if (n) {
		card = rsp_card_alloc(RSP_CARD_ROOM(n));
		if (!card)
			return -ENOMEM;
		card->n = n;
		memcpy(card->order, order, n * sizeof(*order));
		err = rsp_card_make(rn, &handle, card);
		if (err == -ENOENT)
			err = rsp_card_ask(rn, &handle) ?:
			      rsp_card_make(rn, &handle, card);
	}
	if (!err && ret)
		err = rsp_card_renew(rsk, card);
	if (err)
		rsp_card_put(card);
	else
		rsp_card_keep(rsk, card);
	return err;
}

/* ---- a client's ---------------------------------------------------------------- */

static void rsp_card_read(struct rsp_card *card, const struct rsp_msg *msg,
			  struct rsp_pe_param *param)
{
	struct rsp_iter it = msg->body;

	while (card->n < RSP_CARD_MAX && rsp_next_pe(&it, param))
		card->order[card->n++] = param->pe_id;
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
	rsp_card_read(card, msg, param);
	kfree(param);
	rsp_card_keep(rsk, card);
	RSP_INC(rn, CARD_RX);
	/* section 3.9 step 1: where they are has to be known by then */
	pool = rsp_pool_find(rn, &rsk->handle);
	if (!pool)
		rsp_asap_resolve(rn, &rsk->handle, NULL);
	rsp_pool_put(pool);
	return 0;
}
