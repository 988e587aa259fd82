# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of rspd by itself share: one on host 1, and asap_peers on the others that
# speak ASAP to it.  Sourced, after lib.sh.

# registrar_start [OPTION...]: on host 1, without the module there
registrar_start()
{
	start rspd1 1 rspd --no-netlink --id=101 "$@"
	wait_said rspd1 'ready, id '
}

# asap_start NAME HOST: an asap_peer
asap_start()
{
	peer_start "$1" "$2" asap_peer
}

# dumped N: rspd has written its counters N times
dumped()
{
	[ "$(grep -c 'connections: ' "$TMP/rspd1.log")" -ge "$1" ]
}

# figure NAME LINE: the number behind NAME in the line of rspd's counters that begins with LINE,
# into $figure
figure()
{
	local before line

	before=$(grep -c 'connections: ' "$TMP/rspd1.log")
	kill -USR1 "${PID[rspd1]}" && wait_for 5 dumped $((before + 1)) || return
	line=$(grep "rspd: $2" "$TMP/rspd1.log" | tail -n 1)
	figure=${line#*"$1"}
	figure=${figure#"${figure%%[0-9]*}"}
	figure=${figure%%[!0-9]*}
}

# counted NAME LINE PATTERN
counted()
{
	figure "$1" "$2" && same "$2 $1" "$figure" "$3"
}

# memory: of rspd, in KiB, into $memory
memory()
{
	# shellcheck disable=SC2034 # the tests read it
	memory=$(awk '/^VmRSS/ { print $2 }' "/proc/${PID[rspd1]}/status")
}
