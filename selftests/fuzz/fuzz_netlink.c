// SPDX-License-Identifier: GPL-2.0
/*
 * Legal and illegal messages to the netlink family, made after the policies
 * that the kernel tells.  Corpus: selftests/corpus/netlink/
 *
 * The calls of an input are actions on a few netlink sockets: requests, dumps that
 * are read to their end or not, and the role of the registrar, who answers
 * requests of AF_RSERPOOL sockets with more or less sense.  One that leaves
 * something behind makes a new network namespace for the next.
 *
 *   RSP_FUZZ_MESSAGES=DIR	ASAP messages to make others of
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rserpool.h>
#include <linux/rserpool_netlink.h>

#include "fuzz.h"
#include "wire.h"

#define SOCKETS		4		/* netlink */
#define SLOTS		6		/* AF_RSERPOOL */
#define COMMANDS	32
#define ATTRS		16		/* of one command */
#define REQUESTS	3		/* in one datagram */
#define MESSAGES	64		/* from RSP_FUZZ_MESSAGES */
#define ROOM		(256 << 10)
#define NOBODY		65534

/* As the kernel tells it */
struct policy {
	bool known;
	uint32_t type;		/* NL_ATTR_TYPE_* */
	uint32_t min_len;
	uint32_t max_len;
};

struct command {
	uint32_t policy;	/* its number, behind which the next is built */
	struct policy attrs[ATTRS];
	uint8_t list[ATTRS];	/* those known */
	unsigned int n;
};

static struct command commands[COMMANDS];
static uint16_t family_id;
static uint32_t events_group;

/* ---- netlink, as little of it as may be -------------------------------------------- */

static struct nl {
	int fd;			/* -1: closed */
	bool dumping;
	bool congested;		/* the kernel drops, and has said so for the last time */
} socks[SOCKETS];

static uint8_t rx[ROOM], tx[ROOM];
static uint32_t seq;

static void nl_open(struct nl *s)
{
	int on = 1;

	s->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       NETLINK_GENERIC);
	if (s->fd < 0 ||
	    setsockopt(s->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(s->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		fuzz_fail("netlink socket: %s", strerror(errno));
	s->dumping = false;
	s->congested = false;
}

static void nl_close(struct nl *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static struct nlmsghdr *nl_begin(void *at, uint16_t type, uint16_t flags,
				 uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = RSERPOOL_FAMILY_VERSION;
	return nlh;
}

/* ---- what the kernel tells of the family ----------------------------------------------- */

static void ask(struct nlmsghdr *nlh, mnl_cb_t got)
{
	struct nl s;
	ssize_t len;

	nl_open(&s);
	if (send(s.fd, nlh, nlh->nlmsg_len, 0) < 0)
		fuzz_fail("genl: %s", strerror(errno));
	do {
		len = recv(s.fd, rx, sizeof(rx), 0);
		if (len < 0)
			fuzz_fail("genl: %s", strerror(errno));
	} while (mnl_cb_run(rx, len, 0, 0, got, NULL) == MNL_CB_OK);
	nl_close(&s);
}

static void got_group(const struct nlattr *group)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(attr);
	}
	if (!strcmp(name, RSERPOOL_MCGRP_EVENTS))
		events_group = id;
}

static int got_family(const struct nlmsghdr *nlh, void *unused)
{
	const struct nlattr *attr, *group;

	(void)unused;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family_id = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attr)
			got_group(group);
	}
	return MNL_CB_STOP;
}

/* Which policy a command has; that of its dump if it has no other. */
static void got_op(const struct nlattr *ops)
{
	const struct nlattr *op, *attr;
	struct command *c;

	mnl_attr_for_each_nested(op, ops) {
		if (mnl_attr_get_type(op) >= COMMANDS)
			fuzz_fail("command %u", mnl_attr_get_type(op));
		c = &commands[mnl_attr_get_type(op)];
		mnl_attr_for_each_nested(attr, op)
			if (mnl_attr_get_type(attr) == CTRL_ATTR_POLICY_DO ||
			    !c->policy)
				c->policy = mnl_attr_get_u32(attr) + 1;
	}
}

