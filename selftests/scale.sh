#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ten thousand pool elements in a hundred pools: a registrar that starts learns them from
# another one in few large messages, and how much memory each of them takes.  Hosts 1 and 2
# have the registrars, 3 is the host of all elements.

. "$(dirname "$0")/lib.sh"
needs_time

POOLS=100 POOL_SIZE=100
ELEMENTS=$((POOLS * POOL_SIZE))

# Nobody is asked whether it is alive: that is not what this is about.
begins()
{
	start "rspd$1" "$1" rspd --no-netlink --no-tcp --id=$(($1 * 1111)) --keepalive-interval=0 \
		--peer-heartbeat=1 --log-level=info "${@:2}"
	wait_said "rspd$1" 'ready, id ' 20
}

kib_of()
{
	awk '$1 == "VmRSS:" { print $2 }' "/proc/${PID[rspd$1]}/status"
}

# elements_of BY ID: how many this registrar says that one has
elements_of()
{
	on "$1" rspctl peer show | sed -n "s/^id $(printf 0x%08x "$2") .* elements \([0-9]*\) .*/\1/p"
}

known()
{
	[ "$(elements_of "$1" 1111)" = "$ELEMENTS" ]
}

# large HOST: messages that it has sent in parts, since they do not fit into a packet
large()
{
	on "$1" cat /proc/net/sctp/snmp | awk '$1 == "SctpFragUsrMsgs" { print $2 }'
}

registers()
{
	local i

	begins 1 && before=$(kib_of 1) && peer_start pes 3 asap_peer && want pes "sctp 10.77.0.1" || return
	for ((i = 0; i < POOLS; i++)); do
		# not faster than rspd takes them from one sender
		want pes "flood register pool-$i $POOL_SIZE" && want pes "drain 50" "*" || return
	done
	wait_for 20 known 1 || return
	per_element first "$(($(kib_of 1) - before))"
}

# per_element WHO KIB
per_element()
{
	local octets=$(($2 * 1024 / ELEMENTS))

	diag "$1 registrar: $octets octets for each element"
	[ "$octets" -ge 100 ] && [ "$octets" -le 512 ]
}

learns()
{
	local from ms messages

	from=$(now_ms) messages=$(large 1)
	begins 2 --peer=10.77.0.1 && known 2 || return
	ms=$(($(now_ms) - from))
	grep -q "handlespace: $ELEMENTS elements in $POOLS pools" "$TMP/rspd2.log" || return
	messages=$(($(large 1) - messages))
	diag "started within $ms ms, by $messages large messages"
	[ "$messages" -ge 10 ] && [ "$messages" -le 50 ] || return
	# the whole of it, not a part and the rest by audit
	same "elements on the wire" "$(on 3 rspctl peer pool 10.77.0.2 | grep -c '^ *id 0x')" "$ELEMENTS" &&
		per_element second "$(($(kib_of 2) - before))"
}

# What both have from presences on is the same: nobody reads a table again.
agree()
{
	sleep 5
	kill -USR1 "${PID[rspd2]}" && wait_said rspd2 'audits' 5 &&
		same "tables read again" "$(grep -o 'audits [0-9]*' "$TMP/rspd2.log" | tail -n 1)" "audits 0" &&
		known 2
}

setup_hosts 3
check "$ELEMENTS pool elements register, each takes less than half a KiB" registers
check "another registrar learns them all in few messages [ENRP-INI-11 ENRP-INI-12 ENRP-INI-20]" learns
check "both have the same checksum [ENRP-AUD-04]" agree
finish
