// SPDX-License-Identifier: GPL-2.0
/*
 * Faults in system calls: each allocation and each copy of each call on each
 * kind of socket fails once.  A call says so by an errno that is one, the same
 * call works right after it, and the session still carries its data.
 *
 * Runs in a namespace that has a registrar.
 */
#include <linux/sockios.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <netinet/in.h>
#include <netinet/sctp.h>

#include "rsp_fault.h"

#define BIG		60000		/* octets: many chunks */
#define POINTS_MAX	5000		/* it would never end */

/* Whose socket a call is made on */
enum who { CLIENT, SERVER, LISTENER, OWN };

struct sweep {
	const char *name;
	int (*before)(struct world *w);
	long (*call)(struct world *w, const struct sweep *s);
	/* did it do what it says? does it work again? */
	int (*after)(struct world *w, const struct sweep *s, long ret);
	enum who who;
	int option;
	bool opens;	/* a descriptor needs a struct file */
	/* SCTP's backlog is worked off in it: an association that ends there was refused */
	bool associates;
};

static char big[BIG], got[BIG + 1];
static struct rsp_nl *nl;

static int fd_of(const struct world *w, enum who who)
{
	switch (who) {
	case CLIENT:
		return w->c;
	case SERVER:
		return w->s;
	case LISTENER:
		return w->l[0];
	default:
		return w->x;
	}
}

/* Once more, and nothing fails */
static int again(struct world *w, const struct sweep *s)
{
	long ret = s->call(w, s);

	return ret < 0 ? wrong("again: %s", strerror(-ret)) : 0;
}

/* The other end hears of an end */
static int noticed(int fd, const char *what)
{
	return readable(fd, FAULT_PATIENCE) ? 0 :
	       wrong("%s: the other end hears nothing of it", what);
}

/* ---- where calls begin -------------------------------------------------------- */

static int own_socket(struct world *w)
{
	session_down(w);
	w->x = sock_new();
	return 0;
}

static int own_bound(struct world *w)
{
	own_socket(w);
	return sock_bind(w->x, ELEMENT) ? wrong("bind: %m") : 0;
}

static int own_listening(struct world *w)
{
	session_down(w);
	w->x = element_new(ELEMENT);
	return 0;
}

static int own_basic(struct world *w)
{
	own_socket(w);
	return sock_set(w->x, RSP_BASIC, 1) ? wrong("RSP_BASIC: %m") : 0;
}

/* As the servers of sessions are registered: a pool has one kind of transport */
static int set_transport(int fd)
{
	struct rsp_transport_addrs t = {
		.protocol = IPPROTO_SCTP,
		.port = 4711,
		.use = 1,
	};

	return setsockopt(fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
			  offsetof(struct rsp_transport_addrs, addrs));
}

static int own_basic_bound(struct world *w)
{
	return own_basic(w) || sock_bind(w->x, ELEMENT) || set_transport(w->x) ?
	       wrong("bind: %m") : 0;
}

static int client_only(struct world *w)
{
	session_down(w);
	w->c = sock_new();
	return 0;
}

static int client_waits(struct world *w)
{
	client_only(w);
	return sock_connect(w->c, 1) ? wrong("connect: %m") : 0;
}

static int server_said_two(struct world *w)
{
	return session_kept(w) || say(w, w->s) || say(w, w->s) ? -1 : 0;
}

static int card_given(struct world *w)
{
	__u32 order[1] = { 1 };

	if (session_kept(w))
		return -1;
	if (setsockopt(w->s, SOL_RSERPOOL, RSP_BUSINESS_CARD, order, sizeof(order)))
		return wrong("RSP_BUSINESS_CARD: %m");
	return 0;
}

static int cookie_give(struct world *w)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ++w->number);
	if (session_kept(w) ||
	    setsockopt(w->s, SOL_RSERPOOL, RSP_COOKIE, text, strlen(text) + 1))
		return wrong("cookie: %m");
	return cookie_is(w, w->number);
}

static int server_dead(struct world *w)
{
	if (session_fresh(w))
		return -1;
	sock_abort(&w->s);
	return 0;
}

/* With the next server, which does not get yet what is sent again */
static int session_held(struct world *w)
{
	struct rsp_info info;
	socklen_t len;
	int i;

	if (session_fresh(w) || sock_set(w->c, RSP_FAILOVER_MODE, RSP_MODE_HOLD) ||
	    session_moves(w))
		return -1;
	for (i = 0; i < 1000; i++) {
		len = sizeof(info);
		if (!getsockopt(w->c, SOL_RSERPOOL, RSP_INFO, &info, &len) &&
		    info.waits == RSP_WAITS_RELEASE)
			return 0;
		usleep(10000);
	}
	return wrong("not held");
}

static int notification_waits(struct world *w)
{
	if (session_fresh(w) || session_moves(w))
		return -1;
	return readable(w->c, FAULT_PATIENCE) ? 0 : wrong("no notification");
}

