#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Basic mode (RFC 5351 section 4.1): services with a transport of their own, and users who
# only want to know where they are.  Host 1 asks, hosts 1 and 2 serve.

. "$(dirname "$0")/lib.sh"

setup()
{
	setup_pool 2
	capture "basic-$RSP_LINK"
	setting 1 negative_cache_ms=0
	peer_start a 1
	peer_start b 2
	peer_start c 1
}

# service PEER POOL ID TRANSPORT...: in a new slot
service()
{
	want "$1" socket && want "$1" "set basic 1" && want "$1" "bind $2 id=$3" &&
		want "$1" "transport ${*:4}" && want "$1" listen
}

# user [nonblock]: a new one
user()
{
	want c reset && want c "socket${1:+ $1}" && want c "set basic 1"
}

known()
{
	user && want c "connect $1"
}

# For wait_for, by the registrar's word
unknown()
{
	on 1 rspctl pool flush
	user && peer c "connect $1" && [ "$answer" = ENOENT ]
}

appears()
{
	on 1 rspctl pool flush
	user && peer c "connect $1" && [ "$answer" = ok ]
}

reported()
{
	counter 1 UnreachableTx
}

fresh()
{
	want a reset && want b reset && on 1 rspctl pool flush
}


each_kind()
{
	local kind

	fresh || return
	for kind in tcp udp udplite; do
		service b "of-$kind" 7 "$kind 8080 10.77.0.2" && known "of-$kind" &&
			want c peeraddrs "pe=7 $kind port=8080 use=0 10.77.0.2:8080" || return
	done
	service b of-dccp 7 "dccp 8080 code=77 10.77.0.2" && known of-dccp &&
		want c peeraddrs "pe=7 dccp port=8080 use=0 code=77 10.77.0.2:8080" &&
		service b of-sctp 7 "sctp 8080 10.77.0.2 fd77::2" && known of-sctp &&
		want c peeraddrs "pe=7 sctp port=8080 use=0 10.77.0.2:8080 \[fd77::2\]:8080" &&
		service b of-opaque 7 "opaque /dev/ttyS0" && known of-opaque &&
		want c peeraddrs "pe=7 opaque port=0 use=0 /dev/ttyS0" &&
		want c getpeername "id=7 * of-opaque"
}

six()
{
	fresh && service b v6 7 "tcp 80 fd77::2" && known v6 &&
		want c peeraddrs "pe=7 tcp port=80 use=0 \[fd77::2\]:80"
}

own_addresses()
{
	fresh && service b mine 7 "tcp 80" && known mine &&
		want c peeraddrs "pe=7 tcp port=80 use=0 10.77.0.2:80" &&
		service b mine-too 8 "sctp 90" && known mine-too &&
		want c peeraddrs "pe=8 sctp port=90 use=0 10.77.0.2:90 \[fd77::2\]:90"
}

# With a registrar on another host, which sees where a registration comes from
foreign_address()
{
	fresh && want b socket && want b "set basic 1" && want b "bind foreign id=7" &&
		want b "transport tcp 80 10.77.0.99" && want b listen EPROTO &&
		unknown foreign
}

lives_and_dies()
{
	fresh && service b life 7 "tcp 80" && known life && want b close && wait_for 5 unknown life &&
		service b life 7 "tcp 80" && known life || return
	peer_end b KILL
	wait_for 5 unknown life
	peer_start b 2
}

shut()
{
	fresh && service b drain 7 "tcp 80" && known drain && want b "shutdown rd" &&
		wait_for 5 unknown drain
}

port_is()
{
	appears moves && want c peeraddrs "pe=7 tcp port=$1 use=0 *"
}

changes()
{
	fresh && service b moves 7 "tcp 80" && port_is 80 && want b "transport tcp 81" || return
	wait_for 5 port_is 81 && want b transport "pe=0 tcp port=81 use=0"
}

