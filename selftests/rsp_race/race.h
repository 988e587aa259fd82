/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rsp_race: races at random.  main.c has the options, scenarios in
 * session.c, element.c, handles.c and names.c; what they share is here.
 *
 * A scenario is done in rounds.  All that a round decides comes from dice that
 * are thrown with the seed, the scenario, the round and the thread, so the
 * same seed makes the same decisions; who is first is up to the kernel.
 *
 * Hosts are network namespaces, named PREFIX-1 and so on: 1 is for registrars,
 * 2 and 3 are for servers, 4 is for clients.
 */
#ifndef _RSP_RACE_H
#define _RSP_RACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <linux/rserpool.h>

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

enum {
	REGISTRAR = 1,
	SERVER1,
	SERVER2,
	CLIENT,
	HOSTS,
};

/* ---- tools.c: dice, failures, threads, hosts, processes --------------------- */

extern uint64_t race_seed;
extern const char *race_prefix;		/* of the hosts' names */
extern const char *race_scenario;
extern unsigned int race_round;

/* Each thread and process has its own dice; these are for a new one. */
void dice_throw(unsigned int who);
unsigned int dice(unsigned int sides);		/* 0 to sides - 1 */
#define one_in(n)	(!dice(n))

/* Tells what is wrong and how to repeat it; does not return. */
void fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* What this thread does now, for whoever finds it stuck. */
void doing(const char *what);
void watch_begin(unsigned int seconds);
void watch_round(void);

/* Let others go first, for a moment or up to @ms. */
void rest(unsigned int ms);
void sleep_ms(unsigned int ms);

/* A thread of this round, on a host; crew_join() waits for all of them. */
void crew_add(int host, void *(*work)(void *), void *arg);
void crew_join(void);
bool crew_left(void);		/* is anybody not done? */
/* A signal without SA_RESTART to one of them. */
void crew_disturb(void);

void host_enter(int host);
/* A process on a host.  It ends by itself, or by crew_kill(). */
pid_t crew_fork(int host);
void crew_reap(pid_t pid, int sig);
void close_others(int keep);

extern pid_t registrar;		/* the rspd of host REGISTRAR */
pid_t rspd_start(int host);

/* ---- calls.c: system calls, whose every errno has to be documented ----------- */

long made(const char *call, long ret);

/* Return: what the call does, with errno. */
#define CALL(call, ...) (doing(#call), made(#call, call(__VA_ARGS__)))

socklen_t pool_addr(struct sockaddr_rserpool *addr, const char *pool, uint32_t id);
int new_socket(int flags);
/* A one-to-many socket */
int new_many(int flags);
int do_sendto(int fd, const char *pool, int flags);
/*
 * Receive from a one-to-many socket, and do something in the session that it
 * came from.  Returns its descriptor if it has got one, or -1.
 */
int many_turn(int fd);
int do_bind(int fd, const char *pool, uint32_t id);
int do_connect(int fd, const char *pool, uint32_t id);
/* A pool element; it has to succeed, unless there is no registrar yet. */
int new_element(const char *pool, uint32_t id);
void set_event(int fd, int type, bool on);
void set_linger_abort(int fd);
void get_info(int fd, struct rsp_info *info);
/* Any option that has no say in what a session promises. */
void turn_options(int fd);

/* ---- netlink.c: what the module says ------------------------------------------ */

unsigned int sessions_here(void);
unsigned int elements_here(void);
/* RSERPOOL_A_LIFE of an element; 0 when it is not there. */
uint32_t element_life_here(uint32_t id);
/* A counter of the module. */
uint64_t counter_here(const char *name);
/* Any of the sessions here goes to another server. */
void failover_any(void);
/* Nothing is left on this host; it has to be so soon. */
void host_idle(int host);

/* ---- stream.c: messages and cookies that can be told apart --------------------- */

#define DATA_MAGIC	0x44415441
#define COOKIE_MAGIC	0x434f4f4b
#define MESSAGE_MAX	200000
#define COOKIE_ROOM	60000

