// SPDX-License-Identifier: GPL-2.0
/*
 * Each call on each kind of socket, and the errno that it gives.  Needs no
 * registrar: a non-blocking listen() succeeds without one.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/rserpool.h>

#include "kselftest_harness.h"

/* A call that has to fail, and how. */
#define FAILS(err, call)						\
	do {								\
		errno = 0;						\
		EXPECT_EQ(-1, (long)(call)) TH_LOG("%s", #call);	\
		EXPECT_EQ(err, errno) TH_LOG("%s: %m", #call);		\
	} while (0)

#define WORKS(call)							\
	EXPECT_EQ(0, (long)(call)) TH_LOG("%s: %m", #call)

static const int bad_levels[] = { SOL_SOCKET + 1000, 21071, 132 };

static struct sockaddr_rserpool pool(const char *handle)
{
	struct sockaddr_rserpool addr = {
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = strlen(handle),
	};

	memcpy(addr.srp_handle, handle, strlen(handle));
	return addr;
}

#define ADDR(a)		((struct sockaddr *)&(a))
#define SET(fd, opt, v)	setsockopt(fd, SOL_RSERPOOL, opt, &(v), sizeof(v))

FIXTURE(sock) {
	int fd;
	struct sockaddr_rserpool addr;
	char buf[256];
	socklen_t len;
};

FIXTURE_SETUP(sock)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	self->addr = pool("pool");
	self->len = sizeof(self->addr);
	self->fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (self->fd < 0 && errno == EAFNOSUPPORT)
		SKIP(return, "no AF_RSERPOOL");
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(sock)
{
	EXPECT_EQ(0, close(self->fd));
}

TEST(socket_types)
{
	FAILS(EPROTONOSUPPORT, socket(AF_RSERPOOL, SOCK_STREAM, 1));
	FAILS(EPROTONOSUPPORT, socket(AF_RSERPOOL, SOCK_STREAM, 132));
	FAILS(ESOCKTNOSUPPORT, socket(AF_RSERPOOL, SOCK_DGRAM, 0));
	FAILS(ESOCKTNOSUPPORT, socket(AF_RSERPOOL, SOCK_RAW, 0));
	FAILS(ESOCKTNOSUPPORT, socket(AF_RSERPOOL, SOCK_RDM, 0));
}

TEST(no_socketpair)
{
	int fds[2];

	FAILS(EOPNOTSUPP, socketpair(AF_RSERPOOL, SOCK_STREAM, 0, fds));
}

TEST_F(sock, fresh_calls)
{
	FAILS(EDESTADDRREQ, listen(self->fd, 1));
	FAILS(EINVAL, accept(self->fd, NULL, NULL));
	FAILS(ENOTCONN, send(self->fd, "x", 1, MSG_NOSIGNAL));
	FAILS(ENOTCONN, recv(self->fd, self->buf, 1, 0));
	FAILS(ENOTCONN, shutdown(self->fd, SHUT_RDWR));
	FAILS(EINVAL, shutdown(self->fd, 3));
	FAILS(ENOTCONN, getpeername(self->fd, ADDR(self->addr), &self->len));
	FAILS(ENOTCONN, sendto(self->fd, "x", 1, MSG_NOSIGNAL,
			       ADDR(self->addr), sizeof(self->addr)));
	FAILS(EOPNOTSUPP, send(self->fd, "x", 1, MSG_OOB));
	FAILS(ENODEV, (long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	FAILS(ENOTTY, ioctl(self->fd, 0x1234abcd, self->buf));
}

TEST_F(sock, bad_pointers)
{
	void *bad = (void *)8;

	FAILS(EFAULT, bind(self->fd, bad, sizeof(self->addr)));
	FAILS(EFAULT, connect(self->fd, bad, sizeof(self->addr)));
	FAILS(EFAULT, getsockname(self->fd, bad, &self->len));
	FAILS(EFAULT, setsockopt(self->fd, SOL_RSERPOOL, RSP_REPLAY, bad, 4));
	FAILS(EFAULT, setsockopt(self->fd, SOL_RSERPOOL, RSP_EVENT, bad,
				 sizeof(struct rsp_event)));
	FAILS(EFAULT, setsockopt(self->fd, SOL_RSERPOOL, RSP_POLICY, bad,
				 sizeof(struct rsp_policy)));
	FAILS(EFAULT, getsockopt(self->fd, SOL_RSERPOOL, RSP_INFO, bad, &self->len));
	FAILS(EFAULT, getsockopt(self->fd, SOL_RSERPOOL, RSP_INFO, self->buf, bad));
}

TEST_F(sock, addresses)
{
	struct sockaddr_rserpool a = self->addr;
	int fd = self->fd;
	socklen_t len;

	for (len = 0; len < 20; len++)
		FAILS(EINVAL, bind(fd, ADDR(a), len));
	for (len = 0; len < 20; len++)
		FAILS(EINVAL, connect(fd, ADDR(a), len));
	a.srp_flags = 1;
	FAILS(EINVAL, bind(fd, ADDR(a), sizeof(a)));
	FAILS(EINVAL, connect(fd, ADDR(a), sizeof(a)));
	a = self->addr;
	a.srp_reserved = 1U << 31;
	FAILS(EINVAL, bind(fd, ADDR(a), sizeof(a)));
	FAILS(EINVAL, connect(fd, ADDR(a), sizeof(a)));
	a = self->addr;
	a.srp_handle_len = 0;
	FAILS(EINVAL, bind(fd, ADDR(a), sizeof(a)));
	FAILS(EINVAL, connect(fd, ADDR(a), sizeof(a)));
	a.srp_handle_len = RSP_HANDLE_MAX + 1;
	FAILS(ENAMETOOLONG, bind(fd, ADDR(a), sizeof(a)));
	a.srp_handle_len = 0xffff;
	FAILS(ENAMETOOLONG, bind(fd, ADDR(a), sizeof(a)));
	a = self->addr;
	a.srp_family = AF_INET;
	FAILS(EAFNOSUPPORT, bind(fd, ADDR(a), sizeof(a)));
	FAILS(EAFNOSUPPORT, connect(fd, ADDR(a), sizeof(a)));

	/* and it is as good as new */
	WORKS(bind(fd, ADDR(self->addr), sizeof(self->addr)));
	FAILS(EINVAL, bind(fd, ADDR(self->addr), sizeof(self->addr)));
}

/* Of what lies behind the handle nothing is kept, nor said of the kernel's. */
TEST_F(sock, name_is_whole)
{
	struct sockaddr_rserpool got, wanted = self->addr;

	memset(self->addr.srp_handle + self->addr.srp_handle_len, 0xff,
	       sizeof(self->addr.srp_handle) - self->addr.srp_handle_len);
	WORKS(bind(self->fd, ADDR(self->addr), self->len));
	WORKS(getsockname(self->fd, ADDR(got), &self->len));
	EXPECT_EQ(sizeof(wanted), self->len);
	EXPECT_EQ(0, memcmp(&wanted, &got, sizeof(got)));
}

TEST_F(sock, no_registrar)
{
	int fd;

	fcntl(self->fd, F_SETFL, 0);
	FAILS(EHOSTUNREACH, connect(self->fd, ADDR(self->addr), sizeof(self->addr)));
	FAILS(EHOSTUNREACH, connect(self->fd, ADDR(self->addr), sizeof(self->addr)));

	fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	WORKS(bind(fd, ADDR(self->addr), sizeof(self->addr)));
	FAILS(EHOSTUNREACH, listen(fd, 1));
	FAILS(EHOSTUNREACH, listen(fd, 1));
	WORKS(close(fd));
}

TEST_F(sock, bound_calls)
{
	WORKS(bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	FAILS(EINVAL, accept(self->fd, NULL, NULL));
	FAILS(ENOTCONN, send(self->fd, "x", 1, MSG_NOSIGNAL));
	FAILS(ENOTCONN, recv(self->fd, self->buf, 1, 0));
	WORKS(getsockname(self->fd, ADDR(self->addr), &self->len));
	EXPECT_EQ(4, self->addr.srp_handle_len);
	EXPECT_EQ(AF_RSERPOOL, self->addr.srp_family);
	EXPECT_EQ(sizeof(self->addr), self->len);
}

TEST_F(sock, listening_calls)
{
	struct rsp_event event = { .type = RSP_NOTIFY_REGISTRATION, .on = 1 };
	struct rsp_info info;
	int on = 0;

	WORKS(bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	WORKS(listen(self->fd, 5));
	WORKS(listen(self->fd, 7));
	WORKS(listen(self->fd, 0));
	self->len = sizeof(on);
	WORKS(getsockopt(self->fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &self->len));
	EXPECT_EQ(1, on);
	FAILS(EAGAIN, accept(self->fd, NULL, NULL));
	FAILS(EINVAL, bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	EXPECT_EQ(-1, connect(self->fd, ADDR(self->addr), sizeof(self->addr)));
	FAILS(ENOTCONN, send(self->fd, "x", 1, MSG_NOSIGNAL));
	FAILS(ENOTCONN, recv(self->fd, self->buf, 1, 0));
	WORKS(SET(self->fd, RSP_EVENT, event));
	FAILS(EAGAIN, recv(self->fd, self->buf, 1, 0));
	FAILS(ENOTCONN, getpeername(self->fd, ADDR(self->addr), &self->len));
	self->len = sizeof(info);
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_INFO, &info, &self->len));
	EXPECT_EQ(RSP_STATE_LISTENING, info.state);
	EXPECT_EQ(RSP_ROLE_POOL_ELEMENT, info.role);
	EXPECT_NE(0, info.pe_id);
	EXPECT_EQ(0, info.registrar_id);
}

TEST_F(sock, options_unknown)
{
	unsigned int i;
	int v = 1;

	FAILS(ENOPROTOOPT, SET(self->fd, RSP_UNSPEC, v));
	FAILS(ENOPROTOOPT, SET(self->fd, __RSP_OPT_MAX, v));
	FAILS(ENOPROTOOPT, SET(self->fd, RSP_INFO, v));
	FAILS(ENOPROTOOPT, SET(self->fd, -1, v));
	self->len = 4;
	FAILS(ENOPROTOOPT, getsockopt(self->fd, SOL_RSERPOOL, RSP_UNSPEC, &v,
				      &self->len));
	FAILS(ENOPROTOOPT, getsockopt(self->fd, SOL_RSERPOOL, 0x7fffffff, &v,
				      &self->len));
	for (i = 0; i < ARRAY_SIZE(bad_levels); i++)
		FAILS(ENOPROTOOPT, setsockopt(self->fd, bad_levels[i],
					      RSP_REPLAY, &v, sizeof(v)));
}

TEST_F(sock, option_event)
{
	struct rsp_event e = { .type = RSP_NOTIFY_FAILOVER, .on = 1 };

	FAILS(EINVAL, setsockopt(self->fd, SOL_RSERPOOL, RSP_EVENT, &e, 3));
	FAILS(EINVAL, setsockopt(self->fd, SOL_RSERPOOL, RSP_EVENT, &e, 0));
	e.on = 2;
	FAILS(EINVAL, SET(self->fd, RSP_EVENT, e));
	e.on = 1;
	e.reserved = 1;
	FAILS(EINVAL, SET(self->fd, RSP_EVENT, e));
	e.reserved = 0;
	e.type = RSP_NOTIFY_UNSPEC;
	FAILS(EINVAL, SET(self->fd, RSP_EVENT, e));
	e.type = __RSP_NOTIFY_MAX;
	FAILS(EINVAL, SET(self->fd, RSP_EVENT, e));
	e.type = 0xffff;
	FAILS(EINVAL, SET(self->fd, RSP_EVENT, e));
	for (e.type = 1; e.type < __RSP_NOTIFY_MAX; e.type++)
		WORKS(SET(self->fd, RSP_EVENT, e));
	e.type = RSP_NOTIFY_FAILOVER;
	e.on = 0;
	self->len = sizeof(e);
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_EVENT, &e, &self->len));
	EXPECT_EQ(1, e.on);
}

/* POL-01: both zero types are invalid */
TEST_F(sock, option_policy_POL_01)
{
	struct rsp_policy p = { .type = RSP_POL_ROUND_ROBIN }, got;

	WORKS(SET(self->fd, RSP_POLICY, p));
	FAILS(EINVAL, setsockopt(self->fd, SOL_RSERPOOL, RSP_POLICY, &p,
				 sizeof(p) - 1));
	p.reserved = 1;
	FAILS(EINVAL, SET(self->fd, RSP_POLICY, p));
	p.reserved = 0;
	p.type = 0;
	FAILS(EINVAL, SET(self->fd, RSP_POLICY, p));
	p.type = 0x40000000;
	FAILS(EINVAL, SET(self->fd, RSP_POLICY, p));

	p.type = RSP_POL_LEAST_USED_DEGRADATION;
	p.load = 0x80000000;
	p.degradation = 5;
	WORKS(SET(self->fd, RSP_POLICY, p));
	memset(&got, 0xff, sizeof(got));
	self->len = sizeof(got);
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_POLICY, &got, &self->len));
	EXPECT_EQ(0, memcmp(&p, &got, sizeof(p)));
}

/* A struct that has grown: its new part has to be zero */
TEST_F(sock, option_grown)
{
	struct {
		struct rsp_policy policy;
		uint32_t more[4];
	} grown = { .policy.type = RSP_POL_RANDOM };
	char page[8192] = { RSP_NOTIFY_FAILOVER };

	EXPECT_EQ(0, setsockopt(self->fd, SOL_RSERPOOL, RSP_POLICY, &grown,
				sizeof(grown)));
	grown.more[3] = 1;
	EXPECT_EQ(-1, setsockopt(self->fd, SOL_RSERPOOL, RSP_POLICY, &grown,
				 sizeof(grown)));
	EXPECT_EQ(E2BIG, errno);
	EXPECT_EQ(-1, setsockopt(self->fd, SOL_RSERPOOL, RSP_EVENT, page,
				 sizeof(page)));
	EXPECT_EQ(E2BIG, errno);
}

TEST_F(sock, option_numbers)
{
	static const struct {
		int option;
		__u32 value;
		int err;
	} cases[] = {
		{ RSP_REG_LIFE, 0, EINVAL }, { RSP_REG_LIFE, 1, EINVAL },
		{ RSP_REG_LIFE, 2, 0 }, { RSP_REG_LIFE, 0x7fffffff, 0 },
		{ RSP_REG_LIFE, 0x80000000, EINVAL },
		{ RSP_REG_LIFE, 0xffffffff, EINVAL },
		{ RSP_REPLAY, RSP_REPLAY_NONE, 0 },
		{ RSP_REPLAY, RSP_REPLAY_UNACKED, 0 },
		{ RSP_REPLAY, RSP_REPLAY_UNACKED + 1, EINVAL },
		{ RSP_REPLAY, 0xffffffff, EINVAL },
		{ RSP_FAILOVER_LIMIT, 0, 0 }, { RSP_FAILOVER_LIMIT, 1, 0 },
		{ RSP_FAILOVER_LIMIT, 3600000, 0 },
		{ RSP_STALE, RSP_STALE_FAILOVER, 0 },
		{ RSP_STALE, RSP_STALE_WAIT, 0 },
		{ RSP_STALE, RSP_STALE_WAIT + 1, EINVAL },
		{ RSP_SUBSCRIBE, RSP_SUBSCRIBE_OFF, 0 },
		{ RSP_SUBSCRIBE, RSP_SUBSCRIBE_FOLLOW, 0 },
		{ RSP_SUBSCRIBE, RSP_SUBSCRIBE_FOLLOW + 1, EINVAL },
		{ RSP_SUBSCRIBE, 0xffffffff, EINVAL },
		{ RSP_PROFILE, RSP_PROFILE_NAMESPACE, 0 },
		{ RSP_PROFILE, RSP_PROFILE_DEFAULT, 0 },
		{ RSP_PROFILE, RSP_PROFILE_FAST, 0 },
		{ RSP_PROFILE, RSP_PROFILE_FAST + 1, EINVAL },
		{ RSP_PROFILE, 0xffffffff, EINVAL },
		{ RSP_FAILOVER_MODE, RSP_MODE_AUTOMATIC, 0 },
		{ RSP_FAILOVER_MODE, RSP_MODE_MANUAL, 0 },
		{ RSP_FAILOVER_MODE, RSP_MODE_MANUAL + 1, EINVAL },
		{ RSP_FAILOVER_MODE, 0xffffffff, EINVAL },
		{ RSP_RECVNXTINFO, 0, 0 }, { RSP_RECVNXTINFO, 1, 0 },
		{ RSP_RECVNXTINFO, 2, EINVAL },
		{ RSP_RECVNXTINFO, 0xffffffff, EINVAL },
		{ RSP_RECVRCVINFO, 0, 0 }, { RSP_RECVRCVINFO, 1, 0 },
		{ RSP_RECVRCVINFO, 2, EINVAL },
		{ RSP_RECVRCVINFO, 0xffffffff, EINVAL },
		{ RSP_BASIC, 0, 0 },
		{ RSP_BASIC, 2, EINVAL }, { RSP_BASIC, 0xffffffff, EINVAL },
		{ RSP_BASIC, 1, 0 },
	};
	unsigned int i;
	__u32 got;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		FAILS(EINVAL, setsockopt(self->fd, SOL_RSERPOOL,
					 cases[i].option, &cases[i].value, 3));
		if (cases[i].err) {
			FAILS(cases[i].err, SET(self->fd, cases[i].option,
						cases[i].value));
			continue;
		}
		WORKS(SET(self->fd, cases[i].option, cases[i].value));
		got = ~cases[i].value;
		self->len = sizeof(got);
		WORKS(getsockopt(self->fd, SOL_RSERPOOL, cases[i].option, &got,
				 &self->len));
		EXPECT_EQ(cases[i].value, got);
	}
}

/* Basic mode: what there is to set and to get, and nothing to send or receive */

static const int on = 1;

#define TRANSPORT_HEAD	offsetof(struct rsp_transport_addrs, addrs)

TEST_F(sock, basic_too_late)
{
	const int off = 0;

	WORKS(SET(self->fd, RSP_BASIC, on));
	WORKS(SET(self->fd, RSP_BASIC, on));
	FAILS(EBUSY, SET(self->fd, RSP_BASIC, off));
	EXPECT_EQ(0, close(self->fd));
	self->fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_NONBLOCK, 0);
	WORKS(bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	WORKS(listen(self->fd, 1));
	FAILS(EBUSY, SET(self->fd, RSP_BASIC, on));
}

TEST_F(sock, basic_one_to_one_only)
{
	struct rsp_transport_addrs t = { .protocol = IPPROTO_TCP, .port = 80 };
	int fd = socket(AF_RSERPOOL, SOCK_SEQPACKET, 0);

	ASSERT_LE(0, fd);
	FAILS(EOPNOTSUPP, SET(fd, RSP_BASIC, on));
	FAILS(EOPNOTSUPP, setsockopt(fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
				     TRANSPORT_HEAD));
	EXPECT_EQ(0, close(fd));
}

TEST_F(sock, basic_without_basic)
{
	struct rsp_transport_addrs t = { .protocol = IPPROTO_TCP, .port = 80 };

	FAILS(EOPNOTSUPP, setsockopt(self->fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
				     TRANSPORT_HEAD));
	self->len = sizeof(t);
	FAILS(ENOENT, getsockopt(self->fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
				 &self->len));
	self->len = sizeof(t);
	FAILS(ENOTCONN, getsockopt(self->fd, SOL_RSERPOOL, RSP_PEER_ADDRS, &t,
				   &self->len));
	FAILS(ENOPROTOOPT, SET(self->fd, RSP_PEER_ADDRS, t));
}

TEST_F(sock, basic_calls)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	__u32 order = 1;

	FAILS(EAFNOSUPPORT, connect(self->fd, &none, sizeof(none)));
	WORKS(SET(self->fd, RSP_BASIC, on));
	FAILS(EOPNOTSUPP, accept(self->fd, NULL, NULL));
	FAILS(EOPNOTSUPP, send(self->fd, "x", 1, MSG_NOSIGNAL));
	FAILS(ENOTCONN, recv(self->fd, self->buf, 1, 0));
	FAILS(ENOTCONN, shutdown(self->fd, SHUT_RDWR));
	FAILS(EOPNOTSUPP, SET(self->fd, RSP_BUSINESS_CARD, order));
	FAILS(EOPNOTSUPP, SET(self->fd, RSP_CARD_OF, self->fd));
	FAILS(EOPNOTSUPP, SET(self->fd, RSP_COOKIE, order));
	WORKS(connect(self->fd, &none, sizeof(none)));
	FAILS(EINVAL, connect(self->fd, &none, 1));
	FAILS(EDESTADDRREQ, listen(self->fd, 1));
	WORKS(bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	FAILS(EDESTADDRREQ, listen(self->fd, 1));
}

TEST_F(sock, basic_listening)
{
	struct rsp_transport_addrs t = { .protocol = IPPROTO_UDP, .port = 53 };
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	WORKS(SET(self->fd, RSP_BASIC, on));
	WORKS(bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	WORKS(setsockopt(self->fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
			 TRANSPORT_HEAD));
	WORKS(listen(self->fd, 1));
	WORKS(listen(self->fd, 5));
	FAILS(EOPNOTSUPP, accept(self->fd, NULL, NULL));
	FAILS(EOPNOTSUPP, connect(self->fd, &none, sizeof(none)));
	FAILS(EOPNOTSUPP, connect(self->fd, ADDR(self->addr),
				  sizeof(self->addr)));
	FAILS(ENOTCONN, recv(self->fd, self->buf, 1, 0));
	self->len = sizeof(t);
	memset(&t, 0xee, sizeof(t));
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
			 &self->len));
	EXPECT_EQ(TRANSPORT_HEAD, self->len);
	EXPECT_EQ(IPPROTO_UDP, t.protocol);
	EXPECT_EQ(53, t.port);
	EXPECT_EQ(0, t.naddrs);
	WORKS(shutdown(self->fd, SHUT_RD));
	FAILS(EINVAL, listen(self->fd, 1));
}

