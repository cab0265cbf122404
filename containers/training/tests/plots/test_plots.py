import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import vl_convert

from training.explain import Sample
from training.plots import PlotInputs, plot_files, plot_specs
from training.plots.render import packed
from training.problem import problem_named

NAMES = {"binary-classification": ("no", "yes"), "multiclass-classification": ("a", "b", "c"), "regression": ()}
ROWS = 240
EVERYWHERE = {
    "permutation_importance",
    "shap_importance",
    "shap_summary",
    "search_history",
    "fold_scores",
    "dependence_age",
    "dependence_plan",
}
OF_CLASSES = {"roc", "precision_recall", "calibration", "confusion_matrix", "score_distribution"}


def interval(value: float | None) -> dict[str, float | None]:
    return {
        "value": value,
        "low": None if value is None else value - 0.1,
        "high": None if value is None else value + 0.1,
    }


def fairness() -> dict[str, Any]:
    rates = ("selectionRate", "truePositiveRate", "falsePositiveRate", "rocAuc", "calibrationError")
    groups = [("f", 130, True, 0.4), ("m", 100, True, 0.5), ("", 10, False, None)]
    listed = [
        {"value": value, "rows": count, "judged": judged, **{rate: interval(at) for rate in rates}}
        for value, count, judged, at in groups
    ]
    whole = {"demographicParityRatio": interval(0.8), "equalizedOddsDifference": interval(None)}
    return {"columns": [{"column": "gender", "groups": listed, **whole}]}


def sample(classes: Sequence[str]) -> Sample:
    random = np.random.default_rng(2)
    outputs = tuple(classes[-1:]) if len(classes) == 2 else tuple(classes) or ("value",)
    values = random.normal(size=(60, 3, len(outputs))) * np.array([1.0, 0.6, 0.0])[:, None]
    age = random.integers(18, 80, 60).astype(np.float32)
    age[::7] = np.nan
    plan = np.array(["basic", "pro", ""], dtype=object)[random.integers(0, 3, 60)]
    frame = pd.DataFrame({"age": age, "plan": plan, "idle": np.ones(60, dtype=np.float32)})
    return Sample(values, frame, ("age", "plan", "idle"), outputs, "margin" if classes else "value")


def inputs(problem: str, **changes: Any) -> PlotInputs:
    random, classes = np.random.default_rng(1), NAMES[problem]
    if classes:
        y = random.integers(0, len(classes), ROWS)
        powers = np.exp(random.normal(size=(ROWS, len(classes))) + 1.5 * np.eye(len(classes))[y])
        scores = powers / powers.sum(axis=1, keepdims=True)
    else:
        y = random.normal(50, 10, ROWS)
        scores = (y + random.normal(0, 3, ROWS))[:, None]
    trials = [
        {"number": 0, "state": "complete", "score": 0.8},
        {"number": 1, "state": "pruned", "score": None},
        {"number": 2, "state": "complete", "score": 0.7},
        {"number": 3, "state": "complete", "score": 0.9},
    ]
    given = PlotInputs(
        name="churn · lightgbm",
        problem=problem_named(problem),
        metric="roc_auc" if len(classes) == 2 else "log_loss" if classes else "rmse",
        classes=classes,
        y=y,
        scores=scores,
        threshold=0.37 if len(classes) == 2 else None,
        trials=trials,
        fold_scores=[0.8, 0.9, 0.85],
        importances={"age": 0.2, "plan": -0.01, "idle": 0.0},
        shap_importances={"age": 0.9, "plan": 0.4, "idle": 0.0},
        sample=sample(classes),
        fairness=fairness() if len(classes) == 2 else None,
    )
    return replace(given, **changes)


def parts(spec: Any) -> Iterator[dict[str, Any]]:
    """Every object inside of a specification."""
    if isinstance(spec, dict):
        yield spec
        spec = list(spec.values())
    if isinstance(spec, list):
        for item in spec:
            yield from parts(item)


