// SPDX-License-Identifier: GPL-2.0
/*
 * Faults in the commands of the netlink family: each allocation and each copy
 * while one is sent, done and answered fails once.  Whoever asked hears of it,
 * the same command works right after it, and what it says it did is done.
 *
 * Runs in a namespace that has a registrar attached; attaches itself in
 * another one.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <sys/time.h>

#include "rsp_fault.h"

#define POINTS_MAX	5000

/* What an answer said */
struct answer {
	unsigned int n;			/* messages */
	uint64_t cookie;		/* of an attachment */
};

struct sweep {
	const char *name;
	uint8_t cmd;
	uint16_t flags;
	void (*put)(struct nlmsghdr *nlh);
	int already;			/* done by a call that failed all the same */
	uint8_t undo;			/* command that takes it back */
	bool elsewhere;			/* in the namespace without a registrar */
};

static struct world w = { .c = -1, .s = -1, .x = -1 };
static uint64_t cookie;			/* of our attachment */
static struct answer late;		/* that came behind an error */
static int here, there;			/* namespaces */

static int take(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1];
	struct answer *a = data;

	if (!nlh) {			/* a dump begins anew */
		a->n = 0;
		return 0;
	}
	a->n++;
	if (rsp_nl_cmd(nlh) == RSERPOOL_CMD_ATTACH) {
		rsp_nl_parse(nlh, tb, RSERPOOL_A_ASAP_MAX);
		a->cookie = rsp_nl_u64(tb[RSERPOOL_A_ASAP_BIND_COOKIE]);
	}
	return 0;
}

static struct rsp_nl *nl_new(bool elsewhere)
{
	struct timeval limit = { .tv_sec = FAULT_PATIENCE };
	struct rsp_nl *nl;

	if ((elsewhere && setns(there, CLONE_NEWNET)) || rsp_nl_open(&nl) ||
	    setns(here, CLONE_NEWNET) ||
	    setsockopt(rsp_nl_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit))) {
		wrong("netlink: %m");
		exit(1);
	}
	rsp_nl_set_handler(nl, take, NULL, &late);
	return nl;
}

/* ---- attributes ---------------------------------------------------------------- */

static void put_registrar(struct nlmsghdr *nlh)
{
	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV4, 4, "\x0a\x4d\x00\x63");
	mnl_attr_put_u16(nlh, RSERPOOL_A_REGISTRAR_PORT, 3863);
}

static void put_registrar6(struct nlmsghdr *nlh)
{
	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV6, 16,
		     "\xfd\x77\0\0\0\0\0\0\0\0\0\0\0\0\0\x63");
}

static void put_access(struct nlmsghdr *nlh)
{
	mnl_attr_put(nlh, RSERPOOL_A_ACCESS_PATTERN, 5, "pool*");
	mnl_attr_put_u32(nlh, RSERPOOL_A_ACCESS_UID, 1);
	mnl_attr_put_u32(nlh, RSERPOOL_A_ACCESS_GID, 1);
}

static void put_session(struct nlmsghdr *nlh)
{
	struct rsp_info info = {};
	socklen_t len = sizeof(info);

	getsockopt(w.c, SOL_RSERPOOL, RSP_INFO, &info, &len);
	mnl_attr_put_u64(nlh, RSERPOOL_A_SESSION_ID, info.session_id);
}

static void put_server_id(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_SERVER_ID, 4711);
}

/* An ASAP_ERROR with a cause: taken in and counted */
static void put_message(struct nlmsghdr *nlh)
{
	mnl_attr_put_u64(nlh, RSERPOOL_A_ASAP_BIND_COOKIE, cookie);
	mnl_attr_put(nlh, RSERPOOL_A_ASAP_MESSAGE, 12,
		     "\x0e\0\0\x0c\0\x0c\0\x08\0\0\0\x04");
}

/* ---- one command ---------------------------------------------------------------- */

static struct nlmsghdr *question(struct rsp_nl *nl, const struct sweep *s, uint8_t cmd)
{
	struct nlmsghdr *nlh = rsp_nl_begin(nl, cmd, s->flags);

	if (s->put)
		s->put(nlh);
	return nlh;
}

