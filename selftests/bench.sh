#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What scripts/bench session rests on: a session that loses one server's link after another, in
# time, and the table.  Hosts 1 to 3 have a server each, 4 has the registrar; the client is on the
# switch, where the links are cut.

. "$(dirname "$0")/lib.sh"
needs_time

BENCH=$TOP/scripts/bench
CUTS=6

setup_hosts 4
ip -n "$NET-0" addr add 10.77.0.100/24 dev br0
rspd_start 4
for host in 0 1 2 3; do
	registrar_add "$host" 4
done

# cuts PROFILE MS: no link is cut for longer than that; all that was sent arrives
cuts()
{
	setting 0 profile="$1" || return
	on 0 env RSP_BENCH_HOSTS="$NET-" rsp_bench rserpool cut "$CUTS" >"$TMP/cuts" 2>&1
	grep -E '^cut(-lost)? ' "$TMP/cuts" | awk -v "max=$2" -v "cuts=$CUTS" '
	$1 == "cut" { n++; us = $3 > us ? $3 : us }
	$1 == "cut-lost" { lost += $3 }
	END {
		printf "# %d cuts, at most %.0f ms, %d lost\n", n, us / 1000, lost
		exit n != cuts || us > max * 1000 || lost
	}' && return
	sed 's/^/# | /' "$TMP/cuts"
	return 1
}

# Values come as %g has them
table()
{
	printf 'cut rserpool %s\n' 983000 1.02e+06 990000 5.9e+06 1.01e+06 >"$TMP/figures" &&
		same "of 983, 990, 1010, 1020, 5900" "$("$BENCH" --table "$TMP/figures")" \
			"cut,us - - 1010000 484.2% *"
}

check "six links are cut: at the next server within 5 s [REQ-02]" cuts default 5000
check "... fast: within 1 s [TMR-02 REQ-02]" cuts fast 1000
check "the table's medians" table
finish
