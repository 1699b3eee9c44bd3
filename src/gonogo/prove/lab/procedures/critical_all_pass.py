"""The gate is asked about a release that stands on one signed result, and again after each harm and each repair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from gonogo.errors import CollectError
from gonogo.ledger.dsse import Envelope, parse
from gonogo.ledger.signature import SigningKey
from gonogo.prove.attest.statement import DIRECTORY, Attested
from gonogo.prove.attest.writing import write
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

_ENVIRONMENT = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "author"), ("EMAIL", "author@example.org"))
}
_PLACE = ".gonogo-fixture"
_CONTROL = "rollout.team-notified"
_GATE = ("gonogo", "gate")
_PEOPLE = {"rota": "on-call", "contacts": "support", "owners": "product"}
_PROFILE = [
    {
        "name": "one-critical",
        "title": "One critical control",
        "about": "What the gate is asked about in the lab.",
        "controls": [_CONTROL, "decision.critical-all-pass"],
    }
]
_SIGNED, _STALE = timedelta(days=2), timedelta(days=900)
"""How long ago the result was signed."""


async def play(play: Play) -> None:
    """Play each harm to the release, and its repair."""
    place = play.session.box.copy / _PLACE
    key = SigningKey.generate("signer")
    good = _release(place, play, key)
    await _run(play, "git", "init", "-q", "-b", "main")
    await _run(play, "git", "add", "-A")
    await _run(play, "git", "commit", "-qm", "the law")
    await _run(play, "git", "switch", "-qc", "release")
    await _run(play, "git", "commit", "-q", "--allow-empty", "-m", "the release")
    await _run(play, "gonogo", "key", "new", "gate")
    harms: dict[str, Callable[[], object]] = {
        "failing": lambda: _state(place, key, recipients="on-call, support"),
        "missing": lambda: None,
        "stale": lambda: _state(place, key, ago=_STALE),
        "forged": lambda: _store(place, _edited(good)),
    }
    for case, harm in harms.items():
        play.session.room.play(play.scenario.scenario, case, Script())
        for state, lay in (("harmed", harm), ("repaired", lambda: _store(place, good))):
            for statement in (place / DIRECTORY).glob("*.json"):
                statement.unlink()
            lay()
            await _asked(play, state)
        play.done.append(case)


def _release(place: Path, play: Play, key: SigningKey) -> bytes:
    """Lay a release whose one critical control holds by a signed statement, and return that."""
    named = [e.name for e in play.system.environments] or ["production"]
    declared = {
        "name": "release-of-the-lab",
        "environments": [{"name": e.name, "production": e.production} for e in play.system.environments]
        or [{"name": "production", "production": True}],
        "policies": [
            {"environment": name, "profile": "one-critical", "approvals": 0, "allow_dirty": True} for name in named
        ],
    } | {
        part: [{"name": role, "email": f"{role}@example.org", "roles": [role]}]
        for part, role in _PEOPLE.items()
    }  # fmt: skip
    declared["owners"][0]["key"] = key.public.text  # type: ignore[index]
    (place / "gonogo" / "controls").mkdir(parents=True)
    (place / "gonogo.yaml").write_text(yaml.safe_dump(declared))
    (place / "gonogo" / "controls" / "profiles.yaml").write_text(yaml.safe_dump(_PROFILE))
    return _state(place, key).read_bytes()


def _state(
    place: Path, key: SigningKey, ago: timedelta = _SIGNED, recipients: str = ", ".join(_PEOPLE.values())
) -> Path:
    """Sign the statement that everybody was told of the release."""
    signed = datetime.now(UTC) - ago
    sent, start = (f"{signed + timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ}" for h in (-1, 240))
    fields = {"recipients": recipients, "sent_at": sent, "start_at": start, "message": "https://chat.example.org/1"}
    stated = Attested(
        control=_CONTROL, statement="The notice was sent to everybody on the list.", author=key.id, signed_at=signed,
        fields=fields,
    )  # fmt: skip
    return write(place, stated, key)


def _edited(statement: bytes) -> bytes:
    """Return a statement of which a word was changed after it was signed."""
    envelope = parse(statement)
    forged = envelope.payload.replace(b"The notice was sent", b"The notice was read")
    return Envelope(payload_type=envelope.payload_type, payload=forged, signatures=envelope.signatures).encode()


def _store(place: Path, statement: bytes) -> None:
    (place / DIRECTORY / "statement.json").write_bytes(statement)


async def _asked(play: Play, state: str) -> None:
    """Run the declared step that asks the gate, and keep how it ended."""
    deployment = play.system.deployment
    command = (deployment and deployment.gate) or _GATE
    ran = await play.session.box.run(_there(play, command), environment=_ENVIRONMENT, directory=_PLACE, timeout_s=60)
    said = " ".join((ran.stdout + ran.stderr).decode(errors="replace").split())[-500:]
    play.measure("gate", -1 if ran.exit_code is None else ran.exit_code, "exit code", state, said)


def _there(play: Play, command: Sequence[str]) -> list[str]:
    """Return a command whose program may stand in the app's directory, as it is said elsewhere."""
    first = command[0]
    return [str(play.session.root / first) if "/" in first else first, *command[1:]]


async def _run(play: Play, *command: str) -> None:
    ran = await play.session.box.run(command, environment=_ENVIRONMENT, directory=_PLACE)
    if ran.exit_code:
        said = (ran.stderr or ran.stdout).decode(errors="replace").strip()[-300:]
        raise CollectError(f"the release that the gate is asked about cannot be made: {' '.join(command)}: {said}")
