// SPDX-License-Identifier: GPL-2.0-only
/* rspd: the command line; what of a handle the log shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "../rspd/config.h"

static struct config config;

static enum config_result parse_one(const char *option)
{
	char text[128];
	char *argv[] = { "rspd", text, NULL };

	snprintf(text, sizeof(text), "%s", option);
	optind = 0;
	return config_parse(&config, 2, argv);
}

static void assert_addr(const char *option, int family, const char *addr,
			unsigned int port)
{
	char text[INET6_ADDRSTRLEN];

	assert_int_equal(parse_one(option), CONFIG_RUN);
	assert_int_equal(config.naddrs, 1);
	assert_int_equal(config.addrs[0].sa.sa_family, family);
	if (family == AF_INET)
		inet_ntop(family, &config.addrs[0].in.sin_addr, text,
			  sizeof(text));
	else
		inet_ntop(family, &config.addrs[0].in6.sin6_addr, text,
			  sizeof(text));
	assert_string_equal(text, addr);
	assert_int_equal(ntohs(config.addrs[0].in.sin_port), port);
}

static void addresses(void **state)
{
	(void)state;
	assert_addr("-a192.0.2.1", AF_INET, "192.0.2.1", 3863);
	assert_addr("-a192.0.2.1:5000", AF_INET, "192.0.2.1", 5000);
	assert_addr("-a2001:db8::1", AF_INET6, "2001:db8::1", 3863);
	assert_addr("-a[2001:db8::1]", AF_INET6, "2001:db8::1", 3863);
	assert_addr("-a[2001:db8::1]:5000", AF_INET6, "2001:db8::1", 5000);
	assert_addr("--asap-address=[::]:1", AF_INET6, "::", 1);
}

static void wrong_values(void **state)
{
	static const char *const wrong[] = {
		"-a", "-a:", "-a:5000", "-a192.0.2.1:", "-a192.0.2.1:0",
		"-a192.0.2.1:65536", "-a[::1", "-a[]:1", "-a[::1]x", "-a::1x",
		"-a[192.0.2.1", "-alocalhost", "-i0", "-i-1", "-i4294967296",
		"-i1x", "-i", "--keepalive-timeout=0", "--profile=other",
		"--keepalive-interval=-1", "--keepalive-interval=nan",
		"--keepalive-interval=1e9", "--log-level=loud", "--unknown",
		"argument", "--max-elements=0", "--max-connections=0",
		"--degrade-items=all", "--tcp-idle=-1", "--profile=rsplib,", "--profile=,10.0.0.0/8",
		"--profile=rsplib,10.0.0.0/33", "--profile=rsplib,10.0.0.0/",
		"--profile=rsplib,fd00::/129", "--profile=rsplib,host",
		"--profile=rfcx,10.0.0.0/8", "--announce=192.0.2.1",
		"--announce=ff02::133:x", "--announce=fd00::1",
		"--enrp-announce=192.0.2.1", "--sctp-rto-min=0",
		"--sctp-rto-max=61", "--sctp-rto-initial=now",
		"--sctp-max-retrans=0", "--sctp-max-retrans=101",
		"--sctp-heartbeat=0",
		"--announce-ttl=256", "--announce-interface=no-such-one",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(parse_one(wrong[i]), CONFIG_USAGE);
}

static void values(void **state)
{
	(void)state;
	assert_int_equal(parse_one("--id=0xffffffff"), CONFIG_RUN);
	assert_int_equal(config.id, 0xffffffff);
	assert_true(config.sctp && config.netlink);
	assert_int_equal(parse_one("--keepalive-interval=0.25"), CONFIG_RUN);
	assert_int_equal(config.registrar.ka_interval, 250);
	assert_int_equal(parse_one("--no-sctp"), CONFIG_RUN);
	assert_false(config.sctp);
	assert_int_equal(parse_one("--check"), CONFIG_DONE);
	assert_int_equal(parse_one("--profile=rsplib"), CONFIG_RUN);
	assert_true(config.registrar.rsplib);
}

static enum config_result parse_three(const char *a, const char *b,
				      const char *c)
{
	char *argv[] = { "rspd", (char *)a, (char *)b, (char *)c, NULL };

	optind = 0;
	return config_parse(&config, 4, argv);
}

static void assert_rto(uint32_t min, uint32_t initial, uint32_t max)
{
	assert_int_equal(config.timing.rto_min, min);
	assert_int_equal(config.timing.rto_initial, initial);
	assert_int_equal(config.timing.rto_max, max);
}

static void timing(void **state)
{
	(void)state;
	assert_int_equal(parse_one("--id=1"), CONFIG_RUN);
	assert_rto(500, 1000, 2000);
	assert_int_equal(config.timing.retrans, 8);
	assert_int_equal(config.timing.heartbeat, 30000);
	/* the initial one follows, unless it was said */
	assert_int_equal(parse_one("--sctp-rto-max=0.7"), CONFIG_RUN);
	assert_rto(500, 700, 700);
	assert_int_equal(parse_one("--sctp-rto-min=1.5"), CONFIG_RUN);
	assert_rto(1500, 1500, 2000);
	assert_int_equal(parse_three("--sctp-rto-max=3", "--sctp-rto-initial=2.5",
				     "--sctp-max-retrans=100"), CONFIG_RUN);
	assert_rto(500, 2500, 3000);
	assert_int_equal(config.timing.retrans, 100);
	assert_int_equal(parse_one("--sctp-rto-initial=2.5"), CONFIG_USAGE);
	assert_int_equal(parse_one("--sctp-rto-initial=0.4"), CONFIG_USAGE);
	assert_int_equal(parse_one("--sctp-rto-max=0.4"), CONFIG_USAGE);
	assert_int_equal(parse_one("--sctp-rto-min=2.1"), CONFIG_USAGE);
}

