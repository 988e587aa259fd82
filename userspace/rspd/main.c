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
#include <sys/resource.h>

#include "config.h"
#include "link_announce.h"
#include "link_netlink.h"
#include "link_sctp.h"
#include "link_tcp.h"
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

/* The ways in and out, NULL: it is off. */
struct links {
	struct link_sctp *sctp;
	struct link_tcp *tcp;
	struct link_netlink *netlink;
	struct link_announce *announce;
};

static void say_ready(const struct registrar *r, const struct links *links)
{
	const char *attached = "off";

	if (links->netlink)
		attached = link_netlink_attached(links->netlink) ?
			   "attached" : "not attached";
	log_info("ready, id 0x%08x, asap sctp %s, tcp %s, netlink %s, announcements %s",
		 r->config.id, links->sctp ? link_sctp_name(links->sctp) : "off",
		 links->tcp ? link_tcp_name(links->tcp) : "off", attached,
		 links->announce ? "on" : "off");
	notify("READY=1");
}

/* Return: are all there that there should be? */
static bool open_links(struct links *links, const struct config *config,
		       struct registrar *r, struct ev_loop *loop)
{
	if (config->sctp)
		links->sctp = link_sctp_open(r, loop, config);
	if (config->sctp && !links->sctp)
		return false;
	if (config->tcp)
		links->tcp = link_tcp_open(r, loop, config);
	if (config->tcp && !links->tcp)
		return false;
	if (config->netlink)
		links->netlink = link_netlink_open(r, loop);
	if (config->netlink && !links->netlink)
		return false;
	if (config->announce)
		links->announce = link_announce_open(r, loop, config);
	return !config->announce || links->announce;
}

static int serve(const struct config *config, struct registrar *r,
		 struct ev_loop *loop)
{
	struct links links = { 0 };
	int status = EXIT_START;

	if (open_links(&links, config, r, loop)) {
		say_ready(r, &links);
		loop_run(loop, r);
		notify("STOPPING=1");
		status = EXIT_OK;
	}
	link_announce_close(links.announce);
	link_netlink_close(links.netlink);
	/* it makes no new ones when others end */
	link_sctp_close(links.sctp);
	link_tcp_close(links.tcp);
	return status;
}

/*
 * Each association and connection has a descriptor: as many as we may have,
 * and not more of them than that.
 */
static void fit_descriptors(struct config *config)
{
	const rlim_t others = 64;
	struct rlimit limit;
	rlim_t room;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	room = limit.rlim_cur > 2 * others ? (limit.rlim_cur - others) / 2 : 1;
	if (config->max_conns <= room)
		return;
	log_info("only %llu connections of each kind: limit of descriptors",
		 (unsigned long long)room);
	config->max_conns = room;
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
	fit_descriptors(&config);
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
