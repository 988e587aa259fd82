// SPDX-License-Identifier: GPL-2.0
/*
 * bench_registrar - what a registrar does in a second, and what that takes
 *
 *	bench_registrar NAME ADDRESS PID PES LIFE ROUNDS
 *	bench_registrar echo ADDRESS
 *
 * PES pool elements register with the registrar of process PID at ADDRESS, in
 * pools of 100, from an association that then answers their keep-alives.  Over
 * another one come the requests, of one kind after the other, with one and with
 * 16 outstanding; those that are due together go out together.  LIFE is the
 * registration life: RSPLIB takes it for milliseconds.
 *
 * A line per round: NAME PES WORKLOAD WINDOW, then requests a second,
 * microseconds of the registrar's processor time and octets on the loopback
 * interface for each.  Two lines per run: "memory", the registrar's KiB in all;
 * "idle", its microseconds a second and octets a second without requests, with
 * the keep-alives alone.  Ends with an error if an answer is not the one that it
 * should be, or the registrar has dropped an element.
 *
 * "echo" is no registrar: it answers at once, whatever it is asked, with messages
 * of the right type and length, those that are due together in one packet.  That
 * is what SCTP itself allows, with no other system calls than it needs: one to
 * receive, one to send, of a process that waits for nobody else.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/sctp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define POOL_SIZE	100	/* pool elements */
#define REQUESTS	1000	/* of a round */
#define WINDOW_MAX	16
#define IDLE		10	/* seconds */
#define HANDLE_LEN	8

static struct sockaddr_in server;
static uint32_t pes, life;
static pid_t registrar;
static clockid_t registrar_clock;
static __thread uint8_t out[RSP_MSG_SPACE], in[RSP_MSG_SPACE];

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		err(1, "clock_gettime");
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static int dial(void)
{
	struct sctp_sndinfo info = { .snd_ppid = htonl(RSP_ASAP_PPID) };
	struct sockaddr_in self = server;
	int fd, on = 1;

	/* one path, so that the figures have no heartbeats in them */
	self.sin_port = 0;
	fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	if (fd < 0 || bind(fd, (void *)&self, sizeof(self)) ||
	    setsockopt(fd, SOL_SCTP, SCTP_NODELAY, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SCTP, SCTP_DEFAULT_SNDINFO, &info, sizeof(info)) ||
	    connect(fd, (void *)&server, sizeof(server)))
		err(1, "association with the registrar");
	return fd;
}

static void put(int fd, const struct rsp_writer *w, int flags)
{
	if (w->failed || send(fd, w->buf, w->len, flags) < 0)
		err(1, "send");
}

/* Return: octets in @in; 0: nothing there, with MSG_DONTWAIT. */
static size_t get(int fd, int flags)
{
	ssize_t len = recv(fd, in, sizeof(in), flags);

	if (len < 0 && errno == EAGAIN)
		return 0;
	if (len <= 0)
		err(1, "recv: %zd", len);
	return len;
}

/* ---- messages ------------------------------------------------------------------------ */

/* Pool elements are numbered, identifiers begin with 1. */
static void put_handle(struct rsp_writer *w, uint32_t pe)
{
	char handle[HANDLE_LEN + 1];

	snprintf(handle, sizeof(handle), "bench%03u",
		 pe % pes / POOL_SIZE % 1000);
	rsp_put_handle(w, handle, HANDLE_LEN);
}

static void put_register(struct rsp_writer *w, uint32_t pe)
{
	struct rsp_pe_param param = {
		.pe_id = pe + 1,
		.life = life,
		.user = {
			.type = RSP_PARAM_SCTP_TRANSPORT,
			.port = 7,
			.naddrs = 1,
			.addrs[0] = { .family = 4 },
		},
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};

	memcpy(param.user.addrs[0].octets, &server.sin_addr, 4);
	rsp_msg_begin(w, out, sizeof(out), RSP_ASAP_REGISTRATION, 0);
	put_handle(w, pe);
	rsp_put_pe(w, &param);
	rsp_msg_end(w);
}

static void put_about(struct rsp_writer *w, uint8_t type, uint32_t pe)
{
	rsp_msg_begin(w, out, sizeof(out), type, 0);
	put_handle(w, pe);
	rsp_put_pe_id(w, pe + 1);
	rsp_msg_end(w);
}

static void put_resolve(struct rsp_writer *w, uint32_t pe)
{
	rsp_msg_begin(w, out, sizeof(out), RSP_ASAP_HANDLE_RESOLUTION, 0);
	put_handle(w, pe);
	rsp_msg_end(w);
}

/* Only the cheapest of all checks: it is the registrar that is measured. */
static void check(size_t len, uint8_t type)
{
	const size_t least = type == RSP_ASAP_HANDLE_RESOLUTION_RESPONSE ? 64 : 8;

	if (in[0] != type || in[1] || len < least)
		errx(1, "answer of type %u, flags %u, %zu octets instead of type %u",
		     in[0], in[1], len, type);
}

