#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module comes and goes at random, while others open sockets, ask over netlink, and make
# and leave namespaces; each time with sessions that are killed just before.
#
#   RSP_SEED=N		the same decisions again
#   RSP_RACE_LOADS=N	how often (5, or for RSP_RACE_SECONDS (20) if that is less)

. "$(dirname "$0")/lib.sh"
needs_time

ko=$TOP/build/$(uname -r)/rserpool.ko
if [ ! -d /sys/module/rserpool ] || [ ! -e "$ko" ]; then
	skip_all "no module to unload"
fi
seed=${RSP_SEED:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$((seed % 32768))
parameters=()
! modinfo -p "$ko" | grep -q ^race: || parameters=("race=*:$seed:5")

# pause MS: up to as many milliseconds
pause()
{
	sleep "0.$(printf '%03d' $((RANDOM % $1)))"
}

# Its users, until they are told to stop.  That it is not there is no fault.
meanwhile()
{
	RANDOM=$2
	while [ ! -e "$TMP/stop" ]; do
		"$1" >/dev/null 2>&1
		pause 100
	done
}

use_socket()
{
	rsp_peer 'socket; bind pool; connect nobody; close'
}

use_netlink()
{
	case $((RANDOM % 3)) in
	0) on 2 rspctl session show ;;
	1) on 3 rspctl pe show ;;
	2) on 3 rspctl registrar add 10.77.0.1 ;;
	esac
}

use_namespace()
{
	unshare --net rsp_peer 'socket nonblock; bind pool; listen'
}

users_start()
{
	local user

	rm -f "$TMP/stop"
	for user in use_socket use_netlink use_namespace; do
		meanwhile "$user" $((RANDOM)) &
		PID[$user]=$!
	done
}

users_stop()
{
	touch "$TMP/stop"
	wait "${PID[use_socket]}" "${PID[use_netlink]}" "${PID[use_namespace]}"
	unset "PID[use_socket]" "PID[use_netlink]" "PID[use_namespace]"
}

# Whatever has come about in a moment is killed, in any order.
sessions()
{
	local name

	start rspd1 1 rspd
	start server 2 counter-server --pe-id 1
	start client 3 counter-client --interval 1
	pause 300
	for name in $(printf '%s\n' rspd1 server client | shuf --random-source=<(yes "$RANDOM")); do
		stop "$name" KILL
		pause 10
	done
}

unload()
{
	rmmod rserpool 2>/dev/null || ! [ -d /sys/module/rserpool ]
}

load()
{
	insmod "$ko" "${parameters[@]}" && on 2 rspctl registrar add 10.77.0.1 &&
		{ on 3 rspctl registrar add 10.77.0.1 2>/dev/null || true; }
}

rounds()
{
	local i rc=0 until=$((SECONDS + ${RSP_RACE_SECONDS:-20}))

	users_start
	for ((i = 0; i < ${RSP_RACE_LOADS:-5} && rc == 0 && SECONDS < until; i++)); do
		wait_for 20 unload && pause 50 && load && sessions || rc=1
	done
	users_stop
	diag "$i times"
	return "$rc"
}

setup_hosts 3
diag "seed $seed"
check "loaded and unloaded under its users" rounds
check "unloaded afterwards" wait_for 20 unload
insmod "$ko"
check "loaded again" rsp_peer 'socket => ok'
finish
