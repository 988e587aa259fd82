#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's servers and clients with RSPLIB's registrar, and no rspd.  Host 1 has the
# registrar, 2 and 3 the servers x and y, 4 the client c.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/rsplib.sh"
require_rsplib

rsplib_hosts 4
capture interop-registrar
# A registrar's identifier is known by its first keep-alive
rspregistrar_start 1 0x1111 -endpointkeepalivetransmissioninterval=500
for host in 2 3 4; do
	registrar_add "$host" 1 profile rsplib
	setting_fast "$host"
	setting "$host" stale_cache_ms=0 negative_cache_ms=0
done
peer_start x 2
peer_start y 3
peer_start c 4

# pe NAME ID [POOL [POLICY...]]: a registered server
pe()
{
	want "$1" reset && want "$1" socket && want "$1" "event all 1" && want "$1" "event send-failed 0" || return
	[ -z "${4:-}" ] || want "$1" "policy ${*:4}" || return
	want "$1" "bind ${3:-pool} id=$2" && want "$1" listen
}

# gives RESULT [POOL]: of connect()
gives()
{
	peer c reset && peer c socket && peer c "event all 1" && peer c "event send-failed 0" && peer c "connect ${2:-pool}" &&
		same connect "$answer" "$1" >/dev/null
}

found()
{
	gives ok "$@"
}

not_found()
{
	gives ENOENT
}

named()
{
	peer x info && [ "$(field registrar)" = 4369 ]
}

registers()
{
	not_found && pe x 11 && found && want c getpeername "id=11 * pool" &&
		want x accept && want c "send ping" 4 && want x recv "4 eor: ping" &&
		want x "send pong" 4 && want c recv "4 eor: pong"
}

known()
{
	pe x 11 && wait_for 10 named && on 2 rspctl registrar show | grep -q 'id 0x00001111'
}

long_handle()
{
	# 32 octets are what it bears
	pe x 11 pool-handle-with-thirty-2-octets && found pool-handle-with-thirty-2-octets
}

closes()
{
	pe x 11 && found && want x close && wait_for 5 not_found
}

dies()
{
	pe x 11 && found || return
	peer_end x KILL
	peer_start x 2
	wait_for 5 not_found
}

# is_at HOST POOL: its only server
is_at()
{
	gives "@(ok|ECONNREFUSED)" "$2"
	on 4 rspctl pool show | awk -v pool="$2" -v addr="10.77.0.$1" '
		$1 == "handle" { here = $2 == pool }
		here && $1 == "id" { n++; at = index($0, addr ",") }
		END { exit !(n == 1 && at) }'
}

# RSPLIB's fault: it takes the second one for the first at another address (RFC 5352 section
# 3.1 R2 wants it refused), and so it does with its own servers.
same_id()
{
	local rc=0

	rspserver_start twin2 2 echo twins 21
	wait_for 20 is_at 2 twins || rc=1
	rspserver_start twin3 3 echo twins 21
	wait_for 20 is_at 3 twins || rc=1
	stop twin2 KILL
	stop twin3 KILL
	[ "$rc" = 0 ] && pe x 21 && is_at 2 pool && want y reset && want y socket &&
		want y "event registration 1" && want y "bind pool id=21" && want y listen &&
		want y recv "registration registered=1 cause=0 *" && is_at 3 pool
}

other_policy()
{
	want y reset && want x reset && wait_for 5 not_found && pe x 23 && want y socket &&
		want y "event registration 1" && want y "policy prio 0 5" &&
		want y "bind pool id=22" || return
	peer y listen
	case $answer in
	ok) want y recv "registration registered=0 cause=5 *" ;;
	*) same listen "$answer" "@(ENOTUNIQ|EEXIST)" ;;
	esac
}

in_turn()
{
	local seen='' i

	want y reset && pe x 31 && want x socket && want x "bind pool id=32" && want x listen &&
		pe y 33 || return
	for i in {1..6}; do
		found && want c getpeername "id=3[123] *" || return
		seen+=$(field id)' '
	done
	for i in 31 32 33; do
		same "servers" "$seen" "*$i*$i*" || return
	done
}

weight_is()
{
	found weights && on 4 rspctl -j pool show | tr -d '\n' | grep -q "\"weight\": *$1[^0-9]"
}

