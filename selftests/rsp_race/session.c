// SPDX-License-Identifier: GPL-2.0
/*
 * A client's session, while it changes servers: several readers, all kinds of
 * system calls, servers that die, servers that say goodbye, the client's own
 * end.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "race.h"

#define SERVERS	2

static struct serving servings[SERVERS];
static pid_t servers[SERVERS];

static void servers_start(const struct serving *how)
{
	unsigned int i;

	for (i = 0; i < SERVERS; i++) {
		servings[i] = *how;
		servings[i].pe_id = i + 1;
		servers[i] = server_start(SERVER1 + i, &servings[i]);
	}
}

static void servers_stop(void)
{
	unsigned int i;

	for (i = 0; i < SERVERS; i++)
		crew_reap(servers[i], SIGKILL);
}

static bool over(struct client *c)
{
	return __atomic_load_n(&c->done, __ATOMIC_ACQUIRE) ||
	       __atomic_load_n(&c->ended, __ATOMIC_ACQUIRE);
}

/* ---- those who are in the way -------------------------------------------- */

/* That a server dies is no error, and no end. */
static void *poller(void *arg)
{
	struct client *c = arg;
	struct pollfd p = { .fd = c->fd, .events = POLLIN | POLLOUT | POLLRDHUP };

	while (!over(c)) {
		CALL(poll, &p, 1, dice(20));
		if ((p.revents & (POLLERR | POLLHUP | POLLRDHUP)) && !over(c) && !c->may_end)
			fail("poll: %#x before the end", p.revents);
		sleep_ms(1 + dice(4));
	}
	return NULL;
}

static void *tuner(void *arg)
{
	struct client *c = arg;

	while (!over(c)) {
		turn_options(c->fd);
		sleep_ms(1 + dice(4));
	}
	return NULL;
}

static void *admin(void *arg)
{
	struct client *c = arg;

	while (!over(c)) {
		failover_any();
		sleep_ms(1 + dice(60));
	}
	return NULL;
}

static void *talker(void *arg)
{
	client_talk(arg, 10 + dice(60));
	return NULL;
}

static void replay_any(struct client *c)
{
	uint32_t how = dice(RSP_REPLAY_UNACKED + 1);

	c->twice = how == RSP_REPLAY_UNACKED;
	CALL(setsockopt, c->fd, SOL_RSERPOOL, RSP_REPLAY, &how, sizeof(how));
}

/* ---- two readers with cookies in flight ---------------------------------- */

static void readers_begin(void)
{
	servers_start(&(struct serving){
		.pool = "readers", .abort_one_in = 60, .cookie_one_in = 2,
		.cookie_max = COOKIE_ROOM,
	});
}

static void readers_round(void)
{
	struct client *c = client_open("readers", 2);

	replay_any(c);
	crew_add(0, client_reader, c);
	crew_add(0, client_reader, c);
	crew_add(0, talker, c);
	crew_add(0, one_in(2) ? poller : tuner, c);
	crew_join();
	client_close(c);
}

/* ---- a failover against everything else ---------------------------------- */

static void failover_begin(void)
{
	servers_start(&(struct serving){
		.pool = "failover", .abort_one_in = 30, .cookie_one_in = 3,
		.cookie_max = 2000,
	});
}

static void failover_round(void)
{
	struct client *c = client_open("failover", 1);

	replay_any(c);
	c->size = one_in(3) ? 20000 : 600;
	crew_add(0, client_reader, c);
	crew_add(0, talker, c);
	crew_add(0, poller, c);
	crew_add(0, tuner, c);
	crew_add(0, admin, c);
	crew_join();
	client_close(c);
}

/* The last descriptor is closed in the middle of it. */
static void close_round(void)
{
	struct client *c = client_open("failover", 1);
	unsigned int n = dice(40);

	while (n--) {
		client_send(c);
		if (one_in(4))
			failover_any();
		if (one_in(4))
			rest(5);
	}
	if (one_in(3))
		set_linger_abort(c->fd);
	client_close(c);
}

/* ---- servers die, and come back ------------------------------------------ */

