/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What servers and clients tell each other on the control channel of a session:
 * cookie.c, cookie_key.c and card.c.
 *
 * Included by session.h, whose structs it is about.
 */
#ifndef _RSERPOOL_COOKIE_H
#define _RSERPOOL_COOKIE_H

/* ---- cookie.c: the control channel of a session --------------------------- */

/**
 * rsp_cookie_send() - a server hands its state out
 * @rsk: server's session, tx_mutex held
 * @low: its lower
 * @cookie: octets
 * @len: 0 to RSP_COOKIE_MAX
 *
 * Context: Process; takes @rsk->lock; @low is not locked.
 * Return: 0, -EAGAIN, -EMSGSIZE, -EPIPE, -ENOMEM, -ENOKEY.
 */
int rsp_cookie_send(struct rsp_sock *rsk, struct rsp_lower *low,
		    const void *cookie, size_t len);

/**
 * rsp_cookie_echo() - echo the newest cookie, if there is one
 * @rsk: client, both mutexes held
 * @low: the next server's lower
 *
 * Context: The session's work.
 * Return: 1, 0 (there is none), -EAGAIN, -EPIPE, -ENOMEM.
 */
int rsp_cookie_echo(struct rsp_sock *rsk, struct rsp_lower *low);

/**
 * rsp_cookie_free() - free a cookie that was kept
 * @rsk: upper
 * @cookie: item in no place any more, or NULL
 *
 * Context: Process.
 */
void rsp_cookie_free(struct rsp_sock *rsk, struct rsp_item *cookie);

/**
 * rsp_cookie_receive() - a control message (PPID 11) came in
 * @rsk: upper, rx_mutex held
 * @data: ASAP message
 * @len: its octets
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0, also for one that is of no use; -ENOMEM: to be taken in again.
 */
int rsp_cookie_receive(struct rsp_sock *rsk, const void *data, size_t len);

/* ---- cookie_key.c: signed cookies ------------------------------------------ */

/**
 * rsp_keys_set() - change the keys of a pool element
 * @rsk: pool element's socket, perhaps to be one
 * @opt: checked
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0, -ENOENT (no such key), -ENOSPC, -ENOMEM, -EOPNOTSUPP.
 */
int rsp_keys_set(struct rsp_sock *rsk, const struct rsp_cookie_key *opt);

/**
 * rsp_keys_need() - see that a socket has a ring, perhaps without keys
 * @rsk: pool element's socket
 *
 * Context: Process; takes @rsk->lock.
 * Return: 0 or -ENOMEM.
 */
int rsp_keys_need(struct rsp_sock *rsk);

/**
 * rsp_keys_of() - the ring that a socket has
 * @rsk: upper
 *
 * Context: Process; takes @rsk->lock.
 * Return: ring with a reference, or NULL.
 */
struct rsp_keys *rsp_keys_of(struct rsp_sock *rsk);

/**
 * rsp_keys_keep() - give a socket another ring
 * @rsk: upper
 * @keys: ring, whose reference is taken over, or NULL
 *
 * Context: Process; takes @rsk->lock.
 */
void rsp_keys_keep(struct rsp_sock *rsk, struct rsp_keys *keys);

/**
 * rsp_keys_get() - one more reference
 * @keys: ring or NULL
 *
 * Context: Any.
 * Return: @keys.
 */
struct rsp_keys *rsp_keys_get(struct rsp_keys *keys);

/**
 * rsp_keys_put() - let go of a ring; with the last one keys are wiped
 * @keys: ring or NULL
 *
 * Context: Process, may sleep.
 */
void rsp_keys_put(struct rsp_keys *keys);

/**
 * rsp_cookie_sign() - put a signature before a cookie
 * @keys: ring
 * @handle: pool that the cookie is for
 * @cookie: octets
 * @len: how many; with the signature afterwards
 *
 * Context: Process.
 * Return: signed cookie for kvfree(), NULL (no key: it goes as it is), or an
 * ERR_PTR: -ENOKEY (there are keys, and none is to sign), -ENOMEM.
 */
void *rsp_cookie_sign(struct rsp_keys *keys, const struct rsp_handle *handle,
		      const void *cookie, size_t *len);

/**
 * rsp_cookie_check() - has a server of this pool signed what comes back?
 * @keys: ring
 * @handle: the pool
 * @cookie: echoed; afterwards without its signature if there was one to check
 * @key_id: result: number of the key that it names
 *
 * Context: Process.
 * Return: enum rsp_cookie_refusal; RSP_COOKIE_FINE also without any key.
 */
enum rsp_cookie_refusal rsp_cookie_check(struct rsp_keys *keys,
					 const struct rsp_handle *handle,
					 struct rsp_octets *cookie,
					 u32 *key_id);

/* ---- card.c: business cards -------------------------------------------------- */

