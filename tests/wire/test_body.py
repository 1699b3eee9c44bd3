"""JSON bodies: what is decoded, and how nested at most."""

from __future__ import annotations

import pytest

from gonogo.wire import body
from gonogo.wire.base import WireError


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def test_a_body_is_decoded_up_to_the_depth_and_no_deeper() -> None:
    assert body.encode(body.decode(nested(body.DEPTH - 1))) == nested(body.DEPTH - 1)
    with pytest.raises(WireError, match="nested deeper"):
        body.decode(nested(body.DEPTH + 1))


def test_a_wide_body_is_not_a_deep_one() -> None:
    assert len(body.decode(b'{"a":[' + b",".join([b"[]"] * 5000) + b"]}")["a"]) == 5000


@pytest.mark.parametrize("written", [b'[{}],"b":1', b"{}", b"[1]", b"[{}"])
def test_only_an_array_of_objects_is_a_list(written: bytes) -> None:
    with pytest.raises(WireError):
        body.decode_list(written)


def test_a_list_is_decoded() -> None:
    assert body.decode_list(b'[{"a":1},{}]') == [{"a": 1}, {}]
