// SPDX-License-Identifier: GPL-2.0
/*
 * A server's listening socket: its end against accept(), options changed in
 * the middle of listen(), signals to whoever waits, and everything at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "race.h"

/* ---- close() and shutdown() against accept() ----------------------------- */

static const struct serving steady = { .pool = "accept", .pe_id = 1, .cookie_one_in = 3,
				       .cookie_max = 300 };
static const struct serving passing = { .pool = "accept", .pe_id = 2, .cookie_one_in = 3,
					.cookie_max = 300 };
static pid_t steady_server;
static int listener;
static unsigned int accepted;

static void accept_begin(void)
{
	steady_server = server_start(SERVER2, &steady);
}

static void accept_end(void)
{
	crew_reap(steady_server, SIGKILL);
}

static void *listens(void *arg)
{
	(void)arg;
	listener = new_element("accept", passing.pe_id);
	return NULL;
}

static void *acceptor(void *arg)
{
	int fd;

	(void)arg;
	for (;;) {
		fd = CALL(accept, listener, NULL, NULL);
		if (fd < 0 && errno == EINTR)
			continue;
		if (fd < 0)
			return NULL;
		__atomic_add_fetch(&accepted, 1, __ATOMIC_RELAXED);
		serve(fd, &passing);
	}
}

/* The listener goes while others wait for it, and its sessions go on. */
static void *stops_listening(void *arg)
{
	(void)arg;
	rest(40);
	CALL(shutdown, listener, one_in(2) ? SHUT_RD : SHUT_RDWR);
	return NULL;
}

static void *visitor(void *arg)
{
	struct client *c = client_open("accept", 1);

	(void)arg;
	if (one_in(3)) {	/* gone before anybody accepts it */
		set_linger_abort(c->fd);
		client_close(c);
		return NULL;
	}
	client_ask(c);
	client_close(c);
	return NULL;
}

static uint64_t accepted_before;

static void *count_begin(void *arg)
{
	(void)arg;
	accepted_before = counter_here("SessionsAccepted");
	accepted = 0;
	return NULL;
}

/* Whoever was accepted was given to somebody. */
static void *count_end(void *arg)
{
	uint64_t n = counter_here("SessionsAccepted") - accepted_before;

	(void)arg;
	if (n != accepted)
		fail("%u sessions accepted, the module counts %u", accepted, (unsigned int)n);
	return NULL;
}

static void accept_round(void)
{
	unsigned int i;

	crew_add(SERVER1, count_begin, NULL);
	crew_add(SERVER1, listens, NULL);
	crew_join();
	for (i = 0; i < 3; i++)
		crew_add(0, acceptor, NULL);
	for (i = 0; i < 4; i++)
		crew_add(0, visitor, NULL);
	crew_add(0, stops_listening, NULL);
	crew_join();
	CALL(close, listener);
	crew_add(SERVER1, count_end, NULL);
	crew_join();
	host_idle(SERVER1);
}

/* ---- options in the middle of listen() ----------------------------------- */

static bool registered;

static void *registrant(void *arg)
{
	(void)arg;
	registered = !CALL(listen, listener, 5);
	return NULL;
}

static void *changer(void *arg)
{
	struct rsp_policy policy = { .type = RSP_POL_ROUND_ROBIN };
	unsigned int n = 1 + dice(6);
	uint32_t life;

	(void)arg;
	rest(5);
	while (n--) {
		life = 100 + dice(100000);
		policy.weight = dice(100);
		CALL(setsockopt, listener, SOL_RSERPOOL, RSP_POLICY, &policy, sizeof(policy));
		CALL(setsockopt, listener, SOL_RSERPOOL, RSP_REG_LIFE, &life, sizeof(life));
		set_event(listener, RSP_NOTIFY_REGISTRATION, dice(2));
		rest(2);
	}
	if (one_in(6))
		CALL(shutdown, listener, SHUT_RD);
	return NULL;
}

static void *binds(void *arg)
{
	(void)arg;
	listener = new_socket(one_in(4) ? SOCK_NONBLOCK : 0);
	if (do_bind(listener, "options", 7))
		fail("bind: %s", strerrorname_np(errno));
	return NULL;
}

/* What is registered is what the options say in the end. */
static void *compare(void *arg)
{
	uint32_t wish, life = element_life_here(7);
	socklen_t len = sizeof(wish);

	(void)arg;
	CALL(getsockopt, listener, SOL_RSERPOOL, RSP_REG_LIFE, &wish, &len);
	if (life && life != wish)
		fail("RSP_REG_LIFE is %u, registered for %u", wish, life);
	return NULL;
}

static void options_round(void)
{
	crew_add(SERVER1, binds, NULL);
	crew_join();
	crew_add(0, registrant, NULL);
	crew_add(0, changer, NULL);
	crew_join();
	if (registered) {
		crew_add(SERVER1, compare, NULL);
		crew_join();
	}
	CALL(close, listener);
	host_idle(SERVER1);
}

/* ---- signals to whoever waits in listen(), accept(), connect() ----------- */

static bool enough;

static void *interrupted_element(void *arg)
{
	int fd;

	(void)arg;
	while (!__atomic_load_n(&enough, __ATOMIC_ACQUIRE)) {
		fd = new_socket(0);
		do_bind(fd, "interrupted", 9);
		if (!CALL(listen, fd, 5)) {
			int session = CALL(accept, fd, NULL, NULL);

			if (session >= 0)
				serve(session, &passing);
		}
		CALL(close, fd);
		rest(2);
	}
	return NULL;
}

