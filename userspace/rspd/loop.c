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
#include "notify.h"

uint64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/**
 * struct loop_deadline - the core's next one
 * @r: core
 * @timer: runs until then
 * @when: the time that it was set for, DEADLINE_NEVER: it is not running
 */
struct loop_deadline {
	struct registrar *r;
	ev_timer timer;
	uint64_t when;
};

static void loop_due(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct loop_deadline *deadline = timer->data;

	(void)loop;
	(void)events;
	deadline->when = DEADLINE_NEVER;
	registrar_tick(deadline->r, loop_now());
}

/* Whatever ran, the next deadline may have changed; most often it has not. */
static void loop_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct loop_deadline *deadline = prepare->data;
	uint64_t next = registrar_next(deadline->r);
	uint64_t now;

	(void)events;
	if (next == deadline->when)
		return;
	deadline->when = next;
	ev_timer_stop(loop, &deadline->timer);
	if (next == DEADLINE_NEVER)
		return;
	now = loop_now();
	ev_now_update(loop);
	ev_timer_set(&deadline->timer,
		     next > now ? (next - now) / 1000.0 : 0.0, 0.0);
	ev_timer_start(loop, &deadline->timer);
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

/* From the loop itself: when it hangs nothing comes. */
static void loop_alive(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
	notify("WATCHDOG=1");
}

/* Twice in the time that systemd gives us (sd_watchdog_enabled(3)) */
static void loop_watchdog(struct ev_loop *loop, ev_timer *watchdog)
{
	double interval = notify_watchdog() / 1000.0 / 2;

	ev_timer_init(watchdog, loop_alive, interval, interval);
	if (interval > 0)
		ev_timer_start(loop, watchdog);
}

struct loop_reload {
	void (*call)(void *arg);
	void *arg;
};

static void loop_hangup(struct ev_loop *loop, ev_signal *watcher, int events)
{
	const struct loop_reload *reload = watcher->data;

	(void)loop;
	(void)events;
	reload->call(reload->arg);
}

void loop_run(struct ev_loop *loop, struct registrar *r,
	      void (*reload)(void *arg), void *arg)
{
	struct loop_reload on_hangup = { .call = reload, .arg = arg };
	ev_signal term, interrupt, usr1, hangup;
	struct loop_deadline deadline = { .r = r, .when = DEADLINE_NEVER };
	ev_timer watchdog;
	ev_prepare prepare;

	/* SCTP sends it for an ended association, whatever the flags say. */
	signal(SIGPIPE, SIG_IGN);
	ev_init(&deadline.timer, loop_due);
	deadline.timer.data = &deadline;
	ev_prepare_init(&prepare, loop_prepare);
	prepare.data = &deadline;
	ev_prepare_start(loop, &prepare);
	ev_signal_init(&term, loop_stop, SIGTERM);
	ev_signal_start(loop, &term);
	ev_signal_init(&interrupt, loop_stop, SIGINT);
	ev_signal_start(loop, &interrupt);
	ev_signal_init(&usr1, loop_dump, SIGUSR1);
	usr1.data = r;
	ev_signal_start(loop, &usr1);
	ev_signal_init(&hangup, loop_hangup, SIGHUP);
	hangup.data = &on_hangup;
	ev_signal_start(loop, &hangup);
	loop_watchdog(loop, &watchdog);
	ev_run(loop, 0);
	ev_timer_stop(loop, &watchdog);
	ev_signal_stop(loop, &hangup);
	ev_signal_stop(loop, &usr1);
	ev_signal_stop(loop, &interrupt);
	ev_signal_stop(loop, &term);
	ev_prepare_stop(loop, &prepare);
	ev_timer_stop(loop, &deadline.timer);
}
