// SPDX-License-Identifier: GPL-2.0-only
/*
 * One-to-many sockets (SOCK_SEQPACKET): one descriptor, many sessions.
 *
 * Each of them is what the session of a one-to-one socket is, with a lower,
 * mutexes and a work of its own; only its face is another one.  What is here:
 * which sessions a socket has, which of them may have something to read, which
 * had no room for a message, and who lets go of one that is over.
 *
 * Calls use a session by a count (users).  A session that is over, with
 * nothing left to read, is out of everybody's reach at once; whoever drops the
 * last use of it closes it, for which the socket's reaper drops the first.
 */
#include <linux/in.h>
#include <linux/jhash.h>
#include <linux/poll.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "session.h"

#define RSP_MANY_BUCKETS	64

/* Pieces of one message that are read in a row before it is others' turn. */
#define RSP_MANY_RUN		64

struct rsp_many {
	spinlock_t lock;		/* protects all below; BH-safe */
	struct list_head sessions;	/* rsp_sock.many_node */
	struct list_head over;		/* the same: for the reaper */
	struct list_head ready;		/* rsp_sock.ready_node */
	struct list_head full;		/* rsp_sock.full_node */
	struct hlist_head peers[RSP_MANY_BUCKETS];	/* rsp_sock.peer_node */
	u32 seed;			/* of the buckets; never changes */
	struct work_struct reaper;
};

/* ---- which sessions there are ---------------------------------------------------- */

static void rsp_many_unlink(struct rsp_many *many, struct rsp_sock *ses)
{
	lockdep_assert_held(&many->lock);

	ses->over = true;
	list_del_init(&ses->ready_node);
	list_del_init(&ses->full_node);
	hlist_del_init(&ses->peer_node);
}

void rsp_many_put(struct rsp_sock *ses)
{
	if (!refcount_dec_and_test(&ses->users))
		return;
	rsp_session_release(ses);
	sock_orphan(&ses->sk);
	sock_put(&ses->sk);
}

void rsp_many_over(struct rsp_sock *ses)
{
	struct rsp_many *many = ses->face->many;

	spin_lock_bh(&many->lock);
	if (!ses->over) {
		rsp_many_unlink(many, ses);
		list_move_tail(&ses->many_node, &many->over);
		queue_work(rsp_wq, &many->reaper);
	}
	spin_unlock_bh(&many->lock);
}

static struct rsp_sock *rsp_many_pop(struct rsp_many *many,
				     struct list_head *list)
{
	struct rsp_sock *ses;

	spin_lock_bh(&many->lock);
	ses = list_first_entry_or_null(list, struct rsp_sock, many_node);
	if (ses) {
		rsp_many_unlink(many, ses);
		list_del_init(&ses->many_node);
	}
	spin_unlock_bh(&many->lock);
	return ses;
}

static void rsp_many_reap(struct work_struct *work)
{
	struct rsp_many *many = container_of(work, struct rsp_many, reaper);
	struct rsp_sock *ses;

	rsp_race(many_reap);
	while ((ses = rsp_many_pop(many, &many->over)))
		rsp_many_put(ses);
}

/* What a one-to-many socket is there for has not begun, or has ended. */
static bool rsp_many_none(const struct rsp_many *many)
{
	return list_empty_careful(&many->sessions);
}

/*
 * Its work welcomes new sessions: its mutexes come before theirs, and it waits
 * for the work of one that it has to refuse.
 */
static struct lock_class_key rsp_many_rx_key, rsp_many_tx_key,
			     rsp_many_work_key;

