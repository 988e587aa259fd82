// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_generic - what programs do with a descriptor, whatever it is
 *
 * usage: rsp_generic TEST
 *
 * Makes a server of the pool "generic" and a session with it, in one process,
 * and does with both ends what TEST says.  Exit status 1 and a line that says
 * what was wrong, 4 if the kernel cannot do it at all.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/rserpool.h>

#define LONG	100000

static int listener, client, server;

#define must(call) ({						\
	__auto_type must_ret = (call);				\
								\
	if (must_ret < 0)					\
		err(1, "line %d: %s", __LINE__, #call);		\
	must_ret;						\
})

#define must_be(call, wanted) ({				\
	long long must_is = (call), must_want = (wanted);	\
								\
	if (must_is != must_want)				\
		errx(1, "line %d: %s is %lld, not %lld", __LINE__, \
		     #call, must_is, must_want);		\
})

#define must_fail(call, error) ({				\
	long long must_is = (call);				\
								\
	if (must_is >= 0 || errno != (error))			\
		err(1, "line %d: %s is %lld, not " #error, __LINE__, \
		    #call, must_is);				\
})

/* ---- a session ----------------------------------------------------------------- */

static struct sockaddr_rserpool address(void)
{
	struct sockaddr_rserpool a = {
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = 7,
		.srp_handle = "generic",
	};

	return a;
}

static void listen_generic(void)
{
	struct sockaddr_rserpool a = address();

	listener = must(socket(AF_RSERPOOL, SOCK_STREAM, 0));
	must(bind(listener, (void *)&a, sizeof(a)));
	must(listen(listener, 8));
}

static void connect_generic(void)
{
	struct sockaddr_rserpool a = address();

	client = must(socket(AF_RSERPOOL, SOCK_STREAM, 0));
	must(connect(client, (void *)&a, sizeof(a)));
	server = must(accept(listener, NULL, NULL));
}

/* One whole message, as it was sent */
static void expect(int fd, const char *text)
{
	char buf[256];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	must_be(recvmsg(fd, &msg, 0), strlen(text));
	must_be(memcmp(buf, text, strlen(text)), 0);
	must_be(msg.msg_flags & MSG_EOR, MSG_EOR);
}

static void say(int fd, const char *text)
{
	must_be(send(fd, text, strlen(text), 0), strlen(text));
}

/* Octets of which each tells its place */
static char *pattern(void)
{
	char *p = malloc(LONG);
	int i;

	for (i = 0; p && i < LONG; i++)
		p[i] = i * 7 + i / 251;
	return p ?: (errx(1, "no memory"), NULL);
}