static int big_waits(struct world *w)
{
	if (session_kept(w))
		return -1;
	return send(w->s, big, BIG, 0) == BIG ? 0 : wrong("send: %m");
}

/* ---- calls ---------------------------------------------------------------------- */

static long call_socket(struct world *w, const struct sweep *s)
{
	(void)s;
	return w->x = RESULT(socket(AF_RSERPOOL, SOCK_STREAM, 0));
}

static long call_bind(struct world *w, const struct sweep *s)
{
	(void)s;
	return RESULT(sock_bind(w->x, ELEMENT));
}

static long call_listen(struct world *w, const struct sweep *s)
{
	(void)s;
	return RESULT(listen(w->x, 8));
}

static long call_set_transport(struct world *w, const struct sweep *s)
{
	(void)s;
	return RESULT(set_transport(w->x));
}

static long call_connect_basic(struct world *w, const struct sweep *s)
{
	(void)s;
	return RESULT(sock_connect(w->x, 1));
}

static long call_connect(struct world *w, const struct sweep *s)
{
	(void)s;
	return RESULT(sock_connect(w->c, 1));
}

static long call_accept(struct world *w, const struct sweep *s)
{
	(void)s;
	return w->s = RESULT(accept(w->l[0], NULL, NULL));
}

static long call_accept_addr(struct world *w, const struct sweep *s)
{
	struct sockaddr_rserpool addr;
	socklen_t len = sizeof(addr);

	(void)s;
	return w->s = RESULT(accept4(w->l[0], (struct sockaddr *)&addr, &len,
				     SOCK_CLOEXEC));
}

static long call_getsockname(struct world *w, const struct sweep *s)
{
	struct sockaddr_rserpool addr;
	socklen_t len = sizeof(addr);

	return RESULT(getsockname(fd_of(w, s->who), (struct sockaddr *)&addr, &len));
}

static long call_getpeername(struct world *w, const struct sweep *s)
{
	struct sockaddr_rserpool addr;
	socklen_t len = sizeof(addr);

	return RESULT(getpeername(fd_of(w, s->who), (struct sockaddr *)&addr, &len));
}

static long call_get(struct world *w, const struct sweep *s)
{
	char val[256] = { RSP_NOTIFY_FAILOVER };
	socklen_t len = sizeof(val);

	return RESULT(getsockopt(fd_of(w, s->who), SOL_RSERPOOL, s->option, val, &len));
}

static long call_get_nodelay(struct world *w, const struct sweep *s)
{
	int val;
	socklen_t len = sizeof(val);

	return RESULT(getsockopt(fd_of(w, s->who), IPPROTO_SCTP, SCTP_NODELAY,
				 &val, &len));
}

static long call_set_u32(struct world *w, const struct sweep *s)
{
	static const __u32 values[__RSP_OPT_MAX] = {
		[RSP_REG_LIFE] = 300,
		[RSP_REPLAY] = RSP_REPLAY_UNACKED,
		[RSP_FAILOVER_LIMIT] = 60000,
		[RSP_BASIC] = 1,
		[RSP_PROFILE] = RSP_PROFILE_DEFAULT,
		[RSP_RECVNXTINFO] = 1,
		[RSP_RECVRCVINFO] = 1,
	};

	return RESULT(sock_set(fd_of(w, s->who), s->option, values[s->option]));
}

/* The program's turn in a failover */
static long call_turn(struct world *w, const struct sweep *s)
{
	__u64 none = 0;

	return RESULT(setsockopt(w->c, SOL_RSERPOOL, s->option, &none, sizeof(none)));
}

static long call_set_event(struct world *w, const struct sweep *s)
{
	return RESULT(sock_event(fd_of(w, s->who), RSP_NOTIFY_PARTIAL_ABORT));
}

static long call_set_policy(struct world *w, const struct sweep *s)
{
	struct {
		struct rsp_policy policy;
		__u32 more[4];		/* of a newer program */
	} val = { .policy.type = RSP_POL_ROUND_ROBIN };

	return RESULT(setsockopt(fd_of(w, s->who), SOL_RSERPOOL, RSP_POLICY,
				 &val, sizeof(val)));
}

static long call_set_nodelay(struct world *w, const struct sweep *s)
{
	int on = 1;

	return RESULT(setsockopt(fd_of(w, s->who), IPPROTO_SCTP, SCTP_NODELAY,
				 &on, sizeof(on)));
}

static long call_set_sctp(struct world *w, const struct sweep *s)
{
	struct sctp_initmsg init = { .sinit_num_ostreams = 20 };

	return RESULT(setsockopt(fd_of(w, s->who), IPPROTO_SCTP, SCTP_INITMSG,
				 &init, sizeof(init)));
}

