from training.candidates.base import Candidate, FitOptions, Params, Rows
from training.candidates.hist_gradient_boosting import hist_gradient_boosting
from training.candidates.lightgbm import lightgbm
from training.candidates.linear_regression import linear_regression
from training.candidates.logistic_regression import logistic_regression
from training.candidates.random_forest import random_forest
from training.candidates.xgboost import xgboost
from training.errors import TrainingError

CANDIDATES: tuple[Candidate, ...] = (
    logistic_regression,
    linear_regression,
    random_forest,
    hist_gradient_boosting,
    lightgbm,
    xgboost,
)

__all__ = ["CANDIDATES", "Candidate", "FitOptions", "Params", "Rows", "candidate_named", "candidates_of"]


def candidates_of(problem: str) -> tuple[Candidate, ...]:
    """Algorithms that learn a problem."""
    return tuple(candidate for candidate in CANDIDATES if problem in candidate.problems)


def candidate_named(name: str, problem: str | None = None) -> Candidate:
    """Find an algorithm by its name in the contract.

    Parameters
    ----------
    name : str
    problem : str, optional
        What it is to learn.

    Raises
    ------
    TrainingError
        ``INVALID_REQUEST`` for a name that is not there, or that does not learn the problem.
    """
    there = CANDIDATES if problem is None else candidates_of(problem)
    for candidate in there:
        if candidate.name == name:
            return candidate
    allowed = ", ".join(candidate.name for candidate in there)
    what = "candidate" if problem is None else f"candidate for {problem}"
    raise TrainingError("INVALID_REQUEST", f"{what} is {name!r}; allowed are {allowed}")
