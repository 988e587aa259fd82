/* SPDX-License-Identifier: GPL-2.0-only */
/* asap.c: what a received ASAP message means (RFC 5352 section 3). */
#ifndef RSPD_ASAP_H
#define RSPD_ASAP_H

#include "registrar.h"

/**
 * asap_input() - take one message
 * @r: registrar
 * @from: who sent it
 * @request: number that the link wants to see in the answer, or 0
 * @buf: the message, as received: nothing of it has been checked
 * @len: its octets
 * @now: time
 *
 * All answers have been handed to the link when this returns.
 *
 * Return: 0, or why it was dropped, as rsp_msg_parse(): -EBADMSG for what is no
 * message at all.
 */
int asap_input(struct registrar *r, struct asap_assoc *from, uint32_t request,
	       const void *buf, size_t len, uint64_t now);

#endif /* RSPD_ASAP_H */
