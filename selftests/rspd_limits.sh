#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One who wants all of rspd keeps up nobody.  Host 1 has it, host 2 the one, host 3 others.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/registrar.sh"

setup_hosts 3
registrar_start --max-elements=2000 --keepalive-interval=0 --max-subscriptions=500 \
	--max-connections=400
asap_start flood 2
asap_start pe 3
asap_start pu 3
want pe "sctp 10.77.0.1" && want pe "register pool 1" && want pe recv "registered flags=0 *"

# A packet that the network drops because of the flood is sent again after a second
resolved()
{
	want pu "resolve pool" && want pu "recv 5000" "resolved * pes=1 *"
}

# flood_done KIB COMMAND...: while it goes on others are served, and memory grows by KIB at most
flood_done()
{
	local kib=$1
	shift

	want pu "sctp 10.77.0.1" && resolved && want flood "sctp 10.77.0.1" && memory || return
	local before=$memory
	tell flood "$*"
	for _ in {1..20}; do
		resolved || return
	done
	hear flood 120 && same "$*" "$answer" ok && memory || return
	if [ $((memory - before)) -gt "$kib" ]; then
		diag "$before KiB before, then $memory"
		return 1
	fi
	resolved
}

registrations()
{
	flood_done 2000 flood register many 3000 && counted registrations limited "!(0)" &&
		want pe "register late 5" && want pe recv "registered flags=0 *" &&
		want pe "deregister late 5" && want pe recv "deregistered flags=0 *" &&
		want flood close
}

resolutions()
{
	flood_done 500 flood resolve pool 4000
}

reports()
{
	local before

	figure reports limited && before=$figure
	flood_done 500 flood report pool 4000 && figure reports limited &&
		same "reports not taken" "$((figure - before))" "3[0-9][0-9][0-9]" &&
		want pe "none 100"
}

answers()
{
	local before

	figure unasked limited && before=$figure
	flood_done 500 flood ack pool 4000 &&
		wait_for 5 counted unasked limited "$((before + 4000))"
}

subscriptions()
{
	flood_done 500 flood subscribe pool 4000 && counted subscriptions subscriptions 1
}

associations()
{
	want flood "$1 10.77.0.1" && want flood "hold 250" 250 && want pu "sctp 10.77.0.1" &&
		resolved && want flood close && resolved
}

poured()
{
	local before

	want pu "sctp 10.77.0.1" && resolved && want flood "sctp 10.77.0.1" && memory || return
	before=$memory
	want flood "pour pool 30000" "E* after *" && resolved && memory &&
		same "KiB more" "$((memory - before))" "@(-*|?|??|???)" && want flood close
}

# sent HOST NAME: what SCTP of a host has sent so far, into $sent
sent()
{
	sent=$(on "$1" cat /proc/net/sctp/snmp | awk -v name="SctpOut$2" '$1 == name { print $2 }') &&
		[ -n "$sent" ]
}

# All the same whether they are for one who asks often or for one who keeps many elements.  While
# rspd sleeps only SACKs leave its host.
together()
{
	local packets chunks

	want flood "sctp 10.77.0.1" || return
	kill -STOP "${PID[rspd1]}"
	want flood "pour pool 64" "ok after 64" && sent 1 SCTPPacks && packets=$sent &&
		sent 1 OrderChunks && chunks=$sent
	kill -CONT "${PID[rspd1]}"
	want flood "drain 500" 64 && sent 1 OrderChunks && same answers $((sent - chunks)) 64 &&
		sent 1 SCTPPacks || return
	diag "64 answers in $((sent - packets)) packets"
	[ $((sent - packets)) -le 16 ] && want flood close
}

# 50 servers of one host come back at the same moment
legal()
{
	local i

	want flood "sctp 10.77.0.1" || return
	for i in {1..50}; do
		want flood "register pool$((i % 5)) $i" || return
	done
	for i in {1..50}; do
		want flood "recv 1000" "registered flags=0 *" || return
	done
	want flood close
}

# Somebody else's protocol on this port: no answer, and no end of the association
other_ppid()
{
	local resolution=0500000c00090008706f6f6c

	want pu "sctp 10.77.0.1" && want pu "raw $resolution 12" && want pu "none 1000" &&
		want pu "raw $resolution 11" && want pu "recv 5000" "resolved * pes=1 *"
}

check "answers that are due together share packets" together
check "registrations: the sender gets its share, others theirs [SEC-20]" registrations
check "resolutions [SEC-23]" resolutions
check "unreachable reports [ASAP-UNR-12 SEC-16]" reports
check "answers to no keep-alive [SEC-17]" answers
check "subscriptions to the same pool [ASAP-RES-24]" subscriptions
check "resolutions whose answers nobody reads" poured
check "hundreds of associations" associations sctp
check "hundreds of connections" associations tcp
check "50 elements at once are no flood" legal
check "only PPID 11 is ASAP [WIRE-37]" other_ppid
finish
