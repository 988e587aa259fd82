#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Subscriptions: the registrar tells of changes by itself.  Host 1 has a registrar that
# does what it is told (rsp_pusher), 2 and 3 the servers x and y, 4 the client c.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 4
peer_start r 1 "rsp_pusher sctp"
for host in 2 3 4; do
	registrar_add $host 1
	setting_fast $host
	setting $host stale_cache_ms=50 negative_cache_ms=50
done
peer_start x 2
peer_start y 3
peer_start c 4
peer_start d 4

# ---- what they say -------------------------------------------------------------

# seen NAME [REGISTRAR]: one of its counts
seen()
{
	peer "${2:-r}" seen && field "$1"
}

# element NAME HANDLE ID: registered, and accepts what comes
element()
{
	want "$1" reset && want "$1" socket && want "$1" "bind $2 id=$3" &&
		wait_for 5 registers "$1"
}

registers()
{
	peer "$1" listen && [ "$answer" = ok ]
}

# joins NAME HANDLE [OPTION]: a new session, with "set subscribe OPTION"
joins()
{
	want "$1" reset && want "$1" socket && want "$1" "event failover 1" &&
		{ [ -z "${3:-}" ] || want "$1" "set subscribe $3"; } &&
		want "$1" "connect $2"
}

# with NAME ID: the server of its session
with()
{
	want "$1" getpeername "id=$2 *"
}

pool()
{
	on 4 rspctl -j pool show "$1" | tr -d '\n'
}

subscribed()
{
	[[ $(pool "$1") == *'"subscribed":true'* ]]
}

not_subscribed()
{
	! subscribed "$1"
}

# has POOL ID, lacks POOL ID: in the cache of 4
has()
{
	[[ $(pool "$1") == *"\"id\":$2,"* ]]
}

lacks()
{
	! has "$@"
}

count_is()
{
	[ "$(counter 4 "$1")" = "$2" ]
}

ended()
{
	[ "$(seen ended)" -gt "$1" ]
}

# Nobody has a session, and nothing is subscribed
calm()
{
	want c reset && want d reset && want x reset && want y reset &&
		wait_for 10 count_is CurrSubscriptions 0
}

afresh()
{
	calm && "$@"
}

# ---- tests -----------------------------------------------------------------------

off()
{
	local before

	element x off 1 || return
	before=$(seen subscribe)
	joins c off && want c "get subscribe" 0 && not_subscribed off &&
		same "asked" "$(seen subscribe)" "$before"
}

accepted()
{
	local before

	element x pool 1 && element y pool 2 && joins c pool on &&
		wait_for 5 subscribed pool && want c "get subscribe" 1 &&
		same "counter" "$(counter 4 CurrSubscriptions)" 1 || return
	# Never stale, whoever asks
	before=$(counter 4 ResolutionTx)
	sleep 0.3
	joins d pool && sleep 0.3 && joins d pool &&
		same "requests" "$(counter 4 ResolutionTx)" "$before"
}

pushed()
{
	local before

	before=$(counter 4 ResolutionTx)
	want r "hide pool 2" && wait_for 5 lacks pool 2 && has pool 1 &&
		want r "show pool 2" && wait_for 5 has pool 2 && subscribed pool &&
		same "requests" "$(counter 4 ResolutionTx)" "$before" &&
		same "pushes" "$(counter 4 PushRx)" "[1-9]*"
}

# An element that registers, one that leaves
pushed_by_itself()
{
	want x "use 9" && want x socket && want x "bind pool id=7" && want x listen &&
		wait_for 5 has pool 7 && want x close && wait_for 5 lacks pool 7 &&
		want x "use 0"
}

by_setting()
{
	local rc=0

	element x setting 1 || return
	setting 4 subscribe=1
	joins c setting && want c "get subscribe" 1 && wait_for 5 subscribed setting || rc=1
	setting 4 subscribe=0
	return "$rc"
}

bad_values()
{
	want c reset && want c socket && want c "set subscribe 3" EINVAL &&
		want c "set stale 3" EINVAL && want c "get subscribe" 0 &&
		want c "get stale" 0 && ! setting 4 subscribe=3 2>/dev/null
}

