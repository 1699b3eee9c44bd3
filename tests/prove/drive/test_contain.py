"""The box: what the app does in it stays in it, and nothing is left when it ends."""

import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from gonogo.errors import CollectError
from gonogo.prove.drive import bubblewrap, proxied
from gonogo.prove.drive.contain import Program, contained

SERVER = """
import http.server
http.server.ThreadingHTTPServer(("127.0.0.1", 8123), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def system(tmp_path):
    root = tmp_path / "system"
    root.mkdir()
    (root / "page.txt").write_text("the page")
    (root / ".env").write_text("KEY=real")
    (root / "server.py").write_text(SERVER)
    return root


def marked(word):
    """The processes of this machine that have `word` in their environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if word.encode() in place.read_bytes():
                found.append(place.parent.name)
        except OSError:
            continue
    return found


@pytest.fixture(params=[bubblewrap, proxied], ids=["bubblewrap", "proxied"])
def by(request):
    """Every promise holds by every adapter, but for those that need namespaces."""
    assert request.param.kind() in ("bubblewrap", "landlock+proxy")
    return request.param


@pytest.fixture
def box(by):
    def make(root, *programs, forward=None, on_line=lambda _, __: None):
        return contained(root, programs, forward=forward or {}, on_line=on_line, by=by)

    return make


@pytest.fixture
def ran(box):
    async def run(root, code, **environment):
        async with box(root) as there:
            return await there.run([sys.executable, "-c", code], environment=environment)

    return run


@pytest.mark.parametrize("by", [bubblewrap], ids=["bubblewrap"])
async def test_it_runs_in_the_place_of_the_original_and_on_a_copy(system, box):
    async with box(system) as there:
        done = await there.run(
            ["sh", "-c", "pwd; echo changed > page.txt; rm server.py; echo new > new.txt"], environment={}
        )
        assert done.stdout.decode().strip() == str(system)
        assert there.changed() == [("new.txt", "created"), ("page.txt", "changed"), ("server.py", "deleted")]
        copy = there.copy
    assert (system / "page.txt").read_text() == "the page"
    assert (system / "server.py").exists()
    assert not copy.exists()


async def test_files_of_credentials_are_kept_out_and_named(system, box):
    async with box(system) as there:
        done = await there.run(["cat", ".env"], environment={})
        assert done.exit_code == 1
        assert there.kept_out == [".env"]


async def test_nothing_else_of_the_machine_can_be_read(system, tmp_path, ran):
    secret = tmp_path / "secret.txt"
    secret.write_text("of the host")
    code = f"""
import os
for place in ({str(secret)!r}, {str(Path.home() / ".ssh" / "id")!r}, "/etc/shadow", "/proc/{os.getpid()}/environ"):
    try:
        print(len(open(place).read()))
    except OSError as error:
        print(type(error).__name__)
print(os.listdir(os.environ["HOME"]))
"""
    *tried, home = (await ran(system, code)).stdout.decode().splitlines()
    assert set(tried) <= {"PermissionError", "FileNotFoundError"}
    assert home == "[]"


async def test_nothing_of_the_own_environment_is_inherited(system, monkeypatch, ran):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the host")
    monkeypatch.setenv("PORT", "1")
    done = await ran(system, "import os; print(sorted(os.environ))", GIVEN="1")
    names = done.stdout.decode()
    assert "GIVEN" in names
    assert "AWS_SECRET" not in names
    assert "PORT'" not in names


@pytest.mark.parametrize("place", ["/usr/bin/x", "/etc/x", "/x", "/opt/x"])
async def test_nothing_is_written_outside(system, place, ran):
    await ran(system, f"open({place!r}, 'w')")
    assert not Path(place).exists()


@pytest.mark.parametrize("by", [bubblewrap], ids=["bubblewrap"])
async def test_no_network_but_the_lab(system, ran):
    code = """
import socket
for where in (("192.0.2.1", 2525), ("example.org", 8080), ("127.0.0.1", 9)):
    try:
        socket.create_connection(where, 2).close(); print("reached", where)
    except OSError as error:
        print(type(error).__name__)
print(open("/proc/net/dev").read().count(":"))
"""
    done = await ran(system, code)
    *attempts, devices = done.stdout.decode().split("\n")[:-1]
    assert not any(a.startswith("reached") for a in attempts)
    assert devices == "1", "only the loopback device exists"


@pytest.mark.parametrize("by", [bubblewrap], ids=["bubblewrap"])
async def test_names_that_the_app_looks_up_are_told_and_can_be_made_to_fail(system, box):
    look = "import socket; print(socket.gethostbyname('api.example.org'))"
    async with box(system) as there:
        well = await there.run([sys.executable, "-c", look], environment={})
        await there.dns(["*.example.org"])
        failing = await there.run([sys.executable, "-c", look], environment={})
    assert well.stdout.startswith(b"127.")
    assert failing.exit_code == 1
    assert "api.example.org" in there.names


async def test_a_forwarded_port_leads_to_the_lab_and_carries_a_reset(system, box):
    async with box(system, forward={9555: "lab"}) as there:

        async def lab(reader, writer):
            line = await reader.readline()
            writer.write(b"hello" if line == b"well\n" else b"part" + there.reset_mark)
            writer.close()

        server = await asyncio.start_unix_server(lab, there.room / "lab")
        code = """
import socket
for word in (b"well", b"break"):
    s = socket.create_connection(("127.0.0.1", 9555)); s.sendall(word + b"\\n")
    try:
        got = b""
        while piece := s.recv(100): got += piece
        print(got.decode())
    except ConnectionResetError:
        print("reset")
"""
        done = await there.run([sys.executable, "-c", code], environment={})
        server.close()
    assert done.stdout.decode().split() == ["hello", "reset"]


