// SPDX-License-Identifier: GPL-2.0
/*
 * time-server - a UDP service in a pool
 *
 * Tells its time to whoever sends a datagram.  UDP is this program's business, the
 * pool is the kernel's: the descriptor of the registration only has to stay open.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "pool.h"

/* A socket on all addresses of this host, and the port that it got. */
static int serve_udp(in_port_t *port)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len))
		err(1, "UDP socket");
	*port = ntohs(addr.sin6_port);
	return fd;
}

static void join_pool(const char *pool, in_port_t port)
{
	struct rsp_transport_addrs service = {
		.protocol = IPPROTO_UDP,
		.port = port,
	};
	int fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	struct sockaddr_rserpool addr;
	const int on = 1;
	socklen_t len;

	len = pool_address(&addr, pool, 0);
	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, SOL_RSERPOOL, RSP_BASIC, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_RSERPOOL, RSP_TRANSPORT, &service,
		       offsetof(struct rsp_transport_addrs, addrs)))
		err(1, "setsockopt");
	if (bind(fd, (struct sockaddr *)&addr, len))
		err(1, "bind %s", pool);
	if (listen(fd, 1))
		err(1, "listen");
}

int main(int argc, char **argv)
{
	const char *pool = argc > 1 ? argv[1] : "time";
	struct sockaddr_storage from;
	char host[64], text[128];
	in_port_t port;
	int fd, len;

	fd = serve_udp(&port);
	join_pool(pool, port);
	gethostname(host, sizeof(host));
	printf("a server of pool %s, UDP port %u\n", pool, port);
	fflush(stdout);
	for (;;) {
		socklen_t fromlen = sizeof(from);

		if (recvfrom(fd, text, sizeof(text), 0,
			     (struct sockaddr *)&from, &fromlen) < 0)
			err(1, "recvfrom");
		len = snprintf(text, sizeof(text), "%lld %d@%s",
			       (long long)time(NULL), getpid(), host);
		sendto(fd, text, len, 0, (struct sockaddr *)&from, fromlen);
	}
}
