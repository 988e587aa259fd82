// SPDX-License-Identifier: GPL-2.0
/*
 * One-to-many sockets: messages by address and by session, and where they
 * come from.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/rserpool.h>

#include "peer.h"

/* What sendmsg() is called with: an address, control messages, or both. */
struct sending {
	struct sockaddr_storage addr;
	socklen_t addr_len;
	struct rsp_sndinfo info;
	bool has_info;
	struct rsp_prinfo pr;
	bool has_pr;
	const struct octets *cookie;	/* NULL: none */
};

/* Policies of struct rsp_prinfo, as keys of their values */
static const struct name worths[] = {
	{ "reliable", RSP_PR_NONE }, { "ttl", RSP_PR_TTL },
	{ "rtx", RSP_PR_RTX }, { "prio", RSP_PR_PRIO },
	{ NULL, 0 }
};

static void add_control(struct msghdr *msg, int type, const void *data,
			size_t len)
{
	struct cmsghdr *c = (void *)((char *)msg->msg_control +
				     msg->msg_controllen);

	c->cmsg_level = SOL_RSERPOOL;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	msg->msg_controllen += CMSG_SPACE(len);
}

static void send_this(const struct octets *o, const struct sending *s,
		      int flags)
{
	struct iovec iov = { .iov_base = o->data, .iov_len = o->len };
	struct msghdr msg = {
		.msg_name = s->addr_len ? (void *)&s->addr : NULL,
		.msg_namelen = s->addr_len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	msg.msg_control = calloc(1, CMSG_SPACE(sizeof(s->info)) +
				    CMSG_SPACE(sizeof(s->pr)) +
				    (s->cookie ? CMSG_SPACE(s->cookie->len) : 0));
	if (!msg.msg_control)
		usage("no memory");
	if (s->cookie)
		add_control(&msg, RSP_CMSG_COOKIE, s->cookie->data,
			    s->cookie->len);
	if (s->has_info)
		add_control(&msg, RSP_CMSG_SNDINFO, &s->info, sizeof(s->info));
	if (s->has_pr)
		add_control(&msg, RSP_CMSG_PRINFO, &s->pr, sizeof(s->pr));
	n = sendmsg(cur->fd, &msg, MSG_NOSIGNAL | flags);
	free(msg.msg_control);
	if (n < 0)
		say_errno();
	else
		say("%zd", n);
}

/* A field of struct rsp_sndinfo.  Return: is it one? */
static bool info_word(struct rsp_sndinfo *info, const char *key,
		      unsigned long value)
{
	if (!strcmp(key, "options"))
		info->options = value;
	else if (!strcmp(key, "stream"))
		info->stream = value;
	else if (!strcmp(key, "ppid"))
		info->ppid = value;
	else if (!strcmp(key, "reserved"))
		info->reserved = value;
	else if (!strcmp(key, "reserved2"))
		info->reserved2 = value;
	else
		return false;
	return true;
}

/*
 * Words of the form KEY=VALUE that fill @s: those of info_word(), and what it is
 * worth: ttl, rtx, prio, reliable.  The first one that is none.
 */
static char **info_words(struct sending *s, char **words)
{
	unsigned long value;
	char *end;

	for (; *words && strchr(*words, '='); words++) {
		end = strchr(*words, '=');
		value = strtoul(end + 1, NULL, 0);
		*end = '\0';
		if (info_word(&s->info, *words, value)) {
			s->has_info = true;
		} else {
			s->has_pr = true;
			s->pr.policy = value_of(worths, *words);
			s->pr.value = value;
		}
	}
	return words;
}

/* prinfo POLICY VALUE: of messages that have none */
static void cmd_prinfo(char **words)
{
	struct rsp_prinfo pr = {
		.policy = value_of(worths, words[1]),
		.value = strtoul(words[2], NULL, 0),
	};

	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_DEFAULT_PRINFO, &pr,
			    sizeof(pr)));
}

static void cmd_getprinfo(char **words)
{
	struct rsp_prinfo pr = { 0 };
	socklen_t len = sizeof(pr);

	(void)words;
	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_DEFAULT_PRINFO, &pr, &len))
		say_errno();
	else
		say("%s=%u", name_of(worths, pr.policy), pr.value);
}

