"""`ecs:runTask.sync` as Step Functions has it: a task whose essential container does not exit with 0 fails the
state with States.TaskFailed, so that Retry and Catch see it, and the result is the task with PascalCase names.
The emulator answers the raw task list and calls every exit a success; it also gives up after ten minutes."""

import json
import time
from typing import Any

from ministack.services import ecs, stepfunctions

POLL_SECONDS = 0.3


def pascal_case(value: Any) -> Any:
    """Names as the optimised integration writes them: lastStatus becomes LastStatus."""
    if isinstance(value, list):
        return [pascal_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key[:1].upper() + key[1:]: pascal_case(item) for key, item in value.items()}


def has_failed(task: dict[str, Any]) -> bool:
    """No exit code means that the container never ran."""
    return any(container.get("exitCode") != 0 for container in task.get("containers", []))


def wait_for_tasks(cluster: str, task_arns: list[str]) -> Any:
    """Waits until all have stopped; the state's own TimeoutSeconds is the limit, as on AWS."""
    while True:
        time.sleep(POLL_SECONDS)
        _, _, body = ecs._describe_tasks({"cluster": cluster, "tasks": task_arns})
        tasks = json.loads(body).get("tasks", []) if body else []
        if tasks and all(task.get("lastStatus") == "STOPPED" for task in tasks):
            break
    for task in tasks:
        if has_failed(task):
            raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(pascal_case(task)))
    return pascal_case(tasks[0]) if len(tasks) == 1 else {"Tasks": pascal_case(tasks)}


def fail_like_step_functions() -> None:
    """Puts it in place for the whole process."""
    stepfunctions._poll_ecs_tasks = wait_for_tasks
