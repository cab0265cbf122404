from typing import Any

from training.candidates.base import Candidate, FitOptions, Params, Rows

#: Rows that one tree draws at most: more make it slower and hardly better.
_MOST_ROWS = 50_000
#: More trees are a little better for any parameters; which ones are best shows with fewer.
_TREES, _TREES_WHILE_SEARCHING = 150, 50


def _suggest(trial: Any, _options: FitOptions) -> Params:
    return {
        "n_estimators": _TREES,
        "max_features": trial.suggest_float("max_features", 0.1, 1.0),
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 1, 40, log=True),
        # Leaves times trees is the size of the graph and the time of an explanation.
        "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 16, 512, log=True),
        "max_samples": trial.suggest_float("max_samples", 0.3, 1.0),
    }


def _build(params: Params, options: FitOptions) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if options.is_classification else RandomForestRegressor
    share = min(params["max_samples"], _MOST_ROWS / options.rows)
    return kind(**{**params, "max_samples": share}, random_state=options.seed, n_jobs=options.threads)


def _fit(estimator: Any, rows: Rows) -> Any:
    # Trees that answer side by side are added up in the order in which they finish: the last digits would be chance,
    # and with them every stack and calibration that is fitted on the scores.
    return estimator.fit(rows.X, rows.y, sample_weight=rows.weight).set_params(n_jobs=1)


random_forest = Candidate(
    name="random-forest",
    scales=False,
    packages=(),
    first=(
        {"max_features": 0.3, "min_samples_leaf": 5, "max_leaf_nodes": 128, "max_samples": 0.8},
        {"max_features": 0.2, "min_samples_leaf": 10, "max_leaf_nodes": 64, "max_samples": 0.5},
        {"max_features": 0.5, "min_samples_leaf": 1, "max_leaf_nodes": 512, "max_samples": 1.0},
        {"max_features": 0.8, "min_samples_leaf": 3, "max_leaf_nodes": 256, "max_samples": 0.7},
    ),
    suggest=_suggest,
    build=_build,
    fit=_fit,
    sketch={"n_estimators": _TREES_WHILE_SEARCHING},
)
