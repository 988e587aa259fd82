/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * deadline.c: which of many deadlines comes next.
 *
 * Times are milliseconds of any clock that never goes back.
 */
#ifndef RSPD_DEADLINE_H
#define RSPD_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

#define DEADLINE_NEVER	UINT64_MAX

/**
 * struct deadline - part of what has the deadline; all zero: none is set
 * @when: time
 * @slot: place in the heap, from 1; 0: none is set
 */
struct deadline {
	uint64_t when;
	size_t slot;
};

/**
 * struct deadlines - a binary heap, the earliest on top
 * @heap: from index 1
 * @count: deadlines set
 * @room: deadlines that fit
 */
struct deadlines {
	struct deadline **heap;
	size_t count;
	size_t room;
};

/* Make room for @count deadlines in all.  Return: 0 or -ENOMEM. */
int deadlines_reserve(struct deadlines *all, size_t count);
void deadlines_free(struct deadlines *all);

/* Set, move, or with DEADLINE_NEVER clear; there has to be room. */
void deadline_set(struct deadlines *all, struct deadline *d, uint64_t when);
void deadline_clear(struct deadlines *all, struct deadline *d);

/* When the first one is due, DEADLINE_NEVER without any. */
uint64_t deadlines_next(const struct deadlines *all);

/* Clear and return one that is due at @now, or NULL. */
struct deadline *deadlines_pop(struct deadlines *all, uint64_t now);

#endif /* RSPD_DEADLINE_H */
