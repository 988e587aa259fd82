// SPDX-License-Identifier: GPL-2.0-only
/*
 * Basic mode (RFC 5351 section 4.1): the pool only, for programs that have a
 * transport of their own.
 *
 * A client's connect() goes the way of a session's as far as the choice of a
 * server (failover.c), and the next one says that this server was no good.  A
 * server's registration is that of any pool element (element.c), with a transport
 * that it names instead of a listening SCTP socket.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/slab.h>

#include "session.h"

/* RSP_BASIC; rsk->lock protects all of it. */
struct rsp_basic {
	struct rsp_service own;		/* RSP_TRANSPORT; type 0: not set */
	struct rsp_service server;		/* chosen */
	struct rsp_pe_life failed;	/* to be reported; identifier 0: none */
};

int rsp_basic_set(struct rsp_sock *rsk, bool on)
{
	struct rsp_basic *basic = NULL;
	int err = 0;

	if (rsk->many)
		return -EOPNOTSUPP;
	if (on == rsp_is_basic(rsk))
		return 0;
	if (on) {
		basic = kzalloc(sizeof(*basic), GFP_KERNEL_ACCOUNT);
		if (!basic)
			return -ENOMEM;
	}
	mutex_lock(&rsk->lock);
	if (!basic || rsk->basic || rsk->role != RSP_ROLE_NONE ||
	    rsk->state != RSP_STATE_IDLE)
		err = -EBUSY;
	else
		swap(rsk->basic, basic);
	mutex_unlock(&rsk->lock);
	kfree(basic);
	return err;
}

/* ---- servers --------------------------------------------------------------- */

int rsp_basic_set_transport(struct rsp_sock *rsk, const struct rsp_service *user)
{
	int err = -EOPNOTSUPP;

	mutex_lock(&rsk->lock);
	if (rsk->basic && rsk->role != RSP_ROLE_POOL_USER) {
		rsk->basic->own = *user;
		err = rsp_element_update(rsk);
	}
	mutex_unlock(&rsk->lock);
	return err;
}

bool rsp_basic_transport(const struct rsp_sock *rsk, struct rsp_service *user)
{
	lockdep_assert_held(&rsk->lock);

	*user = rsk->basic->own;
	return user->type;
}

/* ---- clients --------------------------------------------------------------- */

/*
 * Does a connect() mean the next server?  One that has not been told which server
 * the last one chose has no complaint: it asks for that.
 */
bool rsp_basic_again(struct rsp_sock *rsk, const struct rsp_handle *handle)
{
	struct rsp_basic *basic = rsk->basic;

	lockdep_assert_held(&rsk->lock);

	if (!basic || rsk->role != RSP_ROLE_POOL_USER)
		return false;
	basic->failed = (struct rsp_pe_life) {};
	if (rsp_handle_equal(&rsk->handle, handle))
		basic->failed = (struct rsp_pe_life) {
			.pe_id = rsk->pe_id,
			.port = basic->server.port,
		};
	else
		rsp_unsubscribe(rsp_sock_net(rsk), &rsk->member);
	WRITE_ONCE(rsk->pe_id, 0);
	WRITE_ONCE(rsk->role, RSP_ROLE_NONE);
	return true;
}

void rsp_basic_report(struct rsp_sock *rsk)
{
	struct rsp_pe_life failed;

	lockdep_assert_held(&rsk->rx_mutex);
	lockdep_assert_held(&rsk->tx_mutex);

	mutex_lock(&rsk->lock);
	failed = rsk->basic->failed;
	rsk->basic->failed = (struct rsp_pe_life) {};
	mutex_unlock(&rsk->lock);
	if (!failed.pe_id)
		return;
	RSP_INC(rsp_sock_net(rsk), BASIC_FAILED);
	rsp_failover_blame(rsk, &failed, true, RSP_REASON_TIMEOUT);
}

void rsp_basic_found(struct rsp_sock *rsk, const struct rsp_pool_pe *pe)
{
	lockdep_assert_held(&rsk->rx_mutex);
	lockdep_assert_held(&rsk->tx_mutex);

	RSP_INC(rsp_sock_net(rsk), BASIC_SELECTED);
	rsk->phase = RSP_PHASE_UP;
	mutex_lock(&rsk->lock);
	rsk->basic->server = pe->user;
	WRITE_ONCE(rsk->pe_id, pe->pe_id);
	rsp_session_set_state(rsk, RSP_STATE_ESTABLISHED);
	mutex_unlock(&rsk->lock);
}

int rsp_basic_server(struct rsp_sock *rsk, struct rsp_service *user, u32 *pe_id)
{
	struct socket *sock = rsk->sk.sk_socket;
	int err = -ENOTCONN;

	mutex_lock(&rsk->lock);
	if (rsk->state == RSP_STATE_ESTABLISHED) {
		*user = rsk->basic->server;
		*pe_id = rsk->pe_id;
		if (sock->state == SS_CONNECTING)
			sock->state = SS_CONNECTED;
		err = 0;
	}
	mutex_unlock(&rsk->lock);
	return err;
}

int rsp_basic_disconnect(struct rsp_sock *rsk)
{
	int err = 0;

	mutex_lock(&rsk->rx_mutex);
	mutex_lock(&rsk->tx_mutex);
	/* the work runs with both: nothing asks the registrar any more */
	rsp_asap_resolve_cancel(rsp_sock_net(rsk), &rsk->waiter);
	rsk->phase = RSP_PHASE_IDLE;
	mutex_lock(&rsk->lock);
	if (rsk->role == RSP_ROLE_POOL_USER) {
		WRITE_ONCE(rsk->role, RSP_ROLE_NONE);
		WRITE_ONCE(rsk->pe_id, 0);
		rsk->basic->failed = (struct rsp_pe_life) {};
		rsk->sk.sk_socket->state = SS_UNCONNECTED;
		rsp_session_set_state(rsk, RSP_STATE_IDLE);
		rsp_session_subscribe(rsk);
	} else if (rsk->role != RSP_ROLE_NONE) {
		err = -EOPNOTSUPP;
	}
	mutex_unlock(&rsk->lock);
	rsp_session_unlock(rsk, &rsk->tx_mutex);
	rsp_session_unlock(rsk, &rsk->rx_mutex);
	return err;
}

