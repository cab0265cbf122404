"""HTTP integrations of an HTTP API, whole: the emulator reads the body of an error answer on its own event loop, which
then waits for itself for 30 seconds, and hands on no header but Content-Type. A load balancer is this very process: it
is asked without a way through the network."""

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from ministack import app as gateway
from ministack.core.responses import StreamingResponse
from ministack.services import apigateway

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
# The emulator's own URL library adds these, and the body was read whole, however it came.
NOT_SENT_ON = {"host", "content-length", "transfer-encoding", "connection"}
# The emulator has the path decoded; what may stand in one as it is goes on as it is.
PATH_SAFE = "/:@!$&'()*+,;=~"

Answer = tuple[int, dict[str, Any], bytes]


def brought_back(headers: Any) -> dict[str, Any]:
    """Each with all its values: an answer has one Set-Cookie for each cookie."""
    brought: dict[str, Any] = {}
    for name, value in headers.items():
        if name.lower() not in HOP_BY_HOP:
            brought.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return {name: values[0] if len(values) == 1 else values for name, values in brought.items()}


def refused(message: str) -> Answer:
    return 502, {"Content-Type": "application/json"}, json.dumps({"message": message}).encode()


def read_answer(response: Any) -> Answer:
    return response.status, brought_back(response.headers), response.read()


def send(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=apigateway._PROXY_TIMEOUT_SECONDS) as response:
            return read_answer(response)
    except urllib.error.HTTPError as refusal:
        return read_answer(refusal)
    except Exception as error:
        return refused(str(error))


async def whole(body: Any) -> bytes | None:
    """What is streamed, once it is all there; None where it broke off."""
    if not isinstance(body, StreamingResponse):
        return body
    messages: list[dict[str, Any]] = []

    async def keep(message: dict[str, Any]) -> None:
        messages.append(message)

    await body.runner(keep, asyncio.Event().wait)
    is_whole = bool(messages) and not messages[-1].get("more_body", False)
    return b"".join(message.get("body", b"") for message in messages) if is_whole else None


async def ask_balancer(url: urllib.parse.SplitResult, method: str, headers: dict[str, str], body: bytes) -> Answer | None:
    """None where the address is no load balancer's."""
    path = urllib.parse.unquote(url.path)
    query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
    answer = await gateway._handle_alb_request(
        url.netloc, path, method, {**headers, "host": url.netloc}, body, query, url.query, url.path
    )
    if answer is None:
        return None
    status, told, content = answer
    content = await whole(content)
    return refused("the answer broke off") if content is None else (status, brought_back(told), content)


async def forward(
    integration: dict[str, Any], path: str, method: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Answer:
    url = integration.get("integrationUri", "").rstrip("/") + urllib.parse.quote(path, safe=PATH_SAFE)
    if query:
        url = f"{url}?{urllib.parse.urlencode(query, doseq=True)}"
    sent = {name: value for name, value in headers.items() if name.lower() not in NOT_SENT_ON}
    asking = ask_balancer(urllib.parse.urlsplit(url), method, sent, body)
    try:
        answer = await asyncio.wait_for(asking, apigateway._PROXY_TIMEOUT_SECONDS)
    except TimeoutError:
        return refused("no answer in time")
    if answer is not None:
        return answer
    request = urllib.request.Request(url, data=body or None, method=method, headers=sent)
    return await asyncio.to_thread(send, request)


def forward_whole_answers() -> None:
    """Puts it in place for the whole process."""
    apigateway._invoke_http_proxy = forward
