// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a pool element at its home registrar:
 *
 *	registration --> here --> de-registration, end of its registration
 *	  ^                |      life, no answer to a keep-alive, too many
 *	  '----------------'      unreachable reports, loss of its association
 *
 * What happens to it here, all peers are told (RFC 5353 section 3.3): see
 * registrar_enter(), registrar_change() and registrar_remove().  Elements with
 * another home come and go by home.c.
 */
#include "registrar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asap_send.h"
#include "enrp.h"
#include "enrp_send.h"
#include "home.h"
#include "log.h"
#include "mentor.h"
#include "names.h"
#include "random.h"
#include "subscription.h"

/* Unreachable reports: UNR-10, UNR-12, KAL-11.  Milliseconds. */
#define REPORT_WINDOW		60000
#define REPORT_RATE		10
#define KA_PAUSE_MIN		1000

/* Messages a second at level info that others can make us log. */
#define LOG_RATE		50

/* Deadlines missed by more than this: we were asleep, not the others. */
#define LATE			1000

struct registrar *registrar_new(const struct registrar_config *config,
				const uint8_t seed[TABLE_KEY_LEN],
				uint64_t now)
{
	struct registrar *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->config = *config;
	r->now = now;
	memcpy(&r->random, seed, sizeof(r->random));
	r->random |= 1;
	r->enrp.self.id = config->id;
	LIST_INIT(&r->enrp.self.pes);
	r->enrp.due = DEADLINE_NEVER;
	r->enrp.presence = DEADLINE_NEVER;
	if (hs_init(&r->hs, seed, &config->limits))
		goto err_hs;
	if (!table_init(&r->subs))
		return r;
	hs_free(&r->hs);
err_hs:
	free(r);
	return NULL;
}

void registrar_free(struct registrar *r)
{
	subscription_free_all(r);
	mentor_free(r);
	hs_free(&r->hs);
	deadlines_free(&r->deadlines);
	free(r);
}

void registrar_reconfigure(struct registrar *r,
			   const struct registrar_config *config, uint64_t now)
{
	uint32_t id = r->config.id;

	r->now = now;
	r->config = *config;
	r->config.id = id;
	r->hs.limits = config->limits;
	peers_reconfigure(r);
	discover_reconfigure(r);
}

bool bucket_take(struct bucket *b, uint32_t rate, uint64_t now)
{
	uint64_t earned = (now - b->at) * rate / 1000;

	if (!b->at || earned >= rate - b->left) {
		b->left = rate;
		b->at = now;
	} else if (earned) {
		b->left += earned;
		b->at += earned * 1000 / rate;
	}
	if (!b->left)
		return false;
	b->left--;
	return true;
}

/* KAL-08: the interval, plus or minus 50 percent. */
static uint64_t registrar_ka_pause(struct registrar *r)
{
	uint32_t mean = r->config.ka_interval;

	if (!mean)
		return DEADLINE_NEVER;
	return r->now + mean / 2 + random_below(&r->random, mean);
}

void registrar_arm(struct registrar *r, struct hs_pe *pe)
{
	uint64_t when = pe->life_end;

	if (pe->ka_next < when)
		when = pe->ka_next;
	if (pe->ka_timeout < when)
		when = pe->ka_timeout;
	deadline_set(&r->deadlines, &pe->deadline, when);
}

static void registrar_log(struct registrar *r, struct rsp_octets handle,
			  uint32_t pe_id, const char *what)
{
	bool few = bucket_take(&r->logs, LOG_RATE, r->now);
	enum log_level level = few ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;

	/* or most of the time would go into text that nobody sees */
	if (!log_wants(level))
		return;
	log_at(level, "pool %s: element 0x%08x %s",
	       log_octets(handle.data, handle.len), pe_id, what);
}

static void registrar_remove(struct registrar *r, struct hs_pe *pe,
			     const char *why)
{
	registrar_log(r, hs_pool_handle(pe->pool), pe->id, why);
	enrp_send_update(r, pe, RSP_UPDATE_DEL_PE);
	home_forget(r, pe);
}

