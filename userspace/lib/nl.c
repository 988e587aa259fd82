// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "rserpool", see nl.h.
 *
 * Numbers of requests tell answers from unasked messages: those of the kernel's
 * own have number 0 (ASAP messages, events), and a refusal of something that
 * rsp_nl_send() sent carries that one's number.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/netlink.h>
#include "nl.h"

#define RSP_NL_DUMP_TRIES	10
#define RSP_NL_GROUPS_MAX	8

/* The largest message there is, and more than a dump's messages come in */
#define RSP_NL_RECV_MAX		(2 * 65536)

struct rsp_nl_group {
	char name[GENL_NAMSIZ];
	uint32_t id;
};

/* What came in while rsp_nl_request() waited for something else */
struct rsp_nl_kept {
	struct rsp_nl_kept *next;
	struct nlmsghdr nlh[];
};

struct rsp_nl {
	struct mnl_socket *sock;
	uint16_t family;
	uint32_t seq;			/* last one used, never 0 */
	unsigned int ngroups;
	struct rsp_nl_group group[RSP_NL_GROUPS_MAX];
	rsp_nl_message_fn *message;
	rsp_nl_error_fn *error;
	void *data;
	struct rsp_nl_kept *kept;
	struct rsp_nl_kept **kept_end;
	char text[256];
	char *request;
	char *answer;
	/* What of @answer has not been looked at */
	const struct nlmsghdr *next;
	int left;
};

__attribute__((format(printf, 3, 4)))
static int rsp_nl_fail(struct rsp_nl *nl, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(nl->text, sizeof(nl->text), format, args);
	va_end(args);
	return err;
}

/* @err is a negative errno, what as in perror() */
static int rsp_nl_fail_errno(struct rsp_nl *nl, int err, const char *what)
{
	return rsp_nl_fail(nl, err, "%s: %s", what, strerror(-err));
}

const char *rsp_nl_error(const struct rsp_nl *nl)
{
	return nl ? nl->text : strerror(ENOMEM);
}

int rsp_nl_fd(const struct rsp_nl *nl)
{
	return mnl_socket_get_fd(nl->sock);
}

uint32_t rsp_nl_portid(const struct rsp_nl *nl)
{
	return mnl_socket_get_portid(nl->sock);
}

/* ---- looking into messages --------------------------------------------- */

struct rsp_nl_table {
	const struct nlattr **tb;
	unsigned int max;
};

static int rsp_nl_parse_attr(const struct nlattr *attr, void *data)
{
	const struct rsp_nl_table *table = data;
	unsigned int type = mnl_attr_get_type(attr);

	if (type <= table->max && !table->tb[type])
		table->tb[type] = attr;
	return MNL_CB_OK;
}

void rsp_nl_parse(const struct nlmsghdr *nlh, const struct nlattr **tb,
		  unsigned int max)
{
	struct rsp_nl_table table = { .tb = tb, .max = max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), rsp_nl_parse_attr,
		       &table);
}

void rsp_nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb,
			 unsigned int max)
{
	struct rsp_nl_table table = { .tb = tb, .max = max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	if (nest)
		mnl_attr_parse_nested(nest, rsp_nl_parse_attr, &table);
}

/* ---- refusals ---------------------------------------------------------- */

static int rsp_nl_find_msg(const struct nlattr *attr, void *data)
{
	const char **msg = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
		*msg = rsp_nl_string(attr);
	return MNL_CB_OK;
}

/*
 * The kernel's words in an acknowledgment, NULL if there are none.  They stand
 * behind the header of the request, or behind all of it.
 */
static const char *rsp_nl_ack_text(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*ack);
	const char *msg = NULL;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += MNL_ALIGN(ack->msg.nlmsg_len - sizeof(ack->msg));
	if (offset > mnl_nlmsg_get_payload_len(nlh))
		return NULL;
	mnl_attr_parse(nlh, offset, rsp_nl_find_msg, &msg);
	return msg && *msg ? msg : NULL;
}

