#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Registrars that are found by their announcements.  Hosts 1 and 2 have the registrars a
# and b, which do what they are told, 3 the server s, who knows nobody.

. "$(dirname "$0")/lib.sh"
needs_time

GROUP=224.0.1.185 GROUP6=ff05::133
setup_hosts 3
setting_fast 3
# Most tests begin with everything forgotten
setting 3 t6_serverannounce_ms=200 t7_enrpoutdate_ms=1000
peer_start a 1 "rsp_registrar -"
peer_start b 2 "rsp_registrar -"
peer_start s 3
want a "listen 10.77.0.1" && want b "listen 10.77.0.2"
for host in 1 2 3; do
	ip -n "$NET-$host" route add 224.0.0.0/4 dev eth0
done

registrars()
{
	on 3 rspctl -j registrar show | tr -d '\n '
}

knows()
{
	[[ $(registrars) == *"\"$1\""* ]]
}

forgot()
{
	! knows "$1"
}

home_is()
{
	on 3 rspctl registrar show | grep -q "^address $1 .* up home "
}

no_home()
{
	! on 3 rspctl registrar show | grep -q ' home '
}

devices()
{
	on 3 rspctl group show | awk -v "group=$1" '$2 == group { print $NF }'
}

devices_are()
{
	[ "$(devices "$GROUP")" = "$1" ] && [ "$(devices "$GROUP6")" = "$1" ]
}

# Nobody is known, and nobody needs anybody
alone()
{
	local i

	want s reset && want a forget && want b forget || return
	# What is home stays it as long as it is there
	peer a abort && peer b abort || return
	# shellcheck disable=SC2034 # only counts
	for i in {1..50}; do
		[ "$(registrars)" != '[]' ] || return 0
		sleep 0.5
	done
	diag "not forgotten"
	return 1
}

# defaults COMMAND...: with the RFC's timers
defaults()
{
	local rc=0

	setting 3 t6_serverannounce_ms=1000 t7_enrpoutdate_ms=5000
	"$@" || rc=1
	setting 3 t6_serverannounce_ms=200 t7_enrpoutdate_ms=1000
	return "$rc"
}

nobody()
{
	alone && want s socket && want s "bind pool id=1" && want s listen EHOSTUNREACH &&
		want s socket && want s "connect pool" EHOSTUNREACH && devices_are 1
}

# In a namespace that needs a registrar for the first time listen() waits for one
first()
{
	want s socket && want s "bind pool id=1" && tell s listen && wait_for 2 devices_are 1 &&
		want a "announce $GROUP 3863 id=101" && hear s && same listen "$answer" ok &&
		want a "expect registration" "registration * pe=1 *"
}

# found REGISTRAR ADDRESS ANNOUNCEMENT
found()
{
	alone && want "$1" "announce $3" && wait_for 1 knows "$2" && want s socket &&
		want s "bind pool id=2" && want s listen &&
		want "$1" "expect registration" "registration * pe=2 *" && home_is "$2" &&
		same origin "$(registrars)" '*"origin":"announced"*'
}

source_address()
{
	found a 10.77.0.1 "$GROUP 3863 id=101"
}

source_address6()
{
	peer_end b KILL
	peer_start b 2 "rsp_registrar -"
	want b "listen fd77::2" || return
	found b fd77::2 "$GROUP6 3863 id=102"
	local rc=$?
	peer_end b KILL
	peer_start b 2 "rsp_registrar -"
	want b "listen 10.77.0.2"
	return "$rc"
}

# It speaks for itself, or for another one
transport()
{
	alone && want b "announce $GROUP 3863 id=101 sctp=10.77.0.1" &&
		wait_for 1 knows 10.77.0.1 && want s socket && want s "bind pool id=3" &&
		want s listen && want a "expect registration" "registration * pe=3 *" &&
		home_is 10.77.0.1
}

# The first address leads nowhere
addresses()
{
	alone && want b "announce $GROUP 3863 id=101 sctp=10.77.0.77,127.0.0.1,10.77.0.1" &&
		wait_for 1 knows 10.77.0.77 && want s socket && want s "bind pool id=3" &&
		want s listen && want a "expect registration" "registration * pe=3 *"
}

# T7: 5 s after the first announcement, then three times the interval if that is more
outdated()
{
	alone && want a "announce $GROUP 3863 sctp=10.77.0.77" && wait_for 1 knows 10.77.0.77 &&
		sleep 4.5 && knows 10.77.0.77 && sleep 0.7 && forgot 10.77.0.77 &&
		want a "announce $GROUP 3863 sctp=10.77.0.77" && sleep 1 &&
		want a "announce $GROUP 3863 sctp=10.77.0.77" && sleep 1 &&
		want a "announce $GROUP 3863 sctp=10.77.0.77" && sleep 5.5 && knows 10.77.0.77 &&
		sleep 0.7 && forgot 10.77.0.77
}

