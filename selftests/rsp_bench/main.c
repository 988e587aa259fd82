// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rsp_bench - figures of one way to reach a server
 *
 *   rsp_bench TRANSPORT MEASUREMENT [ROUNDS]
 *
 * Prints "MEASUREMENT TRANSPORT VALUE" for each round.  There are no limits:
 * these are figures, not tests.  scripts/bench compares them.
 *
 * Nothing that is measured may need a file: the guest has its files from the
 * host, and while everybody waits for one its clock jumps from timer to timer
 * (QEMU's icount with sleep=off): many seconds, if the host is busy.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

struct board *board;
char pool[32];

static const struct transport *const transports[] = {
	&rserpool, &sctp,
#ifdef HAVE_RSPLIB
	&rsplib,
#endif
};

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void say(const struct transport *t, const char *what, double value)
{
	printf("%s %s %.6g\n", what, t->name, value);
	fflush(stdout);
}

static void measure_64(const struct transport *t, int rounds)
{
	measure_one_way(t, 64, rounds);
}

static void measure_1400(const struct transport *t, int rounds)
{
	measure_one_way(t, 1400, rounds);
}

static void measure_16384(const struct transport *t, int rounds)
{
	measure_one_way(t, 16384, rounds);
}

static const struct {
	const char *name, *help;
	void (*run)(const struct transport *t, int rounds);
	bool pooled;
} measurements[] = {
	{ "round-trips", "of 64 octets, in a second", measure_round_trips, 0 },
	{ "one-way-64", "messages in a second", measure_64, 0 },
	{ "one-way-1400", "", measure_1400, 0 },
	{ "one-way-16384", "", measure_16384, 0 },
	{ "setups", "connect() and close(), in a second", measure_setups, 0 },
	{ "memory", "octets of an idle session, both ends; ROUNDS sessions",
	  measure_memory, 0 },
	{ "kill", "us from SIGKILL of the serving process to the first "
	  "message at another; messages lost, repeated", measure_kill, 0 },
	{ "cut", "the same for the server's link; network namespaces "
	  "server1 to server3 on the bridge's ports port1 to port3",
	  measure_cut, 1 },
};

static void __attribute__((noreturn)) usage(void)
{
	size_t i;

	fputs("usage: rsp_bench TRANSPORT MEASUREMENT [ROUNDS]\n", stderr);
	for (i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		fprintf(stderr, "  %s\n", transports[i]->name);
	for (i = 0; i < sizeof(measurements) / sizeof(measurements[0]); i++)
		fprintf(stderr, "  %-14s %s\n", measurements[i].name,
			measurements[i].help);
	exit(2);
}

int main(int argc, char **argv)
{
	int rounds = argc > 3 ? atoi(argv[3]) : 5;
	const struct transport *t = NULL;
	size_t i;

	if (argc < 3 || rounds <= 0)
		usage();
	for (i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (!strcmp(argv[1], transports[i]->name))
			t = transports[i];
	if (!t)
		usage();
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		err(1, "mmap");
	snprintf(pool, sizeof(pool), "bench%d", getpid());
	for (i = 0; i < sizeof(measurements) / sizeof(measurements[0]); i++) {
		if (strcmp(argv[2], measurements[i].name))
			continue;
		if (measurements[i].pooled && !t->pooled)
			errx(2, "%s knows servers on its own host only", t->name);
		measurements[i].run(t, rounds);
		return 0;
	}
	usage();
}
