"""Apps that mean harm, or are just broken: nothing outside changes, and nothing of them stays."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import gonogo
from gonogo.errors import CollectError
from gonogo.prove.drive import bubblewrap, proxied
from gonogo.prove.drive.contain import Program, contained
from gonogo.prove.drive.inside import kernel

WORD = "GONOGO_TEST_HOSTILE"
PORT = 8124


@pytest.fixture(params=[bubblewrap, proxied], ids=["bubblewrap", "proxied"])
def by(request):
    return request.param


@pytest.fixture
def system(tmp_path):
    root = tmp_path / "system"
    root.mkdir()
    (root / "data.txt").write_text("ours")
    return root


def left():
    """Processes with the mark of these tests in their environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{WORD}={os.getpid()}".encode() in place.read_bytes():
                found.append(place.parent.name)
        except OSError:
            continue
    return found


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch):
    """After each test no process, no port and no file is left."""
    with tempfile.TemporaryDirectory(prefix="gonogo-test-") as place:
        monkeypatch.setattr(tempfile, "tempdir", place)
        monkeypatch.setattr(tempfile, "gettempdir", lambda: place)
        yield
        assert os.listdir(place) == []
    assert left() == []
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", PORT))


def picture(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() if p.is_file() else b"" for p in root.rglob("*")}


async def done(system, code, by, **more):
    async with contained(system, [], forward={}, by=by) as box:
        ran = await box.run([sys.executable, "-c", code], environment={WORD: str(os.getpid()), **more})
        return ran, box


async def test_an_app_that_deletes_and_mails_does_neither_outside(system, tmp_path, by):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("precious")
    before, mails = picture(tmp_path), []

    async def mail(reader, writer):
        mails.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(mail, "127.0.0.1", 0)
    code = """
import os, shutil, smtplib, subprocess, sys
system, outside, port = sys.argv[1:] if len(sys.argv) > 1 else os.environ["ARGUMENTS"].split()
for place in (system, outside, os.path.dirname(outside), os.path.expanduser("~"), "."):
    shutil.rmtree(place, ignore_errors=True)
subprocess.run(["rm", "-rf", outside, system + "/."], stderr=subprocess.DEVNULL)
for host in ("127.0.0.1", "localhost", "mail.example"):
    for number in (int(port), 25, 587):
        try:
            smtplib.SMTP(host, number, timeout=2).sendmail("a@x.example", "b@x.example", "all"); print("sent")
        except OSError as error:
            print(type(error).__name__)
"""
    number = server.sockets[0].getsockname()[1]
    ran, _ = await done(system, code, by, ARGUMENTS=f"{system} {outside} {number}")
    server.close()
    assert b"sent" not in ran.stdout
    assert ran.stdout.count(b"\n") == 9, ran
    assert mails == []
    assert picture(tmp_path) == before


async def test_no_packet_leaves(system):
    code = """
import socket
for host in ("192.0.2.1", "198.51.100.7", "example.org", "8.8.8.8"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        s = socket.socket(socket.AF_INET, kind); s.settimeout(0.3)
        try:
            s.connect((host, 9999)); s.send(b"secret")
        except OSError:
            pass
lines = open("/proc/net/dev").read().splitlines()[2:]
print([line.split(":")[0].strip() for line in lines])
try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); print("raw")
except PermissionError:
    print("no raw sockets")
"""
    ran, _ = await done(system, code, bubblewrap)
    assert ran.stdout.decode().splitlines() == ["['lo']", "no raw sockets"], ran


async def test_a_link_that_leads_outside_is_no_way_out(system, tmp_path, by):
    outside = tmp_path / "outside.txt"
    outside.write_text("outside")
    (system / "link").symlink_to(outside)
    code = "open('link', 'a').write('x')"
    ran, _ = await done(system, code, by)
    assert outside.read_text() == "outside"
    assert ran.exit_code or by is bubblewrap


