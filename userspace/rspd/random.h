/* SPDX-License-Identifier: GPL-2.0-only */
/* random.c: numbers that spread things.  They guard nothing. */
#ifndef RSPD_RANDOM_H
#define RSPD_RANDOM_H

#include <stdint.h>

/**
 * random_below() - a number of 0 to @below - 1, all equally likely
 * @state: of the generator, moves on; never 0
 * @below: not 0
 */
uint64_t random_below(uint64_t *state, uint64_t below);

#endif /* RSPD_RANDOM_H */
