"""Containment where no namespaces are to be had: landlock where the kernel has it, and a proxy that leads to the lab.

With landlock the app reads what is installed and writes to the copy, its home and its scratch directory alone, and
connects to the lab's ports alone; names are still looked up on the network. Without it nothing but the environment
keeps an app from the network and from files: the kind says which. Processes are found again wherever they hide: the
first program adopts every one whose parent ends.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from gonogo.prove.drive.inside import kernel
from gonogo.prove.drive.places import ETC, SYSTEM, caches, installed
from gonogo.prove.drive.walls import Ground, Walls, first_program

_READ = (
    "/proc", "/sys/fs/cgroup", "/sys/devices/system/cpu", "/etc/passwd", "/etc/group", "/etc/hosts",
    "/etc/resolv.conf", "/etc/nsswitch.conf", "/run/systemd/resolve", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
_WRITE = ("/dev/null", "/dev/full", "/dev/tty")


def kind() -> str | None:
    """Return "landlock+proxy" or "proxy"; None where there is not even Linux."""
    if sys.platform != "linux":
        return None
    return "landlock+proxy" if kernel.landlock_version() else "proxy"


def walls(ground: Ground) -> Walls:
    """Plan the proxy, and what landlock is to allow."""
    proxy = _free_port()
    for inner in ground.shared:
        (ground.copy / inner).rmdir()
        (ground.copy / inner).symlink_to(ground.root / inner)
    inside = str(Path(__file__).parent)
    shown = [
        *SYSTEM,
        *ETC,
        *_READ,
        *installed(ground.root, ground.commands),
        *caches().values(),
        f"{inside}/inside",
        str(ground.room),
    ]
    confine = {
        "readable": [os.path.realpath(p) for p in [*shown, *(str(ground.root / s) for s in ground.shared)]],
        "writable": [*_WRITE, str(ground.copy), str(ground.home), str(ground.scratch)],
        "ports": [*ground.ports, proxy],
    }
    return Walls(
        command=first_program(inside, str(ground.room)), root=str(ground.copy), room=str(ground.room), alone=False,
        confine=confine if kernel.landlock_version() else None, proxy=proxy,
        environment={**caches(), **_through(proxy), "HOME": str(ground.home), "TMPDIR": str(ground.scratch)},
    )  # fmt: skip


def _through(port: int) -> dict[str, str]:
    found = {"NODE_USE_ENV_PROXY": "1"}
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        found[name] = found[name.upper()] = f"http://127.0.0.1:{port}"
    found["no_proxy"] = found["NO_PROXY"] = "localhost,127.0.0.1,::1"
    return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