async def test_files_that_are_hard_to_remove_are_removed(system, by):
    code = """
import os
os.makedirs("a/b"); open("a/b/c", "w").close(); os.chmod("a/b", 0); os.chmod("a", 0)
os.makedirs("/".join(["d" * 200] * 12)); os.mkfifo("pipe")
open(b"bad-\\xff-name", "w").close()
"""
    ran, _ = await done(system, code, by)
    assert ran.exit_code == 0, ran


async def test_the_control_of_the_box_is_out_of_the_apps_reach(system, by):
    code = """
import os
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        try:
            words = open(f"/proc/{name}/cmdline").read()
            if "inside.main" in words:
                print([n for n in os.listdir(f"/proc/{name}/fd") if "socket" in os.readlink(f"/proc/{name}/fd/{n}")])
        except PermissionError:
            print("refused")
        except OSError:
            pass
place = "/run/lab" if os.path.isdir("/run/lab") else os.path.join(os.environ["TMPDIR"], "..", "room")
try:
    open(os.path.join(place, "x"), "w"); print("written")
except OSError:
    print("read only")
"""
    ran, _ = await done(system, code, by)
    said = ran.stdout.decode().splitlines()
    assert set(said) - {"[]"} == {"refused", "read only"}, ran


async def test_an_app_that_kills_all_it_can_kills_itself_alone(system, by):
    code = """
import os, signal
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid() and "inside.main" in open(f"/proc/{name}/cmdline").read():
        try:
            os.kill(int(name), signal.SIGKILL); print("killed")
        except PermissionError:
            print("refused")
"""
    if by is proxied and kernel.landlock_version() < 6:  # then the box ends, and nothing of it stays
        with pytest.raises(CollectError, match="the box"):
            await done(system, code + "import subprocess; subprocess.run(['sleep', '600'])", by)
        return
    async with contained(system, [], forward={}, by=by) as box:
        first = await box.run([sys.executable, "-c", code], environment={})
        assert set(first.stdout.split()) <= {b"refused", b"killed"}, first  # the first of a namespace cannot be killed
        assert (await box.run(["cat", "data.txt"], environment={})).stdout == b"ours"


async def test_a_box_whose_first_program_is_gone_ends_with_a_word(system):
    async with contained(system, [], forward={}, by=bubblewrap) as box:
        box._process.kill()
        with pytest.raises(CollectError, match="the box"):
            await box.run(["sleep", "600"], environment={})


async def test_an_app_that_dies_at_once_is_told_with_its_last_words(system, by):
    lines = []
    program = Program(name="service", command=[sys.executable, "-c", "raise SystemExit('no key')"], port=PORT)
    async with contained(system, [program], forward={}, by=by, on_line=lambda _, text: lines.append(text)) as box:
        await box.start("service", {})
        while box.exit_code("service") is None:
            await asyncio.sleep(0.02)
        assert not box.running
        assert box.exit_code("service") == 1
        assert not await box.accepts(PORT)
    assert lines == ["no key"]


async def test_an_app_whose_children_keep_its_output_open_is_seen_to_end(system, by):
    code = "import subprocess, os; subprocess.Popen(['sleep', '600'], start_new_session=True)"
    program = Program(name="service", command=[sys.executable, "-c", code])
    async with contained(system, [program], forward={}, by=by) as box:
        await box.start("service", {WORD: str(os.getpid())})
        while box.exit_code("service") is None:
            await asyncio.sleep(0.02)
        assert box.exit_code("service") == 0
        assert left()


