// SPDX-License-Identifier: GPL-2.0
/*
 * Faults in the module's own works, where no system call is there to return
 * an error: each allocation of them fails once, while a session begins, fails
 * over or ends, and while pool elements come and go.  A call that waits for
 * the work returns an errno that is one; nobody hangs; no message that was
 * acknowledged, no cookie and nothing to be replayed is lost.
 *
 *	rsp_fault_work [REGISTRAR]
 *
 * Runs in a namespace that has a registrar, REGISTRAR (IPv4) if not attached.
 */
#include <arpa/inet.h>

#include "rsp_fault.h"

#define SAVED		3		/* messages that the client has not read */
#define BIG		8000		/* octets of one more */
#define SENT		12		/* messages that the server does not read */
#define SENT_LEN	1000
#define RCVBUF		4096		/* SCTP's window */
#define PROBES		2		/* of its window, which it may take in meanwhile */
#define POINTS_MAX	5000

struct sweep {
	const char *name;
	const char *context;		/* net/rserpool/fault.c */
	int (*before)(struct world *w);
	/* Return: 0; 1: a call failed with a legal error; -1 */
	int (*act)(struct world *w);
	int (*after)(struct world *w, int acted);
};

static struct rsp_nl *nl;
static struct in_addr registrar;
static char big[BIG];
static unsigned int first_replayed;	/* without any fault */
static unsigned int lost;		/* so many SCTP had no memory to give back */

/* What a call may return whose work failed */
static int outcome(const char *what, long ret)
{
	if (ret >= 0)
		return 0;
	return legal(ret) ? 1 : wrong("%s: %s", what, strerror(-ret));
}

/* ---- a session begins --------------------------------------------------------- */

static int client_only(struct world *w)
{
	session_down(w);
	w->c = sock_new();
	return 0;
}

/* An association whose handshake finds no memory is to SCTP one that was refused. */
static int connects(struct world *w)
{
	long ret = RESULT(sock_connect(w->c, 1));

	return ret == -ECONNREFUSED ? 1 : outcome("connect", ret);
}

static int is_connected(struct world *w, int acted)
{
	if (acted == 1 && sock_connect(w->c, 1))
		return wrong("connect again: %m");
	w->s = accept(w->l[0], NULL, NULL);
	return w->s < 0 ? wrong("accept: %m") : session_works(w);
}

/* ---- a failover ---------------------------------------------------------------- */

static int say_numbered(struct world *w, unsigned int n)
{
	char text[SENT_LEN] = "";

	snprintf(text, sizeof(text), "m%u", n);
	return send(w->c, text, sizeof(text), MSG_NOSIGNAL) == SENT_LEN ? 0 :
	       wrong("send m%u: %m", n);
}

/* In the client: a cookie, unread data; at the server more than it takes */
static int loaded(struct world *w)
{
	char text[16];
	unsigned int i;

	session_down(w);
	snprintf(text, sizeof(text), "%u", ++w->number);
	if (session_up(w) ||
	    setsockopt(w->s, SOL_RSERPOOL, RSP_COOKIE, text, strlen(text) + 1) ||
	    cookie_is(w, w->number))
		return wrong("cookie");
	for (i = 0; i < SAVED; i++)
		if (say(w, w->s))
			return -1;
	if (send(w->s, big, BIG, 0) != BIG)
		return wrong("send: %m");
	for (i = 1; i <= SENT; i++)
		if (say_numbered(w, i))
			return -1;
	usleep(500000);		/* delayed acknowledgements */
	return 0;
}

/* All that the old server said, in its order, then what is told of the failover */
static int client_reads(struct world *w, unsigned int last)
{
	static char text[BIG + 1];
	const struct rsp_failover *told = (const void *)text;
	unsigned int i;
	int len, flags;

	for (i = 0; i < SAVED; i++)
		if (want_number(w->c, last - SAVED + 1 + i))
			return -1;
	for (len = 0, flags = 0; len < BIG && !(flags & MSG_EOR); len += i) {
		int n = hear(w->c, text, sizeof(text), &flags);

		if (n <= 0 || (flags & RSP_MSG_NOTIFICATION))
			return wrong("only %d octets of a message: %s", len,
				     n < 0 ? strerror(-n) : "end");
		i = n;
	}
	if (len != BIG)
		return wrong("%d octets of %d", len, BIG);
	len = hear(w->c, text, sizeof(text), &flags);
	if (len != sizeof(*told) || told->hdr.type != RSP_NOTIFY_FAILOVER)
		return wrong("no notification");
	if (!(told->hdr.flags & RSP_FAILOVER_COOKIE))
		return wrong("no cookie was echoed");
	lost = told->lost;
	return 0;
}

