// SPDX-License-Identifier: GPL-2.0-only
/*
 * Announcements: registrars say by multicast that they are there (RFC 5352
 * sections 2.2.10, 3.6).
 *
 * For each group of a namespace's list there is a UDP socket, bound to the
 * group's address and its member on all devices that can multicast, as they
 * come and go.  The sockets are made when somebody needs a registrar first.
 *
 * Anybody can announce anything, so little is believed: what is heard goes to
 * asap_learn.c, which bounds it, and a registrar is used once an association
 * with it is up.  What comes from one address beyond RSP_SOURCE_MAX in a second
 * does not even get into the socket's small queue, so that whoever floods the
 * group leaves room for others.  When all of them together send more than
 * RSP_ANNOUNCEMENTS_MAX, the rest stays in the queue, where the kernel drops
 * it.  Nothing is ever answered (ERR-01).
 *
 * A work of its own does all this, since joining a group waits for the lock of
 * the network devices, for which ASAP must not wait.  The mutex keeps commands
 * and that work apart; callbacks only queue the work.  The sockets do not pin
 * their namespace: pre_exit closes them.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/inet_sock.h>
#include <net/udp_tunnel.h>

#include "asap.h"
#include "compat.h"
#include "sctp.h"

#define RSP_GROUPS_MAX		8
#define RSP_GROUP_DEVICES_MAX	64
#define RSP_ANNOUNCEMENT_MAX	2048	/* octets */
#define RSP_ANNOUNCEMENTS_MAX	500	/* per second */
#define RSP_SOURCES		256	/* told apart, by hash of the address */
#define RSP_SOURCE_MAX		16	/* per second, from one of them */
#define RSP_ANNOUNCE_BUDGET	64	/* of a group at a time */
#define RSP_ANNOUNCE_RCVBUF	SZ_64K

struct rsp_group {
	struct list_head node;		/* announce->groups */
	struct rsp_addr addr;
	u16 port;
	u32 profile;
	struct socket *sock;
	void (*saved_data_ready)(struct sock *sk);
	unsigned int ndevices;
	int devices[RSP_GROUP_DEVICES_MAX];	/* joined, by ifindex */
};

struct rsp_announce {
	struct rsp_net *rn;
	struct delayed_work work;
	bool wanted;			/* set once */
	bool changed;			/* devices; cleared by the work */
	bool full;			/* the second's allowance is used up */
	bool ready;			/* the work ran with what was wanted */
	unsigned long since;		/* jiffies: when that was */

	spinlock_t sources_lock;	/* softirq: who announces how much */
	u32 seed;			/* constant */
	struct rsp_bucket sources[RSP_SOURCES];

	struct mutex lock;		/* all below, but the lists' lengths */
	struct list_head groups;
	unsigned int ngroups;		/* READ_ONCE to look */
	struct rsp_bucket rate;
	struct rsp_heard heard;
	struct rsp_transport transport;
	u8 buf[RSP_ANNOUNCEMENT_MAX];
};

static void rsp_announce_kick(struct rsp_announce *ann)
{
	if (!READ_ONCE(ann->rn->dying))
		mod_delayed_work(rsp_wq, &ann->work, 0);
}

/* With sk_callback_lock held for reading, which unhooking waits for. */
static void rsp_group_data_ready(struct sock *sk)
{
	struct rsp_announce *ann;

	read_lock_bh(&sk->sk_callback_lock);
	ann = sk->sk_user_data;
	if (ann && !READ_ONCE(ann->full))
		rsp_announce_kick(ann);
	read_unlock_bh(&sk->sk_callback_lock);
}

/* ---- who announces how much --------------------------------------------- */

/* Some share one allowance: who, nobody outside can tell. */
static struct rsp_bucket *rsp_source(struct rsp_announce *ann,
				     const struct sk_buff *skb)
{
	u32 hash;

	if (skb->protocol == htons(ETH_P_IPV6))
		hash = jhash(&ipv6_hdr(skb)->saddr, sizeof(struct in6_addr),
			     ann->seed);
	else
		hash = jhash(&ip_hdr(skb)->saddr, sizeof(__be32), ann->seed);
	return &ann->sources[hash % RSP_SOURCES];
}

