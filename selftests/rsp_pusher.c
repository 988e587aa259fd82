// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_pusher - a registrar that does what a script says: above all, that tells
 * of changes by itself, or floods with what nobody asked for
 *
 * usage: rsp_pusher netlink|sctp
 *
 * It registers whoever wants to be, and answers resolutions.  Commands come on
 * standard input, one a line; each prints a line "COMMAND: RESULT".
 *
 * On standard error it writes "version N at MS" for each change of a pool that
 * churns: N is the life of its element 999, MS the realtime clock.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "names.h"
#include "nl.h"
#include "wire.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof(*(a)))
#define POOLS		64
#define PES		256
#define PEERS		16
#define COALESCE	100	/* ms between two pushes */
#define VERSION_ID	999
#define GHOST_ID	1000
#define GONE		(-1)	/* a peer that was */

struct element {
	struct rsp_pe_param pe;
	int hidden;		/* registered, and not told to anybody */
};

struct pool {
	char handle[RSERPOOL_HANDLE_MAX + 1];
	uint32_t policy;
	struct element elements[PES];
	unsigned int n;
	int subscribed[PEERS];
	int dirty;
	long pushed;		/* ms: last push */
	double every;		/* ms between changes, 0: no churn */
	double next;		/* ms: next change */
	unsigned int version;
};

static struct pool pools[POOLS];
static unsigned int npools;

/* Modules that talk to this registrar: associations, or the one over netlink */
static sctp_assoc_t peers[PEERS];
static unsigned int npeers;

static struct rsp_nl *nl;		/* netlink */
static uint64_t cookie;
static int sock = -1;			/* SCTP */

static int accepts = 1;			/* A = 1 */
static int silent;
static unsigned long resolutions, subscriptions, ends, reports, pushes;
static char items[16] = "none";
static uint32_t reported;
static sctp_assoc_t last_asked;
static uint8_t buf[RSP_MSG_SPACE];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000;
}

/* ---- pools ----------------------------------------------------------------- */

static struct pool *pool_find(const void *handle, size_t len)
{
	unsigned int i;

	for (i = 0; i < npools; i++)
		if (strlen(pools[i].handle) == len &&
		    !memcmp(pools[i].handle, handle, len))
			return &pools[i];
	return NULL;
}

static struct pool *pool_get(const void *handle, size_t len)
{
	struct pool *pool = pool_find(handle, len);

	if (pool)
		return pool;
	if (npools == POOLS || len > RSERPOOL_HANDLE_MAX) {
		fputs("too many pools\n", stderr);
		exit(1);
	}
	pool = &pools[npools++];
	memcpy(pool->handle, handle, len);
	pool->policy = RSP_POLICY_ROUND_ROBIN;
	return pool;
}

static struct element *element_find(struct pool *pool, uint32_t id)
{
	unsigned int i;

	for (i = 0; pool && i < pool->n; i++)
		if (pool->elements[i].pe.pe_id == id)
			return &pool->elements[i];
	return NULL;
}

static struct element *element_get(struct pool *pool, uint32_t id)
{
	struct element *e = element_find(pool, id);

	if (e)
		return e;
	if (pool->n == PES) {
		fputs("too many elements\n", stderr);
		exit(1);
	}
	e = &pool->elements[pool->n++];
	memset(e, 0, sizeof(*e));
	e->pe.pe_id = id;
	return e;
}

static void element_remove(struct pool *pool, uint32_t id)
{
	struct element *e = element_find(pool, id);

	if (e)
		*e = pool->elements[--pool->n];
}

/* One that nobody is: at 192.0.2.1, which is nowhere */
static struct element *ghost(struct pool *pool, uint32_t id)
{
	struct element *e = element_get(pool, id);

	e->pe.life = 300;
	e->pe.policy.type = pool->policy;
	e->pe.user.type = RSP_PARAM_SCTP_TRANSPORT;
	e->pe.user.port = id;
	e->pe.user.use = RSP_USE_DATA_CONTROL;
	e->pe.user.naddrs = 1;
	e->pe.user.addrs[0] = (struct rsp_addr) {
		.family = 4,
		.octets = { 192, 0, 2, 1 },
	};
	return e;
}

