#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The serving process is killed many times in a row; the counting client never
# reopens its socket and must lose or repeat nothing, and memory must not grow.
# RSP_SOAK_KILLS: how often (200).

. "$(dirname "$0")/lib.sh"

KILLS=${RSP_SOAK_KILLS:-200}

setup_hosts 4
rspd_start 1
for host in 2 3 4; do
	registrar_add $host 1
	setting $host stale_cache_ms=0 negative_cache_ms=0
done

# Server N has the PE identifier N, on host 2 or 3.
server()
{
	start "server$1" $((2 + $1 % 2)) counter-server --pe-id "$1"
	wait_said "server$1" '^pool counter'
}

slab_kb()
{
	awk '/^Slab:/ { print $2 }' /proc/meminfo
}

# Objects of SCTP in the client's namespace
associations()
{
	on 4 tail -n +2 /proc/net/sctp/assocs | wc -l
}

failovers()
{
	local n

	n=$(grep -c failover "$TMP/client.log")
	echo "${n:-0}"
}

moved()
{
	[ "$(failovers)" -ge "$1" ] || ! running client
}

# Kill whoever serves and start it again
kill_one()
{
	local id

	id=$(sed -n 's/.*PE 0x[0-9a-f]* -> 0x\([0-9a-f]*\).*/\1/p
		s/.*connected.*PE 0x//p' "$TMP/client.log" | tail -n 1)
	id=$((16#$id))
	stop "server$id" KILL && wait_for 10 moved "$1" && running client &&
		server "$id"
}

kills()
{
	local i

	for ((i = 1; i <= KILLS; i++)); do
		kill_one "$i" || return
		# After some rounds everything has its size
		[ "$i" != $((KILLS / 4)) ] || slab=$(slab_kb)
	done
}

no_gap()
{
	stop client INT
	wait_said client "failovers, .*: no gap, no repeat" 5 &&
		diag "$(tail -n 1 "$TMP/client.log")" && ! said client WRONG
}

all_seen()
{
	same failovers "$(failovers)" "$KILLS"
}

flat()
{
	local grown=$(($(slab_kb) - slab))

	diag "slab grew by $grown KiB over $((KILLS - KILLS / 4)) failovers"
	[ "$grown" -lt 2048 ]
}

no_leak()
{
	[ "$(associations)" = 0 ]
}

server 1
server 2
server 3
start client 4 counter-client --interval 1
wait_said client connected
check "$KILLS kills in a row, the socket is never reopened [REQ-01 ASAP-CKI-03]" kills
check "each was one failover" all_seen
check "memory is flat" flat
check "no count lost, none repeated [ASAP-CKI-09 ASAP-CKI-10]" no_gap
check "no association is left" wait_for 5 no_leak
finish
