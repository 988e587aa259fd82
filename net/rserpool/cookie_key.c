// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signed cookies (RFC 5352 section 3.8 leaves the method to whoever sends
 * them): the servers of a pool share keys, and what a client's kernel echoes
 * is a server's state only if one of them has signed it.
 *
 * A signed cookie begins with struct rsp_seal, whose HMAC-SHA-256 (RFC 2104)
 * covers the pool handle, the time of signing and the cookie.  A pool element
 * and its sessions share one ring, so that a change of keys holds for all of
 * them at once.
 */
#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "session.h"

#define RSP_SEAL_MAGIC	0x52535031	/* "RSP1" */
#define RSP_MAC_LEN	32

struct rsp_seal_head {
	__be32 magic;
	__be16 key_id;
	__be16 handle_len;
	__be64 issued;			/* seconds since 1970 */
};

struct rsp_seal {
	struct rsp_seal_head head;
	u8 mac[RSP_MAC_LEN];
};

struct rsp_key {
	refcount_t ref;
	u16 id;
	u32 max_age;
	struct crypto_shash *tfm;	/* never changed: for any number of users */
};

struct rsp_keys {
	refcount_t ref;
	spinlock_t lock;		/* protects the rest; leaf */
	struct rsp_key *key[RSP_COOKIE_KEYS_MAX];
	int signs;			/* index, or -1 */
};

/* ---- the ring ------------------------------------------------------------------ */

static struct rsp_key *rsp_key_alloc(const struct rsp_cookie_key *opt)
{
	struct rsp_key *key = kzalloc(sizeof(*key), GFP_KERNEL_ACCOUNT);
	int err;

	if (!key)
		return ERR_PTR(-ENOMEM);
	key->tfm = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(key->tfm)) {
		err = PTR_ERR(key->tfm);
		kfree(key);
		return ERR_PTR(err == -ENOENT ? -EOPNOTSUPP : err);
	}
	refcount_set(&key->ref, 1);
	key->id = opt->id;
	key->max_age = opt->max_age;
	err = crypto_shash_setkey(key->tfm, opt->key, opt->len);
	if (!err)
		return key;
	crypto_free_shash(key->tfm);
	kfree(key);
	return ERR_PTR(err);
}

static void rsp_key_put(struct rsp_key *key)
{
	if (!key || !refcount_dec_and_test(&key->ref))
		return;
	crypto_free_shash(key->tfm);	/* wipes it */
	kfree(key);
}

static struct rsp_keys *rsp_keys_alloc(void)
{
	struct rsp_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL_ACCOUNT);

	if (!keys)
		return NULL;
	refcount_set(&keys->ref, 1);
	spin_lock_init(&keys->lock);
	keys->signs = -1;
	return keys;
}

void rsp_keys_put(struct rsp_keys *keys)
{
	unsigned int i;

	if (!keys || !refcount_dec_and_test(&keys->ref))
		return;
	for (i = 0; i < RSP_COOKIE_KEYS_MAX; i++)
		rsp_key_put(keys->key[i]);
	kfree(keys);
}

struct rsp_keys *rsp_keys_get(struct rsp_keys *keys)
{
	if (keys)
		refcount_inc(&keys->ref);
	return keys;
}

struct rsp_keys *rsp_keys_of(struct rsp_sock *rsk)
{
	struct rsp_keys *keys;

	mutex_lock(&rsk->lock);
	keys = rsp_keys_get(rsk->keys);
	mutex_unlock(&rsk->lock);
	return keys;
}

void rsp_keys_keep(struct rsp_sock *rsk, struct rsp_keys *keys)
{
	struct rsp_keys *old;

	mutex_lock(&rsk->lock);
	old = rsk->keys;
	rsk->keys = keys;
	mutex_unlock(&rsk->lock);
	rsp_keys_put(old);
}

int rsp_keys_need(struct rsp_sock *rsk)
{
	struct rsp_keys *spare = rsp_keys_alloc();

	if (!spare)
		return -ENOMEM;
	mutex_lock(&rsk->lock);
	if (!rsk->keys)
		swap(rsk->keys, spare);
	mutex_unlock(&rsk->lock);
	rsp_keys_put(spare);
	return 0;
}

