#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Streams and payload protocol identifiers (RSP_CMSG_SNDINFO, RSP_CMSG_RCVINFO), and SCTP's own
# options, which each association of a session gets.  Host 1 has the client c, 2 and 3 the servers
# x and y.

. "$(dirname "$0")/lib.sh"

setup_quick_pool 3
peer_start x 2
peer_start y 3
peer_start c 1

# element NAME ID [TYPE]: a socket that reset has made
element()
{
	want "$1" "event cookie-echo 1" && want "$1" "set rcvinfo 1" &&
		want "$1" "bind pool id=$2" && wait_for 10 listens "$1"
}

fresh()
{
	running x || peer_start x 2
	want c reset && want x reset && want y reset && want x "socket ${1:-stream}" && want y socket &&
		want c "socket ${2:-stream}" && want c "event failover 1" && want c "event send-failed 1"
}

# c has a session with x, y is there as well
session()
{
	element x 1 && want c "connect pool" && want x accept && element y 2
}

# SCTP tries for long on all hosts, so that an association outlives a slow way
patient()
{
	local host

	for host in 1 2 3; do
		setting "$host" sctp_max_retrans=30 sctp_rto_max_ms=1000 connect_timeout_ms=20000
	done
}

hasty()
{
	local host

	for host in 1 2 3; do
		setting_fast "$host"
	done
}

# slow NETEM..., quick: what host 1 sends; the settings are as they were before patient
slow()
{
	on 1 tc qdisc add dev eth0 root netem "$@"
}

quick()
{
	on 1 tc qdisc del dev eth0 root
	hasty
}

# ---- a message's stream and identifier ---------------------------------------------------

there()
{
	fresh && session && want c "to 0 one stream=3 ppid=4711" 3 && want c "to 0 two stream=9 options=0x1000" 3 &&
		want c "to 0 three ppid=0xffffffff" 5 && want c "send four" 4 &&
		want x recvfrom "session=!(0) pe=0 failovers=0 stream=3 ppid=4711 flags=0 from=/0 3 eor: one" &&
		want x recvfrom "session=* stream=9 ppid=0 flags=0x1 from=/0 3 eor: two" &&
		want x recvfrom "session=* stream=0 ppid=4294967295 flags=0 from=/0 5 eor: three" &&
		want x recvfrom "session=* failovers=0 from=/0 4 eor: four"
}

back()
{
	want c "set rcvinfo 1" && want c "set nxtinfo 1" && want x "to 0 five stream=2 ppid=7" 4 &&
		want x "to 0 six ppid=8" 3 && want c "poll in 5000" in && want c "sleep 300" &&
		want c "recvfrom 2" "* pe=1 * stream=2 ppid=7 flags=0 from=/0 next=2,*stream=2,ppid=7,complete 2 part: fi" &&
		want c recvfrom "* stream=2 ppid=7 flags=0 * next=3,*,stream=0,ppid=8,complete 2 eor: ve" &&
		want c recvfrom "* stream=0 ppid=8 flags=0 from=/0 3 eor: six" &&
		want c "set rcvinfo 0" && want x "to 0 seven stream=1" 5 &&
		want c recvfrom "session=0 pe=0 failovers=0 from=/0 5 eor: seven"
}

# 11 is ASAP's: CKI-06.  Nothing of it leaves
refused()
{
	want c "to 0 no ppid=11" EINVAL && want c "to 0 no stream=10" EINVAL &&
		want c "to 0 no stream=65535" EINVAL && want c "to 0 no reserved=1" EINVAL &&
		want c "to 0 no reserved2=1" EINVAL && want x "to 0 no stream=10" EINVAL &&
		want c "to 0 yes stream=9 ppid=12" 3 && want x recvfrom "* stream=9 ppid=12 flags=0 * 3 eor: yes"
}

# What is lost on its way keeps up its own stream only; SCTP sends it again after 5 s
independent()
{
	local rc=0

	fresh && want c "rto 5000" && session && want c "to 0 first stream=1" 5 &&
		want x recv "5 eor: first" && slow loss 100% || return
	want c "to 0 late stream=1" 4 && want c "sleep 100" || rc=1
	on 1 tc qdisc del dev eth0 root
	[ "$rc" = 0 ] && want c "to 0 early stream=2" 5 && want x recv "5 eor: early" &&
		want x recv "4 eor: late"
}

of_many()
{
	fresh seqpacket seqpacket && element x 1 && want c "sendto hello stream=4 ppid=5 pool" 5 &&
		want x "poll in 5000" in &&
		want x recvfrom "session=!(0) pe=0 failovers=0 stream=4 ppid=5 flags=0 from=/0 5 eor: hello" || return
	want x "to $(field session) back stream=6 ppid=7" 4 && want c "poll in 5000" in &&
		want c recvfrom "session=!(0) pe=1 failovers=0 stream=6 ppid=7 flags=0 from=pool/1 4 eor: back"
}

