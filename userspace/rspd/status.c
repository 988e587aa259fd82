// SPDX-License-Identifier: GPL-2.0-only
/* The list of peers as it is at this moment (RFC 5353 section 3.4). */
#include "status.h"

#include <string.h>

#include "registrar.h"

static void status_begin(struct status_peer *s, const struct enrp_peer *p,
			 uint32_t id, const struct rsp_transport *place)
{
	memset(s, 0, sizeof(*s));	/* also what is between the members */
	s->size = sizeof(*s);
	s->id = id;
	s->state = p->state;
	s->elements = p->npes;
	s->port = place->port;
	s->naddrs = place->naddrs;
	memcpy(s->addrs, place->addrs, place->naddrs * sizeof(*s->addrs));
}

static void status_self(const struct registrar *r, struct status_peer *s)
{
	struct rsp_transport place = { 0 };

	if (r->enrp.link.place && !r->enrp.link.place(r->enrp.link.arg, &place))
		place.naddrs = 0;
	status_begin(s, &r->enrp.self, r->config.id, &place);
	s->state = r->enrp.phase == ENRP_READY ? PEER_ACTIVE : PEER_UNKNOWN;
	s->flags = STATUS_SELF;
}

static void status_of(const struct registrar *r, struct status_peer *s,
		      const struct enrp_peer *p, uint64_t now)
{
	status_begin(s, p, p->id, &p->place);
	s->heard_ms = now - p->heard;
	if (p->configured)
		s->flags |= STATUS_CONFIGURED;
	if (p->assoc && p->assoc->heard)
		s->flags |= STATUS_ASSOCIATED;
	if (p == r->enrp.mentor)
		s->flags |= STATUS_MENTOR;
}

size_t registrar_status(const struct registrar *r, struct status_peer *all,
			uint64_t now)
{
	const struct enrp_peer *p;
	size_t n = 0;

	status_self(r, &all[n++]);
	peers_each(r, p)
		status_of(r, &all[n++], p, now);
	return n;
}
