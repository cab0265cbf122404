import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.conftest import customers, data_of, house_job, houses, job_of, ticket_job, tickets, write_parquet
from training.data.dataset import Dataset, load
from training.errors import TrainingError
from training.job import parse_job


def loaded(folder: Path, frame: pd.DataFrame, select: str = "*", **changes) -> Dataset:
    files = [write_parquet(frame, folder / "data" / "part.parquet", select)]
    return load(parse_job(json.dumps(job_of(folder, **changes))), files)


def refusal(folder: Path, frame: pd.DataFrame, select: str = "*", **changes) -> TrainingError:
    with pytest.raises(TrainingError) as caught:
        loaded(folder, frame, select, **changes)
    return caught.value


def test_numbers_are_float32_with_nan_and_strings_have_empty_ones(tmp_path):
    data = loaded(tmp_path, customers())
    frame = data.train.frame
    assert frame["charges"].dtype == np.float32
    assert np.isnan(frame["charges"].to_numpy()).any()
    assert frame["region"].dtype == object
    assert "" in set(frame["region"])
    assert frame["empty_string"].unique().tolist() == [""]
    assert data.rows == {"train": 360, "validation": 120, "test": 120}
    assert data.classes == ("no", "yes")


def test_rows_come_in_the_order_of_the_key_however_they_are_stored(tmp_path):
    frame = customers()
    shuffled = frame.sample(frac=1, random_state=1)
    halves = [shuffled.iloc[:200], shuffled.iloc[200:]]
    files = [write_parquet(half, tmp_path / f"{n}.parquet") for n, half in enumerate(halves)]
    split = load(parse_job(json.dumps(job_of(tmp_path))), files)
    pd.testing.assert_frame_equal(split.test.frame, loaded(tmp_path, frame).test.frame)
    np.testing.assert_array_equal(split.train.y, loaded(tmp_path, frame).train.y)


@pytest.mark.parametrize("column", ["charges", "churn", "customer_id", "split"])
def test_a_missing_column_is_named_with_those_there_are(tmp_path, column):
    error = refusal(tmp_path, customers().drop(columns=column))
    assert error.code == "COLUMN_MISSING"
    assert f"no column {column}" in error.message
    assert "tenure" in error.message


@pytest.mark.parametrize(
    ("select", "column"),
    [("* REPLACE ('x' || tenure AS tenure)", "tenure"), ("* REPLACE (length(plan) AS plan)", "plan")],
)
def test_a_type_that_is_not_the_declared_one_is_refused(tmp_path, select, column):
    error = refusal(tmp_path, customers(), select)
    assert error.code == "TYPE_MISMATCH"
    assert f"column {column} is declared" in error.message
    assert "CAST" in error.message


def test_a_column_without_values_may_have_any_type(tmp_path):
    select = "* REPLACE (CAST(NULL AS INTEGER) AS empty_string, CAST(NULL AS VARCHAR) AS empty_number)"
    frame = loaded(tmp_path, customers(), select).train.frame
    assert frame["empty_number"].dtype == np.float32
    assert np.isnan(frame["empty_number"].to_numpy()).all()
    assert set(frame["empty_string"]) == {""}


@pytest.mark.parametrize(
    "select",
    ["* REPLACE (tenure::DECIMAL(9, 2) AS tenure)", "* REPLACE (tenure::HUGEINT AS tenure)", "*"],
)
def test_every_kind_of_number_is_a_number(tmp_path, select):
    assert loaded(tmp_path, customers(), select).train.frame["tenure"].to_numpy().max() == 71


def test_booleans_are_numbers(tmp_path):
    frame = loaded(tmp_path, customers(), "* REPLACE (tenure > 30 AS tenure)").train.frame
    assert set(frame["tenure"].unique()) == {0.0, 1.0}


@pytest.mark.parametrize("value", [1e39, np.inf])
def test_a_number_that_float32_cannot_hold_is_refused(tmp_path, value):
    frame = customers()
    frame.loc[3, "tenure"] = value
    error = refusal(tmp_path, frame)
    assert (error.code, "tenure" in error.message) == ("TYPE_MISMATCH", True)


def test_an_unknown_split_is_refused(tmp_path):
    frame = customers()
    frame.loc[0, "split"] = "holdout"
    error = refusal(tmp_path, frame)
    assert error.code == "INVALID_REQUEST"
    assert "holdout" in error.message


def test_one_class_in_all_or_in_one_split_is_refused(tmp_path):
    frame = customers()
    assert refusal(tmp_path, frame.assign(churn="no")).code == "LABEL_HAS_ONE_CLASS"
    frame.loc[frame["split"] == "test", "churn"] = "no"
    error = refusal(tmp_path, frame)
    assert error.code == "LABEL_HAS_ONE_CLASS"
    assert "test split has 120 rows, 0 of yes" in error.message


def test_too_few_rows_for_the_folds_are_refused(tmp_path):
    assert refusal(tmp_path, customers(10)).code == "TOO_FEW_ROWS"
    frame = customers()
    assert refusal(tmp_path, frame[frame["split"] != "validation"]).code == "TOO_FEW_ROWS"


