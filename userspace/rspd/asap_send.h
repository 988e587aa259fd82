/* SPDX-License-Identifier: GPL-2.0-only */
/* asap_send.c: the ASAP messages of a registrar (RFC 5352 section 2.2). */
#ifndef RSPD_ASAP_SEND_H
#define RSPD_ASAP_SEND_H

#include "registrar.h"

/* Where an answer goes. */
struct asap_to {
	struct asap_assoc *assoc;
	uint32_t request;	/* number that the link gave to the request */
};

/**
 * asap_send_registered() - answer to a registration
 * @r: registrar
 * @to: who registered
 * @handle: pool handle
 * @pe_id: PE identifier
 * @cause: 0: granted, else refused
 * @culprit: parameter that RSP_CAUSE_INVALID_VALUES is about; when granted:
 *	what was changed, a warning (REG-26), or nothing
 */
void asap_send_registered(struct registrar *r, struct asap_to to,
			  struct rsp_octets handle, uint32_t pe_id, int cause,
			  struct rsp_octets culprit);

/* Answer to a de-registration, or word that the registration has ended. */
void asap_send_deregistered(struct registrar *r, struct asap_to to,
			    struct rsp_octets handle, uint32_t pe_id,
			    int cause);

/**
 * asap_send_pool() - positive answer to a resolution, or update
 * @r: registrar
 * @to: who asked
 * @pool: pool
 * @items: most pool elements in it
 * @accepted: A bit: updates follow
 * Return: as asap_link.send(); -ENOSPC: no pool element fits, the answer was
 *	a negative one.
 */
int asap_send_pool(struct registrar *r, struct asap_to to,
		   struct hs_pool *pool, uint32_t items, bool accepted);

/* Negative answer to a resolution.  Return: as asap_link.send(). */
int asap_send_no_pool(struct registrar *r, struct asap_to to,
		      struct rsp_octets handle, int cause);

/* Return: as asap_link.send(). */
int asap_send_keep_alive(struct registrar *r, const struct hs_pe *pe);

void asap_send_error(struct registrar *r, struct asap_to to,
		     const struct rsp_causes *causes);

#endif /* RSPD_ASAP_SEND_H */
