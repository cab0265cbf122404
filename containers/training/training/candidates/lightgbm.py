import re
from typing import Any

import numpy as np

from training.candidates.base import MOST_ROUNDS, Candidate, FitOptions, Params, Rows, Stopping, patience

_MANY_ROWS = 20_000


def _suggest(trial: Any, options: FitOptions) -> Params:
    most = 255 if options.rows > _MANY_ROWS else 48
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.2, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, most, log=True),
        "min_child_samples": trial.suggest_int("min_child_samples", 5, 120, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.2, 1.0),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-3, 30.0, log=True),
    }


def _build(params: Params, options: FitOptions) -> Any:
    from lightgbm import LGBMClassifier, LGBMRegressor

    kind = LGBMClassifier if options.is_classification else LGBMRegressor
    return kind(
        **{"n_estimators": MOST_ROUNDS, **params},
        subsample_freq=1,
        random_state=options.seed,
        n_jobs=options.threads,
        deterministic=True,
        force_row_wise=True,
        verbosity=-1,
    )


def _fit_stopping(estimator: Any, rows: Rows, held: Rows) -> int:
    from lightgbm import early_stopping

    estimator.fit(
        rows.X,
        rows.y,
        sample_weight=rows.weight,
        eval_X=held.X,
        eval_y=held.y,
        eval_sample_weight=None if held.weight is None else [held.weight],
        callbacks=[early_stopping(patience(estimator.learning_rate), verbose=False)],
    )
    return max(1, int(estimator.best_iteration_))


def _register() -> None:
    from lightgbm import LGBMClassifier, LGBMRegressor
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    update_registered_converter(
        LGBMClassifier,
        "LightGbmLGBMClassifier",
        calculate_linear_classifier_output_shapes,
        convert_lightgbm,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )
    update_registered_converter(
        LGBMRegressor,
        "LightGbmLGBMRegressor",
        calculate_linear_regressor_output_shapes,
        convert_lightgbm,
        options={"split": None},
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
    first=(
        {
            "learning_rate": 0.06,
            "num_leaves": 12,
            "min_child_samples": 20,
            "subsample": 0.8,
            "colsample_bytree": 0.7,
            "reg_lambda": 1.0,
        },
        {
            "learning_rate": 0.05,
            "num_leaves": 5,
            "min_child_samples": 50,
            "subsample": 0.8,
            "colsample_bytree": 0.4,
            "reg_lambda": 5.0,
        },
        {
            "learning_rate": 0.1,
            "num_leaves": 31,
            "min_child_samples": 20,
            "subsample": 0.9,
            "colsample_bytree": 0.9,
            "reg_lambda": 0.1,
        },
        {
            "learning_rate": 0.08,
            "num_leaves": 8,
            "min_child_samples": 10,
            "subsample": 0.6,
            "colsample_bytree": 0.5,
            "reg_lambda": 10.0,
        },
    ),
    suggest=_suggest,
    build=_build,
    stopping=Stopping("n_estimators", _fit_stopping),
    register=_register,
    settle=_settle,
)
