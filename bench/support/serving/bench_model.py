"""The model that every server of the comparison serves: `python bench_model.py FOLDER`.

A LightGBM of 200 trees x 31 leaves over 20 floats, as most converters make it: one graph with one float input [N, 20].
The same packages give the same bytes. serving.json tells the platform's own server about it.
"""

import hashlib
import json
import sys
from pathlib import Path

import lightgbm
import numpy as np
import onnxruntime
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

COLUMNS, ROWS, TREES, LEAVES, GOLDEN = 20, 20_000, 200, 31, 50
CLASSES = ["no", "yes"]


def trained(random: np.random.Generator) -> lightgbm.LGBMClassifier:
    values = random.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    score = values[:, :8].sum(axis=1) + values[:, 0] * values[:, 1] - np.abs(values[:, 2]) + random.normal(size=ROWS)
    model = lightgbm.LGBMClassifier(
        n_estimators=TREES,
        num_leaves=LEAVES,
        random_state=7,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbose=-1,
    )
    return model.fit(values, (score > 0).astype(int))


def graph_of(model: lightgbm.LGBMClassifier) -> bytes:
    onnx = convert_lightgbm(
        model, "bench", initial_types=[("input", FloatTensorType([None, COLUMNS]))], zipmap=False, target_opset=15
    )
    onnx.opset_import.sort(key=lambda opset: opset.domain)  # the one thing that the converter leaves to chance
    return onnx.SerializeToString()


def facts_of(graph: bytes, rows: np.ndarray) -> dict:
    session = onnxruntime.InferenceSession(graph)
    (scores,) = session.run(["probabilities"], {"input": rows})
    names = [f"x{column}" for column in range(COLUMNS)]
    column = {"type": "number", "source": "request", "tensor": "input", "required": True}
    inputs = [{"name": name, **column} for name in names]
    golden = [
        {"inputs": dict(zip(names, row, strict=True)), "scores": score}
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
    ]
    return {
        "format": 2,
        "project": "bench",
        "runId": "bench",
        "problem": "binary-classification",
        "inputs": inputs,
        "scoresOutput": "probabilities",
        "entityKey": "id",
        "classes": CLASSES,
        "threshold": 0.5,
        "onnxSha256": hashlib.sha256(graph).hexdigest(),
        "goldenRows": golden,
        "referencePredictions": [score[1] for score in scores.tolist()],
    }


def main(folder: Path) -> None:
    random = np.random.default_rng(7)
    graph = graph_of(trained(random))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph)
    rows = random.normal(size=(GOLDEN, COLUMNS)).astype(np.float32)
    (folder / "serving.json").write_text(json.dumps(facts_of(graph, rows)))


main(Path(sys.argv[1]))