static void got_attr(uint32_t policy, const struct nlattr *of)
{
	struct policy p = { .known = true, .max_len = 65535 };
	const struct nlattr *attr;
	struct command *c;

	mnl_attr_for_each_nested(attr, of) {
		switch (mnl_attr_get_type(attr)) {
		case NL_POLICY_TYPE_ATTR_TYPE:
			p.type = mnl_attr_get_u32(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MIN_LENGTH:
			p.min_len = mnl_attr_get_u32(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
			p.max_len = mnl_attr_get_u32(attr);
			break;
		}
	}
	if (mnl_attr_get_type(of) >= ATTRS)
		fuzz_fail("attribute %u", mnl_attr_get_type(of));
	for (c = commands; c < commands + COMMANDS; c++) {
		if (c->policy != policy + 1)
			continue;
		c->attrs[mnl_attr_get_type(of)] = p;
		c->list[c->n++] = mnl_attr_get_type(of);
	}
}

static int got_policy(const struct nlmsghdr *nlh, void *unused)
{
	const struct nlattr *attr, *policy, *of;

	(void)unused;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_OP_POLICY)
			got_op(attr);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_POLICY)
			continue;
		mnl_attr_for_each_nested(policy, attr)
			mnl_attr_for_each_nested(of, policy)
				got_attr(mnl_attr_get_type(policy), of);
	}
	return MNL_CB_OK;
}

static void learn(void)
{
	unsigned int i, n = 0;
	struct nlmsghdr *nlh;

	nlh = nl_begin(tx, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, RSERPOOL_FAMILY_NAME);
	ask(nlh, got_family);
	if (!family_id || !events_group)
		fuzz_fail("no family %s", RSERPOOL_FAMILY_NAME);
	nlh = nl_begin(tx, GENL_ID_CTRL, NLM_F_DUMP, CTRL_CMD_GETPOLICY);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, family_id);
	ask(nlh, got_policy);
	for (i = 0; i < COMMANDS; i++)
		n += commands[i].n;
	if (!n)
		fuzz_fail("no policies");
	fprintf(stderr, "%u attributes with a policy\n", n);
}

/* ---- the registrar's role ------------------------------------------------------------------ */

static struct nl *attached;
static uint64_t bind_cookie;

/* The last request, and the last element that wanted to be registered */
static struct {
	uint32_t number;
	uint8_t type;
	uint16_t handle_len;
	uint8_t handle[RSP_HANDLE_MAX_WIRE];
	struct rsp_pe_param pe;
	bool has_pe;
} asked;

static struct {
	uint8_t *data;
	size_t len;
} messages[MESSAGES];
static unsigned int nmessages;

static uint8_t asap[RSP_MSG_SPACE];

static void messages_read(void)
{
	const char *name = getenv("RSP_FUZZ_MESSAGES");
	DIR *dir = name ? opendir(name) : NULL;
	struct dirent *d;
	ssize_t len;
	int fd;

	if (!dir)
		return;
	while (nmessages < MESSAGES && (d = readdir(dir))) {
		fd = openat(dirfd(dir), d->d_name, O_RDONLY | O_CLOEXEC);
		len = read(fd, asap, sizeof(asap));
		if (len > 0) {
			messages[nmessages].data = malloc(len);
			memcpy(messages[nmessages].data, asap, len);
			messages[nmessages++].len = len;
		}
		close(fd);
	}
	closedir(dir);
}

static struct rsp_pe_param some_pe(struct input *in)
{
	static const uint32_t policies[] = { 1, 1, 3, 2, 0x40000001, 77 };
	struct rsp_pe_param pe = {
		.pe_id = in_u8(in),
		.life = in_u8(in) * 10,
		.home_id = in_u8(in),
		.user = {
			.type = RSP_PARAM_SCTP_TRANSPORT,
			.use = RSP_USE_DATA_CONTROL,
			.port = in_u8(in) + 1,
			.naddrs = 1,
			.addrs = { { .family = 4, .octets = { 127, 0, 0, 1 } } },
		},
		.policy = { .type = in_of(in, policies) },
	};

	/* One that is really there */
	if (asked.has_pe && in_u8(in) < 0xc0)
		return asked.pe;
	return pe;
}

