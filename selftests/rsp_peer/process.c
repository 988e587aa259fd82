// SPDX-License-Identifier: GPL-2.0
/*
 * Processes: the rest of a line in a child, and the end of this one.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"

static struct {
	pid_t pid;
	FILE *from;
} async;

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

const struct command process_commands[] = {
	{ "async", 1, true, cmd_async },
	{ "await", 0, false, cmd_await },
	{ "drop", 2, false, cmd_drop },
	{ "exit", 0, false, cmd_exit },
	{ "fork", 1, true, cmd_fork },
	{ "kill", 1, false, cmd_kill },
	{ "pass", 1, true, cmd_pass },
	{ "pid", 0, false, cmd_pid },
	{ "sleep", 1, false, cmd_sleep },
	{ "spawn", 1, true, cmd_spawn },
	{ NULL, 0, false, NULL }
};
