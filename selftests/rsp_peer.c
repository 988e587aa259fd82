// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_peer - a pool user or a pool element that does what a script says
 *
 * usage: rsp_peer COMMANDS...	run them
 *        rsp_peer -		read them from standard input, line by line
 *
 * Commands are separated by ';' and each prints one line, "WORD: RESULT", the
 * result of a failed call being the name of its errno.  "COMMAND => PATTERN"
 * also compares the result with a shell pattern; the exit status is 1 if any
 * did not match.
 *
 * Descriptors live in numbered slots.  What makes one (socket, accept, dup)
 * puts it into the first free slot and makes that the current one, "use N"
 * changes it; all other commands work on the current one.
 *
 * OCTETS are text without blanks and semicolons, hex:00ff.., @N for N octets
 * of a pattern that the receiver knows, or "" for none.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/rserpool.h>
#include <linux/sockios.h>

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))
#define SLOTS		4096
#define WORDS		16
#define OCTETS_MAX	(4 << 20)

struct octets {
	size_t len;
	uint8_t *data;
};

struct slot {
	int fd;
	size_t offset;		/* in the message that is being read */
};

static struct slot slots[SLOTS];
static struct slot *cur = &slots[0];
static int nslots;		/* up to the last one ever used */
static int epoll_fd = -1;
static FILE *out;
static char answer[1024];	/* of the command that runs */
static bool mismatch;
static struct {
	pid_t pid;
	FILE *from;
} async;

static void run_line(char *line);

/* ---- answers --------------------------------------------------------------- */

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	size_t used = strlen(answer);
	va_list args;

	va_start(args, fmt);
	vsnprintf(answer + used, sizeof(answer) - used, fmt, args);
	va_end(args);
}

static void say_errno(void)
{
	const char *name = strerrorname_np(errno);

	say("%s", name ? name : "unknown errno");
}

/* The result of a call that has nothing else to tell. */
static void say_done(int rc)
{
	if (rc < 0)
		say_errno();
	else
		say("ok");
}

static void __attribute__((noreturn, format(printf, 1, 2)))
usage(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "rsp_peer: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(2);
}

/* ---- words ------------------------------------------------------------------ */

static long number(const char *word)
{
	char *end;
	long value = strtol(word, &end, 0);

	if (end == word || *end)
		usage("%s: not a number", word);
	return value;
}

static uint8_t pattern_at(size_t i)
{
	return i % 251;
}

static bool is_pattern(const uint8_t *data, size_t len, size_t offset)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (data[i] != pattern_at(offset + i))
			return false;
	return true;
}

static struct octets octets(const char *word)
{
	struct octets o = { 0 };
	unsigned int byte;
	size_t i;

	if (*word == '@') {
		o.len = number(word + 1);
		if (o.len > OCTETS_MAX)
			usage("%s: too long", word);
	} else if (!strncmp(word, "hex:", 4)) {
		o.len = strlen(word + 4) / 2;
	} else if (strcmp(word, "\"\"")) {
		o.len = strlen(word);
	}
	o.data = malloc(o.len + 1);
	if (!o.data)
		usage("no memory");
	for (i = 0; i < o.len; i++) {
		if (*word == '@') {
			o.data[i] = pattern_at(i);
		} else if (!strncmp(word, "hex:", 4)) {
			if (sscanf(word + 4 + 2 * i, "%2x", &byte) != 1)
				usage("%s: not hexadecimal", word);
			o.data[i] = byte;
		} else {
			o.data[i] = word[i];
		}
	}
	return o;
}

/* What octets hold, for people and for shell patterns. */
static void say_octets(const uint8_t *data, size_t len, size_t offset)
{
	size_t i;

	for (i = 0; i < len && i < 200; i++)
		if (!isprint(data[i]))
			break;
	if (len && i == len)
		say("%.*s", (int)len, (const char *)data);
	else if (is_pattern(data, len, offset))
		say("pattern");
	else if (len <= 64)
		for (i = 0; i < len; i++)
			say("%02x", data[i]);
	else
		say("garbage");
}

struct name {
	const char *name;
	long value;
};

static long value_of(const struct name *names, size_t n, const char *word)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(names[i].name, word))
			return names[i].value;
	return number(word);
}