/* What @asked wants to hear, up to a point */
static size_t make_answer(struct input *in)
{
	static const uint8_t replies[] = {
		[RSP_ASAP_REGISTRATION] = RSP_ASAP_REGISTRATION_RESPONSE,
		[RSP_ASAP_DEREGISTRATION] = RSP_ASAP_DEREGISTRATION_RESPONSE,
		[RSP_ASAP_HANDLE_RESOLUTION] = RSP_ASAP_HANDLE_RESOLUTION_RESPONSE,
	};
	uint8_t how = in_u8(in), flags = in_u8(in) & 3, type;
	struct rsp_pe_param pe;
	struct rsp_writer w;
	unsigned int n;
	int len;

	type = asked.type < ARRAY_LEN(replies) ? replies[asked.type] : 0;
	if (how & 1 || !type)
		type = in_u8(in) % 16;
	if (how & 2)
		flags = in_u8(in);
	else if (type != RSP_ASAP_HANDLE_RESOLUTION_RESPONSE)
		flags = 0;
	rsp_msg_begin(&w, asap, sizeof(asap), type, flags);
	if (type == RSP_ASAP_ENDPOINT_KEEP_ALIVE || type == RSP_ASAP_SERVER_ANNOUNCE)
		rsp_put_u32(&w, how & 4 ? 0 : 4711);
	if (how & 8)
		rsp_put_handle(&w, "a", 1);
	else
		rsp_put_handle(&w, asked.handle, asked.handle_len);
	if (type != RSP_ASAP_HANDLE_RESOLUTION_RESPONSE) {
		pe = some_pe(in);
		rsp_put_pe_id(&w, pe.pe_id);
	} else {
		for (n = how & 16 ? in_u8(in) : 1; n; n--) {
			pe = some_pe(in);
			rsp_put_pe(&w, &pe);
		}
	}
	if (how & 32)
		rsp_put_cause(&w, in_u8(in) % 12, NULL, 0);
	len = rsp_msg_end(&w);
	return len < 0 ? 0 : len;
}

static size_t some_part(struct input *in, uint8_t *to)
{
	size_t len = in_u8(in);

	if (len > in_left(in))
		len = in_left(in);
	memcpy(to, in->at, len);
	in->at += len;
	return len;
}

static size_t make_message(struct input *in)
{
	uint8_t which = in_u8(in);
	size_t len, n;

	if (which < 0xa0)
		return make_answer(in);
	if (which < 0xd0 && nmessages) {
		which = in_u8(in) % nmessages;
		len = messages[which].len;
		memcpy(asap, messages[which].data, len);
		for (n = in_u8(in) % 4; n; n--)
			asap[in_u16(in) % len] = in_u8(in);
		return len;
	}
	if (which >= 0xfc) {
		memset(asap, in_u8(in), sizeof(asap));
		return in_u16(in);
	}
	return some_part(in, asap);
}

static void got_asap(const struct nlattr **tb)
{
	const struct nlattr *attr = tb[RSERPOOL_A_ASAP_MESSAGE];
	struct rsp_iter it;
	struct rsp_msg msg;

	/* The module says nothing that its own codec does not understand */
	if (!attr || rsp_msg_parse(mnl_attr_get_payload(attr),
				   mnl_attr_get_payload_len(attr),
				   RSP_PROTO_ASAP, &msg, NULL))
		fuzz_fail("an unreadable message from the module");
	if (tb[RSERPOOL_A_ASAP_REQUEST])
		asked.number = mnl_attr_get_u32(tb[RSERPOOL_A_ASAP_REQUEST]);
	asked.type = msg.type;
	fuzz_trace("the module says: type %u, request %u", msg.type, asked.number);
	asked.handle_len = msg.handle.data ? msg.handle.len : 0;
	if (asked.handle_len)
		memcpy(asked.handle, msg.handle.data, msg.handle.len);
	it = msg.body;
	if (msg.npes && rsp_next_pe(&it, &asked.pe)) {
		asked.has_pe = true;
		/* These pointed into the message */
		asked.pe.user.raw = asked.pe.policy.raw = (struct rsp_octets){ 0 };
		asked.pe.asap.type = 0;
	}
}

/* ---- answers ---------------------------------------------------------------------------------- */

struct request {
	uint32_t seq;
	uint8_t cmd;
	uint16_t flags;
	bool must_fail;		/* it breaks the policy, or lacks a privilege */
	bool wild;		/* not even a message */
	bool answered;
};

