"""The task as the platform starts it: a process, an environment variable, files and an exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_the_same_job_gives_the_same_bytes_in_every_process(folder, write_job):
    digests = []
    for hash_seed in ("1", "2"):
        process = start(write_job(candidate="lightgbm"), PYTHONHASHSEED=hash_seed)
        events = [line["event"] for line in finish(process)]
        assert process.returncode == 0
        assert events == ["started", "loaded", "trial", "trial", "converted", "parity", "finished"]
        digests.append(json.loads((folder / "out" / "result.json").read_text())["onnx"]["sha256"])
        shutil.rmtree(folder / "out")
    assert digests[0] == digests[1]


@pytest.mark.skipif(not NODE.exists(), reason="needs the repository's Node packages")
def test_what_it_writes_meets_the_contracts(folder, write_job):
    process = start(write_job(), TRAINING_THREADS="2", IMAGE_DIGEST="sha256:abc", GIT_COMMIT="1234567")
    finish(process)
    script = (
        "import { readFileSync } from 'node:fs';"
        "import { TrainingJob, TrainingResult, ServingFacts } from './lib/contracts/training.ts';"
        "const read = (file) => JSON.parse(readFileSync(process.argv[1] + file, 'utf8'));"
        "TrainingJob.parse(read('/job.json')); ServingFacts.parse(read('/out/model/serving.json'));"
        "const { environment } = TrainingResult.parse(read('/out/result.json'));"
        "console.log(environment.threads, environment.imageDigest, environment.gitCommit);"
    )
    command = [str(NODE), "--input-type=module-typescript", "--eval", script, str(folder)]
    judged = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert judged.stdout.strip() == "2 sha256:abc 1234567", judged.stderr


def test_a_refusal_is_an_error_file_and_final(folder, write_job):
    process = start(write_job(label={"name": "gone", "positive": 1}))
    events = finish(process)
    assert process.returncode == 0
    error = json.loads((folder / "out" / "error.json").read_text())
    assert error["code"] == "COLUMN_MISSING"
    assert "gone" in error["message"]
    assert events[-1] == {"event": "failed", **error}
    assert not (folder / "out" / "result.json").exists()


def test_a_refusal_that_cannot_be_left_is_not_final(folder, write_job):
    (folder / "out").write_text("a file where the folder should be: nothing can be told there")
    process = start(write_job(label={"name": "gone", "positive": 1}))
    assert finish(process)[-1]["event"] == "error-not-written"
    assert process.returncode == 1


def test_storage_that_does_not_answer_is_not_final(write_job):
    process = start(write_job(dataUri="s3://bucket/set/"), AWS_ENDPOINT_URL="http://127.0.0.1:9", **NO_ACCOUNT)
    assert finish(process)[-1]["code"] == "UNAVAILABLE"
    assert process.returncode == 1


def test_what_an_earlier_attempt_said_is_forgotten(folder, write_job):
    (folder / "out").mkdir()
    (folder / "out" / "error.json").write_text('{"code": "UNAVAILABLE", "message": "earlier"}')
    process = start(write_job(candidate="lightgbm"))
    finish(process)
    assert process.returncode == 0
    assert json.loads((folder / "out" / "error.json").read_text()) == {}


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"JOB_SPEC_URI": ""}, "JOB_SPEC_URI is not set"), ({"JOB_SPEC_URI": "/none.json"}, "/none.json cannot be read")],
)
def test_a_job_that_cannot_be_read_is_said_on_stdout(environment, said):
    process = start("", **environment)
    assert said in finish(process)[-1]["message"]
    assert process.returncode == 1


def test_a_stopped_task_leaves_at_once_and_leaves_nothing(folder, write_job):
    process = start(write_job(candidate="xgboost", search={"trials": 10_000, "timeoutSeconds": 600, "folds": 3}))
    assert process.stdout is not None
    while '"event": "trial"' not in process.stdout.readline():
        assert process.poll() is None
    stopped = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 143
    assert time.monotonic() - stopped < 2
    assert not (folder / "out").exists()
