"""What is asked of the kernel: rights given up, addresses made local, paths and ports that may be used."""

import contextlib
import ctypes
import os
import resource
import socket
import struct

PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 4, 24, 36, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
PROCESSES, FILE_BYTES = 4096, 4 << 30
"""What one program may take: processes of its user, and the size of one file."""

RTM_NEWROUTE, NLM_REQUEST_CREATE = 24, 0x1 | 0x400
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
READ_EXECUTE = 1 << 0 | 1 << 2 | 1 << 3
OF_A_FILE = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
CONNECT_TCP = 1 << 1
ABSTRACT_SOCKETS, SIGNALS = 1 << 0, 1 << 1
RULE_PATH, RULE_PORT = 1, 2

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option, *values):
    return _libc.prctl(option, *(list(values) + [0] * (4 - len(values))))


def bare(alone):
    """Give up what this program needs and the app does not, and bound what a program may take.

    Processes are counted by user: where the box is not `alone` with its own, the user's other ones would count too.
    """
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(64):  # without them the next program has none, whoever its user is
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if landlock_version() >= 6:
        _restrict(0, 0, SIGNALS)  # to its own processes: not to ours
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for limit, most in ((resource.RLIMIT_FSIZE, FILE_BYTES), (resource.RLIMIT_NPROC, PROCESSES))[: 1 + alone]:
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))


def hide():
    """Keep the app from reading this program's memory and open files, though it runs as the same user."""
    prctl(PR_SET_DUMPABLE, 0)


def adopt():
    """Become the parent of every process below whose own parent ends."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def all_addresses_here():
    """Make every address local (`ip route add local default dev lo`), so that contacts by bare address are seen."""
    message = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 255, 4, 254, 2, 0)
    message += struct.pack("=HHI", 8, 4, socket.if_nametoindex("lo"))
    head = struct.pack("=IHHII", 16 + len(message), RTM_NEWROUTE, NLM_REQUEST_CREATE, 1, 0)
    with contextlib.suppress(OSError), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:
        route.send(head + message)


def landlock_version() -> int:
    """Return the version of landlock that this kernel has, 0 for none."""
    return max(0, int(_libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def confine(readable, writable, ports):
    """Let this process and all below it read and write these paths only, and connect to these TCP ports only.

    Older kernels know less: ports from version 4 on, no signals to processes outside from version 6 on.
    """
    version = landlock_version()
    files = (1 << (13 + (version >= 2) + (version >= 3) + (version >= 5))) - 1
    network, scopes = (CONNECT_TCP if version >= 4 else 0), (ABSTRACT_SOCKETS | SIGNALS if version >= 6 else 0)
    _restrict(files, network, scopes, readable, writable, ports)


def _restrict(files, network, scopes, readable=(), writable=(), ports=()):
    version = landlock_version()
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = struct.pack("=QQQ", files, network, scopes)[:size]
    ruleset = _checked(_libc.syscall(CREATE_RULESET, rules, ctypes.c_size_t(size), 0))
    for place in readable:
        _allow_path(ruleset, place, files & READ_EXECUTE)
    for place in writable:
        _allow_path(ruleset, place, files)
    for port in ports if network else ():
        _checked(_libc.syscall(ADD_RULE, ruleset, RULE_PORT, struct.pack("=QQ", CONNECT_TCP, port), 0))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    _checked(_libc.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow_path(ruleset, place, rights):
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(place):
        rights &= OF_A_FILE
    try:
        _checked(_libc.syscall(ADD_RULE, ruleset, RULE_PATH, struct.pack("=Qi", rights, opened), 0))
    finally:
        os.close(opened)


def _checked(answer):
    if answer < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return answer