static int ask(struct rsp_nl *nl, const struct sweep *s, uint8_t cmd, struct answer *a)
{
	*a = (struct answer){};
	return rsp_nl_request(nl, question(nl, s, cmd), take, a);
}

/* The session has moved, and moved again if it was asked to a second time. */
static int session_moved(void)
{
	struct pollfd p[2] = {
		{ .fd = w.l[0], .events = POLLIN },
		{ .fd = w.l[1], .events = POLLIN },
	};
	int limit = FAULT_PATIENCE * 1000, n = 0;

	while (poll(p, 2, limit) > 0) {
		sock_abort(&w.s);
		if (moved_to(&w, !p[0].revents))
			return -1;
		limit = 1000;
		n++;
	}
	return n ? 0 : wrong("the session has not moved");
}

/*
 * Done, if it was said to be, or else as if never asked for: then it works now.
 * One that was done but whose acknowledgement was lost on its way is in order,
 * too: the error is the socket's, not the command's.
 */
static int settle(struct rsp_nl *nl, const struct sweep *s, int err, struct answer *a)
{
	struct answer second;
	int ret;

	if (err) {
		ret = ask(nl, s, s->cmd, &second);
		if (ret && ret != s->already)
			return wrong("again: %s", strerror(-ret));
		a->cookie = second.cookie;
	}
	if (s->cmd == RSERPOOL_CMD_ATTACH) {
		rsp_nl_process(nl);
		cookie = a->cookie ? a->cookie : late.cookie;
		if (!cookie && err != -EFAULT)
			return wrong("attached without a cookie");
	}
	if (s->undo) {
		ret = ask(nl, s, s->undo, &second);
		if (ret)
			return wrong("it was not done: %s", strerror(-ret));
	}
	return 0;
}

static int point(struct rsp_nl **socket, const struct sweep *s, unsigned int n, bool *hit,
		 bool *failed)
{
	static const struct sweep attach = { .put = put_server_id };
	struct rsp_nl *nl = *socket;
	struct answer a = {}, whole = {};
	struct nlmsghdr *nlh;
	int err;

	/* Only the attached one may send */
	if (s->cmd == RSERPOOL_CMD_ASAP) {
		if (ask(nl, &attach, RSERPOOL_CMD_ATTACH, &a))
			return wrong("attach: %s", rsp_nl_error(nl));
		cookie = a.cookie;
	}
	late.cookie = 0;
	nlh = question(nl, s, s->cmd);
	fault_arm(n);
	err = rsp_nl_request(nl, nlh, take, &a);
	*hit = fault_hit();
	*failed = err;
	if (err && !*hit)
		return wrong("without a fault: %s", strerror(-err));
	if (err && !legal(err))
		return wrong("%s", strerror(-err));
	/* What the failed one has left in the queue is not for the next one */
	if (err && (s->flags & NLM_F_DUMP)) {
		rsp_nl_close(nl);
		*socket = nl = nl_new(s->elsewhere);
	}
	if (settle(nl, s, err, &a))
		return wrong("after %s", err ? strerror(-err) : "success");
	if (s->flags & NLM_F_DUMP) {
		if (ask(nl, s, s->cmd, &whole) || !whole.n)
			return wrong("nothing in the list");
		if (!err && a.n != whole.n)
			return wrong("%u of %u in the list", a.n, whole.n);
	}
	return 0;
}

