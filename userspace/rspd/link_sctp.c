// SPDX-License-Identifier: GPL-2.0-only
/*
 * One one-to-many socket listens, and calls pool elements that are to be
 * verified; another one does the same for other registrars.  Each association that comes up gets a descriptor of its own
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

/* Milliseconds: less than any other's time-out, RSPLIB's included */
#define SACK_DELAY	20

/* Messages of one association, notifications of the listener, in one turn. */
#define TURN		16
#define TURN_LISTENER	256

/* Associations in the making. */
#define DIALS_MAX	1024

/**
 * struct sctp_place - where an association leads to: one of the addresses
 * @node: in link_sctp.places, by address and port
 * @conn: association
 * @addr: address
 * @port: port
 */
struct sctp_place {
	struct table_node node;
	struct sctp_conn *conn;
	struct rsp_addr addr;
	uint16_t port;
};

/**
 * struct sctp_conn - an association
 * @conn: what it has in common with others
 * @node: in link_sctp.dials, while it is not up
 * @link: back pointer
 * @id: the kernel's number
 * @dialing: it is not up yet
 * @source: addresses of the peer; of one that is not up, those called
 * @places: the same for link_sctp.places
 * @nplaces: entries of @places
 */
struct sctp_conn {
	struct conn conn;
	struct table_node node;
	struct link_sctp *link;
	sctp_assoc_t id;
	bool dialing;
	struct rsp_transport *source;
	struct sctp_place *places;
	size_t nplaces;
};

/**
 * struct sctp_role - what the two sockets differ in
 * @link: for the core
 * @ppid: of all messages
 * @port: when no address is named
 * @addrs: addresses to bind
 * @naddrs: entries of @addrs
 * @timing: of all associations
 * @max: most associations
 */
struct sctp_role {
	const struct asap_link *link;
	uint32_t ppid;
	uint16_t port;
	const union config_addr *addrs;
	size_t naddrs;
	const struct config_timing *timing;
	uint32_t max;
};

