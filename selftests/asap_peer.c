// SPDX-License-Identifier: GPL-2.0
/*
 * asap_peer - speaks ASAP to a registrar, word by word, over SCTP or TCP
 *
 * Reads commands, one per line, from standard input; answers each with a line
 * "COMMAND: RESULT".  A result is "ok", the name of an error, or what was
 * asked for:
 *
 *	sctp ADDR [PORT [TO]]	an SCTP socket of its own port (0: any) that
 *				also listens, and an association with ADDR,
 *				port TO (3863)
 *	tcp ADDR		a TCP connection
 *	register HANDLE ID [LIFE [LOAD]]
 *	deregister HANDLE ID
 *	resolve HANDLE [s] [COUNT]	s: with the S bit
 *	report HANDLE ID
 *	ack HANDLE ID		to whom spoke last
 *	recv MS			the next message, "nothing" or "closed"
 *	none MS			ok if nothing comes, keep-alives are answered
 *	raw HEX [PPID]		octets as they are
 *	split HEX MS		the same, octet by octet, MS in between
 *	flood WHAT HANDLE N [ID]  N messages (ID: reports); answers are read,
 *				not looked at
 *	drain MS		all answers until there was none for so long: how
 *				many, also those during the last flood or pour
 *	pour HANDLE N		N resolutions, answers are not read
 *	hold N			N further connections of the same kind
 *	follow HANDLE N		the same, each subscribed
 *	news MS NPES		what the followers get in that time; each has to
 *				know NPES elements in the end
 *	churn HANDLE ID N MS	N times: ID comes or goes, every MS
 *	bench HANDLE N		N resolutions one by one: microseconds
 *	group ADDR [PORT]	listen to a multicast group on eth0
 *	heard MS		the next announcement, or presence of a registrar
 *	announce ADDR ID N	N forged ones, with ids from ID
 *	presence ADDR ID N AT FROM	N forged presences of registrars that say to
 *				be at the address AT, sent from the address FROM
 *	abort			the association; the socket stays
 *	close			everything
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/sctp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define WORDS		8
#define FOLLOWERS	256
#define TIMEOUT		10000	/* for what has to come, milliseconds */

/* One socket; received octets of a TCP connection that are no message yet. */
struct side {
	int fd;
	bool tcp;
	sctp_assoc_t home;	/* SCTP: association with the registrar */
	sctp_assoc_t last;	/* who spoke last */
	size_t len;
	unsigned int updates;	/* of a follower */
	unsigned int npes;	/* in the last of them */
	uint8_t buf[2 * RSP_MSG_SPACE];
};

static struct side self = { .fd = -1 };
static struct side *others[FOLLOWERS];
static unsigned int nothers;
static int group_fd = -1;
static struct sockaddr_storage server;
static uint8_t out[RSP_MSG_SPACE], in[RSP_MSG_SPACE];
static char *word[WORDS];
static int words;
static unsigned long taken;	/* messages, since the last flood or pour began */

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ull + ts.tv_nsec / 1000;
}

static unsigned long number(int i, unsigned long otherwise)
{
	return i < words ? strtoul(word[i], NULL, 0) : otherwise;
}

/* ---- sockets ---------------------------------------------------------------- */

static socklen_t address(const char *text, unsigned int port,
			 struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (void *)ss;
	struct sockaddr_in *in4 = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, text, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
		return sizeof(*in4);
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) != 1)
		errx(1, "address %s", text);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	return sizeof(*in6);
}

static socklen_t server_len(void)
{
	return server.ss_family == AF_INET ? sizeof(struct sockaddr_in) :
					     sizeof(struct sockaddr_in6);
}

