# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A home registrar that dies under load: what the tests with two rspd and with two of RSPLIB's
# share.  Hosts 1 and 2 have a registrar each, 3 the servers, 4 the clients.  Sourced, after
# lib.sh.  RSP_SESSIONS (100), RSP_ELEMENTS (50): how many.

sessions=${RSP_SESSIONS:-100} elements=${RSP_ELEMENTS:-50}

# home_begins [OPTION...]: of registrar_add.  All hosts have 1 as their home; 2 is named once
# they do.
home_begins()
{
	local host

	home_options=("$@")
	for host in 3 4; do
		registrar_add "$host" 1 "$@"
		setting "$host" t1_enrprequest_ms=1000 t2_registration_ms=1000 \
			connect_timeout_ms=1000
	done
	peer_start c 4
}

# registered: how many elements of host 3 have a home
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
	registrar_add 3 2 "${home_options[@]}" && registrar_add 4 2 "${home_options[@]}"
}

# kill_home NAME: of the program.  Each session has a message there and back in every 200 ms,
# and 5 s for it.
kill_home()
{
	local before ms

	tell c "traffic 40000 200 5000"
	sleep 2
	stop "$1" KILL
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

# home_dies NAME
home_dies()
{
	check "$elements servers, $sessions sessions at one home [ASAP-REG-01]" begin
	check "the home dies: no session notices, all servers move [ASAP-HNT-15 ASAP-REG-10]" \
		kill_home "$1"
	check "the other one resolves [ASAP-RES-01]" resolves
}
