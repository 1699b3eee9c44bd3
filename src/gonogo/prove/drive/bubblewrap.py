"""Containment by bubblewrap: namespaces of its own for files, processes and network, as root or as any user.

Programs read what the system has installed and write to the copy, to /tmp and to an empty home, both in memory. The
copy is seen at the place of the original. The only network device is the loopback.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

from gonogo.prove.drive.places import ETC, SYSTEM, caches, installed
from gonogo.prove.drive.walls import ROOM, Ground, Walls, first_program

INSIDE = "/run/inside"
HOME = "/home/app"
MEMORY_BYTES = 2 << 30
"""How much /tmp, and the home, may hold each."""

_NAMESPACES = (
    "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--die-with-parent", "--new-session",
    "--clearenv", "--cap-drop", "ALL", "--cap-add", "CAP_NET_BIND_SERVICE", "--cap-add", "CAP_NET_ADMIN",
    "--hostname", "lab", "--as-pid-1",
)  # fmt: skip
_FILES = {
    "hosts": "127.0.0.1 localhost lab\n::1 localhost\n",
    "resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "passwd": f"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::{HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    "group": "root:x:0:\napp:x:1000:\nnogroup:x:65534:\n",
}
_DEVICES = ("null", "zero", "full", "random", "urandom")
_LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"}


@functools.cache
def _program() -> str | None:
    return shutil.which("bwrap", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin:/usr/local/bin")


@functools.cache
def kind() -> str | None:
    """Return "bubblewrap" where it is installed and the kernel lets it make namespaces."""
    program = _program()
    if program is None:
        return None
    tried = [program, *_NAMESPACES, "--ro-bind", "/", "/", "--proc", "/proc", "--tmpfs", "/tmp", "/bin/true"]  # noqa: S108
    try:
        done = subprocess.run(tried, capture_output=True, timeout=10, check=False, env={})
    except (OSError, subprocess.TimeoutExpired):
        return None
    return "bubblewrap" if done.returncode == 0 else None


def walls(ground: Ground) -> Walls:
    """Plan the namespaces and what is seen in them."""
    words = [_program() or "bwrap", *_NAMESPACES]
    for place in SYSTEM:
        if os.path.islink(place):
            words += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            words += ["--ro-bind", place, place]
    for place in ETC:
        words += ["--ro-bind-try", place, place]
    if os.path.isdir("/etc/ssl/private"):
        words += ["--tmpfs", "/etc/ssl/private"]
    for name, text in _FILES.items():
        (ground.room / name).write_text(text)
        words += ["--ro-bind", str(ground.room / name), f"/etc/{name}"]
    for place in ("/tmp", "/run", "/var/tmp", HOME):  # noqa: S108  (in the box)
        words += ["--size", str(MEMORY_BYTES), "--tmpfs", place]
    words += _devices()
    words += ["--ro-bind", str(ground.room), ROOM]
    words += ["--ro-bind", str(Path(__file__).with_name("inside")), INSIDE]
    for prefix in (*installed(ground.root, ground.commands), *caches().values()):
        words += ["--ro-bind", prefix, prefix]
    root = str(ground.root)
    words += ["--bind", str(ground.copy), root]
    for inner in ground.shared:
        words += ["--ro-bind", str(ground.root / inner), str(ground.root / inner)]
    words += ["--chdir", root, *first_program(os.path.dirname(INSIDE), ROOM)]
    environment = {**caches(), "HOME": HOME, "TMPDIR": "/tmp"}  # noqa: S108  (in the box)
    return Walls(command=words, root=root, room=ROOM, alone=True, environment=environment)


def _devices() -> list[str]:
    """Not `--dev`: it makes bubblewrap nest a second user namespace, whose rights do not hold for the network."""
    words = ["--proc", "/proc", "--tmpfs", "/dev", "--tmpfs", "/dev/shm"]  # noqa: S108
    for name, target in _LINKS.items():
        words += ["--symlink", target, f"/dev/{name}"]
    for device in _DEVICES:
        words += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    return words