# While the session goes on
later()
{
	local before

	element x later 1 && joins c later && not_subscribed later || return
	before=$(seen ended)
	want c "set subscribe on" && wait_for 5 subscribed later &&
		want c "set subscribe off" && wait_for 5 ended "$before" &&
		wait_for 5 not_subscribed later && with c 1
}

refused()
{
	local before rc=0

	element x refused 1 && want r "answer refuse" || return
	before=$(counter 4 SubscriptionRefused)
	joins c refused on && not_subscribed refused && with c 1 &&
		same "refusals" "$(counter 4 SubscriptionRefused)" "$((before + 1))" || rc=1
	# The cache's times hold, and each question says it again
	sleep 0.2
	before=$(counter 4 ResolutionTx)
	joins d refused && same "requests" "$(counter 4 ResolutionTx)" $((before + 1)) || rc=1
	want r "answer accept" && sleep 0.2 && joins d refused &&
		wait_for 5 subscribed refused || rc=1
	return "$rc"
}

adaptive()
{
	local before

	element x adaptive 1 && want r "policy adaptive lu" && joins c adaptive on &&
		wait_for 5 subscribed adaptive || return
	before=$(counter 4 ResolutionTx)
	joins d adaptive && joins d adaptive &&
		same "requests" "$(counter 4 ResolutionTx)" "$before" &&
		same "policy" "$(pool adaptive)" '*"policy":"lu"*'
}

# The pool's policy counts, not what its elements say: they would have 2 always
overall_policy()
{
	local i seen=""

	want x reset && want x socket && want x "policy prio 0 5" && want x "bind overall id=1" &&
		wait_for 5 registers x && want y reset && want y socket &&
		want y "policy prio 0 9" && want y "bind overall id=2" &&
		wait_for 5 registers y || return
	for i in 1 2 3 4; do
		joins c overall on && want c getpeername "id=[12] *" || return
		seen+=$(field id)
	done
	same "round robin" "$seen" "@(1212|2121)" && want r "policy overall prio" &&
		want r "show overall 1" && wait_for 5 prio_cached || return
	for i in 1 2 3 4; do
		joins c overall on && with c 2 || return
	done
}

# Not one of its elements' policies
prio_cached()
{
	[[ $(pool overall) == *'"policy":"prio","subscribed":true'* ]]
}

# What nobody asked for is not taken in
unasked()
{
	local before

	element x known 1 && joins c known && not_subscribed known || return
	before=$(counter 4 AsapRxUnexpected)
	want r "flood stranger 100" && want r "flood known 100" &&
		wait_for 5 count_is AsapRxUnexpected $((before + 200)) &&
		same "the cache" "$(pool stranger)" "\[\]" && lacks known 999
}

unsubscribes()
{
	local before

	element x ends 1 && joins c ends on && wait_for 5 subscribed ends || return
	before=$(seen ended)
	want c reset && wait_for 5 ended "$before" && wait_for 5 not_subscribed ends &&
		wait_for 5 count_is CurrSubscriptions 0
}

# Somebody new comes before it has ended
lingers()
{
	local before asked rc=0

	element x lingers 1 || return
	setting 4 stale_cache_ms=3000
	joins c lingers on && wait_for 5 subscribed lingers || rc=1
	before=$(seen ended) asked=$(counter 4 ResolutionTx)
	want c reset && sleep 1 && joins c lingers on && sleep 4 && subscribed lingers &&
		same "ended" "$(seen ended)" "$before" &&
		same "requests" "$(counter 4 ResolutionTx)" "$asked" || rc=1
	setting 4 stale_cache_ms=50
	return "$rc"
}

# A negative answer is the end, and what comes later is not told
pool_gone()
{
	local before

	want x reset && want r "ghosts vanishes 2" && want c reset && want c "socket nonblock" &&
		want c "set subscribe on" && want c "set limit 0" &&
		want c "connect vanishes" EINPROGRESS && wait_for 5 subscribed vanishes || return
	before=$(counter 4 SubscriptionEnded)
	want r "gone vanishes" && wait_for 5 not_subscribed vanishes &&
		same "ended" "$(counter 4 SubscriptionEnded)" $((before + 1)) &&
		want c reset
}

