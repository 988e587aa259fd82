#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What ends a session and what moves it to another server; what the client sees
# of it.  Host 1 has the client c, 2 and 3 the servers x and y.

. "$(dirname "$0")/lib.sh"

setup()
{
	setup_quick_pool 3
	peer_start x 2
	peer_start y 3
	peer_start c 1
}

element()
{
	want "$1" reset && want "$1" socket && want "$1" "event cookie-echo 1" &&
		want "$1" "bind pool id=$2" && wait_for 10 listens "$1"
}

# c has a session with x, which is alone in the pool.  c lets go of its last one
# first, which would move here.
alone()
{
	running x || peer_start x 2
	want c reset && want y reset && element x 1 && want c socket &&
		want c "event all 1" && want c "event send-failed 0" && want c "connect pool" && want x accept
}

# y is there as well
session()
{
	alone && element y 2
}

# c is now with y; the arguments go into the pattern
moved()
{
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=$1 count=1 old=1 new=2 * $2" &&
		want c getpeername "id=2 * pool" && want c "send hello" 5 &&
		want y recv "5 eor: hello" && want y "send back" 4 &&
		want c recv "4 eor: back"
}

kill_x()
{
	peer_end x "${1:-KILL}"
}

killed()
{
	session && kill_x "$1" && moved abort "replayed=0 lost=0 cookie=0 session=*"
}

# x ends by itself
exits()
{
	session && tell x "$1" && moved abort "*"
}

ends()
{
	session && want c "poll in 0" none && tell x "$1" && want c "poll in 5000" "in*" &&
		want c recv eof && want c info "state=ended * failovers=0 *"
}

info()
{
	session && kill_x && moved abort "*" && want c info \
		"state=established role=pu pe=2 * failovers=1 reason=abort us=!(0) replayed=0 lost=0 cookie=0 *"
}

same_session()
{
	local before

	session && peer c info && before=$(field session) && kill_x &&
		want y accept && want c "poll in 5000" in && want c recv "failover *" &&
		same "session id" "$(field session)" "$before"
}

link_cut()
{
	local rc=0

	session && want c "send x" 1 && want x recv "1 eor: x" || return
	cut_link 2
	# Somebody has to notice: data that is not acknowledged
	want c "send lost" 4 && moved timeout "replayed=0 lost=1 cookie=0 *" || rc=1
	join_link 2
	return "$rc"
}

link_cut_idle()
{
	local rc=0

	session || return
	cut_link 2
	moved timeout "replayed=0 lost=0 *" || rc=1
	join_link 2
	return "$rc"
}

unread()
{
	session && want c "send unread" 6 && want x "poll in 2000" in &&
		want x close && moved abort "replayed=0 *"
}

undelivered()
{
	# What the server's host sends is lost; without a carrier it would wait for ARP
	# instead, and arrive when the link is back
	local rc=0

	session || return
	on 2 tc qdisc add dev eth0 root netem loss 100% || return
	want x "send gone" 4 && want x close || rc=1
	on 2 tc qdisc del dev eth0 root
	moved "@(abort|timeout)" "*" || rc=1
	return "$rc"
}

# The server has read all there is and says goodbye, while a message that it
# cannot know of is still on its way.  However long the commands take: nobody may
# give up on a server meanwhile.
crossed()
{
	local rc=0

	setting 1 sctp_rto_max_ms=2000 sctp_rto_initial_ms=2000 sctp_rto_min_ms=2000 \
		sctp_max_retrans=10 connect_timeout_ms=20000 || return
	session && on 1 tc qdisc add dev eth0 root netem delay 20s &&
		want c "send late" 4 && want x close || rc=1
	on 1 tc qdisc del dev eth0 root
	[ "$rc" = 0 ] && moved incomplete "replayed=0 lost=1 *" || rc=1
	setting_fast 1
	return "$rc"
}

nothing_to_send()
{
	peer x outq && [ "$answer" = 0 ]
}