static bool rsp_source_take(struct rsp_announce *ann, const struct sk_buff *skb)
{
	bool room;

	spin_lock(&ann->sources_lock);
	room = rsp_bucket_take(rsp_source(ann, skb), RSP_SOURCE_MAX);
	spin_unlock(&ann->sources_lock);
	if (!room)
		RSP_INC(ann->rn, ANNOUNCE_LIMITED);
	return room;
}

/*
 * UDP's hook for sockets that look at a datagram first; softirq.
 * Return: 1: into the queue with it; 0: it is gone.
 */
static int rsp_group_encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct rsp_announce *ann;
	bool room = true;

	read_lock_bh(&sk->sk_callback_lock);
	ann = sk->sk_user_data;
	if (ann)
		room = rsp_source_take(ann, skb);
	read_unlock_bh(&sk->sk_callback_lock);
	if (room)
		return 1;
	kfree_skb(skb);
	return 0;
}

/* ---- a group's socket -------------------------------------------------- */

static int rsp_group_setopt(struct rsp_group *group, int v4, int v6, void *val,
			    unsigned int len)
{
	bool is_v6 = group->addr.family == 6;

	return READ_ONCE(group->sock->ops)->setsockopt(group->sock,
			is_v6 ? SOL_IPV6 : SOL_IP, is_v6 ? v6 : v4,
			KERNEL_SOCKPTR(val), len);
}

static int rsp_group_member(struct rsp_group *group, int ifindex, bool join)
{
	struct ip_mreqn v4 = { .imr_ifindex = ifindex };
	struct ipv6_mreq v6 = { .ipv6mr_ifindex = ifindex };

	if (group->addr.family == 6) {
		memcpy(&v6.ipv6mr_multiaddr, group->addr.octets, 16);
		return rsp_group_setopt(group, 0, join ? IPV6_ADD_MEMBERSHIP :
					IPV6_DROP_MEMBERSHIP, &v6, sizeof(v6));
	}
	memcpy(&v4.imr_multiaddr, group->addr.octets, 4);
	return rsp_group_setopt(group, join ? IP_ADD_MEMBERSHIP :
				IP_DROP_MEMBERSHIP, 0, &v4, sizeof(v4));
}

static int rsp_group_bind(struct rsp_group *group)
{
	struct sockaddr_storage addr;
	int off = 0, err;
	unsigned int len;

	group->sock->sk->sk_reuse = SK_CAN_REUSE;	/* others listen, too */
	group->sock->sk->sk_rcvbuf = RSP_ANNOUNCE_RCVBUF;
	/* or what others have joined would do */
	err = rsp_group_setopt(group, IP_MULTICAST_ALL, IPV6_MULTICAST_ALL,
			       &off, sizeof(off));
	if (err)
		return err;
	len = rsp_sctp_pack_addr(&group->addr, group->port, &addr);
	return kernel_bind(group->sock, (struct sockaddr *)&addr, len);
}

static void rsp_group_hook(struct rsp_announce *ann, struct rsp_group *group)
{
	struct sock *sk = group->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	group->saved_data_ready = sk->sk_data_ready;
	sk->sk_user_data = ann;
	WRITE_ONCE(sk->sk_data_ready, rsp_group_data_ready);
	write_unlock_bh(&sk->sk_callback_lock);
	WRITE_ONCE(udp_sk(sk)->encap_rcv, rsp_group_encap_rcv);
	WRITE_ONCE(udp_sk(sk)->encap_type, 1);	/* any but none */
	RSP_UDP_ENCAP_ENABLE(group->sock);
}

/* Without IPv6, or without memory, there is none; tried again at each change. */
static void rsp_group_open(struct rsp_announce *ann, struct rsp_group *group)
{
	int family = group->addr.family == 6 ? PF_INET6 : PF_INET;

	if (sock_create_kern(ann->rn->net, family, SOCK_DGRAM, IPPROTO_UDP,
			     &group->sock)) {
		group->sock = NULL;
		return;
	}
	if (rsp_group_bind(group)) {
		sock_release(group->sock);
		group->sock = NULL;
		return;
	}
	rsp_group_hook(ann, group);
}