# Another registrar does not know who has subscribed
home_change()
{
	local host rc=0

	element x home 1 && joins c home on && wait_for 5 subscribed home || return
	peer_start r2 3 "rsp_pusher sctp"
	for host in 2 3 4; do
		registrar_add "$host" 3
	done
	peer_end r KILL
	wait_for 20 subscribed_at r2 && wait_for 5 subscribed home && with c 1 &&
		same "asked" "$(seen subscribe r2)" "[1-9]*" &&
		want r2 "ghosts home 1" && wait_for 5 has home 1000 || rc=1
	peer_start r 1 "rsp_pusher sctp"
	for host in 2 3 4; do
		on "$host" rspctl registrar del 10.77.0.3
	done
	peer_end r2 KILL
	wait_for 20 subscribed_at r && wait_for 5 subscribed home && with c 1 || rc=1
	return "$rc"
}

subscribed_at()
{
	[ "$(seen subscribe "$1")" -gt 0 ]
}

# ---- sessions that follow ------------------------------------------------------------

# pair HANDLE OPTION: c has a session with one of x, 1, and y, 2; which one is $there
pair()
{
	element x "$1" 1 && element y "$1" 2 && joins c "$1" "$2" && wait_for 5 subscribed "$1" &&
		want c getpeername "id=[12] *" || return
	there=$(field id) other=$((3 - there))
	wait_for 5 has "$1" 1 && wait_for 5 has "$1" 2
}

follows()
{
	local reports moved

	pair follow follow || return
	reports=$(counter 4 UnreachableTx) moved=$(counter 4 FailoverRemoved)
	want c "send hello" 5 && want r "hide follow $there" &&
		want c "recv" "failover reason=removed *" &&
		with c "$other" && want c info "state=established * failovers=1 reason=removed *" &&
		same "counter" "$(counter 4 FailoverRemoved)" $((moved + 1)) &&
		same "reports" "$(counter 4 UnreachableTx)" "$reports" &&
		same "rspctl" "$(on 4 rspctl session show)" "*last removed *" || return
	# It is not taken back when the first one is
	want r "show follow $there" && wait_for 5 has follow "$there" && sleep 0.5 &&
		with c "$other"
}

stays()
{
	pair stay on && want r "hide stay $there" && wait_for 5 lacks stay "$there" && sleep 0.5 &&
		with c "$there" && want c info "state=established * failovers=0 *"
}

# A registrar that knows nobody else is no reason to leave
stays_alone()
{
	element x alone 1 && joins c alone follow && wait_for 5 subscribed alone &&
		want r "hide alone 1" && wait_for 5 not_subscribed alone && sleep 0.5 &&
		with c 1 && want c info "state=established * failovers=0 *"
}

# A registrar that begins anew has not removed those that it does not know yet
stays_at_restart()
{
	pair restart follow && peer_end r KILL && peer_start r 1 "rsp_pusher sctp" &&
		want r "ghosts restart 1" && wait_for 20 subscribed restart && sleep 1 &&
		with c "$there" && want c info "state=established * failovers=0 *"
}

follow_later()
{
	pair flater on && want c "set subscribe follow" && want r "hide flater $there" &&
		want c "recv" "failover reason=removed *" && with c "$other"
}

# ---- in numbers ------------------------------------------------------------------------

# A hundred elements come and go 50 times a second: what 4 has is never older than 200 ms
churn()
{
	local i rc=0 before pushes started took

	want r "ghosts churn 100" && want c reset && want c "socket nonblock" &&
		want c "set subscribe on" && want c "connect churn" EINPROGRESS &&
		wait_for 5 subscribed churn || return
	before=$(counter 4 ResolutionTx) pushes=$(seen pushes)
	want r "churn churn 50" || return
	started=$(now_ms)
	for ((i = 0; i < 60; i++)); do
		sleep 0.05
		# The time first: the cache is not older than that
		echo "$(now_ms) $(pool churn |
			sed -n 's/.*"id":999,[^}]*"life_s":\([0-9]*\).*/\1/p')"
	done >"$TMP/cached"
	took=$(($(now_ms) - started))
	want r "churn churn 0" || return
	pushes=$(($(seen pushes) - pushes))
	diag "$(grep -c '^version' "$TMP/r.log") changes, $pushes pushes in $took ms"
	awk '
		FNR == NR { if ($1 == "version") at[$2] = $4; next }
		$2 == "" { next }
		{
			seen++
			# the first change that the cache has not, when it was due
			if (($2 + 1) in at && $1 - at[$2 + 1] > worst)
				worst = $1 - at[$2 + 1]
		}
		END {
			print "# " seen " looks, up to " worst + 0 " ms behind"
			exit !(seen >= 50 && worst <= 200)
		}' "$TMP/r.log" "$TMP/cached" || rc=1
	same "requests" "$(counter 4 ResolutionTx)" "$before" || rc=1
	[ $((pushes * 1000)) -ge $((took * 5)) ] && [ $((pushes * 1000)) -le $((took * 11)) ] ||
		rc=1
	want c reset
	return "$rc"
}

