/* SPDX-License-Identifier: GPL-2.0-only */
/* config.c: what the command line says. */
#ifndef RSPD_CONFIG_H
#define RSPD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"
#include "log.h"
#include "registrar.h"

#define CONFIG_ADDRS_MAX	8
#define CONFIG_GROUPS_MAX	4

/**
 * struct config - settings of the daemon
 * @registrar: of the protocol core
 * @sctp: serve ASAP over SCTP
 * @tcp: serve ASAP over TCP, pool users only
 * @addrs: addresses to bind, all with one port; none: wildcard
 * @naddrs: entries of @addrs
 * @max_conns: most SCTP associations, and most TCP connections
 * @tcp_idle: milliseconds after which a TCP connection without a request or
 *	subscription is closed, 0: never
 * @announce: announce the registrar by multicast
 * @groups: to these groups
 * @ngroups: entries of @groups
 * @announce_interface: index of the interface, 0: the system chooses
 * @announce_ttl: how many routers it may pass
 * @netlink: serve the module of this network namespace
 * @log_level: least important level that is logged
 */
struct config {
	struct registrar_config registrar;
	bool sctp;
	bool tcp;
	union config_addr addrs[CONFIG_ADDRS_MAX];
	size_t naddrs;
	uint32_t max_conns;
	uint32_t tcp_idle;
	bool announce;
	union config_addr groups[CONFIG_GROUPS_MAX];
	size_t ngroups;
	uint32_t announce_interface;
	uint32_t announce_ttl;
	bool netlink;
	enum log_level log_level;
};

enum config_result {
	CONFIG_RUN,
	CONFIG_DONE,		/* --help, --version, --check */
	CONFIG_USAGE,		/* wrong; it was said what */
};

/* Defaults, then the command line. */
enum config_result config_parse(struct config *config, int argc, char **argv);

#endif /* RSPD_CONFIG_H */
