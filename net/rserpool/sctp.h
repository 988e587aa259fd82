/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In-kernel SCTP sockets as sessions (lower.c) and the registrar link
 * (link_sctp.c) both need them.  All functions: process context.
 */
#ifndef _RSERPOOL_SCTP_H
#define _RSERPOOL_SCTP_H

#include <linux/net.h>
#include <linux/sctp.h>
#include <net/sctp/sctp.h>
#include <net/sctp/structs.h>

#include "rserpool.h"

/* Set an option of level SOL_SCTP.  Return: what SCTP does. */
int rsp_sctp_setopt(struct socket *sock, int opt, void *val, unsigned int len);
int rsp_sctp_set_nodelay(struct socket *sock, bool on);

/* Switch the notifications of these types on (SCTP_ASSOC_CHANGE, ...). */
int rsp_sctp_subscribe(struct socket *sock, const u16 *types, unsigned int n);

/* How fast a dead peer is noticed: the namespace's net.rserpool.sctp_*. */
int rsp_sctp_set_timing(struct socket *sock, const struct rsp_settings *set);

/* Bind to the wildcard address of PF_INET or PF_INET6, any free port. */
int rsp_sctp_bind_any(struct socket *sock, int family);

/* Write a sockaddr_in or sockaddr_in6.  Return: its octets. */
unsigned int rsp_sctp_pack_addr(const struct rsp_addr *a, u16 port, void *buf);

/* The SCTP_SNDINFO of a message, in the form of sendmsg(). */
struct rsp_sctp_sndinfo {
	struct cmsghdr hdr;
	struct sctp_sndinfo info;
};

/**
 * rsp_sctp_sndinfo() - fill in a control message
 * @c: result
 * @ppid: payload protocol identifier, host byte order
 * @context: comes back with a message that could not be delivered
 * @flags: SCTP_EOF, SCTP_ABORT, SCTP_UNORDERED
 * @assoc_id: association of a one-to-many socket, else 0
 */
void rsp_sctp_sndinfo(struct rsp_sctp_sndinfo *c, u32 ppid, u32 context,
		      u16 flags, sctp_assoc_t assoc_id);

/* An error of sendmsg(): has the association ended or is it about to? */
bool rsp_sctp_is_gone(int err);

#endif /* _RSERPOOL_SCTP_H */
