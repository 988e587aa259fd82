// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspctl peer: what any registrar knows, asked on the wire (RFC 5353); and how
 * the peers of this namespace's are, which no message tells.
 *
 * To ask one has to be a registrar, with an identifier of its own: a random
 * one, of which nothing is left once the association has ended.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/sctp.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>
#include "peer.h"
#include "rspctl.h"
#include "status.h"

/* Seconds for an answer (MAX-TIME-NO-RESPONSE) */
#define PEER_TIMEOUT	5

int peer_failed(const struct peer_ask *ask, const char *what, int err)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(ask->addr.family == 4 ? AF_INET : AF_INET6, ask->addr.octets,
		  text, sizeof(text));
	if (err == EAGAIN || err == EINPROGRESS)
		fprintf(stderr, "Error: %s port %u: %s: no answer in %d s.\n",
			text, (unsigned int)ask->port, what, PEER_TIMEOUT);
	else
		fprintf(stderr, "Error: %s port %u: %s%s%s.\n", text,
			(unsigned int)ask->port, what, err ? ": " : "",
			err ? strerror(err) : "");
	return CTL_FAILED;
}

static int peer_connect(struct peer_ask *ask)
{
	const struct timeval timeout = { .tv_sec = PEER_TIMEOUT };
	bool ipv4 = ask->addr.family == 4;
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(ask->port),
	};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(ask->port),
	};

	memcpy(&in.sin_addr, ask->addr.octets, sizeof(in.sin_addr));
	memcpy(&in6.sin6_addr, ask->addr.octets, sizeof(in6.sin6_addr));
	ask->fd = socket(ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC,
			 IPPROTO_SCTP);
	if (ask->fd < 0)
		return peer_failed(ask, "SCTP (modprobe sctp)", errno);
	setsockopt(ask->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	setsockopt(ask->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (connect(ask->fd, ipv4 ? (struct sockaddr *)&in :
		    (struct sockaddr *)&in6, ipv4 ? sizeof(in) : sizeof(in6)))
		return peer_failed(ask, "connect", errno);
	return CTL_OK;
}

static void peer_begin(struct peer_ask *ask, struct rsp_writer *w, uint8_t type,
		       uint8_t flags)
{
	rsp_msg_begin(w, ask->buf, sizeof(ask->buf), type, flags);
	rsp_put_u32(w, ask->id);
	rsp_put_u32(w, ask->its_id);
}

static int peer_send(struct peer_ask *ask, struct rsp_writer *w)
{
	struct sctp_sndinfo info = { .snd_ppid = htonl(RSP_ENRP_PPID) };
	int len = rsp_msg_end(w);
	struct iovec iov = { .iov_base = ask->buf, .iov_len = len };

	if (sctp_sendv(ask->fd, &iov, 1, NULL, 0, &info, sizeof(info),
		       SCTP_SENDV_SNDINFO, MSG_NOSIGNAL) < 0)
		return peer_failed(ask, "send", errno);
	return CTL_OK;
}

/* Its next message of this type; of others only the sender is looked at. */
static int peer_recv(struct peer_ask *ask, uint8_t type)
{
	ssize_t len;

	do {
		len = recv(ask->fd, ask->buf, sizeof(ask->buf), 0);
		if (len < 0)
			return peer_failed(ask, "receive", errno);
		if (!len)
			return peer_failed(ask, "it has ended the association",
					   0);
		if (rsp_msg_parse(ask->buf, len, RSP_PROTO_ENRP, &ask->msg,
				  NULL))
			return peer_failed(ask, "not understood", EBADMSG);
		ask->its_id = ask->msg.sender_id;
	} while (ask->msg.type != type);
	if (ask->msg.flags & RSP_FLAG_TABLE_REJECT)
		return peer_failed(ask, "it knows nothing yet, or does not tell us",
				   0);
	return CTL_OK;
}

static int peer_request(struct peer_ask *ask, uint8_t type, uint8_t answer)
{
	struct rsp_writer w;

	peer_begin(ask, &w, type, 0);
	if (peer_send(ask, &w))
		return CTL_FAILED;
	return peer_recv(ask, answer);
}

/* Our end of the association, though nobody is served there */
static int peer_here(const struct peer_ask *ask, struct rsp_transport *here)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} addr = { .in6 = { 0 } };
	socklen_t len = sizeof(addr);

	memset(here, 0, sizeof(*here));
	if (getsockname(ask->fd, &addr.sa, &len))
		return peer_failed(ask, "own address", errno);
	here->type = RSP_PARAM_SCTP_TRANSPORT;
	here->use = RSP_USE_DATA_CONTROL;
	here->port = ntohs(addr.in.sin_port);	/* sin6_port is there, too */
	here->naddrs = 1;
	here->addrs[0].family = ask->addr.family;
	if (ask->addr.family == 4)
		memcpy(here->addrs[0].octets, &addr.in.sin_addr, 4);
	else
		memcpy(here->addrs[0].octets, &addr.in6.sin6_addr, 16);
	return CTL_OK;
}

