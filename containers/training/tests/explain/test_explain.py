import hashlib
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from xgboost import XGBClassifier

from tests.explaining import Made, made, of_model, raw
from training.explain import BACKGROUND, GOLDEN, PARTS, Explanations, explanations
from training.explain.background import choose_background, json_values
from training.explain.forest import read_forest
from training.model.calibration import Calibration
from training.model.scoring import PipelineModel, StackModel, meta_features

BINARY, SEVERAL, NUMBER = "binary-classification", "multiclass-classification", "regression"
CASES: list[tuple[Any, str, str, str]] = [
    (LogisticRegression(), BINARY, "linear", "margin"),
    (LogisticRegression(), SEVERAL, "linear", "margin"),
    (Ridge(), NUMBER, "linear", "value"),
    (XGBClassifier(n_estimators=8, max_depth=3, n_jobs=1), SEVERAL, "tree", "margin"),
    (LGBMClassifier(n_estimators=8, num_leaves=7, verbosity=-1, n_jobs=1), BINARY, "tree", "margin"),
    (RandomForestClassifier(8, max_depth=4, random_state=1), SEVERAL, "tree", "probability"),
    (RandomForestClassifier(8, max_depth=4, random_state=1), BINARY, "tree", "probability"),
    (RandomForestRegressor(8, max_depth=4, random_state=1), NUMBER, "tree", "value"),
]


def explained(found: Made) -> Explanations:
    frame, y = found.frame, found.y
    return explanations(found.subject, (frame[:240], y[:240]), frame[240:].reset_index(drop=True))


def stack() -> Made:
    frame, y = raw(BINARY)
    bases = [made(LogisticRegression(), BINARY).model, made(RandomForestClassifier(5, random_state=1), BINARY).model]
    assert all(isinstance(base, PipelineModel) for base in bases)
    meta = LogisticRegression().fit(meta_features([base.scores(frame) for base in bases]), y)
    return of_model(StackModel(tuple(bases), meta), BINARY)


def read(found: Explanations, path: str) -> dict[str, Any]:
    return json.loads(found.files[path])


@pytest.mark.parametrize(("estimator", "problem", "method", "of"), CASES)
def test_files_say_what_is_explained_and_values_add_up(estimator: Any, problem: str, method: str, of: str) -> None:
    found = explained(made(estimator, problem))
    digest = hashlib.sha256(found.files[BACKGROUND]).hexdigest()
    assert found.facts == {"method": method, "of": of, "encodedOutput": "encoded", "backgroundSha256": digest}
    golden = read(found, GOLDEN)
    assert golden["of"] == of and golden["columns"] == ["age", "spend", "visits", "plan", "city"]
    for row in golden["rows"]:
        total = np.array(golden["expected"]) + np.array(row["values"]).sum(axis=0)
        np.testing.assert_allclose(total, row["explained"], atol=1e-9)
        assert row["gap"] < 1e-9 and "standardErrors" not in row
    assert golden["rows"][-1]["inputs"] == dict.fromkeys(golden["columns"])
    sizes = np.abs(found.sample.values).mean(axis=0).sum(axis=1)
    assert found.importances == pytest.approx(dict(zip(golden["columns"], sizes, strict=True)))
    assert found.sample.values.shape[0] == len(found.sample.frame) == 80


def from_parts(parts: dict[str, Any], row: np.ndarray) -> list[float]:
    """What a server does that knows no more than parts.json: one encoded row through the trees or coefficients."""
    parts = {**parts, **{name: np.float32(parts[name]).tolist() for name in parts["float32"]}}
    total = list(parts["base"])
    if parts["method"] == "linear":
        return [base + float(np.dot(row, c)) for base, c in zip(total, parts["coefficients"], strict=True)]
    splits = leaves = start = 0
    for nodes, output in zip(parts["nodes"], parts["output"], strict=True):
        number: list[int] = []
        for position in parts["position"][start : start + nodes]:
            number.append(splits if position >= 0 else leaves)
            splits, leaves = splits + (position >= 0), leaves + (position < 0) * (len(total) if output < 0 else 1)
        at = 0
        while parts["position"][start + at] >= 0:
            split = number[at]
            seen, limit = row[parts["position"][start + at]], np.float32(parts["threshold"][split])
            yes = seen <= limit if parts["comparison"] == "<=" else seen < limit
            at += 1 if (parts["missing"][split] == "1" if np.isnan(seen) else yes) else parts["no"][split]
        for place in range(len(total)) if output < 0 else [output]:
            total[place] += parts["values"][number[at] + (place if output < 0 else 0)]
        start += nodes
    return total


@pytest.mark.parametrize(("estimator", "problem", "method", "of"), CASES)
def test_a_server_gets_the_same_numbers_from_the_files_alone(
    estimator: Any, problem: str, method: str, of: str
) -> None:
    model = made(estimator, problem)
    found = explained(model)
    parts, golden, given = read(found, PARTS), read(found, GOLDEN), read(found, BACKGROUND)
    assert (parts["method"], parts["of"]) == (method, of)
    assert [parts["columns"][place] for place in parts["columnOf"]] == list(model.subject.encoded or ())
    rows = pd.DataFrame([row["inputs"] for row in golden["rows"]]).astype(model.frame.dtypes.to_dict())
    background = pd.DataFrame(given["columns"]).astype(model.frame.dtypes.to_dict())
    for name in ("plan", "city"):
        rows[name], background[name] = rows[name].fillna(""), background[name].fillna("")
    answers = [from_parts(parts, row) for row in model.encoded(rows)]
    np.testing.assert_allclose(answers, [row["explained"] for row in golden["rows"]], atol=1e-9)
    means = np.mean([from_parts(parts, row) for row in model.encoded(background)], axis=0)
    np.testing.assert_allclose(means, parts["expected"], atol=1e-9)