static long call_set_cookie(struct world *w, const struct sweep *s)
{
	char text[16];

	(void)s;
	snprintf(text, sizeof(text), "%u", ++w->number);
	return RESULT(setsockopt(w->s, SOL_RSERPOOL, RSP_COOKIE, text, strlen(text) + 1));
}

static long call_set_cookie_key(struct world *w, const struct sweep *s)
{
	static const struct rsp_cookie_key key = {
		.id = 1, .flags = RSP_COOKIE_KEY_SIGN, .len = RSP_COOKIE_KEY_MIN,
	};

	return RESULT(setsockopt(fd_of(w, s->who), SOL_RSERPOOL, RSP_COOKIE_KEY,
				 &key, sizeof(key)));
}

static long call_set_card(struct world *w, const struct sweep *s)
{
	__u32 order[2] = { 1, 2 };

	return RESULT(setsockopt(fd_of(w, s->who), SOL_RSERPOOL, RSP_BUSINESS_CARD,
				 order, sizeof(order)));
}

/* What a message is worth, for ever long enough */
static const struct rsp_prinfo an_hour = { .policy = RSP_PR_TTL, .value = 3600000 };

static long call_set_prinfo(struct world *w, const struct sweep *s)
{
	return RESULT(setsockopt(fd_of(w, s->who), SOL_RSERPOOL, RSP_DEFAULT_PRINFO,
				 &an_hour, sizeof(an_hour)));
}

static long sendmsg_with(struct world *w, const struct sweep *s, int type,
			 const void *data, size_t len)
{
	union {
		struct cmsghdr c;
		char room[CMSG_SPACE(64)];
	} control = { .c = {
		.cmsg_level = SOL_RSERPOOL,
		.cmsg_type = type,
		.cmsg_len = CMSG_LEN(len),
	} };
	char text[16];
	struct iovec iov = { .iov_base = text };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = CMSG_SPACE(len),
	};

	iov.iov_len = snprintf(text, sizeof(text), "m%u", ++w->number);
	memcpy(CMSG_DATA(&control.c), data, len);
	return RESULT(sendmsg(fd_of(w, s->who), &msg, MSG_NOSIGNAL));
}

static long call_sendmsg_prinfo(struct world *w, const struct sweep *s)
{
	return sendmsg_with(w, s, RSP_CMSG_PRINFO, &an_hour, sizeof(an_hour));
}

/* A stream that is used for the first time needs memory */
static long call_sendmsg_sndinfo(struct world *w, const struct sweep *s)
{
	struct rsp_sndinfo info = { .stream = 9, .ppid = 4711 };

	return sendmsg_with(w, s, RSP_CMSG_SNDINFO, &info, sizeof(info));
}

/* A cookie and data in one call */
static long call_sendmsg_cookie(struct world *w, const struct sweep *s)
{
	union {
		struct cmsghdr c;
		char room[CMSG_SPACE(16)];
	} control = { .c = {
		.cmsg_level = SOL_RSERPOOL,
		.cmsg_type = RSP_CMSG_COOKIE,
		.cmsg_len = CMSG_LEN(16),
	} };
	char text[16];
	struct iovec iov[2] = {
		{ .iov_base = "m", .iov_len = 1 },
		{ .iov_base = text, .iov_len = sizeof(text) },
	};
	struct msghdr msg = {
		.msg_iov = iov, .msg_iovlen = 2,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	(void)s;
	snprintf(text, sizeof(text), "%u", ++w->number);
	memcpy(CMSG_DATA(&control.c), text, sizeof(text));
	return RESULT(sendmsg(w->s, &msg, MSG_NOSIGNAL));
}

static long call_send(struct world *w, const struct sweep *s)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "m%u", ++w->number);

	return RESULT(send(fd_of(w, s->who), text, len, MSG_NOSIGNAL));
}

static long call_send_big(struct world *w, const struct sweep *s)
{
	return RESULT(send(fd_of(w, s->who), big, BIG, MSG_NOSIGNAL));
}

static long call_recv(struct world *w, const struct sweep *s)
{
	memset(got, 0, 16);
	return RESULT(recv(fd_of(w, s->who), got, sizeof(got) - 1, s->option));
}

static long call_recvmsg(struct world *w, const struct sweep *s)
{
	struct iovec iov[2] = {
		{ .iov_base = got, .iov_len = 3 },
		{ .iov_base = got + 3, .iov_len = sizeof(got) - 3 },
	};
	char control[64];
	struct msghdr msg = {
		.msg_iov = iov, .msg_iovlen = 2,
		.msg_control = control, .msg_controllen = sizeof(control),
	};

	memset(got, 0, 16);
	return RESULT(recvmsg(fd_of(w, s->who), &msg, 0));
}

static long call_poll(struct world *w, const struct sweep *s)
{
	struct pollfd p = { .fd = fd_of(w, s->who), .events = POLLIN | POLLOUT };

	return RESULT(poll(&p, 1, 0));
}

