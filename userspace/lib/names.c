// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers and words, see names.h.  A table for each kind, in the order of the
 * numbers; for two words of one number the first is the one shown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/rserpool.h>
#include <linux/rserpool_netlink.h>
#include "names.h"
#include "status.h"
#include "wire.h"

struct rsp_word {
	const char *word;
	uint32_t number;
};

static const struct rsp_word rsp_words_policy[] = {
	{ "rr", RSP_POLICY_ROUND_ROBIN },
	{ "wrr", RSP_POLICY_WEIGHTED_ROUND_ROBIN },
	{ "rand", RSP_POLICY_RANDOM },
	{ "wrand", RSP_POLICY_WEIGHTED_RANDOM },
	{ "prio", RSP_POLICY_PRIORITY },
	{ "lu", RSP_POLICY_LEAST_USED },
	{ "lud", RSP_POLICY_LEAST_USED_DEGRADATION },
	{ "plu", RSP_POLICY_PRIORITY_LEAST_USED },
	{ "rlu", RSP_POLICY_RANDOM_LEAST_USED },
	{ "round-robin", RSP_POLICY_ROUND_ROBIN },
	{ "weighted-round-robin", RSP_POLICY_WEIGHTED_ROUND_ROBIN },
	{ "random", RSP_POLICY_RANDOM },
	{ "weighted-random", RSP_POLICY_WEIGHTED_RANDOM },
	{ "priority", RSP_POLICY_PRIORITY },
	{ "least-used", RSP_POLICY_LEAST_USED },
	{ "least-used-degradation", RSP_POLICY_LEAST_USED_DEGRADATION },
	{ "priority-least-used", RSP_POLICY_PRIORITY_LEAST_USED },
	{ "random-least-used", RSP_POLICY_RANDOM_LEAST_USED },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_cause[] = {
	{ "unspecified", RSP_CAUSE_UNSPECIFIED },
	{ "unknown-parameter", RSP_CAUSE_UNKNOWN_PARAM },
	{ "unknown-message", RSP_CAUSE_UNKNOWN_MESSAGE },
	{ "invalid-values", RSP_CAUSE_INVALID_VALUES },
	{ "non-unique-pe-id", RSP_CAUSE_NON_UNIQUE_PE_ID },
	{ "inconsistent-policy", RSP_CAUSE_INCONSISTENT_POLICY },
	{ "lack-of-resources", RSP_CAUSE_LACK_OF_RESOURCES },
	{ "inconsistent-transport", RSP_CAUSE_INCONSISTENT_TRANSPORT },
	{ "inconsistent-data-control", RSP_CAUSE_INCONSISTENT_CONTROL },
	{ "unknown-pool-handle", RSP_CAUSE_UNKNOWN_POOL_HANDLE },
	{ "security", RSP_CAUSE_SECURITY },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_asap[] = {
	{ "registration", RSP_ASAP_REGISTRATION },
	{ "deregistration", RSP_ASAP_DEREGISTRATION },
	{ "registration-response", RSP_ASAP_REGISTRATION_RESPONSE },
	{ "deregistration-response", RSP_ASAP_DEREGISTRATION_RESPONSE },
	{ "handle-resolution", RSP_ASAP_HANDLE_RESOLUTION },
	{ "handle-resolution-response", RSP_ASAP_HANDLE_RESOLUTION_RESPONSE },
	{ "endpoint-keep-alive", RSP_ASAP_ENDPOINT_KEEP_ALIVE },
	{ "endpoint-keep-alive-ack", RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK },
	{ "endpoint-unreachable", RSP_ASAP_ENDPOINT_UNREACHABLE },
	{ "server-announce", RSP_ASAP_SERVER_ANNOUNCE },
	{ "cookie", RSP_ASAP_COOKIE },
	{ "cookie-echo", RSP_ASAP_COOKIE_ECHO },
	{ "business-card", RSP_ASAP_BUSINESS_CARD },
	{ "error", RSP_ASAP_ERROR },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_enrp[] = {
	{ "presence", RSP_ENRP_PRESENCE },
	{ "handle-table-request", RSP_ENRP_HANDLE_TABLE_REQUEST },
	{ "handle-table-response", RSP_ENRP_HANDLE_TABLE_RESPONSE },
	{ "handle-update", RSP_ENRP_HANDLE_UPDATE },
	{ "list-request", RSP_ENRP_LIST_REQUEST },
	{ "list-response", RSP_ENRP_LIST_RESPONSE },
	{ "init-takeover", RSP_ENRP_INIT_TAKEOVER },
	{ "init-takeover-ack", RSP_ENRP_INIT_TAKEOVER_ACK },
	{ "takeover-server", RSP_ENRP_TAKEOVER_SERVER },
	{ "error", RSP_ENRP_ERROR },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_session_state[] = {
	{ "idle", RSP_STATE_IDLE },
	{ "listening", RSP_STATE_LISTENING },
	{ "resolving", RSP_STATE_RESOLVING },
	{ "connecting", RSP_STATE_CONNECTING },
	{ "established", RSP_STATE_ESTABLISHED },
	{ "failover", RSP_STATE_FAILOVER },
	{ "ended", RSP_STATE_ENDED },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_role[] = {
	{ "none", RSP_ROLE_NONE },
	{ "pool-user", RSP_ROLE_POOL_USER },
	{ "pool-element", RSP_ROLE_POOL_ELEMENT },
	{ "server", RSP_ROLE_SERVER },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_reason[] = {
	{ "abort", RSP_REASON_ABORT },
	{ "timeout", RSP_REASON_TIMEOUT },
	{ "restart", RSP_REASON_RESTART },
	{ "incomplete", RSP_REASON_INCOMPLETE },
	{ "admin", RSP_REASON_ADMIN },
	{ "removed", RSP_REASON_REMOVED },
	{ "program", RSP_REASON_PROGRAM },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_failover_mode[] = {
	{ "automatic", RSP_MODE_AUTOMATIC },
	{ "hold", RSP_MODE_HOLD },
	{ "manual", RSP_MODE_MANUAL },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_waits[] = {
	{ "nothing", RSP_WAITS_NOTHING },
	{ "release", RSP_WAITS_RELEASE },
	{ "next", RSP_WAITS_NEXT },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_peer_state[] = {
	{ "unknown", PEER_UNKNOWN },
	{ "active", PEER_ACTIVE },
	{ "asked", PEER_ASKED },
	{ "taken-over", PEER_TAKEN },
	{ "ceded", PEER_CEDED },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_link[] = {
	{ "netlink", RSERPOOL_LINK_NETLINK },
	{ "sctp", RSERPOOL_LINK_SCTP },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_registrar_state[] = {
	{ "idle", RSERPOOL_REGISTRAR_STATE_IDLE },
	{ "connecting", RSERPOOL_REGISTRAR_STATE_CONNECTING },
	{ "up", RSERPOOL_REGISTRAR_STATE_UP },
	{ "failed", RSERPOOL_REGISTRAR_STATE_FAILED },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_origin[] = {
	{ "configured", RSERPOOL_REGISTRAR_ORIGIN_CONFIGURED },
	{ "announced", RSERPOOL_REGISTRAR_ORIGIN_ANNOUNCED },
	{ "keep-alive", RSERPOOL_REGISTRAR_ORIGIN_KEEP_ALIVE },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_profile[] = {
	{ "rfc", RSERPOOL_REGISTRAR_PROFILE_RFC },
	{ "rsplib", RSERPOOL_REGISTRAR_PROFILE_RSPLIB },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_event[] = {
	{ "registrar-up", RSERPOOL_EVENT_TYPE_REGISTRAR_UP },
	{ "registrar-down", RSERPOOL_EVENT_TYPE_REGISTRAR_DOWN },
	{ "pe-registered", RSERPOOL_EVENT_TYPE_PE_REGISTERED },
	{ "pe-unregistered", RSERPOOL_EVENT_TYPE_PE_UNREGISTERED },
	{ "session-established", RSERPOOL_EVENT_TYPE_SESSION_ESTABLISHED },
	{ "session-failover", RSERPOOL_EVENT_TYPE_SESSION_FAILOVER },
	{ "session-ended", RSERPOOL_EVENT_TYPE_SESSION_ENDED },
	{ NULL, 0 }
};

static const struct rsp_word rsp_words_transport[] = {
	{ "dccp", RSP_PARAM_DCCP_TRANSPORT },
	{ "sctp", RSP_PARAM_SCTP_TRANSPORT },
	{ "tcp", RSP_PARAM_TCP_TRANSPORT },
	{ "udp", RSP_PARAM_UDP_TRANSPORT },
	{ "udplite", RSP_PARAM_UDPLITE_TRANSPORT },
	{ "opaque", RSP_PARAM_OPAQUE_TRANSPORT },
	{ NULL, 0 }
};

static const struct rsp_word * const rsp_words[] = {
	[RSP_NAMES_POLICY]		= rsp_words_policy,
	[RSP_NAMES_CAUSE]		= rsp_words_cause,
	[RSP_NAMES_ASAP]		= rsp_words_asap,
	[RSP_NAMES_ENRP]		= rsp_words_enrp,
	[RSP_NAMES_SESSION_STATE]	= rsp_words_session_state,
	[RSP_NAMES_ROLE]		= rsp_words_role,
	[RSP_NAMES_REASON]		= rsp_words_reason,
	[RSP_NAMES_LINK]		= rsp_words_link,
	[RSP_NAMES_REGISTRAR_STATE]	= rsp_words_registrar_state,
	[RSP_NAMES_ORIGIN]		= rsp_words_origin,
	[RSP_NAMES_PROFILE]		= rsp_words_profile,
	[RSP_NAMES_EVENT]		= rsp_words_event,
	[RSP_NAMES_TRANSPORT]		= rsp_words_transport,
	[RSP_NAMES_FAILOVER_MODE]	= rsp_words_failover_mode,
	[RSP_NAMES_WAITS]		= rsp_words_waits,
	[RSP_NAMES_PEER_STATE]		= rsp_words_peer_state,
};

const char *rsp_name(enum rsp_names which, uint32_t number)
{
	const struct rsp_word *word;

	for (word = rsp_words[which]; word->word; word++)
		if (word->number == number)
			return word->word;
	return NULL;
}

const char *rsp_name_or_number(enum rsp_names which, uint32_t number)
{
	static char buf[sizeof("0x12345678")];
	const char *name = rsp_name(which, number);

	if (name)
		return name;
	snprintf(buf, sizeof(buf), "0x%x", number);
	return buf;
}

bool rsp_number(enum rsp_names which, const char *text, uint32_t *number)
{
	const struct rsp_word *word;
	unsigned long long value;
	char *end;

	for (word = rsp_words[which]; word->word; word++) {
		if (strcmp(word->word, text))
			continue;
		*number = word->number;
		return true;
	}

	/* strtoull() takes blanks and signs, which are no numbers here */
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || value > UINT32_MAX)
		return false;
	*number = value;
	return true;
}

bool rsp_handle_printable(const void *octets, size_t len)
{
	const uint8_t *p = octets;
	size_t i;

	if (!len || (len >= 2 && p[0] == '0' && p[1] == 'x'))
		return false;
	for (i = 0; i < len; i++)
		if (p[i] <= ' ' || p[i] > '~')
			return false;
	return true;
}

const char *rsp_hex_text(char *buf, size_t size, const void *octets,
			 size_t len)
{
	const uint8_t *p = octets;
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < len && 2 * i + 3 <= size; i++)
		snprintf(buf + 2 * i, 3, "%02x", p[i]);
	return buf;
}

const char *rsp_handle_text(char *buf, size_t size, const void *octets,
			    size_t len)
{
	if (rsp_handle_printable(octets, len)) {
		snprintf(buf, size, "%.*s", (int)len, (const char *)octets);
	} else {
		snprintf(buf, size, "0x");
		if (size > 2)
			rsp_hex_text(buf + 2, size - 2, octets, len);
	}
	return buf;
}

static int rsp_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int rsp_handle_parse(const char *text, uint8_t *buf, size_t size)
{
	size_t len = strlen(text);
	size_t i;

	if (strncmp(text, "0x", 2)) {
		if (!len || len > size)
			return -1;
		memcpy(buf, text, len);
		return len;
	}

	text += 2;
	len -= 2;
	if (!len || len % 2 || len / 2 > size)
		return -1;
	for (i = 0; i < len / 2; i++) {
		int high = rsp_hex_digit(text[2 * i]);
		int low = rsp_hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		buf[i] = high << 4 | low;
	}
	return len / 2;
}
