// SPDX-License-Identifier: GPL-2.0
/*
 * Legal and illegal system calls on AF_RSERPOOL sockets.  Corpus:
 * selftests/corpus/socket/
 *
 * Each call of an input is a number and what its function reads.  They work on a few descriptors.  Some are made by a second thread,
 * beside those that follow, some by a child.  Pool "live" has servers in
 * processes of their own, which an input can kill; in other pools we are the
 * server ourselves.  A timer's signal interrupts whoever waits.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/rserpool.h>
#include <linux/sockios.h>

#include "fuzz.h"
#include "nl.h"

#define SLOTS		12
#define SERVERS		2
#define CHILDREN	4
#define TICK_MS		20	/* between two interruptions */
#define PATIENCE	500	/* interruptions until a call counts as stuck */
#define AREA		(1 << 18)
#define PAGE		4096
#define INPUT_MAX	8192

static int slots[SLOTS];
static int unix_pair[2], epoll_fd, pipe_fds[2], file_fd;
static pid_t servers[SERVERS], children[CHILDREN];
static struct rsp_nl *nl;

/* ---- memory for calls ---------------------------------------------------------- */

/* Octets with nothing behind their end, and whether all is well with a pointer. */
static __thread uint8_t *area_end;
static __thread bool bad;

static void area_init(void)
{
	uint8_t *area;

	area = mmap(NULL, AREA + PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED || mprotect(area + AREA, PAGE, PROT_NONE))
		fuzz_fail("no memory");
	area_end = area + AREA;
}

/* Room for @len octets: mostly exactly, sometimes not. */
static void *room(struct input *in, size_t len)
{
	uint8_t how = in_u8(in);

	if (how < 0xe0 && len <= AREA)
		return area_end - len;
	bad = true;
	if (how < 0xe8)
		return area_end - (len / 2 < AREA ? len / 2 : AREA);
	if (how < 0xf0)
		return NULL;
	if (how < 0xf8)
		return (void *)-4096L;
	return area_end - AREA;
}

/* In room that ends where the octets end. */
static void *room_with(struct input *in, const void *octets, size_t len)
{
	memcpy(area_end - len, octets, len);
	return room(in, len);
}

static size_t length(struct input *in)
{
	static const size_t table[] = {
		0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 20, 24, 56, 64, 100, 128,
		1000, 1452, 4095, 4096, 4097, 65527, 65528, 65536, 200000,
		1 << 20, INT32_MAX, (size_t)INT32_MAX + 1, UINT32_MAX,
		SIZE_MAX / 2, SIZE_MAX,
	};
	uint8_t which = in_u8(in);

	/* The usual ones first, and more often */
	return which < 128 ? which : table[which % ARRAY_LEN(table)];
}

static int number(struct input *in)
{
	static const int table[] = {
		0, 1, -1, 2, 3, 4, 1000, 65535, 65536, INT32_MAX, INT32_MIN,
	};
	uint8_t which = in_u8(in);

	return which & 0x80 ? (int)in_u32(in) : table[which % ARRAY_LEN(table)];
}

/* ---- calls ------------------------------------------------------------------------ */

static long made(const char *name, unsigned int nr, long ret)
{
	int err = ret < 0 ? errno : 0;

	fuzz_trace("%s: %ld%s%s", name, ret, err ? " " : "",
		   err ? strerrorname_np(err) ?: "?" : "");
	fuzz_result(nr, err ? -err : ret > 2 ? 2 : ret);
	if (err)
		fuzz_check_errno(name, err);
	if (err == EFAULT && !bad)
		fuzz_fail("%s: EFAULT with good pointers", name);
	errno = err;
	return ret;
}

