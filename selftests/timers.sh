#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every timer at its default value: neither too early nor too late, on the guest's
# clock.  Host 1 has the registrar, 2 and 3 the servers x and y, 4 the client c.
#
# Some of it takes a day, so all of it is for a kernel that sleeps in no time:
# scripts/vm --kernel uml --time-travel.

. "$(dirname "$0")/lib.sh"

[ -n "$TRAVELS" ] || skip_all "hours would pass: needs User Mode Linux's time travel"

# Seconds for any answer: they cost nothing
PATIENCE=1000
setup_hosts 4
# No keep-alives but where they are what is tested
rspd_start 1 --id=101 --keepalive-interval=0
for host in 2 3 4; do
	registrar_add $host 1
done
peer_start x 2
peer_start y 3
peer_start c 4

# ---- the clock ----------------------------------------------------------------

# start_clock; elapsed: milliseconds since then
start_clock()
{
	STARTED=$(now_ms)
}

elapsed()
{
	echo $(($(now_ms) - STARTED))
}

# sleep_until MS: on that clock
sleep_until()
{
	local left=$(($1 - $(elapsed)))

	[ "$left" -le 0 ] || sleep "$((left / 1000)).$(printf %03d $((left % 1000)))"
}

# within WHAT VALUE MIN MAX
within()
{
	if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
		diag "$1: $2, wanted $3 to $4"
		return 1
	fi
}

# took MIN MAX: milliseconds on the clock
took()
{
	within milliseconds "$(elapsed)" "$1" "$2"
}

# between MIN MAX COMMAND...: it fails at MIN ms, and succeeds at MAX ms
between()
{
	local min=$1 max=$2
	shift 2

	sleep_until "$min"
	if "$@"; then
		diag "so before $min ms: $*"
		return 1
	fi
	sleep_until "$max"
	"$@" && return
	diag "not so after $max ms: $*"
	return 1
}

# ---- hosts ----------------------------------------------------------------------

# silent COMMAND...: while the registrar has its associations, but does not answer
silent()
{
	local rc=0

	kill -STOP "${PID[rspd1]}"
	"$@" || rc=1
	kill -CONT "${PID[rspd1]}"
	return "$rc"
}

# cut HOST COMMAND...: while the host is not there
cut()
{
	local host=$1 rc=0
	shift

	cut_link "$host"
	"$@" || rc=1
	join_link "$host"
	return "$rc"
}

# with HOST NAME=VALUE... -- COMMAND...: with other settings than the defaults
with()
{
	local host=$1 name old=() new=() rc=0
	shift

	for (( ; ; )); do
		[ "$1" != -- ] || break
		name=${1%%=*}
		old+=("$name=$(on "$host" sysctl -n "net.rserpool.$name")")
		new+=("$1")
		shift
	done
	shift
	setting "$host" "${new[@]}" || return
	"$@" || rc=1
	setting "$host" "${old[@]}" || rc=1
	return "$rc"
}

# registrar OPTIONS COMMAND...: with a registrar that has these
registrar()
{
	local options=$1 rc=0
	shift

	# shellcheck disable=SC2086 # options, separated by blanks
	stop rspd1 && rspd_start 1 --id=101 $options && "$@" || rc=1
	stop rspd1 && rspd_start 1 --id=101 --keepalive-interval=0 || rc=1
	return "$rc"
}

# rose HOST COUNTER N: by at least N since count_from HOST COUNTER
declare -A FROM

count_from()
{
	FROM[$1.$2]=$(counter "$1" "$2")
}

rise()
{
	echo $(($(counter "$1" "$2") - FROM[$1.$2]))
}

rose()
{
	[ "$(rise "$1" "$2")" -ge "$3" ]
}

# ---- the module's requests ---------------------------------------------------------

connects()
{
	peer c reset && peer c socket && want c "connect $1" "${2:-ok}"
}

