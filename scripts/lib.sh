# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts beside this file share: where things are, how progress is
# shown, and which kernel is meant by a name.  Sourced, never run.

# Every script lives in scripts/, so the tree is one up.
RSP_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
RSP_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/rserpool
RSP_OUT=${RSP_OUT:-$RSP_TOP/build/results}
RSP_JOBS=${RSP_JOBS:-$(nproc)}
export RSP_TOP RSP_CACHE RSP_OUT RSP_JOBS

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# have PROGRAM: is it there?  Looks into sbin too, which is not in the path of
# an ordinary user on Debian.
have()
{
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1
}

# as_root COMMAND...: as it is for root, by sudo for others
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif have sudo; then
		sudo "$@"
	else
		die "needs root or sudo: $*"
	fi
}

# progress LABEL LOG COMMAND...: run with output in LOG; say what goes on once it
# takes longer than 2 s, and show the end of the log if it fails.  On a terminal one
# line is kept up to date, elsewhere there is a line every 15 s.
progress()
{
	local label=$1 log=$2 pid start now shown=0 rc=0
	shift 2

	mkdir -p "${log%/*}"
	start=$SECONDS
	"$@" </dev/null >"$log" 2>&1 &
	pid=$!
	# A killed script must not leave the work behind it
	trap 'kill '"$pid"' 2>/dev/null; exit 130' INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		now=$((SECONDS - start))
		if [ "$now" -lt 2 ]; then
			continue
		fi
		if [ -t 2 ]; then
			printf '\r\033[K%s ... %d s' "$label" "$now" >&2
		elif [ "$shown" = 0 ] || [ "$now" -ge $((shown + 15)) ]; then
			printf '%s ... %d s\n' "$label" "$now" >&2
		else
			continue
		fi
		shown=$now
	done
	wait "$pid" || rc=$?
	trap - INT TERM
	[ "$shown" = 0 ] || [ ! -t 2 ] || printf '\r\033[K' >&2
	if [ "$rc" != 0 ]; then
		say "$label: failed (status $rc), $log ends:"
		tail -n 30 "$log" >&2
	elif [ "$shown" != 0 ]; then
		printf '%s: %d s\n' "$label" $((SECONDS - start)) >&2
	fi
	return "$rc"
}

# wanted NAME [PATTERN...]: does it contain one of them?  Without any, all are wanted.
wanted()
{
	local name=$1 pattern
	shift

	[ $# -gt 0 ] || return 0
	for pattern; do
		case $name in
		*"$pattern"*) return 0 ;;
		esac
	done
	return 1
}

# newest_release SERIES: the newest installed Debian kernel of a series ("6.1") that has
# image, modules and headers; fails if there is none.  Kernels for clouds lack 9p.
newest_release()
{
	local image rel

	for image in /boot/vmlinuz-"$1".*; do
		rel=${image#/boot/vmlinuz-}
		case $rel in
		*cloud*) continue ;;
		esac
		if [ -e "$image" ] && [ -e "/lib/modules/$rel/build" ]; then
			echo "$rel"
		fi
	done | sort -V | tail -n 1 | grep .
}

# series_here: the kernel series to test that this machine has, oldest first
series_here()
{
	local series

	for series in 6.1 6.12; do
		! newest_release "$series" >/dev/null || echo "$series"
	done
}

# default_kernel: the first of them
default_kernel()
{
	local all

	all=$(series_here)
	[ -n "$all" ] || die "no kernel with headers here (scripts/deps vm installs one)"
	echo "${all%%$'\n'*}"
}

# kernel_source: the newest kernel source archive of Debian that is here
kernel_source()
{
	local series

	for series in 6.12 6.1; do
		if [ -r "/usr/src/linux-source-$series.tar.xz" ]; then
			echo "/usr/src/linux-source-$series.tar.xz"
			return
		fi
	done
	return 1
}

# kernel_files: prints a directory with the few files of the kernel's source that are used
# here at build and test time: kselftest's headers, the netlink generator, what scripts/check
# runs.  The whole archive has to be read for them, so they are kept.
KERNEL_FILES='tools/testing/selftests/kselftest*.h tools/net/ynl/* Documentation/netlink/*.yaml
	scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch
	scripts/faddr2line scripts/kernel-doc scripts/coccinelle/*'
kernel_files()
{
	local tarball cache

	tarball=$(kernel_source) || return 1
	cache=$RSP_CACHE/files/${tarball##*/}
	mkdir -p "$cache"
	(
		flock 9
		{ [ "$cache/.done" -nt "$tarball" ] &&
			[ "$(cat "$cache/.done")" = "$KERNEL_FILES" ]; } ||
			progress "reading ${tarball##*/}" "$cache.log" unpack_files "$tarball" "$cache"
	) 9>"$cache.lock" || return 1
	echo "$cache"
}

