#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A session without failures: data both ways, and every call that a socket has.
# Host 1 has the registrar and the server s, host 2 the client c.

. "$(dirname "$0")/lib.sh"

setup_pool 2
peer_start s 1
peer_start c 2

# Slot 0 of s listens, slot 1 of s and slot 0 of c are the two ends.  The
# argument is something that both do with the new socket.
session()
{
	want c reset && want s reset && want s socket && want s "${1:-use 0}" &&
		want s "bind pool id=5" && want s listen && want c socket &&
		want c "${1:-use 0}" && want c "connect pool" &&
		want s accept
}

both_ways()
{
	session && want c "send hello" 5 && want s recv "5 eor: hello" &&
		want s "send world!" 6 && want c recv "6 eor: world!"
}

server_first()
{
	session && want s "send welcome" 7 && want c recv "7 eor: welcome"
}

sizes()
{
	local size

	session "set sndbufforce 4000000" || return
	for size in 1 2 3 4 5 100 1399 1400 1401 4096 65535 65536 200000 1048576; do
		tell s message
		want c "send @$size" "$size" && hear s &&
			same "message of $size" "$answer" "$size in *: pattern" || return
		tell c message
		want s "send @$size" "$size" && hear c &&
			same "answer of $size" "$answer" "$size in *: pattern" || return
	done
}

too_long()
{
	session "set sndbuf 20000" && want c "send @200000" EMSGSIZE &&
		want c "send ok" 2 && want s recv "2 eor: ok"
}

empty()
{
	session || return
	peer c 'send ""'
	case $answer in
	0) want c "send x" 1 && want s recv "1 eor: x" ;;
	*) same "send of nothing" "$answer" EINVAL ;;
	esac
}

pieces()
{
	session && want c "send abcdefgh" 8 && want c "send xy" 2 &&
		want s "recv 3" "3 part: abc" && want s "recv 3" "3 part: def" &&
		want s "recv 3" "2 eor: gh" && want s "recv 3" "2 eor: xy" &&
		want c "send @100000" 100000 && want s "message 777" "100000 in *: pattern"
}

exact_room()
{
	session && want c "send abcd" 4 && want s "recv 4" "4 eor: abcd"
}

peeks()
{
	session && want c "send abcdef" 6 && want s "recv peek" "6 eor: abcdef" &&
		want s "recv 2 peek" "2 part: ab" && want s "recv 2" "2 part: ab" &&
		want s "recv peek" "4 eor: cdef" && want s recv "4 eor: cdef" &&
		want s "recv peek dontwait" EAGAIN
}

blocking()
{
	session || return
	tell s recv
	want c "sleep 100" && want c "send late" 4 && hear s &&
		same recv "$answer" "4 eor: late"
}

timeouts()
{
	local before

	session && want s "set rcvtimeo 200" && before=$(now_ms) &&
		want s recv EAGAIN || return
	if [ $(($(now_ms) - before)) -lt 190 ]; then
		diag "only $(($(now_ms) - before)) ms"
		return 1
	fi
	# Nobody reads
	want c "set sndtimeo 200" && want c "fill @4000" "!(0) EAGAIN" &&
		before=$(now_ms) && want c "send @4000" EAGAIN || return
	if [ $(($(now_ms) - before)) -lt 190 ]; then
		diag "only $(($(now_ms) - before)) ms"
		return 1
	fi
}

nonblocking()
{
	session && want s "nonblock 1" && want s recv EAGAIN && want s "nonblock 0" &&
		want s "recv dontwait" EAGAIN && want c "nonblock 1" &&
		want c "fill @10000" "!(0) EAGAIN" && want c "poll out 0" none &&
		want c "send x" EAGAIN
}

drained_all()
{
	peer s drain && total=$((total + ${answer%% *})) && [ "$total" -ge "$1" ]
}

room_again()
{
	local sent total=0

	session && peer c "fill @10000" || return
	sent=${answer% *}
	tell c "poll out 5000"
	wait_for 10 drained_all "$sent" && hear c && same poll "$answer" out &&
		same "messages" "$total" "$sent"
}

blocking_send()
{
	local sent total=0

	session && peer c "fill @10000" || return
	sent=${answer% *}
	tell c "send @10000"
	wait_for 10 drained_all "$((sent + 1))" && hear c && same send "$answer" 10000
}

polls()
{
	session && want s "poll in,out 0" out && want c "send x" 1 &&
		want s "poll in,out 2000" "@(in out|out)" && want s "poll in 2000" in &&
		want s recv "1 eor: x" && want s "poll in 0" none &&
		want s "use 0" && want s "poll in 0" none && want c socket &&
		want c "connect pool" && want s "poll in 2000" in &&
		want s accept && want s "use 0" && want s "poll in 0" none
}

epolls()
{
	session && want s "epoll add in,out" && want s "epoll wait 0" out &&
		want s "epoll wait 0" none && want c "send x" 1 &&
		want s "epoll wait 2000" "in*" && want s "epoll wait 0" none &&
		want c "send y" 1 && want s "epoll wait 2000" "in*" &&
		want s recv "1 eor: x" && want s recv "1 eor: y"
}

