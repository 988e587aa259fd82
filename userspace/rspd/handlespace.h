/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * handlespace.c: which pools are there, and which pool elements do they have.
 *
 * Tables only: what may enter and when it leaves again is registrar.c's
 * matter, which element comes next is policy.c's.
 */
#ifndef RSPD_HANDLESPACE_H
#define RSPD_HANDLESPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "deadline.h"
#include "table.h"
#include "wire.h"

struct asap_assoc;
struct subscription;

TAILQ_HEAD(hs_pe_list, hs_pe);
LIST_HEAD(hs_subs, subscription);

/* Reports that a pool element survives: RFC 5352 s3.5, UNR-09. */
#define MAX_BAD_PE_REPORT	3

/**
 * struct hs_pool - a pool; it has at least one pool element
 * @node: in handlespace.pools, by handle
 * @pes: pool elements in the order of their first registration
 * @head: Round Robin: begin of the next answer
 * @idle: subscriptions that know the pool as it is (subscription.c's, as @due)
 * @due: subscriptions that are owed an update
 * @npes: elements of @pes
 * @policy: overall policy type, as all that follow from the first element
 * @transport: overall transport type
 * @use: overall data/control channel use
 * @handle_len: octets of @handle
 * @handle: pool handle
 */
struct hs_pool {
	struct table_node node;
	struct hs_pe_list pes;
	struct hs_pe *head;
	struct hs_subs idle;
	struct hs_subs due;
	uint32_t npes;
	uint32_t policy;
	uint16_t transport;
	uint16_t use;
	uint16_t handle_len;
	uint8_t handle[];
};

/**
 * struct hs_pe - a pool element
 * @pool: its pool
 * @node: in handlespace.pes, by pool and identifier
 * @in_pool: in hs_pool.pes
 * @id: PE identifier
 * @param_len: octets of @param
 * @param: the Pool Element parameter, as it goes into messages: several times
 *	smaller than struct rsp_pe_param, and nothing stands in two places
 *
 * The rest is registrar.c's:
 * @owner: association of the registration, all messages go there
 * @in_owner: in asap_assoc.pes
 * @deadline: the next of the three times below
 * @life_end: end of the registration life
 * @ka_next: next keep-alive
 * @ka_sent: time of the last keep-alive sent, 0: none yet
 * @ka_timeout: the last keep-alive has to be acknowledged by then
 * @reports_since: begin of the window of @reporters
 * @reporters: associations that reported it unreachable
 * @reports: entries of @reporters
 */
struct hs_pe {
	struct hs_pool *pool;
	struct table_node node;
	TAILQ_ENTRY(hs_pe) in_pool;
	uint32_t id;
	uint32_t param_len;
	uint8_t *param;

	struct asap_assoc *owner;
	LIST_ENTRY(hs_pe) in_owner;
	struct deadline deadline;
	uint64_t life_end;
	uint64_t ka_next;
	uint64_t ka_sent;
	uint64_t ka_timeout;
	uint64_t reports_since;
	uint32_t reporters[MAX_BAD_PE_REPORT];
	uint32_t reports;
};

/**
 * struct hs_limits - what may be held
 * @pes: pool elements
 * @octets: memory of all pools and pool elements
 */
struct hs_limits {
	size_t pes;
	size_t octets;
};

/**
 * struct handlespace - all pools that this registrar knows
 * @pools: struct hs_pool by handle
 * @pes: struct hs_pe by pool and identifier
 * @octets: memory in use by what the two hold
 * @limits: and how much it may be
 * @key: secret of the hashes
 * @scratch: room to encode one parameter
 */
struct handlespace {
	struct table pools;
	struct table pes;
	size_t octets;
	struct hs_limits limits;
	uint8_t key[TABLE_KEY_LEN];
	uint8_t scratch[RSP_MSG_SPACE];
};

int hs_init(struct handlespace *hs, const uint8_t key[TABLE_KEY_LEN],
	    const struct hs_limits *limits);
void hs_free(struct handlespace *hs);

struct hs_pool *hs_find_pool(const struct handlespace *hs,
			     struct rsp_octets handle);
struct hs_pe *hs_find_pe(const struct handlespace *hs,
			 const struct hs_pool *pool, uint32_t id);

/**
 * hs_add() - new pool element, and new pool if it is its first one
 * @hs: handlespace
 * @handle: pool handle
 * @param: pool element; its identifier is not in the pool yet
 * @pe: result, registrar.c's part is zero
 * Return: 0; -ENOSPC: a limit is reached; -ENOMEM; or the error of the codec.
 */
int hs_add(struct handlespace *hs, struct rsp_octets handle,
	   const struct rsp_pe_param *param, struct hs_pe **pe);

/**
 * hs_replace() - replace all of a pool element that is registered
 * @hs: handlespace
 * @pe: pool element
 * @param: what it is from now on
 * @room: octets by which it may grow
 * @changed: result: it is not the same as before
 * Return: as hs_add().
 */
int hs_replace(struct handlespace *hs, struct hs_pe *pe,
	       const struct rsp_pe_param *param, size_t room,
	       bool *changed);

/* Remove and free @pe, and its pool with the last one. */
void hs_remove(struct handlespace *hs, struct hs_pe *pe);

/* What was registered; @param points into @pe. */
void hs_pe_param(const struct hs_pe *pe, struct rsp_pe_param *param);

/* Memory that a pool element is charged with: its share of the pool's too. */
static inline size_t hs_pe_weight(const struct hs_pe *pe)
{
	return sizeof(*pe) + pe->param_len + pe->pool->handle_len;
}

static inline struct rsp_octets hs_pool_handle(const struct hs_pool *pool)
{
	return (struct rsp_octets){ pool->handle, pool->handle_len };
}

#endif /* RSPD_HANDLESPACE_H */
