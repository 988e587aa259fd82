// SPDX-License-Identifier: GPL-2.0
/*
 * What sessions and elements live on goes away: the registrar, and their
 * network namespaces.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "race.h"

/* ---- the registrar dies and comes back ----------------------------------- */

static const struct serving steady = { .pool = "registrar", .pe_id = 1, .cookie_one_in = 3,
				       .cookie_max = 300 };
static pid_t steady_server;
static bool enough;

static void registrar_begin(void)
{
	steady_server = server_start(SERVER2, &steady);
}

static void registrar_end(void)
{
	crew_reap(steady_server, SIGKILL);
}

static void *registrant(void *arg)
{
	struct sockaddr_rserpool addr = { .srp_pe_id = 0 };
	socklen_t len = sizeof(addr);
	int fd;

	(void)arg;
	while (!__atomic_load_n(&enough, __ATOMIC_ACQUIRE)) {
		fd = new_socket(one_in(2) ? SOCK_NONBLOCK : 0);
		do_bind(fd, "registrar", one_in(2) ? 2 : 0);
		if (!CALL(listen, fd, 5)) {
			CALL(getsockname, fd, (struct sockaddr *)&addr, &len);
			if (!addr.srp_pe_id)
				fail("a pool element without an identifier");
		}
		rest(10);
		CALL(close, fd);
	}
	return NULL;
}

static void *asker(void *arg)
{
	int fd;

	(void)arg;
	while (!__atomic_load_n(&enough, __ATOMIC_ACQUIRE)) {
		fd = new_socket(one_in(2) ? SOCK_NONBLOCK : 0);
		do_connect(fd, one_in(4) ? "nobody" : "registrar", 0);
		rest(4);
		CALL(close, fd);
	}
	return NULL;
}

static void registrar_round(void)
{
	unsigned int n = 1 + dice(3);
	struct client *c;
	pid_t local;

	enough = false;
	crew_add(SERVER1, registrant, NULL);
	crew_add(SERVER2, registrant, NULL);
	crew_add(0, asker, NULL);
	crew_add(0, asker, NULL);
	while (n--) {
		sleep_ms(dice(60));
		local = one_in(2) ? rspd_start(SERVER1) : 0;
		crew_reap(registrar, SIGKILL);
		rest(50);
		registrar = rspd_start(REGISTRAR);
		rest(50);
		if (local)
			crew_reap(local, SIGKILL);
	}
	__atomic_store_n(&enough, true, __ATOMIC_RELEASE);
	crew_join();
	host_idle(SERVER1);
	/* All is as it was, with nobody's help. */
	c = client_open("registrar", 1);
	crew_add(0, client_reader, c);
	client_talk(c, 5);
	crew_join();
	client_close(c);
}

/* ---- namespaces go away with all that is in them ------------------------- */

static const struct serving doomed = { .pool = "doomed", .pe_id = 1, .cookie_one_in = 2,
				       .cookie_max = 3000, .abort_one_in = 10 };

static void run(const char *command)
{
	int status = system(command);

	if (status)
		fail("%s: status %#x", command, status);
}

static void dumper(void)
{
	for (;;) {
		sessions_here();
		elements_here();
		failover_any();
		rest(5);
	}
}

/* Errors are nobody's business here; what is left behind is. */
static void visit(void)
{
	char buf[300] = "";
	int fd;

	for (;;) {
		fd = new_socket(one_in(3) ? SOCK_NONBLOCK : 0);
		if (!do_connect(fd, one_in(4) ? "nobody" : "doomed", 0)) {
			while (CALL(send, fd, buf, sizeof(buf), MSG_NOSIGNAL) > 0 && !one_in(6))
				;
			CALL(recv, fd, buf, sizeof(buf), MSG_DONTWAIT);
		}
		rest(3);
		if (one_in(3))
			CALL(close, fd);
	}
}

/* A server that serves nobody: messages stay where they are. */
static void doomed_server(void)
{
	int fd = new_socket(0), session;

	do_bind(fd, doomed.pool, 0);
	while (CALL(listen, fd, 20))
		rest(20);
	for (;;) {
		session = CALL(accept, fd, NULL, NULL);
		rest(10);
		if (session >= 0 && one_in(4))
			CALL(close, session);
	}
}

static pid_t life(void (*work)(void))
{
	pid_t pid = crew_fork(0);

	if (!pid)
		work();
	return pid;
}

static void new_namespace(void)
{
	if (unshare(CLONE_NEWNET))
		fail("unshare: %s", strerror(errno));
	run("ip link set lo up");
}

/* The other end of the cable, with a server. */
static void far_end(int ready)
{
	new_namespace();
	if (write(ready, "x", 1) != 1)
		fail("write");
	/* the cable comes from the other side */
	while (system("ip addr add 10.99.0.2/24 dev far 2>/dev/null"))
		sleep_ms(5);
	run("ip link set far up");
	run("rspctl registrar add 10.99.0.1");
	life(doomed_server);
	life(dumper);
	for (;;)
		sleep_ms(1000);
}

static void near_end(pid_t far)
{
	char command[200];
	pid_t pids[6];
	unsigned int i;

	new_namespace();
	snprintf(command, sizeof(command),
		 "ip link add near type veth peer name far netns %d && "
		 "ip addr add 10.99.0.1/24 dev near && ip link set near up", far);
	run(command);
	pids[0] = rspd_start(0);
	pids[1] = life(doomed_server);
	for (i = 2; i < 5; i++)
		pids[i] = life(visit);
	pids[5] = life(dumper);
	for (;;) {
		rest(20);
		i = dice(20);
		if (i < ARRAY_LEN(pids) && pids[i]) {
			kill(pids[i], SIGKILL);
			pids[i] = 0;
		}
	}
}

static void namespaces_round(void)
{
	pid_t near, far, first;
	int ready[2];
	char c;

	if (pipe(ready))
		fail("pipe");
	far = crew_fork(0);
	if (!far) {
		close(ready[0]);
		far_end(ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		fail("no far end");
	near = crew_fork(0);
	if (!near) {
		close(ready[0]);
		near_end(far);
	}
	sleep_ms(100 + dice(200));
	first = one_in(2) ? near : far;
	crew_reap(first, SIGKILL);
	rest(20);
	crew_reap(first == near ? far : near, SIGKILL);
	close(ready[0]);
}

const struct scenario names_scenarios[] = {
	{ "registrar", registrar_begin, registrar_round, registrar_end },
	{ "namespaces", NULL, namespaces_round, NULL },
	{ }
};
