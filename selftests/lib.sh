# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the shell tests share: TAP, the hosts of hosts.sh, and peers that do
# what they are told.  Sourced.
#
# A test is a function; check runs it and prints one line of TAP.  Within it,
# commands are chained with &&: want, wait_for and same say what was wrong.

. "$(dirname "${BASH_SOURCE[0]}")/hosts.sh"
shopt -s extglob

# ---- TAP --------------------------------------------------------------------

TESTS=0 FAILED=0 LABEL=

# What the hosts look like after a failed test
autopsy()
{
	local host object

	for ((host = 1; host <= HOSTS; host++)); do
		for object in registrar pe session pool; do
			on "$host" rspctl "$object" show 2>&1 |
				sed "s/^/#   $host $object: /"
		done
	done
}

# check DESCRIPTION COMMAND...: a test, by the command's status
check()
{
	local description=$1
	shift

	TESTS=$((TESTS + 1))
	peers_idle
	if "$@"; then
		echo "ok $TESTS $LABEL$description"
	else
		echo "not ok $TESTS $LABEL$description"
		FAILED=$((FAILED + 1))
		autopsy
	fi
}

# skip DESCRIPTION REASON
skip()
{
	TESTS=$((TESTS + 1))
	echo "ok $TESTS $LABEL$1 # SKIP $2"
}

# over_links FUNCTION: what it sets up and checks, once with each link to the registrar; where
# time passes by itself with the first one only
over_links()
{
	for RSP_LINK in ${RSP_LINKS:-netlink ${TRAVELS:+loopback sctp}}; do
		LABEL="$RSP_LINK: "
		"$1"
		peers_end
		clear_hosts
	done
	LABEL='' RSP_LINK=netlink
}

skip_all()
{
	echo "1..0 # SKIP $*"
	exit 4
}

# needs_time: for a test that waits for the timers of the RFCs.  A kernel on which time passes
# by itself takes part only if it is told to be patient.
needs_time()
{
	[ -n "$TRAVELS" ] || [ -n "${RSP_PATIENT:-}" ] ||
		skip_all "minutes would pass: needs User Mode Linux's time travel, or RSP_PATIENT=1"
}

finish()
{
	echo "1..$TESTS"
	[ "$FAILED" = 0 ]
	exit
}

# same WHAT GOT WANTED: WANTED is a shell pattern
same()
{
	# shellcheck disable=SC2254 # it is a pattern
	case $2 in
	$3) return 0 ;;
	esac
	diag "$1: got \"$2\", wanted \"$3\""
	return 1
}

now_ms()
{
	local us=${EPOCHREALTIME/[.,]/}

	echo $((us / 1000))
}

# ---- peers ----------------------------------------------------------------

declare -A PEER_IN PEER_OUT PEER_HOST PEER_BUSY PEER_PROGRAM

# peer_start NAME HOST [PROGRAM]: an rsp_peer, or another program of its kind, that does what
# peer and want tell it
peer_start()
{
	local in out program=${3:-rsp_peer -}

	mkfifo "$TMP/$1.in" "$TMP/$1.out"
	# Both ends at once: nobody waits for anybody to open them
	exec {in}<>"$TMP/$1.in" {out}<>"$TMP/$1.out"
	PEER_IN[$1]=$in
	PEER_OUT[$1]=$out
	PEER_HOST[$1]=$2
	PEER_BUSY[$1]=
	PEER_PROGRAM[$1]=$program
	# shellcheck disable=SC2086 # words
	ip netns exec "$NET-$2" $program <"$TMP/$1.in" >"$TMP/$1.out" 2>>"$TMP/$1.log" &
	PID[$1]=$!
	disown
}

# tell NAME COMMAND: without waiting; hear NAME [SECONDS]: what it answers
PATIENCE=15
tell()
{
	local command=$2

	# Long times to poll() are limits
	if [[ $command =~ ^(poll .* |epoll wait )([0-9]{4,})$ ]]; then
		command=${BASH_REMATCH[1]}$((BASH_REMATCH[2] * SLOW))
	fi
	PEER_BUSY[$1]=yes
	printf '%s\n' "$command" >&"${PEER_IN[$1]}"
}

hear()
{
	local line

	answer='(no answer)'
	if IFS= read -r -t $((${2:-$PATIENCE} * SLOW)) -u "${PEER_OUT[$1]}" line; then
		answer=${line#*: }
		PEER_BUSY[$1]=
		return 0
	fi
	diag "$1: no answer"
	sed 's/^/# | /' "$TMP/$1.log"
	return 1
}

# peer NAME COMMAND: the answer is in $answer
peer()
{
	tell "$1" "$2" && hear "$1"
}

# want NAME COMMAND [PATTERN]: the answer is as wanted
want()
{
	peer "$1" "$2" && same "$1: $2" "$answer" "${3-ok}"
}

# listens NAME, for wait_for: a link that was cut took the way to the registrar with it, for a while.
listens()
{
	peer "$1" listen && [ "$answer" = ok ]
}

# field NAME: of the "KEY=VALUE ..." in $answer
field()
{
	local rest=${answer#*"$1="}

	echo "${rest%% *}"
}

# peer_end NAME [SIGNAL]: it dies with all its sockets open
peer_end()
{
	local in=${PEER_IN[$1]} out=${PEER_OUT[$1]}

	stop "$1" "${2:-KILL}"
	exec {in}>&- {out}>&-
	rm -f "$TMP/$1.in" "$TMP/$1.out"
	unset "PEER_IN[$1]" "PEER_OUT[$1]" "PEER_HOST[$1]" "PEER_BUSY[$1]"
}

peers_end()
{
	local name

	for name in "${!PEER_HOST[@]}"; do
		peer_end "$name"
	done
}

# One that still waits for something, since its test has failed, starts anew.
peers_idle()
{
	local name host program

	for name in "${!PEER_BUSY[@]}"; do
		[ -n "${PEER_BUSY[$name]}" ] || continue
		host=${PEER_HOST[$name]} program=${PEER_PROGRAM[$name]}
		peer_end "$name"
		peer_start "$name" "$host" "$program"
	done
}

# pe_start NAME HOST POOL ID MODE: a whole server (rsp_peer's "serve")
pe_start()
{
	start "$1" "$2" rsp_peer "socket => ok; event all 1 => ok; bind $3 id=$4 => ok" \
		"listen => ok; serve $5"
	wait_said "$1" '^listen: ok'
}

# require: the programs and the module are there
require()
{
	local program

	[ "$(id -u)" = 0 ] || skip_all "needs root"
	for program in rsp_peer rspd rspctl ip; do
		command -v "$program" >/dev/null || skip_all "no $program"
	done
	rsp_peer 'socket => ok' >/dev/null || skip_all "no AF_RSERPOOL"
}

echo "TAP version 13"
require
