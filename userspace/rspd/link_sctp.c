// SPDX-License-Identifier: GPL-2.0-only
/*
 * One one-to-many socket listens, and calls pool elements that are to be
 * verified.  Each association that comes up gets a descriptor of its own
 * (sctp_peeloff(3)), and with it buffers of its own: what it sends while
 * nobody has time to read it does not keep up others, and who does not read
 * keeps only himself waiting.
 *
 * What has no message end (the kernel hands a message over in parts when its
 * buffer is full) or a wrong PPID (WIRE-37) is not looked at.
 */
#include "link_sctp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/sctp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "conn.h"
#include "loop.h"

#define BACKLOG		512

/* Of each association. */
#define RCVBUF		(256 << 10)
#define SNDBUF		(256 << 10)

/* Messages of one association, notifications of the listener, in one turn. */
#define TURN		16
#define TURN_LISTENER	256

/* Associations looked at for one that was made a moment ago. */
#define LATEST		256

/* Associations in the making. */
#define DIALS_MAX	1024

/**
 * struct sctp_conn - an association
 * @conn: what it has in common with others
 * @node: in link_sctp.dials, while it is not up
 * @link: back pointer
 * @id: the kernel's number
 * @dialing: it is not up yet
 * @source: addresses of the peer, NULL until somebody asks
 */
struct sctp_conn {
	struct conn conn;
	struct table_node node;
	struct link_sctp *link;
	sctp_assoc_t id;
	bool dialing;
	struct rsp_transport *source;
};

struct link_sctp {
	struct registrar *r;
	struct ev_loop *loop;
	ev_io io;
	int fd;
	int family;
	struct conns conns;
	struct table dials;
	char name[ADDR_TEXT];
	uint8_t buf[RSP_MSG_SPACE] __attribute__((aligned(8)));
};

static const struct rsp_transport *sctp_link_source(struct asap_assoc *from);

static const struct asap_link sctp_link = {
	.name = "sctp",
	.msg_max = RSP_MSG_SPACE,
	.registers = true,
	.send = conn_send,
	.source = sctp_link_source,
	.close = conn_close,
};

static struct sctp_conn *sctp_of(struct conn *c)
{
	return container_of(c, struct sctp_conn, conn);
}

