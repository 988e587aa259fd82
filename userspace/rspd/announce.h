/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * announce.c: tell everybody where this registrar is (RFC 5352 section 3.6).
 *
 * One of the parts of the core: no I/O, no clock.
 */
#ifndef RSPD_ANNOUNCE_H
#define RSPD_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

struct registrar;

#define ANNOUNCE_INTERVAL	1000	/* T6-Serverannounce, milliseconds */
#define ANNOUNCE_OUTDATED	5000	/* T7-ENRPoutdate */
#define ANNOUNCE_TRANSPORTS_MAX	(2 * RSP_ADDRS_MAX)

/* Others that count: who forges more of them cannot make us silent. */
#define ANNOUNCE_OTHERS_MAX	31

/**
 * struct announce_link - the multicast groups
 * @transports: fill in the transports of this registrar, ANNOUNCE_TRANSPORTS_MAX
 *	at most, as RSPLIB takes them or all.  Return: how many.
 * @send: to all groups where RSPLIB listens, or to all others
 * @arg: for both
 */
struct announce_link {
	size_t (*transports)(void *arg, bool rsplib,
			     struct rsp_transport *transports);
	void (*send)(void *arg, bool rsplib, const void *msg, size_t len);
	void *arg;
};

/**
 * struct announce - announcements: ours, and those of others
 * @link: .send NULL: there are none
 * @next: time of our next one
 * @others: registrars heard, and until when that counts
 * @nothers: entries of @others
 */
struct announce {
	struct announce_link link;
	uint64_t next;
	struct {
		uint32_t id;
		uint64_t until;
	} others[ANNOUNCE_OTHERS_MAX];
	size_t nothers;
};

/* Announce from now on, and again whenever it is time. */
void announce_start(struct registrar *r, const struct announce_link *link,
		    uint64_t now);

/* Somebody said something to one of the groups. */
void announce_input(struct registrar *r, const void *buf, size_t len,
		    uint64_t now);

/* registrar_next() and registrar_tick() of this part */
uint64_t announce_next(const struct registrar *r);
void announce_tick(struct registrar *r);

#endif /* RSPD_ANNOUNCE_H */
