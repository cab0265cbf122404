"""Rules for data that a model cannot or should not be made of, on the train split: refused, left out or warned of."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from training.data.dataset import Dataset
from training.data.leakage import require_no_leak
from training.errors import TrainingError
from training.job import ModelInput, TrainingJob
from training.model.pipeline import MAX_CATEGORIES
from training.problem import problem_named

#: A text column with at least this share of different values among at least so many names rows rather than kinds.
_ID_SHARE, _ID_ROWS = 0.95, 50
_RARE_SHARE, _RARE_ROWS = 0.01, 30
_DATE_SHARE, _DATE_SAMPLE = 0.95, 1_000
MAX_GROUPS = 50
_DATE = r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}( .*)?"
_MOST_NAMED = 5
Warnings = list[dict[str, str]]


def checked(job: TrainingJob, data: Dataset) -> tuple[list[ModelInput], Warnings]:
    """Find the columns to learn from.

    Columns that are constant, empty or like ids are left out; the graph still takes them, so that a caller sends the
    same columns whatever the training data was like, and their values change nothing.

    Parameters
    ----------
    job : TrainingJob
    data : Dataset
        Only its train split is looked at, its test split for rows that are in both.

    Returns
    -------
    used : list of ModelInput
    warnings : list of dict
        Contract ``TrainingWarning``: code, column where there is one, message.

    Raises
    ------
    TrainingError
        ``INVALID_REQUEST`` where no column is left, the metric is none of the problem or a fairness column has too many
        groups; ``LEAKAGE_SUSPECTED`` where one feature alone predicts the label.
    """
    problem = problem_named(job.problem)
    problem.require_metric(job.metric)
    _require_groups(data)
    warnings = [warning for column in job.inputs for warning in _column_warnings(column, data.train.frame[column.name])]
    unused = {warning["column"] for warning in warnings if warning["code"] in _LEAVE_OUT}
    used = [column for column in job.inputs if column.name not in unused]
    _require_some(job.inputs, used)
    suspects = [column for column in used if column.name not in job.trusted_features]
    require_no_leak(problem, suspects, data.train, job.label.name)
    return used, [*data.warnings, *warnings, *_repeated_rows(data, used), *_rare_classes(data, job)]


_LEAVE_OUT = ("CONSTANT_COLUMN", "EMPTY_COLUMN", "ID_LIKE_COLUMN")


def _column_warnings(column: ModelInput, values: pd.Series) -> Warnings:
    present = values[values != ""] if column.type == "string" else values[values.notna()]
    different = present.nunique()
    if not len(present):
        return [
            _warning("EMPTY_COLUMN", column, "has no value in the train split and was left out; bring it or drop it")
        ]
    if different == 1 and len(present) == len(values):
        return [_warning("CONSTANT_COLUMN", column, f"is {present.iloc[0]!s:.40} in every row of the train split")]
    return _text_warnings(column, present, different) if column.type == "string" else _id_number(column, present)


def _text_warnings(column: ModelInput, present: pd.Series, different: int) -> Warnings:
    found: Warnings = []
    if _dates(present):
        text = (
            f"holds dates as text, e.g. {present.iloc[0]!s:.40}; as categories they tell little: make numbers of them "
        )
        found.append(_warning("DATE_AS_TEXT", column, text + "in the features SQL, e.g. days between two dates"))
    if len(present) >= _ID_ROWS and different >= _ID_SHARE * len(present):
        text = f"has {different} different texts in {len(present)} rows, like an id, e.g. {present.iloc[0]!s:.40}"
        found.append(_warning("ID_LIKE_COLUMN", column, text))
    elif different > MAX_CATEGORIES:
        text = f"has {different} different texts: the {MAX_CATEGORIES} most frequent are told apart, others count as "
        found.append(_warning("MANY_CATEGORIES", column, text + "unknown; group them in the features SQL"))
    return found


def _dates(present: pd.Series) -> bool:
    sample = present.iloc[:_DATE_SAMPLE].astype(str)
    return bool(sample.str.fullmatch(_DATE).mean() >= _DATE_SHARE)


def _id_number(column: ModelInput, present: pd.Series) -> Warnings:
    steps = np.diff(np.sort(present.to_numpy(dtype=np.float64)))
    if len(present) < _ID_ROWS or not np.isin(steps, (1.0, 2.0, 3.0, 4.0, 5.0)).mean() >= _ID_SHARE:
        return []
    text = "holds nearly every whole number once, like a running number; it was kept: take it out if it is an id"
    return [_warning("ID_LIKE_NUMBER", column, text)]


def _warning(code: str, column: ModelInput, text: str) -> dict[str, str]:
    end = "; it was left out, and its values change nothing" if code in ("CONSTANT_COLUMN", "ID_LIKE_COLUMN") else ""
    return {"code": code, "column": column.name, "message": f"column {column.name} {text}{end}"}


def _require_some(inputs: Sequence[ModelInput], used: Sequence[ModelInput]) -> None:
    if not used:
        names = ", ".join(column.name for column in inputs)
        raise TrainingError(
            "INVALID_REQUEST",
            f"every input is constant, empty or like an id in the train split ({names}); nothing to learn from: name "
            "features that differ between rows in featureViews",
        )


def _require_groups(data: Dataset) -> None:
    for name in data.test.sensitive:
        groups = len(set(data.test.sensitive[name]))
        if groups > MAX_GROUPS:
            raise TrainingError(
                "INVALID_REQUEST",
                f"fairness column {name} has {groups} values; allowed are {MAX_GROUPS} groups; make bands of it in the "
                "features SQL, e.g. by CASE",
            )


def _repeated_rows(data: Dataset, used: Sequence[ModelInput]) -> Warnings:
    names = [column.name for column in used]
    seen = pd.util.hash_pandas_object(data.train.frame[names], index=False)
    again = int(pd.util.hash_pandas_object(data.test.frame[names], index=False).isin(seen).sum())
    if not again:
        return []
    share = again / len(data.test.y)
    message = (
        f"{again} rows of the test split ({share:.1%}) have the same inputs as a row of the train split: where they "
        "are copies of it, test figures are too good; remove copies in the features SQL"
    )
    return [{"code": "DUPLICATE_ROWS", "message": message}]


def _rare_classes(data: Dataset, job: TrainingJob) -> Warnings:
    if not data.classes:
        return []
    counts = np.bincount(data.train.y, minlength=len(data.classes))
    least = max(_RARE_ROWS, int(_RARE_SHARE * counts.sum()))
    rare = [f"{name} ({count})" for name, count in zip(data.classes, counts, strict=True) if count < least]
    if not rare:
        return []
    message = (
        f"{', '.join(rare[:_MOST_NAMED])} of {counts.sum()} train rows is little to learn a class of {job.label.name} "
        "from: read its figures with care; bring more such rows, or set training.classWeight: balanced"
    )
    return [{"code": "RARE_CLASS", "column": job.label.name, "message": message}]
