// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From the loss of a server to the first message at the next one.
 *
 * The client sends 64 octets every 10 ms, and after the loss every millisecond
 * until another server has got one.  Messages are numbered: one that the client
 * could send and that no server has seen is lost, one that came twice is
 * repeated.  Those that had arrived at the dead server count as arrived.
 */
#include <err.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define BEFORE		20	/* messages */
#define AFTER		20
#define QUIET_MS	5000	/* longer than any time-out of an association */

struct pool_of_three {
	const struct transport *t;
	const char *what;	/* "kill", "cut" */
	bool cut;
	pid_t pid[SERVERS + 1];
	int fd;
	uint32_t sent;
};

static void let_pass(struct pool_of_three *p, int ms)
{
	if (p->t->pause)
		p->t->pause(p->fd, ms);
	else
		usleep(ms * 1000);
}

static void send_one(struct pool_of_three *p)
{
	struct message m = { .order = ORDER_TAKE, .number = p->sent };
	char buf[64] = { 0 };

	memcpy(buf, &m, sizeof(m));
	if (p->sent >= MESSAGES_MAX)
		errx(1, "nobody serves");
	if (p->t->send(p->fd, buf, sizeof(buf)) == sizeof(buf))
		p->sent++;
}

static void send_some(struct pool_of_three *p, int number)
{
	while (number--) {
		send_one(p);
		let_pass(p, 10);
	}
}

/* Who got a message since the last forget() */
static int serving(void)
{
	int n;

	for (n = 1; n <= SERVERS; n++)
		if (board->server[n].first_ns)
			return n;
	return 0;
}

static void forget(void)
{
	int n;

	for (n = 1; n <= SERVERS; n++)
		board->server[n].first_ns = 0;
}

/* Not with a command, which would be a file: see main.c */
static void link_set(int n, bool up)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq port = { 0 };

	snprintf(port.ifr_name, sizeof(port.ifr_name), "port%d", n);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &port))
		err(1, "%s", port.ifr_name);
	port.ifr_flags = up ? port.ifr_flags | IFF_UP :
			      port.ifr_flags & ~IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &port))
		err(1, "%s", port.ifr_name);
	close(fd);
}

/* Behind a link that is cut the server goes on, and nobody hears of its end. */
static void lose(struct pool_of_three *p, int n)
{
	if (p->cut)
		link_set(n, false);
	else
		server_kill(p->pid[n]);
}

static void bring_back(struct pool_of_three *p, int n)
{
	if (p->cut) {
		server_kill(p->pid[n]);
		link_set(n, true);
	}
	p->pid[n] = server_start(p->t, n);
}

/* Messages that a server has got */
static uint32_t arrived(const struct pool_of_three *p)
{
	uint32_t i, n = 0;

	for (i = 0; i < p->sent; i++)
		n += board->seen[i] > 0;
	return n;
}

/* Those that are still on their way are not lost: Nagle's algorithm, SACKs */
static void wait_for_rest(struct pool_of_three *p)
{
	const int step = 100;
	uint32_t before;
	int ms = 0;

	while (arrived(p) < p->sent && ms < QUIET_MS) {
		before = arrived(p);
		let_pass(p, step);
		ms = arrived(p) == before ? ms + step : 0;
	}
}

static void say_lost(struct pool_of_three *p)
{
	uint32_t i, lost, repeated = 0;
	char what[32];

	wait_for_rest(p);
	lost = p->sent - arrived(p);
	for (i = 0; i < p->sent; i++)
		repeated += board->seen[i] > 1;
	snprintf(what, sizeof(what), "%s-lost", p->what);
	say(p->t, what, lost);
	snprintf(what, sizeof(what), "%s-repeated", p->what);
	say(p->t, what, repeated);
	memset((void *)board->seen, 0, sizeof(board->seen));
	p->sent = 0;
}

static void one_round(struct pool_of_three *p)
{
	uint64_t lost_at;
	int old;

	forget();
	send_some(p, BEFORE);
	/* with Nagle's algorithm they may wait for the last ones' SACK */
	while (!serving())
		send_some(p, 1);
	old = serving();
	forget();
	lost_at = now_ns();
	lose(p, old);
	board->server[old].first_ns = 0;	/* since forget() */
	for (;;) {
		send_one(p);
		if (serving())
			break;
		let_pass(p, 1);
	}
	say(p->t, p->what,
	    (board->server[serving()].first_ns - lost_at) / 1000.0);
	send_some(p, AFTER);
	say_lost(p);
	bring_back(p, old);
}

static void measure(struct pool_of_three *p, int rounds)
{
	int n;

	servers_prepare(p->t, SERVERS + rounds, p->cut);
	for (n = 1; n <= SERVERS; n++)
		p->pid[n] = server_start(p->t, n);
	if (p->t->begin)
		p->t->begin();
	p->fd = p->t->connect();
	while (rounds--)
		one_round(p);
	if (p->t->remark)
		p->t->remark(p->what);
	for (n = 1; n <= SERVERS; n++)
		server_kill(p->pid[n]);
}

void measure_kill(const struct transport *t, int rounds)
{
	struct pool_of_three p = { .t = t, .what = "kill" };

	measure(&p, rounds);
}

void measure_cut(const struct transport *t, int rounds)
{
	struct pool_of_three p = { .t = t, .what = "cut", .cut = true };

	measure(&p, rounds);
}
