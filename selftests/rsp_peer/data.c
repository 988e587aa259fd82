// SPDX-License-Identifier: GPL-2.0
/*
 * Messages, cookies and notifications.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/rserpool.h>

#include "peer.h"

/* ---- sending ---------------------------------------------------------- */

static void say_sent(ssize_t n)
{
	if (n < 0)
		say_errno();
	else
		say("%zd", n);
}

/* send OCTETS [FLAG...] */
static void cmd_send(char **words)
{
	struct octets o = octets(words[1]);

	say_sent(send(cur->fd, o.data, o.len, MSG_NOSIGNAL | flags_left(words + 2)));
	free(o.data);
}

ssize_t send_cookie(int fd, const struct octets *cookie,
			   const struct octets *data, int flags)
{
	struct iovec iov = { .iov_base = data->data, .iov_len = data->len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	ssize_t n;

	msg.msg_controllen = CMSG_SPACE(cookie->len);
	msg.msg_control = calloc(1, msg.msg_controllen);
	if (!msg.msg_control)
		usage("no memory");
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_RSERPOOL;
	cmsg->cmsg_type = RSP_CMSG_COOKIE;
	cmsg->cmsg_len = CMSG_LEN(cookie->len);
	memcpy(CMSG_DATA(cmsg), cookie->data, cookie->len);
	n = sendmsg(fd, &msg, MSG_NOSIGNAL | flags);
	free(msg.msg_control);
	return n;
}

/* sendcookie COOKIE OCTETS [FLAG...]: both in one call */
static void cmd_sendcookie(char **words)
{
	struct octets cookie = octets(words[1]), data = octets(words[2]);

	say_sent(send_cookie(cur->fd, &cookie, &data, flags_left(words + 3)));
	free(cookie.data);
	free(data.data);
}

/* cookie COOKIE */
static void cmd_cookie(char **words)
{
	struct octets o = octets(words[1]);

	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_COOKIE, o.data, o.len));
	free(o.data);
}

/* getcookie [ROOM] */
static void cmd_getcookie(char **words)
{
	static uint8_t cookie[65536];
	socklen_t room = words[1] ? (socklen_t)number(words[1]) :
				    sizeof(cookie);
	socklen_t len = room;

	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_COOKIE, cookie, &len)) {
		say_errno();
		return;
	}
	say("%u ", len);
	say_octets(cookie, len < room ? len : room, 0);
}

/* Nobody reads: room that comes later than this, in ms, is none */
#define FILL_QUIET 500