static const char *name_of(const struct name *names, size_t n, long value)
{
	static char other[32];
	size_t i;

	for (i = 0; i < n; i++)
		if (names[i].value == value)
			return names[i].name;
	snprintf(other, sizeof(other), "%ld", value);
	return other;
}

#define VALUE_OF(table, word)	value_of(table, ARRAY_LEN(table), word)
#define NAME_OF(table, value)	name_of(table, ARRAY_LEN(table), value)

static const struct name types[] = {
	{ "stream", SOCK_STREAM }, { "seqpacket", SOCK_SEQPACKET },
	{ "dgram", SOCK_DGRAM }, { "raw", SOCK_RAW }, { "rdm", SOCK_RDM },
};

static const struct name msg_flags[] = {
	{ "peek", MSG_PEEK }, { "dontwait", MSG_DONTWAIT },
	{ "waitall", MSG_WAITALL }, { "trunc", MSG_TRUNC },
	{ "nosignal", MSG_NOSIGNAL }, { "eor", MSG_EOR }, { "more", MSG_MORE },
	{ "oob", MSG_OOB }, { "errqueue", MSG_ERRQUEUE },
};

static const struct name poll_events[] = {
	{ "in", POLLIN }, { "pri", POLLPRI }, { "out", POLLOUT },
	{ "rdhup", POLLRDHUP }, { "err", POLLERR }, { "hup", POLLHUP },
};

static const struct name how[] = {
	{ "rd", SHUT_RD }, { "wr", SHUT_WR }, { "rdwr", SHUT_RDWR },
};

static const struct name notifications[] = {
	{ "failover", RSP_NOTIFY_FAILOVER },
	{ "cookie-echo", RSP_NOTIFY_COOKIE_ECHO },
	{ "partial-abort", RSP_NOTIFY_PARTIAL_ABORT },
	{ "registration", RSP_NOTIFY_REGISTRATION },
};

static const struct name failover_reasons[] = {
	{ "unspec", RSP_REASON_UNSPEC }, { "abort", RSP_REASON_ABORT },
	{ "timeout", RSP_REASON_TIMEOUT }, { "restart", RSP_REASON_RESTART },
	{ "incomplete", RSP_REASON_INCOMPLETE }, { "admin", RSP_REASON_ADMIN },
};

static const struct name states[] = {
	{ "idle", RSP_STATE_IDLE }, { "listening", RSP_STATE_LISTENING },
	{ "resolving", RSP_STATE_RESOLVING },
	{ "connecting", RSP_STATE_CONNECTING },
	{ "established", RSP_STATE_ESTABLISHED },
	{ "failover", RSP_STATE_FAILOVER }, { "ended", RSP_STATE_ENDED },
};

static const struct name roles[] = {
	{ "none", RSP_ROLE_NONE }, { "pu", RSP_ROLE_POOL_USER },
	{ "pe", RSP_ROLE_POOL_ELEMENT }, { "server", RSP_ROLE_SERVER },
};

static const struct name replays[] = {
	{ "none", RSP_REPLAY_NONE }, { "unsent", RSP_REPLAY_UNSENT },
	{ "unacked", RSP_REPLAY_UNACKED },
};

static const struct name policies[] = {
	{ "rr", RSP_POL_ROUND_ROBIN }, { "wrr", RSP_POL_WEIGHTED_ROUND_ROBIN },
	{ "rand", RSP_POL_RANDOM }, { "wrand", RSP_POL_WEIGHTED_RANDOM },
	{ "prio", RSP_POL_PRIORITY }, { "lu", RSP_POL_LEAST_USED },
	{ "lud", RSP_POL_LEAST_USED_DEGRADATION },
	{ "plu", RSP_POL_PRIORITY_LEAST_USED },
	{ "rlu", RSP_POL_RANDOM_LEAST_USED },
};

/* Options that are one int, at both levels. */
struct int_option {
	const char *name;
	int level;
	int option;
};

