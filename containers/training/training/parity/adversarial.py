from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from training.job import ModelInput

UNKNOWN_CATEGORY = "never seen: ☃"
_ROWS_EACH = 3
_VALUES_A_COLUMN = 120
_FEW = 4
_FAR = (-1e30, -1e9, 1e9, 1e30)
_FAR_WHOLE = (-(2.0**53) + 1, -1.0, 0.0, 1.0, 2.0**53 - 1)
#: Seconds since 1970: the leap day of 2000, a moment before a new year, before 1970, the end of the century.
_TIMES = (951_782_400.0, 1_767_225_599.999999, -1.0, 4_102_444_799.0)


def adversarial_rows(
    frame: pd.DataFrame,
    inputs: Sequence[ModelInput],
    thresholds: Mapping[str, np.ndarray],
    literals: Mapping[str, Sequence[float | str]],
) -> pd.DataFrame:
    """Rows on which a graph and what it was made of are most likely to differ.

    Everything missing; each column missing; unknown categories, one and all; far values; and each column at a split's
    threshold (or at a value of the data) and at a value that SQL names, and one step of its precision to either side.

    Parameters
    ----------
    frame : DataFrame
        Real rows to start from, at least one.
    inputs : sequence of ModelInput
        Columns of the graph.
    thresholds : mapping of str to ndarray
        Split thresholds by raw number column.
    literals : mapping of str to sequence
        Numbers and texts that expressions hold a column against.

    Returns
    -------
    DataFrame
        Up to about 400 rows a column.
    """
    frame = pd.DataFrame({column.name: frame[column.name] for column in inputs})
    parts = [_all_missing(frame, inputs), _all_unknown(frame, inputs)]
    for column in inputs:
        written = literals.get(column.name, ())
        if column.type == "string":
            values: Iterable[object] = ["", UNKNOWN_CATEGORY, *(one for one in written if isinstance(one, str))]
        else:
            values = _numbers(frame[column.name], column, thresholds.get(column.name), written)
        parts.append(_with(frame, column.name, list(values)))
    return pd.concat(parts, ignore_index=True).astype(dict(frame.dtypes))


def _all_missing(frame: pd.DataFrame, inputs: Sequence[ModelInput]) -> pd.DataFrame:
    row = frame.head(1).copy()
    for column in inputs:
        row[column.name] = pd.Series(_missing(column), index=row.index, dtype=frame[column.name].dtype)
    return row


def _missing(column: ModelInput) -> object:
    return np.nan if column.type == "number" else ""


def _all_unknown(frame: pd.DataFrame, inputs: Sequence[ModelInput]) -> pd.DataFrame:
    rows = frame.head(_ROWS_EACH).copy()
    for column in inputs:
        if column.type == "string":
            rows[column.name] = pd.Series(UNKNOWN_CATEGORY, index=rows.index, dtype=object)
    return rows


def _with(frame: pd.DataFrame, name: str, values: list[object]) -> pd.DataFrame:
    """Real rows, each value in one of them (in three where there are few values)."""
    repeated = values * (_ROWS_EACH if len(values) <= _FEW else 1)
    rows = frame.iloc[np.arange(len(repeated)) % len(frame)].copy()
    rows[name] = pd.Series(repeated, index=rows.index, dtype=frame[name].dtype)
    return rows


def _numbers(
    seen: pd.Series, column: ModelInput, thresholds: np.ndarray | None, written: Sequence[float | str]
) -> Iterator[object]:
    precision = np.float64 if column.precision == "double" else np.float32
    known = np.unique(seen.dropna().to_numpy(dtype=precision))
    yield precision(np.nan)
    # SQL takes a column in its declared type; a model that splits it takes any number there is.
    declared = column.declared if column.precision == "double" else None
    if declared == "boolean":
        yield from (precision(0), precision(1))
        return
    if declared == "timestamp":
        yield from (precision(one) for one in (*_TIMES, *_spread(known)))
        return
    numbers = [precision(one) for one in written if not isinstance(one, str)]
    if declared == "integer":
        yield from (precision(one) for one in (*_FAR_WHOLE, *_spread(known)))
        yield from (precision(np.round(one) + step) for one in numbers for step in (-1, 0, 1))
        return
    yield from map(precision, (*_FAR, 0, -1, 1))
    yield from (known[0], known[-1]) if len(known) else ()
    for edge in (*_spread(known if thresholds is None else thresholds.astype(precision)), *numbers):
        yield from (np.nextafter(edge, precision(-np.inf)), edge, np.nextafter(edge, precision(np.inf)))


def _spread(values: np.ndarray) -> np.ndarray:
    """At most so many of sorted values, evenly."""
    if len(values) <= _VALUES_A_COLUMN:
        return values
    return values[np.linspace(0, len(values) - 1, _VALUES_A_COLUMN).astype(int)]