static int sctp_put(int fd, sctp_assoc_t id, uint16_t flags, const void *msg,
		    size_t len)
{
	struct iovec iov = { .iov_base = (void *)msg, .iov_len = len };
	struct sctp_sndinfo info = {
		.snd_flags = flags,
		.snd_ppid = htonl(RSP_ASAP_PPID),
		.snd_assoc_id = id,
	};

	if (sctp_sendv(fd, &iov, 1, NULL, 0, &info, sizeof(info),
		       SCTP_SENDV_SNDINFO, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return len;
}

static int sctp_write(struct conn *c, const void *octets, size_t len)
{
	return sctp_put(c->fd, sctp_of(c)->id, 0, octets, len);
}

static void sctp_abort(struct conn *c, const char *why)
{
	log_debug("sctp: association aborted: %s", why);
	conn_abort(c);
}

static void sctp_read_source(struct sctp_conn *a, struct rsp_transport *t)
{
	struct sockaddr *all, *sa;
	int i, n, len;

	memset(t, 0, sizeof(*t));
	t->type = RSP_PARAM_SCTP_TRANSPORT;
	t->use = RSP_USE_DATA_CONTROL;
	n = sctp_getpaddrs(a->conn.fd, a->id, &all);
	if (n <= 0)
		return;
	sa = all;
	for (i = 0; i < n && t->naddrs < RSP_ADDRS_MAX; i++) {
		if (addr_get(sa, &t->addrs[t->naddrs], &t->port))
			t->naddrs++;
		len = sctp_getaddrlen(sa->sa_family);
		sa = (struct sockaddr *)((char *)sa + len);
	}
	sctp_freepaddrs(all);
}

static const struct rsp_transport *sctp_link_source(struct asap_assoc *from)
{
	struct sctp_conn *a = sctp_of(container_of(from, struct conn, assoc));

	if (!a->source) {
		a->source = malloc(sizeof(*a->source));
		if (!a->source)
			return NULL;
		sctp_read_source(a, a->source);
	}
	return a->source->naddrs ? a->source : NULL;
}

static void sctp_forget_source(struct sctp_conn *a)
{
	free(a->source);
	a->source = NULL;
}

/* ---- an association that is up --------------------------------------------- */

static void sctp_changed(struct conn *c, const struct sctp_assoc_change *change)
{
	log_debug("sctp: association %d: change %u, error %u",
		  change->sac_assoc_id, change->sac_state, change->sac_error);
	switch (change->sac_state) {
	case SCTP_RESTART:
		sctp_forget_source(sctp_of(c));
		registrar_restarted(c->all->r, &c->assoc, loop_now());
		break;
	case SCTP_COMM_LOST:
	case SCTP_SHUTDOWN_COMP:
	case SCTP_CANT_STR_ASSOC:
		conn_end(c);
		break;
	}
}

static void sctp_notified(struct conn *c, size_t len)
{
	const union sctp_notification *n = (const void *)sctp_of(c)->link->buf;

	if (len < sizeof(n->sn_header))
		return;
	if (n->sn_header.sn_type == SCTP_ASSOC_CHANGE &&
	    len >= sizeof(n->sn_assoc_change))
		sctp_changed(c, &n->sn_assoc_change);
	else if (n->sn_header.sn_type == SCTP_PEER_ADDR_CHANGE)
		sctp_forget_source(sctp_of(c));
}

static void sctp_received(struct conn *c, size_t len, int flags, uint32_t ppid)
{
	if (!(flags & MSG_EOR))
		sctp_abort(c, "message in parts");
	else if (ppid != RSP_ASAP_PPID)
		log_debug("sctp: message with PPID %u dropped", ppid);
	else
		conn_input(c, sctp_of(c)->link->buf, len);
}

/* Return: octets read, 0 for none, or an error; what it was in @flags, @info. */
static ssize_t sctp_take(struct link_sctp *link, int fd, int *flags,
			 struct sctp_rcvinfo *info)
{
	struct iovec iov = {
		.iov_base = link->buf,
		.iov_len = sizeof(link->buf),
	};
	unsigned int type = SCTP_RECVV_NOINFO;
	socklen_t size = sizeof(*info);
	ssize_t len;

	*flags = MSG_DONTWAIT;
	memset(info, 0, sizeof(*info));
	len = sctp_recvv(fd, &iov, 1, NULL, NULL, info, &size, &type, flags);
	return len < 0 ? -errno : len;
}

static bool sctp_read_one(struct conn *c)
{
	struct sctp_rcvinfo info;
	int flags;
	ssize_t len = sctp_take(sctp_of(c)->link, c->fd, &flags, &info);

	if (len == -EAGAIN || len == -EINTR)
		return false;
	if (len <= 0)
		conn_end(c);
	else if (flags & MSG_NOTIFICATION)
		sctp_notified(c, len);
	else
		sctp_received(c, len, flags, ntohl(info.rcv_ppid));
	return true;
}

static void sctp_read(struct conn *c)
{
	unsigned int i;

	for (i = 0; i < TURN && !conn_blocked(c) && sctp_read_one(c); i++)
		;
}

static void sctp_free(struct conn *c)
{
	struct sctp_conn *a = sctp_of(c);

	if (a->dialing) {
		table_del(&a->link->dials, &a->node);
		sctp_put(a->link->fd, a->id, SCTP_ABORT, NULL, 0);
	}
	sctp_forget_source(a);
	free(a);
}

static const struct conn_ops sctp_ops = {
	.write = sctp_write,
	.read = sctp_read,
	.free = sctp_free,
};

/* ---- associations that begin ---------------------------------------------- */

static struct sctp_conn *sctp_new(struct link_sctp *link, sctp_assoc_t id,
				  int fd)
{
	struct sctp_conn *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->link = link;
	a->id = id;
	conn_begin(&link->conns, &a->conn, &sctp_link, fd);
	return a;
}

static struct sctp_conn *sctp_find_dial(const struct link_sctp *link,
					sctp_assoc_t id)
{
	struct table_node *node = table_first(&link->dials, id);

	return node ? container_of(node, struct sctp_conn, node) : NULL;
}

static void sctp_refuse(struct link_sctp *link, sctp_assoc_t id)
{
	if (id)
		sctp_put(link->fd, id, SCTP_ABORT, NULL, 0);
}

static void sctp_up(struct link_sctp *link, sctp_assoc_t id)
{
	struct sctp_conn *dial = sctp_find_dial(link, id);
	int fd = -1;

	if (dial || conns_admit(&link->conns))
		fd = sctp_peeloff(link->fd, id);
	if (fd < 0) {
		if (dial)
			conn_end(&dial->conn);
		else
			sctp_refuse(link, id);
		return;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* sctp_sendv() waits for room otherwise, whatever its flags say */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (dial) {
		dial->dialing = false;
		table_del(&link->dials, &dial->node);
		conn_up(&dial->conn, fd);
	} else if (!sctp_new(link, id, fd)) {
		close(fd);
	}
}

/* What the listener is told is about associations without a descriptor. */
static void sctp_listener_notified(struct link_sctp *link, size_t len)
{
	const union sctp_notification *n = (const void *)link->buf;
	struct sctp_conn *dial;

	if (len < sizeof(n->sn_assoc_change) ||
	    n->sn_header.sn_type != SCTP_ASSOC_CHANGE)
		return;
	switch (n->sn_assoc_change.sac_state) {
	case SCTP_COMM_UP:
		sctp_up(link, n->sn_assoc_change.sac_assoc_id);
		break;
	case SCTP_COMM_LOST:
	case SCTP_SHUTDOWN_COMP:
	case SCTP_CANT_STR_ASSOC:
		dial = sctp_find_dial(link, n->sn_assoc_change.sac_assoc_id);
		if (dial)
			conn_end(&dial->conn);
		break;
	}
}

static void sctp_listener_read(struct link_sctp *link)
{
	struct sctp_rcvinfo info;
	unsigned int i;
	ssize_t len;
	int flags;

	for (i = 0; i < TURN_LISTENER; i++) {
		len = sctp_take(link, link->fd, &flags, &info);
		if (len == -EAGAIN || len == -EINTR)
			break;
		if (len < 0)
			log_debug("sctp: receive: %s", strerror(-len));
		else if (flags & MSG_NOTIFICATION)
			sctp_listener_notified(link, len);
		else	/* it was never said to be up */
			sctp_refuse(link, info.rcv_assoc_id);
	}
}

static void sctp_ready(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	sctp_listener_read(io->data);
}

static bool sctp_is_at(struct conn *c, const struct rsp_transport *place)
{
	const struct rsp_transport *source = NULL;
	unsigned int i, k;

	if (c->fd >= 0)
		source = sctp_link_source(&c->assoc);
	if (!source || source->port != place->port)
		return false;
	for (i = 0; i < source->naddrs; i++)
		for (k = 0; k < place->naddrs; k++)
			if (!memcmp(&source->addrs[i], &place->addrs[k],
				    sizeof(place->addrs[k])))
				return true;
	return false;
}

/* The other end was faster: there is one already, among the latest. */
static struct asap_assoc *sctp_find_place(struct link_sctp *link,
					  const struct rsp_transport *place)
{
	unsigned int i = 0;
	struct conn *c;

	sctp_listener_read(link);
	TAILQ_FOREACH_REVERSE(c, &link->conns.lru, conn_list, in_all) {
		if (i++ == LATEST)
			break;
		if (sctp_is_at(c, place))
			return &c->assoc;
	}
	return NULL;
}

/*
 * RFC 5352 section 3.5: a point-to-point keep-alive needs an association.  It
 * is made from the port that all know, so that the pool element knows who
 * calls.
 */
static struct asap_assoc *sctp_dial(void *arg, const struct rsp_transport *to)
{
	union config_addr addr;
	struct link_sctp *link = arg;
	char packed[RSP_ADDRS_MAX * sizeof(addr)];
	size_t used = 0;
	struct sctp_conn *a;
	sctp_assoc_t id = 0;
	int i, n = 0;

	for (i = 0; i < to->naddrs; i++) {
		if (to->addrs[i].family != 4 && link->family == AF_INET)
			continue;
		addr_set(&addr, link->family, &to->addrs[i], to->port);
		memcpy(packed + used, &addr, addr_len(&addr));
		used += addr_len(&addr);
		n++;
	}
	if (!n || link->dials.count >= DIALS_MAX || !conns_admit(&link->conns))
		return NULL;
	if (sctp_connectx(link->fd, (struct sockaddr *)packed, n, &id) &&
	    errno != EINPROGRESS) {
		if (errno == EADDRNOTAVAIL || errno == EISCONN)
			return sctp_find_place(link, to);
		log_debug("sctp: connect: %s", strerror(errno));
		return NULL;
	}
	a = id ? sctp_new(link, id, -1) : NULL;
	if (!a) {
		sctp_refuse(link, id);
		return NULL;
	}
	a->dialing = true;
	a->conn.assoc.dialed = true;
	table_add(&link->dials, &a->node, id);
	return &a->conn.assoc;
}

/* ---- the listener ------------------------------------------------------------ */

static int sctp_set(int fd, int level, int option, const void *value,
		    socklen_t len, const char *what)
{
	if (!setsockopt(fd, level, option, value, len))
		return 0;
	log_error("sctp: %s: %s", what, strerror(errno));
	return -1;
}

/* Beyond the system's limits with CAP_NET_ADMIN; less works as well. */
static void sctp_set_buffers(int fd)
{
	int rcvbuf = RCVBUF, sndbuf = SNDBUF;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &sndbuf, sizeof(sndbuf)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
}

static int sctp_set_options(int fd)
{
	struct sctp_event_subscribe events = {
		.sctp_association_event = 1,
		.sctp_address_event = 1,
	};
	int interleave = 1, on = 1;

	/* Parts of messages of several associations may come in turn: one
	 * that never finishes its message must not keep up the others.
	 */
	if (sctp_set(fd, SOL_SCTP, SCTP_FRAGMENT_INTERLEAVE, &interleave,
		     sizeof(interleave), "fragment interleave") ||
	    sctp_set(fd, SOL_SCTP, SCTP_NODELAY, &on, sizeof(on), "nodelay") ||
	    /* or the dying associations of a killed rspd hold the port */
	    sctp_set(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on),
		     "reuse of the port") ||
	    sctp_set(fd, SOL_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on),
		     "receive information") ||
	    sctp_set(fd, SOL_SCTP, SCTP_EVENTS, &events, sizeof(events),
		     "events"))
		return -1;
	sctp_set_buffers(fd);
	return 0;
}

static bool sctp_is_ipv4(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->naddrs; i++)
		if (config->addrs[i].sa.sa_family != AF_INET)
			return false;
	return config->naddrs;
}