static const struct int_option int_options[] = {
	{ "domain", SOL_SOCKET, SO_DOMAIN },
	{ "type", SOL_SOCKET, SO_TYPE },
	{ "protocol", SOL_SOCKET, SO_PROTOCOL },
	{ "error", SOL_SOCKET, SO_ERROR },
	{ "listening", SOL_SOCKET, SO_ACCEPTCONN },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF },
	{ "rcvbuf", SOL_SOCKET, SO_RCVBUF },
	{ "sndbufforce", SOL_SOCKET, SO_SNDBUFFORCE },
	{ "rcvbufforce", SOL_SOCKET, SO_RCVBUFFORCE },
	{ "reglife", SOL_RSERPOOL, RSP_REG_LIFE },
	{ "replay", SOL_RSERPOOL, RSP_REPLAY },
	{ "limit", SOL_RSERPOOL, RSP_FAILOVER_LIMIT },
};

/* One word of names joined by commas. */
static long flags_of(const struct name *names, size_t n, char *word)
{
	long value = 0;
	char *save, *part;

	for (part = strtok_r(word, ",", &save); part;
	     part = strtok_r(NULL, ",", &save))
		value |= value_of(names, n, part);
	return value;
}

/* All the words left, as flags. */
static int flags_left(char **words)
{
	int flags = 0;

	while (*words)
		flags |= flags_of(msg_flags, ARRAY_LEN(msg_flags), *words++);
	return flags;
}

/* ---- slots ------------------------------------------------------------------- */

static void slot_add(int fd)
{
	int i;

	if (fd < 0) {
		say_errno();
		return;
	}
	for (i = 0; i < SLOTS && slots[i].fd >= 0; i++)
		;
	if (i == SLOTS)
		usage("too many descriptors");
	if (i >= nslots)
		nslots = i + 1;
	cur = &slots[i];
	cur->fd = fd;
	cur->offset = 0;
	say("ok");
}

static void slots_close(void)
{
	int i;

	for (i = 0; i < SLOTS; i++) {
		if (slots[i].fd >= 0)
			close(slots[i].fd);
		slots[i].fd = -1;
	}
	cur = &slots[0];
}

/* reset: close everything */
static void cmd_reset(char **words)
{
	(void)words;
	slots_close();
	if (epoll_fd >= 0)
		close(epoll_fd);
	epoll_fd = -1;
	say("ok");
}

static void cmd_use(char **words)
{
	cur = &slots[number(words[1]) % SLOTS];
	say("ok");
}

/* socket [TYPE [PROTOCOL [FAMILY]]] [nonblock] */
static void cmd_socket(char **words)
{
	int type = SOCK_STREAM, protocol = 0, family = AF_RSERPOOL;

	if (words[1] && strcmp(words[1], "nonblock")) {
		type = VALUE_OF(types, *++words);
		if (words[1] && strcmp(words[1], "nonblock"))
			protocol = number(*++words);
		if (words[1] && strcmp(words[1], "nonblock"))
			family = number(*++words);
	}
	if (words[1])
		type |= SOCK_NONBLOCK;
	slot_add(socket(family, type, protocol));
}

/* accept [nonblock] */
static void cmd_accept(char **words)
{
	slot_add(accept4(cur->fd, NULL, NULL, words[1] ? SOCK_NONBLOCK : 0));
}

static void cmd_dup(char **words)
{
	(void)words;
	slot_add(dup(cur->fd));
}

static void cmd_close(char **words)
{
	(void)words;
	say_done(close(cur->fd));
	cur->fd = -1;
}