# Sessions of a listener have the option from there, and those that leave a one-to-many socket
inherited()
{
	fresh && session && want x "get rcvinfo" 1 && fresh stream seqpacket && element x 1 &&
		want c "set rcvinfo 1" && want c "sendto hello pool" 5 && want x accept &&
		want x "to 0 back stream=1" 4 && want c "poll in 5000" in &&
		want c recvfrom "session=!(0) * stream=1 * 4 eor: back" || return
	want c "peeloff $(field session)" && want c "get rcvinfo" 1
}

# ---- in a failover ----------------------------------------------------------------------------

# Sent again as it was sent, in the order of sending
again()
{
	local rc=0

	fresh && session && want c "set replay unacked" && want c "to 0 hello stream=1" 5 &&
		want x recv "5 eor: hello" || return
	cut_while 2 c "to 0 m1 stream=1 ppid=101" "to 0 m2 ppid=102" "to 0 m3 stream=2 options=0x1000" \
		"to 0 m4 stream=1 ttl=60000 ppid=104" "to 0 @9000 stream=1 ppid=105" || rc=1
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * replayed=5 lost=0 *" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want y recvfrom "* stream=1 ppid=101 flags=0 * 2 eor: m1" &&
		want y recvfrom "* stream=0 ppid=102 flags=0 * 2 eor: m2" &&
		want y recvfrom "* stream=2 ppid=0 flags=0x1 * 2 eor: m3" &&
		want y recvfrom "* stream=1 ppid=104 flags=0 * 2 eor: m4" &&
		want y recvfrom "* stream=1 ppid=105 flags=0 * 9000 eor: pattern"
}

# ... and what is not sent again says how it was
handed_back()
{
	local rc=0

	fresh && session || return
	cut_while 2 c "to 0 m1 stream=1 ppid=101" || rc=1
	want y accept && want c "poll in 5000" in &&
		want c recv "send-failed session=!(0) options=0 sent=1 stream=1 ppid=101 m1" &&
		want c recv "failover reason=timeout * replayed=0 lost=1 *" || rc=1
	join_link 2
	return "$rc"
}

# The next server takes two streams: what has no place there comes back, all else goes on
fewer()
{
	local rc=0

	fresh && want c "set replay unacked" && want y "streams 10 2" && session || return
	cut_while 2 c "to 0 m1 stream=1" "to 0 m2 stream=5 ppid=7" "to 0 m3" "to 0 m4 stream=2 ttl=60000" || rc=1
	want y accept && want c "poll in 5000" in &&
		want c recv "send-failed session=!(0) options=0 sent=1 stream=5 ppid=7 m2" &&
		want c recv "send-failed session=!(0) options=0 sent=1 stream=2 ppid=0 m4" &&
		want c recv "failover reason=timeout * replayed=2 lost=2 *" &&
		want c info "* replayed=2 lost=2 *" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want y recv "2 eor: m1" && want y recv "2 eor: m3" &&
		want c "to 0 no stream=2" EINVAL && want c "to 0 yes stream=1" 3 && want y recv "3 eor: yes"
}

# The same of what the program lets go
fewer_held()
{
	local rc=0

	fresh && want c "set replay unacked" && want c "set mode hold" && want y "streams 10 2" &&
		session || return
	cut_while 2 c "to 0 m1 stream=1" "to 0 m2 stream=5" || rc=1
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * replayed=2 lost=0 * turn=release" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want c release && want y recv "2 eor: m1" && want c "poll in 2000" in &&
		want c recv "send-failed * stream=5 ppid=0 m2" && want c info "* replayed=1 *"
}

# Messages of a one-to-many socket that had to wait for a server
away()
{
	fresh stream seqpacket && element x 1 && want c "sendto hello pool" 5 && want x accept &&
		want x recv "5 eor: hello" || return
	peer_end x
	want c "sleep 500" && want c "sendto one stream=3 ppid=4 pool" 3 && want c "sendto two stream=12 pool" 3 &&
		want c "sendto three pool" 5 && element y 2 && want y accept &&
		want y recvfrom "* stream=3 ppid=4 flags=0 * 3 eor: one" && want y recv "5 eor: three" &&
		want c "poll in 5000" in && want c recvfrom "* send-failed * stream=12 ppid=0 two"
}

# ---- the cookie comes first: CKI-03 -------------------------------------------------------------

# The first flight to the next server is three packets, on a way where they overtake each other
overtaken_once()
{
	local rc=0 i

	fresh && session && want c "set replay unacked" && want x "cookie @1300" &&
		want x "send served" 6 && want c recv "6 eor: served" || return
	patient
	slow delay 50ms 45ms || return
	cut_while 2 c "to 0 @1400 options=0x1000" "to 0 @1400 stream=1" "to 0 @1400 options=0x1000" || rc=1
	want c "poll in 9000" in && want y accept && want c recv "failover * replayed=3 lost=0 cookie=1 *" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want y recv "cookie-echo 1300 pattern" || rc=1
	for ((i = 0; i < 3 && rc == 0; i++)); do
		want y recv "1400 eor: pattern" || rc=1
	done
	quick
	return "$rc"
}

