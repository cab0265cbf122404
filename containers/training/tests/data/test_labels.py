import datetime

import numpy as np
import pandas as pd
import pytest

from training.data.labels import labels_of
from training.errors import TrainingError
from training.job import Label
from training.problem import problem_named

BINARY = problem_named("binary-classification")
MULTI = problem_named("multiclass-classification")
NUMBER = problem_named("regression")


@pytest.mark.parametrize(
    ("values", "positive", "labels", "classes"),
    [
        (["Yes", "No", "Yes"], "Yes", [1, 0, 1], ("No", "Yes")),
        ([0, 1, 1], 1, [0, 1, 1], ("0", "1")),
        ([0.0, 1.0], "1", [0, 1], ("0", "1")),
        (["1", "0"], 1, [1, 0], ("0", "1")),
        ([True, False], 1, [1, 0], ("false", "true")),
        ([True, False], "false", [0, 1], ("true", "false")),
        (["no", "yes"], None, [0, 1], ("no", "yes")),
    ],
)
def test_positive_is_found_whatever_the_column_is_stored_as(values, positive, labels, classes):
    found, names = labels_of(pd.Series(values), Label(name="y", positive=positive), BINARY)
    assert found.tolist() == labels
    assert names == classes


@pytest.mark.parametrize(
    ("values", "y", "classes"),
    [
        (["b", "a", "c", "a"], [1, 0, 2, 0], ("a", "b", "c")),
        # Numbers by their value, not by their text.
        ([10, 9, 2, 10], [2, 1, 0, 2], ("2", "9", "10")),
        (["10", "9", "-2"], [2, 1, 0], ("-2", "9", "10")),
        ([1.0, 0.5, 2.0], [1, 0, 2], ("0.5", "1", "2")),
        # "nan" and "inf" are texts like any other.
        (["nan", "inf", "1"], [2, 1, 0], ("1", "inf", "nan")),
    ],
)
def test_classes_come_in_one_order_whatever_the_order_of_rows(values, y, classes):
    for order in (np.arange(len(values)), np.arange(len(values))[::-1]):
        found, names = labels_of(pd.Series(values).iloc[order], Label(name="y"), MULTI)
        assert found.tolist() == [y[place] for place in order]
        assert names == classes


def test_numbers_stay_numbers():
    y, classes = labels_of(pd.Series([0.1, 2, -3.5]), Label(name="y"), NUMBER)
    assert (y.tolist(), y.dtype, classes) == ([0.1, 2.0, -3.5], np.float64, ())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["Yes", "Yes"], "LABEL_HAS_ONE_CLASS"),
        (["a", "b"], "LABEL_HAS_ONE_CLASS"),
        (["Yes", "No", "yes"], "TYPE_MISMATCH"),
        ([0.0, float("inf"), 2.5], "TYPE_MISMATCH"),
        ([], "TOO_FEW_ROWS"),
    ],
)
def test_refuses_what_is_not_two_classes_with_the_positive_one_among_them(values, code):
    with pytest.raises(TrainingError) as caught:
        labels_of(pd.Series(values, dtype=object), Label(name="y", positive="Yes"), BINARY)
    assert caught.value.code == code
    assert "y" in caught.value.message


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        (["a", "a"], "LABEL_HAS_ONE_CLASS", "holds a alone"),
        (["a", "b"], "TYPE_MISMATCH", "binary-classification"),
        ([n / 7 for n in range(1, 300)], "TYPE_MISMATCH", "problem: regression"),
    ],
)
def test_refuses_what_is_not_several_classes_and_says_what_would_do(values, code, said):
    with pytest.raises(TrainingError) as caught:
        labels_of(pd.Series(values), Label(name="grade"), MULTI)
    assert caught.value.code == code
    assert "grade" in caught.value.message
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        (["1", "2"], "TYPE_MISMATCH", "'1'"),
        ([True, False], "TYPE_MISMATCH", "True"),
        ([datetime.datetime(2026, 1, 1), datetime.datetime(2026, 1, 2)], "TYPE_MISMATCH", "CAST"),
        ([1.0, float("inf")], "TYPE_MISMATCH", "inf"),
        ([1.0, -1e39], "TYPE_MISMATCH", "1e+39"),
        ([4, 4, 4], "LABEL_HAS_ONE_CLASS", "4 in every row"),
    ],
)
def test_refuses_what_is_no_number_to_predict(values, code, said):
    with pytest.raises(TrainingError) as caught:
        labels_of(pd.Series(values), Label(name="price"), NUMBER)
    assert caught.value.code == code
    assert "price" in caught.value.message
    assert said in caught.value.message
