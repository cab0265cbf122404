import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.request import urlopen

from training.candidates import Candidate

_PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy", "optuna", "skl2onnx", "onnx", "onnxruntime", "duckdb")
_METADATA_SECONDS = 0.5


def environment(candidate: Candidate, more: dict[str, str]) -> dict[str, str]:
    """List what a run needs to be repeated: Python, libraries, platform, image, code and whatever the caller adds.

    Parameters
    ----------
    candidate : Candidate
        Its libraries are listed too.
    more : dict of str to str
        Facts of this run, e.g. the seed and the digest of the data.
    """
    found = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": os.environ.get("TRAINING_THREADS", "1"),
        "imageDigest": os.environ.get("IMAGE_DIGEST") or _task_image(),
        "gitCommit": os.environ.get("GIT_COMMIT"),
        "codeVersion": os.environ.get("CODE_VERSION"),
        **{name: _version(name) for name in (*_PACKAGES, *candidate.packages)},
        **more,
    }
    return {name: value for name, value in found.items() if value}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _task_image() -> str | None:
    """Digest of the image, as ECS tells its tasks."""
    address = os.environ.get("ECS_CONTAINER_METADATA_URI_V4")
    if not address:
        return None
    try:
        with urlopen(address, timeout=_METADATA_SECONDS) as answer:
            return str(json.load(answer).get("ImageID") or "") or None
    except (OSError, ValueError):
        return None
