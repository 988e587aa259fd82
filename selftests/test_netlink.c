// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink interface as a program sees it that does not mean well: requests
 * that make no sense, and a registrar that answers nonsense.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/rserpool.h>

#include "kselftest_harness.h"
#include "nl.h"
#include "wire.h"

#define POOL		"pool"
#define ROOM		(RSP_MSG_MAX + 1)

FIXTURE(nl) {
	struct rsp_nl *nl;
	uint64_t cookie;		/* of the attachment */
	uint32_t request;		/* number of the last request */
	uint8_t type;			/* and its ASAP type */
	int fd;
	uint8_t *buf;
};

static int got_attached(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1];

	rsp_nl_parse(nlh, tb, RSERPOOL_A_ASAP_MAX);
	*(uint64_t *)data = rsp_nl_u64(tb[RSERPOOL_A_ASAP_BIND_COOKIE]);
	return 0;
}

static int attach(struct rsp_nl *nl, uint64_t *cookie)
{
	struct nlmsghdr *nlh = rsp_nl_begin(nl, RSERPOOL_CMD_ATTACH, 0);

	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_SERVER_ID, 4711);
	return rsp_nl_request(nl, nlh, got_attached, cookie);
}

static int got_asap(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1];
	FIXTURE_DATA(nl) *self = data;
	const uint8_t *message;
	size_t len;

	if (rsp_nl_cmd(nlh) != RSERPOOL_CMD_ASAP)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_ASAP_MAX);
	self->request = rsp_nl_u32(tb[RSERPOOL_A_ASAP_REQUEST]);
	message = rsp_nl_octets(tb[RSERPOOL_A_ASAP_MESSAGE], &len);
	self->type = len ? message[0] : 0;
	return 0;
}

/* Wait for a request of this type; it may have come with an acknowledgement. */
static bool asked(FIXTURE_DATA(nl) *self, uint8_t type)
{
	struct pollfd pfd = { .fd = rsp_nl_fd(self->nl), .events = POLLIN };

	while (self->type != type) {
		if (poll(&pfd, 1, 5000) != 1)
			return false;
		rsp_nl_process(self->nl);
	}
	self->type = 0;
	return true;
}

static int say_as(struct rsp_nl *nl, uint64_t cookie, uint32_t request,
		  const void *message, size_t len)
{
	struct nlmsghdr *nlh = rsp_nl_begin(nl, RSERPOOL_CMD_ASAP, 0);

	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_REQUEST, request);
	mnl_attr_put_u64(nlh, RSERPOOL_A_ASAP_BIND_COOKIE, cookie);
	mnl_attr_put(nlh, RSERPOOL_A_ASAP_MESSAGE, len, message);
	return rsp_nl_request(nl, nlh, NULL, NULL);
}

static int say(FIXTURE_DATA(nl) *self, const void *message, size_t len)
{
	return say_as(self->nl, self->cookie, self->request, message, len);
}

static int connecting(void)
{
	struct sockaddr_rserpool addr = {
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = strlen(POOL),
		.srp_handle = POOL,
	};
	int fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) &&
	    errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

/* How the connection attempt ended. */
static int outcome(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err = -1;

	if (poll(&pfd, 1, 5000) == 1)
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
	return err;
}

