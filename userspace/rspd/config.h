/* SPDX-License-Identifier: GPL-2.0-only */
/* config.c: what the command line says. */
#ifndef RSPD_CONFIG_H
#define RSPD_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "log.h"
#include "registrar.h"

#define CONFIG_ADDRS_MAX	8

union config_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/**
 * struct config - settings of the daemon
 * @registrar: of the protocol core
 * @sctp: serve ASAP over SCTP
 * @addrs: addresses to bind, all with one port; none: wildcard
 * @naddrs: entries of @addrs
 * @netlink: serve the module of this network namespace
 * @log_level: least important level that is logged
 */
struct config {
	struct registrar_config registrar;
	bool sctp;
	union config_addr addrs[CONFIG_ADDRS_MAX];
	size_t naddrs;
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