/* The error in an acknowledgment or at the end of a dump; 0 for success */
static int rsp_nl_ack_error(const struct nlmsghdr *nlh)
{
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(err))
		return nlh->nlmsg_type == NLMSG_DONE ? 0 : -EPROTO;
	memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	if (nlh->nlmsg_type == NLMSG_ERROR &&
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct nlmsgerr))
		return -EPROTO;
	return err > 0 ? -err : err;
}

static int rsp_nl_take_ack(struct rsp_nl *nl, const struct nlmsghdr *nlh)
{
	const char *text = NULL;
	int err = rsp_nl_ack_error(nlh);

	if (!err)
		return 0;
	if (nlh->nlmsg_type == NLMSG_ERROR && err != -EPROTO)
		text = rsp_nl_ack_text(nlh);
	if (text)
		return rsp_nl_fail(nl, err, "rserpool: %s", text);
	return rsp_nl_fail(nl, err, "%s", strerror(-err));
}

/* ---- unasked messages -------------------------------------------------- */

static int rsp_nl_handle(struct rsp_nl *nl, const struct nlmsghdr *nlh)
{
	int err;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		err = rsp_nl_take_ack(nl, nlh);
		if (err && nl->error)
			nl->error(nlh->nlmsg_seq, err, nl->text, nl->data);
		return 0;
	}
	if (nlh->nlmsg_type != nl->family || !nl->message ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return 0;
	return nl->message(nlh, nl->data);
}

static int rsp_nl_keep(struct rsp_nl *nl, const struct nlmsghdr *nlh)
{
	struct rsp_nl_kept *kept;

	kept = malloc(sizeof(*kept) + nlh->nlmsg_len);
	if (!kept)
		return rsp_nl_fail_errno(nl, -ENOMEM, "netlink");
	memcpy(kept->nlh, nlh, nlh->nlmsg_len);
	kept->next = NULL;
	*nl->kept_end = kept;
	nl->kept_end = &kept->next;
	return 0;
}

static int rsp_nl_handle_kept(struct rsp_nl *nl)
{
	struct rsp_nl_kept *kept;
	int err = 0;

	while (nl->kept && !err) {
		kept = nl->kept;
		nl->kept = kept->next;
		if (!nl->kept)
			nl->kept_end = &nl->kept;
		err = rsp_nl_handle(nl, kept->nlh);
		free(kept);
	}
	return err;
}

/*
 * Reads one datagram.  Return: octets, or a negative errno; -EAGAIN: nothing
 * there.
 */
static int rsp_nl_receive(struct rsp_nl *nl, int flags)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = {
		.iov_base = nl->answer,
		.iov_len = RSP_NL_RECV_MAX,
	};
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t len;

	do {
		len = recvmsg(rsp_nl_fd(nl), &msg, flags);
		if (len < 0)
			return -errno;
		/* Anybody may write to our port; the kernel is 0 */
	} while (from.nl_pid);

	if (msg.msg_flags & MSG_TRUNC)
		return rsp_nl_fail(nl, -EMSGSIZE, "netlink: message too long");
	nl->next = (const struct nlmsghdr *)nl->answer;
	nl->left = len;
	return len;
}

/* Next message of the datagram, NULL at its end */
static const struct nlmsghdr *rsp_nl_next(struct rsp_nl *nl)
{
	const struct nlmsghdr *nlh = nl->next;

	if (!mnl_nlmsg_ok(nlh, nl->left)) {
		nl->left = 0;
		return NULL;
	}
	nl->next = mnl_nlmsg_next(nlh, &nl->left);
	return nlh;
}

static int rsp_nl_drain(struct rsp_nl *nl, int flags)
{
	const struct nlmsghdr *nlh;
	int err;

	err = rsp_nl_handle_kept(nl);
	while (!err) {
		while (!err && (nlh = rsp_nl_next(nl)))
			err = rsp_nl_handle(nl, nlh);
		if (err)
			return err;
		err = rsp_nl_receive(nl, flags);
		if (err == -EAGAIN)
			return 0;
		if (err < 0)
			return rsp_nl_fail_errno(nl, err, "netlink");
		/* Wait for the first only */
		flags = MSG_DONTWAIT;
		err = 0;
	}
	return err;
}