async def test_a_port_can_swallow_connections(system, box):
    code = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9556), 0.5).close(); print("open")
except TimeoutError:
    print("silent")
"""
    async with box(system, forward={9556: "lab"}) as there:
        said = []
        async with await asyncio.start_unix_server(lambda _, writer: writer.close(), there.room / "lab"):
            for on in (True, False):
                await there.black_hole(9556, on)
                done = await there.run([sys.executable, "-c", code], environment={})
                said.append(done.stdout.decode().strip())
    assert said == ["silent", "open"]


async def test_the_app_is_reached_by_http(system, box):
    program = Program(name="service", command=[sys.executable, "server.py"], port=8123)
    async with box(system, program) as there:
        await there.start("service", {})
        while not await there.accepts(8123):
            await asyncio.sleep(0.02)
        async with (
            aiohttp.ClientSession(connector=there.connector(8123)) as client,
            client.get("http://127.0.0.1:8123/page.txt") as answer,
        ):
            assert await answer.text() == "the page"
        assert there.processes()


KEEPING = """
import socket
listener = socket.create_server(("127.0.0.1", 8124))
kept = [socket.create_connection(("127.0.0.1", 8124)) for _ in range(3)]
kept.pop().close()
print("three, of which one is closed", flush=True)
kept[0].recv(1)
"""


async def test_connections_to_a_port_are_counted_open_or_closed(system, box):
    (system / "server.py").write_text(KEEPING)
    said = []
    program = Program(name="service", command=[sys.executable, "server.py"], port=8124)
    async with box(system, program, on_line=lambda *line: said.append(line[1])) as there:
        await there.start("service", {})
        while not said:
            await asyncio.sleep(0.02)
        assert sorted((await there.peers(8124)).values()) == [False, True, True]


STRAYS = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            time.sleep(600)
        os._exit(0)
print("ready", flush=True)
time.sleep(600)
"""


async def test_processes_that_hide_and_ignore_signals_end_with_the_box(system, box):
    word = f"GONOGO_TEST_{os.getpid()}_STRAYS"
    (system / "strays.py").write_text(STRAYS)
    lines = []
    program = Program(name="service", command=[sys.executable, "strays.py"])
    async with box(system, program, on_line=lambda _, text: lines.append(text)) as there:
        await there.start("service", {word: "1"})
        while "ready" not in lines or len(marked(word)) < 4:
            await asyncio.sleep(0.02)
        await there.stop()
        assert marked(word) == []
    assert marked(word) == []


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_everything_ends_when_the_one_who_made_the_box_is_killed(system, tmp_path, by, sign):
    word = f"GONOGO_TEST_{os.getpid()}_KILLED"
    (system / "strays.py").write_text(STRAYS)
    code = f"""
import asyncio, sys
from pathlib import Path
from gonogo.prove.drive import bubblewrap, proxied
from gonogo.prove.drive import bubblewrap, proxied
from gonogo.prove.drive.contain import Program, contained
async def main():
    program = Program(name="service", command=[sys.executable, "strays.py"])
    async with contained(Path({str(system)!r}), [program], forward={{}}, by={by.__name__.rpartition(".")[2]}) as box:
        await box.start("service", {{{word!r}: "1"}})
        await asyncio.sleep(0.5)
        print("up", flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert await process.stdout.readline() == b"up\n"
    assert marked(word)
    process.send_signal(sign)
    await process.wait()
    ends = time.monotonic() + 20
    while marked(word) and time.monotonic() < ends:
        await asyncio.sleep(0.05)
    assert marked(word) == []
    while list(tmp_path.glob("gonogo-*")) and time.monotonic() < ends:
        await asyncio.sleep(0.05)
    assert list(tmp_path.glob("gonogo-*")) == []


async def test_a_flood_of_output_neither_blocks_the_app_nor_fills_memory(system, box):
    (system / "flood.py").write_text(
        "import sys\nfor _ in range(100):\n    sys.stdout.write(('x' * 99 + '\\n') * 10_000)\nprint('the end')\n"
    )
    lines = []
    program = Program(name="service", command=[sys.executable, "flood.py"])
    async with box(system, program, on_line=lambda _, text: lines.append(text)) as there:
        await there.start("service", {})
        while there.exit_code("service") is None:
            await asyncio.sleep(0.05)
        assert there.exit_code("service") == 0
    assert sum(map(len, lines)) < 8_000_000
    assert lines[-1] == "the end"
    assert any(re.fullmatch(r"\.\.\. \d{8} bytes left out", line) for line in lines)


async def test_a_command_that_does_not_end_is_ended(system, box):
    async with box(system) as there:
        done = await there.run(["sleep", "600"], environment={}, timeout_s=0.3)
    assert done.exit_code is None


async def test_a_command_that_is_not_there_is_said(system, box):
    async with box(system, Program(name="service", command=["no-such-program"])) as there:
        with pytest.raises(CollectError, match="no-such-program: No such file"):
            await there.start("service", {})


async def test_installed_packages_are_shown_and_cannot_be_changed(system, box):
    (system / ".venv").mkdir()
    (system / ".venv" / "package.py").write_text("installed")
    async with box(system) as there:
        done = await there.run(["sh", "-c", "cat .venv/package.py; echo x > .venv/package.py"], environment={})
    assert done.stdout == b"installed"
    assert done.exit_code
    assert (system / ".venv" / "package.py").read_text() == "installed"