/* A pool of n elements at an address where nobody is */
static int positive(uint8_t *buf, const char *handle, unsigned int n,
		    uint8_t first_octet)
{
	struct rsp_pe_param pe = {
		.life = 300,
		.user = {
			.type = RSP_PARAM_SCTP_TRANSPORT,
			.use = RSP_USE_DATA_CONTROL,
			.naddrs = 1,
			.addrs = { { .family = 4, .octets = { 0, 0, 0, 1 } } },
		},
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};
	struct rsp_writer w;

	pe.user.addrs[0].octets[0] = first_octet;
	rsp_msg_begin(&w, buf, ROOM, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	while (n--) {
		pe.pe_id++;
		pe.user.port = pe.pe_id;
		rsp_put_pe(&w, &pe);
	}
	return rsp_msg_end(&w);
}

FIXTURE_SETUP(nl)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_EQ(0, ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
	self->buf = malloc(ROOM);
	if (rsp_nl_open(&self->nl))
		SKIP(return, "no family rserpool");
	rsp_nl_set_handler(self->nl, got_asap, NULL, self);
}

FIXTURE_TEARDOWN(nl)
{
	rsp_nl_close(self->nl);
	free(self->buf);
}

TEST_F(nl, one_registrar)
{
	struct rsp_nl *other;
	uint64_t cookie = 0;

	EXPECT_EQ(0, attach(self->nl, &self->cookie));
	EXPECT_NE(0, self->cookie);
	EXPECT_EQ(-EBUSY, attach(self->nl, &cookie));
	ASSERT_EQ(0, rsp_nl_open(&other));
	EXPECT_EQ(-EBUSY, attach(other, &cookie));
	EXPECT_EQ(-ESTALE, say_as(other, self->cookie, 0, "abcd", 4));
	EXPECT_EQ(-ESTALE, say_as(self->nl, self->cookie + 1, 0, "abcd", 4));
	/* its place is free once it is gone */
	rsp_nl_close(self->nl);
	self->nl = NULL;
	EXPECT_EQ(0, attach(other, &cookie));
	EXPECT_NE(self->cookie, cookie);
	rsp_nl_close(other);
}

TEST_F(nl, not_attached)
{
	EXPECT_EQ(-ESTALE, say_as(self->nl, 0, 0, "abcd", 4));
}

TEST_F(nl, privileges_SEC_22)
{
	static const uint8_t dumps[] = {
		RSERPOOL_CMD_SESSION_GET, RSERPOOL_CMD_PE_GET,
		RSERPOOL_CMD_POOL_GET, RSERPOOL_CMD_ACCESS_GET,
	};
	uint64_t cookie;
	unsigned int i;
	pid_t pid;
	int status;

	pid = fork();
	if (!pid) {
		struct rsp_nl *nl;
		bool good;

		if (setresgid(65534, 65534, 65534) ||
		    setresuid(65534, 65534, 65534) || rsp_nl_open(&nl))
			_exit(2);
		good = attach(nl, &cookie) == -EPERM &&
		       say_as(nl, 0, 0, "abcd", 4) == -EPERM;
		for (i = 0; i < ARRAY_SIZE(dumps); i++)
			good &= rsp_nl_request(nl, rsp_nl_begin(nl, dumps[i],
								NLM_F_DUMP),
					       NULL, NULL) == -EPERM;
		good &= !rsp_nl_request(nl, rsp_nl_begin(nl,
						RSERPOOL_CMD_COUNTER_GET,
						NLM_F_DUMP), NULL, NULL);
		_exit(!good);
	}
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
}

TEST_F(nl, bad_attributes)
{
	struct nlmsghdr *nlh;

	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_REGISTRAR_ADD, 0);
	EXPECT_EQ(-EINVAL, rsp_nl_request(self->nl, nlh, NULL, NULL));

	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_REGISTRAR_ADD, 0);
	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV4, 3, "abc");
	EXPECT_GT(0, rsp_nl_request(self->nl, nlh, NULL, NULL));

	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_REGISTRAR_ADD, 0);
	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV6, 17, "abcdefghijklmnopq");
	EXPECT_GT(0, rsp_nl_request(self->nl, nlh, NULL, NULL));

	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_REGISTRAR_ADD, 0);
	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV4, 4, "\x0a\x00\x00\x01");
	mnl_attr_put_u16(nlh, RSERPOOL_A_REGISTRAR_PORT, 0);
	EXPECT_EQ(-EINVAL, rsp_nl_request(self->nl, nlh, NULL, NULL));

	/* an attribute that the command does not take, and one of nobody */
	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_REGISTRAR_ADD, 0);
	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV4, 4, "\x0a\x00\x00\x01");
	mnl_attr_put_u32(nlh, RSERPOOL_A_REGISTRAR_STATE, 1);
	EXPECT_EQ(-EINVAL, rsp_nl_request(self->nl, nlh, NULL, NULL));
	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_REGISTRAR_ADD, 0);
	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV4, 4, "\x0a\x00\x00\x01");
	mnl_attr_put_u32(nlh, 200, 1);
	EXPECT_EQ(-EINVAL, rsp_nl_request(self->nl, nlh, NULL, NULL));

	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_SESSION_FAILOVER, 0);
	EXPECT_EQ(-EINVAL, rsp_nl_request(self->nl, nlh, NULL, NULL));
	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_SESSION_FAILOVER, 0);
	mnl_attr_put_u64(nlh, RSERPOOL_A_SESSION_ID, 12345);
	EXPECT_EQ(-ENOENT, rsp_nl_request(self->nl, nlh, NULL, NULL));
}

