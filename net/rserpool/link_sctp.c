// SPDX-License-Identifier: GPL-2.0-only
/*
 * The link to registrars by address: ASAP over kernel SCTP (RFC 5352 section
 * 5), one one-to-many socket per namespace, bound to the wildcard address
 * (REG-02).
 *
 * The socket is infrastructure: it does not pin the namespace, and is closed
 * with an ABORT in pre_exit.  It is made when it is needed first.  Only the
 * namespace's work uses it, so its lock is never held for longer than SCTP
 * needs it; its callback just has the work run.  It listens, for registrars
 * that take elements over: asap_guest.c says who may come.
 *
 * SCTP_SEND_FAILED is not asked for: an association that is lost has all
 * requests that were not answered built and sent again anyway.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/mm.h>
#include <linux/uio.h>
#include <net/inet_sock.h>

#include "asap.h"
#include "sctp.h"

/* Behind the longest message, the part of a notification that matters. */
#define RSP_RX_BUF_LEN		(RSP_MSG_MAX + 1 + \
				 sizeof(union sctp_notification))

/* With sk_callback_lock held for reading, which unhooking waits for. */
static void rsp_link_sctp_data_ready(struct sock *sk)
{
	struct rsp_asap *asap;

	read_lock_bh(&sk->sk_callback_lock);
	asap = sk->sk_user_data;
	if (asap)
		rsp_asap_kick(asap);
	read_unlock_bh(&sk->sk_callback_lock);
}

/* ---- the socket ------------------------------------------------------ */

static int rsp_link_sctp_configure(struct socket *sock,
				   const struct rsp_settings *set)
{
	static const u16 events[] = {
		SCTP_ASSOC_CHANGE, SCTP_SHUTDOWN_EVENT,
		SCTP_PARTIAL_DELIVERY_EVENT,
	};
	int on = 1;

	lock_sock(sock->sk);
	rsp_sctp_subscribe(sock->sk, events, ARRAY_SIZE(events));
	rsp_sctp_set_nodelay(sock->sk, true);
	rsp_sctp_set_timing(sock->sk, set);
	release_sock(sock->sk);
	return rsp_sctp_setopt(sock, SCTP_RECVRCVINFO, &on, sizeof(on));
}

/*
 * Each association has a queue of its own each way, so that none can fill that
 * of the others.  As net.sctp.rcvbuf_policy and sndbuf_policy would have it,
 * but those are the administrator's, and for all sockets.
 */
static void rsp_link_sctp_separate(struct sock *sk)
{
	lock_sock(sk);
	sctp_sk(sk)->ep->rcvbuf_policy = 1;
	sctp_sk(sk)->ep->sndbuf_policy = 1;
	release_sock(sk);
}

static struct socket *rsp_link_sctp_socket(struct rsp_asap *asap, int family)
{
	struct socket *sock;
	int err;

	err = rsp_sctp_create(asap->rn->net, family, SOCK_SEQPACKET, &sock);
	if (err)
		return ERR_PTR(err);
	sock_no_linger(sock->sk);
	sock->sk->sk_sndtimeo = 0;	/* or a connect would wait */
	rsp_link_sctp_separate(sock->sk);
	err = rsp_link_sctp_configure(sock, &asap->rn->set);
	if (!err)
		err = rsp_sctp_bind_any(sock, family);
	if (!err)
		err = rsp_sctp_listen(sock, RSP_GUESTS_MAX);
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	return sock;
}

static void rsp_link_sctp_hook(struct rsp_asap *asap)
{
	struct sock *sk = asap->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	asap->saved_data_ready = sk->sk_data_ready;
	sk->sk_user_data = asap;
	WRITE_ONCE(sk->sk_data_ready, rsp_link_sctp_data_ready);
	write_unlock_bh(&sk->sk_callback_lock);
}

