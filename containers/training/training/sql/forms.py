"""Forms of SQL that are more than an operator between values."""

import re
from datetime import UTC, datetime, timedelta

from sqlglot import exp
from sqlglot.expressions.core import Expression

from training.sql import casts, comparisons, logic, numbers, times
from training.sql.compiler import Compiler
from training.sql.values import NULL, ScalarType, Truth, UnsupportedSqlError, Value, always, constant

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?Z?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST, _LEAST = 2**63 - 1, -(2**63)
_TYPES: dict[str, ScalarType] = {
    "DOUBLE": "number",
    "BIGINT": "integer",
    "INT": "integer",
    "BOOLEAN": "boolean",
    "TEXT": "string",
    "VARCHAR": "string",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPNTZ": "timestamp",
}


def column(compiler: Compiler, node: Expression) -> Value:
    """Answer a column by its name."""
    found = compiler.names.get(node.name)
    if found is None or node.args.get("table") is not None:
        raise UnsupportedSqlError(f"no column {node.sql()}")
    return found


def literal(compiler: Compiler, node: Expression, sign: int = 1) -> Value:
    """Make a text, a whole number of 64 bits, or a number."""
    text = str(node.this)
    if node.args.get("is_string"):
        return constant(compiler.nodes, "string", text)
    if text.isdecimal():
        if not _LEAST <= sign * int(text) <= _MOST:
            raise UnsupportedSqlError(f"{text} has more than 64 bits")
        return constant(compiler.nodes, "integer", sign * int(text))
    number = sign * float(text)
    if abs(number) == float("inf"):
        raise UnsupportedSqlError(f"{text} is no number")
    return constant(compiler.nodes, "number", number)


def boolean(compiler: Compiler, node: Expression) -> Value:
    """Make TRUE or FALSE."""
    yes, never = (always(compiler.nodes, value) for value in (True, False))
    return Truth(yes, never) if node.this else Truth(never, yes)


def negative(compiler: Compiler, node: Expression) -> Value:
    """Negate: a literal at once, so that the least whole number can be written."""
    inner = node.this.unnest()
    if isinstance(inner, exp.Literal) and not inner.is_string:
        return literal(compiler, inner, sign=-1)
    return numbers.negative(compiler.nodes, compiler.value(inner))


def is_(compiler: Compiler, node: Expression) -> Value:
    """Ask whether it IS TRUE, FALSE or NULL."""
    value, wanted = compiler.value(node.this), node.expression
    if isinstance(wanted, exp.Boolean):
        return logic.is_truth(compiler.nodes, value, bool(wanted.this))
    if isinstance(wanted, exp.Null):
        return logic.is_null(compiler.nodes, value)
    raise UnsupportedSqlError("IS of something else")


def in_(compiler: Compiler, node: Expression) -> Value:
    """Ask whether it is IN a written list."""
    if not node.expressions or node.args.get("query") or node.args.get("unnest"):
        raise UnsupportedSqlError("IN of a query")
    return logic.among(compiler.nodes, compiler.value(node.this), compiler.values(node.expressions))


def case(compiler: Compiler, node: Expression) -> Value:
    """Choose by a CASE, searched or of a subject."""
    subject = None if node.this is None else compiler.value(node.this)
    branches = []
    for branch in node.args["ifs"]:
        when = compiler.value(branch.this)
        if subject is not None:
            when = comparisons.compare(compiler.nodes, "=", subject, when)
        branches.append((when, compiler.value(branch.args["true"])))
    default = node.args.get("default")
    return logic.choose(compiler.nodes, branches, NULL if default is None else compiler.value(default))


def cast(compiler: Compiler, node: Expression) -> Value:
    """Cast; CAST and TRY_CAST are the same here: what fails is missing."""
    kind = _TYPES.get(node.args["to"].this.name)
    if kind is None or node.args["to"].expressions:
        raise UnsupportedSqlError(f"a cast to {node.args['to']}")
    if kind == "timestamp" and isinstance(node.this, exp.Literal) and node.this.is_string:
        return constant(compiler.nodes, "timestamp", _micros(str(node.this.this)))
    return casts.cast(compiler.nodes, compiler.value(node.this), kind)


def _micros(text: str) -> int:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise UnsupportedSqlError(f"{text} is no moment")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise UnsupportedSqlError(f"{text} is no moment") from error
    return (moment - _EPOCH) // timedelta(microseconds=1) + int((found[7] or "").ljust(6, "0"))


def rounded(compiler: Compiler, node: Expression) -> Value:
    """Round to written digits."""
    written = node.args.get("decimals")
    if written is None:
        return numbers.rounded(compiler.nodes, compiler.value(node.this), None)
    inner = written.this if isinstance(written, exp.Neg) else written
    if not isinstance(inner, exp.Literal) or not str(inner.this).isdecimal():
        raise UnsupportedSqlError("round to digits that are not written out")
    digits = int(inner.this) * (-1 if written is not inner else 1)
    return numbers.rounded(compiler.nodes, compiler.value(node.this), digits)


def logarithm(compiler: Compiler, node: Expression) -> Value:
    """Take the logarithm to the base of ten."""
    if node.expression is None or str(node.this.this) != "10":
        raise UnsupportedSqlError("a logarithm to another base")
    return numbers.log10(compiler.nodes, compiler.value(node.expression))


def extract(compiler: Compiler, node: Expression) -> Value:
    """Take the part of a moment that EXTRACT names."""
    return part(compiler, node.this.name.lower(), node.expression)


def part(compiler: Compiler, name: str, of: Expression) -> Value:
    """Take a part of a moment by its name."""
    if name not in times.PARTS:
        raise UnsupportedSqlError(f"{name} of a moment")
    return times.part(compiler.nodes, name, compiler.value(of))


def called(compiler: Compiler, node: Expression) -> Value:
    """Call a function that has no node of its own."""
    name = str(node.this).lower()
    if len(node.expressions) != 1:
        raise UnsupportedSqlError(f"the function {name}")
    if name == "isfinite":
        return numbers.finite(compiler.nodes, compiler.value(node.expressions[0]))
    return part(compiler, name, node.expressions[0])
