from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd

from training.data.dataset import Split

# More rows at once only cost memory.
_BATCH_ROWS = 20_000
_TYPES: dict[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(string)": object,
    "tensor(int64)": np.int64,
}


def graph_rows(split: Split) -> pd.DataFrame:
    """Rows of a split as a graph takes them: columns that features are computed from are not rounded.

    The features themselves stay in it: a graph ignores what it does not take.
    """
    others = [name for name in split.frame.columns if name not in split.sources.columns]
    return pd.concat([split.sources, split.frame[others]], axis=1)


@dataclass(frozen=True)
class Graph:
    """An ONNX graph in onnxruntime, as the serving fleet runs it.

    Its metadata names the outputs: a column of the caller's may have the usual name.
    """

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
    def scores_output(self) -> str:
        """Name of the output ``[N, K]`` with probabilities, or ``[N, 1]`` with the number."""
        return self._named["scores"]

    @property
    def encoded_output(self) -> str | None:
        """Name of the output ``[N, M]`` with the encoded row; a stack has none."""
        return self._named.get("encoded")

    @property
    def computed_outputs(self) -> dict[str, str]:
        """Output ``[N, 1]`` of each feature that the graph computes."""
        told = {self._named.get(role) for role in ("label", "scores", "encoded")}
        return {item.name: item.name for item in self.session.get_outputs() if item.name not in told}

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores of raw rows: float64 ``[N, K]``, probabilities of the classes in order, or ``[N, 1]`` the number.

        Parameters
        ----------
        frame : DataFrame
            Columns by the names of the graph's inputs (see ``graph_rows``); others are ignored.
        """
        return self.run(frame, [self.scores_output])[0].astype(np.float64)

    def labels(self, frame: pd.DataFrame) -> np.ndarray:
        """Place of the most probable class: int64 ``[N]``; only of graphs of classes."""
        return self.run(frame, [self._named["label"]])[0]

    def computed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Features that the graph computes: float32 with NaN, or objects with ``""``, a row for each row."""
        outputs = self.computed_outputs
        values = self.run(frame, list(outputs.values())) if outputs else []
        columns = {name: value[:, 0] for name, value in zip(outputs, values, strict=True)}
        # Told, because pandas would make texts of its own kind of them.
        return pd.DataFrame({n: pd.Series(v, frame.index, v.dtype) for n, v in columns.items()}, frame.index)

    def run(self, frame: pd.DataFrame, outputs: list[str]) -> list[np.ndarray]:
        """Give outputs by their names, in batches of rows."""
        parts = [
            self.session.run(outputs, self._feeds(frame.iloc[start : start + _BATCH_ROWS]))
            for start in range(0, len(frame), _BATCH_ROWS)
        ]
        if not parts:
            return [self._empty(name) for name in outputs]
        return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]

    @property
    def _named(self) -> dict[str, str]:
        return self.session.get_modelmeta().custom_metadata_map

    def _feeds(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        return {
            item.name: frame[item.name].to_numpy(dtype=_TYPES[item.type]).reshape(-1, 1)
            for item in self.session.get_inputs()
        }

    def _empty(self, name: str) -> np.ndarray:
        # Not every operator takes a batch of nothing.
        found = next(item for item in self.session.get_outputs() if item.name == name)
        return np.empty([0, *found.shape[1:]], dtype=_TYPES[found.type])
