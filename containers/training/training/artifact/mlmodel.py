import json
import platform
import uuid
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from training.artifact.facts import as_json
from training.data.dataset import Dataset
from training.graph.graph import graph_rows
from training.job import ModelInput, TrainingJob

if TYPE_CHECKING:
    from training.built import Built

#: Source of the loader; its name is that of the module that MLflow imports.
_LOADER = Path(__file__).with_name("mlops_model.py")
#: Release of MLflow whose model format this is; later ones read it too.
_MLFLOW = "3.17.2"
_EXAMPLE_ROWS = 5
_EXAMPLE, _SERVED_EXAMPLE = "input_example.json", "serving_input_example.json"


def mlmodel_files(job: TrainingJob, data: Dataset, built: "Built") -> dict[str, bytes]:
    """List what MLflow's clients need beside ``model.onnx`` and ``serving.json`` to load the model, by path.

    ``mlflow.pyfunc.load_model`` gets predictions as the fleet gives them, ``mlflow.onnx.load_model`` the graph alone.
    The format is MLflow's model format, https://mlflow.org/docs/latest/ml/model/ (JSON is YAML too). Nothing in it
    differs from one training to the next where the graph does not: no time, no random id.
    """
    needed = [f"{name}=={version(name)}" for name in ("numpy", "onnx", "onnxruntime", "pandas")]
    needed = [f"mlflow=={_MLFLOW}", *needed]
    example = _example(built.inputs, graph_rows(data.test))
    return {
        "MLmodel": _json(_about(job, data, built)),
        "requirements.txt": "\n".join([*needed, ""]).encode(),
        "conda.yaml": _json(_conda(needed)),
        "python_env.yaml": _json(_python_env()),
        _EXAMPLE: _json(example),
        _SERVED_EXAMPLE: _json({"dataframe_split": example}),
        f"code/{_LOADER.name}": _LOADER.read_bytes(),
    }


def _about(job: TrainingJob, data: Dataset, built: "Built") -> dict[str, Any]:
    return {
        "artifact_path": "model",
        "run_id": job.run_id,
        "model_uuid": uuid.uuid5(uuid.NAMESPACE_OID, built.sha256).hex,
        "mlflow_version": _MLFLOW,
        "model_size_bytes": len(built.model),
        "flavors": {
            "python_function": {
                "loader_module": _LOADER.stem,
                "code": "code",
                "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
                "python_version": platform.python_version(),
            },
            "onnx": {
                "data": "model.onnx",
                "onnx_version": version("onnx"),
                "onnx_session_options": None,
                "providers": ["CPUExecutionProvider"],
                "code": None,
            },
        },
        "saved_input_example_info": {
            "artifact_path": _EXAMPLE,
            "serving_input_path": _SERVED_EXAMPLE,
            "type": "dataframe",
            "pandas_orient": "split",
        },
        "signature": _signature(job, data, built.inputs),
        "is_signature_from_type_hint": False,
        "type_hint_from_example": False,
    }


def _signature(job: TrainingJob, data: Dataset, inputs: tuple[ModelInput, ...]) -> dict[str, str | None]:
    # A number may be missing, which only floats can be, and pandas reads float64 unless told otherwise.
    types = {"number": "double", "string": "string"}
    taken = [{"type": types[column.type], "name": column.name, "required": False} for column in inputs]
    given = [{"type": kind, "name": name, "required": True} for name, kind in _outputs(job, data).items()]
    return {"inputs": json.dumps(taken), "outputs": json.dumps(given), "params": None}


def _outputs(job: TrainingJob, data: Dataset) -> dict[str, str]:
    """Columns that ``mlops_model`` gives."""
    if job.problem == "regression":
        return {"prediction": "double"}
    columns = {"prediction": "string", "probability": "double"}
    if job.problem == "binary-classification":
        return columns
    return {**columns, **{f"probability_{name}": "double" for name in data.classes}}


def _example(inputs: tuple[ModelInput, ...], test: pd.DataFrame) -> dict[str, Any]:
    rows = [as_json(inputs, test.iloc[place]) for place in range(min(_EXAMPLE_ROWS, len(test)))]
    return {"columns": [column.name for column in inputs], "data": [list(row.values()) for row in rows]}


def _conda(needed: list[str]) -> dict[str, Any]:
    python = f"python={platform.python_version()}"
    return {"name": "mlflow-env", "channels": ["conda-forge"], "dependencies": [python, "pip", {"pip": needed}]}


def _python_env() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "build_dependencies": ["pip", "setuptools", "wheel"],
        "dependencies": ["-r requirements.txt"],
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False).encode()
