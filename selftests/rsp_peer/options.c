// SPDX-License-Identifier: GPL-2.0
/*
 * Socket options and what ioctl() tells.
 */
#include <stdlib.h>
#include <netinet/sctp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/rserpool.h>
#include <linux/sockios.h>

#include "peer.h"

const struct name states[] = {
	{ "idle", RSP_STATE_IDLE }, { "listening", RSP_STATE_LISTENING },
	{ "resolving", RSP_STATE_RESOLVING },
	{ "connecting", RSP_STATE_CONNECTING },
	{ "established", RSP_STATE_ESTABLISHED },
	{ "failover", RSP_STATE_FAILOVER }, { "ended", RSP_STATE_ENDED },
	{ NULL, 0 }
};

const struct name roles[] = {
	{ "none", RSP_ROLE_NONE }, { "pu", RSP_ROLE_POOL_USER },
	{ "pe", RSP_ROLE_POOL_ELEMENT }, { "server", RSP_ROLE_SERVER },
	{ NULL, 0 }
};

static const struct name replays[] = {
	{ "none", RSP_REPLAY_NONE }, { "unsent", RSP_REPLAY_UNSENT },
	{ "unacked", RSP_REPLAY_UNACKED },
	{ NULL, 0 }
};

static const struct name stales[] = {
	{ "failover", RSP_STALE_FAILOVER }, { "use", RSP_STALE_USE },
	{ "wait", RSP_STALE_WAIT },
	{ NULL, 0 }
};

static const struct name subscribes[] = {
	{ "off", RSP_SUBSCRIBE_OFF }, { "on", RSP_SUBSCRIBE_ON },
	{ "follow", RSP_SUBSCRIBE_FOLLOW },
	{ NULL, 0 }
};

static const struct name modes[] = {
	{ "automatic", RSP_MODE_AUTOMATIC }, { "hold", RSP_MODE_HOLD },
	{ "manual", RSP_MODE_MANUAL },
	{ NULL, 0 }
};

static const struct name waits[] = {
	{ "nothing", RSP_WAITS_NOTHING }, { "release", RSP_WAITS_RELEASE },
	{ "next", RSP_WAITS_NEXT },
	{ NULL, 0 }
};

static const struct name policies[] = {
	{ "rr", RSP_POL_ROUND_ROBIN }, { "wrr", RSP_POL_WEIGHTED_ROUND_ROBIN },
	{ "rand", RSP_POL_RANDOM }, { "wrand", RSP_POL_WEIGHTED_RANDOM },
	{ "prio", RSP_POL_PRIORITY }, { "lu", RSP_POL_LEAST_USED },
	{ "lud", RSP_POL_LEAST_USED_DEGRADATION },
	{ "plu", RSP_POL_PRIORITY_LEAST_USED },
	{ "rlu", RSP_POL_RANDOM_LEAST_USED },
	{ NULL, 0 }
};

static const struct name profiles[] = {
	{ "namespace", RSP_PROFILE_NAMESPACE },
	{ "default", RSP_PROFILE_DEFAULT }, { "fast", RSP_PROFILE_FAST },
	{ NULL, 0 }
};

/* Options that are one int, at both levels. */
struct int_option {
	const char *name;
	int level;
	int option;
	const struct name *values;	/* words for them, or NULL */
};