/* Return: index; -1: none. */
static int rsp_keys_index(const struct rsp_keys *keys, u16 id)
{
	int i;

	lockdep_assert_held(&keys->lock);

	for (i = 0; i < RSP_COOKIE_KEYS_MAX; i++)
		if (keys->key[i] && keys->key[i]->id == id)
			return i;
	return -1;
}

static bool rsp_keys_none(const struct rsp_keys *keys)
{
	unsigned int i;

	lockdep_assert_held(&keys->lock);

	for (i = 0; i < RSP_COOKIE_KEYS_MAX; i++)
		if (keys->key[i])
			return false;
	return true;
}

static int rsp_keys_free_place(const struct rsp_keys *keys)
{
	int i;

	for (i = 0; i < RSP_COOKIE_KEYS_MAX; i++)
		if (!keys->key[i])
			return i;
	return -ENOSPC;
}

/* @key: instead of the one of that number; NULL: none any more. */
static int rsp_keys_change(struct rsp_keys *keys, u16 id, struct rsp_key *key,
			   bool signs)
{
	struct rsp_key *old = NULL;
	int i;

	spin_lock(&keys->lock);
	i = rsp_keys_index(keys, id);
	if (i < 0)
		i = key ? rsp_keys_free_place(keys) : -ENOENT;
	if (i >= 0) {
		old = keys->key[i];
		keys->key[i] = key;
		if (signs)
			keys->signs = i;
		else if (keys->signs == i)
			keys->signs = -1;
	}
	spin_unlock(&keys->lock);
	rsp_key_put(old);
	return min(i, 0);
}

int rsp_keys_set(struct rsp_sock *rsk, const struct rsp_cookie_key *opt)
{
	struct rsp_key *key = NULL;
	struct rsp_keys *keys;
	int err;

	err = rsp_keys_need(rsk);
	if (err)
		return err;
	if (opt->len)
		key = rsp_key_alloc(opt);
	if (IS_ERR(key))
		return PTR_ERR(key);
	keys = rsp_keys_of(rsk);
	err = rsp_keys_change(keys, opt->id, key,
			      opt->flags & RSP_COOKIE_KEY_SIGN);
	rsp_keys_put(keys);
	if (err)
		rsp_key_put(key);
	return err;
}

/* ---- signatures ------------------------------------------------------------------ */

static int rsp_seal_mac(const struct rsp_key *key,
			const struct rsp_handle *handle,
			const struct rsp_seal_head *head, const void *cookie,
			size_t len, u8 *mac)
{
	SHASH_DESC_ON_STACK(desc, key->tfm);
	int err;

	desc->tfm = key->tfm;
	err = crypto_shash_init(desc) ?:
	      crypto_shash_update(desc, (const u8 *)head, sizeof(*head)) ?:
	      crypto_shash_update(desc, handle->octets, handle->len) ?:
	      crypto_shash_finup(desc, cookie, len, mac);
	shash_desc_zero(desc);
	return err;
}

/*
 * What has never been a pool element's has no ring, and no key.
 * Return: key with a reference; NULL: there are none; -ENOKEY: none signs.
 */
static struct rsp_key *rsp_keys_signing(struct rsp_keys *keys)
{
	struct rsp_key *key = NULL;

	if (!keys)
		return NULL;
	spin_lock(&keys->lock);
	if (keys->signs >= 0) {
		key = keys->key[keys->signs];
		refcount_inc(&key->ref);
	} else if (!rsp_keys_none(keys)) {
		key = ERR_PTR(-ENOKEY);
	}
	spin_unlock(&keys->lock);
	return key;
}