static long call_epoll(struct world *w, const struct sweep *s)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT };
	int fd = fd_of(w, s->who);
	long ret;

	ret = RESULT(epoll_ctl(w->x, EPOLL_CTL_ADD, fd, &ev));
	if (!ret || ret == -EEXIST)
		ret = RESULT(epoll_wait(w->x, &ev, 1, 0));
	return ret;
}

static int epoll_open(struct world *w)
{
	if (session_fresh(w))
		return -1;
	w->x = epoll_create1(0);
	return w->x < 0 ? wrong("epoll: %m") : 0;
}

static long call_ioctl(struct world *w, const struct sweep *s)
{
	int val = 0;

	return RESULT(ioctl(fd_of(w, s->who), s->option, &val));
}

static long call_shutdown(struct world *w, const struct sweep *s)
{
	return RESULT(shutdown(fd_of(w, s->who), s->option));
}

static long call_close(struct world *w, const struct sweep *s)
{
	int *fds[] = { [CLIENT] = &w->c, [SERVER] = &w->s, [OWN] = &w->x };
	int fd = *fds[s->who];

	*fds[s->who] = -1;
	return RESULT(close(fd));
}

/* ---- what has to be true afterwards ------------------------------------------ */

static int repeated(struct world *w, const struct sweep *s, long ret)
{
	(void)ret;
	return again(w, s) || session_works(w) ? -1 : 0;
}

/* It is there, and when it is forgotten cookies are what they were */
static int is_keyed(struct world *w, const struct sweep *s, long ret)
{
	static const struct rsp_cookie_key none = { .id = 1 };

	if (ret < 0 && again(w, s))
		return -1;
	if (setsockopt(fd_of(w, s->who), SOL_RSERPOOL, RSP_COOKIE_KEY, &none, sizeof(none)))
		return wrong("the key is not known: %m");
	return cookie_give(w) || session_works(w) ? -1 : 0;
}

static int is_socket(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	session_down(&(struct world){ .c = w->c, .s = w->s, .x = -1 });
	w->c = w->x;
	w->x = w->s = -1;
	if (sock_connect(w->c, 1))
		return wrong("connect: %m");
	w->s = accept(w->l[0], NULL, NULL);
	return w->s < 0 ? wrong("accept: %m") : session_works(w);
}

static int is_bound(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	return listen(w->x, 8) ? wrong("listen: %m") : element_works(w);
}

static int is_listening(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && (element_gone(nl) || again(w, s)))
		return -1;
	return element_works(w);
}

/* Nobody in it takes sessions: what there is to see is that it is registered */
static int is_registered(struct world *w, const struct sweep *s, long ret)
{
	struct rsp_transport_addrs t;
	socklen_t len = sizeof(t);

	if (ret < 0 && again(w, s))
		return -1;
	if (getsockopt(w->x, SOL_RSERPOOL, RSP_TRANSPORT, &t, &len) ||
	    t.port != 4711)
		return wrong("RSP_TRANSPORT: %m");
	return 0;
}

static int is_basic(struct world *w, const struct sweep *s, long ret)
{
	(void)ret;
	return again(w, s) || set_transport(w->x) ? -1 : 0;
}

static int is_chosen(struct world *w, const struct sweep *s, long ret)
{
	struct rsp_transport_addrs t;
	socklen_t len = sizeof(t);

	if (ret < 0 && again(w, s))
		return -1;
	if (getsockopt(w->x, SOL_RSERPOOL, RSP_PEER_ADDRS, &t, &len) ||
	    t.pe_id != 1 || !t.naddrs)
		return wrong("RSP_PEER_ADDRS: %m");
	return 0;
}

static int is_connected(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	w->s = accept(w->l[0], NULL, NULL);
	return w->s < 0 ? wrong("accept: %m") : session_works(w);
}

/* An association that could not be accepted is still there to be accepted. */
static int is_accepted(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && s->call == call_accept_addr && ret == -EFAULT &&
	    !readable(w->l[0], 1))
		return noticed(w->c, "EFAULT after accept()");
	if (ret < 0 && again(w, s))
		return -1;
	return session_works(w);
}

/* Not sent, or sent once */
static int is_sent(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	return want_number(s->who == CLIENT ? w->s : w->c, w->number) ||
	       session_works(w) ? -1 : 0;
}

static int take_big(int fd)
{
	int len = 0, n, flags = 0;

	while (!(flags & MSG_EOR) && len < BIG) {
		n = hear(fd, got + len, sizeof(got) - len, &flags);
		if (n <= 0)
			return wrong("%d of %d octets: %s", len, BIG, strerror(-n));
		len += n;
	}
	return len == BIG && !memcmp(big, got, BIG) ? 0 : wrong("other octets");
}