struct link_sctp {
	struct sctp_role role;
	struct registrar *r;
	struct ev_loop *loop;
	ev_io io;
	int fd;
	int family;
	struct conns conns;
	struct table dials;
	struct table places;
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

static const struct asap_link enrp_link = {
	.name = "enrp",
	.enrp = true,
	.msg_max = RSP_MSG_SPACE,
	.send = conn_send,
	.source = sctp_link_source,
	.close = conn_close,
};

static struct sctp_conn *sctp_of(struct conn *c)
{
	return container_of(c, struct sctp_conn, conn);
}

/* Stream and PPID are the socket's own: sctp_set_options(). */
static int sctp_write(struct conn *c, const void *octets, size_t len, bool more)
{
	if (send(c->fd, octets, len, MSG_DONTWAIT | MSG_NOSIGNAL |
		 (more ? MSG_MORE : 0)) < 0)
		return -errno;
	return len;
}

/* End one that has no descriptor of its own. */
static void sctp_refuse(struct link_sctp *link, sctp_assoc_t id)
{
	struct sctp_sndinfo info = {
		.snd_flags = SCTP_ABORT,
		.snd_assoc_id = id,
	};

	if (id)
		sctp_sendv(link->fd, NULL, 0, NULL, 0, &info, sizeof(info),
			   SCTP_SENDV_SNDINFO, MSG_DONTWAIT | MSG_NOSIGNAL);
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

static uint32_t sctp_place_hash(const struct link_sctp *link,
				const struct rsp_addr *addr, uint16_t port)
{
	uint8_t place[sizeof(addr->octets) + 2];

	memcpy(place, addr->octets, sizeof(addr->octets));
	place[sizeof(place) - 2] = port >> 8;
	place[sizeof(place) - 1] = port;
	return table_hash(link->r->hs.key, place, sizeof(place));
}

/* Without memory it is not found, and nothing else. */
static void sctp_add_places(struct sctp_conn *a)
{
	const struct rsp_transport *source = a->source;
	struct sctp_place *place;
	size_t i;

	a->places = calloc(source->naddrs, sizeof(*a->places));
	if (!a->places)
		return;
	for (i = 0; i < source->naddrs; i++) {
		place = &a->places[i];
		place->conn = a;
		place->addr = source->addrs[i];
		place->port = source->port;
		table_add(&a->link->places, &place->node,
			  sctp_place_hash(a->link, &place->addr, place->port));
	}
	a->nplaces = source->naddrs;
}

static void sctp_forget_source(struct sctp_conn *a)
{
	size_t i;

	for (i = 0; i < a->nplaces; i++)
		table_del(&a->link->places, &a->places[i].node);
	free(a->places);
	free(a->source);
	a->places = NULL;
	a->nplaces = 0;
	a->source = NULL;
}

static const struct rsp_transport *sctp_link_source(struct asap_assoc *from)
{
	struct sctp_conn *a = sctp_of(container_of(from, struct conn, assoc));

	if (!a->source) {
		a->source = malloc(sizeof(*a->source));
		if (!a->source)
			return NULL;
		sctp_read_source(a, a->source);
		sctp_add_places(a);
	}
	return a->source->naddrs ? a->source : NULL;
}

/* An association with one of the addresses that has not ended */
static struct asap_assoc *sctp_find_place(struct link_sctp *link,
					  const struct rsp_transport *to)
{
	struct sctp_place *place;
	struct table_node *node;
	unsigned int i;

	for (i = 0; i < to->naddrs; i++) {
		node = table_first(&link->places,
				   sctp_place_hash(link, &to->addrs[i],
						   to->port));
		for (; node; node = table_next(node)) {
			place = container_of(node, struct sctp_place, node);
			if (place->port == to->port &&
			    !memcmp(&place->addr, &to->addrs[i],
				    sizeof(place->addr)) &&
			    !place->conn->conn.has_ended)
				return &place->conn->conn.assoc;
		}
	}
	return NULL;
}

/* ---- an association that is up --------------------------------------------- */

static void sctp_changed(struct conn *c, const struct sctp_assoc_change *change)
{
	log_debug("sctp: association %d: change %u, error %u",
		  change->sac_assoc_id, change->sac_state, change->sac_error);
	switch (change->sac_state) {
	case SCTP_RESTART:
		sctp_forget_source(sctp_of(c));
		sctp_link_source(&c->assoc);
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
	    len >= sizeof(n->sn_assoc_change)) {
		sctp_changed(c, &n->sn_assoc_change);
	} else if (n->sn_header.sn_type == SCTP_PEER_ADDR_CHANGE) {
		sctp_forget_source(sctp_of(c));
		sctp_link_source(&c->assoc);
	}
}

static void sctp_received(struct conn *c, size_t len, int flags, uint32_t ppid)
{
	if (!(flags & MSG_EOR))
		sctp_abort(c, "message in parts");
	else if (ppid != sctp_of(c)->link->role.ppid)
		log_debug("sctp: message with PPID %u dropped", ppid);
	else
		conn_input(c, sctp_of(c)->link->buf, len);
}

/**
 * struct sctp_got - what came
 * @flags: MSG_NOTIFICATION, MSG_EOR
 * @more: something else waits behind it.  Known without another system call
 *	that finds nothing, which most requests would be followed by.
 * @info: of a message
 */
struct sctp_got {
	int flags;
	bool more;
	struct sctp_rcvinfo info;
};

static void sctp_take_info(struct msghdr *msg, struct sctp_got *got)
{
	struct cmsghdr *c;

	got->flags = msg->msg_flags;
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != IPPROTO_SCTP)
			continue;
		if (c->cmsg_type == SCTP_NXTINFO)
			got->more = true;
		else if (c->cmsg_type == SCTP_RCVINFO)
			memcpy(&got->info, CMSG_DATA(c), sizeof(got->info));
	}
}

