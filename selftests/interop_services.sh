#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# RSPLIB's other services, each with its registrar (the control) and with ours: the scripting
# service, whose client fails over, the character generator, which never stops, and hsdump,
# which claims to be a registrar and asks for the handlespace.  Host 1 has the registrar, 2 and
# 3 the servers, 4 the clients.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/rsplib.sh"
require_rsplib
for program in scriptingclient hsdump tar; do
	command -v "$program" >/dev/null || skip_all "no $program"
done

setup()
{
	local host

	rsplib_hosts 4
	capture "interop-services-$1"
	case $1 in
	rspd) rspd_start 1 --profile=rsplib --id=0x1111 ;;
	rspregistrar) rspregistrar_start 1 0x1111 ;;
	esac
	for host in 2 3 4; do
		registrar_add "$host" 1 profile rsplib
	done
	as_rsplib 2 3 4
	peer_start c 4
}

# ---- scripting: an archive with a script goes to a server, what it makes comes back ----

# job FILE SECONDS: a script that says where it ran
job()
{
	mkdir -p "$TMP/job"
	cat >"$TMP/job/ssrun" <<-EOS
		#!/bin/sh
		sleep $2
		hostname >result 2>/dev/null
		cat input >>result
		tar czf "\$1" result
	EOS
	chmod +x "$TMP/job/ssrun"
	echo "the input" >"$TMP/job/input"
	tar czf "$1" -C "$TMP/job" .
}

came_back()
{
	[ -s "$TMP/out.tar.gz" ] && tar xzf "$TMP/out.tar.gz" -O 2>/dev/null | grep -q "the input"
}

# working: the server that has the job, into $worker
working()
{
	worker=$(grep -l 'Starting work\|Work in progress\|ssrun\|Processing' "$TMP"/s[23].log |
		sed -n '1s/.*s\([23]\)\.log/\1/p')
	[ -n "$worker" ]
}

scripts()
{
	local seconds=$1 kill=$2 rc=0

	rspserver_start s2 2 scripting scripts 2 -ssverbose
	rspserver_start s3 3 scripting scripts 3 -ssverbose
	wait_for 20 there scripts 2 3 || rc=1
	job "$TMP/in.tar.gz" "$seconds"
	rm -f "$TMP/out.tar.gz"
	rsplib sc 4 scriptingclient -poolhandle=scripts -input="$TMP/in.tar.gz" \
		-output="$TMP/out.tar.gz" -retrydelay=500 -keepaliveinterval=500 \
		-keepalivetimeout=1000
	if [ "$kill" = yes ]; then
		wait_for 15 working && stop "s$worker" KILL || rc=1
	fi
	wait_for 30 came_back || rc=1
	[ "$rc" = 0 ] || tail -n 15 "$TMP"/s[23].log "$TMP/sc.log" | sed 's/^/# | /'
	stop sc KILL
	stop s2 KILL
	stop s3 KILL
	return "$rc"
}

# ---- chargen ----------------------------------------------------------------------

# It sends as fast as it can: the first messages are as RFC 864 has them, and closing a session
# with its buffers full disturbs none of the next ones
generated()
{
	local rc=0

	rspserver_start s2 2 chargen characters 2
	wait_for 20 there characters 2 || rc=1
	for _ in 1 2 3; do
		want c reset && want c socket && want c "connect characters id=2" &&
			want c "poll in 5000" "in*" && want c recv "* eor: *" &&
			want c "poll in 5000" "in*" && want c recv "* eor: *" &&
			want c info "state=established * failovers=0 *" || rc=1
	done
	[ "$rc" = 0 ] || tail -n 15 "$TMP"/s2.log | sed 's/^/# | /'
	want c reset || rc=1
	stop s2 KILL
	return "$rc"
}

# ---- hsdump -----------------------------------------------------------------------

dumped()
{
	local rc=0

	pe_start s2 2 dumped 2 echo && pe_start s3 3 dumped 3 echo || rc=1
	on 4 timeout 20 stdbuf -oL hsdump 10.77.0.1:9901 >"$TMP/hsdump.log" 2>&1
	grep -qi 'dumped' "$TMP/hsdump.log" &&
		grep -q 'home=[$]00001111' "$TMP/hsdump.log" &&
		same elements "$(grep -oE 'idx:#[0-9]+: [$]0000000[23] ' "$TMP/hsdump.log" |
			sed 's/.*: //' | sort -u | wc -l)" 2 || rc=1
	[ "$rc" = 0 ] || sed 's/^/# | /' "$TMP/hsdump.log"
	# The registrar serves on, whoever that was
	there dumped 2 3 || rc=1
	stop s2 KILL
	stop s3 KILL
	return "$rc"
}

services()
{
	setup "$1"
	LABEL="$1: "
	check "scriptingclient, rspserver -scripting" scripts 0 no
	check "... which dies at work" scripts 5 yes
	if [ -n "$chargen" ]; then
		check "our client, rspserver -chargen" generated
	else
		skip "our client, rspserver -chargen" "this rspserver does not know its own option"
	fi
	check "hsdump names our servers" dumped
	LABEL=
	peers_end
	clear_hosts
}

# RSPLIB 3.4.4: the service takes the option that selects it for one of its own, which it lacks
chargen=yes
! timeout 5 rspserver -chargen 2>&1 | grep -q 'Unknown Character Generator parameter' || chargen=

services rspregistrar
services rspd
finish
