// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the users of a namespace have of what it shares among them, and how
 * much each of them may have.  A socket is the user's that made it, one that
 * accept() returned the user's that called that; sessions of a one-to-many
 * socket are that socket's user's.
 */
#include <linux/slab.h>

#include "rserpool.h"

/* What there is one of for each user that has sessions in a namespace. */
struct rsp_user {
	struct rsp_net *rn;
	kuid_t uid;
	unsigned int refs;		/* lock of rn->users */
	atomic_long_t used[__RSP_QUOTA_MAX];
};

static struct rsp_user *rsp_user_find(struct rsp_net *rn, kuid_t uid)
{
	struct rsp_user *user;

	xa_lock_bh(&rn->users);
	user = xa_load(&rn->users, __kuid_val(uid));
	if (user)
		user->refs++;
	xa_unlock_bh(&rn->users);
	return user;
}

struct rsp_user *rsp_user_get(struct rsp_net *rn, kuid_t uid)
{
	struct rsp_user *user, *fresh;
	int err;

	do {
		user = rsp_user_find(rn, uid);
		if (user)
			return user;
		fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
		if (!fresh)
			return NULL;
		fresh->rn = rn;
		fresh->uid = uid;
		fresh->refs = 1;
		err = xa_insert_bh(&rn->users, __kuid_val(uid), fresh,
				   GFP_KERNEL_ACCOUNT);
		if (!err)
			return fresh;
		kfree(fresh);
	} while (err == -EBUSY);	/* somebody was faster */
	return NULL;
}

void rsp_user_put(struct rsp_user *user)
{
	struct rsp_net *rn;
	bool last;

	if (!user)
		return;
	rn = user->rn;
	xa_lock_bh(&rn->users);
	last = !--user->refs;
	if (last)
		__xa_erase(&rn->users, __kuid_val(user->uid));
	xa_unlock_bh(&rn->users);
	if (last)
		kfree(user);
}

static unsigned int rsp_user_limit(const struct rsp_net *rn,
				   enum rsp_quota what)
{
	switch (what) {
	case RSP_QUOTA_SESSIONS:
		return READ_ONCE(rn->set.max_user_sessions);
	case RSP_QUOTA_COOKIES:
		return READ_ONCE(rn->set.max_user_cookie_bytes);
	default:
		return READ_ONCE(rn->set.max_user_replay_bytes);
	}
}

bool rsp_user_charge(struct rsp_user *user, enum rsp_quota what, u32 n)
{
	static const u8 mib[__RSP_QUOTA_MAX] = {
		[RSP_QUOTA_SESSIONS] = RSP_MIB_USER_SESSIONS_REFUSED,
		[RSP_QUOTA_COOKIES] = RSP_MIB_USER_COOKIES_REFUSED,
		[RSP_QUOTA_REPLAY] = RSP_MIB_USER_REPLAY_REFUSED,
	};
	struct rsp_net *rn = user->rn;
	unsigned int limit = rsp_user_limit(rn, what);

	if (atomic_long_add_return(n, &user->used[what]) <= limit ||
	    limit == UINT_MAX)
		return true;
	atomic_long_sub(n, &user->used[what]);
	SNMP_INC_STATS(rn->mib, mib[what]);
	return false;
}

void rsp_user_charge_more(struct rsp_user *user, enum rsp_quota what, u32 n)
{
	atomic_long_add(n, &user->used[what]);
}

void rsp_user_uncharge(struct rsp_user *user, enum rsp_quota what, u32 n)
{
	atomic_long_sub(n, &user->used[what]);
}
