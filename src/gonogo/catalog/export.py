"""The catalogue for other tools: as JSON in our own form, and as an OSCAL catalog (model 1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from gonogo.catalog.control import Catalog, Control, Proof, Reference, Threshold

SCHEMA = "gonogo/catalog/1"
OSCAL_VERSION = "1.1.3"
NAMESPACE = "urn:gonogo:oscal"
"""The name space of our own properties; a name, not an address that anyone visits."""

_SPACE = uuid5(NAMESPACE_URL, NAMESPACE)
_METHODS = {"scan": "EXAMINE", "records": "EXAMINE", "attest": "INTERVIEW"}
"""OSCAL knows three methods; whatever runs the system is TEST."""

Json = dict[str, Any]


def to_json(catalog: Catalog) -> str:
    """Return the whole catalogue as one JSON document, the same for the same catalogue."""
    document = {
        "schema": SCHEMA,
        "digest": catalog.digest,
        "controls": [msgspec.to_builtins(control) for control in catalog.controls.values()],
        "profiles": [msgspec.to_builtins(profile) for profile in catalog.profiles.values()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def to_oscal(catalog: Catalog, items: Mapping[str, str], modified: datetime, version: str) -> str:
    """Return an OSCAL catalog; `items` are the texts of the sources, `modified` its date, `version` that of gonogo.

    All identifiers follow from the catalogue's digest and the names in it, so that two exports can be compared.
    """
    cited = sorted({source for control in catalog.controls.values() for source in control.sources})
    groups: dict[str, list[Json]] = {}
    for control in catalog.controls.values():
        groups.setdefault(control.area, []).append(_control(control, catalog))
    document = {
        "catalog": {
            "uuid": _uuid("catalog", catalog.digest),
            "metadata": {
                "title": "gonogo: the production checklist for AI systems",
                "last-modified": modified.isoformat(timespec="seconds"),
                "version": version,
                "oscal-version": OSCAL_VERSION,
                "props": [_prop("digest", catalog.digest)],
            },
            "groups": [
                {"id": area, "class": "area", "title": area.replace("-", " ").capitalize(), "controls": controls}
                for area, controls in groups.items()
            ],
            "back-matter": {"resources": [_resource(source, items) for source in cited]},
        }
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _control(control: Control, catalog: Catalog) -> Json:
    made: Json = {
        "id": control.id,
        "class": control.boundary,
        "title": control.title,
        "params": [_param(control.id, name, threshold) for name, threshold in control.threshold.items()],
        "props": list(_props(control, catalog)),
        "links": [{"href": f"#{_uuid('source', source)}", "rel": "reference"} for source in control.sources],
        "parts": list(_parts(control)),
    }
    return {key: value for key, value in made.items() if value not in ([], {})}


def _props(control: Control, catalog: Catalog) -> Iterator[Json]:
    yield _prop("severity", control.severity)
    yield _prop("phase", control.phase)
    yield _prop("cadence", control.cadence.every)
    for trigger in control.cadence.triggers:
        yield _prop("renew", trigger)
    for kind in control.kinds:
        yield _prop("applies-to", kind)
    for framework in control.frameworks:
        yield _prop("framework", framework)
    for name, profile in catalog.profiles.items():
        if control.id in profile.controls:
            yield _prop("profile", name)
    if control.non_negotiable:
        yield _prop("non-negotiable", "true")


def _parts(control: Control) -> Iterator[Json]:
    yield {"id": f"{control.id}_smt", "name": "statement", "prose": f"{control.title}."}
    guidance = [control.question, control.why]
    if control.applies_when:
        guidance.append(f"It applies when {control.applies_when.text}.")
    guidance += [text for text in (control.enforce, control.note) if text]
    yield {"id": f"{control.id}_gdn", "name": "guidance", "prose": "\n\n".join(guidance)}
    for number, proof in enumerate(control.proof, start=1):
        yield _assessment(f"{control.id}_asm-{number}", proof)


def _assessment(name: str, proof: Proof) -> Json:
    method = {"name": "method", "value": _METHODS.get(proof.method, "TEST")}
    props = [method, _prop("proof", proof.method), _prop("role", proof.role)]
    props += [_prop("bound-to", part) for part in proof.parts]
    fix = {"id": f"{name}_fix", "name": "remediation", "ns": NAMESPACE, "prose": proof.fix}
    made: Json = {"id": name, "name": "assessment-method", "props": props, "prose": proof.how}
    return {**made, "parts": [fix]} if proof.fix else made


def _param(control: str, name: str, threshold: Threshold) -> Json:
    value = threshold.value
    values = (
        value if isinstance(value, tuple) else (f"gonogo.yaml {value.key}" if isinstance(value, Reference) else value,)
    )
    props = [_prop("compare", threshold.compare), _prop("unit", threshold.unit), _prop("origin", threshold.origin)]
    if threshold.raises:
        props.append(_prop("raises", "true"))
    made: Json = {
        "id": f"{control}_prm_{name}",
        "label": name,
        "props": props,
        "values": [str(entry) for entry in values],
    }
    return {**made, "usage": threshold.note} if threshold.note else made


def _resource(source: str, items: Mapping[str, str]) -> Json:
    return {"uuid": _uuid("source", source), "title": source, "description": items.get(source, source)}


def _prop(name: str, value: str) -> Json:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _uuid(kind: str, name: str) -> str:
    return str(uuid5(_SPACE, f"{kind}:{name}"))
