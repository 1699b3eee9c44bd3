"""What a call of a model costs, by the list prices that genai-prices carries within it: nothing is fetched. Pure."""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from typing import Any


def usd(model: str, input_tokens: int, output_tokens: int) -> float | None:
    """Return the list price of a call in US dollars; None where the model is unknown or the extra `lab` is missing.

    A name that a gateway prefixes (`openai/gpt-4o`) is looked up without its prefix. The first call loads the prices,
    which takes half a second; `load` does it ahead.
    """
    return _price(model[:200].rpartition("/")[2], input_tokens, output_tokens) if model else None


@cache
def load() -> Any:
    """Load the prices; None where they are not installed."""
    try:
        library = importlib.import_module("genai_prices")
    except ImportError:
        return None
    library.calc_price(library.Usage(input_tokens=1), model_ref="gpt-4o")  # the first one builds its tables
    return library


@lru_cache(maxsize=4096)
def _price(model: str, input_tokens: int, output_tokens: int) -> float | None:
    library = load()
    if library is None:
        return None
    usage = library.Usage(input_tokens=input_tokens, output_tokens=output_tokens)
    try:
        return float(library.calc_price(usage, model_ref=model).total_price)
    except LookupError:
        return None