struct message {
	uint32_t magic;
	uint32_t len;		/* of all */
	uint32_t client;
	uint32_t seq;		/* from 1; of an answer: the message's */
	uint32_t cookie;	/* number of the newest one, as far as known */
	uint32_t serial;	/* answer: of the server's session */
	uint32_t pe_id;		/* answer */
	uint8_t fill[];
};

struct cookie {
	uint32_t magic;
	uint32_t client;
	uint32_t number;
	uint32_t len;
	uint8_t fill[];
};

unsigned int message_fill(struct message *m, unsigned int len);
void message_check(const struct message *m, unsigned int len);
unsigned int cookie_fill(struct cookie *c, unsigned int len);
void cookie_check(const struct cookie *c, unsigned int len);

/*
 * A whole message or notification, in pieces of random size unless @once.
 * Return: its octets, 0 at the end, or -1.
 */
int recv_whole(int fd, void *buf, unsigned int room, int *flags, bool once);

/* ---- what clients and servers know of each other, in memory that they share ---- */

#define CLIENTS		1024	/* with data on their way; numbers begin anew */
#define SERIALS		16384

struct served {
	uint32_t client;
	uint32_t first, last;	/* messages read */
	bool aborted;		/* by the server */
};

struct shared {
	uint32_t clients;	/* so far */
	uint32_t serials;
	bool failed;			/* any of us */
	uint32_t sent[CLIENTS];		/* last message that the client has sent */
	uint32_t read[CLIENTS];		/* last one that any server has read */
	struct served served[SERIALS];
};

extern struct shared *shared;
void shared_init(void);

/* ---- server.c: the server's half of what is promised ---------------------------- */

struct serving {
	const char *pool;
	uint32_t pe_id;
	unsigned int abort_one_in;	/* answers; 0: never */
	unsigned int close_one_in;
	unsigned int cookie_one_in;
	unsigned int cookie_max;
	unsigned int slow_ms;		/* before each answer */
};

/* Serves one session to its end, and closes it. */
void serve(int fd, const struct serving *how);
/* A process with a pool element; returns when it is registered. */
pid_t server_start(int host, const struct serving *how);

/* ---- client.c: the client's half -------------------------------------------------- */

#define SEQ_MAX		4096
#define RUNS		1024

/* Answers of one session of a server */
struct run {
	uint32_t serial;
	uint32_t pe_id;
	uint32_t first, last;
	unsigned int n;
};

struct client {
	int fd;
	uint32_t id;
	unsigned int readers;
	bool may_end;		/* a server's goodbye is none of our faults */
	bool may_fail;		/* and its death behind our SHUT_WR is none */
	bool twice;		/* RSP_REPLAY_UNACKED */
	unsigned int size;	/* of messages, at most */
	bool ended;		/* set by whoever sees it */
	bool done;		/* all has been answered */
	uint32_t sent;
	uint32_t answered;	/* the last that was */
	uint32_t cookie;
	uint32_t told;		/* pe_id of the last RSP_NOTIFY_FAILOVER */
	uint32_t failovers;	/* told of */
	struct run runs[RUNS];
	unsigned int nruns;
	uint8_t seen[SEQ_MAX];
};

/* A session, in the namespace of the caller; NULL if it may fail and does. */
struct client *client_open(const char *pool, unsigned int readers);
/* Return: false when the session is over. */
bool client_send(struct client *c);
/* Return: false at the end of the session, or when all is answered. */
bool client_recv(struct client *c);
/* One thread: send, and receive until the answer is there. */
void client_ask(struct client *c);
/* Send as many, and go on until the last one is answered. */
void client_talk(struct client *c, unsigned int messages);
void *client_reader(void *c);
/* Everything that came in fits together; closes. */
void client_close(struct client *c);

/* ---- scenarios ----------------------------------------------------------------------- */

struct scenario {
	const char *name;
	void (*begin)(void);
	void (*round)(void);
	void (*end)(void);
};

extern const struct scenario session_scenarios[], element_scenarios[],
	handles_scenarios[], names_scenarios[];

#endif /* _RSP_RACE_H */
