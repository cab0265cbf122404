from typing import Any

import numpy as np

from training.candidates.base import CLASSIFICATION, Candidate, FitOptions, Params, Rows

#: Weights above which a Newton step, cubic in them, takes longer than the many steps of L-BFGS.
_MOST_NEWTON_WEIGHTS = 500


def _suggest(trial: Any, _options: FitOptions) -> Params:
    return {"C": trial.suggest_float("C", 1e-3, 1e2, log=True)}


def _build(params: Params, options: FitOptions) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(**params, max_iter=2_000, tol=1e-6, random_state=options.seed)


def _fit(estimator: Any, rows: Rows) -> Any:
    weights = rows.X.shape[1] * len(np.unique(rows.y))
    estimator.set_params(solver="newton-cholesky" if weights <= _MOST_NEWTON_WEIGHTS else "lbfgs")
    # In float32 the solvers stop short of the optimum.
    return estimator.fit(rows.X.astype(np.float64), rows.y, sample_weight=rows.weight)


logistic_regression = Candidate(
    name="logistic-regression",
    scales=True,
    packages=(),
    first=({"C": 1.0}, {"C": 0.1}, {"C": 0.01}, {"C": 10.0}),
    suggest=_suggest,
    build=_build,
    problems=CLASSIFICATION,
    fit=_fit,
)
