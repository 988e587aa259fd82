#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Races in a forced order, on a module with race points (net/rserpool/race.c): somebody sleeps
# at a point, and what comes meanwhile must not matter.

. "$(dirname "$0")/lib.sh"

points=/sys/module/rserpool/parameters/race

# points SETTING: of the module, where it has them (net/rserpool/race.c)
points()
{
	[ ! -e "$points" ] || echo "$1" >"$points"
}

passes()
{
	awk -v name="$1" '$1 == name { print $2 }' "$points"
}

has_passed()
{
	[ "$(passes "$1")" -gt "$2" ]
}

# at POINT COMMAND...: do it, and come back when somebody sleeps at POINT
at()
{
	local point=$1 before
	shift

	before=$(passes "$point")
	points "$point:1000"
	"$@" && wait_for 10 has_passed "$point" "$before"
}

# forced DESCRIPTION COMMAND...: a test that needs the points
forced()
{
	if [ -e "$points" ]; then
		check "$@"
		points ''
	else
		skip "$1" "no race points in this module"
	fi
}

# Nothing of the module's is left on a host.
idle()
{
	[ -z "$(on "$1" rspctl session show)" ] && [ -z "$(on "$1" rspctl pe show)" ]
}

# s listens as pool element 1; t is there as number 2
element()
{
	running s || peer_start s 2
	want s reset && want s "socket $1" && want s "bind pool id=1" && wait_for 10 listens s
}

# c has a session with s
session()
{
	want c reset && element "" && want c socket && want c "connect pool id=1" &&
		want s accept
}

# What ends the session comes in while the reader has just found nothing.  Who may wait looks
# first, without the mutex, and is not there; who may not looks twice, if there is work to do.
end_behind_data()
{
	session && at recv_empty tell c "recv dontwait" && want s "send last" 4 &&
		want s "shutdown wr" && hear c && same recv "$answer" "4 eor: last" &&
		points '' && want c recv eof
}

# The work cannot have the sender's mutex, and nobody looks at the socket afterwards.
work_in_vain()
{
	session && at send_allowed tell c "send x" && peer_end s && hear c && points '' &&
		wait_for 5 moved
}

# The wish for another server was there before the server's goodbye.
goodbye_behind_next()
{
	session && at work want c next && want s "shutdown wr" && points '' && wait_for 5 moved
}

moved()
{
	on 4 rspctl session show | grep -q 'established pe 0x0*2 '
}

# The reader has the mutex when a cookie comes, does not see it, and does not come again: what the
# work could not do then, it does afterwards.
work_after_reader()
{
	session && at recv_peeked tell c "recv dontwait" && want s "cookie abc" && hear c &&
		same recv "$answer" EAGAIN && points '' && wait_for 5 has_cookie
}

has_cookie()
{
	on 4 rspctl session show | grep -q ' cookie 3 '
}

arrives_before_sleep()
{
	session && at wait tell c recv && want s "send now" 3 && hear c 5 &&
		same recv "$answer" "3 eor: now"
}

# The first message is there before the server's socket has the session among its own.
joined_behind_data()
{
	want c reset && element seqpacket && want c socket && tell s recv &&
		at many_join want c "connect pool id=1" && want c "send first" 5 && points '' &&
		hear s && same recv "$answer" "5 eor: first"
}

# failover_at POINT COMMAND RESULT: c does something while its failover stands there
failover_at()
{
	session && at "$1" peer_end s && tell c "$2" && hear c && points '' &&
		same "$2 at $1" "$answer" "$3"
}

closed_in_failover()
{
	local point

	for point in lost lost_saved lower_detached selected connecting handed_over published \
		work work_rx work_control resolve_queued; do
		failover_at "$point" close ok && wait_for 5 idle 4 || return
	done
}

ended_in_failover()
{
	local point

	for point in lost selected connecting handed_over published; do
		failover_at "$point" "shutdown wr" ok && want c recv eof || return
	done
}

# The next server would not know that it is over.
moved_after_end()
{
	local id

	session && want c "send x" 1 && cut_link 2 || return
	id=$(on 4 rspctl session show | awk '{ print $2 }')
	points shutdown_sent:50
	tell c "shutdown wr" && on 4 rspctl session failover "$id" && hear c && points '' &&
		join_link 2 && want c recv "@(eof|ECONNRESET)"
}

sent_in_failover()
{
	local point

	for point in lost lost_saved handed_over published; do
		failover_at "$point" "send x" 1 || return
	done
}

# As often as something is to be freed, somebody else holds it.
freed_in_dump()
{
	session && at dump_session start dump 4 rspctl session show && want c close &&
		wait_for 5 gone dump && at dump_pe start dump 2 rspctl pe show &&
		want s reset && wait_for 5 gone dump && points '' && wait_for 5 idle 2
}

