// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools by handle, pool elements by pool and identifier: two hash tables, and
 * in each pool a list of elements and the tree of its policy.  But for the
 * tree, all operations take the same time however many there are.  The memory held is counted and limited, since a handle may
 * have 65,531 octets (WIRE-28) and the senders are not our friends.
 */
#include "handlespace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int hs_init(struct handlespace *hs, const uint8_t key[TABLE_KEY_LEN],
	    const struct hs_limits *limits)
{
	memset(hs, 0, sizeof(*hs));
	hs->limits = *limits;
	memcpy(hs->key, key, TABLE_KEY_LEN);
	TAILQ_INIT(&hs->all);
	if (table_init(&hs->pools))
		return -ENOMEM;
	if (!table_init(&hs->pes))
		return 0;
	table_free(&hs->pools);
	return -ENOMEM;
}

static uint32_t hs_pool_hash(const struct handlespace *hs,
			     struct rsp_octets handle)
{
	return table_hash(hs->key, handle.data, handle.len);
}

static uint32_t hs_pe_hash(const struct handlespace *hs,
			   const struct hs_pool *pool, uint32_t id)
{
	uint32_t name[] = { pool->node.hash, id };

	return table_hash(hs->key, name, sizeof(name));
}

struct hs_pool *hs_find_pool(const struct handlespace *hs,
			     struct rsp_octets handle)
{
	struct table_node *node;
	struct hs_pool *pool;

	node = table_first(&hs->pools, hs_pool_hash(hs, handle));
	for (; node; node = table_next(node)) {
		pool = container_of(node, struct hs_pool, node);
		if (pool->handle_len == handle.len &&
		    !memcmp(pool->handle, handle.data, handle.len))
			return pool;
	}
	return NULL;
}

struct hs_pe *hs_find_pe(const struct handlespace *hs,
			 const struct hs_pool *pool, uint32_t id)
{
	struct table_node *node;
	struct hs_pe *pe;

	node = table_first(&hs->pes, hs_pe_hash(hs, pool, id));
	for (; node; node = table_next(node)) {
		pe = container_of(node, struct hs_pe, node);
		if (pe->id == id && pe->pool == pool)
			return pe;
	}
	return NULL;
}

struct hs_pe *hs_next_pe(const struct handlespace *hs, const struct hs_pe *pe)
{
	struct hs_pe *next = pe ? TAILQ_NEXT(pe, in_pool) : NULL;
	struct hs_pool *pool;

	if (next)
		return next;
	pool = pe ? TAILQ_NEXT(pe->pool, in_all) : TAILQ_FIRST(&hs->all);
	return pool ? TAILQ_FIRST(&pool->pes) : NULL;
}

static size_t hs_pool_size(size_t handle_len)
{
	return sizeof(struct hs_pool) + handle_len;
}

static uint32_t hs_handle_sum(struct rsp_octets handle)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < handle.len; i++)
		sum += i % 2 ? handle.data[i] : handle.data[i] << 8;
	return sum;
}

static struct hs_pool *hs_pool_new(struct handlespace *hs,
				   struct rsp_octets handle,
				   const struct rsp_pe_param *first)
{
	struct hs_pool *pool = calloc(1, hs_pool_size(handle.len));

	if (!pool)
		return NULL;
	TAILQ_INIT(&pool->pes);
	LIST_INIT(&pool->idle);
	LIST_INIT(&pool->due);
	policy_init(&pool->selection, first->policy.type);
	pool->policy = first->policy.type;
	pool->transport = first->user.type;
	pool->use = first->user.use;
	pool->handle_len = handle.len;
	memcpy(pool->handle, handle.data, handle.len);
	pool->sum = hs_handle_sum(handle);
	TAILQ_INSERT_TAIL(&hs->all, pool, in_all);
	table_add(&hs->pools, &pool->node, hs_pool_hash(hs, handle));
	hs->octets += hs_pool_size(handle.len);
	return pool;
}

static void hs_pool_free(struct handlespace *hs, struct hs_pool *pool)
{
	hs->octets -= hs_pool_size(pool->handle_len);
	table_del(&hs->pools, &pool->node);
	TAILQ_REMOVE(&hs->all, pool, in_all);
	free(pool);
}

/*
 * Encode @param as it is kept, in @hs->scratch: the writer's message without its
 * header.  Return: octets; or the error.
 */
static int hs_encode(struct handlespace *hs, const struct rsp_pe_param *param,
		     struct rsp_octets *octets)
{
	const size_t header = 4;
	struct rsp_writer w;