static int open_sctp(struct side *s, unsigned int port)
{
	struct sctp_event_subscribe events = { .sctp_association_event = 1 };
	struct sockaddr_storage any = { .ss_family = server.ss_family };
	int on = 1;

	((struct sockaddr_in *)&any)->sin_port = htons(port);
	s->fd = socket(server.ss_family, SOCK_SEQPACKET, IPPROTO_SCTP);
	if (s->fd < 0)
		return -errno;
	setsockopt(s->fd, SOL_SCTP, SCTP_EVENTS, &events, sizeof(events));
	setsockopt(s->fd, SOL_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on));
	setsockopt(s->fd, SOL_SCTP, SCTP_NODELAY, &on, sizeof(on));
	setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(s->fd, (void *)&any, server_len()) || listen(s->fd, 4) ||
	    sctp_connectx(s->fd, (void *)&server, 1, &s->home))
		return -errno;
	s->last = s->home;
	return 0;
}

static int open_tcp(struct side *s)
{
	int on = 1;

	s->tcp = true;
	s->fd = socket(server.ss_family, SOCK_STREAM, 0);
	if (s->fd < 0 || connect(s->fd, (void *)&server, server_len()))
		return -errno;
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return 0;
}

static uint32_t ppid = RSP_ASAP_PPID;

static int put(struct side *s, sctp_assoc_t to, const void *octets, size_t len)
{
	struct iovec iov = { .iov_base = (void *)octets, .iov_len = len };
	struct sctp_sndinfo info = {
		.snd_ppid = htonl(ppid), .snd_assoc_id = to,
	};
	ssize_t n;

	if (s->tcp)
		n = send(s->fd, octets, len, MSG_NOSIGNAL);
	else
		n = sctp_sendv(s->fd, &iov, 1, NULL, 0, &info, sizeof(info),
			       SCTP_SENDV_SNDINFO, MSG_NOSIGNAL);
	return n < 0 ? -errno : 0;
}

/* One message of a stream, or more octets.  Return: 0: not whole yet. */
static int take_tcp(struct side *s, uint8_t *msg)
{
	int need = rsp_msg_stream_len(s->buf, s->len);
	ssize_t n;

	if (need < 0)
		errx(1, "the registrar sends no messages");
	if (!need || (size_t)need > s->len) {
		n = recv(s->fd, s->buf + s->len, sizeof(s->buf) - s->len, 0);
		if (n <= 0)
			return -EPIPE;
		s->len += n;
		need = rsp_msg_stream_len(s->buf, s->len);
		if (need <= 0 || (size_t)need > s->len)
			return 0;
	}
	memcpy(msg, s->buf, need);
	s->len -= need;
	memmove(s->buf, s->buf + need, s->len);
	return need;
}

static int take_sctp(struct side *s, uint8_t *msg)
{
	const union sctp_notification *n = (const void *)msg;
	struct iovec iov = { .iov_base = msg, .iov_len = RSP_MSG_SPACE };
	unsigned int type = SCTP_RECVV_NOINFO;
	struct sctp_rcvinfo info = { 0 };
	socklen_t size = sizeof(info);
	int flags = 0;
	ssize_t len;

	len = sctp_recvv(s->fd, &iov, 1, NULL, NULL, &info, &size, &type,
			 &flags);
	if (len < 0)
		return -errno;
	if (!(flags & MSG_NOTIFICATION)) {
		s->last = info.rcv_assoc_id;
		return len;
	}
	if (n->sn_header.sn_type == SCTP_ASSOC_CHANGE &&
	    n->sn_assoc_change.sac_assoc_id == s->home &&
	    n->sn_assoc_change.sac_state != SCTP_COMM_UP)
		return -EPIPE;
	return 0;
}

static bool readable(const struct side *s, uint64_t until)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	uint64_t now = now_us();

	return poll(&p, 1, now < until ? (until - now + 999) / 1000 : 0) > 0;
}

/* Return: octets of a message in @msg, 0 after @ms without one, -EPIPE. */
static int take(struct side *s, uint8_t *msg, unsigned int ms)
{
	uint64_t until = now_us() + ms * 1000ull;
	int len;

	for (;;) {
		len = s->tcp ? rsp_msg_stream_len(s->buf, s->len) : 0;
		if (!(len > 0 && (size_t)len <= s->len) && !readable(s, until))
			return 0;
		len = s->tcp ? take_tcp(s, msg) : take_sctp(s, msg);
		taken += len > 0;
		if (len)
			return len;
	}
}

