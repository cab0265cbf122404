import re
from typing import Any

import numpy as np

from training.candidates.base import Candidate, FitOptions, Params


def _suggest(trial: Any) -> Params:
    return {
        "n_estimators": trial.suggest_int("n_estimators", 50, 300, step=10),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, 48, log=True),
        "min_child_samples": trial.suggest_int("min_child_samples", 5, 100, log=True),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.4, 1.0),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-3, 10.0, log=True),
    }


def _build(params: Params, options: FitOptions) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        **params,
        random_state=options.seed,
        n_jobs=options.threads,
        deterministic=True,
        force_row_wise=True,
        verbosity=-1,
    )


def _register() -> None:
    from lightgbm import LGBMClassifier
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes

    update_registered_converter(
        LGBMClassifier,
        "LightGbmLGBMClassifier",
        calculate_linear_classifier_output_shapes,
        convert_lightgbm,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )


def float32_at_most(value: float) -> float:
    """Largest float32 that is not above a number.

    Examples
    --------
    >>> float32_at_most(0.1) <= 0.1
    True
    """
    near = np.float32(value)
    return float(near if float(near) <= value else np.nextafter(near, np.float32(-np.inf)))


def snap_thresholds(model_text: str) -> str:
    """Round every split threshold of a LightGBM model down to a float32.

    The graph keeps thresholds as float32, rounded to nearest, so rows that lie on one would change sides. Rounded
    down instead, ``x <= threshold`` answers the same for every float32 ``x``, and the graph agrees with the model.

    Parameters
    ----------
    model_text : str
        ``Booster.model_to_string()`` of a model without categorical splits.
    """

    def snapped(line: re.Match[str]) -> str:
        return "threshold=" + " ".join(repr(float32_at_most(float(value))) for value in line[1].split())

    # The header says how many bytes each tree has; without it LightGBM reads tree by tree.
    text = re.sub(r"^tree_sizes=.*\n", "", model_text, flags=re.MULTILINE)
    return re.sub(r"^threshold=(.+)$", snapped, text, flags=re.MULTILINE)


def _settle(estimator: Any) -> Any:
    from lightgbm import Booster

    estimator._Booster = Booster(model_str=snap_thresholds(estimator.booster_.model_to_string()))
    return estimator


lightgbm = Candidate(
    name="lightgbm",
    scales=False,
    packages=("lightgbm", "onnxmltools"),
    first={
        "n_estimators": 120,
        "learning_rate": 0.05,
        "num_leaves": 12,
        "min_child_samples": 20,
        "colsample_bytree": 0.8,
        "reg_lambda": 1.0,
    },
    suggest=_suggest,
    build=_build,
    register=_register,
    settle=_settle,
)
