"""From the tree of a SQL expression to nodes."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import sqlglot
from sqlglot import exp
from sqlglot.expressions.core import Expression

from training.graph.compose import Nodes
from training.sql import casts, comparisons, logic, numbers, times
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
Names = Mapping[str, Value]


def parsed(sql: str) -> Expression:
    """Tree of one scalar expression, as DuckDB reads it.

    Raises
    ------
    UnsupportedSqlError
        For what is not read.
    """
    try:
        found = sqlglot.parse_one(sql, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise UnsupportedSqlError(f"not read: {error}") from error
    if not isinstance(found, Expression):
        raise UnsupportedSqlError("not one expression")
    return found


def compiled(nodes: Nodes, tree: Expression, names: Names) -> Value:
    """Add the nodes of an expression.

    Parameters
    ----------
    nodes : Nodes
    tree : Expression
        See ``parsed``.
    names : mapping of str to Value
        Values of the columns that it may name.

    Raises
    ------
    UnsupportedSqlError
        For whatever has no operators, or types that do not fit.
    """
    return _Compiler(nodes, names).value(tree)


class _Compiler:
    def __init__(self, nodes: Nodes, names: Names) -> None:
        self.nodes = nodes
        self.names = names

    def value(self, node: Expression | None) -> Value:
        compiler = _COMPILERS.get(type(node)) if node is not None else None
        if compiler is None or node is None:
            raise UnsupportedSqlError(f"a graph has no {type(node).__name__}")
        return compiler(self, node)

    def values(self, nodes: list[Expression]) -> list[Value]:
        return [self.value(node) for node in nodes]


_Compile = Callable[[_Compiler, Expression], Value]


def _name(compiler: _Compiler, node: Expression) -> Value:
    found = compiler.names.get(node.name)
    if found is None or node.args.get("table") is not None:
        raise UnsupportedSqlError(f"no column {node.sql()}")
    return found


def _literal(compiler: _Compiler, node: Expression, sign: int = 1) -> Value:
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


def _boolean(compiler: _Compiler, node: Expression) -> Value:
    yes, never = (always(compiler.nodes, value) for value in (True, False))
    return Truth(yes, never) if node.this else Truth(never, yes)


def _negative(compiler: _Compiler, node: Expression) -> Value:
    inner = node.this.unnest()
    if isinstance(inner, exp.Literal) and not inner.is_string:
        return _literal(compiler, inner, sign=-1)
    return numbers.negative(compiler.nodes, compiler.value(inner))


def _is(compiler: _Compiler, node: Expression) -> Value:
    value, wanted = compiler.value(node.this), node.expression
    if isinstance(wanted, exp.Boolean):
        return logic.is_truth(compiler.nodes, value, bool(wanted.this))
    if isinstance(wanted, exp.Null):
        return logic.is_null(compiler.nodes, value)
    raise UnsupportedSqlError("IS of something else")


def _in(compiler: _Compiler, node: Expression) -> Value:
    if not node.expressions or node.args.get("query") or node.args.get("unnest"):
        raise UnsupportedSqlError("IN of a query")
    return logic.among(compiler.nodes, compiler.value(node.this), compiler.values(node.expressions))


def _case(compiler: _Compiler, node: Expression) -> Value:
    subject = None if node.this is None else compiler.value(node.this)
    branches = []
    for branch in node.args["ifs"]:
        when = compiler.value(branch.this)
        if subject is not None:
            when = comparisons.compare(compiler.nodes, "=", subject, when)
        branches.append((when, compiler.value(branch.args["true"])))
    default = node.args.get("default")
    return logic.choose(compiler.nodes, branches, NULL if default is None else compiler.value(default))


def _cast(compiler: _Compiler, node: Expression) -> Value:
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


def _round(compiler: _Compiler, node: Expression) -> Value:
    written = node.args.get("decimals")
    if written is None:
        return numbers.rounded(compiler.nodes, compiler.value(node.this), None)
    inner = written.this if isinstance(written, exp.Neg) else written
    if not isinstance(inner, exp.Literal) or not str(inner.this).isdecimal():
        raise UnsupportedSqlError("round to digits that are not written out")
    digits = int(inner.this) * (-1 if written is not inner else 1)
    return numbers.rounded(compiler.nodes, compiler.value(node.this), digits)


def _log(compiler: _Compiler, node: Expression) -> Value:
    if node.expression is None or str(node.this.this) != "10":
        raise UnsupportedSqlError("a logarithm to another base")
    return numbers.log10(compiler.nodes, compiler.value(node.expression))


def _extract(compiler: _Compiler, node: Expression) -> Value:
    return _part(compiler, node.this.name.lower(), node.expression)


def _part(compiler: _Compiler, name: str, of: Expression) -> Value:
    if name not in times.PARTS:
        raise UnsupportedSqlError(f"{name} of a moment")
    return times.part(compiler.nodes, name, compiler.value(of))


def _called(compiler: _Compiler, node: Expression) -> Value:
    name = str(node.this).lower()
    if len(node.expressions) != 1:
        raise UnsupportedSqlError(f"the function {name}")
    if name == "isfinite":
        return numbers.finite(compiler.nodes, compiler.value(node.expressions[0]))
    return _part(compiler, name, node.expressions[0])


def _unary(function: Callable[[Nodes, Value], Value]) -> _Compile:
    return lambda compiler, node: function(compiler.nodes, compiler.value(node.this))


def _binary(function: Callable[[Nodes, Value, Value], Value]) -> _Compile:
    return lambda compiler, node: function(compiler.nodes, compiler.value(node.this), compiler.value(node.expression))


def _operator(function: Callable[[Nodes, str, Value, Value], Value], operator: str) -> _Compile:
    return _binary(lambda nodes, a, b: function(nodes, operator, a, b))


def _extreme(operator: str) -> _Compile:
    return lambda compiler, node: comparisons.outermost(
        compiler.nodes, compiler.values([node.this, *node.expressions]), operator
    )


def _time(name: str) -> _Compile:
    return lambda compiler, node: _part(compiler, name, node.this)


_COMPILERS: dict[type[Expression], _Compile] = {
    exp.Column: _name,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Null: lambda compiler, node: NULL,
    exp.Paren: lambda compiler, node: compiler.value(node.this),
    # Every expression is tried anyway: what fails is missing.
    exp.Try: lambda compiler, node: compiler.value(node.this),
    exp.Neg: _negative,
    exp.Add: _operator(numbers.arithmetic, "+"),
    exp.Sub: _operator(numbers.arithmetic, "-"),
    exp.Mul: _operator(numbers.arithmetic, "*"),
    exp.Div: _binary(numbers.quotient),
    exp.Mod: _binary(numbers.remainder),
    exp.EQ: _operator(comparisons.compare, "="),
    exp.NEQ: _operator(comparisons.compare, "<>"),
    exp.LT: _operator(comparisons.compare, "<"),
    exp.LTE: _operator(comparisons.compare, "<="),
    exp.GT: _operator(comparisons.compare, ">"),
    exp.GTE: _operator(comparisons.compare, ">="),
    exp.Between: lambda compiler, node: logic.between(
        compiler.nodes, *(compiler.value(node.args[part]) for part in ("this", "low", "high"))
    ),
    exp.In: _in,
    exp.And: _binary(logic.conjunction),
    exp.Or: _binary(logic.disjunction),
    exp.Not: _unary(logic.negation),
    exp.Is: _is,
    exp.Case: _case,
    exp.Coalesce: lambda compiler, node: logic.first_known(
        compiler.nodes, compiler.values([node.this, *node.expressions])
    ),
    exp.Nullif: _binary(logic.null_if),
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Least: _extreme("<"),
    exp.Greatest: _extreme(">"),
    exp.Abs: _unary(numbers.absolute),
    exp.Round: _round,
    exp.Floor: _unary(numbers.of_number("Floor")),
    exp.Ceil: _unary(numbers.of_number("Ceil")),
    exp.Ln: _unary(numbers.of_number("Log", "Greater")),
    exp.Log: _log,
    exp.Exp: _unary(numbers.of_number("Exp")),
    exp.Sqrt: _unary(numbers.of_number("Sqrt", "GreaterOrEqual")),
    exp.Pow: _binary(numbers.power),
    exp.Sign: _unary(numbers.sign),
    exp.IsNan: _unary(numbers.is_nan),
    exp.Anonymous: _called,
    exp.Extract: _extract,
    exp.TimeToUnix: _time("epoch"),
    exp.Year: _time("year"),
    exp.Quarter: _time("quarter"),
    exp.Month: _time("month"),
    exp.Week: _time("week"),
    exp.Day: _time("day"),
    exp.DayOfMonth: _time("day"),
    exp.DayOfWeek: _time("dayofweek"),
    exp.DayOfWeekIso: _time("isodow"),
    exp.DayOfYear: _time("dayofyear"),
    exp.Hour: _time("hour"),
    exp.Minute: _time("minute"),
    exp.Second: _time("second"),
}
