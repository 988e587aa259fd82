// SPDX-License-Identifier: GPL-2.0-only
/*
 * The link to a registrar in this namespace: generic netlink, with ASAP
 * messages as payload.
 *
 * A process with CAP_NET_ADMIN attaches its netlink port and is home from then
 * on; there is one at a time.  When its socket is closed, however that comes
 * about, the notifier detaches it at once.  The random cookie of an attachment
 * comes with each message, so that nothing meant for or sent by an earlier one
 * is taken for this one's.
 *
 * Messages to it carry the ASAP transport of this namespace's endpoint (the
 * SCTP socket of link_sctp.c), under which other registrars can reach the
 * elements.  Without SCTP there is none.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/random.h>

#include "asap.h"

static int rsp_link_netlink_send(struct rsp_asap *asap,
				 struct rsp_registrar *reg, const void *buf,
				 size_t len, u32 request)
{
	struct rsp_transport asap_transport = {
		.type = RSP_PARAM_SCTP_TRANSPORT,
		.port = rsp_link_sctp_port(asap),
		.use = RSP_USE_DATA_CONTROL,
	};
	u8 tlv[8 + RSP_ADDRS_MAX * 20];
	struct rsp_writer w = { .buf = tlv, .size = sizeof(tlv) };

	if (READ_ONCE(reg->gone))
		return -ECONNREFUSED;
	if (asap_transport.port)
		asap_transport.naddrs = rsp_local_addrs(asap->rn->net,
							asap_transport.addrs,
							RSP_ADDRS_MAX);
	if (asap_transport.naddrs)
		rsp_put_transport(&w, &asap_transport);
	if (w.failed)
		w.len = 0;
	return rsp_netlink_send_asap(asap->rn, reg->portid, reg->cookie,
				     request, w.len ? tlv : NULL, w.len,
				     buf, len);
}

static unsigned int rsp_link_netlink_addrs(struct rsp_asap *asap,
					   struct rsp_registrar *reg,
					   struct rsp_addr *addrs,
					   unsigned int max)
{
	return rsp_local_addrs(asap->rn->net, addrs, max);
}

static void rsp_link_netlink_close(struct rsp_asap *asap,
				   struct rsp_registrar *reg)
{
}

static const struct rsp_link_ops rsp_link_netlink = {
	.link	= RSERPOOL_LINK_NETLINK,
	.send	= rsp_link_netlink_send,
	.addrs	= rsp_link_netlink_addrs,
	.close	= rsp_link_netlink_close,
};

/* The attached one stands first in the list, or there is none. */
static struct rsp_registrar *rsp_link_netlink_find(struct rsp_asap *asap)
{
	struct rsp_registrar *reg;

	lockdep_assert_held(&asap->lock);

	reg = list_first_entry_or_null(&asap->registrars,
				       struct rsp_registrar, node);
	return reg && reg->ops == &rsp_link_netlink ? reg : NULL;
}

int rsp_link_netlink_attach(struct rsp_net *rn, u32 portid, u32 server_id,
			    u64 *cookie, struct netlink_ext_ack *extack)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;
	int err = 0;

	reg = rsp_registrar_alloc(&rsp_link_netlink);
	if (!reg)
		return -ENOMEM;
	reg->portid = portid;
	reg->id = server_id;
	reg->state = RSERPOOL_REGISTRAR_STATE_CONNECTING;
	do {
		get_random_bytes(&reg->cookie, sizeof(reg->cookie));
	} while (!reg->cookie);
	*cookie = reg->cookie;

	spin_lock(&asap->lock);
	if (rsp_link_netlink_find(asap)) {
		err = -EBUSY;
	} else {
		list_add(&reg->node, &asap->registrars);
		asap->nregistrars++;
	}
	spin_unlock(&asap->lock);

	rsp_race(attached);
	if (err) {
		NL_SET_ERR_MSG(extack, "another registrar is attached");
		rsp_registrar_put(reg);
	}
	return err;
}

void rsp_link_netlink_start(struct rsp_net *rn, u64 cookie)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;

	spin_lock(&asap->lock);
	reg = rsp_link_netlink_find(asap);
	if (reg && reg->cookie == cookie)
		WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_UP);
	spin_unlock(&asap->lock);
	rsp_asap_kick(asap);
}

int rsp_link_netlink_receive(struct rsp_net *rn, u32 portid, u64 cookie,
			     u32 request, const void *data, size_t len,
			     struct netlink_ext_ack *extack)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;

	if (!len || len > RSP_MSG_MAX) {
		NL_SET_ERR_MSG(extack, "not the length of a message");
		return -EINVAL;
	}
	spin_lock(&asap->lock);
	reg = rsp_link_netlink_find(asap);
	if (reg && reg->portid == portid && reg->cookie == cookie)
		rsp_registrar_get(reg);
	else
		reg = NULL;
	spin_unlock(&asap->lock);

	if (!reg) {
		NL_SET_ERR_MSG(extack, "not the attached registrar");
		return -ESTALE;
	}
	rsp_race(netlink_found);
	rsp_asap_receive(rn, reg, data, len, request);
	rsp_registrar_put(reg);
	return 0;
}

/*
 * Runs after the port has been unhashed, but the port of the attached
 * registrar cannot attach anew before this has detached it.
 */
void rsp_link_netlink_detach(struct rsp_net *rn, u32 portid)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_registrar *reg;

	spin_lock(&asap->lock);
	reg = rsp_link_netlink_find(asap);
	if (reg && reg->portid == portid)
		rsp_registrar_unlist(asap, reg);
	else
		reg = NULL;
	spin_unlock(&asap->lock);

	if (reg) {
		rsp_race(detached);
		rsp_asap_kick(asap);
		rsp_registrar_put(reg);
	}
}

static int rsp_link_netlink_notify(struct notifier_block *nb,
				   unsigned long event, void *ptr)
{
	const struct netlink_notify *n = ptr;
	struct rsp_net *rn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	rn = rsp_net(n->net);
	if (rn->asap)
		rsp_link_netlink_detach(rn, n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block rsp_link_netlink_notifier = {
	.notifier_call = rsp_link_netlink_notify,
};

/* After the pernet operations: the notifier looks at all namespaces. */
int rsp_link_netlink_init(void)
{
	return netlink_register_notifier(&rsp_link_netlink_notifier);
}

void rsp_link_netlink_exit(void)
{
	netlink_unregister_notifier(&rsp_link_netlink_notifier);
}
