"""Source files that could not be read: what they hold is unknown, so that nothing bad was seen is then no pass."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.checks.check import Answer, inconclusive
from gonogo.checks.counts import counted
from gonogo.facts import UnreadableFile

CODE = (".py", ".ipynb", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".tsx")
CONFIGURATION = (".yaml", ".yml", ".toml", ".json")
_MEND = "Mend the syntax of these files, or run gonogo with the version of Python that they are written for."


def but_unread(said: str, unread: Sequence[UnreadableFile], endings: tuple[str, ...] = CODE) -> Answer | None:
    """Answer that `said` holds of what was read only; None where every file of the service with `endings` was read."""
    broken = [(u, u.reason) for u in unread if u.path.endswith(endings) and not u.in_tests]
    if not broken:
        return None
    files = counted(broken, "file", "files")
    return inconclusive(f"{said}, but {files} could not be read", broken, _MEND)
