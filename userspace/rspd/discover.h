/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * discover.c: registrars that nobody has named find each other by multicast
 * (RFC 5351 section 3.1).
 *
 * One of the parts of the core: no I/O, no clock.
 */
#ifndef RSPD_DISCOVER_H
#define RSPD_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

struct asap_assoc;
struct registrar;

/* Those called at once: who forges more of them keeps us no busier. */
#define DISCOVER_CALLS_MAX	8

/* Milliseconds between two presences while we look for a mentor. */
#define DISCOVER_SEARCH		1000

/**
 * struct discover_link - the multicast groups
 * @send: to all groups
 * @arg: for @send
 */
struct discover_link {
	void (*send)(void *arg, const void *msg, size_t len);
	void *arg;
};

/**
 * struct discover_call - an attempt to reach one that was heard
 * @until: it should have answered by now; no other attempt for @source before
 * @source: who has sent the datagram, or says that he has
 * @assoc: association made for it, NULL: it has ended
 */
struct discover_call {
	uint64_t until;
	struct rsp_addr source;
	struct asap_assoc *assoc;
};

/**
 * struct discover - presences by multicast: ours, and those of others
 * @link: .send NULL: there are none
 * @next: time of our next one
 * @calls: entries whose .until is over are free
 */
struct discover {
	struct discover_link link;
	uint64_t next;
	struct discover_call calls[DISCOVER_CALLS_MAX];
};

/* Be present from now on; before enrp_start(). */
void discover_start(struct registrar *r, const struct discover_link *link,
		    uint64_t now);
bool discover_is_on(const struct registrar *r);

/* The time between presences may be another one now. */
void discover_reconfigure(struct registrar *r);

/* @source has said something to one of the groups. */
void discover_input(struct registrar *r, const struct rsp_addr *source,
		    const void *buf, size_t len, uint64_t now);

/* An association for ENRP has ended. */
void discover_lost(struct registrar *r, const struct asap_assoc *assoc);

/* registrar_next() and registrar_tick() of this part */
uint64_t discover_next(const struct registrar *r);
void discover_tick(struct registrar *r);

#endif /* RSPD_DISCOVER_H */
