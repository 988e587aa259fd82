// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plain SCTP sockets, without Nagle's algorithm: what there is to be reached.
 *
 * The client has the address of each server in hand, and goes to the next one
 * as soon as it sees that an association has ended.
 */
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

static socklen_t address(struct sockaddr_in *a, int n)
{
	*a = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(BENCH_PORT + n),
		.sin_addr.s_addr = inet_addr(BENCH_ADDRESS),
	};
	return sizeof(*a);
}

static int sctp_listen(int n)
{
	int fd = sctp_socket(), on = 1;
	struct sockaddr_in a;

	/* the last one's associations may not be over yet */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (void *)&a, address(&a, n)) || listen(fd, 4096))
		err(1, "sctp server");
	return fd;
}

static int sctp_accept(int listener)
{
	return accept(listener, NULL, NULL);
}

static int sctp_connect(void)
{
	struct sockaddr_in a;
	int fd = sctp_socket();

	if (connect(fd, (void *)&a, address(&a, 1)))
		err(1, "sctp client");
	return fd;
}

/* The message is in one packet with the COOKIE ECHO. */
static ssize_t sctp_send_next(int fd, const void *buf, size_t len)
{
	static int serving = 1;
	struct sockaddr_in a;
	int next = sctp_socket();
	ssize_t n;

	serving = serving % SERVERS + 1;
	n = sendto(next, buf, len, MSG_NOSIGNAL, (void *)&a,
		   address(&a, serving));
	dup2(next, fd);
	close(next);
	return n;
}

static ssize_t sctp_send_one(int fd, const void *buf, size_t len)
{
	ssize_t n = send(fd, buf, len, MSG_NOSIGNAL);

	return n < 0 ? sctp_send_next(fd, buf, len) : n;
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