/* IPv6 with IPv4 in it where that exists, else IPv4. */
static int sctp_socket(const struct config *config, int *family)
{
	const int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = -1, off = 0;

	*family = AF_INET6;
	if (!sctp_is_ipv4(config))
		fd = socket(AF_INET6, type, IPPROTO_SCTP);
	if (fd >= 0) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
		return fd;
	}
	*family = AF_INET;
	fd = socket(AF_INET, type, IPPROTO_SCTP);
	if (fd < 0)
		log_error("sctp: socket: %s", strerror(errno));
	return fd;
}

static int sctp_bind_addr(int fd, const union config_addr *addr, bool first)
{
	union config_addr copy = *addr;

	if (first)
		return bind(fd, &copy.sa, addr_len(addr));
	return sctp_bindx(fd, &copy.sa, 1, SCTP_BINDX_ADD_ADDR);
}

static int sctp_bind(struct link_sctp *link, const struct config *config)
{
	union config_addr any = { .in6 = { .sin6_family = link->family } };
	const union config_addr *addrs = config->addrs;
	size_t i, n = config->naddrs;

	any.in.sin_port = htons(RSP_ASAP_PORT);
	if (!n) {
		addrs = &any;
		n = 1;
	}
	addr_text(addrs, link->name);
	for (i = 0; i < n; i++) {
		if (!sctp_bind_addr(link->fd, &addrs[i], !i))
			continue;
		addr_text(&addrs[i], link->name);
		log_error("sctp: bind to %s: %s", link->name, strerror(errno));
		return -1;
	}
	return 0;
}