void rsp_link_sctp_unhook(struct rsp_asap *asap)
{
	struct sock *sk;

	if (!asap->sock)
		return;
	sk = asap->sock->sk;
	write_lock_bh(&sk->sk_callback_lock);
	WRITE_ONCE(sk->sk_data_ready, asap->saved_data_ready);
	sk->sk_user_data = NULL;
	write_unlock_bh(&sk->sk_callback_lock);
}

static int rsp_link_sctp_open(struct rsp_asap *asap)
{
	struct socket *sock;

	if (asap->sock)
		return 0;
	if (READ_ONCE(asap->rn->dying))
		return -ESHUTDOWN;
	asap->rx_buf = kvmalloc(RSP_RX_BUF_LEN, GFP_KERNEL);
	if (!asap->rx_buf)
		return -ENOMEM;
	sock = ERR_PTR(-EAFNOSUPPORT);
	if (ipv6_mod_enabled())
		sock = rsp_link_sctp_socket(asap, PF_INET6);
	if (sock == ERR_PTR(-EAFNOSUPPORT))
		sock = rsp_link_sctp_socket(asap, PF_INET);
	if (IS_ERR(sock)) {
		kvfree(asap->rx_buf);
		asap->rx_buf = NULL;
		return PTR_ERR(sock);
	}
	asap->sock = sock;
	rsp_link_sctp_hook(asap);
	return 0;
}

/* Unhooked already; linger 0 makes this abort all associations. */
void rsp_link_sctp_exit(struct rsp_asap *asap)
{
	struct socket *sock = asap->sock;

	asap->sock = NULL;
	if (sock) {
		lock_sock(sock->sk);
		rsp_sctp_unsubscribe(sock->sk);
		release_sock(sock->sk);
		sock_release(sock);
	}
	kvfree(asap->rx_buf);
	asap->rx_buf = NULL;
}

u16 rsp_link_sctp_port(struct rsp_asap *asap)
{
	if (rsp_link_sctp_open(asap))
		return 0;
	return inet_sk(asap->sock->sk)->inet_num;
}

/* ---- associations ---------------------------------------------------- */

static struct sctp_association *rsp_link_sctp_asoc(struct rsp_asap *asap,
						   s32 assoc_id)
{
	struct sctp_association *asoc;

	lockdep_assert(lockdep_sock_is_held(asap->sock->sk));

	list_for_each_entry(asoc, &sctp_sk(asap->sock->sk)->ep->asocs, asocs)
		if (sctp_assoc2id(asoc) == assoc_id)
			return asoc;
	return NULL;
}

static bool rsp_link_sctp_addr_equal(const union sctp_addr *from,
				     const struct rsp_addr *addr)
{
	struct rsp_addr other;

	rsp_sctp_unpack_addr(&other, from);
	return other.family == addr->family &&
	       !memcmp(other.octets, addr->octets, sizeof(other.octets));
}

bool rsp_link_sctp_peer(struct rsp_asap *asap, s32 assoc_id,
			struct rsp_addr *addr, u16 *port)
{
	struct sctp_association *asoc;

	lock_sock(asap->sock->sk);
	asoc = rsp_link_sctp_asoc(asap, assoc_id);
	if (asoc && !sctp_state(asoc, ESTABLISHED))
		asoc = NULL;		/* one that we are shutting down */
	if (asoc) {
		rsp_sctp_unpack_addr(addr, &asoc->peer.primary_addr);
		*port = asoc->peer.port;
	}
	release_sock(asap->sock->sk);
	return asoc;
}

/* The latest association with @reg whose state is @least or beyond; 0: none. */
static s32 rsp_link_sctp_id_of(struct rsp_asap *asap,
			       const struct rsp_registrar *reg,
			       enum sctp_state least)
{
	struct sock *sk = asap->sock->sk;
	struct sctp_association *asoc;
	s32 id = 0;

	lock_sock(sk);
	list_for_each_entry(asoc, &sctp_sk(sk)->ep->asocs, asocs)
		if (asoc->state >= least && asoc->peer.port == reg->port &&
		    rsp_link_sctp_addr_equal(&asoc->peer.primary_addr,
					     &reg->addr))
			id = sctp_assoc2id(asoc);
	release_sock(sk);
	return id;
}

