// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whoever connects gets the list, which fits into a socket's buffer, and
 * nothing is read: there is no state of anybody, and nobody to wait for.
 */
#include "link_status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "loop.h"
#include "status.h"

#define BACKLOG		16

/* Answers in one turn */
#define TURN		4

struct link_status {
	struct registrar *r;
	struct ev_loop *loop;
	ev_io io;
	int fd;
};

static void status_tell(const struct link_status *link, int fd)
{
	static struct status_peer all[STATUS_MAX];
	size_t n = registrar_status(link->r, all, loop_now());

	if (send(fd, all, n * sizeof(*all), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("status: %s", strerror(errno));
}

static void status_ready(struct ev_loop *loop, ev_io *io, int events)
{
	const struct link_status *link = io->data;
	unsigned int i;
	int fd;

	(void)loop;
	(void)events;
	for (i = 0; i < TURN; i++) {
		fd = accept4(link->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			break;
		status_tell(link, fd);
		close(fd);
	}
}

static int status_listen(const struct config *config)
{
	/* sin_port and sin6_port are in the same place */
	unsigned int port = config->nenrp_addrs ?
			    ntohs(config->enrp_addrs[0].in.sin_port) :
			    RSP_ENRP_PORT;
	struct sockaddr_un sun;
	socklen_t len = status_address(&sun, port);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (!bind(fd, (struct sockaddr *)&sun, len) && !listen(fd, BACKLOG))
		return fd;
	close(fd);
	return -1;
}

struct link_status *link_status_open(struct registrar *r, struct ev_loop *loop,
				     const struct config *config)
{
	struct link_status *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->r = r;
	link->loop = loop;
	link->fd = status_listen(config);
	if (link->fd < 0) {
		log_warn("rspctl peer show will not work: %s", strerror(errno));
		free(link);
		return NULL;
	}
	ev_io_init(&link->io, status_ready, link->fd, EV_READ);
	ev_set_priority(&link->io, LOOP_PRIORITY_IO);
	link->io.data = link;
	ev_io_start(loop, &link->io);
	return link;
}

void link_status_close(struct link_status *link)
{
	if (!link)
		return;
	ev_io_stop(link->loop, &link->io);
	close(link->fd);
	free(link);
}
