/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults where no system call stands behind: a debug build (make RSP_DEBUG=1)
 * can be told that the n-th allocation of one of these contexts fails, as
 * /proc/PID/fail-nth does it for a process.  Other builds have nothing of it.
 */
#ifndef _RSERPOOL_FAULT_H
#define _RSERPOOL_FAULT_H

#include <linux/types.h>

#define RSP_FAULT_LIST(X)						\
	X(init)			/* the module comes */			\
	X(net)			/* a namespace comes */			\
	X(asap)			/* the work of its ASAP endpoint */	\
	X(session)		/* the work of a session */

enum rsp_fault_context {
#define X(name) RSP_FAULT_##name,
	RSP_FAULT_LIST(X)
#undef X
	__RSP_FAULT_MAX,
};

#if defined(RSP_DEBUG) && defined(CONFIG_FAULT_INJECTION)
/**
 * rsp_fault_begin() - from here on allocations count, if any are to fail
 * @context: which one this is
 *
 * Context: Process; the current task is no user's.
 * Return: what rsp_fault_end() wants.
 */
bool rsp_fault_begin(enum rsp_fault_context context);

/**
 * rsp_fault_end() - they do no longer
 * @context: as for rsp_fault_begin()
 * @counts: what that returned
 *
 * What is left is counted on in the next run of the same context.
 *
 * Context: Process; the same task.
 */
void rsp_fault_end(enum rsp_fault_context context, bool counts);
#else
#define rsp_fault_begin(context)	((void)(context), false)
#define rsp_fault_end(context, counts)	((void)(context), (void)(counts))
#endif

#endif /* _RSERPOOL_FAULT_H */
