#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Failover modes (RSP_FAILOVER_MODE): what the program has a say in when a server is lost
# (RFC 5351 section 4.2).  Host 1 has the client c, 2 to 4 the servers x, y and z.

. "$(dirname "$0")/lib.sh"

setup_quick_pool 4
peer_start x 2
peer_start y 3
peer_start z 4
peer_start c 1

element()
{
	want "$1" socket && want "$1" "event cookie-echo 1" && want "$1" "bind pool id=$2" &&
		wait_for 10 listens "$1"
}

# Whatever the last test has left
fresh()
{
	local name

	join_link 2
	join_link 3
	running x || peer_start x 2
	for name in x y z c; do
		want "$name" reset || return
	done
}

# client MODE: c has a session with x, which is alone in the pool
client()
{
	fresh && element x 1 && want c socket && want c "event failover 1" &&
		want c "event send-failed 1" && want c "set replay unacked" &&
		want c "set mode $1" && want c "connect pool" && want x accept &&
		peer c info && session=$(field session)
}

# session MODE: y is there as well, and x has said what its state is
session()
{
	client "$1" && element y 2 && want x "sendcookie state data" 4 &&
		want c "recv" "4 eor: data"
}

# x is lost with three messages that it has not acknowledged
lose_x()
{
	cut_link 2
	# In one go, before the loss is noticed
	tell c "send m1; send m2; send m3" && hear c && hear c && hear c &&
		same "send m3" "$answer" 2
}

# told PATTERN: c is told of a failover
told()
{
	want c "poll in 10000" "in*" && want c recv "failover $1"
}

# quiet NAME: it has nothing to read, and nothing comes
quiet()
{
	want "$1" "poll in 300" none
}

# gets NAME MESSAGE...: all that it has to read, in this order; behind the end is nothing
gets()
{
	local name=$1 message
	shift

	for message; do
		want "$name" "poll in 5000" "in*" && want "$name" recv "$message" || return
	done
	[[ $message =~ ^(eof|ECONNRESET)$ ]] || quiet "$name"
}

shown()
{
	on 1 rspctl session show id "$session" | grep -q "$1"
}

# held: c's session is with y, which does not get yet what x has not acknowledged
held()
{
	session hold && lose_x && told "reason=timeout count=1 old=1 new=2 * replayed=3 lost=0 cookie=1 * turn=release" &&
		want y accept && gets y "cookie-echo 5 state" &&
		want c info "state=established * replayed=0 lost=0 * mode=hold waits=release" &&
		shown " mode hold waits release "
}

order()
{
	held && want c "send special1" 8 && want c "send special2" 8 &&
		gets y "8 eor: special1" "8 eor: special2" && want c release &&
		gets y "2 eor: m1" "2 eor: m2" "2 eor: m3" && want c "send end" 3 &&
		gets y "3 eor: end" && want c release EBUSY &&
		want c info "* replayed=3 lost=0 * waits=nothing" && shown " mode hold waits nothing "
}

both_ways_while_held()
{
	held && want c "poll out 0" out && want c "send ask" 3 && gets y "3 eor: ask" &&
		want y "sendcookie newer answer" 6 && want c "poll in 5000" "in*" &&
		want c recv "6 eor: answer" && want c getcookie "5 newer" && want c release &&
		gets y "2 eor: m1" "2 eor: m2" "2 eor: m3"
}

# With nothing to be sent again it is the program's turn, too
held_empty()
{
	session hold && peer_end x KILL &&
		told "reason=abort count=1 old=1 new=2 * replayed=0 lost=0 cookie=1 * turn=release" &&
		want y accept && want c "send special" 7 && gets y "cookie-echo 5 state" "7 eor: special" &&
		want c release && want c "send more" 4 && gets y "4 eor: more"
}

