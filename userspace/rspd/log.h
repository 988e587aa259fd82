/* SPDX-License-Identifier: GPL-2.0-only */
/* log.c: the only place that writes for an operator to read. */
#ifndef RSPD_LOG_H
#define RSPD_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* The numbers are syslog's. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARN = 4,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

void log_init(enum log_level level);
int log_level_parse(const char *name, enum log_level *level);
bool log_wants(enum log_level level);
void log_at(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)	log_at(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)	log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)

/*
 * Octets as text: what is not printable as \xNN, a long run cut short with
 * "...".  The result lives until the fourth call after this one.
 */
const char *log_octets(const void *octets, size_t len);

#endif /* RSPD_LOG_H */