static int got_data(const struct nlmsghdr *nlh, struct nl *s)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1] = { NULL };
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != family_id ||
	    (genl->cmd != RSERPOOL_CMD_ATTACH && genl->cmd != RSERPOOL_CMD_ASAP))
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) <= RSERPOOL_A_ASAP_MAX)
			tb[mnl_attr_get_type(attr)] = attr;
	if (genl->cmd == RSERPOOL_CMD_ASAP) {
		got_asap(tb);
	} else if (tb[RSERPOOL_A_ASAP_BIND_COOKIE]) {
		attached = s;
		bind_cookie = mnl_attr_get_u64(tb[RSERPOOL_A_ASAP_BIND_COOKIE]);
	}
	return 0;
}

/* Words or a place in the message: without, nobody knows what was wrong. */
static bool explained(const struct nlmsghdr *nlh, size_t fixed)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return false;
	mnl_attr_for_each(attr, nlh, fixed)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG ||
		    mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS ||
		    mnl_attr_get_type(attr) == NLMSGERR_ATTR_MISS_TYPE ||
		    mnl_attr_get_type(attr) == NLMSGERR_ATTR_POLICY)
			return true;
	return false;
}

/* What does not go with the sockets is in this namespace */
static bool used_up = true;

static void judge(struct request *r, int err, bool reason)
{
	fuzz_trace("request %u, command %u: %d%s", r->seq, r->cmd, -err,
		   r->must_fail ? " (illegal)" : "");
	fuzz_result(r->cmd, -err);
	if (err)
		fuzz_check_errno("netlink", err);
	else if (r->cmd == RSERPOOL_CMD_REGISTRAR_ADD ||
		 r->cmd == RSERPOOL_CMD_ACCESS_ADD)
		used_up = true;
	if (r->wild)
		return;
	if (r->answered)
		fuzz_fail("command %u answered twice", r->cmd);
	if (r->must_fail && !err)
		fuzz_fail("command %u accepted", r->cmd);
	if ((err == EINVAL || err == ERANGE) && !reason)
		fuzz_fail("command %u: error %d without a reason", r->cmd, err);
	r->answered = true;
}

static void got(const struct nlmsghdr *nlh, struct nl *s, struct request *requests,
		unsigned int n)
{
	int err = 0;
	bool reason = false;
	unsigned int i;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

		err = -e->error;
		reason = explained(nlh, sizeof(*e));
	} else if (nlh->nlmsg_type == NLMSG_DONE) {
		const int *e = mnl_nlmsg_get_payload(nlh);

		s->dumping = false;
		err = -*e;
		reason = explained(nlh, sizeof(*e));
	} else {
		got_data(nlh, s);
		return;
	}
	for (i = 0; i < n; i++)
		if (requests[i].seq == nlh->nlmsg_seq)
			judge(&requests[i], err, reason);
}

/*
 * What is full is drained by this: the kernel tells only of the first datagram that it
 * drops, and drops all others until the socket has been read empty.
 *
 * Return: whether the socket was read empty and had all that was sent to it.
 */
static bool receive(struct nl *s, struct request *requests, unsigned int n,
		    unsigned int datagrams)
{
	const struct nlmsghdr *nlh;
	bool whole;
	ssize_t len;
	int left;

	while (datagrams--) {
		len = recv(s->fd, rx, sizeof(rx), 0);
		if (len < 0 && errno == ENOBUFS) {
			s->congested = true;
			continue;
		}
		if (len < 0) {
			if (errno != EAGAIN)
				fuzz_fail("netlink recv: %s", strerror(errno));
			whole = !s->congested;
			s->congested = false;
			return whole;
		}
		left = len;
		for (nlh = (void *)rx; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left))
			got(nlh, s, requests, n);
		if (left)
			fuzz_fail("%d octets behind the last message", left);
	}
	return true;
}

/* ---- requests ------------------------------------------------------------------------------------- */

static struct nl *pick(struct input *in)
{
	return &socks[in_u8(in) % SOCKETS];
}

static uint64_t some_value(struct input *in)
{
	static const uint64_t table[] = {
		0, 1, 2, 3863, 4711, 65535, 65536, INT32_MAX, UINT32_MAX, UINT64_MAX,
	};
	uint8_t which = in_u8(in);

	if (which < 0x80)
		return bind_cookie;
	return which < 0xe0 ? table[which % ARRAY_LEN(table)] : in_u32(in);
}

