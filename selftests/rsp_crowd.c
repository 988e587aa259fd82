// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_crowd - very many sessions of one process
 *
 * usage: rsp_crowd serve POOL ID	an echo server; says "ready"
 *        rsp_crowd use			reads commands:
 *
 * open POOL NUMBER: so many more sessions
 * ping LIMIT: in each session a message and its echo, all of them within LIMIT
 *	ms: "ok in MS slowest MS"; one whose server dies meanwhile has its
 *	message sent again by the kernel, or asks anew
 * bystand MS LIMIT: for that long an echo every 10 ms in the first session;
 *	each has to come within LIMIT ms: "ok N slowest MS"
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/rserpool.h>

#define SESSIONS	20000

static struct session {
	int fd;
	uint32_t sent, echoed;		/* numbers of the last ones */
} sessions[SESSIONS];
static unsigned int nsessions;
static int ep;

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static socklen_t address(struct sockaddr_rserpool *a, const char *name,
			 uint32_t id)
{
	memset(a, 0, sizeof(*a));
	a->srp_family = AF_RSERPOOL;
	a->srp_handle_len = strlen(name);
	a->srp_pe_id = id;
	memcpy(a->srp_handle, name, a->srp_handle_len);
	return sizeof(*a);
}

static void watch(int fd, uint32_t which)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = which };

	if (fcntl(fd, F_SETFL, O_NONBLOCK) ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev))
		err(1, "watch");
}

/* ---- the server ------------------------------------------------------------------ */

static void echo(int fd)
{
	char buf[64];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		if (send(fd, buf, n, MSG_NOSIGNAL) != n)
			break;
	if (!n || (n < 0 && errno != EAGAIN))
		close(fd);
}

static void __attribute__((noreturn)) serve(const char *name, uint32_t id)
{
	int listener = socket(AF_RSERPOOL, SOCK_STREAM, 0), fd, n, i;
	struct epoll_event ev[64];
	struct sockaddr_rserpool a;

	if (listener < 0 || bind(listener, (void *)&a, address(&a, name, id)) ||
	    listen(listener, 4096))
		err(1, "server");
	watch(listener, listener);
	puts("ready");
	fflush(stdout);
	for (;;) {
		n = epoll_wait(ep, ev, 64, -1);
		for (i = 0; i < n; i++) {
			if ((int)ev[i].data.u32 != listener) {
				echo(ev[i].data.u32);
				continue;
			}
			while ((fd = accept(listener, NULL, NULL)) >= 0)
				watch(fd, fd);
		}
	}
}

/* ---- the client -------------------------------------------------------------------- */

static void open_sessions(const char *name, unsigned int number)
{
	long begin = now_ms();
	struct sockaddr_rserpool a;
	__u32 replay = RSP_REPLAY_UNACKED;
	struct session *s;

	while (number-- && nsessions < SESSIONS) {
		s = &sessions[nsessions];
		s->fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
		if (s->fd < 0 ||
		    setsockopt(s->fd, SOL_RSERPOOL, RSP_REPLAY, &replay,
			       sizeof(replay)) ||
		    setsockopt(s->fd, SOL_RSERPOOL, RSP_EVENT,
			       &(struct rsp_event) { RSP_NOTIFY_FAILOVER, 1, 0 },
			       sizeof(struct rsp_event)) ||
		    connect(s->fd, (void *)&a, address(&a, name, 0))) {
			printf("%s after %u\n", strerrorname_np(errno),
			       nsessions);
			return;
		}
		watch(s->fd, nsessions++);
	}
	printf("ok in %ld\n", now_ms() - begin);
}

/* EAGAIN: in the middle of a failover, whose end is told */
static void ask(struct session *s)
{
	if (send(s->fd, &s->sent, sizeof(s->sent), MSG_NOSIGNAL) < 0 &&
	    errno != EAGAIN)
		err(1, "session %zu: send", s - sessions);
}

/* Return: true: the last one asked for has come now. */
static bool hear(struct session *s)
{
	bool before = s->echoed == s->sent;
	char buf[256];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	while ((n = recvmsg(s->fd, &msg, 0)) > 0) {
		if (!(msg.msg_flags & RSP_MSG_NOTIFICATION))
			memcpy(&s->echoed, buf, sizeof(s->echoed));
		else if (s->echoed != s->sent)
			ask(s);		/* what the dead one had acknowledged */
	}
	if (!n || errno != EAGAIN)
		err(1, "session %zu: %zd", s - sessions, n);
	return !before && s->echoed == s->sent;
}

/* Until @missing sessions have their echo; return: how many still miss it */
static unsigned int hear_all(unsigned int missing, long until)
{
	struct epoll_event ev[256];
	int n, i;

	while (missing && now_ms() < until) {
		n = epoll_wait(ep, ev, 256, until - now_ms());
		for (i = 0; i < n; i++)
			missing -= hear(&sessions[ev[i].data.u32]);
	}
	return missing;
}

static void ping(long limit)
{
	long begin = now_ms();
	unsigned int i;

	for (i = 0; i < nsessions; i++) {
		sessions[i].sent++;
		ask(&sessions[i]);
	}
	i = hear_all(nsessions, begin + limit);
	if (i)
		printf("%u of %u without an echo\n", i, nsessions);
	else
		printf("ok in %ld\n", now_ms() - begin);
}

static void bystand(long ms, long limit)
{
	long until = now_ms() + ms, begin, took, slowest = 0;
	unsigned int n = 0;

	for (; now_ms() < until; usleep(10000)) {
		begin = now_ms();
		sessions[0].sent++;
		ask(&sessions[0]);
		if (hear_all(1, begin + limit)) {
			printf("no echo after %ld ms\n", limit);
			return;
		}
		took = now_ms() - begin;
		slowest = took > slowest ? took : slowest;
		n++;
	}
	printf("ok %u slowest %ld\n", n, slowest);
}

static void use(void)
{
	char line[128], name[64];
	unsigned int number;
	long a, b;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "open %63s %u", name, &number) == 2)
			open_sessions(name, number);
		else if (sscanf(line, "ping %ld", &a) == 1)
			ping(a);
		else if (sscanf(line, "bystand %ld %ld", &a, &b) == 2)
			bystand(a, b);
		else
			errx(2, "unknown command: %s", line);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files = { SESSIONS + 100, SESSIONS + 100 };

	ep = epoll_create1(0);
	if (ep < 0 || setrlimit(RLIMIT_NOFILE, &files))
		err(1, "setup");
	if (argc == 4 && !strcmp(argv[1], "serve"))
		serve(argv[2], strtoul(argv[3], NULL, 0));
	if (argc != 2 || strcmp(argv[1], "use"))
		errx(2, "usage: rsp_crowd serve POOL ID | use");
	use();
	return 0;
}
