from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd

# More rows at once only cost memory.
_BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Graph:
    """An ONNX graph in onnxruntime, as the serving fleet runs it."""

    session: Any

    @classmethod
    def load(cls, model: bytes, threads: int = 1) -> "Graph":
        """Open a graph on the processor."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return cls(ort.InferenceSession(model, options, providers=["CPUExecutionProvider"]))

    @property
    def probabilities_output(self) -> str:
        """Name of the output with probabilities."""
        return self.session.get_outputs()[1].name

    def predict(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Labels the graph answers (0/1) and probabilities of class 1, for raw columns.

        Parameters
        ----------
        frame : DataFrame
            Float32 and string columns by the names of the graph's inputs; others are ignored.
        """
        labels, probabilities = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        for start in range(0, len(frame), _BATCH_ROWS):
            answer = self.session.run(None, self._feeds(frame.iloc[start : start + _BATCH_ROWS]))
            labels.append(answer[0])
            probabilities.append(answer[1][:, 1])
        return np.concatenate(labels), np.concatenate(probabilities)

    def _feeds(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        kinds = {"tensor(float)": np.float32, "tensor(string)": object}
        return {
            item.name: frame[item.name].to_numpy(dtype=kinds[item.type]).reshape(-1, 1)
            for item in self.session.get_inputs()
        }