/* The same one again is as good: an attempt at the other one may have failed. */
static int accepted(struct world *w)
{
	struct pollfd p[2] = {
		{ .fd = w->l[0], .events = POLLIN },
		{ .fd = w->l[1], .events = POLLIN },
	};

	if (poll(p, 2, FAULT_PATIENCE * 1000) < 1)
		return wrong("no failover");
	return moved_to(w, !p[0].revents);
}

static int cookie_echoed(struct world *w, unsigned int cookie)
{
	char text[64];
	const struct rsp_cookie_echo *echo = (const void *)text;
	int len, flags;

	len = hear(w->s, text, sizeof(text), &flags);
	if (len <= 0 || !(flags & RSP_MSG_NOTIFICATION) ||
	    echo->hdr.type != RSP_NOTIFY_COOKIE_ECHO ||
	    atoi((const char *)echo->cookie) != (int)cookie)
		return wrong("%d octets, flags %x, \"%.8s\": not cookie %u", len,
			     flags, len > 0 ? text : "", cookie);
	return 0;
}

/*
 * Cookie, then the messages from the first one without an acknowledgement on.  An association may
 * end as this is tested: where SCTP has no memory for its addresses it sends an INIT without any,
 * and what comes from one that the server has not been told of is answered by an ABORT.  Then the
 * next server goes on behind what this one had.
 */
static int server_reads(struct world *w, unsigned int cookie)
{
	unsigned int i, number = 0, first = 0, missing = 0;
	bool reset = false, resumed = false;
	char text[SENT_LEN + 1];
	int len, flags;

	if (cookie_echoed(w, cookie))
		return -1;
	for (i = 0; i + lost - missing < SENT; i = number) {
		len = hear(w->s, text, sizeof(text), &flags);
		if (len == -ECONNRESET && !reset) {
			reset = resumed = true;
			sock_abort(&w->s);
			if (accepted(w) || cookie_echoed(w, cookie))
				return -1;
			continue;
		}
		if (len != SENT_LEN)
			return wrong("%d octets, wanted m%u", len, i + 1);
		number = atoi(text + 1);
		if (!first)
			first = number;
		else if (resumed && number <= i + 1)
			resumed = false;
		else if (number > i + 1 && missing + number - i - 1 <= lost)
			missing += number - i - 1;
		else if (number != i + 1)
			return wrong("%.8s instead of m%u", text, i + 1);
	}
	if (!first_replayed)
		first_replayed = first;
	if (first > first_replayed + PROBES)
		return wrong("replayed from m%u on, not from m%u", first,
			     first_replayed);
	return 0;
}

static int moved(struct world *w)
{
	unsigned int number = w->number;

	if (accepted(w) || client_reads(w, number) ||
	    server_reads(w, number - SAVED))
		return -1;
	return 0;
}

static int server_dies(struct world *w)
{
	sock_abort(&w->s);
	return moved(w);
}

static int loaded_held(struct world *w)
{
	return loaded(w) || sock_set(w->c, RSP_FAILOVER_MODE, RSP_MODE_HOLD) ? -1 : 0;
}

/* One held session is enough: if its server is lost, too, the next one gets all by itself. */
static int held_and_released(struct world *w)
{
	unsigned int number = w->number;
	__u64 none = 0;

	sock_abort(&w->s);
	if (accepted(w) || client_reads(w, number) ||
	    sock_set(w->c, RSP_FAILOVER_MODE, RSP_MODE_AUTOMATIC))
		return -1;
	if (setsockopt(w->c, SOL_RSERPOOL, RSP_RELEASE, &none, sizeof(none)) && errno != EBUSY)
		return wrong("RSP_RELEASE: %m");
	return server_reads(w, number - SAVED);
}

static int asked_to_move(struct world *w)
{
	struct rsp_info info;
	socklen_t len = sizeof(info);
	struct nlmsghdr *nlh;
	int err;

	if (getsockopt(w->c, SOL_RSERPOOL, RSP_INFO, &info, &len))
		return wrong("RSP_INFO: %m");
	nlh = rsp_nl_begin(nl, RSERPOOL_CMD_SESSION_FAILOVER, 0);
	mnl_attr_put_u64(nlh, RSERPOOL_A_SESSION_ID, info.session_id);
	err = rsp_nl_request(nl, nlh, NULL, NULL);
	if (err)
		return wrong("failover: %s", strerror(-err));
	err = w->s;
	if (moved(w))
		return -1;
	close(err);
	return 0;
}

static int works(struct world *w, int acted)
{
	(void)acted;
	return session_works(w);
}

