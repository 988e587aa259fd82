// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's parameter "race", in debug builds: which race points sleep, for
 * how many milliseconds.
 *
 *	recv_empty:50,published:20	these two, each time
 *	*:SEED:20			all the others, now and then: mostly
 *					up to 20, seldom up to 200
 *
 * The n-th pass of a point after writing "*" sleeps as long with the same seed.
 * Writing sets everything anew; reading tells how often each point has been
 * passed.
 */
#include <linux/delay.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "race.h"

static const char * const rsp_race_names[__RSP_RACE_MAX] = {
#define X(name) \
	[RSP_RACE_##name] = #name,
	RSP_RACE_LIST(X)
#undef X
};

static unsigned int rsp_race_ms[__RSP_RACE_MAX];
static atomic_t rsp_race_passes[__RSP_RACE_MAX];
static unsigned int rsp_race_seed;
static unsigned int rsp_race_max;

static unsigned int rsp_race_dice(unsigned int point, unsigned int n,
				  unsigned int max)
{
	u32 dice = jhash_3words(READ_ONCE(rsp_race_seed), point, n, 0);

	if (dice % 8)
		return 0;
	if ((dice / 8) % 8 == 0)
		max *= 10;
	return dice / 64 % max + 1;
}

void rsp_race_pass(enum rsp_race_point point)
{
	unsigned int n = atomic_inc_return(&rsp_race_passes[point]);
	unsigned int max = READ_ONCE(rsp_race_max);
	unsigned int ms = READ_ONCE(rsp_race_ms[point]);

	might_sleep();
	if (!ms && max)
		ms = rsp_race_dice(point, n, max);
	if (ms)
		msleep(ms);
}

static int rsp_race_set_one(char *word)
{
	char *name = strsep(&word, ":");
	int point;

	if (!word)
		return -EINVAL;
	if (!strcmp(name, "*")) {
		memset(rsp_race_passes, 0, sizeof(rsp_race_passes));
		return sscanf(word, "%u:%u", &rsp_race_seed,
			      &rsp_race_max) == 2 ? 0 : -EINVAL;
	}
	point = match_string(rsp_race_names, __RSP_RACE_MAX, name);
	return point < 0 ? point : kstrtouint(word, 10, &rsp_race_ms[point]);
}

static int rsp_race_set(const char *val, const struct kernel_param *kp)
{
	char *copy = kstrdup(val, GFP_KERNEL), *rest = copy, *word;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	rsp_race_max = 0;
	memset(rsp_race_ms, 0, sizeof(rsp_race_ms));
	while (!err && (word = strsep(&rest, ",\n ")))
		if (*word)
			err = rsp_race_set_one(word);
	kfree(copy);
	return err;
}

static int rsp_race_get(char *buf, const struct kernel_param *kp)
{
	int i, len = 0;

	for (i = 0; i < __RSP_RACE_MAX; i++)
		len += scnprintf(buf + len, PAGE_SIZE - len, "%s %u\n",
				 rsp_race_names[i],
				 atomic_read(&rsp_race_passes[i]));
	return len;
}

static const struct kernel_param_ops rsp_race_ops = {
	.set = rsp_race_set,
	.get = rsp_race_get,
};

module_param_cb(race, &rsp_race_ops, NULL, 0600);
MODULE_PARM_DESC(race, "POINT:MS,... or *:SEED:MAXMS: race points that sleep");
