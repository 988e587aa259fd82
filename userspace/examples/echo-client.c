// SPDX-License-Identifier: GPL-2.0
/*
 * echo-client - the smallest pool user
 *
 * Sends each line of its input to a pool and prints what comes back.  It
 * knows nothing about servers: one that dies is replaced below it.  A line
 * that was on its way at that moment may get no answer, so it is sent again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool.h"

int main(int argc, char **argv)
{
	const char *pool = argc > 1 ? argv[1] : "echo";
	struct sockaddr_rserpool addr;
	socklen_t len = pool_address(&addr, pool, 0);
	int fd = socket(AF_RSERPOOL, SOCK_STREAM, 0), flags;
	char *line = NULL, buf[65536];
	size_t room = 0;
	ssize_t n, got;

	if (fd < 0)
		err(1, "socket");
	want_event(fd, RSP_NOTIFY_FAILOVER);
	if (connect(fd, (struct sockaddr *)&addr, len))
		err(1, "connect %s", pool);

	while ((n = getline(&line, &room, stdin)) > 0) {
		if ((size_t)n > sizeof(buf))
			errx(1, "line too long");
again:
		if (send(fd, line, n, MSG_NOSIGNAL) < 0)
			err(1, "send");
		do {
			got = receive(fd, buf, sizeof(buf), &flags);
			if (got <= 0)
				err(1, "the session is over");
			if (flags & RSP_MSG_NOTIFICATION)
				goto again;
		} while (got != n || memcmp(buf, line, n));
		fwrite(buf, 1, got, stdout);
		fflush(stdout);
	}
	free(line);
	return 0;
}
