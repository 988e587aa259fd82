// SPDX-License-Identifier: GPL-2.0-only
/* Command line and defaults.  A configuration file will fill the same struct. */
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

#define PES_MAX		262144
#define OCTETS_MAX	(256UL << 20)

#define SUBS_MAX	65536
#define PEER_SUBS_MAX	1024
#define CONNS_MAX	16384
#define TCP_IDLE_MS	300000

/* IANA's, site-local scope for IPv6, where the module listens; and RSPLIB's */
#define GROUP4		"224.0.1.185"
#define GROUP6		"ff05::133"
#define GROUP_RSPLIB	"239.0.0.50"

enum {
	OPT_NO_NETLINK = 0x100,
	OPT_NO_SCTP,
	OPT_NO_TCP,
	OPT_MAX_CONNS,
	OPT_TCP_IDLE,
	OPT_MAX_SUBS,
	OPT_MAX_PEER_SUBS,
	OPT_ANNOUNCE,
	OPT_ANNOUNCE_INTERFACE,
	OPT_ANNOUNCE_TTL,
	OPT_KA_INTERVAL,
	OPT_KA_TIMEOUT,
	OPT_MAX_ITEMS,
	OPT_MAX_PES,
	OPT_PROFILE,
	OPT_CHECK,
};

static const struct option config_options[] = {
	{ "id",			required_argument, NULL, 'i' },
	{ "asap-address",	required_argument, NULL, 'a' },
	{ "no-netlink",		no_argument, NULL, OPT_NO_NETLINK },
	{ "no-sctp",		no_argument, NULL, OPT_NO_SCTP },
	{ "no-tcp",		no_argument, NULL, OPT_NO_TCP },
	{ "max-connections",	required_argument, NULL, OPT_MAX_CONNS },
	{ "tcp-idle",		required_argument, NULL, OPT_TCP_IDLE },
	{ "max-subscriptions",	required_argument, NULL, OPT_MAX_SUBS },
	{ "max-peer-subscriptions", required_argument, NULL,
				OPT_MAX_PEER_SUBS },
	{ "announce",		optional_argument, NULL, OPT_ANNOUNCE },
	{ "announce-interface",	required_argument, NULL,
				OPT_ANNOUNCE_INTERFACE },
	{ "announce-ttl",	required_argument, NULL, OPT_ANNOUNCE_TTL },
	{ "keepalive-interval",	required_argument, NULL, OPT_KA_INTERVAL },
	{ "keepalive-timeout",	required_argument, NULL, OPT_KA_TIMEOUT },
	{ "max-items",		required_argument, NULL, OPT_MAX_ITEMS },
	{ "max-elements",	required_argument, NULL, OPT_MAX_PES },
	{ "profile",		required_argument, NULL, OPT_PROFILE },
	{ "log-level",		required_argument, NULL, 'l' },
	{ "foreground",		no_argument, NULL, 'f' },
	{ "check",		no_argument, NULL, OPT_CHECK },
	{ "version",		no_argument, NULL, 'V' },
	{ "help",		no_argument, NULL, 'h' },
	{ 0 }
};

static const char config_usage[] =
"Usage: rspd [OPTION]...\n"
"The registrar of an RSerPool operation scope (RFC 5352).\n"
"\n"
"  -i, --id=NUMBER              ENRP server identifier, default: random\n"
"  -a, --asap-address=ADDR[:PORT]  serve ASAP over SCTP and TCP there, up to 8\n"
"                               times with one port; default: all, port 3863\n"
"      --no-sctp                do not serve ASAP over SCTP\n"
"      --no-tcp                 do not serve ASAP over TCP\n"
"      --no-netlink             do not attach to the module of this namespace\n"
"      --keepalive-interval=S   mean seconds between keep-alives, default 5,\n"
"                               0: only to verify reports\n"
"      --keepalive-timeout=S    seconds to wait for the answer, default 5\n"
"      --max-items=N            most pool elements in an answer, default: all\n"
"      --max-elements=N         most pool elements in all, default 262144\n"
"      --max-subscriptions=N    most subscriptions in all, default 65536\n"
"      --max-peer-subscriptions=N  and of one association, default 1024\n"
"      --max-connections=N      most SCTP associations, and most TCP\n"
"                               connections, default 16384\n"
"      --tcp-idle=S             close TCP connections without a request after\n"
"                               S seconds, default 300, 0: never\n"
"      --profile=rfc|rsplib[,PREFIX]  rsplib: suit peers that use RSPLIB, all\n"
"                               or those of PREFIX, up to 16 times; default rfc\n"
"      --announce[=GROUP[:PORT]]  announce the registrar by multicast, up to 4\n"
"                               times; default 224.0.1.185 and ff05::133\n"
"      --announce-interface=IF  on this interface\n"
"      --announce-ttl=N         as far as N routers, default 1\n"
"  -l, --log-level=LEVEL        error, warn, info (default), debug\n"
"  -f, --foreground             stay in the foreground (always so)\n"
"      --check                  check the options, do not run\n"
"  -V, --version\n"
"  -h, --help\n"
"\n"
"SIGUSR1 writes the handlespace to the log.\n";

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