/* Not by the C library, which looks at some of the arguments itself. */
#define call(name, ...) \
	made(#name, SYS_##name, syscall(SYS_##name, ##__VA_ARGS__))

/* A result that tells of octets tells of no more than there was room for. */
static void check_octets(const char *name, long ret, size_t most)
{
	if (ret > 0 && (size_t)ret > most)
		fuzz_fail("%s: %ld octets of %zu", name, ret, most);
}

/* ---- descriptors --------------------------------------------------------------------- */

static int pick(struct input *in)
{
	const int others[] = {
		-1, unix_pair[0], epoll_fd, pipe_fds[0], pipe_fds[1], file_fd,
	};
	uint8_t which = in_u8(in);
	unsigned int i;

	if (which >= 0xf8)
		return others[which % ARRAY_LEN(others)];
	/* One that is open, if any is */
	for (i = 0; i < SLOTS; i++)
		if (slots[(which + i) % SLOTS] >= 0)
			break;
	return slots[(which + i) % SLOTS];
}

static void drop(unsigned int slot)
{
	int fd = __atomic_exchange_n(&slots[slot], -1, __ATOMIC_RELAXED);

	if (fd >= 0)
		made("close", SYS_close, close(fd));
}

/* Return: @fd */
static int keep(int fd)
{
	static unsigned int next;
	unsigned int i;

	if (fd < 0)
		return fd;
	for (i = 0; i < SLOTS; i++)
		if (slots[i] < 0)
			break;
	if (i == SLOTS) {
		i = next++ % SLOTS;
		drop(i);
	}
	slots[i] = fd;
	return fd;
}

/* ---- addresses ------------------------------------------------------------------------- */

static socklen_t pool(struct sockaddr_rserpool *addr, const char *handle,
		      uint32_t id)
{
	*addr = (struct sockaddr_rserpool){
		.srp_family = AF_RSERPOOL,
		.srp_handle_len = strlen(handle),
		.srp_pe_id = id,
	};
	memcpy(addr->srp_handle, handle, strlen(handle));
	return offsetof(struct sockaddr_rserpool, srp_handle) + strlen(handle);
}

static socklen_t address(struct input *in, struct sockaddr_rserpool *addr)
{
	static const char longest[RSP_HANDLE_MAX + 1] = { [0 ... RSP_HANDLE_MAX - 1] = 'x' };
	static const char * const handles[] = {
		"live", "a", "b", "nobody", "live", "", longest,
	};
	static const uint32_t ids[] = { 0, 0, 0, 1, 2, 0xffffffff };
	uint8_t wrong;
	socklen_t len;

	len = pool(addr, in_of(in, handles), in_of(in, ids));
	wrong = in_u8(in);
	if (wrong < 0xc0)
		return wrong & 1 ? sizeof(*addr) : len;
	if (wrong & 1)
		addr->srp_family = in_u16(in);
	if (wrong & 2)
		addr->srp_handle_len = in_u16(in);
	if (wrong & 4)
		addr->srp_flags = in_u8(in);
	if (wrong & 8)
		addr->srp_reserved = in_u8(in);
	if (wrong & 16)
		len = in_u8(in);
	if (wrong & 32)
		len = number(in);
	return len;
}

/* Some at the end of a page, as long as they say, some longer. */
static void *address_room(struct input *in, socklen_t *len)
{
	struct sockaddr_rserpool addr;

	*len = address(in, &addr);
	if (*len > sizeof(addr)) {
		bad = true;
		return room_with(in, &addr, sizeof(addr));
	}
	return room_with(in, &addr, *len);
}

/* ---- one function a call ------------------------------------------------------------------ */

static void do_socket(struct input *in)
{
	static const int types[] = {
		SOCK_STREAM, SOCK_STREAM, SOCK_STREAM | SOCK_NONBLOCK,
		SOCK_SEQPACKET, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, 0, 255,
	};
	static const int protocols[] = { 0, 0, 0, 132, 1, -1 };
	int type = in_of(in, types);

	keep(call(socket, AF_RSERPOOL, type, in_of(in, protocols)));
}

static void do_bind(struct input *in)
{
	int fd = pick(in);
	socklen_t len;
	void *addr = address_room(in, &len);

	call(bind, fd, addr, len);
}

static void do_connect(struct input *in)
{
	int fd = pick(in);
	socklen_t len;
	void *addr = address_room(in, &len);

	call(connect, fd, addr, len);
}

static void do_listen(struct input *in)
{
	int fd = pick(in);

	call(listen, fd, number(in));
}

/* For results of which the kernel says how long they are */
static int *length_room(struct input *in, int len)
{
	static __thread int value;

	value = len;
	if (in_u8(in) < 0xf8)
		return &value;
	bad = true;
	return NULL;
}

static void do_accept(struct input *in)
{
	static const int all[] = {
		0, 0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC, -1,
	};
	int fd = pick(in), flags = in_of(in, all);
	int size = length(in);
	void *addr = in_u8(in) & 1 ? NULL : room(in, size);

	keep(call(accept4, fd, addr, addr ? length_room(in, size) : NULL, flags));
}

static void do_name(struct input *in)
{
	int fd = pick(in), size = length(in);
	void *addr = room(in, size);

	if (in_u8(in) & 1)
		call(getsockname, fd, addr, length_room(in, size));
	else
		call(getpeername, fd, addr, length_room(in, size));
}

/* ---- sending and receiving */

static int msg_flags(struct input *in)
{
	static const int table[] = {
		0, 0, MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_NOSIGNAL,
		MSG_EOR, MSG_MORE, MSG_OOB, MSG_ERRQUEUE, MSG_DONTROUTE,
		MSG_CONFIRM, MSG_PEEK | MSG_TRUNC, MSG_DONTWAIT | MSG_PEEK,
		MSG_CMSG_CLOEXEC, RSP_MSG_NOTIFICATION, MSG_ZEROCOPY,
	};
	uint8_t which = in_u8(in);

	return which >= 0xf0 ? (int)in_u32(in) : table[which % ARRAY_LEN(table)];
}

struct message {
	struct msghdr hdr;
	struct iovec iov[1025];
	size_t octets;
};

static void message_iov(struct input *in, struct message *m)
{
	static const size_t counts[] = { 1, 1, 1, 2, 3, 8, 0, 1024, 1025 };
	size_t n = in_of(in, counts), i;

	m->octets = 0;
	for (i = 0; i < n; i++) {
		m->iov[i].iov_len = length(in);
		m->iov[i].iov_base = room(in, m->iov[i].iov_len);
		if (__builtin_add_overflow(m->octets, m->iov[i].iov_len,
					   &m->octets))
			m->octets = SIZE_MAX;
	}
	m->hdr.msg_iov = m->iov;
	m->hdr.msg_iovlen = n;
	if (in_u8(in) >= 0xf8) {
		bad = true;
		m->hdr.msg_iov = room(in, sizeof(m->iov[0]) * n);
	}
}

static void message_name(struct input *in, struct message *m)
{
	static __thread struct sockaddr_rserpool addr;

	m->hdr.msg_name = NULL;
	m->hdr.msg_namelen = 0;
	if (in_u8(in) < 0xe0)
		return;
	m->hdr.msg_name = &addr;
	m->hdr.msg_namelen = address(in, &addr);
}

/* Short lifetimes, which end before the message has gone anywhere, and others */
static size_t prinfo(uint32_t value, void *buf)
{
	struct rsp_prinfo pr = { .policy = value << 4 & 0x30, .value = value >> 2 & 0xff };

	memcpy(buf, &pr, sizeof(pr));
	return sizeof(pr);
}

static size_t sndinfo(uint32_t value, void *buf)
{
	struct rsp_sndinfo info = {
		.session_id = value & 1 ? value >> 1 & 15 : 0,
		.options = 1U << (value >> 5 & 31),
		.ppid = value >> 10 & 15,
		.stream = value >> 14 & 15,
	};

	memcpy(buf, &info, sizeof(info));
	return sizeof(info);
}

static size_t put_cmsg(struct input *in, uint8_t *at, size_t left)
{
	static const int levels[] = {
		SOL_RSERPOOL, SOL_RSERPOOL, SOL_SOCKET, SOL_SCTP, 0, -1,
	};
	struct cmsghdr c = { .cmsg_level = in_of(in, levels) };
	size_t len = length(in);

	c.cmsg_type = in_u8(in) % 10;
	if (len > 70000)
		len = 70000;
	c.cmsg_len = CMSG_LEN(len);
	if (CMSG_SPACE(len) > left)
		return 0;
	if (c.cmsg_level == SOL_SOCKET && c.cmsg_type == SCM_RIGHTS && len >= 4) {
		int fd = pick(in);

		memcpy(at + CMSG_LEN(0), &fd, sizeof(fd));
	}
	if (c.cmsg_level == SOL_RSERPOOL && c.cmsg_type == RSP_CMSG_SNDINFO &&
	    left >= CMSG_SPACE(sizeof(struct rsp_sndinfo))) {
		len = sndinfo(number(in), at + CMSG_LEN(0));
		c.cmsg_len = CMSG_LEN(len);
	}
	if (c.cmsg_level == SOL_RSERPOOL && c.cmsg_type == RSP_CMSG_PRINFO &&
	    left >= CMSG_SPACE(8)) {
		len = prinfo(number(in), at + CMSG_LEN(0));
		c.cmsg_len = CMSG_LEN(len);
	}
	if (in_u8(in) >= 0xe0)
		c.cmsg_len = number(in);
	memcpy(at, &c, sizeof(c));
	return CMSG_SPACE(len);
}

static void message_control(struct input *in, struct message *m)
{
	static __thread uint8_t control[3 * 70100] __attribute__((aligned(8)));
	unsigned int n = in_u8(in);
	size_t len = 0;

	for (n = n < 0x80 ? 0 : n % 4; n; n--)
		len += put_cmsg(in, control + len, sizeof(control) - len);
	m->hdr.msg_control = len ? control : NULL;
	m->hdr.msg_controllen = len;
	if (in_u8(in) < 0xf0)
		return;
	bad = true;
	m->hdr.msg_controllen = length(in);
}

static struct message *message(struct input *in)
{
	static __thread struct message *m;

	if (!m)
		m = calloc(1, sizeof(*m));
	message_iov(in, m);
	message_name(in, m);
	message_control(in, m);
	m->hdr.msg_flags = 0;
	return m;
}

static void do_send(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in);
	size_t len = length(in);

	check_octets("send", call(sendto, fd, room(in, len), len, flags, NULL, 0),
		     len);
}

