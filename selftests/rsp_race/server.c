// SPDX-License-Identifier: GPL-2.0
/*
 * The server's half of what rserpool(7) promises: messages come in the order
 * in which they were sent and none is left out; who takes a session over has
 * the newest cookie that the client can know of, before the first message; a
 * session that ends in order has been read to its end.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "race.h"

#define ANCILLARY_MAX	8000	/* net.core.optmem_max leaves this */

struct session {
	int fd;
	const struct serving *how;
	struct served *served;
	uint32_t serial;
	uint32_t cookie;	/* number of the newest one */
	uint32_t echoed_for;	/* client, 0: there was no echo */
	bool lost;		/* a call said so, which it does once */
	uint8_t buf[MESSAGE_MAX];
	uint32_t out[MESSAGE_MAX / 4];
	uint32_t control[(CMSG_SPACE(COOKIE_ROOM) + 3) / 4];
};

static void serve_notification(struct session *s, unsigned int len)
{
	const struct rsp_cookie_echo *echo = (void *)s->buf;
	const struct cookie *cookie = (const void *)echo->cookie;

	if (echo->hdr.length != len)
		fail("a notification of %u octets says %u", len, echo->hdr.length);
	if (echo->hdr.type != RSP_NOTIFY_COOKIE_ECHO)
		return;
	if (s->served->client)
		fail("a cookie echo behind the first message");
	cookie_check(cookie, len - sizeof(*echo));
	s->cookie = cookie->number;
	s->echoed_for = cookie->client;
}

static void serve_message(struct session *s, const struct message *m)
{
	struct served *v = s->served;

	if (!v->client) {
		v->client = m->client;
		v->first = m->seq;
		if (s->echoed_for && s->echoed_for != m->client)
			fail("client %u has a cookie of client %u", m->client,
			     s->echoed_for);
	} else if (m->client != v->client || m->seq != v->last + 1) {
		fail("message %u of client %u comes behind message %u of client %u",
		     m->seq, m->client, v->last, v->client);
	}
	v->last = m->seq;
	if (m->cookie > s->cookie)
		fail("client %u has seen cookie %u, but its next server only %u",
		     m->client, m->cookie, s->cookie);
	__atomic_store_n(&shared->read[m->client % CLIENTS], m->seq, __ATOMIC_RELEASE);
}

/* The client has said goodbye: then all that it has sent is here. */
static void serve_end(const struct served *v)
{
	uint32_t sent;

	if (!v->client)
		return;
	sent = __atomic_load_n(&shared->sent[v->client % CLIENTS], __ATOMIC_ACQUIRE);
	if (v->last < sent)
		fail("client %u has said goodbye after message %u, message %u came last",
		     v->client, sent, v->last);
}

static void put_cookie(struct session *s, struct msghdr *msg)
{
	struct cmsghdr *c = (struct cmsghdr *)s->control;
	bool option = one_in(3);
	unsigned int max = s->how->cookie_max, len;
	struct cookie *cookie = (struct cookie *)CMSG_DATA(c);

	cookie->client = s->served->client;
	cookie->number = ++s->cookie;
	if (!option && max > ANCILLARY_MAX)
		max = ANCILLARY_MAX;
	len = cookie_fill(cookie, one_in(4) ? dice(max) : dice(200));
	if (option) {
		doing("set_cookie");
		if (made("set_cookie", setsockopt(s->fd, SOL_RSERPOOL, RSP_COOKIE, cookie, len)))
			s->lost = true;
		return;
	}
	c->cmsg_level = SOL_RSERPOOL;
	c->cmsg_type = RSP_CMSG_COOKIE;
	c->cmsg_len = CMSG_LEN(len);
	msg->msg_control = c;
	msg->msg_controllen = CMSG_SPACE(len);
}

static void answer(struct session *s, const struct message *m)
{
	const struct serving *how = s->how;
	struct message *out = (struct message *)s->out;
	struct iovec iov = { .iov_base = out };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (how->cookie_one_in && one_in(how->cookie_one_in))
		put_cookie(s, &msg);
	*out = (struct message){
		.client = m->client, .seq = m->seq, .cookie = s->cookie,
		.serial = s->serial, .pe_id = how->pe_id,
	};
	iov.iov_len = message_fill(out, m->len);
	if (CALL(sendmsg, s->fd, &msg, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		s->lost = true;
}

/* Return: false when it is over. */
static bool serve_next(struct session *s)
{
	const struct serving *how = s->how;
	struct message *m = (void *)s->buf;
	int n, flags;

	n = recv_whole(s->fd, s->buf, sizeof(s->buf), &flags, false);
	if (!n && !s->lost)
		serve_end(s->served);
	if (n <= 0)
		return false;
	if (flags & RSP_MSG_NOTIFICATION) {
		serve_notification(s, n);
		return true;
	}
	message_check(m, n);
	serve_message(s, m);
	if (how->slow_ms)
		sleep_ms(dice(how->slow_ms));
	if (how->abort_one_in && one_in(how->abort_one_in)) {
		set_linger_abort(s->fd);
		s->served->aborted = true;
		return false;
	}
	answer(s, m);
	return !how->close_one_in || !one_in(how->close_one_in);
}

void serve(int fd, const struct serving *how)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		fail("no memory");
	s->fd = fd;
	s->how = how;
	s->serial = __atomic_add_fetch(&shared->serials, 1, __ATOMIC_RELAXED);
	s->served = &shared->served[s->serial % SERIALS];
	memset(s->served, 0, sizeof(*s->served));
	while (serve_next(s))
		;
	CALL(close, fd);
	free(s);
}

/* ---- a process ----------------------------------------------------------- */

struct start {
	int fd;
	unsigned int who;
	const struct serving *how;
};

static void *serve_thread(void *arg)
{
	struct start *start = arg;

	dice_throw(start->who);
	serve(start->fd, start->how);
	free(start);
	return NULL;
}

static void serve_all(int listener, const struct serving *how)
{
	unsigned int base = how->pe_id * 1000;
	struct start *start;
	pthread_t thread;
	int fd;

	for (;;) {
		fd = CALL(accept, listener, NULL, NULL);
		if (fd < 0) {
			if (errno == EINTR)
				continue;
			fail("accept: %s", strerrorname_np(errno));
		}
		start = malloc(sizeof(*start));
		*start = (struct start){ .fd = fd, .who = ++base, .how = how };
		if (pthread_create(&thread, NULL, serve_thread, start))
			fail("pthread_create");
		pthread_detach(thread);
	}
}

static void leave(int sig)
{
	(void)sig;
	_exit(0);
}

pid_t server_start(int host, const struct serving *how)
{
	int ready[2];
	char c;
	pid_t pid;

	if (pipe(ready))
		fail("pipe");
	pid = crew_fork(host);
	if (!pid) {
		int fd;

		close_others(ready[1]);
		fd = new_element(how->pool, how->pe_id);
		signal(SIGTERM, leave);
		close(ready[1]);
		serve_all(fd, how);
	}
	close(ready[1]);
	doing("waits for a server");
	if (read(ready[0], &c, 1))
		fail("read");
	close(ready[0]);
	return pid;
}
