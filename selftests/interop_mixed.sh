#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# RSPLIB's programs and ours in the same pools, at each registrar: with every policy, one in the
# place of the other, a server that leaves, everybody found by announcements, and last a pair of
# rspd of which one dies.  Host 1 has the registrar, 2 RSPLIB's server, 3 ours, 4 the clients, 5
# the second registrar.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/rsplib.sh"
require_rsplib

# hosts NAME: nobody knows a registrar
hosts()
{
	rsplib_hosts 5
	capture "interop-mixed-$1"
	as_rsplib 3 4
	peer_start c 4
}

hosts_end()
{
	LABEL=
	peers_end
	clear_hosts
}

# theirs POOL [OPTION...]: rspserver, element 2; ours POOL [POLICY...]: element 3
theirs()
{
	start s2 2 stdbuf -oL rspserver -echo -identifier=2 "${known[@]}" -poolhandle="$1" "${@:2}"
	wait_for 20 there "$1" 2
}

ours()
{
	start s3 3 rsp_peer "socket => ok; policy ${*:2} => ok; bind $1 id=3 => ok; listen => ok" \
		"serve echo"
	wait_said s3 '^listen: ok' && there "$1" 3
}

# end STATUS: of a test with both
end()
{
	[ "$1" = 0 ] || tail -n 15 "$TMP"/s[23].log | sed 's/^/# | /'
	stop s2 KILL
	stop s3 KILL
	return "$1"
}

# terminal_begin POOL: RSPLIB's client; terminal_says TEXT: there and back; terminal_end
terminal_begin()
{
	mkfifo "$TMP/terminal.in"
	exec {terminal}<>"$TMP/terminal.in"
	start terminal 4 sh -c "exec stdbuf -oL rspterminal ${known[*]} -poolhandle=$1 \
		<$TMP/terminal.in"
}

terminal_says()
{
	echo "$1" >&"$terminal"
	wait_said terminal "$1" 15
}

terminal_end()
{
	stop terminal KILL
	exec {terminal}>&-
	rm "$TMP/terminal.in"
}

terminal_served()
{
	local rc=0

	terminal_begin "$1"
	terminal_says hello && terminal_says again || rc=1
	terminal_end
	return "$rc"
}

# ---- policies -------------------------------------------------------------------------

# told POOL ID VALUES: of the policy, in what our client's host was told
told()
{
	local shown

	shown=$(on 4 rspctl pool show "$1")
	same "element $2" "$shown" "* id 0x0000000$2 * policy $3 life *"
}

# policy THEIRS SHOWN OURS...: as rspserver calls it, as rspctl shows it, and as we set it
policy()
{
	local theirs=$1 shown=$2 pool=pool-${1%%:*} rc=0
	shift 2

	theirs "$pool" -policy="$theirs" && ours "$pool" "$@" && there "$pool" 2 3 &&
		told "$pool" 2 "$shown" && terminal_served "$pool" || rc=1
	end "$rc"
}

policies()
{
	check "WeightedRoundRobin" policy WeightedRoundRobin:2 "wrr weight 2" wrr 3
	check "Random" policy Random rand rand
	check "WeightedRandom" policy WeightedRandom:2 "wrand weight 2" wrand 3
	check "LeastUsed" policy LeastUsed "lu load 0" lu
	check "LeastUsedDegradation" policy LeastUsedDegradation:0.5 \
		"lud load 0 degradation 214748364[78]" lud 0 0 0 100
	check "Priority" policy Priority:3 "prio priority 3" prio 0 3
	check "PriorityLeastUsed" policy PriorityLeastUsed:0.5 \
		"plu load 0 degradation 214748364[78]" plu 0 0 0 100
}

# with ID: our client is; it asks, and is answered
with()
{
	want c getpeername "id=$1 *" && want c "send hello" 5 && want c recv "5 eor: hello"
}

# The element with the higher priority has all sessions, of both clients
first_one()
{
	local rc=0

	theirs prio-theirs -policy=Priority:9 && ours prio-theirs prio 0 3 && joins prio-theirs &&
		with 2 || rc=1
	end "$rc" || return
	theirs prio-ours -policy=Priority:3 && ours prio-ours prio 0 9 && joins prio-ours &&
		with 3 && terminal_served prio-ours && said s3 '^[0-9]*: accepted' || rc=1
	end "$rc"
}