static int config_addr(const char *text, union config_addr *addr)
{
	char host[INET6_ADDRSTRLEN];
	uint32_t port = RSP_ASAP_PORT;
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

static int config_add_addr(struct config *config, const char *text)
{
	union config_addr *addr = &config->addrs[config->naddrs];

	if (config->naddrs == CONFIG_ADDRS_MAX || config_addr(text, addr))
		return -1;
	/* sin_port and sin6_port are in the same place */
	if (config->naddrs && addr->in.sin_port != config->addrs->in.sin_port)
		return -1;
	config->naddrs++;
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

static int config_group(struct config *config, const char *text)
{
	union config_addr *group = &config->groups[config->ngroups];

	config->announce = true;
	if (!text)
		return 0;	/* config_finish() knows which */
	if (config->ngroups == CONFIG_GROUPS_MAX || config_addr(text, group) ||
	    !config_is_multicast(group))
		return -1;
	config->ngroups++;
	return 0;
}

static int config_interface(struct config *config, const char *name)
{
	config->announce_interface = if_nametoindex(name);
	return config->announce_interface ? 0 : -1;
}

/* Return: 0, or -1 for a value that is not allowed. */
static int config_set(struct config *config, int option, const char *value)
{
	struct registrar_config *r = &config->registrar;
	uint32_t number = 0;
	int err;

	switch (option) {
	case 'i':
		return config_u32(value, 1, &r->id);
	case 'a':
		return config_add_addr(config, value);
	case OPT_NO_NETLINK:
		config->netlink = false;
		return 0;
	case OPT_NO_SCTP:
		config->sctp = false;
		return 0;
	case OPT_NO_TCP:
		config->tcp = false;
		return 0;
	case OPT_MAX_CONNS:
		return config_u32(value, 1, &config->max_conns);
	case OPT_TCP_IDLE:
		return config_seconds(value, 0, &config->tcp_idle);
	case OPT_MAX_SUBS:
		return config_u32(value, 0, &r->max_subs);
	case OPT_MAX_PEER_SUBS:
		return config_u32(value, 0, &r->max_peer_subs);
	case OPT_ANNOUNCE:
		return config_group(config, value);
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
	case OPT_MAX_ITEMS:
		return config_u32(value, 0, &r->max_items);
	case OPT_MAX_PES:
		err = config_u32(value, 1, &number);
		r->limits.pes = number;
		return err;
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
	config->max_conns = CONNS_MAX;
	config->tcp_idle = TCP_IDLE_MS;
	config->announce_ttl = 1;
	config->registrar.max_subs = SUBS_MAX;
	config->registrar.max_peer_subs = PEER_SUBS_MAX;
	config->netlink = true;
	config->log_level = LOG_LEVEL_INFO;
	config->registrar.ka_interval = KA_INTERVAL_MS;
	config->registrar.ka_timeout = KA_TIMEOUT_MS;
	config->registrar.limits.pes = PES_MAX;
	config->registrar.limits.octets = OCTETS_MAX;
}

static enum config_result config_wrong(const char *what, const char *value)
{
	fprintf(stderr, "rspd: %s%s%s\nTry 'rspd --help'.\n", what,
		value ? ": " : "", value ? value : "");
	return CONFIG_USAGE;
}

/*
 * Which groups, when none was named: those of the profile that all have.  Only
 * now is it known which one that is, and which addresses are served.
 */
static void config_finish(struct config *config)
{
	bool only4 = config->naddrs;
	size_t i;

	if (!config->announce || config->ngroups)
		return;
	for (i = 0; i < config->naddrs; i++)
		if (config->addrs[i].sa.sa_family != AF_INET)
			only4 = false;
	config_group(config, config->registrar.rsplib ? GROUP_RSPLIB : GROUP4);
	if (!only4 && !config->registrar.rsplib)
		config_group(config, GROUP6);
}

enum config_result config_parse(struct config *config, int argc, char **argv)
{
	bool check = false;
	int option;

	config_defaults(config);
	while ((option = getopt_long(argc, argv, "i:a:l:fVh", config_options,
				     NULL)) != -1) {
		switch (option) {
		case 'h':
			fputs(config_usage, stdout);
			return CONFIG_DONE;
		case 'V':
			puts("rspd " RSPD_VERSION);
			return CONFIG_DONE;
		case '?':
			return config_wrong("wrong option", NULL);
		case OPT_CHECK:
			check = true;
			continue;
		}
		if (config_set(config, option, optarg))
			return config_wrong("not a valid value", optarg);
	}
	if (optind < argc)
		return config_wrong("unexpected argument", argv[optind]);
	config_finish(config);
	if (!config->sctp && !config->tcp && !config->netlink)
		return config_wrong("nothing to do without any link", NULL);
	return check ? CONFIG_DONE : CONFIG_RUN;
}