static int pattern_file(void)
{
	int fd = must(memfd_create("pattern", 0));

	must_be(write(fd, pattern(), LONG), LONG);
	must_be(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* In whatever pieces: LONG octets of the pattern */
static void expect_pattern(int fd)
{
	char *want = pattern(), *got = malloc(LONG);
	ssize_t n = 0;

	while (n < LONG)
		n += must(read(fd, got + n, LONG - n)) ?: (errx(1, "end"), 0);
	must_be(memcmp(want, got, LONG), 0);
}

/* For what may not fit into the buffers at once */
static pid_t in_child(void (*f)(int), int fd)
{
	pid_t pid = must(fork());

	if (pid)
		return pid;
	f(fd);
	exit(0);
}

static void child_done(pid_t pid)
{
	int status;

	must_be(waitpid(pid, &status, 0), pid);
	must_be(status, 0);
}

/* ---- the tests ------------------------------------------------------------------- */

static void test_read_write(void)
{
	struct iovec out[2] = { { "hel", 3 }, { "lo", 2 } };
	char a[2], b[9];
	struct iovec in[2] = { { a, sizeof(a) }, { b, sizeof(b) } };

	must_be(writev(client, out, 2), 5);
	must_be(readv(server, in, 2), 5);
	must_be(memcmp(a, "he", 2) || memcmp(b, "llo", 3), 0);
	must_be(write(server, "x", 1), 1);
	must_be(read(client, a, 2), 1);
	must_be(must(fcntl(client, F_SETFL, O_NONBLOCK)), 0);
	must_fail(read(client, a, 1), EAGAIN);
	must_fail(lseek(client, 0, SEEK_SET), ESPIPE);
	must_fail(pread(client, a, 1, 0), ESPIPE);
}

static void test_mmsg(void)
{
	char buf[4][8];
	struct iovec out[3] = { { "one", 3 }, { "two", 3 }, { "three", 5 } };
	struct mmsghdr msgs[4] = { 0 };
	struct iovec in[4];
	int i;

	for (i = 0; i < 3; i++) {
		msgs[i].msg_hdr.msg_iov = &out[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	must_be(sendmmsg(client, msgs, 3, 0), 3);
	must_be(msgs[2].msg_len, 5);
	for (i = 0; i < 4; i++) {
		in[i] = (struct iovec) { buf[i], sizeof(buf[i]) };
		msgs[i] = (struct mmsghdr) {
			.msg_hdr = { .msg_iov = &in[i], .msg_iovlen = 1 },
		};
	}
	must_be(recvmmsg(server, msgs, 1, 0, NULL), 1);
	must_be(recvmmsg(server, msgs + 1, 3, MSG_WAITFORONE, NULL), 2);
	for (i = 0; i < 3; i++) {
		must_be(msgs[i].msg_len, out[i].iov_len);
		must_be(memcmp(buf[i], out[i].iov_base, msgs[i].msg_len), 0);
		must_be(msgs[i].msg_hdr.msg_flags, MSG_EOR);
	}
}

/* Messages stay apart; none waits for ever for another one */
static void test_more(void)
{
	must_be(send(client, "a", 1, MSG_MORE), 1);
	say(client, "b");
	expect(server, "a");
	expect(server, "b");
	must_be(send(client, "c", 1, MSG_MORE), 1);
	expect(server, "c");
}

static void send_file(int fd)
{
	off_t offset = 0;

	while (offset < LONG)
		must(sendfile(fd, pattern_file(), &offset, LONG - offset));
}

static void test_sendfile(void)
{
	pid_t pid = in_child(send_file, client);

	expect_pattern(server);
	child_done(pid);
}

static void splice_out(int fd)
{
	int pipes[2], file = pattern_file(), left = LONG;
	ssize_t n;

	must(pipe(pipes));
	for (; left; left -= n) {
		n = must(splice(file, NULL, pipes[1], NULL, left, 0));
		must_be(splice(pipes[0], NULL, fd, NULL, n, 0), n);
	}
}

static void test_splice(void)
{
	pid_t pid = in_child(splice_out, client);
	int pipes[2], left = LONG;
	char *want = pattern(), *got = malloc(LONG);
	ssize_t n;

	must(pipe(pipes));
	for (; left; left -= n) {
		n = must(splice(server, NULL, pipes[1], NULL, left, 0));
		must_be(read(pipes[0], got + LONG - left, n), n);
	}
	must_be(memcmp(want, got, LONG), 0);
	child_done(pid);
}

static void pass_receive(int via)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *c;
	int fd;

	close(client);
	must_be(recvmsg(via, &msg, 0), 1);
	c = CMSG_FIRSTHDR(&msg);
	if (!c)
		errx(1, "nothing was passed on");
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	expect(fd, "to whoever has it");
	say(fd, "passed on");
}

static void test_pass(void)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *c = &control.align;
	int via[2];
	pid_t pid;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, via));
	pid = in_child(pass_receive, via[1]);
	*c = (struct cmsghdr) {
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(c), &client, sizeof(client));
	must_be(sendmsg(via[0], &msg, 0), 1);
	close(client);
	say(server, "to whoever has it");
	expect(server, "passed on");
	child_done(pid);
	must_be(read(server, control.buf, 1), 0);	/* the last one has gone */
}

static void fork_talk(int fd)
{
	expect(fd, "ask");
	say(fd, "answer");
}

static void test_fork(void)
{
	pid_t pid = in_child(fork_talk, server);

	close(server);
	say(client, "ask");
	expect(client, "answer");
	child_done(pid);
	must_be(recv(client, &pid, sizeof(pid), 0), 0);
}

static void wait_edge(int ep, unsigned int events)
{
	struct epoll_event ev;

	must_be(epoll_wait(ep, &ev, 1, 10000), 1);
	must_be(ev.events & events, events);
}

/* One edge for what comes, none for what is already there */
static void test_epoll(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
	int ep = must(epoll_create1(0));

	must(epoll_ctl(ep, EPOLL_CTL_ADD, server, &ev));
	must_be(epoll_wait(ep, &ev, 1, 0), 0);
	say(client, "first");
	wait_edge(ep, EPOLLIN);
	must_be(epoll_wait(ep, &ev, 1, 0), 0);
	say(client, "second");
	wait_edge(ep, EPOLLIN);
	expect(server, "first");
	expect(server, "second");
	must_be(epoll_wait(ep, &ev, 1, 0), 0);
	close(client);
	wait_edge(ep, EPOLLIN | EPOLLRDHUP);
	must_be(read(server, &ev, 1), 0);
}

/* Full, an edge when there is room again */
static void test_epoll_room(void)
{
	struct epoll_event ev = { .events = EPOLLOUT | EPOLLET };
	static char piece[10000];
	int ep = must(epoll_create1(0)), n = 0, got = 0;

	must(fcntl(client, F_SETFL, O_NONBLOCK));
	must(epoll_ctl(ep, EPOLL_CTL_ADD, client, &ev));
	wait_edge(ep, EPOLLOUT);
	while (write(client, piece, sizeof(piece)) > 0)
		n++;
	must_be(errno, EAGAIN);
	must_be(n > 0, true);
	while (got < n * (int)sizeof(piece))
		got += must(read(server, piece, sizeof(piece)));
	wait_edge(ep, EPOLLOUT);
	must_be(write(client, piece, sizeof(piece)), sizeof(piece));
}

