// SPDX-License-Identifier: GPL-2.0-only
/*
 * Defaults, then the configuration file, then the command line.  A line of the
 * file is a long option without its dashes, and goes the same way.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef RSPD_VERSION
#define RSPD_VERSION	"0.1"
#endif

/* As long as RSPLIB's: a dead element is out of its pool in 10 s on average. */
#define KA_INTERVAL_MS	5000
#define KA_TIMEOUT_MS	5000

#define CONFIG_FILE	"/etc/rspd.conf"
#define CONFIG_LINE_MAX	512

#define PES_MAX		262144
#define OCTETS_MAX	(256UL << 20)

#define SUBS_MAX	65536
#define PEER_SUBS_MAX	1024
/* RFC 5353 section 4.1 */
#define HEARTBEAT_MS	30000
#define LAST_HEARD_MS	61000
#define NO_RESPONSE_MS	5000
#define REFRESH_MS	600000

/*
 * SCTP's own go up to 60 s: after a long partition nobody calls for so long.
 * A dead host that is sent to counts as lost after 15 s.  Not as short as the
 * module's: an association that ends by mistake costs a takeover.
 */
#define RTO_INITIAL_MS	1000	/* RFC 9260 section 16 */
#define RTO_MIN_MS	500
#define RTO_MAX_MS	2000
#define RTO_LIMIT_MS	60000
#define RETRANS_MAX	8
#define RETRANS_LIMIT	100
#define SCTP_HEARTBEAT_MS 30000

#define CONNS_MAX	16384
#define TCP_IDLE_MS	300000

/*
 * IANA's, site-local scope for IPv6, where the module listens; ENRP has none of
 * its own, but a UDP port.  And RSPLIB's.
 */
#define GROUP4		"224.0.1.185"
#define GROUP6		"ff05::133"
#define GROUP_RSPLIB	"239.0.0.50"
#define GROUP_RSPLIB_ENRP "239.0.0.51"

enum {
	OPT_NO_NETLINK = 0x100,
	OPT_NO_SCTP,
	OPT_NO_TCP,
	OPT_NO_ENRP,
	OPT_PEER_HEARTBEAT,
	OPT_PEER_SILENCE,
	OPT_PEER_TIMEOUT,
	OPT_PEER_REFRESH,
	OPT_SUGGEST,
	OPT_RTO_INITIAL,
	OPT_RTO_MIN,
	OPT_RTO_MAX,
	OPT_RETRANS,
	OPT_SCTP_HEARTBEAT,
	OPT_MAX_CONNS,
	OPT_TCP_IDLE,
	OPT_MAX_SUBS,
	OPT_MAX_PEER_SUBS,
	OPT_ANNOUNCE,
	OPT_ENRP_ANNOUNCE,
	OPT_ANNOUNCE_INTERFACE,
	OPT_ANNOUNCE_TTL,
	OPT_KA_INTERVAL,
	OPT_KA_TIMEOUT,
	OPT_MAX_ITEMS,
	OPT_DEGRADE_ITEMS,
	OPT_MAX_PES,
	OPT_PROFILE,
	OPT_CHECK,
};

