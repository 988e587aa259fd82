#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The example calc-client, calc-server: their whole state is in the cookie, which is signed.
# The servers are killed one after the other under load, and each result is compared with what
# awk makes of the same lines.  RSP_SOAK_KILLS: how often (30).

. "$(dirname "$0")/lib.sh"

# Where time passes only while everybody sleeps a load without a pause would last for ever
[ -z "$TRAVELS" ] || skip_all "the load leaves time travel no pause"

KILLS=${RSP_SOAK_KILLS:-30}

setup_pool 4

# server ID: on host 2 or 3
server()
{
	start "server$1" $((2 + $1 % 2)) calc-server --pe-id "$1" --key "$TMP/key"
}

# lines COUNT: operations; none does without those before it.  In a process of its own.
lines()
{
	exec awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++)
			print i % 3 == 1 ? "+ " i : i % 3 == 2 ? "* " i % 89 + 2 : "% 1000003"
	}'
}

# results: of such lines
results()
{
	awk '{ v = $1 == "+" ? v + $2 : $1 == "*" ? v * $2 : v % $2; print NR, v }'
}

# The next line that the client says besides its results and that matches
client_says()
{
	local line

	while read -r -t $((20 * SLOW)) -u "$says" line; do
		[[ $line =~ $1 ]] && return
	done
	diag "the client said: $line"
	return 1
}

# One that answers nobody any more, whatever it has been asked, and three that could
kills()
{
	local i

	for ((i = 1; i <= KILLS; i++)); do
		sleep 0.15
		kill -KILL "${PID[server$serving]}" || return
		client_says '^failover .* -> 0x0*([0-9a-f]+) in ([0-9.]+) ms' || return
		server "$serving"
		serving=${BASH_REMATCH[1]}
	done
}

# The lines end, and the client says what it has got
ends()
{
	kill "${PID[lines]}"
	client_says '^([0-9]+) results, ([0-9]+) failovers' || return
	diag "${BASH_REMATCH[0]}"
	same failovers "${BASH_REMATCH[2]}" "$KILLS" &&
		same results "$(wc -l <"$TMP/results")" "${BASH_REMATCH[1]}" &&
		same results "${BASH_REMATCH[1]}" "!(0|?|??)"
}

right()
{
	lines "$(wc -l <"$TMP/results")" | results | cmp - "$TMP/results" ||
		return
	same "$(counter 2 CookieEchoRx) $(counter 3 CookieEchoRx), refused" \
		"$(($(counter 2 CookieRefused) + $(counter 3 CookieRefused)))" 0
}

sums()
{
	printf '+ 2\n* 21\n- 50\n/ -1\n%% 5\n' | on 4 calc-client >"$TMP/sums" 2>/dev/null &&
		same sums "$(tr '\n' ' ' <"$TMP/sums")" "1 2 2 42 3 -8 4 8 5 3 "
}

# Who does not have the key gets no session
another_key()
{
	mkfifo "$TMP/in"
	on 4 calc-client <"$TMP/in" >"$TMP/out" 2>"$TMP/err" &
	PID[liar]=$!
	disown
	exec {in}>"$TMP/in"
	echo "+ 1" >&"$in"
	wait_for 5 has_result || return
	head -c 32 /dev/urandom >"$TMP/key"
	server 4 && wait_said server4 '^pool calc' || return
	# Nobody else is left for the client
	for id in 1 2 3; do
		stop "server$id" KILL
	done
	wait_for 10 said_false server4
	local rc=$?
	exec {in}>&-
	stop liar KILL
	return "$rc"
}

has_result()
{
	[ -s "$TMP/out" ]
}

said_false()
{
	grep -q "a client with a false cookie, reason 3" "$TMP/$1.log"
}

head -c 32 /dev/urandom >"$TMP/key"
for id in 1 2 3; do
	server $id
	wait_said "server$id" '^pool calc'
done
check "it calculates" sums
mkfifo "$TMP/says" "$TMP/lines"
exec {says}<>"$TMP/says"
lines 1000000000 >"$TMP/lines" &
PID[lines]=$!
disown
ip netns exec "$NET-4" calc-client <"$TMP/lines" >"$TMP/results" 2>"$TMP/says" &
PID[client]=$!
disown
client_says '^pool calc, PE 0x0*([0-9a-f]+)'
serving=${BASH_REMATCH[1]}

check "$KILLS kills under load, the socket is never reopened [REQ-01]" kills
check "it ends when its lines do" ends
check "each result is right [ASAP-CKI-05 ASAP-CKI-09]" right
check "a server with another key takes nobody over" another_key
finish