/* ---- messages ------------------------------------------------------------------ */

static int finish(struct side *s, sctp_assoc_t to, struct rsp_writer *w)
{
	int len = rsp_msg_end(w);

	return len < 0 ? len : put(s, to, out, len);
}

/* The address that the registrar sees */
static void own_address(struct rsp_addr *addr)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr *all;

	addr->family = server.ss_family == AF_INET ? 4 : 6;
	if (self.tcp) {
		socklen_t len = sizeof(ss);

		getsockname(self.fd, (void *)&ss, &len);
	} else if (sctp_getladdrs(self.fd, self.home, &all) > 0) {
		memcpy(&ss, all, server_len());
		sctp_freeladdrs(all);
	}
	if (addr->family == 4)
		memcpy(addr->octets, &((struct sockaddr_in *)&ss)->sin_addr, 4);
	else
		memcpy(addr->octets, &((struct sockaddr_in6 *)&ss)->sin6_addr,
		       16);
}

static int send_registration(const char *handle, uint32_t id, int32_t life,
			     uint32_t load)
{
	struct rsp_pe_param pe = {
		.pe_id = id,
		.life = life,
		.user = { .type = RSP_PARAM_SCTP_TRANSPORT, .port = 7,
			  .naddrs = 1 },
		.policy = { .type = RSP_POLICY_ROUND_ROBIN },
	};
	struct rsp_writer w;

	if (load) {
		pe.policy.type = RSP_POLICY_LEAST_USED;
		pe.policy.load = load;
	}
	own_address(&pe.user.addrs[0]);
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_REGISTRATION, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe(&w, &pe);
	return finish(&self, self.home, &w);
}

static int send_about(uint8_t type, const char *handle, uint32_t id,
		      sctp_assoc_t to)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), type, 0);
	rsp_put_handle(&w, handle, strlen(handle));
	rsp_put_pe_id(&w, id);
	return finish(&self, to, &w);
}

static int send_resolution(struct side *s, const char *handle, bool subscribe,
			   uint32_t items)
{
	struct rsp_writer w;

	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_HANDLE_RESOLUTION,
		      subscribe ? RSP_FLAG_SUBSCRIBE : 0);
	rsp_put_handle(&w, handle, strlen(handle));
	if (items)
		rsp_put_items(&w, items);
	return finish(s, s->home, &w);
}

static const char *const names[] = {
	[RSP_ASAP_REGISTRATION_RESPONSE] = "registered",
	[RSP_ASAP_DEREGISTRATION_RESPONSE] = "deregistered",
	[RSP_ASAP_HANDLE_RESOLUTION_RESPONSE] = "resolved",
	[RSP_ASAP_ENDPOINT_KEEP_ALIVE] = "keep-alive",
	[RSP_ASAP_SERVER_ANNOUNCE] = "announce",
	[RSP_ASAP_ERROR] = "error",
};

static void say_pes(const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_pe_param pe;
	char c = '=';

	printf(" policy=%u pes=%u life", msg->policy.type, msg->npes);
	while (rsp_next_pe(&it, &pe)) {
		printf("%c%d", c, pe.life);
		c = ',';
	}
}

static void say_transport(const struct rsp_transport *t, const char *name)
{
	char text[INET6_ADDRSTRLEN];
	unsigned int i;

	printf(" %s=%u", name, t->port);
	for (i = 0; i < t->naddrs; i++) {
		inet_ntop(t->addrs[i].family == 4 ? AF_INET : AF_INET6,
			  t->addrs[i].octets, text, sizeof(text));
		printf(",%s", text);
	}
}

static void say_transports(const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_transport t;

	while (rsp_next_transport(&it, &t))
		say_transport(&t, t.type == RSP_PARAM_SCTP_TRANSPORT ? "sctp" :
			      "tcp");
}