int rsp_many_setup(struct rsp_sock *face)
{
	struct rsp_many *many;
	unsigned int i;

	many = kzalloc(sizeof(*many), GFP_KERNEL_ACCOUNT);
	if (!many)
		return -ENOMEM;
	spin_lock_init(&many->lock);
	INIT_LIST_HEAD(&many->sessions);
	INIT_LIST_HEAD(&many->over);
	INIT_LIST_HEAD(&many->ready);
	INIT_LIST_HEAD(&many->full);
	for (i = 0; i < RSP_MANY_BUCKETS; i++)
		INIT_HLIST_HEAD(&many->peers[i]);
	many->seed = get_random_u32();
	INIT_WORK(&many->reaper, rsp_many_reap);
	lockdep_set_class(&face->rx_mutex, &rsp_many_rx_key);
	lockdep_set_class(&face->tx_mutex, &rsp_many_tx_key);
	lockdep_init_map(&face->work.work.lockdep_map, "rsp_many_work",
			 &rsp_many_work_key, 0);
	sock_set_flag(&face->sk, SOCK_RCU_FREE);	/* see rsp_many_ready() */
	face->many = many;
	return 0;
}

void rsp_many_end(struct rsp_sock *face)
{
	struct rsp_many *many = face->many;
	struct rsp_sock *ses;

	while ((ses = rsp_many_pop(many, &many->sessions)) ||
	       (ses = rsp_many_pop(many, &many->over)))
		rsp_many_put(ses);
	cancel_work_sync(&many->reaper);
}

void rsp_many_free(struct rsp_many *many)
{
	kfree(many);
}

struct rsp_sock *rsp_many_alloc(struct rsp_sock *face)
{
	struct rsp_sock *ses = rsp_sock_alloc(sock_net(&face->sk), NULL);
	struct sock *sk;

	if (!ses)
		return NULL;
	sk = &ses->sk;
	sk->sk_type = SOCK_STREAM;	/* what it is by itself */
	sk->sk_uid = face->sk.sk_uid;
	sk_set_socket(sk, face->sk.sk_socket);
	RCU_INIT_POINTER(sk->sk_wq, rcu_access_pointer(face->sk.sk_wq));
	sock_set_flag(sk, SOCK_RCU_FREE);	/* poll() and callbacks look */
	ses->face = face;
	ses->over = true;		/* not a member yet */
	ses->used_at = jiffies;
	refcount_set(&ses->users, 1);
	return ses;
}

void rsp_many_join(struct rsp_sock *ses)
{
	struct rsp_many *many = ses->face->many;

	rsp_race(many_join);
	spin_lock_bh(&many->lock);
	ses->over = false;
	list_add_tail(&ses->many_node, &many->sessions);
	spin_unlock_bh(&many->lock);
	rsp_session_wake(ses);		/* whatever came before */
}

/* ---- finding one -------------------------------------------------------------------- */

/* Sessions of a pool stand apart from those of an element that has been named. */
static struct hlist_head *rsp_many_bucket(struct rsp_many *many,
					  const struct rsp_dest *dest)
{
	const struct rsp_handle *handle = &dest->handle;
	u32 named = dest->selected ? 0 : dest->pe_id;
	u32 hash = jhash(handle->octets, handle->len, many->seed ^ named);

	hash = jhash(dest->direct.addr.octets,
		     sizeof(dest->direct.addr.octets), hash);

	return &many->peers[hash % RSP_MANY_BUCKETS];
}

/* A session whose end has begun is no longer the one of its address. */
static bool rsp_many_going(const struct rsp_sock *ses)
{
	return READ_ONCE(ses->state) == RSP_STATE_ENDED ||
	       (READ_ONCE(ses->sk.sk_shutdown) & SEND_SHUTDOWN);
}

/* With which element a session is that began with one of the policy's choice. */
static u32 rsp_many_at(const struct rsp_sock *ses)
{
	return READ_ONCE(ses->state) < RSP_STATE_ESTABLISHED ?
		ses->want_pe_id : READ_ONCE(ses->pe_id);
}

