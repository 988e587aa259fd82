// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's parameter "fault", in debug builds for kernels with fault
 * injection: which allocation of which context fails.
 *
 *	session:12	the twelfth one from now on, over as many runs as that
 *			takes; 0: none
 *
 * Reading tells what is left; 0 when it has failed.  Both wait for the end of a
 * run that counts.  Which allocations count, and how they fail, is the kernel's
 * matter (failslab, fail_page_alloc).
 */
#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "fault.h"

#ifdef CONFIG_FAULT_INJECTION

static const char * const rsp_fault_names[__RSP_FAULT_MAX] = {
#define X(name) \
	[RSP_FAULT_##name] = #name,
	RSP_FAULT_LIST(X)
#undef X
};

/* In rsp_fault_left: they are being counted, in current->fail_nth. */
#define RSP_FAULT_COUNTING	(-1)

static atomic_t rsp_fault_left[__RSP_FAULT_MAX];

/* Return: false while a run counts, whose end would overwrite @val. */
static bool rsp_fault_replace(atomic_t *left, int *old, int val)
{
	*old = atomic_read(left);
	return *old != RSP_FAULT_COUNTING &&
	       atomic_cmpxchg(left, *old, val) == *old;
}

/* Two at a time do not share: the second one has no faults. */
bool rsp_fault_begin(enum rsp_fault_context context)
{
	atomic_t *left = &rsp_fault_left[context];
	int n;

	if (!atomic_read(left) ||
	    !rsp_fault_replace(left, &n, RSP_FAULT_COUNTING))
		return false;
	WRITE_ONCE(current->fail_nth, n);
	return true;
}

void rsp_fault_end(enum rsp_fault_context context, bool counts)
{
	if (!counts)
		return;
	atomic_set(&rsp_fault_left[context], READ_ONCE(current->fail_nth));
	WRITE_ONCE(current->fail_nth, 0);
	wake_up_var(&rsp_fault_left[context]);
}

static int rsp_fault_set(const char *val, const struct kernel_param *kp)
{
	char word[32], *n = word, *name;
	int context, err, old, left;

	strscpy(word, val, sizeof(word));
	name = strsep(&n, ":");
	context = match_string(rsp_fault_names, __RSP_FAULT_MAX, name);
	if (context < 0 || !n)
		return -EINVAL;
	err = kstrtoint(strim(n), 10, &left);
	if (err || left < 0)
		return err ?: -EINVAL;
	wait_var_event(&rsp_fault_left[context],
		       rsp_fault_replace(&rsp_fault_left[context], &old, left));
	return 0;
}

static int rsp_fault_get(char *buf, const struct kernel_param *kp)
{
	int i, left, len = 0;

	for (i = 0; i < __RSP_FAULT_MAX; i++) {
		wait_var_event(&rsp_fault_left[i],
			       (left = atomic_read(&rsp_fault_left[i])) !=
			       RSP_FAULT_COUNTING);
		len += scnprintf(buf + len, PAGE_SIZE - len, "%s %d\n",
				 rsp_fault_names[i], left);
	}
	return len;
}

static const struct kernel_param_ops rsp_fault_ops = {
	.set = rsp_fault_set,
	.get = rsp_fault_get,
};

module_param_cb(fault, &rsp_fault_ops, NULL, 0600);
MODULE_PARM_DESC(fault, "CONTEXT:N: its N-th allocation from now on fails");

#endif
