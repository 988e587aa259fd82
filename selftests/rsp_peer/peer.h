/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of rsp_peer share, one banner a file. */
#ifndef RSP_PEER_H
#define RSP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

/* ---- main.c -------------------------------------------------------------- */

struct sockaddr_rserpool;

struct command {
	const char *name;
	unsigned int min;	/* words after the name */
	bool rest;		/* takes the rest of the line as it is */
	void (*run)(char **words);
};

/* Of each file that has some; a name of NULL ends them. */
extern const struct command socket_commands[], data_commands[],
			    poll_commands[], options_commands[],
			    process_commands[], serve_commands[],
			    traffic_commands[], many_commands[],
			    basic_commands[];

extern FILE *out;
extern bool mismatch;

void run_line(char *line);

/* ---- say.c --------------------------------------------------------------- */

#define ANSWER_MAX	1024

extern char answer[ANSWER_MAX];	/* of the command that runs */

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_errno(void);
/* The result of a call that has nothing else to tell. */
void say_done(int rc);
/* The script is wrong. */
void usage(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* ---- words.c ------------------------------------------------------------- */

#define OCTETS_MAX	(4 << 20)

struct octets {
	size_t len;
	uint8_t *data;
};

struct name {
	const char *name;	/* NULL: the last one */
	long value;
};

long number(const char *word);
struct octets octets(const char *word);
/* What octets hold, for people and for shell patterns. */
void say_octets(const uint8_t *data, size_t len, size_t offset);
long value_of(const struct name *names, const char *word);
const char *name_of(const struct name *names, long value);
/* One word of names joined by commas. */
long flags_of(const struct name *names, char *word);
/* All the words left, as flags of messages. */
int flags_left(char **words);

/* ---- socket.c ------------------------------------------------------------ */

#define SLOTS		4096

struct slot {
	int fd;
	size_t offset;		/* in the message that is being read */
	bool listens;		/* set by serve */
	unsigned int pe;	/* whose session it is, set by serve */
	uint64_t counted;	/* what serve or traffic counts in it */
};

extern struct slot slots[SLOTS];
extern struct slot *cur;
extern int nslots;		/* up to the last one ever used */

/* HANDLE [id=N] ... : see socket.c */
socklen_t address(struct sockaddr_rserpool *addr, char **words);
void slot_add(int fd);
void slots_close(void);

/* ---- data.c -------------------------------------------------------------- */

extern const struct name notifications[], failover_reasons[];
extern const struct name states[], roles[];

ssize_t send_cookie(int fd, const struct octets *cookie,
		    const struct octets *data, int flags);
/* One recvmsg(); what came is told, also for the next piece's sake. */
ssize_t receive(uint8_t *buf, size_t room, int flags, int *msg_flags);
void say_notification(const void *data, size_t len);

/* ---- services.c ---------------------------------------------------------- */

/* Answer a message of the current session: 0 if it is none. */
ssize_t serve_ping(const uint8_t *buf, size_t len);
ssize_t serve_calc(const uint8_t *buf, size_t len);
/* A session came with this cookie. */
void serve_ping_echo(const uint8_t *cookie, size_t len);

/* ---- poll.c -------------------------------------------------------------- */

void epoll_close(void);

#endif /* RSP_PEER_H */
