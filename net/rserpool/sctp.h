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

/**
 * rsp_sctp_create() - an SCTP socket that does not hold its namespace
 * @net: namespace
 * @family: PF_INET or PF_INET6
 * @type: SOCK_SEQPACKET (one-to-many) or SOCK_STREAM
 * @sock: result
 *
 * Context: Process.
 * Return: 0, -ENOMEM, -EAFNOSUPPORT, or what else __sock_create() says.
 */
int rsp_sctp_create(struct net *net, int family, int type,
		    struct socket **sock);

/**
 * rsp_sctp_setopt() - set an option of level SOL_SCTP
 * @sock: SCTP socket
 * @opt: option
 * @val: value in kernel memory
 * @len: its octets
 *
 * Context: Process; takes the socket's lock.
 * Return: what SCTP says: 0 or a negative errno.
 */
int rsp_sctp_setopt(struct socket *sock, int opt, void *val, unsigned int len);

/**
 * rsp_sctp_set_nodelay() - send small messages at once, or collect them
 * @sk: SCTP socket, owned by the caller
 * @on: at once
 *
 * Context: Process.
 */
void rsp_sctp_set_nodelay(struct sock *sk, bool on);

/**
 * rsp_sctp_subscribe() - switch notifications on
 * @sk: SCTP socket, owned by the caller
 * @types: SCTP_ASSOC_CHANGE, ...
 * @n: how many
 *
 * Context: Process.
 */
void rsp_sctp_subscribe(struct sock *sk, const u16 *types, unsigned int n);

/**
 * rsp_sctp_unsubscribe() - no notifications any more; before a socket is closed
 * @sk: SCTP socket, owned by the caller
 *
 * Context: Process.
 */
void rsp_sctp_unsubscribe(struct sock *sk);

/**
 * rsp_sctp_set_timing() - how fast a dead peer is noticed
 * @sk: SCTP socket, owned by the caller
 * @set: the namespace's settings, net.rserpool.sctp_*
 *
 * Holds for associations to come.
 *
 * Context: Process.
 */
void rsp_sctp_set_timing(struct sock *sk, const struct rsp_settings *set);

/**
 * rsp_sctp_bind_any() - bind to the wildcard address, any free port
 * @sock: SCTP socket
 * @family: PF_INET or PF_INET6
 *
 * Context: Process; takes the socket's lock.
 * Return: what SCTP says: 0 or a negative errno; ENOBUFS where it says
 * EADDRINUSE.
 */
int rsp_sctp_bind_any(struct socket *sock, int family);

/**
 * rsp_sctp_listen() - listen
 * @sock: bound SCTP socket
 * @backlog: associations that may wait for accept()
 *
 * Context: Process; takes the socket's lock.
 * Return: what SCTP says: 0 or a negative errno; ENOMEM where it says ENOSYS.
 */
int rsp_sctp_listen(struct socket *sock, int backlog);

/**
 * rsp_sctp_pack_addr() - write a sockaddr_in or sockaddr_in6
 * @a: address
 * @port: host order
 * @buf: where to, room for a sockaddr_in6; need not be aligned
 *
 * Context: Any.
 * Return: octets written.
 */
unsigned int rsp_sctp_pack_addr(const struct rsp_addr *a, u16 port, void *buf);

/**
 * rsp_sctp_unpack_addr() - take in an address of SCTP's
 * @a: result
 * @from: address
 *
 * Context: Any.
 */
void rsp_sctp_unpack_addr(struct rsp_addr *a, const union sctp_addr *from);

/**
 * rsp_sctp_sendmsg() - send on a lower socket
 * @lsk: socket
 * @msg: message
 * @len: octets
 *
 * Straight to SCTP: what the socket layer does before is done for the upper
 * socket (security, where a program sent) or is not for SCTP (binding).
 *
 * Context: Process; takes @lsk's lock.
 * Return: octets sent or SCTP's errno.
 */
static inline int rsp_sctp_sendmsg(struct sock *lsk, struct msghdr *msg,
				   size_t len)
{
	return READ_ONCE(lsk->sk_prot)->sendmsg(lsk, msg, len);
}

/**
 * rsp_sctp_recvmsg() - receive from a lower socket
 * @lsk: socket
 * @msg: where to
 * @len: octets that there is room for
 * @flags: MSG_*
 *
 * Context: Process; takes @lsk's lock.
 * Return: octets received or SCTP's errno.
 */
static inline int rsp_sctp_recvmsg(struct sock *lsk, struct msghdr *msg,
				   size_t len, int flags)
{
	int addr_len = 0;

	return READ_ONCE(lsk->sk_prot)->recvmsg(lsk, msg, len, flags,
						&addr_len);
}

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
 *
 * Context: Any.
 */
void rsp_sctp_sndinfo(struct rsp_sctp_sndinfo *c, u32 ppid, u32 context,
		      u16 flags, sctp_assoc_t assoc_id);

/* The SCTP_PRINFO of a message, behind the SCTP_SNDINFO. */
struct rsp_sctp_prinfo {
	struct cmsghdr hdr;
	struct sctp_prinfo info;
};

/**
 * rsp_sctp_prinfo() - begin a control message, whose info is the caller's
 * @c: result
 *
 * Context: Any.
 */
void rsp_sctp_prinfo(struct rsp_sctp_prinfo *c);

/**
 * rsp_sctp_is_gone() - does an error of sendmsg() mean that the association has
 * ended?
 * @err: negative errno or anything else
 *
 * Context: Any.
 * Return: true if it has, or is about to.
 */
bool rsp_sctp_is_gone(int err);

#endif /* _RSERPOOL_SCTP_H */
