#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's requests as its registrars get them, and what it answers to what it does not know.
# Hosts 1 and 2 have the registrars a and b, who do what they are told, 3 the server s and the
# client c.

. "$(dirname "$0")/lib.sh"
needs_time

setup_hosts 3
setting_fast 3
setting 3 t1_enrprequest_ms=300 t2_registration_ms=300 t3_deregistration_ms=300 \
	negative_cache_ms=0 stale_cache_ms=0
peer_start a 1 "rsp_registrar -"
peer_start b 2 "rsp_registrar -"
peer_start s 3
peer_start c 3
want a "listen 10.77.0.1" && want b "listen 10.77.0.2"
registrar_add 3 1

home_is()
{
	on 3 rspctl registrar show | grep -q "^address $1 .* up home "
}

# element ID: registered at a
element()
{
	want s reset && want a forget && want b forget && want s socket && want s "bind pool id=$1" &&
		want s listen && want a "expect registration" "registration * pe=$1 *"
}

# Handle and pool element with its policy, and nothing once there is an answer
registration()
{
	want s socket && want s "bind pool id=1" && want s listen &&
		want a "expect registration" "registration ppid=11 flags=0 octets=72 \
handle=pool pe=1 life=300 policy=rr * use=1 port=+([1-9])* addresses=10.77.0.3,fd77::3" &&
		want a "none registration 2000" && want a peers 1
}

# The handle is all that it has: 4 octets and a parameter of 8
resolution()
{
	want c socket && want c "connect nope" ENOENT &&
		want a "expect handle-resolution" \
			"handle-resolution ppid=11 flags=0 octets=12 handle=nope" &&
		want a "none handle-resolution 2000" && want a peers 1
}

deregistration()
{
	want s reset && want a "expect deregistration" \
		"deregistration ppid=11 flags=0 octets=20 handle=pool pe=1" &&
		want a "none deregistration 2000" && want a peers 1
}

# silent_home TYPE: a does not answer such any more, and b is there, too
silent_home()
{
	want a "rule $1 silent" && registrar_add 3 2
}

# answers_again TYPE: b is gone, a is home
answers_again()
{
	want s reset && want c reset && want a "rule $1 ok" && on 3 rspctl registrar del 10.77.0.2 &&
		element 9 && home_is 10.77.0.1
}

# Nobody answers in T2: another one is looked for, and asked
registration_elsewhere()
{
	element 2 && silent_home registration && want s socket && want s "bind other id=3" &&
		tell s listen && want a "expect registration" "registration * handle=other pe=3 *" &&
		want b "expect registration 10000" "registration * pe=[23] *" &&
		want b "expect registration 10000" "registration * pe=[23] *" && hear s &&
		same listen "$answer" ok && home_is 10.77.0.2
	local rc=$?
	answers_again registration && return "$rc"
}

deregistration_elsewhere()
{
	element 4 && silent_home deregistration && want s reset &&
		want a "expect deregistration" "deregistration * handle=pool pe=4" &&
		want b "expect deregistration 10000" "deregistration * handle=pool pe=4"
	local rc=$?
	answers_again deregistration && return "$rc"
}

# The home is gone with the question: built anew, for another one
resolution_elsewhere()
{
	local rc=0

	element 5 && silent_home resolution && setting 3 t1_enrprequest_ms=60000 &&
		want c socket && tell c "connect gone" &&
		want a "expect handle-resolution" "handle-resolution * handle=gone" || rc=1
	peer_end a KILL
	want b "expect handle-resolution 10000" "handle-resolution * octets=12 handle=gone" &&
		hear c && same connect "$answer" ENOENT && home_is 10.77.0.2 || rc=1
	setting 3 t1_enrprequest_ms=300
	peer_start a 1 "rsp_registrar -"
	want a "listen 10.77.0.1" && answers_again resolution && return "$rc"
}

# ---- what the module does not know ------------------------------------------------------

# With the home's, on its association
unknown_type()
{
	local unknown

	element 6 && unknown=$(counter 3 AsapRxUnknown) && want a "raw 41000004" &&
		want a "expect error" "error ppid=11 * cause=2,4" || return
	for type in 3f 81 c1 ff; do
		want a "raw ${type}000004" || return
	done
	want a "none error 500" && home_is 10.77.0.1 &&
		same AsapRxUnknown "$(counter 3 AsapRxUnknown)" $((unknown + 5))
}

# asks PARAMETER: a keep-alive that has it, too
asks()
{
	want a "raw 0700001400000065""00090008706f6f6c""$1"
}

unknown_parameter()
{
	element 7 && asks 3fff0004 && want a "none endpoint-keep-alive-ack 300" &&
		want a "none error 100" &&
		asks 7fff0004 && want a "expect error" "error * cause=1,4" &&
		want a "none endpoint-keep-alive-ack 300" &&
		asks bfff0004 && want a "expect endpoint-keep-alive-ack" "* handle=pool pe=7" &&
		want a "none error 300" &&
		asks ffff0004 && want a "expect endpoint-keep-alive-ack" "* handle=pool pe=7" &&
		want a "expect error" "error * cause=1,4"
}

# The message is counted, and that is all
error()
{
	local errors malformed

	element 8 && errors=$(counter 3 AsapErrorRx) malformed=$(counter 3 AsapRxMalformed) &&
		want a "raw 0e000010000c000c0001000800010002" && want a "raw 0e0000087fff0004" &&
		want a "raw 0e000003" && want a "none error 1000" && home_is 10.77.0.1 &&
		same AsapErrorRx "$(counter 3 AsapErrorRx)" $((errors + 1)) &&
		same AsapRxMalformed "$(counter 3 AsapRxMalformed)" $((malformed + 2))
}

# Ten reports in a second
few_errors()
{
	local before

	element 8 && sleep 1.1 && peer a "count error" && before=$answer &&
		want a "raw 41000004 times=500 rate=1000" && sleep 0.5 && peer a "count error" &&
		diag "$((answer - before)) reports" && [ "$answer" -gt "$before" ] &&
		[ "$answer" -le $((before + 30)) ] && home_is 10.77.0.1
}

check "a registration [ASAP-REG-01 ASAP-REG-04 ASAP-REG-08 ASAP-REG-11 ROLE-02]" registration
check "a resolution [ASAP-RES-01 ASAP-RES-03 ASAP-RES-09 ROLE-01]" resolution
check "a de-registration [ASAP-DRG-01 ASAP-DRG-02 ASAP-DRG-03 ASAP-DRG-05 ROLE-02]" deregistration
check "no answer to a registration: another registrar [ASAP-REG-10]" registration_elsewhere
check "... to a de-registration [ASAP-DRG-04]" deregistration_elsewhere
check "the home dies with a question [ASAP-RES-05 ASAP-RES-08]" resolution_elsewhere
check "unknown messages [WIRE-06 WIRE-07 WIRE-08 WIRE-09 ERR-05]" unknown_type
check "unknown parameters [WIRE-13 WIRE-14 WIRE-15 WIRE-16 ERR-04]" unknown_parameter
check "errors are not answered [ERR-01 ROLE-01]" error
check "... and reports are few [ERR-01]" few_errors
finish
