/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What rspctl prints: each value once, as text or as JSON.
 *
 * A record is one line of text ("word value word value ...") or one JSON
 * object.  Nothing is written before out_list_end(): a list that changed
 * while it was read can be begun anew.
 *
 * @key is the name in JSON, NULL if it does not belong there; @word the one in
 * text, NULL for the value alone, "" if it does not belong into the text.
 */
#ifndef RSPCTL_OUT_H
#define RSPCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "names.h"

struct out_options {
	bool json;
	bool pretty;
	bool numeric;		/* numbers instead of words */
};

void out_init(const struct out_options *options);

/* A list of records: an array at top level.  Return: 0 or -errno. */
void out_list_begin(void);
int out_list_end(void);

/* One record by itself: a line of its own, also in JSON, at once. */
void out_event_begin(void);
int out_event_end(void);

/* In a list: each record */
void out_record_begin(void);
void out_record_end(void);

/* In a record: others that belong to it, each on a line of its own */
void out_sublist_begin(const char *key);
void out_sublist_end(void);

/* In a record: values that are one object in JSON, and nothing apart in text */
void out_object_begin(const char *key);
void out_object_end(void);

void out_string(const char *key, const char *word, const char *value);
void out_uint(const char *key, const char *word, uint64_t value);
void out_int(const char *key, const char *word, int64_t value);
/* An identifier: hexadecimal in text, a number in JSON */
void out_id(const char *key, const char *word, uint32_t value);
/* Text: the word if it is so */
void out_flag(const char *key, const char *word, bool value);
void out_name(const char *key, const char *word, enum rsp_names which,
	      uint32_t value);
/* Text in seconds */
void out_ms(const char *key, const char *word, uint64_t ms);
void out_us(const char *key, const char *word, uint64_t us);
/* JSON also has KEY_hex */
void out_handle(const char *key, const char *word, const void *octets,
		size_t len);
/* An array of strings; text: with commas */
void out_strings(const char *key, const char *word, const char * const *values,
		 size_t n);

#endif /* RSPCTL_OUT_H */
