// SPDX-License-Identifier: GPL-2.0-only
/*
 * One one-to-many socket for all associations.  Each has an entry in a table,
 * made when it comes up or with its first message, and given up when the
 * kernel says that it has ended.
 *
 * What has no message end (the kernel hands a message over in parts when its
 * buffer is full) or a wrong PPID (WIRE-37) is not looked at.
 *
 * Nothing here waits.  All associations share the send buffer, so that one
 * that asks and does not read could keep answers from all others: when the
 * buffer is full that one is aborted.  What still finds no room is dropped, the
 * sender of a request has a timer for that.
 */
#include "link_sctp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/sctp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asap.h"
#include "loop.h"

#define ASSOCS_MAX	65536
#define BACKLOG		512
#define RCVBUF		(4 << 20)
#define SNDBUF		(4 << 20)

/* An association with less room than this at the other end is not read. */
#define RWND_MIN	1500

/* Messages for one turn of the event loop. */
#define TURN		256

/**
 * struct sctp_assoc - an association
 * @assoc: the core's view
 * @node: in link_sctp.assocs
 * @link: back pointer
 * @id: the kernel's number
 * @source: addresses of the peer, NULL until somebody asks
 */
struct sctp_assoc {
	struct asap_assoc assoc;
	struct table_node node;
	struct link_sctp *link;
	sctp_assoc_t id;
	struct rsp_transport *source;
};

struct link_sctp {
	struct registrar *r;
	struct ev_loop *loop;
	ev_io io;
	int fd;
	struct table assocs;
	char name[INET6_ADDRSTRLEN + 16];
	uint8_t buf[RSP_MSG_SPACE] __attribute__((aligned(8)));
};

static int sctp_link_send(struct asap_assoc *to, uint32_t request,
			  const void *msg, size_t len);
static const struct rsp_transport *sctp_link_source(struct asap_assoc *from);

static const struct asap_link sctp_link = {
	.name = "sctp",
	.msg_max = RSP_MSG_SPACE,
	.registers = true,
	.send = sctp_link_send,
	.source = sctp_link_source,
};

