// SPDX-License-Identifier: GPL-2.0-only
/* rspctl: options, and which command is meant. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "rspctl.h"

#define VERSION		"0.1.0"
#define NETNS_DIR	"/run/netns/"

static const struct ctl_object * const objects[] = {
	&ctl_pool, &ctl_pe, &ctl_session, &ctl_registrar, &ctl_counter,
	&ctl_access, &ctl_group, &ctl_module, &ctl_monitor, &ctl_resolve,
	&ctl_peer, NULL
};

/* Other words for an object */
static const struct {
	const char *name;
	const struct ctl_object *object;
} aliases[] = {
	{ "stat", &ctl_counter },
	{ NULL, NULL }
};

/* Other words for a command, of each object that has it */
static const struct {
	const char *name;
	const char *command;
} command_aliases[] = {
	{ "list", "show" },
	{ "lst", "show" },
	{ "delete", "del" },
	{ NULL, NULL }
};

static const char usage_text[] =
	"Usage: rspctl [ OPTIONS ] OBJECT { COMMAND | help }\n"
	"       rspctl [ OPTIONS ] monitor [ all ] [ pe ] [ session ] [ registrar ]\n"
	"       rspctl [ OPTIONS ] resolve HANDLE [ pe ID ] [ refresh ]\n"
	"       rspctl [ OPTIONS ] resolve HANDLE server [ failed ID ]... [ as FORMAT ]\n"
	"OBJECT:  pool       show, flush          pools that were resolved\n"
	"         pe         show                 pool elements of this namespace\n"
	"         session    show, failover       sessions of this namespace\n"
	"         registrar  show, add, del       registrars in use\n"
	"         counter    show                 counters (also: stat)\n"
	"         access     show, add, del       who may be a pool element\n"
	"         group      show, add, del       where registrars announce themselves\n"
	"         module     show                 the kernel module\n"
	"         peer       show, pool           what any registrar knows, on the wire\n"
	"OPTIONS: -j, --json                      JSON\n"
	"         -p, --pretty                    JSON with line breaks\n"
	"         -n, --netns NAME                in this network namespace\n"
	"         -N, --numeric                   numbers instead of names\n"
	"         -t, --timestamp                 time of each event (monitor)\n"
	"         -V, --version   -h, --help\n";

static int usage_error(void)
{
	fputs(usage_text, stderr);
	return CTL_USAGE;
}

/* ---- words to tables --------------------------------------------------- */

static bool is_prefix(const char *word, const char *name)
{
	return !strncmp(word, name, strlen(word));
}

/*
 * Looks for a word among names: itself, or what begins with it if that is only
 * one thing.  @thing tells which names mean the same.
 */
struct search {
	const char *word;
	const char *name;
	const void *thing;
	const char *other;		/* ambiguous: also this */
	bool exact;
};

static void search_step(struct search *search, const char *name,
			const void *thing)
{
	if (search->exact || !is_prefix(search->word, name))
		return;
	search->exact = !strcmp(search->word, name);
	if (search->exact)
		search->other = NULL;
	else if (search->thing && search->thing != thing)
		search->other = name;
	if (search->exact || !search->thing) {
		search->name = name;
		search->thing = thing;
	}
}

static const void *search_end(const struct search *search, const char *what)
{
	if (search->other)
		fprintf(stderr, "Error: \"%s\" could be %s or %s.\n",
			search->word, search->name, search->other);
	else if (!search->thing)
		fprintf(stderr, "Error: unknown %s \"%s\".\n", what,
			search->word);
	return search->other ? NULL : search->thing;
}

static const struct ctl_object *find_object(const char *word)
{
	struct search search = { .word = word };
	unsigned int i;

	for (i = 0; objects[i]; i++)
		search_step(&search, objects[i]->name, objects[i]);
	for (i = 0; aliases[i].name; i++)
		search_step(&search, aliases[i].name, aliases[i].object);
	return search_end(&search, "object");
}

static const struct ctl_command *find_command(const struct ctl_object *object,
					      const char *word)
{
	struct search search = { .word = word };
	const struct ctl_command *command;
	unsigned int i;

	for (command = object->commands; command->name; command++) {
		search_step(&search, command->name, command);
		for (i = 0; command_aliases[i].name; i++)
			if (!strcmp(command_aliases[i].command, command->name))
				search_step(&search, command_aliases[i].name,
					    command);
	}
	return search_end(&search, "command");
}

/* ---- running ----------------------------------------------------------- */

static bool asks_for_help(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++)
		if (!strcmp(argv[i], "help"))
			return true;
	return false;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_command *command;
	const struct ctl_object *object;
	struct ctl_args args;

	object = find_object(argv[0]);
	if (!object)
		return usage_error();
	argc--;
	argv++;
	/* As the command, or behind it where only help is meant */
	if (asks_for_help(argc > 2 ? 1 : argc, argv)) {
		fputs(object->usage, stdout);
		return CTL_OK;
	}

	command = object->commands;
	if (argc && *command->name) {
		command = find_command(object, argv[0]);
		if (!command) {
			fputs(object->usage, stderr);
			return CTL_USAGE;
		}
		argc--;
		argv++;
	}
	args = (struct ctl_args){ argc, argv, object, command->cmd };
	return command->run(ctl, &args);
}

static int enter_netns(const char *name)
{
	char path[4096];
	int fd, err;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : NETNS_DIR,
		 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "Error: network namespace \"%s\": %s.\n", name,
			strerror(errno));
		return CTL_FAILED;
	}
	err = setns(fd, CLONE_NEWNET);
	if (err)
		fprintf(stderr, "Error: network namespace \"%s\": %s.\n", name,
			strerror(errno));
	close(fd);
	return err ? CTL_FAILED : CTL_OK;
}

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "netns", required_argument, NULL, 'n' },
	{ "numeric", no_argument, NULL, 'N' },
	{ "timestamp", no_argument, NULL, 't' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct out_options out = { 0 };
	const char *netns = NULL;
	struct ctl ctl = { 0 };
	int c, ret;

	while ((c = getopt_long(argc, argv, "+jpn:NtVh", long_options,
				NULL)) != -1) {
		switch (c) {
		case 'j':
			out.json = true;
			break;
		case 'p':
			out.pretty = true;
			break;
		case 'n':
			netns = optarg;
			break;
		case 'N':
			out.numeric = true;
			break;
		case 't':
			ctl.timestamp = true;
			break;
		case 'V':
			puts("rspctl " VERSION);
			return CTL_OK;
		case 'h':
			fputs(usage_text, stdout);
			return CTL_OK;
		default:
			return usage_error();
		}
	}
	argc -= optind;
	argv += optind;
	if (!argc)
		return usage_error();
	if (!strcmp(argv[0], "help")) {
		fputs(usage_text, stdout);
		return CTL_OK;
	}

	out_init(&out);
	if (netns && enter_netns(netns))
		return CTL_FAILED;
	ret = run(&ctl, argc, argv);
	rsp_nl_close(ctl.nl);
	return ret;
}
