#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Registrars ask for pool elements, and take them over: the ASAP endpoint is an
# endpoint, not only a client.  Host 1 has the home registrar h, 2 another one, o,
# 3 the server s; the registrars do what they are told.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 4
setting_fast 3
setting 3 t1_enrprequest_ms=1000 t2_registration_ms=1000 t3_deregistration_ms=1000
peer_start h 1 "rsp_registrar -"
peer_start o 2 "rsp_registrar -"
peer_start s 3
want h "listen 10.77.0.1" && want o "listen 10.77.0.2"
registrar_add 3 1

# The endpoint's port: that of the association with the home registrar
port()
{
	# shellcheck disable=SC2016 # awk's
	on 3 awk '$13 == 3863 { print $12 }' /proc/net/sctp/assocs | tail -n 1
}

home_is()
{
	on 3 rspctl registrar show | grep -q "^address $1 .* up home "
}

# element HANDLE ID: at the home registrar
element()
{
	want s reset && want h forget && want o forget && want s socket &&
		want s "event registration 1" && want s "bind $1 id=$2" &&
		want s listen && want h "expect registration" "registration * handle=$1 pe=$2 *"
}

# asked REGISTRAR WORDS WANTED: a keep-alive, and what comes back
asked()
{
	want "$1" "keepalive $2" && want "$1" "expect endpoint-keep-alive-ack 2000" "$3"
}

home_asks()
{
	element alpha 11 && asked h "alpha id=101" "* ppid=11 * handle=alpha pe=11" &&
		asked h "alpha id=101 pe=11" "* handle=alpha pe=11" &&
		asked h "alpha id=101 pe=12" none
}

# A new association, from port 3863, to the port of the endpoint
other_comes()
{
	want o "connect 10.77.0.3 $(port)" && asked o "alpha id=102" "* handle=alpha pe=11"
}

other_asks()
{
	element alpha 11 && other_comes && want h "none endpoint-keep-alive-ack 300" &&
		home_is 10.77.0.1 && want o abort
}

both_ask()
{
	element alpha 11 && other_comes && want h "keepalive alpha id=101" &&
		want o "keepalive alpha id=102" &&
		want h "expect endpoint-keep-alive-ack 2000" "* handle=alpha pe=11" &&
		want o "expect endpoint-keep-alive-ack 2000" "* handle=alpha pe=11" &&
		want o abort
}

each_of_pool()
{
	element alpha 11 && want s socket && want s "bind alpha id=12" && want s listen &&
		want s socket && want s "bind beta id=13" && want s listen &&
		other_comes && want o "expect endpoint-keep-alive-ack 2000" "* handle=alpha pe=12" &&
		want o "none endpoint-keep-alive-ack 300" && asked o "beta pe=13" "* handle=beta pe=13" &&
		want o abort
}

# Nothing comes back, and the association goes on
unknown_handle()
{
	local unknown

	element alpha 11 && other_comes || return
	unknown=$(counter 3 KeepAliveUnknown)
	want o "keepalive nobody id=102" && want o "keepalive alph id=102" &&
		want o "keepalive alpha id=102 pe=99" && want o "none endpoint-keep-alive-ack 500" &&
		want o "none error 100" &&
		same KeepAliveUnknown "$(counter 3 KeepAliveUnknown)" $((unknown + 3)) &&
		asked o "alpha id=102" "* handle=alpha pe=11" && want o abort
}

wrong_ppid()
{
	local bad

	element alpha 11 && other_comes || return
	bad=$(counter 3 AsapRxBadPpid)
	want o "keepalive alpha ppid=0" && want o "keepalive alpha ppid=12" &&
		want o "none endpoint-keep-alive-ack 500" &&
		same AsapRxBadPpid "$(counter 3 AsapRxBadPpid)" $((bad + 2)) && want o abort
}

adopts()
{
	local rc=0

	element alpha 11 && other_comes && asked o "alpha home id=102" "* handle=alpha pe=11" &&
		want o "expect registration" "registration * handle=alpha pe=11 *" &&
		wait_for 5 home_is 10.77.0.2 && wait_for 5 registrar_of_s 102 || rc=1
	# From here on it is asked, and gets the de-registration
	want s reset && want o "expect deregistration" "deregistration * handle=alpha pe=11" || rc=1
	want o abort && wait_for 5 home_lost || rc=1
	return "$rc"
}