/* fill SIZE: send until there is no room, and what is still on its way makes none */
static void cmd_fill(char **words)
{
	struct pollfd room = { .fd = cur->fd, .events = POLLOUT };
	struct octets o = octets(words[1]);
	unsigned long sent = 0, before;
	int error;

	do {
		before = sent;
		while (send(cur->fd, o.data, o.len,
			    MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			sent++;
		error = errno;
	} while (error == EAGAIN && sent != before &&
		 poll(&room, 1, FILL_QUIET) == 1);
	say("%lu ", sent);
	errno = error;
	say_errno();
	free(o.data);
}

/* burst N OCTETS: send that often, how many were taken */
static void cmd_burst(char **words)
{
	struct octets o = octets(words[2]);
	long n = number(words[1]), sent = 0;

	while (sent < n && send(cur->fd, o.data, o.len, MSG_NOSIGNAL) >= 0)
		sent++;
	say("%ld", sent);
	free(o.data);
}

/* ---- receiving -------------------------------------------------------- */

const struct name notifications[] = {
	{ "failover", RSP_NOTIFY_FAILOVER },
	{ "cookie-echo", RSP_NOTIFY_COOKIE_ECHO },
	{ "partial-abort", RSP_NOTIFY_PARTIAL_ABORT },
	{ "registration", RSP_NOTIFY_REGISTRATION },
	{ "session", RSP_NOTIFY_SESSION_CHANGE },
	{ "send-failed", RSP_NOTIFY_SEND_FAILED },
	{ "cookie-refused", RSP_NOTIFY_COOKIE_REFUSED },
	{ NULL, 0 }
};

const struct name failover_reasons[] = {
	{ "unspec", RSP_REASON_UNSPEC }, { "abort", RSP_REASON_ABORT },
	{ "timeout", RSP_REASON_TIMEOUT }, { "restart", RSP_REASON_RESTART },
	{ "incomplete", RSP_REASON_INCOMPLETE }, { "admin", RSP_REASON_ADMIN },
	{ "removed", RSP_REASON_REMOVED },
	{ "program", RSP_REASON_PROGRAM },
	{ NULL, 0 }
};

/* Of the program, if it is its turn */
static const struct name turns[] = {
	{ "release", RSP_FAILOVER_HELD },
	{ "next", RSP_FAILOVER_LOST },
	{ NULL, 0 }
};

static const struct name refusals[] = {
	{ "unsigned", RSP_COOKIE_UNSIGNED },
	{ "unknown-key", RSP_COOKIE_UNKNOWN_KEY },
	{ "forged", RSP_COOKIE_FORGED }, { "expired", RSP_COOKIE_EXPIRED },
	{ NULL, 0 }
};

void say_notification(const void *data, size_t len)
{
	const struct rsp_notification *head = data;

	if (len < sizeof(*head) || head->length > len) {
		say("notification cut off at %zu", len);
		return;
	}
	say("%s", name_of(notifications, head->type));
	if (head->type == RSP_NOTIFY_FAILOVER) {
		const struct rsp_failover *f = data;

		say(" reason=%s count=%u old=%u new=%u us=%llu replayed=%u lost=%u cookie=%d session=%llu",
		    name_of(failover_reasons, f->reason), f->count,
		    f->old_pe_id, f->new_pe_id,
		    (unsigned long long)f->duration_us, f->replayed, f->lost,
		    !!(head->flags & RSP_FAILOVER_COOKIE),
		    (unsigned long long)f->session_id);
		if (head->flags & ~RSP_FAILOVER_COOKIE)
			say(" turn=%s", name_of(turns, head->flags &
						       ~RSP_FAILOVER_COOKIE));
	} else if (head->type == RSP_NOTIFY_COOKIE_ECHO) {
		const struct rsp_cookie_echo *e = data;

		say(" %zu ", head->length - sizeof(*e));
		say_octets(e->cookie, head->length - sizeof(*e), 0);
	} else if (head->type == RSP_NOTIFY_COOKIE_REFUSED) {
		const struct rsp_cookie_refused *r = data;

		say(" %s key=%u", name_of(refusals, r->reason), r->key_id);
	} else if (head->type == RSP_NOTIFY_REGISTRATION) {
		const struct rsp_registration *r = data;

		say(" registered=%d cause=%u registrar=%u pe=%u",
		    !!(head->flags & RSP_REGISTERED), r->cause,
		    r->registrar_id, r->pe_id);
	} else if (head->type == RSP_NOTIFY_SEND_FAILED) {
		const struct rsp_send_failed *s = data;

		say(" session=%llu options=%#x sent=%d ",
		    (unsigned long long)s->session_id, s->options,
		    !!(head->flags & RSP_SEND_FAILED_SENT));
		if (s->stream || s->ppid)
			say("stream=%u ppid=%u ", s->stream, s->ppid);
		if (head->flags & RSP_SEND_FAILED_ABANDONED)
			say("abandoned ");
		say_octets(s->data, head->length - sizeof(*s), 0);
	} else if (head->type == RSP_NOTIFY_SESSION_CHANGE) {
		const struct rsp_session_change *s = data;

		say(" %s", name_of(states, s->state));
		say(" role=%s pe=%u error=%s lost=%u session=%llu",
		    name_of(roles, s->role), s->pe_id,
		    s->error ? strerrorname_np(s->error) : "0", s->lost,
		    (unsigned long long)s->session_id);
	}
}

/* One recvmsg(); what came is told, also for the next piece's sake. */
ssize_t receive(uint8_t *buf, size_t room, int flags, int *msg_flags)
{
	struct iovec iov = { .iov_base = buf, .iov_len = room };
	char control[256];
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(cur->fd, &msg, flags);

	*msg_flags = msg.msg_flags;
	return n;
}

/* recv [ROOM] [FLAG...]: "LENGTH eor|part: DATA", a notification, or eof */
static void cmd_recv(char **words)
{
	size_t room = 65536, seen;
	int flags, got;
	uint8_t *buf;
	ssize_t n;

	if (words[1] && isdigit(*words[1]))
		room = number(*++words);
	flags = flags_left(words + 1);
	buf = malloc(room + 1);
	if (!buf)
		usage("no memory");
	n = receive(buf, room, flags, &got);
	if (n < 0) {
		say_errno();
	} else if (!n && !(got & MSG_EOR)) {
		say("eof");
	} else if (got & RSP_MSG_NOTIFICATION) {
		say_notification(buf, n);
	} else {
		seen = (size_t)n < room ? (size_t)n : room;
		say("%zd %s%s: ", n, got & MSG_EOR ? "eor" : "part",
		    got & MSG_TRUNC ? " trunc" : "");
		say_octets(buf, seen, cur->offset);
		if (!(flags & MSG_PEEK))
			cur->offset = got & MSG_EOR ? 0 : cur->offset + n;
	}
	free(buf);
}

/*
 * message [ROOM]: pieces until the end of a message, "LENGTH in PIECES: DATA";
 * what comes instead, as recv says it
 */
static void cmd_message(char **words)
{
	size_t room = words[1] ? number(words[1]) : OCTETS_MAX;
	size_t len = 0, pieces = 0;
	uint8_t *buf = malloc(OCTETS_MAX);
	int got;
	ssize_t n;

	if (!buf)
		usage("no memory");
	do {
		if (room > OCTETS_MAX - len)
			room = OCTETS_MAX - len;
		n = receive(buf + len, room, 0, &got);
		if (n <= 0 || got & RSP_MSG_NOTIFICATION)
			break;
		len += n;
		pieces++;
	} while (!(got & MSG_EOR));
	cur->offset = 0;

	if (n > 0 && !(got & RSP_MSG_NOTIFICATION)) {
		say("%zu in %zu: ", len, pieces);
		say_octets(buf, len, 0);
	} else {
		if (pieces)
			say("after %zu ", len);
		if (n < 0)
			say_errno();
		else if (!n)
			say("eof");
		else
			say_notification(buf + len, n);
	}
	free(buf);
}

/* drain: everything that is there, "MESSAGES OCTETS NOTIFICATIONS, then WHAT" */
static void cmd_drain(char **words)
{
	unsigned long messages = 0, sum = 0, notes = 0;
	static uint8_t buf[OCTETS_MAX];
	int got;
	ssize_t n;

	(void)words;
	while ((n = receive(buf, sizeof(buf), MSG_DONTWAIT, &got)) > 0) {
		if (got & RSP_MSG_NOTIFICATION) {
			notes++;
			continue;
		}
		sum += n;
		messages += !!(got & MSG_EOR);
	}
	say("%lu %lu %lu, then ", messages, sum, notes);
	if (n)
		say_errno();
	else
		say("eof");
}

/*
 * registered [MS]: behind a listen() that did not wait, the registrar's
 * consent, by the notification
 */
static void cmd_registered(char **words)
{
	struct pollfd pfd = { .fd = cur->fd, .events = POLLIN };
	int ms = words[1] ? number(words[1]) : 10000, got;
	struct rsp_registration note;

	while (poll(&pfd, 1, ms) > 0) {
		if (receive((uint8_t *)&note, sizeof(note), MSG_DONTWAIT,
			    &got) != sizeof(note))
			break;
		if (note.hdr.type == RSP_NOTIFY_REGISTRATION &&
		    note.hdr.flags & RSP_REGISTERED) {
			say("ok");
			return;
		}
	}
	say("no");
}

const struct command data_commands[] = {
	{ "burst", 2, false, cmd_burst },
	{ "cookie", 1, false, cmd_cookie },
	{ "drain", 0, false, cmd_drain },
	{ "fill", 1, false, cmd_fill },
	{ "getcookie", 0, false, cmd_getcookie },
	{ "message", 0, false, cmd_message },
	{ "recv", 0, false, cmd_recv },
	{ "registered", 0, false, cmd_registered },
	{ "send", 1, false, cmd_send },
	{ "sendcookie", 2, false, cmd_sendcookie },
	{ NULL, 0, false, NULL }
};