static void do_sendto(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in);
	size_t size = length(in);
	void *buf = room(in, size);
	struct sockaddr_rserpool addr;
	socklen_t len = address(in, &addr);

	if (len > sizeof(addr))
		bad = true;
	call(sendto, fd, buf, size, flags, &addr, len);
}

static void do_sendmsg(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in);
	struct message *m = message(in);

	check_octets("sendmsg", call(sendmsg, fd, &m->hdr, flags), m->octets);
}

static void do_sendmmsg(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in), i, n = in_u8(in) % 9;
	struct message *m = message(in);
	struct mmsghdr all[8];

	for (i = 0; i < 8; i++)
		all[i].msg_hdr = m->hdr;
	if (n > 8) {
		bad = true;
		call(sendmmsg, fd, room(in, sizeof(all[0])), number(in), flags);
		return;
	}
	check_octets("sendmmsg", call(sendmmsg, fd, all, n, flags), n);
}

static void do_recv(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in);
	size_t len = length(in);
	long ret;

	ret = call(recvfrom, fd, room(in, len), len, flags, NULL, NULL);
	if (!(flags & MSG_TRUNC))
		check_octets("recv", ret, len);
}

static void do_recvfrom(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in), size;
	size_t len = length(in);
	void *buf = room(in, len), *addr;

	size = length(in);
	addr = room(in, size);
	call(recvfrom, fd, buf, len, flags, addr, length_room(in, size));
}

