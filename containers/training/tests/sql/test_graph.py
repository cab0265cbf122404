import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql_rows import FIELDS, FORMS, NEAR_FORMS, by_graph, differences, expressions, prelude_of, rows_of

ROWS = rows_of(400, seed=1)
EVERY_FORM = [(kind, form) for kind, forms in FORMS.items() for form in forms]


def _filled(form: str) -> str:
    """A form over columns of its types, each another one while there are some."""
    seen: dict[str, int] = {}

    def column(found: re.Match[str]) -> str:
        names = [name for name, kind in FIELDS.items() if kind == found[1]]
        seen[found[1]] = seen.get(found[1], -1) + 1
        return names[seen[found[1]] % len(names)]

    return re.sub(r"\{(\w+)\}", column, form)


@pytest.mark.parametrize(("kind", "form"), EVERY_FORM, ids=[form for _, form in EVERY_FORM])
def test_every_operator_answers_as_the_engine_to_the_bit_also_where_something_is_missing(kind, form):
    prelude = prelude_of(("f", kind, _filled(form)))
    assert prelude.features, "stayed outside of the graph"
    assert differences(prelude, ROWS).empty


@pytest.mark.parametrize("form", NEAR_FORMS)
def test_logarithms_and_powers_answer_as_the_engine_but_for_the_last_digits(form):
    prelude = prelude_of(("f", "number", _filled(form)))
    assert prelude.features, "stayed outside of the graph"
    assert differences(prelude, ROWS, relative=1e-13).empty


@settings(max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(list(FORMS)).flatmap(lambda kind: st.tuples(st.just(kind), expressions(kind))))
def test_random_expressions_answer_as_the_engine_to_the_bit(case):
    kind, sql = case
    prelude = prelude_of(("f", kind, sql))
    if prelude.features:
        wrong = differences(prelude, ROWS)
        assert wrong.empty, f"{sql}\n{wrong.head(3).to_string()}"


@settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(expressions("number"), expressions("boolean"))
def test_features_take_those_before_them_as_the_engine_does(number, boolean):
    prelude = prelude_of(
        ("first", "number", number),
        ("second_one", "boolean", f"first > 2 OR ({boolean})"),
        ("third", "number", "CASE WHEN second_one THEN first / 3 ELSE coalesce(first, -1) END"),
    )
    if prelude.features:
        assert differences(prelude, ROWS).empty


@pytest.mark.parametrize(
    "sql", ["(1.0 / a) * b", "b * (1 / (a * 3))", "(2 - 1) / a * b", "1 % i", "(1 % i) + (7 % (i - 1))"]
)
def test_what_the_runtime_would_make_one_division_of_stays_two(sql):
    assert differences(prelude_of(("f", "integer" if "%" in sql else "number", sql)), rows_of(3_000, seed=2)).empty


@pytest.mark.parametrize(
    ("sql", "value", "expected"),
    [
        ("a / b", {"a": 1.0, "b": 0.0}, np.nan),
        ("coalesce(a / b, 7)", {"a": 0.0, "b": 0.0}, np.nan),
        ("CASE WHEN a / b > 3 THEN 1 ELSE 0 END", {"a": 0.0, "b": 0.0}, 1.0),
        ("coalesce(ln(a), 7)", {"a": 0.0}, 7.0),
        ("coalesce(sqrt(a), 7)", {"a": -1.0}, 7.0),
        ("round(a)", {"a": 2.5}, 3.0),
        ("CAST(CAST(a AS BIGINT) AS DOUBLE)", {"a": 2.5}, 2.0),
        ("coalesce(CAST(a AS BIGINT), 7)", {"a": 1e300}, 7.0),
        ("coalesce(i + 9223372036854775807, 7)", {"i": 1.0}, 7.0),
        ("CASE WHEN a IN (1, NULL) THEN 1 WHEN NOT (a IN (1, NULL)) THEN 2 ELSE 3 END", {"a": 4.0}, 3.0),
        ("log10(a)", {"a": 1000.0}, 3.0),
        ("hour(t) + 100 * dayofweek(t)", {"t": 1_709_164_800.0 + 23 * 3_600}, 423.0),
    ],
)
def test_answers_that_the_documentation_of_expressions_promises(sql, value, expected):
    row = pd.DataFrame({name: [value.get(name, "" if kind == "string" else np.nan)] for name, kind in FIELDS.items()})
    found = by_graph(prelude_of(("f", "number", sql)), row)["f"].iloc[0]
    assert found == expected or (np.isnan(found) and np.isnan(expected))


@pytest.mark.parametrize(
    "sql",
    [
        "length(s)",
        "s < u",
        "s || u",
        "s LIKE 'E%'",
        "least(s, u)",
        "CAST(s AS DOUBLE)",
        "CAST(a AS VARCHAR)",
        "nosuch + 1",
        "a + s",
        "sum(a)",
        "(SELECT 1)",
        "a +",
        "round(a, i)",
        "log(2, a)",
        "1",
    ],
)
def test_what_has_no_operators_stays_outside(sql):
    assert not prelude_of(("f", "number", sql)).features


def test_a_batch_of_nothing_and_one_of_one_row_are_answered():
    prelude = prelude_of(("f", "number", "CASE WHEN s = u THEN a END"), ("g", "string", "coalesce(s, 'none')"))
    assert len(by_graph(prelude, ROWS.head(0))) == 0
    assert len(by_graph(prelude, ROWS.head(1))) == 1