/* ---- cookies and the end ------------------------------------------------------- */

static int cookie_comes(struct world *w)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ++w->number);
	if (setsockopt(w->s, SOL_RSERPOOL, RSP_COOKIE, text, strlen(text) + 1))
		return wrong("RSP_COOKIE: %m");
	return cookie_is(w, w->number);
}

/* Another order each time */
static int card_comes(struct world *w)
{
	__u32 order[2], got[2] = { 0 };
	socklen_t len;
	int i;

	order[0] = 1 + ++w->number % 2;
	order[1] = 3 - order[0];
	if (setsockopt(w->s, SOL_RSERPOOL, RSP_BUSINESS_CARD, order, sizeof(order)))
		return wrong("RSP_BUSINESS_CARD: %m");
	for (i = 0; i < 1000; i++) {
		len = sizeof(got);
		if (!getsockopt(w->c, SOL_RSERPOOL, RSP_BUSINESS_CARD, got, &len) &&
		    !memcmp(got, order, sizeof(order)))
			return 0;
		usleep(10000);
	}
	return wrong("the card did not arrive");
}

/* What the server said before its close() is all there, and then the end. */
static int server_closes(struct world *w)
{
	char text[16];
	int i, ret;

	for (i = 0; i < SAVED; i++)
		if (say(w, w->s))
			return -1;
	usleep(500000);
	close(w->s);
	w->s = -1;
	usleep(100000);
	for (i = SAVED - 1; i >= 0; i--)
		if (want_number(w->c, w->number - i))
			return -1;
	ret = hear_data(w->c, text, sizeof(text));
	return ret ? wrong("%d instead of the end: %s", ret, strerror(-ret)) : 0;
}

static int client_closes(struct world *w)
{
	char text[16];
	int i, ret;

	for (i = 0; i < SAVED; i++)
		if (say(w, w->c))
			return -1;
	close(w->c);
	w->c = -1;
	usleep(100000);
	for (i = SAVED - 1; i >= 0; i--)
		if (want_number(w->s, w->number - i))
			return -1;
	ret = hear_data(w->s, text, sizeof(text));
	return ret ? wrong("%d instead of the end: %s", ret, strerror(-ret)) : 0;
}

static int new_session(struct world *w, int acted)
{
	(void)acted;
	return session_fresh(w) || session_works(w) ? -1 : 0;
}

/* ---- pool elements ------------------------------------------------------------- */

static int registrar_change(uint8_t cmd)
{
	struct nlmsghdr *nlh = rsp_nl_begin(nl, cmd, 0);
	int err;

	mnl_attr_put(nlh, RSERPOOL_A_REGISTRAR_IPV4, 4, &registrar);
	err = rsp_nl_request(nl, nlh, NULL, NULL);
	return err ? wrong("registrar: %s", strerror(-err)) : 0;
}

static int element_bound(struct world *w)
{
	session_down(w);
	if (element_gone(nl))
		return -1;
	w->x = sock_new();
	return sock_bind(w->x, ELEMENT) ? wrong("bind: %m") : 0;
}

/* The registrar's association is made anew */
static int element_bound_anew(struct world *w)
{
	return element_bound(w) || registrar_change(RSERPOOL_CMD_REGISTRAR_DEL) ||
	       registrar_change(RSERPOOL_CMD_REGISTRAR_ADD) ? -1 : 0;
}

/* To a hunt a registrar whose association finds no memory for its handshake is not there. */
static int listens(struct world *w)
{
	long ret = RESULT(listen(w->x, 8));

	return ret == -EHOSTUNREACH ? 1 : outcome("listen", ret);
}

static int is_listening(struct world *w, int acted)
{
	if (acted == 1 && (element_gone(nl) || listen(w->x, 8)))
		return wrong("listen again: %m");
	return element_works(w);
}

static int element_listening(struct world *w)
{
	session_down(w);
	w->x = element_new(ELEMENT);
	return 0;
}

static int element_closes(struct world *w)
{
	close(w->x);
	w->x = -1;
	return element_unlisted(nl);
}

static int is_gone(struct world *w, int acted)
{
	(void)w;
	(void)acted;
	return element_gone(nl);
}

/* ---- keep-alives ---------------------------------------------------------------- */

struct keep_alives {
	uint64_t asked, answered;
};

static int keep_alives_take(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_COUNTER_MAX + 1];
	struct keep_alives *k = data;
	const char *name;

	if (!nlh)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_COUNTER_MAX);
	name = mnl_attr_get_str(tb[RSERPOOL_A_COUNTER_NAME]);
	if (!strcmp(name, "KeepAliveRx"))
		k->asked = mnl_attr_get_u64(tb[RSERPOOL_A_COUNTER_VALUE]);
	else if (!strcmp(name, "KeepAliveAckTx"))
		k->answered = mnl_attr_get_u64(tb[RSERPOOL_A_COUNTER_VALUE]);
	return 0;
}

