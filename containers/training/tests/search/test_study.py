import json
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import customers, job_of, write_parquet
from training.candidates import FitOptions, candidate_named
from training.data.checks import checked
from training.data.dataset import load
from training.graph.onnx_export import build_graph
from training.job import parse_job
from training.search.journal import Journal
from training.search.study import Study, Trial, running_means, stored_trials, study_key, study_text
from training.search.train import Trained, train

HERE = Path(__file__).resolve().parents[2]
SEARCH = {"trials": 8, "timeoutSeconds": 600, "folds": 3}


def trained(folder: Path, **changes: Any) -> tuple[Trained, bytes]:
    """Train over ``customers`` and convert."""
    job = parse_job(json.dumps(job_of(folder, **({"candidate": "lightgbm", "search": SEARCH} | changes))))
    data = load(job, [write_parquet(customers(), folder / "data" / "part-0.parquet")])
    done = train(job, data, checked(job, data)[0], 1)
    return done, build_graph(done.model, job, done.used)


def told(done: Trained) -> list[dict]:
    """Its trials without what a clock says."""
    return [{name: value for name, value in trial.items() if name != "seconds"} for trial in done.found.trials]


@pytest.mark.parametrize("candidate", ["lightgbm", "random-forest"])
def test_a_search_that_broke_off_goes_on_to_the_same_model(candidate, tmp_path, monkeypatch, capsys):
    whole, graph = trained(tmp_path / "whole", candidate=candidate)
    add = Journal.add

    def break_off(journal: Journal, trial: Trial) -> None:
        add(journal, trial)
        if len(journal.finished) == 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Journal, "add", break_off)
        trained(tmp_path / "broken", candidate=candidate)
    capsys.readouterr()
    resumed, again = trained(tmp_path / "broken", candidate=candidate)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (events[0]["event"], events[0]["trials"]) == ("resumed", 5)
    assert [event["trial"] for event in events if event["event"] == "trial"] == [6, 7, 8]
    assert told(resumed) == told(whole)
    assert resumed.found.params == whole.found.params
    assert resumed.found.fold_scores == whole.found.fold_scores
    assert again == graph


_ENDLESS = """
    import json, sys
    from pathlib import Path
    from tests.search.test_study import trained
    trained(Path(sys.argv[1]), search={"trials": 500, "timeoutSeconds": 600, "folds": 3})
"""


def test_a_killed_task_leaves_trials_that_another_goes_on_from(tmp_path, capsys):
    script = textwrap.dedent(_ENDLESS)
    command = [sys.executable, "-c", script, str(tmp_path / "killed")]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.DEVNULL)
    study = tmp_path / "killed" / "out" / "study.json"
    while not study.exists() or len(json.loads(study.read_text())["trials"]) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = len(json.loads(study.read_text())["trials"])
    budget = {**SEARCH, "trials": left + 2}
    resumed, again = trained(tmp_path / "killed", search=budget)
    assert json.loads(capsys.readouterr().out.splitlines()[0]) | {"best": 0} == {
        "event": "resumed",
        "trials": left,
        "best": 0,
    }
    whole, graph = trained(tmp_path / "whole", search=budget)
    assert told(resumed) == told(whole)
    assert again == graph


def test_a_finished_search_is_not_done_again(tmp_path, capsys):
    first, graph = trained(tmp_path)
    capsys.readouterr()
    second, again = trained(tmp_path)
    assert '"event": "trial"' not in capsys.readouterr().out
    assert told(first) == told(second)
    assert again == graph


@pytest.mark.parametrize("change", [{"seed": 1}, {"metric": "log_loss"}, {"classWeight": "balanced"}])
def test_trials_of_another_job_are_not_taken(change, tmp_path):
    job, other = (parse_job(json.dumps(job_of(tmp_path, **part))) for part in ({}, change))
    with Journal.of(job, study_key(job, "data", ["a"])) as journal:
        journal.add(Trial(0, "complete", 0.7, 1.0, {"C": 1.0}, (0.7, 0.7, 0.7)))
    assert len(stored_trials(job, study_key(job, "data", ["a"]))) == 1
    assert stored_trials(job, study_key(other, "data", ["a"])) == []
    assert stored_trials(job, study_key(job, "other data", ["a"])) == []
    assert stored_trials(job, study_key(job, "data", ["a", "b"])) == []


def test_a_study_that_cannot_be_read_is_begun_anew(tmp_path):
    job = parse_job(json.dumps(job_of(tmp_path)))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "study.json").write_text('{"key": "')
    assert stored_trials(job, "key") == []
    (tmp_path / "out" / "study.json").write_bytes(study_text("key", [Trial(0, "pruned", None, 1.0, {}, (0.5,), 3)]))
    assert stored_trials(job, "key") == [Trial(0, "pruned", None, 1.0, {}, (0.5,), 3)]


def test_the_next_question_follows_from_seed_and_finished_trials_alone(tmp_path):
    candidate, options = candidate_named("xgboost"), FitOptions(1, 1)
    job = parse_job(json.dumps(job_of(tmp_path)))
    finished = [
        Trial(n, "complete", 0.7 + n / 100, 1.0, dict(first), (0.7, 0.7 + n / 50))
        for n, first in enumerate(candidate.first)
    ]
    asked = [Study(job, candidate, options, finished).ask(4)[1] for _ in range(2)]
    assert asked[0] == asked[1]
    other = job.model_copy(update={"seed": 7})
    assert Study(other, candidate, options, finished).ask(4)[1] != asked[0]
    assert Study(job, candidate, options, finished[:3]).ask(4)[1] != asked[0]


def test_running_means_are_what_the_pruner_compares():
    assert running_means((3.0, 1.0, 2.0)) == [3.0, 2.0, 2.0]
    assert running_means(()) == []
