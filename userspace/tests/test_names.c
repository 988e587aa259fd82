// SPDX-License-Identifier: GPL-2.0-only
/* Numbers, their words, and pool handles as text. */
#include <linux/rserpool.h>
#include "harness.h"
#include "names.h"

#define RANDOM_HANDLES	20000

static void test_words(void **state)
{
	uint32_t number;

	(void)state;
	assert_string_equal(rsp_name(RSP_NAMES_POLICY, RSP_POL_LEAST_USED),
			    "lu");
	assert_string_equal(rsp_name(RSP_NAMES_REASON, RSP_REASON_ABORT),
			    "abort");
	assert_null(rsp_name(RSP_NAMES_POLICY, 6));
	assert_string_equal(rsp_name_or_number(RSP_NAMES_POLICY, 0x40000009),
			    "0x40000009");

	assert_true(rsp_number(RSP_NAMES_POLICY, "wrr", &number));
	assert_int_equal(number, RSP_POL_WEIGHTED_ROUND_ROBIN);
	assert_true(rsp_number(RSP_NAMES_POLICY, "least-used", &number));
	assert_int_equal(number, RSP_POL_LEAST_USED);
	assert_true(rsp_number(RSP_NAMES_POLICY, "0x40000001", &number));
	assert_int_equal(number, RSP_POL_LEAST_USED);
	assert_false(rsp_number(RSP_NAMES_POLICY, "", &number));
	assert_false(rsp_number(RSP_NAMES_POLICY, "-1", &number));
	assert_false(rsp_number(RSP_NAMES_POLICY, "4294967296", &number));
	assert_false(rsp_number(RSP_NAMES_POLICY, "1x", &number));
}

static void assert_text(const void *octets, size_t len, const char *want)
{
	char text[RSP_HANDLE_TEXT(RSP_HANDLE_MAX)];

	assert_string_equal(rsp_handle_text(text, sizeof(text), octets, len),
			    want);
}

static void test_handles(void **state)
{
	uint8_t octets[4];

	(void)state;
	assert_text("echo", 4, "echo");
	assert_text("a b", 3, "0x612062");
	assert_text("0x61", 4, "0x30783631");
	assert_text("\0\xff", 2, "0x00ff");

	assert_int_equal(rsp_handle_parse("0x00Ff", octets, 4), 2);
	assert_memory_equal(octets, "\0\xff", 2);
	assert_int_equal(rsp_handle_parse("abcd", octets, 4), 4);
	assert_int_equal(rsp_handle_parse("abcde", octets, 4), -1);
	assert_int_equal(rsp_handle_parse("0x0011223344", octets, 4), -1);
	assert_int_equal(rsp_handle_parse("", octets, 4), -1);
	assert_int_equal(rsp_handle_parse("0x", octets, 4), -1);
	assert_int_equal(rsp_handle_parse("0x0", octets, 4), -1);
	assert_int_equal(rsp_handle_parse("0x0g", octets, 4), -1);
}

/* What does not fit is cut off, and nothing is written beyond */
static void test_short_buffer(void **state)
{
	char text[8];
	size_t size;

	(void)state;
	for (size = 1; size <= sizeof(text); size++) {
		memset(text, '#', sizeof(text));
		rsp_handle_text(text, size, "\0\1\2\3\4\5", 6);
		assert_true(strlen(text) < size);
		memset(text, '#', sizeof(text));
		rsp_handle_text(text, size, "abcdefgh", 8);
		assert_int_equal(strlen(text), size - 1);
	}
}

/* Any octets are the same again after being shown and read */
static void test_round_trip(void **state)
{
	char text[RSP_HANDLE_TEXT(RSP_HANDLE_MAX)];
	uint8_t octets[RSP_HANDLE_MAX];
	uint8_t again[RSP_HANDLE_MAX];
	int i, k, len;

	(void)state;
	srand(1);
	for (i = 0; i < RANDOM_HANDLES; i++) {
		len = 1 + rand() % RSP_HANDLE_MAX;
		for (k = 0; k < len; k++)
			octets[k] = i % 2 ? '!' + rand() % 94 : rand();
		rsp_handle_text(text, sizeof(text), octets, len);
		assert_int_equal(rsp_handle_parse(text, again, sizeof(again)),
				 len);
		assert_memory_equal(octets, again, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_short_buffer),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
