#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One-to-many sockets: one descriptor, many sessions.  Host 1 has the client c, 2 and 3 the
# servers x and y, which are one-to-many as well where a test does not say otherwise.

. "$(dirname "$0")/lib.sh"

setup_quick_pool 3
peer_start x 2
peer_start y 3
peer_start c 1

# element PEER HANDLE ID [TYPE]
element()
{
	want "$1" "socket ${4:-seqpacket}" && want "$1" "event session 1" &&
		want "$1" "event cookie-echo 1" && want "$1" "bind $2 id=$3" && wait_for 10 listens "$1"
}

# A link that was cut took the way to the registrar with it, for a while
listens()
{
	peer "$1" listen && [ "$answer" = ok ]
}

client()
{
	want c "socket seqpacket ${1:-}" && want c "event session 1" && want c "event failover 1"
}

fresh()
{
	running x || peer_start x 2
	want c reset && want x reset && want y reset
}

# begun PEER PATTERN: it is told of a session, whose id becomes $session
begun()
{
	want "$1" "poll in 5000" "in*" &&
		want "$1" recvfrom "session=* session established $2 *" || return
	session=$(field session)
}

both_ways()
{
	local server client

	fresh && element x pool 1 && client && want c "sendto hello pool" 5 &&
		begun c "role=pu pe=1 error=0 lost=0" || return
	client=$session
	begun x "role=server pe=1" || return
	server=$session
	want x "poll in 5000" in && want x recvfrom "session=$server pe=0 failovers=0 from=/0 5 eor: hello" &&
		want x "to $server world!" 6 && want c "poll in 5000" in &&
		want c recvfrom "session=$client pe=1 failovers=0 from=pool/1 6 eor: world!" &&
		want c "to $client again" 5 && want x "poll in 5000" in &&
		want x recvfrom "session=$server * 5 eor: again" &&
		want c "sendto third pool" 5 && want x "poll in 5000" in &&
		want x recvfrom "session=$server * 5 eor: third"
}

# The two kinds speak to each other
with_stream()
{
	fresh && element x pool 1 stream && client && want c "sendto hello pool" 5 &&
		want x accept && want x recv "5 eor: hello" && want x "send back" 4 &&
		begun c "role=pu pe=1" && want c "poll in 5000" in &&
		want c recvfrom "session=$session pe=1 * 4 eor: back" || return
	fresh && element x pool 1 && want c socket && want c "connect pool" &&
		want c "send hello" 5 && begun x "role=server *" && want x "poll in 5000" in &&
		want x recvfrom "session=$session * 5 eor: hello" && want x "to $session back" 4 &&
		want c recv "4 eor: back"
}

# answers PEER: whoever has written to it gets it back
answers()
{
	want "$1" "echo 1"
}

# A session for each pool, and for each pool element that is named
addresses()
{
	fresh && element x pool 1 && element y other 2 && client || return
	want c "sendto one pool" 3 && begun c "role=pu pe=1" && local pool=$session
	want c "sendto two other" 3 && begun c "role=pu pe=2" && local other=$session
	want c "sendto three pool id=1" 5 && begun c "role=pu pe=1" && local named=$session
	same "sessions" "$pool $other $named" "!($other *|$named *|* $pool)" || return
	tell x "echo 2" && hear x && answers y &&
		want c "poll in 5000" in && peer c recvfrom && local first=$answer &&
		want c "poll in 5000" in && peer c recvfrom && local second=$answer &&
		want c "poll in 5000" in && peer c recvfrom && local third=$answer || return
	same "answers" "$first|$second|$third" "*session=$pool pe=1 * from=pool/1 3 eor: one*" &&
		same "answers" "$first|$second|$third" "*session=$other pe=2 * from=other/2 3 eor: two*" &&
		same "answers" "$first|$second|$third" "*session=$named pe=1 * from=pool/1 5 eor: three*"
}

no_such_pool()
{
	fresh && client && want c "sendto x nobody" ENOENT && want c "poll in 0" in &&
		want c recvfrom "* session ended role=pu pe=0 error=ENOENT lost=0 *" &&
		want c "connect nobody" ENOENT && want c recvfrom "* session ended * error=ENOENT *" &&
		element x pool 1 && want c "sendto x pool id=9" "@(ENOENT|EHOSTUNREACH)" &&
		want c recvfrom "* session ended *" && want c "recv dontwait" EAGAIN &&
		want c "poll in,out 0" out
}

# Nobody is told: nothing is there to be read, and nothing stays
silently()
{
	fresh && want c "socket seqpacket" && want c "sendto x nobody" ENOENT &&
		want c "sendto x nowait nobody" "@(1|ENOENT)" && wait_for 5 no_sessions &&
		want c "poll in 0" none && want c "recv dontwait" EAGAIN
}

