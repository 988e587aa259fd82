// SPDX-License-Identifier: GPL-2.0
/*
 * System calls, each of which may fail as rserpool(7) says and in no other
 * way.  EBADF is for those who close what others use.
 */
#include <errno.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "race.h"

static const struct {
	const char *call;
	int errnos[20];
} documented[] = {
	{ "socket", { 0 } },
	{ "close", { EBADF } },
	{ "bind", { EBADF, EINVAL } },
	{ "listen", { EBADF, EACCES, EADDRINUSE, EADDRNOTAVAIL, EALREADY, EDESTADDRREQ,
		      EHOSTUNREACH, EINVAL, ENOBUFS, ENOENT, ENOTUNIQ, EPROTO, EPROTOTYPE,
		      ETIMEDOUT, EINTR } },
	{ "accept", { EBADF, EAGAIN, EINVAL, EOPNOTSUPP, EINTR } },
	{ "connect", { EBADF, EADDRNOTAVAIL, EALREADY, ECONNABORTED, ECONNREFUSED,
		       EHOSTUNREACH, EINPROGRESS, EISCONN, ENOENT, EOPNOTSUPP, ETIMEDOUT,
		       EINTR } },
	{ "send", { EBADF, EAGAIN, ECONNRESET, ENOTCONN, EPIPE, ETIMEDOUT, EINTR,
		    EADDRNOTAVAIL, ECONNABORTED, ECONNREFUSED, EDESTADDRREQ, EHOSTUNREACH,
		    ENOENT } },
	{ "sendto", { EBADF, EAGAIN, EADDRNOTAVAIL, ECONNABORTED, ECONNREFUSED, ECONNRESET,
		      EHOSTUNREACH, EISCONN, ENOENT, ENOTCONN, EPIPE, ETIMEDOUT, EINTR } },
	{ "to_session", { EBADF, EAGAIN, ECONNABORTED, ECONNRESET, ENOENT, ENOTCONN, EPIPE,
			  ETIMEDOUT, EINTR } },
	{ "peeloff", { EBADF, EBUSY, ENOENT, EOPNOTSUPP, EINTR } },
	{ "sendmsg", { EAGAIN, ECONNRESET, ENOTCONN, EPIPE, ETIMEDOUT, EINTR } },
	{ "recv", { EBADF, EAGAIN, EBADMSG, ECONNABORTED, ECONNRESET, ENOTCONN, ETIMEDOUT, EINTR,
		    EADDRNOTAVAIL, ECONNREFUSED, EHOSTUNREACH, ENOENT } },
	{ "recvmsg", { EBADF, EAGAIN, EBADMSG, ECONNABORTED, ECONNREFUSED, ECONNRESET,
		       EADDRNOTAVAIL, EHOSTUNREACH, ENOENT, ENOTCONN, ETIMEDOUT, EINTR } },
	{ "shutdown", { EBADF, ENOTCONN, EOPNOTSUPP, EINTR } },
	{ "setsockopt", { EBADF, EINTR } },
	{ "set_cookie", { EBADF, EOPNOTSUPP, EAGAIN, ECONNABORTED, ECONNRESET, ENOTCONN, EPIPE,
			  ETIMEDOUT, EINTR } },
	{ "set_turn", { EBADF, EALREADY, EBUSY, EINVAL, ENOTCONN, EOPNOTSUPP, EINTR } },
	{ "getsockopt", { EBADF } },
	{ "get_cookie", { EBADF, ENOENT } },
	{ "getsockname", { EBADF } },
	{ "getpeername", { EBADF, ENOTCONN } },
	{ "ioctl", { EBADF, EINTR } },
	{ "poll", { EINTR } },
};

long made(const char *call, long ret)
{
	int err = errno;
	unsigned int i, k;

	doing("something else");
	if (ret >= 0)
		return ret;
	for (i = 0; i < ARRAY_LEN(documented); i++)
		if (!strcmp(documented[i].call, call))
			break;
	if (i == ARRAY_LEN(documented))
		fail("%s: not in the table", call);
	for (k = 0; documented[i].errnos[k] != err; k++)
		if (!documented[i].errnos[k])
			fail("%s: %s", call, strerrorname_np(err) ?: "no errno at all");
	errno = err;
	return ret;
}

socklen_t pool_addr(struct sockaddr_rserpool *addr, const char *pool, uint32_t id)
{
	*addr = (struct sockaddr_rserpool){
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = strlen(pool),
		.srp_pe_id = id,
	};
	memcpy(addr->srp_handle, pool, strlen(pool));
	return sizeof(*addr);
}

int new_socket(int flags)
{
	return CALL(socket, AF_RSERPOOL, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
}

int new_many(int flags)
{
	int fd = CALL(socket, AF_RSERPOOL, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);

	set_event(fd, RSP_NOTIFY_SESSION_CHANGE, one_in(2));
	return fd;
}

int do_sendto(int fd, const char *pool, int flags)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool_addr(&addr, pool, 0);

	return CALL(sendto, fd, "hello", 5, MSG_NOSIGNAL | flags,
		    (struct sockaddr *)&addr, len);
}

