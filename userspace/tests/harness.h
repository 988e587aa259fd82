/* SPDX-License-Identifier: GPL-2.0-only */
/* What the codec's unit tests share: messages from hexadecimal, parsed. */
#ifndef _RSERPOOL_TESTS_HARNESS_H
#define _RSERPOOL_TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wire.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct bytes {
	size_t len;
	__u8 data[RSP_MSG_SPACE];
};

static inline unsigned int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	assert_in_range(c, 'a', 'f');
	return c - 'a' + 10;
}

/* Appends @hex; blanks do not count, "__" becomes @padding. */
static inline void add_hex_padded(struct bytes *b, const char *hex,
				  __u8 padding)
{
	for (; *hex; hex += 2) {
		hex += strspn(hex, " ");
		if (!*hex)
			break;
		assert_true(b->len < sizeof(b->data));
		b->data[b->len++] = *hex == '_' ? padding :
			hex_digit(hex[0]) << 4 | hex_digit(hex[1]);
	}
}

static inline void add_hex(struct bytes *b, const char *hex)
{
	add_hex_padded(b, hex, 0);
}

static inline void set_u16(struct bytes *b, size_t at, unsigned int value)
{
	b->data[at] = value >> 8;
	b->data[at + 1] = value & 0xff;
}

static inline unsigned int get_u16(const struct bytes *b, size_t at)
{
	return b->data[at] << 8 | b->data[at + 1];
}

/* The message's length field says what is there. */
static inline void fix_length(struct bytes *b)
{
	set_u16(b, 2, b->len);
}

/* A message parsed in an allocation of its own size, for the sanitizer. */
struct parsed {
	int err;
	__u8 *buf;
	struct rsp_msg msg;
	struct rsp_causes report;
};

static inline struct parsed *parse(enum rsp_proto proto, const struct bytes *b)
{
	static struct parsed p;

	free(p.buf);
	memset(&p, 0xa5, sizeof(p));
	p.buf = malloc(b->len ? b->len : 1);
	assert_non_null(p.buf);
	memcpy(p.buf, b->data, b->len);
	p.err = rsp_msg_parse(p.buf, b->len, proto, &p.msg, &p.report);
	return &p;
}

static inline struct parsed *parse_hex(enum rsp_proto proto, const char *hex)
{
	static struct bytes b;

	b.len = 0;
	add_hex(&b, hex);
	return parse(proto, &b);
}

static inline void assert_octets(const struct rsp_octets *a, const void *data,
				 size_t len)
{
	assert_non_null(a->data);
	assert_int_equal(a->len, len);
	assert_memory_equal(a->data, data, len);
}

/* The whole report: one cause, about what @hex says. */
static inline void assert_report(const struct parsed *p, unsigned int code,
				 const char *hex)
{
	static struct bytes b;

	b.len = 0;
	add_hex(&b, hex);
	assert_int_equal(p->report.count, 1);
	assert_int_equal(p->report.dropped, 0);
	assert_int_equal(p->report.cause[0].code, code);
	assert_octets(&p->report.cause[0].data, b.data, b.len);
}

#endif /* _RSERPOOL_TESTS_HARNESS_H */
