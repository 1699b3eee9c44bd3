"""All evaluators by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from gonogo.derive.factset import FactSet

EVALUATORS: dict[str, Callable[[FactSet], bool | None]] = defaultdict(lambda: lambda _: None)
