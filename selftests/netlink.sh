#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's control interface, by way of rspctl: what it shows, who may, what
# it refuses.  Host 1 has the registrar and a server, host 2 the client.

. "$(dirname "$0")/lib.sh"

setup_pool 2
peer_start s 1
peer_start c 2

session()
{
	want c reset && want s reset && want s socket && want s "bind pool id=5" &&
		want s listen && want c socket &&
		want c "connect pool" && want s accept
}

# flat HOST OBJECT: what "show" says, as one line of JSON
flat()
{
	on "$1" rspctl -j "$2" show | tr -d '\n '
}

is_json()
{
	local object

	session || return
	for object in pool pe session registrar counter; do
		on 2 rspctl -j "$object" show >"$TMP/json" || return
		python3 -c 'import json, sys
assert isinstance(json.load(open(sys.argv[1])), list)' "$TMP/json" || return
	done
}

empty_json()
{
	host_add 3
	HOSTS=3
	same "no sessions" "$(flat 3 session)" "\[\]" &&
		same "no registrars" "$(flat 3 registrar)" "\[\]" &&
		same "no pools" "$(flat 3 pool)" "\[\]"
}

shows_session()
{
	local inode id

	session && peer c inode && inode=$answer && peer c info && id=$(field session) &&
		same "session show" "$(flat 2 session)" "*\"id\":$id,*" &&
		same "session show" "$(flat 2 session)" "*$inode*" &&
		same "session show" "$(flat 2 session)" "*\"pool\"*" &&
		same "the server's" "$(flat 1 session)" "*\"pool\"*"
}

shows_end()
{
	session && want c close && want s recv eof && want s close &&
		same "session show" "$(flat 2 session)" "\[\]"
}

shows_registrar()
{
	same "by netlink" "$(flat 1 registrar)" "*netlink*up*" &&
		same "by SCTP" "$(flat 2 registrar)" "*10.77.0.1*3863*sctp*up*"
}

shows_text()
{
	local object

	session || return
	for object in pool pe session registrar counter; do
		on 2 rspctl "$object" show >/dev/null || return
		on 1 rspctl "$object" show >/dev/null || return
	done
}

counts()
{
	local opened

	opened=$(counter 2 SessionsOpened)
	session && same SessionsOpened "$(counter 2 SessionsOpened)" $((opened + 1)) &&
		same CurrSessions "$(counter 2 CurrSessions)" 1
}

per_namespace()
{
	session && same "elsewhere" "$(flat 3 session)" "\[\]" &&
		same "elsewhere" "$(flat 3 registrar)" "\[\]"
}

# as_nobody HOST COMMAND...
as_nobody()
{
	on "$1" setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		"${@:2}"
}

refuses()
{
	if "$@" >"$TMP/out" 2>&1; then
		diag "accepted: $*"
		return 1
	fi
	[ -s "$TMP/out" ] && return
	diag "refused without a word: $*"
	return 1
}

unprivileged()
{
	local object

	as_nobody 2 rspctl registrar show >/dev/null &&
		as_nobody 2 rspctl counter show >/dev/null || return
	for object in session pool pe access; do
		refuses as_nobody 2 rspctl "$object" show || return
	done
	refuses as_nobody 2 rspctl registrar add 10.77.0.9 &&
		refuses as_nobody 2 rspctl registrar del 10.77.0.1 &&
		refuses as_nobody 2 rspctl access add x uid 1
}

own_namespace()
{
	on 2 setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare --user --map-root-user --net \
		sh -c 'ip link set lo up && rspctl registrar add 127.0.0.1 &&
			rspctl registrar show && rsp_peer "socket => ok; bind pool => ok"'
}

registrar_list()
{
	on 2 rspctl registrar add 10.77.0.77 &&
		same "added" "$(flat 2 registrar)" "*10.77.0.77*" &&
		refuses on 2 rspctl registrar add 10.77.0.77 &&
		on 2 rspctl registrar add fd77::77 &&
		same "added" "$(flat 2 registrar)" "*fd77::77*" &&
		on 2 rspctl registrar del 10.77.0.77 &&
		refuses on 2 rspctl registrar del 10.77.0.77 &&
		on 2 rspctl registrar del fd77::77 &&
		same "taken off" "$(flat 2 registrar)" "!(*77.0.77*|*fd77::77*)"
}

bad_input()
{
	refuses on 2 rspctl registrar add 0.0.0.0 &&
		refuses on 2 rspctl registrar add 224.0.0.1 &&
		refuses on 2 rspctl registrar add nonsense &&
		refuses on 2 rspctl registrar add 10.77.0.300 &&
		refuses on 2 rspctl session failover 999999999 &&
		refuses on 2 rspctl nonsense &&
		refuses on 2 rspctl session nonsense
}

# says WHAT COMMAND...: it is refused for this reason
says()
{
	refuses "${@:2}" && same "$2 $3 $4" "$(cat "$TMP/out")" "*$1*"
}

# Only a client's session that goes on
cannot_move()
{
	local client server

	session && peer c info && client=$(field session) && peer s info &&
		server=$(field session) &&
		says "only a client's session can be moved" on 1 rspctl session failover "$server" &&
		says "no such session" on 2 rspctl session failover "$server$client" &&
		says "no such session" on 1 rspctl session failover "$server$client" &&
		want c "shutdown wr" &&
		says "session is not established" on 2 rspctl session failover "$client"
}

second_registrar()
{
	start again 1 rspd --no-sctp
	if wait_for 3 gone again; then
		return 0
	fi
	# It may also wait for its turn, without disturbing the first
	stop again
	has_registrar 1
}

events()
{
	local event

	want s reset && want c reset && start mon 2 rspctl -j monitor && start mon1 1 rspctl -j monitor ||
		return
	# It has no way to say that it listens: something that shows
	for _ in {1..50}; do
		on 2 rspctl registrar add 10.77.0.88 && on 2 rspctl registrar del 10.77.0.88
		session && want c close && want s reset || return
		said mon session && said mon1 session && break
	done
	session && peer_start s2 1 && want s2 socket && want s2 "bind pool id=6" &&
		want s2 listen || return
	peer_end s KILL
	peer_start s 1
	want c "send x" 1 && want c close && peer_end s2 || return
	for event in session-established session-failover session-ended; do
		wait_said mon "\"$event\"" 5 || return
	done
	for event in pe-registered pe-unregistered; do
		wait_said mon1 "\"$event\"" 5 || return
	done
	stop mon && stop mon1
}

if command -v python3 >/dev/null; then
	check "rspctl -j prints JSON arrays" is_json
else
	skip "rspctl -j prints JSON arrays" "no python3 to read it"
fi
check "... also empty ones" empty_json
check "a session is shown with its socket" shows_session
check "... until it ends" shows_end
check "registrars by both links" shows_registrar
check "text output" shows_text
check "counters" counts
check "each namespace has its own" per_namespace
check "what an ordinary user may see and do [SEC-22]" unprivileged
check "root of a user namespace configures its own network" own_namespace
check "registrars are added and deleted [ASAP-HNT-07]" registrar_list
check "nonsense is refused with a message" bad_input
check "a session that cannot be moved: why" cannot_move
check "a second rspd does not take over" second_registrar
check "monitor" events
finish
