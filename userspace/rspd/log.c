// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages to standard error, one line each.  Under systemd every line begins
 * with its level in the form that the journal takes out again (sd-daemon(3)).
 */
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OCTETS_SHOWN	64
#define OCTETS_TEXT	(4 * OCTETS_SHOWN + sizeof("..."))

static enum log_level log_threshold = LOG_LEVEL_INFO;
static bool log_to_journal;

static const struct {
	const char *name;
	enum log_level level;
} log_levels[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warn", LOG_LEVEL_WARN },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
};

void log_init(enum log_level level)
{
	log_threshold = level;
	log_to_journal = getenv("JOURNAL_STREAM") != NULL;
}

int log_level_parse(const char *name, enum log_level *level)
{
	size_t i;

	for (i = 0; i < sizeof(log_levels) / sizeof(*log_levels); i++) {
		if (strcmp(name, log_levels[i].name))
			continue;
		*level = log_levels[i].level;
		return 0;
	}
	return -1;
}

bool log_wants(enum log_level level)
{
	return level <= log_threshold;
}

void log_at(enum log_level level, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (!log_wants(level))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (log_to_journal)
		fprintf(stderr, "<%d>%s\n", (int)level, line);
	else
		fprintf(stderr, "rspd: %s\n", line);
}

const char *log_octets(const void *octets, size_t len)
{
	static char texts[4][OCTETS_TEXT];
	static unsigned int next;
	const unsigned char *p = octets;
	char *text = texts[next++ % 4];
	char *end = text;
	size_t i;

	for (i = 0; i < len && i < OCTETS_SHOWN; i++) {
		if (p[i] > ' ' && p[i] < 0x7f && p[i] != '\\')
			*end++ = p[i];
		else
			end += sprintf(end, "\\x%02x", p[i]);
	}
	strcpy(end, i < len ? "..." : "");
	return text;
}
