import glob
import shutil
from typing import Any

from training.candidates.base import MOST_ROUNDS, Candidate, FitOptions, Params, Rows, Stopping, patience

_MANY_ROWS = 20_000


def _suggest(trial: Any, options: FitOptions) -> Params:
    deepest = 10 if options.rows > _MANY_ROWS else 7
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.3, log=True),
        "max_depth": trial.suggest_int("max_depth", 2, deepest),
        "min_child_weight": trial.suggest_float("min_child_weight", 0.5, 30.0, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.2, 1.0),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-2, 30.0, log=True),
    }


def has_gpu() -> bool:
    """Whether this build of XGBoost can use a GPU and the machine shows one."""
    from xgboost import build_info

    # An NVIDIA driver gives its container these device files; nvidia-smi stands for it where they are elsewhere.
    is_there = bool(glob.glob("/dev/nvidia[0-9]*")) or shutil.which("nvidia-smi") is not None
    return bool(build_info().get("USE_CUDA")) and is_there


def _build(params: Params, options: FitOptions) -> Any:
    from xgboost import XGBClassifier, XGBRegressor

    kind = XGBClassifier if options.is_classification else XGBRegressor
    return kind(
        **{"n_estimators": MOST_ROUNDS, **params},
        random_state=options.seed,
        n_jobs=options.threads,
        tree_method="hist",
        device=options.device,
        verbosity=0,
    )


def _fit_stopping(estimator: Any, rows: Rows, held: Rows) -> int:
    estimator.set_params(early_stopping_rounds=patience(estimator.learning_rate))
    weights = {
        "sample_weight": rows.weight,
        "sample_weight_eval_set": None if held.weight is None else [held.weight],
    }
    estimator.fit(rows.X, rows.y, eval_set=[(held.X, held.y)], verbose=False, **weights)
    return int(estimator.best_iteration) + 1


def _register() -> None:
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )
    from xgboost import XGBClassifier, XGBRegressor

    update_registered_converter(
        XGBClassifier,
        "XGBoostXGBClassifier",
        calculate_linear_classifier_output_shapes,
        convert_xgboost,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )
    update_registered_converter(
        XGBRegressor, "XGBoostXGBRegressor", calculate_linear_regressor_output_shapes, convert_xgboost
    )


def _settle(estimator: Any) -> Any:
    # Rows to compare come from the processor's memory: one device for data and model.
    return estimator.set_params(device="cpu")


xgboost = Candidate(
    name="xgboost",
    scales=False,
    packages=("xgboost-cpu", "xgboost", "onnxmltools"),
    first=(
        {
            "learning_rate": 0.08,
            "max_depth": 4,
            "min_child_weight": 2.0,
            "subsample": 0.9,
            "colsample_bytree": 0.8,
            "reg_lambda": 1.0,
        },
        {
            "learning_rate": 0.08,
            "max_depth": 2,
            "min_child_weight": 5.0,
            "subsample": 0.8,
            "colsample_bytree": 0.4,
            "reg_lambda": 5.0,
        },
        {
            "learning_rate": 0.12,
            "max_depth": 6,
            "min_child_weight": 1.0,
            "subsample": 0.9,
            "colsample_bytree": 0.9,
            "reg_lambda": 1.0,
        },
        {
            "learning_rate": 0.08,
            "max_depth": 3,
            "min_child_weight": 10.0,
            "subsample": 0.7,
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
