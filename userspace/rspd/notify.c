// SPDX-License-Identifier: GPL-2.0-only
/* The protocol of sd_notify(3): one datagram, no library needed. */
#include "notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (!path || strlen(path) >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, strlen(path));
	len = offsetof(struct sockaddr_un, sun_path) + strlen(path);
	if (*path == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&addr,
	       len);
	close(fd);
}

/* With Type=notify-reload systemd wants to know which of its signals it was. */
void notify_reloading(void)
{
	struct timespec ts;
	char state[64];

	clock_gettime(CLOCK_MONOTONIC, &ts);
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		 (uint64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
	notify(state);
}

/* Of a number that is none nothing is left: then nobody waits. */
static uint64_t notify_number(const char *name)
{
	const char *text = getenv(name);
	unsigned long long n;
	char *end;

	if (!text || *text < '0' || *text > '9')
		return 0;
	n = strtoull(text, &end, 10);
	return *end ? 0 : n;
}

/* WATCHDOG_PID: the variables may be inherited from somebody else's service. */
uint64_t notify_watchdog(void)
{
	if (getenv("WATCHDOG_PID") &&
	    notify_number("WATCHDOG_PID") != (uint64_t)getpid())
		return 0;
	return notify_number("WATCHDOG_USEC") / 1000;
}