joins()
{
	want c reset && want c socket && want c "event failover 1" && want c "connect $*"
}

# ---- one in the place of the other -----------------------------------------------------

# moves FROM TO: our client's server dies
moves()
{
	local rc=0

	theirs place && ours place rr && joins place "id=$1" && with "$1" && stop "s$1" KILL &&
		want c "poll in 5000" in && want c recv "failover * old=$1 new=$2 *" && with "$2" ||
		rc=1
	end "$rc"
}

# Their client's; what it had sent to the dead one is gone
terminal_moves()
{
	local rc=0

	theirs place || rc=1
	terminal_begin place
	terminal_says hello && ours place rr && stop s2 KILL && wait_for 15 terminal_goes_on || rc=1
	[ "$rc" = 0 ] || sed 's/^/# | /' "$TMP/terminal.log"
	terminal_end
	end "$rc"
}

terminal_goes_on()
{
	echo "line $((++line))" >&"$terminal"
	sleep 0.5
	said s3 '^[0-9]*: accepted' && said terminal "line [0-9]"
}
line=0

# Theirs ends in good order: it is gone from the pool at once, and our session moves
leaves()
{
	local rc=0

	theirs leave -runtime=10000 && ours leave rr && joins leave id=2 && with 2 &&
		want c "poll in 15000" in && want c recv "failover * old=2 new=3 *" && with 3 &&
		wait_for 5 only_ours leave || rc=1
	end "$rc"
}

only_ours()
{
	on 4 rspctl resolve "$1" refresh >"$TMP/left" && ! grep -q 'id 0x00000002 ' "$TMP/left" &&
		grep -q 'id 0x00000003 ' "$TMP/left"
}

# ---- CalcApp: its cookies come by themselves ---------------------------------------------

calculators()
{
	local id

	for id in 2 3; do
		start "s$id" "$id" stdbuf -oL rspserver -calcapp -identifier="$id" "${known[@]}" \
			-poolhandle="$1" -capcapacity=1000000 -capcookiemaxtime=0.2 \
			-capvector="$TMP/$id.vec" -capscalar="$TMP/$id.sca"
	done
	wait_for 20 there "$1" 2 3
}

# The job goes on where the last cookie was.  RSPLIB takes a cookie echo in with the message
# behind it, a keep-alive here.
calculates_on()
{
	local id rc=0

	calculators calc && joins calc && peer c getpeername && id=$(field id) &&
		want c "send hex:$(calc 1 7 3000000 0)" 24 &&
		want c recv "24 eor: $(calc 2 7 0 0)" && sleep 1 && stop "s$id" KILL &&
		want c "poll in 5000" in &&
		want c recv "failover * old=$id new=$((5 - id)) * cookie=1 *" &&
		want c "send hex:$(calc 6 7 0 0)" 24 && calc_done &&
		same "begun with" "$(grep 'from cookie echo' "$TMP/s$((5 - id)).log")" \
			"*completed @([5-9]*|1*) accepted from cookie echo*" || rc=1
	end "$rc"
}

# calc_done: accepted, alive, and done
calc_done()
{
	want c recv "24 eor: 0[27]00001800000007*" && want c recv "24 eor: 0[27]00001800000007*" &&
		want c recv "24 eor: $(calc 5 7 3000000 3000000)"
}

# Their client, too, whose jobs are of any size
their_calc_moves()
{
	local rc=0 id

	calculators calc2 || rc=1
	start calc 4 stdbuf -oL calcappclient "${known[@]}" -poolhandle=calc2 -jobsize=10000000000 \
		-jobinterval=0.1 -vector="$TMP/calc.vec" -scalar="$TMP/calc.sca"
	wait_for 15 at_work && sleep 1 && stop "s$id" KILL && wait_for 15 goes_on "$((5 - id))" || rc=1
	[ "$rc" = 0 ] || tail -n 15 "$TMP/calc.log" | sed 's/^/# | /'
	stop calc KILL
	end "$rc"
}

at_work()
{
	id=$(grep -l ' accepted' "$TMP"/s[23].log | sed -n '1s/.*s\([23]\)\.log/\1/p')
	[ -n "$id" ]
}

goes_on()
{
	grep -q 'completed [1-9].* accepted from cookie echo' "$TMP/s$1.log"
}

