#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module goes and comes back, right after it was in use.
# RSP_UNLOADS: how often (10).

. "$(dirname "$0")/lib.sh"

ko=$TOP/build/$(uname -r)/rserpool.ko
if [ ! -d /sys/module/rserpool ] || [ ! -e "$ko" ]; then
	skip_all "no module to unload"
fi

# Sessions, a failover under way, and all of it killed at once
use()
{
	setup_hosts 3
	rspd_start 1 && registrar_add 2 1 && registrar_add 3 1 || return
	setting 3 stale_cache_ms=0
	start server1 2 counter-server --pe-id 1
	start server2 2 counter-server --pe-id 2
	wait_said server1 '^pool' && wait_said server2 '^pool' || return
	start client 3 counter-client --interval 1
	wait_said client connected || return
	stop server1 KILL
	stop server2 KILL
	stop client KILL
}

round()
{
	insmod "$ko" 2>/dev/null || [ -d /sys/module/rserpool ] || return
	use && clear_hosts && wait_for 10 unload
}

rounds()
{
	local i

	for ((i = 0; i < ${RSP_UNLOADS:-10}; i++)); do
		round || return
	done
}

empty_rounds()
{
	for _ in {1..20}; do
		insmod "$ko" && rmmod rserpool || return
	done
}

comes_back()
{
	insmod "$ko" && rsp_peer 'socket => ok'
}

check "unloaded within seconds after use, ${RSP_UNLOADS:-10} times" rounds
check "loaded and unloaded 20 times" empty_rounds
check "loaded again" comes_back
finish
