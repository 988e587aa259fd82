// SPDX-License-Identifier: GPL-2.0
/* What the module says of the namespace that the caller is in. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nl.h"
#include "race.h"

struct found {
	uint64_t ids[64];
	unsigned int n;
	uint32_t id, life;
};

struct counter {
	const char *name;
	uint64_t value;
	bool found;
};

static int found_session(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_SESSION_MAX + 1];
	struct found *f = data;

	if (!nlh) {		/* what came so far is void */
		f->n = 0;
		return 0;
	}
	rsp_nl_parse(nlh, tb, RSERPOOL_A_SESSION_MAX);
	if (f->n < ARRAY_LEN(f->ids))
		f->ids[f->n] = rsp_nl_u64(tb[RSERPOOL_A_SESSION_ID]);
	f->n++;
	return 0;
}

static int found_element(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_PE_MAX + 1];
	struct found *f = data;

	if (!nlh) {
		f->n = 0;
		return 0;
	}
	rsp_nl_parse(nlh, tb, RSERPOOL_A_PE_MAX);
	if (rsp_nl_u32(tb[RSERPOOL_A_PE_ID]) == f->id)
		f->life = rsp_nl_u32(tb[RSERPOOL_A_PE_LIFE_S]);
	f->n++;
	return 0;
}

/* A dump that others keep changing may be given up: so the last look counts. */
static void dump(uint8_t cmd, rsp_nl_message_fn *found, void *data)
{
	struct rsp_nl *nl;
	int err;

	doing("netlink dump");
	err = rsp_nl_open(&nl);
	if (!err)
		err = rsp_nl_request(nl, rsp_nl_begin(nl, cmd, NLM_F_DUMP), found, data);
	if (err && err != -EINTR)
		fail("netlink dump: %s", rsp_nl_error(nl));
	rsp_nl_close(nl);
}

unsigned int sessions_here(void)
{
	struct found f = { .n = 0 };

	dump(RSERPOOL_CMD_SESSION_GET, found_session, &f);
	return f.n;
}

unsigned int elements_here(void)
{
	struct found f = { .n = 0 };

	dump(RSERPOOL_CMD_PE_GET, found_element, &f);
	return f.n;
}

uint32_t element_life_here(uint32_t id)
{
	struct found f = { .id = id };

	dump(RSERPOOL_CMD_PE_GET, found_element, &f);
	return f.life;
}

void failover_any(void)
{
	struct found f = { .n = 0 };
	struct nlmsghdr *nlh;
	struct rsp_nl *nl;
	unsigned int n;
	int err;

	dump(RSERPOOL_CMD_SESSION_GET, found_session, &f);
	n = f.n < ARRAY_LEN(f.ids) ? f.n : ARRAY_LEN(f.ids);
	if (!n)
		return;
	err = rsp_nl_open(&nl);
	if (err)
		fail("netlink: %s", rsp_nl_error(nl));
	nlh = rsp_nl_begin(nl, RSERPOOL_CMD_SESSION_FAILOVER, 0);
	mnl_attr_put_u64(nlh, RSERPOOL_A_SESSION_ID, f.ids[dice(n)]);
	err = rsp_nl_request(nl, nlh, NULL, NULL);
	/* it may be gone, or between two servers, or somebody's server */
	if (err && err != -ENOENT && err != -ENOTCONN && err != -EOPNOTSUPP)
		fail("failover: %s", rsp_nl_error(nl));
	rsp_nl_close(nl);
}

static int found_counter(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[RSERPOOL_A_COUNTER_MAX + 1];
	struct counter *c = data;

	if (!nlh)
		return 0;
	rsp_nl_parse(nlh, tb, RSERPOOL_A_COUNTER_MAX);
	if (!strcmp(rsp_nl_string(tb[RSERPOOL_A_COUNTER_NAME]), c->name)) {
		c->value = rsp_nl_u64(tb[RSERPOOL_A_COUNTER_VALUE]);
		c->found = true;
	}
	return 0;
}

uint64_t counter_here(const char *name)
{
	struct counter c = { .name = name };

	dump(RSERPOOL_CMD_COUNTER_GET, found_counter, &c);
	if (!c.found)
		fail("no counter %s", name);
	return c.value;
}

static void *host_is_idle(void *arg)
{
	static __thread char text[80];
	unsigned int sessions, elements;

	(void)arg;
	for (;;) {
		sessions = sessions_here();
		elements = elements_here();
		if (!sessions && !elements)
			break;
		snprintf(text, sizeof(text), "waits for %u sessions, %u elements to go",
			 sessions, elements);
		doing(text);
		sleep_ms(20);
	}
	return NULL;
}

void host_idle(int host)
{
	crew_add(host, host_is_idle, NULL);
	crew_join();
}
