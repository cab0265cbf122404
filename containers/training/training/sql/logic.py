"""Three-valued logic, and choices by conditions."""

from functools import reduce

from training.graph.compose import Nodes
from training.sql.comparisons import compare
from training.sql.values import (
    NULL,
    Scalar,
    Truth,
    Value,
    always,
    as_type,
    both,
    common_type,
    either,
    known_of,
    no,
    scalar_of,
    truth_of,
)


def conjunction(nodes: Nodes, a: Value, b: Value) -> Truth:
    """AND: false where one is false, else NULL where one is NULL."""
    x, y = truth_of(nodes, a), truth_of(nodes, b)
    return Truth(nodes.add("And", x.true, y.true), either(nodes, x.false, y.false))


def disjunction(nodes: Nodes, a: Value, b: Value) -> Truth:
    """OR: true where one is true, else NULL where one is NULL."""
    x, y = truth_of(nodes, a), truth_of(nodes, b)
    return Truth(either(nodes, x.true, y.true), nodes.add("And", x.false, y.false))


def negation(nodes: Nodes, a: Value) -> Truth:
    """NOT: the opposite, NULL of NULL."""
    found = truth_of(nodes, a)
    return Truth(found.false, found.true)


def is_null(nodes: Nodes, a: Value) -> Truth:
    """IS NULL: never NULL itself."""
    known = known_of(nodes, a)
    known = always(nodes, True) if known is None else known
    return Truth(no(nodes, known), known)


def is_truth(nodes: Nodes, a: Value, wanted: bool) -> Truth:
    """IS TRUE, IS FALSE."""
    found = truth_of(nodes, a)
    mask = found.true if wanted else found.false
    return Truth(mask, no(nodes, mask))


def among(nodes: Nodes, value: Value, items: list[Value]) -> Truth:
    """IN: one of the list; NULL where it is not and the list holds a NULL."""
    kind = common_type([value, *items])
    if kind == "null":
        return truth_of(nodes, NULL)
    texts = _texts(items) if kind == "string" else None
    if texts is not None and isinstance(value, Scalar) and value.type == "string" and value.literal is None:
        return compare(nodes, "among", value, Scalar("string", "", literal=texts))
    same = [compare(nodes, "=", as_type(nodes, value, kind), as_type(nodes, one, kind)) for one in items]
    return reduce(lambda a, b: disjunction(nodes, a, b), same)


def _texts(items: list[Value]) -> tuple[str, ...] | None:
    written = [one.literal for one in items if isinstance(one, Scalar) and one.literal is not None]
    return tuple(sorted(set(written))) if len(written) == len(items) else None


def between(nodes: Nodes, value: Value, low: Value, high: Value) -> Truth:
    """BETWEEN: low <= value AND value <= high."""
    return conjunction(nodes, compare(nodes, ">=", value, low), compare(nodes, "<=", value, high))


def choose(nodes: Nodes, branches: list[tuple[Value, Value]], otherwise: Value) -> Value:
    """CASE: the value of the first branch whose condition is true."""
    kind = common_type([*(value for _, value in branches), otherwise])
    if kind == "null":
        return NULL
    found = as_type(nodes, otherwise, kind)
    for condition, value in reversed(branches):
        found = _where(nodes, truth_of(nodes, condition).true, as_type(nodes, value, kind), found)
    return found


def first_known(nodes: Nodes, values: list[Value]) -> Value:
    """COALESCE: the first that is not missing."""
    kind = common_type(values)
    if kind == "null":
        return NULL
    *before, found = [as_type(nodes, value, kind) for value in values]
    for value in reversed(before):
        known = known_of(nodes, value)
        found = value if known is None else _where(nodes, known, value, found)
    return found


def null_if(nodes: Nodes, a: Value, b: Value) -> Value:
    """NULLIF: NULL where a = b, else a; of a's type."""
    same = compare(nodes, "=", a, b).true
    if isinstance(a, Truth):
        other = no(nodes, same)
        return Truth(nodes.add("And", a.true, other), nodes.add("And", a.false, other))
    return Scalar(a.type, a.data, both(nodes, a.known, no(nodes, same)), a.nan)


def _where(nodes: Nodes, mask: str, a: Value, b: Value) -> Value:
    """Take a where the mask is true, else b; of one type."""
    if isinstance(a, Truth) or isinstance(b, Truth):
        x, y = truth_of(nodes, a), truth_of(nodes, b)
        return Truth(_pick(nodes, mask, x.true, y.true), _pick(nodes, mask, x.false, y.false))
    x, y = scalar_of(nodes, a, a.type), scalar_of(nodes, b, a.type)
    known = _known(nodes, mask, x.known, y.known)
    return Scalar(x.type, nodes.add("Where", mask, x.data, y.data), known, x.nan or y.nan)


def _known(nodes: Nodes, mask: str, a: str | None, b: str | None) -> str | None:
    if a is None and b is None:
        return None
    if a is None or b is None:
        return either(nodes, mask, b or "") if a is None else either(nodes, no(nodes, mask), a)
    return _pick(nodes, mask, a, b)


def _pick(nodes: Nodes, mask: str, a: str, b: str) -> str:
    # Where takes no booleans.
    return either(nodes, nodes.add("And", mask, a), nodes.add("And", no(nodes, mask), b))