available_kb()
{
	awk '/^MemAvailable/ { print $2 }' /proc/meminfo
}

# Memory stays as it is (within 4 MB), whatever comes in
flood()
{
	local kb

	kb=$(available_kb)
	want r "flood $1 $2" && sleep 1 || return
	diag "memory: $((kb - $(available_kb))) kB"
	[ $((kb - $(available_kb))) -lt 4096 ]
}

FLOOD=100000
[ -z "$CHECKERS" ] || FLOOD=5000

flood_unasked()
{
	local before

	element x served 1 && joins d served || return
	before=$(counter 4 AsapRxUnexpected)
	PATIENCE=500 flood nobody "$FLOOD" && wait_for 30 count_is AsapRxUnexpected \
		$((before + FLOOD)) && sleep 0.1 && joins d served &&
		same "the cache" "$(pool nobody)" "\[\]"
}

flood_subscribed()
{
	local limited asked took

	element x served 1 && joins c served on && wait_for 5 subscribed served || return
	took=$(now_ms)
	limited=$(counter 4 PushLimited) asked=$(counter 4 ResolutionTx)
	PATIENCE=500 flood served "$FLOOD" && sleep 2 && joins d served &&
		wait_for 5 subscribed served && with c 1 || return
	limited=$(($(counter 4 PushLimited) - limited))
	asked=$(($(counter 4 ResolutionTx) - asked))
	took=$(($(now_ms) - took))
	diag "$limited of $FLOOD not taken in, $asked questions in $took ms"
	# 50 a second are taken in, and once a second the registrar is asked
	[ "$limited" -ge $((FLOOD - took / 20 - 100)) ] && [ "$asked" -ge 1 ] &&
		[ "$asked" -le $((took / 1000 + 5)) ] &&
		want r "ghosts served 1" && wait_for 5 has served 1000
}

check "nothing is subscribed unless asked for [ASAP-RES-18]" afresh off
check "S = 1, A = 1: never stale [ASAP-RES-18 ASAP-RES-19 ASAP-RES-14]" afresh accepted
check "changes are pushed into the cache [ASAP-RES-20]" pushed
check "... of elements that come and go [ASAP-RES-20]" pushed_by_itself
check "the namespace's setting" afresh by_setting
check "values that there are not" afresh bad_values
check "switched on and off in a session [ASAP-RES-18 ASAP-RES-23]" afresh later
check "A = 0: as without [ASAP-RES-19]" afresh refused
check "adaptive policies: never stale while subscribed [ASAP-RES-17]" afresh adaptive
check "the pool's policy decides [ASAP-RES-11 ASAP-RES-12]" afresh overall_policy
check "unasked answers of other pools are dropped and counted" afresh unasked
check "nobody is left: S = 0 ends it [ASAP-RES-23]" afresh unsubscribes
check "... somebody came in time" afresh lingers
check "a negative answer ends it [ASAP-RES-22]" afresh pool_gone
check "another registrar is asked again [ASAP-RES-21]" afresh home_change
check "a session follows the pool" afresh follows
check "... only if it wants to" afresh stays
check "... and not to nowhere" afresh stays_alone
check "... nor when a registrar begins anew" afresh stays_at_restart
check "... if it wants to later" afresh follow_later
check "50 changes a second, within 200 ms [ASAP-RES-20 ASAP-RES-24]" afresh churn
check "a flood of unasked answers" afresh flood_unasked
check "a flood of what was asked for" afresh flood_subscribed
finish