#define TRANSPORT(len)							\
	setsockopt(self->fd, SOL_RSERPOOL, RSP_TRANSPORT, &t, len)

/* Each field of a transport, wrong */
static const struct {
	struct rsp_transport_addrs t;
	int err;
} transports[] = {
	{ { .protocol = IPPROTO_ICMP, .port = 80 }, EPROTONOSUPPORT },
	{ { .protocol = 0xffffffff, .port = 80 }, EPROTONOSUPPORT },
	{ { .protocol = IPPROTO_TCP }, EINVAL },
	{ { .protocol = IPPROTO_TCP, .port = 1, .use = 1 }, EINVAL },
	{ { .protocol = IPPROTO_SCTP, .port = 1, .use = 1 }, 0 },
	{ { .protocol = IPPROTO_SCTP, .port = 1, .use = 2 }, EINVAL },
	{ { .protocol = IPPROTO_TCP, .port = 1, .service_code = 1 }, EINVAL },
	{ { .protocol = IPPROTO_DCCP, .port = 1, .service_code = 1 }, 0 },
	{ { .protocol = IPPROTO_UDPLITE, .port = 65535 }, 0 },
	{ { .protocol = IPPROTO_TCP, .port = 1, .opaque_len = 1 }, EINVAL },
	{ { .protocol = IPPROTO_TCP, .port = 1, .pe_id = 1 }, EINVAL },
	{ { .protocol = IPPROTO_TCP, .port = 1, .session_id = 1 }, EINVAL },
	{ { .protocol = IPPROTO_TCP, .port = 1, .reserved = 1 }, EINVAL },
	{ { .protocol = RSP_PROTO_OPAQUE }, EINVAL },
	{ { .protocol = RSP_PROTO_OPAQUE, .port = 1 }, EINVAL },
};

