// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's parameter "fault", in debug builds for kernels with fault
 * injection: which allocation of which context fails.
 *
 *	session:12	the twelfth one from now on, over as many runs as that
 *			takes; 0: none
 *
 * Reading tells what is left; 0 when it has failed.  Which allocations count,
 * and how they fail, is the kernel's matter (failslab, fail_page_alloc).
 */
#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "fault.h"

#ifdef CONFIG_FAULT_INJECTION

static const char * const rsp_fault_names[__RSP_FAULT_MAX] = {
#define X(name) \
	[RSP_FAULT_##name] = #name,
	RSP_FAULT_LIST(X)
#undef X
};

static atomic_t rsp_fault_left[__RSP_FAULT_MAX];

/* Two at a time do not share: the second one has no faults. */
bool rsp_fault_begin(enum rsp_fault_context context)
{
	unsigned int left;

	if (!atomic_read(&rsp_fault_left[context]))
		return false;
	left = atomic_xchg(&rsp_fault_left[context], 0);
	WRITE_ONCE(current->fail_nth, left);
	return left;
}

void rsp_fault_end(enum rsp_fault_context context, bool counts)
{
	if (!counts)
		return;
	atomic_set(&rsp_fault_left[context], READ_ONCE(current->fail_nth));
	WRITE_ONCE(current->fail_nth, 0);
}

static int rsp_fault_set(const char *val, const struct kernel_param *kp)
{
	char word[32], *n = word, *name;
	unsigned int left;
	int context, err;

	strscpy(word, val, sizeof(word));
	name = strsep(&n, ":");
	context = match_string(rsp_fault_names, __RSP_FAULT_MAX, name);
	if (context < 0 || !n)
		return -EINVAL;
	err = kstrtouint(strim(n), 10, &left);
	if (!err)
		atomic_set(&rsp_fault_left[context], left);
	return err;
}

static int rsp_fault_get(char *buf, const struct kernel_param *kp)
{
	int i, len = 0;

	for (i = 0; i < __RSP_FAULT_MAX; i++)
		len += scnprintf(buf + len, PAGE_SIZE - len, "%s %u\n",
				 rsp_fault_names[i],
				 atomic_read(&rsp_fault_left[i]));
	return len;
}

static const struct kernel_param_ops rsp_fault_ops = {
	.set = rsp_fault_set,
	.get = rsp_fault_get,
};

module_param_cb(fault, &rsp_fault_ops, NULL, 0600);
MODULE_PARM_DESC(fault, "CONTEXT:N: its N-th allocation from now on fails");

#endif
