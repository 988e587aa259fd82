// SPDX-License-Identifier: GPL-2.0
/*
 * pool-exec POOL PROTOCOL PORT COMMAND...: a server that knows nothing of pools
 *
 * Registers what COMMAND will serve on PORT (tcp, udp or sctp) and becomes COMMAND,
 * which inherits the descriptor: however it ends, the registration ends with it.
 * Clients that come before it listens go to the next server.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool.h"

int main(int argc, char **argv)
{
	struct rsp_transport_addrs service = { 0 };	/* all our addresses */
	struct sockaddr_rserpool addr;
	const int on = 1;
	socklen_t len;
	int fd;

	if (argc < 5)
		errx(2, "usage: %s POOL tcp|udp|sctp PORT COMMAND...", argv[0]);
	service.protocol = !strcmp(argv[2], "tcp") ? IPPROTO_TCP :
			   !strcmp(argv[2], "udp") ? IPPROTO_UDP : IPPROTO_SCTP;
	service.port = atoi(argv[3]);
	len = pool_address(&addr, argv[1], 0);
	fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, SOL_RSERPOOL, RSP_BASIC, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_RSERPOOL, RSP_TRANSPORT, &service,
		       offsetof(struct rsp_transport_addrs, addrs)))
		err(1, "setsockopt");
	if (bind(fd, (struct sockaddr *)&addr, len))
		err(1, "bind %s", argv[1]);
	if (listen(fd, 1))
		err(1, "listen");
	execvp(argv[4], argv + 4);
	err(1, "%s", argv[4]);
}
