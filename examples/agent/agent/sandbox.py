"""A tool of the agent's own: runs a Python program where there is nothing to harm.

Bubblewrap gives it namespaces of its own: of this machine it sees the installed programs, no file of ours, no network,
no process and no variable. A filter of system calls lets it start no process and make no namespace. Memory, processor
time and disk are bounded. Where no such place can be made, nothing is run.
"""

import shutil
import struct
import subprocess
import tempfile
from platform import machine

MEMORY_MIB, CPU_S, DISK_MIB = 128, 2, 16
WAIT_S = 6.0
MOST = 20_000
OFFERS = [{"type": "function", "function": {
    "name": "run_code", "description": f"Run a Python program of at most {CPU_S} s, and read what it prints.",
    "parameters": {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
}}]  # fmt: skip
SYSTEM = [
    "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib",
    "--symlink", "usr/lib64", "/lib64", "--dir", "/dev", "--dev-bind", "/dev/null", "/dev/null",
]  # fmt: skip
WALLS = [
    "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
    "--setenv", "PATH", "/usr/bin", *SYSTEM, "--size", str(DISK_MIB << 20), "--tmpfs", "/tmp", "--chdir", "/tmp",
    "--remount-ro", "/", "--seccomp",
]  # fmt: skip
LIMITS = [
    "/usr/bin/prlimit", f"--as={MEMORY_MIB << 20}", f"--cpu={CPU_S}", f"--fsize={DISK_MIB << 20}", "--core=0",
    "--nofile=64", "--",
]  # fmt: skip
PROGRAM = ["/usr/bin/python3", "-I", "-"]
ENDS = {
    "MemoryError": f"memory limit of {MEMORY_MIB} MiB exceeded",
    "Errno 28": f"disk limit of {DISK_MIB} MiB exceeded",
    "Errno 27": f"disk limit of {DISK_MIB} MiB exceeded",
}
"""What the last line of a program says that met a limit: no memory, no space, a file that would be too large."""
KILLED = {128 + 24: f"cpu limit of {CPU_S} s exceeded", 128 + 9: f"cpu limit of {CPU_S} s exceeded"}
"""Exit codes of a program that the kernel ended at its limit (SIGXCPU, SIGKILL)."""


CALLS = {
    "x86_64": (0xC000003E, {"clone": 56, "fork": 57, "vfork": 58, "ptrace": 101, "unshare": 272, "setns": 308}),
    "aarch64": (0xC00000B7, {"clone": 220, "ptrace": 117, "unshare": 97, "setns": 268}),
}
CLONE3, CLONE_THREAD, X32 = 435, 0x10000, 0x40000000
ALLOW, KILL, REFUSE, UNKNOWN = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026


def act(_, arguments):
    """Run the program and return what the model is told."""
    code = arguments.get("code") if isinstance(arguments, dict) else None
    if not isinstance(code, str) or not code.strip():
        return "error: there is no program"
    if shutil.which("bwrap") is None or machine() not in CALLS:
        return "error: there is no place here where a program may run"
    with tempfile.TemporaryFile() as filter, tempfile.TemporaryFile() as said:
        filter.write(rules(*CALLS[machine()]))
        filter.seek(0)
        command = [*WALLS, str(filter.fileno()), "--", *LIMITS, *PROGRAM]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=said, stderr=subprocess.STDOUT, pass_fds=[filter.fileno()]
        ) as run:
            try:
                run.communicate(code.encode(), timeout=WAIT_S)
            except subprocess.TimeoutExpired:
                run.kill()  # its namespace of processes ends with it
                return f"error: time limit of {WAIT_S:g} s exceeded"
        said.seek(0)
        text = said.read(MOST).decode(errors="replace")
    if run.returncode:
        last = text.strip().rpartition("\n")[2]
        limit = KILLED.get(run.returncode) or next((why for word, why in ENDS.items() if word in last), None)
        return f"error: {limit or f'the program ended with {run.returncode}'}\n{text}"
    return text or "it printed nothing"


def rules(architecture, calls):
    """Return a filter of system calls (classic BPF, as seccomp takes it): no new process or namespace, no ptrace."""
    load, equal, least, bits, end = 0x20, 0x15, 0x35, 0x45, 0x06
    lines = [(load, 0, 0, 4), (equal, 1, 0, architecture), (end, 0, 0, KILL), (load, 0, 0, 0)]
    lines += [(least, 0, 1, X32), (end, 0, 0, KILL)]  # the same calls by other numbers
    lines += [(equal, 0, 1, CLONE3), (end, 0, 0, UNKNOWN)]  # its flags cannot be read: libraries take clone instead
    for name, number in calls.items():
        if name != "clone":
            lines += [(equal, 0, 1, number), (end, 0, 0, REFUSE)]
    lines += [(equal, 0, 3, calls["clone"]), (load, 0, 0, 16), (bits, 1, 0, CLONE_THREAD), (end, 0, 0, REFUSE)]
    return b"".join(struct.pack("HBBI", *line) for line in [*lines, (end, 0, 0, ALLOW)])
