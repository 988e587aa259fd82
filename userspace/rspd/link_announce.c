// SPDX-License-Identifier: GPL-2.0-only
/*
 * One datagram socket for each group, that sends to it and hears what others
 * say there.  It is bound to the group's address, so that it takes the port
 * from nobody and gets nothing that was sent to this host alone.
 */
#include "link_announce.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "loop.h"

/* Datagrams of one turn: whoever floods us keeps up nobody. */
#define TURN	16

/* Octets that wait for us: what does not fit is no loss. */
#define RCVBUF	(64 << 10)

struct announce_group {
	struct link_announce *link;
	union config_addr addr;
	ev_io io;
	int fd;
	bool rsplib;		/* RSPLIB listens there */
	int last_err;		/* why sending failed, so that it is said once */
};

struct link_announce {
	struct registrar *r;
	struct ev_loop *loop;
	const struct config *config;
	bool enrp;
	struct announce_group groups[CONFIG_GROUPS_MAX];
	size_t ngroups;
	/* an announcement is no longer than what fits into an Ethernet frame */
	uint8_t buf[1500];
};

static void announce_take(struct link_announce *link,
			  const union config_addr *from, size_t len)
{
	struct rsp_addr source;
	uint16_t port;

	if (!link->enrp)
		announce_input(link->r, link->buf, len, loop_now());
	else if (addr_get(&from->sa, &source, &port))
		discover_input(link->r, &source, link->buf, len, loop_now());
}

static void announce_ready(struct ev_loop *loop, ev_io *io, int events)
{
	struct announce_group *group = io->data;
	struct link_announce *link = group->link;
	union config_addr from;
	socklen_t from_len;
	unsigned int i;
	ssize_t len;

	(void)loop;
	(void)events;
	for (i = 0; i < TURN; i++) {
		from_len = sizeof(from);
		len = recvfrom(group->fd, link->buf, sizeof(link->buf),
			       MSG_DONTWAIT, &from.sa, &from_len);
		if (len < 0)
			break;
		announce_take(link, &from, len);
	}
}

static void announce_send_to(struct announce_group *group, const void *msg,
			     size_t len)
{
	char text[ADDR_TEXT];
	int err = 0;

	if (sendto(group->fd, msg, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		   &group->addr.sa, addr_len(&group->addr)) < 0)
		err = errno;
	if (err && err != group->last_err) {
		addr_text(&group->addr, text);
		log_warn("announce: %s: %s", text, strerror(err));
	}
	group->last_err = err;
}

static void announce_send(void *arg, bool rsplib, const void *msg, size_t len)
{
	struct link_announce *link = arg;
	size_t i;

	for (i = 0; i < link->ngroups; i++)
		if (link->groups[i].rsplib == rsplib)
			announce_send_to(&link->groups[i], msg, len);
}

static void announce_send_enrp(void *arg, const void *msg, size_t len)
{
	struct link_announce *link = arg;
	size_t i;

	for (i = 0; i < link->ngroups; i++)
		announce_send_to(&link->groups[i], msg, len);
}

/* A TCP Transport has one address (WIRE-23), an SCTP Transport all. */
static size_t announce_tcp(const struct rsp_transport *all,
			   struct rsp_transport *transports, size_t max)
{
	size_t i;

	for (i = 0; i < all->naddrs && i < max; i++) {
		memset(&transports[i], 0, sizeof(transports[i]));
		transports[i].type = RSP_PARAM_TCP_TRANSPORT;
		transports[i].port = all->port;
		transports[i].naddrs = 1;
		transports[i].addrs[0] = all->addrs[i];
	}
	return i;
}

/*
 * The addresses of this moment: they come and go.  RSPLIB knows no TCP
 * Transport (5), and drops the whole announcement for the two bits of that
 * number.
 */
static size_t announce_transports(void *arg, bool rsplib,
				  struct rsp_transport *transports)
{
	const struct link_announce *link = arg;
	const struct config *config = link->config;
	struct rsp_transport all;
	size_t n = 0;

	if (!addr_place(&all, config->addrs, config->naddrs, RSP_ASAP_PORT))
		return 0;
	if (config->sctp)
		transports[n++] = all;
	if (config->tcp && !rsplib)
		n += announce_tcp(&all, transports + n,
				  ANNOUNCE_TRANSPORTS_MAX - n);
	return n;
}

