from training.candidates.base import Candidate, FitOptions, Params
from training.candidates.lightgbm import lightgbm
from training.candidates.logistic_regression import logistic_regression
from training.candidates.xgboost import xgboost
from training.errors import TrainingError

CANDIDATES: tuple[Candidate, ...] = (logistic_regression, lightgbm, xgboost)

__all__ = ["CANDIDATES", "Candidate", "FitOptions", "Params", "candidate_named"]


def candidate_named(name: str) -> Candidate:
    """Find an algorithm by its name in the contract.

    Raises
    ------
    TrainingError
        ``INVALID_REQUEST`` for a name that is not there.
    """
    for candidate in CANDIDATES:
        if candidate.name == name:
            return candidate
    allowed = ", ".join(candidate.name for candidate in CANDIDATES)
    raise TrainingError("INVALID_REQUEST", f"candidate is {name!r}; allowed are {allowed}")
