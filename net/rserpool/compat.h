/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that are built for, 6.1 and 6.12, in the
 * order of the releases that brought it; nothing else in this module knows of
 * versions.  Found out by probes, here or in Kbuild (RSP_HAVE_*), since stable
 * kernels take changes back.
 */
#ifndef _RSERPOOL_COMPAT_H
#define _RSERPOOL_COMPAT_H

#include <net/net_namespace.h>
#include <net/sock.h>

/**
 * rsp_register_net_sysctl() - register a namespace's table
 * @net: namespace
 * @path: directory below /proc/sys
 * @table: entries, with an empty last one
 * @n: entries without that
 *
 * 6.6: tables are registered with their size and need no empty last entry.
 * Ours have one all the same.
 *
 * Context: Process.
 * Return: what unregister_net_sysctl_table() wants, or NULL.
 */
static inline struct ctl_table_header *
rsp_register_net_sysctl(struct net *net, const char *path,
			struct ctl_table *table, size_t n)
{
#ifdef register_net_sysctl
	return register_net_sysctl_sz(net, path, table, n);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/* 6.11: what handles a setting gets its entry for reading only */
#ifdef RSP_HAVE_CONST_CTL_TABLE
#define RSP_CTL_TABLE		const struct ctl_table
#else
#define RSP_CTL_TABLE		struct ctl_table
#endif

/* 6.10: the arguments of proto_ops.accept behind the two sockets */
#ifdef RSP_HAVE_PROTO_ACCEPT_ARG
#define RSP_ACCEPT_ARGS		struct proto_accept_arg *arg
#define RSP_ACCEPT_FLAGS	(arg->flags)
#else
#define RSP_ACCEPT_ARGS		int flags, bool kern
#define RSP_ACCEPT_FLAGS	(flags)
#endif

/**
 * rsp_sk_net_refcnt_upgrade() - let a kernel socket hold its namespace
 * @sk: kernel socket that does not yet
 *
 * As a user's does.  6.15, taken back to 6.12.y.
 *
 * Context: Process, may sleep; socket not locked.
 */
static inline void rsp_sk_net_refcnt_upgrade(struct sock *sk)
{
#ifdef RSP_HAVE_SK_NET_REFCNT_UPGRADE
	sk_net_refcnt_upgrade(sk);
#else
	sk->sk_net_refcnt = 1;
	get_net_track(sock_net(sk), &sk->ns_tracker, GFP_KERNEL);
	sock_inuse_add(sock_net(sk), 1);
#endif
}

/* 6.7, taken back to 6.1.y: the argument is the sock, not the socket */
#ifdef RSP_HAVE_UDP_ENCAP_ENABLE_SK
#define RSP_UDP_ENCAP_ENABLE(sock)	udp_tunnel_encap_enable((sock)->sk)
#else
#define RSP_UDP_ENCAP_ENABLE(sock)	udp_tunnel_encap_enable(sock)
#endif

#endif /* _RSERPOOL_COMPAT_H */
