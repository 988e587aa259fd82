// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses under which others reach this namespace, for the user transport
 * of a registration and for the ASAP transport (RFC 5352 section 3.1, R1).
 *
 * Process context; RCU, and inside it the address lock of one IPv6 device at
 * a time.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ipv6.h>

#include "rserpool.h"

struct rsp_addr_list {
	struct rsp_addr *addrs;
	unsigned int n;
	unsigned int max;
	bool loopback;			/* these ones, or all others */
};

static void rsp_addrs_add(struct rsp_addr_list *list, u8 family,
			  const void *octets)
{
	struct rsp_addr *addr;

	if (list->n == list->max)
		return;
	addr = &list->addrs[list->n++];
	memset(addr, 0, sizeof(*addr));
	addr->family = family;
	memcpy(addr->octets, octets, family == 4 ? 4 : 16);
}

static void rsp_addrs_v4(struct net_device *dev, struct rsp_addr_list *list)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;

	in_dev = __in_dev_get_rcu(dev);
	if (!in_dev)
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		bool loopback = ipv4_is_loopback(ifa->ifa_local);

		if (loopback != list->loopback ||
		    (!loopback && ifa->ifa_scope >= RT_SCOPE_LINK))
			continue;
		rsp_addrs_add(list, 4, &ifa->ifa_local);
	}
}

/* Not to be used as a source yet, or never: no use to anybody else either. */
static bool rsp_addrs_v6_usable(const struct inet6_ifaddr *ifp)
{
	if (ifp->flags & IFA_F_DADFAILED)
		return false;
	return !(ifp->flags & IFA_F_TENTATIVE) ||
	       ifp->flags & IFA_F_OPTIMISTIC;
}

static void rsp_addrs_v6(struct net_device *dev, struct rsp_addr_list *list)
{
	const struct inet6_ifaddr *ifp;
	struct inet6_dev *in6_dev;

	in6_dev = __in6_dev_get(dev);
	if (!in6_dev)
		return;
	read_lock_bh(&in6_dev->lock);
	list_for_each_entry(ifp, &in6_dev->addr_list, if_list) {
		bool loopback = ipv6_addr_loopback(&ifp->addr);

		if (loopback != list->loopback ||
		    ipv6_addr_type(&ifp->addr) & IPV6_ADDR_LINKLOCAL ||
		    !rsp_addrs_v6_usable(ifp))
			continue;
		rsp_addrs_add(list, 6, &ifp->addr);
	}
	read_unlock_bh(&in6_dev->lock);
}

static void rsp_addrs_collect(struct net *net, struct rsp_addr_list *list)
{
	struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (!(dev->flags & IFF_UP))
			continue;
		rsp_addrs_v4(dev, list);
		if (IS_ENABLED(CONFIG_IPV6))
			rsp_addrs_v6(dev, list);
	}
	rcu_read_unlock();
}

unsigned int rsp_local_addrs(struct net *net, struct rsp_addr *addrs,
			     unsigned int max)
{
	struct rsp_addr_list list = { .addrs = addrs, .max = max };

	rsp_addrs_collect(net, &list);
	if (!list.n) {
		list.loopback = true;
		rsp_addrs_collect(net, &list);
	}
	return list.n;
}