static bool rsp_many_is_peer(const struct rsp_sock *ses,
			     const struct rsp_dest *dest)
{
	if (ses->pinned != dest->pinned ||
	    ses->direct.port != dest->direct.port ||
	    memcmp(&ses->direct.addr, &dest->direct.addr,
		   sizeof(dest->direct.addr)) ||
	    !rsp_handle_equal(&ses->handle, &dest->handle))
		return false;
	if (dest->last)
		return ses->selected || !ses->want_pe_id;
	if (dest->selected)
		return ses->selected && rsp_many_at(ses) == dest->pe_id;
	return !ses->selected && ses->want_pe_id == dest->pe_id;
}

/* The one used last comes first. */
static struct rsp_sock *rsp_many_peer(struct rsp_many *many,
				      const struct rsp_dest *dest)
{
	struct hlist_head *bucket = rsp_many_bucket(many, dest);
	struct rsp_sock *ses;
	struct hlist_node *tmp;

	lockdep_assert_held(&many->lock);

	hlist_for_each_entry_safe(ses, tmp, bucket, peer_node) {
		if (rsp_many_going(ses)) {
			hlist_del_init(&ses->peer_node);
		} else if (rsp_many_is_peer(ses, dest)) {
			hlist_del(&ses->peer_node);
			hlist_add_head(&ses->peer_node, bucket);
			refcount_inc(&ses->users);
			return ses;
		}
	}
	return NULL;
}

struct rsp_sock *rsp_many_by_id(struct rsp_sock *face, u64 id)
{
	struct rsp_net *rn = rsp_sock_net(face);
	struct rsp_many *many = face->many;
	struct rsp_sock *ses;

	/* who is listed has not been released: see rsp_session_stop() */
	spin_lock_bh(&rn->sessions_lock);
	ses = rsp_session_find(rn, id);
	spin_lock(&many->lock);
	if (ses && ses->face == face && !ses->over)
		refcount_inc(&ses->users);
	else
		ses = NULL;
	spin_unlock(&many->lock);
	spin_unlock_bh(&rn->sessions_lock);
	return ses;
}

/* ---- client: a session for an address ---------------------------------------------- */

static struct rsp_sock *rsp_many_new(struct rsp_sock *face,
				     const struct rsp_dest *dest)
{
	struct rsp_sock *ses = rsp_many_alloc(face);
	int err;

	if (!ses)
		return ERR_PTR(-ENOMEM);
	rsp_sock_inherit(ses, face);
	ses->role = RSP_ROLE_POOL_USER;
	ses->handle = dest->handle;
	ses->want_pe_id = dest->pe_id;
	ses->pinned = dest->pinned;
	ses->selected = dest->selected;
	ses->direct = dest->direct;
	ses->state = RSP_STATE_RESOLVING;
	err = rsp_session_add(ses);
	if (err) {
		rsp_sock_free(ses, NULL);
		return ERR_PTR(err);
	}
	return ses;
}

/* Return: @ses, or the one that another thread has opened meanwhile. */
static struct rsp_sock *rsp_many_publish(struct rsp_sock *ses,
					 const struct rsp_dest *dest)
{
	struct rsp_many *many = ses->face->many;
	struct rsp_sock *other;

	spin_lock_bh(&many->lock);
	other = rsp_many_peer(many, dest);
	if (!other) {
		ses->over = false;
		refcount_inc(&ses->users);
		list_add_tail(&ses->many_node, &many->sessions);
		hlist_add_head(&ses->peer_node, rsp_many_bucket(many, dest));
	}
	spin_unlock_bh(&many->lock);
	return other ?: ses;
}

struct rsp_sock *rsp_many_open(struct rsp_sock *face,
			       const struct rsp_dest *dest, bool *opened)
{
	struct rsp_many *many = face->many;
	struct rsp_sock *ses, *found;

	*opened = false;
	spin_lock_bh(&many->lock);
	ses = rsp_many_peer(many, dest);
	spin_unlock_bh(&many->lock);
	if (ses)
		return ses;
	ses = rsp_many_new(face, dest);
	if (IS_ERR(ses))
		return ses;
	rsp_race(many_open);
	found = rsp_many_publish(ses, dest);
	if (found != ses) {
		rsp_session_del(ses);
		rsp_sock_free(ses, NULL);
		return found;
	}
	*opened = true;
	mutex_lock(&ses->lock);
	rsp_session_subscribe(ses);
	mutex_unlock(&ses->lock);
	rsp_connect_begin(ses);
	return ses;
}

