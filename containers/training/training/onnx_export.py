from collections.abc import Sequence
from typing import Any

import onnx
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.pipeline import Pipeline

from training.errors import TrainingError
from training.job import ModelInput

#: Operator sets that the serving runtime knows and the converters were measured with.
OPSETS = {"": 18, "ai.onnx.ml": 3}


def export(pipeline: Pipeline, inputs: Sequence[ModelInput]) -> bytes:
    """Convert a fitted pipeline into one ONNX graph that takes the raw columns.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted; its last step's converter is registered.
    inputs : sequence of ModelInput
        Every column of the job, used or not: each becomes an input ``[N, 1]`` of that name, in this order.

    Returns
    -------
    bytes
        The same bytes for the same pipeline, in every process. Outputs: labels int64 ``[N]``, probabilities float32
        ``[N, 2]``.
    """
    types: list[tuple[str, Any]] = [(column.name, _tensor(column)) for column in inputs]
    model = convert_sklearn(
        pipeline,
        name="model",
        initial_types=types,
        target_opset=OPSETS,
        options={id(pipeline.steps[-1][1]): {"zipmap": False}},
    )
    _require_inputs(model, inputs)
    # The converter writes them in the order of a set, which differs from process to process.
    opsets = sorted(model.opset_import, key=lambda opset: opset.domain)
    del model.opset_import[:]
    model.opset_import.extend(opsets)
    return model.SerializeToString(deterministic=True)


def _tensor(column: ModelInput) -> Any:
    return FloatTensorType([None, 1]) if column.type == "number" else StringTensorType([None, 1])


def _require_inputs(model: onnx.ModelProto, inputs: Sequence[ModelInput]) -> None:
    names = [column.name for column in inputs]
    found = [value.name for value in model.graph.input]
    if found != names:
        raise TrainingError("INTERNAL", f"the graph takes {found} instead of {names}; report this with the job")