static void do_recvmsg(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in);
	struct message *m = message(in);
	long ret = call(recvmsg, fd, &m->hdr, flags);

	if (!(flags & MSG_TRUNC))
		check_octets("recvmsg", ret, m->octets);
}

static void do_recvmmsg(struct input *in)
{
	int fd = pick(in), flags = msg_flags(in), i, n = in_u8(in) % 9;
	struct timespec limit = { in_u8(in) % 2, in_u8(in) * 1000000L };
	struct message *m = message(in);
	struct mmsghdr all[8];

	for (i = 0; i < 8; i++)
		all[i].msg_hdr = m->hdr;
	check_octets("recvmmsg",
		     call(recvmmsg, fd, all, n, flags, in_u8(in) & 1 ? &limit : NULL),
		     n);
}

static void do_file(struct input *in)
{
	int fd = pick(in), other = pick(in);
	size_t len = length(in);

	switch (in_u8(in) % 8) {
	case 0:
		check_octets("read", call(read, fd, room(in, len), len), len);
		break;
	case 1:
		check_octets("write", call(write, fd, room(in, len), len), len);
		break;
	case 2:
		call(readv, fd, message(in)->iov, in_u8(in) % 9);
		break;
	case 3:
		call(writev, fd, message(in)->iov, in_u8(in) % 9);
		break;
	case 4:
		call(splice, fd, NULL, pipe_fds[1], NULL, len, in_u8(in) & 15);
		break;
	case 5:
		call(splice, pipe_fds[0], NULL, fd, NULL, len, in_u8(in) & 15);
		break;
	case 6:
		call(sendfile, fd, other, NULL, len);
		break;
	case 7:
		if (lseek(file_fd, 0, SEEK_SET) == 0)
			call(sendfile, fd, file_fd, NULL, len);
		break;
	}
}

/* ---- options */

static int option(struct input *in, int *level)
{
	static const int levels[] = {
		SOL_RSERPOOL, SOL_RSERPOOL, SOL_RSERPOOL, SOL_SOCKET, SOL_SOCKET,
		SOL_SCTP, 0, 41, 6, -1,
	};
	uint8_t name = in_u8(in);

	*level = in_of(in, levels);
	switch (*level) {
	case SOL_RSERPOOL:
		return name % (__RSP_OPT_MAX + 1);
	case SOL_SOCKET:
		return name % 80;
	case SOL_SCTP:
		return name % 40;
	default:
		return name;
	}
}