# element NAME HANDLE ID [COMMAND]: registers, if need be with a new registrar
element()
{
	want "$1" reset && want "$1" socket && want "$1" "event registration 1" &&
		want "$1" "${4:-use 0}" && want "$1" "bind $2 id=$3" &&
		wait_for 5 listens "$1" && want "$1" registered
}

# x's host has a home, and nobody else there to register
home()
{
	element x home 1 && want x reset && wait_for 5 gone_from 2 home
}

gone_from()
{
	! on "$1" rspctl pe show | grep -q "$2"
}

defaults()
{
	local line rc=0

	while read -r line; do
		same "${line% *}" "$(on 2 sysctl -n "net.rserpool.${line% *}")" "${line#* }" || rc=1
	done <<-END
		t1_enrprequest_ms 15000
		t2_registration_ms 30000
		t3_deregistration_ms 30000
		t4_reregistration_s 600
		t5_serverhunt_ms 10000
		t6_serverannounce_ms 1000
		t7_enrpoutdate_ms 5000
		max_reg_attempt 2
		max_request_retransmit 2
		retran_max_ms 60000
	END
	return "$rc"
}

# A timer's milliseconds: late by as much as the kernel's timers are, and by polling
t1()
{
	count_from 4 ResolutionTx
	count_from 4 RequestTimeout
	start_clock
	tell c "connect $1"
	between 14900 15200 rose 4 ResolutionTx 2 && between 44900 45300 rose 4 ResolutionTx 3 &&
		hear c && same connect "$answer" ETIMEDOUT && took 105000 105300 &&
		same requests "$(rise 4 ResolutionTx)" 3 &&
		same "ends of T1" "$(rise 4 RequestTimeout)" 3
}

t1_default()
{
	# The registrar is home
	connects nobody ENOENT && want c socket && silent t1 t1
}

# resolution MS RESULT TX: how long it takes in all
resolution()
{
	local pool=$1$RANDOM

	count_from 4 ResolutionTx
	want c socket || return
	start_clock
	tell c "connect $pool"
	hear c && same connect "$answer" ETIMEDOUT && took "$1" $(($1 + 300)) &&
		same requests "$(rise 4 ResolutionTx)" "$2"
}

t1_settings()
{
	connects nobody ENOENT &&
		with 4 t1_enrprequest_ms=2000 -- silent resolution 14000 3 &&
		with 4 t1_enrprequest_ms=2000 max_request_retransmit=0 -- silent resolution 2000 1 &&
		with 4 t1_enrprequest_ms=2000 max_request_retransmit=1 -- silent resolution 6000 2 &&
		with 4 t1_enrprequest_ms=2000 retran_max_ms=3000 -- silent resolution 8000 3 &&
		with 4 t1_enrprequest_ms=2000 retran_max_ms=100 -- silent resolution 6000 3
}

# The other registrar is asked after T1
t1_hunt()
{
	local rc=0

	connects nobody ENOENT && rspd_start 3 --id=103 && registrar_add 4 3 || return
	want c socket || rc=1
	start_clock
	silent want c "connect nowhere" ENOENT && took 14990 15300 || rc=1
	on 4 rspctl registrar del 10.77.0.3 && stop rspd3 || rc=1
	return "$rc"
}

t2()
{
	count_from 2 RegistrationTx
	start_clock
	tell x listen
	between 29900 30300 rose 2 RegistrationTx 2 && between 89900 90300 rose 2 RegistrationTx 3 &&
		hear x && same listen "$answer" ETIMEDOUT && took 150000 150300 &&
		same requests "$(rise 2 RegistrationTx)" 3
}

t2_default()
{
	home && want x socket && want x "bind t2 id=2" && silent t2
}

# Told after MAX-REG-ATTEMPT, and tried again after RETRAN-MAX each time
t2_again()
{
	count_from 2 RegistrationTx
	start_clock
	want x listen && want x "poll in 149500" none && want x "poll in 1000" in &&
		took 150000 150300 && want x recv "registration registered=0 *" &&
		between 209900 210400 rose 2 RegistrationTx 4 &&
		between 299900 300500 rose 2 RegistrationTx 5
}