# More than a send buffer has room for at once
held_many()
{
	local i rc=0

	session hold && want c "set sndbuf 400000" || return
	cut_link 2
	want c "burst 60 @1400" 60 && told "* replayed=60 lost=0 *" && want y accept &&
		want c "send special" 7 && gets y "cookie-echo 5 state" "7 eor: special" &&
		want c release || return
	for ((i = 0; i < 60; i++)); do
		want y recv "1400 eor: pattern" || rc=1
	done
	[ "$rc" = 0 ] && quiet y
}

# The next one gets the cookie, what the program sends to it, and what it would have got
# from y: m1 to m3, and behind them what y has not acknowledged, but for what only y was to get
lost_while_held()
{
	held && element z 3 || return
	cut_link 3
	tell c "to $session special options=2; send kept" && hear c && hear c &&
		same "send kept" "$answer" 4 && want c "poll in 10000" "in*" &&
		want c recv "send-failed session=$session options=0x2 sent=1 special" &&
		told "reason=timeout count=2 old=2 new=3 * replayed=4 lost=1 cookie=1 * turn=release" &&
		want z accept && want c "send special" 7 && gets z "cookie-echo 5 state" "7 eor: special" &&
		want c release && gets z "2 eor: m1" "2 eor: m2" "2 eor: m3" "4 eor: kept" &&
		want c info "* failovers=2 * replayed=4 lost=1 * waits=nothing"
}

# A server that says goodbye has not got all there is for it
goodbye_while_held()
{
	held && element z 3 && want y close && told "reason=incomplete count=2 old=2 new=3 * turn=release" &&
		want z accept && gets z "cookie-echo 5 state" && want c release &&
		gets z "2 eor: m1" "2 eor: m2" "2 eor: m3"
}

# ... and the program does not want this one
next_while_held()
{
	held && element z 3 && want c next && told "reason=program count=2 old=2 new=3 * turn=release" &&
		want y recv ECONNRESET && want z accept && gets z "cookie-echo 5 state" && want c release &&
		gets z "2 eor: m1" "2 eor: m2" "2 eor: m3"
}

limit_while_held()
{
	session hold && want c "set limit 1500" && lose_x && told "* turn=release" && want y accept &&
		gets y "cookie-echo 5 state" "ECONNRESET" && gets_back &&
		want c recv ETIMEDOUT && want c info "state=ended * waits=nothing" &&
		want c release ENOTCONN && want c next ENOTCONN
}

# What nobody gets is the program's again
gets_back()
{
	local message

	for message in m1 m2 m3; do
		want c "poll in 10000" "in*" &&
			want c recv "send-failed session=$session options=0 sent=1 $message" || return
	done
}

close_while_held()
{
	held && want c close && want y recv eof && wait_for 5 no_sessions 1
}

no_sessions()
{
	[ -z "$(on "$1" rspctl session show)" ]
}

shutdown_while_held()
{
	held && want c "send last" 4 && want c "shutdown wr" && gets y "4 eor: last" "eof" &&
		gets_back && want c recv eof && want c release ENOTCONN
}

# Another mode holds from the next loss on
changed_while_held()
{
	held && element z 3 && want c "set mode automatic" && want c info "* mode=automatic waits=release" &&
		quiet y && want c next && told "reason=program count=2 * replayed=3 lost=0 * session=$session" &&
		want z accept && gets z "cookie-echo 5 state" "2 eor: m1" "2 eor: m2" "2 eor: m3"
}

# ---- manual -----------------------------------------------------------------

# waiting: c's session has lost x and is not with y
waiting()
{
	session manual && want y "nonblock 1" && lose_x &&
		told "reason=timeout count=0 old=1 new=0 us=0 replayed=3 lost=0 cookie=0 * turn=next" &&
		want c info "state=failover * failovers=0 * mode=manual waits=next" &&
		shown " state failover .* mode manual waits next " && quiet c && want y accept EAGAIN
}

