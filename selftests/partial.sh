#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Messages that are not worth sending for ever (RSP_CMSG_PRINFO, RSP_DEFAULT_PRINFO), and what
# is next (RSP_CMSG_NXTINFO).  Host 1 has the client c, 2 and 3 the servers x and y.

. "$(dirname "$0")/lib.sh"

setup_quick_pool 3
peer_start x 2
peer_start y 3
peer_start c 1

element()
{
	want "$1" reset && want "$1" "socket ${3:-stream}" && want "$1" "event cookie-echo 1" &&
		want "$1" "bind pool id=$2" && wait_for 10 listens "$1"
}

# c has a session with x, which is alone in the pool
alone()
{
	running x || peer_start x 2
	want c reset && want y reset && element x 1 && want c socket &&
		want c "event failover 1" && want c "event send-failed 1" &&
		want c "connect pool" && want x accept
}

# y is there as well
session()
{
	alone && element y 2
}

many()
{
	running x || peer_start x 2
	want c reset && want y reset && element x 1 && want c "socket seqpacket" &&
		want c "event failover 1" && want c "event send-failed 1"
}

# SCTP tries for long on all hosts, so that an association outlives what is lost on its way
patient()
{
	local host

	for host in 1 2 3; do
		setting "$host" sctp_max_retrans=30
	done
}

hasty()
{
	local host

	for host in 1 2 3; do
		setting_fast "$host"
	done
}

# lossy HOST, lossless HOST: what it sends does not arrive
lossy()
{
	on "$1" tc qdisc add dev eth0 root netem loss 100%
}

lossless()
{
	on "$1" tc qdisc del dev eth0 root
}

# counted NAME N: abandoned messages
counted()
{
	want "$1" info "* abandoned=$2 *"
}

# abandoned PATTERN: c gets a message back
abandoned()
{
	want c "poll in 5000" in && want c recv "send-failed session=!(0) options=0 $1"
}

# ---- SCTP's part -----------------------------------------------------------------

# passes KEYS [FLAG]: a message whose packets are lost for a while, and one behind it
passes()
{
	local rc=0

	patient && alone && want c "send first" 5 && want x recv "5 eor: first" || return
	lossy 1
	want c "to 0 second $*" 6 && want c "sleep 300" || rc=1
	lossless 1
	hasty
	[ "$rc" = 0 ] && want c "to 0 third" 5
}

reliable()
{
	passes "${1:-}" && want x recv "6 eor: second" && want x recv "5 eor: third" && counted c 0
}

given_up()
{
	passes "$1" && want x recv "5 eor: third" &&
		want c info "state=established * failovers=0 * lost=0 *"
}

more_to_come()
{
	given_up "ttl=50 more"
}

# Of a server's messages nothing is known here: it is SCTP that gives them up
of_server()
{
	local rc=0

	patient && alone && lossy 2 || return
	want x "to 0 one ttl=50" 3 && want x "sleep 300" || rc=1
	lossless 2
	hasty
	[ "$rc" = 0 ] && want x "to 0 two ttl=60000" 3 && want c recv "3 eor: two"
}

# crowded: more than x takes in without reading
crowded()
{
	alone && want c "set sndbufforce 1000000" && want c "burst 300 @1400" 300
}

# x gets "kept", and before it nothing but the crowd
until_kept()
{
	while want x message "*"; do
		case $answer in
		"4 in 1: kept") return 0 ;;
		"1400 in "*": pattern") ;;
		*) break ;;
		esac
	done
	diag "x: $answer"
	return 1
}

# SCTP notices when it would be its turn
unsent()
{
	crowded && want c "to 0 late ttl=100" 4 && want c "to 0 kept" 4 && want c "sleep 500" &&
		until_kept && abandoned "sent=0 abandoned late" &&
		want c info "* lost=0 * abandoned=1 *" && on 1 rspctl session show | grep -q "abandoned 1 "
}

# Nobody is told of it within a message
unsent_reading()
{
	crowded && want x "send hello!" 6 && want c "recv 2" "2 part: he" &&
		want c "to 0 late ttl=100" 4 && want c "to 0 kept" 4 && want c "sleep 500" &&
		until_kept && want c "sleep 100" && want c recv "4 eor: llo!" &&
		want c "poll in 2000" in && abandoned "sent=0 abandoned late"
}

