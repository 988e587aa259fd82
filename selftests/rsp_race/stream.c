// SPDX-License-Identifier: GPL-2.0
/*
 * Messages and cookies that can be told apart, and from anybody else's; what
 * clients and servers know of each other.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "race.h"

struct shared *shared;

void shared_init(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		fail("no memory");
}

/* Of the octets behind a head, those at the ends of pieces are enough. */
static void pattern(uint8_t *fill, unsigned int len, uint32_t key)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		fill[i] = key + i * 7;
}

static bool pattern_right(const uint8_t *fill, unsigned int len, uint32_t key)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if (fill[i] != (uint8_t)(key + i * 7))
			return false;
	return true;
}

unsigned int message_fill(struct message *m, unsigned int len)
{
	if (len < sizeof(*m))
		len = sizeof(*m);
	m->magic = DATA_MAGIC;
	m->len = len;
	pattern(m->fill, len - sizeof(*m), m->seq + m->client);
	return len;
}

void message_check(const struct message *m, unsigned int len)
{
	if (len < sizeof(*m) || m->magic != DATA_MAGIC)
		fail("%u octets of data are no message but begin with %#x", len,
		     len < 4 ? 0 : m->magic);
	if (m->len != len)
		fail("message %u of client %u has %u octets instead of %u", m->seq,
		     m->client, len, m->len);
	if (!pattern_right(m->fill, len - sizeof(*m), m->seq + m->client))
		fail("message %u of client %u has wrong octets", m->seq, m->client);
}

unsigned int cookie_fill(struct cookie *c, unsigned int len)
{
	if (len < sizeof(*c))
		len = sizeof(*c);
	c->magic = COOKIE_MAGIC;
	c->len = len;
	pattern(c->fill, len - sizeof(*c), c->number + c->client);
	return len;
}

void cookie_check(const struct cookie *c, unsigned int len)
{
	if (len < sizeof(*c) || c->magic != COOKIE_MAGIC || c->len != len)
		fail("a cookie of %u octets is none", len);
	if (!pattern_right(c->fill, len - sizeof(*c), c->number + c->client))
		fail("cookie %u of client %u has wrong octets", c->number, c->client);
}

static int recv_piece(int fd, void *buf, unsigned int room, int *flags)
{
	struct iovec iov = { buf, room };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int n;

	if (one_in(8)) {
		msg.msg_iov->iov_len = room < 64 ? room : 64;
		if (CALL(recvmsg, fd, &msg, MSG_PEEK | MSG_DONTWAIT) < 0 &&
		    errno != EAGAIN && errno != EINTR && errno != EBADMSG)
			return -1;
		iov.iov_len = room;
	}
	do
		n = CALL(recvmsg, fd, &msg, 0);
	while (n < 0 && errno == EINTR);
	*flags = msg.msg_flags;
	return n;
}

int recv_whole(int fd, void *buf, unsigned int room, int *flags, bool once)
{
	unsigned int len = 0, want;
	int n, first = 0;

	for (;;) {
		want = room - len;
		if (!once && one_in(4))
			want = 1 + dice(want < 3000 ? want : 3000);
		n = recv_piece(fd, (uint8_t *)buf + len, want, flags);
		if (n < 0 && errno == EBADMSG) {
			if (!len)
				fail("recv: EBADMSG in front of a message");
			len = 0;
			continue;
		}
		if (n < 0)
			return -1;
		if (!n && len)
			fail("recv: the end, after %u octets of a message", len);
		if (!n)
			return 0;
		if (!len)
			first = *flags & RSP_MSG_NOTIFICATION;
		else if ((*flags & RSP_MSG_NOTIFICATION) != first)
			fail("recv: a notification within a message");
		len += n;
		if (*flags & MSG_EOR)
			return len;
		if (once)
			fail("recv: %u octets are no whole message", len);
		if (len == room)
			fail("recv: no end after %u octets", len);
	}
}
