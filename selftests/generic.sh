#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Programs that know nothing of RSerPool, and what they do with descriptors: socat by the
# family's number, Python's socket module on a descriptor that it inherits, a server under
# systemd's socket activation, and all of rsp_generic.  Host 1 has the clients, 2 and 3 servers.

. "$(dirname "$0")/lib.sh"

setup_quick_pool 3

# Debian's own: what else is first in the path may be a wrapper of some kind
PYTHON=/usr/bin/python3

# socat's address of a pool: the sockaddr without its family, in octets of x86.  At the end of its
# input it would shut down its side at once, and SCTP knows no half of an association that goes
# on: hence shut-none.
socat_address()
{
	printf 'SOCKET-%s:18:0:x%02x00%024d' "$1" ${#2} 0
	printf '%s' "$2" | od -An -v -tx1 | tr -d ' \n'
	printf ',shut-none'
}

# registered HOST POOL: an element of this host
registered()
{
	on "$1" rspctl pe show | grep "$2" | grep -qw registered
}

# echo_start NAME HOST POOL: a server that takes its listening socket from systemd's socket
# activation, waits with epoll and splices to where the service is
PROXY=/lib/systemd/systemd-socket-proxyd
echo_start()
{
	start "$1" "$2" pool-fd -l "$3" "$PROXY" 127.0.0.1:7000 &&
		wait_for 10 registered "$2" "$3"
}

# A client with Python's socket module: what comes back is what was sent
PYTHON_CLIENT=$(cat <<-'END'
	import socket, select, sys
	s = socket.socket(fileno=3)
	assert s.family == 18 and s.type == socket.SOCK_STREAM, s
	for text in sys.argv[1:]:
	    s.sendall(text.encode())
	    s.settimeout(10)
	    print(s.recv(1000).decode(), flush=True)
	s.setblocking(False)
	try:
	    s.recv(1)
	except BlockingIOError:
	    pass
	p = select.poll()
	p.register(s, select.POLLIN | select.POLLOUT)
	assert p.poll(0) == [(3, select.POLLOUT)]
	f = s.makefile("rwb", buffering=0)
	f.write(b"as a file")
	s.settimeout(10)
	assert f.read(100) == b"as a file"
	s.shutdown(socket.SHUT_WR)
	assert s.recv(1) == b""
END
)

# ---- what programs do ----------------------------------------------------------

socat_both()
{
	start s 2 socat "$(socat_address LISTEN socats),fork" EXEC:cat &&
		wait_for 10 registered 2 socats &&
		same socat "$(echo hello | on 1 socat -t 5 - "$(socat_address CONNECT socats)")" hello &&
		same again "$(echo again | on 1 socat -t 5 - "$(socat_address CONNECT socats)")" again
	local rc=$?
	stop s KILL
	return "$rc"
}

# Its server is killed between two lines; two of them, so that there is a next one
socat_moves()
{
	local rc

	echo_start a 2 moves && echo_start b 3 moves || return
	peer_start c 1 "socat - $(socat_address CONNECT moves)"
	tell c one && hear c && same "before" "$answer" one &&
		stop "$(serving_one)" KILL && tell c two && hear c && same "after" "$answer" two
	rc=$?
	peer_end c
	stop a KILL
	stop b KILL
	return "$rc"
}

# Which of them has the session
serving_one()
{
	on 2 rspctl session show | grep -qw "role server" && echo a || echo b
}

python_client()
{
	local rc

	echo_start a 2 snakes &&
		same answers "$(on 1 pool-fd snakes "$PYTHON" -c "$PYTHON_CLIENT" one two)" $'one\ntwo'
	rc=$?
	stop a KILL
	return "$rc"
}

# Many sessions at a time in one epoll loop
activated()
{
	local rc

	echo_start a 2 many &&
		on 1 rsp_peer "$(for i in {1..30}; do echo "socket; connect many => ok;"; done)" \
			"$(for i in {0..29}; do echo "use $i; send from-$i;"; done)" \
			"$(for i in {0..29}; do echo "use $i; recv => *: from-$i;"; done)" >/dev/null
	rc=$?
	stop a KILL
	return "$rc"
}

# Where Python makes an address it has to know the family: connect(), accept(), recvfrom()
python_refuses()
{
	same connect "$("$PYTHON" -c 'import socket
try:
    socket.socket(18, socket.SOCK_STREAM).connect(b"pool")
except OSError as e:
    print(e)')" "*bad family"
}

generic()
{
	local said rc=0

	said=$(on 1 rsp_generic "$2" 2>&1) || rc=$?
	if [ "$rc" = 4 ]; then
		skip "$1" "$said"
		return
	fi
	check "$1" same "$2" "$said" ""
}

if command -v socat >/dev/null && [ -x $PROXY ] && [ -x $PYTHON ]; then
	for host in 2 3; do
		start "cat$host" $host socat TCP-LISTEN:7000,bind=127.0.0.1,fork EXEC:cat
	done
	check "socat: SOCKET-LISTEN and SOCKET-CONNECT" socat_both
	check "socat: its server dies, its descriptor goes on" socat_moves
	check "Python's socket module, on an inherited descriptor" python_client
	check "a server under systemd's socket activation" activated
	check "Python's connect() knows no such family" python_refuses
else
	skip "programs that know nothing of RSerPool" "needs socat, systemd and python3"
fi
generic "read, write, readv, writev, O_NONBLOCK" read-write
generic "sendmmsg, recvmmsg" mmsg
generic "MSG_MORE" more
generic "sendfile" sendfile
generic "splice, in and out" splice
generic "a descriptor passed on over a unix socket" pass
generic "fork" fork
generic "epoll: edges of what comes" epoll
generic "epoll: edges of room to send" epoll-room
generic "select" select
generic "io_uring: send, receive, connect, accept, poll" io_uring
generic "what is not there says so" refusals
finish