/* Closing it ends its memberships. */
static void rsp_group_close(struct rsp_group *group)
{
	struct sock *sk;

	if (!group->sock)
		return;
	sk = group->sock->sk;
	write_lock_bh(&sk->sk_callback_lock);
	WRITE_ONCE(sk->sk_data_ready, group->saved_data_ready);
	sk->sk_user_data = NULL;
	write_unlock_bh(&sk->sk_callback_lock);
	sock_release(group->sock);
	group->sock = NULL;
	group->ndevices = 0;
}

/* ---- membership -------------------------------------------------------- */

static bool rsp_has_device(const int *devices, unsigned int n, int ifindex)
{
	while (n--)
		if (*devices++ == ifindex)
			return true;
	return false;
}

static unsigned int rsp_multicast_devices(struct net *net, int *devices)
{
	const unsigned int wanted = IFF_UP | IFF_MULTICAST;
	struct net_device *dev;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if ((dev->flags & wanted) != wanted)
			continue;
		if (n == RSP_GROUP_DEVICES_MAX)
			break;
		devices[n++] = dev->ifindex;
	}
	rcu_read_unlock();
	return n;
}

/*
 * A device that is gone has to be left all the same: the socket's list still
 * has it, and a new one may get its number.
 */
static void rsp_group_update(struct rsp_group *group, const int *devices,
			     unsigned int n)
{
	unsigned int i, kept = 0;

	for (i = 0; i < group->ndevices; i++) {
		if (rsp_has_device(devices, n, group->devices[i]))
			group->devices[kept++] = group->devices[i];
		else
			rsp_group_member(group, group->devices[i], false);
	}
	group->ndevices = kept;
	for (i = 0; i < n && group->ndevices < RSP_GROUP_DEVICES_MAX; i++)
		if (!rsp_has_device(group->devices, kept, devices[i]) &&
		    !rsp_group_member(group, devices[i], true))
			group->devices[group->ndevices++] = devices[i];
}

static void rsp_groups_update(struct rsp_announce *ann)
{
	struct rsp_group *group;
	unsigned int n;
	int *devices;

	lockdep_assert_held(&ann->lock);

	devices = kmalloc_array(RSP_GROUP_DEVICES_MAX, sizeof(*devices),
				GFP_KERNEL);
	if (!devices)
		return;
	n = rsp_multicast_devices(ann->rn->net, devices);
	list_for_each_entry(group, &ann->groups, node) {
		if (!group->sock)
			rsp_group_open(ann, group);
		if (group->sock)
			rsp_group_update(group, devices, n);
	}
	kfree(devices);
}

/* ---- what is heard ----------------------------------------------------- */

static bool rsp_addr_is_host(const struct rsp_addr *addr)
{
	struct in6_addr v6;
	__be32 v4;

	if (addr->family == 4) {
		memcpy(&v4, addr->octets, sizeof(v4));
		return !ipv4_is_zeronet(v4) && !ipv4_is_multicast(v4) &&
		       !ipv4_is_lbcast(v4) && !ipv4_is_loopback(v4);
	}
	memcpy(&v6, addr->octets, sizeof(v6));
	return !ipv6_addr_any(&v6) && !ipv6_addr_is_multicast(&v6) &&
	       !ipv6_addr_v4mapped(&v6) && !ipv6_addr_loopback(&v6) &&
	       !(ipv6_addr_type(&v6) & IPV6_ADDR_LINKLOCAL);
}

/*
 * One entry a transport, known by its first address that can be used at all;
 * the others are where SCTP tries next.
 */
static bool rsp_heard_transport(struct rsp_heard *heard,
				const struct rsp_transport *t)
{
	unsigned int i;

	if (t->type != RSP_PARAM_SCTP_TRANSPORT || !t->port)
		return false;
	heard->naddrs = 0;
	heard->port = t->port;
	for (i = 0; i < t->naddrs && heard->naddrs < RSP_REGISTRAR_ADDRS; i++)
		if (rsp_addr_is_host(&t->addrs[i]))
			heard->addrs[heard->naddrs++] = t->addrs[i];
	return heard->naddrs;
}

