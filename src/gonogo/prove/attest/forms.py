"""What each control's statement has to give: data, one entry per control. `filling` holds a statement to its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gonogo.derive.declared import Names, components, flows, models, regimes, vector_stores

Kind = Literal["text", "day", "moment", "number", "link", "file", "picture", "release", "person"]
"""`day` is YYYY-MM-DD, `moment` has a zone too, `link` is http(s) or a file of the repository, `picture` a whole
picture, PDF or recording there, `release` the state under judgement, `person` somebody whom gonogo.yaml names."""


@dataclass(frozen=True)
class Value:
    """One value that a statement gives: what it means and what it may be.

    `choices` are the only values that it may have, `named` the names of gonogo.yaml that it may have. With `many` it is
    a list with commas, each entry of which has the kind. An `optional` one may be left blank.
    """

    meaning: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    named: Names | None = None
    many: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A table of the artefact, known by its first column `key`, whose entries are unique.

    `covers` are the names of gonogo.yaml that each need a row. It has at least `least` rows.
    """

    key: str
    columns: dict[str, Value]
    covers: Names | None = None
    least: int = 1


@dataclass(frozen=True)
class Form:
    """What a statement gives. `fields` are required; keys with `*` are given once per provider that bills per use.

    `artifact` says what file is attached; None where none is needed. `sections` are headings that a text must have,
    with words below. `example` shows an artefact that is no document of ours to fill in.
    """

    fields: dict[str, Value]
    artifact: str | None = None
    tables: tuple[Table, ...] = ()
    sections: tuple[str, ...] = ()
    example: str = ""

    @property
    def document(self) -> bool:
        """Whether the artefact is a document that is filled in."""
        return bool(self.tables or self.sections)


def text(meaning: str, *, optional: bool = False) -> Value:
    """Return a value that is a few words."""
    return Value(meaning, optional=optional)


def choice(*choices: str) -> Value:
    """Return a value that is one of `choices`."""
    return Value(" or ".join(choices), choices=choices)


SEEN = Value("when it was looked at", "day")
DECIDED = Value("when it was decided", "day")
MOMENT = "a moment with zone, such as 2026-01-30T09:00:00Z"
RECORD = "this record, filled in"