/* With an address, without one, or opaque. */
static size_t transport_value(struct input *in, void *buf)
{
	static const uint8_t protocols[] = { 0, 6, 17, 33, 132, 136 };
	struct rsp_transport_addrs t = {
		.protocol = in_of(in, protocols),
		.port = in_u8(in),
	};
	struct sockaddr_in *sin = (void *)&t.addrs[0];
	size_t len = offsetof(struct rsp_transport_addrs, addrs);

	if (!t.protocol) {
		t.port = 0;
		t.opaque_len = in_u8(in) % 64;
		len += t.opaque_len;
	} else if (in_u8(in) & 1) {
		t.naddrs = 1;
		sin->sin_family = AF_INET;
		sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		len += sizeof(t.addrs[0]);
	}
	memcpy(buf, &t, len);
	return len;
}

/* Of any option of SCTP's: small numbers behind no association. */
static size_t sctp_value(struct input *in, void *buf)
{
	static const uint8_t lengths[] = {
		4, 8, sizeof(struct sctp_sack_info), sizeof(struct sctp_rtoinfo),
		sizeof(struct sctp_assocparams), sizeof(struct sctp_paddrparams),
	};
	size_t i, len = in_of(in, lengths);

	memset(buf, 0, len);
	for (i = len > 4 ? 4 : 0; i < len && i < 24; i += 4)
		((uint8_t *)buf)[i] = in_u8(in);
	return len;
}

/* A right one of our own; the mistakes come on top. */
static size_t option_value(struct input *in, int level, int name, void *buf)
{
	struct rsp_event ev = { .type = in_u8(in) % __RSP_NOTIFY_MAX,
				.on = in_u8(in) & 1 };
	struct rsp_policy policy = { .type = in_u8(in) % 7, .weight = 1 };
	struct timeval time = { in_u8(in) % 3, in_u8(in) * 1000 };
	int value = number(in);

	if (level == SOL_RSERPOOL && name == RSP_EVENT) {
		memcpy(buf, &ev, sizeof(ev));
		return sizeof(ev);
	}
	if (level == SOL_RSERPOOL && name == RSP_POLICY) {
		if (in_u8(in) & 1)
			policy.type |= 0x40000000;
		memcpy(buf, &policy, sizeof(policy));
		return sizeof(policy);
	}
	if (level == SOL_RSERPOOL && name == RSP_TRANSPORT)
		return transport_value(in, buf);
	if (level == SOL_RSERPOOL &&
	    (name == RSP_BASIC || name == RSP_PROFILE ||
	     name == RSP_RECVNXTINFO || name == RSP_RECVRCVINFO))
		value &= 3;
	if (level == SOL_RSERPOOL && name == RSP_COOKIE_KEY) {
		struct rsp_cookie_key key = {
			.id = value & 3,
			.flags = value >> 2 & RSP_COOKIE_KEY_SIGN,
			.max_age = value >> 3 & 1,
			.len = value & 16,	/* or forget it */
		};

		memcpy(buf, &key, sizeof(key));
		return sizeof(key);
	}
	if (level == SOL_RSERPOOL && name == RSP_DEFAULT_PRINFO)
		return prinfo(value, buf);
	if (level == SOL_RSERPOOL && (name == RSP_RELEASE || name == RSP_NEXT)) {
		uint64_t session = in_u8(in) % 16;

		memcpy(buf, &session, sizeof(session));
		return sizeof(session);
	}
	if (level == SOL_SCTP)
		return sctp_value(in, buf);
	if (level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO)) {
		memcpy(buf, &time, sizeof(time));
		return sizeof(time);
	}
	memcpy(buf, &value, sizeof(value));
	return sizeof(value);
}

static void do_setsockopt(struct input *in)
{
	int fd = pick(in), level, name = option(in, &level);
	uint8_t how = in_u8(in), value[INPUT_MAX] = { 0 };
	size_t len = option_value(in, level, name, value);

	if (how & 0x40)
		len = length(in);
	if (how & 0x80) {
		len = in_left(in);
		memcpy(value, in->at, len);
	}
	if (len <= sizeof(value)) {
		call(setsockopt, fd, level, name, room_with(in, value, len), len);
		return;
	}
	/* Cookies are as long as that; what is longer still points anywhere */
	bad = len > AREA || level != SOL_RSERPOOL;
	call(setsockopt, fd, level, name, room(in, len), len);
}

static void do_getsockopt(struct input *in)
{
	int fd = pick(in), level, name = option(in, &level);
	size_t len = length(in);
	struct rsp_event ev = { .type = in_u8(in) % __RSP_NOTIFY_MAX };
	void *value = room(in, len);

	if (!bad && len >= sizeof(ev))
		memcpy(value, &ev, sizeof(ev));
	/* Options of others that read what the value points to */
	if (level != SOL_RSERPOOL)
		bad = true;
	call(getsockopt, fd, level, name, value, length_room(in, len));
}

/* ---- waiting */

