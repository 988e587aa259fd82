// SPDX-License-Identifier: GPL-2.0
/*
 * counter-server - a server whose clients survive its death
 *
 * It counts the requests of each client.  The count is kept nowhere but in
 * the state cookie: with each answer the client's kernel gets a new one, and
 * if this server dies, hands it to the next, which goes on counting.
 *
 * One process for all sessions, and that matters: when it is killed all its
 * descriptors go, the kernel aborts the sessions and takes the server out of
 * the pool.  A child that still held one of them would stay a server.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "counter.h"
#include "pool.h"

struct session {
	int fd;
	struct counter state;
};

/* One message or notification.  Returns -1 when the session is over. */
static int serve(struct session *s)
{
	union {
		struct counter_request request;
		struct rsp_notification head;
		struct rsp_cookie_echo echo;
		char bytes[64];
	} in;
	int flags;
	ssize_t n = receive(s->fd, &in, sizeof(in), &flags);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;

	if (flags & RSP_MSG_NOTIFICATION) {
		/* Somebody else's client: go on where its server stopped. */
		if (in.head.type == RSP_NOTIFY_COOKIE_ECHO &&
		    n == sizeof(in.echo) + sizeof(s->state))
			memcpy(&s->state, in.echo.cookie, sizeof(s->state));
		return 0;
	}
	if (n != sizeof(in.request))
		return -1;

	/* The same number again: the answer was lost, so it does not count. */
	if (in.request.number != s->state.number) {
		s->state.number = in.request.number;
		s->state.count = htobe64(be64toh(s->state.count) + 1);
	}
	return send_state(s->fd, &s->state, sizeof(s->state));
}

static void welcome(int epoll, int listener)
{
	struct session *s;
	struct epoll_event event = { .events = EPOLLIN };
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	s = calloc(1, sizeof(*s));
	if (!s)
		err(1, "calloc");
	s->fd = fd;
	event.data.ptr = s;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		err(1, "epoll_ctl");
}

static int join_pool(const char *pool, unsigned int id)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool_address(&addr, pool, id);
	int fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	if (bind(fd, (struct sockaddr *)&addr, len))
		err(1, "bind %s", pool);
	want_event(fd, RSP_NOTIFY_COOKIE_ECHO);	/* accept() passes it on */
	if (listen(fd, SOMAXCONN))
		err(1, "listen");
	/* A client may be gone again before accept(). */
	fcntl(fd, F_SETFL, O_NONBLOCK);

	len = sizeof(addr);
	if (getsockname(fd, (struct sockaddr *)&addr, &len))
		err(1, "getsockname");
	printf("pool %s, PE 0x%08x\n", pool, addr.srp_pe_id);
	return fd;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "pool", required_argument, NULL, 'p' },
		{ "pe-id", required_argument, NULL, 'i' },
		{ }
	};
	struct epoll_event event = { .events = EPOLLIN };
	const char *pool = "counter";
	int listener, epoll, c;
	unsigned int id = 0;

	setlinebuf(stdout);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			pool = optarg;
		else if (c == 'i')
			id = strtoul(optarg, NULL, 0);
		else
			errx(2, "usage: counter-server [--pool P] [--pe-id N]");
	}

	listener = join_pool(pool, id);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event))
		err(1, "epoll");

	for (;;) {
		if (epoll_wait(epoll, &event, 1, -1) != 1)
			continue;
		if (!event.data.ptr) {
			welcome(epoll, listener);
		} else if (serve(event.data.ptr)) {
			struct session *s = event.data.ptr;

			close(s->fd);
			free(s);
		}
	}
}
