"""Arithmetic and functions of numbers; what has no answer is missing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from onnx import TensorProto

from training.graph.compose import Nodes
from training.sql.values import (
    Scalar,
    Truth,
    UnsupportedSqlError,
    Value,
    both,
    common_type,
    either,
    no,
    scalar_of,
    truth,
)

_LEAST = -(2**63)
#: Integers that came around differ from their exact result by 2^64, those that did not by a rounding.
_WRAPPED = 2.0**62
_MOST_DIGITS = 15
_TEN = 10.0


def _number(nodes: Nodes, value: float) -> str:
    return nodes.constant(value, np.float64)


def _whole(nodes: Nodes, value: int) -> str:
    return nodes.constant(value, np.int64)


def arithmetic(nodes: Nodes, operator: str, a: Value, b: Value) -> Scalar:
    """Add, subtract and multiply: integers stay integers, missing beyond 64 bits."""
    name = {"+": "Add", "-": "Sub", "*": "Mul"}[operator]
    kind = common_type([a, b])
    if kind not in ("number", "integer") or "null" in (a.type, b.type):
        raise UnsupportedSqlError(f"{a.type} {operator} {b.type}")
    x, y = scalar_of(nodes, a, kind), scalar_of(nodes, b, kind)
    data, known = nodes.add(name, x.data, y.data), both(nodes, x.known, y.known)
    if kind == "number":
        return Scalar("number", data, known, nan=True)
    near = nodes.add(name, *(nodes.add("Cast", one.data, to=TensorProto.DOUBLE) for one in (x, y)))
    off = nodes.add("Abs", nodes.add("Sub", nodes.add("Cast", data, to=TensorProto.DOUBLE), near))
    return Scalar("integer", data, both(nodes, known, nodes.add("Less", off, _number(nodes, _WRAPPED))))


def quotient(nodes: Nodes, a: Value, b: Value) -> Scalar:
    """Divide, always to a number: by zero it is an infinity or NaN."""
    x, y = _taken(nodes, a), _taken(nodes, b)
    # onnxruntime makes one division of (1 / b) * c, which rounds otherwise: it must not see the 1.
    by_row = x.data if nodes.has_rows(x.data) else nodes.add("Where", nodes.add("IsNaN", y.data), x.data, x.data)
    return Scalar("number", nodes.add("Div", by_row, y.data), both(nodes, x.known, y.known), nan=True)


def remainder(nodes: Nodes, a: Value, b: Value) -> Scalar:
    """Remainder with the sign of a; by zero NULL of integers, NaN of numbers."""
    if a.type == b.type == "integer":
        return _whole_remainder(nodes, scalar_of(nodes, a, "integer"), scalar_of(nodes, b, "integer"))
    x, y = _taken(nodes, a), _taken(nodes, b)
    return Scalar("number", nodes.add("Mod", x.data, y.data, fmod=1), both(nodes, x.known, y.known), nan=True)


def _whole_remainder(nodes: Nodes, a: Scalar, b: Scalar) -> Scalar:
    by_zero = nodes.add("Equal", b.data, _whole(nodes, 0))
    by_minus_one = nodes.add("Equal", b.data, _whole(nodes, -1))
    # The processor stops at a division by zero and at that of the least integer by -1.
    divisor = nodes.add("Where", either(nodes, by_zero, by_minus_one), _whole(nodes, 1), b.data)
    # Mod of whole numbers has the sign of the divisor.
    rest = nodes.add("Mod", a.data, divisor)
    signs = nodes.add("Less", nodes.add("Mul", nodes.add("Sign", a.data), nodes.add("Sign", rest)), _whole(nodes, 0))
    rest = nodes.add("Where", signs, nodes.add("Sub", rest, divisor), rest)
    beyond = nodes.add("And", by_minus_one, nodes.add("Equal", a.data, _whole(nodes, _LEAST)))
    known = both(nodes, a.known, b.known)
    return Scalar("integer", rest, both(nodes, known, no(nodes, either(nodes, by_zero, beyond))))


def negative(nodes: Nodes, a: Value) -> Scalar:
    """Negate: -a."""
    return _by_type(nodes, a, "Neg")


def absolute(nodes: Nodes, a: Value) -> Scalar:
    """abs(a)."""
    return _by_type(nodes, a, "Abs")


def _by_type(nodes: Nodes, a: Value, operator: str) -> Scalar:
    if a.type != "integer":
        x = _taken(nodes, a)
        return Scalar("number", nodes.add(operator, x.data), x.known, x.nan)
    x = scalar_of(nodes, a, "integer")
    has_answer = no(nodes, nodes.add("Equal", x.data, _whole(nodes, _LEAST)))
    return Scalar("integer", nodes.add(operator, x.data), both(nodes, x.known, has_answer))


def rounded(nodes: Nodes, a: Value, digits: int | None) -> Scalar:
    """round(a), round(a, digits): halves away from zero."""
    if digits is not None and abs(digits) > _MOST_DIGITS:
        raise UnsupportedSqlError(f"round to {digits} digits")
    if a.type == "integer":
        return _rounded_whole(nodes, scalar_of(nodes, a, "integer"), digits or 0)
    x = _taken(nodes, a)
    if digits is None:
        return replace(x, data=half_away(nodes, x.data), literal=None)
    power = _number(nodes, float(f"1e{abs(digits)}"))
    first, then = ("Div", "Mul") if digits < 0 else ("Mul", "Div")
    data = nodes.add(then, half_away(nodes, nodes.add(first, x.data, power)), power)
    fallback = _number(nodes, 0.0) if digits < 0 else x.data
    return replace(x, data=nodes.add("Where", is_finite(nodes, data), data, fallback), literal=None)


def _rounded_whole(nodes: Nodes, x: Scalar, digits: int) -> Scalar:
    if digits >= 0:
        return replace(x, literal=None)
    power, half = _whole(nodes, 10**-digits), 10**-digits // 2
    is_below = nodes.add("Less", x.data, _whole(nodes, 0))
    shift = nodes.add("Where", is_below, _whole(nodes, -half), _whole(nodes, half))
    data = nodes.add("Mul", nodes.add("Div", nodes.add("Add", x.data, shift), power), power)
    return replace(x, data=data, literal=None)


def half_away(nodes: Nodes, data: str) -> str:
    """Nearest whole number of float64, halves away from zero: the graph's own Round takes the even one."""
    is_below = nodes.add("Less", data, _number(nodes, 0.0))
    whole = nodes.add("Where", is_below, nodes.add("Ceil", data), nodes.add("Floor", data))
    rest = nodes.add("Abs", nodes.add("Sub", data, whole))
    is_far = nodes.add("GreaterOrEqual", rest, _number(nodes, 0.5))
    return nodes.add("Where", is_far, nodes.add("Add", whole, nodes.add("Sign", data)), whole)


