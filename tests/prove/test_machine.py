"""The key for hashes over secrets is one machine's own, and its absence stops nothing."""

import stat
from concurrent.futures import ThreadPoolExecutor

from gonogo.prove.machine import digest_key


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    first = digest_key(tmp_path / "data")
    digest_key.cache_clear()
    assert digest_key(tmp_path / "data") == first
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == first


def test_two_machines_have_two_keys(tmp_path):
    assert digest_key(tmp_path / "one") != digest_key(tmp_path / "two")


def test_runs_that_start_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: digest_key.__wrapped__(tmp_path / "data"), range(32)))
    assert len(set(keys)) == 1


def test_half_a_key_is_replaced(tmp_path):
    (tmp_path / "digest.key").write_bytes(b"half")
    assert digest_key(tmp_path) == (tmp_path / "digest.key").read_bytes()


def test_where_nothing_can_be_kept_the_key_lasts_for_the_process(tmp_path):
    (tmp_path / "file").write_text("in the way")
    key = digest_key(tmp_path / "file" / "data")
    assert len(key) == 32
    assert digest_key(tmp_path / "file" / "data") == key
    assert (tmp_path / "file").read_text() == "in the way"
