/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registrar.c: who may be in the handlespace, and until when.
 *
 * The core (registrar.c, asap.c, asap_send.c, handlespace.c, policy.c and
 * what they are made of) does no I/O and reads no clock: messages and the time
 * come in by the functions here and in asap.h, messages leave by
 * asap_link.send().
 * Times are milliseconds of a clock that never goes back.
 */
#ifndef RSPD_REGISTRAR_H
#define RSPD_REGISTRAR_H

#include "assoc.h"
#include "handlespace.h"

/**
 * struct registrar_config - what an operator can choose
 * @id: ENRP server identifier, not 0
 * @ka_interval: mean time between two keep-alives to a pool element, 0: none
 * @ka_timeout: time for the acknowledgement
 * @max_items: most pool elements of a resolution, 0: as many as fit
 * @rsplib: RSPLIB's habits where they are not the RFC's
 * @limits: of the handlespace
 */
struct registrar_config {
	uint32_t id;
	uint32_t ka_interval;
	uint32_t ka_timeout;
	uint32_t max_items;
	bool rsplib;
	struct hs_limits limits;
};

/* Since the start. */
struct registrar_stats {
	uint64_t rx;		/* messages received */
	uint64_t rx_bad;	/* of these: malformed, unknown, not for us */
	uint64_t tx;		/* messages handed to a link */
	uint64_t tx_failed;	/* of these: refused by it */
	uint64_t registered;	/* registrations granted */
	uint64_t refused;	/* registrations refused */
	uint64_t deregistered;	/* pool elements that left by themselves */
	uint64_t removed;	/* pool elements removed for any other reason */
	uint64_t resolved;	/* resolutions answered with pool elements */
	uint64_t unresolved;	/* resolutions of unknown handles */
	uint64_t keep_alives;	/* keep-alives sent */
	uint64_t reports;	/* unreachable reports taken */
};

/**
 * struct registrar - the state of the protocol core
 * @config: settings
 * @hs: the handlespace
 * @deadlines: one of each pool element
 * @now: time of the last call from outside
 * @random: state of the generator that spreads keep-alives
 * @serials: last asap_assoc.serial given out
 * @logs: limits what is logged because of others
 * @stats: counters
 * @out: the message being written
 */
struct registrar {
	struct registrar_config config;
	struct handlespace hs;
	struct deadlines deadlines;
	uint64_t now;
	uint64_t random;
	uint32_t serials;
	struct bucket logs;
	struct registrar_stats stats;
	uint8_t out[RSP_MSG_SPACE];
};

/**
 * registrar_new() - the core, empty
 * @config: settings, copied
 * @seed: random octets
 * @now: time
 * Return: NULL without memory.
 */
struct registrar *registrar_new(const struct registrar_config *config,
				const uint8_t seed[TABLE_KEY_LEN],
				uint64_t now);
void registrar_free(struct registrar *r);

/* When registrar_tick() wants to be called, DEADLINE_NEVER: not at all. */
uint64_t registrar_next(const struct registrar *r);
void registrar_tick(struct registrar *r, uint64_t now);

/* A link has a new association. */
void registrar_found(struct registrar *r, struct asap_assoc *assoc,
		     const struct asap_link *link);

/*
 * A link has lost an association, and with it the pool elements that
 * registered over it: they are removed.
 */
void registrar_lost(struct registrar *r, struct asap_assoc *assoc,
		    uint64_t now);

/*
 * What follows is asap.c's way in.
 */

/**
 * registrar_register() - registration or re-registration (RFC 5352 s3.1)
 * @r: registrar
 * @handle: pool handle
 * @param: pool element, is changed: addresses that are not the sender's own
 *	are taken out, home and ASAP transport filled in
 * @from: who asks for it
 * @culprit: result: parameter that an invalid-values cause is about
 * Return: 0, or the cause of the refusal (enum rsp_cause_code).
 */
int registrar_register(struct registrar *r, struct rsp_octets handle,
		       struct rsp_pe_param *param, struct asap_assoc *from,
		       struct rsp_octets *culprit);

/* Return: 0, or the cause of the refusal. */
int registrar_deregister(struct registrar *r, struct rsp_octets handle,
			 uint32_t pe_id, struct asap_assoc *from);

/* @from has acknowledged a keep-alive. */
void registrar_alive(struct registrar *r, struct rsp_octets handle,
		     uint32_t pe_id, const struct asap_assoc *from);

/* @from cannot reach a pool element (RFC 5352 section 3.5). */
void registrar_report(struct registrar *r, struct rsp_octets handle,
		      uint32_t pe_id, struct asap_assoc *from);

/* One of @rate actions a second, in bursts of the same number. */
bool bucket_take(struct bucket *b, uint32_t rate, uint64_t now);

/* The whole handlespace and the counters to the log. */
void registrar_dump(const struct registrar *r);

#endif /* RSPD_REGISTRAR_H */
