// SPDX-License-Identifier: GPL-2.0-only
/* Where rspd tells which registrars it knows, see status.h. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "status.h"

socklen_t status_address(struct sockaddr_un *sun, unsigned int port)
{
	int len;

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	/* behind a 0 octet: an abstract name */
	len = snprintf(sun->sun_path + 1, sizeof(sun->sun_path) - 1,
		       "rspd/enrp/%u", port);
	return offsetof(struct sockaddr_un, sun_path) + 1 + len;
}
