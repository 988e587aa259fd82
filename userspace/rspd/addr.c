// SPDX-License-Identifier: GPL-2.0-only
/* See addr.h. */
#include "addr.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

socklen_t addr_len(const union config_addr *addr)
{
	return addr->sa.sa_family == AF_INET ? sizeof(addr->in) :
					       sizeof(addr->in6);
}

void addr_text(const union config_addr *addr, char text[ADDR_TEXT])
{
	char host[INET6_ADDRSTRLEN];

	if (addr->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &addr->in.sin_addr, host, sizeof(host));
		snprintf(text, ADDR_TEXT, "%s:%u", host,
			 ntohs(addr->in.sin_port));
	} else {
		inet_ntop(AF_INET6, &addr->in6.sin6_addr, host, sizeof(host));
		snprintf(text, ADDR_TEXT, "[%s]:%u", host,
			 ntohs(addr->in6.sin6_port));
	}
}

static void addr_get4(const void *octets, struct rsp_addr *addr)
{
	addr->family = 4;
	memcpy(addr->octets, octets, 4);
}

bool addr_get(const struct sockaddr *sa, struct rsp_addr *addr, uint16_t *port)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;

	memset(addr, 0, sizeof(*addr));
	if (sa->sa_family == AF_INET) {
		addr_get4(&in->sin_addr, addr);
		*port = ntohs(in->sin_port);
		return true;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	*port = ntohs(in6->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		addr_get4(&in6->sin6_addr.s6_addr[12], addr);
	} else {
		addr->family = 6;
		memcpy(addr->octets, &in6->sin6_addr, 16);
	}
	return true;
}

void addr_set(union config_addr *to, int family, const struct rsp_addr *addr,
	      uint16_t port)
{
	memset(to, 0, sizeof(*to));
	to->sa.sa_family = family;
	to->in.sin_port = htons(port);	/* sin6_port is in the same place */
	if (family == AF_INET) {
		memcpy(&to->in.sin_addr, addr->octets, 4);
	} else if (addr->family == 4) {
		memset(&to->in6.sin6_addr.s6_addr[10], 0xff, 2);
		memcpy(&to->in6.sin6_addr.s6_addr[12], addr->octets, 4);
	} else {
		memcpy(&to->in6.sin6_addr, addr->octets, 16);
	}
}

static bool addr_is_any(const union config_addr *addr)
{
	if (addr->sa.sa_family == AF_INET)
		return addr->in.sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&addr->in6.sin6_addr);
}

static bool addr_is_local(const struct sockaddr *sa)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;

	return sa->sa_family == AF_INET6 &&
	       (IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ||
		IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr));
}

static void addr_append(struct rsp_transport *t, const struct sockaddr *sa)
{
	uint16_t port;

	if (t->naddrs < RSP_ADDRS_MAX && !addr_is_local(sa) &&
	    addr_get(sa, &t->addrs[t->naddrs], &port))
		t->naddrs++;
}

/* An IPv6 socket serves both, an IPv4 socket only its own kind. */
static void addr_host(struct rsp_transport *t, int family)
{
	struct ifaddrs *all, *i;

	if (getifaddrs(&all))
		return;
	for (i = all; i; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_flags & IFF_LOOPBACK ||
		    !(i->ifa_flags & IFF_UP))
			continue;
		if (family == AF_INET && i->ifa_addr->sa_family != AF_INET)
			continue;
		addr_append(t, i->ifa_addr);
	}
	freeifaddrs(all);
}

bool addr_place(struct rsp_transport *t, const union config_addr *addrs,
		size_t naddrs, uint16_t port)
{
	static const union config_addr any = {
		.in6 = { .sin6_family = AF_INET6 },
	};
	size_t i;

	memset(t, 0, sizeof(*t));
	t->type = RSP_PARAM_SCTP_TRANSPORT;
	t->use = RSP_USE_DATA_CONTROL;
	t->port = naddrs ? ntohs(addrs->in.sin_port) : port;
	if (!naddrs) {
		addrs = &any;
		naddrs = 1;
	}
	for (i = 0; i < naddrs; i++) {
		if (addr_is_any(&addrs[i]))
			addr_host(t, addrs[i].sa.sa_family);
		else
			addr_append(t, &addrs[i].sa);
	}
	return t->naddrs;
}
