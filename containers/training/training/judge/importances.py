from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from training.metrics import is_loss
from training.problem import Problem

_ROWS = 1_000
_REPEATS = 3
#: Rows taken of a class that is too rare to be met by chance.
_RARE_ROWS = 50

Ask = Callable[[pd.DataFrame], np.ndarray]
#: How good scores are, more is better.
Gain = Callable[[np.ndarray, np.ndarray], float]


def gain_of(problem: Problem, metric: str, threshold: float | None = None) -> Gain:
    """Turn a metric so that more is better."""
    sign = -1.0 if is_loss(metric) else 1.0
    return lambda y, scores: sign * problem.score(metric, y, scores, threshold)


def permutation_importances(
    ask: Ask, rows: tuple[pd.DataFrame, np.ndarray], gain: Gain, used: Sequence[str], seed: int
) -> dict[str, float]:
    """How much worse a model becomes when the values of a raw column are mixed up.

    Parameters
    ----------
    ask : callable
        Scores ``[N, K]`` of raw rows, e.g. ``Graph.scores``.
    rows : tuple of DataFrame and ndarray
        Raw rows that were not fitted on, and their ``y``; at most 1,000 and some of rare classes are taken.
    gain : callable
        See ``gain_of``.
    used : sequence of str
        Columns that can change an answer; the others have 0 without being asked for.
    seed : int

    Returns
    -------
    dict of str to float
        By column of the frame, in the unit of the metric: mean of three shuffles. Noise makes useless columns slightly
        negative.
    """
    random = np.random.default_rng(seed)
    chosen = _sample(random, rows[1])
    frame, y = rows[0].iloc[chosen].reset_index(drop=True), rows[1][chosen]
    base = gain(y, ask(frame))

    def drop(column: str) -> float:
        orders = [random.permutation(len(frame)) for _ in range(_REPEATS)]
        # One question for all shuffles: a graph is started once.
        shuffled = pd.concat([frame] * _REPEATS, ignore_index=True)
        shuffled[column] = frame[column].to_numpy()[np.concatenate(orders)]
        answers = np.split(ask(shuffled), _REPEATS)
        return base - float(np.mean([gain(y, answer) for answer in answers]))

    found = {name: drop(name) for name in used}
    return {name: found.get(name, 0.0) for name in rows[0].columns}


def _sample(random: np.random.Generator, y: np.ndarray) -> np.ndarray:
    rows = random.permutation(len(y))[:_ROWS]
    if not np.issubdtype(y.dtype, np.integer):
        return np.sort(rows)
    missing = np.setdiff1d(np.unique(y), y[rows])
    return np.sort(np.concatenate([rows, *(np.flatnonzero(y == value)[:_RARE_ROWS] for value in missing)]))
