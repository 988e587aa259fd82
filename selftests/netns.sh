#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A network namespace goes away with sessions, listeners and a registered rspd in
# it: within seconds, whatever its peers do.  A namespace is known to be gone
# when its device is: the other end is a port of the switch.

. "$(dirname "$0")/lib.sh"

gone_host()
{
	! ip -n "$NET-0" link show "port$1" >/dev/null 2>&1
}

# remove HOST NAME...: kill its programs, delete it, and wait until it is gone
remove()
{
	local host=$1 name
	shift

	ip netns del "$NET-$host" || return
	for name; do
		if [ -n "${PEER_IN[$name]:-}" ]; then
			peer_end "$name" KILL
		else
			stop "$name" KILL
		fi
	done
	wait_for 5 gone_host "$host"
}

joins()
{
	peer c reset && peer c socket && peer c "connect pool" && [ "$answer" = ok ]
}

# Host 1: registrar; 2: server s; 3: client c; with a session
setup()
{
	local host

	for host in 1 2 3; do
		gone_host "$host" && { host_add "$host" || return; }
	done
	running rspd1 || rspd_start 1 || return
	for host in 2 3; do
		registrar_add "$host" 1 2>/dev/null
		setting_fast "$host"
		setting "$host" stale_cache_ms=0 negative_cache_ms=0
	done
	running s || peer_start s 2
	running c || peer_start c 3
	# It may still have to notice that the registrar is another one
	want c reset && want s reset && want s socket && want s "bind pool id=5" &&
		wait_for 20 listens s && wait_for 20 joins && want s accept && want c "send x" 1 &&
		want s recv "1 eor: x"
}

client_host()
{
	setup && remove 3 c && want s recv "@(eof|ECONNRESET)"
}

server_host()
{
	setup && want c "event failover 1" && remove 2 s && want c "poll in 300" none &&
		want c info "state=failover *" && want c "set rcvtimeo 100" &&
		want c recv EAGAIN && want c close
}

silent_peer()
{
	setup && cut_link 2 && want c "send lost" 4 && remove 3 c
	local rc=$?
	join_link 2
	return "$rc"
}

failing_over()
{
	setup && remove 2 s && want c "sleep 100" && remove 3 c
}

connecting()
{
	setup && cut_link 2 && want c "socket nonblock" && peer c "connect pool" &&
		remove 3 c
	local rc=$?
	join_link 2
	return "$rc"
}

registering()
{
	setup && cut_link 1 && want s "socket nonblock" && want s "bind other id=6" &&
		want s listen && remove 2 s
	local rc=$?
	join_link 1
	return "$rc"
}

# crowd: 30 one-to-one sessions and ten of a one-to-many socket, with one-to-many servers
crowd()
{
	local i

	setup && want c reset && want s reset || return
	for ((i = 1; i <= 10; i++)); do
		want s "socket seqpacket" && want s "bind pool$i id=$i" && want s listen || return
	done
	for ((i = 1; i <= 30; i++)); do
		want c socket && want c "connect pool$((i % 10 + 1))" && want c "send x" 1 || return
	done
	want c "socket seqpacket" || return
	for ((i = 1; i <= 10; i++)); do
		want c "sendto x pool$i" 1 || return
	done
	wait_for 5 sessions 2 40 && sessions 3 40
}

# sessions HOST NUMBER
sessions()
{
	[ "$(on "$1" rspctl session show | grep -c .)" = "$2" ]
}

crowd_of_clients()
{
	crowd && remove 3 c && wait_for 10 crowd_gone
}

# Whoever has a descriptor hears of it
crowd_gone()
{
	local i

	for ((i = 0; i < 10; i++)); do
		peer s "use $i" && peer s drain || return
	done
	sessions 2 0
}

crowd_of_servers()
{
	crowd && remove 2 s && want c "use 0" && want c "poll in 300" none && sessions 3 40 &&
		want c reset && wait_for 5 sessions 3 0
}

# In the middle of all their failovers
crowd_moves()
{
	crowd && remove 2 s && remove 3 c
}

registrar_host()
{
	setup && want s "send still" 5 && remove 1 rspd1 && want c recv "5 eor: still" &&
		want c "send here" 4 && want s recv "4 eor: here"
}

local_registrar()
{
	local rc

	host_add 4
	HOSTS=4
	rspd_start 4 && peer_start d 4 && want d socket && want d "bind lonely id=9" &&
		want d listen && want d socket &&
		want d "connect lonely" && want d "use 0" && want d accept &&
		remove 4 d rspd4
	rc=$?
	gone_host 4 || remove 4 d rspd4
	return "$rc"
}

configured_only()
{
	# Nothing but the module itself in it, with an association to the registrar
	setup && host_add 5 && HOSTS=5 && registrar_add 5 1 &&
		on 5 rsp_peer 'socket; connect pool => ok' >/dev/null &&
		remove 5
}

descriptor_holds()
{
	# It lives as long as a descriptor in another namespace does
	setup && want c "event failover 1" && want c "send a" 1 &&
		want s recv "1 eor: a" && ip netns del "$NET-3" &&
		want c "sleep 100" && want c "send b" 1 && want s recv "1 eor: b" &&
		peer_end c KILL && wait_for 5 gone_host 3
}

setup_hosts 3
check "the client's" client_host
check "the server's" server_host
check "with a peer that does not answer any more" silent_peer
check "in the middle of a failover" failing_over
check "clients' with many sessions of both kinds" crowd_of_clients
check "servers' with many sessions of both kinds" crowd_of_servers
check "... in the middle of their failovers" crowd_moves
check "in the middle of connect()" connecting
check "in the middle of a registration" registering
check "the registrar's: sessions go on" registrar_host
check "one with rspd, server and client" local_registrar
check "one with nothing but an association to the registrar" configured_only
check "not before the last descriptor is closed" descriptor_holds
finish