/* ---- struct rsp_transport_addrs ---------------------------------------------- */

static const struct {
	u32 protocol;
	u16 type;
} rsp_protocols[] = {
	{ RSP_PROTO_OPAQUE,	RSP_PARAM_OPAQUE_TRANSPORT },
	{ IPPROTO_TCP,		RSP_PARAM_TCP_TRANSPORT },
	{ IPPROTO_UDP,		RSP_PARAM_UDP_TRANSPORT },
	{ IPPROTO_DCCP,		RSP_PARAM_DCCP_TRANSPORT },
	{ IPPROTO_SCTP,		RSP_PARAM_SCTP_TRANSPORT },
	{ IPPROTO_UDPLITE,	RSP_PARAM_UDPLITE_TRANSPORT },
};

static u16 rsp_protocol_type(u32 protocol)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rsp_protocols); i++)
		if (rsp_protocols[i].protocol == protocol)
			return rsp_protocols[i].type;
	return 0;
}

static u32 rsp_type_protocol(u16 type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rsp_protocols); i++)
		if (rsp_protocols[i].type == type)
			return rsp_protocols[i].protocol;
	return RSP_PROTO_OPAQUE;	/* wire.c knows no other */
}

static bool rsp_addr_from_user(struct rsp_addr *to,
			       const struct __kernel_sockaddr_storage *from,
			       u16 port)
{
	const struct sockaddr_in6 *sin6 = (const void *)from;
	const struct sockaddr_in *sin = (const void *)from;

	*to = (struct rsp_addr) {};
	switch (from->ss_family) {
	case AF_INET:
		to->family = 4;
		memcpy(to->octets, &sin->sin_addr, sizeof(sin->sin_addr));
		break;
	case AF_INET6:
		to->family = 6;
		memcpy(to->octets, &sin6->sin6_addr, sizeof(sin6->sin6_addr));
		break;
	default:
		return false;
	}
	/* both have the port in one place */
	return (!sin->sin_port || ntohs(sin->sin_port) == port) &&
	       rsp_addr_is_unicast(to);
}

static int rsp_addrs_from_user(struct rsp_service *user,
			       const struct rsp_transport_addrs *from)
{
	unsigned int i;

	if (!from->port || from->opaque_len || from->use > RSP_USE_DATA_CONTROL ||
	    (from->use && from->protocol != IPPROTO_SCTP) ||
	    from->naddrs > RSP_TRANSPORT_ADDRS_MAX ||
	    (from->naddrs > 1 && rsp_service_is_single(user)) ||
	    (from->service_code && from->protocol != IPPROTO_DCCP))
		return -EINVAL;
	user->port = from->port;
	user->use = from->use;
	user->service_code = from->service_code;
	user->naddrs = from->naddrs;
	for (i = 0; i < from->naddrs; i++)
		if (!rsp_addr_from_user(&user->addrs[i], &from->addrs[i],
					from->port))
			return -EINVAL;
	return 0;
}

static int rsp_opaque_from_user(struct rsp_service *user,
				const struct rsp_transport_addrs *from)
{
	if (from->port || from->use || from->service_code || from->naddrs ||
	    !from->opaque_len || from->opaque_len > RSP_OPAQUE_MAX)
		return -EINVAL;
	user->raw_len = RSP_OPAQUE_HEAD + from->opaque_len;
	memcpy(user->raw + RSP_OPAQUE_HEAD, from->opaque, from->opaque_len);
	return 0;
}

unsigned int rsp_transport_size(const struct rsp_transport_addrs *t)
{
	return offsetof(struct rsp_transport_addrs, addrs) +
	       (t->protocol == RSP_PROTO_OPAQUE ?
		t->opaque_len : t->naddrs * sizeof(t->addrs[0]));
}

int rsp_transport_from_user(struct rsp_service *user,
			    const struct rsp_transport_addrs *from)
{
	BUILD_BUG_ON(RSP_TRANSPORT_ADDRS_MAX != RSP_ADDRS_MAX);

	*user = (struct rsp_service) { .type = rsp_protocol_type(from->protocol) };
	if (!user->type)
		return -EPROTONOSUPPORT;
	if (from->session_id || from->pe_id || from->reserved)
		return -EINVAL;
	if (user->type == RSP_PARAM_OPAQUE_TRANSPORT)
		return rsp_opaque_from_user(user, from);
	return rsp_addrs_from_user(user, from);
}

void rsp_transport_to_user(struct rsp_transport_addrs *to,
			   const struct rsp_service *user)
{
	unsigned int i;

	*to = (struct rsp_transport_addrs) {
		.protocol = rsp_type_protocol(user->type),
		.service_code = user->service_code,
		.port = user->port,
		.use = user->use,
		.naddrs = user->naddrs,
	};
	if (user->type == RSP_PARAM_OPAQUE_TRANSPORT) {
		to->opaque_len = user->raw_len - RSP_OPAQUE_HEAD;
		memcpy(to->opaque, user->raw + RSP_OPAQUE_HEAD, to->opaque_len);
		return;
	}
	for (i = 0; i < user->naddrs; i++)
		rsp_sctp_pack_addr(&user->addrs[i], user->port, &to->addrs[i]);
}