/* ---- messages --------------------------------------------------------------- */

static int peer_index(sctp_assoc_t assoc)
{
	unsigned int i;

	for (i = 0; i < npeers; i++)
		if (peers[i] == assoc)
			return i;
	for (i = 0; i < npeers; i++) {
		if (peers[i] != GONE)
			continue;
		peers[i] = assoc;
		return i;
	}
	if (npeers == PEERS) {
		fputs("too many peers\n", stderr);
		exit(1);
	}
	peers[npeers] = assoc;
	return npeers++;
}

static void send_netlink(uint32_t request, int len)
{
	struct nlmsghdr *nlh = rsp_nl_begin(nl, RSERPOOL_CMD_ASAP, 0);

	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_REQUEST, request);
	mnl_attr_put_u64(nlh, RSERPOOL_A_ASAP_BIND_COOKIE, cookie);
	mnl_attr_put(nlh, RSERPOOL_A_ASAP_MESSAGE, len, buf);
	rsp_nl_request(nl, nlh, NULL, NULL);
}

static void send_sctp(sctp_assoc_t assoc, int len)
{
	struct sctp_sndrcvinfo info = {
		.sinfo_ppid = htonl(RSP_ASAP_PPID),
		.sinfo_assoc_id = assoc,
	};

	/* it may just have gone */
	if (sctp_send(sock, buf, len, &info, MSG_NOSIGNAL) < 0)
		fprintf(stderr, "to %d: %s\n", assoc, strerror(errno));
}

static void send_to(sctp_assoc_t assoc, uint32_t request, int len)
{
	if (len < 0) {
		fprintf(stderr, "message: %s\n", strerror(-len));
		exit(1);
	}
	if (nl)
		send_netlink(request, len);
	else
		send_sctp(assoc, len);
}

static int write_negative(const void *handle, size_t len)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, buf, sizeof(buf), RSP_ASAP_HANDLE_RESOLUTION_RESPONSE,
		      0);
	rsp_put_handle(&w, handle, len);
	rsp_put_cause(&w, RSP_CAUSE_UNKNOWN_POOL_HANDLE, NULL, 0);
	return rsp_msg_end(&w);
}

static int write_pool(const struct pool *pool, int accepted)
{
	unsigned int i, shown = 0;
	struct rsp_writer w;

	rsp_msg_begin(&w, buf, sizeof(buf), RSP_ASAP_HANDLE_RESOLUTION_RESPONSE,
		      accepted ? RSP_FLAG_ACCEPTED : 0);
	rsp_put_handle(&w, pool->handle, strlen(pool->handle));
	if (pool->policy != RSP_POLICY_ROUND_ROBIN)
		rsp_put_policy(&w, &(struct rsp_policy_param) {
			.type = pool->policy,
		});
	for (i = 0; i < pool->n; i++) {
		if (pool->elements[i].hidden)
			continue;
		rsp_put_pe(&w, &pool->elements[i].pe);
		shown++;
	}
	if (!shown)
		return write_negative(pool->handle, strlen(pool->handle));
	return rsp_msg_end(&w);
}

static void push(struct pool *pool)
{
	unsigned int i;
	int len;

	for (i = 0; i < npeers; i++) {
		if (!pool->subscribed[i])
			continue;
		len = write_pool(pool, 1);
		send_to(peers[i], 0, len);
		pushes++;
	}
	pool->dirty = 0;
	pool->pushed = now();
}

static void respond(uint8_t type, const struct rsp_msg *msg, uint32_t pe_id,
		    sctp_assoc_t from, uint32_t request)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, buf, sizeof(buf), type, 0);
	rsp_put_handle(&w, msg->handle.data, msg->handle.len);
	rsp_put_pe_id(&w, pe_id);
	send_to(from, request, rsp_msg_end(&w));
}

