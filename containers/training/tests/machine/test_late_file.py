import threading
import time
from itertools import pairwise

from training.errors import TrainingError
from training.machine.late_file import LateFile


class _Disk:
    """Keeps what is written, with the time."""

    def __init__(self) -> None:
        self.writes: list[tuple[float, bytes]] = []
        self.written = threading.Event()

    def __call__(self, _uri: str, content: bytes) -> None:
        self.writes.append((time.monotonic(), content))
        self.written.set()


def test_the_first_content_is_written_without_waiting():
    disk = _Disk()
    file = LateFile("a", 3_600, disk)
    file.put(b"1")
    assert disk.written.wait(30)
    assert [content for _, content in disk.writes] == [b"1"]


def test_what_follows_soon_is_written_once_at_the_end():
    disk = _Disk()
    file = LateFile("a", 3_600, disk)
    file.put(b"1")
    assert disk.written.wait(30)
    for number in range(100):
        file.put(b"%d" % number)
    assert len(disk.writes) == 1
    file.close()
    assert [content for _, content in disk.writes] == [b"1", b"99"]


def test_writes_keep_their_distance_and_the_last_content_wins():
    disk = _Disk()
    file = LateFile("a", 0.05, disk)
    for number in range(300):
        file.put(b"%d" % number)
        time.sleep(0.001)
    file.close()
    # The one at the end does not wait.
    times = [at for at, _ in disk.writes[:-1]]
    assert len(times) >= 2
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(times))
    assert disk.writes[-1][1] == b"299"


def test_closing_without_a_content_writes_nothing():
    disk = _Disk()
    LateFile("a", 1, disk).close()
    assert disk.writes == []


def test_storage_that_does_not_take_it_is_told_of_and_tried_again(capsys):
    kept: list[bytes] = []

    def write(_uri: str, content: bytes) -> None:
        if content == b"1":
            raise TrainingError("UNAVAILABLE", "away")
        kept.append(content)

    file = LateFile("s3://a/b", 0, write)
    file.put(b"1")
    file.close()
    assert '"event": "not-written", "uri": "s3://a/b", "message": "away"' in capsys.readouterr().out
    file.put(b"2")
    file.close()
    assert kept == [b"2"]
