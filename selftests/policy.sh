#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The policies of RFC 5356, from setsockopt() of servers on host 1 to what a client on host 2
# is told to use.

. "$(dirname "$0")/lib.sh"

setup()
{
	local name

	setup_pool 2 "$@"
	capture "policy-$RSP_LINK"
	for name in 1 2 3; do
		peer_start "$name" 1
	done
	peer_start c 2
	peer_start d 2
}

# element ID POOL POLICY [VALUE...]: a registered server; peer and identifier are the same
element()
{
	want "$1" reset && want "$1" socket && want "$1" "event registration 1" &&
		want "$1" "policy ${*:3}" && want "$1" "bind $2 id=$1" && want "$1" listen &&
		want "$1" recv "registration registered=1 *"
}

registered_more()
{
	[ "$(counter 1 RegistrationOk)" -gt "$1" ]
}

# now ID POLICY VALUE...: it registers again with other values
now()
{
	local before

	before=$(counter 1 RegistrationOk)
	want "$1" "policy ${*:2}" && wait_for 5 registered_more "$before"
}

# answer POOL: the identifiers of the registrar's next answer, in its order
answer()
{
	on 2 rspctl resolve "$1" refresh | awk '$1 == "id" { printf "%d", substr($2, 3) }'
}

# answers POOL ORDER...: as wanted, one after the other
answers()
{
	local pool=$1 order
	shift

	for order; do
		same "order in $pool" "$(answer "$pool")" "$order" || return
	done
}

# firsts POOL N: how often each of three was the first of N answers
firsts()
{
	local i order

	first=(0 0 0 0)
	for ((i = 0; i < $2; i++)); do
		order=$(answer "$1")
		same "answer" "$order" "[123]*" || return
		first[${order:0:1}]=$((first[${order:0:1}] + 1))
		sequence+=${order:0:1}
	done
}

# within WHAT N LEAST MOST
within()
{
	[ "$2" -ge "$3" ] && [ "$2" -le "$4" ] && return
	diag "$1: $2, wanted $3 to $4"
	return 1
}

# shown POOL WORDS: what rspctl tells of its elements
shown()
{
	same "pool" "$(on 2 rspctl pool show "$1")" "*$2*"
}

# goes_to POOL ID...: sessions, one after the other
goes_to()
{
	local pool=$1 id
	shift

	for id; do
		want c reset && want c socket && want c "connect $pool" &&
			want c getpeername "id=$id *" || return
	done
}

# sessions POOL N: how many of N have got which server, from one answer of the registrar.  All
# are there until the end: where nobody accepts, SCTP has no second association from a port
# that it had one from.
sessions()
{
	local i id before

	setting 2 stale_cache_ms=60000
	servers="" sessions=(0 0 0 0)
	answer "$1" >/dev/null
	before=$(counter 2 ResolutionTx)
	want c reset || return
	for ((i = 0; i < $2; i++)); do
		want c socket && want c "connect $1" && want c getpeername "id=[123] *" || return
		id=$(field id)
		sessions[id]=$((sessions[id] + 1))
		servers+=$id
	done
	setting 2 stale_cache_ms=50
	same "resolutions" "$(counter 2 ResolutionTx)" "$before"
}

round_robin()
{
	element 1 rr rr && element 2 rr rr && element 3 rr rr &&
		answers rr 123 231 312 123 && goes_to rr 2 3 1 2
}

weighted_round_robin()
{
	local sequence=

	element 1 wrr wrr 5 && element 2 wrr wrr 1 && element 3 wrr wrr 1 &&
		shown_after wrr "policy wrr weight 5" && firsts wrr 13 &&
		same "turns" "$sequence" "!(*[23][23]*)" &&
		same "two rounds but for the first answer" "${first[*]:1}" \
			"@(9 2 2|10 1 2|10 2 1)" || return
	# Nobody who cannot serve beside one who can
	now 1 wrr 0 && answers wrr 23 32 23 && now 2 wrr 0 && now 3 wrr 0 || return
	sequence=
	firsts wrr 6 && same "turns" "${first[*]:1}" "2 2 2"
}

# What one answer says, which is the whole pool, is used by weight; a part of it has been
# chosen by weight
weighted_turns()
{
	local rc=0

	element 1 turns wrr 5 && element 2 turns wrr 1 && element 3 turns wrr 1 &&
		sessions turns 14 && same "sessions" "${sessions[*]:1}" "10 2 2" &&
		same "turns" "$servers" "!(*[23][23]*|*1111*)" || return
	setting 2 resolution_items=3
	sessions turns 6 && same "sessions" "${sessions[*]:1}" "2 2 2" || rc=1
	setting 2 resolution_items=0
	return "$rc"
}

# Sessions that there are would go to the new elements, and leave associations there, from whose
# ports no other one can come: see sessions()
weighted_elements()
{
	want c reset && element 1 draws wrand 1 && element 2 draws wrand 9 && element 3 draws wrand 0 &&
		on 2 rspctl pool flush		# the last answer had other items
}

weighted_draws()
{
	weighted_elements && sessions draws 100 && same "who cannot serve" "${sessions[3]}" 0 &&
		within "sessions with 2" "${sessions[2]}" 72 99
}

weighted_draws_of_part()
{
	local rc=0

	setting 2 resolution_items=2
	weighted_elements && sessions draws 100 && within "sessions with 2" "${sessions[2]}" 25 75 || rc=1
	setting 2 resolution_items=0
	return "$rc"
}

# kept POOL: the registrar tells of its changes, as long as d has a session
kept()
{
	want d reset && want d socket && want d "set subscribe on" && want d "connect $1" &&
		shown "$1" subscribed
}

