"""Evidence that travels between a laptop, a second person, CI and an auditor."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ledger_records import Clock, facts, written

from gonogo.errors import LedgerError, VerificationError
from gonogo.ledger import heads, join, read
from gonogo.ledger.joining import locate
from gonogo.ledger.signature import KeyStore, SigningKey
from gonogo.ledger.writer import Ledger

ALICE, CI = SigningKey.generate("alice"), SigningKey.generate("ci")


def test_verified_ledgers_are_read_as_one_in_append_order(tmp_path: Path) -> None:
    clock = Clock()
    for key, writer, start in ((ALICE, "laptop", 0), (CI, "ci", 2), (ALICE, "laptop", 4)):
        with Ledger.open(tmp_path / writer, writer=writer, key=key, now=clock) as ledger:
            ledger.extend(facts(2, start))
    joined = join([tmp_path / "laptop", tmp_path / "ci"], keys=[ALICE.public, CI.public])
    assert list(read(joined)) == facts(6)


def test_a_ledger_by_a_key_that_is_not_trusted_is_refused_with_the_reason(tmp_path: Path) -> None:
    written(tmp_path / "laptop", key=ALICE)
    with pytest.raises(VerificationError, match="not trusted") as refused:
        join([tmp_path / "laptop"], keys=[CI.public])
    assert refused.value.exit_code == 1
    assert refused.value.mend


def test_an_older_copy_of_a_writer_counts_once_and_a_fork_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "a", count=10, key=ALICE)
    for copy in ("older", "fork"):
        shutil.copytree(tmp_path / "a", tmp_path / copy)
    with Ledger.open(tmp_path / "a", writer="w", key=ALICE, now=Clock()) as ledger:
        ledger.extend(facts(10, 10))
    assert list(read(join([tmp_path / "older", tmp_path / "a"]))) == facts(20)
    with Ledger.open(tmp_path / "fork", writer="w", key=ALICE, now=Clock()) as ledger:
        ledger.extend(facts(3, 50))
    with pytest.raises(VerificationError, match="different histories"):
        join([tmp_path / "a", tmp_path / "fork"])


def test_published_heads_are_held_against_whichever_ledger_has_the_writer(tmp_path: Path) -> None:
    written(tmp_path / "a", writer="a", key=ALICE)
    written(tmp_path / "b", writer="b", key=CI)
    published = heads(tmp_path / "a") | heads(tmp_path / "b")
    assert len(join([tmp_path / "a", tmp_path / "b"], published)) == 2
    with pytest.raises(VerificationError, match="writer b is missing"):
        join([tmp_path / "a"], published)


def test_a_ledger_is_found_in_a_repository_and_its_absence_said(tmp_path: Path) -> None:
    written(tmp_path / "repo" / ".gonogo" / "ledger")
    for place in (tmp_path / "repo", tmp_path / "repo" / ".gonogo", tmp_path / "repo" / ".gonogo" / "ledger"):
        assert locate(place) == tmp_path / "repo" / ".gonogo" / "ledger"
    with pytest.raises(LedgerError, match="there is no ledger"):
        locate(tmp_path)


def test_an_auditor_with_only_ledgers_heads_and_public_keys_sees_a_cut_tail(tmp_path: Path) -> None:
    """Four parties: a laptop and CI write and sign, a second person trusts both, an auditor has copies."""
    laptop, ci = KeyStore(tmp_path / "k1").new("alice"), KeyStore(tmp_path / "k2").new("ci")
    second = KeyStore(tmp_path / "k3")
    second.trust("alice", laptop.public)
    second.trust("ci", ci.public)
    written(tmp_path / "laptop", writer="laptop", count=20, key=laptop)
    shutil.copytree(tmp_path / "laptop", tmp_path / "cut")
    with Ledger.open(tmp_path / "laptop", writer="laptop", key=laptop, now=Clock()) as ledger:
        ledger.extend(facts(5, 20))
    written(tmp_path / "ci", writer="ci", key=ci)
    keys = list(second.trusted().values())
    published = heads(tmp_path / "laptop") | heads(tmp_path / "ci")
    assert len(list(read(join([tmp_path / "laptop", tmp_path / "ci"], published, keys)))) == 55
    with pytest.raises(VerificationError, match="cut-tail"):
        join([tmp_path / "cut", tmp_path / "ci"], published, keys)
