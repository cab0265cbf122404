import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from training.data.labels import class_name, labels_of
from training.data.reading import LABEL, SPLIT, Wanted, read_table, wanted_columns
from training.errors import TrainingError
from training.job import TrainingJob
from training.problem import Problem, problem_named

#: So many rows with one class mean that the label is wrong, fewer mean that there are too few.
_ENOUGH_TO_MEET_ALL = 20
#: Rows to measure on: fewer give no R².
_LEAST_NUMBERS = 2
SPLITS = ("train", "validation", "test")
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Split:
    """Rows of one split.

    Attributes
    ----------
    frame : DataFrame
        Model inputs as the graph takes them: float32 with NaN for missing, objects with ``""``; features that are
        computed on demand are there as the data set has them.
    y : ndarray, shape (n,)
        Positions of classes (int64) or numbers (float64).
    sources : DataFrame
        Columns that on-demand features are computed from: float64 with NaN (booleans 0 and 1, times seconds since
        1970), objects with ``""``.
    sensitive : DataFrame
        Columns whose groups fairness compares, as text with ``""`` for missing.
    """

    frame: pd.DataFrame
    y: np.ndarray
    sources: pd.DataFrame
    sensitive: pd.DataFrame


@dataclass(frozen=True)
class Dataset:
    """A training set, split; ``classes`` are the names of the classes in the order of ``y``, none for numbers."""

    train: Split
    validation: Split
    test: Split
    classes: tuple[str, ...]
    sha256: str
    rows_without_label: int = 0
    #: Contract ``TrainingWarning`` each.
    warnings: list[dict[str, str]] = field(default_factory=list)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each split."""
        return {name: len(getattr(self, name).y) for name in SPLITS}


def load(job: TrainingJob, files: Sequence[Path]) -> Dataset:
    """Read a training set from Parquet files, in the order of the entity key.

    Rows without a label are left out, counted and warned of.

    Parameters
    ----------
    job : TrainingJob
        Names the columns and the problem.
    files : sequence of Path
        At least one Parquet file.

    Raises
    ------
    TrainingError
        ``COLUMN_MISSING``, ``TYPE_MISMATCH``, ``SOURCE_INVALID``, ``LABEL_HAS_ONE_CLASS``, ``TOO_FEW_ROWS`` or
        ``INVALID_REQUEST``.
    """
    problem = problem_named(job.problem)
    table = read_table(job, files)
    labelled = table[table[LABEL].notna()].reset_index(drop=True)
    y, classes = labels_of(labelled[LABEL], job.label, problem)
    parts = _parts(job, labelled, y)
    _require_rows(job, problem, parts, classes)
    without = len(table) - len(labelled)
    warnings = _without_label(job, without, len(table))
    return Dataset(**parts, classes=classes, sha256=_sha256(files), rows_without_label=without, warnings=warnings)


def _parts(job: TrainingJob, table: pd.DataFrame, y: np.ndarray) -> dict[str, Split]:
    names = table[SPLIT].fillna("")
    strange = sorted(set(names) - set(SPLITS))
    if strange:
        raise TrainingError(
            "INVALID_REQUEST", f"column {job.split_column} holds {strange[:3]}; allowed are {', '.join(SPLITS)}"
        )
    frame, sources, sensitive = (_frame(job, table, role) for role in ("input", "source", "sensitive"))
    whole = Split(frame, y, sources, sensitive)
    return {split: _rows(whole, (names == split).to_numpy()) for split in SPLITS}


def _rows(whole: Split, chosen: np.ndarray) -> Split:
    frames = (whole.frame, whole.sources, whole.sensitive)
    frame, sources, sensitive = (part[chosen].reset_index(drop=True) for part in frames)
    return Split(frame, whole.y[chosen], sources, sensitive)


def _frame(job: TrainingJob, table: pd.DataFrame, role: str) -> pd.DataFrame:
    wanted = [column for column in wanted_columns(job) if column.role == role]
    columns = {column.column: _values(column, table[column.name]) for column in wanted}
    return pd.DataFrame(columns, index=table.index)


def _values(wanted: Wanted, column: pd.Series) -> np.ndarray | pd.Series:
    if wanted.kind == "text":
        codes, values = pd.factorize(column.to_numpy(dtype=object))
        names = np.array([*(class_name(value) for value in values), ""], dtype=object)
        return pd.Series(names[codes], index=column.index, dtype=object)
    if wanted.kind == "string":
        return column.astype(object).fillna("")
    wide = column.to_numpy(dtype=np.float64, na_value=np.nan)
    _require_finite(wanted.column, wide)
    return wide.astype(np.float32) if wanted.role == "input" else wide


def _require_finite(name: str, values: np.ndarray) -> None:
    wild = np.abs(values) > _LARGEST
    if wild.any():
        raise TrainingError(
            "TYPE_MISMATCH",
            f"column {name} holds {values[wild][0]} ({int(wild.sum())} rows); allowed are numbers within ±3.4e38 or "
            "NULL; set such values to NULL in the features SQL",
        )


def _require_rows(job: TrainingJob, problem: Problem, parts: dict[str, Split], classes: tuple[str, ...]) -> None:
    for name, part in parts.items():
        folds = job.search.folds if name == "train" else 1
        if not problem.is_classification:
            _require_count(name, len(part.y), _LEAST_NUMBERS * folds)
        elif problem.is_binary or name == "train":
            _require_classes(name, np.bincount(part.y, minlength=len(classes)), classes, folds)
        else:
            # A rare one of several classes can be missing here: figures are means over those that are there.
            _require_count(name, len(np.unique(part.y)), 2)


def _require_count(split: str, count: int, least: int) -> None:
    if count < least:
        raise TrainingError(
            "TOO_FEW_ROWS",
            f"the {split} split has {count} rows or classes; it needs at least {least}; give more data or fewer folds",
        )


def _require_classes(split: str, counts: np.ndarray, classes: tuple[str, ...], least: int) -> None:
    if counts.min() >= least:
        return
    seen = ", ".join(f"{count} of {name}" for name, count in zip(classes, counts, strict=True) if count < least)
    seen = f"the {split} split has {counts.sum()} rows, {seen}"
    if counts.sum() >= _ENOUGH_TO_MEET_ALL and np.count_nonzero(counts) == 1:
        raise TrainingError(
            "LABEL_HAS_ONE_CLASS", f"{seen}; it needs rows of every class; check the label and the stratified split"
        )
    raise TrainingError(
        "TOO_FEW_ROWS",
        f"{seen}; it needs at least {least} of each; give more data or fewer folds, or group rare classes in the "
        "features SQL",
    )


def _without_label(job: TrainingJob, without: int, rows: int) -> list[dict[str, str]]:
    if not without:
        return []
    message = (
        f"{without} of {rows} rows have no {job.label.name} and were left out; "
        "where that is many, check the source or the date range"
    )
    return [{"code": "ROWS_WITHOUT_LABEL", "column": job.label.name, "message": message}]


def _sha256(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
