#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Servers are killed many times under load, and what each of them has read is compared: with
# RSP_REPLAY_UNSENT nothing comes twice, with RSP_REPLAY_UNACKED nothing is missing that SCTP
# had not acknowledged, and both keep the order.  RSP_SOAK_KILLS: how often for each (30; 9
# where time does not pass by itself, or with checkers).
#
# What SCTP had acknowledged and the dead server had not read is gone, so a kill alone cannot
# say whether what is missing may be.  Of three kills the first one is just that.  Before the
# second one the server's acknowledgements are cut off, before the third one the messages to it;
# then the server has read all there is, and all that was acknowledged is known to be read.

. "$(dirname "$0")/lib.sh"
needs_time

KILLS=${RSP_SOAK_KILLS:-${CHECKERS:+9}}
KILLS=${KILLS:-${TRAVELS:+30}}
KILLS=${KILLS:-9}

setup_pool 4

# server ID: on host 2 or 3; its life becomes $life and LIFE[ID]
declare -A LIFE
lives=0
server()
{
	lives=$((lives + 1))
	LIFE[$1]="life$lives"
	ip netns exec "$NET-$((2 + $1 % 2))" rsp_stream take pool "$1" \
		>"$TMP/life$lives.got" 2>"$TMP/life$lives.log" &
	PID[life$lives]=$!
	disown
}

sender_says()
{
	local line

	while read -r -t $((20 * SLOW)) -u "$says" line; do
		[[ $line =~ $1 ]] && return
	done
	diag "the sender said: $line"
	return 1
}

size_of()
{
	stat -c %s "$TMP/$1.got"
}

# has_more LIFE SIZE: it has read more than that
has_more()
{
	[ "$(size_of "$1")" -gt "$2" ]
}

# Nothing has come for a while
is_still()
{
	local before

	before=$(size_of "$1")
	sleep 0.05
	[ "$(size_of "$1")" = "$before" ]
}

# cut_off ID KIND: 1: its acknowledgements, 2: what is sent to it; restore: none any more.
# Over IPv4 and IPv6: what is not acknowledged on one path SCTP sends again on the other one.
cut_off()
{
	local port table

	port=$(on $((2 + $1 % 2)) rspctl pe show | grep "id 0x0*$1 " |
		sed -n 's/.* port \([0-9]*\) .*/\1/p')
	for table in iptables ip6tables; do
		if [ "$2" = 1 ]; then
			on 4 "$table" -A INPUT -p sctp -m sctp --sport "$port" \
				--chunk-types any SACK -j DROP
		else
			on 4 "$table" -A OUTPUT -p sctp -m sctp --dport "$port" \
				--chunk-types any DATA -j DROP
		fi || return
	done
	wait_for 10 is_still "${LIFE[$1]}"
}

restore()
{
	on 4 iptables -F && on 4 ip6tables -F
}

# One after the other: the kind of each kill, what the kernel says is lost, and whose turn it was
kills()
{
	local i kind life

	: >"$TMP/kills"
	for ((i = 1; i <= KILLS; i++)); do
		kind=$((i % 3)) life=${LIFE[$serving]}
		wait_for 10 has_more "$life" 40 || return
		[ "$kind" = 0 ] || cut_off "$serving" "$kind" || return
		kill -KILL "${PID[$life]}" || return
		sender_says '^failover .* new=([0-9]+) replayed=[0-9]+ lost=([0-9]+)' || return
		[ "$kind" = 0 ] || restore
		echo "$kind ${BASH_REMATCH[2]} $life" >>"$TMP/kills"
		server "$serving"
		serving=${BASH_REMATCH[1]}
		wait_for 10 said "life$lives" listens || return
	done
	wait_for 10 has_more "${LIFE[$serving]}" 40 && echo "end 0 ${LIFE[$serving]}" >>"$TMP/kills"
}

# account MODE SENT: what they have read, against what may have become of it
account()
{
	awk -v dir="$TMP" -v mode="$1" -v sent="$2" '
	function bad(what) { print "# " life ": " what; failed = 1 }
	{
		life = $3
		file = dir "/" life ".got"
		first = 1
		while ((getline n <file) > 0) {
			n += 0
			if (!first && n != last + 1)
				bad(n " behind " last)
			if (first) {
				gap = n - last - 1
				if (gap > 0) { missing += gap } else { twice -= gap }
				if (mode == "unsent" && gap < 0)
					bad(-gap " come twice")
				if (kind == 1 && gap > 0)
					bad(gap " are missing that were read")
				if (kind == 2 && gap > lost)
					bad(gap " are missing, " lost " are counted as lost")
				if (kind == 2 && mode == "unacked" && gap > 0)
					bad(gap " are missing that were not acknowledged")
			}
			first = 0
			last = n
		}
		if (first)
			bad("nothing came")
		kind = $1
		lost = $2
		if (mode == "unacked" && lost)
			bad(lost " are lost")
		all += lost
	}
	END {
		if (last != sent)
			bad("the last one is " last " of " sent)
		print "# " sent " sent, " twice + 0 " read twice, " missing + 0 " not read, " all + 0 " counted as lost"
		exit failed
	}' "$TMP/kills"
}

all_read()
{
	[ "$(tail -n 1 "$TMP/${LIFE[$serving]}.got")" = "$sent" ]
}

# replays MODE
replays()
{
	local id rc

	for id in 1 2 3; do
		server "$id"
		wait_for 10 said "life$lives" listens || return
	done
	rm -f "$TMP/says"
	mkfifo "$TMP/says"
	exec {says}<>"$TMP/says"
	ip netns exec "$NET-4" rsp_stream send pool "$1" >"$TMP/says" 2>&1 &
	PID[sender]=$!
	disown
	sender_says '^connected new=([0-9]+)' || return
	serving=${BASH_REMATCH[1]}
	kills
	rc=$?
	restore
	kill -INT "${PID[sender]}"
	sender_says '^sent ([0-9]+)' || return
	sent=${BASH_REMATCH[1]}
	[ "$rc" = 0 ] && wait_for 10 all_read && account "$1" "$sent"
	rc=$?
	stop sender KILL
	exec {says}>&-
	for id in 1 2 3; do
		stop "${LIFE[$id]}" KILL
	done
	return "$rc"
}

check "unsent: $KILLS kills under load, nothing comes twice [ASAP-SND-14]" replays unsent
check "unacked: $KILLS kills under load, nothing unacknowledged is missing [ASAP-SND-15]" replays unacked
finish
