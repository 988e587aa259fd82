#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Subscriptions to pools, over SCTP and over TCP.  Host 1 has the registrar, host 2 the pool
# elements, host 3 the subscribers, host 4 one of the module's.

. "$(dirname "$0")/lib.sh"
needs_time
. "$(dirname "$0")/registrar.sh"

setup_hosts 4
registrar_start --max-peer-subscriptions=3 --keepalive-interval=0
asap_start pe 2
asap_start pu 3
want pe "sctp 10.77.0.1"

register()
{
	want pe "register $1 $2" && want pe recv "registered flags=0 pe=$2"
}

deregister()
{
	want pe "deregister $1 $2" && want pe recv "deregistered flags=0 pe=$2"
}

# Not within a pause
rest()
{
	want pe "none 200"
}

updates()
{
	local before

	want pu "$1 10.77.0.1" && register pool 1 && want pu "resolve pool s" &&
		want pu recv "resolved flags=1 policy=0 pes=1 *" && rest || return
	before=$(now_ms)
	register pool 2 && want pu "recv 1000" "resolved flags=1 policy=0 pes=2 *" &&
		same "ms to the first" "$(($(now_ms) - before))" "@(?|[0-4]?)" &&
		register pool 3 && want pu "recv 1000" "resolved flags=1 policy=0 pes=3 *" &&
		same "ms to the second" "$(($(now_ms) - before))" "@([89]?|1[0-9]?)" &&
		deregister pool 3 && deregister pool 2 &&
		want pu "recv 1000" "resolved flags=1 * pes=1 *" && want pu "none 300" &&
		register pool 1 && want pu "none 300"
}

ended()
{
	want pu "$1 10.77.0.1" && register pool 1 && want pu "resolve pool s" &&
		want pu recv "resolved flags=1 *" && want pu "resolve pool" &&
		want pu recv "resolved flags=0 *" && rest && register pool 2 &&
		want pu "none 300" && deregister pool 2
}

vanished()
{
	want pu "$1 10.77.0.1" && register gone 1 && want pu "resolve gone s" &&
		want pu recv "resolved flags=1 *" && deregister gone 1 &&
		want pu recv "resolved flags=0 * pes=0 * cause=9" && register gone 1 &&
		want pu "none 300" && deregister gone 1 && want pu "resolve gone s" &&
		want pu recv "resolved flags=0 * cause=9" && register gone 1 &&
		want pu "none 300" && deregister gone 1
}

limited()
{
	local i

	want pu "$1 10.77.0.1" || return
	for i in 1 2 3 4; do
		register "pool$i" 1 && want pu "resolve pool$i s" &&
			want pu recv "resolved flags=$((i < 4)) * pes=1 *" || return
	done
	want pu "resolve pool2" && want pu recv "resolved flags=0 *" &&
		want pu "resolve pool4 s" && want pu recv "resolved flags=1 *"
}

lost()
{
	want pu "$1 10.77.0.1" && want pu "resolve pool s" &&
		want pu recv "resolved flags=1 *" && counted subscriptions subscriptions 1 &&
		want pu abort && wait_for 5 counted subscriptions subscriptions 0
}

count_restored()
{
	want pu "$1 10.77.0.1" && register pool 2 && register pool 3 &&
		want pu "resolve pool s 2" && want pu recv "resolved flags=1 * pes=2 *" &&
		rest && register pool 4 && want pu "recv 1000" "resolved flags=1 * pes=2 *" &&
		want pu "resolve pool 0xffffffff" && want pu recv "resolved flags=0 * pes=4 *" &&
		deregister pool 2 && deregister pool 3 && deregister pool 4
}

# 100 elements, one of them comes or goes 50 times a second; 100 subscribers
crowd()
{
	local i

	for i in {1..100}; do
		register crowd "$i" || return
	done
	want pu "$1 10.77.0.1" && want pu "follow crowd 100" 100 || return
	rest
	tell pe "churn crowd 50 500 20"
	want pu "news 9700 0" "least=*" && want pu "news 500 100" "* wrong=0" || return
	hear pe && same churn "$answer" ok
}

# As crowd, and look at the numbers
bounded()
{
	local sum

	want pu "$1 10.77.0.1" && want pu "follow crowd 100" 100 && rest || return
	tell pe "churn crowd 50 500 20"
	want pu "news 10100 100" "least=* most=* wrong=0" || return
	sum=$(field least)-$(field most)
	hear pe && same churn "$answer" ok &&
		same "updates in 10 s, least and most" "$sum" "@(9?|10?)-@(9?|10?)"
}

# cached YES|NO: host 4 has element 50 in its cache, as the registrar last said
cached()
{
	local has=no

	case $(on 4 rspctl pool show crowd) in
	*" id 0x00000032 "*) has=yes ;;
	esac
	[ "$has" = "$1" ]
}

# The module's cache in the same crowd: at any end of the changes it is right within 200 ms
module_follows()
{
	local n before pushes asked took

	setup_cache && wait_for 5 cached yes || return
	before=$(now_ms) pushes=$(counter 4 PushRx) asked=$(counter 4 ResolutionTx)
	for n in 51 101 75 150; do
		want pe "churn crowd 50 $n 20" && sleep 0.2 || return
		if [ $((n % 2)) = 1 ]; then
			cached no && want pe "register crowd 50" &&
				want pe recv "registered flags=0 *" && sleep 0.2 || return
		fi
		cached yes || return
	done
	took=$(($(now_ms) - before)) pushes=$(($(counter 4 PushRx) - pushes))
	diag "377 changes, $pushes pushes in $took ms"
	[ $((pushes * 1000)) -le $((took * 11)) ] && [ $((pushes * 1000)) -ge $((took * 5)) ] &&
		same "questions" "$(counter 4 ResolutionTx)" "$asked" && want c reset
}

# A session that is subscribed, though none of the elements can be reached
setup_cache()
{
	registrar_add 4 1 && peer_start c 4 && want c "socket nonblock" &&
		want c "set subscribe on" && want c "set limit 0" && want c "connect crowd" EINPROGRESS
}

for link in sctp tcp; do
	check "$link: a changed pool is told [ASAP-RES-18 ASAP-RES-19 ASAP-RES-20 ASAP-RES-24]" \
		updates $link
	check "$link: a request without the S bit ends it [ASAP-RES-23]" ended $link
	check "$link: the end of the pool ends it [ASAP-RES-22]" vanished $link
	check "$link: not too many for one [ASAP-RES-24 ASAP-RES-19]" limited $link
	check "$link: the end of the association ends it [ASAP-RES-18]" lost $link
	check "$link: as many elements as were asked for [ASAP-RES-27]" count_restored $link
done
check "100 elements, 50 changes a second, 100 subscribers over SCTP" crowd sctp
check "... and the module's cache is right within 200 ms [ASAP-RES-20 ASAP-RES-24 REQ-10]" module_follows
check "... the number of updates is bounded [ASAP-RES-24]" bounded sctp
check "... and over TCP [ASAP-RES-24]" bounded tcp
finish
