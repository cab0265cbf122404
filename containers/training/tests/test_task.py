"""The task as the platform starts it: a process, an environment variable, files and an exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import customers, job_of, write_parquet
from training.machine import storage
from training.main import main

HERE = Path(__file__).resolve().parents[1]
REPOSITORY = HERE.parents[1]
NO_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": "us-east-1",
    "AWS_MAX_ATTEMPTS": "1",
}
NODE = REPOSITORY / "node_modules" / ".bin" / "node"


def start(job: Path | str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "training"],
        cwd=HERE,
        env={**os.environ, "JOB_SPEC_URI": str(job), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[dict]:
    output, _ = process.communicate(timeout=120)
    return events_of(output)


def events_of(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


@dataclass(frozen=True)
class Ended:
    """A task that came to its end."""

    code: int
    events: list[dict]
    folder: Path

    @property
    def result(self) -> dict[str, Any]:
        return json.loads((self.folder / "out" / "result.json").read_text())


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """One job as two processes that hash otherwise, side by side; an earlier attempt at the first one failed."""
    data = tmp_path_factory.mktemp("data")
    write_parquet(customers(), data / "part-0.parquet")
    folders = [tmp_path_factory.mktemp("task") for _ in range(2)]
    (folders[0] / "out").mkdir()
    (folders[0] / "out" / "error.json").write_text('{"code": "UNAVAILABLE", "message": "earlier"}')
    for folder in folders:
        (folder / "job.json").write_text(json.dumps(job_of(folder, candidate="lightgbm", dataUri=str(data))))
    told = {"TRAINING_THREADS": "1", "IMAGE_DIGEST": "sha256:abc", "GIT_COMMIT": "1234567"}
    running = [start(folder / "job.json", PYTHONHASHSEED=str(seed), **told) for seed, folder in enumerate(folders, 1)]
    events = [finish(process) for process in running]
    return [Ended(one.returncode, *rest) for one, *rest in zip(running, events, folders, strict=True)]


def test_the_same_job_gives_the_same_bytes_in_every_process(twins):
    for task in twins:
        assert task.code == 0
        found = [line["event"] for line in task.events if line["event"] != "warning"]
        assert found == ["started", "loaded", "trial", "trial", "converted", "parity", "finished"]
    assert twins[0].result["onnx"] == twins[1].result["onnx"]
    assert twins[0].result["cvScore"] == twins[1].result["cvScore"]


def test_what_an_earlier_attempt_said_is_forgotten(twins):
    assert json.loads((twins[0].folder / "out" / "error.json").read_text()) == {}
    assert not (twins[1].folder / "out" / "error.json").exists()


@pytest.mark.skipif(not NODE.exists(), reason="needs the repository's Node packages")
def test_what_it_writes_meets_the_contracts(twins):
    script = (
        "import { readFileSync } from 'node:fs';"
        "import { TrainingJob, TrainingProgress } from './lib/contracts/training.ts';"
        "import { TrainingResult } from './lib/contracts/training-result.ts';"
        "import { ServingFacts } from './lib/contracts/serving-facts.ts';"
        "const read = (file) => JSON.parse(readFileSync(process.argv[1] + file, 'utf8'));"
        "TrainingJob.parse(read('/job.json')); ServingFacts.parse(read('/out/model/serving.json'));"
        "TrainingProgress.parse(read('/out/progress.json'));"
        "const { environment } = TrainingResult.parse(read('/out/result.json'));"
        "console.log(environment.threads, environment.imageDigest, environment.gitCommit);"
    )
    command = [str(NODE), "--input-type=module-typescript", "--eval", script, str(twins[0].folder)]
    judged = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert judged.stdout.strip() == "1 sha256:abc 1234567", judged.stderr


@pytest.fixture
def do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[dict]]]:
    """Do a job in this process, which keeps its own way of ending; gives the exit code and what was printed."""

    def done(job: Path, **environment: str) -> tuple[int, list[dict]]:
        monkeypatch.setattr("training.main.exit_on_sigterm", lambda: None)
        for name, value in {"JOB_SPEC_URI": str(job), **environment}.items():
            monkeypatch.setenv(name, value)
        code = main()
        return code, events_of(capsys.readouterr().out)

    return done


def test_a_refusal_is_an_error_file_and_final(do, folder, write_job):
    code, events = do(write_job(label={"name": "gone", "positive": 1}))
    assert code == 0
    error = json.loads((folder / "out" / "error.json").read_text())
    assert error["code"] == "COLUMN_MISSING"
    assert "gone" in error["message"]
    assert events[-1] == {"event": "failed", **error}
    assert not (folder / "out" / "result.json").exists()


def test_a_refusal_that_cannot_be_left_is_not_final(do, folder, write_job):
    (folder / "out").write_text("a file where the folder should be: nothing can be told there")
    code, events = do(write_job(label={"name": "gone", "positive": 1}))
    assert (code, events[-1]["event"]) == (1, "error-not-written")


def test_what_nobody_thought_of_is_told_and_not_final(do, folder, write_job, monkeypatch):
    monkeypatch.setattr("training.run.run", lambda _job, _threads: 1 / 0)
    code, events = do(write_job())
    assert (code, events[-1]["code"]) == (1, "INTERNAL")
    assert "ZeroDivisionError" in json.loads((folder / "out" / "error.json").read_text())["message"]


def test_storage_that_does_not_answer_is_not_final(do, write_job):
    storage._client.cache_clear()
    code, events = do(write_job(dataUri="s3://bucket/set/"), AWS_ENDPOINT_URL="http://127.0.0.1:9", **NO_ACCOUNT)
    storage._client.cache_clear()
    assert (code, events[-1]["code"]) == (1, "UNAVAILABLE")


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"JOB_SPEC_URI": ""}, "JOB_SPEC_URI is not set"), ({"JOB_SPEC_URI": "/none.json"}, "/none.json cannot be read")],
)
def test_a_job_that_cannot_be_read_is_said_on_stdout(environment, said):
    process = start("", **environment)
    assert said in finish(process)[-1]["message"]
    assert process.returncode == 1


def test_a_stopped_task_leaves_at_once_and_leaves_no_end(folder, write_job):
    process = start(write_job(candidate="xgboost", search={"trials": 10_000, "timeoutSeconds": 600, "folds": 3}))
    assert process.stdout is not None
    while '"event": "trial"' not in process.stdout.readline():
        assert process.poll() is None
    stopped = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 143
    assert time.monotonic() - stopped < 2
    # What it found so far may lie there for the next attempt; nothing that speaks of an end may.
    left = {path.name for path in (folder / "out").rglob("*")}
    whole = {name for name in left if not name.startswith(".")}
    assert whole <= {"study.json", "progress.json"}
    for name in whole:
        json.loads((folder / "out" / name).read_text())
    # The half of a file, where it was stopped while writing one.
    assert all(name.startswith((".study.json.", ".progress.json.")) for name in left - whole)