static const struct int_option int_options[] = {
	{ "domain", SOL_SOCKET, SO_DOMAIN, NULL },
	{ "type", SOL_SOCKET, SO_TYPE, NULL },
	{ "protocol", SOL_SOCKET, SO_PROTOCOL, NULL },
	{ "error", SOL_SOCKET, SO_ERROR, NULL },
	{ "listening", SOL_SOCKET, SO_ACCEPTCONN, NULL },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF, NULL },
	{ "rcvbuf", SOL_SOCKET, SO_RCVBUF, NULL },
	{ "sndbufforce", SOL_SOCKET, SO_SNDBUFFORCE, NULL },
	{ "rcvbufforce", SOL_SOCKET, SO_RCVBUFFORCE, NULL },
	{ "reglife", SOL_RSERPOOL, RSP_REG_LIFE, NULL },
	{ "replay", SOL_RSERPOOL, RSP_REPLAY, replays },
	{ "limit", SOL_RSERPOOL, RSP_FAILOVER_LIMIT, NULL },
	{ "mode", SOL_RSERPOOL, RSP_FAILOVER_MODE, modes },
	{ "stale", SOL_RSERPOOL, RSP_STALE, stales },
	{ "subscribe", SOL_RSERPOOL, RSP_SUBSCRIBE, subscribes },
	{ "autoclose", SOL_RSERPOOL, RSP_AUTOCLOSE, NULL },
	{ "liveness", SOL_RSERPOOL, RSP_LIVENESS, NULL },
	{ "symmetric", SOL_RSERPOOL, RSP_SYMMETRIC, NULL },
	{ "nodelay", SOL_SCTP, SCTP_NODELAY, NULL },
	{ "basic", SOL_RSERPOOL, RSP_BASIC, NULL },
	{ "profile", SOL_RSERPOOL, RSP_PROFILE, profiles },
	{ "nxtinfo", SOL_RSERPOOL, RSP_RECVNXTINFO, NULL },
	{ "rcvinfo", SOL_RSERPOOL, RSP_RECVRCVINFO, NULL },
};

static const struct int_option *int_option(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(int_options); i++)
		if (!strcmp(int_options[i].name, word))
			return &int_options[i];
	usage("%s: unknown option", word);
}

/* set OPTION VALUE; set rcvtimeo|sndtimeo MS; set linger SECONDS */
static void cmd_set(char **words)
{
	const struct int_option *opt;
	long value;
	int word;

	if (!strcmp(words[1], "rcvtimeo") || !strcmp(words[1], "sndtimeo")) {
		struct timeval tv;

		value = number(words[2]);
		tv.tv_sec = value / 1000;
		tv.tv_usec = value % 1000 * 1000;
		say_done(setsockopt(cur->fd, SOL_SOCKET,
				    *words[1] == 'r' ? SO_RCVTIMEO : SO_SNDTIMEO,
				    &tv, sizeof(tv)));
	} else if (!strcmp(words[1], "linger")) {
		struct linger linger = {
			.l_onoff = 1,
			.l_linger = number(words[2]),
		};

		say_done(setsockopt(cur->fd, SOL_SOCKET, SO_LINGER, &linger,
				    sizeof(linger)));
	} else {
		opt = int_option(words[1]);
		word = opt->values ? value_of(opt->values, words[2]) :
				     number(words[2]);
		say_done(setsockopt(cur->fd, opt->level, opt->option, &word,
				    sizeof(word)));
	}
}

/* get OPTION */
static void cmd_get(char **words)
{
	const struct int_option *opt = int_option(words[1]);
	socklen_t len = sizeof(int);
	int value = 0;

	if (getsockopt(cur->fd, opt->level, opt->option, &value, &len))
		say_errno();
	else if (opt->option == SO_ERROR && opt->level == SOL_SOCKET && value)
		say("%s", strerrorname_np(value));
	else
		say("%d", value);
}

/* streams OUT [IN]: of associations to come */
static void cmd_streams(char **words)
{
	struct sctp_initmsg init = {
		.sinit_num_ostreams = number(words[1]),
		.sinit_max_instreams = words[2] ? number(words[2]) : 0,
	};

	say_done(setsockopt(cur->fd, SOL_SCTP, SCTP_INITMSG, &init,
			    sizeof(init)));
}

static void cmd_getstreams(char **words)
{
	struct sctp_initmsg init = { 0 };
	socklen_t len = sizeof(init);

	(void)words;
	if (getsockopt(cur->fd, SOL_SCTP, SCTP_INITMSG, &init, &len))
		say_errno();
	else
		say("%u %u", init.sinit_num_ostreams, init.sinit_max_instreams);
}