t2_nonblock()
{
	home && want x "socket nonblock" && want x "event registration 1" &&
		want x "bind t2n id=2" && silent t2_again && want x registered
}

t2_settings()
{
	home && want x socket && want x "bind t2s id=2" || return
	start_clock
	with 2 t2_registration_ms=2000 -- silent want x listen ETIMEDOUT && took 14000 14300 || return
	start_clock
	with 2 t2_registration_ms=2000 max_reg_attempt=0 -- silent want x listen ETIMEDOUT &&
		took 2000 2300
}

# t3 MS TX: it is forgotten after that many requests
t3()
{
	count_from 2 DeregistrationTx
	start_clock
	want x close && between "$(($1 - 100))" "$(($1 + 300))" gone_from 2 t3 &&
		same requests "$(rise 2 DeregistrationTx)" "$2"
}

t3_sends()
{
	count_from 2 DeregistrationTx
	start_clock
	want x close && between 29900 30300 rose 2 DeregistrationTx 2 &&
		between 89900 90300 rose 2 DeregistrationTx 3
}

t3_without()
{
	element x t3 5 && cut 1 t3_no_home
}

t3_default()
{
	element x t3 1 && silent t3 150000 3 && element x t3 2 && silent t3_sends
}

t3_settings()
{
	element x t3 3 && with 2 t3_deregistration_ms=2000 -- silent t3 14000 3 &&
		element x t3 4 &&
		with 2 t3_deregistration_ms=2000 max_request_retransmit=0 -- silent t3 2000 1
}

lost_home()
{
	! has_registrar "$1"
}

# Without a home it is forgotten after T3, and never mentioned to the next one
t3_no_home()
{
	wait_for 60 lost_home 2 || return
	count_from 2 DeregistrationTx
	start_clock
	want x close && between 29900 30300 gone_from 2 t3 &&
		same requests "$(rise 2 DeregistrationTx)" 0
}

# t4 LIFE MIN MAX: eight elements, since a part of it is at random
t4()
{
	local i

	want x reset || return
	count_from 2 RegistrationTx
	start_clock	# before the first one, whose renewal may be the first
	for i in 1 2 3 4 5 6 7 8; do
		want x socket && want x "set reglife $1" && want x "bind t4 id=$i" &&
			want x listen || return
	done
	sleep_until "$2" && same "too early" "$(rise 2 RegistrationTx)" 8 &&
		sleep_until "$3" && same renewals "$(rise 2 RegistrationTx)" 16
}

t4_default()
{
	t4 3600 562500 600100 && t4 300 262500 280100 && t4 620 562500 600100
}

t4_short()
{
	t4 41 19687 21100 && t4 40 18750 20100 && t4 10 4687 5100 && t4 2 937 1100
}

t4_settings()
{
	with 2 t4_reregistration_s=100 -- t4 300 93750 100100 &&
		with 2 registration_life_s=60 -- t4_life
}

t4_life()
{
	element x life 1 && want x "get reglife" 60 && start_clock && count_from 2 RegistrationTx &&
		between 37500 40100 rose 2 RegistrationTx 1
}

# ---- the registrar ---------------------------------------------------------------

life_ended()
{
	said rspd1 "$1: .* removed: registration life ended"
}

ends_with_life()
{
	element x life 2 && start_clock && cut 2 between 299900 300100 life_ended life &&
		connects life ENOENT
}

# Its host is gone, and with its life it goes out of the pool.  SCTP would notice before.
life()
{
	registrar "--keepalive-interval=0 --sctp-max-retrans=100 --sctp-rto-max=10" ends_with_life
}

lost()
{
	said rspd1 "$1: .* removed: (association lost|cannot be reached|no answer)"
}