/* Return: its port. */
static u16 rsp_heard_from(struct rsp_heard *heard,
			  const struct sockaddr_storage *from)
{
	const struct sockaddr_in6 *v6 = (const void *)from;
	const struct sockaddr_in *v4 = (const void *)from;

	memset(&heard->from, 0, sizeof(heard->from));
	if (from->ss_family == AF_INET6) {
		heard->from.family = 6;
		memcpy(heard->from.octets, &v6->sin6_addr, 16);
		return ntohs(v6->sin6_port);
	}
	heard->from.family = 4;
	memcpy(heard->from.octets, &v4->sin_addr, 4);
	return ntohs(v4->sin_port);
}

/*
 * HNT-06: source address and ASAP's port, or the source port where the group's
 * registrars are RSPLIB's.
 */
static bool rsp_heard_source(struct rsp_heard *heard, u16 port)
{
	heard->addrs[0] = heard->from;
	heard->naddrs = 1;
	heard->port = RSP_ASAP_PORT;
	if (heard->profile == RSERPOOL_REGISTRAR_PROFILE_RSPLIB)
		heard->port = port;
	return heard->port && rsp_addr_is_host(&heard->from);
}

/* Return: whether it was good for anything. */
static bool rsp_announcement(struct rsp_announce *ann, size_t len, u32 profile,
			     const struct sockaddr_storage *from)
{
	struct rsp_heard *heard = &ann->heard;
	struct rsp_iter it;
	struct rsp_msg msg;
	bool good = false;
	u16 port;

	if (rsp_msg_parse(ann->buf, len, RSP_PROTO_ASAP, &msg, NULL) ||
	    msg.type != RSP_ASAP_SERVER_ANNOUNCE)
		return false;
	heard->id = msg.server_id;
	heard->profile = profile;
	port = rsp_heard_from(heard, from);
	if (!msg.ntransports && rsp_heard_source(heard, port))
		good = rsp_learn(ann->rn->asap, heard);
	it = msg.body;
	while (rsp_next_transport(&it, &ann->transport))
		if (rsp_heard_transport(heard, &ann->transport))
			good |= rsp_learn(ann->rn->asap, heard);
	return good;
}

/* Return: 1, 0 when there is none. */
static int rsp_group_recv(struct rsp_announce *ann, struct rsp_group *group)
{
	struct kvec vec = {
		.iov_base = ann->buf, .iov_len = sizeof(ann->buf),
	};
	struct sockaddr_storage from = {};
	struct msghdr msg = { .msg_name = &from };
	int len;

	len = kernel_recvmsg(group->sock, &msg, &vec, 1, vec.iov_len,
			     MSG_DONTWAIT);
	if (len == -EAGAIN)
		return 0;
	if (len < 0)
		return 1;		/* an error of the socket, now taken */
	RSP_INC(ann->rn, ANNOUNCE_RX);
	if ((msg.msg_flags & MSG_TRUNC) ||
	    !rsp_announcement(ann, len, group->profile, &from))
		RSP_INC(ann->rn, ANNOUNCE_IGNORED);
	return 1;
}

/* Return: jiffies until there is more to do; negative: nothing for now. */
static long rsp_groups_recv(struct rsp_announce *ann)
{
	struct rsp_group *group;
	unsigned int budget;
	long more = -1;

	lockdep_assert_held(&ann->lock);

	WRITE_ONCE(ann->full, false);
	list_for_each_entry(group, &ann->groups, node) {
		if (!group->sock)
			continue;
		for (budget = RSP_ANNOUNCE_BUDGET; budget; budget--) {
			if (!rsp_bucket_take(&ann->rate,
					     RSP_ANNOUNCEMENTS_MAX)) {
				WRITE_ONCE(ann->full, true);
				RSP_INC(ann->rn, ANNOUNCE_LIMITED);
				return HZ / 10;
			}
			if (!rsp_group_recv(ann, group)) {
				ann->rate.used--;	/* for nothing */
				break;
			}
		}
		if (!budget)
			more = 0;
	}
	return more;
}