/* Over, and nobody is to be told of it. */
static bool rsp_many_silent(const struct rsp_sock *ses)
{
	return READ_ONCE(ses->state) == RSP_STATE_ENDED &&
	       list_empty_careful(&ses->items);
}

/* Until the session that has been opened has a server, or fails. */
static int rsp_many_wait(struct rsp_sock *ses, long timeo)
{
	int err = rsp_connect_wait(&ses->sk, timeo);

	if (err && rsp_many_silent(ses))
		rsp_many_over(ses);
	return err;
}

static int rsp_many_transport(const struct sockaddr *uaddr, int len,
			      struct rsp_direct *direct)
{
	const struct sockaddr_in6 *v6 = (const void *)uaddr;
	const struct sockaddr_in *v4 = (const void *)uaddr;
	bool mapped;

	if (uaddr->sa_family == AF_INET) {
		if (len < (int)sizeof(*v4))
			return -EINVAL;
		direct->addr.family = 4;
		memcpy(direct->addr.octets, &v4->sin_addr, 4);
		direct->port = ntohs(v4->sin_port);
	} else {
		if (len < SIN6_LEN_RFC2133)
			return -EINVAL;
		mapped = ipv6_addr_v4mapped(&v6->sin6_addr);
		direct->addr.family = mapped ? 4 : 6;
		if (mapped)
			memcpy(direct->addr.octets,
			       &v6->sin6_addr.s6_addr32[3], 4);
		else
			memcpy(direct->addr.octets, &v6->sin6_addr, 16);
		direct->port = ntohs(v6->sin6_port);
	}
	return direct->port ? 0 : -EINVAL;
}

/* A pool, one element of it, or a transport address. */
static int rsp_many_address(const struct sockaddr *uaddr, int len,
			    struct rsp_dest *dest)
{
	if (len < (int)sizeof(uaddr->sa_family))
		return -EINVAL;
	if (uaddr->sa_family != AF_INET && uaddr->sa_family != AF_INET6)
		return rsp_addr_check(uaddr, len, &dest->handle, &dest->pe_id);
	dest->pinned = true;
	return rsp_many_transport(uaddr, len, &dest->direct);
}

int rsp_many_connect(struct socket *sock, struct sockaddr *uaddr, int len,
		     int flags)
{
	struct rsp_sock *ses, *face = rsp_sk(sock->sk);
	long timeo = sock_sndtimeo(sock->sk, flags & O_NONBLOCK);
	struct rsp_dest dest = {};
	bool opened;
	int err;

	err = rsp_many_address(uaddr, len, &dest);
	if (err)
		return err;
	ses = rsp_many_open(face, &dest, &opened);
	if (IS_ERR(ses))
		return PTR_ERR(ses);
	err = opened ? rsp_many_wait(ses, timeo) : -EISCONN;
	if (err == -EISCONN && READ_ONCE(ses->state) < RSP_STATE_ESTABLISHED)
		err = -EALREADY;
	rsp_many_put(ses);
	return err;
}

/* ---- sending --------------------------------------------------------------------------- */

/* poll() is to wait for room, or not any more. */
static void rsp_many_note_full(struct rsp_sock *ses, bool full)
{
	struct rsp_many *many = ses->face->many;

	if (!full && list_empty_careful(&ses->full_node))
		return;
	spin_lock_bh(&many->lock);
	if (!full)
		list_del_init(&ses->full_node);
	else if (!ses->over && list_empty(&ses->full_node))
		list_add_tail(&ses->full_node, &many->full);
	spin_unlock_bh(&many->lock);
}

