/* SPDX-License-Identifier: GPL-2.0-only */
/* addr.c: socket addresses and the codec's. */
#ifndef RSPD_ADDR_H
#define RSPD_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

union config_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

#define ADDR_TEXT	(INET6_ADDRSTRLEN + sizeof("[]:65535"))

socklen_t addr_len(const union config_addr *addr);

/* For people: ADDR:PORT */
void addr_text(const union config_addr *addr, char text[ADDR_TEXT]);

/*
 * Mapped addresses, as they come from a socket that can do both, become IPv4.
 * Return: was it one of the two?
 */
bool addr_get(const struct sockaddr *sa, struct rsp_addr *addr, uint16_t *port);

/* For a socket of @family; IPv4 becomes a mapped address where it has to. */
void addr_set(union config_addr *to, int family, const struct rsp_addr *addr,
	      uint16_t port);

/*
 * The addresses of @t, which listens at @addrs, or at all of this host for a
 * wildcard address; none that only this host or link can use.
 */
void addr_listed(struct rsp_transport *t, const union config_addr *addrs,
		 size_t naddrs);

#endif /* RSPD_ADDR_H */