static int is_sent_big(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	return take_big(s->who == CLIENT ? w->s : w->c) || session_works(w) ? -1 : 0;
}

/* To the next server, or to the old one again where the next one was what failed. */
static int moved_on(struct world *w)
{
	struct pollfd p[2] = {
		{ .fd = w->l[0], .events = POLLIN },
		{ .fd = w->l[1], .events = POLLIN },
	};

	poll(p, 2, FAULT_PATIENCE * 1000);
	return moved_to(w, p[0].revents ? 0 : 1);
}

static int is_sent_to_next(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	return moved_on(w) || want_number(w->s, w->number) ||
	       session_works(w) ? -1 : 0;
}

static int is_released(struct world *w, const struct sweep *s, long ret)
{
	return (ret < 0 && again(w, s)) || session_works(w) ? -1 : 0;
}

static int is_with_next(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	close(w->s);
	return moved_to(w, 1) || session_works(w) ? -1 : 0;
}

/* EFAULT takes the message with it, as for each socket of SCTP; nothing else does. */
static int is_received(struct world *w, const struct sweep *s, long ret)
{
	unsigned int first = w->number - 1;

	if (ret < 0 && again(w, s))
		return -1;
	if (atoi(got + 1) == (int)w->number && ret == -EFAULT)
		return session_works(w);
	if (atoi(got + 1) != (int)first)
		return wrong("got \"%.16s\", not m%u", got, first);
	if (s->option == MSG_PEEK && want_number(w->c, first))
		return -1;
	return want_number(w->c, w->number) || session_works(w) ? -1 : 0;
}

static int is_received_big(struct world *w, const struct sweep *s, long ret)
{
	int flags = 0;

	(void)s;
	if (ret < 0 && say(w, w->s))
		return -1;
	while (ret < 0 && !(flags & MSG_EOR))	/* what EFAULT has left, and m... */
		if (hear(w->c, got, sizeof(got), &flags) <= 0)
			return wrong("the end");
	if (ret >= 0 && (ret > BIG || memcmp(got, big, ret)))
		return wrong("other octets");
	session_down(w);	/* it may have come in more than one piece */
	return session_up(w) || session_works(w) ? -1 : 0;
}

static int is_told(struct world *w, const struct sweep *s, long ret)
{
	const struct rsp_failover *n = (const void *)got;

	if (ret < 0 && again(w, s))
		return -1;
	if (n->hdr.type != RSP_NOTIFY_FAILOVER || n->old_pe_id != 1)
		return wrong("not the failover's notification");
	return w->s < 0 && moved_on(w) ? -1 : session_works(w);
}

static int has_cookie(struct world *w, const struct sweep *s, long ret)
{
	char text[512];
	const struct rsp_cookie_echo *echo = (const void *)text;
	unsigned int number;
	int len, flags;

	if (ret < 0 && again(w, s))
		return -1;
	number = w->number;
	if (s->call == call_sendmsg_cookie && want_number(w->c, number))
		return -1;
	if (cookie_is(w, number) || session_works(w) || session_moves(w))
		return -1;
	len = hear(w->s, text, sizeof(text), &flags);
	if (len <= (int)sizeof(*echo) || !(flags & RSP_MSG_NOTIFICATION) ||
	    echo->hdr.type != RSP_NOTIFY_COOKIE_ECHO ||
	    atoi((const char *)echo->cookie) != (int)number)
		return wrong("the next server does not get cookie %u", number);
	return session_resumes(w);
}

/* shutdown() again does no harm, and the other end hears of the first one */
static int is_shut(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	return noticed(s->who == CLIENT ? w->s : w->c, "shutdown()");
}

static int is_drained(struct world *w, const struct sweep *s, long ret)
{
	if (ret < 0 && again(w, s))
		return -1;
	return element_gone(nl);
}

static int is_closed(struct world *w, const struct sweep *s, long ret)
{
	(void)ret;
	return noticed(s->who == CLIENT ? w->s : w->c, "close()");
}

static int is_closed_element(struct world *w, const struct sweep *s, long ret)
{
	(void)w;
	(void)s;
	(void)ret;
	return element_gone(nl);
}

/* ---- one-to-many sockets ------------------------------------------------------ */

static __u64 many_session;	/* of w->x, whose other end is w->s */

static int many_socket(struct world *w)
{
	session_down(w);
	w->x = sock_new_type(SOCK_SEQPACKET);
	return sock_event(w->x, RSP_NOTIFY_SESSION_CHANGE) ?
	       wrong("RSP_EVENT: %m") : 0;
}

static long call_sendto(struct world *w, const struct sweep *s)
{
	struct sockaddr_rserpool addr = pool_addr(1);
	int flags = MSG_NOSIGNAL | s->option;

	return RESULT(sendto(w->x, "hello", 5, flags, (struct sockaddr *)&addr,
			     sizeof(addr)));
}