kinds_differ()
{
	fresh && service b kinds 7 "tcp 80" && want a socket && want a "set basic 1" &&
		want a "bind kinds id=8" && want a "transport udp 80" && want a listen EPROTOTYPE
}

# Asked by the registrar, the kernel answers
kept_alive()
{
	local before

	fresh && service b kept 7 "udp 53" && before=$(counter 2 KeepAliveAckTx) &&
		wait_for 20 acked_more "$before" && wait_for 1 appears kept
}

acked_more()
{
	[ "$(counter 2 KeepAliveAckTx)" -gt "$1" ]
}

# ... but not for a program that has stopped, if it wants that (RSP_LIVENESS)
stopped()
{
	local rc=0

	fresh && want b socket && want b "set basic 1" && want b "set liveness 300" &&
		want b "bind dead id=7" && want b "transport tcp 80" && want b listen &&
		tell b "poll in 600000" && sleep 20 && wait_for 1 appears dead || rc=1
	kill -STOP "${PID[b]}"
	[ "$rc" = 0 ] && wait_for 30 unknown dead || rc=1
	kill -CONT "${PID[b]}"
	peer_end b
	peer_start b 2
	return "$rc"
}

next_is_other()
{
	local before first second

	fresh && service b next 1 "tcp 80" && service b next 2 "tcp 80" && user &&
		want c "connect next" && peer c peeraddrs || return
	first=$(field pe) before=$(reported)
	want c "connect next" && peer c peeraddrs || return
	second=$(field pe)
	[ "$first" != "$second" ] || same "the next" "$second" "another one" || return
	wait_for 5 reported_more "$before" && want c "connect next" && peer c peeraddrs &&
		same "the one after" "$(field pe)" "$first"
}

reported_more()
{
	[ "$(reported)" -gt "$1" ]
}

# Within ten seconds it is one event, whoever notices
reported_once()
{
	local before joined time

	fresh && service b once 11 "tcp 80" && service b once 12 "tcp 80" || return
	before=$(reported) joined=$(counter 1 UnreachableJoined)
	for time in first second third; do
		diag "$time"
		user && want c "connect once id=11" && want c "peeraddrs" "pe=11 *" &&
			want c "connect once" && want c "peeraddrs" "pe=12 *" || return
	done
	wait_for 5 reported_more "$before" && same reports "$(reported)" $((before + 1)) &&
		same joined "$(counter 1 UnreachableJoined)" $((joined + 2))
}

nobody_else()
{
	fresh && service b alone 7 "tcp 80" && user && want c "connect alone" &&
		want c peeraddrs "pe=7 *" && want c "connect alone" EHOSTUNREACH &&
		want c peeraddrs ENOTCONN && want c info "state=idle role=none *" &&
		want c "connect alone" && want c peeraddrs "pe=7 *"
}

suspect_last()
{
	fresh && service b last 1 "tcp 80" && service b last 2 "tcp 80" && user &&
		want c "connect last id=1" && want c peeraddrs "pe=1 *" &&
		want c "connect last" && want c peeraddrs "pe=2 *" || return
	known last && want c peeraddrs "pe=2 *" && known last && want c peeraddrs "pe=2 *" &&
		known last && want c peeraddrs "pe=2 *"
}

let_go()
{
	local before

	fresh && service b go 7 "tcp 80" && before=$(reported) && user && want c "connect go" &&
		want c peeraddrs "pe=7 *" && want c disconnect && want c peeraddrs ENOTCONN &&
		want c getpeername ENOTCONN && want c "connect go" && want c peeraddrs "pe=7 *" &&
		service b other 8 "tcp 80" && want c "connect other" && want c peeraddrs "pe=8 *" &&
		want c "connect go" && want c close && same reports "$(reported)" "$before"
}

