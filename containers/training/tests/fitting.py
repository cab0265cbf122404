"""Small tasks and fitted candidates of each problem, for tests that need a model and its graph."""

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.conftest import customers, data_of, house_job, houses, job_of, ticket_job, tickets
from training.candidates import Candidate, FitOptions, candidates_of
from training.data.checks import checked
from training.data.dataset import Dataset
from training.graph.graph import Graph
from training.graph.onnx_export import build_graph
from training.job import ModelInput, TrainingJob, parse_job
from training.model.scoring import PipelineModel
from training.search.task import Task

BINARY, MULTICLASS, REGRESSION = "binary-classification", "multiclass-classification", "regression"
JOBS = {BINARY: (job_of, customers), MULTICLASS: (ticket_job, tickets), REGRESSION: (house_job, houses)}
#: Every algorithm with every problem it learns.
EVERY = [(candidate, problem) for problem in JOBS for candidate in candidates_of(problem)]
NAMES = [f"{candidate.name}-{problem}" for candidate, problem in EVERY]


@cache
def dataset(problem: str = BINARY) -> Dataset:
    """Its data set, read back from Parquet."""
    job, rows = JOBS[problem]
    with tempfile.TemporaryDirectory() as folder:
        return data_of(Path(folder), job(Path(folder)), rows())[1]


def a_job(problem: str = BINARY, folder: Path = Path("/none"), **changes: Any) -> TrainingJob:
    """A job over it."""
    return parse_job(json.dumps(JOBS[problem][0](folder, **changes)))


def used_of(job: TrainingJob) -> list[ModelInput]:
    """Columns of the job that are learned from."""
    return checked(job, dataset(job.problem))[0]


def a_task(job: TrainingJob, threads: int = 1) -> Task:
    """The train split as a search takes it."""
    train = dataset(job.problem).train
    options = FitOptions(job.seed, threads, job.problem, len(train.y))
    return Task(job, options, used_of(job), train.frame, train.y)


def settled(candidate: Candidate, **params: Any) -> dict[str, Any]:
    """The first parameters of a candidate, with the ones that a search would find."""
    found = dict(candidate.first[0])
    if candidate.name == "random-forest":
        found["n_estimators"] = 20
    if candidate.stopping is not None:
        found[candidate.stopping.rounds] = 60
    return found | params


@dataclass(frozen=True)
class Fitted:
    """A model, and the graph that it became."""

    job: TrainingJob
    data: Dataset
    used: list[ModelInput]
    model: PipelineModel
    content: bytes
    graph: Graph

    @property
    def frame(self) -> pd.DataFrame:
        """Rows it was fitted on."""
        return self.data.train.frame

    @property
    def y(self) -> np.ndarray:
        """Their classes or numbers."""
        return self.data.train.y


def fit(candidate: Candidate, problem: str = BINARY, **params: Any) -> Fitted:
    """Fit a candidate on the whole train split and convert it."""
    job = a_job(problem, candidate=candidate.name)
    task = a_task(job)
    model = task.refit(candidate, settled(candidate, **params))
    candidate.register()
    content = build_graph(model, job, task.used)
    return Fitted(job, dataset(problem), task.used, model, content, Graph.load(content))
