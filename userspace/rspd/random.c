// SPDX-License-Identifier: GPL-2.0-only
/* xorshift64*, see random.h. */
#include "random.h"

uint64_t random_below(uint64_t *state, uint64_t below)
{
	uint64_t number;

	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	number = *state * 0x2545f4914f6cdd1dULL;
	return (unsigned __int128)number * below >> 64;
}
