// SPDX-License-Identifier: GPL-2.0
/*
 * counter-client - counts with one socket, whoever answers
 *
 * It sends the numbers 1, 2, 3, ... to a pool and checks that the count that
 * comes back has neither a gap nor a repeat.  When its server dies, the
 * kernel goes on with another one and says so by a notification: the request
 * that was open may be lost, so it is sent again.  The socket is never
 * opened a second time.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "counter.h"
#include "pool.h"

static volatile sig_atomic_t stop;
static unsigned int failovers;
static uint64_t longest_us;
static bool quiet;

static const char *const reasons[] = {
	[RSP_REASON_UNSPEC] = "no reason given",
	[RSP_REASON_ABORT] = "it aborted",
	[RSP_REASON_TIMEOUT] = "not reachable",
	[RSP_REASON_RESTART] = "it restarted",
	[RSP_REASON_INCOMPLETE] = "it left with data in flight",
	[RSP_REASON_ADMIN] = "asked for",
};

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void send_request(int fd, uint64_t number)
{
	struct counter_request request = { .number = htobe64(number) };

	while (send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			err(1, "send %" PRIu64, number);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Two times: the kernel's, from the loss noticed to the new server ready, and
 * how long a request of ours has been open, which includes the noticing.
 */
static void report(const struct rsp_failover *f, uint64_t number, double sent)
{
	failovers++;
	if (f->duration_us > longest_us)
		longest_us = f->duration_us;
	if (quiet)
		return;
	printf("count %-8" PRIu64 " failover %u: PE 0x%08x -> 0x%08x in %.1f ms, "
	       "%s; no answer for %.0f ms\n",
	       number - 1, failovers, f->old_pe_id, f->new_pe_id,
	       f->duration_us / 1e3,
	       f->reason < __RSP_REASON_MAX ? reasons[f->reason] : "?",
	       now_ms() - sent);
}

/* Send a number until it is answered.  Returns false on a wrong answer. */
static bool count(int fd, uint64_t number)
{
	union {
		struct counter counter;
		struct rsp_notification head;
		struct rsp_failover failover;
	} in;
	double sent = now_ms();
	uint64_t got, counted;
	int flags;
	ssize_t n;

	send_request(fd, number);
	for (;;) {
		n = receive(fd, &in, sizeof(in), &flags);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err(1, "recvmsg");
		if (!n)
			errx(1, "the server ended the session");

		if (flags & RSP_MSG_NOTIFICATION) {
			if (in.head.type == RSP_NOTIFY_FAILOVER) {
				report(&in.failover, number, sent);
				send_request(fd, number);
			}
			continue;
		}

		got = be64toh(in.counter.number);
		counted = be64toh(in.counter.count);
		if (n != sizeof(in.counter) || got > number || counted != got) {
			fprintf(stderr, "WRONG: request %" PRIu64 ": count is %"
				PRIu64 " after request %" PRIu64 "\n",
				number, counted, got);
			return false;
		}
		if (got == number)
			return true;
		/* Else: once more the answer to a request sent twice. */
	}
}

static unsigned int server_of(int fd)
{
	struct sockaddr_rserpool addr = { 0 };
	socklen_t len = sizeof(addr);

	getpeername(fd, (struct sockaddr *)&addr, &len);
	return addr.srp_pe_id;
}

static int join(const char *pool)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool_address(&addr, pool, 0);
	int fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	want_event(fd, RSP_NOTIFY_FAILOVER);
	if (connect(fd, (struct sockaddr *)&addr, len))
		err(1, "connect %s", pool);
	if (!quiet)
		printf("count 0        connected to pool %s, PE 0x%08x\n",
		       pool, server_of(fd));
	return fd;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "pool", required_argument, NULL, 'p' },
		{ "count", required_argument, NULL, 'c' },
		{ "interval", required_argument, NULL, 'i' },
		{ "quiet", no_argument, NULL, 'q' },
		{ }
	};
	struct sigaction action = { .sa_handler = on_signal };
	uint64_t number, last = UINT64_MAX;
	const char *pool = "counter";
	time_t next = time(NULL) + 1;
	unsigned int interval = 10;
	bool good = true;
	int fd, c;

	setlinebuf(stdout);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			pool = optarg;
		else if (c == 'c')
			last = strtoull(optarg, NULL, 0);
		else if (c == 'i')
			interval = strtoul(optarg, NULL, 0);
		else if (c == 'q')
			quiet = true;
		else
			errx(2, "usage: counter-client [--pool P] [--count N] [--interval MS] [--quiet]");
	}
	/* Without SA_RESTART: the wait between two numbers ends at once. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);

	fd = join(pool);
	for (number = 1; good && !stop && number <= last; number++) {
		good = count(fd, number);
		if (!quiet && time(NULL) >= next) {
			printf("count %-8" PRIu64 " PE 0x%08x\n", number,
			       server_of(fd));
			next = time(NULL) + 1;
		}
		if (interval && !stop && number < last)
			usleep(interval * 1000);
	}
	close(fd);
	printf("counted to %" PRIu64 ", %u failovers, the longest %.1f ms: %s\n",
	       number - 1, failovers, longest_us / 1e3,
	       good ? "no gap, no repeat" : "WRONG");
	return good ? 0 : 1;
}