/*
 * The policy's choice, of what the cache has; the registrar is asked meanwhile
 * if that is old.  Return: PE identifier; 0: the session will find out.
 */
static u32 rsp_many_select(struct rsp_net *rn, const struct rsp_handle *handle)
{
	struct rsp_pool *pool = rsp_pool_find(rn, handle);
	const struct rsp_pool_pe *pe;
	u32 pe_id;

	if (!pool)
		return 0;
	if (!rsp_pool_fresh(pool))
		rsp_asap_resolve(rn, handle, NULL);
	pe = rsp_pool_select(pool, false, NULL, 0);
	pe_id = pe ? pe->pe_id : 0;
	rsp_pool_put(pool);
	return pe_id;
}

static int rsp_many_dest(struct rsp_sock *face, const struct msghdr *msg,
			 u32 options, struct rsp_dest *dest)
{
	int err = rsp_many_address(msg->msg_name, msg->msg_namelen, dest);

	if (err)
		return err;
	dest->last = (options & RSP_SEND_TO_LAST) && !dest->pe_id &&
		     !dest->direct.port;
	dest->selected = options & RSP_SEND_SELECT;
	if (!dest->selected)
		return 0;
	if (dest->pe_id || dest->direct.port)
		return -EINVAL;
	dest->pe_id = rsp_many_select(rsp_sock_net(face), &dest->handle);
	return 0;
}

/*
 * Where a message goes: by id, or by address.  A blocking call that opens a
 * session waits for its server, so that it can say why there is none.
 */
static struct rsp_sock *rsp_many_target(struct rsp_sock *face,
					struct msghdr *msg,
					const struct rsp_send_args *args)
{
	struct rsp_dest dest = {};
	struct rsp_sock *ses;
	bool opened;
	int err;

	if (args->info.session_id) {
		if (msg->msg_namelen ||
		    (args->info.options & RSP_SEND_SELECT))
			return ERR_PTR(-EINVAL);
		ses = rsp_many_by_id(face, args->info.session_id);
		return ses ?: ERR_PTR(-ENOENT);
	}
	if (!msg->msg_namelen)
		return ERR_PTR(-EDESTADDRREQ);
	err = rsp_many_dest(face, msg, args->info.options, &dest);
	if (err)
		return ERR_PTR(err);
	ses = rsp_many_open(face, &dest, &opened);
	if (IS_ERR(ses) || !opened)
		return ses;
	err = rsp_many_wait(ses, sock_sndtimeo(&face->sk, msg->msg_flags &
							  MSG_DONTWAIT));
	if (err && err != -EINPROGRESS) {
		rsp_many_put(ses);
		return ERR_PTR(err);
	}
	return ses;
}

int rsp_many_send(struct rsp_sock *ses, struct msghdr *msg, size_t len,
		  struct rsp_send_args *args)
{
	int ret = rsp_send_all(ses, msg, len, args);

	rsp_many_note_full(ses, ret == -EAGAIN);
	WRITE_ONCE(ses->used_at, jiffies);
	return ret;
}

int rsp_many_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct rsp_sock *ses, *face = rsp_sk(sock->sk);
	struct rsp_send_args args;
	int ret;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	ret = rsp_ancillary_parse(face, msg, &args);
	if (ret)
		return ret;
	if (args.info.options & RSP_SEND_TO_ALL)
		return rsp_many_send_all(face, msg, len, &args);
	if (!args.cookie && !len && !args.info.options)
		return -EINVAL;		/* opens nothing */
	ses = rsp_many_target(face, msg, &args);
	if (IS_ERR(ses))
		return PTR_ERR(ses);
	rsp_race(many_target);
	ret = rsp_many_send(ses, msg, len, &args);
	rsp_many_put(ses);
	return ret;
}

/* ---- receiving ------------------------------------------------------------------------ */

