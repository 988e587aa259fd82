/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * peer.c: which other registrars there are, and are they alive (RFC 5353
 * section 3.4).
 *
 *	unknown --message--> active --silent, or association lost--> asked
 *	   ^                  ^  ^                                     |
 *	   |                  |  '---------------message---------------|
 *	   |      presence    |                                        | no answer
 *	   |  .---------------+--------------.                         v
 *	   | taken by us <----|--------------+--(has elements)------ dead
 *	   |   |            ceded to another one                       |
 *	   '---+--------------'  (all elements have got another home) <'
 */
#ifndef RSPD_PEER_H
#define RSPD_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "../lib/status.h"
#include "assoc.h"

struct hs_pe;
struct registrar;

/* One bit each in peer_takeover.waiting. */
_Static_assert(PEERS_MAX <= 64, "more peers than bits");

/**
 * struct peer_audit - comparison with a peer's own view (audit.c)
 * @running: its table is on the way
 * @due: running: it should have come by now; else the peer is asked for its
 *	checksum then; DEADLINE_NEVER
 * @refresh: time of the next comparison in any case
 * @not_before: the last one did not help: wait
 * @backoff: and for how long
 */
struct peer_audit {
	bool running;
	uint64_t due;
	uint64_t refresh;
	uint64_t not_before;
	uint32_t backoff;
};

/**
 * struct peer_table - a handle table on its way to a peer (enrp_table.c)
 * @open: there is more to come
 * @own_only: only elements that belong to this registrar (W bit)
 * @next: first element of the next message
 * @until: the peer has to ask for it by then
 */
struct peer_table {
	bool open;
	bool own_only;
	struct hs_pe *next;
	uint64_t until;
};

/**
 * struct peer_takeover - while a peer is PEER_TAKEN (takeover.c)
 * @waiting: peers that have not agreed yet, a bit each
 * @tries: times that they have been asked
 */
struct peer_takeover {
	uint64_t waiting;
	unsigned int tries;
};

/**
 * struct enrp_peer - another registrar; or enrp.self
 * @used: this entry is in use
 * @configured: named by the operator: never forgotten
 * @state: see above
 * @id: its identifier; 0 while PEER_UNKNOWN
 * @place: where it can be called
 * @assoc: association with it, NULL: none
 * @heard: time of its last message
 * @due: next step in this state
 * @changed: its elements were last changed then
 * @pes: pool elements whose home it is
 * @npes: entries of @pes
 * @sum: of hs_pe_sum() of @pes
 * @audit: see there
 * @table: see there
 * @takeover: see there
 */
struct enrp_peer {
	bool used;
	bool configured;
	enum peer_state state;
	uint32_t id;
	struct rsp_transport place;
	struct asap_assoc *assoc;
	uint64_t heard;
	uint64_t due;
	uint64_t changed;
	LIST_HEAD(, hs_pe) pes;
	size_t npes;
	uint64_t sum;
	struct peer_audit audit;
	struct peer_table table;
	struct peer_takeover takeover;
};

/**
 * struct enrp_config - what an operator can choose
 * @peers: registrars to begin with
 * @npeers: entries of @peers
 * @heartbeat: time between two presences (PEER-HEARTBEAT-CYCLE)
 * @last_heard: silence after which a peer is asked (MAX-TIME-LAST-HEARD)
 * @no_response: and time for its answer (MAX-TIME-NO-RESPONSE)
 * @refresh: time between two readings of a peer's table, 0: only on difference
 * @suggest: give elements to peers that have far fewer of them, and take such
 *	that are offered (UPD-12)
 *
 * Times in milliseconds.
 */
struct enrp_config {
	struct rsp_transport peers[PEERS_MAX / 2];
	size_t npeers;
	uint32_t heartbeat;
	uint32_t last_heard;
	uint32_t no_response;
	uint32_t refresh;
	bool suggest;
};

