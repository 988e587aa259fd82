// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses under which others reach this namespace, for the user transport
 * of a registration and for the ASAP transport (RFC 5352 section 3.1, R1), and
 * what to do when they change.
 *
 * Process context; RCU, and inside it the address lock of one IPv6 device at
 * a time.  The notifiers run anywhere: they leave a bit and have the
 * namespace's ASAP work run.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ipv6.h>

#include "asap.h"

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

/* ---- changes ------------------------------------------------------------- */

/*
 * When to look after the last event, in ms: after what comes with it, and
 * again, since an IPv6 address can be used only when nobody has objected to it,
 * of which there is no event.
 */
static const unsigned int rsp_addrs_looks[] = { 200, 1500, 4000 };

static void rsp_addrs_event(struct net *net)
{
	struct rsp_net *rn = rsp_net(net);
	struct rsp_asap *asap = rn->asap;

	if (!asap || !READ_ONCE(asap->home))
		return;		/* the next one hears of all there are */
	WRITE_ONCE(asap->addrs_changed, true);
	rsp_asap_kick(asap);
}

static int rsp_addrs_event_v4(struct notifier_block *nb, unsigned long event,
			      void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	rsp_addrs_event(dev_net(ifa->ifa_dev->dev));
	return NOTIFY_DONE;
}

static int rsp_addrs_event_v6(struct notifier_block *nb, unsigned long event,
			      void *ptr)
{
	const struct inet6_ifaddr *ifp = ptr;

	rsp_addrs_event(dev_net(ifp->idev->dev));
	return NOTIFY_DONE;
}

static struct notifier_block rsp_addrs_notifier_v4 = {
	.notifier_call = rsp_addrs_event_v4,
};

static struct notifier_block rsp_addrs_notifier_v6 = {
	.notifier_call = rsp_addrs_event_v6,
};

int rsp_addrs_init(void)
{
	int err = register_inetaddr_notifier(&rsp_addrs_notifier_v4);

	if (err)
		return err;
	err = register_inet6addr_notifier(&rsp_addrs_notifier_v6);
	if (err)
		unregister_inetaddr_notifier(&rsp_addrs_notifier_v4);
	return err;
}

void rsp_addrs_exit(void)
{
	unregister_inet6addr_notifier(&rsp_addrs_notifier_v6);
	unregister_inetaddr_notifier(&rsp_addrs_notifier_v4);
}

/* Are they others than the last time? */
static bool rsp_addrs_differ(struct rsp_asap *asap)
{
	struct rsp_addr addrs[RSP_ADDRS_MAX];
	unsigned int n;

	n = rsp_local_addrs(asap->rn->net, addrs, RSP_ADDRS_MAX);
	if (n == asap->naddrs && !memcmp(addrs, asap->addrs, n * sizeof(*addrs)))
		return false;
	memcpy(asap->addrs, addrs, n * sizeof(*addrs));
	asap->naddrs = n;
	return true;
}

void rsp_addrs_home(struct rsp_asap *asap)
{
	rsp_addrs_differ(asap);
}

void rsp_addrs_run(struct rsp_asap *asap)
{
	if (xchg(&asap->addrs_changed, false)) {
		asap->addrs_since = jiffies;
		asap->addrs_look = 0;
		asap->addrs_looking = true;
	}
	while (asap->addrs_looking) {
		unsigned int ms = rsp_addrs_looks[asap->addrs_look];
		unsigned long when = asap->addrs_since + msecs_to_jiffies(ms);

		if (time_before(jiffies, when)) {
			rsp_asap_wake_at(asap, when);
			break;
		}
		if (++asap->addrs_look == ARRAY_SIZE(rsp_addrs_looks))
			asap->addrs_looking = false;
		if (asap->home && rsp_addrs_differ(asap))
			rsp_home_moved(asap);
	}
}