# ---- announcements -----------------------------------------------------------------------

# Nobody is told where the registrar is
announced()
{
	local host

	hosts "announced-$1"
	LABEL="$1 announced: "
	known=(-asapannounce=auto)
	case $1 in
	rspd)
		start rspd1 1 rspd --no-netlink --id=0x1111 --profile=rsplib --announce \
			--announce-interface=eth0
		wait_said rspd1 'ready, id ' 20
		;;
	rspregistrar)
		start rspregistrar1 1 stdbuf -oL rspregistrar -identifier=0x1111 \
			-asap=10.77.0.1:3863 -enrp=10.77.0.1:9901 -asapannounce=auto -enrpannounce=off
		wait_for 10 listens_sctp 1 3863
		;;
	esac
	for host in 3 4; do
		on "$host" rspctl group add 239.0.0.50 profile rsplib
	done
	check "each finds the registrar, and the others [ASAP-HNT-16]" all_find
	check "and so does RSPLIB's client" terminal_served found
	end 0
	hosts_end
}

all_find()
{
	theirs found && ours found rr && there found 2 3
}

# ---- two rspd ----------------------------------------------------------------------------

pair()
{
	hosts pair
	LABEL="two rspd: "
	known=(-asapannounce=off -registrar=10.77.0.1:3863 -registrar=10.77.0.5:3863)
	start rspd1 1 rspd --no-netlink --id=0x1111 --profile=rsplib --peer=10.77.0.5 \
		--peer-heartbeat=1 --peer-silence=2 --peer-timeout=1 --keepalive-interval=1
	start rspd5 5 rspd --no-netlink --id=0x5555 --profile=rsplib --peer=10.77.0.1 \
		--peer-heartbeat=1 --peer-silence=2 --peer-timeout=1 --keepalive-interval=1
	wait_said rspd1 'ready, id ' 30 && wait_said rspd5 'ready, id ' 30
	for host in 3 4; do
		registrar_add "$host" 1 profile rsplib
	done
	check "RSPLIB's server and ours" both
	for host in 3 4; do
		registrar_add "$host" 5 profile rsplib
	done
	check "one dies: the other has both [ASAP-KAL-05 ENRP-TKO-11]" survive
	check "... and keeps them" kept
	end 0
	hosts_end
}

both()
{
	theirs twice && ours twice rr && there twice 2 3
}

# homes: of the elements that host 4 is told
homes()
{
	on 4 rspctl resolve twice refresh 2>/dev/null | sed -n 's/.* home 0x0000\([0-9a-f]*\) .*/\1/p' |
		tr '\n' ' '
}

homes_are()
{
	[ "$(homes)" = "$1" ]
}

survive()
{
	same homes "$(homes)" "@(1111|5555) @(1111|5555) " && want c reset && want c socket &&
		want c "event failover 1" && want c "connect twice id=2" &&
		stop "rspd$(homes | cut -c 1)" KILL && wait_for 60 homes_are "5555 5555 " &&
		want c "send hello" 5 && want c recv "5 eor: hello" &&
		want c info "state=established * failovers=0 *" && there twice 2 3
}

# Longer than a life of RSPLIB's
kept()
{
	sleep 100
	homes_are "5555 5555 " && there twice 2 3 && terminal_served twice
}

for registrar in rspregistrar rspd; do
	hosts $registrar
	case $registrar in
	rspd) rspd_start 1 --profile=rsplib --id=0x1111 ;;
	rspregistrar) rspregistrar_start 1 0x1111 ;;
	esac
	for host in 3 4; do
		registrar_add "$host" 1 profile rsplib
	done
	known=(-asapannounce=off -registrar=10.77.0.1:3863)
	LABEL="$registrar: "
	policies
	check "the higher priority" first_one
	check "our client, ours in the place of theirs [REQ-01]" moves 2 3
	check "our client, theirs in the place of ours [REQ-01]" moves 3 2
	check "rspterminal, ours in the place of theirs" terminal_moves
	check "theirs leaves in good order" leaves
	check "our client, CalcApp goes on from its cookie [ASAP-CKI-03]" calculates_on
	check "calcappclient goes on from its cookie" their_calc_moves
	hosts_end
done
announced rspregistrar
announced rspd
pair
finish
