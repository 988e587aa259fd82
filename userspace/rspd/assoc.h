/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The border between the protocol core and the links that carry messages.
 *
 * A link makes one struct asap_assoc for each association it has, embedded in
 * a struct of its own, hands received messages to asap_input(), and says when
 * an association has ended (registrar_lost()).
 */
#ifndef RSPD_ASSOC_H
#define RSPD_ASSOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "wire.h"

struct asap_assoc;
struct enrp_peer;
struct hs_pe;
struct subscription;

/**
 * struct asap_link - a way to carry ASAP messages, or ENRP's
 * @name: for the log
 * @enrp: the others are registrars: enrp.h instead of asap.h
 * @msg_max: octets of the longest message
 * @vouches: whoever is at the other end has checked that pool elements
 *	register only addresses of their own, and limits reports (the module)
 * @registers: pool elements may register over it: REG-01 demands SCTP
 * @send: send @msg; @request is the number of the request it answers, 0 for
 *	none.  Return: 0; -EAGAIN: no room now, the message is gone; any other
 *	error: the association does not work any more.  registrar_lost() must
 *	not be called from here.
 * @source: transport address of the other end, NULL when not known; valid
 *	until the next message
 * @close: end the association, in good order; registrar_lost() follows, but
 *	not from here.  NULL: it does not end before the other end wishes.
 */
struct asap_link {
	const char *name;
	bool enrp;
	size_t msg_max;
	bool vouches;
	bool registers;
	int (*send)(struct asap_assoc *to, uint32_t request, const void *msg,
		    size_t len);
	const struct rsp_transport *(*source)(struct asap_assoc *from);
	void (*close)(struct asap_assoc *assoc);
};

/**
 * struct asap_dialer - makes associations with pool elements, or peers
 * @dial: make an association, which may take its time: what is sent before it
 *	is up waits in it.  Return: 0 and @assoc, known to the core by
 *	registrar_found(), with .dialed set unless it was there already;
 *	-EAGAIN: not now; any other error: not possible.
 *	When it fails later, registrar_lost() is called, not from here.
 * @arg: for @dial
 */
struct asap_dialer {
	int (*dial)(void *arg, const struct rsp_transport *to,
		    struct asap_assoc **assoc);
	void *arg;
};

/* Token bucket: @left actions are allowed at time @at.  All zero: it is full. */
struct bucket {
	uint64_t at;
	uint32_t left;
};

/**
 * struct asap_assoc - an association with a pool element, pool user, or both;
 *	or with another registrar
 * @link: how to reach it
 * @peer: registrar, NULL: none, or not known yet which one
 * @serial: no other one ever had this number
 * @pes: pool elements registered over it
 * @npes: entries of @pes
 * @octets: their memory (hs_pe_weight())
 * @subs: subscriptions of the other end
 * @nsubs: entries of @subs
 * @errors: limits the ASAP_ERROR messages sent to it
 * @reports: limits the unreachable reports taken from it
 * @heard: the other end has said something that makes sense
 * @dialed: made by us, only to verify pool elements: ended after the last one
 * @profiled: @rsplib has been decided
 * @rsplib: the other end has RSPLIB's habits where they are not the RFC's
 */
struct asap_assoc {
	const struct asap_link *link;
	struct enrp_peer *peer;
	uint32_t serial;
	LIST_HEAD(, hs_pe) pes;
	size_t npes;
	size_t octets;
	LIST_HEAD(, subscription) subs;
	size_t nsubs;
	struct bucket errors;
	struct bucket reports;
	bool heard;
	bool dialed;
	bool profiled;
	bool rsplib;
};

/* ---- assoc.c --------------------------------------------------------------- */

struct registrar;

/* A link has a new association. */
void registrar_found(struct registrar *r, struct asap_assoc *assoc,
		     const struct asap_link *link);

/*
 * A link has lost an association.  The pool elements that registered over it
 * are verified over a new one (REG-29), or removed when there is none.
 */
void registrar_lost(struct registrar *r, struct asap_assoc *assoc,
		    uint64_t now);

/* The other end has begun anew (RFC 9260 section 5.2): the same. */
void registrar_restarted(struct registrar *r, struct asap_assoc *assoc,
			 uint64_t now);

/* Find out whose habits the other end has. */
void assoc_profile(const struct registrar *r, struct asap_assoc *assoc);

/*
 * May @assoc have one more pool element?  As many as there is room for others,
 * so that it takes many who want all to leave nothing to somebody new.
 */
bool assoc_quota(const struct registrar *r, const struct asap_assoc *assoc);

/* Octets by which its elements may grow. */
size_t assoc_room(const struct registrar *r, const struct asap_assoc *assoc);

/* Make an association with @pe, which has none.  Return: as asap_dialer.dial. */
int assoc_call(struct registrar *r, struct hs_pe *pe);

/* WIRE-32: registration lives are seconds; RSPLIB's are milliseconds. */
int32_t assoc_life_in(const struct asap_assoc *from, int32_t life);
int32_t assoc_life_out(bool rsplib, int32_t seconds);

/* All messages for @pe go over @assoc from now on; assoc_disown(): nowhere. */
void assoc_own(struct hs_pe *pe, struct asap_assoc *assoc);
void assoc_disown(struct hs_pe *pe);

/* As hs_replace(); @pe's association has as many octets more or less. */
int assoc_replace(struct registrar *r, struct hs_pe *pe,
		  const struct rsp_pe_param *param, size_t room, bool *changed);

#endif /* RSPD_ASSOC_H */
