// SPDX-License-Identifier: GPL-2.0
/*
 * time-client - asks a UDP service, and the next server when one is silent
 *
 * connect() chooses a server, RSP_PEER_ADDRS says where it is, and connect() again
 * that it was no good: the registrar hears of that, and there is another one.
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "pool.h"

#define PATIENCE_MS	500

/* Return: what it answers, or -1. */
static ssize_t ask(const struct rsp_transport_addrs *server, char *text, size_t size)
{
	const struct sockaddr *addr = (const struct sockaddr *)&server->addrs[0];
	int fd = socket(addr->sa_family, SOCK_DGRAM, server->protocol);
	struct pollfd answer = { .fd = fd, .events = POLLIN };
	ssize_t n = -1;

	if (fd < 0)
		err(1, "socket");
	if (!connect(fd, addr, sizeof(server->addrs[0])) &&
	    send(fd, "?", 1, 0) == 1 && poll(&answer, 1, PATIENCE_MS) == 1)
		n = recv(fd, text, size, 0);
	close(fd);
	return n;
}

int main(int argc, char **argv)
{
	const char *pool = argc > 1 ? argv[1] : "time";
	int fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	struct rsp_transport_addrs server;
	struct sockaddr_rserpool addr;
	const int on = 1;
	char text[128];
	socklen_t len;
	ssize_t n;

	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, SOL_RSERPOOL, RSP_BASIC, &on, sizeof(on)))
		err(1, "setsockopt RSP_BASIC");
	do {
		len = pool_address(&addr, pool, 0);
		if (connect(fd, (struct sockaddr *)&addr, len))
			err(1, "no server of pool %s", pool);
		len = sizeof(server);
		if (getsockopt(fd, SOL_RSERPOOL, RSP_PEER_ADDRS, &server, &len))
			err(1, "getsockopt RSP_PEER_ADDRS");
		n = ask(&server, text, sizeof(text));
		if (n < 0)
			fprintf(stderr, "0x%08x is silent\n", server.pe_id);
	} while (n < 0);
	printf("%.*s\n", (int)n, text);
	return 0;
}