/*
 * The element did not ask for it: it is told, so that one that lives can
 * register again at once (REG-28 asks for this at the end of the life only).
 */
void registrar_evict(struct registrar *r, struct hs_pe *pe, const char *why)
{
	struct asap_to to = { .assoc = pe->owner };

	if (pe->owner)
		asap_send_deregistered(r, to, hs_pool_handle(pe->pool), pe->id,
				       0);
	r->stats.removed++;
	registrar_remove(r, pe, why);
}

/*
 * No room to send says nothing about the element: if it is dead the transport
 * will notice.
 */
void registrar_keep_alive(struct registrar *r, struct hs_pe *pe)
{
	int err = pe->owner ? 0 : assoc_call(r, pe);

	if (!err)
		err = asap_send_keep_alive(r, pe);

	if (err == -EAGAIN) {
		pe->ka_next = r->now + KA_PAUSE_MIN;
	} else if (err) {
		home_silent(r, pe, "removed: cannot be reached");
		return;
	} else {
		pe->ka_sent = r->now;
		pe->ka_next = DEADLINE_NEVER;
		pe->ka_timeout = r->now + r->config.ka_timeout;
	}
	registrar_arm(r, pe);
}

void registrar_keep_alive_soon(struct registrar *r, struct hs_pe *pe)
{
	pe->ka_timeout = DEADLINE_NEVER;
	pe->ka_next = r->now + random_below(&r->random, KA_PAUSE_MIN);
	registrar_arm(r, pe);
}

/*
 * Time for @pe.  When we come late its acknowledgement may be waiting behind
 * us, and so may be those of all others: they get a second chance, spread.
 */
static void registrar_due(struct registrar *r, struct hs_pe *pe)
{
	bool late = r->now - pe->deadline.when > LATE;

	if (pe->life_end <= r->now) {
		registrar_evict(r, pe, "removed: registration life ended");
	} else if (late) {
		registrar_keep_alive_soon(r, pe);
	} else if (pe->ka_timeout <= r->now) {
		home_silent(r, pe, "removed: no answer to keep-alive");
	} else {
		registrar_keep_alive(r, pe);
	}
}

uint64_t registrar_next(const struct registrar *r)
{
	uint64_t element = deadlines_next(&r->deadlines);
	uint64_t update = deadlines_next(&r->updates);
	uint64_t announce = announce_next(r);
	uint64_t enrp = enrp_next(r);
	uint64_t first = element < update ? element : update;

	if (enrp < first)
		first = enrp;
	return first < announce ? first : announce;
}

void registrar_tick(struct registrar *r, uint64_t now)
{
	struct deadline *d;

	r->now = now;
	while ((d = deadlines_pop(&r->deadlines, now)))
		registrar_due(r, container_of(d, struct hs_pe, deadline));
	enrp_tick(r);
	subscription_run(r);
	announce_tick(r);
}

static bool registrar_has_addr(const struct rsp_transport *t,
			       const struct rsp_addr *addr)
{
	unsigned int i;

	for (i = 0; i < t->naddrs; i++)
		if (t->addrs[i].family == addr->family &&
		    !memcmp(t->addrs[i].octets, addr->octets,
			    sizeof(addr->octets)))
			return true;
	return false;
}

/* Keep what the sender's association has: REG-03.  Return: is any left? */
static bool registrar_strip(struct rsp_transport *t,
			    const struct rsp_transport *source)
{
	unsigned int i, kept = 0;

	if (t->type == RSP_PARAM_OPAQUE_TRANSPORT)
		return true;
	for (i = 0; i < t->naddrs; i++)
		if (source && registrar_has_addr(source, &t->addrs[i]))
			t->addrs[kept++] = t->addrs[i];
	t->naddrs = kept;
	return kept;
}

/*
 * REG-22: @from wants the identifier of an element that lives elsewhere.
 * Another association of the same host is taken for the element's own, which
 * it made after a failure that has not come to our notice yet.
 */