/* What has come of it: perhaps a session or two that went no further. */
static int many_arrived(struct world *w)
{
	char text[16];
	int tries;

	for (tries = 0; tries < 3; tries++) {
		w->s = accept(w->l[0], NULL, NULL);
		if (w->s < 0)
			return wrong("accept: %m");
		if (recv(w->s, text, sizeof(text), 0) == 5)
			return 0;
		sock_abort(&w->s);
	}
	return wrong("nothing arrived");
}

/* One that did not wait for the session tells of its failure later. */
static int is_sent_in_new(struct world *w, const struct sweep *s, long ret)
{
	(void)ret;
	return again(w, s) || many_arrived(w) ? -1 : 0;
}

static int many_up(struct world *w)
{
	struct rsp_session_change n;

	if (many_socket(w) || call_sendto(w, &(struct sweep){ }) != 5 ||
	    many_arrived(w))
		return -1;
	if (recv(w->x, &n, sizeof(n), 0) != sizeof(n))
		return wrong("not told of the session");
	many_session = n.session_id;
	return send(w->s, "back", 4, MSG_NOSIGNAL) == 4 &&
	       readable(w->x, FAULT_PATIENCE) ? 0 : wrong("no answer");
}

static long call_peeloff(struct world *w, const struct sweep *s)
{
	struct rsp_peeloff p = { .session_id = many_session };
	socklen_t len = sizeof(p);
	long ret = RESULT(getsockopt(w->x, SOL_RSERPOOL, RSP_PEELOFF, &p, &len));

	(void)s;
	if (!ret)
		w->c = p.fd;
	return ret;
}

static int is_peeled(struct world *w, const struct sweep *s, long ret)
{
	char text[16];

	if (ret < 0 && again(w, s))
		return -1;
	return recv(w->c, text, sizeof(text), 0) == 4 ? 0 : wrong("recv: %m");
}

static long call_recv_many(struct world *w, const struct sweep *s)
{
	char text[16], control[64];
	struct sockaddr_rserpool addr;
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) };
	struct msghdr msg = {
		.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	return RESULT(recvmsg(w->x, &msg, s->option));
}

static int is_received_many(struct world *w, const struct sweep *s, long ret)
{
	(void)w;
	(void)s;
	return ret < 0 || ret == 4 ? 0 : wrong("%ld octets", ret);
}

static long call_close_many(struct world *w, const struct sweep *s)
{
	(void)s;
	return RESULT(close(w->x));
}

static int is_closed_many(struct world *w, const struct sweep *s, long ret)
{
	(void)s;
	(void)ret;
	w->x = -1;
	return noticed(w->s, "close()");
}

/* ---- all of them --------------------------------------------------------------- */

#define SWEEP(n, b, c, a, ...) \
	{ .name = n, .before = b, .call = c, .after = a, __VA_ARGS__ }

