#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two registrars that have not seen each other for minutes: once they do, SCTP's next try is not
# far, and soon each element has one home.  Hosts 1 and 2 have them, 3 a server, 4 a client.
#
#   RSP_PARTITION_SECONDS="N..."	how long they are apart (30), for each of these

. "$(dirname "$0")/lib.sh"
needs_time

lengths=${RSP_PARTITION_SECONDS:-30}

# Times of ENRP are short, so that what is measured is SCTP's
begins()
{
	start "rspd$1" "$1" rspd --no-netlink --id=$(($1 * 1111)) --peer="10.77.0.$((3 - $1))" \
		--peer-heartbeat=1 --peer-silence=2 --peer-timeout=1 --keepalive-interval=1 \
		--keepalive-timeout=1
}

# table N: what this registrar knows: a line for each element with its home
table()
{
	on 4 rspctl peer pool "10.77.0.$1" 2>/dev/null | sed -n 's/^ *\(id [^ ]* home [^ ]*\).*/\1/p'
}

# claimed N: both elements are its own, as it sees it
claimed()
{
	[ "$(table "$1" | grep -c " home $(printf '0x%08x' $(($1 * 1111)))\$")" = 2 ]
}

both_claim()
{
	claimed 1 && claimed 2
}

one_view()
{
	local view

	view=$(table 1)
	[ "$(grep -c '^id 0x0000000[bc] ' <<<"$view")" = 2 ] && [ "$(table 2)" = "$view" ]
}

both_begin()
{
	begins 1 && wait_said rspd1 'ready, id ' 20 && begins 2 && wait_said rspd2 'ready, id ' 20 &&
		start x 3 rsp_peer "socket nonblock => ok; bind pool id=11 => ok; listen => ok" \
			"socket nonblock => ok; bind pool id=12 => ok; listen => ok" "serve echo" &&
		wait_for 10 one_view && want c socket && want c "event failover 1" &&
		want c "connect pool"
}

# hole add|del HOST OTHER: nothing goes to OTHER, by none of its addresses
hole()
{
	on "$2" ip route "$1" blackhole "10.77.0.$3/32" &&
		on "$2" ip -6 route "$1" blackhole "fd77::$3/128"
}

# apart SECONDS: in which each takes the other for dead and its elements for its own
apart()
{
	local before ms

	hole add 1 2 && hole add 2 1 && wait_for 20 both_claim && sleep "$1" && hole del 1 2 &&
		hole del 2 1 || return
	before=$(now_ms)
	wait_for 30 one_view || return
	ms=$(($(now_ms) - before))
	diag "$1 s apart, one view after $ms ms"
	# 2 s until SCTP calls, 1 s until the element is asked, and what looking takes
	[ "$ms" -le 5000 ] && want c "send hello" 5 && want c "poll in 5000" in &&
		want c recv "5 eor: hello"
}

setup_hosts 4
for host in 3 4; do
	registrar_add "$host" 1
	registrar_add "$host" 2
	setting "$host" stale_cache_ms=0 negative_cache_ms=0
done
peer_start c 4

check "two registrars and a session" both_begin
for length in $lengths; do
	check "$length s apart: one home for each element within 5 s [ENRP-AUD-03 ENRP-TKO-14]" apart "$length"
done
finish
