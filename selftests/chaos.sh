#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several rspd under load, to which anything happens at random: they are killed, stopped, cut off,
# do not see each other, lose and delay packets, start again under the old name or another one,
# while elements come and die.  After each round all is well again, and soon all of them have to
# say the same: each element is there once, at a registrar that lives.  Sessions notice nothing.
#
#   RSP_CHAOS_SEED=N		the same events again
#   RSP_CHAOS_MINUTES=N		rounds, in each of which things happen for a minute (2)
#   RSP_CHAOS_REGISTRARS=N	1 to 9; default 3 to 5, by the seed
#   RSP_CHAOS_LOG=N		lines of each registrar's log when all is not well (20)
#
# Minutes are the guest's, where time passes only while everybody waits: with 9 registrars one
# takes about 15 s of wall time.

. "$(dirname "$0")/lib.sh"
needs_time

: "${RSP_CHAOS_SEED:=$RANDOM}"
RANDOM=$RSP_CHAOS_SEED
registrars=${RSP_CHAOS_REGISTRARS:-$((3 + RANDOM % 3))}
[[ $registrars = [1-9] ]] || skip_all "RSP_CHAOS_REGISTRARS: 1 to 9"
rounds=${RSP_CHAOS_MINUTES:-2}
round_ms=60000
elements=6 # on each of two hosts
sessions=20
guest_host=$((registrars + 2)) client=$((registrars + 3))
diag "RSP_CHAOS_SEED=$RSP_CHAOS_SEED: $registrars registrars"

# ---- what can happen ----------------------------------------------------------

# Of each registrar: its identifier; how it is (well, dead, stopped); its cable and its line, if
# something is wrong with these.  Pairs that do not see each other: holes["A B"].  All elements.
declare -a id state cable line all
declare -A holes

# begins N: with its old identifier or another one
begins()
{
	local n=$1 other options=()

	for ((other = 1; other <= registrars; other++)); do
		[ "$other" = "$n" ] || options+=("--peer=10.77.0.$other,fd77::$other")
	done
	if [ -z "${id[n]:-}" ] || ((RANDOM % 2)); then
		id[n]=$((n * 100000 + RANDOM))
	fi
	start "rspd$n" "$n" rspd --no-netlink --id="${id[n]}" "${options[@]}" --peer-heartbeat=1 \
		--peer-silence=3 --peer-timeout=2 --keepalive-interval=1 --keepalive-timeout=2
	state[n]=well
}

# dies N, stops N: and comes back the next time
dies()
{
	if [ "${state[$1]}" = dead ]; then
		begins "$1"
	else
		stop "rspd$1" KILL
		state[$1]=dead
	fi
}

stops()
{
	case ${state[$1]} in
	well)
		kill -STOP "${PID[rspd$1]}"
		state[$1]=stopped
		;;
	stopped)
		kill -CONT "${PID[rspd$1]}"
		state[$1]=well
		;;
	esac
}

# cut_off N: from everybody
cut_off()
{
	if [ -n "${cable[$1]:-}" ]; then
		join_link "$1"
		cable[$1]=
	else
		cut_link "$1"
		cable[$1]="out"
	fi
}

# bad_line N: both ways
bad_line()
{
	local netem=(root netem loss "$((5 + RANDOM % 25))%" delay "$((RANDOM % 200))ms" 20ms)

	if [ -n "${line[$1]:-}" ]; then
		on 0 tc qdisc del dev "port$1" root
		on "$1" tc qdisc del dev eth0 root
		line[$1]=
	else
		on 0 tc qdisc replace dev "port$1" "${netem[@]}"
		on "$1" tc qdisc replace dev eth0 "${netem[@]}"
		line[$1]=bad
	fi
}

# hole add|del A B: nothing goes from one to the other, by none of its addresses
hole()
{
	on "$2" ip route "$1" blackhole "10.77.0.$3/32" &&
		on "$2" ip -6 route "$1" blackhole "fd77::$3/128" &&
		on "$3" ip route "$1" blackhole "10.77.0.$2/32" &&
		on "$3" ip -6 route "$1" blackhole "fd77::$2/128"
}

# blind A B: they do not see each other, and everybody else both of them
blind()
{
	if [ -n "${holes["$1 $2"]:-}" ]; then
		hole del "$1" "$2"
		unset "holes[$1 $2]"
	else
		hole add "$1" "$2"
		holes["$1 $2"]=yes
	fi
}

# An element that comes, and dies without a word
guest()
{
	if running guest; then
		stop guest KILL
	else
		start guest "$guest_host" rsp_peer "socket nonblock => ok" \
			"bind guests id=$((1000 + RANDOM)) => ok" "listen => ok" "serve echo"
	fi
}

# happens EVENT ARGUMENT...: noted, for whoever has to find out why
happens()
{
	printf '%s %s\n' "$(now_ms)" "$*" >>"$TMP/events"
	"$@"
}