unpack_files()
{
	local name=${1##*/} wanted

	name=${name%.tar.xz}
	read -r -d '' -a wanted <<<"$KERNEL_FILES" || true
	# Not every series has all of them
	tar -xJf "$1" -C "$2" --strip-components 1 --wildcards \
		--exclude "$name/Documentation/netlink/specs/*" "${wanted[@]/#/$name/}" ||
		[ -e "$2/tools/testing/selftests/kselftest_harness.h" ] || return
	echo "$KERNEL_FILES" >"$2/.done"
}

# decode RELEASE: a filter for what a kernel of this release says.  A line with a place in one
# of our modules, like "rsp_poll+0x1f/0x80 [rserpool]", gets the lines of source that it is in,
# innermost function first.
decode()
{
	local line place ko files build=$RSP_TOP/build/$1
	local -A lines

	files=$(kernel_files) || { cat; return; }
	while IFS= read -r line; do
		if [[ $line =~ ([A-Za-z0-9_.]+\+0x[0-9a-f]+/0x[0-9a-f]+)\ \[(rs[a-z_]+)\] ]]; then
			place=${BASH_REMATCH[1]}
			ko=$(find "$build" -name "${BASH_REMATCH[2]}.ko" -print -quit)
			[ -n "${lines[$place]:-}" ] || lines[$place]=$(
				"$files/scripts/faddr2line" "$ko" "$place" 2>/dev/null |
				sed -n "s|^.* at $build/||p" | paste -sd ' ')
			line+=${lines[$place]:+ -> ${lines[$place]}}
		fi
		printf '%s\n' "$line"
	done
}

# kernel_lookup NAME: sets KERNEL_KIND (qemu or uml), KERNEL_IMAGE, KERNEL_RELEASE and
# KERNEL_BUILD (what to build modules against).  NAME is a series of Debian kernels, a test
# kernel of scripts/kernel (built if need be), an image /boot/vmlinuz-*, or a built tree.
# shellcheck disable=SC2034 # for the caller
kernel_lookup()
{
	local tree

	case $1 in
	6.*[0-9])
		KERNEL_RELEASE=$(newest_release "$1") ||
			die "no kernel $1 with headers here (scripts/deps vm installs it)"
		KERNEL_KIND=qemu
		KERNEL_IMAGE=/boot/vmlinuz-$KERNEL_RELEASE
		KERNEL_BUILD=/lib/modules/$KERNEL_RELEASE/build
		return
		;;
	uml | uml-* | x86-*)
		tree=$("$RSP_TOP/scripts/kernel" "$1") || exit 1
		;;
	*/vmlinuz-*)
		KERNEL_RELEASE=${1##*/vmlinuz-}
		KERNEL_KIND=qemu
		KERNEL_IMAGE=$1
		KERNEL_BUILD=/lib/modules/$KERNEL_RELEASE/build
		return
		;;
	*)
		tree=$1
		;;
	esac

	[ -r "$tree/include/config/kernel.release" ] ||
		die "$1: neither a kernel's name nor a built kernel tree"
	KERNEL_RELEASE=$(cat "$tree/include/config/kernel.release")
	KERNEL_BUILD=$tree
	if [ -x "$tree/linux" ]; then
		KERNEL_KIND=uml
		KERNEL_IMAGE=$tree/linux
	else
		KERNEL_KIND=qemu
		KERNEL_IMAGE=$tree/arch/x86/boot/bzImage
	fi
}

# deps_here: what is needed to use the running kernel
deps_here()
{
	[ -e /proc/modules ] || die "the running kernel cannot load modules"
	"$RSP_TOP/scripts/deps" build host
}

# load_here: the module into the running kernel, built for it if need be
load_here()
{
	local module

	module=$RSP_TOP/build/$(uname -r)/rserpool.ko
	[ ! -d /sys/module/rserpool ] || return 0
	progress "building rserpool for $(uname -r)" "$RSP_OUT/module.log" \
		make -C "$RSP_TOP" --no-print-directory modules || return
	as_root modprobe sctp || die "the running kernel has no SCTP"
	as_root insmod "$module"
}

# TAP.  All of a run's test points go out as one stream, numbered through and named
# after the file that they come from.
TAP_COUNT=0 TAP_FAILED=0

