from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.cli import main
from gonogo.ledger.signature import KeyStore, SigningKey


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GONOGO_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_a_new_key_prints_only_its_public_line(capsys: pytest.CaptureFixture[str], keys: Path) -> None:
    assert main(["key", "new", "alice"]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{KeyStore(keys).get('alice').public.text} alice\n"
    assert "PRIVATE" not in printed.out + printed.err
    assert main(["key", "show"]) == 0
    assert capsys.readouterr().out == printed.out


def test_a_taken_name_exits_2_with_a_mend_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    main(["key", "new", "alice"])
    assert main(["key", "new", "alice"]) == 2
    said = capsys.readouterr().err
    assert "exists already" in said
    assert "mend:" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("as_file", [True, False])
def test_trust_takes_a_line_or_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, *, as_file: bool) -> None:
    bob = SigningKey.generate("bob").public
    (tmp_path / "bob.pub").write_text(f"{bob.text} bob\n")
    assert main(["key", "trust", "bob", str(tmp_path / "bob.pub") if as_file else bob.text]) == 0
    main(["key", "new", "me"])
    capsys.readouterr()
    assert main(["key", "list"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in rows] == [["own", "me"], ["trusted", "bob"]]
    assert rows[1][2] == bob.id


@pytest.mark.parametrize("given", ["ed25519:short", "/nowhere/bob.pub", "nul\x00byte"])
def test_what_is_no_public_key_exits_2(capsys: pytest.CaptureFixture[str], given: str) -> None:
    assert main(["key", "trust", "bob", given]) == 2
    assert "mend:" in capsys.readouterr().err


def test_an_empty_store_says_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "list"]) == 0
    assert "gonogo key new" in capsys.readouterr().err
    assert main(["key", "show"]) == 2
    assert "gonogo key new" in capsys.readouterr().err