static int peel(int fd, uint64_t session)
{
	struct rsp_peeloff p = { .session_id = session };
	socklen_t len = sizeof(p);

	doing("peeloff");
	return made("peeloff", getsockopt(fd, SOL_RSERPOOL, RSP_PEELOFF, &p, &len)) ?
	       -1 : p.fd;
}

int many_turn(int fd)
{
	static const uint32_t options[] = { 0, 0, RSP_SEND_FAILOVER, RSP_SEND_END,
					    RSP_SEND_ABORT };
	union {
		char buf[CMSG_SPACE(sizeof(struct rsp_rcvinfo))];
		struct cmsghdr align;
	} control = { 0 };
	char text[100];
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	struct rsp_rcvinfo from;
	struct rsp_sndinfo to = {
		.options = options[dice(ARRAY_LEN(options))],
		.stream = dice(3),
	};

	if (CALL(recvmsg, fd, &msg, MSG_DONTWAIT) < 0 ||
	    msg.msg_controllen < sizeof(*c))
		return -1;
	memcpy(&from, CMSG_DATA(c), sizeof(from));
	if (one_in(4))
		return peel(fd, from.session_id);
	to.session_id = from.session_id;
	c->cmsg_type = RSP_CMSG_SNDINFO;
	c->cmsg_len = CMSG_LEN(sizeof(to));
	memcpy(CMSG_DATA(c), &to, sizeof(to));
	msg.msg_controllen = CMSG_SPACE(sizeof(to));
	iov.iov_len = to.options == RSP_SEND_ABORT ? 0 : sizeof(text);
	doing("to_session");
	made("to_session", sendmsg(fd, &msg, MSG_NOSIGNAL));
	return -1;
}

int do_bind(int fd, const char *pool, uint32_t id)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool_addr(&addr, pool, id);

	return CALL(bind, fd, (struct sockaddr *)&addr, len);
}

int do_connect(int fd, const char *pool, uint32_t id)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool_addr(&addr, pool, id);

	return CALL(connect, fd, (struct sockaddr *)&addr, len);
}

void set_event(int fd, int type, bool on)
{
	struct rsp_event ev = { .type = type, .on = on };

	CALL(setsockopt, fd, SOL_RSERPOOL, RSP_EVENT, &ev, sizeof(ev));
}

int new_element(const char *pool, uint32_t id)
{
	int fd = new_socket(0);

	set_event(fd, RSP_NOTIFY_COOKIE_ECHO, true);
	if (do_bind(fd, pool, id))
		fail("bind: %s", strerrorname_np(errno));
	while (CALL(listen, fd, 64)) {
		if (errno != EHOSTUNREACH && errno != EINTR)
			fail("listen: %s", strerrorname_np(errno));
		sleep_ms(20);
	}
	return fd;
}

void set_linger_abort(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	CALL(setsockopt, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

void get_info(int fd, struct rsp_info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	CALL(getsockopt, fd, SOL_RSERPOOL, RSP_INFO, info, &len);
	if (info->state >= __RSP_STATE_MAX || info->role > RSP_ROLE_SERVER)
		fail("RSP_INFO: state %u role %u", info->state, info->role);
}

static void look_at_cookie(int fd)
{
	static __thread uint32_t buf[RSP_HANDLE_MAX + COOKIE_ROOM / 4];
	socklen_t len = COOKIE_ROOM;

	doing("get_cookie");
	if (!made("get_cookie", getsockopt(fd, SOL_RSERPOOL, RSP_COOKIE, buf, &len)))
		cookie_check((const struct cookie *)buf, len);
}

void turn_options(int fd)
{
	struct sockaddr_rserpool addr;
	socklen_t len = sizeof(addr);
	struct rsp_info info;
	int on = dice(2), buf = 4096 << dice(8);
	uint32_t ms = 100000 + dice(100000);
	uint64_t none = 0;

	switch (dice(11)) {
	case 0:
		CALL(setsockopt, fd, SOL_SCTP, SCTP_NODELAY, &on, sizeof(on));
		break;
	case 1:
		CALL(setsockopt, fd, SOL_SOCKET, SO_RCVBUF, &buf, sizeof(buf));
		break;
	case 2:
		CALL(setsockopt, fd, SOL_RSERPOOL, RSP_FAILOVER_LIMIT, &ms, sizeof(ms));
		break;
	case 3:
		set_event(fd, RSP_NOTIFY_REGISTRATION, on);
		break;
	case 4:
		look_at_cookie(fd);
		break;
	case 5:
		CALL(getpeername, fd, (struct sockaddr *)&addr, &len);
		break;
	case 6:
		CALL(getsockname, fd, (struct sockaddr *)&addr, &len);
		break;
	case 7:
		CALL(ioctl, fd, FIONREAD, &on);
		break;
	case 8:
		get_info(fd, &info);
		break;
	case 9:
		if (!one_in(8))
			break;
		doing("set_turn");
		made("set_turn", setsockopt(fd, SOL_RSERPOOL, RSP_NEXT, &none, sizeof(none)));
		break;
	case 10:
		doing("set_turn");
		made("set_turn", setsockopt(fd, SOL_RSERPOOL, RSP_RELEASE, &none, sizeof(none)));
		break;
	}
}
