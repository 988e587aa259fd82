#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Signed cookies (RSP_COOKIE_KEY): what a server gets back, one of its pool has signed.  Host 1
# has the registrar, 2 and 3 the servers x and y of the pool "pool", 4 the client c and a peer
# of another make, which says what c's kernel never would.

. "$(dirname "$0")/lib.sh"

setup_pool 4
capture cookie_signed
peer_start x 2
peer_start y 3
peer_start c 4

# Keys of 32 and 16 octets
KEY1=$(printf '%064d' 1)
KEY2=$(printf '%032d' 2)

# element NAME ID [COMMAND...]: listens, with these options
element()
{
	local command

	want "$1" reset && want "$1" socket && want "$1" "event cookie-echo 1" &&
		want "$1" "event cookie-refused 1" || return
	for command in "${@:3}"; do
		want "$1" "$command" || return
	done
	want "$1" "bind pool id=$2" && want "$1" listen
}

key()
{
	echo "cookiekey $1 $2 ${4:-0} hex:$3"
}

# counts REFUSED TAKEN: what y's kernel has done with cookies since this test began
counts()
{
	same CookieRefused "$(($(counter 3 CookieRefused) - refused))" "$1" &&
		same CookieEchoRx "$(($(counter 3 CookieEchoRx) - taken))" "$2"
}

# c has a session with x; y comes into the pool only then
session()
{
	refused=$(counter 3 CookieRefused) taken=$(counter 3 CookieEchoRx)
	want c reset && want y reset && element x 1 "$1" && want c socket &&
		want c "event failover 1" && want c "connect pool" && want x accept &&
		element y 2 "$2"
}

# given COOKIE: x's, and c has it
given()
{
	want x "cookie $1" && want x "send x" 1 && want c recv "1 eor: x"
}

# x dies and is there again as an unregistered peer; y has the session
failover()
{
	peer_end x KILL
	peer_start x 2
	want y accept && want c "poll in 5000" in &&
		want c recv "failover reason=@(abort|timeout) * old=1 new=2 * cookie=1 *"
}

# refused REASON ID: y learns that, gets no cookie, and serves all the same
refused()
{
	want y recv "cookie-refused $1 key=$2" && want y getcookie ENOENT &&
		want c "send hello" 5 && want y recv "5 eor: hello" && counts 1 0
}

good()
{
	session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY1")" && given state1 &&
		want c getcookie "54 *" && failover && want y recv "cookie-echo 6 state1" &&
		want y getcookie "6 state1" && want y info "* cookie=6 *" && counts 0 1
}

with_data()
{
	session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY1")" &&
		want x "sendcookie state data" 4 && want c recv "4 eor: data" &&
		want c getcookie "53 *" && failover && want y recv "cookie-echo 5 state"
}

sizes()
{
	local len

	for len in 0 1 4000 65479; do
		session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY1")" && given "@$len" &&
			want c getcookie "$((len + 48)) *" && failover && peer y recv || return
		case $len in
		0) same echo "$answer" "cookie-echo 0 *" ;;
		*) same echo "$answer" "cookie-echo $len pattern" ;;
		esac || return
	done
	session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY1")" &&
		want x "cookie @65480" EMSGSIZE && given still && want c getcookie "53 *"
}

other_key()
{
	session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY2")" && given state && failover &&
		refused forged 1
}

other_number()
{
	session "$(key 1 1 "$KEY1")" "$(key 2 1 "$KEY1")" && given state && failover &&
		refused unknown-key 1
}

unsigned()
{
	session "event failover 0" "$(key 1 1 "$KEY1")" && given state &&
		want c getcookie "5 state" && failover && refused unsigned 0
}

no_key()
{
	session "event failover 0" "event failover 0" && given state && failover &&
		want y recv "cookie-echo 5 state"
}

# A peer that has heard a cookie, or made one, says it to y
stranger()
{
	local port

	running a || peer_start a 4 "asap_peer"
	port=$(on 3 rspctl pe show | sed -n 's/.* port \([0-9]*\) .*/\1/p') &&
		want a "sctp 10.77.0.3 0 $port" && want y accept
}

