#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random calls and messages (fuzz/).  By itself it repeats the inputs of corpus/, which keeps
# what was found once; scripts/fuzz looks for new ones and says by variables how:
#
#   RSP_FUZZ_TARGET=NAME	only this one
#   RSP_FUZZ_ARGS=ARG...	arguments for libFuzzer instead
#
# A network namespace is enough, since here a host is only in its own way.

. "$(dirname "$0")/lib.sh"

corpus=$TOP/selftests/corpus
read -ra targets <<<"${RSP_FUZZ_TARGET:-fuzz_netlink fuzz_socket}"
export RSP_FUZZ_COMPLAINTS=$TOP/scripts/kernel-complaints RSP_FUZZ_MESSAGES=$corpus/asap

setup_hosts 1
setting_fast 1

# A single input that takes 10 minutes hangs, with time travel as without.  "on" would hide
# the directory where KCOV is.
fuzz()
{
	local args=(-runs=0 "$corpus/${1#fuzz_}")

	[ -z "${RSP_FUZZ_ARGS:-}" ] || read -ra args <<<"$RSP_FUZZ_ARGS"
	nsenter --net="/run/netns/$NET-1" "$1" -timeout=600 -report_slow_units=10000 -rss_limit_mb=0 -reload=0 \
		-max_len=1024 -len_control=20 -print_final_stats=1 "${args[@]}" 2>&1 |
		sed 's/^/# /'
	return "${PIPESTATUS[0]}"
}

no_sessions()
{
	[ "$(on 1 rspctl -j session show)" = '[]' ]
}

# What the inputs left is in nobody's way
session()
{
	wait_for 60 no_sessions && pe_start after 1 after 7 echo && peer_start client 1 &&
		want client socket && want client "connect after" && want client "send hello" 5 &&
		want client recv "5 eor: hello" && peer_end client && stop after
}

rspd_start 1
for target in "${targets[@]}"; do
	check "$target" fuzz "$target"
	check "$target: a session afterwards" session
done

finish
