// SPDX-License-Identifier: GPL-2.0-only
/*
 * In-kernel SCTP sockets: options, addresses, control messages.  Options can
 * be set from the kernel, but not read: sctp_getsockopt() wants user pointers.
 * What each session's socket needs is written to struct sctp_sock, all under
 * one lock: as eleven options it was a fortieth of what a session costs.
 */
#include <linux/in.h>
#include <linux/in6.h>

#include "sctp.h"

/*
 * An acknowledgment that waits for an answer to carry it must not wait for so
 * long that the peer sends again, which one with the profile fast does after
 * 40 ms.
 */
#define RSP_SACK_DELAY_MS	20

int rsp_sctp_create(struct net *net, int family, int type, struct socket **sock)
{
	int err = sock_create_kern(net, family, type, IPPROTO_SCTP, sock);

	/* no inode: for a program that has its descriptor already */
	return err == -ENFILE ? -ENOMEM : err;
}

int rsp_sctp_setopt(struct socket *sock, int opt, void *val, unsigned int len)
{
	return READ_ONCE(sock->ops)->setsockopt(sock, SOL_SCTP, opt,
						KERNEL_SOCKPTR(val), len);
}

void rsp_sctp_set_nodelay(struct sock *sk, bool on)
{
	sock_owned_by_me(sk);
	sctp_sk(sk)->nodelay = on;
}

void rsp_sctp_subscribe(struct sock *sk, const u16 *types, unsigned int n)
{
	struct sctp_association *asoc;

	sock_owned_by_me(sk);
	while (n--)
		sctp_ulpevent_type_set(&sctp_sk(sk)->subscribe, types[n], 1);
	list_for_each_entry(asoc, &sctp_sk(sk)->ep->asocs, asocs)
		asoc->subscribe |= sctp_sk(sk)->subscribe;
}

void rsp_sctp_set_timing(struct sock *sk, const struct rsp_settings *set)
{
	struct sctp_sock *sp = sctp_sk(sk);
	/* settings are made one by one: whatever they are, min <= max */
	u32 rto_min = READ_ONCE(set->sctp_rto_min_ms);
	u32 rto_max = max(READ_ONCE(set->sctp_rto_max_ms), rto_min);
	u32 retrans = READ_ONCE(set->sctp_max_retrans);

	sock_owned_by_me(sk);
	sp->rtoinfo.srto_initial = clamp(READ_ONCE(set->sctp_rto_initial_ms),
					 rto_min, rto_max);
	sp->rtoinfo.srto_min = rto_min;
	sp->rtoinfo.srto_max = rto_max;
	sp->assocparams.sasoc_asocmaxrxt = retrans;
	sp->pathmaxrxt = retrans;
	sp->hbinterval = READ_ONCE(set->sctp_heartbeat_ms);
	sp->initmsg.sinit_max_attempts = retrans;
	sp->initmsg.sinit_max_init_timeo = min_t(u32, rto_max, U16_MAX);
	sp->sackdelay = min_t(u32, rto_min / 2, RSP_SACK_DELAY_MS);
	sp->sackfreq = 2;
	sp->param_flags &= ~(SPP_HB | SPP_SACKDELAY);
	sp->param_flags |= SPP_HB_ENABLE | SPP_SACKDELAY_ENABLE;
}

unsigned int rsp_sctp_pack_addr(const struct rsp_addr *a, u16 port, void *buf)
{
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	if (a->family == 6) {
		memcpy(&sin6.sin6_addr, a->octets, sizeof(sin6.sin6_addr));
		memcpy(buf, &sin6, sizeof(sin6));
		return sizeof(sin6);
	}
	memcpy(&sin.sin_addr, a->octets, sizeof(sin.sin_addr));
	memcpy(buf, &sin, sizeof(sin));
	return sizeof(sin);
}

void rsp_sctp_unpack_addr(struct rsp_addr *a, const union sctp_addr *from)
{
	*a = (struct rsp_addr) {};
	if (from->sa.sa_family == AF_INET6) {
		a->family = 6;
		memcpy(a->octets, &from->v6.sin6_addr, 16);
	} else {
		a->family = 4;
		memcpy(a->octets, &from->v4.sin_addr, 4);
	}
}

int rsp_sctp_bind_any(struct socket *sock, int family)
{
	struct rsp_addr any = { .family = family == PF_INET6 ? 6 : 4 };
	struct sockaddr_storage addr;
	unsigned int len;
	int err;

	len = rsp_sctp_pack_addr(&any, 0, &addr);
	err = kernel_bind(sock, (struct sockaddr *)&addr, len);
	/* no port is left, or no memory for one */
	return err == -EADDRINUSE ? -ENOBUFS : err;
}

/*
 * An association that ends while a message is partly delivered says so in the
 * receive queue, also when that has been emptied for the last time: the event
 * holds the association, and that the socket and its namespace, for ever.
 */
void rsp_sctp_unsubscribe(struct sock *sk)
{
	struct sctp_association *asoc;

	sock_owned_by_me(sk);
	sctp_sk(sk)->subscribe = 0;
	list_for_each_entry(asoc, &sctp_sk(sk)->ep->asocs, asocs)
		asoc->subscribe = 0;
}

int rsp_sctp_listen(struct socket *sock, int backlog)
{
	int err = kernel_listen(sock, backlog);

	/* whatever kept SCTP from having the hash of its cookies */
	return err == -ENOSYS ? -ENOMEM : err;
}

void rsp_sctp_sndinfo(struct rsp_sctp_sndinfo *c, u32 ppid, u32 context,
		      u16 flags, sctp_assoc_t assoc_id)
{
	*c = (struct rsp_sctp_sndinfo) {
		.hdr = {
			.cmsg_len = CMSG_LEN(sizeof(c->info)),
			.cmsg_level = IPPROTO_SCTP,
			.cmsg_type = SCTP_SNDINFO,
		},
		.info = {
			.snd_flags = flags,
			.snd_ppid = (__force u32)cpu_to_be32(ppid),
			.snd_context = context,
			.snd_assoc_id = assoc_id,
		},
	};
	BUILD_BUG_ON(offsetof(struct rsp_sctp_sndinfo, info) != CMSG_LEN(0));
}

void rsp_sctp_prinfo(struct rsp_sctp_prinfo *c)
{
	c->hdr = (struct cmsghdr) {
		.cmsg_len = CMSG_LEN(sizeof(c->info)),
		.cmsg_level = IPPROTO_SCTP,
		.cmsg_type = SCTP_PRINFO,
	};
	BUILD_BUG_ON(offsetof(struct rsp_sctp_prinfo, info) != CMSG_LEN(0));
	/* where for_each_cmsghdr() looks for it */
	BUILD_BUG_ON(sizeof(struct rsp_sctp_sndinfo) !=
		     CMSG_SPACE(sizeof(struct sctp_sndinfo)));
}

bool rsp_sctp_is_gone(int err)
{
	switch (err) {
	case -EPIPE:
	case -ESRCH:
	case -ENOTCONN:
	case -ESHUTDOWN:
	case -ECONNRESET:
	case -ECONNREFUSED:
	case -ECONNABORTED:
	case -ETIMEDOUT:
		return true;
	}
	return false;
}