static size_t some_octets(struct input *in, uint8_t cmd, uint8_t type,
			  const struct policy *p, uint8_t *to)
{
	static const uint8_t addrs[][16] = {
		{ 127, 0, 0, 1 }, { 127, 0, 0, 2 }, { 0 }, { 224, 0, 0, 1 },
		{ 192, 0, 2, 1 }, { [15] = 1 }, { 0xfe, 0x80, [15] = 1 },
		{ [10] = 0xff, 0xff, 127, 0, 0, 1 }, { 0xff, 2 },
	};

	if (cmd == RSERPOOL_CMD_ASAP && type == RSERPOOL_A_ASAP_MESSAGE) {
		size_t len = make_message(in);

		memcpy(to, asap, len);
		return len;
	}
	if (p->min_len && p->min_len <= 16 && p->min_len == p->max_len) {
		memcpy(to, in_of(in, addrs), 16);
		return p->min_len;
	}
	return some_part(in, to);
}

static size_t int_len(const struct policy *p)
{
	switch (p->type) {
	case NL_ATTR_TYPE_U8:
		return 1;
	case NL_ATTR_TYPE_U16:
		return 2;
	case NL_ATTR_TYPE_U32:
		return 4;
	case NL_ATTR_TYPE_U64:
		return 8;
	}
	return 0;
}

/* Return: whether the kernel has to refuse it. */
static bool put_attr(struct input *in, struct nlmsghdr *nlh, struct request *r,
		     bool *cookie_ok)
{
	static uint8_t value[RSP_MSG_SPACE];
	const struct command *c = &commands[r->cmd % COMMANDS];
	uint8_t which = in_u8(in), how = in_u8(in);
	const struct policy *p;
	bool illegal = false;
	uint16_t type;
	uint64_t v;
	size_t len;

	type = c->n ? c->list[which % c->n] : which;
	if (which >= 0xf8)
		type = in_u8(in);
	p = type < ATTRS ? &c->attrs[type] : &(struct policy){ 0 };
	len = int_len(p);
	if (len) {
		v = some_value(in);
		memcpy(value, &v, len);
		if (r->cmd == RSERPOOL_CMD_ASAP && type == RSERPOOL_A_ASAP_BIND_COOKIE)
			*cookie_ok = v == bind_cookie;
	} else {
		len = some_octets(in, r->cmd, type, p, value);
	}
	if (how >= 0xe0 && how < 0xf0) {
		len = in_u8(in);
	} else if (how >= 0xf0) {
		type |= how & 1 ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
		illegal = how & 1;
	}
	if (!p->known || (int_len(p) ? len != int_len(p) :
			  len < p->min_len || len > p->max_len))
		illegal = true;
	if (len > 65535 - sizeof(struct nlattr))
		len = 65535 - sizeof(struct nlattr);
	mnl_attr_put(nlh, type, len, value);
	return illegal;
}

static bool open_to_all(uint8_t cmd)
{
	return cmd == RSERPOOL_CMD_MODULE_GET || cmd == RSERPOOL_CMD_REGISTRAR_GET ||
	       cmd == RSERPOOL_CMD_COUNTER_GET;
}

/* Return: octets */
static size_t make_request(struct input *in, struct nl *s, struct request *r,
			   uint8_t *at, bool nobody)
{
	static const uint16_t more[] = {
		0, 0, NLM_F_DUMP, NLM_F_ROOT, NLM_F_ECHO, NLM_F_CREATE | NLM_F_EXCL,
	};
	bool cookie_ok = false, refuse = false;
	uint8_t cmd = in_u8(in), n = in_u8(in), wild = in_u8(in);
	struct nlmsghdr *nlh;

	*r = (struct request){ .cmd = cmd % (__RSERPOOL_CMD_MAX + 2) };
	r->flags = NLM_F_ACK | (cmd >= 0xc0 ? in_of(in, more) : 0);
	nlh = nl_begin(at, family_id, r->flags, r->cmd);
	r->seq = nlh->nlmsg_seq;
	for (n = n < 0xf0 ? n % 5 : n % 32; n; n--)
		refuse |= put_attr(in, nlh, r, &cookie_ok);
	r->must_fail = refuse || (nobody && !open_to_all(r->cmd));
	if (r->cmd == RSERPOOL_CMD_ASAP && (attached != s || !cookie_ok))
		r->must_fail = true;
	/* A dump starts now and fails, or not, later */
	if (r->flags & NLM_F_DUMP)
		r->must_fail = false;
	if (wild < 0xf0)
		return nlh->nlmsg_len;
	r->wild = true;
	switch (wild & 3) {
	case 0:
		nlh->nlmsg_len = in_u32(in);
		return NLMSG_ALIGN(nlh->nlmsg_len % 4096);
	case 1:
		nlh->nlmsg_flags = in_u16(in);
		break;
	case 2:
		nlh->nlmsg_len -= in_u8(in) % nlh->nlmsg_len;
		break;
	case 3:
		((uint8_t *)nlh)[in_u8(in) % nlh->nlmsg_len] = in_u8(in);
		break;
	}
	return nlh->nlmsg_len;
}

