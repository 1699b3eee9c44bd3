"""Triton's official HTTP client, which sends tensors as bytes, against the stand-in."""

from __future__ import annotations

import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferenceServerException, InferInput, InferRequestedOutput


@pytest.mark.parametrize("binary", [True, False])
def test_it_infers(binary: bool, ports: dict[str, int]) -> None:
    with InferenceServerClient(f"127.0.0.1:{ports['predictor']}") as client:
        assert client.is_server_live()
        assert client.is_model_ready("price")
        tensor = InferInput("x", [2, 3], "FP32")
        tensor.set_data_from_numpy(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32), binary_data=binary)
        wanted = InferRequestedOutput("y", binary_data=False)
        result = client.infer("price", [tensor], outputs=[wanted], request_id="7")
    assert result.get_response()["id"] == "7"
    output = result.as_numpy("y")
    assert output.shape == (2,)
    assert ((output >= 0) & (output <= 1)).all()


def test_an_error_is_the_servers(ports: dict[str, int]) -> None:
    client = InferenceServerClient(f"127.0.0.1:{ports['predictor']}")
    with client, pytest.raises(InferenceServerException, match="at least one input tensor"):
        client.infer("price", [])