close_when_read()
{
	session && want c "send ask" 3 && want x recv "3 eor: ask" &&
		want x "send bye" 3 && want c "poll in 2000" in || return
	wait_for 2 nothing_to_send || return
	want x close && want c recv "3 eor: bye" && want c recv eof &&
		want c info "state=ended * failovers=0 *"
}

shut_down()
{
	session && want x "send bye" 3 && want x "shutdown $1" &&
		want c recv "3 eor: bye" && want c recv eof &&
		want c "send x" EPIPE && want c info "state=ended * failovers=0 *"
}

# Its process is gone, but another one has the session
shared()
{
	local pid

	session && peer x "spawn sleep 60000" || return
	pid=$answer
	kill_x
	want c "poll in 300" none && want c info "* pe=1 * failovers=0 *" || return
	kill -KILL "$pid"
	moved abort "*"
}

unread_before()
{
	session && want x "send one" 3 && want x "send two" 3 &&
		want c "poll in 2000" in && kill_x && want c "poll in 2000" in &&
		want y accept && want c recv "3 eor: one" &&
		want c recv "3 eor: two" && want c "poll in 5000" in &&
		want c recv "failover *" && want c "recv dontwait" EAGAIN
}

in_the_middle()
{
	# More than the receive buffer: it comes in parts
	session && want x "async send @200000" && want c "poll in 2000" in &&
		want c "recv 1000" "1000 part: pattern" || return
	kill_x
	# All that had come in is read, but never as if it were the end
	while peer c "recv 65536"; do
		case $answer in
		*" part: pattern") ;;
		*) break ;;
		esac
	done
	same "instead of the end" "$answer" partial-abort &&
		want c "poll in 5000" in && want c recv "failover *" &&
		want y accept && want y "send whole" 5 && want c recv "5 eor: whole"
}

# ... nor at a server, whatever call has taken the error
client_in_the_middle()
{
	local rc=0

	session && tell c "send @200000" && want x "poll in 2000" in &&
		want x "recv 1000" "1000 part: pattern" || return
	peer_end c KILL
	wait_for 5 x_has_ended && want x "send late" ECONNRESET || rc=1
	while [ "$rc" = 0 ] && peer x "recv 65536"; do
		case $answer in
		*" part: pattern") ;;
		*) break ;;
		esac
	done
	[ "$rc" = 0 ] && same "instead of the end" "$answer" EBADMSG && want x recv eof || rc=1
	peer_start c 1
	return "$rc"
}

x_has_ended()
{
	peer x info && [[ $answer == *"state=ended"* ]]
}

quietly()
{
	session && want c "event all 0" && tell c recv && kill_x && want y accept &&
		want y "send hello" 5 && hear c && same recv "$answer" "5 eor: hello" &&
		want c info "* pe=2 * failovers=1 *"
}

no_error()
{
	session && want c "epoll add in,out" && want c "epoll wait 0" out && kill_x &&
		want y accept && want c "poll in,out 5000" "in*" &&
		want c "poll err,hup,rdhup 0" none && want c "get error" 0 &&
		want c "epoll wait 2000" "in out" && want c recv "failover *" &&
		want c "poll in,out 0" out
}

# replay MODE: five messages on the wire that nobody acknowledged
replay()
{
	local i rc=0

	session && want c "set replay $1" && want c "send first" 5 &&
		want x recv "5 eor: first" || return
	sleep 0.3	# a delayed acknowledgement
	cut_link 2
	# In one go, before the loss is noticed
	tell c "send m1; send m2; send m3; send m4; send m5"
	for i in 1 2 3 4 5; do
		hear c && same "send m$i" "$answer" 2 || rc=1
	done
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * $2 cookie=0 *" || rc=1
	join_link 2
	if [ "$1" = unacked ]; then
		for i in 1 2 3 4 5; do
			want y recv "2 eor: m$i" || rc=1
		done
	fi
	want c "send end" 3 && want y recv "3 eor: end" || rc=1
	return "$rc"
}

