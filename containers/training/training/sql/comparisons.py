"""Order of values: texts have none in a graph, NaN is above every number and the same as itself."""

from dataclasses import replace
from functools import reduce

from onnx import TensorProto

from training.graph.compose import OPSET_OF_TEXTS, Nodes
from training.sql.values import (
    NULL,
    Scalar,
    Truth,
    UnsupportedSqlError,
    Value,
    as_type,
    both,
    common_type,
    either,
    known_of,
    no,
    scalar_of,
    truth,
    truth_of,
)


def compare(nodes: Nodes, operator: str, a: Value, b: Value) -> Truth:
    """Compare two values of one type; a missing side makes it NULL.

    Parameters
    ----------
    nodes : Nodes
    operator : str
        ``=``, ``<>``, ``<``, ``<=``, ``>``, ``>=``; or ``among``, whose right side is a literal tuple of texts.
    a, b : Value
    """
    kind = common_type([a, b])
    if kind == "null":
        return truth_of(nodes, NULL)
    x, y = (_ordered(nodes, as_type(nodes, value, kind)) for value in (a, b))
    known = both(nodes, x.known, y.known)
    return truth(nodes, _condition(nodes, operator, x, y), known)


def outermost(nodes: Nodes, values: list[Value], operator: str) -> Value:
    """LEAST (``<``) and GREATEST (``>``) of the values that are not missing."""
    kind = common_type(values)
    if kind in ("null", "boolean", "string"):
        raise UnsupportedSqlError(f"the least or greatest of type {kind}")
    return reduce(lambda best, one: _better(nodes, best, one, operator), [scalar_of(nodes, v, kind) for v in values])


def _better(nodes: Nodes, best: Scalar, one: Scalar, operator: str) -> Scalar:
    wins = _condition(nodes, operator, one, best)
    if best.known is not None:
        wins = either(nodes, wins, no(nodes, best.known))
    if one.known is not None:
        wins = nodes.add("And", wins, one.known)
    known = None if best.known is None or one.known is None else either(nodes, best.known, one.known)
    return Scalar(best.type, nodes.add("Where", wins, one.data, best.data), known, best.nan or one.nan)


def _ordered(nodes: Nodes, value: Value) -> Scalar:
    if isinstance(value, Scalar):
        return value
    return Scalar("integer", nodes.add("Cast", value.true, to=TensorProto.INT64), known_of(nodes, value))


def _condition(nodes: Nodes, operator: str, a: Scalar, b: Scalar) -> str:
    conditions = {
        "=": lambda: _same(nodes, a, b),
        "among": lambda: _same(nodes, a, b),
        "<>": lambda: no(nodes, _same(nodes, a, b)),
        "<": lambda: _less(nodes, a, b),
        ">": lambda: _less(nodes, b, a),
        "<=": lambda: no(nodes, _less(nodes, b, a)),
        ">=": lambda: no(nodes, _less(nodes, a, b)),
    }
    return conditions[operator]()


def _same(nodes: Nodes, a: Scalar, b: Scalar) -> str:
    if a.type == "string":
        return _same_text(nodes, a, b)
    same = nodes.add("Equal", a.data, b.data)
    if not (a.nan and b.nan):
        return same
    return either(nodes, same, nodes.add("And", _is_nan(nodes, a), _is_nan(nodes, b)))


def _same_text(nodes: Nodes, a: Scalar, b: Scalar) -> str:
    if a.literal is not None:
        a, b = b, a
    if b.literal is None or a.literal is not None:
        nodes.needs(OPSET_OF_TEXTS)
        return nodes.add("Equal", a.data, b.data)
    texts = list(b.literal) if isinstance(b.literal, tuple) else [b.literal]
    found = nodes.add_of(
        "ai.onnx.ml", "LabelEncoder", a.data, keys_strings=texts, values_int64s=[1] * len(texts), default_int64=0
    )
    return nodes.add("Cast", found, to=TensorProto.BOOL)


def _less(nodes: Nodes, a: Scalar, b: Scalar) -> str:
    if a.type == "string":
        raise UnsupportedSqlError("the order of texts")
    less = nodes.add("Less", a.data, b.data)
    if not b.nan:
        return less
    is_last = _is_nan(nodes, b)
    return either(nodes, less, nodes.add("And", no(nodes, _is_nan(nodes, a)), is_last) if a.nan else is_last)


def _is_nan(nodes: Nodes, value: Scalar) -> str:
    return nodes.add("IsNaN", replace(value, known=None).data)
