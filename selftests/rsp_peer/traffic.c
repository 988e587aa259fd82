// SPDX-License-Identifier: GPL-2.0
/*
 * Many sessions at once, each with somebody who echoes.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/rserpool.h>

#include "peer.h"

struct traffic {
	unsigned long messages;		/* sent and echoed */
	unsigned long failovers;
	unsigned long errors;
	unsigned int waiting;		/* sessions without their echo */
	long slowest;			/* us */
	long sent;			/* us, when this round began */
};

static long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* No two messages are alike. */
static size_t traffic_text(const struct slot *slot, char *text, size_t size)
{
	return snprintf(text, size, "%zu.%llu", (size_t)(slot - slots),
			(unsigned long long)slot->counted);
}

static void traffic_fails(struct traffic *t, const char *what)
{
	t->errors++;
	fprintf(stderr, "%zu: %s\n", (size_t)(cur - slots), what);
	close(cur->fd);
	cur->fd = -1;
}

static void traffic_send(struct traffic *t)
{
	char text[64];
	size_t len = traffic_text(cur, text, sizeof(text));

	if (send(cur->fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
		traffic_fails(t, strerrorname_np(errno));
	else
		t->waiting++;
}

/* The echo of an earlier message, which was sent twice because of a failover */
static bool traffic_again(char *buf, size_t len)
{
	char *dot;

	buf[len] = '\0';
	if (strtoul(buf, &dot, 10) != (unsigned long)(cur - slots) || *dot != '.')
		return false;
	return strtoull(dot + 1, NULL, 10) < cur->counted;
}

/* What came on the current one: true once it has its echo, or has ended. */
static bool traffic_receive(struct traffic *t)
{
	char text[64], buf[512];
	size_t len = traffic_text(cur, text, sizeof(text));
	int got;
	ssize_t n = receive((uint8_t *)buf, sizeof(buf) - 1, MSG_DONTWAIT, &got);

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n > 0 && got & RSP_MSG_NOTIFICATION) {
		/* Whether the old server had it is not known */
		t->failovers++;
		t->waiting--;
		traffic_send(t);
		return cur->fd < 0;
	}
	if (n > 0 && ((size_t)n != len || memcmp(buf, text, len)) &&
	    traffic_again(buf, n))
		return false;
	t->waiting--;
	if (n < 0)
		traffic_fails(t, strerrorname_np(errno));
	else if (!n)
		traffic_fails(t, "eof");
	else if ((size_t)n != len || memcmp(buf, text, len))
		traffic_fails(t, "another message");
	else
		t->messages++;
	return true;
}

/* Until all have their echo, at most until @end. */
static void traffic_round(struct traffic *t, long end)
{
	static struct pollfd pfds[SLOTS];
	static bool answered[SLOTS];
	long now;
	int i;

	t->sent = now_us();
	for (i = 0; i < nslots; i++) {
		cur = &slots[i];
		pfds[i].events = POLLIN;
		answered[i] = cur->fd < 0;
		cur->counted++;
		if (!answered[i])
			traffic_send(t);
	}
	while (t->waiting && (now = now_us()) < end) {
		for (i = 0; i < nslots; i++)
			pfds[i].fd = answered[i] ? -1 : slots[i].fd;
		if (poll(pfds, nslots, (end - now) / 1000 + 1) <= 0)
			continue;
		for (i = 0; i < nslots; i++) {
			cur = &slots[i];
			if (pfds[i].fd >= 0 && pfds[i].revents)
				answered[i] = traffic_receive(t);
		}
		if (now_us() - t->sent > t->slowest)
			t->slowest = now_us() - t->sent;
	}
	t->errors += t->waiting;
	t->waiting = 0;
}

/*
 * traffic MS INTERVAL LIMIT: for that long, in each INTERVAL (ms) a message to
 * and from each session; an echo that takes longer than LIMIT (ms) is an error,
 * and so is the end of a session
 */
static void cmd_traffic(char **words)
{
	long interval = number(words[2]) * 1000;
	long limit = number(words[3]) * 1000;
	struct traffic t = { 0 };
	long end = now_us() + number(words[1]) * 1000;
	long pause;

	while (now_us() < end) {
		traffic_round(&t, now_us() + limit);
		pause = t.sent + interval - now_us();
		if (pause > 0)
			usleep(pause);
	}
	say("errors=%lu messages=%lu failovers=%lu slowest_us=%ld", t.errors,
	    t.messages, t.failovers, t.slowest);
}

const struct command traffic_commands[] = {
	{ "traffic", 3, false, cmd_traffic },
	{ NULL, 0, false, NULL }
};