goes_on()
{
	waiting && want c next && told "reason=timeout count=1 old=1 new=2 * replayed=3 lost=0 cookie=1 session=$session" &&
		want y accept && gets y "cookie-echo 5 state" "2 eor: m1" "2 eor: m2" "2 eor: m3" &&
		want c "send end" 3 && gets y "3 eor: end" && want c info "state=established * waits=nothing"
}

# A blocking send() would be waited for by itself
no_send()
{
	waiting && want c "send x" EAGAIN && want c "send x dontwait" EAGAIN && want c "poll out 0" none &&
		want c release EBUSY && want c next && told "*" && want c "poll out 5000" out &&
		want c "send x" 1
}

blocked_send()
{
	session manual && want c "fill 20000" "* EAGAIN" && tell c "send waiting" && peer_end x KILL &&
		hear c && same send "$answer" EAGAIN && told "reason=abort count=0 * turn=next" &&
		want c next && told "* session=$session"
}

# First the program waits, then there is nobody
next_alone()
{
	client manual && peer_end x KILL && told "reason=abort count=0 * turn=next" && want c next &&
		wait_for 5 looks && want c next EALREADY && want c release EBUSY && element y 2 &&
		told "reason=abort count=1 old=1 new=2 * session=$session" && want y accept
}

looks()
{
	peer c info && same "" "$answer" "state=failover * waits=nothing"
}

limit_manual()
{
	session manual && want c "set limit 1500" && lose_x && told "* turn=next" && gets_back &&
		want c recv ETIMEDOUT && want c info "state=ended * waits=nothing" && want c next ENOTCONN
}

# The limit is on the whole failover: what the program has used of it is gone
limit_of_all()
{
	client manual && want c "set limit 3000" && peer_end x KILL && told "* turn=next" &&
		want c "poll in 1500" none && want c next && want c "poll in,hup 2500" "in*" &&
		want c recv ETIMEDOUT
}

close_manual()
{
	waiting && want c close && wait_for 5 no_sessions 1 && want y accept EAGAIN
}

shutdown_manual()
{
	waiting && want c "shutdown wr" && gets_back && want c recv eof && want c next ENOTCONN &&
		want c "send x" EPIPE
}

hold_after_manual()
{
	waiting && want c "set mode hold" && want c next &&
		told "reason=timeout count=1 * replayed=3 lost=0 cookie=1 * turn=release" && want y accept &&
		want c "send special" 7 && gets y "cookie-echo 5 state" "7 eor: special" && want c release &&
		gets y "2 eor: m1" "2 eor: m2" "2 eor: m3"
}

admin()
{
	session manual && on 1 rspctl session failover "$session" &&
		told "reason=admin count=0 old=1 new=0 * turn=next" && want x recv ECONNRESET &&
		want c next && told "reason=admin count=1 * session=$session"
}

# ---- RSP_NEXT with a server that is there -------------------------------------

leaves()
{
	local before

	before=$(counter 1 FailoverProgram)
	session "$1" && want c next && told "reason=program count=1 old=1 new=2 * cookie=1 session=$session${2:+ turn=$2}" &&
		want x recv ECONNRESET && want y accept && gets y "cookie-echo 5 state" &&
		same FailoverProgram "$(counter 1 FailoverProgram)" $((before + 1)) || return
	# That was one program's opinion of x
	! on 1 rspctl pool show | grep -q suspect
}

refused()
{
	client hold && want c "set mode 3" EINVAL && want c "get mode" 1 && want c release EBUSY &&
		want x release EOPNOTSUPP && want x next EOPNOTSUPP && want c "next 999999" ENOENT &&
		want c "release 999999" ENOENT && want c "release $session" EBUSY &&
		want c "shutdown wr" && want c next ENOTCONN && want c release ENOTCONN &&
		want c socket && want c next ENOTCONN && want c release ENOTCONN &&
		want x "use 0" && want x next EOPNOTSUPP
}

# ---- one of many ---------------------------------------------------------------

