from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

Ask = Callable[[pd.DataFrame], np.ndarray]


@dataclass(frozen=True)
class Sampled:
    """Estimates ``[N, columns, outputs]`` and their standard errors (NaN with one pair); ``base`` ``[outputs]``."""

    values: np.ndarray
    errors: np.ndarray
    base: np.ndarray


class SampledValues:
    """Shapley values of any model by asking it: antithetic permutations, every background row with its own.

    For each background row columns are switched to the explained row one by one in a random order, and once more in
    the reverse order; a column's value is the mean of what its switch changed. Only columns that differ are switched.
    The estimate has no bias and adds up exactly whatever the number of pairs.

    Parameters
    ----------
    ask : callable
        Numbers to explain, float64 ``[N, outputs]``, of raw rows.
    columns : sequence of str
        Raw columns that are players; the others stay the explained row's.
    background : DataFrame
    seed : int
    """

    def __init__(self, ask: Ask, columns: Sequence[str], background: pd.DataFrame, seed: int) -> None:
        self._ask, self._columns, self._background, self._seed = ask, list(columns), background, seed
        self._given = ask(background)
        self.base = self._given.mean(axis=0)

    def values(self, rows: pd.DataFrame, pairs: int = 1) -> Sampled:
        """Estimate values of raw rows.

        Parameters
        ----------
        rows : DataFrame
        pairs : int
            Permutations with their reverses a background row; from two on the standard error is known. About
            ``2 * pairs * len(background) * len(columns)`` rows of the model are asked for each.
        """
        answers = self._ask(rows)
        random = np.random.default_rng(self._seed)
        found = [self._row(rows.iloc[[n]], answers[n], pairs, random) for n in range(len(rows))]
        values, errors = (np.stack(part) for part in zip(*found, strict=True))
        return Sampled(values, errors, self.base)

    def _row(
        self, row: pd.DataFrame, answer: np.ndarray, pairs: int, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        differs = self._differs(row)
        keys = np.where(differs, random.random((pairs, *differs.shape)), np.inf)
        forward = keys.argsort(axis=2).argsort(axis=2)
        count = differs.sum(axis=1)
        # Columns that do not differ come last in either order: their switch changes nothing.
        backward = np.where(differs, count[:, None] - 1 - forward, forward)
        changes = self._changes(row, answer, np.stack([forward, backward], axis=1), count)
        by_pair = np.where(differs[:, :, None], changes.mean(axis=1), 0)
        spread = by_pair.var(axis=0, ddof=1) if pairs > 1 else np.full(by_pair.shape[1:], np.nan)
        error = np.sqrt(spread.sum(axis=0) / pairs) / len(differs)
        return by_pair.mean(axis=(0, 1)), error

    def _differs(self, row: pd.DataFrame) -> np.ndarray:
        """Which columns of each background row are other than the row's: bool ``[B, columns]``."""
        found = []
        for name in self._columns:
            theirs, own = self._background[name].to_numpy(), row[name].to_numpy()[0]
            found.append(theirs != own if theirs.dtype == object or not np.isnan(own) else ~np.isnan(theirs))
        return np.stack(found, axis=1)

    def _changes(self, row: pd.DataFrame, answer: np.ndarray, places: np.ndarray, count: np.ndarray) -> np.ndarray:
        """Ask what each column's switch changed: ``[pairs, 2, B, columns, outputs]``, for places in the order."""
        steps = np.arange(1, places.shape[-1])
        inner = np.broadcast_to(steps < count[:, None], (*places.shape[:3], len(steps)))
        shape = (*places.shape[:3], places.shape[-1] + 1, len(answer))
        seen = np.broadcast_to(answer, shape).copy()
        seen[..., 0, :] = self._given
        chosen = np.nonzero(inner)
        if len(chosen[0]):
            switched = places[chosen[:3]] < steps[chosen[3]][:, None]
            seen[(*chosen[:3], chosen[3] + 1)] = self._ask(self._mixed(row, switched, chosen[2]))
        before = np.take_along_axis(seen, places[..., None], axis=3)
        return np.take_along_axis(seen, places[..., None] + 1, axis=3) - before

    def _mixed(self, row: pd.DataFrame, switched: np.ndarray, background: np.ndarray) -> pd.DataFrame:
        columns = {name: np.repeat(row[name].to_numpy(), len(switched)) for name in row.columns}
        for place, name in enumerate(self._columns):
            theirs = self._background[name].to_numpy()[background]
            columns[name] = np.where(switched[:, place], columns[name], theirs)
        return pd.DataFrame(columns)
