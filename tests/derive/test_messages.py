"""Messages that say the same again with other figures are of one form."""

import pytest

from gonogo.derive.messages import form


@pytest.mark.parametrize("again", ['{"head": "' + "ab" * 32 + '", "n": 12}', '{"head": "' + "0c" * 32 + '", "n": 0.5}'])
def test_figures_and_hashes_make_no_new_message(again):
    assert form(again) == form('{"head": "' + "ff" * 32 + '", "n": 7}')


def test_another_word_does():
    assert form("firing 1") != form("resolved 1")