# By SCTP with the registrar's host's own settings, which are SCTP's: heartbeats, and when they fall
association()
{
	element x association 3 "set reglife 7200" && start_clock &&
		cut 2 between 60000 1500000 lost association &&
		connects association ENOENT
}

silent_element()
{
	said rspd1 "$1: .* removed: no answer to keep-alive"
}

keep_alive_timeout()
{
	element x alive 4 && start_clock && cut 2 between "$1" "$2" silent_element alive &&
		connects alive ENOENT
}

# None 2.5 s after the last one, and one after 7.5 s; 5 s in the mean
keep_alives()
{
	local i new last=0 quiet=0

	element x alive 5 && count_from 2 KeepAliveRx && count_from 2 KeepAliveAckTx || return
	for i in {1..40}; do
		sleep 2.4
		new=$(($(rise 2 KeepAliveRx) - last))
		last=$((last + new)) quiet=$((new ? 0 : quiet + 1))
		within "keep-alives in 2.4 s" "$new" 0 1 &&
			within "times without one" "$quiet" 0 3 || return
	done
	sleep 904
	within "keep-alives in 1000 s" "$(rise 2 KeepAliveRx)" 175 225 &&
		same acknowledgements "$(rise 2 KeepAliveAckTx)" "$(rise 2 KeepAliveRx)"
}

# A client that cannot reach the element says so, and the registrar asks it
reported()
{
	session reported 6 && start_clock || return
	# Noticed after 1.5 to 5 s, as heartbeats fall, and asked for 5 s
	cut 2 between "$1" "$2" silent_element reported
}

# A registrar that slept for an hour takes nobody for dead, but their lives are over
sleeps()
{
	session sleeps 7 && silent sleep 3600 && wait_for 5 connects sleeps && want x "use 0" &&
		want x accept
}

# Nobody there: two seconds, and a pause of one at most for somebody new
unreachable()
{
	connects nobody ENOENT && cut 1 unreachable_now && wait_for 10 connects nobody ENOENT
}

unreachable_now()
{
	wait_for 60 lost_home 4 && want c socket && start_clock &&
		want c "connect nobody" EHOSTUNREACH && took 2000 2200 &&
		want c socket && start_clock &&
		want c "connect nobody" EHOSTUNREACH && took 3000 3300
}

inits()
{
	on 2 awk "/^SctpOutCtrlChunks/ { print \$NF }" /proc/net/sctp/snmp
}

# Three hours; looked for after each pause of three or four seconds, with four INITs or so in
# two seconds
away()
{
	local before

	wait_for 60 lost_home 2 && before=$(inits) && sleep 10800 &&
		within INITs "$(($(inits) - before))" 5000 15000
}

back()
{
	element x back 8 && want x reset && element x back 9 && cut 1 away && start_clock &&
		wait_for 7 has_registrar 2 && wait_for 2 connects back && want x accept
}

# ---- the cache -------------------------------------------------------------------

# asked POOL RESULT N: connect() to it asks the registrar N times
asked()
{
	count_from 4 ResolutionTx
	connects "$1" "$2" && same requests "$(rise 4 ResolutionTx)" "$3"
}

# stale POOL MS: asked again after that time only
stale()
{
	element x "$1" 1 && element y "$1" 2 && asked "$1" ok 1 && start_clock &&
		asked "$1" ok 0 && sleep_until "$(($2 - 100))" && asked "$1" ok 0 &&
		sleep_until "$(($2 + 20))" && asked "$1" ok 1 && asked "$1" ok 0
}

negative()
{
	asked "$1" ENOENT 1 && start_clock && asked "$1" ENOENT 0 &&
		sleep_until "$(($2 * 9 / 10))" && asked "$1" ENOENT 0 &&
		sleep_until "$(($2 + 20))" && asked "$1" ENOENT 1
}

