"""Python that is newer than the interpreter is read as what it means, every name where it stands in the file."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.prove.scan.python_newer import parse
from gonogo.prove.scan.tree import walk
from tests.prove.scan.reading import sites, written

OURS = sys.version_info < (3, 12)
only_ours = pytest.mark.skipif(not OURS, reason="a newer interpreter reads these forms itself, into newer nodes")

SAME = [
    ("type X = int", "X = int"),
    ("type X[T] = list[T]", "X = list[T]"),
    ("type X[T: (int, str) = int] = (\n  dict[T, T]\n)", "X = dict[T, T]"),
    ("def f[T](a: T) -> T: pass", "def f(a: T) -> T: pass"),
    ("def f[T: (int, str) = int, *Ts, **P](a: T): pass", "def f(a: T): pass"),
    ("def f[\n  T,  # of what\n  # more\n  U: str,\n](a: T): pass", "def f(a: T): pass"),
    ("async def f[**P](a): pass", "async def f(a): pass"),
    ("class A[T]: pass", "class A: pass"),
    ("class A[T = int, *Ts = *tuple[int], **P = [int]](B): pass", "class A(B): pass"),
    ('class A[T: str = "x"](B): pass', "class A(B): pass"),
    ("try: pass\nexcept A, b.C: pass", "try: pass\nexcept (A, b.C): pass"),
    ("try: pass\nexcept* A, B: pass", "try: pass\nexcept* (A, B): pass"),
    ('f"a {d["k"]} {{b}}"', "f\"a {d['k']} {{b}}\""),
    ('f"{x.get("a", {"b": 1})["c"]!r:>{w["n"]}}"', "f\"{x.get('a', {'b': 1})['c']!r:>{w['n']}}\""),
    ("f'{'\\n'.join(rows)}\\t' 'b' rf'\\d{z=}'", "f'{sep.join(rows)}\\t' 'b' rf'\\d{z=}'"),
    ('f"{\n  a  # why }\n}"', 'f"{a}"'),
    ('f"{f"{f"{f"{1}"}"}"}"', None),
    ('f"{x:{y:{z}}}{d["k"]}"', None),
    ('f"""{\n x["""a"""]\n}"""', 'f"""{x["a"]}"""'),
    ('t"hi {name}"', "string.templatelib.Template('hi ', name)"),
    ('tr"\\d" t"{a["b"]:>3}"', None),
]


@only_ours
@pytest.mark.parametrize(("newer", "older"), SAME)
def test_a_newer_form_is_read_and_runs_as_python(newer: str, older: str | None) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(newer)
    compile(parse(newer), "newer.py", "exec")


@only_ours
@pytest.mark.parametrize(("newer", "older"), [p for p in SAME if p[1] and "\\n'" not in p[0] and p[0][:2] != 't"'])
def test_a_newer_form_means_what_its_older_wording_means(newer: str, older: str) -> None:
    assert ast.dump(parse(newer)) == ast.dump(ast.parse(older))


@only_ours
def test_a_separator_with_a_backslash_keeps_its_value() -> None:
    (line,) = parse("x = f'{'\\n'.join(rows)}\\t'").body
    assert isinstance(line, ast.Assign)
    assert ast.dump(line.value) == ast.dump(ast.JoinedStr([
        ast.FormattedValue(ast.parse("'\\n'.join(rows)", mode="eval").body, -1, None), ast.Constant("\t"),
    ]))  # fmt: skip


@only_ours
@pytest.mark.parametrize(("newer", "older"), SAME)
def test_names_and_lines_stay_where_they_are_in_the_file(newer: str, older: str | None) -> None:
    text = f"é = 1; before\n{newer}\nafter = before"
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Name) and node.id not in ("string", "e"):
            line = text.split("\n")[node.lineno - 1].encode()
            there = line[node.col_offset :].decode()
            assert there.startswith((node.id, "type"))


BROKEN = [
    "def f[1](x): pass",
    "def f[T: ](x): pass",
    "def f[](x): pass",
    "class A[T U]: pass",
    "type a.b = int",
    "type X[] = int",
    "type X =",
    'f"{"a"}" = 3',
    'call(f"{"a"}"=3)',
    'match x:\n    case f"{"a"}": pass',
    'f"{}{a["b"]}"',
    'f"{!r}{a["b"]}"',
    'f"{a b}"',
    'f"{a["b"]"',
    'f"{a["b"]}" b"c"',
    "except A, B: pass",
    "try: pass\nexcept A, B as e: pass",
    "type X = int\ndef broken(:\n    pass",
    "print 'hello'",
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_no_python_reads_stays_broken(text: str) -> None:
    with pytest.raises(SyntaxError):
        parse(text)


@only_ours
def test_the_reason_names_the_line_that_is_broken_and_not_the_one_that_is_newer() -> None:
    with pytest.raises(SyntaxError) as refused:
        parse("type X = int\nx = 1\ndef broken(:\n    pass")
    assert refused.value.lineno == 3


CLIENT = """\
type Answer[T] = dict[str, T]