# By chance, of which one is two in three
overtaken()
{
	local i

	for ((i = 0; i < 5; i++)); do
		overtaken_once || return
	done
}

# Until the cookie is there what could overtake it waits, and poll() does; all else goes
gated()
{
	local rc=0

	fresh && session && want x "cookie state" && want x "send served" 6 && want c recv "6 eor: served" || return
	patient
	slow delay 300ms || return
	want x abort && want c "poll in 9000" in && want c recv "failover * cookie=1 *" &&
		want c "to 0 stream stream=1 dontwait" EAGAIN && want c "to 0 unordered options=0x1000 dontwait" EAGAIN &&
		want c "poll out 20" "none" && want c "send plain" 5 &&
		want c "poll out 5000" out && want c "to 0 stream stream=1 dontwait" 6 || rc=1
	quick
	[ "$rc" = 0 ] && want y accept && want y recv "cookie-echo 5 state" && want y recv "5 eor: plain" &&
		want y recv "6 eor: stream"
}

# A call that may wait does
gated_waits()
{
	local rc=0

	fresh && session && want x "cookie state" && want x "send served" 6 && want c recv "6 eor: served" || return
	patient
	slow delay 300ms || return
	want x abort && want c "poll in 9000" in && want c recv "failover * cookie=1 *" &&
		want c "to 0 stream stream=1" 6 || rc=1
	quick
	[ "$rc" = 0 ] && want y accept && want y recv "cookie-echo 5 state" && want y recv "6 eor: stream"
}

# ---- SCTP's options -----------------------------------------------------------------------------

# rtos HOST: of its associations, in jiffies
rtos()
{
	on "$1" tail -n +2 /proc/net/sctp/remaddr | awk '{ print $4 }' | sort -u
}

# has_rto HOST MS: one of them has that, whatever HZ is
has_rto()
{
	rtos "$1" | grep -qxE "$(($2 / 10))|$(($2 / 4))|$2" || { diag "host $1: RTO $(rtos "$1")"; return 1; }
}

# Each association gets them, that with the next server, too
kept()
{
	fresh && want c getstreams ENOENT && want c "streams 64" && want c getstreams "64 0" &&
		want c "rto 760" && session && want c "to 0 one stream=63" 3 && want x recv "3 eor: one" &&
		want c "to 0 no stream=64" EINVAL && has_rto 1 760 || return
	peer_end x
	want y accept && want c "poll in 9000" in && want c recv "failover *" &&
		want c "to 0 two stream=63" 3 && want y recv "3 eor: two" && has_rto 1 760 &&
		want c getstreams "64 0"
}

# Those of a pool element its sessions have, of clients to come
of_element()
{
	fresh && want x "streams 20 5" && want x "rto 680" && session && want x getstreams "20 5" &&
		has_rto 2 680 && want c "to 0 no stream=5" EINVAL && want c "to 0 one stream=4" 3 &&
		want x recv "3 eor: one" && fresh && want x "rto 680" && element x 1 || return
	want x "rto 840" || return
	want c "connect pool" && want x accept && has_rto 2 840
}

of_sessions()
{
	fresh stream seqpacket && want c "streams 33" && element x 1 && want c "sendto hello stream=32 pool" 5 &&
		want x accept && want x recvfrom "* stream=32 * 5 eor: hello" && want x "send back" 4 &&
		want c "poll in 5000" in && want c recvfrom "session=!(0) * 4 eor: back" || return
	want c "peeloff $(field session)" && want c getstreams "33 0"
}

# What SCTP refuses is refused at once, and leaves what there was
bad()
{
	fresh && want c "rto 520" && want c "rto 520 400" EINVAL && want c "rto 520 600 1" EINVAL &&
		want c "rawset 132 0 0x00" EINVAL && want c "rawset 132 24 0x00000000" ENOPROTOOPT &&
		want c "rawget 132 24 4" ENOPROTOOPT && want c "rawget 132 1 4" ENOENT &&
		session && has_rto 1 520
}

check "stream and PPID of a client's message" there
check "stream and PPID of a server's message" back
check "PPID 11, and streams that there are not [ASAP-CKI-06 ROLE-05]" refused
check "streams do not wait for each other" independent
check "one-to-many" of_many
check "RSP_RECVRCVINFO: inherited" inherited
check "failover: sent again as it was sent" again
check "failover: handed back" handed_back
check "failover: the next server has fewer streams" fewer
check "RSP_MODE_HOLD: the next server has fewer streams" fewer_held
check "one-to-many, no server: sent as it was to be sent" away
check "failover: nothing overtakes the cookie [ASAP-CKI-03]" overtaken
check "failover: what could overtake the cookie waits [ASAP-CKI-03]" gated
check "... in the call, if it may" gated_waits
check "SCTP's options: also with the next server" kept
check "SCTP's options of a pool element" of_element
check "SCTP's options of a one-to-many socket" of_sessions
check "SCTP's options: refused" bad
finish
