#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module asks registrars on other hosts, over SCTP.  Hosts 1 and 2 have one
# each, 3 the server s, 4 the client c.

. "$(dirname "$0")/lib.sh"

setup_hosts 4
# The module learns a registrar's identifier by its first keep-alive
rspd_start 1 --id=101 --keepalive-interval=0.3
rspd_start 2 --id=102 --keepalive-interval=0.3
for host in 3 4; do
	setting_fast $host
	setting $host stale_cache_ms=0 negative_cache_ms=0 t1_enrprequest_ms=1000 \
		t2_registration_ms=1000 t3_deregistration_ms=1000
done
peer_start s 3
peer_start c 4

no_registrar()
{
	! has_registrar "$1"
}

# flat HOST: its registrars as one line of JSON
flat()
{
	on "$1" rspctl -j registrar show | tr -d '\n '
}

added()
{
	registrar_add 3 1 && registrar_add 4 1 &&
		same "registrar show" "$(flat 3)" "*10.77.0.1*3863*sctp*"
}

element()
{
	want s reset && want s socket && want s "bind pool id=5" && want s listen
}

found()
{
	peer c reset && peer c socket && peer c "connect pool" && [ "$answer" = ok ]
}

home_is()
{
	on 3 rspctl registrar show | grep -q "^address $1 .* up home "
}

named()
{
	peer s info && [ "$(field registrar)" = 101 ]
}

named_in_info()
{
	element && wait_for 10 named
}

registers()
{
	element && found && home_is 10.77.0.1 &&
		wait_for 5 has_registrar 3 && wait_for 5 has_registrar 4
}

deregisters()
{
	element && found && want s close || return
	for _ in {1..100}; do
		found || break
	done
	same connect "$answer" ENOENT
}

unknown()
{
	want c reset && want c socket && want c "connect nobody" ENOENT
}

listed()
{
	element && found && same "pe show" "$(on 3 rspctl -j pe show | tr -d '\n ')" \
		'*"pool"*' && want s info "* pe=5 *"
}

address6()
{
	on 4 rspctl registrar del 10.77.0.1 && on 4 rspctl registrar add fd77::1 &&
		element && found && same "registrar show" "$(flat 4)" "*fd77::1*" &&
		on 4 rspctl registrar del fd77::1 && registrar_add 4 1
}

# Its association has not ended yet when it is there again
again()
{
	local rc=0

	element && wait_for 20 found || return
	cut_link 1
	on 4 rspctl registrar del 10.77.0.1 && registrar_add 4 1 || rc=1
	join_link 1
	want c reset && want c socket && want c "connect pool" || rc=1
	return "$rc"
}

dies()
{
	element && wait_for 20 found && stop rspd1 KILL && wait_for 20 no_registrar 3 &&
		rspd_start 1 --id=101 --keepalive-interval=0.3 && wait_for 20 found
}

cut()
{
	local rc=0

	element && wait_for 20 found || return
	cut_link 1
	# Nobody answers: not for ever
	want c reset && want c socket && tell c "connect another"
	hear c 60 && same connect "$answer" "@(EHOSTUNREACH|ETIMEDOUT)" || rc=1
	join_link 1
	wait_for 30 found || rc=1
	return "$rc"
}

# Registrars do not tell each other yet: the client has to ask the server's
same_home()
{
	local other=1

	! home_is 10.77.0.1 || other=2
	found || { on 4 rspctl registrar del "10.77.0.$other" && registrar_add 4 "$other" && found; }
}

second()
{
	# Another registrar takes over when the first is gone
	registrar_add 3 2 && registrar_add 4 2 && element && wait_for 20 same_home || return
	if home_is 10.77.0.1; then
		stop rspd1 KILL
		wait_for 30 home_is 10.77.0.2 && wait_for 30 found
	else
		home_is 10.77.0.2 && stop rspd2 KILL &&
			wait_for 30 home_is 10.77.0.1 && wait_for 30 found
	fi
}

deleted()
{
	on 3 rspctl registrar del 10.77.0.1 && on 3 rspctl registrar del 10.77.0.2 &&
		wait_for 5 no_registrar 3 && same "registrar show" "$(flat 3)" "\[\]" &&
		want s reset && want s socket && want s "bind pool" &&
		want s listen EHOSTUNREACH
}

counted()
{
	same AsapTx "$(counter 3 AsapTx)" "!(0)" && same AsapRx "$(counter 3 AsapRx)" "!(0)" &&
		same AsapRxMalformed "$(counter 3 AsapRxMalformed)" 0
}

check "rspctl registrar add [ASAP-HNT-07]" added
check "a server registers over SCTP [ASAP-REG-01 ASAP-REG-11]" registers
check "RSP_INFO names the registrar" named_in_info
check "... and de-registers [ASAP-DRG-01 ASAP-DRG-03 ASAP-DRG-05]" deregisters
check "a client resolves over SCTP [ASAP-RES-01 ASAP-RES-03 ASAP-RES-09]" unknown
check "rspctl pe show" listed
check "by an IPv6 address" address6
check "rspctl registrar del and add, one after the other" again
check "the registrar dies and comes back [ASAP-REG-10 ASAP-HNT-08]" dies
check "the registrar cannot be reached [ASAP-RES-05 ASAP-RES-06]" cut
check "a second registrar takes over [ASAP-HNT-15 REQ-01]" second
check "rspctl registrar del" deleted
check "messages are counted, none was malformed" counted
finish
