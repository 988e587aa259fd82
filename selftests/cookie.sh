#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The state cookie: from a server to its client's kernel, and on to the next
# server.  Host 1 has the registrar, 2 and 3 the servers x and y, 4 the client c.

. "$(dirname "$0")/lib.sh"

setup_pool 4
capture cookie
peer_start x 2
peer_start y 3
peer_start c 4

element()
{
	want "$1" reset && want "$1" socket && want "$1" "event cookie-echo 1" &&
		want "$1" "bind pool id=$2" && want "$1" listen
}

# c has a session with x; y comes into the pool only then.  c lets go of its
# last one first, which would move here.
session()
{
	want c reset && want y reset && element x 1 && want c socket &&
		want c "event failover 1" && want c "connect pool" &&
		want x accept && element y 2
}

# x dies and is there again as an unregistered peer; y has the session
failover()
{
	peer_end x KILL
	peer_start x 2
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=@(abort|timeout) * old=1 new=2 * cookie=$1 *"
}

client_cookie()
{
	want c "poll in 0" "@(none|in)" && peer c getcookie && [ "$answer" = "$1" ]
}

stored()
{
	session && want c getcookie ENOENT && want x "cookie state1" &&
		wait_for 5 client_cookie "6 state1" && want c "recv dontwait" EAGAIN &&
		want c info "* cookie=6 *"
}

newest()
{
	session && want x "cookie one" && want x "cookie two" && want x "cookie three" &&
		wait_for 5 client_cookie "5 three"
}

in_order()
{
	session && want x "send a" 1 && want x "cookie one" && want x "send b" 1 &&
		want c recv "1 eor: a" && want c recv "1 eor: b" &&
		want c getcookie "3 one"
}

with_data()
{
	session && want x "sendcookie state data" 4 && want c recv "4 eor: data" &&
		want c getcookie "5 state"
}

echoed()
{
	session && want x "cookie state7" && want x "send x" 1 &&
		want c recv "1 eor: x" && want c "send unread" 6 && failover 1 &&
		want c "send hello" 5 && want y recv "cookie-echo 6 state7" &&
		want y getcookie "6 state7"
}

# The first message of the new association, whatever waits to be sent
first()
{
	local i

	session && want c "set replay unacked" && want x "cookie S" &&
		want x "send x" 1 && want c recv "1 eor: x" || return
	cut_link 2
	for i in 1 2 3 4 5; do
		want c "send m$i" 2 || return
	done
	setting_fast 4
	# The time-outs of an association are those of its beginning: abort it
	join_link 2
	failover 1 && want y recv "cookie-echo 1 S"
}

contents()
{
	local cookie

	for cookie in @0 @1 @2 @3 @4 @251 @5000 hex:07 hex:000000ff0a0d @65527; do
		session && want x "cookie $cookie" && want x "send x" 1 &&
			want c recv "1 eor: x" || return
		peer c getcookie
		case $cookie in
		@*) same "cookie $cookie" "$answer" "${cookie#@} *" ;;
		*) same "cookie $cookie" "$answer" "$((${#cookie} / 2 - 2)) ${cookie#hex:}" ;;
		esac || return
		failover 1 && peer y recv || return
		case $cookie in
		@0) same echo "$answer" "cookie-echo 0 *" ;;
		@*) same echo "$answer" "cookie-echo ${cookie#@} pattern" ;;
		*) same echo "$answer" "cookie-echo * ${cookie#hex:}" ;;
		esac || return
	done
}

none()
{
	session && failover 0 && want c "send hello" 5 && want y recv "5 eor: hello" &&
		want y getcookie ENOENT
}

kept()
{
	# y never sends one of its own; x comes back and gets the old one
	session && want x "cookie first" && want x "send x" 1 &&
		want c recv "1 eor: x" && failover 1 &&
		want y recv "cookie-echo 5 first" && element x 3 || return
	peer_end y KILL
	peer_start y 3
	want x accept && want c "poll in 5000" in &&
		want c recv "failover * count=2 old=2 new=3 * cookie=1 *" &&
		want x recv "cookie-echo 5 first"
}

replaced()
{
	session && want x "cookie first" && want x "send x" 1 &&
		want c recv "1 eor: x" && failover 1 &&
		want y recv "cookie-echo 5 first" && want y "cookie second" &&
		want y "send y" 1 && want c recv "1 eor: y" &&
		want c getcookie "6 second"
}

