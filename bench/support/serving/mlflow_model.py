"""Writes the graph as an MLflow model of its own onnx flavor: `python mlflow_model.py FOLDER`."""

import os
import sys

import mlflow.onnx
import numpy as np
import onnx
from mlflow.models import infer_signature

graph = onnx.load(os.environ["MODEL_FOLDER"] + "/model.onnx")
example = np.zeros((1, 20), dtype=np.float32)
options = {"intra_op_num_threads": 1, "inter_op_num_threads": 1}
mlflow.onnx.save_model(
    graph, sys.argv[1], signature=infer_signature(example), onnx_session_options=options, pip_requirements=[]
)
