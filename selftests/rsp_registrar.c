// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_registrar - a registrar that does what a script says, right or wrong
 *
 * usage: rsp_registrar COMMANDS...	run them
 *        rsp_registrar -		read them from standard input, line by line
 *
 * It speaks ASAP over one one-to-many SCTP socket, and announces by multicast.
 * Commands are separated by ';' and each prints one line, "WORD: RESULT", the
 * result of a failed call being the name of its errno.
 *
 *   listen [ADDRESS] [PORT]	without an address on all, port 3863
 *   rule KIND WHAT		what to do by itself about a "registration",
 *				"deregistration" or "resolution": "ok"
 *				(accept; unknown handle), "silent", or a
 *				number: refuse with that cause
 *   connect ADDRESS PORT	from the port that it listens on
 *   keepalive HANDLE [home] [id=N] [pe=N] [ppid=N] [times=N] [rate=N]
 *				rate: as many in a second at most
 *   unregister HANDLE PE	a de-registration response that nobody asked for
 *   raw HEX [pad=N] [ppid=N] [times=N] [rate=N]
 *				any octets, and pad zeros
 *   expect TYPE [MS]		the first message of that type that has not
 *				been expected yet, waited for; "none" if there
 *				is none
 *   none TYPE MS		no such message for that long: "ok"
 *   count TYPE			how many there were
 *   forget			what was not expected so far
 *   peers			how many associations there are
 *   close, abort		the current association
 *   announce GROUP PORT [id=N] [sctp=ADDRESS[,ADDRESS...]] [port=N] [times=N]
 *	      [ttl=N] [from=ADDRESS] [forge]
 *				by multicast; forge: another identifier and
 *				address each time
 *
 * The current association is the one of the last message expected, or of the
 * last connect.  It is this one that keepalive, unregister and raw use.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "names.h"
#include "wire.h"

#define WORDS		16
#define KEPT		4096	/* messages not expected yet */
#define TEXT		400

enum rule_for {
	REGISTRATION, DEREGISTRATION, RESOLUTION, RULES
};

static const char *const rule_names[RULES] = {
	"registration", "deregistration", "resolution",
};

#define RULE_OK		(-1)
#define RULE_SILENT	(-2)

struct kept {
	uint8_t type;
	sctp_assoc_t assoc;
	char text[TEXT];
};

static int fd = -1;
static sctp_assoc_t current;
static unsigned int peers;
static int rules[RULES] = { RULE_OK, RULE_OK, RULE_OK };
static struct kept kept[KEPT];
static unsigned int nkept;
static unsigned long counts[256];
static char answer[1024];

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	size_t used = strlen(answer);
	va_list args;

	va_start(args, fmt);
	vsnprintf(answer + used, sizeof(answer) - used, fmt, args);
	va_end(args);
}

static void say_done(int rc)
{
	const char *name = rc < 0 ? strerrorname_np(errno) : "ok";

	say("%s", name ? name : "unknown errno");
}

static void __attribute__((noreturn)) usage(const char *what)
{
	fprintf(stderr, "rsp_registrar: %s\n", what);
	exit(2);
}

static unsigned long number(const char *word)
{
	unsigned long value;
	char *end;

	value = strtoul(word, &end, 0);
	if (end == word || *end)
		usage(word);
	return value;
}

/* "NAME=VALUE" among the words, or NULL */
static const char *option(char **words, const char *name)
{
	size_t len = strlen(name);

	for (; *words; words++)
		if (!strncmp(*words, name, len) && (*words)[len] == '=')
			return *words + len + 1;
	return NULL;
}

static unsigned long option_number(char **words, const char *name,
				   unsigned long otherwise)
{
	const char *value = option(words, name);

	return value ? number(value) : otherwise;
}

