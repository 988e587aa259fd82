// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of level SOL_SCTP that a program sets on its socket.  The association
 * that it has is one of many to come: they are kept, and each lower gets them,
 * behind the timing of the socket's profile.
 *
 * A set of them never changes: whoever sets one replaces the set.  So sessions
 * share that of their pool element, or of their one-to-many socket.
 */
#include <linux/slab.h>

#include "session.h"

/* In the order of rsp_sctp_known. */
struct rsp_sctp_options {
	refcount_t ref;
	u32 set;			/* BIT(index): it has been */
	struct sctp_rtoinfo rtoinfo;
	struct sctp_assocparams assocparams;
	struct sctp_initmsg initmsg;
	struct sctp_paddrparams paddrparams;
	struct sctp_sack_info sack;
	struct sctp_assoc_value maxseg;
	struct sctp_assoc_value maxburst;
};

#define RSP_SCTP_OPTION(name, field) {					\
	.optname = (name),						\
	.at = offsetof(struct rsp_sctp_options, field),			\
	.len = sizeof_field(struct rsp_sctp_options, field),		\
}

/* Those that hold for associations to come, whoever they are with. */
static const struct rsp_sctp_option {
	int optname;
	unsigned int at;
	unsigned int len;
} rsp_sctp_known[] = {
	RSP_SCTP_OPTION(SCTP_RTOINFO, rtoinfo),
	RSP_SCTP_OPTION(SCTP_ASSOCINFO, assocparams),
	RSP_SCTP_OPTION(SCTP_INITMSG, initmsg),
	RSP_SCTP_OPTION(SCTP_PEER_ADDR_PARAMS, paddrparams),
	RSP_SCTP_OPTION(SCTP_DELAYED_SACK, sack),
	RSP_SCTP_OPTION(SCTP_MAXSEG, maxseg),
	RSP_SCTP_OPTION(SCTP_MAX_BURST, maxburst),
};

const struct rsp_sctp_option *rsp_sctp_option_find(int optname)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rsp_sctp_known); i++)
		if (rsp_sctp_known[i].optname == optname)
			return &rsp_sctp_known[i];
	return NULL;
}

unsigned int rsp_sctp_option_len(const struct rsp_sctp_option *o)
{
	return o->len;
}

static u32 rsp_sctp_option_bit(const struct rsp_sctp_option *o)
{
	return BIT(o - rsp_sctp_known);
}

struct rsp_sctp_options *rsp_sctp_options_get(struct rsp_sock *rsk)
{
	struct rsp_sctp_options *set;

	if (!READ_ONCE(rsk->sctp))
		return NULL;
	mutex_lock(&rsk->lock);
	set = rsk->sctp;
	refcount_inc(&set->ref);
	mutex_unlock(&rsk->lock);
	return set;
}

void rsp_sctp_options_put(struct rsp_sctp_options *set)
{
	if (set && refcount_dec_and_test(&set->ref))
		kfree(set);
}

static int rsp_sctp_option_apply(struct socket *sock,
				 const struct rsp_sctp_option *o,
				 struct rsp_sctp_options *set)
{
	return rsp_sctp_setopt(sock, o->optname, (u8 *)set + o->at, o->len);
}

int rsp_sctp_options_apply(struct rsp_sctp_options *set, struct socket *sock)
{
	unsigned int i;
	int err = 0;

	for (i = 0; set && !err && i < ARRAY_SIZE(rsp_sctp_known); i++)
		if (set->set & BIT(i))
			err = rsp_sctp_option_apply(sock, &rsp_sctp_known[i],
						    set);
	return err;
}

/* What SCTP has against a value it is to say now, and not in a failover. */
static int rsp_sctp_options_try(struct rsp_sock *rsk,
				struct rsp_sctp_options *set)
{
	struct socket *sock;
	int err;

	err = rsp_sctp_create(sock_net(&rsk->sk), PF_INET, SOCK_SEQPACKET,
			      &sock);
	if (err)
		return err;
	lock_sock(sock->sk);
	rsp_sctp_set_timing(sock->sk, rsp_sock_timing(rsk));
	release_sock(sock->sk);
	err = rsp_sctp_options_apply(set, sock);
	sock_release(sock);
	return err;
}

/* All but one begin with an association: there is none to name. */
static bool rsp_sctp_option_names(const struct rsp_sctp_option *o,
				  const void *val)
{
	return o->optname != SCTP_INITMSG && *(const sctp_assoc_t *)val;
}

int rsp_sctp_option_set(struct rsp_sock *rsk, const struct rsp_sctp_option *o,
			const void *val)
{
	struct rsp_sctp_options *set, *old;
	int err;

	if (rsp_sctp_option_names(o, val))
		return -EINVAL;
	set = kzalloc(sizeof(*set), GFP_KERNEL_ACCOUNT);
	if (!set)
		return -ENOMEM;
	mutex_lock(&rsk->lock);
	old = rsk->sctp;
	if (old)
		*set = *old;
	refcount_set(&set->ref, 1);
	set->set |= rsp_sctp_option_bit(o);
	memcpy((u8 *)set + o->at, val, o->len);
	err = rsp_sctp_options_try(rsk, set);
	if (err)
		old = set;
	else
		WRITE_ONCE(rsk->sctp, set);
	mutex_unlock(&rsk->lock);
	rsp_sctp_options_put(old);
	return err;
}

int rsp_sctp_option_get(struct rsp_sock *rsk, const struct rsp_sctp_option *o,
			void *val)
{
	struct rsp_sctp_options *set = rsp_sctp_options_get(rsk);
	bool found = set && (set->set & rsp_sctp_option_bit(o));

	if (found)
		memcpy(val, (u8 *)set + o->at, o->len);
	rsp_sctp_options_put(set);
	return found ? 0 : -ENOENT;
}
