import asyncio
import os
import socket
import sys

from gonogo.prove.load.sampler import Sampler

BUSY = "import sys, socket\nkept=[socket.socket() for _ in range(5)]; block=bytearray(40 << 20)\n" + (
    "print('ready', flush=True)\n"
)


async def sampled(program, looks):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BUSY + program, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.PIPE
    )
    await process.stdout.readline()
    sampler = Sampler(lambda: [process.pid], every_s=0.1)
    following = asyncio.create_task(sampler.follow())
    while len(sampler.cpu) < looks:
        await asyncio.sleep(0.02)
    following.cancel()
    process.kill()
    await process.communicate()
    return sampler


async def test_memory_files_and_connections_of_a_process_are_seen():
    sampler = await sampled("sys.stdin.read()", 2)
    assert sampler.memory_mb[-1][1] > 40
    assert sampler.connections[-1][1] >= 5
    assert sampler.files[-1][1] > sampler.connections[-1][1]


async def test_an_idle_process_uses_no_processor_and_a_busy_one_does():
    idle = await sampled("sys.stdin.read()", 3)
    busy = await sampled("while True: pass", 6)
    assert idle.cpu[-1][1] == 0
    assert max(value for _, value in busy.cpu) > 5


async def test_times_grow_from_the_start():
    times = [at for at, _ in (await sampled("sys.stdin.read()", 3)).cpu]
    assert times == sorted(times) and times[0] > 0


def test_where_no_process_is_seen_there_is_no_sample():
    sampler = Sampler(list)
    sampler.look(0.0)
    assert not sampler.cpu and not sampler.memory_mb


def test_a_process_that_ended_counts_nothing():
    sampler = Sampler(lambda: [2**22 + 1])
    sampler.look(0.0)
    assert (sampler.memory_mb[0][1], sampler.files[0][1], sampler.cpu[0][1]) == (0, 0, 0)


def test_its_own_process_holds_a_socket_more_when_one_is_opened():
    sampler = Sampler(lambda: [os.getpid()])
    sampler.look(0.0)
    with socket.socket():
        sampler.look(0.0)
    assert sampler.connections[1][1] == sampler.connections[0][1] + 1
