import json
from typing import Any

import numpy as np

from tests.exporting import base, exported, payments_data
from tests.fitting import EVERY, dataset, fit
from tests.paying import INPUTS, ON_DEMAND
from training.artifact.facts import serving_facts
from training.graph.graph import graph_rows
from training.judge.evaluate import evenly

_CONTRACT = {"declared": "integer", "required": True, "minimum": 0, "maximum": 7.5, "values": [1, 2.5, True, "a"]}


class _Told:
    """What facts need of ``Built``."""

    def __init__(self, fitted: Any, threshold: float | None) -> None:
        self.trained = type("T", (), {"threshold": threshold})
        self.prelude, self.graph, self.sha256, self.inputs = None, fitted.graph, "0" * 64, fitted.job.inputs

    def scores(self, split):
        return self.graph.scores(graph_rows(split))


def _facts(**changes: Any) -> dict[str, Any]:
    found: Any = exported(base("lightgbm"), **changes)
    return serving_facts(found.job, payments_data()[1], found, {"method": "tree"})


def test_computed_features_are_told_by_their_outputs_and_nothing_is_left():
    facts = _facts()
    assert [item["name"] for item in facts["computed"]] == ["amount_ratio", "is_risky", "band", "log_amount", "spent"]
    assert all(item["output"] == item["name"] for item in facts["computed"])
    assert "onDemand" not in facts
    assert [item["name"] for item in facts["inputs"] if item.get("source") == "request"] == [
        "amount",
        "paid_at",
        "currency",
    ]
    assert (facts["format"], facts["scoresOutput"], facts["threshold"]) == (2, "probabilities", 0.5)
    assert facts["explanation"] == {"method": "tree"}
    json.dumps(facts, allow_nan=False)


def test_what_the_graph_cannot_compute_is_passed_on_to_serving():
    spent = next(one for one in ON_DEMAND["features"] if one["name"] == "spent")
    loud = {"name": "band", "type": "string", "sql": "upper(currency)"}
    facts = _facts(onDemand={**ON_DEMAND, "features": [spent, loud]}, inputs=[*INPUTS])
    assert list(facts["onDemand"]["features"]) == [loud]
    assert [field["name"] for field in facts["onDemand"]["requestFields"]] == ["currency"]
    assert "band" in [item["name"] for item in facts["inputs"]]


def test_passes_the_contract_of_an_input_on_as_it_is():
    inputs = [one | _CONTRACT if one["name"] == "country" else one for one in INPUTS]
    [country] = [item for item in _facts(inputs=inputs)["inputs"] if item["name"] == "country"]
    assert country == {"name": "country", "type": "string", **_CONTRACT, "values": (1, 2.5, True, "a")}


def test_passes_on_which_views_the_stored_features_come_from():
    assert _facts(views=["profile", "usage"])["views"] == ["profile", "usage"]
    assert "views" not in _facts()


def test_golden_rows_come_out_again_and_hold_a_missing_and_an_unknown_row():
    facts = _facts()
    graph = exported(base("lightgbm")).graph
    for row in facts["goldenRows"]:
        feeds = {}
        for item in facts["inputs"]:
            value = row["inputs"][item["name"]]
            kind, nothing = (np.float64, np.nan) if item.get("precision") == "double" else (object, "")
            feeds[item["name"]] = np.array([[nothing if value is None else value]], dtype=kind)
        np.testing.assert_allclose(graph.session.run([facts["scoresOutput"]], feeds)[0][0], row["scores"], atol=1e-7)
    assert all(value is None for value in facts["goldenRows"][-2]["inputs"].values())
    assert facts["goldenRows"][-1]["inputs"]["currency"].startswith("never seen")


def test_reference_predictions_are_what_the_problem_answers():
    for candidate, problem in EVERY:
        if candidate.name in ("logistic-regression", "linear-regression"):
            fitted, test = fit(candidate, problem), dataset(problem).test
            told: Any = _Told(fitted, 0.3 if problem == "binary-classification" else None)
            facts = serving_facts(fitted.job, dataset(problem), told)
            scores = told.scores(test)[evenly(len(test.y), 2_000)]
            if problem == "regression":
                assert facts["referencePredictions"] == scores[:, 0].tolist()
                assert (facts["classes"], "threshold" in facts) == ([], False)
            elif problem == "binary-classification":
                assert facts["referencePredictions"] == scores[:, 1].tolist()
                assert facts["threshold"] == 0.3
            else:
                assert facts["referencePredictions"] == [facts["classes"][place] for place in scores.argmax(axis=1)]