load_draws()
{
	element 1 loads rlu 0 0 0xe6666666 && element 2 loads rlu 0 0 0 &&
		element 3 loads rlu 0 0 0xffffffff && kept loads && sessions loads 100 &&
		same "who cannot serve" "${sessions[3]}" 0 &&
		within "sessions with 2" "${sessions[2]}" 72 99
}

# has POOL WORDS, without a word
has()
{
	[[ $(on 2 rspctl pool show "$1") == *"$2"* ]]
}

# What is selected here adds to the load, until it is said anew
degraded_here()
{
	element 1 here lud 0 0 10 10 && element 2 here lud 0 0 25 1 && kept here &&
		sessions here 6 && same "sessions" "$servers" "112222" &&
		now 1 lud 0 0 0 20 && wait_for 5 has here "load 0 degradation 20" &&
		goes_to here 1 1 2
}

shown_after()
{
	answer "$1" >/dev/null && shown "$@"
}

# Of a hundred tosses: five times the standard deviation and more to both sides
random()
{
	local i sequence

	element 1 rand rand && element 2 rand rand && element 3 rand rand &&
		firsts rand 100 || return
	for i in 1 2 3; do
		within "answers that $i begins" "${first[i]}" 8 60 || return
	done
}

weighted_random()
{
	local sequence

	element 1 wrand wrand 1 && element 2 wrand wrand 9 && element 3 wrand wrand 0 &&
		shown_after wrand "policy wrand weight 9" && firsts wrand 100 &&
		same "who cannot serve" "${first[3]}" 0 &&
		within "answers that 2 begins" "${first[2]}" 72 99 &&
		now 2 wrand 1 && now 1 wrand 9 && firsts wrand 100 &&
		within "answers that 1 begins" "${first[1]}" 72 99
}

randomized_least_used()
{
	local sequence

	element 1 rlu rlu 0 0 0xe6666666 && element 2 rlu rlu 0 0 0 &&
		element 3 rlu rlu 0 0 0xffffffff &&
		shown_after rlu "policy rlu load 3865470566" && firsts rlu 100 &&
		same "who cannot serve" "${first[3]}" 0 &&
		within "answers that 2 begins" "${first[2]}" 72 99
}

priority()
{
	element 1 prio prio 0 5 && element 2 prio prio 0 7 && element 3 prio prio 0 5 &&
		shown_after prio "policy prio priority 7" && answers prio 231 213 &&
		goes_to prio 2 2 && now 2 prio 0 0 && goes_to prio "[13]" "[13]" &&
		same "the last" "$(answer prio)" "??2" && now 3 prio 0 0xffffffff &&
		answers prio 312 312 && goes_to prio 3 3
}

least_used()
{
	element 1 lu lu 0 0 50 && element 2 lu lu 0 0 20 && element 3 lu lu 0 0 50 &&
		shown_after lu "policy lu load 20" && answers lu 231 213 231 &&
		goes_to lu 2 2 && now 2 lu 0 0 0xffffffff && now 1 lu 0 0 10 &&
		answers lu 132 132 && goes_to lu 1 1
}

# Each selection adds to the first one's load until it registers again
degradation()
{
	element 1 lud lud 0 0 10 10 && element 2 lud lud 0 0 25 1 &&
		answers lud 12 12 21 21 21 21 21 12 21 &&
		shown lud "policy lud load 10 degradation 10" &&
		now 1 lud 0 0 10 10 && goes_to lud 1 1 1 2
}

# ... or to all of those that the registrar returns, when it is told so
degradation_of_all()
{
	element 1 lud lud 0 0 10 30 && element 2 lud lud 0 0 20 30 &&
		element 3 lud lud 0 0 45 30 && answers lud 12 13 21
}

# The example of RFC 5356 section 5.3.1
priority_least_used()
{
	element 2 plu plu 0 0 50 50 && element 1 plu plu 0 0 50 10 &&
		shown_after plu "policy plu load 50 degradation 10" && answers plu 12 12 &&
		goes_to plu 1 1 && element 3 plu plu 0 0 0xffffffff 1 && answers plu 123
}

one_at_a_time()
{
	local sequence

	setting 2 resolution_items=1
	element 1 few wrr 2 && element 2 few wrr 1 && answers few 1 2 1 1 2 1
	local rc=$?
	setting 2 resolution_items=0
	return "$rc"
}

all_policies()
{
	setup
	check "Round Robin: in turn [POL-RR-01 POL-02]" round_robin
	check "Weighted Round Robin: evenly by weight [POL-WRR-01 POL-WRR-02 POL-05]" \
		weighted_round_robin
	check "Random: all alike [POL-RAND-01]" random
	check "Weighted Random: by weight [POL-WRAND-01 POL-05]" weighted_random
	check "Randomized Least Used: by what is free [POL-RLU-01 POL-04]" randomized_least_used
	check "Priority: the highest first [POL-PRIO-01 POL-PRIO-02]" priority
	check "Least Used: the lowest load first, as last registered [POL-LU-01 POL-08]" least_used
	check "Least Used with Degradation [POL-LUD-01 POL-LUD-02]" degradation
	check "Priority Least Used [POL-PLU-01]" priority_least_used
	check "an answer of one element" one_at_a_time
	check "sessions from one answer: in turn, by weight [POL-WRR-04]" weighted_turns
	check "... drawn by weight [POL-WRAND-02 POL-05]" weighted_draws
	check "... all alike, from a part chosen by weight [POL-WRAND-02]" weighted_draws_of_part
	check "... drawn by what is free [POL-RLU-02]" load_draws
	check "... degraded here [POL-LU-02]" degraded_here
}

over_links all_policies
setup --degrade-items=0 --max-items=2
check "all elements of an answer are degraded [POL-LUD-01]" degradation_of_all
finish