static void resolution(const struct rsp_msg *msg, sctp_assoc_t from,
		       uint32_t request)
{
	struct pool *pool = pool_find(msg->handle.data, msg->handle.len);
	int wants = msg->flags & RSP_FLAG_SUBSCRIBE;
	int peer = peer_index(from);

	last_asked = from;
	resolutions++;
	subscriptions += !!wants;
	snprintf(items, sizeof(items), "none");
	if (msg->has_items)
		snprintf(items, sizeof(items), "%u", msg->items);
	if (silent)
		return;
	if (!pool) {
		send_to(from, request,
			write_negative(msg->handle.data, msg->handle.len));
		return;
	}
	ends += pool->subscribed[peer] && !wants;
	pool->subscribed[peer] = wants && accepts;
	send_to(from, request, write_pool(pool, pool->subscribed[peer]));
}

static void registration(const struct rsp_msg *msg, sctp_assoc_t from,
			 uint32_t request)
{
	struct pool *pool = pool_get(msg->handle.data, msg->handle.len);
	struct rsp_iter body = msg->body;
	struct rsp_pe_param pe;
	struct element *e;

	if (!rsp_next_pe(&body, &pe))
		return;
	e = element_get(pool, pe.pe_id);
	e->pe = pe;
	e->pe.home_id = 4711;
	e->pe.policy.raw = (struct rsp_octets) { 0 };
	pool->dirty = 1;
	respond(RSP_ASAP_REGISTRATION_RESPONSE, msg, pe.pe_id, from, request);
}

static void input(const void *data, size_t len, sctp_assoc_t from,
		  uint32_t request)
{
	static uint8_t copy[RSP_MSG_SPACE];
	struct pool *pool;
	struct rsp_msg msg;

	memcpy(copy, data, len);
	if (rsp_msg_parse(copy, len, RSP_PROTO_ASAP, &msg, NULL)) {
		fputs("malformed message\n", stderr);
		return;
	}
	switch (msg.type) {
	case RSP_ASAP_REGISTRATION:
		registration(&msg, from, request);
		break;
	case RSP_ASAP_DEREGISTRATION:
		pool = pool_find(msg.handle.data, msg.handle.len);
		if (pool) {
			element_remove(pool, msg.pe_id);
			pool->dirty = 1;
		}
		respond(RSP_ASAP_DEREGISTRATION_RESPONSE, &msg, msg.pe_id, from,
			request);
		break;
	case RSP_ASAP_HANDLE_RESOLUTION:
		resolution(&msg, from, request);
		break;
	case RSP_ASAP_ENDPOINT_UNREACHABLE:
		reports++;
		reported = msg.pe_id;
		break;
	}
}

/* ---- links ------------------------------------------------------------------- */

static int netlink_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1];
	const void *msg;
	size_t len;

	(void)data;
	if (rsp_nl_cmd(nlh) != RSERPOOL_CMD_ASAP)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_ASAP_MAX);
	msg = rsp_nl_octets(tb[RSERPOOL_A_ASAP_MESSAGE], &len);
	if (msg)
		input(msg, len, 0, rsp_nl_u32(tb[RSERPOOL_A_ASAP_REQUEST]));
	return 0;
}

static int netlink_attached(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_ASAP_MAX + 1];

	(void)data;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_ASAP_MAX);
	cookie = rsp_nl_u64(tb[RSERPOOL_A_ASAP_BIND_COOKIE]);
	return 0;
}

static int open_netlink(void)
{
	struct nlmsghdr *nlh;

	if (rsp_nl_open(&nl))
		die("netlink");
	rsp_nl_set_handler(nl, netlink_message, NULL, NULL);
	nlh = rsp_nl_begin(nl, RSERPOOL_CMD_ATTACH, 0);
	mnl_attr_put_u32(nlh, RSERPOOL_A_ASAP_SERVER_ID, 4711);
	if (rsp_nl_request(nl, nlh, netlink_attached, NULL)) {
		fprintf(stderr, "%s\n", rsp_nl_error(nl));
		exit(1);
	}
	return rsp_nl_fd(nl);
}

