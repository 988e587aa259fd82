/* SPDX-License-Identifier: GPL-2.0-only */
/* link_status.c: tells rspctl which registrars there are (lib/status.h). */
#ifndef RSPD_LINK_STATUS_H
#define RSPD_LINK_STATUS_H

#include <ev.h>

struct config;
struct link_status;
struct registrar;

/* Return: NULL if it cannot be told: nothing else depends on that. */
struct link_status *link_status_open(struct registrar *r, struct ev_loop *loop,
				     const struct config *config);

void link_status_close(struct link_status *link);

#endif /* RSPD_LINK_STATUS_H */