TEST_F(nl, access_rules_SEC_22)
{
	static const char octets[RSP_HANDLE_MAX + 1];
	struct nlmsghdr *nlh;

	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_ACCESS_ADD, 0);
	mnl_attr_put(nlh, RSERPOOL_A_ACCESS_PATTERN, sizeof(octets), octets);
	mnl_attr_put_u32(nlh, RSERPOOL_A_ACCESS_UID, 1);
	EXPECT_GT(0, rsp_nl_request(self->nl, nlh, NULL, NULL));
	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_ACCESS_ADD, 0);
	mnl_attr_put(nlh, RSERPOOL_A_ACCESS_PATTERN, 1, "*");
	EXPECT_EQ(-EINVAL, rsp_nl_request(self->nl, nlh, NULL, NULL));
	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_ACCESS_ADD, 0);
	mnl_attr_put_u32(nlh, RSERPOOL_A_ACCESS_UID, 1);
	EXPECT_EQ(-EINVAL, rsp_nl_request(self->nl, nlh, NULL, NULL));
	nlh = rsp_nl_begin(self->nl, RSERPOOL_CMD_ACCESS_DEL, 0);
	mnl_attr_put(nlh, RSERPOOL_A_ACCESS_PATTERN, 1, "x");
	mnl_attr_put_u32(nlh, RSERPOOL_A_ACCESS_UID, 1);
	EXPECT_EQ(-ENOENT, rsp_nl_request(self->nl, nlh, NULL, NULL));
}

/* WIRE-19: each truncation of an answer is dropped; then the answer counts */
TEST_F(nl, truncated_answers_WIRE_19)
{
	int len, part, fd;

	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	fd = connecting();
	ASSERT_LE(0, fd);
	ASSERT_TRUE(asked(self, RSP_ASAP_HANDLE_RESOLUTION));
	len = positive(self->buf, POOL, 3, 127);
	ASSERT_LT(0, len);
	for (part = 1; part < len; part++)
		EXPECT_EQ(0, say(self, self->buf, part));
	EXPECT_EQ(-EINVAL, say(self, self->buf, 0));
	/* nobody is there */
	EXPECT_EQ(0, say(self, self->buf, len));
	EXPECT_EQ(ECONNREFUSED, outcome(fd));
	close(fd);
}

/* Each octet of an answer, changed; some of them are good answers */
TEST_F(nl, changed_answers_WIRE_19)
{
	int len, i, fd = -1;

	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	len = positive(self->buf, POOL, 2, 127);
	for (i = 0; i < len; i++) {
		if (fd < 0)
			fd = connecting();
		rsp_nl_process(self->nl);
		self->buf[i] ^= 0xff;
		EXPECT_EQ(0, say(self, self->buf, len));
		self->buf[i] ^= 0xff;
		if (i % 8 == 7) {
			close(fd);
			fd = -1;
		}
	}
	close(fd);
	EXPECT_EQ(-EBUSY, attach(self->nl, &self->cookie));
}