static void death_begin(void)
{
	servers_start(&(struct serving){
		.pool = "death", .cookie_one_in = 3, .cookie_max = 2000, .slow_ms = 3,
	});
}

static void death_round(void)
{
	struct client *c[3];
	unsigned int i, n, victim;

	for (i = 0; i < ARRAY_LEN(c); i++) {
		c[i] = client_open("death", 1);
		/* an exit with status 0 says goodbye, and what was read then
		 * its reader could not tell
		 */
		c[i]->may_end = c[i]->may_fail = true;
		crew_add(0, client_reader, c[i]);
		crew_add(0, talker, c[i]);
		crew_add(0, i ? tuner : poller, c[i]);
	}
	for (n = 1 + dice(3); n; n--) {
		sleep_ms(dice(60));
		victim = dice(SERVERS);
		crew_reap(servers[victim], one_in(3) ? SIGTERM : SIGKILL);
		rest(20);
		servers[victim] = server_start(SERVER1 + victim, &servings[victim]);
	}
	crew_join();
	for (i = 0; i < ARRAY_LEN(c); i++)
		client_close(c[i]);
}

/* ---- servers say goodbye ------------------------------------------------- */

static void goodbye_begin(void)
{
	servers_start(&(struct serving){
		.pool = "goodbye", .close_one_in = 20, .cookie_one_in = 3, .cookie_max = 500,
	});
}

static void goodbye_round(void)
{
	struct client *c = client_open("goodbye", 1);

	c->may_end = true;
	crew_add(0, client_reader, c);
	crew_add(0, talker, c);
	crew_add(0, tuner, c);
	crew_join();
	client_close(c);
}

/* ---- the client's own end ------------------------------------------------ */

static void *shutter(void *arg)
{
	struct client *c = arg;

	rest(50);
	if (one_in(2))
		failover_any();
	if (one_in(2))
		rest(2);
	CALL(shutdown, c->fd, SHUT_WR);
	return NULL;
}

/* Whoever sends until it is over */
static void *sender(void *arg)
{
	struct client *c = arg;

	while (c->sent < SEQ_MAX / 2 && client_send(c))
		if (one_in(4))
			rest(3);
	return NULL;
}

static void shutdown_round(void)
{
	struct client *c = client_open("failover", 1);
	char octet;

	replay_any(c);
	c->may_end = c->may_fail = true;
	crew_add(0, client_reader, c);
	crew_add(0, sender, c);
	crew_add(0, shutter, c);
	crew_add(0, one_in(2) ? admin : tuner, c);
	crew_join();
	if (CALL(send, c->fd, "x", 1, MSG_NOSIGNAL) != -1 || errno != EPIPE)
		fail("send after the end: %s", strerrorname_np(errno));
	if (CALL(recv, c->fd, &octet, 1, 0))
		fail("recv after the end: %s", strerrorname_np(errno));
	client_close(c);
}

/* ---- signals, while somebody waits --------------------------------------- */

static void signals_begin(void)
{
	servers_start(&(struct serving){
		.pool = "signals", .abort_one_in = 60, .cookie_one_in = 3,
		.cookie_max = 2000, .slow_ms = 4,
	});
}

static void signals_round(void)
{
	struct client *c = client_open("signals", 1);
	int sndbuf = 4096, n = 400;

	c->size = 2000;
	CALL(setsockopt, c->fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	crew_add(0, client_reader, c);
	crew_add(0, talker, c);
	crew_add(0, tuner, c);
	while (n-- && !over(c)) {
		crew_disturb();
		rest(3);
	}
	crew_join();
	client_close(c);
}

const struct scenario session_scenarios[] = {
	{ "readers", readers_begin, readers_round, servers_stop },
	{ "failover", failover_begin, failover_round, servers_stop },
	{ "close", failover_begin, close_round, servers_stop },
	{ "death", death_begin, death_round, servers_stop },
	{ "goodbye", goodbye_begin, goodbye_round, servers_stop },
	{ "shutdown", failover_begin, shutdown_round, servers_stop },
	{ "signals", signals_begin, signals_round, servers_stop },
	{ }
};
