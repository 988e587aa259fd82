/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers and the words for them, as rspctl and rspd show and read them, and
 * pool handles as text.
 */
#ifndef _RSP_NAMES_H
#define _RSP_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rsp_names {
	RSP_NAMES_POLICY,		/* RFC 5356 policy types */
	RSP_NAMES_CAUSE,		/* RFC 5354 section 3.12 */
	RSP_NAMES_ASAP,			/* messages, RFC 5352 section 2.2 */
	RSP_NAMES_ENRP,			/* messages, RFC 5353 section 2 */
	RSP_NAMES_SESSION_STATE,	/* enum rsp_session_state */
	RSP_NAMES_ROLE,			/* enum rsp_role */
	RSP_NAMES_REASON,		/* enum rsp_failover_reason */
	RSP_NAMES_LINK,			/* enum rserpool_link */
	RSP_NAMES_REGISTRAR_STATE,	/* enum rserpool_registrar_state */
	RSP_NAMES_ORIGIN,		/* enum rserpool_registrar_origin */
	RSP_NAMES_PROFILE,		/* enum rserpool_registrar_profile */
	RSP_NAMES_EVENT,		/* enum rserpool_event_type */
	RSP_NAMES_TRANSPORT,		/* RSP_PARAM_*_TRANSPORT */
	RSP_NAMES_FAILOVER_MODE,	/* enum rsp_failover_mode */
	RSP_NAMES_WAITS,		/* enum rsp_waits */
	RSP_NAMES_PEER_STATE,		/* enum peer_state */
};

/* The word for a number, NULL if there is none. */
const char *rsp_name(enum rsp_names which, uint32_t number);

/* As above, but the number in hexadecimal if there is no word; static buffer */
const char *rsp_name_or_number(enum rsp_names which, uint32_t number);

/* The number for a word (or for decimal or 0x digits); false: neither. */
bool rsp_number(enum rsp_names which, const char *word, uint32_t *number);

/*
 * Pool handles as text: themselves if all octets are printable and not blank
 * and they do not begin with "0x", otherwise 0x and hexadecimal digits.  What
 * is printed can be parsed again.
 */
/* Room that takes, with the 0 octet at the end */
#define RSP_HANDLE_TEXT(octets)	(2 * (octets) + 3)

bool rsp_handle_printable(const void *octets, size_t len);
/* buf gets what fits, always with a 0 octet; returns buf. */
const char *rsp_handle_text(char *buf, size_t size, const void *octets,
			    size_t len);
const char *rsp_hex_text(char *buf, size_t size, const void *octets,
			 size_t len);
/* Return: octets written to buf, or -1: too long, empty or no hexadecimal. */
int rsp_handle_parse(const char *text, uint8_t *buf, size_t size);

#endif /* _RSP_NAMES_H */
