"""From the tree of a SQL expression to nodes: what each kind of node becomes."""

from collections.abc import Callable

import sqlglot
from sqlglot import exp
from sqlglot.expressions.core import Expression

from training.graph.compose import Nodes
from training.sql import comparisons, forms, logic, numbers
from training.sql.compiler import Compiler, Form, Names
from training.sql.values import NULL, UnsupportedSqlError, Value


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
    return Compiler(nodes, names, _FORMS).value(tree)


def _unary(function: Callable[[Nodes, Value], Value]) -> Form:
    return lambda compiler, node: function(compiler.nodes, compiler.value(node.this))


def _binary(function: Callable[[Nodes, Value, Value], Value]) -> Form:
    return lambda compiler, node: function(compiler.nodes, compiler.value(node.this), compiler.value(node.expression))


def _operator(function: Callable[[Nodes, str, Value, Value], Value], operator: str) -> Form:
    return _binary(lambda nodes, a, b: function(nodes, operator, a, b))


def _extreme(operator: str) -> Form:
    return lambda compiler, node: comparisons.outermost(
        compiler.nodes, compiler.values([node.this, *node.expressions]), operator
    )


def _time(name: str) -> Form:
    return lambda compiler, node: forms.part(compiler, name, node.this)


_FORMS: dict[type[Expression], Form] = {
    exp.Column: forms.column,
    exp.Literal: forms.literal,
    exp.Boolean: forms.boolean,
    exp.Null: lambda compiler, node: NULL,
    exp.Paren: lambda compiler, node: compiler.value(node.this),
    # Every expression is tried anyway: what fails is missing.
    exp.Try: lambda compiler, node: compiler.value(node.this),
    exp.Neg: forms.negative,
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
    exp.In: forms.in_,
    exp.And: _binary(logic.conjunction),
    exp.Or: _binary(logic.disjunction),
    exp.Not: _unary(logic.negation),
    exp.Is: forms.is_,
    exp.Case: forms.case,
    exp.Coalesce: lambda compiler, node: logic.first_known(
        compiler.nodes, compiler.values([node.this, *node.expressions])
    ),
    exp.Nullif: _binary(logic.null_if),
    exp.Cast: forms.cast,
    exp.TryCast: forms.cast,
    exp.Least: _extreme("<"),
    exp.Greatest: _extreme(">"),
    exp.Abs: _unary(numbers.absolute),
    exp.Round: forms.rounded,
    exp.Floor: _unary(numbers.of_number("Floor")),
    exp.Ceil: _unary(numbers.of_number("Ceil")),
    exp.Ln: _unary(numbers.of_number("Log", "Greater")),
    exp.Log: forms.logarithm,
    exp.Exp: _unary(numbers.of_number("Exp")),
    exp.Sqrt: _unary(numbers.of_number("Sqrt", "GreaterOrEqual")),
    exp.Pow: _binary(numbers.power),
    exp.Sign: _unary(numbers.sign),
    exp.IsNan: _unary(numbers.is_nan),
    exp.Anonymous: forms.called,
    exp.Extract: forms.extract,
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
