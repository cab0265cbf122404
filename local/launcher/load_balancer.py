"""Load balancers as AWS has them: a target group made by CloudFormation has the functions that the template names, a
function is told the path as it was sent, an upload goes on to its task while it still arrives, and every path is the
target's. The emulator forgets the first, decodes the second, reads the third to its end before, and answers /v2 itself,
as an image registry."""

import random
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import h11
from ministack import app as gateway
from ministack.core.responses import set_request_client_ip
from ministack.services import alb
from ministack.services.cloudformation import provisioners
from uploads import Answer, Upload, to_task

# What holds for one connection alone; Expect has been answered by the emulator's own server.
NOT_SENT_ON = {"connection", "keep-alive", "expect", "host"}
GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"


def forwarding(forward: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    """Wraps alb._forward_to_tg."""

    async def wrapped(
        arn: str, method: str, path: str, headers: dict, body: Any, query: Any, raw_query: str | None = None,
        raw_path: str | None = None,
    ) -> Answer:
        group = alb._tgs.get(arn) or {}
        targets = alb._targets.get(arn, [])
        sent = raw_path or path
        if group.get("TargetType") == "lambda":
            path = sent
        if not isinstance(body, Upload):
            return await forward(arn, method, path, headers, body, query, raw_query, raw_path)
        if group.get("TargetType") != "ip" or not targets:
            return await forward(arn, method, path, headers, await body.whole(), query, raw_query, raw_path)
        kept = [(name, value) for name, value in headers.items() if name not in NOT_SENT_ON]
        line = f"{sent}?{raw_query}" if raw_query else sent
        request = h11.Request(method=method, target=line, headers=[("host", headers.get("host", "task")), *kept])
        target = random.choice(targets)
        return await to_task((str(target["Id"]), int(target.get("Port") or group["Port"])), request, body)

    return wrapped


def taking_uploads(app: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Wraps the emulator: what is PUT to a load balancer is not read before it is passed on."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
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
