"""On-demand features that a graph computes before its model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import TensorProto
from sqlglot import exp

from training.graph.compose import Nodes
from training.job import ModelInput, OnDemand, OnDemandFeature, OnDemandField, TrainingJob
from training.sql.casts import moment, whole
from training.sql.expression import compiled, parsed
from training.sql.numbers import is_finite
from training.sql.values import Scalar, Truth, UnsupportedSqlError, Value, as_type, both, constant, known_of

_CONTRACT = ("required", "minimum", "maximum", "values")


@dataclass(frozen=True)
class Prelude:
    """What becomes of the on-demand features of a job.

    Attributes
    ----------
    computed : tuple of ModelInput
        Inputs of the model that the graph computes.
    inputs : tuple of ModelInput
        What the graph takes: inputs of the model that are not computed, then what features are computed from.
    sources : tuple of str
        Names of the inputs that features are computed from: float64 or string.
    left : OnDemand or None
        Features for which there are no operators, and all that hang together with them: computed before the graph.
    """

    computed: tuple[ModelInput, ...]
    inputs: tuple[ModelInput, ...]
    sources: tuple[str, ...]
    left: OnDemand | None
    fields: tuple[OnDemandField, ...]
    features: tuple[OnDemandFeature, ...]

    def values(self, nodes: Nodes) -> dict[str, Value]:
        """Add the nodes of all features to a graph that takes ``inputs``; gives their values by name."""
        names = {field.name: _source(nodes, field) for field in self.fields}
        for feature in self.features:
            names[feature.name] = _feature(nodes, feature, names)
        return {feature.name: names[feature.name] for feature in self.features}

    def add_to(self, nodes: Nodes) -> dict[str, str]:
        """Add the nodes to a graph that takes ``inputs``; gives each computed input's tensor, as the model takes it."""
        values = self.values(nodes)
        return {column.name: _as_model_takes(nodes, values[column.name]) for column in self.computed}


def compile_on_demand(job: TrainingJob) -> Prelude | None:
    """Find out which on-demand features of a job a graph can compute; None where the job has no such features."""
    if job.on_demand is None:
        return None
    parts = job.on_demand
    uses = _uses(parts)
    left = _left(parts, uses)
    kept = tuple(f for f in parts.features if f.name not in left and f.name in _needed(job, uses))
    computed = tuple(column for column in job.inputs if column.name in {feature.name for feature in kept})
    used = set().union(*(uses[feature.name] for feature in kept))
    fields = tuple(field for field in (*parts.request_fields, *parts.stored) if field.name in used)
    sources = tuple(field.name for field in fields)
    inputs = _inputs(job, computed, fields)
    return Prelude(computed, inputs, sources, _remaining(parts, left, uses), fields, kept)


def literals_by_column(prelude: Prelude) -> dict[str, list[float | str]]:
    """Numbers and texts that stand in the expressions a column is named in: where answers are likely to change."""
    found: dict[str, list[float | str]] = {}
    for feature in prelude.features:
        tree = parsed(feature.sql)
        written = [str(one.this) if one.is_string else float(one.this) for one in tree.find_all(exp.Literal)]
        for column in tree.find_all(exp.Column):
            found.setdefault(column.name, []).extend(written)
    return {name: list(dict.fromkeys(values)) for name, values in found.items()}


def _uses(parts: OnDemand) -> dict[str, frozenset[str]]:
    """Names in each feature's expression; in one that cannot be read may stand all that there are before it."""
    known = {field.name for field in (*parts.request_fields, *parts.stored)}
    found = {}
    for feature in parts.features:
        try:
            found[feature.name] = frozenset(column.name for column in parsed(feature.sql).find_all(exp.Column))
        except UnsupportedSqlError:
            found[feature.name] = frozenset(known)
        known.add(feature.name)
    return found


def _left(parts: OnDemand, uses: Mapping[str, frozenset[str]]) -> set[str]:
    """Features without operators, those before them, which are needed there too, and those behind them."""
    left = _unsupported(parts)
    while True:
        more = {
            name
            for name, used in uses.items()
            if name not in left and (used & left or any(name in uses[other] for other in left))
        }
        if not more:
            return left
        left |= more


