#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# RSPLIB's programs and ours together: each registrar with each one's servers and clients.
# RSPLIB's alone is the control: what fails there too is not our fault.  Host 1 has the
# registrar, 2 and 3 the servers, 4 the clients.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/rsplib.sh"
require_rsplib

setup()
{
	local host

	rsplib_hosts 4
	capture "interop-$1"
	case $1 in
	rspd) rspd_start 1 --profile=rsplib ;;
	rspregistrar) rspregistrar_start 1 0x1111 ;;
	esac
	for host in 2 3 4; do
		registrar_add "$host" 1 profile rsplib
		setting_fast "$host"
		setting "$host" stale_cache_ms=0 negative_cache_ms=0 rsplib_sessions=1
	done
	peer_start c 4
}

# ---- servers ------------------------------------------------------------------

# server NAME HOST SERVICE POOL ID [OPTION...]: $SERVERS says whose
server()
{
	local name=$1 host=$2 service=$3 pool=$4 id=$5

	case $SERVERS in
	rspserver) rspserver_start "$@" ;;
	ours) pe_start "$name" "$host" "$pool" "$id" "$service" ;;
	esac
}

# Both servers of a pool are found by our client.
both_there()
{
	peer c reset && peer c socket && peer c "connect $1 id=2" && [ "$answer" = ok ] &&
		peer c socket && peer c "connect $1 id=3" && [ "$answer" = ok ] && peer c reset
}

# servers SERVICE POOL [OPTION...]: two, called as their hosts are
servers()
{
	local service=$1 pool=$2
	shift 2

	server 2 2 "$service" "$pool" 2 "$@" && server 3 3 "$service" "$pool" 3 "$@" &&
		wait_for 20 both_there "$pool"
}

servers_end()
{
	stop 2 KILL
	stop 3 KILL
}

# with_servers SERVICE COMMAND...: COMMAND's pool has two of them
with_servers()
{
	local service=$1 pool=$1-$SERVERS rc=0
	shift

	servers "$service" "$pool" || rc=1
	[ "$rc" != 0 ] || "$@" "$pool" || rc=1
	[ "$rc" = 0 ] || tail -n 20 "$TMP"/[23].log | sed 's/^/# | /'
	servers_end
	return "$rc"
}

# ---- our client -----------------------------------------------------------------

session()
{
	want c socket && want c "event all 1" && want c "event send-failed 0" && want c "connect $1" && want c getpeername "id=[23] *"
}

# The server of c's session is killed; what has to be there then is up to the caller
kill_server()
{
	peer c getpeername
	stop "$(field id)" KILL
}

moved()
{
	want c "poll in 5000" in && want c recv "failover reason=@(abort|incomplete) count=1 * $1"
}

our_echo()
{
	session "$1" && want c "send hello" 5 && want c recv "5 eor: hello" &&
		want c "send @3000" 3000 && want c recv "3000 eor: pattern" &&
		kill_server && moved "cookie=0 *" &&
		want c "send again" 5 && want c recv "5 eor: again"
}

# The count goes on at the other server: it has got the cookie
our_ping()
{
	session "$1" && ping c 1 1 && ping c 2 2 && ping c 3 3 && wait_for 5 has_cookie 3 &&
		kill_server && moved "cookie=1 *" && ping c 4 4 && ping c 5 5
}

# has_cookie COUNT: the one behind that pong, in which RSPLIB has the next count.  It is
# looked at with what is read behind it.
has_cookie()
{
	local count=$1

	[ "$SERVERS" = ours ] || count=$((count + 1))
	peer c "recv dontwait" && [ "$answer" = EAGAIN ] && peer c getcookie &&
		[[ $answer = *$(printf %016x "$count") ]]
}

our_calc()
{
	session "$1" && calc_job c 7 20000 && calc_job c 8 30000
}

# The server begins, and ends the session
our_daytime()
{
	session "$1" && want c "poll in 5000" "in*" && want c recv "* eor: *2c20*0a"
}

our_discard()
{
	session "$1" && want c "send hello" 5 && want c "poll in 500" none &&
		want c info "state=established * failovers=0 *"
}

# ---- RSPLIB's clients ---------------------------------------------------------------

