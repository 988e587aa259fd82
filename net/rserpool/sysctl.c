// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/sys/net/rserpool/: the settings of a namespace.  Described in
 * Documentation/networking/rserpool/sysctl.rst.
 */
#include <linux/slab.h>
#include <linux/sysctl.h>
#include "compat.h"
#include "rserpool.h"

static const struct rsp_settings rsp_defaults = {
	.t1_enrprequest_ms	= 15000,	/* RFC 5352 section 7.1 */
	.t2_registration_ms	= 30000,
	.t3_deregistration_ms	= 30000,
	.t4_reregistration_s	= 600,
	.t5_serverhunt_ms	= 10000,
	.t6_serverannounce_ms	= 1000,
	.t7_enrpoutdate_ms	= 5000,
	.max_reg_attempt	= 2,		/* section 7.2 */
	.max_request_retransmit	= 2,
	.retran_max_ms		= 60000,
	.stale_cache_ms		= 30000,
	.negative_cache_ms	= 250,
	.subscribe		= RSP_SUBSCRIBE_OFF,
	.resolution_items	= 0,
	.registration_life_s	= 300,
	.connect_timeout_ms	= 2000,
	.failover_limit_ms	= 120000,
	/* Shorter than SCTP's own: an idle session notices within 5 s that a
	 * host is gone (RTO r: 2 * (heartbeat + 1.5 * r), then 1.5 * r each,
	 * doubled up to the upper bound), and 2 s with data under way.
	 */
	.sctp_rto_initial_ms	= 500,
	.sctp_rto_min_ms	= 200,
	.sctp_rto_max_ms	= 500,
	.sctp_max_retrans	= 4,
	.sctp_heartbeat_ms	= 600,
	.max_pools		= 4096,
	.max_pes		= 4096,
	.max_sessions		= 65536,
	.max_user_sessions	= 32768,	/* one user leaves half of them */
	.max_user_cookie_bytes	= 64 << 20,
	.max_user_replay_bytes	= 256 << 20,
};

/* ---- profiles: values for all that has to do with noticing failures ----------- */

struct rsp_profile {
	const char *name;
	const struct rsp_settings *set;
};

/* What it costs: Documentation/networking/rserpool/sysctl.rst */
static const struct rsp_settings rsp_fast = {
	.t1_enrprequest_ms	= 1000,
	.t2_registration_ms	= 2000,
	.t3_deregistration_ms	= 2000,
	.retran_max_ms		= 5000,
	.connect_timeout_ms	= 500,
	/* no heartbeat comes sooner than SCTP's 200 ms and up to one RTO after
	 * the last; four of them are to fit into a second
	 */
	.sctp_rto_initial_ms	= 40,
	.sctp_rto_min_ms	= 40,
	.sctp_rto_max_ms	= 40,
	.sctp_max_retrans	= 2,
	.sctp_heartbeat_ms	= 100,
};

static const struct rsp_profile rsp_profiles[] = {
	[RSP_PROFILE_DEFAULT] = { "default", &rsp_defaults },
	[RSP_PROFILE_FAST] = { "fast", &rsp_fast },
};

/* The settings that a profile has; others stay as they are. */
static const u16 rsp_profile_fields[] = {
	offsetof(struct rsp_settings, t1_enrprequest_ms),
	offsetof(struct rsp_settings, t2_registration_ms),
	offsetof(struct rsp_settings, t3_deregistration_ms),
	offsetof(struct rsp_settings, retran_max_ms),
	offsetof(struct rsp_settings, connect_timeout_ms),
	offsetof(struct rsp_settings, sctp_rto_initial_ms),
	offsetof(struct rsp_settings, sctp_rto_min_ms),
	offsetof(struct rsp_settings, sctp_rto_max_ms),
	offsetof(struct rsp_settings, sctp_max_retrans),
	offsetof(struct rsp_settings, sctp_heartbeat_ms),
};

static const unsigned int *rsp_profile_field(const struct rsp_settings *set,
					     unsigned int i)
{
	return (const void *)set + rsp_profile_fields[i];
}

static bool rsp_profile_is(const struct rsp_profile *profile,
			   const struct rsp_settings *set)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rsp_profile_fields); i++)
		if (READ_ONCE(*rsp_profile_field(set, i)) !=
		    *rsp_profile_field(profile->set, i))
			return false;
	return true;
}

static const char *rsp_profile_name(const struct rsp_settings *set)
{
	unsigned int i;

	for (i = RSP_PROFILE_DEFAULT; i < ARRAY_SIZE(rsp_profiles); i++)
		if (rsp_profile_is(&rsp_profiles[i], set))
			return rsp_profiles[i].name;
	return "custom";
}

static int rsp_profile_set(struct rsp_settings *set, const char *name)
{
	unsigned int i, p;

	for (p = RSP_PROFILE_DEFAULT; p < ARRAY_SIZE(rsp_profiles); p++)
		if (!strcmp(rsp_profiles[p].name, name))
			break;
	if (p == ARRAY_SIZE(rsp_profiles))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(rsp_profile_fields); i++)
		WRITE_ONCE(*(unsigned int *)rsp_profile_field(set, i),
			   *rsp_profile_field(rsp_profiles[p].set, i));
	return 0;
}

const struct rsp_settings *rsp_profile_settings(const struct rsp_net *rn,
						u32 profile)
{
	return profile == RSP_PROFILE_NAMESPACE ? &rn->set :
						  rsp_profiles[profile].set;
}