not_waiting()
{
	fresh && service b later 1 "tcp 80" && service b later 2 "tcp 80" && user nonblock &&
		want c "connect later" EINPROGRESS && want c "poll out 5000" out &&
		want c "get error" 0 && want c "connect later id=1" ok &&
		peer c peeraddrs || return
	local first
	first=$(field pe)
	# Told: now it is a complaint
	peer c "connect later" && same connect "$answer" "@(ok|EINPROGRESS)" &&
		want c "poll out 5000" out && peer c peeraddrs &&
		same "the next" "$(field pe)" $((3 - first))
}

not_waiting_fails()
{
	fresh && user nonblock && want c "connect nowhere" EINPROGRESS &&
		want c "poll out 5000" "*err*" && want c "get error" ENOENT && want c peeraddrs ENOTCONN
}

# The registrar is silent: the call waits as long as it may, and can be taken back
takes_its_time()
{
	local rc=0

	fresh && want c reset && want c socket && want c "set basic 1" &&
		want c "set sndtimeo 200" || return
	kill -STOP "${PID[rspd$REGISTRAR]}"
	want c "connect silent" EINPROGRESS && want c "connect silent" EINPROGRESS &&
		want c "poll out 0" none && want c disconnect && want c info "state=idle *" || rc=1
	kill -CONT "${PID[rspd$REGISTRAR]}"
	return "$rc"
}

# What a session cannot use it does not use, and says so
no_session()
{
	fresh && service b web 7 "tcp 80" && want c reset && want c socket &&
		want c "connect web" EPROTOTYPE && want c info "state=idle *" &&
		want c "socket seqpacket" && want c "sendto hello web" EPROTOTYPE
}

# A server of sessions is there for basic mode, too
of_sessions()
{
	local port

	fresh && want b socket && want b "bind both id=7" && want b listen && peer b transport || return
	port=$(field port)
	same transport "$answer" "pe=0 sctp port=$port use=1" && known both &&
		want c peeraddrs "pe=7 sctp port=$port use=1 10.77.0.2:$port *" &&
		want c reset && want c socket && want c peeraddrs ENOTCONN && want c "connect both" &&
		want c peeraddrs "pe=7 sctp port=$port use=1 *10.77.0.2:$port*" && want b accept &&
		want b peeraddrs "pe=0 sctp port=+([0-9]) use=1 *10.77.0.1:*"
}

listed()
{
	fresh && service a show 7 "tcp 80" &&
		on 1 rspctl pe show | grep -q "handle show .*transport tcp address 10.77.0.1 port 80" &&
		service a dev 8 "opaque hex:00010203" &&
		on 1 rspctl pe show | grep -q "handle dev .*transport opaque" &&
		user && want c "connect show" && same sessions "$(on 1 rspctl session show)" ""
}

# ---- programs that know nothing of pools ------------------------------------------

server()
{
	answer=$(on 1 rspctl resolve "$@")
}

for_scripts()
{
	fresh && service b shell 7 "tcp 8080 10.77.0.2" && server shell server as '%i %t %a %p %e %%' &&
		same server "$answer" "7 tcp 10.77.0.2 8080 10.77.0.2:8080 %" && server shell server &&
		same server "$answer" "handle shell id 0x00000007 transport tcp address 10.77.0.2 port 8080" &&
		server shell server failed 8 as %i && same server "$answer" 7 || return
	! server shell server failed 7 2>/dev/null && ! server nobody server 2>/dev/null &&
		service b shell6 7 "udp 53 fd77::2" && server shell6 server as %e &&
		same server "$answer" "[[]fd77::2[]]:53" && service b tty 7 "opaque /dev/ttyS0" &&
		server tty server as '%t %a %e' && same server "$answer" "opaque /dev/ttyS0 /dev/ttyS0" &&
		answer=$(on 1 rspctl -j resolve shell6 server) &&
		same JSON "$answer" '*"id":*7,*"protocol":*"udp"*"addresses":*"fd77::2"*"port":*53*'
}