/*
 * Put a session in line.  From callbacks of its lower, which may still run
 * when it has left a socket that is gone: its memory stays until they end.
 */
void rsp_many_ready(struct rsp_sock *ses)
{
	struct rsp_sock *face;
	struct rsp_many *many;

	rcu_read_lock();
	face = READ_ONCE(ses->face);
	if (face == ses)
		goto out;
	many = face->many;
	spin_lock_bh(&many->lock);
	if (ses->face == face && !ses->over) {
		ses->readies++;
		if (list_empty(&ses->ready_node))
			list_add_tail(&ses->ready_node, &many->ready);
	}
	spin_unlock_bh(&many->lock);
out:
	rcu_read_unlock();
}

/*
 * The next one in line, which goes to its end: then it is others' turn.
 * Return: session with a use of it, or NULL.
 */
static struct rsp_sock *rsp_many_next(struct rsp_many *many, u32 *seen)
{
	struct rsp_sock *ses;

	spin_lock_bh(&many->lock);
	ses = list_first_entry_or_null(&many->ready, struct rsp_sock,
				       ready_node);
	if (ses) {
		refcount_inc(&ses->users);
		list_move_tail(&ses->ready_node, &many->ready);
		*seen = ses->readies;
	}
	spin_unlock_bh(&many->lock);
	return ses;
}

/* Nothing there, as of @seen; but perhaps something for its work. */
static void rsp_many_empty(struct rsp_many *many, struct rsp_sock *ses,
			   u32 seen)
{
	bool pending = rsp_session_pending(ses);

	spin_lock_bh(&many->lock);
	if (ses->readies == seen)
		list_del_init(&ses->ready_node);
	if (pending && !ses->over)	/* who closes it stops its work */
		rsp_session_kick(ses);
	spin_unlock_bh(&many->lock);
}

/*
 * The rest of a message comes before others, as long as nobody makes an
 * endless one of it; and what was only looked at is to be read next.
 */
static void rsp_many_stay(struct rsp_many *many, struct rsp_sock *ses,
			  bool stay, bool end)
{
	spin_lock_bh(&many->lock);
	if (!stay && end)
		ses->run = 0;
	else if (!stay)
		stay = ++ses->run % RSP_MANY_RUN;
	if (stay && !list_empty(&ses->ready_node))
		list_move(&ses->ready_node, &many->ready);
	spin_unlock_bh(&many->lock);
}

int rsp_many_recv(struct rsp_sock *face, struct msghdr *msg, size_t len,
		  int flags)
{
	struct rsp_many *many = face->many;
	struct rsp_sock *ses;
	int ret = -EAGAIN;
	bool over;
	u32 seen;

	rsp_element_answer(face);
	if (!list_empty_careful(&face->items)) {
		ret = rsp_recv_try(face, msg, len, flags, &over);
		if (!over && ret != -EAGAIN)
			return ret;
	}
	while ((ses = rsp_many_next(many, &seen))) {
		rsp_race(many_next);
		ret = rsp_recv_try(ses, msg, len, flags, &over);
		if (over) {
			rsp_many_over(ses);
			ret = -EAGAIN;
		} else if (ret == -EAGAIN) {
			rsp_many_empty(many, ses, seen);
		} else if (ret >= 0 && rsp_many_silent(ses)) {
			rsp_many_over(ses);	/* that was the last */
		} else if (ret >= 0) {
			WRITE_ONCE(ses->used_at, jiffies);
			rsp_many_stay(many, ses, flags & MSG_PEEK,
				      msg->msg_flags & MSG_EOR);
		}
		rsp_many_put(ses);
		if (ret != -EAGAIN)
			return ret;
	}
	/* drained: no session is left, and no other one comes */
	if ((READ_ONCE(face->sk.sk_shutdown) & RCV_SHUTDOWN) &&
	    rsp_many_none(many))
		return 0;
	return -EAGAIN;
}