static int rsp_link_sctp_sendmsg(struct rsp_asap *asap, s32 assoc_id,
				 u16 flags, const void *buf, size_t len)
{
	struct kvec vec = { .iov_base = (void *)buf, .iov_len = len };
	struct rsp_sctp_sndinfo c;
	struct msghdr msg = {
		.msg_control = &c,
		.msg_controllen = sizeof(c),
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
	};

	rsp_sctp_sndinfo(&c, RSP_ASAP_PPID, 0, flags, assoc_id);
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, len);
	return rsp_sctp_sendmsg(asap->sock->sk, &msg, len);
}

void rsp_link_sctp_abort(struct rsp_asap *asap, s32 assoc_id)
{
	rsp_link_sctp_sendmsg(asap, assoc_id, SCTP_ABORT, NULL, 0);
}

/* As SCTP_SOCKOPT_CONNECTX wants them; the first one is asked first. */
static unsigned int rsp_link_sctp_pack(struct rsp_asap *asap,
				       const struct rsp_registrar *reg, u8 *buf)
{
	bool v6 = asap->sock->sk->sk_family == PF_INET6;
	unsigned int i, len;

	len = rsp_sctp_pack_addr(&reg->addr, reg->port, buf);
	spin_lock(&asap->lock);
	for (i = 0; i < reg->nothers; i++)
		if (v6 || reg->others[i].family == 4)
			len += rsp_sctp_pack_addr(&reg->others[i], reg->port,
						  buf + len);
	spin_unlock(&asap->lock);
	return len;
}

static int rsp_link_sctp_connectx(struct rsp_asap *asap,
				  const struct rsp_registrar *reg)
{
	u8 addrs[RSP_REGISTRAR_ADDRS * sizeof(struct sockaddr_in6)];
	unsigned int len = rsp_link_sctp_pack(asap, reg, addrs);

	/* unlike connect(), this gives the association its id at once */
	return rsp_sctp_setopt(asap->sock, SCTP_SOCKOPT_CONNECTX, addrs, len);
}

static int rsp_link_sctp_connect(struct rsp_asap *asap,
				 struct rsp_registrar *reg)
{
	s32 ending;
	int err;

	err = rsp_link_sctp_open(asap);
	if (err)
		return err;
	err = rsp_link_sctp_connectx(asap, reg);
	if (err == -EISCONN || err == -EALREADY) {
		/* with a registrar that was deleted, and is here again */
		ending = rsp_link_sctp_id_of(asap, reg,
					     SCTP_STATE_SHUTDOWN_PENDING);
		if (!ending)
			return -EAGAIN;		/* it has just called us */
		rsp_link_sctp_abort(asap, ending);
		err = rsp_link_sctp_connectx(asap, reg);
	}
	if (err < 0 && err != -EINPROGRESS)
		return err;
	/* it may be gone already, refused while the socket was not locked */
	reg->assoc_id = rsp_link_sctp_id_of(asap, reg, SCTP_STATE_CLOSED);
	return reg->assoc_id ? 0 : -EPIPE;
}

static int rsp_link_sctp_send(struct rsp_asap *asap, struct rsp_registrar *reg,
			      const void *buf, size_t len, u32 request)
{
	int ret;

	if (!reg->assoc_id)
		return -EPIPE;
	ret = rsp_link_sctp_sendmsg(asap, reg->assoc_id, 0, buf, len);
	if (ret >= 0)
		return 0;
	/* an association that is gone has more than one face */
	if (ret != -EAGAIN && ret != -EMSGSIZE && ret != -ENOMEM)
		ret = -EPIPE;
	return ret;
}

/* SHUTDOWN while all is well, or else an ABORT. */
static void rsp_link_sctp_close(struct rsp_asap *asap,
				struct rsp_registrar *reg)
{
	bool up = reg->state == RSERPOOL_REGISTRAR_STATE_UP;

