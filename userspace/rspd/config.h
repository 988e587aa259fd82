/* SPDX-License-Identifier: GPL-2.0-only */
/* config.c: what the configuration file and the command line say. */
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
 * struct config_groups - multicast groups
 * @on: use them
 * @addrs: addresses
 * @n: entries of @addrs
 */
struct config_groups {
	bool on;
	union config_addr addrs[CONFIG_GROUPS_MAX];
	size_t n;
};

/**
 * struct config_timing - how fast SCTP tries again, and gives up
 * @rto_initial: retransmission time-out before a round trip was measured; 0
 *	before config_finish(): RFC 9260's
 * @rto_min: least time-out
 * @rto_max: most, which is also the pause between two calls
 * @retrans: retransmissions without an answer, or calls, until a peer is lost
 * @heartbeat: time between two heartbeats of an idle association
 *
 * Times in milliseconds.
 */
struct config_timing {
	uint32_t rto_initial;
	uint32_t rto_min;
	uint32_t rto_max;
	uint32_t retrans;
	uint32_t heartbeat;
};

/**
 * struct config - settings of the daemon
 * @registrar: of the protocol core, but for its identifier
 * @id: identifier, 0: a random one
 * @sctp: serve ASAP over SCTP
 * @tcp: serve ASAP over TCP, pool users only
 * @addrs: addresses to bind, all with one port; none: wildcard
 * @naddrs: entries of @addrs
 * @enrp: serve other registrars
 * @enrp_addrs: addresses to bind for that, all with one port; none: as @addrs
 * @nenrp_addrs: entries of @enrp_addrs
 * @timing: of all SCTP associations
 * @max_conns: most SCTP associations, and most TCP connections
 * @tcp_idle: milliseconds after which a TCP connection without a request or
 *	subscription is closed, 0: never
 * @announce: announce the registrar by multicast, ASAP
 * @enrp_announce: find other registrars by multicast, ENRP
 * @announce_interface: index of the interface, 0: the system chooses
 * @announce_ttl: how many routers it may pass
 * @netlink: serve the module of this network namespace
 * @log_level: least important level that is logged
 */
struct config {
	struct registrar_config registrar;
	uint32_t id;
	bool sctp;
	bool tcp;
	union config_addr addrs[CONFIG_ADDRS_MAX];
	size_t naddrs;
	bool enrp;
	union config_addr enrp_addrs[CONFIG_ADDRS_MAX];
	size_t nenrp_addrs;
	struct config_timing timing;
	uint32_t max_conns;
	uint32_t tcp_idle;
	struct config_groups announce;
	struct config_groups enrp_announce;
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

/* Defaults, then the file, then the command line. */
enum config_result config_parse(struct config *config, int argc, char **argv);

/**
 * config_reload() - read them again
 * @config: settings in use; what can change while the daemon runs is replaced,
 *	about anything else that would be different now there is a warning
 * @argc: command line
 * @argv: command line
 * Return: false if they are wrong: then @config stays as it is.
 */
bool config_reload(struct config *config, int argc, char **argv);

/**
 * config_is_rsplib_group() - RSPLIB listens there: its own group, or any if all
 *	peers have its profile
 * @config: settings
 * @group: of multicast, for ASAP
 * Return: whether it does.
 */
bool config_is_rsplib_group(const struct config *config,
			    const union config_addr *group);

#endif /* RSPD_CONFIG_H */
