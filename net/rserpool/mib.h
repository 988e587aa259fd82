/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a network namespace, the only place where a peer's faults
 * leave a trace.  One line each: enumerator, name shown to people.
 */
#ifndef _RSERPOOL_MIB_H
#define _RSERPOOL_MIB_H

#include <net/snmp.h>

#define RSP_MIB_LIST(X)						\
	/* sessions */						\
	X(CURR_SESSIONS, "CurrSessions")			\
	X(SESSIONS_OPENED, "SessionsOpened")			\
	X(SESSIONS_ACCEPTED, "SessionsAccepted")		\
	X(SESSIONS_ENDED, "SessionsEnded")			\
	X(SESSIONS_FAILED, "SessionsFailed")			\
	X(SESSIONS_ABORTED, "SessionsAborted")			\
	X(FAILOVERS, "Failovers")				\
	X(FAILOVER_ABORT, "FailoverAbort")			\
	X(FAILOVER_TIMEOUT, "FailoverTimeout")			\
	X(FAILOVER_RESTART, "FailoverRestart")			\
	X(FAILOVER_INCOMPLETE, "FailoverIncomplete")		\
	X(FAILOVER_ADMIN, "FailoverAdmin")			\
	X(FAILOVER_REMOVED, "FailoverRemoved")			\
	X(FAILOVER_PROGRAM, "FailoverProgram")			\
	X(FAILOVER_NO_PE, "FailoverNoPe")			\
	X(FAILOVER_WAITED, "FailoverWaited")			\
	X(CONNECT_ATTEMPTS, "ConnectAttempts")			\
	X(CONNECT_FAILED, "ConnectFailed")			\
	X(MSGS_REPLAYED, "MsgsReplayed")			\
	X(MSGS_LOST, "MsgsLost")				\
	X(MSGS_ABANDONED, "MsgsAbandoned")			\
	X(MSGS_KEPT, "MsgsKept")				\
	X(RETURNED_INCOMPLETE, "ReturnedIncomplete")		\
	/* control channel of a session */			\
	X(COOKIE_TX, "CookieTx")				\
	X(COOKIE_RX, "CookieRx")				\
	X(COOKIE_ECHO_TX, "CookieEchoTx")			\
	X(COOKIE_ECHO_RX, "CookieEchoRx")			\
	X(COOKIE_ECHO_AGAIN, "CookieEchoAgain")			\
	X(COOKIE_REFUSED, "CookieRefused")			\
	X(CARD_TX, "CardTx")					\
	X(CARD_RX, "CardRx")					\
	X(SESSIONS_TURNED, "SessionsTurned")			\
	/* basic mode */					\
	X(BASIC_SELECTED, "BasicSelected")			\
	X(BASIC_FAILED, "BasicFailed")				\
	X(CONTROL_UNEXPECTED, "ControlUnexpected")		\
	X(CONTROL_TOO_LONG, "ControlTooLong")			\
	X(NOTIFY_DROPPED, "NotificationsDropped")		\
	/* above what one user may have */			\
	X(USER_SESSIONS_REFUSED, "UserSessionsRefused")		\
	X(USER_COOKIES_REFUSED, "UserCookiesRefused")		\
	X(USER_REPLAY_REFUSED, "UserReplayRefused")		\
	/* ASAP endpoint */					\
	X(ASAP_TX, "AsapTx")					\
	X(ASAP_TX_FAILED, "AsapTxFailed")			\
	X(ASAP_RX, "AsapRx")					\
	X(ASAP_RX_MALFORMED, "AsapRxMalformed")			\
	X(ASAP_RX_UNKNOWN, "AsapRxUnknown")			\
	X(ASAP_RX_UNEXPECTED, "AsapRxUnexpected")		\
	X(ASAP_RX_DROPPED, "AsapRxDropped")			\
	X(ASAP_RX_BAD_PPID, "AsapRxBadPpid")			\
	X(ASAP_ERROR_TX, "AsapErrorTx")				\
	X(ASAP_ERROR_RX, "AsapErrorRx")				\
	X(REGISTRATION_TX, "RegistrationTx")			\
	X(REGISTRATION_OK, "RegistrationOk")			\
	X(REGISTRATION_REFUSED, "RegistrationRefused")		\
	X(DEREGISTRATION_TX, "DeregistrationTx")		\
	X(RESOLUTION_TX, "ResolutionTx")			\
	X(RESOLUTION_OK, "ResolutionOk")			\
	X(RESOLUTION_NEGATIVE, "ResolutionNegative")		\
	X(KEEPALIVE_RX, "KeepAliveRx")				\
	X(KEEPALIVE_ACK_TX, "KeepAliveAckTx")			\
	X(UNREACHABLE_TX, "UnreachableTx")			\
	X(UNREACHABLE_JOINED, "UnreachableJoined")		\
	X(UNREACHABLE_LIMITED, "UnreachableLimited")		\
	X(UNREACHABLE_LOST, "UnreachableLost")			\
	X(REQUEST_TIMEOUT, "RequestTimeout")			\
	X(REQUEST_RETRANS, "RequestRetrans")			\
	X(REQUEST_FAILED, "RequestFailed")			\
	X(REGISTRAR_UP, "RegistrarUp")				\
	X(REGISTRAR_DOWN, "RegistrarDown")			\
	/* subscriptions */					\
	X(CURR_SUBSCRIPTIONS, "CurrSubscriptions")		\
	X(SUBSCRIPTION_OK, "SubscriptionOk")			\
	X(SUBSCRIPTION_REFUSED, "SubscriptionRefused")		\
	X(SUBSCRIPTION_ENDED, "SubscriptionEnded")		\
	X(SUBSCRIPTION_FAILED, "SubscriptionFailed")		\
	X(PUSH_RX, "PushRx")					\
	X(PUSH_LIMITED, "PushLimited")				\
	X(REGISTRAR_ADOPTED, "RegistrarAdopted")		\
	X(REGISTRAR_RENEWED, "RegistrarRenewed")		\
	X(HUNT_ATTEMPTS, "HuntAttempts")			\
	X(HUNT_TIMEOUT, "HuntTimeout")				\
	X(GUESTS, "AsapGuests")					\
	X(GUESTS_REFUSED, "AsapGuestsRefused")			\
	X(ANNOUNCE_RX, "AnnounceRx")				\
	X(ANNOUNCE_IGNORED, "AnnounceIgnored")			\
	X(ANNOUNCE_LIMITED, "AnnounceLimited")			\
	X(ANNOUNCE_EXPIRED, "AnnounceExpired")			\
	X(KEEPALIVE_UNKNOWN, "KeepAliveUnknown")		\
	X(KEEPALIVE_LIMITED, "KeepAliveLimited")		\
	X(KEEPALIVE_WITHHELD, "KeepAliveWithheld")		\
	/* pool cache */					\
	X(CACHE_HIT, "CacheHit")				\
	X(CACHE_STALE, "CacheStale")				\
	X(CACHE_MISS, "CacheMiss")				\
	X(CACHE_NEGATIVE, "CacheNegative")

enum rsp_mib_item {
#define X(id, name) RSP_MIB_##id,
	RSP_MIB_LIST(X)
#undef X
	__RSP_MIB_MAX
};

struct rsp_mib {
	unsigned long mibs[__RSP_MIB_MAX];
};

#define RSP_INC(rn, id)		SNMP_INC_STATS((rn)->mib, RSP_MIB_##id)
#define RSP_DEC(rn, id)		SNMP_DEC_STATS((rn)->mib, RSP_MIB_##id)
#define RSP_ADD(rn, id, n)	SNMP_ADD_STATS((rn)->mib, RSP_MIB_##id, n)

#endif /* _RSERPOOL_MIB_H */
