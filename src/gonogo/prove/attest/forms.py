"""What each control's statement has to give, and a template to fill in: data, one entry per control."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """What a statement gives. `fields` are required, key to what it means; keys with `*` are given once per provider.

    `artifact` says what file is attached; None where none is needed. `sections` are headings that a text must have.
    """

    fields: dict[str, str]
    artifact: str | None
    template: str = ""
    sections: tuple[str, ...] = ()


DATE = "date, YYYY-MM-DD, when it was looked at"

FORMS: dict[str, Form] = {
    "cost.provider-spend-limit": Form(
        fields={
            "*.account": "the account, organisation or project id",
            "*.limit_usd": "the hard monthly limit in USD; of prepaid credit without automatic top-up, the credit",
            "*.date": DATE,
        },
        artifact="a screenshot or export of the limit page, or a table with these columns",
        template="provider,account,limit_usd,date\nopenai,org-example,500,2026-01-31\n",
    ),
    "rollout.team-notified": Form(
        fields={
            "recipients": "names, addresses or channels, separated by commas: on-call, product and support among them",
            "sent_at": "when the notice was sent, with zone, such as 2026-01-30T09:00:00Z",
            "start_at": "when the rollout starts, with zone",
            "message": "a link to the message",
        },
        artifact=None,
    ),
    "security-input.red-team-done": Form(
        fields={
            "scope": "what was attacked",
            "release": "commit, tag or image digest of what was attacked",
            "tester": "who attacked: a name or address, not the author of the change",
            "date": DATE,
        },
        artifact="the report, in Markdown, with its findings as a table that has the columns severity and status",
        template=(
            "# Red-team report\n\n- Scope: the /ask route\n- Release: 1a2b3c4\n- Tester: reviewer@example.org\n"
            "- Date: 2026-01-31\n\n## Scope\n\nWhat was attacked, and how.\n\n## Findings\n\n"
            "| id | severity | status | what |\n|---|---|---|---|\n| F1 | major | fixed | ... |\n"
        ),
        sections=("scope", "findings"),
    ),
    "access.encryption-at-rest": Form(
        fields={
            "host": "the host whose disks were looked at, as its command output names it",
            "stores": "the data stores of gonogo.yaml that live there, separated by commas",
            "volumes": "their volumes, separated by commas, as the command output names them",
            "date": DATE,
        },
        artifact="the output of lsblk, cryptsetup status, fdesetup status or manage-bde, with the host's name",
        template="host: db-1\n$ lsblk -o NAME,TYPE,MOUNTPOINT\ndata_crypt crypt /var/lib/data\n",
    ),
    "cost.monthly-cost-review": Form(
        fields={
            "date": "date of the review, YYYY-MM-DD",
            "decision": "what was decided, or `no action` with the reason",
        },
        artifact="the cost report that was reviewed",
    ),
    "access.key-scopes-valid": Form(
        fields={
            "keys": "the ids or variables of all provider keys, separated by commas",
            "scopes": "what they may do",
            "date": DATE,
        },
        artifact="a screenshot or export of the keys and their scopes",
        template="key,scopes,valid\nOPENAI_API_KEY,model.request,yes\n",
    ),
    "readiness.incident-runbook": Form(
        fields={"reviewed": "date of the last review, YYYY-MM-DD", "review_by": "date of the next review, YYYY-MM-DD"},
        artifact="the runbook",
        sections=("symptom", "diagnos", "mitigat", "escalat", "rollback"),
        template="# Runbook\n\n## Symptoms\n\n## Diagnosis\n\n## Mitigation\n\n## Rollback\n\n## Escalation\n",
    ),
}

ANY = Form(fields={"date": DATE}, artifact="what the statement rests on: a record, an export or a screenshot")
"""What a statement for any other control gives."""


def form_of(control: str) -> Form:
    """Return the form of a control."""
    return FORMS.get(control, ANY)


def describe(control: str) -> str:
    """Return the form of a control as a page that a person can follow."""
    form = form_of(control)
    lines = [f"# {control}", "", "Fields (give each with --field KEY=VALUE, or as `KEY: VALUE` in the artefact):", ""]
    lines += [f"  {key.replace('*', 'PROVIDER'):<22} {meaning}" for key, meaning in form.fields.items()]
    lines += ["", f"Artefact: {form.artifact or 'none is needed'}"]
    if form.sections:
        lines += [f"with headings that hold: {', '.join(form.sections)}"]
    if form.template:
        lines += ["", "--- begin of a template ---", form.template.rstrip("\n"), "--- end ---"]
    given = " ".join(f"--field {key.replace('*', 'PROVIDER')}=..." for key in form.fields)
    attach = " --artifact FILE" if form.artifact else ""
    return "\n".join([*lines, "", f'gonogo attest {control}{attach} --statement "..." {given}', ""])