	if (reg->assoc_id)
		rsp_link_sctp_sendmsg(asap, reg->assoc_id,
				      up ? SCTP_EOF : SCTP_ABORT, NULL, 0);
	if (asap->rx_assoc == reg->assoc_id)
		asap->rx_len = 0;
	reg->assoc_id = 0;
}

/* ---- addresses ------------------------------------------------------- */

static bool rsp_link_sctp_has_addr(const struct sctp_association *asoc,
				   const struct rsp_addr *addr)
{
	const struct sctp_sockaddr_entry *entry;

	list_for_each_entry(entry, &asoc->base.bind_addr.address_list, list)
		if (rsp_link_sctp_addr_equal(&entry->a, addr))
			return true;
	return false;
}

bool rsp_link_sctp_lacks(struct rsp_asap *asap, s32 assoc_id,
			 const struct rsp_addr *addrs, unsigned int n)
{
	struct sctp_association *asoc;
	bool lacks = false;
	unsigned int i;

	lock_sock(asap->sock->sk);
	asoc = rsp_link_sctp_asoc(asap, assoc_id);
	for (i = 0; asoc && i < n; i++)
		if (!rsp_link_sctp_has_addr(asoc, &addrs[i]))
			lacks = true;
	release_sock(asap->sock->sk);
	return lacks;
}

/*
 * REG-03: no address that is not one of the association's.  That can be gone
 * before its event has been read.
 */
static unsigned int rsp_link_sctp_addrs(struct rsp_asap *asap,
					struct rsp_registrar *reg,
					struct rsp_addr *addrs,
					unsigned int max)
{
	unsigned int i, n, kept = 0;
	struct sctp_association *asoc;

	n = rsp_local_addrs(asap->rn->net, addrs, max);
	lock_sock(asap->sock->sk);
	asoc = rsp_link_sctp_asoc(asap, reg->assoc_id);
	for (i = 0; asoc && i < n; i++)
		if (rsp_link_sctp_has_addr(asoc, &addrs[i]))
			addrs[kept++] = addrs[i];
	release_sock(asap->sock->sk);
	if (!asoc) {
		WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_FAILED);
		rsp_asap_wake_at(asap, jiffies);
	}
	return kept;
}

/* ---- receiving ------------------------------------------------------- */

static struct rsp_registrar *rsp_link_sctp_find(struct rsp_asap *asap,
						s32 assoc_id)
{
	struct rsp_registrar *reg;

	if (!assoc_id)
		return NULL;
	if (asap->home && asap->home->assoc_id == assoc_id)
		return asap->home;
	list_for_each_entry(reg, &asap->attempts, attempt)
		if (reg->assoc_id == assoc_id)
			return reg;
	return rsp_guest_find(asap, assoc_id);
}

/*
 * A registrar that restarted has lost what it knew, like one that is gone.
 * The work looks at the states when the queue has been emptied.
 */
static void rsp_link_sctp_assoc_change(struct rsp_asap *asap,
				       const struct sctp_assoc_change *sac)
{
	struct rsp_registrar *reg;

	reg = rsp_link_sctp_find(asap, sac->sac_assoc_id);
	if (!reg) {
		if (sac->sac_state == SCTP_COMM_UP)
			rsp_guest_come(asap, sac->sac_assoc_id);
		return;
	}
	if (sac->sac_state == SCTP_COMM_UP) {
		WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_UP);
		return;
	}
	WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_FAILED);
	if (sac->sac_state != SCTP_RESTART)
		reg->assoc_id = 0;	/* nothing left to close */
}

