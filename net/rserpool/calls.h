/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls on a socket of the family, and their options.
 * Part of session.h, which includes it.
 */
#ifndef _RSERPOOL_CALLS_H
#define _RSERPOOL_CALLS_H

/* ---- af_rserpool.c ------------------------------------------------------ */

/**
 * rsp_sock_alloc() - a socket of the family, in its first state
 * @net: namespace
 * @sock: what it is for; @sock->sk is set; NULL: for a one-to-many socket's
 *	session
 *
 * Context: Process.
 * Return: socket or NULL.
 */
struct rsp_sock *rsp_sock_alloc(struct net *net, struct socket *sock);

/**
 * rsp_sock_inherit() - a session gets the options of a socket
 * @rsk: upper of the new session
 * @from: its pool element
 *
 * Context: Process.
 */
void rsp_sock_inherit(struct rsp_sock *rsk, struct rsp_sock *from);

/**
 * rsp_sock_free() - undo rsp_sock_alloc()
 * @rsk: upper; no session and no lower is left in it
 * @sock: what it was for; @sock->sk is cleared; may be NULL
 *
 * Context: Process; waits for the work.
 */
void rsp_sock_free(struct rsp_sock *rsk, struct socket *sock);

/**
 * rsp_sock_shell() - a one-to-one socket without a session
 * @sock: result; without it, it closes without more ado
 *
 * Context: Process.
 * Return: 0 or a negative errno.
 */
int rsp_sock_shell(struct socket **sock);

/**
 * rsp_addr_check() - take an address of the family in
 * @uaddr: address, in kernel memory
 * @len: its octets
 * @handle: result
 * @pe_id: result; 0: any pool element
 *
 * Context: Any.
 * Return: 0, -EINVAL, -EAFNOSUPPORT, -ENAMETOOLONG.
 */
int rsp_addr_check(const struct sockaddr *uaddr, int len,
		   struct rsp_handle *handle, u32 *pe_id);

/**
 * rsp_connect_begin() - look for a server
 * @rsk: client, RESOLVING
 *
 * Context: Process; takes both mutexes.
 */
void rsp_connect_begin(struct rsp_sock *rsk);

/**
 * rsp_connect_wait() - wait until it has one
 * @sk: client's, begun
 * @timeo: jiffies
 *
 * Context: Process, may sleep; no lock held.
 * Return: 0, -EINPROGRESS (no time left), -EINTR, -ERESTARTSYS, or why there
 * is none.
 */
int rsp_connect_wait(struct sock *sk, long timeo);

/* ---- ancillary.c -------------------------------------------------------- */

/* What sendmsg() was asked for beside the data; points into the msghdr. */
struct rsp_send_args {
	const void *cookie;		/* NULL: none */
	size_t cookie_len;
	struct rsp_sndinfo info;	/* zero: none */
	struct rsp_prinfo prinfo;	/* the socket's, or the message's: */
	bool has_prinfo;
};

/**
 * rsp_prinfo_valid() - is that what a message may be sent with?
 * @info: from the program
 *
 * Context: Any.
 * Return: true if so.
 */
bool rsp_prinfo_valid(const struct rsp_prinfo *info);

/**
 * rsp_prinfo_of() - how long a socket's messages are worth sending by default
 * @rsk: upper; its lock is not held
 * @info: result
 *
 * Context: Process.
 */
void rsp_prinfo_of(struct rsp_sock *rsk, struct rsp_prinfo *info);

/**
 * rsp_ancillary_parse() - read the control messages of a sendmsg()
 * @rsk: the socket that was called, whose defaults count
 * @msg: user's; its control buffer has been copied to kernel memory
 * @args: result, points into that buffer
 *
 * Other levels are left to whoever they are for; unknown types of ours are
 * refused.
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0 or -EINVAL.
 */
int rsp_ancillary_parse(struct rsp_sock *rsk, struct msghdr *msg,
			struct rsp_send_args *args);

/* ---- io.c ---------------------------------------------------------------- */

/**
 * rsp_wait() - sleep until the socket is woken
 * @sk: upper; not locked
 * @wait: entry made by DEFINE_WAIT_FUNC(wait, woken_wake_function) and added to
 *	sk_sleep(sk) before the condition was last checked
 * @timeo: time left in jiffies
 *
 * Context: Process, may sleep; no lock held.
 * Return: 0, -EAGAIN (no time left), or what a signal calls for: -ERESTARTSYS,
 * -EINTR.
 */
int rsp_wait(struct sock *sk, struct wait_queue_entry *wait, long *timeo);

/**
 * rsp_send_all() - do what a sendmsg() in one session asks for
 * @rsk: session
 * @msg: data
 * @len: octets of data
 * @args: what else
 *
 * Context: Process, may sleep; no lock held.
 * Return: as rsp_send(), rsp_session_shutdown() and rsp_session_cut();
 * -EINVAL: there is nothing to do.
 */
int rsp_send_all(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		 struct rsp_send_args *args);

