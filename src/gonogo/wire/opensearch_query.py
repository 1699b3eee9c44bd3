"""The query language that OpenSearch and Elasticsearch share, read into neutral searches and filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gonogo.wire import body as json
from gonogo.wire.base import WireError
from gonogo.wire.store import DEPTH, Clause, Query, StoreError, Vector

BOUNDS = ("gt", "gte", "lt", "lte")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one query clause asks for: nearness to a vector, words to score by, and a filter."""

    vector: Vector | None = None
    using: str = ""
    words: str = ""
    where: Clause | None = None


def search(raw: dict[str, Any], parameters: Mapping[str, str]) -> Query:
    """Read the body of a search; raises `StoreError`."""
    try:
        part = _body(raw)
        return Query(
            vector=part.vector,
            using=part.using,
            words=part.words,
            where=part.where,
            limit=_size(raw.get("size", parameters.get("size", 10)), "size"),
            offset=_size(raw.get("from", parameters.get("from", 0)), "from"),
            threshold=None,
        )
    except StoreError:
        raise
    except WireError as error:
        raise parsing(error.message) from error


def filter_of(raw: dict[str, Any]) -> Clause | None:
    """Read the query of a count or of a deletion."""
    query = raw.get("query")
    return None if query is None else part_of(query).where


def parsing(message: str) -> StoreError:
    """Return the error for a query that does not parse."""
    return StoreError(message, kind="parsing_exception")


def _body(raw: dict[str, Any]) -> Part:
    """Join the query and Elasticsearch's top-level `knn`."""
    query = part_of(raw["query"]) if raw.get("query") is not None else Part()
    knn = raw.get("knn")
    nearest = knn[0] if isinstance(knn, list) and knn else knn
    if not isinstance(nearest, dict):
        return query
    near = _elastic_knn(nearest, 0)
    return near if raw.get("query") is None else _join((near, query), every=False)


def _size(value: Any, name: str) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise parsing(f"Failed to parse value [{str(value)[:40]}] as integer for [{name}]")
    if value < 0:
        raise StoreError(f"[{name}] parameter cannot be negative, found [{value}]", kind="illegal_argument_exception")
    return value


def part_of(raw: Any, depth: int = 0) -> Part:
    """Read one query clause, an object of one key."""
    if not isinstance(raw, dict) or len(raw) != 1 or depth > DEPTH:
        raise parsing("[_na] query malformed, no start_object after query name")
    ((kind, value),) = raw.items()
    if kind in _PLAIN:
        return Part(where=_PLAIN[kind])
    if not isinstance(value, dict):
        raise parsing(f"[{kind}] query malformed, no start_object after query name")
    read = _QUERIES.get(kind)
    if read is None:
        raise parsing(f"unknown query [{kind[:80]}]")
    return read(value, depth + 1)


def _parts(value: Any, depth: int) -> tuple[Part, ...]:
    """Read one clause or a list of them."""
    return tuple(
        part_of(one, depth) for one in ([] if value is None else value if isinstance(value, list) else [value])
    )


def _join(parts: tuple[Part, ...], *, every: bool) -> Part:
    """Join clauses: the first vector, all words, and filters that must all hold or not."""
    nearest = next((part for part in parts if part.vector is not None), Part())
    wheres = tuple(part.where for part in parts if part.where is not None)
    return Part(
        vector=nearest.vector,
        using=nearest.using,
        words=" ".join(part.words for part in parts if part.words),
        where=Clause(every=wheres) if wheres and every else nearest.where if not every else None,
    )


def _bool(value: dict[str, Any], depth: int) -> Part:
    """Read a boolean query. What should hold must hold only where nothing else must."""
    must, filters = _parts(value.get("must"), depth), _parts(value.get("filter"), depth)
    should, never = _parts(value.get("should"), depth), _parts(value.get("must_not"), depth)
    least = value.get("minimum_should_match", 0 if must or filters else 1)
    least = least if isinstance(least, int) and not isinstance(least, bool) else 1
    scored = _join((*must, *should), every=False)
    some = tuple(part.where for part in should if part.where is not None)
    free = len(some) < len(should) or least < 1
    clause = Clause(
        every=tuple(part.where for part in (*must, *filters) if part.where is not None),
        some=() if free else some,
        least=least,
        no=tuple(part.where or Clause() for part in never),
    )
    near = next((part for part in filters if part.vector is not None), scored) if scored.vector is None else scored
    return Part(vector=near.vector, using=near.using, words=scored.words, where=clause)


def _knn(value: dict[str, Any], depth: int) -> Part:
    """Read OpenSearch's `knn`, whose only key is the field, or Elasticsearch's, which names it."""
    if "field" in value:
        return _elastic_knn(value, depth)
    field, inner = _only(value, "knn")
    if not isinstance(inner, dict):
        raise parsing("[knn] query malformed")
    return Part(vector=_vector(inner.get("vector")), using=field, where=_where(inner.get("filter"), depth))


def _elastic_knn(value: dict[str, Any], depth: int) -> Part:
    filters = tuple(part.where for part in _parts(value.get("filter"), depth + 1) if part.where is not None)
    return Part(
        vector=_vector(value.get("query_vector")),
        using=json.text(value, "field"),
        where=Clause(every=filters) if filters else None,
    )


