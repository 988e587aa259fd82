// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may be a pool element: the list of users and groups that may bind to
 * pool handles without CAP_NET_BIND_SERVICE, in the order in which the
 * administrator gave it.  Changed in process context, read in bind().
 */
#include <linux/cred.h>
#include <linux/slab.h>
#include <net/netlink.h>
#include "rserpool.h"

/* What an owner of a namespace can make the kernel hold and search */
#define RSP_ACCESS_MAX	256

struct rsp_access {
	struct list_head node;		/* rn->access */
	struct rsp_access_rule rule;
};

static bool rsp_access_rule_equal(const struct rsp_access_rule *a,
				  const struct rsp_access_rule *b)
{
	return rsp_handle_equal(&a->pattern, &b->pattern) &&
	       uid_eq(a->uid, b->uid) && gid_eq(a->gid, b->gid);
}

/* A '*' as the last octet stands for any rest, the empty one included. */
static bool rsp_access_pattern_matches(const struct rsp_handle *pattern,
				       const struct rsp_handle *handle)
{
	unsigned int len = pattern->len;

	if (!len || pattern->octets[len - 1] != '*')
		return rsp_handle_equal(pattern, handle);
	len--;
	return handle->len >= len &&
	       !memcmp(pattern->octets, handle->octets, len);
}

/* A rule that names both a user and a group wants both. */
static bool rsp_access_rule_matches(const struct rsp_access_rule *rule,
				    const struct rsp_handle *handle)
{
	if (uid_valid(rule->uid) && !uid_eq(rule->uid, current_euid()))
		return false;
	if (gid_valid(rule->gid) && !in_egroup_p(rule->gid))
		return false;
	return rsp_access_pattern_matches(&rule->pattern, handle);
}

int rsp_access_may_bind(struct rsp_net *rn, const struct rsp_handle *handle)
{
	struct rsp_access *entry;
	bool found = false;

	spin_lock(&rn->access_lock);
	list_for_each_entry(entry, &rn->access, node) {
		found = rsp_access_rule_matches(&entry->rule, handle);
		if (found)
			break;
	}
	spin_unlock(&rn->access_lock);
	if (found)
		return 0;

	/* Asked last: being refused a capability leaves a trace in the audit */
	if (ns_capable(rn->net->user_ns, CAP_NET_BIND_SERVICE))
		return 0;
	return -EACCES;
}

static struct rsp_access *
__rsp_access_find(struct rsp_net *rn, const struct rsp_access_rule *rule,
		  unsigned int *count)
{
	struct rsp_access *entry;

	lockdep_assert_held(&rn->access_lock);
	*count = 0;
	list_for_each_entry(entry, &rn->access, node) {
		if (rsp_access_rule_equal(&entry->rule, rule))
			return entry;
		++*count;
	}
	return NULL;
}

int rsp_access_add(struct rsp_net *rn, const struct rsp_access_rule *rule,
		   struct netlink_ext_ack *extack)
{
	struct rsp_access *entry;
	unsigned int count;
	int err = 0;

	entry = kmalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return -ENOMEM;
	entry->rule = *rule;

	spin_lock(&rn->access_lock);
	if (__rsp_access_find(rn, rule, &count)) {
		NL_SET_ERR_MSG(extack, "this entry exists already");
		err = -EEXIST;
	} else if (count >= RSP_ACCESS_MAX) {
		NL_SET_ERR_MSG(extack, "too many entries in the access list");
		err = -ENOSPC;
	} else {
		list_add_tail(&entry->node, &rn->access);
	}
	spin_unlock(&rn->access_lock);

	if (err)
		kfree(entry);
	return err;
}

int rsp_access_del(struct rsp_net *rn, const struct rsp_access_rule *rule,
		   struct netlink_ext_ack *extack)
{
	struct rsp_access *entry;
	unsigned int count;

	spin_lock(&rn->access_lock);
	entry = __rsp_access_find(rn, rule, &count);
	if (entry)
		list_del(&entry->node);
	spin_unlock(&rn->access_lock);

	if (!entry) {
		NL_SET_ERR_MSG(extack, "no such entry in the access list");
		return -ENOENT;
	}
	kfree(entry);
	return 0;
}

bool rsp_access_nth(struct rsp_net *rn, unsigned int n,
		    struct rsp_access_rule *rule)
{
	struct rsp_access *entry;
	bool found = false;

	spin_lock(&rn->access_lock);
	list_for_each_entry(entry, &rn->access, node) {
		if (n--)
			continue;
		*rule = entry->rule;
		found = true;
		break;
	}
	spin_unlock(&rn->access_lock);
	return found;
}

void rsp_access_net_exit(struct rsp_net *rn)
{
	struct rsp_access *entry, *next;

	list_for_each_entry_safe(entry, next, &rn->access, node)
		kfree(entry);
	INIT_LIST_HEAD(&rn->access);
}