static int sctp_put(struct link_sctp *link, sctp_assoc_t id, uint16_t flags,
		    const void *msg, size_t len)
{
	struct iovec iov = { .iov_base = (void *)msg, .iov_len = len };
	struct sctp_sndinfo info = {
		.snd_flags = flags,
		.snd_ppid = htonl(RSP_ASAP_PPID),
		.snd_assoc_id = id,
	};

	if (sctp_sendv(link->fd, &iov, 1, NULL, 0, &info, sizeof(info),
		       SCTP_SENDV_SNDINFO, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

static void sctp_abort(struct link_sctp *link, sctp_assoc_t id, const char *why)
{
	log_debug("sctp: association aborted: %s", why);
	sctp_put(link, id, SCTP_ABORT, NULL, 0);
}

/*
 * How much an association is to blame for a full send buffer: it is not read,
 * else by what it has not acknowledged.  How much is queued for it the kernel
 * does not tell.
 */
static unsigned int sctp_blame(struct link_sctp *link, sctp_assoc_t id)
{
	struct sctp_status status = { 0 };
	socklen_t len = sizeof(status);

	if (sctp_opt_info(link->fd, id, SCTP_STATUS, &status, &len) ||
	    !status.sstat_unackdata)
		return 0;
	if (status.sstat_rwnd < RWND_MIN)
		return UINT16_MAX + 1;
	return status.sstat_unackdata;
}

/* Make room in the send buffer.  Return: was it possible? */
static bool sctp_relieve(struct link_sctp *link)
{
	struct table_walk walk = { 0 };
	struct sctp_assoc *a, *worst = NULL;
	unsigned int blame, most = 0;
	struct table_node *node;

	while ((node = table_walk(&link->assocs, &walk))) {
		a = container_of(node, struct sctp_assoc, node);
		blame = sctp_blame(link, a->id);
		if (blame > most) {
			most = blame;
			worst = a;
		}
	}
	if (worst)
		sctp_abort(link, worst->id, "send buffer full, does not read");
	return worst;
}

static int sctp_link_send(struct asap_assoc *to, uint32_t request,
			  const void *msg, size_t len)
{
	struct sctp_assoc *a = container_of(to, struct sctp_assoc, assoc);
	int err;

	(void)request;		/* one answer after the other: it needs none */
	err = sctp_put(a->link, a->id, 0, msg, len);
	if (err == -EAGAIN && sctp_relieve(a->link))
		err = sctp_put(a->link, a->id, 0, msg, len);
	return err;
}

/* IPv4 comes as mapped addresses from a socket that can do both. */
static bool sctp_to_addr(const struct sockaddr *sa, struct rsp_addr *addr,
			 uint16_t *port)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;

	memset(addr, 0, sizeof(*addr));
	if (sa->sa_family == AF_INET) {
		addr->family = 4;
		memcpy(addr->octets, &in->sin_addr, 4);
		*port = ntohs(in->sin_port);
		return true;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	*port = ntohs(in6->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		addr->family = 4;
		memcpy(addr->octets, &in6->sin6_addr.s6_addr[12], 4);
	} else {
		addr->family = 6;
		memcpy(addr->octets, &in6->sin6_addr, 16);
	}
	return true;
}

static void sctp_read_source(struct sctp_assoc *a, struct rsp_transport *t)
{
	struct sockaddr *all, *sa;
	int i, n, len;

	memset(t, 0, sizeof(*t));
	t->type = RSP_PARAM_SCTP_TRANSPORT;
	t->use = RSP_USE_DATA_CONTROL;
	n = sctp_getpaddrs(a->link->fd, a->id, &all);
	if (n <= 0)
		return;
	sa = all;
	for (i = 0; i < n && t->naddrs < RSP_ADDRS_MAX; i++) {
		if (sctp_to_addr(sa, &t->addrs[t->naddrs], &t->port))
			t->naddrs++;
		len = sctp_getaddrlen(sa->sa_family);
		sa = (struct sockaddr *)((char *)sa + len);
	}
	sctp_freepaddrs(all);
}

static const struct rsp_transport *sctp_link_source(struct asap_assoc *from)
{
	struct sctp_assoc *a = container_of(from, struct sctp_assoc, assoc);

	if (!a->source) {
		a->source = malloc(sizeof(*a->source));
		if (!a->source)
			return NULL;
		sctp_read_source(a, a->source);
	}
	return a->source->naddrs ? a->source : NULL;
}

static void sctp_forget_source(struct sctp_assoc *a)
{
	free(a->source);
	a->source = NULL;
}

static struct sctp_assoc *sctp_find(const struct link_sctp *link,
				    sctp_assoc_t id)
{
	struct table_node *node = table_first(&link->assocs, id);

	return node ? container_of(node, struct sctp_assoc, node) : NULL;
}

static struct sctp_assoc *sctp_get(struct link_sctp *link, sctp_assoc_t id)
{
	struct sctp_assoc *a = sctp_find(link, id);

	if (a)
		return a;
	if (link->assocs.count < ASSOCS_MAX)
		a = calloc(1, sizeof(*a));
	if (!a) {
		sctp_abort(link, id, "too many associations");
		return NULL;
	}
	a->link = link;
	a->id = id;
	registrar_found(link->r, &a->assoc, &sctp_link);
	table_add(&link->assocs, &a->node, id);
	return a;
}

static void sctp_drop(struct link_sctp *link, sctp_assoc_t id)
{
	struct sctp_assoc *a = sctp_find(link, id);

	if (!a)
		return;
	registrar_lost(link->r, &a->assoc, loop_now());
	table_del(&link->assocs, &a->node);
	sctp_forget_source(a);
	free(a);
}

static void sctp_changed(struct link_sctp *link,
			 const struct sctp_assoc_change *change)
{
	switch (change->sac_state) {
	case SCTP_COMM_UP:
		sctp_get(link, change->sac_assoc_id);
		break;
	case SCTP_RESTART:	/* whoever it is, it is not who registered */
		sctp_drop(link, change->sac_assoc_id);
		sctp_get(link, change->sac_assoc_id);
		break;
	case SCTP_COMM_LOST:
	case SCTP_SHUTDOWN_COMP:
	case SCTP_CANT_STR_ASSOC:
		sctp_drop(link, change->sac_assoc_id);
		break;
	}
}

static void sctp_notified(struct link_sctp *link, size_t len)
{
	const union sctp_notification *n = (const void *)link->buf;
	struct sctp_assoc *a;

	if (len < sizeof(n->sn_header))
		return;
	switch (n->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		if (len >= sizeof(n->sn_assoc_change))
			sctp_changed(link, &n->sn_assoc_change);
		break;
	case SCTP_PEER_ADDR_CHANGE:
		if (len < sizeof(n->sn_paddr_change))
			break;
		a = sctp_find(link, n->sn_paddr_change.spc_assoc_id);
		if (a)
			sctp_forget_source(a);
		break;
	}
}

static void sctp_received(struct link_sctp *link, size_t len, int flags,
			  const struct sctp_rcvinfo *info)
{
	struct sctp_assoc *a;

	if (!(flags & MSG_EOR)) {
		sctp_abort(link, info->rcv_assoc_id, "message in parts");
		return;
	}
	if (ntohl(info->rcv_ppid) != RSP_ASAP_PPID) {
		log_debug("sctp: message with PPID %u dropped",
			  ntohl(info->rcv_ppid));
		return;
	}
	a = sctp_get(link, info->rcv_assoc_id);
	if (a)
		asap_input(link->r, &a->assoc, 0, link->buf, len, loop_now());
}

/* Return: was there anything? */
static bool sctp_read(struct link_sctp *link)
{
	struct iovec iov = {
		.iov_base = link->buf,
		.iov_len = sizeof(link->buf),
	};
	unsigned int type = SCTP_RECVV_NOINFO;
	struct sctp_rcvinfo info = { 0 };
	socklen_t size = sizeof(info);
	int flags = MSG_DONTWAIT;
	ssize_t len;

	len = sctp_recvv(link->fd, &iov, 1, NULL, NULL, &info, &size, &type,
			 &flags);
	if (len < 0) {
		if (errno != EAGAIN && errno != EINTR)
			log_warn("sctp: receive: %s", strerror(errno));
		return false;
	}
	if (flags & MSG_NOTIFICATION)
		sctp_notified(link, len);
	else if (type == SCTP_RECVV_RCVINFO)
		sctp_received(link, len, flags, &info);
	return true;
}

static void sctp_ready(struct ev_loop *loop, ev_io *io, int events)
{
	struct link_sctp *link = io->data;
	unsigned int i;

	(void)loop;
	(void)events;
	for (i = 0; i < TURN && sctp_read(link); i++)
		;
}

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
	socklen_t len = sctp_getaddrlen(addr->sa.sa_family);

	if (first)
		return bind(fd, &copy.sa, len);
	return sctp_bindx(fd, &copy.sa, 1, SCTP_BINDX_ADD_ADDR);
}

static void sctp_set_name(struct link_sctp *link, const union config_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	if (addr->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &addr->in.sin_addr, text, sizeof(text));
		snprintf(link->name, sizeof(link->name), "%s:%u", text,
			 ntohs(addr->in.sin_port));
	} else {
		inet_ntop(AF_INET6, &addr->in6.sin6_addr, text, sizeof(text));
		snprintf(link->name, sizeof(link->name), "[%s]:%u", text,
			 ntohs(addr->in6.sin6_port));
	}
}

static int sctp_bind(struct link_sctp *link, const struct config *config,
		     int family)
{
	union config_addr any = { .in6 = { .sin6_family = family } };
	const union config_addr *addrs = config->addrs;
	size_t i, n = config->naddrs;

	any.in.sin_port = htons(RSP_ASAP_PORT);
	if (!n) {
		addrs = &any;
		n = 1;
	}
	sctp_set_name(link, addrs);
	for (i = 0; i < n; i++) {
		if (!sctp_bind_addr(link->fd, &addrs[i], !i))
			continue;
		sctp_set_name(link, &addrs[i]);
		log_error("sctp: bind to %s: %s", link->name, strerror(errno));
		return -1;
	}
	return 0;
}

static int sctp_start(struct link_sctp *link, const struct config *config)
{
	int family;

	link->fd = sctp_socket(config, &family);
	if (link->fd < 0)
		return -1;
	if (sctp_set_options(link->fd) || sctp_bind(link, config, family))
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
	if (table_init(&link->assocs) || sctp_start(link, config)) {
		link_sctp_close(link);
		return NULL;
	}
	ev_io_set(&link->io, link->fd, EV_READ);
	ev_set_priority(&link->io, LOOP_PRIORITY_IO);
	link->io.data = link;
	ev_io_start(loop, &link->io);
	return link;
}

void link_sctp_close(struct link_sctp *link)
{
	struct table_walk walk = { 0 };
	struct table_node *node;
	struct sctp_assoc *a;

	if (!link)
		return;
	ev_io_stop(link->loop, &link->io);
	while (link->assocs.size && (node = table_walk(&link->assocs, &walk))) {
		a = container_of(node, struct sctp_assoc, node);
		sctp_drop(link, a->id);
	}
	table_free(&link->assocs);
	if (link->fd >= 0)
		close(link->fd);
	free(link);
}

const char *link_sctp_name(const struct link_sctp *link)
{
	return link->name;
}