static void rsp_link_sctp_notification(struct rsp_asap *asap, const void *data,
				       size_t len)
{
	union sctp_notification sn = {};
	struct rsp_registrar *reg;

	memcpy(&sn, data, min(len, sizeof(sn)));
	switch (sn.sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		rsp_link_sctp_assoc_change(asap, &sn.sn_assoc_change);
		break;
	case SCTP_SHUTDOWN_EVENT:
		reg = rsp_link_sctp_find(asap,
					 sn.sn_shutdown_event.sse_assoc_id);
		if (!reg)
			break;
		WRITE_ONCE(reg->state, RSERPOOL_REGISTRAR_STATE_FAILED);
		break;
	case SCTP_PARTIAL_DELIVERY_EVENT:
		asap->rx_len = 0;
		asap->rx_skip = false;
		break;
	}
}

struct rsp_link_sctp_rx {
	struct cmsghdr hdr;
	struct sctp_rcvinfo info;
};

/* All of one message, with what SCTP says about it. */
static void rsp_link_sctp_message(struct rsp_asap *asap,
				  const struct sctp_rcvinfo *info)
{
	struct rsp_registrar *from;

	from = rsp_link_sctp_find(asap, info->rcv_assoc_id);
	if (!from)
		from = rsp_guest_come(asap, info->rcv_assoc_id);
	if (!from) {
		RSP_INC(asap->rn, ASAP_RX_UNEXPECTED);
	} else if (info->rcv_ppid != (__force u32)cpu_to_be32(RSP_ASAP_PPID)) {
		RSP_INC(asap->rn, ASAP_RX_BAD_PPID);
		rsp_guest_bad(asap, from);
	} else {
		rsp_asap_input(asap, from, asap->rx_buf, asap->rx_len, 0);
	}
}

/* One piece: pieces of one message come without others between them. */
static void rsp_link_sctp_piece(struct rsp_asap *asap, bool last, size_t len,
				const struct sctp_rcvinfo *info)
{
	if (asap->rx_assoc != info->rcv_assoc_id) {
		asap->rx_assoc = info->rcv_assoc_id;
		asap->rx_len = 0;
		asap->rx_skip = false;
	}
	asap->rx_len += len;
	if (asap->rx_len > RSP_MSG_MAX) {
		asap->rx_skip = true;
		asap->rx_len = 0;
	}
	if (!last)
		return;
	if (asap->rx_skip)
		RSP_INC(asap->rn, ASAP_RX_MALFORMED);
	else
		rsp_link_sctp_message(asap, info);
	asap->rx_len = 0;
	asap->rx_skip = false;
}

static int rsp_link_sctp_recv(struct rsp_asap *asap)
{
	struct rsp_link_sctp_rx c = {};
	struct kvec vec = {
		.iov_base = asap->rx_buf + asap->rx_len,
		.iov_len = RSP_RX_BUF_LEN - asap->rx_len,
	};
	struct msghdr msg = {
		.msg_control = &c,
		.msg_controllen = sizeof(c),
	};
	bool last, inside = asap->rx_note;
	int len;

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &vec, 1, vec.iov_len);
	len = rsp_sctp_recvmsg(asap->sock->sk, &msg, vec.iov_len, MSG_DONTWAIT);
	if (len < 0)
		return len;
	last = msg.msg_flags & MSG_EOR;
	if (msg.msg_flags & MSG_NOTIFICATION) {
		asap->rx_note = !last;
		if (!inside)
			rsp_link_sctp_notification(asap, vec.iov_base, len);
		return 0;
	}
	if (c.hdr.cmsg_level == IPPROTO_SCTP && c.hdr.cmsg_type == SCTP_RCVINFO)
		rsp_link_sctp_piece(asap, last, len, &c.info);
	return 0;
}

bool rsp_link_sctp_poll(struct rsp_asap *asap)
{
	unsigned int budget = RSP_ASAP_BUDGET;

	if (!asap->sock)
		return false;
	while (budget--)
		if (rsp_link_sctp_recv(asap) == -EAGAIN)
			return false;
	return true;
}

const struct rsp_link_ops rsp_link_sctp = {
	.link		= RSERPOOL_LINK_SCTP,
	.connect	= rsp_link_sctp_connect,
	.send		= rsp_link_sctp_send,
	.addrs		= rsp_link_sctp_addrs,
	.close		= rsp_link_sctp_close,
};
