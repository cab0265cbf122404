import json
import platform
from importlib.metadata import version
from pathlib import Path

from training.job import TrainingJob

#: Source of the loader; its name is that of the module that MLflow imports.
_LOADER = Path(__file__).with_name("mlops_model.py")


def mlmodel_files(job: TrainingJob) -> dict[str, bytes]:
    """List what MLflow's clients need beside ``model.onnx`` and ``serving.json`` to load the model, by path.

    ``mlflow.pyfunc.load_model`` gets predictions as the fleet gives them, ``mlflow.onnx.load_model`` the graph alone.
    The format is MLflow's model format, https://mlflow.org/docs/latest/ml/model/ (JSON is YAML too).

    Parameters
    ----------
    job : TrainingJob
    """
    about = {
        "artifact_path": "model",
        "run_id": job.run_id,
        "flavors": {
            "python_function": {
                "loader_module": _LOADER.stem,
                "code": "code",
                "python_version": platform.python_version(),
            },
            "onnx": {"data": "model.onnx", "onnx_version": version("onnx"), "providers": ["CPUExecutionProvider"]},
        },
    }
    needed = [f"{name}=={version(name)}" for name in ("numpy", "onnxruntime", "pandas")]
    return {
        "MLmodel": json.dumps(about, indent=2).encode(),
        "requirements.txt": "\n".join([*needed, ""]).encode(),
        f"code/{_LOADER.name}": _LOADER.read_bytes(),
    }
