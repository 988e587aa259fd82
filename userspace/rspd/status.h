/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * status.c: which registrars there are, for people (ENRP-PRS-01).
 *
 * A part of the core: no I/O, no clock.
 */
#ifndef RSPD_STATUS_H
#define RSPD_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "../lib/status.h"

struct registrar;

#define STATUS_MAX	(PEERS_MAX + 1)

/**
 * registrar_status() - this registrar and all its peers
 * @r: registrar
 * @all: result, STATUS_MAX entries
 * @now: time
 * Return: entries of @all.
 */
size_t registrar_status(const struct registrar *r, struct status_peer *all,
			uint64_t now);

#endif /* RSPD_STATUS_H */
