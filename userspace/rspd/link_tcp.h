/* SPDX-License-Identifier: GPL-2.0-only */
/* link_tcp.c: ASAP over TCP, for pool users (RFC 5352 sections 2.1 and 3.3). */
#ifndef RSPD_LINK_TCP_H
#define RSPD_LINK_TCP_H

#include <ev.h>

#include "config.h"
#include "registrar.h"

struct link_tcp;

/* As link_sctp_open(). */
struct link_tcp *link_tcp_open(struct registrar *r, struct ev_loop *loop,
			       const struct config *config);
void link_tcp_close(struct link_tcp *link);

/* Where it listens, for people. */
const char *link_tcp_name(const struct link_tcp *link);

#endif /* RSPD_LINK_TCP_H */
