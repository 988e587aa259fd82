/* SPDX-License-Identifier: GPL-2.0-only */
/* link_netlink.c: ASAP to and from the module of this network namespace. */
#ifndef RSPD_LINK_NETLINK_H
#define RSPD_LINK_NETLINK_H

#include <ev.h>
#include <stdbool.h>

#include "registrar.h"

struct link_netlink;

/*
 * Attach to the module, and again whenever it is there and not attached to.
 * Return: the link, attached or not; NULL without memory.
 */
struct link_netlink *link_netlink_open(struct registrar *r,
				       struct ev_loop *loop);
void link_netlink_close(struct link_netlink *link);

bool link_netlink_attached(const struct link_netlink *link);

#endif /* RSPD_LINK_NETLINK_H */
