# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Hosts (network namespaces on a bridge), programs that run on them, and waiting
# without fixed sleeps.  Sourced; what was set up is gone when the script ends.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
RSP_BIN=${RSP_BIN:-$TOP/build/userspace}
RSP_TESTBIN=${RSP_TESTBIN:-$TOP/build/selftests}
export PATH="$RSP_TESTBIN:$RSP_BIN:$RSP_BIN/examples:$PATH:/usr/sbin:/sbin"

diag()
{
	printf '# %s\n' "$@"
}

# A kernel with checkers (KASAN, lockdep, ...) takes its time.  Where time passes
# only while everybody sleeps (User Mode Linux's time travel) that does not show.
CHECKERS='' TRAVELS='' SLOW=1
[ ! -e /sys/kernel/debug/kmemleak ] || CHECKERS=yes
! grep -qw time-travel /proc/cmdline || TRAVELS=yes
[ -z "$CHECKERS" ] || [ -n "$TRAVELS" ] || SLOW=10

# wait_for SECONDS COMMAND...: until it succeeds; SECONDS without checkers.  Looking costs more
# than waiting, so what takes long is looked at less often: every twentieth of the time so far.
wait_for()
{
	local begin=$SECONDS until=$((SECONDS + $1 * SLOW)) tries=0 waited pause
	shift

	while ! "$@"; do
		if [ "$SECONDS" -gt "$until" ]; then
			diag "still not so: $*"
			return 1
		fi
		tries=$((tries + 1)) waited=$((SECONDS - begin)) pause=0.1
		[ "$tries" -ge 25 ] || pause=0.02
		[ "$waited" -le 2 ] || printf -v pause '%d.%02d' $((waited / 20)) $((waited * 5 % 100))
		sleep "$pause"
	done
}

# ---- hosts ------------------------------------------------------------------

HOSTS=0
TMP=$(mktemp -d "${TMPDIR:-/tmp}/rserpool.XXXXXX")
# Names of their own, so that tests can run side by side
NET=rsp-${TMP##*.}

# on HOST COMMAND...: hosts are numbers from 1; 0 is the switch
on()
{
	local host=$1
	shift

	ip netns exec "$NET-$host" "$@"
}

# setup_hosts N: N hosts with 10.77.0.HOST and fd77::HOST, on one bridge
setup_hosts()
{
	local host

	HOSTS=$1
	ip netns add "$NET-0"
	ip -n "$NET-0" link set lo up
	ip -n "$NET-0" link add br0 type bridge
	ip -n "$NET-0" link set br0 up
	for ((host = 1; host <= HOSTS; host++)); do
		host_add "$host"
	done
}

host_add()
{
	local host=$1

	ip netns add "$NET-$host"
	# Addresses that can be used at once
	on "$host" sysctl -qw net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.dad_transmits=0
	ip -n "$NET-$host" link set lo up
	# The same address each time: its neighbours remember it
	ip -n "$NET-0" link add "port$host" type veth peer name eth0 \
		address "02:77:00:00:00:0$host" netns "$NET-$host"
	ip -n "$NET-0" link set "port$host" master br0 up
	ip -n "$NET-$host" addr add "10.77.0.$host/24" dev eth0
	ip -n "$NET-$host" addr add "fd77::$host/64" dev eth0 nodad
	ip -n "$NET-$host" link set eth0 up
}

# cut HOST, join HOST: its cable
cut_link()
{
	ip -n "$NET-0" link set "port$1" down
}

join_link()
{
	ip -n "$NET-0" link set "port$1" up
}

# cut_while HOST PEER COMMANDS...: the peer sends, while the link to the host is cut; it stays so
cut_while()
{
	local command name=$2 rc=0

	cut_link "$1"
	for command in "${@:3}"; do
		tell "$name" "$command"
	done
	for command in "${@:3}"; do
		# shellcheck disable=SC2154 # hear() assigns it
		hear "$name" && same "$command" "$answer" "+([0-9])" || rc=1
	done
	return "$rc"
}

# setting HOST NAME=VALUE...: of the module
setting()
{
	local host=$1 name
	shift

	for name; do
		on "$host" sysctl -qw "net.rserpool.$name" || return
	done
}

# A dead link is noticed after a fraction of a second; where time passes by itself, after a
# moment that a busy machine may need for an answer.
setting_fast()
{
	local times=1

	[ -n "$TRAVELS" ] || times=4
	setting "$1" sctp_rto_initial_ms=$((50 * times)) sctp_rto_min_ms=$((20 * times)) \
		sctp_rto_max_ms=$((100 * times)) sctp_max_retrans=3 \
		sctp_heartbeat_ms=$((200 * times)) connect_timeout_ms=$((500 * times))
}

# counter HOST NAME: a counter of the module
counter()
{
	on "$1" rspctl counter show "$2" | awk '{ print $NF }'
}

# ---- programs ---------------------------------------------------------------

declare -A PID

# start NAME HOST COMMAND...: in the background, output in $TMP/NAME.log
start()
{
	local name=$1 host=$2
	shift 2

	: >"$TMP/$name.log"
	ip netns exec "$NET-$host" "$@" </dev/null >>"$TMP/$name.log" 2>&1 &
	PID[$name]=$!
	disown
}

running()
{
	[ -n "${PID[$1]:-}" ] && kill -0 "${PID[$1]}" 2>/dev/null
}

gone()
{
	! running "$1"
}

# stop NAME [SIGNAL]: and wait until it is gone
stop()
{
	running "$1" || return 0
	kill "-${2:-TERM}" "${PID[$1]}" 2>/dev/null
	wait_for 10 gone "$1" || kill -KILL "${PID[$1]}"
	unset "PID[$1]"
}

said()
{
	grep -qE -- "$2" "$TMP/$1.log" 2>/dev/null
}

# wait_said NAME REGEX [SECONDS]: something in its output
wait_said()
{
	wait_for "${3:-10}" said "$1" "$2" && return
	sed 's/^/# | /' "$TMP/$1.log"
	return 1
}

# The host's module has a registrar that answers.
has_registrar()
{
	on "$1" rspctl -j registrar show 2>/dev/null | grep -q '"state": *"up"'
}

# rspd_start HOST [OPTION...]: and wait until the module there is attached
rspd_start()
{
	local host=$1
	shift

	start "rspd$host" "$host" rspd "$@"
	wait_for 10 has_registrar "$host" && return
	sed 's/^/# | /' "$TMP/rspd$host.log"
	return 1
}

# registrar_add HOST REGISTRAR [OPTION...]: HOST asks the registrar of another host
registrar_add()
{
	on "$1" rspctl registrar add "10.77.0.$2" "${@:3}"
}

# How host 1 reaches the registrar of setup_pool, which is on host $REGISTRAR:
#   netlink   rspd on host 1, attached to the module there
#   loopback  rspd on host 1, over SCTP
#   sctp      rspd on a host of its own, over SCTP
# Unlike an attached one, a remote one is connected once somebody needs it, and tells its
# identifier by its first keep-alive.
RSP_LINK=netlink REGISTRAR=1 REGISTRAR_OPTIONS=()

registrar_start()
{
	if [ "$RSP_LINK" = netlink ]; then
		rspd_start 1 "${REGISTRAR_OPTIONS[@]}"
		return
	fi
	start "rspd$REGISTRAR" "$REGISTRAR" rspd --no-netlink "${REGISTRAR_OPTIONS[@]}"
	wait_said "rspd$REGISTRAR" ready
}

# registrar_stop [SIGNAL]
registrar_stop()
{
	stop "rspd$REGISTRAR" "${1:-TERM}"
}

# setup_pool N [OPTION...]: N hosts and a registrar with these options; all hosts ask it,
# those from 2 on each time
setup_pool()
{
	local host

	setup_hosts "$1"
	REGISTRAR=1
	REGISTRAR_OPTIONS=("${@:2}")
	if [ "$RSP_LINK" = sctp ]; then
		REGISTRAR=$(($1 + 1))
		host_add "$REGISTRAR"
		HOSTS=$REGISTRAR
	fi
	registrar_start
	case $RSP_LINK in
	loopback) on 1 rspctl registrar add 127.0.0.1 ;;
	sctp) registrar_add 1 "$REGISTRAR" ;;
	esac
	for ((host = 2; host <= $1; host++)); do
		registrar_add "$host" "$REGISTRAR"
		setting "$host" stale_cache_ms=0 negative_cache_ms=0
	done
}

