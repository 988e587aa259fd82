// SPDX-License-Identifier: GPL-2.0
/*
 * Between libFuzzer and a target that makes system calls.
 *
 *   RSP_FUZZ_LAST=FILE	   gets each input before it is run: a kernel that dies takes
 *			   libFuzzer with it
 *   RSP_FUZZ_STOP=FILE	   when it exists, the run ends: clocks of a guest with
 *			   time travel say nothing
 *   RSP_FUZZ_COMPLAINTS=FILE	regular expressions; a line of the kernel's log that
 *			   one of them matches is a failure of the input
 *   RSP_FUZZ_TRACE=1	   tell what is done
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/kcov.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define THREADS		4
#define COVER_SIZE	(1 << 18)	/* what one thread executes for one input */
#define COUNTERS	(1 << 16)
#define REST_MS		50		/* what one input may sleep */
#define REST_TRAVEL_MS	200000		/* where it takes no time */
#define INPUTS_A_LOOK	64		/* for RSP_FUZZ_STOP */
#define ERRNO_LAST	EHWPOISON

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* libFuzzer looks into this section beside its own counters. */
static uint8_t counters[COUNTERS]
	__attribute__((section("__libfuzzer_extra_counters")));

static bool ever[COUNTERS];
static unsigned int edges;

static uint64_t *cover[THREADS];
static unsigned int ncover;
static bool no_kcov;

static bool time_travel;
static unsigned int rest_left;	/* milliseconds in this input */

static bool trace;
static const char *stop_file;
static int last_fd = -1;
static int kmsg_fd = -1;
static regex_t *complaints;
static unsigned int ncomplaints;

/* ---- coverage ------------------------------------------------------------------ */

static void count(uint32_t hash)
{
	uint32_t i = (hash ^ hash >> 16) % COUNTERS;

	if (counters[i] < 255)
		counters[i]++;
	if (!ever[i]) {
		ever[i] = true;
		edges++;
	}
}

void fuzz_thread(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	uint64_t *area;
	int fd;

	fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		no_kcov = true;
		return;
	}
	if (ioctl(fd, KCOV_INIT_TRACE, COVER_SIZE))
		fuzz_fail("KCOV_INIT_TRACE: %s", strerror(errno));
	area = mmap(NULL, COVER_SIZE * sizeof(*area), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (area == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		fuzz_fail("kcov: %s", strerror(errno));
	pthread_mutex_lock(&lock);
	if (ncover == THREADS)
		fuzz_fail("too many threads");
	cover[ncover++] = area;
	pthread_mutex_unlock(&lock);
}

static void cover_begin(void)
{
	unsigned int i;

	for (i = 0; i < ncover; i++)
		__atomic_store_n(&cover[i][0], 0, __ATOMIC_RELAXED);
}

static void cover_end(void)
{
	uint64_t n, k;
	uint32_t last;
	unsigned int i;

	for (i = 0; i < ncover; i++) {
		n = __atomic_load_n(&cover[i][0], __ATOMIC_RELAXED);
		for (k = 1, last = 0; k <= n; k++) {
			uint32_t pc = (uint32_t)cover[i][k] * 0x9e3779b1;

			count(pc ^ last);
			last = pc >> 3;
		}
	}
}

void fuzz_result(unsigned int call, int result)
{
	count((call * 4099 + (uint32_t)result) * 0x85ebca6b);
}

/* ---- failures ---------------------------------------------------------------------- */

void fuzz_trace(const char *fmt, ...)
{
	va_list args;

	if (!trace)
		return;
	va_start(args, fmt);
	fprintf(stderr, "[%d] ", gettid() - getpid());
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}

void fuzz_fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("FAILED: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

void fuzz_check_errno(const char *call, int err)
{
	if (err <= 0 || err > ERRNO_LAST)
		fuzz_fail("%s: errno %d", call, err);
}

void fuzz_sleep(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

void fuzz_rest(struct input *in)
{
	static const unsigned int table[] = { 1, 10, 50, 250, 1000, 5000, 40000 };
	unsigned int ms = in_of(in, table);

	if (ms > rest_left)
		ms = rest_left;
	rest_left -= ms;
	fuzz_sleep(ms);
}

static void complaints_read(const char *name)
{
	FILE *f = fopen(name, "re");
	char line[256];

	if (!f)
		fuzz_fail("%s: %s", name, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		complaints = reallocarray(complaints, ncomplaints + 1,
					  sizeof(*complaints));
		if (!complaints || regcomp(&complaints[ncomplaints++], line,
					   REG_EXTENDED | REG_NOSUB))
			fuzz_fail("%s: %s", name, line);
	}
	fclose(f);
	kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg_fd < 0)
		fuzz_fail("/dev/kmsg: %s", strerror(errno));
	lseek(kmsg_fd, 0, SEEK_END);
}

static void complaints_look(void)
{
	char line[8192];
	unsigned int i;
	ssize_t len;

	while ((len = read(kmsg_fd, line, sizeof(line) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		if (len < 0)
			continue;
		line[len] = '\0';
		for (i = 0; i < ncomplaints; i++)
			if (!regexec(&complaints[i], line, 0, NULL, 0))
				fuzz_fail("kernel: %s", line);
	}
}

/* ---- inputs ------------------------------------------------------------------------- */

/* On to the host, but not to its disk. */
static void keep_last(const uint8_t *data, size_t len)
{
	if (last_fd < 0)
		return;
	if (ftruncate(last_fd, 0) || pwrite(last_fd, data, len, 0) < 0)
		fuzz_fail("RSP_FUZZ_LAST: %s", strerror(errno));
	sync_file_range(last_fd, 0, 0, SYNC_FILE_RANGE_WRITE |
			SYNC_FILE_RANGE_WAIT_AFTER);
}

static void stop_look(void)
{
	static unsigned int inputs;

	if (!stop_file || ++inputs % INPUTS_A_LOOK || access(stop_file, F_OK))
		return;
	fprintf(stderr, "%u edges of the module and results of calls\n", edges);
	/* libFuzzer ends in good order */
	stop_file = NULL;
	raise(SIGUSR1);
}

static bool has_time_travel(void)
{
	char line[4096] = "";
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);

	if (read(fd, line, sizeof(line) - 1) < 0)
		fuzz_fail("/proc/cmdline: %s", strerror(errno));
	close(fd);
	return strstr(line, "time-travel");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name;

	(void)argc;
	(void)argv;
	time_travel = has_time_travel();
	trace = getenv("RSP_FUZZ_TRACE");
	stop_file = getenv("RSP_FUZZ_STOP");
	name = getenv("RSP_FUZZ_LAST");
	if (name) {
		last_fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		if (last_fd < 0)
			fuzz_fail("%s: %s", name, strerror(errno));
	}
	name = getenv("RSP_FUZZ_COMPLAINTS");
	if (name)
		complaints_read(name);
	fuzz_thread();
	if (no_kcov)
		fprintf(stderr, "no KCOV here: results of calls only\n");
	fuzz_setup();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, data + len };

	keep_last(data, len);
	rest_left = time_travel ? REST_TRAVEL_MS : REST_MS;
	cover_begin();
	/* libFuzzer gives up if nothing at all is covered */
	count(0);
	fuzz_run(&in);
	cover_end();
	if (kmsg_fd >= 0)
		complaints_look();
	stop_look();
	return 0;
}
