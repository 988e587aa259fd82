// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors, and the calls that have an address.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/rserpool.h>

#include "peer.h"

struct slot slots[SLOTS];
struct slot *cur = &slots[0];
int nslots;

void slot_add(int fd)
{
	int i;

	if (fd < 0) {
		say_errno();
		return;
	}
	for (i = 0; i < SLOTS && slots[i].fd >= 0; i++)
		;
	if (i == SLOTS)
		usage("too many descriptors");
	if (i >= nslots)
		nslots = i + 1;
	cur = &slots[i];
	*cur = (struct slot) { .fd = fd };
	say("ok");
}

void slots_close(void)
{
	int i;

	for (i = 0; i < SLOTS; i++) {
		if (slots[i].fd >= 0)
			close(slots[i].fd);
		slots[i].fd = -1;
	}
	cur = &slots[0];
}

/* reset: close everything */
static void cmd_reset(char **words)
{
	(void)words;
	slots_close();
	epoll_close();
	say("ok");
}

static void cmd_use(char **words)
{
	cur = &slots[number(words[1]) % SLOTS];
	say("ok");
}

static const struct name types[] = {
	{ "stream", SOCK_STREAM }, { "seqpacket", SOCK_SEQPACKET },
	{ "dgram", SOCK_DGRAM }, { "raw", SOCK_RAW }, { "rdm", SOCK_RDM },
	{ NULL, 0 }
};

/* socket [TYPE [PROTOCOL [FAMILY]]] [nonblock] */
static void cmd_socket(char **words)
{
	int type = SOCK_STREAM, protocol = 0, family = AF_RSERPOOL;

	if (words[1] && strcmp(words[1], "nonblock")) {
		type = value_of(types, *++words);
		if (words[1] && strcmp(words[1], "nonblock"))
			protocol = number(*++words);
		if (words[1] && strcmp(words[1], "nonblock"))
			family = number(*++words);
	}
	if (words[1])
		type |= SOCK_NONBLOCK;
	slot_add(socket(family, type, protocol));
}

/* accept [nonblock] */
static void cmd_accept(char **words)
{
	slot_add(accept4(cur->fd, NULL, NULL, words[1] ? SOCK_NONBLOCK : 0));
}

static void cmd_dup(char **words)
{
	(void)words;
	slot_add(dup(cur->fd));
}

static void cmd_close(char **words)
{
	(void)words;
	say_done(close(cur->fd));
	cur->fd = -1;
}

/* Abort: what SO_LINGER with no time means. */
static void cmd_abort(char **words)
{
	struct linger linger = { .l_onoff = 1 };

	if (setsockopt(cur->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		say_errno();
	else
		cmd_close(words);
}

static void cmd_nonblock(char **words)
{
	int fl = fcntl(cur->fd, F_GETFL);

	fl = number(words[1]) ? fl | O_NONBLOCK : fl & ~O_NONBLOCK;
	say_done(fcntl(cur->fd, F_SETFL, fl));
}

static void cmd_inode(char **words)
{
	struct stat st;

	(void)words;
	if (fstat(cur->fd, &st))
		say_errno();
	else
		say("%lu", (unsigned long)st.st_ino);
}

/* ---- addresses -------------------------------------------------------- */

/*
 * HANDLE [id=N] [flags=N] [reserved=N] [family=N], and to make a wrong one:
 * [hlen=N] the length in the address, [len=N] the one given to the call.
 */
socklen_t address(struct sockaddr_rserpool *addr, char **words)
{
	struct octets handle = octets(words[0]);
	size_t room = handle.len;
	socklen_t len;
	long value;

	if (room > sizeof(addr->srp_handle))
		room = sizeof(addr->srp_handle);
	memset(addr, 0, sizeof(*addr));
	addr->srp_family = AF_RSERPOOL;
	addr->srp_handle_len = handle.len;
	memcpy(addr->srp_handle, handle.data, room);
	free(handle.data);
	len = offsetof(struct sockaddr_rserpool, srp_handle) + room;

	while (*++words) {
		char *eq = strchr(*words, '=');

		if (!eq)
			usage("%s: not KEY=VALUE", *words);
		*eq = '\0';
		value = strtoul(eq + 1, NULL, 0);
		if (!strcmp(*words, "id"))
			addr->srp_pe_id = value;
		else if (!strcmp(*words, "flags"))
			addr->srp_flags = value;
		else if (!strcmp(*words, "reserved"))
			addr->srp_reserved = value;
		else if (!strcmp(*words, "family"))
			addr->srp_family = value;
		else if (!strcmp(*words, "hlen"))
			addr->srp_handle_len = value;
		else if (!strcmp(*words, "len"))
			len = value;
		else
			usage("%s: unknown key", *words);
	}
	return len;
}

static void cmd_bind(char **words)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = address((struct sockaddr_rserpool *)&addr, words + 1);

	say_done(bind(cur->fd, (struct sockaddr *)&addr, len));
}

static void cmd_connect(char **words)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = address((struct sockaddr_rserpool *)&addr, words + 1);

	say_done(connect(cur->fd, (struct sockaddr *)&addr, len));
}

/* listen [BACKLOG] */
static void cmd_listen(char **words)
{
	say_done(listen(cur->fd, words[1] ? number(words[1]) : SOMAXCONN));
}

static void say_address(int rc, const struct sockaddr_rserpool *addr,
			socklen_t len)
{
	if (rc < 0) {
		say_errno();
		return;
	}
	say("id=%u len=%u ", addr->srp_pe_id, len);
	say_octets(addr->srp_handle, addr->srp_handle_len, 0);
}

static void cmd_getsockname(char **words)
{
	struct sockaddr_rserpool addr = { 0 };
	socklen_t len = words[1] ? (socklen_t)number(words[1]) :
				   sizeof(addr);
	int rc = getsockname(cur->fd, (struct sockaddr *)&addr, &len);

	say_address(rc, &addr, len);
}

static void cmd_getpeername(char **words)
{
	struct sockaddr_rserpool addr = { 0 };
	socklen_t len = words[1] ? (socklen_t)number(words[1]) :
				   sizeof(addr);
	int rc = getpeername(cur->fd, (struct sockaddr *)&addr, &len);

	say_address(rc, &addr, len);
}

static const struct name how[] = {
	{ "rd", SHUT_RD }, { "wr", SHUT_WR }, { "rdwr", SHUT_RDWR },
	{ NULL, 0 }
};

static void cmd_shutdown(char **words)
{
	say_done(shutdown(cur->fd, value_of(how, words[1])));
}

const struct command socket_commands[] = {
	{ "abort", 0, false, cmd_abort },
	{ "accept", 0, false, cmd_accept },
	{ "bind", 1, false, cmd_bind },
	{ "close", 0, false, cmd_close },
	{ "connect", 1, false, cmd_connect },
	{ "dup", 0, false, cmd_dup },
	{ "getpeername", 0, false, cmd_getpeername },
	{ "getsockname", 0, false, cmd_getsockname },
	{ "inode", 0, false, cmd_inode },
	{ "listen", 0, false, cmd_listen },
	{ "nonblock", 1, false, cmd_nonblock },
	{ "reset", 0, false, cmd_reset },
	{ "shutdown", 1, false, cmd_shutdown },
	{ "socket", 0, false, cmd_socket },
	{ "use", 1, false, cmd_use },
	{ NULL, 0, false, NULL }
};
