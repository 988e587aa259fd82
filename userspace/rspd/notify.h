/* SPDX-License-Identifier: GPL-2.0-only */
/* notify.c: tell systemd how we are. */
#ifndef RSPD_NOTIFY_H
#define RSPD_NOTIFY_H

#include <stdint.h>

/* @state as in sd_notify(3); nothing happens without systemd. */
void notify(const char *state);

/* The settings are read again; READY=1 follows. */
void notify_reloading(void);

/*
 * Milliseconds within which systemd wants to hear WATCHDOG=1, or else it kills
 * us; 0: it does not wait for that.
 */
uint64_t notify_watchdog(void);

#endif /* RSPD_NOTIFY_H */
