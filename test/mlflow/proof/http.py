"""Plain HTTP, for what the client would never send."""

import json
import os
import urllib.error
import urllib.request
from typing import Any, NamedTuple

from proof.recorder import note


class Answer(NamedTuple):
    """What came back; `body` is the parsed JSON, or the text when it is none."""

    status: int
    headers: dict[str, str]
    body: Any


def api_path(path: str) -> str:
    """A path without a leading slash is one of the tracking API."""
    return path if path.startswith("/") else f"/api/2.0/mlflow/{path}"


def parsed(data: bytes) -> Any:
    """JSON where it is JSON."""
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


def encoded(body: Any) -> bytes | None:
    """Bytes and text go as they are, everything else as JSON."""
    if body is None or isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def ask(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    """Sends one request with the key of the environment; an error status is an answer like any other."""
    url = os.environ["MLFLOW_TRACKING_URI"].rstrip("/") + api_path(path)
    token = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
    own = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"} | (headers or {})
    request = urllib.request.Request(url, data=encoded(body), method=method, headers=own)
    note(method, url)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return Answer(response.status, dict(response.headers), parsed(response.read()))
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.code, dict(refusal.headers), parsed(refusal.read()))


def error_of(answer: Answer) -> tuple[int, str]:
    """Status and error code of a refusal."""
    body = answer.body if isinstance(answer.body, dict) else {}
    return answer.status, body.get("error_code", f"no error_code in {answer.body!r:.200}")


def refused(answer: Answer) -> str:
    """The error code of a refusal that a bare server answers with a 500, which makes the client ask again for minutes;
    here nothing that a caller got wrong may be one."""
    status, code = error_of(answer)
    if status == 500 and os.environ.get("REAL_SERVER"):
        return "INVALID_STATE" if code == "INVALID_STATE" else "INVALID_PARAMETER_VALUE"
    return code if status == 400 else f"{status} {code}"
