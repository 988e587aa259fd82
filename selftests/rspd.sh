#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The registrar dies and comes back; nobody but the administrator notices.  Host 1 has
# the server, host 2 the client.

. "$(dirname "$0")/lib.sh"

setup()
{
	# So that a remote registrar's identifier is known soon
	setup_pool 2 --keepalive-interval=0.3
	capture "rspd-$RSP_LINK"
	setting 1 stale_cache_ms=0 negative_cache_ms=0
	setting 2 t1_enrprequest_ms=500
	peer_start s 1
	peer_start c 2
}

element()
{
	want s socket && want s "event registration 1" && want s "bind $1 id=$2" &&
		want s listen && want s recv "registration registered=1 *"
}

# gives RESULT HANDLE: of connect(), once the registrar is found again
gives()
{
	peer c reset && peer c socket && peer c "connect $2" && [ "$answer" = "$1" ]
}

session()
{
	want c reset && want s reset && element pool 5 && wait_for 20 gives ok pool && want s accept
}

talks()
{
	want c "send ping" 4 && want s recv "4 eor: ping" && want s "send pong" 4 &&
		want c recv "4 eor: pong"
}

no_registrar()
{
	! has_registrar "$1"
}

named()
{
	peer s info && [ "$(field registrar)" != 0 ]
}

# A client on its own finds the pool by the registrar
found()
{
	on 2 rsp_peer 'socket; connect '"$1"' => ok' >/dev/null
}

noticed()
{
	local before ms rc=0

	# Somebody who needs it
	element first 1 && wait_for 5 has_registrar 1 && registrar_stop KILL || return
	before=$(now_ms)
	wait_for 2 no_registrar 1 || rc=1
	ms=$(($(now_ms) - before))
	registrar_start && same "milliseconds" "$ms" "@(?|??|???)" || rc=1
	return "$rc"
}

session_unharmed()
{
	session && talks && registrar_stop KILL && wait_for 2 no_registrar 1 && talks &&
		registrar_start && talks && want c info "* failovers=0 *"
}

comes_back()
{
	session && registrar_stop KILL && wait_for 2 no_registrar 1 && registrar_start &&
		wait_for 20 found pool && want s "use 0" && wait_for 10 named &&
		want s info "state=listening * pe=5 registrar=!(0) *"
}

many_come_back()
{
	local i

	want s reset || return
	for i in {1..60}; do
		element "pool$i" "$((100 + i))" || return
	done
	registrar_stop KILL && wait_for 2 no_registrar 1 && registrar_start || return
	for i in 1 30 60; do
		wait_for 20 found "pool$i" || return
	done
	for i in {0..59}; do
		want s "use $i" && want s registered || return
	done
}

started_meanwhile()
{
	want s reset && registrar_stop KILL && wait_for 2 no_registrar 1 &&
		want s "socket nonblock" && want s "event registration 1" &&
		want s "bind young id=9" && want s listen &&
		want s info "state=listening * registrar=0 *" &&
		registrar_start && want s registered && wait_for 20 found young
}

closed_meanwhile()
{
	want s reset && element old 10 && registrar_stop KILL &&
		wait_for 2 no_registrar 1 && want s close && registrar_start &&
		wait_for 20 gives ENOENT old
}

terminated()
{
	session && registrar_stop TERM && wait_for 2 no_registrar 1 && talks &&
		registrar_start && wait_for 20 found pool && talks
}

again()
{
	session || return
	for _ in 1 2 3 4 5 6; do
		registrar_stop KILL && registrar_start || return
	done
	wait_for 20 found pool && talks && want c info "* failovers=0 *"
}

failover_without()
{
	# The cache is enough to fail over
	session && peer_start s2 1 && want s2 socket && want s2 "bind pool id=6" &&
		want s2 listen || return
	setting 2 stale_cache_ms=60000
	want c socket && want c "connect pool" && want c close && want c "use 0" &&
		registrar_stop KILL && want c "event failover 1" || return
	peer_end s KILL
	peer_start s 1
	want s2 accept && want c "poll in 5000" in && want c recv "failover *" &&
		want c "send hello" 5 && want s2 recv "5 eor: hello"
	local rc=$?
	peer_end s2
	setting 2 stale_cache_ms=0
	registrar_start || rc=1
	return "$rc"
}

sent_more()
{
	[ "$(counter 1 RegistrationTx)" -ge "$1" ]
}

# A registrar that is stopped, not dead: the requests given up must not leave
# the endpoint asleep for an hour
silent()
{
	local before rc=0

	setting 1 t2_registration_ms=200 max_reg_attempt=0 retran_max_ms=1000 \
		t4_reregistration_s=1
	want s reset && element pool 5 || rc=1
	kill -STOP "${PID[rspd$REGISTRAR]}"
	before=$(counter 1 RegistrationTx)
	wait_for 15 sent_more $((before + 5)) || rc=1
	kill -CONT "${PID[rspd$REGISTRAR]}"
	setting 1 t2_registration_ms=30000 max_reg_attempt=2 retran_max_ms=60000 \
		t4_reregistration_s=600
	return "$rc"
}

registrar()
{
	setup
	check "its death is noticed at once" noticed
	check "sessions do not notice it [ENRP-TKO-18]" session_unharmed
	check "pool elements come back without the application [ASAP-REG-10 REQ-01]" comes_back
	check "... sixty of them" many_come_back
	check "one that began in between is registered" started_meanwhile
	check "one that ended in between is not" closed_meanwhile
	check "SIGTERM is no different" terminated
	check "six deaths in a row" again
	check "a silent one is asked again and again [ASAP-REG-16]" silent
	check "a failover needs no registrar while the cache lasts" failover_without
}

over_links registrar
finish
