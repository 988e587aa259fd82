/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fault sweeps (rsp_fault_*.c) share: the kernel fails the n-th
 * allocation or copy of one call, n = 1, 2, ... until there is none left; and
 * a session in which all this happens.
 *
 * A sweep prints one line for fault.sh: "ok NAME" or "not ok NAME", before it
 * what it was about as "# ...".
 */
#ifndef _RSP_FAULT_H
#define _RSP_FAULT_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/rserpool.h>

#include "nl.h"

#define FAULT_POOL	"fault"
#define ELEMENT		3		/* the pool element that comes and goes */
#define FAULT_PATIENCE	60		/* seconds: nothing may hang */
#define FAULT_ALL	20		/* places of a sweep, of which each one is taken */

/* ---- saying what is wrong --------------------------------------------------- */

/* For "return wrong(...)": never 0. */
__attribute__((format(printf, 1, 2)))
static inline int wrong(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	return -1;
}

/* A call's result in one: what it returned, or its negative errno. */
#define RESULT(call)	({ long r_ = (call); r_ < 0 ? -(long)errno : r_; })

/*
 * What a program may be told for want of memory, or for memory of its own that
 * could not be reached.  EAGAIN is not among them: nothing wakes whoever would
 * wait for memory.
 */
static inline bool legal(long err)
{
	return err == -ENOMEM || err == -ENOBUFS || err == -EFAULT;
}

/* ---- faults of this thread -------------------------------------------------- */

/* RSP_FAULT_ONLY=NAME,N: this point of this sweep alone */
static inline bool fault_skipped(const char *name)
{
	const char *only = getenv("RSP_FAULT_ONLY");

	return only && strncmp(only, name, strcspn(only, ","));
}

static inline unsigned int fault_first(void)
{
	const char *only = getenv("RSP_FAULT_ONLY");

	only = only ? strchr(only, ',') : NULL;
	return only ? atoi(only + 1) : 1;
}

/*
 * The place behind n that is taken next.  RSP_FAULT_STRIDE=STRIDE,OFFSET: of those behind the
 * FAULT_ALL-th each STRIDE-th, in each run others.
 */
static inline unsigned int fault_next(unsigned int n)
{
	const char *text = getenv("RSP_FAULT_STRIDE");
	unsigned int stride = 1, offset = 0;

	if (text && sscanf(text, "%u,%u", &stride, &offset) < 1)
		stride = 1;
	do {
		n++;
	} while (n > FAULT_ALL && stride && n % stride != offset % stride);
	return n;
}

/* What a sweep has come to */
struct fault_count {
	unsigned int places;	/* where something failed */
	unsigned int last;
	unsigned int errors;	/* the call said so */
};

static inline void fault_counted(struct fault_count *count, unsigned int n, bool hit, bool error)
{
	if (hit) {
		count->places++;
		count->last = n;
	}
	count->errors += error;
}

static inline void fault_report(const char *name, const struct fault_count *count)
{
	printf("# %s: %u places up to the %u., %u of them an error\n", name,
	       count->places, count->last, count->errors);
}

static int fault_fd = -1;

static inline int fault_open(void)
{
	fault_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return fault_fd < 0 ? wrong("no fail-nth: %m") : 0;
}

static inline void fault_arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fault_fd, text, len, 0) != len) {
		wrong("arming: %m");
		exit(1);
	}
}

/*
 * Disarm.  Return: was it there?  Asking copies memory, too: if that is what
 * fails, it was not.
 */
static inline bool fault_hit(void)
{
	int saved = errno;
	char text[16] = "1";
	bool hit;

	hit = pread(fault_fd, text, sizeof(text), 0) > 0 && text[0] == '0';
	while (!hit && pwrite(fault_fd, "0", 1, 0) != 1)
		;
	errno = saved;
	return hit;
}

/* ---- sockets ---------------------------------------------------------------- */

static inline struct sockaddr_rserpool pool_addr(__u32 pe_id)
{
	struct sockaddr_rserpool addr = {
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = strlen(FAULT_POOL),
		.srp_pe_id = pe_id,
	};

	memcpy(addr.srp_handle, FAULT_POOL, strlen(FAULT_POOL));
	return addr;
}

static inline int sock_set(int fd, int option, __u32 value)
{
	return setsockopt(fd, SOL_RSERPOOL, option, &value, sizeof(value));
}

static inline int sock_event(int fd, __u16 type)
{
	struct rsp_event event = { .type = type, .on = 1 };

	return setsockopt(fd, SOL_RSERPOOL, RSP_EVENT, &event, sizeof(event));
}

/* Nothing waits for ever. */
static inline int sock_new_type(int type)
{
	struct timeval limit = { .tv_sec = FAULT_PATIENCE };
	int fd = socket(AF_RSERPOOL, type, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit))) {
		wrong("socket: %m");
		exit(1);
	}
	return fd;
}