/* Says which profile the settings are, whoever made them. */
static int rsp_profile_handler(RSP_CTL_TABLE *entry, int write, void *buffer,
			       size_t *lenp, loff_t *ppos)
{
	struct rsp_settings *set = entry->data;
	char name[16];
	struct ctl_table text = { .data = name, .maxlen = sizeof(name) };
	int err;

	strscpy(name, rsp_profile_name(set), sizeof(name));
	err = proc_dostring(&text, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	return rsp_profile_set(set, name);
}

/* ---- the files -------------------------------------------------------------------- */

#define RSP_HOUR_MS	(3600 * 1000)

/* Bounds.  They live as long as the tables that point to them. */
static unsigned int rsp_one = 1;
static unsigned int rsp_ten = 10;
static unsigned int rsp_hundred = 100;
static unsigned int rsp_minute_ms = 60 * 1000;
static unsigned int rsp_hour_ms = RSP_HOUR_MS;
static unsigned int rsp_two_s = 2;
static unsigned int rsp_subscribe_max = RSP_SUBSCRIBE_FOLLOW;
static unsigned int rsp_month_s = 30 * 24 * 3600;
static unsigned int rsp_attempts_max = 100;
static unsigned int rsp_objects_max = 1 << 16;
static unsigned int rsp_sessions_max = 1 << 20;

/* .data is the offset in struct rsp_settings until it is set for a namespace */
#define RSP_SETTING(name, min, max)					\
{									\
	.procname	= #name,					\
	.data		= (void *)offsetof(struct rsp_settings, name),	\
	.maxlen		= sizeof(unsigned int),				\
	.mode		= 0644,						\
	.proc_handler	= proc_douintvec_minmax,			\
	.extra1		= (min),					\
	.extra2		= (max),					\
}

static const struct ctl_table rsp_sysctl_template[] = {
	{
		.procname	= "profile",
		.mode		= 0644,
		.proc_handler	= rsp_profile_handler,
	},
	RSP_SETTING(t1_enrprequest_ms, &rsp_hundred, &rsp_hour_ms),
	RSP_SETTING(t2_registration_ms, &rsp_hundred, &rsp_hour_ms),
	RSP_SETTING(t3_deregistration_ms, &rsp_hundred, &rsp_hour_ms),
	RSP_SETTING(t4_reregistration_s, &rsp_one, &rsp_month_s),
	RSP_SETTING(t5_serverhunt_ms, &rsp_hundred, &rsp_hour_ms),
	RSP_SETTING(t6_serverannounce_ms, &rsp_hundred, &rsp_hour_ms),
	RSP_SETTING(t7_enrpoutdate_ms, &rsp_hundred, &rsp_hour_ms),
	RSP_SETTING(max_reg_attempt, NULL, &rsp_attempts_max),
	RSP_SETTING(max_request_retransmit, NULL, &rsp_attempts_max),
	RSP_SETTING(retran_max_ms, &rsp_hundred, &rsp_hour_ms),
	RSP_SETTING(stale_cache_ms, NULL, &rsp_hour_ms),
	RSP_SETTING(negative_cache_ms, NULL, &rsp_hour_ms),
	RSP_SETTING(subscribe, NULL, &rsp_subscribe_max),
	RSP_SETTING(resolution_items, NULL, NULL),
	RSP_SETTING(registration_life_s, &rsp_two_s, &rsp_month_s),
	RSP_SETTING(connect_timeout_ms, &rsp_ten, &rsp_hour_ms),
	RSP_SETTING(failover_limit_ms, NULL, NULL),
	RSP_SETTING(sctp_rto_initial_ms, &rsp_ten, &rsp_minute_ms),
	RSP_SETTING(sctp_rto_min_ms, &rsp_ten, &rsp_minute_ms),
	RSP_SETTING(sctp_rto_max_ms, &rsp_ten, &rsp_minute_ms),
	RSP_SETTING(sctp_max_retrans, &rsp_one, &rsp_attempts_max),
	RSP_SETTING(sctp_heartbeat_ms, &rsp_ten, &rsp_hour_ms),
	RSP_SETTING(rsplib_sessions, NULL, &rsp_one),
	RSP_SETTING(max_pools, &rsp_one, &rsp_objects_max),
	RSP_SETTING(max_pes, &rsp_one, &rsp_objects_max),
	RSP_SETTING(max_sessions, &rsp_one, &rsp_sessions_max),
	RSP_SETTING(max_user_sessions, NULL, NULL),
	RSP_SETTING(max_user_cookie_bytes, NULL, NULL),
	RSP_SETTING(max_user_replay_bytes, NULL, NULL),
	{ }
};

int rsp_sysctl_net_init(struct rsp_net *rn)
{
	const unsigned int n = ARRAY_SIZE(rsp_sysctl_template) - 1;
	struct ctl_table *table;
	unsigned int i;

	rn->set = rsp_defaults;
	table = kmemdup(rsp_sysctl_template, sizeof(rsp_sysctl_template),
			GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		table[i].data = (u8 *)&rn->set + (unsigned long)table[i].data;

	rn->sysctl = rsp_register_net_sysctl(rn->net, "net/rserpool", table, n);
	if (!rn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

void rsp_sysctl_net_exit(struct rsp_net *rn)
{
	const struct ctl_table *table = rn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(rn->sysctl);
	kfree(table);
}
