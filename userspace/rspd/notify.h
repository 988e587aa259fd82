/* SPDX-License-Identifier: GPL-2.0-only */
/* notify.c: tell systemd how we are. */
#ifndef RSPD_NOTIFY_H
#define RSPD_NOTIFY_H

/* @state as in sd_notify(3); nothing happens without systemd. */
void notify(const char *state);

#endif /* RSPD_NOTIFY_H */
