from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gonogo.errors import KeyStoreError
from gonogo.ledger.signature import KeyStore, PublicKey, SigningKey, default_directory


def test_a_signature_holds_for_its_key_and_bytes_only() -> None:
    key, other = SigningKey.generate("a"), SigningKey.generate("b")
    made = key.sign(b"data")
    assert key.public.verify(made, b"data")
    assert not key.public.verify(made, b"date")
    assert not other.public.verify(made, b"data")
    assert not key.public.verify(b"short", b"data")


def test_a_public_key_survives_its_text_form_with_a_comment() -> None:
    key = SigningKey.generate("a").public
    assert PublicKey.parse(key.text) == key
    assert PublicKey.parse(f"  {key.text} alice@example.org\n") == key
    assert key.id.startswith("SHA256:")
    assert "=" not in key.id


@pytest.mark.parametrize("text", ["", "ed25519:", "ed25519:AAAA", "rsa:AAAA", "ed25519:%%%", "ed25519:é"])
def test_what_is_no_public_key_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(KeyStoreError) as refused:
        PublicKey.parse(text)
    assert refused.value.mend


def test_a_key_is_kept_private_and_found_again(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    key = store.new("alice@example.org")
    file = tmp_path / "keys" / "alice@example.org.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert store.get().public == store.get("alice@example.org").public == key.public
    assert store.get().sign(b"x") == key.sign(b"x")
    assert sorted(os.listdir(tmp_path / "keys")) == ["alice@example.org.pem"]


def test_a_second_key_of_the_same_name_never_replaces_the_first(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    first = store.new("default")
    with pytest.raises(KeyStoreError, match="exists already"):
        store.new("default")
    assert store.get().public == first.public


def test_keys_are_not_created_inside_a_work_tree(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(KeyStoreError, match="never kept inside a repository"):
        KeyStore(tmp_path / "deep" / "keys").new("default")
    assert not (tmp_path / "deep").exists()


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.new("default")
    (tmp_path / "default.pem").chmod(0o644)
    with pytest.raises(KeyStoreError, match="others on this machine") as refused:
        store.get()
    assert "chmod 600" in str(refused.value.mend)


def test_without_a_name_an_ambiguous_choice_is_refused(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    with pytest.raises(KeyStoreError, match="no signing key"):
        store.get()
    store.new("one")
    store.new("two")
    with pytest.raises(KeyStoreError, match="several"):
        store.get()
    with pytest.raises(KeyStoreError, match="called 'three'"):
        store.get("three")
    default = store.new("default")
    assert store.get().public == default.public


def test_trust_keeps_a_name_for_one_key(tmp_path: Path) -> None:
    store, bob, eve = KeyStore(tmp_path), SigningKey.generate("bob").public, SigningKey.generate("eve").public
    store.trust("bob", bob)
    store.trust("bob", bob)
    with pytest.raises(KeyStoreError, match="already means"):
        store.trust("bob", eve)
    own = store.new("me")
    assert store.trusted() == {"bob": bob, "me": own.public}
    with pytest.raises(KeyStoreError, match="exists already"):
        store.new("bob")


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "x" * 101, "new\nline"])
def test_a_name_cannot_leave_the_directory(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyStoreError, match="cannot be the name"):
        KeyStore(tmp_path).new(name)


def test_a_damaged_key_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "default.pem").write_bytes(b"\x00garbage")
    (tmp_path / "default.pem").chmod(0o600)
    with pytest.raises(KeyStoreError, match="cannot be read"):
        KeyStore(tmp_path).get()


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyStoreError, match="cannot be written"):
        KeyStore(tmp_path / "file" / "keys").new("default")


def test_the_environment_chooses_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONOGO_KEYS", str(tmp_path / "here"))
    assert KeyStore().directory == tmp_path / "here"
    monkeypatch.delenv("GONOGO_KEYS")
    assert default_directory().name == "keys"


def test_the_secret_is_not_in_the_repr() -> None:
    key = SigningKey.generate("a")
    assert "private" not in repr(key).lower()


def test_a_directory_that_others_may_write_to_is_refused_and_left_as_it_is(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(KeyStoreError, match="others on this machine may write"):
        KeyStore(shared).new("author")
    assert shared.stat().st_mode & 0o777 == 0o777
    assert list(shared.iterdir()) == []