static void say_presence(const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_transport t;
	__u32 id;

	printf("presence flags=%u id=%u to=%u", msg->flags, msg->sender_id,
	       msg->receiver_id);
	if (rsp_next_server(&it, &id, &t) && id == msg->sender_id)
		say_transport(&t, "at");
	putchar('\n');
}

static void say(const uint8_t *octets, int len)
{
	struct rsp_causes report;
	struct rsp_msg msg;

	if (len <= 0) {
		printf("%s\n", len ? "closed" : "nothing");
		return;
	}
	if (rsp_msg_parse(octets, len, RSP_PROTO_ASAP, &msg, &report)) {
		puts("malformed");
		return;
	}
	printf("%s flags=%u", msg.type < 16 && names[msg.type] ?
	       names[msg.type] : "unexpected", msg.flags);
	if (msg.server_id)
		printf(" id=%u", msg.server_id);
	if (msg.has_pe_id)
		printf(" pe=%u", msg.pe_id);
	if (msg.type == RSP_ASAP_HANDLE_RESOLUTION_RESPONSE)
		say_pes(&msg);
	say_transports(&msg);
	if (msg.has_error)
		printf(" cause=%u", msg.causes.cause[0].code);
	putchar('\n');
}

static void result(int err)
{
	puts(err ? strerrorname_np(-err) : "ok");
}

/* ---- commands -------------------------------------------------------------------- */

static void close_all(void)
{
	while (nothers) {
		close(others[--nothers]->fd);
		free(others[nothers]);
	}
	if (self.fd >= 0)
		close(self.fd);
	if (group_fd >= 0)
		close(group_fd);
	group_fd = -1;
	memset(&self, 0, sizeof(self));
	self.fd = -1;
}

static void do_sctp(void)
{
	close_all();
	address(word[1], number(3, RSP_ASAP_PORT), &server);
	result(open_sctp(&self, number(2, 0)));
}

static void do_tcp(void)
{
	close_all();
	address(word[1], RSP_ASAP_PORT, &server);
	result(open_tcp(&self));
}

static void do_register(void)
{
	result(send_registration(word[1], number(2, 1), number(3, 300),
				 number(4, 0)));
}

static void do_deregister(void)
{
	result(send_about(RSP_ASAP_DEREGISTRATION, word[1], number(2, 1),
			  self.home));
}

static void do_resolve(void)
{
	bool subscribe = words > 2 && !strcmp(word[2], "s");

	result(send_resolution(&self, word[1], subscribe,
			       number(2 + subscribe, 0)));
}

static void do_report(void)
{
	result(send_about(RSP_ASAP_ENDPOINT_UNREACHABLE, word[1], number(2, 1),
			  self.home));
}

static void do_ack(void)
{
	result(send_about(RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, word[1],
			  number(2, 1), self.last));
}

static void do_recv(void)
{
	say(in, take(&self, in, number(1, TIMEOUT)));
}

/* Answer a keep-alive.  Return: was it one? */
static bool answered(const uint8_t *octets, int len)
{
	struct rsp_causes report;
	struct rsp_writer w;
	struct rsp_msg msg;

	if (rsp_msg_parse(octets, len, RSP_PROTO_ASAP, &msg, &report) ||
	    msg.type != RSP_ASAP_ENDPOINT_KEEP_ALIVE)
		return false;
	rsp_msg_begin(&w, out, sizeof(out), RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, 0);
	rsp_put_handle(&w, msg.handle.data, msg.handle.len);
	rsp_put_pe_id(&w, msg.pe_id);
	finish(&self, self.last, &w);
	return true;
}

static void do_none(void)
{
	uint64_t until = now_us() + number(1, 0) * 1000ull;
	uint64_t now;
	int len;

	while ((now = now_us()) < until) {
		len = take(&self, in, (until - now + 999) / 1000);
		if (len > 0 && answered(in, len))
			continue;
		if (len) {
			say(in, len);
			return;
		}
	}
	result(0);
}

static size_t octets(const char *hex)
{
	size_t len = 0;

	for (; hex[0] && hex[1]; hex += 2)
		if (sscanf(hex, "%2hhx", &out[len++]) != 1)
			errx(1, "hex: %s", hex);
	return len;
}

