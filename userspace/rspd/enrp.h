/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * enrp.c: ENRP messages come in (RFC 5353); the way into all of ENRP.
 *
 * A part of the core: no I/O, no clock.
 */
#ifndef RSPD_ENRP_H
#define RSPD_ENRP_H

#include "peer.h"

/**
 * enrp_start() - call the peers and learn the handlespace
 * @r: registrar
 * @link: how to reach them; link->ready() is called at once without any
 * @now: time
 */
void enrp_start(struct registrar *r, const struct enrp_link *link,
		uint64_t now);

/* The end: peers are to find out, not to be told that all is gone. */
void enrp_stop(struct registrar *r);

/* One message; as asap_input(). */
int enrp_input(struct registrar *r, struct asap_assoc *from,
	       const void *buf, size_t len, uint64_t now);

/* An association for ENRP has ended; the other end has begun anew. */
void enrp_lost(struct registrar *r, struct asap_assoc *assoc, uint64_t now);
void enrp_restarted(struct registrar *r, struct asap_assoc *assoc,
		    uint64_t now);

/* registrar_next() and registrar_tick() of this part */
uint64_t enrp_next(const struct registrar *r);
void enrp_tick(struct registrar *r);

#endif /* RSPD_ENRP_H */
