// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspctl resolve HANDLE server: one pool element, as the kernel would choose it for a
 * session, for programs that have a transport of their own (basic mode).
 *
 * Whoever had failed with some of them says so: the registrar is told, and they are
 * passed over.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/rserpool.h>
#include "rspctl.h"

#define CHOOSE_FAILED_MAX	64

struct choose {
	struct sockaddr_rserpool pool;
	uint32_t failed[CHOOSE_FAILED_MAX];
	unsigned int nfailed;
	const char *format;		/* NULL: as others show it */
	struct rsp_transport_addrs found;
};

static int choose_parse(struct ctl_args *args, struct choose *choose)
{
	uint64_t id;

	while (ctl_keyword(args, "failed")) {
		if (choose->nfailed == CHOOSE_FAILED_MAX)
			return ctl_usage(args, "too many that failed");
		if (ctl_get_uint(args, "PE identifier", UINT32_MAX, &id))
			return CTL_USAGE;
		choose->failed[choose->nfailed++] = id;
	}
	if (ctl_keyword(args, "as")) {
		choose->format = ctl_next(args);
		if (!choose->format)
			return ctl_usage(args, "FORMAT is missing");
	}
	return ctl_end(args);
}

/* ---- asking ------------------------------------------------------------ */

static int choose_connect(int fd, struct choose *choose, uint32_t pe_id)
{
	choose->pool.srp_pe_id = pe_id;
	return connect(fd, (struct sockaddr *)&choose->pool,
		       sizeof(choose->pool)) ? -errno : 0;
}

/* One that has left the pool needs no report. */
static int choose_next(int fd, struct choose *choose, uint32_t failed)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	int err;

	if (connect(fd, &none, sizeof(none)))
		return -errno;
	err = choose_connect(fd, choose, failed);
	if (err && err != -EHOSTUNREACH)
		return err;
	return choose_connect(fd, choose, 0);
}

static bool choose_has_failed(const struct choose *choose, uint32_t pe_id)
{
	unsigned int i;

	for (i = 0; i < choose->nfailed; i++)
		if (choose->failed[i] == pe_id)
			return true;
	return false;
}

static int choose_ask(int fd, struct choose *choose)
{
	socklen_t len = sizeof(choose->found);
	const int on = 1;
	unsigned int i;
	int err = 0;

	if (setsockopt(fd, SOL_RSERPOOL, RSP_BASIC, &on, sizeof(on)))
		return -errno;
	for (i = 0; i < choose->nfailed && !err; i++)
		err = choose_next(fd, choose, choose->failed[i]);
	if (!choose->nfailed)
		err = choose_connect(fd, choose, 0);
	if (!err && getsockopt(fd, SOL_RSERPOOL, RSP_PEER_ADDRS,
			       &choose->found, &len))
		err = -errno;
	/* suspect ones come last: if it is one of those there is no other */
	if (!err && choose_has_failed(choose, choose->found.pe_id))
		err = -EHOSTUNREACH;
	return err;
}

/* ---- telling ----------------------------------------------------------- */

static const struct {
	uint32_t protocol;
	uint16_t type;
} choose_types[] = {
	{ RSP_PROTO_OPAQUE, RSP_PARAM_OPAQUE_TRANSPORT },
	{ IPPROTO_TCP, RSP_PARAM_TCP_TRANSPORT },
	{ IPPROTO_UDP, RSP_PARAM_UDP_TRANSPORT },
	{ IPPROTO_DCCP, RSP_PARAM_DCCP_TRANSPORT },
	{ IPPROTO_SCTP, RSP_PARAM_SCTP_TRANSPORT },
	{ IPPROTO_UDPLITE, RSP_PARAM_UDPLITE_TRANSPORT },
};