static bool has_word(char **words, const char *word)
{
	for (; *words; words++)
		if (!strcmp(*words, word))
			return true;
	return false;
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static socklen_t address(const char *text, uint16_t port,
			 struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *v6 = (void *)addr;
	struct sockaddr_in *v4 = (void *)addr;

	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		usage(text);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

/* ---- messages out ---------------------------------------------------------- */

static int put_flags(sctp_assoc_t assoc, uint16_t flags, uint32_t ppid,
		     const void *msg, size_t len)
{
	struct iovec iov = { .iov_base = (void *)msg, .iov_len = len };
	struct sctp_sndinfo info = {
		.snd_flags = flags,
		.snd_ppid = htonl(ppid),
		.snd_assoc_id = assoc,
	};

	return sctp_sendv(fd, &iov, 1, NULL, 0, &info, sizeof(info),
			  SCTP_SENDV_SNDINFO, MSG_NOSIGNAL);
}

static void pump(int ms);

/* In tenths of a second; what has come in is answered now and then */
static int put_times(char **words, const void *msg, size_t len)
{
	unsigned long times = option_number(words, "times", 1);
	unsigned long rate = option_number(words, "rate", 0);
	uint32_t ppid = option_number(words, "ppid", RSP_ASAP_PPID);
	unsigned long i;
	int rc = 0;

	for (i = 0; i < times && rc >= 0; i++) {
		if (rate >= 10 && i && i % (rate / 10) == 0)
			poll(NULL, 0, 100);
		if (i % 64 == 63)
			pump(0);
		rc = put_flags(current, 0, ppid, msg, len);
	}
	return rc;
}

/* A response to a registration or de-registration */
static void respond(sctp_assoc_t assoc, uint8_t type, int rule,
		    const struct rsp_octets *handle, uint32_t pe_id)
{
	uint8_t buf[1024];
	struct rsp_writer w;
	int len;

	if (rule == RULE_SILENT)
		return;
	rsp_msg_begin(&w, buf, sizeof(buf), type,
		      rule == RULE_OK ? 0 : RSP_FLAG_REJECT);
	rsp_put_handle(&w, handle->data, handle->len);
	rsp_put_pe_id(&w, pe_id);
	if (rule != RULE_OK)
		rsp_put_cause(&w, rule, NULL, 0);
	len = rsp_msg_end(&w);
	if (len > 0)
		put_flags(assoc, 0, RSP_ASAP_PPID, buf, len);
}

static void respond_unknown(sctp_assoc_t assoc, const struct rsp_octets *handle)
{
	uint8_t buf[1024];
	struct rsp_writer w;
	int len;

	rsp_msg_begin(&w, buf, sizeof(buf),
		      RSP_ASAP_HANDLE_RESOLUTION_RESPONSE, 0);
	rsp_put_handle(&w, handle->data, handle->len);
	rsp_put_cause(&w, RSP_CAUSE_UNKNOWN_POOL_HANDLE, NULL, 0);
	len = rsp_msg_end(&w);
	if (len > 0)
		put_flags(assoc, 0, RSP_ASAP_PPID, buf, len);
}

/* ---- messages in ----------------------------------------------------------- */

static void text_add(char *text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void text_add(char *text, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + used, TEXT - used, fmt, args);
	va_end(args);
}

static void text_addresses(char *text, const struct rsp_transport *t)
{
	char name[INET6_ADDRSTRLEN];
	unsigned int i;

	for (i = 0; i < t->naddrs; i++) {
		inet_ntop(t->addrs[i].family == 4 ? AF_INET : AF_INET6,
			  t->addrs[i].octets, name, sizeof(name));
		text_add(text, "%s%s", i ? "," : "", name);
	}
}

static void text_causes(char *text, const struct rsp_msg *msg)
{
	const struct rsp_causes *c = &msg->causes;
	unsigned int i;

	for (i = 0; i < c->count; i++)
		text_add(text, " cause=%u,%u", c->cause[i].code,
			 c->cause[i].data.len);
}

static void text_message(char *text, const struct rsp_msg *msg, size_t len,
			 uint32_t ppid)
{
	struct rsp_iter it = msg->body;
	struct rsp_pe_param pe;

	text_add(text, "%s ppid=%u flags=%u octets=%zu",
		 rsp_name_or_number(RSP_NAMES_ASAP, msg->type), ppid,
		 msg->flags, len);
	if (msg->has_error)
		text_causes(text, msg);
	if (msg->handle.data)
		text_add(text, " handle=%.*s", msg->handle.len,
			 (const char *)msg->handle.data);
	if (msg->has_pe_id)
		text_add(text, " pe=%u", msg->pe_id);
	if (!rsp_next_pe(&it, &pe))
		return;
	text_add(text, " pe=%u life=%d policy=%s weight=%u load=%u use=%u port=%u addresses=",
		 pe.pe_id, pe.life,
		 rsp_name_or_number(RSP_NAMES_POLICY, pe.policy.type),
		 pe.policy.weight, pe.policy.load, pe.user.use, pe.user.port);
	text_addresses(text, &pe.user);
}

static void obey_rules(sctp_assoc_t assoc, const struct rsp_msg *msg)
{
	struct rsp_iter it = msg->body;
	struct rsp_pe_param pe;

	switch (msg->type) {
	case RSP_ASAP_REGISTRATION:
		if (rsp_next_pe(&it, &pe))
			respond(assoc, RSP_ASAP_REGISTRATION_RESPONSE,
				rules[REGISTRATION], &msg->handle, pe.pe_id);
		break;
	case RSP_ASAP_DEREGISTRATION:
		respond(assoc, RSP_ASAP_DEREGISTRATION_RESPONSE,
			rules[DEREGISTRATION], &msg->handle, msg->pe_id);
		break;
	case RSP_ASAP_HANDLE_RESOLUTION:
		if (rules[RESOLUTION] != RULE_SILENT)
			respond_unknown(assoc, &msg->handle);
		break;
	}
}

static void take_message(const void *buf, size_t len,
			 const struct sctp_sndrcvinfo *info)
{
	struct kept *k;
	struct rsp_msg msg;

	if (rsp_msg_parse(buf, len, RSP_PROTO_ASAP, &msg, NULL)) {
		fprintf(stderr, "rsp_registrar: malformed message\n");
		return;
	}
	counts[msg.type]++;
	if (nkept == KEPT) {
		memmove(kept, kept + 1, sizeof(kept) - sizeof(kept[0]));
		nkept--;
	}
	k = &kept[nkept++];
	k->type = msg.type;
	k->assoc = info->sinfo_assoc_id;
	k->text[0] = '\0';
	text_message(k->text, &msg, len, ntohl(info->sinfo_ppid));
	obey_rules(info->sinfo_assoc_id, &msg);
}

static void take_event(const void *buf)
{
	const union sctp_notification *sn = buf;

	if (sn->sn_header.sn_type != SCTP_ASSOC_CHANGE)
		return;
	switch (sn->sn_assoc_change.sac_state) {
	case SCTP_COMM_UP:
		peers++;
		break;
	case SCTP_COMM_LOST:
	case SCTP_SHUTDOWN_COMP:
		peers--;
		break;
	}
}

/* Take in what there is, wait for something if there is nothing. */
static void pump(int ms)
{
	static uint8_t buf[RSP_MSG_SPACE] __attribute__((aligned(8)));
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct sctp_sndrcvinfo info;
	int len, flags;

	if (fd < 0 || poll(&p, 1, ms) <= 0)
		return;
	for (;;) {
		memset(&info, 0, sizeof(info));
		flags = MSG_DONTWAIT;
		len = sctp_recvmsg(fd, buf, sizeof(buf), NULL, NULL, &info,
				   &flags);
		if (len < 0)
			return;
		if (flags & MSG_NOTIFICATION)
			take_event(buf);
		else
			take_message(buf, len, &info);
	}
}

/* Return: the first one kept of that type, waited for; or NULL */
static struct kept *wait_message(uint8_t type, long ms)
{
	long until = now_ms() + ms, left = ms;
	unsigned int i;

	pump(0);
	for (;;) {
		for (i = 0; i < nkept; i++)
			if (kept[i].type == type)
				return &kept[i];
		left = until - now_ms();
		if (left <= 0)
			return NULL;
		pump(left);
	}
}

/* ---- commands --------------------------------------------------------------- */

static uint8_t type_of(const char *word)
{
	uint32_t type;

	if (!rsp_number(RSP_NAMES_ASAP, word, &type))
		usage(word);
	return type;
}

static int do_socket(void)
{
	struct sctp_event_subscribe events = {
		.sctp_data_io_event = 1,
		.sctp_association_event = 1,
	};

	if (fd >= 0)
		return 0;
	fd = socket(AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP);
	if (fd < 0)
		return -1;
	return setsockopt(fd, IPPROTO_SCTP, SCTP_EVENTS, &events,
			  sizeof(events));
}

static void cmd_listen(char **words)
{
	const char *addr = words[1] ? words[1] : "::";
	struct sockaddr_storage ss;
	socklen_t len;
	int rc = do_socket();

	len = address(addr, words[1] && words[2] ? number(words[2]) :
		      RSP_ASAP_PORT, &ss);
	if (rc >= 0)
		rc = bind(fd, (struct sockaddr *)&ss, len);
	if (rc >= 0)
		rc = listen(fd, 512);
	say_done(rc);
}

static void cmd_rule(char **words)
{
	unsigned int i;

	for (i = 0; i < RULES; i++)
		if (!strcmp(words[1], rule_names[i]))
			break;
	if (i == RULES)
		usage(words[1]);
	if (!strcmp(words[2], "ok"))
		rules[i] = RULE_OK;
	else if (!strcmp(words[2], "silent"))
		rules[i] = RULE_SILENT;
	else
		rules[i] = number(words[2]);
	say_done(0);
}

static void cmd_connect(char **words)
{
	struct sockaddr_storage ss;
	sctp_assoc_t assoc = 0;
	int rc = do_socket();

	address(words[1], number(words[2]), &ss);
	if (rc >= 0)
		rc = sctp_connectx(fd, (struct sockaddr *)&ss, 1, &assoc);
	if (rc >= 0)
		current = assoc;
	say_done(rc);
}

static void cmd_keepalive(char **words)
{
	uint8_t buf[1024];
	struct rsp_writer w;
	int len;

	rsp_msg_begin(&w, buf, sizeof(buf), RSP_ASAP_ENDPOINT_KEEP_ALIVE,
		      has_word(words, "home") ? RSP_FLAG_HOME : 0);
	rsp_put_u32(&w, option_number(words, "id", 7));
	rsp_put_handle(&w, words[1], strlen(words[1]));
	if (option(words, "pe"))
		rsp_put_pe_id(&w, option_number(words, "pe", 0));
	len = rsp_msg_end(&w);
	say_done(len < 0 ? len : put_times(words, buf, len));
}

static void cmd_unregister(char **words)
{
	struct rsp_octets handle = {
		.data = (const uint8_t *)words[1],
		.len = strlen(words[1]),
	};

	respond(current, RSP_ASAP_DEREGISTRATION_RESPONSE, RULE_OK, &handle,
		number(words[2]));
	say_done(0);
}

static void cmd_raw(char **words)
{
	size_t len = strlen(words[1]) / 2, pad = option_number(words, "pad", 0), i;
	static uint8_t buf[100000];
	unsigned int octet;

	memset(buf, 0, sizeof(buf));
	for (i = 0; i < len && i < sizeof(buf); i++) {
		if (sscanf(words[1] + 2 * i, "%2x", &octet) != 1)
			usage(words[1]);
		buf[i] = octet;
	}
	if (pad > sizeof(buf) - i)
		usage("pad");
	say_done(put_times(words, buf, i + pad));
}

static void cmd_expect(char **words)
{
	struct kept *k = wait_message(type_of(words[1]),
				      words[2] ? number(words[2]) : 10000);

	if (!k) {
		say("none");
		return;
	}
	current = k->assoc;
	say("%s", k->text);
	nkept--;
	memmove(k, k + 1, (char *)&kept[nkept] - (char *)k);
}

static void cmd_none(char **words)
{
	struct kept *k = wait_message(type_of(words[1]), number(words[2]));

	say("%s", k ? k->text : "ok");
}

static void cmd_count(char **words)
{
	pump(0);
	say("%lu", counts[type_of(words[1])]);
}

static void cmd_forget(char **words)
{
	pump(0);
	nkept = 0;
	say_done(0);
}

static void cmd_peers(char **words)
{
	pump(0);
	say("%u", peers);
}

static void cmd_close(char **words)
{
	say_done(put_flags(current, SCTP_EOF, 0, NULL, 0));
}

static void cmd_abort(char **words)
{
	say_done(put_flags(current, SCTP_ABORT, 0, NULL, 0));
}

/* ---- announcements ----------------------------------------------------------- */

static int announce_socket(const struct sockaddr_storage *group, int ttl,
			   const char *from)
{
	int s = socket(group->ss_family, SOCK_DGRAM, 0);
	struct sockaddr_storage source;
	socklen_t len;

	if (s < 0)
		return -1;
	if (from) {
		len = address(from, 0, &source);
		if (bind(s, (struct sockaddr *)&source, len)) {
			close(s);
			return -1;
		}
	}
	if (group->ss_family == AF_INET)
		setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl));
	else
		setsockopt(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &ttl,
			   sizeof(ttl));
	return s;
}

