#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two of RSPLIB's registrars; the home of all dies under load (home.sh).

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/rsplib.sh"
. "$(dirname "$0")/home.sh"
require_rsplib

rsplib_hosts 4
# Without the sessions
capture interop-takeover "port 3863 or port 9901"
rspregistrar_start 1 0x1111 -peer=10.77.0.2:9901
rspregistrar_start 2 0x2222 -peer=10.77.0.1:9901
home_begins profile rsplib
home_dies rspregistrar1
finish