event()
{
	local a=$((1 + RANDOM % registrars)) b=$((1 + RANDOM % registrars))

	case $((RANDOM % 8)) in
	0 | 1) happens dies "$a" ;;
	2) happens stops "$a" ;;
	3) happens cut_off "$a" ;;
	4) happens bad_line "$a" ;;
	5 | 6) [ "$a" -ge "$b" ] || happens blind "$a" "$b" ;;
	7) happens guest ;;
	esac
}

# Whatever has happened is over.
heal()
{
	local n pair

	for ((n = 1; n <= registrars; n++)); do
		[ -z "${cable[n]:-}" ] || cut_off "$n"
		[ -z "${line[n]:-}" ] || bad_line "$n"
		[ "${state[n]}" != stopped ] || stops "$n"
		[ "${state[n]}" != dead ] || dies "$n"
	done
	for pair in "${!holes[@]}"; do
		blind "${pair% *}" "${pair#* }"
	done
	! running guest || guest
}

# ---- what has to be so afterwards -----------------------------------------------

# table N: what this registrar knows: a line for each element with its home
table()
{
	on "$client" rspctl peer pool "10.77.0.$1" 2>/dev/null | sed -n 's/^ *\(id [^ ]* home [^ ]*\).*/\1/p' | sort
}

# one_view: all registrars have the same elements, all that there are, with homes that live
one_view()
{
	local n list homes=()

	view=$(table 1)
	same_elements "$view" || return
	for ((n = 1; n <= registrars; n++)); do
		homes+=(-e "home $(printf '0x%08x' "${id[n]}")\$")
		list=$(table "$n")
		[ "$list" = "$view" ] || return
	done
	! grep -qv "${homes[@]}" <<<"$view"
}

same_elements()
{
	[ "$(awk '{ print $2 }' <<<"$1")" = "$(printf '0x%08x\n' "${all[@]}" | sort)" ]
}

# told: what each says, and what has happened
told()
{
	local n

	sed 's/^/#   /' "$TMP/events"
	for ((n = 1; n <= registrars; n++)); do
		diag "registrar $n (0x$(printf %x "${id[n]}")):"
		table "$n" | sed 's/^/#   /'
		tail -n "${RSP_CHAOS_LOG:-20}" "$TMP/rspd$n.log" | sed 's/^/#   | /'
	done
	return 1
}

converge()
{
	local before limit=180

	# Half a minute of the registrars' own, if all have begun anew, and SCTP.  A registrar that
	# is alone has only to wait for the hosts, which look for it every few seconds, or have an
	# association with it whose next retransmission is due.
	[ "$registrars" -gt 1 ] || limit=15
	before=$(now_ms)
	# Looking takes many processes, of which waiting needs none
	until one_view; do
		((limit--)) || told || return
		sleep 1
	done
	diag "all say the same after $(($(now_ms) - before)) ms"
}

# What comes now finds somebody, too.
new_session()
{
	want d reset && want d socket && want d "connect pool" && want d "send hello" 5 &&
		want d "poll in 5000" in && want d recv "5 eor: hello"
}

# round: things happen for a minute, under load
round()
{
	local end events=0

	: >"$TMP/events"
	end=$(($(now_ms) + round_ms))
	tell c "traffic $round_ms 200 5000"
	while [ "$(now_ms)" -lt "$end" ]; do
		event
		events=$((events + 1))
		sleep "$((RANDOM % 4)).$((RANDOM % 10))"
	done
	happens heal
	diag "$events events"
	{ hear c 30 && same traffic "$answer" "errors=0 messages=+([0-9]) failovers=0 *"; } || told || return
	diag "traffic: $answer"
	converge && new_session
}

# ---- the test ---------------------------------------------------------------------

# servers HOST FIRST: elements from this identifier on
servers()
{
	local i script=()

	for ((i = $2; i < $2 + elements; i++)); do
		script+=("socket nonblock => ok; bind pool id=$i => ok; listen => ok")
		all+=("$i")
	done
	start "servers$1" "$1" rsp_peer "${script[@]}" "serve echo"
}

begin()
{
	local i

	: >"$TMP/events"
	for ((i = 1; i <= registrars; i++)); do
		begins "$i"
	done
	servers $((registrars + 1)) 1
	servers $((registrars + 2)) 101
	converge || return
	for ((i = 1; i <= sessions; i++)); do
		want c socket && want c "event failover 1" && want c "connect pool" || return
	done
}

setup_hosts "$client"
for ((host = registrars + 1; host <= client; host++)); do
	for ((i = 1; i <= registrars; i++)); do
		registrar_add "$host" "$i"
	done
	setting "$host" stale_cache_ms=0 negative_cache_ms=0 t1_enrprequest_ms=1000 \
		t2_registration_ms=1000 connect_timeout_ms=1000
done
peer_start c "$client"
peer_start d "$client"

check "$registrars registrars, $((2 * elements)) elements, $sessions sessions" begin
for ((i = 1; i <= rounds; i++)); do
	check "round $i: none is lost, none has two homes, no session notices [REQ-01 REQ-02 ENRP-TKO-14 ENRP-AUD-03]" round
done
finish
