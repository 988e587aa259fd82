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

#include "addr.h"
#include "config.h"
#include "enrp.h"
#include "link_announce.h"
#include "link_netlink.h"
#include "link_sctp.h"
#include "link_status.h"
#include "link_tcp.h"
#include "log.h"
#include "loop.h"
#include "notify.h"

enum {
	EXIT_OK,
	EXIT_USAGE,
	EXIT_START,
};

static struct registrar *make_registrar(struct config *config)
{
	uint8_t seed[TABLE_KEY_LEN];
	struct registrar *r;

	if (getentropy(seed, sizeof(seed))) {
		log_error("no random numbers: %s", strerror(errno));
		return NULL;
	}
	config->registrar.id = config->id;
	while (!config->registrar.id &&
	       !getentropy(&config->registrar.id, sizeof(config->id)))
		;
	r = registrar_new(&config->registrar, seed, loop_now());
	if (!r)
		log_error("out of memory");
	return r;
}

/**
 * struct links - the ways in and out
 * @config: settings
 * @r: registrar
 * @loop: event loop
 * @failed: not all are there that there should be
 *
 * The others are NULL when they are off, or before registrar has got the
 * handlespace.
 */
struct links {
	const struct config *config;
	struct registrar *r;
	struct ev_loop *loop;
	bool failed;
	struct link_sctp *enrp;
	struct link_status *status;
	struct link_announce *discover;
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
	log_info("ready, id 0x%08x, enrp %s, asap sctp %s, tcp %s, netlink %s, announcements %s%s",
		 r->config.id, links->enrp ? link_sctp_name(links->enrp) : "off",
		 links->sctp ? link_sctp_name(links->sctp) : "off",
		 links->tcp ? link_tcp_name(links->tcp) : "off", attached,
		 links->announce ? "on" : "off",
		 links->discover ? ", enrp announcements on" : "");
	notify("READY=1");
}

/* Return: are all there that there should be? */
static bool open_links(struct links *links)
{
	const struct config *config = links->config;
	struct ev_loop *loop = links->loop;
	struct registrar *r = links->r;

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
	if (config->announce.on)
		links->announce = link_announce_open(r, loop, config);
	return !config->announce.on || links->announce;
}

/* RFC 5353 section 3.2.3: nobody is served before the handlespace is there. */
static void serve_all(void *arg)
{
	struct links *links = arg;

	if (open_links(links)) {
		say_ready(links->r, links);
		return;
	}
	links->failed = true;
	ev_break(links->loop, EVBREAK_ALL);
}

static bool enrp_place(void *arg, struct rsp_transport *place)
{
	const struct links *links = arg;

	return addr_place(place, links->config->enrp_addrs,
			  links->config->nenrp_addrs, RSP_ENRP_PORT);
}

/* Return: is ENRP there, if it should be? */
static bool open_enrp(struct links *links)
{
	struct enrp_link link = {
		.place = enrp_place,
		.ready = serve_all,
		.arg = links,
	};

	if (links->config->enrp) {
		links->enrp = link_sctp_open_enrp(links->r, links->loop,
						  links->config);
		if (!links->enrp)
			return false;
		link.dialer = link_sctp_dialer(links->enrp);
		links->status = link_status_open(links->r, links->loop,
						 links->config);
	}
	if (links->config->enrp_announce.on) {
		links->discover = link_announce_open_enrp(links->r, links->loop,
							  links->config);
		if (!links->discover)
			return false;
	}
	enrp_start(links->r, &link, loop_now());
	return !links->failed;
}

/* To read the settings again */
struct reload {
	struct config *config;
	struct registrar *r;
	int argc;
	char **argv;
};

static void reload_settings(void *arg)
{
	struct reload *reload = arg;

	notify_reloading();
	if (config_reload(reload->config, reload->argc, reload->argv)) {
		registrar_reconfigure(reload->r, &reload->config->registrar,
				      loop_now());
		log_info("settings read again");
	}
	notify("READY=1");
}

static int serve(struct reload *reload, struct ev_loop *loop)
{
	struct registrar *r = reload->r;
	struct links links = {
		.config = reload->config,
		.r = r,
		.loop = loop,
	};
	int status = EXIT_START;

	if (open_enrp(&links)) {
		loop_run(loop, r, reload_settings, reload);
		notify("STOPPING=1");
		status = links.failed ? EXIT_START : EXIT_OK;
	}
	enrp_stop(r);
	link_status_close(links.status);
	link_announce_close(links.discover);
	link_sctp_close(links.enrp);
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
	struct config config;
	struct reload reload = {
		.config = &config,
		.argc = argc,
		.argv = argv,
	};
	struct registrar *r;
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
	r = make_registrar(&config);
	reload.r = r;
	if (loop && r)
		status = serve(&reload, loop);
	if (r)
		registrar_free(r);
	if (loop)
		ev_loop_destroy(loop);
	return status;
}
