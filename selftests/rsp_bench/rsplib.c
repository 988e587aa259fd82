// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RSPLIB's session interface, used as its own programs do: a failover is the
 * client's, when a notification or a failed call says that it is necessary.
 *
 * RSP_BENCH_TUNED: with times that notice a dead link within a second.
 */
#ifdef HAVE_RSPLIB
#include <err.h>
#include <netinet/in.h>
#include <rserpool/rserpool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench.h"

#define FOREVER_MS	60000	/* -1 does not wait */

static void rsplib_begin(void)
{
	static const char *const args[] = {
		"-registrar=" BENCH_ADDRESS ":3864", "-asapannounce=off",
	};
	struct rsp_info info;
	size_t i;

	rsp_initinfo(&info);
	for (i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		rsp_initarg(&info, args[i]);
	if (rsp_initialize(&info) < 0)
		err(1, "rsp_initialize");
	rsp_freeinfo(&info);
}

static int rsplib_socket(void)
{
	int fd = rsp_socket(0, SOCK_STREAM, IPPROTO_SCTP);

	if (fd < 0)
		err(1, "rsp_socket");
	return fd;
}

static int rsplib_listen(int n)
{
	struct rsp_loadinfo policy = { .rli_policy = PPT_ROUNDROBIN };
	int fd = rsplib_socket();

	(void)n;
	if (rsp_listen(fd, 4096) ||
	    rsp_register(fd, (unsigned char *)pool, strlen(pool), &policy,
			 30000, 0))
		err(1, "rsplib server");
	return fd;
}

static int rsplib_accept(int listener)
{
	return rsp_accept(listener, FOREVER_MS);
}

static int rsplib_connect(void)
{
	struct rserpool_session_parameters times = {
		.sp_rto_initial = 200,
		.sp_rto_min = 100,
		.sp_rto_max = 400,
		.sp_assoc_max_rxt = 3,
		.sp_path_max_rxt = 3,
		.sp_hbinterval = 200,
	};
	int fd = rsplib_socket();

	if (getenv("RSP_BENCH_TUNED") &&
	    rsp_update_session_parameters(fd, &times))
		err(1, "rsp_update_session_parameters");
	if (rsp_connect(fd, (unsigned char *)pool, strlen(pool), 30000))
		err(1, "rsp_connect");
	return fd;
}

static struct {
	unsigned int calls, failed;
	uint64_t failed_ns;
} failovers;

/* It says 0, too, if there was nobody to fail over to: the next call tells. */
static bool rsplib_fail_over(int fd)
{
	uint64_t since = now_ns();

	failovers.calls++;
	if (!rsp_forcefailover(fd, FFF_UNREACHABLE, 30000))
		return true;
	failovers.failed++;
	failovers.failed_ns += now_ns() - since;
	return false;
}

static ssize_t rsplib_send_once(int fd, const void *buf, size_t len)
{
	return rsp_sendmsg(fd, buf, len, 0, 0, 0, 0, 0, 0, FOREVER_MS);
}

/* What was not taken goes to the next server as soon as there is one. */
static ssize_t rsplib_send(int fd, const void *buf, size_t len)
{
	ssize_t n = rsplib_send_once(fd, buf, len);

	if (n < 0 && rsplib_fail_over(fd))
		n = rsplib_send_once(fd, buf, len);
	return n;
}

static void rsplib_remark(const char *what)
{
	if (failovers.failed)
		warnx("rsplib %s: %u of %u calls of rsp_forcefailover() failed, "
		      "after %.2f s together, in the times of their rounds",
		      what, failovers.failed, failovers.calls,
		      failovers.failed_ns / 1e9);
}

static bool is_failover(const void *buf)
{
	const union rserpool_notification *event = buf;

	return event->rn_header.rn_type == RSERPOOL_FAILOVER &&
	       event->rn_failover.rf_state == RSERPOOL_FAILOVER_NECESSARY;
}

static ssize_t rsplib_recv_for(int fd, void *buf, size_t size, int ms)
{
	struct rsp_sndrcvinfo info;
	int flags;
	ssize_t n;

	do {
		flags = 0;
		n = rsp_recvfullmsg(fd, buf, size, &info, &flags, ms);
		if (n > 0 && flags & MSG_RSERPOOL_NOTIFICATION &&
		    is_failover(buf))
			rsplib_fail_over(fd);
	} while (n > 0 && flags & (MSG_RSERPOOL_NOTIFICATION |
				   MSG_RSERPOOL_COOKIE_ECHO));
	return n;
}

static ssize_t rsplib_recv(int fd, void *buf, size_t size)
{
	return rsplib_recv_for(fd, buf, size, FOREVER_MS);
}

static void rsplib_pause(int fd, int ms)
{
	char buf[1024];

	rsplib_recv_for(fd, buf, sizeof(buf), ms);
}

static void rsplib_close(int fd)
{
	rsp_close(fd);
}

const struct transport rsplib = {
	.name = "rsplib",
	.pooled = true,
	.slow_small = true,
	.begin = rsplib_begin,
	.listen = rsplib_listen,
	.accept = rsplib_accept,
	.connect = rsplib_connect,
	.send = rsplib_send,
	.recv = rsplib_recv,
	.pause = rsplib_pause,
	.close = rsplib_close,
	.remark = rsplib_remark,
};
#endif
