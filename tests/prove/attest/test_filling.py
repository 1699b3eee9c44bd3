"""A statement held to its form: what is missing, wrong or not covered is named with its file and line."""

import dataclasses
import subprocess

import pytest

from gonogo import catalog
from gonogo.derive.statements import blank
from gonogo.facts.declaration import DataStore, Index, Journey, Person, PredictionEndpoint
from gonogo.prove.attest.filling import same_release
from gonogo.prove.attest.forms import FORMS
from gonogo.prove.attest.templates import describe
from gonogo.prove.subject import subject_of

from .test_examine import png

REGIONS = """# Regions

- date: 2026-05-02

| region | unit_price | latency_ms | residency | chosen |
|---|---|---|---|---|
| eu-west | 1.12 | 38 | none | yes |
| us-east | 1,000.00 | 121 | not for personal data | no |
"""


@pytest.fixture
def declared(office):
    office.system = dataclasses.replace(
        office.system,
        journeys=(Journey(name="ask", path="/ask"), Journey(name="search", path="/search")),
        data_stores=(DataStore(name="main"),),
        indexes=(Index(name="manuals", store="vectors"),),
        predictions=(PredictionEndpoint(name="price", path="/price"),),
        regimes=("gdpr",),
        contacts=(Person(name="desk", email="desk@example.org"),),
    )
    return office


def wrong(office, control, text, name="record.md", **fields):
    office.sign(control, content=text.encode(), name=name, **fields)
    return {c.name: c.detail for c in office.read()[0][0].checks if not c.holds}


def test_a_filled_record_holds(office):
    assert wrong(office, "cost.region-cost", REGIONS) == {}


def test_the_same_table_may_be_a_csv_file(office):
    table = "region,unit_price,latency_ms,residency,chosen\na,1,2,none,yes\nb,1,x,none,no\n"
    assert wrong(office, "cost.region-cost", table, name="r.csv", date="2026-05-02") == {
        "b latency_ms": "r.csv:3: b latency_ms: 'x' is no number"
    }


@pytest.mark.parametrize(
    ("old", "new", "name", "said"),
    [
        ("| 38 |", "| fast |", "eu-west latency_ms", "record.md:7: eu-west latency_ms: 'fast' is no number"),
        ("| 38 |", "| -3 |", "eu-west latency_ms", "record.md:7: eu-west latency_ms: '-3' is no number"),
        ("| 38 |", "| |", "eu-west latency_ms", "record.md:7: eu-west latency_ms: missing"),
        ("| 38 |", "| <measured> |", "eu-west latency_ms", "record.md:7: eu-west latency_ms: missing"),
        ("| 38 |", "| TODO |", "eu-west latency_ms", "record.md:7: eu-west latency_ms: missing"),
        (
            "none | yes |",
            "none | maybe |",
            "eu-west chosen",
            "record.md:7: eu-west chosen: 'maybe' is none of: yes, no",
        ),
        ("| us-east", "| EU-west", "table region row", "record.md:8: 'eu-west' stands in line 7 too"),
        ("| us-east", "| ", "table region row", "record.md:8: no region is named"),
        ("| residency ", "| law ", "table region", "record.md:5: no column residency"),
        (
            "| region ",
            "| place ",
            "table region",
            "record.md: no table (Markdown or CSV) with the columns region, unit",
        ),
        ("| us-east | 1,000.00 | 121 | not for personal data | no |\n", "", "table region", "record.md:5: 1 of 2 rows"),
        ("2026-05-02", "2.5.2026", "field date", "record.md:3: field date: '2.5.2026' is no date such as 2026-01-31"),
        ("2026-05-02", "<YYYY-MM-DD>", "field date", "missing: when it was decided"),
        ("- date: 2026-05-02", "<!-- date: 2026-05-02 -->", "field date", "missing: when it was decided"),
    ],
)
def test_a_mistake_is_named_with_its_line(office, old, new, name, said):
    found = wrong(office, "cost.region-cost", REGIONS.replace(old, new))
    assert said in found[name], found


def test_every_control_that_a_statement_proves_has_a_form():
    controls = catalog.load(plugins=False).controls.values()
    assert set(FORMS) == {control.id for control in controls if control.proofs("attest")}


@pytest.mark.parametrize("control", FORMS)
def test_an_unfilled_template_does_not_pass(declared, control):
    if not FORMS[control].artifact:
        assert wrong(declared, control, "a link to the message")
        return
    page = describe(control, declared.system)
    name = "record.md"
    if "--- begin" in page:
        page = page.partition("--- begin of a template ---\n")[2].partition("\n--- end ---")[0]
        name = "record.csv" if page.count(",") > 2 else name
    assert wrong(declared, control, page, name=name)


