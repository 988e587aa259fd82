/* SPDX-License-Identifier: GPL-2.0-only */
/* link_sctp.c: ASAP and ENRP over SCTP (RFC 5352 s5, RFC 5353 s3.1). */
#ifndef RSPD_LINK_SCTP_H
#define RSPD_LINK_SCTP_H

#include <ev.h>

#include "config.h"
#include "registrar.h"

struct link_sctp;

/**
 * link_sctp_open() - listen, and serve from the event loop
 * @r: registrar
 * @loop: event loop
 * @config: addresses
 * Return: the link; NULL: it was logged why not.
 */
struct link_sctp *link_sctp_open(struct registrar *r, struct ev_loop *loop,
				 const struct config *config);

/* The same for other registrars. */
struct link_sctp *link_sctp_open_enrp(struct registrar *r, struct ev_loop *loop,
				      const struct config *config);

/* Makes associations from it. */
struct asap_dialer link_sctp_dialer(struct link_sctp *link);

/* Shuts all associations down; their pool elements are forgotten silently. */
void link_sctp_close(struct link_sctp *link);

/* Where it listens, for people. */
const char *link_sctp_name(const struct link_sctp *link);

#endif /* RSPD_LINK_SCTP_H */