async def test_a_port_that_is_bound_late_and_by_ipv6_only_is_reached(system, by):
    code = f"""
import asyncio, socket
async def main():
    await asyncio.sleep(0.3)
    async def hello(reader, writer):
        writer.write(b"hello"); writer.close()
    server = await asyncio.start_server(hello, "::1", {PORT})
    await server.serve_forever()
asyncio.run(main())
"""
    program = Program(name="service", command=[sys.executable, "-c", code], port=PORT)
    async with contained(system, [program], forward={}, by=by) as box:
        await box.start("service", {WORD: str(os.getpid())})
        assert not await box.accepts(PORT)
        while not await box.accepts(PORT):
            await asyncio.sleep(0.02)
        reader, writer = await asyncio.open_unix_connection(str(box.room / f"port-{PORT}"))
        assert await reader.read() == b"hello"
        writer.close()


async def test_processes_that_breed_end(system, by):
    code = """
import os, time
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        for _ in range(300):
            if os.fork():
                os._exit(0)  # the child goes on as another process
            time.sleep(0.005)
        os._exit(0)
print("bred", flush=True)
time.sleep(600)
"""
    lines = []
    program = Program(name="service", command=[sys.executable, "-c", code])
    async with contained(system, [program], forward={}, by=by, on_line=lambda _, text: lines.append(text)) as box:
        await box.start("service", {WORD: str(os.getpid())})
        while "bred" not in lines:
            await asyncio.sleep(0.02)
        await box.stop(signal.SIGKILL)
        assert left() == []


async def test_boxes_with_the_same_ports_stand_side_by_side(system):
    async def one():
        async with contained(system, [], forward={PORT: "lab"}, by=bubblewrap) as box:
            return await box.run(["cat", "data.txt"], environment={})

    ran = await asyncio.gather(*(one() for _ in range(4)))
    assert [each.stdout for each in ran] == [b"ours"] * 4, ran


async def test_boxes_without_a_network_of_their_own_wait_for_each_other(system):
    async def one():
        async with contained(system, [], forward={PORT: "lab"}, by=proxied) as box:
            return await box.run(["cat", "data.txt"], environment={})

    ran = await asyncio.gather(*(one() for _ in range(3)))
    assert [each.stdout for each in ran] == [b"ours"] * 3, ran


async def test_a_port_that_is_taken_is_said(system):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", PORT))
        taken.listen()
        with pytest.raises(CollectError, match=str(PORT)):
            async with contained(system, [], forward={PORT: "lab"}, by=proxied):
                pass


ANYBODY = """
COMMAND = "cat data.txt; echo x > data.txt; id -un; grep -c : /proc/net/dev"
import asyncio, os, sys
from pathlib import Path
from gonogo.prove.drive.contain import choose, contained
async def main():
    async with contained(Path(sys.argv[1]), [], forward={}) as box:
        done = await box.run(["sh", "-c", COMMAND], environment={})
        print(os.getuid() != 0, box.kind, done.stdout.decode().split(), box.changed(), done.stderr)
asyncio.run(main())
"""


def test_it_works_for_a_user_without_rights():
    """As root, try as another user: by a python that this user may run, and of the same version."""
    version = f"python3.{sys.version_info.minor}"
    libraries = os.pathsep.join(p for p in sys.path if p.endswith("site-packages"))
    other = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
    options = {
        "env": {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{Path(gonogo.__file__).parent.parent}:{libraries}"},
        "cwd": "/", "capture_output": True, "text": True, **other,
    }  # fmt: skip

    def python(place, *arguments):
        try:
            return subprocess.run([place, *arguments], **options)
        except PermissionError:
            return None

    places = [sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin") or sys.executable]
    may = [p for p in places if (tried := python(p, "-c", "import gonogo, yaml")) and tried.returncode == 0]
    if not may:
        pytest.skip(f"no {version} that another user may run, or this directory is not readable by all")
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        root = Path(place) / "system"
        root.mkdir()
        (root / "data.txt").write_text("ours ")
        for each in (Path(place), root, root / "data.txt"):
            os.chmod(each, 0o777)
        done = python(may[0], "-c", ANYBODY, str(root))
        assert (root / "data.txt").read_text() == "ours "
    assert done.stdout.strip() == "True bubblewrap ['ours', 'app', '1'] [('data.txt', 'changed')] b''", done