/* Return: octets read, 0 for none, or an error. */
static ssize_t sctp_take(struct link_sctp *link, int fd, struct sctp_got *got)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CMSG_SPACE(sizeof(struct sctp_nxtinfo)) +
			       CMSG_SPACE(sizeof(struct sctp_rcvinfo))];
	} control;
	struct iovec iov = {
		.iov_base = link->buf,
		.iov_len = sizeof(link->buf),
	};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len;

	memset(got, 0, sizeof(*got));
	len = recvmsg(fd, &msg, MSG_DONTWAIT);
	if (len < 0)
		return -errno;
	sctp_take_info(&msg, got);
	return len;
}

/* Return: there is more. */
static bool sctp_read_one(struct conn *c)
{
	struct sctp_got got;
	ssize_t len = sctp_take(sctp_of(c)->link, c->fd, &got);

	if (len == -EAGAIN || len == -EINTR)
		return false;
	if (len <= 0)
		conn_end(c);
	else if (got.flags & MSG_NOTIFICATION)
		sctp_notified(c, len);
	else
		sctp_received(c, len, got.flags, ntohl(got.info.rcv_ppid));
	return got.more;
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
		sctp_refuse(a->link, a->id);
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
	conn_begin(&link->conns, &a->conn, link->role.link, fd);
	return a;
}

static struct sctp_conn *sctp_find_dial(const struct link_sctp *link,
					sctp_assoc_t id)
{
	struct table_node *node = table_first(&link->dials, id);

	return node ? container_of(node, struct sctp_conn, node) : NULL;
}

static void sctp_up(struct link_sctp *link, sctp_assoc_t id)
{
	struct sctp_conn *a, *dial = sctp_find_dial(link, id);
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
		sctp_forget_source(dial);
		conn_up(&dial->conn, fd);
		a = dial;
	} else {
		a = sctp_new(link, id, fd);
	}
	if (a)
		sctp_link_source(&a->conn.assoc);
	else
		close(fd);
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
	struct sctp_got got;
	unsigned int i;
	ssize_t len;

	for (i = 0; i < TURN_LISTENER; i++) {
		len = sctp_take(link, link->fd, &got);
		if (len == -EAGAIN || len == -EINTR)
			break;
		if (len < 0)
			log_debug("sctp: receive: %s", strerror(-len));
		else if (got.flags & MSG_NOTIFICATION)
			sctp_listener_notified(link, len);
		else	/* it was never said to be up */
			sctp_refuse(link, got.info.rcv_assoc_id);
	}
}

static void sctp_ready(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	sctp_listener_read(io->data);
}

/* Return: octets in @packed; 0: none of the addresses can be called. */
static size_t sctp_pack(const struct link_sctp *link,
			const struct rsp_transport *to, char *packed, int *n)
{
	union config_addr addr;
	size_t used = 0;
	int i;

	*n = 0;
	for (i = 0; i < to->naddrs; i++) {
		if (to->addrs[i].family != 4 && link->family == AF_INET)
			continue;
		addr_set(&addr, link->family, &to->addrs[i], to->port);
		memcpy(packed + used, &addr, addr_len(&addr));
		used += addr_len(&addr);
		++*n;
	}
	return used;
}

/* Return: 0, or an error. */
static int sctp_call(struct link_sctp *link, const struct rsp_transport *to,
		     struct sctp_conn **result)
{
	char packed[RSP_ADDRS_MAX * sizeof(union config_addr)];
	struct sctp_conn *a;
	sctp_assoc_t id = 0;
	int n;

	if (!sctp_pack(link, to, packed, &n))
		return -EHOSTUNREACH;
	if (sctp_connectx(link->fd, (struct sockaddr *)packed, n, &id) &&
	    errno != EINPROGRESS)
		return -errno;
	a = id ? sctp_new(link, id, -1) : NULL;
	if (!a) {
		sctp_refuse(link, id);
		return -ENOMEM;
	}
	a->dialing = true;
	a->conn.assoc.dialed = true;
	a->source = malloc(sizeof(*a->source));
	if (a->source) {
		*a->source = *to;
		sctp_add_places(a);
	}
	table_add(&link->dials, &a->node, id);
	*result = a;
	return 0;
}

