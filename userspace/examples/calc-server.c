// SPDX-License-Identifier: GPL-2.0
/*
 * calc-server - a calculator whose clients lose nothing when it is killed
 *
 * A client's value is kept nowhere but in the state cookie, which the kernel
 * signs with the key of the pool (--key): a client that comes with another
 * value than a server has given it is sent away.  What is done about requests
 * that were lost, or come twice, stands in calc.h.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "calc.h"
#include "pool.h"

struct session {
	int fd;
	struct calc_state state;
};

static int64_t calculate(int64_t value, uint32_t op, int64_t operand)
{
	switch (op) {
	case '+':
		return (uint64_t)value + operand;
	case '-':
		return (uint64_t)value - operand;
	case '*':
		return (uint64_t)value * operand;
	case '/':	/* by nothing is nothing; by -1 may be too much */
		if (operand == -1)
			return -(uint64_t)value;
		return operand ? value / operand : 0;
	case '%':
		return operand && operand != -1 ? value % operand : 0;
	}
	return value;
}

static int request(struct session *s, const struct calc_request *r)
{
	uint64_t last = be64toh(s->state.number);
	uint64_t number = be64toh(r->number);

	if (number == last + 1) {
		s->state.number = r->number;
		s->state.value = htobe64(calculate(be64toh(s->state.value),
						   ntohl(r->op),
						   be64toh(r->operand)));
	} else if (number != last) {
		return 0;	/* it has had its answer, or is not next yet */
	}
	/* A second time if the answer was lost. */
	return send_state(s->fd, &s->state, sizeof(s->state));
}

/* One message or notification.  Returns -1 when the session is over. */
static int serve(struct session *s)
{
	union {
		struct calc_request request;
		struct rsp_notification head;
		struct rsp_cookie_echo echo;
		struct rsp_cookie_refused refused;
		char bytes[64];
	} in;
	int flags;
	ssize_t n = receive(s->fd, &in, sizeof(in), &flags);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;
	if (!(flags & RSP_MSG_NOTIFICATION))
		return n == sizeof(in.request) ? request(s, &in.request) : -1;
	switch (in.head.type) {
	case RSP_NOTIFY_COOKIE_ECHO:	/* go on where its server stopped */
		if (n != sizeof(in.echo) + sizeof(s->state))
			return -1;
		memcpy(&s->state, in.echo.cookie, sizeof(s->state));
		return 0;
	case RSP_NOTIFY_COOKIE_REFUSED:
		printf("a client with a false cookie, reason %u\n",
		       in.refused.reason);
		return -1;
	}
	return 0;
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

/* The file has the key's octets as they are: head -c 32 /dev/urandom >FILE */
static void set_key(int fd, const char *file)
{
	struct rsp_cookie_key key = { .id = 1, .flags = RSP_COOKIE_KEY_SIGN };
	FILE *f = fopen(file, "re");

	if (!f)
		err(1, "%s", file);
	key.len = fread(key.key, 1, sizeof(key.key), f);
	fclose(f);
	if (setsockopt(fd, SOL_RSERPOOL, RSP_COOKIE_KEY, &key, sizeof(key)))
		err(1, "%s: RSP_COOKIE_KEY", file);
	explicit_bzero(&key, sizeof(key));
}

static int join_pool(const char *pool, unsigned int id, const char *key)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool_address(&addr, pool, id);
	int fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	if (bind(fd, (struct sockaddr *)&addr, len))
		err(1, "bind %s", pool);
	want_event(fd, RSP_NOTIFY_COOKIE_ECHO);	/* accept() passes them on */
	want_event(fd, RSP_NOTIFY_COOKIE_REFUSED);
	if (key)
		set_key(fd, key);
	if (listen(fd, SOMAXCONN))
		err(1, "listen");
	fcntl(fd, F_SETFL, O_NONBLOCK);	/* a client may be gone again */

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
		{ "key", required_argument, NULL, 'k' },
		{ }
	};
	struct epoll_event event = { .events = EPOLLIN };
	const char *pool = "calc", *key = NULL;
	int listener, epoll, c;
	unsigned int id = 0;

	setlinebuf(stdout);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			pool = optarg;
		else if (c == 'i')
			id = strtoul(optarg, NULL, 0);
		else if (c == 'k')
			key = optarg;
		else
			errx(2, "usage: calc-server [--pool P] [--pe-id N] [--key FILE]");
	}
	listener = join_pool(pool, id, key);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event))
		err(1, "epoll");
	for (;;) {
		struct session *s;

		if (epoll_wait(epoll, &event, 1, -1) != 1)
			continue;
		s = event.data.ptr;
		if (!s) {
			welcome(epoll, listener);
		} else if (serve(s)) {
			close(s->fd);
			free(s);
		}
	}
}
