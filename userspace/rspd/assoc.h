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
struct hs_pe;

/**
 * struct asap_link - a way to carry ASAP messages
 * @name: for the log
 * @msg_max: octets of the longest message
 * @vouches: whoever is at the other end has checked that pool elements
 *	register only addresses of their own, and limits reports (the module)
 * @send: send @msg; @request is the number of the request it answers, 0 for
 *	none.  Return: 0; -EAGAIN: no room now, the message is gone; any other
 *	error: the association does not work any more.  registrar_lost() must
 *	not be called from here.
 * @source: transport address of the other end, NULL when not known; valid
 *	until the next message
 */
struct asap_link {
	const char *name;
	size_t msg_max;
	bool vouches;
	int (*send)(struct asap_assoc *to, uint32_t request, const void *msg,
		    size_t len);
	const struct rsp_transport *(*source)(struct asap_assoc *from);
};

/* Token bucket: @left actions are allowed at time @at. */
struct bucket {
	uint64_t at;
	uint32_t left;
};

/**
 * struct asap_assoc - an association with a pool element, pool user, or both
 * @link: how to reach it
 * @serial: no other one ever had this number
 * @pes: pool elements registered over it
 * @errors: limits the ASAP_ERROR messages sent to it
 * @reports: limits the unreachable reports taken from it
 */
struct asap_assoc {
	const struct asap_link *link;
	uint32_t serial;
	LIST_HEAD(, hs_pe) pes;
	struct bucket errors;
	struct bucket reports;
};

#endif /* RSPD_ASSOC_H */
