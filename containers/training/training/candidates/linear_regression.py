from typing import Any

import numpy as np

from training.candidates.base import Candidate, FitOptions, Params, Rows


def _suggest(trial: Any, _options: FitOptions) -> Params:
    return {
        "alpha": trial.suggest_float("alpha", 1e-5, 1.0, log=True),
        # 0 is ridge regression, 1 the lasso, between them the elastic net.
        "l1_ratio": trial.suggest_categorical("l1_ratio", [0.0, 0.5, 0.9, 1.0]),
    }


def _build(params: Params, options: FitOptions) -> Any:
    from sklearn.linear_model import ElasticNet, Ridge

    if params["l1_ratio"] == 0:
        return Ridge(alpha=params["alpha"])
    return ElasticNet(**params, max_iter=10_000, tol=1e-6, random_state=options.seed)


def _fit(estimator: Any, rows: Rows) -> Any:
    """Fit on standardised numbers, so that ``alpha`` means the same whatever their unit."""
    X = rows.X.astype(np.float64)
    mean, spread = float(rows.y.mean()), float(rows.y.std()) or 1.0
    alpha = estimator.alpha
    if type(estimator).__name__ == "Ridge":
        # Its loss is a sum over rows, the elastic net's a mean.
        estimator.set_params(alpha=alpha * len(X))
    estimator.fit(X, (rows.y - mean) / spread, sample_weight=rows.weight)
    estimator.set_params(alpha=alpha)
    estimator.coef_ = estimator.coef_ * spread
    estimator.intercept_ = estimator.intercept_ * spread + mean
    return estimator


linear_regression = Candidate(
    name="linear-regression",
    scales=True,
    packages=(),
    first=(
        {"alpha": 1e-3, "l1_ratio": 0.0},
        {"alpha": 1e-3, "l1_ratio": 0.9},
        {"alpha": 3e-2, "l1_ratio": 0.0},
        {"alpha": 1e-2, "l1_ratio": 0.5},
    ),
    suggest=_suggest,
    build=_build,
    problems=("regression",),
    fit=_fit,
)
