#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What rspd does to find out whether a pool element is alive.  Host 1 has it, host 2 the pool
# element, host 3 a pool user.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/registrar.sh"

setup_hosts 3
registrar_start --keepalive-interval=0 --keepalive-timeout=2
asap_start pe 2
asap_start pu 3
want pu "sctp 10.77.0.1"

# An association that only closes is in the way of the next one from the same port
registered()
{
	peer pe abort && want pe close && wait_for 5 missing && want pe "sctp $1 4000" && want pe "register pool 7" &&
		want pe recv "registered flags=0 pe=7" && found
}

found()
{
	want pu "resolve pool" && want pu recv "resolved * pes=1 *"
}

# For wait_for: without a word
missing()
{
	peer pu "resolve pool" && peer pu recv && [[ $answer = *cause=9 ]]
}

asked()
{
	want pe "recv 3000" "keep-alive flags=0 id=101 pe=7"
}

report_alive()
{
	registered 10.77.0.1 && want pu "report pool 7" && asked && want pe "ack pool 7" &&
		want pe "none 2500" && found
}

report_dead()
{
	registered 10.77.0.1 && want pu "report pool 7" && asked && found || return
	# It does not answer; the registrar says that it is out
	want pe "recv 4000" "deregistered flags=0 pe=7" && missing
}

lost_alive()
{
	local dialed

	registered "$1" && figure dialed connections || return
	dialed=$figure
	want pe abort && asked && found && want pe "ack pool 7" && want pe "none 2500" && found &&
		counted dialed connections "$((dialed + 1))"
}

lost_dead()
{
	registered 10.77.0.1 && want pe abort && want pe close && wait_for 1 missing
}

lost_mute()
{
	registered 10.77.0.1 && want pe abort && asked && found &&
		wait_for 3 missing && want pe recv "deregistered * pe=7"
}

# The whole host: nobody says that the association cannot be made
lost_host()
{
	local rc=0

	registered 10.77.0.1 && want pe "none 10" || return
	cut_link 2
	want pu "report pool 7" && wait_for 5 missing || rc=1
	join_link 2
	return "$rc"
}

comes_back()
{
	registered 10.77.0.1 && want pe abort && asked && want pe "sctp 10.77.0.1 4001" &&
		want pe "register pool 7" && want pe recv "registered flags=0 pe=7" &&
		want pe "none 3000" && found
}

# begun_anew: another one at the same place, at the moment that its predecessor goes
begun_anew()
{
	registered 10.77.0.1 || return
	# Both get through only then
	cut_link 2
	want pe abort && want pe close
	join_link 2
	want pe "sctp 10.77.0.1 4000"
}

restarted_dead()
{
	begun_anew && asked && wait_for 5 missing && want pe recv "deregistered * pe=7"
}

restarted_alive()
{
	begun_anew && asked && want pe "ack pool 7" && want pe "none 3000" && found
}

limited()
{
	local n=0

	registered 10.77.0.1 && want pe "none 1100" &&
		want pu "flood report pool 2000 7" || return
	while want pe "recv 1500" "@(keep-alive *|nothing)" && [ "$answer" != nothing ]; do
		n=$((n + 1))
		want pe "ack pool 7" || return
	done
	same "keep-alives" "$n" "[12]" && counted reports limited "!(0)" && found
}

check "a report: asked, answers, stays [ASAP-UNR-05 ASAP-UNR-07]" report_alive
check "... does not answer, is removed and told [ASAP-UNR-06 ASAP-KAL-10]" report_dead
check "its association is lost: asked over a new one, stays [ASAP-REG-24 ASAP-REG-29]" \
	lost_alive 10.77.0.1
check "... over IPv6 [ASAP-REG-24 ASAP-REG-29]" lost_alive fd77::1
check "... nobody is there, is removed at once [ASAP-RES-32 ASAP-KAL-09]" lost_dead
check "... nobody answers, is removed [ASAP-KAL-10]" lost_mute
check "... it comes back by itself [ASAP-REG-30]" comes_back
check "its host is gone, is removed [ASAP-UNR-06]" lost_host
check "it ends and another one begins at its place: asked, does not answer, is removed" \
	restarted_dead
check "... asked, answers, stays" restarted_alive
check "many reports make few keep-alives [ASAP-UNR-12 ASAP-KAL-11 SEC-16 SEC-17]" limited
finish
