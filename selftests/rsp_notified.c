// SPDX-License-Identifier: GPL-2.0
/*
 * rsp_notified - what a daemon tells systemd (sd_notify(3))
 *
 * usage: rsp_notified SOCKET
 *
 * It makes the datagram socket, and prints each message in one line.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char text[512], *newline;
	ssize_t len;
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(addr.sun_path))
		errx(1, "usage: rsp_notified SOCKET");
	memcpy(addr.sun_path, argv[1], strlen(argv[1]));
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s", argv[1]);
	puts("listening");
	fflush(stdout);
	while ((len = recv(fd, text, sizeof(text) - 1, 0)) >= 0) {
		text[len] = '\0';
		while ((newline = strchr(text, '\n')))
			*newline = ' ';
		puts(text);
		fflush(stdout);
	}
	err(1, "receive");
}
