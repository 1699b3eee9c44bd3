"""JUnit XML for CI: one test case for each proof of each control, one suite for each area.

A proof that nobody made is an error where its control blocks and a skip where it does not: a dashboard must not be
green while the gate says NO-GO. Waived controls are skips that say so.
"""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Finding
from gonogo.report.hostile import xml
from gonogo.report.view import Entry, place, view


def render(assessment: Assessment, catalog: Catalog) -> str:
    """Return the XML document, with its declaration and a line end."""
    told = view(assessment, catalog)
    root = ET.Element("testsuites", name=xml(f"gonogo {assessment.system} {assessment.profile}"))
    when = f"{assessment.decision.decided_at:%Y-%m-%dT%H:%M:%S}"
    _decision(root, assessment, when)
    for area, entries in told.by_area():
        suite = ET.SubElement(root, "testsuite", name=xml(area), timestamp=when)
        for entry in entries:
            for finding in entry.findings:
                _case(suite, entry, finding)
        _count(suite)
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(s.get(key, "0")) for s in root)))
    root.set("time", "0")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(_FRAME)


_FRAME = ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")


def _decision(root: ET.Element, assessment: Assessment, when: str) -> None:
    """Add the verdict itself, so that a reason that is no control turns the run red too."""
    decision = assessment.decision
    suite = ET.SubElement(root, "testsuite", name="decision", timestamp=when)
    case = ET.SubElement(suite, "testcase", classname="gonogo.decision", name="verdict", time="0")
    if decision.verdict != "GO":
        words = [*decision.reasons, *(f"{control} blocks" for control in decision.blockers)]
        message = f"NO-GO: {len(words)} reasons" if len(words) != 1 else f"NO-GO: {words[0]}"
        _say(case, "failure", message, "no-go", words)
    _count(suite)


def _case(suite: ET.Element, entry: Entry, finding: Finding) -> None:
    name = f"{entry.id.partition('.')[2] or entry.id} ({finding.method})"
    case = ET.SubElement(suite, "testcase", classname=xml(f"gonogo.{entry.area}"), name=xml(name), time="0")
    tag = _tag(entry, finding)
    if not tag:
        return
    stale = finding.outcome == "pass"
    message = entry.result.stale or "" if stale else finding.summary
    waived = "waived: " if entry.result.waived else ""
    _say(case, tag, waived + message, "stale" if stale else finding.outcome, _detail(entry, finding))


def _tag(entry: Entry, finding: Finding) -> str | None:
    if finding.outcome == "pass":
        return "error" if entry.stale and entry.result.blocking else None
    if finding.outcome == "not-applicable" or entry.result.waived:
        return "skipped"
    if finding.outcome == "not-collected":
        return "error" if entry.result.blocking else "skipped"
    return "failure" if finding.outcome == "fail" else "error"


def _say(case: ET.Element, tag: str, message: str, type: str, lines: list[str]) -> None:
    said = ET.SubElement(case, tag, message=xml(message, 500).replace("\n", " "))
    if tag != "skipped":
        said.set("type", type)
    said.text = xml("\n".join(lines), 20_000)


def _detail(entry: Entry, finding: Finding) -> list[str]:
    lines = [entry.title, *(f"{place(e)}  {e.detail}".strip() for e in finding.evidence[:100])]
    more = len(finding.evidence) - 100
    lines += [f"+{more} more"] if more > 0 else []
    lines += [f"why: {entry.why}"] if entry.why else []
    fix = finding.fix or entry.fix
    return lines + ([f"fix: {fix}"] if fix else [])


def _count(suite: ET.Element) -> None:
    tags = Counter(child.tag for case in suite for child in case)
    suite.set("tests", str(len(suite)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(tags[tag]))
    suite.set("time", "0")