def is_finite(nodes: Nodes, data: str) -> str:
    """Where a float tensor is neither NaN nor infinite."""
    return no(nodes, either(nodes, nodes.add("IsNaN", data), nodes.add("IsInf", data)))


def of_number(operator: str, from_zero: str | None = None) -> Callable[[Nodes, Value], Scalar]:
    """Make a function of one number; ``from_zero`` is the comparison with zero outside of which it is missing."""

    def made(nodes: Nodes, a: Value) -> Scalar:
        x = _taken(nodes, a)
        found = Scalar("number", nodes.add(operator, x.data), x.known, x.nan)
        return found if from_zero is None else _within(nodes, found, x, from_zero)

    return made


def _within(nodes: Nodes, found: Scalar, x: Scalar, from_zero: str) -> Scalar:
    has_answer = nodes.add(from_zero, x.data, _number(nodes, 0.0))
    if x.nan:
        has_answer = either(nodes, has_answer, nodes.add("IsNaN", x.data))
    return replace(found, known=both(nodes, x.known, has_answer))


def log10(nodes: Nodes, a: Value) -> Scalar:
    """log10(a): exact at powers of ten, where a quotient of logarithms can be off by one place."""
    x = _taken(nodes, a)
    near = nodes.add("Div", nodes.add("Log", x.data), _number(nodes, float(np.log(_TEN))))
    whole = nodes.add("Round", near)
    is_power = nodes.add("Equal", nodes.add("Pow", _number(nodes, _TEN), whole), x.data)
    found = Scalar("number", nodes.add("Where", is_power, whole, near), x.known, x.nan)
    return _within(nodes, found, x, "Greater")


def power(nodes: Nodes, a: Value, b: Value) -> Scalar:
    """pow(a, b)."""
    x, y = _taken(nodes, a), _taken(nodes, b)
    return Scalar("number", nodes.add("Pow", x.data, y.data), both(nodes, x.known, y.known), nan=True)


def sign(nodes: Nodes, a: Value) -> Scalar:
    """-1, 0 or 1: an integer."""
    x = _taken(nodes, a)
    zero = _number(nodes, 0.0)
    above, below = (
        nodes.add("Cast", nodes.add(comparison, x.data, zero), to=TensorProto.INT64)
        for comparison in ("Greater", "Less")
    )
    return Scalar("integer", nodes.add("Sub", above, below), x.known)


def is_nan(nodes: Nodes, a: Value) -> Truth:
    """isnan(a)."""
    x = _taken(nodes, a)
    return truth(nodes, nodes.add("IsNaN", x.data), x.known)


def finite(nodes: Nodes, a: Value) -> Truth:
    """isfinite(a)."""
    x = _taken(nodes, a)
    return truth(nodes, is_finite(nodes, x.data), x.known)


def _taken(nodes: Nodes, value: Value) -> Scalar:
    if value.type not in ("number", "integer"):
        raise UnsupportedSqlError(f"a {value.type} where a number is taken")
    found: Any = scalar_of(nodes, value, "number")
    return found