/**
 * rsp_send() - send a message, a cookie, or both, and wait for room
 * @rsk: upper
 * @msg: data; its control fields are overwritten
 * @len: octets of data, 0 for a cookie alone
 * @args: what else; the cookie goes first
 *
 * Context: Process, may sleep; no lock held.
 * Return: @len, 0 for a cookie alone, -EAGAIN (no room and not to wait), -EPIPE
 * (a signal that is due has not been sent), -ENOTCONN, -EMSGSIZE, -ENOMEM,
 * -EFAULT, -EINTR or -ERESTARTSYS, or what ended the session.
 */
int rsp_send(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
	     struct rsp_send_args *args);

/**
 * rsp_recv_try() - one message, or a piece, if there is one
 * @rsk: session
 * @msg: user's
 * @len: room
 * @flags: MSG_PEEK
 * @over: result: there is nothing, and never will be
 *
 * Context: Process; takes rx_mutex.
 * Return: octets, -EAGAIN, or what rsp_demux_recv() says; with @over 0 or what
 * ended the session.
 */
int rsp_recv_try(struct rsp_sock *rsk, struct msghdr *msg, size_t len,
		 int flags, bool *over);

/**
 * rsp_sendmsg() - sendmsg() of a one-to-one socket
 * @sock: socket
 * @msg: user's
 * @len: octets of data
 *
 * Context: Process, may sleep.
 * Return: octets sent or a negative errno: see socket-api.rst.
 */
int rsp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);

/**
 * rsp_recvmsg() - recvmsg() of a socket of the family
 * @sock: socket
 * @msg: user's
 * @len: room
 * @flags: MSG_*
 *
 * Context: Process, may sleep.
 * Return: octets, 0 at the end, or a negative errno: see socket-api.rst.
 */
int rsp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags);

/* ---- sockopt.c ---------------------------------------------------------- */

/**
 * rsp_setsockopt() - setsockopt() of a socket of the family
 * @sock: socket
 * @level: SOL_*
 * @optname: option
 * @optval: value
 * @optlen: its octets
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno: see socket-api.rst.
 */
int rsp_setsockopt(struct socket *sock, int level, int optname,
		   sockptr_t optval, unsigned int optlen);

/**
 * rsp_getsockopt() - getsockopt() of a socket of the family
 * @sock: socket
 * @level: SOL_*
 * @optname: option
 * @optval: user's buffer
 * @optlen: its octets; the value's afterwards
 *
 * Context: Process, may sleep.
 * Return: 0 or a negative errno: see socket-api.rst.
 */
int rsp_getsockopt(struct socket *sock, int level, int optname,
		   char __user *optval, int __user *optlen);

/* ---- sctp_options.c ------------------------------------------------------ */

/* Octets of the largest value of an option of level SOL_SCTP. */
#define RSP_SCTP_OPTION_MAX	sizeof(struct sctp_paddrparams)

/**
 * rsp_sctp_option_find() - may an option of level SOL_SCTP be set?
 * @optname: SCTP_*
 *
 * Context: Any.
 * Return: what there is to know of it, or NULL.
 */
const struct rsp_sctp_option *rsp_sctp_option_find(int optname);

/**
 * rsp_sctp_option_len() - how long is its value?
 * @o: option
 *
 * Context: Any.
 * Return: octets, up to RSP_SCTP_OPTION_MAX.
 */
unsigned int rsp_sctp_option_len(const struct rsp_sctp_option *o);

/**
 * rsp_sctp_option_set() - associations to come get it
 * @rsk: upper
 * @o: option
 * @val: value, rsp_sctp_option_len() octets, aligned to 4
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0, -EINVAL (it names an association), -ENOMEM, or what SCTP says.
 */
int rsp_sctp_option_set(struct rsp_sock *rsk, const struct rsp_sctp_option *o,
			const void *val);

/**
 * rsp_sctp_option_get() - what has been set
 * @rsk: upper
 * @o: option
 * @val: result, rsp_sctp_option_len() octets
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0 or -ENOENT (nothing).
 */
int rsp_sctp_option_get(struct rsp_sock *rsk, const struct rsp_sctp_option *o,
			void *val);

/**
 * rsp_sctp_options_get() - all that has been set on a socket
 * @rsk: upper; its lock is not held
 *
 * Context: Process; takes @rsk->lock.
 * Return: set to let go of by rsp_sctp_options_put(), or NULL: nothing.
 */
struct rsp_sctp_options *rsp_sctp_options_get(struct rsp_sock *rsk);

/**
 * rsp_sctp_options_put() - let go of a set
 * @set: what rsp_sctp_options_get() returned
 *
 * Context: Any.
 */
void rsp_sctp_options_put(struct rsp_sctp_options *set);

/**
 * rsp_sctp_options_apply() - set them on a socket of SCTP's
 * @set: options; NULL: none
 * @sock: SCTP socket
 *
 * Context: Process; takes the socket's lock.
 * Return: 0, or what SCTP says against the first one that it refuses.
 */
int rsp_sctp_options_apply(struct rsp_sctp_options *set, struct socket *sock);

#endif /* _RSERPOOL_CALLS_H */