TEST_F(sock, basic_transport)
{
	struct rsp_transport_addrs t;
	unsigned int i;

	WORKS(SET(self->fd, RSP_BASIC, on));
	for (i = 0; i < ARRAY_SIZE(transports); i++) {
		t = transports[i].t;
		if (transports[i].err)
			FAILS(transports[i].err, TRANSPORT(TRANSPORT_HEAD));
		else
			WORKS(TRANSPORT(TRANSPORT_HEAD));
	}
	FAILS(EFAULT, setsockopt(self->fd, SOL_RSERPOOL, RSP_TRANSPORT,
				 (void *)8, TRANSPORT_HEAD));
}

TEST_F(sock, basic_transport_addresses)
{
	struct rsp_transport_addrs t = {
		.protocol = IPPROTO_TCP, .port = 80, .naddrs = 1,
	};
	struct sockaddr_in *sin = (void *)&t.addrs[0];
	const size_t one = TRANSPORT_HEAD + sizeof(t.addrs[0]);

	WORKS(SET(self->fd, RSP_BASIC, on));
	FAILS(EINVAL, TRANSPORT(one));		/* no family */
	sin->sin_family = AF_INET;
	FAILS(EINVAL, TRANSPORT(one));		/* the wildcard */
	sin->sin_addr.s_addr = htonl(0xe0000001);
	FAILS(EINVAL, TRANSPORT(one));
	sin->sin_addr.s_addr = htonl(0xc0000201);
	WORKS(TRANSPORT(one));
	sin->sin_port = htons(80);
	WORKS(TRANSPORT(one));
	sin->sin_port = htons(81);
	FAILS(EINVAL, TRANSPORT(one));
	sin->sin_port = 0;
	FAILS(EINVAL, TRANSPORT(one - 1));
	FAILS(EINVAL, TRANSPORT(one + 1));
	FAILS(EINVAL, TRANSPORT(TRANSPORT_HEAD));
	FAILS(EINVAL, TRANSPORT(0));
	FAILS(EINVAL, TRANSPORT(sizeof(t) + 1));
	t.naddrs = 2;
	t.addrs[1] = t.addrs[0];
	FAILS(EINVAL, TRANSPORT(one + sizeof(t.addrs[0])));
	t.protocol = IPPROTO_SCTP;
	WORKS(TRANSPORT(one + sizeof(t.addrs[0])));
	t.naddrs = RSP_TRANSPORT_ADDRS_MAX + 1;
	FAILS(EINVAL, TRANSPORT(sizeof(t)));
	t.naddrs = 0xffff;
	FAILS(EINVAL, TRANSPORT(sizeof(t)));
}

