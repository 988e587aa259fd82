#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two of RSPLIB's registrars; the home of all dies under load.  Hosts 1 and 2 have a
# registrar each, 3 the servers, 4 the clients.
# RSP_SESSIONS (100), RSP_ELEMENTS (50): how many.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/rsplib.sh"
require_rsplib

sessions=${RSP_SESSIONS:-100} elements=${RSP_ELEMENTS:-50}
rsplib_hosts 4
# Without the sessions
capture interop-takeover "port 3863 or port 9901"
rspregistrar_start 1 0x1111 -peer=10.77.0.2:9901
rspregistrar_start 2 0x2222 -peer=10.77.0.1:9901
# All hosts have 1 as their home; 2 is named once they do
for host in 3 4; do
	registrar_add "$host" 1
	setting "$host" t1_enrprequest_ms=1000 t2_registration_ms=1000 \
		connect_timeout_ms=1000
done
peer_start c 4

# registered HOST: how many elements of host 3 have their home there
registered()
{
	on 3 rspctl pe show | grep -c ' registered home '
}

home_is()
{
	on "$1" rspctl registrar show | grep -q "^address $2 .* up home "
}

all_registered()
{
	home_is 3 "$1" && [ "$(registered)" = "$elements" ]
}

begin()
{
	local i script=()

	for ((i = 1; i <= elements; i++)); do
		script+=("socket => ok; bind pool id=$i => ok; listen => ok")
	done
	start servers 3 rsp_peer "${script[@]}" "serve echo"
	wait_for 30 all_registered 10.77.0.1 || return
	for ((i = 1; i <= sessions; i++)); do
		want c socket && want c "event failover 1" && want c "connect pool" || return
	done
	registrar_add 3 2 && registrar_add 4 2
}

# Each session has a message there and back in every 200 ms, and 5 s for it
kill_home()
{
	local before ms

	tell c "traffic 40000 200 5000"
	sleep 2
	stop rspregistrar1 KILL
	before=$(now_ms)
	wait_for 35 all_registered 10.77.0.2 || return
	ms=$(($(now_ms) - before))
	diag "$elements PEs registered at the other registrar after $ms ms, $sessions sessions"
	hear c 60 && same traffic "$answer" "errors=0 messages=+([0-9]) failovers=0 *" || return
	diag "traffic: $answer"
	same messages "$(field messages)" "+([0-9])" &&
		[ "$(field messages)" -ge $((sessions * 100)) ]
}

# What it has now is what the other registrar tells
resolves()
{
	setting 4 stale_cache_ms=0
	want c reset && want c socket && want c "connect pool" && want c getpeername "id=* pool" &&
		want c "send hello" 5 && want c recv "5 eor: hello"
}

check "$elements servers, $sessions sessions at one home [ASAP-REG-01]" begin
check "the home dies: no session notices, all servers move [ASAP-HNT-15 ASAP-REG-10]" kill_home
check "the other one resolves [ASAP-RES-01]" resolves
finish
