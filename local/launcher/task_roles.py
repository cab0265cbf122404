"""The credentials of an ECS task are those of its task role. The emulator hands out keys that no service knows;
here each container's address answers with a session of the role in its task definition, so IAM is enforced for
tasks as it is for Lambdas."""

import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ministack.services import ecs, imds, sts

SESSION_SECONDS = 3600
PATH = "/v2/credentials/"
Reply = tuple[int, dict[str, str], bytes]


class Holder(NamedTuple):
    """Who may fetch which role's keys."""

    token: str
    role_arn: str
    task_id: str


NOBODY = Holder("", "", "")
holders: dict[str, Holder] = {}


def remembering_role(register: Callable[..., str]) -> Callable[..., str]:
    """Wraps ecs._register_metadata: notes which role a container's credentials address stands for."""

    def wrapped(task_arn: str, cluster_arn: str, td: dict, cdef: dict, launch_type: str, env: dict, *rest: Any) -> str:
        token = register(task_arn, cluster_arn, td, cdef, launch_type, env, *rest)
        role_arn = td.get("taskRoleArn")
        if role_arn:
            path = PATH + env["AWS_CONTAINER_CREDENTIALS_FULL_URI"].rsplit("/", 1)[-1]
            holders[path] = Holder(env["AWS_CONTAINER_AUTHORIZATION_TOKEN"], role_arn, task_arn.rsplit("/", 1)[-1])
        else:  # as on AWS: no task role, no credentials
            env.pop("AWS_CONTAINER_CREDENTIALS_FULL_URI", None)
            env.pop("AWS_CONTAINER_AUTHORIZATION_TOKEN", None)
        return token

    return wrapped


def open_session(role_arn: str, task_id: str) -> dict[str, str]:
    """A new session of the role, in the shape of the ECS credentials endpoint."""
    account, role_name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    key = "ASIA" + secrets.token_hex(8).upper()
    secret, token = secrets.token_hex(20), secrets.token_urlsafe(48)
    expires = time.time() + SESSION_SECONDS
    session = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{task_id}",
        "UserId": f"{role_name}:{task_id}",
        "SecretAccessKey": secret,
        "SessionToken": token,
        "Expiration": expires,
    }
    sts.register_session(key, session)
    expiration = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires))
    return {
        "AccessKeyId": key,
        "SecretAccessKey": secret,
        "Token": token,
        "Expiration": expiration,
        "RoleArn": role_arn,
    }


def answer(path: str, headers: dict[str, str]) -> Reply:
    """The credentials endpoint: only the container that holds the token gets its role's keys."""
    token, role_arn, task_id = holders.get(path.rstrip("/"), NOBODY)
    given = headers.get("authorization", "")
    kind = {"Content-Type": "application/json"}
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        return 403, kind, b'{"message": "these credentials are for another task"}'
    return 200, kind, json.dumps(open_session(role_arn, task_id)).encode()


def answering_roles(handle: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps the metadata service: credentials are answered here, all else there."""

    async def wrapped(method: str, path: str, headers: dict, body: bytes, query_params: dict) -> Reply:
        if path.startswith(PATH) and method.upper() == "GET":
            return answer(path, headers)
        return await handle(method, path, headers, body, query_params)

    return wrapped


def serve_task_roles() -> None:
    """Puts it in place for the whole process."""
    ecs._register_metadata = remembering_role(ecs._register_metadata)
    imds.handle_request = answering_roles(imds.handle_request)