static bool registrar_clash(const struct hs_pe *pe,
			    const struct asap_assoc *from,
			    const struct rsp_transport *source)
{
	struct rsp_pe_param old;
	unsigned int i;

	if (pe->owner == from)
		return false;
	hs_pe_param(pe, &old);
	if (!source || !old.asap.type)
		return true;
	for (i = 0; i < old.asap.naddrs; i++)
		if (registrar_has_addr(source, &old.asap.addrs[i]))
			return false;
	return true;
}

/* The parameter itself, as it was received. */
static struct rsp_octets registrar_culprit(struct registrar *r,
					   const struct rsp_pe_param *param)
{
	const size_t header = 4;
	struct rsp_writer w;

	rsp_msg_begin(&w, r->hs.scratch, sizeof(r->hs.scratch), 0, 0);
	rsp_put_pe(&w, param);
	if (w.failed)
		return (struct rsp_octets){ 0 };
	return (struct rsp_octets){ w.buf + header, w.len - header };
}

static int registrar_check_values(struct registrar *r,
				  struct rsp_pe_param *param,
				  const struct asap_assoc *from,
				  const struct rsp_transport *source,
				  struct rsp_octets *culprit)
{
	unsigned int naddrs;

	if (!from->link->registers)
		return RSP_CAUSE_SECURITY;	/* REG-01: its addresses are not known */
	if (!param->pe_id || !param->life || param->life < RSP_LIFE_INFINITE) {
		*culprit = registrar_culprit(r, param);
		return RSP_CAUSE_INVALID_VALUES;
	}
	if (from->link->vouches)
		return 0;
	naddrs = param->user.naddrs;
	if (!registrar_strip(&param->user, source)) {
		*culprit = param->user.raw;
		return RSP_CAUSE_INVALID_VALUES;
	}
	if (param->user.naddrs != naddrs)
		*culprit = param->user.raw;	/* REG-26: a warning */
	return 0;
}

int registrar_check_pool(const struct hs_pool *pool,
			 const struct rsp_pe_param *param)
{
	if (param->policy.type != pool->policy)
		return RSP_CAUSE_INCONSISTENT_POLICY;
	if (param->user.type != pool->transport)
		return RSP_CAUSE_INCONSISTENT_TRANSPORT;
	if (param->user.use != pool->use)
		return RSP_CAUSE_INCONSISTENT_CONTROL;
	return 0;
}

/* All messages go there from now on. */
static void registrar_welcome(struct registrar *r, struct hs_pe *pe,
			      struct asap_assoc *from)
{
	assoc_own(pe, from);
	pe->ka_next = registrar_ka_pause(r);
	pe->ka_timeout = DEADLINE_NEVER;
}

static int registrar_enter(struct registrar *r, struct rsp_octets handle,
			   const struct rsp_pe_param *param,
			   struct asap_assoc *from, struct hs_pe **pe)
{
	int err;

	if (!assoc_quota(r, from)) {
		r->stats.quota++;
		return -ENOSPC;
	}
	err = deadlines_reserve(&r->deadlines, r->hs.pes.count + 1);
	if (!err)
		err = hs_add(&r->hs, handle, param, pe);
	if (err)
		return err;
	registrar_welcome(r, *pe, from);
	peer_own(r, *pe, &r->enrp.self);
	registrar_log(r, handle, (*pe)->id, "registered");
	enrp_send_new(r, *pe);
	subscription_changed(r, (*pe)->pool);
	if (from->rsplib && handle.len > 32)
		log_warn("pool %s: RSPLIB takes handles of 32 octets at most",
			 log_octets(handle.data, handle.len));
	return 0;
}

static int registrar_change(struct registrar *r, struct hs_pe *pe,
			    const struct rsp_pe_param *param,
			    struct asap_assoc *from)
{
	bool changed;
	int err;

	err = assoc_replace(r, pe, param, assoc_room(r, from), &changed);
	if (err)
		return err;
	if (pe->owner != from) {
		assoc_disown(pe);
		registrar_welcome(r, pe, from);
	}
	if (pe->home != &r->enrp.self) {	/* REG-23 */
		peer_disown(r, pe);
		peer_own(r, pe, &r->enrp.self);
	}
	pe->claim = false;
	pe->reports = 0;
	if (!changed && !pe->rival)
		return 0;
	pe->rival = 0;
	enrp_send_update(r, pe, RSP_UPDATE_ADD_PE);
	subscription_changed(r, pe->pool);
	return 0;
}