/* sendto OCTETS [nowait] [options=N] [stream=N] [ttl=N]... HANDLE [KEY=VALUE]...: see connect */
static void cmd_sendto(char **words)
{
	struct octets o = octets(words[1]);
	struct sending s = { 0 };
	int flags = 0;

	words += 2;
	if (!strcmp(*words, "nowait")) {
		flags = MSG_DONTWAIT;
		words++;
	}
	words = info_words(&s, words);
	s.addr_len = address((struct sockaddr_rserpool *)&s.addr, words);
	send_this(&o, &s, flags);
	free(o.data);
}

static socklen_t transport(struct sockaddr_storage *addr, char **words)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;

	if (inet_pton(AF_INET, words[0], &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(number(words[1]));
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, words[0], &v6->sin6_addr) != 1)
		usage("%s: no address", words[0]);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(number(words[1]));
	return sizeof(*v6);
}

/* sendip OCTETS ADDRESS PORT [options=N]: to a transport address */
static void cmd_sendip(char **words)
{
	struct octets o = octets(words[1]);
	struct sending s = { 0 };

	info_words(&s, words + 4);
	s.addr_len = transport(&s.addr, words + 2);
	send_this(&o, &s, 0);
	free(o.data);
}

/* connectip ADDRESS PORT */
static void cmd_connectip(char **words)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = transport(&addr, words + 1);

	say_done(connect(cur->fd, (struct sockaddr *)&addr, len));
}

/*
 * to SESSION OCTETS [options=N] [stream=N] [ppid=N] [ttl=N]... [FLAG...];
 * SESSION 0: that of a one-to-one socket
 */
static void cmd_to(char **words)
{
	struct sending s = { .info.session_id = strtoull(words[1], NULL, 0) };
	struct octets o = octets(words[2]);

	s.has_info = s.info.session_id;
	words = info_words(&s, words + 3);
	send_this(&o, &s, flags_left(words));
	free(o.data);
}

/* tocookie SESSION COOKIE OCTETS: both in one call */
static void cmd_tocookie(char **words)
{
	struct octets cookie = octets(words[2]), o = octets(words[3]);
	struct sending s = {
		.info.session_id = strtoull(words[1], NULL, 0),
		.cookie = &cookie,
	};

	s.has_info = s.info.session_id;

	send_this(&o, &s, 0);
	free(cookie.data);
	free(o.data);
}

/* fillto SIZE SESSION: send to it until there is no room */
static void cmd_fillto(char **words)
{
	char size[16], *to[] = { "to", words[2], size, "dontwait", NULL };
	unsigned long sent = 0;

	snprintf(size, sizeof(size), "@%s", words[1]);
	for (;;) {
		answer[0] = '\0';
		cmd_to(to);
		if (strcmp(answer, words[1]))
			break;
		sent++;
	}
	say(" %lu", sent);
}

static void say_name(const struct sockaddr_rserpool *a)
{
	const struct sockaddr_in6 *v6 = (const void *)a;
	const struct sockaddr_in *v4 = (const void *)a;
	char text[INET6_ADDRSTRLEN] = "?";

	if (a->srp_family == AF_INET || a->srp_family == AF_INET6) {
		inet_ntop(a->srp_family, a->srp_family == AF_INET ?
			  (const void *)&v4->sin_addr : &v6->sin6_addr, text,
			  sizeof(text));
		say("%s/%u ", text, ntohs(v4->sin_port));
		return;
	}
	if (a->srp_handle_len)
		say_octets(a->srp_handle, a->srp_handle_len, 0);
	say("/%u ", a->srp_pe_id);
}

static void say_source(struct msghdr *msg, const struct sockaddr_rserpool *a)
{
	struct rsp_rcvinfo info = { 0 };
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_RSERPOOL &&
		    c->cmsg_type == RSP_CMSG_RCVINFO)
			memcpy(&info, CMSG_DATA(c), sizeof(info));
	say("session=%llu pe=%u failovers=%u ",
	    (unsigned long long)info.session_id, info.pe_id, info.failovers);
	if (info.stream || info.ppid || info.flags)
		say("stream=%u ppid=%u flags=%#x ", info.stream, info.ppid,
		    info.flags);
	say("from=");
	say_name(a);
}

static const struct name next_flags[] = {
	{ "unordered", RSP_NXT_UNORDERED }, { "complete", RSP_NXT_COMPLETE },
	{ "notification", RSP_NXT_NOTIFICATION },
	{ NULL, 0 }
};

