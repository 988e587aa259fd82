// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for events.
 */
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "peer.h"

static int epoll_fd = -1;

static const struct name poll_events[] = {
	{ "in", POLLIN }, { "pri", POLLPRI }, { "out", POLLOUT },
	{ "rdhup", POLLRDHUP }, { "err", POLLERR }, { "hup", POLLHUP },
	{ NULL, 0 }
};

void epoll_close(void)
{
	if (epoll_fd >= 0)
		close(epoll_fd);
	epoll_fd = -1;
}

static void say_events(int rc, long events)
{
	size_t i;

	if (rc < 0) {
		say_errno();
		return;
	}
	for (i = 0; poll_events[i].name; i++)
		if (rc && events & poll_events[i].value)
			say("%s%s", *answer ? " " : "", poll_events[i].name);
	if (!*answer)
		say("none");
}

/* poll EVENTS MS */
static void cmd_poll(char **words)
{
	struct pollfd pfd = {
		.fd = cur->fd,
		.events = flags_of(poll_events, words[1]),
	};
	int rc = poll(&pfd, 1, number(words[2]));

	say_events(rc, pfd.revents);
}

/* epoll add EVENTS: edge-triggered; epoll wait MS */
static void cmd_epoll(char **words)
{
	struct epoll_event event = { 0 };
	int rc;

	if (epoll_fd < 0)
		epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!strcmp(words[1], "add")) {
		event.events = EPOLLET | flags_of(poll_events, words[2]);
		say_done(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, cur->fd, &event));
		return;
	}
	rc = epoll_wait(epoll_fd, &event, 1, number(words[2]));
	say_events(rc, event.events);
}

const struct command poll_commands[] = {
	{ "epoll", 2, false, cmd_epoll },
	{ "poll", 2, false, cmd_poll },
	{ NULL, 0, false, NULL }
};
