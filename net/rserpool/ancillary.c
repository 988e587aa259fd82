// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ancillary data of sendmsg(), level SOL_RSERPOOL.
 */
#include "session.h"

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
		if (c->cmsg_type != RSP_CMSG_COOKIE || args->cookie)
			return -EINVAL;
		args->cookie = CMSG_DATA(c);
		args->cookie_len = c->cmsg_len - sizeof(*c);
	}
	return 0;
}
