/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One-to-many sockets: many.c and many_all.c.
 *
 * Included by session.h, whose structs it is about.
 */
#ifndef _RSERPOOL_MANY_H
#define _RSERPOOL_MANY_H

/* ---- many.c: one-to-many sockets ------------------------------------------ */

/**
 * rsp_many_setup() - the part of a new one-to-many socket
 * @face: the socket
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int rsp_many_setup(struct rsp_sock *face);

/**
 * rsp_many_end() - close all its sessions
 * @face: one-to-many socket, in which no system call is any more, stopped
 *
 * Context: Process, may sleep; no lock held.
 */
void rsp_many_end(struct rsp_sock *face);

/**
 * rsp_many_free() - undo rsp_many_setup()
 * @many: of a socket that is being freed; may be NULL
 *
 * Context: Any.
 */
void rsp_many_free(struct rsp_many *many);

/**
 * rsp_many_alloc() - a session of a one-to-many socket, not its member yet
 * @face: the socket
 *
 * Context: Process.
 * Return: session or NULL; rsp_sock_free() undoes it.
 */
struct rsp_sock *rsp_many_alloc(struct rsp_sock *face);

/**
 * rsp_many_join() - a server's session becomes a member
 * @ses: what rsp_many_alloc() made, established
 *
 * Context: Process.
 */
void rsp_many_join(struct rsp_sock *ses);

/**
 * rsp_many_over() - a session is no member any more
 * @ses: a member, or no longer one
 *
 * It is closed by the socket's reaper, or by whoever uses it last.
 *
 * Context: Any; under RCU, or with a use of it.
 */
void rsp_many_over(struct rsp_sock *ses);

/**
 * rsp_many_ready() - there may be something to read, or its end
 * @ses: any session; does nothing for one of a one-to-one socket
 *
 * Context: Any; the lower's lock may be held.
 */
void rsp_many_ready(struct rsp_sock *ses);

/**
 * rsp_many_recv() - one message, or a piece, of the session whose turn it is
 * @face: one-to-many socket
 * @msg: user's
 * @len: room
 * @flags: MSG_PEEK
 *
 * Context: Process, may sleep; no lock held.
 * Return: octets, 0 (drained: no session is left and none comes), -EAGAIN, or
 * what rsp_demux_recv() says.
 */
int rsp_many_recv(struct rsp_sock *face, struct msghdr *msg, size_t len,
		  int flags);

/**
 * rsp_many_put_name() - the address that a piece came from
 * @ses: session of a one-to-many socket, rx_mutex held
 * @msg: user's: its name, if it wants one
 *
 * Context: Process.
 */
void rsp_many_put_name(const struct rsp_sock *ses, struct msghdr *msg);

/**
 * rsp_many_sendmsg() - sendmsg() of a one-to-many socket
 * @sock: socket
 * @msg: user's
 * @len: octets of data
 *
 * Context: Process, may sleep.
 * Return: octets sent or a negative errno: see socket-api.rst.
 */
int rsp_many_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);

/**
 * rsp_many_connect() - open a session without a message
 * @sock: one-to-many socket
 * @uaddr: address
 * @len: its octets
 * @flags: O_NONBLOCK
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno: see socket-api.rst.
 */
int rsp_many_connect(struct socket *sock, struct sockaddr *uaddr, int len,
		     int flags);

/* Where a message goes. */
struct rsp_dest {
	struct rsp_handle handle;
	u32 pe_id;			/* 0: any */
	bool pinned;			/* no failover */
	bool selected;			/* @pe_id is the policy's choice */
	bool last;			/* where the last one to @handle went */
	struct rsp_direct direct;	/* instead of @handle */
};

/**
 * rsp_many_open() - the session of an address, opened if there is none
 * @face: one-to-many socket
 * @dest: address
 * @opened: result: this call did it, and nobody waits for it
 *
 * Context: Process.
 * Return: session with a use of it, or an ERR_PTR: -ENOBUFS, -EDQUOT, -ENOMEM.
 */
struct rsp_sock *rsp_many_open(struct rsp_sock *face,
			       const struct rsp_dest *dest, bool *opened);

/**
 * rsp_many_send() - do what a sendmsg() in one session asks for
 * @ses: session, with a use of it
 * @msg: data
 * @len: octets of data
 * @args: what else
 *
 * Context: Process, may sleep; no lock held.
 * Return: as rsp_send_all().
 */
int rsp_many_send(struct rsp_sock *ses, struct msghdr *msg, size_t len,
		  struct rsp_send_args *args);

/**
 * rsp_many_by_id() - a session of a one-to-many socket
 * @face: the socket
 * @id: session's identifier
 *
 * Context: Process.
 * Return: session with a use of it, or NULL.
 */
struct rsp_sock *rsp_many_by_id(struct rsp_sock *face, u64 id);

/**
 * rsp_many_put() - drop a use of a session; the last one closes it
 * @ses: session
 *
 * Context: Process, may sleep; no lock held.
 */
void rsp_many_put(struct rsp_sock *ses);

/**
 * rsp_many_peel() - move a session to a one-to-one socket
 * @face: one-to-many socket
 * @id: session's identifier
 * @sock: what rsp_sock_shell() made
 *
 * Context: Process, may sleep; takes the session's mutexes.
 * Return: 0, -ENOENT, -EBUSY (another call uses it), -ERESTARTSYS.
 */
int rsp_many_peel(struct rsp_sock *face, u64 id, struct socket *sock);

/**
 * rsp_many_kick() - have the work of all sessions look at the options
 * @face: one-to-many socket
 *
 * Context: Process.
 */
void rsp_many_kick(struct rsp_sock *face);

/**
 * rsp_many_nxtinfo() - what would be read next?
 * @face: one-to-many socket
 * @info: result
 *
 * Context: Process; does not wait for a session's rx_mutex.
 * Return: as rsp_session_nxtinfo().
 */
int rsp_many_nxtinfo(struct rsp_sock *face, struct rsp_nxtinfo *info);

/**
 * rsp_many_inq() - octets of the next message or notification
 * @face: one-to-many socket
 *
 * Context: Process; takes mutexes.
 * Return: octets, 0 if there is none, -ERESTARTSYS.
 */
int rsp_many_inq(struct rsp_sock *face);

/**
 * rsp_many_poll() - poll() of a one-to-many socket
 * @file: its file
 * @sock: socket
 * @wait: where to wait
 *
 * Context: Process.
 * Return: EPOLL*.
 */
__poll_t rsp_many_poll(struct file *file, struct socket *sock,
		       poll_table *wait);

/* ---- many_all.c: RSP_SEND_TO_ALL -------------------------------------------- */

/**
 * rsp_many_send_all() - a copy of a message to each element of a pool
 * @face: one-to-many socket
 * @msg: user's, with an address
 * @len: octets of data
 * @args: what else
 *
 * Context: Process, may sleep; waits for the registrar if the cache does not
 * know the pool.
 * Return: @len if anybody gets it, or a negative errno: see socket-api.rst.
 */
int rsp_many_send_all(struct rsp_sock *face, struct msghdr *msg, size_t len,
		      const struct rsp_send_args *args);

#endif /* _RSERPOOL_MANY_H */