void rsp_many_put_name(const struct rsp_sock *ses, struct msghdr *msg)
{
	struct sockaddr_rserpool *a = msg->msg_name;

	lockdep_assert_held(&ses->rx_mutex);

	if (!a)
		return;
	if (ses->direct.port) {
		msg->msg_namelen = rsp_sctp_pack_addr(&ses->direct.addr,
						      ses->direct.port,
						      msg->msg_name);
		return;
	}
	memset(a, 0, sizeof(*a));
	a->srp_family = AF_RSERPOOL;
	if (ses->role == RSP_ROLE_POOL_USER) {
		a->srp_handle_len = ses->handle.len;
		memcpy(a->srp_handle, ses->handle.octets, ses->handle.len);
		a->srp_pe_id = ses->rx_pe_id;
	}
	msg->msg_namelen = sizeof(*a);
}

/* As rsp_many_recv() would choose. */
int rsp_many_nxtinfo(struct rsp_sock *face, struct rsp_nxtinfo *info)
{
	struct rsp_many *many = face->many;
	struct rsp_sock *ses;
	int ret = 0;
	u32 seen;

	if (!list_empty_careful(&face->items))
		ret = rsp_session_nxtinfo(face, info);
	while (!ret && (ses = rsp_many_next(many, &seen))) {
		ret = rsp_session_nxtinfo(ses, info);
		if (ret)
			rsp_many_stay(many, ses, true, false);
		else if (rsp_many_silent(ses))
			rsp_many_over(ses);
		else
			rsp_many_empty(many, ses, seen);
		rsp_many_put(ses);
	}
	return ret;
}

int rsp_many_inq(struct rsp_sock *face)
{
	struct rsp_many *many = face->many;
	struct rsp_sock *ses;
	int len = 0;
	u32 seen;

	if (!list_empty_careful(&face->items))
		len = rsp_session_inq(face);
	while (!len && (ses = rsp_many_next(many, &seen))) {
		len = rsp_session_inq(ses);
		if (len)
			rsp_many_stay(many, ses, true, false);
		else if (rsp_many_silent(ses))
			rsp_many_over(ses);
		else
			rsp_many_empty(many, ses, seen);
		rsp_many_put(ses);
	}
	return len;
}

/* ---- a descriptor of its own ------------------------------------------------------- */

/*
 * Nobody else is in a call for it, and none can begin one any more.
 * Return: 0, -ENOENT, -EBUSY.
 */
static int rsp_many_leave(struct rsp_sock *ses)
{
	struct rsp_many *many = ses->face->many;
	int err = 0;

	spin_lock_bh(&many->lock);
	if (ses->over) {
		err = -ENOENT;
	} else if (refcount_read(&ses->users) != 2) {
		err = -EBUSY;	/* more than the membership and this call */
	} else {
		rsp_many_unlink(many, ses);
		list_del_init(&ses->many_node);
	}
	spin_unlock_bh(&many->lock);
	return err;
}

/* Both mutexes held: the work, which looks at the face, waits. */
static void rsp_many_graft(struct rsp_sock *ses, struct socket *sock)
{
	struct rsp_sock *face = ses->face;
	struct rsp_lower *low;

	ses->events = READ_ONCE(face->events);
	ses->nxtinfo = READ_ONCE(face->nxtinfo);
	ses->rcvinfo = READ_ONCE(face->rcvinfo);
	rsp_prinfo_of(face, &ses->prinfo);
	ses->sk.sk_userlocks = face->sk.sk_userlocks;
	ses->sk.sk_sndbuf = READ_ONCE(face->sk.sk_sndbuf);
	ses->sk.sk_rcvbuf = READ_ONCE(face->sk.sk_rcvbuf);
	ses->sk.sk_lingertime = face->sk.sk_lingertime;
	sock_valbool_flag(&ses->sk, SOCK_LINGER,
			  sock_flag(&face->sk, SOCK_LINGER));
	WRITE_ONCE(ses->face, ses);
	sock_graft(&ses->sk, sock);
	sock->state = ses->state < RSP_STATE_ESTABLISHED ? SS_CONNECTING :
							    SS_CONNECTED;
	low = rcu_dereference_protected(ses->low, true);
	if (low)
		rsp_lower_attach(low);
}

