#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The test of a guest that scripts/gate-check boots: commits RSP_FAULT.  It passes; it is
# what comes after it that has to fail.  The module stays, so that its functions have names.

ko=$(dirname "$0")/../../build/$(uname -r)/gate/rsp_gate.ko
echo "TAP version 13"
echo 1..1
if unshare --net insmod "$ko" fault="${RSP_FAULT:-none}"; then
	echo "ok 1 committed: ${RSP_FAULT:-none}"
else
	echo "not ok 1 committed: ${RSP_FAULT:-none}"
fi