many_client()
{
	fresh && element x 1 && want c "socket seqpacket" && want c "event failover 1" &&
		want c "event session 1" && want c "set mode $1" && want c "sendto one pool" 3 &&
		want c "poll in 5000" in && want c recvfrom "* session established *" &&
		session=$(field session) && want x accept && gets x "3 eor: one"
}

many_told()
{
	want c "poll in 10000" in && want c recvfrom "session=$session * failover $1"
}

in_failover()
{
	on 1 rspctl session show id "$session" | grep -q failover
}

# What was sent without a server is held, too
many_held()
{
	many_client hold && peer_end x KILL && wait_for 5 in_failover && want c "to $session two" 3 &&
		want c "to $session three" 5 && element y 2 && many_told "reason=abort count=1 * replayed=0 * turn=release" &&
		want y accept && want c "to $session special" 7 && gets y "7 eor: special" &&
		want c release EINVAL && want c "release 999999" ENOENT && want c "release $session" &&
		gets y "3 eor: two" "5 eor: three" && want c "release $session" EBUSY &&
		want c "info $session" "* mode=hold waits=nothing"
}

# The end said while nobody was there stands behind all that was sent
many_end()
{
	many_client hold && peer_end x KILL && wait_for 5 in_failover && want c "to $session two" 3 &&
		want c "to $session last options=0x10000" 4 && element y 2 && want y accept &&
		gets y "3 eor: two" "4 eor: last" "eof"
}

many_manual()
{
	many_client manual && element y 2 && want y "nonblock 1" && local lost=$session &&
		want c "sendto other pool id=2" 5 && want c "poll in 5000" in &&
		want c recvfrom "* session established *" && want y accept && want y "use 0" &&
		peer_end x KILL && session=$lost && many_told "reason=abort count=0 * turn=next" &&
		want c "to $lost two" 3 && want y accept EAGAIN && want c next EINVAL &&
		want c "next $lost" && many_told "reason=abort count=1 old=1 new=2 * session=$session" &&
		want y accept && gets y "3 eor: two"
}

many_manual_end()
{
	many_client manual && peer_end x KILL && many_told "reason=abort count=0 * turn=next" &&
		want c "to $session two" 3 && want c 'to '"$session"' "" options=0x10000' 0 &&
		want c "poll in 5000" in && want c recvfrom "* session ended * error=0 lost=1 *"
}

check "hold: cookie, the program's messages, those sent again [ASAP-SND-18]" order
check "hold: requests, answers and cookies while held" both_ways_while_held
check "hold: nothing to be sent again" held_empty
check "hold: sixty messages" held_many
check "hold: the server is lost while held" lost_while_held
check "hold: the server says goodbye while held" goodbye_while_held
check "hold: another server while held" next_while_held
check "hold: RSP_FAILOVER_LIMIT [ASAP-SND-21]" limit_while_held
check "hold: close()" close_while_held
check "hold: shutdown()" shutdown_while_held
check "hold: another mode while held" changed_while_held
check "manual: RSP_NEXT [ASAP-SND-18]" goes_on
check "manual: no send()" no_send
check "manual: send() that waits for room" blocked_send
check "manual: there is no server" next_alone
check "manual: RSP_FAILOVER_LIMIT [ASAP-SND-21]" limit_manual
check "manual: RSP_FAILOVER_LIMIT is for all of it" limit_of_all
check "manual: close()" close_manual
check "manual: shutdown()" shutdown_manual
check "manual, then hold" hold_after_manual
check "manual: an administrator asks" admin
check "automatic: the program leaves a server" leaves automatic
check "manual: the program leaves a server" leaves manual
check "hold: the program leaves a server" leaves hold release
check "what is refused" refused
check "one-to-many: hold" many_held
check "one-to-many: hold, and the end said before" many_end
check "one-to-many: manual" many_manual
check "one-to-many: the end instead of RSP_NEXT" many_manual_end
finish
