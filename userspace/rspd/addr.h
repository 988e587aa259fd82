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

/**
 * addr_place() - the SCTP Transport of who listens at some addresses
 * @t: result: for a wildcard address all of this host at this moment, but
 *	none that only this host or link can use
 * @addrs: addresses; none: wildcard
 * @naddrs: entries of @addrs
 * @port: used without @addrs
 * Return: is there any?
 */
bool addr_place(struct rsp_transport *t, const union config_addr *addrs,
		size_t naddrs, uint16_t port);

#endif /* RSPD_ADDR_H */
