"""How every verb fails: a sentence and a mend for a user's mistake, never a traceback for it; rule 14's exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gonogo.errors import GonogoError

ISSUES = "run again with GONOGO_TRACE=1 and report what it prints"


@dataclass
class Outcome:
    """The exit code of a verb."""

    code: int = 0


@contextmanager
def explained() -> Iterator[Outcome]:
    """Turn whatever ends a verb into an exit code and a sentence on standard error."""
    outcome = Outcome()
    try:
        yield outcome
    except GonogoError as error:
        outcome.code = _tell(str(error), error.exit_code)
    except SystemExit as end:
        outcome.code = end.code if isinstance(end.code, int) else int(bool(end.code))
        if outcome.code == 130:
            _tell("interrupted", 130)
    except KeyboardInterrupt:
        outcome.code = _tell("interrupted", 130)
    except BrokenPipeError:
        # The reader of our output went away (`gonogo check | head`); Python must not complain of it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        outcome.code = 141
    except OSError as error:
        outcome.code = _tell(_os_sentence(error), 2)
    except Exception as error:
        if os.environ.get("GONOGO_TRACE"):
            raise
        outcome.code = _tell(f"gonogo itself failed: {type(error).__name__}: {error}\n  mend: {ISSUES}", 2)


def _tell(sentence: str, code: int) -> int:
    from gonogo.report.hostile import visible

    print(f"gonogo: {visible(sentence, 50_000, lines=True)}", file=sys.stderr)
    return code


def _os_sentence(error: OSError) -> str:
    mend = {
        errno.ENOSPC: "free some space on that disk",
        errno.EROFS: "choose a directory that can be written",
        errno.EACCES: "give yourself access, or choose another directory",
        errno.EMFILE: "raise the limit of open files (ulimit -n)",
    }.get(error.errno or 0, "check the path")
    return f"{error.filename or 'a file'}: {error.strerror or error}\n  mend: {mend}"
