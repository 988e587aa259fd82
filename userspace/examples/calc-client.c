// SPDX-License-Identifier: GPL-2.0
/*
 * calc-client - calculates with one socket, whoever answers
 *
 * Reads lines like "+ 5" or "* 3" and prints the value after each.  Several
 * requests are under way at a time; those that have not been answered are kept,
 * and when the kernel says that another server has taken over they are sent
 * again (calc.h).  So the kernel need not replay anything itself: RSP_REPLAY.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "calc.h"
#include "pool.h"

#define WINDOW	16

static struct calc_request window[WINDOW];	/* by number */
static uint64_t sent, answered;
static unsigned int failovers;

static char line[64];		/* what has been read of the next one */
static size_t line_len;
static bool at_end;

static void send_request(int fd, uint64_t number)
{
	const struct calc_request *r = &window[number % WINDOW];

	while (send(fd, r, sizeof(*r), MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			err(1, "send");
}

static void ask(int fd, const char *text)
{
	struct calc_request *r = &window[++sent % WINDOW];
	char op;
	int64_t operand;

	if (sscanf(text, " %c %" SCNd64, &op, &operand) != 2)
		errx(2, "%s: not an operator and a number", text);
	*r = (struct calc_request) {
		.number = htobe64(sent),
		.operand = htobe64(operand),
		.op = htonl(op),
	};
	send_request(fd, sent);
}

/* As many whole lines as there are, and room for in the window */
static void ask_lines(int fd)
{
	char *end;

	while (sent - answered < WINDOW &&
	       (end = memchr(line, '\n', line_len))) {
		*end++ = '\0';
		ask(fd, line);
		line_len -= end - line;
		memmove(line, end, line_len);
	}
}

static void read_lines(int fd)
{
	ssize_t n = read(STDIN_FILENO, line + line_len,
			 sizeof(line) - line_len);

	if (n < 0 && errno != EINTR)
		err(1, "read");
	if (n > 0)
		line_len += n;
	at_end = !n;
	ask_lines(fd);
	if (line_len == sizeof(line) && !memchr(line, '\n', line_len))
		errx(2, "a line is too long");
}

static void again(int fd, const struct rsp_failover *f)
{
	uint64_t number;

	failovers++;
	fprintf(stderr, "failover %u: PE 0x%08x -> 0x%08x in %.1f ms, %" PRIu64 " requests open\n",
		failovers, f->old_pe_id, f->new_pe_id, f->duration_us / 1e3,
		sent - answered);
	for (number = answered + 1; number <= sent; number++)
		send_request(fd, number);
}

static void hear(int fd)
{
	union {
		struct calc_state answer;
		struct rsp_notification head;
		struct rsp_failover failover;
	} in;
	uint64_t number;
	int flags;
	ssize_t n = receive(fd, &in, sizeof(in), &flags);

	if (n < 0 && errno == EINTR)
		return;
	if (n < 0)
		err(1, "recvmsg");
	if (!n)
		errx(1, "the server ended the session");
	if (flags & RSP_MSG_NOTIFICATION) {
		if (in.head.type == RSP_NOTIFY_FAILOVER)
			again(fd, &in.failover);
		return;
	}
	number = be64toh(in.answer.number);
	if (n != sizeof(in.answer) || number > answered + 1)
		errx(1, "an answer to request %" PRIu64 ", not %" PRIu64,
		     number, answered + 1);
	if (number <= answered)
		return;		/* the answer to a request that was repeated */
	answered++;
	printf("%" PRIu64 " %" PRId64 "\n", number,
	       (int64_t)be64toh(in.answer.value));
	ask_lines(fd);
}

static int join(const char *pool)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool_address(&addr, pool, 0);
	int fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_CLOEXEC, 0);
	__u32 replay = RSP_REPLAY_NONE;

	if (fd < 0)
		err(1, "socket");
	want_event(fd, RSP_NOTIFY_FAILOVER);
	if (setsockopt(fd, SOL_RSERPOOL, RSP_REPLAY, &replay, sizeof(replay)))
		err(1, "RSP_REPLAY");
	if (connect(fd, (struct sockaddr *)&addr, len))
		err(1, "connect %s", pool);
	len = sizeof(addr);
	if (getpeername(fd, (struct sockaddr *)&addr, &len))
		err(1, "getpeername");
	fprintf(stderr, "pool %s, PE 0x%08x\n", pool, addr.srp_pe_id);
	return fd;
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = {
		{ .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};

	if (argc > 2)
		errx(2, "usage: calc-client [POOL]");
	setlinebuf(stdout);
	fds[0].fd = join(argc == 2 ? argv[1] : "calc");
	while (!at_end || answered < sent) {
		/* the kernel keeps what there is no room for */
		fds[1].fd = at_end || sent - answered == WINDOW ||
			    line_len == sizeof(line) ? -1 : STDIN_FILENO;
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			err(1, "poll");
		if (fds[0].revents)
			hear(fds[0].fd);
		if (fds[1].fd >= 0 && fds[1].revents)
			read_lines(fds[0].fd);
	}
	if (line_len)
		warnx("the last line has no end: not calculated");
	close(fds[0].fd);
	fprintf(stderr, "%" PRIu64 " results, %u failovers\n", answered,
		failovers);
	return 0;
}
