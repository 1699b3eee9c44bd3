"""How many tokens a text has: as OpenAI's own tokenizers count where the extra `tokens` is installed, about elsewhere.

The vocabularies are compiled into that library: nothing is fetched. Other providers publish no tokenizer. Pure.
"""

from __future__ import annotations

import importlib
import re
from functools import cache, lru_cache
from typing import Any

_NO_END = 1 << 40
_O200K = re.compile(r"(?:chatgpt-4o|gpt-(?:4o|4\.1|4\.5|5|6|oss|realtime|audio)|o[1-9])(?:\b|[-.])")
_CL100K = re.compile(r"gpt-(?:4|3\.?5)(?:\b|-)|text-embedding-(?:3-|ada-002)")


def about(text: str) -> int:
    """Return about how many tokens a text has: a quarter of its characters, as providers' rule of thumb has it."""
    return (len(text) + 3) // 4


def count(text: str, model: str) -> int | None:
    """Return how many tokens a text is to a model; None where its tokenizer is not known, or not loaded yet.

    Words that are special to the tokenizer count as the text that they are.
    """
    library = load() if load.cache_info().currsize else None
    encoding = encoding_of(model)
    if library is None or encoding is None:
        return None
    try:
        return int(library.truncate(text, _NO_END, encoding)[1])
    except UnicodeEncodeError:  # a lone surrogate, which no provider takes
        return int(library.truncate(text.encode("utf-8", "replace").decode(), _NO_END, encoding)[1])


@cache
def load() -> Any:
    """Load the tokenizers, which takes most of a second and 100 MB; None where they are not installed."""
    try:
        library = importlib.import_module("toktok")
    except ImportError:
        return None
    for encoding in ("o200k_base", "cl100k_base"):
        library.truncate("", 1, encoding)
    return library


@lru_cache(maxsize=256)
def encoding_of(model: str) -> str | None:
    """Return the name of a model's tokenizer, None where it is none of OpenAI's. A gateway's prefix does not matter."""
    name = model[:200].rpartition("/")[2].removeprefix("ft:").lower()
    return "o200k_base" if _O200K.match(name) else "cl100k_base" if _CL100K.match(name) else None
