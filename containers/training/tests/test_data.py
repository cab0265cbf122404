import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import customers, job_of, write_parquet
from training.data import Dataset, load
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
    np.testing.assert_array_equal(split.train.labels, loaded(tmp_path, frame).train.labels)


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
    assert "test split has 0 positive" in error.message


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