/* Abort: what SO_LINGER with no time means. */
static void cmd_abort(char **words)
{
	struct linger linger = { .l_onoff = 1 };

	if (setsockopt(cur->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		say_errno();
	else
		cmd_close(words);
}

static void cmd_nonblock(char **words)
{
	int fl = fcntl(cur->fd, F_GETFL);

	fl = number(words[1]) ? fl | O_NONBLOCK : fl & ~O_NONBLOCK;
	say_done(fcntl(cur->fd, F_SETFL, fl));
}

static void cmd_inode(char **words)
{
	struct stat st;

	(void)words;
	if (fstat(cur->fd, &st))
		say_errno();
	else
		say("%lu", (unsigned long)st.st_ino);
}

/* ---- addresses ---------------------------------------------------------------- */

/*
 * HANDLE [id=N] [flags=N] [reserved=N] [family=N], and to make a wrong one:
 * [hlen=N] the length in the address, [len=N] the one given to the call.
 */
static socklen_t address(struct sockaddr_rserpool *addr, char **words)
{
	struct octets handle = octets(words[0]);
	size_t room = handle.len;
	socklen_t len;
	long value;

	if (room > sizeof(addr->srp_handle))
		room = sizeof(addr->srp_handle);
	memset(addr, 0, sizeof(*addr));
	addr->srp_family = AF_RSERPOOL;
	addr->srp_handle_len = handle.len;
	memcpy(addr->srp_handle, handle.data, room);
	free(handle.data);
	len = offsetof(struct sockaddr_rserpool, srp_handle) + room;

	while (*++words) {
		char *eq = strchr(*words, '=');

		if (!eq)
			usage("%s: not KEY=VALUE", *words);
		*eq = '\0';
		value = strtoul(eq + 1, NULL, 0);
		if (!strcmp(*words, "id"))
			addr->srp_pe_id = value;
		else if (!strcmp(*words, "flags"))
			addr->srp_flags = value;
		else if (!strcmp(*words, "reserved"))
			addr->srp_reserved = value;
		else if (!strcmp(*words, "family"))
			addr->srp_family = value;
		else if (!strcmp(*words, "hlen"))
			addr->srp_handle_len = value;
		else if (!strcmp(*words, "len"))
			len = value;
		else
			usage("%s: unknown key", *words);
	}
	return len;
}

static void cmd_bind(char **words)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = address((struct sockaddr_rserpool *)&addr, words + 1);

	say_done(bind(cur->fd, (struct sockaddr *)&addr, len));
}

static void cmd_connect(char **words)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = address((struct sockaddr_rserpool *)&addr, words + 1);

	say_done(connect(cur->fd, (struct sockaddr *)&addr, len));
}

/* listen [BACKLOG] */
static void cmd_listen(char **words)
{
	say_done(listen(cur->fd, words[1] ? number(words[1]) : SOMAXCONN));
}

static void say_address(int rc, const struct sockaddr_rserpool *addr,
			socklen_t len)
{
	if (rc < 0) {
		say_errno();
		return;
	}
	say("id=%u len=%u ", addr->srp_pe_id, len);
	say_octets(addr->srp_handle, addr->srp_handle_len, 0);
}

static void cmd_getsockname(char **words)
{
	struct sockaddr_rserpool addr = { 0 };
	socklen_t len = words[1] ? (socklen_t)number(words[1]) :
				   sizeof(addr);
	int rc = getsockname(cur->fd, (struct sockaddr *)&addr, &len);

	say_address(rc, &addr, len);
}

static void cmd_getpeername(char **words)
{
	struct sockaddr_rserpool addr = { 0 };
	socklen_t len = words[1] ? (socklen_t)number(words[1]) :
				   sizeof(addr);
	int rc = getpeername(cur->fd, (struct sockaddr *)&addr, &len);

	say_address(rc, &addr, len);
}

static void cmd_shutdown(char **words)
{
	say_done(shutdown(cur->fd, VALUE_OF(how, words[1])));
}

/* ---- data ----------------------------------------------------------------------- */

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

