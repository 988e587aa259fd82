#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# From a pool handle to a server: the cache, its age, selection.  Host 1 asks, host 2
# has three servers.

. "$(dirname "$0")/lib.sh"

setup()
{
	local id

	setup_pool 2
	capture "resolve-$RSP_LINK"
	setting 1 stale_cache_ms=60000 negative_cache_ms=60000
	for id in 1 2 3; do
		pe_start "s$id" 2 pool "$id" echo
	done
	peer_start c 1
}

asked()
{
	counter 1 ResolutionTx
}

connects()
{
	want c reset && want c socket && want c "connect $1" "${2:-ok}"
}

unknown()
{
	connects nobody ENOENT
}

negative()
{
	local before hits

	connects never ENOENT || return
	before=$(asked)
	hits=$(counter 1 CacheNegative)
	connects never ENOENT && connects never ENOENT &&
		same "requests" "$(asked)" "$before" &&
		same "negative hits" "$(counter 1 CacheNegative)" $((hits + 2))
}

negative_ends()
{
	local rc=0

	setting 1 negative_cache_ms=50
	connects later ENOENT || rc=1
	pe_start later 2 later 9 echo && wait_for 5 connects later || rc=1
	stop later
	setting 1 negative_cache_ms=60000
	return "$rc"
}

cached()
{
	local before hits

	connects pool || return
	before=$(asked)
	hits=$(counter 1 CacheHit)
	connects pool && connects pool && connects pool &&
		same "requests" "$(asked)" "$before" &&
		same "hits" "$(counter 1 CacheHit)" $((hits + 3))
}

asked_more()
{
	[ "$(asked)" -gt "$1" ]
}

stale()
{
	local before rc=0

	pe_start stale 2 stale 5 echo || return
	setting 1 stale_cache_ms=50
	connects stale || rc=1
	before=$(asked)
	sleep 0.1
	connects stale && wait_for 5 asked_more "$before" || rc=1
	stop stale
	setting 1 stale_cache_ms=60000
	return "$rc"
}

in_turn()
{
	local seen=""

	for _ in 1 2 3 4 5 6; do
		connects pool && want c getpeername "id=[123] *" || return
		seen+=$(field id)
	done
	same "servers in turn" "$seen" "@(123123|231231|312312|132132|321321|213213)"
}

chosen()
{
	connects "pool id=2" && want c getpeername "id=2 * pool" &&
		connects "pool id=2" && want c getpeername "id=2 * pool" &&
		connects "pool id=77" "@(ENOENT|EHOSTUNREACH|ECONNREFUSED)"
}

restarted()
{
	# The same identifier at another port
	local rc=0

	pe_start again 2 again 8 echo && connects again && want c reset &&
		stop again KILL &&
		pe_start again 2 again 8 echo && connects again || rc=1
	stop again
	return "$rc"
}

nonblocking()
{
	want c reset && want c "socket nonblock" &&
		want c "connect pool" "@(EINPROGRESS|ok)" && want c "poll out 5000" out &&
		want c "get error" 0 && want c "send hello" 5 &&
		want c "connect pool" "@(EISCONN|ok)" &&
		want c "poll in 5000" in && want c recv "5 eor: hello"
}

nonblocking_unknown()
{
	want c reset && want c "socket nonblock" || return
	peer c "connect nobody-here"
	[ "$answer" = ENOENT ] && return
	same connect "$answer" EINPROGRESS && want c "poll out 5000" "*out*" &&
		want c "get error" ENOENT
}

twice()
{
	connects pool && want c "connect pool" EISCONN &&
		want c "listen" EDESTADDRREQ &&
		want c "bind pool" EINVAL
}

shown()
{
	connects pool && same "pool show" "$(on 1 rspctl -j pool show | tr -d '\n')" \
		"*pool*"
}

bad_address()
{
	want c reset && want c socket && want c 'connect ""' EINVAL &&
		want c "connect pool flags=1" EINVAL &&
		want c "connect pool reserved=9" EINVAL &&
		want c "connect pool family=2" EAFNOSUPPORT &&
		want c "connect pool len=17" EINVAL &&
		want c "connect pool" ok
}

dead_one_skipped()
{
	local rc=0

	# Its kernel answers with an ABORT: there is no listener any more, but
	# the cache still has it
	connects pool || return
	stop s2 KILL
	for _ in 1 2 3 4; do
		connects pool && want c getpeername "id=[13] *" || rc=1
	done
	pe_start s2 2 pool 2 echo || rc=1
	return "$rc"
}

resolution()
{
	setup
	check "an unknown pool is ENOENT [ASAP-RES-10 ASAP-RES-28 ERR-12]" unknown
	check "negative answers are remembered [ASAP-RES-33]" negative
	check "... for their time only [ASAP-RES-33]" negative_ends
	check "a fresh entry is not asked for again [ASAP-RES-13 ASAP-RES-16]" cached
	check "a stale entry is [ASAP-RES-14]" stale
	check "servers take turns [POL-RR-02 POL-02]" in_turn
	check "connect() to one server of the pool [ASAP-SND-05 ASAP-SND-20]" chosen
	check "non-blocking connect() [ASAP-SND-01]" nonblocking
	check "non-blocking connect() to an unknown pool" nonblocking_unknown
	check "connected once" twice
	check "rspctl shows the cache" shown
	check "bad addresses are refused, the socket stays good" bad_address
	check "a server that is back with its identifier is found" restarted
	check "a dead server that is still listed is passed over [ASAP-RES-32]" dead_one_skipped
}

over_links resolution
finish
