// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_race --net PREFIX [OPTION]... SCENARIO
 *
 *   --seed N	makes all decisions
 *   --rounds N	at most, --seconds S: no new round after that; whatever is first
 *   --first N	begin with this round
 *   --limit S	a round that takes longer is stuck (60)
 *
 * A line for the scenario when all is well, else what went wrong and status 1.
 */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "race.h"

static const struct scenario *const tables[] = {
	session_scenarios, element_scenarios, handles_scenarios, names_scenarios,
};

static const struct scenario *find(const char *name)
{
	const struct scenario *s;
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(tables); i++)
		for (s = tables[i]; s->name; s++)
			if (!name)
				puts(s->name);
			else if (!strcmp(s->name, name))
				return s;
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static unsigned int run(const struct scenario *s, unsigned int rounds, unsigned int seconds)
{
	double end = now() + seconds;
	unsigned int n;

	registrar = rspd_start(REGISTRAR);
	dice_throw(0);
	if (s->begin)
		s->begin();
	for (n = 0; n < rounds && now() < end; n++, race_round++) {
		watch_round();
		dice_throw(0);
		s->round();
		crew_join();
	}
	watch_round();
	if (s->end)
		s->end();
	crew_reap(registrar, SIGKILL);
	return n;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 't' },
		{ "first", required_argument, NULL, 'f' },
		{ "limit", required_argument, NULL, 'l' },
		{ "net", required_argument, NULL, 'n' },
		{ }
	};
	unsigned int rounds = 1000000, seconds = 1000000, limit = 60, n;
	const struct scenario *s;
	int c;

	race_seed = time(NULL);
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (c) {
		case 's':
			race_seed = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			rounds = atoi(optarg);
			break;
		case 't':
			seconds = atoi(optarg);
			break;
		case 'f':
			race_round = atoi(optarg);
			break;
		case 'l':
			limit = atoi(optarg);
			break;
		case 'n':
			race_prefix = optarg;
			break;
		default:
			return 2;
		}
	}
	if (optind == argc) {
		find(NULL);
		return 0;
	}
	s = find(argv[optind]);
	if (!s || !race_prefix)
		errx(2, "no such scenario, or no --net");
	race_scenario = s->name;
	signal(SIGPIPE, SIG_IGN);
	shared_init();
	host_enter(CLIENT);
	watch_begin(limit);
	n = run(s, rounds, seconds);
	printf("%s: seed %llu, %u rounds, %u clients, %u sessions served\n", s->name,
	       (unsigned long long)race_seed, n, shared->clients, shared->serials);
	return 0;
}
