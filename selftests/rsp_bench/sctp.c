// SPDX-License-Identifier: GPL-2.0-or-later
/* Plain SCTP sockets, without Nagle's algorithm: what there is to be reached. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/sctp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

static int sctp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), on = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &on,
				 sizeof(on)))
		err(1, "sctp socket");
	return fd;
}

static int sctp_listen(int n)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons(BENCH_PORT + n),
	};
	int fd = sctp_socket(), on = 1;

	/* the last one's associations may not be over yet */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (void *)&a, sizeof(a)) || listen(fd, 4096))
		err(1, "sctp server");
	return fd;
}

static int sctp_accept(int listener)
{
	return accept(listener, NULL, NULL);
}

static int sctp_connect(void)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons(BENCH_PORT + 1),
		.sin_addr.s_addr = inet_addr(BENCH_ADDRESS),
	};
	int fd = sctp_socket();

	if (connect(fd, (void *)&a, sizeof(a)))
		err(1, "sctp client");
	return fd;
}

static ssize_t sctp_send_one(int fd, const void *buf, size_t len)
{
	return send(fd, buf, len, MSG_NOSIGNAL);
}

static ssize_t sctp_recv_one(int fd, void *buf, size_t size)
{
	return recv(fd, buf, size, 0);
}

static void sctp_close(int fd)
{
	close(fd);
}

const struct transport sctp = {
	.name = "sctp",
	.listen = sctp_listen,
	.accept = sctp_accept,
	.connect = sctp_connect,
	.send = sctp_send_one,
	.recv = sctp_recv_one,
	.close = sctp_close,
};