/* rto MS [MAX [ASSOCIATION]]: SCTP sends nothing again earlier */
static void cmd_rto(char **words)
{
	struct sctp_rtoinfo rto = {
		.srto_initial = number(words[1]),
		.srto_min = number(words[1]),
		.srto_max = words[2] ? number(words[2]) : 60000,
		.srto_assoc_id = words[2] && words[3] ? number(words[3]) : 0,
	};

	say_done(setsockopt(cur->fd, SOL_SCTP, SCTP_RTOINFO, &rto,
			    sizeof(rto)));
}

/* rawset LEVEL OPTION OCTETS */
static void cmd_rawset(char **words)
{
	struct octets o = octets(words[3]);

	say_done(setsockopt(cur->fd, number(words[1]), number(words[2]),
			    o.data, o.len));
	free(o.data);
}

/* rawget LEVEL OPTION ROOM: "LENGTH OCTETS" */
static void cmd_rawget(char **words)
{
	uint8_t buf[4096] = { 0 };
	socklen_t room = number(words[3]), len = room;

	if (room > sizeof(buf))
		usage("%s: too long", words[3]);
	if (getsockopt(cur->fd, number(words[1]), number(words[2]), buf, &len)) {
		say_errno();
		return;
	}
	say("%u ", len);
	for (room = len < room ? len : room, len = 0; len < room; len++)
		say("%02x", buf[len]);
}

/* policy TYPE [WEIGHT [PRIORITY [LOAD [DEGRADATION [RESERVED]]]]] */
static void cmd_policy(char **words)
{
	struct rsp_policy p = { .type = value_of(policies, words[1]) };
	__u32 *field = &p.weight;

	for (words += 2; *words && field <= &p.reserved; words++)
		*field++ = strtoul(*words, NULL, 0);
	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_POLICY, &p, sizeof(p)));
}

static void cmd_getpolicy(char **words)
{
	struct rsp_policy p = { 0 };
	socklen_t len = sizeof(p);

	(void)words;
	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_POLICY, &p, &len))
		say_errno();
	else
		say("%s weight=%u priority=%u load=%u degradation=%u",
		    name_of(policies, p.type), p.weight, p.priority, p.load,
		    p.degradation);
}

/* event TYPE|all ON [RESERVED] */
static void cmd_event(char **words)
{
	struct rsp_event e = {
		.on = number(words[2]),
		.reserved = words[3] ? number(words[3]) : 0,
	};
	int rc = 0;

	if (strcmp(words[1], "all")) {
		e.type = value_of(notifications, words[1]);
		rc = setsockopt(cur->fd, SOL_RSERPOOL, RSP_EVENT, &e, sizeof(e));
	} else {
		for (e.type = 1; e.type < __RSP_NOTIFY_MAX && !rc; e.type++)
			rc = setsockopt(cur->fd, SOL_RSERPOOL, RSP_EVENT, &e,
					sizeof(e));
	}
	say_done(rc);
}

/* getevent TYPE */
static void cmd_getevent(char **words)
{
	struct rsp_event e = { .type = value_of(notifications, words[1]) };
	socklen_t len = sizeof(e);

	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_EVENT, &e, &len))
		say_errno();
	else
		say("%u", e.on);
}

/* info [SESSION]: all of RSP_INFO */
static void cmd_info(char **words)
{
	struct rsp_info i = {
		.session_id = words[1] ? strtoull(words[1], NULL, 0) : 0,
	};
	socklen_t len = sizeof(i);

	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_INFO, &i, &len)) {
		say_errno();
		return;
	}
	say("state=%s", name_of(states, i.state));
	say(" role=%s pe=%u registrar=%u failovers=%u", name_of(roles, i.role),
	    i.pe_id, i.registrar_id, i.failovers);
	say(" reason=%s us=%llu replayed=%llu lost=%llu cookie=%u session=%llu size=%u",
	    name_of(failover_reasons, i.last_failover_reason),
	    (unsigned long long)i.last_failover_us,
	    (unsigned long long)i.messages_replayed,
	    (unsigned long long)i.messages_lost, i.cookie_len,
	    (unsigned long long)i.session_id, len);
	say(" abandoned=%llu", (unsigned long long)i.messages_abandoned);
	say(" mode=%s", name_of(modes, i.failover_mode));
	say(" waits=%s", name_of(waits, i.waits));
}