def _script_score(value: dict[str, Any], depth: int) -> Part:
    """Read an exact search by script: the vector is the parameter that is one."""
    parameters = json.table(json.table(value, "script"), "params")
    vector = next((value for value in parameters.values() if isinstance(value, list)), None)
    using = parameters.get("field")
    inner = part_of(value["query"], depth) if "query" in value else Part()
    if vector is None:
        return inner
    return Part(vector=_vector(vector), using=using if isinstance(using, str) else "", where=inner.where)


def _wrapped(value: dict[str, Any], depth: int) -> Part:
    """Read a query that wraps another one."""
    inner = value.get("query", value.get("filter"))
    return part_of(inner, depth) if inner is not None else Part()


def _hybrid(value: dict[str, Any], depth: int) -> Part:
    return _join(_parts(value.get("queries"), depth), every=False)


def _match(value: dict[str, Any], depth: int) -> Part:
    field, wanted = _field(value, "match", "query")
    return Part(words=str(wanted), where=Clause(field=field, test="words", value=str(wanted)))


def _phrase(value: dict[str, Any], depth: int) -> Part:
    field, wanted = _field(value, "match_phrase", "query")
    return Part(words=str(wanted), where=Clause(field=field, test="phrase", value=str(wanted)))


def _multi_match(value: dict[str, Any], depth: int) -> Part:
    wanted = str(value.get("query", ""))
    fields = value.get("fields")
    named = [field.partition("^")[0] for field in fields if isinstance(field, str)] if isinstance(fields, list) else []
    any_field = not named or any("*" in field for field in named)
    tests = tuple(Clause(field=field, test="words", value=wanted) for field in ([""] if any_field else named))
    return Part(words=wanted, where=Clause(some=tests))


def _term(value: dict[str, Any], depth: int) -> Part:
    field, wanted = _field(value, "term", "value")
    if field == "_id":
        return Part(where=Clause(test="ids", value=(wanted,)))
    return Part(where=Clause(field=_plain(field), test="equals", value=wanted))


def _terms(value: dict[str, Any], depth: int) -> Part:
    field, wanted = _only({key: one for key, one in value.items() if key != "boost"}, "terms")
    if not isinstance(wanted, list):
        raise parsing("[terms] query requires an array of values")
    if field == "_id":
        return Part(where=Clause(test="ids", value=tuple(wanted)))
    return Part(where=Clause(field=_plain(field), test="in", value=wanted))


def _range(value: dict[str, Any], depth: int) -> Part:
    field, bounds = _only(value, "range")
    if not isinstance(bounds, dict):
        raise parsing("[range] query malformed, no start_object after query name")
    kept = {bound: value for bound, value in bounds.items() if bound in BOUNDS}
    return Part(where=Clause(field=field, test="range", value=kept))


def _like(value: dict[str, Any], depth: int) -> Part:
    field, wanted = _field(value, "wildcard", "value")
    return Part(where=Clause(field=_plain(field), test="like", value=str(wanted)))


def _prefix(value: dict[str, Any], depth: int) -> Part:
    field, wanted = _field(value, "prefix", "value")
    return Part(where=Clause(field=_plain(field), test="like", value=f"{wanted}*"))


def _exists(value: dict[str, Any], depth: int) -> Part:
    return Part(where=Clause(field=json.text(value, "field"), test="exists"))


def _ids(value: dict[str, Any], depth: int) -> Part:
    return Part(where=Clause(test="ids", value=json.texts(value, "values")))


def _only(value: dict[str, Any], kind: str) -> tuple[str, Any]:
    if len(value) != 1:
        raise parsing(f"[{kind}] query malformed, expected one field")
    return next(iter(value.items()))


def _field(value: dict[str, Any], kind: str, inner: str) -> tuple[str, Any]:
    """Read a field and what is wanted of it, in the short form or the long one."""
    field, wanted = _only({key: one for key, one in value.items() if key != "boost"}, kind)
    return field, wanted.get(inner) if isinstance(wanted, dict) else wanted


def _plain(field: str) -> str:
    """Return the field of a sub-field for exact values."""
    return field.removesuffix(".keyword").removesuffix(".raw")


def _where(value: Any, depth: int) -> Clause | None:
    return None if value is None else part_of(value, depth).where


def _vector(value: Any) -> Vector:
    if not isinstance(value, list):
        raise parsing("[knn] requires query vector")
    try:
        return json.vector_of(value)
    except WireError as error:
        raise parsing("[knn] failed to parse the query vector") from error


_PLAIN: dict[str, Clause | None] = {"match_all": None, "match_none": Clause(test="ids", value=())}
_QUERIES = {
    "bool": _bool,
    "knn": _knn,
    "script_score": _script_score,
    "constant_score": _wrapped,
    "function_score": _wrapped,
    "nested": _wrapped,
    "hybrid": _hybrid,
    "match": _match,
    "match_phrase": _phrase,
    "match_phrase_prefix": _match,
    "match_bool_prefix": _match,
    "multi_match": _multi_match,
    "query_string": _multi_match,
    "simple_query_string": _multi_match,
    "term": _term,
    "terms": _terms,
    "range": _range,
    "wildcard": _like,
    "prefix": _prefix,
    "exists": _exists,
    "ids": _ids,
}
