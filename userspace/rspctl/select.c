// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspctl pool select: which elements of a pool its policy would select.
 *
 * A dry run: the registrar is asked for its handle table, on the wire, and the
 * policy is rspd's own code, run here.  So it works with any registrar and
 * changes nothing there.  Where the registrar is in its round is not part of
 * ENRP: the run begins as if all had just registered.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "../rspd/handlespace.h"
#include "peer.h"
#include "rspctl.h"
#include "select.h"

/* Selections: seconds of a processor */
#define SELECT_MAX	1000000

/**
 * struct select_count - how often an element was selected
 * @pe: element; the counts are sorted by this pointer
 * @times: result
 */
struct select_count {
	const struct hs_pe *pe;
	uint64_t times;
};

/**
 * struct select_run - a dry run
 * @ask: the registrar
 * @count: selections
 * @hs: its pool
 * @counts: of each element of the pool
 */
struct select_run {
	struct peer_ask ask;
	uint64_t count;
	struct handlespace hs;
	struct select_count *counts;
};

static struct hs_pool *select_pool(const struct select_run *run)
{
	const struct ctl_handle *handle = &run->ask.wanted;

	return hs_find_pool(&run->hs, (struct rsp_octets){ handle->octets,
							   handle->len });
}

/* An element may be in a table twice that changed while it was read. */
static int select_take(void *data, struct rsp_octets handle,
		       const struct rsp_pe_param *param)
{
	struct select_run *run = data;
	struct hs_pool *pool = select_pool(run);
	struct hs_pe *pe;

	if (pool && hs_find_pe(&run->hs, pool, param->pe_id))
		return CTL_OK;
	if (hs_add(&run->hs, handle, param, &pe))
		return peer_failed(&run->ask, "handle table", ENOMEM);
	return CTL_OK;
}

static int select_cmp(const void *a, const void *b)
{
	const struct select_count *x = a, *y = b;

	return x->pe < y->pe ? -1 : x->pe > y->pe;
}

static struct select_count *select_find(const struct select_run *run,
					const struct hs_pool *pool,
					const struct hs_pe *pe)
{
	const struct select_count key = { .pe = pe };

	return bsearch(&key, run->counts, pool->npes, sizeof(key), select_cmp);
}

static int select_prepare(struct select_run *run, const struct hs_pool *pool)
{
	const struct hs_pe *pe;
	size_t n = 0;

	run->counts = calloc(pool->npes, sizeof(*run->counts));
	if (!run->counts)
		return peer_failed(&run->ask, "pool", ENOMEM);
	TAILQ_FOREACH(pe, &pool->pes, in_pool)
		run->counts[n++].pe = pe;
	qsort(run->counts, n, sizeof(*run->counts), select_cmp);
	return CTL_OK;
}

/* As rspd answers a resolution, of which a pool user takes the first one. */
static int select_repeat(struct select_run *run, struct hs_pool *pool)
{
	uint64_t i, random = 0;
	struct hs_pe *pe;

	while (!random)
		if (getentropy(&random, sizeof(random)))
			return peer_failed(&run->ask, "no random numbers",
					   errno);
	for (i = 0; i < run->count; i++) {
		if (!policy_select(pool, &pe, 1, &random))
			break;
		policy_returned(pool, &pe, 1, 1);
		select_find(run, pool, pe)->times++;
	}
	return CTL_OK;
}

static void select_print(const struct select_run *run,
			 const struct hs_pool *pool)
{
	struct rsp_pe_param param;
	const struct hs_pe *pe;

	out_record_begin();
	out_handle("handle", "handle", pool->handle, pool->handle_len);
	out_name("policy", "policy", RSP_NAMES_POLICY, pool->policy);
	out_uint("count", "count", run->count);
	out_sublist_begin("pe");
	TAILQ_FOREACH(pe, &pool->pes, in_pool) {
		hs_pe_param(pe, &param);
		out_record_begin();
		peer_print_pe(&param);
		out_uint("selected", "selected",
			 select_find(run, pool, pe)->times);
		out_record_end();
	}
	out_sublist_end();
	out_record_end();
}

static int select_run(struct select_run *run)
{
	struct hs_pool *pool;

	if (peer_open(&run->ask) ||
	    peer_each_pe(&run->ask, select_take, run))
		return CTL_FAILED;
	pool = select_pool(run);
	if (!pool)
		return peer_failed(&run->ask, "no such pool", 0);
	if (select_prepare(run, pool) || select_repeat(run, pool))
		return CTL_FAILED;
	out_list_begin();
	select_print(run, pool);
	return out_list_end() ? CTL_FAILED : CTL_OK;
}

static int select_words(struct ctl_args *args, struct select_run *run)
{
	static const uint8_t here[] = { 127, 0, 0, 1 };

	peer_init(&run->ask);
	run->ask.addr.family = 4;
	memcpy(run->ask.addr.octets, here, sizeof(here));
	run->count = 1;
	ctl_keyword(args, "handle");
	if (ctl_get_handle(args, "handle", &run->ask.wanted))
		return CTL_USAGE;
	if (ctl_keyword(args, "count") &&
	    ctl_get_uint(args, "count", SELECT_MAX, &run->count))
		return CTL_USAGE;
	if (ctl_keyword(args, "registrar") &&
	    ctl_get_address(args, &run->ask.addr))
		return CTL_USAGE;
	if (ctl_get_port(args, &run->ask.port))
		return CTL_USAGE;
	return ctl_end(args);
}

int pool_select(struct ctl *ctl, struct ctl_args *args)
{
	const struct hs_limits all = { .pes = SIZE_MAX, .octets = SIZE_MAX };
	static const uint8_t key[TABLE_KEY_LEN];
	static struct select_run run;
	int err;

	(void)ctl;
	if (select_words(args, &run))
		return CTL_USAGE;
	if (hs_init(&run.hs, key, &all))
		return peer_failed(&run.ask, "pool", ENOMEM);
	err = select_run(&run);
	peer_close(&run.ask);
	free(run.counts);
	hs_free(&run.hs);
	return err;
}