/* "ADDRESS,ADDRESS..." */
static void transport_addrs(struct rsp_transport *t, const char *list)
{
	char *copy = strdup(list), *rest = copy, *word;
	struct rsp_addr *addr;

	while ((word = strsep(&rest, ",")) && t->naddrs < RSP_ADDRS_MAX) {
		addr = &t->addrs[t->naddrs++];
		addr->family = strchr(word, ':') ? 6 : 4;
		if (inet_pton(addr->family == 6 ? AF_INET6 : AF_INET, word,
			      addr->octets) != 1)
			usage(word);
	}
	free(copy);
}

/* TEST-NET-2, another address or port each time */
static void forged_addr(struct rsp_transport *t, unsigned long round)
{
	t->naddrs = 1;
	t->addrs[0].family = 4;
	memcpy(t->addrs[0].octets, "\xc6\x33\x64", 3);
	t->addrs[0].octets[3] = round;
	t->port += round / 256;
}

static int announcement(char **words, uint8_t *buf, size_t size,
			unsigned long round)
{
	bool forge = has_word(words, "forge");
	struct rsp_transport t = {
		.type = RSP_PARAM_SCTP_TRANSPORT,
		.port = option_number(words, "port",
				      forge ? 1024 : RSP_ASAP_PORT),
		.use = RSP_USE_DATA_CONTROL,
	};
	const char *addrs = option(words, "sctp");
	struct rsp_writer w;

	rsp_msg_begin(&w, buf, size, RSP_ASAP_SERVER_ANNOUNCE, 0);
	rsp_put_u32(&w, option_number(words, "id", 7) + (forge ? round : 0));
	if (addrs)
		transport_addrs(&t, addrs);
	if (forge)
		forged_addr(&t, round);
	if (t.naddrs)
		rsp_put_transport(&w, &t);
	return rsp_msg_end(&w);
}

