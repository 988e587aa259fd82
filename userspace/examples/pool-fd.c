// SPDX-License-Identifier: GPL-2.0
/*
 * pool-fd - pools for programs that know nothing of them
 *
 *   pool-fd POOL PROGRAM [ARGUMENT]...	a session, as descriptor 3
 *   pool-fd -l POOL PROGRAM [ARGUMENT]...	a server's listening socket, as
 *						systemd's socket activation
 *						hands it over
 *
 * The program needs no more than read(), write(), or accept().  It is the
 * owner of what it gets: the pool element lives as long as it does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool.h"

#define FIRST	3	/* of the descriptors that are handed over */

static void set_number(const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	if (setenv(name, text, 1))
		err(1, "%s", name);
}

static void hand_over(int fd)
{
	if (fd == FIRST)
		return;
	if (dup2(fd, FIRST) < 0)
		err(1, "dup2");
	close(fd);
}

int main(int argc, char **argv)
{
	bool server = argc > 1 && !strcmp(argv[1], "-l");
	struct sockaddr_rserpool addr;
	socklen_t len;
	int fd;

	argv += 1 + server;
	argc -= 1 + server;
	if (argc < 2)
		errx(2, "usage: pool-fd [-l] POOL PROGRAM [ARGUMENT]...");
	len = pool_address(&addr, argv[0], 0);
	fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	if (fd < 0)
		err(1, "socket");
	if (!server && connect(fd, (struct sockaddr *)&addr, len))
		err(1, "connect %s", argv[0]);
	if (server && (bind(fd, (struct sockaddr *)&addr, len) ||
		       listen(fd, SOMAXCONN)))
		err(1, "server of %s", argv[0]);
	hand_over(fd);
	if (server) {
		set_number("LISTEN_FDS", 1);
		set_number("LISTEN_PID", getpid());
	}
	execvp(argv[1], argv + 1);
	err(127, "%s", argv[1]);
}