/**
 * struct enrp_link - how to reach other registrars
 * @dial: as of struct asap_dialer; NULL: there is no ENRP
 * @place: fill in where this registrar can be called.  Return: can it?
 * @ready: the handlespace is there, pool elements and users may come
 * @arg: for all of them
 */
struct enrp_link {
	struct asap_dialer dialer;
	bool (*place)(void *arg, struct rsp_transport *place);
	void (*ready)(void *arg);
	void *arg;
};

enum enrp_phase {
	ENRP_OFF,		/* not started */
	ENRP_SEARCH,		/* nobody was named: who answers (discover.c)? */
	ENRP_LIST,		/* the mentor is asked who is there */
	ENRP_TABLE,		/* ... and for the handlespace */
	ENRP_PAUSE,		/* no mentor has got it, try again */
	ENRP_READY,
};

/* A pool element that was removed while we learned from a mentor. */
struct enrp_grave;

/**
 * struct enrp - state of ENRP
 * @link: see there
 * @phase: how far the start has come (mentor.c)
 * @mentor: peer that is asked
 * @rounds: times that all of them have been asked in vain
 * @due: the mentor's answer is late then, or end of the search or pause
 * @graves: SLIST of elements that are not to come back (INI-19)
 * @ngraves: entries of @graves
 * @presence: time of the next presence to all
 * @self: this registrar
 * @peers: the others
 * @highest: entries of @peers behind which none was ever used
 */
struct enrp {
	struct enrp_link link;
	enum enrp_phase phase;
	struct enrp_peer *mentor;
	unsigned int rounds;
	uint64_t due;
	SLIST_HEAD(, enrp_grave) graves;
	size_t ngraves;
	uint64_t presence;
	struct enrp_peer self;
	struct enrp_peer peers[PEERS_MAX];
	size_t highest;
};

/* Not for those without any use for it: self, and free entries. */
#define peers_each(r, p)						\
	for ((p) = (r)->enrp.peers;					\
	     (p) < (r)->enrp.peers + (r)->enrp.highest; (p)++)		\
		if ((p)->used)

/* Return: NULL for an unknown one.  0 is never known. */
struct enrp_peer *peer_find(struct registrar *r, uint32_t id);

/* The same, or a new one; NULL: there are too many. */
struct enrp_peer *peer_get(struct registrar *r, uint32_t id);

/* A registrar that the operator has named. */
void peer_configure(struct registrar *r, const struct rsp_transport *place);

/* The operator names others now, or wants other times. */
void peers_reconfigure(struct registrar *r);

/* Do both have an address in common? */
bool peer_same_place(const struct rsp_transport *a,
		     const struct rsp_transport *b);

/* Somebody says that there is one, at @place. */
void peer_learn(struct registrar *r, uint32_t id,
		const struct rsp_transport *place);

/*
 * A message of the registrar @id has come over @assoc.
 * Return: who that is, NULL: there are too many of them.
 */
struct enrp_peer *peer_heard(struct registrar *r, uint32_t id,
			     struct asap_assoc *assoc);

/* An association with a registrar has ended. */
void peer_lost(struct registrar *r, struct asap_assoc *assoc);

/* Make an association if there is none.  Return: is there one now? */
bool peer_dial(struct registrar *r, struct enrp_peer *p);

/* It is there after all. */
void peer_active(struct registrar *r, struct enrp_peer *p);

/* It has no elements any more and is not there. */
void peer_forget(struct registrar *r, struct enrp_peer *p);

/* @pe belongs to @p from now on; peer_disown(): to nobody. */
void peer_own(struct registrar *r, struct hs_pe *pe, struct enrp_peer *p);
void peer_disown(struct registrar *r, struct hs_pe *pe);

/* Time of the next step with any of them, and take it. */
uint64_t peers_next(const struct registrar *r);
void peers_tick(struct registrar *r);

/* RFC 5353 section 3.6.2 */
uint16_t peer_checksum(const struct enrp_peer *p);

#endif /* RSPD_PEER_H */
