#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A server that is there, but does not run, is taken out of the pool (RSP_LIVENESS).
# Host 1 has the registrar, 2 the server, 3 the client c.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 3
rspd_start 1 --id=101 --keepalive-interval=1 --keepalive-timeout=2
registrar_add 2 1
registrar_add 3 1
setting 3 stale_cache_ms=0 negative_cache_ms=0
peer_start c 3

found()
{
	peer c reset && peer c socket && peer c "connect $1" && [ "$answer" = ok ]
}

not_found()
{
	peer c reset && peer c socket && peer c "connect $1" && [ "$answer" = ENOENT ]
}

# soon COMMAND...: each try is a connection to the server, so there are not many
soon()
{
	local i

	for i in {1..40}; do
		"$@" && return
		sleep 0.5
	done
	diag "still not so: $*"
	return 1
}

# server NAME POOL LIVENESS COMMANDS...: after listen()
server()
{
	start "$1" 2 rsp_peer "socket => ok; set liveness $3 => ok; bind $2 => ok; listen => ok" \
		"${@:4}"
	wait_said "$1" '^listen: ok' && soon found "$2"
}

withheld()
{
	counter 2 KeepAliveWithheld
}

# times N TEXT
times()
{
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%s' "$2"
	done
}

# It runs, and goes on being found while keep-alives are answered
serves()
{
	local before

	before=$(counter 2 KeepAliveAckTx)
	sleep 6 && found "$1" && [ "$(counter 2 KeepAliveAckTx)" -ge $((before + 3)) ]
}

stops_and_goes_on()
{
	kill -STOP "${PID[$1]}" && soon not_found "$2" && sleep 5 && not_found "$2" || return
	kill -CONT "${PID[$1]}" && soon found "$2" && serves "$2"
}

# idle|accept|poll|epoll: how it waits
waits()
{
	local rc=0

	server "$1" "$1" 500 "${@:2}" && serves "$1" && stops_and_goes_on "$1" "$1" || rc=1
	stop "$1" KILL
	return "$rc"
}

# Without the option the kernel answers for it
without()
{
	local rc=0

	server dead dead 0 "serve echo" || return
	kill -STOP "${PID[dead]}"
	sleep 10
	found dead || rc=1
	stop dead KILL
	return "$rc"
}

# It runs, but not where its socket is; now and then it says so
busy()
{
	local rc=0

	server busy busy 500 "sleep 15000; get liveness => 500; serve echo" &&
		soon not_found busy && soon found busy && serves busy || rc=1
	stop busy KILL
	return "$rc"
}

# Longer pauses than the registrar's patience do not matter if it is told so
patient()
{
	local rc=0

	server patient patient 1500 "$(times 12 "sleep 1000; get liveness => 1500; ")" || return
	sleep 8 && found patient || rc=1
	stop patient KILL
	return "$rc"
}

# Its life ends, or it has new values: nothing of it reaches the registrar
silent()
{
	local before rc=0

	server quiet quiet 500 "set reglife 4 => ok" "serve echo" || return
	kill -STOP "${PID[quiet]}"
	soon not_found quiet && before=$(counter 2 RegistrationTx) && sleep 20 || rc=1
	same registrations "$(counter 2 RegistrationTx)" "$before" || rc=1
	stop quiet KILL
	return "$rc"
}

option()
{
	want c reset && want c socket && want c "get liveness" 0 && want c "set liveness 3600000" &&
		want c "get liveness" 3600000 && want c "set liveness 3600001" EINVAL &&
		want c "set liveness 0" && want c "get liveness" 0
}

check "RSP_LIVENESS" option
check "asleep in accept(): SIGSTOP, SIGCONT [ASAP-KAL-12]" waits accept "$(times 200 "accept; use 0; ")"
check "asleep in poll() [ASAP-KAL-12]" waits poll "serve echo"
check "asleep in epoll_wait() [ASAP-KAL-12]" waits epoll "nonblock 1; epoll add in" \
	"$(times 200 "epoll wait 1000000; accept; use 0; ")"
check "busy elsewhere [ASAP-KAL-12]" busy
check "one that shows itself often enough [ASAP-KAL-12]" patient
check "one that stands still is not registered again [ASAP-KAL-12]" silent
check "without the option" without
finish