# client NAME PROGRAM POOL [OPTION...]
client()
{
	local name=$1 program=$2 pool=$3
	shift 3

	rsplib "$name" 4 "$program" -poolhandle="$pool" "$@"
}

their_echo()
{
	local in rc=0

	mkfifo "$TMP/terminal.in"
	exec {in}<>"$TMP/terminal.in"
	start terminal 4 sh -c "exec stdbuf -oL rspterminal -asapannounce=off \
		-registrar=10.77.0.1:3863 -poolhandle=$1 <$TMP/terminal.in"
	echo hello >&"$in"
	wait_said terminal 'hello' 15 && echo again >&"$in" && wait_said terminal 'again' 15 || rc=1
	stop terminal KILL
	exec {in}>&-
	rm "$TMP/terminal.in"
	return "$rc"
}

# acks: of pingpongclient's log, "PE COUNT" for each pong
acks()
{
	sed -n 's/.*Ack #[0-9]* from PE .0*\([0-9a-f]*\) (reply #\([0-9]*\)).*/\1 \2/p' "$TMP/ping.log"
}

acked()
{
	[ "$(acks | wc -l)" -ge "$1" ]
}

# went_on PE: there is a pong of another one, and its count is the next.  The last cookies of
# the one that was killed may be lost with it; without any, the count would begin anew.
went_on()
{
	acks | awk -v pe="$1" '
		$1 == pe { last = $2; next }
		{ exit !(ok = $2 > 1 && $2 >= last - 2 && $2 <= last + 1) }
		END { exit !ok }'
}

their_ping()
{
	local pe rc=0

	client ping pingpongclient "$1" -interval=100
	wait_for 15 acked 5 || rc=1
	pe=$(acks | sed -n '1s/ .*//p')
	same PE "$pe" "[23]" && stop "$pe" KILL && wait_for 15 went_on "$pe" || rc=1
	[ "$rc" = 0 ] || sed 's/^/# | /' "$TMP/ping.log"
	stop ping KILL
	return "$rc"
}

their_calc()
{
	local rc=0

	client calc calcappclient "$1" -jobsize=20000 -jobinterval=0.1 \
		-vector="$TMP/calc.vec" -scalar="$TMP/calc.sca"
	wait_said calc 'Job #3 completed' 20 || rc=1
	stop calc KILL
	return "$rc"
}

# It has a window: nobody looks at that
their_fractal()
{
	local rc=0

	start fractal 4 env QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR="$TMP" stdbuf -oL \
		fractalpooluser -asapannounce=off -registrar=10.77.0.1:3863 -poolhandle="$1" \
		-width=64 -height=64 -threads=2 -interimagetime=1
	wait_for 30 calculated || rc=1
	stop fractal KILL
	return "$rc"
}

# calculated: more than one image, which two sessions share
calculated()
{
	[ "$(cat "$TMP"/[23].log | grep -c 'Got Parameter')" -ge 3 ]
}

# ---- everybody with everybody ----------------------------------------------------

matrix()
{
	setup "$1"
	for SERVERS in rspserver ours; do
		LABEL="$1, servers $SERVERS: "
		check "our client, echo [ASAP-RES-01]" with_servers echo our_echo
		check "our client, ping-pong, failover with its cookie [ASAP-CKI-03]" with_servers pingpong our_ping
		check "our client, CalcApp" with_servers calcapp our_calc
		check "rspterminal, echo" with_servers echo their_echo
		if [ -n "$TRAVELS" ]; then
			skip "pingpongclient, failover with its cookie [ASAP-CKI-03]" \
				"it never sleeps during a failover, and so time stands still"
		else
			check "pingpongclient, failover with its cookie [ASAP-CKI-03]" \
				with_servers pingpong their_ping
		fi
		check "calcappclient" with_servers calcapp their_calc
		[ "$SERVERS" != ours ] || continue
		check "our client, daytime" with_servers daytime our_daytime
		check "our client, discard" with_servers discard our_discard
		check "fractalpooluser" with_servers fractal their_fractal
	done
	LABEL=
	peers_end
	clear_hosts
}

matrix rspregistrar
matrix rspd
finish
