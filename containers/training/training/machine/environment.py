import json
import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from urllib.request import urlopen

from training.machine.hardware import hardware

_PACKAGES = (
    "duckdb",
    "fairlearn",
    "numpy",
    "onnx",
    "onnxmltools",
    "onnxruntime",
    "optuna",
    "pandas",
    "protobuf",
    "scikit-learn",
    "scipy",
    "skl2onnx",
    "sqlglot",
    "vl-convert-python",
)
_METADATA_SECONDS = 0.5
_HOUR_SECONDS = 3600


def environment(packages: Iterable[str], more: Mapping[str, str]) -> dict[str, str]:
    """List what a run needs to be repeated: Python, libraries, platform, hardware, image, code.

    Parameters
    ----------
    packages : iterable of str
        Distributions of what is trained, e.g. ``Candidate.packages``; those that are not installed are left out.
    more : mapping of str to str
        Facts of this run, e.g. the seed, the device and the digest of the data.
    """
    found = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        **hardware(),
        "threads": os.environ.get("TRAINING_THREADS", "1"),
        "imageDigest": os.environ.get("IMAGE_DIGEST") or _task_image(),
        "gitCommit": os.environ.get("GIT_COMMIT"),
        "codeVersion": os.environ.get("CODE_VERSION"),
        **{name: _version(name) for name in sorted({*_PACKAGES, *packages})},
        **more,
    }
    return {name: value for name, value in found.items() if value}


def cost_usd(seconds: float, usd_per_hour: str | None) -> float | None:
    """Price of a task in US dollars; None where its hour has no price.

    Parameters
    ----------
    seconds : float
        Wall time of the task.
    usd_per_hour : str or None
        ``TASK_PRICE_USD_PER_HOUR``, as the environment has it.

    Examples
    --------
    >>> cost_usd(1800, "0.5")
    0.25
    """
    try:
        price = float(usd_per_hour or "")
    except ValueError:
        return None
    return round(seconds / _HOUR_SECONDS * price, 6) if 0 <= price < float("inf") else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


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
