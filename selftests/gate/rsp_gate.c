// SPDX-License-Identifier: GPL-2.0
/*
 * Commits one deliberate fault while it is loaded, so that the gate of tests can be seen to
 * shut (scripts/gate-check).  The faults are those that a module like rserpool would make; none
 * of them ends the machine.
 */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>

static char *fault = "none";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "the fault to commit");

/* Nothing that the compiler can see through */
static int gate_shift = 40;
module_param(gate_shift, int, 0);

static noinline int gate_none(void)
{
	return 0;
}

static noinline int gate_use_after_free(void)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	WRITE_ONCE(*p, 1);
	return 0;
}

static DEFINE_MUTEX(gate_a);
static DEFINE_MUTEX(gate_b);

static noinline int gate_lock_order(void)
{
	mutex_lock(&gate_a);
	mutex_lock(&gate_b);
	mutex_unlock(&gate_b);
	mutex_unlock(&gate_a);

	mutex_lock(&gate_b);
	mutex_lock(&gate_a);
	mutex_unlock(&gate_a);
	mutex_unlock(&gate_b);
	return 0;
}

static noinline int gate_leak(void)
{
	void *p = kmalloc(100, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	return p ? 0 : -ENOMEM;
}

static DEFINE_SPINLOCK(gate_spin);

static noinline int gate_atomic_sleep(void)
{
	void *p;

	spin_lock(&gate_spin);
	p = kmalloc(100, GFP_KERNEL);
	spin_unlock(&gate_spin);
	kfree(p);
	return 0;
}

static noinline int gate_undefined(void)
{
	gate_shift = 1 << gate_shift;
	return 0;
}

static noinline int gate_sctp_socket(void)
{
	struct socket *sock;

	return sock_create_kern(&init_net, PF_INET, SOCK_SEQPACKET, IPPROTO_SCTP, &sock);
}

static noinline int gate_namespace(void)
{
	get_net(current->nsproxy->net_ns);
	return 0;
}

static noinline int gate_cache(void)
{
	return kmem_cache_create("rserpool_gate", 100, 0, 0, NULL) ? 0 : -ENOMEM;
}

static const struct {
	const char *name;
	int (*commit)(void);
} gate_faults[] = {
	{ "none", gate_none },
	{ "use-after-free", gate_use_after_free },
	{ "lock-order", gate_lock_order },
	{ "leak", gate_leak },
	{ "atomic-sleep", gate_atomic_sleep },
	{ "undefined", gate_undefined },
	{ "sctp-socket", gate_sctp_socket },
	{ "namespace", gate_namespace },
	{ "cache", gate_cache },
};

static int __init gate_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(gate_faults); i++)
		if (!strcmp(gate_faults[i].name, fault))
			return gate_faults[i].commit();
	return -EINVAL;
}

static void __exit gate_exit(void)
{
}

module_init(gate_init);
module_exit(gate_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("deliberate faults for rserpool's tests");