/* ---- workloads ----------------------------------------------------------------------- */

/* All elements, those of a pool not one after the other */
static uint32_t some_pe(uint32_t i)
{
	return i * 37 % pes;
}

static uint8_t enter(struct rsp_writer *w, uint32_t i)
{
	put_register(w, some_pe(i));
	return RSP_ASAP_REGISTRATION_RESPONSE;
}

/* Request @i of a round: an element more in one of the pools, then it leaves. */
static uint8_t come_and_go(struct rsp_writer *w, uint32_t i)
{
	uint32_t pe = 2 * pes + some_pe(i / 2);

	if (i % 2) {
		put_about(w, RSP_ASAP_DEREGISTRATION, pe);
		return RSP_ASAP_DEREGISTRATION_RESPONSE;
	}
	put_register(w, pe);
	return RSP_ASAP_REGISTRATION_RESPONSE;
}

/* Elements of this association, which the first round registers */
static uint8_t refresh(struct rsp_writer *w, uint32_t i)
{
	put_register(w, pes + some_pe(i % POOL_SIZE));
	return RSP_ASAP_REGISTRATION_RESPONSE;
}

static uint8_t resolve(struct rsp_writer *w, uint32_t i)
{
	put_resolve(w, some_pe(i));
	return RSP_ASAP_HANDLE_RESOLUTION_RESPONSE;
}

/* Of ten eight are resolutions, with one an element comes, with one it goes. */
static uint8_t mixed(struct rsp_writer *w, uint32_t i)
{
	return i % 5 ? resolve(w, i) : come_and_go(w, i / 5);
}

struct workload {
	const char *name;
	uint8_t (*request)(struct rsp_writer *w, uint32_t i);
};

static const struct workload workloads[] = {
	{ "register", come_and_go },
	{ "refresh", refresh },
	{ "resolve", resolve },
	{ "mixed", mixed },
};

static void acknowledge(int fd, size_t len)
{
	struct rsp_causes report;
	struct rsp_writer w;
	struct rsp_msg msg;

	if (rsp_msg_parse(in, len, RSP_PROTO_ASAP, &msg, &report))
		errx(1, "a keep-alive cannot be read");
	put_about(&w, RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, msg.pe_id - 1);
	put(fd, &w, 0);
}

/* @n requests with up to @window of them outstanding */
static void run(int fd, const struct workload *load, uint32_t window,
		uint32_t n)
{
	uint8_t answers[WINDOW_MAX];
	uint32_t sent = 0, done = 0;
	struct rsp_writer w;
	size_t len;

	while (done < n) {
		while (sent < n && sent - done < window) {
			answers[sent % WINDOW_MAX] = load->request(&w, sent);
			sent++;
			put(fd, &w, sent < n && sent - done < window ?
			    MSG_MORE : 0);
		}
		for (len = get(fd, 0); len; len = get(fd, MSG_DONTWAIT)) {
			if (in[0] == RSP_ASAP_ENDPOINT_KEEP_ALIVE)
				acknowledge(fd, len);
			else
				check(len, answers[done++ % WINDOW_MAX]);
			if (done == sent)
				break;
		}
	}
}

/* ---- pool elements ------------------------------------------------------------------- */

static const struct workload entrance = { "enter", enter };

/* Nothing but keep-alives comes when all is well. */
static void serve(int fd)
{
	size_t len;

	for (;;) {
		len = get(fd, 0);
		if (in[0] != RSP_ASAP_ENDPOINT_KEEP_ALIVE)
			errx(1, "an element is told type %u", in[0]);
		acknowledge(fd, len);
	}
}

static pid_t start_elements(void)
{
	int ready[2];
	char byte;
	pid_t pid;
	int fd;

	if (pipe(ready))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = dial();
		run(fd, &entrance, WINDOW_MAX, pes);
		if (write(ready[1], "", 1) != 1)
			err(1, "write");
		serve(fd);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "the elements could not register");
	close(ready[0]);
	return pid;
}

static void stop_elements(pid_t pid)
{
	if (waitpid(pid, NULL, WNOHANG))
		errx(1, "the registrar has lost an element");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* ---- measurement --------------------------------------------------------------------- */

struct sample {
	uint64_t time;		/* nanoseconds */
	uint64_t cpu;
	uint64_t octets;
};

static unsigned long read_number(const char *path, const char *format)
{
	unsigned long value = 0;
	char line[256];
	FILE *f = fopen(path, "r");

	if (!f)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, format, &value) == 1)
			break;
	fclose(f);
	return value;
}

static struct sample sample(void)
{
	return (struct sample){
		.octets = read_number("/sys/class/net/lo/statistics/tx_bytes",
				      "%lu"),
		.cpu = now_ns(registrar_clock),
		.time = now_ns(CLOCK_MONOTONIC),
	};
}

