// SPDX-License-Identifier: GPL-2.0-only
/*
 * State of a network namespace, and the order in which the module comes and
 * goes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>
#include <net/sctp/sctp.h>
#include "session.h"

#define RSP_MODULE_VERSION	"0.1.0"

unsigned int rsp_net_id __read_mostly;
struct workqueue_struct *rsp_wq;

/*
 * The symbol that makes modprobe load sctp first: its own state of a namespace
 * is then made before ours and goes after it, and its sockets can be had as
 * soon as there is one of ours.  Never called through this.
 */
static const void * const rsp_needs_sctp __used = sctp_get_sctp_info;

struct rsp_net *rsp_net(const struct net *net)
{
	return net_generic(net, rsp_net_id);
}

static void rsp_net_setup(struct rsp_net *rn, struct net *net)
{
	rn->net = net;
	spin_lock_init(&rn->sessions_lock);
	spin_lock_init(&rn->turns_lock);
	INIT_LIST_HEAD(&rn->turns);
	spin_lock_init(&rn->users_lock);
	spin_lock_init(&rn->pes_lock);
	INIT_LIST_HEAD(&rn->pes);
	spin_lock_init(&rn->pools_lock);
	spin_lock_init(&rn->access_lock);
	INIT_LIST_HEAD(&rn->access);
}

/*
 * Counters before everything that counts, settings before everything that
 * reads them; the ASAP endpoint fills the cache of pools and looks whether
 * announcements are to come, so it comes last and goes first.
 */
static int __net_init rsp_net_begin(struct net *net)
{
	struct rsp_net *rn = rsp_net(net);
	int err;

	rsp_net_setup(rn, net);

	err = rsp_mib_net_init(rn);
	if (err)
		return err;
	err = rsp_sysctl_net_init(rn);
	if (err)
		goto err_mib;
	err = rsp_pool_net_init(rn);
	if (err)
		goto err_sysctl;
	err = rsp_announce_net_init(rn);
	if (err)
		goto err_pool;
	err = rsp_asap_net_init(rn);
	if (err)
		goto err_announce;
	return 0;

err_announce:
	rsp_announce_net_exit(rn);
err_pool:
	rsp_pool_net_exit(rn);
err_sysctl:
	rsp_sysctl_net_exit(rn);
err_mib:
	rsp_mib_net_exit(rn);
	return err;
}

static int __net_init rsp_net_init(struct net *net)
{
	bool fault = rsp_fault_begin(RSP_FAULT_net);
	int err = rsp_net_begin(net);

	rsp_fault_end(RSP_FAULT_net, fault);
	return err;
}

/*
 * A user's socket holds its namespace, so none exists any more; what is left
 * are the associations with registrars.  They are aborted here and not in
 * .exit, since here the devices are still up and the aborts get out.
 */
static void __net_exit rsp_net_pre_exit(struct net *net)
{
	struct rsp_net *rn = rsp_net(net);

	WRITE_ONCE(rn->dying, true);
	rsp_announce_net_pre_exit(rn);
	rsp_asap_net_pre_exit(rn);
}

static void __net_exit rsp_net_exit(struct net *net)
{
	struct rsp_net *rn = rsp_net(net);

	rsp_asap_net_exit(rn);
	rsp_announce_net_exit(rn);
	rsp_pool_net_exit(rn);
	rsp_access_net_exit(rn);
	rsp_sysctl_net_exit(rn);
	WARN_ON_ONCE(rsp_mib_value(rn, RSP_MIB_CURR_SESSIONS));
	WARN_ON_ONCE(rsp_mib_value(rn, RSP_MIB_CURR_SUBSCRIPTIONS));
	rsp_mib_net_exit(rn);

	/* with a count too high a limit would be reached too early, for ever */
	WARN_ON_ONCE(!RB_EMPTY_ROOT(&rn->sessions) || rn->nsessions);
	WARN_ON_ONCE(!list_empty(&rn->turns) || rn->nturns);
	WARN_ON_ONCE(!RB_EMPTY_ROOT(&rn->users));
	WARN_ON_ONCE(!list_empty(&rn->pes) || rn->npes);
	WARN_ON_ONCE(rn->npools || rn->npools_pes);
	WARN_ON_ONCE(atomic_read(&rn->nasks));
}

static struct pernet_operations rsp_net_ops = {
	.init		= rsp_net_init,
	.pre_exit	= rsp_net_pre_exit,
	.exit		= rsp_net_exit,
	.id		= &rsp_net_id,
	.size		= sizeof(struct rsp_net),
};

/*
 * Inside out: what the next step can call has to be there before it.
 *  - the work queue, which anything of a namespace may use at once;
 *  - the state of the namespaces, which commands and sockets look up;
 *  - the notifiers of devices and addresses, which look at all namespaces;
 *  - the notifier of closed netlink sockets before the family, so that no
 *    registrar can attach whose end would go unnoticed;
 *  - the socket family last: from then on there are users, who hold the
 *    module, so that the way back never meets one.
 */
static int __init rsp_begin(void)
{
	int err;

	rsp_wq = alloc_workqueue("rserpool", WQ_UNBOUND, 0);
	if (!rsp_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&rsp_net_ops);
	if (err)
		goto err_wq;
	err = rsp_link_netlink_init();
	if (err)
		goto err_net;
	err = rsp_announce_init();
	if (err)
		goto err_link;
	err = rsp_addrs_init();
	if (err)
		goto err_announce;
	err = rsp_netlink_init();
	if (err)
		goto err_addrs;
	err = rsp_family_init();
	if (err)
		goto err_netlink;
	return 0;

err_netlink:
	rsp_netlink_exit();
err_addrs:
	rsp_addrs_exit();
err_announce:
	rsp_announce_exit();
err_link:
	rsp_link_netlink_exit();
err_net:
	unregister_pernet_subsys(&rsp_net_ops);
err_wq:
	destroy_workqueue(rsp_wq);
	return err;
}

static int __init rsp_init(void)
{
	bool fault = rsp_fault_begin(RSP_FAULT_init);
	int err = rsp_begin();

	rsp_fault_end(RSP_FAULT_init, fault);
	return err;
}

static void __exit rsp_exit(void)
{
	rsp_family_exit();
	rsp_race(module_exit);
	rsp_netlink_exit();
	rsp_addrs_exit();
	rsp_announce_exit();
	rsp_link_netlink_exit();
	unregister_pernet_subsys(&rsp_net_ops);
	destroy_workqueue(rsp_wq);
	/* Pools are freed by RCU callbacks that live in this module */
	rcu_barrier();
}

module_init(rsp_init);
module_exit(rsp_exit);

MODULE_DESCRIPTION("Reliable Server Pooling (RFC 5351 - 5356) sockets");
MODULE_LICENSE("GPL");
MODULE_VERSION(RSP_MODULE_VERSION);
MODULE_ALIAS_GENL_FAMILY(RSERPOOL_FAMILY_NAME);
#ifdef RSP_AUTOLOAD
/* Off unless asked for: socket() of any user would load the module */
MODULE_ALIAS_NETPROTO(AF_RSERPOOL);
#endif
