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

#include "announce.h"
#include "assoc.h"
#include "discover.h"
#include "handlespace.h"
#include "peer.h"

#define REGISTRAR_PREFIXES_MAX	16

/**
 * struct registrar_prefix - peers with a profile of their own
 * @addr: network
 * @bits: length of the prefix
 * @rsplib: their profile is rsplib, else rfc
 */
struct registrar_prefix {
	struct rsp_addr addr;
	uint8_t bits;
	bool rsplib;
};

/**
 * struct registrar_config - what an operator can choose
 * @id: ENRP server identifier, not 0
 * @ka_interval: mean time between two keep-alives to a pool element, 0: none
 * @ka_timeout: time for the acknowledgement
 * @max_items: most pool elements of a resolution, 0: as many as fit
 * @degrade_items: of an answer so many pool elements count as selected for Least
 *	Used with Degradation, 0: all
 * @rsplib: peers have RSPLIB's habits where they are not the RFC's
 * @prefixes: and those for which this is otherwise, the longest prefix counts
 * @nprefixes: entries of @prefixes
 * @max_subs: most subscriptions in all
 * @max_peer_subs: and of one association that is not the module
 * @limits: of the handlespace
 * @enrp: of what concerns other registrars
 */
struct registrar_config {
	uint32_t id;
	uint32_t ka_interval;
	uint32_t ka_timeout;
	uint32_t max_items;
	uint32_t degrade_items;
	bool rsplib;
	struct registrar_prefix prefixes[REGISTRAR_PREFIXES_MAX];
	size_t nprefixes;
	uint32_t max_subs;
	uint32_t max_peer_subs;
	struct hs_limits limits;
	struct enrp_config enrp;
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
	uint64_t reports_limited; /* not taken: too many from one sender */
	uint64_t acks_unasked;	/* answers to no keep-alive, or not its own */
	uint64_t quota;		/* registrations refused: sender has too many */
	uint64_t updates;	/* sent to subscribers */
	uint64_t subs_refused;	/* subscriptions */
	uint64_t announced;	/* announcements sent */
	uint64_t announces_heard; /* received from others */
	uint64_t announces_bad;	/* what was none */
	uint64_t discover_heard; /* presences of registrars by multicast */
	uint64_t discover_bad;	/* what was none */
	uint64_t discover_calls; /* associations made because of them */
	uint64_t discover_limited; /* or not made: too many */
	uint64_t dialed;	/* associations made to verify elements */
	uint64_t conns;		/* associations and connections accepted */
	uint64_t conns_refused;	/* not accepted: too many */
	uint64_t conns_evicted;	/* ended in favour of others */
	uint64_t conns_idle;	/* ended: no request for a long time */
	uint64_t conns_slow;	/* ended: did not read */
	uint64_t conns_garbage;	/* ended: sent what is no message */
	uint64_t enrp_updates;	/* changes told to all peers */
	uint64_t peers_dead;	/* peers that were there and are not any more */
	uint64_t peers_refused;	/* not noted: too many */
	uint64_t takeovers;	/* completed by us */
	uint64_t suggestions_taken; /* elements that were offered to us */
	uint64_t audits;	/* tables of peers read */
	uint64_t contests;	/* elements of ours that a peer took for its own */
	uint64_t foreign_refused; /* elements of peers for which there is no room */
	uint64_t inconsistent;	/* elements of peers that do not fit to their pool */
	uint64_t strange_homes;	/* elements whose home is not who it should be */
};

/**
 * struct registrar - the state of the protocol core
 * @config: settings
 * @hs: the handlespace
 * @deadlines: one of each pool element
 * @subs: struct subscription by association and pool
 * @updates: when subscribers are to be told
 * @announce: announcements
 * @discover: presences by multicast
 * @enrp: other registrars
 * @dialer: makes associations, .dial may be NULL
 * @now: time of the last call from outside
 * @random: state of the generator that spreads keep-alives and selects
 * @serials: last asap_assoc.serial given out
 * @logs: limits what is logged because of others
 * @stats: counters
 * @out: the message being written
 */
struct registrar {
	struct registrar_config config;
	struct handlespace hs;
	struct deadlines deadlines;
	struct table subs;
	struct deadlines updates;
	struct announce announce;
	struct discover discover;
	struct enrp enrp;
	struct asap_dialer dialer;
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

/* Other settings from now on, but for the identifier. */
void registrar_reconfigure(struct registrar *r,
			   const struct registrar_config *config, uint64_t now);

/* When registrar_tick() wants to be called, DEADLINE_NEVER: not at all. */
uint64_t registrar_next(const struct registrar *r);
void registrar_tick(struct registrar *r, uint64_t now);

/*
 * What follows is the way in for the other parts of the core.
 */

/* Whatever was set of @pe.life_end, .ka_next, .ka_timeout */
void registrar_arm(struct registrar *r, struct hs_pe *pe);

/* When a registration that is made now ends. */
uint64_t registrar_life_end(const struct registrar *r, int32_t life);

/* Does it fit to the pool (REG-20)?  Return: 0, or the cause why not. */
int registrar_check_pool(const struct hs_pool *pool,
			 const struct rsp_pe_param *param);

/* Remove an element of ours, which is told so, as all peers are. */
void registrar_evict(struct registrar *r, struct hs_pe *pe, const char *why);

/* Ask @pe whether it is there, now or soon. */
void registrar_verify(struct registrar *r, struct hs_pe *pe);

/* Send a keep-alive to @pe now; it may be gone afterwards. */
void registrar_keep_alive(struct registrar *r, struct hs_pe *pe);

/* The same at any time within the next second. */
void registrar_keep_alive_soon(struct registrar *r, struct hs_pe *pe);

/**
 * registrar_register() - registration or re-registration (RFC 5352 s3.1)
 * @r: registrar
 * @handle: pool handle
 * @param: pool element, is changed: addresses that are not the sender's own
 *	are taken out, home and ASAP transport filled in
 * @from: who asks for it
 * @culprit: result: parameter that an invalid-values cause is about; with a
 *	registration that was granted: what was changed in it, or nothing
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