cache_settings()
{
	with 4 stale_cache_ms=3000000 -- stale stale2 3000000 &&
		with 4 negative_cache_ms=3000000 -- negative negative2 3000000
}

adaptive()
{
	element x adaptive 1 "policy lu 1000" && asked adaptive ok 1 && asked adaptive ok 1
}

# ---- subscriptions -----------------------------------------------------------------

# told COMMAND...: with a registrar that does what it is told, r, instead of rspd
told()
{
	local rc=0

	peer c reset && peer x reset && stop rspd1 && peer_start r 1 "rsp_pusher sctp" &&
		"$@" || rc=1
	peer_end r KILL
	rspd_start 1 --id=101 --keepalive-interval=0 || rc=1
	return "$rc"
}

seen()
{
	peer r seen && field "$1"
}

subscribed()
{
	on 4 rspctl pool show "$1" | grep -q subscribed
}

subscriber()
{
	peer c reset && peer c socket && peer c "set subscribe on" && peer c "connect $1" &&
		[ "$answer" = ok ]
}

# ended N: S = 0 was sent so often
ended()
{
	[ "$(seen ended)" = "$1" ]
}

# Kept for 30 s without a session, never stale in an hour with one
subscription()
{
	element x kept 1 && wait_for 20 subscriber kept && subscribed kept &&
		count_from 4 ResolutionTx && sleep 3600 && same requests "$(rise 4 ResolutionTx)" 0 &&
		start_clock && want c reset && between "$1" "$2" ended 1 && ! subscribed kept
}

# Not there any more: asked for after 1, 2, 4, 8, ... 64 s, and then each minute
subscription_again()
{
	element x vanishes 1 && wait_for 20 subscriber vanishes && subscribed vanishes || return
	count_from 4 ResolutionTx
	start_clock
	want r "hide vanishes 1" && between 900 1300 rose 4 ResolutionTx 1 &&
		between 1900 2300 rose 4 ResolutionTx 2 && between 3900 4300 rose 4 ResolutionTx 3 &&
		between 63000 65000 rose 4 ResolutionTx 7 &&
		between 123000 125500 rose 4 ResolutionTx 8 &&
		want r "show vanishes 1" && sleep 61 && subscribed vanishes
}

# Two sessions lose a server: one report in 10 s, another one then
reports()
{
	element x twice 1 && want y reset && element y twice 2 && wait_for 20 joins twice &&
		want c socket && want c "connect twice id=2" && want c socket &&
		want c "connect twice id=2" || return
	count_from 4 UnreachableTx
	count_from 4 UnreachableJoined
	want y accept && want y abort && sleep 9 && want y "use 0" && want y accept &&
		want y abort && sleep 0.2 && same reports "$(rise 4 UnreachableTx)" 1 &&
		same joined "$(rise 4 UnreachableJoined)" 1 || return
	sleep 2
	want c socket && want c "connect twice id=2" && want y "use 0" && want y accept &&
		want y abort && sleep 0.2 && same reports "$(rise 4 UnreachableTx)" 2
}

# ---- sessions ---------------------------------------------------------------------

joins()
{
	peer c reset && peer c socket && peer c "event failover 1" && peer c "connect $1" &&
		[ "$answer" = ok ]
}

# session POOL ID: of c with x, who is alone; c may have to find its registrar again
session()
{
	want y reset && element x "$1" "$2" && wait_for 20 joins "$1" && want x accept
}

talks()
{
	want c "send ping" 4 && want x recv "4 eor: ping" && want x "send pong" 4 &&
		want c recv "4 eor: pong" && want c info "state=established * failovers=0 *"
}

in_failover()
{
	want c info "state=failover *" >/dev/null
}

# The server's host is gone
lost_idle()
{
	session idle 1 && start_clock && cut 2 between "$1" "$2" in_failover
}

sends_in_vain()
{
	want c "send lost" 4 && between "$1" "$2" in_failover
}

lost_busy()
{
	session busy 2 && talks && sleep 10 && start_clock && cut 2 sends_in_vain "$1" "$2"
}

