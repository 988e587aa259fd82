/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * conn.c: what SCTP associations and TCP connections have in common.
 *
 * Each has a descriptor of its own, so that they get their turns one after the
 * other however much one of them sends, and none can use up the buffers of
 * another.
 */
#ifndef RSPD_CONN_H
#define RSPD_CONN_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "registrar.h"

struct conn;
struct conn_out;

/**
 * struct conn_ops - what differs
 * @write: hand a message or its rest to the kernel; @more: the next one follows
 *	at once.  Return: octets taken, or an error.
 * @read: something can be read, or the queue is empty again: do a bounded
 *	amount of work, none after conn_end() or while conn_blocked()
 * @free: it is over; registrar_lost() has been called
 */
struct conn_ops {
	int (*write)(struct conn *c, const void *octets, size_t len, bool more);
	void (*read)(struct conn *c);
	void (*free)(struct conn *c);
};

/**
 * struct conns - all of one kind
 * @r: registrar
 * @loop: event loop
 * @ops: of these
 * @lru: the one that was silent for the longest time first
 * @ended: conn_end() was called
 * @corked: have something to send at the end of their turn, or of all others
 * @turn: the one whose turn it is, or NULL
 * @now: when that began
 * @count: entries of @lru
 * @max: and how many there may be
 * @duplex: that one does not read does not keep it from being listened to:
 *	both ends send when they like
 * @idle: milliseconds after which one without a subscription or pool element
 *	is ended, 0: never
 * @sweep: looks for idle ones and such that do not read
 * @prepare: buries those of @ended
 * @uncork: runs after all others: sends what those of @corked have
 */
struct conns {
	struct registrar *r;
	struct ev_loop *loop;
	const struct conn_ops *ops;
	TAILQ_HEAD(conn_list, conn) lru;
	struct conn_list ended;
	LIST_HEAD(, conn) corked;
	struct conn *turn;
	uint64_t now;
	size_t count;
	size_t max;
	bool duplex;
	uint32_t idle;
	ev_timer sweep;
	ev_prepare prepare;
	ev_prepare uncork;
};

/**
 * struct conn - one of them
 * @assoc: the core's view
 * @all: where it belongs
 * @in_all: in conns.lru or conns.ended
 * @in_corked: in conns.corked
 * @io: readable; writable while @full
 * @fd: descriptor, -1: not there yet, everything is queued
 * @has_ended: conn_end() was called
 * @full: the kernel has no room for @queue
 * @corked: @queue waits for more to come
 * @used: time of the last message from the other end
 * @stuck: while @full: time since which the queue has not become shorter
 * @queue: what the kernel has not got yet
 * @queued: its octets
 */
struct conn {
	struct asap_assoc assoc;
	struct conns *all;
	TAILQ_ENTRY(conn) in_all;
	LIST_ENTRY(conn) in_corked;
	ev_io io;
	int fd;
	bool has_ended;
	bool full;
	bool corked;
	uint64_t used;
	uint64_t stuck;
	STAILQ_HEAD(, conn_out) queue;
	size_t queued;
};

void conns_init(struct conns *all, struct registrar *r, struct ev_loop *loop,
		const struct conn_ops *ops, size_t max, uint32_t idle);

/* End all of them; the pool elements are removed, or verified elsewhere. */
void conns_close(struct conns *all);

/*
 * Is there room for another one?  If not, the one that was silent for the
 * longest time and is of the least use is ended in its favour.
 */
bool conns_admit(struct conns *all);

/* A new one.  @fd may be -1; conn_up() follows then. */
void conn_begin(struct conns *all, struct conn *c, const struct asap_link *link,
		int fd);
void conn_up(struct conn *c, int fd);

/* It is over, or shall be: the rest happens when nobody is using it. */
void conn_end(struct conn *c);

/* The same, and what is on its way does not matter. */
void conn_abort(struct conn *c);

/* A message was received, in conn_ops.read.  Return: as asap_input(). */
int conn_input(struct conn *c, const void *msg, size_t len);

/* It is not read before the other end has read what is queued. */
static inline bool conn_blocked(const struct conn *c)
{
	return c->has_ended || (c->full && !c->all->duplex);
}

/* For asap_link: @send, @close */
int conn_send(struct asap_assoc *to, uint32_t request, const void *msg,
	      size_t len);
void conn_close(struct asap_assoc *assoc);

#endif /* RSPD_CONN_H */