	rsp_msg_begin(&w, hs->scratch, sizeof(hs->scratch), 0, 0);
	rsp_put_pe(&w, param);
	if (w.failed)
		return w.failed;
	octets->data = hs->scratch + header;
	octets->len = w.len - header;
	return 0;
}

static uint8_t *hs_copy(struct rsp_octets octets)
{
	uint8_t *copy = malloc(octets.len);

	if (copy)
		memcpy(copy, octets.data, octets.len);
	return copy;
}

void hs_pe_param(const struct hs_pe *pe, struct rsp_pe_param *param)
{
	struct rsp_iter it = {
		.p = pe->param,
		.end = pe->param + pe->param_len,
	};

	/* It was written by hs_encode(), so that it can be read. */
	if (!rsp_next_pe(&it, param))
		abort();
}

static bool hs_fits(const struct handlespace *hs, size_t more)
{
	return hs->octets <= hs->limits.octets &&
	       more <= hs->limits.octets - hs->octets;
}

static void hs_pe_link(struct handlespace *hs, struct hs_pool *pool,
		       struct hs_pe *pe, const struct rsp_pe_param *param)
{
	pe->pool = pool;
	table_add(&hs->pes, &pe->node, hs_pe_hash(hs, pool, pe->id));
	TAILQ_INSERT_TAIL(&pool->pes, pe, in_pool);
	policy_join(&pool->selection, &pe->selection, &param->policy);
	pool->npes++;
	hs->octets += sizeof(*pe) + pe->param_len;
}

int hs_add(struct handlespace *hs, struct rsp_octets handle,
	   const struct rsp_pe_param *param, struct hs_pe **result)
{
	struct hs_pool *pool = hs_find_pool(hs, handle);
	size_t more = pool ? 0 : hs_pool_size(handle.len);
	struct rsp_octets octets;
	struct hs_pe *pe;
	int err;

	if (hs->pes.count >= hs->limits.pes)
		return -ENOSPC;
	err = hs_encode(hs, param, &octets);
	if (err)
		return err;
	if (!hs_fits(hs, more + sizeof(*pe) + octets.len))
		return -ENOSPC;
	pe = calloc(1, sizeof(*pe));
	if (!pe)
		return -ENOMEM;
	pe->id = param->pe_id;
	pe->param_len = octets.len;
	pe->param = hs_copy(octets);
	if (!pe->param)
		goto err_pe;
	if (!pool)
		pool = hs_pool_new(hs, handle, param);
	if (!pool)
		goto err_param;
	hs_pe_link(hs, pool, pe, param);
	*result = pe;
	return 0;

err_param:
	free(pe->param);
err_pe:
	free(pe);
	return -ENOMEM;
}

/* Keep @octets instead of what was kept of @pe. */
static int hs_rewrite(struct handlespace *hs, struct hs_pe *pe,
		      struct rsp_octets octets, size_t room)
{
	size_t more = octets.len > pe->param_len ? octets.len - pe->param_len : 0;
	uint8_t *copy;

	if (more && (more > room || !hs_fits(hs, more)))
		return -ENOSPC;
	copy = hs_copy(octets);
	if (!copy)
		return -ENOMEM;
	hs->octets += octets.len;
	hs->octets -= pe->param_len;
	free(pe->param);
	pe->param = copy;
	pe->param_len = octets.len;
	return 0;
}

int hs_replace(struct handlespace *hs, struct hs_pe *pe,
	       const struct rsp_pe_param *param, size_t room, bool *changed)
{
	struct rsp_octets octets;
	int err;

	err = hs_encode(hs, param, &octets);
	if (err)
		return err;
	*changed = octets.len != pe->param_len ||
		   memcmp(octets.data, pe->param, octets.len) != 0;
	if (*changed)
		err = hs_rewrite(hs, pe, octets, room);
	if (err)
		return err;
	policy_update(&pe->pool->selection, &pe->selection, &param->policy);
	return 0;
}

void hs_remove(struct handlespace *hs, struct hs_pe *pe)
{
	struct hs_pool *pool = pe->pool;

	policy_leave(&pool->selection, &pe->selection);
	TAILQ_REMOVE(&pool->pes, pe, in_pool);
	pool->npes--;
	table_del(&hs->pes, &pe->node);
	hs->octets -= sizeof(*pe) + pe->param_len;
	free(pe->param);
	free(pe);
	if (!pool->npes)
		hs_pool_free(hs, pool);
}

void hs_free(struct handlespace *hs)
{
	struct table_walk walk = { 0 };
	struct table_node *node;

	while ((node = table_walk(&hs->pes, &walk)))
		hs_remove(hs, container_of(node, struct hs_pe, node));
	table_free(&hs->pes);
	table_free(&hs->pools);
}
