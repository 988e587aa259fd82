/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rsp_bench: the same traffic over different ways to reach a server.
 *
 * Server and client are processes.  What they have to tell each other beside
 * the sockets stands on a board in shared memory.
 *
 * Its binary may be linked with RSPLIB, which is under GPL-3.0-or-later.
 */
#ifndef RSP_BENCH_H
#define RSP_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One address that is not a loopback one: RSPLIB refuses those */
#define BENCH_ADDRESS	"10.77.0.1"
#define BENCH_PORT	7000
#define MESSAGE_MAX	16384
#define SERVERS		3
#define MESSAGES_MAX	65536		/* of one failover, followed one by one */

/**
 * struct transport - a way to reach a server
 * @name: on the command line and in the output
 * @pooled: servers are found by a pool handle, on whatever host
 * @slow_small: small messages wait for each other: fewer will do
 * @begin: once in each process, or NULL
 * @listen: a listening descriptor of server @n (from 1)
 * @accept: the next session; negative: none
 * @connect: a session with a server
 * @send: one whole message; negative: it was not taken
 * @recv: one whole message; 0: the end
 * @pause: let time pass between two messages, and do what the transport wants
 *	the program to do in a failover; or NULL
 * @close: a session
 * @remark: on the failovers so far, to be known with their figures; or NULL
 *
 * What cannot fail in a measurement ends the process with a message.
 */
struct transport {
	const char *name;
	bool pooled, slow_small;
	void (*begin)(void);
	int (*listen)(int n);
	int (*accept)(int listener);
	int (*connect)(void);
	ssize_t (*send)(int fd, const void *buf, size_t len);
	ssize_t (*recv)(int fd, void *buf, size_t size);
	void (*pause)(int fd, int ms);
	void (*close)(int fd);
	void (*remark)(const char *what);
};

extern const struct transport rserpool, sctp, rsplib;

/* The pool of this process and its children: no registrar has seen it before */
extern char pool[32];

/* What a server does with a message */
enum order {
	ORDER_TAKE,		/* nothing */
	ORDER_ANSWER,		/* send it back */
};

struct message {
	uint32_t order;
	uint32_t number;
};

/* What the servers have seen.  One processor: no barriers. */
struct board {
	volatile bool hold;			/* sessions stay open */
	volatile uint32_t sessions;		/* accepted */
	volatile uint32_t ends;			/* and over */
	struct {
		volatile pid_t pid;		/* 0: not ready */
		volatile uint64_t first_ns;	/* its first message; 0: none */
	} server[SERVERS + 1];
	volatile uint8_t seen[MESSAGES_MAX];	/* how often each message came */
};

extern struct board *board;

/*
 * server.c: servers are born as so many processes before the client begins,
 * since a library's threads are not in what fork() makes; and may each have a
 * network namespace to live in: server1 and so on, or other names that begin
 * with $RSP_BENCH_HOSTS.
 */
void servers_prepare(const struct transport *t, int number, bool apart);
pid_t server_start(const struct transport *t, int n);
void server_kill(pid_t pid);

/* traffic.c: each prints one line for each round */
void measure_round_trips(const struct transport *t, int rounds);
void measure_one_way(const struct transport *t, size_t len, int rounds);
void measure_setups(const struct transport *t, int rounds);
void measure_memory(const struct transport *t, int sessions);

/* failover.c */
void measure_kill(const struct transport *t, int rounds);
void measure_cut(const struct transport *t, int rounds);

/* main.c */
uint64_t now_ns(void);
void say(const struct transport *t, const char *what, double value);

#endif
