// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module is one association: all pool elements and pool users of its
 * namespace.  It has checked what they may register, and limits them.
 *
 *	away --attach--> attached: requests and their answers
 *	 ^  every CHECK s    |  module unloaded: no answer to module-get
 *	 '-------------------'
 *
 * The module sees the end of this process as the end of the netlink socket.
 */
#include "link_netlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asap.h"
#include "log.h"
#include "loop.h"
#include "nl.h"

/* Seconds: try to attach, or look whether the module is still there. */
#define CHECK		1.0

/* Octets: as many requests wait for us as a mass failure may bring. */
#define RCVBUF		(8 << 20)

/**
 * struct link_netlink - the link to the module
 * @r: registrar
 * @loop: event loop
 * @io: readable
 * @check: see CHECK
 * @nl: socket, NULL when away
 * @assoc: the core's view
 * @attached: attached
 * @bind_cookie: from the module, for all that we send to it
 * @check_seq: number of the last module-get, a failure of which means: gone
 * @last_err: why the last attempt failed, so that it is said once
 * @source: ASAP transport of the endpoint that the message is from, type 0
 *	when it has not said
 */
struct link_netlink {
	struct registrar *r;
	struct ev_loop *loop;
	ev_io io;
	ev_timer check;
	struct rsp_nl *nl;
	struct asap_assoc assoc;
	bool attached;
	uint64_t bind_cookie;
	uint32_t check_seq;
	int last_err;
	struct rsp_transport source;
};

static int netlink_send(struct asap_assoc *to, uint32_t request,
			const void *msg, size_t len)
{
	struct link_netlink *link = container_of(to, struct link_netlink,
						 assoc);
	struct nlmsghdr *nlh;

	if (!link->attached)
		return -ENOTCONN;
	nlh = rsp_nl_begin(link->nl, RSERPOOL_CMD_ASAP, 0);
	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_REQUEST, request);
	mnl_attr_put_u64(nlh, RSERPOOL_A_ASAP_BIND_COOKIE, link->bind_cookie);
	mnl_attr_put(nlh, RSERPOOL_A_ASAP_MESSAGE, len, msg);
	return rsp_nl_send(link->nl, nlh, NULL);
}

static const struct rsp_transport *netlink_source(struct asap_assoc *from)
{
	struct link_netlink *link = container_of(from, struct link_netlink,
						 assoc);

	return link->source.type ? &link->source : NULL;
}

static const struct asap_link netlink_link = {
	.name = "netlink",
	.msg_max = RSERPOOL_MESSAGE_MAX,
	.vouches = true,
	.registers = true,
	.send = netlink_send,
	.source = netlink_source,
};

static void netlink_read_source(struct link_netlink *link,
				const struct nlattr *attr)
{
	struct rsp_transport *t = &link->source;
	const void *octets;
	size_t len;

	octets = rsp_nl_octets(attr, &len);
	if (!octets || rsp_transport_parse(octets, len, t) ||
	    t->type != RSP_PARAM_SCTP_TRANSPORT)
		t->type = 0;
}

/* A message of the module. */
static int netlink_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1];
	struct link_netlink *link = data;
	const void *msg;
	size_t len;

	if (rsp_nl_cmd(nlh) != RSERPOOL_CMD_ASAP || !link->attached)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_ASAP_MAX);
	msg = rsp_nl_octets(tb[RSERPOOL_A_ASAP_MESSAGE], &len);
	if (!msg || rsp_nl_u64(tb[RSERPOOL_A_ASAP_BIND_COOKIE]) !=
		    link->bind_cookie)
		return 0;
	netlink_read_source(link, tb[RSERPOOL_A_ASAP_TRANSPORT]);
	asap_input(link->r, &link->assoc,
		   rsp_nl_u32(tb[RSERPOOL_A_ASAP_REQUEST]), msg, len,
		   loop_now());
	return 0;
}

static void netlink_detach(struct link_netlink *link)
{
	ev_io_stop(link->loop, &link->io);
	if (link->attached) {
		link->attached = false;
		registrar_lost(link->r, &link->assoc, loop_now());
	}
	rsp_nl_close(link->nl);
	link->nl = NULL;
}