static void *rsp_seal_make(const struct rsp_key *key,
			   const struct rsp_handle *handle, const void *cookie,
			   size_t len)
{
	struct rsp_seal *seal;
	int err;

	seal = kvmalloc(sizeof(*seal) + len, GFP_KERNEL);
	if (!seal)
		return ERR_PTR(-ENOMEM);
	seal->head = (struct rsp_seal_head) {
		.magic = cpu_to_be32(RSP_SEAL_MAGIC),
		.key_id = cpu_to_be16(key->id),
		.handle_len = cpu_to_be16(handle->len),
		.issued = cpu_to_be64(ktime_get_real_seconds()),
	};
	memcpy(seal + 1, cookie, len);
	err = rsp_seal_mac(key, handle, &seal->head, cookie, len, seal->mac);
	if (!err)
		return seal;
	kvfree(seal);
	return ERR_PTR(err);
}

void *rsp_cookie_sign(struct rsp_keys *keys, const struct rsp_handle *handle,
		      const void *cookie, size_t *len)
{
	struct rsp_key *key = rsp_keys_signing(keys);
	void *sealed;

	BUILD_BUG_ON(sizeof(struct rsp_seal) != RSP_COOKIE_SIGNATURE);
	if (IS_ERR_OR_NULL(key))
		return ERR_CAST(key);
	sealed = rsp_seal_make(key, handle, cookie, *len);
	rsp_key_put(key);
	*len += sizeof(struct rsp_seal);
	return sealed;
}

/* Clocks differ: one that comes from as far in the future is as bad. */
static bool rsp_seal_old(const struct rsp_key *key, __be64 issued)
{
	s64 age = ktime_get_real_seconds() - be64_to_cpu(issued);

	return key->max_age && abs(age) > key->max_age;
}

static enum rsp_cookie_refusal rsp_seal_check(const struct rsp_key *key,
					      const struct rsp_handle *handle,
					      const struct rsp_seal *seal,
					      const void *cookie, size_t len)
{
	u8 mac[RSP_MAC_LEN];

	if (be16_to_cpu(seal->head.handle_len) != handle->len ||
	    rsp_seal_mac(key, handle, &seal->head, cookie, len, mac) ||
	    crypto_memneq(mac, seal->mac, sizeof(mac)))
		return RSP_COOKIE_FORGED;
	return rsp_seal_old(key, seal->head.issued) ? RSP_COOKIE_EXPIRED :
						      RSP_COOKIE_FINE;
}

/* Return: key with a reference, NULL, or -ENOENT: there are none at all. */
static struct rsp_key *rsp_keys_find(struct rsp_keys *keys, u16 id)
{
	struct rsp_key *key = NULL;
	int i;

	if (!keys)
		return ERR_PTR(-ENOENT);
	spin_lock(&keys->lock);
	i = rsp_keys_index(keys, id);
	if (i >= 0) {
		key = keys->key[i];
		refcount_inc(&key->ref);
	} else if (rsp_keys_none(keys)) {
		key = ERR_PTR(-ENOENT);
	}
	spin_unlock(&keys->lock);
	return key;
}

enum rsp_cookie_refusal rsp_cookie_check(struct rsp_keys *keys,
					 const struct rsp_handle *handle,
					 struct rsp_octets *cookie,
					 u32 *key_id)
{
	enum rsp_cookie_refusal ret;
	struct rsp_seal seal = {};
	struct rsp_key *key;
	bool sealed;

	sealed = cookie->len >= sizeof(seal);
	if (sealed)
		memcpy(&seal, cookie->data, sizeof(seal));
	sealed = sealed && be32_to_cpu(seal.head.magic) == RSP_SEAL_MAGIC;
	*key_id = sealed ? be16_to_cpu(seal.head.key_id) : 0;
	key = rsp_keys_find(keys, *key_id);
	if (key == ERR_PTR(-ENOENT))
		return RSP_COOKIE_FINE;
	if (!sealed) {
		ret = RSP_COOKIE_UNSIGNED;
	} else if (!key) {
		ret = RSP_COOKIE_UNKNOWN_KEY;
	} else {
		cookie->data += sizeof(seal);
		cookie->len -= sizeof(seal);
		ret = rsp_seal_check(key, handle, &seal, cookie->data,
				     cookie->len);
	}
	rsp_key_put(key);
	return ret;
}
