// SPDX-License-Identifier: GPL-2.0
/*
 * Transports: of one's own service in basic mode, and of the peer.
 */
#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <linux/rserpool.h>

#include "peer.h"

static const struct name protocols[] = {
	{ "opaque", RSP_PROTO_OPAQUE }, { "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP }, { "udplite", IPPROTO_UDPLITE },
	{ "dccp", IPPROTO_DCCP }, { "sctp", IPPROTO_SCTP },
	{ NULL, 0 }
};

static socklen_t used(const struct rsp_transport_addrs *t)
{
	const size_t head = offsetof(struct rsp_transport_addrs, addrs);

	return t->protocol == RSP_PROTO_OPAQUE ?
	       head + t->opaque_len : head + t->naddrs * sizeof(t->addrs[0]);
}

static void say_sockaddr(const struct __kernel_sockaddr_storage *addr)
{
	const struct sockaddr_in6 *sin6 = (const void *)addr;
	const struct sockaddr_in *sin = (const void *)addr;
	char text[INET6_ADDRSTRLEN];

	if (addr->ss_family == AF_INET6)
		say(" [%s]:%u",
		    inet_ntop(AF_INET6, &sin6->sin6_addr, text, sizeof(text)),
		    ntohs(sin6->sin6_port));
	else
		say(" %s:%u",
		    inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text)),
		    ntohs(sin->sin_port));
}

static void say_transport(int option, const char *session)
{
	struct rsp_transport_addrs t = {
		.session_id = session ? number(session) : 0,
	};
	socklen_t len = sizeof(t);
	int i;

	if (getsockopt(cur->fd, SOL_RSERPOOL, option, &t, &len)) {
		say_errno();
		return;
	}
	if (len != used(&t))
		say("len=%u ", len);
	say("pe=%u %s port=%u use=%u", t.pe_id, name_of(protocols, t.protocol),
	    t.port, t.use);
	if (t.service_code)
		say(" code=%u", t.service_code);
	if (t.protocol == RSP_PROTO_OPAQUE) {
		say(" ");
		say_octets(t.opaque, t.opaque_len, 0);
		return;
	}
	for (i = 0; i < t.naddrs; i++)
		say_sockaddr(&t.addrs[i]);
}

static void add_address(struct rsp_transport_addrs *t, const char *word)
{
	struct sockaddr_in6 *sin6 = (void *)&t->addrs[t->naddrs];
	struct sockaddr_in *sin = (void *)&t->addrs[t->naddrs];

	if (t->naddrs == RSP_TRANSPORT_ADDRS_MAX)
		usage("too many addresses");
	t->naddrs++;
	if (inet_pton(AF_INET, word, &sin->sin_addr) == 1)
		sin->sin_family = AF_INET;
	else if (inet_pton(AF_INET6, word, &sin6->sin6_addr) == 1)
		sin6->sin6_family = AF_INET6;
	else
		usage("%s: no address", word);
}

/*
 * transport: what is registered.  transport opaque OCTETS; transport PROTOCOL PORT
 * [use=N] [code=N] [len=N] [ADDRESS...]: what is to be registered
 */
static void cmd_transport(char **words)
{
	struct rsp_transport_addrs t = { 0 };
	socklen_t len = 0;

	if (!*++words) {
		say_transport(RSP_TRANSPORT, NULL);
		return;
	}
	t.protocol = value_of(protocols, *words);
	if (t.protocol == RSP_PROTO_OPAQUE && words[1]) {
		struct octets o = octets(*++words);

		t.opaque_len = o.len;
		memcpy(t.opaque, o.data, o.len < sizeof(t.opaque) ?
					 o.len : sizeof(t.opaque));
		free(o.data);
	} else if (words[1]) {
		t.port = number(*++words);
	}
	while (*++words) {
		if (!strncmp(*words, "use=", 4))
			t.use = number(*words + 4);
		else if (!strncmp(*words, "code=", 5))
			t.service_code = number(*words + 5);
		else if (!strncmp(*words, "len=", 4))
			len = number(*words + 4);
		else
			add_address(&t, *words);
	}
	say_done(setsockopt(cur->fd, SOL_RSERPOOL, RSP_TRANSPORT, &t,
			    len ? len : used(&t)));
}

/* peeraddrs [SESSION] */
static void cmd_peeraddrs(char **words)
{
	say_transport(RSP_PEER_ADDRS, words[1]);
}

/* disconnect: connect() to AF_UNSPEC */
static void cmd_disconnect(char **words)
{
	struct sockaddr addr = { .sa_family = AF_UNSPEC };

	(void)words;
	say_done(connect(cur->fd, &addr, sizeof(addr)));
}

const struct command basic_commands[] = {
	{ "disconnect", 0, false, cmd_disconnect },
	{ "peeraddrs", 0, false, cmd_peeraddrs },
	{ "transport", 0, false, cmd_transport },
	{ NULL, 0, false, NULL }
};