static void turn(int option, const char *session)
{
	uint64_t id = session ? strtoull(session, NULL, 0) : 0;

	say_done(setsockopt(cur->fd, SOL_RSERPOOL, option, &id, sizeof(id)));
}

/* release [SESSION]: what is held back for its server */
static void cmd_release(char **words)
{
	turn(RSP_RELEASE, words[1]);
}

/* next [SESSION]: to another server */
static void cmd_next(char **words)
{
	turn(RSP_NEXT, words[1]);
}

/* card [ID]...: who is to take over */
static void cmd_card(char **words)
{
	uint32_t order[64];
	unsigned int n = 0;

	while (words[n + 1] && n < ARRAY_LEN(order)) {
		order[n] = number(words[n + 1]);
		n++;
	}
	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_BUSINESS_CARD, order,
			    n * sizeof(order[0])));
}

/* cookiekey ID FLAGS MAX_AGE OCTETS [RESERVED]: no octets: forget it */
static void cmd_cookiekey(char **words)
{
	struct octets o = octets(words[4]);
	struct rsp_cookie_key k = {
		.id = number(words[1]),
		.flags = number(words[2]),
		.max_age = number(words[3]),
		.len = o.len,
		.reserved = words[5] ? number(words[5]) : 0,
	};

	memcpy(k.key, o.data, o.len < sizeof(k.key) ? o.len : sizeof(k.key));
	free(o.data);
	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_COOKIE_KEY, &k,
			    sizeof(k)));
}

/* cardof N: the element of that descriptor is who we are; -1: nobody */
static void cmd_cardof(char **words)
{
	int fd = words[1][0] == '-' ? -1 : slots[number(words[1]) % SLOTS].fd;

	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_CARD_OF, &fd,
			    sizeof(fd)));
}

static void cmd_getcard(char **words)
{
	uint32_t order[RSP_CARD_MAX];
	socklen_t len = sizeof(order);
	unsigned int i;

	(void)words;
	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_BUSINESS_CARD, order, &len)) {
		say_errno();
		return;
	}
	for (i = 0; i < len / sizeof(order[0]); i++)
		say(i ? " %u" : "%u", order[i]);
}

static void say_ioctl(unsigned long request)
{
	int value = 0;

	if (ioctl(cur->fd, request, &value))
		say_errno();
	else
		say("%d", value);
}

static void cmd_inq(char **words)
{
	(void)words;
	say_ioctl(SIOCINQ);
}

static void cmd_outq(char **words)
{
	(void)words;
	say_ioctl(SIOCOUTQ);
}

const struct command options_commands[] = {
	{ "card", 0, false, cmd_card },
	{ "cardof", 1, false, cmd_cardof },
	{ "cookiekey", 4, false, cmd_cookiekey },
	{ "event", 2, false, cmd_event },
	{ "get", 1, false, cmd_get },
	{ "getcard", 0, false, cmd_getcard },
	{ "getevent", 1, false, cmd_getevent },
	{ "getpolicy", 0, false, cmd_getpolicy },
	{ "getstreams", 0, false, cmd_getstreams },
	{ "info", 0, false, cmd_info },
	{ "inq", 0, false, cmd_inq },
	{ "next", 0, false, cmd_next },
	{ "outq", 0, false, cmd_outq },
	{ "policy", 1, false, cmd_policy },
	{ "rawget", 3, false, cmd_rawget },
	{ "rawset", 3, false, cmd_rawset },
	{ "release", 0, false, cmd_release },
	{ "rto", 1, false, cmd_rto },
	{ "set", 2, false, cmd_set },
	{ "streams", 1, false, cmd_streams },
	{ NULL, 0, false, NULL }
};