static void profiles(void **state)
{
	char *argv[] = {
		"rspd", "--profile=rsplib,192.0.2.0/24",
		"--profile=rfc,192.0.2.7", "--profile=rsplib,fd77::/16", NULL,
	};
	const struct registrar_prefix *prefix = config.registrar.prefixes;

	(void)state;
	optind = 0;
	assert_int_equal(config_parse(&config, 4, argv), CONFIG_RUN);
	assert_false(config.registrar.rsplib);
	assert_int_equal(config.registrar.nprefixes, 3);
	assert_int_equal(prefix[0].bits, 24);
	assert_true(prefix[0].rsplib);
	assert_int_equal(prefix[1].bits, 32);
	assert_false(prefix[1].rsplib);
	assert_int_equal(prefix[2].addr.family, 6);
	assert_int_equal(prefix[2].addr.octets[1], 0x77);
}

static void assert_addr_text(const union config_addr *addr, const char *wanted)
{
	char text[ADDR_TEXT];

	addr_text(addr, text);
	assert_string_equal(text, wanted);
}

static void assert_group(size_t i, const char *wanted)
{
	assert_addr_text(&config.announce.addrs[i], wanted);
}

static void assert_enrp_group(size_t i, const char *wanted)
{
	assert_addr_text(&config.enrp_announce.addrs[i], wanted);
}

