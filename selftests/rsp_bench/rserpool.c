// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets of this family. */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rserpool.h>

#include "bench.h"

static socklen_t address(struct sockaddr_rserpool *a, uint32_t pe_id)
{
	memset(a, 0, sizeof(*a));
	a->srp_family = AF_RSERPOOL;
	a->srp_handle_len = strlen(pool);
	a->srp_pe_id = pe_id;
	memcpy(a->srp_handle, pool, a->srp_handle_len);
	return sizeof(*a);
}

static int rserpool_listen(int n)
{
	int fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	struct sockaddr_rserpool a;

	if (fd < 0 || bind(fd, (void *)&a, address(&a, n)))
		err(1, "rserpool server");
	/* a link that was cut took the way to the registrar with it */
	while (listen(fd, 4096)) {
		if (errno != EHOSTUNREACH)
			err(1, "rserpool server");
		usleep(10000);
	}
	return fd;
}

static int rserpool_accept(int listener)
{
	return accept(listener, NULL, NULL);
}

static int rserpool_connect(void)
{
	int fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	__u32 replay = RSP_REPLAY_UNACKED;
	struct sockaddr_rserpool a;

	if (fd < 0 || setsockopt(fd, SOL_RSERPOOL, RSP_REPLAY, &replay,
				 sizeof(replay)) ||
	    connect(fd, (void *)&a, address(&a, 0)))
		err(1, "rserpool client");
	return fd;
}

static ssize_t rserpool_send(int fd, const void *buf, size_t len)
{
	return send(fd, buf, len, MSG_NOSIGNAL);
}

static ssize_t rserpool_recv(int fd, void *buf, size_t size)
{
	return recv(fd, buf, size, 0);
}

static void rserpool_close(int fd)
{
	close(fd);
}

const struct transport rserpool = {
	.name = "rserpool",
	.pooled = true,
	.listen = rserpool_listen,
	.accept = rserpool_accept,
	.connect = rserpool_connect,
	.send = rserpool_send,
	.recv = rserpool_recv,
	.close = rserpool_close,
};
