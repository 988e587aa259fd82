/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What rspd tells any program of its network namespace that asks: which
 * registrars it knows, and how they are.  Over a Unix socket with an abstract
 * name (unix(7)), which is the namespace's and ends with its socket.
 *
 * rspd sends one struct status_peer for each, itself first, and closes.
 */
#ifndef _RSP_STATUS_H
#define _RSP_STATUS_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "wire.h"

/* Other registrars that one knows */
#define PEERS_MAX	64

enum peer_state {
	PEER_UNKNOWN,		/* configured, has not spoken (any more) */
	PEER_ACTIVE,
	PEER_ASKED,		/* owes us a presence */
	PEER_TAKEN,		/* dead, taken over by us */
	PEER_CEDED,		/* dead, another one says that it takes it over */
};

#define STATUS_SELF		0x1	/* the one that was asked */
#define STATUS_CONFIGURED	0x2	/* named by the operator */
#define STATUS_ASSOCIATED	0x4	/* there is an association with it */
#define STATUS_MENTOR		0x8	/* the handlespace comes from it */

/**
 * struct status_peer - a registrar as another one sees it
 * @size: of this structure: other versions have others
 * @id: its identifier, 0: not known yet
 * @state: enum peer_state
 * @flags: STATUS_*
 * @heard_ms: time since its last message; 0 with STATUS_SELF
 * @elements: pool elements that it is the home of
 * @port: where it can be called
 * @naddrs: entries of @addrs
 * @addrs: where it can be called
 */
struct status_peer {
	uint32_t size;
	uint32_t id;
	uint32_t state;
	uint32_t flags;
	uint64_t heard_ms;
	uint64_t elements;
	uint16_t port;
	uint16_t naddrs;
	struct rsp_addr addrs[RSP_ADDRS_MAX];
};

/**
 * status_address() - where to ask
 * @sun: result
 * @port: ENRP port, which tells apart those of one namespace
 * Return: its length.
 */
socklen_t status_address(struct sockaddr_un *sun, unsigned int port);

#endif /* _RSP_STATUS_H */
