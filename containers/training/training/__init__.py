"""One candidate of a training pipeline: Parquet in, an ONNX graph over the raw columns and its measures out."""