def _unsupported(parts: OnDemand) -> set[str]:
    nodes = Nodes()
    fields = (*parts.request_fields, *parts.stored)
    for field in fields:
        nodes.input(field.name, TensorProto.STRING if field.type == "string" else TensorProto.DOUBLE)
    names = {field.name: _source(nodes, field) for field in fields}
    found = set()
    for feature in parts.features:
        try:
            names[feature.name] = _feature(nodes, feature, names)
        except UnsupportedSqlError:
            found.add(feature.name)
    return found


def _needed(job: TrainingJob, uses: Mapping[str, frozenset[str]]) -> set[str]:
    needed = set(job.input_names)
    for name in reversed(uses):
        if name in needed:
            needed |= uses[name]
    return needed


def _remaining(parts: OnDemand, left: set[str], uses: Mapping[str, frozenset[str]]) -> OnDemand | None:
    if not left:
        return None
    if len(left) == len(parts.features):
        return parts
    used = set().union(*(uses[name] for name in left))
    return OnDemand(
        request_fields=tuple(field for field in parts.request_fields if field.name in used),
        stored=tuple(field for field in parts.stored if field.name in used),
        features=tuple(feature for feature in parts.features if feature.name in left),
    )


def _inputs(
    job: TrainingJob, computed: Iterable[ModelInput], fields: tuple[OnDemandField, ...]
) -> tuple[ModelInput, ...]:
    gone = {column.name for column in computed}
    kept = {column.name: column for column in job.inputs if column.name not in gone}
    requested = {field.name for field in job.on_demand.request_fields} if job.on_demand else set()
    for field in fields:
        column = kept.get(field.name) or _input_of(field)
        source = "request" if field.name in requested else column.source
        precision = "double" if column.type == "number" else None
        kept[field.name] = column.model_copy(
            update={"source": source, "precision": precision, "declared": column.declared or field.type}
        )
    return tuple(kept.values())


def _input_of(field: OnDemandField) -> ModelInput:
    contract: dict[str, Any] = field.model_extra or {}
    kind = "string" if field.type == "string" else "number"
    return ModelInput(name=field.name, type=kind, **{key: contract[key] for key in _CONTRACT if key in contract})


def _source(nodes: Nodes, field: OnDemandField) -> Value:
    if field.type == "string":
        missing = nodes.add_of(
            "ai.onnx.ml", "LabelEncoder", field.name, keys_strings=[""], values_int64s=[0], default_int64=1
        )
        return Scalar("string", field.name, nodes.add("Cast", missing, to=TensorProto.BOOL))
    known = nodes.add("Not", nodes.add("IsNaN", field.name))
    if field.type == "boolean":
        true = nodes.add("Equal", field.name, constant(nodes, "number", 1.0).data)
        return Truth(true, nodes.add("And", known, nodes.add("Not", true)))
    if field.type == "integer":
        return whole(nodes, field.name, known)
    return moment(nodes, field.name, known) if field.type == "timestamp" else Scalar("number", field.name, known)


def _feature(nodes: Nodes, feature: OnDemandFeature, names: Mapping[str, Value]) -> Value:
    value = as_type(nodes, compiled(nodes, parsed(feature.sql), names), feature.type)
    _require_rows(nodes, value)
    if not isinstance(value, Scalar) or value.type != "number":
        return value
    # An infinity or NaN counts as missing, also for the features behind it.
    return Scalar("number", value.data, both(nodes, value.known, is_finite(nodes, value.data)))


def _require_rows(nodes: Nodes, value: Value) -> None:
    parts = (value.true, value.false) if isinstance(value, Truth) else (value.data, value.known or "")
    if not any(nodes.has_rows(part) for part in parts):
        raise UnsupportedSqlError("a feature that is the same for every row")


def _as_model_takes(nodes: Nodes, value: Value) -> str:
    known = known_of(nodes, value)
    if isinstance(value, Scalar) and value.type == "string":
        return value.data if known is None else nodes.add("Where", known, value.data, nodes.constant("", object))
    number = nodes.add("Cast", _double(nodes, value), to=TensorProto.FLOAT)
    # Too large for a model counts as missing too.
    fits = both(nodes, known, nodes.add("Not", nodes.add("IsInf", number)))
    return nodes.add("Where", fits or "", number, nodes.constant(np.nan, np.float32))


def _double(nodes: Nodes, value: Value) -> str:
    if isinstance(value, Truth):
        return nodes.add("Cast", value.true, to=TensorProto.DOUBLE)
    double = nodes.add("Cast", value.data, to=TensorProto.DOUBLE)
    return nodes.add("Div", double, nodes.constant(1e6, np.float64)) if value.type == "timestamp" else double
