// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages follow each other without anything in between; where the next one
 * begins says the length of the one before (WIRE-38).  After a message that is
 * none there is no such place, and so the connection is closed.
 *
 * Pool users only: a pool element registers over SCTP (REG-01), whose
 * association shows which addresses are its own.
 */
#include "link_tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "conn.h"
#include "loop.h"

#define BACKLOG		512

/* Octets read, connections accepted in one turn: about 170 short requests. */
#define TURN		2048
#define TURN_LISTENER	64

/* What the kernel holds of one, and for one that does not read. */
#define RCVBUF		(32 << 10)
#define SNDBUF		(128 << 10)

/* Seconds after which a dead host is noticed that has nothing to say. */
#define ALIVE_IDLE	60
#define ALIVE_INTERVAL	15
#define ALIVE_PROBES	4

/* Seconds without accepting anything: there are no descriptors. */
#define PAUSE		1.0

/**
 * struct tcp_conn - a connection
 * @conn: what it has in common with others
 * @link: back pointer
 * @source: address of the peer
 * @part: what was received and not handled yet, mostly a part of a message
 * @len: octets of @part
 */
struct tcp_conn {
	struct conn conn;
	struct link_tcp *link;
	struct rsp_transport source;
	uint8_t *part;
	size_t len;
};

struct tcp_listener {
	struct link_tcp *link;
	ev_io io;
	int fd;
};

struct link_tcp {
	struct registrar *r;
	struct ev_loop *loop;
	struct tcp_listener listeners[CONFIG_ADDRS_MAX];
	size_t nlisteners;
	ev_timer pause;
	struct conns conns;
	char name[ADDR_TEXT];
	uint8_t buf[RSP_MSG_SPACE + TURN] __attribute__((aligned(8)));
};

static const struct rsp_transport *tcp_source(struct asap_assoc *from);

static const struct asap_link tcp_link = {
	.name = "tcp",
	.msg_max = RSP_MSG_SPACE,
	.send = conn_send,
	.source = tcp_source,
	.close = conn_close,
};

static struct tcp_conn *tcp_of(struct conn *c)
{
	return container_of(c, struct tcp_conn, conn);
}

static const struct rsp_transport *tcp_source(struct asap_assoc *from)
{
	return &tcp_of(container_of(from, struct conn, assoc))->source;
}

static int tcp_write(struct conn *c, const void *octets, size_t len, bool more)
{
	ssize_t n = send(c->fd, octets, len, MSG_DONTWAIT | MSG_NOSIGNAL |
			 (more ? MSG_MORE : 0));

	return n < 0 ? -errno : n;
}

static void tcp_garbage(struct conn *c)
{
	c->all->r->stats.conns_garbage++;
	log_debug("tcp: connection closed: no message");
	conn_end(c);
}

/* Handle whole messages.  Return: octets of them. */
static size_t tcp_messages(struct conn *c, const uint8_t *buf, size_t len)
{
	size_t at = 0;
	int need;

	while (!conn_blocked(c)) {
		need = rsp_msg_stream_len(buf + at, len - at);
		if (need >= 0 && (!need || (size_t)need > len - at))
			break;
		if (need < 0 || conn_input(c, buf + at, need) == -EBADMSG) {
			tcp_garbage(c);
			break;
		}
		at += need;
	}
	return at;
}

/* Keep the rest for later, in no more memory than it needs. */
static void tcp_keep(struct conn *c, const uint8_t *rest, size_t len)
{
	struct tcp_conn *t = tcp_of(c);
	uint8_t *part = NULL;

	if (len) {
		part = malloc(len);
		if (!part)
			conn_end(c);
		else
			memcpy(part, rest, len);
	}
	free(t->part);
	t->part = part;
	t->len = part ? len : 0;
}

/*
 * How much to read: a turn, and not more than the buffer takes.  What waits
 * already may be whole messages, of the time when the other end did not read.
 */
static ssize_t tcp_take(struct tcp_conn *t, uint8_t *buf)
{
	size_t room = sizeof(t->link->buf) - t->len;
	ssize_t n;

	if (t->len)
		memcpy(buf, t->part, t->len);
	if (!room)
		return -EAGAIN;
	n = recv(t->conn.fd, buf + t->len, room < TURN ? room : TURN,
		 MSG_DONTWAIT);
	return n < 0 ? -errno : n;
}

static void tcp_read(struct conn *c)
{
	struct tcp_conn *t = tcp_of(c);
	uint8_t *buf = t->link->buf;
	size_t len, done;
	ssize_t n = tcp_take(t, buf);
	bool again = n == -EAGAIN || n == -EINTR;

	if (n < 0 && !again) {
		conn_end(c);
		return;
	}
	len = t->len + (again ? 0 : n);
	done = tcp_messages(c, buf, len);
	/* the end comes after the answers to what was before it: it is seen again */
	if (!n && !c->queued)
		conn_end(c);
	if (!c->has_ended && (n > 0 || done))
		tcp_keep(c, buf + done, len - done);
}

static void tcp_free(struct conn *c)
{
	struct tcp_conn *t = tcp_of(c);

	free(t->part);
	free(t);
}

static const struct conn_ops tcp_ops = {
	.write = tcp_write,
	.read = tcp_read,
	.free = tcp_free,
};

/* ---- connections that begin ------------------------------------------------- */

static void tcp_set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		log_debug("tcp: option %d: %s", option, strerror(errno));
}