/* ---- the sockets ---------------------------------------------------------------- */

static int announce_set4(const struct config *config,
			 const struct announce_group *group)
{
	struct ip_mreqn mreq = {
		.imr_multiaddr = group->addr.in.sin_addr,
		.imr_ifindex = config->announce_interface,
	};
	int ttl = config->announce_ttl, fd = group->fd, off = 0;

	/* only what was sent to an interface that we have joined it on */
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof(off));
	return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl)) ||
	       setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq,
			  sizeof(mreq)) ||
	       setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq,
			  sizeof(mreq));
}

static int announce_set6(const struct config *config,
			 const struct announce_group *group)
{
	struct ipv6_mreq mreq = {
		.ipv6mr_multiaddr = group->addr.in6.sin6_addr,
		.ipv6mr_interface = config->announce_interface,
	};
	int index = config->announce_interface;
	int ttl = config->announce_ttl, fd = group->fd;

	return setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &ttl,
			  sizeof(ttl)) ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index,
			  sizeof(index)) ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &mreq,
			  sizeof(mreq));
}

static int announce_socket(const struct config *config,
			   struct announce_group *group)
{
	const int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int on = 1, rcvbuf = RCVBUF;

	group->fd = socket(group->addr.sa.sa_family, type, 0);
	if (group->fd < 0)
		return -1;
	setsockopt(group->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	/* others of this host listen, too */
	if (setsockopt(group->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(group->fd, &group->addr.sa, addr_len(&group->addr)))
		return -1;
	if (group->addr.sa.sa_family == AF_INET)
		return announce_set4(config, group);
	return announce_set6(config, group);
}

static int announce_open(struct link_announce *link,
			 const union config_addr *addr)
{
	struct announce_group *group = &link->groups[link->ngroups++];
	char text[ADDR_TEXT];

	group->link = link;
	group->addr = *addr;
	group->rsplib = config_is_rsplib_group(link->config, addr);
	if (addr->sa.sa_family == AF_INET6)
		group->addr.in6.sin6_scope_id = link->config->announce_interface;
	ev_io_init(&group->io, announce_ready, -1, EV_READ);
	if (announce_socket(link->config, group)) {
		addr_text(addr, text);
		log_error("announce: %s: %s", text, strerror(errno));
		return -1;
	}
	ev_io_set(&group->io, group->fd, EV_READ);
	group->io.data = group;
	ev_io_start(link->loop, &group->io);
	return 0;
}

static struct link_announce *announce_open_all(struct registrar *r,
					       struct ev_loop *loop,
					       const struct config *config,
					       bool enrp)
{
	const struct config_groups *groups = enrp ? &config->enrp_announce :
						    &config->announce;
	struct link_announce *link = calloc(1, sizeof(*link));
	size_t i;

	if (!link)
		return NULL;
	link->r = r;
	link->loop = loop;
	link->config = config;
	link->enrp = enrp;
	for (i = 0; i < groups->n; i++) {
		if (!announce_open(link, &groups->addrs[i]))
			continue;
		link_announce_close(link);
		return NULL;
	}
	return link;
}

struct link_announce *link_announce_open(struct registrar *r,
					 struct ev_loop *loop,
					 const struct config *config)
{
	struct link_announce *link = announce_open_all(r, loop, config, false);
	const struct announce_link announce = {
		.transports = announce_transports,
		.send = announce_send,
		.arg = link,
	};

	if (link)
		announce_start(r, &announce, loop_now());
	return link;
}

struct link_announce *link_announce_open_enrp(struct registrar *r,
					      struct ev_loop *loop,
					      const struct config *config)
{
	struct link_announce *link = announce_open_all(r, loop, config, true);
	const struct discover_link discover = {
		.send = announce_send_enrp,
		.arg = link,
	};

	if (link)
		discover_start(r, &discover, loop_now());
	return link;
}

void link_announce_close(struct link_announce *link)
{
	size_t i;

	if (!link)
		return;
	if (link->enrp)
		link->r->discover.link.send = NULL;
	else
		link->r->announce.link.send = NULL;
	for (i = 0; i < link->ngroups; i++) {
		ev_io_stop(link->loop, &link->groups[i].io);
		if (link->groups[i].fd >= 0)
			close(link->groups[i].fd);
	}
	free(link);
}
