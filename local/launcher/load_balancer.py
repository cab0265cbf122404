"""Load balancers as AWS has them: a target group made by CloudFormation has the functions that the template names, a
function is told the path as it was sent, an upload goes on to its task while it still arrives, connections to tasks are
kept, and every path is the target's. The emulator forgets the first, decodes the second, reads the third to its end
before, opens a connection for each request, and answers /v2 itself, as an image registry."""

import random
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import h11
from connections import Connections
from ministack import app as gateway
from ministack.core.responses import set_request_client_ip
from ministack.core.sigv4 import decode_header_value
from ministack.services import alb
from ministack.services.cloudformation import provisioners
from relay import PLAIN, Answer, Body, Upload, to_task

# What holds for one connection alone; Expect has been answered by the emulator's own server.
NOT_SENT_ON = {"connection", "keep-alive", "upgrade", "expect", "host"}
FRAMING = {"content-length", "transfer-encoding"}
BODILESS = {"GET", "HEAD", "OPTIONS"}
GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"


def request_of(method: str, target: str, headers: dict, body: Body) -> h11.Request:
    """What a task is sent."""
    kept = [(name, value.encode()) for name, value in headers.items() if name not in NOT_SENT_ON]
    if not isinstance(body, Upload):
        # It was read whole, however it came.
        kept = [(name, value) for name, value in kept if name not in FRAMING]
        if body or method not in BODILESS:
            kept.append(("content-length", str(len(body)).encode()))
    return h11.Request(method=method, target=target, headers=[("host", headers.get("host", "task").encode()), *kept])


def forwarding(forward: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    """Wraps alb._forward_to_tg."""
    kept = Connections()

    async def wrapped(
        arn: str, method: str, path: str, headers: dict, body: Body, query: Any, raw_query: str | None = None,
        raw_path: str | None = None,
    ) -> Answer:
        group = alb._tgs.get(arn) or {}
        targets = alb._targets.get(arn, [])
        sent = raw_path or path
        if group.get("TargetType") == "ip" and targets:
            target = random.choice(targets)
            address = str(target["Id"]), int(target.get("Port") or group["Port"])
            line = f"{sent}?{raw_query}" if raw_query else sent
            try:
                request = request_of(method, line, headers, body)
            except h11.LocalProtocolError as error:
                return 400, PLAIN, str(error).encode()
            return await to_task(kept, address, request, body)
        if isinstance(body, Upload):
            body = await body.whole()
        path = sent if group.get("TargetType") == "lambda" else path
        return await forward(arn, method, path, headers, body, query, raw_query, raw_path)

    return wrapped


def headers_of(scope: dict[str, Any]) -> dict[str, str]:
    """As the emulator has them: what is said more than once is joined."""
    headers: dict[str, str] = {}
    for raw_name, value in scope.get("headers", []):
        name, text = raw_name.decode("latin-1").lower(), decode_header_value(value)
        joint = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{joint}{text}" if name in headers else text
    return headers


def taking_uploads(app: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Wraps the emulator: what is PUT to a load balancer is not read before it is passed on."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = headers_of(scope)
        host, path = headers.get("host", ""), scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "PUT" or not gateway._is_potential_alb_request(host, path):
            return await app(scope, receive, send)
        set_request_client_ip((scope.get("client") or ("127.0.0.1",))[0])
        query = scope.get("query_string", b"").decode("latin-1")
        raw_path = (scope.get("raw_path") or path.encode()).decode("latin-1")
        answer = await gateway._handle_alb_request(
            host, path, "PUT", headers, Upload(receive), parse_qs(query, keep_blank_values=True), query, raw_path
        )
        await gateway._send_if_handled(send, answer or (404, {}, b"no such load balancer"), receive)

    return wrapped


def with_functions(provision: Callable[..., tuple[str, dict]], props_at: int) -> Callable[..., tuple[str, dict]]:
    """Wraps the making and changing of a target group: functions are registered by the template, tasks by ECS."""

    def wrapped(*args: Any, **kwargs: Any) -> tuple[str, dict]:
        arn, facts = provision(*args, **kwargs)
        props = args[props_at]
        if props.get("TargetType") == "lambda":
            alb._targets[arn] = [{"Id": target["Id"]} for target in props.get("Targets") or []]
        return arn, facts

    return wrapped


def leaving_balancers(registry: Callable[..., Awaitable[Answer | None]]) -> Callable[..., Awaitable[Answer | None]]:
    """Wraps gateway._handle_ecr_registry_request, which looks at the path alone."""

    async def wrapped(method: str, path: str, headers: dict, *rest: Any) -> Answer | None:
        if gateway._is_potential_alb_request(headers.get("host", ""), path):
            return None
        return await registry(method, path, headers, *rest)

    return wrapped


def balance_like_aws() -> None:
    """Puts it in place for the whole process."""
    handlers = provisioners._RESOURCE_HANDLERS[GROUP]
    handlers["create"] = with_functions(handlers["create"], 1)
    handlers["update"] = with_functions(handlers["update"], 2)
    alb._forward_to_tg = forwarding(alb._forward_to_tg)
    gateway.app = taking_uploads(gateway.app)
    gateway._handle_ecr_registry_request = leaving_balancers(gateway._handle_ecr_registry_request)
