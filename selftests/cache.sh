#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The cache of resolved pools: when it is old, emptied, filled, listed.  Host 1 has the
# registrar and three servers, host 2 asks.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 2
rspd_start 1
registrar_add 2 1
setting 2 stale_cache_ms=60000 negative_cache_ms=60000
for id in 1 2 3; do
	pe_start "s$id" 1 pool "$id" echo
done
peer_start c 2

asked()
{
	counter 2 ResolutionTx
}

connects()
{
	want c reset && want c socket && want c "connect $1" "${2:-ok}"
}

# old_entry: the cache has a stale entry of the pool "old", the registrar is silent
old_entry()
{
	pe_start old 1 old 5 echo && connects old && sleep 0.1 &&
		kill -STOP "${PID[rspd1]}"
}

registrar_back()
{
	kill -CONT "${PID[rspd1]}"
	# No session that goes on asking for the pool that is about to go
	want c reset
	stop old
	setting 2 stale_cache_ms=60000 t1_enrprequest_ms=15000
	on 2 rspctl pool flush
}

# By the option: goes on at once, or after T1 (100, 200, 400 ms) without an answer
stale_option()
{
	local option=$1 min=$2 max=$3 started rc=0

	setting 2 stale_cache_ms=50 t1_enrprequest_ms=100
	old_entry && want c reset && want c socket && want c "set stale $option" &&
		started=$(now_ms) &&
		want c "connect old" && started=$(($(now_ms) - started)) || rc=1
	if [ "$rc" = 0 ] && { [ "$started" -lt "$min" ] || [ "$started" -gt $((max * SLOW)) ]; }; then
		diag "took $started ms"
		rc=1
	fi
	registrar_back
	return "$rc"
}

# moves OPTION MIN MAX: the same for a failover, with the server's registrar silent
stale_failover()
{
	local option=$1 min=$2 max=$3 us rc=0

	setting 2 stale_cache_ms=50 t1_enrprequest_ms=100
	pe_start o1 1 old 5 echo && pe_start o2 1 old 6 echo && want c reset &&
		want c socket && want c "set stale $option" && want c "event failover 1" &&
		want c "connect old id=5" && sleep 0.1 &&
		kill -STOP "${PID[rspd1]}" && stop o1 KILL &&
		want c "poll in 10000" in && want c recv "failover * old=5 new=6 *" || rc=1
	us=$(field us)
	if [ "$rc" = 0 ] && { [ "$us" -lt $((min * 1000)) ] ||
			      [ "$us" -gt $((max * 1000 * SLOW)) ]; }; then
		diag "took $us us"
		rc=1
	fi
	stop o2
	registrar_back
	return "$rc"
}

# No home yet: hunt, then ask
hunts_first()
{
	local rc=0

	on 2 rspctl registrar del 10.77.0.1
	on 2 rspctl pool flush
	on 2 rspctl registrar add 10.77.0.99
	setting 2 connect_timeout_ms=200
	registrar_add 2 1
	connects pool || rc=1
	on 2 rspctl registrar del 10.77.0.99
	setting 2 connect_timeout_ms=2000
	return "$rc"
}

flushed()
{
	local before

	connects pool || return
	before=$(asked)
	on 2 rspctl pool flush pool && same "cache" "$(on 2 rspctl -j pool show pool)" "\[\]" &&
		connects pool && same "requests" "$(asked)" $((before + 1)) &&
		on 2 rspctl pool flush && same "cache" "$(on 2 rspctl -j pool show)" "\[\]" &&
		connects pool && same "requests" "$(asked)" $((before + 2)) &&
		! on 2 rspctl pool flush not-there 2>"$TMP/err" &&
		same "error" "$(<"$TMP/err")" "*not in the cache*"
}