/* ASAP-HNT-16: which groups, unless told otherwise */
static void groups(void **state)
{
	char *rsplib[] = { "rspd", "--announce", "--profile=rsplib", NULL };
	char *ipv4[] = { "rspd", "--announce", "-a192.0.2.1", NULL };
	char *own[] = {
		"rspd", "--announce=239.1.2.3:4000", "--announce=ff05::133",
		NULL,
	};

	(void)state;
	assert_int_equal(parse_one("--check"), CONFIG_DONE);
	assert_false(config.announce.on);
	assert_int_equal(parse_one("--announce"), CONFIG_RUN);
	assert_true(config.announce.on);
	assert_int_equal(config.announce.n, 2);
	assert_group(0, "224.0.1.185:3863");
	assert_group(1, "[ff05::133]:3863");
	optind = 0;
	assert_int_equal(config_parse(&config, 3, rsplib), CONFIG_RUN);
	assert_int_equal(config.announce.n, 1);
	assert_group(0, "239.0.0.50:3863");
	optind = 0;
	assert_int_equal(config_parse(&config, 3, ipv4), CONFIG_RUN);
	assert_int_equal(config.announce.n, 1);
	optind = 0;
	assert_int_equal(config_parse(&config, 3, own), CONFIG_RUN);
	assert_int_equal(config.announce.n, 2);
	assert_group(0, "239.1.2.3:4000");
	assert_group(1, "[ff05::133]:3863");
}

/* The same for ENRP, which is on the same addresses and another port */
static void enrp_groups(void **state)
{
	char *rsplib[] = {
		"rspd", "--enrp-announce", "--profile=rsplib", NULL,
	};
	char *ipv4[] = {
		"rspd", "--enrp-announce", "-e192.0.2.1", "--announce", NULL,
	};
	char *own[] = { "rspd", "--enrp-announce=239.1.2.3", NULL };
	char *no_enrp[] = { "rspd", "--no-enrp", "--enrp-announce", NULL };

	(void)state;
	assert_int_equal(parse_one("--enrp-announce"), CONFIG_RUN);
	assert_false(config.announce.on);
	assert_true(config.enrp_announce.on);
	assert_int_equal(config.enrp_announce.n, 2);
	assert_enrp_group(0, "224.0.1.185:9901");
	assert_enrp_group(1, "[ff05::133]:9901");
	optind = 0;
	assert_int_equal(config_parse(&config, 3, rsplib), CONFIG_RUN);
	assert_int_equal(config.enrp_announce.n, 1);
	assert_enrp_group(0, "239.0.0.51:9901");
	optind = 0;
	assert_int_equal(config_parse(&config, 4, ipv4), CONFIG_RUN);
	assert_int_equal(config.enrp_announce.n, 1);
	assert_int_equal(config.announce.n, 2);
	optind = 0;
	assert_int_equal(config_parse(&config, 2, own), CONFIG_RUN);
	assert_int_equal(config.enrp_announce.n, 1);
	assert_enrp_group(0, "239.1.2.3:9901");
	optind = 0;
	assert_int_equal(config_parse(&config, 3, no_enrp), CONFIG_USAGE);
}

static void several_addresses(void **state)
{
	char *same[] = { "rspd", "-a10.0.0.1:5", "-a[::1]:5", NULL };
	char *other[] = { "rspd", "-a10.0.0.1:5", "-a[::1]:6", NULL };
	char *no_link[] = {
		"rspd", "--no-sctp", "--no-tcp", "--no-netlink", NULL,
	};

	(void)state;
	optind = 0;
	assert_int_equal(config_parse(&config, 3, same), CONFIG_RUN);
	assert_int_equal(config.naddrs, 2);
	optind = 0;
	assert_int_equal(config_parse(&config, 3, other), CONFIG_USAGE);
	optind = 0;
	assert_int_equal(config_parse(&config, 4, no_link), CONFIG_USAGE);
}

/* WIRE-28: nothing that a sender chooses gets into the log as it is */
static void handles_in_the_log(void **state)
{
	char text[300];

	(void)state;
	assert_string_equal(log_octets("pool-1", 6), "pool-1");
	assert_string_equal(log_octets("a b\0\n\\\xff", 7),
			    "a\\x20b\\x00\\x0a\\x5c\\xff");
	memset(text, 1, sizeof(text));
	assert_int_equal(strlen(log_octets(text, sizeof(text))), 64 * 4 + 3);
}

/* ---- the file --------------------------------------------------------------------- */