# echoes COOKIE: octets in hexadecimal
echoes()
{
	local len=$((${#1} / 2))

	want a "raw $(printf '0c00%04x000d%04x%s' $((len + 8)) $((len + 4)) "$1")" "*"
}

# with POSITION: $cookie, with one bit of this octet changed
with()
{
	printf '%s%02x%s' "${cookie:0:$((2 * $1))}" \
		$((0x${cookie:$((2 * $1)):2} ^ 1)) "${cookie:$((2 * $1 + 2))}"
}

# a stranger with a good cookie, which is in $cookie: 48 octets of signature, "state1"
heard()
{
	session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY1")" && given state1 &&
		want c getcookie "54 *" && cookie=${answer#* } &&
		same cookie "$cookie" "5253503100010004*737461746531" && stranger
}

# Each octet, one at a time
forged()
{
	local i reason

	heard || return
	for ((i = 0; i < 54; i++)); do
		reason="forged key=1"
		if [ "$i" -lt 4 ]; then reason="unsigned key=0"; fi
		if [ "$i" = 4 ]; then reason="unknown-key key=257"; fi
		if [ "$i" = 5 ]; then reason="unknown-key key=0"; fi
		echoes "$(with "$i")" && want y recv "cookie-refused $reason" || return
	done
	counts 54 0 && want y getcookie ENOENT && echoes "$cookie" &&
		want y recv "cookie-echo 6 state1"
}

truncated()
{
	local len

	heard || return
	for len in 0 1 4 16 47 48 53; do
		echoes "${cookie:0:$((2 * len))}" || return
		if [ "$len" -lt 48 ]; then
			want y recv "cookie-refused unsigned key=0"
		else
			want y recv "cookie-refused forged key=1"
		fi || return
	done
	echoes "${cookie}00" && want y recv "cookie-refused forged key=1" &&
		want y getcookie ENOENT
}

# Bad ones after a good one change nothing
keeps_good()
{
	heard && echoes "$cookie" && want y recv "cookie-echo 6 state1" &&
		echoes "$(with 50)" && want y recv "cookie-refused forged key=1" &&
		want y getcookie "6 state1"
}

# The same key, but made for another pool
other_pool()
{
	heard && want y reset && want y socket && want y "event cookie-refused 1" &&
		want y "$(key 1 1 "$KEY1")" && want y "bind qool id=2" && want y listen &&
		stranger && echoes "$cookie" && want y recv "cookie-refused forged key=1"
}

# made POOL KEY ID AGE COOKIE: signed by somebody who has read the manual only
made()
{
	python3 - "$@" <<-'PYTHON'
		import hmac, struct, sys, time
		pool, key, id, age, cookie = sys.argv[1:]
		head = b"RSP1" + struct.pack(">HHQ", int(id), len(pool), int(time.time()) - int(age))
		mac = hmac.new(bytes.fromhex(key), head + pool.encode() + cookie.encode(), "sha256")
		print((head + mac.digest() + cookie.encode()).hex())
	PYTHON
}

by_the_book()
{
	heard && echoes "$(made pool "$KEY1" 1 0 other)" &&
		want y recv "cookie-echo 5 other"
}

# Hours that never were: servers' clocks differ
ages()
{
	local age

	want y reset && element y 2 "$(key 1 1 "$KEY1" 3600)" "$(key 2 0 "$KEY2")" && stranger ||
		return
	for age in 3500 -3500; do
		echoes "$(made pool "$KEY1" 1 "$age" state)" && want y recv "cookie-echo 5 state" ||
			return
	done
	for age in 3700 -3700 1000000000; do
		echoes "$(made pool "$KEY1" 1 "$age" state)" &&
			want y recv "cookie-refused expired key=1" || return
	done
	echoes "$(made pool "$KEY2" 2 1000000000 state)" && want y recv "cookie-echo 5 state"
}

# As the manual says it is done: nothing is refused meanwhile
change_of_keys()
{
	session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY1")" && want x "use 0" &&
		want x "$(key 2 0 "$KEY2")" && want y "$(key 2 0 "$KEY2")" &&
		want x "use 1" && given old && want c getcookie "51 5253503100010004*" &&
		want x "use 0" && want x "$(key 2 1 "$KEY2")" && want x "use 1" && given new &&
		want c getcookie "51 5253503100020004*" && failover &&
		want y recv "cookie-echo 3 new" && want y "use 0" && stranger &&
		echoes "$(made pool "$KEY1" 1 60 old)" && want y recv "cookie-echo 3 old" &&
		want y "use 0" && want y "$(key 2 1 "$KEY2")" && want y 'cookiekey 1 0 0 ""' &&
		want y "use 2" && echoes "$(made pool "$KEY1" 1 60 old)" &&
		want y recv "cookie-refused unknown-key key=1"
}

none_signs()
{
	session "$(key 1 0 "$KEY1")" "$(key 1 0 "$KEY1")" && want x "cookie state" ENOKEY &&
		want x "sendcookie state data" ENOKEY && want c "recv dontwait" EAGAIN &&
		want x "use 0" && want x 'cookiekey 1 0 0 ""' && want x "use 1" &&
		given state && want c getcookie "5 state"
}

# A key that comes after the session, and four at most
later()
{
	session "event failover 0" "$(key 1 1 "$KEY1")" && want x "use 0" &&
		want x "$(key 1 1 "$KEY1")" && want x "use 1" && given state && failover &&
		want y recv "cookie-echo 5 state"
}

four()
{
	want x reset && want x socket && want x "$(key 1 1 "$KEY1")" &&
		want x "$(key 2 0 "$KEY1")" && want x "$(key 3 0 "$KEY1")" &&
		want x "$(key 4 0 "$KEY1")" && want x "$(key 5 0 "$KEY1")" ENOSPC &&
		want x "$(key 4 1 "$KEY2")" && want x 'cookiekey 2 0 0 ""' &&
		want x 'cookiekey 2 0 0 ""' ENOENT && want x "$(key 5 0 "$KEY1")"
}

quiet()
{
	session "$(key 1 1 "$KEY1")" "$(key 1 1 "$KEY2")" && want y "event cookie-refused 0" &&
		given state && failover && want c "send hello" 5 &&
		want y recv "5 eor: hello" && want y getcookie ENOENT && counts 1 0
}

# One-to-many at y
many()
{
	want y reset && want c reset && element x 1 "$(key 1 1 "$KEY1")" && want c socket &&
		want c "event failover 1" && want c "connect pool" && want x accept &&
		want y "socket seqpacket" && want y "event cookie-echo 1" &&
		want y "event cookie-refused 1" && want y "$(key 1 1 "$KEY1")" &&
		want y "bind pool id=2" && want y listen && given state1 || return
	peer_end x KILL
	peer_start x 2
	want c "poll in 5000" in && want y recvfrom "* cookie-echo 6 state1"
}

# A client that is a pool element signs for its own pool (RFC 5351 section 4.2): x of pool "x"
# with y, its server c; then another element of "x", y, gets it from c
symmetric()
{
	want c reset && want c socket && want c "event all 1" && want c "set symmetric 1" &&
		want c "bind c id=9" && want c listen && want c recv "registration *" || return
	for name in x y; do
		want "$name" reset && want "$name" socket && want "$name" "event cookie-echo 1" &&
			want "$name" "event cookie-refused 1" &&
			want "$name" "$(key 7 1 "$KEY1")" || return
	done
	want x "bind x id=1" && want x listen && want x socket && want x "cardof 0" &&
		want x "connect c" && want c accept && want x "cookie mine" &&
		want x "send x" 1 && want c recv "1 eor: x" &&
		want y "bind x id=2" && want y listen || return
	peer_end x KILL
	peer_start x 2
	want c "poll in 5000" in && want c recv "failover * old=1 new=2 * cookie=1 *" &&
		want y accept && want y recv "cookie-echo 4 mine"
}

check "signed, checked, delivered as it was [ASAP-CKI-05]" good
check "... also by sendmsg()" with_data
check "0 to 65479 octets" sizes
check "signed with another key [ASAP-CKI-05]" other_key
check "... with one that has another number" other_number
check "not signed [ASAP-CKI-05]" unsigned
check "without a key nothing is asked for [SEC-19]" no_key
check "any octet changed: refused [ASAP-CKI-05]" forged
check "truncated, or longer: refused [ASAP-CKI-05]" truncated
check "a good one stays when a bad one comes" keeps_good
check "another pool's with the same key" other_pool
check "the signature is what the manual says" by_the_book
check "too old, or from the future" ages
check "a change of keys refuses nobody" change_of_keys
check "no cookie leaves unsigned" none_signs
check "a key for sessions that there are already" later
check "four keys" four
check "without the notification: no cookie, and a counter" quiet
check "one-to-many sockets" many
check "a client's own pool" symmetric
finish
