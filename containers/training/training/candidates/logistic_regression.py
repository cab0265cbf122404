from typing import Any

from training.candidates.base import Candidate, FitOptions, Params


def _suggest(trial: Any) -> Params:
    return {"C": trial.suggest_float("C", 1e-3, 1e2, log=True)}


def _build(params: Params, options: FitOptions) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(**params, max_iter=1_000, random_state=options.seed)


logistic_regression = Candidate(
    name="logistic-regression",
    scales=True,
    packages=(),
    first={"C": 1.0},
    suggest=_suggest,
    build=_build,
)