TEST_F(sock, basic_transport_opaque)
{
	struct rsp_transport_addrs t = { .opaque_len = RSP_OPAQUE_MAX };

	WORKS(SET(self->fd, RSP_BASIC, on));
	WORKS(TRANSPORT(TRANSPORT_HEAD + RSP_OPAQUE_MAX));
	FAILS(EINVAL, TRANSPORT(TRANSPORT_HEAD));
	t.opaque_len++;
	FAILS(EINVAL, TRANSPORT(TRANSPORT_HEAD + RSP_OPAQUE_MAX + 1));
	/* the last one that was right */
	self->len = 8;
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
			 &self->len));
	EXPECT_EQ(TRANSPORT_HEAD + RSP_OPAQUE_MAX, self->len);
}

#undef TRANSPORT

TEST_F(sock, option_info_sizes)
{
	struct rsp_info info;
	char big[sizeof(info) + 64];

	/* what fits is copied, the kernel's size returned */
	memset(&info, 0xee, sizeof(info));
	self->len = 12;
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_INFO, &info, &self->len));
	EXPECT_EQ(sizeof(info), self->len);
	EXPECT_EQ(RSP_STATE_IDLE, info.state);
	EXPECT_EQ(0xeeeeeeee, info.role);

	self->len = 0;
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_INFO, &info, &self->len));
	EXPECT_EQ(sizeof(info), self->len);

	memset(big, 0xee, sizeof(big));
	self->len = sizeof(big);
	WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_INFO, big, &self->len));
	EXPECT_EQ(sizeof(info), self->len);
	EXPECT_EQ((char)0xee, big[sizeof(info)]);

	self->len = -1;
	FAILS(EINVAL, getsockopt(self->fd, SOL_RSERPOOL, RSP_INFO, big,
				 &self->len));
}