static const struct option config_options[] = {
	{ "id",			required_argument, NULL, 'i' },
	{ "asap-address",	required_argument, NULL, 'a' },
	{ "enrp-address",	required_argument, NULL, 'e' },
	{ "peer",		required_argument, NULL, 'p' },
	{ "no-enrp",		no_argument, NULL, OPT_NO_ENRP },
	{ "peer-heartbeat",	required_argument, NULL, OPT_PEER_HEARTBEAT },
	{ "peer-silence",	required_argument, NULL, OPT_PEER_SILENCE },
	{ "peer-timeout",	required_argument, NULL, OPT_PEER_TIMEOUT },
	{ "peer-refresh",	required_argument, NULL, OPT_PEER_REFRESH },
	{ "takeover-suggestion", no_argument, NULL, OPT_SUGGEST },
	{ "no-netlink",		no_argument, NULL, OPT_NO_NETLINK },
	{ "no-sctp",		no_argument, NULL, OPT_NO_SCTP },
	{ "no-tcp",		no_argument, NULL, OPT_NO_TCP },
	{ "sctp-rto-initial",	required_argument, NULL, OPT_RTO_INITIAL },
	{ "sctp-rto-min",	required_argument, NULL, OPT_RTO_MIN },
	{ "sctp-rto-max",	required_argument, NULL, OPT_RTO_MAX },
	{ "sctp-max-retrans",	required_argument, NULL, OPT_RETRANS },
	{ "sctp-heartbeat",	required_argument, NULL, OPT_SCTP_HEARTBEAT },
	{ "max-connections",	required_argument, NULL, OPT_MAX_CONNS },
	{ "tcp-idle",		required_argument, NULL, OPT_TCP_IDLE },
	{ "max-subscriptions",	required_argument, NULL, OPT_MAX_SUBS },
	{ "max-peer-subscriptions", required_argument, NULL,
				OPT_MAX_PEER_SUBS },
	{ "announce",		optional_argument, NULL, OPT_ANNOUNCE },
	{ "enrp-announce",	optional_argument, NULL, OPT_ENRP_ANNOUNCE },
	{ "announce-interface",	required_argument, NULL,
				OPT_ANNOUNCE_INTERFACE },
	{ "announce-ttl",	required_argument, NULL, OPT_ANNOUNCE_TTL },
	{ "keepalive-interval",	required_argument, NULL, OPT_KA_INTERVAL },
	{ "keepalive-timeout",	required_argument, NULL, OPT_KA_TIMEOUT },
	{ "max-items",		required_argument, NULL, OPT_MAX_ITEMS },
	{ "degrade-items",	required_argument, NULL, OPT_DEGRADE_ITEMS },
	{ "max-elements",	required_argument, NULL, OPT_MAX_PES },
	{ "profile",		required_argument, NULL, OPT_PROFILE },
	{ "config",		required_argument, NULL, 'c' },
	{ "log-level",		required_argument, NULL, 'l' },
	{ "foreground",		no_argument, NULL, 'f' },
	{ "check",		no_argument, NULL, OPT_CHECK },
	{ "version",		no_argument, NULL, 'V' },
	{ "help",		no_argument, NULL, 'h' },
	{ 0 }
};