static ssize_t send_cookie(int fd, const struct octets *cookie,
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

/* fill SIZE: send until there is no room */
static void cmd_fill(char **words)
{
	struct octets o = octets(words[1]);
	unsigned long sent = 0;

	while (send(cur->fd, o.data, o.len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		sent++;
	say("%lu ", sent);
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

static void say_notification(const void *data, size_t len)
{
	const struct rsp_notification *head = data;

	if (len < sizeof(*head) || head->length > len) {
		say("notification cut off at %zu", len);
		return;
	}
	say("%s", NAME_OF(notifications, head->type));
	if (head->type == RSP_NOTIFY_FAILOVER) {
		const struct rsp_failover *f = data;

		say(" reason=%s count=%u old=%u new=%u us=%llu replayed=%u lost=%u cookie=%d session=%llu",
		    NAME_OF(failover_reasons, f->reason), f->count,
		    f->old_pe_id, f->new_pe_id,
		    (unsigned long long)f->duration_us, f->replayed, f->lost,
		    !!(head->flags & RSP_FAILOVER_COOKIE),
		    (unsigned long long)f->session_id);
	} else if (head->type == RSP_NOTIFY_COOKIE_ECHO) {
		const struct rsp_cookie_echo *e = data;

		say(" %zu ", head->length - sizeof(*e));
		say_octets(e->cookie, head->length - sizeof(*e), 0);
	} else if (head->type == RSP_NOTIFY_REGISTRATION) {
		const struct rsp_registration *r = data;

		say(" registered=%d cause=%u registrar=%u pe=%u",
		    !!(head->flags & RSP_REGISTERED), r->cause,
		    r->registrar_id, r->pe_id);
	}
}

/* One recvmsg(); what came is told, also for the next piece's sake. */
static ssize_t receive(uint8_t *buf, size_t room, int flags, int *msg_flags)
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

/* ---- poll ------------------------------------------------------------------------ */

static void say_events(int rc, long events)
{
	size_t i;

	if (rc < 0) {
		say_errno();
		return;
	}
	for (i = 0; i < ARRAY_LEN(poll_events); i++)
		if (rc && events & poll_events[i].value)
			say("%s%s", *answer ? " " : "", poll_events[i].name);
	if (!*answer)
		say("none");
}

/* poll EVENTS MS */
static void cmd_poll(char **words)
{
	struct pollfd pfd = {
		.fd = cur->fd,
		.events = flags_of(poll_events, ARRAY_LEN(poll_events), words[1]),
	};
	int rc = poll(&pfd, 1, number(words[2]));

	say_events(rc, pfd.revents);
}

/* epoll add EVENTS: edge-triggered; epoll wait MS */
static void cmd_epoll(char **words)
{
	struct epoll_event event = { 0 };
	int rc;

	if (epoll_fd < 0)
		epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!strcmp(words[1], "add")) {
		event.events = EPOLLET | flags_of(poll_events,
						  ARRAY_LEN(poll_events),
						  words[2]);
		say_done(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, cur->fd, &event));
		return;
	}
	rc = epoll_wait(epoll_fd, &event, 1, number(words[2]));
	say_events(rc, event.events);
}

/* ---- options --------------------------------------------------------------------- */

static const struct int_option *int_option(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(int_options); i++)
		if (!strcmp(int_options[i].name, word))
			return &int_options[i];
	usage("%s: unknown option", word);
}

/* set OPTION VALUE; set rcvtimeo|sndtimeo MS; set linger SECONDS */
static void cmd_set(char **words)
{
	const struct int_option *opt;
	long value = VALUE_OF(replays, words[2]);
	int word = value;

	if (!strcmp(words[1], "rcvtimeo") || !strcmp(words[1], "sndtimeo")) {
		struct timeval tv = {
			.tv_sec = value / 1000,
			.tv_usec = value % 1000 * 1000,
		};

		say_done(setsockopt(cur->fd, SOL_SOCKET,
				    *words[1] == 'r' ? SO_RCVTIMEO : SO_SNDTIMEO,
				    &tv, sizeof(tv)));
	} else if (!strcmp(words[1], "linger")) {
		struct linger linger = { .l_onoff = 1, .l_linger = value };

		say_done(setsockopt(cur->fd, SOL_SOCKET, SO_LINGER, &linger,
				    sizeof(linger)));
	} else {
		opt = int_option(words[1]);
		say_done(setsockopt(cur->fd, opt->level, opt->option, &word,
				    sizeof(word)));
	}
}

/* get OPTION */
static void cmd_get(char **words)
{
	const struct int_option *opt = int_option(words[1]);
	socklen_t len = sizeof(int);
	int value = 0;

	if (getsockopt(cur->fd, opt->level, opt->option, &value, &len))
		say_errno();
	else if (opt->option == SO_ERROR && opt->level == SOL_SOCKET && value)
		say("%s", strerrorname_np(value));
	else
		say("%d", value);
}

/* rawset LEVEL OPTION OCTETS */
static void cmd_rawset(char **words)
{
	struct octets o = octets(words[3]);

	say_done(setsockopt(cur->fd, number(words[1]), number(words[2]),
			    o.data, o.len));
	free(o.data);
}

/* rawget LEVEL OPTION ROOM: "LENGTH OCTETS" */
static void cmd_rawget(char **words)
{
	uint8_t buf[4096] = { 0 };
	socklen_t room = number(words[3]), len = room;

	if (room > sizeof(buf))
		usage("%s: too long", words[3]);
	if (getsockopt(cur->fd, number(words[1]), number(words[2]), buf, &len)) {
		say_errno();
		return;
	}
	say("%u ", len);
	for (room = len < room ? len : room, len = 0; len < room; len++)
		say("%02x", buf[len]);
}

/* policy TYPE [WEIGHT [PRIORITY [LOAD [DEGRADATION [RESERVED]]]]] */
static void cmd_policy(char **words)
{
	struct rsp_policy p = { .type = VALUE_OF(policies, words[1]) };
	__u32 *field = &p.weight;

	for (words += 2; *words && field <= &p.reserved; words++)
		*field++ = strtoul(*words, NULL, 0);
	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_POLICY, &p, sizeof(p)));
}

