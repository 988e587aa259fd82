/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The input of a fuzzer: a list of calls, each read from its beginning as
 * numbers and octets, with zeros behind its end.
 */
#ifndef _RSERPOOL_FUZZ_INPUT_H
#define _RSERPOOL_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))
#define IN_SEPARATOR	0xff	/* between two calls */

struct input {
	const uint8_t *at;
	const uint8_t *end;
};

static inline size_t in_left(const struct input *in)
{
	return in->end - in->at;
}

static inline uint8_t in_u8(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static inline uint16_t in_u16(struct input *in)
{
	uint16_t low = in_u8(in);

	return low | in_u8(in) << 8;
}

static inline uint32_t in_u32(struct input *in)
{
	uint32_t low = in_u16(in);

	return low | (uint32_t)in_u16(in) << 16;
}

/* The next call.  One that has an octet more or less leaves the others alone. */
static inline struct input in_call(struct input *in)
{
	struct input call = *in;

	while (in->at < in->end && *in->at != IN_SEPARATOR)
		in->at++;
	call.end = in->at;
	if (in->at < in->end)
		in->at++;
	return call;
}

/* One of a table. */
#define in_of(in, table)	((table)[in_u8(in) % ARRAY_LEN(table)])

#endif /* _RSERPOOL_FUZZ_INPUT_H */
