/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Race points: named places where a debug build (make RSP_DEBUG=1) can be told
 * to sleep, so that whoever else is about comes in between.  They stand where
 * something has been looked at, or half done, and no lock keeps others from
 * seeing it; only where sleeping is allowed.  Other builds have nothing of it.
 */
#ifndef _RSERPOOL_RACE_H
#define _RSERPOOL_RACE_H

#define RSP_RACE_LIST(X)						\
	/* system calls */						\
	X(wait)			/* EAGAIN, going to sleep */		\
	X(send_allowed)		/* by the session's state */		\
	X(recv_empty)		/* nothing to read: is it the end? */	\
	X(recv_peeked)		/* at the head of SCTP's queue */	\
	X(connect_claimed)	/* RESOLVING, no work yet */		\
	X(connect_woken)	/* out of the wait, result unread */	\
	X(shutdown_sent)	/* not yet said in the socket */	\
	X(unlocked)		/* the work may have come in vain */	\
	X(release)		/* last descriptor closed */		\
	X(release_marked)	/* CLOSING, work may still run */	\
	X(release_stopped)	/* no work, lower still there */	\
	/* one-to-many sockets */					\
	X(many_open)		/* allocated, not published */		\
	X(many_target)		/* used, not sent to */			\
	X(many_next)		/* used, not read */			\
	X(many_join)		/* accepted, no member yet */		\
	X(many_reap)		/* out of reach, not closed */		\
	X(many_peel)		/* no member, no socket of its own */	\
	/* pool elements */						\
	X(listen_claimed)	/* not registered yet */		\
	X(listen_registered)	/* not published yet */			\
	X(element_unpublished)	/* still registered */			\
	X(element_left)		/* lower still listens */		\
	X(element_changed)	/* the owner is about to be told */	\
	X(element_knock)	/* nobody woken yet */			\
	X(accept_allowed)	/* by the listener's state */		\
	X(accept_taken)		/* callbacks in, not published */	\
	X(accept_published)	/* not known to the caller yet */	\
	/* the work of a session */					\
	X(work)			/* DEFERRED set, no mutex */		\
	X(work_rx)		/* rx_mutex only */			\
	X(work_control)		/* control taken in; the end? */	\
	X(session_ended)	/* not told yet */			\
	X(lost)			/* lower out of reach, not drained */	\
	X(lost_saved)		/* drained, not released */		\
	X(selected)		/* a PE of a pool that may go */	\
	X(connecting)		/* callbacks of a lower not kept yet */	\
	X(handed_over)		/* cookie and replay sent */		\
	X(published)		/* next server, nobody told */		\
	X(lower_detached)	/* no callback, socket open */		\
	/* the ASAP endpoint */						\
	X(asap_work)						\
	X(asap_input)		/* a message off the queue */		\
	X(request_step)		/* no lock held inside the list */	\
	X(resolve_queued)	/* work not kicked yet */		\
	X(resolve_done)		/* waiter is about to be told */	\
	X(resolve_cancelled)	/* it may be told right now */		\
	X(sub_ask)		/* off the list, not asked for */	\
	X(sub_pushed)		/* in the cache, sessions not told */	\
	X(pe_todo)		/* off the list, not looked at */	\
	X(pe_leaving)		/* work not kicked yet */		\
	X(home_gained)		/* elements not restarted */		\
	X(home_lost)		/* the same */				\
	X(attached)		/* listed, its process not told */	\
	X(netlink_found)	/* sender is the registrar */		\
	X(detached)		/* off the list, work not kicked */	\
	X(announce_work)						\
	X(net_dying)		/* work not stopped */			\
	X(net_stopped)		/* work stopped, lists not empty */	\
	X(module_exit)		/* no new users */			\
	/* dumps: somebody else's, only held */				\
	X(dump_session)							\
	X(dump_pe)							\
	X(dump_pool)

enum rsp_race_point {
#define X(name) RSP_RACE_##name,
	RSP_RACE_LIST(X)
#undef X
	__RSP_RACE_MAX,
};

#ifdef RSP_DEBUG
/**
 * rsp_race_pass() - sleep here, if the module's parameter says so
 * @point: where this is
 *
 * Context: Process; may sleep, so with no spinlock held.
 */
void rsp_race_pass(enum rsp_race_point point);
#define rsp_race(name)	rsp_race_pass(RSP_RACE_##name)
#else
#define rsp_race(name)	((void)RSP_RACE_##name)
#endif

#endif /* _RSERPOOL_RACE_H */
