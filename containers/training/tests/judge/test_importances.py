import numpy as np
import pandas as pd
import pytest

from training.judge.importances import gain_of, permutation_importances
from training.problem import problem_named

BINARY = problem_named("binary-classification")


def rows(count: int = 600) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(1).normal(size=(count, 3)), columns=["strong", "weak", "noise"])


def chance(frame: pd.DataFrame) -> np.ndarray:
    return (1 / (1 + np.exp(-(3 * frame["strong"] + frame["weak"])))).to_numpy()


def two(frame: pd.DataFrame) -> np.ndarray:
    return np.column_stack([1 - chance(frame), chance(frame)])


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "f1"])
def test_columns_are_ranked_by_what_their_loss_costs_whichever_way_the_metric_goes(metric: str) -> None:
    frame = rows()
    y = (chance(frame) > 0.5).astype(np.int64)
    found = permutation_importances(two, (frame, y), gain_of(BINARY, metric), ["strong", "weak", "noise"], seed=1)
    assert found["strong"] > found["weak"] > found["noise"] == 0


def test_columns_that_are_not_used_have_nothing_and_are_not_asked_for() -> None:
    asked: list[int] = []

    def count(frame: pd.DataFrame) -> np.ndarray:
        asked.append(len(frame))
        return two(frame)

    frame = rows()
    y = (chance(frame) > 0.5).astype(np.int64)
    found = permutation_importances(count, (frame, y), gain_of(BINARY, "roc_auc"), ["strong"], seed=1)
    assert list(found) == ["strong", "weak", "noise"] and found["weak"] == 0
    assert asked == [600, 1800]


def test_it_works_for_numbers_and_is_the_same_for_one_seed() -> None:
    frame, problem = rows(), problem_named("regression")

    def ask(given: pd.DataFrame) -> np.ndarray:
        return (2 * given["strong"]).to_numpy()[:, None]

    y = ask(frame)[:, 0]
    first, again = (
        permutation_importances(ask, (frame, y), gain_of(problem, "rmse"), ["strong", "noise"], seed=5)
        for _ in range(2)
    )
    assert first == again
    # A permuted column is off by the difference of two draws: the square root of two times its spread.
    assert first["strong"] == pytest.approx(2 * np.sqrt(2), rel=0.1)
    assert first["noise"] == 0


def test_a_rare_class_is_among_the_rows() -> None:
    frame = rows(5_000)
    y = np.zeros(5_000, dtype=np.int64)
    y[[7, 4_990]] = 1
    found = permutation_importances(two, (frame, y), gain_of(BINARY, "roc_auc"), ["strong"], seed=2)
    assert np.isfinite(found["strong"])
