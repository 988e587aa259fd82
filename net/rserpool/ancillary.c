// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ancillary data of sendmsg(), level SOL_RSERPOOL.
 */
#include "session.h"

#define RSP_SEND_OPTIONS						\
	(RSP_SEND_FAILOVER | RSP_SEND_NO_FAILOVER | RSP_SEND_TO_LAST |	\
	 RSP_SEND_TO_ALL | RSP_SEND_TO_SELF | RSP_SEND_UNORDERED |	\
	 RSP_SEND_END | RSP_SEND_ABORT | RSP_SEND_SELECT)

static bool rsp_ancillary_has(u32 options, u32 all)
{
	return (options & all) == all;
}

/* Known ones that do not contradict each other. */
static bool rsp_ancillary_options(u32 o)
{
	return !(o & ~RSP_SEND_OPTIONS) &&
	       !rsp_ancillary_has(o, RSP_SEND_FAILOVER |
				     RSP_SEND_NO_FAILOVER) &&
	       !rsp_ancillary_has(o, RSP_SEND_TO_LAST | RSP_SEND_TO_ALL) &&
	       !rsp_ancillary_has(o, RSP_SEND_SELECT | RSP_SEND_TO_LAST) &&
	       !rsp_ancillary_has(o, RSP_SEND_SELECT | RSP_SEND_TO_ALL) &&
	       (!(o & RSP_SEND_TO_SELF) || (o & RSP_SEND_TO_ALL)) &&
	       (!(o & RSP_SEND_ABORT) || o == RSP_SEND_ABORT);
}

static bool rsp_ancillary_info(const struct cmsghdr *c,
			       struct rsp_send_args *args)
{
	struct rsp_sndinfo *info = &args->info;

	if (c->cmsg_len != CMSG_LEN(sizeof(*info)))
		return false;
	memcpy(info, CMSG_DATA(c), sizeof(*info));
	return rsp_ancillary_options(info->options) && !info->reserved;
}

/* Return: false: unknown, wrong, or there twice. */
static bool rsp_ancillary_take(struct cmsghdr *c, struct rsp_send_args *args)
{
	switch (c->cmsg_type) {
	case RSP_CMSG_COOKIE:
		if (args->cookie)
			return false;
		args->cookie = CMSG_DATA(c);
		args->cookie_len = c->cmsg_len - sizeof(*c);
		return true;
	case RSP_CMSG_SNDINFO:
		return rsp_ancillary_info(c, args);
	}
	return false;
}

int rsp_ancillary_parse(struct msghdr *msg, struct rsp_send_args *args)
{
	struct cmsghdr *c;

	*args = (struct rsp_send_args) {};
	if (!msg->msg_controllen)
		return 0;
	for_each_cmsghdr(c, msg) {
		if (!CMSG_OK(msg, c))
			return -EINVAL;
		if (c->cmsg_level != SOL_RSERPOOL)
			continue;
		if (!rsp_ancillary_take(c, args))
			return -EINVAL;
	}
	return 0;
}