# Each of many pieces, of which some are on the wire and others not yet
replay_pieces()
{
	local rc=0

	session && want c "set sndbuf 400000" && want c "set replay unacked" || return
	cut_link 2
	tell c "send @20000; send @9000; send m"
	hear c && same "first send" "$answer" 20000 && hear c && same "second" "$answer" 9000 &&
		hear c && same "third" "$answer" 1 && want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * replayed=3 lost=0 *" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want y message "20000 in *: pattern" &&
		want y message "9000 in *: pattern" && want y recv "1 eor: m"
}

# More than the window: each message is either sent again or counted as lost
replay_unsent()
{
	local i replayed lost rc=0

	session && want c "set sndbuf 400000" || return
	cut_link 2
	want c "burst 60 @1400" 60 || rc=1
	want y accept && want c "poll in 5000" in && want c recv "failover *" || rc=1
	join_link 2
	replayed=$(field replayed) lost=$(field lost)
	same "replayed and lost" $((replayed + lost)) 60 &&
		same "replayed" "$replayed" "!(0)" && same "lost" "$lost" "!(0)" || rc=1
	for ((i = 0; i < replayed; i++)); do
		want y recv "1400 eor: pattern" || rc=1
	done
	want c "send end" 3 && want y recv "3 eor: end" || rc=1
	return "$rc"
}

while_away()
{
	alone && kill_x && want c "poll in,out 300" "@(none|out)" &&
		want c "get error" 0 && want c info "state=failover *" &&
		element y 2 && want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=abort count=1 old=1 new=2 *" &&
		want c "send hello" 5 && want y recv "5 eor: hello"
}

send_while_away()
{
	alone && kill_x && want c "set sndtimeo 20000" && tell c "send waiting" &&
		element y 2 && want y accept && hear c && same send "$answer" 7 &&
		want y recv "7 eor: waiting" && want c recv "failover *"
}

nonblocking_while_away()
{
	alone && kill_x && want c "recv dontwait" "@(EAGAIN|failover*)" &&
		want c "sleep 50" && peer c "send x dontwait" &&
		same "send" "$answer" "@(EAGAIN|1)"
}

limited()
{
	alone && want c "set limit 300" && want c "get limit" 300 && kill_x &&
		want c recv ETIMEDOUT && want c recv eof && want c "send x" EPIPE &&
		want c "poll in,out 0" "in *hup" && want c info "state=ended *"
}

limit_polled()
{
	alone && want c "set limit 300" && kill_x && want c "poll err 5000" "*err*" &&
		want c "get error" ETIMEDOUT && want c "get error" 0
}

again_and_again()
{
	local i

	session || return
	for i in 1 2 3; do
		kill_x && want y accept && want c "poll in 5000" in &&
			want c recv "failover * count=$((2 * i - 1)) old=1 new=2 *" || return
		peer_start x 2
		element x 1 || return
		peer_end y
		peer_start y 3
		want x accept && want c "poll in 5000" in &&
			want c recv "failover * count=$((2 * i)) old=2 new=1 *" || return
		element y 2 || return
	done
	want c "send hello" 5 && want x recv "5 eor: hello"
}

reported()
{
	local before

	before=$(counter 1 UnreachableTx)
	session && kill_x && moved abort "*" &&
		same "reports" "$(counter 1 UnreachableTx)" $((before + 1))
}

many_at_once()
{
	local i

	# 50 times the heartbeats of four paths keep a debug kernel busy
	for i in 1 2 3; do
		setting "$i" sctp_heartbeat_ms=10000
	done
	pe_start m1 2 many 11 name || return
	want c reset || return
	for i in {1..50}; do
		want c socket && want c "event failover 1" && want c "connect many" ||
			return
	done
	pe_start m2 3 many 12 name || return
	stop m1 KILL
	for i in {0..49}; do
		want c "use $i" && want c "poll in 5000" in &&
			want c recv "failover * old=11 new=12 *" &&
			want c "send $i" "*" && want c recv "* eor: 12 $i" || return
	done
	stop m2
}

