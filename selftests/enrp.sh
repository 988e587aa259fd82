#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several rspd share one handlespace; one of them dies, stops, comes back, cannot see the
# others.  Hosts 1 to 3 have one each, 4 the servers x and y, 5 the client c and an asap_peer
# for each registrar.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 5
capture enrp

# begins N [OPTION...]: the registrar of host N, which knows the others
begins()
{
	local n=$1 other options=()
	shift

	for other in 1 2 3; do
		[ "$other" = "$n" ] || options+=(--peer="10.77.0.$other")
	done
	[ "$#" -gt 0 ] || set -- --id=$((n * 1111))
	start "rspd$n" "$n" rspd --no-netlink "${options[@]}" --peer-heartbeat=1 --peer-silence=2 \
		--peer-timeout=1 --keepalive-interval=1 --keepalive-timeout=1 "$@"
}

# registrar N [OPTION...]: and wait until it serves
registrar()
{
	begins "$@" && wait_said "rspd$1" 'ready, id ' 20
}

# asks N: a new association with this registrar
asks()
{
	running "pu$1" || peer_start "pu$1" 5 asap_peer
	peer "pu$1" abort
	peer "pu$1" close
	want "pu$1" "sctp 10.77.0.$1"
}

# answers N PES: this registrar knows so many elements of the pool
answers()
{
	asks "$1" >/dev/null && peer "pu$1" "resolve pool" && peer "pu$1" recv || return
	if [ "$2" = 0 ]; then
		[[ $answer = *cause=9 ]]
	else
		[[ $answer = resolved*" pes=$2 "* ]]
	fi
}

