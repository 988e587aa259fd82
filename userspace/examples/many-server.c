// SPDX-License-Identifier: GPL-2.0
/*
 * many-server - an echo server with all its sessions on one descriptor
 *
 * No accept(), no threads: each message says which session it came in, and its
 * answer names the same one.
 */
#include <stdio.h>

#include "pool.h"

union control {
	char buf[CMSG_SPACE(sizeof(struct rsp_rcvinfo)) +
		 CMSG_SPACE(sizeof(struct rsp_sndinfo))];
	struct cmsghdr align;
};

/* Whose is it? */
static struct rsp_rcvinfo source(struct msghdr *msg)
{
	struct rsp_rcvinfo from = { 0 };
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_RSERPOOL &&
		    c->cmsg_type == RSP_CMSG_RCVINFO)
			memcpy(&from, CMSG_DATA(c), sizeof(from));
	return from;
}

static void answer(int fd, __u64 session, void *data, size_t len)
{
	struct rsp_sndinfo to = { .session_id = session };
	struct iovec iov = { .iov_base = data, .iov_len = len };
	union control control = { 0 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = CMSG_SPACE(sizeof(to)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_RSERPOOL;
	c->cmsg_type = RSP_CMSG_SNDINFO;
	c->cmsg_len = CMSG_LEN(sizeof(to));
	memcpy(CMSG_DATA(c), &to, sizeof(to));
	/* Who does not read misses answers: the others do not wait for it. */
	if (sendmsg(fd, &msg, MSG_DONTWAIT) < 0)
		warn("session %llu", (unsigned long long)session);
}

static void serve(int fd)
{
	static char buf[1 << 20];	/* longer ones come, and go, in pieces */
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	union control control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	do {
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control);
		n = recvmsg(fd, &msg, 0);
		if (n > 0 && !(msg.msg_flags & RSP_MSG_NOTIFICATION))
			answer(fd, source(&msg).session_id, buf, n);
	} while (n > 0);
	err(1, "recvmsg");
}

int main(int argc, char **argv)
{
	const char *pool = argc > 1 ? argv[1] : "echo";
	int fd = socket(AF_RSERPOOL, SOCK_SEQPACKET, 0);
	struct sockaddr_rserpool addr;
	socklen_t len = pool_address(&addr, pool, 0);

	if (fd < 0)
		err(1, "socket");
	if (bind(fd, (struct sockaddr *)&addr, len))
		err(1, "bind %s", pool);
	if (listen(fd, SOMAXCONN))
		err(1, "listen");
	printf("a server of pool %s\n", pool);
	fflush(stdout);
	serve(fd);
}
