"""Plant fake keys in a scratch repository, one in each kind of place, to see that the search for secrets finds them."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from gonogo.git import git

_WHO = ("-c", "user.name=gonogo", "-c", "user.email=gonogo@example.org", "-c", "commit.gpgSign=false")
_FILES = {
    "tree": "service/settings.py",
    "environment": ".env.production",
    "notebook": "analysis.ipynb",
    "bundle": "dist/app.min.js",
    "container": "Dockerfile",
    "history": "removed.py",
}


def plant(root: Path) -> dict[str, str]:
    """Make a repository in `root` with a fake key in each place; return place to key. No git: no `history`."""
    keys = {place: _key(place) for place in _FILES}
    for place, path in _FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(_content(place, keys[place]))
    if not _committed(root):
        del keys["history"]
    (root / _FILES["history"]).unlink()
    return keys


def _key(place: str) -> str:
    """A key in a provider's format that nobody was ever given: made of the place's name."""
    body = b"".join(hashlib.sha256(f"gonogo canary {place} {n}".encode()).digest() for n in range(4))
    return "sk-ant-api03-" + base64.urlsafe_b64encode(body).decode()[:93] + "AA"


def _content(place: str, key: str) -> str:
    if place == "notebook":
        cell = {"cell_type": "code", "source": [f'client = Anthropic(api_key="{key}")\n'], "outputs": []}
        return json.dumps({"cells": [cell], "nbformat": 4, "metadata": {}})
    if place == "environment":
        return f"ANTHROPIC_API_KEY={key}\n"
    if place == "container":
        return f"FROM scratch\nENV ANTHROPIC_API_KEY={key}\n"
    if place == "bundle":
        return "!function(){var a=1;" * 200 + f'fetch(u,{{headers:{{"x-api-key":"{key}"}}}})' + "}();" * 200
    return f'ANTHROPIC_API_KEY = "{key}"\n'


def _committed(root: Path) -> bool:
    steps = (
        ("init", "-q", "--template="),
        ("add", "--force", "."),
        (*_WHO, "commit", "-q", "-m", "plant", "--no-verify"),
        ("rm", "-q", "--cached", _FILES["history"]),
        (*_WHO, "commit", "-q", "-m", "remove", "--no-verify"),
    )
    return all(git(root, *step) is not None for step in steps)