scripts_report()
{
	local before first

	fresh && service b fails 1 "tcp 80" && service b fails 2 "tcp 80" && before=$(reported) &&
		server fails server as %i || return
	first=$answer
	server fails server failed "$first" as %i && same "the next" "$answer" $((3 - first)) &&
		wait_for 5 reported_more "$before" &&
		! server fails server failed "$first" failed $((3 - first)) 2>/dev/null
}

# Reads a request, says hello
cat >"$TMP/hello" <<'END'
#!/bin/bash
while IFS= read -r line && [ "$line" != $'\r' ]; do :; done
printf 'HTTP/1.0 200 OK\r\n\r\nhello\n'
END
chmod +x "$TMP/hello"
POOL_CURL=$TOP/userspace/examples/pool-curl

# A web server made of socat, a pool element of nothing, and curl
web()
{
	local before i rc=0

	fresh || return
	start web 2 pool-exec web tcp 8080 socat TCP-LISTEN:8080,reuseaddr,fork EXEC:"$TMP/hello"
	wait_for 5 appears web && service b web 9 "tcp 9999" && on 1 rspctl pool flush &&
		before=$(reported) || rc=1
	for i in first second third; do
		answer=$(on 1 "$POOL_CURL" web -s http://www.example/)
		same "$i answer" "$answer" hello || rc=1
	done
	wait_for 5 reported_more "$before" || rc=1
	stop web KILL
	[ "$rc" = 0 ] && want b close && wait_for 5 unknown web &&
		! on 1 "$POOL_CURL" web -s http://www.example/ 2>/dev/null
}

udp_service()
{
	local i rc=0

	fresh || return
	start time 2 time-server time
	wait_for 5 appears time && service a time 9 "udp 9999" && on 1 rspctl pool flush || rc=1
	for i in first second; do
		answer=$(on 1 time-client time 2>/dev/null)
		same "$i answer" "$answer" "+([0-9]) ${PID[time]}@*" || rc=1
	done
	stop time KILL
	[ "$rc" = 0 ] && want a close && wait_for 5 unknown time
}

basic()
{
	setup
	check "every transport of RFC 5354 is registered and found [REG-01 WIRE-22 WIRE-23 WIRE-25 WIRE-26]" each_kind
	check "an IPv6 address" six
	check "all addresses of this host, the first one where there is room for one" own_addresses
	[ "$RSP_LINK" != sctp ] ||
		check "another host's address is refused [ASAP-REG-03]" foreign_address
	check "the registration lives as long as the descriptor" lives_and_dies
	check "shutdown() ends it" shut
	check "another transport is registered again" changes
	check "a pool has one kind of transport [ERR-10]" kinds_differ
	check "keep-alives are answered [ASAP-KAL-01]" kept_alive
	if [ -n "$TRAVELS" ]; then
		check "... not for a program that has stopped [ASAP-KAL-12]" stopped
	else
		skip "... not for a program that has stopped [ASAP-KAL-12]" "takes its time"
	fi
	check "connect() again gives the next one, and reports [ASAP-RES-31 ASAP-UNR-01 ASAP-UNR-03]" \
		next_is_other
	check "... once for all who notice" reported_once
	check "nobody else: EHOSTUNREACH, and the descriptor is as new" nobody_else
	check "who could not be reached is the last choice" suspect_last
	check "to let go is no report" let_go
	check "without waiting; what has not been told is no complaint" not_waiting
	check "without waiting, in vain" not_waiting_fails
	check "a silent registrar: time-out, taken back" takes_its_time
	check "a session skips other transports: EPROTOTYPE" no_session
	check "basic mode uses servers of sessions, sessions tell the peer's addresses" of_sessions
	check "rspctl shows the elements, no sessions" listed
	check "rspctl gives scripts a server" for_scripts
	check "... and the next one, and reports" scripts_report
	if command -v curl >/dev/null && command -v socat >/dev/null; then
		check "curl and a pool of web servers [REQ-06]" web
	else
		skip "curl and a pool of web servers [REQ-06]" "no curl or socat"
	fi
	check "a UDP service" udp_service
}

over_links basic
finish
