"""Random SQL and rows, and both sides of their answers, for tests of what graphs compute."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from onnx import TensorProto

from tests.conftest import job_of
from training.graph.compose import Nodes
from training.graph.graph import Graph
from training.job import parse_job
from training.sql import Prelude, compile_on_demand
from training.sql.reference import engine_table
from training.sql.values import Scalar, always, known_of

_MISSING = "no text at all"

FIELDS = {
    "a": "number",
    "b": "number",
    "i": "integer",
    "j": "integer",
    "p": "boolean",
    "q": "boolean",
    "s": "string",
    "u": "string",
    "t": "timestamp",
}
_NUMBERS = [np.nan, 0.0, -0.0, 0.5, -0.5, 2.5, -1.5, 1.0, 3.0, -7.25, 100.0, 1e-300, 1e300, -1e308, 1e15 + 0.5, 1 / 3]
_WHOLES = [np.nan, 0.0, 1.0, -1.0, 2.0, 7.0, -13.0, 55.0, 2.0**53, -(2.0**62), 2.0**62, 1e15]
_TEXTS = ["", "EUR", "USD", "eur", "ü ☃", "a'b"]
_TIMES = [np.nan, 0.0, 1.5, 951_782_400.0, 1_767_225_599.999999, -1.0, -86_400.25, 4_102_444_800.0, 1_709_164_800.0]
_VALUES: dict[str, list[Any]] = {
    "number": _NUMBERS,
    "integer": _WHOLES,
    "boolean": [np.nan, 0.0, 1.0],
    "string": _TEXTS,
    "timestamp": _TIMES,
}


def prelude_of(*features: tuple[str, str, str], fields: dict[str, str] | None = None) -> Prelude:
    """A prelude of features by name, type and SQL."""
    known = FIELDS if fields is None else fields
    parts = {
        "requestFields": [{"name": name, "type": kind} for name, kind in known.items()],
        "stored": [],
        "features": [{"name": name, "type": kind, "sql": sql} for name, kind, sql in features],
    }
    inputs = [{"name": name, "type": "string" if kind == "string" else "number"} for name, kind, _ in features]
    found = compile_on_demand(parse_job(json.dumps(job_of(Path("/x"), inputs=inputs, onDemand=parts))))
    assert found is not None
    return found


def by_graph(prelude: Prelude, rows: pd.DataFrame) -> pd.DataFrame:
    """What the nodes give before it is rounded for a model: float64 with NaN, texts with ``None``."""
    nodes = Nodes()
    for column in prelude.inputs:
        nodes.input(column.name, TensorProto.STRING if column.type == "string" else TensorProto.DOUBLE)
    for name, value in prelude.values(nodes).items():
        known = known_of(nodes, value) or always(nodes, True)
        kind = TensorProto.STRING if value.type == "string" else TensorProto.DOUBLE
        data = value.data if isinstance(value, Scalar) else value.true
        shown = data if kind == TensorProto.STRING else nodes.add("Cast", data, to=kind)
        missing = nodes.constant(_MISSING, object) if kind == TensorProto.STRING else nodes.constant(np.nan, np.float64)
        nodes.output(name, nodes.add("Where", known, shown, missing), kind, [None, 1])
    found = Graph.load(nodes.model({})).computed(rows)
    return pd.DataFrame({name: _read(found[name]) for name in found}, rows.index)


def _read(column: pd.Series) -> pd.Series:
    return column.where(column != _MISSING, None) if column.dtype == object else column


def differences(prelude: Prelude, rows: pd.DataFrame, relative: float = 0.0) -> pd.DataFrame:
    """Rows on which graph and engine differ, with both answers."""
    graph, engine = by_graph(prelude, rows), engine_table(prelude, rows).set_index(rows.index)
    wrong = pd.Series(False, index=rows.index)
    for feature in prelude.features:
        there = engine[feature.name]
        if feature.type == "timestamp":
            there = (there * 1e6).round()
        wrong |= ~_same(graph[feature.name], there, relative)
    return pd.concat([rows, graph.add_prefix("graph_"), engine.add_prefix("engine_")], axis=1).loc[wrong]


def _same(x: pd.Series, y: pd.Series, relative: float) -> pd.Series:
    missing = x.isna() & y.isna()
    if x.dtype == object:
        return missing | (x == y)
    return missing | (x == y) | ((x - y).abs() <= relative * y.abs())


def rows_of(count: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    columns = {name: [_VALUES[k][n] for n in random.integers(0, len(_VALUES[k]), count)] for name, k in FIELDS.items()}
    return pd.DataFrame({n: np.array(v, dtype=object if FIELDS[n] == "string" else float) for n, v in columns.items()})


def _names(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, one in FIELDS.items() if one == kind])


_LITERALS = {
    "number": st.sampled_from(["0.5", "2.5", "1e3", "1e-9", "0.1", "3.0", "1e300"]),
    "integer": st.sampled_from(["0", "1", "2", "3", "-1", "7", "1000", "9223372036854775807", "-9223372036854775808"]),
    "boolean": st.sampled_from(["TRUE", "FALSE", "NULL"]),
    "string": st.sampled_from(["'EUR'", "'USD'", "'x'", "''"]),
    "timestamp": st.sampled_from(["TIMESTAMP '2026-01-31 23:59:59'", "TIMESTAMP '2000-02-29'"]),
}
FORMS: dict[str, list[str]] = {
    "number": [
        "{number} + {number}",
        "{number} - {integer}",
        "{number} * {number}",
        "{number} / {number}",
        "{integer} / {integer}",
        "{number} % {number}",
        "-({number})",
        "abs({number})",
        "round({number})",
        "round({number}, 2)",
        "round({number}, -2)",
        "floor({number})",
        "ceil({number})",
        "sqrt({number})",
        "least({number}, {number}, {integer})",
        "greatest({number}, {number})",
        "coalesce({number}, {integer}, {number})",
        "nullif({number}, {number})",
        "nullif({number}, 0)",
        "CASE WHEN {boolean} THEN {number} WHEN {boolean} THEN {integer} ELSE {number} END",
        "CASE {integer} WHEN {integer} THEN {number} END",
        "CAST({integer} AS DOUBLE)",
        "CAST({boolean} AS DOUBLE)",
        "epoch({timestamp})",
    ],
    "integer": [
        "{integer} + {integer}",
        "{integer} - {integer}",
        "{integer} * {integer}",
        "{integer} % {integer}",
        "-({integer})",
        "abs({integer})",
        "round(i, -1)",
        "sign({number})",
        "coalesce({integer}, {integer})",
        "nullif({integer}, {integer})",
        "least({integer}, {integer})",
        "CASE WHEN {boolean} THEN {integer} END",
        "CAST({number} AS BIGINT)",
        "{boolean}::INTEGER",
        "hour({timestamp})",
        "EXTRACT(minute FROM {timestamp})",
        "second({timestamp})",
        "dayofweek({timestamp})",
        "isodow({timestamp})",
        "year({timestamp})",
        "month({timestamp})",
        "day({timestamp})",
        "week({timestamp})",
        "quarter({timestamp})",
        "dayofyear({timestamp})",
    ],
    "boolean": [
        "{number} > {number}",
        "{number} <= {integer}",
        "{number} = {number}",
        "{integer} < {integer}",
        "{integer} <> {integer}",
        "{timestamp} >= {timestamp}",
        "{string} = {string}",
        "{string} <> 'EUR'",
        "{boolean} = {boolean}",
        "{boolean} < {boolean}",
        "{boolean} AND {boolean}",
        "{boolean} OR {boolean}",
        "NOT {boolean}",
        "{number} BETWEEN {number} AND {number}",
        "{integer} NOT BETWEEN 2 AND {integer}",
        "{string} IN ('EUR', 'USD')",
        "{string} NOT IN ('EUR', NULL, {string})",
        "{number} IN ({number}, 0.5, NULL)",
        "{integer} IN (1, 2, 7)",
        "{number} IS NULL",
        "{string} IS NOT NULL",
        "{boolean} IS TRUE",
        "{boolean} IS NOT FALSE",
        "isnan({number})",
        "isfinite({number})",
        "coalesce({boolean}, {boolean})",
        "nullif({boolean}, {boolean})",
        "CASE WHEN {boolean} THEN {boolean} ELSE {boolean} END",
        "CAST({number} AS BOOLEAN)",
        "CAST({integer} AS BOOLEAN)",
    ],
    "string": [
        "CASE WHEN {boolean} THEN {string} WHEN {boolean} THEN 'b' ELSE {string} END",
        "coalesce({string}, {string})",
        "nullif({string}, {string})",
        "CAST({integer} AS VARCHAR)",
        "CAST({boolean} AS VARCHAR)",
    ],
    "timestamp": ["coalesce({timestamp}, {timestamp})", "CASE WHEN {boolean} THEN {timestamp} END"],
}
#: Logarithms and powers may differ in the last digit, so nothing that can tell stands around them.
NEAR_FORMS = [
    "ln({number})",
    "log10({number})",
    "exp({number} / 100.0)",
    "pow(abs({number}), 0.5)",
    "power({number}, 2)",
    "ln(1 + exp(-abs({number})))",
]


@st.composite
def expressions(draw: st.DrawFn, kind: str, depth: int = 3) -> str:
    """SQL of a type."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.one_of(_names(kind), _names(kind), _LITERALS[kind]))
    form = draw(st.sampled_from(FORMS[kind]))
    while "{" in form:
        at, end = form.index("{"), form.index("}")
        inner = draw(expressions(form[at + 1 : end], depth - 1))
        form = f"{form[:at]}({inner}){form[end + 1 :]}"
    return form