static void do_raw(void)
{
	size_t len = octets(word[1]);

	ppid = number(2, RSP_ASAP_PPID);
	result(put(&self, self.home, out, len));
	ppid = RSP_ASAP_PPID;
}

static void do_split(void)
{
	size_t i, len = octets(word[1]);
	int err = 0;

	for (i = 0; i < len && !err; i++) {
		err = put(&self, self.home, out + i, 1);
		usleep(number(2, 1) * 1000);
	}
	result(err);
}

static int flood_one(const char *what, const char *handle, uint32_t i)
{
	if (!strcmp(what, "register"))
		return send_registration(handle, i + 1, 300, 0);
	if (!strcmp(what, "resolve"))
		return send_resolution(&self, handle, false, 0);
	if (!strcmp(what, "subscribe"))
		return send_resolution(&self, handle, true, 0);
	if (!strcmp(what, "report"))
		return send_about(RSP_ASAP_ENDPOINT_UNREACHABLE, handle,
				  number(4, 1), self.home);
	return send_about(RSP_ASAP_ENDPOINT_KEEP_ALIVE_ACK, handle, i,
			  self.home);
}

static void do_flood(void)
{
	struct pollfd p = { .fd = self.fd, .events = POLLIN | POLLOUT };
	unsigned long i, n = number(3, 1);
	int err = 0;

	taken = 0;
	/* no send waits: the answers have to be read */
	fcntl(self.fd, F_SETFL, O_NONBLOCK);
	for (i = 0; i < n && !err;) {
		err = flood_one(word[1], word[2], i);
		if (err == -EAGAIN) {
			poll(&p, 1, TIMEOUT);
			err = 0;
		} else {
			i++;
		}
		while (!err && readable(&self, 0))
			if (take(&self, in, 0) < 0)
				err = -EPIPE;
	}
	fcntl(self.fd, F_SETFL, 0);
	result(err);
}

static void do_drain(void)
{
	int len;

	do {
		len = take(&self, in, number(1, 0));
	} while (len > 0);
	if (len)
		result(len);
	else
		printf("%lu\n", taken);
}

