/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * link_announce.c: the multicast groups of ASAP (RFC 5352 section 8.2) and
 * ENRP.
 */
#ifndef RSPD_LINK_ANNOUNCE_H
#define RSPD_LINK_ANNOUNCE_H

#include <ev.h>

#include "config.h"
#include "registrar.h"

struct link_announce;

/* As link_sctp_open(). */
struct link_announce *link_announce_open(struct registrar *r,
					 struct ev_loop *loop,
					 const struct config *config);

/* The same for other registrars. */
struct link_announce *link_announce_open_enrp(struct registrar *r,
					      struct ev_loop *loop,
					      const struct config *config);

void link_announce_close(struct link_announce *link);

#endif /* RSPD_LINK_ANNOUNCE_H */
