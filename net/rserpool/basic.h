/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Basic mode: basic.c.
 *
 * Included by session.h, whose structs it is about.
 */
#ifndef _RSERPOOL_BASIC_H
#define _RSERPOOL_BASIC_H

/* ---- basic.c: basic mode (RFC 5351 section 4.1) ---------------------------- */

/**
 * rsp_basic_set() - RSP_BASIC
 * @rsk: upper
 * @on: basic mode
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0, -EOPNOTSUPP (one-to-many), -EBUSY (too late, or taken back),
 * -ENOMEM.
 */
int rsp_basic_set(struct rsp_sock *rsk, bool on);

/**
 * rsp_basic_set_transport() - RSP_TRANSPORT, set
 * @rsk: upper
 * @user: how the service is reached
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0, -EOPNOTSUPP (no server in basic mode), or as
 * rsp_element_update().
 */
int rsp_basic_set_transport(struct rsp_sock *rsk, const struct rsp_service *user);

/**
 * rsp_basic_transport() - what was set
 * @rsk: upper in basic mode, its lock held
 * @user: result
 *
 * Context: Process.
 * Return: false: nothing.
 */
bool rsp_basic_transport(const struct rsp_sock *rsk, struct rsp_service *user);

/**
 * rsp_basic_again() - connect() on a socket that has a server: let go of it
 * @rsk: upper, its lock held, ESTABLISHED
 * @handle: pool to choose the next one from; the same: this one is no good
 *
 * Context: Process.
 * Return: false: no client in basic mode, nothing was done.
 */
bool rsp_basic_again(struct rsp_sock *rsk, const struct rsp_handle *handle);

/**
 * rsp_basic_report() - the last server is no good, if that was said
 * @rsk: client in basic mode, beginning anew; both mutexes held
 *
 * Context: Process.
 */
void rsp_basic_report(struct rsp_sock *rsk);

/**
 * rsp_basic_found() - a server has been chosen
 * @rsk: client in basic mode, both mutexes held
 * @pe: it
 *
 * Context: The session's work.
 */
void rsp_basic_found(struct rsp_sock *rsk, const struct rsp_pool_pe *pe);

/**
 * rsp_basic_server() - how the server is reached; then it has been told
 * @rsk: upper in basic mode
 * @user: result
 * @pe_id: result
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0 or -ENOTCONN.
 */
int rsp_basic_server(struct rsp_sock *rsk, struct rsp_service *user, u32 *pe_id);

/**
 * rsp_basic_disconnect() - connect() to AF_UNSPEC: let go of the server
 * @rsk: upper in basic mode
 *
 * Context: Process; takes both mutexes.
 * Return: 0 or -EOPNOTSUPP (a server's).
 */
int rsp_basic_disconnect(struct rsp_sock *rsk);

/**
 * rsp_transport_size() - octets of a transport that are in use
 * @t: transport
 *
 * Context: Any.
 * Return: octets.
 */
unsigned int rsp_transport_size(const struct rsp_transport_addrs *t);

/**
 * rsp_transport_from_user() - take in what a program says
 * @user: result
 * @from: transport, of rsp_transport_size() octets, in kernel memory
 *
 * Context: Any.
 * Return: 0, -EINVAL, -EPROTONOSUPPORT.
 */
int rsp_transport_from_user(struct rsp_service *user,
			    const struct rsp_transport_addrs *from);

/**
 * rsp_transport_to_user() - what a program is told
 * @to: result
 * @user: transport
 *
 * Context: Any.
 */
void rsp_transport_to_user(struct rsp_transport_addrs *to,
			   const struct rsp_service *user);

#endif /* _RSERPOOL_BASIC_H */
