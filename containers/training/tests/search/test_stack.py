import json

import numpy as np
import pytest

from tests.fitting import BINARY, MULTICLASS, REGRESSION, a_job, a_task, dataset, settled, used_of
from training.candidates import candidate_named, candidates_of
from training.errors import TrainingError
from training.graph.graph import Graph
from training.graph.onnx_export import build_graph
from training.model.scoring import CalibratedModel, StackModel, meta_features
from training.search.fold import encoded_folds, out_of_fold
from training.search.train import Trained, train


def parts_of(problem: str, names: list[str] | None = None) -> list[dict]:
    chosen = [c for c in candidates_of(problem) if names is None or c.name in names]
    return [{"candidate": candidate.name, "params": settled(candidate)} for candidate in chosen]


def stacked(problem: str, folder, **changes) -> Trained:
    job = a_job(problem, folder, **({"candidate": "stacking", "stack": parts_of(problem)} | changes))
    return train(job, dataset(problem), used_of(job), 1)


@pytest.mark.parametrize("problem", [BINARY, MULTICLASS, REGRESSION])
def test_a_stack_is_scored_out_of_fold_and_its_graph_answers_as_it_does(problem, tmp_path, capsys):
    done = stacked(problem, tmp_path)
    task, test = a_task(a_job(problem)), dataset(problem).test
    assert isinstance(done.model, StackModel | CalibratedModel)
    assert done.found.fold_scores == task.fold_scores(done.found.out_of_fold)
    assert done.found.score == pytest.approx(np.mean(done.found.fold_scores))
    metric = {BINARY: "roc_auc", MULTICLASS: "roc_auc_ovr", REGRESSION: "r2"}[problem]
    on_folds = task.problem.score(metric, task.y, done.found.out_of_fold)
    assert on_folds > 0.75
    assert task.problem.score(metric, test.y, done.model.scores(test.frame)) == pytest.approx(on_folds, abs=0.12)
    graph = Graph.load(build_graph(done.model, a_job(problem, candidate="stacking"), done.used))
    expected = done.model.scores(test.frame)
    difference = np.abs(expected - graph.scores(test.frame)) / np.maximum(1, np.abs(expected))
    assert difference.max() <= 1e-5
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [e["candidate"] for e in events if e["event"] == "stacked"] == [c.name for c in candidates_of(problem)]
    progress = json.loads((tmp_path / "out" / "progress.json").read_text())
    assert [trial["score"] for trial in progress["finished"]] == [done.found.score]


def test_the_same_stack_gives_the_same_bytes(tmp_path):
    job = a_job(BINARY, candidate="stacking")
    graphs = [build_graph(stacked(BINARY, tmp_path).model, job, used_of(job)) for _ in range(2)]
    assert graphs[0] == graphs[1]


def test_a_stack_is_about_as_good_as_its_best_and_better_than_its_worst(tmp_path):
    task = a_task(a_job(REGRESSION))
    alone = []
    for part in parts_of(REGRESSION):
        candidate = candidate_named(part["candidate"])
        scores = out_of_fold(candidate, part["params"], task.options, encoded_folds(task, candidate))
        alone.append(np.mean(task.fold_scores(scores)))
    together = stacked(REGRESSION, tmp_path).found.score
    assert together < max(alone)
    assert together < min(alone) * 1.02


def test_parameters_are_named_after_their_algorithm(tmp_path):
    names = ["logistic-regression", "lightgbm"]
    done = stacked(BINARY, tmp_path, stack=parts_of(BINARY, names))
    assert done.found.params["logistic-regression.C"] == 1.0
    assert done.found.params["lightgbm.n_estimators"] == 60
    assert [candidate.name for candidate in done.candidates] == names
    assert [trial["state"] for trial in done.found.trials] == ["complete"]


@pytest.mark.parametrize("parts", [None, [], parts_of(BINARY, ["xgboost"])])
def test_fewer_than_two_are_no_stack(parts, tmp_path):
    with pytest.raises(TrainingError, match="takes at least 2 candidates"):
        stacked(BINARY, tmp_path, stack=parts)


def test_an_algorithm_that_learns_something_else_is_no_part_of_it(tmp_path):
    with pytest.raises(TrainingError, match="candidate for binary-classification is 'linear-regression'"):
        stacked(BINARY, tmp_path, stack=[*parts_of(BINARY, ["xgboost"]), *parts_of(REGRESSION, ["linear-regression"])])


def test_what_a_stack_learns_from_are_logarithms_of_probabilities():
    two, three = np.array([[0.4, 0.6]]), np.array([[0.2, 0.3, 0.5]])
    np.testing.assert_allclose(meta_features([two, three]), [[np.log(1.5), *np.log([0.2, 0.3, 0.5])]])
    np.testing.assert_array_equal(meta_features([np.array([[3.0]]), np.array([[4.0]])]), [[3.0, 4.0]])