/* RSPLIB's registrar answers only who has shown his presence. */
int peer_open(struct peer_ask *ask)
{
	struct rsp_transport here;
	struct rsp_writer w;

	while (!ask->id)
		if (getentropy(&ask->id, sizeof(ask->id)))
			return peer_failed(ask, "no random numbers", errno);
	if (peer_connect(ask) || peer_here(ask, &here))
		return CTL_FAILED;
	peer_begin(ask, &w, RSP_ENRP_PRESENCE, 0);
	rsp_put_pe_checksum(&w, 0xffff);	/* of no element */
	rsp_put_server_info(&w, ask->id, &here);
	return peer_send(ask, &w);
}

void peer_close(struct peer_ask *ask)
{
	if (ask->fd >= 0)
		close(ask->fd);
	ask->fd = -1;
}

void peer_init(struct peer_ask *ask)
{
	memset(ask, 0, sizeof(*ask));
	ask->fd = -1;
	ask->port = RSP_ENRP_PORT;
}

/* ADDRESS [ port PORT ] */
static int peer_where(struct ctl_args *args, struct peer_ask *ask)
{
	peer_init(ask);
	ctl_keyword(args, "address");
	if (ctl_get_address(args, &ask->addr))
		return CTL_USAGE;
	return ctl_get_port(args, &ask->port);
}

/* ---- rspctl peer show: the registrar of this namespace, how its peers are ------ */

static void peer_print_status(const struct status_peer *s)
{
	struct rsp_transport place = {
		.type = RSP_PARAM_SCTP_TRANSPORT,
		.port = s->port,
		.use = RSP_USE_DATA_CONTROL,
		.naddrs = s->naddrs,
	};

	memcpy(place.addrs, s->addrs, sizeof(place.addrs));
	out_record_begin();
	out_id("id", "id", s->id);
	out_flag("asked", "asked", s->flags & STATUS_SELF);
	out_name("state", "state", RSP_NAMES_PEER_STATE, s->state);
	out_flag("associated", "associated", s->flags & STATUS_ASSOCIATED);
	out_flag("configured", "configured", s->flags & STATUS_CONFIGURED);
	out_flag("mentor", "mentor", s->flags & STATUS_MENTOR);
	out_uint("elements", "elements", s->elements);
	if (!(s->flags & STATUS_SELF) && s->id)
		out_ms("heard_ms", "heard", s->heard_ms);
	print_transport_param(&place);
	out_record_end();
}

static int status_connect(unsigned int port)
{
	const struct timeval timeout = { .tv_sec = PEER_TIMEOUT };
	struct sockaddr_un sun;
	socklen_t len = status_address(&sun, port);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (!connect(fd, (struct sockaddr *)&sun, len))
		return fd;
	close(fd);
	return -1;
}

static int status_failed(unsigned int port, const char *what)
{
	fprintf(stderr, "Error: rspd of this namespace, ENRP port %u: %s.\n",
		port, what);
	return CTL_FAILED;
}

/* Return: CTL_OK at the end of the list, or CTL_FAILED; it was said why. */
static int status_read(int fd, unsigned int port)
{
	struct status_peer s;
	ssize_t len;

	for (;;) {
		len = recv(fd, &s, sizeof(s), MSG_WAITALL);
		if (!len)
			return CTL_OK;
		if (len < 0)
			return status_failed(port, strerror(errno));
		if (len != sizeof(s) || s.size != sizeof(s) ||
		    s.naddrs > RSP_ADDRS_MAX)
			return status_failed(port, "is of another version");
		peer_print_status(&s);
	}
}

static int show_here(unsigned int port)
{
	int err, fd = status_connect(port);

	if (fd < 0)
		return status_failed(port, strerror(errno));
	out_list_begin();
	err = status_read(fd, port);
	if (!err && out_list_end())
		err = CTL_FAILED;
	close(fd);
	return err;
}

/* ---- rspctl peer show ADDRESS --------------------------------------------------- */

static int peer_list(struct peer_ask *ask)
{
	struct rsp_transport transport;
	struct rsp_iter it;
	uint32_t id;

	if (peer_request(ask, RSP_ENRP_LIST_REQUEST, RSP_ENRP_LIST_RESPONSE))
		return CTL_FAILED;
	it = ask->msg.body;
	while (rsp_next_server(&it, &id, &transport)) {
		out_record_begin();
		out_id("id", "id", id);
		out_flag("asked", "asked", id == ask->its_id);
		print_transport_param(&transport);
		out_record_end();
	}
	return CTL_OK;
}

/* @list: prints what it asks for */
static int peer_run(struct peer_ask *ask, int (*list)(struct peer_ask *ask))
{
	int err = peer_open(ask);

	out_list_begin();
	if (!err)
		err = list(ask);
	if (!err && out_list_end())
		err = CTL_FAILED;
	peer_close(ask);
	return err;
}

