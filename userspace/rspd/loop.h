/* SPDX-License-Identifier: GPL-2.0-only */
/* loop.c: what runs when. */
#ifndef RSPD_LOOP_H
#define RSPD_LOOP_H

#include <ev.h>
#include <stdint.h>

#include "registrar.h"

/*
 * Messages before deadlines: an acknowledgement that waits to be read counts,
 * also when the time for it is over.
 */
#define LOOP_PRIORITY_IO	1

/* Milliseconds of the clock that the core is given. */
uint64_t loop_now(void);

/* Serve the core's deadlines and signals, SIGHUP by @reload, until SIGTERM or
 * SIGINT.
 */
void loop_run(struct ev_loop *loop, struct registrar *r,
	      void (*reload)(void *arg), void *arg);

#endif /* RSPD_LOOP_H */
