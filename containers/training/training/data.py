import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from training.errors import TrainingError
from training.job import TrainingJob
from training.labels import binary_labels

#: So many rows with one class mean that the label is wrong, fewer mean that there are too few.
_ENOUGH_TO_MEET_BOTH = 20
SPLITS = ("train", "validation", "test")
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_NUMBERS += ("UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")
_STRINGS = ("VARCHAR", "ENUM")


@dataclass(frozen=True)
class Split:
    """Rows of one split: raw columns as the graph takes them, and 0/1 labels."""

    frame: pd.DataFrame
    labels: np.ndarray


@dataclass(frozen=True)
class Dataset:
    """A training set, split; ``classes`` are the names of the label's two values, negative first."""

    train: Split
    validation: Split
    test: Split
    classes: tuple[str, str]
    sha256: str
    rows_without_label: int

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each split."""
        return {name: len(getattr(self, name).labels) for name in SPLITS}


def load(job: TrainingJob, files: Sequence[Path]) -> Dataset:
    """Read a training set from Parquet files, in the order of the entity key.

    Numbers become float32 with NaN for missing, strings stay strings with ``""`` for missing: what the graph takes.
    Rows without a label are left out and counted.

    Parameters
    ----------
    job : TrainingJob
        Names the columns.
    files : sequence of Path
        At least one Parquet file.

    Raises
    ------
    TrainingError
        ``COLUMN_MISSING``, ``TYPE_MISMATCH``, ``LABEL_HAS_ONE_CLASS``, ``TOO_FEW_ROWS`` or ``INVALID_REQUEST``.
    """
    with duckdb.connect(config={"threads": 1}) as connection:
        source = connection.read_parquet([str(file) for file in files], union_by_name=True)
        types = dict(zip(source.columns, map(str, source.types), strict=True))
        _require_columns(job, types)
        table = connection.execute(_query(job, types), [[str(file) for file in files]]).df()
        filled = _filled(connection, job, files)
    _require_types(job, types, filled)
    labelled = table[table["label_"].notna()].reset_index(drop=True)
    labels, classes = binary_labels(labelled["label_"], job.label)
    parts = _parts(job, labelled, labels)
    return Dataset(**parts, classes=classes, sha256=_sha256(files), rows_without_label=len(table) - len(labelled))


def _require_columns(job: TrainingJob, types: dict[str, str]) -> None:
    wanted = [*job.input_names, job.label.name, job.entity_key, job.split_column]
    missing = [name for name in wanted if name not in types]
    if missing:
        raise TrainingError(
            "COLUMN_MISSING",
            f"the training set has no column {', '.join(missing)}; it has {', '.join(types)}; "
            "add it to the features SQL or take it out of the project",
        )


def _query(job: TrainingJob, types: dict[str, str]) -> str:
    # DECIMAL and HUGEINT come out of DuckDB as objects unless cast.
    columns = [
        f"CAST({_quoted(c.name)} AS DOUBLE) AS {_quoted(c.name)}"
        if c.type == "number" and _kind(types[c.name]) in _NUMBERS
        else _quoted(c.name)
        for c in job.inputs
    ]
    label = f"{_quoted(job.label.name)} AS label_"
    split = f"CAST({_quoted(job.split_column)} AS VARCHAR) AS split_"
    order = f"{_quoted(job.entity_key)} NULLS FIRST"
    return f"SELECT {', '.join([*columns, label, split])} FROM read_parquet(?, union_by_name=true) ORDER BY {order}"


def _filled(connection: duckdb.DuckDBPyConnection, job: TrainingJob, files: Sequence[Path]) -> dict[str, int]:
    counts = ", ".join(f"count({_quoted(name)})" for name in job.input_names)
    found = connection.execute(f"SELECT {counts} FROM read_parquet(?, union_by_name=true)", [[str(f) for f in files]])
    return dict(zip(job.input_names, found.fetchone() or (), strict=True))


def _require_types(job: TrainingJob, types: dict[str, str], filled: dict[str, int]) -> None:
    for column in job.inputs:
        allowed = _NUMBERS if column.type == "number" else _STRINGS
        # A column without a single value has whatever type its writer made up.
        if filled[column.name] and _kind(types[column.name]) not in allowed:
            raise TrainingError(
                "TYPE_MISMATCH",
                f"column {column.name} is declared {column.type} and is {types[column.name]} in the training set; "
                "CAST it in the features SQL or change the type in the feature view",
            )


def _parts(job: TrainingJob, table: pd.DataFrame, labels: np.ndarray) -> dict[str, Split]:
    names = table["split_"].fillna("")
    strange = sorted(set(names) - set(SPLITS))
    if strange:
        raise TrainingError(
            "INVALID_REQUEST", f"column {job.split_column} holds {strange[:3]}; allowed are {', '.join(SPLITS)}"
        )
    raw = _raw(job, table)
    parts = {}
    for split in SPLITS:
        chosen = (names == split).to_numpy()
        parts[split] = Split(raw[chosen].reset_index(drop=True), labels[chosen])
        _require_classes(split, parts[split].labels, job.search.folds if split == "train" else 1)
    return parts


def _raw(job: TrainingJob, table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            c.name: _numbers(c.name, table[c.name]) if c.type == "number" else table[c.name].astype(object).fillna("")
            for c in job.inputs
        }
    )


def _numbers(name: str, column: pd.Series) -> np.ndarray:
    wide = pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(over="ignore"):
        values = wide.astype(np.float32)
    if np.isinf(values).any():
        worst = wide[np.isinf(values)][0]
        raise TrainingError("TYPE_MISMATCH", f"column {name} holds {worst}; allowed are numbers within ±3.4e38 or NULL")
    return values


def _require_classes(split: str, labels: np.ndarray, least: int) -> None:
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if min(positives, negatives) >= least:
        return
    seen = f"the {split} split has {positives} positive and {negatives} negative rows"
    if len(labels) >= _ENOUGH_TO_MEET_BOTH and min(positives, negatives) == 0:
        raise TrainingError("LABEL_HAS_ONE_CLASS", f"{seen}; it needs both; check the label and the stratified split")
    raise TrainingError("TOO_FEW_ROWS", f"{seen}; it needs at least {least} of each; give more data or fewer folds")


def _kind(sql_type: str) -> str:
    return sql_type.split("(", maxsplit=1)[0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sha256(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