static inline int sock_new(void)
{
	return sock_new_type(SOCK_STREAM);
}

static inline int sock_bind(int fd, __u32 pe_id)
{
	struct sockaddr_rserpool addr = pool_addr(pe_id);

	return bind(fd, (struct sockaddr *)&addr, sizeof(addr));
}

static inline int sock_connect(int fd, __u32 pe_id)
{
	struct sockaddr_rserpool addr = pool_addr(pe_id);

	return connect(fd, (struct sockaddr *)&addr, sizeof(addr));
}

/* A crash */
static inline void sock_abort(int *fd)
{
	struct linger linger = { .l_onoff = 1 };

	if (*fd < 0)
		return;
	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(*fd);
	*fd = -1;
}

/* A pool element that has been registered; its sessions tell of cookies */
static inline int element_new(__u32 pe_id)
{
	int fd = sock_new();

	if (sock_bind(fd, pe_id) || sock_event(fd, RSP_NOTIFY_COOKIE_ECHO) ||
	    listen(fd, 8)) {
		wrong("pool element %u: %m", pe_id);
		exit(1);
	}
	return fd;
}

static inline bool readable(int fd, int seconds)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, seconds * 1000) == 1;
}

/* ---- a session -------------------------------------------------------------- */

struct world {
	int l[2];		/* pool elements 1 and 2 */
	int c, s;		/* the session's two ends */
	int server;		/* 0 or 1: whose s is */
	int x;			/* a socket of the sweep's own */
	unsigned int number;	/* of the last message or cookie */
};

static inline void session_down(struct world *w)
{
	sock_abort(&w->c);
	sock_abort(&w->s);
	sock_abort(&w->x);
}

/* Whoever has come to a listener that nobody asks, or comes in that time, is sent away. */
static inline void session_strangers(struct world *w, int ms)
{
	struct pollfd p[2] = {
		{ .fd = w->l[0], .events = POLLIN },
		{ .fd = w->l[1], .events = POLLIN },
	};
	int i, fd;

	while (poll(p, 2, ms) > 0) {
		for (i = 0; i < 2; i++) {
			if (!p[i].revents)
				continue;
			fd = accept(p[i].fd, NULL, NULL);
			sock_abort(&fd);
		}
	}
}

/* After something went wrong */
static inline void session_calm(struct world *w)
{
	session_down(w);
	session_strangers(w, 5000);
}

static inline int session_up(struct world *w)
{
	w->server = 0;
	w->c = sock_new();
	if (sock_event(w->c, RSP_NOTIFY_FAILOVER) ||
	    sock_set(w->c, RSP_REPLAY, RSP_REPLAY_UNACKED) ||
	    sock_connect(w->c, 1))
		return wrong("connect: %m");
	w->s = accept(w->l[0], NULL, NULL);
	return w->s < 0 ? wrong("accept: %m") : 0;
}

static inline int session_kept(struct world *w)
{
	return w->c < 0 ? session_up(w) : 0;
}

/* A client that moved to another server still waits there, though it is gone by now. */
static inline int session_fresh(struct world *w)
{
	session_down(w);
	session_strangers(w, 0);
	return session_up(w);
}

static inline int say(struct world *w, int fd)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "m%u", ++w->number);

	return send(fd, text, len, MSG_NOSIGNAL) == len ? 0 :
	       wrong("send m%u: %m", w->number);
}

/* Reads one message into text.  Return: octets, 0 at the end, or -errno. */
static inline int hear(int fd, char *text, size_t size, int *flags)
{
	struct iovec iov = { .iov_base = text, .iov_len = size - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int len = recvmsg(fd, &msg, 0);

	*flags = msg.msg_flags;
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return len;
}

/* Of data; what is told of failovers is left out. */
static inline int hear_data(int fd, char *text, size_t size)
{
	int len, flags;

	do {
		len = hear(fd, text, size, &flags);
	} while (len > 0 && (flags & RSP_MSG_NOTIFICATION));
	return len;
}

static inline int want_number(int fd, unsigned int number)
{
	char text[512];
	int len = hear_data(fd, text, sizeof(text));

	if (len <= 0)
		return wrong("m%u: %s", number, len ? strerror(-len) : "the end");
	if (text[0] != 'm' || atoi(text + 1) != (int)number)
		return wrong("m%u: got \"%.20s\"", number, text);
	return 0;
}

/* Carries data both ways, and nothing else is in it. */
static inline int session_works(struct world *w)
{
	if (say(w, w->c) || want_number(w->s, w->number) ||
	    say(w, w->s) || want_number(w->c, w->number))
		return wrong("the session carries no data");
	return 0;
}

/* Where a session is that is not where it should be */
static inline int session_astray(int fd)
{
	struct rsp_info info = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_RSERPOOL, RSP_INFO, &info, &len))
		return wrong("RSP_INFO: %m");
	return wrong("the session's state is %u, its server %u after %u failovers",
		     info.state, info.pe_id, info.failovers);
}

