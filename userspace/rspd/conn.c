// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a connection:
 *
 *	conn_begin() --> readable: conn_ops.read, which calls conn_input()
 *	     |        |
 *	     |        |- what is sent waits for the end of this turn, so that
 *	     |        |  several messages can share a packet
 *	     |        '- it finds no room: the other end is not listened to until
 *	     |           it has read that
 *	     '-> conn_end(), from anywhere --> registrar_lost(), conn_ops.free,
 *	         before the event loop goes to sleep again
 */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asap.h"
#include "enrp.h"
#include "loop.h"

/* Octets queued for one that does not read; then unasked messages are lost. */
#define CONN_QUEUE_MAX	(256 << 10)

/* Octets that wait for more to come. */
#define CONN_CORK_MAX	(8 << 10)

/* Milliseconds: whoever reads nothing for so long is given up. */
#define CONN_STUCK_MAX	30000

/* Seconds between two looks for such, and for idle ones. */
#define CONN_SWEEP	1.0

/* Candidates looked at when one has to go. */
#define CONN_EVICT_TURN	64

struct conn_out {
	STAILQ_ENTRY(conn_out) next;
	size_t len;
	size_t sent;
	uint8_t octets[];
};

static bool conn_is_again(int err)
{
	return err == -EAGAIN || err == -EINTR;
}

/* The first message of the queue is done. */
static void conn_drop(struct conn *c)
{
	struct conn_out *out = STAILQ_FIRST(&c->queue);

	c->queued -= out->len - out->sent;
	STAILQ_REMOVE_HEAD(&c->queue, next);
	free(out);
}

/* Hand over what is queued, as far as there is room.  Return: 0, or an error. */
static int conn_write(struct conn *c)
{
	struct conn_out *out;
	int n;

	while ((out = STAILQ_FIRST(&c->queue))) {
		n = c->all->ops->write(c, out->octets + out->sent,
				       out->len - out->sent,
				       STAILQ_NEXT(out, next));
		if (n < 0)
			return n;
		out->sent += n;
		c->queued -= n;
		if (out->sent == out->len)
			conn_drop(c);
	}
	return 0;
}

static void conn_forget_cork(struct conn *c)
{
	if (c->corked)
		LIST_REMOVE(c, in_corked);
	c->corked = false;
}

static void conn_bury(struct conn *c)
{
	conn_forget_cork(c);
	/* what was said before the end is heard, if it still can be */
	if (c->fd >= 0 && !c->full)
		conn_write(c);
	while (!STAILQ_EMPTY(&c->queue))
		conn_drop(c);
	TAILQ_REMOVE(&c->all->ended, c, in_all);
	ev_io_stop(c->all->loop, &c->io);
	/* before it: no second association with the same place is possible */
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	registrar_lost(c->all->r, &c->assoc, loop_now());
	c->all->ops->free(c);
}

static void conns_bury(struct conns *all)
{
	struct conn *c;

	while ((c = TAILQ_FIRST(&all->ended)))
		conn_bury(c);
	if (!all->count)
		ev_timer_stop(all->loop, &all->sweep);
}

static void conns_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	(void)loop;
	(void)events;
	conns_bury(prepare->data);
}

/* One that does not read is no idle one, although it is not listened to. */
static bool conn_is_idle(const struct conn *c, uint64_t now)
{
	return c->all->idle && !c->queued && !c->assoc.npes && !c->assoc.nsubs &&
	       now - c->used >= c->all->idle;
}

static void conns_sweep(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct conns *all = timer->data;
	struct conn *c, *next;
	uint64_t now = loop_now();

	(void)loop;
	(void)events;
	for (c = TAILQ_FIRST(&all->lru); c; c = next) {
		next = TAILQ_NEXT(c, in_all);
		if (c->full && c->fd >= 0 && now - c->stuck > CONN_STUCK_MAX) {
			all->r->stats.conns_slow++;
			conn_abort(c);
		} else if (conn_is_idle(c, now)) {
			all->r->stats.conns_idle++;
			conn_end(c);
		}
	}
}

static void conn_listen(struct conn *c)
{
	int events = (conn_blocked(c) ? 0 : EV_READ) |
		     (c->full ? EV_WRITE : 0);

	if (c->fd < 0 || c->has_ended)
		return;
	if (ev_is_active(&c->io) && (c->io.events & (EV_READ | EV_WRITE)) == events)
		return;
	ev_io_stop(c->all->loop, &c->io);
	ev_io_set(&c->io, c->fd, events);
	ev_io_start(c->all->loop, &c->io);
}

/* Send what is queued, as far as there is room. */
static void conn_flush(struct conn *c)
{
	size_t before;
	bool full;
	int err;

	conn_forget_cork(c);
	if (c->has_ended || c->fd < 0)
		return;
	before = c->queued;
	err = conn_write(c);
	full = conn_is_again(err);
	if (full && (!c->full || c->queued < before))
		c->stuck = loop_now();
	c->full = full;
	if (err && !full)
		conn_end(c);
	conn_listen(c);
}

/* All that was sent since, after whatever else there was to do. */
static void conns_uncork(struct ev_loop *loop, ev_prepare *uncork, int events)
{
	struct conns *all = uncork->data;
	struct conn *c;

	(void)loop;
	(void)events;
	while ((c = LIST_FIRST(&all->corked)))
		conn_flush(c);
}

static void conn_cork(struct conn *c)
{
	if (c->corked)
		return;
	c->corked = true;
	LIST_INSERT_HEAD(&c->all->corked, c, in_corked);
	if (c != c->all->turn)
		ev_feed_event(c->all->loop, &c->all->uncork, EV_CUSTOM);
}

