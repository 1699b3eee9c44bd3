from __future__ import annotations

import io

from rich.console import Console

from gonogo.report.progress import progress


def test_nothing_is_written_where_nobody_watches() -> None:
    out = io.StringIO()
    with progress(Console(file=out, force_terminal=False)) as tell:
        tell("scan: reading 120 of 400 files")
    assert out.getvalue() == ""


def test_a_person_sees_the_words_and_hostile_names_move_no_cursor() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, _environ={"TERM": "xterm"})
    with progress(console) as tell:
        tell("scan: reading a\x1b[2J\x1b]0;t\x07b.py")
        console.print("")  # makes the live line refresh now, without waiting for its clock
    assert "reading a\\x1b[2J\\x1b]0;t\\x07b.py" in out.getvalue()
    assert "\x1b]0;" not in out.getvalue()
