from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from training.data.dataset import Split
from training.errors import TrainingError
from training.job import ModelInput
from training.problem import Problem

#: One feature that alone comes so far is taken for one that holds the answer.
MAX_AUC = 0.999
MAX_R2 = 0.9999
#: So many rows tell .999 from less.
_ROWS = 20_000
#: Of fewer rows a feature can tell the classes by chance.
_ENOUGH_ROWS = 50
_FOLDS = 3


def require_no_leak(problem: Problem, columns: Sequence[ModelInput], train: Split, label: str) -> None:
    """Refuse features that predict the label all by themselves.

    Of a feature the area under the ROC curve is taken (over several classes the mean), of texts by each one's share
    of the classes out of fold; of a number to predict R², linear or by ranks. Fewer than 50 rows are not judged.

    Raises
    ------
    TrainingError
        ``LEAKAGE_SUSPECTED`` naming every such feature.
    """
    if len(train.y) < _ENOUGH_ROWS:
        return
    rows = np.sort(np.random.default_rng(0).permutation(len(train.y))[:_ROWS])
    y = train.y[rows]
    figure, limit = ("ROC AUC", MAX_AUC) if problem.is_classification else ("R²", MAX_R2)
    told = {column.name: _alone(problem, column, train.frame[column.name].iloc[rows], y) for column in columns}
    leaks = [f"{name} ({figure} {value:.4f})" for name, value in told.items() if value >= limit]
    if leaks:
        raise TrainingError(
            "LEAKAGE_SUSPECTED",
            f"alone predict {label} on the train split: {', '.join(leaks)}; allowed is less than {limit}. Such a "
            "feature mostly holds what is known only afterwards: take it out of featureViews or, where it is known in "
            "time, name it in training.trustedFeatures",
        )


def _alone(problem: Problem, column: ModelInput, values: pd.Series, y: np.ndarray) -> float:
    """Measure how well one column predicts, 1 at best."""
    if not problem.is_classification:
        return _r2_of_text(problem, values, y) if column.type == "string" else _r2_of_number(values, y)
    numeric = column.type == "number"
    scores = _tree_shares(problem, values, y) if numeric else _text_shares(problem, values, y)
    ranks = rankdata(values.fillna(-np.inf)) if numeric else scores[:, 1]
    classes = [1] if problem.is_binary else [k for k in range(scores.shape[1]) if (y == k).any()]
    return float(np.mean([_area(y == k, scores[:, k], ranks) for k in classes]))


def _area(hit: np.ndarray, scores: np.ndarray, ranks: np.ndarray) -> float:
    # Ranks too: between two neighbours a tree puts its threshold where a row of the other fold may lie.
    by_rank = float(roc_auc_score(hit, ranks))
    return max(float(roc_auc_score(hit, scores)), by_rank, 1 - by_rank)


def _folds(problem: Problem, y: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return problem.folds(_FOLDS, 0, y)


def _text_shares(problem: Problem, values: pd.Series, y: np.ndarray) -> np.ndarray:
    """Share of each class by text, out of fold; a text that was not among the fitted has the overall share."""
    codes, names = pd.factorize(values.to_numpy())
    scores = np.zeros((len(y), int(y.max()) + 1))
    for fit, held in _folds(problem, y):
        counts = np.zeros((len(names), scores.shape[1]))
        np.add.at(counts, (codes[fit], y[fit]), 1)
        overall = np.bincount(y[fit], minlength=scores.shape[1]) / len(fit)
        scores[held] = ((counts + overall) / (counts.sum(axis=1, keepdims=True) + 1))[codes[held]]
    return scores


def _tree_shares(problem: Problem, values: pd.Series, y: np.ndarray) -> np.ndarray:
    """Share of each class by a small tree over the number, out of fold; a class can be at both ends of it."""
    column = values.to_numpy(dtype=np.float64)[:, None]
    scores = np.zeros((len(y), int(y.max()) + 1))
    for fit, held in _folds(problem, y):
        tree = DecisionTreeClassifier(max_leaf_nodes=64, random_state=0).fit(column[fit], y[fit])
        # A class can be too rare for every fold to have it.
        scores[np.ix_(held, tree.classes_)] = tree.predict_proba(column[held])
    return scores


def _r2_of_number(values: pd.Series, y: np.ndarray) -> float:
    wide = values.to_numpy(dtype=np.float64)
    known = wide[~np.isnan(wide)]
    # One value, or none among the rows that were drawn: there is no line to draw.
    if not len(known) or np.ptp(known) == 0:
        return 0.0
    filled = np.where(np.isnan(wide), known.mean(), wide)
    pairs = ((filled, y), (rankdata(filled), rankdata(y)))
    return max(float(np.corrcoef(x, target)[0, 1] ** 2) for x, target in pairs)


def _r2_of_text(problem: Problem, values: pd.Series, y: np.ndarray) -> float:
    codes, names = pd.factorize(values.to_numpy())
    predicted = np.zeros(len(y))
    for fit, held in _folds(problem, y):
        counts = np.bincount(codes[fit], minlength=len(names))
        sums = np.bincount(codes[fit], weights=y[fit], minlength=len(names))
        mean = y[fit].mean()
        predicted[held] = ((sums + mean * 1e-3) / (counts + 1e-3))[codes[held]]
    return 1.0 - float(((y - predicted) ** 2).sum() / ((y - y.mean()) ** 2).sum())
