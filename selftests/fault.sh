#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory runs out, and copies to and from programs fail, at each single place of each system
# call, each netlink command, the module's own works, a new namespace and the module's coming.
#
# Of the first 20 places of a sweep each one is taken, of those behind them each fifth, from a
# random one on, which the first line of output tells.
#
#   RSP_FAULT_ONLY=NAME,N		only the sweeps whose name begins so, from the N-th place on
#   RSP_FAULT_STRIDE=STRIDE,OFFSET	each STRIDE-th place, as in that other run; 1: all

. "$(dirname "$0")/lib.sh"

debugfs=/sys/kernel/debug
all=20	# FAULT_ALL in rsp_fault.h
: "${RSP_FAULT_STRIDE:=5,$((SRANDOM % 5))}"
export RSP_FAULT_STRIDE
param=/sys/module/rserpool/parameters/fault
ko=$TOP/build/$(uname -r)/rserpool.ko

if [ ! -e /proc/thread-self/fail-nth ] || [ ! -d "$debugfs/failslab" ]; then
	skip_all "no fault injection in this kernel"
fi

# set_faults IGNORE_WAIT MIN_ORDER VERBOSE: are allocations spared that may wait, and pages?  A
# trace for each?
set_faults()
{
	local name

	echo "$1" >"$debugfs/failslab/ignore-gfp-wait"
	echo "$1" >"$debugfs/fail_page_alloc/ignore-gfp-wait"
	echo "$2" >"$debugfs/fail_page_alloc/min-order"
	for name in failslab fail_page_alloc fail_usercopy; do
		[ ! -e "$debugfs/$name" ] || echo "$3" >"$debugfs/$name/verbose"
	done
}

# sweeps LABEL HOST PROGRAM...: each of its sweeps is a test of ours
sweeps()
{
	local label=$1 host=$2 before=$FAILED line
	shift 2

	while IFS= read -r line; do
		case $line in
		'ok '*) check "$label: ${line#ok }" true ;;
		'not ok '*) check "$label: ${line#not ok }" false ;;
		'status 0') ;;
		'status '*) [ "$FAILED" != "$before" ] || check "$label: $1, $line" false ;;
		*) echo "$line" ;;
		esac
	done < <(
		on "$host" "$@" 2>&1
		echo "status $?"
	)
}

fault_left()
{
	awk -v name="$1" '$1 == name { print $2 }' "$param"
}

# ladder CONTEXT TRY: "TRY N" for each place N in CONTEXT.  It returns 0 and leaves in $left what
# fault_left says, 1 if it failed for want of memory, 2 for anything that should not be.
ladder()
{
	local context=$1 n places=0 errors=0 status
	local stride=${RSP_FAULT_STRIDE%,*} offset=${RSP_FAULT_STRIDE#*,}
	shift

	for ((n = 1; n < 2000; n++)); do
		if ((n > all && n % stride != offset % stride)); then
			continue
		fi
		status=0
		"$@" "$n" || status=$?
		case $status in
		0) [ "$left" = 0 ] || break ;;
		1) errors=$((errors + 1)) ;;
		*)
			diag "$context: point $n"
			return 1
			;;
		esac
		places=$((places + 1))
	done
	diag "$context: $places places below the $n., $errors of them an error"
	[ "$n" != 2000 ]
}

# no_memory FILE: it says ENOMEM or ENOBUFS
no_memory()
{
	grep -qE 'Cannot allocate memory|No buffer space available' "$1"
}

try_net()
{
	echo "net:$1" >"$param"
	if unshare --net rsp_peer 'socket => ok' >"$TMP/try" 2>&1; then
		left=$(fault_left net)
		echo net:0 >"$param"
		return 0
	fi
	no_memory "$TMP/try" || return 2
	return 1
}

new_namespaces()
{
	ladder net try_net && unshare --net rsp_peer 'socket => ok' >/dev/null
}

try_init()
{
	if insmod "$ko" "fault=init:$1" >"$TMP/try" 2>&1; then
		left=$(fault_left init)
		rmmod rserpool || return 2
		return 0
	fi
	if [ -d /sys/module/rserpool ] || ! no_memory "$TMP/try"; then
		sed 's/^/# | /' "$TMP/try"
		return 2
	fi
	return 1
}

module_comes()
{
	local rc=0

	clear_hosts && wait_for 60 unload || return
	ladder init try_init || rc=1
	# The next test needs it
	{ [ -d /sys/module/rserpool ] || insmod "$ko"; } && rsp_peer 'socket => ok' >/dev/null &&
		return "$rc"
}

diag "RSP_FAULT_STRIDE=$RSP_FAULT_STRIDE"
setup_hosts 2
rspd_start 1
registrar_add 2 1
for host in 1 2; do
	setting "$host" stale_cache_ms=0 negative_cache_ms=0
done
set_faults N 0 0
sweeps "system calls" 1 rsp_fault_calls
sweeps "netlink" 1 rsp_fault_netlink
if [ -e "$param" ]; then
	sweeps "works" 1 rsp_fault_work
	sweeps "works, registrar by SCTP" 2 rsp_fault_work 10.77.0.1
	check "a new namespace" new_namespaces
	check "the module comes" module_comes
else
	skip "works, a new namespace, the module comes" "no fault contexts in this module"
fi
set_faults Y 1 2
finish
