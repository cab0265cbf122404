"""On-demand features as the engine of the training data computes them: what a graph is held against."""

import duckdb
import numpy as np
import pandas as pd
from sqlglot import exp
from sqlglot.expressions.core import Expression

from training.job import OnDemandField
from training.sql.expression import parsed
from training.sql.prelude import Prelude

_TYPES = {"number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN", "string": "VARCHAR", "timestamp": "TIMESTAMP"}
#: Where the engine has errors for some values, it is told to give NULL there.
_MAY_FAIL = (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg, exp.Abs)


def computed_by_engine(prelude: Prelude, sources: pd.DataFrame) -> pd.DataFrame:
    """Compute a graph's features in DuckDB.

    Parameters
    ----------
    prelude : Prelude
    sources : DataFrame
        Float64 columns with NaN and texts with ``""`` for missing, by ``prelude.sources``.

    Returns
    -------
    DataFrame
        Float32 and texts by ``prelude.computed``, as models take them; a row for each row.
    """
    table = engine_table(prelude, sources)
    columns = {column.name: _as_model_takes(table[column.name], column.type) for column in prelude.computed}
    return pd.DataFrame({n: pd.Series(v, sources.index, v.dtype) for n, v in columns.items()}, sources.index)


def engine_table(prelude: Prelude, sources: pd.DataFrame) -> pd.DataFrame:
    """Compute them as the engine gives them: numbers as float64, missing as it writes them."""
    given = pd.DataFrame({name: sources[name].to_numpy() for name in prelude.sources})
    given["#row"] = np.arange(len(given))
    with duckdb.connect(config={"threads": 1, "enable_external_access": False}) as connection:
        connection.register("given", given)
        return connection.execute(_query(prelude)).df()


def _query(prelude: Prelude) -> str:
    declared = ", ".join(f"{_declared(field)} AS {_quoted(_own(field.name))}" for field in prelude.fields)
    rows = f'SELECT "#row", {declared} FROM given'
    for feature in prelude.features:
        value = f"CAST({engine_sql(feature.sql)} AS {_TYPES[feature.type]})"
        if feature.type == "number":
            value = f"CASE WHEN isfinite({value}) THEN {value} END"
        rows = f"SELECT *, {value} AS {_quoted(_own(feature.name))} FROM ({rows})"
    types = {feature.name: feature.type for feature in prelude.features}
    shown = ", ".join(f"{_kept(c.name, types[c.name])} AS {_quoted(c.name)}" for c in prelude.computed)
    return f'SELECT {shown} FROM ({rows}) ORDER BY "#row"'


def _declared(field: OnDemandField) -> str:
    name = _quoted(field.name)
    if field.type == "string":
        return f"nullif({name}, '')"
    number = f"CASE WHEN NOT isnan({name}) THEN {name} END"
    if field.type == "timestamp":
        return f"make_timestamp(CAST(round({number} * 1e6) AS BIGINT))"
    return f"TRY_CAST({number} AS {_TYPES[field.type]})"


def _kept(name: str, kind: str) -> str:
    column = _quoted(_own(name))
    if kind == "timestamp":
        return f"epoch({column})"
    return column if kind == "string" else f"CAST({column} AS DOUBLE)"


def engine_sql(sql: str) -> str:
    """Text for the engine of an expression that a graph can compute: literals typed, failures NULL.

    Examples
    --------
    >>> engine_sql("a / 2")
    '("#a" / CAST(2 AS BIGINT))'
    """
    tree = exp.Paren(this=parsed(sql))
    # From the leaves up: a node that is replaced takes those below it along.
    for node in reversed(list(tree.walk())):
        typed = _typed(node)
        if typed is not node:
            node.replace(typed)
    return tree.sql(dialect="duckdb")


def _typed(node: Expression) -> Expression:
    if isinstance(node, exp.Column):
        return exp.column(_own(node.name), quoted=True)
    if isinstance(node, exp.Literal):
        return node if node.is_string or _is_part(node) else _number(str(node.this))
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return node if _is_digits(node) else _number(f"-{node.this.this}")
    return _tried(node) if isinstance(node, exp.Cast) else _called(node)


def _called(node: Expression) -> Expression:
    found = exp.Try(this=node.copy()) if isinstance(node, _MAY_FAIL) else node
    if isinstance(node, exp.Sign):
        found = exp.cast(node.copy(), "BIGINT")
    elif isinstance(node, exp.Log):
        log10 = exp.Anonymous(this="log10", expressions=[node.expression.copy()])
        found = _where_it_is(log10, node.expression, "> 0")
    elif isinstance(node, exp.Ln | exp.Sqrt):
        found = _where_it_is(node, node.this, "> 0" if isinstance(node, exp.Ln) else ">= 0")
    elif isinstance(node, exp.Round) and isinstance(node.args.get("decimals"), exp.Neg):
        found = _where_it_is(node, node.this, "IS NULL OR isfinite({0})", "ELSE 0")
    return found


def _where_it_is(node: Expression, operand: Expression, condition: str, otherwise: str = "") -> Expression:
    """Keep a function whose domain this engine's versions do not agree on, within that of the platform."""
    value, text = node.sql(dialect="duckdb"), operand.sql(dialect="duckdb")
    return parsed(f"(CASE WHEN {text} {condition.format(text)} THEN {value} {otherwise} END)")


def _is_part(node: exp.Literal) -> bool:
    """Whether it is no value of its own: digits of round, base of log10, behind a minus."""
    return _is_digits(node) or isinstance(node.parent, exp.Log | exp.Neg)


def _is_digits(node: Expression) -> bool:
    return isinstance(node.parent, exp.Round) and node.arg_key == "decimals"


def _tried(node: exp.Cast) -> Expression:
    kind = node.to.this.name
    if kind.startswith("TIMESTAMP"):
        return node
    return exp.TryCast(this=node.this.copy(), to=exp.DataType.build("BIGINT" if "INT" in kind else kind))


def _number(text: str) -> Expression:
    if text.removeprefix("-").isdecimal():
        return exp.cast(exp.Literal.number(text), "BIGINT")
    # An exponent makes it a DOUBLE; without one it would be a DECIMAL, which computes otherwise.
    short = repr(float(text))
    return exp.Paren(this=exp.Literal(this=short if "e" in short else f"{short}e0", is_string=False))


def _own(name: str) -> str:
    # No column of a person's may begin so.
    return f"#{name}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_model_takes(column: pd.Series, kind: str) -> np.ndarray:
    if kind == "string":
        return column.astype(object).where(column.notna(), "").to_numpy(dtype=object)
    with np.errstate(over="ignore"):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan).astype(np.float32)
    return np.where(np.isinf(numbers), np.float32(np.nan), numbers)