static void tcp_set_options(int fd)
{
	tcp_set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	tcp_set(fd, SOL_SOCKET, SO_SNDBUF, SNDBUF);
	tcp_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	tcp_set(fd, IPPROTO_TCP, TCP_KEEPIDLE, ALIVE_IDLE);
	tcp_set(fd, IPPROTO_TCP, TCP_KEEPINTVL, ALIVE_INTERVAL);
	tcp_set(fd, IPPROTO_TCP, TCP_KEEPCNT, ALIVE_PROBES);
}

static void tcp_new(struct link_tcp *link, int fd, const struct sockaddr *peer)
{
	struct tcp_conn *t = NULL;

	if (conns_admit(&link->conns))
		t = calloc(1, sizeof(*t));
	if (!t) {
		close(fd);
		return;
	}
	tcp_set_options(fd);
	t->link = link;
	t->source.type = RSP_PARAM_TCP_TRANSPORT;
	t->source.naddrs = addr_get(peer, &t->source.addrs[0], &t->source.port);
	conn_begin(&link->conns, &t->conn, &tcp_link, fd);
}

static void tcp_listen(struct link_tcp *link, bool on)
{
	size_t i;

	for (i = 0; i < link->nlisteners; i++) {
		if (on)
			ev_io_start(link->loop, &link->listeners[i].io);
		else
			ev_io_stop(link->loop, &link->listeners[i].io);
	}
}

static void tcp_go_on(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	tcp_listen(timer->data, true);
}

/* It would be readable for ever. */
static void tcp_no_descriptor(struct link_tcp *link)
{
	link->r->stats.conns_refused++;
	tcp_listen(link, false);
	ev_timer_set(&link->pause, PAUSE, 0.0);
	ev_timer_start(link->loop, &link->pause);
}

static void tcp_accept(struct ev_loop *loop, ev_io *io, int events)
{
	struct tcp_listener *listener = io->data;
	union config_addr peer;
	unsigned int i;
	socklen_t len;
	int fd;

	(void)loop;
	(void)events;
	for (i = 0; i < TURN_LISTENER; i++) {
		len = sizeof(peer);
		fd = accept4(listener->fd, &peer.sa, &len,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			tcp_new(listener->link, fd, &peer.sa);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			tcp_no_descriptor(listener->link);
		if (errno != ECONNABORTED && errno != EINTR)
			break;
	}
}

/* ---- the listeners ------------------------------------------------------------- */

static int tcp_socket(const union config_addr *addr, bool both)
{
	int fd = socket(addr->sa.sa_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	tcp_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	/* inherited, and the window goes by it from the first segment */
	tcp_set(fd, SOL_SOCKET, SO_RCVBUF, RCVBUF);
	if (addr->sa.sa_family == AF_INET6)
		tcp_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, !both);
	if (!bind(fd, &addr->sa, addr_len(addr)) && !listen(fd, BACKLOG))
		return fd;
	close(fd);
	return -1;
}

static int tcp_add(struct link_tcp *link, const union config_addr *addr,
		   bool both)
{
	struct tcp_listener *listener = &link->listeners[link->nlisteners];
	int fd = tcp_socket(addr, both);

	if (fd < 0)
		return -1;
	if (!link->nlisteners)
		addr_text(addr, link->name);
	listener->link = link;
	listener->fd = fd;
	ev_io_init(&listener->io, tcp_accept, fd, EV_READ);
	ev_set_priority(&listener->io, LOOP_PRIORITY_IO);
	listener->io.data = listener;
	link->nlisteners++;
	return 0;
}

/* All addresses: IPv6 with IPv4 in it where that exists, else IPv4. */
static int tcp_add_any(struct link_tcp *link)
{
	union config_addr any = { .in6 = { .sin6_family = AF_INET6 } };

	any.in6.sin6_port = htons(RSP_ASAP_PORT);
	if (!tcp_add(link, &any, true))
		return 0;
	any.sa.sa_family = AF_INET;
	if (!tcp_add(link, &any, false))
		return 0;
	log_error("tcp: port %u: %s", RSP_ASAP_PORT, strerror(errno));
	return -1;
}

static int tcp_start(struct link_tcp *link, const struct config *config)
{
	char text[ADDR_TEXT];
	size_t i;

	if (!config->naddrs)
		return tcp_add_any(link);
	for (i = 0; i < config->naddrs; i++) {
		if (!tcp_add(link, &config->addrs[i], false))
			continue;
		addr_text(&config->addrs[i], text);
		log_error("tcp: %s: %s", text, strerror(errno));
		return -1;
	}
	return 0;
}

struct link_tcp *link_tcp_open(struct registrar *r, struct ev_loop *loop,
			       const struct config *config)
{
	struct link_tcp *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->r = r;
	link->loop = loop;
	ev_timer_init(&link->pause, tcp_go_on, PAUSE, 0.0);
	link->pause.data = link;
	conns_init(&link->conns, r, loop, &tcp_ops, config->max_conns,
		   config->tcp_idle);
	if (tcp_start(link, config)) {
		link_tcp_close(link);
		return NULL;
	}
	tcp_listen(link, true);
	return link;
}

void link_tcp_close(struct link_tcp *link)
{
	size_t i;

	if (!link)
		return;
	ev_timer_stop(link->loop, &link->pause);
	tcp_listen(link, false);
	conns_close(&link->conns);
	for (i = 0; i < link->nlisteners; i++)
		close(link->listeners[i].fd);
	free(link);
}

const char *link_tcp_name(const struct link_tcp *link)
{
	return link->name;
}
