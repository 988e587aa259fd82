// SPDX-License-Identifier: GPL-2.0-only
/*
 * rspd: registrars and hosts that die, come back and cannot see each other for
 * a while, at random; after all is well again every handlespace is the same,
 * and every pool element has exactly one home, that it knows.
 *
 * RSP_RUNS: how many worlds, RSP_SEED: the first one's seed.
 */

#include "enrp_world.h"

#include <stdlib.h>

static const char *const handles[] = { "a", "bb", "ccc" };
static uint64_t seed;

static void explain(const char *what, int i, const struct pe *pe)
{
	int k;

	fprintf(stderr, "seed %llu: %s: registrar %d 0x%x, element 0x%x alive %d home %d\n",
		(unsigned long long)seed, what, i, w.ids[i], pe->id, pe->alive,
		pe->home);
	for (k = 0; k < w.nregistrars; k++) {
		struct hs_pe *e = w.r[k] ? entry(k, pe) : NULL;

		fprintf(stderr, "  registrar %d 0x%x: %s", k, w.ids[k],
			!w.r[k] ? "down\n" : e ? "has it" : "does not know it\n");
		if (e)
			fprintf(stderr, ", home 0x%x rival 0x%x owner %d claim %d\n",
				e->home->id, e->rival, !!e->owner, e->claim);
	}
	fail();
}

static void check_element(const struct pe *pe)
{
	struct hs_pe *e;
	int i;

	for (i = 0; i < w.nregistrars; i++) {
		if (!w.r[i])
			continue;
		e = entry(i, pe);
		if (!e != !pe->alive)
			explain(e ? "dead element" : "element lost", i, pe);
		if (e && (pe->home < 0 || e->home->id != w.ids[pe->home]))
			explain("wrong home", i, pe);
		if (e && (e->home == &w.r[i]->enrp.self) != (pe->home == i))
			explain("two homes", i, pe);
	}
}

static void check(void)
{
	int i, alive = 0;

	for (i = 0; i < w.npes; i++) {
		check_element(&w.pes[i]);
		alive += w.pes[i].alive;
	}
	for (i = 0; i < w.nregistrars; i++)
		if (w.r[i])
			assert_int_equal(w.r[i]->hs.pes.count, alive);
}

static void happen_registrar(int i)
{
	if (w.r[i])
		registrar_down(i);
	else	/* the old identifier, or a new one */
		registrar_up(i, rnd(2) ? w.ids[i] : 1 + rnd(1 << 30));
}

static void happen_element(struct pe *pe)
{
	if (!pe->alive) {
		pe->alive = true;
		pe->home = -1;
		pe_later(pe, rnd(HUNT));
		return;
	}
	if (rnd(2) && pe->home >= 0)
		pe_say(pe, pe->home, RSP_ASAP_DEREGISTRATION, 0);
	pe->alive = false;
}

static void happen(void)
{
	int a = rnd(w.nregistrars), b = rnd(w.nregistrars + HOSTS);

	if (b >= w.nregistrars)
		b += HOST0 - w.nregistrars;
	switch (rnd(5)) {
	case 0:
		happen_registrar(a);
		break;
	case 1:
	case 2:
		if (a != b)
			cut(a, b, !w.cut[a][b]);
		break;
	case 3:
		happen_element(&w.pes[rnd(w.npes)]);
		break;
	case 4:
		lossy(a, b, !w.lossy[a][b]);
		break;
	}
}

static void heal(void)
{
	int a, b;

	for (a = 0; a < PLACES; a++)
		for (b = 0; b < a; b++) {
			cut(a, b, false);
			lossy(a, b, false);
		}
	for (a = 0; a < w.nregistrars; a++)
		if (!w.r[a])
			registrar_up(a, 1 + rnd(1 << 30));
}

static void one_world(void)
{
	int i, n;

	world_begin(1, seed);
	w.nregistrars = 1 + rnd(REGISTRARS);
	w.delay = rnd(2) ? 5 : 500;
	/* without it only ENRP can put things right */
	w.reregister = rnd(2) ? 60000 : 0;
	w.multicast = rnd(2);
	w.suggest = rnd(2);
	for (i = 0; i < w.nregistrars; i++)
		registrar_up(i, 1 + rnd(1 << 30));
	n = 1 + rnd(HOSTS * PES);
	for (i = 0; i < n; i++)
		pe_up(HOST0 + rnd(HOSTS), handles[rnd(3)]);
	run(60000);
	check();
	n = rnd(30);
	for (i = 0; i < n; i++) {
		happen();
		run(rnd(rnd(2) ? 3000 : 90000));
	}
	heal();
	run(30 * 60000);
	check();
	world_end();
}

static uint64_t setting(const char *name, uint64_t value)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : value;
}

/* ENRP-TKO-18 REQ-01 REQ-02 */
static void worlds(void **state)
{
	uint64_t runs = setting("RSP_RUNS", 200);
	uint64_t first = setting("RSP_SEED", 1);

	(void)state;
	log_init(getenv("RSP_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
	for (seed = first; seed < first + runs; seed++)
		one_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worlds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