static int sctp_start(struct link_sctp *link, const struct config *config)
{
	link->fd = sctp_socket(config, &link->family);
	if (link->fd < 0)
		return -1;
	if (sctp_set_options(link->fd) || sctp_bind(link, config))
		return -1;
	if (listen(link->fd, BACKLOG)) {
		log_error("sctp: listen: %s", strerror(errno));
		return -1;
	}
	return 0;
}

struct link_sctp *link_sctp_open(struct registrar *r, struct ev_loop *loop,
				 const struct config *config)
{
	struct link_sctp *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->r = r;
	link->loop = loop;
	link->fd = -1;
	ev_io_init(&link->io, sctp_ready, -1, EV_READ);
	/* An association in use needs no requests to be alive. */
	conns_init(&link->conns, r, loop, &sctp_ops, config->max_conns, 0);
	if (table_init(&link->dials) || sctp_start(link, config)) {
		link_sctp_close(link);
		return NULL;
	}
	ev_io_set(&link->io, link->fd, EV_READ);
	ev_set_priority(&link->io, LOOP_PRIORITY_IO);
	link->io.data = link;
	ev_io_start(loop, &link->io);
	r->dialer.dial = sctp_dial;
	r->dialer.arg = link;
	return link;
}

void link_sctp_close(struct link_sctp *link)
{
	if (!link)
		return;
	ev_io_stop(link->loop, &link->io);
	link->r->dialer.dial = NULL;
	conns_close(&link->conns);
	table_free(&link->dials);
	if (link->fd >= 0)
		close(link->fd);
	free(link);
}

const char *link_sctp_name(const struct link_sctp *link)
{
	return link->name;
}
