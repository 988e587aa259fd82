// SPDX-License-Identifier: GPL-2.0-only
/*
 * A binary heap whose elements know their place, so that one can be moved or
 * taken out in O(log n): most deadlines here are moved before they are due.
 */
#include "deadline.h"

#include <errno.h>
#include <stdlib.h>

int deadlines_reserve(struct deadlines *all, size_t count)
{
	size_t room = all->room ? all->room : 64;
	struct deadline **heap;

	if (count <= all->room)
		return 0;
	while (room < count)
		room *= 2;
	heap = reallocarray(all->heap, room + 1, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	all->heap = heap;
	all->room = room;
	return 0;
}

void deadlines_free(struct deadlines *all)
{
	free(all->heap);
	all->heap = NULL;
	all->count = 0;
	all->room = 0;
}

static void heap_put(struct deadlines *all, size_t slot, struct deadline *d)
{
	all->heap[slot] = d;
	d->slot = slot;
}

static void heap_up(struct deadlines *all, size_t slot, struct deadline *d)
{
	while (slot > 1 && all->heap[slot / 2]->when > d->when) {
		heap_put(all, slot, all->heap[slot / 2]);
		slot /= 2;
	}
	heap_put(all, slot, d);
}

static void heap_down(struct deadlines *all, size_t slot, struct deadline *d)
{
	size_t child;

	while ((child = 2 * slot) <= all->count) {
		if (child < all->count &&
		    all->heap[child + 1]->when < all->heap[child]->when)
			child++;
		if (all->heap[child]->when >= d->when)
			break;
		heap_put(all, slot, all->heap[child]);
		slot = child;
	}
	heap_put(all, slot, d);
}

void deadline_set(struct deadlines *all, struct deadline *d, uint64_t when)
{
	uint64_t before = d->when;

	if (when == DEADLINE_NEVER) {
		deadline_clear(all, d);
		return;
	}
	d->when = when;
	if (!d->slot)
		heap_up(all, ++all->count, d);
	else if (when < before)
		heap_up(all, d->slot, d);
	else
		heap_down(all, d->slot, d);
}

void deadline_clear(struct deadlines *all, struct deadline *d)
{
	struct deadline *last;
	size_t slot = d->slot;

	if (!slot)
		return;
	d->slot = 0;
	last = all->heap[all->count--];
	if (last == d)
		return;
	/* The last one fills the gap, and belongs above or below it. */
	if (last->when < d->when)
		heap_up(all, slot, last);
	else
		heap_down(all, slot, last);
}

uint64_t deadlines_next(const struct deadlines *all)
{
	return all->count ? all->heap[1]->when : DEADLINE_NEVER;
}

struct deadline *deadlines_pop(struct deadlines *all, uint64_t now)
{
	struct deadline *first;

	if (deadlines_next(all) > now || !all->count)
		return NULL;
	first = all->heap[1];
	deadline_clear(all, first);
	return first;
}
