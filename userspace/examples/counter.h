/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the counter's client and server say to each other.
 *
 * The client sends the numbers 1, 2, 3, ..., the server answers each with a
 * struct counter.  That is all it knows about a client, so the same struct is
 * the state cookie.  In network byte order: the next server may be another
 * kind of machine.
 */
#ifndef EXAMPLES_COUNTER_H
#define EXAMPLES_COUNTER_H

#include <endian.h>
#include <stdint.h>

struct counter_request {
	uint64_t number;
};

struct counter {
	uint64_t number;	/* of the last request */
	uint64_t count;		/* different requests so far */
};

#endif /* EXAMPLES_COUNTER_H */