int rsp_nl_process(struct rsp_nl *nl)
{
	return rsp_nl_drain(nl, MSG_DONTWAIT);
}

int rsp_nl_wait(struct rsp_nl *nl)
{
	return rsp_nl_drain(nl, nl->kept || nl->left ? MSG_DONTWAIT : 0);
}

void rsp_nl_set_handler(struct rsp_nl *nl, rsp_nl_message_fn *message,
			rsp_nl_error_fn *error, void *data)
{
	nl->message = message;
	nl->error = error;
	nl->data = data;
}

/* ---- requests ---------------------------------------------------------- */

static struct nlmsghdr *rsp_nl_begin_type(struct rsp_nl *nl, uint16_t type,
					  uint8_t cmd, uint8_t version,
					  uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->request);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	if (!++nl->seq)
		nl->seq++;
	nlh->nlmsg_seq = nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

struct nlmsghdr *rsp_nl_begin(struct rsp_nl *nl, uint8_t cmd, uint16_t flags)
{
	return rsp_nl_begin_type(nl, nl->family, cmd, RSERPOOL_FAMILY_VERSION,
				 flags);
}

int rsp_nl_send(struct rsp_nl *nl, struct nlmsghdr *nlh, uint32_t *seq)
{
	if (seq)
		*seq = nlh->nlmsg_seq;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return rsp_nl_fail_errno(nl, -errno, "netlink");
	return 0;
}

struct rsp_nl_wish {
	const struct nlmsghdr *request;
	rsp_nl_message_fn *answer;
	void *data;
	bool interrupted;		/* a dump changed under us */
	int err;			/* the callback's */
};

/* Return: 1: done, 0: goes on, or a negative errno */
static int rsp_nl_take(struct rsp_nl *nl, struct rsp_nl_wish *wish,
		       const struct nlmsghdr *nlh)
{
	int err;

	if (nlh->nlmsg_seq != wish->request->nlmsg_seq)
		return rsp_nl_keep(nl, nlh);
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		wish->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		err = rsp_nl_take_ack(nl, nlh);
		return err ? err : 1;
	}
	if (nlh->nlmsg_type != wish->request->nlmsg_type || !wish->answer ||
	    wish->err ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return 0;

	/* A dump is read to its end all the same: one at a time on a socket */
	wish->err = wish->answer(nlh, wish->data);
	if (wish->err)
		rsp_nl_fail(nl, wish->err, "%s", strerror(-wish->err));
	return 0;
}

static int rsp_nl_await(struct rsp_nl *nl, struct rsp_nl_wish *wish)
{
	const struct nlmsghdr *nlh;
	int err = 0;

	for (;;) {
		while (!err && (nlh = rsp_nl_next(nl)))
			err = rsp_nl_take(nl, wish, nlh);
		if (err)
			break;
		err = rsp_nl_receive(nl, 0);
		if (err == -EINTR) {
			err = 0;
			continue;
		}
		if (err < 0)
			return rsp_nl_fail_errno(nl, err, "netlink");
		err = 0;
	}
	if (err < 0)
		return err;
	return wish->err;
}

int rsp_nl_request(struct rsp_nl *nl, struct nlmsghdr *nlh,
		   rsp_nl_message_fn *answer, void *data)
{
	struct rsp_nl_wish wish = {
		.request = nlh, .answer = answer, .data = data,
	};
	unsigned int tries;
	int err;

	/* An unfinished datagram of rsp_nl_process() is in the buffer */
	while (nl->left) {
		const struct nlmsghdr *old = rsp_nl_next(nl);

		err = old ? rsp_nl_keep(nl, old) : 0;
		if (err)
			return err;
	}

	if (!(nlh->nlmsg_flags & NLM_F_DUMP))
		nlh->nlmsg_flags |= NLM_F_ACK;
	for (tries = 0; tries < RSP_NL_DUMP_TRIES; tries++) {
		wish.interrupted = false;
		err = rsp_nl_send(nl, nlh, NULL);
		if (!err)
			err = rsp_nl_await(nl, &wish);
		if (err || !wish.interrupted)
			break;
		if (answer)
			answer(NULL, data);
		err = rsp_nl_fail(nl, -EINTR,
				  "it changes faster than it can be read");
		if (!++nl->seq)
			nl->seq++;
		nlh->nlmsg_seq = nl->seq;
	}
	if (!err)
		err = rsp_nl_handle_kept(nl);
	return err;
}

