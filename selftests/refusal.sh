#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The registrar refuses, or takes a pool element out: what the program is told, and what is
# tried again.  Host 1 has the registrar r, who does what he is told, 2 the server s.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 2
peer_start r 1 "rsp_registrar -"
peer_start s 2
want r "listen 10.77.0.1"
registrar_add 2 1

begin()
{
	want s reset && want r "rule registration ok" && want r forget
}

# refused CAUSE ERRNO
refused()
{
	begin && want r "rule registration $1" && want s socket && want s "bind no id=1" &&
		want s listen "$2"
}

causes()
{
	refused 4 EADDRINUSE && refused 5 ENOTUNIQ && refused 6 ENOBUFS && refused 7 EPROTOTYPE &&
		refused 8 EPROTOTYPE && refused 9 ENOENT && refused 10 EACCES
}

unknown_cause()
{
	refused 0 EPROTO && refused 0x1234 EPROTO && refused 0xf008 EPROTO
}

# Told, shown, and not asked again
told()
{
	begin && want r "rule registration 6" && want s "socket nonblock" &&
		want s "event registration 1" && want s "bind no id=2" && want s listen &&
		want s "poll in 5000" in &&
		want s recv "registration registered=0 cause=6 registrar=0 pe=2" &&
		same "pe show" "$(on 2 rspctl pe show)" "*refused lack-of-resources*" &&
		want r "expect registration" "registration * pe=2 *"
}

not_again()
{
	tell r "none registration 100000" && hear r 200 && same registration "$answer" ok || return
	# But as soon as it asks for something else
	want r "rule registration ok" && want s "policy wrr 3" &&
		want r "expect registration" "registration * pe=2 * policy=wrr weight=3 *" &&
		want s registered
}

# A change is refused: the old registration stands
change_refused()
{
	begin && want s socket && want s "event registration 1" && want s "policy wrr 3" &&
		want s "bind pool id=3" && want s listen && want r "rule registration 5" &&
		want s "policy prio 0 7" && want s "poll in 5000" in || return
	while want s recv "registration *" && [[ $answer != *cause=5* ]]; do
		:
	done
	# ... and is taken back in the end
	want s close && want r "expect deregistration" "deregistration * handle=pool pe=3"
}

# load VALUE
load()
{
	want s "policy lu 0 0 $1" &&
		want r "expect registration" "registration * pe=4 * policy=lu * load=$1 *"
}

loads()
{
	begin && want s socket && want s "policy lu 0 0 100" && want s "bind pool id=4" &&
		want s listen && want r "expect registration" "registration * load=100 *" &&
		load 200 && load 4294967295 && load 0 && want s "set reglife 77" &&
		want r "expect registration" "registration * pe=4 life=77 *"
}

# Many changes at once: the last one arrives, with fewer messages than changes
storm()
{
	local i

	begin && want s socket && want s "policy lu 0 0 1" && want s "bind pool id=5" &&
		want s listen && want r forget && want r "rule registration silent" || return
	for i in {1..50}; do
		want s "policy lu 0 0 $i" || return
	done
	# One is on its way, and the next one is sent when nobody has answered it
	want r "expect registration" "registration * pe=5 * load=1 *" &&
		want r "none registration 2000" && want r "rule registration ok" &&
		tell r "expect registration 40000" && hear r 60 &&
		same registration "$answer" "registration * pe=5 * load=50 *" &&
		want r "none registration 2000"
}

# The registrar says that it is out: it comes back after a pause
expired()
{
	begin && want s socket && want s "bind pool id=6" && want s listen &&
		want r "expect registration" "registration * pe=6 *" && want r "unregister pool 6" &&
		want r "none registration 800" && want r "expect registration" "registration * pe=6 *" &&
		want r "unregister pool 99" && want r "unregister nobody 6" &&
		want r "none registration 3000"
}

check "each cause has its errno [ASAP-REG-12 ERR-15]" causes
check "one that is not known [ERR-14]" unknown_cause
check "a refusal is told and shown [ASAP-REG-12 ERR-15]" told
if [ -n "$TRAVELS" ]; then
	check "... and the same is not asked again [ASAP-REG-12]" not_again
fi
check "a change is refused [ASAP-REG-12]" change_refused
check "load and life change at run time [ASAP-REG-13 ASAP-REG-17]" loads
check "many changes while one is on its way [ASAP-REG-17]" storm
check "taken out by the registrar [ASAP-REG-28]" expired
finish