static const char config_usage[] =
"Usage: rspd [OPTION]...\n"
"A registrar of an RSerPool operation scope (RFC 5352, RFC 5353).\n"
"\n"
"  -c, --config=FILE            these options, one a line, without dashes; default\n"
"                               /etc/rspd.conf if that exists\n"
"  -i, --id=NUMBER              ENRP server identifier, default: random\n"
"  -a, --asap-address=ADDR[:PORT]  serve ASAP over SCTP and TCP there, up to 8\n"
"                               times with one port; default: all, port 3863\n"
"  -p, --peer=ADDR[,ADDR...][:PORT]  another registrar, with all its addresses;\n"
"                               up to 32 times; default port 9901\n"
"  -e, --enrp-address=ADDR[:PORT]  serve other registrars there, up to 8 times\n"
"                               with one port; default: as --asap-address, 9901\n"
"      --no-enrp                do not serve other registrars\n"
"      --peer-heartbeat=S       tell peers that we are there, default 30\n"
"      --peer-silence=S         ask a peer that was silent for so long, default 61\n"
"      --peer-timeout=S         and take it over without an answer, default 5\n"
"      --peer-refresh=S         read each peer's handle table anew, default 600,\n"
"                               0: only when it differs\n"
"      --takeover-suggestion    share pool elements with peers that have fewer\n"
"      --no-sctp                do not serve ASAP over SCTP\n"
"      --no-tcp                 do not serve ASAP over TCP\n"
"      --no-netlink             do not attach to the module of this namespace\n"
"      --keepalive-interval=S   mean seconds between keep-alives, default 5,\n"
"                               0: only to verify reports\n"
"      --keepalive-timeout=S    seconds to wait for the answer, default 5\n"
"      --max-items=N            most pool elements in an answer, default: all\n"
"      --degrade-items=N        how many of them Least Used with Degradation takes\n"
"                               for selected, default 1, 0: all\n"
"      --max-elements=N         most pool elements in all, default 262144\n"
"      --max-subscriptions=N    most subscriptions in all, default 65536\n"
"      --max-peer-subscriptions=N  and of one association, default 1024\n"
"      --sctp-rto-initial=S     SCTP's retransmission time-out, default 1\n"
"      --sctp-rto-min=S         not less than this, default 0.5\n"
"      --sctp-rto-max=S         nor more, default 2; also between two calls\n"
"      --sctp-max-retrans=N     retransmissions until a peer is lost, default 8\n"
"      --sctp-heartbeat=S       heartbeats of idle associations, default 30\n"
"      --max-connections=N      most SCTP associations, and most TCP\n"
"                               connections, default 16384\n"
"      --tcp-idle=S             close TCP connections without a request after\n"
"                               S seconds, default 300, 0: never\n"
"      --profile=rfc|rsplib[,PREFIX]  rsplib: suit peers that use RSPLIB, all\n"
"                               or those of PREFIX, up to 16 times; default rfc\n"
"      --announce[=GROUP[:PORT]]  announce the registrar by multicast, up to 4\n"
"                               times; default 224.0.1.185 and ff05::133\n"
"      --enrp-announce[=GROUP[:PORT]]  find other registrars by multicast, up to\n"
"                               4 times; default 224.0.1.185 and ff05::133\n"
"      --announce-interface=IF  on this interface\n"
"      --announce-ttl=N         as far as N routers, default 1\n"
"  -l, --log-level=LEVEL        error, warn, info (default), debug\n"
"  -f, --foreground             stay in the foreground (always so)\n"
"      --check                  check the options and the file, do not run\n"
"  -V, --version\n"
"  -h, --help\n"
"\n"
"SIGHUP reads the file again.  SIGUSR1 writes the handlespace to the log.\n";

/* Short options of config_options */
static const char config_letters[] = ":c:i:a:e:p:l:fVh";

static int config_u32(const char *text, uint32_t min, uint32_t *value)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || n < min ||
	    n > UINT32_MAX)
		return -1;
	*value = n;
	return 0;
}

/* Seconds, also parts of one, to milliseconds; a day at most. */
static int config_seconds(const char *text, uint32_t min, uint32_t *ms)
{
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (end == text || *end || !(seconds >= 0 && seconds <= 86400) ||
	    seconds * 1000 < min)
		return -1;
	*ms = seconds * 1000;
	return 0;
}

/*
 * ADDR, ADDR:PORT, [ADDR] or [ADDR]:PORT; an IPv6 address without brackets
 * has no port.  Return: the address part in @host, the port part or NULL.
 */
static const char *config_split(const char *text, char *host, size_t size)
{
	const char *colon = strchr(text, ':');
	const char *end = text + strlen(text);
	const char *port = NULL;

	if (*text == '[') {
		text++;
		end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':'))
			end = text;
		else if (end[1])
			port = end + 2;
	} else if (colon && colon == strrchr(text, ':')) {
		end = colon;
		port = colon + 1;
	}
	snprintf(host, size, "%.*s", (int)(end - text), text);
	return port;
}

static int config_addr(const char *text, uint32_t port, union config_addr *addr)
{
	char host[INET6_ADDRSTRLEN];
	const char *port_text = config_split(text, host, sizeof(host));

	if (port_text && (config_u32(port_text, 1, &port) || port > UINT16_MAX))
		return -1;
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, host, &addr->in.sin_addr) == 1) {
		addr->in.sin_family = AF_INET;
		addr->in.sin_port = htons(port);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &addr->in6.sin6_addr) == 1) {
		addr->in6.sin6_family = AF_INET6;
		addr->in6.sin6_port = htons(port);
		return 0;
	}
	return -1;
}