static void *interrupted_visitor(void *arg)
{
	int fd, n, err = 0;
	char octet;

	(void)arg;
	while (!__atomic_load_n(&enough, __ATOMIC_ACQUIRE)) {
		fd = new_socket(0);
		n = 5;
		while (n-- && do_connect(fd, "interrupted", 0)) {
			err = errno;
			if (err == EISCONN)
				fail("connect: EISCONN of a socket that never was");
			rest(2);
		}
		if (n >= 0 && CALL(recv, fd, &octet, 1, MSG_DONTWAIT) >= 0)
			fail("recv: data or the end, of a server that has sent none");
		CALL(close, fd);
		rest(3);
	}
	return NULL;
}

static void interrupted_round(void)
{
	unsigned int n = 50 + dice(100);

	enough = false;
	crew_add(SERVER1, interrupted_element, NULL);
	crew_add(0, interrupted_visitor, NULL);
	crew_add(0, interrupted_visitor, NULL);
	while (n--) {
		crew_disturb();
		rest(6);
	}
	__atomic_store_n(&enough, true, __ATOMIC_RELEASE);
	/* they may wait for each other only as long as somebody disturbs them */
	while (crew_left()) {
		crew_disturb();
		sleep_ms(5);
	}
	crew_join();
	host_idle(SERVER1);
}

/* ---- everything at once, on a few sockets -------------------------------- */

#define SLOTS	6

/* Their numbers: where no other socket is, say that of failover_any().  Whoever has one that was
 * closed a moment ago finds a socket like it under the number, or none.
 */
#define FIRST_FD	200

static int slots[SLOTS];

static int chaos_socket(void)
{
	struct timeval limit = { .tv_usec = 20000 };
	int flags = one_in(2) ? SOCK_NONBLOCK : 0;
	int fd = one_in(2) ? new_many(flags) : new_socket(flags);

	CALL(setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	CALL(setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return fd;
}

/* Another one in its place: whoever uses it now may be in the middle of it. */
static void chaos_replace(unsigned int slot, int fd)
{
	int low = fd, old;

	if (low >= 0) {
		fd = fcntl(low, F_DUPFD_CLOEXEC, FIRST_FD);
		if (fd < 0)
			fail("fcntl: %m");
		CALL(close, low);
	}
	old = __atomic_exchange_n(&slots[slot], fd, __ATOMIC_ACQ_REL);
	if (old >= 0)
		CALL(close, old);
}

static void chaos_call(int fd)
{
	static const char *const pools[] = { "chaos", "order", "nobody" };
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };
	uint32_t buf[100] = { 0 };
	int other;

	switch (dice(15)) {
	case 0:
		do_bind(fd, pools[dice(2)], dice(4));
		break;
	case 1:
		CALL(listen, fd, dice(3));
		break;
	case 2:
		do_connect(fd, pools[dice(3)], 0);
		break;
	case 3:
		other = CALL(accept, fd, NULL, NULL);
		if (other >= 0)
			chaos_replace(dice(SLOTS), other);
		break;
	case 4:
		CALL(send, fd, buf, 1 + dice(sizeof(buf)), MSG_NOSIGNAL | MSG_DONTWAIT);
		break;
	case 5:
	case 6:
		CALL(recv, fd, buf, sizeof(buf), one_in(3) ? MSG_PEEK : MSG_DONTWAIT);
		break;
	case 7:
		CALL(shutdown, fd, dice(3));
		break;
	case 8:
		CALL(poll, &p, 1, dice(3));
		break;
	case 9:
		doing("set_cookie");
		made("set_cookie", setsockopt(fd, SOL_RSERPOOL, RSP_COOKIE, buf, dice(50)));
		break;
	case 10:
		failover_any();
		break;
	case 11:
		turn_options(fd);
		break;
	case 12:
		do_sendto(fd, pools[dice(3)], dice(3) ? MSG_DONTWAIT : 0);
		break;
	case 13:
	case 14:
		other = many_turn(fd);
		if (other >= 0)
			chaos_replace(dice(SLOTS), other);
		break;
	}
}

static void *chaos(void *arg)
{
	unsigned int n = 60 + dice(60), slot;

	(void)arg;
	while (n--) {
		slot = dice(SLOTS);
		if (one_in(6))
			chaos_replace(slot, chaos_socket());
		else
			chaos_call(__atomic_load_n(&slots[slot], __ATOMIC_ACQUIRE));
		if (one_in(3))
			rest(2);
	}
	return NULL;
}

static void chaos_round(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		slots[i] = -1;
	for (i = 0; i < 6; i++)
		crew_add(i % 2 ? CLIENT : SERVER1, chaos, NULL);
	crew_join();
	for (i = 0; i < SLOTS; i++)
		chaos_replace(i, -1);
	host_idle(SERVER1);
	host_idle(CLIENT);
}

const struct scenario element_scenarios[] = {
	{ "accept", accept_begin, accept_round, accept_end },
	{ "options", NULL, options_round, NULL },
	{ "interrupted", NULL, interrupted_round, NULL },
	{ "chaos", NULL, chaos_round, NULL },
	{ }
};
