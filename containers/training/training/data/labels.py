import numbers
import re

import numpy as np
import pandas as pd

from training.errors import TrainingError
from training.job import Label
from training.problem import Problem

_TWO = 2
#: More names than that are hardly classes.
MAX_CLASSES = 100
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def class_name(value: object) -> str:
    """Name of a class as it is answered: ``1``, ``1.0`` and ``"1"`` are ``"1"``, ``True`` is ``"true"``.

    Examples
    --------
    >>> class_name(1.0)
    '1'
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, numbers.Real) and float(value).is_integer():
        return str(int(value))
    return str(value)


def labels_of(column: pd.Series, label: Label, problem: Problem) -> tuple[np.ndarray, tuple[str, ...]]:
    """Turn a label column into what is learnt.

    Parameters
    ----------
    column : Series
        Values without NULL.
    label : Label
        Of two classes it says which value is positive.
    problem : Problem

    Returns
    -------
    y : ndarray, shape (n,)
        Positions of classes (int64), or numbers (float64).
    classes : tuple of str
        Names of the classes in the order of the scores: of two the negative first, of more numbers by value and
        others by the alphabet; none for numbers.

    Raises
    ------
    TrainingError
        ``TOO_FEW_ROWS`` for no row, ``LABEL_HAS_ONE_CLASS`` and ``TYPE_MISMATCH`` naming the values.
    """
    if column.empty:
        raise TrainingError(
            "TOO_FEW_ROWS", f"no row has a value in the label column {label.name}; check the source and the date range"
        )
    if not problem.is_classification:
        return _number_labels(column, label), ()
    return _binary_labels(column, label) if problem.is_binary else _class_labels(column, label)


def _binary_labels(column: pd.Series, label: Label) -> tuple[np.ndarray, tuple[str, ...]]:
    codes, seen = _coded(column)
    if len(seen) > _TWO:
        raise TrainingError(
            "TYPE_MISMATCH",
            f"label {label.name} holds {len(seen)} values ({', '.join(seen[:5])}); a binary label holds two; map it to "
            "two in the features SQL, or set problem: multiclass-classification",
        )
    positive = _positive_name(label, seen)
    if len(seen) < _TWO or positive not in seen:
        raise TrainingError(
            "LABEL_HAS_ONE_CLASS",
            f"label {label.name} holds {', '.join(seen)} and {positive!r} is the positive one; it must hold that and "
            "one other value; check the date range and label.positive",
        )
    negative = next(name for name in seen if name != positive)
    return (codes == seen.index(positive)).astype(np.int64), (negative, positive)


def _class_labels(column: pd.Series, label: Label) -> tuple[np.ndarray, tuple[str, ...]]:
    codes, seen = _coded(column)
    if len(seen) == 1:
        raise TrainingError(
            "LABEL_HAS_ONE_CLASS", f"label {label.name} holds {seen[0]} alone; it must hold three values or more"
        )
    if len(seen) == _TWO:
        raise TrainingError(
            "TYPE_MISMATCH",
            f"label {label.name} holds two values ({', '.join(seen)}); set problem: binary-classification and say "
            "which is label.positive",
        )
    if len(seen) > MAX_CLASSES:
        raise TrainingError(
            "TYPE_MISMATCH",
            f"label {label.name} holds {len(seen)} values ({', '.join(seen[:3])}, …); allowed are {MAX_CLASSES} "
            "classes; group rare ones in the features SQL, or set problem: regression for a number",
        )
    return codes, tuple(seen)


def _coded(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    # A value at a time only once: a column of millions of rows has few of them.
    codes, values = pd.factorize(column.to_numpy(dtype=object))
    names = [class_name(value) for value in values]
    seen = _in_order(set(names))
    places = np.array([seen.index(name) for name in names], dtype=np.int64)
    return places[codes], seen


def _in_order(names: set[str]) -> list[str]:
    numeric = all(_NUMBER.fullmatch(name) for name in names)
    return sorted(names, key=lambda name: (float(name), name)) if numeric else sorted(names)


def _number_labels(column: pd.Series, label: Label) -> np.ndarray:
    if column.map(type).isin([bool, np.bool_]).any() or not pd.api.types.is_numeric_dtype(column.infer_objects()):
        raise TrainingError(
            "TYPE_MISMATCH",
            f"label {label.name} holds {column.iloc[0]!r}; regression takes numbers; CAST it in the features SQL, or "
            "set problem: binary-classification or multiclass-classification",
        )
    y = column.to_numpy(dtype=np.float64)
    wild = np.abs(y) > np.finfo(np.float32).max
    if wild.any():
        raise TrainingError(
            "TYPE_MISMATCH",
            f"label {label.name} holds {y[wild][0]}; allowed are numbers within ±3.4e38; leave such rows out or set "
            "them to NULL in the features SQL",
        )
    if np.ptp(y) == 0:
        raise TrainingError(
            "LABEL_HAS_ONE_CLASS", f"label {label.name} is {y[0]:g} in every row; there is nothing to learn"
        )
    return y


def _positive_name(label: Label, seen: list[str]) -> str:
    if label.positive is None:
        return seen[-1]
    name = class_name(label.positive)
    # positive: 1 (the default) is what people write for a boolean label too.
    if set(seen) <= {"true", "false"} and name in ("0", "1"):
        return "true" if name == "1" else "false"
    return name