/* One more of up to CONFIG_ADDRS_MAX. */
static int config_add_addr(union config_addr *addrs, size_t *n, uint32_t port,
			   const char *text)
{
	union config_addr *addr = &addrs[*n];

	if (*n == CONFIG_ADDRS_MAX || config_addr(text, port, addr))
		return -1;
	/* sin_port and sin6_port are in the same place */
	if (*n && addr->in.sin_port != addrs->in.sin_port)
		return -1;
	++*n;
	return 0;
}

/* ADDR,ADDR,ADDR:PORT: the addresses of one registrar */
static int config_peer(struct enrp_config *enrp, const char *text)
{
	struct rsp_transport *peer = &enrp->peers[enrp->npeers];
	char one[INET6_ADDRSTRLEN + sizeof("[]:65535")];
	union config_addr addr;
	size_t len;

	if (enrp->npeers == PEERS_MAX / 2)
		return -1;
	memset(peer, 0, sizeof(*peer));
	peer->type = RSP_PARAM_SCTP_TRANSPORT;
	do {
		len = strcspn(text, ",");
		if (len >= sizeof(one) || peer->naddrs == RSP_ADDRS_MAX)
			return -1;
		snprintf(one, sizeof(one), "%.*s", (int)len, text);
		if (config_addr(one, RSP_ENRP_PORT, &addr) ||
		    !addr_get(&addr.sa, &peer->addrs[peer->naddrs++],
			      &peer->port))
			return -1;
		text += len;
	} while (*text++);
	enrp->npeers++;
	return 0;
}

/* ADDR/BITS, or ADDR alone for one host */
static int config_prefix(const char *text, struct registrar_prefix *prefix)
{
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	int len = slash ? slash - text : (int)strlen(text);
	uint32_t most, bits;

	snprintf(host, sizeof(host), "%.*s", len, text);
	memset(prefix, 0, sizeof(*prefix));
	if (inet_pton(AF_INET, host, prefix->addr.octets) == 1)
		prefix->addr.family = 4;
	else if (inet_pton(AF_INET6, host, prefix->addr.octets) == 1)
		prefix->addr.family = 6;
	else
		return -1;
	most = prefix->addr.family == 4 ? 32 : 128;
	bits = most;
	if (slash && (config_u32(slash + 1, 0, &bits) || bits > most))
		return -1;
	prefix->bits = bits;
	return 0;
}

/* NAME, for all, or NAME,PREFIX */
static int config_profile(const char *text, struct registrar_config *r)
{
	size_t len = strcspn(text, ",");
	bool rsplib = len == 6 && !strncmp(text, "rsplib", len);
	struct registrar_prefix *prefix = &r->prefixes[r->nprefixes];

	if (!rsplib && !(len == 3 && !strncmp(text, "rfc", len)))
		return -1;
	if (!text[len]) {
		r->rsplib = rsplib;
		return 0;
	}
	if (r->nprefixes == REGISTRAR_PREFIXES_MAX ||
	    config_prefix(text + len + 1, prefix))
		return -1;
	prefix->rsplib = rsplib;
	r->nprefixes++;
	return 0;
}

static bool config_is_multicast(const union config_addr *addr)
{
	if (addr->sa.sa_family == AF_INET)
		return IN_MULTICAST(ntohl(addr->in.sin_addr.s_addr));
	return IN6_IS_ADDR_MULTICAST(&addr->in6.sin6_addr);
}

static int config_group(struct config_groups *groups, uint32_t port,
			const char *text)
{
	union config_addr *group = &groups->addrs[groups->n];

	groups->on = true;
	if (!text)
		return 0;	/* config_finish() knows which */
	if (groups->n == CONFIG_GROUPS_MAX || config_addr(text, port, group) ||
	    !config_is_multicast(group))
		return -1;
	groups->n++;
	return 0;
}

static int config_interface(struct config *config, const char *name)
{
	config->announce_interface = if_nametoindex(name);
	return config->announce_interface ? 0 : -1;
}

