import numbers

import numpy as np
import pandas as pd

from training.errors import TrainingError
from training.job import Label

_CLASSES = 2


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


def binary_labels(column: pd.Series, label: Label) -> tuple[np.ndarray, tuple[str, str]]:
    """Turn a label column into 0 and 1.

    Parameters
    ----------
    column : Series
        Values without NULL.
    label : Label
        Says which value is positive.

    Returns
    -------
    labels : ndarray of int64
        1 where the value is the positive one.
    classes : tuple of str
        Names of the two values, negative first.

    Raises
    ------
    TrainingError
        ``TOO_FEW_ROWS`` for no row, ``LABEL_HAS_ONE_CLASS``, ``TYPE_MISMATCH`` for three values or more.
    """
    names = column.map(class_name)
    seen = sorted(set(names))
    positive = _positive_name(label, seen)
    if not seen:
        raise TrainingError("TOO_FEW_ROWS", f"no row has a value in the label column {label.name}")
    if len(seen) > _CLASSES:
        raise TrainingError(
            "TYPE_MISMATCH",
            f"label {label.name} holds {len(seen)} values ({', '.join(seen[:5])}); a binary label holds two; "
            "map it to two in the features SQL",
        )
    if len(seen) < _CLASSES or positive not in seen:
        raise TrainingError(
            "LABEL_HAS_ONE_CLASS",
            f"label {label.name} holds {', '.join(seen)} and {positive!r} is the positive one; it must hold that and "
            "one other value; check the date range and label.positive",
        )
    negative = next(name for name in seen if name != positive)
    return (names == positive).to_numpy(dtype=np.int64), (negative, positive)


def _positive_name(label: Label, seen: list[str]) -> str:
    name = class_name(label.positive)
    # positive: 1 (the default) is what people write for a boolean label too.
    if set(seen) <= {"true", "false"} and name in ("0", "1"):
        return "true" if name == "1" else "false"
    return name
