#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What rspd tells systemd: that it is ready, reads its settings again, ends; and that its event
# loop turns, as often as it is told to (WATCHDOG_USEC).

. "$(dirname "$0")/lib.sh"

setup_hosts 1
SOCKET=$TMP/notify
CONF=$TMP/rspd.conf
: >"$CONF"

# begins [VARIABLE=VALUE...]: rspd, and who listens to it
begins()
{
	stop rspd1
	stop systemd
	rm -f "$SOCKET"
	start systemd 1 rsp_notified "$SOCKET"
	wait_said systemd '^listening' || return
	start rspd1 1 env NOTIFY_SOCKET="$SOCKET" "$@" rspd --no-netlink --no-enrp --config="$CONF"
}

# alive N, for wait_for: it has said so N times
alive()
{
	[ "$(times)" -ge "$1" ]
}

times()
{
	grep -c '^WATCHDOG=1$' "$TMP/systemd.log"
}

ready()
{
	begins && wait_said systemd '^READY=1$'
}

reloads()
{
	kill -HUP "${PID[rspd1]}" && wait_said systemd '^RELOADING=1 MONOTONIC_USEC=[0-9]+$' &&
		wait_for 5 ready_again 2
}

# A file that is wrong changes nothing; systemd must not wait for ever
reloads_nonsense()
{
	echo nonsense >"$CONF"
	kill -HUP "${PID[rspd1]}" && wait_for 5 ready_again 3
	: >"$CONF"
	running rspd1
}

ready_again()
{
	[ "$(grep -c '^READY=1$' "$TMP/systemd.log")" = "$1" ]
}

stops()
{
	stop rspd1 && wait_said systemd '^STOPPING=1$' && same watchdog "$(times)" 0
}

# Twice in 0.4 s: five times in a second
feeds()
{
	local before ms

	begins WATCHDOG_USEC=400000 && wait_for 5 alive 1 || return
	before=$(now_ms)
	wait_for 5 alive 6 || return
	ms=$(($(now_ms) - before))
	[ -z "$TRAVELS" ] || same "ms for five" "$ms" "@(9??|1[01]??)"
}

# It stops where it is: several times of the interval later nothing has come
hangs()
{
	local before

	kill -STOP "${PID[rspd1]}" && before=$(times) || return
	sleep 2
	same "while it is stopped" "$(($(times) - before))" "[01]" || return
	kill -CONT "${PID[rspd1]}" && wait_for 5 alive $((before + 3))
}

# The variables are meant for another process, or are none
others()
{
	begins WATCHDOG_USEC=100000 WATCHDOG_PID=1 && wait_said systemd '^READY=1$' && sleep 1 &&
		same "for another process" "$(times)" 0 || return
	begins WATCHDOG_USEC=soon && wait_said systemd '^READY=1$' && sleep 1 &&
		same "without a number" "$(times)" 0
}

check "it is ready" ready
check "it reads its settings again" reloads
check "... and goes on when they are wrong" reloads_nonsense
check "it ends" stops
check "it says that it is alive, twice in the time that is given" feeds
check "... but not when it hangs, and then again" hangs
check "... and not to who does not wait for it" others
finish