/* ASAP-CKI-01: only a server's session has somebody to send one to */
TEST_F(sock, option_cookie_ASAP_CKI_01)
{
	EXPECT_EQ(-1, setsockopt(self->fd, SOL_RSERPOOL, RSP_COOKIE, "abc", 3));
	self->len = sizeof(self->buf);
	EXPECT_EQ(-1, getsockopt(self->fd, SOL_RSERPOOL, RSP_COOKIE, self->buf,
				 &self->len));
}

TEST_F(sock, option_cookie_key_ASAP_CKI_05)
{
	struct rsp_cookie_key k = { .id = 7, .flags = RSP_COOKIE_KEY_SIGN,
				    .max_age = 60, .len = 32 };
	unsigned int i;

	FAILS(EINVAL, setsockopt(self->fd, SOL_RSERPOOL, RSP_COOKIE_KEY, &k,
				 sizeof(k) - 1));
	FAILS(EINVAL, setsockopt(self->fd, SOL_RSERPOOL, RSP_COOKIE_KEY, &k, 0));
	FAILS(EFAULT, setsockopt(self->fd, SOL_RSERPOOL, RSP_COOKIE_KEY,
				 (void *)1, sizeof(k)));
	for (i = 0; i < 16; i++) {
		k.flags = 1U << i;
		if (k.flags == RSP_COOKIE_KEY_SIGN)
			continue;
		FAILS(EINVAL, SET(self->fd, RSP_COOKIE_KEY, k));
	}
	k.flags = RSP_COOKIE_KEY_SIGN;
	k.reserved = 1;
	FAILS(EINVAL, SET(self->fd, RSP_COOKIE_KEY, k));
	k.reserved = 0;
	k.len = RSP_COOKIE_KEY_MIN - 1;
	FAILS(EINVAL, SET(self->fd, RSP_COOKIE_KEY, k));
	k.len = RSP_COOKIE_KEY_MAX + 1;
	FAILS(EINVAL, SET(self->fd, RSP_COOKIE_KEY, k));
	k.len = RSP_COOKIE_KEY_MIN;
	WORKS(SET(self->fd, RSP_COOKIE_KEY, k));
	k.len = RSP_COOKIE_KEY_MAX;
	WORKS(SET(self->fd, RSP_COOKIE_KEY, k));
	/* to forget one has nothing to say about it */
	k.len = 0;
	FAILS(EINVAL, SET(self->fd, RSP_COOKIE_KEY, k));
	k.flags = 0;
	FAILS(EINVAL, SET(self->fd, RSP_COOKIE_KEY, k));
	k.max_age = 0;
	WORKS(SET(self->fd, RSP_COOKIE_KEY, k));
	FAILS(ENOENT, SET(self->fd, RSP_COOKIE_KEY, k));
	k.len = RSP_COOKIE_KEY_MIN;
	for (k.id = 0; k.id < RSP_COOKIE_KEYS_MAX; k.id++)
		WORKS(SET(self->fd, RSP_COOKIE_KEY, k));
	FAILS(ENOSPC, SET(self->fd, RSP_COOKIE_KEY, k));
	/* nobody reads it back */
	self->len = sizeof(self->buf);
	FAILS(ENOPROTOOPT, getsockopt(self->fd, SOL_RSERPOOL, RSP_COOKIE_KEY,
				      self->buf, &self->len));
}