/* Home and ASAP transport are ours to say: REG-23, REG-24. */
static void registrar_fill_in(struct registrar *r, struct rsp_pe_param *param,
			      const struct rsp_transport *source)
{
	param->home_id = r->config.id;
	if (source)
		param->asap = *source;
	else
		param->asap.type = 0;
	/* means nothing there; RSPLIB takes no element with anything else */
	param->asap.use = RSP_USE_DATA_ONLY;
}

uint64_t registrar_life_end(const struct registrar *r, int32_t life)
{
	return life == RSP_LIFE_INFINITE ? DEADLINE_NEVER :
	       r->now + life * 1000ULL;
}

static int registrar_try(struct registrar *r, struct rsp_octets handle,
			 struct rsp_pe_param *param, struct asap_assoc *from,
			 struct rsp_octets *culprit)
{
	const struct rsp_transport *source = from->link->source(from);
	struct hs_pool *pool = hs_find_pool(&r->hs, handle);
	struct hs_pe *pe = pool ? hs_find_pe(&r->hs, pool, param->pe_id) : NULL;
	int cause, err;

	cause = registrar_check_values(r, param, from, source, culprit);
	if (!cause && pool)
		cause = registrar_check_pool(pool, param);
	if (!cause && pe && registrar_clash(pe, from, source))
		cause = RSP_CAUSE_NON_UNIQUE_PE_ID;
	if (cause)
		return cause;
	registrar_fill_in(r, param, source);
	if (pe)
		err = registrar_change(r, pe, param, from);
	else
		err = registrar_enter(r, handle, param, from, &pe);
	if (err)
		return RSP_CAUSE_LACK_OF_RESOURCES;
	pe->proved = r->now;
	pe->life_end = registrar_life_end(r, param->life);
	registrar_arm(r, pe);
	return 0;
}

int registrar_register(struct registrar *r, struct rsp_octets handle,
		       struct rsp_pe_param *param, struct asap_assoc *from,
		       struct rsp_octets *culprit)
{
	int cause = registrar_try(r, handle, param, from, culprit);
	char what[32];

	if (!cause) {
		r->stats.registered++;
		return 0;
	}
	r->stats.refused++;
	snprintf(what, sizeof(what), "refused: cause 0x%x", cause);
	registrar_log(r, handle, param->pe_id, what);
	return cause;
}

static struct hs_pe *registrar_find(const struct registrar *r,
				    struct rsp_octets handle, uint32_t pe_id)
{
	struct hs_pool *pool = hs_find_pool(&r->hs, handle);

	return pool ? hs_find_pe(&r->hs, pool, pe_id) : NULL;
}

int registrar_deregister(struct registrar *r, struct rsp_octets handle,
			 uint32_t pe_id, struct asap_assoc *from)
{
	struct hs_pe *pe = registrar_find(r, handle, pe_id);

	if (!from->link->registers)
		return RSP_CAUSE_SECURITY;
	if (!pe)
		return 0;	/* DRG-07 */
	if (pe->owner != from && registrar_clash(pe, from, from->link->source(from)))
		return RSP_CAUSE_SECURITY;	/* DRG-10 */
	if (pe->home != &r->enrp.self) {
		/* as if it had registered here before: only so peers believe us */
		home_adopt(r, pe, 0);
		enrp_send_update(r, pe, RSP_UPDATE_ADD_PE);
	}
	r->stats.deregistered++;
	registrar_remove(r, pe, "de-registered");
	return 0;
}

void registrar_alive(struct registrar *r, struct rsp_octets handle,
		     uint32_t pe_id, const struct asap_assoc *from)
{
	struct hs_pe *pe = registrar_find(r, handle, pe_id);

	if (!pe || pe->owner != from || pe->ka_timeout == DEADLINE_NEVER) {
		r->stats.acks_unasked++;
		return;
	}
	if (!home_alive(r, pe))
		return;
	pe->reports = 0;
	pe->ka_timeout = DEADLINE_NEVER;
	pe->ka_next = registrar_ka_pause(r);
	registrar_arm(r, pe);
}

