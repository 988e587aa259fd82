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

enum serve_mode {
	SERVE_ECHO, SERVE_DISCARD, SERVE_NAME, SERVE_HOLD, SERVE_PINGPONG,
	SERVE_CALCAPP,
};

static const struct name serve_modes[] = {
	{ "echo", SERVE_ECHO }, { "discard", SERVE_DISCARD },
	{ "name", SERVE_NAME }, { "hold", SERVE_HOLD },
	{ "pingpong", SERVE_PINGPONG }, { "calcapp", SERVE_CALCAPP },
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

static void serve_notification(enum serve_mode mode, const uint8_t *buf,
			       size_t len)
{
	const struct rsp_cookie_echo *echo = (const void *)buf;

	say_notification(buf, len);
	tell("");
	if (mode == SERVE_PINGPONG && len > sizeof(*echo) &&
	    echo->hdr.type == RSP_NOTIFY_COOKIE_ECHO)
		serve_ping_echo(echo->cookie, len - sizeof(*echo));
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
		serve_notification(mode, buf + len, n);
		return true;
	}
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n > 0 && mode == SERVE_ECHO)
		n = send(cur->fd, buf, len, MSG_NOSIGNAL);
	else if (n > 0 && mode == SERVE_NAME)
		n = answer_name(pe, buf, len);
	else if (n > 0 && mode == SERVE_PINGPONG)
		n = serve_ping(buf, len);
	else if (n > 0 && mode == SERVE_CALCAPP)
		n = serve_calc(buf, len);
	if (n > 0)
		return true;
	if (n < 0)
		say_errno();
	tell(n ? "failed: " : "eof");
	return false;
}

/* Which of the descriptors listen; a session may be gone before accept(). */
static int listeners(void)
{
	struct sockaddr_rserpool addr = { .srp_pe_id = 0 };
	socklen_t len;
	int i, n = 0, on;

	for (i = 0; i < nslots; i++) {
		len = sizeof(on);
		if (slots[i].fd < 0 ||
		    getsockopt(slots[i].fd, SOL_SOCKET, SO_ACCEPTCONN, &on,
			       &len) || !on)
			continue;
		len = sizeof(addr);
		if (getsockname(slots[i].fd, (struct sockaddr *)&addr, &len))
			continue;
		fcntl(slots[i].fd, F_SETFL, O_NONBLOCK);
		slots[i].listens = true;
		slots[i].pe = addr.srp_pe_id;
		n++;
	}
	return n;
}

static void serve_accept(enum serve_mode mode)
{
	unsigned int pe = cur->pe;
	int fd = accept(cur->fd, NULL, NULL);

	if (fd < 0) {	/* it may be a notification */
		if (errno == EAGAIN)
			serve_one(mode, pe);
		return;
	}
	slot_add(fd);
	cur->pe = pe;
	answer[0] = '\0';
	tell("accepted");
}

/*
 * serve echo|discard|name|hold|pingpong|calcapp: accept on all descriptors that
 * listen, and serve for ever
 */
static void cmd_serve(char **words)
{
	enum serve_mode mode = value_of(serve_modes, words[1]);
	static struct pollfd pfds[SLOTS];
	int i, n;

	if (!listeners()) {
		say("nobody listens");
		return;
	}
	for (;;) {
		for (i = 0; i < nslots; i++) {
			pfds[i].fd = slots[i].fd;
			pfds[i].events = POLLIN;
			if (mode == SERVE_HOLD && !slots[i].listens)
				pfds[i].fd = -1;
		}
		n = nslots;
		if (poll(pfds, n, -1) <= 0)
			continue;
		for (i = 0; i < n; i++) {
			cur = &slots[i];
			if (pfds[i].fd < 0 || !pfds[i].revents)
				continue;
			if (cur->listens) {
				serve_accept(mode);
			} else if (!serve_one(mode, cur->pe)) {
				close(cur->fd);
				cur->fd = -1;
			}
		}
	}
}

const struct command serve_commands[] = {
	{ "serve", 1, false, cmd_serve },
	{ NULL, 0, false, NULL }
};