static char path[] = "/tmp/test_rspd_config.XXXXXX";

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* The file, and one option behind it */
static enum config_result parse_file(const char *text, const char *option)
{
	char *argv[] = { "rspd", "-c", path, (char *)option, NULL };

	write_file(text);
	return config_parse(&config, option ? 4 : 3, argv);
}

static void file(void **state)
{
	(void)state;
	assert_int_equal(parse_file("# of host 1\n\n"
				    "id 0x1111\t# hexadecimal\n"
				    "  peer 192.0.2.2\n"
				    "peer 192.0.2.3,2001:db8::3\n"
				    "peer [2001:db8::4]:9999\n"
				    "no-tcp\n"
				    "keepalive-interval 2.5\n"
				    "announce\n"
				    "profile rsplib,192.0.2.2", NULL),
			 CONFIG_RUN);
	assert_int_equal(config.id, 0x1111);
	assert_int_equal(config.registrar.enrp.npeers, 3);
	assert_int_equal(config.registrar.enrp.peers[0].port, 9901);
	assert_int_equal(config.registrar.enrp.peers[1].naddrs, 2);
	assert_int_equal(config.registrar.enrp.peers[1].addrs[1].family, 6);
	assert_int_equal(config.registrar.enrp.peers[2].port, 9999);
	assert_false(config.tcp);
	assert_true(config.announce.on);
	assert_int_equal(config.announce.n, 2);
	assert_int_equal(config.registrar.ka_interval, 2500);
	assert_int_equal(config.registrar.nprefixes, 1);
	/* the command line comes later */
	assert_int_equal(parse_file("id 1\n", "--id=2"), CONFIG_RUN);
	assert_int_equal(config.id, 2);
	assert_int_equal(parse_file("id 1\n", "--check"), CONFIG_DONE);
	assert_int_equal(parse_file("id 0\n", "--check"), CONFIG_USAGE);
}

static void file_wrong(void **state)
{
	static const char *const wrong[] = {
		"id\n", "id 0\n", "id 1 2\n", "nonsense\n", "--id 1\n",
		"help\n", "config /dev/null\n", "check\n", "no-tcp 1\n",
		"peer\n", "peer host\n", "peer 192.0.2.1,\n",
		"no-enrp\npeer 192.0.2.1\n",
		"no-sctp\nno-tcp\nno-netlink\n",
	};
	char *argv[] = { "rspd", "-c", "/nonexistent/rspd.conf", NULL };
	char line[1000];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(parse_file(wrong[i], NULL), CONFIG_USAGE);
	assert_int_equal(config_parse(&config, 3, argv), CONFIG_USAGE);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(parse_file(line, NULL), CONFIG_USAGE);
}

static void reload(void **state)
{
	char *argv[] = { "rspd", "-c", path, NULL };

	(void)state;
	assert_int_equal(parse_file("id 7\nmax-items 3\n", NULL), CONFIG_RUN);
	config.registrar.id = 7;
	write_file("id 8\nmax-items 4\npeer 192.0.2.9\nno-tcp\nlog-level error\n");
	assert_true(config_reload(&config, 3, argv));
	assert_int_equal(config.registrar.max_items, 4);
	assert_int_equal(config.registrar.enrp.npeers, 1);
	assert_int_equal(config.log_level, LOG_LEVEL_ERROR);
	/* not these */
	assert_int_equal(config.registrar.id, 7);
	assert_true(config.tcp);
	write_file("max-items 5\nnonsense\n");
	assert_false(config_reload(&config, 3, argv));
	assert_int_equal(config.registrar.max_items, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(wrong_values),
		cmocka_unit_test(values),
		cmocka_unit_test(timing),
		cmocka_unit_test(profiles),
		cmocka_unit_test(groups),
		cmocka_unit_test(enrp_groups),
		cmocka_unit_test(several_addresses),
		cmocka_unit_test(handles_in_the_log),
		cmocka_unit_test(file),
		cmocka_unit_test(file_wrong),
		cmocka_unit_test(reload),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