# setup_quick_pool N: and nobody waits long for who is dead, nor does host 1 keep what it asked for
setup_quick_pool()
{
	local host

	setup_pool "$1"
	for ((host = 1; host <= $1; host++)); do
		setting_fast "$host"
	done
	setting 1 stale_cache_ms=0 negative_cache_ms=0
}

# ---- captures ---------------------------------------------------------------

# capture NAME [FILTER]: all ASAP, ENRP and sessions that go over the switch until the hosts
# are gone, and host 1's own, go into files of that name in $RSP_CAPTURES, for wire.sh.  Each
# packet is there once: as it comes in.
capture()
{
	local filter="inbound and (${2:-sctp or port 3863 or port 9901})" name=$1

	[ -n "${RSP_CAPTURES:-}" ] && command -v dumpcap >/dev/null || return 0
	start capture-switch 0 dumpcap -q -i any -f "$filter" -w "$RSP_CAPTURES/$name.pcapng"
	start capture-loopback 1 dumpcap -q -i lo -f "$filter" -w "$RSP_CAPTURES/$name-lo.pcapng"
	wait_said capture-switch '^File:' && wait_said capture-loopback '^File:'
}

capture_end()
{
	# The kernel hands packets over a quarter of a second after the first of a block, and nothing
	# says that it has.  Captures are made only where sleeping takes no time.
	! running capture-switch || sleep 1
	stop capture-switch
	stop capture-loopback
}

# All hosts are gone, with what ran there.
clear_hosts()
{
	local name host

	capture_end
	for name in "${!PID[@]}"; do
		kill -KILL "${PID[$name]}" 2>/dev/null
		wait_for 10 gone "$name"
		unset "PID[$name]"
	done
	for ((host = 0; host <= HOSTS; host++)); do
		ip netns del "$NET-$host" 2>/dev/null
	done
	HOSTS=0
}

# For wait_for: the last associations take their time
unload()
{
	rmmod rserpool 2>/dev/null || ! [ -d /sys/module/rserpool ]
}

cleanup()
{
	clear_hosts
	rm -rf "$TMP"
}

trap cleanup EXIT
trap 'exit 1' INT TERM
