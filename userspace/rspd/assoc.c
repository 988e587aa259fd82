// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an association means for the pool elements that registered over it.
 *
 *	registration --> association --> ends --> keep-alive over a new one, to
 *	                    ^                     the ASAP transport --> none or
 *	                    '-- answer -----------------'       no answer: removed
 *
 * RFC 5352 removes an element when a keep-alive cannot be delivered to it
 * (section 3.5), and records for this where it registered from (section 3.1
 * rule 4).  The end of an association is not yet that.
 */
#include "assoc.h"

#include <errno.h>
#include <string.h>

#include "enrp.h"
#include "home.h"
#include "registrar.h"
#include "subscription.h"

/* What an association may have even when little is left for others. */
#define QUOTA_PES	64
#define QUOTA_OCTETS	(64 << 10)

void registrar_found(struct registrar *r, struct asap_assoc *assoc,
		     const struct asap_link *link)
{
	memset(assoc, 0, sizeof(*assoc));
	assoc->link = link;
	assoc->serial = ++r->serials;
	LIST_INIT(&assoc->pes);
	LIST_INIT(&assoc->subs);
}

void assoc_own(struct hs_pe *pe, struct asap_assoc *assoc)
{
	pe->owner = assoc;
	LIST_INSERT_HEAD(&assoc->pes, pe, in_owner);
	assoc->npes++;
	assoc->octets += hs_pe_weight(pe);
}

void assoc_disown(struct hs_pe *pe)
{
	struct asap_assoc *assoc = pe->owner;

	if (!assoc)
		return;
	pe->owner = NULL;
	LIST_REMOVE(pe, in_owner);
	assoc->npes--;
	assoc->octets -= hs_pe_weight(pe);
	if (assoc->dialed && !assoc->npes && assoc->link->close)
		assoc->link->close(assoc);
}

int assoc_replace(struct registrar *r, struct hs_pe *pe,
		  const struct rsp_pe_param *param, size_t room, bool *changed)
{
	size_t weight = hs_pe_weight(pe);
	int err = hs_replace(&r->hs, pe, param, room, changed);

	if (pe->owner)
		pe->owner->octets += hs_pe_weight(pe) - weight;
	return err;
}

static size_t assoc_left(size_t limit, size_t used, size_t least)
{
	size_t left = limit > used ? limit - used : 0;

	return left > least ? left : least;
}

size_t assoc_room(const struct registrar *r, const struct asap_assoc *assoc)
{
	size_t left = assoc_left(r->hs.limits.octets, r->hs.octets,
				 QUOTA_OCTETS);

	if (assoc->link->vouches)
		return SIZE_MAX;
	return left > assoc->octets ? left - assoc->octets : 0;
}

bool assoc_quota(const struct registrar *r, const struct asap_assoc *assoc)
{
	if (assoc->link->vouches)
		return true;
	return assoc_room(r, assoc) &&
	       assoc->npes < assoc_left(r->hs.limits.pes, r->hs.pes.count,
					QUOTA_PES);
}

int assoc_call(struct registrar *r, struct hs_pe *pe)
{
	struct asap_assoc *assoc;
	struct rsp_pe_param param;
	int err;

	hs_pe_param(pe, &param);
	if (!r->dialer.dial || param.asap.type != RSP_PARAM_SCTP_TRANSPORT)
		return -EHOSTUNREACH;
	err = r->dialer.dial(r->dialer.arg, &param.asap, &assoc);
	if (err)
		return err;
	if (assoc->dialed && !assoc->npes)
		r->stats.dialed++;
	assoc_own(pe, assoc);
	return 0;
}

int32_t assoc_life_in(const struct asap_assoc *from, int32_t life)
{
	if (!from->rsplib || life <= 0)
		return life;
	return life / 1000 + (life % 1000 != 0);
}

/* It has no more than 31 bits for them. */
int32_t assoc_life_out(bool rsplib, int32_t seconds)
{
	if (!rsplib || seconds < 0)
		return seconds;
	return seconds > INT32_MAX / 1000 ? INT32_MAX : seconds * 1000;
}

/*
 * The elements of an association that has ended are asked over a new one; or
 * not, when that one was silent since we made it: one attempt is enough.  Those
 * of others are left to them.
 */
void registrar_lost(struct registrar *r, struct asap_assoc *assoc,
		    uint64_t now)
{
	bool again = assoc->heard && !assoc->link->vouches;
	struct hs_pe *pe;

	if (assoc->link->enrp) {
		enrp_lost(r, assoc, now);
		return;
	}
	r->now = now;
	assoc->dialed = false;
	subscription_lost(r, assoc);
	while ((pe = LIST_FIRST(&assoc->pes))) {
		assoc_disown(pe);
		if (again)
			registrar_keep_alive(r, pe);
		else
			home_silent(r, pe, "removed: association lost");
	}
	subscription_run(r);
}

/*
 * Whoever it is now, it is at the same place: the elements are asked whether
 * they are still there.  Subscriptions are over.
 */
void registrar_restarted(struct registrar *r, struct asap_assoc *assoc,
			 uint64_t now)
{
	struct hs_pe *pe;

	if (assoc->link->enrp) {
		enrp_restarted(r, assoc, now);
		return;
	}
	r->now = now;
	subscription_lost(r, assoc);
	LIST_FOREACH(pe, &assoc->pes, in_owner)
		registrar_keep_alive_soon(r, pe);
}

static bool assoc_matches(const struct rsp_addr *addr,
			  const struct registrar_prefix *prefix)
{
	unsigned int octets = prefix->bits / 8, rest = prefix->bits % 8;

	if (addr->family != prefix->addr.family ||
	    memcmp(addr->octets, prefix->addr.octets, octets) != 0)
		return false;
	return !rest || !((addr->octets[octets] ^ prefix->addr.octets[octets]) >>
			  (8 - rest));
}

/* By the first address: the others are only what the peer says. */
void assoc_profile(const struct registrar *r, struct asap_assoc *assoc)
{
	const struct rsp_transport *source;
	int longest = -1;
	size_t i;

	if (assoc->profiled)
		return;
	assoc->profiled = true;
	if (assoc->link->vouches)
		return;		/* the module is no RSPLIB */
	assoc->rsplib = r->config.rsplib;
	source = r->config.nprefixes ? assoc->link->source(assoc) : NULL;
	if (!source || !source->naddrs)
		return;
	for (i = 0; i < r->config.nprefixes; i++) {
		if (r->config.prefixes[i].bits <= longest ||
		    !assoc_matches(&source->addrs[0], &r->config.prefixes[i]))
			continue;
		longest = r->config.prefixes[i].bits;
		assoc->rsplib = r->config.prefixes[i].rsplib;
	}
}