# One that announces itself every 12 s is not forgotten between two
slow_one()
{
	alone && want a "announce $GROUP 3863 sctp=10.77.0.77" && sleep 4 &&
		want a "announce $GROUP 3863 sctp=10.77.0.77" && sleep 11 &&
		want a "announce $GROUP 3863 sctp=10.77.0.77" && sleep 25 && knows 10.77.0.77
}

# Home is who has the association, announced or not
stays_home()
{
	alone && found a 10.77.0.1 "$GROUP 3863 id=101" && sleep 25 && home_is 10.77.0.1
}

lost_home()
{
	local rc=0

	alone && found a 10.77.0.1 "$GROUP 3863 id=101" || return
	peer_end a KILL
	wait_for 5 no_home && want b "announce $GROUP 3863 id=102" &&
		want b "expect registration" "registration * pe=2 *" && home_is 10.77.0.2 || rc=1
	peer_start a 1 "rsp_registrar -"
	want a "listen 10.77.0.1" || rc=1
	return "$rc"
}

# The configured one is asked first, although it takes its time
configured_first()
{
	local rc=0

	alone && on 3 rspctl registrar add 10.77.0.1 || return
	want s socket && want s "bind pool id=4" && want b "announce $GROUP 3863 id=102" &&
		wait_for 1 knows 10.77.0.2 && want s listen && home_is 10.77.0.1 || rc=1
	want s reset
	on 3 rspctl registrar del 10.77.0.1 || rc=1
	return "$rc"
}

profile()
{
	local rc=0

	on 3 rspctl group add 239.0.0.50 profile rsplib && alone || return
	want a "announce 239.0.0.50 3863 id=101 sctp=10.77.0.1" && wait_for 1 knows 10.77.0.1 &&
		want s socket && want s "set reglife 300" && want s "bind pool id=5" &&
		want s listen && want a "expect registration" "registration * pe=5 life=300000 *" &&
		same profile "$(registrars)" '*"profile":"rsplib"*' || rc=1
	on 3 rspctl group del 239.0.0.50 || rc=1
	alone || rc=1
	# Nobody listens there any more
	want a "announce 239.0.0.50 3863 id=101" && sleep 0.5 && forgot 10.77.0.1 || rc=1
	return "$rc"
}

lives_configured()
{
	local rc=0

	alone && on 3 rspctl registrar add 10.77.0.1 profile rsplib || return
	want s socket && want s "set reglife 60" && want s "bind pool id=6" && want s listen &&
		want a "expect registration" "registration * pe=6 life=60000 *" &&
		same show "$(on 3 rspctl registrar show)" "address 10.77.0.1 port 3863 profile rsplib *" ||
		rc=1
	want s reset
	on 3 rspctl registrar del 10.77.0.1 && on 3 rspctl registrar add 10.77.0.1 profile rfc &&
		want s socket && want s "set reglife 60" && want s "bind pool id=7" &&
		want s listen && want a "expect registration" "registration * pe=7 life=60 *" || rc=1
	want s reset
	on 3 rspctl registrar del 10.77.0.1 || rc=1
	! on 3 rspctl registrar add 10.77.0.1 profile other 2>/dev/null || rc=1
	return "$rc"
}

device()
{
	ip -n "$NET-3" link add "$1" type veth peer name "$1-end" &&
		ip -n "$NET-3" link set "$1" up
}

devices_come_and_go()
{
	devices_are 1 && device one && device two && wait_for 5 devices_are 3 &&
		ip -n "$NET-3" link set two down && wait_for 5 devices_are 2 &&
		ip -n "$NET-3" link del one && wait_for 5 devices_are 1 &&
		ip -n "$NET-3" link del two && found a 10.77.0.1 "$GROUP 3863 id=101"
}

bad_ones()
{
	local ignored

	alone && ignored=$(counter 3 AnnounceIgnored) || return
	# No hosts: a group, the loopback, "any", and what is no announcement
	want a "announce $GROUP 3863 sctp=224.0.0.1" && want a "announce $GROUP 3863 sctp=127.0.0.1" &&
		want a "announce $GROUP 3863 sctp=0.0.0.0" && want a "announce $GROUP6 3863 sctp=fe80::1" &&
		sleep 0.5 && same registrars "$(registrars)" '\[\]' &&
		same AnnounceIgnored "$(counter 3 AnnounceIgnored)" $((ignored + 4))
}

listed()
{
	on 3 rspctl registrar show | wc -l
}

slab()
{
	awk '/^Slab:/ { print $2 }' /proc/meminfo
}

# Forged ones of one host, before, while and after another one announces itself: that one is
# found.  Without others the home is the one that can be reached.
crowded()
{
	local limited rc=0

	alone && limited=$(counter 3 AnnounceLimited) || return
	want b "announce $GROUP 3863 times=2000 forge" && tell b "announce $GROUP 3863 times=100000 forge" &&
		want a "announce $GROUP 3863 id=101" && wait_for 1 knows 10.77.0.1 || rc=1
	PATIENCE=300
	hear b || rc=1
	PATIENCE=15
	[ "$(listed)" -le 5 ] && [ "$(counter 3 AnnounceLimited)" -gt $((limited + 100000)) ] &&
		want s socket && want s "bind pool id=8" && want s listen &&
		want a "expect registration" "registration * pe=8 *" || rc=1
	return "$rc"
}

