import os
import platform
import shutil
import subprocess
from pathlib import Path

_MIB = 1 << 20
_SECONDS = 5


def hardware(root: Path = Path("/")) -> dict[str, str]:
    """List what this task runs on: ``cpu``, ``cores``, ``memoryMiB`` and, where there is one, ``gpu``.

    Cores and memory are those the task may use, not those of the machine.

    Parameters
    ----------
    root : Path
        Where /proc and /sys are.
    """
    found = {"cpu": _cpu(root), "cores": _cores(root), "memoryMiB": _memory(root), "gpu": _gpu()}
    return {name: value for name, value in found.items() if value}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _named(lines: list[str], name: str) -> str | None:
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)


def _cpu(root: Path) -> str:
    return _named(_lines(root / "proc/cpuinfo"), "model name") or platform.processor() or platform.machine()


def _cores(root: Path) -> str:
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = next(iter(_lines(root / "sys/fs/cgroup/cpu.max")), "max").partition(" ")
    share = int(quota) / int(period) if quota.isdigit() and period.isdigit() else mine
    return f"{min(share, mine):g}"


def _memory(root: Path) -> str | None:
    machine = (_named(_lines(root / "proc/meminfo"), "MemTotal") or "").partition(" ")[0]
    limit = next(iter(_lines(root / "sys/fs/cgroup/memory.max")), "max")
    sizes = [int(machine) << 10] if machine.isdigit() else []
    sizes += [int(limit)] if limit.isdigit() else []
    return str(min(sizes) // _MIB) if sizes else None


def _gpu() -> str | None:
    command = shutil.which("nvidia-smi")
    if command is None:
        return None
    asked = [command, "--query-gpu=name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return ", ".join(line.strip() for line in answer.stdout.splitlines() if line.strip()) or None
