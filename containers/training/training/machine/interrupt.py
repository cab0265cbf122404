import os
import signal
import socket
import threading
from types import FrameType

#: 128 + SIGTERM: what a shell reports for a process that the signal ended.
INTERRUPTED = 143


def exit_on_sigterm() -> None:
    """End the process with 143 as soon as SIGTERM comes (a spot interruption, a stopped task).

    Python runs its signal handlers between bytecodes only, so a long native call (a fit) would delay them past the
    grace period; a thread that watches the wake-up descriptor does not wait. Nothing needs cleaning: files are
    written whole or not at all.
    """
    woken, waker = socket.socketpair()
    waker.setblocking(False)
    # As process 1 of a container the default action of SIGTERM is to ignore it: a handler must be there.
    signal.signal(signal.SIGTERM, _leave)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(woken, waker), daemon=True).start()


def _watch(woken: socket.socket, _keep_open: socket.socket) -> None:
    while numbers := woken.recv(16):
        if signal.SIGTERM in numbers:
            os._exit(INTERRUPTED)


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