/* Of this thread only, unlike the C library's */
static void become(uid_t uid)
{
	if (syscall(SYS_setresuid, -1, uid, -1))
		fuzz_fail("setresuid: %s", strerror(errno));
}

static void transmit(struct nl *s, size_t len, bool nobody, struct request *r,
		     unsigned int n)
{
	bool whole, dump = false;
	unsigned int i;
	int err = 0;

	if (nobody)
		become(NOBODY);
	if (send(s->fd, tx, len, 0) < 0)
		err = errno;
	if (nobody)
		become(0);
	if (err) {
		fuzz_check_errno("netlink send", err);
		fuzz_result(100, -err);
		return;
	}
	for (i = 0; i < n; i++)
		dump |= r[i].flags & NLM_F_DUMP || r[i].wild;
	if (dump) {
		s->dumping = true;
		return;
	}
	whole = receive(s, r, n, 1000);
	for (i = 0; whole && !s->dumping && i < n; i++)
		if (!r[i].answered)
			fuzz_fail("command %u without an answer", r[i].cmd);
}

static void do_request(struct input *in)
{
	struct request requests[REQUESTS];
	struct nl *s = pick(in);
	uint8_t how = in_u8(in);
	bool nobody = how >= 0xe0;
	unsigned int i, n = how & 16 ? 1 + how % REQUESTS : 1;
	size_t len = 0;

	for (i = 0; i < n; i++)
		len += NLMSG_ALIGN(make_request(in, s, &requests[i], tx + len,
						nobody));
	transmit(s, len, nobody, requests, n);
}

static void do_dump(struct input *in)
{
	static const uint8_t dumps[] = {
		RSERPOOL_CMD_REGISTRAR_GET, RSERPOOL_CMD_POOL_GET,
		RSERPOOL_CMD_PE_GET, RSERPOOL_CMD_SESSION_GET,
		RSERPOOL_CMD_COUNTER_GET, RSERPOOL_CMD_ACCESS_GET,
	};
	struct request r = { .cmd = in_of(in, dumps), .flags = NLM_F_DUMP };
	struct nlmsghdr *nlh = nl_begin(tx, family_id, NLM_F_DUMP, r.cmd);
	bool nobody = in_u8(in) >= 0xe0;
	struct nl *s = pick(in);

	r.seq = nlh->nlmsg_seq;
	r.must_fail = nobody && !open_to_all(r.cmd);
	transmit(s, nlh->nlmsg_len, nobody, &r, 1);
	receive(s, &r, 1, in_u8(in) % 8);
}

static void do_receive(struct input *in)
{
	struct nl *s = pick(in);

	receive(s, NULL, 0, in_u8(in));
}

static void do_reopen(struct input *in)
{
	struct nl *s = pick(in);

	nl_close(s);
	if (attached == s)
		attached = NULL;
	nl_open(s);
}

static void do_join(struct input *in)
{
	struct nl *s = pick(in);

	setsockopt(s->fd, SOL_NETLINK,
		   in_u8(in) & 1 ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP,
		   &events_group, sizeof(events_group));
}

static void do_rcvbuf(struct input *in)
{
	struct nl *s = pick(in);
	int size = in_u8(in) * 1024;

	setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* ---- ready-made ---------------------------------------------------------------------------------------- */

static void do_attach(struct input *in)
{
	struct nlmsghdr *nlh = nl_begin(tx, family_id, NLM_F_ACK,
					RSERPOOL_CMD_ATTACH);
	struct request r = { .seq = seq, .cmd = RSERPOOL_CMD_ATTACH };
	struct nl *s = pick(in);

	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_SERVER_ID, in_u8(in));
	transmit(s, nlh->nlmsg_len, false, &r, 1);
	fuzz_sleep(1);
}

