"""Models of every kind over the data set with on-demand features, each as one graph."""

import hashlib
import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sklearn.linear_model import LogisticRegression

from tests.fitting import settled
from tests.paying import paying, paying_job
from training.candidates import FitOptions, candidate_named
from training.data.checks import checked
from training.data.dataset import Dataset, Split
from training.graph.graph import Graph, graph_rows
from training.graph.onnx_export import build_graph, graph_inputs
from training.job import ModelInput, TrainingJob, parse_job
from training.model.calibration import Calibration
from training.model.scoring import CalibratedModel, PipelineModel, ScoringModel, StackModel, meta_features
from training.search.task import Task
from training.sql import Prelude, compile_on_demand


@dataclass(frozen=True)
class _Told:
    """What proofs need of ``Trained``."""

    model: ScoringModel
    used: list[ModelInput]
    threshold: float | None = 0.5


class Exported:
    """What proofs need of ``Built``, of any model."""

    def __init__(self, job: TrainingJob, model: ScoringModel, used: list[ModelInput]) -> None:
        self.job = job
        self.trained = _Told(model, used)
        self.prelude: Prelude | None = compile_on_demand(job)
        self.model = build_graph(model, job, used, self.prelude)
        self.graph = Graph.load(self.model)
        self.inputs = graph_inputs(job, self.prelude)
        self.sha256 = hashlib.sha256(self.model).hexdigest()

    def scores(self, split: Split):
        return self.graph.scores(graph_rows(split))


@cache
def payments_data() -> tuple[TrainingJob, Dataset]:
    with tempfile.TemporaryDirectory() as folder:
        return paying(Path(folder))


def used_columns() -> list[ModelInput]:
    return checked(*payments_data())[0]


def base(name: str, **params: Any) -> PipelineModel:
    """A candidate fitted on the train split, few rounds."""
    job, data = payments_data()
    candidate = candidate_named(name)
    candidate.register()
    options = FitOptions(job.seed, 1, job.problem, len(data.train.y))
    task = Task(job, options, used_columns(), data.train.frame, data.train.y)
    return task.refit(candidate, settled(candidate, **params))


ALL = ("logistic-regression", "random-forest", "hist-gradient-boosting", "lightgbm", "xgboost")
CURVE = Calibration("sigmoid", slope=1.3, intercept=-0.7)


@cache
def stack() -> StackModel:
    _, data = payments_data()
    bases = tuple(base(name) for name in ALL)
    features = meta_features([one.scores(data.train.frame) for one in bases])
    return StackModel(bases, LogisticRegression(C=10).fit(features, data.train.y))


def models() -> dict[str, ScoringModel]:
    """One of each kind."""
    single = base("lightgbm")
    return {
        "pipeline": single,
        "calibrated": CalibratedModel(single, CURVE),
        "stack": stack(),
        "calibrated stack": CalibratedModel(stack(), CURVE),
    }


def exported(model: ScoringModel, **changes: Any) -> Exported:
    job = parse_job(json.dumps(paying_job(Path("/x"), **changes)))
    return Exported(job, model, used_columns())