static void do_poll(struct input *in)
{
	struct pollfd all[SLOTS];
	unsigned int i, n = in_u8(in) % (SLOTS + 1);
	int ms = in_u8(in);
	fd_set set;
	struct timeval limit = { 0, ms * 1000 };

	FD_ZERO(&set);
	for (i = 0; i < n; i++) {
		all[i] = (struct pollfd){ .fd = pick(in), .events = in_u16(in) };
		if (all[i].fd >= 0)
			FD_SET(all[i].fd, &set);
	}
	if (in_u8(in) & 1)
		call(poll, all, n, in_u8(in) & 1 ? ms : 0);
	else
		call(select, FD_SETSIZE, &set, NULL, &set, &limit);
}

static void do_epoll(struct input *in)
{
	struct epoll_event ev = { .events = in_u16(in) };
	int fd = pick(in), op = in_u8(in) % 4;

	if (in_u8(in) & 1)
		ev.events |= EPOLLET;
	if (in_u8(in) & 1)
		ev.events |= EPOLLONESHOT;
	if (op)
		call(epoll_ctl, epoll_fd, op, fd, &ev);
	else
		call(epoll_wait, epoll_fd, &ev, 1, in_u8(in));
}

/* ---- the rest */

static void do_shutdown(struct input *in)
{
	int fd = pick(in);

	call(shutdown, fd, in_u8(in) % 5 - 1);
}

static void do_ioctl(struct input *in)
{
	static const unsigned long requests[] = {
		FIONREAD, SIOCOUTQ, FIONBIO, FIOASYNC, SIOCGIFNAME, SIOCGIFCONF,
		SIOCATMARK, SIOCSPGRP, SIOCGPGRP, SIOCGSTAMP_OLD, SIOCPROTOPRIVATE,
	};
	int fd = pick(in), value[16] = { number(in) };
	unsigned long request = in_of(in, requests);

	if (in_u8(in) >= 0xf0)
		request = in_u32(in);
	/* What others take from the value is not ours to know */
	bad = true;
	call(ioctl, fd, request, value);
}

static void do_fcntl(struct input *in)
{
	static const int commands[] = {
		F_GETFL, F_SETFL, F_SETFD, F_GETOWN, F_SETOWN, F_SETLK, F_SETLEASE,
	};
	int fd = pick(in), command = in_of(in, commands);
	long arg = in_u8(in) & 1 ? O_NONBLOCK : 0;

	if (command == F_SETOWN)
		arg = getpid();
	else if (command == F_SETFL && in_u8(in) >= 0xc0)
		arg |= O_ASYNC;
	else if (command >= F_SETLK)
		bad = true;
	call(fcntl, fd, command, arg);
}

static void do_dup(struct input *in)
{
	int fd = pick(in);

	if (fd != epoll_fd)
		keep(call(dup, fd));
}

static void do_close(struct input *in)
{
	drop(in_u8(in) % SLOTS);
}

static void do_map(struct input *in)
{
	int fd = pick(in);
	void *map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	if (map != MAP_FAILED)
		munmap(map, PAGE);
	call(lseek, fd, number(in), in_u8(in) % 4);
	call(fsync, fd);
}

/* A descriptor on its way: for a moment nobody has it. */
static void do_pass(struct input *in)
{
	union {
		struct cmsghdr hdr;
		uint8_t space[CMSG_SPACE(sizeof(int))];
	} c = { .hdr = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec iov = { (char[1]){ 0 }, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &c, .msg_controllen = sizeof(c),
	};
	int fd;

	if (in_u8(in) & 1) {
		if (recvmsg(unix_pair[1], &m, MSG_DONTWAIT) == 1 &&
		    m.msg_controllen >= CMSG_LEN(sizeof(fd))) {
			memcpy(&fd, CMSG_DATA(&c.hdr), sizeof(fd));
			keep(fd);
		}
		return;
	}
	fd = pick(in);
	/* Two that hold each other are the business of AF_UNIX */
	if (fd == unix_pair[0])
		return;
	memcpy(CMSG_DATA(&c.hdr), &fd, sizeof(fd));
	made("pass", 1000, sendmsg(unix_pair[0], &m, MSG_DONTWAIT));
}

/* ---- ready-made: what random calls seldom come to */

static void do_client(struct input *in)
{
	static const char * const handles[] = { "live", "live", "a", "b" };
	struct sockaddr_rserpool addr;
	socklen_t len = pool(&addr, in_of(in, handles), 0);
	int fd = keep(call(socket, AF_RSERPOOL, SOCK_STREAM, 0));

	call(connect, fd, &addr, len);
}

static int listener(const char *handle)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool(&addr, handle, 0);
	int fd = keep(call(socket, AF_RSERPOOL, SOCK_STREAM | SOCK_NONBLOCK, 0));

	call(bind, fd, &addr, len);
	call(listen, fd, 5);
	return fd;
}