/* Answers to other questions, of other types, about other pools */
TEST_F(nl, unasked_answers)
{
	struct rsp_writer w;
	int len, type, fd;

	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	fd = connecting();
	ASSERT_LE(0, fd);
	ASSERT_TRUE(asked(self, RSP_ASAP_HANDLE_RESOLUTION));
	len = positive(self->buf, "other", 3, 127);
	EXPECT_EQ(0, say(self, self->buf, len));
	len = positive(self->buf, POOL, 1, 127);
	EXPECT_EQ(0, say_as(self->nl, self->cookie, self->request + 1000,
			    self->buf, len));
	for (type = 0; type < 256; type++) {
		if (type == RSP_ASAP_HANDLE_RESOLUTION_RESPONSE)
			continue;
		rsp_msg_begin(&w, self->buf, ROOM, type, 0);
		rsp_put_handle(&w, POOL, strlen(POOL));
		rsp_put_pe_id(&w, 1);
		EXPECT_EQ(0, say(self, self->buf, rsp_msg_end(&w)));
	}
	close(fd);
	/* and it is still in its right mind */
	EXPECT_EQ(-EBUSY, attach(self->nl, &self->cookie));
}

/* Addresses that are nobody's: a definite errno, soon */
TEST_F(nl, useless_addresses)
{
	static const uint8_t first[] = { 0, 224, 240, 255, 192 };
	unsigned int i;
	int len, fd;

	for (i = 0; i < ARRAY_SIZE(first); i++) {
		struct rsp_nl *nl;

		/* a new registrar, so that nothing is remembered of the last */
		rsp_nl_close(self->nl);
		ASSERT_EQ(0, unshare(CLONE_NEWNET));
		ASSERT_EQ(0, rsp_nl_open(&nl));
		self->nl = nl;
		rsp_nl_set_handler(nl, got_asap, NULL, self);
		ASSERT_EQ(0, attach(self->nl, &self->cookie));
		fd = connecting();
		ASSERT_LE(0, fd);
		ASSERT_TRUE(asked(self, RSP_ASAP_HANDLE_RESOLUTION));
		len = positive(self->buf, POOL, 1, first[i]);
		EXPECT_EQ(0, say(self, self->buf, len));
		EXPECT_LT(0, outcome(fd)) TH_LOG("%u.0.0.1", first[i]);
		close(fd);
	}
}

/* As many elements as fit into a message */
TEST_F(nl, large_answer)
{
	int len, fd;

	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	fd = connecting();
	ASSERT_LE(0, fd);
	ASSERT_TRUE(asked(self, RSP_ASAP_HANDLE_RESOLUTION));
	len = positive(self->buf, POOL, 1300, 127);
	ASSERT_LT(50000, len);
	EXPECT_EQ(0, say(self, self->buf, len));
	EXPECT_EQ(ECONNREFUSED, outcome(fd));
	close(fd);
}

static int resolve(struct rsp_nl *nl, const char *handle, size_t len)
{
	struct nlmsghdr *nlh = rsp_nl_begin(nl, RSERPOOL_CMD_POOL_RESOLVE, 0);

	mnl_attr_put(nlh, RSERPOOL_A_POOL_HANDLE, len, handle);
	return rsp_nl_request(nl, nlh, NULL, NULL);
}

static int flush(struct rsp_nl *nl, const char *handle, size_t len)
{
	struct nlmsghdr *nlh = rsp_nl_begin(nl, RSERPOOL_CMD_POOL_FLUSH, 0);

	mnl_attr_put(nlh, RSERPOOL_A_POOL_HANDLE, len, handle);
	return rsp_nl_request(nl, nlh, NULL, NULL);
}

/* What was told last, by pool-resolved */
static int got_resolved(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_POOL_MAX + 1];

	if (rsp_nl_cmd(nlh) != RSERPOOL_CMD_POOL_RESOLVED)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_POOL_MAX);
	*(int *)data = rsp_nl_u32(tb[RSERPOOL_A_POOL_ERROR]);
	return 0;
}

