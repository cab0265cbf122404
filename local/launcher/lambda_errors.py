"""The name of the error that a Node function threw, as AWS has it: Lambda answers `errorType` = the error's name, and
Step Functions matches Retry and Catch by it. The emulator answers Runtime.HandlerError for every error."""

import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

THROWN = 'error: String(err.message || err), trace: err.stack || ""'
NAMED = 'type: (err && err.name) || "Error", ' + THROWN
# What the emulator says when it was the code that failed: its module would not load.
BROKEN_CODE = "Worker init failed"
STARTING = {"RuntimeError", "BrokenPipeError", "OSError", "AttributeError"}

thrown = threading.local()


def ended_while_starting(body: dict[str, Any]) -> bool:
    """Whether the process ended before it took the call: the emulator then names the error after its own exception."""
    broken_code = str(body.get("errorMessage", "")).startswith(BROKEN_CODE)
    return body.get("errorType") in STARTING and not broken_code


def remember_error_names() -> None:
    """Puts it in place for the whole process."""
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if THROWN not in script:
        raise RuntimeError("the emulator's Node bootstrap has changed: see local/launcher/lambda_errors.py")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(THROWN, NAMED)

    invoke = lambda_runtime.Worker.invoke
    execute = lambda_svc._execute_function_warm

    def naming_invoke(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        result = invoke(self, *args, **kwargs)
        # An error without name and trace is none of the code's: the process ended, or its pipe broke, under the call.
        died = not result.get("type") and not result.get("trace")
        thrown.name = "Runtime.ExitError" if died else result.get("type")
        return result

    def naming_execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        thrown.name = None
        answer = execute(func, event, request_id)
        body = answer.get("body")
        if answer.get("error") and isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
            body["errorType"] = thrown.name or "Runtime.HandlerError"
        elif answer.get("error") and isinstance(body, dict) and ended_while_starting(body):
            body["errorType"] = "Runtime.ExitError"
        return answer

    lambda_runtime.Worker.invoke = naming_invoke
    lambda_svc._execute_function_warm = naming_execute
