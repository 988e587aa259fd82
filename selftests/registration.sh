#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bind() and listen() make a pool element, the end of the last descriptor takes
# it back.  The servers are on host 1, host 2 is another one that asks.

. "$(dirname "$0")/lib.sh"

setup()
{
	# So that a remote registrar's identifier is known soon
	setup_pool 2 --keepalive-interval=0.3
	capture "registration-$RSP_LINK"
	setting 1 stale_cache_ms=0 negative_cache_ms=0
	peer_start a 1
	peer_start b 2
}

# Whoever asks the registrar finds a server of the pool, or does not.
found()
{
	peer b reset && peer b socket && peer b "connect $1" && [ "$answer" = ok ]
}

not_found()
{
	peer b reset && peer b socket && peer b "connect $1" &&
		[ "$answer" = ENOENT ]
}

# pe NAME HANDLE [ID]: register
pe()
{
	want "$1" socket && want "$1" "bind $2 id=${3:-0}" && want "$1" listen
}

named()
{
	peer a info && [ "$(field registrar)" != 0 ]
}

registers()
{
	want a reset && not_found alpha && pe a alpha 11 && found alpha &&
		want b getpeername "id=11 * alpha" && wait_for 10 named &&
		want a info "state=listening role=pe pe=11 registrar=!(0) *"
}

listed()
{
	want a reset && pe a alpha 12 || return
	peer a inode
	same "pe show" "$(on 1 rspctl -j pe show | tr -d '\n')" "*alpha*$answer*"
}

close_takes_back()
{
	want a reset && pe a beta 21 && found beta && want a close &&
		wait_for 5 not_found beta
}

exit_takes_back()
{
	start other 1 rsp_peer "socket; bind beta; listen; sleep 300; exit ${1:-0}"
	wait_said other '^listen: ok' && found beta && stop other "${2:-KILL}" &&
		wait_for 5 not_found beta
}

really_exits()
{
	start other 1 rsp_peer "socket; bind beta; listen; sleep 200; exit $1"
	wait_for 5 gone other && wait_said other '^listen: ok' &&
		wait_for 5 not_found beta
}

last_descriptor()
{
	local pid

	want a reset && pe a gamma 31 && want a dup && want a close || return
	found gamma || return
	peer a "use 0" && peer a "spawn sleep 60000" || return
	pid=$answer
	# Now only the child has it
	want a reset && found gamma || return
	kill -KILL "$pid"
	wait_for 5 not_found gamma
}

several()
{
	want a reset && pe a one 41 && pe a two 42 && pe a two 43 && found one &&
		want b getpeername "id=41 *" && found two &&
		want b getpeername "id=4[23] *"
}

same_id()
{
	want a reset && pe a dup 51 && want a socket || return
	peer a "bind dup id=51"
	[ "$answer" = EADDRINUSE ] && return
	same bind "$answer" ok && want a listen EADDRINUSE
}

other_host_same_id()
{
	want a reset && want b reset && pe a dup 52 && want b socket &&
		want b "event registration 1" && want b "bind dup id=52" || return
	peer b listen
	case $answer in
	ok) want b recv "registration registered=0 cause=4 *" ;;
	*) same listen "$answer" "@(EADDRINUSE|ENOTUNIQ|EEXIST)" ;;
	esac
}

policies_differ()
{
	want a reset && want b reset && pe a policy 61 && want b socket &&
		want b "event registration 1" && want b "policy prio 0 5" &&
		want b "bind policy id=62" || return
	peer b listen
	case $answer in
	ok) want b recv "registration registered=0 cause=5 *" ;;
	*) same listen "$answer" "@(ENOTUNIQ|EEXIST)" ;;
	esac
}

notified()
{
	want a reset && want a socket && want a "event registration 1" &&
		want a "bind news id=71" && want a listen && want a "poll in 5000" in &&
		want a recv "registration registered=1 cause=0 registrar=+([0-9]) pe=71"
}

# In the answers that another host gets
policy_is()
{
	found weights && on 2 rspctl -j pool show | tr -d '\n' |
		grep -q "\"weight\": *$1[^0-9]"
}

changes()
{
	want a reset && want a socket && want a "policy wrr 3" &&
		want a "set reglife 100" && want a "bind weights id=81" &&
		want a listen && wait_for 5 policy_is 3 &&
		want a "policy wrr 7" && wait_for 5 policy_is 7 &&
		want a "getpolicy" "wrr weight=7 *" && want a info "* pe=81 *"
}

lives_on()
{
	# Far below T4's minimum: registered again at half the life
	want a reset && want a socket && want a "set reglife 2" &&
		want a "bind short id=91" && want a listen &&
		sleep 4.5 && found short && want b getpeername "id=91 *"
}

drains()
{
	want a reset && want b reset && pe a drain 95 && want b socket &&
		want b "connect drain" && want a accept && want a "use 0" &&
		want a close && want a "use 1" && want b "send hello" 5 &&
		want a recv "5 eor: hello" && want a "send back" 4 &&
		want b recv "4 eor: back"
}

no_registrar()
{
	local lonely=$((HOSTS + 1)) rc=0

	host_add "$lonely"
	HOSTS=$lonely
	peer_start c "$lonely"
	want c socket && want c "bind lonely id=99" && want c listen EHOSTUNREACH &&
		want c socket && want c "connect nowhere" EHOSTUNREACH || rc=1
	# Without waiting: registered with the first one that comes
	want c "socket nonblock" && want c "event registration 1" &&
		want c "bind lonely id=99" && want c listen &&
		registrar_add "$lonely" "$REGISTRAR" && want c registered && wait_for 5 found lonely || rc=1
	peer_end c
	return "$rc"
}

registration()
{
	setup
	check "listen() registers [ASAP-REG-04 ASAP-REG-08 ASAP-REG-18]" registers
	check "rspctl shows it with its socket" listed
	check "close() de-registers [ASAP-DRG-02 ASAP-DRG-12]" close_takes_back
	check "SIGKILL de-registers [ASAP-DRG-12]" exit_takes_back 0 KILL
	check "SIGTERM de-registers [ASAP-DRG-12]" exit_takes_back 0 TERM
	check "exit(0) de-registers [ASAP-DRG-12]" really_exits 0
	check "exit(3) de-registers [ASAP-DRG-12]" really_exits 3
	check "the last descriptor counts, whoever has it" last_descriptor
	check "one process, several pools and PEs [ASAP-REG-31]" several
	check "an identifier is used once on a host" same_id
	check "... and once in a pool [ASAP-REG-12 ERR-07]" other_host_same_id
	check "a different policy is refused [ASAP-REG-12 ASAP-REG-20 ERR-08]" policies_differ
	check "the registration is told as a notification" notified
	check "policy and life change while registered [ASAP-REG-13 ASAP-REG-17]" changes
	check "a short life is renewed [ASAP-REG-06 ASAP-REG-14 ASAP-REG-15]" lives_on
	check "sessions outlive the registration [ASAP-DRG-11]" drains
	check "no registrar: EHOSTUNREACH, registered when one comes [ASAP-REG-10]" no_registrar
}

over_links registration
finish