static void do_server(struct input *in)
{
	listener(in_u8(in) & 1 ? "a" : "b");
}

/* Both ends of a session */
static void do_session(struct input *in)
{
	const char *handle = in_u8(in) & 1 ? "a" : "b";
	struct sockaddr_rserpool addr;
	socklen_t len = pool(&addr, handle, 0);
	int server = listener(handle);
	int client = keep(call(socket, AF_RSERPOOL, SOCK_STREAM, 0));

	/* Registered, found, there to be accepted */
	fuzz_sleep(50);
	call(connect, client, &addr, len);
	fuzz_sleep(50);
	keep(call(accept4, server, NULL, NULL, 0));
}

static void do_cookie(struct input *in)
{
	int fd = pick(in);
	size_t len = in_u8(in);

	call(setsockopt, fd, SOL_RSERPOOL, RSP_COOKIE, room(in, len), len);
}

/* An administrator moves the session. */
static void do_failover(struct input *in)
{
	struct rsp_info info = { 0 };
	socklen_t len = sizeof(info);
	struct nlmsghdr *nlh;

	if (call(getsockopt, pick(in), SOL_RSERPOOL, RSP_INFO, &info, &len))
		return;
	nlh = rsp_nl_begin(nl, RSERPOOL_CMD_SESSION_FAILOVER, 0);
	mnl_attr_put_u64(nlh, RSERPOOL_A_SESSION_ID, info.session_id);
	fuzz_result(1001, rsp_nl_request(nl, nlh, NULL, NULL));
}

static void do_fork(struct input *in);
static void do_kill(struct input *in);

static void (*const calls[])(struct input *in) = {
	do_socket, do_bind, do_connect, do_listen, do_accept, do_name,
	do_send, do_sendto, do_sendmsg, do_sendmmsg,
	do_recv, do_recvfrom, do_recvmsg, do_recvmmsg, do_file,
	do_setsockopt, do_setsockopt, do_getsockopt, do_poll, do_epoll,
	do_shutdown, do_ioctl, do_fcntl, do_dup, do_close, do_map, do_pass,
	fuzz_rest, do_client, do_server, do_session, do_cookie, do_failover,
	do_fork, do_kill,
};

static void run_call(struct input *in, unsigned int which)
{
	bad = false;
	calls[which % ARRAY_LEN(calls)](in);
}

/* ---- a second thread ------------------------------------------------------------------ */

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct input in;
	unsigned int which;
	bool busy;
} beside = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER,
};

static void *beside_run(void *unused)
{
	(void)unused;
	area_init();
	fuzz_thread();
	pthread_mutex_lock(&beside.lock);
	for (;;) {
		beside.busy = false;
		while (!beside.busy)
			pthread_cond_wait(&beside.more, &beside.lock);
		pthread_mutex_unlock(&beside.lock);
		run_call(&beside.in, beside.which);
		pthread_mutex_lock(&beside.lock);
	}
	return NULL;
}

static bool beside_busy(void)
{
	bool busy;

	pthread_mutex_lock(&beside.lock);
	busy = beside.busy;
	pthread_mutex_unlock(&beside.lock);
	return busy;
}

/* Return: false if it has still something to do. */
static bool beside_start(struct input in, unsigned int which)
{
	bool idle;

	pthread_mutex_lock(&beside.lock);
	idle = !beside.busy;
	if (idle) {
		beside.in = in;
		beside.which = which;
		beside.busy = true;
		pthread_cond_signal(&beside.more);
	}
	pthread_mutex_unlock(&beside.lock);
	return idle;
}

static void beside_finish(void)
{
	unsigned int i;

	for (i = 0; beside_busy(); i++) {
		if (i > PATIENCE)
			fuzz_fail("call %u of the second thread does not end",
				  beside.which);
		pthread_kill(beside.thread, SIGUSR2);
		fuzz_sleep(TICK_MS);
	}
}

/* ---- processes --------------------------------------------------------------------------- */

