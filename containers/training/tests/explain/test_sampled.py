import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier

from tests.explaining import made
from training.explain.forest import read_forest
from training.explain.sampled import SampledValues
from training.explain.tree import TreeValues, margins

PROBLEM = "binary-classification"


def rms(numbers: np.ndarray) -> float:
    return float(np.sqrt(np.mean(numbers**2)))


def test_estimates_are_within_their_error_of_exact_values() -> None:
    found = made(LGBMClassifier(n_estimators=20, num_leaves=12, verbosity=-1, n_jobs=1, random_state=1), PROBLEM)
    read = read_forest(found.subject.model, 1)
    assert read is not None
    names = list(found.subject.inputs)
    column_of = [names.index(name) for name in found.subject.encoded or ()]
    background, rows = found.frame[:60].reset_index(drop=True), found.frame[60:100].reset_index(drop=True)
    exact = TreeValues(read, column_of, found.encoded(background)).values(found.encoded(rows))
    sampled = SampledValues(lambda frame: margins(read, found.encoded(frame)), names, background, seed=4)
    estimate = sampled.values(rows, pairs=6)
    np.testing.assert_allclose(
        sampled.base + estimate.values.sum(axis=1), margins(read, found.encoded(rows)), atol=1e-9
    )
    apart = np.abs(estimate.values - exact)
    assert estimate.errors.mean() > 1e-4
    assert 0.85 < rms(apart) / rms(estimate.errors) < 1.15
    assert np.mean(apart <= 3 * estimate.errors + 1e-6) > 0.98
    # The mean of many runs of other seeds comes closer than one of them: no bias.
    others = [SampledValues(sampled._ask, names, background, seed).values(rows).values for seed in range(16)]
    single = np.abs(others[0] - exact).mean()
    assert np.abs(np.mean(others, axis=0) - exact).mean() < single / 3


def ask_parity(frame: pd.DataFrame) -> np.ndarray:
    """Three columns that only together say anything: the hardest case for pairs of orders."""
    return (np.sign(frame["a"]) * np.sign(frame["b"]) * np.sign(frame["c"])).to_numpy(dtype=np.float64)[:, None]


def test_errors_are_told_where_an_order_and_its_reverse_always_agree() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.choice([-1.0, 1.0], (80, 3)), columns=["a", "b", "c"]).astype(np.float32)
    sampled = SampledValues(ask_parity, ["a", "b", "c"], frame[:50].reset_index(drop=True), seed=2)
    rows = frame[50:].reset_index(drop=True)
    estimate = sampled.values(rows, pairs=2)
    many = sampled.values(rows, pairs=400)
    assert estimate.errors.mean() > 0.02
    assert 0.8 < rms(estimate.values - many.values) / rms(estimate.errors) < 1.25


def test_the_same_seed_gives_the_same_values_and_one_pair_no_error() -> None:
    frame = pd.DataFrame(np.random.default_rng(3).normal(size=(30, 3)), columns=["a", "b", "c"])
    first, again = (SampledValues(ask_parity, ["a", "b", "c"], frame, 7).values(frame[:5]) for _ in range(2))
    np.testing.assert_array_equal(first.values, again.values)
    assert np.isnan(first.errors).all()


def test_columns_that_do_not_differ_are_never_switched() -> None:
    asked: list[int] = []

    def ask(frame: pd.DataFrame) -> np.ndarray:
        asked.append(len(frame))
        return frame["number"].isna().to_numpy(dtype=np.float64)[:, None]

    background = pd.DataFrame({"number": [np.nan, 1.0], "text": ["", "x"]}).astype({"text": object})
    row = pd.DataFrame({"number": [np.nan], "text": [""]}).astype({"text": object})
    found = SampledValues(ask, ["number", "text"], background, seed=1).values(row)
    # The first row is the same; of the second one switch of two columns lies between the known ends, each way.
    assert asked == [2, 1, 2]
    assert found.values[0, :, 0].tolist() == [0.5, 0.0]
