// SPDX-License-Identifier: GPL-2.0
/*
 * The client's half of what rserpool(7) promises: of each server answers come
 * in order and without a hole, beginning with the first message that it read;
 * none comes twice unless that was asked for; a notification tells of each
 * change of servers before the next one's first answer; a session ends only
 * if somebody ends it.
 *
 * One thread sends, any number receives.  With several of these only the
 * kernel knows the order, so it is looked at afterwards.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "race.h"

static pthread_mutex_t client_lock = PTHREAD_MUTEX_INITIALIZER;

struct client *client_open(const char *pool, unsigned int readers)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		fail("no memory");
	c->fd = new_socket(0);
	c->readers = readers;
	c->size = 600;
	set_event(c->fd, RSP_NOTIFY_FAILOVER, true);
	while (do_connect(c->fd, pool, 0)) {
		if (errno != EINTR && errno != EALREADY && errno != EHOSTUNREACH &&
		    errno != ECONNREFUSED && errno != ENOENT)
			fail("connect: %s", strerrorname_np(errno));
		sleep_ms(50);
	}
	c->id = __atomic_add_fetch(&shared->clients, 1, __ATOMIC_RELAXED);
	shared->sent[c->id % CLIENTS] = 0;
	shared->read[c->id % CLIENTS] = 0;
	return c;
}

/* It is over: may it be? */
static void client_over(struct client *c, const char *call, int err)
{
	uint32_t read = __atomic_load_n(&shared->read[c->id % CLIENTS], __ATOMIC_ACQUIRE);

	__atomic_store_n(&c->ended, true, __ATOMIC_RELEASE);
	if (err == ECONNRESET && c->may_fail)
		return;
	if (!c->may_end || err == ECONNRESET || err == ETIMEDOUT)
		fail("client %u: %s: %s", c->id, call, err ? strerrorname_np(err) : "the end");
	/* a goodbye crosses no message: that would be a failover */
	if (!c->may_fail && read < c->sent)
		fail("client %u: the end, but of %u messages only %u were read", c->id,
		     c->sent, read);
}

bool client_send(struct client *c)
{
	struct message *m;
	unsigned int len;
	int n;

	m = malloc(sizeof(*m) + MESSAGE_MAX);
	if (!m)
		fail("no memory");
	*m = (struct message){
		.client = c->id, .seq = c->sent + 1,
		.cookie = __atomic_load_n(&c->cookie, __ATOMIC_ACQUIRE),
	};
	len = message_fill(m, one_in(4) ? dice(c->size) : dice(100));
	do
		n = CALL(send, c->fd, m, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (unsigned int)n != len)
		fail("send: %d of %u octets", n, len);
	free(m);
	if (n < 0) {
		client_over(c, "send", errno);
		return false;
	}
	__atomic_store_n(&shared->sent[c->id % CLIENTS], ++c->sent, __ATOMIC_RELEASE);
	return true;
}

static void client_notification(struct client *c, const struct rsp_notification *n)
{
	const struct rsp_failover *f = (const void *)n;

	if (n->type != RSP_NOTIFY_FAILOVER)
		return;
	c->failovers++;
	if (c->readers == 1 && f->count != c->failovers)
		fail("client %u: failover %u is told as number %u", c->id, c->failovers,
		     f->count);
	if (c->readers == 1 && c->told && f->old_pe_id != c->told)
		fail("client %u: failover from %u, but it was with %u", c->id, f->old_pe_id,
		     c->told);
	c->told = f->new_pe_id;
}

static struct run *client_run(struct client *c, const struct message *m)
{
	unsigned int i;

	for (i = c->nruns; i; i--)
		if (c->runs[i - 1].serial == m->serial)
			return &c->runs[i - 1];
	if (c->nruns == RUNS)
		fail("client %u: too many servers", c->id);
	if (c->readers == 1 && c->failovers && c->told != m->pe_id)
		fail("client %u: told of server %u, answered by %u", c->id, c->told, m->pe_id);
	c->runs[c->nruns] = (struct run){
		.serial = m->serial, .pe_id = m->pe_id, .first = m->seq, .last = m->seq,
	};
	return &c->runs[c->nruns++];
}

