"""List prices of calls."""

import pytest

from gonogo.derive.prices import usd


def test_a_call_costs_its_tokens_and_output_more_than_input():
    assert usd("gpt-4o-2024-11-20", 1000, 100) == pytest.approx(2 * usd("gpt-4o-2024-11-20", 500, 50))
    assert usd("gpt-4o", 0, 1000) > usd("gpt-4o", 1000, 0) > 0


def test_a_prefix_of_a_gateway_does_not_matter():
    assert usd("openai/gpt-4o", 1000, 0) == usd("gpt-4o", 1000, 0)


@pytest.mark.parametrize("model", ["", "no-such-model", "x" * 5000])
def test_an_unknown_model_has_no_price(model):
    assert usd(model, 1000, 1000) is None
