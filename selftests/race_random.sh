#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Races at random (rsp_race/): on a module with race points these sleep at random, on a stock
# kernel with two processors it is their doing.  The same seed makes the same decisions.
#
#   RSP_SEED=N		of all scenarios; without it another one each time
#   RSP_RACE_SECONDS=N	for each scenario (5)
#   RSP_RACE_ROUNDS=N	instead, where time passes only while all sleep (8; 3 with checkers)
#   RSP_RACE=NAME...	only these scenarios

. "$(dirname "$0")/lib.sh"

points=/sys/module/rserpool/parameters/race
seed=${RSP_SEED:-$((RANDOM * 32768 + RANDOM))}
rounds=8
[ -z "$CHECKERS" ] || rounds=3
bound=(--seconds "${RSP_RACE_SECONDS:-5}")
[ -z "$TRAVELS" ] || bound=(--rounds "${RSP_RACE_ROUNDS:-$rounds}")
read -ra scenarios <<<"${RSP_RACE:-$(rsp_race | tr '\n' ' ')}"

# points SETTING: of the module, where it has them (net/rserpool/race.c)
points()
{
	[ ! -e "$points" ] || echo "$1" >"$points"
}

race()
{
	local status

	points "*:$seed:5"
	rsp_race --net "$NET" --seed "$seed" --limit $((60 * SLOW)) "${bound[@]}" "$1" 2>&1 |
		sed 's/^/# /'
	status=${PIPESTATUS[0]}
	points ''
	return "$status"
}

# Soon after each other, so that deaths and returns are noticed within a round
setup_hosts 4
for host in 1 2 3 4; do
	setting "$host" stale_cache_ms=0 negative_cache_ms=0 t1_enrprequest_ms=500 \
		t2_registration_ms=500 t3_deregistration_ms=500 \
		t6_serverannounce_ms=100 t7_enrpoutdate_ms=500 retran_max_ms=1000
	setting_fast "$host"
	[ "$host" = 1 ] || registrar_add "$host" 1
done
diag "seed $seed"
for scenario in "${scenarios[@]}"; do
	check "$scenario" race "$scenario"
done
finish