# profile NAME COMMAND...: with this profile on all hosts but the registrar's, whose names it can
# tell, also when a setting is another
profile()
{
	local name=$1 host rc=0
	shift

	for host in 2 3 4; do
		setting "$host" profile="$name" || return
		same profile "$(on "$host" sysctl -n net.rserpool.profile)" "$name" || return
	done
	"$@" || rc=1
	setting 4 t1_enrprequest_ms=4711 && ! setting 4 profile=quick 2>/dev/null &&
		same profile "$(on 4 sysctl -n net.rserpool.profile)" custom || rc=1
	for host in 2 3 4; do
		setting "$host" profile=default || rc=1
	done
	same profile "$(on 4 sysctl -n net.rserpool.profile)" default && return "$rc"
}

chunks()
{
	on 4 grep -w SctpOutCtrlChunks /proc/net/sctp/snmp | tr -dc 0-9
}

# What the client sends in ten idle seconds, on two paths: heartbeats and answers
heartbeats()
{
	local before

	session idle 1 && sleep 5 && before=$(chunks) && sleep 10 &&
		within chunks "$(($(chunks) - before))" "$1" "$2"
}

# The client's host is gone
client_lost()
{
	session client 3 && start_clock && tell x recv && cut 4 hear x &&
		same recv "$answer" ETIMEDOUT && took "$1" "$2"
}

# A day without anybody doing anything but the kernels; with checkers an hour has
# to do.  The element is registered anew 17.5 to 0 s before T4.
idle_day()
{
	local day=86400

	[ -z "$CHECKERS" ] || day=3600
	session long 4 && talks && count_from 2 RegistrationTx && sleep "$day" && talks &&
		within renewals "$(rise 2 RegistrationTx)" $((day / 280)) $((day / 262)) &&
		! said rspd1 "long: .* removed" && connects long && want x "use 0" &&
		want x accept
}

# x dies, and a new one begins
kill_x()
{
	peer_end x KILL
	peer_start x 2
}

# limit MS: nobody is there any more.  The limit begins with a jiffy of 10 ms that has begun.
limit()
{
	session "limit$1" 5 && count_from 4 FailoverNoPe && start_clock && kill_x &&
		want c recv ETIMEDOUT && took "$(($1 - 10))" "$(($1 + 100))"
}

# Rounds after 50, 100, 200, ... ms, then every 2 s
limit_default()
{
	limit 120000 && within rounds "$(rise 4 FailoverNoPe)" 60 68
}

limit_silent()
{
	session unanswered 6 && start_clock && kill_x && silent want c recv ETIMEDOUT &&
		took "$(($1 - 10))" "$(($1 + 100))"
}

limit_none()
{
	session unlimited 7 && kill_x && sleep 3600 && in_failover && element y unlimited 8 &&
		start_clock && want y accept && took 0 2200 && want c recv "failover *"
}

drops()
{
	want "$1" accept && want "$1" abort && want "$1" "use 0"
}

# Servers that drop their clients at once: three in a row, then pauses
dropped()
{
	local i

	session brief 9 && element y brief 10 && want y "use 0" && start_clock &&
		want x abort && want x "use 0" || return
	for i in 1 2 3 4; do
		drops y && drops x || return
	done
	# 50 + 100 + 200 + 400 + 800 + 1600 ms
	want y accept && took 3150 3500
}

connect_timeout()
{
	element x slow 11 && connects slow && want c socket && start_clock &&
		cut 2 want c "connect slow" EHOSTUNREACH && took "$1" "$(($1 + 100))"
}