static void choose_transport(const struct rsp_transport_addrs *from,
			     struct rsp_transport *to)
{
	unsigned int i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < sizeof(choose_types) / sizeof(choose_types[0]); i++)
		if (choose_types[i].protocol == from->protocol)
			to->type = choose_types[i].type;
	to->port = from->port;
	to->use = from->use;
	to->service_code = from->service_code;
	to->naddrs = from->naddrs;
	for (i = 0; i < from->naddrs; i++) {
		const struct sockaddr_in6 *sin6 = (const void *)&from->addrs[i];
		const struct sockaddr_in *sin = (const void *)&from->addrs[i];

		to->addrs[i].family = sin->sin_family == AF_INET6 ? 6 : 4;
		if (to->addrs[i].family == 6)
			memcpy(to->addrs[i].octets, &sin6->sin6_addr, 16);
		else
			memcpy(to->addrs[i].octets, &sin->sin_addr, 4);
	}
}

static int choose_show(const struct choose *choose,
		       const struct rsp_transport *transport)
{
	out_list_begin();
	out_record_begin();
	out_handle("handle", "handle", choose->pool.srp_handle,
		   choose->pool.srp_handle_len);
	out_id("id", "id", choose->found.pe_id);
	print_transport_param(transport);
	if (transport->type == RSP_PARAM_OPAQUE_TRANSPORT)
		out_handle("opaque", "opaque", choose->found.opaque,
			   choose->found.opaque_len);
	out_record_end();
	return out_list_end() ? CTL_FAILED : CTL_OK;
}

/* An opaque transport has an address of no known form: as a handle's text. */
static void choose_put(const struct choose *choose,
		       const struct rsp_transport *transport, char directive)
{
	char text[RSP_HANDLE_TEXT(RSP_OPAQUE_MAX)];
	const struct rsp_addr *addr = transport->addrs;
	bool v6 = transport->naddrs && addr->family == 6;

	if (transport->naddrs)
		inet_ntop(v6 ? AF_INET6 : AF_INET, addr->octets, text,
			  sizeof(text));
	else
		rsp_handle_text(text, sizeof(text), choose->found.opaque,
				choose->found.opaque_len);
	switch (directive) {
	case 'i':
		printf("%u", choose->found.pe_id);
		break;
	case 't':
		fputs(rsp_name_or_number(RSP_NAMES_TRANSPORT, transport->type),
		      stdout);
		break;
	case 'a':
		fputs(text, stdout);
		break;
	case 'p':
		printf("%u", transport->port);
		break;
	case 'e':
		if (transport->naddrs)
			printf(v6 ? "[%s]:%u" : "%s:%u", text, transport->port);
		else
			fputs(text, stdout);
		break;
	default:
		putchar(directive);
	}
}

static int choose_format(const struct choose *choose,
			 const struct rsp_transport *transport)
{
	const char *p;

	for (p = choose->format; *p; p++)
		if (*p == '%' && p[1])
			choose_put(choose, transport, *++p);
		else
			putchar(*p);
	putchar('\n');
	return fflush(stdout) ? CTL_FAILED : CTL_OK;
}

int ctl_choose(struct ctl_args *args, const struct ctl_handle *handle)
{
	struct choose choose = {
		.pool = {
			.srp_family = AF_RSERPOOL,
			.srp_handle_len = handle->len,
		},
	};
	struct rsp_transport transport;
	int fd, err;

	if (choose_parse(args, &choose))
		return CTL_USAGE;
	memcpy(choose.pool.srp_handle, handle->octets, handle->len);
	fd = socket(AF_RSERPOOL, SOCK_STREAM | SOCK_CLOEXEC, 0);
	err = fd < 0 ? -errno : choose_ask(fd, &choose);
	if (fd >= 0)
		close(fd);
	if (err) {
		fprintf(stderr, "Error: no server: %s.\n",
			err == -ENOENT ? "no such pool" :
			err == -EHOSTUNREACH ? "nobody, or no other one" :
			strerror(-err));
		return CTL_FAILED;
	}
	choose_transport(&choose.found, &transport);
	return choose.format ? choose_format(&choose, &transport) :
			       choose_show(&choose, &transport);
}
