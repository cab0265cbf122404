"""A fitted model as one ONNX graph over the raw columns."""
