// SPDX-License-Identifier: GPL-2.0
/*
 * bench_failover - from SIGKILL of the serving process to the first message
 * at the next server
 *
 * Three servers, one client that sends 64 octets every 10 ms (that is how the
 * figures that this is compared with were taken).  Shared memory carries the
 * time of each server's first message.  Needs an attached or configured
 * registrar.  Prints one line per round, in microseconds, then minimum, median
 * and maximum.  No limit: this is a figure, not a test.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/rserpool.h>

#define SERVERS 3

/* One server's board: written by it, read by the others. */
struct board {
	volatile int ready;
	volatile uint32_t pe_id;
	volatile uint64_t first_ns;	/* first message; 0: none yet */
	volatile uint64_t messages;
};

static struct board *board;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static socklen_t address(struct sockaddr_rserpool *a, uint32_t pe_id)
{
	memset(a, 0, sizeof(*a));
	a->srp_family = AF_RSERPOOL;
	a->srp_handle_len = 5;
	memcpy(a->srp_handle, "bench", 5);
	a->srp_pe_id = pe_id;
	return sizeof(*a);
}

static void serve(int n)
{
	struct sockaddr_rserpool a;
	struct board *b = &board[n];
	char buf[4096];
	int fd, session;

	fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, (void *)&a, address(&a, n + 1)) ||
	    listen(fd, 8))
		err(1, "server");
	b->pe_id = n + 1;
	b->ready = 1;
	while ((session = accept(fd, NULL, NULL)) >= 0) {
		while (recv(session, buf, sizeof(buf), 0) > 0) {
			if (!b->first_ns)
				b->first_ns = now_ns();
			b->messages++;
		}
		close(session);
	}
	exit(1);
}

static pid_t start_server(int n)
{
	pid_t pid;

	memset(&board[n], 0, sizeof(board[n]));
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid)
		serve(n);
	while (!board[n].ready)
		usleep(1000);
	return pid;
}

static int serving(int fd)
{
	struct sockaddr_rserpool a = { 0 };
	socklen_t len = sizeof(a);

	if (getpeername(fd, (void *)&a, &len))
		err(1, "getpeername");
	return a.srp_pe_id - 1;
}

static void send_one(int fd)
{
	static char message[64];

	if (send(fd, message, sizeof(message), MSG_NOSIGNAL) < 0)
		err(1, "send");
}

static double one_round(int fd, pid_t *pid)
{
	int old = serving(fd), i, next = -1;
	uint64_t killed;

	for (i = 0; i < SERVERS; i++)
		if (i != old)
			board[i].first_ns = 0;
	for (i = 0; i < 20; i++) {
		send_one(fd);
		usleep(10000);
	}
	killed = now_ns();
	kill(pid[old], SIGKILL);
	while (next < 0) {
		send_one(fd);
		for (i = 0; i < SERVERS; i++)
			if (i != old && board[i].first_ns)
				next = i;
		if (next < 0)
			usleep(1000);
	}
	waitpid(pid[old], NULL, 0);
	pid[old] = start_server(old);
	return (board[next].first_ns - killed) / 1000.0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 20, fd, i;
	struct sockaddr_rserpool a;
	pid_t pid[SERVERS];
	double *us;

	us = calloc(rounds > 0 ? rounds : 1, sizeof(*us));
	board = mmap(NULL, SERVERS * sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rounds <= 0 || !us || board == MAP_FAILED)
		errx(2, "usage: bench_failover [ROUNDS]");
	for (i = 0; i < SERVERS; i++)
		pid[i] = start_server(i);
	fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (void *)&a, address(&a, 0)))
		err(1, "connect");
	for (i = 0; i < rounds; i++) {
		us[i] = one_round(fd, pid);
		printf("%.0f us\n", us[i]);
		fflush(stdout);
	}
	qsort(us, rounds, sizeof(*us), compare);
	printf("minimum %.0f median %.0f maximum %.0f us of %d rounds\n",
	       us[0], us[rounds / 2], us[rounds - 1], rounds);
	for (i = 0; i < SERVERS; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	return 0;
}
