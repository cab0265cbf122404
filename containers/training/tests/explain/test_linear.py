import numpy as np
import pytest
import shap
from sklearn.linear_model import LogisticRegression, Ridge

from tests.explaining import by_coalitions, made
from training.explain.linear import LinearValues, read_linear

MODELS = [
    (LogisticRegression(max_iter=500), "binary-classification", 1),
    (LogisticRegression(max_iter=500), "multiclass-classification", 3),
    (Ridge(), "regression", 1),
]


@pytest.mark.parametrize(("estimator", "problem", "outputs"), MODELS)
def test_values_of_positions_are_those_of_linear_explainer(estimator: object, problem: str, outputs: int) -> None:
    found = made(estimator, problem, scales=True)
    read = read_linear(found.subject.model, outputs)
    assert read is not None
    background, rows = found.encoded(found.frame[:60]), found.encoded(found.frame[60:200])
    mine = LinearValues(read, range(rows.shape[1]), background)
    judge = shap.LinearExplainer(found.estimator, shap.maskers.Independent(background, max_samples=100))
    theirs = np.asarray(judge.shap_values(rows)).reshape(len(rows), rows.shape[1], outputs)
    np.testing.assert_allclose(mine.values(rows), theirs, atol=1e-6)
    np.testing.assert_allclose(mine.base + mine.values(rows).sum(axis=1), read.margins(rows), atol=1e-12)


@pytest.mark.parametrize(("estimator", "problem", "outputs"), MODELS)
def test_positions_of_a_column_are_switched_together(estimator: object, problem: str, outputs: int) -> None:
    found = made(estimator, problem, scales=True)
    read = read_linear(found.subject.model, outputs)
    assert read is not None
    column_of, background = [0, 1, 2, 3, 3, 3, *([4] * 4)], found.encoded(found.frame[:30])
    row = found.encoded(found.frame[77:78])
    slow = by_coalitions(read.margins, row[0], background, column_of)
    np.testing.assert_allclose(LinearValues(read, column_of, background).values(row)[0], slow, atol=1e-9)