def values_of(spec: dict[str, Any], *fields: str) -> list[dict[str, Any]]:
    found = [part["values"] for part in parts(spec) if isinstance(part.get("values"), list)]
    return [row for values in found for row in values if isinstance(row, dict) and set(fields) <= set(row)]


def marked(spec: dict[str, Any]) -> tuple[float, float]:
    """Where the threshold is shown."""
    [point] = {(row["x"], row["y"]) for row in values_of(spec, "text")}
    return point


@pytest.mark.parametrize("problem", NAMES)
def test_every_plot_of_a_problem_is_there_as_picture_and_specification(problem: str) -> None:
    extra = {
        "binary-classification": OF_CLASSES | {"threshold", "fairness_gender"},
        "multiclass-classification": OF_CLASSES,
        "regression": {"predicted_actual", "residuals"},
    }
    files = plot_files(inputs(problem))
    names = EVERYWHERE | extra[problem]
    assert set(files) == {f"plots/{name}.{end}" for name in names for end in ("png", "vl.json")}
    for name in names:
        picture, spec = files[f"plots/{name}.png"], json.loads(files[f"plots/{name}.vl.json"])
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack_from(">II", picture, 16)
        assert width > 400 and height > 150
        assert spec["$schema"].endswith("/v5.json") and spec["title"]["text"]
        assert "churn · lightgbm" in str(spec["title"]["subtitle"])
        assert not [part for part in parts(spec) if "url" in part]


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert plot_files(inputs("binary-classification")) == plot_files(inputs("binary-classification"))


@pytest.mark.parametrize("problem", NAMES)
def test_axes_are_named_and_nothing_is_warned_of(problem: str, capfd: pytest.CaptureFixture[str]) -> None:
    for name, spec in plot_specs(inputs(problem)).items():
        vega = vl_convert.vegalite_to_vega(spec, vl_version="5.21")
        assert capfd.readouterr().err == "", name
        titles = {part["title"] for part in parts(vega) if "orient" in part and isinstance(part.get("title"), str)}
        # Panels side by side are named above, not below.
        assert "" not in titles and (titles or "facet" in spec), name
        fields = {row for values in values_of(spec) for row in values}
        # A field's own name on an axis would be a title that nobody wrote.
        assert not titles & (fields - {"precision", "recall"}), name


def test_the_threshold_is_marked_where_it_matters() -> None:
    given = inputs("binary-classification")
    specs = plot_specs(given)
    hit, answered = given.y == 1, given.scores[:, 1] >= 0.37
    assert marked(specs["roc"]) == pytest.approx((answered[~hit].mean(), answered[hit].mean()), abs=1e-4)
    assert marked(specs["precision_recall"]) == pytest.approx((answered[hit].mean(), hit[answered].mean()), abs=1e-4)
    for name in ("threshold", "score_distribution"):
        assert {row["at"] for row in values_of(specs[name], "at")} == {0.37}
    assert not values_of(plot_specs(replace(given, threshold=None))["roc"], "text")


def test_curves_are_those_of_the_scores() -> None:
    given = inputs("binary-classification")
    specs = plot_specs(given)
    hit, chance = given.y == 1, given.scores[:, 1]
    at = {row["what"]: row["y"] for row in values_of(specs["threshold"], "what") if row["x"] == 0.5}
    right = (hit & (chance >= 0.5)).sum()
    precision, recall = right / (chance >= 0.5).sum(), right / hit.sum()
    assert at["precision"] == pytest.approx(precision, abs=1e-4)
    assert at["recall"] == pytest.approx(recall, abs=1e-4)
    assert at["F1"] == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-4)
    bins = values_of(specs["calibration"], "rows")
    assert sum(row["rows"] for row in bins) == ROWS
    assert all(row["low"] <= row["y"] <= row["high"] for row in bins)
    for place in (0, 1):
        part = [
            row
            for row in values_of(specs["score_distribution"], "what")
            if row["what"].startswith(NAMES["binary-classification"][place])
        ]
        assert sum(row["y"] for row in part[:-1]) == pytest.approx(1, abs=1e-3)