no_sessions()
{
	[ -z "$(on 1 rspctl session show)" ]
}

# Messages wait, in their order, while the handle is resolved
in_order()
{
	local i

	fresh && element x pool 1 && want x "event session 0" && client &&
		on 1 rspctl pool flush >/dev/null || return
	for ((i = 1; i <= 20; i++)); do
		want c "sendto m$i nowait pool" $((i < 10 ? 2 : 3)) || return
	done
	for ((i = 1; i <= 20; i++)); do
		want x "poll in 5000" in && want x recvfrom "* eor: m$i" || return
	done
	want c "poll in 5000" in && want c recvfrom "* session established *"
}

# No more than a send buffer of them; and they are said to be lost
held_back()
{
	fresh && client && on 1 rspctl pool flush >/dev/null && want c "set sndbuf 8000" || return
	set_registrar 1 STOP
	want c "sendto @16001 nowait pool" EMSGSIZE && want c "sendto @8000 nowait pool" 8000 &&
		want c "sendto @8000 nowait pool" 8000 && want c "sendto x nowait pool" EAGAIN && want c "poll out 0" none
	local rc=$?
	set_registrar 1 CONT
	[ "$rc" = 0 ] && want c "poll in 15000" in &&
		want c recvfrom "* session ended * error=ENOENT lost=2 *" && want c "poll out 0" out
}

set_registrar()
{
	kill "-$2" "${PID[rspd1]}"
}

# many N: that many clients, each with a session, get their own answers
many()
{
	local i

	fresh && element x pool 1 && want x "event session 0" || return
	for ((i = 0; i < $1; i++)); do
		want c socket && want c "connect pool" && want c "send client$i" '*' || return
	done
	want x "echo $1" || return
	for ((i = 0; i < $1; i++)); do
		want c "use $i" && want c recv "* eor: client$i" || return
	done
	want x "poll in 0" none && want x "recv dontwait" EAGAIN
}

