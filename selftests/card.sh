#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Business cards: a server's word on who takes its sessions over.  Host 1 has the registrar and
# the client c, 2 to 4 the servers x, y, z with the identifiers 1, 2, 3, of which round robin
# would choose y.

. "$(dirname "$0")/lib.sh"

setup_pool 4
capture card
for host in 1 2 3 4; do
	setting_fast "$host"
done
setting 1 stale_cache_ms=0 negative_cache_ms=0
peer_start x 2
peer_start y 3
peer_start z 4
peer_start c 1

element()
{
	want "$1" reset && want "$1" socket && want "$1" "bind pool id=$2" && want "$1" listen
}

# all_there CARD: x, y and z are in the pool, x has that card
all_there()
{
	running x || peer_start x 2
	want c reset && element x 1 && element y 2 && element z 3 && want x "card $1"
}

session()
{
	all_there "$1" && want c socket && want c "event failover 1" &&
		want c "connect pool id=1" && want x accept
}

has_card()
{
	peer c getcard && [ "$answer" = "$1" ]
}

# over_to NAME ID COUNT OLD: it has taken over from OLD
over_to()
{
	want "$1" accept && want c "poll in 5000" in &&
		want c recv "failover reason=abort count=$3 old=$4 new=$2 *" &&
		want c "send hello" 5 && want "$1" recv "5 eor: hello"
}

kill_x()
{
	peer_end x KILL
}

followed()
{
	session "3 2 1" && wait_for 5 has_card "3 2 1" && kill_x && over_to z 3 1 1
}

# The policy chooses without
by_policy()
{
	session "" && want c getcard ENOENT && kill_x && over_to y 2 1 1
}

# Of those before it nobody is there any more
passed_over()
{
	session "3 2" && wait_for 5 has_card "3 2" && want z reset && kill_x && over_to y 2 1 1
}

# All that it names have gone, or are dead
used_up()
{
	session "3" && wait_for 5 has_card 3 && want z abort && kill_x && over_to y 2 1 1
}

# ... the card of the one before is still the newest
second_failover()
{
	session "3 2" && wait_for 5 has_card "3 2" && kill_x && over_to z 3 1 1 &&
		want z abort && over_to y 2 2 3
}

# A new one, in the middle of a session
replaced()
{
	session "2" && wait_for 5 has_card 2 && want x "card 3 2" &&
		wait_for 5 has_card "3 2" && want x getcard "3 2" && want x "use 0" &&
		want x getcard 2 && kill_x && over_to z 3 1 1
}

# The next server's own
next_ones()
{
	session "2" && wait_for 5 has_card 2 && want y "card 1 3" && kill_x && over_to y 2 1 1 &&
		wait_for 5 has_card "1 3"
}

# Where they are is asked for, if it is not known
unknown_pool()
{
	session "" && on 1 rspctl pool flush >/dev/null && want x "card 2" &&
		wait_for 5 has_card 2 && wait_for 5 cached
}

cached()
{
	on 1 rspctl pool show | grep -q "^handle pool "
}

# The registrar is asked about one that has just come
news()
{
	want c reset && want y reset && want z reset && element x 1 && want x "card 1" &&
		element y 2 && want x "card 2 1" && want x getcard "2 1" &&
		want x "card 2 9" ENOENT && want x getcard "2 1"
}

no_cards()
{
	all_there 1 && want x "card 0" EINVAL && want x "card 2 2" EINVAL &&
		want x "rawset 21072 11 @132" E2BIG &&
		want x "rawset 21072 11 @7" EINVAL && want x getcard 1 &&
		want c socket && want c "card 1" EOPNOTSUPP && want c "connect pool id=1" &&
		want c "card 1" EOPNOTSUPP && want x accept && want x card EINVAL &&
		want y reset && want y socket && want y "card 1" EOPNOTSUPP
}

counted()
{
	same CardRx "$(counter 1 CardRx)" "!(0)" && same CardTx "$(counter 2 CardTx)" "!(0)" &&
		same ControlUnexpected "$(counter 1 ControlUnexpected)" 0
}

check "its order is followed [ASAP-BCD-01 ASAP-BCD-04 ASAP-BCD-06]" followed
check "without one the policy chooses" by_policy
check "who has left the pool is passed over [ASAP-BCD-07]" passed_over
check "behind its last one the policy chooses [ASAP-BCD-07]" used_up
check "it holds for a second failover" second_failover
check "a new one replaces it [ASAP-BCD-03]" replaced
check "the next server's replaces it, too [ASAP-BCD-03]" next_ones
check "an unknown pool is resolved [ASAP-BCD-05]" unknown_pool
check "elements that are new or not there" news
check "what is no card, and who has none [ASAP-BCD-01]" no_cards
check "cards are counted" counted
finish