static pid_t process(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fuzz_fail("fork: %s", strerror(errno));
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void reap(pid_t *pid)
{
	unsigned int i;

	if (!*pid)
		return;
	kill(*pid, SIGKILL);
	for (i = 0; waitpid(*pid, NULL, WNOHANG) != *pid; i++) {
		if (i > PATIENCE * TICK_MS)
			fuzz_fail("a process cannot be killed");
		fuzz_sleep(1);
	}
	*pid = 0;
}

/* Echo, and a cookie for each message: what it got to last. */
static void __attribute__((noreturn)) serve(unsigned int id)
{
	struct sockaddr_rserpool addr;
	socklen_t len = pool(&addr, "live", id);
	struct pollfd all[16];
	char buf[4096];
	int i, n = 1;
	ssize_t got;

	/* None but its own, or sessions would live on in it */
	for (i = 0; i < SLOTS; i++)
		close(slots[i]);
	all[0].fd = socket(AF_RSERPOOL, SOCK_STREAM, 0);
	if (bind(all[0].fd, (struct sockaddr *)&addr, len) || listen(all[0].fd, 5))
		_exit(1);
	for (;;) {
		for (i = 0; i < n; i++)
			all[i].events = POLLIN;
		poll(all, n, -1);
		for (i = n - 1; i > 0; i--) {
			if (!all[i].revents)
				continue;
			got = recv(all[i].fd, buf, sizeof(buf), MSG_DONTWAIT);
			if (got > 0) {
				setsockopt(all[i].fd, SOL_RSERPOOL, RSP_COOKIE, buf,
					   got % 64);
				send(all[i].fd, buf, got, MSG_DONTWAIT | MSG_NOSIGNAL);
			} else if (!got || errno != EAGAIN) {
				close(all[i].fd);
				all[i] = all[--n];
			}
		}
		if (all[0].revents && n < (int)ARRAY_LEN(all)) {
			all[n].fd = accept(all[0].fd, NULL, NULL);
			if (all[n].fd >= 0)
				n++;
		}
	}
}

static void servers_start(void)
{
	unsigned int i;

	for (i = 0; i < SERVERS; i++) {
		if (servers[i])
			continue;
		servers[i] = process();
		if (!servers[i])
			serve(i + 1);
	}
}

static void do_kill(struct input *in)
{
	unsigned int i = in_u8(in) % SERVERS;

	reap(&servers[i]);
	if (in_u8(in) & 1)
		servers_start();
}

static void do_fork(struct input *in)
{
	unsigned int i, which = in_u8(in) % ARRAY_LEN(calls);

	for (i = 0; i < CHILDREN && children[i]; i++)
		;
	if (i == CHILDREN || calls[which] == do_fork || calls[which] == do_kill ||
	    calls[which] == do_failover)
		return;
	children[i] = process();
	if (children[i])
		return;
	run_call(in, which);
	_exit(0);
}

/* ---- inputs ----------------------------------------------------------------------------------- */

static void nothing(int signal)
{
	(void)signal;
}

static void tick_start(void)
{
	struct sigevent ev = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGUSR2,
		._sigev_un._tid = gettid(),
	};
	struct timespec tick = { 0, TICK_MS * 1000000L };
	struct itimerspec it = { tick, tick };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &ev, &timer) ||
	    timer_settime(timer, 0, &it, NULL))
		fuzz_fail("timer: %s", strerror(errno));
}

void fuzz_setup(void)
{
	struct sigaction interrupt = { .sa_handler = nothing };
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		slots[i] = -1;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	signal(SIGURG, SIG_IGN);
	sigaction(SIGUSR2, &interrupt, NULL);
	area_init();
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	file_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, unix_pair) ||
	    pipe2(pipe_fds, O_NONBLOCK) || epoll_fd < 0 || file_fd < 0)
		fuzz_fail("descriptors: %s", strerror(errno));
	if (rsp_nl_open(&nl))
		fuzz_fail("netlink: %s", rsp_nl_error(nl));
	servers_start();
	if (pthread_create(&beside.thread, NULL, beside_run, NULL))
		fuzz_fail("thread: %s", strerror(errno));
	fuzz_sleep(100);
	tick_start();
}

static void clean_up(void)
{
	char buf[PAGE];
	unsigned int i;

	beside_finish();
	for (i = 0; i < CHILDREN; i++)
		reap(&children[i]);
	for (i = 0; i < SLOTS; i++)
		drop(i);
	/* What is in flight in there is closed with it */
	while (recv(unix_pair[1], buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	while (recv(unix_pair[0], buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	while (read(pipe_fds[0], buf, sizeof(buf)) > 0)
		;
	servers_start();
	fuzz_sleep(20);
}

void fuzz_run(struct input *in)
{
	struct input one;
	unsigned int which;

	if (in_left(in) > INPUT_MAX)
		return;
	while (in_left(in)) {
		one = in_call(in);
		which = in_u8(&one);
		if (!(which & 0x80) || !beside_start(one, which & 0x7f))
			run_call(&one, which & 0x7f);
	}
	clean_up();
}
