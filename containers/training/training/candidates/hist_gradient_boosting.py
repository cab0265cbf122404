from typing import Any

import numpy as np

from training.candidates.base import MOST_ROUNDS, Candidate, FitOptions, Params, Rows, Stopping, patience


def _suggest(trial: Any, options: FitOptions) -> Params:
    most = 127 if options.rows > _MANY_ROWS else 48
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.3, log=True),
        "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 4, most, log=True),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 5, 100, log=True),
        "l2_regularization": trial.suggest_float("l2_regularization", 1e-3, 30.0, log=True),
        "max_features": trial.suggest_float("max_features", 0.2, 1.0),
    }


_MANY_ROWS = 20_000


def _build(params: Params, options: FitOptions) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if options.is_classification else HistGradientBoostingRegressor
    settings = {"max_iter": MOST_ROUNDS, **params}
    # Its own categories have no exact conversion: strings are one-hot encoded here as everywhere.
    return kind(**settings, categorical_features=None, early_stopping=False, random_state=options.seed)


def _fit_stopping(estimator: Any, rows: Rows, held: Rows) -> int:
    estimator.set_params(early_stopping=True, n_iter_no_change=patience(estimator.learning_rate), tol=0)
    weights = {"sample_weight": rows.weight, "sample_weight_val": held.weight}
    estimator.fit(rows.X, rows.y, X_val=held.X, y_val=held.y, **weights)
    # The first score is the one before any round.
    best = max(1, int(np.argmax(estimator.validation_score_)))
    # It keeps the rounds of waiting; predicting stops at the best one.
    del estimator._predictors[best:]
    return best


def _settle(estimator: Any) -> Any:
    """Round every split threshold down to a float32.

    The graph keeps thresholds as float32, rounded to nearest, so rows beside one would change sides. Rounded down
    instead, ``x <= threshold`` answers the same for every float32 ``x``, and the graph agrees with the model.
    """
    for tree in (tree for trees in estimator._predictors for tree in trees):
        wide = tree.nodes["num_threshold"]
        near = wide.astype(np.float32)
        tree.nodes["num_threshold"] = np.where(near > wide, np.nextafter(near, np.float32(-np.inf)), near)
    return estimator


hist_gradient_boosting = Candidate(
    name="hist-gradient-boosting",
    scales=False,
    packages=(),
    first=(
        {
            "learning_rate": 0.08,
            "max_leaf_nodes": 15,
            "min_samples_leaf": 20,
            "l2_regularization": 1.0,
            "max_features": 0.8,
        },
        {
            "learning_rate": 0.06,
            "max_leaf_nodes": 5,
            "min_samples_leaf": 40,
            "l2_regularization": 5.0,
            "max_features": 0.4,
        },
        {
            "learning_rate": 0.12,
            "max_leaf_nodes": 31,
            "min_samples_leaf": 20,
            "l2_regularization": 0.1,
            "max_features": 1.0,
        },
        {
            "learning_rate": 0.08,
            "max_leaf_nodes": 8,
            "min_samples_leaf": 10,
            "l2_regularization": 10.0,
            "max_features": 0.5,
        },
    ),
    suggest=_suggest,
    build=_build,
    stopping=Stopping("max_iter", _fit_stopping),
    settle=_settle,
)