void conns_init(struct conns *all, struct registrar *r, struct ev_loop *loop,
		const struct conn_ops *ops, size_t max, uint32_t idle)
{
	memset(all, 0, sizeof(*all));
	all->r = r;
	all->loop = loop;
	all->ops = ops;
	all->max = max;
	all->idle = idle;
	TAILQ_INIT(&all->lru);
	TAILQ_INIT(&all->ended);
	ev_timer_init(&all->sweep, conns_sweep, CONN_SWEEP, CONN_SWEEP);
	all->sweep.data = all;
	/* before the loop looks for the core's next deadline */
	LIST_INIT(&all->corked);
	ev_prepare_init(&all->uncork, conns_uncork);	/* only ever fed */
	ev_set_priority(&all->uncork, EV_MINPRI);
	all->uncork.data = all;
	ev_prepare_init(&all->prepare, conns_prepare);
	ev_set_priority(&all->prepare, EV_MAXPRI);
	all->prepare.data = all;
	ev_prepare_start(loop, &all->prepare);
}

void conns_close(struct conns *all)
{
	struct conn *c;

	if (!all->loop)
		return;
	while ((c = TAILQ_FIRST(&all->lru)))
		conn_end(c);
	conns_bury(all);
	ev_prepare_stop(all->loop, &all->prepare);
	ev_clear_pending(all->loop, &all->uncork);
}

/* Of those silent for long, one that nothing depends on; else a subscriber. */
static struct conn *conns_candidate(struct conns *all)
{
	struct conn *c, *subscriber = NULL;
	unsigned int i = 0;

	TAILQ_FOREACH(c, &all->lru, in_all) {
		if (i++ == CONN_EVICT_TURN)
			break;
		if (c->assoc.npes || c->assoc.peer)
			continue;
		if (!c->assoc.nsubs)
			return c;
		if (!subscriber)
			subscriber = c;
	}
	return subscriber;
}

bool conns_admit(struct conns *all)
{
	struct conn *c;

	if (all->count < all->max)
		return true;
	c = conns_candidate(all);
	if (!c) {
		all->r->stats.conns_refused++;
		return false;
	}
	all->r->stats.conns_evicted++;
	conn_end(c);
	return true;
}

static void conn_ready(struct ev_loop *loop, ev_io *io, int events)
{
	struct conn *c = io->data;

	(void)loop;
	(void)events;
	if (c->full)
		conn_flush(c);
	c->all->turn = c;
	c->all->now = loop_now();
	if (!conn_blocked(c))
		c->all->ops->read(c);
	c->all->turn = NULL;
	if (c->corked)
		conn_flush(c);
}

void conn_begin(struct conns *all, struct conn *c, const struct asap_link *link,
		int fd)
{
	registrar_found(all->r, &c->assoc, link);
	c->all = all;
	c->used = loop_now();
	c->fd = -1;
	STAILQ_INIT(&c->queue);
	ev_io_init(&c->io, conn_ready, -1, EV_READ);
	ev_set_priority(&c->io, LOOP_PRIORITY_IO);
	c->io.data = c;
	TAILQ_INSERT_TAIL(&all->lru, c, in_all);
	if (!all->count++)
		ev_timer_again(all->loop, &all->sweep);
	all->r->stats.conns++;
	if (fd >= 0)
		conn_up(c, fd);
}

void conn_up(struct conn *c, int fd)
{
	c->fd = fd;
	conn_flush(c);
}

void conn_end(struct conn *c)
{
	if (c->has_ended)
		return;
	c->has_ended = true;
	ev_io_stop(c->all->loop, &c->io);
	TAILQ_REMOVE(&c->all->lru, c, in_all);
	TAILQ_INSERT_TAIL(&c->all->ended, c, in_all);
	c->all->count--;
}

void conn_abort(struct conn *c)
{
	const struct linger at_once = { .l_onoff = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	conn_end(c);
}

void conn_close(struct asap_assoc *assoc)
{
	conn_end(container_of(assoc, struct conn, assoc));
}

int conn_input(struct conn *c, const void *msg, size_t len)
{
	c->used = c->all->now;
	TAILQ_REMOVE(&c->all->lru, c, in_all);
	TAILQ_INSERT_TAIL(&c->all->lru, c, in_all);
	if (c->assoc.link->enrp)
		return enrp_input(c->all->r, &c->assoc, msg, len, c->used);
	return asap_input(c->all->r, &c->assoc, 0, msg, len, c->used);
}

static int conn_queue(struct conn *c, const uint8_t *octets, size_t len)
{
	struct conn_out *out;

	out = malloc(sizeof(*out) + len);
	if (!out)
		return -EAGAIN;
	out->len = len;
	out->sent = 0;
	memcpy(out->octets, octets, len);
	STAILQ_INSERT_TAIL(&c->queue, out, next);
	c->queued += len;
	return 0;
}

/*
 * The answer to a request always finds room, since no request is read while
 * the kernel has none; but with conns.duplex.
 */
int conn_send(struct asap_assoc *to, uint32_t request, const void *msg,
	      size_t len)
{
	struct conn *c = container_of(to, struct conn, assoc);
	int err;

	(void)request;		/* one answer after the other: it needs none */
	if (c->has_ended)
		return -ENOTCONN;
	if (c->queued + len > CONN_QUEUE_MAX)
		return -EAGAIN;
	err = conn_queue(c, msg, len);
	if (err || c->full || c->fd < 0)
		return err;
	if (c->queued > CONN_CORK_MAX)
		conn_flush(c);
	else
		conn_cork(c);
	return c->has_ended ? -ENOTCONN : 0;
}