class Chat[T: str = str]:
    def ask[U](
        self, question: T, how: dict[str, U]
    ) -> str:
        try:
            said = client.chat.completions.create(
                model="gpt-4o", timeout=20, messages=[{"role": "user", "content": f"{how["tone"]}: {question}"}]
            )
        except ValueError, TypeError:
            return f"none {f"{client.chat.completions.create(model="gpt-4o-mini", messages=[], timeout=5)}"}"
        return said
"""


def test_a_model_call_in_a_newer_file_is_seen_with_its_line_and_settings(tmp_path: Path) -> None:
    start = "from openai import OpenAI\n\nclient = OpenAI()\n"
    calls = sorted((s.line, s.model.value, s.timeout.value) for s in sites(tmp_path, start + CLIENT))
    rows = (start + CLIENT).splitlines()
    first = next(i for i, row in enumerate(rows, 1) if "said = client" in row)
    second = next(i for i, row in enumerate(rows, 1) if "mini" in row)
    assert calls == [(first, "gpt-4o", 20), (second, "gpt-4o-mini", 5)]


def test_a_broken_file_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (file,) = walk(written(tmp_path, {"chat.py": "type X = int\ndef broken(:\n    pass\n"})).files
    assert file.tree() is None
    assert (file.broken or "").startswith("line 2:")


PIECES = st.sampled_from(
    ["x", "f(x)", "d['k']", "'a'", "1 + 2", "(a, b)", "[i for i in x]", "x if y else 'z'", "x.get('é', {'b': 1})['c']",
     "not x", "f'{x}'", "lambda_", "x!r", "x:>{w}", "x=", "x.y!s:10", "x:%H:%M", "d['k']:{w['n']}"]
)  # fmt: skip
TEXTS = st.text("ab é{}\\tnN\t'", max_size=6).map(lambda t: re.sub(r"\\(?![tn])|[{}']", "", t))


@only_ours
@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(TEXTS, PIECES), min_size=1, max_size=4), st.sampled_from(["f", "rf", "F"]))
def test_quotes_inside_make_no_difference(parts: list[tuple[str, str]], prefix: str) -> None:
    inner = "".join(text + "{" + piece + "}" for text, piece in parts) + "{'z'}"
    newer = f'v = {prefix}"' + inner.replace("'", '"') + '"'
    older = f'v = {prefix}"' + inner + '"'
    assert ast.dump(parse(newer)).replace('"', "'") == ast.dump(ast.parse(older)).replace('"', "'")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_to_a_newer_file_does_more_than_make_it_unreadable(data: st.DataObject) -> None:
    text = CLIENT + "\n".join(newer for newer, _ in SAME)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 30))
        text = text[:start] + data.draw(st.text("{}[]()\"':=,\\\n #ft", max_size=4)) + text[start + length :]
    try:
        parse(text)
    except SyntaxError:
        return


@settings(max_examples=200, deadline=None)
@given(st.text("ftxe{}[]()\"':=,!*#\\\n \r\x0c\té\U0001f600", max_size=40))
def test_any_text_is_read_as_the_interpreter_reads_it_or_refused_in_words(text: str) -> None:
    try:
        wanted = ast.parse(text)
    except (SyntaxError, ValueError):
        wanted = None
    try:
        found = parse(text)
    except (SyntaxError, ValueError):
        assert wanted is None
        return
    if wanted is not None:
        assert ast.dump(found, include_attributes=True) == ast.dump(wanted, include_attributes=True)
