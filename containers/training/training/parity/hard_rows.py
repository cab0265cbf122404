"""Rows that a graph is proven on, as the graph takes them and as the model does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from training.data.dataset import Split
from training.graph.graph import graph_rows
from training.job import ModelInput, TrainingJob
from training.judge.evaluate import evenly
from training.model.pipeline import names_of
from training.parity.adversarial import adversarial_rows
from training.parity.thresholds import split_thresholds
from training.sql import literals_by_column
from training.sql.reference import computed_by_engine

if TYPE_CHECKING:
    from training.built import Built

#: More rows prove no more.
_MOST_HARD, _MOST_ROWS = 12_000, 20_000


@dataclass(frozen=True)
class Proving:
    """Rows to compare on.

    Attributes
    ----------
    given : DataFrame
        What the graph takes.
    expected : DataFrame
        Features that the graph computes, as the data set has them (test split) and as the engine of the training data
        computes them (adversarial rows); no columns where it computes none.
    """

    given: pd.DataFrame
    expected: pd.DataFrame


def proving_rows(job: TrainingJob, test: Split, built: "Built") -> Proving:
    """Rows of the test split and adversarial ones; at most 20,000, evenly chosen."""
    names = [column.name for column in built.inputs]
    real = graph_rows(test)[names]
    hard = _evenly(_hard(real, built), _MOST_HARD)
    chosen = evenly(len(real), _MOST_ROWS - len(hard))
    given = pd.concat([real.iloc[chosen], hard], ignore_index=True).astype(dict(real.dtypes))
    if built.prelude is None or not built.prelude.computed:
        return Proving(given, pd.DataFrame(index=given.index))
    computed = [column.name for column in built.prelude.computed]
    there = test.frame[computed].iloc[chosen]
    parts = [there, computed_by_engine(built.prelude, hard)[computed]]
    return Proving(given, pd.concat(parts, ignore_index=True).astype(dict(there.dtypes)))


def model_rows(job: TrainingJob, given: pd.DataFrame, computed: pd.DataFrame) -> pd.DataFrame:
    """Rows as a model takes them: float32 and texts, with the features that the graph computes."""
    columns = {}
    for column in job.inputs:
        values = computed[column.name] if column.name in computed else given[column.name]
        columns[column.name] = values.astype(np.float32) if column.type == "number" else values
    return pd.DataFrame(columns)


def _hard(real: pd.DataFrame, built: "Built") -> pd.DataFrame:
    literals = {} if built.prelude is None else literals_by_column(built.prelude)
    return adversarial_rows(real, built.inputs, _thresholds(built.model, built.trained.used), literals)


def _thresholds(model: bytes, used: Sequence[ModelInput]) -> dict[str, np.ndarray]:
    # Numbers come first in the encoded row.
    by_position = split_thresholds(model)
    return {name: by_position[n] for n, name in enumerate(names_of(used, "number")) if n in by_position}


def _evenly(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    return frame.iloc[evenly(len(frame), most)]
