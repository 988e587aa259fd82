#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two rspd that share a handlespace; the home of all dies under load (home.sh).

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/home.sh"

setup_hosts 4
capture home-loss "port 3863 or port 9901"

registrars()
{
	start rspd1 1 rspd --no-netlink --id=101 --peer=10.77.0.2
	start rspd2 2 rspd --no-netlink --id=102 --peer=10.77.0.1
	wait_said rspd1 'ready, id ' 30 && wait_said rspd2 'ready, id ' 30
}

# Whoever asks the other one gets all of them, each with its new home
told()
{
	on 4 rspctl resolve pool refresh >"$TMP/told" &&
		same "elements" "$(grep -c '^ *id 0x.* home 0x00000066 ' "$TMP/told")" "$elements"
}

check "two rspd" registrars
home_begins profile rfc
home_dies rspd1
check "... and names all of them [REQ-02]" told
finish