def test_rows_without_a_label_are_left_out_and_counted(tmp_path):
    frame = customers()
    frame.loc[:9, "churn"] = None
    data = loaded(tmp_path, frame)
    assert data.rows_without_label == 10
    assert sum(data.rows.values()) == 590
    assert data.warnings == [
        {
            "code": "ROWS_WITHOUT_LABEL",
            "column": "churn",
            "message": "10 of 600 rows have no churn and were left out; "
            "where that is many, check the source or the date range",
        }
    ]


def test_several_classes_are_positions_of_sorted_names(tmp_path):
    _, data = data_of(tmp_path, ticket_job(tmp_path), tickets())
    assert data.classes == ("high", "low", "medium")
    frame = tickets()
    expected = frame.loc[frame["split"] == "test", "priority"].map(data.classes.index)
    np.testing.assert_array_equal(data.test.y, expected)
    assert data.test.y.dtype == np.int64


def test_numbers_to_predict_stay_whole_float64(tmp_path):
    _, data = data_of(tmp_path, house_job(tmp_path), houses())
    frame = houses()
    assert data.classes == ()
    np.testing.assert_array_equal(data.test.y, frame.loc[frame["split"] == "test", "price"])


def test_a_class_too_rare_for_the_folds_is_named(tmp_path):
    frame = tickets()
    frame.loc[frame.index[frame["split"] == "train"][:2], "priority"] = "urgent"
    with pytest.raises(TrainingError) as caught:
        data_of(tmp_path, ticket_job(tmp_path), frame)
    assert caught.value.code == "TOO_FEW_ROWS"
    assert "2 of urgent" in caught.value.message
    assert "at least 3" in caught.value.message


ON_DEMAND = {
    "requestFields": [{"name": "amount", "type": "number"}, {"name": "at", "type": "timestamp"}],
    "stored": [{"name": "plan", "type": "string"}, {"name": "active", "type": "boolean"}],
    "features": [{"name": "tenure", "type": "number", "sql": "amount"}],
}
SOURCES = (
    "*, 0.1 + customer_id[2:]::DOUBLE AS amount, TIMESTAMP '2026-01-01 00:00:00.5' AS at, "
    "CASE WHEN tenure > 9 THEN tenure > 30 END AS active"
)


def test_columns_that_features_are_computed_from_are_not_rounded(tmp_path):
    frame = customers()
    _, data = data_of(tmp_path, job_of(tmp_path, onDemand=ON_DEMAND), frame, SOURCES)
    sources = data.train.sources
    assert [kind.name for kind in sources.dtypes] == ["float64", "float64", "object", "float64"]
    assert list(sources) == ["amount", "at", "plan", "active"]
    assert sources["amount"].iloc[1] == 1.1
    assert set(sources["at"]) == {1767225600.5}
    assert {0.0, 1.0} < set(sources["active"])
    assert np.isnan(sources["active"].to_numpy()).any()
    # One column in two roles: rounded as the model takes it, whole where something is computed from it.
    pd.testing.assert_series_equal(sources["plan"], data.train.frame["plan"])


def test_a_missing_source_column_is_named(tmp_path):
    with pytest.raises(TrainingError) as caught:
        data_of(tmp_path, job_of(tmp_path, onDemand=ON_DEMAND), customers())
    assert caught.value.code == "COLUMN_MISSING"
    assert "amount, at, active" in caught.value.message


def test_groups_are_text_however_they_are_stored(tmp_path):
    fairness = {"columns": ["region", "senior", "grade", "member"], "minimumGroupRows": 10}
    select = "*, (tenure > 50)::INTEGER AS senior, (tenure > 50)::DOUBLE AS grade, tenure > 50 AS member"
    _, data = data_of(tmp_path, job_of(tmp_path, fairness=fairness), customers(), select)
    groups = {name: set(data.test.sensitive[name]) for name in data.test.sensitive}
    assert {data.test.sensitive[name].dtype for name in groups} == {np.dtype(object)}
    assert groups == {
        "region": {"", "north", "south", "west"},
        "senior": {"0", "1"},
        "grade": {"0", "1"},
        "member": {"false", "true"},
    }


def test_text_that_is_not_utf8_is_refused_with_its_column(tmp_path):
    frame = customers()
    frame.loc[5, "region"] = "PATCH-ME-HERE"
    path = tmp_path / "data" / "part-0.parquet"
    path.parent.mkdir()
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"COPY frame TO '{path}' (FORMAT parquet, COMPRESSION uncompressed)")
    path.write_bytes(path.read_bytes().replace(b"PATCH-ME-HERE", b"PATCH\xff\xfe\xff-HERE"))
    with pytest.raises(TrainingError) as caught:
        load(parse_job(json.dumps(job_of(tmp_path))), [path])
    assert caught.value.code == "SOURCE_INVALID"
    assert "column region of" in caught.value.message
    assert "UTF-8" in caught.value.message


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    path = tmp_path / "part-0.parquet"
    path.write_text("customer_id,churn\n")
    with pytest.raises(TrainingError) as caught:
        load(parse_job(json.dumps(job_of(tmp_path))), [path])
    assert caught.value.code == "SOURCE_INVALID"


def test_a_date_where_a_number_is_declared_says_how_to_convert_it(tmp_path):
    error = refusal(tmp_path, customers(), "* REPLACE (DATE '2026-01-01' AS tenure)")
    assert error.code == "TYPE_MISMATCH"
    assert "epoch" in error.message
