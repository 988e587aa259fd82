// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server: one session after the other, or many that are only held.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* Where processes that are to be servers read which one */
static int orders[2];

static void enter(int n)
{
	const char *name = getenv("RSP_BENCH_HOSTS");
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s%d", name ? name : "server",
		 n);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

static void serve_session(const struct transport *t, int n, int fd)
{
	static char buf[MESSAGE_MAX];
	struct message m;
	ssize_t len;

	while ((len = t->recv(fd, buf, sizeof(buf))) > 0) {
		if (!board->server[n].first_ns)
			board->server[n].first_ns = now_ns();
		memcpy(&m, buf, sizeof(m));
		if (m.number < MESSAGES_MAX)
			board->seen[m.number]++;
		if (m.order == ORDER_ANSWER)
			t->send(fd, buf, len);
	}
}

static void __attribute__((noreturn)) serve(const struct transport *t, int n,
					   bool apart)
{
	int listener, fd;

	if (apart)
		enter(n);
	if (t->begin)
		t->begin();
	listener = t->listen(n);
	board->server[n].pid = getpid();
	for (;;) {
		fd = t->accept(listener);
		if (fd < 0)
			continue;
		board->sessions++;
		if (board->hold)
			continue;
		serve_session(t, n, fd);
		t->close(fd);
		board->ends++;
	}
}

void servers_prepare(const struct transport *t, int number, bool apart)
{
	pid_t pid;
	int n;

	if (pipe(orders))
		err(1, "pipe");
	while (number--) {
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (read(orders[0], &n, sizeof(n)) != sizeof(n))
			_exit(0);
		serve(t, n, apart);
	}
}

pid_t server_start(const struct transport *t, int n)
{
	memset((void *)&board->server[n], 0, sizeof(board->server[n]));
	if (write(orders[1], &n, sizeof(n)) != sizeof(n))
		err(1, "no server left");
	while (!board->server[n].pid) {
		if (waitpid(-1, NULL, WNOHANG) > 0)
			errx(1, "%s: the server has died", t->name);
		usleep(1000);
	}
	return board->server[n].pid;
}

void server_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
