#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pools without a control channel: joined as they are, and served without cookies and cards.
# Host 1 has the registrar, 2 and 3 servers, 4 the client and one who founds pools by hand.

. "$(dirname "$0")/lib.sh"

setup_hosts 4
capture data-only
rspd_start 1 --keepalive-interval=0
for host in 2 3 4; do
	registrar_add "$host" 1
	setting_fast "$host"
	setting "$host" stale_cache_ms=0 negative_cache_ms=0
done
peer_start x 2
peer_start y 3
peer_start c 4
peer_start founder 4 asap_peer
want founder "sctp 10.77.0.1"

# founded POOL: by an element of data only, which nobody can reach
founded()
{
	want founder "register $1 9" && want founder recv "registered flags=0 pe=9"
}

# element NAME POOL ID: a server
element()
{
	want "$1" reset && want "$1" socket && want "$1" "bind $2 id=$3" && want "$1" listen
}

uses()
{
	same "pe show" "$(on "$1" rspctl pe show)" "*handle $2 id 0x0000000$3 registered * use $4 *"
}

joined()
{
	local refused

	refused=$(counter 2 RegistrationRefused)
	founded plain && element x plain 1 && uses 2 plain 1 data &&
		same "refusals" "$(counter 2 RegistrationRefused)" $((refused + 1)) &&
		same "pool" "$(on 4 rspctl resolve plain refresh)" "*id 0x00000001 *use data*"
}

# Renewed in the way that was found
again()
{
	local refused

	refused=$(counter 2 RegistrationRefused)
	want x "set reglife 100" && wait_for 5 renewed && uses 2 plain 1 data &&
		same "refusals" "$(counter 2 RegistrationRefused)" "$refused"
}

renewed()
{
	[[ $(on 4 rspctl resolve plain refresh) == *"id 0x00000001 "*" life 100 "* ]]
}

# Once: a pool of another policy is no reason to say anything twice
only_this_error()
{
	local refused

	refused=$(counter 2 RegistrationRefused)
	founded other && want x reset && want x socket && want x "policy prio 0 1" &&
		want x "bind other id=1" && want x listen ENOTUNIQ &&
		same "refusals" "$(counter 2 RegistrationRefused)" $((refused + 1))
}

usual()
{
	element x usual 1 && uses 2 usual 1 data+control
}

# A session works as far as it can: neither side says anything but data
served()
{
	local cards cookies

	founded served && element x served 1 && want x "card 1" || return
	cards=$(counter 2 CardTx) cookies=$(counter 2 CookieTx)
	want c reset && want c socket && want c "connect served id=1" && want x accept &&
		want x "cookie deadbeef" EOPNOTSUPP && want c "send hello" 5 &&
		want x recv "5 eor: hello" && want x "send back" 4 && want c recv "4 eor: back" &&
		want c getcookie ENOENT && want c getcard ENOENT &&
		same "cards" "$(counter 2 CardTx)" "$cards" &&
		same "cookies" "$(counter 2 CookieTx)" "$cookies"
}

# A client that is an element, too, has a card and nowhere to say it
no_card_of_client()
{
	local cards

	founded symmetric && element x symmetric 1 && element y own 5 && element c own 6 || return
	cards=$(counter 4 CardTx)
	want c socket && want c "cardof 0" && want c "connect symmetric id=1" && want x accept &&
		want c "send hello" 5 && want x recv "5 eor: hello" &&
		same "cards" "$(counter 4 CardTx)" "$cards"
}

# The session goes on at a server that could not take a cookie, and gets none
failover()
{
	local echoes

	founded over && element x over 1 && element y over 2 && want c reset && want c socket &&
		want c "event failover 1" && want c "connect over id=1" && want x accept || return
	echoes=$(counter 4 CookieEchoTx)
	peer_end x KILL
	want c "poll in 5000" in && want c recv "failover reason=abort count=1 old=1 new=2 *" &&
		want y accept && want c "send again" 5 && want y recv "5 eor: again" &&
		same "echoes" "$(counter 4 CookieEchoTx)" "$echoes"
}

check "a pool without a control channel is joined as it is [ASAP-REG-07]" joined
check "... and stays so" again
check "other refusals stand [ASAP-REG-12]" only_this_error
check "a pool of our own has one [ASAP-REG-07]" usual
check "no cookie and no business card without [ASAP-BCD-02]" served
check "... of a client that is an element [ASAP-BCD-02]" no_card_of_client
check "a failover without [ASAP-BCD-02]" failover
finish