/* ---- the work ---------------------------------------------------------- */

static void rsp_announce_work(struct work_struct *work)
{
	struct rsp_announce *ann;
	long more;

	ann = container_of(to_delayed_work(work), struct rsp_announce, work);
	if (READ_ONCE(ann->rn->dying) || !READ_ONCE(ann->wanted))
		return;
	rsp_race(announce_work);
	mutex_lock(&ann->lock);
	if (xchg(&ann->changed, false))
		rsp_groups_update(ann);
	more = rsp_groups_recv(ann);
	mutex_unlock(&ann->lock);
	if (!READ_ONCE(ann->ready)) {
		WRITE_ONCE(ann->since, jiffies);
		/* pairs with the acquire in rsp_announce_expected() */
		smp_store_release(&ann->ready, true);
		rsp_asap_kick(ann->rn->asap);
	}
	if (more >= 0 && !READ_ONCE(ann->rn->dying))
		queue_delayed_work(rsp_wq, &ann->work, more);
}

void rsp_announce_want(struct rsp_net *rn)
{
	struct rsp_announce *ann = rn->announce;

	if (READ_ONCE(ann->wanted))
		return;
	WRITE_ONCE(ann->changed, true);
	WRITE_ONCE(ann->wanted, true);
	rsp_announce_kick(ann);
}

bool rsp_announce_expected(struct rsp_net *rn, unsigned long *until)
{
	struct rsp_announce *ann = rn->announce;
	unsigned int ms = READ_ONCE(rn->set.t6_serverannounce_ms);

	if (!READ_ONCE(ann->ngroups))
		return false;
	*until = jiffies + HZ;
	/* pairs with the release in rsp_announce_work() */
	if (!smp_load_acquire(&ann->ready))
		return true;
	*until = READ_ONCE(ann->since) + 3 * msecs_to_jiffies(ms);
	return time_before(jiffies, *until);
}

/* ---- the list of groups ------------------------------------------------ */

static struct rsp_group *rsp_group_find(struct rsp_announce *ann,
					const struct rsp_addr *addr, u16 port)
{
	struct rsp_group *group;

	lockdep_assert_held(&ann->lock);

	list_for_each_entry(group, &ann->groups, node)
		if (group->port == port &&
		    !memcmp(&group->addr, addr, sizeof(*addr)))
			return group;
	return NULL;
}

static int rsp_group_insert(struct rsp_announce *ann,
			    const struct rsp_group_info *info)
{
	struct rsp_group *group = kzalloc(sizeof(*group), GFP_KERNEL);

	if (!group)
		return -ENOMEM;
	group->addr = info->addr;
	group->port = info->port;
	group->profile = info->profile;
	list_add_tail(&group->node, &ann->groups);
	WRITE_ONCE(ann->ngroups, ann->ngroups + 1);
	return 0;
}

int rsp_group_add(struct rsp_net *rn, const struct rsp_group_info *info,
		  struct netlink_ext_ack *extack)
{
	struct rsp_announce *ann = rn->announce;
	int err;

	mutex_lock(&ann->lock);
	if (rsp_group_find(ann, &info->addr, info->port)) {
		NL_SET_ERR_MSG(extack, "group is in the list");
		err = -EEXIST;
	} else if (ann->ngroups >= RSP_GROUPS_MAX) {
		NL_SET_ERR_MSG(extack, "too many groups");
		err = -ENOSPC;
	} else {
		err = rsp_group_insert(ann, info);
	}
	mutex_unlock(&ann->lock);
	if (!err) {
		WRITE_ONCE(ann->changed, true);
		rsp_announce_kick(ann);
	}
	return err;
}

static void rsp_group_remove(struct rsp_announce *ann, struct rsp_group *group)
{
	list_del(&group->node);
	WRITE_ONCE(ann->ngroups, ann->ngroups - 1);
	rsp_group_close(group);
	kfree(group);
}