static int open_sctp(void)
{
	struct sctp_event_subscribe events = {
		.sctp_data_io_event = 1,
		.sctp_association_event = 1,
	};
	struct sockaddr_in6 addr = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(RSP_ASAP_PORT),
	};

	int tries = 100;

	sock = socket(AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP);
	if (sock < 0)
		die("sctp");
	/* the one before may not have gone completely */
	while (bind(sock, (struct sockaddr *)&addr, sizeof(addr))) {
		if (errno != EADDRINUSE || !tries--)
			die("bind");
		usleep(50000);
	}
	if (setsockopt(sock, IPPROTO_SCTP, SCTP_EVENTS, &events,
		       sizeof(events)) || listen(sock, 16))
		die("sctp");
	return sock;
}

/* Its place stays, so that the others keep theirs. */
static void peer_gone(sctp_assoc_t assoc)
{
	unsigned int i, peer;

	for (peer = 0; peer < npeers; peer++) {
		if (peers[peer] != assoc)
			continue;
		peers[peer] = GONE;
		for (i = 0; i < npools; i++)
			pools[i].subscribed[peer] = 0;
	}
}

static void read_sctp(void)
{
	static union {
		uint8_t data[RSP_MSG_SPACE];
		union sctp_notification note;
	} in;
	struct sctp_sndrcvinfo info = { 0 };
	int flags = 0;
	ssize_t len;

	len = sctp_recvmsg(sock, &in, sizeof(in), NULL, NULL, &info, &flags);
	if (len > 0 && !(flags & MSG_NOTIFICATION))
		input(in.data, len, info.sinfo_assoc_id, 0);
	else if (len > 0 && in.note.sn_header.sn_type == SCTP_ASSOC_CHANGE &&
		 in.note.sn_assoc_change.sac_state != SCTP_COMM_UP)
		peer_gone(in.note.sn_assoc_change.sac_assoc_id);
}

/* ---- churn -------------------------------------------------------------------- */

/* An element comes or goes; the version says how often that was. */
static void change(struct pool *pool)
{
	struct element *e;

	do {
		e = &pool->elements[rand() % pool->n];
	} while (e->pe.pe_id < GHOST_ID);
	e->hidden = !e->hidden;
	ghost(pool, VERSION_ID)->pe.life = ++pool->version;
	fprintf(stderr, "version %u at %ld\n", pool->version, now());
	pool->dirty = 1;
}

/* Return: ms until there is something to do. */
static int run_pools(void)
{
	long wait = 1000, left;
	struct pool *pool;

	for (pool = pools; pool < pools + npools; pool++) {
		while (pool->every && pool->next <= now()) {
			change(pool);
			pool->next += pool->every;
		}
		if (pool->every && pool->next - now() < wait)
			wait = pool->next - now() + 1;
		if (!pool->dirty)
			continue;
		left = pool->pushed + COALESCE - now();
		if (left <= 0)
			push(pool);
		else if (left < wait)
			wait = left;
	}
	return wait > 0 ? wait : 0;
}

/* ---- commands ------------------------------------------------------------------ */

static struct pool *pool_named(char **words)
{
	return pool_get(words[1], strlen(words[1]));
}

/* answer accept|refuse|silent: what resolutions get */
static void cmd_answer(char **words)
{
	silent = !strcmp(words[1], "silent");
	if (!silent)
		accepts = !strcmp(words[1], "accept");
	puts("ok");
}

/* ghosts POOL N: as many elements as that which nobody is */
static void cmd_ghosts(char **words)
{
	struct pool *pool = pool_named(words);
	unsigned int i, n = atoi(words[2]);

	for (i = 0; i < n; i++)
		ghost(pool, GHOST_ID + i);
	pool->dirty = 1;
	puts("ok");
}

