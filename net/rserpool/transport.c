// SPDX-License-Identifier: GPL-2.0-only
/*
 * User transports by value: what is kept of a parameter of RFC 5354 when its
 * message is gone, and how it becomes one again.
 */
#include <linux/in.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "rserpool.h"

bool rsp_addr_is_unicast(const struct rsp_addr *addr)
{
	struct in6_addr v6;
	__be32 v4;

	if (addr->family == 4) {
		memcpy(&v4, addr->octets, sizeof(v4));
		return v4 && !ipv4_is_multicast(v4) && !ipv4_is_lbcast(v4);
	}
	memcpy(&v6, addr->octets, sizeof(v6));
	return addr->family == 6 && !ipv6_addr_any(&v6) &&
	       !ipv6_addr_is_multicast(&v6) &&
	       !(ipv6_addr_type(&v6) & IPV6_ADDR_LINKLOCAL);
}

void rsp_service_read(struct rsp_service *user, const struct rsp_transport *from)
{
	*user = (struct rsp_service) {
		.type = from->type,
		.port = from->port,
		.use = from->use,
		.service_code = from->service_code,
		.naddrs = from->naddrs,
	};
	if (from->type != RSP_PARAM_OPAQUE_TRANSPORT) {
		memcpy(user->addrs, from->addrs,
		       from->naddrs * sizeof(user->addrs[0]));
	} else if (from->raw.len <= sizeof(user->raw)) {
		user->raw_len = from->raw.len;
		memcpy(user->raw, from->raw.data, from->raw.len);
	}
}

void rsp_service_write(const struct rsp_service *user, struct rsp_transport *to)
{
	*to = (struct rsp_transport) {
		.type = user->type,
		.port = user->port,
		.use = user->use,
		.service_code = user->service_code,
		.naddrs = user->naddrs,
	};
	if (user->type == RSP_PARAM_OPAQUE_TRANSPORT)
		to->raw = (struct rsp_octets) {
			.data = user->raw,
			.len = user->raw_len,
		};
	else
		memcpy(to->addrs, user->addrs,
		       user->naddrs * sizeof(user->addrs[0]));
}