/* To the last request, as the one who is attached */
static void do_answer(struct input *in)
{
	struct nlmsghdr *nlh;
	struct request r;
	size_t len;

	if (!attached)
		return;
	fuzz_sleep(1);
	receive(attached, NULL, 0, 100);
	len = make_message(in);
	nlh = nl_begin(tx, family_id, NLM_F_ACK, RSERPOOL_CMD_ASAP);
	r = (struct request){ .seq = seq, .cmd = RSERPOOL_CMD_ASAP };
	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_REQUEST, asked.number);
	mnl_attr_put_u64(nlh, RSERPOOL_A_ASAP_BIND_COOKIE, bind_cookie);
	mnl_attr_put(nlh, RSERPOOL_A_ASAP_MESSAGE, len < 65532 ? len : 65531, asap);
	transmit(attached, nlh->nlmsg_len, false, &r, 1);
	fuzz_sleep(1);
}

/* ---- sockets that want something of the registrar ----------------------------------------------------- */

static int slots[SLOTS];

static struct sockaddr_rserpool pool(struct input *in)
{
	struct sockaddr_rserpool addr = {
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = 1,
		.srp_handle = { in_u8(in) & 1 ? 'a' : 'b' },
	};

	return addr;
}

static int *new_socket(struct input *in)
{
	int *fd = &slots[in_u8(in) % SLOTS];

	if (*fd >= 0)
		close(*fd);
	*fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return fd;
}

static void do_client(struct input *in)
{
	struct sockaddr_rserpool addr = pool(in);
	int err = connect(*new_socket(in), (struct sockaddr *)&addr, sizeof(addr));

	fuzz_result(101, err ? -errno : 0);
	fuzz_sleep(1);
}

static void do_server(struct input *in)
{
	struct sockaddr_rserpool addr = pool(in);
	int *fd = new_socket(in), err;

	addr.srp_pe_id = in_u8(in) % 4;
	err = bind(*fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(*fd, 1);
	fuzz_result(102, err ? -errno : 0);
	fuzz_sleep(1);
}

static void do_talk(struct input *in)
{
	int fd = slots[in_u8(in) % SLOTS], new;
	char buf[64];

	send(fd, buf, in_u8(in) % sizeof(buf), MSG_DONTWAIT | MSG_NOSIGNAL);
	fuzz_result(103, recv(fd, buf, sizeof(buf), MSG_DONTWAIT) < 0 ? -errno : 0);
	new = accept(fd, NULL, NULL);
	if (new >= 0)
		close(new);
}

static void do_close(struct input *in)
{
	int *fd = &slots[in_u8(in) % SLOTS];

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void (*const actions[])(struct input *in) = {
	do_request, do_request, do_request, do_dump, do_receive, do_reopen,
	do_join, do_rcvbuf, do_attach, do_answer, do_answer, do_client,
	do_server, do_talk, do_close, fuzz_rest,
};

/* ---- inputs ---------------------------------------------------------------------------------------------- */

void fuzz_setup(void)
{
	messages_read();
	learn();
}

static void new_namespace(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET))
		fuzz_fail("unshare: %s", strerror(errno));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		fuzz_fail("lo: %s", strerror(errno));
	close(fd);
	used_up = false;
}

static void begin(void)
{
	unsigned int i;

	if (used_up)
		new_namespace();
	for (i = 0; i < SOCKETS; i++)
		nl_open(&socks[i]);
	for (i = 0; i < SLOTS; i++)
		slots[i] = -1;
	attached = NULL;
	bind_cookie = 0;
	memset(&asked, 0, sizeof(asked));
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (slots[i] >= 0)
			close(slots[i]);
	for (i = 0; i < SOCKETS; i++)
		nl_close(&socks[i]);
	fuzz_sleep(1);
}

void fuzz_run(struct input *in)
{
	struct input one;

	begin();
	while (in_left(in)) {
		one = in_call(in);
		actions[in_u8(&one) % ARRAY_LEN(actions)](&one);
	}
	end();
}
