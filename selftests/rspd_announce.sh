#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# rspd's announcements.  Host 1 has it, host 2 listens, host 3 forges some.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/registrar.sh"

setup_hosts 3
for host in 1 2 3; do
	ip -n "$NET-$host" route add 224.0.0.0/4 dev eth0
done
asap_start listener 2
asap_start forger 3

again()
{
	stop rspd1 && registrar_start --announce-interface=eth0 "$@" && want listener close
}

# Its interface has these, and one that only the link knows
ADDRESSES=10.77.0.1,fd77::1

wildcard()
{
	again --announce && want listener "group 224.0.1.185" &&
		want listener "heard 3000" \
			"announce flags=0 id=101 sctp=3863,$ADDRESSES tcp=3863,10.77.0.1 tcp=3863,fd77::1"
}

every_second()
{
	local before

	before=$(now_ms)
	for _ in {1..5}; do
		want listener "heard 3000" "announce * id=101 *" || return
	done
	same "ms for five" "$(($(now_ms) - before))" "@(4[0-9]??|5[0-2]??)"
}

ipv6()
{
	want listener close && want listener "group ff05::133" &&
		want listener "heard 3000" "announce * id=101 sctp=3863,$ADDRESSES *"
}

one_address()
{
	again --announce -a 10.77.0.1:5000 --no-tcp && want listener "group 224.0.1.185" &&
		want listener "heard 3000" "announce flags=0 id=101 sctp=5000,10.77.0.1"
}

rsplib()
{
	again --announce --profile=rsplib && want listener "group 239.0.0.50" &&
		want listener "heard 3000" "announce * id=101 sctp=3863,$ADDRESSES"
}

# RSPLIB knows no TCP Transport and would drop the whole
both_groups()
{
	again --announce=239.0.0.50 --announce=224.0.1.185 && want listener "group 239.0.0.50" &&
		want listener "heard 3000" "announce * id=101 sctp=3863,$ADDRESSES" &&
		want listener close && want listener "group 224.0.1.185" &&
		want listener "heard 3000" "announce * id=101 sctp=3863,$ADDRESSES tcp=*"
}

own_groups()
{
	again --announce=239.1.2.3 --announce=ff05::133 && want listener "group 239.1.2.3" &&
		want listener "heard 3000" "announce * id=101 *" && want listener close &&
		want listener "group ff05::133" && want listener "heard 3000" "announce * id=101 *"
}

off()
{
	again && want listener "group 224.0.1.185" && want listener "heard 3500" nothing
}

# heard_in SECONDS: how many, into $heard
heard_in()
{
	local until=$(($(now_ms) + $1 * 1000)) left

	heard=0
	while left=$((until - $(now_ms))) && [ "$left" -gt 0 ]; do
		peer listener "heard $left" || return
		[[ $answer != *id=101* ]] || heard=$((heard + 1))
	done
}

slower()
{
	again --announce && want listener "group 224.0.1.185" &&
		want forger "announce 224.0.1.185 200 1" &&
		want forger "announce 224.0.1.185 300 1" && heard_in 9 &&
		same "with two others, in 9 s" "$heard" "[345]" && heard_in 20 && heard_in 10 &&
		same "alone again, in 10 s" "$heard" "@(9|1[01])"
}

forged()
{
	local before

	again --announce && want listener "group 224.0.1.185" && memory || return
	before=$memory
	want forger "announce 224.0.1.185 1000 100000" && memory &&
		same "KiB more" "$((memory - before))" "@(-*|?|??|???)" || return
	asap_start pu 2
	want pu "tcp 10.77.0.1" && want pu "resolve nobody" && want pu recv "resolved *" || return
	peer_end pu
	want listener close && want listener "group 224.0.1.185" &&
		want listener "heard 40000" "announce * id=101 *"
}

# Nobody has told host 2's module of a registrar
found()
{
	again --announce && on 2 rsp_peer "socket => ok; connect nobody => ENOENT" &&
		on 2 rspctl registrar show | grep -q "10.77.0.1.*up.*home"
}

check "to IANA's group, with all addresses [ASAP-HNT-02 ASAP-HNT-03 ASAP-HNT-16]" wildcard
check "... every second [ASAP-HNT-02]" every_second
check "... and over IPv6 [ASAP-HNT-16]" ipv6
check "only the address that it serves" one_address
check "with the profile rsplib to RSPLIB's group [ASAP-HNT-16]" rsplib
check "... and all to others at the same time [ASAP-HNT-03 ASAP-HNT-16]" both_groups
check "to groups of the operator's choice [ASAP-HNT-16]" own_groups
check "not unless it is told to [ASAP-HNT-19]" off
check "more seldom when there are others, who are forgotten again [ASAP-HNT-02]" slower
check "100,000 forged ones: memory flat, service kept [ASAP-HNT-17]" forged
check "the module finds its registrar by them alone [ASAP-HNT-01 ASAP-HNT-04]" found
finish
