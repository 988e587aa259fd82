// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_peer - a pool user or a pool element that does what a script says
 *
 * usage: rsp_peer COMMANDS...	run them
 *        rsp_peer -		read them from standard input, line by line
 *
 * Commands are separated by ';' and each prints one line, "WORD: RESULT", the
 * result of a failed call being the name of its errno.  "COMMAND => PATTERN"
 * also compares the result with a shell pattern; the exit status is 1 if any
 * did not match.
 *
 * Descriptors live in numbered slots.  What makes one (socket, accept, dup)
 * puts it into the first free slot and makes that the current one, "use N"
 * changes it; all other commands work on the current one.
 *
 * OCTETS are text without blanks and semicolons, hex:00ff.., @N for N octets
 * of a pattern that the receiver knows, or "" for none.
 *
 * Here: the interpreter.  The commands are in the other files, each above the
 * function that does it.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

#define WORDS		16

FILE *out;
bool mismatch;

static const struct command *const tables[] = {
	socket_commands, data_commands, poll_commands, options_commands,
	process_commands, serve_commands, traffic_commands, many_commands,
	basic_commands,
};

static const struct command *find_command(const char *line)
{
	size_t len = strcspn(line, " ;"), i;
	const struct command *cmd;

	for (i = 0; i < ARRAY_LEN(tables); i++)
		for (cmd = tables[i]; cmd->name; cmd++)
			if (strlen(cmd->name) == len &&
			    !strncmp(cmd->name, line, len))
				return cmd;
	usage("%.*s: unknown command", (int)len, line);
}

static void run_command(const struct command *cmd, char *text)
{
	char *words[WORDS + 1] = { NULL }, *save, *wanted = NULL;
	unsigned int n = 0;

	if (cmd->rest) {
		words[0] = text;
		words[1] = text + strlen(cmd->name);
		n = 2;
	} else {
		wanted = strstr(text, " => ");
		if (wanted) {
			*wanted = '\0';
			wanted += 4;
		}
		for (text = strtok_r(text, " ", &save); text && n < WORDS;
		     text = strtok_r(NULL, " ", &save))
			words[n++] = text;
	}
	if (n <= cmd->min)
		usage("%s: more words needed", cmd->name);

	answer[0] = '\0';
	cmd->run(words);
	if (wanted && fnmatch(wanted, answer, 0)) {
		fprintf(out, "%s: %s   WANTED: %s\n", cmd->name, answer, wanted);
		mismatch = true;
		return;
	}
	fprintf(out, "%s: %s\n", cmd->name, answer);
}

void run_line(char *line)
{
	const struct command *cmd;
	char *next;

	line[strcspn(line, "\n")] = '\0';
	while (line) {
		line += strspn(line, " ;");
		if (!*line)
			return;
		cmd = find_command(line);
		next = NULL;
		if (!cmd->rest) {
			next = strchr(line, ';');
			if (next)
				*next++ = '\0';
		}
		run_command(cmd, line);
		line = next;
	}
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	int i;

	if (argc < 2)
		usage("usage: rsp_peer COMMANDS... or rsp_peer -");
	out = stdout;
	setlinebuf(out);
	for (i = 0; i < SLOTS; i++)
		slots[i].fd = -1;
	if (!strcmp(argv[1], "-"))
		while (getline(&line, &room, stdin) > 0)
			run_line(line);
	else
		for (i = 1; i < argc; i++)
			run_line(argv[i]);
	free(line);
	return mismatch;
}
