// SPDX-License-Identifier: GPL-2.0
/*
 * Two services that RSPLIB's programs offer and use, as far as a test needs
 * them.  Of both protocols a message is type (8 bits), flags (8), length (16),
 * and what follows is in network byte order.
 *
 * Ping-pong: a ping (type 1) has a number (64) and text; the pong (2) the same
 * number, how many pongs there have been in this session (64), and the text.
 * That count is the session's state.  CalcApp: all messages have a job's
 * number (32), its size (64) and how much of it is done (64).
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "peer.h"

#define TEXT_MAX	4096

struct header {
	uint8_t type;
	uint8_t flags;
	uint16_t length;
} __attribute__((packed));

struct ping {
	struct header h;
	uint64_t number;
	uint8_t text[];
} __attribute__((packed));

struct pong {
	struct header h;
	uint64_t number;
	uint64_t count;
	uint8_t text[TEXT_MAX];
} __attribute__((packed));

enum { PING = 1, PONG = 2 };

struct calc {
	struct header h;
	uint32_t job;
	uint64_t size;
	uint64_t done;
} __attribute__((packed));

enum {
	CALC_REQUEST = 1,
	CALC_ACCEPT = 2,
	CALC_COMPLETE = 5,
	CALC_KEEP_ALIVE = 6,
	CALC_KEEP_ALIVE_ACK = 7,
};

/* The cookie is the count; a session that moves here goes on with it. */
ssize_t serve_ping(const uint8_t *buf, size_t len)
{
	const struct ping *ping = (const struct ping *)buf;
	struct pong pong = { .h.type = PONG };
	struct octets cookie, data = { .data = (uint8_t *)&pong };
	uint64_t count;
	size_t text;

	if (len < sizeof(*ping) || ping->h.type != PING ||
	    be16toh(ping->h.length) != len ||
	    len - sizeof(*ping) > sizeof(pong.text)) {
		say("no ping ");
		return 0;
	}
	text = len - sizeof(*ping);
	count = htobe64(++cur->counted);
	cookie = (struct octets){ sizeof(count), (uint8_t *)&count };
	data.len = sizeof(pong) - sizeof(pong.text) + text;
	pong.h.length = htobe16(data.len);
	pong.number = ping->number;
	pong.count = count;
	memcpy(pong.text, ping->text, text);
	return send_cookie(cur->fd, &cookie, &data, 0);
}

void serve_ping_echo(const uint8_t *cookie, size_t len)
{
	uint64_t count;

	if (len != sizeof(count))
		return;
	memcpy(&count, cookie, sizeof(count));
	cur->counted = be64toh(count);
}

static ssize_t calc_answer(const struct calc *request, uint8_t type,
			   uint64_t size)
{
	struct calc answer = {
		.h = { .type = type, .length = htobe16(sizeof(answer)) },
		.job = request->job,
		.size = size,
		.done = size,
	};

	return send(cur->fd, &answer, sizeof(answer), MSG_NOSIGNAL);
}

/* Every job is done at once. */
ssize_t serve_calc(const uint8_t *buf, size_t len)
{
	const struct calc *calc = (const struct calc *)buf;
	ssize_t n;

	if (len != sizeof(*calc) || be16toh(calc->h.length) != len) {
		say("no calcapp message ");
		return 0;
	}
	switch (calc->h.type) {
	case CALC_REQUEST:
		n = calc_answer(calc, CALC_ACCEPT, 0);
		return n < 0 ? n : calc_answer(calc, CALC_COMPLETE, calc->size);
	case CALC_KEEP_ALIVE:
		return calc_answer(calc, CALC_KEEP_ALIVE_ACK, 0);
	case CALC_KEEP_ALIVE_ACK:
		return len;
	}
	say("calcapp type %u ", calc->h.type);
	return 0;
}
