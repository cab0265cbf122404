"""CAST: missing where a value cannot be cast."""

from onnx import TensorProto

from training.graph.compose import Nodes
from training.sql.numbers import half_away
from training.sql.values import (
    Scalar,
    ScalarType,
    Truth,
    UnsupportedSqlError,
    Value,
    as_type,
    both,
    constant,
    known_of,
    truth,
)

_ABOVE_WHOLE = 2.0**63
_MICROS = 1e6


def cast(nodes: Nodes, value: Value, to: ScalarType) -> Value:
    """Cast a value to another type; texts are neither read nor are numbers written out in a graph."""
    if value.type in (to, "null"):
        return as_type(nodes, value, to)
    if isinstance(value, Truth):
        return _of_truth(nodes, value, to)
    casts = {
        ("number", "integer"): _nearest_even,
        ("number", "boolean"): _is_not_zero,
        ("integer", "boolean"): _is_not_zero,
        ("integer", "number"): lambda nodes, one: as_type(nodes, one, "number"),
        ("integer", "string"): lambda nodes, one: Scalar("string", _text(nodes, one.data), one.known),
    }
    found = casts.get((value.type, to))
    if found is None:
        raise UnsupportedSqlError(f"a cast from {value.type} to {to}")
    return found(nodes, value)


def moment(nodes: Nodes, seconds: str, known: str) -> Scalar:
    """Seconds since 1970 as microseconds."""
    micros = half_away(nodes, nodes.add("Mul", seconds, constant(nodes, "number", _MICROS).data))
    return _within_64_bits(nodes, "timestamp", micros, known)


def whole(nodes: Nodes, data: str, known: str | None) -> Scalar:
    """Make an integer of a float64 tensor: halves to the even neighbour."""
    return _within_64_bits(nodes, "integer", nodes.add("Round", data), known)


def _nearest_even(nodes: Nodes, value: Scalar) -> Scalar:
    return whole(nodes, value.data, value.known)


def _within_64_bits(nodes: Nodes, kind: ScalarType, data: str, known: str | None) -> Scalar:
    low, high = (constant(nodes, "number", bound).data for bound in (-_ABOVE_WHOLE, _ABOVE_WHOLE))
    fits = nodes.add("And", nodes.add("GreaterOrEqual", data, low), nodes.add("Less", data, high))
    # What does not fit, NaN too, has no integer: processors differ in what they make of it.
    safe = nodes.add("Where", fits, data, constant(nodes, "number", 0.0).data)
    return Scalar(kind, nodes.add("Cast", safe, to=TensorProto.INT64), both(nodes, known, fits))


def _is_not_zero(nodes: Nodes, value: Scalar) -> Truth:
    is_zero = nodes.add("Equal", value.data, constant(nodes, value.type, 0).data)
    return truth(nodes, nodes.add("Not", is_zero), value.known)


def _of_truth(nodes: Nodes, value: Truth, to: ScalarType) -> Scalar:
    known = known_of(nodes, value)
    if to == "string":
        yes, no = (constant(nodes, "string", text).data for text in ("true", "false"))
        return Scalar("string", nodes.add("Where", value.true, yes, no), known)
    if to not in ("number", "integer"):
        raise UnsupportedSqlError(f"a cast from boolean to {to}")
    kind = TensorProto.DOUBLE if to == "number" else TensorProto.INT64
    return Scalar(to, nodes.add("Cast", value.true, to=kind), known)


def _text(nodes: Nodes, data: str) -> str:
    return nodes.add("Cast", data, to=TensorProto.STRING)