/* @per: requests, or seconds */
static void print(const char *name, const char *load, unsigned int window,
		  const struct sample *from, uint32_t per)
{
	struct sample to = sample();

	printf("%s %u %s %u %.0f %.2f %.1f\n", name, pes, load, window,
	       per * 1e9 / (to.time - from->time),
	       (to.cpu - from->cpu) / 1e3 / per,
	       (double)(to.octets - from->octets) / per);
	fflush(stdout);
}

static void print_memory(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", registrar);
	printf("%s %u memory %lu\n", name, pes, read_number(path, "VmRSS: %lu"));
}

static void measure(const char *name, int fd, const struct workload *load,
		    unsigned int window, unsigned int rounds)
{
	struct sample from;
	unsigned int i;

	/* what is only slow for the first time is not measured */
	run(fd, load, window, REQUESTS / 10);
	for (i = 0; i < rounds; i++) {
		from = sample();
		run(fd, load, window, REQUESTS);
		print(name, load->name, window, &from, REQUESTS);
	}
}

static void measure_idle(const char *name)
{
	struct sample from = sample();

	sleep(IDLE);
	print(name, "idle", 0, &from, IDLE);
}

/* ---- instead of a registrar ---------------------------------------------------------- */

/* Of nobody in particular: a resolution has three elements. */
static void echo_answer(int fd, uint8_t type, int flags)
{
	static const struct { uint8_t type; size_t len; } answers[] = {
		[RSP_ASAP_REGISTRATION] = { RSP_ASAP_REGISTRATION_RESPONSE, 24 },
		[RSP_ASAP_DEREGISTRATION] = { RSP_ASAP_DEREGISTRATION_RESPONSE, 24 },
		[RSP_ASAP_HANDLE_RESOLUTION] = { RSP_ASAP_HANDLE_RESOLUTION_RESPONSE, 136 },
	};

	if (type >= sizeof(answers) / sizeof(*answers))
		errx(1, "asked type %u", type);
	out[0] = answers[type].type;
	if (send(fd, out, answers[type].len, flags | MSG_NOSIGNAL) < 0)
		err(1, "send");
}

/* Looking for more in vain is a system call: where there never is, not each time. */
static unsigned int echo_take(int fd, uint8_t *answers, bool look)
{
	unsigned int n = 0;

	do
		answers[n++] = in[0];
	while (look && n < WINDOW_MAX && get(fd, MSG_DONTWAIT));
	return n;
}

static void *echo_serve(void *arg)
{
	unsigned int i, n = 1, turn = 0;
	uint8_t answers[WINDOW_MAX];
	int fd = (intptr_t)arg, on = 1;

	if (setsockopt(fd, SOL_SCTP, SCTP_NODELAY, &on, sizeof(on)))
		err(1, "nodelay");
	while (recv(fd, in, sizeof(in), 0) > 0) {
		n = echo_take(fd, answers, n > 1 || !(turn++ % 32));
		for (i = 0; i < n; i++)
			echo_answer(fd, answers[i], i + 1 < n ? MSG_MORE : 0);
	}
	close(fd);
	return NULL;
}

/* Threads, so that all of it is this process's time */
static void echo(void)
{
	int fd, listener = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	pthread_t thread;

	if (listener < 0 || bind(listener, (void *)&server, sizeof(server)) ||
	    listen(listener, 8))
		err(1, "listen");
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		if (pthread_create(&thread, NULL, echo_serve,
				   (void *)(intptr_t)fd) ||
		    pthread_detach(thread))
			errx(1, "thread");
	err(1, "accept");
}

int main(int argc, char **argv)
{
	unsigned int i, rounds;
	pid_t elements;
	int fd;

	if (argc != 7 && (argc != 3 || strcmp(argv[1], "echo")))
		errx(2, "usage: bench_registrar NAME ADDRESS PID PES LIFE ROUNDS, or echo ADDRESS");
	server.sin_family = AF_INET;
	server.sin_port = htons(RSP_ASAP_PORT);
	if (inet_pton(AF_INET, argv[2], &server.sin_addr) != 1)
		errx(2, "%s is no address", argv[2]);
	if (argc == 3)
		echo();
	registrar = atoi(argv[3]);
	pes = strtoul(argv[4], NULL, 0);
	life = strtoul(argv[5], NULL, 0);
	rounds = strtoul(argv[6], NULL, 0);
	if (!pes || clock_getcpuclockid(registrar, &registrar_clock))
		errx(2, "PES or PID is wrong");
	elements = start_elements();
	print_memory(argv[1]);
	fd = dial();
	for (i = 0; i < sizeof(workloads) / sizeof(*workloads); i++) {
		measure(argv[1], fd, &workloads[i], 1, rounds);
		measure(argv[1], fd, &workloads[i], WINDOW_MAX, rounds);
	}
	close(fd);
	measure_idle(argv[1]);
	stop_elements(elements);
	return 0;
}
