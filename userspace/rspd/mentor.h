/* SPDX-License-Identifier: GPL-2.0-only */
/* mentor.c: learn the handlespace from one who has it (RFC 5353 section 3.2). */
#ifndef RSPD_MENTOR_H
#define RSPD_MENTOR_H

#include "peer.h"
#include "wire.h"

void mentor_start(struct registrar *r);

/* One has come in answer to our presence by multicast: ENRP_SEARCH is over. */
void mentor_found(struct registrar *r, struct enrp_peer *p);

/* The mentor has answered. */
void mentor_list(struct registrar *r, const struct rsp_msg *msg);
void mentor_table(struct registrar *r, const struct rsp_msg *msg);

/* It has not, in time; or cannot any more. */
void mentor_failed(struct registrar *r);

/* An element is gone: it must not come back with the table (INI-19). */
void mentor_remember_gone(struct registrar *r, struct rsp_octets handle,
			  uint32_t pe_id);

void mentor_free(struct registrar *r);

/* Time of the next step, and take it. */
uint64_t mentor_next(const struct registrar *r);
void mentor_tick(struct registrar *r);

#endif /* RSPD_MENTOR_H */
