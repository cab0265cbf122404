import threading
import time
from collections.abc import Callable

from training.errors import TrainingError
from training.machine.progress import emit
from training.machine.storage import write_bytes


class LateFile:
    """A file that is written over while things go on: at most every so often, and for certain at the end.

    Writing happens beside the caller, who does not wait for storage. Where it fails, a line says so and the next
    content is another attempt: what is kept here helps, and is not worth a training.

    Parameters
    ----------
    uri : str
    every_seconds : float
        Least time between two writes.
    write : callable
        Puts bytes at a URI.
    """

    def __init__(self, uri: str, every_seconds: float, write: Callable[[str, bytes], None] = write_bytes) -> None:
        self._uri, self._every, self._write = uri, every_seconds, write
        self._waiting: threading.Timer | None = None
        self._content: bytes | None = None
        self._written = -every_seconds
        self._state, self._storage = threading.Lock(), threading.Lock()

    def put(self, content: bytes) -> None:
        """Have this written as soon as the time has come; it takes the place of what was not written yet."""
        with self._state:
            self._content = content
            if self._waiting is None:
                delay = max(0.0, self._written + self._every - time.monotonic())
                self._waiting = threading.Timer(delay, self._flush)
                self._waiting.daemon = True
                self._waiting.start()

    def close(self) -> None:
        """Write what is still waiting; when this returns, the last content is there."""
        with self._state:
            if self._waiting is not None:
                self._waiting.cancel()
        self._flush()

    def _flush(self) -> None:
        # One writer at a time, so that an older content never comes last.
        with self._storage:
            with self._state:
                content, self._content, self._waiting = self._content, None, None
                self._written = time.monotonic()
            if content is None:
                return
            try:
                self._write(self._uri, content)
            except (TrainingError, OSError) as error:
                emit("not-written", uri=self._uri, message=str(error))
