// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd, the registrar.  Ways in: registrar.h (protocol core), assoc.h (border
 * to the links), loop.c (what runs when).
 *
 * Exit status: 0 ended by a signal, 1 wrong usage, 2 could not start.
 */
#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "config.h"
#include "link_netlink.h"
#include "link_sctp.h"
#include "log.h"
#include "loop.h"
#include "notify.h"

enum {
	EXIT_OK,
	EXIT_USAGE,
	EXIT_START,
};

static struct registrar *make_registrar(struct registrar_config *config)
{
	uint8_t seed[TABLE_KEY_LEN];
	struct registrar *r;

	if (getentropy(seed, sizeof(seed))) {
		log_error("no random numbers: %s", strerror(errno));
		return NULL;
	}
	while (!config->id && !getentropy(&config->id, sizeof(config->id)))
		;
	r = registrar_new(config, seed, loop_now());
	if (!r)
		log_error("out of memory");
	return r;
}

static void say_ready(const struct registrar *r, const struct link_sctp *sctp,
		      const struct link_netlink *netlink)
{
	const char *attached = "off";

	if (netlink)
		attached = link_netlink_attached(netlink) ? "attached" :
			   "not attached";
	log_info("ready, id 0x%08x, asap %s%s, netlink %s", r->config.id,
		 sctp ? "sctp " : "sctp off", sctp ? link_sctp_name(sctp) : "",
		 attached);
	notify("READY=1");
}

static int serve(const struct config *config, struct registrar *r,
		 struct ev_loop *loop)
{
	struct link_netlink *netlink = NULL;
	struct link_sctp *sctp = NULL;
	int status = EXIT_START;

	if (config->sctp) {
		sctp = link_sctp_open(r, loop, config);
		if (!sctp)
			goto out;
	}
	if (config->netlink) {
		netlink = link_netlink_open(r, loop);
		if (!netlink)
			goto out;
	}
	say_ready(r, sctp, netlink);
	loop_run(loop, r);
	notify("STOPPING=1");
	status = EXIT_OK;
out:
	link_netlink_close(netlink);
	link_sctp_close(sctp);
	return status;
}

int main(int argc, char **argv)
{
	struct registrar *r;
	struct config config;
	struct ev_loop *loop;
	int status = EXIT_START;

	switch (config_parse(&config, argc, argv)) {
	case CONFIG_RUN:
		break;
	case CONFIG_DONE:
		return EXIT_OK;
	case CONFIG_USAGE:
		return EXIT_USAGE;
	}
	log_init(config.log_level);
	loop = ev_default_loop(0);
	r = make_registrar(&config.registrar);
	if (loop && r)
		status = serve(&config, r, loop);
	if (r)
		registrar_free(r);
	if (loop)
		ev_loop_destroy(loop);
	return status;
}
