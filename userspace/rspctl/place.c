// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where registrars are, and the groups in which they announce themselves: an address, a port and a
 * profile, whose attributes each object of the netlink family numbers for itself.
 */
#include <arpa/inet.h>
#include "rspctl.h"

int ctl_get_place(struct ctl_args *args, bool add, struct ctl_place *place)
{
	int err;

	*place = (struct ctl_place){ 0 };
	ctl_keyword(args, "address");
	err = ctl_get_address(args, &place->addr);
	if (!err)
		err = ctl_get_port(args, &place->port);
	if (!err && add)
		err = ctl_get_profile(args, &place->profile);
	return err ? err : ctl_end(args);
}

void ctl_put_place(struct nlmsghdr *nlh, const struct ctl_place_attrs *attrs,
		   const struct ctl_place *place)
{
	if (place->addr.family == 4)
		mnl_attr_put(nlh, attrs->ipv4, 4, place->addr.octets);
	else
		mnl_attr_put(nlh, attrs->ipv6, 16, place->addr.octets);
	if (place->port)
		mnl_attr_put_u16(nlh, attrs->port, place->port);
	if (place->profile)
		mnl_attr_put_u32(nlh, attrs->profile, place->profile);
}

void print_place(const struct nlattr **tb, const struct ctl_place_attrs *attrs)
{
	const struct nlattr *ipv4 = tb[attrs->ipv4], *ipv6 = tb[attrs->ipv6];
	char address[INET6_ADDRSTRLEN] = "";

	if (ipv4 && mnl_attr_get_payload_len(ipv4) == 4)
		inet_ntop(AF_INET, mnl_attr_get_payload(ipv4), address, sizeof(address));
	else if (ipv6 && mnl_attr_get_payload_len(ipv6) == 16)
		inet_ntop(AF_INET6, mnl_attr_get_payload(ipv6), address, sizeof(address));
	if (!*address)
		return;
	out_string("address", "address", address);
	out_uint("port", "port", rsp_nl_u16(tb[attrs->port]));
	if (tb[attrs->profile])
		out_name("profile", "profile", RSP_NAMES_PROFILE,
			 rsp_nl_u32(tb[attrs->profile]));
}
