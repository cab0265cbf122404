"""The endpoints of the MLflow surface, and the name of the one that an address belongs to."""

import re
from urllib.parse import urlsplit

API = r"^/(?:ajax-)?api/"
PREFIXES = re.compile(rf"{API}2\.0/mlflow/|{API}2\.0/(?=mlflow-artifacts/)|{API}(?=3\.0/)|^/")

# Most specific first: the first pattern that matches names the endpoint.
TEMPLATES = [
    (re.compile(pattern), name)
    for pattern, name in [
        (r"^logged-models/search$", "logged-models/search"),
        (r"^logged-models/[^/]+/artifacts/directories$", "logged-models/{id}/artifacts/directories"),
        (r"^logged-models/[^/]+/tags/[^/]+$", "logged-models/{id}/tags/{key}"),
        (r"^logged-models/[^/]+/(tags|params)$", r"logged-models/{id}/\1"),
        (r"^logged-models/[^/]+$", "logged-models/{id}"),
        (r"^mlflow-artifacts/artifacts/.+$", "mlflow-artifacts/artifacts/{path}"),
        (r"^mlflow-artifacts/presigned/.+$", "mlflow-artifacts/presigned/{path}"),
        (r"^mlflow-artifacts/mpu/(create|complete|abort)(/.*)?$", r"mlflow-artifacts/mpu/\1/{path}"),
    ]
]

ENDPOINTS = """
POST experiments/create
GET experiments/get
GET experiments/get-by-name
POST experiments/search
GET experiments/search
POST experiments/update
POST experiments/delete
POST experiments/restore
POST experiments/set-experiment-tag
POST experiments/delete-experiment-tag
POST runs/create
GET runs/get
POST runs/update
POST runs/delete
POST runs/restore
POST runs/log-metric
POST runs/log-parameter
POST runs/set-tag
POST runs/delete-tag
POST runs/log-batch
POST runs/log-inputs
POST runs/outputs
POST runs/search
GET metrics/get-history
GET artifacts/list
POST logged-models
GET logged-models/{id}
PATCH logged-models/{id}
DELETE logged-models/{id}
PATCH logged-models/{id}/tags
DELETE logged-models/{id}/tags/{key}
POST logged-models/{id}/params
POST logged-models/search
GET logged-models/{id}/artifacts/directories
POST registered-models/create
POST registered-models/rename
PATCH registered-models/update
DELETE registered-models/delete
GET registered-models/get
GET registered-models/search
POST registered-models/get-latest-versions
GET registered-models/get-latest-versions
POST registered-models/alias
GET registered-models/alias
DELETE registered-models/alias
POST registered-models/set-tag
DELETE registered-models/delete-tag
POST model-versions/create
PATCH model-versions/update
POST model-versions/transition-stage
DELETE model-versions/delete
GET model-versions/get
GET model-versions/search
GET model-versions/get-download-uri
POST model-versions/set-tag
DELETE model-versions/delete-tag
GET 3.0/mlflow/server-info
GET health
GET version
PUT mlflow-artifacts/artifacts/{path}
GET mlflow-artifacts/artifacts/{path}
GET mlflow-artifacts/artifacts
DELETE mlflow-artifacts/artifacts/{path}
POST mlflow-artifacts/mpu/create/{path}
POST mlflow-artifacts/mpu/complete/{path}
POST mlflow-artifacts/mpu/abort/{path}
GET mlflow-artifacts/presigned/{path}
""".strip().splitlines()


def endpoint_of(method: str, url: str, base: str) -> str | None:
    """The endpoint's name, None for another host's. `endpoint_of("GET", base + "/health", base)` is "GET health"."""
    there, here = urlsplit(url), urlsplit(base)
    if there.netloc != here.netloc:
        return None
    path = PREFIXES.sub("", there.path.removeprefix(here.path.rstrip("/")), count=1)
    for pattern, name in TEMPLATES:
        if pattern.match(path):
            return f"{method} {pattern.sub(name, path)}"
    return f"{method} {path}"
