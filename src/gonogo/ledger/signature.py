"""Ed25519 keys: who signs heads, statements and decisions, and where the keys of this machine live.

Private keys stay outside every repository: one PEM file per key, mode 0600, in a directory of mode 0700. A public key
travels as one line of text, `ed25519:<base64>`, and is known by its id, `SHA256:<base64 of the digest>`.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gonogo.errors import KeyStoreError

PREFIX = "ed25519:"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")


@dataclass(frozen=True)
class PublicKey:
    """The public half: 32 raw bytes."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read `ed25519:<base64>` (anything after a blank is a comment); raises `KeyStoreError`."""
        word = (text.split() or [""])[0]
        try:
            raw = base64.b64decode(word.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if not word.startswith(PREFIX) or len(raw) != 32:
            raise KeyStoreError(
                "this is no public key of gonogo: expected one line `ed25519:<base64 of 32 bytes>`",
                mend="ask its owner for the output of `gonogo key show`",
            )
        return cls(raw)

    @property
    def text(self) -> str:
        """The line that travels."""
        return PREFIX + base64.b64encode(self.raw).decode()

    @property
    def id(self) -> str:
        """The short name of the key: a digest of its raw bytes."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.raw).digest()).decode().rstrip("=")

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether this key signed exactly `data`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key with the name it has on this machine. Its `repr` never shows the secret."""

    name: str
    _private: Ed25519PrivateKey = field(repr=False, compare=False)
    public: PublicKey

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """Make a fresh key; nothing is written."""
        return cls.of(name, Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, name: str, private: Ed25519PrivateKey) -> SigningKey:
        """Wrap an existing private key."""
        return cls(name, private, PublicKey(private.public_key().public_bytes_raw()))

    @classmethod
    def from_pem(cls, name: str, pem: bytes) -> SigningKey:
        """Read what `pem` returns; raises `ValueError` or `TypeError` where it is no unencrypted Ed25519 key."""
        private = serialization.load_pem_private_key(pem, None)
        if not isinstance(private, Ed25519PrivateKey):
            raise TypeError("not an Ed25519 key")
        return cls.of(name, private)

    @property
    def id(self) -> str:
        """The id of the public half."""
        return self.public.id

    def sign(self, data: bytes) -> bytes:
        """Return the 64-byte signature over `data`."""
        return self._private.sign(data)

    def pem(self) -> bytes:
        """Return the private key as unencrypted PKCS8 PEM; only the key store writes it."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def default_directory() -> Path:
    """Return `$GONOGO_KEYS`, or `keys` in the user's configuration directory."""
    if chosen := os.environ.get("GONOGO_KEYS"):
        return Path(chosen)
    from platformdirs import user_config_path  # only needed here, and not for reading a decision

    return user_config_path("gonogo") / "keys"


class KeyStore:
    """The keys of this machine: its own under `<name>.pem`, those of others under `trusted/<name>.pub`."""

    def __init__(self, directory: Path | None = None) -> None:
        """Use `directory`, by default `default_directory()`; nothing is created before a key is."""
        self.directory = directory if directory is not None else default_directory()

    def new(self, name: str) -> SigningKey:
        """Make and keep a key; raises `KeyStoreError` when the name is taken or the place lies in a repository."""
        _check_name(name)
        self._refuse_repository()
        self._refuse_taken(name)
        key = SigningKey.generate(name)
        self._create(self.directory / f"{name}.pem", key.pem(), name)
        return key

    def get(self, name: str | None = None) -> SigningKey:
        """Return the key called `name`; without a name `default`, or the only one that there is."""
        names = [path.stem for path in self._files()]
        if name is None:
            name = "default" if "default" in names else names[0] if len(names) == 1 else None
        if not names:
            raise KeyStoreError(f"there is no signing key in {self.directory}", mend="gonogo key new")
        if name is None:
            raise KeyStoreError(f"there are several signing keys: {', '.join(names)}", mend=f"add --key {names[0]}")
        if name not in names:
            raise KeyStoreError(f"there is no signing key called {name!r} in {self.directory}", mend="gonogo key list")
        return self._load(self.directory / f"{name}.pem")

    def list(self) -> list[SigningKey]:
        """Return every own key, by name."""
        return [self._load(path) for path in self._files()]

    def trust(self, name: str, key: PublicKey) -> None:
        """Keep another's public key under `name`; raises `KeyStoreError` when the name means another key already."""
        _check_name(name)
        known = self.trusted().get(name)
        if known == key:
            return
        if known is not None:
            raise KeyStoreError(
                f"{name!r} already means the key {known.id}, not {key.id}",
                mend=f"choose another name, or delete {self.directory / 'trusted' / f'{name}.pub'}",
            )
        self._create(self.directory / "trusted" / f"{name}.pub", f"{key.text} {name}\n".encode(), name)

    def trusted(self) -> dict[str, PublicKey]:
        """Return every public key that this machine accepts, by name: those given to `trust`, and its own."""
        found: dict[str, PublicKey] = {}
        try:
            for path in sorted((self.directory / "trusted").glob("*.pub")):
                found[path.stem] = PublicKey.parse(path.read_text("utf-8", "replace"))
        except OSError as broken:
            raise _unreadable(self.directory / "trusted", broken) from broken
        return found | {key.name: key.public for key in self.list()}

    def _files(self) -> tuple[Path, ...]:
        try:
            return tuple(sorted(self.directory.glob("*.pem")))
        except OSError as broken:
            raise _unreadable(self.directory, broken) from broken

    def _load(self, path: Path) -> SigningKey:
        try:
            if path.stat().st_mode & 0o077:
                raise KeyStoreError(f"others on this machine may read the key {path}", mend=f"chmod 600 {path}")
            return SigningKey.from_pem(path.stem, path.read_bytes())
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as broken:
            raise _unreadable(path, broken) from broken

    def _refuse_repository(self) -> None:
        place = self.directory.absolute().resolve()
        for parent in (place, *place.parents):
            if (parent / ".git").exists():
                raise KeyStoreError(
                    f"keys are never kept inside a repository: {place} lies in the work tree {parent}",
                    mend="unset GONOGO_KEYS, or set it to a directory outside every repository",
                )

    def _refuse_taken(self, name: str) -> None:
        taken = (self.directory / f"{name}.pem", self.directory / "trusted" / f"{name}.pub")
        if any(path.exists() for path in taken):
            raise KeyStoreError(f"a key called {name!r} exists already", mend="gonogo key new ANOTHER-NAME")

    def _create(self, path: Path, content: bytes, name: str) -> None:
        """Write under a scratch name and link it: the file is there whole or not at all, and never replaces another."""
        scratch = path.with_name(f".{secrets.token_hex(8)}")
        if self.directory.exists() and not self.directory.is_dir():
            raise KeyStoreError(
                f"{self.directory} is no directory", mend="set GONOGO_KEYS to a directory that you may write to"
            )
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.directory.stat().st_mode & 0o022:
                raise KeyStoreError(
                    f"others on this machine may write to {self.directory}, and so replace a key",
                    mend=f"chmod 700 {self.directory}, or set GONOGO_KEYS to a directory of your own",
                )
            path.parent.mkdir(mode=0o700, exist_ok=True)
            opened = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(scratch, path)
        except FileExistsError as taken:
            raise KeyStoreError(f"a key called {name!r} exists already", mend="gonogo key list") from taken
        except OSError as broken:
            raise KeyStoreError(
                f"the key cannot be written to {path}: {broken.strerror}",
                mend="set GONOGO_KEYS to a directory that you may write to",
            ) from broken
        finally:
            with contextlib.suppress(OSError):
                scratch.unlink()


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise KeyStoreError(
            f"{name!r} cannot be the name of a key", mend="use up to 100 letters, digits and any of . _ @ + -"
        )


def _unreadable(path: Path, broken: Exception) -> KeyStoreError:
    detail = broken.strerror if isinstance(broken, OSError) else "it is no PEM file of an Ed25519 key"
    return KeyStoreError(f"{path} cannot be read: {detail}", mend="restore the file, or make a key: gonogo key new")