@pytest.mark.parametrize(
    ("control", "names"),
    [
        ("cost.model-choice-matrix", ["ask", "search"]),
        ("infrastructure.ownership-model", ["openai", "main", "vectors", "price"]),
        ("quality.manual-qa", ["ask", "search"]),
        ("retrieval.vector-db-replicated", ["vectors"]),
    ],
)
def test_a_template_has_a_row_for_all_that_is_declared_and_each_has_to_stay(declared, control, names):
    page = describe(control, declared.system)
    for name in names:
        assert f"\n| {name} |" in page
        left = "\n".join(line for line in page.splitlines() if not line.startswith(f"| {name} |"))
        assert f"{name} of gonogo.yaml has no row" in wrong(declared, control, left)[f"covers {name}"]


SLA = """| store | service | sla_percent | source | date |
|---|---|---|---|---|
| vectors | Q | 99.9 | {} | 2026-05-02 |
"""


@pytest.mark.parametrize(
    ("place", "fine"),
    [
        ("sla.pdf#p2", True),
        ("https://q.example/sla", True),
        ("no.pdf", False),
        ("../up.pdf", False),
        ("https://", False),
    ],
)
def test_links_lead_into_the_repository_or_to_an_address(declared, place, fine):
    (declared.root / "sla.pdf").write_bytes(b"%PDF-")
    (declared.root.parent / "up.pdf").write_bytes(b"%PDF-")
    found = wrong(declared, "retrieval.vector-db-replicated", SLA.format(place))
    assert list(found) == ([] if fine else ["vectors source"])


WALK = """- release: {}

| flow | tester | result | recordings | trace | deployed_result | deployed_trace |
|---|---|---|---|---|---|---|
| ask | desk | pass | shot.png | t-1 | | |
| search | desk@example.org | pass | shot.png | t-2 | | |
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png(800, 600), None),
        (b"no picture", ".png: it is text"),
        (png(10, 10), "10 x 10 pixels"),
        (None, "no file of the repository"),
    ],
)
def test_a_screenshot_is_a_whole_picture(declared, content, said):
    if content:
        (declared.root / "shot.png").write_bytes(content)
    found = wrong(declared, "quality.manual-qa", WALK.format(declared.subject.tree))
    assert list(found) == (["ask recordings", "search recordings"] if said else [])
    assert not said or said in found["ask recordings"]


def test_people_and_models_are_those_of_gonogo_yaml(declared):
    header = "| control | regimes | duties |\n|---|---|---|\n| access.cors | gdpr, hipaa | retention, joy |\n"
    found = wrong(declared, "observability.compliance-logging", f"- owner: somebody\n- date: 2026-05-02\n\n{header}")
    assert "'somebody' is nobody whom gonogo.yaml names" in found["field owner"]
    assert "'hipaa' is none that gonogo.yaml names: gdpr" in found["access.cors regimes"]
    assert "'joy' is none of" in found["access.cors duties"]


def test_a_section_has_words_below_its_heading(office):
    text = "- domain: health\n- owner: author\n- date: 2026-05-02\n\n## Reason\n\n{}\n\n## Other\n\nwords\n"
    assert wrong(office, "data.explanations", text.format("<in a few sentences>")) == {
        "section reason": "record.md: nothing stands below it"
    }


def test_a_report_is_the_one_with_the_digest(office):
    (office.root / "week.md").write_text("the first week\n")
    days = "- launched: 2026-05-20\n- scheduled: 2026-05-27\n- invitation: week.md\n- report: week.md\n"
    text = f"{days}- report_digest: sha256:c5b4d6b5\n\n## Agenda\n\nall\n"
    assert wrong(office, "rollout.post-launch-review", text) == {"report digest": "not the sha256 of 'week.md'"}


@pytest.mark.parametrize("text", ["", " ", None, "<what>", "...", "…", "TODO", "tbd", "?", "-"])
def test_what_nobody_wrote_is_blank(text):
    assert blank(text)


@pytest.mark.parametrize("text", ["no", "0", "a <b> c", "todo list", "x"])
def test_a_word_is_not_blank(text):
    assert not blank(text)


def test_a_release_is_a_commit_a_tag_or_the_tree_and_signing_does_not_change_it(tmp_path):
    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q", "-b", "main")
    (tmp_path / "app.py").write_text("x = 1\n")
    git("add", "-A")
    git("commit", "-qm", "first")
    git("tag", "v1.0")
    first = git("rev-parse", "HEAD").strip()
    (tmp_path / "gonogo" / "statements").mkdir(parents=True)
    (tmp_path / "gonogo" / "statements" / "s.json").write_text("{}")
    git("add", "-A")
    git("commit", "-qm", "signed")
    signed = subject_of(tmp_path)
    for name in (first, "v1.0", signed.tree, signed.commit[:9]):
        assert same_release(tmp_path, signed, name), name
    (tmp_path / "app.py").write_text("x = 2\n")
    git("commit", "-qam", "changed")
    changed = subject_of(tmp_path)
    for name in (first, "v1.0", "--output=x", "HEAD..HEAD", "none", "a b", ""):
        assert not same_release(tmp_path, changed, name), name
