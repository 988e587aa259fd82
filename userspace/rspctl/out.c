// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text and JSON from the same calls, see out.h.  The JSON is a tree until it is
 * written; the text grows in memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "out.h"
#include "wire.h"

#define OUT_DEPTH	8

static struct out_options options;

/* JSON: the containers that are open, the innermost last */
static struct json_object *stack[OUT_DEPTH];
static unsigned int depth;

/* Text */
static FILE *text;
static char *text_buf;
static size_t text_len;
static bool line_empty;
static unsigned int indent;

void out_init(const struct out_options *wanted)
{
	options = *wanted;
}

static void fail(void)
{
	fputs("Error: out of memory.\n", stderr);
	exit(2);
}

static void *check(void *p)
{
	if (!p)
		fail();
	return p;
}

/* ---- containers -------------------------------------------------------- */

static void text_begin(void)
{
	if (text)
		fclose(text);
	free(text_buf);
	text_buf = NULL;
	text = check(open_memstream(&text_buf, &text_len));
	line_empty = true;
	indent = 0;
}

static void json_push(struct json_object *obj)
{
	if (depth == OUT_DEPTH)
		abort();
	stack[depth++] = check(obj);
}

/* Closes the innermost container and puts it into the one around it */
static void json_pop(const char *key)
{
	struct json_object *obj = stack[--depth];
	struct json_object *parent = stack[depth - 1];

	if (json_object_is_type(parent, json_type_array)) {
		if (json_object_array_add(parent, obj))
			fail();
	} else if (json_object_object_add(parent, key, obj)) {
		fail();
	}
}

static void json_add(const char *key, struct json_object *obj)
{
	if (json_object_object_add(stack[depth - 1], key, check(obj)))
		fail();
}

static int write_all(const char *s)
{
	/* An object of a monitor has to be seen before the next one comes */
	if (fputs(s, stdout) < 0 || fflush(stdout))
		return -errno;
	return 0;
}

static int json_write(void)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *s;
	int err;

	if (options.pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	s = check((void *)json_object_to_json_string_ext(stack[0], flags));
	err = write_all(s);
	if (!err)
		err = write_all("\n");
	json_object_put(stack[0]);
	depth = 0;
	return err;
}

static int text_write(void)
{
	if (fflush(text))
		fail();
	return write_all(text_buf);
}

void out_list_begin(void)
{
	if (!options.json) {
		text_begin();
		return;
	}
	if (depth)
		json_object_put(stack[0]);
	depth = 0;
	json_push(json_object_new_array());
}

int out_list_end(void)
{
	return options.json ? json_write() : text_write();
}

void out_event_begin(void)
{
	if (options.json)
		json_push(json_object_new_object());
	else
		text_begin();
}

int out_event_end(void)
{
	bool pretty = options.pretty;
	int err;

	if (!options.json) {
		fputc('\n', text);
		return text_write();
	}
	/* A reader of lines has to find the end */
	options.pretty = false;
	err = json_write();
	options.pretty = pretty;
	return err;
}

void out_record_begin(void)
{
	if (options.json)
		json_push(json_object_new_object());
	else if (indent)
		fprintf(text, "\n%*s", indent, "");
	line_empty = true;
}

void out_record_end(void)
{
	if (options.json)
		json_pop(NULL);
	else if (!indent)
		fputc('\n', text);
}

/* The key of a list is kept in its parent; one level of them is enough */
static const char *sublist_key;

void out_sublist_begin(const char *key)
{
	sublist_key = key;
	if (options.json)
		json_push(json_object_new_array());
	indent += 4;
}

void out_sublist_end(void)
{
	if (options.json)
		json_pop(sublist_key);
	indent -= 4;
}

static const char *object_key;

void out_object_begin(const char *key)
{
	object_key = key;
	if (options.json)
		json_push(json_object_new_object());
}

void out_object_end(void)
{
	if (options.json)
		json_pop(object_key);
}

/* ---- values ------------------------------------------------------------ */

__attribute__((format(printf, 2, 3)))
static void put_text(const char *word, const char *format, ...)
{
	va_list args;

	if (word && !*word)
		return;
	if (!line_empty)
		fputc(' ', text);
	line_empty = false;
	if (word)
		fprintf(text, "%s ", word);
	va_start(args, format);
	vfprintf(text, format, args);
	va_end(args);
}

void out_string(const char *key, const char *word, const char *value)
{
	if (!options.json)
		put_text(word, "%s", value);
	else if (key)
		json_add(key, json_object_new_string(value));
}

void out_uint(const char *key, const char *word, uint64_t value)
{
	if (!options.json)
		put_text(word, "%" PRIu64, value);
	else if (key)
		json_add(key, json_object_new_uint64(value));
}

void out_int(const char *key, const char *word, int64_t value)
{
	if (!options.json)
		put_text(word, "%" PRId64, value);
	else if (key)
		json_add(key, json_object_new_int64(value));
}

void out_id(const char *key, const char *word, uint32_t value)
{
	if (!options.json)
		put_text(word, "0x%08" PRIx32, value);
	else if (key)
		json_add(key, json_object_new_uint64(value));
}

void out_flag(const char *key, const char *word, bool value)
{
	if (options.json) {
		if (key)
			json_add(key, json_object_new_boolean(value));
	} else if (value) {
		put_text(NULL, "%s", word);
	}
}

void out_name(const char *key, const char *word, enum rsp_names which,
	      uint32_t value)
{
	if (options.numeric)
		out_uint(key, word, value);
	else
		out_string(key, word, rsp_name_or_number(which, value));
}

void out_ms(const char *key, const char *word, uint64_t ms)
{
	if (!options.json)
		put_text(word, "%" PRIu64 ".%03us", ms / 1000,
			 (unsigned int)(ms % 1000));
	else if (key)
		json_add(key, json_object_new_uint64(ms));
}

void out_us(const char *key, const char *word, uint64_t us)
{
	if (!options.json)
		put_text(word, "%" PRIu64 ".%06us", us / 1000000,
			 (unsigned int)(us % 1000000));
	else if (key)
		json_add(key, json_object_new_uint64(us));
}

void out_handle(const char *key, const char *word, const void *octets,
		size_t len)
{
	size_t size = RSP_HANDLE_TEXT(len);
	char *buf = check(malloc(size));
	char key_hex[64];

	out_string(key, word, rsp_handle_text(buf, size, octets, len));
	if (options.json && key) {
		snprintf(key_hex, sizeof(key_hex), "%s_hex", key);
		out_string(key_hex, NULL,
			   rsp_hex_text(buf, size, octets, len));
	}
	free(buf);
}

void out_strings(const char *key, const char *word, const char * const *values,
		 size_t n)
{
	struct json_object *array, *string;
	size_t i;

	if (!options.json) {
		for (i = 0; i < n; i++) {
			if (!i)
				put_text(word, "%s", values[i]);
			else
				fprintf(text, ",%s", values[i]);
		}
		return;
	}

	array = check(json_object_new_array());
	for (i = 0; i < n; i++) {
		string = check(json_object_new_string(values[i]));
		if (json_object_array_add(array, string))
			fail();
	}
	json_add(key, array);
}