def test_a_calibrated_model_is_explained_as_it_is_before_calibration() -> None:
    estimator = XGBClassifier(n_estimators=8, max_depth=3, n_jobs=1)
    plain, corrected = (made(estimator, BINARY, curve) for curve in (None, Calibration("sigmoid", 1.7, -0.4)))
    assert np.abs(plain.graph.scores(plain.frame) - corrected.graph.scores(plain.frame)).max() > 0.05
    first, second = explained(plain), explained(corrected)
    assert second.facts["of"] == "margin"
    assert [read(one, PARTS)["beforeCalibration"] for one in (first, second)] == [False, True]
    np.testing.assert_array_equal(first.sample.values, second.sample.values)
    several = made(XGBClassifier(n_estimators=5, n_jobs=1), SEVERAL, Calibration("temperature", 0.6))
    assert explained(several).facts["method"] == "tree"


def test_trees_that_do_not_give_the_graphs_answer_are_not_trusted() -> None:
    found = made(XGBClassifier(n_estimators=5, n_jobs=1), BINARY, Calibration("sigmoid", 1.7, -0.4))
    # Calibration is not told of: what is read and what the graph answers differ.
    wrong = replace(found, subject=replace(found.subject, calibration=None))
    assert explained(wrong).facts["method"] == "sampled"


def test_columns_that_were_not_fitted_have_no_importance() -> None:
    found = made(Ridge(), NUMBER)
    more = replace(found.subject, inputs=(*found.subject.inputs, "idle"))
    frame = found.frame.assign(idle=np.float32(1))
    importances = explained(replace(found, subject=more, frame=frame)).importances
    assert importances["idle"] == 0 and importances["plan"] > 0


def test_a_stack_is_asked_and_its_errors_are_told() -> None:
    model = stack()
    assert model.subject.encoded is None
    found = explained(model)
    assert found.facts["method"] == "sampled" and found.facts["of"] == "probability"
    assert "encodedOutput" not in found.facts
    golden, parts = read(found, GOLDEN), read(found, PARTS)
    assert parts["expected"] == golden["expected"]
    for row in golden["rows"]:
        assert row["gap"] < 1e-9
        assert np.array(row["standardErrors"]).max() < 0.1
    assert golden["rows"][0]["explained"] == pytest.approx([model.graph.scores(model.frame[240:241])[0, 1]])
    assert found.importances["spend"] > 0


def test_everything_is_the_same_twice_and_another_seed_gives_another_background() -> None:
    model = stack()
    first, again = explained(model), explained(model)
    assert first.files == again.files and first.importances == again.importances
    other = explained(replace(model, subject=replace(model.subject, seed=12)))
    assert other.facts["backgroundSha256"] != first.facts["backgroundSha256"]


def test_a_large_forest_is_explained_for_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    model = made(RandomForestClassifier(8, max_depth=4, random_state=1), BINARY)
    forest = read_forest(model.subject.model, 1)
    assert forest is not None
    monkeypatch.setattr("training.explain.explainers._LEAF_ROWS", 20 * len(forest.leaves))
    assert len(explained(model).sample.frame) == 20
    monkeypatch.setattr("training.explain.explainers._LEAF_ROWS", 1)
    least = explained(model)
    assert (len(least.sample.frame), len(read(least, GOLDEN)["rows"])) == (1, 2)


def test_a_graph_that_is_costly_to_ask_is_asked_for_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    # Five columns against a background of 100 rows: 800 rows of the graph an explained one and pair.
    monkeypatch.setattr("training.explain.explainers._ASKED_ROWS", 8_000)
    found = explained(stack())
    assert (len(found.sample.frame), len(read(found, GOLDEN)["rows"])) == (10, 6)


def test_the_background_has_every_class_with_its_share() -> None:
    y = np.repeat([0, 1, 2], [890, 109, 1]).astype(np.int64)
    frame = pd.DataFrame({"row": np.arange(1000, dtype=np.float64)})
    drawn = choose_background(frame, y, True, seed=1).frame["row"].to_numpy(dtype=int)
    assert np.bincount(y[drawn]).tolist() == [88, 11, 1] or np.bincount(y[drawn]).tolist() == [89, 10, 1]
    assert len(np.unique(drawn)) == 100 and (np.diff(drawn) > 0).all()
    numbers = choose_background(frame, np.arange(1000.0), False, seed=1).frame["row"].to_numpy(dtype=int)
    assert np.bincount(numbers // 100).tolist() == [10] * 10
    assert len(choose_background(frame[:30], y[:30], True, seed=1).frame) == 30


def test_values_in_files_are_short_and_whole() -> None:
    floats = pd.Series(np.array([0.1, np.nan, 16777216], dtype=np.float32))
    assert json_values(floats) == [0.1, None, 16777216.0]
    assert np.float32(json_values(floats)[0]) == np.float32(0.1)
    assert json_values(pd.Series([0.1 + 0.2])) == [0.1 + 0.2]
    assert json_values(pd.Series(["ä", ""])) == ["ä", None]
