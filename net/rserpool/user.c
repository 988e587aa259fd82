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
	struct rb_node node;		/* rn->users, by uid */
	kuid_t uid;
	unsigned int refs;		/* rn->users_lock */
	atomic_long_t used[__RSP_QUOTA_MAX];
};

static int rsp_user_cmp(const void *uid, const struct rb_node *node)
{
	kuid_t a = *(const kuid_t *)uid;
	kuid_t b = rb_entry(node, struct rsp_user, node)->uid;

	return uid_lt(a, b) ? -1 : uid_gt(a, b);
}

static int rsp_user_cmp_nodes(struct rb_node *a, const struct rb_node *b)
{
	return rsp_user_cmp(&rb_entry(a, struct rsp_user, node)->uid, b);
}

static struct rsp_user *rsp_user_find(struct rsp_net *rn, kuid_t uid)
{
	struct rb_node *node;
	struct rsp_user *user;

	spin_lock_bh(&rn->users_lock);
	node = rb_find(&uid, &rn->users, rsp_user_cmp);
	user = rb_entry_safe(node, struct rsp_user, node);
	if (user)
		user->refs++;
	spin_unlock_bh(&rn->users_lock);
	return user;
}

/* Return: @fresh, or the one that somebody else has added meanwhile. */
static struct rsp_user *rsp_user_add(struct rsp_net *rn, struct rsp_user *fresh)
{
	struct rb_node *node;
	struct rsp_user *user;

	spin_lock_bh(&rn->users_lock);
	node = rb_find_add(&fresh->node, &rn->users, rsp_user_cmp_nodes);
	user = node ? rb_entry(node, struct rsp_user, node) : fresh;
	user->refs++;
	spin_unlock_bh(&rn->users_lock);
	return user;
}

struct rsp_user *rsp_user_get(struct rsp_net *rn, kuid_t uid)
{
	struct rsp_user *user, *fresh;

	user = rsp_user_find(rn, uid);
	if (user)
		return user;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return NULL;
	fresh->rn = rn;
	fresh->uid = uid;
	user = rsp_user_add(rn, fresh);
	if (user != fresh)
		kfree(fresh);
	return user;
}

void rsp_user_put(struct rsp_user *user)
{
	struct rsp_net *rn;
	unsigned int i;
	bool last;

	if (!user)
		return;
	rn = user->rn;
	spin_lock_bh(&rn->users_lock);
	last = !--user->refs;
	if (last)
		rb_erase(&user->node, &rn->users);
	spin_unlock_bh(&rn->users_lock);
	if (!last)
		return;
	/* with one session longer this user would have got less, for ever */
	for (i = 0; i < __RSP_QUOTA_MAX; i++)
		WARN_ON_ONCE(atomic_long_read(&user->used[i]));
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
