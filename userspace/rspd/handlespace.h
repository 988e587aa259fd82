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
#include "policy.h"
#include "table.h"
#include "wire.h"

struct asap_assoc;
struct enrp_peer;
struct subscription;

TAILQ_HEAD(hs_pe_list, hs_pe);
TAILQ_HEAD(hs_pool_list, hs_pool);
LIST_HEAD(hs_subs, subscription);

/* Reports that a pool element survives: RFC 5352 s3.5, UNR-09. */
#define MAX_BAD_PE_REPORT	3

/**
 * struct hs_pool - a pool; it has at least one pool element
 * @node: in handlespace.pools, by handle
 * @in_all: in handlespace.all
 * @pes: pool elements in the order of their first registration
 * @selection: policy.c's
 * @idle: subscriptions that know the pool as it is (subscription.c's, as @due)
 * @due: subscriptions that are owed an update
 * @npes: elements of @pes
 * @policy: overall policy type, as all that follow from the first element
 * @transport: overall transport type
 * @use: overall data/control channel use
 * @sum: what the handle adds to a checksum, see hs_pe_sum()
 * @handle_len: octets of @handle
 * @handle: pool handle
 */
struct hs_pool {
	struct table_node node;
	TAILQ_ENTRY(hs_pool) in_all;
	struct hs_pe_list pes;
	struct policy_pool selection;
	struct hs_subs idle;
	struct hs_subs due;
	uint32_t npes;
	uint32_t policy;
	uint16_t transport;
	uint16_t use;
	uint16_t handle_len;
	uint32_t sum;
	uint8_t handle[];
};

/**
 * struct hs_pe - a pool element
 * @pool: its pool
 * @node: in handlespace.pes, by pool and identifier
 * @in_pool: in hs_pool.pes
 * @selection: policy.c's
 * @id: PE identifier
 * @param_len: octets of @param
 * @param: the Pool Element parameter, as it goes into messages: several times
 *	smaller than struct rsp_pe_param, and nothing stands in two places
 *
 * The rest is registrar.c's and home.c's:
 * @home: registrar that it belongs to: enrp.self, or a peer
 * @in_home: in enrp_peer.pes
 * @rival: identifier of a registrar that says it were its own, 0: none
 * @proved: when it last said, or agreed, that we are its home
 * @claim: the next keep-alive says that this registrar is home now (H=1)
 * @marked: audit.c: not confirmed yet by the one that it belongs to
 * @fresh: its home has spoken of it while we learned from a mentor
 * @owner: association of the registration, all messages go there; NULL: it
 *	belongs elsewhere, or an association is made with the next keep-alive
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
	struct policy_pe selection;
	uint32_t id;
	uint32_t param_len;
	uint8_t *param;

	struct enrp_peer *home;
	LIST_ENTRY(hs_pe) in_home;
	uint64_t proved;
	uint32_t rival;
	bool claim;
	bool marked;
	bool fresh;
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
 * @all: the same in the order of their making
 * @pes: struct hs_pe by pool and identifier
 * @octets: memory in use by what the two hold
 * @limits: and how much it may be
 * @key: secret of the hashes
 * @scratch: room to encode one parameter
 */
struct handlespace {
	struct table pools;
	struct hs_pool_list all;
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

/*
 * All pool elements, pool by pool; NULL before the first and behind the last.
 * New ones may come while somebody is on the way.
 */
struct hs_pe *hs_next_pe(const struct handlespace *hs, const struct hs_pe *pe);

/* What was registered; @param points into @pe. */
void hs_pe_param(const struct hs_pe *pe, struct rsp_pe_param *param);

/* Memory that a pool element is charged with: its share of the pool's too. */
static inline size_t hs_pe_weight(const struct hs_pe *pe)
{
	return sizeof(*pe) + pe->param_len + pe->pool->handle_len;
}

/*
 * What a pool element adds to its registrar's checksum (RFC 5353 section
 * 3.6.2): the sum of the 16-bit words of the handle, padded with zeros, and of
 * the identifier.  Not folded: so what was added can be taken away again.
 */
static inline uint64_t hs_pe_sum(const struct hs_pe *pe)
{
	return (uint64_t)pe->pool->sum + (pe->id >> 16) + (pe->id & 0xffff);
}

static inline struct rsp_octets hs_pool_handle(const struct hs_pool *pool)
{
	return (struct rsp_octets){ pool->handle, pool->handle_len };
}

#endif /* RSPD_HANDLESPACE_H */