int rsp_many_peel(struct rsp_sock *face, u64 id, struct socket *sock)
{
	struct rsp_sock *ses = rsp_many_by_id(face, id);
	int err = -ERESTARTSYS;

	if (!ses)
		return -ENOENT;
	if (mutex_lock_interruptible(&ses->rx_mutex))
		goto out;
	if (mutex_lock_interruptible(&ses->tx_mutex)) {
		rsp_session_unlock(ses, &ses->rx_mutex);
		goto out;
	}
	err = rsp_many_leave(ses);
	rsp_race(many_peel);
	if (!err)
		rsp_many_graft(ses, sock);
	rsp_session_unlock(ses, &ses->tx_mutex);
	rsp_session_unlock(ses, &ses->rx_mutex);
	if (!err) {
		rsp_session_kick(ses);	/* whatever came meanwhile */
		return 0;	/* the descriptor's: its two uses count no more */
	}
out:
	rsp_many_put(ses);
	return err;
}

void rsp_many_kick(struct rsp_sock *face)
{
	struct rsp_many *many = face->many;
	struct rsp_sock *ses;

	spin_lock_bh(&many->lock);
	list_for_each_entry(ses, &many->sessions, many_node)
		rsp_session_kick(ses);
	spin_unlock_bh(&many->lock);
}

/* ---- poll() ------------------------------------------------------------------------------ */

/*
 * Is anything to be read?  Who has nothing, after all, leaves the line.  In
 * one grace period, which keeps the sessions' memory: no use is taken, and so
 * none is dropped here.
 */
static bool rsp_many_readable(struct rsp_many *many)
{
	struct rsp_sock *ses;
	bool readable;
	u32 seen;

	rcu_read_lock();
	do {
		spin_lock_bh(&many->lock);
		ses = list_first_entry_or_null(&many->ready, struct rsp_sock,
					       ready_node);
		seen = ses ? ses->readies : 0;
		spin_unlock_bh(&many->lock);
		readable = ses && rsp_session_readable(ses);
		if (ses && !readable) {
			if (rsp_many_silent(ses))
				rsp_many_over(ses);
			else
				rsp_many_empty(many, ses, seen);
		}
	} while (ses && !readable);
	rcu_read_unlock();
	return readable;
}

/*
 * A session that had no room for a message is waited for; one that has room
 * again, or whose end has to be said, is worth a try.
 */
static bool rsp_many_writable(struct rsp_many *many)
{
	const struct rsp_sock *ses;
	bool writable;

	spin_lock_bh(&many->lock);
	writable = list_empty(&many->full);
	list_for_each_entry(ses, &many->full, full_node) {
		writable = rsp_session_writable(ses);
		if (writable)
			break;
	}
	spin_unlock_bh(&many->lock);
	return writable;
}

__poll_t rsp_many_poll(struct file *file, struct socket *sock,
		       poll_table *wait)
{
	struct rsp_sock *face = rsp_sk(sock->sk);
	__poll_t mask = 0;

	sock_poll_wait(file, sock, wait);
	rsp_element_answer(face);
	if (READ_ONCE(face->sk.sk_err))
		mask |= EPOLLERR;
	if (!list_empty_careful(&face->items) || rsp_many_readable(face->many))
		mask |= EPOLLIN | EPOLLRDNORM;
	if ((READ_ONCE(face->sk.sk_shutdown) & RCV_SHUTDOWN) &&
	    rsp_many_none(face->many))
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (rsp_many_writable(face->many))
		mask |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
	return mask;
}
