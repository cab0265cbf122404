"""What a function logs, without the wait for what it does not log: after every call that wrote no line the emulator
waits 50 ms for one, which is two thirds of a warm request. A line that comes later is told with the next call."""

from collections.abc import Callable

from ministack.core import lambda_runtime

# A line is written before the answer is, so it has as good as arrived.
FIRST_LINE_SECONDS = 0.008


def hurried(drain: Callable[..., str]) -> Callable[..., str]:
    """Wraps Worker._drain_stderr_bounded."""

    def wrapped(self: object, first_line_wait: float = FIRST_LINE_SECONDS, **waits: float) -> str:
        return drain(self, first_line_wait=min(first_line_wait, FIRST_LINE_SECONDS), **waits)

    return wrapped


def wait_for_no_logs() -> None:
    """Puts it in place for the whole process."""
    lambda_runtime.Worker._drain_stderr_bounded = hurried(lambda_runtime.Worker._drain_stderr_bounded)