/* The program's turn in a failover of a session: here there is none */
TEST_F(sock, option_turns)
{
	static const int turns[] = { RSP_RELEASE, RSP_NEXT };
	__u64 none = 0, other = 4711;
	__u32 half = 0;
	unsigned int i;
	int many;

	many = socket(AF_RSERPOOL, SOCK_SEQPACKET, 0);
	ASSERT_LE(0, many);
	for (i = 0; i < ARRAY_SIZE(turns); i++) {
		FAILS(EINVAL, SET(self->fd, turns[i], half));
		FAILS(EFAULT, setsockopt(self->fd, SOL_RSERPOOL, turns[i],
					 (void *)8, sizeof(none)));
		FAILS(ENOTCONN, SET(self->fd, turns[i], none));
		FAILS(ENOENT, SET(self->fd, turns[i], other));
		FAILS(EINVAL, SET(many, turns[i], half));
		FAILS(EINVAL, SET(many, turns[i], none));
		FAILS(ENOENT, SET(many, turns[i], other));
		self->len = sizeof(none);
		FAILS(ENOPROTOOPT, getsockopt(self->fd, SOL_RSERPOOL, turns[i],
					      &none, &self->len));
	}
	WORKS(close(many));
	WORKS(bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	WORKS(listen(self->fd, 1));
	FAILS(EOPNOTSUPP, SET(self->fd, RSP_RELEASE, none));
	FAILS(EOPNOTSUPP, SET(self->fd, RSP_NEXT, none));
}

TEST_F(sock, ancillary)
{
	union {
		struct cmsghdr c;
		char room[CMSG_SPACE(64)];
	} control;
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = CMSG_SPACE(8),
	};

	memset(&control, 0, sizeof(control));
	control.c.cmsg_level = SOL_RSERPOOL;
	control.c.cmsg_len = CMSG_LEN(8);
	control.c.cmsg_type = RSP_CMSG_UNSPEC;
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
	control.c.cmsg_type = 77;
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
	control.c.cmsg_type = RSP_CMSG_COOKIE;
	control.c.cmsg_len = 4;
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
	control.c.cmsg_len = CMSG_LEN(64);
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
}