/*
 * The kernel refused what we sent.  An answer to which nobody waits any more
 * is nothing to worry about; the link is given up by netlink_ready().
 */
static void netlink_refused(uint32_t seq, int err, const char *text,
			    void *data)
{
	struct link_netlink *link = data;

	if (seq == link->check_seq || err == -ENOTCONN || err == -ESTALE) {
		link->last_err = err;
		return;
	}
	log_debug("netlink: message refused: %s", text);
}

static void netlink_ready(struct ev_loop *loop, ev_io *io, int events)
{
	struct link_netlink *link = io->data;
	int err;

	(void)loop;
	(void)events;
	err = rsp_nl_process(link->nl);
	if (err == -ENOBUFS)
		log_warn("netlink: the kernel had to drop messages");
	else if (err)
		link->last_err = err;
	if (!link->last_err)
		return;
	log_warn("netlink: module lost: %s", strerror(-link->last_err));
	netlink_detach(link);
}

static int netlink_take_cookie(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1];
	struct link_netlink *link = data;

	rsp_nl_parse(nlh, tb, RSERPOOL_A_ASAP_MAX);
	link->bind_cookie = rsp_nl_u64(tb[RSERPOOL_A_ASAP_BIND_COOKIE]);
	/* what comes right behind the answer is for us already */
	link->attached = true;
	return 0;
}

static int netlink_try(struct link_netlink *link)
{
	struct nlmsghdr *nlh;
	int err;

	err = rsp_nl_open(&link->nl);
	if (err)
		return err;
	rsp_nl_set_handler(link->nl, netlink_message, netlink_refused, link);
	rsp_nl_set_rcvbuf(link->nl, RCVBUF);
	registrar_found(link->r, &link->assoc, &netlink_link);
	nlh = rsp_nl_begin(link->nl, RSERPOOL_CMD_ATTACH, 0);
	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_SERVER_ID, link->r->config.id);
	err = rsp_nl_request(link->nl, nlh, netlink_take_cookie, link);
	if (err)
		return err;
	return link->attached ? 0 : -EPROTO;
}

static void netlink_attach(struct link_netlink *link)
{
	int err = netlink_try(link);

	if (!err) {
		link->last_err = 0;
		ev_io_set(&link->io, rsp_nl_fd(link->nl), EV_READ);
		ev_io_start(link->loop, &link->io);
		return;
	}
	if (err != link->last_err)
		log_warn("netlink: not attached, will try again: %s",
			 link->nl ? rsp_nl_error(link->nl) : strerror(-err));
	link->last_err = err;
	netlink_detach(link);
}

/* Nobody tells us when the module is unloaded. */
static void netlink_ask(struct link_netlink *link)
{
	int err;

	err = rsp_nl_send(link->nl,
			  rsp_nl_begin(link->nl, RSERPOOL_CMD_MODULE_GET, 0),
			  &link->check_seq);
	if (err)
		log_debug("netlink: send: %s", strerror(-err));
}

static void netlink_check(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct link_netlink *link = timer->data;

	(void)loop;
	(void)events;
	if (link->nl) {
		netlink_ask(link);
		return;
	}
	netlink_attach(link);
	if (link->attached)
		log_info("netlink: attached");
}

struct link_netlink *link_netlink_open(struct registrar *r,
				       struct ev_loop *loop)
{
	struct link_netlink *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->r = r;
	link->loop = loop;
	ev_io_init(&link->io, netlink_ready, -1, EV_READ);
	ev_set_priority(&link->io, LOOP_PRIORITY_IO);
	link->io.data = link;
	ev_timer_init(&link->check, netlink_check, CHECK, CHECK);
	link->check.data = link;
	ev_timer_start(loop, &link->check);
	netlink_attach(link);
	return link;
}

void link_netlink_close(struct link_netlink *link)
{
	if (!link)
		return;
	ev_timer_stop(link->loop, &link->check);
	netlink_detach(link);
	free(link);
}

bool link_netlink_attached(const struct link_netlink *link)
{
	return link->attached;
}
