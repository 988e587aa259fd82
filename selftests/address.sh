#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A host gets and loses addresses: its home registrar knows of them.  Host 1 has the
# registrar r, who does what he is told, 2 the server s.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 2
peer_start r 1 "rsp_registrar -"
peer_start s 2
want r "listen 10.77.0.1"
registrar_add 2 1

renewed()
{
	[ "$(counter 2 RegistrarRenewed)" = "$1" ]
}

address()
{
	ip -n "$NET-2" addr "$1" "$2" dev eth0
}

# registered ADDRESSES: anew
registered()
{
	want r "expect registration" "registration * pe=1 * addresses=$1"
}

element()
{
	want s socket && want s "bind move id=1" && want s listen &&
		registered 10.77.0.2,fd77::2 && renewed 0
}

# The association gets it, too, since it is made anew
added()
{
	address add 10.77.0.22/24 && registered 10.77.0.2,10.77.0.22,fd77::2 && renewed 1 &&
		on 2 grep -q '10\.77\.0\.22' /proc/net/sctp/assocs &&
		want r "none registration 6000"
}

removed()
{
	address del 10.77.0.22/24 && registered 10.77.0.2,fd77::2 && renewed 1
}

# It can be used when nobody has objected
added6()
{
	want r forget && on 2 sysctl -qw net.ipv6.conf.eth0.accept_dad=1 \
		net.ipv6.conf.eth0.dad_transmits=1 || return
	ip -n "$NET-2" addr add fd77::22/64 dev eth0
	registered "10.77.0.2,fd77::2*" && renewed 2 &&
		on 2 grep -q '0022' /proc/net/sctp/assocs
}

# Many at once cost one association
burst()
{
	local i

	want r "none registration 6000" || return
	for i in 31 32 33 34; do
		address add "10.77.0.$i/24" || return
	done
	registered "10.77.0.2,10.77.0.31,10.77.0.32,10.77.0.33,10.77.0.34,*" && renewed 3 &&
		want r "none registration 6000"
}

# Loopback and other devices without a host's address do not matter
local_only()
{
	ip -n "$NET-2" addr add 127.0.0.2/8 dev lo &&
		ip -n "$NET-2" addr add 169.254.1.1/16 dev eth0 scope link &&
		want r "none registration 6000" && renewed 3
}

check "an element registers the host's addresses [ASAP-REG-02 ASAP-REG-03]" element
check "an address more: association and registration anew [ASAP-REG-02]" added
check "an address less: registered again" removed
check "an IPv6 address, after its check [ASAP-REG-02]" added6
check "several at once" burst
check "addresses that are no host's" local_only
finish
