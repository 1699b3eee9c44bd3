"""Exports are complete, the same for the same catalogue, and of the form that OSCAL asks for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from jsonschema import Draft202012Validator

from gonogo.catalog import items, load
from gonogo.catalog.export import to_json, to_oscal

CATALOG = load(plugins=False)
DATE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
UUID = r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$"
TOKEN = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9._-]*$"}
TEXT = {"type": "string", "pattern": r"^\S(.*\S)?$"}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": item}


PROP = closed(["name", "value"], name=TOKEN, value=TEXT, ns={"type": "string", "format": "uri"})
PART = closed(
    ["name"],
    id=TOKEN,
    name=TOKEN,
    ns={"type": "string"},
    prose={"type": "string", "minLength": 1},
    props=many(PROP),
    parts=many({"$ref": "#/$defs/part"}),
)
PARAM = closed(["id"], id=TOKEN, label=TEXT, usage=TEXT, props=many(PROP), values=many(TEXT))
LINK = closed(["href"], href={"type": "string", "pattern": "^#"}, rel=TOKEN)
CONTROL = {
    "class": TOKEN,
    "title": TEXT,
    "params": many(PARAM),
    "props": many(PROP),
    "links": many(LINK),
    "parts": many({"$ref": "#/$defs/part"}),
}
GROUP = closed(
    ["title"],
    id=TOKEN,
    title=TEXT,
    controls=many(closed(["id", "title"], id=TOKEN, **CONTROL)),
    **{"class": TOKEN},
)
METADATA = {
    "type": "object",
    "required": ["title", "last-modified", "version", "oscal-version"],
    "properties": {
        "title": TEXT,
        "last-modified": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
        "version": TEXT,
        "oscal-version": {"type": "string", "pattern": r"^1\.1\.\d$"},
        "props": many(PROP),
    },
    "additionalProperties": False,
}
RESOURCE = closed(["uuid"], uuid={"type": "string", "pattern": UUID}, title=TEXT, description=TEXT)
SCHEMA = {
    "$defs": {"part": PART},
    **closed(
        ["catalog"],
        catalog={
            **closed(["uuid", "metadata"], uuid={"type": "string", "pattern": UUID}, metadata=METADATA),
            "properties": {
                "uuid": {"type": "string", "pattern": UUID},
                "metadata": METADATA,
                "groups": many(GROUP),
                "back-matter": closed(["resources"], resources=many(RESOURCE)),
            },
        },
    ),
}
"""The fields of the OSCAL 1.1 catalog model that the export uses, with the model's own patterns."""


def oscal() -> dict[str, Any]:
    return dict(json.loads(to_oscal(CATALOG, items(), DATE, "0.1.0")))


def test_the_oscal_catalog_keeps_the_model() -> None:
    errors = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(oscal())]
    assert errors == []


def test_the_schema_of_this_test_can_fail() -> None:
    document = oscal()
    document["catalog"]["groups"][0]["controls"][0]["id"] = "1 bad id"
    document["catalog"]["uuid"] = "none"
    assert len(list(Draft202012Validator(SCHEMA).iter_errors(document))) == 2


def test_the_oscal_catalog_holds_each_control_with_its_proofs_and_resolvable_sources() -> None:
    catalog = oscal()["catalog"]
    controls = [control for group in catalog["groups"] for control in group["controls"]]
    resources = {resource["uuid"]: resource for resource in catalog["back-matter"]["resources"]}
    assert [c["id"] for c in controls] == list(CATALOG.controls)
    assert len(catalog["groups"]) == 16
    for control in controls:
        ours = CATALOG.controls[control["id"]]
        names = [part["name"] for part in control["parts"]]
        assert names[:2] == ["statement", "guidance"]
        assert names.count("assessment-method") == len(ours.proof)
        assert [resources[link["href"][1:]]["title"] for link in control["links"]] == list(ours.sources)


def test_all_ids_of_the_oscal_catalog_are_unique() -> None:
    found: list[str] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(value[key] for key in ("id", "uuid") if key in value)
            for entry in value.values():
                collect(entry)
        elif isinstance(value, list):
            for entry in value:
                collect(entry)

    collect(oscal())
    assert len(found) == len(set(found)) > 1000


def test_the_oscal_export_is_the_same_every_time() -> None:
    assert to_oscal(CATALOG, items(), DATE, "0.1.0") == to_oscal(load(plugins=False), items(), DATE, "0.1.0")


def test_the_json_export_can_be_read_back_whole() -> None:
    import msgspec

    from gonogo.catalog import Control, Profile

    document = json.loads(to_json(CATALOG))
    assert document["schema"] == "gonogo/catalog/1"
    assert document["digest"] == CATALOG.digest
    assert msgspec.convert(document["controls"], list[Control]) == list(CATALOG.controls.values())
    assert msgspec.convert(document["profiles"], list[Profile]) == list(CATALOG.profiles.values())