silent()
{
	# A server that did not ask for the notification just gets the data
	session && want y "event cookie-echo 0" && want x "cookie state" &&
		want x "send x" 1 && want c recv "1 eor: x" && failover 1 &&
		want c "send hello" 5 && want y recv "5 eor: hello" &&
		want y getcookie "5 state"
}

short_room()
{
	session && want x "cookie abcdef" && want x "send x" 1 &&
		want c recv "1 eor: x" && want c "getcookie 3" "6 abc" &&
		want c "getcookie 0" "6 *" && want c "getcookie" "6 abcdef"
}

refused()
{
	session && want c "cookie x" EOPNOTSUPP && want c "sendcookie a b" EOPNOTSUPP &&
		want x "cookie @65528" EMSGSIZE &&
		want x "sendcookie @65528 b" "@(EMSGSIZE|ENOBUFS)" &&
		want x "use 0" && want x "cookie x" "@(ENOTCONN|EOPNOTSUPP)" &&
		want x socket && want x "cookie x" "@(ENOTCONN|EOPNOTSUPP)" &&
		want c "send fine" 4 && want x "use 1" && want x recv "4 eor: fine"
}

piecewise()
{
	session && want x "cookie abcdefgh" && want x "send x" 1 &&
		want c recv "1 eor: x" && failover 1 && want c "send hello" 5 &&
		want y "recv 4 peek" "notification cut off at 4" &&
		want y "recv 9" "notification cut off at 9" &&
		want y "recv 100" "notification cut off at 7" &&
		want y recv "5 eor: hello"
}

# Neither the cookie nor the buffer that it came in is for the reader to make room
small_buffers()
{
	session && want x reset && want y reset && want x socket &&
		want x "set rcvbuf 8000" && want x "event cookie-echo 1" &&
		want x "bind pool id=1" && want x listen && want c reset && want c socket &&
		want c "set rcvbuf 8000" && want c "event failover 1" &&
		want c "connect pool id=1" && want x accept && want y socket &&
		want y "set rcvbuf 8000" && want y "event cookie-echo 1" &&
		want y "bind pool id=2" && want y listen && want x "cookie @50000" &&
		wait_for 5 client_has 50000 && failover 1 &&
		want y recv "cookie-echo 50000 pattern"
}

# A cookie of that many octets
client_has()
{
	peer c getcookie && [[ $answer = "$1 "* ]]
}

between_readers()
{
	# Cookies between messages never show up as data
	local i

	session || return
	for i in {1..30}; do
		want x "sendcookie c$i d$i" "*" || return
	done
	for i in {1..30}; do
		want c recv "* eor: d$i" || return
	done
	want c getcookie "3 c30" && want c "recv dontwait" EAGAIN
}

# One of another make, which says it again: the newest is the cookie, and the program hears of each
twice()
{
	local port before

	peer_start a 4 "asap_peer"
	element x 1 && before=$(counter 2 CookieEchoAgain) &&
		port=$(on 2 rspctl pe show | sed -n 's/.* port \([0-9]*\) .*/\1/p') &&
		want a "sctp 10.77.0.2 0 $port" && want x accept &&
		want a "raw 0c00000b000d00076f6e6500" && want x recv "cookie-echo 3 one" &&
		want a "raw 0c00000b000d000774776f00" && want x recv "cookie-echo 3 two" &&
		want x getcookie "3 two" &&
		same CookieEchoAgain "$(counter 2 CookieEchoAgain)" $((before + 1))
}

check "a client's kernel keeps the cookie, no message shows [ASAP-CKI-01]" stored
check "only the newest one [ASAP-CKI-02]" newest
check "setsockopt() keeps the order with send()" in_order
check "sendmsg(): cookie before data [ASAP-CKI-06]" with_data
check "echoed before user data [ASAP-CKI-03 ASAP-CKI-09]" echoed
check "... also before replayed messages [ASAP-CKI-03]" first
check "0 to 65527 octets of any content come back [ASAP-CKI-04]" contents
check "no cookie, no echo [ASAP-CKI-08]" none
check "kept for a second failover [ASAP-CKI-10]" kept
check "replaced by the new server's [ASAP-CKI-02]" replaced
check "without the notification: by getsockopt()" silent
check "getsockopt() into less room" short_room
check "clients, listeners and too long ones are refused [ASAP-CKI-01]" refused
check "a notification read in pieces disturbs nothing" piecewise
check "with buffers smaller than the cookie [ASAP-CKI-03 ASAP-CKI-04]" small_buffers
check "a second echo in one session [ASAP-CKI-07]" twice
check "cookies between messages never become data [ASAP-CKI-06 ROLE-05]" between_readers
finish
