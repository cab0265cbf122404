import hashlib
from dataclasses import dataclass

from training.data.dataset import Dataset, Split
from training.explain import Explanations, Subject, encoded_columns, explanations
from training.graph.graph import Graph, graph_rows
from training.graph.onnx_export import build_graph, graph_inputs
from training.job import ModelInput, TrainingJob
from training.model.scoring import CalibratedModel
from training.search.train import Trained
from training.sql import Prelude, compile_on_demand


@dataclass(frozen=True)
class Built:
    """A trained model as one graph."""

    trained: Trained
    prelude: Prelude | None
    model: bytes
    graph: Graph
    inputs: tuple[ModelInput, ...]

    @classmethod
    def of(cls, job: TrainingJob, trained: Trained, threads: int) -> "Built":
        """Convert, and open what came of it."""
        prelude = compile_on_demand(job)
        model = build_graph(trained.model, job, trained.used, prelude)
        return cls(trained, prelude, model, Graph.load(model, threads), graph_inputs(job, prelude))

    @property
    def sha256(self) -> str:
        """Digest of the graph's bytes."""
        return hashlib.sha256(self.model).hexdigest()

    @property
    def players(self) -> tuple[str, ...]:
        """Inputs of the graph whose values can change an answer."""
        used = {column.name for column in self.trained.used}
        sources = set() if self.prelude is None else set(self.prelude.sources)
        return tuple(column.name for column in self.inputs if column.name in used | sources)

    def scores(self, split: Split):
        """Scores of the graph for a split."""
        return self.graph.scores(graph_rows(split))

    def explained(self, job: TrainingJob, data: Dataset) -> Explanations:
        """Shapley values of test rows against rows of the train split."""
        model = self.trained.model
        subject = Subject(
            model=self.model,
            graph=self.graph,
            encoded=encoded_columns(model),
            inputs=tuple(column.name for column in self.inputs),
            players=self.players,
            classes=data.classes,
            calibration=model.calibration if isinstance(model, CalibratedModel) else None,
            seed=job.seed,
        )
        return explanations(subject, (graph_rows(data.train), data.train.y), graph_rows(data.test))
