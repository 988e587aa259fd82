// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that several processes have, that are on their way in messages
 * of other sockets, and that nobody has any more.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "race.h"

static const struct serving steady = { .pool = "handles", .pe_id = 1, .cookie_one_in = 3,
				       .cookie_max = 300 };
static const struct serving passing = { .pool = "handles", .pe_id = 2, .cookie_one_in = 3,
					.cookie_max = 300 };
static pid_t steady_server;

static void handles_begin(void)
{
	steady_server = server_start(SERVER2, &steady);
}

static void handles_end(void)
{
	crew_reap(steady_server, SIGKILL);
}

static void pass(int channel, int fd)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	control.hdr.cmsg_level = SOL_SOCKET;
	control.hdr.cmsg_type = SCM_RIGHTS;
	control.hdr.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.hdr), &fd, sizeof(fd));
	if (sendmsg(channel, &msg, 0) != 1)
		fail("SCM_RIGHTS: %s", strerror(errno));
}

static int take(int channel)
{
	char octet, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &octet, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int fd;

	if (recvmsg(channel, &msg, 0) != 1)
		return -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg)	/* no descriptor left for it */
		return -1;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

static void channel_pair(int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		fail("socketpair: %s", strerror(errno));
}

static void *visitor(void *arg)
{
	struct client *c = client_open("handles", 1);
	unsigned int n = 5 + dice(20);

	(void)arg;
	while (n--)
		client_ask(c);
	client_close(c);
	return NULL;
}

/* Accepts and serves none itself: another process gets them all. */
static void passer(void)
{
	int fd, n = 0, pair[2], listener = new_element("handles", passing.pe_id);
	pid_t pid;

	channel_pair(pair);
	pid = crew_fork(0);
	if (!pid) {
		close(pair[1]);
		CALL(close, listener);
		while ((fd = take(pair[0])) >= 0)
			serve(fd, &passing);
		_exit(0);
	}
	close(pair[0]);
	while (n++ < 3) {
		fd = CALL(accept, listener, NULL, NULL);
		if (fd < 0)
			fail("accept: %s", strerrorname_np(errno));
		if (one_in(2)) {
			rest(4);
			pass(pair[1], fd);
			CALL(close, fd);
			continue;
		}
		/* by birth */
		if (!crew_fork(0)) {
			CALL(close, listener);
			close(pair[1]);
			serve(fd, &passing);
			_exit(0);
		}
		CALL(close, fd);
	}
	/* what was passed is served to its end, by whom we do not wait for */
	signal(SIGCHLD, SIG_IGN);
	_exit(0);
}

static void passed_round(void)
{
	pid_t pid = crew_fork(SERVER1);
	unsigned int i;

	if (!pid)
		passer();
	for (i = 0; i < 6; i++)
		crew_add(0, visitor, NULL);
	crew_join();
	crew_reap(pid, SIGKILL);
	host_idle(SERVER1);
}

/* ---- nobody can reach them any more -------------------------------------- */

static int listener, session;

static void *meets(void *arg)
{
	(void)arg;
	listener = new_element("garbage", 3);
	session = CALL(accept, listener, NULL, NULL);
	if (session < 0)
		fail("accept: %s", strerrorname_np(errno));
	return NULL;
}

static void *comes(void *arg)
{
	struct client *c = client_open("garbage", 1);

	(void)arg;
	client_send(c);
	/* The server goes without a goodbye, and there is no other one. */
	rest(60);
	set_linger_abort(c->fd);
	client_close(c);
	return NULL;
}

/* Each of the two is in line at the other, and what they carry with them. */
static void *hides(void *arg)
{
	int pair[2];

	(void)arg;
	channel_pair(pair);
	pass(pair[0], listener);
	pass(pair[0], pair[0]);
	pass(pair[1], session);
	pass(pair[1], pair[1]);
	CALL(close, listener);
	CALL(close, session);
	rest(5);
	close(pair[0]);
	rest(5);
	close(pair[1]);
	return NULL;
}

/* Others look for garbage at the same time. */
static void *sweeps(void *arg)
{
	unsigned int n = 5;
	int pair[2];

	(void)arg;
	while (n--) {
		channel_pair(pair);
		pass(pair[0], pair[0]);
		close(pair[0]);
		rest(5);
		close(pair[1]);
	}
	return NULL;
}

static void garbage_round(void)
{
	crew_add(SERVER1, meets, NULL);
	crew_add(CLIENT, comes, NULL);
	crew_join();
	crew_add(0, hides, NULL);
	crew_add(0, sweeps, NULL);
	crew_add(0, sweeps, NULL);
	crew_join();
	/* What became garbage while others looked for it waits for the next who does. */
	crew_add(0, sweeps, NULL);
	crew_join();
	host_idle(SERVER1);
	host_idle(CLIENT);
}

const struct scenario handles_scenarios[] = {
	{ "passed", handles_begin, passed_round, handles_end },
	{ "garbage", NULL, garbage_round, NULL },
	{ }
};
