#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Clients that are pool elements themselves (RFC 5351 section 4.2): when one is lost, its
# server goes on with another element of the client's pool.  Host 1 has the registrar, 2 and 3
# the servers b and d of the pool "b" with the identifiers 1 and 2, 4 and 5 the elements x and
# y of the pool "x" with 11 and 12.  x and y have their listening socket in slot 0.

. "$(dirname "$0")/lib.sh"

setup_pool 5
capture symmetric
for host in 1 2 3 4 5; do
	setting_fast "$host"
done
peer_start b 2
peer_start d 3
peer_start x 4
peer_start y 5

# element NAME POOL ID [COMMAND...]: listens, with these options
element()
{
	local name=$1 command

	want "$name" socket && want "$name" "event all 1" &&
		want "$name" "event send-failed 0" || return
	for command in "${@:4}"; do
		want "$name" "$command" || return
	done
	want "$name" "bind $2 id=$3" && want "$name" listen && want "$name" recv "registration *"
}

# begin [COMMAND...]: all listen, b with these options; x is a client of b, with its card
begin()
{
	local name

	running x || peer_start x 4
	for name in x y b d; do
		want "$name" reset || return
	done
	element b b 1 "set symmetric 1" "$@" && element d b 2 "set symmetric 1" &&
		element x x 11 && element y x 12 && presents
}

# presents [COMMAND]: x has a session with b, in slot 1
presents()
{
	want x socket && want x "event all 1" && want x "event send-failed 0" && want x "${1:-cardof 0}" &&
		want x "connect b id=1" && want b accept && want x "send hello" 5 &&
		want b recv "5 eor: hello"
}

kill_x()
{
	peer_end x KILL
	peer_start x 4
}

# b's session has y as its peer now
over_to_y()
{
	want b "poll in 5000" "in*" &&
		want b recv "failover reason=abort count=1 old=11 new=12 * cookie=0 *" &&
		want b getpeername "id=12 * x" && want b info "state=established role=pu pe=12 *" &&
		want y accept
}

# Both ways
talk()
{
	want "$1" "send question" 8 && want "$2" recv "8 eor: question" &&
		want "$2" "send answer" 6 && want "$1" recv "6 eor: answer"
}

follows()
{
	begin && want b getpeername "id=0 * x" && want x getsockname "id=0 * x" && kill_x &&
		over_to_y && talk b y && same SessionsTurned "$(counter 2 SessionsTurned)" "!(0)"
}

# The element that x would rather have
its_order()
{
	begin || return
	peer_start z 5
	element z x 13 && want x "use 0" && want x "card 13 12" && want x "use 1" &&
		want x "cardof 0" && wait_for 5 has_cards 2 && kill_x &&
		want b "poll in 5000" "in*" && want b recv "failover * new=13 *" &&
		want z accept && talk b z
	local rc=$?
	peer_end z
	return "$rc"
}

has_cards()
{
	[ $(($(counter 2 CardRx) - cards)) -ge "$1" ]
}

# What x's state was, and what it had not acknowledged
state()
{
	begin "set replay unacked" && want x "cookie state-of-x" && want x "send done" 4 &&
		want b recv "4 eor: done" || return
	cut_link 4
	want b "send one" 3 && want b "send two" 3 && want b "poll in 8000" "in*" &&
		want b recv "failover reason=timeout count=1 old=11 new=12 * cookie=1 *" &&
		want y accept && want y recv "cookie-echo 10 state-of-x" &&
		want y recv "3 eor: one" && want y recv "3 eor: two" && talk b y
	local rc=$?
	join_link 4
	wait_for 20 has_registrar 4 || rc=1
	kill_x
	return "$rc"
}

# Who knows its server by a card, and its client by another
both_ways()
{
	begin && want b "use 0" && want b "card 2" && want x reset &&
		element x x 11 && presents &&
		want x "use 0" && want x "use 1" && wait_for 5 knows_d || return
	peer_end b KILL
	peer_start b 2
	want x "poll in 5000" "in*" && want x recv "failover * old=1 new=2 *" && want d accept &&
		wait_for 5 client_is d x && talk x d && kill_x &&
		want d "poll in 5000" "in*" && want d recv "failover * old=11 new=12 *" &&
		want y accept && talk d y
}

# client_is SERVER POOL
client_is()
{
	peer "$1" getpeername && [[ $answer == "id=0 "*" $2" ]]
}

knows_d()
{
	peer x getcard && [ "$answer" = 2 ]
}

# Nobody asked for it
not_asked()
{
	begin && want b "set symmetric 0" && kill_x && want b "poll in 5000" "*in*" &&
		want b recv ECONNRESET
}

no_card()
{
	begin && want x reset && want b "use 0" &&
		element x x 11 && presents "cardof -1" &&
		! client_is b x && kill_x && want b "poll in 5000" "*in*" &&
		want b recv ECONNRESET
}

# That is no loss
goodbye()
{
	begin && want x close && want b "poll in 5000" "*in*" && want b recv eof
}

# All elements of the pool are gone: until the limit.  The last one may take the session once
# more while it goes.
nobody_left()
{
	begin "set limit 1000" && want y reset && kill_x || return
	while want b "poll in 5000" "*in*" && peer b recv && [[ $answer == failover* ]]; do
		:
	done
	same recv "$answer" ETIMEDOUT
}

state_is()
{
	peer b info && [[ $answer == "state=$1 "* ]]
}

# Meanwhile it is ended
ended()
{
	begin && want y reset && kill_x && wait_for 5 state_is failover && want b close &&
		want b "use 0" && want b info "state=listening *"
}

refused()
{
	begin && want x "cardof 1" EINVAL && want x "use 0" && want x "cardof 0" EOPNOTSUPP &&
		want x "use 1" && want x "cardof -1" EINVAL &&
		want b "cardof 0" EOPNOTSUPP && want b "set symmetric 2" EINVAL &&
		want b "get symmetric" 1 && want x "card 12" EOPNOTSUPP &&
		want x socket && want x "cardof -1" && want x "connect b" && want x "cookie no" EOPNOTSUPP
}

cards=$(counter 2 CardRx)
check "its server goes on with another one [ASAP-BCD-01 ASAP-BCD-08 REQ-03 ROLE-04]" follows
cards=$(counter 2 CardRx)
check "... with the one that the client names [ASAP-BCD-06 ASAP-BCD-08]" its_order
check "... and has the client's state, and what is not acknowledged [ASAP-BCD-08]" state
check "first the server dies, then the client [ASAP-BCD-08 ROLE-04]" both_ways
check "a server that has not asked for that loses the session" not_asked
check "one whose client has no card, too [ASAP-BCD-01]" no_card
check "a client's goodbye is no loss" goodbye
check "nobody is left in the client's pool" nobody_left
check "close() meanwhile" ended
check "what is no card of a client" refused
finish
