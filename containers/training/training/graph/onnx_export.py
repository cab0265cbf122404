from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from onnx import TensorProto

from training.graph.compose import Nodes
from training.graph.score_nodes import Scored, score_nodes
from training.job import ModelInput, TrainingJob
from training.model.scoring import ScoringModel

if TYPE_CHECKING:
    from training.sql import Prelude


def graph_inputs(job: TrainingJob, prelude: "Prelude | None") -> tuple[ModelInput, ...]:
    """Columns that the graph of a job takes, in order: what the caller sends."""
    return job.inputs if prelude is None else prelude.inputs


def output_name(name: str, taken: Sequence[str]) -> str:
    """Name of an output beside columns: it gets underscores where a column has it.

    Examples
    --------
    >>> output_name("label", ["label", "age"])
    'label_'
    """
    return output_name(f"{name}_", taken) if name in taken else name


def build_graph(
    model: ScoringModel, job: TrainingJob, used: Sequence[ModelInput], prelude: "Prelude | None" = None
) -> bytes:
    """Convert a fitted model into one ONNX graph that takes the raw columns.

    Parameters
    ----------
    model : ScoringModel
        A pipeline, a stack, or one of them calibrated; the converters of their estimators are registered.
    job : TrainingJob
        Every column of it, used or not, is an input ``[N, 1]`` of its name, but for those that are computed.
    used : sequence of ModelInput
        Columns that were fitted.
    prelude : Prelude, optional
        Features that the graph computes.

    Returns
    -------
    bytes
        The same bytes for the same model, in every process. Outputs of classes: ``label`` int64 ``[N]``, the place of
        the most probable one, and ``probabilities`` float32 ``[N, K]``; of a number: ``prediction`` float32 ``[N, 1]``.
        Of a single pipeline also ``encoded`` float32 ``[N, M]``, the row that its estimator takes. Of every computed
        feature an output ``[N, 1]`` of its name.
    """
    nodes = Nodes()
    given = {column.name: nodes.input(column.name, _kind(column)) for column in graph_inputs(job, prelude)}
    computed = {} if prelude is None else prelude.add_to(nodes)
    scored = score_nodes(nodes, model, {**_as_model_takes(nodes, job, given), **computed}, used)
    about = _show(nodes, scored, [*given, *computed])
    for column in job.inputs:
        if column.name in computed:
            nodes.output(column.name, computed[column.name], _kind(column), [None, 1])
    return nodes.model(about)


def _kind(column: ModelInput) -> int:
    if column.type == "string":
        return TensorProto.STRING
    return TensorProto.DOUBLE if column.precision == "double" else TensorProto.FLOAT


def _as_model_takes(nodes: Nodes, job: TrainingJob, given: Mapping[str, str]) -> dict[str, str]:
    numbers = {column.name for column in job.inputs if column.type == "number"}
    doubles = nodes.doubles()
    return {
        name: nodes.add("Cast", tensor, to=TensorProto.FLOAT) if name in numbers & doubles else tensor
        for name, tensor in given.items()
    }


def _show(nodes: Nodes, scored: Scored, taken: Sequence[str]) -> dict[str, str]:
    """Add the outputs; gives their names by what they are."""
    scores = nodes.add("Cast", scored.scores, to=TensorProto.FLOAT)
    shown = {}
    if scored.classes > 1:
        label = nodes.add("ArgMax", scores, axis=1, keepdims=0)
        shown["label"] = nodes.output(output_name("label", taken), label, TensorProto.INT64, [None])
    name = output_name("probabilities" if scored.classes > 1 else "prediction", taken)
    shown["scores"] = nodes.output(name, scores, TensorProto.FLOAT, [None, scored.classes])
    if scored.encoded is not None:
        encoded = output_name("encoded", taken)
        shown["encoded"] = nodes.output(encoded, scored.encoded, TensorProto.FLOAT, [None, scored.columns])
    return shown
