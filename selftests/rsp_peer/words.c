// SPDX-License-Identifier: GPL-2.0
/*
 * The words of a command: numbers, names, octets.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "peer.h"

long number(const char *word)
{
	char *end;
	long value = strtol(word, &end, 0);

	if (end == word || *end)
		usage("%s: not a number", word);
	return value;
}

uint8_t pattern_at(size_t i)
{
	return i % 251;
}

static bool is_pattern(const uint8_t *data, size_t len, size_t offset)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (data[i] != pattern_at(offset + i))
			return false;
	return true;
}

struct octets octets(const char *word)
{
	struct octets o = { 0 };
	unsigned int byte;
	size_t i;

	if (*word == '@') {
		o.len = number(word + 1);
		if (o.len > OCTETS_MAX)
			usage("%s: too long", word);
	} else if (!strncmp(word, "hex:", 4)) {
		o.len = strlen(word + 4) / 2;
	} else if (strcmp(word, "\"\"")) {
		o.len = strlen(word);
	}
	o.data = malloc(o.len + 1);
	if (!o.data)
		usage("no memory");
	for (i = 0; i < o.len; i++) {
		if (*word == '@') {
			o.data[i] = pattern_at(i);
		} else if (!strncmp(word, "hex:", 4)) {
			if (sscanf(word + 4 + 2 * i, "%2x", &byte) != 1)
				usage("%s: not hexadecimal", word);
			o.data[i] = byte;
		} else {
			o.data[i] = word[i];
		}
	}
	return o;
}

/* What octets hold, for people and for shell patterns. */
void say_octets(const uint8_t *data, size_t len, size_t offset)
{
	size_t i;

	for (i = 0; i < len && i < 200; i++)
		if (!isprint(data[i]))
			break;
	if (len && i == len)
		say("%.*s", (int)len, (const char *)data);
	else if (is_pattern(data, len, offset))
		say("pattern");
	else if (len <= 64)
		for (i = 0; i < len; i++)
			say("%02x", data[i]);
	else
		say("garbage");
}

long value_of(const struct name *names, const char *word)
{
	for (; names->name; names++)
		if (!strcmp(names->name, word))
			return names->value;
	return number(word);
}

const char *name_of(const struct name *names, long value)
{
	static char other[32];

	for (; names->name; names++)
		if (names->value == value)
			return names->name;
	snprintf(other, sizeof(other), "%ld", value);
	return other;
}

/* One word of names joined by commas. */
long flags_of(const struct name *names, char *word)
{
	long value = 0;
	char *save, *part;

	for (part = strtok_r(word, ",", &save); part;
	     part = strtok_r(NULL, ",", &save))
		value |= value_of(names, part);
	return value;
}

static const struct name msg_flags[] = {
	{ "peek", MSG_PEEK }, { "dontwait", MSG_DONTWAIT },
	{ "waitall", MSG_WAITALL }, { "trunc", MSG_TRUNC },
	{ "nosignal", MSG_NOSIGNAL }, { "eor", MSG_EOR }, { "more", MSG_MORE },
	{ "oob", MSG_OOB }, { "errqueue", MSG_ERRQUEUE },
	{ NULL, 0 }
};

/* All the words left, as flags. */
int flags_left(char **words)
{
	int flags = 0;

	while (*words)
		flags |= flags_of(msg_flags, *words++);
	return flags;
}
