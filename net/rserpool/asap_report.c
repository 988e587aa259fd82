// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports of pool elements that cannot be reached (RFC 5352 section 3.5).
 *
 * A registrar counts reports and takes an element out when there are too many
 * (MAX-BAD-PE-REPORT).  So all sessions of a namespace that lose an element at
 * about the same time are one event and make one report (UNR-02), and there
 * are not more of them in a second than a registrar can look into (UNR-12).
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "asap.h"

/* Idle sessions notice within seconds of each other (heartbeats, RTO). */
#define RSP_REPORTED_AGAIN	(10 * HZ)

struct rsp_report {
	struct list_head node;		/* asap->reports */
	struct rsp_handle handle;
	u32 pe_id;
};

/* Two pools that are taken for one cost a report at most. */
static bool rsp_reported(struct rsp_asap *asap, u32 pool,
			 const struct rsp_pe_life *life)
{
	struct rsp_reported *r;

	lockdep_assert_held(&asap->lock);

	for (r = asap->reported; r < asap->reported + RSP_ASAP_REPORTED_MAX;
	     r++)
		if (r->life.pe_id == life->pe_id && r->pool == pool &&
		    r->life.port == life->port &&
		    time_before(jiffies, r->at + RSP_REPORTED_AGAIN))
			return true;
	return false;
}

static void rsp_reported_note(struct rsp_asap *asap, u32 pool,
			      const struct rsp_pe_life *life)
{
	struct rsp_reported *r = &asap->reported[asap->next_reported];

	lockdep_assert_held(&asap->lock);

	asap->next_reported = (asap->next_reported + 1) % RSP_ASAP_REPORTED_MAX;
	r->pool = pool;
	r->life = *life;
	r->at = jiffies;
}

void rsp_asap_unreachable(struct rsp_net *rn, const struct rsp_handle *handle,
			  const struct rsp_pe_life *life)
{
	u32 pool = jhash(handle->octets, handle->len, 0);
	struct rsp_asap *asap = rn->asap;
	struct rsp_report *report;

	report = kmalloc(sizeof(*report), GFP_KERNEL);
	if (!report) {
		RSP_INC(rn, UNREACHABLE_LOST);
		return;
	}
	report->handle = *handle;
	report->pe_id = life->pe_id;
	spin_lock(&asap->lock);
	if (rsp_reported(asap, pool, life)) {
		RSP_INC(rn, UNREACHABLE_JOINED);
	} else if (!rsp_bucket_take(&asap->reports_rate,
				    RSP_ASAP_REPORTS_MAX)) {
		RSP_INC(rn, UNREACHABLE_LIMITED);
	} else {
		rsp_reported_note(asap, pool, life);
		list_add_tail(&report->node, &asap->reports);
		report = NULL;
	}
	spin_unlock(&asap->lock);
	if (!report)
		rsp_asap_kick(asap);
	kfree(report);
}

static bool rsp_report_send(struct rsp_asap *asap,
			    const struct rsp_report *report)
{
	struct rsp_writer w;
	int len;

	if (!rsp_registrar_up(asap->home))
		return false;
	rsp_msg_begin(&w, asap->tx, sizeof(asap->tx),
		      RSP_ASAP_ENDPOINT_UNREACHABLE, 0);
	rsp_put_handle(&w, report->handle.octets, report->handle.len);
	rsp_put_pe_id(&w, report->pe_id);
	len = rsp_msg_end(&w);
	return len > 0 && !rsp_asap_send(asap, asap->home, asap->tx, len, 0);
}

/* No answer, no second try; without a home there is nobody to tell. */
void rsp_reports_run(struct rsp_asap *asap)
{
	struct rsp_report *report, *tmp;
	LIST_HEAD(reports);

	spin_lock(&asap->lock);
	list_splice_init(&asap->reports, &reports);
	spin_unlock(&asap->lock);
	list_for_each_entry_safe(report, tmp, &reports, node) {
		if (rsp_report_send(asap, report))
			RSP_INC(asap->rn, UNREACHABLE_TX);
		else
			RSP_INC(asap->rn, UNREACHABLE_LOST);
		kfree(report);
	}
}
