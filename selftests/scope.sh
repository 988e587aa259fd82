#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two operation scopes on one network: registrars that were not told of each other.  Host 1 has
# the registrar of the first one, 2 that of the second; 3 and 4 belong to the first one, 5 and 6
# to the second: servers x and y, clients c and d.

. "$(dirname "$0")/lib.sh"

# A registrar keeps its identifier until it starts anew (and it is not 0)
identifier()
{
	sed -n 's/.*ready, id \(0x[0-9a-f]*\),.*/\1/p' "$TMP/rspd$1.log" | tail -n 1
}

scope_begins()
{
	start "rspd$1" "$1" rspd --no-netlink && wait_said "rspd$1" 'ready, id ' 20
}

# What it is called on the wire
called()
{
	on 4 rspctl -j peer show "10.77.0.$1" | grep -o '"id": *[0-9]*' | grep -o '[0-9]*$'
}

identifiers()
{
	local first second again

	first=$(identifier 1) second=$(identifier 2)
	kill -HUP "${PID[rspd1]}" && wait_said rspd1 'settings read again' || return
	same "identifier" "$first" "0x????????" && [ $((first)) != 0 ] && [ $((second)) != 0 ] &&
		same "the second one's" "$second" "!($first)" &&
		same "on the wire, afterwards" "$(called 1)" "$((first))" || return
	stop rspd1 TERM
	scope_begins 1 && again=$(identifier 1) && same "next time" "$again" "!($first)" &&
		same "on the wire, next time" "$(called 1)" "$((again))"
}

element()
{
	want "$1" socket && want "$1" "event registration 1" && want "$1" "${3:-policy rr}" &&
		want "$1" "bind $2 id=7" && want "$1" listen &&
		want "$1" recv "registration registered=1 *"
}

# goes CLIENT HANDLE SERVER: what it sends arrives there
goes()
{
	want "$1" reset && want "$1" socket && want "$1" "connect $2" && want "$3" accept &&
		want "$1" "send hello" 5 && want "$3" recv "5 eor: hello"
}

# The same handle and identifier, another policy: two pools that know nothing of each other
apart()
{
	element x pool && element y pool "policy prio 1 3" && goes c pool x &&
		want x "use 0" && goes d pool y
}

unknown_elsewhere()
{
	local table

	want x reset && want y reset && element x first && goes c first x &&
		want d reset && want d socket && want d "connect first" ENOENT &&
		table=$(on 6 rspctl peer pool 10.77.0.2) && same "the second registrar's table" "$table" ""
}

setup_hosts 6
scope_begins 1
scope_begins 2
for host in 3 4; do
	registrar_add "$host" 1
done
for host in 5 6; do
	registrar_add "$host" 2
done
peer_start x 3
peer_start c 4
peer_start y 5
peer_start d 6

check "each registrar has an identifier of its own, until it starts anew [ENRP-INI-01]" identifiers
check "one handle in two scopes is two pools [REQ-07]" apart
check "a handle of one scope is unknown in the other [REQ-07]" unknown_elsewhere
finish
