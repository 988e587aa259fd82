/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzers of the kernel share.  libFuzzer is the engine: it makes
 * inputs, a target turns each into system calls, and what the module executed
 * for them (KCOV) is libFuzzer's coverage.
 */
#ifndef _RSERPOOL_FUZZ_H
#define _RSERPOOL_FUZZ_H

#include <stdbool.h>

#include "input.h"

/* ---- a target has these two ------------------------------------------------ */

void fuzz_setup(void);
void fuzz_run(struct input *in);

/* ---- what came of it ------------------------------------------------------- */

/* Coverage of the calling thread counts from now on. */
void fuzz_thread(void);

/* Result of a call: a new pair makes an input worth keeping, as new code does. */
void fuzz_result(unsigned int call, int result);

/* With RSP_FUZZ_TRACE set: a line for each thing done. */
void __attribute__((format(printf, 1, 2))) fuzz_trace(const char *fmt, ...);

/* This must not be: libFuzzer keeps the input. */
void __attribute__((noreturn, format(printf, 1, 2)))
fuzz_fail(const char *fmt, ...);

/* The errno is one that programs know. */
void fuzz_check_errno(const char *call, int err);

/* Let everybody else run. */
void fuzz_sleep(unsigned int ms);

/*
 * The action of doing nothing for as long as the input says.  With time travel
 * that takes no time and can be long.
 */
void fuzz_rest(struct input *in);

#endif /* _RSERPOOL_FUZZ_H */