static void cmd_getpolicy(char **words)
{
	struct rsp_policy p = { 0 };
	socklen_t len = sizeof(p);

	(void)words;
	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_POLICY, &p, &len))
		say_errno();
	else
		say("%s weight=%u priority=%u load=%u degradation=%u",
		    NAME_OF(policies, p.type), p.weight, p.priority, p.load,
		    p.degradation);
}

/* event TYPE|all ON [RESERVED] */
static void cmd_event(char **words)
{
	struct rsp_event e = {
		.on = number(words[2]),
		.reserved = words[3] ? number(words[3]) : 0,
	};
	int rc = 0;

	if (strcmp(words[1], "all")) {
		e.type = VALUE_OF(notifications, words[1]);
		rc = setsockopt(cur->fd, SOL_RSERPOOL, RSP_EVENT, &e, sizeof(e));
	} else {
		for (e.type = 1; e.type < __RSP_NOTIFY_MAX && !rc; e.type++)
			rc = setsockopt(cur->fd, SOL_RSERPOOL, RSP_EVENT, &e,
					sizeof(e));
	}
	say_done(rc);
}

/* getevent TYPE */
static void cmd_getevent(char **words)
{
	struct rsp_event e = { .type = VALUE_OF(notifications, words[1]) };
	socklen_t len = sizeof(e);

	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_EVENT, &e, &len))
		say_errno();
	else
		say("%u", e.on);
}

/* info: all of RSP_INFO */
static void cmd_info(char **words)
{
	struct rsp_info i = { 0 };
	socklen_t len = sizeof(i);

	(void)words;
	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_INFO, &i, &len)) {
		say_errno();
		return;
	}
	say("state=%s", NAME_OF(states, i.state));
	say(" role=%s pe=%u registrar=%u failovers=%u", NAME_OF(roles, i.role),
	    i.pe_id, i.registrar_id, i.failovers);
	say(" reason=%s us=%llu replayed=%llu lost=%llu cookie=%u session=%llu size=%u",
	    NAME_OF(failover_reasons, i.last_failover_reason),
	    (unsigned long long)i.last_failover_us,
	    (unsigned long long)i.messages_replayed,
	    (unsigned long long)i.messages_lost, i.cookie_len,
	    (unsigned long long)i.session_id, len);
}

static void say_ioctl(unsigned long request)
{
	int value = 0;

	if (ioctl(cur->fd, request, &value))
		say_errno();
	else
		say("%d", value);
}

static void cmd_inq(char **words)
{
	(void)words;
	say_ioctl(SIOCINQ);
}

static void cmd_outq(char **words)
{
	(void)words;
	say_ioctl(SIOCOUTQ);
}

/* ---- processes ---------------------------------------------------------------------- */

static void cmd_pid(char **words)
{
	(void)words;
	say("%d", getpid());
}

/* sleep MS */
static void cmd_sleep(char **words)
{
	usleep(number(words[1]) * 1000);
	say("ok");
}

/* exit STATUS, with all descriptors open */
static void cmd_exit(char **words)
{
	fflush(out);
	_exit(words[1] ? number(words[1]) : 0);
}

/* kill SIGNAL: itself */
static void cmd_kill(char **words)
{
	fflush(out);
	say_done(raise(number(words[1])));
}

/* drop UID GID: be somebody without privileges */
static void cmd_drop(char **words)
{
	long uid = number(words[1]), gid = number(words[2]);

	say_done(setresgid(gid, gid, gid) || setresuid(uid, uid, uid) ? -1 : 0);
}