registrar_of_s()
{
	peer s info && [ "$(field registrar)" = "$1" ]
}

home_lost()
{
	! home_is 10.77.0.2
}

dead_home()
{
	local rc=0

	element alpha 11 || return
	peer_end h KILL
	want o "connect 10.77.0.3 $PORT" && asked o "alpha home id=102" "* pe=11" &&
		want o "expect registration" "registration * handle=alpha pe=11 *" &&
		wait_for 5 home_is 10.77.0.2 || rc=1
	# The other one goes, too
	peer_start h 1 "rsp_registrar -"
	want h "listen 10.77.0.1" || rc=1
	want o abort || rc=1
	want h "expect registration 20000" "registration * handle=alpha pe=11 *" &&
		wait_for 5 home_is 10.77.0.1 || rc=1
	return "$rc"
}

# A registrar that asks all the time keeps nobody from the answer to the home
flood()
{
	local limited

	element alpha 11 && other_comes || return
	limited=$(counter 3 KeepAliveLimited)
	want o "keepalive alpha id=102 times=1000" && asked h "alpha id=101" "* handle=alpha pe=11" &&
		want o forget && [ "$(counter 3 KeepAliveLimited)" -gt "$limited" ] &&
		peer o "count endpoint-keep-alive-ack" && [ "$answer" -lt 100 ] && want o abort
}

slab_kb()
{
	awk '/^Slab:/ { print $2 }' /proc/meminfo
}

# Checkers take their time, and look for lost memory themselves
FLOOD=100000
[ -z "$CHECKERS" ] || FLOOD=20000

# Slab memory may grow by so much, in kB: KASAN keeps what was freed, in a 32nd of all memory
room()
{
	local kb=2048

	[ -z "$CHECKERS" ] || kb=$((kb + $(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) / 32))
	echo "$kb"
}

# poured REGISTRAR COMMAND [ANSWER]: FLOOD messages at once; memory is what it was, and whoever
# asks is answered
poured()
{
	local before after

	before=$(slab_kb)
	PATIENCE=500
	want "$1" "$2 times=$FLOOD" "${3:-ok}" || return
	PATIENCE=15
	asked h "alpha id=101" "* handle=alpha pe=11" && want "$1" forget && want h forget &&
		sleep 1 || return
	after=$(slab_kb)
	diag "slab before and after: $before $after kB"
	[ $((after - before)) -lt "$(room)" ] && home_is 10.77.0.1
}

# Of one that came, which may send 5000 in a second, and of the home itself
many_asked()
{
	local limited

	element alpha 11 && other_comes && limited=$(counter 3 KeepAliveLimited) &&
		poured o "keepalive alpha id=102 rate=4000" &&
		asked o "alpha id=102" "* handle=alpha pe=11" &&
		poured h "keepalive alpha id=101" || return
	[ "$(counter 3 KeepAliveLimited)" -ge $((limited + FLOOD)) ] && want o abort
}

# As fast as it can: it is turned out if that is too fast
many_at_once()
{
	local ended='@(ESRCH|EPIPE|ECONNRESET|ECONNABORTED)'

	element alpha 11 && other_comes && poured o "keepalive alpha id=102" "@(ok|$ended)" &&
		want o abort "@(ok|$ended)" && wait_for 5 other_comes && want o abort
}

# The home says what nobody asked for: registered, not registered, no such pool, and reports
# of an element, which only registrars take
many_unasked()
{
	local unexpected handle=00090009616c706861000000 id=000e00080000000b other=000e00080000000c

	element alpha 11 && unexpected=$(counter 3 AsapRxUnexpected) &&
		poured h "raw 03000018$handle$id" && poured h "raw 04000018$handle$other" &&
		poured h "raw 06000010$handle" && poured h "raw 09000018$handle$id" &&
		wait_for 5 registrar_of_s 101 || return
	[ "$(counter 3 AsapRxUnexpected)" -ge $((unexpected + 3 * FLOOD)) ]
}

