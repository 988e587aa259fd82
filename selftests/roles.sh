#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What each role has to understand (RFC 5352 section 4), all of it in one life.  Host 1 has
# rspd, which announces itself; hosts 2 and 3 know nobody.  x is a pool element on host 2, and
# a client there and on host 3 is both: an element of its own pool and a user of the other.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/registrar.sh"

setup_hosts 3
capture roles
for host in 1 2 3; do
	ip -n "$NET-$host" route add 224.0.0.0/4 dev eth0
	setting_fast "$host"
	setting "$host" stale_cache_ms=0 negative_cache_ms=0
done
asap_start stranger 3
start rspd1 1 rspd --no-netlink --announce --announce-interface=eth0 --keepalive-interval=0.5
wait_said rspd1 ready
peer_start x 2
peer_start y 2
peer_start b 3

# counted HOST NAME: has happened
counted()
{
	[ "$(counter "$1" "$2")" != 0 ]
}

element()
{
	want "$1" socket && want "$1" "event all 1" && want "$1" "bind $2 id=$3" &&
		want "$1" listen && want "$1" recv "registration registered=1 *"
}

# Announcements, registration and its answer, keep-alives and their acknowledgements
as_element()
{
	element x pool 1 && element y pool 2 && counted 2 AnnounceRx &&
		wait_for 5 counted 2 KeepAliveAckTx
}

# Resolution and its answer, cookie and card; the server dies: report, cookie echo
as_user()
{
	want x "card 2" && want b socket && want b "event all 1" && want b "connect pool id=1" &&
		want x accept && want x "cookie state" && want x "send hello" 5 &&
		want b recv "5 eor: hello" && want b getcard 2 || return
	peer_end x KILL
	want y accept && want y recv "cookie-echo 5 state" && want b recv "failover * new=2 *" &&
		counted 3 CookieRx && counted 3 CardRx && wait_for 5 counted 3 UnreachableTx &&
		counted 2 CookieEchoRx
}

# b is a server of y's kernel, too, while it is y's client
as_both()
{
	element b other 3 && want y socket && want y "event all 1" && want y "connect other" &&
		want b accept && want y "send down" 4 && want b recv "4 eor: down" &&
		want b "use 0" && want b "send up" 2 && want y "use 1" && want y recv "2 eor: up"
}

# De-registration and its answer
leaves()
{
	want b "use 1" && want b close && counted 3 DeregistrationTx &&
		want y socket && want y "connect other" ENOENT
}

# A message of a type that has to be reported
error()
{
	want stranger "sctp 10.77.0.1" && want stranger "raw 41000004" &&
		want stranger "recv 2000" "error * cause=2"
}

check "a pool element [ROLE-02]" as_element
check "a pool user [ROLE-01]" as_user
check "both at once, on one host [ROLE-04 REQ-03]" as_both
check "an element leaves [ROLE-02]" leaves
check "a registrar reports what it does not know [ROLE-03 WIRE-07 ERR-05]" error
finish
