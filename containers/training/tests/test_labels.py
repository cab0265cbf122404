import pandas as pd
import pytest

from training.errors import TrainingError
from training.job import Label
from training.labels import binary_labels


@pytest.mark.parametrize(
    ("values", "positive", "labels", "classes"),
    [
        (["Yes", "No", "Yes"], "Yes", [1, 0, 1], ("No", "Yes")),
        ([0, 1, 1], 1, [0, 1, 1], ("0", "1")),
        ([0.0, 1.0], "1", [0, 1], ("0", "1")),
        (["1", "0"], 1, [1, 0], ("0", "1")),
        ([True, False], 1, [1, 0], ("false", "true")),
        ([True, False], "false", [0, 1], ("true", "false")),
    ],
)
def test_positive_is_found_whatever_the_column_is_stored_as(values, positive, labels, classes):
    found, names = binary_labels(pd.Series(values), Label(name="y", positive=positive))
    assert found.tolist() == labels
    assert names == classes


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
        binary_labels(pd.Series(values, dtype=object), Label(name="y", positive="Yes"))
    assert caught.value.code == code
    assert "y" in caught.value.message
