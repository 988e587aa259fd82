#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rspd and RSPLIB's registrar as peers.  Hosts 1 and 3 have RSPLIB's, 2 has rspd, 4 and 5
# the servers, which ask 1 and 2, and an asap_peer.
#
# RSPLIB never completes a takeover between two (requirements: ENRP-TKO-14), and does not
# send TAKEOVER_SERVER: what it should have taken over comes back by itself, which is tested
# here as what it is.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/rsplib.sh"
require_rsplib

rsplib_hosts 5
capture interop-enrp
registrar_add 4 1
registrar_add 5 2
for host in 4 5; do
	setting "$host" stale_cache_ms=0 negative_cache_ms=0 t1_enrprequest_ms=1000 \
		t2_registration_ms=1000 connect_timeout_ms=1000
done

rsplib_registrar()
{
	rspregistrar_start "$1" "0x$1$1$1$1" "${@:2}"
}

# rspd_begin [OPTION...]: of host 2, knows 1
rspd_begin()
{
	start rspd2 2 rspd --no-netlink --id=0x2222 --profile=rsplib,10.77.0.1/32 \
		--profile=rsplib,10.77.0.3/32 --peer=10.77.0.1 --keepalive-interval=1 \
		--keepalive-timeout=1 --peer-silence=6 --peer-timeout=2 "$@"
	wait_said rspd2 'ready, id ' 20
}

# resolves HOST PES: the registrar there
resolves()
{
	running "pu$1" || peer_start "pu$1" 5 asap_peer
	peer "pu$1" abort
	peer "pu$1" close
	peer "pu$1" "sctp 10.77.0.$1" && [ "$answer" = ok ] &&
		peer "pu$1" "resolve pool 100" && peer "pu$1" recv || return
	if [ "$2" = 0 ]; then
		[[ $answer = *cause=9 ]]
	else
		[[ $answer = resolved*" pes=$2 "* ]]
	fi
}

# element NAME HOST ID
element()
{
	start "$1" "$2" rsp_peer "socket => ok; bind ${4:-pool} id=$3 => ok; listen => ok" "serve echo"
}

# dumped: what rspd knows
dumped()
{
	local before

	before=$(grep -c 'connections: ' "$TMP/rspd2.log")
	kill -USR1 "${PID[rspd2]}" && wait_for 5 has_dumped $((before + 1)) || return
	dumped=$(tac "$TMP/rspd2.log" | awk '/ pools, / { exit } { print }')
}

has_dumped()
{
	[ "$(grep -c 'connections: ' "$TMP/rspd2.log")" -ge "$1" ]
}

# home ID HOME
home()
{
	dumped && grep -q "$(printf '0x%08x home 0x%08x ' "$1" "$2")" <<<"$dumped"
}

learns()
{
	rsplib_registrar 1 && wait_for 20 element_at_1 || return
	rspd_begin && home 11 0x1111 && resolves 2 1
}

element_at_1()
{
	running x || element x 4 11
	wait_for 5 resolves 1 1
}

# The life of an element is milliseconds to it: one of an RFC peer would be over in no time.
tells()
{
	element y 5 12 && wait_for 10 resolves 1 2 && wait_for 5 resolves 2 2 && home 12 0x2222 &&
		sleep 2 && resolves 1 2
}

told()
{
	stop x && wait_for 10 resolves 2 1 && element x 4 11 && wait_for 10 resolves 2 2
}

forgets()
{
	stop y && wait_for 10 resolves 1 1 && element y 5 12 && wait_for 10 resolves 1 2
}

# RSPLIB does not bear more than 32 octets: it does not get to see it.
long_handle()
{
	element z 5 13 a-pool-handle-that-is-longer-than-32-octets && wait_for 5 home 13 0x2222 &&
		sleep 3 && running rspregistrar1 && stop z
}

# Its sum is the same as ours: or else the table would be read again and again.
same_sum()
{
	dumped || return
	sums=$(sed -n 's/.*audits \([0-9]*\).*/\1/p' <<<"$dumped")
	sleep 8
	dumped && same audits "$(sed -n 's/.*audits \([0-9]*\).*/\1/p' <<<"$dumped")" "$sums"
}

# rspctl has to show that it is there, or it gets no answer.
tool()
{
	local table

	table=$(on 5 rspctl peer pool 10.77.0.1 pool) &&
		same "elements" "$(grep -c '^ .*life' <<<"$table")" 2 &&
		same "registrars" "$(on 5 rspctl peer show 10.77.0.1 | grep -c '^id')" "!(0)"
}

survives()
{
	stop rspregistrar1 KILL
	wait_for 30 home 11 0x2222 && wait_for 10 resolves 2 2
}

comes_back()
{
	rsplib_registrar 1 -peer=10.77.0.2:9901 && wait_for 20 resolves 1 2 && resolves 2 2
}

# Two of RSPLIB's and one rspd: its own takeover protocol among them
three()
{
	rsplib_registrar 3 -peer=10.77.0.1:9901 -peer=10.77.0.2:9901 &&
		wait_for 20 resolves 3 2 && resolves 2 2
}

rspd_dies()
{
	stop rspd2 KILL
	# the servers' module looks for another one; whatever RSPLIB's registrars do among
	# each other, in the end both know both
	registrar_add 5 1
	wait_for 60 resolves 1 2 && wait_for 20 resolves 3 2
}

rspd_returns()
{
	rspd_begin --peer=10.77.0.3 && wait_for 20 resolves 2 2 && resolves 1 2 && resolves 3 2
}

# Nobody has named anybody: both are in RSPLIB's group, and x's module asks 1
by_multicast()
{
	stop rspd2
	stop rspregistrar1
	stop rspregistrar3
	start rspregistrar1 1 stdbuf -oL rspregistrar -identifier=0x1111 \
		-asap=10.77.0.1:3863 -enrp=10.77.0.1:9901 -asapannounce=off -enrpannounce=auto
	wait_for 10 listens_sctp 1 3863 && wait_for 30 resolves 1 2 || return
	start rspd2 2 rspd --no-netlink --id=0x2222 --profile=rsplib --enrp-announce \
		--announce-interface=eth0 --keepalive-interval=1 --keepalive-timeout=1
	wait_said rspd2 'ready, id ' 20 && wait_said rspd2 'peer 0x00001111: active' 10 &&
		wait_for 10 resolves 2 2
}

check "rspd learns from RSPLIB's registrar [ENRP-INI-04 ENRP-INI-10 ENRP-INI-18]" learns
check "what registers at rspd is known there, and stays [ENRP-UPD-01 ENRP-UPD-04]" tells
check "what registers there is known at rspd [ENRP-UPD-05 ENRP-UPD-06]" told
check "what leaves rspd is gone there [ENRP-UPD-02]" forgets
check "a long pool handle does not end it" long_handle
check "both have the same checksums [ENRP-AUD-04 ENRP-AUD-06]" same_sum
check "rspctl peer asks it [REQ-12]" tool
check "it dies: rspd takes its elements over [ENRP-TKO-11 ENRP-TKO-14]" survives
check "it comes back and learns from rspd [ENRP-INI-06 ENRP-INI-20]" comes_back
check "two of it and one rspd know the same [ENRP-PRS-02]" three
check "rspd dies: they know all elements [ENRP-TKO-18]" rspd_dies
check "rspd comes back and learns [ENRP-INI-02]" rspd_returns
check "both find each other by multicast [ENRP-INI-03 ENRP-PRS-02]" by_multicast
finish
