/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all the examples need: the address of a pool, and the two kinds of
 * things that recvmsg() returns.
 */
#ifndef EXAMPLES_POOL_H
#define EXAMPLES_POOL_H

#include <err.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/rserpool.h>

/* Fill in the address of a pool; returns its length.  id 0: any, or a new one. */
static inline socklen_t pool_address(struct sockaddr_rserpool *addr,
				     const char *pool, unsigned int id)
{
	size_t len = strlen(pool);

	if (!len || len > sizeof(addr->srp_handle))
		errx(2, "a pool handle has 1 to %zu octets",
		     sizeof(addr->srp_handle));
	memset(addr, 0, sizeof(*addr));
	addr->srp_family = AF_RSERPOOL;
	addr->srp_handle_len = len;
	addr->srp_pe_id = id;
	memcpy(addr->srp_handle, pool, len);
	return offsetof(struct sockaddr_rserpool, srp_handle) + len;
}

/* Ask for one kind of notification; all are off at first. */
static inline void want_event(int fd, int type)
{
	struct rsp_event event = { .type = type, .on = 1 };

	if (setsockopt(fd, SOL_RSERPOOL, RSP_EVENT, &event, sizeof(event)))
		err(1, "setsockopt RSP_EVENT");
}

/* Receive a message or a notification; *flags tells which (RSP_MSG_NOTIFICATION). */
static inline ssize_t receive(int fd, void *buf, size_t size, int *flags)
{
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(fd, &msg, 0);

	*flags = msg.msg_flags;
	return n;
}

/*
 * Send a server's state as the answer, and before it as the cookie: whoever
 * has got the answer has the state behind it.  Returns 0 or -1.
 */
static inline int send_state(int fd, const void *state, size_t len)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(64)];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)state, .iov_len = len };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = CMSG_SPACE(len),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	if (len > 64)
		errx(2, "a state has up to 64 octets");
	cmsg->cmsg_level = SOL_RSERPOOL;
	cmsg->cmsg_type = RSP_CMSG_COOKIE;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), state, len);
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

#endif /* EXAMPLES_POOL_H */
