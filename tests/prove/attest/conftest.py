from datetime import UTC, datetime, timedelta

import pytest

from gonogo.facts import Declaration, Subject, System
from gonogo.facts.declaration import Person, Provider
from gonogo.ledger.signature import SigningKey
from gonogo.prove.attest import Attest
from gonogo.prove.attest.statement import Attested
from gonogo.prove.attest.writing import write
from gonogo.prove.base import Target

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class Office:
    """A repository with two known people, and a stranger; `sign` writes a statement and `read` collects all."""

    def __init__(self, root) -> None:
        self.root = root
        self.author, self.reviewer, self.stranger = (SigningKey.generate(n) for n in ("author", "reviewer", "stranger"))
        self.subject = Subject(tree="sha256:0", authors=("author@example.org",), fingerprints={"code": "sha256:1"})
        self.system = System(
            name="test",
            providers=(Provider(name="openai", account="org-1"),),
            owners=(Person(name="author", key=self.author.public.text),),
            approvers=(Person(name="reviewer", key=self.reviewer.public.text),),
        )

    def sign(
        self, control="cost.monthly-cost-review", *, key=None, content=None, name="record.md", age_days=1, **fields
    ):
        if content is not None:
            (self.root / name).write_bytes(content)
        key = key or self.author
        stated = Attested(
            control=control,
            statement="seen as described",
            author=key.id,
            signed_at=NOW - timedelta(days=age_days),
            fields=fields,
            artifact=name if content is not None else None,
        )
        return write(self.root, stated, key, content)

    def read(self, **changes):
        declared = Declaration(seen_at=NOW, system=changes.pop("system", self.system))
        target = Target(
            root=self.root, subject=self.subject, run="test", declaration=declared, now=lambda: NOW, **changes
        )
        return list(Attest().collect(target)), target.problems


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)