/* A Pool Element parameter with all the addresses that there can be. */
#define RSP_CARD_PE_ROOM	512

/* Octets of a message about @n elements. */
#define RSP_CARD_ROOM(n)	(RSP_HANDLE_MAX + 16 + (n) * RSP_CARD_PE_ROOM)

/* Never changed once it is in a socket. */
struct rsp_card {
	refcount_t ref;
	struct rsp_handle handle;	/* whose elements */
	unsigned int n;
	u32 order[RSP_CARD_MAX];	/* PE identifiers, the best one first */
	size_t len;
	u8 msg[];			/* one's own: what is sent */
};

/**
 * rsp_session_moves() - does a session go on when its peer is lost?
 * @rsk: session; rx_mutex held
 *
 * Context: Process.
 * Return: true: a client's, or a server's that is to follow its client's card.
 */
static inline bool rsp_session_moves(const struct rsp_sock *rsk)
{
	return rsk->role == RSP_ROLE_POOL_USER ||
	       (READ_ONCE(rsk->symmetric) && rsk->peer_card);
}

/**
 * rsp_gives_cookies() - may the program hand its state to the peer's kernel?
 * @rsk: upper
 *
 * A server may, and a client that is a pool element and has said so.
 *
 * Context: Any.
 * Return: whether.
 */
static inline bool rsp_gives_cookies(const struct rsp_sock *rsk)
{
	u8 role = READ_ONCE(rsk->role);

	return role == RSP_ROLE_SERVER ||
	       (role == RSP_ROLE_POOL_USER && READ_ONCE(rsk->card));
}

/**
 * rsp_card_set() - the order in which others take a server's sessions over
 * @rsk: bound or listening: of sessions to come; a server's session: of this
 * @order: PE identifiers, the best one first
 * @n: how many, up to RSP_CARD_MAX; 0: sessions to come get no card
 *
 * Asks the registrar about those that the cache does not know.
 *
 * Context: Process; waits for the registrar, interruptible.
 * Return: 0, -EOPNOTSUPP (a client's or an unbound socket), -EINVAL (0 in a
 * session), -ENOENT (not all of them are in the pool), -EPIPE, -EAGAIN (no
 * room), -ENOMEM, -ERESTARTSYS, or what rsp_asap_resolve() says.
 */
int rsp_card_set(struct rsp_sock *rsk, const u32 *order, unsigned int n);

/**
 * rsp_card_present() - a client is a pool element, too: show its card
 * @rsk: client's socket, before connect() or with a session
 * @fd: listening socket of that element; negative: no card for servers to come
 *
 * Made of the element's card as it is now, with the element itself as the last.
 *
 * Context: Process; waits for the registrar, interruptible.
 * Return: 0, -EOPNOTSUPP (not a client's), -EBADF, -ENOTSOCK, -EINVAL (no
 * element of this namespace; no card in a session), or as rsp_card_set().
 */
int rsp_card_present(struct rsp_sock *rsk, int fd);

/**
 * rsp_card_of() - a socket's own card
 * @rsk: upper
 *
 * Context: Process.
 * Return: card with a reference, or NULL.
 */
struct rsp_card *rsp_card_of(struct rsp_sock *rsk);

/**
 * rsp_card_shown() - the card that getsockopt() tells of
 * @rsk: upper
 *
 * Context: Process.
 * Return: a client's server's or a server's own card with a reference, or NULL.
 */
struct rsp_card *rsp_card_shown(struct rsp_sock *rsk);

/**
 * rsp_card_put() - let go of a card
 * @card: card or NULL
 *
 * Context: Any.
 */
void rsp_card_put(struct rsp_card *card);

/**
 * rsp_card_begin() - send a new session's card, if it has one
 * @rsk: server's session, just accepted
 *
 * Context: Process.
 */
void rsp_card_begin(struct rsp_sock *rsk);

/**
 * rsp_card_introduce() - send the socket's card, if it has one
 * @rsk: session; tx_mutex held
 * @low: association with the peer that it is for
 *
 * Context: Process.
 */
void rsp_card_introduce(struct rsp_sock *rsk, struct rsp_lower *low);

/**
 * rsp_card_receive() - a card has come from the peer
 * @rsk: session; rx_mutex held
 * @msg: about the client's session's pool, or the pool of a server's client
 *
 * Context: Process.
 * Return: 0, or -ENOMEM: not taken in yet.
 */
int rsp_card_receive(struct rsp_sock *rsk, const struct rsp_msg *msg);

/**
 * rsp_card_turn() - a server's client is lost: go on as its pool's user?
 * @rsk: server's session; both mutexes held
 *
 * Context: The session's work.
 * Return: true: it is a client's session from now on, to be failed over.
 */
bool rsp_card_turn(struct rsp_sock *rsk);

#endif /* _RSERPOOL_COOKIE_H */
