"""BentoML services of one worker: rows one request at a time, and gathered by its adaptive batching."""

import bentoml
import numpy as np
from onnx_scores import scorer


@bentoml.service(workers=1, traffic={"timeout": 30}, metrics={"enabled": False}, logging={"access": {"enabled": False}})
class Plain:
    def __init__(self) -> None:
        self.scores = scorer()

    @bentoml.api
    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.scores(rows)


@bentoml.service(workers=1, traffic={"timeout": 30}, metrics={"enabled": False}, logging={"access": {"enabled": False}})
class Adaptive:
    def __init__(self) -> None:
        self.scores = scorer()

    @bentoml.api(batchable=True, batch_dim=0, max_batch_size=1_000, max_latency_ms=1_000)
    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.scores(rows)
