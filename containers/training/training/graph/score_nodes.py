"""What a fitted model answers, as nodes of a graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

from training.errors import TrainingError
from training.graph.compose import OPSETS, Nodes
from training.job import ModelInput
from training.model.calibration import LEAST, Calibration
from training.model.scoring import CalibratedModel, PipelineModel, ScoringModel, StackModel

#: Names, behind a prefix, of the arrays of a linear model: float64 ``[M, outputs]`` and ``[1, outputs]``.
COEFFICIENTS, INTERCEPT = "linear/coefficients", "linear/intercept"
_LINEAR = (LogisticRegression, LinearRegression, Ridge, ElasticNet)
_TWO = 2


@dataclass(frozen=True)
class Scored:
    """Tensors of a model's answer.

    Attributes
    ----------
    scores : str
        ``[N, K]``, float32 or float64.
    classes : int
        K: columns of the scores.
    encoded : str or None
        The prepared row ``[N, M]`` that a pipeline's estimator takes; none of a stack.
    columns : int
        M, or 0.
    """

    scores: str
    classes: int
    encoded: str | None = None
    columns: int = 0


def score_nodes(
    nodes: Nodes, model: ScoringModel, columns: Mapping[str, str], used: Sequence[ModelInput], prefix: str = "model"
) -> Scored:
    """Add a model's nodes.

    Parameters
    ----------
    nodes : Nodes
    model : ScoringModel
        A pipeline, a stack, or one of them calibrated; their estimators' converters are registered.
    columns : mapping of str to str
        Tensor ``[N, 1]``, float32 or string, of each column.
    used : sequence of ModelInput
        Columns that were fitted.
    prefix : str
        Told apart from that of other models in the graph.
    """
    if isinstance(model, CalibratedModel):
        inner = score_nodes(nodes, model.inner, columns, used, prefix)
        scores = _calibrated(nodes, model.calibration, _double(nodes, inner.scores))
        return Scored(scores, inner.classes, inner.encoded, inner.columns)
    if isinstance(model, StackModel):
        bases = [score_nodes(nodes, base, columns, used, f"base{n}") for n, base in enumerate(model.bases)]
        return _stacked(nodes, model.meta, bases)
    if isinstance(model, PipelineModel):
        return _pipeline(nodes, model.pipeline, columns, used, prefix)
    raise TrainingError("INTERNAL", f"a {type(model).__name__} has no graph; report this with the job")


def _pipeline(
    nodes: Nodes, pipeline: Pipeline, columns: Mapping[str, str], used: Sequence[ModelInput], prefix: str
) -> Scored:
    prepare, estimator = pipeline.steps[0][1], pipeline.steps[-1][1]
    types = {"number": FloatTensorType, "string": StringTensorType}
    prepared = _converted(prepare, [(column.name, types[column.type]([None, 1])) for column in used], {})
    [encoded, *_] = nodes.merge(prepared, f"{prefix}/prepare", {c.name: columns[c.name] for c in used})
    width = int(estimator.n_features_in_)
    if isinstance(estimator, _LINEAR):
        scores, classes = _linear(nodes, estimator, encoded, f"{prefix}/")
        return Scored(scores, classes, encoded, width)
    classes = len(estimator.classes_) if hasattr(estimator, "classes_") else 1
    options = {"zipmap": False} if classes > 1 else {}
    scoring = _converted(estimator, [("encoded", FloatTensorType([None, width]))], options)
    margin = _margin(nodes, scoring, encoded)
    if margin is not None:
        return Scored(_chances(nodes, margin, classes), classes, encoded, width)
    outputs = nodes.merge(scoring, f"{prefix}/estimator", {"encoded": encoded})
    return Scored(_within(nodes, outputs[1]) if classes > 1 else outputs[0], classes, encoded, width)


def _converted(model: Any, types: list[tuple[str, Any]], options: dict[str, Any]) -> ModelProto:
    found: Any = convert_sklearn(
        model, name="part", initial_types=types, target_opset=OPSETS, options={id(model): options} if options else None
    )
    return found


def _margin(nodes: Nodes, scoring: ModelProto, encoded: str) -> str | None:
    """Sum of boosted trees ``[N, 1]`` of two classes or ``[N, K]``, before it becomes probabilities; None for others.

    The operator's own sigmoid takes a small probability from 1 in float32, which leaves it with few digits: too few
    for a stack or a calibration, which take its logarithm.
    """
    found = next((node for node in scoring.graph.node if node.op_type == "TreeEnsembleClassifier"), None)
    if found is None:
        return None
    told: dict[str, Any] = {part.name: helper.get_attribute_value(part) for part in found.attribute}
    if told.pop("post_transform") not in (b"LOGISTIC", b"SOFTMAX"):
        return None
    trees = {name.replace("class_", "target_"): value for name, value in told.items() if "classlabels" not in name}
    outputs = len(set(told["class_ids"]))
    return nodes.add_of("ai.onnx.ml", "TreeEnsembleRegressor", encoded, n_targets=outputs, **trees)


def _within(nodes: Nodes, shares: str) -> str:
    """Probabilities from 0 to 1: the float32 shares of many trees can add up to a step more."""
    return nodes.add("Clip", shares, nodes.constant(0.0, np.float32), nodes.constant(1.0, np.float32))


def _chances(nodes: Nodes, margin: str, classes: int) -> str:
    wide = _double(nodes, margin)
    return _both(nodes, wide) if classes == _TWO else nodes.add("Softmax", wide, axis=1)


def _both(nodes: Nodes, margin: str) -> str:
    """Probabilities of two classes, each with all its digits."""
    negative, positive = (nodes.add("Sigmoid", one) for one in (nodes.add("Neg", margin), margin))
    return nodes.add("Concat", negative, positive, axis=1)


def _stacked(nodes: Nodes, meta: Any, bases: Sequence[Scored]) -> Scored:
    parts = [_told(nodes, base) for base in bases]
    features = nodes.add("Concat", *parts, axis=1)
    if not isinstance(meta, _LINEAR):
        raise TrainingError("INTERNAL", f"a stack on a {type(meta).__name__} has no graph; report this with the job")
    return Scored(*_linear(nodes, meta, features, "meta/"))


def _linear(nodes: Nodes, model: Any, features: str, prefix: str) -> tuple[str, int]:
    """Scores of a linear model, and how many, in float64.

    The converters' operators add up in float32: that shows where large terms have both signs, and in the small
    probability beside one close to 1, of which stacks and calibration take the logarithm.
    """
    weights = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64)).T
    shift = np.broadcast_to(np.asarray(model.intercept_, dtype=np.float64), weights.shape[1:]).reshape(1, -1)
    product = nodes.add("MatMul", _double(nodes, features), nodes.named(f"{prefix}{COEFFICIENTS}", weights))
    margin = nodes.add("Add", product, nodes.named(f"{prefix}{INTERCEPT}", shift.copy()))
    if not isinstance(model, LogisticRegression):
        return margin, 1
    classes = len(model.classes_)
    return _chances(nodes, margin, classes), classes


def _told(nodes: Nodes, base: Scored) -> str:
    """Scores of a base as the meta model takes them: see ``scoring.meta_features``."""
    scores = _double(nodes, base.scores)
    if base.classes == 1:
        return scores
    kept = _kept(nodes, scores)
    return _logit(nodes, kept) if base.classes == _TWO else nodes.add("Log", kept)


def _kept(nodes: Nodes, scores: str) -> str:
    """Probabilities that a logarithm can be taken of."""
    return nodes.add("Clip", scores, nodes.constant(LEAST, np.float64), nodes.constant(1.0, np.float64))


def _logit(nodes: Nodes, kept: str) -> str:
    # Of both columns: one less the other would lose the digits of a float32 close to 1.
    return nodes.add("Sub", nodes.add("Log", _column(nodes, kept, 1)), nodes.add("Log", _column(nodes, kept, 0)))


def _calibrated(nodes: Nodes, calibration: Calibration, scores: str) -> str:
    kept, slope = _kept(nodes, scores), nodes.constant(calibration.slope, np.float64)
    if calibration.method == "temperature":
        powers = nodes.add("Pow", kept, slope)
        total = nodes.add("ReduceSum", powers, nodes.constant([1], np.int64), keepdims=1)
        return nodes.add("Div", powers, total)
    logit = _logit(nodes, kept)
    margin = nodes.add("Add", nodes.add("Mul", slope, logit), nodes.constant(calibration.intercept, np.float64))
    return _both(nodes, margin)


def _column(nodes: Nodes, scores: str, place: int) -> str:
    starts, ends, axes = (nodes.constant([number], np.int64) for number in (place, place + 1, 1))
    return nodes.add("Slice", scores, starts, ends, axes)


def _double(nodes: Nodes, tensor: str) -> str:
    return nodes.add("Cast", tensor, to=TensorProto.DOUBLE)