/*
 * RFC 5352 section 3.5: a point-to-point keep-alive needs an association.  It
 * is made from the port that all know, so that the pool element knows who
 * calls.  The other end may have been faster: then there is one, of which we
 * are about to hear.
 */
static int sctp_dial(void *arg, const struct rsp_transport *to,
		     struct asap_assoc **assoc)
{
	struct link_sctp *link = arg;
	struct sctp_conn *a = NULL;
	int err;

	*assoc = sctp_find_place(link, to);
	if (*assoc)
		return 0;
	if (link->dials.count >= DIALS_MAX || !conns_admit(&link->conns))
		return -EAGAIN;
	err = sctp_call(link, to, &a);
	if (!err) {
		*assoc = &a->conn.assoc;
		return 0;
	}
	if (err == -EADDRNOTAVAIL || err == -EISCONN || err == -EALREADY) {
		sctp_listener_read(link);
		*assoc = sctp_find_place(link, to);
		return *assoc ? 0 : -EAGAIN;
	}
	log_debug("%s: connect: %s", link->role.link->name, strerror(-err));
	return err;
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

/*
 * Each of these is inherited by all associations.  Acknowledgements come in
 * time for a peer with a short time-out.
 */
static int sctp_set_timing(int fd, const struct config_timing *timing)
{
	const struct sctp_rtoinfo rto = {
		.srto_initial = timing->rto_initial,
		.srto_min = timing->rto_min,
		.srto_max = timing->rto_max,
	};
	const struct sctp_assocparams params = {
		.sasoc_asocmaxrxt = timing->retrans,
	};
	const struct sctp_paddrparams path = {
		.spp_hbinterval = timing->heartbeat,
		.spp_flags = SPP_HB_ENABLE,
	};
	const struct sctp_initmsg init = {
		.sinit_max_attempts = timing->retrans,
		.sinit_max_init_timeo = timing->rto_max,
	};
	const struct sctp_sack_info sack = {
		.sack_delay = SACK_DELAY,
		.sack_freq = 2,
	};

	if (sctp_set(fd, SOL_SCTP, SCTP_RTOINFO, &rto, sizeof(rto),
		     "retransmission time-out") ||
	    sctp_set(fd, SOL_SCTP, SCTP_ASSOCINFO, &params, sizeof(params),
		     "retransmissions") ||
	    sctp_set(fd, SOL_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof(path),
		     "heartbeats") ||
	    sctp_set(fd, SOL_SCTP, SCTP_INITMSG, &init, sizeof(init),
		     "calls") ||
	    sctp_set(fd, SOL_SCTP, SCTP_DELAYED_SACK, &sack, sizeof(sack),
		     "acknowledgements"))
		return -1;
	return 0;
}

static int sctp_set_options(int fd, uint32_t ppid)
{
	const struct sctp_sndinfo info = { .snd_ppid = htonl(ppid) };
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
	    sctp_set(fd, SOL_SCTP, SCTP_RECVNXTINFO, &on, sizeof(on),
		     "next receive information") ||
	    sctp_set(fd, SOL_SCTP, SCTP_DEFAULT_SNDINFO, &info, sizeof(info),
		     "PPID") ||
	    sctp_set(fd, SOL_SCTP, SCTP_EVENTS, &events, sizeof(events),
		     "events"))
		return -1;
	sctp_set_buffers(fd);
	return 0;
}

static bool sctp_is_ipv4(const struct sctp_role *role)
{
	size_t i;

	for (i = 0; i < role->naddrs; i++)
		if (role->addrs[i].sa.sa_family != AF_INET)
			return false;
	return role->naddrs;
}