# One that sends much does not keep the others from being heard
in_turn()
{
	local i turn=

	fresh && element x pool 1 && want x "event session 0" && want c socket &&
		want c "connect pool" && want c "burst 20 aa" 20 && want c socket &&
		want c "connect pool" && want c "burst 3 bb" 3 && arrived 0 1 || return
	for ((i = 0; i < 6; i++)); do
		peer x recvfrom && turn+=${answer##* }
	done
	same "turns" "$turn" "@(*bb*bb*bb*)"
}

# What the slots of c have sent has arrived
arrived()
{
	local slot

	for slot; do
		want c "use $slot" && wait_for 5 acknowledged || return
	done
}

acknowledged()
{
	peer c outq && [ "$answer" = 0 ]
}

pieces()
{
	fresh && element x pool 1 && want x "event session 0" && want c socket &&
		want c "connect pool" && want c "send abcdefgh" 8 && want c socket &&
		want c "connect pool" && want c "send xyz" 3 && arrived 0 1 || return
	want x "recvfrom 3 peek" "* 3 part: abc" && want x "recvfrom 3" "* 3 part: abc" || return
	local session=${answer%% *}
	want x "recvfrom 3 peek" "$session * 3 part: def" && want x "recvfrom 3" "$session * 3 part: def" &&
		want x "recvfrom 3" "$session * 2 eor: gh" && want x "recvfrom 3" "!($session *) 3 eor: xyz"
}

# One that nobody reads is full, and only that one
full()
{
	fresh && element x pool 1 stream && element y other 2 && client nonblock &&
		want c "sendto x nowait pool" 1 && begun c "role=pu pe=1" && local slow=$session
	want c "sendto x nowait other" 1 && begun c "role=pu pe=2" && local good=$session
	want x accept && want c "poll out 0" out && want c "fillto 4000 $slow" "EAGAIN *" || return
	wait_for 5 stays_full || return
	want c "to $good hello" 5 && want y "echo 2" && want c "poll in 5000" in &&
		want c "to $good hello" 5 && want x drain '* 0, then EAGAIN' &&
		want c "poll out 5000" out && want c "to $slow more" 4
}

stays_full()
{
	peer c "fillto 4000 $slow" && peer c "poll out 300" && [ "$answer" = none ]
}

# One of many loses its server: the others do not notice
failover()
{
	fresh && element x pool 1 && want x "event session 0" && element y pool 2 &&
		want y "event session 0" && client || return
	want c "sendto one pool id=1" 3 && begun c "role=pu pe=1" && local lost=$session
	want c "sendto two pool id=2" 3 && begun c "role=pu pe=2" && local kept=$session
	want y recvfrom "* 3 eor: two" && peer x recvfrom &&
		want x "tocookie $(field session) state data" 4 && want c "poll in 5000" in &&
		want c recvfrom "session=$lost pe=1 * 4 eor: data" || return
	peer_end x KILL
	want c "poll in 5000" in &&
		want c recvfrom "session=$lost pe=2 failovers=1 from=pool/2 failover reason=abort count=1 old=1 new=2 * cookie=1 session=$lost" &&
		want y "poll in 5000" in && want y recvfrom "* cookie-echo 5 state" &&
		want c "to $lost more" 4 && want y "poll in 5000" in && want y recvfrom "* 4 eor: more" &&
		want c "to $kept other" 5 && want y "poll in 5000" in && want y recvfrom "* 5 eor: other"
}

# What is sent between two servers waits for the next one
between()
{
	fresh && element x pool 1 stream && client && want c "sendto one pool" 3 &&
		begun c "role=pu pe=1" || return
	peer_end x KILL
	wait_for 5 in_failover &&
		want c "to $session two" 3 && want c "to $session three" 5 && element y pool 2 &&
		want c "poll in 15000" in && want c recvfrom "* failover * replayed=0 *" &&
		begun y "role=server pe=2" && want y "poll in 5000" in &&
		want y recvfrom "* 3 eor: two" && want y "poll in 5000" in &&
		want y recvfrom "* 5 eor: three"
}

in_failover()
{
	on 1 rspctl session show | grep -q failover
}

# A server's end of it: its clients go elsewhere
server_dies()
{
	fresh && element x pool 1 && want c socket && want c "event failover 1" &&
		want c "connect pool" && want c socket && want c "event failover 1" &&
		want c "connect pool" && begun x "role=server *" && begun x "role=server *" &&
		element y pool 2 && peer_end x KILL && want y "event session 0" &&
		want c "poll in 5000" in && want c recv "failover * new=2 *" && want c "use 0" &&
		want c "poll in 5000" in && want c recv "failover * new=2 *"
}

closes()
{
	fresh && element x pool 1 && client && want c "sendto one pool" 3 && begun x "role=server *" &&
		want x recvfrom "* 3 eor: one" && want c close && want x "poll in 5000" in &&
		want x recvfrom "session=$session * session ended role=server pe=1 error=0 *" &&
		want x "to $session x" "@(ENOENT|EPIPE)" && want x "recv dontwait" EAGAIN &&
		wait_for 5 gone_from 2
}

# ... and the server's goodbye ends the client's
server_closes()
{
	fresh && element x pool 1 && client && want c "sendto one pool" 3 && begun c "role=pu *" &&
		begun x "role=server *" && want x recvfrom "* 3 eor: one" && want x close &&
		want c "poll in 5000" in && want c recvfrom "session=* session ended role=pu pe=1 error=0 *" &&
		wait_for 5 gone_from 1
}

gone_from()
{
	[ -z "$(on "$1" rspctl session show)" ]
}

# No new sessions, and the end when the last one has gone
drains()
{
	fresh && element x pool 1 && client && want c "sendto one pool" 3 &&
		begun x "role=server *" && want x recvfrom "* 3 eor: one" && want x "shutdown rd" &&
		want x "poll in,rdhup 0" none && want x "recv dontwait" EAGAIN &&
		want x "to $session still" 5 && want c close && want x "poll in,rdhup 5000" "in*" &&
		want x recvfrom "* session ended *" && wait_for 5 at_end
}

at_end()
{
	peer x "recv dontwait" && [ "$answer" = eof ] && want x "poll in,rdhup 0" "in rdhup"
}

limit()
{
	fresh && element x pool 1 && element x other 3 && client && setting 1 max_sessions=1 &&
		want c "sendto one pool" 3 && want c "sendto two other" ENOBUFS
	local rc=$?
	setting 1 max_sessions=65536
	[ "$rc" = 0 ] && want c "sendto two other" 3
}

refused()
{
	fresh && element x pool 1 && client && want c "send x" EDESTADDRREQ &&
		want c "set symmetric 1" EOPNOTSUPP && want c "to 99999 x" ENOENT &&
		want c accept EOPNOTSUPP && want c "shutdown wr" EOPNOTSUPP &&
		want c "shutdown rdwr" EOPNOTSUPP && want c "shutdown rd" ENOTCONN &&
		want c "recv dontwait" EAGAIN && want c getpeername ENOTCONN &&
		want c 'sendto "" pool' EINVAL && want c "sendto x pool flags=1" EINVAL &&
		want c "sendto x pool family=3" EAFNOSUPPORT && want c "connect pool" &&
		want c "connect pool" EISCONN && begun c "role=pu *" &&
		want c "to $session x reserved=1" EINVAL && want c "to $session x options=0x800" EINVAL && want c "to $session x options=3" EINVAL &&
		want c "cookie x" EOPNOTSUPP && want c "sendcookie a b" EDESTADDRREQ &&
		want c "tocookie $session a b" EOPNOTSUPP && want c "to $session x oob" EOPNOTSUPP &&
		want c "socket seqpacket" && want c "to $session x" ENOENT && want c "get type" 5 &&
		want c info "state=idle role=none *"
}

# Both at once, in one pool: what it sends to the pool may come back to it
both()
{
	fresh && element x pool 1 && want x "connect pool" && begun x "role=*" && begun x "role=*" &&
		want x "sendto hello pool" 5 && want x "poll in 5000" in && want x recvfrom "* 5 eor: hello"
}

# Somebody ends with many open
killed_with_many()
{
	local i

	fresh && element x pool 1 && client || return
	for ((i = 0; i < 30; i++)); do
		want c socket && want c "connect pool" || return
	done
	peer_end x KILL
	peer_end c KILL
	peer_start x 2
	peer_start c 1
	wait_for 5 gone_from 1 && wait_for 5 gone_from 2
}

# One of many says goodbye, with the last message or without one
goodbye()
{
	fresh && element x pool 1 && client && want c "sendto one pool" 3 && begun c "role=pu *" &&
		local client=$session && begun x "role=server *" && want x recvfrom "* 3 eor: one" &&
		want c "to $client last options=0x10000" 4 && want c "to $client more" EPIPE &&
		want x "poll in 5000" in && want x recvfrom "* 4 eor: last" && want x "poll in 5000" in &&
		want x recvfrom "session=$session * session ended role=server pe=1 error=0 *" &&
		want c "poll in 5000" in && want c recvfrom "session=$client * session ended role=pu * error=0 *" &&
		want c "to $client more" ENOENT && want c "sendto two pool" 3 && begun c "role=pu *" &&
		begun x "role=server *" && want x "poll in 5000" in &&
		want x recvfrom "session=$session * 3 eor: two" && want x "to $session \"\" options=0x10000" 0 &&
		want c "poll in 5000" in && want c recvfrom "* session ended * error=0 *"
}

one_shot()
{
	fresh && element x pool 1 && want x "event session 0" && client &&
		on 1 rspctl pool flush >/dev/null && set_registrar 1 STOP &&
		want c "sendto one nowait pool" 3
	local rc=$?
	[ "$rc" = 0 ] && want c "sendto two nowait options=0x10000 pool" 3 || rc=1
	set_registrar 1 CONT
	[ "$rc" = 0 ] && want x "poll in 5000" in && want x recvfrom "* 3 eor: one" &&
		want x "poll in 5000" in && want x recvfrom "* 3 eor: two" && begun c "role=pu *" &&
		want c "poll in 5000" in && want c recvfrom "* session ended * error=0 lost=0 *"
}

# Its client goes elsewhere; another's end is an error at the server
abort()
{
	fresh && element x pool 1 && client && want c "sendto one pool" 3 && begun c "role=pu *" &&
		local client=$session && begun x "role=server *" && want x recvfrom "* 3 eor: one" &&
		element y pool 2 && want x "to $session \"\" options=0x20000" 0 &&
		want x recvfrom "session=$session * session ended * error=ECONNABORTED *" &&
		want c "poll in 5000" in && want c recvfrom "session=$client * failover reason=abort * new=2 *" &&
		begun y "role=server *" && want c "to $client \"\" options=0x20000" 0 &&
		want c recvfrom "session=$client * session ended * error=ECONNABORTED *" &&
		want y "poll in 5000" in && want y recvfrom "* session ended * error=ECONNRESET *" &&
		want c "to $client x options=0x20000" "@(EINVAL|ENOENT)"
}

session_info()
{
	fresh && element x pool 1 && client && want c "sendto one pool" 3 && begun c "role=pu *" &&
		want c "info $session" "state=established role=pu pe=1 * session=$session *" &&
		want c "info 99999" ENOENT && want x info "state=listening role=pe *" &&
		begun x "role=server *" && want x "info $session" "state=established role=server *" &&
		want x inq 3 && want x "recvfrom peek" "* 3 eor: one" && want x recvfrom "* 3 eor: one" &&
		want x inq 0 && want x outq EOPNOTSUPP
}

# The session goes on at a descriptor of its own, and fails over there
peels()
{
	fresh && element x pool 1 && client && want c "sendto one pool" 3 && begun c "role=pu *" &&
		local id=$session && begun x "role=server *" && want x "peeloff $session" &&
		want x recv "3 eor: one" && want x "send back" 4 && want x getsockname "id=1 * pool" &&
		want x "get type" 1 && want x "use 0" && want x "to $session x" ENOENT &&
		want x "poll in 0" none && want c "peeloff $id" && want c "info" "state=established * session=$id *" &&
		want c "poll in 5000" in && want c recv "4 eor: back" && want c getpeername "id=1 * pool" &&
		want c "use 0" && want c "peeloff $id" ENOENT && want c "use 1" && want c "send two" 3 &&
		want x "use 1" && want x recv "3 eor: two" && element y pool 2 || return
	peer_end x KILL
	want c "poll in 5000" in && want c recv "failover * new=2 *" && want c "send three" 5 &&
		begun y "role=server *" && want y "poll in 5000" in && want y recvfrom "* 5 eor: three" &&
		want c "use 0" && want c "sendto new pool" 3 && begun c "role=pu pe=2" &&
		want c "peeloff $session nonblock" && want c recv EAGAIN && want c close && want c "use 0" &&
		want c close
}

# Somebody else is in a call for it: not yet
peels_busy()
{
	local child

	fresh && element x pool 1 stream && client && want c "sendto x pool" 1 &&
		begun c "role=pu pe=1" && want x accept &&
		want c "fillto 4000 $session" "EAGAIN *" && wait_for 5 fills || return
	peer c "spawn to $session @4000"
	child=$answer
	wait_for 5 sleeps "$child" && want c "peeloff $session" EBUSY &&
		want c "to $session x dontwait" EAGAIN && want x drain '* 0, then EAGAIN' || return
	wait_for 5 ended "$child" && want c "peeloff $session" && want c info "state=established *"
}

fills()
{
	peer c "fillto 4000 $session" && [ "$answer" = "EAGAIN 0" ]
}

# In a system call, and stays there
sleeps()
{
	grep -q '^State:.S' "/proc/$1/status" 2>/dev/null && sleep 0.05 &&
		grep -q '^State:.S' "/proc/$1/status" 2>/dev/null
}

ended()
{
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

autoclose()
{
	fresh && element x pool 1 && client && want c "set autoclose 3" && want c "get autoclose" 3 &&
		want c "sendto one pool" 3 && begun c "role=pu *" && local id=$session &&
		want c "sendto two pool id=1" 3 && begun c "role=pu *" && local before && before=$(now_ms) &&
		want x "event session 0" && want x "echo 2" && want c recvfrom "* 3 eor: *" &&
		want c recvfrom "* 3 eor: *" && want c "poll in 1500" none && want c "to $id more" 4 &&
		want c "poll in 10000" in && want c recvfrom "* session ended * error=0 *" &&
		want c "poll in 10000" in && want c recvfrom "session=$id * session ended * error=0 *" &&
		same "ms of idleness" $(($(now_ms) - before)) "@(4[4-9]??|5???)" && want c "set autoclose 2000000" EINVAL &&
		want c "set autoclose 0"
}

# What is to become of a message in a failover, said with it: on the wire, but not acknowledged
by_message()
{
	local rc=0

	fresh && element x pool 1 && client && want c "event send-failed 1" && want c "sendto one pool" 3 &&
		begun c "role=pu pe=1" && local id=$session && begun x "role=server *" &&
		want x recvfrom "* 3 eor: one" && element y pool 2 && want y "event session 0" || return
	cut_link 2
	want c "to $id again options=1" 5 && want c "to $id never options=2" 5 &&
		want c "to $id default" 7 && want c "poll in 5000" in &&
		want c recvfrom "session=$id pe=1 * send-failed session=$id options=0x2 sent=1 never" &&
		want c recvfrom "session=$id pe=1 * send-failed session=$id options=0 sent=1 default" &&
		want c "poll in 5000" in && want c recvfrom "* failover * replayed=1 lost=2 *" &&
		want y "poll in 5000" in && want y recvfrom "* 5 eor: again" || rc=1
	join_link 2
	return "$rc"
}

# ... by a one-to-one socket, too
by_message_stream()
{
	local rc=0

	fresh && element x pool 1 stream && want c socket && want c "event failover 1" &&
		want c "event send-failed 1" && want c "set replay unacked" && want c "connect pool" && want x accept &&
		element y pool 2 stream || return
	cut_link 2
	want c "to 0 again" 5 && want c "to 0 never options=2" 5 && want c "poll in 5000" in &&
		want c recv "send-failed session=* options=0x2 sent=1 never" && want c "poll in 5000" in &&
		want c recv "failover * replayed=1 lost=1 *" && want y accept &&
		want y recv "5 eor: again" && want c "to 0 last options=0x10000" 4 && want y recv "4 eor: last" &&
		want y recv eof && want c "to 0 x" EPIPE || rc=1
	join_link 2
	return "$rc"
}

stream_options()
{
	fresh && element x pool 1 stream && want c socket && want c 'to 0 "" options=0x20000' ENOTCONN &&
		want c 'to 0 "" options=0x10000' ENOTCONN && want c "connect pool" && want x accept &&
		want c "to 0 x options=8" EOPNOTSUPP && want c "to 99999 x" ENOENT &&
		want c "to 0 x options=3" EINVAL && want c "to 0 x options=0x10" EINVAL &&
		want c "to 0 free options=0x1000" 4 && want x recv "4 eor: free" &&
		want c "to 0 free options=4" 4 && want x recv "4 eor: free" &&
		want c 'to 0 "" options=0x20000' 0 && want x "poll in 5000" "in*" && want x recv ECONNRESET
}

# A message is lost on its way; an ordered one would wait until it is repeated
overtakes()
{
	local rc=0

	setting 1 sctp_rto_initial_ms=3000 sctp_rto_max_ms=3000 sctp_rto_min_ms=3000
	fresh && element x pool 1 stream && client && want c "sendto one pool" 3 && begun c "role=pu *" &&
		want x accept && want x recv "3 eor: one" && cut_link 2 || rc=1
	[ "$rc" = 0 ] && want c "to $session late" 4 || rc=1
	join_link 2
	[ "$rc" = 0 ] && want c "to $session early options=0x1000" 5 && want x recv "5 eor: early" &&
		want x recv "4 eor: late" || rc=1
	setting_fast 1
	return "$rc"
}

unsent()
{
	fresh && client && want c "event send-failed 1" && on 1 rspctl pool flush >/dev/null || return
	set_registrar 1 STOP
	want c "sendto hello nowait options=0x1000 nobody" 5
	local rc=$?
	set_registrar 1 CONT
	[ "$rc" = 0 ] && want c "poll in 10000" in && want c recvfrom "* send-failed session=* options=0x1000 sent=0 hello" &&
		want c recvfrom "* session ended * error=ENOENT lost=1 *"
}

# A copy for each, also for who has come meanwhile; not for oneself, unless asked for
to_all()
{
	fresh && element x pool 1 && want x "event session 0" && element y pool 2 &&
		want y "event session 0" && client && on 1 rspctl pool flush >/dev/null &&
		want c "sendto hello options=8 pool" 5 && want x "poll in 5000" in &&
		want x recvfrom "* 5 eor: hello" && want y "poll in 5000" in && want y recvfrom "* 5 eor: hello" &&
		begun c "role=pu *" && begun c "role=pu *" && want x "sendto two options=8 pool" 3 &&
		want y "poll in 5000" in && want y recvfrom "* 3 eor: two" && want x "poll in 300" none &&
		want x "sendto three options=0x18 pool" 5 && want y "poll in 5000" in &&
		want y recvfrom "* 5 eor: three" && want x "poll in 5000" in && want x recvfrom "* 5 eor: three" &&
		want c "sendto x options=8 pool id=1" EINVAL && want c "sendto x options=8 nobody" ENOENT &&
		want c "to 0 x options=8" EDESTADDRREQ && want c "sendto x options=0xc pool" EINVAL || return
	peer_end x KILL
	want c "poll in 5000" in && want c recvfrom "* session ended role=pu pe=1 error=ECONNRESET *" &&
		want c "sendto four options=8 pool" 4 && want y "poll in 5000" in &&
		want y recvfrom "* 4 eor: four" && want y "poll in 0" none
}

# quiet PEER HANDLE ID: an element that is told of messages only
quiet()
{
	element "$1" "$2" "$3" && want "$1" "event session 0" && want "$1" "event cookie-echo 0"
}

# got PEER MESSAGE...: these, in this order, and no more yet
got()
{
	local message

	for message in "${@:2}"; do
		want "$1" "poll in 5000" in && want "$1" recvfrom "* eor: $message" || return
	done
	want "$1" "poll in 0" none
}

# selects MESSAGE...: each to whom the policy says
selects()
{
	local message

	for message; do
		want c "sendto $message options=0x40000 pool" ${#message} || return
	done
}

# cached COMMAND...: while the registrar, whose lists take turns themselves, is not asked
cached()
{
	local rc

	setting 1 stale_cache_ms=600000
	"$@"
	rc=$?
	setting 1 stale_cache_ms=0
	return "$rc"
}

# A choice for each message: round robin is what it says, in two sessions
by_choice()
{
	fresh && quiet x pool 1 && quiet y pool 2 && want c "socket seqpacket" &&
		on 1 rspctl pool flush >/dev/null && selects 1 2 3 4 5 6 || return
	want x "poll in 5000" in && peer x recvfrom || return
	if [ "${answer##* }" = 1 ]; then
		got x 3 5 && got y 2 4 6
	else
		same first "$answer" "* 2" && got x 4 6 && got y 1 3 5
	fi || return
	same sessions "$(on 1 rspctl session show | grep -c pool-user)" 2
}

# Without it, with it, and to whom the last one went, are different things
last_and_plain()
{
	local last other

	fresh && quiet x pool 1 && quiet y pool 2 && want c "socket seqpacket" &&
		want c "sendto a pool" 1 && want c "sendto b pool" 1 || return
	want c "sendto c options=4 pool" 1 || return
	peer x "poll in 1000"
	last=x other=y
	if [ "$answer" = none ]; then last=y other=x; fi
	got "$last" a b c && selects d e || return
	# one each; the second one was e
	want x "poll in 5000" in && peer x recvfrom || return
	last=y other=x
	if [ "${answer##* }" = e ]; then last=x other=y; fi
	want y "poll in 5000" in && want y recvfrom "* eor: [de]" &&
		want c "sendto f options=4 pool" 1 && want c "sendto g options=4 pool" 1 &&
		got "$last" f g && want "$other" "poll in 0" none
}

# The one that is lost: its session goes on elsewhere, and it is chosen when it is back
choice_dies()
{
	fresh && quiet x pool 1 && quiet y pool 2 && client && wait_for 10 reaches x &&
		wait_for 10 reaches y && want c drain "0 0 2, then EAGAIN" || return
	peer_end x KILL
	peer_start x 2
	want c "poll in 5000" in && want c recvfrom "* failover * old=1 new=2 *" &&
		want y drain "*" && selects 3 4 5 && got y 3 4 5 && quiet x pool 1 &&
		wait_for 10 reaches x
}

# A choice of many falls on it
reaches()
{
	selects 6 && peer "$1" "poll in 200" && [ "$answer" = in ]
}

# One that does not answer when it is chosen: another one does, and no message is lost
choice_away()
{
	local rc i

	fresh && quiet x pool 1 && quiet y pool 2 && want c "socket seqpacket" &&
		want c "sendto 0 pool id=2" 1 && got y 0 || return
	cut_link 2
	for i in 1 2 3 4; do
		want c "sendto $i nowait options=0x40000 pool" 1 || break
	done
	[ "$i" = 4 ] && want y "poll in 10000" in && arrive y 1 2 3 4
	rc=$?
	join_link 2
	return "$rc"
}

# arrive PEER MESSAGE...: in any order
arrive()
{
	local messages=" ${*:2} "

	while [ "$messages" != " " ]; do
		want "$1" "poll in 10000" in && want "$1" recvfrom "* eor: ?" || return
		messages=${messages/ ${answer##* } / }
	done
}

choice_refused()
{
	fresh && quiet x pool 1 && want c "socket seqpacket" &&
		want c "sendto x options=0x40000 pool id=1" EINVAL &&
		want c "sendto x options=0x40004 pool" EINVAL &&
		want c "sendto x options=0x40008 pool" EINVAL &&
		want c "sendto x options=0x40000 nobody" ENOENT &&
		want c "sendto x pool" 1 && got x x && want c socket && want c "connect pool" &&
		want c "to 0 x options=0x40000" EOPNOTSUPP || return
	session=$(on 1 rspctl session show | awk '{ print $2; exit }')
	want c "use 0" && want c "to $session x options=0x40000" EINVAL
}

# port HOST: of the element there
port()
{
	on "$1" rspctl pe show | sed -n 's/.* port \([0-9]*\) .*/\1/p'
}

# Past all pools (RFC 5352 section 6.5.4): nobody else takes over, and nobody is reported
by_transport()
{
	local port reports

	fresh && element x pool 1 && want x "event session 0" && quiet y pool 2 && client &&
		port=$(port 2) && want c "sendip one 10.77.0.2 $port" 3 && got x one &&
		begun c "role=pu pe=0 error=0 lost=0" && want c "sendip two 10.77.0.2 $port" 3 &&
		got x two && want c "sendip three ::ffff:10.77.0.2 $port" 5 && want x "echo 1" &&
		want c "poll in 5000" in &&
		want c recvfrom "session=$session pe=0 failovers=0 from=10.77.0.2/$port 5 eor: three" &&
		want c "connectip 10.77.0.2 $port" EISCONN &&
		want c "sendip six fd77::2 $port" 3 && begun c "role=pu pe=0 *" && want x "echo 1" &&
		want c "poll in 5000" in && want c recvfrom "* from=fd77::2/$port 3 eor: six" &&
		want c "sendto pool pool id=1" 4 && begun c "role=pu pe=1 *" && got x pool || return
	same sessions "$(on 1 rspctl session show | grep -c pool-user)" 3 &&
		want c "to $session \"\" options=0x20000" 0 || return
	reports=$(counter 1 UnreachableTx)
	peer_end x KILL
	want c "poll in 5000" in && lost_without_a_word && lost_without_a_word &&
		want y "poll in 300" none && same reports "$(counter 1 UnreachableTx)" "$reports" &&
		want c "sendip x 10.77.0.2 $port" ECONNREFUSED
}

# The end of one that was reached by its address
lost_without_a_word()
{
	want c "poll in 5000" in && peer c recvfrom || return
	case $answer in
	*error=ECONNABORTED*) lost_without_a_word ;;
	*) same end "$answer" "* session ended role=pu pe=0 error=ECONNRESET *" ;;
	esac
}

no_transport()
{
	fresh && client && want c "sendip x 10.77.0.2 0" EINVAL &&
		want c "sendip x 10.77.0.2 9 options=0x40000" EINVAL &&
		want c "sendip x 10.77.0.2 9 options=8" EAFNOSUPPORT &&
		want c "sendip x 224.0.0.1 9" EADDRNOTAVAIL && want c "sendip x fe80::1 9" EADDRNOTAVAIL &&
		want c "sendip x 10.77.0.2 9" ECONNREFUSED && want c socket &&
		want c "connectip 10.77.0.2 9" EAFNOSUPPORT
}

# A card of the socket goes to all its sessions
card()
{
	fresh && element y pool 2 && element x pool 1 && want x "card 2" && want c socket &&
		want c "connect pool id=1" && wait_for 5 has_card && want c "event failover 1" || return
	peer_end x KILL
	want c "poll in 5000" in && want c recv "failover * new=2 *"
}

has_card()
{
	peer c getcard && [ "$answer" = 2 ]
}

# The example serves many; one that stops reading is no hindrance
example()
{
	fresh && start many 2 many-server pool && wait_said many "a server of" || return
	want c socket && want c "connect pool" && want c socket && want c "connect pool" &&
		want c "send hello" 5 && want c recv "5 eor: hello" && want c "use 0" &&
		want c "send world" 5 && want c recv "5 eor: world"
	local rc=$?
	stop many KILL
	return "$rc"
}

check "a message opens a session, and answers come in it [ASAP-SND-16]" both_ways
check "with one-to-one sockets at the other end" with_stream
check "a session for each address [ASAP-SND-05]" addresses
check "no such pool, no such element" no_such_pool
check "who does not listen to notifications is left alone" silently
check "messages wait for the handle's resolution [ASAP-SND-01]" in_order
check "... as many as the send buffer takes" held_back
check "50 clients get their own answers" many 50
check "sessions are read in turn" in_turn
check "a message in pieces" pieces
check "a full session does not keep others waiting" full
check "failover of one of many" failover
check "messages between two servers" between
check "a server with many sessions dies" server_dies
check "a client closes" closes
check "a server closes" server_closes
check "shutdown(SHUT_RD): the running sessions go on" drains
check "max_sessions" limit
check "what is refused [ASAP-SND-13]" refused
check "an element that uses its own pool" both
check "a goodbye, with the last message or without one" goodbye
check "... behind messages that wait for a server" one_shot
check "an end at once: clients go elsewhere" abort
check "RSP_INFO, SIOCINQ" session_info
check "a session gets a descriptor of its own" peels
check "... not while another one uses it" peels_busy
check "idle sessions are closed" autoclose
check "messages that are sent again, or not [ASAP-SND-07 ASAP-SND-08]" by_message
check "... with one-to-one sockets" by_message_stream
check "options with one-to-one sockets [ASAP-SND-09]" stream_options
check "an unordered message overtakes [ASAP-SND-12]" overtakes
check "what no server was there for comes back [ASAP-SND-17]" unsent
check "a copy for each element [ASAP-SND-10 ASAP-SND-11]" to_all
check "the policy chooses for each message [ASAP-SND-04]" cached by_choice
check "... and where the last one went [ASAP-SND-09]" cached last_and_plain
check "... an element that is lost, and comes back" choice_dies
check "... one that does not answer" choice_away
check "... where it makes no sense" choice_refused
check "transport addresses: no failover, no reports [ASAP-SND-06]" by_transport
check "... those that are none" no_transport
check "a card for all sessions" card
check "the example many-server" example
check "killed with many sessions" killed_with_many
finish
