"""What wants to reach another host: a provider's host is answered by the stand-in, every other one is recorded."""

import asyncio
import shutil
import sys

import pytest
from aiohttp import web

from gonogo.prove.drive import bubblewrap, proxied
from gonogo.prove.drive.authority import authority
from gonogo.prove.drive.contain import contained
from gonogo.prove.drive.sink import Sink

ASK = """
import os, sys
import urllib.request, urllib.error
for url in sys.argv[1:]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            print(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        print(error.code)
    except OSError as error:
        print(type(error).__name__, error)
"""


@pytest.fixture(params=[bubblewrap, proxied], ids=["bubblewrap", "proxied"])
def by(request):
    return request.param


@pytest.fixture
def system(tmp_path):
    root = tmp_path / "system"
    root.mkdir()
    return root


async def answer(request):
    if request.path == "/reset":
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\npart" + request.app["mark"])
        request.transport.close()
    return web.Response(text=f"{request.headers['Host']}{request.path}")


async def standin(box):
    app = web.Application()
    app["mark"] = box.reset_mark
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.UnixSite(runner, str(box.room / "provider")).start()
    return runner


@pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
async def test_a_hard_wired_host_is_answered_by_its_standin_and_others_by_none(system, by):
    async with contained(system, [], forward={}, stand_in={"api.provider.example": "provider"}, by=by) as box:
        runner = await standin(box)
        urls = [
            "https://api.provider.example/v1",
            "http://api.provider.example/v2",
            "https://other.example/",
            "http://x.example/",
        ]
        done = await box.run([sys.executable, "-c", ASK, *urls], environment={})
        await runner.cleanup()
    assert done.stdout.decode().splitlines() == [
        "200 api.provider.example/v1", "200 api.provider.example/v2", "502", "502",
    ]  # fmt: skip
    assert set(box.contacts) == {("other.example", 443, "tls"), ("x.example", 80, "http")}


@pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
async def test_a_reset_reaches_the_app_through_tls(system, by):
    code = """
import socket, ssl
context = ssl.create_default_context()
import os
proxy = os.environ.get("HTTPS_PROXY", "")
if proxy:
    host, port = proxy.removeprefix("http://").split(":")
    plain = socket.create_connection((host, int(port)))
    plain.sendall(b"CONNECT api.provider.example:443 HTTP/1.1\\r\\n\\r\\n")
    plain.recv(1000)
else:
    plain = socket.create_connection(("api.provider.example", 443))
beneath = plain.dup()
with context.wrap_socket(plain, server_hostname="api.provider.example") as s:
    s.sendall(b"GET /reset HTTP/1.1\\r\\nHost: api.provider.example\\r\\n\\r\\n")
    got = b""
    while not got.endswith(b"part"): got += s.recv(1000)
    try:
        print("ended", beneath.recv(1000))  # OpenSSL does not tell a reset from an end
    except ConnectionResetError:
        print("reset")
"""
    async with contained(system, [], forward={}, stand_in={"api.provider.example": "provider"}, by=by) as box:
        runner = await standin(box)
        done = await box.run([sys.executable, "-c", code], environment={})
        await runner.cleanup()
    assert done.stdout.decode().split() == ["reset"], done


async def test_a_contact_by_bare_address_and_a_mail_are_recorded(system):
    code = """
import smtplib, socket
for ask in (lambda: socket.create_connection(("192.0.2.7", 80)).sendall(b"GET / HTTP/1.1\\r\\n\\r\\n"),
            lambda: smtplib.SMTP("mail.example", 25, timeout=5)):
    try:
        ask(); print("went")
    except OSError as error:
        print(type(error).__name__)
"""
    async with contained(system, [], forward={}, by=bubblewrap) as box:
        done = await box.run([sys.executable, "-c", code], environment={})
        await asyncio.sleep(0.1)
    assert done.stdout.decode().split() == ["went", "SMTPServerDisconnected"], done
    assert set(box.contacts) == {("192.0.2.7", 80, "http"), ("mail.example", 25, "tcp")}


async def test_a_client_that_does_not_trust_the_lab_is_recorded(system):
    code = """
import socket, ssl
try:
    ssl.create_default_context(cafile=None, cadata=None)
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.wrap_socket(socket.create_connection(("pinned.example", 443)), server_hostname="pinned.example")
except ssl.SSLError:
    print("refused")
"""
    async with contained(system, [], forward={}, by=bubblewrap) as box:
        done = await box.run([sys.executable, "-c", code], environment={})
        await asyncio.sleep(0.1)
    assert done.stdout.strip() == b"refused"
    assert box.contacts == [("pinned.example", 443, "tls")]


async def test_node_trusts_the_lab(system):
    assert shutil.which("node"), "node is missing"
    code = "fetch('https://api.provider.example/v1').then(a => a.text()).then(console.log)"
    async with contained(system, [], forward={}, stand_in={"*.provider.example": "provider"}, by=bubblewrap) as box:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.UnixSite(runner, str(box.room / "provider")).start()
        done = await box.run(["node", "-e", code], environment={})
        await runner.cleanup()
    assert done.stdout.decode().strip() == "api.provider.example/v1", done


async def test_a_name_that_is_made_to_fail_fails_by_the_proxy_too(system):
    async with contained(system, [], forward={}, by=proxied) as box:
        await box.dns(["*.example"])
        done = await box.run([sys.executable, "-c", ASK, "http://x.example/", "https://x.example/"], environment={})
    assert done.stdout.decode().split("\n")[0] == "502"
    assert "502 Bad Gateway" in done.stdout.decode().split("\n")[1]
    assert box.contacts == []


def test_a_host_can_be_led_to_a_stand_in_later(tmp_path):
    sink = Sink(tmp_path / "sink", authority(), {}, b"")
    assert sink.standin_of("files.example.org") is None
    sink.lead("files.example.org", "packages")
    assert sink.standin_of("Files.example.org") == "packages"
