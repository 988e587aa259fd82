/* SPDX-License-Identifier: GPL-2.0-only */
/* select.c: a dry run of a pool's policy. */
#ifndef RSPCTL_SELECT_H
#define RSPCTL_SELECT_H

#include "rspctl.h"

/* rspctl pool select */
int pool_select(struct ctl *ctl, struct ctl_args *args);

#endif /* RSPCTL_SELECT_H */