static const struct sweep sweeps[] = {
	SWEEP("socket", session_kept, call_socket, is_socket, .opens = true),
	SWEEP("bind", own_socket, call_bind, is_bound),
	SWEEP("listen", own_bound, call_listen, is_listening),
	SWEEP("connect", client_only, call_connect, is_connected, .associates = true),
	SWEEP("accept", client_waits, call_accept, is_accepted, .opens = true),
	SWEEP("accept4 with address", client_waits, call_accept_addr, is_accepted, .opens = true),
	SWEEP("getsockname, client", session_kept, call_getsockname, repeated, .who = CLIENT),
	SWEEP("getsockname, listener", session_kept, call_getsockname, repeated, .who = LISTENER),
	SWEEP("getpeername, client", session_kept, call_getpeername, repeated, .who = CLIENT),
	SWEEP("getpeername, server", session_kept, call_getpeername, repeated, .who = SERVER),
	SWEEP("get RSP_INFO, client", session_kept, call_get, repeated,
	      .who = CLIENT, .option = RSP_INFO),
	SWEEP("get RSP_INFO, listener", session_kept, call_get, repeated,
	      .who = LISTENER, .option = RSP_INFO),
	SWEEP("get RSP_EVENT", session_kept, call_get, repeated,
	      .who = CLIENT, .option = RSP_EVENT),
	SWEEP("get RSP_POLICY", session_kept, call_get, repeated,
	      .who = LISTENER, .option = RSP_POLICY),
	SWEEP("get RSP_REG_LIFE", session_kept, call_get, repeated,
	      .who = LISTENER, .option = RSP_REG_LIFE),
	SWEEP("get RSP_REPLAY", session_kept, call_get, repeated,
	      .who = CLIENT, .option = RSP_REPLAY),
	SWEEP("get RSP_FAILOVER_LIMIT", session_kept, call_get, repeated,
	      .who = CLIENT, .option = RSP_FAILOVER_LIMIT),
	SWEEP("get RSP_COOKIE", cookie_give, call_get, repeated,
	      .who = CLIENT, .option = RSP_COOKIE),
	SWEEP("get SCTP_NODELAY", session_kept, call_get_nodelay, repeated, .who = CLIENT),
	SWEEP("get RSP_PEER_ADDRS, client", session_kept, call_get, repeated,
	      .who = CLIENT, .option = RSP_PEER_ADDRS),
	SWEEP("get RSP_PEER_ADDRS, server", session_kept, call_get, repeated,
	      .who = SERVER, .option = RSP_PEER_ADDRS),
	SWEEP("get RSP_TRANSPORT", session_kept, call_get, repeated,
	      .who = LISTENER, .option = RSP_TRANSPORT),
	SWEEP("set RSP_PROFILE, listener", session_kept, call_set_u32, repeated,
	      .who = LISTENER, .option = RSP_PROFILE),
	SWEEP("set RSP_EVENT", session_kept, call_set_event, repeated, .who = CLIENT),
	SWEEP("set RSP_POLICY, listener", session_kept, call_set_policy, repeated, .who = LISTENER),
	SWEEP("set RSP_REG_LIFE, listener", session_kept, call_set_u32, repeated,
	      .who = LISTENER, .option = RSP_REG_LIFE),
	SWEEP("set RSP_REPLAY", session_kept, call_set_u32, repeated,
	      .who = CLIENT, .option = RSP_REPLAY),
	SWEEP("set RSP_FAILOVER_LIMIT", session_kept, call_set_u32, repeated,
	      .who = CLIENT, .option = RSP_FAILOVER_LIMIT),
	SWEEP("set RSP_DEFAULT_PRINFO", session_kept, call_set_prinfo, repeated, .who = CLIENT),
	SWEEP("get RSP_DEFAULT_PRINFO", session_kept, call_get, repeated,
	      .who = CLIENT, .option = RSP_DEFAULT_PRINFO),
	SWEEP("set RSP_RECVNXTINFO", session_kept, call_set_u32, repeated,
	      .who = CLIENT, .option = RSP_RECVNXTINFO),
	SWEEP("set RSP_RECVRCVINFO", session_kept, call_set_u32, repeated,
	      .who = CLIENT, .option = RSP_RECVRCVINFO),
	SWEEP("set SCTP_INITMSG, client", session_kept, call_set_sctp, repeated, .who = CLIENT),
	SWEEP("set SCTP_INITMSG, listener", session_kept, call_set_sctp, repeated,
	      .who = LISTENER),
	SWEEP("set RSP_RELEASE", session_held, call_turn, is_released,
	      .who = CLIENT, .option = RSP_RELEASE),
	SWEEP("set RSP_NEXT", session_fresh, call_turn, is_with_next,
	      .who = CLIENT, .option = RSP_NEXT),
	SWEEP("set SCTP_NODELAY, client", session_kept, call_set_nodelay, repeated, .who = CLIENT),
	SWEEP("set SCTP_NODELAY, server", session_kept, call_set_nodelay, repeated, .who = SERVER),
	SWEEP("set RSP_BUSINESS_CARD, listener", session_kept, call_set_card, repeated,
	      .who = LISTENER),
	SWEEP("set RSP_BUSINESS_CARD, server", session_kept, call_set_card, repeated,
	      .who = SERVER),
	SWEEP("get RSP_BUSINESS_CARD", card_given, call_get, repeated,
	      .who = SERVER, .option = RSP_BUSINESS_CARD),
	SWEEP("set RSP_COOKIE_KEY [ASAP-CKI-05]", session_kept, call_set_cookie_key, is_keyed,
	      .who = LISTENER),
	SWEEP("set RSP_COOKIE [ASAP-CKI-03]", session_kept, call_set_cookie, has_cookie),
	SWEEP("sendmsg with cookie [ASAP-CKI-03]", session_kept, call_sendmsg_cookie, has_cookie),
	SWEEP("sendmsg with RSP_CMSG_PRINFO, client", session_kept, call_sendmsg_prinfo, is_sent,
	      .who = CLIENT),
	SWEEP("sendmsg with RSP_CMSG_PRINFO, server", session_kept, call_sendmsg_prinfo, is_sent,
	      .who = SERVER),
	SWEEP("sendmsg with RSP_CMSG_SNDINFO, client", session_kept, call_sendmsg_sndinfo,
	      is_sent, .who = CLIENT),
	SWEEP("sendmsg with RSP_CMSG_SNDINFO, server", session_kept, call_sendmsg_sndinfo,
	      is_sent, .who = SERVER),
	SWEEP("send, client", session_kept, call_send, is_sent, .who = CLIENT),
	SWEEP("send, server", session_kept, call_send, is_sent, .who = SERVER),
	SWEEP("send of many chunks, client", session_kept, call_send_big, is_sent_big,
	      .who = CLIENT),
	SWEEP("send of many chunks, server", session_kept, call_send_big, is_sent_big,
	      .who = SERVER),
	SWEEP("send in a failover", server_dead, call_send, is_sent_to_next, .who = CLIENT),
	SWEEP("recv", server_said_two, call_recv, is_received, .who = CLIENT),
	SWEEP("recv with MSG_PEEK", server_said_two, call_recv, is_received,
	      .who = CLIENT, .option = MSG_PEEK),
	SWEEP("recvmsg", server_said_two, call_recvmsg, is_received, .who = CLIENT),
	SWEEP("recv of many chunks", big_waits, call_recv, is_received_big, .who = CLIENT),
	SWEEP("recv of a notification", notification_waits, call_recv, is_told, .who = CLIENT),
	SWEEP("recv in a failover", server_dead, call_recv, is_told, .who = CLIENT),
	SWEEP("poll, client", session_kept, call_poll, repeated, .who = CLIENT),
	SWEEP("poll, listener", session_kept, call_poll, repeated, .who = LISTENER),
	SWEEP("epoll", epoll_open, call_epoll, repeated, .who = CLIENT),
	SWEEP("ioctl SIOCINQ", session_kept, call_ioctl, repeated,
	      .who = CLIENT, .option = SIOCINQ),
	SWEEP("ioctl SIOCOUTQ", session_kept, call_ioctl, repeated,
	      .who = CLIENT, .option = SIOCOUTQ),
	SWEEP("shutdown, client", session_fresh, call_shutdown, is_shut,
	      .who = CLIENT, .option = SHUT_WR),
	SWEEP("shutdown, server", session_fresh, call_shutdown, is_shut,
	      .who = SERVER, .option = SHUT_WR),
	SWEEP("shutdown, listener", own_listening, call_shutdown, is_drained,
	      .who = OWN, .option = SHUT_RD),
	SWEEP("close, client", session_fresh, call_close, is_closed, .who = CLIENT),
	SWEEP("close, server", session_fresh, call_close, is_closed, .who = SERVER),
	SWEEP("close, listener", own_listening, call_close, is_closed_element, .who = OWN),
	SWEEP("sendto, a new session", many_socket, call_sendto, is_sent_in_new),
	SWEEP("sendto, which does not wait", many_socket, call_sendto, is_sent_in_new,
	      .option = MSG_DONTWAIT),
	SWEEP("recvmsg of one of many", many_up, call_recv_many, is_received_many),
	SWEEP("get RSP_PEELOFF", many_up, call_peeloff, is_peeled, .opens = true),
	SWEEP("close with a session of many", many_up, call_close_many, is_closed_many),
	SWEEP("set RSP_BASIC", own_socket, call_set_u32, is_basic,
	      .who = OWN, .option = RSP_BASIC),
	SWEEP("set RSP_TRANSPORT", own_basic, call_set_transport, is_registered, .who = OWN),
	SWEEP("listen, basic mode", own_basic_bound, call_listen, is_registered),
	SWEEP("connect, basic mode", own_basic, call_connect_basic, is_chosen),
	SWEEP("nothing is left over", session_kept, call_poll, repeated, .who = CLIENT),
};