/* Run REST in a child; what it says goes into a pipe. */
static pid_t child(char *rest, FILE **from, int passed)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		usage("pipe: %m");
	fflush(out);
	pid = fork();
	if (pid < 0)
		usage("fork: %m");
	if (!pid) {
		alarm(120);	/* nobody is left behind for long */
		close(ends[0]);
		out = fdopen(ends[1], "w");
		setlinebuf(out);
		if (passed >= 0) {
			union {
				struct cmsghdr align;
				char room[CMSG_SPACE(sizeof(int))];
			} control;
			char byte;
			struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
			struct msghdr msg = {
				.msg_iov = &iov,
				.msg_iovlen = 1,
				.msg_control = control.room,
				.msg_controllen = sizeof(control.room),
			};

			slots_close();
			if (recvmsg(passed, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
				usage("no descriptor: %m");
			memcpy(&cur->fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)),
			       sizeof(int));
			/* The sender closes its own before it goes on. */
			if (read(passed, &byte, 1) != 1)
				usage("passing a descriptor: %m");
		}
		run_line(rest);
		fflush(out);
		_exit(mismatch);
	}
	close(ends[1]);
	*from = fdopen(ends[0], "r");
	return pid;
}

/* The last thing that a child said, and how it ended. */
static void reap(pid_t pid, FILE *from)
{
	char line[sizeof(answer)], last[sizeof(answer)] = "";
	int status;
	char *colon;

	while (fgets(line, sizeof(line), from))
		strcpy(last, line);
	fclose(from);
	waitpid(pid, &status, 0);
	last[strcspn(last, "\n")] = '\0';
	colon = strstr(last, ": ");
	if (WIFSIGNALED(status))
		say("killed by signal %d", WTERMSIG(status));
	else if (colon)
		say("%s", colon + 2);
	else
		say("exit %d", WEXITSTATUS(status));
}

/* fork COMMANDS...: the rest of the line in a child; its last result */
static void cmd_fork(char **words)
{
	FILE *from;
	pid_t pid = child(words[1], &from, -1);

	reap(pid, from);
}

/* async COMMANDS...: the same, and go on; await: wait for it */
static void cmd_async(char **words)
{
	async.pid = child(words[1], &async.from, -1);
	say("ok");
}

static void cmd_await(char **words)
{
	(void)words;
	reap(async.pid, async.from);
}

/* spawn COMMANDS...: the same, and never wait; its process */
static void cmd_spawn(char **words)
{
	FILE *from;
	pid_t pid = child(words[1], &from, -1);

	say("%d", pid);
}

/*
 * pass COMMANDS...: in a child that has no descriptor but the current one,
 * which comes over a unix socket; closed here before the child begins
 */
static void cmd_pass(char **words)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = "f", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int pair[2];
	FILE *from;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		usage("socketpair: %m");
	pid = child(words[1], &from, pair[1]);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &cur->fd, sizeof(int));
	if (sendmsg(pair[0], &msg, 0) != 1)
		usage("passing a descriptor: %m");
	close(cur->fd);
	cur->fd = -1;
	if (write(pair[0], "g", 1) != 1)
		usage("passing a descriptor: %m");
	reap(pid, from);
	close(pair[0]);
	close(pair[1]);
}

/* ---- a whole server -------------------------------------------------------------------- */

enum serve_mode { SERVE_ECHO, SERVE_DISCARD, SERVE_NAME, SERVE_HOLD };

static const struct name serve_modes[] = {
	{ "echo", SERVE_ECHO }, { "discard", SERVE_DISCARD },
	{ "name", SERVE_NAME }, { "hold", SERVE_HOLD },
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
	enum serve_mode mode = VALUE_OF(serve_modes, words[1]);
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
			if (fd < 0)
				continue;
			slot_add(fd);
			answer[0] = '\0';
			tell("accepted");
		}
	}
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

/* ---- the interpreter --------------------------------------------------------------------- */

struct command {
	const char *name;
	unsigned int min;	/* words after the name */
	bool rest;		/* takes the rest of the line as it is */
	void (*run)(char **words);
};