int rsp_group_del(struct rsp_net *rn, const struct rsp_group_info *info,
		  struct netlink_ext_ack *extack)
{
	struct rsp_announce *ann = rn->announce;
	struct rsp_group *group;
	int err = 0;

	mutex_lock(&ann->lock);
	group = rsp_group_find(ann, &info->addr, info->port);
	if (group) {
		rsp_group_remove(ann, group);
	} else {
		NL_SET_ERR_MSG(extack, "group is not in the list");
		err = -ENOENT;
	}
	mutex_unlock(&ann->lock);
	return err;
}

bool rsp_group_nth(struct rsp_net *rn, unsigned int n,
		   struct rsp_group_info *info)
{
	struct rsp_announce *ann = rn->announce;
	struct rsp_group *group;
	bool found = false;

	mutex_lock(&ann->lock);
	list_for_each_entry(group, &ann->groups, node) {
		if (n--)
			continue;
		info->addr = group->addr;
		info->port = group->port;
		info->profile = group->profile;
		info->devices = group->ndevices;
		found = true;
		break;
	}
	mutex_unlock(&ann->lock);
	return found;
}

/* ---- namespaces and devices -------------------------------------------- */

static int rsp_announce_device(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct rsp_announce *ann = rsp_net(dev_net(dev))->announce;

	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_UNREGISTER:
		if (!ann || !READ_ONCE(ann->wanted))
			break;
		WRITE_ONCE(ann->changed, true);
		rsp_announce_kick(ann);
	}
	return NOTIFY_DONE;
}

static struct notifier_block rsp_announce_notifier = {
	.notifier_call = rsp_announce_device,
};

int rsp_announce_init(void)
{
	return register_netdevice_notifier(&rsp_announce_notifier);
}

void rsp_announce_exit(void)
{
	unregister_netdevice_notifier(&rsp_announce_notifier);
}

/* RFC 5352 section 8.2; of the IPv6 scopes the site */
static const struct rsp_group_info rsp_groups_default[] = {
	{
		.addr = { .family = 4, .octets = { 224, 0, 1, 185 } },
		.port = RSP_ASAP_PORT,
	},
	{
		.addr = { .family = 6, .octets = { 0xff, 0x05, [14] = 0x01,
						   [15] = 0x33 } },
		.port = RSP_ASAP_PORT,
	},
};

int rsp_announce_net_init(struct rsp_net *rn)
{
	struct rsp_announce *ann = kzalloc(sizeof(*ann), GFP_KERNEL);
	unsigned int i;
	int err = 0;

	if (!ann)
		return -ENOMEM;
	ann->rn = rn;
	INIT_DELAYED_WORK(&ann->work, rsp_announce_work);
	mutex_init(&ann->lock);
	spin_lock_init(&ann->sources_lock);
	ann->seed = get_random_u32();
	INIT_LIST_HEAD(&ann->groups);
	ann->rate.since = jiffies - HZ;
	rn->announce = ann;
	for (i = 0; !err && i < ARRAY_SIZE(rsp_groups_default); i++)
		err = rsp_group_insert(ann, &rsp_groups_default[i]);
	if (err)
		rsp_announce_net_exit(rn);
	return err;
}

/* Twice: before the sockets cannot queue it any more, and after. */
void rsp_announce_net_pre_exit(struct rsp_net *rn)
{
	struct rsp_announce *ann = rn->announce;
	struct rsp_group *group;

	cancel_delayed_work_sync(&ann->work);
	mutex_lock(&ann->lock);
	list_for_each_entry(group, &ann->groups, node)
		rsp_group_close(group);
	mutex_unlock(&ann->lock);
	cancel_delayed_work_sync(&ann->work);
}

void rsp_announce_net_exit(struct rsp_net *rn)
{
	struct rsp_announce *ann = rn->announce;
	struct rsp_group *group, *tmp;

	rn->announce = NULL;
	list_for_each_entry_safe(group, tmp, &ann->groups, node)
		rsp_group_remove(ann, group);
	kfree(ann);
}