/* hide POOL ID, show POOL ID: an element goes or comes back */
static void set_hidden(char **words, int hidden)
{
	struct pool *pool = pool_named(words);
	struct element *e = element_find(pool, strtoul(words[2], NULL, 0));

	if (e)
		e->hidden = hidden;
	pool->dirty = 1;
	puts(e ? "ok" : "none");
}

static void cmd_hide(char **words)
{
	set_hidden(words, 1);
}

static void cmd_show(char **words)
{
	set_hidden(words, 0);
}

/* policy POOL NAME */
static void cmd_policy(char **words)
{
	struct pool *pool = pool_named(words);

	if (rsp_number(RSP_NAMES_POLICY, words[2], &pool->policy))
		puts("ok");
	else
		puts("unknown");
}

/* flood POOL N: that many unasked answers to whoever asked last, subscribed or not */
static void cmd_flood(char **words)
{
	unsigned long n = strtoul(words[2], NULL, 0);
	int len;

	ghost(pool_named(words), VERSION_ID);
	len = write_pool(pool_named(words), 1);
	while (n--)
		send_to(last_asked, 0, len);
	puts("ok");
}

/* gone POOL: a negative answer that nobody asked for */
static void cmd_gone(char **words)
{
	unsigned int peer;

	for (peer = 0; peer < npeers; peer++) {
		if (peers[peer] == GONE)
			continue;
		send_to(peers[peer], 0,
			write_negative(words[1], strlen(words[1])));
		pool_named(words)->subscribed[peer] = 0;
	}
	puts("ok");
}

/* churn POOL RATE: so many changes a second, 0: none */
static void cmd_churn(char **words)
{
	struct pool *pool = pool_named(words);
	double rate = atof(words[2]);

	pool->every = rate ? 1000 / rate : 0;
	pool->next = now();
	ghost(pool, VERSION_ID);
	puts("ok");
}

/* seen: what has come in */
static void cmd_seen(char **words)
{
	(void)words;
	printf("resolutions=%lu subscribe=%lu ended=%lu items=%s reports=%lu reported=%u pushes=%lu\n",
	       resolutions, subscriptions, ends, items, reports, reported,
	       pushes);
}

static const struct {
	const char *name;
	int words;
	void (*run)(char **words);
} commands[] = {
	{ "answer", 2, cmd_answer },
	{ "churn", 3, cmd_churn },
	{ "flood", 3, cmd_flood },
	{ "ghosts", 3, cmd_ghosts },
	{ "gone", 2, cmd_gone },
	{ "hide", 3, cmd_hide },
	{ "policy", 3, cmd_policy },
	{ "seen", 1, cmd_seen },
	{ "show", 3, cmd_show },
};

static void command(char *line)
{
	char *words[5] = { NULL }, *save = NULL;
	int n = 0;
	size_t i;

	for (line = strtok_r(line, " \n", &save); line && n < 4;
	     line = strtok_r(NULL, " \n", &save))
		words[n++] = line;
	for (i = 0; n && i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, words[0]))
			continue;
		if (n != commands[i].words)
			break;
		printf("%s: ", words[0]);
		commands[i].run(words);
		return;
	}
	printf("%s: unknown command\n", n ? words[0] : "");
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	char line[1024];

	if (argc != 2 || (strcmp(argv[1], "netlink") && strcmp(argv[1], "sctp"))) {
		fputs("usage: rsp_pusher netlink|sctp\n", stderr);
		return 1;
	}
	setlinebuf(stdout);
	setvbuf(stdin, NULL, _IONBF, 0);
	fds[1].fd = *argv[1] == 'n' ? open_netlink() : open_sctp();
	for (;;) {
		if (poll(fds, 2, run_pools()) < 0)
			die("poll");
		if (fds[0].revents) {
			if (!fgets(line, sizeof(line), stdin))
				return 0;
			command(line);
		}
		if (fds[1].revents && nl)
			rsp_nl_process(nl);
		else if (fds[1].revents)
			read_sctp();
	}
}
