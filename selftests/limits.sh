#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What one namespace may have of each: as many as the limit says, not one more, and another one
# when there is room again.  Host 1 has the registrar, host 2 a server and lists, 3 a client.

. "$(dirname "$0")/lib.sh"

setup_pool 3
peer_start s 2
peer_start c 3

# entries FROM TO VERB OBJECT WORDS: the last word gets the number at its end
entries()
{
	# One process of ours for hundreds of them
	# shellcheck disable=SC2016 # for the inner shell
	on 2 sh -ec 'for i in $(seq "$1" "$2"); do rspctl "$4" "$3" $5$i; done' sh "$@"
}

# fills LIMIT WHY OBJECT WORDS: so many, the next one is refused for this reason, and has room
# when another one goes
fills()
{
	local limit=$1 why=$2

	shift 2
	entries 1 "$limit" add "$@" || return
	if entries $((limit + 1)) $((limit + 1)) add "$@" 2>"$TMP/why"; then
		diag "there is room for $((limit + 1))"
		return 1
	fi
	same refusal "$(cat "$TMP/why")" "*$why*" && entries 1 1 del "$@" &&
		entries $((limit + 1)) $((limit + 1)) add "$@" &&
		entries 2 $((limit + 1)) del "$@"
}

# There is one already.
registrars()
{
	fills 31 "too many registrars" registrar 10.77.1.
}

# There are two already.
groups()
{
	fills 6 "too many groups" group 239.0.1.
}

access()
{
	fills 256 "too many entries" access "x uid "
}

# The third listen() is one too many, until one of the others ends.
elements()
{
	local limit rc=0

	limit=$(on 2 sysctl -n net.rserpool.max_pes) && setting 2 max_pes=2 && want s reset || return
	want s socket && want s "bind pool id=1" && want s listen &&
		want s socket && want s "bind pool id=2" && want s listen &&
		want s socket && want s "bind pool id=3" && want s listen ENOBUFS &&
		want s "use 0" && want s close && wait_for 10 elements_are 1 &&
		want s "use 2" && want s listen || rc=1
	setting 2 max_pes="$limit" || rc=1
	want s reset && return "$rc"
}

elements_are()
{
	[ "$(on 2 rspctl pe show | wc -l)" = "$1" ]
}

# The oldest answer makes room.
pools()
{
	local limit handle rc=0

	want s reset && want c reset || return
	for handle in one two three; do
		want s socket && want s "bind $handle" && want s listen || return
	done
	limit=$(on 3 sysctl -n net.rserpool.max_pools) && setting 3 max_pools=2 stale_cache_ms=60000 ||
		return
	for handle in one two three; do
		want c socket && want c "connect $handle" || rc=1
	done
	same "the cache" "$(on 3 rspctl -j pool show | tr -d '\n ' | grep -o '"handle":"[a-z]*"' | sort |
		tr '\n' ' ')" '"handle":"three" "handle":"two" ' || rc=1
	setting 3 max_pools="$limit" stale_cache_ms=0 || rc=1
	return "$rc"
}

check "32 registrars" registrars
check "8 groups" groups
check "256 entries of the access list" access
check "max_pes" elements
check "max_pools" pools
finish