# Eight hosts have announced as many as they may: a ninth one takes a place of them
all_places()
{
	local i rc=0

	alone || return
	for i in {101..108}; do
		ip -n "$NET-2" addr add "10.77.0.$i/24" dev eth0
		want b "announce $GROUP 3863 times=6 port=${i}00 from=10.77.0.$i forge" || rc=1
	done
	wait_for 2 full && want a "announce $GROUP 3863 id=101" && wait_for 1 knows 10.77.0.1 &&
		full || rc=1
	for i in {101..108}; do
		ip -n "$NET-2" addr del "10.77.0.$i/24" dev eth0
	done
	return "$rc"
}

full()
{
	[ "$(listed)" = 32 ]
}

# 100,000 registrars that do not exist; nobody else is put off by them
forged()
{
	local before after rc=0

	alone && on 3 rspctl registrar add 10.77.0.1 && want s socket && want s "bind pool id=8" &&
		want s listen && want a "expect registration" "registration * pe=8 *" &&
		home_is 10.77.0.1 || rc=1
	want b "announce $GROUP 3863 times=2000 forge"
	sleep 2
	before=$(slab)
	PATIENCE=300
	want b "announce $GROUP 3863 times=100000 forge" || rc=1
	PATIENCE=15
	sleep 2
	after=$(slab)
	diag "slab before and after: $before $after kB, registrars $(listed)," \
		"looked at $(counter 3 AnnounceRx)"
	[ "$(listed)" = 5 ] && [ $((after - before)) -lt 2048 ] || rc=1
	# The home goes, and is found again among them
	want a abort && want a "expect registration" "registration * pe=8 *" || rc=1
	[ "$(counter 3 AnnounceRx)" -lt 5000 ] || rc=1
	want s reset
	on 3 rspctl registrar del 10.77.0.1 || rc=1
	sleep 25
	same registrars "$(registrars)" '\[\]' || rc=1
	return "$rc"
}

groups()
{
	same groups "$(on 3 rspctl group show)" "*$GROUP port 3863 profile rfc*$GROUP6 port 3863*" &&
		! on 3 rspctl group add "$GROUP" 2>/dev/null && ! on 3 rspctl group add 10.77.0.1 2>/dev/null &&
		! on 3 rspctl group add ff02::133 2>/dev/null && ! on 3 rspctl group del 239.9.9.9 2>/dev/null
}

# Everything works without multicast
off()
{
	local rc=0

	alone && on 3 rspctl group del "$GROUP" && on 3 rspctl group del "$GROUP6" &&
		want a "announce $GROUP 3863 id=101" && sleep 0.5 && forgot 10.77.0.1 || rc=1
	want s socket && want s "bind pool id=9" && want s listen EHOSTUNREACH &&
		on 3 rspctl registrar add 10.77.0.1 && want s socket && want s "bind pool id=9" &&
		want s listen && home_is 10.77.0.1 || rc=1
	want s reset
	on 3 rspctl registrar del 10.77.0.1
	on 3 rspctl group add "$GROUP" && on 3 rspctl group add "$GROUP6" || rc=1
	return "$rc"
}

check "the first one waits for an announcement [ASAP-HNT-08]" first
check "nobody announces: EHOSTUNREACH [ASAP-HNT-08 ASAP-HNT-19]" nobody
check "rspctl group [ASAP-HNT-16]" groups
check "found by its source address [ASAP-HNT-01 ASAP-HNT-04 ASAP-HNT-06]" source_address
check "... over IPv6 [ASAP-HNT-06 ASAP-HNT-16]" source_address6
check "found by the transport announced [ASAP-HNT-03 ASAP-HNT-04]" transport
check "... by any of its addresses [ASAP-HNT-03 WIRE-22]" addresses
check "T7 forgets who does not announce [ASAP-HNT-04 TMR-01]" defaults outdated
check "one that announces rarely is remembered for longer [ASAP-HNT-05]" defaults slow_one
check "home stays home without announcements" stays_home
check "the home dies: the next one that is heard of [ASAP-HNT-08]" lost_home
check "configured ones come first [ASAP-HNT-18]" configured_first
check "RSPLIB's group, with lives in milliseconds [ASAP-HNT-16 WIRE-32]" profile
check "a registrar with the profile rsplib [WIRE-32]" lives_configured
check "network devices come and go" devices_come_and_go
check "announcements that make no sense [ASAP-HNT-17]" bad_ones
check "a flood leaves room for others [ASAP-HNT-17]" crowded
check "... and places [ASAP-HNT-17]" all_places
check "100,000 forged announcements [ASAP-HNT-17]" forged
check "without multicast [ASAP-HNT-07 ASAP-HNT-19]" off
finish
