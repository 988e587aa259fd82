#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The address family: socket(), what a new socket is, module use counts.

. "$(dirname "$0")/lib.sh"

setup_hosts 1
peer_start a 1

# types_refused TYPE...
types_refused()
{
	local type

	for type; do
		want a "socket $type" ESOCKTNOSUPPORT || return
	done
}

identity()
{
	want a reset && want a socket && want a "get domain" 18 &&
		want a "get type" 1 && want a "get protocol" 0 &&
		want a "get listening" 0 && want a "get error" 0
}

fresh_info()
{
	want a reset && want a socket &&
		want a info "state=idle role=none pe=0 registrar=0 failovers=0 *" &&
		want a getcookie "@(ENOENT|ENOTCONN)" &&
		want a getpeername ENOTCONN && want a "recv dontwait" ENOTCONN &&
		want a "send x" ENOTCONN
}

nonblocking()
{
	want a reset && want a "socket nonblock" && want a "recv" ENOTCONN
}

unprivileged()
{
	want a reset && want a "fork drop 65534 65534; socket; info" "state=idle *"
}

in_protocols()
{
	want a reset && want a socket &&
		on 1 cat /proc/net/protocols | grep -qiE '^rserpool +[0-9]+ +[1-9]'
}

unload_refused()
{
	want a reset && want a socket || return
	if rmmod rserpool 2>/dev/null; then
		diag "unloaded below an open socket"
		return 1
	fi
	want a "info" "state=idle *"
}

no_autoload()
{
	! modinfo -F alias "$1" | grep -q '^net-pf-18$'
}

check "socket(AF_RSERPOOL, SOCK_STREAM, 0)" want a socket
check "only protocol 0" want a "socket stream 1" EPROTONOSUPPORT
check "other types are refused" types_refused dgram raw rdm
check "SO_DOMAIN, SO_TYPE, SO_PROTOCOL" identity
check "a new socket is idle and not connected" fresh_info
check "SOCK_NONBLOCK" nonblocking
check "no privilege is needed for a socket" unprivileged
check "/proc/net/protocols counts the sockets" in_protocols
if [ -d /sys/module/rserpool ] && command -v rmmod >/dev/null; then
	check "the module stays while a socket is open" unload_refused
else
	skip "the module stays while a socket is open" "not a module"
fi
ko=$TOP/build/$(uname -r)/rserpool.ko
if [ -e "$ko" ]; then
	check "socket() does not load the module" no_autoload "$ko"
else
	skip "socket() does not load the module" "no $ko"
fi
finish
