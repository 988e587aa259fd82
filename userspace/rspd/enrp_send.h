/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * enrp_send.c: the ENRP messages (RFC 5353 section 2).
 *
 * What is said to a peer that cannot be reached is not said: audits find out.
 */
#ifndef RSPD_ENRP_SEND_H
#define RSPD_ENRP_SEND_H

#include "registrar.h"

/* @reply: it is to answer with one of its own */
void enrp_send_presence(struct registrar *r, struct enrp_peer *to, bool reply);
void enrp_send_presence_all(struct registrar *r, bool reply);

/* To the multicast groups (discover.c) */
void enrp_send_presence_group(struct registrar *r, bool reply);

/* To somebody of whom it is not known who he is: he is to answer. */
void enrp_send_presence_call(struct registrar *r, struct asap_assoc *to);

/**
 * enrp_send_update() - tell all peers about a pool element
 * @r: registrar
 * @pe: pool element
 * @action: RSP_UPDATE_*
 */
void enrp_send_update(struct registrar *r, const struct hs_pe *pe,
		      uint16_t action);

/*
 * The same about one that nobody knew before: it may be offered to a peer
 * (home_better()).  One that has moved stays, or it would go round in circles
 * with all others of its host.
 */
void enrp_send_new(struct registrar *r, const struct hs_pe *pe);

void enrp_send_list_request(struct registrar *r, struct enrp_peer *to);

/* @reject: we know nothing yet (INI-08) */
void enrp_send_list(struct registrar *r, struct enrp_peer *to, bool reject);

/* @own_only: only what belongs to the one asked */
void enrp_send_table_request(struct registrar *r, struct enrp_peer *to,
			     bool own_only);
void enrp_send_table_reject(struct registrar *r, struct enrp_peer *to);

/* The next part of what enrp_peer.table says, which moves on. */
void enrp_send_table(struct registrar *r, struct enrp_peer *to);

/* The three messages of a takeover; enrp_send_takeover_all(): to all peers */
void enrp_send_takeover(struct registrar *r, struct enrp_peer *to, uint8_t type,
			uint32_t target);
void enrp_send_takeover_all(struct registrar *r, uint8_t type, uint32_t target);

void enrp_send_error(struct registrar *r, struct asap_assoc *to,
		     uint32_t receiver, const struct rsp_causes *causes);

#endif /* RSPD_ENRP_SEND_H */
