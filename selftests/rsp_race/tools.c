// SPDX-License-Identifier: GPL-2.0
/* Dice, failures, threads, hosts and processes. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "race.h"

#define CREW	64

uint64_t race_seed;
const char *race_prefix;
const char *race_scenario = "";
unsigned int race_round;

/* ---- dice ---------------------------------------------------------------- */

static __thread uint64_t dice_state;

static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9;
	x ^= x >> 27;
	x *= 0x94d049bb133111eb;
	return x ^ x >> 31;
}

void dice_throw(unsigned int who)
{
	const char *c;

	dice_state = mix(race_seed + 1);
	for (c = race_scenario; *c; c++)
		dice_state = mix(dice_state + *c);
	dice_state = mix(mix(dice_state + race_round) + who);
}

unsigned int dice(unsigned int sides)
{
	dice_state += 0x9e3779b97f4a7c15;
	return (mix(dice_state) >> 32) % sides;
}

/* ---- failures ------------------------------------------------------------ */

void fail(const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(stderr, "FAILED: %s\nfor the same again: rsp_race --seed %llu --first %u %s\n",
		text, (unsigned long long)race_seed, race_round, race_scenario);
	if (shared)
		__atomic_store_n(&shared->failed, true, __ATOMIC_RELEASE);
	_exit(1);
}

/* ---- who does what ------------------------------------------------------- */

static struct worker {
	pthread_t thread;
	const char *doing;
	int host;
	unsigned int number;
	bool done;
	void *(*work)(void *arg);
	void *arg;
} crew[CREW];

static unsigned int ncrew;
static __thread struct worker *self;
static const char *main_doing = "";
static unsigned int watch_limit, watch_rounds, begun;

void doing(const char *what)
{
	if (self)
		__atomic_store_n(&self->doing, what, __ATOMIC_RELAXED);
	else
		__atomic_store_n(&main_doing, what, __ATOMIC_RELAXED);
}

static void stuck(void)
{
	unsigned int i, n = __atomic_load_n(&ncrew, __ATOMIC_RELAXED);
	char command[200];

	fprintf(stderr, "main: %s\n", main_doing);
	for (i = 0; i < n; i++)
		if (!__atomic_load_n(&crew[i].done, __ATOMIC_RELAXED))
			fprintf(stderr, "thread %u on host %d: %s\n", i, crew[i].host,
				crew[i].doing);
	for (i = SERVER1; i < HOSTS; i++) {
		snprintf(command, sizeof(command),
			 "ip netns exec %s-%u rspctl session show >&2", race_prefix, i);
		if (system(command))
			fprintf(stderr, "%s: failed\n", command);
	}
	fail("not over after %u s", watch_limit);
}

static void *watch(void *arg)
{
	unsigned int seen = 0, seconds = 0;

	(void)arg;
	for (;;) {
		sleep_ms(1000);
		/* who has failed has said why; others wait for it in vain */
		if (__atomic_load_n(&shared->failed, __ATOMIC_ACQUIRE))
			_exit(1);
		if (seen != __atomic_load_n(&watch_rounds, __ATOMIC_RELAXED)) {
			seen = __atomic_load_n(&watch_rounds, __ATOMIC_RELAXED);
			seconds = 0;
		} else if (++seconds > watch_limit) {
			stuck();
		}
	}
	return NULL;
}

static void nothing(int sig)
{
	(void)sig;
}

void watch_begin(unsigned int seconds)
{
	struct sigaction act = { .sa_handler = nothing };
	sigset_t set;
	pthread_t thread;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaction(SIGUSR1, &act, NULL);
	watch_limit = seconds;
	if (pthread_create(&thread, NULL, watch, NULL))
		fail("pthread_create");
	pthread_detach(thread);
}

void watch_round(void)
{
	__atomic_add_fetch(&watch_rounds, 1, __ATOMIC_RELAXED);
	begun = 0;
}

void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

void rest(unsigned int ms)
{
	struct timespec t = { 0, dice(ms * 1000 + 1) * 1000L };

	if (one_in(2))
		sched_yield();
	else
		nanosleep(&t, NULL);
}

/* ---- threads ------------------------------------------------------------- */

static void *worker(void *arg)
{
	self = arg;
	dice_throw(self->number);
	if (self->host)
		host_enter(self->host);
	self->work(self->arg);
	__atomic_store_n(&self->done, true, __ATOMIC_RELEASE);
	return NULL;
}

void crew_add(int host, void *(*work)(void *), void *arg)
{
	struct worker *w = &crew[ncrew];

	if (ncrew == CREW)
		fail("too many threads");
	*w = (struct worker){
		.host = host, .work = work, .arg = arg, .doing = "begins",
		.number = ++begun,
	};
	if (pthread_create(&w->thread, NULL, worker, w))
		fail("pthread_create");
	__atomic_store_n(&ncrew, ncrew + 1, __ATOMIC_RELEASE);
}

void crew_join(void)
{
	unsigned int i;

	doing("crew_join");
	for (i = 0; i < ncrew; i++)
		pthread_join(crew[i].thread, NULL);
	ncrew = 0;
	doing("");
}

bool crew_left(void)
{
	unsigned int i;

	for (i = 0; i < ncrew; i++)
		if (!__atomic_load_n(&crew[i].done, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

void crew_disturb(void)
{
	struct worker *w;

	if (!ncrew)
		return;
	w = &crew[dice(ncrew)];
	if (!__atomic_load_n(&w->done, __ATOMIC_ACQUIRE))
		pthread_kill(w->thread, SIGUSR1);
}

/* ---- hosts and processes ------------------------------------------------- */

void host_enter(int host)
{
	static int fds[HOSTS] = { -1, -1, -1, -1, -1 };
	char name[200];

	if (fds[host] < 0) {
		snprintf(name, sizeof(name), "/run/netns/%s-%d", race_prefix, host);
		fds[host] = open(name, O_RDONLY | O_CLOEXEC);
	}
	if (setns(fds[host], CLONE_NEWNET))
		fail("host %d: %s", host, strerror(errno));
}

pid_t crew_fork(int host)
{
	unsigned int number = 1000 + ++begun;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ncrew = 0;
	self = NULL;
	dice_throw(number);
	if (host)
		host_enter(host);
	return 0;
}

pid_t registrar;

pid_t rspd_start(int host)
{
	pid_t pid = crew_fork(host);
	int null;

	if (pid)
		return pid;
	null = open("/dev/null", O_WRONLY);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execlp("rspd", "rspd", NULL);
	fail("rspd: %s", strerror(errno));
}

/* A process that is born in the middle of a round has everybody's descriptors. */
void close_others(int keep)
{
	int fd;

	for (fd = STDERR_FILENO + 1; fd < 1024; fd++)
		if (fd != keep)
			close(fd);
}

/* With @sig 0 it ends by itself. */
void crew_reap(pid_t pid, int sig)
{
	int status;

	doing("crew_reap");
	if (sig)
		kill(pid, sig);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid: %s", strerror(errno));
	if (WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status) != sig)
		fail("process %d: status %#x", pid, status);
	doing("");
}