pool_replaced()
{
	element "" && want c reset && want c socket &&
		at selected tell c "connect pool id=1" &&
		on 4 rsp_peer 'socket; connect pool => ok' >/dev/null && hear c &&
		same connect "$answer" ok && at dump_pool start dump 4 rspctl pool show &&
		on 4 rsp_peer 'socket; connect pool => ok' >/dev/null && wait_for 5 gone dump
}

# The ASAP endpoint is about to tell somebody who goes away.
closed_in_telling()
{
	want s reset && want s "socket nonblock" && want s "bind other id=7" &&
		want s "event registration 1" && at element_changed want s listen &&
		want s close && points '' && wait_for 5 idle 2 &&
		want c reset && want c "socket nonblock" &&
		at resolve_done want c "connect nobody" EINPROGRESS && want c close &&
		points '' && wait_for 5 idle 4
}

registrar_gone()
{
	rspd_start 2 && want s reset && want s "socket nonblock" &&
		want s "bind other id=7" && at asap_input want s listen &&
		stop rspd2 KILL && points '' && wait_for 5 home_is_remote || return
	points attached:1000
	start rspd2 2 rspd
	sleep 0.3
	stop rspd2 KILL
	points ''
	wait_for 5 home_is_remote && want s reset && wait_for 5 idle 2
}

home_is_remote()
{
	on 2 rspctl registrar show | grep -q 'link sctp state up home'
}

closed_in_accept()
{
	want c reset && element "" && want c socket && want c "connect pool id=1" &&
		at accept_taken tell s accept && want c "send x" 1 && want c abort &&
		hear s && same accept "$answer" ok && points '' &&
		want s recv "@(ECONNRESET|1 eor: x)" && want s "use 0" &&
		at accept_allowed want s "async accept" && want s "shutdown rd" &&
		want s await EINVAL
}

closed_in_listen()
{
	want s reset && want s socket && want s "bind other id=7" &&
		at listen_registered want s "async listen" && want s "shutdown rd" &&
		want s await EINVAL && points '' && want s reset && wait_for 5 idle 2
}

# The registration has been sent when an option changes.
changed_in_listen()
{
	want s reset && want s socket && want s "bind other id=7" && want s "set reglife 100" &&
		at listen_registered want s "async listen" && want s "set reglife 200" &&
		points '' && want s await && wait_for 5 known_with_life 200 && want s reset &&
		wait_for 5 idle 2
}

known_with_life()
{
	want c reset && want c "socket nonblock" && peer c "connect other" &&
		on 4 rspctl pool show | grep -q "id 0x0*7 .* life $1 "
}

# One thread's connect() has failed, and before it looks another one has begun anew.
two_connect()
{
	want c reset && want c "socket nonblock" && at resolve_done want c "connect nobody" EINPROGRESS &&
		points resolve_done:1000,connect_woken:1000 && want c "nonblock 0" &&
		before=$(passes connect_woken) && want c "async connect nobody" &&
		wait_for 10 has_passed connect_woken "$before" && want c "nonblock 1" &&
		want c "connect nobody" "@(ENOENT|EINPROGRESS)" &&
		want c "connect nobody" "@(EALREADY|EINPROGRESS)" &&
		want c await "E*"
}

# configure HOST...: they ask the registrar of host 1
configure()
{
	local host

	for host; do
		registrar_add "$host" 1
		setting "$host" stale_cache_ms=0 negative_cache_ms=0
		setting_fast "$host"
	done
}

setup_hosts 4
rspd_start 1
configure 2 3 4
peer_start s 2
peer_start t 3
peer_start c 4
peer t socket && peer t "bind pool id=2" && peer t listen

forced "the end never overtakes the last data" end_behind_data
forced "a wish for another server comes before the end of the last one" goodbye_behind_next
forced "a loss that comes in the middle of send() is not forgotten" work_in_vain
forced "a cookie that comes in the middle of recv() is taken in" work_after_reader
forced "a message that comes before the reader sleeps wakes it" arrives_before_sleep
forced "a message that comes before its session is one of a socket's wakes the reader" \
	joined_behind_data
forced "close() in each phase of a failover" closed_in_failover
forced "shutdown() in a failover" ended_in_failover
forced "a failover that is asked for in the middle of shutdown()" moved_after_end
forced "send() in a failover" sent_in_failover
forced "close() under a dump" freed_in_dump
forced "a pool is replaced under a session and a dump" pool_replaced
forced "close() while the registrar's answer is being told" closed_in_telling
forced "a registrar dies with its message in the queue" registrar_gone
forced "a client dies in the middle of accept(), the listener too" closed_in_accept
forced "shutdown() in the middle of listen()" closed_in_listen
forced "an option that changes in the middle of listen()" changed_in_listen
forced "two connect() at a time" two_connect
finish
