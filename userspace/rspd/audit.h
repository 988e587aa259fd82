/* SPDX-License-Identifier: GPL-2.0-only */
/* audit.c: do we and a peer say the same of its elements (RFC 5353 s3.6)? */
#ifndef RSPD_AUDIT_H
#define RSPD_AUDIT_H

#include "peer.h"
#include "wire.h"

/* No comparison is under way or due. */
void audit_reset(const struct registrar *r, struct enrp_peer *p);

/* The peer says so of itself. */
void audit_checksum(struct registrar *r, struct enrp_peer *p,
		    uint16_t checksum);

/* A part of its table. */
void audit_table(struct registrar *r, struct enrp_peer *p,
		 const struct rsp_msg *msg);

/* Read its table, whatever its checksum. */
void audit_begin(struct registrar *r, struct enrp_peer *p);

/* It will not come any more. */
void audit_abort(struct registrar *r, struct enrp_peer *p);

/* Time of the next step, and take it. */
uint64_t audit_next(const struct enrp_peer *p);
void audit_tick(struct registrar *r, struct enrp_peer *p);

#endif /* RSPD_AUDIT_H */