/*
 * UNR-08 to -10.  Reports of one reporter count once: nobody alone can have
 * an element removed that answers keep-alives.
 * Return: reporters so far, this one included.
 */
static unsigned int registrar_count_report(struct registrar *r,
					   struct hs_pe *pe, uint32_t reporter)
{
	unsigned int i;

	if (!pe->reports || r->now - pe->reports_since > REPORT_WINDOW) {
		pe->reports = 0;
		pe->reports_since = r->now;
	}
	for (i = 0; i < pe->reports; i++)
		if (pe->reporters[i] == reporter)
			return pe->reports;
	if (pe->reports < MAX_BAD_PE_REPORT)
		pe->reporters[pe->reports++] = reporter;
	else
		return MAX_BAD_PE_REPORT + 1;
	return pe->reports;
}

/* UNR-05: keep-alive at once, but not one after the other (KAL-11). */
void registrar_verify(struct registrar *r, struct hs_pe *pe)
{
	if (pe->ka_timeout != DEADLINE_NEVER)
		return;
	if (!pe->ka_sent || r->now - pe->ka_sent >= KA_PAUSE_MIN) {
		registrar_keep_alive(r, pe);
		return;
	}
	if (pe->ka_next > pe->ka_sent + KA_PAUSE_MIN) {
		pe->ka_next = pe->ka_sent + KA_PAUSE_MIN;
		registrar_arm(r, pe);
	}
}

void registrar_report(struct registrar *r, struct rsp_octets handle,
		      uint32_t pe_id, struct asap_assoc *from)
{
	struct hs_pe *pe = registrar_find(r, handle, pe_id);

	if (!pe)
		return;
	if (!from->link->vouches &&
	    !bucket_take(&from->reports, REPORT_RATE, r->now)) {
		r->stats.reports_limited++;
		return;
	}
	r->stats.reports++;
	if (registrar_count_report(r, pe, from->serial) > MAX_BAD_PE_REPORT)
		home_silent(r, pe, "removed: reported unreachable");
	else
		registrar_verify(r, pe);
}

/* What the policy goes by; static buffer */
static const char *registrar_policy_text(const struct hs_pe *pe,
					 const struct rsp_policy_param *p)
{
	static char text[64];

	switch (p->type) {
	case RSP_POLICY_WEIGHTED_ROUND_ROBIN:
	case RSP_POLICY_WEIGHTED_RANDOM:
		snprintf(text, sizeof(text), " weight %u", p->weight);
		break;
	case RSP_POLICY_PRIORITY:
		snprintf(text, sizeof(text), " priority %u", p->priority);
		break;
	case RSP_POLICY_LEAST_USED:
	case RSP_POLICY_RANDOM_LEAST_USED:
		snprintf(text, sizeof(text), " load %u", p->load);
		break;
	case RSP_POLICY_PRIORITY_LEAST_USED:
		snprintf(text, sizeof(text), " load %u + %u", p->load,
			 p->degradation);
		break;
	case RSP_POLICY_LEAST_USED_DEGRADATION:
		snprintf(text, sizeof(text), " load %u + %u x %u", p->load,
			 pe->selection.selected, p->degradation);
		break;
	default:
		text[0] = '\0';
	}
	return text;
}

static void registrar_dump_pool(const struct hs_pool *pool)
{
	const struct hs_pe *pe;
	struct rsp_pe_param param;

	log_info("pool %s: %u elements, policy %s",
		 log_octets(pool->handle, pool->handle_len), pool->npes,
		 rsp_name_or_number(RSP_NAMES_POLICY, pool->policy));
	TAILQ_FOREACH(pe, &pool->pes, in_pool) {
		hs_pe_param(pe, &param);
		log_info("  0x%08x home 0x%08x life %d s port %u over %s%s",
			 pe->id, param.home_id, param.life, param.user.port,
			 pe->owner ? pe->owner->link->name : "nothing",
			 registrar_policy_text(pe, &param.policy));
	}
}

