// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_stream - numbered messages in one direction, and who gets which
 *
 * usage: rsp_stream send HANDLE none|unsent|unacked	until SIGINT
 *        rsp_stream take HANDLE ID			until it is killed
 *
 * The sender waits for no answer: what becomes of a message in a failover is
 * the kernel's business.  It says each failover on a line, and at the end how
 * many messages it has sent.  The taker says each number on a line.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/rserpool.h>

#define MESSAGE	500	/* octets: few fill the window */
#define PAUSE	1000	/* us between two messages */

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static struct sockaddr_rserpool address(const char *handle, unsigned int id)
{
	struct sockaddr_rserpool a = {
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = strlen(handle),
		.srp_pe_id = id,
	};

	memcpy(a.srp_handle, handle, a.srp_handle_len);
	return a;
}

/* All notifications that have come */
static void listen_up(int fd)
{
	struct rsp_failover f;

	while (recv(fd, &f, sizeof(f), MSG_DONTWAIT) == sizeof(f))
		if (f.hdr.type == RSP_NOTIFY_FAILOVER)
			printf("failover %u new=%u replayed=%u lost=%u\n",
			       f.count, f.new_pe_id, f.replayed, f.lost);
	if (errno != EAGAIN)
		err(1, "recv");
}

static void sender(const char *handle, __u32 replay)
{
	struct rsp_event event = { .type = RSP_NOTIFY_FAILOVER, .on = 1 };
	struct sockaddr_rserpool a = address(handle, 0);
	struct sigaction action = { .sa_handler = on_signal };
	int fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	char message[MESSAGE] = { 0 };
	unsigned long sent = 0;
	socklen_t len = sizeof(a);

	sigaction(SIGINT, &action, NULL);
	if (fd < 0 ||
	    setsockopt(fd, SOL_RSERPOOL, RSP_EVENT, &event, sizeof(event)) ||
	    setsockopt(fd, SOL_RSERPOOL, RSP_REPLAY, &replay, sizeof(replay)) ||
	    connect(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getpeername(fd, (struct sockaddr *)&a, &len))
		err(1, "%s", handle);
	printf("connected new=%u\n", a.srp_pe_id);
	while (!stop) {
		snprintf(message, sizeof(message), "%lu", sent + 1);
		if (send(fd, message, sizeof(message), MSG_NOSIGNAL) > 0)
			sent++;
		else if (errno != EINTR)
			err(1, "send");
		listen_up(fd);
		usleep(PAUSE);
	}
	close(fd);	/* and all that it has sent goes first */
	printf("sent %lu\n", sent);
}

static void taker(const char *handle, unsigned int id)
{
	struct sockaddr_rserpool a = address(handle, id);
	int fd, listener = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	char message[MESSAGE];

	if (listener < 0 || bind(listener, (struct sockaddr *)&a, sizeof(a)) ||
	    listen(listener, 5))
		err(1, "%s", handle);
	fprintf(stderr, "listens\n");
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		while (recv(fd, message, sizeof(message), 0) == sizeof(message))
			printf("%s\n", message);
		close(fd);
	}
}

static __u32 replay_of(const char *word)
{
	static const char *const words[] = {
		[RSP_REPLAY_NONE] = "none", [RSP_REPLAY_UNSENT] = "unsent",
		[RSP_REPLAY_UNACKED] = "unacked",
	};
	__u32 i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i]))
			return i;
	errx(2, "%s: no kind of replay", word);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: rsp_stream send|take HANDLE REPLAY|ID");
	setlinebuf(stdout);
	if (!strcmp(argv[1], "send"))
		sender(argv[2], replay_of(argv[3]));
	else
		taker(argv[2], strtoul(argv[3], NULL, 0));
	return 0;
}
