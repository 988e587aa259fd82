// SPDX-License-Identifier: GPL-2.0
/*
 * echo-server - the smallest pool element
 *
 * bind() to a pool handle and listen(): that registers it.  Threads, not
 * processes, serve the sessions, so that all of it dies together.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "pool.h"

static void *serve(void *arg)
{
	int fd = (intptr_t)arg, flags;
	char buf[65536];
	ssize_t n;

	/* A message too long for the buffer comes, and goes back, in pieces. */
	while ((n = receive(fd, buf, sizeof(buf), &flags)) > 0)
		if (!(flags & RSP_MSG_NOTIFICATION) &&
		    send(fd, buf, n, MSG_NOSIGNAL) < 0)
			break;
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	const char *pool = argc > 1 ? argv[1] : "echo";
	struct sockaddr_rserpool addr;
	socklen_t len = pool_address(&addr, pool, 0);
	int fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	pthread_t thread;
	intptr_t session;

	if (fd < 0)
		err(1, "socket");
	if (bind(fd, (struct sockaddr *)&addr, len))
		err(1, "bind %s", pool);
	if (listen(fd, SOMAXCONN))
		err(1, "listen");
	printf("a server of pool %s\n", pool);
	fflush(stdout);

	while ((session = accept(fd, NULL, NULL)) >= 0)
		if (pthread_create(&thread, NULL, serve, (void *)session))
			close(session);
		else
			pthread_detach(thread);
	err(1, "accept");
}