/* What a message is worth: as a message's, and as the socket's default */
static const struct {
	struct rsp_prinfo info;
	int err;
} worths[] = {
	{ { RSP_PR_NONE, 0, 0 }, 0 },
	{ { RSP_PR_NONE, 0, 7 }, 0 },		/* as with SCTP_PRINFO */
	{ { RSP_PR_TTL, 0, 1 }, 0 },
	{ { RSP_PR_TTL, 0, 0xffffffff }, 0 },
	{ { RSP_PR_TTL, 0, 0 }, EINVAL },
	{ { RSP_PR_RTX, 0, 0 }, 0 },
	{ { RSP_PR_RTX, 0, 0xffffffff }, 0 },
	{ { RSP_PR_PRIO, 0, 0 }, 0 },
	{ { RSP_PR_PRIO, 0, 0xffffffff }, 0 },
	{ { RSP_PR_PRIO, 1, 1 }, EINVAL },
	{ { RSP_PR_NONE, 0x8000, 0 }, EINVAL },
	{ { 0x0001, 0, 1 }, EINVAL },
	{ { 0x0011, 0, 1 }, EINVAL },
	{ { 0x0040, 0, 1 }, EINVAL },
	{ { 0x8010, 0, 1 }, EINVAL },
	{ { 0xffff, 0, 1 }, EINVAL },
};

TEST_F(sock, option_prinfo)
{
	struct rsp_prinfo info, got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(worths); i++) {
		info = worths[i].info;
		if (worths[i].err) {
			FAILS(worths[i].err,
			      SET(self->fd, RSP_DEFAULT_PRINFO, info));
			continue;
		}
		WORKS(SET(self->fd, RSP_DEFAULT_PRINFO, info));
		memset(&got, 0xff, sizeof(got));
		self->len = sizeof(got);
		WORKS(getsockopt(self->fd, SOL_RSERPOOL, RSP_DEFAULT_PRINFO,
				 &got, &self->len));
		if (info.policy == RSP_PR_NONE)
			info.value = 0;
		EXPECT_EQ(0, memcmp(&info, &got, sizeof(got)));
	}
	FAILS(EINVAL, setsockopt(self->fd, SOL_RSERPOOL, RSP_DEFAULT_PRINFO,
				 &info, sizeof(info) - 1));
	FAILS(EFAULT, setsockopt(self->fd, SOL_RSERPOOL, RSP_DEFAULT_PRINFO,
				 (void *)8, sizeof(info)));
}

/* Right ones have to wait for a session to send in */
TEST_F(sock, ancillary_prinfo)
{
	struct {
		struct cmsghdr c;
		struct rsp_prinfo info;
		struct cmsghdr c2;
		struct rsp_prinfo info2;
	} control = { .c = { .cmsg_level = SOL_RSERPOOL,
			     .cmsg_type = RSP_CMSG_PRINFO,
			     .cmsg_len = CMSG_LEN(sizeof(control.info)) } };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(sizeof(control.info)),
	};
	int many = socket(AF_RSERPOOL, SOCK_SEQPACKET, 0);
	unsigned int i;

	ASSERT_LE(0, many);
	for (i = 0; i < ARRAY_SIZE(worths); i++) {
		control.info = worths[i].info;
		FAILS(worths[i].err ?: ENOTCONN,
		      sendmsg(self->fd, &msg, MSG_NOSIGNAL));
		FAILS(worths[i].err ?: EDESTADDRREQ,
		      sendmsg(many, &msg, MSG_NOSIGNAL));
	}
	control.info = worths[0].info;
	control.c.cmsg_len--;
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
	control.c.cmsg_len++;
	/* twice; and one that is only received */
	control.c2 = control.c;
	control.info2 = control.info;
	msg.msg_controllen *= 2;
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
	control.c2.cmsg_type = RSP_CMSG_NXTINFO;
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
	WORKS(close(many));
}