/* 10 ms to a minute: what SCTP makes of them is no surprise */
static int config_rto(const char *text, uint32_t *ms)
{
	return config_seconds(text, 10, ms) || *ms > RTO_LIMIT_MS ? -1 : 0;
}

static int config_retrans(const char *text, uint32_t *n)
{
	return config_u32(text, 1, n) || *n > RETRANS_LIMIT ? -1 : 0;
}

static int config_set_timing(struct config_timing *timing, int option,
			     const char *value)
{
	switch (option) {
	case OPT_RTO_INITIAL:
		return config_rto(value, &timing->rto_initial);
	case OPT_RTO_MIN:
		return config_rto(value, &timing->rto_min);
	case OPT_RTO_MAX:
		return config_rto(value, &timing->rto_max);
	case OPT_RETRANS:
		return config_retrans(value, &timing->retrans);
	default:		/* OPT_SCTP_HEARTBEAT */
		return config_seconds(value, 10, &timing->heartbeat);
	}
}

static int config_set_peers(struct enrp_config *enrp, int option,
			    const char *value)
{
	switch (option) {
	case 'p':
		return config_peer(enrp, value);
	case OPT_PEER_HEARTBEAT:
		return config_seconds(value, 100, &enrp->heartbeat);
	case OPT_PEER_SILENCE:
		return config_seconds(value, 100, &enrp->last_heard);
	case OPT_PEER_TIMEOUT:
		return config_seconds(value, 100, &enrp->no_response);
	case OPT_PEER_REFRESH:
		return config_seconds(value, 0, &enrp->refresh);
	default:		/* OPT_SUGGEST */
		enrp->suggest = true;
		return 0;
	}
}

static int config_set_limit(struct registrar_config *r, int option,
			    const char *value)
{
	uint32_t number = 0;
	int err;

	switch (option) {
	case OPT_MAX_SUBS:
		return config_u32(value, 0, &r->max_subs);
	case OPT_MAX_PEER_SUBS:
		return config_u32(value, 0, &r->max_peer_subs);
	case OPT_MAX_ITEMS:
		return config_u32(value, 0, &r->max_items);
	case OPT_DEGRADE_ITEMS:
		return config_u32(value, 0, &r->degrade_items);
	default:		/* OPT_MAX_PES */
		err = config_u32(value, 1, &number);
		r->limits.pes = number;
		return err;
	}
}

/* Return: 0, or -1 for a value that is not allowed. */
static int config_set(struct config *config, int option, const char *value)
{
	struct registrar_config *r = &config->registrar;

	switch (option) {
	case 'i':
		return config_u32(value, 1, &config->id);
	case 'a':
		return config_add_addr(config->addrs, &config->naddrs,
				       RSP_ASAP_PORT, value);
	case 'e':
		return config_add_addr(config->enrp_addrs, &config->nenrp_addrs,
				       RSP_ENRP_PORT, value);
	case 'p':
	case OPT_PEER_HEARTBEAT:
	case OPT_PEER_SILENCE:
	case OPT_PEER_TIMEOUT:
	case OPT_PEER_REFRESH:
	case OPT_SUGGEST:
		return config_set_peers(&r->enrp, option, value);
	case OPT_NO_ENRP:
		config->enrp = false;
		return 0;
	case OPT_NO_NETLINK:
		config->netlink = false;
		return 0;
	case OPT_NO_SCTP:
		config->sctp = false;
		return 0;
	case OPT_NO_TCP:
		config->tcp = false;
		return 0;
	case OPT_RTO_INITIAL:
	case OPT_RTO_MIN:
	case OPT_RTO_MAX:
	case OPT_RETRANS:
	case OPT_SCTP_HEARTBEAT:
		return config_set_timing(&config->timing, option, value);
	case OPT_MAX_CONNS:
		return config_u32(value, 1, &config->max_conns);
	case OPT_TCP_IDLE:
		return config_seconds(value, 0, &config->tcp_idle);
	case OPT_ANNOUNCE:
		return config_group(&config->announce, RSP_ASAP_PORT, value);
	case OPT_ENRP_ANNOUNCE:
		return config_group(&config->enrp_announce, RSP_ENRP_PORT,
				    value);
	case OPT_ANNOUNCE_INTERFACE:
		return config_interface(config, value);
	case OPT_ANNOUNCE_TTL:
		if (config_u32(value, 0, &config->announce_ttl))
			return -1;
		return config->announce_ttl > 255 ? -1 : 0;
	case OPT_KA_INTERVAL:
		return config_seconds(value, 0, &r->ka_interval);
	case OPT_KA_TIMEOUT:
		return config_seconds(value, 1, &r->ka_timeout);
	case OPT_MAX_SUBS:
	case OPT_MAX_PEER_SUBS:
	case OPT_MAX_ITEMS:
	case OPT_DEGRADE_ITEMS:
	case OPT_MAX_PES:
		return config_set_limit(r, option, value);
	case OPT_PROFILE:
		return config_profile(value, r);
	case 'l':
		return log_level_parse(value, &config->log_level);
	default:		/* 'f' */
		return 0;
	}
}

