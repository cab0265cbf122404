"""Values of SQL expressions as tensors: each knows where it is missing."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from onnx import TensorProto

from training.graph.compose import Nodes

ScalarType = Literal["number", "integer", "string", "timestamp", "boolean", "null"]

#: How values lie in tensors: integers and moments (microseconds since 1970) have 64 bits.
DTYPES: dict[str, Any] = {"number": np.float64, "integer": np.int64, "timestamp": np.int64, "string": object}


class UnsupportedSqlError(Exception):
    """An expression that no operators exist for: it is computed outside of the graph."""


@dataclass(frozen=True)
class Scalar:
    """A number, integer, moment or text; or NULL, which has every type.

    Attributes
    ----------
    type : str
    data : str
        Tensor of values; anything where they are missing, but never what an operator would stop at.
    known : str or None
        Boolean tensor: where there is a value. None is everywhere.
    nan : bool
        Whether a value can be NaN, which in SQL is a number: above all others and the same as itself.
    literal : object
        The value of a constant.
    """

    type: ScalarType
    data: str
    known: str | None = None
    nan: bool = False
    literal: Any = None


@dataclass(frozen=True)
class Truth:
    """A boolean of three values: two tensors say where it is true and where it is false; elsewhere it is missing."""

    true: str
    false: str
    type: ScalarType = "boolean"


Value = Scalar | Truth
NULL = Scalar("null", "")


def constant(nodes: Nodes, kind: ScalarType, value: Any) -> Scalar:
    """Make a literal; no row of it is missing."""
    return Scalar(kind, nodes.constant(value, DTYPES[kind]), literal=value)


def always(nodes: Nodes, value: bool) -> str:
    """Make a boolean constant."""
    return nodes.constant(value, np.bool_)


def both(nodes: Nodes, a: str | None, b: str | None) -> str | None:
    """AND of two masks, of which None is true everywhere."""
    if a is None or b is None:
        return b if a is None else a
    return nodes.add("And", a, b)


def either(nodes: Nodes, a: str, b: str) -> str:
    """OR of two masks."""
    return nodes.add("Or", a, b)


def no(nodes: Nodes, mask: str) -> str:
    """Turn a mask around."""
    return nodes.add("Not", mask)


def truth(nodes: Nodes, condition: str, known: str | None) -> Truth:
    """Make a condition that is missing where its operands are."""
    opposite = no(nodes, condition)
    if known is None:
        return Truth(condition, opposite)
    return Truth(nodes.add("And", known, condition), nodes.add("And", known, opposite))


def known_of(nodes: Nodes, value: Value) -> str | None:
    """Where there is a value."""
    if isinstance(value, Truth):
        return either(nodes, value.true, value.false)
    return always(nodes, False) if value.type == "null" else value.known


def as_type(nodes: Nodes, value: Value, kind: ScalarType) -> Value:
    """Turn a value into the type that is taken: an integer goes for a number, NULL for anything."""
    if value.type == kind:
        return value
    if value.type == "null" and isinstance(value, Scalar):
        never = always(nodes, False)
        if kind == "boolean":
            return Truth(never, never)
        empty = "" if kind == "string" else 0
        return replace(constant(nodes, kind, empty), known=never, literal=None)
    if value.type == "integer" and kind == "number" and isinstance(value, Scalar):
        literal = None if value.literal is None else float(value.literal)
        return Scalar("number", nodes.add("Cast", value.data, to=TensorProto.DOUBLE), value.known, False, literal)
    raise UnsupportedSqlError(f"a {value.type} where a {kind} is taken")


def scalar_of(nodes: Nodes, value: Value, kind: ScalarType) -> Scalar:
    """Do the same for types that are no booleans."""
    found = as_type(nodes, value, kind)
    if isinstance(found, Truth):
        raise UnsupportedSqlError(f"a boolean where a {kind} is taken")
    return found


def truth_of(nodes: Nodes, value: Value) -> Truth:
    """Do the same for booleans."""
    found = as_type(nodes, value, "boolean")
    if isinstance(found, Scalar):
        raise UnsupportedSqlError(f"a {value.type} where a boolean is taken")
    return found


def common_type(values: list[Value]) -> ScalarType:
    """Find what values have in common: integers and numbers are numbers, NULL is anything."""
    kinds: set[ScalarType] = {value.type for value in values if value.type != "null"}
    if "number" in kinds:
        kinds.discard("integer")
    if len(kinds) > 1:
        raise UnsupportedSqlError(f"values of types {', '.join(sorted(kinds))}")
    found: list[ScalarType] = [*kinds, "null"]
    return found[0]
