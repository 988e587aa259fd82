// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters: one set of each processor for each namespace, added up when
 * somebody reads them.
 */
#include <net/ip.h>
#include "rserpool.h"

static const char * const rsp_mib_names[] = {
#define X(id, name) \
	[RSP_MIB_##id] = name,
	RSP_MIB_LIST(X)
#undef X
};

const char *rsp_mib_name(unsigned int item)
{
	return item < ARRAY_SIZE(rsp_mib_names) ? rsp_mib_names[item] : NULL;
}

unsigned long rsp_mib_value(struct rsp_net *rn, unsigned int item)
{
	return snmp_fold_field(rn->mib, item);
}

int rsp_mib_net_init(struct rsp_net *rn)
{
	rn->mib = alloc_percpu(struct rsp_mib);
	return rn->mib ? 0 : -ENOMEM;
}

void rsp_mib_net_exit(struct rsp_net *rn)
{
	free_percpu(rn->mib);
}
