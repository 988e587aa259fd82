/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the calculator's client and server say to each other, in network byte
 * order.  Requests are numbered 1, 2, 3, ...; an answer has the number of its
 * request and the value after it.  That is also all that a server knows about
 * a client, and so the state cookie.
 *
 * The contract, by which nothing is lost and nothing is done twice:
 *
 * - a cookie goes before its answer, so whoever has the answer has it;
 * - a server does the request behind the last one of its state, answers the
 *   last one again if asked, and ignores all others;
 * - after a failover the client repeats what has not been answered.
 */
#ifndef EXAMPLES_CALC_H
#define EXAMPLES_CALC_H

#include <endian.h>
#include <stdint.h>

struct calc_request {
	uint64_t number;
	uint64_t operand;	/* two's complement */
	uint32_t op;		/* '+', '-', '*', '/', '%' */
	uint32_t reserved;
};

struct calc_state {
	uint64_t number;	/* of the last request, 0: none */
	uint64_t value;		/* two's complement */
};

#endif /* EXAMPLES_CALC_H */
