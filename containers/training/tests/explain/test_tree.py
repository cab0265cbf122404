from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shap
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from xgboost import XGBClassifier, XGBRegressor

from tests.explaining import CLASSES, Made, by_coalitions, made
from training.explain.forest import Forest, read_forest
from training.explain.tree import TooManyColumnsError, TreeValues, margins

BINARY, SEVERAL, NUMBER = "binary-classification", "multiclass-classification", "regression"
ROUNDS = {"n_estimators": 12, "random_state": 5, "n_jobs": 1}


def lightgbm(problem: str) -> Any:
    kind = LGBMRegressor if problem == NUMBER else LGBMClassifier
    return kind(**ROUNDS, num_leaves=9, min_child_samples=5, verbosity=-1)


def xgboost(problem: str) -> Any:
    kind = XGBRegressor if problem == NUMBER else XGBClassifier
    return kind(**ROUNDS, max_depth=4)


def hist(problem: str) -> Any:
    kind = HistGradientBoostingRegressor if problem == NUMBER else HistGradientBoostingClassifier
    return kind(max_iter=12, max_leaf_nodes=9, random_state=5)


def forest(problem: str) -> Any:
    kind = RandomForestRegressor if problem == NUMBER else RandomForestClassifier
    return kind(**ROUNDS, max_depth=5)


EVERY = [(build, problem) for build in (lightgbm, xgboost, hist, forest) for problem in (BINARY, SEVERAL, NUMBER)]


def trees(found: Made, problem: str) -> Forest:
    read = read_forest(found.subject.model, len(CLASSES[problem]) if problem == SEVERAL else 1)
    assert read is not None
    return read


@pytest.mark.parametrize(("build", "problem"), EVERY)
def test_values_of_positions_are_those_of_tree_explainer(build: Any, problem: str) -> None:
    found = made(build(problem), problem)
    background, rows = found.encoded(found.frame[:40]), found.encoded(found.frame[100:140])
    mine = TreeValues(trees(found, problem), range(background.shape[1]), background).values(rows)
    judge = shap.TreeExplainer(found.estimator, background, feature_perturbation="interventional", model_output="raw")
    theirs = np.asarray(judge.shap_values(rows, check_additivity=False))
    theirs = theirs[..., None] if theirs.ndim == 2 else theirs
    # Of two classes some libraries give both, the positive last.
    np.testing.assert_allclose(mine, theirs[..., -mine.shape[2] :], atol=1e-6, rtol=0)


@pytest.mark.parametrize(("build", "problem"), EVERY)
def test_values_of_raw_columns_are_those_of_every_coalition(build: Any, problem: str) -> None:
    found = made(build(problem), problem)
    read, background = trees(found, problem), found.encoded(found.frame[:25])
    names = list(dict.fromkeys(found.subject.encoded or ()))
    column_of = [names.index(name) for name in found.subject.encoded or ()]
    assert len(column_of) > len(names)
    rows = found.encoded(found.frame[200:203])
    mine = TreeValues(read, column_of, background).values(rows)
    for row, values in zip(rows, mine, strict=True):
        slow = by_coalitions(lambda mixed: margins(read, mixed.astype(np.float32)), row, background, column_of)
        np.testing.assert_allclose(values, slow, atol=1e-9)


@pytest.mark.parametrize(("build", "problem"), EVERY)
def test_trees_of_the_graph_are_the_model_and_values_add_up(build: Any, problem: str) -> None:
    found = made(build(problem), problem)
    read, encoded = trees(found, problem), found.encoded(found.frame)
    answer = margins(read, encoded)
    if problem == NUMBER:
        expected = found.estimator.predict(encoded)[:, None]
    elif build is forest:
        expected = found.estimator.predict_proba(encoded)[:, -answer.shape[1] :]
    else:
        raw = {"raw_score": True} if build is lightgbm else {"output_margin": True}
        scores = (
            found.estimator.decision_function(encoded) if build is hist else found.estimator.predict(encoded, **raw)
        )
        expected = np.asarray(scores).reshape(len(encoded), -1)
    # LightGBM's thresholds are not rounded here: a row on one may change sides.
    assert np.mean(np.abs(answer - expected).max(axis=1) > 1e-5) < 0.01
    explained = TreeValues(read, range(encoded.shape[1]), encoded[:50])
    np.testing.assert_allclose(explained.base + explained.values(encoded).sum(axis=1), answer, atol=1e-10)


def chain(depth: int) -> Forest:
    """One tree: position 0, then 1, and so on, each with a leaf at its yes side."""
    splits = np.arange(depth)
    position = np.concatenate([splits, np.full(depth + 1, -1)])
    ends = np.full(depth + 1, -1)
    return Forest(
        position=position,
        threshold=np.zeros(len(position), dtype=np.float32),
        yes=np.concatenate([depth + splits, ends]),
        no=np.concatenate([splits[1:], [2 * depth], ends]),
        missing_is_yes=np.arange(len(position)) % 2 == 0,
        roots=np.array([0]),
        values=np.arange(depth + 1, dtype=np.float64)[:, None] ** 2,
        comparison="<=",
        base=np.array([0.5]),
    )


def test_paths_longer_than_a_small_number_has_bits_are_exact() -> None:
    random = np.random.default_rng(1)
    rows = random.normal(0.8, 1, (30, 40)).astype(np.float32)
    column_of = [place // 4 for place in range(40)]
    for owners in (column_of, list(range(40))):
        values = TreeValues(chain(40), owners, rows[:20])
        np.testing.assert_allclose(values.base + values.values(rows).sum(axis=1), margins(chain(40), rows), atol=1e-9)
    slow = by_coalitions(lambda mixed: margins(chain(40), mixed), rows[25], rows[:20], column_of)
    np.testing.assert_allclose(TreeValues(chain(40), column_of, rows[:20]).values(rows[25:26])[0], slow, atol=1e-9)


def test_too_many_columns_on_a_path_are_refused() -> None:
    rows = np.zeros((3, 64), dtype=np.float32)
    with pytest.raises(TooManyColumnsError, match="64 different columns"):
        TreeValues(chain(64), range(64), rows)
    assert TreeValues(chain(64), [0] * 64, rows).values(rows).shape == (3, 1, 1)


def test_missing_goes_where_the_node_says() -> None:
    rows = np.full((1, 4), np.nan, dtype=np.float32)
    # Node 0 takes its yes branch: leaf 0.
    assert margins(chain(4), rows).tolist() == [[0.5]]
    turned = replace(chain(4), missing_is_yes=np.zeros(9, dtype=bool))
    assert margins(turned, rows).tolist() == [[16.5]]


def test_a_tree_of_one_leaf_moves_the_base_only() -> None:
    lone = chain(1)
    both = replace(
        lone,
        position=np.append(lone.position, -1),
        threshold=np.append(lone.threshold, np.float32(0)),
        yes=np.append(lone.yes, -1),
        no=np.append(lone.no, -1),
        missing_is_yes=np.append(lone.missing_is_yes, False),
        roots=np.array([0, 3]),
        values=np.append(lone.values, [[7.0]], axis=0),
    )
    rows = np.array([[-1], [1]], dtype=np.float32)
    assert TreeValues(both, [0], rows).base[0] == pytest.approx(TreeValues(lone, [0], rows).base[0] + 7)
    np.testing.assert_allclose(TreeValues(both, [0], rows).values(rows), TreeValues(lone, [0], rows).values(rows))
