import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd

from tests.conftest import job_of
from training.facts import serving_facts
from training.graph import Graph
from training.job import parse_job

_CONTRACT = {"declared": "integer", "required": True, "minimum": 0, "maximum": 7.5, "values": [1, 2.5, True, "a"]}
_ON_DEMAND = {
    "requestFields": [{"name": "amount", "type": "number", "minimum": 0}],
    "stored": [{"name": "mean", "type": "number"}],
    "features": [{"name": "ratio", "type": "number", "sql": "amount / mean"}],
}


def _facts(**changes: object) -> dict[str, Any]:
    columns = [{"name": "age", "type": "number", **_CONTRACT}, {"name": "plan", "type": "string"}]
    job = parse_job(json.dumps(job_of(Path("/x"), inputs=columns, **changes)))
    test = pd.DataFrame({"age": np.array([1, 2], dtype=np.float32), "plan": ["a", "b"]})
    graph = SimpleNamespace(probabilities_output="p", predict=lambda frame: (None, np.full(len(frame), 0.5)))
    return serving_facts(job, cast(Graph, graph), test, np.array([0.5, 0.5]), {"threshold": 0.5})


def test_passes_the_contract_of_an_input_on_as_it_is():
    assert _facts()["inputs"] == [
        {"name": "age", "type": "number", **_CONTRACT, "values": (1, 2.5, True, "a")},
        {"name": "plan", "type": "string"},
    ]


def test_passes_on_how_on_demand_features_are_computed():
    assert _facts(onDemand=_ON_DEMAND)["onDemand"] == _ON_DEMAND
    assert "onDemand" not in _facts()


def test_passes_on_which_views_the_stored_features_come_from():
    assert _facts(views=["profile", "usage"])["views"] == ["profile", "usage"]
    assert "views" not in _facts()