static void config_defaults(struct config *config)
{
	memset(config, 0, sizeof(*config));
	config->sctp = true;
	config->tcp = true;
	config->enrp = true;
	config->registrar.enrp.heartbeat = HEARTBEAT_MS;
	config->registrar.enrp.last_heard = LAST_HEARD_MS;
	config->registrar.enrp.no_response = NO_RESPONSE_MS;
	config->registrar.enrp.refresh = REFRESH_MS;
	config->timing.rto_min = RTO_MIN_MS;
	config->timing.rto_max = RTO_MAX_MS;
	config->timing.retrans = RETRANS_MAX;
	config->timing.heartbeat = SCTP_HEARTBEAT_MS;
	config->max_conns = CONNS_MAX;
	config->tcp_idle = TCP_IDLE_MS;
	config->announce_ttl = 1;
	config->registrar.max_subs = SUBS_MAX;
	config->registrar.max_peer_subs = PEER_SUBS_MAX;
	config->netlink = true;
	config->log_level = LOG_LEVEL_INFO;
	config->registrar.ka_interval = KA_INTERVAL_MS;
	config->registrar.ka_timeout = KA_TIMEOUT_MS;
	config->registrar.degrade_items = 1;
	config->registrar.limits.pes = PES_MAX;
	config->registrar.limits.octets = OCTETS_MAX;
}

/* @where: file and line, or NULL for the command line */
static enum config_result config_wrong(const char *where, const char *what,
				       const char *value)
{
	log_error("%s%s%s%s%s", where ? where : "", where ? ": " : "", what,
		  value ? ": " : "", value ? value : "");
	if (!where)
		fputs("Try 'rspd --help'.\n", stderr);
	return CONFIG_USAGE;
}

static bool config_is_ipv4(const union config_addr *addrs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (addrs[i].sa.sa_family != AF_INET)
			return false;
	return n;
}

/* Which groups, when none was named */
static void config_default_groups(struct config_groups *groups, uint32_t port,
				  const char *rsplib, bool only4)
{
	if (!groups->on || groups->n)
		return;
	if (rsplib) {
		config_group(groups, port, rsplib);
		return;
	}
	config_group(groups, port, GROUP4);
	if (!only4)
		config_group(groups, port, GROUP6);
}

/*
 * Those of the profile that all have.  Only now is it known which one that is,
 * and which addresses are served.
 */
static void config_finish_groups(struct config *config)
{
	bool rsplib = config->registrar.rsplib;

	config_default_groups(&config->announce, RSP_ASAP_PORT,
			      rsplib ? GROUP_RSPLIB : NULL,
			      config_is_ipv4(config->addrs, config->naddrs));
	config_default_groups(&config->enrp_announce, RSP_ENRP_PORT,
			      rsplib ? GROUP_RSPLIB_ENRP : NULL,
			      config_is_ipv4(config->enrp_addrs,
					     config->nenrp_addrs));
}