static void do_pour(void)
{
	struct timeval limit = { .tv_sec = 2 };
	int sndbuf = 1 << 16;
	unsigned long i, n = number(2, 1);
	int err = 0;

	taken = 0;
	setsockopt(self.fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	setsockopt(self.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	for (i = 0; i < n && !err; i++)
		err = send_resolution(&self, word[1], false, 0);
	printf("%s after %lu\n", err ? strerrorname_np(-err) : "ok", i);
}

static struct side *another(void)
{
	struct side *s = nothers < FOLLOWERS ? calloc(1, sizeof(*s)) : NULL;

	if (!s)
		errx(1, "too many");
	if (self.tcp ? open_tcp(s) : open_sctp(s, 0)) {
		free(s);
		return NULL;
	}
	others[nothers++] = s;
	return s;
}

static void do_hold(void)
{
	unsigned long i, n = number(1, 1);

	for (i = 0; i < n; i++)
		if (!another())
			break;
	printf("%lu\n", i);
}

/* The next answer that a follower gets.  Return: was it one with the A bit? */
static bool follow(struct side *s, unsigned int ms)
{
	struct rsp_causes report;
	struct rsp_msg msg;
	int len = take(s, in, ms);

	if (len <= 0 ||
	    rsp_msg_parse(in, len, RSP_PROTO_ASAP, &msg, &report) ||
	    msg.type != RSP_ASAP_HANDLE_RESOLUTION_RESPONSE)
		return false;
	s->npes = msg.npes;
	s->updates++;
	return msg.flags & RSP_FLAG_ACCEPTED;
}

static void do_follow(void)
{
	unsigned long i, n = number(2, 1);
	struct side *s;

	for (i = 0; i < n; i++) {
		s = another();
		if (!s || send_resolution(s, word[1], true, 0) ||
		    !follow(s, TIMEOUT))
			break;
		s->updates = 0;
	}
	printf("%lu\n", i);
}

static void do_news(void)
{
	uint64_t until = now_us() + number(1, 0) * 1000ull;
	unsigned int i, least = UINT32_MAX, most = 0, wrong = 0;
	struct pollfd p[FOLLOWERS];
	uint64_t now;

	for (i = 0; i < nothers; i++)
		p[i] = (struct pollfd){ others[i]->fd, POLLIN, 0 };
	while ((now = now_us()) < until) {
		poll(p, nothers, (until - now + 999) / 1000);
		for (i = 0; i < nothers; i++)
			if (p[i].revents)
				follow(others[i], 0);
	}
	for (i = 0; i < nothers; i++) {
		if (others[i]->updates < least)
			least = others[i]->updates;
		if (others[i]->updates > most)
			most = others[i]->updates;
		wrong += others[i]->npes != number(2, 0);
		others[i]->updates = 0;
	}
	printf("least=%u most=%u wrong=%u\n", least, most, wrong);
}

static void do_churn(void)
{
	unsigned long i, n = number(3, 1), ms = number(4, 20);
	uint64_t next = now_us();
	int err = 0, len;

	for (i = 0; i < n && !err; i++) {
		err = i % 2 ? send_registration(word[1], number(2, 1), 300, 0) :
			      send_about(RSP_ASAP_DEREGISTRATION, word[1],
					 number(2, 1), self.home);
		next += ms * 1000;
		while (now_us() < next && !err) {
			len = take(&self, in, (next - now_us() + 999) / 1000);
			if (len > 0)
				answered(in, len);
			else if (len < 0)
				err = len;
		}
	}
	result(err);
}

static void do_bench(void)
{
	unsigned long i, n = number(2, 1);
	uint64_t begin = now_us();
	int len = 1;

	for (i = 0; i < n && len > 0; i++) {
		len = send_resolution(&self, word[1], false, 0);
		if (!len)
			len = take(&self, in, TIMEOUT);
	}
	if (len > 0)
		printf("%llu\n", (unsigned long long)(now_us() - begin));
	else
		printf("failed at %lu: %d\n", i, len);
}

static void do_group(void)
{
	int index = if_nametoindex("eth0"), on = 1;
	struct sockaddr_storage ss;
	socklen_t len = address(word[1], number(2, RSP_ASAP_PORT), &ss);
	struct group_req req = { .gr_interface = index };

	memcpy(&req.gr_group, &ss, len);
	if (ss.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&ss)->sin6_scope_id = index;
	group_fd = socket(ss.ss_family, SOCK_DGRAM, 0);
	setsockopt(group_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(group_fd, (void *)&ss, len) ||
	    setsockopt(group_fd, ss.ss_family == AF_INET ? IPPROTO_IP :
		       IPPROTO_IPV6, MCAST_JOIN_GROUP, &req, sizeof(req)))
		result(-errno);
	else
		result(0);
}

static void do_heard(void)
{
	struct pollfd p = { .fd = group_fd, .events = POLLIN };
	struct rsp_msg msg;
	int len = 0;

	if (poll(&p, 1, number(1, TIMEOUT)) > 0)
		len = recv(group_fd, in, sizeof(in), 0);
	/* announcements have another type */
	if (len > 0 && in[0] == RSP_ENRP_PRESENCE &&
	    !rsp_msg_parse(in, len, RSP_PROTO_ENRP, &msg, NULL))
		say_presence(&msg);
	else
		say(in, len);
}

static void put_announce(struct rsp_writer *w, __u32 id)
{
	rsp_msg_begin(w, out, sizeof(out), RSP_ASAP_SERVER_ANNOUNCE, 0);
	rsp_put_u32(w, id);
}

static void put_presence(struct rsp_writer *w, __u32 id)
{
	struct rsp_transport at = {
		.type = RSP_PARAM_SCTP_TRANSPORT, .port = RSP_ENRP_PORT,
		.use = RSP_USE_DATA_CONTROL, .naddrs = 1,
		.addrs[0].family = 4,
	};

	inet_pton(AF_INET, word[4], at.addrs[0].octets);
	rsp_msg_begin(w, out, sizeof(out), RSP_ENRP_PRESENCE,
		      RSP_FLAG_REPLY_REQUIRED);
	rsp_put_u32(w, id);
	rsp_put_u32(w, 0);
	rsp_put_pe_checksum(w, 0);
	rsp_put_server_info(w, id, &at);
}

/* Word 1 is the group, 2 the first identifier, 3 how many. */
static void forge(unsigned int port, const char *from,
		  void (*put)(struct rsp_writer *w, __u32 id))
{
	struct ip_mreqn mreq = { .imr_ifindex = if_nametoindex("eth0") };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned long i, n = number(3, 1);
	struct sockaddr_storage ss;
	struct rsp_writer w;
	socklen_t len;
	int err = 0;

	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq));
	len = address(from, 0, &ss);
	if (bind(fd, (void *)&ss, len))
		err = -errno;
	len = address(word[1], port, &ss);
	for (i = 0; i < n && !err; i++) {
		put(&w, number(2, 1) + i);
		if (sendto(fd, out, rsp_msg_end(&w), 0, (void *)&ss, len) < 0)
			err = -errno;
	}
	close(fd);
	result(err);
}