static void client_answer(struct client *c, const struct message *m)
{
	struct run *run = client_run(c, m);

	if (m->client != c->id)
		fail("client %u: an answer for client %u", c->id, m->client);
	if (!m->seq || m->seq >= SEQ_MAX)
		fail("client %u: answer %u", c->id, m->seq);
	if (c->readers == 1 && run->n && m->seq != run->last + 1)
		fail("client %u: answer %u comes behind answer %u", c->id, m->seq, run->last);
	if (c->readers == 1 && run != &c->runs[c->nruns - 1])
		fail("client %u: an answer of a server that is no more", c->id);
	if (c->seen[m->seq]++ && !c->twice)
		fail("client %u: answer %u comes twice", c->id, m->seq);
	run->n++;
	if (m->seq < run->first)
		run->first = m->seq;
	if (m->seq > run->last)
		run->last = m->seq;
	if (m->seq > c->answered)
		__atomic_store_n(&c->answered, m->seq, __ATOMIC_RELEASE);
	if (m->cookie > c->cookie)
		__atomic_store_n(&c->cookie, m->cookie, __ATOMIC_RELEASE);
}

bool client_recv(struct client *c)
{
	static __thread uint32_t buf[MESSAGE_MAX / 4];
	int n, flags;

	n = recv_whole(c->fd, buf, sizeof(buf), &flags, c->readers > 1);
	if (n <= 0) {
		if (!__atomic_load_n(&c->done, __ATOMIC_ACQUIRE))
			client_over(c, "recv", n ? errno : 0);
		return false;
	}
	pthread_mutex_lock(&client_lock);
	if (flags & RSP_MSG_NOTIFICATION) {
		client_notification(c, (void *)buf);
	} else {
		message_check((void *)buf, n);
		client_answer(c, (void *)buf);
	}
	pthread_mutex_unlock(&client_lock);
	return true;
}

void client_ask(struct client *c)
{
	uint32_t moves;

	do {
		moves = c->failovers;
		client_send(c);
		/* a dead server may have taken it with it */
		while (c->answered < c->sent && c->failovers == moves)
			if (!client_recv(c))
				return;
	} while (c->answered < c->sent);
}

void *client_reader(void *arg)
{
	while (client_recv(arg))
		;
	return NULL;
}

static uint32_t client_moves(const struct client *c)
{
	struct rsp_info info;

	get_info(c->fd, &info);
	return info.failovers;
}

/*
 * What a dead server had acknowledged and not read is gone, and no answer
 * comes; so the last message is one without a failover behind it.  Its answer
 * comes, or we are found waiting.
 */
static void client_settle(struct client *c)
{
	uint32_t moves;

	do {
		if (c->sent + 1 == SEQ_MAX)
			fail("client %u: no peace", c->id);
		moves = client_moves(c);
		client_send(c);
		while (!__atomic_load_n(&c->ended, __ATOMIC_ACQUIRE) &&
		       __atomic_load_n(&c->answered, __ATOMIC_ACQUIRE) < c->sent &&
		       client_moves(c) == moves) {
			doing("waits for the last answer");
			sleep_ms(2 + dice(10));
		}
	} while (!__atomic_load_n(&c->ended, __ATOMIC_ACQUIRE) &&
		 __atomic_load_n(&c->answered, __ATOMIC_ACQUIRE) < c->sent);
}

void client_talk(struct client *c, unsigned int messages)
{
	while (messages-- && client_send(c))
		if (one_in(4))
			rest(3);
	client_settle(c);
	__atomic_store_n(&c->done, true, __ATOMIC_RELEASE);
	/* readers come back with the end */
	CALL(shutdown, c->fd, SHUT_RD);
}

void client_close(struct client *c)
{
	struct served *v;
	unsigned int i;

	for (i = 0; i < c->nruns; i++) {
		struct run *run = &c->runs[i];

		v = &shared->served[run->serial % SERIALS];
		if (run->n != run->last - run->first + 1)
			fail("client %u: %u answers from %u to %u", c->id, run->n, run->first,
			     run->last);
		if (v->client == c->id && v->first != run->first)
			fail("client %u: answers begin with %u, messages with %u", c->id,
			     run->first, v->first);
	}
	CALL(close, c->fd);
	free(c);
}
