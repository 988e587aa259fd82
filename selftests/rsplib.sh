# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# RSPLIB's programs as peers: its registrar, servers and clients as Debian has them
# (packages rsplib-registrar, rsplib-services, rsplib-tools).  Sourced after lib.sh.
#
# Its registrar wants an address that is not a loopback one on an interface that does
# multicast, a route for 224.0.0.0/4, and pool handles of at most 32 octets; it needs 5 s to
# begin.  What its programs print when they get a signal has to be expected.

# require_rsplib: RSPLIB is here
require_rsplib()
{
	local program

	for program in stdbuf rspregistrar rspserver rspterminal pingpongclient calcappclient \
		fractalpooluser; do
		command -v "$program" >/dev/null ||
			skip_all "no $program: rsplib-registrar, rsplib-services and rsplib-tools are needed"
	done
	diag "RSPLIB $(dpkg-query -W -f '${Version}' rsplib-registrar 2>/dev/null || echo of unknown version)"
}

# rsplib_hosts N: the hosts 1 to N, for its programs too
rsplib_hosts()
{
	local host

	setup_hosts "$1"
	for ((host = 1; host <= $1; host++)); do
		ip -n "$NET-$host" route add 224.0.0.0/4 dev eth0
	done
}

# as_rsplib HOST...: our programs there take a crash of its servers for one
as_rsplib()
{
	local host

	for host; do
		setting_fast "$host"
		setting "$host" stale_cache_ms=0 negative_cache_ms=0 rsplib_sessions=1
	done
}

# there POOL ID...: our client, the peer c, finds them
there()
{
	local pool=$1 id
	shift

	peer c reset
	for id; do
		peer c socket && peer c "connect $pool id=$id" && [ "$answer" = ok ] || return
	done
	peer c reset
}

# listens_sctp HOST PORT
listens_sctp()
{
	on "$1" cat /proc/net/sctp/eps |
		awk -v port="$2" '$6 == port { found = 1 } END { exit !found }'
}

# rspregistrar_start HOST ID [OPTION...]: nobody finds it by multicast
rspregistrar_start()
{
	local host=$1 id=$2
	shift 2

	start "rspregistrar$host" "$host" stdbuf -oL rspregistrar -identifier="$id" \
		-asap="10.77.0.$host:3863" -enrp="10.77.0.$host:9901" \
		-asapannounce=off -enrpannounce=off "$@"
	# It listens at once and answers later
	wait_for 10 listens_sctp "$host" 3863
}

# rsplib NAME HOST PROGRAM [OPTION...]: one that asks the registrar of host 1
rsplib()
{
	local name=$1 host=$2 program=$3
	shift 3

	start "$name" "$host" stdbuf -oL "$program" -asapannounce=off \
		-registrar=10.77.0.1:3863 "$@"
}

# rspserver_start NAME HOST SERVICE POOL ID [OPTION...]: SERVICE as rspserver calls it
rspserver_start()
{
	local name=$1 host=$2 service=$3 pool=$4 id=$5
	shift 5

	rsplib "$name" "$host" rspserver "-$service" -poolhandle="$pool" -identifier="$id" "$@"
}

# ---- what its services say, by rsp_peer ----------------------------------------

# ping NAME NUMBER COUNT: with this number gets the pong with this count
ping()
{
	local number

	number=$(printf %016x "$2")
	want "$1" "send hex:0100000c$number" 12 &&
		want "$1" recv "20 eor: 02000014$number$(printf %016x "$3")"
}

# calc TYPE JOB SIZE DONE: a message of CalcApp, as hexadecimal octets
calc()
{
	printf '%02x000018%08x%016x%016x' "$@"
}

# calc_job NAME JOB SIZE: it is accepted and done
calc_job()
{
	want "$1" "send hex:$(calc 1 "$2" "$3" 0)" 24 &&
		want "$1" recv "24 eor: $(calc 2 "$2" 0 0)" &&
		want "$1" recv "24 eor: $(calc 5 "$2" "$3" "$3")"
}
