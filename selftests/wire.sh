#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Somebody else's eyes on the wire: what the tests before have captured in $RSP_CAPTURES is
# decoded by tshark.  Captures called interop-* have messages of RSPLIB's programs, too; in
# all others each message is ours.

. "$(dirname "$0")/hosts.sh"

skip_all()
{
	echo "1..0 # SKIP $*"
	exit 4
}

echo "TAP version 13"
command -v tshark >/dev/null || skip_all "no tshark"
shopt -s nullglob
ours=() interop=()
for file in "${RSP_CAPTURES:-/nonexistent}"/*.pcapng; do
	case ${file##*/} in
	interop-*) interop+=("$file") ;;
	*) ours+=("$file") ;;
	esac
done
[ ${#ours[@]} != 0 ] || skip_all "no captures: they are made by the tests that run before"

# RFC 5352 section 2.2, RFC 5353 section 2
# shellcheck disable=SC2034 # by reference
asap_types=('' registration deregistration registration-response deregistration-response
	handle-resolution handle-resolution-response endpoint-keep-alive
	endpoint-keep-alive-ack endpoint-unreachable server-announce cookie cookie-echo
	business-card error)
# shellcheck disable=SC2034
enrp_types=('' presence handle-table-request handle-table-response handle-update list-request
	list-response init-takeover init-takeover-ack takeover-server error)

# decode PROTOCOL FILE...: "FILE TYPE[,TYPE...] CAUSE MALFORMED MARKS" of each packet with
# messages of asap or enrp
decode()
{
	local file protocol=$1
	shift

	for file; do
		HOME=$TMP tshark -n -r "$file" -o sctp.reassembly:TRUE -Y "$protocol" -T fields \
			-e "$protocol.message_type" -e "$protocol.cause_code" -e _ws.malformed \
			-e _ws.expert.message \
			2>>"$TMP/tshark.log" |
			sed "s|^|${file##*/}\t|"
	done
}

# seen PROTOCOL: how often each type is in decode's output, by name
seen()
{
	local -n types="$1_types"

	cut -f 2 | tr ',' '\n' | while read -r type; do
		echo "${types[$((type))]:-$type}"
	done | sort | uniq -c
}

# marked: those of decode's that are malformed or marked.  Marks that SCTP's dissector puts on
# its own chunks (retransmissions) do not concern the messages in them.  RSPLIB's registrar
# leaves out what goes with the error cause 5 of a registration response, the policy of the
# pool (RFC 5354 section 3.12.6), which tshark calls malformed; rspd has it.
marked()
{
	awk -F '\t' '
	$1 ~ /^interop-registrar/ && $2 == "3" && $3 == "0x0005" { next }
	{
		n = split($5, marks, /,/)
		for (i = 1; i <= n; i++)
			if (marks[i] !~ /TSN|ack\/retrans|retransmi|gap-acknowledged|Receiver Window/)
				bad = bad " " marks[i]
		if ($4 != "" || bad != "")
			print
		bad = ""
	}'
}

tests=0 failed=0

# point NAME COMMAND...
point()
{
	local name=$1
	shift

	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests $name"
	else
		echo "not ok $tests $name"
		failed=1
	fi
}

# clean FILE: some messages, and none of them marked
clean()
{
	marked <"$1" >"$TMP/marked"
	if [ -s "$TMP/marked" ] || [ ! -s "$1" ]; then
		diag "$(wc -l <"$TMP/marked") of $(wc -l <"$1") packets are marked"
		head -n 20 "$TMP/marked" | sed 's/^/# | /'
		sed 's/^/# tshark: /' "$TMP/tshark.log" | grep -v 'Running as' | tail -n 5
		return 1
	fi
	diag "$(wc -l <"$1") packets with messages, in ${2} captures"
}

# complete PROTOCOL: each type but those that only a fault of ours could bring about
complete()
{
	local -n types="$1_types"
	local type rc=0

	seen "$1" <"$TMP/ours-$1" >"$TMP/seen"
	sed 's/^/#/' "$TMP/seen"
	for type in "${types[@]:1}"; do
		[ "$1 $type" = "enrp error" ] && continue
		grep -q " $type\$" "$TMP/seen" || { diag "no $type"; rc=1; }
	done
	return "$rc"
}

for protocol in asap enrp; do
	decode $protocol "${ours[@]}" >"$TMP/ours-$protocol"
	decode $protocol "${interop[@]}" >"$TMP/interop-$protocol"
done
point "our messages are well-formed [WIRE-01 ERR-08]" clean "$TMP/ours-asap" ${#ours[@]}
# After a run of a part of the tests this is not to be expected
whole=yes
for name in registration-sctp registration-loopback failover-sctp resolve-sctp rspd-sctp cookie roles; do
	[ -e "$RSP_CAPTURES/$name.pcapng" ] || whole=
done
if [ -n "$whole" ]; then
	point "each type of RFC 5352 is among them" complete asap
else
	tests=$((tests + 1))
	echo "ok $tests each type of RFC 5352 is among them # SKIP not all tests have run"
fi
if [ ${#interop[@]} != 0 ]; then
	point "so are those with RSPLIB's programs" clean "$TMP/interop-asap" ${#interop[@]}
	seen asap <"$TMP/interop-asap" | sed 's/^/# with RSPLIB:/'
else
	tests=$((tests + 1))
	echo "ok $tests those with RSPLIB's programs # SKIP no such tests have run"
fi
if [ -e "$RSP_CAPTURES/enrp.pcapng" ]; then
	point "our ENRP messages are well-formed [WIRE-01]" clean "$TMP/ours-enrp" 1
	point "each type of RFC 5353 is among them" complete enrp
else
	tests=$((tests + 2))
	echo "ok $((tests - 1)) our ENRP messages are well-formed # SKIP enrp.sh has not run"
	echo "ok $tests each type of RFC 5353 is among them # SKIP enrp.sh has not run"
fi
if [ -e "$RSP_CAPTURES/interop-enrp.pcapng" ]; then
	point "so are those with RSPLIB's registrar" clean "$TMP/interop-enrp" 1
	seen enrp <"$TMP/interop-enrp" | sed 's/^/# with RSPLIB:/'
fi
echo "1..$tests"
exit $failed
