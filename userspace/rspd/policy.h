/* SPDX-License-Identifier: GPL-2.0-only */
/* policy.c: which pool elements a resolution returns, in which order. */
#ifndef RSPD_POLICY_H
#define RSPD_POLICY_H

#include "handlespace.h"

/**
 * policy_select() - answer one resolution (the registrar's side of RFC 5356)
 * @pool: pool; its selection state moves on
 * @pes: result
 * @max: room in @pes
 * Return: pool elements in @pes, none of them twice (POL-06).
 */
size_t policy_select(struct hs_pool *pool, struct hs_pe **pes, size_t max);

#endif /* RSPD_POLICY_H */
