/* SPDX-License-Identifier: GPL-2.0-only */
/* takeover.c: who gets the pool elements of a dead registrar (RFC 5353 s3.5). */
#ifndef RSPD_TAKEOVER_H
#define RSPD_TAKEOVER_H

#include "peer.h"

/* @target is dead: take it over, after the others have agreed. */
void takeover_begin(struct registrar *r, struct enrp_peer *target);

/* They did not in time; or somebody else who wanted to did not. */
void takeover_late(struct registrar *r, struct enrp_peer *target);

/* @p does not answer any more: nobody waits for it. */
void takeover_without(struct registrar *r, const struct enrp_peer *p);

/* The three messages */
void takeover_asked(struct registrar *r, struct enrp_peer *from,
		    uint32_t target);
void takeover_agreed(struct registrar *r, struct enrp_peer *from,
		     uint32_t target);
void takeover_done(struct registrar *r, struct enrp_peer *from,
		   uint32_t target);

#endif /* RSPD_TAKEOVER_H */