# Its de-registration is news of the end of its life, and it registers again: after a second
many_expired()
{
	local begin before seconds

	element alpha 11 && peer h "count registration" && before=$answer || return
	begin=$(now_ms)
	poured h "raw 0400001800090009616c706861000000000e00080000000b" &&
		wait_for 5 registrar_of_s 101 && peer h "count registration" || return
	seconds=$((($(now_ms) - begin) / 1000))
	diag "$((answer - before)) registrations in $seconds s"
	[ "$answer" -gt "$before" ] && [ "$answer" -le $((before + seconds + 2)) ]
}

left()
{
	peer "$1" peers && [ "$answer" -le "$2" ]
}

# What is of no use ends the association, and only that
useless()
{
	local before

	element alpha 11 && other_comes && peer o peers || return
	before=$answer
	want o "raw 0b000004 times=100" && wait_for 5 left o $((before - 1)) &&
		asked h "alpha id=101" "* handle=alpha pe=11" && home_is 10.77.0.1
}

# Longer than any message can be, or than there is room for: dropped as a whole
too_long()
{
	local before pad

	element alpha 11 || return
	for pad in 65532 70000 99000; do
		before=$(counter 3 AsapRxMalformed)
		want h "raw 0b00ffff pad=$pad" && asked h "alpha id=101" "* handle=alpha pe=11" &&
			same "malformed" "$(counter 3 AsapRxMalformed)" $((before + 1)) &&
			home_is 10.77.0.1 || return
	done
}

# More associations than one host may have, and more than there may be in all
crowd()
{
	local i port rc=0

	element alpha 11 && port=$(port) || return
	for i in {1..12}; do
		start "crowd$i" 4 rsp_registrar "listen 10.77.0.4 $((5000 + i))" \
			"connect 10.77.0.3 $port" "keepalive alpha" \
			"expect endpoint-keep-alive-ack 3000" "none error 3000"
	done
	for i in {1..12}; do
		wait_said "crowd$i" "^expect" 10 || rc=1
	done
	same answered "$(cat "$TMP"/crowd*.log | grep -c 'handle=alpha pe=11')" 4 || rc=1
	asked h "alpha id=101" "* handle=alpha pe=11" || rc=1
	for i in {1..12}; do
		stop "crowd$i" KILL
	done
	return "$rc"
}

# Half a minute, unless it asks for somebody
idle_guest()
{
	local before

	element alpha 11 && want o "connect 10.77.0.3 $(port)" && peer o peers || return
	before=$answer
	sleep 28
	want o peers "$before" && sleep 2.2 && wait_for 1 left o $((before - 1))
}

check "the home's keep-alive is acknowledged [ASAP-KAL-01 ASAP-KAL-03 ASAP-KAL-06]" home_asks
PORT=$(port)
check "another registrar's, on its own association [ASAP-KAL-01 ASAP-KAL-04]" other_asks
check "two at a time, each gets its own answer [ASAP-KAL-04]" both_ask
check "each element of the pool answers [ASAP-KAL-06]" each_of_pool
check "for nobody here: silence [ASAP-KAL-02]" unknown_handle
check "only PPID 11 is ASAP [WIRE-37]" wrong_ppid
check "H=1: the sender is home from now on [ASAP-KAL-05 ASAP-HNT-15]" adopts
check "H=1 after the home's death, and home again later [ASAP-KAL-05 REQ-01]" dead_home
check "a flood of keep-alives [ASAP-KAL-11]" flood
check "... of $FLOOD, memory is flat [ASAP-KAL-11 SEC-17]" many_asked
check "... as fast as one can" many_at_once
check "... of answers to nothing, and of reports" many_unasked
check "... of the end of a registration [ASAP-REG-28]" many_expired
check "messages of no use end their association [SEC-06]" useless
check "a message that is too long disturbs none of the others [WIRE-40]" too_long
check "associations are bounded [ASAP-KAL-11]" crowd
check "an idle guest leaves" idle_guest
finish
