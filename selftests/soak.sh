#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The serving process is killed many times in a row; the counting client never
# reopens its socket and must lose or repeat nothing, and memory must not grow.
# RSP_SOAK_KILLS: how often (200, and 40 on a kernel with checkers).

. "$(dirname "$0")/lib.sh"

KILLS=${RSP_SOAK_KILLS:-${CHECKERS:+40}}
KILLS=${KILLS:-200}

setup_pool 4

# Server N has the PE identifier N, on host 2 or 3.
server()
{
	start "server$1" $((2 + $1 % 2)) counter-server --pe-id "$1"
}

# The next line of the client that matches, into BASH_REMATCH
client_says()
{
	local line

	while read -r -t $((20 * SLOW)) -u "$says" line; do
		[[ $line =~ $1 ]] && return
		case $line in
		*WRONG*) break ;;
		esac
	done
	diag "the client said: $line"
	return 1
}

slab_kb()
{
	awk '/^Slab:/ { print $2 }' /proc/meminfo
}

# Associations of the client's host, but for the one to the registrar
associations()
{
	on 4 awk "NR > 1 && \$13 != 3863" /proc/net/sctp/assocs | wc -l
}

# Kill whoever serves and start it again; two others are there meanwhile.  Servers
# that last less than a tenth of a second would cost pauses.
kills()
{
	local i

	for ((i = 1; i <= KILLS; i++)); do
		sleep 0.15
		kill -KILL "${PID[server$serving]}" || return
		client_says '-> 0x0*([0-9a-f]+) in ([0-9.]+) ms' || return
		server "$serving"
		serving=${BASH_REMATCH[1]}
		# After some rounds everything has its size
		[ "$i" != $((KILLS / 4)) ] || slab=$(slab_kb)
	done
}

flat()
{
	local grown=$(($(slab_kb) - slab))

	diag "slab grew by $grown KiB over $((KILLS - KILLS / 4)) failovers"
	[ "$grown" -lt 2048 ]
}

no_gap()
{
	kill -INT "${PID[client]}"
	client_says '^counted to .*, ([0-9]+) failovers.*: no gap, no repeat' || return
	diag "${BASH_REMATCH[0]}"
	same failovers "${BASH_REMATCH[1]}" "$KILLS"
}

no_leak()
{
	[ "$(associations)" = 0 ]
}

for id in 1 2 3; do
	server $id
	wait_said "server$id" '^pool counter'
done
mkfifo "$TMP/says"
exec {says}<>"$TMP/says"
ip netns exec "$NET-4" counter-client --interval 1 </dev/null >"$TMP/says" 2>&1 &
PID[client]=$!
disown
client_says 'connected.*PE 0x0*([0-9a-f]+)'
serving=${BASH_REMATCH[1]}

check "$KILLS kills in a row, the socket is never reopened [REQ-01 ASAP-CKI-03]" kills
check "memory is flat" flat
check "no count lost, none repeated [ASAP-CKI-09 ASAP-CKI-10]" no_gap
check "no association is left" wait_for 5 no_leak
finish
