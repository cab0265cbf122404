from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from training.candidates import Candidate
from training.job import ModelInput

#: A column with more categories keeps the most frequent ones; the others become all zeros, as unknown ones do.
MAX_CATEGORIES = 100
_ONE_HOT: dict[str, Any] = {"handle_unknown": "ignore", "sparse_output": False, "dtype": np.float32}


def preprocessor(inputs: Sequence[ModelInput], scales: bool, frame: pd.DataFrame) -> ColumnTransformer:
    """Prepare raw columns: numbers first (median for missing), then one-hot strings, all float32.

    A missing string is a category of its own; a category that was not there in training becomes all zeros.

    Parameters
    ----------
    inputs : sequence of ModelInput
        Columns to use.
    scales : bool
        Whether numbers are standardised.
    frame : DataFrame
        The rows it will be fitted on: they say which categories there are.
    """
    numbers: list[Any] = [("missing", SimpleImputer(strategy="median", keep_empty_features=True))]
    if scales:
        numbers.append(("scale", StandardScaler()))
    strings = [("one_hot", OneHotEncoder(categories=_categories(inputs, frame), **_ONE_HOT))]
    parts = [("numbers", Pipeline(numbers), names_of(inputs, "number"))]
    parts.append(("strings", Pipeline(strings), names_of(inputs, "string")))
    return ColumnTransformer([part for part in parts if part[2]], sparse_threshold=0)


def _categories(inputs: Sequence[ModelInput], frame: pd.DataFrame) -> list[np.ndarray]:
    # Not the encoder's own max_categories: its group of infrequent ones has no conversion.
    return [_most_frequent(frame[name]) for name in names_of(inputs, "string")]


def _most_frequent(column: pd.Series) -> np.ndarray:
    counts = column.value_counts(sort=False)
    names, rows = counts.index.to_numpy(dtype=object), counts.to_numpy()
    # By name among those equally frequent: the same ones in every process.
    order = np.lexsort((names.astype(str), -rows))
    kept = np.sort(names[order[:MAX_CATEGORIES]])
    # A fold can lack every value of a rare column; an encoder needs one category.
    return kept if len(kept) else np.array([""], dtype=object)


def names_of(inputs: Sequence[ModelInput], kind: str) -> list[str]:
    """Names of the columns of one type, in order."""
    return [column.name for column in inputs if column.type == kind]


def fitted_pipeline(transformer: ColumnTransformer, estimator: Any, candidate: Candidate) -> Pipeline:
    """Join fitted parts into the pipeline that is converted."""
    return Pipeline([("prepare", transformer), ("model", candidate.settle(estimator))])
