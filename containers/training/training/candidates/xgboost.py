import glob
import shutil
from typing import Any

from training.candidates.base import Candidate, FitOptions, Params


def _suggest(trial: Any) -> Params:
    return {
        "n_estimators": trial.suggest_int("n_estimators", 50, 300, step=10),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        "max_depth": trial.suggest_int("max_depth", 2, 7),
        "min_child_weight": trial.suggest_float("min_child_weight", 0.5, 20.0, log=True),
        "subsample": trial.suggest_float("subsample", 0.6, 1.0),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.4, 1.0),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-2, 10.0, log=True),
    }


def device() -> str:
    """``cuda`` where this build of XGBoost can use a GPU and the machine shows one, else ``cpu``."""
    from xgboost import build_info

    # An NVIDIA driver gives its container these device files; nvidia-smi stands for it where they are elsewhere.
    has_gpu = bool(glob.glob("/dev/nvidia[0-9]*")) or shutil.which("nvidia-smi") is not None
    return "cuda" if build_info().get("USE_CUDA") and has_gpu else "cpu"


def _build(params: Params, options: FitOptions) -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(
        **params,
        random_state=options.seed,
        n_jobs=options.threads,
        tree_method="hist",
        device=device(),
        verbosity=0,
    )


def _register() -> None:
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
    from xgboost import XGBClassifier

    update_registered_converter(
        XGBClassifier,
        "XGBoostXGBClassifier",
        calculate_linear_classifier_output_shapes,
        convert_xgboost,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )


def _settle(estimator: Any) -> Any:
    # Rows to compare come from the processor's memory: one device for data and model.
    return estimator.set_params(device="cpu")


xgboost = Candidate(
    name="xgboost",
    scales=False,
    packages=("xgboost-cpu", "xgboost", "onnxmltools"),
    first={
        "n_estimators": 120,
        "learning_rate": 0.08,
        "max_depth": 4,
        "min_child_weight": 2.0,
        "subsample": 0.9,
        "colsample_bytree": 0.8,
        "reg_lambda": 1.0,
    },
    suggest=_suggest,
    build=_build,
    register=_register,
    settle=_settle,
)
