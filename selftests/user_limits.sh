#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What one user may have in a namespace, and that it does not harm another one (max_user_* in
# sysctl.rst).  Host 1 has the clients a and b of two users, 2 and 3 the servers x and y.

. "$(dirname "$0")/lib.sh"
command -v setpriv >/dev/null || skip_all "no setpriv"

# as UID: an rsp_peer of that user
as()
{
	echo "setpriv --reuid $1 --clear-groups rsp_peer -"
}

setup_quick_pool 3
peer_start x 2
peer_start y 3
peer_start a 1 "$(as 1001)"
peer_start b 1 "$(as 1002)"

element()
{
	want "$1" "socket ${3:-stream}" && want "$1" "bind pool id=$2" && wait_for 10 listens "$1"
}

fresh()
{
	local name

	join_link 2
	running x || peer_start x 2
	for name in x y a b; do
		want "$name" reset || return
	done
	wait_for 5 no_sessions 1
}

no_sessions()
{
	[ -z "$(on "$1" rspctl session show)" ]
}

# client NAME [OPTION VALUE]...: it has a session with x
client()
{
	local name=$1
	shift

	want "$name" socket && want "$name" "event failover 1" || return
	while [ $# != 0 ]; do
		want "$name" "set $1 $2" || return
		shift 2
	done
	want "$name" "connect pool" && want x "use 0" && want x accept
}

# limited HOST SETTING=VALUE COMMAND...: the command, with that limit
limited()
{
	local host=$1 name=${2%%=*} before rc=0

	before=$(on "$host" sysctl -n "net.rserpool.$name") && setting "$host" "$2" || return
	shift 2
	"$@" || rc=$?
	setting "$host" "$name=$before"
	return "$rc"
}

# counts NAME COMMAND...: it makes the counter of host 1 rise
counts()
{
	local name=$1 before
	shift

	before=$(counter 1 "$name")
	"$@" && same "$name" "$(counter 1 "$name")" "!($before)"
}

# ---- sessions ---------------------------------------------------------------------

sessions()
{
	fresh && element x 1 && client a && client a && want a socket &&
		want a "connect pool" EDQUOT && client b && client b && want b socket &&
		want b "connect pool" EDQUOT || return
	# What has gone counts no more; what has failed never has
	for _ in 1 2 3; do
		want a "use 0" && want a close && want a socket && want a "connect nobody" ENOENT &&
			want a "connect pool" || return
	done
	want a "use 2" && want a "connect pool" EDQUOT
}

sessions_many()
{
	fresh && element x 1 && want a "socket seqpacket" && want a "sendto one pool" 3 &&
		want a "sendto two pool id=1" 3 && want a "sendto three nobody" EDQUOT &&
		want a "connect nobody" EDQUOT && want b "socket seqpacket" && want b "sendto one pool" 3
}

# A server's are its own user's, and who is refused goes elsewhere
accepted()
{
	fresh && element x 1 && client a && want b socket && want b "nonblock 1" &&
		want b "connect pool" EINPROGRESS && want b "poll out 5000" "out*" &&
		element y 2 && want x "use 0" && want x accept EDQUOT && want y accept &&
		want b "send hello" 5 && want y recv "5 eor: hello"
}

accepted_many()
{
	fresh && element x 1 seqpacket && want x "event session 1" && want a socket &&
		want a "connect pool" && want x "poll in 5000" in &&
		want x recvfrom "* session established *" && element y 2 && want b socket &&
		want b "connect pool" && want b "set sndtimeo 10000" && want y accept &&
		want b "send hello" 5 && want y recv "5 eor: hello"
}

# ---- cookies ----------------------------------------------------------------------

# given NAME COOKIE PATTERN: x gives it to the session of NAME that is the current one of both
given()
{
	want x "sendcookie $2 data" 4 && want "$1" recv "4 eor: data" && want "$1" getcookie "$3"
}

cookies()
{
	fresh && element x 1 && client a && given a @60 "60 pattern" && client a &&
		given a @60 EDQUOT && given a @10 "10 pattern" && given a @40 "40 pattern" &&
		given a @41 EDQUOT && given a @40 "40 pattern" && client b &&
		given b @100 "100 pattern" && given b @101 EDQUOT && want a close || return
	# What is gone counts no more
	want a "use 0" && want x "use 1" && given a @100 "100 pattern" && given a @1 "1 pattern"
}

# The next server is not to believe what was once so
no_old_cookie()
{
	fresh && element x 1 && client a && given a @60 "60 pattern" && given a @101 EDQUOT &&
		element y 2 && peer_end x KILL && want a "poll in 5000" in &&
		want a recv "failover * new=2 * cookie=0 *" && want y accept && want y "getcookie" ENOENT
}

# ---- messages that wait --------------------------------------------------------------

# burst NAME N OCTETS: in one go, before the loss is noticed
burst()
{
	want "$1" "burst $2 @$3" "$2"
}

replay()
{
	fresh && element x 1 && client a replay unacked && client b replay unacked && element y 2 || return
	cut_link 2
	burst a 5 1000 && burst b 2 1000 && want a "poll in 10000" in &&
		want a recv "failover * replayed=2 lost=3 *" && want b "poll in 10000" in &&
		want b recv "failover * replayed=2 lost=0 *" && want a "send end" 3
}

replay_none()
{
	fresh && element x 1 && client a replay unacked && element y 2 || return
	cut_link 2
	burst a 3 1000 && want a "poll in 10000" in && want a recv "failover * replayed=0 lost=3 *" &&
		want y accept && want a "send end" 3 && want y recv "3 eor: end"
}

# A message of many pieces, of which the first and the last may be kept
replay_pieces()
{
	fresh && element x 1 && client a replay unacked && element y 2 || return
	cut_link 2
	burst a 1 9000 && want a "poll in 10000" in && want a recv "failover * replayed=0 lost=1 *" &&
		want y accept && want a "send end" 3 && want y recv "3 eor: end"
}

# What has been sent again counts no more
replay_again()
{
	for _ in 1 2 3; do
		fresh && element x 1 && client a replay unacked && element y 2 || return
		cut_link 2
		burst a 2 1000 && want a "poll in 10000" in &&
			want a recv "failover * replayed=2 lost=0 *" || return
	done
}

held()
{
	fresh && element x 1 && want a "socket seqpacket" && want a "event failover 1" &&
		want a "sendto one pool" 3 && peer_end x KILL && wait_for 5 in_failover &&
		want a "sendto @1000 pool" 1000 && want a "sendto @1000 pool" 1000 &&
		want a "sendto @1000 pool" EDQUOT && element y 2 && want y accept &&
		want y recv "1000 eor: pattern" && want y recv "1000 eor: pattern" &&
		want a "sendto @1000 pool" 1000 && want y recv "1000 eor: pattern"
}

in_failover()
{
	on 1 rspctl session show | grep -q failover
}

check "max_user_sessions: connect()" limited 1 max_user_sessions=2 counts UserSessionsRefused sessions
check "max_user_sessions: one-to-many" limited 1 max_user_sessions=2 counts UserSessionsRefused sessions_many
check "max_user_sessions: accept()" limited 2 max_user_sessions=1 accepted
check "max_user_sessions: a one-to-many server" limited 2 max_user_sessions=1 accepted_many
check "max_user_cookie_bytes" limited 1 max_user_cookie_bytes=100 counts UserCookiesRefused cookies
check "max_user_cookie_bytes: the next server gets none" limited 1 max_user_cookie_bytes=100 no_old_cookie
check "max_user_replay_bytes" limited 1 max_user_replay_bytes=3000 counts UserReplayRefused replay
check "max_user_replay_bytes: nothing" limited 1 max_user_replay_bytes=0 counts UserReplayRefused replay_none
check "max_user_replay_bytes: a message of many pieces" \
	limited 1 max_user_replay_bytes=3000 counts UserReplayRefused replay_pieces
check "max_user_replay_bytes: one failover after the other" limited 1 max_user_replay_bytes=3000 replay_again
check "max_user_replay_bytes: sent without a server" \
	limited 1 max_user_replay_bytes=3000 counts UserReplayRefused held
check "4294967295 is no limit" limited 1 max_user_replay_bytes=4294967295 replay_again
finish
