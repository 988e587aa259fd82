#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Very many sessions of one server that dies: all of them are back at another one, and
# neither a session of another pool on the same host nor the registrar waits for them.
# RSP_CROWD: how many (300).  10000 want 2 GiB.  By default so many exchange 97,000 packets a
# second for heartbeats alone, too many for an emulated processor: with RSP_CROWD_SLOW they have
# SCTP's own times (RFC 9260), and the bystander waits longer.
#
#   RSP_CROWD=10000 scripts/vm --kernel uml --mem 2048 -- selftests/many_sessions.sh
#   RSP_CROWD=10000 RSP_CROWD_SLOW=1 scripts/vm --kernel 6.1 --mem 2048 -- \
#       selftests/many_sessions.sh

. "$(dirname "$0")/lib.sh"

CROWD=${RSP_CROWD:-300}
# How long the bystander stands by, and waits for an answer at most, in ms
STANDS=$((CROWD > 1000 ? 15000 : 3000)) WAITS=$((1000 * SLOW * (${RSP_CROWD_SLOW:+4} + 1)))
# Octets of memory, both ends and SCTP's own
ROOM=40000

setup_pool 3
# Half a minute of a real machine is not to be noticed as its death
PATIENCE=300

for host in 2 3; do
	on "$host" sysctl -qw net.core.somaxconn=4096
done
for host in ${RSP_CROWD_SLOW:+1 2 3}; do
	setting "$host" sctp_rto_initial_ms=3000 sctp_rto_min_ms=1000 sctp_rto_max_ms=60000 \
		sctp_max_retrans=10 sctp_heartbeat_ms=30000 connect_timeout_ms=10000
done
# All hosts are one: what comes to any of them goes through the same queue
sysctl -qw net.core.netdev_max_backlog=50000

server_start()
{
	start "$1" "$2" rsp_crowd serve "$3" "$4" && wait_said "$1" ready 30
}

# The session's memory, both ends and SCTP's own
slab_kb()
{
	awk '/^Slab:/ { print $2 }' /proc/meminfo
}

# of_server HOST: sessions of its elements
of_server()
{
	on "$1" rspctl session show | grep -cw 'role server'
}

# Some at a time: those that the server has not accepted yet wait in its backlog
opens()
{
	local before octets left n

	before=$(slab_kb)
	for ((left = CROWD; left > 0; left -= n)); do
		n=$((left < 1000 ? left : 1000))
		want c "open crowd $n" "ok in *" && want c "ping 120000" "ok in *" || return
	done
	same "sessions at host 2" "$(of_server 2)" "$CROWD" || return
	octets=$((($(slab_kb) - before) * 1024 / CROWD))
	diag "$CROWD sessions: $octets octets of memory each, ${answer#ok in } ms for an echo of each"
	[ -n "$CHECKERS" ] || [ "$octets" -le "$ROOM" ] || same octets "$octets" "up to $ROOM"
}

# The other pool's session has an echo every 10 ms while the others move
moves()
{
	want b "open aside 1" "ok in *" && server_start second 3 crowd 2 || return
	tell b "bystand $STANDS $WAITS"
	stop first KILL
	want c "ping 120000" "ok in *" || return
	diag "$CROWD sessions moved and had an echo in ${answer#ok in } ms"
	hear b && same "the bystander" "$answer" "ok *" || return
	diag "the bystander: $answer ms"
	same "sessions at host 3" "$(of_server 3)" $((CROWD + 1)) &&
		same failovers "$(counter 1 Failovers)" "$CROWD"
}

# Who is refused, or gets no answer in time, asks again: hardly anybody is
attempts_few()
{
	local attempts

	attempts=$(counter 1 ConnectAttempts)
	diag "$((attempts - CROWD - 1)) attempts"
	[ "$attempts" -le $((3 * CROWD)) ]
}

# The registrar is told once of one dead server, not once for each session
reported_once()
{
	same reports "$(counter 1 UnreachableTx)" 1
}

has_waited()
{
	[ "$(counter 1 FailoverWaited)" -gt "$1" ]
}

all_at()
{
	[ "$(of_server "$1")" = "$CROWD" ]
}

# No word of the next server: the others are not kept for ever by those that ask it first
in_turn()
{
	local waited

	server_start first 2 crowd 1 || return
	waited=$(counter 1 FailoverWaited)
	cut_link 2
	tell c "ping 120000"
	stop second KILL
	wait_for 30 has_waited "$waited" || return
	join_link 2
	hear c && same "the crowd" "$answer" "ok in *" || return
	diag "in ${answer#ok in } ms"
	# some had their echo from the other one, right before it was killed
	wait_for 30 all_at 2
}

# Ten thousand lines say nothing
autopsy()
{
	on 1 rspctl counter show | sed 's/^/#   /'
}

server_start first 2 crowd 1 && server_start aside 3 aside 9
peer_start c 1 "rsp_crowd use"
peer_start b 1 "rsp_crowd use"
check "$CROWD sessions of one server" opens
check "it dies: all are back, nobody else waits [REQ-05]" moves
check "... by few attempts" attempts_few
check "one report of it [REQ-05 ASAP-UNR-02]" reported_once
check "so does the next one: one after the other [REQ-05]" in_turn
finish