/* What RSP_RECVNXTINFO is on for, if there is any */
static void say_next(struct msghdr *msg)
{
	struct rsp_nxtinfo info;
	const struct name *f;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_RSERPOOL ||
		    c->cmsg_type != RSP_CMSG_NXTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		say("next=%u,session=%llu,pe=%u,stream=%u,ppid=%u", info.length,
		    (unsigned long long)info.session_id, info.pe_id,
		    info.stream, info.ppid);
		for (f = next_flags; f->name; f++)
			if (info.flags & f->value)
				say(",%s", f->name);
		say(" ");
	}
}

/*
 * recvfrom [ROOM] [FLAG...]: "session=N pe=N failovers=N [stream=N ppid=N flags=N]
 * from=HANDLE/PE [next=...] WHAT"
 */
static void cmd_recvfrom(char **words)
{
	struct sockaddr_rserpool addr = { 0 };
	static uint8_t buf[65536];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	char control[256];
	struct msghdr msg = {
		.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	if (words[1] && strspn(words[1], "0123456789"))
		iov.iov_len = number(*++words);
	n = recvmsg(cur->fd, &msg, flags_left(words + 1));
	if (n < 0) {
		say_errno();
		return;
	}
	if (!n && !(msg.msg_flags & MSG_EOR)) {
		say("eof");
		return;
	}
	say_source(&msg, &addr);
	say_next(&msg);
	if (msg.msg_flags & RSP_MSG_NOTIFICATION) {
		say_notification(buf, n);
		return;
	}
	say("%zd %s: ", n, msg.msg_flags & MSG_EOR ? "eor" : "part");
	say_octets(buf, n, 0);
}

/* echo N: give N messages back to where they came from, notifications aside */
static void cmd_echo(char **words)
{
	long left = number(words[1]);
	static uint8_t buf[65536];

	while (left) {
		union {
			char buf[CMSG_SPACE(sizeof(struct rsp_rcvinfo))];
			struct cmsghdr align;
		} control;
		struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control.buf,
			.msg_controllen = sizeof(control.buf),
		};
		struct rsp_rcvinfo from;
		struct rsp_sndinfo to = { 0 };
		struct cmsghdr *c;
		ssize_t n;

		n = recvmsg(cur->fd, &msg, 0);
		c = CMSG_FIRSTHDR(&msg);
		if (n <= 0 || !c)
			break;
		if (msg.msg_flags & RSP_MSG_NOTIFICATION)
			continue;
		memcpy(&from, CMSG_DATA(c), sizeof(from));
		to.session_id = from.session_id;
		c->cmsg_type = RSP_CMSG_SNDINFO;
		c->cmsg_len = CMSG_LEN(sizeof(to));
		memcpy(CMSG_DATA(c), &to, sizeof(to));
		iov.iov_len = n;
		msg.msg_controllen = CMSG_SPACE(sizeof(to));
		if (sendmsg(cur->fd, &msg, MSG_NOSIGNAL) != n)
			break;
		left--;
	}
	if (left)
		say_errno();
	else
		say("ok");
}

/* peeloff SESSION [nonblock] */
static void cmd_peeloff(char **words)
{
	struct rsp_peeloff p = {
		.session_id = strtoull(words[1], NULL, 0),
		.flags = words[2] ? SOCK_NONBLOCK : 0,
	};
	socklen_t len = sizeof(p);

	if (getsockopt(cur->fd, SOL_RSERPOOL, RSP_PEELOFF, &p, &len))
		say_errno();
	else
		slot_add(p.fd);
}

const struct command many_commands[] = {
	{ "connectip", 2, false, cmd_connectip },
	{ "echo", 1, false, cmd_echo },
	{ "fillto", 2, false, cmd_fillto },
	{ "getprinfo", 0, false, cmd_getprinfo },
	{ "peeloff", 1, false, cmd_peeloff },
	{ "prinfo", 2, false, cmd_prinfo },
	{ "recvfrom", 0, false, cmd_recvfrom },
	{ "sendip", 3, false, cmd_sendip },
	{ "sendto", 2, false, cmd_sendto },
	{ "tocookie", 3, false, cmd_tocookie },
	{ "to", 2, false, cmd_to },
	{ NULL, 0, false, NULL }
};
