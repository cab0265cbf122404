"""HTTP integrations of an HTTP API, whole: the emulator reads the body of an error answer on its own event loop, which
then waits for itself for 30 seconds, and hands on no header but Content-Type."""

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from ministack.services import apigateway

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
# The emulator's own URL library would add this one, and the request was checked by the API already.
NOT_SENT_ON = {"host", "content-length", "connection"}

Answer = tuple[int, dict[str, str], bytes]


def read_answer(response: Any) -> Answer:
    headers = {name: value for name, value in response.headers.items() if name.lower() not in HOP_BY_HOP}
    return response.status, headers, response.read()


def send(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=apigateway._PROXY_TIMEOUT_SECONDS) as response:
            return read_answer(response)
    except urllib.error.HTTPError as refusal:
        return read_answer(refusal)
    except Exception as error:
        return 502, {"Content-Type": "application/json"}, json.dumps({"message": str(error)}).encode()


async def forward(
    integration: dict[str, Any], path: str, method: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Answer:
    url = integration.get("integrationUri", "").rstrip("/") + path
    if query:
        url = f"{url}?{urllib.parse.urlencode(query, doseq=True)}"
    sent = {name: value for name, value in headers.items() if name.lower() not in NOT_SENT_ON}
    request = urllib.request.Request(url, data=body or None, method=method, headers=sent)
    return await asyncio.to_thread(send, request)


def forward_whole_answers() -> None:
    """Puts it in place for the whole process."""
    apigateway._invoke_http_proxy = forward