check "the settings are RFC 5352's [TMR-01]" defaults
check "T1: asked three times, given up after 105 s [ASAP-RES-04 ASAP-RES-06]" t1_default
check "T1: another registrar is asked after 15 s [ASAP-RES-07]" t1_hunt
check "T1: as set [TMR-01]" t1_settings
check "T2: asked three times, ETIMEDOUT after 150 s [ASAP-REG-09 ASAP-REG-16]" t2_default
check "T2: told after 150 s, then every minute [ASAP-REG-16]" t2_nonblock
check "T2: as set [TMR-01]" t2_settings
check "T3: asked three times, forgotten after 150 s [ASAP-DRG-03 ASAP-DRG-04]" t3_default
check "T3: without a registrar, forgotten after 30 s [ASAP-DRG-03]" t3_without
check "T3: as set [TMR-01]" t3_settings
check "T4: ten minutes, or 20 s before the life's end [ASAP-REG-06 ASAP-REG-14]" t4_default
check "T4: half of a short life [ASAP-REG-15]" t4_short
check "T4: as set [TMR-01]" t4_settings
check "a life of 300 s ends [ASAP-REG-28]" life
check "an association ends [ASAP-REG-29]" association
check "keep-alives every 5 s, plus or minus 2.5 [ASAP-KAL-01 ASAP-KAL-07 ASAP-KAL-08]" \
	registrar "" keep_alives
check "a keep-alive without an answer after 5 s [ASAP-KAL-09 ASAP-KAL-10]" \
	registrar "" keep_alive_timeout 7500 12600
check "... as set" registrar "--keepalive-interval=60 --keepalive-timeout=2" \
	keep_alive_timeout 32000 92100
check "an element reported unreachable is asked at once [ASAP-UNR-05 ASAP-UNR-06]" \
	reported 6500 12000
check "a registrar that slept for an hour [ASAP-REG-28]" sleeps
check "a registrar that is not there: 2 s [ASAP-RES-05 ASAP-HNT-12]" unreachable
check "three hours without the registrar [ASAP-HNT-08 ASAP-HNT-13 ASAP-REG-10 REQ-05]" back
check "answers are fresh for 30 s [ASAP-RES-14 ASAP-RES-16 ASAP-RES-17]" stale stale 30000
check "... of an adaptive policy never [ASAP-RES-17]" adaptive
check "no such pool: believed for 250 ms [ASAP-RES-33]" negative negative 250
check "... as set" cache_settings
check "a subscription: an hour, and 30 s without a session [ASAP-RES-14 ASAP-RES-23]" \
	told subscription 29500 30300
check "... as set" with 4 stale_cache_ms=5000 -- told subscription 4500 5300
check "... a pool that is not there is asked for every 60 s [ASAP-RES-22]" \
	told subscription_again
check "an element is reported once in 10 s [ASAP-UNR-02]" told reports
check "a server's host is gone, idle [REQ-02]" lost_idle 1500 5000
check "... with data under way [REQ-02]" lost_busy 500 5000
check "a client's host is gone [REQ-02]" client_lost 1500 5000
check "profile fast: a server's host is gone, idle [TMR-02 REQ-02]" \
	profile fast lost_idle 200 1000
check "... with data under way [TMR-02 REQ-02]" profile fast lost_busy 80 1000
check "... and what it costs [TMR-02]" profile fast heartbeats 120 220
check "... by default [TMR-02]" heartbeats 30 80
check "a session and an element are idle for a day [ASAP-REG-06 ASAP-REG-14]" idle_day
check "no server for 120 s: ETIMEDOUT [ASAP-SND-21 REQ-05]" limit_default
check "... as set [ASAP-SND-21]" with 4 failover_limit_ms=5000 -- limit 5000
check "... with a registrar that does not answer [ASAP-SND-21]" limit_silent 120000
check "... without a limit, an hour [ASAP-SND-21]" with 4 failover_limit_ms=0 -- limit_none
check "servers that drop a client at once cost pauses [REQ-05]" dropped
check "connect() to a host that is gone: 2 s [ASAP-SND-02]" connect_timeout 2000
check "... as set" with 4 connect_timeout_ms=500 -- connect_timeout 500
finish
