// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread, one event loop (libev).  Its sources are the links' sockets, the
 * core's next deadline, and signals; all run to their end before the next one,
 * so that there are no locks.  Nothing in a callback waits.
 */
#include "loop.h"

#include <signal.h>
#include <time.h>

#include "log.h"

uint64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

static void loop_due(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	registrar_tick(timer->data, loop_now());
}

/* Whatever ran, the next deadline may have changed. */
static void loop_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	ev_timer *timer = prepare->data;
	uint64_t next = registrar_next(timer->data);
	uint64_t now = loop_now();

	(void)events;
	ev_timer_stop(loop, timer);
	if (next == DEADLINE_NEVER)
		return;
	ev_now_update(loop);
	ev_timer_set(timer, next > now ? (next - now) / 1000.0 : 0.0, 0.0);
	ev_timer_start(loop, timer);
}

static void loop_stop(struct ev_loop *loop, ev_signal *watcher, int events)
{
	(void)events;
	log_info("signal %d: end", watcher->signum);
	ev_break(loop, EVBREAK_ALL);
}

static void loop_dump(struct ev_loop *loop, ev_signal *watcher, int events)
{
	(void)loop;
	(void)events;
	registrar_dump(watcher->data);
}

void loop_run(struct ev_loop *loop, struct registrar *r)
{
	ev_signal term, interrupt, usr1;
	ev_prepare prepare;
	ev_timer timer;

	/* SCTP sends it for an ended association, whatever the flags say. */
	signal(SIGPIPE, SIG_IGN);
	ev_init(&timer, loop_due);
	timer.data = r;
	ev_prepare_init(&prepare, loop_prepare);
	prepare.data = &timer;
	ev_prepare_start(loop, &prepare);
	ev_signal_init(&term, loop_stop, SIGTERM);
	ev_signal_start(loop, &term);
	ev_signal_init(&interrupt, loop_stop, SIGINT);
	ev_signal_start(loop, &interrupt);
	ev_signal_init(&usr1, loop_dump, SIGUSR1);
	usr1.data = r;
	ev_signal_start(loop, &usr1);
	ev_run(loop, 0);
	ev_signal_stop(loop, &usr1);
	ev_signal_stop(loop, &interrupt);
	ev_signal_stop(loop, &term);
	ev_prepare_stop(loop, &prepare);
	ev_timer_stop(loop, &timer);
}
