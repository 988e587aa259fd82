#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bind(): who may, and which addresses are none.

. "$(dirname "$0")/lib.sh"

setup_hosts 1
rspd_start 1
peer_start a 1

# bind_is "ADDRESS" RESULT: with a new socket
bind_is()
{
	want a reset && want a socket && want a "bind $1" "$2"
}

octets=$(printf '%0113d' 0)

lengths()
{
	bind_is "x" ok && bind_is "${octets:0:112}" ok &&
		bind_is "${octets:0:33}" ok &&
		bind_is '""' EINVAL &&
		bind_is "$octets" ENAMETOOLONG &&
		bind_is "x hlen=65535 len=128" ENAMETOOLONG
}

address_lengths()
{
	# Up to the end of the handle, up to the end of the struct, between
	bind_is "pool len=20" ok && bind_is "pool len=128" ok &&
		bind_is "pool len=77" ok &&
		bind_is "pool len=19" EINVAL && bind_is "pool len=16" EINVAL &&
		bind_is "pool len=15" EINVAL && bind_is "pool len=2" EINVAL &&
		bind_is "pool len=1" EINVAL && bind_is "pool len=0" EINVAL &&
		bind_is "pool hlen=113 len=128" ENAMETOOLONG
}

reserved()
{
	bind_is "pool flags=1" EINVAL &&
		bind_is "pool flags=0x80000000" EINVAL &&
		bind_is "pool reserved=1" EINVAL &&
		bind_is "pool family=2" EAFNOSUPPORT &&
		bind_is "pool family=0" EAFNOSUPPORT
}

binary()
{
	bind_is "hex:00ff000a2a" ok && want a getsockname "id=* 00ff000a2a"
}

identifier()
{
	local first

	bind_is "pool id=4711" ok && want a getsockname "id=4711 len=* pool" || return
	bind_is "pool" ok && want a getsockname "id=0 len=* pool" &&
		want a listen && want a getsockname "id=!(0) len=* pool" || return
	first=$(field id)
	bind_is "pool" ok && want a listen &&
		want a getsockname "id=!(0|$first) len=* pool"
}

again()
{
	bind_is "pool" ok && want a "bind pool" EINVAL && want a "bind other" EINVAL &&
		want a getsockname "* pool"
}

cut_name()
{
	bind_is "pool id=7" ok && want a "getsockname 8" "id=7 len=128 *"
}

unprivileged()
{
	want a reset && want a "fork drop 65534 65534; socket; bind pool" EACCES
}

# may_bind UID GID HANDLE RESULT
may_bind()
{
	want a reset && want a "fork drop $1 $2; socket; bind $3" "$4"
}

allowed()
{
	local rc=0

	on 1 rspctl access add 'web*' uid 1234 &&
		on 1 rspctl access add db gid 777 || return
	may_bind 1234 5678 web ok && may_bind 1234 5678 web-2 ok &&
		may_bind 1234 5678 we EACCES && may_bind 1234 5678 db EACCES &&
		may_bind 1235 777 db ok && may_bind 1235 777 db2 EACCES &&
		may_bind 1235 5678 web EACCES || rc=1
	on 1 rspctl access del 'web*' uid 1234 || rc=1
	may_bind 1234 5678 web EACCES && may_bind 1235 777 db ok || rc=1
	return "$rc"
}

check "handles of 1 to 112 octets, no others [WIRE-28 WIRE-29]" lengths
check "the address ends where the handle does, or later" address_lengths
check "reserved fields and other families are refused" reserved
check "a handle is octets, zero bytes too [WIRE-28]" binary
check "the PE identifier asked for, or a random one [ASAP-REG-05]" identifier
check "bound once" again
check "getsockname() into less room" cut_name
check "an ordinary user may not [SEC-22]" unprivileged
check "the allow-list lets users and groups [SEC-22]" allowed
finish
