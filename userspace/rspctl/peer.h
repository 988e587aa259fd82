/* SPDX-License-Identifier: GPL-2.0-only */
/* peer.c: ask a registrar on the wire (RFC 5353). */
#ifndef RSPCTL_PEER_H
#define RSPCTL_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include "rspctl.h"
#include "wire.h"

/**
 * struct peer_ask - an association with a registrar
 * @addr: where it is
 * @port: where it is
 * @fd: association
 * @id: our identifier
 * @its_id: its identifier, 0 before its first message
 * @wanted: pool that is asked for, or all
 * @open: the record of pool @shown is open
 * @shown: pool
 * @msg: its last message
 * @buf: that message
 */
struct peer_ask {
	struct rsp_addr addr;
	uint64_t port;
	int fd;
	uint32_t id;
	uint32_t its_id;
	struct ctl_handle wanted;
	bool open;
	struct ctl_handle shown;
	struct rsp_msg msg;
	uint8_t buf[RSP_MSG_SPACE];
};

/* No association; the usual port */
void peer_init(struct peer_ask *ask);

/* Make the association with @addr, @port.  Return: CTL_OK, CTL_FAILED. */
int peer_open(struct peer_ask *ask);
void peer_close(struct peer_ask *ask);

/* Tell what went wrong; @err: of errno, or 0.  Return: CTL_FAILED. */
int peer_failed(const struct peer_ask *ask, const char *what, int err);

/**
 * peer_each_pe() - the registrar's handle table
 * @ask: association; of .wanted alone, if that is set
 * @take: called for each pool element; other than CTL_OK: that is enough
 * @data: for @take
 * Return: CTL_OK, CTL_FAILED.
 */
typedef int peer_pe_fn(void *data, struct rsp_octets handle,
		       const struct rsp_pe_param *pe);
int peer_each_pe(struct peer_ask *ask, peer_pe_fn *take, void *data);

/* In an open record */
void peer_print_pe(const struct rsp_pe_param *pe);

#endif /* RSPCTL_PEER_H */