# Host 1 has as many as it may have
session_limit()
{
	local name=net.rserpool.max_sessions limit rc=0

	session && limit=$(on 1 sysctl -n "$name") && setting 1 max_sessions=1 || return
	want s "use 0" && want s "nonblock 1" && want s accept EAGAIN && want c socket &&
		want c "connect pool" && want s "poll in 2000" in && want s accept ENOBUFS || rc=1
	# Refused, the client tries again
	on 1 sysctl -qw "$name=$limit" || rc=1
	[ "$rc" = 0 ] && want s "poll in 10000" in && want s accept && want c "send x" 1 &&
		want s recv "1 eor: x"
}

names()
{
	session && want c getpeername "id=5 len=128 pool" && want c info \
		"state=established role=pu pe=5 registrar=0 failovers=0 reason=unspec *" &&
		want s info "state=established role=server *" &&
		want s getsockname "id=5 * pool" && want s "use 0" &&
		want s getsockname "id=5 * pool" && want s getpeername ENOTCONN &&
		want s info "state=listening role=pe pe=5 *"
}

session_ids()
{
	local first

	session && peer c info && first=$(field session) && session && peer c info &&
		same "another session id" "$(field session)" "!($first|0)"
}

client_ends()
{
	session && want c "send last" 4 && want c close && want s recv "4 eor: last" &&
		want s recv eof && want s recv eof && want s "send x" "@(EPIPE|1)" &&
		want s "poll in,rdhup 0" "in rdhup*" && want s info "state=ended *"
}

client_shuts_down()
{
	session && want c "send last" 4 && want c "shutdown wr" &&
		want c "send more" EPIPE && want s recv "4 eor: last" &&
		want s recv eof && want c recv eof && want c close
}

server_shuts_down()
{
	session && want s "send last" 4 && want s "shutdown rdwr" &&
		want c recv "4 eor: last" && want c recv eof &&
		want c "send x" EPIPE && want c "poll in,rdhup 0" "in rdhup*" &&
		want c info "state=ended * failovers=0 *"
}

wakes_reader()
{
	session && want c "async recv" && want c "sleep 50" &&
		want c "shutdown rdwr" && want c await "@(eof|ENOTCONN)"
}

forks()
{
	session && want s "fork recv dontwait" EAGAIN && want c "send one" 3 &&
		want s "poll in 2000" in && want s "fork recv" "3 eor: one" &&
		want s "fork send two" 3 && want c recv "3 eor: two" &&
		want s "fork exit 0" "exit 0" && want s "send still" 5 &&
		want c recv "5 eor: still"
}

dups()
{
	session && want c dup && want c "send x" 1 && want c close && want c "use 0" &&
		want c "send y" 1 && want s recv "1 eor: x" &&
		want s recv "1 eor: y" && want s "send z" 1 && want c recv "1 eor: z"
}

passes()
{
	session && want c "send first" 5 && want s recv "5 eor: first" &&
		want s "send reply" 5 && want c "pass poll in 2000; recv" "5 eor: reply"
}

many()
{
	local i

	session || return
	for i in {1..40}; do
		want c socket && want c "connect pool" && want s "use 0" &&
			want s accept && want c "send $i" "*" &&
			want s recv "* eor: $i" && want s "send $i" "*" &&
			want c recv "* eor: $i" || return
	done
}

bad_flags()
{
	session && want c "send x oob" EOPNOTSUPP && want c "recv oob dontwait" \
		"@(EOPNOTSUPP|EINVAL)" && want c "send x" 1 && want s recv "1 eor: x"
}

# A message that no buffer had room for before
buffers_later()
{
	session && want c "send @1048576" EMSGSIZE && want c "set sndbufforce 4000000" ||
		return
	tell s message
	want c "send @1048576" 1048576 && hear s &&
		same message "$answer" "1048576 in *: pattern"
}

buffers()
{
	session && want c "set sndbuf 50000" && want c "get sndbuf" 100000 &&
		want c "set rcvbuf 50000" && want c "get rcvbuf" 100000
}

check "data goes both ways" both_ways
check "the server may speak first" server_first
check "messages from 1 octet to 1 MiB, both ways" sizes
check "a message larger than the send buffer is EMSGSIZE" too_long
check "a message of nothing" empty
check "MSG_EOR ends a message, pieces are never glued" pieces
check "a message that just fits has MSG_EOR" exact_room
check "MSG_PEEK shows what the next read returns" peeks
check "recv() waits for data" blocking
check "SO_RCVTIMEO and SO_SNDTIMEO" timeouts
check "O_NONBLOCK and MSG_DONTWAIT" nonblocking
check "poll() tells when there is room again, nothing is lost" room_again
check "send() waits for room" blocking_send
check "poll()" polls
check "edge-triggered epoll" epolls
check "accept() at the limit: EAGAIN without a client, else ENOBUFS" session_limit
check "getsockname(), getpeername(), RSP_INFO [ASAP-SND-03]" names
check "session identifiers are not used again" session_ids
check "close() of the client is the end of the session" client_ends
check "shutdown() of the client" client_shuts_down
check "shutdown() of the server: no failover" server_shuts_down
check "shutdown() wakes a reader" wakes_reader
check "a session is shared after fork()" forks
check "... and after dup()" dups
check "... and passed over a unix socket" passes
check "40 sessions side by side" many
check "flags without a meaning are refused" bad_flags
check "buffer sizes" buffers
check "the send buffer grows in the middle of a session" buffers_later
finish