static void cmd_announce(char **words)
{
	unsigned long times = option_number(words, "times", 1), i;
	struct sockaddr_storage group;
	socklen_t glen = address(words[1], number(words[2]), &group);
	uint8_t buf[1024];
	int s, len, rc = 0;

	s = announce_socket(&group, option_number(words, "ttl", 1),
			    option(words, "from"));
	if (s < 0) {
		say_done(s);
		return;
	}
	for (i = 0; i < times && rc >= 0; i++) {
		len = announcement(words, buf, sizeof(buf), i);
		if (len < 0)
			usage("announce");
		rc = sendto(s, buf, len, 0, (struct sockaddr *)&group, glen);
		if (rc < 0 && (errno == ENOBUFS || errno == EAGAIN))
			rc = 0;
	}
	say_done(rc);
	close(s);
}

/* ---- the interpreter ---------------------------------------------------------- */

static const struct command {
	const char *name;
	unsigned int min;
	void (*run)(char **words);
} commands[] = {
	{ "listen", 0, cmd_listen },
	{ "rule", 2, cmd_rule },
	{ "connect", 2, cmd_connect },
	{ "keepalive", 1, cmd_keepalive },
	{ "unregister", 2, cmd_unregister },
	{ "raw", 1, cmd_raw },
	{ "expect", 1, cmd_expect },
	{ "none", 2, cmd_none },
	{ "count", 1, cmd_count },
	{ "forget", 0, cmd_forget },
	{ "peers", 0, cmd_peers },
	{ "close", 0, cmd_close },
	{ "abort", 0, cmd_abort },
	{ "announce", 2, cmd_announce },
};

