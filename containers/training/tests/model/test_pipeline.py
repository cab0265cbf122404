import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer

from training.candidates.lightgbm import float32_at_most
from training.job import ModelInput
from training.model.pipeline import MAX_CATEGORIES, preprocessor

NAME = (ModelInput(name="name", type="string"),)
BOTH = (ModelInput(name="a", type="number"), *NAME)


def encoder(inputs, frame: pd.DataFrame, scales: bool = False) -> ColumnTransformer:
    return preprocessor(inputs, scales, frame).fit(frame)


def names(*values: str) -> pd.DataFrame:
    return pd.DataFrame({"name": np.array(values, dtype=object)})


def test_many_categories_are_cut_to_the_most_frequent():
    random = np.random.default_rng(0)
    frame = names(*(f"n{n}" for n in random.zipf(1.3, 3_000) % 400))
    encoded = np.asarray(encoder(NAME, frame).transform(frame))
    assert encoded.shape[1] == MAX_CATEGORIES
    counts = frame["name"].value_counts()
    assert encoded.sum() == counts.iloc[:MAX_CATEGORIES].sum()
    assert encoded.dtype == np.float32


def test_of_equally_frequent_categories_the_first_by_name_stay():
    frame = names(*(f"n{n:03d}" for n in range(150)))
    shuffled = frame.sample(frac=1, random_state=1, ignore_index=True)
    kept = [
        [column.split("_")[-1] for column in encoder(NAME, part).get_feature_names_out()] for part in (frame, shuffled)
    ]
    assert kept[0] == kept[1] == [f"n{n:03d}" for n in range(MAX_CATEGORIES)]


def test_missing_is_a_category_and_unknown_is_none():
    encode = encoder(NAME, names("x", "x", "", "y"))
    np.testing.assert_array_equal(
        encode.transform(names("", "x", "y", "z")), [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    )


def test_a_missing_number_is_the_median_and_scaling_comes_after():
    frame = pd.DataFrame({"a": np.array([1, 2, 9, np.nan], np.float32), "name": ["x", "y", "x", "y"]})
    np.testing.assert_array_equal(encoder(BOTH, frame).transform(frame)[:, 0], [1, 2, 9, 2])
    scaled = encoder(BOTH, frame, scales=True).transform(frame)[:, 0]
    assert scaled.mean() == pytest.approx(0, abs=1e-6)
    assert scaled.std() == pytest.approx(1, abs=1e-6)


def test_a_fold_without_a_value_of_a_column_can_be_prepared():
    frame = pd.DataFrame({"a": np.full(4, np.nan, np.float32), "name": np.full(4, "", dtype=object)})
    later = pd.DataFrame({"a": np.array([3], np.float32), "name": ["x"]})
    assert np.isfinite(encoder(BOTH, frame, scales=True).transform(later)).all()


@pytest.mark.parametrize("value", [0.1, -0.1, 1e-35, 29.85, -1.0000000180025095e-35, 16777217.0])
def test_float32_at_most_is_the_nearest_from_below(value):
    found = np.float32(float32_at_most(value))
    assert float(found) <= value < float(np.nextafter(found, np.float32(np.inf)))
