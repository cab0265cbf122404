from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from sklearn.metrics import roc_auc_score

from training.data.dataset import Dataset
from training.job import TrainingJob
from training.judge.bootstrap import area, draws, interval
from training.problem import problem_named

_BINS = 10
_TWO = 2
#: Figures of a group by their names in the contract.
Figures = dict[str, np.ndarray]


def fairness_report(
    job: TrainingJob, data: Dataset, scores: np.ndarray, threshold: float | None
) -> dict[str, Any] | None:
    """Compare answers on the test split between the groups of each sensitive column.

    Intervals are the middle 95 % of 1,000 bootstrap samples drawn by the job's seed. Groups with fewer rows than asked
    for are shown and take no part in the ratio and the difference.

    Parameters
    ----------
    job : TrainingJob
    data : Dataset
    scores : ndarray, shape (N, 2)
        Of the test split.
    threshold : float, optional

    Returns
    -------
    dict or None
        Contract ``FairnessReport``; None where the job names no columns or the problem has not two classes.
    """
    problem = problem_named(job.problem)
    if job.fairness is None or not problem.is_binary:
        return None
    answers = _Answers(data.test.y, scores[:, 1].astype(np.float64), problem.answers(scores, threshold))
    columns = {name: data.test.sensitive[name].to_numpy(dtype=object) for name in job.fairness.columns}
    sampled = _sampled(answers, columns, job.seed)
    least = job.fairness.minimum_group_rows
    return {"columns": [_column(answers, name, columns[name], sampled[name], least) for name in columns]}


@dataclass(frozen=True)
class _Answers:
    """What was true, how probable the positive class was held, and what was answered."""

    y: np.ndarray
    positive: np.ndarray
    answers: np.ndarray


def _sampled(answers: _Answers, columns: dict[str, np.ndarray], seed: int) -> dict[str, dict[str, Figures]]:
    """Figures of every bootstrap sample by column and group; all columns see the same samples."""
    groups = {
        (name, value): np.flatnonzero(column == value) for name, column in columns.items() for value in set(column)
    }
    measures = {key: _measures(answers, rows) for key, rows in groups.items()}
    parts: dict[tuple[str, str], list[Figures]] = {key: [] for key in groups}
    for samples in draws(len(answers.y), seed):
        for key, rows in groups.items():
            parts[key].append(measures[key](samples[:, rows]))
    found: dict[str, dict[str, Figures]] = {name: {} for name in columns}
    for (name, value), blocks in parts.items():
        found[name][value] = {key: np.concatenate([block[key] for block in blocks]) for key in blocks[0]}
    return found


def _measures(answers: _Answers, rows: np.ndarray) -> Any:
    """Make the function from how often each row of a group was drawn, ``[B, rows]``, to its figures."""
    y, positive, chosen = answers.y[rows] == 1, answers.positive[rows], answers.answers[rows] == 1
    away = np.eye(_BINS)[_bin(positive)] * (positive - y)[:, None]
    counted = np.column_stack([np.ones(len(rows)), y, ~y, chosen, chosen & y, chosen & ~y, away])
    of_area = area(y, positive)

    def measure(drawn: np.ndarray) -> Figures:
        every, yes, no, selected, found, wrong, *distances = (drawn @ counted).T
        return {
            "selectionRate": _ratio(selected, every),
            "truePositiveRate": _ratio(found, yes),
            "falsePositiveRate": _ratio(wrong, no),
            "rocAuc": of_area(drawn),
            "calibrationError": _ratio(np.abs(distances).sum(axis=0), every),
        }

    return measure


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _bin(positive: np.ndarray) -> np.ndarray:
    return np.minimum((positive * _BINS).astype(np.int64), _BINS - 1)


def _column(
    answers: _Answers, name: str, groups: np.ndarray, sampled: dict[str, Figures], least: int
) -> dict[str, Any]:
    values = _by_group(answers, groups)
    rows = {value: int(np.count_nonzero(groups == value)) for value in values.index}
    judged = sorted(value for value in values.index if rows[value] >= least)
    shown = [
        {
            "value": str(value),
            "rows": rows[value],
            "judged": value in judged,
            **{figure: interval(values.loc[value, figure], sampled[value][figure]) for figure in values},
        }
        for value in values.index
    ]
    return {"column": name, "groups": shown, **_between(values.loc[judged], [sampled[value] for value in judged])}


def _by_group(answers: _Answers, groups: np.ndarray) -> pd.DataFrame:
    """Figures by group, in the order of their names."""
    answered = MetricFrame(
        metrics={"selectionRate": _selection_rate, "truePositiveRate": _found(1), "falsePositiveRate": _found(0)},
        y_true=answers.y,
        y_pred=answers.answers,
        sensitive_features=groups,
    )
    scored = MetricFrame(
        metrics={"rocAuc": _area, "calibrationError": _calibration_error},
        y_true=answers.y,
        y_pred=answers.positive,
        sensitive_features=groups,
    )
    return answered.by_group.join(scored.by_group).sort_index()


def _selection_rate(_y: np.ndarray, answers: np.ndarray) -> float:
    return float(np.mean(answers))


def _found(kind: int) -> Any:
    def rate(y: np.ndarray, answers: np.ndarray) -> float:
        # fairlearn's own rates are 0 for a group without such rows, which would look like the worst group.
        of_kind = np.asarray(answers)[np.asarray(y) == kind]
        return float(of_kind.mean()) if len(of_kind) else float("nan")

    return rate


def _area(y: np.ndarray, positive: np.ndarray) -> float:
    return float(roc_auc_score(y, positive)) if len(np.unique(y)) == _TWO else float("nan")


def _calibration_error(y: np.ndarray, positive: np.ndarray) -> float:
    away = np.bincount(_bin(np.asarray(positive)), weights=np.asarray(positive) - np.asarray(y), minlength=_BINS)
    return float(np.abs(away).sum() / len(y))


def _between(values: pd.DataFrame, sampled: list[Figures]) -> dict[str, Any]:
    """Ratio and difference between the judged groups; null where there are not two."""
    if len(values) < _TWO:
        unknown = interval(None, np.empty(0))
        return {"demographicParityRatio": unknown, "equalizedOddsDifference": unknown}
    ratio, difference = _compared({figure: values[figure].to_numpy()[:, None] for figure in values})
    ratios, differences = _compared({figure: np.array([one[figure] for one in sampled]) for figure in values})
    return {
        "demographicParityRatio": interval(float(ratio[0]), ratios),
        "equalizedOddsDifference": interval(float(difference[0]), differences),
    }


def _compared(figures: Figures) -> tuple[np.ndarray, np.ndarray]:
    """Parity ratio and odds difference of figures ``[groups, B]``; groups that a figure is unknown of are left out."""
    rate = figures["selectionRate"]
    ratio = _ratio(np.nanmin(rate, axis=0), np.nanmax(rate, axis=0))
    spread = [_spread(figures[name]) for name in ("truePositiveRate", "falsePositiveRate")]
    return ratio, np.fmax(*spread)


def _spread(rates: np.ndarray) -> np.ndarray:
    known = np.isfinite(rates)
    highest = np.where(known, rates, -np.inf).max(axis=0)
    lowest = np.where(known, rates, np.inf).min(axis=0)
    return np.where(known.sum(axis=0) >= _TWO, highest - lowest, np.nan)
