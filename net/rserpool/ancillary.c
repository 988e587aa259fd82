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
	return rsp_ancillary_options(info->options) &&
	       info->ppid != RSP_ASAP_PPID && !info->reserved &&
	       !info->reserved2;
}

bool rsp_prinfo_valid(const struct rsp_prinfo *info)
{
	BUILD_BUG_ON(RSP_PR_TTL != SCTP_PR_SCTP_TTL);
	BUILD_BUG_ON(RSP_PR_RTX != SCTP_PR_SCTP_RTX);
	BUILD_BUG_ON(RSP_PR_PRIO != SCTP_PR_SCTP_PRIO);
	switch (info->policy) {
	case RSP_PR_TTL:	/* 0: SCTP would sometimes expire it */
		return info->value && !info->reserved;
	case RSP_PR_NONE:
	case RSP_PR_RTX:
	case RSP_PR_PRIO:
		return !info->reserved;
	}
	return false;
}

static bool rsp_ancillary_prinfo(const struct cmsghdr *c,
				 struct rsp_send_args *args)
{
	if (args->has_prinfo || c->cmsg_len != CMSG_LEN(sizeof(args->prinfo)))
		return false;
	args->has_prinfo = true;
	memcpy(&args->prinfo, CMSG_DATA(c), sizeof(args->prinfo));
	return rsp_prinfo_valid(&args->prinfo);
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
	case RSP_CMSG_PRINFO:
		return rsp_ancillary_prinfo(c, args);
	}
	return false;
}

void rsp_prinfo_of(struct rsp_sock *rsk, struct rsp_prinfo *info)
{
	*info = (struct rsp_prinfo) {};
	if (!READ_ONCE(rsk->prinfo.policy))
		return;
	mutex_lock(&rsk->lock);		/* both fields of one default */
	*info = rsk->prinfo;
	mutex_unlock(&rsk->lock);
}

int rsp_ancillary_parse(struct rsp_sock *rsk, struct msghdr *msg,
			struct rsp_send_args *args)
{
	struct cmsghdr *c;

	*args = (struct rsp_send_args) {};
	rsp_prinfo_of(rsk, &args->prinfo);
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