tap_point()
{
	TAP_COUNT=$((TAP_COUNT + 1))
	case $1 in
	not*) TAP_FAILED=$((TAP_FAILED + 1)) ;;
	esac
	printf '%s %d - %s\n' "$1" "$TAP_COUNT" "$2"
}

# tap_read NAME: test points of a stream on to the output, with NAME before theirs and
# numbered on; sets points, failed, planned (-1: no plan) and why (of "1..0 # SKIP why").  Not by
# awk, since Debian's reads a pipe in blocks.
tap_read()
{
	local line text not

	points=0 failed=0 planned=-1 why="# SKIP"
	while IFS= read -r line || [ -n "$line" ]; do
		if [[ $line =~ ^(not\ )?ok([^a-zA-Z0-9_].*)?$ ]]; then
			[[ $line =~ ^(not\ )?ok\ *[0-9]*\ *-*\ *(.*)$ ]]
			not=${BASH_REMATCH[1]} text=${BASH_REMATCH[2]}
			points=$((points + 1))
			if [ -n "$not" ] && ! [[ $text =~ \#\ *(SKIP|TODO|XFAIL) ]]; then
				failed=$((failed + 1))
			fi
			printf '%sok %d - %s: %s\n' "$not" $((TAP_COUNT + points)) "$1" "$text"
		elif [[ $line =~ ^1\.\.([0-9]+) ]]; then
			planned=${BASH_REMATCH[1]}
			[[ ! $line =~ \#\ *SKIP.* ]] || why=${BASH_REMATCH[0]}
		elif [[ ! $line =~ ^TAP\ version ]]; then
			[[ $line =~ ^\# ]] || line="# $line"
			printf '%s\n' "$line"
		fi
	done
	TAP_COUNT=$((TAP_COUNT + points))
	TAP_FAILED=$((TAP_FAILED + failed))
}

# tap_run NAME SECONDS COMMAND...: runs a test that prints TAP.  Its own points count; one
# more has failed if it prints none, dies, hangs, or ends without having kept its plan.
# Skipped as a whole ("1..0 # SKIP why", status 4) it counts as one that was skipped.
tap_run()
{
	local name=$1 limit=$2 status points failed planned why begin=$SECONDS file
	shift 2

	file=$(mktemp)
	tap_read "$name" < <(
		timeout -k 5 "$limit" "$@" 2>&1 </dev/null
		echo $? >"$file"
	)
	status=$(cat "$file")
	rm -f "$file"
	if [ "$status" = 124 ] || { [ "$status" = 137 ] && [ $((SECONDS - begin)) -ge "$limit" ]; }; then
		tap_point "not ok" "$name: no end after $limit s"
	elif [ "$status" = 4 ] && [ "$points" = 0 ]; then
		tap_point ok "$name $why"
	elif [ "$planned" -lt 0 ]; then
		tap_point "not ok" "$name: ended without a plan, exit status $status"
	elif [ "$planned" != "$points" ]; then
		tap_point "not ok" "$name: $points test points, planned were $planned"
	elif [ "$points" = 0 ]; then
		tap_point "not ok" "$name: no test points"
	elif [ "$status" != 0 ] && [ "$status" != 4 ] && [ "$failed" = 0 ]; then
		tap_point "not ok" "$name: exit status $status"
	fi
}

# tap_sum: all points of a stream under one numbering, its plan, and as the last line the sum.
# Fails if a point has failed or there was none.
tap_sum()
{
	local line text not n=0 passed=0 failed=0 skipped=0 bad=()

	while IFS= read -r line; do
		if [[ $line =~ ^(not\ )?ok\ [0-9]*\ *-*\ *(.*)$ ]]; then
			not=${BASH_REMATCH[1]} text=${BASH_REMATCH[2]}
			n=$((n + 1))
			printf '%sok %d - %s\n' "$not" "$n" "$text"
			if [[ $text =~ \#\ *SKIP ]]; then
				skipped=$((skipped + 1))
			elif [ -n "$not" ] && ! [[ $text =~ \#\ *(TODO|XFAIL) ]]; then
				failed=$((failed + 1))
				bad+=("$text")
			else
				passed=$((passed + 1))
			fi
		elif [[ ! $line =~ ^(TAP\ version|1\.\.) ]]; then
			printf '%s\n' "$line"
		fi
	done
	echo "1..$n"
	[ ${#bad[@]} = 0 ] || printf '# failed: %s\n' "${bad[@]}"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
}