asked_for()
{
	session && peer c info || return
	on 1 rspctl session failover "$(field session)" || return
	moved admin "replayed=0 lost=0 *"
}

# Servers of RSPLIB's do not say goodbye, but crash like that
crash_by_goodbye()
{
	local rc=0 before

	session || return
	before=$(counter 1 UnreachableTx)
	setting 1 rsplib_sessions=1
	want x close && moved incomplete "replayed=0 lost=0 *" || rc=1
	setting 1 rsplib_sessions=0
	same reports "$(counter 1 UnreachableTx)" "$before" || rc=1
	return "$rc"
}

# ... and what the client has ended does not go on
own_end()
{
	local rc=0

	session || return
	setting 1 rsplib_sessions=1
	want c "shutdown wr" && want x recv eof && want x close && want c recv eof &&
		want c info "state=ended * failovers=0 *" || rc=1
	setting 1 rsplib_sessions=0
	return "$rc"
}

closed_meanwhile()
{
	alone && kill_x && want c close && want c socket && want c info "state=idle *"
}

# Where the registrar is asked for another server or told about the dead one
with_registrar()
{
	setup
	capture "failover-$RSP_LINK"
	check "SIGKILL of the server [ASAP-SND-14 ASAP-SND-18 REQ-01 REQ-02]" killed KILL
	check "a link is cut under data [REQ-02]" link_cut
	check "all servers away, one comes back [ASAP-SND-21]" while_away
	check "all servers away: send() waits for it [ASAP-SND-21]" send_while_away
	check "six failovers of one session" again_and_again
	check "the registrar gets one report [ASAP-UNR-01 ASAP-UNR-02 REQ-09]" reported
	check "50 sessions of one server move [REQ-05]" many_at_once
}

setup
check "SIGTERM of the server" killed TERM
check "SIGSEGV of the server" killed SEGV
check "exit status 3 of the server is a crash" exits "exit 3"
check "SO_LINGER 0 is a crash" exits "abort"
check "close() with unread data is a crash" unread
check "close() with undelivered data is a crash" undelivered
check "close() that a message crosses is no goodbye [REQ-01]" crossed
check "exit status 0 with everything read is a goodbye" ends "exit 0"
check "close() with everything read is a goodbye" ends close
check "close() behind an answer that was taken is a goodbye" close_when_read
check "shutdown(SHUT_RDWR) is a goodbye" shut_down rdwr
check "shutdown(SHUT_WR) is a goodbye" shut_down wr
check "rsplib_sessions: any SHUTDOWN is a crash" crash_by_goodbye
check "rsplib_sessions: but one that the client has asked for" own_end
check "a link is cut in silence [REQ-02]" link_cut_idle
check "a session lives as long as one process has it" shared
check "RSP_INFO after a failover" info
check "the session keeps its identifier" same_session
check "unread messages of the old server come first" unread_before
check "a message cut in the middle is not ended by another" in_the_middle
check "... nor at a server, by the end of the client" client_in_the_middle
check "without notifications nothing shows" quietly
check "poll() never reports an error for one server's death" no_error
check "replay none [ASAP-SND-08 ASAP-SND-15]" replay none "replayed=0 lost=5"
check "replay unsent, all were on the wire [ASAP-SND-15]" replay unsent "replayed=0 lost=5"
check "replay unacked [ASAP-SND-07 ASAP-SND-15]" replay unacked "replayed=5 lost=0"
check "replay unacked, messages in pieces [ASAP-SND-07]" replay_pieces
check "replay unsent, a part was on the wire [ASAP-SND-14]" replay_unsent
check "all servers away: non-blocking calls do not wait" nonblocking_while_away
check "RSP_FAILOVER_LIMIT: ETIMEDOUT, then the end [ASAP-SND-21]" limited
check "... and by poll() and SO_ERROR [ASAP-SND-21]" limit_polled
check "an administrator moves a session" asked_for
check "close() during a failover" closed_meanwhile
peers_end
clear_hosts
over_links with_registrar
finish