static int resolved(struct rsp_nl *nl, int *error)
{
	struct pollfd pfd = { .fd = rsp_nl_fd(nl), .events = POLLIN };

	while (*error < 0 && poll(&pfd, 1, 5000) == 1)
		rsp_nl_process(nl);
	return *error;
}

TEST_F(nl, resolve_ASAP_RES_29_ASAP_RES_30)
{
	static const char octets[RSP_HANDLE_MAX + 1];
	struct rsp_nl *asker;
	struct nlmsghdr *nlh;
	int len, error = -1;

	ASSERT_EQ(0, rsp_nl_open(&asker));
	rsp_nl_set_handler(asker, got_resolved, NULL, &error);
	/* nobody is known, nobody announces itself */
	EXPECT_EQ(0, resolve(asker, POOL, strlen(POOL)));
	EXPECT_EQ(EHOSTUNREACH, resolved(asker, &error));
	error = -1;
	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	nlh = rsp_nl_begin(asker, RSERPOOL_CMD_POOL_RESOLVE, 0);
	EXPECT_EQ(-EINVAL, rsp_nl_request(asker, nlh, NULL, NULL));
	EXPECT_EQ(-EINVAL, resolve(asker, "", 0));
	EXPECT_EQ(-EINVAL, resolve(asker, octets, sizeof(octets)));
	EXPECT_EQ(-EINVAL, flush(asker, octets, sizeof(octets)));
	EXPECT_EQ(-ENOENT, flush(asker, POOL, strlen(POOL)));

	EXPECT_EQ(0, resolve(asker, POOL, strlen(POOL)));
	ASSERT_TRUE(asked(self, RSP_ASAP_HANDLE_RESOLUTION));
	len = positive(self->buf, POOL, 1, 127);
	EXPECT_EQ(0, say(self, self->buf, len));
	EXPECT_EQ(0, resolved(asker, &error));
	/* from the cache, and with what the cache has gone */
	error = -1;
	EXPECT_EQ(0, resolve(asker, POOL, strlen(POOL)));
	EXPECT_EQ(0, resolved(asker, &error));
	EXPECT_EQ(0, flush(asker, POOL, strlen(POOL)));
	EXPECT_EQ(-ENOENT, flush(asker, POOL, strlen(POOL)));
	rsp_nl_close(asker);
}

/* More questions than the kernel keeps; they end with the namespace */
TEST_F(nl, many_questions)
{
	char handle[16];
	int i;

	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	for (i = 0; i < 256; i++) {
		snprintf(handle, sizeof(handle), "pool-%d", i);
		ASSERT_EQ(0, resolve(self->nl, handle, strlen(handle)));
	}
	EXPECT_EQ(-EBUSY, resolve(self->nl, POOL, strlen(POOL)));
}

/* The registrar goes away with the question: the next one gets it */
TEST_F(nl, registrar_leaves_ASAP_RES_05)
{
	struct rsp_writer w;
	int len, fd;

	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	fd = connecting();
	ASSERT_LE(0, fd);
	ASSERT_TRUE(asked(self, RSP_ASAP_HANDLE_RESOLUTION));
	rsp_nl_close(self->nl);
	ASSERT_EQ(0, rsp_nl_open(&self->nl));
	rsp_nl_set_handler(self->nl, got_asap, NULL, self);
	ASSERT_EQ(0, attach(self->nl, &self->cookie));
	ASSERT_TRUE(asked(self, RSP_ASAP_HANDLE_RESOLUTION));
	rsp_msg_begin(&w, self->buf, ROOM, RSP_ASAP_HANDLE_RESOLUTION_RESPONSE, 0);
	rsp_put_handle(&w, POOL, strlen(POOL));
	rsp_put_error(&w, &(struct rsp_causes){
		.count = 1,
		.cause = { { .code = RSP_CAUSE_UNKNOWN_POOL_HANDLE } },
	});
	len = rsp_msg_end(&w);
	EXPECT_EQ(0, say(self, self->buf, len));
	EXPECT_EQ(ENOENT, outcome(fd));
	close(fd);
}

TEST_HARNESS_MAIN