static const struct sweep sweeps[] = {
	{ .name = "module-get", .cmd = RSERPOOL_CMD_MODULE_GET },
	{ .name = "registrar-add", .cmd = RSERPOOL_CMD_REGISTRAR_ADD, .put = put_registrar,
	  .already = -EEXIST, .undo = RSERPOOL_CMD_REGISTRAR_DEL },
	{ .name = "registrar-add, IPv6", .cmd = RSERPOOL_CMD_REGISTRAR_ADD,
	  .put = put_registrar6, .already = -EEXIST, .undo = RSERPOOL_CMD_REGISTRAR_DEL },
	{ .name = "registrar-get", .cmd = RSERPOOL_CMD_REGISTRAR_GET, .flags = NLM_F_DUMP },
	{ .name = "pool-get", .cmd = RSERPOOL_CMD_POOL_GET, .flags = NLM_F_DUMP },
	{ .name = "pe-get", .cmd = RSERPOOL_CMD_PE_GET, .flags = NLM_F_DUMP },
	{ .name = "session-get", .cmd = RSERPOOL_CMD_SESSION_GET, .flags = NLM_F_DUMP },
	{ .name = "session-failover", .cmd = RSERPOOL_CMD_SESSION_FAILOVER,
	  .put = put_session, .already = -ENOTCONN },
	{ .name = "counter-get", .cmd = RSERPOOL_CMD_COUNTER_GET, .flags = NLM_F_DUMP },
	{ .name = "access-add", .cmd = RSERPOOL_CMD_ACCESS_ADD, .put = put_access,
	  .already = -EEXIST, .undo = RSERPOOL_CMD_ACCESS_DEL },
	{ .name = "attach", .cmd = RSERPOOL_CMD_ATTACH, .put = put_server_id,
	  .already = -EBUSY, .elsewhere = true },
	{ .name = "asap", .cmd = RSERPOOL_CMD_ASAP, .put = put_message, .elsewhere = true },
};

/* The reverse: what is to be taken away is there before */
static const struct sweep reversed[] = {
	{ .name = "registrar-del", .cmd = RSERPOOL_CMD_REGISTRAR_DEL, .put = put_registrar,
	  .already = -ENOENT, .undo = RSERPOOL_CMD_REGISTRAR_ADD },
	{ .name = "access-del", .cmd = RSERPOOL_CMD_ACCESS_DEL, .put = put_access,
	  .already = -ENOENT, .undo = RSERPOOL_CMD_ACCESS_ADD },
	{ .name = "access-get", .cmd = RSERPOOL_CMD_ACCESS_GET, .flags = NLM_F_DUMP },
};

static int run(const struct sweep *s)
{
	struct fault_count count = {};
	bool hit = true, failed = false;
	unsigned int n;

	for (n = fault_first(); hit; n = fault_next(n)) {
		struct rsp_nl *nl = nl_new(s->elsewhere);
		int bad = point(&nl, s, n, &hit, &failed);

		rsp_nl_close(nl);
		if (!bad && s->cmd == RSERPOOL_CMD_SESSION_FAILOVER)
			bad = session_moved();
		if (bad || session_works(&w))
			return wrong("point %u", n);
		fault_counted(&count, n, hit, failed);
		if (n >= POINTS_MAX)
			return wrong("no end");
	}
	fault_report(s->name, &count);
	return 0;
}

static unsigned int run_all(const struct sweep *s, unsigned int n)
{
	unsigned int failed = 0;

	for (; n--; s++) {
		bool good;

		if (fault_skipped(s->name))
			continue;
		good = !run(s);
		printf("%s %s\n", good ? "ok" : "not ok", s->name);
		if (!good) {
			session_calm(&w);
			session_up(&w);
		}
		failed += !good;
	}
	return failed;
}

static void once(uint8_t cmd, void (*put)(struct nlmsghdr *nlh))
{
	struct rsp_nl *nl = nl_new(false);
	struct sweep s = { .put = put };
	struct answer a;

	if (ask(nl, &s, cmd, &a)) {
		wrong("%s", rsp_nl_error(nl));
		exit(1);
	}
	rsp_nl_close(nl);
}

int main(void)
{
	unsigned int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fault_open() || here < 0 || unshare(CLONE_NEWNET))
		return 1;
	there = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (there < 0 || setns(here, CLONE_NEWNET))
		return 1;
	w.l[0] = element_new(1);
	w.l[1] = element_new(2);
	if (session_up(&w))
		return 1;
	failed = run_all(sweeps, sizeof(sweeps) / sizeof(sweeps[0]));
	once(RSERPOOL_CMD_REGISTRAR_ADD, put_registrar);
	once(RSERPOOL_CMD_ACCESS_ADD, put_access);
	failed += run_all(reversed, sizeof(reversed) / sizeof(reversed[0]));
	once(RSERPOOL_CMD_REGISTRAR_DEL, put_registrar);
	once(RSERPOOL_CMD_ACCESS_DEL, put_access);
	session_down(&w);
	return failed != 0;
}