static void run_command(char *text)
{
	char *words[WORDS + 1] = { NULL }, *save;
	unsigned int n = 0, i;

	for (text = strtok_r(text, " ", &save); text && n < WORDS;
	     text = strtok_r(NULL, " ", &save))
		words[n++] = text;
	if (!n)
		return;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, words[0]))
			break;
	if (i == sizeof(commands) / sizeof(commands[0]) ||
	    n <= commands[i].min)
		usage(words[0]);
	answer[0] = '\0';
	commands[i].run(words);
	printf("%s: %s\n", words[0], answer);
}

static void run_line(char *line)
{
	char *next;

	line[strcspn(line, "\n")] = '\0';
	for (; line; line = next) {
		next = strchr(line, ';');
		if (next)
			*next++ = '\0';
		run_command(line);
	}
}

/* Answers while there is nothing to read. */
static void run_input(void)
{
	static char line[65536];
	struct pollfd p[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .events = POLLIN },
	};
	size_t used = 0;
	ssize_t n;
	char *end;

	for (;;) {
		p[1].fd = fd;
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[1].revents)
			pump(0);
		if (!p[0].revents)
			continue;
		n = read(STDIN_FILENO, line + used, sizeof(line) - used - 1);
		if (n <= 0)
			return;
		used += n;
		line[used] = '\0';
		while ((end = strchr(line, '\n'))) {
			*end++ = '\0';
			run_line(line);
			used -= end - line;
			memmove(line, end, used + 1);
		}
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 2)
		usage("usage: rsp_registrar COMMANDS... or rsp_registrar -");
	setlinebuf(stdout);
	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(argv[1], "-"))
		run_input();
	else
		for (i = 1; i < argc; i++)
			run_line(argv[i]);
	return 0;
}