# all_answer PES [N...]
all_answer()
{
	local n pes=$1
	shift

	[ $# -gt 0 ] || set -- 1 2 3
	for n; do
		answers "$n" "$pes" || return
	done
}

# dumped N: the lines of its handlespace, in $dumped
dumped()
{
	local before

	before=$(grep -c 'connections: ' "$TMP/rspd$1.log")
	kill -USR1 "${PID[rspd$1]}" || return
	wait_for 5 has_dumped "$1" $((before + 1)) || return
	dumped=$(tac "$TMP/rspd$1.log" | awk '/ pools, / { exit } { print }')
}

has_dumped()
{
	[ "$(grep -c 'connections: ' "$TMP/rspd$1.log")" -ge "$2" ]
}

# home N ID HOME: registrar N says that the element ID has this home
home()
{
	dumped "$1" && grep -q "$(printf '0x%08x home 0x%08x ' "$2" "$3")" <<<"$dumped"
}

# homes ID HOME [N...]: all say so
homes()
{
	local n id=$1 home=$2
	shift 2

	[ $# -gt 0 ] || set -- 1 2 3
	for n; do
		home "$n" "$id" "$home" || return
	done
}

# home_of ID: the registrar that is its home
home_of()
{
	local n

	for n in 1 2 3; do
		homes "$1" $((n * 1111)) && echo "$n" && return
	done
	return 1
}

# others N: without it
others()
{
	local n

	for n in 1 2 3; do
		[ "$n" = "$1" ] || echo "$n"
	done
}

# rarely COMMAND...: for wait_for, where to look takes dozens of processes; time costs nothing here
rarely()
{
	sleep 0.5
	"$@"
}

# moved ID N...: one of these is its home, and all of these know it
moved()
{
	local n

	for n in "${@:2}"; do
		homes "$1" $((n * 1111)) "${@:2}" && return
	done
	return 1
}

# element NAME ID [HOST]: an echo server
element()
{
	start "$1" "${3:-4}" rsp_peer "socket => ok; bind pool id=$2 => ok; listen => ok" "serve echo"
}

# Both are registered, c has a session with one of them.
servers()
{
	running x || element x 11
	running y || element y 12
	wait_for 20 rarely moved 11 1 2 3 && wait_for 20 rarely moved 12 1 2 3
}

# all_at N...: both at one of these
all_at()
{
	moved 11 "$@" && moved 12 "$@"
}

session()
{
	want c reset && want c socket && want c "event failover 1" && want c "connect pool" || return
}

echo_works()
{
	want c "send hello" 5 && want c "poll in 5000" in && want c recv "5 eor: hello"
}

for host in 4 5; do
	registrar_add "$host" 1
	setting "$host" stale_cache_ms=0 negative_cache_ms=0 t1_enrprequest_ms=1000 \
		t2_registration_ms=1000 connect_timeout_ms=1000
done

alone()
{
	# There is nobody that could tell anything: three rounds, then it serves
	registrar 1 && wait_said rspd1 'begin with an empty one' 1
}

learns()
{
	peer_start c 5 && element x 11 && element y 12 && wait_for 5 answers 1 2 && registrar 2 && answers 2 2 && homes 11 1111 1 2
}

learns_list()
{
	# 1 tells 3 of 2, which is not among the peers that it was started with
	start rspd3 3 rspd --no-netlink --id=3333 --peer=10.77.0.1 --peer-heartbeat=1 \
		--peer-silence=2 --peer-timeout=1 --keepalive-interval=1 --keepalive-timeout=1
	wait_said rspd3 'ready, id ' 20 && wait_said rspd3 'peer 0x000008ae: active' 5 &&
		wait_said rspd2 'peer 0x00000d05: active' 5 && answers 3 2
}

updates()
{
	servers && stop y && wait_for 2 all_answer 1 && element y 12 && wait_for 2 all_answer 2
}

# The policy is what the pool has everywhere, whoever made it.
policy_conflict()
{
	asks 2 && want pu2 "register pool 99 300 5" && want pu2 recv "registered flags=1 * cause=5*" &&
		wait_for 2 all_answer 2
}

home_dies()
{
	servers && homes 11 1111 && session && tell c "traffic 6000 100 5000" || return
	stop rspd1 KILL
	wait_for 10 rarely all_at 2 3 || return
	hear c 30 && same traffic "$answer" "errors=0 messages=+([0-9]) failovers=0 *" &&
		all_answer 2 2 3
}

home_returns()
{
	registrar 1 && wait_for 10 all_answer 2 && moved 11 2 3
}

# Whoever is home by now is stopped for longer than others wait, and goes on.
home_stops()
{
	local old

	old=$(home_of 11) || return
	kill -STOP "${PID[rspd$old]}"
	# shellcheck disable=SC2046
	wait_for 15 rarely moved 11 $(others "$old") || return
	# shellcheck disable=SC2046
	all_answer 2 $(others "$old") || return
	kill -CONT "${PID[rspd$old]}"
	wait_for 20 rarely all_at 1 2 3 && all_answer 2
}

# hole add|del HOST OTHER: nothing goes to OTHER, by none of its addresses
hole()
{
	on "$2" ip route "$1" blackhole "10.77.0.$3/32" &&
		on "$2" ip -6 route "$1" blackhole "fd77::$3/128"
}

# blind A B: they do not see each other, and everybody else both of them
blind()
{
	hole add "$1" "$2" && hole add "$2" "$1"
}

sees()
{
	hole del "$1" "$2" && hole del "$2" "$1"
}

# Of two that take each other for dead, both have all elements for their own; in the end one.
split()
{
	local rc=0

	stop rspd3 KILL && wait_for 10 rarely all_at 1 2 || return
	blind 1 2
	wait_for 20 both_have 11 && wait_for 5 both_have 12 || rc=1
	sees 1 2
	[ "$rc" = 0 ] && wait_for 30 rarely all_at 1 2 && all_answer 2 1 2 &&
		session && echo_works
}

both_have()
{
	home 1 "$1" 1111 && home 2 "$1" 2222
}

# With another identifier, at once: what the old one had is nobody's, and taken over.
restarts()
{
	registrar 3 && wait_for 10 rarely all_at 1 2 3 && stop rspd2 KILL && registrar 2 --id=7777 &&
		wait_for 15 all_answer 2 && wait_for 15 not_home 2222 && want c reset &&
		session && echo_works
}

not_home()
{
	local n

	for n in 1 2 3; do
		dumped "$n" && ! grep -q "home $(printf 0x%08x "$1") " <<<"$dumped" || return
	done
}

# All go at once, and come back with nothing: the elements register again.
all_die()
{
	stop rspd1 KILL
	stop rspd2 KILL
	stop rspd3 KILL
	# None of them knows anything: they refuse each other, and begin alone
	begins 2
	begins 3
	registrar 1 && wait_said rspd2 'ready, id ' 20 && wait_said rspd3 'ready, id ' 20 &&
		wait_for 60 all_answer 2 && wait_for 20 rarely all_at 1 2 3
}

ends()
{
	# It does not take its elements along
	local old

	old=$(home_of 11) || return
	stop "rspd$old" TERM
	# shellcheck disable=SC2046
	wait_for 10 rarely all_at $(others "$old") && all_answer 2 $(others "$old")
}

# On SIGHUP one that knew nobody learns of a peer, and both have all elements.
reloads()
{
	local n

	for n in 1 2 3; do
		running "rspd$n" && stop "rspd$n" KILL
	done
	: >"$TMP/rspd.conf"
	registrar 1 && start rspd2 2 rspd -c "$TMP/rspd.conf" --no-netlink --id=2222 \
		--peer-timeout=1 && wait_said rspd2 'ready, id ' 20 && wait_for 30 all_answer 2 1 &&
		answers 2 0 || return
	echo "peer 10.77.0.1 # of the test" >"$TMP/rspd.conf"
	kill -HUP "${PID[rspd2]}" && wait_for 20 all_answer 2 1 2 || return
	echo "peer nonsense" >"$TMP/rspd.conf"
	kill -HUP "${PID[rspd2]}" && wait_said rspd2 'rspd.conf:1: not a valid value' &&
		all_answer 2 1 2
}

# Asked on the wire, by somebody without the module's help
tool_list()
{
	local list

	list=$(on 4 rspctl peer show 10.77.0.2) &&
		same "registrars" "$(wc -l <<<"$list")" 3 &&
		same "who was asked" "$(grep -c ' asked ' <<<"$list")" 1 &&
		same "the first line" "$(head -n 1 <<<"$list")" \
			"id 0x000008ae asked transport sctp address *10.77.0.2*port 9901 *"
}

# Its own peers are asked for on its host, and how they are is told
tool_status()
{
	local list

	list=$(on 3 rspctl peer show) && same "registrars" "$(wc -l <<<"$list")" 3 &&
		same "itself" "$(head -n 1 <<<"$list")" \
			"id 0x00000d05 asked state active elements 0 transport sctp address *10.77.0.3*port 9901 *" &&
		same "the one it was started with" "$(grep 'id 0x00000457' <<<"$list")" \
			"id 0x00000457 state active associated configured elements 2 heard [01].???s transport sctp *" &&
		same "the other" "$(grep 'id 0x000008ae' <<<"$list")" \
			"id 0x000008ae state active associated elements 0 heard *" &&
		on 3 rspctl -j peer show | grep -q '"heard_ms": *[0-9]' &&
		same "by the port" "$(on 3 rspctl peer show port 9901 | wc -l)" 3 &&
		same "nobody there" "$(on 4 rspctl peer show 2>&1)" \
			"Error: rspd of this namespace, ENRP port 9901: Connection refused." || return
	kill -STOP "${PID[rspd2]}"
	wait_for 10 not_active 0x000008ae
	local rc=$?
	kill -CONT "${PID[rspd2]}"
	[ "$rc" = 0 ] && wait_for 10 active 0x000008ae
}

not_active()
{
	local list

	list=$(on 3 rspctl peer show) && ! grep -q "id $1 state active" <<<"$list"
}

active()
{
	on 3 rspctl peer show | grep -q "id $1 state active associated"
}

tool_pool()
{
	local table

	table=$(on 4 rspctl peer pool 10.77.0.2 pool) &&
		same "lines" "$(wc -l <<<"$table")" 3 &&
		same "the pool" "$(head -n 1 <<<"$table")" "handle pool policy rr" &&
		same "its elements" "$(grep -c 'home 0x00000457 policy rr life 300 transport sctp' <<<"$table")" 2 &&
		same "another pool" "$(on 4 rspctl peer pool 10.77.0.2 other)" "" &&
		on 4 rspctl -j peer pool 10.77.0.2 | grep -q '"home_id": *1111'
}

# selected ID: how often, of $run
selected()
{
	sed -n "s/^ *id $(printf 0x%08x "$1") .* selected //p" <<<"$run"
}

# A dry run with the pool as the registrar knows it, which it does not notice
tool_select()
{
	local run before

	before=$(on 4 rspctl peer pool 10.77.0.2 pool)
	run=$(on 4 rspctl pool select pool count 1001 registrar 10.77.0.2) || return
	same "the pool" "$(head -n 1 <<<"$run")" "handle pool policy rr count 1001" &&
		same "in turn" "$(selected 11) $(selected 12)" "@(500 501|501 500)" &&
		same "what it has afterwards" "$(on 4 rspctl peer pool 10.77.0.2 pool)" "$before" &&
		on 4 rspctl -j pool select pool registrar 10.77.0.2 | grep -q '"selected": *1' &&
		! on 4 rspctl pool select other registrar 10.77.0.2 2>"$TMP/said" &&
		same "another pool" "$(cat "$TMP/said")" \
			"Error: 10.77.0.2 port 9901: no such pool."
}

tool_fails()
{
	local said

	said=$(on 4 rspctl peer show 10.77.0.5 2>&1) && return 1
	same "without a registrar" "$said" "Error: 10.77.0.5 port 9901: connect: Connection refused."
}

# The second element makes it two of ours and none of theirs: it is offered to them.  It is of
# another host: the module has one home for all of its elements.
shares()
{
	local n

	stop x
	stop y
	for n in 1 2 3; do
		running "rspd$n" && stop "rspd$n" KILL
	done
	begins 1 --id=1111 --takeover-suggestion && begins 2 --id=2222 --takeover-suggestion &&
		wait_said rspd1 'ready, id ' 20 && wait_said rspd2 'ready, id ' 20 || return
	element x 11 && wait_for 10 answers 1 1 && element y 12 5 && wait_for 10 answers 1 2 &&
		wait_for 20 rarely shared && session && echo_works
}

shared()
{
	homes 11 1111 1 2 && homes 12 2222 1 2
}

check "a registrar without anybody to ask begins alone [ENRP-INI-02 ENRP-INI-03 ENRP-INI-05]" alone
check "the second one learns the handlespace [ENRP-INI-04 ENRP-INI-10 ENRP-INI-15]" learns
check "the third one learns of the second [ENRP-INI-06 ENRP-INI-07 ENRP-PRS-02 ENRP-PRS-03]" learns_list
check "rspctl peer: who they are [REQ-12]" tool_list
check "rspctl peer: how they are, while one stops [ENRP-PRS-01 REQ-12]" tool_status
check "rspctl peer: what they know [REQ-12]" tool_pool
check "rspctl pool select: a dry run of the policy [POL-RR-01]" tool_select
check "rspctl peer: nobody there" tool_fails
check "all know who comes and who goes [ENRP-UPD-01 ENRP-UPD-02 ASAP-REG-27 ASAP-DRG-09]" updates
check "a pool has one policy at all of them [ASAP-REG-20]" policy_conflict
check "the home dies: elements move, the session does not notice [ENRP-TKO-11 ENRP-TKO-18 REQ-01]" home_dies
check "it comes back and learns [ENRP-TKO-17 ENRP-INI-12]" home_returns
check "the home stops and goes on: every element has one home [ENRP-PRS-09 ENRP-PRS-10]" home_stops
check "two that do not see each other: one home in the end [ENRP-AUD-03 ENRP-TKO-14]" split
check "a restart with another identifier [ENRP-PRS-12]" restarts
check "all die and come back [REQ-02]" all_die
check "a registrar that ends takes nothing along [ENRP-TKO-11]" ends
check "it reads its settings again and learns of a peer [ENRP-PRS-02]" reloads
check "one offers elements to another that has fewer [ENRP-UPD-12]" shares
finish