static void do_announce(void)
{
	forge(RSP_ASAP_PORT, "0.0.0.0", put_announce);
}

static void do_presence(void)
{
	forge(RSP_ENRP_PORT, word[5], put_presence);
}

static void do_abort(void)
{
	struct linger at_once = { .l_onoff = 1 };
	struct sctp_sndinfo info = {
		.snd_flags = SCTP_ABORT, .snd_assoc_id = self.home,
	};

	if (self.tcp) {
		setsockopt(self.fd, SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof(at_once));
		close_all();
		result(0);
		return;
	}
	self.home = 0;		/* its end is no news */
	result(sctp_sendv(self.fd, NULL, 0, NULL, 0, &info, sizeof(info),
			  SCTP_SENDV_SNDINFO, MSG_NOSIGNAL) < 0 ? -errno : 0);
}

static void do_close(void)
{
	close_all();
	result(0);
}

static const struct {
	const char *name;
	int words;
	void (*run)(void);
} commands[] = {
	{ "sctp", 2, do_sctp }, { "tcp", 2, do_tcp },
	{ "register", 2, do_register }, { "deregister", 2, do_deregister },
	{ "resolve", 2, do_resolve }, { "report", 2, do_report },
	{ "ack", 2, do_ack }, { "recv", 1, do_recv }, { "none", 2, do_none },
	{ "raw", 2, do_raw }, { "split", 2, do_split },
	{ "flood", 4, do_flood }, { "drain", 2, do_drain }, { "pour", 3, do_pour },
	{ "hold", 2, do_hold }, { "follow", 3, do_follow },
	{ "news", 3, do_news }, { "churn", 3, do_churn },
	{ "bench", 3, do_bench }, { "group", 2, do_group },
	{ "heard", 1, do_heard }, { "announce", 4, do_announce },
	{ "presence", 6, do_presence },
	{ "abort", 1, do_abort }, { "close", 1, do_close },
};

static void run(char *line)
{
	char *at = line;
	size_t i;

	for (words = 0; words < WORDS; words++) {
		word[words] = strsep(&at, " \n");
		if (!word[words] || !*word[words])
			break;
	}
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (!words || strcmp(commands[i].name, word[0]) != 0)
			continue;
		if (words < commands[i].words)
			break;
		printf("%s: ", word[0]);
		commands[i].run();
		fflush(stdout);
		return;
	}
	errx(1, "%s?", words ? word[0] : "");
}

int main(void)
{
	static char line[RSP_MSG_SPACE * 2 + 64];

	/* SCTP sends it for an ended association, whatever the flags say */
	signal(SIGPIPE, SIG_IGN);
	while (fgets(line, sizeof(line), stdin))
		run(line);
	return 0;
}