bool config_is_rsplib_group(const struct config *config,
			    const union config_addr *group)
{
	struct in_addr theirs;

	inet_pton(AF_INET, GROUP_RSPLIB, &theirs);
	return config->registrar.rsplib ||
	       (group->sa.sa_family == AF_INET &&
		group->in.sin_addr.s_addr == theirs.s_addr);
}

/* Other registrars find us where everybody does. */
static void config_finish_enrp(struct config *config)
{
	size_t i;

	if (config->nenrp_addrs)
		return;
	config->nenrp_addrs = config->naddrs;
	for (i = 0; i < config->naddrs; i++) {
		config->enrp_addrs[i] = config->addrs[i];
		config->enrp_addrs[i].in.sin_port = htons(RSP_ENRP_PORT);
	}
}

/* One option that was taken from the command line or, with @where, the file. */
static enum config_result config_take(struct config *config, int option,
				      const char *arg, const char *where)
{
	switch (option) {
	case '?':
		return config_wrong(where, "no such option", arg);
	case ':':
		return config_wrong(where, "option needs a value", arg);
	case 'c':
	case OPT_CHECK:
	case 'h':
	case 'V':
		if (where)
			return config_wrong(where, "not in a file", NULL);
		return CONFIG_RUN;
	}
	if (config_set(config, option, optarg))
		return config_wrong(where, "not a valid value", arg);
	return CONFIG_RUN;
}

/* NAME, or NAME VALUE; an empty line and what follows a # is a comment. */
static enum config_result config_line(struct config *config, char *line,
				      const char *where)
{
	char option[CONFIG_LINE_MAX + 3], *name, *value;
	char *argv[] = { "rspd", option, NULL };
	int c;

	line[strcspn(line, "#\n")] = '\0';
	name = strtok(line, " \t");
	if (!name)
		return CONFIG_RUN;
	value = strtok(NULL, " \t");
	if (strtok(NULL, " \t"))
		return config_wrong(where, "more than one value", NULL);
	snprintf(option, sizeof(option), "--%s%s%s", name, value ? "=" : "",
		 value ? value : "");
	optind = 0;
	opterr = 0;
	c = getopt_long(2, argv, config_letters, config_options, NULL);
	return config_take(config, c, option + 2, where);
}

static enum config_result config_lines(struct config *config, FILE *file,
				       const char *path)
{
	enum config_result result = CONFIG_RUN;
	char line[CONFIG_LINE_MAX], where[CONFIG_LINE_MAX];
	unsigned int n = 0;

	while (result == CONFIG_RUN && fgets(line, sizeof(line), file)) {
		snprintf(where, sizeof(where), "%s:%u", path, ++n);
		if (!strchr(line, '\n') && !feof(file))
			return config_wrong(where, "line too long", NULL);
		result = config_line(config, line, where);
	}
	return result;
}

/* @path: NULL for the default one, which need not be there */
static enum config_result config_file(struct config *config, const char *path)
{
	const char *name = path ? path : CONFIG_FILE;
	enum config_result result;
	FILE *file = fopen(name, "re");

	if (!file && !path && errno == ENOENT)
		return CONFIG_RUN;
	if (!file)
		return config_wrong(name, strerror(errno), NULL);
	result = config_lines(config, file, name);
	fclose(file);
	return result;
}

/* Which file, and is it about running at all? */
static enum config_result config_first(int argc, char **argv,
				       const char **path, bool *check)
{
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, config_letters, config_options,
				     NULL)) != -1) {
		switch (option) {
		case 'h':
			fputs(config_usage, stdout);
			return CONFIG_DONE;
		case 'V':
			puts("rspd " RSPD_VERSION);
			return CONFIG_DONE;
		case 'c':
			*path = optarg;
			break;
		case OPT_CHECK:
			*check = true;
			break;
		}
	}
	return CONFIG_RUN;
}