# Each of its pieces, which come back as one message
unsent_pieces()
{
	crowded && want c "to 0 @9000 ttl=100" 9000 && want c "to 0 kept" 4 && want c "sleep 500" &&
		until_kept && abandoned "sent=0 abandoned pattern" && want c info "* lost=0 * abandoned=1 *"
}

# taken PEER COMMAND OCTETS
taken()
{
	peer "$1" "$2" && [ "$answer" = "$3" ]
}

# What is more important has a place, what is less has to make room.  SCTP begins with what is
# on the wire, which makes none yet, so that it takes more than one call.
displaces()
{
	local sent came=0

	alone && want c "prinfo prio 9" && peer c "fill @1400" && sent=${answer% EAGAIN} &&
		same sent "$sent" "+([0-9])" && want c "to 0 more prio=9 dontwait" EAGAIN &&
		want c "to 0 more prio=10 dontwait" EAGAIN &&
		wait_for 10 taken c "to 0 kept prio=1 dontwait" 4 || return
	while want x message "*" && [ "$answer" != "4 in 1: kept" ]; do
		same "x" "$answer" "1400 in *" && came=$((came + 1)) || return
	done
	same "made room" $((came < sent)) 1
}

# ---- in a failover -----------------------------------------------------------------

# Of those on the wire only what is worth it goes to the next server, in its order
failover()
{
	local rc=0

	session && want c "set replay unacked" && want c "send first" 5 &&
		want x recv "5 eor: first" || return
	cut_while 2 c "to 0 m1" "to 0 m2 ttl=1" "to 0 m3 ttl=60000" "to 0 m4 rtx=5" "to 0 m5" \
		"to 0 m6 ttl=60000" "to 0 m7 prio=1" "to 0 m8" || rc=1
	want y accept && abandoned "sent=1 abandoned m2" && abandoned "sent=1 abandoned m4" &&
		abandoned "sent=1 abandoned m7" && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * replayed=5 lost=0 *" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want y recv "2 eor: m1" && want y recv "2 eor: m3" &&
		want y recv "2 eor: m5" && want y recv "2 eor: m6" && want y recv "2 eor: m8" &&
		counted c 3 && want c "send end" 3 && want y recv "3 eor: end"
}

# RSP_REPLAY says the rest: without it only what was never on the wire goes on
failover_unsent()
{
	local i replayed lost=0 late=0 rc=0

	session && want c "set sndbuf 400000" || return
	cut_while 2 c "burst 60 @1400" "to 0 late ttl=1" "to 0 tail rtx=0" "to 0 last ttl=60000" || rc=1
	want y accept || rc=1
	while [ "$rc" = 0 ] && want c "poll in 5000" in && want c recv "*"; do
		case $answer in
		failover*) break ;;
		send-failed*" options=0 sent=1 pattern") lost=$((lost + 1)) ;;
		send-failed*" options=0 sent=0 abandoned late") late=$((late + 1)) ;;
		*) diag "c: $answer"; rc=1 ;;
		esac
	done
	join_link 2
	replayed=$(field replayed)
	same "late" "$late" 1 && same "lost" "$lost" "$(field lost)" &&
		same "all of them" $((lost + replayed)) 62 || rc=1
	for ((i = 2; i < replayed && rc == 0; i++)); do
		want y recv "1400 eor: pattern" || rc=1
	done
	[ "$rc" = 0 ] && want y recv "4 eor: tail" && want y recv "4 eor: last" && counted c 1
}

# As often as a failover needs, a lifetime is one
failover_twice()
{
	local rc=0

	session && want c "set replay unacked" || return
	cut_while 2 c "to 0 brief ttl=2000" "to 0 long ttl=60000" || rc=1
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * replayed=2 lost=0 *" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want y recv "5 eor: brief" && want y recv "4 eor: long" && counted c 0
}

# Between two servers a message waits, but not for ever
away()
{
	many && want c "sendto hello pool" 5 && want x accept && want x recv "5 eor: hello" || return
	peer_end x
	want c "sleep 500" && want c "sendto brief ttl=200 pool" 5 && want c "sendto long ttl=60000 pool" 4 &&
		want c "sendto plain pool" 5 && want c "sleep 300" && element y 2 && want y accept &&
		want y recv "4 eor: long" && want y recv "5 eor: plain" &&
		want c "poll in 5000" in &&
		want c recvfrom "session=* send-failed session=* options=0 sent=0 abandoned brief" || return
	counted "c" 0 && peer c recvfrom && counted_in "$(field session)" 1
}

