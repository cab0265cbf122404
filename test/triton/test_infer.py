"""What a Triton user does, against the server at TRITON_CHECKS_URL that serves the model churn."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

MODEL = "churn"
URL = os.environ["TRITON_CHECKS_URL"]

TENURE = np.array([[3], [70], [12]], dtype=np.float32)
CHARGES = np.array([[88.5], [20.0], [45.25]], dtype=np.float32)
CONTRACT = np.array([["monthly"], ["yearly"], ["monthly"]], dtype=object)


@pytest.fixture
def client() -> Iterator[triton.InferenceServerClient]:
    """The real client."""
    with triton.InferenceServerClient(URL) as made:
        yield made


def tensor(name: str, values: np.ndarray, datatype: str, *, binary: bool) -> triton.InferInput:
    """An input as the client makes it."""
    made = triton.InferInput(name, list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=binary)
    return made


def inputs(*, binary: bool = True) -> list[triton.InferInput]:
    """Three customers."""
    return [
        tensor("tenure", TENURE, "FP32", binary=binary),
        tensor("monthly_charges", CHARGES, "FP32", binary=binary),
        tensor("contract", CONTRACT, "BYTES", binary=binary),
    ]


def scores(result: triton.InferResult | None) -> np.ndarray:
    """Probabilities of a result."""
    assert result is not None
    found = result.as_numpy("probabilities")
    assert found is not None
    return found


@pytest.fixture
def expected(client: triton.InferenceServerClient) -> np.ndarray:
    """What the server says in the client's own default: bytes in, bytes out."""
    return scores(client.infer(MODEL, inputs()))


def test_server_and_model_are_live_and_ready(client: triton.InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(MODEL)
    assert client.is_model_ready(MODEL, "1")
    assert not client.is_model_ready("nothing")
    assert not client.is_model_ready(MODEL, "99")


def test_metadata(client: triton.InferenceServerClient) -> None:
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    model = client.get_model_metadata(MODEL)
    assert [one["name"] for one in model["inputs"]] == ["tenure", "monthly_charges", "contract", "customer_id"]
    assert {"name": "probabilities", "datatype": "FP32", "shape": [-1, 2]} in model["outputs"]
    index = client.get_model_repository_index()
    assert {"name": MODEL, "version": "1", "state": "READY", "reason": ""} in index


def test_bytes_in_and_out(expected: np.ndarray) -> None:
    assert expected.shape == (3, 2)
    assert expected.dtype == np.float32
    np.testing.assert_allclose(expected.sum(axis=1), 1, atol=1e-6)
    assert len(set(expected[:, 1].tolist())) == 3


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_every_way_says_the_same(
    client: triton.InferenceServerClient, expected: np.ndarray, binary_in: bool, binary_out: bool
) -> None:
    asked = [triton.InferRequestedOutput(name, binary_data=binary_out) for name in ("label", "probabilities")]
    result = client.infer(MODEL, inputs(binary=binary_in), outputs=asked, request_id="my-request")
    assert result is not None
    np.testing.assert_allclose(scores(result), expected, atol=1e-7)
    labels = result.as_numpy("label")
    assert labels is not None
    texts = [label.decode() if isinstance(label, bytes) else label for label in labels]
    assert len(texts) == 3
    assert result.get_response()["id"] == "my-request"
    assert [output["name"] for output in result.get_response()["outputs"]] == ["label", "probabilities"]


@pytest.mark.parametrize("packed", ["gzip", "deflate"])
def test_packed_requests_and_replies(client: triton.InferenceServerClient, expected: np.ndarray, packed: str) -> None:
    many = [
        tensor("tenure", np.repeat(TENURE, 100, axis=0), "FP32", binary=True),
        tensor("monthly_charges", np.repeat(CHARGES, 100, axis=0), "FP32", binary=True),
        tensor("contract", np.repeat(CONTRACT, 100, axis=0), "BYTES", binary=True),
    ]
    result = client.infer(MODEL, many, request_compression_algorithm=packed, response_compression_algorithm=packed)
    np.testing.assert_allclose(scores(result), np.repeat(expected, 100, axis=0), atol=1e-7)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64])
def test_whole_numbers_of_every_width(client: triton.InferenceServerClient, expected: np.ndarray, dtype: type) -> None:
    name = np.dtype(dtype).name.upper()
    whole = [tensor("tenure", TENURE.astype(dtype), name, binary=True), *inputs()[1:]]
    np.testing.assert_allclose(scores(client.infer(MODEL, whole)), expected, atol=1e-7)


def test_doubles_and_missing_values(client: triton.InferenceServerClient) -> None:
    double = [
        tensor("tenure", TENURE.astype(np.float64), "FP64", binary=True),
        tensor("monthly_charges", np.full_like(CHARGES, np.nan), "FP32", binary=True),
        inputs()[2],
    ]
    with pytest.raises(InferenceServerException, match='tensor "monthly_charges" takes finite numbers'):
        client.infer(MODEL, double)
    assert scores(client.infer(MODEL, double, parameters={"nan_is_missing": True})).shape == (3, 2)


def test_asynchronous_requests(client: triton.InferenceServerClient, expected: np.ndarray) -> None:
    under_way = [client.async_infer(MODEL, inputs()) for _ in range(4)]
    for one in under_way:
        np.testing.assert_allclose(scores(one.get_result()), expected, atol=1e-7)


def test_a_version_by_its_number(client: triton.InferenceServerClient, expected: np.ndarray) -> None:
    np.testing.assert_allclose(scores(client.infer(MODEL, inputs(), model_version="1")), expected, atol=1e-7)
    with pytest.raises(InferenceServerException, match="version 7 of churn is not served"):
        client.infer(MODEL, inputs(), model_version="7")


def test_refusals_are_read_as_such(client: triton.InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match="MODEL_NOT_SERVED") as unknown:
        client.infer("nothing", inputs())
    assert unknown.value.status() == "404"
    with pytest.raises(InferenceServerException, match='TENSOR_INVALID: tensor "tenure"'):
        client.infer(MODEL, [wrong_shape()])
    with pytest.raises(InferenceServerException, match="FIELD_MISSING"):
        client.infer(MODEL, inputs()[:2])


def wrong_shape() -> triton.InferInput:
    """A column too many."""
    return tensor("tenure", np.zeros((3, 2), dtype=np.float32), "FP32", binary=True)