static int keep_alives(struct keep_alives *k)
{
	int err = rsp_nl_request(nl, rsp_nl_begin(nl, RSERPOOL_CMD_COUNTER_GET, NLM_F_DUMP),
				 keep_alives_take, k);

	return err ? wrong("counters: %s", strerror(-err)) : 0;
}

static int nothing_else(struct world *w)
{
	session_down(w);
	return element_gone(nl);
}

/* Each one of the two elements' is answered: a registrar asks only once. */
static int keep_alives_come(struct world *w)
{
	struct keep_alives before = {}, now = {};
	int i;

	(void)w;
	if (keep_alives(&before))
		return -1;
	for (i = 0; i < 10 * FAULT_PATIENCE; i++) {
		if (keep_alives(&now))
			return -1;
		if (now.asked >= before.asked + 2 &&
		    now.answered - before.answered >= now.asked - before.asked)
			return 0;
		usleep(100000);
	}
	return wrong("%llu keep-alives, %llu answered",
		     (unsigned long long)(now.asked - before.asked),
		     (unsigned long long)(now.answered - before.answered));
}

/* ---- all of them ---------------------------------------------------------------- */

static const struct sweep sweeps[] = {
	{ "connect", "session", client_only, connects, is_connected },
	{ "a cookie comes [ASAP-CKI-03]", "session", session_kept, cookie_comes, works },
	{ "a card comes", "session", session_kept, card_comes, works },
	{ "the server dies [ASAP-FO-01]", "session", loaded, server_dies, works },
	{ "held back and released", "session", loaded_held, held_and_released, works },
	{ "an administrator moves the session", "session", loaded, asked_to_move, works },
	{ "the server closes", "session", session_fresh, server_closes, new_session },
	{ "the client closes", "session", session_fresh, client_closes, new_session },
	{ "resolution", "asap", client_only, connects, is_connected },
	{ "registration", "asap", element_bound, listens, is_listening },
	{ "registration by another association", "asap", element_bound_anew, listens,
	  is_listening },
	{ "de-registration", "asap", element_listening, element_closes, is_gone },
	{ "keep-alives come", "asap", nothing_else, keep_alives_come, new_session },
	{ "failover and the registrar", "asap", loaded, server_dies, works },
};

static int run(struct world *w, const struct sweep *s)
{
	struct fault_count count = {};
	bool hit = true;
	unsigned int n;
	int acted;

	for (n = fault_first(); hit; n = fault_next(n)) {
		if (s->before(w))
			return wrong("before point %u", n);
		fault_context(s->context, n);
		acted = s->act(w);
		hit = !fault_left(s->context);
		if (acted < 0)
			return wrong("point %u", n);
		if (acted && !hit)
			return wrong("without a fault: an error");
		fault_counted(&count, n, hit, acted);
		if (s->after(w, acted))
			return wrong("after point %u", n);
		if (n >= POINTS_MAX)
			return wrong("no end");
	}
	fault_report(s->name, &count);
	return 0;
}

static int element_small(__u32 pe_id)
{
	int fd = sock_new(), room = RCVBUF;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) ||
	    sock_bind(fd, pe_id) || sock_event(fd, RSP_NOTIFY_COOKIE_ECHO) ||
	    listen(fd, 8)) {
		wrong("pool element %u: %m", pe_id);
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	struct world w = { .c = -1, .s = -1, .x = -1 };
	unsigned int i, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(big, 'b', BIG);
	if (rsp_nl_open(&nl))
		return 1;
	if (argc > 1)
		inet_aton(argv[1], &registrar);
	w.l[0] = element_small(1);
	w.l[1] = element_small(2);
	/* What a failover replays where nothing fails */
	if (loaded(&w) || server_dies(&w) || session_works(&w))
		return 1;
	for (i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++) {
		bool good;

		/* Sessions do not care where the registrar is */
		if (fault_skipped(sweeps[i].name) ||
		    (sweeps[i].before == element_bound_anew && argc < 2) ||
		    (!strcmp(sweeps[i].context, "session") && argc > 1))
			continue;
		good = !run(&w, &sweeps[i]);
		printf("%s %s\n", good ? "ok" : "not ok", sweeps[i].name);
		if (!good)
			session_calm(&w);
		failed += !good;
	}
	session_down(&w);
	rsp_nl_close(nl);
	return failed != 0;
}
