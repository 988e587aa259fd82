// SPDX-License-Identifier: GPL-2.0
/*
 * A whole server.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/rserpool.h>

#include "peer.h"

enum serve_mode { SERVE_ECHO, SERVE_DISCARD, SERVE_NAME, SERVE_HOLD };

static const struct name serve_modes[] = {
	{ "echo", SERVE_ECHO }, { "discard", SERVE_DISCARD },
	{ "name", SERVE_NAME }, { "hold", SERVE_HOLD },
	{ NULL, 0 }
};

/* Tell at once what goes on in a server. */
static void tell(const char *what)
{
	fprintf(out, "%zu: %s%s\n", (size_t)(cur - slots), what, answer);
	answer[0] = '\0';
}

/* "PE TEXT", with TEXT as the cookie: whoever comes next can tell the state. */
static ssize_t answer_name(unsigned int pe, const uint8_t *buf, size_t len)
{
	struct octets cookie = { .len = len, .data = (uint8_t *)buf };
	char text[512];
	struct octets data = { .data = (uint8_t *)text };

	data.len = snprintf(text, sizeof(text), "%u %.*s", pe,
			    (int)(len < 400 ? len : 400), (const char *)buf);
	return send_cookie(cur->fd, &cookie, &data, 0);
}

/* Returns false when the session is over. */
static bool serve_one(enum serve_mode mode, unsigned int pe)
{
	static uint8_t buf[OCTETS_MAX];
	ssize_t n, len = 0;
	int got = 0;

	do {
		n = receive(buf + len, sizeof(buf) - len,
			    len ? 0 : MSG_DONTWAIT, &got);
		if (n <= 0 || got & RSP_MSG_NOTIFICATION)
			break;
		len += n;
	} while (!(got & MSG_EOR));

	if (n > 0 && got & RSP_MSG_NOTIFICATION) {
		say_notification(buf + len, n);
		tell("");
		return true;
	}
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n > 0 && mode == SERVE_ECHO)
		n = send(cur->fd, buf, len, MSG_NOSIGNAL);
	else if (n > 0 && mode == SERVE_NAME)
		n = answer_name(pe, buf, len);
	if (n > 0)
		return true;
	if (n < 0)
		say_errno();
	tell(n ? "failed: " : "eof");
	return false;
}

/* serve echo|discard|name|hold: accept and serve for ever */
static void cmd_serve(char **words)
{
	enum serve_mode mode = value_of(serve_modes, words[1]);
	static struct pollfd pfds[SLOTS];
	struct slot *listener = cur;
	struct sockaddr_rserpool addr = { 0 };
	socklen_t len = sizeof(addr);
	int i, fd, n;

	if (getsockname(listener->fd, (struct sockaddr *)&addr, &len)) {
		say_errno();
		return;
	}
	/* A session may be gone again before accept() */
	fcntl(listener->fd, F_SETFL, O_NONBLOCK);
	for (;;) {
		for (i = 0; i < nslots; i++) {
			pfds[i].fd = slots[i].fd;
			pfds[i].events = POLLIN;
			if (mode == SERVE_HOLD && &slots[i] != listener)
				pfds[i].fd = -1;
		}
		n = nslots;
		if (poll(pfds, n, -1) <= 0)
			continue;
		for (i = 0; i < n; i++) {
			cur = &slots[i];
			if (pfds[i].fd < 0 || !pfds[i].revents)
				continue;
			if (cur != listener) {
				if (!serve_one(mode, addr.srp_pe_id)) {
					close(cur->fd);
					cur->fd = -1;
				}
				continue;
			}
			fd = accept(listener->fd, NULL, NULL);
			if (fd < 0) {	/* it may be a notification */
				if (errno == EAGAIN)
					serve_one(mode, addr.srp_pe_id);
				continue;
			}
			slot_add(fd);
			answer[0] = '\0';
			tell("accepted");
		}
	}
}

const struct command serve_commands[] = {
	{ "serve", 1, false, cmd_serve },
	{ NULL, 0, false, NULL }
};
