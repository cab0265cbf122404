import json
from pathlib import Path
from typing import Any

from tests.conftest import job_of
from training.job import parse_job
from training.sql import compile_on_demand, literals_by_column
from training.sql.reference import engine_sql

PARTS: dict[str, Any] = {
    "requestFields": [
        {"name": "amount", "type": "number", "minimum": 0, "required": True},
        {"name": "paid_at", "type": "timestamp"},
        {"name": "currency", "type": "string", "values": ["EUR", "USD"]},
    ],
    "stored": [{"name": "mean", "type": "number"}, {"name": "member", "type": "boolean"}],
    "features": [
        {"name": "ratio", "type": "number", "sql": "amount / nullif(mean, 0)"},
        {"name": "odd_hour", "type": "boolean", "sql": "hour(paid_at) NOT BETWEEN 6 AND 22"},
        {"name": "risky", "type": "boolean", "sql": "odd_hour AND ratio > 3 OR member"},
        {"name": "shouted", "type": "string", "sql": "upper(currency)"},
    ],
}
INPUTS = [
    {"name": "mean", "type": "number"},
    {"name": "age", "type": "number"},
    {"name": "ratio", "type": "number"},
    {"name": "risky", "type": "number"},
    {"name": "shouted", "type": "string"},
]


def _prelude(features: list[dict[str, str]] | None = None, inputs: list[dict[str, str]] | None = None):
    parts = PARTS if features is None else {**PARTS, "features": features}
    job = parse_job(json.dumps(job_of(Path("/x"), inputs=inputs or INPUTS, onDemand=parts)))
    found = compile_on_demand(job)
    assert found is not None
    return found


def test_a_job_without_on_demand_features_has_no_prelude():
    assert compile_on_demand(parse_job(json.dumps(job_of(Path("/x"))))) is None


def test_the_graph_takes_what_features_are_computed_from_instead_of_them():
    prelude = _prelude()
    assert [column.name for column in prelude.computed] == ["ratio", "risky"]
    assert [feature.name for feature in prelude.features] == ["ratio", "odd_hour", "risky"]
    assert [column.name for column in prelude.inputs] == ["mean", "age", "shouted", "amount", "paid_at", "member"]
    assert set(prelude.sources) == {"amount", "paid_at", "mean", "member"}


def test_sources_are_not_rounded_and_keep_their_contract():
    by_name = {column.name: column.model_dump(exclude_none=True) for column in _prelude().inputs}
    assert by_name["age"] == {"name": "age", "type": "number"}
    assert by_name["mean"] == {"name": "mean", "type": "number", "precision": "double", "declared": "number"}
    request = {"source": "request", "precision": "double"}
    assert by_name["paid_at"] == {"name": "paid_at", "type": "number", "declared": "timestamp", **request}
    contract = {"declared": "number", "minimum": 0, "required": True}
    assert by_name["amount"] == {"name": "amount", "type": "number", **contract, **request}


def test_what_a_graph_cannot_compute_is_left_with_its_fields_alone():
    left = _prelude().left
    assert left is not None
    assert [feature.name for feature in left.features] == ["shouted"]
    assert ([field.name for field in left.request_fields], left.stored) == (["currency"], ())


def test_features_before_and_behind_a_left_one_are_left_with_it():
    features = [
        {"name": "ratio", "type": "number", "sql": "amount / mean"},
        {"name": "code", "type": "string", "sql": "currency || CAST(CAST(ratio AS BIGINT) AS VARCHAR)"},
        {"name": "risky", "type": "boolean", "sql": "code = 'EUR3'"},
        {"name": "double", "type": "number", "sql": "amount * 2"},
    ]
    prelude = _prelude(features, [*INPUTS[:4], {"name": "double", "type": "number"}])
    assert prelude.left is not None
    assert [feature.name for feature in prelude.left.features] == ["ratio", "code", "risky"]
    assert [column.name for column in prelude.computed] == ["double"]


def test_what_an_unreadable_expression_may_need_is_left_with_it():
    features = [
        {"name": "ratio", "type": "number", "sql": "amount / mean"},
        {"name": "risky", "type": "boolean", "sql": "ratio >"},
        {"name": "double", "type": "number", "sql": "amount * 2"},
    ]
    prelude = _prelude(features, [*INPUTS[:4], {"name": "double", "type": "number"}])
    assert prelude.left is not None
    assert [feature.name for feature in prelude.left.features] == ["ratio", "risky"]
    assert [field.name for field in prelude.left.request_fields] == ["amount", "paid_at", "currency"]


def test_a_feature_that_no_input_needs_is_not_computed():
    prelude = _prelude(inputs=INPUTS[:3])
    assert [feature.name for feature in prelude.features] == ["ratio"]
    assert prelude.sources == ("amount", "mean")


def test_numbers_of_expressions_are_told_by_the_columns_beside_them():
    assert literals_by_column(_prelude())["paid_at"] == [6.0, 22.0]


def test_the_engine_is_given_typed_literals_and_told_to_try():
    assert engine_sql("a / 2") == '("#a" / CAST(2 AS BIGINT))'
    assert engine_sql("-1.5 + b") == '(TRY((-1.5e0) + "#b"))'
    assert engine_sql("a::INT") == '(TRY_CAST("#a" AS BIGINT))'