/* How a message is sent; right ones have to wait for a session to send in */
TEST_F(sock, ancillary_sndinfo)
{
	static const struct {
		struct rsp_sndinfo info;
		int err;
	} cases[] = {
		{ { .options = 0 }, 0 },
		{ { .stream = 65535 }, 0 },	/* the association knows */
		{ { .ppid = 10 }, 0 },
		{ { .ppid = 11 }, EINVAL },	/* ASAP-CKI-06 */
		{ { .ppid = 12 }, 0 },
		{ { .ppid = 0xffffffff }, 0 },
		{ { .reserved = 1 }, EINVAL },
		{ { .reserved2 = 0x80000000 }, EINVAL },
		{ { .options = 0x00080000 }, EINVAL },
		{ { .options = RSP_SEND_FAILOVER | RSP_SEND_NO_FAILOVER },
		  EINVAL },
	};
	struct {
		struct cmsghdr c;
		struct rsp_sndinfo info;
	} control = { .c = { .cmsg_level = SOL_RSERPOOL,
			     .cmsg_type = RSP_CMSG_SNDINFO,
			     .cmsg_len = CMSG_LEN(sizeof(control.info)) } };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		control.info = cases[i].info;
		FAILS(cases[i].err ?: ENOTCONN,
		      sendmsg(self->fd, &msg, MSG_NOSIGNAL));
	}
	control.info = cases[0].info;
	control.c.cmsg_len -= 8;	/* as it once was */
	FAILS(EINVAL, sendmsg(self->fd, &msg, MSG_NOSIGNAL));
}

#define SCTP_SET(name, value)						\
	setsockopt(self->fd, SOL_SCTP, (name), &(value), sizeof(value))

/* SCTP's own: those that are taken, in any state of the socket */
TEST_F(sock, option_sctp)
{
	struct sctp_rtoinfo rto = { .srto_initial = 500, .srto_max = 900 };
	struct sctp_assocparams assoc = { .sasoc_asocmaxrxt = 3 };
	struct sctp_initmsg init = { .sinit_num_ostreams = 20 };
	struct sctp_paddrparams path = { .spp_hbinterval = 700 };
	struct sctp_sack_info sack = { .sack_delay = 30 };
	struct sctp_assoc_value maxseg = { .assoc_value = 1000 };
	struct sctp_assoc_value burst = { .assoc_value = 8 };
	struct sctp_rtoinfo got = { 0 };
	int nodelay = 0;

	self->len = sizeof(got);
	FAILS(ENOENT, getsockopt(self->fd, SOL_SCTP, SCTP_RTOINFO, &got,
				 &self->len));
	WORKS(SCTP_SET(SCTP_RTOINFO, rto));
	WORKS(SCTP_SET(SCTP_ASSOCINFO, assoc));
	WORKS(SCTP_SET(SCTP_INITMSG, init));
	WORKS(SCTP_SET(SCTP_PEER_ADDR_PARAMS, path));
	WORKS(SCTP_SET(SCTP_DELAYED_SACK, sack));
	WORKS(SCTP_SET(SCTP_MAXSEG, maxseg));
	WORKS(SCTP_SET(SCTP_MAX_BURST, burst));
	WORKS(SCTP_SET(SCTP_NODELAY, nodelay));
	WORKS(getsockopt(self->fd, SOL_SCTP, SCTP_RTOINFO, &got, &self->len));
	EXPECT_EQ(0, memcmp(&rto, &got, sizeof(got)));

	FAILS(EINVAL, setsockopt(self->fd, SOL_SCTP, SCTP_RTOINFO, &rto,
				 sizeof(rto) - 1));
	FAILS(EFAULT, setsockopt(self->fd, SOL_SCTP, SCTP_RTOINFO, (void *)8,
				 sizeof(rto)));
	FAILS(EFAULT, getsockopt(self->fd, SOL_SCTP, SCTP_RTOINFO, (void *)8,
				 &self->len));
	rto.srto_min = 1000;		/* more than the most */
	FAILS(EINVAL, SCTP_SET(SCTP_RTOINFO, rto));
	burst.assoc_id = 1;
	FAILS(EINVAL, SCTP_SET(SCTP_MAX_BURST, burst));
	maxseg.assoc_value = 1;
	FAILS(EINVAL, SCTP_SET(SCTP_MAXSEG, maxseg));
	FAILS(ENOPROTOOPT, SCTP_SET(SCTP_EVENTS, nodelay));
	FAILS(ENOPROTOOPT, getsockopt(self->fd, SOL_SCTP, SCTP_STATUS, &got,
				      &self->len));
	/* what was good is still there */
	got.srto_initial = 0;
	self->len = sizeof(got);
	WORKS(getsockopt(self->fd, SOL_SCTP, SCTP_RTOINFO, &got, &self->len));
	EXPECT_EQ(500, got.srto_initial);

	WORKS(bind(self->fd, ADDR(self->addr), sizeof(self->addr)));
	WORKS(listen(self->fd, 1));
	WORKS(SCTP_SET(SCTP_INITMSG, init));
}

TEST_HARNESS_MAIN
