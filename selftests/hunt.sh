#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The hunt for a home registrar.  Hosts 1 and 2 have the registrars a and b, 3 the server s,
# 4 the client c, 5 the server t.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 5
setting_fast 3
peer_start a 1 "rsp_registrar -"
peer_start b 2 "rsp_registrar -"
peer_start s 3
peer_start t 5
# The one that hunts
HOST=3 PE=s
want a "listen 10.77.0.1" && want b "listen 10.77.0.2"
# No announcements here
for host in 3 4 5; do
	on "$host" rspctl group del 224.0.1.185
	on "$host" rspctl group del ff05::133
done

only()
{
	local address

	want "$PE" reset && want a forget && want b forget || return
	for address in $(on "$HOST" rspctl registrar show | awk '{ print $2 ":" $4 }'); do
		on "$HOST" rspctl registrar del "${address%:*}" port "${address##*:}" || return
	done
	for address; do
		on "$HOST" rspctl registrar add "${address%:*}" port "${address##*:}" || return
	done
}

home_is()
{
	on "$HOST" rspctl registrar show | grep -q "^address $1 .* up home "
}

element()
{
	want "$PE" socket && want "$PE" "bind hunt id=$1" && want "$PE" listen
}

peers()
{
	peer "$1" peers && echo "$answer"
}

quiet()
{
	[ "$(peers a)" = "${1%:*}" ] && [ "$(peers b)" = "${1#*:}" ]
}

one_wins()
{
	only 10.77.0.1:3863 10.77.0.2:3863 && wait_for 5 quiet 0:0 && element 1 || return
	if home_is 10.77.0.1; then
		wait_for 5 quiet 1:0
	else
		home_is 10.77.0.2 && wait_for 5 quiet 0:1
	fi
}

# Who refuses is not waited for
refused()
{
	local start

	only 10.77.0.4:1001 10.77.0.4:1002 10.77.0.4:1003 10.77.0.4:1004 10.77.0.4:1005 \
		10.77.0.4:1006 10.77.0.1:3863 || return
	start=$(now_ms)
	element 2 && home_is 10.77.0.1 && [ $(($(now_ms) - start)) -lt $((500 * SLOW)) ]
}

# Twenty times at random
spread()
{
	local i first=0

	for i in {1..20}; do
		only 10.77.0.1:3863 10.77.0.2:3863 && element 3 || return
		! home_is 10.77.0.1 || first=$((first + 1))
	done
	diag "the first one $first times of 20"
	[ "$first" -gt 0 ] && [ "$first" -lt 20 ]
}

# rise ATTEMPTS ENDS: since the hunt began
rise()
{
	same attempts $(($(counter 5 HuntAttempts) - ATTEMPTS)) "$1" &&
		same "ends of T5" $(($(counter 5 HuntTimeout) - ENDS)) "$2"
}

connecting()
{
	on 5 rspctl registrar show | grep -c ' connecting '
}

# Whom a round asks, of whom none was asked in the one before
others()
{
	local round

	round=$(on 5 rspctl registrar show | awk '/ connecting / { print $2 }' | sort)
	diag "asks ${round//$'\n'/, }"
	[ -z "$(comm -12 <(echo "$ASKED") <(echo "$round"))" ] && ASKED=$round
}

# Six that are not there, and nobody says so: T5 alone has others tried.  Of 10 s, 20 s, 40 s
# and twice 60 s.
t5()
{
	ATTEMPTS=$(counter 5 HuntAttempts) ENDS=$(counter 5 HuntTimeout) ASKED=
	want t "socket nonblock" && want t "bind hunt id=4" && want t listen &&
		sleep 9 && rise 3 0 && same connecting "$(connecting)" 3 && others &&
		sleep 2 && rise 6 1 && same connecting "$(connecting)" 3 && others &&
		sleep 18 && rise 6 1 && sleep 2 && rise 9 2 &&
		sleep 38 && rise 9 2 && sleep 2 && rise 12 3 &&
		sleep 58 && rise 12 3 && sleep 2 && rise 15 4 &&
		sleep 57 && rise 15 4 && sleep 3 && rise 18 5 || return
	# Success sets it back
	registrar_add 5 1 && tell a "expect registration 70000" && hear a 80 &&
		same registration "$answer" "registration * pe=4 *" || return
	on 5 rspctl registrar del 10.77.0.1
	sleep 1
	ATTEMPTS=$(counter 5 HuntAttempts) ENDS=$(counter 5 HuntTimeout)
	sleep 7 && rise 0 0 && sleep 3 && rise 3 1
}

t5_default()
{
	local rc=0

	# They hold for the first association already
	setting 5 connect_timeout_ms=3600000 sctp_max_retrans=100 sctp_rto_max_ms=60000
	HOST=5 PE=t
	only 10.77.0.101:3863 10.77.0.102:3863 10.77.0.103:3863 10.77.0.104:3863 \
		10.77.0.105:3863 10.77.0.106:3863 && t5 || rc=1
	want t reset
	HOST=3 PE=s
	return "$rc"
}

registered()
{
	[ "$(on 3 rspctl pe show | grep -c ' registered ')" = "$1" ]
}

talks()
{
	want c "send ping" 4 && want s recv "4 eor: ping" && want s "send pong" 4 &&
		want c recv "4 eor: pong" && want c info "state=established * failovers=0 *"
}

# Fifty elements, a session, and five minutes without any registrar, by which any pause that
# doubles is long
all_lost()
{
	local i rc=0

	only 10.77.0.1:3863 && want s socket && want s "bind hunt id=100" || return
	peer_end a KILL
	rspd_start 1 --id=101 || return
	registrar_add 4 1 && setting 4 stale_cache_ms=0 negative_cache_ms=0
	want s listen && want c socket && want c "connect hunt" && want s accept || rc=1
	for i in {1..49}; do
		want s socket && want s "bind many id=$i" && want s listen || rc=1
	done
	want s "use 1" && talks || rc=1
	stop rspd1 KILL
	sleep 300
	registered 0 && talks || rc=1
	rspd_start 1 --id=101 || rc=1
	# The longest pause, whatever the time without one
	wait_for 5 registered 50 && talks || rc=1
	stop rspd1
	return "$rc"
}

peer_start c 4
check "one becomes home, the others are let go [ASAP-HNT-11 ASAP-HNT-15]" one_wins
check "one that refuses makes room for the next [ASAP-HNT-12]" refused
check "hosts spread over the registrars [ASAP-HNT-18]" spread
if [ -n "$TRAVELS" ]; then
	check "three at a time, for T5, which doubles [ASAP-HNT-09 ASAP-HNT-10 ASAP-HNT-13 ASAP-HNT-14]" \
		t5_default
	check "no registrar for five minutes [ASAP-HNT-08 ASAP-REG-10 REQ-05]" all_lost
fi
finish
