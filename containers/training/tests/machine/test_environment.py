import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from training.machine.environment import cost_usd, environment
from training.machine.hardware import hardware


def test_names_libraries_hardware_and_what_the_caller_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_DIGEST", "sha256:abc")
    monkeypatch.setenv("TRAINING_THREADS", "2")
    monkeypatch.delenv("GIT_COMMIT", raising=False)
    found = environment(["lightgbm", "no-such-package"], {"seed": "42", "device": "cpu", "note": ""})
    assert found["numpy"] == np.__version__
    assert {"python", "platform", "cpu", "cores", "memoryMiB", "lightgbm", "vl-convert-python", "sqlglot"} <= set(found)
    assert (found["imageDigest"], found["threads"], found["seed"]) == ("sha256:abc", "2", "42")
    assert not {"no-such-package", "gitCommit", "note"} & set(found)
    assert all(isinstance(value, str) for value in found.values())


class Metadata(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"ImageID": "sha256:task"}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def metadata() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Metadata)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_task_knows_its_image_from_ecs(monkeypatch: pytest.MonkeyPatch, metadata: str) -> None:
    monkeypatch.delenv("IMAGE_DIGEST", raising=False)
    monkeypatch.setenv("ECS_CONTAINER_METADATA_URI_V4", metadata)
    assert environment([], {})["imageDigest"] == "sha256:task"
    monkeypatch.setenv("ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:9")
    assert "imageDigest" not in environment([], {})


def test_cores_and_memory_are_those_of_the_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)), raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    files = {
        "proc/cpuinfo": "processor\t: 0\nmodel name\t: Test CPU\n",
        "proc/meminfo": "MemTotal:       32000000 kB\n",
        "sys/fs/cgroup/cpu.max": "150000 100000\n",
        "sys/fs/cgroup/memory.max": "4294967296\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert hardware(tmp_path) == {"cpu": "Test CPU", "cores": "1.5", "memoryMiB": "4096"}
    for name in ("cpu.max", "memory.max"):
        (tmp_path / "sys/fs/cgroup" / name).write_text("max 100000\n" if "cpu" in name else "max\n", encoding="utf-8")
    assert hardware(tmp_path) == {"cpu": "Test CPU", "cores": "16", "memoryMiB": "31250"}


def test_a_gpu_is_named_where_the_driver_names_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA A10G'\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hardware()["gpu"] == "NVIDIA A10G"
    tool.write_text("#!/bin/sh\nexit 9\n", encoding="utf-8")
    assert "gpu" not in hardware()


@pytest.mark.parametrize(
    ("seconds", "price", "cost"),
    [
        (3600, "0.096", 0.096),
        (90, "0.04", 0.001),
        (10, None, None),
        (10, "", None),
        (10, "dear", None),
        (10, "-1", None),
        (10, "nan", None),
    ],
)
def test_cost_is_hours_times_price(seconds: float, price: str | None, cost: float | None) -> None:
    assert cost_usd(seconds, price) == cost