/* The session has come to that server. */
static inline int moved_to(struct world *w, int server)
{
	w->server = server;
	w->s = accept(w->l[server], NULL, NULL);
	if (w->s >= 0)
		return 0;
	wrong("no failover: %m");
	return session_astray(w->c);
}

/*
 * At the next server.  What the last one had read may come before, if its acknowledgement was
 * still on the way: SCTP sends none with data that take another path.
 */
static inline int session_resumes(struct world *w)
{
	char text[512] = "";
	unsigned int i;

	if (say(w, w->c))
		return -1;
	for (i = 0; i <= w->number && atoi(text + 1) != (int)w->number; i++) {
		int len = hear_data(w->s, text, sizeof(text));

		if (len <= 0)
			return wrong("m%u: %s", w->number, len ? strerror(-len) : "the end");
		if (text[0] != 'm' || atoi(text + 1) > (int)w->number)
			return wrong("m%u: got \"%.20s\"", w->number, text);
	}
	return session_works(w);
}

/* The server dies; the session goes on with the other one. */
static inline int session_moves(struct world *w)
{
	sock_abort(&w->s);
	return moved_to(w, !w->server);
}

/* The client has it. */
static inline int cookie_is(struct world *w, unsigned int number)
{
	char cookie[16] = "";
	socklen_t len;
	int i;

	for (i = 0; i < 1000; i++) {
		len = sizeof(cookie) - 1;
		if (!getsockopt(w->c, SOL_RSERPOOL, RSP_COOKIE, cookie, &len) &&
		    atoi(cookie) == (int)number)
			return 0;
		usleep(10000);
	}
	return wrong("cookie %u did not arrive", number);
}

/* ---- the pool element that comes and goes ---------------------------------- */

static inline int element_works(struct world *w)
{
	w->c = sock_new();
	if (sock_connect(w->c, ELEMENT))
		return wrong("connect to the element: %m");
	w->s = accept(w->x, NULL, NULL);
	return w->s < 0 ? wrong("accept: %m") : session_works(w);
}

static inline int element_take(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_PE_MAX + 1];

	if (!nlh)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_PE_MAX);
	if (rsp_nl_u32(tb[RSERPOOL_A_PE_ID]) == ELEMENT)
		*(bool *)data = true;
	return 0;
}

static inline int element_unlisted(struct rsp_nl *nl)
{
	bool listed = true;
	int i;

	for (i = 0; i < 100 * FAULT_PATIENCE && listed; i++) {
		listed = false;
		rsp_nl_request(nl, rsp_nl_begin(nl, RSERPOOL_CMD_PE_GET, NLM_F_DUMP),
			       element_take, &listed);
		if (listed)
			usleep(10000);
	}
	return listed ? wrong("the element stays") : 0;
}

/* Neither here nor at the registrar: it is asked, since nothing is kept of pools */
static inline int element_gone(struct rsp_nl *nl)
{
	int fd, err;

	if (element_unlisted(nl))
		return -1;
	fd = sock_new();
	err = RESULT(sock_connect(fd, ELEMENT));
	close(fd);
	return err == -EHOSTUNREACH || err == -ENOENT ? 0 :
	       wrong("the registrar keeps the element: %s", strerror(-err));
}

/* ---- faults of the module's own contexts (net/rserpool/fault.c) ------------- */

#define FAULT_PARAM	"/sys/module/rserpool/parameters/fault"

static inline void fault_context(const char *name, unsigned int n)
{
	char text[32];
	int fd = open(FAULT_PARAM, O_WRONLY | O_CLOEXEC);
	int len = snprintf(text, sizeof(text), "%s:%u", name, n);

	if (fd < 0 || write(fd, text, len) != len) {
		wrong(FAULT_PARAM ": %m");
		exit(1);
	}
	close(fd);
}

/* How many more there would have been to pass; disarmed. */
static inline unsigned int fault_left(const char *name)
{
	FILE *file = fopen(FAULT_PARAM, "re");
	unsigned int n = 0, left = 0;
	char word[32];

	while (file && fscanf(file, "%31s %u", word, &n) == 2)
		if (!strcmp(word, name))
			left = n;
	if (!file) {
		wrong(FAULT_PARAM ": %m");
		exit(1);
	}
	fclose(file);
	fault_context(name, 0);
	return left;
}

#endif /* _RSP_FAULT_H */
