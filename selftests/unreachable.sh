#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Reports of servers that cannot be reached.  Host 1 has a registrar that tells what it
# gets (rsp_pusher), 2 the server x and 3 the server y, 4 the clients.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 4
peer_start r 1 "rsp_pusher sctp"
for host in 2 3 4; do
	registrar_add $host 1
	setting_fast $host
	setting $host stale_cache_ms=0 negative_cache_ms=0
done
peer_start x 2
peer_start y 3
peer_start c 4

seen()
{
	peer r seen && field "$1"
}

reports_are()
{
	[ "$(seen reports)" = "$1" ]
}

count_is()
{
	[ "$(counter 4 "$1")" = "$2" ]
}

# A registrar may not be there yet
registers()
{
	peer "$1" listen && [ "$answer" = ok ]
}

element()
{
	want "$1" socket && want "$1" "bind $2 id=$3" && wait_for 5 registers "$1"
}

# sessions N HANDLE ID: of c, all with that server
sessions()
{
	local i

	want c reset || return
	for ((i = 0; i < $1; i++)); do
		want c socket && want c "event failover 1" && want c "connect $2 id=$3" || return
	done
}

kill_x()
{
	peer_end x KILL
	peer_start x 2
}

# Ten sessions lose the server, the registrar hears of it once
once()
{
	local before joined

	want x reset && element x once 1 && want y reset && element y once 2 &&
		sessions 10 once 1 || return
	before=$(seen reports) joined=$(counter 4 UnreachableJoined)
	kill_x
	wait_for 5 count_is UnreachableJoined $((joined + 9)) &&
		wait_for 5 reports_are $((before + 1)) && same "reported" "$(seen reported)" 1 &&
		want c "poll in 5000" in && want c recv "failover * old=1 new=2 *"
}

# The same identifier, another life
another_life()
{
	local before

	want x reset && element x once 1 && sessions 2 once 1 || return
	before=$(seen reports)
	kill_x
	wait_for 5 reports_are $((before + 1)) && same "reported" "$(seen reported)" 1
}

# Nobody has ever been with them
not_before()
{
	local before

	want r "ghosts nowhere 3" && want c reset && want c socket || return
	before=$(seen reports)
	want c "connect nowhere" "E*" && sleep 0.2 && same "reports" "$(seen reports)" "$before"
}

# It is there, and says goodbye; or an administrator wants another one
not_for_others()
{
	local before id

	want x reset && element x others 1 && want y reset && element y others 2 &&
		sessions 1 others 1 && want x accept || return
	before=$(seen reports)
	peer c info && id=$(field session) && on 4 rspctl session failover "$id" &&
		want c "poll in 5000" in && want c recv "failover reason=admin *" &&
		want y accept && want y "shutdown wr" && want c recv eof && sleep 0.2 &&
		same "reports" "$(seen reports)" "$before"
}

# Thirty servers at once: 20 in a second
limited()
{
	local i before limited

	want x reset && want c reset || return
	for i in {1..30}; do
		element x "limit$i" 1 && want c socket && want c "connect limit$i" || return
	done
	# A new second for what the sessions before have used up
	sleep 1.1
	before=$(seen reports) limited=$(counter 4 UnreachableLimited)
	kill_x
	wait_for 5 reports_are $((before + 20)) &&
		wait_for 5 count_is UnreachableLimited $((limited + 10)) && want c reset
}

# There is no registrar to be told
no_registrar()
{
	local lost

	sleep 1.1
	want x reset && element x lost 1 && sessions 1 lost 1 || return
	lost=$(counter 4 UnreachableLost)
	peer_end r KILL
	wait_for 5 registrar_lost && kill_x && wait_for 5 count_is UnreachableLost $((lost + 1))
}

registrar_lost()
{
	! has_registrar 4
}

check "a report for all sessions that lose a server [ASAP-UNR-01 ASAP-UNR-02 ASAP-UNR-04]" once
check "... and one for its next life [ASAP-UNR-02]" another_life
check "none about servers that nobody was with [ASAP-UNR-03]" not_before
check "none about servers that are there [ASAP-UNR-01]" not_for_others
check "twenty in a second [ASAP-UNR-12 SEC-16]" limited
check "those that cannot be sent are counted" no_registrar
finish
