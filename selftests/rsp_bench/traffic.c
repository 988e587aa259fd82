// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures of sessions whose server lives.
 */
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

static char buf[MESSAGE_MAX];

static void send_message(const struct transport *t, int fd, size_t len,
			 enum order order)
{
	/* a number that nobody counts */
	struct message m = { .order = order, .number = MESSAGES_MAX };

	memcpy(buf, &m, sizeof(m));
	if (t->send(fd, buf, len) != (ssize_t)len)
		err(1, "%s: send", t->name);
}

static void round_trip(const struct transport *t, int fd, size_t len)
{
	ssize_t n;

	send_message(t, fd, len, ORDER_ANSWER);
	n = t->recv(fd, buf, sizeof(buf));
	if (n != (ssize_t)len)
		errx(1, "%s: %zd octets of %zu came back", t->name, n, len);
}

/* A server, and a session that has got past its first windows */
static int begin(const struct transport *t, pid_t *server)
{
	int fd, i;

	servers_prepare(t, 1, false);
	*server = server_start(t, 1);
	if (t->begin)
		t->begin();
	fd = t->connect();
	for (i = 0; i < 100; i++)
		round_trip(t, fd, 64);
	return fd;
}

static double per_second(int number, uint64_t since)
{
	return number * 1e9 / (now_ns() - since);
}

void measure_round_trips(const struct transport *t, int rounds)
{
	const int number = 2000;
	uint64_t since;
	pid_t server;
	int fd, i;

	fd = begin(t, &server);
	while (rounds--) {
		since = now_ns();
		for (i = 0; i < number; i++)
			round_trip(t, fd, 64);
		say(t, "round-trips", per_second(number, since));
	}
	server_kill(server);
}

/* The last one's answer says that all have come. */
void measure_one_way(const struct transport *t, size_t len, int rounds)
{
	const int number = t->slow_small && len < 1400 ? 400 :
			   len > 1400 ? 1000 : 4000;
	char what[32];
	uint64_t since;
	pid_t server;
	int fd, i;

	snprintf(what, sizeof(what), "one-way-%zu", len);
	fd = begin(t, &server);
	while (rounds--) {
		since = now_ns();
		for (i = 1; i < number; i++)
			send_message(t, fd, len, ORDER_TAKE);
		round_trip(t, fd, len);
		say(t, what, per_second(number, since));
	}
	server_kill(server);
}

/* Until the server has seen the end of the last one */
void measure_setups(const struct transport *t, int rounds)
{
	const uint32_t number = 200;
	uint32_t i, ends;
	uint64_t since;
	pid_t server;

	t->close(begin(t, &server));
	while (!board->ends)
		usleep(100);
	while (rounds--) {
		ends = board->ends;
		since = now_ns();
		for (i = 0; i < number; i++)
			t->close(t->connect());
		while (board->ends - ends < number)
			usleep(100);
		say(t, "setups", per_second(number, since));
	}
	server_kill(server);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

/*
 * Give back what caches keep for those to come; and exact counts, please.  No
 * files (drop_caches 3): programs would have to be read again, see main.c.
 */
static void shrink_caches(void)
{
	glob_t slabs;
	size_t i;

	usleep(500000);		/* a grace period, for what waits for one */
	write_file("/proc/sys/vm/drop_caches", "2");
	if (glob("/sys/kernel/slab/*/shrink", GLOB_NOSORT, NULL, &slabs))
		errx(1, "caches cannot be shrunk");
	for (i = 0; i < slabs.gl_pathc; i++)
		write_file(slabs.gl_pathv[i], "1");
	globfree(&slabs);
	write_file("/proc/sys/vm/stat_refresh", "1");
}

/*
 * What sessions can have of the whole machine, in octets: objects of the
 * kernel, per processor or not, and of programs, with their page tables.  Not
 * what is missing of MemFree, where files and lists of free pages weigh more.
 */
static double memory_used(void)
{
	static const char *const fields[] = {
		"Slab:", "Percpu:", "KernelStack:", "PageTables:", "AnonPages:",
	};
	char line[128], name[32];
	double total = 0, kb;
	size_t i;
	FILE *f;

	shrink_caches();
	f = fopen("/proc/meminfo", "r");
	if (!f)
		err(1, "meminfo");
	while (fgets(line, sizeof(line), f))
		for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			if (sscanf(line, "%31s %lf", name, &kb) == 2 &&
			    !strcmp(name, fields[i]))
				total += kb;
	fclose(f);
	return total * 1024;
}

/* As soon as what was there before is gone: it no longer gets less */
static double memory_settled(void)
{
	double used = memory_used(), before;

	do {
		before = used;
		used = memory_used();
	} while (used < before);
	return used;
}

void measure_memory(const struct transport *t, int sessions)
{
	struct rlimit files = { .rlim_cur = 65536, .rlim_max = 65536 };
	double before;
	pid_t server;
	int i;

	setrlimit(RLIMIT_NOFILE, &files);
	/* what the first ones need for themselves is not a session's */
	board->hold = true;
	servers_prepare(t, 1, false);
	server = server_start(t, 1);
	if (t->begin)
		t->begin();
	for (i = 0; i < 50; i++)
		t->connect();
	before = memory_settled();
	board->sessions = 0;
	for (i = 0; i < sessions; i++)
		t->connect();
	while ((int)board->sessions < sessions)
		usleep(1000);
	say(t, "memory", (memory_used() - before) / sessions);
	server_kill(server);
}