/* One sweep.  Return: 0 or -1. */
static int run(struct world *w, const struct sweep *s)
{
	struct fault_count count = {};
	unsigned int n;
	bool hit = true;
	long ret;

	for (n = fault_first(); hit; n = fault_next(n)) {
		if (s->before(w))
			return wrong("before point %u", n);
		fault_arm(n);
		ret = s->call(w, s);
		hit = fault_hit();
		if (ret < 0 && !hit)
			return wrong("without a fault: %s", strerror(-ret));
		if (ret < 0 && !legal(ret) && !(ret == -ENFILE && s->opens) &&
		    !(ret == -ECONNREFUSED && s->associates))
			return wrong("point %u: %s", n, strerror(-ret));
		fault_counted(&count, n, hit, ret < 0);
		if (s->after(w, s, ret))
			return wrong("after point %u: %s", n,
				     ret < 0 ? strerror(-ret) : "success");
		if (n >= POINTS_MAX)
			return wrong("no end");
	}
	fault_report(s->name, &count);
	return 0;
}

int main(void)
{
	struct world w = { .c = -1, .s = -1, .x = -1 };
	unsigned int i, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(big, 'b', BIG);
	if (fault_open() || rsp_nl_open(&nl))
		return 1;
	w.l[0] = element_new(1);
	w.l[1] = element_new(2);
	for (i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++) {
		bool good;

		if (fault_skipped(sweeps[i].name))
			continue;
		good = !run(&w, &sweeps[i]);
		printf("%s %s\n", good ? "ok" : "not ok", sweeps[i].name);
		if (!good)
			session_calm(&w);
		failed += !good;
	}
	session_down(&w);
	rsp_nl_close(nl);
	return failed != 0;
}
