"""Notes every endpoint that is asked, by the client's own `requests` sessions and by the checks themselves."""

import os
from collections.abc import Callable
from typing import Any

import requests

from proof.endpoints import endpoint_of

asked: set[str] = set()


def note(method: str, url: str) -> None:
    """One request goes out."""
    endpoint = endpoint_of(method.upper(), url, os.environ["MLFLOW_TRACKING_URI"])
    if endpoint is not None:
        asked.add(endpoint)


def noting(send: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps `Session.send`."""

    def wrapped(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        note(request.method or "", request.url or "")
        return send(self, request, **options)

    return wrapped


def record() -> None:
    """Puts it in place for the whole process."""
    requests.Session.send = noting(requests.Session.send)