counted_in()
{
	want c "info $1" "* abandoned=$2 *"
}

# What is held back for the program's sake expires, too
held()
{
	local rc=0

	session && want c "set replay unacked" && want c "set mode hold" || return
	cut_while 2 c "to 0 brief ttl=3000" "to 0 long ttl=60000" || rc=1
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * replayed=2 lost=0 * turn=release" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want c "sleep 3000" && want c release && want y recv "4 eor: long" &&
		abandoned "sent=1 abandoned brief" && want c info "* replayed=1 * abandoned=1 *"
}

# SCTP gets what is left of a lifetime, not all of it once more
left_over()
{
	local rc=0

	patient && setting_fast 1 && session && want c "set replay unacked" &&
		want c "set mode hold" || return
	patient
	cut_while 2 c "to 0 brief ttl=6000" "to 0 long ttl=60000" || rc=1
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=timeout * replayed=2 lost=0 * turn=release" || rc=1
	join_link 2
	[ "$rc" = 0 ] && want c "sleep 4000" && lossy 1 && want c release && want c "sleep 2000" || rc=1
	lossless 1
	hasty
	[ "$rc" = 0 ] && want c "send end" 3 && want y recv "4 eor: long" && want y recv "3 eor: end" &&
		want c info "* failovers=1 *"
}

# ---- what is reliable in any case ------------------------------------------------------

cookie()
{
	local rc=0

	patient && alone && want x "prinfo ttl 20" && lossy 2 || return
	want x "cookie state" && want x "send gone" 4 && want x "sleep 300" || rc=1
	lossless 2
	hasty
	[ "$rc" = 0 ] && want x "to 0 here reliable=0" 4 && want c recv "4 eor: here" &&
		want c getcookie "5 state"
}

# One of the two knows no such thing: nothing is given up, but a failover keeps to it
switched_off()
{
	local rc=0

	on 2 sysctl -qw net.sctp.prsctp_enable=0
	reliable ttl=50 && session && want c "set replay unacked" || rc=1
	[ "$rc" = 0 ] && { cut_while 2 c "to 0 m1 ttl=1" "to 0 m2" || rc=1; }
	[ "$rc" = 0 ] && want y accept && abandoned "sent=1 abandoned m1" &&
		want y recv "2 eor: m2" || rc=1
	join_link 2
	on 2 sysctl -qw net.sctp.prsctp_enable=1
	return "$rc"
}

# ---- the default ---------------------------------------------------------------------------

default()
{
	patient && alone && want c getprinfo reliable=0 && want c "prinfo ttl 50" && want c getprinfo ttl=50 &&
		want c "prinfo reliable 7" && want c getprinfo reliable=0 || return
	want c "prinfo ttl 0" EINVAL && want c getprinfo reliable=0 || return
	lossy 1 || return
	want c "prinfo ttl 50" && want c "send one" 3 && want c "to 0 two reliable=0" 3 &&
		want c "to 0 three ttl=60000" 5 && want c "sleep 300"
	local rc=$?
	lossless 1
	hasty
	[ "$rc" = 0 ] && want x recv "3 eor: two" && want x recv "5 eor: three"
}

# Sessions of a listener have it from there, those of one-to-many sockets ask for it each time
inherited()
{
	running x || peer_start x 2
	want c reset && want x reset && want y reset && want x socket && want x "prinfo ttl 70" &&
		want x "set nxtinfo 1" && want x "bind pool id=1" && wait_for 10 listens x &&
		want c socket && want c "connect pool" && want x accept && want x getprinfo ttl=70 &&
		want x "get nxtinfo" 1
}

# What a one-to-many socket has at that time goes with a session that leaves it
peeled()
{
	many && want c "sendto hello pool" 5 && want x accept && want x "send back" 4 &&
		want c "prinfo ttl 80" && want c "set nxtinfo 1" && want c "poll in 5000" in &&
		want c recvfrom "session=!(0) * 4 eor: back" || return
	want c "peeloff $(field session)" && want c getprinfo ttl=80 && want c "get nxtinfo" 1
}

# ---- RSP_CMSG_NXTINFO ------------------------------------------------------------------------

all_came()
{
	peer "$1" inq && [ "$answer" = "$2" ]
}