/* ---- socket and family ------------------------------------------------- */

static void rsp_nl_take_group(struct rsp_nl *nl, const struct nlattr *nest)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	struct rsp_nl_group *group = &nl->group[nl->ngroups];

	rsp_nl_parse_nested(nest, tb, CTRL_ATTR_MCAST_GRP_MAX);
	if (nl->ngroups == RSP_NL_GROUPS_MAX)
		return;
	snprintf(group->name, sizeof(group->name), "%s",
		 rsp_nl_string(tb[CTRL_ATTR_MCAST_GRP_NAME]));
	group->id = rsp_nl_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	nl->ngroups++;
}

static int rsp_nl_take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct nlattr *nest;
	struct rsp_nl *nl = data;

	rsp_nl_parse(nlh, tb, CTRL_ATTR_MAX);
	nl->family = rsp_nl_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (!tb[CTRL_ATTR_MCAST_GROUPS])
		return 0;
	mnl_attr_for_each_nested(nest, tb[CTRL_ATTR_MCAST_GROUPS])
		rsp_nl_take_group(nl, nest);
	return 0;
}

static int rsp_nl_resolve(struct rsp_nl *nl)
{
	struct nlmsghdr *nlh;
	int err;

	nlh = rsp_nl_begin_type(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, RSERPOOL_FAMILY_NAME);
	err = rsp_nl_request(nl, nlh, rsp_nl_take_family, nl);
	if (err == -ENOENT || (!err && !nl->family))
		return rsp_nl_fail(nl, -ENOENT,
				   "the kernel module is not loaded (modprobe rserpool)");
	return err;
}

int rsp_nl_open(struct rsp_nl **result)
{
	struct rsp_nl *nl;
	int one = 1;

	*result = NULL;
	nl = calloc(1, sizeof(*nl));
	if (!nl)
		return -ENOMEM;
	*result = nl;
	nl->kept_end = &nl->kept;
	nl->seq = time(NULL);
	nl->request = malloc(RSP_NL_REQUEST_MAX + MNL_NLMSG_HDRLEN +
			     sizeof(struct genlmsghdr));
	nl->answer = malloc(RSP_NL_RECV_MAX);
	if (!nl->request || !nl->answer)
		return rsp_nl_fail_errno(nl, -ENOMEM, "netlink");

	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock ||
	    mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return rsp_nl_fail_errno(nl, -errno, "netlink socket");

	/* Words beside error numbers, without the request in front of them */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &one,
			      sizeof(one));
	return rsp_nl_resolve(nl);
}

void rsp_nl_close(struct rsp_nl *nl)
{
	struct rsp_nl_kept *kept;

	if (!nl)
		return;
	while ((kept = nl->kept)) {
		nl->kept = kept->next;
		free(kept);
	}
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl->answer);
	free(nl->request);
	free(nl);
}

int rsp_nl_set_rcvbuf(struct rsp_nl *nl, int octets)
{
	int fd = rsp_nl_fd(nl);

	if (!setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets,
			sizeof(octets)) ||
	    !setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets)))
		return 0;
	return rsp_nl_fail_errno(nl, -errno, "receive buffer");
}

int rsp_nl_subscribe(struct rsp_nl *nl, const char *group)
{
	unsigned int i;
	int id;

	for (i = 0; i < nl->ngroups; i++) {
		if (strcmp(nl->group[i].name, group))
			continue;
		id = nl->group[i].id;
		if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
					  &id, sizeof(id)) < 0)
			return rsp_nl_fail_errno(nl, -errno, group);
		return 0;
	}
	return rsp_nl_fail(nl, -ENOENT, "no multicast group \"%s\"", group);
}