weighs()
{
	want y reset && pe x 41 weights wrr 3 && wait_for 5 weight_is 3 &&
		want x "policy wrr 7" && wait_for 5 weight_is 7
}

registered_more()
{
	[ "$(counter 2 RegistrationTx)" -ge "$1" ]
}

again()
{
	local rc=0 before

	setting 2 t4_reregistration_s=1
	want y reset && pe x 51 || rc=1
	before=$(counter 2 RegistrationTx)
	wait_for 10 registered_more $((before + 3)) && found && want c getpeername "id=51 *" || rc=1
	setting 2 t4_reregistration_s=600
	return "$rc"
}

moves()
{
	want c reset && pe x 61 && found && want x accept && want x "cookie state1" &&
		want x "send hello" 5 && want c recv "5 eor: hello" && pe y 62 || return
	peer_end x KILL
	peer_start x 2
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=abort count=1 old=61 new=62 * cookie=1 *" &&
		want y recv "cookie-echo 6 state1" && want c "send on" 2 && want y recv "2 eor: on"
}

# For somebody else
removed()
{
	on 3 rsp_peer 'socket; connect pool => ENOENT' >/dev/null
}

# All sessions with x lose it, and only they know: without keep-alives the registrar learns it
# by their reports.
reported()
{
	local before rc=0

	stop rspregistrar1 KILL
	rspregistrar_start 1 0x1111 -endpointkeepalivetransmissioninterval=600000 \
		-maxbadpereports=1
	want c reset && want y reset && want x reset && pe x 71 && wait_for 20 found || return
	for _ in 1 2 3 4; do
		want c socket && want c "connect pool" || return
	done
	before=$(counter 4 UnreachableTx)
	on 2 iptables -I INPUT -s 10.77.0.4 -j DROP
	on 2 ip6tables -I INPUT -s fd77::4 -j DROP
	wait_for 20 removed && [ "$(counter 4 UnreachableTx)" -gt "$before" ] || rc=1
	on 2 iptables -F INPUT
	on 2 ip6tables -F INPUT
	return "$rc"
}

talks()
{
	want c "send ping" 4 && want x recv "4 eor: ping" && want x "send pong" 4 &&
		want c recv "4 eor: pong"
}

no_registrar()
{
	! on "$1" rspctl registrar show | grep -q ' state up '
}

comes_back()
{
	stop rspregistrar1 KILL
	rspregistrar_start 1 0x1111 -endpointkeepalivetransmissioninterval=500
	want c reset && want y reset && pe x 81 && wait_for 20 found && want x accept && talks || return
	stop rspregistrar1 KILL
	wait_for 5 no_registrar 2 && talks || return
	rspregistrar_start 1 0x1111 -endpointkeepalivetransmissioninterval=500
	# Found anew, while the session goes on
	peer_start d 4
	wait_for 30 finds_too && talks && want c info "* failovers=0 *"
	local rc=$?
	peer_end d
	return "$rc"
}

finds_too()
{
	peer d reset && peer d socket && peer d "connect pool" && [ "$answer" = ok ]
}

none_malformed()
{
	local host

	for host in 2 3 4; do
		same "host $host" "$(counter "$host" AsapRxMalformed)" 0 || return
	done
}

check "a server registers, a client finds it [ASAP-REG-01 ASAP-RES-01]" registers
check "the registrar tells its identifier [ASAP-KAL-01]" known
check "a handle of 32 octets" long_handle
check "close() de-registers [ASAP-DRG-01]" closes
check "SIGKILL de-registers [ASAP-DRG-12]" dies
check "one PE identifier twice: accepted, as from RSPLIB's own servers" same_id
check "a different policy is refused [ASAP-REG-20 ERR-08]" other_policy
check "servers take turns [POL-RR-02]" in_turn
check "a changed weight is told [ASAP-REG-13 ASAP-REG-17]" weighs
check "T4: registered again and again [ASAP-REG-14]" again
check "failover with the cookie [ASAP-CKI-03 REQ-01]" moves
if [ -n "$TRAVELS" ]; then
	skip "reports take a server out" "rspregistrar does not listen again with time travel"
	skip "the registrar dies and comes back" "the same"
else
	check "reports take a server out [ASAP-UNR-01]" reported
	check "the registrar dies and comes back [ASAP-REG-10 ASAP-HNT-08]" comes_back
fi
check "none of its messages was malformed" none_malformed
finish