FORMS: dict[str, Form] = {
    "access.encryption-at-rest": Form(
        fields={
            "host": text("the host whose disks were looked at, as its command output names it"),
            "stores": text("the data stores of gonogo.yaml that live there, separated by commas"),
            "volumes": text("their volumes, separated by commas, as the command output names them"),
            "date": SEEN,
        },
        artifact="the output of lsblk, cryptsetup status, fdesetup status or manage-bde, with the host's name",
        example="host: <host>\n$ lsblk -o NAME,TYPE,MOUNTPOINT\n<the command's output>\n",
    ),
    "access.key-scopes-valid": Form(
        fields={
            "keys": text("the ids or variables of all provider keys, separated by commas"),
            "scopes": text("what they may do"),
            "date": SEEN,
        },
        artifact="a screenshot or export of the keys and their scopes",
        example="key,scopes,valid\n<variable>,<what it may do>,<yes or no>\n",
    ),
    "cost.fine-tune-assessed": Form(
        fields={"date": DECIDED},
        artifact=RECORD,
        tables=(
            Table(
                "task",
                {
                    "calls_per_month": Value("calls in the 30 days before the date", "number"),
                    "reason": text("why no smaller model is trained for it"),
                },
            ),
        ),
    ),
    "cost.model-choice-matrix": Form(
        fields={"date": DECIDED},
        artifact=RECORD,
        tables=(
            Table(
                "route",
                {
                    "tier": text("the chosen tier, such as small or large"),
                    "model": Value("the chosen model, an exact version of gonogo.yaml", named=models),
                    "quality": Value("its score on the route's eval set", "number"),
                    "usd_per_1000": Value("what 1,000 calls cost", "number"),
                    "latency_ms": Value("its 95th percentile", "number"),
                    "reason": text("why this one and not the next cheaper or better"),
                },
                covers=flows,
            ),
        ),
    ),
    "cost.monthly-cost-review": Form(
        fields={
            "date": Value("when the review was held", "day"),
            "decision": text("what was decided, or `no action` with the reason"),
        },
        artifact="the cost report that was reviewed",
    ),
    "cost.provider-spend-limit": Form(
        fields={
            "*.account": text("the account, organisation or project id"),
            "*.limit_usd": text("the hard monthly limit in USD, or prepaid credit without automatic top-up"),
            "*.date": SEEN,
        },
        artifact="a screenshot or export of the limit page, or a table with these columns",
        example="provider,account,limit_usd,date\n<provider>,<account>,<limit in USD>,<YYYY-MM-DD>\n",
    ),
    "cost.region-cost": Form(
        fields={"date": DECIDED},
        artifact=RECORD,
        tables=(
            Table(
                "region",
                {
                    "unit_price": Value("of the same capacity in each region", "number"),
                    "latency_ms": Value("measured from where the users are", "number"),
                    "residency": text("what limits where data may be, or none"),
                    "chosen": choice("yes", "no"),
                },
                least=2,
            ),
        ),
    ),
    "cost.reserved-capacity": Form(
        fields={
            "date": DECIDED,
            "floor_per_hour": Value("the fewest calls in any hour of the 7 days before the date", "number"),
            "on_demand_usd": Value("what the floor costs in a month on demand", "number"),
            "committed_usd": Value("what it costs in a month when committed", "number"),
            "term_months": Value("how long one commits", "number"),
            "decision": choice("commit", "on demand"),
        },
        artifact=RECORD,
        sections=("reason",),
    ),
    "data.explanations": Form(
        fields={
            "domain": text("the domain of gonogo.yaml"),
            "owner": Value("the compliance owner, who signs", "person"),
            "date": DECIDED,
        },
        artifact=RECORD,
        sections=("reason",),
    ),
    "infrastructure.ownership-model": Form(
        fields={},
        artifact=RECORD,
        tables=(
            Table(
                "component",
                {
                    "choice": choice("managed", "self-hosted"),
                    "reason": text("why"),
                    "exit_path": text("how one leaves it, and in what time"),
                    "date": DECIDED,
                },
                covers=components,
            ),
        ),
    ),
    "observability.compliance-logging": Form(
        fields={"owner": Value("the compliance owner, who signs", "person"), "date": DECIDED},
        artifact=RECORD,
        tables=(
            Table(
                "control",
                {
                    "regimes": Value("regimes of gonogo.yaml that ask it", named=regimes, many=True),
                    "duties": Value(
                        "of: retention, access, integrity, deletion, audit-fields",
                        choices=("retention", "access", "integrity", "deletion", "audit-fields"),
                        many=True,
                    ),
                },
            ),
        ),
    ),
    "observability.log-review": Form(
        fields={
            "from": Value("first day of the period", "day"),
            "until": Value("its last day", "day"),
            "reviewer": Value("who reviewed", "person"),
            "head": text("the head of the log's chain at its end, <number>:<hash>, as `gonogo verify` prints it"),
            "date": Value("when the review was held", "day"),
        },
        artifact=RECORD,
        sections=("queries", "findings"),
    ),
    "quality.feedback-reviewed": Form(
        fields={
            "released_at": Value(MOMENT, "moment"),
            "reviewer": Value("who read it", "person"),
            "date": Value("when the list was closed", "day"),
        },
        artifact=RECORD,
        tables=(
            Table(
                "item",
                {"disposition": choice("fixed", "planned", "declined"), "action": text("what was done, or why not")},
            ),
        ),
    ),
    "quality.live-sample-reviewed": Form(
        fields={
            "released_at": Value(MOMENT, "moment"),
            "until": Value("end of the period that the sample was drawn from, whole hours later", "moment"),
            "seed": text("as gonogo drew it"),
            "reviewer": Value("who read the sample", "person"),
            "reviewed_at": Value(MOMENT, "moment"),
        },
        artifact=RECORD,
        tables=(Table("interaction", {"verdict": choice("good", "bad"), "reason": text("what was seen")}),),
    ),
    "quality.manual-qa": Form(
        fields={"release": Value("what was walked through", "release")},
        artifact=RECORD,
        tables=(
            Table(
                "flow",
                {
                    "tester": Value("who walked", "person"),
                    "result": choice("pass", "fail"),
                    "recordings": Value("a file per step, with commas", "picture", many=True),
                    "trace": text("trace id of the visit"),
                    "deployed_result": Value("pass or fail, once deployed", choices=("pass", "fail"), optional=True),
                    "deployed_trace": text("its trace id", optional=True),
                },
                covers=flows,
            ),
        ),
    ),
    "readiness.user-doc": Form(
        fields={
            "release": Value("what the pages describe", "release"),
            "owner": Value("the support owner, who signs", "person"),
            "date": Value("when the pages were read", "day"),
        },
        artifact=RECORD,
        tables=(
            Table(
                "page",
                {
                    "holds": Value(
                        "features, limitations, support or faq",
                        choices=("features", "limitations", "support", "faq"),
                        many=True,
                    ),
                    "place": Value("path or link of the page", "link"),
                },
            ),
        ),
    ),
    "retrieval.vector-db-replicated": Form(
        fields={},
        artifact=RECORD,
        tables=(
            Table(
                "store",
                {
                    "service": text("the managed service, as its contract names it"),
                    "sla_percent": Value("the share of time that is promised", "number"),
                    "source": Value("the contract or SLA page: a saved file, or a link", "link"),
                    "date": SEEN,
                },
                covers=vector_stores,
            ),
        ),
    ),
    "rollout.post-launch-review": Form(
        fields={
            "launched": Value("day of the launch", "day"),
            "scheduled": Value("day that the review was set for", "text"),
            "invitation": Value("the calendar entry or issue", "link"),
            "held": Value("day that it was held; blank before", "day", optional=True),
            "attendees": Value("who was there", "person", many=True, optional=True),
            "report": Value("the first week's report", "file", optional=True),
            "report_digest": text("its sha256", optional=True),
            "known_issues": text("for the next release, or none", optional=True),
            "decisions": text("what was decided", optional=True),
        },
        artifact=RECORD,
        sections=("agenda",),
    ),
    "rollout.team-notified": Form(
        fields={
            "recipients": text("names, addresses or channels, separated by commas: on-call, product and support"),
            "sent_at": text(f"when the notice was sent: {MOMENT}"),
            "start_at": text("when the rollout starts, with zone"),
            "message": text("a link to the message"),
        },
    ),
    "security-input.red-team-done": Form(
        fields={
            "scope": text("what was attacked"),
            "release": text("commit, tag or image digest of what was attacked"),
            "tester": text("who attacked: a name or address, not the author of the change"),
            "date": SEEN,
        },
        artifact="the report, in Markdown, with its findings as a table that has the columns severity and status",
        example=(
            "# Red-team report\n\n- Scope: <what was attacked>\n- Release: <commit, tag or digest>\n"
            "- Tester: <name or address>\n- Date: <YYYY-MM-DD>\n\n## Scope\n\n<what was attacked, and how>\n\n"
            "## Findings\n\n| id | severity | status | what |\n|---|---|---|---|\n"
            "| <id> | <severity> | <status> | <what> |\n"
        ),
        sections=("scope", "findings"),
    ),
}

ANY = Form(fields={"date": SEEN}, artifact="what the statement rests on: a record, an export or a screenshot")
"""What a statement for any other control gives."""


def form_of(control: str) -> Form:
    """Return the form of a control."""
    return FORMS.get(control, ANY)