static int show(struct ctl *ctl, struct ctl_args *args)
{
	static struct peer_ask ask;
	bool here;

	(void)ctl;
	peer_init(&ask);
	here = !ctl_peek(args) || !strcmp(ctl_peek(args), "port");
	if (here ? ctl_get_port(args, &ask.port) : peer_where(args, &ask))
		return CTL_USAGE;
	if (ctl_end(args))
		return CTL_USAGE;
	return here ? show_here(ask.port) : peer_run(&ask, peer_list);
}

/* ---- handle table ------------------------------------------------------------ */

static bool peer_is_wanted(const struct peer_ask *ask, struct rsp_octets handle)
{
	if (handle.len > sizeof(ask->wanted.octets))
		return false;
	return !ask->wanted.len ||
	       ((size_t)ask->wanted.len == handle.len &&
		!memcmp(ask->wanted.octets, handle.data, handle.len));
}

static int peer_take_table(const struct peer_ask *ask, peer_pe_fn *take,
			   void *data)
{
	struct rsp_iter it = ask->msg.body;
	struct rsp_octets handle;
	struct rsp_pe_param pe;

	while (rsp_next_pool(&it, &handle))
		while (rsp_next_pe(&it, &pe))
			if (peer_is_wanted(ask, handle) &&
			    take(data, handle, &pe))
				return CTL_FAILED;
	return CTL_OK;
}

int peer_each_pe(struct peer_ask *ask, peer_pe_fn *take, void *data)
{
	do {
		if (peer_request(ask, RSP_ENRP_HANDLE_TABLE_REQUEST,
				 RSP_ENRP_HANDLE_TABLE_RESPONSE) ||
		    peer_take_table(ask, take, data))
			return CTL_FAILED;
	} while (ask->msg.flags & RSP_FLAG_TABLE_MORE);
	return CTL_OK;
}

void peer_print_pe(const struct rsp_pe_param *pe)
{
	out_id("id", "id", pe->pe_id);
	out_id("home_id", "home", pe->home_id);
	print_policy_param(&pe->policy);
	out_int("life_s", "life", pe->life);
	print_transport_param(&pe->user);
}

/* ---- rspctl peer pool ---------------------------------------------------------- */

static void peer_close_pool(struct peer_ask *ask)
{
	if (!ask->open)
		return;
	out_sublist_end();
	out_record_end();
	ask->open = false;
}

/* A pool that does not fit into a message goes on in the next one. */
static void peer_open_pool(struct peer_ask *ask, struct rsp_octets handle,
			   uint32_t policy)
{
	if (ask->open && (size_t)ask->shown.len == handle.len &&
	    !memcmp(ask->shown.octets, handle.data, handle.len))
		return;
	peer_close_pool(ask);
	ask->shown.len = handle.len;
	memcpy(ask->shown.octets, handle.data, handle.len);
	ask->open = true;
	out_record_begin();
	out_handle("handle", "handle", handle.data, handle.len);
	out_name("policy", "policy", RSP_NAMES_POLICY, policy);
	out_sublist_begin("pe");
}

static int peer_show_pe(void *data, struct rsp_octets handle,
			const struct rsp_pe_param *pe)
{
	struct peer_ask *ask = data;

	peer_open_pool(ask, handle, pe->policy.type);
	out_record_begin();
	peer_print_pe(pe);
	out_record_end();
	return CTL_OK;
}

static int peer_table(struct peer_ask *ask)
{
	int err = peer_each_pe(ask, peer_show_pe, ask);

	if (!err)
		peer_close_pool(ask);
	return err;
}

static int pool(struct ctl *ctl, struct ctl_args *args)
{
	static struct peer_ask ask;

	(void)ctl;
	if (peer_where(args, &ask) || ctl_get_wanted(args, &ask.wanted))
		return CTL_USAGE;
	return peer_run(&ask, peer_table);
}

static const struct ctl_command commands[] = {
	{ "show", show, 0 },
	{ "pool", pool, 0 },
	{ NULL, NULL, 0 }
};

const struct ctl_object ctl_peer = {
	.name = "peer",
	.usage =
		"Usage: rspctl peer [ show ] [ port PORT ]\n"
		"       rspctl peer [ show ] [ address ] ADDRESS [ port PORT ]\n"
		"       rspctl peer pool [ address ] ADDRESS [ port PORT ]\n"
		"                        [ [ handle ] HANDLE ]\n"
		"ADDRESS: of any registrar, which is asked over SCTP; without it rspd of\n"
		"         this namespace tells how its peers are\n"
		"PORT:    its port for other registrars, default 9901\n"
		"HANDLE:  pool handle as text, or 0x and hexadecimal digits\n",
	.commands = commands,
};