def test_the_confusion_matrix_counts_every_row() -> None:
    given = inputs("multiclass-classification")
    cells = values_of(plot_specs(given)["confusion_matrix"], "true")
    assert len(cells) == 9
    assert sum(int(cell["text"][0]) for cell in cells) == ROWS
    right = sum(int(cell["text"][0]) for cell in cells if cell["true"] == cell["answered"])
    assert right == (given.scores.argmax(axis=1) == given.y).sum()


def test_several_classes_are_held_against_the_rest_one_by_one() -> None:
    given = inputs("multiclass-classification")
    spec = plot_specs(given)["roc"]
    assert {row["what"].split(",")[0] for row in values_of(spec, "what")} == {"a", "b", "c"}
    # A class without rows in the test split has no curve.
    y = np.where(given.y == 2, 1, given.y)
    gone = plot_specs(replace(given, y=y))["roc"]
    assert {row["what"].split(",")[0] for row in values_of(gone, "what")} == {"a", "b"}


def test_importances_are_sorted_and_say_which_way_the_metric_goes() -> None:
    specs = plot_specs(inputs("binary-classification"))
    assert [row["column"] for row in values_of(specs["permutation_importance"], "column")] == ["age", "idle", "plan"]
    assert "Decrease of roc_auc" in json.dumps(specs["permutation_importance"])
    assert "Increase of rmse" in json.dumps(plot_specs(inputs("regression"))["permutation_importance"])
    stacked = values_of(plot_specs(inputs("multiclass-classification"))["shap_importance"], "what")
    assert {row["what"] for row in stacked} == {"a", "b", "c"}


def test_shap_points_are_all_there_and_texts_have_no_low_and_high() -> None:
    points = values_of(plot_specs(inputs("binary-classification"))["shap_summary"], "level")
    assert len(points) == 2 * 60  # a column without any influence has none
    assert {row["level"] for row in points if row["column"] == "plan"} == {-1}
    assert {row["level"] < 0 for row in points if row["column"] == "age"} == {True, False}
    numbers = values_of(plot_specs(inputs("binary-classification"))["dependence_age"], "x", "y")
    assert len(numbers) == 51


def test_the_best_score_goes_the_way_of_the_metric_and_pruned_trials_are_counted() -> None:
    rising, falling = plot_specs(inputs("binary-classification")), plot_specs(inputs("regression"))
    assert "1 stopped early" in rising["search_history"]["title"]["subtitle"]
    best = [row["y"] for row in rising["search_history"]["layer"][0]["data"]["values"]]
    assert best == [0.8, 0.8, 0.9]
    assert [row["y"] for row in falling["search_history"]["layer"][0]["data"]["values"]] == [0.8, 0.7, 0.7]


def test_groups_without_a_figure_are_left_out_and_small_ones_are_grey() -> None:
    spec = plot_specs(inputs("binary-classification"))["fairness_gender"]
    rows = values_of(spec, "group")
    assert {row["group"] for row in rows} == {"f (130)", "m (100)"}
    assert "not known" in str(spec["title"]["subtitle"])


def test_what_is_not_known_is_not_drawn() -> None:
    bare = PlotInputs("m", problem_named("regression"), "rmse", (), np.arange(5.0), np.arange(5.0)[:, None])
    assert set(plot_specs(bare)) == {"predicted_actual", "residuals"}
    nothing = replace(sample(("no", "yes")), values=np.zeros((60, 3, 1)))
    assert "shap_summary" not in plot_specs(inputs("binary-classification", sample=nothing))


def test_a_picture_packed_better_shows_the_same() -> None:
    picture = vl_convert.svg_to_png(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><circle r="40"/></svg>'
    )
    small = packed(picture)
    assert packed(small) == small and len(small) < len(picture)
    assert small[:33] == picture[:33]