# From the cache, else from the registrar; without a session
resolves()
{
	local before

	on 2 rspctl pool flush
	before=$(asked)
	same "resolved" "$(on 2 rspctl resolve pool)" "*10.77.0.1*" &&
		same "requests" "$(asked)" $((before + 1)) &&
		same "resolved" "$(on 2 rspctl -j resolve pool | tr -d '\n')" "*10.77.0.1*port*" &&
		same "requests" "$(asked)" $((before + 1)) && connects pool &&
		same "requests" "$(asked)" $((before + 1)) &&
		same "one" "$(on 2 rspctl resolve pool pe 2 refresh)" "*id 0x00000002*" &&
		same "requests" "$(asked)" $((before + 2)) &&
		! on 2 rspctl resolve pool pe 2 | grep -q "id 0x00000001"
}

resolves_nothing()
{
	! on 2 rspctl resolve not-there 2>"$TMP/err" &&
		same "error" "$(<"$TMP/err")" "*no such pool*" &&
		! on 2 rspctl resolve 2>/dev/null && ! on 2 rspctl resolve pool pe 2>/dev/null
}

# The registrar does not answer: it is told, after all its timers
resolves_in_vain()
{
	local rc=0

	setting 2 t1_enrprequest_ms=100
	kill -STOP "${PID[rspd1]}"
	! on 2 rspctl resolve silent 2>"$TMP/err" &&
		same "error" "$(<"$TMP/err")" "*timed out*" || rc=1
	kill -CONT "${PID[rspd1]}"
	setting 2 t1_enrprequest_ms=15000
	return "$rc"
}

resolve_refused()
{
	! on 2 setpriv --reuid=65534 --regid=65534 --clear-groups \
		rspctl resolve pool 2>/dev/null &&
		! on 2 setpriv --reuid=65534 --regid=65534 --clear-groups \
			rspctl pool flush 2>/dev/null
}

# Not more of the pool than asked for, and again with it the whole
items()
{
	local rc=0

	setting 2 resolution_items=2
	on 2 rspctl resolve pool refresh >"$TMP/some" || rc=1
	setting 2 resolution_items=4294967295
	on 2 rspctl resolve pool refresh >"$TMP/all" || rc=1
	setting 2 resolution_items=0
	on 2 rspctl resolve pool refresh >"$TMP/whole" || rc=1
	same "some" "$(grep -c transport "$TMP/some")" 2 &&
		same "all" "$(grep -c transport "$TMP/all")" 3 &&
		same "whole" "$(grep -c transport "$TMP/whole")" 3 || rc=1
	return "$rc"
}

# Thousands in the cache: each is shown once
many_pools()
{
	local i n=500

	[ -z "$CHECKERS" ] || n=200
	setting 2 negative_cache_ms=600000
	want c reset && want c socket || return
	for ((i = 0; i < n; i++)); do
		want c "connect many-$i" ENOENT || return
	done
	setting 2 negative_cache_ms=60000
	same "different" "$(on 2 rspctl pool show | grep -o "handle many-[0-9]*" | sort -u |
		wc -l)" "$n" &&
		same "shown" "$(on 2 rspctl pool show | grep -c "handle many-")" "$n" &&
		on 2 rspctl pool flush && same "cache" "$(on 2 rspctl -j pool show)" "\[\]"
}

check "a stale entry: a socket may use it meanwhile [ASAP-RES-15]" stale_option use 0 90
check "... or wait [ASAP-RES-15]" stale_option wait 650 3000
check "... by default connect() waits [ASAP-RES-15]" stale_option failover 650 3000
check "... and a failover does not [ASAP-RES-15]" stale_failover failover 0 300
check "... but it may [ASAP-RES-15]" stale_failover wait 650 3000
check "without a home: hunt first [ASAP-RES-02 ASAP-RES-08]" hunts_first
check "the cache is flushed [ASAP-RES-30]" flushed
check "rspctl resolve fills the cache and shows it [ASAP-RES-29 ASAP-RES-31]" resolves
check "... an unknown pool" resolves_nothing
check "... a registrar that does not answer" resolves_in_vain
check "... needs CAP_NET_ADMIN" resolve_refused
check "as many elements as asked for [ASAP-RES-27]" items
check "thousands of pools are shown once each" many_pools
finish