static void test_select(void)
{
	struct timeval limit = { .tv_sec = 10 };
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(server, &in);
	FD_SET(client, &out);
	must_be(select(server + client + 1, &in, &out, NULL, &limit), 1);
	must_be(FD_ISSET(client, &out), true);
	say(client, "x");
	FD_SET(server, &in);
	must_be(select(server + 1, &in, NULL, NULL, &limit), 1);
	expect(server, "x");
}

/* ---- io_uring ----------------------------------------------------------------------- */

static struct io_uring ring;

static struct io_uring_sqe *uring_next(void)
{
	return io_uring_get_sqe(&ring) ?: (errx(1, "ring is full"), NULL);
}

/* The result of the one operation that ends next */
static int uring_done(void)
{
	struct __kernel_timespec limit = { .tv_sec = 10 };
	struct io_uring_cqe *cqe;
	int ret;

	must_be(io_uring_wait_cqe_timeout(&ring, &cqe, &limit), 0);
	ret = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	return ret;
}

static int uring_do(void)
{
	must_be(io_uring_submit(&ring), 1);
	return uring_done();
}

/* The receive begins before there is anything to receive */
static void uring_waits(void)
{
	char buf[8];

	io_uring_prep_recv(uring_next(), server, buf, sizeof(buf), 0);
	must_be(io_uring_submit(&ring), 1);
	say(client, "later");
	must_be(uring_done(), 5);
	must_be(memcmp(buf, "later", 5), 0);
}

/* The same with a message header, which the kernel uses twice */
static void uring_messages(void)
{
	char buf[8];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	io_uring_prep_recvmsg(uring_next(), client, &msg, 0);
	must_be(io_uring_submit(&ring), 1);
	io_uring_prep_send(uring_next(), server, "back", 4, 0);
	must_be(io_uring_submit(&ring), 1);
	must_be(uring_done() + uring_done(), 8);
	must_be(memcmp(buf, "back", 4), 0);
	must_be(msg.msg_flags & MSG_EOR, MSG_EOR);
	iov = (struct iovec) { "more", 4 };
	io_uring_prep_sendmsg(uring_next(), client, &msg, 0);
	must_be(uring_do(), 4);
	expect(server, "more");
}

static void uring_session(void)
{
	struct sockaddr_rserpool a = address();
	int fd, one, both;

	fd = must(socket(AF_RSERPOOL, SOCK_STREAM, 0));
	io_uring_prep_connect(uring_next(), fd, (void *)&a, sizeof(a));
	must_be(io_uring_submit(&ring), 1);
	io_uring_prep_accept(uring_next(), listener, NULL, NULL, 0);
	must_be(io_uring_submit(&ring), 1);
	one = uring_done();
	both = one + uring_done();	/* 0 and a descriptor, in any order */
	must_be(one >= 0 && both > 0, true);
	say(fd, "mine");
	expect(both, "mine");
	io_uring_prep_poll_add(uring_next(), both, POLLIN);
	must_be(io_uring_submit(&ring), 1);
	io_uring_prep_shutdown(uring_next(), fd, SHUT_WR);
	must_be(uring_do() >= 0 && uring_done() >= 0, true);
	must_be(read(both, &one, sizeof(one)), 0);
}

static void test_io_uring(void)
{
	int ret = io_uring_queue_init(8, &ring, 0);

	if (ret == -ENOSYS || ret == -EPERM) {
		printf("no io_uring here\n");
		exit(4);
	}
	must_be(ret, 0);
	uring_waits();
	uring_messages();
	uring_session();
}

/* ---- what does not work, and says so -------------------------------------------------- */

static void test_refusals(void)
{
	char byte;

	must_fail(recv(client, &byte, 1, MSG_OOB), EINVAL);
	must_fail(send(client, "x", 1, MSG_OOB), EOPNOTSUPP);
	must_fail(recv(client, &byte, 1, MSG_ERRQUEUE), EAGAIN);
	must_fail(socketpair(AF_RSERPOOL, SOCK_STREAM, 0, (int[2]) { 0 }),
		  EOPNOTSUPP);
	must_fail(socket(AF_RSERPOOL, SOCK_DGRAM, 0), ESOCKTNOSUPPORT);
	must_fail(socket(AF_RSERPOOL, SOCK_STREAM, IPPROTO_SCTP),
		  EPROTONOSUPPORT);
	must_fail(sendto(client, "x", 1, 0, (void *)&(struct sockaddr_rserpool)
			 { .srp_family = AF_RSERPOOL },
			 sizeof(struct sockaddr_rserpool)), EISCONN);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "read-write", test_read_write }, { "mmsg", test_mmsg },
	{ "more", test_more }, { "sendfile", test_sendfile },
	{ "splice", test_splice }, { "pass", test_pass },
	{ "fork", test_fork }, { "epoll", test_epoll },
	{ "epoll-room", test_epoll_room }, { "select", test_select },
	{ "io_uring", test_io_uring }, { "refusals", test_refusals },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (argc != 2 || strcmp(argv[1], tests[i].name))
			continue;
		alarm(60);
		listen_generic();
		connect_generic();
		tests[i].run();
		return 0;
	}
	errx(2, "usage: rsp_generic TEST");
}
