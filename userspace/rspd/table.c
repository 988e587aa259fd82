// SPDX-License-Identifier: GPL-2.0-only
/* Chained hash tables and the hash function, see table.h. */
#include "table.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_SIZE_MIN	64

int table_init(struct table *t)
{
	t->count = 0;
	t->size = TABLE_SIZE_MIN;
	t->buckets = calloc(t->size, sizeof(*t->buckets));
	return t->buckets ? 0 : -ENOMEM;
}

void table_free(struct table *t)
{
	free(t->buckets);
	memset(t, 0, sizeof(*t));
}

static struct table_node **table_bucket(const struct table *t, uint32_t hash)
{
	return &t->buckets[hash & (t->size - 1)];
}

static void table_link(struct table *t, struct table_node *node)
{
	struct table_node **bucket = table_bucket(t, node->hash);

	node->next = *bucket;
	*bucket = node;
}

static void table_grow(struct table *t)
{
	struct table_node **old = t->buckets, *node, *next;
	size_t old_size = t->size, i;
	struct table_node **buckets;

	buckets = calloc(2 * old_size, sizeof(*buckets));
	if (!buckets)
		return;
	t->buckets = buckets;
	t->size = 2 * old_size;
	for (i = 0; i < old_size; i++) {
		for (node = old[i]; node; node = next) {
			next = node->next;
			table_link(t, node);
		}
	}
	free(old);
}

void table_add(struct table *t, struct table_node *node, uint32_t hash)
{
	if (t->count >= t->size)
		table_grow(t);
	node->hash = hash;
	table_link(t, node);
	t->count++;
}

void table_del(struct table *t, struct table_node *node)
{
	struct table_node **p = table_bucket(t, node->hash);

	while (*p != node)
		p = &(*p)->next;
	*p = node->next;
	t->count--;
}

static struct table_node *table_match(struct table_node *node, uint32_t hash)
{
	while (node && node->hash != hash)
		node = node->next;
	return node;
}

struct table_node *table_first(const struct table *t, uint32_t hash)
{
	return table_match(*table_bucket(t, hash), hash);
}

struct table_node *table_next(const struct table_node *node)
{
	return table_match(node->next, node->hash);
}

struct table_node *table_walk(const struct table *t, struct table_walk *walk)
{
	struct table_node *node = walk->next;

	while (!node && walk->bucket < t->size)
		node = t->buckets[walk->bucket++];
	walk->next = node ? node->next : NULL;
	return node;
}

static uint64_t sip_rotl(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Up to 8 octets */
static uint64_t sip_word(const uint8_t *p, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, p, len);
	return le64toh(word);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = sip_rotl(v[1], 13) ^ v[0];
	v[0] = sip_rotl(v[0], 32);
	v[2] += v[3];
	v[3] = sip_rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = sip_rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = sip_rotl(v[1], 17) ^ v[2];
	v[2] = sip_rotl(v[2], 32);
}

static void sip_take(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

uint32_t table_hash(const uint8_t key[TABLE_KEY_LEN], const void *data,
		    size_t len)
{
	uint64_t k0 = sip_word(key, 8), k1 = sip_word(key + 8, 8);
	uint64_t v[4] = {
		k0 ^ 0x736f6d6570736575ULL,
		k1 ^ 0x646f72616e646f6dULL,
		k0 ^ 0x6c7967656e657261ULL,
		k1 ^ 0x7465646279746573ULL,
	};
	const uint8_t *p = data;
	uint64_t last = (uint64_t)len << 56;
	uint64_t sum;

	for (; len >= 8; p += 8, len -= 8)
		sip_take(v, sip_word(p, 8));
	sip_take(v, last | sip_word(p, len));
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	sum = v[0] ^ v[1] ^ v[2] ^ v[3];
	return sum ^ sum >> 32;
}
