#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Registrars that nobody has named find each other by multicast.  Hosts 1 to 3 have rspd, 4 a
# server, 5 listens, forges, and asks.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/registrar.sh"

setup_hosts 5
for host in 1 2 3 4 5; do
	ip -n "$NET-$host" route add 224.0.0.0/4 dev eth0
	ip -n "$NET-$host" route add multicast ff05::/16 dev eth0 table local
done
capture enrp-multicast
asap_start listener 5
asap_start forger 5
registrar_add 4 1

# begins N [OPTION...]
begins()
{
	local n=$1
	shift

	[ $# -gt 0 ] || set -- --enrp-announce
	start "rspd$n" "$n" rspd --no-netlink --id="$((n * 1111))" --announce-interface=eth0 \
		--peer-heartbeat=2 --peer-silence=5 --peer-timeout=3 "$@"
}

registrar()
{
	begins "$@" && wait_said "rspd$1" 'ready, id ' 20
}

registrars_stop()
{
	stop rspd1 && stop rspd2 && stop rspd3
}

# active N OTHER: N has OTHER for a peer that is there
active()
{
	on "$1" rspctl peer show "10.77.0.$1" | grep -q "$(printf '0x%08x' $(($2 * 1111)))"
}

# resolves N PES
resolves()
{
	running "pu$1" || peer_start "pu$1" 5 asap_peer
	peer "pu$1" abort
	peer "pu$1" close
	peer "pu$1" "sctp 10.77.0.$1" && [ "$answer" = ok ] &&
		peer "pu$1" "resolve pool" && peer "pu$1" recv || return
	[[ $answer = resolved*" pes=$2 "* ]]
}

# associations_of N: its associations with registrars, and those that are being made
associations_of()
{
	# shellcheck disable=SC2016 # awk's own
	on "$1" awk '$12 == 9901 { n++ } END { print n + 0 }' /proc/net/sctp/assocs
}

alone()
{
	local before

	before=$(now_ms)
	registrar 1 && same "ms until it serves" "$(($(now_ms) - before))" "@(29??|3[0-4]??)"
}

presence()
{
	want listener "group 224.0.1.185 9901" &&
		want listener "heard 3000" "presence flags=0 id=1111 to=0 at=9901,10.77.0.1,fd77::1" &&
		want listener close && want listener "group ff05::133 9901" &&
		want listener "heard 3000" "presence flags=0 id=1111 to=0 at=9901,10.77.0.1,fd77::1" &&
		want listener close
}

learns()
{
	local before

	running x || start x 4 rsp_peer "socket => ok; bind pool id=11 => ok; listen => ok" "serve echo"
	wait_for 10 resolves 1 1 || return
	before=$(now_ms)
	registrar 2 && same "ms until it serves" "$(($(now_ms) - before))" "@(?|??|???|1???)" &&
		resolves 2 1 && active 1 2 && active 2 1
}

third()
{
	registrar 3 && resolves 3 1 && wait_for 5 active 2 3 && active 1 3 && active 3 1 &&
		wait_for 5 active 3 2
}

takes_over()
{
	stop rspd1 KILL
	wait_for 20 resolves 2 1 && resolves 3 1 && wait_for 20 has_home
}

# The element has another home, that the others know
has_home()
{
	on 5 rspctl peer pool 10.77.0.2 pool | grep -qE 'home 0x0000(08ae|0d05)'
}

# Its identifier is the one that it had: the others need not have missed it
returns()
{
	registrar 1 && resolves 1 1 && active 2 1 && active 3 1
}

# Killed, and back before anybody has noticed
returns_at_once()
{
	stop rspd1 KILL && registrar 1 && resolves 1 1 && active 2 1 && active 3 1
}

ipv6()
{
	registrars_stop && registrar 1 --enrp-announce=ff05::133 &&
		registrar 2 --enrp-announce=ff05::133 && active 1 2 && active 2 1
}

off()
{
	registrars_stop && registrar 1 --announce && registrar 2 --enrp-announce && ! active 2 1 &&
		! active 1 2
}

rsplib_group()
{
	registrars_stop && registrar 1 --enrp-announce --profile=rsplib &&
		want listener "group 239.0.0.51 9901" &&
		want listener "heard 3000" "presence flags=0 id=1111 *" && want listener close
}

memory_of()
{
	awk '/^VmRSS/ { print $2 }' "/proc/${PID[rspd$1]}/status"
}

# Twenty addresses say that there are thousands where nobody is
forged()
{
	local before i most=0 n

	registrars_stop && registrar 1 || return
	before=$(memory_of 1)
	for i in {1..20}; do
		ip -n "$NET-5" addr add "10.77.0.$((100 + i))/24" dev eth0
	done
	for i in {1..20}; do
		want forger "presence 224.0.1.185 $((i * 100000)) 5000 10.77.0.99 10.77.0.$((100 + i))" ||
			return
		n=$(associations_of 1)
		[ "$n" -le "$most" ] || most=$n
	done
	# it is one address that all of them say
	same "associations at a time" "$most" "[01]" &&
		same "KiB more" "$(($(memory_of 1) - before))" "@(-*|?|??|???)" &&
		same peers "$(on 1 rspctl peer show 10.77.0.1 | grep -c '^id')" 1
}

# The same, each somewhere else
forged_apart()
{
	local i most=0 n

	registrars_stop && registrar 1 || return
	for i in {1..20}; do
		want forger "presence 224.0.1.185 $i 1 10.77.0.$((200 + i)) 10.77.0.$((100 + i))" || return
		n=$(associations_of 1)
		[ "$n" -le "$most" ] || most=$n
	done
	same "associations at a time" "$most" "[1-8]" && wait_for 10 none_left
}

none_left()
{
	[ "$(associations_of 1)" = 0 ]
}

found_nevertheless()
{
	local i

	for i in {1..10}; do
		tell forger "presence 224.0.1.185 $((i * 100000)) 2000 10.77.0.99 10.77.0.101"
		hear forger || return
	done
	registrar 2 && wait_for 5 active 1 2 && active 2 1
}

check "nobody is there: it serves after MAX-TIME-NO-RESPONSE [ENRP-INI-03]" alone
check "its presence, over IPv4 and IPv6 [ENRP-PRS-04 ENRP-PRS-05 ENRP-PRS-07]" presence
check "the second one learns from it at once [ENRP-INI-03 ENRP-PRS-02 ENRP-PRS-03]" learns
check "and a third one from any of them" third
check "one dies: the others have learnt enough to take it over [ENRP-PRS-10]" takes_over
check "and it comes back" returns
check "killed and started anew at once" returns_at_once
check "over IPv6 alone" ipv6
check "not unless it is told to" off
check "with the profile rsplib to RSPLIB's group" rsplib_group
check "100,000 forged ones: no peers, memory flat [ENRP-PRS-14]" forged
check "forged ones everywhere: few are called at a time [ENRP-PRS-14]" forged_apart
check "a true one among them is found [ENRP-PRS-14]" found_nevertheless
finish
