from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from training.job import ModelInput

UNKNOWN_CATEGORY = "never seen: ☃"
_ROWS_EACH = 3
_VALUES_A_COLUMN = 120
_FAR = (-1e30, -1e9, 1e9, 1e30)


def adversarial_rows(
    frame: pd.DataFrame, inputs: Sequence[ModelInput], thresholds: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Rows on which a graph and its pipeline are most likely to differ.

    Everything missing; each column missing; unknown categories, one and all; far values; and each column at a split's
    threshold (or at a value of the data) and one float32 step to either side.

    Parameters
    ----------
    frame : DataFrame
        Real rows to start from, at least one.
    inputs : sequence of ModelInput
        Columns of the graph.
    thresholds : mapping of str to ndarray
        Split thresholds by raw number column.

    Returns
    -------
    DataFrame
        Up to about 370 rows a column.
    """
    parts = [_all_missing(frame, inputs), _all_unknown(frame, inputs)]
    for column in inputs:
        values = _numbers(frame, column, thresholds) if column.type == "number" else ["", UNKNOWN_CATEGORY]
        parts.append(_with(frame, column.name, list(values)))
    return pd.concat(parts, ignore_index=True).astype(dict(frame.dtypes))


def _all_missing(frame: pd.DataFrame, inputs: Sequence[ModelInput]) -> pd.DataFrame:
    row = frame.head(1).copy()
    for column in inputs:
        row[column.name] = np.float32(np.nan) if column.type == "number" else ""
    return row


def _all_unknown(frame: pd.DataFrame, inputs: Sequence[ModelInput]) -> pd.DataFrame:
    rows = frame.head(_ROWS_EACH).copy()
    for column in inputs:
        if column.type == "string":
            rows[column.name] = UNKNOWN_CATEGORY
    return rows


def _with(frame: pd.DataFrame, name: str, values: list[object]) -> pd.DataFrame:
    """Real rows, each value in one of them (in three where there are few values)."""
    repeated = values * (_ROWS_EACH if len(values) <= len(_FAR) else 1)
    rows = frame.iloc[np.arange(len(repeated)) % len(frame)].copy()
    rows[name] = pd.Series(repeated, index=rows.index, dtype=frame[name].dtype)
    return rows


def _numbers(frame: pd.DataFrame, column: ModelInput, thresholds: Mapping[str, np.ndarray]) -> Iterator[object]:
    seen = frame[column.name].dropna().to_numpy(dtype=np.float32)
    edges = _spread(thresholds.get(column.name, np.unique(seen)))
    yield from (np.float32(np.nan), *map(np.float32, _FAR))
    yield from (seen.min(), seen.max()) if len(seen) else ()
    for edge in edges:
        yield from (np.nextafter(edge, np.float32(-np.inf)), edge, np.nextafter(edge, np.float32(np.inf)))


def _spread(values: np.ndarray) -> np.ndarray:
    """At most so many of sorted values, evenly."""
    if len(values) <= _VALUES_A_COLUMN:
        return values
    return values[np.linspace(0, len(values) - 1, _VALUES_A_COLUMN).astype(int)]
