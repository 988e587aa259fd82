#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rspd's side of ASAP over TCP.  Host 1 has it; host 2 a pool element over SCTP and a pool
# user over TCP.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/registrar.sh"

setup_hosts 2
registrar_start --tcp-idle=5 --max-connections=20 --keepalive-interval=0
asap_start pe 2
asap_start pu 2
asap_start other 2

# A resolution of "pool", as octets: padded, length 16
POOL=0500000c00090008706f6f6c

registered()
{
	want pe "sctp 10.77.0.1" && want pe "register pool 7" &&
		want pe recv "registered flags=0 pe=7"
}

resolves()
{
	want pu "tcp $1" && want pu "resolve pool" &&
		want pu recv "resolved flags=0 policy=0 pes=1 life=300" &&
		want pu "resolve nobody" && want pu recv "resolved * pes=0 * cause=9"
}

in_parts()
{
	want pu "tcp 10.77.0.1" && want pu "split $POOL 20" &&
		want pu recv "resolved * pes=1 *" && want pu "none 100"
}

several()
{
	want pu "tcp 10.77.0.1" && want pu "raw $POOL$POOL$POOL${POOL:0:14}" || return
	for _ in 1 2 3; do
		want pu recv "resolved * pes=1 *" || return
	done
	want pu "none 100" && want pu "raw ${POOL:14}" && want pu recv "resolved * pes=1 *"
}

# More than one turn, and more than the registrar may have to send at once
many()
{
	want pu "tcp 10.77.0.1" && want pu "flood resolve pool 2000" &&
		want pu "drain 500" 2000
}

closes()
{
	want pu "tcp 10.77.0.1" && want pu "raw $1" && want pu "recv 2000" "@(closed|error *)" || return
	# Where there is something to say it is said before
	[ "$answer" = closed ] || want pu "recv 2000" closed
}

garbage()
{
	local before

	figure garbage connections && before=$figure
	closes 05000003 && closes 05000000 && closes 0500000c000900ff706f6f6c &&
		counted garbage connections "$((before + 3))" &&
		# others do not notice
		want pe "resolve pool" && want pe recv "resolved * pes=1 *"
}

# What is only unknown is no garbage: there may be newer peers
unknown()
{
	want pu "tcp 10.77.0.1" && want pu "raw 3f000004$POOL" &&
		want pu recv "resolved * pes=1 *" && want pu "raw 41000004$POOL" &&
		want pu recv "error * cause=2" && want pu recv "resolved * pes=1 *"
}

refused()
{
	want pu "tcp 10.77.0.1" && want pu "register pool 9" &&
		want pu recv "registered flags=1 pe=9 cause=10" &&
		want pu "deregister pool 7" &&
		want pu recv "deregistered * pe=7 cause=10" && want pu "resolve pool" &&
		want pu recv "resolved * pes=1 *"
}

reports()
{
	want pu "tcp 10.77.0.1" && want pe "none 10" && want pu "report pool 7" &&
		want pe "recv 1000" "keep-alive * pe=7" && want pe "ack pool 7"
}

idle()
{
	local before

	want pu "tcp 10.77.0.1" && want pu "resolve pool" && want pu recv "resolved *" &&
		want other "tcp 10.77.0.1" && want other "resolve pool s" &&
		want other recv "resolved flags=1 *" || return
	before=$(now_ms)
	# A subscriber has nothing to say; half a message says nothing
	want pu "raw ${POOL:0:14}" && want pe "none 8000" && want pu "recv 1000" closed &&
		want other "none 100" && same "seconds" $((($(now_ms) - before) / 1000)) 8 &&
		want other "resolve pool" && want other recv "resolved *"
}

crowd()
{
	local before

	figure evicted connections && before=$figure
	want other "tcp 10.77.0.1" && want other "hold 60" 60 && want pu "tcp 10.77.0.1" &&
		want pu "resolve pool" && want pu recv "resolved * pes=1 *" &&
		figure evicted connections && same evicted "$((figure - before))" "4[0-9]" &&
		want other close
}

slow()
{
	# It asks and does not read: not listened to any more, then given up
	local before

	want pu "tcp 10.77.0.1" && want pe "churn big 1 1 1" || return
	memory && before=$memory
	want pu "pour pool 50000" "E* after *" && memory &&
		same "KiB more" "$((memory - before))" "@(-*|?|??|???|1???)" &&
		want pe "resolve pool" && want pe recv "resolved * pes=1 *" || return
	tell pe "none 35000"
	hear pe 60 && same none "$answer" ok && counted "not reading" connections "[1-9]*"
}

check "a pool element registers over SCTP" registered
check "a pool user resolves over TCP [ASAP-RES-25]" resolves 10.77.0.1
check "... and IPv6 [ASAP-RES-25]" resolves fd77::1
check "a message may come octet by octet [WIRE-38]" in_parts
check "several messages may come at once [WIRE-38]" several
check "... thousands of them [WIRE-38]" many
check "what is no message ends the connection, and is counted [WIRE-38 WIRE-19]" garbage
check "what is unknown does not [WIRE-06 WIRE-07]" unknown
check "no pool element may register over TCP [ASAP-REG-01 ASAP-DRG-10]" refused
check "reports may come over TCP [ASAP-UNR-01 ASAP-UNR-05]" reports
check "a connection without requests is closed" idle
check "too many connections: the one silent for longest has to go" crowd
check "one that does not read keeps up nobody [SEC-20]" slow
finish
