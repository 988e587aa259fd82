/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.c: hash tables that grow, with the links inside what they hold.
 *
 * The caller computes the hashes and compares the keys:
 *
 *	for (node = table_first(t, hash); node; node = table_next(node))
 *		if (key of container_of(node) is the one wanted) ...
 */
#ifndef RSPD_TABLE_H
#define RSPD_TABLE_H

#include <stddef.h>
#include <stdint.h>

#ifndef container_of
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#endif

struct table_node {
	struct table_node *next;
	uint32_t hash;
};

struct table {
	struct table_node **buckets;
	size_t size;		/* buckets, a power of two */
	size_t count;
};

int table_init(struct table *t);	/* 0 or -ENOMEM */
void table_free(struct table *t);	/* not what is in it */

/* Never fails: without memory to grow, the chains get longer. */
void table_add(struct table *t, struct table_node *node, uint32_t hash);
void table_del(struct table *t, struct table_node *node);

/* All nodes that have exactly this hash. */
struct table_node *table_first(const struct table *t, uint32_t hash);
struct table_node *table_next(const struct table_node *node);

/* All nodes; the one returned may be taken out before the next call. */
struct table_walk {
	size_t bucket;
	struct table_node *next;
};

struct table_node *table_walk(const struct table *t, struct table_walk *walk);

#define TABLE_KEY_LEN	16

/* SipHash-1-3 with a secret key: nobody outside can choose collisions. */
uint32_t table_hash(const uint8_t key[TABLE_KEY_LEN], const void *data,
		    size_t len);

#endif /* RSPD_TABLE_H */