static void registrar_dump_peers(const struct registrar *r)
{
	static const char *const states[] = {
		[PEER_UNKNOWN] = "not heard yet",
		[PEER_ACTIVE] = "active",
		[PEER_ASKED] = "asked",
		[PEER_TAKEN] = "being taken over",
		[PEER_CEDED] = "being taken over by another one",
	};
	const struct registrar_stats *s = &r->stats;
	const struct enrp_peer *p;

	peers_each(r, p)
		log_info("peer 0x%08x %s: %zu elements, checksum 0x%04x, heard %llu ms ago",
			 p->id, states[p->state], p->npes, peer_checksum(p),
			 (unsigned long long)(r->now - p->heard));
	log_info("peers: updates %llu, audits %llu, dead %llu, takeovers %llu, contests %llu",
		 (unsigned long long)s->enrp_updates,
		 (unsigned long long)s->audits,
		 (unsigned long long)s->peers_dead,
		 (unsigned long long)s->takeovers,
		 (unsigned long long)s->contests);
	log_info("peers: too many %llu, no room %llu, other policy %llu, strange home %llu, taken as suggested %llu",
		 (unsigned long long)s->peers_refused,
		 (unsigned long long)s->foreign_refused,
		 (unsigned long long)s->inconsistent,
		 (unsigned long long)s->strange_homes,
		 (unsigned long long)s->suggestions_taken);
}

void registrar_dump(const struct registrar *r)
{
	const struct registrar_stats *s = &r->stats;
	struct table_walk walk = { 0 };
	struct table_node *node;

	log_info("%zu pools, %zu elements, %zu octets", r->hs.pools.count,
		 r->hs.pes.count, r->hs.octets);
	while ((node = table_walk(&r->hs.pools, &walk)))
		registrar_dump_pool(container_of(node, struct hs_pool, node));
	log_info("messages: %llu received, %llu bad, %llu sent, %llu failed",
		 (unsigned long long)s->rx, (unsigned long long)s->rx_bad,
		 (unsigned long long)s->tx, (unsigned long long)s->tx_failed);
	log_info("registrations: %llu, refused %llu, left %llu, removed %llu",
		 (unsigned long long)s->registered,
		 (unsigned long long)s->refused,
		 (unsigned long long)s->deregistered,
		 (unsigned long long)s->removed);
	log_info("resolutions: %llu, unknown %llu, keep-alives %llu, reports %llu",
		 (unsigned long long)s->resolved,
		 (unsigned long long)s->unresolved,
		 (unsigned long long)s->keep_alives,
		 (unsigned long long)s->reports);
	log_info("subscriptions: %zu, updates %llu, refused %llu",
		 r->subs.count, (unsigned long long)s->updates,
		 (unsigned long long)s->subs_refused);
	log_info("limited: registrations %llu, reports %llu, answers unasked %llu",
		 (unsigned long long)s->quota,
		 (unsigned long long)s->reports_limited,
		 (unsigned long long)s->acks_unasked);
	log_info("announcements: sent %llu, heard %llu, bad %llu",
		 (unsigned long long)s->announced,
		 (unsigned long long)s->announces_heard,
		 (unsigned long long)s->announces_bad);
	log_info("discovery: heard %llu, bad %llu, calls %llu, too many %llu",
		 (unsigned long long)s->discover_heard,
		 (unsigned long long)s->discover_bad,
		 (unsigned long long)s->discover_calls,
		 (unsigned long long)s->discover_limited);
	registrar_dump_peers(r);
	log_info("connections: %llu, dialed %llu, refused %llu, evicted %llu, idle %llu, not reading %llu, garbage %llu",
		 (unsigned long long)s->conns, (unsigned long long)s->dialed,
		 (unsigned long long)s->conns_refused,
		 (unsigned long long)s->conns_evicted,
		 (unsigned long long)s->conns_idle,
		 (unsigned long long)s->conns_slow,
		 (unsigned long long)s->conns_garbage);
}
