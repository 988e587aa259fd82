// SPDX-License-Identifier: GPL-2.0-only
/* Words of the command line to values, see rspctl.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "rspctl.h"

const char *ctl_peek(const struct ctl_args *args)
{
	return args->argc ? args->argv[0] : NULL;
}

const char *ctl_next(struct ctl_args *args)
{
	if (!args->argc)
		return NULL;
	args->argc--;
	return *args->argv++;
}

bool ctl_keyword(struct ctl_args *args, const char *keyword)
{
	const char *word = ctl_peek(args);

	if (!word || strcmp(word, keyword))
		return false;
	ctl_next(args);
	return true;
}

int ctl_usage(const struct ctl_args *args, const char *format, ...)
{
	va_list list;

	fputs("Error: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, ".\n%s", args->object->usage);
	return CTL_USAGE;
}

int ctl_get_uint(struct ctl_args *args, const char *what, uint64_t max,
		 uint64_t *value)
{
	const char *word = ctl_next(args);
	char *end;

	if (!word)
		return ctl_usage(args, "%s is missing", what);
	errno = 0;
	/* strtoull() would take "-1" */
	*value = *word >= '0' && *word <= '9' ? strtoull(word, &end, 0) : 0;
	if (*word < '0' || *word > '9' || errno || *end || *value > max)
		return ctl_usage(args, "\"%s\" is no %s", word, what);
	return CTL_OK;
}

int ctl_get_address(struct ctl_args *args, struct rsp_addr *addr)
{
	const char *word = ctl_next(args);

	if (!word)
		return ctl_usage(args, "address is missing");
	memset(addr, 0, sizeof(*addr));
	addr->family = 4;
	if (inet_pton(AF_INET, word, addr->octets) == 1)
		return CTL_OK;
	addr->family = 6;
	if (inet_pton(AF_INET6, word, addr->octets) == 1)
		return CTL_OK;
	return ctl_usage(args, "\"%s\" is no IPv4 or IPv6 address", word);
}

int ctl_get_handle(struct ctl_args *args, const char *what,
		   struct ctl_handle *handle)
{
	const char *word = ctl_next(args);

	if (!word)
		return ctl_usage(args, "%s is missing", what);
	handle->len = rsp_handle_parse(word, handle->octets,
				       sizeof(handle->octets));
	if (handle->len > 0)
		return CTL_OK;
	handle->len = 0;
	return ctl_usage(args,
			 "\"%s\" is no %s (1 to %d octets of text, or 0x and pairs of hexadecimal digits)",
			 word, what, RSERPOOL_HANDLE_MAX);
}

int ctl_get_wanted(struct ctl_args *args, struct ctl_handle *handle)
{
	if (ctl_keyword(args, "handle") || ctl_peek(args)) {
		if (ctl_get_handle(args, "handle", handle))
			return CTL_USAGE;
	}
	return ctl_end(args);
}

bool ctl_handle_is(const struct ctl_handle *handle, const struct nlattr *attr)
{
	const void *octets;
	size_t len;

	if (!handle->len)
		return true;
	octets = rsp_nl_octets(attr, &len);
	return len == (size_t)handle->len &&
	       !memcmp(octets, handle->octets, len);
}

int ctl_end(struct ctl_args *args)
{
	if (!args->argc)
		return CTL_OK;
	return ctl_usage(args, "what is \"%s\"?  Nothing more was expected",
			 args->argv[0]);
}

int ctl_get_port(struct ctl_args *args, uint64_t *port)
{
	int err;

	if (!ctl_keyword(args, "port"))
		return CTL_OK;
	err = ctl_get_uint(args, "port", UINT16_MAX, port);
	if (!err && !*port)
		err = ctl_usage(args, "port 0 is no port");
	return err;
}

int ctl_get_profile(struct ctl_args *args, uint32_t *profile)
{
	const char *word;

	if (!ctl_keyword(args, "profile"))
		return CTL_OK;
	word = ctl_next(args);
	if (!word)
		return ctl_usage(args, "profile is missing");
	if (!rsp_number(RSP_NAMES_PROFILE, word, profile))
		return ctl_usage(args, "\"%s\" is no profile", word);
	return CTL_OK;
}
