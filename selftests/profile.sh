#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How soon a host that is gone is noticed, by a session's own profile: many sessions at a time,
# whose heartbeats fall at random.  Host 1 has the registrar, 2 and 3 a server each, 4 clients.

. "$(dirname "$0")/lib.sh"
needs_time
# Time does not pass while it works, but ours does
[ -n "${RSP_PATIENT:-}" ] || skip_all "takes some ten minutes: RSP_PATIENT=1"

SESSIONS=24

setup_hosts 4
rspd_start 1
for host in 2 3 4; do
	registrar_add "$host" 1
done
peer_start x 2
peer_start y 3
peer_start c 4

element()
{
	peer "$1" reset && peer "$1" socket && peer "$1" "set profile $2" &&
		peer "$1" "set sndtimeo 5000" && peer "$1" "bind pool id=$3" && listens "$1"
}

# All that a cable or an address has set off is over
settled()
{
	on 4 rspctl pool flush
	peer c reset && peer c socket && peer c "connect pool id=2" && [ "$answer" = ok ]
}

# sessions PROFILE...: that many, in turn with each profile, all with x
sessions()
{
	local i

	sleep 10
	soon settled && peer c reset || return
	for ((i = 0; i < SESSIONS; i++)); do
		set -- "${@:2}" "$1"
		peer c socket && want c "set profile ${!#}" && want c "connect pool id=2" || return
	done
}

# moved FIRST STEP: how many of these sessions are with y; $answer
moved()
{
	local i n=0

	for ((i = $1; i < SESSIONS; i += $2)); do
		peer c "use $i" && peer c info || return
		[ "$(field pe)" != 3 ] || n=$((n + 1))
	done
	answer=$n
}

all_moved()
{
	moved "$1" "$2" && [ "$answer" = $((SESSIONS / $2)) ]
}

# soon COMMAND...: a host may have to find the registrar again, which takes minutes
soon()
{
	local i

	for i in {1..100}; do
		"$@" && return
		sleep 3
	done
	diag "still not so: $*"
	return 1
}

# and nobody with sessions that fail over to them
servers()
{
	peer c reset
	soon element x "${1:-namespace}" 2 && soon element y "${1:-namespace}" 3
}

start_clock()
{
	STARTED=$(now_ms)
}

# took FROM TO: ms since start_clock
took()
{
	local ms=$(($(now_ms) - STARTED))

	diag "$ms ms, wanted $1 to $2"
	[ "$ms" -ge "$1" ] && [ "$ms" -le "$2" ]
}

# without_host COMMAND...: with host 2's cable out, with both its addresses
without_host()
{
	local rc=0

	cut_link 2
	start_clock
	"$@" || rc=1
	join_link 2
	return "$rc"
}

# paths N: addresses of host 2
paths()
{
	if [ "$1" = 1 ]; then
		on 2 ip addr del fd77::2/64 dev eth0 2>/dev/null
	else
		on 2 ip addr replace fd77::2/64 dev eth0 nodad
	fi
	return 0
}

all_gone_within()
{
	wait_for 20 all_moved 0 1 && took "$1" "$2"
}

# idle PROFILE PATHS FROM TO
idle()
{
	paths "$2" && servers && sessions "$1" && sleep 5.3 &&
		without_host all_gone_within "$3" "$4"
}

send_all()
{
	local i

	for ((i = 0; i < SESSIONS; i++)); do
		want c "use $i" && want c "send ping" 4 || return
	done
	all_gone_within "$1" "$2"
}

busy()
{
	paths "$2" && servers && sessions "$1" && sleep 5.3 && without_host send_all "$3" "$4"
}

# Two profiles in one namespace: the one half has moved before any of the other
both_profiles()
{
	paths 2 && servers && sessions fast default && sleep 5.3 &&
		without_host both_profiles_lost
}

both_profiles_lost()
{
	wait_for 20 all_moved 0 2 && took 200 1000 && moved 1 2 && same "by default" "$answer" 0 &&
		wait_for 20 all_moved 1 2 && took 1000 5000
}

# A path that fails is no server that fails
one_path()
{
	local i

	paths 2 && servers && sessions fast default && sleep 5.3 && paths 1 && sleep 30 || return
	for ((i = 0; i < SESSIONS; i++)); do
		want c "use $i" && want c info "state=established * pe=2 *failovers=0 *" || return
	done
}

# The server's side: clients that are gone
accepted()
{
	local i

	# that of settled(), which has ended
	want x "use 0" && want x accept && want x close || return
	for ((i = 0; i < SESSIONS; i++)); do
		peer x "use 0" && want x accept || return
	done
}

# heard FROM TO: the ends of all sessions
heard()
{
	local i

	for ((i = 1; i <= SESSIONS; i++)); do
		want x "use $i" && want x recv ETIMEDOUT || return
	done
	took "$1" "$2"
}

# clients PROFILE FROM TO
clients()
{
	local rc=0

	paths 2 && servers "$1" && sessions namespace && accepted && sleep 5.3 || return
	cut_link 4
	start_clock
	heard "$2" "$3" || rc=1
	join_link 4
	return "$rc"
}

# Listening already: for clients to come
clients_later()
{
	local rc=0

	paths 2 && servers && want x "set profile fast" && sessions namespace && accepted &&
		sleep 5.3 || return
	cut_link 4
	start_clock
	heard "$1" "$2" || rc=1
	join_link 4
	return "$rc"
}

chunks()
{
	on 4 grep -w SctpOutCtrlChunks /proc/net/sctp/snmp | tr -dc 0-9
}

# costs PROFILE: what one idle session sends in a minute, heartbeats and answers
costs()
{
	local before

	paths 2 && servers "$1" && sessions "$1" && sleep 5 && before=$(chunks) && sleep 60 &&
		diag "$((($(chunks) - before) / SESSIONS)) chunks a minute"
}

values()
{
	peer c reset && want c socket && want c "get profile" 0 && want c "set profile fast" &&
		want c "get profile" 2 && want c "set profile 3" EINVAL &&
		want c "set profile default" && want c "get profile" 1
}

check "RSP_PROFILE: set and get" values
check "fast: a host is gone, idle sessions, two paths: 1 s [TMR-02 REQ-02]" idle fast 2 200 1000
check "... one path" idle fast 1 200 1000
check "... with data under way" busy fast 2 80 1000
check "... one path" busy fast 1 80 1000
check "default: a host is gone, idle sessions, two paths: 5 s [REQ-02]" idle default 2 1500 5000
check "... one path" idle default 1 1500 5000
check "... with data under way" busy default 2 500 5000
check "... one path" busy default 1 500 5000
check "each session has its own" both_profiles
check "one path of two fails: no failover" one_path
check "a server with fast: clients are gone" clients fast 200 1000
check "... set while it listens" clients_later 200 1000
check "... with default" clients default 1500 5000
check "what fast costs" costs fast
check "what default costs" costs default
finish