next()
{
	alone && want c "set nxtinfo 1" && want x "send one" 3 && want x "send second" 6 &&
		want x "to 0 third options=0x1000" 5 || return
	want c "poll in 5000" in && want c "sleep 300" &&
		want c recvfrom "session=0 * from=/0 next=6,session=!(0),pe=1,stream=0,ppid=0,complete 3 eor: one" &&
		want c recvfrom "* next=5,*,unordered,complete 6 eor: second" && want c recvfrom "*/0 5 eor: third" ||
		return
	# unordered ones may overtake
	want x "to 0 u options=0x1000" 1 && want x "send last" 4 && want c "sleep 300" &&
		want c "recvfrom" "* next=4,session=*,pe=1,stream=0,ppid=0,complete 1 eor: u" &&
		want c recvfrom "*/0 4 eor: last"
}

# The rest of a message is next; not without the option, or the room; and what is looked at
next_rest()
{
	alone && want x "send message" 7 && want x "send next!" 5 && want c "poll in 5000" in &&
		want c "sleep 300" && want c "recvfrom 3" "*/0 3 part: mes" &&
		want c "set nxtinfo 1" && want c "recvfrom 1" "*/0 next=3,*,complete 1 part: s" &&
		want c "recvfrom 1 peek" "*/0 next=3,* 1 part: a" &&
		want c "recvfrom 2" "*/0 next=1,* 2 part: ag" &&
		want c "recvfrom 9" "*/0 next=5,* 1 eor: e" && want c recvfrom "*/0 5 eor: next!"
}

next_notification()
{
	session && want c "set nxtinfo 1" && want x "send one" 3 && want x "send two" 3 &&
		want c "poll in 5000" in && want c "sleep 300" || return
	peer_end x
	want y accept && want c "sleep 300" && want y "send three" 5 && want c "sleep 300" &&
		want c recvfrom "* next=3,*,pe=1,*,complete 3 eor: one" &&
		want c recvfrom "* next=*,notification 3 eor: two" &&
		want c recvfrom "* next=5,*,pe=2,* failover *" && want c recvfrom "*/0 5 eor: three"
}

# Whichever session it is of
next_of_many()
{
	local first

	running x || peer_start x 2
	element x 1 && element y 2 && want c reset && want c "socket seqpacket" &&
		want c "set nxtinfo 1" && want c "sendto hello pool id=1" 5 && want x accept &&
		want c "sendto hello pool id=2" 5 && want y accept || return
	want x "send one" 3 && want y "send second" 6 && want c "sleep 300" && peer c recvfrom || return
	same "first" "$answer" "session=* pe=@(1|2) * next=@(3|6),session=*,pe=@(1|2),*,complete @(3|6) eor: *" || return
	first=${answer#*,session=} first=${first%%,*}
	same "next" "$answer" "!(*pe=1 *next=3*|*pe=2 *next=6*)" &&
		want c recvfrom "session=$first pe=* from=pool/@(1|2) @(3|6) eor: *"
}

check "lost, and nothing said: it arrives later" reliable
check "RSP_PR_TTL: expires on its way" given_up ttl=50
check "RSP_PR_TTL: does not expire" reliable ttl=60000
check "RSP_PR_RTX: was sent often enough" given_up rtx=1
check "RSP_PR_RTX: may be sent again" reliable rtx=1000
check "RSP_PR_TTL with MSG_MORE" more_to_come
check "RSP_PR_TTL of a server's message" of_server
check "RSP_PR_TTL: expires before there is room" unsent
check "... of which nobody is told within a message" unsent_reading
check "RSP_PR_TTL: a message of many pieces expires" unsent_pieces
check "RSP_PR_PRIO: makes room" displaces
check "failover: what is abandoned does not go to the next server" failover
check "failover: unsent ones" failover_unsent
check "failover: a lifetime goes on" failover_twice
check "one-to-many, no server: a lifetime goes on" away
check "RSP_MODE_HOLD: a lifetime goes on" held
check "RSP_MODE_HOLD: what is left of a lifetime" left_over
check "cookies are reliable" cookie
check "a peer without the extension" switched_off
check "RSP_DEFAULT_PRINFO" default
check "RSP_DEFAULT_PRINFO, RSP_RECVNXTINFO: inherited" inherited
check "RSP_DEFAULT_PRINFO, RSP_RECVNXTINFO: peeled off" peeled
check "RSP_CMSG_NXTINFO" next
check "RSP_CMSG_NXTINFO: the rest of a message" next_rest
check "RSP_CMSG_NXTINFO: a notification" next_notification
check "RSP_CMSG_NXTINFO: one-to-many" next_of_many
finish