/* IPv6 with IPv4 in it where that exists, else IPv4. */
static int sctp_socket(const struct sctp_role *role, int *family)
{
	const int type = SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = -1, off = 0;

	*family = AF_INET6;
	if (!sctp_is_ipv4(role))
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

static int sctp_bind(struct link_sctp *link)
{
	union config_addr any = { .in6 = { .sin6_family = link->family } };
	const union config_addr *addrs = link->role.addrs;
	size_t i, n = link->role.naddrs;

	any.in.sin_port = htons(link->role.port);
	if (!n) {
		addrs = &any;
		n = 1;
	}
	addr_text(addrs, link->name);
	for (i = 0; i < n; i++) {
		if (!sctp_bind_addr(link->fd, &addrs[i], !i))
			continue;
		addr_text(&addrs[i], link->name);
		log_error("%s: bind to %s: %s", link->role.link->name,
			  link->name, strerror(errno));
		return -1;
	}
	return 0;
}

static int sctp_start(struct link_sctp *link)
{
	link->fd = sctp_socket(&link->role, &link->family);
	if (link->fd < 0)
		return -1;
	if (sctp_set_options(link->fd, link->role.ppid) ||
	    sctp_set_timing(link->fd, link->role.timing) || sctp_bind(link))
		return -1;
	if (listen(link->fd, BACKLOG)) {
		log_error("sctp: listen: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static struct link_sctp *sctp_open(struct registrar *r, struct ev_loop *loop,
				   const struct sctp_role *role)
{
	struct link_sctp *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->role = *role;
	link->r = r;
	link->loop = loop;
	link->fd = -1;
	ev_io_init(&link->io, sctp_ready, -1, EV_READ);
	/* An association in use needs no requests to be alive. */
	conns_init(&link->conns, r, loop, &sctp_ops, role->max, 0);
	link->conns.duplex = role->link->enrp;
	if (table_init(&link->dials) || table_init(&link->places) ||
	    sctp_start(link)) {
		link_sctp_close(link);
		return NULL;
	}
	ev_io_set(&link->io, link->fd, EV_READ);
	ev_set_priority(&link->io, LOOP_PRIORITY_IO);
	link->io.data = link;
	ev_io_start(loop, &link->io);
	return link;
}

struct link_sctp *link_sctp_open(struct registrar *r, struct ev_loop *loop,
				 const struct config *config)
{
	const struct sctp_role role = {
		.link = &sctp_link,
		.ppid = RSP_ASAP_PPID,
		.port = RSP_ASAP_PORT,
		.addrs = config->addrs,
		.naddrs = config->naddrs,
		.timing = &config->timing,
		.max = config->max_conns,
	};
	struct link_sctp *link = sctp_open(r, loop, &role);

	if (!link)
		return NULL;
	r->dialer = link_sctp_dialer(link);
	return link;
}

struct link_sctp *link_sctp_open_enrp(struct registrar *r, struct ev_loop *loop,
				      const struct config *config)
{
	const struct sctp_role role = {
		.link = &enrp_link,
		.ppid = RSP_ENRP_PPID,
		.port = RSP_ENRP_PORT,
		.addrs = config->enrp_addrs,
		.naddrs = config->nenrp_addrs,
		.timing = &config->timing,
		.max = 2 * PEERS_MAX,
	};

	return sctp_open(r, loop, &role);
}

struct asap_dialer link_sctp_dialer(struct link_sctp *link)
{
	const struct asap_dialer dialer = { .dial = sctp_dial, .arg = link };

	return dialer;
}

void link_sctp_close(struct link_sctp *link)
{
	if (!link)
		return;
	ev_io_stop(link->loop, &link->io);
	if (link->r->dialer.arg == link)
		link->r->dialer.dial = NULL;
	if (link->r->enrp.link.dialer.arg == link)
		link->r->enrp.link.dialer.dial = NULL;
	conns_close(&link->conns);
	table_free(&link->dials);
	table_free(&link->places);
	if (link->fd >= 0)
		close(link->fd);
	free(link);
}

const char *link_sctp_name(const struct link_sctp *link)
{
	return link->name;
}