static const struct command commands[] = {
	{ "abort", 0, false, cmd_abort },
	{ "accept", 0, false, cmd_accept },
	{ "async", 1, true, cmd_async },
	{ "await", 0, false, cmd_await },
	{ "bind", 1, false, cmd_bind },
	{ "burst", 2, false, cmd_burst },
	{ "close", 0, false, cmd_close },
	{ "connect", 1, false, cmd_connect },
	{ "cookie", 1, false, cmd_cookie },
	{ "drain", 0, false, cmd_drain },
	{ "drop", 2, false, cmd_drop },
	{ "dup", 0, false, cmd_dup },
	{ "epoll", 2, false, cmd_epoll },
	{ "event", 2, false, cmd_event },
	{ "exit", 0, false, cmd_exit },
	{ "fill", 1, false, cmd_fill },
	{ "fork", 1, true, cmd_fork },
	{ "get", 1, false, cmd_get },
	{ "getcookie", 0, false, cmd_getcookie },
	{ "getevent", 1, false, cmd_getevent },
	{ "getpeername", 0, false, cmd_getpeername },
	{ "getpolicy", 0, false, cmd_getpolicy },
	{ "getsockname", 0, false, cmd_getsockname },
	{ "info", 0, false, cmd_info },
	{ "inode", 0, false, cmd_inode },
	{ "inq", 0, false, cmd_inq },
	{ "kill", 1, false, cmd_kill },
	{ "listen", 0, false, cmd_listen },
	{ "message", 0, false, cmd_message },
	{ "nonblock", 1, false, cmd_nonblock },
	{ "outq", 0, false, cmd_outq },
	{ "pass", 1, true, cmd_pass },
	{ "pid", 0, false, cmd_pid },
	{ "policy", 1, false, cmd_policy },
	{ "poll", 2, false, cmd_poll },
	{ "rawget", 3, false, cmd_rawget },
	{ "rawset", 3, false, cmd_rawset },
	{ "recv", 0, false, cmd_recv },
	{ "registered", 0, false, cmd_registered },
	{ "reset", 0, false, cmd_reset },
	{ "send", 1, false, cmd_send },
	{ "sendcookie", 2, false, cmd_sendcookie },
	{ "serve", 1, false, cmd_serve },
	{ "set", 2, false, cmd_set },
	{ "shutdown", 1, false, cmd_shutdown },
	{ "sleep", 1, false, cmd_sleep },
	{ "socket", 0, false, cmd_socket },
	{ "spawn", 1, true, cmd_spawn },
	{ "use", 1, false, cmd_use },
};

static const struct command *find_command(const char *line)
{
	size_t len = strcspn(line, " ;"), i;

	for (i = 0; i < ARRAY_LEN(commands); i++)
		if (strlen(commands[i].name) == len &&
		    !strncmp(commands[i].name, line, len))
			return &commands[i];
	usage("%.*s: unknown command", (int)len, line);
}

static void run_command(const struct command *cmd, char *text)
{
	char *words[WORDS + 1] = { NULL }, *save, *wanted = NULL;
	unsigned int n = 0;

	if (cmd->rest) {
		words[0] = text;
		words[1] = text + strlen(cmd->name);
		n = 2;
	} else {
		wanted = strstr(text, " => ");
		if (wanted) {
			*wanted = '\0';
			wanted += 4;
		}
		for (text = strtok_r(text, " ", &save); text && n < WORDS;
		     text = strtok_r(NULL, " ", &save))
			words[n++] = text;
	}
	if (n <= cmd->min)
		usage("%s: more words needed", cmd->name);

	answer[0] = '\0';
	cmd->run(words);
	if (wanted && fnmatch(wanted, answer, 0)) {
		fprintf(out, "%s: %s   WANTED: %s\n", cmd->name, answer, wanted);
		mismatch = true;
		return;
	}
	fprintf(out, "%s: %s\n", cmd->name, answer);
}

static void run_line(char *line)
{
	const struct command *cmd;
	char *next;

	line[strcspn(line, "\n")] = '\0';
	while (line) {
		line += strspn(line, " ;");
		if (!*line)
			return;
		cmd = find_command(line);
		next = NULL;
		if (!cmd->rest) {
			next = strchr(line, ';');
			if (next)
				*next++ = '\0';
		}
		run_command(cmd, line);
		line = next;
	}
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	int i;

	if (argc < 2)
		usage("usage: rsp_peer COMMANDS... or rsp_peer -");
	out = stdout;
	setlinebuf(out);
	for (i = 0; i < SLOTS; i++)
		slots[i].fd = -1;
	if (!strcmp(argv[1], "-"))
		while (getline(&line, &room, stdin) > 0)
			run_line(line);
	else
		for (i = 1; i < argc; i++)
			run_line(argv[i]);
	free(line);
	return mismatch;
}