static enum config_result config_arguments(struct config *config, int argc,
					   char **argv)
{
	enum config_result result = CONFIG_RUN;
	int option;

	optind = 0;
	opterr = 0;
	while (result == CONFIG_RUN &&
	       (option = getopt_long(argc, argv, config_letters, config_options,
				     NULL)) != -1)
		result = config_take(config, option, argv[optind - 1], NULL);
	if (result == CONFIG_RUN && optind < argc)
		return config_wrong(NULL, "unexpected argument", argv[optind]);
	return result;
}

/* Return: do SCTP's times fit together?  What was not said does. */
static bool config_finish_timing(struct config_timing *timing)
{
	uint32_t initial = RTO_INITIAL_MS;

	if (timing->rto_min > timing->rto_max)
		return false;
	if (initial < timing->rto_min)
		initial = timing->rto_min;
	if (initial > timing->rto_max)
		initial = timing->rto_max;
	if (!timing->rto_initial)
		timing->rto_initial = initial;
	return timing->rto_initial >= timing->rto_min &&
	       timing->rto_initial <= timing->rto_max;
}

/* What is needed altogether */
static enum config_result config_finish(struct config *config)
{
	config_finish_enrp(config);
	config_finish_groups(config);
	if (!config->sctp && !config->tcp && !config->netlink)
		return config_wrong(NULL, "nothing to do without any link",
				    NULL);
	if (!config_finish_timing(&config->timing))
		return config_wrong(NULL, "sctp-rto-min, initial and max contradict each other",
				    NULL);
	if (!config->enrp && config->registrar.enrp.npeers)
		return config_wrong(NULL, "no-enrp, but a peer", NULL);
	if (!config->enrp && config->enrp_announce.on)
		return config_wrong(NULL, "no-enrp, but enrp-announce", NULL);
	return CONFIG_RUN;
}

enum config_result config_parse(struct config *config, int argc, char **argv)
{
	enum config_result result;
	const char *path = NULL;
	bool check = false;

	config_defaults(config);
	result = config_first(argc, argv, &path, &check);
	if (result == CONFIG_RUN)
		result = config_file(config, path);
	if (result == CONFIG_RUN)
		result = config_arguments(config, argc, argv);
	if (result == CONFIG_RUN)
		result = config_finish(config);
	return result == CONFIG_RUN && check ? CONFIG_DONE : result;
}

/* ---- reading it again -------------------------------------------------------------- */

#define FIXED(name, member)						\
	{ name, offsetof(struct config, member),			\
	  sizeof(((struct config *)0)->member) }

/* What a running registrar does not change. */
static const struct {
	const char *name;
	size_t at;
	size_t len;
} config_fixed[] = {
	FIXED("no-sctp", sctp),
	FIXED("no-tcp", tcp),
	FIXED("no-netlink", netlink),
	FIXED("no-enrp", enrp),
	FIXED("asap-address", addrs),
	FIXED("enrp-address", enrp_addrs),
	FIXED("SCTP's times", timing),
	FIXED("max-connections", max_conns),
	FIXED("tcp-idle", tcp_idle),
	FIXED("announce", announce),
	FIXED("enrp-announce", enrp_announce),
	FIXED("announce-interface", announce_interface),
	FIXED("announce-ttl", announce_ttl),
	FIXED("id", id),
};

bool config_reload(struct config *config, int argc, char **argv)
{
	struct config fresh;
	size_t i;

	if (config_parse(&fresh, argc, argv) != CONFIG_RUN) {
		log_error("settings stay as they are");
		return false;
	}
	for (i = 0; i < sizeof(config_fixed) / sizeof(*config_fixed); i++)
		if (memcmp((char *)&fresh + config_fixed[i].at,
			   (char *)config + config_fixed[i].at,
			   config_fixed[i].len) != 0)
			log_warn("%s: changes with the next start only",
				 config_fixed[i].name);
	fresh.registrar.id = config->registrar.id;
	config->registrar = fresh.registrar;
	config->log_level = fresh.log_level;
	log_init(config->log_level);
	return true;
}
